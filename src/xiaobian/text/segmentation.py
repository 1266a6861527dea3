"""Cut Taiwan Mandarin into words: rjieba on the Simplified form, the cutting convention, places kept on the original."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import rjieba
from numpy.typing import NDArray

from ..errors import TableError
from . import segmentation_rules as rules
from .segmentation_marks import mend, net_tokens

BOOST, LEAST = 3, 20
MEMORY = 200_000
SEPARATOR, CLOSE = "\ufdd0", "\ufdd1"
_NET_SIGNS = ("@", "#", "://", "www.")


class _Pieces(dict[str, str]):
    """Piece of the segmenter → the same with a separator between its words; worked out once a piece."""

    def __init__(self, engine: rjieba.Jieba) -> None:
        super().__init__()
        self._engine = engine

    def __missing__(self, piece: str) -> str:
        if len(self) > MEMORY:
            self.clear()
        found = self[piece] = SEPARATOR.join(rules.words_of(piece, self._engine))
        return found


@cache
def _engine() -> tuple[rjieba.Jieba, _Pieces]:
    """The segmenter with our words in its dictionary, each rated to win over its parts."""
    engine = rjieba.Jieba()
    for word in sorted(rules.kept() | rules.listed("last")):
        if len(word) > 1:
            engine.add_word(word, BOOST * engine.suggest_freq(word) + LEAST, None)
    for word in rules.apart():
        engine.add_word(word, 0, None)
    return engine, _Pieces(engine)


def cut(text: str) -> list[str]:
    """The words of one text; joined they give the text back, blanks included.

    >>> cut("小編說這個不是業配")
    ['小編', '說', '這', '個', '不', '是', '業配']
    """
    return cut_many([text])[0]


def cut_many(texts: Sequence[str]) -> list[list[str]]:
    """The words of many texts, in one pass; far faster than one call a text. Raises TableError for a bare string."""
    if isinstance(texts, str):
        raise TableError("要給一串文字，不是一段文字", next_step="一段文字請用 cut(text)")
    if not len(texts):
        return []
    joined = CLOSE.join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = _starts(codes)
    if any(sign in joined for sign in _NET_SIGNS):
        for begin, end in net_tokens(joined):
            starts[begin + 1 : end] = False
            starts[[begin, end]] = True
    if SEPARATOR in joined or any(CLOSE in text for text in texts):
        return _sliced(texts, starts)
    begins = starts[:-1]
    begins[:1] = False
    marked = np.full(len(codes) + int(begins.sum()), ord(SEPARATOR), dtype=np.uint32)
    marked[np.arange(len(codes)) + np.cumsum(begins)] = codes
    lines = marked.tobytes().decode("utf-32-le", "surrogatepass").split(CLOSE)
    return [words.split(SEPARATOR) if (words := line.strip(SEPARATOR)) else [] for line in lines]


def _starts(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Whether a word begins at a sign [n + 1]; the last stands for the end."""
    starts = np.zeros(len(codes) + 1, dtype=bool)
    if not len(codes):
        return starts
    plain = rules.simplified()[codes]
    plain[plain == ord(SEPARATOR)] = 0xFFFD
    plain[codes == ord(CLOSE)] = ord("\n")
    engine, pieces = _engine()
    found = engine.cut(plain.tobytes().decode("utf-32-le"), False)
    marked = SEPARATOR.join(map(pieces.__getitem__, found))
    seen = np.frombuffer(marked.encode("utf-32-le"), dtype=np.uint32)
    at = np.flatnonzero(seen == ord(SEPARATOR))
    starts[at - np.arange(len(at))] = True
    starts[[0, -1]] = True
    mend(plain, starts)
    starts[:-1][codes == ord(CLOSE)] = True
    starts[1:][codes == ord(CLOSE)] = True
    return starts


def _sliced(texts: Sequence[str], starts: NDArray[np.bool_]) -> list[list[str]]:
    """The same words by slices, for texts that hold the separators themselves."""
    found, offset = [], 0
    for text in texts:
        starts[offset] = True
        at = [*np.flatnonzero(starts[offset : offset + len(text)]).tolist(), len(text)]
        found.append([text[a:b] for a, b in pairwise(at)] if text else [])
        offset += len(text) + 1
    return found
