"""The procedure: no step out of order, deadlines that only get nearer, owners who decide, nothing closed unfinished."""

import pandas as pd
import pytest

from xiaobian.crisis.noticing.severity import levels
from xiaobian.crisis.noticing.sop import MOVES, OWNED, STATES, STEPS, incident
from xiaobian.errors import AnswerError

T0 = pd.Timestamp("2026-10-19 20:00", tz="Asia/Taipei")


def after(minutes):
    return T0 + pd.Timedelta(minutes=minutes)


def at(level):
    return incident(T0).step("assess", after(5), "小編", level=level)


def test_an_incident_from_first_sight_to_review():
    one = (
        at("S3")
        .step("acknowledge", after(20), "小編")
        .step("answer", after(300), "主管")
        .step("watch", after(310), "小編")
    )
    for n, artefact in enumerate(levels()["S3"].artefacts):
        one = one.step("deliver", after(320 + n), "小編", artefact=artefact)
    one = one.step("close", after(900), "主管").step("review", after(2000), "主管")
    assert one.state == "reviewed" and one.legal == () and not one.clock(after(3000))["late"].any()
    assert one.log["step"].iloc[0] == "分級" and len(one.log) == 9 and "流程走完" in one.say()


def test_an_illegal_step_names_the_legal_ones():
    with pytest.raises(AnswerError, match="acknowledge（先回一句）"):
        at("S2").step("answer", after(6), "主管")
    with pytest.raises(AnswerError, match="assess（分級）"):
        incident(T0).step("close", after(1), "主管")


def test_every_legal_step_works_and_every_other_is_refused():
    reached = {}
    todo = [at("S1"), at("S3")]
    while todo:
        one = todo.pop()
        if (one.state, one.level) in reached:
            continue
        reached[one.state, one.level] = one
        owner = one.rules.owners[0]
        for name in STEPS:
            try:
                new = one.step(name, after(60 + len(one.entries)), owner, artefact=(one.missing or ("",))[0])
            except AnswerError:
                assert name not in one.legal
            else:
                assert name in one.legal
                todo += [new] if len(new.entries) < 12 and new.level in ("S1", "S3") else []
    assert {state for state, _ in reached} >= {"assessed", "acknowledged", "answered", "watching"}
    assert set(OWNED) <= set(STEPS) and {s for pair in MOVES.items() for s in (pair[0][0], pair[1])} == set(
        STATES
    )


def test_s4_stops_everything_before_it_speaks():
    one = at("S4")
    stop = levels()["S4"].artefacts[0]
    with pytest.raises(AnswerError, match=stop):
        one.step("acknowledge", after(6), "最高主管")
    assert "acknowledge" not in one.legal
    assert (
        one.step("deliver", after(6), "最高主管", artefact=stop)
        .step("acknowledge", after(7), "最高主管")
        .state
        == "acknowledged"
    )


def test_only_owners_decide():
    one = at("S3").step("acknowledge", after(10), "小編")
    with pytest.raises(AnswerError, match="請找：主管"):
        one.step("answer", after(20), "小編")


def test_nothing_is_closed_while_something_is_missing():
    one = at("S2").step("acknowledge", after(10), "小編").step("watch", after(20), "小編")
    with pytest.raises(AnswerError, match="還有 2 樣沒交"):
        one.step("close", after(30), "主管")


def test_one_line_is_not_enough_at_s3_and_is_at_s1():
    assert "watch" not in at("S3").step("acknowledge", after(10), "小編").legal
    assert "watch" in at("S1").step("acknowledge", after(10), "小編").legal


def test_the_clock_runs_from_first_sight_and_a_higher_level_brings_it_nearer():
    one = at("S1")
    assert one.late(after(239)) == () and one.late(after(250)) == ("先回一句晚了 10 分鐘",)
    up = one.step("escalate", after(30), "小編", level="S3")
    assert up.late(after(61)) == ("先回一句晚了 1 分鐘",) and dict(up.due)["answer"] == after(390)
    down = up.step("deescalate", after(40), "主管")
    assert down.level == "S2" and dict(down.due)["acknowledge"] == after(60)
    late = up.step("acknowledge", after(75), "小編").clock(after(900)).iloc[0]
    assert late["late"] and late["minutes"] == 15


def test_no_step_is_taken_before_the_last():
    with pytest.raises(AnswerError, match="比上一步還早"):
        at("S1").step("acknowledge", after(1), "小編")


def test_reopened_it_starts_its_clock_again():
    one = at("S1").step("dismiss", after(10), "小編").step("reopen", after(100), "小編")
    assert one.state == "assessed" and dict(one.due)["acknowledge"] == after(340) and one.done == ()


@pytest.mark.parametrize("bad", [{"name": "panic"}, {"level": "S9"}, {"at": "昨天"}])
def test_what_is_not_known_is_refused(bad):
    with pytest.raises(AnswerError):
        incident(T0).step(
            bad.get("name", "assess"), bad.get("at", after(1)), "小編", level=bad.get("level", "S1")
        )


def test_a_step_leaves_the_old_incident_as_it_was():
    one = at("S1")
    one.step("acknowledge", after(10), "小編")
    assert one.state == "assessed" and len(one.entries) == 1
