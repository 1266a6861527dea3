"""The community: published effects come back from the tables, and a naive comparison misses them."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox import community
from xiaobian.sandbox.parameters import load

P = load()
THREADS = community.threads_table(P, np.random.default_rng(1), 20_000, ama_share=0.3)
TROLLS = community.troll_threads(P, np.random.default_rng(2), 6_000, 15)
REVIEWS = community.reviews_table(P, np.random.default_rng(3), 3_000)


def test_the_rule_post_is_at_random():
    assert THREADS["rule_post"].mean() == 0.5
    assert THREADS.groupby("kind")["rule_post"].mean().tolist() == pytest.approx([0.5, 0.5], abs=0.02)
    regulars = THREADS.groupby("rule_post")["regular_comments"].mean()
    assert regulars[True] / regulars[False] == pytest.approx(1, abs=0.03)


def test_the_rule_post_raises_compliance():
    sums = THREADS.groupby("rule_post")[["newcomer_kept", "newcomer_comments"]].sum()
    shares = sums["newcomer_kept"] / sums["newcomer_comments"]
    assert shares.tolist() == pytest.approx(P["community.compliance"], abs=0.01)


def test_newcomers_come_more_except_in_question_threads():
    means = THREADS.groupby(["kind", "rule_post"])["newcomer_comments"].mean().unstack()
    times = means[True] / means[False]
    assert times["discussion"] == pytest.approx(P["community.newcomers"], rel=0.05)
    assert times["ama"] == pytest.approx(P["community.newcomers_ama"], rel=0.08)


def test_trolling_at_the_two_ends():
    first = TROLLS[TROLLS["position"] == 1].groupby(["bad_mood", "troll_opening"])["troll"].mean()
    calm, stirred = P["community.troll"]
    assert first[False, False] == pytest.approx(calm, abs=0.035)
    assert first[True, True] == pytest.approx(stirred, abs=0.035)
    assert calm < first[True, False] < stirred
    assert calm < first[False, True] < stirred


def test_trolling_follows_its_own_probability_everywhere():
    expected = community.troll_probability(P, TROLLS["bad_mood"], TROLLS["context"])
    bins = pd.Series(expected.round(3)).groupby(TROLLS["context"].round(3)).mean()
    found = TROLLS["troll"].groupby(TROLLS["context"].round(3)).mean()
    assert found.to_numpy() == pytest.approx(bins.to_numpy(), abs=0.02)


def test_an_opening_leaves_its_mark_for_a_while():
    gap = TROLLS.groupby(["position", "troll_opening"])["troll"].mean().unstack()
    gap = gap[True] - gap[False]
    assert gap[1] > 0.1
    assert gap[2] > 0.05
    assert abs(gap[15]) < 0.05


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_mood_and_context_always_make_it_worse(factor):
    p = P.scaled("community.troll", factor)
    grid = np.linspace(0, 1, 6)
    chance = community.troll_probability(p, grid[:, None], grid)
    assert (np.diff(chance, axis=0) > 0).all()
    assert (np.diff(chance, axis=1) > 0).all()


def test_the_prompt_lowers_what_is_sent():
    table = community.prompt_table(P, np.random.default_rng(4), 400_000)
    rates = (table["offensive"] / table["people"]).tolist()
    assert rates[1] / rates[0] - 1 == pytest.approx(P["community.prompt"], abs=0.01)


def cells(name=None):
    """Mean of a column, or stars a review, by whether the shop replies and whether it is after."""
    groups = REVIEWS.groupby(["replies", "after"])
    return groups[name].mean() if name else groups["stars"].sum() / groups["reviews"].sum()


def test_replying_raises_stars_and_volume_over_time():
    stars, reviews = cells(), cells("reviews")
    change = stars[True, True] - stars[True, False] - (stars[False, True] - stars[False, False])
    assert change == pytest.approx(P["community.reply_rating"], abs=0.02)
    ratio = reviews[True, True] / reviews[True, False] / (reviews[False, True] / reviews[False, False])
    assert ratio - 1 == pytest.approx(P["community.reply_volume"], abs=0.02)


def test_comparing_shops_afterwards_says_too_much():
    stars = cells()
    naive = stars[True, True] - stars[False, True]
    assert naive - P["community.reply_rating"] == pytest.approx(P["community.reply_selection"], abs=0.06)


def test_stars_stay_between_one_and_five():
    some = REVIEWS[REVIEWS["reviews"] > 0]
    assert (some["stars"] >= some["reviews"]).all()
    assert (some["stars"] <= 5 * some["reviews"]).all()
    assert (REVIEWS.loc[REVIEWS["reviews"] == 0, "stars"] == 0).all()


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: community.threads_table(P, rng, 50),
        lambda rng: community.troll_threads(P, rng, 20),
        lambda rng: community.prompt_table(P, rng, 100),
        lambda rng: community.reviews_table(P, rng, 10),
    ],
)
def test_same_seed_same_table(draw):
    one, two, other = (draw(np.random.default_rng(seed)) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)


def test_wrong_input_is_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(TableError, match="串文"):
        community.threads_table(P, rng, 0)
    with pytest.raises(TableError, match="占比"):
        community.threads_table(P, rng, 5, ama_share=2)
    with pytest.raises(TableError, match="心情"):
        community.troll_probability(P, 1.5, 0)
    with pytest.raises(TableError, match="留言"):
        community.troll_threads(P, rng, 5, 0)
    with pytest.raises(TableError, match="1 個人"):
        community.prompt_table(P, rng, 0)
    with pytest.raises(TableError, match="前後"):
        community.reviews_table(P, rng, 5, 10, 10)
