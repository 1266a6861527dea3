"""A content team as a chain of queues: who works on what each day, and when a piece is finished.

Pieces of a cadence arrive evenly over the working days. A piece is written, designed or filmed, then reviewed; a review may
send it back. Someone with several pieces in hand works on them in turns and loses time at every change. A limit on pieces in
process holds the next ones back until one is finished. What a piece is worth falls with the days from start to finish.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..errors import TableError
from .parameters import Parameters, load
from .streams import generator

WORKDAYS = 5
REVIEWER = "peizhen"
MOST_A_WEEK = 100


@dataclass
class _Piece:
    number: int
    format: str
    planned: float
    stages: list[tuple[str, float]]
    started: float = float("nan")
    finished: float = float("nan")
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.stages[0][1]


@dataclass(frozen=True)
class TeamRun:
    """What came of a cadence.

    pieces: number, format, planned, started, finished (working days from the start; missing: not yet), lead (days from start to
    finish), worth. days: a row a working day: in_process, finished so far, waiting. value: worth of all finished pieces a
    week. lost: hours lost to changing between pieces, a week. used: share of the hours each person had that went into work.
    """

    pieces: pd.DataFrame
    days: pd.DataFrame
    value: float
    lost: float
    used: dict[str, float]
    weeks: int


def run_team(
    seed: int, per_week: float, limit: int | None = None, weeks: int = 8, p: Parameters | None = None
) -> TeamRun:
    """Let the team of ``parameters.team`` work for some weeks.

    per_week: pieces planned a week, above 0. limit: pieces in process at most; None: none. The same seed draws the same
    pieces, interruptions and reviews under every limit. Raises TableError for a cadence or limit that cannot be.

    >>> run_team(1, 5, 4).days.columns.tolist()
    ['in_process', 'finished', 'waiting']
    """
    if not 0 < per_week <= MOST_A_WEEK or weeks < 1 or (limit is not None and limit < 1):
        raise TableError(
            f"每週 {per_week:g} 則、上限 {limit}、{weeks} 週，這樣跑不起來", where="run_team",
            next_step=f"每週則數在 0 到 {MOST_A_WEEK} 之間，上限和週數至少 1",
        )  # fmt: skip
    p = p or load()
    team = _Team(p, generator(seed, "team", weeks), per_week, weeks)
    rows = [team.day(day, limit) for day in range(weeks * WORKDAYS)]
    pieces = _table(p, team.pieces)
    used = {who: done / max(team.had[who], 1e-9) for who, done in team.done.items()}
    return TeamRun(
        pieces, pd.DataFrame(rows, columns=["in_process", "finished", "waiting"]),
        float(pieces["worth"].sum() / weeks), team.lost / weeks, used, weeks,
    )  # fmt: skip


def _table(p: Parameters, pieces: list[_Piece]) -> pd.DataFrame:
    rows = [(x.number, x.format, x.planned, x.started, x.finished) for x in pieces]
    table = pd.DataFrame(rows, columns=["number", "format", "planned", "started", "finished"])
    table["lead"] = table["finished"] - table["started"]
    table["worth"] = np.where(
        table["finished"].notna(), np.clip(1 - p["team.late"] * table["lead"].fillna(0.0), 0, None), 0.0
    )
    return table


class _Team:
    """The people, what each has in hand, and the pieces that wait to be started."""

    def __init__(self, p: Parameters, rng: np.random.Generator, per_week: float, weeks: int) -> None:
        self.p = p
        self.hours: dict[str, float] = p["team.day_hours"]
        days, people = weeks * WORKDAYS, len(self.hours)
        self.pieces = _pieces(p, rng, weeks)
        number = int(per_week * weeks)
        for i, piece in enumerate(self.pieces):
            piece.planned = float(int(i * WORKDAYS / per_week))
        self.pieces = self.pieces[:number]
        self.sent_back = rng.random((MOST_A_WEEK * weeks, 3)) < p["team.rework"]
        self.free = np.clip(
            1 - rng.normal(p["team.interrupted"], p["team.interrupted_sd"], (days, people)), 0.3, 1.0
        )
        self.waiting = deque(self.pieces)
        self.hand: dict[str, deque[_Piece]] = {who: deque() for who in self.hours}
        self.last: dict[str, int] = dict.fromkeys(self.hours, -1)
        self.had, self.done = dict.fromkeys(self.hours, 0.0), dict.fromkeys(self.hours, 0.0)
        self.reviews = dict.fromkeys(range(number), 0)
        self.lost, self.in_process, self.finished = 0.0, 0, 0

    def day(self, day: int, limit: int | None) -> tuple[int, int, int]:
        self._start(day, limit)
        for place, who in enumerate(self.hours):
            self._work(who, day, float(self.hours[who] * self.free[day, place]), limit)
        late = sum(piece.planned <= day for piece in self.waiting)
        return self.in_process, self.finished, late

    def _start(self, now: float, limit: int | None) -> None:
        while self.waiting and self.waiting[0].planned <= now and (limit is None or self.in_process < limit):
            piece = self.waiting.popleft()
            piece.started = float(now)
            self.hand[piece.stages[0][0]].append(piece)
            self.in_process += 1

    def _work(self, who: str, day: int, free: float, limit: int | None) -> None:
        self.had[who] += free
        total, hand = free, self.hand[who]
        while free > 1e-9 and hand:
            piece = hand[0]
            if who != REVIEWER and self.last[who] not in (piece.number, -1):
                change = min(free, self.p["team.switch"])
                free, self.lost = free - change, self.lost + change
            self.last[who] = piece.number
            turn = min(free, piece.left, self.p["team.slice"] if len(hand) > 1 and who != REVIEWER else free)
            piece.left, free = piece.left - turn, free - turn
            self.done[who] += turn
            hand.rotate(-1)
            if piece.left <= 1e-9:
                hand.remove(piece)
                self._pass_on(piece, day + (total - free) / max(total, 1e-9), limit)

    def _pass_on(self, piece: _Piece, now: float, limit: int | None) -> None:
        who, _ = piece.stages.pop(0)
        if who == REVIEWER:
            times = self.reviews[piece.number]
            self.reviews[piece.number] += 1
            if times < 3 and self.sent_back[piece.number, times]:
                maker, hours = self._maker(piece)
                piece.stages = [
                    (maker, hours * self.p["team.rework_share"]),
                    (REVIEWER, self.p["team.review"]),
                ]
        if piece.stages:
            piece.left = piece.stages[0][1]
            self.hand[piece.stages[0][0]].append(piece)
            return
        piece.finished = now
        self.in_process, self.finished = self.in_process - 1, self.finished + 1
        self._start(now, limit)

    def _maker(self, piece: _Piece) -> tuple[str, float]:
        work: dict[str, float] = self.p["backlog.work"][piece.format]
        maker = max(work, key=work.__getitem__)
        return maker, float(self.p["costs.hours"][piece.format] * work[maker])


def _pieces(p: Parameters, rng: np.random.Generator, weeks: int) -> list[_Piece]:
    """The same pieces whatever the cadence: the first so many are taken."""
    mix: dict[str, float] = p["team.mix"]
    number = MOST_A_WEEK * weeks
    formats = np.array(list(mix))[rng.choice(len(mix), number, p=np.array(list(mix.values())))]
    shape = 1 / p["team.spread"] ** 2
    luck = rng.gamma(shape, 1 / shape, number)
    pieces = []
    for i, (name, factor) in enumerate(zip(formats, luck, strict=True)):
        hours = p["costs.hours"][str(name)] * factor
        makers = [(who, float(hours * share)) for who, share in p["backlog.work"][str(name)].items()]
        pieces.append(_Piece(i, str(name), 0.0, [*makers, (REVIEWER, float(p["team.review"]))]))
    return pieces
