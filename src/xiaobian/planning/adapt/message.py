"""What is to be said, before any platform: sentences in order of weight, what must not be lost, where the reader goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import regex

from ...errors import TableError
from ...text.claims import claims
from ...text.summary import sentences
from ..limits import TAG, URL, typed_tags

DISCLOSING = regex.compile(
    r"本(?:文|片|則|篇|貼文|影片)(?:為|是|由|含|內容為).{0,14}(?:合作|贊助|廣告|業配|商業|提供)|"
    r"(?:付費|商業|廠商|品牌)(?:合作|贊助|邀約)|(?:含有|含)(?:廣告|業配)"  # lint: off
)
DISCLOSING_TAGS = frozenset({"廣告", "業配", "合作", "贊助", "商業合作", "付費合作", "ad", "sponsored"})
_TEXTS = ("link", "cta", "question", "disclosure", "title", "alt_text")
_LISTS = ("must_say", "hashtags", "names", "media")


@dataclass(frozen=True)
class Message:
    """One message for every platform.

    text: its sentences, in the order they are to be read; without link, hashtags and disclosure. must_say: phrases that every
    version has to hold word for word. link: where the reader goes. cta: what for (訂購、報名). question: asked where a
    question suits. hashtags: without ``#``, weightiest first. disclosure: the line that says it is paid for, or a
    hashtag with ``#``. names: proper names, as they are written. media: addresses or paths; alt_text: of the pictures;
    duration_s: of the film, in seconds. plain: without emoji and exclamation marks on every platform.

    Raises TableError for an empty text, a field of the wrong kind, or a must-say phrase that the text does not hold.

    >>> message = Message("米穀戚風 6 吋 420 元。5/3 截止。", must_say=("5/3 截止",))
    >>> [sentence for sentence in message.sentences]
    ['米穀戚風 6 吋 420 元。', '5/3 截止。']
    """

    text: str
    must_say: tuple[str, ...] = ()
    link: str = ""
    cta: str = ""
    question: str = ""
    hashtags: tuple[str, ...] = ()
    disclosure: str = ""
    names: tuple[str, ...] = ()
    title: str = ""
    media: tuple[str, ...] = ()
    alt_text: str = ""
    duration_s: float | None = None
    plain: bool = False
    message_id: str = "message"

    def __post_init__(self) -> None:
        for name in ("text", "message_id", *_TEXTS):
            if not isinstance(getattr(self, name), str):
                raise TableError("這裡要放文字", where=f"訊息的 {name}", next_step="請改成文字")
        for name in _LISTS:
            object.__setattr__(self, name, _texts(name, getattr(self, name)))
        object.__setattr__(self, "hashtags", tuple(tag.lstrip("#＃") for tag in self.hashtags))
        if not regex.search(r"[\p{L}\p{N}]", self.text):
            raise TableError("訊息裡沒有字", where="Message 的 text", next_step="請先寫一句話說清楚要講什麼")
        for phrase in self.must_say:
            if phrase not in self.text:
                raise TableError(
                    f"訊息裡沒有必說的「{phrase}」", where="Message 的 must_say", next_step="請把它一字不差寫進 text"
                )

    @property
    def sentences(self) -> list[str]:
        """The sentences of the text, in order."""
        return [s.text for s in sentences(self.text)]

    def weight(self, sentence: str) -> int:
        """3: holds a must-say phrase; 2: holds something that can be looked up; 1: anything else."""
        if any(phrase in sentence for phrase in self.must_say):
            return 3
        return 2 if claims(sentence) or any(name in sentence for name in self.names) else 1


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(v, str) for v in value or ()):
        raise TableError("這裡要放一串文字", where=f"訊息的 {name}", next_step='例如 ["中秋", "茶點"]')
    return tuple(text for text in (v.strip() for v in value or ()) if text)


def message(text: str, **given: Any) -> Message:
    """A message from one typed text: its first link, its hashtags and a disclosing sentence are taken out of it.

    given: fields of Message; they win over what is found in the text. Raises TableError as Message does.

    >>> made = message("本文為合作內容。杯墊 320 元。訂購 https://yusui.example/cup #廣告 #生活選物", cta="訂購")
    >>> made.text, made.disclosure, made.hashtags, made.link
    ('杯墊 320 元。訂購', '本文為合作內容。', ('生活選物',), 'https://yusui.example/cup')
    """
    if not isinstance(text, str):
        raise TableError(f"訊息要是文字，拿到的是 {type(text).__name__}", where="message", next_step="請改成一段文字")
    links = [str(link).rstrip(".,;:!?)") for link in URL.findall(text)]
    tags = typed_tags(text)
    rest = URL.sub(" ", text)
    rest = TAG.sub(" ", rest)
    said = [s.text for s in sentences(rest)]
    telling = [s for s in said if DISCLOSING.search(s)]
    paid = [tag for tag in tags if tag.casefold() in DISCLOSING_TAGS]
    found: dict[str, Any] = {
        "link": links[0] if links else "",
        "disclosure": telling[0] if telling else (f"#{paid[0]}" if paid else ""),
        "hashtags": tuple(tag for tag in dict.fromkeys(tags) if tag not in paid),
    }
    kept = "\n".join(_lines(rest, telling))
    return Message(**{"text": kept, **found, **given})


def _lines(text: str, without: list[str]) -> list[str]:
    """The lines of a text, blanks squeezed, without the sentences named and without empty ones."""
    lines = []
    for line in text.splitlines():
        said = "".join(s.text for s in sentences(line) if s.text not in without)
        squeezed = regex.sub(r"[ \t\u3000]+", " ", said).strip()
        if regex.search(r"[\p{L}\p{N}]", squeezed):
            lines.append(squeezed)
    return lines
