"""Which pieces to make from scratch and which to cut from others: the least hours for a week's formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...errors import KitError, TableError
from ...plotting import spaced
from ...sandbox.parameters import load
from ...tables import FORMATS

if TYPE_CHECKING:
    from ...plotting import Chart

Edges = Mapping[str, Mapping[str, tuple[int, float]]]


@dataclass(frozen=True, repr=False)
class Reuse(Result):
    """What ``reuse()`` found.

    table: a row a way: source (missing: from scratch), target, pieces, hours (each). hours: in all; before: all from scratch.
    masters: pieces made from scratch, by format.
    """

    table: pd.DataFrame
    hours: float
    before: float
    masters: dict[str, int]

    @property
    def saved(self) -> float:
        """Share of the hours that reuse saves, 0–1."""
        return 1 - self.hours / self.before if self.before else 0.0

    def say(self) -> str:
        """Hours before and after, what is made from scratch and what is cut from it."""
        cut = self.table.dropna(subset=["source"])
        head = f"全部從頭做要 {self.before:.1f} 小時，重複利用之後 {self.hours:.1f} 小時"
        if cut.empty:
            return spaced(f"{head}：這組格式沒有可以改作的。")
        found: list[Any] = list(cut.itertuples())
        ways = "、".join(f"{FORMATS[r.source]}改{FORMATS[r.target]} {r.pieces} 則" for r in found)
        return spaced(f"{head}，省下 {self.saved:.0%}。改作的是：{ways}。")

    def plot(self) -> Chart:
        """The pieces as a graph: masters to the left, what is cut from them to the right."""
        from .plot import draw_reuse

        return self.captioned(draw_reuse(self))


def reuse(
    demand: Mapping[str, int],
    *,
    hours: Mapping[str, float] | None = None,
    edges: Edges | None = None,
    extra: bool = False,
) -> Reuse:
    """The way to a week's pieces with the least hours.

    demand: pieces by format. hours: of one from scratch, by format. edges: master format → format cut from it → (most pieces
    from one master, hours each); the brand's when not given (設計參數). extra: whether a piece that nobody asked for may
    be made because cutting it saves hours. Only pieces made from scratch are masters. Solved exactly (integer programme, HiGHS).

    Raises TableError for an unknown format or a number of pieces that is no whole number from 0 to 1,000.

    >>> found = reuse({"video": 1, "short_video": 3})
    >>> found.before, found.hours
    (23.0, 12.5)
    """
    p = load()
    hours = hours or p["costs.hours"]
    edges = edges or p["reuse.edges"]
    for name, pieces in demand.items():
        if name not in hours:
            raise TableError(
                f"沒有「{name}」這種格式的工時",
                where="參數 demand",
                next_step=f"可用的有：{'、'.join(hours)}",
            )
        if isinstance(pieces, bool) or not isinstance(pieces, (int, np.integer)) or not 0 <= pieces <= 1000:
            raise TableError(
                f"「{name}」的則數要是 0 到 1,000 的整數，收到的是 {pieces!r}", where="參數 demand"
            )
    formats = list(
        dict.fromkeys([*demand, *(m for m, to in edges.items() if m in hours and set(to) & set(demand))])
    )
    ways = [
        (m, t, most, cost) for m in formats for t, (most, cost) in edges.get(m, {}).items() if t in demand
    ]
    made, cut = _least(demand, formats, ways, hours, extra)
    rows: list[tuple[Any, ...]] = [(None, name, n, float(hours[name])) for name, n in zip(formats, made, strict=True) if n]
    rows += [(m, t, n, float(cost)) for (m, t, _, cost), n in zip(ways, cut, strict=True) if n]
    table = pd.DataFrame(rows, columns=["source", "target", "pieces", "hours"])
    before = float(sum(hours[name] * pieces for name, pieces in demand.items()))
    masters = {name: n for name, n in zip(formats, made, strict=True) if n}
    return Reuse(table, float((table["pieces"] * table["hours"]).sum()), before, masters)


def _least(
    demand: Mapping[str, int],
    formats: list[str],
    ways: list[tuple[str, str, int, float]],
    hours: Mapping[str, float],
    extra: bool,
) -> tuple[list[int], list[int]]:
    """Pieces from scratch [formats] and cut by each way [ways] that cost the least hours."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, m = len(formats), len(ways)
    cost = np.array([hours[f] for f in formats] + [way[3] for way in ways], dtype=float)
    meet = np.zeros((n, n + m))
    supply = np.zeros((m, n + m))
    for i in range(n):
        meet[i, i] = 1
    for k, (master, target, most, _) in enumerate(ways):
        meet[formats.index(target), n + k] = 1
        supply[k, n + k], supply[k, formats.index(master)] = 1, -most
    least = np.array([demand.get(f, 0) for f in formats], dtype=float)
    limits = [LinearConstraint(meet, least, np.inf if extra else least)]
    if m:
        limits.append(LinearConstraint(supply, -np.inf, 0))
    found = milp(cost, constraints=limits, integrality=np.ones(n + m), bounds=Bounds(0, 1000))
    if found.x is None:
        raise KitError("這組需求算不出來", where="reuse()", next_step="請減少則數再試一次")
    whole = [round(float(x)) for x in found.x]
    return whole[:n], whole[n:]
