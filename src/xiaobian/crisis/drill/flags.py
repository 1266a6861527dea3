"""Which comments may not wait, read from their words alone: what the team can see, not what is true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Flag:
    """Why a comment may not wait: kind and its name in words."""

    kind: str
    label: str


_SIGNS = (
    (Flag("care", "可能有人想傷害自己"), r"不想活|想死|活不下去|輕生|自殺|想消失|撐不下去|結束(?:自己|生命)"),
    (Flag("personal_data", "有個資"), r"09\d{2}[-\s]?\d{3}[-\s]?\d{3}|住址|地址是|身分證|本名|電話是|[A-Z][12]\d{8}"),
    (Flag("legal", "說要提告或檢舉"), r"律師|提告|告你|告到底|存證信函|消保|檢舉|衛生局|公平會|法院"),
    (Flag("harm", "說受到傷害"), r"過敏|送醫|急診|拉肚子|上吐下瀉|住院|受傷|燙傷|起疹"),
    (Flag("scam", "疑似詐騙"), r"加\s?(?:LINE|賴)|私訊領|點(?:我|連結|進)|領取|退款專員|客服專線|https?://|bit\.ly"),
)  # fmt: skip
_PATTERNS = tuple((flag, re.compile(pattern, re.IGNORECASE)) for flag, pattern in _SIGNS)


def flags(texts: Sequence[str]) -> list[Flag | None]:
    """The first flag of each comment, or None.

    >>> [flag and flag.kind for flag in flags(["好吃", "我要找律師提告"])]
    [None, 'legal']
    """
    return [_flag(text) for text in texts]


@lru_cache(maxsize=20_000)
def _flag(text: str) -> Flag | None:
    return next((flag for flag, pattern in _PATTERNS if pattern.search(text)), None)
