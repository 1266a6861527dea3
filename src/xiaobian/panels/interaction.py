"""Explorers of interaction: what each form brings to whom, and how far a challenge carries."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ..planning.challenge import k_factor
from ..planning.interaction import FormatChoice, choose_format
from ..plotting import (
    HAIRLINE,
    SEA,
    SKY,
    Chart,
    chart,
    count_axis,
    percent_axis,
    source_note,
    spaced,
    titled,
)
from ..sandbox.interaction import FORMS, SEGMENTS, Fans
from .controls import labelled
from .explorer import explorer
from .panel import Panel

MEASURES = {"參加的人": "join", "30 天後還在的人": "rate", "扣掉工時的淨值": "value"}
_UNITS = {"join": "參加人數 ÷ 觸及（%）", "rate": "30 天後還在的人 ÷ 觸及（%）", "value": "一檔的淨值（NT$）"}
INVITES = (1, 2, 3, 5, 8)
ACCEPTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
STARTERS = (20, 50, 100, 300)
EDGES = {"5,000 人": "5000", "2 萬人": "20000", "沒有上限": "0"}
GENERATIONS = 12


@cache
def _chosen(seed: int) -> FormatChoice:
    return choose_format(Fans(seed).events())


def form_explorer(seed: int = 0, segment: str = "gift", measure: str = "join") -> Panel:
    """Drop-downs for the segment and what is counted; the five forms in order follow.

    seed: of the fans. segment: of ``SEGMENTS``. measure: join, rate or value.
    """
    choices = {
        "segment": labelled("哪一群：", {name: code for code, name in SEGMENTS.items()}, segment),
        "measure": labelled("看什麼：", MEASURES, measure),
    }

    def draw(segment: str, measure: str) -> tuple[Chart, str]:
        return _bars(_chosen(seed), segment, measure)

    return explorer(choices, draw, "換一群、換看的數字，看五種形式的名次怎麼變。")


def _bars(found: FormatChoice, segment: str, measure: str) -> tuple[Chart, str]:
    rows = found.table[found.table["segment"] == segment].sort_values(measure, ascending=False)
    rows = pd.concat([rows[rows[measure].notna()], rows[rows[measure].isna()]])
    spread = {"rate": ("rate_low", "rate_high"), "value": ("low", "high")}.get(measure)
    figure, ax = chart(9, 3.4)
    for place, row in enumerate(rows.to_dict("records")):
        if np.isnan(row[measure]):
            ax.text(0, place, "　沒有辦過", va="center", fontsize=10.5)
            continue
        if spread:
            ax.plot([row[spread[0]], row[spread[1]]], [place, place], color=SKY, linewidth=5, alpha=0.5)
        else:
            ax.plot([0, row[measure]], [place, place], color=HAIRLINE, linewidth=5)
        ax.plot([row[measure]], [place], "o", color=SEA, markersize=9)
    ax.axvline(0, color=HAIRLINE, linewidth=0.9)
    ax.set_yticks(
        range(len(rows)), [f"{FORMS[f]}（{n} 檔）" for f, n in zip(rows["form"], rows["events"], strict=True)]
    )
    ax.set_ylim(len(rows) - 0.4, -0.6)
    if measure == "value":
        count_axis(ax, "x")
    else:
        percent_axis(ax, "x")
    ax.set_xlabel(_UNITS[measure])
    top, name = str(rows["form"].iloc[0]), SEGMENTS[segment]
    word = next(words for words, code in MEASURES.items() if code == measure)
    data = "過去的活動；" + (
        "線段是 90% 區間" if spread else "每一點是過去的平均；來的人多，不等於留下的人多"
    )
    titled(ax, f"{name}：看{word}，第一名是{FORMS[top]}", data)
    source_note(ax)
    figure.summary = _told(found, segment, measure, top)
    return figure, figure.summary


def _told(found: FormatChoice, segment: str, measure: str, top: str) -> str:
    best = found.best[segment]
    name = SEGMENTS[segment]
    if measure == "value":
        p = found.p_best(segment, best)
        return spaced(f"{name}選{FORMS[best]}，真的最好的機率約{p:.0%}。")
    if top == best:
        return f"{name}這樣看，第一名和看淨值時一樣，都是{FORMS[best]}。"
    return f"{name}這樣看會選{FORMS[top]}；看淨值，選的是{FORMS[best]}。"


def challenge_explorer(invites: int = 3, accept: float = 0.15, starters: int = 50) -> Panel:
    """Drop-downs for how many people a participant names, how many of them join, who starts, and how many there are.

    invites, accept, starters: one of ``INVITES``, ``ACCEPTS``, ``STARTERS``.
    """
    choices = {
        "invites": labelled("一人點名：", {f"{n} 人": str(n) for n in INVITES}, str(invites)),
        "accept": labelled("被點的人參加：", {f"{share:.0%}": str(share) for share in ACCEPTS}, str(accept)),
        "starters": labelled("自己來的：", {f"{n} 人": str(n) for n in STARTERS}, str(starters)),
        "edge": labelled("可能參加的共：", EDGES, "5000"),
    }

    def draw(invites: str, accept: str, starters: str, edge: str) -> tuple[Chart, str]:
        found = k_factor(
            float(invites), float(accept), int(starters), population=int(edge) or None,
            generations=GENERATIONS, runs=1000,
        )  # fmt: skip
        return found.plot(), found.say()

    return explorer(choices, draw, "換點名人數和參加的比例，看挑戰會停在哪裡。")
