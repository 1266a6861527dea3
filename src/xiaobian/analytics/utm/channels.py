"""Where Google Analytics 4 puts a session by its source and medium, and the kit's own table of tags.

The lists of sources and media, none of them verified yet, are in ``datasets/reference/ga4_channels.csv`` with their
source and date; the order of the rules is here, simplified. Check them against the property before a report leaves
the house.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import pandas as pd

from ...datasets import reference

DIRECT, UNASSIGNED = "Direct", "Unassigned"
PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
REQUIRED = PARAMETERS[:3]

_TAXONOMY = [
    ("facebook", "facebook", "一般貼文", "social", "Organic Social"),
    ("instagram", "instagram", "一般貼文、限時動態、個人檔案連結", "social", "Organic Social"),
    ("threads", "threads", "一般貼文", "social", "Organic Social"),
    ("tiktok", "tiktok", "個人檔案連結", "social", "Organic Social"),
    ("youtube", "youtube", "影片說明欄", "social", "Organic Social"),
    ("line", "line", "群發訊息、圖文選單", "social", "Organic Social"),
    ("facebook", "facebook", "廣告、加強推廣", "paid_social", "Paid Social"),
    ("instagram", "instagram", "廣告、加強推廣", "paid_social", "Paid Social"),
    ("tiktok", "tiktok", "廣告", "paid_social", "Paid Social"),
    ("other", "kol", "創作者合作", "social", "Organic Social"),
    ("other", "newsletter", "電子報", "email", "Email"),
]


def taxonomy() -> pd.DataFrame:
    """The kit's table of tags: platform, source, where, medium, and the channel it lands in.

    >>> bool((taxonomy().apply(lambda row: channel_group(row["source"], row["medium"]), axis=1) == taxonomy()["channel"]).all())
    True
    """
    return pd.DataFrame(_TAXONOMY, columns=["platform", "source", "用在", "medium", "channel"])


@lru_cache(maxsize=4096)
def channel_group(source: str, medium: str) -> str:
    """The default channel group of a session; simplified, see the module.

    Compared in lower case: GA4's own reports keep capital letters apart as rows of their own.

    >>> channel_group("facebook", "social"), channel_group("facebook", "post"), channel_group("line", "message")
    ('Organic Social', 'Unassigned', 'Unassigned')
    """
    s, m = source.strip().lower(), medium.strip().lower()
    if s in ("(direct)", "direct", "") and m in ("(none)", "(not set)", ""):
        return DIRECT
    display, referral = _fits("display_medium", m), _fits("referral_medium", m)
    social, video = _fits("social_source", s), _fits("video_source", s)
    if _fits("paid_medium", m) and not display:
        by_site = ((_fits("search_source", s), "Paid Search"), (social, "Paid Social"), (video, "Paid Video"))
        return next((name for fits, name in by_site if fits), "Paid Other")
    rules = (
        (display, "Display"),
        (_fits("social_medium", m) or (social and referral), "Organic Social"),
        (_fits("video_medium", m) or (video and referral), "Organic Video"),
        (_fits("search_medium", m), "Organic Search"),
        (_fits("email", m) or _fits("email", s), "Email"),
        (_fits("affiliate_medium", m), "Affiliates"),
        (referral, "Referral"),
        (_fits("sms", m) or _fits("sms", s), "SMS"),
        (_fits("push_medium", m), "Mobile Push Notifications"),
    )
    return next((name for fits, name in rules if fits), UNASSIGNED)


def _fits(kind: str, text: str) -> bool:
    """Whether a source or medium is on a list."""
    return _lists()[kind].fullmatch(text) is not None


@cache
def _lists() -> dict[str, re.Pattern[str]]:
    """The lists of ``ga4_channels.csv``; of media the entries are patterns, of sources names."""
    found: dict[str, list[str]] = {}
    for kind, pattern in reference("ga4_channels")[["kind", "pattern"]].itertuples(index=False):
        found.setdefault(kind, []).append(pattern if kind.endswith("_medium") else re.escape(pattern))
    return {kind: re.compile("|".join(patterns)) for kind, patterns in found.items()}
