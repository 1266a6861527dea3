"""The rules that make one platform's version: which sentences stay, where link and hashtags go, which call to action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import regex
import yaml

from ...analytics.utm.utm import utm
from ...errors import NotFound
from ...tables import FORMATS, PLATFORMS
from ...text.counting import EMOJI, counts
from ..calendar.planned import PlannedPost
from ..limits import (
    BUBBLE,
    Problem,
    Room,
    caption_room,
    media_kind,
    problems,
    published_text,
    rule,
    specs,
    typed_tags,
)
from .message import Message
from .shorten import by_clauses, by_words

KINDS: dict[str, str] = {
    "dropped": "刪掉", "shortened": "縮短", "moved": "移動", "added": "加上", "changed": "改寫",
}  # fmt: skip
BREAKS = {"paragraph": 2, "line": 1, "run": 0}
"""After how many sentences a line ends; 0: never."""


@dataclass(frozen=True)
class Change:
    """One thing the rules did. kind: a key of KINDS; what: the words concerned; why: the rule; fact: a fact was lost."""

    kind: str
    what: str
    why: str
    fact: bool = False

    def __str__(self) -> str:
        return f"{KINDS[self.kind]}「{self.what}」：{self.why}"


@dataclass(frozen=True)
class Version:
    """One platform's version: a planned post, what was changed on the way, what stops it, and how full it is."""

    post: PlannedPost
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    room: Room

    @property
    def platform(self) -> str:
        return self.post.platform

    @property
    def text(self) -> str:
        """What a reader gets, hashtags and link included."""
        return published_text(self.post)

    @property
    def bubbles(self) -> list[str]:
        """The text in the pieces it is sent in: several on LINE, one elsewhere."""
        return self.text.split(BUBBLE)

    def __repr__(self) -> str:
        head = f"【{PLATFORMS[self.platform]}｜{FORMATS[self.post.format]}】{self.room}"
        tag = f"主題：{self.post.hashtags[0]}" if self.platform == "threads" and self.post.hashtags else ""
        told = [f"  {c}" for c in self.changes] + [f"  {p}" for p in self.problems]
        return "\n".join(part for part in (head, self.text, tag, *told) if part)


@dataclass
class _Draft:
    """A version in the making."""

    message: Message
    post: PlannedPost
    changes: list[Change] = field(default_factory=list)

    def note(self, kind: str, what: str, why: str, fact: bool = False) -> None:
        self.changes.append(Change(kind, what, why, fact))

    def made(self, said: list[str], tail: list[str]) -> PlannedPost:
        return replace(self.post, caption=_laid_out(self.post.platform, self.message.disclosure, said, tail))


def version(message: Message, platform: str, campaign: str = "") -> Version:
    """One platform's version of a message. campaign: name of the campaign for link tags; without it the link stays as it is.

    Raises NotFound for a platform there are no rules for.

    >>> print(version(Message("新品上架🎉！你想吃哪一款？"), "linkedin").text)
    新品上架。你想吃哪一款？
    """
    if not rule(platform, "caption_aim"):
        known = "、".join(p for p in PLATFORMS if rule(p, "caption_aim"))
        raise NotFound(f"沒有 {platform} 的改寫規則", next_step=f"可用的平台：{known}")
    draft = _Draft(message, _frame(message, platform, campaign))
    _note_frame(draft)
    said = [_toned(sentence, draft) for sentence in message.sentences]
    tail = _tail(draft)
    post = _filled(draft, [s for s in said if s], tail)
    if platform == "line":
        post = replace(post, caption=_into_bubbles(post))
    return Version(post, tuple(draft.changes), tuple(problems(post)), caption_room(post))


# ── what stands around the text ──


def _frame(message: Message, platform: str, campaign: str) -> PlannedPost:
    """The post without its caption: format, media, hashtags, link, title."""
    films = tuple(item for item in message.media if media_kind(item) == "video")
    pictures = tuple(item for item in message.media if media_kind(item) == "image")
    chosen, media = _format(platform, pictures, films)
    link = utm(message.link, platform, "social", campaign) if message.link and campaign else message.link
    title = (message.title or message.sentences[0]).rstrip("。") if platform == "youtube" else ""
    limit = float(specs()["youtube", "title"]["limit"])
    if counts(title).utf16 > limit:
        title = by_words(title, message.must_say, lambda text: counts(text).utf16 <= limit)
    return PlannedPost(
        f"{message.message_id}-{platform}", platform, chosen, hashtags=_tags(message, platform), media=media,
        alt_text=message.alt_text if rule(platform, "alt_text") else "", link=link, title=title,
        duration_s=message.duration_s if media == films and films else None,
    )  # fmt: skip


def _format(platform: str, pictures: tuple[str, ...], films: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The format a platform's rule asks for, as far as there is something to show; else the plainest it takes."""
    taken = rule(platform, "formats").split()
    aim = rule(platform, "format_aim")
    if aim == "short_video":
        return aim, films[:1]
    if aim != "text" and len(pictures) > 1 and "carousel" in taken:
        return "carousel", pictures
    if aim == "image" and pictures:
        return "image", pictures
    return ("text", ()) if "text" in taken else (aim, ())


def _tags(message: Message, platform: str) -> tuple[str, ...]:
    tags = [regex.sub(r"[^\p{L}\p{N}\p{M}_]", "", tag) for tag in message.hashtags]
    limits = [r["limit"] for (p, f), r in specs().items() if p == platform and f in ("hashtags", "topic_tag")]
    most = min([int(rule(platform, "hashtag_aim")), *(int(n) for n in limits if n == n and n)])
    written = len(set(typed_tags(f"{message.disclosure}\n{message.text}")))
    return tuple(tag for tag in dict.fromkeys(tags) if tag)[: max(most - written, 0)]


def _note_frame(draft: _Draft) -> None:
    message, post = draft.message, draft.post
    name = PLATFORMS[post.platform]
    left = " ".join(f"#{tag}" for tag in message.hashtags[len(post.hashtags) :])
    if left:
        aim = int(rule(post.platform, "hashtag_aim"))
        kept = f"{name} 版放 {aim} 個標籤，留前面的" if aim else f"{name} 版不放標籤"
        draft.note("dropped", left, f"{kept}（設計參數）")
    if post.platform == "threads" and post.hashtags:
        draft.note("moved", f"#{post.hashtags[0]}", "Threads 的主題在發文時另外選，不寫進文案")
    if post.link != message.link:
        draft.note("changed", message.link, "連結加上這個平台的來源標記")
    if post.link and rule(post.platform, "link", post.format) == "plain":
        draft.note("moved", message.link, f"{name} 文案裡的網址點不了，改放個人檔案或頻道首頁")
    if post.platform == "youtube" and not message.title:
        draft.note("added", post.title, "YouTube 要有標題，取第一句")


@cache
def _words() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8")))


def _tail(draft: _Draft) -> list[str]:
    """The lines behind the text: the platform's call to action, and where the link is."""
    message, post, words = draft.message, draft.post, _words()
    kind, lines = rule(post.platform, "cta"), []
    if kind == "ask" or (kind == "link" and not post.link):
        asked = bool(regex.search("[？?]", message.text))
        lines += [message.question or str(words["ask"])] if message.question or not asked else []
    elif kind == "save":
        lines.append(str(words["save"]))
    if post.link:
        taps = rule(post.platform, "link", post.format)
        where = "youtube" if taps == "plain" and post.platform == "youtube" else taps
        lines.append(str(words["link" if message.cta else "link_without_cta"][where]).format(cta=message.cta))
    lines = [_plain(line) if _is_plain(draft) else line for line in lines]
    lines = [line.replace("你", "您") if "您" in message.text else line for line in lines]
    for line in lines:
        if line not in message.text:
            draft.note("added", line, f"{PLATFORMS[post.platform]} 版的行動呼籲")
    return [line for line in lines if line not in message.text]


# ── which sentences stay ──


def _filled(draft: _Draft, said: list[str], tail: list[str]) -> PlannedPost:
    """The post with as many sentences as it takes: must-say first, facts next, the rest up to the aimed length."""
    message, aim = draft.message, int(rule(draft.post.platform, "caption_aim"))
    chosen: dict[int, str] = {}

    def with_(place: int, text: str) -> PlannedPost:
        return draft.made([t for _, t in sorted({**chosen, place: text}.items())], tail)

    order = sorted(range(len(said)), key=lambda i: (-message.weight(said[i]), i))
    for place in order:
        sentence, weight = said[place], message.weight(said[place])
        post = with_(place, sentence)
        if _fits(post) and (weight > 1 or not chosen or counts(post.caption).graphemes <= aim):
            chosen[place] = sentence
            continue
        keep = (*message.must_say, *message.names)
        fitting = partial(_fits_at, with_, place)
        shorter = by_clauses(sentence, keep, fitting) if weight > 1 else ""
        if not shorter and not chosen:
            shorter = by_words(sentence, keep, fitting)
        if shorter:
            chosen[place] = shorter
            draft.note("shortened", sentence, f"放不下整句，留「{shorter}」")
        elif weight == 3:
            chosen[place] = sentence
        else:
            why = "放不下" if not _fits(post) else f"這個平台的文案只想寫到 {aim} 字（設計參數）"
            draft.note("dropped", sentence, why, fact=weight > 1)
    return draft.made([text for _, text in sorted(chosen.items())], tail)


def _fits_at(made: Callable[[int, str], PlannedPost], place: int, text: str) -> bool:
    return _fits(made(place, text))


def _fits(post: PlannedPost) -> bool:
    if post.platform == "line":
        post = replace(post, caption=_into_bubbles(post))
        most = float(specs()["line", "bubbles_per_broadcast"]["limit"])
        return caption_room(post).ok and len(published_text(post).split(BUBBLE)) <= most
    return caption_room(post).ok


def _laid_out(platform: str, disclosure: str, said: list[str], tail: list[str]) -> str:
    """Disclosure first, then the sentences in the platform's lines, then the tail."""
    size = BREAKS[rule(platform, "breaks")]
    blocks = ["".join(said[i : i + size]) for i in range(0, len(said), size)] if size else ["".join(said)]
    body = ("\n\n" if size == 2 else "\n").join(block for block in blocks if block)
    last = ("" if not size else "\n").join(tail)
    gap = "\n\n" if size == 2 else "\n" if size or not tail or tail[-1].endswith("：") else ""
    return "\n".join(part for part in (disclosure, gap.join(part for part in (body, last) if part)) if part)


def _into_bubbles(post: PlannedPost) -> str:
    """A caption for LINE in bubbles: as few as hold it, parted between lines."""
    limit = float(specs()["line", "bubble_text"]["limit"])
    tail = counts(published_text(post)).utf16 - counts(post.caption).utf16
    bubbles: list[str] = []
    for line in post.caption.split("\n"):
        together = f"{bubbles[-1]}\n{line}" if bubbles else line
        if bubbles and counts(together).utf16 <= limit - tail:
            bubbles[-1] = together
        else:
            bubbles.append(line)
    return BUBBLE.join(bubbles)


# ── tone ──


def _is_plain(draft: _Draft) -> bool:
    return draft.message.plain or rule(draft.post.platform, "tone") == "plain"


def _toned(sentence: str, draft: _Draft) -> str:
    if not _is_plain(draft):
        return sentence
    made = _plain(sentence)
    if made != sentence:
        name = PLATFORMS[draft.post.platform]
        draft.note("changed", sentence, f"{name} 版語氣平實：拿掉表情符號，驚嘆號改句號")
    return made


def _plain(text: str) -> str:
    """Without emoji; exclamation marks and tildes become full stops; never two stops in a row."""
    bare = regex.sub(r"[\ufe0e\ufe0f\u200d]", "", EMOJI.sub("", text))
    bare = regex.sub(r"[！!～~]+", "。", bare)
    return str(regex.sub(r"([。？?])\s*。+", r"\1", bare)).strip()
