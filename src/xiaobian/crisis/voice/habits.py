"""Rules that follow from a guide's habits: marks and particles of a platform, what the brand calls itself and its reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ...lint import Pack, Rule
from ...lint.pack import limit_rule
from ...lint.rules import FINDERS, Context, Words
from .reading import Guide

SELF_NAMES = ("我們", "本公司", "敝公司", "本司", "本店", "敝店", "小店", "本品牌")
READER_NAMES = ("你", "您", "妳")
PARTICLES = "吧呢啊喔哦唷耶啦囉嘛欸齁嘿"
_END = r"(?=[，。！？!?～~…」』\s]|$)"


@lru_cache(maxsize=256)
def habits(guide: Guide, platform: str, crisis: bool) -> Pack:
    """What a guide implies on a platform; in a crisis the names only, for marks and jokes have rules of their own then."""
    rules = tuple(_names(guide)) if crisis else (*_marks(guide, platform), *_names(guide))
    return Pack("voice", "", rules, Words(rules))


def _marks(guide: Guide, platform: str) -> Iterator[Rule]:
    habit = guide.platforms.get(platform)
    if habit is None:
        return
    for name, most in habit.limits.items():
        yield limit_rule(name, most, habit.note, guide.file)
    if habit.particles:
        others = "".join(mark for mark in PARTICLES if mark not in habit.particles)
        used = "".join(f"「{mark}」" for mark in habit.particles)
        said = f"「{{match}}」不是這個平台用的語氣詞。為什麼：句尾像不像同一個人，讀的人聽得出來。用{used}，或不用。"
        yield _rule("particle", f"[{others}]{_END}", said, guide)


def _names(guide: Guide) -> Iterator[Rule]:
    for rule, own, names, what in (
        ("self", guide.self_name, SELF_NAMES, "自稱"),
        ("reader", guide.reader, READER_NAMES, "稱呼"),
    ):
        others = [re.escape(name) for name in names if name != own]
        if own:
            said = f"「{{match}}」不是{guide.brand}的{what}。為什麼：一則一個{what}，讀起來像不同的人在說話。用「{own}」。"
            yield _rule(rule, "|".join(others), said, guide)


def _rule(name: str, pattern: str, message: str, guide: Guide) -> Rule:
    find = FINDERS["existence"]({"pattern": pattern})
    return Rule(
        name,
        "existence",
        "suggestion",
        message,
        f"{guide.brand}的語調檔（設計參數）",
        False,
        Context(),
        find=find,
    )
