"""Where viewers leave a video: hazard and survival by the second, the opening, and the loss one could avoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from ...errors import TableError
from ..collected import collected
from ..groups import UNLABELLED
from ..measures import Floats, simulated
from ..result import Result
from . import words
from .curves import Videos, areas, survival_at, videos_of

if TYPE_CHECKING:
    from ...plotting import Chart

MIN_VIEWS = 300
COARSE_S = 3.0
LEVELS = ("弱", "中", "強")
SKIP_SCALE = 1.276
SEGMENTS = ((0, 3), (3, 8), (8, 15), (15, 30), (30, 60), (60, 120), (120, 240))
_LONGEST = 240
_RESAMPLES, _MANY, _SEEN = 400, 6, 8
_Z = 1.959964


@dataclass(frozen=True, repr=False)
class RetentionHazard(Result):
    """What ``retention_hazard()`` found.

    table: a row a group: group, videos, views (starting viewers), s3 (share still watching at 3 s), s10_s3 (of those
    at 3 s, the share still there at 10 s), watch_s (average seconds watched), hook (opening strength, 0–1), each with
    ``_low`` and ``_high`` (95 %), and ``skip`` (fast leaving at the start, per second). Missing below ``MIN_VIEWS``;
    all but watch_s also where a curve's first point comes after 3 s, since the opening is then invisible.
    curve: group, second, survival, low, high, hazard (share of those watching who leave in that second), hazard_low,
    hazard_high, videos (long enough). losses: group, start, end (s), lost (share of starters lost there), avoidable
    (of these, above the better quarter of videos). by: the grouping column, or empty.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    losses: pd.DataFrame
    by: str
    notes: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Whether no group has enough views."""
        return bool((self.table["views"] < MIN_VIEWS).all())

    def cut(self, group: str | None = None) -> pd.Series:
        """The stretch with the largest avoidable loss of one group, by default the first: start, end, lost, avoidable.

        Raises TableError when there are too few views or videos to say.
        """
        name = str(self.table["group"].iloc[0]) if group is None else group
        rows = self.losses[(self.losses["group"] == name) & self.losses["avoidable"].notna()]
        if rows.empty:
            raise TableError(
                "看不出哪一段的流失可以避免", where=f"組別「{name}」",
                next_step=f"至少要 {_SEEN} 支影片、每支 {MIN_VIEWS} 次瀏覽，才有得比",
            )  # fmt: skip
        return rows.iloc[int(rows["avoidable"].argmax())]

    def say(self) -> str:
        """One honest sentence or two in 正體中文."""
        return words.say(self)

    def plot(self) -> Chart:
        """Survival above, hazard below, with 95 % bands."""
        from .plot import draw

        return self.captioned(draw(self))


def retention_hazard(
    retention: pd.DataFrame, posts: pd.DataFrame, plan: pd.DataFrame | None = None, by: str | None = None
) -> RetentionHazard:
    """Discrete hazard per second and survival from retention curves.

    A life table by the second over all videos that are long enough, each weighed by its views; between two points of a
    curve the loss follows the fitted shape, fast at the start. The opening is measured by the part of the hazard that
    dies away within a second or so (the quick skip of Xiaohongshu's exponential–Gaussian mixture, arXiv:2508.12665,
    and of the bucketed hazards of SWaT, arXiv:2408.07759): fitted by maximum likelihood beside a slow early part, a
    constant, and a part that grows once nothing new came for long. ``hook`` is 1 − skip ÷ 1.276, the sandbox's scale
    (設計參數). Intervals: resampled videos from six videos on, since videos differ more than viewers; else viewers.

    retention: table ``retention``; posts: table ``posts`` with views; of any engine (fetched whole: curves are read one
    by one). plan: for ``by="hook"``. by: ``hook`` (thirds of
    the plan's score), or a column of posts or plan, such as ``format``.

    Raises TableError for missing columns, tables that do not fit together, or a curve that makes no sense.

    >>> from xiaobian.sandbox import World
    >>> past = World(3, "drinks").history(weeks=12)
    >>> found = retention_hazard(past.retention, past.posts, past.plan, by="hook")
    >>> strength = found.table.set_index("group")["s3"]
    >>> bool(strength["弱"] < strength["強"])
    True
    """
    retention, posts, plan = collected(retention), collected(posts), collected(plan)
    videos, notes = videos_of(retention, posts)
    groups, order = _groups(videos.ids, posts, plan, by)
    tables, curves, losses = [], [], []
    for name in order:
        chosen = videos.rows(groups == name)
        row, curve, loss = _group(chosen)
        tables.append({"group": name, **row})
        curves.append(curve.assign(group=name))
        losses.append(loss.assign(group=name))
    found = [notes, simulated(posts)]
    return RetentionHazard(
        pd.DataFrame(tables), pd.concat(curves, ignore_index=True), pd.concat(losses, ignore_index=True),
        by or "", tuple(note for part in found for note in part),
    )  # fmt: skip


def _groups(
    ids: np.ndarray, posts: pd.DataFrame, plan: pd.DataFrame | None, by: str | None
) -> tuple[np.ndarray, list[str]]:
    """Group of every video, and the groups in reading order."""
    if by is None:
        return np.full(len(ids), "全部", dtype=object), ["全部"]
    for table in (plan, posts):
        if table is not None and by in table and "post_id" in table:
            values = table.drop_duplicates("post_id").set_index("post_id")[by].reindex(ids)
            break
    else:
        raise TableError(
            f"找不到「{by}」這個欄位，不能用它分組", where="參數 by",
            next_step="可用的有 posts 的欄位（例如 format），或給 plan= 之後用 hook",
        )  # fmt: skip
    if by == "hook":
        score = pd.to_numeric(values).astype("float64")
        if score.nunique() < len(LEVELS):
            raise TableError("內容強度太少種，分不成三組", where="欄位 hook", next_step="請改用其他欄位分組")
        edges = score.quantile([1 / 3, 2 / 3]).to_numpy()
        names = np.array(LEVELS, dtype=object)[np.searchsorted(edges, score.fillna(0.5).to_numpy())]
        names[score.isna().to_numpy()] = UNLABELLED
        return names, [
            *(n for n in LEVELS if (names == n).any()),
            *([UNLABELLED] if score.isna().any() else []),
        ]
    named = values.astype("object").where(values.notna().to_numpy(), UNLABELLED).astype(str).to_numpy()
    labels = np.array([words.group_name(by, value) for value in named], dtype=object)
    return labels, list(pd.Series(labels).value_counts().index)


def _group(videos: Videos) -> tuple[dict[str, object], pd.DataFrame, pd.DataFrame]:
    views = float(videos.views.sum())
    row: dict[str, object] = {"videos": len(videos), "views": int(views)}
    unknown = {f"{name}{end}": np.nan for name in _NAMES for end in ("", "_low", "_high")} | {"skip": np.nan}
    if views < MIN_VIEWS:
        return row | unknown, pd.DataFrame(columns=_CURVE), pd.DataFrame(columns=_LOSS)
    fine = videos.rows(videos.first <= COARSE_S)
    sizes, opening = _opening(fine if len(fine) else videos)
    row |= unknown | _watch(videos, sizes)
    alive, risk = _alive(videos, sizes)
    losses = _losses(alive, risk, videos.first)
    if fine.views.sum() < MIN_VIEWS:
        return row, pd.DataFrame(columns=_CURVE), losses
    alive, risk = _alive(fine, sizes)
    hazard, tries = _hazards(alive, risk)
    curve, every = np.cumprod(1 - hazard), np.cumprod(1 - tries, axis=1)
    row |= _spread("s3", _at(curve, 3), _at(every, 3)) | opening
    row |= _spread("s10_s3", _at(curve, 10) / _at(curve, 3), _at(every, 10) / _at(every, 3))
    low, high = np.quantile(every, [0.025, 0.975], axis=0)
    hazard_low, hazard_high = np.quantile(tries, [0.025, 0.975], axis=0)
    found = pd.DataFrame(
        {
            "second": np.arange(1, len(hazard) + 1), "survival": curve, "low": low, "high": high, "hazard": hazard,
            "hazard_low": hazard_low, "hazard_high": hazard_high, "videos": risk.sum(axis=0),
        }
    )  # fmt: skip
    return row, found, losses


_NAMES = ("s3", "s10_s3", "watch_s", "hook")
_LOSS = ["start", "end", "lost", "avoidable"]
_CURVE = ["second", "survival", "low", "high", "hazard", "hazard_low", "hazard_high", "videos"]


def _alive(videos: Videos, sizes: Floats) -> tuple[Floats, Floats]:
    """Viewers at each whole second [videos, seconds + 1], and whether the video is long enough for the second."""
    length = min(int(videos.duration.max()), _LONGEST)
    alive = survival_at(videos, np.arange(length + 1.0), sizes) * videos.views[:, None]
    risk = (videos.duration[:, None] >= np.arange(1, length + 1)).astype(float)
    return alive, risk


def _at(curve: np.ndarray, second: int) -> np.ndarray:
    """Survival at a whole second, missing for videos that are all shorter."""
    return curve[..., second - 1] if curve.shape[-1] >= second else np.full(curve.shape[:-1], np.nan)


def _hazards(alive: Floats, risk: Floats) -> tuple[Floats, Floats]:
    """Hazard by second, and what it would be in resampled data [resamples, seconds]."""
    at_risk, left = alive[:, :-1] * risk, (alive[:, :-1] - alive[:, 1:]) * risk
    total, gone = np.maximum(at_risk.sum(axis=0), 1e-9), left.sum(axis=0)
    rng = np.random.default_rng(len(alive))
    if len(alive) >= _MANY:
        weight = rng.multinomial(len(alive), np.full(len(alive), 1 / len(alive)), _RESAMPLES).astype(float)
        tries = (weight @ left) / np.maximum(weight @ at_risk, 1e-9)
    else:
        tries = rng.beta(gone + 0.5, np.maximum(total - gone, 0) + 0.5, (_RESAMPLES, len(gone)))
    return gone / total, np.clip(tries, 0, 1)


def _spread(name: str, value: np.ndarray, tries: np.ndarray) -> dict[str, object]:
    if not np.isfinite(tries).all():
        return {name: float(value), f"{name}_low": np.nan, f"{name}_high": np.nan}
    low, high = np.quantile(tries, [0.025, 0.975])
    return {name: float(value), f"{name}_low": float(low), f"{name}_high": float(high)}


def _watch(videos: Videos, sizes: Floats) -> dict[str, object]:
    """Average seconds a starting viewer watches, from the area under each curve."""
    fine = np.linspace(0, 1, 201)
    shares = np.array(
        [survival_at(videos.rows([k]), fine * videos.duration[k], sizes)[0] for k in range(len(videos))]
    )
    each = shares.mean(axis=1) * videos.duration
    mean = float(np.average(each, weights=videos.views))
    if len(videos) >= _MANY:
        share = videos.views / videos.views.sum()
        width = _Z * float(np.sqrt(((share * (each - mean)) ** 2).sum() * len(videos) / (len(videos) - 1)))
    else:
        width = _Z * float(videos.duration.max()) / 2 / float(videos.views.sum()) ** 0.5
    return {"watch_s": mean, "watch_s_low": mean - width, "watch_s_high": mean + width}


def _opening(videos: Videos) -> tuple[Floats, dict[str, object]]:
    """Sizes of the parts of the hazard, and the hook strength that the skip part means."""
    start, end, before, after = videos.steps()
    shape = areas(end) - areas(start)
    used = before > 0

    def cost(size: Floats) -> tuple[float, Floats]:
        stay = np.clip(np.exp(-shape[used] @ size), 1e-12, 1 - 1e-12)
        kept, gone = after[used], before[used] - after[used]
        slope = (kept - gone * stay / (1 - stay)) @ shape[used]
        told = float((kept * np.log(stay) + gone * np.log1p(-stay)).sum())
        return -told / before.sum(), slope / before.sum()

    guess = np.array([0.6, 0.1, 0.005, 0.001])
    fit = minimize(
        cost,
        guess,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * len(guess),
        options={"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-10},
    )
    stay = np.clip(np.exp(-shape[used] @ fit.x), 1e-9, 1 - 1e-9)
    weight = before[used] * stay / (1 - stay)
    excess = ((after[used] - before[used] * stay) ** 2 / (before[used] * stay * (1 - stay))).sum()
    spread = max(1.0, excess / max(used.sum() - len(guess), 1))
    cov = np.linalg.pinv((shape[used] * weight[:, None]).T @ shape[used]) * spread
    skip, error = float(fit.x[0]), _Z * float(cov[0, 0]) ** 0.5
    hook, ends = 1 - skip / SKIP_SCALE, [1 - (skip + s * error) / SKIP_SCALE for s in (1, -1)]
    low, high = (float(np.clip(x, 0, 1)) for x in ends)
    found: dict[str, object] = {
        "skip": skip,
        "hook": float(np.clip(hook, 0, 1)),
        "hook_low": low,
        "hook_high": high,
    }
    return np.asarray(fit.x), found


def _losses(alive: Floats, risk: Floats, first: Floats) -> pd.DataFrame:
    """Share of starters lost in each stretch, and how much of it the better quarter of videos keeps."""
    rows, start_alive = [], 1.0
    seen = alive[:, 0] >= MIN_VIEWS
    for start, end in SEGMENTS:
        long = (
            (risk[:, end - 1] > 0) & (alive[:, start] > 0) & (first <= max(start, COARSE_S))
            if end < alive.shape[1]
            else seen & False
        )
        if not long.any():
            break
        kept = float(alive[long, end].sum() / alive[long, start].sum())
        fair = long & seen
        avoidable = np.nan
        if fair.sum() >= _SEEN:
            better = float(np.quantile(alive[fair, end] / alive[fair, start], 0.75))
            avoidable = max(start_alive * (better - kept), 0.0)
        rows.append({"start": start, "end": end, "lost": start_alive * (1 - kept), "avoidable": avoidable})
        start_alive *= kept
    return pd.DataFrame(rows, columns=_LOSS)
