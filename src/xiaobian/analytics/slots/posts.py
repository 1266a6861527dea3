"""From a posts table to what a posting-time estimator needs: log outcome, hour of the week, account, covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import TableError
from ...tables import PLATFORMS, label, require
from ..groups import day_text, taipei_times
from ..measures import Floats, check_posts, engagement_sums, numbers, simulated
from ..metrics import ENGAGEMENT_PARTS, ENGAGEMENTS

Ints = NDArray[np.int64]

HOURS = 168
OUTCOMES = {
    ENGAGEMENTS: "互動", "reach": "觸及", "views": "瀏覽", "impressions": "曝光", "link_clicks": "連結點擊",
    "clicks": "總點擊",
}  # fmt: skip
HOOK = "hook"
_CATEGORIES = ("format", "pillar", "cta", "emotion")
_FLAGS = ("is_paid", "price_line", "personality")
_LEAST_LEVEL = 5
_POSTS_PER_COLUMN = 6
_POSTS_PER_PERIOD = 4


@dataclass(frozen=True)
class SlotPosts:
    """Usable posts, one entry a post [n].

    y: log(1 + outcome). slot: hour of the week from Monday 00:00, Taipei. unit: index of ``units`` (accounts).
    lasting [n, p]: covariates known before publishing that are not about the calendar. when, periods: the week or month
    of each post and how many there are, none when posts are too few. columns: names of both.
    propensity: chance of the chosen hour, or None.
    """

    y: Floats
    slot: Ints
    unit: Ints
    units: tuple[str, ...]
    lasting: Floats
    when: Ints
    periods: int
    columns: tuple[str, ...]
    propensity: Floats | None
    notes: tuple[str, ...]
    period: str

    def __len__(self) -> int:
        return len(self.y)

    @property
    def known(self) -> Floats:
        """All that was known before publishing [n, p], a column a week or month last."""
        return np.hstack([self.lasting, (self.when[:, None] == np.arange(self.periods)).astype(float)])


def slot_posts(posts: pd.DataFrame, plan: pd.DataFrame | None, outcome: str, account: str) -> SlotPosts:
    """Check and join the tables; posts without an outcome are left out and counted in the notes.

    Raises TableError for an unknown outcome, a missing column or an unusable table.
    """
    if outcome not in OUTCOMES:
        raise TableError(
            f"不能用「{outcome}」當成效", where="參數 outcome", next_step=f"可用的成效：{'、'.join(OUTCOMES)}"
        )
    check_posts(posts, ENGAGEMENT_PARTS if outcome == ENGAGEMENTS else (outcome,))
    table = _joined(posts, plan)
    values, notes = _outcome(table, outcome)
    used = ~np.isnan(values)
    if not used.any():
        raise TableError(
            f"沒有一則貼文有「{OUTCOMES[outcome]}」的數字", where="參數 outcome", next_step="請換一個成效"
        )
    if (values[used] < 0).any():
        raise TableError(f"「{OUTCOMES[outcome]}」有負的數字", next_step="次數不會小於 0，請檢查資料")
    table, values = table[used].reset_index(drop=True), values[used]
    if lost := int((~used).sum()):
        notes.append(f"{lost:,} 則沒有{OUTCOMES[outcome]}數字，沒有計入")
    times = taipei_times(table)
    unit, units = _units(table, account)
    slot = (times.dt.day_of_week * 24 + times.dt.hour).to_numpy(dtype=np.int64)
    lasting = _covariates(table, times, unit)
    when, calendar = _calendar(times, _room(table) - len(lasting))
    columns = (*lasting, *calendar)
    chance = numbers(table, "propensity") if "propensity" in table else None
    if HOOK not in columns:
        notes.append("資料裡沒有內容強度（hook），好內容如果集中在某些時段，會被算成時段的功勞")
    return SlotPosts(
        np.log1p(values), slot, unit, units, np.column_stack([np.empty((len(table), 0)), *lasting.values()]), when,
        len(calendar), columns, chance, (*notes, *simulated(posts)),
        f"{day_text(times.min())}–{day_text(times.max())}",
    )  # fmt: skip


def _joined(posts: pd.DataFrame, plan: pd.DataFrame | None) -> pd.DataFrame:
    if plan is None:
        return posts
    require(plan, ["platform", "post_id"], "plan")
    require(posts, ["post_id"])
    key = ["platform", "post_id"]
    more = [c for c in plan.columns if c in key or c not in posts.columns]
    if plan.duplicated(key).any():
        raise TableError("企劃裡有重複的貼文編號", where="參數 plan", next_step="一則貼文只能有一列")
    joined = posts.merge(plan[more], on=key, how="left", indicator="planned")
    if not (joined["planned"] == "both").any():
        raise TableError(
            "企劃和貼文對不起來，沒有一則貼文編號相同",
            where="參數 plan",
            next_step="請給同一個帳號、同一段期間的企劃",
        )
    return joined.drop(columns="planned")


def _outcome(table: pd.DataFrame, outcome: str) -> tuple[Floats, list[str]]:
    if outcome != ENGAGEMENTS:
        return numbers(table, outcome), []
    parts = [c for c in ENGAGEMENT_PARTS if c in table]
    sums = engagement_sums(table, parts)
    notes = [note for note in sums.notes if "engagement=" not in note and "不能直接比高低" not in note]
    if not sums.comparable:
        notes.append("各平台加總的互動不是同一種；這裡每個帳號只和自己的其他時段比，不受影響")
    return sums.total, notes


def _units(table: pd.DataFrame, account: str) -> tuple[Ints, tuple[str, ...]]:
    """An account on one platform is one unit; a missing account is its platform's own."""
    if account not in table and account != "account":
        require(table, [account])
    codes, found = pd.factorize(table["platform"].astype("object"), use_na_sentinel=False)
    platform = pd.Series(
        np.array([PLATFORMS.get(str(one), str(one)) for one in found], dtype=object)[codes], table.index
    )
    if account not in table or account == "platform":
        names = platform
    else:
        own = table[account].astype("object").where(table[account].notna(), "")
        same = own.groupby(platform.to_numpy()).nunique().max() <= 1
        names = (
            platform
            if same and platform.nunique() > 1
            else own.astype(str)
            + np.where(
                own.ne("") & (platform.nunique() > 1),
                "・" + platform.astype(str),
                np.where(own.eq(""), platform, ""),
            )
        )
    unit, units = pd.factorize(names, sort=False)
    return unit.astype(np.int64), tuple(map(str, units))


def _room(table: pd.DataFrame) -> int:
    """How many covariates these posts can carry."""
    return max(len(table) // _POSTS_PER_COLUMN - 1, 0)


def _covariates(table: pd.DataFrame, times: pd.Series, unit: Ints) -> dict[str, Floats]:
    """What was known before publishing, fewer columns when posts are few."""
    named: dict[str, Floats] = {}
    if HOOK in table:
        hook = numbers(table, HOOK)
        if np.isfinite(hook).any() and np.nanstd(hook) > 0:
            named[HOOK] = np.nan_to_num((hook - np.nanmean(hook)) / np.nanstd(hook))
    if "boost_ntd" in table:
        named["boost"] = np.log1p(np.nan_to_num(numbers(table, "boost_ntd")) / 100)
    named["recent"] = _recent(times, unit)
    if "trend_age_h" in table:
        age = numbers(table, "trend_age_h")
        named["trend"] = np.where(np.isnan(age), 0.0, np.exp(-np.nan_to_num(age) / 12))
    for name in _FLAGS:
        if name in table and not (name == "is_paid" and "boost_ntd" in table):
            named[name] = np.asarray(table[name].astype("boolean").fillna(False), dtype=np.float64)
    for name in _CATEGORIES:
        if name in table:
            named |= _dummies(table[name], name)
    named = {name: column for name, column in named.items() if np.ptp(column) > 0}
    return dict(list(named.items())[: _room(table)])


def _dummies(values: pd.Series, name: str) -> dict[str, Floats]:
    """One column a level with enough posts, except the most frequent."""
    counts = values.astype("object").value_counts()
    levels = counts.index[counts >= _LEAST_LEVEL][1:]
    return {
        f"{name}={level}": np.asarray((values == level).fillna(False), dtype=np.float64) for level in levels
    }


def _calendar(times: pd.Series, room: int) -> tuple[Ints, tuple[str, ...]]:
    """The week of each post, or the month where weeks hold too few posts, or none; and their names."""
    days = times.dt.tz_localize(None)
    for name, period in (("week", days.dt.to_period("W-SUN")), ("month", days.dt.to_period("M"))):
        codes, found = pd.factorize(period, sort=True)
        if 1 < len(found) <= min(room, len(times) / _POSTS_PER_PERIOD):
            return codes.astype(np.int64), tuple(f"{name}={one}" for one in found)
    return np.zeros(len(times), dtype=np.int64), ()


def _recent(times: pd.Series, unit: Ints) -> Floats:
    """Posts of the same account in the 24 hours before each post."""
    hour = times.dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64) / 3600
    hour = hour - hour.min()
    order = np.lexsort((hour, unit))
    place = unit[order] * (hour.max() + 1000.0) + hour[order]
    count = np.empty(len(hour))
    count[order] = np.arange(len(hour)) - np.searchsorted(place, place - 24.0, side="right")
    return np.maximum(count, 0.0)


def column_name(column: str) -> str:
    """A covariate as a learner reads it.

    >>> column_name("hook"), column_name("format=image"), column_name("week=2025-03-03")
    ('內容強度', '格式', '週')
    """
    base = column.partition("=")[0]
    special = {
        "recent": "前 24 小時的則數",
        "trend": "話題新鮮度",
        "boost": "推廣費",
        "week": "週",
        "month": "月",
    }
    if base in special:
        return special[base]
    return label(base, "posts" if base in ("format", "is_paid") else "plan").split("（")[0]
