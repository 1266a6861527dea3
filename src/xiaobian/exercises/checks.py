"""Checks of a learner's text that many lessons share; each says what to do when it does not hold."""

from __future__ import annotations

import re

from .. import lint
from .questions import Check


def pattern(name: str, holds: str, advice: str) -> Check:
    """The text has something that fits a regular expression.

    >>> pattern("有期間", r"\\d+ 月", "寫出月份。").holds("6 月的貼文")
    True
    """
    return Check(name, lambda text: re.search(holds, text) is not None, advice)


def without(name: str, refused: str, advice: str) -> Check:
    """The text has nothing that fits a regular expression."""
    return Check(name, lambda text: re.search(refused, text) is None, advice)


PERCENT = pattern("有百分比", r"\d(?:\.\d+)?\s*[%％]", "寫出算到的比率，例如「4.2%」。")
COUNTED = pattern("有則數", r"\d+\s*(?:則|篇|支|個貼文)", "寫出用了幾則貼文，讀的人才知道份量。")
DENOMINATOR = pattern("有分母", "觸及|粉絲|瀏覽", "說出分母是觸及、粉絲還是瀏覽。")
PERIOD = pattern("有期間", r"[一二三四五六七八九十\d]\s*月", "寫出是哪個月或哪段期間。")
NO_CAUSE = without("沒有因果", "因為|導致|所以|帶動|奏效|歸功", "這份資料只有時間，沒有對照，先不要寫因果。")
MODEST = without(
    "沒把話說滿",
    "一定|保證|絕對|證明了|最好的|大爆發|創新高|創新低",
    "換成「看起來」「看不出」這類說法，這份資料撐不起斷言。",
)
TAIWAN_WORDS = Check("台灣用語", lambda text: not lint.check(text), "有不是台灣習慣的詞，請換掉。")
