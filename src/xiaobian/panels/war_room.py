"""The crisis room: simulated hours, a stream of comments, decisions with own words, and the after-action report at the end.

The drill of ``crisis.drill`` does everything; here it is only shown and pressed. What was done is in its journal on disk, so
a kernel that restarts takes it up where it ended.
"""

from __future__ import annotations

import itertools
import tempfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ..crisis.drill import CrisisDrill, DrillState, drill, of_record
from ..crisis.drill.room import scenario_titles
from ..errors import KitError
from ..plotting import to_png
from ..plotting.palette import SEA
from . import war_room_view as view
from .controls import Control, labelled
from .panel import Panel, guarded, message_box
from .war_room_desk import Desk
from .war_room_parts import ACTIONS, Board, Clock, Known, Schedule, Stream, button, mark, row
from .war_room_poster import poster

MEASURES = ("看什麼", "你", "和誰比", "說明")
TABS = {"desk": "回應", "stream": "留言", "rest": "排程與事實"}
ABOUT = "危機演練室，兩天的模擬時間、留言、決策點，和最後的事後檢討（模擬，全部虛構）。"


class Room:
    """One drill with its face; ``pass_time``, ``decide``, ``act``, ``switch`` and ``finish`` are all that moves it.

    finished: what to do when the time is over.
    """

    def __init__(self, drill_: CrisisDrill, finished: Callable[[Room], None] = lambda _: None) -> None:
        self.drill, self._finished = drill_, finished
        self._sure, self._path = False, drill_.journal.path if drill_.journal else None
        self.status = widgets.HTML()
        safe: Callable[..., Any] = lambda act: guarded(self.status, act)  # noqa: E731
        self.clock = Clock(safe(self.pass_time), safe(self.to_next))
        self.board, self.known = Board(), Known()
        self.desk, self.stream = Desk(safe(self.decide)), Stream(safe(self.act))
        self.schedule = Schedule(safe(self.switch))
        self.brief = widgets.HTML()
        self.end = button("結束，看檢討", "不再處理，讓剩下的時間走完，打開真相", safe(self.finish))
        self.again = button("從頭再來", "同一場，從第 0 分鐘重來；舊的日誌會留著", safe(self.restart))
        self.big = button("大字", "投影用的大字", self.enlarge)
        self.box: widgets.Widget | None = None
        hidden = {"desk": self.desk.widget, "stream": self.stream.widget, "rest": self._rest()}
        self.faces = {name: widgets.VBox([inside]) for name, inside in hidden.items()}
        self.tabs = {
            name: button("", f"打開「{word}」", safe(lambda name=name: self.turn(name)))
            for name, word in TABS.items()
        }
        self.face = "desk"
        self.show()

    @property
    def widget(self) -> widgets.Widget:
        """Everything, one under the other."""
        parts = [
            widgets.HTML(view.STYLE, layout=widgets.Layout(display="none")),
            self.brief,
            self.clock.widget,
            self.board.widget,
            self.status,
            row(*self.tabs.values()),
            *self.faces.values(),
            self.known.log,
            row(self.end, self.again, self.big),
        ]
        return widgets.VBox(parts, layout=widgets.Layout(grid_gap="12px"))

    def _rest(self) -> widgets.Widget:
        return widgets.VBox([self.schedule.widget, self.known.facts], layout=widgets.Layout(grid_gap="12px"))

    def turn(self, name: str) -> None:
        """Another of the three faces: what to say, the comments, the schedule and what is known."""
        self.face = name
        self._faced()

    def _faced(self) -> None:
        words = {
            "desk": "回應" + ("（有一個決定）" if self.state.decision else ""),
            "stream": "留言",
            "rest": "排程與事實",
        }
        for name, made in self.tabs.items():
            word = f"✓ {words[name]}" if name == self.face else words[name]
            if made.description != word:
                made.description = word
            (made.add_class if name == self.face else made.remove_class)("xb-room-on")
            self.faces[name].layout.display = "" if name == self.face else "none"

    @property
    def state(self) -> DrillState:
        """Where the drill stands."""
        return self.drill.state

    def pass_time(self, minutes: int) -> None:
        """Let the clock run, but not past the moment at which a decision opens: there it stops."""
        state = self.state
        if state.done:
            return
        opens = state.next_decision
        if opens is not None and opens - state.minute <= minutes:
            self.drill.advance(max(1, opens - state.minute))
            self.clock.stop()
            self.face = "desk"
            self.status.value = view.told("有一個新的決定，時鐘先停下來。")
        else:
            self.drill.advance(minutes)
        self.show()

    def to_next(self) -> None:
        """To the next decision, or to the end when there is none."""
        state = self.state
        opens = state.next_decision if state.next_decision is not None else state.setup.minutes
        self.pass_time(max(1, opens - state.minute))

    def decide(self, choice: Any, text: str) -> None:
        """Answer; what cannot be is told in words."""
        if self._does(lambda: self.drill.decide(choice, text)):
            self.desk.posted()
            self.status.value = view.told(f"已送出第 {len(self.state.said)} 個回應。")
            self.show()

    def act(self, number: int, action: str) -> None:
        """Deal with a comment."""
        if not number:
            self.status.value = view.told("先在清單裡選一則留言，再按做法。")
        elif self._does(lambda: self.drill.act(number, action)):
            self.status.value = view.told(f"{number} 號：{ACTIONS[action]}。")
            self.show()

    def switch(self) -> None:
        """Hold the scheduled posts, or let them go on."""
        paused = self.state.paused
        if self._does(self.drill.resume_posts if paused else self.drill.pause_posts):
            self.status.value = view.told("排程恢復了。" if paused else "排程暫停了，沒有發的都先留著。")
            self.show()

    def _does(self, move: Callable[[], object]) -> bool:
        try:
            move()
        except KitError as error:
            self.status.value = view.told(str(error))
            return False
        self._sure = False
        return True

    def finish(self) -> None:
        """Give up the rest of the time; asks once whether one is sure."""
        if self.state.done:
            self._finished(self)
        elif not self._sure:
            self._sure = True
            self.status.value = view.told("剩下的時間會走完，不能再回應。確定的話，再按一次「結束，看檢討」。")
        else:
            self.drill.give_up()
            self.status.value = view.told("演練結束，檢討在下面。")
            self.show()

    def restart(self) -> None:
        """The same drill from minute 0; the old journal is kept beside the new one."""
        setup, path = self.drill.setup, self._path
        if path is not None and path.exists():
            path.rename(kept_as(path))
        self.drill = drill(setup.scenario, setup.seed, journal=path, minutes=setup.minutes, busy=setup.busy)
        self.desk.posted()
        self.clock.play.value = 0
        self.status.value = view.told("從頭開始。")
        self.show()

    def enlarge(self) -> None:
        """Large letters, or back."""
        if self.box is not None:
            large = "xb-big" in self.box._dom_classes
            (self.box.remove_class if large else self.box.add_class)("xb-big")
            mark({"big": self.big}, [] if large else ["big"])

    def show(self) -> None:
        """Bring every part to the state."""
        state = self.state
        self.brief.value = brief_html(state)
        for part in (self.clock, self.board, self.desk, self.stream, self.schedule, self.known):
            part.show(state)  # type: ignore[attr-defined]
        self._faced()
        self.again.disabled = not state.moves and not state.minute
        if state.done:
            self._finished(self)

    def load(self, record: str) -> None:
        """Show a finished drill again."""
        self.drill = of_record(record)
        self.show()


def kept_as(path: Path) -> Path:
    """A free name for an old journal beside it."""
    return next(p for n in itertools.count(1) if not (p := path.with_suffix(f".{n}{path.suffix}")).exists())


def brief_html(state: DrillState) -> str:
    """Title, seed, and what the team saw at hour 0."""
    small = f"島嶼沙盒模擬資料｜全部虛構｜第 {state.setup.seed} 場｜{state.setup.minutes // 60} 小時" + (
        "｜忙碌模式" if state.setup.busy else ""
    )
    return view.folded_html(f"情況｜{state.title}", view.quote_html("", state.brief, small), opened=state.minute == 0)


def resumed(state: DrillState) -> str:
    """What was taken up from the journal, in words; empty for a new drill."""
    if not state.minute and not state.moves:
        return ""
    return (
        f"接著上次：從{view.hours_text(state.minute)}開始，{len(state.said)} 個回應、{len(state.acts)} 則處理過的留言都在。"
    )


class Ending:
    """The after-action report on screen, and the same as a page to keep."""

    def __init__(self) -> None:
        self.feedback, self.table, self.link = (widgets.HTML() for _ in range(3))
        self.save = button("做成 HTML 報告", "把整份檢討做成一個可以存、可以印的網頁", guarded(self.link, self.make))
        self.save.layout.display = "none"
        self._room: Room | None = None
        self.picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%", display="none"))
        self.shown: str | None = None
        self.widget = widgets.VBox(
            [self.feedback, self.picture, self.table, row(self.save), self.link], layout=widgets.Layout(grid_gap="8px")
        )

    def show(self, room: Room) -> None:
        """Open the truth of a drill that is over; once for each record."""
        record = room.drill.record
        if record == self.shown:
            return
        found, self._room = room.drill.review(), room
        self.feedback.value = message_box("◆", "事後檢討", found.say(), SEA)
        self.picture.value = to_png(found.plot())
        self.picture.layout.display = ""
        self.table.value = view.table_html(MEASURES, found.table.itertuples(index=False))
        self.link.value, self.save.layout.display = "", ""
        self.shown = record

    def make(self) -> None:
        """Make the page and show its link."""
        if self._room is not None:
            self.link.value = link_html(self._room.drill)

    def clear(self) -> None:
        """Nothing to show."""
        self.feedback.value = self.table.value = self.link.value = ""
        self.picture.layout.display = self.save.layout.display = "none"
        self.shown = None


def link_html(drill_: CrisisDrill) -> str:
    """A link that saves the after-action report as one page; the page is part of the link."""
    name = f"危機檢討_{drill_.setup.scenario}_{drill_.setup.seed}.html"
    with tempfile.TemporaryDirectory() as folder:
        page = drill_.review().to_html(Path(folder) / name).read_bytes()
    address = "data:text/html;charset=utf-8;base64," + b64encode(page).decode()
    return f'<a download="{name}" href="{address}">存下檢討報告（HTML，{len(page) / 1000:.0f} kB）</a>'


def chooser(start: Callable[[str, int, bool], None]) -> widgets.Widget:
    """Scenario, seed, and how many comments come; then begin."""
    titles = scenario_titles()
    scenario = labelled("情境：", {f"{n}. {title}": id for n, (id, title) in enumerate(titles.items(), 1)}, next(iter(titles)))
    scenario.layout.width = "460px"
    seed = widgets.BoundedIntText(
        value=1, min=0, max=2**31, description="第幾場：", style={"description_width": "initial"},
        layout=widgets.Layout(width="200px"),
    )  # fmt: skip
    busy = {"on": False}

    def other(by: int) -> None:
        ids = list(titles)
        scenario.value = ids[(ids.index(str(scenario.value)) + by) % len(ids)]

    def switch() -> None:
        busy["on"] = not busy["on"]
        mark({"busy": more}, ["busy"] if busy["on"] else [])

    more = button("忙碌模式", "兩天大約兩千則留言", switch)
    begin = button("開始", "打開這一場", lambda: start(str(scenario.value), int(seed.value), busy["on"]), button_style="primary")
    made = widgets.VBox(
        [
            row(scenario, button("上一個", "上一個情境", lambda: other(-1)), button("下一個", "下一個情境", lambda: other(1))),
            row(seed, more, begin),
        ],
        layout=widgets.Layout(grid_gap="8px"),
    )
    made.choice, made.seed, made.more, made.begin = scenario, seed, more, begin
    return made


def crisis_room(
    scenario: str | None = None,
    seed: int = 1,
    *,
    journal: str | Path | bool = True,
    busy: bool = False,
    minutes: int | None = None,
) -> Panel:
    """The crisis room. Without a scenario one is chosen first; the truth opens when the two days are over.

    scenario: an id. seed: of the luck. journal: where every move is written down, so that a restart loses nothing (True: among
    the answers; False: nowhere). busy: about 2,000 comments. minutes: length, two days by default.

    Raises NotFound for an unknown scenario, AnswerError for a journal of another drill.
    """
    ending, holder = Ending(), widgets.VBox()
    note = widgets.HTML()
    length = {} if minutes is None else {"minutes": minutes}
    panel = Panel([note, holder, ending.widget], f"互動面板：{ABOUT}", lambda: _picture(panel))

    def open_(id: str, number: int, thick: bool) -> None:
        drill_ = drill(id, number, journal=journal, busy=thick, **length)
        told = resumed(drill_.state)
        note.value, note.layout.display = view.told(told), "" if told else "none"
        room = Room(drill_, ending.show)
        room.box = panel.widget
        holder.children = [room.widget]
        panel.room = room  # type: ignore[attr-defined]

    panel.room, panel.ending, panel.note, panel.holder = None, ending, note, holder  # type: ignore[attr-defined]
    if scenario is None:
        holder.children = [chooser(guarded(note, open_))]
    else:
        open_(scenario, seed, busy)
    return panel


def _picture(panel: Panel) -> bytes | None:
    ending, room = panel.ending, panel.room  # type: ignore[attr-defined]
    return bytes(ending.picture.value) or (poster(room.state) if room else None)


def graded(scenario: str, seed: int) -> tuple[Control, Room]:
    """The room as a control, and the room in it: its answer is the record of a finished drill, which opens the report."""
    room = Room(
        drill(scenario, seed, journal=True), lambda r: setattr(r.status, "value", view.told("兩天走完了。按「檢查」打開檢討。"))
    )
    if told := resumed(room.state):
        room.status.value = view.told(told)
    ending = Ending()

    def read() -> str | None:
        if not room.drill.done:
            return None
        ending.show(room)
        return room.drill.record

    box = widgets.VBox([room.widget, ending.widget])
    return Control(box, read, lambda answer: room.load(str(answer))), room


def room_control(scenario: str, seed: int) -> Control:
    """The crisis room as the control of a question."""
    return graded(scenario, seed)[0]
