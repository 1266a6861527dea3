"""Captions that say what a plan says, so that a reading of the text finds the plan's features again.

One caption is an opening as strong as the post's hook, a middle of its pillar and emotion, sentences with exactly the
planned number of positive and negative words, and, where planned, the brand's own voice, a price and a call to action.
All lines stand in ``caption_texts/``; the words that are counted stand in its ``words.yml``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pandas as pd

from ...datasets import yaml_of
from ...errors import TableError
from ...tables import TAIPEI, conform, label
from .templates import FOLDER as TEMPLATES

FOLDER = TEMPLATES.with_name("caption_texts")
HOOK_CUTS = (0.42, 0.58)
LEVELS = ("weak", "middle", "strong")
EMOJI_SHARE = 0.5
SEASON_SHARE = {"promo": 0.55}
USUAL_SEASON_SHARE = 0.35
REMARK_SHARE = {"carousel": 1.0, "poll": 1.0, "image": 0.35}
USUAL_REMARK_SHARE = 0.6
GRAVE = ("sadness", "anger")
FEATURES = (
    "post_id", "platform", "published_at", "format", "pillar", "emotion", "cta", "hook",
    "positive_words", "negative_words", "price_line", "personality",
)  # fmt: skip
CAKE_SHARE = 0.62
_DAYS = 2_000
"""Days whose lines are remembered: more than the years a world has."""

SHOPS = ("嘉義老店", "台南店", "高雄店", "台中店", "新竹店", "台北店")
SUBJECTS: dict[str, dict[str, str]] = {
    "cake": {"米穀戚風": "NT$420", "焙茶生乳捲": "NT$480"},
    "drink": {"冷泡金萱": "NT$75", "黑豆穀飲": "NT$80"},
}
TEA = "冷泡金萱"
COMBOS = {"米穀戚風": "NT$475", "焙茶生乳捲": "NT$535"}
OFF = {"cake": (30, 40, 50, 60), "drink": (5, 10, 15)}
NUMBERS = {
    "few": (3, 4, 5, 6, 7, 8),
    "dozen": (12, 18, 24, 36, 48, 60),
    "hundred": (120, 160, 200, 240, 300, 360),
    "minutes": (8, 11, 15, 20, 27, 35),
    "tries": (7, 9, 12, 17, 21, 23),
    "small_off": (5, 10),
}
DETAILS = {"facebook": 2, "instagram": 1, "line": 1}
TAGS = {"facebook": (0, 3), "instagram": (3, 8), "tiktok": (3, 5), "youtube": (2, 3)}
ONE_TAG_SHARE = 0.15
LINK_PLACE = {"instagram": "profile", "threads": "profile", "tiktok": "profile", "youtube": "description"}

_ABOUT = {
    "cake": re.compile(r"蛋糕|戚風|生乳捲|切|咬|烤|爐|吃|叉|米|斷面|[半兩]片|\{cake\}"),
    "tea": re.compile(r"泡|茶葉|茶湯|茶園|這一杯|茶溫"),
    "drink": re.compile(r"喝|杯|瓶|\{drink\}"),
}
_PERSONAL = re.compile("我|小編|阿洛|佩蓁|允安|柏宇|子晴|素琴")
_PHOTO = "照片|斷面照|圖裡|圖一|圖上"
_FILM = "影片|這支|一鏡|入鏡"
_EITHER = "拍照|別拍|拍了|拍這|鏡頭蓋|腳架"
_UNFIT = {
    re.compile(_FILM): ("image", "carousel"),
    re.compile(_PHOTO): ("video", "short_video", "live"),
    re.compile(f"{_PHOTO}|{_FILM}|{_EITHER}"): ("text", "link", "poll"),
    re.compile("留言|貼文"): ("line",),
}


@dataclass(frozen=True)
class Line:
    """One authored sentence.

    about: cake, drink, tea (the cold brew only) or neither. personal: the brand speaks as a person.
    unfit: formats that do not show what it speaks of, and platforms that have no comments.
    """

    text: str
    about: str
    personal: bool
    unfit: frozenset[str]


def line(text: str, about: str | None = None) -> Line:
    """A sentence with what can be read from it.

    >>> line("照片歪了一點，因為拍的人是我。").personal
    True
    """
    kinds = [kind for kind, words in _ABOUT.items() if words.search(text)]
    if about is None:
        about = "" if "cake" in kinds and len(kinds) > 1 else next(iter(kinds), "")
    unfit = chain.from_iterable(names for words, names in _UNFIT.items() if words.search(text))
    return Line(text, about, bool(_PERSONAL.search(text)), frozenset(unfit))


def _lines(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _lines(inner) for name, inner in node.items()}
    return tuple(line(row) if isinstance(row, str) else line(*_told(row)) for row in node)


def _told(row: dict[str, str]) -> tuple[str, str]:
    """Text and subject of a line whose subject is written down: ``{cake: …}``."""
    (about, text), *_ = row.items()
    return text, about


@cache
def texts() -> dict[str, Any]:
    """The authored lines: openings, middles, details, words, cta, price, personality, formats, greetings, season."""
    closings = yaml_of(FOLDER / "closings.yml")
    middles = yaml_of(FOLDER / "middles.yml")
    spoken = ("cta", "price", "personality", "formats", "greetings")
    return {
        "openings": _lines(yaml_of(FOLDER / "openings.yml")),
        "details": _lines(middles.pop("details")),
        "middles": _lines(middles),
        "words": {_counts(k): _lines(v) for k, v in yaml_of(FOLDER / "words.yml")["sentences"].items()},
        **{name: _lines(closings[name]) for name in spoken},
        **{name: closings[name] for name in closings if name not in spoken},
    }


def _counts(name: str) -> tuple[int, int]:
    positive, negative = re.findall(r"\d", name)
    return int(positive), int(negative)


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """The words counted as ``positive_words`` and ``negative_words``, under ``positive`` and ``negative``.

    >>> "可惜" in lexicon()["negative"]
    True
    """
    words = yaml_of(FOLDER / "words.yml")
    return {name: tuple(words[name]) for name in ("positive", "negative")}


def hook_level(hook: float) -> str:
    """Strength of the opening line of a post whose hook is 0–1: the thirds of the usual content (設計參數)."""
    return LEVELS[bisect_left(HOOK_CUTS, hook)]


@dataclass(frozen=True)
class Season:
    """A line that suits the days ``first``–``last`` (MM-DD), or those around the dates of a festival."""

    line: Line
    first: str = ""
    last: str = ""
    dates: tuple[tuple[pd.Timestamp, pd.Timestamp], ...] = ()

    def suits(self, day: pd.Timestamp, today: str) -> bool:
        """Whether it suits a day, ``today`` being its MM-DD."""
        if self.dates:
            return any(first <= day <= last for first, last in self.dates)
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last


@cache
def seasons() -> tuple[Season, ...]:
    """The lines that suit some days only; those of moving festivals know the dates of 2024–2027."""
    document = yaml_of(FOLDER / "season.yml")
    return tuple(_season(row, document["festivals"]) for row in document["lines"])


def _season(row: dict[str, Any], festivals: dict[str, list[Any]]) -> Season:
    if "days" in row:
        return Season(line(row["text"]), *row["days"])
    days = (pd.Timestamp(day) for day in festivals[row["festival"]])
    around = ((day + pd.Timedelta(days=row["from"]), day + pd.Timedelta(days=row["to"])) for day in days)
    return Season(line(row["text"]), dates=tuple(around))


@lru_cache(_DAYS)
def season_lines(day: pd.Timestamp) -> tuple[Line, ...]:
    """The season's lines that suit a date (midnight, no zone).

    >>> any("中秋" in line.text for line in season_lines(pd.Timestamp("2025-06-30")))
    False
    """
    today = f"{day:%m-%d}"
    return tuple(season.line for season in seasons() if season.suits(day, today))


class _Writer:
    """Writes captions one after another and takes the line it has used least."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.used: dict[str, int] = {}

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def any_of(self, values: Sequence[Any]) -> Any:
        return values[int(self.rng.integers(len(values)))]

    def least_used(self, lines: Sequence[Line]) -> Line:
        times = [self.used.get(line.text, 0) for line in lines]
        fewest = min(times)
        chosen: Line = self.any_of([line for line, n in zip(lines, times, strict=True) if n == fewest])
        self.used[chosen.text] = fewest + 1
        return chosen


class _Caption:
    """One caption in the making: what its post asks for, and the lines taken so far."""

    def __init__(self, writer: _Writer, post: Any) -> None:
        self.writer, self.post = writer, post
        self.about = "cake" if writer.chance(CAKE_SHARE) else "drink"
        self.taken: set[str] = set()
        self.slots = self._slots()
        self.subjects = ("", self.about, "tea" if self.slots["item"] == TEA else self.about)
        self.place = frozenset((post.platform, post.format))
        self.personal = bool(post.personality)

    def _slots(self) -> dict[str, Any]:
        w, slots = self.writer, {name: self.writer.any_of(values) for name, values in NUMBERS.items()}
        item = w.any_of(list(SUBJECTS[self.about]))
        slots |= {"item": item, self.about: item, "item_price": SUBJECTS[self.about][item]}
        return slots | {
            "nexttry": slots["tries"] + 1,
            "shop": w.any_of(SHOPS),
            "off": w.any_of(OFF[self.about]),
            "combo_price": COMBOS.get(item),
        }

    def fitting(self, lines: Sequence[Line]) -> Iterator[Line]:
        """The lines this post may say: on its subject and medium, in its voice, not said yet."""
        personal, taken, subjects, place = self.personal, self.taken, self.subjects, self.place
        for line in lines:
            if (
                line.about in subjects
                and (personal or not line.personal)
                and line.text not in taken
                and not (line.unfit and line.unfit & place)
            ):
                yield line

    def say(self, lines: Sequence[Line]) -> str:
        """One fitting line, filled in."""
        chosen = self.writer.least_used(list(self.fitting(lines)))
        self.taken.add(chosen.text)
        return chosen.text.format_map(self.slots)

    def words(self) -> list[str]:
        """Sentences that hold as many positive and negative words as planned, in few sentences."""
        positive, negative = int(self.post.positive_words), int(self.post.negative_words)
        said, banks = [], texts()["words"]
        while positive or negative:
            open_banks = [
                (p, n) for p, n in banks if p <= positive and n <= negative and any(self.fitting(banks[p, n]))
            ]
            if not open_banks:
                break
            weight = list(accumulate((p + n) ** 2 for p, n in open_banks))
            p, n = open_banks[bisect_right(weight, self.writer.rng.random() * weight[-1])]
            said.append(self.say(banks[p, n]))
            positive, negative = positive - p, negative - n
        return said

    def body(self) -> list[list[str]]:
        """Everything between the opening and the offer, in paragraphs."""
        post, lines, w = self.post, texts(), self.writer
        grave = post.emotion in GRAVE
        said = [self.say(lines["middles"][post.pillar][post.emotion])]
        said += [
            self.say(lines["details"][post.pillar]) for _ in range(DETAILS.get(post.platform, 0) - grave)
        ]
        said += self.words()
        aside = []
        if post.personality:
            tone = lines["personality"]
            aside.append(self.say(tone["plain"] + tone["light"] * (not grave)))
        remarks = list(self.fitting(lines["formats"].get(post.format, ())))
        if remarks and w.chance(REMARK_SHARE.get(post.format, USUAL_REMARK_SHARE * (not grave))):
            aside.append(self.say(remarks))
        season = list(self.fitting(season_lines(post.day))) if not grave else []
        timely = w.chance(SEASON_SHARE.get(post.pillar, USUAL_SEASON_SHARE))
        return [said, aside, [self.say(season)] if season and timely else []]

    def offer(self) -> list[str]:
        """The price and the call to action."""
        post, lines, said = self.post, texts(), []
        if post.price_line:
            said.append(self.say(lines["price"]["any"] + lines["price"][self.about]))
        if post.cta != "none":
            said.append(self.say(self.calls()))
        if post.platform == "line" or post.format == "link":
            said.append(lines["bare_links"][post.pillar])
        return said

    def calls(self) -> Any:
        """The lines that call for the planned action, as the platform and the mood allow it."""
        post, calls, grave = self.post, texts()["cta"], self.post.emotion in GRAVE
        if post.cta == "ask":
            asks = calls["ask"]
            return asks[post.emotion] if grave else asks["any"] + asks[post.pillar]
        if post.cta == "tag":
            return calls["tag_line" if post.platform == "line" else "tag_grave" if grave else "tag"]
        place = LINK_PLACE.get(post.platform) if post.cta == "link" else None
        return calls[f"link_{place}" if place else post.cta]

    def hashtags(self, text: str) -> list[str]:
        """Tags as many as the platform is used to, on what the caption speaks of."""
        w, tags = self.writer, texts()["tags"]
        low, high = TAGS.get(self.post.platform, (0, 0))
        number = int(w.rng.integers(low, high + 1))
        if self.post.platform == "threads":
            number = int(w.chance(ONE_TAG_SHARE))
        place = dict(zip(SHOPS, tags["place"], strict=True))[self.slots["shop"]]
        named = {self.slots["item"]: self.slots["item"], self.slots["shop"]: place}
        others = [tags["brand"][1], *tags[self.post.pillar], *tags[self.about]]
        others += [tag for name, tag in named.items() if name in text]
        order = w.rng.permutation(len(others))
        return [tags["brand"][0], *(others[i] for i in order)][:number]

    def written(self) -> tuple[str, str]:
        """The caption, its hashtags at the end, and the hashtags alone."""
        post = self.post
        opening = self.say(texts()["openings"][post.pillar][hook_level(post.hook)])
        body, offer = self.body(), self.offer()
        if self.writer.chance(EMOJI_SHARE):
            mood = self.writer.any_of(texts()["emoji"][post.emotion])
            if self.writer.chance(0.5):
                opening = f"{opening.removesuffix('。')} {mood}"
            else:
                body[0][0] = f"{body[0][0].removesuffix('。')} {mood}"
        text = self._laid_out(opening, body, offer)
        tags = self.hashtags(text)
        if tags:
            text += ("\n\n" if post.platform == "instagram" else "\n") + " ".join(f"#{tag}" for tag in tags)
        return text, " ".join(tags)

    def _laid_out(self, opening: str, body: list[list[str]], offer: list[str]) -> str:
        platform, sentences = self.post.platform, list(chain.from_iterable(body))
        if platform in ("threads", "instagram"):
            return "\n".join([opening, *sentences, *offer])
        if platform in ("tiktok", "youtube"):
            return "\n".join([opening.removesuffix("。"), _prose([*sentences, *offer])])
        paragraphs = [_prose(part) for part in body if part]
        if platform == "facebook":
            return "\n\n".join(filter(None, [opening, *paragraphs, "\n".join(offer)]))
        greeting = self.say(texts()["greetings"][_daypart(self.post.hour)])
        return "\n".join([greeting, opening, *paragraphs, *offer])


def _prose(sentences: Sequence[str]) -> str:
    """Sentences in one paragraph; one that ends with an emoji keeps a space before the next."""
    joined = ""
    for sentence in sentences:
        joined += (" " if joined and joined[-1] not in "。！？」" else "") + sentence
    return joined


def _daypart(hour: int) -> str:
    return "morning" if 5 <= hour < 11 else "afternoon" if 11 <= hour < 18 else "evening"


def captions(rng: np.random.Generator, plan: pd.DataFrame) -> pd.DataFrame:
    """Captions of the running brand for a plan without empty features, one row a post in the plan's order.

    rng: the same generator state and plan give the same captions. Columns: post_id, caption (hashtags at its end),
    hashtags (by spaces, without #; missing where there are none). Raises TableError for a plan whose features
    have empty cells.

    >>> from xiaobian.sandbox.parameters import load
    >>> from xiaobian.sandbox.habit import draw_plan
    >>> rng = np.random.default_rng(3)
    >>> captions(rng, draw_plan(load(), rng, pd.Timestamp("2025-02-24"), 1)).columns.tolist()
    ['post_id', 'caption', 'hashtags']
    """
    table = conform(plan, "plan")
    if empty := [name for name in FEATURES if table[name].isna().any()]:
        named = "、".join(f"「{label(name, 'plan')}」" for name in empty)
        raise TableError(f"{named}有空格，寫不出文案", where="發文企劃", next_step="請先補上這些欄位的值")
    when = table["published_at"].dt.tz_convert(TAIPEI).dt.tz_localize(None)
    posts = table.assign(day=when.dt.normalize(), hour=when.dt.hour)
    writer = _Writer(rng)
    written = [_Caption(writer, post).written() for post in posts.itertuples(index=False)]
    columns = {"caption": [text for text, _ in written], "hashtags": [tags or None for _, tags in written]}
    return pd.DataFrame({"post_id": table["post_id"].to_numpy(), **columns}).astype("string")
