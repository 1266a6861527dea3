"""An editor's office: what a week of tasks really takes, and what becomes of it with AI drafts and review.

What the editor can see: ``tasks()``, ``diary()``, ``recalled()``, ``trial()``. What is true: ``truth_of(office)``, in
lessons opened by ``reveal()`` after a plan was committed. All sizes are design parameters of ``worktime``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from .. import records
from ..datasets import SIMULATED
from ..errors import AnswerError, NotFound, TableError
from .parameters import load
from .streams import generator

MODES = {"human": "留給人", "draft": "AI 起草＋人審", "auto": "全自動"}
REVIEWS = (0.1, 0.2, 0.35, 0.5)
"""Review minutes ÷ minutes by hand that are tried; a draft that nobody looks at is no draft with review."""

GATES = {"crisis": "危機回應", "apology": "道歉", "personal_data": "個資", "claims": "健康或法律的說法"}
"""Why a task stays with a person whatever it would save."""

ACCOUNTABLE = 4
"""From this need of accountability on (1–5) nothing goes out that no person has read."""

NEEDS = ("judgement", "empathy", "accountability", "repetition")
MONDAY = "2026-03-02"
WORKDAYS = 5
HOUR = 60.0


@dataclass(frozen=True)
class Outcome:
    """A typical week under a plan, expected values.

    hours: at the desk and cleaning up. desk: hours at the desk alone, what a stopwatch on the drafting sees.
    saved: hours less than all by hand. errors: errors that got out, a week. quality: readers' mark 0–100, weighted by
    hand hours. table: a row a task: mode, review (share), saved (hours), errors.
    """

    hours: float
    desk: float
    saved: float
    errors: float
    quality: float
    table: pd.DataFrame

    def __repr__(self) -> str:
        more = f"省 {self.saved:.1f}" if self.saved >= 0 else f"多花 {-self.saved:.1f}"
        return (
            f"一週 {self.hours:.1f} 小時（比全部手做{more} 小時），流出 {self.errors:.1f} 個錯，"
            f"讀者評分 {self.quality:.0f}（島嶼沙盒模擬資料）"
        )


@dataclass(frozen=True)
class Office:
    """One editor's office; the same seed is the same office everywhere."""

    seed: int

    @property
    def name(self) -> str:
        return f"office-{self.seed}"

    def tasks(self) -> pd.DataFrame:
        """What everyone knows of a task: name, judgement, empathy, accountability, repetition (1–5), error_cost
        (minutes to clean up after an error that got out, as the team estimates), gate (why a person must, or missing)."""
        table = declared()[["name", *NEEDS, "error_cost", "gate"]].copy()
        table["gate"] = table["gate"].replace("", pd.NA).astype("string")
        return table

    def diary(self, weeks: int = 1, first_week: int = 0) -> pd.DataFrame:
        """Every piece of work of some weeks, as timed: date, task, minutes. Raises TableError below one week."""
        if weeks < 1:
            raise TableError("日記至少要一週", where="weeks")
        table = pd.concat([_week(self, first_week + n) for n in range(weeks)], ignore_index=True)
        table.attrs["notes"] = (SIMULATED,)
        return table

    def recalled(self) -> pd.Series:
        """Hours a week by task as the editor remembers them, without a diary."""
        truth, rng = truth_of(self), generator(self.seed, "worktime", "recall")
        each = np.log(truth["minutes"])
        bias = load()["worktime.recall"] * (each - each.mean()) / each.std(ddof=0)
        luck = rng.normal(0, load()["worktime.recall_sd"], len(truth))
        hours = truth["times"] * truth["minutes"] / HOUR * np.exp(bias + luck)
        return (2 * hours).round().div(2).clip(lower=0.5).rename("hours")

    def trial(
        self, drafts: int = 12, checked: int = 40, planted: int = 10, review: float = 0.2
    ) -> pd.DataFrame:
        """A trial of AI drafts, a row a task.

        drafts: AI drafts made a task; draft_minutes: a person's minutes for one, auto_minutes: when nobody looks at it,
        fix_minutes: to mend one error found (means); wrong: drafts with an error, found by checking each word slowly.
        checked: earlier pieces by hand, hand_wrong of them with an error. planted: errors put in on purpose, found of them
        by a review that took ``review`` times the minutes by hand. Also the columns of ``tasks()``.

        Raises TableError for a trial of nothing.
        """
        if min(drafts, checked, planted) < 1 or review <= 0:
            raise TableError("試做至少要一則，審稿時間要大於 0", where="drafts、checked、planted、review")
        truth, rng = (
            truth_of(self),
            generator(self.seed, "worktime", "trial", drafts, checked, planted, review),
        )
        spread = load()["worktime.minutes_sd"] / np.sqrt(drafts)
        timed = {
            name: (truth[name] * np.exp(rng.normal(-(spread**2) / 2, spread, len(truth)))).round(1)
            for name in ("draft_minutes", "auto_minutes", "fix_minutes")
        }
        caught = catch(truth, review)
        return self.tasks().assign(
            **timed,
            drafts=drafts, wrong=rng.binomial(drafts, truth["ai_error"]),
            checked=checked, hand_wrong=rng.binomial(checked, truth["hand_error"]),
            planted=planted, found=rng.binomial(planted, caught), review=review,
        )  # fmt: skip

    def commit(self, plan: Mapping[str, str], review: float | Mapping[str, float] = 0.2) -> Note:
        """Write down a plan (task → human, draft or auto) and its review; the first one counts."""
        judged(self, plan, review)
        kept: Any = {
            "plan": {k: str(v) for k, v in plan.items()},
            "review": dict(review) if isinstance(review, Mapping) else float(review),
        }
        first = records.commit(self._key, kept)["first"]
        again = "" if first == kept else "（以第一次的計畫為準）"
        return Note(f"已記下{again}。用 office.reveal() 揭曉。")

    def reveal(self) -> pd.DataFrame:
        """The truth after a plan was committed: three typical weeks side by side, hours, saved, errors, quality.

        Rows: 全部手做, 你的計畫, 找得到的最好（同一套規矩裡). Raises AnswerError when no plan was committed.
        """
        if records.commitment(self._key) is None:
            raise AnswerError(
                "還沒有你的計畫，真相先不打開", where=self.name, next_step="先執行 office.commit(計畫)"
            )
        first = records.reveal(self._key)["first"]
        hand = judged(self, {}, 0.0)
        weeks = {
            "全部手做": hand,
            "你的計畫": judged(self, first["plan"], first["review"]),
            "找得到的最好": best(self),
        }
        rows = {name: [w.hours, w.saved, w.errors, w.quality] for name, w in weeks.items()}
        return pd.DataFrame(rows, index=["小時", "省下", "流出的錯", "讀者評分"]).T

    @property
    def _key(self) -> str:
        return f"sandbox.worktime.{self.name}"


class Note(str):
    """A sentence that shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


@cache
def declared() -> pd.DataFrame:
    """The tasks of ``worktime.tasks``, by id."""
    return pd.DataFrame(load()["worktime.tasks"]).T.rename_axis("task").infer_objects()


@cache
def truth_of(office: Office) -> pd.DataFrame:
    """What is true of an office, a row a task.

    times (a week), minutes (by hand), draft_minutes, auto_minutes, fix_minutes, ai_error and hand_error (chance of an
    error in a piece, 0–1), error_cost (minutes), catch (k of ``catch``), quality and quality_ai (marks 0–100).

    >>> truth = truth_of(Office(1))
    >>> bool((truth["ai_error"].between(0, 1)).all()), len(truth)
    (True, 14)
    """
    p, table = load(), declared()
    rng = generator(office.seed, "worktime", "truth")
    n, needs = len(table), table[list(NEEDS)].astype(float) - 3

    def spread(name: str) -> np.ndarray:
        return rng.normal(0, p[f"worktime.{name}"], n)

    def pull(name: str) -> pd.Series:
        weights = p[f"worktime.{name}"]
        return (needs[list(weights)] * pd.Series(weights)).sum(axis=1)

    minutes = table["minutes"].astype(float) * np.exp(spread("spread"))
    draft = minutes * p["worktime.draft_share"] * np.exp(pull("draft_needs") + spread("draft_sd"))
    by_ai = p["worktime.ai_error"] + pull("ai_error_needs") + spread("ai_error_sd")
    by_hand = p["worktime.hand_error"] + p["worktime.hand_error_repetition"] * needs["repetition"]
    level, level_sd = p["worktime.quality"]
    quality = level + rng.normal(0, level_sd, n)
    warm = 1 - p["worktime.quality_warmth"] * (table["empathy"].astype(float) - 1) / 4
    return pd.DataFrame(
        {
            "times": table["times"].astype(float) * np.exp(spread("spread")),
            "minutes": minutes,
            "draft_minutes": draft,
            "auto_minutes": draft * p["worktime.auto_share"],
            "fix_minutes": minutes * p["worktime.fix_share"],
            "ai_error": _chance(by_ai),
            "hand_error": _chance(by_hand + spread("hand_error_sd")),
            "error_cost": table["error_cost"].astype(float) * np.exp(spread("cost_sd")),
            "catch": p["worktime.catch"] * np.exp(rng.normal(0, p["worktime.catch_sd"])),
            "quality": quality,
            "quality_ai": quality + 100 * p["ai_draft.quality"] * warm,
        }
    )


def _chance(logit: pd.Series) -> pd.Series:
    return 1 / (1 + np.exp(-logit))


def catch(truth: pd.DataFrame, review: Any) -> pd.Series:
    """Share of errors (0–1) that a review of ``review`` times the minutes by hand finds: 1 − e^(−catch × review)."""
    return 1 - np.exp(-truth["catch"] * review)


def pieces(truth: pd.DataFrame, review: Any) -> dict[str, pd.DataFrame]:
    """Expected numbers of one piece by mode: desk (minutes), minutes (with cleaning up), errors, quality.

    review: share of the minutes by hand, one number or one a task.
    """
    caught = catch(truth, review)
    mended = truth["ai_error"] * caught * truth["fix_minutes"]
    desk = {
        "human": truth["minutes"],
        "draft": truth["draft_minutes"] + review * truth["minutes"] + mended,
        "auto": truth["auto_minutes"],
    }
    errors = {
        "human": truth["hand_error"],
        "draft": truth["ai_error"] * (1 - caught),
        "auto": truth["ai_error"],
    }
    marks = {"human": truth["quality"], "draft": truth["quality_ai"], "auto": truth["quality_ai"]}
    return {
        mode: pd.DataFrame(
            {
                "desk": desk[mode],
                "minutes": desk[mode] + errors[mode] * truth["error_cost"],
                "errors": errors[mode],
                "quality": marks[mode] - load()["worktime.quality_error"] * errors[mode],
            }
        )
        for mode in MODES
    }


def outcome(truth: pd.DataFrame, plan: Mapping[str, str], review: float | Mapping[str, float]) -> Outcome:
    """A typical week under a plan: task → mode, by hand where the plan is silent."""
    shares = (
        pd.Series(review, index=truth.index, dtype=float).fillna(0.0)
        if isinstance(review, Mapping)
        else review
    )
    by_mode = pieces(truth, shares)
    mode = pd.Series({task: plan.get(task, "human") for task in truth.index})
    chosen = pd.concat([by_mode[m][mode == m] for m in MODES]).reindex(truth.index)
    times, hand = truth["times"], by_mode["human"]["minutes"]
    weight = times * truth["minutes"]
    table = pd.DataFrame(
        {
            "mode": mode,
            "review": np.where(mode == "draft", shares, 0.0),
            "saved": times * (hand - chosen["minutes"]) / HOUR,
            "errors": times * chosen["errors"],
        }
    )
    return Outcome(
        hours=float((times * chosen["minutes"]).sum() / HOUR),
        desk=float((times * chosen["desk"]).sum() / HOUR),
        saved=float(table["saved"].sum()),
        errors=float(table["errors"].sum()),
        quality=float((weight * chosen["quality"]).sum() / weight.sum()),
        table=table,
    )


def handed_over(office: Office, order: Sequence[str], review: float) -> pd.DataFrame:
    """What happens as one task after another goes to the machine, whatever the house permits; a row a step.

    order: tasks, the first to go first. review: share of the minutes by hand for each draft; 0 is nobody looks.
    Returns share (of the hand hours handed over, 0–1), saved, desk (hours a week; desk: what a stopwatch sees), errors
    (a week), quality (0–100), task (handed over last).
    """
    truth = truth_of(office)
    by_mode = pieces(truth, review)
    before, after = by_mode["human"], by_mode["draft" if review > 0 else "auto"]
    weight = truth["times"] * truth["minutes"] / (truth["times"] * truth["minutes"]).sum()
    moves = pd.DataFrame(
        {
            "share": weight,
            "saved": truth["times"] * (before["minutes"] - after["minutes"]) / HOUR,
            "desk": truth["times"] * (before["desk"] - after["desk"]) / HOUR,
            "errors": truth["times"] * (after["errors"] - before["errors"]),
            "quality": weight * (after["quality"] - before["quality"]),
        }
    ).loc[list(order)]
    steps = pd.concat([0 * moves.head(1), moves.cumsum()])
    steps["errors"] += (truth["times"] * before["errors"]).sum()
    steps["quality"] += (weight * before["quality"]).sum()
    return steps.assign(task=["", *order]).reset_index(drop=True)


def judged(office: Office, plan: Mapping[str, str], review: float | Mapping[str, float]) -> Outcome:
    """``outcome`` of an office; raises NotFound for a task or mode that does not exist, TableError for a review below 0."""
    truth = truth_of(office)
    for task, mode in plan.items():
        if task not in truth.index:
            raise NotFound(f"沒有「{task}」這項工作", next_step=f"可用的有：{'、'.join(truth.index)}")
        if mode not in MODES:
            raise NotFound(
                f"沒有「{mode}」這種做法", where=str(task), next_step=f"可用的有：{'、'.join(MODES)}"
            )
    shares = list(review.values()) if isinstance(review, Mapping) else [review]
    if not all(0 <= share <= 2 for share in shares):
        raise TableError(
            "審稿時間要寫成手做時間的比例，介於 0 和 2", where="review", next_step="例如 0.2 是兩成"
        )
    return outcome(truth, plan, review)


def permitted(task: pd.Series) -> Collection[str]:
    """Modes that the house allows for a row of ``tasks()``: gated tasks by a person, accountable ones never unseen."""
    if pd.notna(task["gate"]):
        return ("human",)
    return ("human", "draft") if task["accountability"] >= ACCOUNTABLE else tuple(MODES)


def best(office: Office, reviews: Collection[float] = REVIEWS) -> Outcome:
    """The plan that takes the fewest hours within ``permitted``, each task with the best of ``reviews``."""
    truth = truth_of(office)
    allowed = {str(task): permitted(row) for task, row in office.tasks().iterrows()}
    cost = {}
    for share in reviews:
        for mode, table in pieces(truth, share).items():
            may = np.array([mode in allowed[str(task)] for task in truth.index])
            cost[mode, share] = table["minutes"].where(may, np.inf)
    least: Any = pd.DataFrame(cost).idxmin(axis=1)
    plan = {str(task): str(choice[0]) for task, choice in least.items()}
    shares = {str(task): float(choice[1]) for task, choice in least.items()}
    return outcome(truth, plan, shares)


def _week(office: Office, number: int) -> pd.DataFrame:
    """One week as timed; each week has its own stream, so a longer diary begins like a shorter one."""
    truth, rng, p = truth_of(office), generator(office.seed, "worktime", "week", number), load()
    busy = np.exp(rng.normal(-(p["worktime.busy_sd"] ** 2) / 2, p["worktime.busy_sd"]))
    expected = (truth["times"] * busy).to_numpy()
    planned = truth.index.isin(p["worktime.planned"])
    counts = np.where(planned, np.floor(expected + rng.random(len(truth))), rng.poisson(expected)).astype(int)
    rows = pd.DataFrame(
        {"task": np.repeat(truth.index, counts), "usual": np.repeat(truth["minutes"].to_numpy(), counts)}
    )
    spread = p["worktime.minutes_sd"]
    minutes = rows["usual"] * np.exp(rng.normal(-(spread**2) / 2, spread, len(rows)))
    day = pd.to_timedelta(7 * number + rng.integers(WORKDAYS, size=len(rows)), unit="D")
    table = pd.DataFrame(
        {
            "date": pd.Timestamp(MONDAY) + day,
            "task": rows["task"],
            "minutes": minutes.round(1).clip(lower=0.1),
        }
    )
    return table.sort_values("date", kind="stable", ignore_index=True)
