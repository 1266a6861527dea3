"""An online watcher: after each hour, how likely it is that a crisis is on, given that hour and the past alone.

A hidden Markov filter (Rabiner 1989, doi:10.1109/5.18626) over the states of ``stories``: volume is negative binomial around
the usual one, negatives are beta-binomial given the volume, so that a busy hour in the usual mood is no crisis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from ..measures import Floats
from .stories import stories
from .usual import Usual


@dataclass(frozen=True)
class Errors:
    """A classifier's sensitivity (negatives it calls negative) and specificity (others it does not), 0–1."""

    sensitivity: float = 1.0
    specificity: float = 1.0

    def seen(self, share: Floats) -> Floats:
        """The share it reports where the true negative share is ``share``."""
        return np.asarray(share * self.sensitivity + (1 - share) * (1 - self.specificity))

    def true(self, share: float) -> float:
        """The true share behind a reported one, kept within 0–1 (Rogan & Gladen 1978, doi:10.1093/oxfordjournals.aje.a112510).

        >>> round(Errors(0.8, 0.8).true(0.26), 3)
        0.1
        """
        sharp = self.sensitivity + self.specificity - 1
        return float(np.clip((share - (1 - self.specificity)) / max(sharp, 0.05), 0, 1))


@dataclass(frozen=True)
class Seen:
    """What was thought of one hour. usual: mentions expected. usual_share: reported negative share expected. crisis,
    buzz: chances that one is on."""

    usual: float
    usual_share: float
    crisis: float
    buzz: float


class Watcher:
    """Give it one hour after another; it never looks ahead.

    labelled: whether negatives are counted at all.
    """

    def __init__(self, labelled: bool = True) -> None:
        self._stories = stories(labelled)
        self._labelled = labelled
        self._belief = self._stories.start
        self.usual = Usual()

    def skip(self) -> Seen:
        """An hour of which nothing is known."""
        self.usual.fade()
        self._belief = self._belief @ self._stories.moves
        return self._seen(np.nan)

    def hour(
        self,
        slot: int,
        free: bool,
        mentions: float,
        labelled: float,
        negative: float,
        errors: Errors = Errors(),
    ) -> Seen:
        """One hour. slot: hour of the day. free: on Saturdays and Sundays. labelled: mentions with a label; negative: of those."""
        usual = self.usual
        expected = usual.mentions(slot, free)
        fit = usual.trust * self._volume(mentions, expected)
        if self._labelled and labelled > 0:
            fit = fit + self._mood(labelled, negative, errors)
        belief = (self._belief @ self._stories.moves) * np.exp(fit - fit.max())
        self._belief = belief / belief.sum()
        seen = self._seen(expected)
        usual.fade()
        usual.learn(slot, free, mentions, labelled, negative, float(self._belief[0]))
        return seen

    def _seen(self, expected: float) -> Seen:
        crisis = float(self._belief[self._stories.crisis].sum())
        return Seen(expected, self.usual.share, crisis, float(1 - self._belief[0] - crisis))

    def _volume(self, mentions: float, expected: float) -> Floats:
        """Log likelihood of the volume in each state, up to what all share."""
        mean, k = expected * self._stories.times, self.usual.shape
        return np.asarray(mentions * np.log(mean / (k + mean)) - k * np.log(k + mean))

    def _mood(self, labelled: float, negative: float, errors: Errors) -> Floats:
        """Log likelihood of the negatives among the labelled in each state, up to what all share."""
        share, s = self.usual.share, self.usual.concentration
        true = errors.true(share)
        bad = errors.seen(true + self._stories.soured * (1 - true))
        extra = self._stories.extra
        mixed = np.clip((share + extra * np.maximum(bad, share)) / (1 + extra), 0.002, 0.998)
        a, b = mixed * s, (1 - mixed) * s
        return np.asarray(gammaln(negative + a) + gammaln(labelled - negative + b) - gammaln(a) - gammaln(b))
