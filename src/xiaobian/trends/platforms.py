"""Which few platforms to run: whom they can meet, what they cost, whom they share, and how sure the choice is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import optimize
from ..analytics.result import Result
from ..errors import KitError, NotFound, TableError
from .reach import DESIGN, SEGMENTS, named, plans, reach_table

if TYPE_CHECKING:
    from ..plotting import Chart

Floats = NDArray[np.float64]

REPEAT = 0.3
"""What a person met on one platform more is worth less (design parameter)."""
NESTED = 0.5
"""Where the overlap lies between independent (0) and the smaller audience wholly inside the larger (1) (design parameter)."""
DRAWS = 2000
MOST = 4


@dataclass(frozen=True, repr=False)
class PlatformChoice(Result):
    """What ``choose_platforms()`` found. Shares are of the age group, 0–1; contacts count a repeated one less.

    table: a row a platform considered: platform, reach, low, high, hours, basis, cards, known, chosen.
    sets: a row a set that fits, best first: platforms (in words), items (tuple), contacts (value of the objective, a
    person), hours, wins (share of the draws in which it is the best).
    choice: of the optimizer; problem: what it was given. best_wins, second_wins: shares of the draws.
    unique: least and most share that meets any of the chosen, whatever the overlap.
    """

    table: pd.DataFrame
    sets: pd.DataFrame
    choice: optimize.Chosen
    problem: optimize.Problem
    segment: str
    hours: float
    most: int
    unique: tuple[float, float]
    notes: tuple[str, ...]

    @property
    def platforms(self) -> tuple[str, ...]:
        """The chosen platforms, as in ``tables.PLATFORMS``."""
        return self.choice.items

    @property
    def wins(self) -> float:
        """Share of the draws in which the chosen set is the best."""
        return float(self.sets.iloc[0]["wins"]) if len(self.sets) else 0.0

    def say(self) -> str:
        """The set, what holds it back, how often it wins when figures vary, and the next best."""
        from .platforms_words import say

        return say(self)

    def plot(self, kind: Literal["sets", "reach"] = "sets") -> Chart:
        """``sets``: how often each set wins; ``reach``: the range of each platform's audience, the chosen filled."""
        from .platforms_plot import KINDS

        if kind not in KINDS:
            raise NotFound(f"沒有「{kind}」這種圖", next_step=f"可用的有 {'、'.join(KINDS)}")
        return self.captioned(KINDS[kind](self))


def choose_platforms(
    k: int = 3,
    segment: str = "all",
    hours: float = 12.0,
    *,
    platforms: Sequence[str] | None = None,
    unknown: Literal["guess", "leave_out"] = "guess",
    repeat: float = REPEAT,
    nested: float = NESTED,
    reach: pd.DataFrame | None = None,
) -> PlatformChoice:
    """The best at most k platforms for an age group within hours a week, proved by looking at every set.

    Worth of a set: the shares it can meet, added up, less ``repeat`` times each pair's overlap. The overlap of two
    platforms is not known for Taiwan: ``nested`` places it between independent (0) and wholly nested (1). 2,000 draws
    let reach vary within the range its figures leave open and the overlap between 0 and 1.

    k: 1 to 4. segment: ``all`` or ``18-24``. hours: a week, > 0. platforms: those to consider; without it all but
    messaging (LINE). unknown: what to do with a platform that has no figure for the age group. repeat, nested: 0–1.
    reach: your own table instead of the reference: platform, reach, low, high (0–1), hours.

    Raises KitError for values out of range and when nothing fits the hours, NotFound for unknown names, TableError for a
    table of reach that cannot be used.

    >>> choose_platforms(2, "18-24", 10).platforms
    ('facebook', 'instagram')
    """
    _check(k, hours, repeat, nested)
    table, notes = _candidates(reach_table(segment) if reach is None else _own(reach), platforms, unknown, reach is None)
    given = _problem(table, k, hours, repeat, nested)
    if (table["hours"] > hours).all():
        raise KitError(
            f"每週 {hours:g} 小時，一個平台都養不起", where="參數 hours", next_step=f"最省的是 {_cheapest(table)}"
        )
    chosen = optimize.choose(given)
    table = table.assign(chosen=table["platform"].isin(chosen.items))
    inside = table.loc[table["chosen"], "reach"]
    return PlatformChoice(
        table, _sets(table, given, repeat), chosen, given, segment if reach is None else "own", float(hours), int(k),
        (float(inside.max()), min(float(inside.sum()), 1.0)), notes,
    )  # fmt: skip


def _check(k: int, hours: float, repeat: float, nested: float) -> None:
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= MOST:
        raise KitError(f"平台數要是 1 到 {MOST} 的整數", where=f"參數 k 收到 {k!r}")
    if isinstance(hours, bool) or not isinstance(hours, (int, float, np.number)) or not 0 < hours < np.inf:
        raise KitError("每週工時要是大於 0 的數字", where=f"參數 hours 收到 {hours!r}")
    for name, value in {"repeat": repeat, "nested": nested}.items():
        if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
            raise KitError("這個參數要在 0 到 1 之間", where=f"參數 {name} 收到 {value!r}")


def _candidates(
    table: pd.DataFrame, platforms: Sequence[str] | None, unknown: str, reference: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    notes = []
    if platforms is not None:
        if missing := [name for name in platforms if name not in set(table["platform"])]:
            raise NotFound(f"沒有 {'、'.join(missing)} 的數字", next_step=f"可用的平台：{'、'.join(table['platform'])}")
        table = table[table["platform"].isin(list(platforms))]
    elif reference:
        table = table[table["platform"].map(plans()["kind"]) != "messaging"]
        notes.append("LINE 是通訊平台，有帳號不等於加你好友，預設不排進來；要比就寫進 platforms=")
    if unknown not in ("guess", "leave_out"):
        raise NotFound(f"unknown= 沒有「{unknown}」這個做法", next_step='可用 "guess"（先猜）或 "leave_out"（不考慮）')
    without = table.loc[~table["known"], "platform"]
    if len(without) and unknown == "leave_out":
        table = table[table["known"]]
    if len(without):
        done = "這次不考慮" if unknown == "leave_out" else f"先用全體的數字猜（{DESIGN}）"
        notes.append(f"{'、'.join(map(named, without))} 沒有這個年齡層的數字，{done}")
    if not len(table):
        raise NotFound("沒有平台可以比", next_step='請多放幾個平台，或用 unknown="guess"')
    if reference:
        notes.append(f"每週工時、受眾重疊和重複接觸的折扣都是{DESIGN}，請換成自己的")
    return table.reset_index(drop=True), tuple(notes)


def _own(reach: pd.DataFrame) -> pd.DataFrame:
    needed = ["platform", "reach", "low", "high", "hours"]
    if not isinstance(reach, pd.DataFrame):
        raise TableError(f"reach 要是一張表，收到的是 {type(reach).__name__}", where="參數 reach")
    if missing := [name for name in needed if name not in reach]:
        raise TableError(f"你的表缺少欄位 {'、'.join(missing)}", where="參數 reach", next_step=f"需要 {'、'.join(needed)}")
    table = reach[needed].astype(dict.fromkeys(needed[1:], "float64"))
    shares = table[["low", "reach", "high"]].to_numpy()
    if table["platform"].duplicated().any() or not np.isfinite(shares).all():
        raise TableError("一個平台一列，每格都要有數字", where="參數 reach")
    if (np.diff(shares) < 0).any() or (shares < 0).any() or (shares > 1).any():
        raise TableError("要 0 ≤ low ≤ reach ≤ high ≤ 1", where="參數 reach", next_step="百分比請除以 100")
    return table.assign(basis="你的資料", cards="", known=True)


def overlaps(reach: Floats, nested: Floats | float) -> Floats:
    """Share met by both of each pair [..., items, items]: between independent and nested.

    >>> float(overlaps(np.array([0.5, 0.4]), 1.0)[0, 1])
    0.4
    """
    product = reach[..., :, None] * reach[..., None, :]
    smaller = np.minimum(reach[..., :, None], reach[..., None, :])
    return np.asarray(product + np.asarray(nested)[..., None, None] * (smaller - product))


def _problem(table: pd.DataFrame, k: int, hours: float, repeat: float, nested: float) -> optimize.Problem:
    names, shares = table["platform"].tolist(), table["reach"].to_numpy(dtype=float)
    shared = repeat * overlaps(shares, nested)
    pairs = {(one, other): float(shared[i, j]) for i, one in enumerate(names) for j, other in enumerate(names) if i < j}
    costs = dict(zip(names, table["hours"].astype(float), strict=True))
    return optimize.problem(dict(zip(names, shares, strict=True)), k, {"hours": (costs, float(hours))}, pairs)


def _sets(table: pd.DataFrame, given: optimize.Problem, repeat: float) -> pd.DataFrame:
    every = optimize.every_set(len(table), given.most)
    every = every[optimize.fits(every, list(given.limits.values())) & every.any(axis=1)]
    contacts = optimize.worth(every, given.values, given.overlaps)
    rng = np.random.default_rng(0)
    low, high = (table[name].to_numpy(dtype=float) for name in ("low", "high"))
    drawn = rng.uniform(low, high, (DRAWS, len(table)))
    shared = repeat * overlaps(drawn, rng.uniform(0, 1, DRAWS))
    best = optimize.worth(every, drawn, shared).argmax(axis=0)
    items = [optimize.named(given, row) for row in every]
    sets = pd.DataFrame(
        {
            "platforms": ["＋".join(map(named, names)) for names in items],
            "items": items,
            "contacts": contacts,
            "hours": every @ table["hours"].to_numpy(dtype=float),
            "wins": np.bincount(best, minlength=len(every)) / DRAWS,
        }
    )
    return sets.sort_values("contacts", ascending=False, kind="stable").reset_index(drop=True)


def _cheapest(table: pd.DataFrame) -> str:
    row = table.sort_values("hours", kind="stable").iloc[0]
    return f"{named(row['platform'])}，每週 {row['hours']:g} 小時"


def segment_words(segment: str) -> str:
    """The age group of a choice in words.

    >>> segment_words("18-24")
    '18–24 歲'
    """
    return SEGMENTS.get(segment, "你的受眾")
