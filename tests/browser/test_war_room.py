"""The crisis room in a real JupyterLab: by keyboard, nothing clipped on a laptop or a projector, and a restart loses nothing."""

from __future__ import annotations

import json
import re

import pytest

from xiaobian.crisis import drill

NOTEBOOK = "room.ipynb"
READY_MS = 120_000
HOSTILE = "<img src=x onerror=\"window.ran='img'\"><script>window.ran='script'</script>=HYPERLINK(\"javascript:1\")"
SOURCE = 'import xiaobian as xb\n\nxb.panels.crisis_room("raffle_doubt", 12)'


def command(page, title, name):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^({title})$")).first.click()
    page.locator(f'.lm-Menu-item[data-command="{name}"]').click()


def pressed(face, name):
    face.get_by_role("button", name=name, exact=True).click()


@pytest.fixture(scope="module")
def opened(lab, running_browser):
    """A notebook with one crisis room, run."""
    cell = {"id": "c0", "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": SOURCE}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab.course / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    context = running_browser.new_context(viewport={"width": 1280, "height": 2600})
    page = context.new_page()
    page.set_default_timeout(READY_MS)
    lab.opened(page, NOTEBOOK)
    command(page, "Run|執行", "runmenu:run-all")
    face = page.locator(".jp-NotebookPanel:visible .xb-panel")
    face.wait_for(timeout=READY_MS)
    yield page, face
    context.close()


def test_a_decision_can_be_made_by_keyboard_alone(opened):
    page, face = opened
    for name in ("到下一個決策", "做法 B"):
        face.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        face.get_by_text("決策 1／3").wait_for()
    face.get_by_role("button", name="✓ 做法 B").wait_for()
    assert "386 則" in face.locator("textarea").input_value()
    for _ in range(2):
        face.get_by_role("button", name="送出", exact=True).focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(700)
    face.get_by_text("已送出第 1 個回應").wait_for()


def test_comments_are_picked_and_dealt_with(opened):
    _, face = opened
    pressed(face, "走 1 小時")
    face.get_by_text("第 2 小時", exact=True).wait_for()
    face.get_by_role("button", name="留言", exact=True).click()
    pressed(face, "下一則")
    face.locator(".xb-quote", has_text="號").last.wait_for()
    pressed(face, "上報")
    face.locator(".xb-room-log", has_text="上報").wait_for()


@pytest.mark.parametrize("large", [False, True])
def test_nothing_is_clipped(opened, large):
    _, face = opened
    if large:
        pressed(face, "大字")
        face.get_by_role("button", name="✓ 大字").wait_for()
    for tab in ("回應", "留言", "排程與事實"):
        face.get_by_role("button", name=re.compile(f"^(✓ )?{tab}")).click()
        face.get_by_role("button", name=re.compile(f"^✓ {tab}")).wait_for()
        assert face.evaluate("b => b.scrollWidth <= b.clientWidth + 1"), tab
        cut = face.locator("button:visible, select:visible").evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
        )
        assert cut == []


def test_a_restart_loses_nothing_and_says_so(opened):
    page, face = opened
    command(page, "Kernel|核心", "runmenu:restart-and-run-all")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    face.get_by_text("接著上次：從第 2 小時開始，1 個回應、1 則處理過的留言都在").wait_for(timeout=READY_MS)
    log = face.locator(".xb-room-log").inner_text()
    assert "做法 B" in log and "上報" in log
    assert page.locator(".jp-NotebookPanel:visible .jp-RenderedText[data-mime-type*=error]").count() == 0


def test_hostile_words_in_the_report_stay_words(page, tmp_path):
    room = drill("raffle_doubt", 12)
    room.advance(60)
    room.decide("inform", HOSTILE)
    room.give_up()
    page.goto(room.review().to_html(tmp_path / "review.html").as_uri())
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    assert page.locator("script, [onerror], a[href^='javascript:']").count() == 0
    assert "<img src=x onerror" in page.inner_text("body")
