"""A calendar for other programs: calendar files, import forms of scheduling tools, Canva's list, a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...errors import NotFound, TableError
from ...plotting import spaced
from ...reports import Written, write_csv, write_ics, write_tool_csv, write_xlsx
from ...reports.cells import GUARD, risky
from ...tables import PLATFORMS
from ..moments.moments import Moment
from . import events
from .cells import TIME_HEADERS
from .planned import LABELS, STATUSES, PlannedPost
from .refusals import Refused, Unfit, listed, refusals_table
from .table import for_people
from .tools import TOOLS, columns, limit, row

if TYPE_CHECKING:
    from .calendar import Calendar

READY = ("approved", "scheduled")
"""What a tool that publishes by itself gets: nothing that nobody approved."""


TARGETS: Mapping[str, str] = {
    "ics": "iCalendar 行事曆（.ics）", "google_calendar": "Google 日曆（.csv）", "buffer": "Buffer（.csv）",
    "metricool": "Metricool（.csv）", "publer": "Publer（.csv）", "hootsuite": "Hootsuite（.csv，未核對）",
    "canva": "Canva 批次建立（.csv）", "xlsx": "Excel 活頁簿（.xlsx）", "csv": "完整資料（.csv）",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Exported(Result):
    """A file that was written, the posts that did not fit with their reasons, and what to mind."""

    target: str
    written: Written
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.written.path

    @property
    def table(self) -> pd.DataFrame:
        """One row a refused post: where, why."""
        return refusals_table(self.refused)

    def say(self) -> str:
        """What was written and what was not."""
        whole = (
            f"寫好 {self.path.name}：{self.written.rows:,} 個事件。"
            if self.target == "ics"
            else self.written.say()
        )
        told = spaced(f"{TARGETS[self.target]}：{whole}")
        if self.refused:
            told += spaced(f"有{len(self.refused):,}則沒有寫進去：") + listed(self.refused)
        return told


def write(
    calendar: Calendar, target: str, path: str | Path, *, platform: str = "", statuses: Sequence[str] | None = None,
    moments: Sequence[Moment] = (), stamp: datetime | None = None, now: datetime | None = None,
) -> Exported:  # fmt: skip
    """Write a calendar for another program.

    target: a word of ``TARGETS``. platform: only posts of one platform; needed where a file holds one channel. statuses: only
    posts in these statuses; by default all for files that people read, and approved and scheduled ones for tools that
    publish. moments: shown as whole days in ``ics``. stamp: when the file was made (tz-aware), for ``ics``. now:
    tz-aware; posts before it are not given to a tool.

    Raises NotFound for an unknown target or platform, TableError where a tool needs one platform and there are several.

    >>> import tempfile
    >>> from xiaobian.planning import Calendar
    >>> post = PlannedPost("p1", "x", "text", status="approved", caption="今天烤焙茶戚風")
    >>> Calendar([post]).export("buffer", Path(tempfile.mkdtemp(), "buffer.csv"))
    Buffer（.csv）：寫好 buffer.csv：0 列。有 1 則沒有寫進去：
    ・p1：還沒有發佈時間；先用 .move() 給它一個時間
    附註：一個檔只放一個頻道；檔案沒有時區欄，上傳前先確認頻道的時區是 Taipei
    附註：替代文字、第一則留言和連結預覽不在檔案裡，上傳後要自己補
    附註：圖片有檔案大小的上限，免費帳號的列數也比較少，上傳前看 platform_specs 的 buffer 那幾列
    """
    if target not in TARGETS:
        raise NotFound(
            f"不會寫「{target}」這種檔案", where="參數 target", next_step=f"可用：{'、'.join(TARGETS)}"
        )
    if platform and platform not in PLATFORMS:
        raise NotFound(
            f"沒有「{platform}」這個平台", where="參數 platform", next_step=f"可用：{'、'.join(PLATFORMS)}"
        )
    posts = calendar.select(platform=platform)
    wanted = tuple(statuses) if statuses is not None else READY if target in TOOLS else tuple(STATUSES)
    left = [post for post in posts if post.status not in wanted]
    posts = [post for post in posts if post.status in wanted]
    refused = [Refused(post.post_id, f"狀態是「{STATUSES[post.status]}」，還不能交給工具發") for post in left]
    if target in TOOLS:
        return _for_tool(target, posts, Path(path), refused, _broken(calendar), now)
    if target == "ics":
        dated, undated = _dated(posts)
        made = [events.of_post(post, calendar.version(post.post_id)) for post in dated]
        made += [events.of_moment(moment) for moment in moments]
        written = write_ics(made, path, name="內容日曆", stamp=stamp)
        return Exported(
            target, written, tuple(refused + undated), ("時間是 Asia/Taipei，再匯入一次會更新同一個事件",)
        )
    return _WRITERS[target](posts, Path(path), refused)


def _broken(calendar: Calendar) -> dict[str, str]:
    """The first thing to mend of each post that must not go out as it is."""
    first: dict[str, str] = {}
    for finding in calendar.problems().found:
        for post_id in finding.posts if finding.severity == "error" else ():
            first.setdefault(post_id, f"還有一定要改的問題：{finding.what}。{finding.fix}")
    return first


def _for_tool(
    target: str, posts: list[PlannedPost], path: Path, refused: list[Refused], broken: Mapping[str, str],
    now: datetime | None,
) -> Exported:  # fmt: skip
    tool = TOOLS[target]
    found = sorted({post.platform for post in posts if post.platform in tool.platforms})
    if tool.one_platform and len(found) > 1:
        raise TableError(
            f"{tool.name} 的檔案一次只能放一個平台，現在有 {'、'.join(PLATFORMS[p] for p in found)}",
            where="參數 platform", next_step=f'請一個平台寫一個檔，例如 platform="{found[0]}"',
        )  # fmt: skip
    rows: list[list[str]] = []
    most = limit(target, "rows")
    unfit: list[Refused] = []
    for post in posts:
        try:
            filled = row(target, post, now)
            if post.post_id in broken:
                raise Unfit(broken[post.post_id])
            if most is not None and len(rows) == most:
                raise Unfit(f"{tool.name} 一個檔最多 {most} 列；請分成兩個檔，一次傳一個月")
            rows.append(filled)
        except Unfit as reason:
            unfit.append(Refused(post.post_id, str(reason)))
    written = write_tool_csv(columns(target), rows, path, header=tool.header)
    return Exported(target, written, tuple(unfit + refused), tool.notes)


def _dated(posts: list[PlannedPost]) -> tuple[list[PlannedPost], list[Refused]]:
    undated = [
        Refused(p.post_id, "還沒有發佈時間，行事曆上放不了；先用 .move() 給它一個時間")
        for p in posts
        if not p.publish_at
    ]
    return [post for post in posts if post.publish_at], undated


def _google(posts: list[PlannedPost], path: Path, refused: list[Refused]) -> Exported:
    dated, undated = _dated(posts)
    rows = [events.google_row(post) for post in dated]
    written = write_tool_csv(columns("google_calendar"), rows, path)
    notes = ("匯入的時間用那個日曆自己的時區，先確認是台北；再匯入一次會多出一份，要更新請改用 ics",)
    return Exported("google_calendar", written, tuple(refused + undated), notes)


_CLOCK = "%Y-%m-%d %H:%M:%S"
_CANVA = ("post_id", "platform", "headline", "body", "hashtags", "date")


def _canva(posts: list[PlannedPost], path: Path, refused: list[Refused]) -> Exported:
    rows: list[list[str]] = []
    most = limit("canva", "rows") or len(posts)
    for post in posts:
        headline, _, body = (post.title or post.caption).partition("\n")
        day = f"{post.publish_at.month}/{post.publish_at.day}" if post.publish_at else ""
        text = post.caption if post.title else body
        if len(rows) == most:
            refused.append(Refused(post.post_id, f"Canva 一次約 {most} 列（未核對），請分成兩個檔"))
            continue
        tags = " ".join(f"#{tag}" for tag in post.hashtags)
        rows.append([post.post_id, PLATFORMS[post.platform], headline, text, tags, day])
    notes = ("在 Canva 的 Bulk Create 上傳，再把每一欄接到版面上的文字框；欄名可以自己取",)
    return Exported("canva", write_tool_csv(_CANVA, rows, path), tuple(refused), notes)


def _named(posts: list[PlannedPost]) -> pd.DataFrame:
    """The table for people; windows as texts, and times too where a sheet would show days without a clock."""
    frame = for_people(posts)
    for name in ("not_before", "not_after"):
        frame[LABELS[name]] = frame[LABELS[name]].dt.strftime(_CLOCK).astype("string")
    times = frame[LABELS["publish_at"]].dropna()
    if (times == times.dt.normalize()).all():
        frame[LABELS["publish_at"]] = frame[LABELS["publish_at"]].dt.strftime(_CLOCK).astype("string")
    return frame.rename(columns={LABELS["publish_at"]: TIME_HEADERS[0]})


def _xlsx(posts: list[PlannedPost], path: Path, refused: list[Refused]) -> Exported:
    written = write_xlsx(_named(posts), path, sheet="內容日曆")
    return Exported("xlsx", written, tuple(refused), ("時間是臺灣時間；改好存檔，用 read_calendar() 讀回來",))


def _csv(posts: list[PlannedPost], path: Path, refused: list[Refused]) -> Exported:
    """Texts that begin with an apostrophe before a formula get a second one, so that reading can take one off."""
    frame = _named(posts)
    for name in [column for column in frame if frame[column].dtype == "string"]:
        twice = frame[name].map(lambda text: str(text).startswith(GUARD) and risky(str(text).lstrip(GUARD)))
        frame[name] = frame[name].mask(twice.astype(bool), GUARD + frame[name])
    return Exported("csv", write_csv(frame, path), tuple(refused))


_WRITERS: Mapping[str, Callable[[list[PlannedPost], Path, list[Refused]], Exported]] = {
    "google_calendar": _google, "canva": _canva, "xlsx": _xlsx, "csv": _csv,
}  # fmt: skip
