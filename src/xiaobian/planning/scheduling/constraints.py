"""What a month allows, from the tables a team has; and the timetable the solver takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import TableError
from ...optimize.schedule import (
    MOST_ITEMS,
    Apart,
    Cap,
    Closed,
    Cover,
    Item,
    Resource,
    Rule,
    Slot,
    Timetable,
    timetable,
)
from ...sandbox.backlog import Month
from ...tables import PILLARS, PLATFORMS
from ..moments.moments import Moments
from .names import ANY, DAILY, PROMO, people_names
from .words import rule_names

WEEK = 7
SLOTS = (8, 12, 20)
"""Hours of a day at which a post can go out when no table of slots is given (design parameter)."""

_MOMENTS = {"pillar": PROMO, "least": 1}


@dataclass(frozen=True)
class Constraints:
    """What a month allows.

    days: the days, without a time zone (Taipei). hours: hours to make posts, a row a day, a column a person. slots: platform,
    weekday (0 is Monday), hour, factor (of the value); three hours a day, all alike, when empty. promo_cap: promotions in
    any seven days (None: no limit). per_day: posts of one account a day. daily: posts of the whole team a day, at least (0:
    days may stay empty) and at most (None: no limit). bans: (post, post, least days between). moments:
    name, date, and, where given, from_day (else the date), pillar (else promo), least (else 1): on these days at least so
    many posts of that pillar. quiet: date, name: days without promotions.
    """

    days: pd.DatetimeIndex
    hours: pd.DataFrame
    slots: pd.DataFrame = field(default_factory=pd.DataFrame)
    promo_cap: int | None = None
    per_day: int = 1
    daily: tuple[int, int | None] = (0, None)
    bans: Sequence[tuple[str, str, int]] = ()
    moments: pd.DataFrame = field(default_factory=pd.DataFrame)
    quiet: pd.DataFrame = field(default_factory=pd.DataFrame)

    @classmethod
    def of(cls, month: Month) -> Constraints:
        """Those of a month of the sandbox.

        >>> from xiaobian.sandbox.backlog import draw_month
        >>> Constraints.of(draw_month(1)).per_day
        1
        """
        return cls(
            month.days,
            month.hours,
            month.slots,
            month.promo_cap,
            bans=month.bans,
            moments=month.moments,
            quiet=month.quiet,
        )

    def changed(self, **changes: Any) -> Constraints:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def with_year(self, year: Moments, want: Sequence[str] = (), before: int = 7) -> Constraints:
        """A copy that keeps the sensitive days of a year quiet, and asks for a promotion in the days before each wanted moment.

        want: names of moments (``moments(2026).table``); those outside the days ask for nothing. before: days, the moment's own
        first day included. Raises TableError for a name the year does not have.

        >>> from ..moments.moments import moments
        >>> days = pd.date_range("2026-09-01", "2026-09-30")
        >>> given = Constraints(days, pd.DataFrame(index=days)).with_year(moments(2026), ["中秋節"])
        >>> given.quiet["name"].tolist(), given.moments["from_day"].dt.day.tolist()
        (['國家防災日'], [19])
        """
        if unknown := sorted(set(want) - {moment.name for moment in year.moments}):
            raise TableError(
                f"{year.year} 年沒有「{unknown[0]}」", where="參數 want", next_step="名字請照 moments(年份).table 的 name 欄"
            )
        quiet = [(pd.Timestamp(day), name) for day, name in year.quiet_days().items() if pd.Timestamp(day) in self.days]
        wanted = [
            (m.name, pd.Timestamp(m.start), pd.Timestamp(m.start) - pd.Timedelta(days=before - 1))
            for m in year.moments
            if m.name in want
        ]
        return replace(
            self,
            quiet=pd.DataFrame(quiet, columns=["date", "name"]),
            moments=pd.DataFrame(wanted, columns=["name", "date", "from_day"]),
        )


@dataclass(frozen=True)
class Posed:
    """A month as the solver's problem: ``at`` is the time of each slot, ``names`` the words of each rule."""

    problem: Timetable
    posts: pd.DataFrame
    at: pd.DatetimeIndex
    names: Mapping[Rule, str]


def checked_posts(posts: Any, days: pd.DatetimeIndex) -> pd.DataFrame:
    """The posts with every column the schedule needs; see ``schedule`` for the columns.

    Raises TableError with the row of a missing id, a negative or missing number, a date that is none, or an expiry before
    the approval.
    """
    if not isinstance(posts, pd.DataFrame):
        raise TableError(f"這裡要的是一張表，收到的是 {type(posts).__name__}", where="參數 posts")
    if len(posts) > MOST_ITEMS:
        raise TableError(
            f"一次要排 {len(posts):,} 則，太多了", where="參數 posts",
            next_step=f"上限是 {MOST_ITEMS:,} 則，請分月或分帳號排",
        )  # fmt: skip
    for column in ("post_id", "platform"):
        if column not in posts:
            raise TableError(
                f"表裡少了欄位 {column}",
                where="參數 posts",
                next_step=f"現有的欄位：{'、'.join(map(str, posts.columns))}",
            )
    table = posts.reset_index(drop=True).copy()
    table["post_id"] = table["post_id"].astype(str)
    if table["post_id"].duplicated().any():
        raise TableError("貼文編號重複了", where=_row(table["post_id"].duplicated(), "post_id"))
    unknown = ~table["platform"].isin(list(PLATFORMS))
    if unknown.any():
        raise TableError(
            "不認得這個平台", where=_row(unknown, "platform"), next_step=f"可用的有：{'、'.join(PLATFORMS)}"
        )
    defaults: dict[str, Any] = {"format": "", "pillar": "", "must": False, "value": 1.0}
    for column, default in defaults.items():
        table[column] = table[column].fillna(default) if column in table else default
    table["must"] = table["must"].astype(bool)
    table["value"] = _numbers(table["value"], "value")
    work = _work(table)
    table["work"] = pd.Series(work, index=table.index, dtype=object)
    table["hours"] = [round(sum(each.values()), 2) for each in work]
    return _dated(table, days)


def _row(bad: pd.Series, column: str) -> str:
    return f"第 {int(np.asarray(bad).argmax()) + 1} 列的 {column}"


def _numbers(values: pd.Series, column: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        raise TableError(
            f"要是 0 以上的數字，這裡是「{values[bad.to_numpy().argmax()]}」", where=_row(bad, column)
        )
    return numbers.astype(float)


def _work(table: pd.DataFrame) -> list[dict[str, float]]:
    """Hours by person of each post: from ``work`` when there, else ``hours`` of the ``owner``."""
    if "work" in table:
        found = []
        for row, split in enumerate(table["work"]):
            if not isinstance(split, Mapping) or not all(
                isinstance(h, (int, float, np.number)) and math.isfinite(h) and h >= 0 for h in split.values()
            ):
                raise TableError(
                    "工時要寫成「人 → 小時」，而且是 0 以上的數字", where=f"第 {row + 1} 列的 work：{split!r}",
                    next_step='例如 {"阿洛": 1.5, "允安": 2}',
                )  # fmt: skip
            found.append({str(who): float(hours) for who, hours in split.items()})
        return found
    if "hours" not in table:
        return [{} for _ in range(len(table))]
    hours = _numbers(table["hours"], "hours")
    owner = (
        table["owner"].fillna("").astype(str) if "owner" in table else pd.Series("team", index=table.index)
    )
    if (nobody := owner == "").any():
        raise TableError("這則有工時，卻沒有負責人", where=_row(nobody, "owner"))
    return [{who: float(h)} for who, h in zip(owner, hours, strict=True)]


def _dated(table: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    for column in ("approved_on", "expires_on"):
        given = table[column] if column in table else pd.Series(pd.NaT, index=table.index)
        dates = pd.to_datetime(given, errors="coerce")
        bad = dates.isna() & given.notna()
        if bad.any():
            raise TableError(
                f"沒有「{given[bad.to_numpy().argmax()]}」這一天", where=_row(bad, column), next_step="請寫成 2026-06-01 的樣子"
            )  # fmt: skip
        table[column] = (dates.dt.tz_localize(None) if dates.dt.tz is not None else dates).dt.normalize()
    table["approved_on"] = table["approved_on"].fillna(days[0])
    bad = table["expires_on"] < table["approved_on"]
    if bad.any():
        row = table.loc[bad.to_numpy().argmax()]
        raise TableError(
            f"{row['post_id']} 的期限 {row['expires_on']:%Y-%m-%d} 比核可日 {row['approved_on']:%Y-%m-%d} 還早",
            where=_row(bad, "expires_on"),
            next_step="請提早核可，或把期限往後改",
        )
    return table


def pose(posts: pd.DataFrame, given: Constraints, every_slot: bool = False) -> Posed:
    """The month as a problem.

    every_slot: also the hours of a day that no best schedule uses: an account posts at most ``per_day`` times a day, so only
    its ``per_day`` best hours of that day matter. Raises TableError for tables that do not fit; see ``checked_posts`` and
    ``Constraints``.
    """
    days = _days(given.days)
    table = checked_posts(posts, days)
    grid = _slots(given, days, table)
    if not every_slot:
        best = grid.sort_values("factor", ascending=False, kind="stable")
        kept = best.groupby(["platform", best["at"].dt.normalize()]).cumcount() < given.per_day
        grid = grid[kept.reindex(grid.index)].reset_index(drop=True)
    numbered = {day: i for i, day in enumerate(days)}
    seen: list[Any] = list(grid.itertuples())
    slots = [Slot(f"{row.platform} {row.at:%m-%d %H}", numbered[row.at.normalize()]) for row in seen]
    by_platform = {
        name: list(zip(part.index, part["factor"], strict=True)) for name, part in grid.groupby("platform")
    }
    first, last = days[0], days[-1]
    rows: list[Any] = list(table.itertuples())
    items = [
        Item(
            row.post_id,
            {slot: row.value * factor for slot, factor in by_platform.get(row.platform, [])},
            row.work,
            frozenset({ANY, f"account:{row.platform}", *([f"pillar:{row.pillar}"] if row.pillar else [])}),
            (row.approved_on - first).days,
            (min(row.expires_on, last) - first).days if pd.notna(row.expires_on) else len(days) - 1,
            row.must,
        )
        for row in rows
    ]
    parts: dict[str, Any] = {
        "resources": _resources(given, days, table), "caps": _caps(given, table), "aparts": _bans(given, table),
        "covers": _covers(given, days, numbered), "closed": _quiet(given, numbered),
    }  # fmt: skip
    problem = timetable(items, slots, len(days), **parts)
    return Posed(problem, table, pd.DatetimeIndex(grid["at"]), rule_names(problem, days))


def _days(days: Any) -> pd.DatetimeIndex:
    index = pd.DatetimeIndex(days).normalize()
    index = index.tz_localize(None) if index.tz is not None else index
    if len(index) == 0 or not index.equals(pd.date_range(index[0], periods=len(index))):
        raise TableError(
            "日子要連續、由早到晚，不能漏", where="constraints.days", next_step="例如 pd.date_range(…)"
        )
    return index


def _slots(given: Constraints, days: pd.DatetimeIndex, posts: pd.DataFrame) -> pd.DataFrame:
    """One row a slot: platform, at (Taipei, no zone), factor."""
    slots = given.slots
    if slots.empty:
        rows = [(p, d, h, 1.0) for p in posts["platform"].unique() for d in range(WEEK) for h in SLOTS]
        slots = pd.DataFrame(rows, columns=["platform", "weekday", "hour", "factor"])
    if missing := [c for c in ("platform", "weekday", "hour", "factor") if c not in slots]:
        raise TableError(f"時段表少了欄位 {'、'.join(missing)}", where="constraints.slots")
    factor = _numbers(slots["factor"].reset_index(drop=True), "factor")
    hour = _numbers(slots["hour"].reset_index(drop=True), "hour")
    if (bad := hour > 23).any():
        raise TableError("一天只有 0 到 23 時", where=_row(bad, "hour"))
    calendar = pd.DataFrame({"day": days, "weekday": days.day_of_week})
    table = slots.reset_index(drop=True).assign(factor=factor, hour=hour).merge(calendar, on="weekday")
    table["at"] = table["day"] + pd.to_timedelta(table["hour"], "h")
    return (
        table[["platform", "at", "factor"]].sort_values(["at", "platform"], kind="stable").reset_index(drop=True)
    )  # fmt: skip


def _resources(given: Constraints, days: pd.DatetimeIndex, posts: pd.DataFrame) -> list[Resource]:
    hours = given.hours.copy()
    hours.index = pd.DatetimeIndex(hours.index).normalize()
    hours = hours.reindex(days)
    needed = list(dict.fromkeys(who for work in posts["work"] for who in work))
    if absent := [who for who in needed if who not in hours]:
        names = people_names()
        raise TableError(
            f"貼文要 {'、'.join(names.get(who, who) for who in absent)} 做，工時表裡沒有",
            where="constraints.hours",
            next_step=f"現有的欄位：{'、'.join(map(str, hours.columns))}",
        )
    if hours[needed].isna().any(axis=None):
        day = hours.index[hours[needed].isna().any(axis=1)][0]
        raise TableError(
            f"工時表少了 {day:%Y-%m-%d}",
            where="constraints.hours",
            next_step="每天都要有一列，放假請填 0，不要留空",
        )
    return [Resource(str(who), tuple(map(float, hours[who]))) for who in needed]


def _caps(given: Constraints, posts: pd.DataFrame) -> list[Cap]:
    caps = [
        Cap(f"account:{platform}", f"account:{platform}", given.per_day)
        for platform in posts["platform"].unique()
    ]
    if given.promo_cap is not None:
        caps.append(Cap(PROMO, f"pillar:{PROMO}", int(given.promo_cap), WEEK))
    if given.daily[1] is not None:
        caps.append(Cap("team", ANY, int(given.daily[1])))
    return caps


def _bans(given: Constraints, posts: pd.DataFrame) -> list[Apart]:
    return [Apart(str(one), str(other), int(days)) for one, other, days in given.bans]


def _covers(given: Constraints, days: pd.DatetimeIndex, numbered: Mapping[pd.Timestamp, int]) -> list[Cover]:
    least = int(given.daily[0])
    covers = [Cover(DAILY, ANY, day, day, least) for day in range(len(days))] if least else []
    for row in given.moments.to_dict("records"):
        name, last = str(row.get("name", "檔期")), _date(row.get("date"), "moments")
        first = _date(row["from_day"], "moments") if pd.notna(row.get("from_day")) else last
        pillar, least = row.get("pillar") or _MOMENTS["pillar"], row.get("least", _MOMENTS["least"])
        if pillar not in PILLARS:
            raise TableError(
                f"「{name}」要的內容支柱「{pillar}」不在清單裡", where="constraints.moments", next_step=f"可用的有：{'、'.join(PILLARS)}"
            )  # fmt: skip
        if last < days[0] or first > days[-1]:
            continue
        inside = [numbered[min(max(day, days[0]), days[-1])] for day in (first, last)]
        covers.append(Cover(name, f"pillar:{pillar}", inside[0], inside[1], int(least)))
    return covers


def _quiet(given: Constraints, numbered: Mapping[pd.Timestamp, int]) -> list[Closed]:
    found = []
    for row in given.quiet.to_dict("records"):
        day = _date(row.get("date"), "quiet")
        if day in numbered:
            found.append(
                Closed(str(row.get("name", f"{day:%m-%d}")), f"pillar:{PROMO}", frozenset({numbered[day]}))
            )
    return found


def _date(value: Any, where: str) -> pd.Timestamp:
    day = pd.to_datetime(value, errors="coerce")
    if pd.isna(day):
        raise TableError(
            f"沒有「{value}」這一天", where=f"constraints.{where}", next_step="請寫成 2026-06-01 的樣子"
        )
    return pd.Timestamp(day).tz_localize(None).normalize()
