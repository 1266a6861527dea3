"""Many simulated A/B tests under one way of stopping: how often it raises an alarm, for whom, and how early.

Answers what a single test cannot: how often a way of stopping is wrong. Looks are equally spaced; the z value is that
of two shares with a pooled error, and a look counts once each arm has ``MIN_EVENTS`` clicks, as in ``ab_read``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import TableError
from ...plotting.wording import percent_text, spaced
from ...sandbox.parameters import load
from ...sandbox.streams import generator
from ...sandbox.trials import ARMS, trial_counts
from ...tables import conform
from ..result import Result
from .ab_read import ABReading, ab_read
from .read_words import signed
from .rules import MIN_EVENTS
from .sequential import spending_bounds

if TYPE_CHECKING:
    from ...plotting import Chart

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WAYS = {
    "peek": "每次看，p < .05 就停",
    "chance": "每次看，某一版較好的機率過 95% 就停",
    "end": "中途不看，跑完看一次",
    "group": "每次看，過了事先算好的界線才停",
}
SURE, LIKELY = 1.959964, 1.644854
SEED = 36
TESTS = 4_000
PEOPLE, RATE = 24_000, 0.012


@dataclass(frozen=True)
class Trials:
    """Simulated tests. lift: the true one, relative, [test]. people, clicks: recorded so far, [test, look, arm]."""

    lift: Floats
    people: Floats
    clicks: Floats

    @property
    def relative(self) -> Floats:
        """B's rate ÷ A's rate − 1 at each look; missing where A has no clicks."""
        with np.errstate(divide="ignore", invalid="ignore"):
            rates = self.clicks / self.people
            return np.where(rates[..., 0] > 0, rates[..., 1] / rates[..., 0] - 1, np.nan)

    @property
    def z(self) -> Floats:
        """Difference ÷ standard error at each look; 0 while an arm has too few clicks."""
        rates = self.clicks / np.maximum(self.people, 1)
        pooled = self.clicks.sum(-1) / np.maximum(self.people.sum(-1), 1)
        error = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(self.people, 1)).sum(-1))
        enough = (self.clicks >= MIN_EVENTS).all(-1) & (error > 0)
        return np.where(enough, (rates[..., 1] - rates[..., 0]) / np.where(enough, error, 1), 0)


def draw(
    lift: npt.ArrayLike,
    *,
    people: int = PEOPLE,
    looks: int = 20,
    rate: float = RATE,
    lost: npt.ArrayLike = 0.0,
    seed: int = SEED,
) -> Trials:
    """Tests of two halves. lift: relative, one a test. people: in all, both arms. rate: clicks ÷ people in A, 0–1.

    lost: share of B's people without a click who never get recorded, 0–1, one a test: a leak that breaks the split
    and flatters B. Raises TableError as ``trial_counts`` does.

    >>> draw([0.0, 0.2], people=1000, looks=4).people.sum(axis=2)[:, -1].tolist()
    [1000.0, 1000.0]
    """
    lifts = np.atleast_1d(np.asarray(lift, dtype=float))
    rng = generator(seed, "stopping")
    exposed, clicks = trial_counts(load(), rng, lifts, people, looks, rate)
    gone = rng.binomial(
        exposed[..., 1] - clicks[..., 1], np.broadcast_to(np.asarray(lost, dtype=float), lifts.shape)[:, None]
    )
    exposed[..., 1] -= gone
    return Trials(lifts, exposed.cumsum(axis=1).astype(float), clicks.cumsum(axis=1).astype(float))


def recorded(trials: Trials, name: str = "t1", *, test: int = 0, start: str = "2026-01-05") -> pd.DataFrame:
    """One of the tests as table ``trials``: a row a day and arm, one look a day from ``start`` on.

    >>> len(recorded(draw(0.1, people=2000, looks=7)))
    14
    """
    people, clicks = (np.diff(x[test], axis=0, prepend=0) for x in (trials.people, trials.clicks))
    days = pd.date_range(start, periods=len(people))
    table = pd.DataFrame(
        {
            "trial": name,
            "date": np.repeat(days, len(ARMS)),
            "arm": np.tile(ARMS, len(days)),
            "exposed": people.ravel().astype(int),
            "clicks": clicks.ravel().astype(int),
        }
    )
    return conform(table, "trials")


def bounds(way: str, looks: int) -> Floats:
    """Boundary of |z| at each look; infinite where the way does not look. Raises TableError for an unknown way."""
    if way not in WAYS:
        raise TableError(f"沒有「{way}」這種停法", next_step=f"可用的停法：{'、'.join(WAYS)}")
    if way == "group":
        return spending_bounds(np.arange(1, looks + 1) / looks)
    limit = np.full(looks, np.inf if way == "end" else LIKELY if way == "chance" else SURE)
    if way == "end":
        limit[-1] = SURE
    return limit


def decide(trials: Trials, way: str) -> tuple[Ints, Ints]:
    """For each test the look at which it ends (the last when nothing was found), and the winner: 1 for B, −1 for A,
    0 for none."""
    z = trials.z
    crossed = np.abs(z) >= bounds(way, z.shape[1])
    found = crossed.any(axis=1)
    look = np.where(found, crossed.argmax(axis=1), z.shape[1] - 1)
    side = np.sign(z[np.arange(len(z)), look]).astype(int)
    return look, np.where(found, side, 0)


@dataclass(frozen=True, repr=False)
class Peeking(Result):
    """What ``peeking()`` found. look, winner: as ``decide`` gives them, one a test."""

    way: str
    lift: float
    trials: Trials
    look: Ints
    winner: Ints

    @property
    def looks(self) -> int:
        return self.trials.people.shape[1]

    @property
    def stopped(self) -> float:
        """Share of the tests in which a winner was called; with no true lift these are false alarms."""
        return float((self.winner != 0).mean())

    @property
    def called_b(self) -> float:
        """Share of the tests in which B was called the winner."""
        return float((self.winner > 0).mean())

    @property
    def spent(self) -> float:
        """Mean share of the planned people that were used."""
        return float(((self.look + 1) / self.looks).mean())

    @property
    def claimed(self) -> float:
        """Mean relative difference at the moment B was called the winner; missing when it never was."""
        won = self.winner > 0
        return float(self.trials.relative[won, self.look[won]].mean()) if won.any() else float("nan")

    @property
    def table(self) -> pd.DataFrame:
        """A row a test: true lift, look at which it ended (from 1), winner, relative difference told."""
        told = self.trials.relative[np.arange(len(self.look)), self.look]
        names = np.array(["沒有", "B", "A"])[self.winner]
        return pd.DataFrame(
            {"lift": self.trials.lift, "look": self.look + 1, "winner": names, "relative": told}
        )

    def say(self) -> str:
        """How often a winner was called, and what that cost or brought."""
        n, way = f"{len(self.look):,}", WAYS[self.way]
        if self.lift == 0:
            return spaced(
                f"{n} 個兩版沒有差別的測試，{way}（一共 {self.looks} 次機會）：{percent_text(self.stopped)}喊出了贏家，全是誤報。"
            )
        told = f"{n} 個 B 真的好 {signed(self.lift)} 的測試，{way}：{percent_text(self.called_b)}喊 B 贏，平均用掉原定人數的{percent_text(self.spent)}。"
        if np.isfinite(self.claimed):
            told += f"喊贏的那一刻，看到的提升平均是 {signed(self.claimed)}。"
        return spaced(told)

    def plot(self) -> Chart:
        """Some of the tests as lines; where one of them called a winner, a mark."""
        from .stopping_plot import draw_lines

        return self.captioned(draw_lines(self))


def peeking(
    way: str = "peek",
    *,
    looks: int = 20,
    lift: float = 0.0,
    people: int = PEOPLE,
    rate: float = RATE,
    tests: int = TESTS,
    seed: int = SEED,
) -> Peeking:
    """Run many simulated tests of the same true lift under one way of stopping.

    way: a key of ``WAYS``. looks: how often one may look, evenly spaced; the last is at ``people`` (both arms).
    lift: relative, 0 for two versions that do not differ. rate: clicks ÷ people in A, 0–1. Raises TableError for an
    unknown way or settings that no test can have.

    >>> peeking("end", tests=400).stopped < 0.1 < peeking("peek", tests=400).stopped
    True
    """
    trials = draw(np.full(tests, float(lift)), people=people, looks=looks, rate=rate, seed=seed)
    return Peeking(way, float(lift), trials, *decide(trials, way))


@dataclass(frozen=True, repr=False)
class Alarms(Result):
    """What ``false_alarms()`` found. table: a row a way and number of looks: way, looks, share (of tests without any
    difference that called a winner, 0–1), tests."""

    table: pd.DataFrame

    def say(self) -> str:
        most = self.table[self.table["looks"] == self.table["looks"].max()].set_index("way")["share"]
        told = "；".join(f"{WAYS[way]}：{percent_text(share)}" for way, share in most.items())
        return spaced(f"看 {self.table['looks'].max()} 次，沒有差別也喊出贏家的機會——{told}。")

    def plot(self) -> Chart:
        """False alarms against looks, a line a way."""
        from .stopping_plot import draw_alarms

        return self.captioned(draw_alarms(self))


def false_alarms(
    looks: Sequence[int] = (1, 2, 5, 10, 20, 40), tests: int = TESTS, seed: int = SEED
) -> Alarms:
    """How often each way calls a winner where there is none, for several numbers of looks.

    >>> false_alarms(looks=(1, 20), tests=200).table.columns.tolist()
    ['way', 'looks', 'share', 'tests']
    """
    rows = []
    for number in looks:
        trials = draw(np.zeros(tests), looks=number, seed=seed)
        for way in WAYS:
            rows.append((way, number, float((decide(trials, way)[1] != 0).mean()), tests))
    return Alarms(pd.DataFrame(rows, columns=["way", "looks", "share", "tests"]))


@dataclass(frozen=True)
class Overview:
    """Several tests, each read once at its end. readings: by name of the test. table: a row a test, for showing."""

    readings: Mapping[str, ABReading]

    @property
    def table(self) -> pd.DataFrame:
        rows = {}
        for name, reading in self.readings.items():
            people, row = reading.split.table.set_index("arm")["n"], reading.table.iloc[0]
            rows[name] = {
                "A 人數": f"{people['A']:,}",
                "B 人數": f"{people['B']:,}",
                "B 占比": f"{people['B'] / people.sum():.1%}",
                "分流檢查 p": _chance(reading.split.p),
                "B 的相對差": signed(row["relative"]),
                "結果 p": _chance(row["p"]),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("測試")

    def plot(self, truth: Mapping[str, float] | None = None) -> Chart:
        """The relative difference of every test with its 95 % interval; with ``truth`` (relative lifts) a diamond."""
        from .stopping_plot import draw_overview

        return draw_overview(self, truth or {})

    def __repr__(self) -> str:
        return self.table.to_string()


def _chance(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def overview(tests: pd.DataFrame) -> Overview:
    """Read every test of a ``trials`` table once, at its end, with its split.

    >>> two = pd.concat([recorded(draw(0.2, people=4000, rate=0.1), name) for name in ("t1", "t2")])
    >>> list(overview(two).table.index)
    ['t1', 't2']
    """
    names = tests["trial"].unique()
    return Overview({str(name): ab_read(tests, trial=name, rule="fixed") for name in names})
