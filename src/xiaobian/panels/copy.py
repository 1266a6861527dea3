"""The copy desk: type a caption, choose a platform, see what the checks say while you write."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from ..planning.copywriting.review import CopyReview, review_copy
from .controls import labelled
from .panel import Panel, guarded

DESKS = {"Instagram": "instagram", "Facebook": "facebook", "Threads": "threads", "TikTok": "tiktok", "YouTube": "youtube", "LINE": "line"}  # fmt: skip
MOST = 4000


def copy_desk(text: str = "", platform: str = "instagram") -> Panel:
    """A text area and a drop-down for the platform; findings, asks, length and hashtags follow each change.

    text: what stands there at first. Only the first 4,000 signs are read.
    """
    area = widgets.Textarea(
        value=text, description="文案：", placeholder="把文案寫在這裡", rows=6, continuous_update=True,
        layout=widgets.Layout(width="98%"), style={"description_width": "initial"},
    )  # fmt: skip
    choice = labelled("平台：", DESKS, platform)
    status, told = widgets.HTML(), widgets.HTML()
    first = review_copy(text, platform)

    def show(_: Any = None) -> None:
        found = review_copy(str(area.value)[:MOST], str(choice.value))
        status.value = f'<div role="status" aria-live="polite"><strong>{_icon(found)}</strong>　{html.escape(found.say())}</div>'
        told.value = _report(found)

    for box in (area, choice):
        box.observe(guarded(status, show), names="value")
    show()
    panel = Panel([choice, area, status, told], f"互動面板：寫文案，看檢查怎麼說。起點那一則，{first.say()}")
    panel.area, panel.choice, panel.status, panel.told = area, choice, status, told  # type: ignore[attr-defined]
    return panel


def _icon(found: CopyReview) -> str:
    if not found.text.strip():
        return "– 未作答"
    return "✓ 可以發" if found.ok else "▲ 先改"


def _report(found: CopyReview) -> str:
    """The findings with their places, hashtags, then what the caption does; all of it escaped."""
    if not found.text.strip():
        return ""
    tags = "".join(f"<div>▲ {html.escape(problem)}</div>" for problem in found.tag_problems)
    lines = [repr(found.features)] + ([repr(found.room)] if found.room else [])
    read = "".join(f"<div>{html.escape(line)}</div>" for line in lines)
    return f'{found.findings._repr_html_()}{tags}<div style="color:#5B6875;font-size:14px">{read}</div>'
