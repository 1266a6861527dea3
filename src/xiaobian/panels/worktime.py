"""Explorer of handing work over: what to give away first, how much, how long to review; hours saved and errors out."""

from __future__ import annotations

import pandas as pd

from ..plotting import Chart, spaced
from ..sandbox.worktime import GATES, Office, declared, handed_over
from ..trends import audit, automate
from ..trends.worktime_plot import draw_trade
from ..trends.worktime_words import gain_text, hours_text
from .controls import labelled
from .explorer import explorer
from .panel import Panel

ORDERS = {"看起來最快的先": "quick", "淨省最多的先": "net"}
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
REVIEWS = (0.0, 0.1, 0.2, 0.35, 0.5)
TRIED = 12
"""Drafts of the trial from which both orders are made."""


def orders(office: Office, weeks: int = 4) -> dict[str, list[str]]:
    """Two orders in which to hand tasks over, from what the editor can see.

    quick: by the share of the minutes that a draft takes away, the most first. net: by the net hours of ``automate()``.

    >>> quick = orders(Office(1))["quick"]
    >>> len(quick) == len(set(quick)) == 14
    True
    """
    trial, found = office.trial(TRIED), audit(office.diary(weeks), office.tasks())
    cut = trial["draft_minutes"] / found.table["minutes"].reindex(trial.index)
    net = automate(trial, found).options[["draft", "auto"]].max(axis=1)
    return {
        "quick": [str(task) for task in cut.sort_values(kind="stable").index],
        "net": [str(task) for task in net.sort_values(ascending=False, kind="stable").index],
    }


def step_at(trade: pd.DataFrame, share: float) -> int:
    """The last step that hands over no more than this share of the hand hours."""
    return int((trade["share"] <= share + 1e-9).to_numpy().nonzero()[0][-1])


def worktime_explorer(seed: int = 0, order: str = "quick", share: float = 1.0, review: float = 0.0) -> Panel:
    """Drop-downs for what goes first, how much goes, and how long a draft is reviewed; hours and errors follow.

    seed: of the office. order: quick or net. share: of the hand hours (one of ``SHARES``). review: share of the minutes by
    hand (one of ``REVIEWS``). Shows the truth of a simulated office.
    """
    office = Office(seed)
    ways = orders(office)
    choices = {
        "order": labelled("先交哪些：", ORDERS, order),
        "share": labelled("最多交出：", {f"{s:.0%}": str(s) for s in SHARES}, str(float(share))),
        "review": labelled(
            "審稿時間：", {f"手做的 {r:.0%}" if r else "不審": str(r) for r in REVIEWS}, str(float(review))
        ),
    }

    def draw(order: str, share: str, review: str) -> tuple[Chart, str]:
        trade = handed_over(office, ways[order], float(review))
        step = step_at(trade, float(share))
        return draw_trade(trade, float(review), step), told(trade, step, ways[order])

    return explorer(choices, draw, "換先交哪些、交出多少、審多久，看省下的小時和流出的錯。")


def told(trade: pd.DataFrame, step: int, order: list[str]) -> str:
    """What the chosen step brings, and which gated tasks went with it."""
    now, hand = trade.iloc[step], trade.iloc[0]
    gate = declared()["gate"]
    gone = [task for task in order[:step] if gate[task]]
    names, reasons = declared()["name"], "、".join(dict.fromkeys(GATES[gate[task]] for task in gone))
    warned = f"其中{'、'.join(names[task] for task in gone)}本來該留給人（{reasons}）。" if gone else ""
    return spaced(
        f"交出{now['share']:.0%}、{step}項：碼表說省{hours_text(now['desk'])}，加上收拾出錯的時間，一週{gain_text(now['saved'])}。"
        f"流出的錯從{hand['errors']:.1f}個變成{now['errors']:.1f}個，讀者評分從{hand['quality']:.0f}變成{now['quality']:.0f}。{warned}"
    )
