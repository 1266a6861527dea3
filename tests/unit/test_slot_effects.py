"""Posting times: the truth of the sandbox is found, luck is not, and the words stay honest."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics.slots.posts import slot_posts
from xiaobian.analytics.slots.slot_effects import METHODS, MIN_POSTS, slot_effects
from xiaobian.analytics.slots.within import _Design
from xiaobian.errors import NotFound, TableError
from xiaobian.plotting import review
from xiaobian.sandbox import World
from xiaobian.sandbox.effects import smooth_cycle
from xiaobian.sandbox.posted import posted
from xiaobian.sandbox.truth import daypart_effects

WORLDS = 8


@cache
def world(seed, policy="habit"):
    """A world and half a year of its posts, plan included."""
    drawn = World(seed, "drinks")
    return drawn, posted(drawn, drawn.plan(26, policy))


@cache
def dayparts(method, policy="habit"):
    """Error and coverage of evening against morning and of morning against afternoon, a row each a world."""
    rows = []
    for seed in range(500, 500 + WORLDS):
        drawn, posts = world(seed, policy)
        found = slot_effects(posts, None, method, by="daypart", outcome="reach", level=0.95)
        truth = daypart_effects(drawn)["all"]
        for one, other in (("evening", "morning"), ("morning", "afternoon")):
            value, low, high = found.contrast(one, other)
            true = truth[one] - truth[other]
            rows.append((value - true, low <= true <= high, value > 0))
    return np.array(rows, dtype=float)


def test_the_naive_mean_crowns_the_evening_and_adjusting_takes_the_crown_back():
    naive, adjusted = dayparts("naive")[::2], dayparts("adjusted")
    assert naive[:, 2].mean() >= 0.95
    assert naive[:, 0].mean() > 0.25
    assert abs(adjusted[::2, 0].mean()) < 0.03
    assert adjusted[:, 1].mean() >= 0.85


def test_weights_take_most_of_the_confounding_away():
    assert abs(dayparts("ipw")[::2, 0].mean()) < 0.08


@pytest.mark.parametrize("policy", ["habit", "random"])
def test_pooled_dayparts_keep_what_their_intervals_promise(policy):
    rows = dayparts("shrunk", policy)
    assert rows[:, 1].mean() >= 0.85
    assert abs(rows[:, 0].mean()) < 0.03


def test_with_times_drawn_by_chance_even_the_naive_mean_is_right():
    rows = dayparts("naive", "random")
    assert abs(rows[:, 0].mean()) < 0.05
    assert rows[:, 1].mean() >= 0.85


def test_hours_that_people_avoid_get_wide_intervals_and_no_recommendation():
    inside = []
    for seed, policy in ((501, "habit"), (503, "habit"), (502, "random"), (504, "random")):
        drawn, posts = world(seed, policy)
        rows = slot_effects(posts, outcome="reach").of()
        night = rows["slot"].to_numpy() % 24 < 5
        width = (rows["high"] - rows["low"]).to_numpy()
        assert width[night].mean() > 2 * width[~night].mean()
        assert not rows["recommended"][night].any()
        usual, true = rows["n"].to_numpy(dtype=float), drawn.effects.slot.mean(axis=0)
        against = true - usual @ true / usual.sum()
        inside.append(((rows["low"] <= against) & (against <= rows["high"]))[night].mean())
    assert np.mean(inside) > 0.8


def test_a_daypart_without_a_single_post_is_left_out():
    _, posts = world(500, "random")
    night = slot_effects(posts, by="daypart").of().set_index("slot").loc["night"]
    assert night["n"] == 0
    assert np.isnan(night[["effect", "low", "high", "top"]].to_numpy(dtype=float)).all()
    assert not night["recommended"]


def test_counting_indicators_gives_the_regression_that_writes_them_out():
    _, posts = world(501)
    data = slot_posts(posts, None, "reach", "account")
    assert data.periods > 1
    design = _Design(data, data.slot)
    dense = np.hstack([data.known, (data.unit[:, None] == np.arange(1, len(data.units))).astype(float)])
    means = np.array([np.bincount(data.slot, column) for column in dense.T]).T / design.n[:, None]
    dense = dense - means[data.slot]
    assert np.allclose(design.gram, dense.T @ dense)
    centred = data.y - design.by_slot(data.y)
    assert np.allclose(design.pull(centred), dense.T @ centred)
    beta = np.linspace(-1, 1, dense.shape[1])
    assert np.allclose(design.push(beta), dense @ beta)


@cache
def crowd(seed, accounts=12, posts=120, shared=0.3, own=0.2):
    """A posts table and the true effects [accounts, 168]."""
    rng = np.random.default_rng(seed)
    true = shared * smooth_cycle(rng, 2.5, 1) + own * smooth_cycle(rng, 2.5, accounts)
    hour = np.full(24, 0.12)
    hour[7:23], hour[9:18] = 0.5, 1.0
    weight = np.tile(hour, 7) / hour.sum() / 7
    slot = rng.choice(168, p=weight, size=(accounts, posts))
    mean = np.log(100) + np.take_along_axis(true, slot, 1) + 0.8 * rng.standard_normal(slot.shape)
    hours = slot + 168 * rng.integers(0, 40, slot.shape)
    when = pd.Timestamp("2025-01-06", tz="Asia/Taipei") + pd.to_timedelta(hours.ravel(), unit="h")
    table = pd.DataFrame(
        {
            "platform": "facebook", "account": np.repeat([f"a{k:02d}" for k in range(accounts)], posts),
            "published_at": when, "likes": rng.poisson(np.exp(mean)).ravel(),
        }
    )  # fmt: skip
    return table, true, slot


def lift(true, score):
    best = np.argsort(-np.nan_to_num(score, nan=-9), axis=1, kind="stable")[:, :5]
    return float(
        (np.take_along_axis(np.exp(true), best, 1).mean(axis=1) / np.exp(true).mean(axis=1) - 1).mean()
    )


def by_account(found, column):
    rows = found.table[found.table["account"] != "全部"]
    return rows[column].to_numpy(dtype=float).reshape(-1, 168)


def test_pooling_brings_more_than_each_account_s_own_means_and_its_intervals_hold():
    ours, naive, covered = [], [], []
    for seed in range(3):
        posts, true, slot = crowd(seed)
        found = slot_effects(posts)
        ours.append(lift(true, by_account(found, "effect")))
        naive.append(lift(true, by_account(found, "raw")))
        against = true - np.take_along_axis(true, slot, 1).mean(axis=1, keepdims=True)
        covered.append((by_account(found, "low") <= against) & (against <= by_account(found, "high")))
    assert np.mean(ours) > 1.3 * np.mean(naive)
    assert 0.8 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_pooling_also_wins_when_the_effects_have_another_size(factor):
    posts, true, _ = crowd(20, shared=0.3 * factor, own=0.2 * factor)
    found = slot_effects(posts)
    assert lift(true, by_account(found, "effect")) > lift(true, by_account(found, "raw"))


def test_shuffled_likes_have_no_best_time():
    claims = 0
    for seed in range(5):
        posts, _, _ = crowd(30 + seed, accounts=1, posts=300)
        mixed = posts.assign(likes=np.random.default_rng(seed).permutation(posts["likes"]))
        found = slot_effects(mixed)
        claims += not found.abstained()
        assert found.abstained() == found.best().empty
    assert claims <= 1


def test_probabilities_are_probabilities_and_point_at_the_truth():
    posts, true, _ = crowd(3, posts=400)
    top = by_account(slot_effects(posts), "top")
    assert ((top >= 0) & (top <= 1)).all()
    assert np.allclose(top.sum(axis=1), 5)
    best = np.zeros_like(top)
    np.put_along_axis(best, np.argsort(-true, axis=1)[:, :5], 1.0, 1)
    assert top[best == 1].mean() > 4 * top[best == 0].mean()


@pytest.fixture(scope="module")
def page():
    """Two hundred posts of one page, as an export has them."""
    return World.page(3, posts=200)


def test_a_page_without_plan_columns_is_read_and_its_blind_spot_named(page):
    found = slot_effects(page)
    assert found.accounts and found.posts == 200
    assert any("hook" in note for note in found.notes)
    assert np.isfinite(found.table["effect"]).all()


def test_few_posts_are_not_judged_and_the_number_needed_is_said(page):
    found = slot_effects(page.head(MIN_POSTS - 1))
    assert found.abstained()
    assert found.table["effect"].isna().all()
    assert f"至少要 {MIN_POSTS} 則" in found.say()
    assert f"{found.needed:,}" in found.say()
    assert "太少" in repr(found.plot())


def test_the_number_needed_is_the_textbook_s():
    from scipy.stats import norm

    found = slot_effects(crowd(1)[0])
    each = found.needed
    power = norm.cdf(np.log(1.1) / (found.noise * (2 / each) ** 0.5) - norm.ppf(0.95))
    assert power == pytest.approx(0.8, abs=0.01)


def test_missing_outcomes_are_left_out_and_counted():
    posts = crowd(1, accounts=2)[0].astype({"likes": "Int64"})
    posts.loc[:9, "likes"] = pd.NA
    before = posts.copy()
    found = slot_effects(posts)
    assert found.posts == len(posts) - 10
    assert any("10 則" in note for note in found.notes)
    pd.testing.assert_frame_equal(posts, before)


def test_hours_are_taipei_s():
    posts = crowd(1, accounts=1)[0]
    there = posts.assign(published_at=posts["published_at"].dt.tz_convert("UTC"))
    pd.testing.assert_frame_equal(slot_effects(posts).table, slot_effects(there).table)


def test_an_account_on_two_platforms_counts_as_two():
    posts = crowd(1, accounts=2)[0]
    posts.loc[posts["account"] == "a01", "platform"] = "instagram"
    assert slot_effects(posts.assign(account="same")).accounts == ("全部", "Facebook", "Instagram")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"method": "magic"}, "magic"),
        ({"by": "minute"}, "minute"),
        ({"outcome": "joy"}, "joy"),
        ({"outcome": "reach"}, "觸及"),
        ({"level": 2}, "level"),
        ({"method": "ipw"}, "propensity"),
        ({"account": "owner"}, "owner"),
    ],
)
def test_wrong_choices_are_explained(options, says):
    with pytest.raises((TableError, NotFound), match=says):
        slot_effects(crowd(1, accounts=1)[0], **options)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p: p.iloc[:0], "是空的"),
        (lambda p: p.drop(columns="published_at"), "發佈時間"),
        (lambda p: p.assign(published_at=p["published_at"].dt.tz_localize(None)), "時區"),
        (lambda p: p.assign(likes=-1), "負的"),
        (lambda p: p.assign(likes="好多"), "不是數字"),
    ],
)
def test_wrong_tables_are_explained(change, says):
    with pytest.raises(TableError, match=says):
        slot_effects(change(crowd(1, accounts=1)[0]))


def test_a_plan_of_other_posts_is_refused():
    _, posts = world(500)
    plan = posts[["platform", "post_id", "hook"]]
    other = plan.assign(post_id=plan["post_id"] + "x")
    with pytest.raises(TableError, match="對不起來"):
        slot_effects(posts.drop(columns="hook"), other)


def test_platforms_that_count_differently_are_named_without_advice_that_does_not_exist():
    posts = crowd(1, accounts=2)[0].assign(saves=1.0)
    other = posts["account"] == "a01"
    posts = posts.assign(
        platform=posts["platform"].mask(other, "instagram"), saves=posts["saves"].where(other)
    )
    told = repr(slot_effects(posts, None, "naive", by="daypart"))
    assert "各平台加總的互動不是同一種" in told
    assert "Facebook 的互動＝按讚" in told
    assert "engagement=" not in told


def test_unknown_slots_and_accounts_are_explained():
    found = slot_effects(crowd(1, accounts=1)[0])
    with pytest.raises(NotFound, match="帳號"):
        found.of("nobody")
    with pytest.raises(NotFound, match="時段"):
        found.contrast("tea time", 3)


@pytest.mark.parametrize("by", ["hour_of_week", "daypart"])
def test_every_method_speaks(by):
    _, posts = world(500)
    for method in METHODS:
        assert slot_effects(posts, None, method, by=by, outcome="reach").say().endswith("。")


@pytest.mark.parametrize(
    ("by", "method"), [("hour_of_week", "shrunk"), ("hour_of_week", "adjusted"), ("daypart", "naive")]
)
def test_every_picture_is_drawn_and_passes_review(by, method):
    found = slot_effects(world(500)[1], None, method, by=by, outcome="reach")
    chart = found.plot()
    assert chart.summary == found.say()
    assert not [one for ax in chart.axes for one in review(ax) if one.severity == "error"]
