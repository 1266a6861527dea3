"""``read_calendar(file)``: planned posts from a workbook, a CSV or a calendar file, with a reason for each row left out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ...analytics.result import Result
from ...errors import KitError, ReadError
from ...exports.containers import locate
from ...exports.decode import Source, Stored
from ...exports.workbook import open_sources
from ...plotting import spaced
from ...reports.cells import GUARD, risky
from .approval import Raci
from .calendar import Calendar
from .cells import TIME_HEADERS, CellError, Row, fields_of
from .ics_reading import posts_of_ics
from .planned import LABELS, PlannedPost
from .refusals import Refused, listed, refusals_table
from .tools import TOOLS, columns

MOST_ROWS = 100_000
_NEEDED = ("platform", "format")


@dataclass(frozen=True, repr=False)
class ReadPosts(Result):
    """The posts of a file, and the rows that did not become one."""

    source: str
    posts: tuple[PlannedPost, ...]
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def table(self) -> pd.DataFrame:
        """One row a refusal: where, why."""
        return refusals_table(self.refused)

    def calendar(self, raci: Raci | None = None) -> Calendar:
        """The posts as a calendar; events keep counting their changes where the file left off."""
        return Calendar(self.posts, raci=raci, versions=self.versions)

    def say(self) -> str:
        """How many posts were read, and why the others were not."""
        told = spaced(f"{self.source}：讀到{len(self.posts):,}則。")
        if self.refused:
            told += spaced(f"有{len(self.refused):,}列沒有讀進來：") + listed(self.refused)
        return told


def read_calendar(path: str | Path, *, platform: str = "", zone: str = "") -> ReadPosts:
    """Read planned posts from ``.xlsx``, ``.csv`` or ``.ics``.

    Workbooks and CSV need the columns 平台 and 格式 (or their English names); a time must carry its zone, stand under
    「發佈時間（臺灣時間）」, or be told by ``zone``. platform: for events of another calendar program, which know none.
    Each row that cannot be a post is left out with its place and reason. Rows without a number get one.

    Raises ReadError for a file that is no table or calendar, lacks those columns, or is the form of a scheduling tool.
    """
    file = locate(path)
    if file.is_dir():
        raise ReadError(
            "這是資料夾，不是檔案", where=file.name, next_step="請指定一個 .xlsx、.csv 或 .ics 檔"
        )
    if file.suffix.lower() == ".ics":
        found = posts_of_ics(file, platform)
        return ReadPosts(file.name, *_unique(found.posts, found.refused), tuple(found.notes), found.versions)
    source = _best(open_sources(Stored(file.name, file)))
    return _of_rows(file.name, _lines(source, file.name), platform, zone, guarded=not source.sheet)


def _best(sources: list[Source]) -> Source:
    """The sheet that looks most like a calendar; the first one where none does."""
    names = {*LABELS, *LABELS.values(), *TIME_HEADERS}

    def known(source: Source) -> int:
        first = source.head().partition("\n")[0]
        return len(names & {_wide(cell.strip().strip('"')) for cell in first.split(_delimiter(first))})

    return max(sources, key=known)


def _lines(source: Source, name: str) -> list[list[str]]:
    with source.text() as stream:
        try:
            return list(_limited(csv.reader(stream, delimiter=_delimiter(source.head())), name))
        except csv.Error as error:
            raise ReadError(
                "這個檔案不是完整的 CSV", where=f"{name}（{error}）", next_step="請重新匯出"
            ) from None


def _limited(lines: Iterable[list[str]], name: str) -> Iterable[list[str]]:
    for number, line in enumerate(lines):
        if number > MOST_ROWS:
            raise ReadError(
                f"超過 {MOST_ROWS:,} 列，不像內容日曆", where=name, next_step="請先拆成幾個檔，例如一年一個"
            )
        yield line


def _delimiter(head: str) -> str:
    first = head.partition("\n")[0]
    return max(",\t;", key=first.count)


def _of_rows(name: str, lines: list[list[str]], platform: str, zone: str, guarded: bool) -> ReadPosts:
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise ReadError(
            "檔案裡沒有資料", where=name, next_step="第一列要放欄名，例如「平台」「格式」「文案」"
        )
    header = [_wide(cell.strip().removeprefix(GUARD)) for cell in lines[0]]
    known, notes = _columns(header, name, platform)
    posts: list[tuple[str, PlannedPost]] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        where = f"第 {number} 列"
        try:
            if len(line) > len(header) and any(cell.strip() for cell in line[len(header) :]):
                raise CellError(f"有 {len(line)} 格，比欄名多；多半是文案裡的逗號沒有用引號包起來")
            cells = {
                field: (_unguarded(line[i]) if guarded else line[i])
                for field, i in known.items()
                if i < len(line)
            }
            row = Row(
                cells, taipei=header[known["publish_at"]] in TIME_HEADERS if "publish_at" in known else False
            )
            fields = {"platform": platform} | fields_of(row, zone)
            fields["post_id"] = fields.get("post_id") or f"row{number}"
            posts.append((where, PlannedPost(**fields)))
        except CellError as reason:
            refused.append(Refused(where, str(reason)))
        except KitError as error:
            refused.append(Refused(where, str(error)))
    return ReadPosts(name, *_unique(posts, refused), tuple(notes))


def _wide(title: str) -> str:
    """A header with full-width brackets, as the kit writes it."""
    return title.translate({ord("("): "（", ord(")"): "）"}) if title.startswith("發佈時間") else title


def _columns(header: list[str], name: str, platform: str) -> tuple[dict[str, int], list[str]]:
    """Where each field stands; unknown columns are told, missing ones refuse the file."""
    names = {label: field for field, label in LABELS.items()} | {field: field for field in LABELS}
    names |= dict.fromkeys(TIME_HEADERS, "publish_at")
    known: dict[str, int] = {}
    unknown = []
    for place, title in enumerate(header):
        field = names.get(title)
        if field is None:
            unknown.append(title)
        elif field in known:
            raise ReadError(f"「{title}」出現兩次", where=f"{name} 第 1 列", next_step="請留下一欄")
        else:
            known[field] = place
    missing = [f for f in _NEEDED if f not in known and not (f == "platform" and platform)]
    if missing:
        raise ReadError(
            f"少了「{'」「'.join(LABELS[f] for f in missing)}」欄", where=f"{name} 第 1 列",
            next_step=_advice(header),
        )  # fmt: skip
    shown = "、".join(title for title in unknown if title)
    return known, [f"沒有用到的欄：{shown}"] if shown else []


def _advice(header: list[str]) -> str:
    """What to do about a header: the form of a tool, the export of a platform, or a table of one's own."""
    for key, tool in TOOLS.items():
        if tool.header and len(set(header) & set(columns(key))) >= min(4, len(columns(key))):
            return f"這是 {tool.name} 的匯入檔，裡面沒有平台和狀態；請讀回原本的 xlsx 或 ics"
    if set(header) >= set(columns("google_calendar")[:3]):
        return "這是 Google 日曆的匯入檔；請讀回原本的 xlsx 或 ics"
    return f"欄名要有「平台」「格式」，其他可以有：{'、'.join(list(LABELS.values())[3:])}"


def _unguarded(cell: str) -> str:
    """The text without the apostrophe that a CSV for spreadsheets has before what would run, or before such an apostrophe."""
    return cell[1:] if cell.startswith(GUARD) and risky(cell.lstrip(GUARD)) else cell


def _unique(
    posts: list[tuple[str, PlannedPost]], refused: list[Refused]
) -> tuple[tuple[PlannedPost, ...], tuple[Refused, ...]]:
    """The first post of each number; the later ones are refused."""
    kept: dict[str, PlannedPost] = {}
    for where, post in posts:
        if post.post_id in kept:
            refused.append(Refused(where, f"貼文編號「{post.post_id}」前面已經用過；請改成不重複的編號"))
        else:
            kept[post.post_id] = post
    return tuple(kept.values()), tuple(refused)
