"""Whether a paid or gifted post says so: early, in plain words, and with the platform's label. Reports risk, never "legal"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from ...errors import NotFound
from ..disclosing import NOT_PAID, disclosed

RELATIONS = {"paid": "付費", "gift": "免費提供產品", "employee": "員工或家人", "none": "自己買的"}
LABELLED = ("instagram", "facebook", "tiktok", "youtube")
"""Platforms with a switch or label for paid content (see ``ad_rules`` platform_label; look at the app before posting)."""
VAGUE = re.compile(r"#?(?:感謝|謝謝)[^。！？\n]{0,10}|#?(?:好朋友|愛店|體驗|開箱|分享)")
FOLD = 60
"""Characters of a caption that are seen before it is folded: a design parameter; phones differ."""


def disclosure_problems(
    caption: str, relation: str = "paid", platform: str = "instagram", label_on: bool = False
) -> list[str]:
    """What is missing, as sentences; empty when nothing is.

    relation: a key of ``RELATIONS``. label_on: whether the platform's own label for paid content is switched on.

    Raises NotFound for an unknown relation.

    >>> disclosure_problems("付費合作｜這週六的米穀戚風我先吃到了", label_on=True)
    []
    >>> disclosure_problems("謝謝嶼穗，超好吃")[0]
    '看不出你們有合作：「感謝」「體驗」「好朋友」不算揭露，請直接寫「付費合作」「廣告」或「免費提供」'
    """
    if relation not in RELATIONS:
        raise NotFound(f"不認得 relation={relation!r}", next_step=f"可用的有：{'、'.join(RELATIONS)}")
    if relation == "none":
        return []
    found = []
    said = disclosed(caption)
    if NOT_PAID.search(caption):
        found.append("寫了「不是業配」這類的話，可是你們有利益關係；拿掉，換成真的關係")
    if not said:
        vague = "：「感謝」「體驗」「好朋友」不算揭露" if VAGUE.search(caption) else ""
        found.append(f"看不出你們有合作{vague}，請直接寫「付費合作」「廣告」或「免費提供」")
    elif said.start() > FOLD:
        found.append(f"揭露在第 {said.start() + 1} 個字，摺疊之後看不到；搬到第一行")
    elif said[0].startswith("#") and len(re.findall(r"#", caption[: said.end()])) > 3:
        found.append("揭露夾在一串標籤裡，容易被略過；搬到第一行，寫成一句話")
    if relation == "paid" and platform in LABELLED and not label_on:
        found.append("平台的業配標籤沒有開；文字寫了也要開（平台的規定）")
    return found


def disclosure_report(posts: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Posts as mappings with caption, relation, platform, label_on: 文案, 關係, 平台, 要補的 (empty when nothing)."""
    rows = []
    for post in posts:
        relation, platform = str(post.get("relation", "paid")), str(post.get("platform", "instagram"))
        caption = str(post["caption"])
        wrong = disclosure_problems(caption, relation, platform, bool(post.get("label_on", False)))
        rows.append(
            {"文案": caption, "關係": RELATIONS[relation], "平台": platform, "要補的": "；".join(wrong)}
        )
    return pd.DataFrame(rows, columns=["文案", "關係", "平台", "要補的"])
