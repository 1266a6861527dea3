"""Month board: choose a post, press a day; sensitive days, moments and problems stay in view."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from typing import Any

import ipywidgets as widgets

from ..planning.calendar.calendar import Calendar
from ..planning.calendar.findings import KINDS
from ..planning.calendar.month import WEEKDAYS, DayCell, Month, in_words, month_of, next_month, on_day, told
from ..planning.calendar.planned import STATUSES, PlannedPost
from ..plotting import to_png
from ..tables import PILLARS, PLATFORMS
from .panel import Panel, guarded, message_box

CLOCKS = ("08:00", "10:00", "12:00", "15:00", "18:00", "20:00", "21:30")
EVERY, KEEP, NONE = "全部", "維持原本的時間", "（還沒選）"
_SHOWN = 6
_WEEKS = 6
STYLE = """<style>
.xb-panel .xb-month{display:grid!important;grid-template-columns:repeat(7,minmax(0,1fr));gap:4px;width:100%}
.xb-panel .xb-month .xb-weekday{text-align:center;font-size:14px;color:#5B6875}
.xb-panel .xb-month button{height:112px!important;min-width:0;width:100%!important;margin:0;padding:4px 6px;
font-size:13px!important;line-height:1.4!important;white-space:pre-line;text-align:left;overflow:hidden;
display:flex!important;align-items:flex-start!important;justify-content:flex-start!important;border:1px solid #E3E8EC!important;color:#22303C!important}
.xb-panel .xb-month button.xb-off{background:#EDF4FA!important;color:#0A4A78!important}
.xb-panel .xb-month button.xb-quiet{background:#FBEFEA!important;color:#A63F16!important}
.xb-panel .xb-month button.xb-outside{background:#F5F6F7!important;color:#5B6875!important}
.xb-panel .xb-month button.xb-gone{display:none!important}
.xb-panel .xb-month button.xb-chosen{border:2px solid #0A4A78!important}
.xb-panel .xb-month button:focus-visible{outline:3px solid #4C9CCB!important;outline-offset:1px}
.xb-panel .xb-problems{margin:0;padding-left:1.2em;line-height:1.6}
</style>"""


class Board:
    """The state of a board: which month, filters, post and day; ``press`` moves the chosen post or shows a day.

    by: who moves posts, for the record.
    """

    def __init__(self, calendar: Calendar, month: str, by: str = "") -> None:
        self.calendar, self.month, self.by = calendar, month, by
        self.filters: dict[str, str] = {}
        self.post: str | None = None
        self.day: date | None = None
        self.clock = ""
        self._undo: list[tuple[str, PlannedPost]] = []

    @property
    def view(self) -> Month:
        """The month as it stands now."""
        return month_of(self.calendar, self.month, None, **self.filters)

    @property
    def can_undo(self) -> bool:
        """Whether there is a move to take back."""
        return bool(self._undo)

    def turn(self, step: int) -> None:
        """Go some months on or back; the chosen post stays chosen, so that it can change its month."""
        self.month, self.day = next_month(self.month, step), None

    def press(self, day: date) -> str:
        """Move the chosen post to a day, or only look at the day; what happened, in words."""
        self.day = day
        if self.post is None or self.post not in self.calendar:
            return told(self.view.cell(day))
        before = self.calendar[self.post]
        after = self.calendar.move(
            self.post, on_day(before, day, self.clock), by=self.by, why="在月曆板上移動"
        )
        self._undo.append((self.post, before))
        self.post = None
        return self._moved(before, after)

    def undo(self) -> str:
        """Take the last move back; the record keeps both."""
        if not self._undo:
            return "沒有可以復原的動作。"
        post_id, before = self._undo.pop()
        after = self.calendar.move(post_id, before.publish_at, by=self.by, why="復原")
        again = "原本已經排程，請到工具裡確認時間，再標成已排程。" if before.status != after.status else ""
        return f"「{before.title or post_id}」回到原本的時間。{again}"

    def _moved(self, before: PlannedPost, after: PlannedPost) -> str:
        assert after.publish_at is not None
        when = f"{after.publish_at.month}/{after.publish_at.day} {after.publish_at:%H:%M}"
        said = f"「{after.title or after.post_id}」移到 {when}。"
        said += "原本已經排程，改期後要重新排程。" if before.status != after.status else ""
        errors = [f for f in self.calendar.problems_of(after.post_id) if f.severity == "error"]
        return said + (
            f"要改：{errors[0].what}。{errors[0].fix}。" if errors else "這一天沒有一定要改的問題。"
        )


def month_board(calendar: Calendar, month: str, by: str = "") -> Panel:
    """A board of one month: choose a post in the list, press a day, and it goes there with its time of day.

    Without a chosen post, pressing a day tells what day it is. Filters by platform, pillar, owner and status; problems in
    words below. The board changes ``calendar`` itself, and its record says so. month: like ``2026-09``.
    """
    board = Board(calendar, month, by)
    head, feedback, problems = widgets.HTML(), widgets.HTML(), widgets.HTML()
    filters = {name: _menu(label, options) for name, (label, options) in _choices(calendar).items()}
    posts = widgets.Dropdown(description="選一則：", options=[(NONE, "")], value="", layout=widgets.Layout(width="560px"),
                             style={"description_width": "initial"})  # fmt: skip
    clock = _menu("時間：", [(KEEP, ""), *((c, c) for c in CLOCKS)], width="260px")
    back, on, undo = (_button(word, tip) for word, tip in
                      (("上個月", "看上個月"), ("下個月", "看下個月"), ("復原", "把上一次移動改回來")))  # fmt: skip
    squares = [widgets.Button(layout=widgets.Layout(width="100%")) for _ in range(_WEEKS * 7)]
    quiet = {"busy": False}

    def show(said: str = "") -> None:
        view = board.view
        head.value = f'<strong style="font-size:20px">{view.year} 年 {view.month} 月</strong>　{html.escape(view.say())}'
        cells = [cell for week in view.weeks for cell in week]
        for button, cell in zip(squares, cells, strict=False):
            _paint(button, cell, board.day)
        for place, button in enumerate(squares):
            (button.remove_class if place < len(cells) else button.add_class)("xb-gone")
        quiet["busy"] = True
        listed = [*view.undated, *view.posts]
        chosen = board.post if board.post in board.calendar else None
        if chosen and chosen not in {p.post_id for p in listed}:
            listed.append(board.calendar[chosen])
        posts.options = [(NONE, ""), *((in_words(p), p.post_id) for p in listed if p.status != "published")]
        posts.value = chosen or ""
        quiet["busy"] = False
        undo.disabled = not board.can_undo
        problems.value = _told(view)
        if said:
            feedback.value = message_box("●", "月曆板", said, "#0A4A78")

    def on_day_pressed(place: int) -> Callable[[Any], None]:
        def pressed(_: Any) -> None:
            cells = [cell for week in board.view.weeks for cell in week]
            show(board.press(cells[place].day))

        return guarded(feedback, pressed)

    def on_post(change: Any) -> None:
        if not quiet["busy"]:
            board.post = change["new"] or None
            name = "" if board.post is None else board.calendar[board.post].title or board.post
            show(
                f"選了「{name}」，再按一天，它就移過去。" if name else "沒有選貼文；按一天可以看那天的提醒。"
            )

    def on_filter(_: Any) -> None:
        board.filters = {name: menu.value for name, menu in filters.items() if menu.value}
        show("只顯示符合篩選的貼文。" if board.filters else "顯示全部貼文。")

    def turned(step: int) -> None:
        board.turn(step)
        show()

    for place, button in enumerate(squares):
        button.on_click(on_day_pressed(place))
    for menu in filters.values():
        menu.observe(guarded(feedback, on_filter), names="value")
    posts.observe(guarded(feedback, on_post), names="value")
    clock.observe(guarded(feedback, lambda change: setattr(board, "clock", change["new"])), names="value")
    back.on_click(guarded(feedback, lambda _: turned(-1)))
    on.on_click(guarded(feedback, lambda _: turned(1)))
    undo.on_click(guarded(feedback, lambda _: show(board.undo())))
    show("先在「選一則」挑一則貼文，再按一天，它就移過去。沒有選貼文時，按一天會告訴你那天是什麼日子。")
    grid = widgets.Box([*(_weekday(name) for name in WEEKDAYS), *squares])
    grid.add_class("xb-month")
    rows = [widgets.HBox(list(filters.values()), layout=_ROW), widgets.HBox([posts, clock], layout=_ROW),
            widgets.HBox([back, on, undo], layout=_ROW)]  # fmt: skip
    panel = Panel(
        [widgets.HTML(STYLE), head, *rows, grid, feedback, problems],
        f"互動面板：{board.view.year} 年 {board.view.month} 月的內容日曆，先選一則貼文，再按一天，就能改期。",
        lambda: to_png(board.view.plot()),
    )
    panel.board, panel.squares, panel.posts, panel.clock = board, squares, posts, clock  # type: ignore[attr-defined]
    panel.filters, panel.buttons = filters, {"back": back, "on": on, "undo": undo}  # type: ignore[attr-defined]
    panel.head, panel.feedback, panel.problems = head, feedback, problems  # type: ignore[attr-defined]
    return panel


_ROW = widgets.Layout(grid_gap="8px", flex_flow="row wrap")


def _choices(calendar: Calendar) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Each filter with the values that the calendar has."""
    words = {"platform": ("平台：", PLATFORMS), "pillar": ("支柱：", PILLARS), "status": ("狀態：", STATUSES)}
    found = {}
    for name in ("platform", "pillar", "owner", "status"):
        label, known = words.get(name, ("負責人：", {}))
        values = sorted({getattr(post, name) for post in calendar if getattr(post, name)})
        if name != "owner":
            values = list(known) if name == "status" else [word for word in known if word in values]
        found[name] = (label, [(EVERY, ""), *((known.get(value, value), value) for value in values)])
    return found


def _menu(label: str, options: list[tuple[str, str]], width: str = "200px") -> widgets.Dropdown:
    return widgets.Dropdown(
        options=options, value="", description=label, layout=widgets.Layout(width=width), style={"description_width": "initial"}
    )  # fmt: skip


def _button(word: str, tip: str) -> widgets.Button:
    return widgets.Button(description=word, tooltip=tip)


def _weekday(name: str) -> widgets.HTML:
    label = widgets.HTML(f"週{name}")
    label.add_class("xb-weekday")
    return label


def _paint(button: widgets.Button, cell: DayCell, chosen: date | None) -> None:
    """Day, name and posts on a square; what does not fit stands in the tooltip."""
    name = cell.name if len(cell.name) <= 7 else cell.name[:6] + "…"
    mark = "◆ " if cell.quiet else ""
    button.description = "\n".join([f"{cell.day.day} {mark}{name}".strip(), *cell.lines(3)])
    button.tooltip = told(cell)
    for flag, wanted in (("xb-quiet", cell.inside and bool(cell.quiet)),
                         ("xb-off", cell.inside and bool(cell.off) and not cell.quiet),
                         ("xb-outside", not cell.inside), ("xb-chosen", cell.day == chosen)):  # fmt: skip
        (button.add_class if wanted else button.remove_class)(flag)


def _told(view: Month) -> str:
    """The month's problems as a list, worst first."""
    if not view.found:
        return "這個月沒有發現問題。"
    lines = []
    for finding in view.found[:_SHOWN]:
        icon = "✗ 要改" if finding.severity == "error" else "▲ 先確認"
        words = f"{icon}｜{KINDS[finding.kind]}｜{'、'.join(finding.posts)}：{finding.what}。{finding.fix}。"
        lines.append(f"<li>{html.escape(words)}</li>")
    more = f"<p>還有 {len(view.found) - _SHOWN} 件。</p>" if len(view.found) > _SHOWN else ""
    return f'<ul class="xb-problems">{"".join(lines)}</ul>{more}'
