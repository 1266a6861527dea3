"""The command line: ``xiaobian lab | check | test | …``.

A command is a module with ``main(argv) -> int``, imported only when it is used, so that ``--help`` answers at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import KitError


class Command(NamedTuple):
    """The module that carries a command out, and its line in the help."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "lab": Command("lab", "開啟 JupyterLab，從第一課開始"),
    "check": Command("check", "檢查這台電腦的環境，一行一項，說明怎麼修"),
    "test": Command("testing", "執行整套測試；後面可以接 pytest 的參數"),
    "progress": Command("progress", "看自己的學習進度"),
    "lessons": Command("lessons", "製作課程：build、check、new"),
    "text": Command("text", "重新訓練留言分類器（開發者用）"),
    "datasets": Command("datasets", "重新產生範例資料"),
    "realism": Command("realism", "拿一份真實貼文，檢查沙盒的模擬貼文像不像"),
    "lock": Command("lock", "重新產生兩份鎖定檔（開發者用）"),
}


def help_text() -> str:
    """What ``xiaobian --help`` prints.

    >>> print(help_text().splitlines()[0])
    用法：xiaobian 指令 [選項]
    """
    lines = [f"  {name:<10}{command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["用法：xiaobian 指令 [選項]", "", "指令：", *lines, "", "每個指令都可以接 --help 看說明。"]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (2: no such command, 1: it failed, 130: stopped with Ctrl-C)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(help_text())
        return 0
    if arguments[0] not in COMMANDS:
        print(f"沒有「{arguments[0]}」這個指令。\n\n{help_text()}", file=sys.stderr)
        return 2
    command = importlib.import_module(f".{COMMANDS[arguments[0]].module}", __name__)
    try:
        return int(command.main(arguments[1:]))
    except KitError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中斷。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
