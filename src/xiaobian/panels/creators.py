"""Creators: an explorer of the exact set for a budget, and a picker that keeps count of money, people and hours."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import ipywidgets as widgets
import pandas as pd

from ..analytics.creators.creator_scores import CreatorScores
from ..planning.creators.choosing import ODD, CreatorSet, creator_set, scored
from ..planning.creators.market import Pool
from ..plotting import Chart
from ..plotting.palette import BRICK, HAIRLINE, SEA, SECONDARY
from .controls import Control, labelled
from .explorer import explorer
from .panel import Panel, guarded

BUDGETS = (20_000, 40_000, 80_000)
MOST = (3, 5, 8)
ODDS = {"疑似造假的不考慮": str(ODD), "不管真假": "9"}
SEEN = {"扣掉重疊的受眾": "yes", "不看重疊": "no"}
TAKE, LEAVE = "A", "B"
_CELL = f"padding:4px 8px;border-bottom:1px solid {HAIRLINE};font-weight:400;white-space:nowrap;"


def creator_explorer(
    pool: Pool, budget: int = 40_000, most: int = 5, *, scores: CreatorScores | None = None
) -> Panel:
    """Drop-downs for budget, number, fakes and overlaps; the exact set follows.

    scores: of the pool, where they are known already.
    """
    scores = scored(pool) if scores is None else scores

    @cache
    def solved(budget: str, most: str, odd: str, seen: str) -> CreatorSet:
        return creator_set(
            pool, float(budget), most=int(most), odd=float(odd), overlaps=seen == "yes", scores=scores
        )

    choices = {
        "budget": labelled("預算：", {f"{b:,} 元": str(b) for b in BUDGETS}, str(budget)),
        "most": labelled("最多：", {f"{m} 位": str(m) for m in MOST}, str(most)),
        "odd": labelled("真假：", ODDS, str(ODD)),
        "seen": labelled("重疊：", SEEN, "yes"),
    }

    def draw(budget: str, most: str, odd: str, seen: str) -> tuple[Chart, str]:
        found = solved(budget, most, odd, seen)
        return found.plot(), found.say()

    return explorer(choices, draw, "換預算、人數、真假和重疊四個設定，看選了誰、什麼擋住更好的組合。")


@dataclass
class Picks:
    """Which rows are picked, and what they cost together."""

    rows: pd.DataFrame
    budget: float
    most: int
    taken: set[int] = field(default_factory=set)

    @property
    def spent(self) -> float:
        """NT$ of the picked rows."""
        return float(self.rows["price_ntd"].iloc[sorted(self.taken)].sum())

    @property
    def letters(self) -> str:
        """A letter a row: A picked, B not."""
        return "".join(TAKE if i in self.taken else LEAVE for i in range(len(self.rows)))

    def told(self) -> str:
        """How much is used, in words."""
        over = self.spent > self.budget or len(self.taken) > self.most
        left = (
            "，超過了"
            if over
            else f"，還有 {self.budget - self.spent:,.0f} 元、{self.most - len(self.taken)} 個位子"
        )
        return f"選了 {len(self.taken)} 位、{self.spent:,.0f} 元（上限 {self.most} 位、{self.budget:,.0f} 元）{left}。"


def rows_html(rows: pd.DataFrame, numbered: int | None = None) -> str:
    """A table of candidates, escaped, with a number for each of the first rows (all unless given)."""
    last = len(rows) if numbered is None else numbered
    head = "".join(f'<th scope="col" style="{_CELL}color:{SECONDARY};text-align:left">{html.escape(str(c))}</th>' for c in ["", *rows.columns])  # fmt: skip
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}">{n if n <= last else ""}</th>'
        + "".join(f'<td style="{_CELL}text-align:left">{html.escape(str(v))}</td>' for v in row)
        + "</tr>"
        for n, row in enumerate(rows.itertuples(index=False), start=1)
    )
    return f'<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:15px"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def pick_creators(rows: pd.DataFrame, shown: pd.DataFrame, budget: float, most: int) -> Control:
    """A tick a creator with money and places counted; the answer is a letter a row, A picked and B not.

    rows: with name and price_ntd. shown: the same creators as they are shown.
    """
    state = Picks(rows, budget, most)
    boxes = [
        widgets.Checkbox(
            value=False, description=f"{n}. {name}（{price:,.0f} 元）", indent=False,
            style={"description_width": "initial"}, layout=widgets.Layout(width="290px"),
        )
        for n, (name, price) in enumerate(zip(rows["name"], rows["price_ntd"], strict=True), start=1)
    ]  # fmt: skip
    return _ticks(boxes, shown, state, state.told)


def judge_creators(rows: pd.DataFrame, shown: pd.DataFrame) -> Control:
    """A tick a creator that looks fake; the answer is a letter a row, A fake and B not."""
    state = Picks(rows.assign(price_ntd=0.0), float("inf"), len(rows))
    boxes = [
        widgets.Checkbox(
            value=False, description=f"{n}. {name} 造假", indent=False,
            style={"description_width": "initial"}, layout=widgets.Layout(width="290px"),
        )
        for n, name in enumerate(rows["name"], start=1)
    ]  # fmt: skip
    return _ticks(boxes, shown, state, lambda: f"點名 {len(state.taken)} 位。")


def _ticks(
    boxes: list[widgets.Checkbox], shown: pd.DataFrame, state: Picks, told: Callable[[], str]
) -> Control:
    status, touched = widgets.HTML(), []

    def show(_: Any = None) -> None:
        state.taken = {i for i, box in enumerate(boxes) if box.value}
        over = state.spent > state.budget or len(state.taken) > state.most
        status.value = f'<div role="status" style="color:{BRICK if over else SEA}">{"▲ " if over else ""}{html.escape(told())}</div>'

    def ticked(change: Any) -> None:
        touched.append(True)
        show(change)

    for box in boxes:
        box.observe(guarded(status, ticked), names="value")
    show()

    def restore(answer: Any) -> None:
        for box, letter in zip(boxes, str(answer).upper(), strict=False):
            box.value = letter == TAKE

    row = widgets.HBox(boxes, layout=widgets.Layout(grid_gap="0 8px", flex_flow="row wrap"))
    parts = widgets.VBox([widgets.HTML(rows_html(shown, len(boxes))), row, status])
    return Control(parts, lambda: state.letters if touched else None, restore)
