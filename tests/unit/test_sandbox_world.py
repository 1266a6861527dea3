"""The simulated world: its truth is what was put in, its past misleads as it should, and the same seed repeats it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xiaobian import tables
from xiaobian.errors import NotFound, TableError
from xiaobian.sandbox import World, engine, habit, parameters, plans
from xiaobian.sandbox.effects import daypart_of, draw_effects
from xiaobian.sandbox.streams import generator, sequence
from xiaobian.sandbox.truth import daypart_effects

PARTS = np.array(daypart_of(parameters.load()))


def posts_of(world, weeks=26, policy="habit"):
    """Plan, design and log engagements of one history, without its other tables."""
    plan = world.plan(weeks, policy)
    design = plans.design(plan, world.start, world.parameters)
    drawn = engine.draw(world.effects, design, sequence(world.seed, "test", policy))
    engagements = drawn.likes + drawn.comments + drawn.shares + drawn.saves
    return plan, design, np.log1p(engagements), np.log(np.maximum(drawn.reach, 1))


def daypart_means(design, values):
    """Mean of ``values`` by daypart after taking each platform's mean out."""
    frame = pd.DataFrame({"platform": design.platform, "part": PARTS[design.slot % 24], "value": values})
    frame["value"] -= frame.groupby("platform")["value"].transform("mean")
    return frame.groupby("part")["value"].mean().drop("night", errors="ignore")


def naive_is_wrong(world):
    """Whether comparing dayparts in the past names another best daypart than the truth's."""
    _, design, engaged, _ = posts_of(world)
    return daypart_means(design, engaged).idxmax() != daypart_effects(world)["all"].idxmax()


def test_the_past_misleads_about_the_hour():
    wrong = [naive_is_wrong(World(seed)) for seed in range(80)]
    assert np.mean(wrong) >= 0.95


def lost_by_choosing(world, policy, weeks):
    """What choosing the best-looking daypart costs, in log reach, against the truth's best."""
    _, design, engaged, _ = posts_of(world, weeks, policy)
    truth = daypart_effects(world)["all"].drop("night")
    return truth.max() - truth[daypart_means(design, engaged).idxmax()]


def test_the_same_comparison_costs_far_less_when_times_are_drawn_by_lot():
    worlds = [World(seed) for seed in range(20)]
    by_lot = np.mean([lost_by_choosing(world, "random", 200) for world in worlds])
    by_habit = np.mean([lost_by_choosing(world, "habit", 200) for world in worlds])
    assert by_lot < 0.02 < 0.06 < by_habit


@pytest.mark.parametrize("factor", [0.75, 1.25])
@pytest.mark.parametrize("name", ["reach.hook", "engagement.hook", "habit.evening_hook", "slots.daypart", "reach.noise_sd", "slots.brand_sd"])  # fmt: skip
def test_the_evening_looks_better_than_it_is_with_other_numbers_too(name, factor):
    value = parameters.load().scaled(name, factor)[name]
    for seed in range(8):
        world = World(seed, settings={name: value})
        _, design, engaged, _ = posts_of(world)
        seen, truth = daypart_means(design, engaged), daypart_effects(world)["all"]
        assert (seen["evening"] - seen["morning"]) - (truth["evening"] - truth["morning"]) > 0.15


def test_random_times_show_the_true_evening_effect():
    errors = []
    for seed in range(30):
        world = World(seed)
        _, design, _, reach = posts_of(world, weeks=104, policy="random")
        means, truth = daypart_means(design, reach), daypart_effects(world)["all"]
        errors.append((means["evening"] - means["morning"]) - (truth["evening"] - truth["morning"]))
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors)) + 0.005


def test_nothing_matters_in_a_null_world():
    world = World(5, null=True)
    plan, design, engaged, _ = posts_of(world, weeks=500)
    calm = engaged - pd.Series(engaged).groupby([design.platform, design.week]).transform("mean").to_numpy()
    for choice in (
        design.hook,
        PARTS[design.slot % 24] == "evening",
        plan["format"] == "short_video",
        design.price,
        design.boost,
    ):
        numbers = np.asarray(choice, dtype=float)
        same = pd.Series(numbers).groupby([design.platform, design.week]).transform("mean").to_numpy()
        score = np.corrcoef(numbers - same, calm)[0, 1] * np.sqrt(len(calm))
        assert abs(score) < 3.5


def test_the_average_of_many_draws_is_the_expected_value():
    world = World(2)
    plan = world.plan(2)
    design = plans.design(plan, world.start, world.parameters)
    drawn = [engine.draw(world.effects, design, sequence(n, "mean")) for n in range(600)]
    expected = engine.expected(world.effects, design)
    reach = np.mean([one.reach for one in drawn], axis=0)
    engaged = np.mean([one.likes + one.comments + one.shares + one.saves for one in drawn], axis=0)
    assert reach.sum() == pytest.approx(expected["reach"].sum(), rel=0.02)
    assert engaged.sum() == pytest.approx(expected["engagements"].sum(), rel=0.02)


def test_a_seed_fixes_a_world_and_another_changes_it():
    first, same, other = (World(seed).history(weeks=4).posts for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, same)
    assert not first["reach"].equals(other["reach"])


def test_the_number_of_workers_changes_nothing():
    effects = draw_effects(parameters.load(), 1, "yusui")
    start = pd.Timestamp("2025-02-24")
    plan = habit.draw_plan(effects.parameters, generator(1, "x"), start, 4)
    one = plans.design(plan, start, effects.parameters)
    many = one.rows(np.arange(3 * engine.CHUNK) % len(one))
    draws = [engine.draw(effects, many, sequence(1, "x"), workers) for workers in (1, 2)]
    assert all(np.array_equal(vars(draws[0])[name], vars(draws[1])[name]) for name in vars(draws[0]))


@pytest.mark.parametrize("policy", habit.POLICIES)
def test_propensities_are_the_chances_of_the_hours(policy):
    p = parameters.load()
    hook = np.array([-2.0, 0.0, 2.0])
    assert habit.hour_shares(p, hook, policy).sum(axis=1) == pytest.approx(np.ones(3))
    plan = World(1).plan(520, policy)
    hour = plan["published_at"].dt.hour
    weight = 1 / plan["propensity"].to_numpy(dtype=float)
    awake = hour.between(9, 22).to_numpy()
    share = np.bincount(hour[awake], weight[awake], minlength=23)[9:]
    assert share / len(plan) == pytest.approx(np.ones(14), abs=0.25)


def test_strong_content_waits_for_the_evening():
    shares = habit.hour_shares(parameters.load(), np.array([-1.0, 1.0]), "habit")
    evening = shares[:, PARTS == "evening"].sum(axis=1)
    assert evening[1] > evening[0] + 0.2


def test_a_rule_change_hits_one_format_from_its_week_on():
    calm = World(3)
    changed = calm.with_rule_change(5)
    plan = calm.plan(10)
    before, after = calm.expected(plan)["reach"], changed.expected(plan)["reach"]
    ratio = (after / before).to_numpy()
    week = (plan["published_at"].dt.tz_localize(None) - calm.start).dt.days // 7
    rule = calm.parameters["rule_change.formats"]
    hit = (plan["format"] == plan["platform"].map(rule)) & (week >= 5)
    assert ratio[hit] == pytest.approx(np.full(hit.sum(), 0.70), abs=0.001)
    assert ratio[~hit] == pytest.approx(np.ones((~hit).sum()))
    assert hit.sum() > 10


def test_the_week_of_a_rule_change_is_fixed_by_the_seed():
    weeks = [World(seed).with_rule_change().effects.rule_week for seed in range(30)]
    low, high = parameters.load()["rule_change.weeks"]
    assert len(set(weeks)) > 5 and min(weeks) >= low and max(weeks) <= high
    assert weeks[4] == World(4).with_rule_change().effects.rule_week


def test_tables_keep_every_declared_rule():
    past = World(9).history(weeks=8)
    for name in past:
        assert tables.problems(tables.conform(past.frames[name], name), name) == [], name


def test_followers_add_up():
    days = World(4).history(weeks=52).account_days
    for _, account in days.groupby("platform"):
        change = account["followers"].diff().dropna()
        assert (change == (account["gained"] - account["lost"]).iloc[1:]).all()


def test_bought_followers_are_in_the_numbers_and_go_again():
    world = World(4)
    bots = world.bots(364)
    days = world.history(weeks=52).account_days
    account = days[days["platform"] == bots.platform].reset_index(drop=True)
    usual = account["gained"].median()
    assert account["gained"][bots.day] > usual + 0.4 * bots.number
    assert account["lost"][bots.purge_day] > 0.9 * bots.purged


def test_more_promotion_loses_more_followers():
    p = parameters.load()
    calm, loud = (
        World(1),
        World(1, settings={"habit.pillar_mix": dict.fromkeys(p["habit.pillar_mix"], 0.02) | {"promo": 0.92}}),
    )
    lost = [world.history(weeks=12).account_days["lost"].sum() for world in (calm, loud)]
    assert lost[1] > 1.2 * lost[0]


def test_a_plan_needs_only_three_columns():
    world = World(1)
    plan = pd.DataFrame(
        {"platform": ["instagram"], "published_at": ["2025-03-04 08:00"], "format": ["carousel"]}
    )
    result = world.run(plan)
    assert result.posts["reach"].iloc[0] > 0
    assert str(result.posts["published_at"].iloc[0]) == "2025-03-04 08:00:00+08:00"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"platform": "myspace"}, "不在允許的值"),
        ({"platform": "ptt"}, "沒有模擬 ptt"),
        ({"format": "reel"}, "不在允許的值"),
        ({"hook": 3.0}, "大於 1"),
        ({"published_at": "2024-01-01 08:00"}, "開始之前"),
        ({"boost_ntd": -5.0}, "小於 0"),
    ],
)
def test_a_wrong_plan_is_explained(change, says):
    row = {"platform": "instagram", "published_at": "2025-03-04 08:00", "format": "carousel", **change}
    with pytest.raises(TableError, match=says):
        World(1).run(pd.DataFrame([row]))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: World(1, brand="nobody"), NotFound),
        (lambda: World(1, start="2025-02-25"), TableError),
        (lambda: World(1, settings={"reach.hooks": 1}), NotFound),
        (lambda: World(1).plan(policy="lucky"), TableError),
        (lambda: World(1).history(weeks=0), TableError),
        (lambda: World(1).run(pd.DataFrame({"platform": [], "published_at": [], "format": []})), TableError),
        (lambda: World(1).run(pd.DataFrame({"platform": ["line"]})), TableError),
        (lambda: World(1).history(weeks=1).nothing, NotFound),
    ],
)
def test_wrong_input_is_explained(make, error):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value)


def test_crowding_costs_and_only_within_a_day():
    world = World(1)
    plan = world.plan(1)
    design = plans.design(plan, world.start, world.parameters)
    crowded = engine.expected(world.effects, replace(design, recent=design.recent + 1))["reach"]
    assert (crowded < engine.expected(world.effects, design)["reach"]).all()
    assert engine.recent_posts(np.zeros(3, dtype=int), np.array([0.0, 0.0, 23.5])).tolist() == [0, 1, 2]
    assert engine.recent_posts(np.zeros(2, dtype=int), np.array([0.0, 24.0])).tolist() == [0, 0]


def test_brands_differ():
    reach = {
        brand: World(1, brand=brand).history(weeks=4).posts["reach"].sum()
        for brand in ("yusui", "county", "bookshop")
    }
    assert reach["county"] > reach["bookshop"]
