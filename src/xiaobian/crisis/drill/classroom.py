"""A class on one crisis: records of the same scenario and seed replayed and set side by side.

What everyone shares is computed once: the truth, what firms usually do, the best plan found, and all values in one run of
the engine. Comments are replayed without their words, which change no label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...errors import AnswerError, KitError
from ...plotting import spaced
from ...sandbox.crisis.responses import standing
from ...sandbox.crisis.scenarios import STRATEGIES
from ...sandbox.crisis.state import Regret
from . import record
from .kpis import due_minutes
from .queue import Tally, tally
from .setup import Setup
from .state import DrillState, Move, opening, step

if TYPE_CHECKING:
    from ...plotting import Chart

COLUMNS = [
    "name", "value", "share", "first_reply", "late", "match", "form", "timely", "consistent", "active", "strategies",
    "answers", "posts_out", "precision", "recall", "points",
]  # fmt: skip
LONGEST_NAME = 40


@dataclass(frozen=True, repr=False)
class ClassResult(Result):
    """Learners on one crisis.

    table: a row a learner, best first: name, value (SD), share of the gap between usual and best (0–1, may be below 0),
    first_reply (minutes, missing), late (minutes, above 0 is late), match (−1 to 1), form and its parts (0–1), strategies,
    answers, posts_out, precision and recall of the queue (0–1, missing), points (what comments cost). bad: name and why of
    records that could not be read. usual, best, nothing: of firms, of the best plan found, of saying nothing (SD).
    """

    setup: Setup
    usual: float
    best: float
    nothing: float
    bad: tuple[tuple[str, str], ...]
    table: pd.DataFrame = field(compare=False)

    notes = ("全部模擬；大小是設計參數，名次只說明這一場",)

    def say(self) -> str:
        """How the class did, beside firms and the best, and who is missing, in 正體中文."""
        table, title = self.table, f"「{self.setup.told.title}」第{self.setup.seed}場"
        wrong = "".join(f"{name}的紀錄沒有算進去：{why}" for name, why in self.bad[:3])
        more = f"另外還有{len(self.bad) - 3}份讀不懂。" if len(self.bad) > 3 else ""
        if not len(table):
            return spaced(f"{title}沒有讀得懂的紀錄。{wrong}{more}")
        better = int((table["value"] > self.usual).sum())
        reply = table["first_reply"].median()
        told = "沒有人回應" if pd.isna(reply) else f"第一次回應的中位數是第{reply:.0f}分鐘"
        return spaced(
            f"{title}，{len(table)}人：{better}人比一般公司好；聲譽的中位數{table['value'].median():+.2f}個標準差，"
            f"一般公司{self.usual:+.2f}，找得到的最好做法{self.best:+.2f}。{told}。{wrong}{more}"
        ).replace("-", "−")

    def plot(self) -> Chart:
        """Value by first reply, a dot a learner; firms and the best found as lines."""
        from .classroom_plot import draw_class

        return self.captioned(draw_class(self))


def compare(records: Mapping[str, str] | Iterable[str] | pd.DataFrame) -> ClassResult:
    """Set records of one crisis side by side.

    records: name → record, or records (then named 1, 2, …), or a table with ``name`` and ``record``. The crisis is the one
    most records tell of; others, and those that cannot be read or replayed, are listed in ``.bad`` by name.

    Raises AnswerError for an empty class, a table without those columns, or none that can be read.
    """
    named = _named(records)
    read, bad = _read(named)
    if not read:
        raise AnswerError(
            "沒有一份紀錄讀得懂",
            where=f"{len(named)} 份裡",
            next_step=f"第一份的問題：{bad[0][1] if bad else '沒有內容'}",
        )
    setup = Counter(setup for _, setup, _ in read).most_common(1)[0][0]
    states: list[tuple[str, DrillState]] = []
    for name, own, moves in read:
        if own != setup:
            bad.append((name, f"是另一場演練（{own.told.title}，第 {own.seed} 場）。"))
            continue
        try:
            states.append((name, replayed(setup, moves)))
        except KitError as error:
            bad.append((name, str(error)))
    return _compared(setup, states, bad)


def _named(records: Mapping[str, str] | Iterable[str] | pd.DataFrame) -> list[tuple[str, object]]:
    if isinstance(records, pd.DataFrame):
        if missing := [name for name in ("name", "record") if name not in records.columns]:
            raise AnswerError(
                f"少了欄位 {'、'.join(missing)}", where="紀錄表", next_step="兩欄是 name、record"
            )
        pairs = list(zip(records["name"], records["record"], strict=True))
    elif isinstance(records, Mapping):
        pairs = list(records.items())
    elif isinstance(records, str):
        pairs = [("1", records)]
    else:
        pairs = [(str(number), line) for number, line in enumerate(records, start=1)]
    if not pairs:
        raise AnswerError("沒有紀錄可以比", where="compare()", next_step="每人交一行 .record")
    return [(" ".join(str(name).split())[:LONGEST_NAME] or "（沒有名字）", line) for name, line in pairs]


def _read(
    named: list[tuple[str, object]],
) -> tuple[list[tuple[str, Setup, list[Move]]], list[tuple[str, str]]]:
    read, bad = [], []
    for name, line in named:
        try:
            read.append((name, *record.unpacked(line if isinstance(line, str) else "")))
        except KitError as error:
            bad.append((name, str(error)))
    return read, bad


def replayed(setup: Setup, moves: Iterable[Move]) -> DrillState:
    """The end of a drill after these moves, its comments without words."""
    state = opening(setup, worded=False)
    for move in moves:
        state = step(state, move)
    return state if state.done else step(state, Move("advance", setup.minutes))


def _compared(setup: Setup, states: list[tuple[str, DrillState]], bad: list[tuple[str, str]]) -> ClassResult:
    silent = replayed(setup, ()).world.crisis
    plans = [state.world.crisis.responses for _, state in states]
    values = silent.what_if([(), *plans]).short
    alone = silent.regret()
    best = max([alone.oracle, *values[1:].tolist()])
    rows = [
        _row(name, state, Regret(float(value), alone.baseline, max(alone.oracle, float(value))), tally(state))
        for (name, state), value in zip(states, values[1:], strict=True)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"first_reply": "Float64", "late": "Float64"})
    table = table.sort_values(["value", "name"], ascending=[False, True], kind="stable", ignore_index=True)
    return ClassResult(setup, alone.baseline, float(best), float(values[0]), tuple(bad), table)


def _row(name: str, state: DrillState, regret: Regret, queue: Tally) -> tuple[object, ...]:
    crisis, due = state.world.crisis, due_minutes(state).get("acknowledge")
    end = standing(crisis.case, crisis.responses, state.setup.hours, state.setup.parameters)
    used = dict.fromkeys(name for said in state.said for name in said.response.strategies)
    first = state.first_reply
    return (
        name, regret.value, regret.share, first, None if first is None or due is None else first - due,
        end.match, end.form.score, end.form.timely, end.form.consistent, end.form.active,
        "、".join(STRATEGIES[name] for name in used) or "沒有回應", len(state.said), len(state.out),
        queue.precision, queue.recall, queue.points,
    )  # fmt: skip


def spread_of(values: Iterable[float]) -> tuple[float, float, float]:
    """Lowest quarter, middle and highest quarter of some values.

    >>> spread_of([1, 2, 3, 4, 5])
    (2.0, 3.0, 4.0)
    """
    low, middle, high = np.quantile(np.asarray(list(values), dtype=float), [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)
