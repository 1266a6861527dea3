"""An argument parser that speaks 正體中文."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

_MESSAGES = (
    (r"^argument (.+?): ", r"參數 \1："),
    (r"^unrecognized arguments: (.+)", r"不認得的參數：\1"),
    (r"^the following arguments are required: (.+)", r"少了參數：\1"),
    (r"expected one argument", "後面要接一個值"),
    (r"expected at least one argument", "後面至少要接一個值"),
    (r"not allowed with argument (.+)", r"不能和 \1 一起用"),
    (r"ignored explicit argument .+", "後面不能接值"),
    (r"invalid choice: (.+?) \(choose from (.+)\)", r"沒有 \1，可以用的是：\2"),
    (r"invalid \w+ value: (.+)", r"不能用 \1"),
)


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：")


class Parser(argparse.ArgumentParser):
    """ArgumentParser whose help and errors are in 正體中文; long options cannot be abbreviated.

    >>> "選項" in Parser("xiaobian lab", "開啟 JupyterLab").format_help()
    True
    """

    def __init__(self, prog: str, description: str = "", **options: Any) -> None:
        merged: dict[str, Any] = {
            "formatter_class": _Help,
            "allow_abbrev": False,
            "add_help": False,
        } | options
        super().__init__(prog=prog, description=description, **merged)
        self._positionals.title, self._optionals.title = "參數", "選項"
        self.add_argument("-h", "--help", action="help", help="顯示這份說明")

    def error(self, message: str) -> NoReturn:
        """Print the problem and where to look, and leave with exit code 2."""
        for pattern, replacement in _MESSAGES:
            message = re.sub(pattern, replacement, message)
        self.exit(2, f"{message}。用 {self.prog} --help 看用法。\n")


def port(text: str) -> int:
    """A port number from the command line.

    >>> port("8890")
    8890
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"連接埠要是 1–65535 的整數，不能是「{text}」")
    return int(text)
