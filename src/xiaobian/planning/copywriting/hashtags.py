"""Hashtags of a caption against what a platform takes and what people search for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ... import datasets
from ...errors import NotFound
from ...tables import PLATFORMS

TAG = re.compile(r"(?<![\w/&])[#＃](\S*)")
_WORD = re.compile(r"\w+")
LONG = 12
"""Signs above which nobody searches for a tag (design parameter)."""

GENERIC = frozenset({"茶", "美食", "生活", "日常", "台灣", "好吃", "推薦", "follow", "like4like", "f4f", "love", "instagood", "photooftheday"})  # fmt: skip
"""Tags that drown in everybody else's posts (an editor's list, design parameter)."""


@dataclass(frozen=True)
class TagReport:
    """The tags of one caption on one platform. limit: how many it takes, None without a hard limit; source, checked and
    confidence: of that limit; problems: one sentence each, with what to do."""

    platform: str
    tags: tuple[str, ...]
    limit: int | None
    source: str
    checked: str
    confidence: str
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems

    def __repr__(self) -> str:
        most = "沒有硬上限" if self.limit is None else f"最多 {self.limit} 個"
        trust = datasets.CONFIDENCE[self.confidence]
        head = f"{PLATFORMS[self.platform]}：{len(self.tags)} 個標籤（{most}；{self.source}，查核 {self.checked}，可信度{trust}）"
        return "\n".join([head, *(f"▲ {problem}" for problem in self.problems)])


@cache
def _rows() -> Mapping[str, dict[str, Any]]:
    """The row that limits tags, by platform."""
    specs = datasets.reference("platform_specs")
    rows = specs[(specs["scope"] == "platform") & specs["field"].isin(["hashtags", "topic_tag"])]
    return {str(row["platform"]): {str(k): v for k, v in row.items()} for row in rows.to_dict("records")}


def hashtags(text: str, platform: str) -> TagReport:
    """The hashtags of a caption, and what is wrong with them on one platform.

    Raises NotFound for a platform whose rule is not in ``platform_specs.csv``.

    >>> hashtags("午茶 #焙茶 #焙茶", "instagram").problems
    ('「#焙茶」寫了兩次，留一個就好。',)
    """
    rows = _rows()
    if platform not in rows:
        raise NotFound(f"沒有 {platform} 的標籤規則", next_step=f"查得到的有：{'、'.join(rows)}")
    row = rows[platform]
    written = [m[1] for m in TAG.finditer(text)]
    tags = tuple(tag for chunk in written for tag in _split(chunk))
    most = None if row["limit"] != row["limit"] or row["limit"] is None else int(row["limit"])
    found = [*_broken(written), *_double(tags), *_weak(tags)]
    if most is not None and len(tags) > most:
        unit = "主題標籤" if platform == "threads" else "標籤"
        found.insert(0, f"{len(tags)} 個{unit}，超過 {most} 個；留下最多人會搜的。{_trust(row)}")
    if platform == "threads":
        found += [
            f"「#{tag}」有句點或 &，Threads 不收；換一個寫法。" for tag in tags if re.search(r"[.&]", tag)
        ]
    return TagReport(
        platform, tags, most, str(row["source"]), str(row["checked"]), str(row["confidence"]), tuple(found)
    )


def _trust(row: Mapping[str, Any]) -> str:
    return "（這個上限待查證）" if row["verification"] == "unverified" else ""


def _split(chunk: str) -> list[str]:
    """The tags of one run without blanks: 焙茶#生乳捲 are two."""
    parts = [_WORD.match(part) for part in re.split("[#＃]", chunk)]
    return [part[0] for part in parts if part]


def _broken(written: list[str]) -> list[str]:
    found = []
    for chunk in written:
        if re.search(r"[#＃]\w", chunk):
            found.append(f"「#{chunk}」黏在一起，中間空一格。")
        elif not _WORD.match(chunk):
            found.append("有一個 # 後面沒有字，刪掉或補上。")
        elif re.fullmatch(r"\d+", chunk):
            found.append(f"「#{chunk}」只有數字，不會變成標籤；加上字。")
        elif (cut := re.match(r"(\w+)[-—.&·](\w+)", chunk)) is not None:
            found.append(f"「#{cut[0]}」到「{cut[1]}」就斷了，符號不算在標籤裡；連著寫。")
    return found


def _double(tags: tuple[str, ...]) -> list[str]:
    return [
        f"「#{tag}」寫了兩次，留一個就好。" for tag, n in Counter(t.lower() for t in tags).items() if n > 1
    ]


def _weak(tags: tuple[str, ...]) -> list[str]:
    long = [
        f"「#{tag}」有 {len(tag)} 個字，沒有人會搜一句話；留下那個詞。" for tag in tags if len(tag) > LONG
    ]
    return long + [
        f"「#{tag}」太大，你的貼文會沉下去；換成帶品項或地點的。" for tag in tags if tag.lower() in GENERIC
    ]
