"""Bursts: planted ones are found, ordinary days are left alone, and shuffled days show nothing."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import NotFound, TableError
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.topics import topic_volumes
from xiaobian.trends import burst_model as model
from xiaobian.trends.bursts import bursts

P = load()
DAYS = pd.date_range("2026-01-05", periods=70)


def flat(level=200, seed=1, n=70):
    rng = np.random.default_rng(seed)
    return rng.poisson(level, n).astype(float)


def one(counts, name="甲", times=DAYS):
    return pd.DataFrame({"topic": name, "time": times[: len(counts)], "mentions": counts})


def near(found, truth, days=2):
    return sum(
        any(
            f.topic == t.topic and abs((f.start - t.start).days) <= days and f.end >= t.start
            for f in found.itertuples()
        )
        for t in truth.itertuples()
    )


def test_most_planted_bursts_are_found_and_little_else():
    table, truth = topic_volumes(P, np.random.default_rng(4001), "2026-03-02", topics=20)
    found = bursts(table).table
    assert len(truth) >= 15
    assert near(found, truth) / len(truth) >= 0.8 and near(found, truth) / len(found) >= 0.8


def test_shuffled_days_do_not_match_the_planted_starts():
    table, truth = topic_volumes(P, np.random.default_rng(4001), "2026-03-02", topics=20)
    rng = np.random.default_rng(1)
    mixed = table.assign(mentions=table.groupby("topic")["mentions"].transform(lambda x: rng.permutation(x)))
    assert near(bursts(mixed).table, truth) / len(truth) < 0.45


def test_a_weekend_rhythm_is_no_burst():
    counts = flat() * np.where(DAYS.day_of_week >= 5, 2.2, 1.0)
    assert bursts(one(counts)).table.empty


def test_a_holiday_that_lifts_everything_is_no_burst():
    rows = []
    for number in range(8):
        counts = flat(seed=number)
        counts[40] *= 2.6
        rows.append(one(counts, f"話題{number}"))
    table = pd.concat(rows)
    assert len(bursts(table).table) >= 6
    assert bursts(table, calendar=[DAYS[40]]).table.empty


def test_a_holiday_that_is_named_does_not_hide_a_topic_of_its_own():
    rows = []
    for number in range(8):
        counts = flat(seed=number)
        counts[40] *= 1.6
        if number == 3:
            counts[38:44] *= [2, 4, 6, 5, 3, 2]
        rows.append(one(counts, f"話題{number}"))
    assert bursts(pd.concat(rows), calendar=[DAYS[40]]).table["topic"].tolist() == ["話題3"]


def test_two_bursts_in_one_slow_fade_are_two():
    counts = flat()
    counts[30:55] *= 1 + 6 * 2.0 ** (-np.arange(25) / 3)
    counts[40:46] *= [2, 4, 4, 3, 2, 1.5]
    assert len(bursts(one(counts)).table) == 2


def test_what_rises_what_fades_and_what_is_quiet_now():
    rising, fading, quiet = flat(seed=1), flat(seed=2), flat(seed=3)
    rising[-3:] *= [2, 3.5, 6]
    fading[-8:] *= 1 + 8 * 2.0 ** (-np.arange(8) / 2)
    now = bursts(pd.concat([one(rising, "升"), one(fading, "退"), one(quiet, "靜")])).now.set_index("topic")
    assert now["phase"].to_dict() == {"升": "升溫", "退": "退燒", "靜": "平常"}
    assert now.loc["退", "half_life"] == pytest.approx(2, abs=0.5)
    assert now.loc["退", "low"] < 2 < now.loc["退", "high"]
    assert now.loc["升", "high"] / now.loc["升", "low"] > 3
    assert now.loc["靜", "excess"] == 0


def test_a_fading_topic_is_halved_and_a_rising_one_is_held():
    rising, fading = flat(seed=1), flat(seed=2)
    rising[-2:] *= [3, 6]
    fading[-6:] *= 1 + 8 * 2.0 ** (-np.arange(6) / 2)
    found = bursts(pd.concat([one(rising, "升"), one(fading, "退")]))
    now = found.now.set_index("topic")
    after = found.excess_after(now.loc["退", "half_life"])
    assert after["退"] == pytest.approx(now.loc["退", "excess"] / 2)
    assert after["升"] == now.loc["升", "excess"]


def test_missing_days_are_not_zero():
    counts = flat()
    counts[50:53] *= [3, 6, 3]
    table = one(counts).drop(index=range(20, 25))
    found = bursts(table)
    assert len(found.table) == 1 and any("不當成 0" in note for note in found.notes)


def test_hours_have_their_own_rhythm():
    table, truth = topic_volumes(P, np.random.default_rng(9), "2026-03-02", topics=3, per="hour")
    found = bursts(table).table
    assert len(truth) >= 2 and near(found, truth) >= len(truth) - 1 and len(found) <= len(truth) + 1


def test_an_index_carries_its_warning():
    table = one(np.clip(flat(40), 0, 100)).rename(columns={"mentions": "index"})
    assert any("不能說有多少人" in note for note in bursts(table, value="index").notes)


def test_it_says_and_draws():
    counts = flat()
    counts[-3:] *= [2, 4, 7]
    found = bursts(one(counts, "熱到笑死"))
    assert "「熱到笑死」" in found.say() and "升溫" in found.say()
    assert repr(found.plot()).startswith("圖：「熱到笑死」現在是平常的")
    with pytest.raises(NotFound, match="熱到笑死"):
        found.plot("沒有")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="time"), "time"),
        (lambda t: t.assign(mentions=-1), "負"),
        (lambda t: t.head(20), "28 天"),
        (lambda t: pd.concat([t, t]), "兩列"),
        (lambda t: t.assign(time=pd.date_range("2020-01-06", periods=70, freq="W")), "每週的資料"),
        (lambda t: t.head(0), "空"),
    ],
)
def test_bad_tables_say_what_to_do(change, said):
    with pytest.raises(TableError, match=said):
        bursts(change(one(flat())))


def test_the_prior_is_what_remains_without_a_fade():
    life, low, high = model.half_life(np.array([3.0]), np.array([0.0]), 30)
    assert life == pytest.approx(np.exp(model.HALF_LIFE_PRIOR[0]), rel=0.1)
    assert low < 1.2 and high > 3.5
