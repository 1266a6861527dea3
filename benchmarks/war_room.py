"""Decision to screen in the crisis room, measured in a real JupyterLab with two simulated days of 2,000 comments.

A browser presses the buttons as a learner does; what is measured is the time from the press until the changed part of the
panel has been painted (two animation frames after its text changed), 150 ms between presses. First with the clock standing, then with
the clock running. Beside it a press that changes one word (what JupyterLab itself costs on this machine at this moment)
and a naive face that draws every comment again at each press. There are no labels to shuffle.
Needs playwright and a Chromium: python benchmarks/war_room.py

Last run, 30 November 2026, two cores shared with other work (load 5.7), 2,340 comments waiting, p50 / p95 in ms: decision 140 /
201, comment with the clock standing 111 / 184, running 140 / 246, schedule 102 / 163, all of them 125 / 196; one word 66 / 120;
naive 497 / 801.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from xiaobian.cli import browser
from xiaobian.cli.course import root
from xiaobian.cli.lab import free_port

NOTEBOOK = "room.ipynb"
READY_MS = 180_000
PRESSES = 60
BETWEEN_MS = 150
"""Between two presses: faster than anybody reads a comment."""
ENOUGH = 2760
"""Simulated minutes after which comments are dealt with."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
ROOM = """
import ipywidgets as widgets
import xiaobian as xb
panel = xb.panels.crisis_room("employee_leak", seed=4, busy=True)
panel
"""
NAIVE = """
import html
naive = widgets.Button(description="全部重畫")
naive.add_class("naive-press")
whole = widgets.HTML()
whole.add_class("naive-log")
presses = []
def redraw(_):
    presses.append(1)
    rows = "".join(f"<p>{html.escape(c.author)}：{html.escape(c.text)}</p>" for c in panel.room.drill.state.comments)
    whole.value = f"<p>{len(presses)}</p>{rows}"
naive.on_click(redraw)
floor = widgets.Button(description="一個字")
floor.add_class("floor-press")
word = widgets.HTML()
word.add_class("floor-log")
floor.on_click(lambda _: setattr(word, "value", f"{len(word.value)}" * (1 + len(word.value) % 3)))
widgets.VBox([floor, word, naive, whole])
"""
WAIT = """
([press, watched]) => new Promise((done, refuse) => {
  const button = document.querySelector(press), box = document.querySelector(watched);
  if (!button || button.disabled) { done(null); return; }
  const before = box.textContent, began = performance.now();
  const late = setTimeout(() => { seen.disconnect(); refuse(new Error('nothing changed after ' + press)); }, 15000);
  const seen = new MutationObserver(() => {
    if (box.textContent === before) return;
    seen.disconnect(); clearTimeout(late);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  });
  seen.observe(box, {subtree: true, childList: true, characterData: true});
  button.click();
})
"""


@contextmanager
def lab() -> Iterator[tuple[str, str, Path]]:
    """Address, token and folder of a JupyterLab on an empty course, stopped at the end."""
    with tempfile.TemporaryDirectory() as name:
        course = Path(name) / "course"
        (course / "notebooks").mkdir(parents=True)
        for file in ("start.py", "pyproject.toml"):
            shutil.copy2(root() / file, course / file)
        for folder in ("exercises", "notebooks/0_start"):
            shutil.copytree(root() / folder, course / folder, dirs_exist_ok=True)
        cells = [
            {"id": f"c{n}", "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text.strip()}
            for n, text in enumerate((ROOM, NAIVE))
        ]  # fmt: skip
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (course / NOTEBOOK).write_text(json.dumps(book), encoding="utf-8")
        env = {**os.environ, "KIT_STATE_DIR": f"{name}/answers", "KIT_LAB_DIR": f"{name}/jupyter", "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "xiaobian", "lab", "--no-browser", "--port", str(free_port())]
        with open(f"{name}/log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(command, cwd=course, env=env, stdout=subprocess.PIPE, stderr=log, encoding="utf-8")
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.search(r"(http://127\.0\.0\.1:\d+/)\?token=(\w+)", line):
                    yield found[1], found[2], course
                    break
        finally:
            process.terminate()
            process.wait(timeout=20)


def measured(page: Any) -> dict[str, list[float]]:
    """Milliseconds from press to painted screen, by what was pressed."""
    found: dict[str, list[float]] = {}
    press = {
        "decision, clock stands": (".xb-room-send", ".xb-room-log"),
        "comment, clock stands": (".xb-room-leave", ".xb-room-log"),
        "comment, clock runs": (".xb-room-leave", ".xb-room-log"),
        "schedule, clock runs": (".xb-room-schedule", ".xb-room-log"),
        "floor: one word changes": (".floor-press", ".floor-log"),
        "naive: all comments again": (".naive-press", ".naive-log"),
    }

    def one(name: str, button: str, box: str) -> None:
        taken = page.evaluate(WAIT, [button, box])
        if taken is not None:
            found.setdefault(name, []).append(float(taken))

    def answer(name: str) -> None:
        show(page, "回應")
        if page.locator(".xb-panel button", has_text="做法 B").first.is_visible():
            page.locator(".xb-panel button", has_text="做法 B").first.click()
        else:
            page.locator(".xb-panel button", has_text="告知").first.click()
        page.wait_for_timeout(400)
        page.locator(".xb-room-send").click()
        page.wait_for_timeout(400)
        one(name, ".xb-room-send", ".xb-room-log")

    for _ in range(3):
        page.locator(".xb-panel button", has_text="到下一個決策").click()
        page.wait_for_timeout(2500)
        answer("decision, clock stands")
    for _ in range(17):
        page.locator(".xb-panel button", has_text="告知").first.click()
        page.wait_for_timeout(300)
        one("decision, clock stands", *press["decision, clock stands"])
        page.wait_for_timeout(BETWEEN_MS)
    while minute(page) < ENOUGH:
        page.locator(".xb-panel button", has_text="走 1 小時").click()
        page.wait_for_timeout(350)
    show(page, "留言")
    page.locator(".xb-panel button", has_text="下一則").first.click()
    page.wait_for_timeout(500)
    for _ in range(PRESSES):
        one("comment, clock stands", *press["comment, clock stands"])
        page.wait_for_timeout(BETWEEN_MS)
    for _ in range(4):
        page.locator(".xb-panel button", has_text="慢一點").click()
    page.wait_for_timeout(500)
    page.locator(".xb-panel .widget-play button").first.click()
    page.wait_for_timeout(1500)
    for _ in range(PRESSES):
        one("comment, clock runs", *press["comment, clock runs"])
        page.wait_for_timeout(BETWEEN_MS)
    show(page, "排程")
    for _ in range(10):
        one("schedule, clock runs", *press["schedule, clock runs"])
        page.wait_for_timeout(BETWEEN_MS)
    page.locator(".xb-panel .widget-play button").first.click()
    for _ in range(PRESSES):
        one("floor: one word changes", *press["floor: one word changes"])
        page.wait_for_timeout(BETWEEN_MS)
    for _ in range(10):
        one("naive: all comments again", *press["naive: all comments again"])
    return found


def show(page: Any, name: str) -> None:
    """Open one of the three faces."""
    page.locator(".xb-panel button", has_text=re.compile(f"^(✓ )?{name}")).first.click()
    page.wait_for_timeout(300)


def minute(page: Any) -> int:
    """Simulated minutes so far, read off the screen."""
    told = page.locator(".xb-panel strong", has_text=re.compile("^第 .*小時")).first.inner_text()
    days, hours = re.search(r"(\d+) 天", told), re.search(r"(\d+) 小時", told)
    return 1440 * int(days[1] if days else 0) + 60 * int(hours[1] if hours else 0)


def main() -> None:
    """Print median, 95th percentile and worst of each kind of press."""
    from playwright.sync_api import sync_playwright

    with lab() as (address, token, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=list(FLAGS))
        page = chromium.new_context(viewport={"width": 1280, "height": 2000}, locale="zh-TW").new_page()
        page.set_default_timeout(READY_MS)
        page.goto(f"{address}lab/workspaces/room/tree/{NOTEBOOK}?token={token}")
        page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for()
        page.get_by_text(re.compile(r"\(ipykernel\) \| (Idle|閒置)")).wait_for()
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^(Run|執行)$")).first.click()
        page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        page.locator(".naive-press").wait_for()
        found = measured(page)
        show(page, "留言")
        told = page.locator(".xb-panel").inner_text()
        options = page.locator(".xb-room-list option").count()
        nodes = page.evaluate("document.querySelectorAll('.xb-panel *').length")
        chromium.close()
    waiting = re.search(r"留言：等著的 ([\d,]+)", told)
    print("load " + " ".join(f"{n:.1f}" for n in os.getloadavg()) + f" on {os.cpu_count()} cores")
    print(f"waiting comments {waiting[1] if waiting else '?'}, options in the list {options}, nodes in the panel {nodes}")
    print(f"{'press':<28}{'n':>5}{'p50':>8}{'p95':>8}{'worst':>8}   ms")
    for name, taken in found.items():
        print(f"{name:<28}{len(taken):>5}{np.quantile(taken, 0.5):8.0f}{np.quantile(taken, 0.95):8.0f}{max(taken):8.0f}")
    ours = [t for name, times in found.items() if name.split(":")[0] not in ("naive", "floor") for t in times]
    print(f"{'the room, all':<28}{len(ours):>5}{np.quantile(ours, 0.5):8.0f}{np.quantile(ours, 0.95):8.0f}{max(ours):8.0f}")


if __name__ == "__main__":
    main()
