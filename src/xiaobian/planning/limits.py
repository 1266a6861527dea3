"""What stops one planned post from going out as it is: each platform's limits, counted as that platform counts.

Limits come from ``platform_specs.csv``, what a platform takes from ``platform_rules.csv``; both carry source, date and
confidence. When the publishing time is due is no concern of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import regex

from .. import datasets
from ..tables import FORMATS, PLATFORMS
from ..text.counting import EMOJI, UNITS, counts

if TYPE_CHECKING:
    from .calendar.planned import PlannedPost

Via = Literal["", "app", "api"]
Severity = Literal["error", "warning"]
Sizes = Mapping[str, tuple[float, float]]

SEVERITIES: dict[str, tuple[str, str]] = {"error": ("✗", "要改"), "warning": ("▲", "先確認")}
FIELDS: dict[str, str] = {
    "platform": "平台",
    "format": "格式",
    "caption": "文案",
    "title": "標題",
    "hashtags": "主題標籤",
    "media": "素材",
    "duration_s": "影片長度",
    "aspect_ratio": "畫面比例",
    "alt_text": "替代文字",
    "link": "連結",
}
BUBBLE = "\n---\n"
"""What parts the bubbles of one LINE broadcast in a caption."""

URL = regex.compile(r"https?://[^\s\u3000-\u303f\uff00-\uffef\p{Han}]+", regex.IGNORECASE)
TAG = regex.compile(r"(?<![\w/&])[#＃]([\p{L}\p{N}\p{M}_]+)")

_KINDS = {
    "image": frozenset({"jpg", "jpeg", "png", "webp", "gif", "heic", "avif", "bmp", "tif", "tiff"}),
    "video": frozenset({"mp4", "mov", "m4v", "webm", "avi", "mkv", "mpeg", "mpg"}),
}
_FILMS = frozenset({"video", "short_video"})
_ASK_FOR_TEXT = frozenset({"text", "link", "poll"})
_UNITS = {**UNITS, "count": "個", "seconds": "秒", "ratio": "（寬÷高）"}
_COUNTED = {"characters": "utf16", "x_weights": "x_weights", "characters_emoji_as_bytes": "emoji_as_bytes"}

_LIMITS: dict[tuple[str, str], tuple[str, ...]] = {
    ("facebook", "caption"): ("caption",),
    ("instagram", "caption"): ("caption",),
    ("threads", "caption"): ("caption",),
    ("tiktok", "caption"): ("caption", "caption_api_other", "caption_api"),
    ("youtube", "caption"): ("description",),
    ("linkedin", "caption"): ("caption",),
    ("x", "caption"): ("caption",),
    ("discord", "caption"): ("message",),
    ("youtube", "title"): ("title",),
    ("instagram", "alt_text"): ("alt_text",),
    ("linkedin", "alt_text"): ("alt_text",),
    ("x", "alt_text"): ("alt_text",),
    ("instagram", "hashtags"): ("hashtags",),
    ("tiktok", "hashtags"): ("hashtags",),
    ("youtube", "hashtags"): ("hashtags",),
    ("threads", "hashtags"): ("topic_tag",),
    ("instagram", "carousel"): ("carousel_items", "carousel_items_api"),
    ("threads", "carousel"): ("carousel_items",),
    ("x", "carousel"): ("media",),
    ("x", "image"): ("media",),
    ("instagram", "short_video"): ("reel_seconds", "reel_seconds_api"),
    ("instagram", "video"): ("reel_seconds", "reel_seconds_api"),
    ("tiktok", "short_video"): ("video_seconds", "video_seconds_upload"),
    ("tiktok", "video"): ("video_seconds", "video_seconds_upload"),
    ("youtube", "short_video"): ("shorts_seconds",),
    ("threads", "short_video"): ("video_seconds",),
    ("threads", "video"): ("video_seconds",),
}
"""Which rows of ``platform_specs`` speak of one thing; several rows are several sources, or several ways of posting."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a planned post, and what to do.

    severity: ``error`` (it cannot go out so) or ``warning`` (sources differ, are unverified, or readers lose something).
    limit, actual: in ``unit``; None where the rule is no number. source, checked, confidence: of the limit.
    conflict: what the sources say when they do not agree, else empty.
    """

    post_id: str
    platform: str
    field: str
    severity: Severity
    what: str
    fix: str
    limit: float | None = None
    actual: float | None = None
    unit: str = ""
    source: str = ""
    checked: str = ""
    confidence: str = ""
    conflict: str = ""

    def __str__(self) -> str:
        icon, words = SEVERITIES[self.severity]
        known = f"（{self.source}，查核 {self.checked}，可信度{datasets.CONFIDENCE[self.confidence]}）" if self.source else ""
        parts = [f"{icon} {words}｜{FIELDS[self.field]}：{self.what}{known}", self.conflict, self.fix]
        return "。".join(part for part in parts if part) + "。"


def problems(post: PlannedPost, via: Via = "", sizes: Sizes | None = None) -> list[Problem]:
    """What stops a post from going out as it is, worst first; an empty list when nothing known does.

    via: ``app``, ``api`` (a scheduling tool), or empty when not decided: then limits that differ are both named.
    sizes: width and height in pixels of entries of ``post.media``, where known; without them no ratio is judged.

    >>> from xiaobian.planning.calendar.planned import PlannedPost
    >>> post = PlannedPost("p1", "instagram", "text", caption="母親節預購開跑")
    >>> print(problems(post)[0])
    ✗ 要改｜格式：Instagram 不收「純文字」（一般背景知識，查核 2026-11，可信度低）。改成 圖片、輪播、短影音、影片、限時動態、直播，或換平台發。
    """
    found = [problem for check in _CHECKS for problem in check(post, via, sizes or {})]
    return sorted(found, key=lambda p: (list(SEVERITIES).index(p.severity), list(FIELDS).index(p.field)))


def published_text(post: PlannedPost) -> str:
    """The text a reader gets: caption, then hashtags and link unless they already stand in it.

    A topic of Threads is set beside the text; where a link cannot be tapped in a caption it stays out of it.

    >>> from xiaobian.planning.calendar.planned import PlannedPost
    >>> published_text(PlannedPost("p", "x", "link", caption="開賣了", hashtags=("茶點",), link="https://yusui.example"))
    '開賣了\\nhttps://yusui.example\\n#茶點'
    """
    parts = [post.caption]
    if post.link and post.link not in post.caption and rule(post.platform, "link", post.format) == "clickable":
        parts.append(post.link)
    written = {tag.casefold() for tag in typed_tags(post.caption)}
    tags = [f"#{tag}" for tag in post.hashtags if tag.casefold() not in written]
    if tags and post.platform != "threads":
        parts.append(" ".join(tags))
    return "\n".join(part for part in parts if part)


def typed_tags(text: str) -> list[str]:
    """Hashtags written in a text, without ``#``; an address is no place for one.

    >>> typed_tags("中秋 #茶點 https://yusui.example/#menu")
    ['茶點']
    """
    return [str(tag) for tag in TAG.findall(URL.sub(" ", text))]


def rule(platform: str, field: str, format: str = "") -> str:
    """What ``platform_rules`` says of a platform (of one format before all formats), or an empty text."""
    rows = _rules()
    row = rows.get((platform, f"{field}_{format}")) or rows.get((platform, field))
    return str(row["text"]) if row else ""


@cache
def _rules() -> dict[tuple[str, str], dict[str, Any]]:
    return _by_field(datasets.reference("platform_rules"))


@cache
def specs() -> dict[tuple[str, str], dict[str, Any]]:
    """The platforms' rows of ``platform_specs`` by platform and field."""
    return _by_field(datasets.reference("platform_specs").query("scope == 'platform'"))


def _by_field(frame: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(str(r["platform"]), str(r["field"])): r for r in frame.to_dict("records")}


def _specs_for(platform: str, what: str, via: Via) -> list[dict[str, Any]]:
    """The rows that hold for a way of posting; an API row holds in an API only, and there before the others."""
    rows = [specs()[platform, field] for field in _LIMITS.get((platform, what), ())]
    api = [row for row in rows if "_api" in row["field"]]
    app = [row for row in rows if "_api" not in row["field"]]
    return {"": rows, "app": app, "api": api or app}[via]


def _problem(
    post: PlannedPost, field: str, what: str, fix: str, *, severity: Severity = "error",
    row: dict[str, Any] | None = None, actual: float | None = None, conflict: str = "", limit: float | None = None,
) -> Problem:  # fmt: skip
    known = row or {}
    return Problem(
        post.post_id, post.platform, field, severity, what, fix, limit, actual,
        str(known.get("unit") or ""), str(known.get("source") or ""), str(known.get("checked") or ""),
        str(known.get("confidence") or ""), conflict,
    )  # fmt: skip


def _over(
    post: PlannedPost, field: str, actual: Callable[[dict[str, Any]], float], via: Via, fix: str, what: str = ""
) -> Iterator[Problem]:
    """One problem when a value breaks the limit of every source, a milder one when it breaks that of some."""
    rows = _specs_for(post.platform, what or field, via)
    broken = sorted((r for r in rows if actual(r) > r["limit"]), key=lambda r: float(r["limit"]))
    if not broken:
        return
    row, used = broken[0], actual(broken[0])
    unit, limit = _UNITS[row["unit"]], float(row["limit"])
    sure = len(broken) == len(rows) and any(r["verification"] == "verified" for r in broken)
    conflict = ""
    if len({float(r["limit"]) for r in rows}) > 1:
        conflict = "各來源的上限不同：" + "、".join(f"{_ways(r)}{r['limit']:,.0f}（{r['source']}）" for r in rows)
    yield _problem(
        post, field, f"{used:,.0f} {unit}，{PLATFORMS[post.platform]} 上限 {limit:,.0f}，多了 {used - limit:,.0f}",
        fix + ("" if sure else "；這個上限還沒定論，先用一則測試貼文確認"),
        severity="error" if sure else "warning", row=row, actual=used, limit=limit, conflict=conflict,
    )  # fmt: skip


def _ways(row: dict[str, Any]) -> str:
    return "用工具（API）發 " if "_api" in row["field"] else "上傳檔案 " if "upload" in row["field"] else "App 內 "


def _length(text: str) -> Callable[[dict[str, Any]], float]:
    found = counts(text)
    return lambda row: float(getattr(found, _COUNTED[row["unit"]]))


@dataclass(frozen=True)
class Room:
    """How much of the strictest limit a text uses; ``used`` and ``limit`` in ``unit``, limit None where none is known."""

    used: float
    limit: float | None
    unit: str

    @property
    def ok(self) -> bool:
        return self.limit is None or self.used <= self.limit

    def __str__(self) -> str:
        limit = "沒有查到上限" if self.limit is None else f"{self.limit:,.0f}"
        return f"{self.used:,.0f}／{limit} {_UNITS[self.unit]}"


def caption_room(post: PlannedPost, via: Via = "") -> Room:
    """What a post's published text uses of the strictest caption limit; of LINE's bubbles, the fullest.

    >>> from xiaobian.planning.calendar.planned import PlannedPost
    >>> print(caption_room(PlannedPost("p", "x", "text", caption="母親節預購")))
    10／280 X 權重
    """
    text = published_text(post)
    if post.platform == "line":
        row = specs()["line", "api_text" if via == "api" else "bubble_text"]
        return Room(max(_length(bubble)(row) for bubble in text.split(BUBBLE)), float(row["limit"]), row["unit"])
    rows = _specs_for(post.platform, "caption", via)
    if not rows:
        return Room(float(counts(text).utf16), None, "characters")
    row = min(rows, key=lambda r: float(r["limit"]))
    return Room(_length(text)(row), float(row["limit"]), str(row["unit"]))


def visible(text: str) -> str:
    """The text without blanks, controls and signs of no width: empty when a reader sees nothing.

    >>> visible(" \\u200b\\ufeff ")
    ''
    """
    return str(regex.sub(r"[\p{Z}\p{C}\u2800\u3164\uffa0\ufe0e\ufe0f]+", "", text))


def _format(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    row = _rules().get((post.platform, "formats"))
    if row is None or post.format in str(row["text"]).split():
        return
    taken = "、".join(FORMATS[word] for word in str(row["text"]).split())
    what = f"{PLATFORMS[post.platform]} 不收「{FORMATS[post.format]}」"
    yield _problem(post, "format", what, f"改成 {taken}，或換平台發", row=row)


def _caption(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    seen = visible(post.caption)
    if not seen:
        if post.format in _ASK_FOR_TEXT:
            yield _problem(post, "caption", "沒有文案", f"{FORMATS[post.format]}貼文要有字，請補上", actual=0)
        elif post.format != "story":
            fix = "補一句說清楚這是什麼、要讀者做什麼"
            yield _problem(post, "caption", "沒有文案", fix, severity="warning", actual=0)
    elif post.format != "story" and not regex.search(r"[\p{L}\p{N}]", EMOJI.sub("", post.caption)):
        fix = "加一句話：螢幕報讀器和搜尋都讀不懂只有表情符號的文案"
        yield _problem(post, "caption", "只有表情符號或標點", fix)
    if post.platform == "line":
        yield from _bubbles(post, via)
        return
    length = _length(published_text(post))
    fix = "縮短文案，先刪形容詞與重複的句子，留下事實與行動"
    if post.platform == "x" and length(specs()["x", "caption"]) <= specs()["x", "caption_premium"]["limit"]:
        fix = "縮短文案，或拆成一串；付費會員的上限另計"
    yield from _over(post, "caption", length, via, fix)


def _bubbles(post: PlannedPost, via: Via) -> Iterator[Problem]:
    bubbles = published_text(post).split(BUBBLE)
    most = specs()["line", "bubbles_per_broadcast"]
    for text in bubbles:
        length = _length(text)
        bubble, api = specs()["line", "bubble_text"], specs()["line", "api_text"]
        broken = [r for r in ((api,) if via == "api" else (bubble, api)) if length(r) > r["limit"]]
        if broken:
            row, used = broken[-1], length(broken[-1])
            said = f"官方帳號後台一個泡泡 {bubble['limit']:,.0f}（待查證）、Messaging API 一則 {api['limit']:,.0f}"
            yield _problem(
                post, "caption", f"一個泡泡 {used:,.0f} 字元，上限 {row['limit']:,.0f}，多了 {used - row['limit']:,.0f}",
                f"拆成兩個泡泡（中間放一行 {BUBBLE.strip()}），或刪短",
                severity="error" if row is api else "warning", row=row, actual=used, limit=float(row["limit"]),
                conflict="" if row is api else f"兩種發法上限不同：{said}",
            )  # fmt: skip
    if via != "api" and len(bubbles) > most["limit"]:
        yield _problem(
            post, "caption", f"一次推播 {len(bubbles)} 個泡泡，上限 {most['limit']:.0f}", "合併或刪掉泡泡",
            severity="warning", row=most, actual=len(bubbles), limit=float(most["limit"]),
        )  # fmt: skip


def _title(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    if post.platform == "youtube" and post.format in {*_FILMS, "live"} and not visible(post.title):
        yield _problem(post, "title", "YouTube 影片沒有標題", "補一個標題，前 20 個字說清楚這支在講什麼")
    yield from _over(post, "title", _length(post.title), via, "縮短標題，把最重要的詞放前面")


def _hashtags(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    tags = {tag.casefold(): tag for tag in [*typed_tags(post.caption), *post.hashtags]}
    if post.platform == "threads":
        yield from _topic(post, list(tags.values()), via)
        return
    advice = {
        "instagram": "只留最貼切的幾個；「可以放 30 個」是舊規則",
        "youtube": "刪到上限以內，超過不是只算前面幾個，而是全部不算",
    }.get(post.platform, "只留最貼切的幾個")
    yield from _over(post, "hashtags", lambda row: len(tags), via, advice)
    for tag in post.hashtags:
        if not regex.fullmatch(r"[\p{L}\p{N}\p{M}_]+", tag):
            what = f"「#{tag[:30]}」裡有空白或符號，點下去只會剩前半截"
            yield _problem(post, "hashtags", what, "標籤只用文字、數字和底線", severity="warning")
        elif tag.isdecimal():
            what = f"「#{tag[:30]}」只有數字，多數平台不當它是標籤"
            yield _problem(post, "hashtags", what, "加上文字", severity="warning")


def _topic(post: PlannedPost, tags: list[str], via: Via) -> Iterator[Problem]:
    yield from _over(post, "hashtags", lambda row: len(tags), via, "Threads 一則只能有一個主題，選最貼切的一個")
    row = specs()["threads", "topic_tag_length"]
    for tag in tags:
        size = counts(tag).utf16
        if size > row["limit"]:
            yield _problem(
                post, "hashtags", f"主題 {size} 字元，Threads 收 {row['minimum']:.0f}–{row['limit']:.0f}", "換一個短的主題",
                row=row, actual=size, limit=float(row["limit"]),
            )  # fmt: skip
        if set(tag) & set(".&"):
            what = f"主題「{tag[:30]}」有英文句點或 &，Threads 不收"
            yield _problem(post, "hashtags", what, "拿掉句點和 &", row=row)


def media_kind(item: str) -> str:
    """``image``, ``video`` or, when the ending does not tell, an empty text.

    >>> media_kind("https://cdn.example/a.JPG?w=1080")
    'image'
    """
    ending = PurePosixPath(urlsplit(item).path if "://" in item else item).suffix.lstrip(".").lower()
    return next((kind for kind, endings in _KINDS.items() if ending in endings), "")


def _media(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    kinds, name = [media_kind(item) for item in post.media], FORMATS[post.format]
    least = {"image": 1, "carousel": 2, "video": 1, "short_video": 1, "story": 1}.get(post.format, 0)
    if len(kinds) < least:
        what = f"{name}貼文至少要 {least} 個素材，現在有 {len(kinds)} 個"
        yield _problem(post, "media", what, "補上素材，或改成別的格式", actual=len(kinds), limit=least)
    if post.format == "text" and kinds:
        what = f"格式是純文字，卻放了 {len(kinds)} 個素材"
        yield _problem(post, "media", what, "把格式改成圖片或影片，或拿掉素材", actual=len(kinds), limit=0)
    if post.format in _FILMS and kinds.count("video") > 1:
        what = f"{name}一則只放一支影片，現在有 {kinds.count('video')} 支"
        yield _problem(post, "media", what, "剪成一支，或分成幾則", actual=kinds.count("video"), limit=1)
    if post.format in _FILMS and kinds and "video" not in kinds and "" not in kinds:
        yield _problem(post, "media", f"格式是{name}，素材裡沒有影片檔", "換成影片檔，或把格式改成圖片")
    if post.format == "image" and "video" in kinds:
        yield _problem(post, "media", "格式是圖片，素材裡有影片檔", "把格式改成影片或輪播，或換成圖片")
    if post.format == "image" and post.platform == "instagram" and len(kinds) > 1:
        what = f"Instagram 一則圖片放一張，現在有 {len(kinds)} 張"
        yield _problem(post, "media", what, "把格式改成輪播", actual=len(kinds), limit=1)
    if post.format in {"carousel", "image"}:
        yield from _over(post, "media", lambda row: len(kinds), via, "減少張數，或分成兩則", post.format)


def _duration(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    seconds = post.duration_s
    if seconds is None or post.format not in _FILMS:
        return
    if seconds <= 0:
        yield _problem(post, "duration_s", "影片長度是 0 秒", "填影片真正的秒數，或先留空", actual=seconds)
        return
    yield from _over(post, "duration_s", lambda row: seconds, via, "剪短，或拆成上下集", post.format)
    row = next((r for r in _specs_for(post.platform, post.format, via) if isinstance(r["minimum"], float)), None)
    if row and seconds < row["minimum"]:
        what = f"{seconds:g} 秒，{PLATFORMS[post.platform]} 至少 {row['minimum']:g} 秒"
        fix = "加長到下限以上，或改發圖片"
        yield _problem(post, "duration_s", what, fix, row=row, actual=seconds, limit=float(row["minimum"]))


def _ratio(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    film = post.format in _FILMS
    field = {("instagram", False): "image_ratio_api", ("tiktok", True): "aspect_ratio", ("facebook", True): "video_ratio"}
    row = specs().get((post.platform, field.get((post.platform, film), "")))
    shorts = post.platform == "youtube" and post.format == "short_video"
    for item in post.media:
        width, height = sizes.get(item, (0, 0))
        if width <= 0 or height <= 0:
            continue
        shape = width / height
        if shorts and shape > 1:
            what = "畫面是橫的，不會被當成 Shorts"
            fix = "改成直式或方形，或把格式改成影片"
            yield _problem(post, "aspect_ratio", what, fix, row=specs()["youtube", "shorts_seconds"], actual=shape)
        if row is None or (post.platform == "instagram" and via == "app"):
            continue
        ends = [float(a) / float(b) for a, b in regex.findall(r"([\d.]+):([\d.]+)", row["text"])]
        if not min(ends) * 0.99 <= shape <= max(ends) * 1.01:
            what = f"{width:g}×{height:g} 的比例是 {shape:.2f}，{PLATFORMS[post.platform]} 要 {row['text']}"
            sure: Severity = "error" if via == "api" and row["verification"] == "verified" else "warning"
            fix = "重新裁切，主角與字留在安全區"
            yield _problem(post, "aspect_ratio", what, fix, severity=sure, row=row, actual=round(shape, 3))


def _alt_text(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    row = _rules().get((post.platform, "alt_text"))
    pictures = [item for item in post.media if media_kind(item) == "image"]
    if row and post.format in {"image", "carousel"} and pictures and not visible(post.alt_text):
        fix = "用一句話寫出圖裡有什麼，看不到圖的人才讀得到"
        yield _problem(post, "alt_text", "圖片沒有替代文字", fix, severity="warning", row=row)
    longest = max(post.alt_text.split("\n"), key=len)
    yield from _over(post, "alt_text", _length(longest), via, "縮短替代文字，只寫看得到的重點")


def _link(post: PlannedPost, via: Via, sizes: Sizes) -> Iterator[Problem]:
    if post.format == "link" and not post.link and not URL.search(post.caption):
        yield _problem(post, "link", "連結貼文沒有連結", "補上網址")
    if post.link and not _is_address(post.link):
        what = f"「{post.link[:60]}」不是完整的網址"
        yield _problem(post, "link", what, "要以 http:// 或 https:// 開頭，中間不能有空白")
    taps = rule(post.platform, "link", post.format)
    if taps == "plain" and post.format != "story" and URL.search(post.caption):
        where = "個人檔案、限時動態" if post.platform != "youtube" else "相關影片、頻道頁"
        row = _rules().get((post.platform, f"link_{post.format}")) or _rules()[post.platform, "link"]
        what = f"{PLATFORMS[post.platform]} {FORMATS[post.format]}文案裡的網址點不了"
        fix = f"把網址移到{where}，文案寫「連結在個人檔案」這類指路的話"
        yield _problem(post, "link", what, fix, severity="warning", row=row)


def _is_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme.lower() in {"http", "https"} and "." in (parts.hostname or "") and not regex.search(r"\s", link)
    except ValueError:
        return False


_CHECKS = (_format, _caption, _title, _hashtags, _media, _duration, _ratio, _alt_text, _link)
