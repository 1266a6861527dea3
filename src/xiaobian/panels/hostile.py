"""The drill 停、標、選 on hostile comments, and an explorer of the rota.

A comment stays folded until it is opened; its gist stands in for its words unless the words are asked for.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import pandas as pd

from ..crisis.care.deescalation import deescalate
from ..crisis.care.hostile import (
    SKIPPED,
    Hostile,
    HostileReview,
    checked,
    choices,
    comments,
    labels,
    meanings,
    points,
    review,
)
from ..crisis.care.rostering import RotaLimits, rota, round_robin
from ..errors import KitError
from ..plotting import BRICK, Chart
from ..plotting.palette import HAIRLINE, SEA, SECONDARY, SKY
from .controls import Control, labelled
from .explorer import explorer
from .panel import Panel, guarded, message_box

WARNING = "接下來的留言會嘲笑、罵人、威脅，還有一則提到撐不下去。預設只給摘要；"
FREE = "隨時可以跳過一則，或到此為止，都不扣分。"
HELP = "help_1925"
_CELL = f"padding:4px 8px;border-bottom:1px solid {HAIRLINE};text-align:left;font-weight:400;white-space:normal;vertical-align:top;"
_WORDS, _GIST = "words", "gist"
_WRAP = widgets.Layout(grid_gap="8px", flex_flow="row wrap", align_items="center")


def _button(name: str, tip: str, primary: bool = False, width: str = "auto") -> widgets.Button:
    return widgets.Button(
        description=name,
        tooltip=tip,
        button_style="primary" if primary else "",
        layout=widgets.Layout(width=width),
    )


def _drop(name: str, options: dict[str, str]) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=[(f"{letter}. {text}", letter) for letter, text in options.items()],
        value=None,
        description=name,
        style={"description_width": "initial"},
        layout=widgets.Layout(width="420px"),
    )


class Desk:
    """The drill with its widgets; ``open``, ``note``, ``skip`` and ``stop`` are all that moves it."""

    def __init__(
        self,
        given: tuple[Hostile, ...],
        finished: Callable[[Desk], None] = lambda _: None,
        *,
        told: bool = True,
        rule: str = FREE,
    ) -> None:
        self.given, self._finished, self._told, self._rule = given, finished, told, rule
        self.letters: list[str] = []
        self.opened, self.done = False, False
        self.head, self.card, self.status = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.shown = labelled("留言怎麼顯示：", {"只看摘要": _GIST, "看原文": _WORDS}, _GIST)
        meaning = {letter: f"{name}：{meanings()[letter]}" for letter, name in labels().items()}
        self.label, self.choice = _drop("標：", meaning), _drop("選：", choices())
        for box in (self.label, self.choice):
            box.layout.width = "98%"
        self.reply = widgets.Textarea(
            value="",
            placeholder="想練習就寫一句回覆（可以不寫）",
            description="回覆：",
            rows=2,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="98%"),
        )
        self.buttons = {
            "打開": _button("停好了，打開", "手離開鍵盤、吐一口氣，再打開這一則", primary=True),
            "記下": _button("記下，下一則", "記下標和選，換下一則", primary=True),
            "跳過": _button("跳過這一則", "不看也不扣分"),
            "停": _button("到此為止", "不做了，看到目前為止的結果"),
            "再來": _button("再做一次", "同樣的留言，從第一則重來"),
        }
        acts = {
            "打開": self.open, "記下": self.note, "跳過": self.skip, "停": self.stop, "再來": self.again,
        }  # fmt: skip
        for name, act in acts.items():
            self.buttons[name].on_click(guarded(self.status, lambda _, act=act: act()))
        self.shown.observe(guarded(self.status, lambda _: self.show()), names="value")
        self.show()

    @property
    def widget(self) -> widgets.Widget:
        """Everything, one under the other."""
        row = widgets.HBox(list(self.buttons.values()), layout=_WRAP)
        top = widgets.HTML(warning_html(self._rule))
        parts = [top, self.shown, self.head, self.card, self.label, self.choice, self.reply, row, self.status]
        return widgets.VBox(parts, layout=widgets.Layout(grid_gap="8px"))

    @property
    def at(self) -> int:
        """How many are behind."""
        return len(self.letters) // 2

    @property
    def record(self) -> str:
        """Two letters a comment; those that were not reached are skipped."""
        return "".join(self.letters) + SKIPPED * (2 * (len(self.given) - self.at))

    def open(self) -> None:
        """Unfold the comment."""
        if not self.done:
            self.opened, self.status.value = True, ""
            self.show()

    def note(self) -> None:
        """Write down label and choice, say what they were worth, and go on."""
        if self.done or not self.opened:
            self._say("先打開這一則。")
        elif self.label.value is None or self.choice.value is None:
            self._say("標和選各挑一個，再按「記下」。")
        else:
            label, choice = self.label.value, self.choice.value
            self._say(self._heard(self.given[self.at], label, choice))
            self._next(label, choice)

    def _heard(self, comment: Hostile, label: str, choice: str) -> str:
        reply = self.reply.value.strip()
        said = f"　你的回覆：{deescalate(reply, comment.text).say()}" if reply else ""
        if not self._told:
            return f"記下了第 {self.at + 1} 則。{said}"
        gained = points(comment, label, choice)
        good = "標對、選對。" if gained == 1 else ""
        off = "" if label == comment.label else f"這一則是「{labels()[comment.label]}」。"
        better = "" if choice == comment.best else f"做法「{choices()[comment.best]}」比較好。"
        return f"第 {self.at + 1} 則，{good}{off}{better}{comment.why}{said}"

    def skip(self) -> None:
        """Leave it unread."""
        if not self.done:
            self._say(f"跳過第 {self.at + 1} 則，不扣分。")
            self._next(SKIPPED, SKIPPED)

    def stop(self) -> None:
        """No more; the result is that of what was answered."""
        if not self.done:
            self.done = True
            self.show()
            self._finished(self)

    def _next(self, label: str, choice: str) -> None:
        self.letters += [label, choice]
        self.opened = False
        self.label.value = self.choice.value = None
        self.reply.value = ""
        if self.at == len(self.given):
            self.stop()
        else:
            self.show()

    def again(self) -> None:
        """The same comments from the first one."""
        self.letters, self.opened, self.done, self.status.value = [], False, False, ""
        self.show()

    def load(self, record: str) -> None:
        """Show a finished drill again."""
        letters = checked(record, len(self.given))
        self.letters, self.done = list(letters), True
        self.show()

    def review(self) -> HostileReview:
        """The result so far."""
        return review(self.given, self.record)

    def show(self) -> None:
        """Bring every widget to where the drill is."""
        self.head.value = head_html(min(self.at + 1, len(self.given)), len(self.given), self.done)
        if self.done:
            self.card.value = _quiet("做完了。")
        elif not self.opened:
            self.card.value = _quiet("停：手離開鍵盤，吐一口氣。它不會跑掉。")
        else:
            self.card.value = card_html(self.given[self.at], self.shown.value == _WORDS)
        self.buttons["打開"].disabled = self.opened or self.done
        self.buttons["記下"].disabled = not self.opened or self.done
        for name in ("跳過", "停"):
            self.buttons[name].disabled = self.done
        self.buttons["再來"].disabled = not self.done

    def _say(self, text: str) -> None:
        self.status.value = (
            f'<div role="status" aria-live="polite" style="white-space:normal">{html.escape(text)}</div>'
        )


def _quiet(text: str) -> str:
    return f'<div style="color:{SECONDARY};padding:12px 16px;border-left:4px solid {HAIRLINE}">{html.escape(text)}</div>'


def warning_html(rule: str) -> str:
    """The content warning, what skipping costs, and where to find help, with the card it comes from."""
    from ..datasets import evidence

    line = evidence(HELP)
    told = f"撐不住的時候：{line.figure.split('，', 1)[0]}（{line.source}，查核 {line.checked}）。"
    return (
        f'<div style="border-left:4px solid {BRICK};padding:4px 16px;white-space:normal"><strong>內容提醒</strong>　'
        f"{html.escape(WARNING + rule)}<br>{html.escape(told)}</div>"
    )


def head_html(at: int, number: int, done: bool) -> str:
    """Where the drill is, and a bar."""
    share = 100 * (number if done else at - 1) / number
    words = "結束" if done else f"第 {at} 則，共 {number} 則"
    return (
        f'<div role="status"><strong style="font-size:18px">{words}</strong>'
        f'<div aria-hidden="true" style="height:8px;background:{HAIRLINE};margin-top:4px">'
        f'<div style="height:8px;width:{share:.1f}%;background:{SKY}"></div></div></div>'
    )


def card_html(comment: Hostile, words: bool) -> str:
    """The comment, as its gist or in its own words."""
    name = "原文" if words else "摘要"
    return (
        f'<div style="border-left:4px solid {SKY};padding:8px 16px"><span style="color:{SECONDARY}">{name}</span>'
        f'<div style="font-size:18px;white-space:normal">{html.escape(comment.text if words else comment.gist)}</div></div>'
    )


def review_html(table: pd.DataFrame) -> str:
    """The result as a table, escaped."""
    heads = {
        "gist": "摘要",
        "label": "是",
        "called": "你標",
        "chosen": "你選",
        "best": "比較好的做法",
        "why": "為什麼",
    }
    head = "".join(f'<th scope="col" style="{_CELL}color:{SECONDARY}">{word}</th>' for word in heads.values())
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL}{"min-width:72px" if name in ("label", "called") else ""}">{html.escape(str(row[name]) or "跳過")}</td>'
            for name in heads
        )
        + "</tr>"
        for _, row in table.iterrows()
    )
    return f'<table style="border-collapse:collapse;width:100%;font-size:15px"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def hostile_drill(seed: int = 540) -> Panel:
    """Twenty hostile comments: pause, say what it is, choose what to do; a gist stands in for the words unless asked for.

    seed: the order. A reply can be tried and is judged by ``deescalate``; it does not count. Skipping costs nothing.
    """
    feedback, table = widgets.HTML(), widgets.HTML()

    def finished(desk: Desk) -> None:
        found = desk.review()
        heading = f"{found.score:.0f} 分" if found.answered else "沒有分數"
        feedback.value = message_box("◆", heading, found.say(), SEA)
        table.value = review_html(found.lost) if len(found.lost) else ""

    desk = Desk(comments("lesson", seed), finished)
    panel = Panel([desk.widget, feedback, table], "互動面板：停、標、選演練，二十則留言，預設只看摘要。")
    panel.desk, panel.feedback, panel.table = desk, feedback, table  # type: ignore[attr-defined]
    return panel


def hostile_control(seed: int, number: int, least: int = 0) -> Control:
    """The drill on the learner's own comments as the control of a question: its answer is the record.

    least: how many have to be answered for full marks, said in the warning.
    """
    rule = f"可以跳過 {number - least} 則，不扣分；少做的會少分。" if least else FREE
    desk = Desk(comments("own", seed, number), told=False, rule=rule)
    read = lambda: desk.record if desk.done else None  # noqa: E731

    def show(answer: Any) -> None:
        try:
            desk.load(str(answer))
        except KitError:
            return

    return Control(desk.widget, read, show)


# The rota.

TEAM = ("阿洛", "子晴", "柏宇", "佩蓁", "允安")
LEAVES: dict[str, dict[str, list[str]]] = {
    "none": {},
    "one": {"柏宇": ["2026-10-09", "2026-10-10", "2026-10-11"]},
    "two": {"柏宇": ["2026-10-09", "2026-10-10", "2026-10-11"], "子晴": ["2026-10-10"]},
}
CRISES = [("2026-10-07", "晚班")]


def rota_explorer() -> Panel:
    """Drop-downs for people, leave, days in a row and who makes the rota; the days as a grid follow.

    Ten days; the third one burns. Loads and limits are design parameters.
    """
    picks = {
        "people": labelled("人數：", {"三個人": "3", "四個人": "4", "五個人": "5"}, "4"),
        "leave": labelled(
            "請假：", {"沒有人": "none", "柏宇三天": "one", "柏宇三天、子晴一天": "two"}, "one"
        ),
        "row": labelled("重班最多連續：", {"一天": "1", "兩天": "2", "三天": "3"}, "2"),
        "maker": labelled("怎麼排：", {"照名單輪": "turns", "排過的": "solver"}, "turns"),
    }

    def draw(people: str, leave: str, row: str, maker: str) -> tuple[Chart, str]:
        make = rota if maker == "solver" else round_robin
        team = list(TEAM[: int(people)])
        found = make(team, 10, leave=LEAVES[leave], crises=CRISES, limits=RotaLimits(row=int(row)))
        return found.plot(), found.say()

    return explorer(picks, draw, "換人數、請假和規則，看照名單輪要讓誰吃虧，什麼時候排不出來。")
