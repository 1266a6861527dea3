"""An old case replayed: every strategy at every hour under the luck it had, and which mattered more, strategy or hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from ...plotting import Chart, chart, source_note, spaced, titled
from ...sandbox.crisis.room import Crisis
from ...sandbox.crisis.scenarios import CLUSTERS, STRATEGIES
from ..colours import STRATEGY_COLOURS
from .opening import HOURS

_MARKS = {"rebuild": "o", "inform": "s", "diminish": "^", "deny": "v", "silence": "x"}


@dataclass(frozen=True, repr=False)
class Replayed:
    """Every strategy at every hour. table: a row a strategy, a column an hour, change of reputation in SD."""

    title: str
    cluster: str
    table: pd.DataFrame = field(compare=False)

    @property
    def by_strategy(self) -> float:
        """What the choice of strategy moves at the first hour: best less worst of those that speak, in SD."""
        spoken = self.table.drop(index="silence")[1.0]
        return float(spoken.max() - spoken.min())

    @property
    def by_hour(self) -> float:
        """What a day of waiting costs the best strategy, in SD."""
        best = str(self.table[1.0].idxmax())
        return float(self.table[1.0][best]) - float(self.table[24.0][best])

    def say(self) -> str:
        """The best, and what a day of waiting costs, in 正體中文."""
        best = str(self.table[1.0].idxmax())
        return spaced(
            f"{self.title}（{CLUSTERS[self.cluster]}）：第1小時最好的是{STRATEGIES[best]}；同一個策略晚到第24小時，聲譽少{self.by_hour:.2f}個標準差。"
        )

    def plot(self) -> Chart:
        """A line a strategy over the hours to the first word."""
        figure, ax = chart(10, 4.6)
        for strategy, row in self.table.iterrows():
            name = str(strategy)
            ax.plot(
                row.index,
                row,
                _MARKS[name],
                linestyle="-",
                color=STRATEGY_COLOURS[name],
                label=STRATEGIES[name],
                linewidth=2,
            )
        ax.set_xlabel("第一句話在第幾小時")
        ax.set_ylabel("聲譽變化（標準差）")
        ax.set_xticks(list(self.table.columns))
        ax.legend(frameon=False, ncols=1, loc="center left", bbox_to_anchor=(1.0, 0.5))
        best = STRATEGIES[str(self.table[1.0].idxmax())]
        titled(
            ax,
            spaced(f"{best}最好，但晚一天就少{self.by_hour:.2f}個標準差"),
            f"{self.title}，每種策略、每個時間重演一次（n = 1 場，同一份運氣、形式普通）",
        )
        source_note(ax)
        return figure

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：島嶼沙盒模擬資料；大小是設計參數"


@cache
def replayed(scenario: str, seed: int) -> Replayed:
    """An old case, its truth long open, replayed with every strategy at every hour of the first day.

    Raises NotFound for an unknown scenario.

    >>> replayed("wrong_price", 1).table.loc["deny"].lt(replayed("wrong_price", 1).table.loc["diminish"]).all()
    np.True_
    """
    crisis = Crisis(scenario, seed)
    crisis.give_up()
    found = crisis.replays()
    wide = found[found["delay"].isin(HOURS)].pivot(index="strategy", columns="delay", values="value")
    return Replayed(crisis.scenario.title, crisis.scenario.cluster, wide.loc[list(STRATEGIES)])
