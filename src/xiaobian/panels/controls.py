"""Controls of a question panel. Each gives a widget and two functions: read the answer, show an answer."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

WIDE = widgets.Layout(width="98%")
LONG = 22
_PLAIN = {"description_width": "initial"}


@dataclass(frozen=True)
class Control:
    """A widget with ``read() -> answer or None`` and ``show(answer)``."""

    widget: widgets.Widget
    read: Callable[[], Any]
    show: Callable[[Any], None]


def pick_one(options: Mapping[str, str]) -> Control:
    """Radio buttons, nothing chosen at first."""
    radio = widgets.RadioButtons(
        options=[(f"{k}. {text}", k) for k, text in options.items()],
        value=None, description="選一個：", layout=WIDE, style=_PLAIN,
    )  # fmt: skip
    return Control(radio, lambda: radio.value, lambda answer: setattr(radio, "value", answer))


def pick_many(options: Mapping[str, str]) -> Control:
    """One checkbox an option."""
    boxes = {
        k: widgets.Checkbox(value=False, description=f"{k}. {text}", indent=False, layout=WIDE, style=_PLAIN)
        for k, text in options.items()
    }

    def show(answer: Any) -> None:
        for letter, box in boxes.items():
            box.value = letter in answer

    return Control(
        widgets.VBox(list(boxes.values())),
        lambda: "".join(k for k, b in boxes.items() if b.value) or None,
        show,
    )


def _drop_downs(rows: Mapping[str, Mapping[str, str]]) -> Control:
    """Names to the left of their drop-downs, or above them when one is long."""
    longest = max(map(len, rows))
    above = longest > LONG
    style = {"description_width": "100%" if above else f"{longest * 16}px"}
    layout = widgets.Layout(width="98%", height="auto", flex_flow="row wrap") if above else WIDE
    drops = [
        widgets.Dropdown(
            options=[(f"{k}. {text}", k) for k, text in options.items()],
            value=None, description=row, layout=layout, style=style,
        )
        for row, options in rows.items()
    ]  # fmt: skip

    def read() -> str | None:
        return "".join(d.value for d in drops) if all(d.value for d in drops) else None

    def show(answer: Any) -> None:
        for drop, letter in zip(drops, answer, strict=False):
            drop.value = letter

    box = widgets.VBox(drops, layout=widgets.Layout(grid_gap="8px" if above else "4px"))
    return Control(box, read, show)


def put_in_order(items: Mapping[str, str]) -> Control:
    """One drop-down a position."""
    return _drop_downs({f"第 {i + 1} 位：": items for i in range(len(items))})


def match(left: Sequence[str], right: Mapping[str, str]) -> Control:
    """One drop-down an item on the left."""
    return _drop_downs({item if item[-1] in "。？！」：" else f"{item}：": right for item in left})


def decide(choices: Mapping[str, Mapping[str, str]]) -> Control:
    """One drop-down a choice, each with its own options."""
    return _drop_downs({f"{name}：": options for name, options in choices.items()})


def _shown(answer: Any) -> str:
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def type_number(unit: str) -> Control:
    """A line for a number; text, so that it can be empty."""
    line = widgets.Text(
        value="", placeholder="例如 3.2", description=f"答案（{unit}）：" if unit else "答案：",
        layout=widgets.Layout(width="320px"), style=_PLAIN,
    )  # fmt: skip
    return Control(line, lambda: line.value or None, lambda answer: setattr(line, "value", _shown(answer)))


def type_text() -> Control:
    """A text area."""
    area = widgets.Textarea(
        value="", placeholder="寫在這裡", description="答案：", rows=5, layout=WIDE, style=_PLAIN
    )
    return Control(area, lambda: area.value or None, lambda answer: setattr(area, "value", str(answer)))


def in_code(name: str) -> Control:
    """No control: the answer is given in the code cell."""
    note = widgets.HTML(f"這題在下面的程式格作答，把結果放進 <code>{html.escape(name)}</code>。")
    return Control(note, lambda: None, lambda answer: None)


def labelled(name: str, options: Mapping[str, str], value: str) -> widgets.Dropdown:
    """A drop-down with a name, for explorers, where a choice is always made."""
    return widgets.Dropdown(
        options=list(options.items()),
        value=value,
        description=name,
        style=_PLAIN,
        layout=widgets.Layout(width="290px"),
    )
