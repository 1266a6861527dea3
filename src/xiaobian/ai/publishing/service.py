"""The platforms' side: accepts containers and posts, and fails in the ways real ones do.

Simulated. Sourced: the wait of about 30 s between making and publishing a container, and that publishing too early ends in
an unknown error (``platform_specs``: threads_publish_wait). Every other number is a design parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...sandbox.streams import generator

OK, UNAUTHORIZED, NOT_READY, LIMITED, BROKEN, TIMED_OUT = "ok", "401", "not_ready", "429", "500", "timeout"


@dataclass(frozen=True)
class Faults:
    """What goes wrong, all design parameters; shares are 0–1.

    tokens: platforms whose token runs out during the week. ready_median_s, ready_sigma: log-normal time until a container can
    be published, seconds. timeouts: share of publish calls that never answer; done_anyway: share of those that were
    published all the same. outage_min: length of one outage of one platform. quota: posts a platform takes in 24 hours,
    others included. others: posts by other tools a day. restarts: times the worker itself stops and starts again.
    """

    tokens: int = 1
    ready_median_s: float = 6.0
    ready_sigma: float = 0.8
    timeouts: float = 0.06
    done_anyway: float = 0.6
    outage_min: float = 40.0
    quota: int = 7
    others: float = 2.0
    restarts: int = 1


NONE = Faults(tokens=0, ready_median_s=0.001, timeouts=0.0, outage_min=0.0, quota=10_000, restarts=0)


@dataclass
class Service:
    """One platform during one run; times are seconds since the start of the queue."""

    platform: str
    faults: Faults
    seed: int
    span_s: float
    expires: bool
    published: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = generator(self.seed, "service", self.platform)
        self._rng = rng
        self.token_until = float(rng.uniform(0.25, 0.75)) * self.span_s if self.expires else np.inf
        busy = np.arange(0, self.span_s, 86_400)
        out = float(rng.choice(busy)) + float(rng.uniform(8, 21)) * 3600
        self.outage = (out, out + self.faults.outage_min * 60)
        count = rng.poisson(self.faults.others, len(busy))
        self.others = [
            float(day + s) for day, n in zip(busy, count, strict=True) for s in rng.uniform(0, 86_400, n)
        ]
        self._ready: dict[str, float] = {}

    def refresh(self) -> None:
        """A new token that lasts beyond the run."""
        self.token_until = np.inf

    def create(self, container: str, now: float) -> str:
        """Make a container; it can be published only some seconds later."""
        if refused := self._refused(now):
            return refused
        waits = self.faults.ready_median_s * float(
            np.exp(self.faults.ready_sigma * self._rng.standard_normal())
        )
        self._ready[container] = now + waits
        return OK

    def is_ready(self, container: str, now: float) -> bool:
        return now >= self._ready.get(container, np.inf)

    def publish(self, container: str, job_id: str, now: float) -> str:
        """Publish a container; a time-out says nothing about whether the post is out."""
        if refused := self._refused(now):
            return refused
        if not self.is_ready(container, now):
            return NOT_READY
        if self.free_at(now) > now:
            return LIMITED
        lost = self._rng.random() < self.faults.timeouts
        if not lost or self._rng.random() < self.faults.done_anyway:
            self.published.append((now, job_id))
        return TIMED_OUT if lost else OK

    def is_out(self, job_id: str) -> bool:
        """Whether a post can be seen on the page."""
        return any(job == job_id for _, job in self.published)

    def free_at(self, now: float) -> float:
        """When the next post fits the quota of the last 24 hours."""
        used = sorted(t for t in [*self.others, *(t for t, _ in self.published)] if now - 86_400 < t <= now)
        if len(used) < self.faults.quota:
            return now
        return used[len(used) - self.faults.quota] + 86_400

    def _refused(self, now: float) -> str:
        if now >= self.token_until:
            return UNAUTHORIZED
        return BROKEN if self.outage[0] <= now < self.outage[1] else ""


def services(names: list[str], faults: Faults, seed: int, span_s: float) -> dict[str, Service]:
    """One service a platform; which tokens run out is drawn by the seed."""
    order = list(generator(seed, "tokens").permutation(names))
    return {name: Service(name, faults, seed, span_s, name in order[: faults.tokens]) for name in names}


def at(start: pd.Timestamp, seconds: Sequence[float] | pd.Series) -> pd.DatetimeIndex:
    """Seconds since the start as times in Taipei, to the second; missing stays missing."""
    rounded = pd.to_timedelta(np.round(np.asarray(seconds, dtype=float)), unit="s")
    return pd.DatetimeIndex(start + rounded).tz_convert("Asia/Taipei")
