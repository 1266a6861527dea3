"""Ways to run a live drill without a person: plain baselines, a triage rule, and a rule book of one's own.

The ordered baselines are given the best action for everything they take up, so that only the order tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...errors import NotFound
from ...sandbox.streams import generator
from .drill import LiveDrill, LiveState, Policy
from .injects import Inject, draw, scenario
from .judging import best_plan, harm, total_harm

AHEAD = 30
"""Seconds of further waiting that the triage rule looks at."""


def quickest(inject: Inject) -> str:
    """The best action that takes least time."""
    return min(inject.kind.best, key=lambda name: scenario().actions[name].seconds)


def ignore_all(state: LiveState) -> None:
    """Do nothing."""
    return


def at_random(seed: int = 0) -> Policy:
    """Anything that waits, with any action; the same for the same seed."""

    def policy(state: LiveState) -> tuple[int, str]:
        rng = generator(seed, "live", "random", state.seed, state.now, len(state.turns))
        waiting, actions = state.waiting, list(scenario().actions)
        return waiting[int(rng.integers(len(waiting)))].number, actions[int(rng.integers(len(actions)))]

    return policy


def answer_all(state: LiveState) -> tuple[int, str]:
    """The oldest first, and every one gets an answer from the sheet."""
    return state.waiting[0].number, "answer"


def first_come(state: LiveState) -> tuple[int, str]:
    """The oldest first, with its best action."""
    return state.waiting[0].number, quickest(state.waiting[0])


def loudest(state: LiveState) -> tuple[int, str]:
    """What most people say or like first, with its best action."""
    inject = max(state.waiting, key=lambda i: (i.echo, -i.at))
    return inject.number, quickest(inject)


def urgency(inject: Inject, action: str, now: int) -> float:
    """Harm points that a little more waiting adds, a second of attention that the action takes.

    What does not grow any more, or not yet, counts by what there is left to save, far behind.
    """
    seconds = max(1, scenario().actions[action].seconds)
    end = now + seconds - inject.at
    growing = inject.kind.waited(end + AHEAD) - inject.kind.waited(end)
    left = inject.kind.most - inject.kind.waited(end)
    return (growing + 0.1 * left) / seconds


def triage(state: LiveState) -> tuple[int, str]:
    """What loses most by waiting, a second of attention, first; with its best action."""
    inject = max(state.waiting, key=lambda i: (urgency(i, quickest(i), state.now), -i.number))
    return inject.number, quickest(inject)


BASELINES: Mapping[str, Policy] = {
    "都不理": ignore_all,
    "亂按": at_random(),
    "每則都照小抄回": answer_all,
    "先看最大聲的": loudest,
    "先來先處理": first_come,
    "先看等不起的": triage,
}
"""Policies by name, worst first as measured."""


def rule_book(order: str, actions: Mapping[str, str]) -> Policy:
    """A policy of one's own: an order (``oldest``, ``loudest``, ``angriest`` or ``urgent``) and actions by kind.

    Kinds that are not in ``actions`` get their best action; an action of ``ignore`` leaves the kind alone at once.

    Raises NotFound for an unknown order or kind.
    """
    if order not in ORDER_BY:
        raise NotFound(f"沒有「{order}」這種順序", next_step=f"可用的有 {'、'.join(ORDER_BY)}")
    if unknown := sorted(set(actions) - set(scenario().kinds)):
        raise NotFound(f"沒有「{'、'.join(unknown)}」這種狀況", where="actions")
    chosen = {kind: scenario().action(action).id for kind, action in actions.items()}

    def action(inject: Inject) -> str:
        return chosen.get(inject.kind.id) or quickest(inject)

    def policy(state: LiveState) -> tuple[int, str]:
        inject = max(state.waiting, key=lambda i: (*ORDER_BY[order](i, action(i), state.now), -i.number))
        return inject.number, action(inject)

    return policy


def _angry(inject: Inject) -> bool:
    return inject.kind.id in ("angry_customer", "troll_flood", "troll_bait", "rumour", "sexist_joke")


ORDER_BY: Mapping[str, Callable[[Inject, str, int], tuple[float, ...]]] = {
    "oldest": lambda inject, action, now: (-inject.at,),
    "loudest": lambda inject, action, now: (inject.echo, -inject.at),
    "angriest": lambda inject, action, now: (_angry(inject), -inject.at),
    "urgent": lambda inject, action, now: (urgency(inject, action, now),),
}


def run(policy: Policy, seed: int) -> LiveDrill:
    """A finished drill of this seed under a policy.

    >>> run(triage, 1).review().score > run(first_come, 1).review().score > run(ignore_all, 1).review().score
    True
    """
    return LiveDrill(seed).run(policy)


def first_come_at(seed: int, pace: float) -> float:
    """Score of first come first served with hands that need ``pace`` times the usual seconds for everything.

    100 is the best plan at the usual pace, so fast hands may get above it.

    >>> round(first_come_at(1, 1.0)) == round(run(first_come, 1).review().score)
    True
    """
    free, total = 0.0, 0.0
    for inject in draw(seed):
        action = quickest(inject)
        seconds = pace * scenario().actions[action].seconds
        start = max(free, inject.at)
        if not seconds or start >= scenario().seconds:
            total += sum(harm(inject, None))
            continue
        free = start + seconds
        total += inject.kind.waited(free - inject.at)
    nothing, best = total_harm(LiveState(seed)), best_plan(seed).cost
    return 100 * (nothing - total) / (nothing - best)
