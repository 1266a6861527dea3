"""The choice of platforms in words."""

from __future__ import annotations

from collections.abc import Iterable

from .. import optimize
from ..plotting import spaced
from .platforms import PlatformChoice, segment_words
from .reach import named

_SURE, _LIKELY, _WORTH_SAYING = 0.8, 0.5, 1


def say(found: PlatformChoice) -> str:
    """The sentence of ``PlatformChoice.say()``."""
    first = found.sets.iloc[0]
    head = (
        f"{segment_words(found.segment)}、每週{found.hours:g}小時、最多{found.most}個平台：選{joined(found.platforms)}，"
        f"每週{first['hours']:g}小時，每100人大約{100 * first['contacts']:.0f}次接觸（重複的打折算）。"
    )
    return spaced(head + _sure(found) + _second(found) + "".join(_loosened(b) for b in found.choice.binding) + _unknown(found))


def joined(platforms: Iterable[str]) -> str:
    """Platforms in words, joined.

    >>> joined(("tiktok", "line"))
    'TikTok＋LINE'
    """
    return "＋".join(map(named, platforms))


def _sure(found: PlatformChoice) -> str:
    words = "很穩" if found.wins >= _SURE else "不算穩" if found.wins >= _LIKELY else "不穩"
    return f"數字在可能的範圍內重抽，這一組有{found.wins:.0%}的次數最好，{words}。"


def _second(found: PlatformChoice) -> str:
    if len(found.sets) < 2:
        return ""
    first, second = found.sets.iloc[0], found.sets.iloc[1]
    lost = 100 * (first["contacts"] - second["contacts"])
    rival = found.sets.iloc[1:].sort_values("wins", ascending=False, kind="stable").iloc[0]
    words = f"次佳是{second['platforms']}（{second['hours']:g}小時），每100人少{lost:.1f}次。"
    if rival["wins"] and rival["platforms"] != second["platforms"]:
        words += f"最常搶走第一的是{rival['platforms']}（{rival['wins']:.0%}）。"
    return words


def _loosened(binding: optimize.Binding) -> str:
    more = 100 * binding.gain
    gain = f"每100人多{more:.0f}次" if more >= _WORTH_SAYING else "每100人卻多不到1次"
    if binding.limit == optimize.MOST:
        return f"卡在平台數：多{binding.more:g}個就能改成{joined(binding.items)}，{gain}。"
    return f"卡在工時：每週再{binding.more:g}小時就能改成{joined(binding.items)}，{gain}。"


def _unknown(found: PlatformChoice) -> str:
    guessed = found.table[found.table["chosen"] & ~found.table["known"]]["platform"]
    return f"其中{'、'.join(map(named, guessed))}在這個年齡層沒有數字，是猜的，先查再定。" if len(guessed) else ""
