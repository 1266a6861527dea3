"""Many tests at once: every way of stopping is held to theory, and a leak to what it must do."""

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.analytics import stopping
from xiaobian.analytics.ab.sequential import peeking_error
from xiaobian.errors import TableError
from xiaobian.plotting import review

MANY = 400_000
"""People enough for the normal approximation to hold at the first look."""


def alarms(way, looks, **more):
    return stopping.peeking(way, looks=looks, people=MANY, **more).stopped


def within(share, expected, tests=stopping.TESTS, errors=3.5):
    return abs(share - expected) <= errors * np.sqrt(expected * (1 - expected) / tests)


@pytest.mark.parametrize("looks", [1, 5, 20])
def test_peeking_raises_as_many_false_alarms_as_theory_says(looks):
    assert within(alarms("peek", looks), peeking_error(looks))
    assert within(alarms("chance", looks), peeking_error(looks, 0.1))


@pytest.mark.parametrize("way", ["end", "group"])
def test_one_look_and_the_boundary_keep_their_promise(way):
    assert within(alarms(way, 20), 0.05)
    assert stopping.peeking(way, looks=20).stopped < 0.065


def test_the_boundary_finds_what_is_there_with_fewer_people():
    group = stopping.peeking("group", lift=0.2, people=80_000)
    end = stopping.peeking("end", lift=0.2, people=80_000)
    assert end.spent == 1 and group.spent < 0.85
    assert group.called_b > end.called_b - 0.03 > 0.7


def test_who_stops_early_sees_too_large_a_lift():
    peek = stopping.peeking("peek", lift=0.2)
    assert peek.claimed > 1.5 * peek.lift
    assert f"{peek.claimed:+.0%}"[:3] in peek.say()
    assert "全是誤報" in stopping.peeking("peek", tests=50).say()


def test_a_test_without_winners_claims_nothing():
    none = stopping.peeking("group", lift=0.2, people=200, looks=3, tests=20)
    assert np.isnan(none.claimed) and "喊贏的那一刻" not in none.say()


def test_a_leak_flatters_b_and_breaks_the_split():
    made = {"people": 200_000, "rate": 0.05, "looks": 14}
    whole, leaking = (stopping.draw(0.0, lost=lost, **made) for lost in (0.0, 0.1))
    assert (leaking.people[..., 0] == whole.people[..., 0]).all()
    assert (leaking.clicks == whole.clicks).all()
    gained = (1 + leaking.relative[0, -1]) / (1 + whole.relative[0, -1])
    assert gained == pytest.approx(1 / (1 - 0.1 * 0.95), rel=0.01)
    read = xb.analytics.ab_read(stopping.recorded(leaking), rule="fixed")
    assert read.verdict.code == "broken"
    assert xb.analytics.ab_read(stopping.recorded(whole), rule="fixed").verdict.code != "broken"


def test_a_recorded_test_reads_like_the_simulated_one():
    trials = stopping.draw([0.0, 0.3], people=40_000, looks=10)
    read = xb.analytics.ab_read(stopping.recorded(trials, "t", test=1), rule="fixed")
    path = read.path
    assert path["people"].tolist() == trials.people[1].sum(axis=1).tolist()
    assert np.allclose(path["relative"], trials.relative[1])
    assert np.allclose(path["z"].iloc[-1], trials.z[1, -1], rtol=0.02)


def test_an_unknown_way_says_which_there_are():
    with pytest.raises(TableError, match="沒有「hope」"):
        stopping.peeking("hope")


def test_the_picture_of_false_alarms_shows_what_the_table_says():
    found = stopping.false_alarms(looks=(1, 10), tests=500)
    worst = found.table.query('way == "peek" and looks == 10')["share"].iloc[0]
    assert f"{worst:.1%}" in found.plot().axes[0].get_title(loc="left")
    assert not review(found.plot().axes[0])


def test_an_overview_counts_what_was_missed():
    world = xb.World(5)
    names = {"one": 3_000, "two": 4_000}
    tests = pd.concat([world.experiment(name, people) for name, people in names.items()])
    found = stopping.overview(tests)
    assert list(found.table.index) == ["one", "two"]
    leaking = stopping.overview(stopping.recorded(stopping.draw(0.0, people=200_000, lost=0.1)))
    assert leaking.table["分流檢查 p"].tolist() == ["< 0.0001"]
    clear = sum(r.table["p"].iloc[0] < 0.05 for r in found.readings.values())
    figure = found.plot(dict.fromkeys(names, 0.2))
    assert f"{clear} 個看得出差別" in repr(figure) and f"沒看出來的有 {2 - clear} 個" in repr(figure)
    assert "真值" not in repr(found.plot())
    assert not review(figure.axes[0])


def test_the_picture_of_a_broken_split_shows_the_gap():
    ax = xb.analytics.ab_read({"A": (20_600, 900), "B": (19_400, 930)}).plot().axes[0]
    left, right = ax.get_xlim()
    assert left < 0.485 and right > 0.515
    assert (0.515 - 0.485) / (right - left) > 0.3
