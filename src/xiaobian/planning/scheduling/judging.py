"""A schedule made by hand, against the rules and the best one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from ...optimize.schedule import Rule, broken, worth
from ...plotting import count_text, spaced
from .constraints import Constraints, pose
from .words import day_text


@dataclass(frozen=True, repr=False)
class Judged(Result):
    """A schedule by hand. value: expected engagements. breaks: rule (in words), over, day; empty when every rule is kept."""

    value: float
    breaks: pd.DataFrame

    def say(self) -> str:
        """What it is worth, or the first rules it breaks."""
        if self.breaks.empty:
            return spaced(f"每一條限制都守住了，預估互動合計 {count_text(self.value)}。")
        first = "；".join(self.breaks["rule"].head(3))
        return spaced(f"有 {len(self.breaks)} 條限制沒守住：{first}。")


def judge_schedule(posts: pd.DataFrame, constraints: Constraints, chosen: pd.DataFrame) -> Judged:
    """What a schedule made by hand is worth and which rules it breaks.

    chosen: post_id and publish_at (a time without a zone is Taipei's); the hour has to be one of ``constraints.slots``.

    Raises TableError for an unknown post, a post twice, or a time at which its account has no slot.

    >>> from xiaobian.sandbox.backlog import draw_month
    >>> month = draw_month(1, posts=10, days=14)
    >>> nothing = pd.DataFrame({"post_id": [], "publish_at": []})
    >>> judge_schedule(month.posts, Constraints.of(month), nothing).value
    0.0
    """
    posed = pose(posts, constraints, every_slot=True)
    place = {
        (slot.name.split(" ")[0], at): i
        for i, (slot, at) in enumerate(zip(posed.problem.slots, posed.at, strict=True))
    }
    platform = dict(zip(posed.posts["post_id"], posed.posts["platform"], strict=True))
    slots: dict[str, int] = {}
    for row, (post, when) in enumerate(zip(chosen["post_id"], chosen["publish_at"], strict=True)):
        if post not in platform or post in slots:
            raise TableError(
                f"{post} {'排了兩次' if post in slots else '不在要排的貼文裡'}", where=f"第 {row + 1} 列的 post_id"
            )  # fmt: skip
        slots[post] = _slot(place, platform[post], when, row)
    found = broken(posed.problem, slots)
    rows = [(_name(posed.names, one.rule), one.over, _day(posed.at, one.day)) for one in found]
    return Judged(worth(posed.problem, slots), pd.DataFrame(rows, columns=["rule", "over", "day"]))


def _slot(place: dict[tuple[str, pd.Timestamp], int], platform: str, when: Any, row: int) -> int:
    at = pd.Timestamp(when)
    at = at.tz_convert("Asia/Taipei").tz_localize(None) if at.tzinfo is not None else at
    if (platform, at) not in place:
        raise TableError(
            f"這個時間沒有時段：{at:%Y-%m-%d %H:%M}", where=f"第 {row + 1} 列的 publish_at",
            next_step="請用時段表裡的整點，日子也要在這個月裡",
        )  # fmt: skip
    return place[platform, at]


def _name(names: Any, rule: Rule) -> str:
    return str(names.get(rule) or names.get(Rule(rule.sort, "")) or rule.name)


def _day(at: pd.DatetimeIndex, day: int | None) -> str:
    return "" if day is None else day_text(at.min().normalize() + pd.Timedelta(days=day))
