"""Drivers: few false findings, true ones found, and nothing where there is nothing."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import drivers
from xiaobian.analytics.drivers.model import fit, within
from xiaobian.errors import NotFound, TableError
from xiaobian.sandbox.world import World

PLAN = ["post_id", "pillar", "hook", "emotion", "cta", "negative_words", "positive_words", "price_line",
        "personality", "boost_ntd"]  # fmt: skip
NUMBERS = ["views", "reach", "likes", "comments", "shares", "saves"]
FEATURES = ["format", *PLAN[1:-1], "odd_day", *(f"noise_{k}" for k in range(8))]
ON = {"engagement.cta": {"none": 0.0, "ask": 0.2, "tag": 0.16, "save": 0.12, "link": -0.12}}
OFF = {
    "format": {"reach.format": {}, "engagement.format": {}},
    "pillar": {"reach.pillar": {}, "engagement.affinity": 0.0},
    "price_line": {"engagement.price_line": 0.0, "engagement.price_with_personality": 0.0},
}
TRUE = {"cta", "hook"}
"""Switched on in ``planted``; format, pillar and price line are off, the rest never moves engagements."""


@cache
def planted(seed: int, weeks: int = 40, factor: float = 1.0, null: bool = False) -> pd.DataFrame:
    """Posts of a world in which only call to action and hook matter, with noise columns beside them."""
    cta = {name: value * factor for name, value in ON["engagement.cta"].items()}
    settings = {**OFF["format"], **OFF["pillar"], **OFF["price_line"], "engagement.cta": cta}
    past = World(seed, "drinks", settings=None if null else settings, null=null).history(weeks=weeks)
    posts, rng = past.posts.merge(past.plan[PLAN], on="post_id"), np.random.default_rng([seed, 7])
    posts["odd_day"] = posts["published_at"].dt.day_of_week % 2 == 1
    for k in range(8):
        posts[f"noise_{k}"] = (
            rng.standard_normal(len(posts)) if k % 2 else rng.random(len(posts)) < 0.1 * (k + 1)
        )
    return posts


def shuffled(posts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The numbers of posts dealt out anew among the posts of the same platform."""
    rng, mixed = np.random.default_rng(seed), posts.copy()
    for _, rows in posts.groupby("platform").groups.items():
        mixed.loc[rows, NUMBERS] = posts.loc[rng.permutation(rows), NUMBERS].to_numpy()
    return mixed


def look(posts: pd.DataFrame, features: list[str] | None = None, **options: object) -> pd.DataFrame:
    return drivers(posts, FEATURES if features is None else features, **{"resamples": 0, **options}).table


@pytest.mark.parametrize("factor", [0.75, 1.0, 1.25])
def test_few_of_what_it_finds_is_false_and_what_is_true_is_found(factor):
    rates, loud, recall = [], [], []
    for seed in range(8):
        table = look(planted(seed, factor=factor))
        real = table["feature"].isin(TRUE)
        rates.append((table["found"] & ~real).sum() / max(table["found"].sum(), 1))
        loud.append(((table["p"] <= 0.05) & ~real).sum() / (table["p"] <= 0.05).sum())
        recall.append((table["found"] & real).sum() / real.sum())
    print(
        f"\ncta × {factor}: FDR {np.mean(rates):.3f}, without correction {np.mean(loud):.3f}; recall {np.mean(recall):.2f}"
    )
    assert np.mean(rates) <= 0.10
    assert np.mean(loud) > 2 * np.mean(rates)
    assert np.mean(recall) > 0.35


def test_nothing_is_found_in_shuffled_numbers_and_in_worlds_without_effects():
    mixed = [look(shuffled(planted(seed), seed)) for seed in range(20)]
    null = [look(planted(seed, null=True)) for seed in range(8)]
    runs = {
        name: np.mean([t["found"].any() for t in tables])
        for name, tables in (("shuffled", mixed), ("null", null))
    }
    loud = np.mean([(t["p"] <= 0.05).any() for t in mixed])
    print(f"\nruns with a finding: {runs}; without correction {loud:.2f}")
    assert runs["shuffled"] <= 0.10
    assert runs["null"] <= 0.13
    assert loud > 0.4


def test_intervals_hold_nothing_where_nothing_is():
    held = []
    for seed in range(14):
        table = look(planted(seed))
        false = table[~table["feature"].isin(TRUE)]
        held.append(((false["low"] <= 0) & (false["high"] >= 0)).mean())
    assert 0.92 <= np.mean(held) <= 0.99


def test_looking_only_at_hits_is_a_trap():
    """A format that only the large platform uses fills the list of hits without doing anything."""
    rng = np.random.default_rng(3)
    large = rng.random(600) < 0.3
    posts = pd.DataFrame(
        {
            "platform": np.where(large, "instagram", "threads"),
            "format": np.where(rng.random(600) < np.where(large, 0.8, 0.15), "carousel", "image"),
            "published_at": pd.date_range("2026-01-05", periods=600, freq="7h", tz="Asia/Taipei"),
            "likes": np.round(np.where(large, 2000, 100) * rng.lognormal(0, 0.5, 600)),
        }
    )
    row = drivers(posts, ["format"], engagement="likes").table.iloc[0]
    assert row["level"] == "carousel"
    assert row["share_top"] > 1.8 * row["share_all"]
    assert row["raw_effect"] > 1
    assert not row["found"]
    assert abs(row["effect"]) < 0.15


def test_it_is_least_squares_with_hc3_errors():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    period = np.repeat(np.arange(10), 12)
    held, tested = rng.standard_normal((120, 2)), (rng.random((120, 3)) < 0.4).astype(float)
    y = tested[:, 0] + rng.standard_normal(120) * (1 + tested[:, 1])
    mine = fit(y, tested, held, period, 0, 0)
    weeks = (period[:, None] == np.arange(10)).astype(float)
    theirs = sm.OLS(y, np.column_stack([held, tested, weeks])).fit(cov_type="HC3", use_t=True)
    np.testing.assert_allclose(mine.coefficient, theirs.params[2:5], rtol=1e-8)
    np.testing.assert_allclose(mine.error, theirs.bse[2:5], rtol=1e-8)
    np.testing.assert_allclose(mine.p, theirs.pvalues[2:5], rtol=1e-8)
    assert np.allclose(within(y[:, None], period).reshape(10, 12).sum(axis=1), 0)


def test_an_element_that_is_another_one_in_disguise_is_not_judged():
    posts = planted(1).assign(copy=lambda p: p["cta"])
    table = look(posts, ["cta", "copy"])
    assert table.loc[table["feature"] == "cta", "p"].notna().all()
    assert table.loc[table["feature"] == "copy", "p"].isna().all()


def test_sure_elements_stay_in_resamples_and_noise_does_not():
    table = drivers(planted(2), FEATURES, resamples=60).table
    assert table.loc[table["feature"] == "hook", "stays"].iloc[0] == 1
    assert table.loc[table["feature"].str.startswith("noise"), "stays"].median() < 0.4


def test_words_and_signs_of_the_caption_can_be_asked():
    rng = np.random.default_rng(4)
    has = rng.random(300) < 0.4
    posts = pd.DataFrame(
        {
            "platform": "facebook",
            "published_at": pd.date_range("2026-01-05", periods=300, freq="13h", tz="Asia/Taipei"),
            "caption": np.where(has, "限量開賣！", "今天也上架")
            + pd.Series(rng.choice(["", "你選哪個？"], 300)),
            "likes": np.round(100 * np.where(has, 1.6, 1.0) * rng.lognormal(0, 0.4, 300)),
        }
    )
    result = drivers(posts, ["question"], words=["限量"], engagement="likes")
    assert list(result.found["label"]) == ["文案有「限量」"]
    assert result.found["low"].iloc[0] < 0.6 < result.found["high"].iloc[0]
    assert "同一週" in result.say() or "同一個月" in result.say()


@pytest.mark.parametrize("weeks", [1, 2])
def test_it_abstains_with_too_few_posts(weeks):
    result = drivers(planted(1, 40).head(23 * weeks), FEATURES)
    assert result.abstained
    assert result.found.empty
    assert "先不判斷" in result.say()
    assert "太少" in repr(result.plot())


def test_rare_levels_and_missing_values_are_said_and_the_input_is_left_alone():
    posts = planted(3).copy()
    posts["cta"] = posts["cta"].astype("object")
    posts.loc[posts.index[:5], "cta"] = None
    posts.loc[posts.index[5:9], "cta"] = "shout"
    copy = posts.copy(deep=True)
    result = drivers(posts, ["cta"])
    pd.testing.assert_frame_equal(posts, copy)
    notes = "".join(result.notes)
    assert "5 則貼文缺數字、時間或元素" in notes
    assert "少於 10 則，不判斷：行動呼籲：shout" in notes
    assert result.posts == len(posts) - 5


def test_say_tells_what_stands_what_would_have_been_said_and_what_it_is_not():
    result = drivers(planted(4), FEATURES)
    told = result.say()
    for part in ("校正後站得住的有", "內容強度", "p ≤ 0.05", "不等於加上去就會變", "A/B 測試"):
        assert part in told
    quiet = next(
        r for r in (drivers(planted(s, null=True), ["emotion", "odd_day"]) for s in range(9)) if r.found.empty
    )
    assert "沒有一個站得住" in quiet.say()


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        (lambda p: p.drop(columns="published_at"), {}, TableError, "published_at"),
        (lambda p: p.drop(columns="platform"), {}, TableError, "platform"),
        (lambda p: p.head(0), {}, TableError, "空的"),
        (lambda p: p, {"features": ["mood"]}, TableError, "mood"),
        (lambda p: p, {"features": ["post_id"]}, TableError, "不像元素"),
        (lambda p: p.drop(columns="caption"), {"words": ["限量"]}, TableError, "文案"),
        (lambda p: p, {"kpi": "fame"}, NotFound, "fame"),
        (lambda p: p, {"fdr": 5}, TableError, "fdr"),
    ],
)
def test_a_mistake_is_told_with_a_next_step(change, options, error, said):
    with pytest.raises(error) as caught:
        drivers(change(planted(1)), **{"features": ["cta"], **options})
    assert said in str(caught.value)


def test_the_chart_draws_silently_and_nothing_leaves_the_picture():
    for posts in (planted(4), planted(4).head(20)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = drivers(posts, FEATURES)
            figure = result.plot()
            figure.draw_without_rendering()
        assert figure.summary == result.say()
        (ax,) = figure.axes
        boxes = [ax._left_title.get_window_extent(), *(t.get_window_extent() for t in ax.texts)]
        assert all(b.x0 >= 0 and b.x1 <= figure.bbox.width and b.y1 <= figure.bbox.height for b in boxes)
