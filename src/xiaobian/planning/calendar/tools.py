"""Rows for the import forms of scheduling tools; columns from ``scheduler_columns``, limits from ``platform_specs``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ... import datasets
from ...tables import FORMATS, PILLARS, PLATFORMS
from ..limits import published_text
from .planned import PlannedPost
from .refusals import Unfit

FILMS = frozenset({"video", "short_video"})


@dataclass(frozen=True)
class Tool:
    """One scheduling tool: how it is called, its platforms, whether a file holds one of them, and how to fill a row."""

    name: str
    fill: Callable[[PlannedPost], Mapping[str, str]]
    platforms: frozenset[str]
    one_platform: bool = True
    header: bool = True
    notes: tuple[str, ...] = ()
    unverified: bool = False


@cache
def columns(tool: str) -> tuple[str, ...]:
    """The columns of a tool's import file, in order, as the tool spells them.

    >>> columns("buffer")
    ('Text', 'Image URL', 'Tags', 'Posting Time')
    """
    table = datasets.reference("scheduler_columns")
    return tuple(table.loc[table["tool"] == tool].sort_values("position")["column"])


@cache
def limit(tool: str, field: str) -> int | None:
    """A tool's limit of ``platform_specs``, or None where there is none.

    >>> limit("buffer", "rows")
    100
    """
    specs = datasets.reference("platform_specs")
    found = specs.loc[(specs["platform"] == tool) & (specs["field"] == field), "limit"]
    return int(found.iloc[0]) if len(found) else None


def buffer_row(post: PlannedPost) -> dict[str, str]:
    """A row of Buffer's form: text, one public picture, tags, and the clock of the channel."""
    if post.format in FILMS | {"live", "poll", "story"}:
        raise Unfit(f"Buffer 的批次檔只收文字和圖片，{FORMATS[post.format]}請在 Buffer 裡手動排")
    if len(post.media) > 1:
        raise Unfit(f"Buffer 的批次檔一列只放一張圖，這則有 {len(post.media)} 個素材")
    for address in post.media:
        _public(address)
        if _ending(address) not in {"jpg", "jpeg", "png"}:
            raise Unfit(f"Buffer 只收 .jpg 或 .png 的直接網址，「{address[:60]}」不是")
    return {
        "Text": _text(post), "Image URL": "".join(post.media), "Tags": PILLARS.get(post.pillar, ""),
        "Posting Time": _time(post, "%Y-%m-%d %H:%M"),
    }  # fmt: skip


_METRICOOL_NETWORKS = {
    "facebook": "Facebook", "x": "Twitter/X", "linkedin": "LinkedIn", "instagram": "Instagram", "tiktok": "TikTok",
    "youtube": "Youtube", "threads": "Threads",
}  # fmt: skip
_INSTAGRAM_TYPES = {
    "image": "POST",
    "carousel": "CAROUSEL",
    "short_video": "REEL",
    "video": "REEL",
    "story": "STORY",
}


def metricool_row(post: PlannedPost) -> dict[str, str]:
    """A row of Metricool's form: one network switched on, the media as public addresses with their alt texts."""
    most = limit("metricool", "pictures") or 0
    if post.format in {"live", "poll"}:
        raise Unfit(f"{FORMATS[post.format]}不能用 Metricool 的批次檔排，請在平台上開")
    if len(post.media) > most:
        raise Unfit(f"Metricool 一列最多 {most} 個素材，這則有 {len(post.media)} 個")
    row = {
        "Text": _text(post),
        "Date": _time(post, "%Y-%m-%d"),
        "Time": _time(post, "%H:%M:%S"),
        "Draft": "FALSE",
    }
    networks = columns("metricool")[
        columns("metricool").index("Draft") + 1 : columns("metricool").index("Picture Url 1")
    ]
    row |= {name: "TRUE" if name == _METRICOOL_NETWORKS[post.platform] else "FALSE" for name in networks}
    for number, address in enumerate(post.media, 1):
        row[f"Picture Url {number}"] = _public(address)
    for number, alt in enumerate(post.alt_text.split("\n")[: len(post.media)], 1):
        row[f"Alt text picture {number}"] = alt
    row["First Comment Text"] = post.first_comment
    if post.platform == "instagram":
        row["Instagram Post Type"] = _INSTAGRAM_TYPES.get(post.format, "POST")
    elif post.platform == "youtube":
        row |= {
            "Youtube Video Title": post.title,
            "Youtube Video Type": "SHORTS" if post.format == "short_video" else "",
        }
    elif post.platform == "tiktok":
        row |= {"TikTok Title": post.title, "TikTok Post Privacy": "PUBLIC_TO_EVERYONE"}
    return row


def publer_row(post: PlannedPost) -> dict[str, str]:
    """A row of Publer's form, all twelve columns; several texts in one cell are parted by ``||``."""
    most = limit("publer", "facebook_caption") if post.platform == "facebook" else None
    if most is not None and len(_text(post)) > most:
        raise Unfit(f"Publer 的 Facebook 文案上限是 {most:,} 字，這則有 {len(_text(post)):,} 字")
    if "||" in post.caption + post.alt_text + post.first_comment:
        raise Unfit("文字裡有 ||，Publer 會把它當成分段的記號；請改用別的符號")
    if post.format in {"live", "poll"}:
        raise Unfit(f"{FORMATS[post.format]}不能用 Publer 的批次檔排，請在平台上開")
    for address in post.media:
        if "," in _public(address):
            raise Unfit(f"素材網址裡有逗號，Publer 會拆成兩個：「{address[:60]}」")
    as_link = bool(post.link) and not post.media
    subtypes = {"story": "story", "short_video": "reel"} if post.platform in {"instagram", "facebook"} else {}
    cells = (
        _time(post, "%Y-%m-%d %H:%M"), _text(post.with_fields(link="") if as_link else post),
        post.link if as_link else "", ",".join(post.media), post.title, PILLARS.get(post.pillar, ""),
        " || ".join(filter(None, post.alt_text.split("\n"))), post.first_comment, "", subtypes.get(post.format, ""), "", "",
    )  # fmt: skip
    return dict(zip(columns("publer"), cells, strict=True))


def hootsuite_row(post: PlannedPost) -> dict[str, str]:
    """A row of Hootsuite's form, which has no header and takes no pictures; minutes in fives."""
    step = limit("hootsuite", "minutes_step") or 1
    if post.media:
        raise Unfit("Hootsuite 的批次檔不能帶圖片或影片，請在 Hootsuite 裡手動排")
    if post.publish_at and post.publish_at.minute % step:
        raise Unfit(f"Hootsuite 的時間以 {step} 分鐘為一格，{post.publish_at:%H:%M} 不行；請移到最近的一格")
    return {
        "date-time": _time(post, "%Y/%m/%d %H:%M"), "message": _text(post.with_fields(link="")), "link": post.link,
    }  # fmt: skip


_SOCIAL = frozenset({"facebook", "instagram", "threads", "tiktok", "youtube", "linkedin", "x"})
TOOLS: Mapping[str, Tool] = {
    "buffer": Tool(
        "Buffer", buffer_row, _SOCIAL, notes=(
            "一個檔只放一個頻道；檔案沒有時區欄，上傳前先確認頻道的時區是 Taipei",
            "替代文字、第一則留言和連結預覽不在檔案裡，上傳後要自己補",
            "圖片有檔案大小的上限，免費帳號的列數也比較少，上傳前看 platform_specs 的 buffer 那幾列",
        ),
    ),
    "metricool": Tool(
        "Metricool", metricool_row, frozenset(_METRICOOL_NETWORKS), one_platform=False,
        notes=("時間是品牌設定的時區，上傳前先確認是 Taipei",),
    ),
    "publer": Tool(
        "Publer", publer_row, _SOCIAL,
        notes=("上傳時選要發的帳號；時間是工作區的時區，先確認是 Taipei", "12 欄都要留著，刪欄會讓內容跑位"),
    ),
    "hootsuite": Tool(
        "Hootsuite", hootsuite_row, frozenset({"facebook", "linkedin", "x"}), header=False, unverified=True,
        notes=("這個格式沒有在現行版本核對過，先用 2 列試", "上傳表單的日期順序選 yyyy/mm/dd hh:mm；列數上限要扣掉已排程的則數"),
    ),
}  # fmt: skip


def row(tool: str, post: PlannedPost, now: datetime | None = None) -> list[str]:
    """One row in the order of the tool's columns; raises Unfit with the reason. now: posts before it are too late."""
    declared = TOOLS[tool]
    if post.publish_at is None:
        raise Unfit("還沒有發佈時間；先用 .move() 給它一個時間")
    ahead = limit(tool, "minutes_ahead") or 0
    when = f"{post.publish_at:%m/%d %H:%M}"
    if now is not None and post.publish_at < now:
        raise Unfit(f"{when} 已經過了，先改期")
    if now is not None and post.publish_at < now + timedelta(minutes=ahead):
        raise Unfit(f"{when} 太近了，{declared.name} 至少要提早 {ahead} 分鐘")
    if post.platform not in declared.platforms:
        raise Unfit(f"{declared.name} 的批次檔不支援 {PLATFORMS[post.platform]}，請到平台後台排")
    filled = declared.fill(post)
    return [filled.get(column, "") for column in columns(tool)]


def _text(post: PlannedPost) -> str:
    text = published_text(post)
    if post.platform == "threads" and post.hashtags and f"#{post.hashtags[0]}" not in text:
        return f"{text}\n#{post.hashtags[0]}"
    return text


def _time(post: PlannedPost, form: str) -> str:
    assert post.publish_at is not None
    return post.publish_at.strftime(form)


def _public(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc or address != address.strip():
        raise Unfit(f"素材要是公開網址，「{address[:60]}」是電腦裡的檔案或不完整的網址；先上傳到雲端再貼網址")
    return address


def _ending(address: str) -> str:
    return PurePosixPath(urlsplit(address).path).suffix.lstrip(".").lower()
