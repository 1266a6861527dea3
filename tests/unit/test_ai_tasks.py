"""Every task through the real client with the rules engine behind it: a valid Result, honest badge, true checks."""

from __future__ import annotations

import pytest

import xiaobian as xb
from xiaobian.ai.briefs import example


@pytest.fixture(scope="module")
def assistant():
    with xb.ai.connect() as made:
        yield made


def test_headlines_are_different_checked_and_labelled_outside_the_copy(assistant):
    result = assistant.headlines(example(), n=8)
    texts = [variant.text for variant in result.data.variants]
    assert len(set(texts)) == 8
    assert all(row.passed for row in result.checks)
    assert (result.engine, result.is_ai, result.cost) == ("offline", False, 0)
    assert result.badge == "離線規則引擎，不是 AI 生成"
    assert "離線" not in result.text


def test_the_same_seed_gives_the_same_headlines_and_another_seed_others(assistant):
    first, again, other = (assistant.headlines(example(), seed=seed).text for seed in (1, 1, 2))
    assert first == again != other
