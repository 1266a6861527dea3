"""Retention against the truth, same run, same data: python benchmarks/retention_hazard.py

Single videos of 20,000 views with a hook between 0.1 and 0.9, lengths as the brand's; beside ours, what one reads off the
curve by eye (the point nearest to 3 seconds, turned into a hook through the truth's own S(3)). Then the brand's
26 weeks, strong against weak openings, and the same with the scores shuffled. Seeds below 1,000 judge.

Last run, 22 November 2026, seeds 0–99, 20,000 views, hook within ±.05: 12–30 s 100 % (by eye 90 %), 30–58 s 100 % (by eye
50 %), 60–240 s silent on 99 of 100, for their first point comes after 3 s. The 30–58 s figure is from after the optimiser
was mended, which one video of these seeds (99 %) brought to light. Strong above weak in all worlds, shuffled in none.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from xiaobian.analytics.retention.retention_hazard import retention_hazard
from xiaobian.sandbox import World, parameters
from xiaobian.sandbox.retention import average_watch_s, retention_table, survival

LENGTHS = ((12, 30), (30, 58), (60, 240))
VIEWS = (1_000, 5_000, 20_000)
GRID = np.linspace(0, 1, 201)


def single(low: int, high: int, views: int, seeds: range) -> None:
    known = parameters.load()
    rows, silent = [], 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        hook, length, beat = rng.uniform(0.1, 0.9), float(round(rng.uniform(low, high))), rng.uniform(3, 12)
        video = pd.DataFrame(
            {"post_id": ["v"], "hook": hook, "duration_s": length, "views": views, "beat_every": beat}
        )
        curve, _ = retention_table(known, rng, video)
        row = retention_hazard(curve, video[["post_id", "views"]]).table.iloc[0]
        if np.isnan(row["hook"]):
            silent += 1
            continue
        true = float(survival(known, 3, hook, beat))
        eye = float(curve["share_watching"].iloc[(curve["second"] - 3).abs().argmin()])
        by_eye = float(GRID[np.abs(survival(known, 3, GRID, beat) - eye).argmin()])
        watch = float(average_watch_s(known, length, hook, beat))
        rows.append(
            [row["hook"] - hook, by_eye - hook, row["hook_low"] <= hook <= row["hook_high"], row["s3"] - true,
             row["s3_low"] <= true <= row["s3_high"], eye - true, row["watch_s"] - watch]
        )  # fmt: skip
    print(f"{low}–{high} s, {views:,} views: {len(rows)} videos, silent on {silent}", flush=True)
    if rows:
        found = np.array(rows, dtype=float)
        print(
            f"    hook within ±.05: {np.mean(np.abs(found[:, 0]) <= 0.05):.1%} (worst {np.abs(found[:, 0]).max():.3f}); "
            f"by eye {np.mean(np.abs(found[:, 1]) <= 0.05):.1%}; 95 % intervals cover {found[:, 2].mean():.1%}\n"
            f"    S(3): error {np.abs(found[:, 3]).mean():.4f}, by eye {np.abs(found[:, 5]).mean():.4f}, cover "
            f"{found[:, 4].mean():.1%}; watch time: error {np.abs(found[:, 6]).mean():.2f} s"
        )


def groups(seeds: range) -> None:
    """How often strong and weak openings are told apart, with true and with shuffled scores."""
    told, luck = [], []
    for seed in seeds:
        past = World(seed, "drinks").history(26)
        mixed = past.plan.assign(hook=np.random.default_rng(seed).permutation(past.plan["hook"]))
        for plan, found in ((past.plan, told), (mixed, luck)):
            table = retention_hazard(past.retention, past.posts, plan, by="hook").table.set_index("group")
            found.append(table.loc["強", "s3_low"] > table.loc["弱", "s3_high"])
    print(f"strong above weak: {np.mean(told):.0%} of worlds; with shuffled scores {np.mean(luck):.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="first seed; below 1,000 judges (default 0)")
    chosen = parser.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    for low, high in LENGTHS:
        for views in VIEWS:
            single(low, high, views, seeds)
    groups(seeds[: max(chosen.seeds // 10, 1)])


if __name__ == "__main__":
    main()
