"""What is wrong with a calendar: one finding a problem, in words, with the posts it is about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from ...analytics.result import Result
from ...plotting import spaced
from ..limits import SEVERITIES

KINDS: dict[str, str] = {
    "window": "可發期間",
    "sensitive": "敏感日",
    "limit": "平台限制",
    "slot": "時段相撞",
    "unset": "沒有時間",
    "past": "時間已過",
    "sla": "來不及核可",
    "duplicate": "文案重複",
}


@dataclass(frozen=True)
class Finding:
    """One problem: its kind, how bad (``error`` or ``warning``), the posts, what and how to mend it."""

    kind: str
    severity: str
    posts: tuple[str, ...]
    what: str
    fix: str

    def __str__(self) -> str:
        icon, words = SEVERITIES[self.severity]
        return f"{icon} {words}｜{KINDS[self.kind]}｜{'、'.join(self.posts)}：{self.what}。{self.fix}。"


@dataclass(frozen=True, repr=False)
class Findings(Result):
    """All problems of a calendar, errors first."""

    found: tuple[Finding, ...]
    posts: int

    @property
    def table(self) -> pd.DataFrame:
        """One row a finding: kind, severity, posts, what, fix."""
        rows = [
            (KINDS[f.kind], SEVERITIES[f.severity][1], "、".join(f.posts), f.what, f.fix) for f in self.found
        ]
        return pd.DataFrame(rows, columns=["kind", "severity", "posts", "what", "fix"], dtype="string")

    def of(self, post_id: str) -> list[Finding]:
        """The findings that name a post."""
        return [finding for finding in self.found if post_id in finding.posts]

    @property
    def blocking(self) -> frozenset[str]:
        """Posts that must change before they go out."""
        return frozenset(post for f in self.found if f.severity == "error" for post in f.posts)

    def say(self) -> str:
        """How many posts have to change, by kind."""
        if not self.found:
            return spaced(f"{self.posts}則貼文都沒有問題。")
        kinds = Counter(KINDS[finding.kind] for finding in self.found)
        told = "、".join(f"{kind}{count}件" for kind, count in kinds.most_common())
        return spaced(f"{self.posts}則貼文裡，{len(self.blocking)}則一定要改。問題有：{told}。")
