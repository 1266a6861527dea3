"""What a learner sees first: the opening page, in 正體中文, with nothing in the way."""

from __future__ import annotations

import sys

import pytest

from xiaobian import datasets
from xiaobian.cli.course import OPENING

MENU_OF_RUNNING = 4


@pytest.fixture(scope="module")
def first_page(lab, running_browser):
    """JupyterLab as ``xiaobian lab`` opens it, in a browser that prefers English."""
    context = running_browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    lab.opened(page)
    yield page
    context.close()


def test_it_opens_on_the_first_lesson(first_page):
    tab = first_page.locator(".lm-TabBar-tab.lm-mod-current[data-type=document-title]")
    assert tab.inner_text().strip() == OPENING.rpartition("/")[2]
    first_page.locator(".jp-NotebookPanel:visible h1", has_text=datasets.lesson("0.1").title).wait_for()


def test_the_menus_are_in_chinese_whatever_the_browser_prefers(first_page):
    first_page.locator(".lm-MenuBar-item").nth(MENU_OF_RUNNING).click()
    menu = first_page.locator(".lm-Menu:visible").inner_text()
    first_page.keyboard.press("Escape")
    assert "儲存格" in menu, menu


def test_nobody_is_asked_about_news(first_page):
    first_page.wait_for_timeout(3000)
    assert first_page.locator(".Toastify__toast").all_inner_texts() == []


def test_the_kernel_is_this_environment_and_answers_go_where_the_lab_was_told(lab, first_page):
    code = """
import os, sys
print(sys.prefix, os.environ["OMP_NUM_THREADS"], sys.flags.utf8_mode, os.environ["KIT_STATE_DIR"], sep="\\n")
"""
    first_page.locator(".jp-NotebookPanel:visible .jp-Notebook").press("Escape")
    first_page.keyboard.press("b")
    first_page.keyboard.press("Enter")
    first_page.keyboard.insert_text(code.strip())
    first_page.keyboard.press("Control+Enter")
    output = first_page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output", has_text=str(lab.answers))
    output.wait_for()
    assert output.inner_text().splitlines() == [sys.prefix, "1", "1", str(lab.answers)]
