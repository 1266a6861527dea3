"""A community server of a brand: members who write, reply and leave, and newcomers who stay oftener when answered.

Whether somebody answers a newcomer's first message is drawn by chance with ``welcome``, so its effect on staying can be
read from the messages. All sizes are design parameters of ``server``.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import datasets
from ..errors import TableError
from ..tables import TAIPEI
from .parameters import Parameters, load
from .streams import generator

START = "2026-06-01"
WEEK = 168.0
RECENT = 72.0
"""Hours within which an ordinary reply looks for something to answer."""
PROMPT = 20.0
"""Longest wait in hours for the answer to a first message."""


@dataclass(frozen=True, repr=False)
class Server:
    """messages: message_id, member, time, reply_to (message_id or empty), in order of time. members: member, joined, kind
    (founder or newcomer). welcome: chance that a first message was answered within a day (0–1)."""

    seed: int
    welcome: float
    messages: pd.DataFrame
    members: pd.DataFrame

    def __repr__(self) -> str:
        new = int((self.members["kind"] == "newcomer").sum())
        weeks = round((self.messages["time"].max() - pd.Timestamp(START, tz=TAIPEI)) / pd.Timedelta(days=7))
        return (
            f"{datasets.SIMULATED}｜社群伺服器，種子 {self.seed}：{weeks} 週、{len(self.messages):,} 則發言、"
            f"{len(self.members)} 位成員（其中 {new} 位是新人）"
        )


def server(seed: int, welcome: float = 0.4, weeks: int = 16, parameters: Parameters | None = None) -> Server:
    """A server of some weeks; the same seed with another ``welcome`` has the same newcomers.

    welcome: chance that a newcomer's first message is answered within a day, 0–1.

    Raises TableError for a share outside 0–1 or fewer than 8 weeks.

    >>> server(1, weeks=8)
    島嶼沙盒模擬資料｜社群伺服器，種子 1：8 週、2,147 則發言、186 位成員（其中 66 位是新人）
    """
    if not 0 <= welcome <= 1 or weeks < 8:
        raise TableError("welcome 要介於 0 和 1，至少 8 週", where="server()")
    p = parameters or load()
    rng = generator(seed, "server")
    founders = int(p["server.founders"])
    joins = np.sort(rng.uniform(0, weeks * WEEK, rng.poisson(p["server.joins"] * weeks)))
    answered = rng.random(len(joins)) < welcome
    stays = rng.random(len(joins)) < np.array(p["server.stay"])[answered.astype(int)]
    spread = rng.lognormal(0, p["server.activity_sd"], founders + len(joins))
    ends = np.concatenate(
        [rng.exponential(WEEK / p["server.leave"], founders), np.where(stays, np.inf, joins)]
    )
    begins = np.concatenate([np.zeros(founders), joins])
    rate = spread * np.repeat([p["server.founder_rate"], p["server.newcomer_rate"]], [founders, len(joins)])
    firsts = [(float(joins[i]), founders + i) for i in range(len(joins))]
    later = _later(rng, rate, begins, np.minimum(ends, weeks * WEEK))
    rows = _linked(rng, p, firsts, later, answered, founders)
    return Server(seed, welcome, _messages(rows), _members(begins, founders))


def _later(
    rng: np.random.Generator,
    rate: npt.NDArray[np.float64],
    begins: npt.NDArray[np.float64],
    ends: npt.NDArray[np.float64],
) -> list[tuple[float, int]]:
    """Hour and writer of every message that is not a newcomer's first."""
    span = np.clip(ends - begins, 0, None)
    who = np.repeat(np.arange(len(rate)), rng.poisson(rate * span / WEEK))
    hours = begins[who] + rng.random(len(who)) * span[who]
    return [(float(hours[i]), int(who[i])) for i in np.argsort(hours, kind="stable")]


def _linked(
    rng: np.random.Generator, p: Parameters, firsts: list[tuple[float, int]], later: list[tuple[float, int]],
    answered: npt.NDArray[np.bool_], founders: int,
) -> list[tuple[float, int, int]]:  # fmt: skip
    """Hour, writer and the row answered (−1 for none) of every message; rows are those of this list."""
    rows: list[tuple[float, int, int]] = []
    hours: list[float] = []
    for hour, who in later:
        target = -1
        if rng.random() < p["server.reply_share"]:
            pool = range(bisect_left(hours, hour - RECENT), len(rows))
            old = [i for i in pool if rows[i][1] < founders and rows[i][1] != who]
            any_of = [i for i in pool if rows[i][1] != who]
            close = who < founders and rng.random() < p["server.clique"]
            chosen = old if close and old else any_of
            target = chosen[int(rng.integers(len(chosen)))] if chosen else -1
        rows.append((hour, who, target))
        hours.append(hour)
    writers = np.array([who for _, who, _ in rows if who < founders])
    for (hour, who), heard in zip(firsts, answered, strict=True):
        rows.append((hour, who, -1))
        if heard:
            wait = min(float(rng.lognormal(np.log(p["server.reply_hours"]), 0.7)), PROMPT)
            rows.append((hour + wait, int(writers[rng.integers(len(writers))]), len(rows) - 1))
    return rows


def _messages(rows: list[tuple[float, int, int]]) -> pd.DataFrame:
    order = sorted(range(len(rows)), key=lambda i: rows[i][0])
    name = {old: f"m{new:05d}" for new, old in enumerate(order, start=1)}
    start = pd.Timestamp(START, tz=TAIPEI)
    return pd.DataFrame(
        {
            "message_id": [name[i] for i in order],
            "member": [f"u{rows[i][1] + 1:03d}" for i in order],
            "time": start + pd.to_timedelta([round(rows[i][0] * 3600) for i in order], unit="s"),
            "reply_to": [name.get(rows[i][2], "") for i in order],
        }
    )


def _members(begins: npt.NDArray[np.float64], founders: int) -> pd.DataFrame:
    start = pd.Timestamp(START, tz=TAIPEI)
    return pd.DataFrame(
        {
            "member": [f"u{i + 1:03d}" for i in range(len(begins))],
            "joined": start + pd.to_timedelta((begins * 3600).round(), unit="s"),
            "kind": np.where(np.arange(len(begins)) < founders, "founder", "newcomer"),
        }
    )
