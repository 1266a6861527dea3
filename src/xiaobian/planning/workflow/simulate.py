"""How long posts take through a workflow: a small seeded queue simulation in working hours.

Each person does one thing at a time, first come first served. Work takes its mean times a lognormal factor, posts come at
exponential gaps. Every number is a design parameter of the workflow given; nothing here is measured in a real team.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from ..calendar.planned import STATUSES
from .process import ENDS, HOURS_A_DAY, START, Person, Step, Workflow

if TYPE_CHECKING:
    from ...plotting import Chart

DAYS_A_WEEK = 5
_SPREAD = 0.4
_MOST_ROUNDS = 40


@dataclass(frozen=True, repr=False)
class LeadTime(Result):
    """What ``simulate()`` counted.

    items: a row a post: arrived, finished (working hours from the start; missing when stuck), lead (working days), work (hours
    of work in it), rounds (how often it was sent back), state (last). steps: a row a step: name, who, done, wait and work
    (hours, mean each time), late (share over the SLA, 0–1; missing without one). per_week: posts that come in.
    """

    workflow: Workflow
    items: pd.DataFrame
    steps: pd.DataFrame
    per_week: float
    notes: tuple[str, ...] = ("模擬：工時、退回比例、每週則數都是流程裡的設計參數", "時間是上班的時間，一天算 8 小時")

    @property
    def stuck(self) -> int:
        """Posts that never came through."""
        return int(self.items["finished"].isna().sum())

    @property
    def days(self) -> pd.Series:
        """Lead time of each post that came through, in working days."""
        return self.items["lead"].dropna()

    @property
    def work_share(self) -> float:
        """Hours of work ÷ hours of lead time of the posts that came through (0–1); NaN when none did."""
        through = self.items.dropna(subset=["finished"])
        hours = float((through["finished"] - through["arrived"]).sum())
        return float(through["work"].sum()) / hours if hours else math.nan

    def say(self) -> str:
        """How many came through, how long they took, how much of it was work, where they waited most."""
        total = len(self.items)
        if self.days.empty:
            where = STATUSES.get(str(self.items["state"].mode().iloc[0]), "")
            return f"{total} 則沒有一則走得完，全部停在「{where}」。"
        stuck = f"，{self.stuck} 則卡住" if self.stuck else ""
        most = self.steps.assign(whole=self.steps["wait"] * self.steps["done"]).sort_values("whole").iloc[-1]
        return (
            f"{total} 則走完 {total - self.stuck} 則{stuck}；中位數 {self.days.median():.1f} 個工作天，九成在 {self.days.quantile(0.9):.1f} 天內。"
            f"其中真正在做事的占 {self.work_share:.0%}；等最久的是「{most['name']}」（{most['who']}），每次平均等 {most['wait']:.1f} 小時。"
        )

    def plot(self) -> Chart:
        """Waiting and work at each step."""
        from .simulate_plot import draw

        return self.captioned(draw(self))


@dataclass
class _Item:
    """A post on its way."""

    number: int
    arrived: float
    state: str = START
    done: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    finished: float = math.nan
    work: float = 0.0
    rounds: int = 0


def simulate(flow: Workflow, posts: int = 80, per_week: float = 5, seed: int = 0) -> LeadTime:
    """Send posts through a workflow and count.

    posts: how many come. per_week: mean number that come in five working days. Same seed, same counts.
    Raises TableError for numbers that cannot be.

    >>> from xiaobian.planning.workflow.process import Step, Workflow
    >>> flow = Workflow("甲", (Step("a", "寫", "阿洛", ("佩蓁",), hours=2, before="draft", after="published"),))
    >>> simulate(flow, posts=20, per_week=1, seed=1).stuck
    0
    """
    if not 1 <= posts <= 2_000 or not 0 < per_week <= 1_000:
        raise TableError("則數要在 1 到 2,000 之間，每週則數要大於 0", where="simulate", next_step="例如 simulate(posts=80, per_week=5)")
    return _Run(flow, posts, per_week, seed).result()


def compare_lead_times(before: LeadTime, after: LeadTime) -> Chart:
    """Lead times of two workflows beside each other, a dot a post."""
    from .simulate_plot import beside

    return beside(before, after)


class _Run:
    """One simulation: events by time, a queue a person."""

    def __init__(self, flow: Workflow, posts: int, per_week: float, seed: int) -> None:
        self.flow, self.per_week = flow, per_week
        self.rng = np.random.default_rng(seed)
        gaps = self.rng.exponential(DAYS_A_WEEK * HOURS_A_DAY / per_week, posts)
        self.items = [_Item(i, float(at)) for i, at in enumerate(np.cumsum(gaps))]
        self.free: dict[str, float] = {}
        self.waits: dict[str, list[tuple[float, float]]] = {step.step_id: [] for step in flow.steps}
        self.events: list[tuple[float, int, _Item, Step | None, float, bool]] = []
        self.queue: dict[str, list[tuple[float, int, _Item, Step]]] = {}
        self.count = 0
        for item in self.items:
            self._push(item.arrived, item, None, 0.0, False)
        while self.events:
            now, _, item, step, hours, back = heapq.heappop(self.events)
            if step is not None:
                self._finish(item, step, hours, back, now)
            self._offer(item, now)
            for who in sorted(self.queue):
                self._start(who, now)

    def _push(self, at: float, item: _Item, step: Step | None, hours: float, back: bool) -> None:
        self.count += 1
        heapq.heappush(self.events, (at, self.count, item, step, hours, back))

    def _finish(self, item: _Item, step: Step, hours: float, back: bool, now: float) -> None:
        item.open.discard(step.step_id)
        item.done.add(step.step_id)
        item.work += hours
        item.rounds += back
        state = step.return_to if back else step.after
        if state:
            item.state = state
            item.done -= {s.step_id for s in self.flow.steps if s.before == state}
        if item.state in ENDS and math.isnan(item.finished):
            item.finished = now

    def _offer(self, item: _Item, now: float) -> None:
        """Put every step that can begin now into the queue of who does it."""
        if not math.isnan(item.finished) or item.rounds > _MOST_ROUNDS:
            return
        for step in self.flow.steps:
            ready = set(step.needs) <= item.done and step.before in ("", item.state)
            if ready and step.step_id not in item.done | item.open:
                item.open.add(step.step_id)
                self.count += 1
                person = self.flow.people.get(step.responsible, Person())
                opens = math.ceil(now / person.every - 1e-9) * person.every if person.every else now
                heapq.heappush(self.queue.setdefault(step.responsible, []), (opens, self.count, item, step))
                self.waits[step.step_id].append((now, math.nan))

    def _start(self, who: str, now: float) -> None:
        """Give a person the next thing, as far as it can be known now."""
        while self.queue[who] and self.free.get(who, 0.0) <= now + 1e-9:
            opens, _, item, step = self.queue[who][0]
            if opens > now + 1e-9:
                self._push(opens, item, None, 0.0, False)
                return
            heapq.heappop(self.queue[who])
            person = self.flow.people.get(who, Person())
            hours = step.hours * float(np.exp(self.rng.normal(-(_SPREAD**2) / 2, _SPREAD)))
            back = bool(step.returns) and float(self.rng.random()) < step.returns
            self.free[who] = now + hours / person.share
            self._push(self.free[who], item, step, hours, back)
            self._note(item, step, now)

    def _note(self, item: _Item, step: Step, now: float) -> None:
        waits = self.waits[step.step_id]
        place = next(i for i, (_, started) in enumerate(waits) if math.isnan(started))
        waits[place] = (waits[place][0], now)

    def result(self) -> LeadTime:
        items = pd.DataFrame(
            [
                {"arrived": i.arrived, "finished": i.finished, "lead": (i.finished - i.arrived) / HOURS_A_DAY,
                 "work": i.work, "rounds": i.rounds, "state": i.state}
                for i in self.items
            ]
        )  # fmt: skip
        return LeadTime(self.flow, items, pd.DataFrame([self._of(step) for step in self.flow.steps]), self.per_week)

    def _of(self, step: Step) -> dict[str, object]:
        person = self.flow.people.get(step.responsible, Person())
        spent = [started - ready for ready, started in self.waits[step.step_id] if not math.isnan(started)]
        took = step.hours / person.share
        late = float(np.mean([w + took > step.sla for w in spent])) if spent and step.sla is not None else math.nan
        return {
            "step_id": step.step_id, "name": step.name, "who": step.responsible, "done": len(spent),
            "wait": float(np.mean(spent)) if spent else math.nan, "work": took, "late": late,
        }  # fmt: skip
