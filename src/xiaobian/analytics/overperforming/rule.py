"""The over-performing score that CrowdTangle published, as a rule to compare with."""

from __future__ import annotations

import numpy as np

from ..measures import Floats

WINDOW = 100
FEWEST = 4
FLOOR = 1.0


def crowdtangle_scores(
    engagements: Floats,
    group: np.ndarray,
    kind: np.ndarray,
    order: np.ndarray,
    same_age: Floats | None = None,
) -> Floats:
    """Engagements ÷ expected, expected being the mean of the middle half of the account's last posts of that format.

    Rule of CrowdTangle's help page (article 2013937): of the 100 posts before, same account and same post type, the
    top and bottom quarter are dropped. Below 1 the page shows −expected ÷ actual; here it stays a ratio, which ranks
    alike. A post with fewer than 4 such posts before it is compared with all formats, then not at all (NaN).

    same_age: log share gathered, to be added back so that the past is seen at the age of the post; the original saw it.

    >>> same = np.zeros(9, dtype=int)
    >>> float(crowdtangle_scores(np.array([2.0] * 8 + [6.0]), same, same, np.arange(9))[-1])
    3.0
    """
    final = engagements if same_age is None else engagements / np.exp(same_age)
    score = np.full(len(final), np.nan)
    for code in np.unique(group):
        rows = np.flatnonzero(group == code)
        rows = rows[np.argsort(order[rows], kind="stable")]
        for place in range(1, len(rows)):
            before = rows[:place]
            alike = before[kind[before] == kind[rows[place]]][-WINDOW:]
            used = alike if len(alike) >= FEWEST else before[-WINDOW:]
            if len(used) >= FEWEST:
                score[rows[place]] = final[rows[place]] / max(_middle_half(final[used]), FLOOR)
    return score


def _middle_half(values: Floats) -> float:
    cut = len(values) // 4
    return float(np.sort(values)[cut : len(values) - cut].mean())
