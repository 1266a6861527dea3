"""The brand's invented Instagram stories, and the stories export of Meta Business Suite that holds them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from ..datasets import brand
from ..tables import TAIPEI, conform
from .clock import PACIFIC
from .draws import Draw
from .samples import ACCOUNT_ID, media_id

# 設計參數 (ours, not measurements)
FIRST_DAY = datetime(2026, 8, 1, tzinfo=ZoneInfo(TAIPEI))
DAYS = 31
REACH = 1_900
SHARE_WITH_LINK = 0.3
SHARE_WITH_STICKER = 0.35
SHARE_WITH_TEXT = 0.2
TEXTS = ("今天限量到下午三點", "新口味投票中，選一個", "門市開門了，冷泡先冰好", "明天公休，後天見")
FIGURES = ("views", "reach", "likes", "shares", "profile_visits", "replies", "navigation", "follows", "link_clicks",
           "sticker_taps")  # fmt: skip
HEADERS = {
    "en": ("Post ID", "Account ID", "Account username", "Account name", "Description", "Duration (sec)",
           "Publish time", "Permalink", "Post type", "Data comment", "Date", "Views", "Reach", "Likes", "Shares",
           "Profile visits", "Replies", "Navigation", "Follows", "Link clicks", "Sticker taps"),
    "zh": ("貼文編號", "帳號編號", "帳號用戶名稱", "帳號名稱", "說明", "時間長度（秒）", "發佈時間", "永久連結",
           "貼文類型", "資料留言", "日期", "瀏覽次數", "觸及人數", "按讚數", "分享", "個人檔案造訪次數", "回覆次數",
           "導覽次數", "追蹤人數", "連結點擊次數", "貼圖點按次數"),
}  # fmt: skip
PATHS = {
    "en": "exports/meta/instagram_stories_en/Aug-01-2026_Aug-31-2026_1733905182264071.csv",
    "zh": "exports/meta/instagram_stories_zh/Aug-01-2026_Aug-31-2026_1468820375519247.csv",
}


@dataclass(frozen=True)
class SampleStory:
    """One invented story; a figure that Meta would leave blank is None."""

    post_id: str
    published: datetime
    text: str
    seconds: int
    figures: dict[str, int | None]

    def permalink(self) -> str:
        return (
            f"https://www.instagram.com/stories/{brand()['accounts']['instagram']['handle']}/{self.post_id}"
        )


def sample_stories(seed: int) -> tuple[SampleStory, ...]:
    """One to three stories a day through August, in time order."""
    stories = []
    for day in range(DAYS):
        draw = Draw(seed, "stories", day)
        hours = sorted(draw.shuffled((8, 11, 12, 15, 18, 20, 22))[: draw.whole(1, 3)])
        for hour in hours:
            at = FIRST_DAY + timedelta(days=day, hours=hour, minutes=draw.whole(0, 59))
            stories.append(_story(at, draw))
    return tuple(stories)


def _story(at: datetime, draw: Draw) -> SampleStory:
    reach = round(draw.lognormal(REACH, 0.3))
    views = round(reach * draw.lognormal(1.12, 0.04))
    with_link, with_sticker = draw.uniform() < SHARE_WITH_LINK, draw.uniform() < SHARE_WITH_STICKER
    figures = {
        "views": views,
        "reach": reach,
        "likes": draw.count(reach * 0.012),
        "shares": draw.count(reach * 0.002) or None,
        "profile_visits": draw.count(reach * 0.004) or None,
        "replies": draw.count(reach * 0.0004) or None,
        "navigation": round(views * draw.uniform(1.05, 1.35)),
        "follows": draw.count(reach * 0.0003) or None,
        "link_clicks": draw.count(reach * 0.015) if with_link else None,
        "sticker_taps": draw.count(reach * 0.03) if with_sticker else None,
    }
    created = at + timedelta(seconds=draw.uniform(0, 59))
    text = draw.pick(TEXTS) if draw.uniform() < SHARE_WITH_TEXT else ""
    seconds = draw.pick((0, 0, 6, 9, 12, 15))
    return SampleStory(str(media_id(created, draw.whole(0, (1 << 23) - 1))), at, text, seconds, figures)


def stories_posts(seed: int) -> pd.DataFrame:
    """The truth of the stories files as the posts table, in time order."""
    account = brand()["accounts"]["instagram"]["handle"]
    known = ("views", "reach", "likes", "shares", "follows", "link_clicks")
    rows = [
        {
            "post_id": story.post_id, "platform": "instagram", "account": account,
            "published_at": story.published, "format": "story", "caption": story.text or None,
            "duration_s": float(story.seconds), "metric_era": "views",
            **{name: story.figures[name] for name in known},
        }
        for story in sample_stories(seed)
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), "posts")


def stories_csv(language: str, seed: int) -> bytes:
    """The stories export in a UI language (``en`` or ``zh``): UTF-8 with BOM, LF, newest first, blanks for zeros."""
    account = brand()["accounts"]["instagram"]
    kind, period = {"en": ("IG story", "Lifetime"), "zh": ("IG 限時動態", "總期間")}[language]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADERS[language])
    for story in reversed(sample_stories(seed)):
        published = story.published.astimezone(ZoneInfo(PACIFIC)).strftime("%m/%d/%Y %H:%M")
        front = [story.post_id, ACCOUNT_ID, account["handle"], account["name"], story.text, story.seconds, published,
                 story.permalink(), kind, "", period]  # fmt: skip
        writer.writerow([*front, *(story.figures[name] for name in FIGURES)])
    return ("\ufeff" + text.getvalue()).encode("utf-8")
