"""Meta Business Suite → Insights → Content → Export: Facebook posts, Instagram posts and reels."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ReadError
from ..tables import FORMATS, PLATFORMS, table
from . import checks, clock, daily, typed
from .headers import Matching, aliases, normalise
from .layout import Built, Context, Fit
from .notes import Notes, listed
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Floats, Mask, Objects, Times

COUNTS = (
    "views", "impressions", "reach", "likes", "comments", "shares", "saves", "clicks", "link_clicks", "follows",
    "followers_at_post",
)  # fmt: skip
SECONDS = ("duration_s", "watch_time_s", "avg_watch_s")
OTHER_FIGURES = (
    "reactions", "reactions_total", "other_clicks", "photo_clicks", "video_clicks", "plays", "viewers", "replies",
    "profile_visits", "net_follows", "interactions", "earnings", "ad_impressions",
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
_HOST = re.compile(r"https?://(?:www\.|m\.|web\.)?(facebook|instagram)\.com/\S*", re.IGNORECASE)
_TOTAL = ("total", "grand total", "總計", "合計")


@dataclass(frozen=True)
class MetaContent:
    """The content export of one of Meta's two platforms.

    own_roles, other_roles: roles that speak for this platform and for the other one. sources: see ``pick``.
    """

    platform: str
    own_roles: frozenset[str]
    other_roles: frozenset[str]
    sources: Mapping[str, Sequence[str]]
    family: str = "meta_content"
    numeric: Collection[str] = (*COUNTS, *SECONDS, *OTHER_FIGURES)

    @property
    def key(self) -> str:
        return f"{self.family}_{self.platform}"

    @property
    def label(self) -> str:
        return f"Meta Business Suite「內容」匯出：{PLATFORMS[self.platform]}"

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Header names speak with one voice each; links and post types in the rows with ten."""
        roles = matching.roles()
        hosts = [m[1].lower() for row in sample for cell in row if (m := _HOST.fullmatch(cell.strip()))]
        kinds = matching.of("post_type")
        types = [row[kinds[0].index].strip() for row in sample if kinds and kinds[0].index < len(row)]
        instagram = hosts.count("instagram") + sum(kind.startswith("IG ") for kind in types)
        facebook = hosts.count("facebook")
        own, other = (facebook, instagram) if self.platform == "facebook" else (instagram, facebook)
        score = len(roles) + len(roles & self.own_roles) - len(roles & self.other_roles)
        score += 10 * (own > other) - 10 * (other > own)
        needed = {"post_id": "貼文編號", "published_at": "發佈時間"}
        return Fit(max(score, 0), tuple(label for role, label in needed.items() if role not in roles))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table: ids, times, figures, texts; then rows that repeat; then what looks odd."""
        picked = pick(raw, matching, self.sources, context.notes)
        sieve = Sieve(raw, context.notes)
        words = aliases(self.family).words
        columns: dict[str, Any] = {"post_id": _ids(picked, sieve)}
        columns["published_at"], zone = _times(self.platform, picked, sieve, columns["post_id"], context)
        figures, broken = _figures(picked, sieve)
        columns |= figures | _texts(self.platform, picked, words, sieve)
        picked.release()
        _short_rows(picked, figures, broken, sieve)
        columns["metric_era"], era = _era(figures, len(raw.frame))
        days = daily.period(picked.text("period"), words["lifetime"], context.where)
        daily.drop_repeats(columns["post_id"], picked.text("period") if days else None, sieve)
        posts = _assemble(columns, sieve.keep, len(raw.frame))
        extra = _extra(picked, matching, self.numeric, columns["post_id"], sieve.keep)
        rows, lines = raw.rows[sieve.keep], raw.lines[sieve.keep]
        if days:
            posts, rows = daily.merge(posts, rows, lines, context.notes)
        _look(self.platform, posts, picked, rows, context.notes)
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, ERAS[era])


FACEBOOK = MetaContent(
    "facebook", FACEBOOK_ROLES, INSTAGRAM_ROLES,
    {"likes": ("reactions", "likes"), "account": ("account", "page_name", "account_name")},
)  # fmt: skip
INSTAGRAM = MetaContent(
    "instagram", INSTAGRAM_ROLES, FACEBOOK_ROLES,
    {"likes": ("likes", "reactions"), "account": ("account", "account_username", "account_name")},
)  # fmt: skip
LAYOUTS = (FACEBOOK, INSTAGRAM)


def _ids(picked: Picked, sieve: Sieve) -> Objects:
    ids = picked.text("post_id")
    picked.use("post_id", "post_id")
    if not typed.all_digits(ids):
        ids = typed.stripped(ids)
        total = pd.Series(ids, dtype="string").str.casefold().isin(_TOTAL).to_numpy(dtype=bool)
        sieve.drop(total, "總計列，不是貼文")
        sieve.drop(ids == "", "沒有貼文編號")
        ids = checks.repaired_ids(ids, picked.text("permalink"), sieve.raw.rows, sieve.notes)
    checks.rounded_ids(ids, sieve.notes)
    return ids


def _times(
    platform: str, picked: Picked, sieve: Sieve, ids: Objects, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Publish times in Asia/Taipei, and the zone they were read in with what the ids say about it."""
    read = typed.moments(picked.text("published_at"))
    _refuse_day_first(read, sieve, context.where)
    picked.use("published_at", "published_at")
    if read.year_first:
        sieve.notes.repair(
            f"{read.year_first} 列的發佈時間寫成「年/月/日」（可能被試算表存過），照年/月/日讀"
        )
    sieve.drop(np.isnat(read.values), "發佈時間空白或讀不懂（要寫成「月/日/年 時：分」）")
    zone = clock.zone(context.timezone, clock.PACIFIC, context.where)
    placed = clock.place(read.values, zone.assumed)
    created = _created(platform, placed.twice, ids, picked.text("permalink"))
    taipei, doubtful = placed.settle(created)
    zone = clock.verify(zone, read.values, taipei, created)
    _say_times(zone, doubtful, placed.impossible, sieve)
    return taipei, zone


def _say_times(zone: clock.Zone, doubtful: Mask, impossible: Mask, sieve: Sieve) -> None:
    rows, notes = sieve.raw.rows, sieve.notes
    if zone.verdict == "contradicts":
        notes.warn(f"時區可能不對：{zone.sentence}")
    if doubtful.any():
        notes.warn("發佈時間落在日光節約結束、同一小時出現兩次的時段，可能差 1 小時", rows[doubtful])
    if impossible.any():
        hour = f"發佈時間在 {zone.assumed} 不存在（日光節約開始時跳過的那一小時），時區可能不對"
        notes.warn(hour, rows[impossible])


def _refuse_day_first(read: typed.Moments, sieve: Sieve, where: str) -> None:
    wrong = int(read.day_first.sum())
    if wrong >= 2 and wrong >= 0.05 * len(read.values):
        raise ReadError(
            f"發佈時間像是被改成「日/月/年」（{wrong} 列的第一個數字大於 12），其他列的月和日也可能對調了",
            where=f"{where}，例如第 {sieve.raw.rows[read.day_first][0]} 列",
            next_step="請用平台原始下載的檔案，不要先在試算表開啟再存檔",
        )


def _created(platform: str, twice: Mask, ids: Objects, links: Objects) -> Times:
    """UTC times inside Instagram ids: for a sample of rows, and for the hour that occurs twice."""
    created = np.full(len(twice), np.datetime64("NaT", "us"))
    if platform == "instagram":
        some = np.union1d(checks.spread(len(twice)), np.flatnonzero(twice))
        created[some] = clock.instagram_times(ids[some], links[some])
    return created


def _figures(picked: Picked, sieve: Sieve) -> tuple[dict[str, Any], Mask]:
    """Counts and seconds, and the rows in which a figure could not be read."""
    figures: dict[str, Any] = {}
    broken = np.zeros(len(sieve.keep), bool)
    for name in (*COUNTS, *SECONDS):
        if name in picked:
            read: Any = checks.read_counts if name in COUNTS else checks.read_seconds
            figures[name], bad = read(picked.column(name), picked.header(name), sieve.raw.rows, sieve.notes)
            picked.use(name, name, whole=not bad.any())
            broken |= bad
    return figures, broken


def _texts(platform: str, picked: Picked, words: Mapping[str, Any], sieve: Sieve) -> dict[str, Any]:
    caption = _caption(picked)
    picked.use("account", "account")
    return {
        "platform": np.full(len(sieve.keep), platform, dtype=object),
        "account": typed.stripped(picked.text("account")),
        "caption": caption,
        "hashtags": typed.hashtags(caption),
        "format": _format(picked, words, sieve),
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


def _format(picked: Picked, words: Mapping[str, Any], sieve: Sieve) -> Objects:
    """Post types in our words; an unknown one stays missing and is noted."""
    role = "format" if "format" in picked else "post_type"
    text = picked.text(role)
    picked.use(role, "format", whole=False)
    codes, distinct = pd.factorize(text)
    known = [_one_format(str(value), words["formats"]) for value in distinct]
    strange = [str(v) for v, k in zip(distinct, known, strict=True) if str(v).strip() and not k]
    if strange:
        sieve.notes.warn(f"不認得的貼文類型：{listed(strange)}；格式留空")
    return np.array([*known, ""], dtype=object)[codes]


def _one_format(text: str, formats: Sequence[tuple[str, Sequence[str]]]) -> str:
    folded = normalise(text)
    if folded in FORMATS:
        return folded
    return next((name for name, parts in formats if any(part in folded for part in parts)), "")


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


def _assemble(columns: Mapping[str, Any], keep: Mask, n: int) -> pd.DataFrame:
    """The declared columns in order and dtype; absent ones are missing."""
    everything = bool(keep.all())
    data: dict[str, Any] = {}
    for column in table("posts").columns:
        values = columns.get(column.name)
        if values is None:
            values = _missing(column.dtype, n)
        elif column.dtype == "string":
            values = typed.strings(values).array
        data[column.name] = values if everything else values[keep]
    return pd.DataFrame(data, copy=False)


def _missing(dtype: str, n: int) -> Any:
    if dtype == "Int64":
        return pd.arrays.IntegerArray(np.zeros(n, np.int64), np.ones(n, bool))
    return np.full(n, np.nan) if dtype == "float64" else pd.Series([None] * n, dtype=dtype).array  # type: ignore[call-overload]


def _extra(
    picked: Picked, matching: Matching, numeric: Collection[str], ids: Objects, keep: Mask
) -> pd.DataFrame:
    """Every column that did not go into the table as it stands, by post_id: known figures as numbers."""
    extra = picked.raw.frame if keep.all() else picked.raw.frame[keep]
    for cell in matching.cells:
        if cell.role in numeric and cell.name in extra and extra[cell.name].dtype == "string":
            read = typed.numbers(extra[cell.name])
            if not read.unreadable.any():
                extra = extra.assign(**{cell.name: read.values})
    return extra.set_axis(pd.Index(ids[keep], name="post_id"), axis=0)


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
