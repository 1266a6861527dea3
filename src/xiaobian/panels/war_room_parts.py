"""The parts of the crisis room's face: clock, board, answer desk, stream of comments, schedule, log.

Each has a ``widget`` and ``show(state)``, which changes only what has changed; what it may do it is given as functions.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import pandas as pd

from ..crisis.drill import ACTIONS, Comment, DrillState, Move
from ..crisis.drill.setup import HOUR
from ..sandbox.crisis.room import LEAD
from ..sandbox.crisis.scenarios import STRATEGIES
from . import war_room_view as view

PAGE = 60
"""Comments in the list at once; the others are a page away."""
LINE = 28
"""Characters of a comment in the list; the whole text stands below it."""
SAID = 40
"""Characters of an answer in the log."""
SPEEDS = (1, 5, 15, 30, 60)
"""Simulated minutes a second."""
TICK_MS = 1_000
_WRAP = widgets.Layout(grid_gap="8px", flex_flow="row wrap", align_items="center")
_PLAIN = {"description_width": "initial"}


def button(word: str, tip: str, press: Callable[[], None], **more: Any) -> widgets.Button:
    """A button with a name, a tip and what it does."""
    made = widgets.Button(description=word, tooltip=tip, layout=widgets.Layout(width="auto"), **more)
    made.on_click(lambda _: press())
    return made


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Parts beside each other, wrapping."""
    return widgets.HBox(list(parts), layout=_WRAP)


def mark(buttons: dict[str, widgets.Button], chosen: Sequence[str]) -> None:
    """Show by a tick and by colour which buttons are on."""
    for name, made in buttons.items():
        word = made.description.removeprefix("✓ ")
        made.description = f"✓ {word}" if name in chosen else word
        (made.add_class if name in chosen else made.remove_class)("xb-room-on")


class Clock:
    """The clock: play and pause, how fast, and three ways to step. ``pass_time(minutes)`` is given."""

    def __init__(self, pass_time: Callable[[int], None], to_next: Callable[[], None]) -> None:
        self._pass, self.speed = pass_time, 2
        self.play = widgets.Play(
            value=0, min=0, max=1_000_000, interval=TICK_MS, show_repeat=False, description="時鐘",
            layout=widgets.Layout(width="208px"),
        )  # fmt: skip
        self.play.observe(self._tick, names="value")
        self.said = widgets.HTML()
        self.buttons = {
            "慢一點": button("慢一點", "時鐘慢一檔", lambda: self.faster(-1)),
            "快一點": button("快一點", "時鐘快一檔", lambda: self.faster(1)),
            "走 10 分鐘": button("走 10 分鐘", "時鐘往前走 10 分鐘", lambda: pass_time(10)),
            "走 1 小時": button("走 1 小時", "時鐘往前走 1 小時", lambda: pass_time(HOUR)),
            "到下一個決策": button("到下一個決策", "走到下一個要決定的時刻，沒有了就走到結束", to_next),
        }
        some = list(self.buttons.values())
        self.widget = row(self.play, some[0], self.said, some[1], *some[2:])
        self.faster(0)

    def faster(self, by: int) -> None:
        """Another speed."""
        self.speed = min(max(self.speed + by, 0), len(SPEEDS) - 1)
        self.said.value = view.told(f"1 秒走 {SPEEDS[self.speed]} 分鐘")

    def _tick(self, change: Any) -> None:
        if change["new"] > change["old"]:
            self._pass(SPEEDS[self.speed])

    def stop(self) -> None:
        """Stand still."""
        name = "playing" if self.play.has_trait("playing") else "_playing"
        setattr(self.play, name, False)

    def show(self, state: DrillState) -> None:
        """Nothing runs after the end."""
        for made in (self.play, *self.buttons.values()):
            made.disabled = state.done
        if state.done:
            self.stop()


class Board:
    """Time, live numbers and the hours as a chart."""

    def __init__(self) -> None:
        self.head, self.cards, self.chart = (widgets.HTML() for _ in range(3))
        self.chart.add_class("xb-room-chart")
        self._drawn: tuple[Any, ...] = ()
        self.widget = widgets.VBox([self.head, self.cards, self.chart], layout=widgets.Layout(grid_gap="4px"))

    def show(self, state: DrillState) -> None:
        """Bring it to a state; texts that stay the same are not sent again."""
        self.head.value = head_html(state)
        self.cards.value = view.kpi_html(cards(state))
        if (drawn := (state.setup, state.minute // HOUR, state.said)) != self._drawn:
            self.chart.value, self._drawn = chart_html(state), drawn


def head_html(state: DrillState) -> str:
    """Time, and whether something must be decided."""
    if state.done:
        now = "演練結束"
    elif state.decision and state.decision_since is not None:
        now = f"有一個決定在等你，等了 {state.minute - state.decision_since} 分鐘"
    elif state.next_decision is not None:
        now = "現在沒有一定要決定的事"
    else:
        now = "決策點都過了，剩下留言要顧"
    return (
        f'<div><strong style="font-size:1.3em">{view.hours_text(state.minute)}</strong>　'
        f"{state.time:%m/%d %H:%M}　<strong>{html.escape(now)}</strong>{view.bar_html(state.minute / state.setup.minutes)}</div>"
    )


def cards(state: DrillState) -> list[tuple[str, str, str]]:
    """Name, figure and what it is compared with, of every live number."""
    now = state.kpis
    oldest = f"急的 {now.urgent} 則，最久等了 {_waited(now.oldest_urgent)}" if now.urgent else "沒有標急的"
    posts = f"已發出 {now.posts_out} 則，還有 {len(state.upcoming)} 則要發"
    return [
        ("過去一小時的提及", f"{now.mentions} 則", f"三小時合計是平常的 {now.times:.1f} 倍"),
        ("負面占比", f"{now.negative_share:.0%}", "負面 ÷ 過去三小時的提及"),
        (f"等級：{now.rules.name}", now.level, _reply(now)),
        ("等著的留言", f"{now.waiting} 則", oldest),
        ("排程貼文", "已暫停" if now.paused else "照常發", posts),
    ]


def _waited(minutes: int | None) -> str:
    return "0 分" if minutes is None else f"{minutes} 分" if minutes < 120 else f"{minutes // 60} 小時"


def _reply(now: Any) -> str:
    if now.reply_late is None:
        return "還沒有期限"
    late = now.reply_late
    if now.first_reply is not None:
        return "第一句準時" if late <= 0 else f"第一句晚了 {_waited(late)}"
    return f"第一句還有 {_waited(-late)}" if late <= 0 else f"第一句已經晚了 {_waited(late)}"


def chart_html(state: DrillState) -> str:
    """Hours that are over, as bars."""
    past = state.minute // HOUR
    counts = state.world.counts[LEAD : LEAD + past]
    calm, first = state.world.crisis.calm_hours, state.setup.start.hour
    return view.pulse_svg(
        [float(all_) for all_, _ in counts],
        [float(bad) for _, bad in counts],
        [calm[(first + hour) % 24] for hour in range(past)],
        hours=state.setup.hours,
        marks={said.minute / HOUR: f"{n}" for n, said in enumerate(state.said, start=1)},
    )


class Stream:
    """The comments: filters, a list of one page, the picked one whole, and what can be done about it."""

    FILTERS = {"waiting": "等著的", "urgent": "急的", "dealt": "處理過的", "all": "全部"}

    def __init__(self, act: Callable[[int, str], None]) -> None:
        self._act, self.filter, self.page = act, "waiting", 0
        self._state: DrillState | None = None
        self._shown: tuple[Any, ...] = ()
        self._next: int | None = None
        self._filling = False
        self._lines: dict[int, tuple[Comment, str]] = {}
        self.card = widgets.HTML()
        self.filters = {
            name: button(word, f"只看{word}", lambda name=name: self.choose(name))  # type: ignore[misc]
            for name, word in self.FILTERS.items()
        }
        self.search = widgets.Text(
            value="", description="找字：", placeholder="例如 退款", continuous_update=False, style=_PLAIN,
            layout=widgets.Layout(width="240px"),
        )  # fmt: skip
        self.search.observe(lambda _: self.choose(self.filter), names="value")
        self.list = widgets.Select(
            options=[], value=None, rows=9, description="我們貼文底下的留言", style=_PLAIN,
            layout=widgets.Layout(width="98%", height="auto", flex_flow="column"),
        )  # fmt: skip
        self.list.add_class("xb-room-list")
        self.list.observe(lambda _: self._show_card(), names="value")
        self.picks = {
            "上一則": button("上一則", "選清單裡的上一則", lambda: self.pick(-1)),
            "下一則": button("下一則", "選清單裡的下一則", lambda: self.pick(1)),
            "較新的": button("較新的一頁", "看比較新的留言", lambda: self.turn(-1)),
            "較舊的": button("較舊的一頁", "看比較舊的留言", lambda: self.turn(1)),
        }
        self.actions = {
            name: button(word, f"對選到的留言：{word}", lambda name=name: self.do(name))  # type: ignore[misc]
            for name, word in ACTIONS.items()
        }
        for name, made in self.actions.items():
            made.add_class(f"xb-room-{name}")
        mark(self.filters, [self.filter])
        self.widget = widgets.VBox(
            [
                row(*self.filters.values(), self.search),
                self.list,
                row(*self.picks.values()),
                self.card,
                row(*self.actions.values()),
            ],
            layout=widgets.Layout(grid_gap="8px"),
        )

    def choose(self, name: str) -> None:
        """Another filter, from its newest page."""
        self.filter, self.page = name, 0
        mark(self.filters, [name])
        self._list()

    def turn(self, by: int) -> None:
        """Another page."""
        self.page = min(max(self.page + by, 0), self._pages - 1)
        self._list()

    def pick(self, by: int) -> None:
        """A neighbour in the list; arrow keys belong to the notebook."""
        numbers = [number for _, number in self.list.options]
        if numbers:
            at = numbers.index(self.list.value) + by if self.list.value in numbers else min(by, 0)
            self.list.value = numbers[at % len(numbers)]

    def do(self, action: str) -> None:
        """Do something about the picked comment, then pick the one below it."""
        number, numbers = self.list.value, [n for _, n in self.list.options]
        below = numbers[numbers.index(number) + 1 :] if number in numbers else []
        self._next = below[0] if below else None
        self._act(0 if number is None else number, action)
        self._next = None

    def found(self, state: DrillState) -> list[Comment]:
        """Comments that pass the filters, newest first."""
        some: Sequence[Comment] = state.waiting if self.filter in ("waiting", "urgent") else state.comments
        if self.filter == "urgent":
            some = [c for c in some if c.flag]
        elif self.filter == "dealt":
            some = [c for c in some if c.number in state.acts]
        words = str(self.search.value).strip()
        return [c for c in reversed(some) if not words or words in c.text or words in c.author]

    def show(self, state: DrillState) -> None:
        """Bring it to a state."""
        self._state = state
        for made in (*self.actions.values(),):
            made.disabled = state.done
        self._list()

    @property
    def _pages(self) -> int:
        count = len(self.found(self._state)) if self._state else 0
        return max(1, -(-count // PAGE))

    def _list(self) -> None:
        if self._state is None:
            return
        some = self.found(self._state)
        pages = max(1, -(-len(some) // PAGE))
        self.page = min(self.page, pages - 1)
        here = some[self.page * PAGE : (self.page + 1) * PAGE]
        at = f"，第 {self.page + 1}／{pages} 頁" if pages > 1 else ""
        told = f"我們貼文底下的留言：{self.FILTERS[self.filter]} {len(some)} 則，新的在上面{at}"
        options = tuple((self._line(c), c.number) for c in here)
        if options != self._shown:
            kept, numbers = self.list.value, [number for _, number in options]
            wanted = self._next if kept not in numbers or self._next is not None else kept
            self._filling = True
            with self.list.hold_sync():
                self.list.description = told
                self.list.options = options
                self.list.value = wanted if wanted in numbers else None
            self._filling, self._shown = False, options
        else:
            self.list.description = told
            if self._next is not None:
                self.list.value = self._next
        self._show_card()

    def _line(self, comment: Comment) -> str:
        """The line of a comment, kept as long as nothing is done about it."""
        assert self._state is not None
        if comment.number in self._state.acts:
            return line(comment, self._state)
        kept = self._lines.get(comment.number)
        if kept is None or kept[0] is not comment:
            kept = self._lines[comment.number] = (comment, line(comment, self._state))
        return kept[1]

    def _show_card(self) -> None:
        state, number = self._state, self.list.value
        if self._filling:
            return
        if state is None or number is None:
            self.card.value = view.quiet("選一則留言，這裡會顯示全文。")
            return
        comment = state.comments[number - 1]
        done = state.acts.get(number)
        waited = f"等了 {state.minute - comment.minute} 分鐘" if done is None else f"已{ACTIONS[done.action]}"
        why = f"　▲ {comment.flag.label}" if comment.flag else ""
        self.card.value = view.quote_html(
            f"{number} 號　{comment.author}{why}", comment.text, f"{comment.likes} 個讚　{waited}"
        )


def line(comment: Comment, state: DrillState) -> str:
    """A comment as one line of the list; ▲ is one that may not wait."""
    flag = "▲ " if comment.flag else ""
    done = state.acts.get(comment.number)
    dealt = f"（{ACTIONS[done.action]}）" if done else ""
    text = comment.text if len(comment.text) <= LINE else comment.text[:LINE] + "…"
    return f"{_clock(state, comment.minute)}｜{flag}{text}{dealt}"


class Schedule:
    """What goes out by itself, and the switch that holds it."""

    def __init__(self, switch: Callable[[], None]) -> None:
        self.told = widgets.HTML()
        self.switch = button("暫停排程", "暫停或恢復已經排好的貼文", switch)
        self.switch.add_class("xb-room-schedule")
        self.widget = widgets.VBox([self.told, row(self.switch)], layout=widgets.Layout(grid_gap="4px"))

    def show(self, state: DrillState) -> None:
        """Bring it to a state."""
        self.switch.description = "恢復排程" if state.paused else "暫停排程"
        self.switch.disabled = state.done
        lines = [f"要發　{_clock(state, p.minute)}　{p.text}" for p in state.upcoming[:3]]
        lines += [f"被擋下　{_clock(state, p.minute)}　{p.text}" for p in state.held[-2:]]
        lines += [f"已發出　{_clock(state, p.minute)}　{p.text}" for p in state.out[-2:]]
        self.told.value = view.folded_html(
            f"排程貼文：{'已暫停' if state.paused else '照常發'}", view.rows_html(lines), opened=True
        )


def _clock(state: DrillState, minute: int) -> str:
    return f"{state.setup.start + pd.Timedelta(minutes=minute):%m/%d %H:%M}"


class Known:
    """What the team knows, who large has posted, and what was done."""

    def __init__(self) -> None:
        self.facts, self.log = widgets.HTML(), widgets.HTML()
        self.log.add_class("xb-room-log")
        self.widget = widgets.VBox([self.facts, self.log], layout=widgets.Layout(grid_gap="4px"))

    def show(self, state: DrillState) -> None:
        """Bring it to a state."""
        known = [f"{_since(f.hour)}　{f.text}" for f in reversed(state.facts)]
        loud = [f"{_since(a.hour)}　{a.name}（{a.followers:,} 追蹤）：{a.text}" for a in reversed(state.accounts)]
        inside = view.rows_html(known) + (
            f"<div>大帳號在講：</div>{view.rows_html(loud)}" if loud else ""
        )
        self.facts.value = view.folded_html(f"手上的事實（{len(known)} 條，新的在上面）", inside)
        self.log.value = view.folded_html(
            f"做過的事（{len(state.moves)} 件，新的在上面）", view.rows_html(done_lines(state)), opened=True
        )


def _since(hour: float) -> str:
    return "事前" if hour < 0 else f"第 {hour:g} 小時"


def done_lines(state: DrillState, number: int = 6) -> list[str]:
    """The last moves in words, newest first."""
    lines, answers = [], len(state.said)
    for move in state.moves[: -number - 1 : -1]:
        answers -= move.kind == "decide"
        lines.append(move_words(move, state.said[answers].text if move.kind == "decide" else ""))
    return lines or ["還沒有動作"]


def move_words(move: Move, said: str = "") -> str:
    """One move in words; said: what was posted."""
    at = view.hours_text(move.minute)
    if move.kind == "act":
        return f"{at}　{move.subject} 號：{ACTIONS[move.choice]}"
    if move.kind == "decide":
        names = "、".join(STRATEGIES.get(name, f"做法 {name.upper()}") for name in move.choice.split("+"))
        return f"{at}　{names}" + (f"「{said[:SAID]}{'…' if len(said) > SAID else ''}」" if said else "，沒有貼文字")
    return f"{at}　{'暫停' if move.kind == 'pause' else '恢復'}排程"
