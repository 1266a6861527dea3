"""Many weeks under one policy: what each single change brings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xiaobian.ai.publishing import CAREFUL, Policy, changes, simulate, week
from xiaobian.ai.publishing.trials import NAMES, OPTIONS, mean_score

SEEDS = (11, 12, 13)


def test_the_mean_is_of_the_weeks_themselves():
    runs = [simulate(week(seed), CAREFUL, seed) for seed in SEEDS]
    assert mean_score(CAREFUL, SEEDS) == pytest.approx(sum(run.score for run in runs) / 3)


def test_every_change_is_one_choice_and_its_gain_is_the_difference():
    table = changes(CAREFUL, SEEDS)
    assert len(table) == sum(len(options) - 1 for options in OPTIONS.values())
    assert table["gain"].is_monotonic_decreasing
    for row in table.sample(4, random_state=1).itertuples():
        other = mean_score(replace(CAREFUL, **{row.choice: row.value}), SEEDS)
        assert row.gain == pytest.approx(other - mean_score(CAREFUL, SEEDS))


def test_care_cannot_be_bettered_by_much_and_carelessness_can():
    assert changes(CAREFUL, SEEDS)["gain"].max() < 0.02
    first = changes(Policy(wait="short"), SEEDS).iloc[0]
    assert first["choice"] == "clock" and first["gain"] > 0.3


def test_every_choice_has_a_name():
    assert set(NAMES) == set(OPTIONS) == set(CAREFUL.__dataclass_fields__)
