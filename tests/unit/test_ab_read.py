"""Reading A/B tests: as exact as tea-tasting, honest under peeking, silent on broken splits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare
from statsmodels.stats.multitest import multipletests

from xiaobian.analytics import ab_read
from xiaobian.analytics.ab.bayes import beta
from xiaobian.analytics.ab.effects import effects
from xiaobian.analytics.ab.moments import Moments, Quantity, from_people
from xiaobian.analytics.ab.sequential import (
    always_valid_bounds,
    crossing,
    more_people,
    peeking_error,
    spending_bounds,
)
from xiaobian.errors import TableError
from xiaobian.sandbox import trials
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.world import World

P = load()
LOOKS = 20
TIMES = np.arange(1, LOOKS + 1) / LOOKS
GOLDEN = json.loads(Path(__file__).with_name("ab_tea_tasting.json").read_text(encoding="utf-8"))
METRICS = {
    "mean": ("after", "", "", ""),
    "cuped": ("after", "", "before", ""),
    "ratio": ("after", "orders", "", ""),
    "ratio_cuped": ("after", "orders", "before", "orders_before"),
    "share": ("hit", "", "", ""),
}


def trial(seed: int, **settings: object) -> pd.DataFrame:
    settings = {"lift": 0.0, "share_b": 0.5, "rate": 0.05, **settings}
    return trials.trial(P, np.random.default_rng(seed), **settings)[0]


def z_paths(lift: float, worlds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """z at each of 20 looks, and τ² ÷ error² for the mixture test, of many tests of 16,000 people at 5 %."""
    rng = np.random.default_rng(seed)
    exposed, clicks = trials.trial_counts(P, rng, np.full(worlds, lift), 16_000, LOOKS, 0.05)
    n, x = (c.cumsum(axis=1).reshape(-1, 2).astype(float) for c in (exposed, clicks))
    first = x[..., None]
    looks = Moments(Quantity("rate", ("hit", "", "", "")), np.array([]), ("A", "B"), n, n, np.zeros(1), first,
                    first[..., None], None, True)  # fmt: skip
    found = effects(looks)
    return found.z.reshape(worlds, LOOKS), (0.05 * 0.2 / found.error.reshape(worlds, LOOKS)) ** 2


# ── the estimate ──


def test_estimates_agree_with_tea_tasting():
    """Values by the version named in the file; benchmarks/ab.py --golden writes it."""
    assert GOLDEN["made_by"].startswith("tea-tasting ")
    people = pd.DataFrame(GOLDEN["table"])
    found, _ = from_people(people, [Quantity(k, v) for k, v in METRICS.items()], "arm", None)
    for one in found:
        e, theirs = effects(one.whole()), GOLDEN[one.quantity.name]
        (low,), (high,) = e.interval(0.95)
        (relative_low,), (relative_high,) = e.relative_interval(0.95)
        ours = {
            "control": e.control[0], "treatment": e.value[0], "effect_size": e.difference[0], "statistic": e.z[0],
            "effect_size_ci_lower": low, "effect_size_ci_upper": high, "rel_effect_size": e.relative[0],
            "rel_effect_size_ci_lower": relative_low, "rel_effect_size_ci_upper": relative_high, "pvalue": e.p[0],
        }  # fmt: skip
        assert ours == pytest.approx(theirs, rel=1e-9)
    split = ab_read(people, value="hit").split
    assert split.p == pytest.approx(GOLDEN["split"], rel=1e-9)


def test_days_and_people_give_the_same_estimate():
    table = trial(1, people=3_000, days=3, lift=0.2)
    rows = [
        {"arm": r.arm, "date": r.date, "hit": i < r.clicks}
        for r in table.itertuples()
        for i in range(r.exposed)
    ]
    by_day, by_person = ab_read(table), ab_read(pd.DataFrame(rows), value="hit")
    columns = ["n", "control", "value", "low", "high", "p", "prob_better", "loss"]
    np.testing.assert_allclose(by_day.table[columns].astype(float), by_person.table[columns].astype(float))
    assert by_day.verdict == by_person.verdict
    np.testing.assert_allclose(by_day.path["z"], by_person.path["z"])


@pytest.mark.parametrize("correlation", [0.5, 0.7])
def test_the_past_takes_away_the_variance_it_should(correlation):
    people = trials.trial_people(P, np.random.default_rng(2), people=40_000, correlation=correlation)
    ratio = ab_read(people, value="after_ntd", covariate="before_ntd").table["variance_ratio"].iloc[0]
    assert ratio == pytest.approx(1 - correlation**2, abs=0.05)


def test_a_ratio_metric_is_not_fooled_by_people_with_many_views():
    """Clicks ÷ views without a difference: the person is the unit, so 5 % false alarms; views as unit raise many."""
    rng = np.random.default_rng(3)
    alarms, naive = [], []
    clicks_per_view = Quantity("ctr", ("clicks", "views", "", ""))
    for _ in range(250):
        n = 400
        views = rng.poisson(rng.lognormal(2, 1, n)) + 1
        clicks = rng.binomial(views, rng.beta(0.5, 5, n))
        people = pd.DataFrame({"arm": rng.choice(["A", "B"], n), "views": views, "clicks": clicks})
        (one,), _ = from_people(people, [clicks_per_view], "arm", None)
        alarms.append(effects(one.whole()).p[0] < 0.05)
        sums = people.groupby("arm").sum()
        rate = sums["clicks"] / sums["views"]
        naive.append(abs(rate["B"] - rate["A"]) / np.sqrt((rate * (1 - rate) / sums["views"]).sum()) > 1.96)
    assert 0.015 <= np.mean(alarms) <= 0.09
    assert (
        ab_read(people, value="clicks", denominator="views").table["p"].iloc[0] == effects(one.whole()).p[0]
    )
    assert np.mean(naive) > 0.2


# ── the split ──


def test_a_broken_split_blocks_the_verdict():
    reading = ab_read(trial(4, people=20_000, share_b=0.53, lift=0.5))
    assert reading.verdict.code == "broken"
    assert reading.say().startswith("分流壞了，先別看結果")
    assert "比較好" not in reading.say()
    n = reading.split.table["n"]
    assert reading.split.p == pytest.approx(chisquare(n).pvalue)


@pytest.mark.parametrize(("share", "least", "most"), [(0.5, 0.0, 0.006), (0.53, 0.99, 1.0)])
def test_splits_are_called_broken_when_they_are(share, least, most):
    rng = np.random.default_rng(5)
    exposed, clicks = trials.trial_counts(P, rng, np.zeros(1500), 20_000, 1, 0.012, share)
    p = chisquare(exposed[:, 0], axis=1).pvalue
    assert least <= (p < 0.001).mean() <= most
    ours = [
        ab_read({"A": (n[0], x[0]), "B": (n[1], x[1])}).split.broken
        for n, x in zip(exposed[:40, 0], clicks[:40, 0], strict=True)
    ]
    assert ours == (p[:40] < 0.001).tolist()


def test_a_planned_split_that_is_not_even_is_no_fault():
    counts = {"A": (8000, 400), "B": (2000, 100)}
    assert ab_read(counts).verdict.code == "broken"
    assert ab_read(counts, split_plan={"A": 0.8, "B": 0.2}).verdict.code != "broken"


def test_a_split_that_drifts_from_day_to_day_is_seen():
    table = pd.concat(
        [trial(6, people=6000, days=1, share_b=0.4), trial(7, people=6000, days=1, share_b=0.6)]
    )
    table["date"] = [pd.Timestamp("2026-03-01")] * 2 + [pd.Timestamp("2026-03-02")] * 2
    reading = ab_read(table)
    assert reading.split.p > 0.001 > reading.split.p_days
    assert "每天不一樣" in reading.say()


# ── looking many times ──


def test_peeking_costs_what_the_reference_measured():
    z, _ = z_paths(0.0, 4000, 8)
    for looks, published in ((1, 0.048), (5, 0.144), (10, 0.196), (20, 0.239)):
        seen = np.abs(z[:, LOOKS // looks - 1 :: LOOKS // looks])
        measured = (seen > 1.96).any(axis=1).mean()
        assert measured == pytest.approx(published, abs=0.02)
        assert peeking_error(looks) == pytest.approx(measured, abs=0.02)


def test_spending_boundaries_are_those_of_the_books():
    """Four equal looks, two-sided 5 %: the values that ldbounds and gsDesign print."""
    assert spending_bounds([0.25, 0.5, 0.75, 1.0]) == pytest.approx(
        [4.3326, 2.9631, 2.3590, 2.0141], abs=2e-4
    )


@pytest.mark.parametrize("rule", ["group", "always"])
def test_twenty_looks_raise_at_most_five_percent_false_alarms(rule):
    z, ratio = z_paths(0.0, 4000, 9)
    bounds = spending_bounds(TIMES) if rule == "group" else always_valid_bounds(ratio, 1.0)
    over = np.abs(z) >= bounds
    assert over.any(axis=1).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 4000)
    if rule == "group":
        assert over.any(axis=1).mean() == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize(("rule", "least"), [("group", 0.74), ("always", 0.45)])
def test_the_price_in_power_is_the_one_told(rule, least):
    """At the people who give one look 80 %: the measured power is what the recursion says."""
    z, ratio = z_paths(0.2, 3000, 10)
    bounds = spending_bounds(TIMES) if rule == "group" else always_valid_bounds(ratio, 1.0)
    drift = z[:, -1].mean()
    plain = bounds if rule == "group" else np.median(bounds, axis=0)
    assert (np.abs(z) >= bounds).any(axis=1).mean() == pytest.approx(
        crossing(plain, TIMES, drift).sum(), abs=0.03
    )
    enough = (1.96 + 0.8416) * np.sqrt(more_people(rule, LOOKS))
    there = plain if rule == "group" else always_valid_bounds(TIMES, enough)
    assert crossing(there, TIMES, enough).sum() == pytest.approx(0.8, abs=0.01)
    assert crossing(there, TIMES, 2.8016).sum() >= least


@pytest.mark.parametrize("options", [{}, {"planned": 20_000}, {"rule": "fixed"}])
def test_readings_of_null_worlds_seldom_claim_a_winner(options):
    codes = [
        ab_read(World(seed, null=True).experiment(days=20), **options).verdict.code for seed in range(60)
    ]
    sound = [code for code in codes if code != "broken"]
    assert len(sound) >= 20
    assert sum(code in ("better", "worse") for code in sound) <= 5
    assert "wait" in sound or "done" in sound


def test_looks_after_the_plan_cannot_stop_the_test():
    table = trial(11, people=8_000, days=8, lift=0.0)
    more = trial(12, people=30_000, days=8, lift=0.6).assign(date=lambda t: t["date"] + pd.Timedelta(days=8))
    reading = ab_read(pd.concat([table, more]), planned=8_000)
    assert reading.path["bound"].iloc[8:].eq(np.inf).all()
    assert reading.verdict.code == "done"
    assert any("超過原定" in note for note in reading.notes)


# ── the verdict ──


def test_a_clear_winner_a_clear_loser_and_a_tie():
    assert ab_read(trial(13, people=40_000, lift=0.3)).headline == "可以停了：B 比較好"
    assert ab_read(trial(14, people=40_000, lift=-0.3)).headline == "可以停了：A 比較好"
    assert ab_read(trial(15, people=900_000, rate=0.3)).headline == "可以停了：差別小到不值得換"


def test_waiting_days_lead_to_the_people_that_are_needed():
    reading = ab_read(trial(16, people=4_000, days=7))
    assert reading.headline.startswith("還不能下結論，再跑 ") and reading.headline.endswith(" 天")
    daily = 4_000 / 7
    each_arm = (1.96 + 0.8416) ** 2 * 2 * 0.05 * 0.95 / (0.2 * 0.05) ** 2
    total = 2 * each_arm * more_people("always", LOOKS)
    assert 4_000 + reading.verdict.days * daily == pytest.approx(total, rel=0.25)


@pytest.mark.parametrize("change", [0.75, 1.25])
def test_the_winner_stays_with_a_quarter_more_or_fewer_people(change):
    assert ab_read(trial(17, people=int(40_000 * change), lift=0.3)).verdict.code == "better"


def test_few_people_are_told_that_they_are_few():
    reading = ab_read({"A": (40, 0), "B": (40, 3)})
    assert reading.verdict.code == "few"
    assert "資料太少" in reading.say()
    assert reading.plot().summary


def test_shuffled_arms_find_nothing():
    wins = 0
    for seed in range(30):
        people = trials.trial_people(P, np.random.default_rng(seed), people=1500, lift=0.5)
        assert ab_read(people, value="after_ntd").verdict.code == "better"
        people["arm"] = np.random.default_rng(900 + seed).permutation(people["arm"])
        wins += ab_read(people, value="after_ntd").verdict.code in ("better", "worse")
    assert wins <= 5


def test_many_comparisons_are_corrected():
    people = trials.trial_people(P, np.random.default_rng(18), people=3000)
    people["arm"] = np.random.default_rng(19).choice(["A", "B", "C"], 3000)
    reading = ab_read(people, value=["after_ntd", "before_ntd"])
    p = reading.table["p"]
    assert len(p) == 4
    assert reading.table["p_holm"].tolist() == multipletests(p, method="holm")[1].tolist()
    assert reading.table["p_bh"].tolist() == multipletests(p, method="fdr_bh")[1].tolist()
    assert any("一共比了 4 次" in note for note in reading.notes)


# ── belief ──


def test_the_beta_posterior_is_the_one_that_drawing_gives():
    n, hits = np.array([1000.0, 900.0]), np.array([50.0, 60.0])
    found = beta(n, hits, (2.0, 8.0), 0.05)
    rng = np.random.default_rng(20)
    a, b = (rng.beta(2 + x, 8 + m - x, 400_000) for x, m in zip(hits, n, strict=True))
    assert found.better == pytest.approx((b > a).mean(), abs=0.003)
    assert found.loss == pytest.approx(np.maximum(a - b, 0).mean() / a.mean(), rel=0.03)
    assert found.loss_control == pytest.approx(np.maximum(b - a, 0).mean() / a.mean(), rel=0.03)
    assert found.same == pytest.approx((np.abs(b / a - 1) < 0.05).mean(), abs=0.003)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(b / a - 1, [0.025, 0.975])), abs=0.01)


def test_a_chance_of_eighty_percent_comes_true_eighty_percent_of_the_time():
    rng = np.random.default_rng(21)
    a, b = rng.beta(50, 950, (2, 400))
    hits = rng.binomial(4000, np.stack([a, b], axis=-1)).astype(float)
    told = np.array([beta(np.full(2, 4000.0), row, (50.0, 950.0), 0.05).better for row in hits])
    for low, high in ((0.05, 0.3), (0.4, 0.6), (0.7, 0.95)):
        chosen = (told > low) & (told < high)
        assert (b > a)[chosen].mean() == pytest.approx(told[chosen].mean(), abs=0.13)


def test_amounts_with_zeros_are_read_as_buyers_times_amounts():
    rng = np.random.default_rng(22)
    bought = rng.random(6000) < 0.2
    people = pd.DataFrame({"arm": rng.choice(["A", "B"], 6000), "ntd": bought * rng.lognormal(5, 0.8, 6000)})
    row = ab_read(people, value="ntd").table.iloc[0]
    assert row["model"] == "lognormal"
    assert row["credible_low"] < 0 < row["credible_high"]
    assert row["credible_high"] - row["credible_low"] == pytest.approx(
        row["relative_high"] - row["relative_low"], rel=0.3
    )


# ── what a learner sees ──


def test_words_charts_and_period():
    reading = ab_read(trial(23, people=40_000, lift=0.3), simulated=True)
    assert "每天看都算數" in reading.say() and "誤報" in reading.say()
    assert "22%" in reading.say()
    figure = reading.plot()
    assert figure.summary == reading.say()
    assert "2026/1/5–1/18" in repr(figure) and "40,000 人" in repr(figure)
    assert "分流壞了" in repr(ab_read(trial(4, people=20_000, share_b=0.53)).plot())
    assert "相對差" in repr(ab_read({"A": (1000, 50), "B": (1000, 70)}).plot())


def test_missing_is_not_zero_and_input_is_left_alone():
    people = trials.trial_people(P, np.random.default_rng(24), people=1000)
    people.loc[:49, "after_ntd"] = np.nan
    people.loc[990:, "arm"] = None
    before = people.copy(deep=True)
    reading = ab_read(people, value="after_ntd")
    pd.testing.assert_frame_equal(people, before)
    assert reading.split.table["n"].sum() == 990
    assert reading.table[["control_n", "n"]].sum(axis=1).iloc[0] == 940
    assert any("50" in note for note in reading.notes) and any(
        "10 人沒有組別" in note for note in reading.notes
    )


@pytest.mark.parametrize(
    ("data", "options", "match"),
    [
        ({"A": (10, 1)}, {}, "兩組"),
        ({"A": (10, 11), "B": (10, 1)}, {}, "送達人數之間"),
        ({"A": (10, "x"), "B": (10, 1)}, {}, "兩個數字"),
        ({"A": (100, 9), "B": (100, 8)}, {"control": "C"}, "沒有「C」"),
        ({"A": (100, 9), "B": (100, 8)}, {"rule": "peek"}, "停止規則"),
        ({"A": (100, 9), "B": (100, 8)}, {"rule": "group"}, "原定幾個人"),
        ({"A": (100, 9), "B": (100, 8)}, {"alpha": 0}, "顯著水準"),
        ({"A": (100, 9), "B": (100, 8)}, {"prior": (0, 1)}, "先驗"),
        ({"A": (100, 9), "B": (100, 8)}, {"split_plan": {"A": 1.0}}, "分流比例"),
        ([1, 2], {}, "一張表"),
        (pd.DataFrame({"arm": ["A", "B"]}), {}, "比哪一欄"),
        (pd.DataFrame({"arm": ["A", "B"], "v": ["x", "y"]}), {"value": "v"}, "不是數字"),
        (pd.DataFrame({"arm": ["A", "B"], "v": [1, 2]}), {"value": "w"}, "缺少欄位"),
        (pd.DataFrame({"arm": ["A", "A"], "v": [1, 2]}), {"value": "v"}, "兩組以上"),
        (pd.DataFrame({"arm": ["A", "B"], "v": [1.0, 2], "date": ["1", "2"]}), {"value": "v"}, "不是日期"),
    ],
)
def test_wrong_input_is_refused(data, options, match):
    with pytest.raises(TableError, match=match):
        ab_read(data, **options)


def test_several_trials_need_a_name():
    table = pd.concat([trial(25), trial(26, name="t2")])
    with pytest.raises(TableError, match="2 個測試"):
        ab_read(table)
    assert len(ab_read(table, trial="t2").path) == 14
    with pytest.raises(TableError, match="沒有「t3」"):
        ab_read(table, trial="t3")
    with pytest.raises(TableError, match="空白"):
        ab_read(trial(25).assign(exposed=pd.array([pd.NA] * 28, "Int64")))
