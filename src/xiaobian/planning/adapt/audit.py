"""Whether several versions of one message still say the same: facts, names, must-say, disclosure, links, hashtags, voice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from ...tables import PLATFORMS
from ..calendar.planned import PlannedPost
from ..limits import published_text
from . import contradictions
from .contradictions import KINDS, Contradiction, Text
from .message import Message
from .rules import Version

if TYPE_CHECKING:
    from ...plotting import Chart


@dataclass(frozen=True, repr=False)
class Audit(Result):
    """What ``audit()`` found.

    found: the contradictions, in the order of the versions. table: a row each: platform, kind, place (the sentence), said,
    expected, what, fix. facts: a row a fact of the message and a column a platform: 有, 沒有提 or 不一樣; without a message empty.
    """

    found: tuple[Contradiction, ...]
    facts: pd.DataFrame
    platforms: tuple[str, ...]
    notes: tuple[str, ...] = (
        "少了不等於矛盾：沒提到的事實列在 facts 裡，不算錯",
        "規則看得到數字、日期、價格、名稱、連結、標籤和稱呼，看不到意思被換掉的句子",
    )

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts."""
        return not self.found

    @property
    def table(self) -> pd.DataFrame:
        """A row a contradiction."""
        columns = ["platform", "kind", "place", "said", "expected", "what", "fix"]
        return pd.DataFrame([{c: getattr(one, c) for c in columns} for one in self.found], columns=columns)

    def say(self) -> str:
        """How many contradictions there are, and the first of them with its place."""
        if self.ok:
            return f"{len(self.platforms)} 個版本沒有找到互相矛盾的地方。"
        first = self.found[0]
        return f"{len(self.platforms)} 個版本找到 {len(self.found)} 處矛盾。先改這一處：{first}"

    def plot(self) -> Chart:
        """Which fact of the message each version holds, leaves out or tells differently."""
        from .versions_plot import facts

        return self.captioned(facts(self))

    def __str__(self) -> str:
        return "\n".join([self.say(), *map(str, self.found[1:])])


def audit(
    versions: Mapping[str, str | PlannedPost | Version] | Sequence[PlannedPost],
    message: Message | str | None = None,
    *,
    names: Sequence[str] = (),
    must_say: Sequence[str] = (),
    disclosure: str = "",
) -> Audit:
    """Look for places where versions contradict the message or, without one, each other.

    versions: platform (or any name) → text, planned post or version. A message gives facts, names, must-say and disclosure;
    those given here come on top. Raises TableError for fewer than two texts (one, when there is a message).

    >>> found = audit({"facebook": "一盒 880 元，兩盒免運。", "line": "一盒 800 元，兩盒免運。"})
    >>> [(c.kind, c.said, c.expected) for c in found.found]
    [('price', '800 元', '880 元')]
    """
    listed = versions if isinstance(versions, Mapping) else {post.platform: post for post in versions}
    texts = [_read(name, given) for name, given in listed.items()]
    if len(texts) < (1 if message is not None else 2):
        raise TableError("至少要兩個版本才能互相比", where="audit", next_step="再給一個版本，或把原本的訊息放進 message=")
    source = Message(message) if isinstance(message, str) else message
    asked = contradictions.Asked(
        _source(source), tuple(dict.fromkeys([*names, *(source.names if source else ())])),
        tuple(dict.fromkeys([*must_say, *(source.must_say if source else ())])),
        disclosure or (source.disclosure if source else ""), (source.link if source else ""),
    )  # fmt: skip
    found = tuple(one for check in contradictions.CHECKS for one in check(texts, asked))
    order = {text.name: place for place, text in enumerate(texts)}
    ordered = tuple(sorted(found, key=lambda c: (order[c.platform], list(KINDS).index(c.kind))))
    return Audit(ordered, _facts(texts, asked, ordered), tuple(order))


def _read(name: str, given: str | PlannedPost | Version) -> Text:
    if isinstance(given, str):
        return Text(name, given)
    post = given.post if isinstance(given, Version) else given
    tags = " ".join(f"#{tag}" for tag in post.hashtags) if post.platform == "threads" else ""
    return Text(name, "\n".join(part for part in (published_text(post), tags) if part), post.link, post.title)


def _source(message: Message | None) -> Text | None:
    if message is None:
        return None
    tags = " ".join(f"#{tag}" for tag in message.hashtags)
    told = "\n".join(part for part in (message.disclosure, message.text, message.cta, message.question, tags) if part)
    return Text("訊息", told, message.link, message.title)


def _facts(texts: list[Text], asked: contradictions.Asked, found: tuple[Contradiction, ...]) -> pd.DataFrame:
    """Fact × platform: held, not told, or told differently."""
    if asked.source is None:
        return pd.DataFrame()
    rows: dict[str, dict[str, str]] = {}
    for claim in Text(asked.source.name, asked.source.text).facts:
        told = claim.text.strip()
        rows[told] = {
            text.name: "不一樣" if any(c.platform == text.name and c.expected == told for c in found)
            else "有" if text.holds(claim) else "沒有提"
            for text in texts
        }  # fmt: skip
    for phrase in asked.must_say:
        rows[f"「{phrase}」"] = {text.name: "有" if text.says(phrase) else "不一樣" for text in texts}
    return pd.DataFrame.from_dict(rows, orient="index").rename(columns=PLATFORMS)
