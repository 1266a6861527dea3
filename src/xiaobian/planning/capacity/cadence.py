"""What a cadence of posts costs in hours by person, and the most a team can keep up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from ...plotting import spaced
from ...sandbox.parameters import load
from ...tables import FORMATS
from ..scheduling.names import people_names

if TYPE_CHECKING:
    from ...plotting import Chart

BUSY = 0.85
"""Design parameter: share of the hours that can be planned; the rest goes to what nobody planned. Above it queues grow fast."""


@dataclass(frozen=True, repr=False)
class Cadence(Result):
    """What ``cadence()`` found.

    table: a row a person: name, needed (hours a week for this cadence), available (hours a week), used (needed ÷ available).
    per_week: the cadence; most: pieces a week that fit with ``busy`` of everyone's hours; short: who is over it, worst first.
    """

    table: pd.DataFrame
    per_week: float
    most: float
    short: tuple[str, ...]
    busy: float

    def say(self) -> str:
        """Whether the cadence fits, who is short, and what would fit."""
        total = self.table["needed"].sum()
        head = f"一週 {self.per_week:g} 則要 {total:.1f} 小時"
        if not self.short:
            return spaced(
                f"{head}，每個人都在可用工時的 {self.busy:.0%} 以內；單則工時相加，最多可以到一週 {self.most:.1f} 則。"
            )
        worst = self.table.loc[self.short[0]]
        return spaced(
            f"{head}，不夠的是{'、'.join(self.table.loc[list(self.short), 'name'])}：{worst['name']}要 {worst['needed']:.1f} 小時，"
            f"可排的只有 {self.busy * worst['available']:.1f} 小時（{worst['available']:.1f} 小時的 {self.busy:.0%}）。"
            f"這樣的格式組合，一週最多 {self.most:.1f} 則。"
        )

    def plot(self) -> Chart:
        """Hours needed against hours there are, person by person."""
        from .plot import draw_cadence

        return self.captioned(draw_cadence(self))


def cadence(
    per_week: float,
    mix: Mapping[str, float],
    available: Mapping[str, float],
    *,
    hours: Mapping[str, float] | None = None,
    work: Mapping[str, Mapping[str, float]] | None = None,
    busy: float = BUSY,
) -> Cadence:
    """Hours a week by person for a cadence.

    per_week: pieces a week, above 0. mix: share of each format; scaled to sum 1. available: hours a week by person. hours: of
    one piece by format; work: who does which share of it by format; the brand's when not given (設計參數). busy: share of the
    hours that may be planned.

    Raises TableError for an unknown format, a negative number, a person without hours.

    >>> found = cadence(7, {"image": 0.7, "short_video": 0.3}, {"aluo": 9, "yunan": 7, "boyu": 8})
    >>> found.short, round(found.most, 1)
    (('boyu',), 5.7)
    """
    p = load()
    hours, work = hours or p["costs.hours"], work or p["backlog.work"]
    shares = _shares(mix, hours, work)
    if not (isinstance(per_week, (int, float)) and math.isfinite(per_week) and per_week > 0):
        raise TableError(f"一週的則數要大於 0，收到的是 {per_week!r}", where="參數 per_week")
    each: dict[str, float] = {}
    for name, share in shares.items():
        for who, part in work[name].items():
            each[who] = each.get(who, 0.0) + share * hours[name] * part
    names = people_names()
    if absent := [who for who in each if who not in available]:
        raise TableError(
            f"沒有給{'、'.join(names.get(w, w) for w in absent)}的工時", where="參數 available",
            next_step="這幾個人也要做，請補上一週幾小時；不能做就填 0",
        )  # fmt: skip
    if bad := [who for who, there in available.items() if not there >= 0]:
        raise TableError(f"{bad[0]} 的工時要是 0 以上的數字", where="參數 available")
    table = pd.DataFrame(
        {
            "name": [names.get(who, who) for who in each],
            "needed": [per_week * one for one in each.values()],
            "available": [float(available[who]) for who in each],
        },
        index=pd.Index(each, name="person"),
    )
    table["used"] = [
        n / a if a else math.inf for n, a in zip(table["needed"], table["available"], strict=True)
    ]
    over = table[table["used"] > busy + 1e-9].sort_values("used", ascending=False, kind="stable")
    most = min((busy * available[who] / one for who, one in each.items() if one > 0), default=math.inf)
    return Cadence(table, float(per_week), float(most), tuple(over.index), busy)


def _shares(
    mix: Mapping[str, float], hours: Mapping[str, float], work: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    for name, share in mix.items():
        if name not in hours or name not in work:
            known = [FORMATS.get(f, f) + f"（{f}）" for f in hours if f in work]
            raise TableError(
                f"沒有「{name}」這種格式的工時", where="參數 mix", next_step=f"可用的有：{'、'.join(known)}"
            )
        if not (math.isfinite(share) and share >= 0):
            raise TableError(f"「{name}」的占比要是 0 以上的數字", where="參數 mix")
    total = sum(mix.values())
    if not total > 0:
        raise TableError("至少要有一種格式的占比大於 0", where="參數 mix")
    return {name: share / total for name, share in mix.items() if share > 0}
