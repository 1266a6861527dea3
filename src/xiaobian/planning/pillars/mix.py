"""``pillar_mix``: how much of each pillar, from what the groups make of them and how much each group counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...analytics.result import Result
from ...errors import TableError
from ...plotting import spaced
from ...tables import PILLARS
from .effects import PillarEffects

if TYPE_CHECKING:
    from ...plotting import Chart

Floats = NDArray[np.float64]
DRAWS = 400
_STEPS = 80


@dataclass(frozen=True, repr=False)
class Mix(Result):
    """What ``pillar_mix()`` recommends.

    table: a row a pillar: share (0–1), low and high (90 % of the shares that likely rates lead to), worth (weighted reactions per
    1,000 people when it is posted rarely), least, and now where given. value: weighted reactions per 1,000 people of the mix,
    expected; gain: share more than now, with its 90 % limits (missing without ``now``).
    """

    table: pd.DataFrame
    value: float
    gain: tuple[float, float, float] | None
    wear: float
    notes: tuple[str, ...]

    @property
    def mix(self) -> pd.Series:
        """Part of each pillar, adding up to 1."""
        return self.table["share"]

    def say(self) -> str:
        """More of what, less of what, and how much that is likely to bring."""
        names = [PILLARS.get(str(p), str(p)) for p in self.table.index]
        parts = "、".join(f"{n} {s:.0%}" for n, s in zip(names, self.table["share"], strict=True))
        text = f"建議的組合：{parts}。"
        if self.gain is not None:
            middle, low, high = self.gain
            if low > 0:
                text += f"比現在多 {middle:.1%}（90% 區間 {low:.1%} 到 {high:.1%}）。"
            else:
                text += f"和現在比，可能多 {middle:.1%}，但 90% 區間 {low:+.1%} 到 {high:+.1%}，還不能說一定比較好。"
        return spaced(text.replace("-", "−"))

    def plot(self) -> Chart:
        """Recommended and present part of each pillar."""
        from .plot import draw_mix

        return self.captioned(draw_mix(self))


def pillar_mix(
    effects: PillarEffects,
    worth: Mapping[str, float] | pd.Series | None = None,
    *,
    wear: float,
    least: Mapping[str, float] | None = None,
    now: Mapping[str, float] | pd.Series | None = None,
) -> Mix:
    """The mix that brings the most weighted reactions.

    effects: see ``pillar_effects``. worth: what a reaction of each group counts (≥ 0; 1 each when not given). wear: share of a
    pillar's reactions lost as its part goes from 0 to 1, 0–0.5 (so that more is never less). least: smallest part by pillar.
    now: the present mix, to compare with.

    Value of a mix m: Σ m_p a_p (1 − wear · m_p), a_p = Σ share of group × worth × rate. Its best point is exact: the last small
    part of every pillar above its least brings the same.

    Raises TableError for unknown groups or pillars, a wear outside 0–0.5, or smallest parts of more than 1 in all.

    >>> from xiaobian.sandbox.segments import Readers
    >>> from .effects import pillar_effects
    >>> readers = Readers(1)
    >>> found = pillar_mix(pillar_effects(readers.history(52)), readers.worth, wear=0.4, least={"story": 0.3})
    >>> round(float(found.mix.sum()), 6), bool(found.mix["story"] >= 0.3)
    (1.0, True)
    """
    pillars = list(effects.logits.columns)
    weights = _weights(effects, worth)
    if not 0 <= wear <= 0.5:
        raise TableError(
            "wear 要在 0 到 0.5 之間", where=f"收到的是 {wear!r}", next_step="0.4 表示全押一種時少四成互動"
        )
    floor = _floor(least or {}, pillars)
    each = 1000 * weights @ effects.rates().to_numpy()
    share = best_mix(each, wear, floor)
    drawn = 1000 * np.einsum("s,dsp->dp", weights, effects.draws(DRAWS))
    shares = best_mix(drawn, wear, floor)
    low, high = np.quantile(shares, [0.05, 0.95], axis=0)
    table = pd.DataFrame(
        {"share": share, "low": low, "high": high, "worth": each, "least": floor},
        index=pd.Index(pillars, name="pillar"),
    )
    gain = None
    if now is not None:
        present = pd.Series(now, dtype=float).reindex(pillars).fillna(0.0).to_numpy()
        present = present / present.sum()
        table["now"] = present
        more = worth_of(drawn, share, wear) / worth_of(drawn, present, wear) - 1
        middle = float(worth_of(each, share, wear) / worth_of(each, present, wear) - 1)
        below, above = np.quantile(more, [0.05, 0.95])
        gain = (middle, float(below), float(above))
    return Mix(table, float(worth_of(each, share, wear)), gain, wear, effects.notes)


def worth_of(each: Floats, mix: Floats, wear: float) -> Floats:
    """Value of a mix [pillars] when a pillar posted rarely is worth ``each`` [..., pillars].

    >>> float(worth_of(np.array([2.0, 1.0]), np.array([0.5, 0.5]), 0.4).round(6))
    1.2
    """
    return np.asarray((each * mix * (1 - wear * mix)).sum(axis=-1))


def best_mix(each: Floats, wear: float, floor: Floats) -> Floats:
    """The best parts [..., pillars], each at least ``floor`` [pillars], adding up to 1.

    >>> best_mix(np.array([2.0, 1.0]), 0.4, np.array([0.0, 0.2])).round(3)
    array([0.75, 0.25])
    """
    if wear == 0:
        first = each == each.max(axis=-1, keepdims=True)
        return np.asarray(floor + (1 - floor.sum()) * first / first.sum(axis=-1, keepdims=True))
    low = (each * (1 - 2 * wear)).min(axis=-1, keepdims=True) - 1.0
    high = each.max(axis=-1, keepdims=True)
    for _ in range(_STEPS):
        price = (low + high) / 2
        mix = np.clip((1 - price / each) / (2 * wear), floor, None)
        over = mix.sum(axis=-1, keepdims=True) > 1
        low, high = np.where(over, price, low), np.where(over, high, price)
    free = mix > floor + 1e-12
    rest = 1 - mix.sum(axis=-1, keepdims=True)
    return np.asarray(mix + free * rest / np.maximum(free.sum(axis=-1, keepdims=True), 1))


def _weights(effects: PillarEffects, worth: Mapping[str, float] | pd.Series | None) -> Floats:
    groups = list(effects.logits.index)
    given = pd.Series(1.0, index=groups) if worth is None else pd.Series(worth, dtype=float)
    if unknown := [str(g) for g in given.index if g not in groups]:
        raise TableError(
            f"沒有「{unknown[0]}」這一群",
            where="參數 worth",
            next_step=f"可用的有：{'、'.join(map(str, groups))}",
        )
    given = given.reindex(groups).fillna(0.0)
    if not ((given >= 0).all() and given.sum() > 0 and np.isfinite(given).all()):
        raise TableError("每一群的份量要是 0 以上的數字，不能全是 0", where="參數 worth")
    return (effects.shares * given).to_numpy(dtype=float)


def _floor(least: Mapping[str, float], pillars: list[str]) -> Floats:
    if unknown := [name for name in least if name not in pillars]:
        raise TableError(
            f"沒有「{unknown[0]}」這個支柱", where="參數 least", next_step=f"可用的有：{'、'.join(pillars)}"
        )
    floor = np.array([float(least.get(name, 0.0)) for name in pillars])
    if not (np.isfinite(floor).all() and (floor >= 0).all() and floor.sum() <= 1):
        raise TableError(
            f"最低占比加起來是 {floor.sum():.0%}，要在 0 到 100% 之間",
            where="參數 least",
            next_step="請調低其中一個",
        )
    return floor
