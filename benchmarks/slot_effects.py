"""Posting times against the truth, same run, same data: python benchmarks/slot_effects.py

Simulation of the reference table: 40 accounts, 168 slots, office-hour posting, Poisson counts, post noise log-sd 0.8,
pick 5 slots an account, lift over the average slot. Slot effects have a part that all accounts share (log-sd ``shared``)
and a part of each account's own (log-sd ``own``). The reference leaves open how smooth they are, how often an
editor posts at night and at weekends, and how many engagements a post has; the choices here (Gaussian kernel of 2.5
hours, weights 1 / 0.5 / 0.12 for office, early and late hours, nights, half at weekends, median 100) come closest to
its published columns. ``rough``: the account's own part is independent from hour to hour.

Seeds below 1,000 judge; seeds from 10,000 on are for tuning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaobian.sandbox.effects import smooth_cycle

Floats = NDArray[np.float64]

ACCOUNTS, SLOTS, PICKED, NOISE = 40, 168, 5, 0.8
SIZES = (30, 100, 300, 1000)
WIDTH, TYPICAL, SPREAD = 2.5, 100.0, 1.0


@dataclass(frozen=True)
class Setting:
    name: str
    shared: float
    own: float
    rough: bool = False


SETTINGS = (
    Setting("weak", 0.10, 0.07),
    Setting("strong", 0.30, 0.20),
    Setting("weak, rough", 0.10, 0.07, True),
    Setting("strong, rough", 0.30, 0.20, True),
)


def posting_weights() -> Floats:
    """Chance of each hour of the week, Monday 00:00 first."""
    hour = np.full(24, 0.12)
    hour[7:23], hour[9:18] = 0.5, 1.0
    week = np.concatenate([hour * (0.5 if day >= 5 else 1.0) for day in range(7)])
    return week / week.sum()


@dataclass(frozen=True)
class Sample:
    """true [accounts, slots]: log effects; slot, count [accounts, posts]."""

    true: Floats
    slot: NDArray[np.int64]
    count: NDArray[np.int64]


def draw(setting: Setting, posts: int, seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    shared = setting.shared * smooth_cycle(rng, WIDTH, 1)[0]
    own = rng.standard_normal((ACCOUNTS, SLOTS)) if setting.rough else smooth_cycle(rng, WIDTH, ACCOUNTS)
    true = shared + setting.own * own
    slot = rng.choice(SLOTS, p=posting_weights(), size=(ACCOUNTS, posts))
    level = np.log(TYPICAL) + SPREAD * rng.standard_normal(ACCOUNTS)
    mean = level[:, None] + np.take_along_axis(true, slot, 1) + NOISE * rng.standard_normal((ACCOUNTS, posts))
    return Sample(true, slot, rng.poisson(np.exp(mean)))


def lift(true: Floats, score: Floats) -> float:
    """Mean over accounts of the lift that the five best-scored slots bring over the average slot."""
    chosen = np.argsort(-score, axis=1, kind="stable")[:, :PICKED]
    effect = np.exp(true)
    return float((np.take_along_axis(effect, chosen, 1).mean(axis=1) / effect.mean(axis=1) - 1).mean())


def baselines(sample: Sample) -> dict[str, Floats]:
    """Scores [accounts, slots] of what people use today; a slot never tried comes last."""
    rows = SLOTS * np.arange(ACCOUNTS)[:, None]
    place = (sample.slot + rows).ravel()

    def sums(values: Floats | None = None) -> Floats:
        weights = None if values is None else values.ravel()
        return np.bincount(place, weights, minlength=rows.size * SLOTS).reshape(ACCOUNTS, SLOTS)

    logs = np.log1p(sample.count)
    logs = logs - logs.mean(axis=1, keepdims=True)
    n, total = sums(), sums(logs)
    lag = np.minimum(np.arange(SLOTS), SLOTS - np.arange(SLOTS))
    kernel = np.fft.rfft(np.exp(-0.5 * (lag / 2.0) ** 2))

    def smooth(values: Floats) -> Floats:
        return np.fft.irfft(np.fft.rfft(values) * kernel, SLOTS)

    def mean(top: Floats, under: Floats) -> Floats:
        return np.where(under > 1e-9, top / np.maximum(under, 1e-9), -np.inf)

    everyone = np.ones((ACCOUNTS, 1))
    return {
        "per-account mean": mean(sums(sample.count.astype(float)), n),
        "per-account mean of logs": mean(total, n),
        "pooled mean": everyone * mean(total.sum(axis=0), n.sum(axis=0)),
        "pooled, smoothed": everyone * mean(smooth(total.sum(axis=0)), smooth(n.sum(axis=0))),
    }


def main() -> None:
    for setting in SETTINGS:
        for posts in SIZES:
            found: dict[str, list[float]] = {}
            for seed in range(20):
                sample = draw(setting, posts, 10_000 + seed)
                for name, score in {**baselines(sample), "oracle": sample.true}.items():
                    found.setdefault(name, []).append(lift(sample.true, score))
            told = "  ".join(f"{name} {np.mean(values):6.1%}" for name, values in found.items())
            print(f"{setting.name:14} {posts:5} posts  {told}", flush=True)


if __name__ == "__main__":
    main()
