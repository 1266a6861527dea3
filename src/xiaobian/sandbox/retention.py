"""How long people keep watching a video: a hazard with a skip at the opening, and the curves it draws.

The shape (a fast skip, a slower settling, a long tail) follows bucketed-hazard and exponential–Gaussian models of
watch time (SWaT, arXiv 2408.07759; EGM, arXiv 2508.12665); sizes are design parameters of ``retention``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from ..tables import conform
from .parameters import Parameters

Floats = npt.NDArray[np.float64]

POSITIONS = 21
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def hazard(
    parameters: Parameters, seconds: npt.ArrayLike, hook: npt.ArrayLike, last_beat: npt.ArrayLike
) -> Floats:
    """Share of those still watching who leave, per second; the three arrays broadcast.

    seconds: time in the video, seconds. hook: strength of the opening, 0–1. last_beat: when something new was
    last seen or heard, seconds from the start; later than ``seconds`` counts as just now.

    Raises TableError for a negative time or a hook outside 0–1.

    >>> from xiaobian.sandbox.parameters import load
    >>> float(hazard(load(), 0, 1, 0).round(3))
    0.121
    """
    t, strength = _checked(seconds, hook)
    p = parameters
    skip = p["retention.skip"] * (1 - strength) * np.exp(-t / p["retention.skip_decay"])
    early = p["retention.early"] * np.exp(-t / p["retention.early_decay"])
    still = np.maximum(t - np.asarray(last_beat, dtype=float) - p["retention.beat_patience"], 0)
    return np.asarray(skip + early + p["retention.floor"] + p["retention.beat"] * still)


def survival(
    parameters: Parameters, seconds: npt.ArrayLike, hook: npt.ArrayLike, beat_every: npt.ArrayLike = np.inf
) -> Floats:
    """Share of starting viewers still watching, 0–1: the hazard integrated in closed form; arrays broadcast.

    seconds: time in the video, seconds. hook: 0–1. beat_every: seconds between new beats once the opening
    (``retention.opening`` seconds) is over; infinite when nothing new comes.

    Raises TableError for a negative time, a hook outside 0–1, or a beat that is not positive.

    >>> from xiaobian.sandbox.parameters import load
    >>> survival(load(), 3, [0.1, 0.5, 0.9]).round(2).tolist()
    [0.25, 0.4, 0.65]
    """
    t, strength = _checked(seconds, hook)
    gap = np.asarray(beat_every, dtype=float)
    if not (gap > 0).all():
        raise TableError("節奏的間隔要大於 0 秒", where="beat_every", next_step="沒有新變化時請用 np.inf")
    p = parameters
    skip_decay, early_decay = p["retention.skip_decay"], p["retention.early_decay"]
    skip = p["retention.skip"] * (1 - strength) * skip_decay * -np.expm1(-t / skip_decay)
    early = p["retention.early"] * early_decay * -np.expm1(-t / early_decay)
    total = skip + early + p["retention.floor"] * t + p["retention.beat"] * _waiting(p, t, gap)
    return np.asarray(np.exp(-total))


def _checked(seconds: npt.ArrayLike, hook: npt.ArrayLike) -> tuple[Floats, Floats]:
    t, strength = np.asarray(seconds, dtype=float), np.asarray(hook, dtype=float)
    if not (t >= 0).all():
        raise TableError("秒數要大於或等於 0", where="seconds")
    if not ((strength >= 0) & (strength <= 1)).all():
        raise TableError("內容強度要介於 0 和 1", where="hook")
    return t, strength


def _waiting(parameters: Parameters, t: Floats, gap: Floats) -> Floats:
    """Integral of the seconds waited beyond patience, from the start to t, seconds²."""
    opening, patience = parameters["retention.opening"], parameters["retention.beat_patience"]

    def beyond(wait: Floats) -> Floats:
        return np.asarray(np.maximum(wait - patience, 0) ** 2 / 2)

    since = np.maximum(t - opening, 0)
    beats, length = np.floor(since / gap), np.where(np.isinf(gap), 0, gap)
    rest = since - beats * length
    return np.asarray(beyond(np.minimum(t, opening)) + beats * beyond(length) + beyond(rest))


def average_watch_s(
    parameters: Parameters, duration_s: npt.ArrayLike, hook: npt.ArrayLike, beat_every: npt.ArrayLike = np.inf
) -> Floats:
    """Expected seconds watched per starting viewer of videos of ``duration_s`` seconds.

    >>> from xiaobian.sandbox.parameters import load
    >>> weak, strong = average_watch_s(load(), 30, [0.1, 0.9], 6)
    >>> bool(0 < weak < strong < 30)
    True
    """
    duration, strength, gap = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (duration_s, hook, beat_every))
    )
    return np.asarray(_spent(parameters, duration, strength, gap).sum(axis=-1))


def _spent(parameters: Parameters, duration: Floats, hook: Floats, gap: Floats) -> Floats:
    """Integral of survival over each stretch between two positions (last axis), seconds."""
    edges = np.linspace(0, 1, POSITIONS)
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    share = middle[:, None] + half[:, None] * _NODES
    seconds = duration[..., None, None] * share
    alive = survival(parameters, seconds, hook[..., None, None], gap[..., None, None])
    return np.asarray((alive * _WEIGHTS).sum(axis=-1) * half * duration[..., None])


def retention_table(
    parameters: Parameters, rng: np.random.Generator, videos: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Retention curves as a platform would report them, and the watch time that belongs to each.

    videos: post_id, hook (0–1), duration_s (seconds, above 0), views (starting viewers), beat_every (seconds).
    Each viewer stays or leaves by chance, so few views give a rough curve.

    Returns table ``retention`` (21 positions a video; shares missing when nobody started) and a frame post_id,
    avg_watch_s, watch_time_s (seconds), consistent with the curve.

    Raises TableError for a missing column, a missing or negative number of views, or a duration not above 0.

    >>> from xiaobian.sandbox.parameters import load
    >>> one = pd.DataFrame({"post_id": ["a"], "hook": [0.5], "duration_s": [30.0], "views": [900],
    ...                     "beat_every": [6.0]})
    >>> curve, watched = retention_table(load(), np.random.default_rng(1), one)
    >>> len(curve), curve["share_watching"].is_monotonic_decreasing
    (21, True)
    """
    duration, hook, gap, views = _columns(videos)
    share = np.linspace(0, 1, POSITIONS)
    alive = survival(parameters, duration[:, None] * share, hook[:, None], gap[:, None])
    left = _watching(rng, views, alive)
    watch_time = _watch_time(left, alive, _spent(parameters, duration, hook, gap), duration)
    started = np.where(views > 0, views, np.nan)
    posts = videos["post_id"].to_numpy()
    curve = pd.DataFrame(
        {
            "post_id": np.repeat(posts, POSITIONS),
            "position": np.tile(share.round(4), len(posts)),
            "second": (duration[:, None] * share).round(2).ravel(),
            "share_watching": (left / started[:, None]).round(5).ravel(),
        }
    )
    watched = {"post_id": posts, "avg_watch_s": watch_time / started, "watch_time_s": watch_time}
    return conform(curve, "retention"), pd.DataFrame(watched)


def _columns(videos: pd.DataFrame) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int64]]:
    needed = ("post_id", "duration_s", "hook", "beat_every", "views")
    if missing := [name for name in needed if name not in videos]:
        raise TableError(f"影片表缺少欄位 {'、'.join(missing)}", next_step=f"需要的欄位：{'、'.join(needed)}")
    duration, hook, gap, views = (_numbers(videos[name]) for name in needed[1:])
    if not (duration > 0).all():
        raise TableError("影片長度要大於 0 秒，不能空白", where="欄位 duration_s")
    if not (views >= 0).all():
        raise TableError("瀏覽次數要大於或等於 0，不能空白", where="欄位 views")
    return duration, hook, gap, views.astype(np.int64)


def _numbers(values: pd.Series[Any]) -> Floats:
    return pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)


def _watching(rng: np.random.Generator, views: npt.NDArray[np.int64], alive: Floats) -> npt.NDArray[np.int64]:
    """Viewers left at each position: those of the position before, each staying by chance."""
    left = np.empty(alive.shape, dtype=np.int64)
    left[:, 0] = views
    for k in range(1, alive.shape[1]):
        left[:, k] = rng.binomial(left[:, k - 1], np.minimum(alive[:, k] / alive[:, k - 1], 1))
    return left


def _watch_time(left: npt.NDArray[np.int64], alive: Floats, spent: Floats, duration: Floats) -> Floats:
    """Total seconds: full stretches of those who stayed, expected part of a stretch of those who left in it."""
    stretch = duration[:, None] / (POSITIONS - 1)
    gone = alive[:, :-1] - alive[:, 1:]
    part = (spent - alive[:, 1:] * stretch) / np.where(gone > 0, gone, 1)
    stayed = left[:, 1:]
    return np.asarray((stayed * stretch + (left[:, :-1] - stayed) * part).sum(axis=1))
