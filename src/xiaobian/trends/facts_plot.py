"""The figures of one topic as dots: what each measures and of whom stands beside it."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from matplotlib.lines import Line2D

from ..datasets import CONFIDENCE
from ..plotting import PAPER, SEA, SECONDARY, SKY, Chart, chart, percent_axis, spaced, titled, value_word
from .facts import MEASURES, Facts, segment_text

COLOURS = {"H": SEA, "M": SKY, "L": SECONDARY}
MARKERS = {"H": "o", "M": "s", "L": "D"}
_ROW, _FRAME, _LONGEST, _Z95 = 0.58, 1.9, 26, 1.96


def draw(found: Facts) -> Chart:
    """The chart of ``Facts.plot()``."""
    rows = found.percentages
    if len(rows[["measure", "segment"]].drop_duplicates()) == 1:
        rows = rows.sort_values("period")
    figure, ax = chart(10, _FRAME + _ROW * len(rows))
    for place, row in enumerate(rows.to_dict("records")):
        _dot(ax, place, row)
    ax.set_yticks(range(len(rows)), [_label(row) for row in rows.to_dict("records")], linespacing=1.35)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, min(1.1, 1.2 * float(rows["value"].max()) / 100))
    percent_axis(ax, "x")
    ax.set_xlabel("比例（%，分母寫在每一列）")
    kinds = [kind for kind in CONFIDENCE if (rows["confidence"] == kind).any()]
    ax.legend(handles=[_key(kind) for kind in kinds], title="可信度", loc="lower right")
    titled(ax, _finding(found.topic, rows), _data(rows))
    return figure


def _finding(topic: str, rows: pd.DataFrame) -> str:
    if len(rows) == 1:
        return spaced(f"{topic}：{rows.iloc[0]['figure']}")
    questions = rows[["measure", "segment"]].drop_duplicates()
    if len(questions) == 1:
        return spaced(f"{topic}：同一題、不同時間或來源，從{rows.iloc[0]['figure']}到{rows.iloc[-1]['figure']}")
    return spaced(f"{topic}：{len(rows)}個百分比，回答{len(questions)}種問題")


def _data(rows: pd.DataFrame) -> str:
    spread = "橫線是照簡單隨機抽樣算的 95% 誤差，來源沒寫樣本數的畫不出來"
    return spread if rows["n"].notna().any() else "來源都沒有寫樣本數，誤差多大不知道"


def _label(row: dict[Any, Any]) -> str:
    parts = [MEASURES.get(row["measure"], str(row["claim"]))]
    if pd.notna(row["segment"]):
        parts.append(segment_text(row["segment"]))
    year = re.search(r"20\d\d", str(row["period"]))
    parts += [year[0]] if year else []
    denominator = re.sub(r"（.*?）", "", str(row["denominator"]))
    if denominator == "受訪者":
        denominator = re.split("[，（]", str(row["population"]))[0]
    first, second = "，".join(parts), f"分母：{denominator}"
    return "\n".join(line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…" for line in (first, second))


def _dot(ax: Any, place: int, row: dict[Any, Any]) -> None:
    share, colour = float(row["value"]) / 100, COLOURS[row["confidence"]]
    right = share
    if pd.notna(row["n"]):
        error = _Z95 * (share * (1 - share) / float(row["n"])) ** 0.5
        ax.hlines(place, max(share - error, 0), share + error, color=colour, linewidth=4, alpha=0.35)
        right = share + error
    ax.plot([share], [place], **_look(row["confidence"]))
    value_word(ax, f"{row['value']:g}%", right, place)


def _look(confidence: str) -> dict[Any, Any]:
    colour, filled = COLOURS[confidence], confidence != "L"
    return {
        "marker": MARKERS[confidence], "linestyle": "none", "markersize": 9, "markerfacecolor": colour if filled else PAPER,
        "markeredgecolor": PAPER if filled else colour, "markeredgewidth": 1 if filled else 1.8, "zorder": 4,
    }  # fmt: skip


def _key(confidence: str) -> Line2D:
    return Line2D([], [], label=CONFIDENCE[confidence], **_look(confidence))
