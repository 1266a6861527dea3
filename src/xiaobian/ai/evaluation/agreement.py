"""How far two people, or a person and a judge, give the same labels beyond chance: Cohen's κ with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...analytics.result import Result
from ...errors import TableError

Floats = NDArray[np.float64]

MIN_ITEMS = 20
_DRAWS, _SEED = 2_000, 20260301


@dataclass(frozen=True, repr=False)
class Agreement(Result):
    """What ``agreement()`` found.

    kappa, low, high: Cohen's κ and its 95 % interval. raw: share of equal labels (0–1). by_chance: the share two labellers
    with these habits would reach by luck. n: items both labelled. confusion: counts, first labeller down, second across.
    """

    kappa: float
    low: float
    high: float
    raw: float
    by_chance: float
    n: int
    confusion: pd.DataFrame
    notes: tuple[str, ...] = ()

    def say(self) -> str:
        """Both figures, and what the interval allows one to claim."""
        if np.isnan(self.kappa):
            return f"{self.n} 題裡兩邊只用了同一個標籤，算不出 κ；一致率 {self.raw:.0%} 不代表可靠。"
        sure = "下限高於 0，不只是運氣" if self.low > 0 else "區間碰到 0，還不能說不是運氣"
        return (
            f"{self.n} 題裡 {self.raw:.0%} 相同，但光憑運氣也有 {self.by_chance:.0%}；"
            f"扣掉運氣，κ = {self.kappa:.2f}（95% 區間 {self.low:.2f} 到 {self.high:.2f}），{sure}。"
        ).replace(" -", " −")

    @property
    def disagreements(self) -> int:
        """How many items got two different labels."""
        return round(self.n * (1 - self.raw))


def agreement(first: Sequence[object], second: Sequence[object]) -> Agreement:
    """Cohen's κ (Cohen 1960, doi:10.1177/001316446002000104) of two lists of labels, item by item.

    Items that either side left blank (None, NaN, "") are not counted, and a note says how many. The interval is the
    percentile bootstrap over items. Below 20 items a note warns that it is wide.

    Raises TableError when the lists differ in length or share no labelled item.

    >>> agreement(["好", "好", "壞", "壞"], ["好", "壞", "壞", "壞"]).kappa
    0.5
    """
    if len(first) != len(second):
        raise TableError(
            f"兩邊的題數不一樣：{len(first)} 和 {len(second)}", next_step="請用題號對齊兩邊的標籤再比"
        )
    table = pd.DataFrame({"first": list(first), "second": list(second)}, dtype="object")
    known = table[(table.notna() & (table != "")).all(axis=1)].astype(str)
    if known.empty:
        raise TableError("沒有兩邊都標過的題目", next_step="請確認標籤欄位不是空的")
    labels, codes = np.unique(known.to_numpy(), return_inverse=True)
    pairs = codes.reshape(-1, 2)
    counts = np.zeros((len(labels), len(labels)))
    np.add.at(counts, (pairs[:, 0], pairs[:, 1]), 1)
    kappa, raw, chance = (float(value) for value in _kappa(counts))
    low, high = _interval(counts)
    notes = [f"{len(table) - len(known)} 題有一邊沒標，沒有計入"] if len(known) < len(table) else []
    notes += (
        [f"只有 {len(known)} 題，區間很寬；至少標 {MIN_ITEMS} 題再下結論"] if len(known) < MIN_ITEMS else []
    )
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(counts, (pairs[:, 0], pairs[:, 1]), 1)
    confusion = pd.DataFrame(
        counts, index=pd.Index(labels, name="第一位"), columns=pd.Index(labels, name="第二位")
    )
    return Agreement(kappa, low, high, raw, chance, len(known), confusion, tuple(notes))


def _kappa(counts: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
    """κ, raw and chance agreement of tables of counts, shape (…, labels, labels)."""
    shares = counts / counts.sum(axis=(-2, -1), keepdims=True)
    raw = np.trace(shares, axis1=-2, axis2=-1)
    chance = (shares.sum(axis=-1) * shares.sum(axis=-2)).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(chance < 1, (raw - chance) / (1 - chance), np.nan), raw, chance


def _interval(counts: NDArray[np.float64]) -> tuple[float, float]:
    rng, n = np.random.default_rng(_SEED), int(counts.sum())
    drawn = rng.multinomial(n, counts.ravel() / n, _DRAWS).reshape(_DRAWS, *counts.shape)
    kappa = _kappa(drawn.astype(float))[0]
    if np.isnan(kappa).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(kappa, [0.025, 0.975])
    return float(low), float(high)
