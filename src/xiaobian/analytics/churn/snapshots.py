"""A log of reactions as snapshots: what was known of each follower at a moment, and who was back afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import TableError
from ..groups import TAIPEI
from ..measures import Flags, Floats

Ints = NDArray[np.intp]

WHO = ("follower_id", "author", "user_id", "member_id", "追蹤者", "使用者", "帳號代號")
WHEN = ("at", "created_at", "time", "timestamp", "時間", "互動時間")
FEATURES = ("recency", "active_week", "active_horizon", "active_window", "gaps", "tenure")
_PERSONAL = re.compile(r"^[^@\s]+@[^@\s]+\.\w+$|^(\+?886|0)9\d{2}[- ]?\d{3}[- ]?\d{3}$")
_DAY = 86_400.0
WINDOW = 3
"""A follower counts at a moment when seen within this many horizons before it."""


@dataclass(frozen=True)
class Log:
    """Reactions in the order of follower and time: code of the follower, seconds since 1970; and the ids by code."""

    who: Ints
    at: Floats
    ids: NDArray[np.object_]


@dataclass(frozen=True)
class Snapshot:
    """Followers seen lately, as known at ``moment`` (seconds since 1970).

    who: their codes [n]. x: a column a name in ``FEATURES``, logs of days and counts [n, 6]. history: reactions after
    the first, days from first to last, days from first to the moment [n, 3]. back: who reacted within the horizon
    after the moment; all False where that is not over.
    """

    moment: float
    who: Ints
    x: Floats
    history: Floats
    back: Flags


def read(log: pd.DataFrame, who: str | None, when: str | None) -> tuple[Log, int]:
    """The log, and how many rows had no follower or time. Raises TableError for one that cannot be used."""
    if not isinstance(log, pd.DataFrame) or log.empty:
        raise TableError(
            "這裡要一張互動紀錄表，一列一次互動", where="參數 log", next_step="欄位：追蹤者代號和互動時間"
        )
    person, moment = _column(log, who, WHO, "who"), _column(log, when, WHEN, "when")
    times = log[moment]
    if not isinstance(times.dtype, pd.DatetimeTZDtype):
        raise TableError(
            f"「{moment}」沒有時區，分不出先後",
            where=f"欄位 {moment} 的型別是 {times.dtype}",
            next_step=f'先做 pd.to_datetime(log["{moment}"]).dt.tz_localize("Asia/Taipei")',
        )
    names = log[person].astype("string")
    _refuse_personal(names, person)
    known = (names.notna() & times.notna()).to_numpy()
    codes, ids = pd.factorize(names[known], sort=True)
    seconds = times[known].dt.as_unit("us").astype("int64").to_numpy(dtype=float) / 1e6
    order = np.lexsort((seconds, codes))
    return Log(codes[order].astype(np.intp), seconds[order], np.asarray(ids, dtype=object)), int(
        (~known).sum()
    )


def _column(log: pd.DataFrame, asked: str | None, usual: Sequence[str], option: str) -> str:
    names = [asked] if asked is not None else [name for name in usual if name in log]
    if not names or names[0] not in log:
        what = "追蹤者代號" if option == "who" else "互動時間"
        raise TableError(
            f"找不到{what}的欄位",
            where=f"現有欄位：{'、'.join(map(str, log.columns))}",
            next_step=f'請寫明，例如 {option}="{usual[0]}"',
        )
    return names[0]


def _refuse_personal(names: pd.Series, column: str) -> None:
    some = names.dropna().unique()[:500]
    if sum(bool(_PERSONAL.match(str(name).strip())) for name in some) > 0.05 * max(1, len(some)):
        raise TableError(
            f"「{column}」像是電子郵件或手機號碼，預測用不到個資",
            where=f"欄位 {column}",
            next_step=f'請先換成代號：log["follower_id"] = pd.factorize(log["{column}"])[0].astype(str)，再拿掉原欄',
        )


def moment_of(log: Log, as_of: str | pd.Timestamp | None) -> float:
    """Seconds since 1970 of ``as_of`` (Taipei where it has no zone); midnight after the last reaction when None."""
    if as_of is None:
        last = pd.Timestamp(log.at.max(), unit="s", tz="UTC").tz_convert(TAIPEI)
        return float((last.normalize() + pd.Timedelta(days=1)).timestamp())
    try:
        moment = pd.Timestamp(as_of)
    except (ValueError, TypeError):
        raise TableError(
            f"看不懂 as_of={as_of!r}", where="參數 as_of", next_step='例如 as_of="2026-10-01"'
        ) from None
    moment = moment.tz_localize(TAIPEI) if moment.tzinfo is None else moment
    if not log.at.min() < moment.timestamp():
        raise TableError("as_of 之前沒有任何互動", where=f"as_of={as_of}")
    return float(moment.timestamp())


def snapshot(log: Log, moment: float, horizon: float) -> Snapshot:
    """What is known at a moment. horizon: days. Only reactions before the moment make features."""
    before = log.at < moment
    who, age = log.who[before], (moment - log.at[before]) / _DAY
    n = len(log.ids)
    last, first = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(last, who, age)
    np.maximum.at(first, who, age)
    chosen = np.flatnonzero(last <= WINDOW * horizon)
    spans = (7.0, horizon, WINDOW * horizon)
    active = [_active_days(who, age, span, n)[chosen] for span in spans]
    days = _active_days(who, age, np.inf, n)[chosen]
    recency, tenure = last[chosen], first[chosen]
    gap = np.where(days > 1, (tenure - recency) / np.maximum(days - 1, 1), WINDOW * horizon)
    x = np.column_stack([
        np.log1p(recency), *(np.log1p(a) for a in active), np.log1p(recency / np.maximum(gap, 0.5)), np.log1p(tenure),
    ])  # fmt: skip
    after = (log.at >= moment) & (log.at < moment + horizon * _DAY)
    back = np.zeros(n, dtype=bool)
    back[log.who[after]] = True
    history = np.column_stack([days - 1, tenure - recency, tenure])
    return Snapshot(moment, chosen.astype(np.intp), x, history, back[chosen])


def _active_days(who: Ints, age: Floats, span: float, n: int) -> Floats:
    """Days with a reaction among the last ``span`` days, of each follower; rows in the order of follower and time."""
    inside = age <= span
    who, day = who[inside], np.floor(age[inside])
    new = np.ones(len(who), dtype=bool)
    new[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    return np.bincount(who[new], minlength=n).astype(float)
