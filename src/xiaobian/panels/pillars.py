"""Explorer: a mix of pillars under other ways to estimate, other groups that count, another least part of promotions."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ..datasets import SIMULATED
from ..planning.pillars.effects import METHODS, PillarEffects, pillar_effects
from ..planning.pillars.mix import pillar_mix
from ..plotting import Chart, spaced
from ..sandbox.audience import INTERESTS
from ..sandbox.segments import Readers
from .controls import labelled
from .explorer import explorer
from .panel import Panel

COUNTS = {"一樣重": "", "照品牌的目標": "brand", **{f"只看{name}": key for key, name in INTERESTS.items()}}
LEAST = {"不規定": 0.0, "至少 10%": 0.1, "至少 30%": 0.3, "至少 50%": 0.5}


@cache
def _effects(seed: int, weeks: int, method: str) -> PillarEffects:
    return pillar_effects(Readers(seed).history(weeks), method, (SIMULATED,))  # type: ignore[arg-type]


def pillar_explorer(
    seed: int = 206, weeks: int = 16, method: str = "naive", counts: str = "", least: float = 0.0
) -> Panel:
    """Drop-downs for the estimate, whose reactions count, and the least part of promotions; the mix follows.

    seed: of the simulated brand. weeks: of its history. method: a key of ``METHODS``. counts: a value of ``COUNTS``. least: a
    value of ``LEAST``.
    """
    readers = Readers(seed)
    choices = {
        "method": labelled("怎麼估：", {words: name for name, words in METHODS.items()}, method),
        "counts": labelled("看重誰：", COUNTS, counts),
        "least": labelled("優惠：", {words: str(part) for words, part in LEAST.items()}, str(least)),
    }

    def draw(method: str, counts: str, least: str) -> tuple[Chart, str]:
        found = pillar_mix(
            _effects(seed, weeks, method), weights(readers, counts), wear=readers.wear,
            least={"promo": float(least)}, now=readers.now,
        )  # fmt: skip
        return found.plot(), spaced(found.say())

    return explorer(choices, draw, "換估法、看重的受眾和優惠下限，看建議的支柱組合怎麼變。")


def weights(readers: Readers, counts: str) -> pd.Series:
    """What a reaction of each group counts under one of ``COUNTS``."""
    if counts == "brand":
        return readers.worth
    if counts:
        return pd.Series({name: float(name == counts) for name in INTERESTS})
    return pd.Series(1.0, index=list(INTERESTS))
