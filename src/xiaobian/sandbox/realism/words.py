"""What a comparison with a real page says: a sentence, a table for the terminal or a notebook, a chart, a page."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...plotting import (
    BRICK,
    HAIRLINE,
    PAPER,
    SEA,
    SECONDARY,
    Chart,
    chart,
    count_text,
    percent_axis,
    percent_text,
    source_note,
    titled,
    to_png,
)
from ...reports import Page, PageTable, Section

if TYPE_CHECKING:
    from .check import Realism

HEAD = ("統計量", "真實", "模擬的 95% 範圍", "百分位", "判定")
_NAMED = 3
_ROW, _FRAME = 0.31, 1.9


def number_text(value: float, unit: str) -> str:
    """One value of the check list: a share as percent, a count, else two decimals.

    >>> number_text(0.0213, "%"), number_text(5281, "人"), number_text(-0.66, ""), number_text(3, "則")
    ('2.1%', '5,281', '−0.66', '3')
    """
    if unit == "%":
        return percent_text(value)
    if unit in ("次", "人", "則"):
        return count_text(value) if abs(value) >= 100 else _plain(value, 1).removesuffix(".0")
    return _plain(value, 2)


def _plain(value: float, decimals: int) -> str:
    if np.isnan(value):
        return "—"
    return "∞" if np.isinf(value) else f"{value:.{decimals}f}".replace("-", "−")


def _band(low: float, high: float, unit: str) -> str:
    if np.isnan(low) or np.isnan(high):
        return "—"
    joint = " 到 " if low < 0 else "–"
    return f"{number_text(low, unit)}{joint}{number_text(high, unit)}"


def _verdict(row: pd.Series) -> str:
    if row["why"]:
        return f"– 不評：{row['why']}"
    return "✓ 在範圍裡" if row["inside"] else "✗ 在範圍外"


def _cells(row: pd.Series) -> tuple[str, ...]:
    place = percent_text(row["percentile"]) if not row["why"] else "—"
    unit = row["unit"]
    name = f"{row['title']}（{unit}）" if unit not in ("", "%") else row["title"]
    return name, number_text(row["real"], unit), _band(row["low"], row["high"], unit), place, _verdict(row)


def width(text: str) -> int:
    """Columns that a text takes in a terminal; a Chinese character takes two.

    >>> width("互動 2.1%")
    9
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, room: int, right: bool) -> str:
    blank = " " * (room - width(text))
    return blank + text if right else text + blank


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as lines with aligned columns: first and last to the left, the others to the right."""
    last = len(rows[0]) - 1
    rooms = [max(width(row[place]) for row in rows) for place in range(last + 1)]
    return [
        "  ".join(_padded(cell, rooms[place], 0 < place < last) for place, cell in enumerate(row)).rstrip()
        for row in rows
    ]


# ── the sentence ──


def _away(row: pd.Series) -> float:
    """How far a value lies outside its band, in widths of the band."""
    gap = max(row["low"] - row["real"], row["real"] - row["high"])
    room = row["high"] - row["low"]
    return float(gap / room) if room > 0 and np.isfinite(gap) else np.inf


def _outside(result: Realism) -> list[str]:
    """Titles of the statistics outside their bands, the farthest first."""
    rows = result.table[result.table["inside"].eq(False).fillna(False).to_numpy(dtype=bool)]
    ordered = sorted((row for _, row in rows.iterrows()), key=_away, reverse=True)
    return [row["title"] for row in ordered]


def _statistics_part(result: Realism) -> str:
    if not result.judged:
        return "沒有一項統計評得出來"
    inside = int(result.table["inside"].sum())
    return (
        f"{result.judged} 項統計有 {inside} 項落在模擬的 95% 範圍裡"
        f"（{percent_text(result.share_inside)}，目標 90%；模擬頁自己來比，有 {percent_text(result.null_inside)} 會過）"
    )


def _classifier_part(result: Realism) -> str:
    if np.isnan(result.auc):
        return "貼文太少，分類器不評"
    low, high = result.null_auc[0], result.null_auc[-1]
    return (
        f"分類器分辨真假的 AUC 是 {result.auc:.2f}（目標 0.65 以下；模擬頁彼此分辨是 {low:.2f}–{high:.2f}）"
    )


def _transfer_part(result: Realism) -> str:
    if result.transfer is None:
        return "預測不評"
    t = result.transfer
    unsure = "，跨過目標，還說不準" if t.low <= 1.10 < t.high else ""
    return (
        f"用模擬貼文訓練的模型，預測誤差是用真實貼文訓練的 {t.ratio:.2f} 倍"
        f"（目標 1.10 以內，95% 區間 {t.low:.2f}–{t.high:.2f}{unsure}）"
    )


def _conclusion(result: Realism) -> str:
    judged = [verdict for verdict in result.verdicts.values() if verdict is not None]
    outside = _outside(result)
    named = f"，差最多的是{'、'.join(f'「{title}」' for title in outside[:_NAMED])}" if outside else ""
    if not all(judged):
        return f"還不夠像{named}"
    if len(judged) < len(result.verdicts):
        return f"看得到的部分沒有明顯破綻，但不足以說它像{named}"
    return f"三項都達到目標{named}"


def say(result: Realism) -> str:
    """What was found, in one honest sentence."""
    parts = [_statistics_part(result), _classifier_part(result), _transfer_part(result)]
    return f"{_data(result)}：{'；'.join(parts)}。結論：{_conclusion(result)}。"


def _data(result: Realism) -> str:
    return f"{result.page} 的 n = {result.posts:,} 則貼文，和 {result.pages:,} 頁模擬貼文比"


# ── tables ──


def _checks(result: Realism) -> Iterator[tuple[str, str]]:
    """The other two checks, a name and a line each."""
    if not np.isnan(result.auc):
        null = "、".join(f"{value:.2f}" for value in result.null_auc)
        yield (
            "分類器",
            f"AUC {result.auc:.3f}（目標 ≤ 0.65）；模擬頁彼此：{null}；用到 {'、'.join(result.columns)}",
        )
    if result.transfer is not None:
        t = result.transfer
        yield (
            "預測",
            f"誤差中位數：模擬訓練 {percent_text(t.synthetic)}、真實訓練 {percent_text(t.real)}、"
            f"一律猜中位數 {percent_text(t.constant)}；測試 {t.tested} 則，輸入有{'、'.join(t.inputs)}",
        )


def as_text(result: Realism) -> str:
    """The table, the other checks, the notes and the sentence, for a terminal."""
    lines = aligned([HEAD, *(_cells(row) for _, row in result.table.iterrows())])
    more = [f"{name}｜{line}" for name, line in _checks(result)]
    notes = [f"附註：{note}" for note in result.notes]
    return "\n".join([f"真實度｜{_data(result)}", *lines, "", *more, *notes, say(result)])


def as_html(result: Realism) -> str:
    """The same for a notebook."""
    cell = (
        "text-align:left;padding:4px 16px 4px 0;background:#FFFFFF;border:0;border-bottom:1px solid #E3E8EC"
    )
    head = "".join(
        f'<th scope="col" style="{cell};font-weight:400;color:#5B6875">{name}</th>' for name in HEAD
    )
    body = ""
    for _, row in result.table.iterrows():
        first, *others = map(html.escape, _cells(row))
        body += f'<tr><th scope="row" style="{cell};font-weight:400">{first}</th>'
        body += "".join(f'<td style="{cell}">{text}</td>' for text in others) + "</tr>"
    more = [*(f"{name}：{line}" for name, line in _checks(result)), *result.notes]
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in more)
    return (
        '<div style="max-width:960px;overflow-x:auto;color:#22303C;background:#FFFFFF;font-size:14px">'
        f'<div style="font-size:16px;line-height:1.6">{html.escape(say(result))}</div>'
        f'<table style="border-collapse:collapse;margin:8px 0"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f'<ul style="color:#5B6875;font-size:13px;margin:0;padding-left:20px">{notes}</ul></div>'
    )


def page(result: Realism) -> Page:
    """The comparison as a page of ``reports``."""
    figure = draw(result)
    rows = tuple(_cells(row) for _, row in result.table.iterrows())
    checks = tuple((name, line) for name, line in _checks(result))
    return Page(
        title="沙盒像不像真的",
        subtitle=_data(result),
        badge=SIMULATED if SIMULATED in result.notes else "",
        sections=(
            Section("和這份真實貼文比", say(result), to_png(figure), repr(figure).removeprefix("圖：")),
        ),
        tables=(PageTable("逐項統計", HEAD, rows),),
        definitions=(
            ("模擬的 95% 範圍", "模擬頁在這一項的 2.5–97.5 百分位；跟規模有關的，先換算成同一個觸及中位數"),
            ("百分位", "模擬頁裡有多少比真實值低"),
            ("對數", "自然對數，只用大於 0 的值；相鄰貼文的相關用 log(1＋互動)"),
            *checks,
        ),
        notes=tuple(note for note in result.notes if note != SIMULATED),
    )


# ── the chart ──


def draw(result: Realism) -> Chart:
    """A row a statistic: where the real value lies among the simulated pages, and the two numbers beside it."""
    rows = result.table[result.table["why"].eq("")]
    figure, ax = chart(10, _FRAME + _ROW * max(len(rows), 4))
    for place, (_, row) in enumerate(rows.iterrows()):
        inside = bool(row["inside"])
        ax.plot([0.025, 0.975], [place, place], color=HAIRLINE, linewidth=8, solid_capstyle="butt", zorder=1)
        ax.plot(
            [row["percentile"]], [place], "o" if inside else "X", color=SEA if inside else BRICK, markersize=9,
            markeredgecolor=PAPER, linestyle="none", zorder=3, clip_on=False,
        )  # fmt: skip
        _, real, band, *_ = _cells(row)
        ax.annotate(
            f"{real}（{band}）", (1, place), xytext=(14, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=10, color=SECONDARY if inside else BRICK,
        ).set_parse_math(False)  # fmt: skip
    ax.set_yticks(range(len(rows)), [*rows["title"]])
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.set_xlabel("模擬頁裡比真實值低的占比（%）；右邊是真實值和模擬的 95% 範圍")
    percent_axis(ax, "x")
    titled(ax, _finding(result, len(rows)), f"{_data(result)}；灰帶是中間 95%，叉號在範圍外")
    if SIMULATED in result.notes:
        source_note(ax)
    figure.summary = say(result)
    return figure


def _finding(result: Realism, rows: int) -> str:
    if not rows:
        return "這份資料沒有一項評得出來"
    inside = int(result.table["inside"].sum())
    if inside == rows:
        return f"{rows} 項統計都落在模擬的範圍裡"
    return f"{rows} 項統計有 {inside} 項落在模擬的範圍裡，{rows - inside} 項在外面"
