"""Hostile texts given to the panels stay text in a real JupyterLab: none of them runs, all of them can be read."""

from __future__ import annotations

import json
import re

import pytest

NOTEBOOK = "xss.ipynb"
READY_MS = 180_000
HOSTILE = (
    "<img src=x onerror=\"window.ran='img'\">",
    "<script>window.ran='script'</script>",
    "[點我](javascript:window.ran='link')",
    "\"><svg onload=\"window.ran='svg'\">",
    "=HYPERLINK(\"javascript:window.ran='cell'\")",
)
SOURCE = f"""
from dataclasses import replace

import ipywidgets as widgets
import numpy as np
import pandas as pd
import xiaobian as xb
from xiaobian.ai.briefs import Brief
from xiaobian.ai.evaluation.pairwise import Pair
from xiaobian.ai.fidelity import Article, article
from xiaobian.panels.community import desk_control
from xiaobian.panels.hostile import Desk as HostileDesk
from xiaobian.crisis.care.hostile import comments as nasty
from xiaobian.sandbox.topics import radar

hostile = {list(HOSTILE)!r}
whole = "".join(f"{{one}}，老店九月搬家。" for one in hostile)
known = article("store_move")
noon = pd.Timestamp("2026-09-10 12:00", tz="Asia/Taipei")
posts = [
    xb.planning.PlannedPost(f"{{n}}{{one}}", "facebook", "text", owner=one, caption=one, title=one, notes=one, publish_at=noon + pd.Timedelta(days=n))
    for n, one in enumerate(hostile)
]
beats = [{{"t0": 3 * n, "t1": 3 * n + 3, "role": "value", "shot": one, "voice": one, "on_screen": one}} for n, one in enumerate(hostile)]
card = xb.planning.design.load_many(xb.datasets.path("planning/cards.yml"))["秋茶上市"]
card = replace(card, name=hostile[0], alt=hostile[1], blocks=tuple(replace(b, text=one) for b, one in zip(card.blocks, hostile)))
morning = radar(3)
renamed = dict(zip(morning.topics["topic"], hostile))
topics = morning.topics.assign(topic=morning.topics["topic"].replace(renamed), note=hostile[3])
morning = replace(morning, topics=topics, volumes=morning.volumes.assign(topic=morning.volumes["topic"].replace(renamed)))
text_question = xb.exercise("4.1").q5.panel()
text_question.control.show(whole)
text_question.buttons["檢查"].click()
nasty_desk = HostileDesk([replace(c, text=whole, gist=hostile[0]) for c in nasty("lesson", 1)][:3], lambda _: None)
nasty_desk.shown.value = "words"
nasty_desk.open()
room_panel = xb.panels.crisis_room("raffle_doubt", 7, journal=False)
room = room_panel.room
room.to_next()
room.to_next()
written = tuple(replace(c, text=hostile[n % 5], author=hostile[n % 5]) for n, c in enumerate(room.state.comments))
room.drill.state = replace(room.state, world=replace(room.state.world, comments=written))
room.desk.toggle("inform")
room.desk.text.value = whole
room.desk.post()
room.desk.post()
room.turn("stream")
room.stream.pick(1)
room.stream.do("hide")
"""
PANELS = {
    "prompt": "xb.panels.prompt_explorer(Brief(product=hostile[0], facts=hostile), n=4)",
    "blind": "xb.panels.blind_compare([Pair('p1', hostile[0] + hostile[1], ''.join(hostile[2:]), 'a', 'b')])",
    "summary": "xb.panels.summary_explorer(Article('x', hostile[0], whole, dict(enumerate(hostile)), known.lines), k=3)",
    "inbox": "xb.panels.faq_explorer(pd.DataFrame({'text': hostile, 'gold': 'none', 'person': False}))",
    "queue": "xb.panels.queue_explorer()",
    "crop": "xb.panels.crop_explorer()",
    "threshold": "xb.panels.threshold_explorer({one: [0.1, 0.9, 0.5] for one in hostile[:4]}, [True, False, True])",
    "axis": "xb.panels.cut_axis(pd.Series([5.0, 8.0], index=hostile[:2]), hostile[2])",
    "hits": "xb.panels.survivors_explorer(pd.DataFrame({one: [True] * 40 for one in hostile}), pd.Series(range(40)))",
    "topics": "xb.panels.topic_triage(morning)",
    "question": "text_question",
    "month": "xb.panels.month_board(xb.planning.Calendar(posts), '2026-09', by=hostile[0])",
    "script": "xb.panels.script_editor({'title': hostile[0], 'beats': beats})",
    "versions": "xb.panels.versions_explorer({one: xb.planning.message(one + '，老店九月搬家。') for one in hostile})",
    "copy": "xb.panels.copy_desk(whole)",
    "card": "xb.panels.card_explorer(card)",
    "voice": "xb.panels.voice_desk(whole)",
    "ads": "xb.panels.ad_desk(whole)",
    "respond": "xb.panels.respond_desk('data_leak', 0, whole)",
    "desks": "xb.panels.Panel([desk_control(hostile, {'A': hostile[0], 'B': hostile[1]}).widget], '')",
    "hostile": "xb.panels.Panel([nasty_desk.widget], '')",
    "crisis": "room_panel",
    "review": "room.finish(); room.finish(); room_panel.ending.make(); xb.panels.Panel([room_panel.ending.widget], '')",
}
READ = {
    "blind": len(HOSTILE), "month": 1, "script": 1, "versions": 1, "card": 1, "voice": len(HOSTILE), "ads": len(HOSTILE),
    "respond": len(HOSTILE), "desks": len(HOSTILE), "hostile": 1, "crisis": 1,
}  # fmt: skip
"""Panels whose face shows the text itself, and how many of the texts at once; the others show counts, pictures, or what the
rules make of it."""
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
    context = running_browser.new_context(viewport={"width": 1280, "height": 20_000})
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


@pytest.mark.parametrize("name", READ)
def test_hostile_text_can_be_read(shown, name):
    _, panels, _ = shown
    face = panels.nth(list(PANELS).index(name))
    told = face.inner_text() + "".join(face.locator("option, textarea, input").evaluate_all("all => all.map(e => e.value + e.text)"))
    shown_texts = [text for text in HOSTILE if text in told]
    assert len(shown_texts) >= READ[name], told
