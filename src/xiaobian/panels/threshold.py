"""Explorer of a threshold: whom to remind, by a score, and what that would have brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..analytics.churn.offer import Offer
from ..analytics.measures import Flags, Floats
from ..plotting import (
    BRICK,
    SEA,
    SECONDARY,
    SKY,
    VIOLET,
    Chart,
    chart,
    count_axis,
    percent_axis,
    source_note,
    spaced,
    titled,
)
from .controls import labelled
from .explorer import explorer
from .panel import Panel

CUTS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
PERSUADED = (0.05, 0.15, 0.3)
MARGINS = (100.0, 150.0, 300.0)
GRID = np.linspace(0, 1, 101)
_COLOURS = (BRICK, SEA, VIOLET, SKY)


def curve(offer: Offer, risk: Floats, left: Flags) -> Floats:
    """NT$ of reminding everyone at or above each threshold of ``GRID`` [101]."""
    order = np.argsort(risk, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(offer.worth(left)[order])])
    return np.asarray(below[-1] - below[np.searchsorted(np.asarray(risk)[order], GRID)])


def threshold_explorer(
    risks: Mapping[str, Floats], left: Flags, offer: Offer | None = None, cut: float | None = 0.8
) -> Panel:
    """Drop-downs for the score, the threshold, and what a reminder brings; the money it would have made follows.

    risks: chances to stay away (0–1) by the name of the score, up to four, followers alike [n]. left: who did stay away [n].
    offer: costs. cut: the threshold at the start; that of the costs when None. Simulated followers only.
    """
    costs = Offer() if offer is None else offer
    known = {name: np.asarray(risk, dtype=float) for name, risk in risks.items()}
    gone = np.asarray(left, dtype=bool)
    cuts = {"照成本算": "cost", **{f"{c:.0%}": str(c) for c in sorted({*CUTS, *([cut] if cut else [])})}}
    choices = {
        "score": labelled("分數：", {name: name for name in known}, next(iter(known))),
        "cut": labelled("多少以上才提醒：", cuts, str(cut) if cut else "cost"),
        "persuaded": labelled("提醒能打動：", _shares(costs), str(float(costs.persuaded))),
        "margin": labelled("來一趟的毛利：", _amounts(costs), str(float(costs.margin))),
    }

    def draw(score: str, cut: str, persuaded: str, margin: str) -> tuple[Chart, str]:
        now = replace(costs, persuaded=float(persuaded), margin=float(margin))
        at = now.cut if cut == "cost" else float(cut)
        return _lines(known, gone, now, score, at), _told(known[score], gone, now, at)

    return explorer(choices, draw, "換分數、門檻和成本，看提醒誰划算。")


def _shares(offer: Offer) -> dict[str, str]:
    return {f"{p:.0%}": str(p) for p in sorted({*PERSUADED, float(offer.persuaded)})}


def _amounts(offer: Offer) -> dict[str, str]:
    return {f"{m:,.0f} 元": str(m) for m in sorted({*MARGINS, float(offer.margin)})}


def _money(amount: float) -> str:
    return f"{amount:,.0f} 元".replace("-", "−")


def _told(risk: Floats, left: Flags, offer: Offer, cut: float) -> str:
    sent = risk >= cut
    money = curve(offer, risk, left)
    best = int(money.argmax())
    costs = f"照成本算，門檻是{offer.cut:.0%}" if offer.cut <= 1 else "照這些成本，提醒誰都不划算"
    return spaced(
        f"{len(risk):,}位裡提醒{int(sent.sum()):,}位，{int((sent & left).sum()):,}位本來不會來、{int((sent & ~left).sum()):,}位本來就會來；"
        f"合計{_money(offer.brings(risk, left, cut))}。{costs}。"
        f"事後看，這份分數切在{GRID[best]:.0%}最好，有{_money(float(money[best]))}；全部都提醒是{_money(float(money[0]))}。"
    )


def _lines(risks: Mapping[str, Floats], left: Flags, offer: Offer, score: str, cut: float) -> Chart:
    figure, ax = chart(9, 4.8)
    for (name, risk), colour in zip(risks.items(), _COLOURS, strict=False):
        ax.plot(
            GRID, curve(offer, risk, left), color=colour, linewidth=2.4 if name == score else 1.4, label=name
        )
    colour = _COLOURS[list(risks).index(score)]
    amount = offer.brings(risks[score], left, cut)
    ax.axhline(0, color=SECONDARY, linewidth=1)
    if offer.cut <= 1:
        ax.axvline(
            offer.cut,
            color=SECONDARY,
            linestyle="--",
            linewidth=1.2,
            label=f"照成本算的門檻（{offer.cut:.0%}）",
        )
    if cut <= 1:
        ax.plot([cut], [amount], "o", color=colour, markersize=12, markeredgecolor="white", zorder=4)
    ax.set_xlim(0, 1.01)
    percent_axis(ax, "x")
    count_axis(ax)
    ax.set_xlabel("多少以上才提醒（分數說的「不會來」的機率）")
    ax.set_ylabel("提醒多帶來的錢（元）")
    ax.legend(frameon=False, loc="lower right")
    titled(
        ax,
        spaced(f"{score}，{cut:.0%}以上才提醒：{_money(amount)}") if cut <= 1 else f"{score}：誰都不提醒",
        f"{len(left):,} 位追蹤者，{int(left.sum()):,} 位後來沒有再互動；橫線是誰都不提醒（0 元）",
    )
    source_note(ax)
    return figure
