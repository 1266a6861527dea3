"""What became of each post, and what the whole week is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...datasets import SIMULATED
from .jobs import Job
from .policy import Policy
from .service import at

if TYPE_CHECKING:
    from ...plotting import Chart

ON_TIME_MIN, LATE_MIN = 10.0, 120.0
STATES = {
    "on_time": "準時",
    "late": "晚了",
    "wrong_time": "時間不對",
    "doubled": "重複發",
    "lost": "沒發出去",
}
WORTH = {"on_time": 1.0, "late": 0.5, "wrong_time": 0.0, "doubled": -1.0, "lost": -0.5}
"""Design parameters: on time within 10 minutes; late within 2 hours; a lost post costs half of what a good one brings, a
doubled one all of it."""


@dataclass(frozen=True)
class Run:
    """A week of publishing, simulated.

    table: a row a job: job_id, platform, text, due, published (first time, missing when lost), times (how often it is out),
    late_min, state (on_time, late, wrong_time, doubled, lost). log: a row a step: time, job_id, platform, step, reply.
    """

    table: pd.DataFrame
    log: pd.DataFrame
    policy: Policy

    def _count(self, state: str) -> int:
        return int((self.table["state"] == state).sum())

    @property
    def lost(self) -> int:
        return self._count("lost")

    @property
    def doubled(self) -> int:
        return self._count("doubled")

    @property
    def score(self) -> float:
        """Mean worth of a job, −1 to 1 (1: all out once and on time)."""
        return float(self.table["state"].map(WORTH).mean())

    def say(self) -> str:
        """How many posts went out right, and what happened to the others."""
        counts = {name: self._count(state) for state, name in STATES.items()}
        told = "、".join(f"{name} {n} 則" for name, n in counts.items() if n)
        return f"{len(self.table)} 則裡：{told}。得分 {self.score:.2f}（全部準時發一次是 1；{SIMULATED}）。".replace(
            "得分 -", "得分 −"
        )

    def steps(self, job_id: str) -> pd.DataFrame:
        """The log of one job."""
        return self.log[self.log["job_id"] == job_id].reset_index(drop=True)

    def plot(self) -> Chart:
        """Each post at its due time, by platform, marked by what became of it."""
        from .plot import draw

        figure = draw(self)
        figure.summary = self.say()
        return figure

    def __repr__(self) -> str:
        return self.say()


def judged(
    jobs: Sequence[Job],
    published: Mapping[str, list[tuple[float, str]]],
    log: list[dict[str, object]],
    start: pd.Timestamp,
    policy: Policy,
) -> Run:
    """What became of each job, from what stands on the platforms."""
    out: dict[str, list[float]] = {job.job_id: [] for job in jobs}
    for seconds, job_id in (one for every in published.values() for one in every):
        out[job_id].append(seconds)
    table = pd.DataFrame(
        {
            "job_id": [job.job_id for job in jobs], "platform": [job.platform for job in jobs],
            "text": [job.text for job in jobs], "due": [job.due for job in jobs],
            "published": at(start, [min(out[job.job_id], default=math.nan) for job in jobs]),
            "times": [len(out[job.job_id]) for job in jobs],
        }
    )  # fmt: skip
    table["late_min"] = (table["published"] - table["due"]).dt.total_seconds() / 60
    table["state"] = list(map(_state, table["times"], table["late_min"]))
    steps = pd.DataFrame(log, columns=["time", "job_id", "platform", "step", "reply"])
    steps["time"] = at(start, steps["time"])
    return Run(table, steps.sort_values("time", kind="stable", ignore_index=True), policy)


def _state(times: int, late: float) -> str:
    if times == 0:
        return "lost"
    if times > 1:
        return "doubled"
    if abs(late) <= ON_TIME_MIN:
        return "on_time"
    return "late" if 0 < late <= LATE_MIN else "wrong_time"
