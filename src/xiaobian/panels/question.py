"""The question panel: control, 檢查／提示／看解答, one feedback box."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from .controls import Control
from .panel import Panel, guarded


def question_panel(
    name: str,
    how: str,
    control: Control,
    *,
    check: Callable[[Any], str],
    hint: Callable[[], str],
    solution: Callable[[bool], str],
    answer: Any = None,
    feedback: str = "",
    picture: Callable[[], bytes | None] | None = None,
) -> Panel:
    """Build the panel: ``name`` says which question, ``how`` what to do now. Functions return feedback as HTML.

    check(answer): called with None for a blank. hint(): the next hint. solution(confirmed): the solution, or a
    request to try first; a second click confirms. answer, feedback: what to restore.
    """
    box = widgets.HTML(feedback)
    if answer is not None:
        control.show(answer)
    buttons = {
        "檢查": widgets.Button(description="檢查", button_style="primary", tooltip="檢查這題的答案"),
        "提示": widgets.Button(description="提示", tooltip="看下一個提示"),
        "看解答": widgets.Button(description="看解答", tooltip="看這題的解答與理由"),
    }
    asked: list[bool] = []

    def on_solution(_: Any) -> None:
        box.value = solution(bool(asked))
        asked.append(True)

    buttons["檢查"].on_click(guarded(box, lambda _: setattr(box, "value", check(control.read()))))
    buttons["提示"].on_click(guarded(box, lambda _: setattr(box, "value", hint())))
    buttons["看解答"].on_click(guarded(box, on_solution))
    heading = widgets.HTML(f"<strong>{name}</strong>　{html.escape(how)}")
    row = widgets.HBox(list(buttons.values()), layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    panel = Panel([heading, control.widget, row, box], f"題目面板：{name}。{how}", picture)
    panel.control, panel.buttons, panel.feedback = control, buttons, box  # type: ignore[attr-defined]
    return panel
