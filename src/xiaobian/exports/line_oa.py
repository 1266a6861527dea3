"""LINE Official Account Manager, 分析 → 下載: friends by day, and broadcasts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..tables import TAIPEI
from . import checks, clock, generic, typed, written
from .headers import Matching
from .layout import Built, Context, Fit
from .picking import Picked, Sieve, pick
from .rows import Raw

ZONE_SENTENCE = (
    'LINE 的檔案不寫時區，編號也不含時間，無法驗證；若後台的時間差 1 小時，請改用 timezone="Asia/Tokyo"'
)
ERA = "reach 是 open（看到整則訊息的人數）；送達 deliveredCount 與點擊人數 clickUU 留在 extra"
_BUBBLE = re.compile(r"\d+_(?:imp|click)")


@dataclass(frozen=True)
class Friends:
    """friend_overview: friends ever added, those who can be targeted, and blocks, one row a day."""

    key: str = "line_friends"
    platform: str = "line"
    label: str = "LINE 官方帳號「好友」下載"
    family: str = "line_friends"
    numeric: Collection[str] = ("contacts", "target_reaches", "blocks")

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Nobody else counts contacts and blocks by day."""
        roles = matching.roles()
        if not {"contacts", "blocks"} <= roles:
            return Fit(0)
        return Fit(len(roles) + 10, () if "date" in roles else ("日期",))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The account_days table: followers are contacts minus blocks."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        generic.drop_totals(picked, ("date",), sieve)
        columns: dict[str, Any] = {
            "platform": self.platform,
            "date": generic.days(picked, "date", sieve, context),
        }
        contacts, blocks = (_people(picked, role, sieve) for role in ("contacts", "blocks"))
        followers = contacts - blocks
        impossible = sieve.keep & (followers < 0)
        if impossible.any():
            context.notes.warn("封鎖人數大於加入好友數，粉絲數留空，請到後台核對", raw.rows[impossible])
        columns["followers"] = _counts(np.where(followers < 0, np.nan, followers))
        for role in ("contacts", "blocks"):
            picked.use(role, "followers", whole=False)
        generic.drop_repeats(columns, ("date",), sieve, "日期")
        days = generic.assemble("account_days", columns, sieve.keep)
        blank = sieve.keep & np.isnan(followers)
        if blank.any():
            context.notes.warn("加入好友數或封鎖人數空白，粉絲數當成沒有資料，不是 0", raw.rows[blank])
        context.notes.warn(
            "粉絲數＝contacts（曾加入的好友，含封鎖者）−blocks（封鎖）；targetReaches（可指定發送的目標好友）留在 extra。"
            "檔案沒有每天新增與封鎖的人數，gained、lost 留空；也沒有帳號名稱，account 留空"
        )
        extra = generic.leftovers(picked, matching, self.numeric, columns["date"], sieve.keep, "date")
        return Built(
            {"account_days": days}, extra, picked.used, picked.whole, None, "好友數是當天結束時的累計"
        )


@dataclass(frozen=True)
class Broadcasts:
    """message_broadcast: one row a broadcast; people who opened, people who clicked, and each bubble's events."""

    key: str = "line_broadcasts"
    platform: str = "line"
    label: str = "LINE 官方帳號「群發訊息」下載"
    family: str = "line_broadcasts"
    numeric: Collection[str] = (
        "delivered",
        "reach",
        "click_users",
        "video_start_users",
        "video_complete_users",
    )

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Nobody else has broadcasts with delivered messages and opens."""
        roles = matching.roles()
        if not roles & {"post_id", "delivered"} or not roles & {"delivered", "reach", "click_users"}:
            return Fit(0)
        lacks = [
            label
            for role, label in (("post_id", "broadcastId"), ("published_at", "sentDate"))
            if role not in roles
        ]
        return Fit(len(roles) + 10, tuple(lacks))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table: reach is the people who opened; everything about delivery and clicks is in extra."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        generic.drop_totals(picked, ("post_id", "published_at"), sieve)
        ids = typed.stripped(picked.text("post_id"))
        sieve.drop(ids == "", "沒有訊息編號")
        picked.use("post_id", "post_id")
        times, zone = _sent(picked, sieve, context)
        columns: dict[str, Any] = {"post_id": ids, "platform": self.platform, "published_at": times}
        columns |= generic.figures("posts", picked, sieve)
        generic.drop_repeats(columns, ("post_id",), sieve, "訊息編號")
        _look(picked, sieve)
        posts = generic.assemble("posts", columns, sieve.keep)
        bubbles = {cell.name for cell in matching.cells if _BUBBLE.fullmatch(cell.header)}
        extra = generic.leftovers(picked, matching, self.numeric, ids, sieve.keep, "post_id")
        extra = extra.assign(
            **{name: typed.numbers(extra[name]).values for name in bubbles & set(extra.columns)}
        )
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, ERA)


LAYOUTS = (Friends(), Broadcasts())


def _whole(picked: Picked, role: str) -> typed.Floats:
    if role not in picked:
        return np.full(len(picked.raw.frame), np.nan)
    return typed.numbers(picked.column(role)).values


def _people(picked: Picked, role: str, sieve: Sieve) -> typed.Floats:
    """Numbers of people; what is no whole number is missing and noted."""
    counted, _ = checks.read_counts(picked.column(role), picked.header(role), sieve.raw.rows, sieve.notes)
    return checks.as_float(counted)


def _counts(values: typed.Floats) -> pd.arrays.IntegerArray:
    whole, _ = typed.counts(typed.Numbers(values, np.zeros(len(values), bool)))
    return whole


def _zone(context: Context) -> clock.Zone:
    zone = clock.zone(context.timezone, TAIPEI, context.where)
    return clock.Zone(zone.assumed, zone.chosen, "unknown", ZONE_SENTENCE)


def _sent(picked: Picked, sieve: Sieve, context: Context) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Times of sending in Asia/Taipei; a day without a clock time stands at 00:00 and is noted."""
    read = written.read(
        typed.stripped(picked.text("published_at")), picked.header("published_at"), context.where
    )
    for sentence in read.repairs:
        sieve.notes.repair(sentence)
    sieve.drop(np.isnat(read.local), "發送時間空白或讀不懂")
    days = read.day_only & sieve.keep
    if days.any():
        sieve.notes.warn(
            "發送時間只有日期的訊息，時刻當成 00:00；請不要用來分析發送時段", sieve.raw.rows[days]
        )
    picked.use("published_at", "published_at")
    zone = _zone(context)
    return read.taipei(zone.assumed), zone


def _look(picked: Picked, sieve: Sieve) -> None:
    """Blank small counts, and more opens than deliveries."""
    delivered, opened, clicked = (_whole(picked, role) for role in ("delivered", "reach", "click_users"))
    small = sieve.keep & (np.isnan(opened) | np.isnan(clicked))
    if small.any():
        sieve.notes.warn(
            "開封或點擊空白的訊息：人數太少（約 20 人以下）時 LINE 不給數字，當成沒有資料，不是 0",
            sieve.raw.rows[small],
        )
    above = sieve.keep & ((opened > delivered) | (clicked > delivered))
    if above.any():
        sieve.notes.warn("開封或點擊的人數大於送達數，照理不會發生，請到後台核對", sieve.raw.rows[above])
