"""Ways to run a drill without a person: plain baselines, one that knows the theory and the truth, and its shuffled twin.

A policy looks at a state every ``STEP`` minutes and says what to do: moves of that minute, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from ...sandbox.crisis.scenarios import SCENARIOS, Option, load
from ...sandbox.streams import generator
from .room import CrisisDrill
from .setup import HOUR, Setup
from .state import ACTIONS, DrillState, Move

Policy = Callable[[DrillState], Iterable[Move]]

STEP = 15
"""Minutes between two looks."""
ANSWER_OF = {"victim": "inform", "accidental": "diminish", "preventable": "rebuild"}
"""What the theory recommends for a cluster (SCCT, Coombs 2007, as the engine's table of matches holds it)."""
_HANDS = 4
"""Comments that random hands take up at a look."""


def nothing(state: DrillState) -> Iterable[Move]:
    """Do nothing at all."""
    return ()


def usual(seed: int) -> Policy:
    """One answer as firms give it: a strategy and a delay drawn from what is published, comments left alone."""

    def policy(state: DrillState) -> Iterable[Move]:
        if state.said:
            return
        parameters = state.setup.parameters
        rng = generator(seed, "drill", "usual", state.setup.scenario, state.setup.seed)
        mix: Mapping[str, float] = parameters["crisis.strategy_mix"]
        share = np.array(list(mix.values()), dtype=float)
        name = str(rng.choice(list(mix), p=share / share.sum()))
        delay = parameters["crisis.delay_median"] * np.exp(
            parameters["crisis.delay_sd"] * rng.standard_normal()
        )
        if state.minute >= delay * HOUR:
            yield Move("decide", state.minute, choice=name)

    return policy


def at_random(seed: int) -> Policy:
    """Any option of every decision once it opens, any key on a few comments, the schedule by the toss of a coin."""

    def policy(state: DrillState) -> Iterable[Move]:
        rng = generator(seed, "drill", "random", state.setup.scenario, state.setup.seed, state.minute)
        if state.decision:
            yield Move("decide", state.minute, choice=str(rng.choice(list(state.decision.options))))
        waiting = state.waiting
        for place in sorted(rng.permutation(len(waiting))[:_HANDS].tolist()):
            yield Move("act", state.minute, waiting[place].number, str(rng.choice(list(ACTIONS))))

    return policy


def by_theory(clusters: Mapping[str, str]) -> Policy:
    """Quick, concrete and warm, with the strategy of the cluster that is believed of each scenario; schedule paused at once.

    clusters: scenario id to cluster. At each decision it takes the option whose strategies fit best, disclosures first.
    """

    def policy(state: DrillState) -> Iterable[Move]:
        if not state.paused:
            yield Move("pause", state.minute)
        if state.decision:
            yield Move("decide", state.minute, choice=_fitting(state, clusters[state.setup.scenario]))
        for comment in state.waiting:
            if comment.flag and comment.flag.key != "leave":
                yield Move("act", state.minute, comment.number, comment.flag.key)

    return policy


def _fitting(state: DrillState, cluster: str) -> str:
    """The open decision's option that suits a cluster best, by the engine's table of matches and the signs it carries."""
    table = state.setup.parameters["crisis.match"][cluster]
    options = [
        option for id in (state.decision.options if state.decision else ()) if (option := state.option(id))
    ]

    def worth(option: Option) -> float:
        fit = float(np.mean([table[name] for name in option.strategy]))
        signs = option.empathy + option.explanation + option.private_channel + option.self_disclosure
        return fit + 0.1 * signs

    return max(options, key=worth).id


def true_clusters() -> dict[str, str]:
    """The cluster of every scenario, which a team has to work out."""
    return {name: load(name).cluster for name in SCENARIOS}


def shuffled_clusters(seed: int = 0) -> dict[str, str]:
    """Every scenario with a cluster that is not its own."""
    rng, names = generator(seed, "drill", "shuffled"), list(ANSWER_OF)
    wrong = {name: [c for c in names if c != cluster] for name, cluster in true_clusters().items()}
    return {name: str(rng.choice(others)) for name, others in wrong.items()}


def run(policy: Policy, setup: Setup) -> CrisisDrill:
    """A finished drill under a policy.

    >>> run(nothing, Setup("wrong_price", 1)).state.said
    ()
    """
    room = CrisisDrill(setup)
    while not room.done:
        for move in policy(room.state):
            room.run([move])
        room.advance(STEP)
    return room
