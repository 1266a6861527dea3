"""Where an editor's hours go, and what to hand to a machine: a diary with its uncertainty, then a plan a task.

A task goes to the mode with the highest expected net time: time saved − review − rework − errors that get out × what
they cost, among the modes the house permits (``sandbox.worktime.permitted``: some things stay with a person).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv

from ..analytics.result import Result
from ..datasets import SIMULATED
from ..errors import TableError
from ..plotting import spaced
from ..sandbox.worktime import GATES, HOUR, MODES, REVIEWS, permitted
from .worktime_words import told_audit, told_plan

if TYPE_CHECKING:
    from ..plotting import Chart

Floats = NDArray[np.float64]

LEVEL = 0.9
BUSY = 0.2
COST_SD = 0.25
"""Design parameters: by how much (standard deviation, relative) a week is busier or calmer than usual, and by how much
a team's estimate of what an error costs is off (log)."""

POOL = 40
"""Design parameter: pieces by hand that the mean of all tasks counts for; people's error rates differ little."""

SURE = 0.8
"""From this chance on a saving is called one; below it more trial pieces are asked for."""

_TRIED = ("drafts", "wrong", "checked", "hand_wrong", "planted", "found")
_COSTS = ("draft_minutes", "auto_minutes", "fix_minutes", "error_cost")


@dataclass(frozen=True, repr=False)
class Audit(Result):
    """What ``audit()`` found.

    table: a row a task, most hours first: name, n (pieces of work in the diary), times (a week), minutes (each), hours (a
    week) with low and high (90 %), share (of all hours, 0–1), and recalled (hours a week) where given. Missing low and
    high: it never came up. total: hours, low, high of the whole week. weeks: how many the diary covers.
    """

    table: pd.DataFrame
    total: tuple[float, float, float]
    weeks: float
    notes: tuple[str, ...]

    def say(self) -> str:
        """Where the hours go, how sure, and how far memory was off, in 正體中文."""
        return told_audit(self)

    def plot(self) -> Chart:
        """Hours a week by task with 90 % intervals; open circles are what was remembered."""
        from .worktime_plot import draw_audit

        return self.captioned(draw_audit(self))


def audit(
    diary: pd.DataFrame,
    tasks: pd.DataFrame | None = None,
    recalled: Mapping[str, float] | pd.Series | None = None,
    *,
    weeks: float | None = None,
    busy: float = BUSY,
) -> Audit:
    """Hours a week by task, from a diary.

    diary: a row a piece of work: task, minutes (above 0), and date unless ``weeks`` is given. tasks: by task, ``name`` to
    show; those that never came up are listed. recalled: hours a week as remembered. weeks: how many weeks the diary
    covers; else counted from the dates, Monday to Sunday. busy: how much whole weeks differ (standard deviation ÷ mean),
    which a diary of a week or two cannot tell.

    The interval treats a week as a sum of pieces that come at random (compound Poisson): Var(Σ minutes) ≈ Σ minutes²,
    which one week is enough for, plus busy². Limits by the gamma method of Fay & Feuer (Statistics in Medicine 16, 1997).
    Work that comes by plan varies less, so its interval is too wide rather than too narrow.

    Raises TableError for a diary without task or minutes, without a row, or with minutes that are no positive number.

    >>> days = pd.DataFrame({"task": ["回留言"] * 30 + ["週報"], "minutes": [4] * 30 + [120]})
    >>> found = audit(days, weeks=1).table
    >>> float(found.loc["回留言", "hours"]), bool(found.loc["週報", "high"] > 5)
    (2.0, True)
    """
    entries = _checked(diary, "diary", ("task", "minutes"))
    minutes = _positive(entries["minutes"], "minutes")
    span = _span(entries) if weeks is None else float(weeks)
    if not span > 0:
        raise TableError("週數要大於 0", where="weeks")
    groups = minutes.groupby(entries["task"].astype(str))
    table = pd.DataFrame({"n": groups.size(), "minutes": groups.mean()})
    squares = (minutes**2).groupby(entries["task"].astype(str)).sum()
    known = [*table.index, *([] if tasks is None else [t for t in tasks.index if t not in table.index])]
    table = table.reindex(known)
    table["n"] = table["n"].fillna(0).astype(int)
    sums = (table["n"] * table["minutes"]).fillna(0.0)
    low, high = _limits(sums.to_numpy(), squares.reindex(known).fillna(0.0).to_numpy(), span, busy)
    seen = table["n"] > 0
    table = table.assign(
        name=tasks["name"].reindex(known).fillna(pd.Series(known, index=known))
        if tasks is not None
        else known,
        times=table["n"] / span,
        hours=sums / span / HOUR,
        low=np.where(seen, low, np.nan),
        high=np.where(seen, high, np.nan),
        share=sums / sums.sum(),
    )
    columns = ["name", "n", "times", "minutes", "hours", "low", "high", "share"]
    if recalled is not None:
        table["recalled"] = pd.Series(recalled, dtype=float).reindex(known)
        columns.append("recalled")
    least, most = _limits(np.array([sums.sum()]), np.array([float((minutes**2).sum())]), span, busy)
    total = (float(sums.sum() / span / HOUR), float(least[0]), float(most[0]))
    ranked = table[columns].sort_values("hours", ascending=False, kind="stable").rename_axis("task")
    given = tuple(diary.attrs.get("notes", ()))
    return Audit(ranked, total, span, (*given, *_audit_notes(ranked, span)))


def _limits(sums: Floats, squares: Floats, weeks: float, busy: float) -> tuple[Floats, Floats]:
    """90 % limits of hours a week from Σ minutes and Σ minutes² of a diary."""
    variance = squares + (busy * sums) ** 2 / weeks
    with np.errstate(divide="ignore", invalid="ignore"):
        pieces = np.where(sums > 0, sums**2 / variance, 1.0)
    largest = np.where(sums > 0, variance / np.where(sums > 0, sums, 1.0), 0.0)
    low = gammaincinv(pieces, (1 - LEVEL) / 2) * largest
    high = gammaincinv(pieces + 1, (1 + LEVEL) / 2) * largest
    return low / weeks / HOUR, high / weeks / HOUR


def _span(diary: pd.DataFrame) -> float:
    """Weeks from Monday to Sunday that hold the dates."""
    if "date" not in diary:
        raise TableError(
            "日記沒有日期，看不出有幾週", where="欄位 date", next_step="請補上 date 欄，或寫 weeks=1"
        )
    dates = pd.to_datetime(diary["date"], errors="coerce")
    if dates.isna().any():
        row = int(dates.isna().to_numpy().argmax()) + 1
        raise TableError("這個日期看不懂", where=f"第 {row} 列的 date", next_step="請寫成 2026-03-02 的樣子")
    mondays = dates.dt.normalize() - pd.to_timedelta(dates.dt.day_of_week, unit="D")
    return float((mondays.max() - mondays.min()).days // 7 + 1)


def _checked(table: Any, name: str, needed: tuple[str, ...]) -> pd.DataFrame:
    if not isinstance(table, pd.DataFrame):
        raise TableError(f"這裡要的是一張表，收到的是 {type(table).__name__}", where=f"參數 {name}")
    missing = [column for column in needed if column not in table]
    if missing:
        raise TableError(
            f"表裡少了欄位 {'、'.join(missing)}",
            where=f"參數 {name}",
            next_step=f"現有的欄位：{'、'.join(map(str, table.columns))}",
        )
    if table.empty:
        raise TableError("表裡一列也沒有", where=f"參數 {name}")
    return table.reset_index(drop=True) if name == "diary" else table


def _positive(values: pd.Series, column: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    bad = ~(np.isfinite(numbers) & (numbers > 0))
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise TableError(
            f"分鐘要是大於 0 的數字，這裡是「{values.iloc[row]}」",
            where=f"第 {row + 1} 列的 {column}",
            next_step="請改成數字，例如 25",
        )
    return numbers.astype(float)


def _audit_notes(table: pd.DataFrame, weeks: float) -> tuple[str, ...]:
    notes = [f"區間是 90%：{weeks:g} 週的日記，加上每週忙閒不同（設計參數）"]
    absent = table.index[table["n"] == 0]
    if len(absent):
        names = "、".join(table.loc[absent, "name"])
        notes.append(
            f"{names}這段時間沒有出現。沒出現不等於 0 小時：{weeks:g} 週沒出現，平均每週 {3 / weeks:.1f} 次都還有可能"
        )
    return tuple(notes)


@dataclass(frozen=True, repr=False)
class Plan(Result):
    """What ``automate()`` decided.

    table: a row a task: name, mode (human, draft, auto), review (minutes ÷ minutes by hand), seems (hours a week that the
    drafting alone appears to save), saved (hours a week, net) with low and high (90 %), chance (that it saves anything),
    errors (a week that get out), gate (why a person must, or missing). options: net hours a week by task and mode
    (best review each), also of modes the house does not permit. total: net hours a week, low, high.
    """

    table: pd.DataFrame
    options: pd.DataFrame
    total: tuple[float, float, float]
    notes: tuple[str, ...]

    @property
    def plan(self) -> dict[str, str]:
        """Task → mode."""
        return {str(task): str(mode) for task, mode in self.table["mode"].items()}

    @property
    def review(self) -> dict[str, float]:
        """Task → review minutes ÷ minutes by hand."""
        return {str(task): float(share) for task, share in self.table["review"].items()}

    def say(self) -> str:
        """What goes to the machine, what stays, and the net hours with their interval, in 正體中文."""
        return told_plan(self)

    def plot(self) -> Chart:
        """Net hours by task with intervals beside what the drafting seems to save."""
        from .worktime_plot import draw_plan

        return self.captioned(draw_plan(self))


def automate(
    tasks: pd.DataFrame,
    hours: Audit | pd.DataFrame,
    review: float | None = None,
    *,
    seed: int = 0,
    draws: int = 2000,
) -> Plan:
    """Decide by task: hand it over, let AI draft and a person review, or keep it.

    tasks: a row a task, what a trial showed (see ``sandbox.worktime.Office.trial``): draft_minutes, auto_minutes,
    fix_minutes, error_cost (minutes to clean up an error that got out), drafts with wrong of them, checked pieces by hand
    with hand_wrong, planted errors with found at a review of ``review`` (share of the minutes by hand), accountability
    (1–5), gate, name. hours: an ``audit()``, or a table with times (a week) and minutes (by hand). review: share of the
    minutes by hand for every draft; the best of ``REVIEWS`` a task when None. draws: of the simulation.

    An error rate of the machine is Beta(wrong + ½, right + ½) (Jeffreys), so 12 drafts without an error are not "no
    errors"; one by hand is drawn to the mean of all tasks as if ``POOL`` more pieces had been checked. A review of share s
    finds 1 − e^(−k·s) of the errors, k from those planted, all tasks together. Intervals also hold the luck of the diary.

    Raises TableError for missing columns, counts that cannot be, or a review outside 0–2.
    """
    trial = _trial(tasks)
    worked = hours.table if isinstance(hours, Audit) else _checked(hours, "hours", ("times", "minutes"))
    known = worked.reindex(trial.index)
    done = (known["times"] > 0) & known["minutes"].notna()
    if not done.any():
        raise TableError(
            "試做的工作沒有一項在日記裡", where="參數 tasks、hours", next_step="兩張表的工作名稱要一樣"
        )
    shares = REVIEWS if review is None else (_share(review),)
    net, errors = _nets(trial, known["minutes"].fillna(0.0), shares, seed, draws)
    times = known["times"].fillna(0.0)
    luck = _luck(hours, trial.index, seed, draws)
    table, options, weekly = _decide(trial, times, net, errors, done, luck)
    seems = {
        "human": 0.0 * times,
        "draft": known["minutes"] - trial["draft_minutes"],
        "auto": known["minutes"] - trial["auto_minutes"],
    }
    table["seems"] = [
        float(times.iloc[i] * seems[mode].iloc[i] / HOUR) if done.iloc[i] else 0.0
        for i, mode in enumerate(table["mode"])
    ]
    columns = ["name", "mode", "review", "seems", "saved", "low", "high", "chance", "errors", "gate"]
    low, high = np.quantile(weekly, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    given = tuple(note for note in getattr(hours, "notes", ()) if note == SIMULATED)
    total = (float(table["saved"].sum()), float(low), float(high))
    return Plan(table[columns], options, total, (*given, *_plan_notes(table, done)))


def _trial(tasks: Any) -> pd.DataFrame:
    trial = _checked(tasks, "tasks", (*_TRIED, *_COSTS, "review", "accountability"))
    numbers = trial[[*_TRIED, *_COSTS, "review", "accountability"]].apply(pd.to_numeric, errors="coerce")
    if not (np.isfinite(numbers).all(axis=None) and (numbers >= 0).all(axis=None)):
        bad = numbers.columns[~(np.isfinite(numbers) & (numbers >= 0)).all()][0]
        raise TableError("這一欄要是 0 以上的數字，不能空白", where=f"參數 tasks 的欄位 {bad}")
    for all_of, some in (("drafts", "wrong"), ("checked", "hand_wrong"), ("planted", "found")):
        if (numbers[some] > numbers[all_of]).any() or numbers[all_of].sum() == 0:
            raise TableError(f"{some} 不能比 {all_of} 多，{all_of} 也不能全是 0", where="參數 tasks")
    if not (numbers["review"] > 0).all() or numbers["review"].nunique() > 1:
        raise TableError("試做的審稿時間要大於 0，而且每項工作一樣", where="參數 tasks 的欄位 review")
    gate = trial["gate"] if "gate" in trial else pd.Series(pd.NA, index=trial.index)
    unknown = [str(g) for g in gate.dropna().unique() if g not in GATES]
    if unknown:
        raise TableError(
            f"不認得「{unknown[0]}」這種理由",
            where="參數 tasks 的欄位 gate",
            next_step=f"可用的有：{'、'.join(GATES)}，或留空",
        )
    name = (
        trial["name"].astype(str)
        if "name" in trial
        else pd.Series(trial.index.astype(str), index=trial.index)
    )
    return trial.assign(**{c: numbers[c] for c in numbers}, gate=gate, name=name)


def _share(review: float) -> float:
    if not (isinstance(review, int | float) and 0 <= review <= 2):
        raise TableError(
            "審稿時間要寫成手做時間的比例，介於 0 和 2", where="review", next_step="例如 0.2 是兩成"
        )
    return float(review)


def _nets(
    trial: pd.DataFrame, minutes: pd.Series, shares: tuple[float, ...], seed: int, draws: int
) -> tuple[dict[tuple[str, float], Floats], dict[tuple[str, float], Floats]]:
    """Net minutes saved by one piece [draw, task] and chance of an error that gets out [task], by mode and review."""
    rng = np.random.default_rng(seed)
    size, hand = (draws, len(trial)), minutes.to_numpy()

    wrong, drafts, slips, checked = (
        trial[c].to_numpy() for c in ("wrong", "drafts", "hand_wrong", "checked")
    )
    usual = (slips.sum() + 0.5) / (checked.sum() + 1)
    by_ai = rng.beta(wrong + 0.5, drafts - wrong + 0.5, size)
    by_hand = rng.beta(slips + POOL * usual, checked - slips + POOL * (1 - usual), size)
    found, planted = trial["found"].sum(), trial["planted"].sum()
    k = -np.log1p(-rng.beta(found + 0.5, planted - found + 0.5, (draws, 1))) / trial["review"].iloc[0]
    cost = trial["error_cost"].to_numpy() * np.exp(rng.normal(-(COST_SD**2) / 2, COST_SD, size))
    draft, alone, fix = (trial[c].to_numpy() for c in ("draft_minutes", "auto_minutes", "fix_minutes"))
    base = hand + by_hand * cost
    net: dict[tuple[str, float], Floats] = {
        ("human", 0.0): np.zeros(size),
        ("auto", 0.0): base - alone - by_ai * cost,
    }
    errors = {("human", 0.0): by_hand.mean(axis=0), ("auto", 0.0): by_ai.mean(axis=0)}
    for share in shares:
        caught = 1 - np.exp(-k * share)
        rework, out = by_ai * caught * fix, by_ai * (1 - caught)
        net["draft", share] = base - draft - share * hand - rework - out * cost
        errors["draft", share] = out.mean(axis=0)
    return net, errors


def _luck(hours: Audit | pd.DataFrame, tasks: pd.Index, seed: int, draws: int) -> Floats:
    """By how much the diary's count of a task may be off [draw, task], mean 1; nothing for a table of hours."""
    if not isinstance(hours, Audit):
        return np.ones((draws, len(tasks)))
    rng, n = (
        np.random.default_rng([seed, 1]),
        np.maximum(hours.table["n"].reindex(tasks).fillna(1).to_numpy(), 1),
    )
    busy = BUSY / np.sqrt(hours.weeks)
    together = np.exp(rng.normal(-(busy**2) / 2, busy, (draws, 1)))
    return np.asarray(rng.gamma(n, 1 / n, (draws, len(tasks))) * together)


def _decide(
    trial: pd.DataFrame,
    times: pd.Series,
    net: dict[tuple[str, float], Floats],
    errors: dict[tuple[str, float], Floats],
    done: pd.Series,
    luck: Floats,
) -> tuple[pd.DataFrame, pd.DataFrame, Floats]:
    """The table of a plan, the options by mode, and the net hours of the whole week [draw]."""
    rows, options, weekly = {}, {}, np.zeros(len(next(iter(net.values()))))
    for place, (task, row) in enumerate(trial.iterrows()):
        mean = {choice: float(drawn[:, place].mean()) for choice, drawn in net.items()}
        best = {mode: max((c for c in mean if c[0] == mode), key=mean.__getitem__) for mode in MODES}
        may = permitted(row) if done.iloc[place] else ("human",)
        often = float(times.iloc[place])
        choice = max((best[mode] for mode in may), key=lambda c: (mean[c], c[0] == "human"))
        drawn = net[choice][:, place] * often * luck[:, place] / HOUR
        low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        weekly = weekly + drawn
        options[task] = {mode: mean[best[mode]] * often / HOUR for mode in MODES}
        rows[task] = {
            "name": row["name"], "mode": choice[0], "review": choice[1], "saved": mean[choice] * often / HOUR, "low": low, "high": high,
            "chance": float((drawn > 0).mean()) if choice[0] != "human" else np.nan,
            "errors": float(errors[choice][place] * often), "gate": row["gate"],
        }  # fmt: skip
    made, nets = (
        pd.DataFrame.from_dict(part, orient="index").rename_axis("task") for part in (rows, options)
    )
    return made, nets, weekly


def _plan_notes(table: pd.DataFrame, done: pd.Series) -> tuple[str, ...]:
    notes = ["淨省 ＝ 省下的時間 − 審稿 − 修改 − 流出的錯 × 收拾的時間；區間是 90%"]
    absent = table.loc[~done, "name"]
    if len(absent):
        notes.append(f"日記裡沒有出現、先不動：{'、'.join(absent)}")
    unsure = table.loc[table["chance"] < SURE, "name"]
    if len(unsure):
        notes.append(
            spaced(f"還不算確定（省到時間的機會不到{SURE:.0%}）：{'、'.join(unsure)}。先多試做幾則，再全面換")
        )
    return tuple(notes)
