"""The sandbox's numbers: complete, sourced or marked as ours, and never edited in place."""

import pytest

from xiaobian.errors import NotFound
from xiaobian.sandbox import parameters

P = parameters.load()


def test_every_parameter_has_unit_source_and_confidence():
    for name in P:
        row = P.row(name)
        assert row.unit and row.source, name
        assert row.confidence in parameters.CONFIDENCE, name


def test_a_published_figure_names_its_source():
    plain = {P.row(name).name for name in P if P.row(name).source == "設計"}
    assert all(P.row(name).confidence == parameters.DESIGN for name in plain)


def test_shares_sum_to_one():
    for name in ("habit.pillar_mix", "habit.cta_mix", "habit.emotion_mix", "habit.daypart", "creators.tier_mix",
                 "engagement.mix", "crisis.inject_mix", "crisis.strategy_mix"):  # fmt: skip
        assert sum(P[name].values()) == pytest.approx(1), name
    for platform, mix in P["habit.format_mix"].items():
        assert sum(mix.values()) == pytest.approx(1), platform
    assert sum(P["audience.population"]) == pytest.approx(1)
    assert all(sum(row) == pytest.approx(1) for row in P["audience.interest_by_age"])


def test_dayparts_cover_the_day_once():
    hours = [h for low, high in P["slots.daypart_hours"].values() for h in range(low, high)]
    assert sorted(hours) == list(range(24))


def test_published_ratios_are_kept():
    """Kanuri et al. 2018: morning +8.8 % against afternoon and +11.1 % against evening."""
    import math

    part = P["slots.daypart"]
    assert math.exp(part["morning"] - part["afternoon"]) == pytest.approx(1.088, abs=0.001)
    assert math.exp(part["morning"] - part["evening"]) == pytest.approx(1.111, abs=0.001)


def test_membership_agrees_with_the_published_totals():
    """MIC, December 2025: shares that often use a platform, 18 and over."""
    weights = P["audience.population"]
    for platform, share in {
        "facebook": 0.721,
        "instagram": 0.447,
        "threads": 0.175,
        "youtube": 0.723,
        "line": 0.897,
    }.items():
        reached = sum(w * m for w, m in zip(weights, P["audience.membership"][platform], strict=True))
        assert reached == pytest.approx(share, abs=0.02), platform


def test_a_change_makes_a_copy():
    before = P["reach.share"]["facebook"]
    assert P.scaled("reach.share", 2)["reach.share"]["facebook"] == pytest.approx(2 * before)
    assert P["reach.share"]["facebook"] == before


def test_an_unknown_name_lists_its_section():
    with pytest.raises(NotFound, match=r"reach\.hook"):
        P["reach.hooks"]
