"""``xiaobian lock``: both lock files from one resolution of pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from ..errors import KitError
from . import locks
from .course import root
from .parser import Parser

COMPILE = (
    "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header",
)  # fmt: skip


def commands(upgrade: bool) -> list[list[str]]:
    """The two calls of uv: everything first, then the learner's part held to the same versions.

    >>> [command[-1] for command in commands(False)]
    ['requirements-all.lock', 'requirements.lock']
    """
    newer = ["--upgrade"] if upgrade else []
    return [
        [*COMPILE, *newer, "--all-extras", "pyproject.toml", "-o", locks.ALL],
        [*COMPILE, *newer, "-c", locks.ALL, "pyproject.toml", "-o", locks.LEARNER],
    ]


def main(argv: Sequence[str]) -> int:
    """Write both lock files, or print the locked lines of some packages."""
    parser = Parser(
        "xiaobian lock", f"由 pyproject.toml 重新產生 {locks.ALL} 和 {locks.LEARNER}（需要 uv 和網路）。"
    )
    parser.add_argument("--upgrade", action="store_true", help="把套件升到目前的最新版")
    parser.add_argument(
        "--show", nargs="+", metavar="套件", help="不重新產生，只印出這些套件鎖定的版本與雜湊值"
    )
    arguments = parser.parse_args(argv)
    if arguments.show:
        print(locks.lines_for(locks.read(root() / locks.ALL), arguments.show), end="")
        return 0
    if not shutil.which("uv"):
        raise KitError("找不到 uv", next_step="請先安裝 uv，再執行一次 xiaobian lock")
    for command in commands(arguments.upgrade):
        if subprocess.run(command, cwd=root()).returncode != 0:
            raise KitError("鎖定檔沒有產生", where=" ".join(command), next_step="請看上面 uv 的訊息")
        print(f"寫好 {command[-1]}：{len(locks.read(root() / command[-1]))} 個套件")
    return 0
