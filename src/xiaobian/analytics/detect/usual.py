"""What is usual on a page, learnt hour by hour from the past alone: volume by hour and day, negative share, their scatter.

Hours that look like a buzz or a crisis teach little; when nothing has looked calm for days, what lasts becomes the new
usual. All numbers are 設計參數, chosen as in ``stories``.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24
PROFILE_DAYS, LEVEL_DAYS, WEEKEND_DAYS, SCATTER_DAYS = 14.0, 3.0, 28.0, 28.0
SHARE_DAYS, LONG_DAYS = 5.0, 28.0
"""Half-lives of what is remembered."""
FIRST_SHARE, FIRST_WEIGHT = 0.125, 16.0
"""Negative share before anything was seen, and how many mentions that is worth."""
LONG_WEIGHT, MOST_LABELLED = 20.0, 400.0
"""What the long memory of the share is worth to the short one; the most that one hour may teach, in mentions."""
ALIKE, ALIKE_HOURS, ALIKE_RANGE = 1 / 61, 48.0, (1 / 400, 1 / 8)
"""Scatter of the negative share between hours (1 ÷ (concentration + 1)), what that belief is worth, its limits."""
BLOCK, LASTING_BLOCKS = 6, 24.0
"""Hours taken together to see whether moods last; if they do, each hour says less."""
UNEVEN, UNEVEN_HOURS, UNEVEN_RANGE = 0.1, 48.0, (0.02, 0.6)
"""Scatter of the volume (1 ÷ shape of the negative binomial), the same."""
STUCK_HOURS, STUCK_WEIGHT = 72, 0.3
LEARN_HOURS = 24, 168
"""Volume says nothing in the first 24 hours, and all it can after a week."""


@dataclass(slots=True)
class Mean:
    """A weighted sum and its weights, both weighted down with age."""

    kept: float
    total: float = 0.0
    weight: float = 0.0

    def fade(self) -> None:
        """An hour passes."""
        self.total *= self.kept
        self.weight *= self.kept

    def add(self, value: float, weight: float) -> None:
        """Take in a value that counts ``weight``."""
        self.total += value
        self.weight += weight

    def near(self, prior: float, worth: float) -> float:
        """The mean, drawn to a prior that counts ``worth``."""
        return (self.total + prior * worth) / (self.weight + worth)


def _remembering(days: float) -> Mean:
    return Mean(0.5 ** (1 / (DAY * days)))


class Usual:
    """Sums over the past, weighted down with age."""

    def __init__(self) -> None:
        self.hours = self.since_calm = 0
        self.counts = [_remembering(PROFILE_DAYS) for _ in range(DAY)]
        self.overall, self.level = _remembering(PROFILE_DAYS), _remembering(LEVEL_DAYS)
        self.worked, self.free = _remembering(WEEKEND_DAYS), _remembering(WEEKEND_DAYS)
        self.short, self.long = _remembering(SHARE_DAYS), _remembering(LONG_DAYS)
        self.alike, self.uneven = _remembering(SCATTER_DAYS), _remembering(SCATTER_DAYS)
        self.lasting = _remembering(SCATTER_DAYS)
        self._block = [0.0, 0.0, 0.0, 0.0]
        self._all = [
            *self.counts, self.overall, self.level, self.worked, self.free, self.short, self.long, self.alike, self.uneven, self.lasting
        ]  # fmt: skip

    def mentions(self, slot: int, free: bool) -> float:
        """Mentions expected at an hour of the day; free: on Saturdays and Sundays. At least a little."""
        return max(self._shape(slot) * self._level() * self._day(free), 0.02)

    def _shape(self, slot: int) -> float:
        """What the hour of the day brings."""
        before, here, after = self.counts[slot - 1], self.counts[slot], self.counts[(slot + 1) % DAY]
        total = 0.25 * before.total + 0.5 * here.total + 0.25 * after.total
        weight = 0.25 * before.weight + 0.5 * here.weight + 0.25 * after.weight
        return (total + 0.3 * self.overall.near(0.0, 1e-9)) / (weight + 0.3)

    def _level(self) -> float:
        return self.level.near(1.0, 5.0)

    def _day(self, free: bool) -> float:
        worth = max(DAY * self.overall.near(0.0, 1e-9), 1.0)
        return (self.free if free else self.worked).near(1.0, worth)

    @property
    def share(self) -> float:
        """Usual negative share."""
        return self.short.near(self.long.near(FIRST_SHARE, FIRST_WEIGHT), LONG_WEIGHT)

    @property
    def concentration(self) -> float:
        """How alike hours are in their share, lower while the share itself is not known well."""
        lasting = BLOCK * self.lasting.near(ALIKE / BLOCK, LASTING_BLOCKS)
        rho = max(self.alike.near(ALIKE, ALIKE_HOURS), lasting)
        known = 1 / _within(rho, ALIKE_RANGE) - 1
        return 1 / (1 / known + 1 / (self.short.weight + LONG_WEIGHT))

    @property
    def shape(self) -> float:
        """Shape of the negative binomial of the volume."""
        return 1 / _within(self.uneven.near(UNEVEN, UNEVEN_HOURS), UNEVEN_RANGE)

    @property
    def trust(self) -> float:
        """How much the volume may say, 0 on the first day to 1 after a week."""
        first, full = LEARN_HOURS
        return min(max((self.hours - first) / (full - first), 0.0), 1.0)

    def fade(self) -> None:
        """An hour passes."""
        self.hours += 1
        for one in self._all:
            one.fade()

    def learn(
        self, slot: int, free: bool, mentions: float, labelled: float, negative: float, calm: float
    ) -> None:
        """Take an hour in; calm: how much it looks like a calm one, 0–1."""
        self.since_calm = 0 if calm > 0.5 else self.since_calm + 1
        weight = max(calm, STUCK_WEIGHT if self.since_calm > STUCK_HOURS else 0.0)
        if weight < 1e-3:
            return
        self._learn_share(labelled, negative, weight)
        known, seen = self.hours > DAY, mentions
        if known:
            bare, day, level = self._shape(slot), self._day(free), self._level()
            mean = max(bare * day * level, 0.02)
            seen = min(mentions, 4 * mean + 4)
            size = weight * mean / (mean + 3)
            scatter = ((seen - mean) ** 2 - mean) / mean**2
            self.uneven.add(size * min(max(scatter, -1.0), 4.0), size)
            self.level.add(weight * seen, weight * bare * day)
            (self.free if free else self.worked).add(weight * seen, weight * bare * level)
        self.counts[slot].add(weight * seen, weight)
        self.overall.add(weight * seen, weight)

    def _learn_share(self, labelled: float, negative: float, weight: float) -> None:
        if labelled > 0:
            p, got = self.share, negative / labelled
            size = weight * labelled / (labelled + 60)
            off = ((got - p) ** 2 - p * (1 - p) / labelled) / (p * (1 - p))
            self.alike.add(size * min(off, 0.3), size * (1 - 1 / max(labelled, 1.5)))
            self._learn_lasting(labelled, negative, weight, p)
            much = weight * min(1.0, MOST_LABELLED / labelled)
            self.short.add(much * negative, much * labelled)
            self.long.add(much * negative, much * labelled)

    def _learn_lasting(self, labelled: float, negative: float, weight: float, share: float) -> None:
        """Scatter of the share of BLOCK hours together, which is smaller only where moods do not last."""
        self._block = [a + b for a, b in zip(self._block, (1.0, weight, labelled, negative), strict=True)]
        hours, calm, many, bad = self._block
        if hours >= BLOCK:
            size = calm / hours * many / (many + 60)
            off = ((bad / many - share) ** 2 - share * (1 - share) / many) / (share * (1 - share))
            self.lasting.add(size * min(off, 0.3), size)
            self._block = [0.0, 0.0, 0.0, 0.0]


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
