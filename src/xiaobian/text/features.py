"""What the classifiers see of a text: folded signs, hashed character n-grams, all texts in one joined pass."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .segmentation_rules import simplified

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
Keys = NDArray[np.uint64]

END = 10
RUNS = 2
PLACE, TAG = 19, 8
_GOLDEN, _MIX, _LAST = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_SEEN = "!?~%+"
_VARIATION = (0xFE0E, 0xFE0F, 0x200D, 0x200B, 0xFEFF)


@cache
def folding() -> Codes:
    """Code point → the sign that stands for it: Simplified, half-width, lower case, every digit 0."""
    plain = simplified()
    table = plain.copy()
    table[ord("A") : ord("Z") + 1] += 32
    table[ord("0") : ord("9") + 1] = ord("0")
    table[0x301C] = ord("~")
    return table[plain]


@cache
def gaps() -> NDArray[np.bool_]:
    """Which folded signs end an n-gram: blanks, controls and marks, but not ! ? ~ % +, which carry feeling."""
    table = np.zeros(0x110000, dtype=bool)
    for code in (*range(0x3040), *range(0xFE10, 0xFF66), 0xFFFD):
        table[code] = unicodedata.category(chr(code))[0] in "ZCPM"
    table[[ord(sign) for sign in _SEEN]] = False
    return table


@dataclass(frozen=True)
class Stream:
    """Texts folded and joined. codes [n]: signs, each text closed by a line feed; row [n]: whose sign it is."""

    codes: Codes
    row: Places
    texts: int

    @cached_property
    def gap(self) -> NDArray[np.bool_]:
        return gaps()[self.codes]

    @cached_property
    def clause(self) -> Places:
        """Number of the clause a sign stands in, counted over all texts."""
        return np.cumsum(self.gap)

    def windows(self, longest: int) -> list[tuple[Keys, NDArray[np.bool_]]]:
        """For each length from 1: a key for the window that begins at a sign, and whether no gap stands in it."""
        mixed = (self.codes.astype(np.uint64) + np.uint64(1)) * _GOLDEN
        keys, whole, found = mixed, ~self.gap, []
        for size in range(1, longest + 1):
            if size > 1:
                keys = (keys[:-1] ^ (keys[:-1] >> np.uint64(29))) * _MIX + mixed[size - 1 :]
                whole = whole[:-1] & ~self.gap[size - 1 :]
            found.append((keys, whole))
        return found


def stream(texts: Sequence[str]) -> Stream:
    """Fold and join texts; a sign repeated more than twice counts twice (好吃吃吃吃 → 好吃吃).

    >>> "".join(map(chr, stream(["超讚讚讚讚！ＡＢ"]).codes[:-1]))  # lint: off
    '超赞赞!ab'
    """
    joined = "\n".join(text.replace("\n", " ") for text in texts) + "\n"
    codes = folding()[np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    codes = codes[~np.isin(codes, _VARIATION)]
    again = np.zeros(len(codes), dtype=bool)
    if len(codes) > RUNS:
        again[RUNS:] = (codes[RUNS:] == codes[1:-1]) & (codes[RUNS:] == codes[:-RUNS]) & (codes[RUNS:] != END)
    codes = codes[~again]
    ends = codes == END
    return Stream(codes, np.cumsum(ends) - ends, len(texts))


def fingerprints(keys: Keys) -> NDArray[np.uint32]:
    """A key in PLACE + TAG bits: its place in the table, and a tag that tells most strangers apart."""
    mixed = (keys ^ (keys >> np.uint64(31))) * _LAST
    return (mixed >> np.uint64(64 - PLACE - TAG)).astype(np.uint32)


def grams(texts: Stream, longest: int) -> list[tuple[NDArray[np.uint32], Places]]:
    """For each length from 1: fingerprints of the n-grams in reading order, and where each text's begin [texts + 1]."""
    found = []
    for keys, whole in texts.windows(longest):
        rows = np.bincount(texts.row[: len(keys)][whole], minlength=texts.texts)
        found.append((fingerprints(keys[whole]), np.concatenate([[0], np.cumsum(rows)])))
    return found


@dataclass(frozen=True)
class Vocabulary:
    """n-grams the classifiers know. prints [n] sorted, one a place; documents [n]: in how many of ``texts`` each stands."""

    prints: NDArray[np.uint32]
    documents: NDArray[np.int64]
    texts: int
    longest: int

    @cached_property
    def idf(self) -> NDArray[np.float64]:
        """[n + 1]; first what any unknown n-gram weighs."""
        return np.log((1 + self.texts) / (1 + np.concatenate([[0], self.documents]))) + 1

    @cached_property
    def _slots(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        slots = np.zeros(1 << PLACE, dtype=np.int32)
        tags = np.zeros(1 << PLACE, dtype=np.uint8)
        places = (self.prints >> np.uint32(TAG)).astype(np.int64)
        slots[places] = np.arange(1, len(places) + 1)
        tags[places] = self.prints & np.uint32((1 << TAG) - 1)
        return slots, tags

    def known(self, prints: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Number of each n-gram, from 1; 0 where it is unknown."""
        slots, tags = self._slots
        places = prints >> np.uint32(TAG)
        return slots[places] * (tags[places] == (prints & np.uint32((1 << TAG) - 1)))

    def matrices(self, texts: Stream) -> Iterator[sparse.csr_matrix]:
        """n-gram counts [texts, n + 1] by length; column 0 gathers the unknown."""
        shape = (texts.texts, len(self.prints) + 1)
        for prints, starts in grams(texts, self.longest):
            ones = np.ones(len(prints), dtype=np.float32)
            yield sparse.csr_matrix((ones, self.known(prints), starts), shape=shape)


def vocabulary(texts: Stream, longest: int, least: int) -> Vocabulary:
    """The n-grams that stand in at least ``least`` of the texts; of two at one place, the commoner."""
    kept, seen = [], []
    for prints, starts in grams(texts, longest):
        row = np.repeat(np.arange(texts.texts), np.diff(starts)).astype(np.uint64)
        once = np.unique((prints.astype(np.uint64) << np.uint64(32)) | row) >> np.uint64(32)
        found, documents = np.unique(once, return_counts=True)
        kept.append(found[documents >= least])
        seen.append(documents[documents >= least])
    prints, documents = np.concatenate(kept).astype(np.uint32), np.concatenate(seen)
    order = np.lexsort((prints, -documents))
    places = prints[order] >> np.uint32(TAG)
    first = np.sort(order[np.unique(places, return_index=True)[1]])
    by_print = first[np.argsort(prints[first])]
    return Vocabulary(prints[by_print], documents[by_print], texts.texts, longest)
