"""YouTube Studio, advanced mode: Table data by video or by day, Totals; Chart data and other groupings are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ReadError
from ..tables import TAIPEI
from . import checks, clock, daily, typed
from .headers import Matching, aliases, normalise
from .layout import Built, Context, Fit
from .notes import shown
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Floats, Mask, Objects, Times
from .video_tables import (
    assumed_zone,
    blanks,
    clock_column,
    days,
    figures,
    leftover,
    midnight,
    unique_days,
    whole_table,
)

COUNTS = ("views", "impressions", "likes", "comments", "shares", "follows")
DAY_COUNTS = ("views", "impressions", "gained", "lost")
OTHERS = (
    "engaged_views", "watch_hours", "avg_percentage", "stayed", "ctr", "subscribers", "gained", "lost", "dislikes",
    "likes_ratio", "viewers", "views_per_viewer", "new_viewers", "returning_viewers", "casual_viewers",
    "regular_viewers", "revenue", "rpm", "cpm",
)  # fmt: skip
FAMILY = "youtube_studio"
# Since this day a view of a Short is every start or replay; the former definition is called Engaged views.
SHORTS_CHANGE = np.datetime64("2025-03-31", "us")
LONGEST_SHORT = 180
ERAS = {
    "views": "觀看次數（Views）；檔案裡沒有認得出的短影音",
    "shorts_plays": "觀看次數（Views）：短影音每次開始播放或重播都算（2025-03-31 起的定義）",
    "shorts_mixed": "觀看次數（Views）：短影音可能混有 2025-03-31 前後兩種算法，不能直接接成一條線",
    "unknown": "觀看次數（Views）：有些影片分不出是不是短影音，適用哪一種算法不確定",
    "": "檔案裡沒有觀看次數",
}
_ID = re.compile(r"\s?[\w-]{11}")
_TOTALS = re.compile(r"totals|總計|\.zip/", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class YouTubeVideos:
    """Table data by video."""

    key: str = "youtube_videos"
    label: str = "YouTube Studio「資料表」匯出：影片"
    platform: str = "youtube"
    family: str = FAMILY
    numeric: Collection[str] = (*COUNTS, *OTHERS)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Content and title stand in no other export together; video ids speak with ten voices."""
        roles = matching.roles()
        if not {"post_id", "caption"} <= roles or "date" in roles:
            return Fit(0)
        at = matching.of("post_id")[0].index
        ids = [row[at] for row in sample if at < len(row) and not _is_total(row[at])]
        like = sum(bool(_ID.fullmatch(text)) for text in ids) > len(ids) / 2
        lacks = () if "published_at" in roles else ("影片發布時間",)
        return Fit(len(roles) + 10 * like, lacks)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table; the Total row and videos without a publish time are reported."""
        sources = {"follows": ("follows", "gained"), "watch_time_s": ("watch_time_s", "watch_hours")}
        picked, sieve = pick(raw, matching, sources, context.notes), Sieve(raw, context.notes)
        ids = _ids(picked, sieve)
        published, zone = _published(picked, sieve, context)
        daily.drop_repeats(ids, None, sieve)
        found = figures(picked, sieve, COUNTS) | _times(picked, sieve)
        blanks(found, picked, sieve)
        kinds = _formats(picked, found, sieve)
        columns: dict[str, Any] = {
            "post_id": ids, "platform": np.full(len(ids), "youtube", dtype=object), "published_at": published,
            "format": kinds, "caption": _title(picked), **found,
        }  # fmt: skip
        columns["hashtags"] = typed.hashtags(columns["caption"])
        columns["metric_era"], era = _eras(found, kinds, published, sieve.keep)
        _say(picked, era, columns, sieve)
        posts = whole_table("posts", columns, sieve.keep)
        index = pd.Index(ids[sieve.keep], name="post_id")
        extra = leftover(picked, matching, self.numeric, index, sieve.keep)
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, ERAS[era])


@dataclass(frozen=True)
class YouTubeDays:
    """Table data by day, or Totals (a day and one figure)."""

    key: str = "youtube_days"
    label: str = "YouTube Studio 每日數據"
    platform: str = "youtube"
    family: str = FAMILY
    numeric: Collection[str] = (*COUNTS, *OTHERS)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A day as YouTube writes it, and figures that only YouTube has, or the two columns of Totals."""
        roles = matching.roles()
        if "date" not in roles or roles & {"post_id", "caption"} or len(roles) < 2:
            return Fit(0)
        at = matching.of("date")[0].index
        dates = [row[at].strip() for row in sample if at < len(row) and not _is_total(row[at])]
        if not dates or not all(_ISO.fullmatch(text) for text in dates):
            return Fit(0)
        own = roles & {
            "watch_hours",
            "avg_watch_s",
            "engaged_views",
            "ctr",
            "subscribers",
            "gained",
            "stayed",
        }
        totals = len(matching.cells) == 2 == len(roles)
        return Fit(len(roles) + 10 * bool(own) + 5 * totals if own or totals else 0)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The account_days table; refused when the file holds no figure that the table has."""
        picked, sieve = pick(raw, matching, {}, context.notes), Sieve(raw, context.notes)
        if not any(name in picked for name in DAY_COUNTS):
            only = "、".join(cell.header for cell in matching.cells if cell.role != "date")
            raise ReadError(
                f"這份每日數據只有「{only}」，帳號每日表沒有這一欄",
                where=context.where,
                next_step="請在 YouTube Studio 進階模式改選觀看次數、曝光次數或訂閱人數，再匯出一次",
            )
        _drop_total(picked.text("date"), picked, sieve)
        if len(matching.cells) == 2 and not _TOTALS.search(context.where):
            context.notes.warn(
                "檔案只有日期和觀看次數兩欄，照 YouTube Studio 的 Totals 讀；若是別的平台或自己整理的表，請用 platform= 指定"
            )
        dates = _full_days(picked.text("date"))
        sieve.drop(np.isnat(dates), "日期空白或讀不懂")
        unique_days(dates, sieve)
        picked.use("date", "date", whole=False)
        found = figures(picked, sieve, DAY_COUNTS)
        blanks(found, picked, sieve, "天")
        context.notes.warn(
            "YouTube 的每日數據一般照美國太平洋時間切日，檔案沒有寫；日期照檔案寫的，沒有換算成台北的日子"
        )
        if "views" in found and dates[sieve.keep].size and dates[sieve.keep].min() < SHORTS_CHANGE:
            context.notes.warn("資料跨到 2025-03-31 以前：短影音的觀看次數在那一天改了算法，前後不能直接比")
        columns = {"platform": np.full(len(dates), "youtube", dtype=object), "date": dates, **found}
        table = whole_table("account_days", columns, sieve.keep)
        index = pd.DatetimeIndex(dates[sieve.keep], name="date")
        extra = leftover(picked, matching, self.numeric, index, sieve.keep)
        era = "全頻道的觀看次數（Views），長影片和短影音合計" if "views" in found else ERAS[""]
        return Built({"account_days": table}, extra, picked.used, picked.whole, None, era)


@dataclass(frozen=True)
class YouTubeRefused:
    """Parts and groupings of Studio that fit in no table: recognised, and refused with the reason."""

    key: str = "youtube_refused"
    label: str = "YouTube Studio 的其他表格"
    platform: str = "youtube"
    family: str = FAMILY
    numeric: Collection[str] = (*COUNTS, *OTHERS)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A day beside a video (Chart data), or figures of neither videos nor days (by country, source …)."""
        roles = matching.roles()
        chart = {"date", "post_id", "caption"} <= roles
        grouped = "watch_hours" in roles and not roles & {"date", "post_id", "caption"}
        return Fit(len(roles) + 10 if chart or grouped else 0)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """Always refused: adding such rows up gives neither a video's total nor the channel's day."""
        if "post_id" in matching.roles():
            what = "這是 Chart data（圖表資料）：只有圖上那幾支影片、一天一列、一個指標，加起來不是影片的總數，也不是全頻道"
        else:
            by = shown(matching.cells[0].header) or "其他項目"
            what = f"這是 YouTube Studio 依「{by}」分組的表格，不是每支影片，也不是每一天"
        raise ReadError(
            what,
            where=context.where,
            next_step="請讀「內容」分頁匯出的 Table data.csv（每支影片），或 Totals.csv（全頻道每一天）",
        )


LAYOUTS = (YouTubeVideos(), YouTubeDays(), YouTubeRefused())


def _is_total(text: str) -> bool:
    return normalise(text) in {normalise(word) for word in aliases(FAMILY).words["total"]}


def _ids(picked: Picked, sieve: Sieve) -> Objects:
    """Video ids, without the blank that guards those that begin with a hyphen; the Total row goes."""
    printed = picked.text("post_id")
    _drop_total(printed, picked, sieve)
    ids = typed.stripped(printed)
    picked.use("post_id", "post_id", whole=False)
    guarded = np.array([text[:1].isspace() for text in printed], dtype=bool) & (ids != "") & sieve.keep
    if guarded.any():
        sieve.notes.repair(f"{int(guarded.sum())} 個影片編號前面的空白（防止試算表當成公式）已去掉")
    sieve.drop(ids == "", "沒有影片編號")
    broken = np.array([text.startswith("#") for text in ids], dtype=bool)
    if broken.any():
        ids = ids.copy()
        ids[broken] = [f"{ids[i]}#{sieve.raw.rows[i]}" for i in np.flatnonzero(broken)]
        sieve.notes.warn(
            "影片編號被試算表當成公式算壞了（#NAME? 這種），救不回來，請重新下載", sieve.raw.rows[broken]
        )
    return checks.repaired_ids(ids, np.full(len(ids), "", dtype=object), sieve.raw.rows, sieve.notes)


def _drop_total(texts: Objects, picked: Picked, sieve: Sieve) -> None:
    """Take the Total row out, and hold the other rows against it."""
    total = np.array([_is_total(text) for text in texts], dtype=bool)
    sieve.drop(total, "總計列")
    if total.sum() != 1 or "views" not in picked:
        return
    views = typed.numbers(picked.column("views")).values
    whole, added = float(views[total][0]), float(np.nansum(views[~total]))
    if whole > 0 and added < 0.995 * whole:
        sieve.notes.warn(
            f"各列觀看次數加起來是總計列的 {added / whole:.1%}：YouTube Studio 的表格大約只列 500 列，"
            "其餘影片不在檔案裡，不要拿這張表當全頻道"
        )
    elif added > 1.005 * whole > 0:
        sieve.notes.warn(f"各列觀看次數加起來是總計列的 {added / whole:.1%}，超過總計，請到後台核對")


def _full_days(texts: Objects) -> Times:
    """Days that carry their year; NaT for all else."""
    return midnight(
        [day and day.year and f"{day.year:04d}-{day.month:02d}-{day.day:02d}" for day in days(texts)]
    )


def _published(picked: Picked, sieve: Sieve, context: Context) -> tuple[pd.DatetimeIndex, clock.Zone]:
    text = typed.stripped(picked.text("published_at"))
    read = _full_days(text)
    picked.use("published_at", "published_at", whole=False)
    sieve.drop(text == "", "沒有發布時間（多半是私人或不公開影片）")
    sieve.drop(np.isnat(read), "發布時間讀不懂（要寫成「Sep 27, 2024」或「2024-09-27」）")
    zone = replace(
        assumed_zone(context.timezone, TAIPEI, context.where),
        sentence="檔案只有發布日期，沒有時刻，影片編號也不含時間",
    )
    if sieve.keep.any():
        sieve.notes.warn("YouTube 只給發布日期：時刻一律記成 00：00，不能拿來分析發片時段")
    return clock.place(read, zone.assumed).taipei, zone


def _title(picked: Picked) -> Objects:
    picked.use("caption", "caption")
    return typed.stripped(picked.text("caption"))


def _times(picked: Picked, sieve: Sieve) -> dict[str, Floats]:
    """Lengths and time watched, in seconds."""
    found = {
        role: clock_column(picked, sieve, role) for role in ("duration_s", "avg_watch_s") if role in picked
    }
    if "watch_time_s" in picked:
        hours, _ = checks.read_seconds(
            picked.column("watch_time_s"), picked.header("watch_time_s"), sieve.raw.rows, sieve.notes
        )
        in_hours = picked.cells["watch_time_s"].role == "watch_hours"
        found["watch_time_s"] = hours * 3600 if in_hours else hours
        picked.use("watch_time_s", "watch_time_s", whole=False)
    return found


def _formats(picked: Picked, found: Mapping[str, Any], sieve: Sieve) -> Objects:
    """Short or long: by the content type, else by the share who stayed (Shorts only); else left open up to 180 s."""
    n = len(sieve.keep)
    seconds = found.get("duration_s", np.full(n, np.nan))
    if "content_type" in picked:
        words = {normalise(w): kind for kind, ws in aliases(FAMILY).words["formats"].items() for w in ws}
        picked.use("content_type", "format", whole=False)
        return np.array(
            [words.get(normalise(text), "") for text in picked.text("content_type")], dtype=object
        )
    long = seconds > LONGEST_SHORT
    if "stayed" not in picked:
        open_ = int((~long & sieve.keep).sum())
        if open_:
            sieve.notes.warn(
                f"檔案沒有「Stayed to watch」也沒有內容類型：{open_} 支 {LONGEST_SHORT} 秒以內（或沒寫長度）的影片"
                "分不出是不是短影音，格式留空"
            )
        return np.where(long, "video", "").astype(object)
    stayed = typed.numbers(picked.column("stayed")).values
    views = found["views"].to_numpy(dtype="float64", na_value=np.nan) if "views" in found else np.ones(n)
    short = (stayed > 0) & (seconds <= LONGEST_SHORT)
    ordinary = long & ~(stayed > 0) | np.isnan(stayed) & (views > 0) & ~np.isnan(seconds)
    kinds = np.select([short, ordinary], ["short_video", "video"], "").astype(object)
    left = int(((kinds == "") & sieve.keep).sum())
    if left:
        sieve.notes.warn(f"{left} 支影片分不出是不是短影音，格式留空")
    return kinds


def _eras(
    found: Mapping[str, Any], kinds: Objects, published: pd.DatetimeIndex, keep: Mask
) -> tuple[Objects, str]:
    """Which definition of a view each video follows, and the file as a whole."""
    if "views" not in found:
        return np.full(len(kinds), "", dtype=object), ""
    before = np.asarray(published.tz_localize(None) < pd.Timestamp(SHORTS_CHANGE))
    seconds = found.get("duration_s", np.full(len(kinds), np.nan))
    unsure = (kinds == "") & ~(seconds > LONGEST_SHORT)
    short = kinds == "short_video"
    eras = np.select(
        [short & before, short, unsure], ["shorts_mixed", "shorts_plays", "unknown"], "views"
    ).astype(object)
    present = set(eras[keep])
    return eras, next((era for era in ("shorts_mixed", "unknown", "shorts_plays") if era in present), "views")


def _say(picked: Picked, era: str, columns: Mapping[str, Any], sieve: Sieve) -> None:
    """What a careful reader would ask about the figures."""
    notes, rows, keep = sieve.notes, sieve.raw.rows, sieve.keep
    mixed = (columns["metric_era"] == "shorts_mixed") & keep
    if mixed.any():
        how = (
            f"請用「{picked.header('engaged_views')}」（原定義的觀看，留在 extra）"
            if "engaged_views" in picked
            else "請在進階模式勾選 Engaged views 後重新匯出"
        )
        notes.warn(
            f"短影音的觀看次數從 2025-03-31 起改成每次播放或重播都算；這些在那之前發布的短影音要和之後的比，{how}",
            rows[mixed],
        )
    if "impressions" in picked:
        notes.warn("YouTube 的曝光次數只算縮圖出現的次數，不能和其他平台的曝光放在一起比")
    if "subscribers" in picked:
        net = typed.numbers(picked.column("subscribers")).values
        less = f"，{int((net[keep] < 0).sum())} 支是負的" if (net[keep] < 0).any() else ""
        notes.repair(
            f"「{picked.header('subscribers')}」是獲得減流失的淨值{less}，不是帶來的追蹤數，留在 extra"
        )
    if "avg_percentage" in picked:
        over = (typed.numbers(picked.column("avg_percentage")).values > 100) & keep
        if over.any():
            notes.repair(
                f"{int(over.sum())} 支影片的「{picked.header('avg_percentage')}」超過 100，是重播造成的，沒有更動"
            )
