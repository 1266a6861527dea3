"""Over-performing posts: fairer than raw numbers and the CrowdTangle rule, calm when nothing is special."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from xiaobian.analytics import overperforming
from xiaobian.analytics.overperforming import words as overperforming_words
from xiaobian.analytics.overperforming.model import Group, Spreads, foresee
from xiaobian.analytics.overperforming.rule import crowdtangle_scores
from xiaobian.errors import NotFound, TableError

AS_OF = pd.Timestamp("2026-03-02", tz="Asia/Taipei")
FORMATS = ("image", "carousel", "short_video")


def world(
    seed: int, history: int, *, hit: float = 0.9, spread: float = 0.6, accounts: int = 40
) -> pd.DataFrame:
    """Accounts far apart in level, three formats, one jump, log-normal posts; the last 10 a head are judged."""
    rng, n = np.random.default_rng([seed, history]), history + 10
    jump = np.arange(n) >= rng.integers(1, n, accounts)[:, None]
    level = rng.normal(6.5, 1.3, accounts)[:, None] + jump * rng.normal(0, 0.4, accounts)[:, None]
    kind = rng.choice(3, (accounts, n), p=[0.5, 0.3, 0.2])
    planted = hit * (rng.random((accounts, n)) < 0.05)
    age_h = 24 * np.cumsum(rng.exponential(1.0, (accounts, n))[:, ::-1], axis=1)[:, ::-1]
    gathered = np.log(-np.expm1(-((age_h / 12) ** 0.7)))
    usual = level + np.array([0.0, 0.15, 0.3])[kind] + gathered
    likes = rng.poisson(np.exp(usual + planted + spread * rng.standard_normal((accounts, n))))
    columns = {
        "account": np.repeat([f"a{k}" for k in range(accounts)], n),
        "format": np.array(FORMATS)[kind].ravel(),
        "published_at": AS_OF - pd.to_timedelta(age_h.ravel(), unit="h"),
        "likes": likes.ravel(),
        "planted": planted.ravel(),
        "usual": usual.ravel(),
        "gathered": gathered.ravel(),
        "judged": np.tile(np.arange(n) >= history, accounts),
    }
    frame = pd.DataFrame(columns).assign(platform="facebook")
    return frame.assign(post_id=[f"p{k}" for k in range(len(frame))])


def score(posts: pd.DataFrame, **options: object) -> pd.DataFrame:
    return overperforming(posts, engagement="likes", as_of=AS_OF, **options).table


def rule(posts: pd.DataFrame, raw: np.ndarray | None = None) -> np.ndarray:
    """The CrowdTangle rule, given every past post at the very age of the one it is compared with."""
    raw = posts["likes"].to_numpy(dtype=float) if raw is None else raw
    group, kind = pd.factorize(posts["account"])[0], pd.factorize(posts["format"])[0]
    return crowdtangle_scores(raw, group, kind, np.arange(len(posts)), posts["gathered"].to_numpy())


def auc(scores: np.ndarray, good: np.ndarray) -> float:
    ranks = rankdata(np.where(np.isnan(scores), np.nanmedian(scores), scores))
    return float((ranks[good].sum() - good.sum() * (good.sum() + 1) / 2) / (good.sum() * (~good).sum()))


@cache
def races(history: int, seeds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for seed in range(seeds):
        posts = world(seed, history)
        some = posts["judged"].to_numpy()
        good = posts["planted"].to_numpy()[some] > 0
        entries = {
            "raw": posts["likes"].to_numpy(dtype=float),
            "rule": rule(posts),
            "past": score(posts, past_only=True)["score"].to_numpy(),
            "all": score(posts)["score"].to_numpy(),
        }
        for name, values in entries.items():
            found.setdefault(name, []).append(auc(values[some], good))
        mixed = np.random.default_rng(seed).permutation(good)
        found.setdefault("shuffled", []).append(auc(entries["all"][some], mixed))
    print(f"\nn = {history}: AUC " + "  ".join(f"{name} {np.mean(v):.3f}" for name, v in found.items()))
    return found


@pytest.mark.parametrize(("history", "seeds", "gain"), [(12, 12, 0.003), (25, 8, 0.003), (100, 3, -0.003)])
def test_truly_better_posts_rank_higher_than_by_the_crowdtangle_rule(history, seeds, gain):
    found = races(history, seeds)
    assert np.mean(np.subtract(found["past"], found["rule"])) >= gain
    assert np.mean(np.subtract(found["all"], found["rule"])) >= gain
    assert np.mean(found["rule"]) > np.mean(found["raw"]) + 0.05
    assert abs(np.mean(found["shuffled"]) - 0.5) < 0.05


def test_what_it_expects_is_nearer_to_the_truth_than_the_rule_on_short_histories():
    errors = {"rule": [], "ours": []}
    for seed in range(5):
        posts = world(100 + seed, 12)
        some = posts["judged"].to_numpy()
        raw = np.maximum(posts["likes"].to_numpy(dtype=float), 1)
        for name, expected in (
            ("rule", raw / rule(posts, raw)),
            ("ours", 1 + score(posts, past_only=True)["expected"].to_numpy()),
        ):
            away = (np.log(expected) - posts["usual"].to_numpy())[some]
            errors[name].append(np.sqrt(np.nanmean(away**2)))
    print(
        f"\nerror of the expectation (log): rule {np.mean(errors['rule']):.3f}, ours {np.mean(errors['ours']):.3f}"
    )
    assert np.mean(errors["ours"]) < 0.9 * np.mean(errors["rule"])


def test_without_special_posts_it_seldom_calls_any_and_its_range_holds_nine_in_ten():
    tables = [score(world(200 + s, 40, hit=0.0, accounts=12)) for s in range(12)]
    called = np.mean([table["hit"].any() for table in tables])
    held = np.mean([table["engagements"].between(table["low"], table["high"]).mean() for table in tables])
    doubled = np.mean([(table["crowdtangle"].dropna() >= 2).mean() for table in tables])
    print(
        f"\nworlds with a false hit {called:.2f}; range holds {held:.3f}; CrowdTangle ≥ 2 by chance {doubled:.3f}"
    )
    assert called <= 0.2
    assert 0.87 <= held <= 0.93
    assert doubled > 0.08


def test_the_interval_of_the_ratio_holds_the_true_ratio():
    held = []
    for seed in range(6):
        posts = world(300 + seed, 20)
        table = score(posts)
        true = np.log1p(posts["likes"]) - posts["usual"]
        held.append(
            np.log(table["ratio_low"]).le(true).to_numpy() & np.log(table["ratio_high"]).ge(true).to_numpy()
        )
    assert 0.88 <= np.mean(held) <= 0.99


def test_a_real_hit_of_a_small_account_is_told_from_an_ordinary_post_of_a_large_one():
    rng = np.random.default_rng(5)
    days = pd.date_range("2025-11-03", periods=60, tz="Asia/Taipei")
    accounts = {"小": 60, "中": 400, "大": 9000}
    parts = [
        pd.DataFrame(
            {"account": name, "published_at": days, "likes": np.round(level * rng.lognormal(0, 0.3, 60))}
        )
        for name, level in accounts.items()
    ]
    posts = pd.concat(parts, ignore_index=True).assign(platform="instagram", format="image")
    posts["post_id"] = [f"p{k}" for k in range(180)]
    posts.loc[10, "likes"] = 900
    result = overperforming(posts, engagement="likes")
    assert list(result.hits["post_id"]) == ["p10"]
    assert "這則是爆文，不是帳號本來就高" in result.say("p10")
    large = result.table[result.table["account"] == "大"]
    best = large.loc[large["ratio"].idxmax(), "post_id"]
    assert "主要是本來就高" in result.say(best)
    np.testing.assert_allclose(result.table["times"], result.table["usual_times"] * result.table["ratio"])


@pytest.mark.parametrize(("usual", "own", "mostly"), [(6.0, 2.0, True), (2.7, 8.7, False)])
def test_the_account_is_named_as_the_reason_only_where_it_is_the_larger_part(usual, own, mostly):
    row = pd.Series({"usual_times": usual, "ratio": own, "p": 0.01, "hit": False})
    assert ("主要是本來就高" in overperforming_words._verdict(row, 500)) == mostly


def test_leaving_one_out_is_what_refitting_without_the_post_gives():
    rng = np.random.default_rng(1)
    group = Group(rng.normal(0, 0.3, 12), np.arange(12.0), np.arange(12) % 2, np.full(12, 0.01))
    spreads = Spreads(1.0, 0.1, 0.1, 0.5)
    seen = foresee(group, spreads, past_only=False)
    whole = spreads.covariance(group)
    others = np.arange(12) != 4
    by_hand = whole[4, others] @ np.linalg.solve(whole[np.ix_(others, others)], group.y[others])
    np.testing.assert_allclose(seen.mean[4], by_hand, rtol=1e-8)
    earlier = foresee(group, spreads, past_only=True)
    past = whole[4, :4] @ np.linalg.solve(whole[:4, :4], group.y[:4])
    np.testing.assert_allclose(earlier.mean[4], past, rtol=1e-8)
    assert earlier.mean[0] == pytest.approx(0)


def test_the_level_of_past_only_does_not_move_with_later_posts_once_the_spreads_are_known():
    rng = np.random.default_rng(2)
    y, spreads = rng.normal(0, 0.5, 40), Spreads(1.0, 0.1, 0.1, 0.5)
    later = np.where(np.arange(40) >= 25, y + 4, y)
    groups = [Group(values, np.arange(40.0), np.arange(40) % 3, np.full(40, 0.01)) for values in (y, later)]
    past = [foresee(group, spreads, past_only=True).mean[:25] for group in groups]
    both = [foresee(group, spreads, past_only=False).mean[:25] for group in groups]
    np.testing.assert_allclose(past[0], past[1], atol=1e-10)
    assert np.abs(both[0] - both[1]).max() > 0.1


def test_young_posts_are_not_blamed_for_their_age():
    posts = world(9, 40)
    young = (posts["published_at"] > AS_OF - pd.Timedelta(hours=12)).to_numpy()
    known, unknown = (
        score(posts)["score"][young],
        overperforming(posts, engagement="likes").table["score"][young],
    )
    assert abs(known.mean()) < 0.4
    assert unknown.mean() < -1
    notes = "".join(overperforming(posts, engagement="likes").notes)
    assert "as_of" in notes


@pytest.mark.parametrize("posts", [1, 5, 9])
def test_it_abstains_with_too_few_posts(posts):
    result = overperforming(world(1, 30).head(posts), engagement="likes")
    assert result.abstained
    assert not result.table["hit"].any()
    assert f"只有 {posts} 則" in result.say() and "先不評分" in result.say()
    assert "太少" in repr(result.plot())


def test_missing_is_not_zero_and_the_input_is_left_alone():
    posts = world(3, 20, accounts=5)
    posts["likes"] = posts["likes"].astype("Int64")
    posts.loc[3, "likes"] = pd.NA
    copy = posts.copy(deep=True)
    result = overperforming(posts, engagement="likes", as_of="2026-03-02")
    pd.testing.assert_frame_equal(posts, copy)
    assert "p3" not in set(result.table["post_id"])
    assert "1 則貼文缺互動數" in "".join(result.notes)


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        (lambda p: p.drop(columns="post_id"), {}, TableError, "post_id"),
        (lambda p: p.drop(columns="published_at"), {}, TableError, "published_at"),
        (lambda p: p.assign(published_at=p["published_at"].dt.tz_localize(None)), {}, TableError, "時區"),
        (lambda p: p.head(0), {}, TableError, "空的"),
        (lambda p: "貼文", {}, TableError, "str"),
        (lambda p: p, {"as_of": "明天"}, TableError, "as_of"),
        (lambda p: p, {"engagement": "loves"}, NotFound, "loves"),
    ],
)
def test_a_mistake_is_told_with_a_next_step(change, options, error, said):
    with pytest.raises(error) as caught:
        overperforming(change(world(1, 10, accounts=2)), **{"engagement": "likes", **options})
    assert said in str(caught.value)


def test_an_unknown_post_is_told():
    with pytest.raises(NotFound, match="p999999"):
        overperforming(world(1, 10, accounts=2), engagement="likes").say("p999999")


def test_the_chart_draws_silently_and_says_what_the_sentence_says():
    for posts in (world(4, 30, accounts=3), world(4, 30, accounts=3).assign(likes=0)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = overperforming(posts, engagement="likes")
            figure = result.plot()
            figure.draw_without_rendering()
        assert figure.summary == result.say()
        (ax,) = figure.axes
        boxes = [ax._left_title.get_window_extent(), *(t.get_window_extent() for t in ax.texts)]
        assert all(b.x0 >= 0 and b.x1 <= figure.bbox.width and b.y1 <= figure.bbox.height for b in boxes)
