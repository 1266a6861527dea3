"""From what a learner typed to a plain value."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_SEPARATORS = " ,、;；/+-→>\t\n()[]'\""


class Mismatch(Exception):
    """The answer has another form than the question asks for; the message says what to write."""


def is_blank(answer: Any) -> bool:
    """True for what means "not answered yet".

    >>> [is_blank(a) for a in (..., None, "  ", "____", [], 0)]
    [True, True, True, True, True, False]
    """
    if answer is None or answer is ...:
        return True
    if isinstance(answer, str):
        return answer.strip(" _　") == ""
    return isinstance(answer, (list, tuple, set, frozenset, dict)) and not answer


def letters(answer: Any) -> list[str]:
    """Option letters in the order given, from text in any common writing or from a sequence.

    >>> letters("ｂ, A"), letters(["C", "a"])
    (['B', 'A'], ['C', 'A'])
    """
    if isinstance(answer, (set, frozenset)):
        answer = sorted(map(str, answer))
    text = "".join(map(str, answer)) if isinstance(answer, (list, tuple)) else str(answer)
    return [c for c in unicodedata.normalize("NFKC", text).upper() if c not in _SEPARATORS]


def number(answer: Any) -> float:
    """A number from a number or from text such as ``3.2%``, ``1,234``, ``1.2 萬``, ``１２``.

    Raises Mismatch for anything else.

    >>> number("1.2 萬"), number("３.２％"), number(5)
    (12000.0, 3.2, 5.0)
    """
    if isinstance(answer, bool):
        raise Mismatch("這題要填數字，不是 True 或 False。")
    try:
        return _finite(float(answer))
    except (TypeError, ValueError):
        pass
    text = unicodedata.normalize("NFKC", str(answer)).replace(",", "").replace(" ", "").replace("−", "-")
    match = re.fullmatch(r"([-+]?\d*\.?\d+)(萬)?(%|人|次|則|倍|元|個百分點)?", text)
    if not match:
        raise Mismatch(f"「{answer}」看不出是哪個數字。請只填數字，例如 3.2、3.2% 或 1.2 萬。")
    return float(match[1]) * (10_000 if match[2] else 1)


def _finite(value: float) -> float:
    if value != value or value in (float("inf"), float("-inf")):
        raise Mismatch("這個答案不是有限的數字，常見原因是分母為 0 或有缺值。請先看看資料裡的空白。")
    return value
