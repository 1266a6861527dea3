"""Triage of topics: one at a time, take it or leave it, then the regret against the truth."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from ..plotting import to_png
from ..sandbox.topics import Radar
from ..trends.bursts import Bursts, bursts
from .controls import Control
from .panel import Panel, guarded

TAKE, LEAVE = "A", "B"
WORDS = {TAKE: "採用", LEAVE: "略過", "": "還沒決定"}
_MARKS = {TAKE: "●", LEAVE: "○", "": "·"}


@dataclass
class Pass:
    """How far one triage has come: a letter a topic (empty until decided), and the topic that is shown."""

    topics: Sequence[str]
    letters: list[str] = field(default_factory=list)
    at: int = 0

    def __post_init__(self) -> None:
        self.letters = self.letters or [""] * len(self.topics)

    @property
    def left(self) -> int:
        """How many topics are undecided."""
        return self.letters.count("")

    @property
    def answer(self) -> str | None:
        """One letter a topic in order; None while one is undecided."""
        return None if self.left else "".join(self.letters)

    @property
    def taken(self) -> list[str]:
        """Topics that were taken."""
        return [t for t, letter in zip(self.topics, self.letters, strict=True) if letter == TAKE]

    def decide(self, letter: str) -> None:
        """Decide the topic that is shown and go to the next undecided one; stay where there is none."""
        self.letters[self.at] = letter
        order = [*range(self.at + 1, len(self.topics)), *range(self.at)]
        self.at = next((n for n in order if not self.letters[n]), self.at)

    def move(self, step: int) -> None:
        """Show a neighbour, stopping at both ends."""
        self.at = min(max(self.at + step, 0), len(self.topics) - 1)


def triage_control(radar: Radar, seen: Bursts | None = None) -> Control:
    """The triage as the control of a question: its answer is a letter a topic, A to take and B to leave."""
    return _control(radar, bursts(radar.volumes) if seen is None else seen, lambda _: None)[0]


def topic_triage(radar: Radar, seen: Bursts | None = None) -> Panel:
    """Twenty topics one by one: curve, tags, how many rivals posted, where it comes from; 採用 or 略過.

    The choice is committed with 揭曉; the first one counts, and the truth opens beside it. seen: what ``bursts()``
    found in the radar's volumes; looked for when None.
    """
    found = bursts(radar.volumes) if seen is None else seen
    feedback = widgets.HTML()
    button = widgets.Button(
        description="揭曉", button_style="primary", tooltip="記下選擇，打開真相", disabled=True
    )

    def ready(state: Pass) -> None:
        button.disabled = state.left > 0

    control, state, parts = _control(radar, found, ready)

    def on_reveal(_: Any) -> None:
        radar.commit(state.taken)
        feedback.value = radar.reveal()._repr_html_()

    button.on_click(guarded(feedback, on_reveal))
    about = f"{len(radar.topics)} 個話題一個一個決定，全部決定之後揭曉。"
    panel = Panel(
        [control.widget, button, feedback], f"互動面板：{about}", lambda: bytes(parts["picture"].value)
    )
    panel.control, panel.state, panel.parts = control, state, parts  # type: ignore[attr-defined]
    panel.reveal, panel.feedback = button, feedback  # type: ignore[attr-defined]
    return panel


def _control(
    radar: Radar, seen: Bursts, told: Callable[[Pass], None]
) -> tuple[Control, Pass, Mapping[str, Any]]:
    state = Pass(list(radar.topics["topic"]))
    head, picture, card = widgets.HTML(), widgets.Image(format="png"), widgets.HTML()
    picture.layout = widgets.Layout(max_width="100%")
    drawn: dict[str, bytes] = {}

    def show() -> None:
        topic = state.topics[state.at]
        head.value = _head(state)
        if topic not in drawn:
            drawn[topic] = to_png(seen.plot(topic))
        picture.value = drawn[topic]
        card.value = _card(radar, seen, topic)
        told(state)

    buttons = {
        name: widgets.Button(description=name, tooltip=tip)
        for name, tip in {
            "採用": "做這個話題（Enter 或空白鍵），再看下一個",
            "略過": "不做這個話題，再看下一個",
            "上一個": "回上一個，可以改",
            "下一個": "先不決定，看下一個",
        }.items()
    }
    acts: dict[str, Callable[[], None]] = {
        "採用": lambda: state.decide(TAKE),
        "略過": lambda: state.decide(LEAVE),
        "上一個": lambda: state.move(-1),
        "下一個": lambda: state.move(1),
    }

    def wired(act: Callable[[], None]) -> Callable[[Any], None]:
        def pressed(_: Any) -> None:
            act()
            show()

        return guarded(card, pressed)

    for name, button in buttons.items():
        button.on_click(wired(acts[name]))

    def restore(answer: Any) -> None:
        state.letters = [c if c in (TAKE, LEAVE) else "" for c in str(answer)[: len(state.topics)]]
        state.letters += [""] * (len(state.topics) - len(state.letters))
        state.at = 0
        show()

    show()
    row = widgets.HBox(list(buttons.values()), layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    box = widgets.VBox([head, picture, card, row], layout=widgets.Layout(grid_gap="8px"))
    parts = {"head": head, "picture": picture, "card": card, "buttons": buttons}
    return Control(box, lambda: state.answer, restore), state, parts


def _head(state: Pass) -> str:
    """Where one is, what was decided here, and a mark a topic."""
    marks = " ".join(
        f"<strong>[{_MARKS[letter]}]</strong>" if n == state.at else _MARKS[letter]
        for n, letter in enumerate(state.letters)
    )
    done = f"還有 {state.left} 個沒決定" if state.left else f"全部決定了：採用 {len(state.taken)} 個"
    return (
        f'<div role="status" aria-live="polite"><strong>第 {state.at + 1}／{len(state.topics)} 個</strong>　'
        f"{WORDS[state.letters[state.at]]}　<span style='color:#5B6875'>{done}</span>"
        f"<div aria-hidden='true' style='color:#0A4A78;letter-spacing:1px'>{marks}</div></div>"
    )


def _card(radar: Radar, seen: Bursts, topic: str) -> str:
    row = radar.topics.set_index("topic").loc[topic]
    now = seen.now[seen.now["topic"] == topic].iloc[0]
    tags = str(row["tags"]).split("、")
    fit = float(np.mean([radar.interests.get(tag, 0.0) for tag in tags]))
    facts = {
        "標籤": f"{row['tags']}（和品牌契合 {fit:.0%}）",
        "現在": _phase(now),
        "同業": f"{radar.of} 家裡有 {row['rivals']} 家已經發了",
        "來源": row["note"],
    }
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left;white-space:nowrap;padding:2px 16px 2px 0;color:#5B6875;'
        f'font-weight:400;vertical-align:top">{name}</th><td style="text-align:left">{html.escape(str(text))}</td></tr>'
        for name, text in facts.items()
    )
    return f"<strong>{html.escape(topic)}</strong><table style='border-collapse:collapse'>{lines}</table>"


def _phase(now: pd.Series) -> str:
    if now["phase"] == "平常":
        return "在平常的起伏裡"
    told = f"平常的 {1 + now['excess']:.1f} 倍，{now['phase']}中，第 {int(now['age']) + 1} 天"
    if now["phase"] == "退燒":
        return f"{told}，約每 {now['half_life']:.1f} 天少一半（{now['low']:.1f}–{now['high']:.1f} 天）"
    return f"{told}，還看不出會撐多久"
