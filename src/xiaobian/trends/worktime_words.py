"""What the time audit and the plan say, in 正體中文."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..plotting import spaced
from ..sandbox.worktime import GATES

if TYPE_CHECKING:
    from .worktime import Audit, Plan


def hours_text(hours: float) -> str:
    """Hours as the course writes them.

    >>> hours_text(-1.26)
    '−1.3 小時'
    """
    return f"{hours:.1f} 小時".replace("-", "−")


def gain_text(hours: float) -> str:
    """Net hours in words.

    >>> gain_text(2), gain_text(-2)
    ('淨省 2.0 小時', '反而多花 2.0 小時')
    """
    return f"淨省 {hours_text(hours)}" if hours >= 0 else f"反而多花 {hours_text(-hours)}"


def between(low: float, high: float) -> str:
    """A 90 % interval of hours.

    >>> between(-0.5, 2)
    '90% 區間 −0.5 到 2.0'
    """
    return f"90% 區間 {low:.1f} 到 {high:.1f}".replace("-", "−")


def told_audit(found: Audit) -> str:
    """The hours, the largest task, and where memory was furthest off."""
    hours, low, high = found.total
    top = found.table.iloc[0]
    told = (
        f"{found.weeks:g} 週的日記、{int(found.table['n'].sum()):,} 筆：一週約 {hours_text(hours)}（{between(low, high)}）。"
        f"最花時間的是{top['name']}，{hours_text(top['hours'])}（{between(top['low'], top['high'])}），占{top['share']:.0%}。"
    )
    return spaced(told + _overlapping(found.table) + _memory(found.table))


def _overlapping(table: pd.DataFrame) -> str:
    """Which tasks may be the largest as well."""
    top = table.iloc[0]
    rivals = table.iloc[1:][table["high"].iloc[1:] > top["hours"]]
    if rivals.empty:
        return ""
    return f"真正的第一名也可能是{'、'.join(rivals['name'].head(3))}，日記還太短。"


def _memory(table: pd.DataFrame) -> str:
    if "recalled" not in table:
        return ""
    outside = table[(table["recalled"] < table["low"]) | (table["recalled"] > table["high"])]
    if outside.empty:
        return "憑印象的數字都在區間裡。"
    off = (outside["recalled"] - outside["hours"]).abs().sort_values(ascending=False).index
    worst = "、".join(
        f"{r['name']}（記得 {r['recalled']:.1f}、日記 {r['hours']:.1f} 小時）"
        for _, r in outside.loc[off].head(2).iterrows()
    )
    return f"憑印象落在區間外的有 {len(outside)} 項，差最多的是{worst}。"


def told_plan(found: Plan) -> str:
    """Who does what, and what it brings."""
    table, (hours, low, high) = found.table, found.total
    auto, draft = (table.loc[table["mode"] == mode, "name"] for mode in ("auto", "draft"))
    gated = table[table["gate"].notna()]
    kept = table.loc[(table["mode"] == "human") & table["gate"].isna(), "name"]
    parts = [
        f"全自動：{_listed(auto)}。",
        f"AI 起草、人審：{_listed(draft)}。",
        f"算起來不划算、留給人：{_listed(kept)}。",
    ]
    if len(gated):
        reasons = "、".join(dict.fromkeys(GATES[str(g)] for g in gated["gate"]))
        parts.append(f"不管省多少都留給人：{_listed(gated['name'])}（{reasons}）。")
    seems = f"只看起草的速度，會以為省 {hours_text(float(table['seems'].sum()))}。"
    errors = f"預估每週流出 {table['errors'].sum():.1f} 個錯。"
    return spaced(f"一週{gain_text(hours)}（{between(low, high)}）。{seems}{errors}" + "".join(parts))


def _listed(names: pd.Series) -> str:
    return "、".join(names) if len(names) else "沒有"
