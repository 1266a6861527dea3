"""Which form of interaction to offer to whom: a poll, questions, a challenge, a quiz or a raffle.

Judged by who is still there 30 days later and what an event costs, not by how many join. A form that was rarely tried with
a segment borrows from the same form elsewhere, as far as the past shows that segments are alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..analytics.result import Result
from ..errors import TableError
from ..plotting import spaced
from ..sandbox.interaction import FORMS, REACH, SEGMENTS
from ..sandbox.parameters import load
from .poisson import Fit, fit

if TYPE_CHECKING:
    from ..plotting import Chart

Floats = NDArray[np.float64]

COLUMNS = ("segment", "form", "reached", "joined", "stayed")
LIKENESS = (0.2, 0.5, 1.0)
"""Spreads between segments that are compared (standard deviations of log rates)."""

DRAWS, SURE = 4000, 0.8


@dataclass(frozen=True, repr=False)
class FormatChoice(Result):
    """What each form is worth to each segment.

    table: a row a segment and form: segment, form, events, join (joined ÷ reached, 0–1), rate, rate_low, rate_high (still
    there after 30 days ÷ reached, middle and 90 % interval), hours, value, low, high (NT$ an event of ``reach`` people, 90 % interval), p_best.
    reach, worth, hour_ntd: what values are counted with.
    """

    table: pd.DataFrame
    reach: int
    worth: float
    hour_ntd: float
    notes: tuple[str, ...] = ()

    @cached_property
    def best(self) -> dict[str, str]:
        """The form with the highest value for each segment, among those tried there at least once."""
        tried = self.table[self.table["events"] > 0]
        silent = self.table[~self.table["segment"].isin(tried["segment"])]
        known = pd.concat([tried, silent])
        rows = known.loc[known.groupby("segment", sort=False)["value"].idxmax()].set_index("segment")["form"]
        return {segment: str(rows[segment]) for segment in SEGMENTS}

    @cached_property
    def tempting(self) -> dict[str, str]:
        """The form that most people join, for each segment: what a chart of participation would choose."""
        seen = self.table.dropna(subset=["join"])
        rows = seen.loc[seen.groupby("segment", sort=False)["join"].idxmax()]
        return dict(zip(rows["segment"], rows["form"], strict=True))

    def p_best(self, segment: str, form: str) -> float:
        """Probability (0–1) that a form is truly the best of a segment."""
        cell = (self.table["segment"] == segment) & (self.table["form"] == form)
        return float(self.table.loc[cell, "p_best"].to_numpy(float)[0])

    def say(self) -> str:
        """One choice a segment, and how sure it is."""
        told = []
        for segment, form in self.best.items():
            p = self.p_best(segment, form)
            how = f"真的最好的機率約{p:.0%}" + ("" if p >= SURE else "，先小試再定")
            told.append(f"{SEGMENTS[segment]}選{FORMS[form]}（{how}）")
        alike = [SEGMENTS[s] for s, form in self.best.items() if self.tempting.get(s) == form]
        other = (
            "只看參加人數會選到別的形式" if not alike else f"只看參加人數，{'、'.join(alike)}也會選到一樣的"
        )
        return spaced(f"{'；'.join(told)}。{other}。")

    def plot(self, truth: pd.DataFrame | None = None) -> Chart:
        """Values with their intervals, by segment; truth: ``sandbox.interaction.truth_of`` for the diamonds."""
        from .interaction_plot import draw_choice

        return self.captioned(draw_choice(self, truth))


def choose_format(
    events: pd.DataFrame, *, reach: int = REACH, worth: float | None = None, hour_ntd: float | None = None,
    hours: Mapping[str, float] | None = None,
) -> FormatChoice:  # fmt: skip
    """What past events say about each form and segment.

    events: segment, form, reached, joined, stayed (people), and hours if known. reach: people an event would reach. worth:
    NT$ of a person still there after 30 days; hour_ntd: NT$ an hour of work; hours: an event by form (all three by default
    those of the sandbox, design parameters).

    Raises TableError for missing columns, unknown names, impossible counts or no events.

    >>> from xiaobian.sandbox.interaction import Fans
    >>> found = choose_format(Fans(1).events())
    >>> len(found.table), sorted(found.best) == sorted(SEGMENTS)
    (20, True)
    """
    table = _checked(events)
    p = load()
    worth = float(p["interaction.worth"] if worth is None else worth)
    hour_ntd = float(p["interaction.hour_ntd"] if hour_ntd is None else hour_ntd)
    cost = dict(p["interaction.hours"]) | (
        table.groupby("form")["hours"].mean().dropna().to_dict()
        if "hours" in table and hours is None
        else dict(hours or {})
    )
    joins, stays = _pooled(table, "joined", "reached"), _pooled(table, "stayed", "joined")
    cells = pd.DataFrame([(s, f) for s in SEGMENTS for f in FORMS], columns=["segment", "form"])
    x = _matrix(cells)
    log, cover = x @ (joins.beta + stays.beta), x @ (joins.covariance + stays.covariance) @ x.T
    draws = np.random.default_rng(0).multivariate_normal(log, cover, DRAWS, method="eigh")
    hour = cells["form"].map(cost).to_numpy(float)
    worths = reach * np.exp(draws) * worth - hour * hour_ntd
    shape = (DRAWS, len(SEGMENTS), len(FORMS))
    winners = worths.reshape(shape).argmax(axis=2)
    p_best = np.stack([(winners == n).mean(axis=0) for n in range(len(FORMS))], axis=1).ravel()
    sums = (
        table.groupby(["segment", "form"])[["reached", "joined"]]
        .sum()
        .reindex(pd.MultiIndex.from_frame(cells))
    )
    number = table.groupby(["segment", "form"]).size().reindex(sums.index, fill_value=0)
    low, high = np.quantile(worths, [0.05, 0.95], axis=0)
    rates = np.quantile(np.exp(draws), [0.05, 0.95], axis=0)
    values = cells.assign(
        events=number.to_numpy(), join=(sums["joined"] / sums["reached"]).to_numpy(float), rate=np.exp(log),
        rate_low=rates[0], rate_high=rates[1], hours=hour, value=reach * np.exp(log) * worth - hour * hour_ntd, low=low, high=high, p_best=p_best,
    )  # fmt: skip
    notes = (
        f"一檔以觸及 {reach:,} 人、30 天後還在的人每人 NT${worth:g}、一小時 NT${hour_ntd:g} 計",
        *(["有些格子一次都沒辦過，向同一種形式借"] if (number == 0).any() else []),
        *map(str, events.attrs.get("notes", ())),
    )
    return FormatChoice(values, reach, worth, hour_ntd, notes)


def _checked(events: pd.DataFrame) -> pd.DataFrame:
    if missing := [name for name in COLUMNS if name not in events]:
        raise TableError(
            f"缺少欄位 {'、'.join(missing)}", where="choose_format", next_step=f"要有 {'、'.join(COLUMNS)}"
        )
    if events.empty:
        raise TableError("一檔活動都沒有", where="choose_format", next_step="至少給過去辦過的幾檔")
    for name, allowed in (("segment", SEGMENTS), ("form", FORMS)):
        if unknown := sorted(set(events[name].astype(str)) - set(allowed)):
            raise TableError(
                f"欄位 {name} 有不認得的 {'、'.join(unknown)}",
                where="choose_format",
                next_step=f"可用的有：{'、'.join(allowed)}",
            )
    wrong = (
        (events["reached"] <= 0)
        | (events["joined"] < 0)
        | (events["stayed"] < 0)
        | (events["stayed"] > events["joined"])
    )
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise TableError(
            f"第 {row + 1} 列的人數不可能",
            where="choose_format",
            next_step="觸及要大於 0，留下的不會比參加的多",
        )
    return events.reset_index(drop=True)


def _matrix(cells: pd.DataFrame) -> Floats:
    """Constant, forms (against the first), and one column a segment and form."""
    forms, segments = list(FORMS), list(SEGMENTS)
    form = cells["form"].map(forms.index).to_numpy(int)
    segment = cells["segment"].map(segments.index).to_numpy(int)
    x = np.zeros((len(cells), len(forms) * (1 + len(segments))))
    x[:, 0] = 1
    rows = np.arange(len(cells))
    x[rows[form > 0], form[form > 0]] = 1
    x[rows, len(forms) + form * len(segments) + segment] = 1
    return x


def _pooled(table: pd.DataFrame, count: str, exposure: str) -> Fit:
    """Log of count ÷ exposure, cells pulled to their form as much as the past supports; rows without exposure say nothing."""
    known = table[table[exposure] > 0]
    x = _matrix(known)
    tried = []
    for spread in LIKENESS:
        sd = np.full(x.shape[1], spread)
        sd[: len(FORMS)] = [np.inf, *[2.0] * (len(FORMS) - 1)]
        tried.append(fit(x, known[count].to_numpy(float), known[exposure].to_numpy(float), sd, people=True))
    return max(tried, key=lambda one: one.evidence)
