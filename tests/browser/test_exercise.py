"""A learner's way through an exercise: run all, answer on a panel, restart, and the answer is still there."""

from __future__ import annotations

import json
import re

import pytest

EXERCISE = "exercises/3_analysis/01_kpi.ipynb"
READY_MS = 60_000


def menu(page, title, command):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^({title})$")).first.click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def panel(page, heading):
    return page.locator(".jp-NotebookPanel:visible .xb-panel", has=page.get_by_text(heading))


@pytest.fixture(scope="module")
def worked(lab, running_browser):
    """The exercise after 執行全部, with one question answered wrong and then right."""
    context = running_browser.new_context(viewport={"width": 1280, "height": 2400})
    page = context.new_page()
    lab.opened(page, EXERCISE)
    menu(page, "Run|執行", "runmenu:run-all")
    third = panel(page, "第 3 題")
    third.wait_for(timeout=READY_MS)
    yield lab, page, third
    context.close()


def answer(box, letter):
    box.get_by_label(f"{letter}. ", exact=False).check()
    box.get_by_role("button", name="檢查").click()


def test_a_panel_click_gives_specific_feedback(worked):
    lab, _, third = worked
    answer(third, "A")
    status = third.get_by_role("status")
    status.wait_for()
    assert "✗ 未通過" in status.inner_text() and "分母" in status.inner_text()
    answer(third, "B")
    third.get_by_text("✓ 通過").wait_for()
    stored = json.loads((lab.answers / "3.1.json").read_text(encoding="utf-8"))["questions"]["q3"]
    assert (stored["answer"], stored["state"], stored["attempts"]) == ("B", "通過", 2)


def test_every_question_can_be_answered_by_keyboard_alone(worked):
    _, page, third = worked
    third.get_by_label("A. ", exact=False).focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert third.get_by_label("D. ", exact=False).is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    third.get_by_text("✗ 未通過").wait_for()
    answer(third, "B")
    third.get_by_text("✓ 通過").wait_for()


def test_nothing_is_clipped_and_nothing_failed(worked):
    _, page, _ = worked
    assert page.locator(".jp-NotebookPanel:visible .jp-RenderedText[data-mime-type*=error]").count() == 0
    boxes = page.locator(".jp-NotebookPanel:visible .xb-panel")
    assert boxes.count() == 6
    for box in boxes.all():
        assert box.evaluate("b => b.scrollWidth <= b.clientWidth + 1"), box.inner_text()


def test_the_answer_is_back_after_the_kernel_restarts(worked):
    _, page, _ = worked
    menu(page, "Kernel|核心", "runmenu:restart-and-run-all")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator[data-status=busy]").wait_for(
        timeout=READY_MS
    )
    page.locator(".jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(
        timeout=READY_MS
    )
    third = panel(page, "第 3 題")
    third.wait_for(timeout=READY_MS)
    third.get_by_text("✓ 通過").wait_for()
    assert third.get_by_label("B. ", exact=False).is_checked()
