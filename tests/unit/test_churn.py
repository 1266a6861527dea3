"""Chances that followers come back: calibrated, checked on a future not seen, silent where too little is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import churn
from xiaobian.analytics.churn.model import Calibration, Habit
from xiaobian.analytics.churn.scores import auc, reliability, scores
from xiaobian.datasets import SIMULATED
from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox.followers import follower_log
from xiaobian.sandbox.parameters import load

DAYS, HORIZON = 252, 28
SEEDS = range(2)


@cache
def world(seed: int, followers: int = 1500):
    return follower_log(load(), np.random.default_rng(seed), followers=followers, days=DAYS + HORIZON)


def moment(seed: int) -> pd.Timestamp:
    return world(seed)[1].start + pd.Timedelta(days=DAYS)


@cache
def told(seed: int):
    return churn(world(seed)[0], HORIZON, moment(seed))


def came(seed: int, result) -> np.ndarray:
    log = world(seed)[0]
    return result.table["follower_id"].isin(log.loc[log["at"] >= moment(seed), "follower_id"]).to_numpy()


def test_better_than_the_average_and_than_recency_on_the_future_itself():
    ours, base, recency = [], [], []
    for seed in SEEDS:
        back = came(seed, told(seed))
        ours.append(np.mean((told(seed).table["chance"] - back) ** 2))
        base.append(back.mean() * (1 - back.mean()))
        rows = told(seed).scores.set_index("method")["brier"]
        recency.append(rows["recency"] - rows["churn"])
        assert told(seed).beats_base
    print(
        f"\nBrier {np.mean(ours):.3f}, average {np.mean(base):.3f}, recency minus ours {np.mean(recency):.4f}"
    )
    assert np.mean(ours) < 0.7 * np.mean(base)
    assert np.mean(recency) > 0.003


def test_what_was_checked_holds_in_the_future():
    checked = np.mean([told(seed).scores.set_index("method").loc["churn", "brier"] for seed in SEEDS])
    later = np.mean([np.mean((told(s).table["chance"] - came(s, told(s))) ** 2) for s in SEEDS])
    assert abs(later / checked - 1) < 0.12


def test_chances_are_what_they_say():
    chance = np.concatenate([told(seed).table["chance"] for seed in SEEDS])
    back = np.concatenate([came(seed, told(seed)) for seed in SEEDS])
    assert abs(chance.mean() - back.mean()) < 0.05
    for row in reliability(chance, back).itertuples():
        assert abs(row.told - row.came) < 0.10
    assert 0.85 < np.cov(chance, back)[0, 1] / chance.var(ddof=1) < 1.15


def test_nothing_is_found_where_the_past_says_nothing():
    for seed in SEEDS:
        log, truth = world(seed)
        rng, names = np.random.default_rng(seed), np.sort(log["follower_id"].unique())
        part, mixed = (log["at"] - truth.start).dt.days // HORIZON, log["follower_id"].to_numpy(copy=True)
        for one in part.unique():
            here = (part == one).to_numpy()
            mixed[here] = pd.Series(rng.permutation(names), index=names)[mixed[here]].to_numpy()
        result = churn(log.assign(follower_id=mixed), HORIZON, moment(seed))
        assert not result.beats_base
        assert result.table["chance"].nunique() == 1
        assert "沒有比猜平均好" in result.say() and any("平均" in note for note in result.notes)


def test_what_comes_later_is_not_used():
    log, _ = world(0)
    cut = log[log["at"] < moment(0)]
    pd.testing.assert_frame_equal(churn(cut, HORIZON, moment(0)).table, told(0).table)
    late = log[log["at"] >= moment(0) - pd.Timedelta(days=HORIZON)].index
    mixed = log.drop(index=late[::2])
    checked = churn(mixed, HORIZON, moment(0))
    assert not np.allclose(checked.scores["brier"], told(0).scores["brier"])


def test_row_order_zone_and_names_do_not_matter():
    log, _ = world(0)
    other = log.sample(frac=1, random_state=1).rename(columns={"follower_id": "author", "at": "created_at"})
    other["created_at"] = other["created_at"].dt.tz_convert("UTC")
    again = churn(other, HORIZON, moment(0)).table.set_index("follower_id")["chance"]
    first = told(0).table.set_index("follower_id")["chance"]
    np.testing.assert_allclose(again[first.index], first, rtol=1e-6)


def test_the_table_is_of_followers_seen_lately():
    table = told(0).table
    assert table["follower_id"].is_unique and table["chance"].between(0, 1).all()
    assert (table["days_away"] <= 3 * HORIZON + 0.1).all() and (table["active_days"] >= 1).all()
    assert table["chance"].is_monotonic_increasing
    assert set(table["group"]) == {"多半會來", "說不準", "多半不會來"}
    assert table.loc[table["chance"] >= 0.7, "group"].eq("多半會來").all()


def test_many_followers_are_calibrated_by_steps():
    log, truth = follower_log(load(), np.random.default_rng(5), followers=6000, days=150)
    result = churn(log, 28)
    assert result.calibrated == "isotonic" and told(0).calibrated == "platt"
    assert result.as_of == truth.start + pd.Timedelta(days=150)


@pytest.mark.parametrize("scale", [0.75, 1.25])
def test_the_conclusion_survives_a_quarter_more_or_less(scale):
    parameters = load().scaled("activity.leave", scale).scaled("activity.rate", scale)
    log, _ = follower_log(parameters, np.random.default_rng(7), followers=1200, days=200)
    rows = churn(log).scores.set_index("method")["brier"]
    assert rows["churn"] < 0.8 * rows["base"] and rows["churn"] < rows["recency"]


def test_it_stays_silent_with_too_little():
    log, _ = world(0)
    short = churn(log[log["at"] < log["at"].min() + pd.Timedelta(days=60)])
    few = churn(log[log["follower_id"] < "f00150"])
    always = pd.DataFrame({
        "follower_id": np.tile([f"u{i}" for i in range(200)], 200),
        "at": np.repeat(pd.date_range("2026-01-05 20:00", periods=200, tz="Asia/Taipei"), 200),
    })  # fmt: skip
    for result, word in ((short, "至少要 112 天"), (few, "至少要 150 位"), (churn(always), "學不出差別")):
        assert result.abstained and not result.beats_base and result.scores.empty
        assert word in result.say() and "還不能預測" in result.say()
        assert result.plot().axes


def test_says_and_shows():
    text = told(0).say()
    assert "Brier" in text and "不是為什麼來" in text and "每個人都猜平均" in text
    assert SIMULATED in told(0).notes and SIMULATED in repr(told(0))
    figure = told(0).plot()
    assert figure.summary == text and not review(figure.axes[0])


def test_the_truth_knows_what_it_says():
    _, truth = world(0)
    back, table = came(0, told(0)), told(0).table
    chance = truth.chance(moment(0), HORIZON)[table["follower_id"]].to_numpy()
    assert abs(chance.mean() - back.mean()) < 0.04
    assert auc(chance, back) > auc(table["chance"].to_numpy(), back)
    with pytest.raises(TableError, match="as_of"):
        truth.chance(truth.start - pd.Timedelta(days=1), 28)


def test_bg_nbd_finds_what_was_planted():
    rng, n = np.random.default_rng(0), 3000
    rate, leave, whole = rng.gamma(0.8, 1 / 6.0, n), rng.beta(0.9, 5.0, n), rng.uniform(60, 200, n)
    repeats, last = np.zeros(n), np.zeros(n)
    for one in range(n):
        time, here = 0.0, True
        while here:
            time += rng.exponential(1 / rate[one])
            if time > whole[one]:
                break
            repeats[one], last[one] = repeats[one] + 1, time
            here = rng.random() >= leave[one]
    habit = Habit.fit(np.column_stack([repeats, last, whole]))
    assert habit.r == pytest.approx(0.8, rel=0.2) and habit.alpha == pytest.approx(6.0, rel=0.3)
    assert habit.a / (habit.a + habit.b) == pytest.approx(0.9 / 5.9, rel=0.25)


def test_calibration_mends_what_is_overconfident():
    rng = np.random.default_rng(1)
    true = rng.uniform(0.2, 0.8, 1500)
    back, raw = rng.random(1500) < true, np.clip(0.5 + 1.6 * (true - 0.5), 0.01, 0.99)
    mended = Calibration.fit(raw, back)(raw)
    assert np.abs(mended - true).mean() < 0.5 * np.abs(raw - true).mean()
    table = scores({"churn": mended, "base": np.full(1500, back.mean())}, back).set_index("method")
    assert table.loc["churn", "gap"] < 0.05 and table.loc["base", "skill"] == 0


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda log: log.iloc[:0], {}, "互動紀錄"),
        (lambda log: log.drop(columns="at"), {}, "互動時間"),
        (lambda log: log, {"who": "name"}, "追蹤者代號"),
        (lambda log: log.assign(at=log["at"].dt.tz_localize(None)), {}, "時區"),
        (lambda log: log.assign(at="2026-01-01"), {}, "時區"),
        (lambda log: log.assign(follower_id=log["follower_id"] + "@example.com"), {}, "個資"),
        (lambda log: log.assign(follower_id="0912-345-678"), {}, "個資"),
        (lambda log: log, {"horizon_days": 0}, "1 到 180"),
        (lambda log: log, {"as_of": "someday"}, "as_of"),
        (lambda log: log, {"as_of": "2001-01-01"}, "沒有任何互動"),
    ],
)
def test_what_cannot_be_used_is_explained(change, options, words):
    with pytest.raises(TableError, match=words):
        churn(change(world(0)[0].head(300)), **options)


def test_rows_without_a_follower_or_time_are_counted():
    log = world(0)[0].copy()
    log.loc[log.index[:7], "follower_id"] = None
    assert any("7 列" in note for note in churn(log, HORIZON, moment(0)).notes)


def test_a_log_needs_followers_and_days():
    with pytest.raises(TableError, match="追蹤者"):
        follower_log(load(), np.random.default_rng(0), followers=0)
