"""What a comment feels and wants: small linear models over character n-grams and the sentiment lexicon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import TableError
from . import lexicon
from .features import Stream, Vocabulary, stream
from .segmentation_rules import simplify
from .training import DENSE, softmax, table_rows

MODEL = Path(__file__).parent / "models" / "comments.npz"
BATCH = 20_000
TURN = 0.45
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """One linear model. table [n-grams + 1, labels + 1]: weight × IDF, and IDF² last; row 0 for unknown n-grams."""

    names: list[str]
    table: NDArray[np.float32]
    dense: Floats
    bias: Floats
    heat: float
    sure: float

    def probabilities(self, known: Vocabulary, texts: Stream) -> Floats:
        """Calibrated probabilities [texts, labels]."""
        total = np.zeros((texts.texts, self.table.shape[1]))
        for counts in known.matrices(texts):
            total += counts @ self.table
        length = np.sqrt(np.maximum(total[:, -1:], 1e-9))
        said = lexicon.features(texts) * DENSE
        return softmax((total[:, :-1] / length + said @ self.dense + self.bias) / self.heat)


class Model:
    """The weights as ``xiaobian text build`` wrote them."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held
        self.known = Vocabulary(
            held["prints"], held["documents"].astype(np.int64), int(held["texts"]), int(held["longest"])
        )

    def head(self, name: str) -> Head:
        held, idf = self.held, self.known.idf
        weights = np.vstack([np.zeros((1, len(held[f"{name}_names"]))), held[f"{name}_weights"] * float(held[f"{name}_step"])])
        table = np.column_stack([weights * idf[:, None], idf**2]).astype(np.float32)
        return Head(
            [str(label) for label in held[f"{name}_names"]], table, held[f"{name}_dense"].astype(np.float64),
            held[f"{name}_bias"].astype(np.float64), float(held[f"{name}_heat"]), float(held[f"{name}_sure"]),
        )  # fmt: skip

    @cached_property
    def sentiment(self) -> Head:
        return self.head("sentiment")

    @cached_property
    def intent(self) -> Head:
        return self.head("intent")


@cache
def model() -> Model:
    with np.load(MODEL, allow_pickle=False) as held:
        return Model(dict(held))


def sentiment(texts: Sequence[str] | pd.Series) -> pd.DataFrame:
    """How each text feels: [label, score, p_negative, p_neutral, p_positive, sure], one row a text, in order.

    label: the likeliest of negative, neutral, positive. p_*: probabilities 0–1, calibrated on texts of domains that were
    held out. score −1…1: below 0 when ``p_negative`` is above TURN, else ``p_positive`` shrunk by how near that turn is, so that
    flat statements lie just above 0: nothing in them is a complaint. ``score >= 0`` is therefore the decision to use
    where only two classes count and neutral counts as positive; TURN has the highest macro-F1 for that decision on food
    reviews that were held out (.45 and .50 differ by .002, .35 and .60 lose .02). sure: whether the likeliest label is likely enough that nine in ten were right on
    held-out domains; leave the others to a person. Missing and blank texts are neutral and never sure. Traditional
    and Simplified, full and half width, upper and lower case are read alike.

    >>> sentiment(["湯頭很香，下次還會再來", "等了一小時，湯還是冷的，不會再來"])["label"].tolist()
    ['positive', 'negative']
    """
    given = _given(texts)
    p = _probabilities(given, "sentiment")
    blank = _blank(given)
    p[blank] = (0.0, 1.0, 0.0)
    negative, positive = p[:, 0], p[:, 2]
    head = model().sentiment
    score = np.where(negative > TURN, (TURN - negative) / (1 - TURN), positive * (1 - negative / TURN))
    return pd.DataFrame(
        {
            "label": np.array(head.names, dtype=object)[p.argmax(axis=1)],
            "score": score,
            "p_negative": negative, "p_neutral": p[:, 1], "p_positive": positive,
            "sure": (p.max(axis=1) >= head.sure) & ~blank,
        },
        index=_index(texts),
    )  # fmt: skip


def intent(texts: Sequence[str] | pd.Series) -> pd.DataFrame:
    """What each text wants: [label, p, sure]; labels as in the comment tables (praise, question, complaint …).

    p: probability of the label, 0–1. Threats of law, calls for help, personal data and fraud are called as soon as
    their probability passes a low threshold (the one that 95 % of them pass on held-out domains, but not under
    ``training.FLOOR``), or when a rule of ``datasets/text/grave.tsv`` fires: a false alarm costs a glance, a miss costs more. sure as in ``sentiment``,
    but eight in ten, and never for a grave label that was not also the likeliest.

    >>> intent(["請問週日有開嗎？", "我已經委任律師，等著收存證信函"])["label"].tolist()
    ['question', 'legal']
    """
    given = _given(texts)
    p = _probabilities(given, "intent")
    head = model().intent
    likeliest = p.argmax(axis=1)
    over = p / model().held["intent_from"].astype(np.float64)
    chosen = np.where(over.max(axis=1) >= 1, over.argmax(axis=1), likeliest)
    for place, found in enumerate(map(grave, given)):
        if found:
            chosen[place] = max((head.names.index(label) for label in found), key=lambda at: p[place, at])
    share = p[np.arange(len(p)), chosen]
    sure = (share >= head.sure) & (chosen == likeliest) & ~_blank(given)
    label = np.array(head.names, dtype=object)[chosen] if len(p) else np.array([], dtype=object)
    return pd.DataFrame({"label": label, "p": share, "sure": sure}, index=_index(texts))


def grave(text: str) -> dict[str, list[str]]:
    """Which rules of ``grave.tsv`` fire on a text: intent → names of rules.

    >>> grave("再不退款就法院見")
    {'legal': ['court']}
    """
    plain = simplify(text).lower()
    found = {
        label: [name for name, rule in named.items() if rule.search(plain)]
        for label, (any_of, named) in _rules().items()
        if any_of.search(plain)
    }
    return {label: names for label, names in found.items() if names}


@cache
def _rules() -> dict[str, tuple[re.Pattern[str], dict[str, re.Pattern[str]]]]:
    """Label → one pattern of all its rules, and each rule by name; patterns are asked in the Simplified form."""
    written: dict[str, dict[str, str]] = {}
    for row in table_rows("grave.tsv"):
        written.setdefault(row["intent"], {})[row["name"]] = simplify(row["pattern"])
    return {
        label: (
            re.compile("|".join(f"(?:{rule})" for rule in named.values())),
            {name: re.compile(rule) for name, rule in named.items()},
        )
        for label, named in written.items()
    }


def _given(texts: Sequence[str] | pd.Series) -> list[str]:
    if isinstance(texts, str):
        raise TableError("要給一串文字，不是一段文字", next_step="只有一則時寫成 [text]")
    return [text if isinstance(text, str) else "" for text in texts]


def _index(texts: Sequence[str] | pd.Series) -> pd.Index:
    return texts.index if isinstance(texts, pd.Series) else pd.RangeIndex(len(texts))


def _blank(texts: list[str]) -> NDArray[np.bool_]:
    return np.array([not text.strip() for text in texts], dtype=bool)


def _probabilities(texts: list[str], name: str) -> Floats:
    """In batches, so that memory does not grow with the number of texts."""
    head: Head = getattr(model(), name)
    parts = [
        head.probabilities(model().known, stream(texts[at : at + BATCH])) for at in range(0, len(texts), BATCH)
    ]
    return np.vstack(parts) if parts else np.zeros((0, len(head.names)))
