"""Meta Business Suite → Insights → Content → Export: Facebook posts and videos, Instagram posts, reels, stories."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..tables import PLATFORMS
from . import checks, clock, daily, meta_posts, meta_retention, meta_times, typed
from .headers import Matching, aliases, normalise
from .layout import Built, Context, Fit
from .meta_posts import COUNTS, SECONDS
from .notes import Notes, listed
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Floats, Mask, Objects, Times

OTHER_FIGURES = (
    "reactions", "reactions_total", "other_clicks", "photo_clicks", "video_clicks", "plays", "viewers", "replies",
    "profile_visits", "net_follows", "interactions", "earnings", "ad_impressions", "navigation", "sticker_taps",
    "views_3s", "views_60s", "viewers_3s", "viewers_60s", "views_organic", "views_boosted", "reach_organic",
    "reach_boosted", "retention", "retention_15s", "views_3s_by_group", "views_3s_by_country", "negative_feedback",
)  # fmt: skip
FACEBOOK_ROLES = frozenset({
    "page_id", "page_name", "reactions", "reactions_total", "clicks", "other_clicks", "photo_clicks",
    "video_clicks", "title", "is_crosspost", "funded_status", "caption_type",
})  # fmt: skip
INSTAGRAM_ROLES = frozenset({"account_username", "saves", "follows"})
ERAS = {
    "views": "Views（瀏覽次數：含重複播放與重複顯示）",
    "impressions": "Impressions（曝光次數：改制為 Views 以前的定義）",
    "views+impressions": "同時有 Views 和 Impressions：兩種定義不能相加，也不能接成同一條時間序列",
    "": "檔案裡沒有瀏覽次數，也沒有曝光次數",
}
NEEDED = {"post_id": "貼文編號", "published_at": "發佈時間"}
_HOST = re.compile(r"https?://(?:www\.|m\.|web\.)?(facebook|instagram)\.com/\S*", re.IGNORECASE)
_STORY = re.compile(r"/stories/[^/]+/(\d{19})(?:[/?]|$)")


@dataclass(frozen=True)
class MetaContent:
    """One kind of content export of one of Meta's two platforms.

    own_roles, other_roles: roles that speak for this platform and for the other one. sources: see ``pick``.
    kind, title: what is exported, for the key and for people. marks: roles that only this kind has; without any
    of them a file is of another kind. absent: roles that this kind never has. needed: see ``Fit.lacks``.
    caution: what a reader of this kind must know.
    """

    platform: str
    own_roles: frozenset[str]
    other_roles: frozenset[str]
    sources: Mapping[str, Sequence[str]]
    family: str = "meta_content"
    numeric: Collection[str] = (*COUNTS, *SECONDS, *OTHER_FIGURES)
    kind: str = ""
    title: str = ""
    marks: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    needed: Mapping[str, str] = field(default_factory=lambda: NEEDED)
    caution: str = ""

    @property
    def key(self) -> str:
        return f"{self.family}_{self.platform}{self.kind and f'_{self.kind}'}"

    @property
    def label(self) -> str:
        return f"Meta Business Suite「內容」匯出：{PLATFORMS[self.platform]}{self.title}"

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Header names speak with one voice each; links and post types in the rows with ten."""
        roles = matching.roles()
        lacks = tuple(label for role, label in self.needed.items() if role not in roles)
        if roles & self.absent or (self.marks and not roles & self.marks):
            return Fit(0, lacks)
        hosts = [m[1].lower() for row in sample for cell in row if (m := _HOST.fullmatch(cell.strip()))]
        kinds = matching.of("post_type")
        types = [row[kinds[0].index].strip() for row in sample if kinds and kinds[0].index < len(row)]
        instagram = hosts.count("instagram") + sum(kind.startswith("IG ") for kind in types)
        facebook = hosts.count("facebook")
        own, other = (facebook, instagram) if self.platform == "facebook" else (instagram, facebook)
        score = len(roles) + len(roles & self.own_roles) - len(roles & self.other_roles)
        score += 10 * (own > other) - 10 * (other > own) + 5 * len(roles & self.marks)
        return Fit(max(score, 0), lacks)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table: ids, times, figures, texts; then rows that repeat; then what looks odd."""
        if self.caution:
            context.notes.warn(self.caution)
        picked = pick(raw, matching, self.sources, context.notes)
        sieve = Sieve(raw, context.notes)
        words = aliases(self.family).words
        columns: dict[str, Any] = {"post_id": meta_posts.ids(picked, sieve)}
        columns["published_at"], zone = _times(self.platform, picked, sieve, columns["post_id"], context)
        figures, broken = meta_posts.figures(picked, sieve)
        columns |= figures | _texts(self.platform, picked, words, sieve)
        picked.release()
        _short_rows(picked, figures, broken, sieve)
        columns["metric_era"], era = _era(figures, len(raw.frame))
        days = daily.period(picked.text("period"), words["lifetime"], context.where)
        daily.drop_repeats(columns["post_id"], picked.text("period") if days else None, sieve)
        length = figures.get("duration_s", np.full(len(raw.frame), np.nan))
        curves = meta_retention.read(matching, columns["post_id"], length, days, sieve)
        posts = meta_posts.assemble("posts", columns, sieve.keep)
        extra = meta_posts.extra(picked, matching, self.numeric, columns["post_id"], sieve.keep)
        rows, lines = raw.rows[sieve.keep], raw.lines[sieve.keep]
        if days:
            posts, rows = daily.merge(posts, rows, lines, context.notes)
        _look(self.platform, posts, picked, rows, context.notes)
        tables = {"posts": posts} | ({} if curves is None else {"retention": curves})
        return Built(tables, extra, picked.used, picked.whole, zone, ERAS[era])


FACEBOOK = MetaContent(
    "facebook", FACEBOOK_ROLES, INSTAGRAM_ROLES,
    {"likes": ("reactions", "likes"), "account": ("account", "page_name", "account_name")},
)  # fmt: skip
INSTAGRAM = MetaContent(
    "instagram", INSTAGRAM_ROLES, FACEBOOK_ROLES,
    {"likes": ("likes", "reactions"), "account": ("account", "account_username", "account_name")},
)  # fmt: skip
STORIES = replace(
    INSTAGRAM, kind="stories", title=" 限時動態", marks=frozenset({"navigation", "sticker_taps"})
)
VIDEOS = replace(
    FACEBOOK, kind="videos", title=" 影片素材",
    caution="這是影片素材匯出：一列一支影片，編號是影片編號，不能拿來和貼文匯出對；檔案也沒有瀏覽次數",
    sources={**FACEBOOK.sources, "post_id": ("video_asset_id",)}, marks=frozenset({"video_asset_id"}),
    absent=frozenset({"post_id"}), needed={"published_at": NEEDED["published_at"]},
)  # fmt: skip
LAYOUTS = (FACEBOOK, INSTAGRAM, STORIES, VIDEOS)


def _times(
    platform: str, picked: Picked, sieve: Sieve, ids: Objects, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Publish times in Asia/Taipei, and the zone they were read in with what the ids say about it."""
    texts, links = picked.text("published_at"), picked.text("permalink")
    picked.use("published_at", "published_at")
    return meta_times.taipei(texts, lambda rows: _created(platform, rows, ids, links), sieve, context)


def _created(platform: str, rows: Mask, ids: Objects, links: Objects) -> Times:
    """UTC times inside Instagram ids: for a sample of all rows, and for those asked for."""
    created = np.full(len(rows), np.datetime64("NaT", "us"))
    if platform == "instagram":
        some = np.union1d(checks.spread(len(rows)), np.flatnonzero(rows))
        within = [
            found[1] if (found := _STORY.search(link)) else id_
            for id_, link in zip(ids[some], links[some], strict=True)
        ]
        created[some] = clock.instagram_times(np.array(within, dtype=object), links[some])
    return created


def _texts(platform: str, picked: Picked, words: Mapping[str, Any], sieve: Sieve) -> dict[str, Any]:
    caption = _caption(picked)
    picked.use("account", "account")
    return {
        "platform": np.full(len(sieve.keep), platform, dtype=object),
        "account": typed.stripped(picked.text("account")),
        "caption": caption,
        "hashtags": typed.hashtags(caption),
        "format": meta_posts.formats(picked, words["formats"], sieve),
        "is_paid": _paid(picked, words, sieve),
    }


def _caption(picked: Picked) -> Objects:
    """The longer of Title and Description: which of the two holds the caption differs by page and type."""
    role = "caption" if "caption" in picked else "description" if "title" not in picked else ""
    if role:
        picked.use(role, "caption")
        return typed.without_mentions(typed.stripped(picked.text(role)))
    title, body = (typed.without_mentions(typed.stripped(picked.text(r))) for r in ("title", "description"))
    if "description" not in picked:
        picked.use("title", "caption")
        return title
    picked.use("title", "caption", whole=False)
    picked.use("description", "caption", whole=False)
    return np.where(typed.lengths(title) > typed.lengths(body), title, body)


def _paid(picked: Picked, words: Mapping[str, Any], sieve: Sieve) -> pd.arrays.BooleanArray:
    """Paid only where the file says so in a known word; everything else is missing, not False."""
    role = "is_paid" if "is_paid" in picked else "funded_status"
    text = picked.text(role)
    picked.use(role, "is_paid", whole=False)
    yes, no = ({normalise(word) for word in words[key]} for key in ("paid", "not_paid"))
    if "is_paid" in picked:
        yes, no = yes | {"true", "yes", "1", "是"}, no | {"false", "no", "0", "否"}
    codes, distinct = pd.factorize(text)
    folded = [normalise(str(value)) for value in distinct]
    strange = [str(v) for v, f in zip(distinct, folded, strict=True) if f and f not in yes | no]
    if strange:
        sieve.notes.warn(f"不認得的付費狀態：{listed(strange)}；是否付費留空")
    paid = np.array([f in yes for f in folded] + [False])[codes]
    unknown = np.array([f not in yes | no for f in folded] + [True])[codes]
    return pd.arrays.BooleanArray(paid, unknown)


def _short_rows(picked: Picked, figures: Mapping[str, Any], broken: Mask, sieve: Sieve) -> None:
    """Rows with fewer cells than the header stay only if nothing in them contradicts the header."""
    short, rows, notes = sieve.raw.short, sieve.raw.rows, sieve.notes
    wrong_sum, sums = _wrong_totals(picked, figures, len(short))
    if short.any():
        sieve.drop(
            short & (broken | wrong_sum | _shifted(picked, figures)), "這一列的格數不足，而且內容和欄名對不上"
        )
        kept = short & sieve.keep
        if kept.any() and sums == len(TOTALS):
            notes.repair("格數比欄名少的列：加總驗算相符，結尾缺的格子當成沒有資料", rows[kept])
        elif kept.any():
            notes.warn("格數比欄名少的列：當成結尾缺了格子，但沒有總數可以驗算，請到後台核對", rows[kept])
    wrong_sum &= sieve.keep
    if wrong_sum.any():
        notes.warn("印出的總數不等於各項相加（心情＋留言＋分享，或各種點擊），請到後台核對", rows[wrong_sum])


TOTALS = (
    ("reactions_total", ("likes", "comments", "shares")),
    ("clicks", ("link_clicks", "other_clicks", "photo_clicks", "video_clicks")),
)


def _wrong_totals(picked: Picked, figures: Mapping[str, Any], n: int) -> tuple[Mask, int]:
    """Rows whose printed totals are not the sum of their parts, and how many totals could be tested.

    A total counts only where it holds in most rows: with a kind of click that has no column it never would.
    """
    wrong, tested = np.zeros(n, bool), 0
    for total, parts in TOTALS:
        present = [part for part in parts if part in picked]
        if total not in picked or len(present) < 2:
            continue
        printed = _values(picked, figures, total)
        added = np.sum([np.nan_to_num(_values(picked, figures, part)) for part in present], axis=0)
        known = ~np.isnan(printed)
        off = known & (printed != added)
        if known.any() and off.sum() <= 0.2 * known.sum():
            wrong, tested = wrong | off, tested + 1
    return wrong, tested


def _values(picked: Picked, figures: Mapping[str, Any], role: str) -> Floats:
    return checks.as_float(figures[role]) if role in figures else typed.numbers(picked.column(role)).values


def _shifted(picked: Picked, figures: Mapping[str, Any]) -> Mask:
    """Rows in which a link is no link, or more people reacted or were reached than can be."""
    links = pd.Series(picked.text("permalink"), dtype="string")
    shifted = ((links != "") & ~links.str.startswith("http")).to_numpy(dtype=bool)
    reach = _values(picked, figures, "reach") if "reach" in figures else np.full(len(links), np.nan)
    for name in ("likes", "comments", "saves"):
        if name in figures:
            shifted |= _values(picked, figures, name) > reach
    if "views" in figures:
        shifted |= _values(picked, figures, "views") < reach
    return shifted


def _era(figures: Mapping[str, Any], n: int) -> tuple[Objects, str]:
    """The definition behind each post's display count, and behind the file's."""
    has = {name: ~figures[name].isna() for name in ("views", "impressions") if name in figures}
    if len(has) < 2:
        era = next(iter(has), "")
        return np.full(n, era, dtype=object), era
    both = [has["views"] & has["impressions"], has["views"], has["impressions"]]
    eras = np.select(both, ["views+impressions", "views", "impressions"], "").astype(object)
    found = {era for era in ("views", "impressions", "views+impressions") if (eras == era).any()}
    return eras, found.pop() if len(found) == 1 else "views+impressions" if found else ""


def _look(platform: str, posts: pd.DataFrame, picked: Picked, rows: Any, notes: Notes) -> None:
    """What a careful reader would ask about the finished table."""
    blank = {name: posts[name].isna().to_numpy(dtype=bool) for name in COUNTS if name in picked}
    reach, views = (checks.as_float(posts[name].array) for name in ("reach", "views"))
    checks.reach_above_views(reach, views, platform, rows, notes)
    if platform == "instagram":
        checks.other_accounts(typed.objects(posts["account"]), np.isnan(reach), rows, notes)
    checks.blanks(blank, {name: picked.header(name) for name in blank}, rows, notes)
    eras = set(posts["metric_era"].dropna().unique())
    if len(eras) > 1 or "views+impressions" in eras:
        notes.warn(f"{ERAS['views+impressions']}；每則貼文的 metric_era 欄記著它用的是哪一種")
    if not blank:
        notes.warn("檔案裡沒有任何認得的成效指標")
