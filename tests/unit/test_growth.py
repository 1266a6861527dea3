"""Follower growth: what was bought is found on its day, what posts won is not called bought, what stays is the truth's."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import growth
from xiaobian.analytics.growth.waves import BOUGHT
from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox.world import Tables, World

SEEDS = (3, 11, 29)


@cache
def past(seed: int, **settings: float) -> tuple[World, Tables]:
    world = World(
        seed, "drinks", settings={name.replace("__", "."): value for name, value in settings.items()}
    )
    return world, world.history(weeks=52)


def days(gained, lost=10.0, followers=20_000.0, **more) -> pd.DataFrame:
    date = pd.date_range("2026-01-01", periods=len(gained))
    return pd.DataFrame(
        {
            "platform": "instagram",
            "account": "a",
            "date": date,
            "followers": followers,
            "gained": gained,
            "lost": lost,
            **more,
        }
    )


@pytest.mark.parametrize("with_posts", [True, False])
def test_bought_followers_are_dated_counted_and_nothing_else_is_called_bought(with_posts):
    for seed in SEEDS:
        world, tables = past(seed)
        bots = world.bots(364)
        found = growth(tables.account_days, tables.posts if with_posts else None).bought
        assert len(found) == 1
        one = found.iloc[0]
        assert one["platform"] == bots.platform
        assert abs((one["first"] - world.start).days - bots.day) <= 1
        assert abs((one["purge_date"] - world.start).days - bots.purge_day) <= 1
        assert one["number"] == pytest.approx(bots.number, rel=0.05)
        assert one["purged"] == pytest.approx(bots.purged, rel=0.1)


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_a_quarter_more_or_less_bought_is_still_found(factor):
    world, tables = past(5, followers__bot_share=0.045 * factor)
    bots = world.bots(364)
    first = growth(tables.account_days, tables.posts).bought["first"]
    assert [(day - world.start).days for day in first] == [bots.day]


def test_a_world_without_bought_followers_has_none():
    for seed in SEEDS:
        tables = World(seed, "drinks", null=True).history(weeks=26)
        assert growth(tables.account_days, tables.posts).bought.empty


def test_days_in_another_order_lose_the_date():
    rng, hits = np.random.default_rng(0), 0
    for seed in SEEDS:
        world, tables = past(seed)
        mine = tables.account_days[tables.account_days["platform"] == "instagram"].copy()
        order = rng.permutation(len(mine))
        mine[["gained", "lost"]] = mine[["gained", "lost"]].to_numpy()[order]
        first = growth(mine).bought["first"]
        hits += any(abs((day - world.start).days - world.bots(364).day) <= 1 for day in first)
    assert hits <= 1


def test_a_post_that_travelled_is_not_bought_when_its_follows_or_its_reach_say_so():
    rng = np.random.default_rng(1)
    reach = rng.poisson(3000, 120).astype(float)
    reach[60] = 90_000
    gained = rng.poisson(10 + reach * 0.002).astype(float)
    table = days(gained, reach=reach)
    when = pd.Timestamp("2026-03-02 09:00", tz="Asia/Taipei")
    posts = pd.DataFrame({"platform": ["instagram"], "published_at": [when], "follows": [gained[60] - 16]})
    assert growth(table).bought.empty
    assert growth(table, posts).bought.empty
    assert (growth(table).waves["kind"] != BOUGHT).any()
    bought = days(np.where(np.arange(120) == 60, gained, 16), reach=3000.0)
    assert growth(bought).bought["first"].tolist() == [when.tz_localize(None).normalize()]


def test_the_parts_add_up_to_what_was_gained():
    _, tables = past(3)
    table = growth(tables.account_days, tables.posts).table
    whole = table[["from_posts", "from_paid", "background", "bought"]].sum(axis=1)
    assert np.allclose(whole, table["gained"])
    assert np.allclose(table["net"], table["end"] - table["start"])


def test_the_daily_loss_is_the_truth_and_its_interval_holds_it():
    inside = []
    for seed in SEEDS:
        world, tables = past(seed, followers__promo_loss=0.0)
        for row in growth(tables.account_days, tables.posts).table.itertuples():
            if row.platform == "facebook" and row.days >= 28:
                h = world.parameters["followers.background_loss"]
                # The sandbox counts losses on the planned, not on the realised number of followers.
                inside.append(row.stay_low <= np.exp(-30 * h) <= row.stay_high)
    assert np.mean(inside) >= 0.85


def test_bought_followers_that_were_purged_do_not_count_as_kept():
    world, tables = past(3)
    table = growth(tables.account_days, tables.posts).table
    row = table[(table["platform"] == "instagram") & (table["bought"] > 0)].iloc[0]
    bots = world.bots(364)
    kept = (row["gained"] - bots.number) * np.exp(-30 * row["daily_loss"]) + bots.number - bots.purged
    assert row["stay"] == pytest.approx(kept / row["gained"], abs=0.03)
    assert row["stay_least"] < row["stay"]


def test_without_gained_the_change_of_followers_is_used_and_said():
    world, tables = past(3)
    table = tables.account_days.assign(gained=pd.NA, lost=pd.NA)
    result = growth(table[table["platform"] == "instagram"])
    assert [(day - world.start).days for day in result.bought["first"]] == [world.bots(364).day]
    assert any("粉絲數每天的增減" in note for note in result.notes)


@pytest.mark.parametrize("column", ["gained", "lost"])
def test_one_missing_side_is_worked_out_from_the_other_and_said(column):
    _, tables = past(3)
    mine = tables.account_days[tables.account_days["platform"] == "facebook"]
    whole, part = growth(mine), growth(mine.assign(**{column: pd.NA}))
    assert part.table[column].iloc[1:].tolist() == whole.table[column].iloc[1:].tolist()
    assert any("推回來" in note for note in part.notes)


def test_few_days_are_not_judged_and_gaps_are_told():
    result = growth(days(np.r_[np.full(9, 10.0), 900.0]))
    assert result.bought.empty
    assert any("不到 28 天" in note for note in result.notes)
    assert "還不能說" in result.say()
    gap = days(np.full(40, 10.0)).drop(index=[5, 6])
    assert any("2 天沒有資料" in note for note in growth(gap).notes)


def test_the_words_and_the_picture():
    world = World(3)
    tables = world.history(weeks=52)
    result = growth(tables.account_days, tables.posts)
    month = (world.start + dt.timedelta(days=world.bots(364).day)).strftime("%Y-%m")
    assert "像灌粉" in result.say("instagram", month)
    assert "島嶼沙盒模擬資料" in result.notes
    figure = result.plot("instagram")
    assert "突然多" in repr(figure)
    assert not [f for f in review(figure.axes[0]) if f.severity == "error"]


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ([1], "帳號每日表"),
        (pd.DataFrame({"platform": ["line"], "date": [pd.Timestamp("2026-01-01")]}), "followers"),
        (days(np.full(3, 1.0), followers=np.nan), "粉絲數"),
        (pd.concat([days(np.full(3, 1.0))] * 2), "兩列"),
    ],
)
def test_what_is_no_table_of_days_is_refused(table, part):
    with pytest.raises(TableError, match=part):
        growth(table)


def test_posts_of_two_accounts_are_told_apart_or_refused():
    table = pd.concat([days(np.full(40, 10.0)), days(np.full(40, 20.0)).assign(account="b")])
    when = pd.Timestamp("2026-01-05 09:00", tz="Asia/Taipei")
    posts = pd.DataFrame(
        {"platform": ["instagram"], "published_at": [when], "follows": [6], "account": ["b"]}
    )
    found = growth(table, posts).table.groupby("account")["from_posts"].sum()
    assert found.to_dict() == {"a": 0, "b": 6}
    with pytest.raises(TableError, match="account"):
        growth(table, posts.drop(columns="account"))


def test_an_unknown_platform_or_month_is_refused_with_those_there_are():
    result = growth(days(np.full(40, 10.0)))
    with pytest.raises(TableError, match="instagram"):
        result.say("line")
    with pytest.raises(TableError, match="2026-01"):
        result.say("instagram", "2020-01")


def test_the_tables_given_are_left_as_they_were():
    _, tables = past(3)
    before, posts = tables.account_days.copy(), tables.posts.copy()
    growth(tables.account_days, tables.posts)
    pd.testing.assert_frame_equal(tables.account_days, before)
    pd.testing.assert_frame_equal(tables.posts, posts)
