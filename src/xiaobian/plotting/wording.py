"""Numbers and sentences as charts and tables of the course write them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

_PHRASES = re.compile(r"(?<=[，：；、。？！｜])|(?=[「『（])")
_WORDS = re.compile(r"(?<= )")
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9−])|(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])")


def percent_text(share: float) -> str:
    """A share (0–1) as a percentage: two decimals below 1 %, one above; missing as a dash.

    >>> percent_text(0.0243), percent_text(0.0015), percent_text(-0.456), percent_text(float("nan"))
    ('2.4%', '0.15%', '−45.6%', '—')
    """
    if not math.isfinite(share):
        return "—"
    return f"{share * 100:.{2 if abs(share) < 0.01 else 1}f}%".replace("-", "−")


def count_text(count: float) -> str:
    """A count the way Taiwan reads it, with 萬 and 億; missing as a dash.

    >>> count_text(8200), count_text(12345), count_text(231_000_000), count_text(float("nan"))
    ('8,200', '1.2 萬', '2.3 億', '—')
    """
    if not math.isfinite(count):
        return "—"
    for size, name in ((1e8, "億"), (1e4, "萬")):
        if abs(count) >= size:
            return f"{count / size:,.1f} {name}".replace("-", "−")
    return f"{count:,.0f}".replace("-", "−")


def range_text(low: float, high: float, percent: bool = True) -> str:
    """An interval with one unit at its end, for shares (0–1) or counts; missing as a dash.

    >>> range_text(0.0203, 0.0291), range_text(8200, 12345, percent=False)
    ('2.0–2.9%', '8,200–1.2 萬')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return "—"
    if not percent:
        return f"{count_text(low)}–{count_text(high)}"
    decimals = 2 if abs(low + high) / 2 < 0.01 else 1
    return f"{low * 100:.{decimals}f}–{high * 100:.{decimals}f}%"


def spaced(text: str) -> str:
    """A half-width space wherever Chinese meets Latin letters or digits.

    >>> spaced("互動率最高的是Instagram，最低的是週二，n = 32則")
    '互動率最高的是 Instagram，最低的是週二，n = 32 則'
    """
    return _SEAM.sub(" ", text)


def broken(text: str, fits: Callable[[str], bool]) -> str:
    """Break a sentence into lines that fit, after ，：；、 or before 「 and （; never inside a word.

    fits: whether one line is short enough. A phrase that is too long by itself may break at a space, else it
    stays whole.

    >>> print(broken("觸及變多了，互動率卻下降：分母變大", lambda line: len(line) <= 14))
    觸及變多了，互動率卻下降：
    分母變大
    """
    lines = [""]
    for phrase in _PHRASES.split(text):
        for part in [phrase] if fits(phrase.strip()) else _WORDS.split(phrase):
            if lines[-1] and not fits((lines[-1] + part).strip()):
                lines.append("")
            lines[-1] += part
    return "\n".join(line.strip() for line in lines)
