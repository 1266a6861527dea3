"""Forms of interaction by segment against the truth, and challenges against the theory of branching processes."""

import numpy as np
import pandas as pd
import pytest

from xiaobian import planning
from xiaobian.errors import TableError
from xiaobian.planning.challenge import estimate_k, extinction, k_factor
from xiaobian.planning.interaction import choose_format
from xiaobian.plotting import review
from xiaobian.sandbox.interaction import FORMS, SEGMENTS, Fans, k_of, share, truth_of


@pytest.fixture(scope="module")
def found():
    return choose_format(Fans(401).events())


def test_the_choice_beats_participation_and_shuffled_forms_lose_it():
    shares = []
    for seed in range(410, 418):
        fans = Fans(seed)
        events = fans.events()
        mixed = events.assign(form=np.random.default_rng(seed).permutation(events["form"])).drop(
            columns="hours"
        )
        chosen = choose_format(events)
        shares.append([share(fans, c) for c in (chosen.best, chosen.tempting, choose_format(mixed).best)])
    ours, tempting, shuffled = np.mean(shares, axis=0)
    assert ours > 0.75 and ours > tempting + 0.2 and ours > shuffled + 0.2


def test_more_events_come_nearer_to_the_best():
    few, many = (
        np.mean([share(Fans(s), choose_format(Fans(s).events(n)).best) for s in range(430, 434)])
        for n in (24, 400)
    )
    assert many > few and many > 0.9


def test_the_table_has_every_cell_and_intervals_around_the_middle(found):
    table = found.table
    assert len(table) == len(FORMS) * len(SEGMENTS)
    assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).all()
    assert table.groupby("segment")["p_best"].sum().to_numpy() == pytest.approx(1)
    untried = table[table["events"] == 0]
    assert not [1 for row in untried.itertuples() if found.best[row.segment] == row.form]


def test_what_it_says_names_all_four_and_how_sure(found):
    assert all(name in found.say() for name in SEGMENTS.values()) and "機率" in found.say()
    assert any("5,000" in note for note in found.notes)


def test_its_chart_reads_well(found):
    figure = found.plot(truth_of(Fans(401)))
    assert review(figure.axes[0]) == [] and figure.summary == found.say()


@pytest.mark.parametrize(
    ("change", "says"),
    [(lambda t: t.drop(columns="stayed"), "stayed"), (lambda t: t.head(0), "一檔活動都沒有"),
     (lambda t: t.assign(form="dance"), "不認得"), (lambda t: t.assign(reached=0), "人數不可能"),
     (lambda t: t.assign(stayed=t["joined"] + 1), "人數不可能")],
)  # fmt: skip
def test_bad_events_are_told(change, says):
    with pytest.raises(TableError, match=says):
        choose_format(change(Fans(1).events(12)))


@pytest.mark.parametrize("k", [0.2, 0.5, 0.8])
def test_below_one_the_simulation_agrees_with_the_theory(k):
    run = k_factor(4, k / 4, starters=80, generations=60, runs=3000)
    assert run.sizes.sum(axis=1).mean() == pytest.approx(80 / (1 - k), rel=0.06)
    assert run.expected == pytest.approx(80 / (1 - k)) and run.died > 0.98
    assert "一代比一代少" in run.say()


def test_above_one_lines_end_as_often_as_the_generating_function_says():
    run = k_factor(4, 0.45, starters=1, generations=40, runs=4000, spread=0.6)
    assert run.died == pytest.approx(extinction(1.8, 0.6), abs=0.03)
    assert run.expected == float("inf") and "不能當預測" in run.say()


def test_a_population_is_an_edge():
    run = k_factor(4, 0.5, starters=20, population=500, generations=30)
    assert run.sizes.sum(axis=1).max() <= 500
    assert run.total[0] > 200 and "500" in run.say()


def test_the_same_seed_is_the_same_challenge_and_k_zero_stops_at_once():
    assert np.array_equal(k_factor(3, 0.2).sizes, k_factor(3, 0.2).sizes)
    assert k_factor(3, 0.0).total == (50, 50, 50)


def test_k_is_estimated_with_an_interval_that_holds_the_truth():
    held = [estimate_k(f.challenge("local", 120)) for f in map(Fans, range(440, 460))]
    inside = [e.low <= k_of(Fans(s), "local") <= e.high for s, e in zip(range(440, 460), held, strict=True)]
    assert np.mean(inside) >= 0.7
    assert "K 約" in held[0].say()


def test_an_unfinished_challenge_leaves_its_last_generation_out():
    log = Fans(3).challenge("sweet", 200)
    cut = log[log["generation"] <= 1]
    whole = estimate_k(cut, finished=False)
    assert whole.people == (cut["generation"] == 0).sum()
    assert whole.k > estimate_k(cut).k


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((-1, 0.2), "負的"), ((3, 1.2), "0 到 1"), ((3, 0.2, 0), "至少是 1")],
)  # fmt: skip
def test_impossible_challenges_are_told(arguments, says):
    with pytest.raises(TableError, match=says):
        k_factor(*arguments)
    with pytest.raises(TableError, match="還少"):
        k_factor(3, 0.2, 50, population=10)
    with pytest.raises(TableError, match="brought_by"):
        estimate_k(pd.DataFrame({"person": [1], "generation": [0]}))


def test_its_chart_is_titled_by_the_finding():
    figure = k_factor(3, 0.15).plot()
    assert "一代比一代少" in repr(figure) and review(figure.axes[0]) == []


def test_the_room_offers_them():
    assert planning.choose_format is choose_format and planning.k_factor is k_factor
