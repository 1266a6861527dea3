"""KPIs with their uncertainty, ready to be told as a number, a sentence, a table or a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...errors import NotFound
from ..groups import key_text
from ..metrics import Metric, metric
from . import tables as kpi_tables
from . import words as kpi_words

if TYPE_CHECKING:
    from ...plotting import Chart


@dataclass(frozen=True)
class KPIResult:
    """What ``kpi()`` found.

    table: a row a group, KPI and aggregate: the group columns, then kpi, label, aggregate (``ratio_of_sums``
    or ``sum``, and ``median_of_posts``), value, low, high (shares 0–1, or counts), n (posts used), numerator
    and denominator (their sums). notes: what the reader must know. comparable: whether every platform summed
    the same engagements. period: first and last day in Taipei, or empty.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]
    by: tuple[str, ...]
    posts: int
    period: str
    comparable: bool

    def rows(self, kpi: str = "er_reach", aggregate: str | None = None) -> pd.DataFrame:
        """One KPI, a row a group, with a column ``group`` in 正體中文.

        aggregate: when not given, ``ratio_of_sums`` for a rate and ``sum`` for a count.
        Raises NotFound for an unknown KPI or aggregate.
        """
        chosen = aggregate or first_aggregate(metric(kpi))
        found = self.table[(self.table["kpi"] == kpi) & (self.table["aggregate"] == chosen)]
        if found.empty:
            known = self.table.loc[self.table["kpi"] == kpi, "aggregate"].unique()
            raise NotFound(f"{kpi} 沒有「{chosen}」這種算法", next_step=f"可用的算法：{'、'.join(known)}")
        names = [group_text(self.by, keys) for keys in found[list(self.by)].itertuples(index=False)]
        return found.assign(group=names or "全部").reset_index(drop=True)

    def value(self, kpi: str = "er_reach", aggregate: str | None = None, **group: object) -> float:
        """One number, a share (0–1) or a count; ``group`` picks the row, e.g. ``platform="instagram"``.

        Raises NotFound unless exactly one group fits.
        """
        found = self.rows(kpi, aggregate)
        everyone = "、".join(found["group"])
        for column, wanted in group.items():
            found = found[found[column] == wanted] if column in self.by else found.iloc[:0]
        if len(found) != 1:
            columns = "、".join(self.by) or "沒有"
            raise NotFound(
                f"這些條件找到 {len(found)} 組，要剛好一組",
                where=f"分組欄位：{columns}",
                next_step=f"可用的組：{everyone}",
            )
        return float(found["value"].iloc[0])

    @property
    def data(self) -> str:
        """What was measured and when, for a chart's data line."""
        return f"貼文 {self.posts:,} 則" + (f"，{self.period}" if self.period else "")

    def misleading(self, what: Metric) -> bool:
        """Whether groups of this KPI may differ only because other engagements were summed."""
        return what.sums_engagements and not self.comparable

    def say(self, kpi: str = "er_reach", aggregate: str | None = None) -> str:
        """One honest sentence or two in 正體中文, with the uncertainty in words."""
        return kpi_words.say(self, metric(kpi), self.rows(kpi, aggregate))

    def plot(self, kpi: str = "er_reach", aggregate: str | None = None) -> Chart:
        """Dots with 95 % intervals and n: along time for week or month, else a row a group; totals as bars.

        Raises TableError for more than 40 rows.
        """
        from .chart import draw

        figure = draw(self, metric(kpi), self.rows(kpi, aggregate))
        figure.summary = self.say(kpi, aggregate)
        return figure

    def __repr__(self) -> str:
        return kpi_tables.as_text(self)

    def _repr_html_(self) -> str:
        return kpi_tables.as_html(self)


def first_aggregate(what: Metric) -> str:
    """The aggregate shown when none is asked for.

    >>> first_aggregate(metric("reach"))
    'sum'
    """
    return "ratio_of_sums" if what.is_ratio else "sum"


def group_text(by: tuple[str, ...], keys: tuple) -> str:
    """The name of a group as a learner reads it.

    >>> group_text(("platform", "weekday"), ("instagram", "週三"))
    'Instagram・週三'
    """
    return "・".join(key_text(key, column) for key, column in zip(keys, by, strict=True))
