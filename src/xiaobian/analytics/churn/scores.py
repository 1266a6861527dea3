"""How good chances were: Brier score against what is known without a model, and reliability."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ..measures import Flags, Floats
from .model import METHODS

_Z = 1.959964
BINS, FEWEST_IN_BIN = 10, 30


def scores(chances: Mapping[str, Floats], back: Flags) -> pd.DataFrame:
    """A row a method: method, label, n, brier, skill (1 − brier ÷ that of ``base``), better with low and high (95 %,
    how much lower its Brier score is than that of ``base``, followers as units), auc, told, came, gap.

    told, came: mean chance, share that came. gap: mean distance of the two over equally large groups.

    >>> table = scores({"churn": np.tile([0.9, 0.1], 60), "base": np.full(120, 0.5)}, np.tile([True, False], 60))
    >>> table["brier"].round(2).tolist(), table["skill"].round(2).tolist()
    ([0.01, 0.25], [0.96, 0.0])
    """
    truth = back.astype(float)
    base = (chances["base"] - truth) ** 2
    rows = []
    for name, chance in chances.items():
        error = (chance - truth) ** 2
        better = base - error
        half = _Z * float(better.std(ddof=1)) / np.sqrt(len(better))
        bins = reliability(chance, back)
        rows.append({
            "method": name, "label": METHODS[name], "n": len(back), "brier": error.mean(),
            "skill": 1 - error.mean() / base.mean(), "better": better.mean(), "low": better.mean() - half,
            "high": better.mean() + half, "auc": auc(chance, back), "told": chance.mean(), "came": truth.mean(),
            "gap": float(np.average((bins["told"] - bins["came"]).abs(), weights=bins["n"])),
        })  # fmt: skip
    return pd.DataFrame(rows)


def auc(chance: Floats, back: Flags) -> float:
    """Chance that one who came had been given the higher chance than one who did not; ties half."""
    n, came = len(back), int(back.sum())
    if came in (0, n):
        return np.nan
    return float((rankdata(chance)[back].sum() - came * (came + 1) / 2) / (came * (n - came)))


def reliability(chance: Floats, back: Flags) -> pd.DataFrame:
    """Groups of equal size by chance: told (mean chance), came (share), low and high (95 %, Wilson), n."""
    groups = max(1, min(BINS, len(chance) // FEWEST_IN_BIN))
    order = np.argsort(chance, kind="stable")
    rows = []
    for place in np.array_split(order, groups):
        n, share = len(place), float(back[place].mean())
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        rows.append({"told": float(chance[place].mean()), "came": share, "low": max(0.0, middle - half),
                     "high": min(1.0, middle + half), "n": n})  # fmt: skip
    return pd.DataFrame(rows)
