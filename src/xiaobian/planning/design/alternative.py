"""Rules about the alt text: it exists, it is no placeholder, it fits, and it says what is in the card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ...text.counting import counts
from .canvas import rule
from .findings import CardFinding
from .measuring import Measured

_FILE = re.compile(r"[\w\-（）() ]+\.(jpe?g|png|webp|heic|gif)", re.IGNORECASE)
_EMPTY_WORDS = re.compile(
    r"(圖片?|照片?|相片|影像|圖檔|海報|插圖|圖卡|縮圖|封面|示意圖?|貼文|商品|產品|活動|說明|文字|未命名|image|photo|picture|img|untitled|alt|[\d\W_])+",
    re.IGNORECASE,
)
_ENOUGH, _SOME = 0.5, 0.2


def alternatives(found: Measured) -> Iterator[CardFinding]:
    """The first thing that is wrong with the alt text; then whether its numbers are those of the card."""
    alt = found.card.alt.strip()
    length, most = counts(alt).graphemes, longest(found.canvas.platform)
    if not alt:
        yield _said(found, "alt_missing", "error", "沒有替代文字。", "用螢幕報讀的人，這張圖等於不存在；圖載不出來時也一樣。", "寫一兩句：圖上的字、畫面裡有什麼、要人做什麼")
    elif _EMPTY_WORDS.fullmatch(_FILE.sub("", alt) or "_") or _FILE.fullmatch(alt):
        yield _said(found, "alt_placeholder", "error", f"替代文字是「{_short(alt)}」。", "報讀軟體會照唸，聽的人什麼也沒得到。", "改成圖裡真正有的內容")
    elif length > most:
        yield _said(found, "alt_too_long", "error", f"替代文字 {length:,} 個字，這個平台至多 {most:,} 個。", "超過的會被切掉，或整段存不進去。", "留下圖上的字和畫面重點，細節放貼文")
    elif length < rule("alt_shortest"):
        yield _said(found, "alt_short", "warning", f"替代文字只有 {length} 個字。", "說不出圖裡有什麼。", "至少寫出標題和畫面的主體")
    elif (share := said(found.card.alt, _words(found))) < _SOME or said(alt, _headline(found)) < _ENOUGH:
        severity = "error" if share < _SOME else "warning"
        yield _said(found, "alt_unrelated", severity, f"圖上的字，替代文字只提到 {share:.0%}，標題沒有完整說出來。", "聽的人和看的人收到的不是同一件事。", f"把標題「{_short(_headline(found))}」寫進去，再補畫面")
    elif lost := _numbers(_words(found)) - _numbers(alt) - _han_numbers(alt):
        yield _said(found, "alt_facts", "warning", f"圖上的數字 {'、'.join(sorted(lost, key=float))} 沒有寫進替代文字。", "日期、時間、價錢只畫在圖上，聽的人就錯過了。", "把這些數字補進去")


@cache
def longest(platform: str) -> int:
    """Most signs of an alt text on a platform, as ``platform_specs`` or else ``card_rules`` says.

    >>> longest("linkedin"), longest("line")
    (4086, 1000)
    """
    from ... import datasets

    table = datasets.reference("platform_specs")
    rows = table[(table["platform"] == platform) & (table["field"] == "alt_text")]["limit"].dropna()
    return int(rows.iloc[0]) if len(rows) else int(rule("alt_longest"))


def said(alt: str, text: str) -> float:
    """Share (0–1) of the text's neighbouring pairs of signs that the alt text holds too; 1 for no text.

    >>> said("大字寫著夜茶市集", "夜茶市集"), said("三位店員微笑", "夜茶市集")
    (1.0, 0.0)
    """
    plain, held = _plain(text), _plain(alt)
    if len(plain) < 2:
        return 1.0 if plain in held else 0.0
    pairs = [plain[i : i + 2] for i in range(len(plain) - 1)]
    return sum(pair in held for pair in pairs) / len(pairs)


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _words(found: Measured) -> str:
    return "\n".join(found.card.blocks[n].text for n in found.texts if found.card.blocks[n].role != "logo")


def _headline(found: Measured) -> str:
    heads = [b.text for n, b in enumerate(found.card.blocks) if b.role == "headline" and n in found.texts]
    return heads[0] if heads else ""


_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "兩": 2}
_HAN_NUMBER = re.compile(r"[零〇一二兩三四五六七八九十]+")


def _numbers(text: str) -> set[str]:
    """Numbers in digits; one with a leading zero is a label (04), not an amount."""
    return {number for number in re.findall(r"\d+", text.replace(",", "")) if number == "0" or number[0] != "0"}


def _han_numbers(text: str) -> set[str]:
    """Numbers up to 99 in Chinese, as digits.

    >>> sorted(_han_numbers("三天，二十四顆，十二月"))
    ['12', '24', '3']
    """
    found = set()
    for word in _HAN_NUMBER.findall(text):
        tens, ten, ones = word.rpartition("十")
        value = (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
        found.add(str(value))
    return found


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 18 else text[:17] + "…"


def _said(found: Measured, name: str, severity: str, what: str, why: str, fix: str) -> CardFinding:
    made = found.finding(name, severity, None, what, why, fix)
    return CardFinding(made.rule, made.severity, None, made.box, "替代文字", what, why, fix)
