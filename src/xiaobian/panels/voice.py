"""The voice desk: write a text, choose platform and whether something happened, see where it stands and what to change."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ..crisis.voice.guide import Voice, VoiceScore, voice
from ..plotting import to_png
from .controls import labelled
from .copy import DESKS, MOST
from .panel import Panel, guarded

TIMES = {"平常": "", "出事的時候": "crisis"}
START = "我們的新品終於來了！！超級好吃，錯過就沒有了～"


def voice_desk(
    text: str = START, platform: str = "instagram", *, guide: str | Path | Voice | None = None
) -> Panel:
    """A text area, a drop-down for the platform and one for ordinary times or a crisis; score, axes and findings follow.

    guide: the YAML file of another brand's voice, or a read one; without it the running brand's. Only the first 4,000 signs
    are read.
    """
    brand = guide if isinstance(guide, Voice) else voice(guide)
    area = widgets.Textarea(
        value=text, description="文字：", placeholder="把文案或回覆寫在這裡", rows=4, continuous_update=False,
        layout=widgets.Layout(width="98%"), style={"description_width": "initial"},
    )  # fmt: skip
    place, time = labelled("平台：", DESKS, platform), labelled("現在：", TIMES, "")
    button = widgets.Button(description="檢查", button_style="primary")
    status, told = widgets.HTML(), widgets.HTML()
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%"))

    def score() -> VoiceScore:
        return brand.score(str(area.value)[:MOST], str(place.value), crisis=bool(time.value))

    def show(_: Any = None) -> None:
        seen = score()
        status.value = f'<div role="status" aria-live="polite"><strong>{_icon(seen)}</strong>　{html.escape(seen.say())}</div>'
        told.value = seen.findings._repr_html_() if seen.findings else ""
        picture.value = to_png(seen.plot())

    for box in (area, place, time):
        box.observe(guarded(status, show), names="value")
    button.on_click(guarded(status, show))
    show()
    row = widgets.HBox([place, time, button], layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    panel = Panel(
        [row, area, status, picture, told],
        f"互動面板：寫一段文字，看它像不像{brand.brand}。起點那一段，{score().say()}",
        lambda: bytes(picture.value),
    )
    panel.area, panel.platform, panel.time, panel.button = area, place, time, button  # type: ignore[attr-defined]
    panel.status, panel.told, panel.picture = status, told, picture  # type: ignore[attr-defined]
    return panel


def _icon(seen: VoiceScore) -> str:
    if seen.empty:
        return "– 未作答"
    return "✓ 像" if seen.on else "▲ 還不像"
