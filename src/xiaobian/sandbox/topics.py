"""Topic volumes with planted bursts, and a radar of twenty topics of which some must never be borrowed.

Counts have a weekly rhythm, ordinary wobble, holidays that lift everything, and bursts that ramp up, peak and fade.
What is planted is the truth; who shows the table decides when it opens. Sizes are design parameters of ``topics``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import datasets, records
from ..errors import AnswerError, TableError
from .parameters import Parameters, load
from .streams import generator
from .truth import Kept

if TYPE_CHECKING:
    from .topic_truth import Revealed

Floats = npt.NDArray[np.float64]

PERIODS = {"day": "D", "hour": "h"}
RISKS = {
    "disaster": "災害", "death": "死傷", "politics": "政治", "minors": "未成年", "health": "健康與療效", "hatred": "歧視",
    "private": "個資與訴訟",
}  # fmt: skip
TOPICS = 20
_SPAN = 90
_WORDS = Path(__file__).with_name("words") / "topics.yml"


@dataclass(frozen=True)
class Burst:
    """A planted burst: first day, days to the peak, excess at the peak (times the usual), half-life in days."""

    start: int
    ramp: int
    size: float
    half_life: float

    @property
    def peak(self) -> int:
        """Day of the peak."""
        return self.start + self.ramp - 1

    def excess(self, days: npt.ArrayLike) -> Floats:
        """Excess over the usual volume (1 is as much again) at days since the start of the series.

        >>> Burst(10, 2, 4.0, 1.0).excess([9, 10, 11, 12, 13]).tolist()
        [0.0, 2.0, 4.0, 2.0, 1.0]
        """
        t = np.asarray(days, dtype=float)
        rising = np.clip((t - self.start + 1) / self.ramp, 0, 1)
        falling = 2.0 ** (-np.clip(t - self.peak, 0, None) / self.half_life)
        return np.asarray(self.size * rising * falling)

    def end(self, edge: float) -> int:
        """Last day on which the excess is at least ``edge`` of the peak's."""
        return self.peak + int(np.floor(-np.log2(edge) * self.half_life + 1e-9))


def topic_volumes(
    parameters: Parameters,
    rng: np.random.Generator,
    start: str | date,
    days: int = _SPAN,
    topics: int = 10,
    *,
    per: str = "day",
    moments: Iterable[str | date] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Volumes of topics, and their planted bursts.

    start: first day (Taipei). per: ``day`` or ``hour``. moments: holidays, which lift every topic and are no burst.
    Returns a frame topic, time, mentions, and the truth: topic, start, peak, end (days), size (excess at the peak,
    times the usual), half_life (days).

    Raises TableError for fewer than 28 days or an unknown period.

    >>> table, truth = topic_volumes(load(), np.random.default_rng(1), "2026-03-02", topics=3)
    >>> len(table), list(truth)
    (270, ['topic', 'start', 'peak', 'end', 'size', 'half_life'])
    """
    _check(days, per)
    dates = pd.date_range(start, periods=days)
    tables, planted = [], []
    for number in range(topics):
        name = f"話題 {number + 1:02d}"
        bursts = _draw_bursts(parameters, rng, days)
        mentions = _counts(parameters, rng, dates, bursts, per, _days_of(moments))
        times = pd.date_range(start, periods=len(mentions), freq=PERIODS[per])
        tables.append(pd.DataFrame({"topic": name, "time": times, "mentions": mentions}))
        planted += [_row(parameters, name, dates, burst) for burst in bursts]
    columns = ["topic", "start", "peak", "end", "size", "half_life"]
    return _joined(tables), pd.DataFrame(planted, columns=columns)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """All topics in one frame that says in its attributes that it is simulated."""
    table = pd.concat(tables, ignore_index=True)
    table.attrs["source"] = datasets.SIMULATED
    return table


def _check(days: int, per: str) -> None:
    if per not in PERIODS:
        raise TableError(f"話題的單位沒有「{per}」", where="參數 per", next_step="可用 day 或 hour")
    if days < 28:
        raise TableError(f"話題至少要 28 天，你給的是 {days}", where="參數 days")


def _days_of(moments: Iterable[str | date]) -> set[date]:
    return {pd.Timestamp(moment).date() for moment in moments}


def _row(p: Parameters, name: str, dates: pd.DatetimeIndex, burst: Burst) -> tuple[Any, ...]:
    first = dates[0]
    days = [
        first + pd.Timedelta(days=d) for d in (burst.start, burst.peak, burst.end(p["topics.burst_edge"]))
    ]
    return (name, *days, burst.size, burst.half_life)


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A draw whose logarithm is uniform between those of ``low`` and ``high``."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _draw_burst(p: Parameters, rng: np.random.Generator, start: int) -> Burst:
    low, high = p["topics.burst_ramp"]
    return Burst(
        start,
        int(rng.integers(low, high + 1)),
        log_uniform(rng, *p["topics.burst_size"]),
        log_uniform(rng, *p["topics.burst_half_life"]),
    )


def _draw_bursts(p: Parameters, rng: np.random.Generator, days: int) -> list[Burst]:
    """Bursts that keep their distance, each with its peak inside the series."""
    found: list[Burst] = []
    first, edge, gap = p["topics.warm_up"], p["topics.burst_edge"], p["topics.burst_gap"]
    number = rng.poisson(p["topics.bursts"] * days / _SPAN)
    for start in sorted(rng.integers(first, days - 3, number)):
        if not found or start >= found[-1].end(edge) + gap:
            found.append(_draw_burst(p, rng, int(start)))
    return [burst for burst in found if burst.peak < days]


def _counts(
    p: Parameters,
    rng: np.random.Generator,
    dates: pd.DatetimeIndex,
    bursts: list[Burst],
    per: str,
    moments: set[date],
) -> npt.NDArray[np.int64]:
    """Negative binomial counts around rhythm × wobble × holidays × bursts."""
    day = np.arange(len(dates))
    usual = rng.normal(*p["topics.base"]) + _weekdays(p, rng)[dates.day_of_week] + _wobble(p, rng, len(dates))
    lift = rng.normal(*p["topics.moment"])
    usual = usual + lift * np.array([d in moments for d in dates.date])
    k = p["topics.dispersion"]
    if per == "day":
        mean = np.exp(usual) * (1 + sum((b.excess(day) for b in bursts), np.zeros(len(day))))
    else:
        hours = np.array(p["topics.hours"])
        when = np.arange(24 * len(dates)) / 24
        mean = np.repeat(np.exp(usual), 24) * np.tile(hours / hours.sum(), len(dates))
        mean = mean * (1 + sum((b.excess(when) for b in bursts), np.zeros(len(when))))
    return np.asarray(rng.poisson(rng.gamma(k, mean / k)), dtype=np.int64)


def _weekdays(p: Parameters, rng: np.random.Generator) -> Floats:
    return np.asarray(np.array(p["topics.weekday"]) + rng.normal(0, p["topics.weekday_sd"], 7))


def _wobble(p: Parameters, rng: np.random.Generator, days: int) -> Floats:
    spread, memory = p["topics.wobble"]
    shocks = rng.standard_normal(days) * spread
    level = np.empty(days)
    level[0] = shocks[0]
    for i in range(1, days):
        level[i] = memory * level[i - 1] + np.sqrt(1 - memory**2) * shocks[i]
    return level


@dataclass(frozen=True, repr=False)
class Radar:
    """What an editor sees on one morning: twenty topics and their volumes up to yesterday.

    topics: topic (its headline), tags, rivals (of ``of`` rival brands, how many have posted), note. volumes: topic,
    time, mentions. today: the morning of the decision.
    """

    seed: int
    topics: pd.DataFrame
    volumes: pd.DataFrame
    of: int
    today: pd.Timestamp

    @property
    def interests(self) -> dict[str, float]:
        """How well each tag fits the running brand (0–1)."""
        return dict(load()["topics.interests"])

    def __repr__(self) -> str:
        return f"{datasets.SIMULATED}｜話題雷達，種子 {self.seed}：{len(self.topics)} 個話題，{self.today:%Y-%m-%d} 早上"

    def commit(self, accepted: Iterable[str]) -> Kept:
        """Write down which topics to post about; the first choice counts. Raises AnswerError for an unknown topic."""
        chosen = list(accepted)
        if unknown := [name for name in chosen if name not in set(self.topics["topic"])]:
            raise AnswerError(
                f"雷達上沒有「{unknown[0]}」",
                where="話題雷達",
                next_step="請用 radar.topics 裡 topic 那一欄的寫法",
            )
        kept = records.commit(self._key, chosen)
        again = "（以第一次的選擇為準）" if kept["first"] != chosen else ""
        return Kept(f"已記下 {len(kept['first'])} 個{again}。用 radar.reveal() 揭曉。")

    def reveal(self) -> Revealed:
        """The truth beside the first committed choice; raises AnswerError before there is one."""
        from .topic_truth import Revealed

        if (kept := records.commitment(self._key)) is None:
            raise AnswerError(
                "還沒有你的選擇，真相先不打開",
                where="話題雷達",
                next_step="先執行 radar.commit([要做的話題])；一個都不做就給 []",
            )
        records.reveal(self._key)
        return Revealed(radar_and_truth(self.seed)[1], tuple(kept["first"]))

    @property
    def _key(self) -> str:
        return f"sandbox.topics.radar-{self.seed}"


@cache
def _pool() -> dict[str, list[dict[str, Any]]]:
    return dict(datasets.yaml_of(_WORDS))


@cache
def radar_and_truth(seed: int, days: int = 56, today: str = "2026-10-19") -> tuple[Radar, pd.DataFrame]:
    """Twenty topics of one morning, and the truth about each.

    The truth: topic, risk (正體中文, empty without one), fit (0–1), size, age (days since the start), half_life, interest
    (share of the talk on publishing day that is burst, 0–1), saturation (0–1), value (what the post would bring, as
    a share of an ordinary post's reach), why.

    >>> seen, truth = radar_and_truth(1)
    >>> len(seen.topics), (truth["risk"] != "").sum(), (truth["value"] > 0).any()
    (20, np.int64(5), np.True_)
    """
    p, rng = load(), generator(seed, "radar")
    first = pd.Timestamp(today) - pd.Timedelta(days=days)
    rows, tables, truths = [], [], []
    for card, quiet in _cards(p, rng):
        burst = None if quiet else _radar_burst(p, rng, days, risky="risk" in card)
        mentions = _counts(p, rng, pd.date_range(first, periods=days), [burst] if burst else [], "day", set())
        times = pd.date_range(first, periods=days)
        tables.append(pd.DataFrame({"topic": card["text"], "time": times, "mentions": mentions}))
        truth = _truth_of(p, rng, card, burst, days)
        truths.append(truth)
        seen = int(rng.binomial(p["topics.rivals"], truth["saturation"]))
        rows.append(
            {"topic": card["text"], "tags": "、".join(card["tags"]), "rivals": seen, "note": card["note"]}
        )
    table = Radar(
        seed,
        pd.DataFrame(rows),
        _joined(tables),
        p["topics.rivals"],
        pd.Timestamp(today),
    )
    return table, pd.DataFrame(truths)


def radar(seed: int) -> Radar:
    """What an editor sees on one morning; its truth opens with ``commit`` and ``reveal``.

    >>> radar(1)
    島嶼沙盒模擬資料｜話題雷達，種子 1：20 個話題，2026-10-19 早上
    """
    return radar_and_truth(seed)[0]


def _cards(p: Parameters, rng: np.random.Generator) -> list[tuple[dict[str, Any], bool]]:
    """Twenty cards in a drawn order, and whether each is quiet."""
    pool, risky = _pool(), p["topics.risky"]
    safe = rng.permutation(len(pool["safe"]))[: TOPICS - risky]
    bad = rng.permutation(len(pool["risky"]))[:risky]
    cards = [(pool["safe"][i], n < p["topics.quiet"]) for n, i in enumerate(safe)]
    cards += [(pool["risky"][i], False) for i in bad]
    return [cards[i] for i in rng.permutation(len(cards))]


def _radar_burst(p: Parameters, rng: np.random.Generator, days: int, *, risky: bool) -> Burst:
    low, high = p["topics.age"]
    burst = _draw_burst(p, rng, days - 1 - int(rng.integers(low, high + 1)))
    times = p["topics.risky_size"] if risky else 1.0
    return Burst(burst.start, burst.ramp, burst.size * times, burst.half_life)


def _truth_of(
    p: Parameters, rng: np.random.Generator, card: dict[str, Any], burst: Burst | None, days: int
) -> dict[str, Any]:
    fit = float(np.mean([p["topics.interests"][tag] for tag in card["tags"]]))
    age = 0 if burst is None else days - burst.start
    size = 0.0 if burst is None else burst.size
    a, by_size, by_day, spread = p["topics.saturation"]
    logit = a + by_size * np.log1p(size) + by_day * age + rng.normal(0, spread)
    crowd = float(1 / (1 + np.exp(-logit)))
    excess = 0.0 if burst is None else float(burst.excess([days - 1 + p["topics.delay"]])[0])
    interest = excess / (1 + excess)
    gain = float(np.expm1(p["reach.trend"] * fit * interest * (1 - crowd)))
    harm = float(rng.uniform(*p["topics.harm"])) if "risk" in card else 0.0
    return {
        "topic": card["text"], "risk": RISKS.get(card.get("risk", ""), ""), "fit": fit, "size": size, "age": age,
        "half_life": np.nan if burst is None else burst.half_life, "interest": interest, "saturation": crowd,
        "value": gain - p["topics.cost"] - harm, "why": card.get("why", ""),
    }  # fmt: skip


def share(truth: pd.DataFrame, accepted: Iterable[str]) -> float:
    """Part of the best possible value that a choice of topics brings: 1 is the best, 0 is posting none of them.

    truth: as from ``radar_and_truth``. accepted: topics taken. Regret is 1 minus this.

    >>> _, truth = radar_and_truth(1)
    >>> share(truth, truth.loc[truth["value"] > 0, "topic"]), share(truth, [])
    (1.0, 0.0)
    """
    taken = truth["topic"].isin(list(accepted))
    return float(truth.loc[taken, "value"].sum() / truth["value"].clip(lower=0).sum())
