"""``xiaobian test``: every test of the kit, in stages."""

from __future__ import annotations

import importlib.metadata as metadata
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import KitError
from . import browser, locks
from .course import root

IN_TWO = ("-n", "2", "--dist", "loadscope")
PLAIN = ("-p", "no:nbval")  # importing nbval takes longer than many a test
PLAYWRIGHT = ["playwright", "greenlet"]
ENGINES = ["polars", "polars-runtime-32", "duckdb"]

HELP = """用法：xiaobian test [pytest 的參數]

不加參數：分階段執行全部測試，最後一行是總數；有任何失敗，結束碼就不是 0。
加了參數：原樣交給 pytest 執行一次，例如
  xiaobian test tests/unit/test_tables.py
  xiaobian test -k kpi tests/unit

環境變數：
  KIT_REQUIRE_BROWSER=1   找不到瀏覽器時算失敗（預設是說明後略過）
  KIT_BROWSER=路徑        指定 Chromium、Chrome 或 Edge"""


class Stage(NamedTuple):
    """One pytest run: its heading and what pytest is told."""

    title: str
    arguments: tuple[str, ...]


STAGES = (
    Stage("單元測試與文件裡的範例", ("tests/unit", "src/xiaobian", "--doctest-modules", *PLAIN, *IN_TWO)),
    Stage("課程筆記本：重跑並比對輸出", ("notebooks", "--nbval", *IN_TWO)),
    Stage("學生練習：空白時都是未作答", ("exercises", "--nbval-lax", *IN_TWO)),
    Stage("練習母本：解答都通過", ("instructor/source", "--nbval-lax", *IN_TWO)),
    Stage("筆記本的結構與產生", ("tests/notebooks", *PLAIN, *IN_TWO)),
    Stage("瀏覽器裡的 JupyterLab", ("tests/browser", *PLAIN)),
)


class Counts(NamedTuple):
    """How many tests passed, failed (errors included) and were skipped, and the seconds they took."""

    passed: int
    failed: int
    skipped: int
    seconds: float = 0.0


def counts(report: Path, code: int) -> Counts:
    """Totals of a JUnit report; a run that broke, or collected nothing, counts as a failure.

    code: pytest's exit code (0 fine, 1 tests failed, anything else broke; 5 nothing was collected).
    """
    suites = list(ElementTree.parse(report).getroot().iter("testsuite")) if report.is_file() else []
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    if code not in (0, 1) or (code == 1 and not failed):
        return Counts(max(total - failed - skipped, 0), failed + 1, skipped)
    return Counts(total - failed - skipped, failed, skipped)


def pytest(arguments: Sequence[str]) -> int:
    """Run pytest in the course folder; return its exit code."""
    env = {name: value for name, value in os.environ.items() if name not in ("KIT_EXPECT", "KIT_STRICT")}
    env.update(PYTHONUTF8="1", OMP_NUM_THREADS="1")
    plain = [] if sys.stdout.isatty() else ["--color=no"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *arguments], cwd=root(), env=env
    ).returncode


def run(stage: Stage, report: Path) -> Counts:
    """Run one stage and count."""
    began = time.monotonic()
    code = pytest([*stage.arguments, "-q", f"--junitxml={report}"])
    if code == 5:
        print(f"這個階段沒有任何測試：{stage.arguments[0]}", flush=True)
    return counts(report, code)._replace(seconds=time.monotonic() - began)


def installer() -> list[str]:
    """The command that installs into this environment: its pip, else uv."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    return ["uv", "pip", "install", "--python", sys.executable]


def install(names: Sequence[str], why: str) -> None:
    """Install packages that only tests need, as locked, unless they are there; KitError when that fails."""
    text = locks.lines_for(locks.read(root() / locks.ALL), list(names))
    pins = {pin.name: pin.version for pin in locks.parse(text) if pin.here}
    installed = {found.name.lower(): found.version for found in metadata.distributions() if found.name}
    if all(installed.get(name) == version for name, version in pins.items()):
        return
    told = "、".join(f"{name} {version}" for name, version in pins.items())
    print(f"安裝 {told}（只有{why}需要）…", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(text, encoding="utf-8")
        command = [*installer(), "--quiet", "--no-deps", "--require-hashes", "-r", str(wanted)]
        if subprocess.run(command).returncode != 0:
            raise KitError(f"{told} 沒有裝成，{why}不能執行", next_step="請確認網路後再試一次")


def install_playwright() -> None:
    """Install the locked Playwright, which drives the browser."""
    install(PLAYWRIGHT, "瀏覽器測試")


def prepare_engines() -> bool:
    """Install Polars and DuckDB, on which the table functions are tested too; False when that fails."""
    try:
        install(ENGINES, "其他引擎的測試")
        return True
    except KitError as problem:
        print(problem, flush=True)
        return False


def prepare_browser() -> bool:
    """Make the browser tests able to run, or say loudly that they will not; False when that is a failure."""
    if not browser.find() and not browser.required():
        line = "＊" * 30
        print(
            f"{line}\n這台電腦找不到 Chromium、Chrome 或 Edge，瀏覽器測試全部略過，沒有測到。\n{line}",
            flush=True,
        )
        return True
    try:
        install_playwright()
        return True
    except KitError as problem:
        print(problem, flush=True)
        return False


def everything() -> int:
    """Run all stages, failing ones too, and end with the totals on one line."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for number, stage in enumerate(STAGES, 1):
            print(f"\n── {number}/{len(STAGES)} {stage.title} ──", flush=True)
            prepare = {STAGES[0]: prepare_engines, STAGES[-1]: prepare_browser}.get(stage)
            ready = prepare() if prepare else True
            result = run(stage, Path(folder) / f"{number}.xml")
            results.append(result if ready else result._replace(failed=result.failed + 1))
            print(f"這個階段 {result.seconds:.1f} 秒", flush=True)
    print()
    for stage, result in zip(STAGES, results, strict=True):
        verdict = "失敗" if result.failed else "通過"
        print(
            f"{verdict}　{result.seconds:6.1f} 秒　{stage.title}：{result.passed} 通過、{result.failed} 失敗、{result.skipped} 略過"
        )
    total = [sum(column) for column in zip(*results, strict=True)]
    print(f"\n{total[0]} passed, {total[1]} failed, {total[2]} skipped", flush=True)
    return int(total[1] > 0)


def main(argv: Sequence[str]) -> int:
    """Run everything, or hand the arguments to one pytest run."""
    if list(argv) in (["-h"], ["--help"]):
        print(HELP)
        return 0
    return pytest(argv) if argv else everything()
