"""How well posts can be told before they are out: run `python benchmarks/predict.py --help`.

Worlds (fixed before any tuning; seeds 0–199 are for judging only):
  page      500 posts of one Facebook page drawn from the page population, target reach
  drift     one page, 52 weeks, weekly ups and downs (sd 0.3, memory 0.9), followers growing, a rule change
  calendar  six platforms, 26 weeks of the same drift, with the plan's columns
  bare      page again with six inputs only and no dates: type, month, weekday, hour, paid, page likes
For each: time split, random split on the same posts, and shuffled results (of every fourth seed), where the constant may not be beaten.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from xiaobian.analytics import predict
from xiaobian.sandbox.world import World

DRIFT = {"reach.week_sd": 0.3, "reach.week_memory": 0.9, "followers.background_gain": 0.003}
ONE = dict.fromkeys(("instagram", "threads", "tiktok", "youtube", "line"), 0.0) | {"facebook": 9.0}
KINDS = ("page", "drift", "calendar", "bare")
Made = tuple[pd.DataFrame, str, dict]


def made(kind: str, seed: int) -> Made:
    """Posts, target and options of one world."""
    if kind == "page":
        return World.page(seed), "reach", {}
    if kind == "drift":
        world = World(seed, "drinks", settings={**DRIFT, "habit.per_week": ONE}).with_rule_change()
        return world.history(52).posts, "engagements", {}
    if kind == "calendar":
        past = World(seed, settings=DRIFT).with_rule_change().history(26)
        return past.posts, "engagements", {"plan": past.plan}
    return bare(World.page(seed)), "Total Reach", {}


def bare(posts: pd.DataFrame) -> pd.DataFrame:
    """What a public page export without dates looks like, newest row first, a few cells missing."""
    when = posts["published_at"].dt
    table = pd.DataFrame(
        {
            "Page total likes": posts["followers_at_post"].astype(float),
            "Type": posts["format"].astype("string"),
            "Post Month": when.month,
            "Post Weekday": when.day_of_week + 1,
            "Post Hour": when.hour,
            "Paid": posts["is_paid"].astype(float),
            "Total Reach": posts["reach"].astype(float),
        }
    )
    table.loc[::97, "Paid"] = np.nan
    return table[::-1].reset_index(drop=True)


def shuffled(one: Made, seed: int) -> Made:
    """The same posts with results dealt out at random, within the platform so that its level stays."""
    posts, target, options = one
    results = ["likes", "comments", "shares", "saves"] if target == "engagements" else [target]
    posts, rng = posts.copy(), np.random.default_rng(seed)
    for _, rows in posts.groupby("platform" if "platform" in posts else np.zeros(len(posts))).groups.items():
        posts.loc[rows, results] = posts.loc[rng.permutation(rows), results].to_numpy()
    return posts, target, options


def judge(kind: str, seeds: range, validation: str) -> None:
    """Print errors of every method under both splits, coverage, and how often the constant is beaten."""
    tables, wins = [], []
    for seed in seeds:
        posts, target, options = made(kind, seed)
        told = predict(posts, target, validation=validation, **options)
        tables.append(told.table.assign(seed=seed))
        errors = told.errors("time")
        wins.append((errors["predict"] < errors["constant"], errors["predict"] < errors[told.naive]))
    table = pd.concat(tables)
    columns = ["mae_log", "mdape", "mape", "r2_log", "rank", "coverage", "width"]
    means = table.groupby(["split", "method"], sort=False)[columns].mean()
    print(f"\n{kind}, {validation}, {len(seeds)} worlds, about {len(posts)} posts")
    print(means.round(3).to_string(na_rep=""))
    own = table[(table["method"] == "predict") & (table["split"] == "time")]["coverage"]
    won = np.array(wins).mean(axis=0)
    print(f"beats the constant in {won[0]:.1%} of worlds, the best naive method in {won[1]:.1%}")
    print(
        f"coverage of 80 % intervals: {own.mean():.3f}; worlds within 75–85 %: {own.between(0.75, 0.85).mean():.1%}"
    )


def nothing(kind: str, seeds: range) -> None:
    """Print what is left of the gain when results are shuffled: it should be none."""
    ratio, coverage = [], []
    for seed in seeds:
        posts, target, options = shuffled(made(kind, seed), seed)
        told = predict(posts, target, random_split=False, **options)
        errors = told.errors("time")
        ratio.append(errors["predict"] / min(errors["constant"], errors["group"]))
        coverage.append(told.posts["inside"].mean())
    print(
        f"  shuffled ({len(ratio)} worlds): error ÷ best of constant and group {np.mean(ratio):.4f} "
        f"± {np.std(ratio, ddof=1) / np.sqrt(len(ratio)):.4f}; coverage {np.mean(coverage):.3f}"
    )


def leak(seeds: range) -> None:
    """Print the trap: the same learners when likes, comments and shares may be looked at."""
    r2 = []
    for seed in seeds:
        table = predict(World.page(seed), "engagements", peek=["likes", "comments", "shares"]).table
        r2.append(table.set_index(["split", "method"])["r2_log"])
    mean = pd.concat(r2, axis=1).mean(axis=1)
    print(f"\nleak: R² (log) {mean['random', 'peek']:.3f}; without it {mean['time', 'predict']:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--holdout", action="store_true", help="learn once from the oldest 70 %% and freeze")
    chosen = parser.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    for kind in chosen.kinds:
        start = time.perf_counter()
        judge(kind, seeds, "holdout" if chosen.holdout else "expanding")
        nothing(kind, seeds[:: 4 if len(seeds) >= 40 else 1])
        print(f"  {time.perf_counter() - start:.0f} s", flush=True)
    leak(seeds[:20])


if __name__ == "__main__":
    main()
