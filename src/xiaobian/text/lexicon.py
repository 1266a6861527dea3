"""The sentiment lexicon: its words found in many texts at once, with negation, degree and contrast."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import datasets
from .features import Keys, Places, Stream, stream

REACH = 3
DENIALS = ("都沒有", "也沒有", "都沒", "也沒", "不起來", "不代表", "不等於", "的相反")
FILTER = 16
Floats = NDArray[np.float64]
NAMES = (
    "positive", "negative", "balance", "positive_count", "negative_count", "denied", "last", "contrast", "only_positive",
    "only_negative", "question",
)  # fmt: skip


def entries() -> pd.DataFrame:
    """The lexicon [word, polarity −2…2, domain, note]."""
    return pd.read_csv(
        datasets.path("text/lexicon.tsv"), sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False,
        dtype={"polarity": float},
    )  # fmt: skip


def modifiers() -> pd.DataFrame:
    """Words that turn or weigh the words beside them [word, kind, weight]."""
    return pd.read_csv(
        datasets.path("text/modifiers.tsv"), sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False,
        dtype={"weight": float},
    )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Words by key: keys [n] sorted; value [n]; longest: in signs; sieve: which keys can be there at all."""

    keys: Keys
    value: Floats
    longest: int
    sieve: NDArray[np.bool_]

    def find(self, texts: Stream) -> tuple[Places, Places, Floats]:
        """(start, end, value) of every word found, a word inside a longer one left out, in reading order."""
        starts, ends, values = [], [], []
        for size, (keys, whole) in enumerate(texts.windows(self.longest), 1):
            at = np.flatnonzero(whole & self.sieve[(keys >> np.uint64(64 - FILTER)).astype(np.int64)])
            place = np.searchsorted(self.keys, keys[at])
            hit = self.keys[np.minimum(place, len(self.keys) - 1)] == keys[at]
            starts.append(at[hit])
            ends.append(at[hit] + size)
            values.append(self.value[place[hit]])
        start, end, value = np.concatenate(starts), np.concatenate(ends), np.concatenate(values)
        order = np.lexsort((-end, start))
        start, end, value = start[order], end[order], value[order]
        reach = np.maximum.accumulate(np.concatenate([[0], end]))[:-1]
        outer = end > reach
        return start[outer], end[outer], value[outer]


def table(words: Sequence[str], values: Sequence[float]) -> Table:
    """A table of words; the last value of a word counts."""
    texts = stream(list(words))
    first = np.concatenate([[0], np.flatnonzero(texts.codes == 10)[:-1] + 1])
    sizes = np.bincount(texts.row, minlength=len(words)) - 1
    longest = int(sizes.max())
    keys = np.zeros(len(words), dtype=np.uint64)
    for size, (windows, _) in enumerate(texts.windows(longest), 1):
        keys[sizes == size] = windows[first[sizes == size]]
    keys, place = np.unique(keys[::-1], return_index=True)
    sieve = np.zeros(1 << FILTER, dtype=bool)
    sieve[(keys >> np.uint64(64 - FILTER)).astype(np.int64)] = True
    return Table(keys, np.asarray(values, dtype=np.float64)[::-1][place], longest, sieve)


@cache
def _tables() -> tuple[Table, Table, Table]:
    """Polar words; what weighs or turns a word beside it; what weighs a clause."""
    words, turns = entries(), modifiers()
    local = turns[turns["kind"] != "contrast"]
    clauses = turns[turns["kind"] == "contrast"]
    return (
        table(list(words["word"]), list(words["polarity"])),
        table(list(local["word"]), list(local["weight"])),
        table(list(clauses["word"]), list(clauses["weight"])),
    )


@cache
def _denials() -> Table:
    return table(DENIALS, [-1.0] * len(DENIALS))


def polarity(texts: Stream) -> tuple[Places, Floats, NDArray[np.bool_]]:
    """(place, value, denied) of every polar word, its neighbours and its clause counted in.

    A negation turns a word that follows within REACH signs (不太好吃), that it overlaps (沒有咬勁 with 有咬勁)
    or that it follows itself (腥味都沒有).
    """
    polar, local, _ = _tables()
    start, end, value = polar.find(texts)
    begins, stops, weight = local.find(texts)
    size = len(texts.codes) + REACH
    before, behind, overlap = np.ones(size), np.ones(size), np.ones(size)
    before[stops] = weight
    behind[begins] = np.where(weight > 1, weight, 1.0)
    overlap[stops] = np.where((stops - begins > 1) & (weight < 0), weight, 1.0)
    begins, _, weight = _denials().find(texts)
    behind[begins] = weight
    factor = overlap[start + 1] * behind[end]
    for gap in range(REACH):
        at = np.maximum(start - gap, 0)
        near = texts.clause[np.maximum(at - 1, 0)] == texts.clause[start]
        factor *= np.where(near & (at > 0), before[at], 1.0)
    return start, value * np.clip(factor, -2, 2) * clause_weights(texts)[start], factor < 0


def clause_weights(texts: Stream) -> Floats:
    """Weight of each sign: more behind 但 or 不過 and less before it, less in a clause with 雖然."""
    start, end, weight = _tables()[2].find(texts)
    weights = np.ones(len(texts.codes))
    strong = weight > 1
    last = np.full(texts.texts, -1, dtype=np.int64)
    last[texts.row[start[strong]]] = end[strong]
    force = np.ones(texts.texts)
    force[texts.row[start[strong]]] = weight[strong]
    place = last[texts.row]
    turned = place >= 0
    later = np.arange(len(texts.codes)) >= place
    weights = np.where(turned, np.where(later, force[texts.row], 1 / force[texts.row]), 1.0)
    if (~strong).any():
        weak = np.ones(int(texts.clause[-1]) + 1)
        weak[texts.clause[start[~strong]]] = weight[~strong]
        weights = weights * weak[texts.clause]
    return weights


def features(texts: Stream) -> Floats:
    """What the lexicon says of each text [texts, len(NAMES)], each roughly within −3…3."""
    place, value, denied = polarity(texts)
    row, n = texts.row[place], texts.texts
    up = np.bincount(row, np.maximum(value, 0), n)
    down = np.bincount(row, np.maximum(-value, 0), n)
    ups, downs = np.bincount(row[value > 0], minlength=n), np.bincount(row[value < 0], minlength=n)
    last = np.zeros(n)
    last[row] = np.clip(value, -2, 2)
    marks = np.bincount(texts.row[texts.codes == ord("?")], minlength=n)
    return np.column_stack([
        np.log1p(up), np.log1p(down), (up - down) / (up + down + 1), np.minimum(ups, 3), np.minimum(downs, 3),
        np.minimum(np.bincount(row[denied], minlength=n), 2), last,
        np.minimum(np.bincount(texts.row[_tables()[2].find(texts)[0]], minlength=n), 2),
        (up > 0) & (down == 0), (down > 0) & (up == 0), np.minimum(marks, 2),
    ]).astype(np.float64)  # fmt: skip


def score(texts: Sequence[str]) -> Floats:
    """The lexicon's own verdict, −1…1; 0 where it knows no word.

    >>> score(["很好吃", "不好吃", "十點開門"]).round(1).tolist()[2]
    0.0
    """
    return features(stream(list(texts)))[:, NAMES.index("balance")]
