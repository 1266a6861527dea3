"""How good the chances are that followers come back: run `python benchmarks/churn.py --help`.

Simulated logs of ``activity`` (sandbox/followers.py), seeds 0–99 for judging only. For each: Brier score on the future
after ``as_of`` (which ``churn`` never gets), beside everyone at the average, recency only, the plain model before
calibration, and a ceiling that knows who is around; the same with every horizon's followers dealt out anew, where
nothing may be gained.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from xiaobian.analytics import churn
from xiaobian.sandbox.followers import FollowerTruth, follower_log
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.streams import generator

HORIZON, DAYS = 28, 300
ROWS = ("churn", "recency", "bg_nbd")


def made(seed: int, followers: int, scale: float = 1.0) -> tuple[pd.DataFrame, FollowerTruth]:
    """A log with a future. scale: of the chance to leave, to see whether the finding depends on it."""
    parameters = load().scaled("activity.leave", scale)
    return follower_log(parameters, generator(seed, "churn"), followers=followers, days=DAYS + HORIZON)


def dealt(log: pd.DataFrame, seed: int, start: pd.Timestamp) -> pd.DataFrame:
    """The log with followers exchanged at random in every horizon, so that the past says nothing of the future."""
    rng = np.random.default_rng(seed)
    names = np.sort(log["follower_id"].unique())
    part = ((log["at"] - start).dt.days + HORIZON - DAYS % HORIZON) // HORIZON
    mixed = log["follower_id"].to_numpy(copy=True)
    for one in part.unique():
        here = (part == one).to_numpy()
        mixed[here] = pd.Series(rng.permutation(names), index=names)[mixed[here]].to_numpy()
    return log.assign(follower_id=mixed)


def judge(seed: int, followers: int, scale: float) -> dict[str, float]:
    """Brier scores of the last horizon of one log."""
    log, truth = made(seed, followers, scale)
    as_of = truth.start + pd.Timedelta(days=DAYS)
    found = churn(log, HORIZON, as_of)
    future = set(log.loc[log["at"] >= as_of, "follower_id"])
    came = found.table["follower_id"].isin(future).to_numpy()
    ceiling = truth.chance(as_of, HORIZON)[found.table["follower_id"]].to_numpy()
    chance = found.table["chance"].to_numpy()
    checked = found.scores.set_index("method")["brier"]
    mixed = churn(dealt(log, seed, truth.start), HORIZON, as_of)
    nothing = mixed.scores.set_index("method")
    bins = pd.qcut(chance, 10, labels=False, duplicates="drop")
    gap = pd.DataFrame({"told": chance, "came": came}).groupby(bins).mean()
    return {
        "n": len(came), "came": came.mean(), "told": chance.mean(), "brier": np.mean((chance - came) ** 2),
        "average": came.mean() * (1 - came.mean()), "ceiling": np.mean((ceiling - came) ** 2),
        **{f"checked {name}": checked[name] for name in (*ROWS, "base")},
        "gap": (gap["told"] - gap["came"]).abs().mean(), "slope": np.cov(chance, came)[0, 1] / chance.var(ddof=1),
        "shuffled ÷ base": nothing.loc["churn", "brier"] / nothing.loc["base", "brier"],
        "shuffled found": float(mixed.beats_base), "found": float(found.beats_base),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--followers", nargs="+", type=int, default=[1500, 6000])
    chosen = parser.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    for followers in chosen.followers:
        for scale in (1.0, 0.75, 1.25):
            start = time.perf_counter()
            some = seeds if scale == 1.0 else seeds[: max(1, len(seeds) // 5)]
            table = pd.DataFrame([judge(seed, followers, scale) for seed in some])
            print(f"\n{followers:,} followers, chance to leave × {scale}, {len(some)} logs")
            print(table.mean().round(4).to_string())
            lower = table["checked churn"] < table["checked recency"]
            print(
                f"Brier lower than recency only in {lower.mean():.1%} of logs; {time.perf_counter() - start:.0f} s"
            )


if __name__ == "__main__":
    main()
