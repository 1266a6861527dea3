"""What can be read off a caption before it goes out: to whom it speaks, what it asks, how it feels, how long it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from ...errors import TableError
from ...lint import measure
from ...text import sentiment
from .asks import KINDS, asks, last_kind
from .bait import bait

_HASHTAGS = re.compile(r"(?<![\w/&])[#＃]\S+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCES = re.compile(r"[^。！？!?\n]+[。！？!?]*")
_YOU = re.compile(r"你們?|您|妳|大家")
_WE = re.compile(r"我們?|小編|阿洛|佩蓁|允安|柏宇|子晴|素琴")
_PARTICLE = re.compile(r"[啊呀哇喔哦噢耶欸啦嘛吧呢囉唷](?![一-鿿])")
_NUMBER = re.compile(
    r"[0-9][0-9,.]*|[一二兩三四五六七八九十百千]+(?=[天週月年次個份位杯片盒瓶克公斤元折成倍點分秒度種款家])"
)
_PRICE = re.compile(
    r"NT\$\s?[0-9]|\$[0-9]|[0-9][0-9,]*\s?元|[一二三四五六七八九0-9]\s?折|折\s?[0-9]|免運|買[一二兩三0-9]送"
)
_COMMAND = re.compile(
    r"^\s*(?:請|記得|快|先|再|來|把|別|不要|試試|試著|打開|拿出|帶|選|點|留言|標記|收藏|存|分享|告訴|猜|想一想|想像|看看|閉上|回想|數數)"
)

LABELS = {
    "han": "漢字數", "sentences": "句數", "hook_chars": "第一句字數", "questions": "問句", "second_person": "對「你」說",
    "first_person": "以「我」說", "commands": "祈使句", "numbers": "數字", "hook_number": "第一句有數字",
    "hook_question": "第一句是問句", "ends_with_question": "收在問句", "price": "談到價格", "positive": "正面語氣",
    "negative": "負面語氣", "exclamations": "驚嘆號", "particles": "語助詞", "emoji": "表情符號", "hashtags": "主題標籤",
    "links": "連結", "baits": "互動誘餌", "asked": "要求幾件事",
}  # fmt: skip


@dataclass(frozen=True)
class Features:
    """Features of one caption; counts unless said otherwise.

    kind: the main call to action (of ``asks.KINDS`` or none); asks: all of them. han, sentences, hook_chars: length without
    hashtags. questions … particles: how often. hook_number, hook_question, ends_with_question, price: whether. positive,
    negative: probability 0–1 by ``text.sentiment``.
    """

    kind: str
    asks: tuple[str, ...]
    han: int
    sentences: int
    hook_chars: int
    questions: int
    second_person: int
    first_person: int
    commands: int
    numbers: int
    hook_number: bool
    hook_question: bool
    ends_with_question: bool
    price: bool
    positive: float
    negative: float
    exclamations: int
    particles: int
    emoji: int
    hashtags: int
    links: int
    baits: int
    asked: int

    def __repr__(self) -> str:
        said = [f"行動呼籲：{KINDS[self.kind][0] if self.kind in KINDS else '沒有'}"]
        for name, label in LABELS.items():
            value = getattr(self, name)
            if value is True or (value is not False and value):
                shown = "" if value is True else f" {value:.2f}" if isinstance(value, float) else f" {value}"
                said.append(f"{label}{shown}")
        return "；".join(said)

    def table(self) -> pd.Series:
        """The features by their names in 正體中文."""
        return pd.Series({label: getattr(self, name) for name, label in LABELS.items()}, name="特徵")


def features(text: str) -> Features:
    """Everything that can be read off one caption.

    Raises TableError when it is not a text.

    >>> found = features("冷泡茶可以放幾小時？上週我們忘了一壺。你呢？")
    >>> found.questions, found.hook_question, found.kind
    (2, True, 'ask')
    """
    if not isinstance(text, str):
        raise TableError("要給一段文字", where="features", next_step="很多則用 feature_table(texts)")
    return _features([text])[0]


def feature_table(texts: Sequence[str] | pd.Series) -> pd.DataFrame:
    """Features of many captions, a row each in order; missing texts count as empty. Columns as in ``Features``.

    >>> feature_table(["早安", "喝茶嗎？"])["questions"].tolist()
    [0, 1]
    """
    if isinstance(texts, str):
        raise TableError("要給一串文字，不是一段文字", next_step="只有一則時用 features(text)")
    index = texts.index if isinstance(texts, pd.Series) else pd.RangeIndex(len(texts))
    given = [text if isinstance(text, str) else "" for text in texts]
    return pd.DataFrame(
        [asdict(found) for found in _features(given)], columns=list(Features.__annotations__), index=index
    )


def _features(texts: list[str]) -> list[Features]:
    bare = [_HASHTAGS.sub("", text).strip() for text in texts]
    feeling = sentiment(bare)
    return [
        _one(text, prose, float(up), float(down))
        for text, prose, up, down in zip(
            texts, bare, feeling["p_positive"], feeling["p_negative"], strict=True
        )
    ]


def _one(text: str, prose: str, positive: float, negative: float) -> Features:
    return Features(**_read(text, prose), positive=positive, negative=negative)


@lru_cache(maxsize=8192)
def _read(text: str, prose: str) -> dict[str, Any]:
    """Everything but the feeling; kept, as the same captions are read again and again. Not to be changed."""
    sentences = [s for s in _SENTENCES.findall(prose) if s.strip()]
    hook, last = (sentences[0], sentences[-1]) if sentences else ("", "")
    measured, found = measure(text), asks(text)
    return {
        "kind": last_kind(found), "asks": tuple(ask.kind for ask in found), "han": len(_HAN.findall(prose)),
        "sentences": len(sentences), "hook_chars": len(hook.strip()), "questions": len(re.findall(r"[？?]", prose)),
        "second_person": len(_YOU.findall(prose)), "first_person": len(_WE.findall(prose)),
        "commands": sum(bool(_COMMAND.match(s)) for s in sentences), "numbers": len(_NUMBER.findall(prose)),
        "hook_number": bool(_NUMBER.search(hook)), "hook_question": bool(re.search(r"[？?]", hook)),
        "ends_with_question": bool(re.search(r"[？?]\s*$", last)), "price": bool(_PRICE.search(prose)),
        "exclamations": len(re.findall(r"[！!]", prose)), "particles": len(_PARTICLE.findall(prose)),
        "emoji": int(measured["emoji"]), "hashtags": int(measured["hashtags"]), "links": int(measured["links"]),
        "baits": len(bait(text)), "asked": len({_asked(ask.kind) for ask in found}),
    }  # fmt: skip


def _asked(kind: str) -> str:
    """Two ways to ask for the same thing count once: 提問 and 請留言, 點連結 and 請購買."""
    word = KINDS[kind][1]
    return kind if word == "none" else word
