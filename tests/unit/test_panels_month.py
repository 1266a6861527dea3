"""The month board: choose a post, press a day; text stays text, and the record knows."""

from __future__ import annotations

import html
from datetime import date, datetime

import pytest

from xiaobian.errors import NotFound
from xiaobian.panels.month import EVERY, month_board
from xiaobian.planning.calendar.calendar import Calendar
from xiaobian.planning.calendar.month import month_of, next_month
from xiaobian.planning.calendar.planned import ZONE, PlannedPost

HOSTILE = "<img src=x onerror=alert(1)>"


def at(day: int, hour: int = 12, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def post(post_id: str, when: datetime | None, **fields) -> PlannedPost:
    words = {"platform": "facebook", "format": "text", "owner": "阿洛", "pillar": "product", "title": f"第 {post_id} 則",
             "caption": f"{post_id}：今天烤米穀戚風，來店裡聞香味"} | fields  # fmt: skip
    return PlannedPost(post_id, publish_at=when, **words)


@pytest.fixture
def calendar():
    return Calendar([
        post("a", at(8)), post("b", at(21), pillar="promo"), post("c", None, owner="允安"),
        post("d", at(1, month=10), platform="line"), post("e", at(3), status="published"), post("f", at(9), status="scheduled"),
    ])  # fmt: skip


@pytest.fixture
def panel(calendar, monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")
    return month_board(calendar, "2026-09", by="阿洛")


def square(panel, day: date):
    cells = [cell for week in panel.board.view.weeks for cell in week]
    return panel.squares[[cell.day for cell in cells].index(day)]


def said(panel) -> str:
    return html.unescape(panel.feedback.value)


def test_the_month_is_laid_out_from_sunday_with_days_named(panel):
    assert panel.squares[0].description.startswith("30")
    assert "中秋節" in square(panel, date(2026, 9, 25)).description
    quiet = square(panel, date(2026, 9, 21))
    assert "xb-quiet" in quiet._dom_classes and "◆" in quiet.description and "✗" in quiet.description
    assert "國家防災日" in quiet.tooltip and "不做促銷" in quiet.tooltip
    assert "xb-off" in square(panel, date(2026, 9, 28))._dom_classes
    assert repr(panel).startswith("互動面板：2026 年 9 月") and panel.posts.value == ""


def test_a_chosen_post_goes_to_the_pressed_day_and_keeps_its_clock(panel, calendar):
    panel.posts.value = "b"
    square(panel, date(2026, 9, 22)).click()
    assert calendar["b"].publish_at == at(22)
    assert "移到 9/22 12:00" in said(panel) and "沒有一定要改" in said(panel)
    assert "月曆板" in calendar.audit["why"].iloc[-1] and calendar.audit["who"].iloc[-1] == "阿洛"
    assert "✗" not in square(panel, date(2026, 9, 22)).description
    panel.buttons["undo"].click()
    assert calendar["b"].publish_at == at(21) and panel.buttons["undo"].disabled


def test_a_post_without_a_time_gets_noon_or_the_chosen_clock(panel, calendar):
    panel.posts.value = "c"
    panel.clock.value = "20:00"
    square(panel, date(2026, 9, 10)).click()
    assert calendar["c"].publish_at == at(10, 20)
    panel.buttons["undo"].click()
    assert calendar["c"].publish_at is None


def test_a_move_onto_a_bad_day_is_made_and_told(panel):
    panel.posts.value = "b"
    square(panel, date(2026, 9, 20)).click()
    panel.posts.value = "b"
    square(panel, date(2026, 9, 21)).click()
    assert "國家防災日" in said(panel) and "移到別天" in said(panel)
    assert "國家防災日" in html.unescape(panel.problems.value)


def test_without_a_post_a_day_only_tells_what_it_is(panel, calendar):
    before = calendar.table()
    square(panel, date(2026, 9, 25)).click()
    assert "中秋節" in said(panel) and "沒有貼文" in said(panel)
    assert "xb-chosen" in square(panel, date(2026, 9, 25))._dom_classes
    assert calendar.table().equals(before) and calendar.audit.empty


def test_a_post_can_change_its_month(panel, calendar):
    panel.posts.value = "a"
    panel.buttons["on"].click()
    assert "2026 年 10 月" in panel.head.value and panel.posts.value == "a"
    square(panel, date(2026, 10, 5)).click()
    assert calendar["a"].publish_at == at(5, month=10)
    panel.buttons["back"].click()
    assert "2026 年 9 月" in panel.head.value


def test_a_scheduled_post_says_that_it_has_to_be_scheduled_again(panel, calendar):
    panel.posts.value = "f"
    square(panel, date(2026, 9, 11)).click()
    assert "重新排程" in said(panel) and calendar["f"].status == "approved"


def test_published_posts_are_shown_but_not_offered(panel):
    assert (
        "第 e 則" in square(panel, date(2026, 9, 3)).description
        or "第 e" in square(panel, date(2026, 9, 3)).description
    )
    assert "e" not in [value for _, value in panel.posts.options]


def test_filters_show_what_they_say(panel):
    panel.filters["owner"].value = "允安"
    assert panel.board.view.posts == [] and [p.post_id for p in panel.board.view.undated] == ["c"]
    assert "符合篩選" in said(panel)
    panel.filters["owner"].value = ""
    panel.filters["status"].value = "scheduled"
    assert [p.post_id for p in panel.board.view.posts] == ["f"]
    assert [label for label, _ in panel.filters["platform"].options] == [EVERY, "Facebook", "LINE"]


def test_months_of_four_five_and_six_weeks_fit(panel):
    for step, weeks in ((0, 5), (-1, 6), (-6, 4)):
        panel.board.month = next_month("2026-09", step)
        panel.buttons["on"].click()
        panel.buttons["back"].click()
        assert len(panel.board.view.weeks) == weeks or step == -6
        shown = [b for b in panel.squares if "xb-gone" not in b._dom_classes]
        assert len(shown) == 7 * len(panel.board.view.weeks)
    assert len(month_of(Calendar(), "2026-02").weeks) == 4


def test_hostile_text_stays_text(monkeypatch):
    monkeypatch.setenv("KIT_STRICT", "1")
    board = month_board(
        Calendar([post("x" + HOSTILE, at(21), pillar="promo", title=HOSTILE, owner=HOSTILE)]), "2026-09"
    )
    board.posts.value = "x" + HOSTILE
    square(board, date(2026, 9, 21)).click()
    for shown in (board.head, board.feedback, board.problems):
        assert "<img" not in shown.value
    assert "&lt;img" in board.problems.value


def test_a_wrong_month_is_told():
    with pytest.raises(NotFound, match="2026-09"):
        month_board(Calendar(), "九月")


def test_the_picture_says_the_same(panel):
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == repr(panel) and bundle["image/png"]
    assert "一定要改" in panel.board.view.plot().summary
