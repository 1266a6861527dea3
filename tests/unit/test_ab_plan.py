"""Plans of A/B tests: the published sizes, agreement with simulation, honest words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from xiaobian.analytics import ab_plan
from xiaobian.errors import TableError
from xiaobian.sandbox import trials
from xiaobian.sandbox.parameters import load

PARAMETERS = load()


@pytest.mark.parametrize(
    ("rate", "lift", "per_arm"),
    [(0.012, 0.1, 135_549), (0.03, 0.1, 53_182), (0.012, 0.2, 35_427), (0.03, 0.2, 13_887)],
)
def test_the_sizes_are_those_of_the_reference(rate, lift, per_arm):
    assert ab_plan(rate, lift=lift).per_arm == per_arm


@pytest.mark.parametrize("power", [0.5, 0.8])
def test_the_planned_people_give_the_planned_power(power):
    plan = ab_plan(0.05, lift=0.2, power=power)
    rng = np.random.default_rng(10_001)
    exposed, clicks = trials.trial_counts(PARAMETERS, rng, np.full(4000, 0.2), plan.total, 7, 0.05)
    n, x = exposed.sum(axis=1), clicks.sum(axis=1)
    rates = x / n
    z = np.diff(rates, axis=1)[:, 0] / np.sqrt((rates * (1 - rates) / n).sum(axis=1))
    assert (np.abs(z) > 1.96).mean() == pytest.approx(power, abs=0.025)


def found(posts: int, lift: float, log_sd: float = 1.0, worlds: int = 4000) -> tuple[float, float]:
    """Share of worlds in which Welch's test finds the lift: on raw values, on logarithms."""
    rng = np.random.default_rng(10_002)
    a, b = log_sd * rng.standard_normal((2, worlds, posts))
    b = b + np.log1p(lift)
    raw = ttest_ind(np.exp(a), np.exp(b), axis=1, equal_var=False).pvalue
    logs = ttest_ind(a, b, axis=1, equal_var=False).pvalue
    return float((raw < 0.05).mean()), float((logs < 0.05).mean())


@pytest.mark.parametrize("posts", [20, 50, 200])
def test_power_with_posts_is_what_simulation_finds(posts):
    table = ab_plan(log_sd=1.0, lift=0.3, unit="則").table.set_index("per_arm")
    raw, logs = found(posts, 0.3)
    assert table.loc[posts, "power_raw"] == pytest.approx(raw, abs=0.04)
    assert table.loc[posts, "power_log"] == pytest.approx(logs, abs=0.02)


def test_the_plan_is_no_better_than_chance_without_a_lift():
    assert found(50, 0.0)[1] == pytest.approx(0.05, abs=0.012)


def test_ten_posts_are_far_too_few_and_the_plan_says_so():
    plan = ab_plan(log_sd=1.0, lift=0.3, unit="則", have=40)
    assert 225 <= plan.per_arm <= 235
    assert plan.have_power < 0.15
    assert "拿貼文當單位很難" in plan.say() and "每組 10 則" in plan.say()
    assert any("分人" in one for one in plan.suggestions)


def test_the_weeks_are_told_and_a_long_test_gets_advice():
    plan = ab_plan(0.012, lift=0.1, daily=1250)
    assert plan.weeks == int(np.ceil(2 * 135_549 / 8750)) == 31
    assert "要跑 31 週" in plan.say()
    assert plan.suggestions
    assert not ab_plan(0.012, lift=0.1, daily=20_000).suggestions


def test_the_least_lift_is_the_one_that_the_power_finds():
    for setting in ({"rate": 0.03}, {"mean": 180.0, "sd": 170.0}, {"log_sd": 0.8}):
        plan = ab_plan(**setting, lift=0.15, have=2000)
        again = ab_plan(**setting, lift=plan.have_lift)
        assert again.per_arm == pytest.approx(1000, abs=2)


def test_splits_arms_correlation_and_rules_cost_what_they_should():
    plain = ab_plan(0.03, lift=0.2)
    uneven = ab_plan(0.03, lift=0.2, split=(0.8, 0.2))
    assert uneven.total > plain.total * 1.5 and uneven.needed[0] == pytest.approx(4 * uneven.needed[1], abs=4)
    assert ab_plan(0.03, lift=0.2, correlation=0.6).per_arm == pytest.approx(0.64 * plain.per_arm, rel=1e-3)
    assert ab_plan(0.03, lift=0.2, split=(1, 1, 1)).per_arm > plain.per_arm
    group, always = (
        ab_plan(0.03, lift=0.2, rule=rule).per_arm / plain.per_arm for rule in ("group", "always")
    )
    assert 1.0 < group < 1.1 < always < 2.0


@pytest.mark.parametrize("change", [0.75, 1.25])
def test_a_quarter_more_or_less_traffic_moves_the_weeks_alike(change):
    weeks = ab_plan(0.012, lift=0.1, daily=1250 * change).weeks
    assert weeks == pytest.approx(31 / change, abs=1)


def test_charts_carry_the_finding():
    people = ab_plan(0.012, lift=0.1, daily=1250).plot()
    assert "31 週" in repr(people) and "135,549" in people.summary
    posts = ab_plan(log_sd=1.0, lift=0.3, unit="則").plot()
    assert "10 則遠遠不夠" in repr(posts)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({}, "只給一種"),
        ({"rate": 0.01, "log_sd": 1.0}, "只給一種"),
        ({"mean": 100.0}, "只給一種"),
        ({"rate": 1.2}, "0 和 1 之間"),
        ({"rate": 0.9, "lift": 0.2}, "0 和 1 之間"),
        ({"rate": 0.01, "lift": 0.0}, "不能是 0"),
        ({"rate": 0.01, "power": 1.0}, "檢定力"),
        ({"rate": 0.01, "daily": 0}, "大於 0"),
        ({"rate": 0.01, "split": (1.0,)}, "兩組"),
        ({"rate": 0.01, "correlation": 1.0}, "相關"),
        ({"rate": 0.01, "rule": "peek"}, "停止規則"),
    ],
)
def test_settings_that_no_test_can_have_are_refused(settings, match):
    with pytest.raises(TableError, match=match):
        ab_plan(**settings)
