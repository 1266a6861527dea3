"""Rivals: turning points are where the truth says, and holidays are not turning points."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox import rivals
from xiaobian.sandbox.parameters import load
from xiaobian.tables import problems

P = load()
DAYS = pd.date_range("2026-01-01", periods=365)
MOMENTS = ["2026-02-17", "2026-06-19", "2026-09-25", "2026-12-25"]
WORLDS = [rivals.rivals_table(P, np.random.default_rng(seed), DAYS, MOMENTS) for seed in range(12)]
TABLE, TRUTH = WORLDS[0]


def levels(table, rival):
    """Log engagements a day, all platforms."""
    sums = table[table["rival"] == rival].groupby("date")["engagements"].sum()
    return np.log(sums.astype(float))


def test_the_table_is_as_declared():
    assert problems(TABLE, "rivals") == []
    assert not TABLE.duplicated(["date", "rival", "platform"]).any()
    assert TABLE["rival"].nunique() == P["rivals.number"] == len(P["rivals.names"])
    assert len(TABLE) == len(DAYS) * P["rivals.number"] * len(P["rivals.platforms"])


def test_turning_points_keep_their_distance():
    gap = pd.Timedelta(days=P["rivals.least_gap"])
    for _, truth in WORLDS:
        assert truth.groupby("rival").size().eq(P["rivals.changes"]).all()
        assert (truth.groupby("rival")["date"].diff().dropna() >= gap).all()
        assert (truth["date"] - DAYS[0] >= gap).all()
        assert (DAYS[-1] - truth["date"] >= gap - pd.Timedelta(days=1)).all()
    sizes = pd.concat([truth["size"] for _, truth in WORLDS])
    assert sizes.abs().between(*P["rivals.change_size"]).all()
    assert (sizes > 0).any() and (sizes < 0).any()


def test_each_turning_point_moves_the_level_by_its_size():
    errors = []
    for table, truth in WORLDS:
        for turn in truth.itertuples():
            level = levels(table, turn.rival)
            plain = level[~level.index.isin(pd.DatetimeIndex(MOMENTS))]
            before = plain[turn.date - pd.Timedelta(days=21) : turn.date - pd.Timedelta(days=1)]
            after = plain[turn.date : turn.date + pd.Timedelta(days=20)]
            errors.append(after.mean() - before.mean() - turn.size)
    assert abs(np.mean(errors)) < 0.03
    assert np.std(errors) < 0.15


def test_the_day_of_a_turning_point_can_be_found():
    """A least-squares step on three weeks either side, knowing roughly where to look."""
    off = []
    for table, truth in WORLDS:
        for turn in truth.itertuples():
            series = levels(table, turn.rival)
            at = series.index.get_loc(turn.date)
            near = series.iloc[at - 20 : at + 20].to_numpy()
            loss = [near[:k].var() * k + near[k:].var() * (len(near) - k) for k in range(3, len(near) - 3)]
            off.append(abs(int(np.argmin(loss)) + 3 - 20))
    assert np.mean(np.array(off) <= 2) > 0.8


def test_the_new_level_begins_on_the_very_day():
    quiet = P.changed({"rivals.day_sd": 0.0, "rivals.post_response": 0.0, "rivals.weekday": [0.0] * 7,
                       "rivals.engaged": 10.0})  # fmt: skip
    table, truth = rivals.rivals_table(quiet, np.random.default_rng(7), DAYS)
    for rival, turns in truth.groupby("rival"):
        steps = levels(table, rival).diff().abs()
        assert sorted(steps.nlargest(len(turns)).index) == turns["date"].tolist()


def test_holidays_rise_and_fall_back():
    calm = P.changed({"rivals.changes": 0, "rivals.post_response": 0.0})
    with_holidays, truth = rivals.rivals_table(calm, np.random.default_rng(5), DAYS, MOMENTS)
    without, _ = rivals.rivals_table(calm, np.random.default_rng(5), DAYS)
    assert len(truth) == 0
    extra = np.mean(
        [levels(with_holidays, rival) - levels(without, rival) for rival in P["rivals.names"]], axis=0
    )
    at = DAYS.get_indexer(pd.DatetimeIndex(MOMENTS))
    assert extra[at].mean() == pytest.approx(P["rivals.moment"], abs=0.15)
    far = np.abs(np.arange(len(DAYS))[:, None] - at).min(axis=1) > 4 * P["rivals.moment_days"]
    assert extra[far].mean() == pytest.approx(0, abs=0.03)


def test_weeks_have_a_rhythm():
    calm = P.changed({"rivals.changes": 0})
    table, _ = rivals.rivals_table(calm, np.random.default_rng(6), DAYS)
    logs = np.log(table["engagements"].astype(float))
    found = logs.groupby(table["date"].dt.day_of_week).mean()
    expected = np.array(P["rivals.weekday"])
    assert np.corrcoef(found, expected)[0, 1] > 0.9


def test_names_are_invented_and_not_the_brands_of_the_sandbox():
    own = {P[name]["name"] for name in P if name.startswith("brands.")}
    assert own.isdisjoint(P["rivals.names"])


def test_a_short_period_has_no_room_for_turning_points():
    _, truth = rivals.rivals_table(P.changed({"rivals.changes": 40}), np.random.default_rng(1), DAYS[:30])
    assert len(truth) == 0
    _, truth = rivals.rivals_table(P.changed({"rivals.changes": 40}), np.random.default_rng(1), DAYS[:90])
    assert truth.groupby("rival").size().max() == 90 // P["rivals.least_gap"] - 1


def test_same_seed_same_rivals():
    again = rivals.rivals_table(P, np.random.default_rng(0), DAYS, MOMENTS)
    for one, two in zip(again, WORLDS[0], strict=True):
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("days", [DAYS[:0], DAYS[[0, 2, 3]], DAYS[::-1]])
def test_wrong_days_are_refused(days):
    with pytest.raises(TableError, match="一天接一天"):
        rivals.rivals_table(P, np.random.default_rng(1), days)
