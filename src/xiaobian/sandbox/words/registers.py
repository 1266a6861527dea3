"""How a comment sounds: seeded surface rules that change the typing and never the labels.

A template is said by one writer on one platform: some words are typed another way, a phrase is put before or after,
commas become spaces, laughter is added. Words and chances stand in ``template_texts/registers.yml`` (設計參數).
A question keeps its question mark, and what calls for care, law or privacy gets no phrase, laughter or emoji.
A story from life gets none either, and a crisis only phrases that neither make light of it nor gainsay its facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np

from ...datasets import yaml_of
from .templates import FOLDER, SLOT, Template, slots

SHORT = 6
STORY = 36
ATTEMPTS = 6
TALKATIVE = 1.8
TYPED_OTHERWISE = 3
GRAVE = ("selfharm", "legal", "personal_data")
ASIDE = ("question", "praise", "order", "tag", "wish", "scam")

Options = tuple[str, ...]
_MARKS = re.compile(r"[\W_]+")


@cache
def words() -> dict[str, Any]:
    """Everything in ``registers.yml``."""
    return dict(yaml_of(FOLDER / "registers.yml"))


def bare(text: str) -> str:
    """A comment without marks, spaces, emoji and capitals, for finding copies.

    >>> bare("好吃！！ XD😋")
    '好吃xd'
    """
    return _MARKS.sub("", text).lower()


def is_short(text: str) -> bool:
    """Whether a comment has at most six characters, as 「推」 or 「好想吃」, which real pages hold many copies of.

    >>> is_short("好想吃❤️"), is_short("好想吃喔 下班去買")
    (True, False)
    """
    return len(bare(SLOT.sub("字字", text))) <= SHORT


@dataclass(frozen=True)
class _Saying:
    """A template cut into pieces with their options, and the phrases that suit it."""

    template: Template
    pieces: tuple[tuple[int, Options], ...]
    group: str
    heads: Options = ()
    tails: tuple[Options, ...] = ()
    faces: Options = ()


def _pick(options: Sequence[str], u: float) -> str:
    return options[int(u * len(options))]


def is_story(template: Template) -> bool:
    """Whether a comment tells something from life: long, or praise that calls for an answer."""
    told = (template.intent, template.action) == ("praise", "reply")
    return told or len(SLOT.sub("字字", template.text)) > STORY


def _crisis_group(template: Template) -> str:
    if template.sarcasm:
        return "crisis-sarcasm"
    plea = (template.intent, template.action) == ("answer", "escalate") or (
        template.intent == "complaint" and template.stance != "oppose"
    )
    return "crisis-plea" if plea else f"crisis-{template.intent}"


def _group(template: Template) -> str:
    """Which phrases suit a template; for grave ones, stories and asides there are none."""
    if template.intent in GRAVE:
        return "grave"
    if template.kind == "irrelevant" and is_story(template):
        return "story"
    if template.kind == "irrelevant":
        return template.intent if template.intent in ASIDE else "aside"
    if template.kind:
        return _crisis_group(template)
    if is_story(template):
        return "story"
    if template.sarcasm:
        return "sarcasm"
    if (template.intent, template.action) == ("complaint", "escalate"):
        return "alarm"
    return "complaint" if (template.intent, template.stance) == ("wish", "oppose") else template.intent


@cache
def _swaps() -> tuple[re.Pattern[str], tuple[Options, ...]]:
    table = words()["swaps"]
    return re.compile("|".join(f"({key})" for key in table)), tuple(map(tuple, table.values()))


def _typed(literal: str) -> list[Options]:
    """A stretch of text without slots, cut where a word can be typed another way."""
    pattern, others = _swaps()
    pieces: list[Options] = []
    start = 0
    for hit in pattern.finditer(literal):
        pieces.append((literal[start : hit.start()],))
        ways = others[(hit.lastindex or 1) - 1]
        pieces.append((hit[0],) * ((TYPED_OTHERWISE - 1) * len(ways)) + ways)
        start = hit.end()
    return [*pieces, (literal[start:],)]


def _pieces(template: Template) -> tuple[tuple[int, Options], ...]:
    """The options of each piece and which draw decides; a slot named twice is decided once."""
    values, first = dict(template.slots), dict[str, int]()
    found: list[tuple[int, Options]] = []
    for number, part in enumerate(SLOT.split(template.text)):
        if number % 2:
            found.append((first.setdefault(part, len(found)), values[part]))
        else:
            ways = [(part,)] if _group(template) == "grave" else _typed(part)
            found += [(len(found) + at, options) for at, options in enumerate(ways)]
    return tuple(found)


SAME_THING = (
    ("fam", "mate", "kid", "我媽", "我爸", "婆婆", "公公", "阿姨", "同事", "朋友", "客戶", "老師", "網友", "表妹", "辦公室"),
    ("ago", "wd", "clock", "fest", "去年", "今年", "今天", "昨天", "每次", "每週", "剛剛", "以前", "下班", "下次"),
    ("branch", "city", "現場", "門市", "老店", "嘉義", "民雄", "店"),
    ("yrs", "since", "第一次"),
    ("order",),
    ("nth", "第三次", "連續"),
    ("問", "了解", "求解"),
    ("推",),
    ("謝", "感恩"),
    ("買", "購"),
    ("等",),
    ("我住", "我家", "我也", "跟我說的"),
    ("補充", "回樓上", "幫回", "還在問"),
    ("撿到", "第一次買", "一起去", "想去", "{fam}去"),
    ("講的", "傳來", "看到的", "轉貼", "聽", "新聞", "有人說", "阿姨說", "說房東", "說他們"),
)  # fmt: skip


def _clashes(phrase: str, text: str) -> bool:
    """Whether a phrase speaks of a thing the comment already speaks of, or repeats its words.

    >>> _clashes("{branch}買的", "跑了{branch}都沒有"), _clashes("謝謝", "請問有嗎？")
    (True, False)
    """
    named, said = _speaks_of(phrase)
    return bool(named and named & set(SLOT.findall(text))) or any(thing in text for thing in said)


@cache
def _speaks_of(phrase: str) -> tuple[frozenset[str], Options]:
    """The slots of a phrase, and what a comment must not hold beside it: the same things, the same two characters."""
    left = SLOT.sub("", phrase)
    things = chain.from_iterable(things for things in SAME_THING if any(thing in phrase for thing in things))
    pairs = (left[i : i + 2] for i in range(len(left) - 1))
    return frozenset(SLOT.findall(phrase)), tuple(dict.fromkeys([*things, *pairs]))


def _expanded(phrase: str) -> Options:
    found = [phrase]
    for slot in SLOT.findall(phrase):
        found = [text.replace(f"{{{slot}}}", value) for text in found for value in slots()[slot]]
    return tuple(found)


def _suited(table: str, group: str, template: Template) -> Options:
    """The phrases of a group, those for the comment's target, and those for the target within the topic."""
    keys = (group, f"{group}.{template.target}", f"{group}.{template.topic}.{template.target}")
    return tuple(phrase for key in keys for phrase in words()[table].get(key, ()))


@cache
def _saying(template: Template) -> _Saying:
    group = _group(template)
    faces = _suited("emoji", group, template)
    plain = _Saying(template, _pieces(template), group, faces=faces)
    if group == "grave" or is_short(template.text):
        return plain
    heads = [h for h in words()["heads"].get(group, ()) if not _clashes(h, template.text)]
    tails = _suited("tails", group, template)
    if template.kind:
        tails = tuple(tail for tail in tails if not SLOT.search(tail))
    suited = tuple(_expanded(tail) for tail in tails if not _clashes(tail, template.text))
    return _Saying(template, plain.pieces, group, tuple(heads), suited, faces)


def _substituted(text: str, table: str, u: float, count: int = 1) -> str:
    pattern, others = _table(table)
    hits = list(pattern.finditer(text))
    if not hits:
        return text
    hit = hits[int(u * len(hits))]
    return text[: hit.start()] + others[(hit.lastindex or 1) - 1] + text[hit.end() :]


@cache
def _table(name: str) -> tuple[re.Pattern[str], Options]:
    table = words()[name]
    return re.compile("|".join(f"({key})" for key in table)), tuple(table.values())


def _slip(text: str, say: _Saying, u: float) -> str:
    return text if say.group == "grave" else _substituted(text, "slips", u)


def _zhuyin(text: str, say: _Saying, u: float) -> str:
    return text if say.group == "grave" else _substituted(text, "zhuyin", u)


@cache
def _drawn_out() -> re.Pattern[str]:
    return re.compile(words()["drawn_out"])


def _elongate(text: str, say: _Saying, u: float) -> str:
    hit = _drawn_out().search(text)
    calm = ("grave", "sarcasm", "answer", "complaint", "alarm", "rumor")
    if hit is None or say.group in calm or say.group.startswith("crisis"):
        return text
    return text[: hit.end()] + hit[0] * (1 + int(u * 3)) + text[hit.end() :]


def _joint(text: str) -> str:
    return " " if text[-1] in "？！?!…～~）)」" else "，"


def _tail(text: str, say: _Saying, u: float) -> str:
    if not say.tails:
        return text
    place = u * len(say.tails)
    return text + _joint(text) + _pick(say.tails[int(place)], place % 1)


def _head(text: str, say: _Saying, u: float) -> str:
    if not say.heads:
        return text
    head = _pick(say.heads, u)
    return text if _clashes(head, text) else head + ("，" if u * 997 % 1 < 0.6 else " ") + text


def _ending(text: str, say: _Saying, u: float) -> str:
    marks = words()["endings"].get(say.group)
    worried = say.group == "question" and say.template.arousal != "low"
    if not marks or worried or text.endswith(("…", "～", "）")):
        return text
    mark = _pick(marks, u)
    apart = text[-1].isascii() or (mark.isalpha() and mark.isascii() and u * 997 % 1 < 0.4)
    return f"{text} {mark}" if apart else text + mark


def _emoji(text: str, say: _Saying, u: float) -> str:
    return text + _pick(say.faces, u) if say.faces else text


def _space(text: str, say: _Saying, u: float) -> str:
    return text.replace("，", " ").rstrip("。")


_HALF = str.maketrans("，！？（）：～", ",!?():~")


def _half(text: str, say: _Saying, u: float) -> str:
    return text.translate(_HALF)


_HAN = "[\u4e00-\u9fff]"
_CLAUSE = re.compile(
    f"(?<![0-9A-Za-z%])，(?![0-9A-Za-z])|(?<={_HAN}|[？！。」）]) (?={_HAN})|(?<=[？！])(?={_HAN})"
)


def _breaks(text: str, say: _Saying, u: float) -> str:
    whole = "@" in text or say.group in ("grave", "scam") or len(text) <= 12
    return text if whole else _CLAUSE.sub("\n", text)


def _blessing(text: str, say: _Saying, u: float) -> str:
    unsuited = say.group in ("grave", "story", "scam", "rumor", "sarcasm", "tag", "banter")
    if say.template.stance == "oppose" or say.template.kind or unsuited or is_short(text):
        return text
    wish = _pick(words()["blessings"], u)
    return text if wish[:2] in text else f"{wish} {text}" if wish.endswith("安") else f"{text} {wish}"


def _prefixed(text: str, say: _Saying, u: float, platform: str) -> str:
    marks = words()["prefixes"].get(platform)
    if not marks:
        return text
    mark = _pick(marks[say.template.stance], u)
    return mark + ("" if mark.endswith(" ") else " ") + (text if mark.strip() != text else "")


Rule = Callable[[str, _Saying, float], str]
RULES: tuple[tuple[str, Rule], ...] = (
    ("slip", _slip),
    ("zhuyin", _zhuyin),
    ("tail", _tail),
    ("head", _head),
    ("elongate", _elongate),
    ("blessing", _blessing),
    ("ending", _ending),
    ("space", _space),
    ("half", _half),
    ("breaks", _breaks),
    ("emoji", _emoji),
)


def _spoken(
    say: _Saying, platform: str, chances: Mapping[str, float], u: Sequence[float], more: float
) -> str:
    text = "".join([_pick(options, u[draw]) for draw, options in say.pieces])
    at = len(u) - 2 * len(RULES) - 2
    for name, rule in RULES:
        if u[at] < chances[name] * more:
            text = rule(text, say, u[at + 1])
        at += 2
    return _prefixed(text, say, u[at + 1], platform) if u[at] < chances["prefix"] else text


def voice(
    rng: np.random.Generator, templates: Sequence[Template], platforms: Sequence[str], *, more: float = 1.0
) -> list[str]:
    """Say each template once, on its platform.

    more: factor on the chance of every rule but the push prefix; 0 leaves only slots and words to vary.

    >>> from .templates import templates
    >>> voice(np.random.default_rng(1), templates(topic="taste")[:1], ["threads"], more=0)[0].endswith("剛剛好")
    True
    """
    said = [_saying(template) for template in templates]
    width = max((len(say.pieces) for say in said), default=0) + 2 * len(RULES) + 2
    uniform = rng.random((len(said), width)).tolist()
    table = words()["chances"]
    return [
        _spoken(say, platform, table.get(platform, table["other"]), u, more)
        for say, platform, u in zip(said, platforms, uniform, strict=True)
    ]


def tell(
    rng: np.random.Generator,
    templates: Sequence[Template],
    platforms: Sequence[str],
    heard: set[str] | None = None,
) -> list[str]:
    """Say each template; who repeats another's words says it again, short cheers apart.

    heard: what was said before, without marks; it grows, so that a stream keeps one set from hour to hour.
    """
    seen = set() if heard is None else heard
    texts = voice(rng, templates, platforms)
    unheard = list(range(len(texts)))
    for _ in range(ATTEMPTS):
        repeated = []
        for number in unheard:
            plain = bare(texts[number])
            if plain in seen and len(plain) > SHORT:
                repeated.append(number)
            seen.add(plain)
        again = [templates[i] for i in repeated], [platforms[i] for i in repeated]
        for number, text in zip(repeated, voice(rng, *again, more=TALKATIVE), strict=True):
            texts[number] = text
        unheard = repeated
    return texts
