"""What another NT$1,000 of advertising brings, channel by channel, and how to split a budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import TableError
from ..collected import collected
from ..measures import NOTES
from ..result import Result
from . import model, words

if TYPE_CHECKING:
    from ...plotting import Chart

MORE = 1000.0
FEWEST = 8
_VARIED = 2.0
_UNSURE = 0.3
_STRETCH = 1.25
_DRAWS = 4000
_CONFIDENCE = 0.90


@dataclass(frozen=True, repr=False)
class AdsBudget(Result):
    """What ``ads_budget()`` found; money in NT$, spend and results a period.

    table: a row a channel: channel, n (periods), spend (mean), results (mean), cost (spend ÷ results so far), power
    (elasticity) with power_low and power_high (90 %), more (results that another NT$1,000 a period brings from the
    mean spend) with more_low and more_high (90 %), more_cost (1,000 ÷ more), and abstained (why nothing is said; empty
    when something is).
    plan: a row a channel that can be moved: channel, now, planned, expected, with low and high (90 %); of the budget.
    gain: results a period more than the present split scaled to the budget, with gain_low and gain_high (90 %).
    """

    table: pd.DataFrame
    plan: pd.DataFrame
    curves: dict[str, model.Curve]
    seen: pd.DataFrame
    budget: float
    unspent: float
    gain: tuple[float, float, float]
    result: str
    notes: tuple[str, ...]
    simulated: bool

    @property
    def abstained(self) -> bool:
        """Whether no channel can be judged."""
        return not self.curves

    def say(self) -> str:
        """What another NT$1,000 brings, where it brings most, and how sure that is."""
        return words.say(self)

    def plot(self) -> Chart:
        """Results by spend: what was seen, the curve with its band, and the plan."""
        from .plot import draw

        return self.captioned(draw(self))


def ads_budget(
    spends: pd.DataFrame, budget: float | None = None, *, result: str = "result", simulated: bool = False
) -> AdsBudget:
    """Curves of diminishing returns and the split of a budget.

    spends: of any engine (fetched whole: rows are few), a row a channel and period (week, say): channel, spend_ntd, and the column named by ``result``
    (conversions, sign-ups, ≥ 0). Rows without spend say nothing about a curve and are left out. budget: NT$ a
    period for the channels that can be judged; None keeps what they spend on average.

    A channel abstains with fewer than 8 periods, when the 90th percentile of its spend is less than twice the 10th,
    or when the elasticity's 90 % interval is wider than ± .3. No channel is planned beyond 1.25 times the most it ever
    spent or below .8 times the least. Spend that follows demand (more ads before a holiday) makes curves too steep;
    only varying spend on purpose mends that.

    Raises TableError for missing columns, negative numbers, an empty table or a budget not above 0.

    >>> spend = np.tile([500.0, 1000, 2000, 4000, 8000], 3)
    >>> seen = pd.DataFrame({"channel": "facebook", "spend_ntd": spend, "result": np.round(spend**0.6)})
    >>> row = ads_budget(seen).table.iloc[0]
    >>> bool(0.58 < row["power"] < 0.62)
    True
    """
    spends = collected(spends)
    seen, notes = _checked(spends, result)
    curves: dict[str, model.Curve] = {}
    rows = []
    rng = np.random.default_rng(0)
    for channel, part in seen.groupby("channel", sort=True):
        used = part[part["spend"] > 0]
        curve, why = _curve(used)
        if curve is not None and not why:
            curves[str(channel)] = curve
        rows.append(_row(str(channel), used, curve, why, rng))
    columns = ["channel", "n", "spend", "results", "cost", "power", "power_low", "power_high",
               "more", "more_low", "more_high", "more_cost", "abstained"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    now = table.set_index("channel")["spend"].reindex(list(curves)).to_numpy(dtype=float)
    wanted = _budget(budget, now)
    plan, unspent, gain = _plan(curves, now, wanted, rng)
    return AdsBudget(
        table, plan, curves, seen, wanted, unspent, gain, result,
        (*spends.attrs.get(NOTES, ()), *notes), simulated,
    )  # fmt: skip


def _checked(spends: pd.DataFrame, result: str) -> tuple[pd.DataFrame, list[str]]:
    if not isinstance(spends, pd.DataFrame):
        raise TableError(f"這裡要的是一張花費表，收到的是 {type(spends).__name__}", where="參數 spends")
    if missing := [c for c in ("channel", "spend_ntd", result) if c not in spends]:
        raise TableError(
            f"花費表缺少欄位 {'、'.join(missing)}",
            where=f"現有欄位 {'、'.join(map(str, spends.columns))}",
            next_step="需要 channel（管道）、spend_ntd（花費）和成果欄；成果欄不叫 result 就用 result= 指定",
        )
    try:
        spend, results = (
            pd.to_numeric(spends[c]).to_numpy(dtype=float, na_value=np.nan) for c in ("spend_ntd", result)
        )
    except (TypeError, ValueError) as error:
        raise TableError(
            "花費或成果不是數字", where=str(error), next_step="請先用 pd.to_numeric() 轉成數字"
        ) from None
    if (spend < 0).any() or (results < 0).any():
        raise TableError("花費和成果不能是負的", where=f"欄位 spend_ntd、{result}")
    table = pd.DataFrame(
        {"channel": spends["channel"].astype("string").to_numpy(), "spend": spend, "result": results}
    )
    known = table.dropna()
    if known.empty:
        raise TableError("花費表沒有一列同時知道管道、花費和成果", where="參數 spends")
    lost = len(table) - len(known)
    return known, [f"{lost} 列缺花費或成果，沒有計入"] if lost else []


def _curve(used: pd.DataFrame) -> tuple[model.Curve | None, str]:
    spend, results = used["spend"].to_numpy(), used["result"].to_numpy()
    if len(used) < FEWEST:
        return None, f"只有 {len(used)} 期有花費，不到 {FEWEST} 期"
    low, high = np.quantile(spend, [0.1, 0.9])
    if high < _VARIED * low:
        return None, "花費幾乎沒變過，看不出多花會怎樣"
    if not results.sum():
        return None, "一次成果都沒有"
    curve = model.fit_curve(spend, results)
    bottom, top = curve.interval(_CONFIDENCE)
    if top - bottom > 2 * _UNSURE:
        return curve, "成果起伏太大，曲線還看不準"
    return curve, ""


def _row(
    channel: str, used: pd.DataFrame, curve: model.Curve | None, why: str, rng: np.random.Generator
) -> dict[str, object]:
    spend, results = float(used["spend"].mean()), float(used["result"].mean())
    row: dict[str, object] = {
        "channel": channel, "n": len(used), "spend": spend, "results": results,
        "cost": spend / results if results else np.nan, "abstained": why,
    }  # fmt: skip
    if curve is None or why:
        return row
    level, power = curve.draws(rng, _DRAWS)
    start, end = (np.exp(level + power * np.log(s / curve.middle)) for s in (spend, spend + MORE))
    tail = (1 - _CONFIDENCE) / 2
    more_low, more_high = np.quantile(end - start, [tail, 1 - tail])
    bottom, top = curve.interval(_CONFIDENCE)
    more = float(curve.at(spend + MORE) - curve.at(spend))
    return row | {
        "power": curve.power, "power_low": bottom, "power_high": top,
        "more": more, "more_low": float(more_low), "more_high": float(more_high),
        "more_cost": MORE / more if more > 0 else np.nan,
    }  # fmt: skip


def _budget(budget: float | None, now: np.ndarray) -> float:
    if budget is None:
        return float(now.sum())
    if isinstance(budget, bool) or not isinstance(budget, (int, float, np.number)) or not budget > 0:
        raise TableError(f"預算要大於 0，收到的是 {budget!r}", where="參數 budget")
    return float(budget)


def _plan(
    curves: dict[str, model.Curve], now: np.ndarray, budget: float, rng: np.random.Generator
) -> tuple[pd.DataFrame, float, tuple[float, float, float]]:
    """The split, what cannot be spent within what was tried, and the gain over the present split."""
    columns = ["channel", "now", "planned", "expected", "low", "high"]
    if not curves:
        return pd.DataFrame(columns=columns), budget, (np.nan,) * 3
    kept = list(curves.values())
    low = np.array([c.least / _STRETCH for c in kept])
    high = np.array([c.most * _STRETCH for c in kept])
    planned = model.split(kept, budget, low, high)
    before = now * planned.sum() / now.sum()
    tail = (1 - _CONFIDENCE) / 2
    rows, gains = [], np.zeros(_DRAWS)
    for (channel, curve), was, scaled, will in zip(curves.items(), now, before, planned, strict=True):
        level, power = curve.draws(rng, _DRAWS)
        then, usual = (np.exp(level + power * np.log(s / curve.middle)) for s in (will, scaled))
        gains += then - usual
        rows.append((channel, was, will, float(curve.at(will)), *np.quantile(then, [tail, 1 - tail])))
    middle = float(sum(float(c.at(w) - c.at(s)) for c, w, s in zip(kept, planned, before, strict=True)))
    gain_low, gain_high = (float(v) for v in np.quantile(gains, [tail, 1 - tail]))
    return (
        pd.DataFrame(rows, columns=columns),
        max(budget - float(planned.sum()), 0.0),
        (middle, gain_low, gain_high),
    )
