"""The queue's side: works through the jobs as its policy says, one platform after another in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import TableError
from ...sandbox.streams import generator
from .jobs import Job
from .outcome import Run, judged
from .policy import WAIT_S, Policy
from .service import (
    LIMITED,
    OK,
    TIMED_OUT,
    UNAUTHORIZED,
    Faults,
    Service,
    services,
)  # fmt: skip

UTC_SHIFT_S = 8 * 3600
POLL_S, POLL_MOST_S, CALL_S, DOWN_S = 5.0, 120.0, 1.0, 300.0


@dataclass
class _Worker:
    policy: Policy
    log: list[dict[str, object]]

    def note(self, now: float, job: Job, step: str, reply: str) -> None:
        self.log.append(
            {"time": now, "job_id": job.job_id, "platform": job.platform, "step": step, "reply": reply}
        )  # fmt: skip

    def work(self, job: Job, service: Service, now: float) -> None:
        """Send one job, with as many tries as the policy has."""
        for attempt in range(1, self.policy.tries + 1):
            if self.policy.retry == "check" and service.is_out(job.job_id):
                self.note(now, job, "check", "already out")
                return
            now, reply = self._try(job, service, now, attempt)
            if reply == OK or self.policy.retry == "none":
                return
            if reply == LIMITED:
                if self.policy.limit == "ignore":
                    return
                now = max(now, service.free_at(now))
            now += 60.0 * 2 ** (attempt - 1)

    def _try(self, job: Job, service: Service, now: float, attempt: int) -> tuple[float, str]:
        container = f"{job.job_id}/{attempt}/{now:.0f}"
        reply = service.create(container, now)
        if reply == UNAUTHORIZED and self.policy.token == "on_error":
            self.note(now, job, "refresh", UNAUTHORIZED)
            service.refresh()
            reply = service.create(container, now)
        self.note(now, job, "create", reply)
        if reply != OK:
            return now + CALL_S, reply
        now = self._waited(container, service, now)
        reply = service.publish(container, job.job_id, now)
        if reply == LIMITED and self.policy.limit == "hold":
            now = service.free_at(now) + CALL_S
            self.note(now, job, "hold", LIMITED)
            reply = service.publish(container, job.job_id, now)
        self.note(now, job, "publish", reply)
        return now + (30.0 if reply == TIMED_OUT else CALL_S), reply

    def _waited(self, container: str, service: Service, now: float) -> float:
        if self.policy.wait != "poll":
            return now + WAIT_S[self.policy.wait] + CALL_S
        until = now + POLL_MOST_S
        while now < until and not service.is_ready(container, now):
            now += POLL_S
        return now + CALL_S


def simulate(jobs: Sequence[Job], policy: Policy, seed: int = 0, faults: Faults | None = None) -> Run:
    """Publish a queue under a policy while things go wrong as the seed says; the same seed breaks the same things.

    Each job is worked on its own from its due time, as if each platform had its own worker. A restart of the worker forgets
    a queue kept in memory: what was due that day is then sent again, unless the policy checks first. Waits between tries:
    1, 2, 4 … minutes. Simulated; numbers of ``Faults`` are design parameters.

    Raises TableError for an empty queue, a job that is there twice, or a time without a zone.

    >>> from .jobs import week
    >>> from .policy import CAREFUL
    >>> run = simulate(week(1), CAREFUL, seed=1)
    >>> run.lost, run.doubled
    (0, 0)
    """
    faults = Faults() if faults is None else faults
    _check(jobs)
    start = min(job.due for job in jobs).normalize()
    span = (max(job.due for job in jobs) - start).total_seconds() + 86_400
    there = services(sorted({job.platform for job in jobs}), faults, seed, span)
    if policy.token == "ahead":
        for service in there.values():
            service.refresh()
    worker = _Worker(policy, [])
    shift = UTC_SHIFT_S if policy.clock == "utc" else 0
    for now, job in _order(jobs, start, shift, policy, _restarts(seed, faults, span)):
        worker.work(job, there[job.platform], now)
    return judged(
        jobs, {name: service.published for name, service in there.items()}, worker.log, start, policy
    )


def _order(
    jobs: Sequence[Job], start: pd.Timestamp, shift: float, policy: Policy, restarts: list[float]
) -> list[tuple[float, Job]]:
    """When each job is taken up: at its time as the worker reads it, and again after a restart that forgot it."""
    order = [((job.due - start).total_seconds() + shift, job) for job in jobs]
    again = []
    for stop in restarts:
        for place, (due, job) in enumerate(order):
            if stop <= due < stop + DOWN_S:
                order[place] = (stop + DOWN_S, job)
            elif policy.memory == "memory" and stop - (stop % 86_400) <= due < stop:
                again.append((stop + DOWN_S, job))
    return sorted([*order, *again], key=lambda row: row[0])


def _restarts(seed: int, faults: Faults, span: float) -> list[float]:
    rng = generator(seed, "restarts")
    days = rng.choice(
        np.arange(int(span // 86_400)), min(faults.restarts, int(span // 86_400)), replace=False
    )
    return sorted(float(day) * 86_400 + float(rng.uniform(13, 22)) * 3600 for day in days)


def _check(jobs: Sequence[Job]) -> None:
    if not jobs:
        raise TableError("佇列是空的，沒有東西可以發", next_step="先用 week() 或自己的排程做一個佇列")
    ids = [job.job_id for job in jobs]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise TableError(f"佇列裡有重複的編號：{'、'.join(twice)}", next_step="一則貼文一個編號")
    if bare := [job.job_id for job in jobs if job.due.tzinfo is None]:
        raise TableError(
            f"發佈時間沒有時區：{'、'.join(bare[:5])}",
            next_step='請寫成 pd.Timestamp("2026-03-02 20:00", tz="Asia/Taipei")',
        )
