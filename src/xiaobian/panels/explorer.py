"""What every explorer is: named choices, a picture and a sentence that follow each change."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from ..plotting import Chart, to_png
from .panel import Panel, guarded

Draw = Callable[..., tuple[Chart, str]]


def explorer(choices: Mapping[str, widgets.Dropdown], draw: Draw, about: str) -> Panel:
    """A panel that calls ``draw(**values)`` for a chart and its sentence, now and after every change.

    about: one sentence that says what the panel is for; also its text form.
    """
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%"))
    sentence = widgets.HTML()

    def show(_: Any = None) -> None:
        chart, said = draw(**{name: box.value for name, box in choices.items()})
        picture.value = to_png(chart)
        sentence.value = f'<div role="status">{html.escape(said)}</div>'

    for box in choices.values():
        box.observe(guarded(sentence, show), names="value")
    show()
    row = widgets.HBox(list(choices.values()), layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    panel = Panel([row, picture, sentence], f"互動面板：{about}", lambda: bytes(picture.value))
    panel.choices, panel.picture, panel.sentence = choices, picture, sentence  # type: ignore[attr-defined]
    return panel
