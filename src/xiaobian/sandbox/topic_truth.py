"""What a choice of topics was worth: each topic's true value, what the choice lost, and why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..plotting import BRICK, INK, PAPER, SECONDARY, Chart, chart, percent_axis, source_note, spaced, titled
from .topics import share


@dataclass(frozen=True, repr=False)
class Revealed:
    """The truth beside a choice of topics; ``truth`` as from ``radar_and_truth``."""

    truth: pd.DataFrame
    accepted: tuple[str, ...]

    @property
    def share(self) -> float:
        """Part of the best possible value (1 is the best, 0 is posting nothing, below 0 is worse than nothing)."""
        return share(self.truth, self.accepted)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a topic: topic, taken, value (share of an ordinary post's reach), lost, risk, why; worst loss first."""
        taken = self.truth["topic"].isin(self.accepted)
        value = self.truth["value"]
        lost = np.where(taken, np.maximum(-value, 0), np.maximum(value, 0))
        table = self.truth[["topic", "risk"]].assign(taken=taken, value=value, lost=lost)
        table["why"] = [_why(row) for row in self.truth.to_dict("records")]
        columns = ["topic", "taken", "value", "lost", "risk", "why"]
        return table.sort_values("lost", ascending=False, kind="stable")[columns].reset_index(drop=True)

    def say(self) -> str:
        """What the choice brought, what it cost, and the dearest mistake, in 正體中文."""
        table = self.table
        good = self.truth["value"] > 0
        hits = int((good & self.truth["topic"].isin(self.accepted)).sum())
        stepped = table[table["taken"] & (table["risk"] != "")]
        told = [f"值得做的有{int(good.sum())}個，你做了{hits}個；"]
        told.append(f"踩到紅線{len(stepped)}個。" if self.accepted else "你一個都沒做。")
        told.append(f"拿到最好選法的{self.share:.0%}。".replace("-", "−"))
        worst = table.iloc[0]
        if worst["lost"] > 0:
            verb = "不該做" if worst["taken"] else "錯過了"
            told.append(f"最貴的一個：{verb}「{worst['topic']}」，{worst['why']}")
        return spaced("".join(told))

    def plot(self) -> Chart:
        """True value of each topic; filled for what was taken, in 磚 for what was taken across the line."""
        figure = _draw(self)
        figure.summary = self.say()
        return figure

    def _repr_html_(self) -> str:
        import html

        rows = "".join(
            f'<tr><td style="text-align:left;padding:4px 12px 4px 0">{html.escape(row["topic"])}</td>'
            f'<td style="padding:4px 12px 4px 0">{"做了" if row["taken"] else "沒做"}</td>'
            f'<td style="padding:4px 12px 4px 0;text-align:right">{_signed(row["value"])}</td>'
            f'<td style="text-align:left;padding:4px 0">{html.escape(row["why"])}</td></tr>'
            for row in self.table.to_dict("records")
        )
        head = "".join(
            f'<th scope="col" style="text-align:left;padding:4px 12px 4px 0">{name}</th>'
            for name in ("話題", "你", "真正的值", "為什麼")
        )
        return (
            '<div style="border:1px solid #E3E8EC;border-left:4px solid #2A1F2A;padding:8px 16px;max-width:960px;'
            'font-size:15px;color:#22303C;background:#FFFFFF;margin:8px 0"><div style="color:#2A1F2A;font-size:14px">'
            f'真相卡・值是占平常一則的觸及</div><p style="margin:8px 0">{html.escape(self.say())}</p>'
            f'<table style="border-collapse:collapse;margin:0"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )

    def __repr__(self) -> str:
        return self.say()


def _signed(value: float) -> str:
    return "0%" if abs(value) < 0.005 else f"{value:+.0%}".replace("-", "−")


def _why(row: Mapping[Hashable, Any]) -> str:
    """The one thing that decides a topic's value, in words."""
    if row["risk"]:
        return f"{row['risk']}：{row['why']}。"
    if not row["size"]:
        return "沒有在爆發，做了只是一般貼文。"
    if row["value"] > 0:
        return f"契合 {row['fit']:.0%}，上線時還有 {row['interest']:.0%} 的熱度，還擠得進去。"
    reasons = {
        f"上線時只剩 {row['interest']:.0%} 的熱度": row["interest"],
        f"和品牌只有 {row['fit']:.0%} 契合": row["fit"],
        f"已經有 {row['saturation']:.0%} 的同業跟了": 1 - row["saturation"],
    }
    return f"{min(reasons, key=lambda reason: reasons[reason])}。"


def _draw(found: Revealed) -> Chart:
    table = found.table.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    figure, ax = chart(10, 1.6 + 0.36 * len(table))
    places = np.arange(len(table))
    ax.axvline(0, color=SECONDARY, linewidth=1)
    for place, row in zip(places, table.to_dict("records"), strict=True):
        colour = BRICK if row["risk"] else INK
        ax.plot([0, row["value"]], [place, place], color=colour, linewidth=2, alpha=0.4, zorder=2)
        ax.plot(
            [row["value"]], [place], "D", color=colour, markersize=9, zorder=3, markeredgewidth=2,
            markerfacecolor=colour if row["taken"] else PAPER,
        )  # fmt: skip
        if row["risk"]:
            ax.annotate(row["risk"], (row["value"], place), xytext=(-10, 0), textcoords="offset points", ha="right", va="center", fontsize=10, color=BRICK)  # fmt: skip
    ax.set_yticks(places, list(table["topic"]))
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(min(-0.3, 1.18 * float(table["value"].min())), max(0.3, 1.2 * float(table["value"].max())))
    percent_axis(ax, "x")
    ax.set_xlabel("做這一則的真正價值（多或少的觸及 ÷ 平常一則的觸及，%）")
    told = f"你的選擇拿到最好選法的{found.share:.0%}".replace("-", "−")
    titled(ax, spaced(told), f"{len(table)} 個話題；實心是你做了，空心是沒做，磚色是紅線")
    source_note(ax)
    return figure
