"""X (Twitter): tweet activity until mid-2024, the content download of 2026, and both daily downloads.

Ids of X carry the moment of posting, (id >> 22) + 1288834974657 milliseconds of Unix time: it verifies the time
zone of the old files and supplies the clock time that the new ones leave out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..tables import TAIPEI
from . import checks, clock, generic, typed, written
from .headers import Matching, aliases
from .layout import Built, Context, Fit
from .notes import Notes
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Mask, Objects, Times

EPOCH_MS = 1_288_834_974_657
FIRST_TIMED_ID = 29_700_859_247
ERA = "Impressions（曝光次數）；shares 是轉推（Reposts），X 的 Shares（複製或傳送連結）留在 extra"
_LINK = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w{1,20})/(?:web/)?status/(\w+)", re.IGNORECASE
)
_NONE = np.datetime64("NaT", "us")


def x_times(ids: Objects) -> Times:
    """UTC time inside each post id; NaT where the text is no id or is older than November 2010.

    >>> x_times(np.array(["1365000000000000000", "undefined"], dtype=object)).astype("M8[m]").astype(str).tolist()
    ['2021-02-25T18:05', 'NaT']
    """
    numbers = np.array(
        [int(t) if t.isascii() and t.isdigit() and len(t) < 20 else 0 for t in ids], dtype=object
    )
    fits = np.array([FIRST_TIMED_ID <= n < 1 << 63 for n in numbers], bool)
    ms = (np.where(fits, numbers, 0).astype(np.int64) >> 22) + EPOCH_MS
    times = (ms * 1000).astype("M8[us]")
    return np.where(fits & (times < np.datetime64("2100-01-01")), times, _NONE)


@dataclass(frozen=True)
class XPosts:
    """One row a post: the old tweet activity (clock time and offset) and the 2026 content download (UTC day)."""

    key: str = "x_posts"
    platform: str = "x"
    label: str = "X 貼文分析匯出"
    family: str = "x_posts"

    @property
    def numeric(self) -> Collection[str]:
        return _figure_roles("x_posts")

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A point for each header name known, ten for links to posts on X."""
        roles = matching.roles()
        if not roles & {"engagements", "impressions"} or not roles & {"post_id", "permalink", "caption"}:
            return Fit(0)
        links = any(_LINK.match(cell.strip()) for row in sample for cell in row)
        lacks = [] if roles & {"post_id", "permalink"} else ["貼文編號"]
        lacks += [] if roles & {"published_at", "day"} else ["發佈時間"]
        ours = len(roles & {"detail_expands", "hashtag_clicks", "sent", "media_engagements"})
        return Fit(len(roles) + 10 * links + 2 * ours, tuple(lacks))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table, with times checked against the ids, or taken from them."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        links = [_LINK.match(text.strip()) for text in picked.text("permalink")]
        ids = _ids(picked, links, sieve)
        times, zone = _times(picked, ids, sieve, context)
        columns = generic.impression_posts(self.platform, ids, times, picked, sieve)
        columns["account"] = np.array(
            [m[1] if m and m[1].lower() != "i" else "" for m in links], dtype=object
        )
        generic.drop_repeats(columns, ("post_id",), sieve, "貼文編號")
        _look(columns, picked, sieve)
        posts, extra = generic.finish("posts", columns, picked, matching, self.numeric, sieve)
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, ERA)


@dataclass(frozen=True)
class XDays:
    """One row a day: the old daily activity, and the account overview of 2026."""

    key: str = "x_days"
    platform: str = "x"
    label: str = "X 每日分析匯出"
    family: str = "x_days"

    @property
    def numeric(self) -> Collection[str]:
        return _figure_roles("x_days")

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A date, and what only X counts a day: posts made, follows lost, engagements."""
        roles = matching.roles()
        only_x = roles & {"posts_made", "lost", "media_engagements", "sent"}
        if "date" not in roles or "impressions" not in roles or not only_x:
            return Fit(0)
        return Fit(len(roles) + 10)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The account_days table; X's days are UTC days and stay so."""
        picked = pick(raw, matching, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        generic.drop_totals(picked, ("date",), sieve)
        columns: dict[str, Any] = {
            "platform": self.platform,
            "date": generic.days(picked, "date", sieve, context),
        }
        columns |= generic.figures("account_days", picked, sieve)
        generic.drop_repeats(columns, ("date",), sieve, "日期")
        days, extra = generic.finish("account_days", columns, picked, matching, self.numeric, sieve)
        context.notes.warn(
            "X 的一天是 UTC 的一天（台北早上 8 點換日），日期照檔案寫的；檔案沒有帳號名稱，account 留空"
        )
        return Built(
            {"account_days": days}, extra, picked.used, picked.whole, None, "Impressions（曝光次數）"
        )


LAYOUTS = (XPosts(), XDays())


def _figure_roles(family: str) -> frozenset[str]:
    roles = {role for role, _ in aliases(family).names.values()}
    return frozenset(roles - {"post_id", "permalink", "caption", "published_at", "day", "date"})


def _ids(picked: Picked, links: list[re.Match[str] | None], sieve: Sieve) -> Objects:
    """Post ids; a blank or damaged one is taken from the post's link, rows without either are reported."""
    ids = typed.stripped(picked.text("post_id"))
    from_link = np.array([m[2] if m and m[2].isdigit() else "" for m in links], dtype=object)
    broken = typed.damaged_ids(ids)
    rescued = (broken | (ids == "")) & (from_link != "")
    if rescued.any():
        sieve.notes.repair(
            "貼文編號空白或被試算表改成科學記號，改用貼文連結裡的編號", sieve.raw.rows[rescued]
        )
    ids = np.where(rescued, from_link, ids)
    shell = np.isin(ids, ("", "undefined")) & (from_link == "")
    sieve.drop(shell, "沒有貼文編號（X 匯出時留下的空殼列）")
    sieve.drop(broken & ~rescued, "貼文編號被試算表改成科學記號，也沒有貼文連結可以救回")
    checks.rounded_ids(ids, sieve.notes)
    picked.use("post_id", "post_id", whole=not rescued.any())
    return ids


def _times(
    picked: Picked, ids: Objects, sieve: Sieve, context: Context
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Times in Asia/Taipei, and what the ids say about the zone."""
    created = x_times(ids)
    role = "published_at" if "published_at" in picked else "day"
    texts = np.where(sieve.keep, typed.stripped(picked.text(role)), "")
    read = written.read(texts, picked.header(role), context.where, created=created)
    zone = clock.zone(context.timezone, "UTC", context.where)
    for sentence in read.repairs:
        sieve.notes.repair(sentence)
    picked.use(role, "published_at", whole=role == "published_at")
    clocked = ~read.day_only & ~np.isnat(read.local)
    if not clocked.any():
        return _times_of_ids(read, created, zone, sieve)
    sieve.drop(~clocked, "發佈時間空白或讀不懂")
    taipei = read.taipei(zone.assumed)
    clock.say_far(read.local, created, sieve.keep, sieve.raw.rows, sieve.notes)
    return taipei, _verified(clock.verify(zone, read.local, taipei, created), sieve.notes)


def _times_of_ids(
    read: written.Written, created: Times, zone: clock.Zone, sieve: Sieve
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """The file gives days only: the clock time comes from the ids, and the days check them."""
    sieve.drop(np.isnat(created), "只有日期，貼文編號裡也讀不到時間")
    utc = pd.DatetimeIndex(created).tz_localize("UTC")
    days = utc.tz_convert(zone.assumed).tz_localize(None).to_numpy().astype("M8[D]")
    both = sieve.keep & ~np.isnat(read.local)
    wrong = both & (days != read.local.astype("M8[D]"))
    checked, agree = int(both.sum()), int((both & ~wrong).sum())
    sentence = f"檔案只有日期，時刻取自貼文編號；比對 {checked} 則，{agree} 則的日期與編號相符"
    verdict = "unknown" if checked < 3 else "agrees" if agree >= 0.8 * checked else "contradicts"
    if wrong.any():
        sieve.notes.warn("日期欄和貼文編號裡的日期不同，時間採用編號裡的", sieve.raw.rows[wrong])
    return utc.tz_convert(TAIPEI).as_unit("us"), clock.Zone(
        zone.assumed, zone.chosen, verdict, sentence, checked
    )


def _verified(zone: clock.Zone, notes: Notes) -> clock.Zone:
    if zone.verdict == "contradicts":
        notes.warn(f"時區可能不對：{zone.sentence}")
    return zone


def _look(columns: dict[str, Any], picked: Picked, sieve: Sieve) -> None:
    """Replies among the posts, and a printed rate that is not engagements by impressions."""
    captions = columns.get("caption")
    if captions is not None:
        replies = sieve.keep & np.array([text.startswith("@") for text in captions], bool)
        if replies.any():
            sieve.notes.warn(
                f"有 {int(replies.sum())} 則文案以 @ 開頭，多半是回覆別人；仍留在表裡，"
                '只看自己的貼文請用 posts[~posts["caption"].str.startswith("@", na=False)]',
                sieve.raw.rows[replies],
            )
    if all(role in picked for role in ("engagement_rate", "engagements", "impressions")):
        wrong = sieve.keep & _wrong_rate(picked)
        if wrong.any():
            sieve.notes.warn("印出的互動率不等於互動數除以曝光次數，請到後台核對", sieve.raw.rows[wrong])


def _wrong_rate(picked: Picked) -> Mask:
    rate, engagements, impressions = (
        typed.numbers(picked.column(role)).values
        for role in ("engagement_rate", "engagements", "impressions")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(rate - engagements / impressions) > 1e-3)
