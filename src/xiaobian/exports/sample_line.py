"""Our own sample downloads of LINE Official Account Manager for the fictional brand: friends by day, broadcasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ..tables import TAIPEI
from .draws import Draw
from .generic import typed_truth
from .sample_csv import csv_text

SEED = 20260301
DAYS = 60
SMALL = 20
FRIENDS = "exports/line/line_friends_zh/friend_overview_20260301_20260429.csv"
BROADCASTS = "exports/line/line_zh/message_broadcast_20260301_20260831.csv"
HEADER = ("broadcastId", "sentDate", "cmsUrl", "deliveredCount", "open", "clickUU", "videoStartUU", "videoCompleteUU",
          "1_imp", "1_click", "2_imp", "2_click")  # fmt: skip


@cache
def friends(seed: int = SEED) -> tuple[dict[str, Any], ...]:
    """One row a day: contacts only grow, blocks mostly do."""
    draw = Draw(seed, "line", "friends")
    contacts, blocks = 6_240, 1_470
    rows = []
    for day in range(DAYS):
        contacts += draw.count(draw.lognormal(9, 0.4))
        blocks += draw.count(draw.lognormal(5, 0.5)) - (day % 9 == 0)
        reachable = round((contacts - blocks) * 0.83)
        date = pd.Timestamp(2026, 3, 1) + pd.Timedelta(days=day)
        rows.append({"date": date, "contacts": contacts, "targetReaches": reachable, "blocks": blocks})
    return tuple(rows)


@cache
def broadcasts(seed: int = SEED) -> tuple[dict[str, Any], ...]:
    """One row a broadcast, a week apart; two went to a small group, whose figures LINE leaves blank."""
    draw = Draw(seed, "line", "broadcasts")
    first = datetime(2026, 3, 3, tzinfo=ZoneInfo(TAIPEI))
    rows = []
    for number in range(26):
        group = 38 if number in (7, 19) else round(draw.lognormal(3_900, 0.05))
        opened = draw.count(group * draw.uniform(0.42, 0.61))
        clicked = draw.count(opened * draw.uniform(0.04, 0.12))
        video = number % 4 == 0
        started = draw.count(opened * 0.5)
        second = number % 3 == 0
        rows.append({
            "broadcastId": str(draw.whole(10**17, 9 * 10**17)),
            "sentDate": first + timedelta(weeks=number, hours=draw.pick((12, 18, 20)), minutes=draw.pick((0, 30))),
            "cmsUrl": f"https://manager.line.biz/account/demo/broadcast/{number + 1}", "deliveredCount": group,
            "open": _known(opened), "clickUU": _known(clicked),
            "videoStartUU": _known(started) if video else None,
            "videoCompleteUU": _known(draw.count(started * 0.4)) if video else None,
            "1_imp": _known(round(opened * 1.3)), "1_click": _known(round(clicked * 1.2)),
            "2_imp": _known(opened) if second else None, "2_click": _known(draw.count(clicked * 0.3)) if second else None,
        })  # fmt: skip
    return tuple(rows)


def _known(people: int) -> int | None:
    """LINE gives no figure for fewer than about twenty people."""
    return people if people >= SMALL else None


def build(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The truth: ``posts`` (broadcasts) and ``account_days`` (friends).

    >>> sorted(build())
    ['account_days', 'posts']
    """
    posts = [
        {
            "post_id": row["broadcastId"],
            "platform": "line",
            "published_at": row["sentDate"],
            "reach": row["open"],
        }
        for row in broadcasts(seed)
    ]
    days = [
        {"platform": "line", "date": row["date"], "followers": row["contacts"] - row["blocks"]}
        for row in friends(seed)
    ]
    return {
        "posts": typed_truth(pd.DataFrame(posts), "posts"),
        "account_days": typed_truth(pd.DataFrame(days), "account_days"),
    }


def files(seed: int = SEED) -> dict[str, bytes]:
    """Both sample files by path below ``datasets``: UTF-8, LF."""
    sent = [[_cell(row[name]) for name in HEADER] for row in broadcasts(seed)]
    days = [
        [f"{row['date']:%Y-%m-%d}", row["contacts"], row["targetReaches"], row["blocks"]]
        for row in friends(seed)
    ]
    return {
        BROADCASTS: csv_text([HEADER, *sent]).encode(),
        FRIENDS: csv_text([("date", "contacts", "targetReaches", "blocks"), *days]).encode(),
    }


def _cell(value: object) -> object:
    return (
        value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else "" if value is None else value
    )
