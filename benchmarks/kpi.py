"""Rows a second of xb.kpi() beside a plain pandas groupby-apply, same run: python benchmarks/kpi.py

Groups: platform × weekday (42), then platform × week (about 600). The plain version does the least that gives
comparable numbers: for each group the seven rates as ratio of sums and as median, no intervals, no notes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import xiaobian as xb
from xiaobian.analytics.groups import WEEKDAYS
from xiaobian.analytics.metrics import METRICS
from xiaobian.tables import TAIPEI

PARTS = ["likes", "comments", "shares", "saves"]


def posts_table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Posts of six platforms over two years, nullable integers with 2 % missing, as the readers make them."""
    rng = np.random.default_rng(seed)
    reach = np.round(rng.lognormal(8, 1.1, rows))
    counts = {
        c: rng.poisson(reach * rate) for c, rate in zip(PARTS, (0.02, 0.002, 0.002, 0.004), strict=True)
    }
    counts |= {"clicks": rng.poisson(reach * 0.01), "link_clicks": rng.poisson(reach * 0.004)}
    counts |= {
        "reach": reach,
        "views": np.round(reach * 1.4),
        "followers_at_post": rng.integers(5000, 9000, rows),
    }
    frame = (
        pd.DataFrame(counts).astype("float64").mask(rng.random((rows, len(counts))) < 0.02).astype("Int64")
    )
    frame["platform"] = pd.array(
        rng.choice(["facebook", "instagram", "threads", "tiktok", "youtube", "x"], rows), "string"
    )
    times = pd.Timestamp("2024-01-01", tz=TAIPEI) + pd.to_timedelta(
        rng.integers(0, 730 * 86_400, rows), unit="s"
    )
    return frame.assign(published_at=times)


def plain(posts: pd.DataFrame, by: str) -> pd.DataFrame:
    """What one writes without the kit: derive the key, then one Python function a group."""
    times = posts["published_at"].dt
    day = times.day_of_week.map(dict(enumerate(WEEKDAYS)))
    week = times.tz_localize(None).dt.normalize() - pd.to_timedelta(times.day_of_week, unit="D")
    posts = posts.assign(engagements=posts[PARTS].sum(axis=1, skipna=False), weekday=day, week=week)

    def rates(some: pd.DataFrame) -> pd.Series:
        found = {}
        for name, what in METRICS.items():
            if what.is_ratio:
                used = some[[what.numerator, what.denominator]].dropna()
                used = used[used[what.denominator] > 0].astype("float64")
                found[name] = used[what.numerator].sum() / used[what.denominator].sum()
                found[f"{name} median"] = (used[what.numerator] / used[what.denominator]).median()
        return pd.Series(found)

    columns = list({c for what in METRICS.values() for c in (what.numerator, what.denominator) if c})
    return posts.groupby(["platform", by])[columns].apply(rates)


def fastest(call: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def agree(posts: pd.DataFrame, by: str) -> None:
    """Both give the same ratios of sums; otherwise their speeds are not worth comparing."""
    ours = xb.kpi(posts, ["platform", by]).rows("er_reach").set_index(["platform", by])["value"]
    theirs = plain(posts, by)["er_reach"]
    np.testing.assert_allclose(ours.sort_index().to_numpy(), theirs.sort_index().to_numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument(
        "--repeats", type=int, default=3, help="the fastest of so many runs counts (default 3)"
    )
    chosen = parser.parse_args()
    for rows in chosen.rows:
        posts = posts_table(rows)
        for by in ("weekday", "week"):
            agree(posts, by)
            ours = fastest(lambda p=posts, b=by: xb.kpi(p, ["platform", b]), chosen.repeats)
            theirs = fastest(lambda p=posts, b=by: plain(p, b), chosen.repeats)
            print(
                f"{rows:>9,} rows, platform × {by:7}: kpi {ours:6.2f} s ({rows / ours:>11,.0f} rows/s), "
                f"plain {theirs:6.2f} s ({rows / theirs:>11,.0f} rows/s), {theirs / ours:4.1f} × as fast"
            )


if __name__ == "__main__":
    main()
