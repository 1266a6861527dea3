"""The audience: published shares, platforms used together, and topics that fit some platforms better."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, norm

from xiaobian.errors import NotFound, TableError
from xiaobian.sandbox import audience
from xiaobian.sandbox.parameters import load
from xiaobian.tables import PILLARS, problems

P = load()
USE = P["audience.membership"]
PEOPLE = audience.draw_people(P, np.random.default_rng(1), 60_000)


def test_people_have_the_declared_ages_and_interests():
    by_age = PEOPLE["age"].value_counts(normalize=True)
    for row, (age, share) in enumerate(zip(P["audience.ages"], P["audience.population"], strict=True)):
        assert by_age[age] == pytest.approx(share, abs=0.007), age
        found = PEOPLE.loc[PEOPLE["age"] == age, "interest"].value_counts(normalize=True)
        wanted = dict(zip(P["audience.interests"], P["audience.interest_by_age"][row], strict=True))
        assert found.to_dict() == pytest.approx(wanted, abs=0.02)


@pytest.mark.parametrize("platform", list(USE))
def test_each_age_uses_each_platform_at_its_rate(platform):
    found = PEOPLE.groupby("age")[platform].mean().reindex(P["audience.ages"])
    assert found.tolist() == pytest.approx(USE[platform], abs=0.02)


def test_platforms_overlap_as_the_copula_says():
    correlation = P["audience.overlap"]
    both = multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    row = P["audience.ages"].index("25–34")
    some = PEOPLE[PEOPLE["age"] == "25–34"]
    for one, two in (("instagram", "threads"), ("facebook", "line"), ("tiktok", "youtube")):
        expected = both.cdf(norm.ppf([USE[one][row], USE[two][row]]))
        assert (some[one] & some[two]).mean() == pytest.approx(expected, abs=0.02), (one, two)


def test_without_correlation_platforms_are_independent_within_an_age():
    people = audience.draw_people(P.changed({"audience.overlap": 0.0}), np.random.default_rng(2), 60_000)
    some = people[people["age"] == "55+"]
    together = (some["facebook"] & some["youtube"]).mean()
    assert together == pytest.approx(some["facebook"].mean() * some["youtube"].mean(), abs=0.015)


def test_overlap_has_the_denominator_of_its_row():
    shares = audience.overlap(PEOPLE)
    assert np.diag(shares) == pytest.approx(1)
    on_threads = PEOPLE[PEOPLE["threads"]]
    assert shares.loc["threads", "instagram"] == pytest.approx(on_threads["instagram"].mean())
    assert shares.loc["threads", "instagram"] > PEOPLE["instagram"].mean()
    assert shares.loc["threads", "instagram"] > shares.loc["instagram", "threads"]


def test_threads_is_younger_than_facebook():
    for platform in USE:
        assert audience.ages(P, platform).sum() == pytest.approx(1)
        assert audience.interests(P, platform).sum() == pytest.approx(1)
    middle = np.arange(len(P["audience.ages"]))
    assert audience.ages(P, "threads") @ middle < audience.ages(P, "instagram") @ middle
    assert audience.ages(P, "instagram") @ middle < audience.ages(P, "facebook") @ middle


def test_affinity_is_standardised_and_leaves_the_platform_level_alone():
    fit = audience.affinity(P)
    assert {tuple(row) for row in fit.values()} == {tuple(PILLARS)}
    table = pd.DataFrame(fit).T
    usual = np.array([P["habit.pillar_mix"][pillar] for pillar in table])
    assert table.to_numpy() @ usual == pytest.approx(0, abs=1e-9)
    assert float((table.to_numpy() ** 2 @ usual).mean()) == pytest.approx(1)


@pytest.mark.parametrize("factor", [0.75, 1, 1.25])
def test_young_platforms_prefer_products_to_promotions(factor):
    fit = audience.affinity(P.scaled("audience.affinity", factor))
    assert fit["threads"]["product"] - fit["threads"]["promo"] > (
        fit["facebook"]["product"] - fit["facebook"]["promo"]
    )


def test_affinity_follows_the_interests():
    """With one interest left, the order of the pillars is that interest's own."""
    only = [[0.0, 1.0, 0.0, 0.0]] * len(P["audience.ages"])
    fit = audience.affinity(P.changed({"audience.interest_by_age": only}))
    wanted = sorted(PILLARS, key=lambda pillar: P["audience.affinity"][pillar][1])
    assert sorted(PILLARS, key=fit["line"].get) == wanted


def test_the_table_is_as_declared_and_adds_up():
    followers = {"facebook": 47_301, "threads": 5_200, "line": 0}
    table = audience.audience_table(P, np.random.default_rng(3), followers, "2026-06-30", "yusui.tea")
    assert problems(table, "audience") == []
    sums = table.groupby(["platform", "dimension"])["count"].sum().unstack()
    for platform, number in followers.items():
        assert sums.loc[platform].tolist() == [number, number]
    ages = table[(table["platform"] == "facebook") & (table["dimension"] == "age")]
    assert ages["share"].tolist() == pytest.approx(audience.ages(P, "facebook").tolist(), abs=0.01)
    assert set(table.loc[table["dimension"] == "interest", "group"]) == set(audience.INTERESTS.values())
    assert table.loc[table["platform"] == "line", "share"].isna().all()


def test_same_seed_same_people():
    one, two = (audience.draw_people(P, np.random.default_rng(4), 500) for _ in "ab")
    pd.testing.assert_frame_equal(one, two)


def test_wrong_input_is_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(NotFound, match="facebook"):
        audience.ages(P, "nowhere")
    with pytest.raises(TableError, match="人數"):
        audience.draw_people(P, rng, 0)
    with pytest.raises(TableError, match="粉絲數"):
        audience.audience_table(P, rng, {"line": -1}, "2026-01-01")
    with pytest.raises(TableError, match="draw_people"):
        audience.overlap(pd.DataFrame({"age": ["18–24"]}))
