"""Explorer: what one budget brings under several ways of splitting it, and how sure that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..analytics.ads.ads_budget import AdsBudget
from ..plotting import (
    SKY,
    TEXT,
    Chart,
    chart,
    count_axis,
    count_text,
    range_text,
    source_note,
    spaced,
    titled,
)
from ..tables import PLATFORMS
from .controls import labelled
from .explorer import explorer
from .panel import Panel

Floats = NDArray[np.float64]

BUDGETS = (2_000, 10_000, 30_000)
WAYS = {"照目前的比例": "now", "全押平均最便宜的": "cheapest", "每個管道一樣多": "equal", "換到越多、分越多": "results"}  # fmt: skip
_BEYOND = 1.25
_DRAWS = 2000
_LAST = 1_000.0


def shares(found: AdsBudget, way: str) -> Floats:
    """Part of the budget that each channel of ``found.curves`` gets under one of ``WAYS``; they add up to 1."""
    rows = found.table.set_index("channel").loc[list(found.curves)]
    weight = {
        "now": rows["spend"],
        "cheapest": rows["cost"] == rows["cost"].min(),
        "equal": rows["n"] > 0,
        "results": rows["results"],
    }[way].to_numpy(dtype=float)
    return np.asarray(weight / weight.sum())


def brings(found: AdsBudget, spend: Floats) -> Floats:
    """Draws of what each channel brings at its spend, NT$ a period [draws, channels]; nothing where nothing is spent."""
    rng = np.random.default_rng(0)
    columns = []
    for curve, amount in zip(found.curves.values(), spend, strict=True):
        level, power = curve.draws(rng, _DRAWS)
        with np.errstate(divide="ignore"):
            log_spend = np.log(amount / curve.middle)
        columns.append(np.exp(level + power * log_spend) if amount > 0 else np.zeros(_DRAWS))
    return np.column_stack(columns)


def budget_explorer(found: AdsBudget, what: str = "成果", *, way: str = "cheapest") -> Panel:
    """Drop-downs for the budget of a period and the way to split it; bars with 90 % intervals follow.

    found: of ``ads_budget()``; channels it abstains on are left out. what: the counted result.
    """
    choices = {
        "budget": labelled("每期預算：", {f"{b:,} 元": str(b) for b in BUDGETS}, "10000"),
        "way": labelled("怎麼分：", WAYS, way),
    }

    def draw(budget: str, way: str) -> tuple[Chart, str]:
        spend = float(budget) * shares(found, way)
        drawn = brings(found, spend)
        last = drawn.sum(axis=1) - brings(found, spend * (1 - _LAST / float(budget))).sum(axis=1)
        figure = _bars(found, spend, drawn, what, next(words for words, name in WAYS.items() if name == way))
        return figure, _said(found, spend, drawn.sum(axis=1), last, what)

    return explorer(choices, draw, "換預算和分法，看換到多少、有多確定、最後一千元還值不值得。")


def _span(draws: Floats) -> str:
    low, high = np.quantile(draws, [0.05, 0.95])
    return range_text(max(low, 0.0), max(high, 0.0), percent=False)


def _said(found: AdsBudget, spend: Floats, whole: Floats, last: Floats, what: str) -> str:
    beyond = [
        PLATFORMS.get(name, name)
        for (name, curve), amount in zip(found.curves.items(), spend, strict=True)
        if amount > _BEYOND * curve.most
    ]
    warning = f"{'、'.join(beyond)}超出試過的花費，曲線到那裡只是猜。" if beyond else ""
    if not spend.all():
        warning += f"沒花錢的管道，免費得來的{what}沒有算進來。"
    return spaced(
        f"每期花{spend.sum():,.0f}元，大約換到{count_text(float(np.median(whole)))}次{what}（90%區間{_span(whole)}）；"
        f"其中最後一千元換到{_span(last)}次。{warning}"
    )


def _bars(found: AdsBudget, spend: Floats, drawn: Floats, what: str, way: str) -> Chart:
    figure, ax = chart(9, 2.4 + 0.55 * len(spend))
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
    places = np.arange(len(spend))
    ax.barh(places, middle, 0.5, color=SKY)
    ax.hlines(places, low, high, color=TEXT, linewidth=1.8)
    ax.set_yticks(
        places,
        [f"{PLATFORMS.get(n, n)}\n{s:,.0f} 元" for n, s in zip(found.curves, spend, strict=True)],
    )
    ax.set_ylim(len(spend) - 0.4, -0.6)
    ax.set_xlim(0, float(high.max()) * 1.08)
    count_axis(ax, "x")
    ax.set_xlabel(f"每期{what}（次）")
    total = drawn.sum(axis=1)
    titled(
        ax,
        spaced(f"{way}：大約{count_text(float(np.median(total)))}次{what}"),
        f"依 n = {len(found.seen)} 期的花費推估；黑線是 90% 區間，合計 {_span(total)} 次",
    )
    if found.simulated:
        source_note(ax)
    return figure
