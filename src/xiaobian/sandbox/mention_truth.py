"""What a list of alarms was worth: which planted crises it found, how late, and which alarms were false."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ..plotting import (
    BRICK,
    GRAIN,
    INK,
    PAPER,
    SEA,
    SKY,
    Chart,
    chart,
    count_axis,
    source_note,
    spaced,
    titled,
)
from .alarm_score import TAIL_HOURS, Score, score_alarms, spans


@dataclass(frozen=True, repr=False)
class Watched:
    """The planted crises beside a list of alarms. hours: the stream. planted: start, peak, end, size, negative."""

    hours: pd.DataFrame
    planted: pd.DataFrame
    alarms: tuple[pd.Timestamp, ...]

    @cached_property
    def score(self) -> Score:
        """The alarms by the rules of ``alarm_score``."""
        return score_alarms(self.alarms, self.planted, len(self.hours))

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a crisis: start, peak, end, size, negative, found, delay (hours; missing when not found)."""
        found: list[bool] = []
        delays: list[float] = []
        for start, end in spans(self.planted):
            inside = [a for a in self.alarms if start <= a <= end]
            found.append(bool(inside))
            delays.append((min(inside) - start) / pd.Timedelta(hours=1) if inside else float("nan"))
        return self.planted.assign(found=found, delay=delays)

    @property
    def false(self) -> list[pd.Timestamp]:
        """Alarms that belong to no crisis."""
        tail = pd.Timedelta(hours=TAIL_HOURS)
        return [
            a for a in self.alarms if not any(start <= a <= end + tail for start, end in spans(self.planted))
        ]

    def say(self) -> str:
        """What was found, how late, and what was false, in 正體中文."""
        s = self.score
        told = f"{s.planted}場危機找到{s.found}場，" if s.planted else "這段聲量裡一場危機都沒有，"
        told += f"平均慢{s.delay:.1f}小時，" if s.found else ""
        told += f"白響{s.false}次（每週{s.false_a_week:.2f}次）。"
        missed = self.table[~self.table["found"]]
        if len(missed):
            told += f"漏掉的是{'、'.join(f'{t:%m/%d %H}時' for t in missed['start'])}開始的。"
        return spaced(told + (f"F1是{s.f1:.2f}。" if s.planted else ""))

    def plot(self) -> Chart:
        """Negatives an hour, the planted crises behind them, alarms above."""
        figure, ax = chart(10, 4.2)
        ax.plot(self.hours["time"], self.hours["mentions"], color=SKY, linewidth=0.6, alpha=0.7)
        ax.plot(self.hours["time"], self.hours["negative"], color=SEA, linewidth=0.9)
        top = float(self.hours["mentions"].max())
        for start, end in spans(self.planted):
            ax.axvspan(start, end, color=GRAIN, alpha=0.25, linewidth=0, zorder=0)
            ax.plot([start], [1.12 * top], "D", color=INK, markersize=7, clip_on=False)
        wrong = set(self.false)
        for alarm in self.alarms:
            bad = alarm in wrong
            ax.plot([alarm], [1.04 * top], "x" if bad else "o", color=BRICK, markerfacecolor=PAPER, markersize=8,
                    markeredgewidth=1.8)  # fmt: skip
        ax.set_ylim(0, 1.2 * top)
        ax.set_ylabel("每小時（則）")
        ax.xaxis.set_major_formatter(_days())
        count_axis(ax)
        titled(
            ax,
            spaced(f"{self.score.planted}場危機找到{self.score.found}場，白響{self.score.false}次"),
            "淡線是全部的提及，深線是負面；菱形是真值：危機開始，底色到結束；圓圈是找對的警報，✗ 是白響",
        )
        source_note(ax)
        figure.summary = self.say()
        return figure

    def __repr__(self) -> str:
        return self.say()

    def _repr_html_(self) -> str:
        return (
            '<div style="border:1px solid #E3E8EC;border-left:4px solid #2A1F2A;padding:8px 16px;max-width:960px;'
            'font-size:15px;color:#22303C;background:#FFFFFF;margin:8px 0"><div style="color:#2A1F2A;font-size:14px">'
            f'真相卡</div><p style="margin:8px 0">{html.escape(self.say())}</p></div>'
        )


def _days() -> object:
    import matplotlib.dates as mdates

    return mdates.DateFormatter("%m/%d")
