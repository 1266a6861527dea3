"""Texts as vectors without a model: hashed character n-grams."""

from __future__ import annotations

import hashlib
import math

from ...text.retrieval import grams

WIDTH = 256


def vector(text: str) -> list[float]:
    """Hashed character 1–2-grams of a text, signed, 256 numbers of length 1 (all 0 for an empty text).

    >>> round(sum(x * x for x in vector("冷泡金萱")), 6)
    1.0
    """
    counts = [0.0] * WIDTH
    for gram in grams(text):
        digest = hashlib.blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest()
        counts[int.from_bytes(digest[:4], "big") % WIDTH] += 1.0 if digest[4] & 1 else -1.0
    length = math.sqrt(sum(c * c for c in counts)) or 1.0
    return [c / length for c in counts]
