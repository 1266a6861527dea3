"""The budget explorer: every choice redraws, parts add up, more money never brings less, and what is a guess is said."""

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.analytics import ads_budget
from xiaobian.panels.budget import WAYS, brings, shares
from xiaobian.plotting import review


@pytest.fixture(scope="module")
def found():
    spend = np.tile([500.0, 1000, 2000, 4000, 8000], 8)
    luck = np.random.default_rng(3)
    rows = [
        pd.DataFrame(
            {
                "channel": channel,
                "spend_ntd": spend,
                "clicks": luck.poisson(level * spend**0.4 * luck.gamma(16, 1 / 16, len(spend))),
            }
        )
        for channel, level in {"facebook": 12.0, "instagram": 6.0, "tiktok": 3.0}.items()
    ]
    return ads_budget(pd.concat(rows, ignore_index=True), result="clicks", simulated=True)


def test_every_choice_draws_another_picture_and_sentence(found):
    panel = xb.panels.budget_explorer(found, "連結點擊")
    assert repr(panel).startswith("互動面板：")
    for name, box in panel.choices.items():
        assert box.description.strip(), name
        seen = set()
        for _, value in box.options:
            box.value = value
            assert "執行錯誤" not in panel.sentence.value
            seen.add((bytes(panel.picture.value), panel.sentence.value))
        assert len(seen) >= len(box.options) - 1, name


@pytest.mark.parametrize("way", WAYS.values())
def test_parts_add_up_and_money_brings_more_but_ever_less(found, way):
    part = shares(found, way)
    assert part.sum() == pytest.approx(1) and (part >= 0).all()
    small, middle, large = (np.median(brings(found, b * part).sum(axis=1)) for b in (2_000, 4_000, 8_000))
    assert small < middle < large
    assert large / middle < 2 and middle / small < 2


def test_each_way_does_what_it_says(found):
    cost = found.table.set_index("channel")["cost"]
    by = {way: dict(zip(found.curves, shares(found, way), strict=True)) for way in WAYS.values()}
    assert by["cheapest"][cost.idxmin()] == 1
    assert len(set(by["equal"].values())) == 1
    assert by["results"]["facebook"] > by["results"]["instagram"] > by["results"]["tiktok"]


def test_what_was_never_tried_and_what_is_not_counted_is_said(found):
    panel = xb.panels.budget_explorer(found, "連結點擊", way="cheapest")
    assert "免費得來的連結點擊沒有算進來" in panel.sentence.value
    panel.choices["budget"].value = "30000"
    assert "Facebook 超出試過的花費" in panel.sentence.value
    panel.choices["way"].value = "equal"
    assert "超出" not in panel.sentence.value
    assert "沒有算進來" not in panel.sentence.value


def test_the_picture_is_readable(found):
    from xiaobian.panels.budget import _bars

    spend = 10_000 * shares(found, "results")
    figure = _bars(found, spend, brings(found, spend), "連結點擊", "換到越多、分越多")
    assert not review(figure.axes[0])
