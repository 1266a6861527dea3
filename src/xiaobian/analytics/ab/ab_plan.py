"""Before an A/B test: how many people it needs, how long that takes, and what can be seen with the people one has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import TableError
from ...plotting.wording import spaced
from ..result import Result
from . import plan_words as ab_plan_words
from .power import Design, least_lift, needed, posts_power, power_of
from .sequential import more_people

if TYPE_CHECKING:
    from ...plotting import Chart

DAYS_A_WEEK = 7
POSTS = (5, 10, 20, 50, 100, 200, 500)
_WEEKS = (1, 2, 4, 8, 12, 26, 52)


@dataclass(frozen=True)
class ABPlan(Result):
    """What ``ab_plan()`` found.

    needed: units of each arm, control first. days: to get them all, None without ``daily``. table: a row a size;
    for people weeks (missing without ``daily``), per_arm (smaller arm), least_lift (smallest relative lift found with
    the wanted power) and power (at the lift asked for); for posts per_arm, power_raw (Welch on the raw values),
    power_log (on logarithms) and least_lift (on logarithms). have_power: power with the units one has, or None.
    """

    design: Design
    needed: tuple[int, ...]
    unit: str
    daily: float | None
    have: int | None
    table: pd.DataFrame

    @property
    def per_arm(self) -> int:
        """Units of the control arm."""
        return self.needed[0]

    @property
    def total(self) -> int:
        """Units of all arms."""
        return sum(self.needed)

    @property
    def days(self) -> int | None:
        """Days until every arm is full, rounded up."""
        return None if self.daily is None else int(np.ceil(self.total / self.daily))

    @property
    def weeks(self) -> int | None:
        """Weeks until every arm is full, rounded up: a test should run whole weeks."""
        return None if self.daily is None else int(np.ceil(self.total / self.daily / DAYS_A_WEEK))

    @property
    def have_power(self) -> float | None:
        """Chance to find the lift with the units one has."""
        return None if self.have is None else power_of(self.design, self.have * self.design.shares[0])

    @property
    def have_lift(self) -> float | None:
        """Smallest lift that the units one has can show."""
        return None if self.have is None else least_lift(self.design, self.have * self.design.shares[0])

    @property
    def suggestions(self) -> tuple[str, ...]:
        """What to do when the test is too long or too small, in 正體中文."""
        return tuple(map(spaced, ab_plan_words.suggestions(self)))

    def say(self) -> str:
        """How many, how long, and what else to do."""
        return ab_plan_words.say(self)

    def plot(self) -> Chart:
        """Smallest lift that can be seen against people; for posts the power against posts."""
        from .plan_plot import draw

        return self.captioned(draw(self))

    def __repr__(self) -> str:
        return "\n".join([self.say(), *(f"建議：{one}" for one in self.suggestions)])


def ab_plan(
    rate: float | None = None,
    *,
    mean: float | None = None,
    sd: float | None = None,
    log_sd: float | None = None,
    lift: float = 0.1,
    power: float = 0.8,
    alpha: float = 0.05,
    daily: float | None = None,
    have: int | None = None,
    unit: str = "人",
    split: Sequence[float] = (0.5, 0.5),
    correlation: float = 0.0,
    rule: str = "fixed",
) -> ABPlan:
    """How many people (or posts) an A/B test needs to find a relative lift, and how long that takes.

    Give one of: rate, the control's rate (0–1, per person); mean with sd of an amount a person; log_sd, the standard
    deviation of the natural logarithm (posts: about 1.0). lift: relative, 0.1 is +10 %. daily: people a day in all
    arms. have: people there are in all arms. unit: measure word, 人 or 則; 則 gives the table for posts. split: share
    of each arm, control first. correlation: between the metric and the same before the test (CUPED), 0–1.
    rule: ``fixed``, ``group`` or ``always`` as in ``ab_read``, with 20 looks.

    Two-sided. A rate uses the arcsine transform (Cohen, Statistical Power Analysis, 2nd ed., 1988, ch. 6), means and
    logarithms the t test; both by statsmodels. For 1.2 % and +10 % the arcsine gives 135,549 a group, the unpooled
    normal formula 135,621, the pooled one 135,624, with continuity correction 137,286. More than two arms: alpha is
    divided by the comparisons with the control (Bonferroni).

    Measured 2026-11-22, benchmarks/ab.py: 20 / 50 / 200 posts an arm, +30 %, log-sd 1: raw means .079 / .183 / .523
    (planned .093 / .164 / .503), logarithms .125 / .259 / .733 (planned .128 / .255 / .745).

    Raises TableError for settings that no test can have.

    >>> ab_plan(0.012, lift=0.1).per_arm, ab_plan(log_sd=1.0, lift=0.3, unit="則").per_arm
    (135549, 230)
    """
    design = Design(
        rate=rate, mean=mean, sd=sd, log_sd=log_sd, lift=float(lift), power=float(power),
        alpha=float(alpha) / max(len(split) - 1, 1), shares=_shares(split), left=1 - correlation**2,
        extra=1.0 if rule == "fixed" else more_people(_known(rule), 20, power, alpha),
    )  # fmt: skip
    _check(design, correlation, daily, have)
    each = needed(design)
    return ABPlan(design, each, unit, daily, have, _table(design, unit, daily, have, each[0]))


def _known(rule: str) -> str:
    if rule not in ("group", "always"):
        raise TableError(f"沒有「{rule}」這種停止規則", next_step="可用的規則：fixed、group、always")
    return rule


def _shares(split: Sequence[float]) -> tuple[float, ...]:
    if len(split) < 2 or min(split) <= 0:
        raise TableError("分流要有兩組以上，每組都大於 0", where="參數 split", next_step="例如 (0.5, 0.5)")
    return tuple(float(share) / float(sum(split)) for share in split)


def _check(design: Design, correlation: float, daily: float | None, have: int | None) -> None:
    given = [
        design.rate is not None,
        design.mean is not None and design.sd is not None,
        design.log_sd is not None,
    ]
    if sum(given) != 1:
        raise TableError(
            "要知道現在的水準，而且只給一種",
            where="參數 rate、mean 和 sd、log_sd",
            next_step="點擊率給 rate=0.012；金額給 mean=180、sd=170；貼文給 log_sd=1.0",
        )
    if design.rate is not None and not (0 < design.rate < 1 and 0 < design.rate * (1 + design.lift) < 1):
        raise TableError("現在的比率和提升後的比率都要在 0 和 1 之間", where="參數 rate、lift")
    if design.lift == 0 or design.lift <= -1:
        raise TableError("提升不能是 0，也不能低於 −100%", where="參數 lift", next_step="+10% 請寫 0.1")
    if not (0 < design.alpha < 1 and design.alpha < design.power < 1):
        raise TableError(
            "檢定力要在顯著水準和 1 之間", where="參數 power、alpha", next_step="通常是 0.8 和 0.05"
        )
    if not 0 <= correlation < 1:
        raise TableError("相關要在 0 和 1 之間", where="參數 correlation")
    amounts = [design.mean, design.sd, design.log_sd, daily, have]
    if any(one is not None and not one > 0 for one in amounts):
        raise TableError("平均、標準差和人數都要大於 0", where="參數 mean、sd、log_sd、daily、have")


def _table(design: Design, unit: str, daily: float | None, have: int | None, each: int) -> pd.DataFrame:
    share = design.shares[0]
    if unit == "則":
        sizes = sorted({*POSTS, each, *([int(have * share)] if have else [])})
        return posts_power(design, [n for n in sizes if n >= 2])
    if daily is None:
        sizes = sorted(
            {
                *(max(2, round(each * f)) for f in (0.05, 0.1, 0.2, 0.5, 1, 2)),
                *([int(have * share)] if have else []),
            }
        )
        weeks = [np.nan] * len(sizes)
    else:
        weeks = list(_WEEKS)
        sizes = [max(2, int(daily * DAYS_A_WEEK * w * share)) for w in _WEEKS]
    return pd.DataFrame(
        {
            "weeks": weeks,
            "per_arm": sizes,
            "least_lift": [least_lift(design, n) for n in sizes],
            "power": [power_of(design, n) for n in sizes],
        }
    )
