"""Explorer of an alarm's threshold: sooner or quieter, on streams whose crises are known."""

from __future__ import annotations

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from ..crisis.noticing.trade import PRACTICE, RULES, alarms_of, practice, trade_off
from ..plotting import (
    BRICK,
    GRAIN,
    INK,
    PAPER,
    SEA,
    SECONDARY,
    SKY,
    VIOLET,
    Chart,
    chart,
    count_axis,
    source_note,
    spaced,
    titled,
)
from ..sandbox.alarm_score import spans
from ..sandbox.mention_truth import Watched
from .controls import labelled
from .explorer import explorer
from .panel import Panel

TOUCHES = ("很敏感", "敏感", "中間", "保守", "很保守")
RATES = {"每小時 4 則": "4", "每小時 12 則": "12", "每小時 60 則": "60"}
LABELS = {"標籤都對": "1.0", "分類器五次錯一次": "0.8"}
_COLOURS = {"volume": VIOLET, "negatives": SKY, "share": SEA}
_MARKS = {"volume": "s", "negatives": "^", "share": "o"}
_SHORT = {"volume": "則數", "negatives": "負面則數", "share": "detect()"}


def alarm_explorer() -> Panel:
    """Drop-downs for the rule, its threshold, how busy the page is and how good the labels are; delay and false alarms follow.

    Three simulated streams of 60 days with four crises each; their truth is shown.
    """
    choices = {
        "rule": labelled("規則：", {words: rule for rule, words in RULES.items()}, "volume"),
        "touch": labelled("門檻：", {words: str(n) for n, words in enumerate(TOUCHES)}, "2"),
        "rate": labelled("平常聲量：", RATES, "12"),
        "accuracy": labelled("好壞的標籤：", LABELS, "1.0"),
    }

    def draw(rule: str, touch: str, rate: str, accuracy: str) -> tuple[Chart, str]:
        table = trade_off(float(rate), float(accuracy))
        row = table[table["rule"] == rule].iloc[int(touch)]
        return _picture(table, row, float(rate), float(accuracy)), _told(row)

    return explorer(choices, draw, "換規則和門檻，看早一點響要多付幾次白響。")


def _told(row: pd.Series) -> str:
    late = "" if pd.isna(row["delay"]) else f"，平均慢{row['delay']:.1f}小時"
    return spaced(
        f"{RULES[row['rule']]}，門檻{row['threshold']:g}：{row['planted']}場危機找到{row['found']}場{late}，"
        f"每週白響{row['false_a_week']:.2f}次。"
    )


def _picture(table: pd.DataFrame, row: pd.Series, rate: float, accuracy: float) -> Chart:
    figure, ax = chart(10, 5.6)
    ax.set_position((0.08, 0.54, 0.9, 0.28))
    _stream(ax, row, rate, accuracy)
    below = figure.add_axes((0.08, 0.1, 0.9, 0.32))
    _trade(below, table, row)
    titled(
        ax,
        spaced(
            f"{_SHORT[row['rule']]}、門檻{row['threshold']:g}：慢{row['delay']:.1f}小時，每週白響{row['false_a_week']:.2f}次"
        ),
        "上圖是三段聲量的第一段：底色和菱形是真的危機，圓圈是找對的警報，✗ 是白響；下圖三段合計，n = 12 場",
    )
    source_note(below)
    return figure


def _stream(ax: Axes, row: pd.Series, rate: float, accuracy: float) -> None:
    hours, planted, found = practice(rate, accuracy, PRACTICE[0])
    alarms = tuple(alarms_of(row["rule"], row["threshold"], hours, found))
    wrong = set(Watched(hours, planted, alarms).false)
    top = float(hours["mentions"].max())
    ax.plot(hours["time"], hours["mentions"], color=SKY, linewidth=0.6)
    ax.plot(hours["time"], hours["negative"], color=SEA, linewidth=0.8)
    for start, end in spans(planted):
        ax.axvspan(start, end, color=GRAIN, alpha=0.3, linewidth=0, zorder=0)
        ax.plot([start], [1.22 * top], "D", color=INK, markersize=6)
    for alarm in alarms:
        ax.plot([alarm], [1.08 * top], "x" if alarm in wrong else "o", color=BRICK, markerfacecolor=PAPER, markersize=7,
                markeredgewidth=1.6)  # fmt: skip
    ax.set_ylim(0, 1.34 * top)
    ax.set_ylabel("每小時（則）")
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%m/%d"))
    count_axis(ax)


def _trade(ax: Axes, table: pd.DataFrame, row: pd.Series) -> None:
    for rule, rows in table.groupby("rule", sort=False):
        colour = _COLOURS[str(rule)]
        ax.plot(rows["false_a_week"], rows["delay"], _MARKS[str(rule)], linestyle="-", color=colour, linewidth=1.4,
                label=_SHORT[str(rule)])  # fmt: skip
    ax.plot([row["false_a_week"]], [row["delay"]], "o", color=BRICK, markerfacecolor="none", markersize=16,
            markeredgewidth=2, label="你選的")  # fmt: skip
    ax.set_xlim(left=-0.08)
    ax.set_ylim(0, 1.35 * float(table["delay"].max()))
    ax.set_xlabel("每週白響（次）：越左越安靜")
    ax.set_ylabel("平均慢幾小時（找到的）")
    ax.tick_params(colors=SECONDARY)
    ax.legend(frameon=False, ncols=4, loc="upper right")
