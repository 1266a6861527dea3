"""A real JupyterLab, started as a learner starts it, and a real browser to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from xiaobian.cli import browser
from xiaobian.cli.course import root
from xiaobian.cli.lab import free_port

COPIED = ("notebooks", "exercises", "start.py", "pyproject.toml")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
READY_MS = 60_000


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab on a copy of the course, so that what a test saves changes no file of the project."""

    address: str
    token: str
    course: Path
    answers: Path

    def opened(self, page: Any, path: str = "") -> None:
        """Show a notebook (path from the course folder; without one the opening page) and wait for its kernel.

        A named notebook opens in a workspace of its own: JupyterLab brings back the tabs of the last visit, and the
        opening page must be judged as on a first one.
        """
        target = f"lab/workspaces/{Path(path).stem}/tree/{path}" if path else ""
        page.goto(f"{self.address}{target}?token={self.token}")
        page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for(timeout=READY_MS)
        page.get_by_text(re.compile(r"\(ipykernel\) \| (Idle|閒置)")).wait_for(timeout=READY_MS)


def _missing(what: str) -> None:
    if browser.required():
        pytest.fail(f"{what}，而 KIT_REQUIRE_BROWSER=1 要求一定要測", pytrace=False)
    pytest.skip(f"{what}，瀏覽器測試沒有執行")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser under test."""
    found = browser.find()
    if not found:
        _missing("找不到 Chromium、Chrome 或 Edge")
    return str(found)


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """``xiaobian lab`` on a copy of the course, with an empty answers folder; stopped afterwards by its own pid."""
    folder = tmp_path_factory.mktemp("lab")
    course = folder / "course"
    course.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (root() / name).is_dir() else shutil.copy2
        copy(root() / name, course / name)
    env = {name: value for name, value in os.environ.items() if name not in ("KIT_EXPECT", "KIT_STRICT")}
    env |= {
        "KIT_STATE_DIR": str(folder / "answers"),
        "KIT_LAB_DIR": str(folder / "jupyter"),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "xiaobian", "lab", "--no-browser", "--port", str(free_port())]
    with (folder / "lab.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=course, env=env, stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
        )
        try:
            yield _announced(process, course, folder)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _announced(process: subprocess.Popen[str], course: Path, folder: Path) -> Lab:
    """Wait for the address that ``xiaobian lab`` prints."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"(http://127\.0\.0\.1:\d+/)\?token=(\w+)", line):
            return Lab(found[1], found[2], course, folder / "answers")
    pytest.fail(f"JupyterLab 沒有開起來：\n{(folder / 'lab.log').read_text(encoding='utf-8')}", pytrace=False)


@pytest.fixture(scope="session")
def running_browser(chromium: str) -> Iterator[Any]:
    """The browser, without any traffic of its own."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("沒有安裝 playwright（python3 start.py test 會先安裝）")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def page(running_browser: Any) -> Iterator[Any]:
    """A page without cookies or history, as wide as a laptop's screen."""
    context = running_browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
