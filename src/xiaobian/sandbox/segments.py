"""A brand's readers in groups: what each group makes of each content pillar, known only here, and a history to guess it from.

A post reaches all groups; how many of each react depends on the fit of pillar and group (``audience.affinity``), on what this
brand is like, on the strength of the piece and on luck. The editors keep strong pieces for some pillars. Posting more of one
pillar wears it out, so that a mix is better than the best pillar alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import TableError
from ..tables import PILLARS, TAIPEI
from .audience import INTERESTS, interests
from .engine import Floats, expit, logit
from .parameters import Parameters, load
from .streams import generator

START = pd.Timestamp("2026-03-02")
MOST_WEEKS = 520
_TINY = 1e-12


@dataclass(frozen=True)
class Readers:
    """The readers of one simulated brand; the same seed makes the same brand.

    >>> Readers(1).shares.sum().round(6)
    np.float64(1.0)
    """

    seed: int
    platform: str = "instagram"

    @property
    def p(self) -> Parameters:
        return load()

    @property
    def shares(self) -> pd.Series:
        """Part of the readers in each group, 0–1, adding up to 1."""
        return pd.Series(interests(self.p, self.platform), index=list(INTERESTS), name="share")

    @property
    def worth(self) -> pd.Series:
        """How much a reaction of each group counts for the brand's goal (design parameter)."""
        return pd.Series(self.p["segments.worth"], name="worth").reindex(list(INTERESTS))

    @property
    def wear(self) -> float:
        """Share of the reactions lost as a pillar's part goes from 0 to 1."""
        return float(self.p["segments.wear"])

    @property
    def now(self) -> pd.Series:
        """The present mix of pillars, adding up to 1."""
        return pd.Series(self.p["habit.pillar_mix"], name="now").reindex(list(PILLARS))

    def _logits(self) -> Floats:
        """What each group makes of each pillar, for a usual piece [groups, pillars]; before any luck."""
        p, rng = self.p, generator(self.seed, "segments", "truth")
        fit = np.array([p["audience.affinity"][name] for name in PILLARS]).T
        fit = (fit - fit.mean()) / fit.std()
        own = rng.normal(0, p["segments.own_pillar_sd"], len(PILLARS)) + rng.normal(
            0, p["segments.own_sd"], fit.shape
        )
        return np.asarray(logit(np.array(p["segments.base_rate"])) + p["segments.fit"] * fit + own)

    def truth(self) -> pd.DataFrame:
        """True rate of reactions of a usual piece: a row a group, a column a pillar (reactions ÷ reach, 0–1)."""
        return pd.DataFrame(expit(self._logits()), index=list(INTERESTS), columns=list(PILLARS))

    def history(self, weeks: int = 26) -> pd.DataFrame:
        """The brand's posts by group: post_id, published_at, pillar, hook, segment, reach, engagements.

        hook: strength of the piece, 0–1, judged before posting. Raises TableError for fewer than 1 or more than 520 weeks.
        """
        if not 1 <= weeks <= MOST_WEEKS:
            raise TableError(f"weeks 要在 1 到 {MOST_WEEKS} 之間，收到的是 {weeks}", where="history")
        p, rng = self.p, generator(self.seed, "segments", "history", weeks)
        n = weeks * int(p["segments.per_week"])
        pillar = rng.choice(len(PILLARS), n, p=self.now.to_numpy())
        lift = np.array([p["segments.hook_by_pillar"][name] for name in PILLARS])[pillar]
        strength = lift + rng.standard_normal(n)
        post_luck = rng.normal(0, p["segments.post_sd"], (n, 1))
        own_luck = rng.normal(0, p["segments.post_segment_sd"], (n, len(INTERESTS)))
        rate = expit(
            self._logits()[:, pillar].T + p["segments.hook"] * strength[:, None] + post_luck + own_luck
        )
        mean, spread = p["segments.reach"]
        reach = rng.multinomial(
            np.exp(rng.normal(mean, spread, n)).astype(int), self.shares.to_numpy() / self.shares.sum()
        )
        engaged = rng.binomial(reach, rate)
        day = np.sort(rng.integers(0, 7 * weeks, n))
        when = (START + pd.to_timedelta(day, "D") + pd.to_timedelta(rng.integers(8, 22, n), "h")).tz_localize(
            TAIPEI
        )
        hook = np.clip(p["habit.hook_mean"] + p["habit.hook_sd"] * strength, 0.02, 0.98).round(3)
        return pd.DataFrame(
            {
                "post_id": np.repeat([f"ig-{i:05d}" for i in range(1, n + 1)], len(INTERESTS)),
                "published_at": np.repeat(when, len(INTERESTS)),
                "pillar": np.repeat(np.array(list(PILLARS))[pillar], len(INTERESTS)),
                "hook": np.repeat(hook, len(INTERESTS)),
                "segment": np.tile(list(INTERESTS), n),
                "reach": reach.ravel(),
                "engagements": engaged.ravel(),
            }
        )

    def value(self, mix: Mapping[str, float] | pd.Series) -> float:
        """What a mix is worth: weighted reactions per 1,000 people reached, expected, wear included.

        mix: part of each pillar, ≥ 0; scaled to sum 1. Raises TableError for unknown pillars or parts that cannot be.
        """
        parts = pd.Series(mix, dtype=float).reindex(list(PILLARS)).fillna(0.0)
        unknown = sorted(set(pd.Series(mix).index) - set(PILLARS))
        if unknown or (parts < 0).any() or not parts.sum() > 0 or not np.isfinite(parts).all():
            raise TableError(
                "支柱的占比要是 0 以上的數字，而且不能全是 0", where=f"收到的是 {dict(pd.Series(mix))}",
                next_step=f"可用的支柱：{'、'.join(PILLARS)}",
            )  # fmt: skip
        parts = parts / parts.sum()
        each = (self.truth().T @ (self.shares * self.worth)) * 1000
        return float((parts * each * (1 - self.wear * parts)).sum())
