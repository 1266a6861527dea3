"""The fitted FAQ bot on disk: solving it takes half a minute, reading it a moment.

Kept are the coefficients of the training wordings (not of the n-grams), the calibration and the threshold. They hold only
for the very wordings and rules they were fitted with: the key in the file says so, and anything else is fitted anew.
``python -m xiaobian.ai.offline.faq_store`` makes the file again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ... import datasets

if TYPE_CHECKING:
    from .faq import Bot

FILE = Path(__file__).parent / "models" / "faq.npz"
_DATA = ("faq.yml", "faq_training.tsv", "faq_patterns.yml", "synonyms.yml", "escalation.yml")


@dataclass(frozen=True)
class Fitted:
    """What fitting finds: ``dual`` weights a wording and label, the weights of ``sure``, the threshold, the figures."""

    dual: np.ndarray
    sure: np.ndarray
    threshold: float
    figures: dict[str, float]


@cache
def key() -> str:
    """What the stored fit was made of: wordings and rules."""
    seen = hashlib.sha256()
    for name in _DATA:
        seen.update(datasets.path(f"ai/{name}").read_bytes().replace(b"\r\n", b"\n"))
    return seen.hexdigest()[:16]


def load() -> Fitted | None:
    """The stored fit; None when there is none, or it was made of other files."""
    if not FILE.is_file():
        return None
    with np.load(FILE, allow_pickle=False) as kept:
        if str(kept["key"]) != key():
            return None
        return Fitted(kept["dual"].astype(float), kept["sure"], float(kept["threshold"]), json.loads(str(kept["figures"])))


def save(bot: Bot) -> Path:
    """Write the fit of the kit's own FAQ."""
    fitted = bot.fitted
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        FILE, key=np.array(key()), dual=fitted.dual.astype(np.float16), sure=fitted.sure,
        threshold=np.array(fitted.threshold), figures=np.array(json.dumps(fitted.figures)),
    )  # fmt: skip
    return FILE


if __name__ == "__main__":
    from .faq import Bot, entries

    save(Bot(entries()))
    stored = load()
    print(FILE.name, stored.threshold if stored else "", stored.figures if stored else "")
