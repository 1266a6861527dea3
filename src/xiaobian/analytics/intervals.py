"""95 % intervals from sufficient statistics: a ratio of sums, and a median.

Both treat the post as the sampling unit (posts differ far more than the clicks inside one post).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, stdtrit

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
MIN_POSTS = 6
"""With five posts even the smallest and the largest hold the median only 93.75 % of the time."""
_MIN_EFFECTIVE = 2.0


def ratio_interval(
    n: Floats, x: Floats, y: Floats, xx: Floats, yy: Floats, xy: Floats
) -> tuple[Floats, Floats, Floats]:
    """Ratio Σy ÷ Σx with a 95 % interval, one element a group, from n, Σx, Σy, Σx², Σy², Σxy over posts.

    Delta method with the post as cluster (Deng, Knoblich & Lu, KDD 2018, doi:10.1145/3219819.3219919), on the
    log scale. Reach is heavy-tailed, so a few posts carry the sum and the plain interval is too short. Kish's
    effective number of posts m = (Σx)² ÷ Σx² (Survey Sampling, 1965) corrects it twice: Student's t with m − 1
    degrees of freedom, and the residual variance times (m ÷ (m − 1))², which is the HC3 correction of MacKinnon
    & White (J. Econometrics 29, 1985) at the average leverage 1 ÷ m.

    The interval is missing (NaN) below ``MIN_POSTS`` posts, when m < 2 (one post carries the sum), and when
    Σy = 0. The ratio is missing when Σx = 0.

    >>> one = lambda *numbers: np.array(numbers, dtype=float)
    >>> reach, likes = one(100, 200, 150, 120, 90, 300), one(3, 5, 4, 4, 2, 8)
    >>> sums = (reach.sum(), likes.sum(), reach @ reach, likes @ likes, reach @ likes)
    >>> value, low, high = ratio_interval(one(6), *map(one, sums))
    >>> bool(low < value == 26 / 960 < high)
    True
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = np.where(x > 0, y / x, np.nan)
        effective = np.where(xx > 0, x**2 / xx, 0.0)
        residual = np.maximum(yy - 2 * value * xy + value**2 * xx, 0) * n / (n - 1)
        correction = effective / (effective - 1)
        usable = (n >= MIN_POSTS) & (effective >= _MIN_EFFECTIVE) & (y > 0)
        t = stdtrit(np.where(usable, effective - 1, 1.0), (1 + CONFIDENCE) / 2)
        width = np.where(usable, t * correction * np.sqrt(residual) / y, np.nan)
        return value, value * np.exp(-width), value * np.exp(width)


def sorted_medians(
    values: Floats, starts: NDArray[np.intp], n: NDArray[np.intp]
) -> tuple[Floats, Floats, Floats]:
    """Median with its exact 95 % interval for each run of sorted values.

    values: all groups one after another, each sorted; ``starts`` and ``n`` say where a group begins and how
    many it has. The interval runs between two order statistics chosen by the binomial distribution (David &
    Nagaraja, Order Statistics, 3rd ed., 2003, §7.1); it assumes nothing about the shape of the data and is
    missing (NaN) below ``MIN_POSTS`` values.

    >>> value, low, high = sorted_medians(np.arange(1.0, 31.0), np.array([0]), np.array([30]))
    >>> float(value[0]), float(low[0]), float(high[0])
    (15.5, 10.0, 21.0)
    """
    median, low, high = (np.full(len(n), np.nan) for _ in range(3))
    some = n > 0
    first, last = starts[some] + (n[some] - 1) // 2, starts[some] + n[some] // 2
    median[some] = (values[first] + values[last]) / 2
    enough = n >= MIN_POSTS
    rank = np.array([_lower_rank(int(k)) for k in n[enough]], dtype=np.intp)
    low[enough] = values[starts[enough] + rank - 1]
    high[enough] = values[starts[enough] + n[enough] - rank]
    return median, low, high


@lru_cache(maxsize=4096)
def _lower_rank(n: int) -> int:
    """Largest r such that the r-th smallest and r-th largest of n hold the median at least 95 % of the time."""
    tail = (1 - CONFIDENCE) / 2
    below, above = 0, n // 2
    while below < above:
        middle = (below + above + 1) // 2
        below, above = (middle, above) if bdtr(middle - 1, n, 0.5) <= tail else (below, middle - 1)
    return below
