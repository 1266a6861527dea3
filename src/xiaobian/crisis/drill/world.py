"""The world under a drill: the engine at an hour, the comments of the hours so far, the deadlines. Never changed, only followed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pandas as pd

from ...sandbox.crisis.responses import Response
from ...sandbox.crisis.room import LEAD, Crisis
from ..noticing.severity import LEVELS, Severity, severity
from ..noticing.sop import Incident, incident
from .flags import Flag, flag
from .setup import HOUR, Setup

WINDOW = 3
"""Hours over which shares and speeds are read, as the engine does."""
TRIGGERS = {"privacy": ("personal_data",), "legal": ("illegal",)}
"""What a scenario's harm triggers in the levels of severity; danger to health is a claim until it is confirmed."""
HIGHEST_BY_NUMBERS = "S3"
"""Numbers alone never ask for more; a trigger does so from the first minute."""
TEAM = "小編"


@dataclass(frozen=True)
class Comment:
    """A comment as the team sees it. number: from 1 in order of coming; minute: of the drill."""

    number: int
    id: str
    minute: int
    author: str
    text: str
    likes: int

    @property
    def flag(self) -> Flag | None:
        """Why it may not wait, by its words; None if it may."""
        return flag(self.text)


@dataclass(frozen=True)
class Seen:
    """Volume and mood of the last hours. mentions: of the last 60 minutes. times, velocity: as in ``severity``."""

    mentions: int
    negative_share: float
    times: float
    velocity: float


@dataclass(frozen=True, eq=False)
class World:
    """The engine's hours that have begun (``crisis.hour`` of them), and what they brought.

    counts: mentions and negative ones of every hour, the calm day before first. incident: level and deadlines as the
    numbers asked for them.
    """

    setup: Setup
    crisis: Crisis
    counts: tuple[tuple[int, int], ...]
    comments: tuple[Comment, ...]
    minutes: tuple[int, ...]
    incident: Incident

    def until(self, minute: int) -> tuple[Comment, ...]:
        """Comments that have come by a minute."""
        return self.comments[: bisect_right(self.minutes, minute)]

    def seen(self, minute: int) -> Seen:
        """What the last hours looked like at a minute; an hour that is running counts by the part that has passed."""
        calm, clock = self.crisis.calm_hours, self.setup.start.hour
        now, before = self._sums(minute, calm, clock), self._sums(minute - WINDOW * HOUR, calm, clock)
        times = now[0] / now[2]
        earlier = before[0] / before[2]
        last = sum(part * self.counts[place][0] for place, part in _parts(minute, 1))
        return Seen(round(last), now[1] / max(1.0, now[0]), times, times / max(earlier, 1e-9))

    def _sums(self, minute: int, calm: list[float], clock: int) -> tuple[float, float, float]:
        parts = [(place, part) for place, part in _parts(minute, WINDOW) if 0 <= place < len(self.counts)]
        mentions = sum(part * self.counts[place][0] for place, part in parts)
        negative = sum(part * self.counts[place][1] for place, part in parts)
        usual = sum(part * calm[(clock + place - LEAD) % 24] for place, part in parts)
        return mentions, negative, max(usual, 1e-9)

    def level(self, minute: int) -> Severity:
        """How serious it looks at a minute, by what can be seen and by what the brief says."""
        seen, harm = self.seen(minute), self.setup.told.harm
        usual = float(self.setup.parameters["crisis.calm_negative"])
        return severity(
            times=seen.times,
            share_rise=seen.negative_share - usual,
            velocity=seen.velocity,
            harm=harm == "safety",
            triggers=TRIGGERS.get(harm, ()),
        )


def _parts(minute: int, hours: int) -> list[tuple[int, float]]:
    """Places in ``counts`` of the hours before a minute, each with the part of it that belongs to the window."""
    full, rest = divmod(minute, HOUR)
    place = LEAD + full
    share = rest / HOUR
    found = [(place, share)] if rest else []
    found += [(place - back, 1.0) for back in range(1, hours)]
    return [*found, (place - hours, 1.0 - share)]


@lru_cache(maxsize=64)
def begin(setup: Setup, worded: bool = True) -> World:
    """The world at minute 0, at a level already. worded: whether its comments will have their words."""
    crisis = setup.crisis(worded=worded)
    new = World(setup, crisis, tuple(crisis.hourly), (), (), incident(setup.start))
    first = new.incident.step("assess", setup.start, TEAM, level=new.level(0).level)
    return replace(new, incident=first)


def follow(world: World, responses: Iterable[Response] = ()) -> World:
    """The same world after further responses at its hour."""
    crisis = world.crisis.fork()
    for response in responses:
        crisis.add(response)
    return replace(world, crisis=crisis)


def run_to(world: World, hour: int) -> World:
    """The world when that many hours have begun: each hour its level first, from what was seen until then."""
    if hour <= world.crisis.hour:
        return world
    crisis = world.crisis.fork()
    while crisis.hour < hour:
        case = _raised(world, HOUR * crisis.hour)
        world = replace(world, counts=(*world.counts, crisis.tick()), incident=case)
    known = len(world.comments)
    new = _comments(crisis.written[known:], world.setup.start, known)
    return replace(
        world,
        crisis=crisis,
        comments=world.comments + new,
        minutes=world.minutes + tuple(comment.minute for comment in new),
    )


def _raised(world: World, minute: int) -> Incident:
    case = world.incident
    if LEVELS.index(case.level) >= LEVELS.index(HIGHEST_BY_NUMBERS):
        return case
    level = world.level(minute).level
    if LEVELS.index(level) <= LEVELS.index(case.level):
        return case
    return case.step("escalate", world.setup.start + pd.Timedelta(minutes=minute), TEAM, level=level)


def _comments(rows: Iterable[Mapping[str, Any]], start: pd.Timestamp, before: int) -> tuple[Comment, ...]:
    zero = start.timestamp()
    return tuple(
        Comment(
            number,
            row["comment_id"],
            int(row["created_at"].timestamp() - zero) // 60 + 1,
            row["author"],
            row["text"],
            row["likes"],
        )
        for number, row in enumerate(rows, start=before + 1)
    )
