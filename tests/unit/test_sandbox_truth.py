"""Commit first, then open; and what a week is worth beside habit and the best."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import AnswerError, NotFound, TableError
from xiaobian.sandbox import World, oracle, weeks
from xiaobian.sandbox.truth import QUESTIONS


def random_slots(week, rng):
    slot, room = np.full(len(week.cost), -1), week.budget
    for piece in rng.permutation(len(week.cost)):
        if week.cost[piece] <= room:
            slot[piece], room = rng.integers(len(week.hour)), room - week.cost[piece]
    return slot


@pytest.fixture(params=range(6))
def problem(request):
    world = World(request.param)
    pieces = world.ideas()
    return world, pieces, weeks.problem(world, pieces, 0)


def test_no_random_week_beats_the_best_and_none_passes_the_bound(problem):
    _, _, week = problem
    rng = np.random.default_rng(1)
    top = oracle.worth(week, oracle.best(week))
    assert max(oracle.worth(week, random_slots(week, rng)) for _ in range(500)) < top <= oracle.bound(week)


def test_the_best_week_is_close_to_its_bound(problem):
    _, _, week = problem
    assert oracle.worth(week, oracle.best(week)) > 0.9 * oracle.bound(week)


def test_the_worth_of_a_week_is_the_engine_s(problem):
    world, pieces, week = problem
    slot = oracle.best(week)
    used = np.flatnonzero(slot >= 0)
    plan = pieces.iloc[used].assign(published_at=weeks.slots(world, 0)[slot[used]])
    assert world.expected(plan)["engagements"].sum() == pytest.approx(oracle.worth(week, slot))


def test_habit_scores_zero_and_the_best_schedule_one(problem):
    world, pieces, week = problem
    times = weeks.slots(world, 0)
    slot = weeks.by_habit(week, pieces["hook"].to_numpy(dtype=float))
    used = np.flatnonzero(slot >= 0)
    usual = pd.DataFrame(
        {"post_id": pieces["post_id"].iloc[used].to_numpy(), "published_at": times[slot[used]]}
    )
    result = weeks.judge(world, usual)
    assert result.score == pytest.approx(0)
    assert weeks.judge(world, result.schedule[["post_id", "published_at"]]).score == pytest.approx(1)
    assert sum(result.parts.values()) == pytest.approx(result.best - result.value)


def schedule(*rows):
    return pd.DataFrame(rows, columns=["post_id", "published_at"])


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("素材99", "2025-02-25 20:00")], "沒有 素材99"),
        ([("素材01", "2025-02-25 20:00"), ("素材01", "2025-02-26 20:00")], "排了兩次"),
        ([("素材01", "2025-03-25 20:00")], "這一週以外"),
        ([("素材01", "2025-02-25 03:00")], "半夜"),
        ([(f"素材{i:02d}", "2025-02-25 20:00") for i in range(1, 15)], "一週只有"),
    ],
)
def test_a_schedule_that_cannot_be_is_explained(rows, says):
    with pytest.raises(TableError, match=says):
        World(0).commit("week", schedule(*rows))


def test_nothing_opens_before_an_answer():
    world = World(11)
    for question in (*QUESTIONS, "week"):
        with pytest.raises(AnswerError, match="真相先不打開"):
            world.reveal(question)


def test_the_first_answer_counts_and_the_truth_stands_beside_it():
    world = World(12)
    world.commit("best_daypart", "evening")
    assert "第一次" in world.commit("best_daypart", "morning")
    opened = world.reveal("best_daypart")
    assert opened.guess == "evening" and "晚上" in repr(opened) and not opened.table.empty


def test_a_week_is_opened_with_its_reasons():
    world = World(13)
    world.commit("week", schedule(("素材01", "2025-02-25 20:00"), ("素材02", "2025-02-26 20:00")))
    result = world.reveal("week")
    assert result.value < result.best and "差距" in result.say()
    assert list(result.table["排法"]) == ["照習慣", "你的排法", "找得到的最好排法"]


def test_worlds_with_other_numbers_keep_their_own_answers():
    World(14).commit("best_daypart", "evening")
    for other in (
        World(15),
        World(14, null=True),
        World(14, settings={"reach.hook": 0.5}),
        World(14).with_rule_change(3),
    ):
        with pytest.raises(AnswerError):
            other.reveal("best_daypart")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("best_daypart", "noon"),
        ("evening_effect", "many"),
        ("best_format", "reel"),
        ("rule_change", "soon"),
        ("bought_followers", "soon"),
    ],
)
def test_an_answer_of_the_wrong_form_is_explained(question, answer):
    with pytest.raises(AnswerError, match="請填"):
        World(1).commit(question, answer)


def test_an_unknown_question_lists_the_known_ones():
    with pytest.raises(NotFound, match="best_daypart"):
        World(1).commit("meaning", 42)


def test_every_truth_agrees_with_what_the_world_does():
    world = World(3)
    plan = world.plan(1)
    noon = plan.assign(published_at=pd.Timestamp("2025-02-25 08:00", tz="Asia/Taipei"))
    late = plan.assign(published_at=pd.Timestamp("2025-02-25 20:00", tz="Asia/Taipei"))
    best = QUESTIONS["best_daypart"].truth(world)
    assert best.table["all"].idxmax() == best.value
    ratio = np.log(world.expected(late)["reach"] / world.expected(noon)["reach"]).to_numpy()
    slots = world.effects.slot[:, [1 * 24 + 20]] - world.effects.slot[:, [1 * 24 + 8]]
    assert set(ratio.round(9)) == set(slots[:, 0].round(9)) or len(set(plan["platform"])) < 6
    assert QUESTIONS["rule_change"].truth(world).value is None
    assert QUESTIONS["rule_change"].truth(world.with_rule_change(9)).value == 9
    bots = world.bots(364)
    assert (
        QUESTIONS["bought_followers"].truth(world).value
        == f"{world.start + pd.Timedelta(days=bots.day):%Y-%m-%d}"
    )


def test_the_truth_of_an_experiment_is_the_one_it_was_run_with():
    world = World(21, settings={"trials.lifts": [0.2], "trials.broken_split": 0.0})
    trial = world.experiment("字首", people=2_000_000)
    arms = trial.groupby("arm")[["exposed", "clicks"]].sum()
    rate = arms["clicks"] / arms["exposed"]
    world.commit("experiment:字首", 0)
    assert world.reveal("experiment:字首").answer.value == pytest.approx(20)
    assert rate["B"] / rate["A"] - 1 == pytest.approx(0.2, abs=0.03)


def test_a_world_runs_its_crisis():
    crisis = World(22).crisis("wrong_price")
    assert crisis.advance(3).hour == 3
    with pytest.raises(NotFound):
        World(22).crisis("flood")


def test_fake_creators_and_turning_points_belong_to_what_is_shown():
    world = World(23)
    world.commit("fake_creators", ["kol001"])
    fakes = world.reveal("fake_creators").answer.value
    assert set(fakes) < set(world.creators()["creator_id"]) and len(fakes) == 60
    world.commit("rival_turns", [])
    turns = world.reveal("rival_turns").table
    assert set(turns["rival"]) <= set(world.rivals()["rival"]) and len(turns) == 8


def test_a_list_of_answers_is_shown_item_by_item():
    world = World(5)
    world.commit("rival_turns", ["稜禾茶點 2025-06-01", "霧灣製菓 2025-07-01"])
    shown = world.reveal("rival_turns")
    assert "稜禾茶點 2025-06-01、霧灣製菓 2025-07-01" in shown._repr_html_()
    assert "你的答案：稜禾茶點 2025-06-01、霧灣製菓 2025-07-01" in repr(shown)
