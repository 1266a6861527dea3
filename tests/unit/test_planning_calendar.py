"""The content calendar: planned posts, conflicts, approval with its record, the office's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import xiaobian as xb
from xiaobian.errors import AnswerError, NotFound, TableError
from xiaobian.planning.calendar import conflicts
from xiaobian.planning.calendar.approval import MOVES, SYSTEM, Raci
from xiaobian.planning.calendar.calendar import Calendar
from xiaobian.planning.calendar.planned import LABELS, STATUSES, ZONE, PlannedPost
from xiaobian.planning.calendar.table import for_people
from xiaobian.planning.calendar.worktime import WorkClock


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


NOON = at(2026, 9, 1, 12)


def post(post_id: str = "p1", when: datetime | None = NOON, **fields) -> PlannedPost:
    words = {"platform": "facebook", "format": "image", "owner": "阿洛", "pillar": "product", "alt_text": "一盒茶點",
             "caption": f"米穀戚風今天出爐，{post_id} 號烤盤", "media": ["https://cdn.example/a.jpg"]} | fields  # fmt: skip
    return PlannedPost(post_id, publish_at=when, **words)


def kinds(calendar: Calendar, **now) -> list[tuple[str, str]]:
    return [(f.kind, f.severity) for f in calendar.problems(**now).found]


# ── one planned post ──


def test_every_field_has_a_label_and_every_label_a_field():
    assert set(LABELS) == set(PlannedPost.__dataclass_fields__)


def test_times_are_kept_in_taipei_and_lists_are_cleaned():
    kept = post(when=datetime(2026, 8, 31, 20, 5, 9, 999, tzinfo=UTC), hashtags=["#茶點", "＃中秋", " "])
    assert kept.publish_at.isoformat() == "2026-09-01T04:05:09+08:00"
    assert kept.hashtags == ("茶點", "中秋")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": datetime(2026, 9, 1, 12)}, "沒有時區"),
        ({"when": "2026-09-01"}, "要放時間"),
        ({"platform": "Instagram"}, "instagram"),
        ({"format": "reel"}, "short_video"),
        ({"pillar": "sales"}, "promo"),
        ({"status": "done"}, "published"),
        ({"post_id": " "}, "沒有編號"),
        ({"hashtags": "茶點"}, "一串文字"),
        ({"duration_s": -1}, "0 以上"),
        ({"duration_s": float("inf")}, "0 以上"),
        ({"caption": None}, "要放文字"),
        ({"not_before": at(2026, 9, 2), "not_after": at(2026, 9, 1)}, "最晚可發"),
    ],
)
def test_a_field_of_the_wrong_kind_says_what_it_takes(fields, said):
    with pytest.raises(TableError, match=said):
        post(**fields)


def test_an_unknown_field_lists_the_known():
    with pytest.raises(TableError, match="first_comment"):
        post().with_fields(comment="")


# ── table and filters ──


def test_filters_combine_and_the_table_is_in_time_order():
    plan = Calendar([
        post("c", None), post("b", at(2026, 10, 1, 9), platform="line", format="text", media=[]),
        post("a", at(2026, 9, 30, 23, 59), owner="允安"),
    ])  # fmt: skip
    assert [p.post_id for p in plan] == ["a", "b", "c"]
    assert [p.post_id for p in plan.select(month="2026-09")] == ["a"]
    assert [p.post_id for p in plan.select(day="2026-10-01", platform="line")] == ["b"]
    assert [p.post_id for p in plan.select(owner="阿洛")] == ["b", "c"]
    table = plan.table()
    assert list(table) == list(LABELS) and str(table["publish_at"].dtype).endswith("Asia/Taipei]")
    assert for_people(plan)["平台"].tolist() == ["Facebook", "LINE", "Facebook"]
    assert Calendar().table().shape == (0, len(LABELS))
    with pytest.raises(TableError, match="platform"):
        plan.select(colour="red")


def test_ids_are_unique_and_unknown_ids_are_told():
    with pytest.raises(TableError, match="用了兩次"):
        Calendar([post(), post()])
    with pytest.raises(NotFound, match="p1"):
        Calendar([post()])["p9"]


def test_add_move_edit_and_remove_leave_a_record():
    plan = Calendar()
    plan.add(post(), by="阿洛", at=at(2026, 8, 1, 9))
    plan.move("p1", at(2026, 9, 2, 18), by="阿洛", why="等打樣", at=at(2026, 8, 1, 10))
    plan.edit("p1", by="阿洛", caption="換一句", at=at(2026, 8, 1, 11))
    plan.remove("p1", by="佩蓁", why="改做影片", at=at(2026, 8, 1, 12))
    log = plan.audit
    assert len(plan) == 0 and len(log) == 4
    assert log["at"].is_monotonic_increasing
    assert "等打樣" in log["why"][1] and "文案" in log["why"][2] and log["who"][3] == "佩蓁"


def test_versions_count_the_changes():
    plan = Calendar([post()])
    assert plan.version("p1") == 0
    plan.move("p1", at(2026, 9, 3, 9))
    plan.edit("p1", caption="新的一句")
    assert plan.version("p1") == 2


# ── conflicts ──


def test_a_clean_calendar_says_so():
    plan = Calendar([post("a"), post("b", at(2026, 9, 2, 12))])
    assert kinds(plan) == []
    assert "沒有問題" in plan.problems().say()


@pytest.mark.parametrize(("minutes", "severity"), [(0, "error"), (59, "warning"), (60, None)])
def test_two_posts_of_one_platform_need_room(minutes, severity):
    plan = Calendar([post("a"), post("b", at(2026, 9, 1, 12) + timedelta(minutes=minutes))])
    assert kinds(plan) == ([("slot", severity)] if severity else [])


def test_other_platforms_and_stories_do_not_collide():
    plan = Calendar([post("a"), post("b", platform="instagram"), post("c", format="story")])
    assert "slot" not in dict(kinds(plan))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pillar": "promo"}, ["error"]),
        ({"pillar": "product", "caption": "今天全店 8 折，買一送一也有"}, ["error"]),
        ({"pillar": "product", "title": "滿額免運", "caption": "清明連假照常出貨的說明"}, ["error"]),
        ({"pillar": "interact"}, ["warning"]),
        ({"pillar": "story", "caption": "今天休息一天，明天再見"}, []),
        ({"pillar": "story", "caption": "把方巾三折起來收好，再放進盒子"}, []),
    ],
)
def test_a_promotion_on_a_sensitive_day_is_stopped(fields, expected):
    plan = Calendar([post(when=at(2026, 4, 5, 12), **fields)])
    assert [f.severity for f in plan.problems().found if f.kind == "sensitive"] == expected


def test_the_typhoon_season_stops_no_promotion_and_other_days_are_free():
    plan = Calendar(
        [post("a", at(2026, 8, 15, 12), pillar="promo"), post("b", at(2026, 11, 11, 12), pillar="promo")]
    )
    assert kinds(plan) == []


def test_a_year_without_checked_days_is_said_not_passed_over():
    found = [f for f in Calendar([post(when=at(2062, 9, 1, 12))]).problems().found if f.kind == "sensitive"]
    assert [f.severity for f in found] == ["warning"] and "2062" in found[0].what


def test_embargo_and_expiry_are_inclusive():
    window = {"not_before": at(2026, 9, 1, 12), "not_after": at(2026, 9, 3, 12)}
    assert (
        kinds(Calendar([post("a", at(2026, 9, 1, 12), **window), post("b", at(2026, 9, 3, 12), **window)]))
        == []
    )
    early, late = post("a", at(2026, 9, 1, 11, 59), **window), post("b", at(2026, 9, 3, 12, 1), **window)
    assert kinds(Calendar([early, late])) == [("window", "error")] * 2


def test_the_same_words_within_a_month_are_found_whatever_their_width_and_order():
    words = "中秋禮盒開放預購，數量有限售完為止請把握時間"
    plan = Calendar([post("a", caption=words + "！🌕"), post("x", at(2026, 9, 9, 9), caption=words + "，第二波到貨"),
                     post("b", at(2026, 9, 20, 12), caption=words.replace("，", " "))])  # fmt: skip
    found = {(f.severity, *f.posts) for f in plan.problems().found if f.kind == "duplicate"}
    assert ("error", "a", "b") in found and any(f[0] == "warning" and "x" in f for f in found)
    apart = Calendar([post("a", caption=words), post("b", at(2026, 10, 2, 12), caption=words)])
    assert kinds(apart) == []


def test_emoji_only_captions_are_named_and_never_called_duplicates():
    plan = Calendar([post("a", caption="🌕🌕🌕"), post("b", at(2026, 9, 2, 12), caption="🌕🌕🌕")])
    found = plan.problems().found
    assert {f.kind for f in found} == {"limit"} and any("表情符號" in f.what for f in found)


def test_posts_without_a_time_or_behind_their_time_are_named():
    plan = Calendar(
        [post("a", None, status="scheduled"), post("b", at(2026, 8, 1, 12)), post("c", at(2026, 8, 10, 12))]
    )
    found = kinds(plan, now=at(2026, 8, 10, 9))
    assert ("unset", "error") in found and ("past", "error") in found and ("sla", "warning") in found


def test_a_finding_reads_as_a_sentence_with_the_way_out():
    plan = Calendar([post(when=at(2026, 2, 28, 12), pillar="promo")])
    text = str(plan.problems().found[0])
    assert "2/28（六）是和平紀念日" in text and "移到別天" in text
    assert plan.problems().table.shape == (1, 5) and plan.problems().blocking == {"p1"}


def test_one_post_is_judged_as_in_the_whole_calendar():
    plan = Calendar([post("a"), post("b"), post("c", at(2026, 9, 1, 12), platform="x")])
    whole = plan.problems()
    for one in plan:
        assert sorted(map(str, plan.problems_of(one.post_id))) == sorted(map(str, whole.of(one.post_id)))


# ── approval ──


def approved(**fields) -> Calendar:
    plan = Calendar([post(**fields)])
    plan.advance("p1", "submitted", by="阿洛", at=at(2026, 8, 3, 10))
    plan.advance("p1", "approved", by="佩蓁", at=at(2026, 8, 3, 15))
    return plan


def test_the_whole_way_of_a_post():
    plan = Calendar([post()])
    for to, who, why in [("submitted", "阿洛", ""), ("changes_requested", "佩蓁", "價格寫錯"), ("submitted", "阿洛", ""),
                         ("approved", "佩蓁", ""), ("scheduled", "阿洛", ""), ("failed", SYSTEM, "權杖過期"),
                         ("scheduled", "阿洛", ""), ("published", SYSTEM, "")]:  # fmt: skip
        plan.advance("p1", to, by=who, why=why)
    assert plan["p1"].status == "published" and len(plan.audit) == 8
    assert plan.audit["after"].tolist()[1] == "退回修改"
    assert "另開一則" in plan.next_steps("p1")


def test_every_move_that_is_not_in_the_table_is_refused_with_the_next_steps():
    refused = 0
    for start in STATUSES:
        for to in STATUSES:
            if to in MOVES[start]:
                continue
            plan = Calendar([post(status=start)])
            for who in ("阿洛", "佩蓁", SYSTEM):
                with pytest.raises(AnswerError) as error:
                    plan.advance("p1", to, by=who, why="試試")
                assert error.value.next_step == plan.next_steps("p1")
            assert plan["p1"].status == start and plan.audit.empty
            refused += 1
    assert refused == 49 - sum(map(len, MOVES.values())) == 36


@pytest.mark.parametrize(
    ("who", "to", "said"),
    [("阿洛", "approved", "自己不能核可自己.*佩蓁"), ("柏宇", "approved", "佩蓁"), ("", "approved", "沒有署名"),
     ("佩蓁", "changes_requested", "要寫原因"), ("佩蓁", "gone", "沒有「gone」")],
)  # fmt: skip
def test_the_wrong_person_or_no_reason_is_refused(who, to, said):
    plan = Calendar([post(status="submitted")])
    with pytest.raises(AnswerError, match=said):
        plan.advance("p1", to, by=who)


def test_roles_need_two_people():
    with pytest.raises(TableError, match="自己不能核可自己"):
        Raci("阿洛", "阿洛")
    with pytest.raises(TableError, match="要有人"):
        Raci("阿洛", " ")


def test_a_broken_post_is_not_approved():
    plan = Calendar([post(when=at(2026, 2, 28, 12), pillar="promo", status="submitted")])
    with pytest.raises(AnswerError, match="和平紀念日"):
        plan.advance("p1", "approved", by="佩蓁")


def test_a_post_without_a_time_is_not_scheduled():
    plan = Calendar([post(when=None, status="submitted")])
    plan.advance("p1", "approved", by="佩蓁") if not plan.problems_of("p1") else None
    with pytest.raises(AnswerError, match="還沒有發佈時間"):
        Calendar([post(when=None, status="approved")]).advance("p1", "scheduled", by="阿洛")


def test_what_is_approved_and_then_changed_has_to_be_approved_again():
    plan = approved()
    assert plan.edit("p1", by="阿洛", notes="打樣編號 12").status == "approved"
    assert plan.edit("p1", by="阿洛", caption="改了一句").status == "draft"
    assert "重新送審" in plan.audit["why"].iloc[-1]


def test_a_scheduled_post_that_moves_has_to_be_scheduled_again():
    plan = approved()
    plan.advance("p1", "scheduled", by="阿洛")
    assert plan.move("p1", at(2026, 9, 5, 12), by="阿洛").status == "approved"


@pytest.mark.parametrize(
    "change", [lambda c: c.move("p1", None), lambda c: c.edit("p1", caption="x"), lambda c: c.remove("p1")]
)
def test_a_published_post_is_left_alone(change):
    with pytest.raises(AnswerError, match="已發佈"):
        change(Calendar([post(status="published")]))


def test_status_and_time_have_ways_of_their_own():
    with pytest.raises(AnswerError, match="advance"):
        Calendar([post()]).edit("p1", status="approved")


# ── the clock ──


def test_working_hours_skip_nights_weekends_and_days_off():
    clock = WorkClock()
    assert clock.between(at(2026, 9, 24, 17), at(2026, 9, 29, 10)) == 2, "中秋、週末和教師節都不算"
    assert clock.between(at(2026, 9, 29, 10), at(2026, 9, 24, 17)) == -2
    assert clock.after(at(2026, 2, 13, 17), 2) == at(2026, 2, 23, 10), "九天連假"
    assert clock.before(at(2026, 2, 23, 10), 2) == at(2026, 2, 13, 17)
    assert clock.between(at(2025, 2, 8, 9), at(2025, 2, 8, 18)) == 9, "補班的星期六要算"


def test_after_and_before_undo_each_other():
    clock = WorkClock()
    for hours in (0.5, 8, 9, 27.25):
        start = at(2026, 9, 23, 11)
        assert clock.before(clock.after(start, hours), hours) == start
        assert clock.between(start, clock.after(start, hours)) == pytest.approx(hours)


def test_the_hours_of_a_status_can_be_agreed_on():
    plan = Calendar([post()], sla={"submitted": 2})
    plan.advance("p1", "submitted", by="阿洛", at=at(2026, 9, 24, 17))
    assert plan.waiting(at(2026, 9, 29, 10)).iloc[0]["due"] == at(2026, 9, 29, 10)


def test_waiting_names_whose_turn_it_is_and_who_is_late():
    plan = Calendar([post()])
    plan.advance("p1", "submitted", by="阿洛", at=at(2026, 9, 24, 17))
    row = plan.waiting(at(2026, 9, 29, 10)).iloc[0]
    assert (row["whose"], row["hours"], bool(row["late"])) == ("佩蓁", 2.0, False)
    assert row["due"] == at(2026, 9, 29, 16)
    assert bool(plan.waiting(at(2026, 9, 29, 16, 1)).iloc[0]["late"])
    plan.advance("p1", "changes_requested", by="佩蓁", why="換圖", at=at(2026, 9, 29, 11))
    assert plan.waiting(at(2026, 9, 29, 12)).iloc[0]["whose"] == "阿洛"


def test_ten_thousand_posts_are_read_in_one_pass():
    many = [
        post(f"p{i}", at(2026, 1, 1, 9) + timedelta(minutes=47 * i), platform=("facebook", "x", "threads")[i % 3],
             pillar="promo" if i % 7 == 0 else "story", caption=f"第 {i} 則，今天是 {i % 97} 號茶")
        for i in range(10_000)
    ]  # fmt: skip
    plan = Calendar(many)
    assert len(plan.table()) == 10_000
    assert [*conflicts.slots(plan.posts), *conflicts.duplicates(plan.posts)] == []
    assert len(list(conflicts.sensitive(plan.posts))) > 10
    assert plan.problems_of("p5000") == []


def test_the_sample_plans_have_the_faults_they_are_for():
    found = {
        name: xb.planning.sample_calendar(name).problems() for name in ("september", "february", "moon_2027")
    }
    assert len(found["september"].blocking) == 10 and {f.kind for f in found["september"].found} == {
        "limit", "window", "sensitive", "slot", "duplicate"}  # fmt: skip
    assert found["february"].blocking == {"B", "C", "D"} and not found["moon_2027"].found
    with pytest.raises(NotFound, match="september"):
        xb.planning.sample_calendar("october")


def test_the_public_face():
    assert xb.planning.Calendar is Calendar
