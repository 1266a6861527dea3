"""A team's process as data: steps with who does them, who answers, what they wait for, and the states of a post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...errors import NotFound, TableError
from ..calendar.planned import STATUSES

if TYPE_CHECKING:
    from ...plotting import Chart
    from .checks import WorkflowCheck
    from .simulate import LeadTime

START, ENDS = "draft", ("published",)
HOURS_A_DAY = 8.0


@dataclass(frozen=True)
class Step:
    """One step. step_id: unique. name: 正體中文. responsible: who does it (R). accountable: who answers for it (A), one person.

    needs: ids of steps that must be done first. hours: of work, mean. sla: working hours in which it has to be done.
    before: the state in which the post has to be, or empty for any; after: the state it gets, or empty for the same.
    returns: share (0–1) sent to ``return_to`` instead of ``after``. makes: whether the content of the post is made here.
    consulted, informed: names.

    Raises TableError for a state that is none, hours or a share that cannot be.
    """

    step_id: str
    name: str
    responsible: str
    accountable: tuple[str, ...]
    needs: tuple[str, ...] = ()
    hours: float = 1.0
    sla: float | None = None
    before: str = ""
    after: str = ""
    returns: float = 0.0
    return_to: str = ""
    makes: bool = False
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"步驟 {self.name or self.step_id}"
        for name in ("accountable", "needs", "consulted", "informed"):
            value = getattr(self, name)
            if isinstance(value, str) or not all(isinstance(v, str) for v in value):
                raise TableError(f"{name} 要是一串文字", where=where, next_step='例如 ["佩蓁"]')
            object.__setattr__(self, name, tuple(dict.fromkeys(v.strip() for v in value if v.strip())))
        for state in (self.before, self.after, self.return_to):
            if state and state not in STATUSES:
                raise TableError(f"沒有「{state}」這個狀態", where=where, next_step=f"可用：{'、'.join(STATUSES)}")
        if not 0 < self.hours < float("inf") or (self.sla is not None and not 0 < self.sla < float("inf")):
            raise TableError("工時和時限要是大於 0 的小時數", where=where, next_step="例如 hours=2, sla=16")
        if not 0 <= self.returns < 1 or bool(self.returns) != bool(self.return_to):
            raise TableError(
                "退回的比例要在 0 和 1 之間，並且說出退到哪個狀態", where=where,
                next_step='例如 returns=0.3, return_to="changes_requested"',
            )  # fmt: skip


@dataclass(frozen=True)
class Person:
    """How a person's time comes: share (0–1) of the working day for this process; looks in every so many working hours (0: always)."""

    share: float = 1.0
    every: float = 0.0


@dataclass(frozen=True)
class Workflow:
    """Steps in order, and how the time of the people comes.

    Raises TableError for a step id that stands twice or is waited for but missing, and for a person with no time.

    >>> flow = Workflow("小流程", (Step("copy", "寫文案", "阿洛", ("佩蓁",)),))
    >>> flow.step("copy").responsible
    '阿洛'
    """

    name: str
    steps: tuple[Step, ...]
    people: Mapping[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        ids = [step.step_id for step in self.steps]
        if len(set(ids)) < len(ids) or not ids:
            raise TableError("步驟的代號要各出現一次", where=self.name, next_step="請替每一步取不同的代號")
        for step in self.steps:
            for need in step.needs:
                if need not in ids:
                    raise TableError(
                        f"步驟「{step.name}」在等 {need}，流程裡沒有這一步", where=self.name, next_step=f"有的步驟：{'、'.join(ids)}"
                    )
        for who, person in self.people.items():
            if not 0 < person.share <= 1 or not 0 <= person.every < float("inf"):
                raise TableError(f"{who}的時間要大於 0", where=self.name, next_step="例如 Person(share=0.5, every=8)")

    def step(self, step_id: str) -> Step:
        """One step; raises NotFound with the ids there are."""
        for step in self.steps:
            if step.step_id == step_id:
                return step
        raise NotFound(f"流程裡沒有 {step_id} 這一步", next_step=f"有的步驟：{'、'.join(s.step_id for s in self.steps)}")

    def change(self, step_id: str, **changes: Any) -> Workflow:
        """A workflow with some fields of one step changed; raises NotFound for the step, TableError for a field."""
        old = self.step(step_id)
        unknown = set(changes) - {f.name for f in fields(Step)}
        if unknown:
            raise TableError(f"步驟沒有 {'、'.join(sorted(unknown))} 這個欄位", where=old.name, next_step="看 Step 的說明")
        new = replace(old, **changes)
        return replace(self, steps=tuple(new if s.step_id == step_id else s for s in self.steps))

    def add(self, step: Step) -> Workflow:
        """A workflow with one more step."""
        return replace(self, steps=(*self.steps, step))

    def remove(self, step_id: str) -> Workflow:
        """A workflow without a step, and without waiting for it."""
        gone = self.step(step_id).step_id
        left = [replace(s, needs=tuple(n for n in s.needs if n != gone)) for s in self.steps if s.step_id != gone]
        return replace(self, steps=tuple(left))

    def named(self, name: str) -> Workflow:
        """The same workflow under another name."""
        return replace(self, name=name)

    def with_person(self, who: str, share: float = 1.0, every: float = 0.0) -> Workflow:
        """A workflow in which a person's time comes otherwise."""
        return replace(self, people={**self.people, who: Person(share, every)})

    @property
    def table(self) -> pd.DataFrame:
        """A row a step: name, R, A, waits for, hours, SLA, states."""
        names = {s.step_id: s.name for s in self.steps}
        rows = [
            {
                "步驟": s.name, "做的人 R": s.responsible, "拍板的人 A": "、".join(s.accountable),
                "要等": "、".join(names[n] for n in s.needs), "工時": s.hours, "時限": s.sla,
                "狀態": f"{STATUSES.get(s.before, '')} → {STATUSES.get(s.after, '')}" if s.after else "",
                "退回": f"{s.returns:.0%} 到{STATUSES[s.return_to]}" if s.return_to else "",
            }
            for s in self.steps
        ]  # fmt: skip
        return pd.DataFrame(rows, index=[s.step_id for s in self.steps])

    @property
    def raci(self) -> pd.DataFrame:
        """Step × person: R, A, C, I."""
        who = {s.name: [(s.responsible, "R"), *((p, "A") for p in s.accountable), *((p, "C") for p in s.consulted), *((p, "I") for p in s.informed)] for s in self.steps}  # fmt: skip
        people = list(dict.fromkeys(p for rows in who.values() for p, _ in rows if p))
        rows = {step: {p: "／".join(role for q, role in given if q == p) for p in people} for step, given in who.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=people)

    def check(self) -> WorkflowCheck:
        """What keeps a post from coming through, with the smallest reason."""
        from .checks import check

        return check(self)

    def simulate(self, posts: int = 80, per_week: float = 5, seed: int = 0) -> LeadTime:
        """How long posts take, in a small seeded simulation."""
        from .simulate import simulate

        return simulate(self, posts, per_week, seed)

    def plot(self) -> Chart:
        """The workflow as a picture, its faults marked."""
        from .picture import draw

        return draw(self, self.check())

    def __repr__(self) -> str:
        return f"{self.name}：{len(self.steps)} 個步驟，{len(self.raci.columns)} 個人"


def workflow(name: str, rows: Sequence[Mapping[str, Any]], people: Mapping[str, Mapping[str, float]] | None = None) -> Workflow:
    """A workflow from plain rows, as in a YAML file; ``id`` is the step's id. Raises TableError for a row with unknown fields."""
    known = {f.name for f in fields(Step)} - {"step_id"} | {"id"}
    steps = []
    for row in rows:
        if unknown := set(row) - known:
            raise TableError(f"步驟沒有 {'、'.join(sorted(unknown))} 這個欄位", where=name, next_step=f"可用：{'、'.join(sorted(known))}")
        steps.append(Step(step_id=str(row["id"]), **{k: v for k, v in row.items() if k != "id"}))
    return Workflow(name, tuple(steps), {who: Person(**given) for who, given in (people or {}).items()})
