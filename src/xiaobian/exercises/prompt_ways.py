"""Ways of getting tomorrow's headline, tried on briefs nobody has seen: what goes out, and what does not by five."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from ..ai.briefs import Brief
from ..ai.checks import Given
from ..ai.evaluation import headline_checks, with_parts
from ..ai.offline.headlines import LONGEST, headlines

SEED, BRIEFS, LINE = 4101, 12, 28
"""Seed, number of briefs, and signs on one line of a phone (設計參數)."""

WAYS: dict[str, dict[str, Any]] = {
    "簡報寫什麼": {"A": ("none", "no"), "B": ("slogans", "no"), "C": ("facts", "no"), "D": ("facts", "yes")},
    "一次要幾句": {"E": 1, "F": 8, "G": 20},
    "字數上限": {"H": 12, "I": LINE, "J": 60},
    "怎麼挑": {"K": "loud", "L": "first", "M": "checked"},
}
OFFERED = (
    ("海鹽米果", "food", "鹽是台南七股曬的", "包"), ("桂花氣泡茶", "drink", "桂花是南投鹿谷採的", "罐"),
    ("帆布茶袋", "goods", "帆布是台中的廠織的", "個"), ("泡茶體驗課", "course", "老師帶著泡三種茶", "堂"),
    ("茶鋪小市集", "event", "十二個小農來擺攤", "場"), ("老茶倉書店", "place", "座位有四十個，可以久坐", "次"),
)  # fmt: skip


@cache
def hidden() -> tuple[Brief, ...]:
    """Twelve invented briefs of six kinds, the same for everybody."""
    chance = random.Random(SEED)
    made = []
    for place in range(BRIEFS):
        product, kind, fact, one = OFFERED[place % len(OFFERED)]
        day = f"{chance.randrange(1, 12)}/{chance.randrange(1, 28)}"
        made.append(
            Brief(
                product=product,
                kind=kind,
                facts=[fact, f"{day} 起在嘉義老店", "數量照當天的公告"],
                dates=[day],
                prices=[f"一{one} {chance.randrange(60, 900, 10)} 元"],
            )
        )
    return tuple(made)


@cache
def _written(facts: str, dates: str, longest: int) -> tuple[tuple[str, ...], ...]:
    most = max(WAYS["一次要幾句"].values())
    return tuple(
        tuple(one["text"] for one in headlines(with_parts(brief, facts, dates), most, seed, longest))
        for seed, brief in enumerate(hidden())
    )


def _loudness(text: str) -> int:
    return sum(text.count(sign) for sign in "！？「」!?")


def _picked(lines: tuple[str, ...], brief: Brief, how: str) -> str | None:
    """The line that goes out; None when nothing passes and nothing goes out."""
    if not lines:
        return None
    if how == "loud":
        return max(lines, key=_loudness)
    if how == "first":
        return lines[0]
    return next((line for line in lines if not broken(line, brief, LINE)), None)


@cache
def outcome(letters: str) -> tuple[float, float, float]:
    """Shares of the hidden briefs (0–1) whose line can go out, whose line should not, and that have no line."""
    parts, n, longest, how = (options[letter] for letter, options in zip(letters, WAYS.values(), strict=True))
    lines = [
        (_picked(written[:n], brief, how), brief)
        for written, brief in zip(_written(*parts, longest), hidden(), strict=True)
    ]
    good = sum(line is not None and not broken(line, brief, LINE) for line, brief in lines)
    none = sum(line is None for line, _ in lines)
    return good / BRIEFS, (BRIEFS - good - none) / BRIEFS, none / BRIEFS


def broken(text: str, brief: Brief, longest: int = LONGEST) -> list[str]:
    """Names of the checks that a line breaks."""
    given = Given(source=(brief.source,))
    return [
        check.label for check in headline_checks(brief, longest) if check.run(text, given).passed is False
    ]
