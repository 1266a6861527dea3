"""All versions of one message, what was done to it, and how they look beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...errors import NotFound, TableError
from ...tables import PLATFORMS
from .message import Message
from .message import message as parsed
from .rules import KINDS, Version, version

if TYPE_CHECKING:
    from ...plotting import Chart
    from .audit import Audit

USUAL = ("facebook", "instagram", "threads", "tiktok", "line")
BADGE = "規則改寫，不是 AI：只會整句取捨、刪子句、換行、移標籤與連結，不會換句話說"


@dataclass(frozen=True, repr=False)
class Versions(Result):
    """What ``adapt()`` made: the message and a version a platform, in the order asked for."""

    message: Message
    versions: tuple[Version, ...]
    notes: tuple[str, ...] = (BADGE,)

    def __iter__(self) -> Iterator[Version]:
        return iter(self.versions)

    def __getitem__(self, platform: str) -> Version:
        for one in self.versions:
            if one.platform == platform:
                return one
        made = "、".join(one.platform for one in self.versions)
        raise NotFound(f"沒有 {platform} 的版本", next_step=f"這次做了：{made}")

    @property
    def table(self) -> pd.DataFrame:
        """A row a version: platform, format, used and limit (in unit), hashtags, dropped sentences, lost facts, problems."""
        return pd.DataFrame(
            [
                {
                    "platform": v.platform, "format": v.post.format, "used": v.room.used, "limit": v.room.limit,
                    "unit": v.room.unit, "hashtags": len(v.post.hashtags), "bubbles": len(v.bubbles),
                    "dropped": sum(c.kind == "dropped" and not c.what.startswith("#") for c in v.changes),
                    "lost_facts": sum(c.fact for c in v.changes), "problems": len(v.problems),
                }
                for v in self.versions
            ]
        )  # fmt: skip

    @property
    def changes(self) -> pd.DataFrame:
        """A row a change: platform, kind, what, why, fact."""
        rows = [
            {"platform": v.platform, "kind": KINDS[c.kind], "what": c.what, "why": c.why, "fact": c.fact}
            for v in self.versions
            for c in v.changes
        ]
        return pd.DataFrame(rows, columns=["platform", "kind", "what", "why", "fact"])

    @property
    def ok(self) -> bool:
        """Whether no version has a problem."""
        return not any(v.problems for v in self.versions)

    def audit(self) -> Audit:
        """Whether the versions say the same as the message and as each other."""
        from .audit import audit

        return audit({v.platform: v for v in self.versions}, self.message)

    def say(self) -> str:
        """How many versions pass, which do not, and what was lost."""
        bad = [PLATFORMS[v.platform] for v in self.versions if v.problems]
        passed = f"一則訊息做成 {len(self.versions)} 版，" + (
            f"{len(self.versions) - len(bad)} 版通過檢查，要處理的是 {'、'.join(bad)}" if bad else "每一版都通過檢查"
        )
        lost = {PLATFORMS[v.platform]: sum(c.fact for c in v.changes) for v in self.versions}
        gone = "、".join(f"{name} {n} 句" for name, n in lost.items() if n)
        return f"{passed}。" + (f"放不下而刪掉的事實：{gone}。" if gone else "沒有一版少了事實。")

    def plot(self) -> Chart:
        """How full each platform's limit is with its version."""
        from .versions_plot import draw

        return self.captioned(draw(self))

    def __str__(self) -> str:
        return "\n\n".join(map(repr, self.versions))


def adapt(message: Message | str, platforms: Sequence[str] = USUAL, *, campaign: str = "") -> Versions:
    """One message as a version a platform, by rules; no word is invented beyond those of ``adapt/words.yml``.

    Must-say sentences always stay, those with facts while there is room, the others up to an aimed length (設計參數).
    campaign: tags the links with source and campaign. Raises TableError without platforms or for one named twice,
    NotFound for one without rules.

    >>> made = adapt("米穀戚風 6 吋 420 元，5/3 截止。", ["x", "line"])
    >>> made.ok, [v.room.used for v in made]
    (True, [52.0, 33.0])
    """
    chosen = [platforms] if isinstance(platforms, str) else list(platforms)
    if not chosen or len(set(chosen)) < len(chosen):
        raise TableError("平台要各出現一次，至少一個", where="adapt 的 platforms", next_step=f"例如 {list(USUAL)}")
    source = parsed(message) if isinstance(message, str) else message
    return Versions(source, tuple(version(source, platform, campaign) for platform in chosen))
