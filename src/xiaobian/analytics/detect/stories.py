"""Three stories about an hour, and how one turns into another: calm, a buzz, a crisis.

A buzz brings more mentions of the usual mood; a crisis brings mentions of which most are negative. Each comes in several
sizes, so that what is asked of an hour is only: which story fits it better? All numbers are 設計參數, chosen on the streams
``sandbox.mentions`` of seeds 9000–9019 and 9100–9115, and on no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..measures import Floats

BUZZ = (1.6, 2.5, 4.0, 7.0, 12.0, 25.0, 60.0)
"""Mentions ÷ usual in a buzz."""
EXTRA = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0)
"""Mentions that a crisis adds ÷ usual."""
SOURED = (0.4, 0.65, 0.85)
"""How far the share of what a crisis adds lies between the usual negative share (0) and all of it (1)."""
TO_BUZZ = 0.03
TO_CRISIS = 1 / 250
BUZZ_STAYS, BLIP_STAYS, CRISIS_STAYS = 0.8, 0.3, 0.98
SAME_SIZE = 0.7
"""Chance to keep its size from one hour to the next, given that the story goes on."""


@dataclass(frozen=True)
class Stories:
    """The states: calm first, then buzzes, then crises. times: mentions ÷ usual. extra, soured: of a crisis, 0 elsewhere.
    moves: log chances to go from a state (row) to another (column)."""

    times: Floats
    extra: Floats
    soured: Floats
    moves: Floats
    start: Floats

    @property
    def crisis(self) -> slice:
        """Where the crises are."""
        return slice(1 + len(BUZZ), None)


@cache
def stories(labelled: bool) -> Stories:
    """The states with labels; without, a "crisis" is a surge to at least twice the volume that lasts, and a buzz
    is a blip that does not.

    >>> s = stories(True)
    >>> len(s.times), bool(np.allclose(s.moves.sum(axis=1), 1))
    (29, True)
    """
    soured, sizes = (SOURED, EXTRA) if labelled else ((0.0,), EXTRA[1:])
    extra = np.repeat(sizes, len(soured))
    buzz, crisis = len(BUZZ), len(extra)
    group = np.repeat([0, 1, 2], [1, buzz, crisis])
    stays = BUZZ_STAYS if labelled else BLIP_STAYS
    between = np.array(
        [
            [1 - TO_BUZZ - TO_CRISIS, TO_BUZZ, TO_CRISIS],
            [1 - stays - TO_CRISIS, stays, TO_CRISIS],
            [0.6 * (1 - CRISIS_STAYS), 0.4 * (1 - CRISIS_STAYS), CRISIS_STAYS],
        ]
    )
    size = np.array([1, buzz, crisis])
    moves = between[group][:, group] / size[group]
    for n in range(1, len(group)):
        mine = group == group[n]
        stay = between[group[n], group[n]]
        moves[n, mine] = stay * (1 - SAME_SIZE) / (mine.sum() - 1)
        moves[n, n] = stay * SAME_SIZE
    return Stories(
        times=np.concatenate([[1.0], BUZZ, 1 + extra]),
        extra=np.concatenate([np.zeros(1 + buzz), extra]),
        soured=np.concatenate([np.zeros(1 + buzz), np.tile(soured, len(sizes))]),
        moves=moves,
        start=np.concatenate([[1.0], np.zeros(buzz + crisis)]),
    )
