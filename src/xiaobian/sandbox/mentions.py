"""Hourly mentions of a brand with planted crises; the rules by which alarms are scored are in ``alarm_score``.

Volume has a daily rhythm, a weekend, a drift, bumps of good mentions after the brand's own posts, and negative binomial
noise. The share of negatives drifts slowly; in a crisis most of what is added is negative. A classifier of less than
perfect accuracy turns labels around. Sizes are design parameters of ``mentions``; what is planted is the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import datasets, records
from ..errors import AnswerError, TableError
from ..tables import TAIPEI
from .parameters import Parameters, load
from .streams import generator
from .topics import log_uniform
from .truth import Kept

if TYPE_CHECKING:
    from .mention_truth import Watched

Floats = npt.NDArray[np.float64]
START = "2026-08-03"
DAY = 24
COLUMNS = ["start", "peak", "end", "size", "negative"]


@dataclass(frozen=True)
class Surge:
    """Something that adds mentions: first hour, hours to the peak, size (extra ÷ usual at the peak), half-life in
    hours, negative share of what it adds (0–1)."""

    start: int
    ramp: int
    size: float
    half_life: float
    negative: float

    @property
    def peak(self) -> int:
        """Hour of the peak."""
        return self.start + self.ramp - 1

    def extra(self, hours: npt.ArrayLike) -> Floats:
        """Extra mentions ÷ usual ones at hours since the start of the stream.

        >>> Surge(10, 2, 4.0, 1.0, 0.7).extra([9, 10, 11, 12, 13]).tolist()
        [0.0, 2.0, 4.0, 2.0, 1.0]
        """
        t = np.asarray(hours, dtype=float)
        rising = np.clip((t - self.start + 1) / self.ramp, 0, 1)
        return np.asarray(self.size * rising * 2.0 ** (-np.clip(t - self.peak, 0, None) / self.half_life))

    def end(self, edge: float) -> int:
        """Last hour in which the extra is at least ``edge`` of the peak's."""
        return self.peak + int(np.floor(-np.log2(edge) * self.half_life + 1e-9))


def mention_stream(
    seed: int,
    rate: float = 12.0,
    *,
    days: int = 60,
    accuracy: float = 1.0,
    crises: int | None = None,
    start: str = START,
    parameters: Parameters | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hourly counts of one brand, and its planted crises.

    rate: usual mentions an hour. accuracy: chance 0–1 that the classifier is right about a mention. crises: how many;
    the parameters' number for 60 days if None, never more than fit. Returns a frame time (Taipei, start of the hour),
    mentions, negative, and the truth: start, peak, end (times), size (extra ÷ usual at the peak), negative (share of
    what is added, 0–1). The true counts of a seed are the same for every accuracy.

    Raises TableError for a rate not above 0, fewer than 14 days, or an accuracy outside 0–1.

    >>> hours, planted = mention_stream(1, 12)
    >>> len(hours), len(planted), list(hours)
    (1440, 4, ['time', 'mentions', 'negative'])
    """
    _check(rate, days, accuracy)
    p, rng = load() if parameters is None else parameters, generator(seed, "mentions", rate)
    hours = np.arange(days * DAY)
    times = pd.date_range(start, periods=len(hours), freq="h", tz=TAIPEI)
    number = round(p["mentions.crises"] * days / 60) if crises is None else crises
    trouble = _crises(p, rng, days, number)
    usual = rate * np.exp(_drift(p, rng, days)) * _rhythm(p, times)
    base = _base_share(p, rng, days)
    counts, negative = _counted(p, rng, hours, usual, base, [*_bumps(p, rng, days), *trouble])
    seen = _seen(generator(seed, "mentions", rate, "classifier"), counts, negative, accuracy)
    table = pd.DataFrame({"time": times, "mentions": counts, "negative": seen})
    table.attrs["source"] = datasets.SIMULATED
    edge = p["mentions.crisis_edge"]
    rows = [
        (times[c.start], times[c.peak], times[min(c.end(edge), len(hours) - 1)], c.size, c.negative)
        for c in trouble
    ]
    return table, pd.DataFrame(rows, columns=COLUMNS)


def _check(rate: float, days: int, accuracy: float) -> None:
    if not rate > 0:
        raise TableError(f"每小時 {rate} 則不是聲量", where="參數 rate", next_step="請給大於 0 的數字")
    if days < 14:
        raise TableError(f"聲量流至少要 14 天，你給的是 {days}", where="參數 days")
    if not 0 <= accuracy <= 1:
        raise TableError(f"正確率是 {accuracy}", where="參數 accuracy", next_step="請給 0 到 1")


def _clock(p: Parameters) -> Floats:
    rhythm = np.asarray(p["crisis.rhythm"], dtype=float)
    return rhythm / rhythm.mean()


def _awake(p: Parameters, rng: np.random.Generator, day: int) -> int:
    """An hour of a day at which something begins: likelier when more people are there."""
    clock = _clock(p)
    return day * DAY + int(rng.choice(DAY, p=clock / clock.sum()))


def _crises(p: Parameters, rng: np.random.Generator, days: int, number: int) -> list[Surge]:
    """Crises that keep their distance, each with its peak inside; one try after another, so far as they fit."""
    edge, gap, warm = p["mentions.crisis_edge"], int(p["mentions.gap"] * DAY), int(p["mentions.warm_up"])
    found: list[Surge] = []
    for _ in range(200):
        if len(found) == number or warm >= days - 1:
            break
        new = Surge(
            _awake(p, rng, int(rng.integers(warm, days - 1))),
            int(rng.integers(p["mentions.crisis_ramp"][0], p["mentions.crisis_ramp"][1] + 1)),
            log_uniform(rng, *p["mentions.crisis_size"]),
            log_uniform(rng, *p["mentions.crisis_half_life"]),
            float(np.clip(rng.normal(*p["mentions.crisis_negative"]), 0.5, 0.9)),
        )
        apart = all(new.start > c.end(edge) + gap or c.start > new.end(edge) + gap for c in found)
        if apart and new.end(edge) < days * DAY:
            found.append(new)
    return sorted(found, key=lambda c: c.start)


def _bumps(p: Parameters, rng: np.random.Generator, days: int) -> list[Surge]:
    number = int(rng.poisson(p["mentions.bumps"] * days / 60))
    return [
        Surge(
            _awake(p, rng, int(rng.integers(days))),
            1,
            log_uniform(rng, *p["mentions.bump_size"]),
            log_uniform(rng, *p["mentions.bump_half_life"]),
            np.nan,
        )
        for _ in range(number)
    ]


def _drift(p: Parameters, rng: np.random.Generator, days: int) -> Floats:
    """Log level an hour: a straight line and a walk, around 0."""
    line, step = p["mentions.drift"]
    walk = np.cumsum(rng.normal(0, step, days))
    daily = rng.normal(0, line) * (np.arange(days) / 60 - days / 120) + walk - walk.mean()
    return np.repeat(daily, DAY)


def _rhythm(p: Parameters, times: pd.DatetimeIndex) -> Floats:
    weekend = np.where(times.day_of_week >= 5, p["mentions.weekend"], 1.0)
    return np.asarray(_clock(p)[times.hour] * weekend)


def _base_share(p: Parameters, rng: np.random.Generator, days: int) -> Floats:
    """Usual negative share an hour; its log odds wander from day to day around their mean."""
    share, spread, memory = p["mentions.negative"]
    away = np.empty(days)
    away[0] = rng.normal(0, spread)
    for day in range(1, days):
        away[day] = memory * away[day - 1] + rng.normal(0, spread * np.sqrt(1 - memory**2))
    return np.repeat(1 / (1 + np.exp(-(np.log(share / (1 - share)) + away))), DAY)


def _counted(
    p: Parameters,
    rng: np.random.Generator,
    hours: npt.NDArray[np.int64],
    usual: Floats,
    base: Floats,
    surges: list[Surge],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Mentions and negatives of each hour."""
    volume, bad = np.ones(len(hours)), base.copy()
    for surge in surges:
        extra = surge.extra(hours)
        share = base * p["mentions.bump_negative"] if np.isnan(surge.negative) else surge.negative
        volume, bad = volume + extra, bad + extra * share
    k, alike = p["mentions.dispersion"], p["mentions.negative_alike"]
    mean = usual * volume
    counts = rng.poisson(rng.gamma(k, mean / k))
    share = np.clip(bad / volume, 1e-6, 1 - 1e-6)
    return counts, rng.binomial(counts, rng.beta(share * alike, (1 - share) * alike))


def _seen(
    rng: np.random.Generator, counts: npt.NDArray[np.int64], negative: npt.NDArray[np.int64], accuracy: float
) -> npt.NDArray[np.int64]:
    """Negatives that a classifier of an accuracy reports."""
    return np.asarray(
        rng.binomial(negative, accuracy) + rng.binomial(counts - negative, 1 - accuracy), dtype=np.int64
    )


# A stream to watch, whose truth opens after the alarms are written down.


@dataclass(frozen=True, repr=False)
class Watch:
    """A brand's hours. hours: time, mentions, negative. The planted crises open with ``commit`` and ``reveal``."""

    seed: int
    rate: float
    accuracy: float
    hours: pd.DataFrame

    def __repr__(self) -> str:
        days = len(self.hours) // DAY
        return f"{datasets.SIMULATED}｜品牌聲量，種子 {self.seed}：{days} 天，平常每小時約 {self.rate:g} 則"

    def commit(self, alarms: pd.Series | list[Any]) -> Kept:
        """Write down the hours at which you would have raised an alarm; the first list counts.

        Raises AnswerError for a time outside the stream.
        """
        chosen = sorted(_hour(alarm) for alarm in alarms)
        first, last = self.hours["time"].iloc[0], self.hours["time"].iloc[-1]
        if outside := [t for t in chosen if not first <= t <= last]:
            raise AnswerError(
                f"{outside[0]:%Y-%m-%d %H:%M} 不在這段聲量裡",
                where="alarms",
                next_step=f"請給 {first:%Y-%m-%d} 到 {last:%Y-%m-%d} 之間的時間",
            )
        texts = [t.isoformat() for t in chosen]
        kept = records.commit(self._key, texts)
        again = "（以第一次的為準）" if kept["first"] != texts else ""
        return Kept(f"已記下 {len(kept['first'])} 次警報{again}。用 watch.reveal() 揭曉。")

    def reveal(self) -> Watched:
        """The planted crises beside the first committed alarms; raises AnswerError before there are any."""
        from .mention_truth import Watched

        if (kept := records.commitment(self._key)) is None:
            raise AnswerError(
                "還沒有你的警報，真相先不打開",
                where="品牌聲量",
                next_step="先執行 watch.commit(警報的時間)；一次都不報就給 []",
            )
        records.reveal(self._key)
        return Watched(self.hours, planted_in(self), tuple(_hour(t) for t in kept["first"]))

    @property
    def _key(self) -> str:
        return f"sandbox.mentions-{self.seed}-{self.rate:g}-{self.accuracy:g}"


def _hour(time: Any) -> pd.Timestamp:
    moment = pd.Timestamp(time)
    return moment.tz_localize(TAIPEI) if moment.tz is None else moment.tz_convert(TAIPEI)


@cache
def _both(seed: int, rate: float, accuracy: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    return mention_stream(seed, rate, accuracy=accuracy)


def watch(seed: int, rate: float = 12.0, accuracy: float = 1.0) -> Watch:
    """A stream of 60 days to watch.

    >>> watch(1)
    島嶼沙盒模擬資料｜品牌聲量，種子 1：60 天，平常每小時約 12 則
    """
    return Watch(seed, rate, accuracy, _both(seed, rate, accuracy)[0].copy())


def planted_in(stream: Watch) -> pd.DataFrame:
    """The crises of a watch, for those who grade it."""
    return _both(stream.seed, stream.rate, stream.accuracy)[1]
