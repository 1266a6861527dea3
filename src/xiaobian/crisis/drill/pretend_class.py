"""A simulated class: records of drills that nobody played, to try class mode with. Every name says that it is simulated."""

from __future__ import annotations

from ...sandbox.streams import generator
from . import record
from .setup import Setup
from .state import Move

LATE = (0, 10, 30, 90, 240)
"""Minutes that a simulated learner lets a decision wait, each as likely (設計參數)."""
HELD = 0.4
"""Share that holds the scheduled posts at the start (設計參數)."""


def practice_class(scenario: str, seed: int, n: int = 12, *, draw: int = 0) -> dict[str, str]:
    """Records of n simulated learners of one drill, name → record. Each takes any option of each decision, some time late.

    scenario, seed: of the drill, the same for all. draw: of the learners. Raises NotFound for an unknown scenario, AnswerError
    for a seed out of range.

    >>> list(practice_class("wrong_price", 1, 2))
    ['模擬 01', '模擬 02']
    """
    setup = Setup(scenario, seed)
    return {f"模擬 {number:02d}": record.packed(setup, _moves(setup, draw, number)) for number in range(1, n + 1)}


def _moves(setup: Setup, draw: int, number: int) -> list[Move]:
    rng = generator(setup.seed, "practice_class", setup.scenario, draw, number)
    moves = [Move("pause", 0)] if rng.random() < HELD else []
    for decision in setup.told.decisions:
        option = decision.options[int(rng.integers(len(decision.options)))]
        minute = -(-round(decision.hour * 60) // 1) + LATE[int(rng.integers(len(LATE)))]
        moves.append(Move("decide", minute, choice=option.id))
    return moves
