"""What it costs to broadcast on LINE: one message a friend reached, against a plan's free messages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import datasets
from ...analytics.result import Result
from ...errors import TableError

if TYPE_CHECKING:
    from ...plotting import Chart

PLANS = {"light": "輕用量", "medium": "中用量", "high": "高用量"}


@dataclass(frozen=True, repr=False)
class LineCost(Result):
    """What ``line_cost()`` found.

    messages: a month. table: a row a plan and source: plan, label, fee, free, extra (messages over the free ones), low and high
    (NT$ a month; missing where the plan cannot send so many), possible, source, note, conflict.
    """

    messages: int
    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def best(self) -> pd.Series:
        """The cheapest plan that can send all messages, by its dearest estimate; of the better sources only."""
        rows = self.table[self.table["possible"] & ~self.table["conflict"]]
        return rows.sort_values(["high", "fee"], kind="stable").iloc[0]

    def say(self) -> str:
        """The cheapest plan and its price; the range where the price of extra messages is not known exactly."""
        row = self.best
        price = f"NT${row['low']:,.0f}" if row["low"] == row["high"] else f"NT${row['low']:,.0f}–{row['high']:,.0f}"
        return f"一個月 {self.messages:,} 則，最便宜的是{row['label']}方案：{price}（免費 {row['free']:,} 則，加購 {row['extra']:,} 則）。"

    def plot(self) -> Chart:
        """What each plan costs for this many messages."""
        from .line_cost_plot import draw

        return self.captioned(draw(self))


def line_cost(friends: int, broadcasts: int, bubbles: int = 1) -> LineCost:
    """What a month of broadcasts costs on each plan of ``line_plans.csv``.

    friends: who get each broadcast. broadcasts: a month. bubbles: of one broadcast; up to three count as one message
    (待查證, ``platform_rules``), more are further messages. Raises TableError for numbers below 0 or no whole numbers.

    >>> found = line_cost(friends=2_500, broadcasts=4)
    >>> found.messages, found.best["plan"], float(found.best["low"])
    (10000, 'high', 1244.0)
    """
    for name, value in (("friends", friends), ("broadcasts", broadcasts), ("bubbles", bubbles)):
        if isinstance(value, bool) or not isinstance(value, int) or value < (1 if name == "bubbles" else 0):
            raise TableError(f"{name} 要是 0 以上的整數", where=f"line_cost 的 {name}", next_step="例如 line_cost(2500, 4)")
    rules = datasets.reference("platform_rules").set_index("id")
    one = rules.to_dict("index")["line_bubbles_counted_as_one"]
    as_one = int(str(one["text"]))
    messages = friends * broadcasts * math.ceil(bubbles / as_one)
    rows = [_row(row, messages) for row in datasets.reference("line_plans").to_dict("records")]
    notes = (
        f"一次推播最多 {as_one} 個泡泡算一則，按收到的好友人數計費（待查證，轉錄於 {one['checked']}）",
        "加購每則的級距沒有查到，只知道最貴和最便宜的單價，所以給範圍",
        *(f"來源衝突：{row['source']}寫中用量 {row['fee']:,.0f} 元、{row['free']:,} 則，以官方公告為準" for row in rows if row["conflict"]),
    )
    return LineCost(messages, pd.DataFrame(rows), notes)


def _row(plan: dict[Any, Any], messages: int) -> dict[str, object]:
    free, fee = int(str(plan["free_messages"])), float(str(plan["monthly_fee"]))
    extra = max(messages - free, 0)
    low, high = plan["extra_price_low"], plan["extra_price_high"]
    sold = isinstance(low, float) and isinstance(high, float) and low == low
    possible = not extra or sold
    return {
        "plan": str(plan["plan"]), "label": PLANS[str(plan["plan"])], "fee": fee, "free": free, "extra": extra,
        "low": fee + extra * float(str(low)) if sold and extra else fee if possible else math.nan,
        "high": fee + extra * float(str(high)) if sold and extra else fee if possible else math.nan,
        "possible": possible, "source": str(plan["source"]), "note": str(plan["note"] or ""),
        "conflict": str(plan["id"]).endswith("_blog"),
    }  # fmt: skip
