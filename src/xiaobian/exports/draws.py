"""Seeded draws that are the same on every platform and version of Python."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any


class Draw:
    """A seeded stream that gives the same draws on every platform and version of Python."""

    def __init__(self, *names: object) -> None:
        self._random = random.Random("/".join(map(str, names)))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def lognormal(self, median: float, spread: float) -> float:
        unit = min(max(self._random.random(), 1e-12), 1 - 1e-12)
        return median * math.exp(spread * NormalDist().inv_cdf(unit))

    def count(self, mean: float) -> int:
        """A whole number with this mean."""
        return int(mean + self._random.random())

    def pick(self, items: Sequence[Any]) -> Any:
        return items[int(self._random.random() * len(items))]

    def shuffled(self, items: Sequence[Any]) -> list[Any]:
        order = sorted(range(len(items)), key=[self._random.random() for _ in items].__getitem__)
        return [items[position] for position in order]
