"""A/B tests: no lift means 5 % false alarms, a lift is there, splits break where they should."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare, norm

from xiaobian.errors import TableError
from xiaobian.sandbox import trials
from xiaobian.sandbox.parameters import load
from xiaobian.tables import problems

P = load()


def p_values(exposed, clicks):
    """Two-proportion z test of each test, from [test, day, arm]."""
    n, x = exposed.sum(axis=1), clicks.sum(axis=1)
    pooled = x.sum(axis=1) / n.sum(axis=1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n).sum(axis=1))
    return 2 * norm.sf(abs((x[:, 1] / n[:, 1] - x[:, 0] / n[:, 0]) / error))


def counts(lift, worlds=4000, people=6_000, days=7, rate=0.05, share_b=0.5, seed=1):
    rng = np.random.default_rng(seed)
    return trials.trial_counts(P, rng, np.full(worlds, lift), people, days, rate, share_b)


@pytest.mark.parametrize("share_b", [0.5, 0.53])
def test_null_worlds_give_five_percent_false_alarms(share_b):
    p = p_values(*counts(0.0, worlds=8000, share_b=share_b))
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.01)
    assert (p < 0.5).mean() == pytest.approx(0.5, abs=0.02)


def test_a_lift_is_found_as_often_as_theory_says():
    rate, lift, people = 0.05, 0.2, 6_000
    arms = np.array([rate, rate * (1 + lift)])
    error = np.sqrt((arms * (1 - arms)).sum() / (people / 2))
    power = norm.sf(norm.isf(0.025) - lift * rate / error)
    assert (p_values(*counts(lift)) < 0.05).mean() == pytest.approx(power, abs=0.03)


@pytest.mark.parametrize("lift", [0.0, 0.05, 0.2])
def test_the_lift_is_the_one_asked_for(lift):
    exposed, clicks = counts(lift)
    rates = clicks.sum(axis=(0, 1)) / exposed.sum(axis=(0, 1))
    assert rates[1] / rates[0] - 1 == pytest.approx(lift, abs=0.006)
    assert rates[0] == pytest.approx(0.05, rel=0.01)


def test_a_broken_split_shows_and_a_sound_one_does_not():
    for share, rejected in ((0.5, 0.05), (P["trials.broken_share"], 1.0)):
        n = counts(0.0, people=20_000, share_b=share)[0].sum(axis=1)
        alarms = chisquare(n, axis=1).pvalue < 0.05
        assert alarms.mean() == pytest.approx(rejected, abs=0.012)
        assert (n[:, 1] / n.sum(axis=1)).mean() == pytest.approx(share, abs=0.002)


def test_lifts_and_breaks_come_from_the_menu():
    rng = np.random.default_rng(3)
    truths = [trials.draw_truth(P, rng, "t") for _ in range(5000)]
    lifts = np.array([truth.lift for truth in truths])
    menu = np.array(P["trials.lifts"])
    for value in np.unique(menu):
        assert (lifts == value).mean() == pytest.approx((menu == value).mean(), abs=0.03)
    broken = np.array([truth.broken for truth in truths])
    assert broken.mean() == pytest.approx(P["trials.broken_split"], abs=0.02)
    assert {truth.share_b for truth in truths} == {0.5, P["trials.broken_share"]}


def test_the_table_is_as_declared():
    table, truth = trials.trial(
        P, np.random.default_rng(4), "封面", people=9_000, days=10, start="2026-03-01"
    )
    assert problems(table, "trials") == []
    assert not table.duplicated(["trial", "date", "arm"]).any()
    assert table["exposed"].sum() == 9_000
    assert (table["clicks"] <= table["exposed"]).all()
    assert table["date"].min() == pd.Timestamp("2026-03-01")
    assert truth.rate == P["trials.click_rate"]


def test_a_first_day_effect_is_only_on_the_first_day():
    p = P.changed({"trials.novelty": 0.5})
    exposed, clicks = trials.trial_counts(p, np.random.default_rng(5), np.zeros(2000), 6_000, 3, 0.1)
    rates = clicks.sum(axis=0) / exposed.sum(axis=0)
    assert (rates[:, 1] / rates[:, 0]).tolist() == pytest.approx([1.5, 1, 1], abs=0.02)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6, 0.9])
def test_people_correlate_as_asked(correlation):
    rng = np.random.default_rng(6)
    people = trials.trial_people(P, rng, people=200_000, lift=0.1, correlation=correlation)
    for _, arm in people.groupby("arm"):
        assert arm["before_ntd"].corr(arm["after_ntd"]) == pytest.approx(correlation, abs=0.04)
    means = people.groupby("arm")[["before_ntd", "after_ntd"]].mean()
    assert means.loc["A"].tolist() == pytest.approx([P["trials.spend_ntd"]] * 2, rel=0.01)
    assert means.loc["B", "before_ntd"] == pytest.approx(means.loc["A", "before_ntd"], rel=0.01)
    assert means.loc["B", "after_ntd"] / means.loc["A", "after_ntd"] == pytest.approx(1.1, rel=0.01)


def test_the_past_explains_the_share_of_variance_it_should():
    people = trials.trial_people(P, np.random.default_rng(7), people=100_000, correlation=0.7)
    slope, level = np.polyfit(people["before_ntd"], people["after_ntd"], 1)
    rest = people["after_ntd"] - slope * people["before_ntd"] - level
    assert rest.var() / people["after_ntd"].var() == pytest.approx(1 - 0.7**2, abs=0.05)


def test_same_seed_same_test():
    one, two = (trials.trial(P, np.random.default_rng(8)) for _ in "ab")
    pd.testing.assert_frame_equal(one[0], two[0])
    assert one[1] == two[1]
    one, two = (trials.trial_people(P, np.random.default_rng(8), people=50) for _ in "ab")
    pd.testing.assert_frame_equal(one, two)


def test_wrong_input_is_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(TableError, match="至少"):
        trials.trial(P, rng, people=0)
    with pytest.raises(TableError, match="點擊率"):
        trials.trial(P, rng, rate=0.9, lift=0.2)
    with pytest.raises(TableError, match="點擊率"):
        trials.trial(P, rng, lift=-1.5)
    with pytest.raises(TableError, match="相關"):
        trials.trial_people(P, rng, correlation=1.2)
    with pytest.raises(TableError, match="至少"):
        trials.trial_people(P, rng, people=0)
