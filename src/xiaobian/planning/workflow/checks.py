"""Where a workflow cannot go on: each fault with its smallest reason, consequences left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ..calendar.planned import STATUSES
from .process import ENDS, START, Step, Workflow

if TYPE_CHECKING:
    from ...plotting import Chart

KINDS: dict[str, str] = {
    "waiting_cycle": "互相等待",
    "no_way_out": "沒有出口",
    "trap": "繞不出去",
    "never_done": "永遠輪不到",
    "unreachable": "走不到",
    "nobody": "沒有人拍板",
    "two": "不只一個人拍板",
    "own_work": "自己核可自己",
    "no_doer": "沒有人做",
    "sla": "時限做不到",
}
Edges = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Fault:
    """One fault. kind: a key of KINDS; names: the smallest set of steps, states or people that make it; steps: their ids."""

    kind: str
    names: tuple[str, ...]
    what: str
    fix: str
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"✗ {KINDS[self.kind]}：{self.what}。{self.fix}。"


@dataclass(frozen=True, repr=False)
class WorkflowCheck(Result):
    """What ``check()`` found: faults, those that stop a post first. table: a row each: kind, names, what, fix."""

    workflow: Workflow
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    @property
    def table(self) -> pd.DataFrame:
        """A row a fault."""
        rows = [{"kind": KINDS[f.kind], "names": "、".join(f.names), "what": f.what, "fix": f.fix} for f in self.faults]
        return pd.DataFrame(rows, columns=["kind", "names", "what", "fix"])

    def say(self) -> str:
        """How many faults there are and the first of them."""
        if self.ok:
            return f"{self.workflow.name}：{len(self.workflow.steps)} 個步驟都走得通，每一步有一個人拍板。"
        return f"{self.workflow.name}：找到 {len(self.faults)} 個問題。先修這一個：{self.faults[0]}"

    def plot(self) -> Chart:
        """The workflow with its faults marked."""
        from .picture import draw

        return draw(self.workflow, self)

    def __str__(self) -> str:
        return "\n".join([self.say(), *map(str, self.faults[1:])])


def check(flow: Workflow) -> WorkflowCheck:
    """Find what keeps a post from coming through a workflow.

    Waiting in a circle is named by the shortest circle. A state is asked for a way out only when a post can come there, and
    what merely follows from an earlier fault is not reported again.

    >>> from xiaobian.planning.workflow.process import Step, Workflow
    >>> flow = Workflow("甲", (Step("a", "寫文案", "阿洛", ("佩蓁",), ("b",)), Step("b", "做圖", "允安", ("佩蓁",), ("a",))))
    >>> check(flow).faults[0].names
    ('寫文案', '做圖')
    """
    faults = [*_circles(flow), *_states(flow), *_people(flow), *_limits(flow)]
    return WorkflowCheck(flow, tuple(faults))


# ── waiting ──


def shortest_circle(edges: Edges) -> list[str]:
    """The shortest way from a node back to itself, or an empty list; of equals the first found.

    >>> shortest_circle({"a": ["b"], "b": ["c", "a"], "c": ["a"]})
    ['a', 'b']
    """
    best: list[str] = []
    for start in edges:
        before: dict[str, str] = {}
        queue = deque([start])
        while queue and start not in before:
            here = queue.popleft()
            for there in edges.get(here, ()):
                if there not in before:
                    before[there] = here
                    queue.append(there)
        if start in before:
            way, here = [start], before[start]
            while here != start:
                way.append(here)
                here = before[here]
            way = [way[0], *reversed(way[1:])]
            best = way if not best or len(way) < len(best) else best
    return best


def _circles(flow: Workflow) -> Iterator[Fault]:
    """Circles of waiting, shortest first; steps of one found are not searched again."""
    edges = {step.step_id: list(step.needs) for step in flow.steps}
    while way := shortest_circle(edges):
        names = tuple(flow.step(i).name for i in way)
        if len(way) == 1:
            what = f"「{names[0]}」在等自己做完"
        else:
            what = "，".join(f"「{a}」等「{b}」" for a, b in zip(names, (*names[1:], names[0]), strict=True)) + "，誰都不會先動"
        yield Fault("waiting_cycle", names, what, "拿掉其中一個等待：先做一個草稿版，或把兩步併成一步", tuple(way))
        edges = {i: [n for n in needs if n not in way] for i, needs in edges.items() if i not in way}


# ── states ──


def _states(flow: Workflow) -> list[Fault]:
    stuck = {i for fault in _circles(flow) for i in fault.steps}
    reached, done = reach(flow)
    found = list(_no_way_out(flow, reached))
    if not stuck and not found:
        found = _never_done(flow, reached, done)
    if not [f for f in found if f.kind == "never_done"]:
        found += _traps(flow, reached, {f.names[0] for f in found})
    if not stuck and not found:
        found = _unreachable(flow, reached)
    return found


def reach(flow: Workflow) -> tuple[set[str], set[str]]:
    """States a post can come to, and steps that can be done, when every person does what can be done.

    Steps in a circle of waiting are taken as done, so that what merely follows from the circle is not a second fault.
    """
    states, done = {START}, {i for fault in _circles(flow) for i in fault.steps}
    grown = True
    while grown:
        grown = False
        for step in flow.steps:
            if not set(step.needs) <= done or (step.before and step.before not in states):
                continue
            new = {s for s in (step.after, step.return_to) if s} - states
            grown = grown or bool(new) or step.step_id not in done
            states |= new
            done.add(step.step_id)
    return states, done


def _leaving(flow: Workflow, state: str) -> list[Step]:
    return [step for step in flow.steps if step.before == state]


def _no_way_out(flow: Workflow, reached: set[str]) -> Iterator[Fault]:
    for state in STATUSES:
        if state in reached and state not in ENDS and not _leaving(flow, state) and _moves(flow):
            name = STATUSES[state]
            into = next((s for s in flow.steps if state in (s.after, s.return_to)), None)
            how = f"「{into.name}」會把貼文變成「{name}」，" if into else ""
            fix = f"加一步，說好誰在「{name}」之後接手、接到哪個狀態"
            yield Fault("no_way_out", (name,), f"{how}之後沒有任何一步接手", fix, (into.step_id,) if into else ())


def _moves(flow: Workflow) -> bool:
    return any(step.after for step in flow.steps)


def _traps(flow: Workflow, reached: set[str], dead: set[str]) -> Iterator[Fault]:
    """States with ways out, none of which ever leads to an end or to a dead end that is reported already."""
    goals = {s for s in reached if s in ENDS or STATUSES[s] in dead}
    safe, grown = set(goals), True
    while grown:
        into = {s.before for s in flow.steps if s.before and {s.after, s.return_to} & safe} - safe
        grown, safe = bool(into), safe | into
    lost = [s for s in STATUSES if s in reached - safe and _leaving(flow, s)]
    if lost and _moves(flow):
        ways = {s: [t for step in _leaving(flow, s) for t in (step.after, step.return_to) if t in lost] for s in lost}
        ring = shortest_circle(ways) or lost
        names = tuple(STATUSES[s] for s in ring)
        steps = tuple(step.step_id for s in ring for step in _leaving(flow, s))
        what = f"貼文在「{'」「'.join(names)}」之間繞，永遠到不了「{STATUSES[ENDS[0]]}」"
        yield Fault("trap", names, what, "替其中一個狀態加一條通往發佈的路", steps)


def _never_done(flow: Workflow, reached: set[str], done: set[str]) -> list[Fault]:
    """Steps that wait for one another through needs and states together."""
    left = [s for s in flow.steps if s.step_id not in done and not _hopeless(flow, s)]
    makers = {
        s.step_id: [m.step_id for m in flow.steps if s.before in (m.after, m.return_to) and m.step_id not in done and not _behind(m, s)]
        for s in left
        if s.before and s.before not in reached
    }
    edges = {s.step_id: [*(n for n in s.needs if n not in done), *makers.get(s.step_id, ())] for s in left}
    ring = shortest_circle(edges)
    if not ring:
        return []
    names = tuple(flow.step(i).name for i in ring)
    what = "、".join(f"「{name}」" for name in names) + "隔著狀態互相等待，沒有一步輪得到"
    return [Fault("never_done", names, what, "把其中一步的先後或狀態改掉", tuple(ring))]


def _behind(maker: Step, step: Step) -> bool:
    """Whether a step that leads to another's state itself waits for that other."""
    return maker is step or (bool(maker.before) and maker.before in (step.after, step.return_to))


def _hopeless(flow: Workflow, step: Step) -> bool:
    """Whether no step at all leads to the state that a step asks for."""
    return bool(step.before) and step.before != START and not any(step.before in (s.after, s.return_to) for s in flow.steps)


def _unreachable(flow: Workflow, reached: set[str]) -> list[Fault]:
    found = []
    for state in STATUSES:
        asking = _leaving(flow, state)
        if state not in reached and asking:
            name = STATUSES[state]
            what = f"「{asking[0].name}」要等貼文變成「{name}」，卻沒有一步會把它變成「{name}」"
            found.append(Fault("unreachable", (name,), what, "補上通往這個狀態的一步，或把這一步拿掉", tuple(s.step_id for s in asking)))
    return found


# ── people and limits ──


def _people(flow: Workflow) -> Iterator[Fault]:
    for step in flow.steps:
        mine = (step.step_id,)
        if not step.responsible.strip():
            yield Fault("no_doer", (step.name,), f"「{step.name}」沒有寫誰來做", "填一個名字，不要填部門", mine)
        if not step.accountable:
            yield Fault("nobody", (step.name,), f"「{step.name}」做完了，沒有人有權說可以", "指定一個人拍板（A）", mine)
        if len(step.accountable) > 1:
            names = (step.name, *step.accountable)
            what = f"「{step.name}」有{len(step.accountable)}個人拍板：{'、'.join(step.accountable)}，意見不同就停住"
            yield Fault("two", names, what, "留一個人拍板，其他人改成諮詢（C）", mine)
    yield from _own_work(flow)


def _own_work(flow: Workflow) -> Iterator[Fault]:
    makers = {s.responsible: s for s in reversed(flow.steps) if s.makes or s.after == "submitted"}
    for step in flow.steps:
        if step.after != "approved" or step.before != "submitted":
            continue
        for who in dict.fromkeys((step.responsible, *step.accountable)):
            if who and who in makers:
                what = f"「{step.name}」由{who}核可，而「{makers[who].name}」也是{who}做的"
                yield Fault("own_work", (step.name, who), what, "換一個沒有經手內容的人核可", (step.step_id,))
                break


def _limits(flow: Workflow) -> Iterator[Fault]:
    for step in flow.steps:
        person = flow.people.get(step.responsible)
        least = step.hours / person.share if person else step.hours
        if step.sla is not None and least > step.sla:
            what = f"「{step.name}」要做 {least:g} 小時，時限只有 {step.sla:g} 小時"
            yield Fault("sla", (step.name,), what, "放寬時限、拆小這一步，或多給做的人時間", (step.step_id,))
        elif step.sla is not None and person and person.every > step.sla:
            what = f"「{step.name}」的時限是 {step.sla:g} 小時，{step.responsible}每 {person.every:g} 小時才看一次"
            yield Fault("sla", (step.name, step.responsible), what, "約定多看幾次，或換人做這一步", (step.step_id,))
