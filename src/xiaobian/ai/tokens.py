"""How many tokens a text costs, estimated without a tokenizer's files.

The weights were fitted on 25 posts in Taiwan Mandarin against OpenAI's o200k encoding: leave-one-out median error
6 %, 90th percentile 30 % (short posts). The English rule of thumb (characters / 4) is 72 % too low there.
"""

from __future__ import annotations

import math
import re
from typing import Any

_WEIGHTS = (
    (re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"), 0.94),
    (re.compile(r"[\u3000-\u303f\u3040-\u30ff\u3105-\u312f\uff00-\uffef\u2010-\u2027]"), 0.90),
    (re.compile(r"[A-Za-z\u00c0-\u024f]{1,20}"), 1.48),
    (re.compile(r"\d{1,3}"), 1.76),
    (re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]"), 3.2),
    (re.compile(r"[!-/:-@\[-`{-~]"), 0.16),
)
_OTHER = re.compile(
    r"[^\x00-\x7f\u00c0-\u024f\u2010-\u2027\u2600-\u27bf\u3000-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\ufe00-\ufe0f\uff00-\uffef\U0001f000-\U0001faff\U00020000-\U0003134f]"
)


def estimate(text: str) -> float:
    """Tokens of a text, about.

    >>> round(estimate("春茶開賣，限量 120 份！"), 1)
    10.1
    """
    return sum(w * len(p.findall(text)) for p, w in _WEIGHTS) + 3.0 * len(_OTHER.findall(text))


def count(text: str) -> int:
    """The estimate as a whole number, at least 1 for a text that is not empty."""
    return max(math.ceil(estimate(text)), int(bool(text)))


def reserve(text: str) -> int:
    """Tokens to set aside before sending: ``ceil(1.3 × estimate) + 20``.

    >>> reserve("")
    20
    """
    return math.ceil(1.3 * estimate(text)) + 20


def texts(body: Any) -> str:
    """Every text in a request's body, one a line: what the model has to read."""
    if isinstance(body, str):
        return body
    if isinstance(body, dict):
        return "\n".join(filter(None, (texts(value) for value in body.values())))
    if isinstance(body, list):
        return "\n".join(filter(None, (texts(value) for value in body)))
    return ""
