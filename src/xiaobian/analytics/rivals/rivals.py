"""Rivals from outside: share of voice, weekly index, and the days their level changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from scipy.stats import norm

from ...datasets import SIMULATED
from ...errors import TableError
from ...tables import require
from ..engines import fetched, opened
from ..groups import day_text
from ..intervals import ratio_interval
from ..result import Result
from . import words
from .changes import Change, changes
from .days import cleaned

if TYPE_CHECKING:
    from ...plotting import Chart

MIN_DAYS = 42
FALSE_ALARMS = 0.05
_YEAR = 365.25
_KEYS, _NUMBERS = ["date", "rival", "platform"], ["posts", "engagements", "followers"]
_CHANGE_COLUMNS = ["rival", "date", "earliest", "latest", "change", "low", "high"]


@dataclass(frozen=True, repr=False)
class Rivals(Result):
    """What ``rivals()`` found.

    table: a row a rival, the largest first: rival, share (of the engagements of all rivals in the table, on days when
    all are known, 0–1) and its 95 % interval low, high, engagements, total (the denominator), n (weeks), posts,
    share_posts, per_post (engagements a post), followers (last known, all platforms).
    index: a row a rival and full week: rival, week (its Monday), index (100 = the rival's own median week), days.
    changes: a row a change of level: rival, date (first day of the new level), earliest and latest (90 % interval),
    change (new level ÷ old, minus 1) and its 95 % interval low, high. judged: rivals with enough days.
    """

    table: pd.DataFrame
    index: pd.DataFrame
    changes: pd.DataFrame
    judged: tuple[str, ...]
    platforms: tuple[str, ...]
    period: str
    notes: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Whether no rival had enough days to look for changes."""
        return not self.judged

    def say(self) -> str:
        """Share of voice with its denominator, and the changes with their dates."""
        return words.say(self)

    def plot(self) -> Chart:
        """Each rival's weekly index on its own line, changes marked with their date."""
        from .plot import draw

        return self.captioned(draw(self))


def rivals(
    table: Any, *, holidays: Iterable[str | date | pd.Timestamp] = (), false_alarms: float = FALSE_ALARMS
) -> Rivals:
    """Compare rivals by what anyone can see, and date the days their level changed.

    A rival's log engagements a day, all platforms weighed by their noise, are freed of weekday, of how much was posted
    lately, of ``holidays``, and, with three rivals or more, of days on which the others move together. The rest is cut
    into levels of at least 14 days by exact optimal partitioning of squared error (Jackson et al. 2005,
    doi:10.1109/LSP.2001.838216). A cut must gain more than chance would on any of the days with probability
    ``false_alarms`` (a year and rival; Bonferroni over the days of a χ²), times the long-run
    variance when days resemble their neighbours. The interval of a date is its posterior with flat priors.

    table: ``rivals`` (date, rival, platform, engagements; posts and followers may be absent), in pandas, Polars, DuckDB
    or anything narwhals reads; summed there, finished here. Share of voice: ratio of sums, weeks as the sampling unit.
    Rivals with fewer than 42 days are not searched.

    Raises TableError for a table that cannot be used or an unreadable holiday.

    >>> days = pd.date_range("2026-01-05", periods=120)
    >>> level = np.where(np.arange(120) < 70, 500, 900)
    >>> wobble = np.random.default_rng(1).normal(0, 0.1, 120)
    >>> one = pd.DataFrame({"date": days, "rival": "甲", "platform": "facebook", "engagements": level * np.exp(wobble)})
    >>> rivals(one).changes["date"].tolist()
    [Timestamp('2026-03-16 00:00:00')]
    """
    if not 0 < false_alarms < 1:
        raise TableError(f"false_alarms 要在 0 和 1 之間，收到 {false_alarms!r}", next_step="例如 0.05")
    daily = _daily(table)
    moments = _moments(holidays)
    span = pd.date_range(daily["date"].min(), daily["date"].max())
    common, dropped = _common_days(daily)
    found, judged = _changes(daily, span, moments, false_alarms)
    names = [name for name in _by_size(common) if name in judged]
    notes = [f"{dropped} 天有競品缺資料，占比只算大家都有數字的日子"] if dropped else []
    short = [str(name) for name in daily["rival"].unique() if name not in judged]
    notes += [f"不到 {MIN_DAYS} 天，不找轉折：{'、'.join(short)}"] if short else []
    notes += [SIMULATED] if _simulated(daily["rival"]) else []
    return Rivals(
        _shares(daily, common),
        _index(daily, _by_size(common)),
        found,
        tuple(names),
        tuple(dict.fromkeys(daily["platform"])),
        f"{day_text(span[0])}–{day_text(span[-1])}",
        tuple(notes),
    )


def _daily(table: Any) -> pd.DataFrame:
    """Sums a day, rival and platform, as pandas; rows without a day or engagements are left out."""
    frame = nw.from_native(table).lazy() if isinstance(table, pd.DataFrame) else opened(table)
    if frame is None:
        raise TableError(
            f"這裡要的是競品表，收到的是 {type(table).__name__}",
            where="參數 table",
            next_step="請用 world.history().rivals、xb.datasets 的 rivals，或自己記下的 date、rival、platform、engagements",
        )
    names = frame.collect_schema().names()
    require(pd.DataFrame(columns=names), [*_KEYS, "engagements"], "rivals")
    there = [name for name in _NUMBERS if name in names]
    known = frame.filter(*(~nw.col(name).is_null() for name in ("engagements", "date", "rival")))
    sums = fetched(known.group_by(_KEYS).agg(*(nw.col(name).sum() for name in there)))
    if sums.empty:
        raise TableError("競品表是空的，沒有東西可以算", next_step="請確認日期範圍裡有互動數字")
    made: dict[str, Any] = {
        "date": pd.to_datetime(sums["date"]).dt.tz_localize(None).dt.normalize().astype("datetime64[ns]")
    }
    made |= {name: sums[name].astype("string").fillna("other") for name in ("rival", "platform")}
    made |= {name: sums[name].astype("float64") if name in there else np.nan for name in _NUMBERS}
    daily = pd.DataFrame(made)
    if (daily["engagements"] < 0).any():
        raise TableError("互動數小於 0", where="欄位 engagements", next_step="請檢查原始檔")
    return daily.sort_values(_KEYS, kind="stable", ignore_index=True)


def _moments(holidays: Iterable[str | date | pd.Timestamp]) -> list[pd.Timestamp]:
    try:
        return [pd.Timestamp(day) for day in holidays]
    except (ValueError, TypeError) as error:
        raise TableError(
            f"看不懂節日 {error}", where="參數 holidays", next_step='請寫成 ["2026-02-17", "2026-06-19"]'
        ) from None


def _common_days(daily: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows of the days on which every rival is known, and how many days are not."""
    known = daily.groupby("date")["rival"].nunique()
    full = known.index[known == daily["rival"].nunique()]
    return daily[daily["date"].isin(full)], len(known) - len(full)


def _by_size(daily: pd.DataFrame) -> list[str]:
    return [str(n) for n in daily.groupby("rival")["engagements"].sum().sort_values(ascending=False).index]


def _shares(daily: pd.DataFrame, common: pd.DataFrame) -> pd.DataFrame:
    """Share of voice of each rival among all of the table, weeks as clusters."""
    week = common["date"] - pd.to_timedelta(common["date"].dt.day_of_week, unit="D")
    sums = common.groupby([week, "rival"])["engagements"].sum().unstack().fillna(0.0)
    total = sums.sum(axis=1).to_numpy()
    posts = common.groupby("rival")["posts"].sum(min_count=1)
    last = (
        daily.dropna(subset=["followers"])
        .sort_values("date")
        .groupby(["rival", "platform"])["followers"]
        .last()
    )
    rows = []
    for name in _by_size(common):
        y = sums[name].to_numpy()
        figures = (len(y), total.sum(), y.sum(), total @ total, y @ y, total @ y)
        share, low, high = (
            float(v[0]) for v in ratio_interval(*(np.array([f], dtype=float) for f in figures))
        )
        rows.append(
            {
                "rival": name, "share": share, "low": low, "high": min(high, 1.0) if high == high else high,
                "engagements": y.sum(), "total": total.sum(), "n": len(y), "posts": posts.get(name, np.nan),
                "share_posts": posts.get(name, np.nan) / posts.sum(min_count=1),
                "per_post": y.sum() / posts[name] if posts.get(name, 0) > 0 else np.nan,
                "followers": last[name].sum() if name in last.index.get_level_values(0) else np.nan,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _index(daily: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Weekly engagements as an index, full weeks only."""
    week = daily["date"] - pd.to_timedelta(daily["date"].dt.day_of_week, unit="D")
    sums = daily.assign(week=week).groupby(["rival", "week"]).agg(
        engagements=("engagements", "sum"), days=("date", "nunique")
    )  # fmt: skip
    full = sums[sums["days"] == 7].reset_index()
    full["index"] = 100 * full["engagements"] / full.groupby("rival")["engagements"].transform("median")
    order = {name: place for place, name in enumerate(names)}
    full = full.sort_values(["rival", "week"], key=lambda c: c.map(order) if c.name == "rival" else c)
    return full[["rival", "week", "index", "days"]].reset_index(drop=True)


def _changes(
    daily: pd.DataFrame, span: pd.DatetimeIndex, moments: list[pd.Timestamp], false_alarms: float
) -> tuple[pd.DataFrame, set[str]]:
    there, enough = {}, {}
    for name, mine in daily.groupby("rival"):
        part = mine.pivot(index="date", columns="platform", values=["engagements", "posts"]).reindex(span)
        known = part.xs("engagements", axis=1).notna().to_numpy().any(axis=1)
        if known.sum() >= MIN_DAYS:
            there[str(name)], enough[str(name)] = np.flatnonzero(known), part
    rows = []
    chance = min(false_alarms * max(len(span) / _YEAR, 1.0), 0.5)
    for name, series in cleaned(span, enough, moments).items():
        first, last = int(there[name][0]), int(there[name][-1]) + 1
        for change in changes(series[first:last], chance)[0]:
            rows.append({"rival": name, **_told(change, span[first:last])})
    order = pd.DataFrame(rows, columns=_CHANGE_COLUMNS).sort_values(["date", "rival"], kind="stable")
    return order.reset_index(drop=True), set(enough)


def _told(change: Change, days: pd.DatetimeIndex) -> dict[str, object]:
    wide = float(norm.ppf(0.975)) * change.error
    return {
        "date": days[change.day],
        "earliest": days[change.earliest],
        "latest": days[change.latest],
        "change": float(np.expm1(change.size)),
        "low": float(np.expm1(change.size - wide)),
        "high": float(np.expm1(change.size + wide)),
    }


def _simulated(names: pd.Series) -> bool:
    """Whether these are the sandbox's invented rivals."""
    from ...sandbox import parameters

    return bool(names.isin(parameters.load()["rivals.names"]).any())
