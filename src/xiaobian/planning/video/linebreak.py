"""Breaking Chinese lines where a reader would: at a mark or between words, never inside a word or a number and its unit."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

from ...text.segmentation import cut

_UNITS = """
元 塊 個 杯 盒 份 條 支 瓶 片 顆 包 袋 組 種 款 次 則 篇 人 位 名 天 日 週 月
年 號 點 分 秒 小時 分鐘 秒鐘 個月 度 折 成 倍 樓 步 歲 公克 公斤 毫升 公升 公分 公尺 公里 克 斤 ml
kg g cm mm km % ％ ℃ °C 萬 億 千 百 萬元 億元 趴
"""
UNITS = frozenset(_UNITS.split())
CLOSING, OPENING = "，。、；：？！）」』》〉…—～%％,.;:?!)]}”’", "（「『《〈([{“‘"
_PARTICLES = "的 了 嗎 呢 吧 啊 喔 們 得 地 著 過 呀 啦 耶 囉"
_TIED = frozenset(_PARTICLES.split())
_NUMBER = regex.compile(
    r"(?:NT\$|\$|＄|第)?[\d０-９][\d０-９,.:／/]*|第?[〇零一二三四五六七八九十百千萬兩半幾]+"
)
_SPOKEN = regex.compile(r"\p{Han}|[A-Za-z]+|\d+(?:[.:]\d+)?")
_DROPPED = "，、；：。,;:"


def width(text: str) -> float:
    """Width in full-width signs: a full-width sign or an emoji 1, a half-width one a half; marks that combine 0.

    >>> width("冷藏 8 小時")
    5.5
    """
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text if not _combines(c))
    return float(wide)


def _combines(sign: str) -> bool:
    return unicodedata.combining(sign) != 0 or sign in "\u200d\ufe0f\ufe0e"


def spoken(text: str) -> int:
    """Syllables it takes to say a text, roughly: a Chinese sign 1, a figure its digits, a Latin word 2.

    >>> spoken("這杯茶，你少等了 5 個小時。")
    11
    """
    total = 0
    for found in _SPOKEN.findall(text):
        total += (
            len(found.replace(".", "").replace(":", ""))
            if found[0].isdigit()
            else 2
            if found.isascii()
            else 1
        )
    return total


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[str, ...]:
    """What a line may not break inside: words with their marks, particles, and numbers with their units.

    >>> pieces("冷藏 8 小時，再切。")
    ('冷藏 ', '8 小時，', '再', '切。')
    """
    found: list[str] = []
    for word in cut(text.replace("\n", " ")):
        if found and _joins(found[-1], word):
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


def _joins(before: str, word: str) -> bool:
    """Whether a break between these two would hurt."""
    last, number = before[-1], _NUMBER.fullmatch(before.strip())
    if word.isspace():
        return True
    if word[0] in CLOSING or last in OPENING or _combines(word[0]):
        return True
    if number and (word in UNITS or (word[0] in UNITS and len(word) <= 2)):
        return True
    if last.isspace():
        return False
    if word in _TIED:
        return True
    return last.isascii() and word[0].isascii() and last.isalnum() and word[0].isalnum()


def cost(piece: str) -> float:
    """How bad a break after this piece is: 0 after a full stop, more after a comma, most between two words."""
    last = piece.rstrip()[-1:] or " "
    if last in "。？！?!…":
        return 0.0
    if last in "，；：,;:）」』":
        return 1.0
    if last == "、":
        return 2.0
    return 4.0 if piece[-1:].isspace() else 6.0


def wrap(text: str, longest: float = 16) -> list[str]:
    """A text in as few lines of at most ``longest`` full-width signs as it takes, balanced; marks at a line's end go.

    A single piece that is wider than a line stays whole: ``check_subtitles()`` tells.

    >>> wrap("冷水出味慢，時間不夠，喝起來就像有顏色的水。")
    ['冷水出味慢，時間不夠', '喝起來就像有顏色的水']
    """
    parts = pieces(text.strip())
    fits = _fits(parts, longest)
    for count in range(max(1, int(width("".join(parts)) / longest)), len(parts) + 1):
        found = _split(parts, count, fits)
        if found:
            return found
    return []


def trimmed(line: str) -> str:
    """A line without blanks around it and without the comma or full stop at its end.

    >>> trimmed("先放冰， ")
    '先放冰'
    """
    return line.strip().rstrip(_DROPPED).strip()


def _fits(parts: tuple[str, ...], longest: float) -> list[list[tuple[int, float]]]:
    """For each end, where a line that ends there may start, with its width; a line of one piece may be too wide."""
    found: list[list[tuple[int, float]]] = [[]]
    for end in range(1, len(parts) + 1):
        starts = []
        for start in range(end - 1, -1, -1):
            wide = width(trimmed("".join(parts[start:end])))
            if wide > longest and start < end - 1:
                break
            starts.append((start, wide))
        found.append(starts)
    return found


def _split(parts: tuple[str, ...], count: int, fits: list[list[tuple[int, float]]]) -> list[str]:
    """The best way to make ``count`` lines: breaks where they read well, lines alike; empty when they do not fit."""
    ideal = max(width("".join(parts)) / count, 1.0)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, -1)}]
    for _ in range(count):
        row: dict[int, tuple[float, int]] = {}
        for end in range(1, len(parts) + 1):
            for start, wide in fits[end]:
                if start in best[-1]:
                    price = best[-1][start][0] + (wide - ideal) ** 2 / ideal + cost(parts[end - 1])
                    if end not in row or price < row[end][0]:
                        row[end] = (price, start)
        best.append(row)
    if len(parts) not in best[-1]:
        return []
    end, lines = len(parts), []
    for row in reversed(best[1:]):
        start = row[end][1]
        lines.append(trimmed("".join(parts[start:end])))
        end = start
    return [line for line in reversed(lines) if line]
