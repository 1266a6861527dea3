"""Where Google Analytics 4 puts a session by its source and medium, and the kit's own table of tags.

The rules for social channels, the list of parameters and what is said about capital letters and LINE come from
the kit's notes on platform formats (2026-11, 一般背景知識, 待查證); rules of the other channels are simplified.
Check them against the property before a report leaves the house.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pandas as pd

DIRECT, UNASSIGNED = "Direct", "Unassigned"
SOCIAL_MEDIUM = ("social", "social-network", "social-media", "sm", "social network", "social media")
PAID = re.compile(r"(.*cp.*|ppc|retargeting|paid.*)")
SOCIAL_SOURCES = (
    "facebook", "fb", "l.facebook.com", "m.facebook.com", "lm.facebook.com", "instagram", "ig", "l.instagram.com",
    "threads", "l.threads.com", "tiktok", "tiktok.com", "linkedin", "linkedin.com", "twitter", "x", "t.co",
    "pinterest", "discord", "dcard", "ptt",
)  # fmt: skip
VIDEO_SOURCES = ("youtube", "youtube.com", "m.youtube.com", "vimeo", "twitch")
SEARCH_SOURCES = ("google", "bing", "yahoo", "duckduckgo", "baidu")
EMAIL = ("email", "e-mail", "e_mail", "e mail")
REFERRAL = ("referral", "app", "link")
DISPLAY = ("display", "banner", "expandable", "interstitial", "cpm")

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
    paid = PAID.fullmatch(m) is not None
    if paid and m not in DISPLAY:
        by_site = (
            (SEARCH_SOURCES, "Paid Search"),
            (SOCIAL_SOURCES, "Paid Social"),
            (VIDEO_SOURCES, "Paid Video"),
        )
        return next((name for sites, name in by_site if s in sites), "Paid Other")
    rules = (
        (m in DISPLAY, "Display"),
        (m in SOCIAL_MEDIUM or (s in SOCIAL_SOURCES and m in REFERRAL), "Organic Social"),
        ("video" in m or (s in VIDEO_SOURCES and m in REFERRAL), "Organic Video"),
        (m == "organic", "Organic Search"),
        (m in EMAIL or s in EMAIL, "Email"),
        (m in ("affiliate", "affiliates"), "Affiliates"),
        (m in REFERRAL, "Referral"),
        (m == "sms" or s == "sms", "SMS"),
        (m in ("push", "mobile", "notification"), "Mobile Push Notifications"),
    )
    return next((name for fits, name in rules if fits), UNASSIGNED)
