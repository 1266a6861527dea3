"""What attribution says, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...plotting import (
    GRAIN,
    SEA,
    SKY,
    TEXT,
    Chart,
    chart,
    count_axis,
    count_text,
    percent_text,
    range_text,
    source_note,
    spaced,
    titled,
)
from ...tables import PLATFORMS
from ..utm.channels import DIRECT

if TYPE_CHECKING:
    from .attribution import Attribution


def say(result: Attribution) -> str:
    """Credit as reported, the hidden share, and the assumption it hangs on."""
    social = result.table.loc[result.table["channel"].str.contains("Social"), "sessions"].sum()
    whole = result.table["sessions"].sum()
    head = (
        f"報表把{count_text(float(social))}個工作階段記給社群（占{percent_text(float(social) / float(whole))}），"
        f"{count_text(result.direct)}個記成{DIRECT}。"
    )
    if result.abstained:
        return spaced(f"{head}{result.abstained}，先不估。")
    if not result.sure:
        return spaced(
            f"{head}直接流量沒有明顯跟著貼文的連結點擊動（估計0–{count_text(result.hidden_high)}個），不能說裡面藏著社群。"
        )
    span = range_text(result.hidden_low, result.hidden_high, percent=False)
    return spaced(
        f"{head}估計其中{span}個是跟著貼文來的（95%區間，占直接流量"
        f"{range_text(result.hidden_low / result.direct, result.hidden_high / result.direct)}），加回去，社群約{count_text(float(social) + result.hidden)}個。"
        "前提是發文那天沒有別的事（電子報、門市活動）也把人帶來；私訊轉傳、隔幾天才來的不在裡面，真正的數字可能更高。"
    )


def title(result: Attribution) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "報表怎麼記功：直接流量裡藏了多少，這份資料看不出來"
    if not result.sure:
        return "直接流量沒有明顯跟著貼文動"
    share = range_text(result.hidden_low / result.direct, result.hidden_high / result.direct)
    return spaced(f"直接流量裡有{share}其實跟著貼文來")


def draw(result: Attribution) -> Chart:
    """Stacked bars a platform; the estimated part with its interval."""
    rows = result.platforms
    figure, ax = chart(9, 2.2 + 0.5 * max(len(rows), 2))
    places, left = np.arange(len(rows)), np.zeros(len(rows))
    for column, name, colour in (
        ("tagged", "帶標記", SEA),
        ("referral", "列為參照連結", SKY),
        ("direct", "藏在直接流量（估計）", GRAIN),
    ):
        values = rows[column].fillna(0).to_numpy(float)
        ax.barh(places, values, 0.55, left=left, color=colour, label=name, edgecolor="white")
        left = left + values
    start = (rows["tagged"] + rows["referral"]).to_numpy(float)
    ends = left.copy()
    for place, row in enumerate(rows.to_dict("records")):
        if np.isfinite(row["low"]):
            ax.plot(
                [start[place] + row["low"], start[place] + row["high"]],
                [place] * 2,
                color=TEXT,
                linewidth=1.6,
            )
            ends[place] = max(ends[place], start[place] + row["high"])
        text = f"{percent_text(row['untagged_share'])}沒帶標記" if np.isfinite(row["untagged_share"]) else ""
        ax.annotate(
            spaced(text),
            (ends[place], place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=10,
        )
    ax.set_yticks(places, [PLATFORMS.get(p, p) for p in rows["platform"]])
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.set_xlim(0, float(ends.max()) * 1.2 if len(rows) and ends.max() > 0 else 1)
    count_axis(ax, "x")
    ax.set_xlabel("工作階段（次）")
    ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    titled(
        ax,
        title(result),
        f"{result.days} 天，全部工作階段 {result.table['sessions'].sum():,.0f} 次；黑線是估計的 95% 信賴區間",
    )
    if result.simulated:
        source_note(ax)
    return figure
