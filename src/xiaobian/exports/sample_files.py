"""The sample posts as files: the columns, order, language and quirks of Meta's content downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from .clock import PACIFIC
from .samples import SamplePost

Maker = Callable[[SamplePost, str], object]
TYPES = {
    ("instagram", "en"): {"image": "IG image", "carousel": "IG carousel", "short_video": "IG reel"},
    ("instagram", "zh"): {"image": "IG 圖像", "carousel": "IG 輪播", "short_video": "IG 連續短片"},
    ("facebook", "en"): {"image": "Photos", "video": "Videos", "short_video": "Reels", "link": "Links", "text": "Text"},
    ("facebook", "zh"): {"image": "相片", "video": "影片", "short_video": "連續短片", "link": "連結", "text": "文字"},
}  # fmt: skip


def _figure(name: str) -> Maker:
    return lambda post, _: post.figure(name)


def _click(name: str) -> Maker:
    return lambda post, _: (post.clicks or {}).get(name)


def _blank(post: SamplePost, language: str) -> object:
    return None


def _fixed(value: object) -> Maker:
    return lambda post, _: value


def _published(post: SamplePost, language: str) -> str:
    return post.published.astimezone(ZoneInfo(PACIFIC)).strftime("%m/%d/%Y %H:%M")


def _total(post: SamplePost, language: str) -> object:
    return sum(int(post.figure(name) or 0) for name in ("likes", "comments", "shares"))


def _whole_seconds(post: SamplePost, language: str) -> object:
    return int(post.figure("duration_s") or 0)


# key: (English header, 正體中文 header, what stands in the cell)
CELLS: dict[str, tuple[str, str, Maker]] = {
    "post_id": ("Post ID", "貼文編號", lambda post, _: post.post_id),
    "page_id": ("Page ID", "粉絲專頁編號", lambda post, _: post.account_id),
    "page_name": ("Page name", "粉絲專頁名稱", lambda post, _: post.account),
    "account_id": ("Account ID", "帳號編號", lambda post, _: post.account_id),
    "username": ("Account username", "帳號用戶名稱", lambda post, _: post.account),
    "account_name": ("Account name", "帳號名稱", lambda post, _: post.account_name),
    "title": ("Title", "標題", lambda post, _: post.title),
    "description": ("Description", "說明", lambda post, _: post.description),
    "caption": ("Description", "說明", lambda post, _: post.caption),
    "duration": ("Duration (sec)", "時間長度（秒）", _whole_seconds),
    "published": ("Publish time", "發佈時間", _published),
    "caption_type": ("Caption type", "字幕類型", _fixed("N/A")),
    "permalink": ("Permalink", "永久連結", lambda post, _: post.permalink),
    "crosspost": ("Is crosspost", "是否為跨平台貼文", _fixed(0)),
    "share": ("Is share", "是否為分享", _fixed(0)),
    "type": ("Post type", "貼文類型", lambda post, language: TYPES[post.platform, language][post.format]),
    "languages": ("Languages", "語言", _blank),
    "labels": ("Custom labels", "自訂標籤", _blank),
    "funded": ("Funded content status", "贊助內容狀態", _blank),
    "data_comment": ("Data comment", "資料留言", _blank),
    "period": ("Date", "日期", lambda _, language: {"en": "Lifetime", "zh": "總期間"}[language]),
    "empty_views": ("Views", "瀏覽次數", _blank),
    "views": ("Views", "瀏覽次數", _figure("views")),
    "reach": ("Reach", "觸及人數", _figure("reach")),
    "total": ("Reactions, Comments and Shares", "心情、留言和分享次數", _total),
    "reactions": ("Reactions", "心情數", _figure("likes")),
    "likes": ("Likes", "按讚數", _figure("likes")),
    "comments": ("Comments", "留言", _figure("comments")),
    "ig_comments": ("Comments", "留言數", _figure("comments")),
    "shares": ("Shares", "分享", _figure("shares")),
    "saves": ("Saves", "儲存次數", _figure("saves")),
    "follows": ("Follows", "追蹤人數", _figure("follows")),
    "clicks": ("Total clicks", "總點擊次數", _figure("clicks")),
    "link_clicks": ("Link Clicks", "連結點擊次數", _click("link")),
    "other_clicks": ("Other Clicks", "其他點擊次數", _click("other")),
    "photo_clicks": ("Matched Audience Targeting Consumption (Photo Click)", "相片點擊次數", _click("photo")),
    "seconds": ("Seconds viewed", "觀看秒數", lambda post, _: _int(post.figure("watch_time_s"))),
    "average": ("Average Seconds viewed", "平均觀看秒數", _figure("avg_watch_s")),
    "earnings": ("Estimated earnings (USD)", "預估收益（美元）", _blank),
    "ad_impressions": ("Ad impressions", "廣告曝光次數", _blank),
}


def _int(value: float | None) -> int | None:
    return None if value is None else int(value)


@dataclass(frozen=True)
class File:
    """One sample file: where it goes, whose posts, in which language, with which columns in which order."""

    path: str
    platform: str
    language: str
    columns: tuple[str, ...]


_IG_FRONT = ("post_id", "account_id", "username", "account_name", "caption", "duration", "published", "permalink",
             "type", "data_comment", "period")  # fmt: skip
_FB_FRONT = ("post_id", "page_id", "page_name", "title", "description", "duration", "published", "caption_type",
             "permalink", "crosspost", "share", "type", "languages", "labels", "funded", "data_comment",
             "period")  # fmt: skip
_FB_TAIL = ("seconds", "average", "earnings", "ad_impressions")

FILES = (
    File("exports/meta/instagram_zh/Mar-01-2026_Aug-31-2026_1204418837150926.csv", "instagram", "zh",
         (*_IG_FRONT, "views", "reach", "likes", "shares", "follows", "ig_comments", "saves")),
    File("exports/meta/instagram_en/Mar-01-2026_Aug-31-2026_1580329946127703.csv", "instagram", "en",
         (*_IG_FRONT, "views", "likes", "shares", "ig_comments", "saves", "reach", "follows")),
    File("exports/meta/facebook_zh/Mar-01-2026_Aug-31-2026_1377520914463815.csv", "facebook", "zh",
         (*_FB_FRONT, "views", "reach", "total", "reactions", "comments", "shares", "clicks", "link_clicks",
          "other_clicks", "photo_clicks", *_FB_TAIL)),
    File("exports/meta/facebook_en/Mar-01-2026_Aug-31-2026_1092657730418264.csv", "facebook", "en",
         (*_FB_FRONT, "empty_views", "reach", "total", "reactions", "comments", "shares", "views", "clicks",
          "photo_clicks", "other_clicks", "link_clicks", *_FB_TAIL)),
)  # fmt: skip


def render(file: File, posts: Sequence[SamplePost]) -> bytes:
    """The bytes of one sample file: UTF-8 with BOM, LF, cells with a blank or a comma quoted, newest post first."""
    own = sorted(
        (p for p in posts if p.platform == file.platform), key=lambda post: post.published, reverse=True
    )
    if file.platform == "instagram" and own:
        own.insert(0, own.pop(len(own) // 3))
    cells = [CELLS[name] for name in file.columns]
    lines = [_line([english if file.language == "en" else chinese for english, chinese, _ in cells])]
    for post in own:
        row = [make(post, file.language) for *_, make in cells]
        lines.append(_line(row[: -len(_FB_TAIL)] if post.ragged else row))
    return ("\ufeff" + "".join(lines)).encode("utf-8")


def _line(row: Sequence[object]) -> str:
    return ",".join(_quoted("" if value is None else str(value)) for value in row) + "\n"


def _quoted(text: str) -> str:
    if any(character in text for character in ' ,"\n\t'):
        return '"' + text.replace('"', '""') + '"'
    return text
