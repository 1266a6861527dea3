"""One caption through everything the kit can check before it goes out, in one report."""

from __future__ import annotations

import html
from dataclasses import dataclass

from ... import lint
from ...errors import NotFound
from ...tables import PLATFORMS
from ...text.counting import Fit, fit
from .features import Features, features
from .hashtags import TagReport, hashtags

PACKS = ("tw_words", "typography", "inclusive", "copy")
"""Lint packs that a caption goes through, in this order."""

_SAID_TWICE = {"hashtag_glued": "黏在一起", "hashtag_sentence": "沒有人會搜", "hashtag_stuffing": "，超過"}


@dataclass(frozen=True, repr=False)
class CopyReview:
    """What the checks say of a caption on one platform. findings: of ``PACKS``; room: against the platform's limit, and tags:
    its hashtags, both None where no rule of the platform is known."""

    text: str
    platform: str
    findings: lint.Findings
    features: Features
    room: Fit | None
    tags: TagReport | None

    @property
    def problems(self) -> list[str]:
        """What has to change before it goes out, a sentence each; suggestions are left out."""
        found = [f"「{f.text}」：{f.message}" for f in self.findings if f.severity != "suggestion"]
        if self.room is not None and not self.room.ok:
            found.append(f"太長：{self.room}")
        return found + self.tag_problems

    @property
    def tag_problems(self) -> list[str]:
        """What is wrong with the hashtags, without what a lint rule already points at."""
        seen = {f.rule.removeprefix("copy.") for f in self.findings}
        said = [phrase for rule, phrase in _SAID_TWICE.items() if rule in seen]
        return [
            p for p in (self.tags.problems if self.tags else ()) if not any(phrase in p for phrase in said)
        ]

    @property
    def ok(self) -> bool:
        return bool(self.text.strip()) and not self.problems

    def say(self) -> str:
        """Whether it can go out, and what is left to do."""
        if not self.text.strip():
            return "還沒有文案。"
        hints = sum(f.severity == "suggestion" for f in self.findings)
        more = f"另有 {hints} 個可以更好的地方。" if hints else ""
        if self.ok:
            return f"{PLATFORMS[self.platform]}：沒有非改不可的地方。{more}"
        return f"{PLATFORMS[self.platform]}：還有 {len(self.problems)} 個地方要改。{more}"

    def __repr__(self) -> str:
        return "\n".join([self.say(), *(f"▲ {problem}" for problem in self.problems)])

    def _repr_html_(self) -> str:
        tags = "".join(f"<div>▲ {html.escape(p)}</div>" for p in self.tag_problems)
        room = f"<div>{html.escape(repr(self.room))}</div>" if self.room else ""
        read = html.escape(repr(self.features)) if self.text.strip() else ""
        return (
            '<div style="max-width:960px;font-size:16px;line-height:1.7;color:#22303C;background:#FFFFFF">'
            f"<div>{html.escape(self.say())}</div>{self.findings._repr_html_() if self.text.strip() else ''}{tags}"
            f'<div style="color:#5B6875;font-size:14px">{read}{room}</div></div>'
        )


def review_copy(text: str, platform: str = "instagram") -> CopyReview:
    """Check one caption: words of Taiwan, typography, inclusive wording, copy, length and hashtags of the platform.

    Raises NotFound for an unknown platform, TableError when it is not a text.

    >>> review_copy("冷泡茶你泡幾小時？", "threads").ok
    True
    >>> review_copy("留言+1抽獎!").ok
    False
    """
    if platform not in PLATFORMS:
        raise NotFound(f"沒有 {platform} 這個平台", next_step=f"可用的有：{'、'.join(PLATFORMS)}")
    read = features(text)
    found = [one for pack in PACKS for one in lint.check(text, pack)]
    findings = lint.Findings(sorted(found, key=lambda f: (f.span[0], -f.span[1])), text)
    return CopyReview(text, platform, findings, read, _room(text, platform), _tags(text, platform))


def _room(text: str, platform: str) -> Fit | None:
    try:
        return fit(text, platform)
    except NotFound:
        return None


def _tags(text: str, platform: str) -> TagReport | None:
    try:
        return hashtags(text, platform)
    except NotFound:
        return None
