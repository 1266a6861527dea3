"""The learner's case of lesson 4.5: each log has one fault, and one supplier of three tells chances as they are."""

from __future__ import annotations

from functools import cache

import pytest

from xiaobian.ai.publishing.trials import tried
from xiaobian.analytics.churn.scores import auc, reliability
from xiaobian.exercises.automation import FAULTS, OFFER, Case, case, months

SEEDS = (3, 2**31 + 7)


@cache
def made(seed: int) -> Case:
    return case(seed)


def gap(followers, name):
    bins = reliability(followers[name].to_numpy(), followers["left"].to_numpy(dtype=bool))
    return float((bins["n"] * (bins["told"] - bins["came"]).abs()).sum() / bins["n"].sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_each_log_shows_its_own_fault_only(seed):
    logs = made(seed).logs
    replies = logs.groupby(level=0)["平台的回覆"].agg(tuple)
    assert list(logs.index.unique()) == list(FAULTS)
    assert set(replies["紀錄一"]) == {"401"} and replies["紀錄二"] == ("ok", "ok")
    assert (
        "not_ready" in replies["紀錄三"]
        and replies["紀錄四"].count("timeout") == 1
        and "429" in replies["紀錄五"]
    )
    assert logs.loc["紀錄四", "頁面上"].eq("2 則").all() and logs.loc["紀錄二", "頁面上"].eq("1 則").all()


@pytest.mark.parametrize("seed", SEEDS)
def test_one_supplier_is_calibrated_and_all_rank_alike(seed):
    followers = made(seed).followers
    assert 2 * gap(followers, "丙") < min(gap(followers, "甲"), gap(followers, "乙"))
    left = followers["left"].to_numpy(dtype=bool)
    ranks = [auc(followers[name].to_numpy(), left) for name in "甲乙丙"]
    assert max(ranks) - min(ranks) < 0.06 and min(ranks) > 0.75


@pytest.mark.parametrize("seed", SEEDS)
def test_the_next_month_is_another_one(seed):
    first, second = months(seed)
    both = first.merge(second, on="follower_id")
    assert (both["left_x"] != both["left_y"]).any() and (both["opted_out_x"] == both["opted_out_y"]).all()
    assert 0.05 < second["opted_out"].mean() < 0.15 and 0.6 < OFFER.cut < 0.75


def test_the_practice_week_is_kept_and_the_post_is_of_the_morning():
    one = made(SEEDS[0])
    assert one.week == SEEDS[0] and tried(FAULTS["紀錄一"][0], one.week) is tried(
        FAULTS["紀錄一"][0], one.week
    )
    hour = one.post["要發的時間（台北）"].iloc[0].split()[-1]
    assert "06:00" <= hour <= "07:45"
