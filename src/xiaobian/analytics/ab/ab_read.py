"""Reading an A/B test: the split first, then the difference with its uncertainty, then whether one may stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...errors import TableError
from ...plotting.wording import spaced
from ..result import Result
from . import read_words as ab_read_words
from .bayes import UNKNOWN, Prior, belief
from .effects import Split, effects, split
from .input import comparable
from .moments import Moments
from .rules import RULES, Course, Terms, Verdict, follow, judge, seeing
from .sequential import peeking_error

if TYPE_CHECKING:
    from ...plotting import Chart

LIFT = 0.2
ROPE = 0.05
Columns = str | Mapping[str, str] | None


@dataclass(frozen=True, repr=False)
class ABReading(Result):
    """What ``ab_read()`` found.

    table: a row a quantity and arm: metric, arm, control_n, n (people used), control, value, difference with low
    and high, relative difference with relative_low and relative_high, p (all as if looked at once, Welch's t), p_holm and
    p_bh (over all rows), variance_ratio (with covariate ÷ without), prob_better, loss (expected relative loss of
    choosing the arm), prob_same (within ± rope), credible_low, credible_high, model.
    path: the first quantity, a row a look and arm: date, people (all arms), control, value, difference, once_low and
    once_high (relative) and p as if this were the only look, z, bound, low and high and relative_low and
    relative_high with the rule's boundary, crossed. split: the check of the split. verdict: see ``ab_rules.Verdict``.
    verdicts: one an arm.
    """

    table: pd.DataFrame
    path: pd.DataFrame
    split: Split
    verdict: Verdict
    verdicts: tuple[Verdict, ...]
    terms: Terms
    alpha: float
    control: str
    unit: str
    percent: bool
    notes: tuple[str, ...]

    @property
    def looks(self) -> int:
        """Days on which one could have looked, or 1."""
        return int(self.path["date"].nunique()) or 1

    @property
    def peeking(self) -> float:
        """False-alarm rate of somebody who looks that often and stops at the first p below alpha."""
        return peeking_error(self.looks, self.alpha)

    @property
    def headline(self) -> str:
        """The verdict in a few words."""
        return ab_read_words.headline(self)

    def say(self) -> str:
        """The verdict, the size of the difference with its uncertainty, and what peeking would have done."""
        return ab_read_words.say(self)

    def plot(self) -> Chart:
        """The estimate with its interval over time and the day one may stop; without days, a row an arm.

        When the split is broken, the split is drawn instead.
        """
        from .read_plot import draw

        return self.captioned(draw(self))


def ab_read(
    data: Any,
    *,
    value: str | Sequence[str] | None = None,
    denominator: Columns = None,
    covariate: Columns = None,
    covariate_denominator: Columns = None,
    arm: str = "arm",
    date: str | None = "date",
    control: str = "A",
    trial: str | None = None,
    split_plan: Mapping[str, float] | None = None,
    planned: int | None = None,
    rule: str | None = None,
    lift: float = LIFT,
    rope: float = ROPE,
    alpha: float = 0.05,
    prior: Prior = (1.0, 1.0),
    unit: str = "人",
    simulated: bool = False,
) -> ABReading:
    """Whether B is better than A, and whether one may stop: split check, estimate, stopping rule, Bayes.

    data: table ``trials`` (people and clicks by day and arm); or a table with a row a person and columns ``arm`` and
    ``value`` (pandas, Polars, DuckDB … through narwhals); or counts ``{"A": (people, clicks), "B": …}``.
    value: column compared, or several; the verdict is about the first, every one counts in the correction for many
    comparisons. denominator: column of the ratio metric's lower part (delta method). covariate: what was known of
    the person before the test (CUPED), with its own denominator if it is a ratio. A single name belongs to the first
    ``value``; a mapping names them by value. date: column of the day a person entered; None ignores days.
    split_plan: planned share of each arm, equal when not given. planned: people planned in all arms together.
    rule: ``fixed`` (one look at the end), ``group`` (daily looks up to ``planned``; Lan–DeMets spending of
    O'Brien–Fleming type) or ``always`` (mSPRT, looks without end); when not given, ``fixed`` without days, ``group``
    with ``planned``, else ``always``. lift: smallest relative difference worth having; it sets the width of the mSPRT
    and the people still missing. The default is about the median of 373 published headline tests (20.8 %).
    rope: relative difference that counts as none (design parameter). prior: of each arm's rate. unit: measure word.

    Measured 2026-11-22, benchmarks/ab.py (seeds below 1,000). 4,000 tests of 16,000 people at 5 %, 20 daily looks,
    false alarms / power at +20 % / share of the people used: one look .052 / .789 / 1.00; p < .05 every day .247 /
    .876 / .45; Pocock .050 / .645 / .69; ``group`` .049 / .772 / .76; ``always`` .010 / .490 / .82; stopping at a
    97.5 % posterior .247, so a posterior is no stopping rule. Say ``planned`` when you can: for 80 % power ``group``
    needs 1.05 and ``always`` up to 1.74 times the people of one look. Peeking at 1/5/10/20 looks .052 / .141 / .194 /
    .247. 1,000 null worlds read whole: ``always`` .005, ``group`` .051, ``fixed`` .044. A 53/47 split is called
    broken in .824 / .997 / 1.000 of tests with 5,000 / 10,000 / 20,000 people, a sound one in .002. Shuffled arms:
    a winner in .033. CUPED at ρ .5 / .7: variance × .750 / .511.

    Raises TableError for a table, column or setting that cannot be used.

    >>> found = ab_read({"A": (10_000, 120), "B": (10_000, 171)})
    >>> found.headline, round(float(found.table["p"].iloc[0]), 4)
    ('可以停了：B 比較好', 0.0026)
    """
    moments, notes = comparable(
        data,
        value,
        (denominator, covariate, covariate_denominator),
        arm=arm,
        date=date,
        trial=trial,
        unit=unit,
    )
    first = moments[0]
    family = (len(first.arms) - 1) * len(moments)
    terms = _terms(rule, planned, first.dated, alpha / family, lift, rope)
    _check(alpha, prior, control, first)
    sound = split(first, split_plan)
    others = [i for i, name in enumerate(first.arms) if name != control]
    courses = [follow(first, first.arms.index(control), i, terms) for i in others]
    table = _table(moments, control, alpha, prior, rope)
    verdicts = tuple(judge(c, terms, p < alpha) for c, p in zip(courses, table["p_holm"], strict=False))
    path = pd.concat([course.table(terms.alpha) for course in courses], ignore_index=True)
    notes += _more_notes(table, path, first, courses, terms, verdicts, unit, simulated)
    return ABReading(
        table=table, path=path, split=sound, verdict=_overall(sound, verdicts, courses),
        verdicts=verdicts, terms=terms, alpha=alpha, control=control, unit=unit, percent=_is_share(first, table),
        notes=tuple(map(spaced, notes)),
    )  # fmt: skip


def _terms(
    rule: str | None, planned: int | None, dated: bool, alpha: float, lift: float, rope: float
) -> Terms:
    chosen = rule or (("group" if planned else "always") if dated else "fixed")
    if chosen not in RULES:
        raise TableError(f"沒有「{chosen}」這種停止規則", next_step=f"可用的規則：{'、'.join(RULES)}")
    if chosen == "group" and not planned:
        raise TableError(
            "按原定人數看，要先說原定幾個人",
            where="參數 planned",
            next_step='例如 planned=20000（各組合計），或改用 rule="always"',
        )
    if planned is not None and planned < 1:
        raise TableError("原定人數要大於 0", where="參數 planned")
    if not (lift > 0 and 0 <= rope < 1):
        raise TableError("值得換的提升要大於 0，當作一樣的範圍要在 0 到 1", where="參數 lift、rope")
    return Terms(chosen, alpha, lift, planned, rope)


def _check(alpha: float, prior: Prior, control: str, moments: Moments) -> None:
    if not 0 < alpha < 1:
        raise TableError("顯著水準要在 0 和 1 之間", where="參數 alpha", next_step="通常用 0.05")
    if min(prior) <= 0:
        raise TableError("先驗的兩個數都要大於 0", where="參數 prior", next_step="沒有想法就用 (1, 1)")
    if control not in moments.arms:
        raise TableError(
            f"沒有「{control}」這一組",
            where=f"現有的組別：{'、'.join(moments.arms)}",
            next_step="請用 control= 指定對照組",
        )


def _table(moments: Sequence[Moments], control: str, alpha: float, prior: Prior, rope: float) -> pd.DataFrame:
    rows = []
    for one in moments:
        base = one.arms.index(control)
        rows += [
            _row(one.whole().pair(base, i), alpha, prior, rope) for i in range(len(one.arms)) if i != base
        ]
    table = pd.DataFrame(rows)
    for column, method in (("p_bh", "fdr_bh"), ("p_holm", "holm")):
        table.insert(list(table.columns).index("p") + 1, column, _corrected(table["p"], method))
    return table


def _corrected(p: pd.Series, method: str) -> pd.Series:
    if len(p) == 1:
        return p
    from statsmodels.stats.multitest import multipletests

    return pd.Series(multipletests(p, method=method)[1], p.index)


def _row(pair: Moments, alpha: float, prior: Prior, rope: float) -> dict[str, Any]:
    found = effects(pair)
    (low,), (high,) = found.interval(1 - alpha)
    (relative_low,), (relative_high,) = found.relative_interval(1 - alpha)
    row = {"metric": pair.quantity.name, "arm": pair.arms[1], "control_n": int(pair.n[0, 0])}
    row |= {"n": int(pair.n[0, 1]), "control": found.control[0], "value": found.value[0]}
    row |= {"difference": found.difference[0], "low": low, "high": high, "relative": found.relative[0]}
    row |= {"relative_low": relative_low, "relative_high": relative_high, "p": found.p[0]}
    row["variance_ratio"] = found.reduction[0]
    after = belief(pair, found, prior, rope) if (pair.n >= 2).all() else UNKNOWN
    row |= {"prob_better": after.better, "loss": after.loss, "loss_control": after.loss_control}
    row |= {"prob_same": after.same, "credible_low": after.low, "credible_high": after.high}
    return row | {"model": after.model}


def _overall(sound: Split, verdicts: Sequence[Verdict], courses: Sequence[Course]) -> Verdict:
    """One verdict for the whole test: the broken split first, then a winner, then what still runs."""
    if sound.broken:
        return Verdict("broken", "")
    winners = [(c.effects.z[-1], v) for v, c in zip(verdicts, courses, strict=True) if v.code == "better"]
    if winners:
        return max(winners, key=lambda pair: pair[0])[1]
    running = [v for v in verdicts if v.code in ("few", "wait")]
    if running:
        return max(running, key=lambda v: v.people or 0)
    undecided = [v for v in verdicts if v.code in ("same", "done")]
    return undecided[0] if undecided else verdicts[0]


def _is_share(first: Moments, table: pd.DataFrame) -> bool:
    shown = table.loc[table["metric"] == first.quantity.name, ["control", "value"]].to_numpy(dtype=float)
    return first.binary or (bool(first.quantity.columns[1]) and bool(np.nanmax(np.abs(shown)) <= 1))


def _more_notes(
    table: pd.DataFrame,
    path: pd.DataFrame,
    first: Moments,
    courses: Sequence[Course],
    terms: Terms,
    verdicts: Sequence[Verdict],
    unit: str,
    simulated: bool,
) -> list[str]:
    notes = []
    family = len(table)
    if family > 1:
        notes.append(
            f"一共比了 {family} 次，p 值已經用 Holm（p_holm）和 BH（p_bh）校正；結論以第一個指標為準"
        )
    days = int(path["date"].nunique())
    if 0 < days < 7 and any(v.code in ("better", "worse") for v in verdicts):
        notes.append(f"只有 {days} 天，還沒涵蓋一整週；如果不急，跑滿 7 天再換，免得只是平日和週末的差別")
    if terms.rule == "group" and (path["people"] > (terms.planned or 0)).sum() > len(verdicts):
        notes.append(f"超過原定 {terms.planned:,} 之後才來的資料，不能再用來改變結論")
    if unit == "則":
        notes.append(_posts_note(courses[0], terms))
    saved = 1 - float(table["variance_ratio"].iloc[0])
    if first.quantity.columns[2]:
        notes.append(f"用測試前的數字（CUPED）減少了 {saved:.0%} 的變異")
    return [*notes, *([SIMULATED] if simulated else [])]


def _posts_note(course: Course, terms: Terms) -> str:
    """Posts are few and differ widely: say how blind the test is."""
    chance = seeing(course.effects, terms)
    return (
        f"單位是貼文不是人：這樣的則數，就算真的有 {terms.lift:.0%} 的差別，也只有{chance:.0%}的機會看得出來；"
        "能分人就分人，請看 xb.analytics.ab_plan()"
    )
