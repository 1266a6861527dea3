"""Retention curves as arrays, made monotone, with their viewers; and their value at any second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...errors import TableError
from ...tables import require
from ..measures import Floats, numbers

SKIP_S, EARLY_S, PATIENCE_S = 1.0, 9.0, 8.0


@dataclass(frozen=True)
class Videos:
    """One entry a video: ids, views (starting viewers), duration (s), and its curve as (second, share) pairs."""

    ids: np.ndarray
    views: Floats
    duration: Floats
    seconds: tuple[Floats, ...]
    shares: tuple[Floats, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def first(self) -> Floats:
        """Seconds from the start to the first point after it [videos]."""
        return np.array([points[1] for points in self.seconds])

    def rows(self, chosen: Any) -> Videos:
        """Some of the videos, by a mask or positions."""
        where = np.arange(len(self))[np.asarray(chosen)]
        return Videos(
            self.ids[where], self.views[where], self.duration[where],
            tuple(self.seconds[k] for k in where), tuple(self.shares[k] for k in where),
        )  # fmt: skip

    def steps(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Every stretch between two points: start, end (s), viewers before and after."""
        parts = [
            (t[:-1], t[1:], s[:-1] * n, s[1:] * n)
            for t, s, n in zip(self.seconds, self.shares, self.views, strict=True)
        ]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]


def videos_of(retention: pd.DataFrame, posts: pd.DataFrame) -> tuple[Videos, tuple[str, ...]]:
    """Curves that have views and at least three points; what was mended or left out is told in the notes.

    Raises TableError for missing columns, empty tables, or posts that no curve belongs to.
    """
    require(retention, ["post_id", "second", "share_watching"], "retention")
    require(posts, ["post_id", "views"])
    if retention.empty:
        raise TableError("留存曲線表是空的，沒有東西可以算", next_step="請確認匯出檔裡有影片的留存曲線")
    views = pd.Series(numbers(posts, "views"), index=posts["post_id"].astype(str))
    views = views[~views.index.duplicated()]
    table = pd.DataFrame(
        {
            "id": retention["post_id"].astype(str).to_numpy(),
            "second": pd.to_numeric(retention["second"]).to_numpy(dtype=float, na_value=np.nan),
            "share": pd.to_numeric(retention["share_watching"]).to_numpy(dtype=float, na_value=np.nan),
        }
    ).dropna()
    if (table["share"] < 0).any() or (table["second"] < 0).any():
        raise TableError("留存曲線裡有負的秒數或比例", where="「留存曲線」表", next_step="請檢查這兩欄的內容")
    kept, mended, every = [], 0, retention["post_id"].nunique()
    for name, rows in table.sort_values(["id", "second"], kind="stable").groupby("id", sort=False):
        one = _curve(rows["second"].to_numpy(), rows["share"].to_numpy())
        number = float(views.get(str(name), np.nan))
        if one is None or not number > 0:
            continue
        second, share, changed = one
        mended += changed
        kept.append((str(name), number, second, share))
    if not kept:
        raise TableError(
            "沒有一支影片同時有留存曲線和瀏覽次數",
            where="post_id 對不起來，或 views 空白",
            next_step="請給同一份資料的 retention 和 posts",
        )
    notes = [f"{every - len(kept)} 支影片沒有瀏覽次數或曲線太短，沒有計入"] if every > len(kept) else []
    if mended:
        notes.append(f"{mended} 支影片的曲線有回升（重看），已壓成不回升，流失會略為低估")
    ids, numbers_, seconds, shares = zip(*kept, strict=True)
    duration = np.array([second[-1] for second in seconds])
    return Videos(np.array(ids, dtype=object), np.array(numbers_), duration, seconds, shares), tuple(notes)


def _curve(second: Floats, share: Floats) -> tuple[Floats, Floats, bool] | None:
    """A curve from its start, as shares of the starters, never rising; None when it is too short."""
    first = np.unique(second, return_index=True)[1]
    second, share = second[first], share[first]
    if len(second) < 3 or second[0] > 0 or share[0] <= 0:
        return None
    share = share / share[0]
    falling = np.minimum.accumulate(share)
    return second, falling, bool((share - falling > 1e-9).any())


def areas(seconds: Floats) -> Floats:
    """Integral from the start of the parts of the hazard [seconds, 4]: skip, early, constant, and waiting too long."""
    parts = [decay * -np.expm1(-seconds / decay) for decay in (SKIP_S, EARLY_S)]
    return np.column_stack([*parts, seconds, np.maximum(seconds - PATIENCE_S, 0) ** 2 / 2])


def survival_at(videos: Videos, seconds: Floats, sizes: Floats) -> Floats:
    """Share still watching at these seconds [videos, seconds]; after the end, as at the end.

    Between two points the log of the share falls as the hazard with these sizes of its parts would have it.
    """
    sizes = np.asarray(sizes) + np.array([0.0, 0.0, 1e-4, 0.0])
    at = areas(np.asarray(seconds, dtype=float)) @ sizes
    found = np.empty((len(videos), len(seconds)))
    for k, (points, shares) in enumerate(zip(videos.seconds, videos.shares, strict=True)):
        found[k] = np.exp(np.interp(at, areas(points) @ sizes, np.log(np.maximum(shares, 1e-9))))
    return found
