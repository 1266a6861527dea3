"""The live drill: the same for the same seed, harm as declared, a best plan nobody beats, baselines in a sensible order."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import AnswerError, KitError, NotFound, TableError
from xiaobian.optimize.one_at_a_time import Job, Way, one_at_a_time, plan_cost
from xiaobian.optimize.one_at_a_time import Turn as Row
from xiaobian.planning.live import policies
from xiaobian.planning.live.drill import LiveDrill, LiveState, Turn, act, advance, of_record
from xiaobian.planning.live.injects import chat, draw, scenario
from xiaobian.planning.live.judging import best_plan, harm, own_waits, total_harm
from xiaobian.planning.live.policies import BASELINES, at_random, quickest, rule_book, run
from xiaobian.planning.live.stories import Story, story_plan

SEEDS = range(8)


@pytest.fixture(scope="module")
def scores():
    return {name: [run(policy, s).score for s in SEEDS] for name, policy in BASELINES.items()}


# What can happen.


@pytest.mark.parametrize("kind", scenario().kinds.values(), ids=lambda kind: kind.id)
def test_every_kind_has_its_variants_and_its_truth(kind):
    texts = [variant["text"] for variant in kind.variants]
    assert len(texts) >= 3 and len(set(texts)) == len(texts)
    assert set(kind.best) | set(kind.fair) <= set(scenario().actions) and not set(kind.best) & set(kind.fair)
    assert kind.best and kind.truth and kind.group and kind.until > kind.grace
    assert kind.wrong_harm > kind.fair_harm and kind.wrong_harm >= kind.most


def test_harm_grows_while_something_waits():
    for kind in scenario().kinds.values():
        line = [kind.waited(s) for s in range(0, 601, 5)]
        assert line[0] == 0 and line == sorted(line) and line[-1] == kind.most


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drill_has_thirty_injects_of_thirty_kinds(seed):
    injects = draw(seed)
    assert len(injects) == 30 == len({i.kind.id for i in injects})
    assert [i.number for i in injects] == list(range(1, 31))
    assert [i.at for i in injects] == sorted(i.at for i in injects) and injects[-1].at <= 540
    assert len({i.author for i in injects if i.kind.source == "viewer"}) == 28
    for inject in injects:
        assert inject.kind.window[0] <= inject.at <= inject.kind.window[1] or inject.kind.id != "guest_late"


def test_seeds_differ_and_a_seed_does_not():
    assert [i.text for i in draw(1)] != [i.text for i in draw(2)]
    draw.cache_clear()
    again = [(i.at, i.text) for i in draw(1)]
    draw.cache_clear()
    assert again == [(i.at, i.text) for i in draw(1)]


def test_every_variant_comes_up():
    seen = {i.text for seed in range(60) for i in draw(seed)}
    every = {v["text"] for kind in scenario().kinds.values() for v in kind.variants}
    assert seen == every


def test_the_chat_shows_no_truth():
    assert list(chat(1, 600).columns) == ["秒", "誰", "留言", "還有幾人"]
    assert len(chat(1, 600)) == 30 and len(chat(1, 0)) == 0


# The state.


def test_states_are_never_changed():
    state = LiveState(1)
    later = advance(state, 200)
    number = later.waiting[0].number
    acted = act(later, number, "J")
    assert state.now == 0 and not later.turns and len(acted.turns) == 1
    assert number not in [i.number for i in acted.waiting]


def test_one_pair_of_hands():
    drill = LiveDrill(1)
    drill.advance(200)
    first, second = (i.number for i in drill.state.waiting[:2])
    one, two = drill.act(first, "answer"), drill.act(second, "置頂說明")
    assert (one.start, one.end) == (200, 220) and (two.decided, two.start, two.end) == (200, 220, 230)
    assert drill.state.busy and drill.advance(30).busy is False
    third = drill.state.waiting[0].number
    assert drill.act(third, "不理").end == 230


def test_mistakes_are_explained():
    drill = LiveDrill(1)
    with pytest.raises(NotFound, match="沒有 9 號在等"):
        drill.act(9, "A")
    drill.advance(300)
    with pytest.raises(NotFound, match="可用的有"):
        drill.act(drill.state.waiting[0].number, "唱歌")
    for bad in (0, -5, True, 2.5):
        with pytest.raises(AnswerError, match="不能前進"):
            drill.advance(bad)
    for early in (drill.review, lambda: drill.score, lambda: drill.replay(policies.triage)):
        with pytest.raises(AnswerError, match="還沒結束"):
            early()
    drill.give_up()
    with pytest.raises(AnswerError, match="已經結束"):
        drill.act(30, "A")


def test_what_cannot_begin_before_the_end_is_refused():
    state = advance(LiveState(1), 595)
    numbers = [i.number for i in state.waiting]
    state = act(state, numbers[0], "answer")
    with pytest.raises(AnswerError, match="排不進去"):
        act(state, numbers[1], "answer")


@pytest.mark.parametrize("policy", [policies.triage, at_random(3)])
def test_a_record_tells_the_whole_drill(policy):
    drill = run(policy, 4)
    again = of_record(4, drill.record)
    assert again.state == drill.state and total_harm(again.state) == total_harm(drill.state)
    assert drill.replay(policy).state == drill.state


@pytest.mark.parametrize("record", ["x", "60:1Z", "300:1A 200:2A", "5:30A"])
def test_a_broken_record_is_explained(record):
    with pytest.raises((AnswerError, NotFound)):
        of_record(1, record)


# Harm.


def turn(inject, action, after):
    return Turn(inject.number, action, inject.at, inject.at, inject.at + after)


def test_harm_of_each_way_to_end_it():
    found = {i.kind.id: i for i in draw(1)}
    price = found["wrong_price"]
    assert harm(price, None) == (20, 0)
    assert harm(price, turn(price, "correct", 75)) == (10, 0)
    assert harm(price, turn(price, "pin", 75)) == (10, 6)
    assert harm(price, turn(price, "pin", 150)) == (20, 0)
    assert harm(price, turn(price, "hide", 5)) == (0, 26)
    assert harm(price, turn(price, "pause", 15)) == (0, 36)
    bait = found["troll_bait"]
    assert harm(bait, None) == harm(bait, turn(bait, "ignore", 0)) == (0, 0)
    assert harm(bait, turn(bait, "answer", 20)) == (0, 5) and harm(bait, turn(bait, "hide", 5)) == (0, 0.5)
    leak = found["screen_leak"]
    assert harm(leak, turn(leak, "pause", 30)) == (12.5, 0)


def test_ignoring_is_the_same_as_not_getting_to_it():
    for inject in draw(2):
        assert harm(inject, None) == harm(inject, turn(inject, "ignore", 0))


# The best plan.


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_beats_the_best_plan(seed, scores):
    plan = best_plan(seed)
    assert plan.exact and plan.cost >= plan.bound - 1e-6
    assert all(values[seed] <= 100 for values in scores.values())
    drill = LiveDrill(seed)
    for row in plan.turns:
        if row.start > drill.state.now:
            drill.advance(row.start - drill.state.now)
        drill.act(int(row.job), row.way)
    drill.give_up()
    assert total_harm(drill.state) == pytest.approx(plan.cost)
    assert drill.review().score == pytest.approx(100) and drill.review().regret == pytest.approx(0, abs=1e-6)


def brute(jobs, horizon):
    """The least cost over every order and way of a few jobs, none left idle on purpose."""

    def walk(left, free):
        costs = [sum(job.undone for job in left)]
        for job in left:
            start = max(free, job.release)
            if start < horizon:
                rest = [other for other in left if other is not job]
                costs += [w.cost(start + w.duration) + walk(rest, start + w.duration) for w in job.ways]
        return min(costs)

    return walk(list(jobs), 0)


@pytest.mark.parametrize("seed", range(12))
def test_one_at_a_time_equals_trying_everything(seed):
    rng = np.random.default_rng(seed)

    def way(name, release, extra):
        slope, grace, seconds = rng.uniform(0.1, 3), rng.integers(0, 6), int(rng.integers(1, 6))
        return Way(name, seconds, lambda end: extra + slope * max(0, end - release - grace))

    jobs = []
    for n in range(5):
        release = int(rng.integers(0, 12))
        jobs.append(
            Job(f"j{n}", release, (way("a", release, 0), way("b", release, 2)), float(rng.uniform(3, 20)))
        )
    plan = one_at_a_time(jobs, 20)
    assert plan.exact and plan.cost == pytest.approx(brute(jobs, 20), abs=1e-6)
    assert plan_cost(jobs, plan.turns) == pytest.approx(plan.cost)
    for one, other in zip(plan.turns, plan.turns[1:], strict=False):
        assert one.end <= other.start


def test_one_at_a_time_refuses_what_it_cannot_plan():
    way = Way("a", 5, float)
    with pytest.raises(KitError, match="倍數"):
        one_at_a_time([Job("x", 3, (way,), 9)], 20, 5)
    with pytest.raises(KitError, match="重複"):
        one_at_a_time([Job("x", 0, (way,), 9), Job("x", 5, (way,), 9)], 20, 5)
    with pytest.raises(KitError, match="花時間"):
        one_at_a_time([Job("x", 0, (Way("a", 0, float),), 9)], 20, 5)
    assert one_at_a_time([Job("x", 0, (), 4.0)], 20).cost == 4.0
    assert one_at_a_time([], 20).cost == 0
    assert plan_cost([Job("x", 0, (way,), 9)], [Row("x", "a", 0, 5)]) == 5


# Baselines.


def test_baselines_stand_in_a_sensible_order(scores):
    mean = {name: float(np.mean(values)) for name, values in scores.items()}
    assert mean["都不理"] == 0 and mean["亂按"] <= 10 and mean["每則都照小抄回"] <= 10
    assert mean["先看等不起的"] > 85
    for slow in ("先來先處理", "先看最大聲的"):
        assert 50 < mean[slow] < mean["先看等不起的"] - 10
        assert all(a > b for a, b in zip(scores["先看等不起的"], scores[slow], strict=True))


def test_shuffled_truth_is_worth_nothing():
    """With the actions of other kinds, the same order saves nothing."""
    kinds = list(scenario().kinds)
    rng = np.random.default_rng(0)
    shuffled = dict(zip(kinds, [quickest_of(k) for k in rng.permutation(kinds)], strict=True))
    assert np.mean([run(rule_book("urgent", shuffled), s).score for s in SEEDS]) < 20


def quickest_of(kind):
    found = scenario().kinds[kind]
    return min(found.best, key=lambda a: scenario().actions[a].seconds)


def test_a_rule_book_can_be_right_or_wrong():
    right = run(rule_book("urgent", {}), 1).score
    assert right == run(policies.triage, 1).review().score
    assert (
        run(rule_book("urgent", {"wrong_price": "hide", "felt_ill": "hide"}), 1).review().score < right - 10
    )
    assert run(rule_book("oldest", {}), 1).state == run(policies.first_come, 1).state
    with pytest.raises(NotFound):
        rule_book("fastest", {})
    with pytest.raises(NotFound):
        rule_book("oldest", {"alien": "hide"})


def test_the_quickest_action_is_a_best_one():
    assert all(quickest(i) in i.kind.best for i in draw(3))


# The review.


@pytest.fixture(scope="module")
def review():
    return run(policies.first_come, 1).review()


def test_the_review_says_what_waited_and_what_it_cost(review):
    table = review.table
    assert table["harm"].sum() == pytest.approx(review.harm) and table["harm"].is_monotonic_decreasing
    assert (table["wait_harm"] + table["action_harm"]).equals(table["harm"])
    assert len(table) == 30 and set(table["grade"]) <= {"best", "fair", "wrong", "none"}
    assert f"{review.score:.0f}" in review.say() and "最好的排法" in review.say()
    assert list(review.late(5).columns)[-1] == "最好時等（秒）" and len(review.late(5)) == 5


def test_the_review_is_drawn(review):
    figure = review.plot()
    assert "得分" in repr(figure) and figure.summary == review.say()


def test_doing_nothing_is_zero():
    found = run(policies.ignore_all, 5).review()
    assert found.score == 0 and found.harm == found.nothing
    assert "沒處理" in str(found.late(30)["你做了"].tolist())


# One's own log, and the stories after.


def test_ones_own_log_is_weighed():
    log = pd.DataFrame(
        {"狀況": ["稱讚", "假客服", "問運費和到貨"], "出現": [0, 10, 5], "處理完": [500, 100, None]}
    )
    found = own_waits(log)
    assert found["狀況"].tolist() == ["假客服", "問運費和到貨", "稱讚"]
    assert found["傷害"].tolist() == [17, 3, 0.5] and found["等了"].tolist()[:1] == [90]


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ({"狀況": ["稱讚"]}, "少了欄位"),
        ({"狀況": ["唱歌"], "出現": [1], "處理完": [2]}, "不認得的狀況"),
        ({"狀況": ["稱讚"], "出現": [9], "處理完": [2]}, "還早"),
    ],
)
def test_a_log_that_cannot_be_weighed_is_explained(log, says):
    with pytest.raises(TableError, match=says):
        own_waits(pd.DataFrame(log))


def test_a_day_of_stories():
    def when(text):
        return pd.Timestamp(text, tz="Asia/Taipei")

    plan = story_plan(
        [
            Story(when("2026-03-14 12:00"), "countdown", "週日中午截止", until=when("2026-03-15 12:00")),
            Story(when("2026-03-13 22:10"), "question", "剛剛沒回到的，這裡問"),
            Story(when("2026-03-14 03:00"), "poll", "下次想看哪一種？"),
            Story(when("2026-03-14 09:00"), "link", "戚風直播價", until=when("2026-03-15 12:00")),
            Story(when("2026-03-14 10:00"), "countdown", " "),
        ]
    )
    assert plan["發佈"].is_monotonic_increasing and plan["消失"].iloc[0] == "03/14 22:10"
    wrong = dict(zip(plan["發佈"], plan["要改的"], strict=True))
    assert wrong["03/13 22:10"] == wrong["03/14 12:00"] == ""
    assert "半夜" in wrong["03/14 03:00"]
    assert "沒有連結" in wrong["03/14 09:00"] and "之前就消失了" in wrong["03/14 09:00"]
    assert "沒有到期的時間" in wrong["03/14 10:00"] and "沒有字" in wrong["03/14 10:00"]
    with pytest.raises(NotFound):
        story_plan([Story(when("2026-03-13 22:10"), "sparkle", "x")])
    with pytest.raises(TableError, match="時區"):
        story_plan([Story(pd.Timestamp("2026-03-13"), "none", "x")])
    late = story_plan([Story(when("2026-03-13 22:10"), "none", "晚了", until=when("2026-03-13 21:00"))])
    assert "已經過期" in late["要改的"].iloc[0]
