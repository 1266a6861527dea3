"""Hostile texts given to the AI panels stay text in a real JupyterLab: none of them runs, all of them can be read."""

from __future__ import annotations

import json
import re

import pytest

NOTEBOOK = "xss.ipynb"
READY_MS = 60_000
HOSTILE = (
    "<img src=x onerror=\"window.ran='img'\">",
    "<script>window.ran='script'</script>",
    "[點我](javascript:window.ran='link')",
    "\"><svg onload=\"window.ran='svg'\">",
    "=HYPERLINK(\"javascript:window.ran='cell'\")",
)
SOURCE = f"""
import pandas as pd
import xiaobian as xb
from xiaobian.ai.briefs import Brief
from xiaobian.ai.evaluation.pairwise import Pair
from xiaobian.ai.fidelity import Article, article

hostile = {list(HOSTILE)!r}
known = article("store_move")
text = "".join(f"{{one}}，老店九月搬家。" for one in hostile)
"""
PANELS = {
    "prompt": "xb.panels.prompt_explorer(Brief(product=hostile[0], facts=hostile), n=4)",
    "blind": "xb.panels.blind_compare([Pair('p1', hostile[0] + hostile[1], ''.join(hostile[2:]), 'a', 'b')])",
    "summary": "xb.panels.summary_explorer(Article('x', hostile[0], text, dict(enumerate(hostile)), known.lines), k=3)",
    "inbox": "xb.panels.faq_explorer(pd.DataFrame({'text': hostile, 'gold': 'none', 'person': False}))",
    "queue": "xb.panels.queue_explorer()",
}
CONTROL = """
from IPython.display import HTML
HTML("<img src=x onerror=\\"window.control='ran'\\"><b class='control'>control</b>")
"""
"""The same kind of text shown as HTML, which does run: what the panels do is worth testing."""


def cell(number, source):
    return {"id": f"c{number}", "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


@pytest.fixture(scope="module")
def shown(lab, running_browser):
    """One notebook with every panel, run from the first cell to the last, and what its page said meanwhile."""
    cells = [cell(n, source) for n, source in enumerate([SOURCE, *PANELS.values(), CONTROL])]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab.course / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    context = running_browser.new_context(viewport={"width": 1280, "height": 6000})
    page = context.new_page()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    lab.opened(page, NOTEBOOK)
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^(Run|執行)$")).first.click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    panels = page.locator(".jp-NotebookPanel:visible .xb-panel")
    panels.nth(len(PANELS) - 1).wait_for(timeout=READY_MS)
    page.wait_for_function("window.control === 'ran'", timeout=READY_MS)
    yield page, panels, asked
    context.close()


def test_no_hostile_text_runs(shown):
    page, panels, asked = shown
    assert panels.count() == len(PANELS)
    assert page.evaluate("window.ran") is None and asked == []
    inside = panels.locator("script, svg[onload], img[onerror], a[href^='javascript:']")
    assert inside.count() == 0


def test_hostile_text_can_be_read(shown):
    _, panels, _ = shown
    blind = panels.nth(list(PANELS).index("blind")).inner_text()
    assert all(text in blind for text in HOSTILE)
