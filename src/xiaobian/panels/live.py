"""The live room: chat that comes while the clock runs, one pair of hands, ten actions, and the review afterwards."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import pandas as pd

from ..errors import KitError
from ..planning.live.drill import LiveDrill, LiveState, of_record
from ..planning.live.injects import Inject, draw, scenario
from ..planning.live.plot import draw_arrivals
from ..plotting import to_png
from ..plotting.palette import BRICK, HAIRLINE, SEA, SECONDARY, SKY
from .controls import Control, labelled
from .panel import Panel, guarded, message_box

SPEEDS = {"1 秒走 1 秒（10 分鐘）": "1", "1 秒走 2 秒（5 分鐘）": "2", "1 秒走 5 秒（2 分鐘）": "5"}
TICK_MS = 1_000
STEP_S = 5
STYLE = """<style>.xb-panel .xb-live-list select{height:236px!important;padding:4px 8px;line-height:1.5!important}
.xb-panel .xb-live-list{height:auto!important}.xb-panel .xb-live-list option{padding:2px 0}</style>"""
_CELL = f"padding:4px 8px;border-bottom:1px solid {HAIRLINE};text-align:left;font-weight:400;"


class Room:
    """The drill of one seed with its widgets; ``tick``, ``step``, ``until_free``, ``do`` are all that moves it."""

    def __init__(self, seed: int, finished: Callable[[Room], None] = lambda _: None) -> None:
        self.drill, self._finished = LiveDrill(seed), finished
        self._shown: tuple[int, ...] | None = None
        self.head, self.card, self.log, self.status = (widgets.HTML() for _ in range(4))
        self.play = widgets.Play(
            value=0,
            min=0,
            max=10_000,
            step=1,
            interval=TICK_MS,
            description="時鐘",
            show_repeat=False,
            layout=widgets.Layout(width="224px"),
        )
        self.speed = labelled("速度：", SPEEDS, "5")
        self.messages = widgets.Select(
            options=[], value=None, rows=9, description="在等的：",
            style={"description_width": "initial"}, layout=widgets.Layout(width="98%", height="auto"),
        )  # fmt: skip
        self.messages.add_class("xb-live-list")
        self.steps = {
            "走 5 秒": widgets.Button(description="走 5 秒", tooltip="時鐘往前走 5 秒"),
            "走到有空或有新狀況": widgets.Button(
                description="走到有空或有新狀況",
                tooltip="手上有事就走到做完，沒事就走到下一個狀況",
                layout=widgets.Layout(width="208px"),
            ),
            "從頭再來": widgets.Button(
                description="從頭再來", tooltip="同一場直播，從第 0 秒重來", disabled=True
            ),
        }
        self.picks = {
            "下一則": widgets.Button(description="下一則", tooltip="選清單裡的下一則"),
            "上一則": widgets.Button(description="上一則", tooltip="選清單裡的上一則"),
        }
        self.actions = {
            a.id: widgets.Button(
                description=f"{a.letter} {a.label}{f'（{a.seconds} 秒）' if a.seconds else ''}",
                tooltip=f"對選到的留言做：{a.label}，要花 {a.seconds} 秒",
                layout=widgets.Layout(width="216px"),
            )
            for a in scenario().actions.values()
        }
        self._wire()
        self.show()

    def _wire(self) -> None:
        self.play.observe(guarded(self.status, self._on_play), names="value")
        self.messages.observe(guarded(self.status, lambda _: self._show_card()), names="value")
        for name, act in (
            ("走 5 秒", self.step),
            ("走到有空或有新狀況", self.until_free),
            ("從頭再來", self.again),
        ):
            self.steps[name].on_click(guarded(self.status, lambda _, act=act: act()))
        for name, by in (("下一則", 1), ("上一則", -1)):
            self.picks[name].on_click(guarded(self.status, lambda _, by=by: self.pick(by)))
        for name, button in self.actions.items():
            button.on_click(guarded(self.status, lambda _, name=name: self.do(name)))

    @property
    def widget(self) -> widgets.Widget:
        """Everything, one under the other."""
        wrap = widgets.Layout(grid_gap="8px", flex_flow="row wrap", align_items="center")
        clock = widgets.HBox([self.play, self.speed, *self.steps.values()], layout=wrap)
        acts = widgets.HBox(list(self.actions.values()), layout=wrap)
        picks = widgets.HBox(list(self.picks.values()), layout=wrap)
        parts = [
            widgets.HTML(STYLE + sheet_html()),
            self.head,
            clock,
            self.messages,
            picks,
            self.card,
            acts,
            self.status,
            self.log,
        ]
        return widgets.VBox(parts, layout=widgets.Layout(grid_gap="8px"))

    def _on_play(self, change: Any) -> None:
        if change["new"] > change["old"]:
            self.tick(int(self.speed.value))

    def tick(self, seconds: int) -> None:
        """Let the clock run; at the end it stops."""
        if not self.drill.done:
            self.drill.advance(seconds)
            self.show()

    def step(self) -> None:
        """Five seconds on."""
        self.tick(STEP_S)

    def until_free(self) -> None:
        """To when the hands are free, or to the next inject when they are."""
        state = self.drill.state
        later = [i.at for i in draw(state.seed) if i.at > state.now]
        until = state.free_at if state.busy else min([*later, scenario().seconds])
        self.tick(max(1, until - state.now))

    def pick(self, by: int) -> None:
        """Pick a neighbour in the list; the first or last one when none is picked. Arrow keys belong to the notebook."""
        numbers = [number for _, number in self.messages.options]
        if numbers:
            at = numbers.index(self.messages.value) + by if self.messages.value in numbers else min(by, 0)
            self.messages.value = numbers[at % len(numbers)]

    def again(self) -> None:
        """The same broadcast from its first second."""
        self.drill, self._shown = LiveDrill(self.drill.seed), None
        self.play.value, self.status.value = 0, ""
        self.show()

    def do(self, action: str) -> None:
        """Do something about the message that is picked."""
        if self.drill.done:
            self.status.value = _told("直播已經結束。")
        elif self.messages.value is None:
            self.status.value = _told("先在上面選一則留言，再按做法。")
        else:
            try:
                turn = self.drill.act(self.messages.value, action)
            except KitError as error:
                self.status.value = _told(str(error))
                return
            later = f"手上的事做完，第 {turn.start} 秒開始" if turn.start > turn.decided else "開始"
            label = scenario().actions[action].label
            self.status.value = _told(f"{turn.number} 號：{later}「{label}」，第 {turn.end} 秒做完。")
            self.show()

    def show(self) -> None:
        """Bring every widget to the state of the drill."""
        state = self.drill.state
        self.head.value = head_html(state)
        waiting = state.waiting
        numbers = tuple(i.number for i in waiting)
        if numbers != self._shown:
            picked = self.messages.value
            self.messages.options = [(line(i), i.number) for i in waiting]
            self.messages.value = picked if picked in numbers else None
            self._shown = numbers
        self._show_card()
        self.log.value = log_html(state)
        for button in [self.play, *self.steps.values(), *self.picks.values(), *self.actions.values()]:
            button.disabled = state.done
        self.steps["從頭再來"].disabled = not state.turns and not state.done
        if state.done:
            self._finished(self)

    def _show_card(self) -> None:
        found = [i for i in self.drill.state.waiting if i.number == self.messages.value]
        self.card.value = (
            card_html(found[0], self.drill.state.now) if found else _quiet("選一則留言，這裡會顯示全文。")
        )

    def load(self, record: str) -> None:
        """Show a finished drill again."""
        self.drill = of_record(self.drill.seed, record)
        self._shown = None
        self.show()


def _told(text: str) -> str:
    return f'<div role="status" aria-live="polite">{html.escape(text)}</div>'


def _quiet(text: str) -> str:
    return f'<div style="color:{SECONDARY}">{html.escape(text)}</div>'


def clock_text(seconds: int) -> str:
    """Minutes and seconds.

    >>> clock_text(95)
    '01:35'
    """
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def line(inject: Inject) -> str:
    """A message as one line of the list."""
    echo = f"｜另有 {inject.echo} 人" if inject.echo else ""
    return f"{inject.number} 號｜{clock_text(inject.at)}｜{inject.author}：{inject.text}{echo}"


def head_html(state: LiveState) -> str:
    """Clock, what the hands are doing, how many wait, and a bar."""
    end = scenario().seconds
    doing = [t for t in state.turns if t.start <= state.now < t.end]
    queued = [t for t in state.turns if t.start > state.now]
    if state.done:
        hands, colour = "直播結束", SECONDARY
    elif doing:
        turn = doing[0]
        hands = (
            f"正在：{turn.number} 號 {scenario().actions[turn.action].label}，還要 {turn.end - state.now} 秒"
        )
        colour = BRICK
    else:
        hands, colour = "手上有空", SEA
    more = f"，後面排了 {len(queued)} 件" if queued else ""
    share = 100 * state.now / end
    return (
        f'<div role="status"><strong style="font-size:20px">{clock_text(state.now)}／{clock_text(end)}</strong>　'
        f'<strong style="color:{colour}">{html.escape(hands)}{more}</strong>　在等的 {len(state.waiting)} 則，'
        f"處理了 {len(state.turns)} 則"
        f'<div aria-hidden="true" style="height:8px;background:{HAIRLINE};margin-top:4px">'
        f'<div style="height:8px;width:{share:.1f}%;background:{SKY}"></div></div></div>'
    )


def card_html(inject: Inject, now: int) -> str:
    """The message that is picked, whole."""
    echo = f"　另有 {inject.echo} 人這樣說" if inject.echo else ""
    return (
        f'<div style="border-left:4px solid {SKY};padding:4px 16px"><strong>{inject.number} 號　{html.escape(inject.author)}</strong>'
        f'<span style="color:{SECONDARY}">　等了 {now - inject.at} 秒{echo}</span>'
        f'<div style="font-size:18px;white-space:normal">{html.escape(inject.text)}</div></div>'
    )


def log_html(state: LiveState, number: int = 3) -> str:
    """The last things that were done."""
    if not state.turns:
        return _quiet("還沒有處理任何一則。")
    rows = "；".join(
        f"{clock_text(t.decided)} {t.number} 號 {scenario().actions[t.action].label}"
        for t in reversed(state.turns[-number:])
    )
    return _quiet(f"剛才：{rows}")


def sheet_html() -> str:
    """The fact sheet of the show, folded in a row that opens by keyboard too."""
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL}white-space:nowrap;color:{SECONDARY};vertical-align:top">{html.escape(k)}</th>'
        f'<td style="{_CELL}white-space:normal">{html.escape(v)}</td></tr>'
        for k, v in scenario().sheet.items()
    )
    return (
        '<details open><summary style="cursor:pointer"><strong>今天的小抄</strong>（不夠位置可以收起來）</summary>'
        f'<table style="border-collapse:collapse;font-size:15px;line-height:1.5">{rows}</table></details>'
    )


def review_html(table: pd.DataFrame) -> str:
    """The review table, escaped."""
    head = "".join(
        f'<th scope="col" style="{_CELL}color:{SECONDARY}">{html.escape(str(c))}</th>' for c in table.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(f'<td style="{_CELL}white-space:normal">{html.escape(_cell(v))}</td>' for v in row)
        + "</tr>"
        for row in table.itertuples(index=False)
    )
    return f'<table style="border-collapse:collapse;width:100%;font-size:15px"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _cell(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def graded(seed: int) -> tuple[Control, Room]:
    """The live room as a control, and the room in it."""
    room = Room(seed, lambda r: setattr(r.status, "value", _told("直播結束。按「檢查」打開檢討。")))
    read = lambda: (room.drill.record or None) if room.drill.done else None  # noqa: E731
    return Control(room.widget, read, lambda answer: room.load(str(answer))), room


def live_control(seed: int) -> Control:
    """The live room as the control of a question: its answer is the record of a finished drill."""
    return graded(seed)[0]


def live_room(seed: int) -> Panel:
    """Ten minutes of a live sale: press play (or go step by step), pick a message, pick an action; then the review.

    seed: of what happens; the same seed brings the same chat. The truth opens when the broadcast is over.
    """
    feedback, picture, table = widgets.HTML(), widgets.Image(format="png"), widgets.HTML()
    picture.layout = widgets.Layout(max_width="100%", display="none")
    again = widgets.Button(
        description="結束，看檢討", tooltip="不再處理，讓直播走完，打開真相", button_style="primary"
    )

    def finished(room: Room) -> None:
        found = room.drill.review()
        feedback.value = message_box("◆", f"{found.score:.0f} 分", found.say(), SEA)
        table.value = review_html(found.late(8).reset_index())
        picture.value = to_png(found.plot())
        picture.layout.display = ""

    room = Room(seed, finished)

    def end(_: Any) -> None:
        if not room.drill.done:
            room.drill.give_up()
            room.show()

    again.on_click(guarded(feedback, end))
    parts = [room.widget, again, feedback, picture, table]
    about = (
        f"直播演練，{scenario().seconds // 60} 分鐘、{scenario().injects} 個狀況，一次只能做一件事（模擬）。"
    )
    panel = Panel(parts, f"互動面板：{about}", lambda: bytes(picture.value) or to_png(draw_arrivals(seed)))
    panel.room, panel.feedback, panel.table, panel.picture, panel.end = room, feedback, table, picture, again  # type: ignore[attr-defined]
    return panel
