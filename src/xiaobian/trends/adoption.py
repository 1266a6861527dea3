"""How many people a new platform will have: a fan instead of a line, and whether the size of the market can be known yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import t as student

from ..analytics.result import Result
from ..datasets import SIMULATED
from ..errors import TableError
from ..plotting import count_text, spaced
from ..sandbox.adoption import active_shares
from .diffusion import FADING, Draws, fit, futures

if TYPE_CHECKING:
    from ..plotting import Chart

Floats = NDArray[np.float64]

FEWEST = 6
KNOWN_WITHIN = 2.0
"""The market counts as known when the ends of its 90 % interval differ by no more than this factor (design parameter)."""

_CEILING, _DRAWS = 100.0, 500
SKETCHED = 250
"""Draws of each model where a fan is redrawn at every change of a control."""
_FAN = {"low": 0.1, "low50": 0.25, "mid": 0.5, "high50": 0.75, "high": 0.9}


@dataclass(frozen=True, repr=False)
class Adoption(Result):
    """What ``adoption()`` found.

    seen: table week, active_users. fan: a row a coming week: week, low and high (80 %), low50 and high50 (50 %), mid. market:
    people who could join, 5 %, 50 % and 95 %. turned: chance (0–1) that the week with the most joiners is behind us. fading: chance
    that people leave for good. ceiling: the largest market thought possible. All but ``seen`` and ``reason`` are empty or NaN
    when ``abstained``.
    """

    seen: pd.DataFrame
    fan: pd.DataFrame
    market: tuple[float, float, float]
    turned: float
    fading: float
    ceiling: float
    reason: str
    notes: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Whether there were too few weeks to draw a fan."""
        return self.fan.empty

    @property
    def market_known(self) -> bool:
        """Whether the data, not the ceiling, say how large the market is."""
        return not self.abstained and self.market[2] / self.market[0] <= KNOWN_WITHIN

    def say(self) -> str:
        """The range at the end of the fan, what is known of the market, and whether people stay."""
        if self.abstained:
            return f"{self.reason}，先不畫扇形。"
        end = self.fan.iloc[-1]
        weeks = f"看了{len(self.seen)}週，第{end['week']:.0f}週的活躍人數"
        span = f"{count_text(end['low'])}到{count_text(end['high'])}（高低差 {end['high'] / end['low']:.1f} 倍）"
        fan = f"{weeks}有八成機會落在{span}"
        return spaced(f"{fan}。{_of_market(self)}。{_of_fading(self.fading)}。")

    def plot(self, future: pd.DataFrame | None = None) -> Chart:
        """Weeks seen and the fan; ``future`` (week, active_users) adds what really came."""
        return self.captioned(_draw(self, future))


def adoption(
    users: pd.DataFrame | pd.Series,
    horizon: int = 26,
    *,
    ceiling: float | None = None,
    draws: int = _DRAWS,
    seed: int = 0,
    simulated: bool = False,
) -> Adoption:
    """A fan for the weekly active users of a new platform, from what the first weeks allow to say.

    Two models stand side by side, weighed by the data: Bass (1969, doi:10.1287/mnsc.15.5.215), and Bass with people who leave for
    good; see ``diffusion.fit``. The fan holds every curve that fits, the noise, and the doubt between the models.
    Before the inflection the weeks seen hardly say how many could join (Van den Bulte & Lilien 1997, doi:10.1287/mksc.16.4.338);
    then ``market_known`` is False and the upper end follows ``ceiling``.

    users: weekly counts since the launch, in order: a Series, or a table with active_users (and week). horizon: coming weeks, 1–104.
    ceiling: the most people who could ever join; a hundred times the largest week when None. draws: of each model.
    It abstains below six weeks.

    Raises TableError for counts that are missing or not positive, weeks with gaps, or a horizon or ceiling that cannot be.

    >>> from xiaobian.sandbox.adoption import draw_adoption
    >>> from xiaobian.sandbox.parameters import load
    >>> table, truth = draw_adoption(load(), np.random.default_rng(9), family="bass")
    >>> early, late = adoption(table.head(10), draws=200), adoption(table.head(80), draws=200)
    >>> early.market_known, late.market_known
    (False, True)
    """
    seen = _checked(users, horizon)
    counts = seen["active_users"].to_numpy(dtype=float)
    notes = (SIMULATED,) if simulated else ()
    if len(counts) < FEWEST:
        unknown = (float("nan"),) * 3
        reason = f"只有 {len(counts)} 個點，至少要 {FEWEST} 週才開始估"
        return Adoption(
            seen, pd.DataFrame(), unknown, float("nan"), float("nan"), float("nan"), reason, notes
        )
    top = _CEILING * float(counts.max()) if ceiling is None else float(ceiling)
    if not top > counts.max():
        raise TableError(
            f"天花板 {count_text(top)} 比已經看到的 {count_text(counts.max())} 還低", where="參數 ceiling"
        )
    return _told(seen, counts, horizon, top, draws, seed, notes)


def _told(
    seen: pd.DataFrame, counts: Floats, horizon: int, top: float, draws: int, seed: int, notes: tuple[str, ...]
) -> Adoption:
    rng = np.random.default_rng([seed, len(counts)])
    models = [fit(np.log(counts), fading, top, draws, rng) for fading in (False, True)]
    odds = models[1].log_evidence - models[0].log_evidence + np.log(FADING / (1 - FADING))
    fading = float(1 / (1 + np.exp(-odds)))
    paths = [futures(model, len(counts), horizon, rng) for model in models]
    weights = np.repeat([1 - fading, fading], draws) / draws
    coming = np.concatenate(paths)
    columns = {name: [_quantile(week, weights, at) for week in coming.T] for name, at in _FAN.items()}
    weeks = np.arange(1, horizon + 1) + int(seen["week"].iloc[-1])
    market = np.exp(np.concatenate([model.log_market for model in models]))
    low, mid, high = (_quantile(market, weights, at) for at in (0.05, 0.5, 0.95))
    turned = float(weights @ np.concatenate([_turned(model, len(counts)) for model in models]))
    return Adoption(
        seen, pd.DataFrame({"week": weeks, **columns}), (low, mid, high), turned, fading, top, "", notes
    )


def _quantile(values: Floats, weights: Floats, at: float) -> float:
    order = np.argsort(values)
    return float(np.interp(at, np.cumsum(weights[order]) - weights[order] / 2, values[order]))


def _turned(model: Draws, seen: int) -> NDArray[np.bool_]:
    """Whether the week with the most joiners is among those seen; joiners are what is active beyond who stayed [n]."""
    rates = (model.innovation, model.imitation, model.leave, model.seeded)
    shares = active_shares(*rates, seen + 52)
    before = np.column_stack([model.seeded, shares[:, :-1]])
    joiners = shares - before * (1 - model.leave[:, None])
    return np.asarray(joiners.argmax(axis=1) < seen - 1)


def _checked(users: pd.DataFrame | pd.Series, horizon: int) -> pd.DataFrame:
    if isinstance(horizon, bool) or not 1 <= horizon <= 104:
        raise TableError(f"horizon 要在 1 到 104 週之間，收到 {horizon}", where="參數 horizon")
    table = users.to_frame("active_users") if isinstance(users, pd.Series) else users
    if not isinstance(table, pd.DataFrame) or "active_users" not in table:
        raise TableError("找不到活躍人數", where="參數 users", next_step="給一串數字，或有 active_users 欄的表")
    counts = pd.to_numeric(table["active_users"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if len(counts) == 0 or not (np.isfinite(counts) & (counts > 0)).all():
        raise TableError(
            "活躍人數有缺值、0 或負數",
            where="active_users",
            next_step="每週都要有大於 0 的數字；缺的那週請先查清楚",
        )
    weeks = (
        pd.to_numeric(table["week"], errors="coerce").to_numpy(dtype=float)
        if "week" in table
        else np.arange(1.0, len(counts) + 1)
    )
    if not (np.diff(weeks) == 1).all():
        raise TableError(
            "週次要一週接一週，中間不能跳", where="week", next_step="請按週排好，一週一列，缺週請補查"
        )
    return pd.DataFrame({"week": weeks.astype("int64"), "active_users": counts})


def extrapolations(users: pd.DataFrame | pd.Series, horizon: int = 26) -> pd.DataFrame:
    """The lines that tempt: straight, exponential, and one Bass curve by least squares. A row a coming week.

    Columns: week, line (through the last 8 weeks), exponential (the same on the log scale), bass (the best single curve).
    Raises TableError as ``adoption`` does, and below six weeks.

    >>> extrapolations(pd.Series([100.0, 110, 120, 130, 140, 150]), 2)["line"].round(0).tolist()
    [160.0, 170.0]
    """
    seen = _checked(users, horizon)
    if len(seen) < FEWEST:
        raise TableError(f"只有 {len(seen)} 週，至少要 {FEWEST} 週", where="參數 users")
    week, counts = seen["week"].to_numpy(dtype=float), seen["active_users"].to_numpy()
    ahead = week[-1] + np.arange(1, horizon + 1)
    last = slice(-8, None)
    straight = np.polyval(np.polyfit(week[last], counts[last], 1), ahead)
    growing = np.exp(np.polyval(np.polyfit(week[last], np.log(counts[last]), 1), ahead))
    one = bass_line(counts, horizon)
    return pd.DataFrame({"week": ahead.astype("int64"), "line": straight, "exponential": growing, "bass": one})


def bass_line(counts: Floats, horizon: int) -> Floats:
    """The single Bass curve that fits best (least squares on the log scale), continued [horizon]."""

    def miss(logs: Floats) -> Floats:
        curve = active_shares(np.exp(logs[0]), np.exp(logs[1]), 0.0, 0.0, len(counts))[0]
        return np.asarray(logs[2] + np.log(curve) - np.log(counts))

    level = float(np.log(counts.max()))
    starts = [(np.log(0.003), np.log(q), level + more) for q in (0.05, 0.2) for more in (0.3, 2.0)]
    bounds = ([np.log(1e-5), np.log(1e-3), level - 0.3], [np.log(0.2), 0.0, level + np.log(_CEILING)])
    found = min((least_squares(miss, start, bounds=bounds) for start in starts), key=lambda f: f.cost)
    p, q, market = np.exp(found.x)
    return np.asarray(market * active_shares(p, q, 0.0, 0.0, len(counts) + horizon)[0, len(counts) :])


def drift_fan(users: pd.DataFrame | pd.Series, horizon: int = 26) -> pd.DataFrame:
    """The fan to beat: a random walk with drift on the log scale, 80 % interval with the drift's own doubt.

    Columns week, low, mid, high. Raises TableError as ``adoption`` does, and below six weeks.

    >>> list(drift_fan(pd.Series([100.0, 110, 118, 131, 140, 155]), 2))
    ['week', 'low', 'mid', 'high']
    """
    seen = _checked(users, horizon)
    if len(seen) < FEWEST:
        raise TableError(f"只有 {len(seen)} 週，至少要 {FEWEST} 週", where="參數 users")
    logs = np.log(seen["active_users"].to_numpy())
    steps = np.diff(logs)
    ahead = np.arange(1, horizon + 1)
    middle = logs[-1] + steps.mean() * ahead
    half = student.ppf(0.9, len(steps) - 1) * steps.std(ddof=1) * np.sqrt(ahead + ahead**2 / len(steps))
    columns = {"low": np.exp(middle - half), "mid": np.exp(middle), "high": np.exp(middle + half)}
    return pd.DataFrame({"week": ahead + int(seen["week"].iloc[-1]), **columns})


def _of_market(found: Adoption) -> str:
    low, mid, high = found.market
    if found.market_known:
        return f"可能加入的人大約{count_text(mid)}（90% 區間{count_text(low)}到{count_text(high)}）"
    words = f"可能加入的總人數還定不出來（90% 區間{count_text(low)}到{count_text(high)}）"
    if found.turned < 0.5:
        return f"{words}：加入最快的那一週可能還沒到，這時上緣來自模型的假設和天花板，不是資料"
    return words


def _of_fading(chance: float) -> str:
    if chance >= 0.8:
        return f"看起來會退燒（機率 {chance:.0%}）"
    if chance <= 0.2:
        return f"看起來留得住（會退燒的機率 {chance:.0%}）"
    return f"會不會退燒還分不出來（機率 {chance:.0%}）"


def _draw(found: Adoption, future: pd.DataFrame | None) -> Chart:
    from ..plotting import BRICK, INK, SEA, chart, count_axis, source_note, titled

    figure, ax = chart(9.5, 4.8)
    ax.plot(
        found.seen["week"], found.seen["active_users"], "o-", color=SEA, markersize=4, linewidth=1.2,
        label="已經看到的",
    )  # fmt: skip
    title, data = found.reason, f"{len(found.seen)} 週"
    if not found.abstained:
        fan, end = found.fan, found.fan.iloc[-1]
        ax.fill_between(fan["week"], fan["low"], fan["high"], color=BRICK, alpha=0.16, linewidth=0, label="80% 範圍")
        ax.fill_between(fan["week"], fan["low50"], fan["high50"], color=BRICK, alpha=0.28, linewidth=0, label="50% 範圍")
        ax.plot(fan["week"], fan["mid"], color=BRICK, linewidth=1.6, label="中間值")
        title = spaced(f"第{end['week']:.0f}週，八成機會落在{count_text(end['low'])}到{count_text(end['high'])}")
        data = f"看了 {len(found.seen)} 週；可能加入的總人數{'已經定得出來' if found.market_known else '還定不出來'}"
        ax.set_ylim(0, 1.25 * max(float(fan["high"].max()), float(found.seen["active_users"].max())))
    if future is not None:
        ax.plot(future["week"], future["active_users"], "D", color=INK, markersize=3.5, label="後來真的發生的")
    ax.set_xlabel("上線後第幾週（週）")
    ax.set_ylabel("每週活躍人數（人）")
    count_axis(ax)
    ax.legend(frameon=False, loc="upper left")
    titled(ax, title, data)
    if SIMULATED in found.notes:
        source_note(ax)
    return figure
