"""Any table of posts: headers that are our own column names or labels, or that ``column_map`` names.

Also the steps that every layout of posts, account days and sessions shares: ids, figures, days, the finished table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ReadError
from ..reports.cells import GUARD, STARTERS
from ..tables import FORMATS, PLATFORMS, TAIPEI, conform, table
from . import checks, clock, typed, written
from .headers import Matching, aliases, normalise
from .layout import Built, Context, Fit
from .notes import listed, shown
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Mask, Objects, Times

TOTALS = ("total", "totals", "grand total", "總計", "合計", "總和")
EXAMPLE = "（範例）"
NO_ERA = "平台沒有改過這些指標的定義，或檔案沒有說明"


def figures(name: str, picked: Picked, sieve: Sieve) -> dict[str, Any]:
    """Every declared figure of table ``name`` that the file has; what is no number is missing and noted."""
    found: dict[str, Any] = {}
    for column in table(name).columns:
        if column.name in picked and column.dtype in ("Int64", "float64"):
            read: Any = checks.read_counts if column.dtype == "Int64" else checks.read_seconds
            rows, header = sieve.raw.rows, picked.header(column.name)
            found[column.name], bad = read(picked.column(column.name), header, rows, sieve.notes)
            picked.use(column.name, column.name, whole=not bad.any())
    return found


def texts(picked: Picked, names: Sequence[str]) -> dict[str, Objects]:
    """Text columns of the file without the blanks around them."""
    found = {}
    for name in names:
        if name in picked:
            found[name] = typed.stripped(picked.text(name))
            picked.use(name, name)
    return found


def drop_totals(picked: Picked, roles: Sequence[str], sieve: Sieve) -> None:
    """Rows whose id or day says that they are the sum of the others."""
    total = np.zeros(len(sieve.keep), bool)
    for role in roles:
        cells = pd.Series(typed.stripped(picked.text(role)), dtype="string").str.casefold()
        total |= cells.isin(TOTALS).to_numpy(dtype=bool)
    sieve.drop(total, "總計列")


def drop_repeats(columns: Mapping[str, Any], key: Sequence[str], sieve: Sieve, what: str) -> None:
    """Of kept rows with the same key the first stays; the others are reported."""
    frame = pd.DataFrame({name: columns[name] for name in key if name in columns})
    repeated = np.zeros(len(sieve.keep), bool)
    repeated[sieve.keep] = frame[sieve.keep].duplicated().to_numpy()
    if repeated.any():
        sieve.drop(repeated, f"{what}重複，只留第一列")
        sieve.notes.warn(f"有 {int(repeated.sum())} 列的{what}重複；若把兩次匯出貼在一起，請分開讀")


def assemble(name: str, columns: Mapping[str, Any], keep: Mask) -> pd.DataFrame:
    """Table ``name`` with its declared columns in order and dtype; absent ones are missing."""
    n = len(keep)
    data: dict[str, Any] = {}
    for column in table(name).columns:
        values = columns.get(column.name)
        if values is None:
            data[column.name] = pd.Series([None] * int(keep.sum()), dtype=object).astype(column.dtype)  # type: ignore[call-overload]
            continue
        if isinstance(values, str):
            values = np.full(n, values, dtype=object)
        if column.dtype == "string":
            values = typed.strings(values).array
        data[column.name] = pd.Series(values[keep]).astype(column.dtype)  # type: ignore[call-overload]
    return pd.DataFrame(data)


def finish(
    name: str,
    columns: Mapping[str, Any],
    picked: Picked,
    matching: Matching,
    numeric: Collection[str],
    sieve: Sieve,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table ``name`` of posts or of days, its blanks said, and all other columns by post_id or by date."""
    key = "post_id" if name == "posts" else "date"
    made = assemble(name, columns, sieve.keep)
    say_blanks(name, columns, picked, sieve)
    return made, leftovers(picked, matching, numeric, columns[key], sieve.keep, key)


def impression_posts(
    platform: str, ids: Objects, times: pd.DatetimeIndex, picked: Picked, sieve: Sieve
) -> dict[str, Any]:
    """What posts have on platforms that count impressions: who, when, figures, caption and its hashtags."""
    columns: dict[str, Any] = {"post_id": ids, "platform": platform, "published_at": times}
    columns |= figures("posts", picked, sieve) | texts(picked, ("caption",))
    columns["hashtags"] = typed.hashtags(columns["caption"]) if "caption" in columns else None
    columns["metric_era"] = "impressions" if "impressions" in picked else None
    return columns


def typed_truth(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows made by a generator as table ``name``: declared columns and dtypes only, absent ones missing.

    >>> typed_truth(pd.DataFrame({"reach": [5]}), "posts")["reach"].dtype
    Int64Dtype()
    """
    return conform(frame, name)[[column.name for column in table(name).columns]]


def leftovers(
    picked: Picked, matching: Matching, numeric: Collection[str], index: Any, keep: Mask, name: str
) -> pd.DataFrame:
    """Every column that is not in the table as it stands, by ``name``: known figures as numbers."""
    picked.release()
    extra = picked.raw.frame[keep]
    known = {}
    for cell in matching.cells:
        if (
            cell.role
            and cell.role.split(":")[0] in numeric
            and cell.name in extra
            and extra[cell.name].dtype == "string"
        ):
            read = typed.numbers(extra[cell.name])
            if not read.unreadable.any():
                known[cell.name] = read.values
    return extra.assign(**known).set_axis(pd.Index(index[keep], name=name), axis=0)


def days(picked: Picked, role: str, sieve: Sieve, context: Context, order: written.Order = "") -> Times:
    """The day of each row; rows without one are reported. order: see ``written.read``."""
    texts = np.where(sieve.keep, typed.stripped(picked.text(role)), "")
    read = written.read(texts, picked.header(role), context.where, order)
    if order:
        written.refuse_swapped_days(read, picked.header(role), context.where, order)
    for sentence in read.repairs:
        sieve.notes.repair(sentence)
    sieve.drop(np.isnat(read.local), "日期空白或讀不懂")
    if context.timezone is not None:
        sieve.notes.warn("檔案只有日期，沒有時刻，不能換時區；timezone= 沒有用到")
    picked.use(role, "date")
    return read.local.astype("M8[D]").astype("M8[us]")


def post_ids(picked: Picked, sieve: Sieve) -> Objects:
    """The file's ids; a blank one becomes the post's link, and without either the row's number, noted."""
    links = typed.stripped(picked.text("permalink"))
    ids = typed.stripped(picked.text("post_id"))
    picked.use("post_id", "post_id", whole=bool((ids != "").all()))
    ids = checks.repaired_ids(ids, links, sieve.raw.rows, sieve.notes)
    checks.rounded_ids(ids, sieve.notes)
    blank = (ids == "") & sieve.keep
    by_link = blank & (links != "")
    by_row = blank & ~by_link
    numbers = np.array([f"row-{row}" for row in sieve.raw.rows], dtype=object)
    ids = np.where(by_link, links, np.where(by_row, numbers, ids))
    if by_link.any():
        sieve.notes.repair(f"{int(by_link.sum())} 列沒有貼文編號，用貼文網址當編號")
    if by_row.any():
        sieve.notes.repair(
            f"{int(by_row.sum())} 列沒有貼文編號也沒有網址，用列號當編號（row-5 這種），不能拿來和其他檔案比對"
        )
    return ids


def formats(picked: Picked, sieve: Sieve) -> Objects:
    """Our format names from our names or labels; others are missing, noted and kept in ``extra``."""
    ours = {**{name: name for name in FORMATS}, **{normalise(label): name for name, label in FORMATS.items()}}
    cells = typed.stripped(picked.text("format"))
    codes, distinct = pd.factorize(cells)
    known = [ours.get(normalise(str(value)), "") for value in distinct]
    strange = [value for value, name in zip(distinct, known, strict=True) if value and not name]
    if strange:
        sieve.notes.warn(
            f"不認得的格式：{listed(strange)}；格式留空。可用的寫法：{'、'.join(FORMATS.values())}"
        )
    picked.use("format", "format", whole=not strange)
    return np.array([*known, ""], dtype=object)[codes]


def truths(picked: Picked, sieve: Sieve) -> pd.arrays.BooleanArray:
    """是／否 as a boolean; anything else is missing and noted."""
    words = {"true": True, "yes": True, "1": True, "是": True, "v": True} | {
        "false": False, "no": False, "0": False, "否": False,
    }  # fmt: skip
    cells = [normalise(text) for text in picked.text("is_paid")]
    odd = np.array([bool(text) and text not in words for text in cells])
    if odd.any():
        sieve.notes.warn("「付費推廣」請填「是」或「否」；其他寫法當成沒有資料", sieve.raw.rows[odd])
    picked.use("is_paid", "is_paid", whole=False)
    values = np.array([words.get(text, False) for text in cells], bool)
    return pd.arrays.BooleanArray(values, np.array([text not in words for text in cells], bool))


@dataclass(frozen=True)
class OwnTable:
    """A table of posts that somebody has kept, or filled into the kit's template, for one platform."""

    platform: str
    key_prefix: str = "generic"
    family: str = "generic"
    numeric: Collection[str] = (
        *(column.name for column in table("posts").columns if column.dtype in ("Int64", "float64")),
        "quotes", "boos",
    )  # fmt: skip

    @property
    def key(self) -> str:
        return f"{self.key_prefix}_{self.platform}"

    @property
    def label(self) -> str:
        return f"自訂表格：{PLATFORMS[self.platform]}"

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Names that only our tables have, and headers that the caller named, speak for a table of one's own."""
        roles = matching.roles()
        mapped = [cell for cell in matching.cells if cell.role and not cell.language]
        native = [cell for cell in matching.cells if cell.language]
        ours = sum(normalise(cell.header) in _only_ours() for cell in native)
        said = _platform_said(matching, sample)
        score = len(roles) + 3 * ours + 10 * (len(mapped) >= 2 and len(mapped) >= len(native))
        score += 5 * (said == {self.platform})
        if said and self.platform not in said:
            score = 0
        lacks = () if roles & {"published_at", "published_taipei"} else ("發佈時間",)
        return Fit(score, lacks)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table; examples, totals and rows without a time are reported."""
        sources = {"published_at": ("published_at", "published_taipei")}
        picked = pick(raw, matching, sources, context.notes)
        sieve = Sieve(raw, context.notes)
        drop_totals(picked, ("post_id", "caption", "published_at"), sieve)
        _drop_examples(picked, sieve)
        _one_platform(self.platform, picked, sieve, context.where)
        given = "published_taipei" in matching.roles() and "published_at" not in matching.roles()
        times, zone = published(picked, sieve, context, TAIPEI if given else None)
        columns: dict[str, Any] = {"post_id": post_ids(picked, sieve), "published_at": times}
        columns |= {"platform": self.platform, **figures("posts", picked, sieve)}
        columns |= texts(picked, ("account", "caption", "hashtags", "metric_era"))
        _unguard(columns, sieve)
        if "caption" in columns and "hashtags" not in columns:
            columns["hashtags"] = typed.hashtags(columns["caption"])
        columns |= {"format": formats(picked, sieve)} if "format" in picked else {}
        columns |= {"is_paid": truths(picked, sieve)} if "is_paid" in picked else {}
        drop_repeats(columns, ("post_id",), sieve, "貼文編號")
        posts, extra = finish("posts", columns, picked, matching, self.numeric, sieve)
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, NO_ERA)


@dataclass(frozen=True)
class SaidZone(clock.Zone):
    """A zone that the file itself states; basis: where, in 正體中文."""

    basis: str = ""

    def label(self) -> str:
        return f"{self.assumed}，{self.basis}"


def published(
    picked: Picked, sieve: Sieve, context: Context, zone_given: str | None
) -> tuple[pd.DatetimeIndex, clock.Zone]:
    """Publish times in Asia/Taipei; rows without one are reported.

    zone_given: the zone that the header itself names. Raises ReadError when times carry no offset and no zone is
    known, and when days and months cannot be told apart.
    """
    header = picked.header("published_at")
    read = written.read(typed.stripped(picked.text("published_at")), header, context.where)
    naive = sieve.keep & ~np.isnat(read.local) & ~read.with_offset
    if naive.any() and context.timezone is None and zone_given is None:
        raise ReadError(
            f"「{shown(header)}」的時間沒有寫時區，例如「{shown(read.texts[naive][0])}」",
            where=f"{context.where}，第 {sieve.raw.rows[naive][0]} 列",
            next_step='請說這是哪裡的時間，例如 timezone="Asia/Taipei"；或在每個時間後面寫上時差，例如 2026-03-02 12:30 +0800',
        )
    picked.use("published_at", "published_at")
    sieve.drop(np.isnat(read.local), "發佈時間空白或讀不懂（請寫成 2026-03-02 12:30 這種）")
    zone = clock.zone(context.timezone, zone_given or "UTC", context.where)
    taipei = read.taipei(zone.assumed)
    for sentence in read.repairs:
        sieve.notes.repair(sentence)
    days = read.day_only & sieve.keep
    if days.any():
        sieve.notes.warn("只寫了日期的列，時刻當成 00:00；請不要用這些列分析發文時段", sieve.raw.rows[days])
    if read.with_offset.any() and not naive.any():
        unused = "；timezone= 沒有用到" if zone.chosen else ""
        sentence = f"照每一列自己的時差換算，不必驗證{unused}"
        return taipei, SaidZone("UTC", False, "agrees", sentence, basis="每一列都帶著時差")
    sentence = "自訂表格的編號不含時間，無法驗證時區"
    if not zone.chosen and zone_given:
        return taipei, SaidZone(
            zone.assumed, False, "unknown", sentence, basis=f"欄名「{shown(header)}」寫明"
        )
    return taipei, clock.Zone(zone.assumed, zone.chosen, "unknown", sentence)


def say_blanks(name: str, columns: Mapping[str, Any], picked: Picked, sieve: Sieve) -> None:
    """How many figures are blank in the kept rows (missing, not 0)."""
    blank = {
        column.name: pd.isna(columns[column.name])[sieve.keep]
        for column in table(name).columns
        if column.name in columns and column.name in picked and column.dtype == "Int64"
    }
    headers = {role: picked.header(role) for role in blank}
    found = [f"「{shown(headers[role])}」{int(mask.sum())} 列" for role, mask in blank.items() if mask.any()]
    if found:
        sieve.notes.warn(f"空白的指標當成「沒有資料」，不是 0：{'、'.join(found)}")
    if name == "posts" and not blank:
        sieve.notes.warn("檔案裡沒有任何認得的成效指標")


def _unguard(columns: dict[str, Any], sieve: Sieve) -> None:
    """Take away the apostrophe that ``reports.write_csv`` puts before texts that look like formulas."""
    for name in ("account", "caption"):
        if name in columns:
            guarded = [text[:1] == GUARD and text[1:].startswith(STARTERS) for text in columns[name]]
            if any(guarded):
                pairs = zip(columns[name], guarded, strict=True)
                columns[name] = np.array([text[1:] if out else text for text, out in pairs], dtype=object)
                label = table("posts").column(name).label
                sieve.notes.repair(
                    f"「{label}」有 {sum(guarded)} 格的開頭去掉一個半形單引號（存 CSV 時為了防公式加的）"
                )


def _only_ours() -> frozenset[str]:
    """Headers that no platform's export has: what our tables and the template call things."""
    shared = {"title", "views", "reach", "likes", "comments", "shares", "saves", "clicks", "follows", "impressions",
              "url", "link", "permalink", "note"}  # fmt: skip
    others = aliases("meta_content").names
    return frozenset(name for name in aliases("generic").names if name not in shared and name not in others)


def _platform_said(matching: Matching, sample: Sequence[Sequence[str]]) -> set[str]:
    """The platforms that a column of the table names, in the rows seen so far."""
    cells = matching.of("platform")
    if not cells:
        return set()
    index = cells[0].index
    values = {normalise(row[index]) for row in sample if index < len(row) and row[index].strip()}
    return {_PLATFORM_NAMES[value] for value in values if value in _PLATFORM_NAMES}


_PLATFORM_NAMES = {name: name for name in PLATFORMS} | {
    normalise(label): name for name, label in PLATFORMS.items()
}


def _one_platform(platform: str, picked: Picked, sieve: Sieve, where: str) -> None:
    """Refuse a table whose rows belong to several platforms; a blank cell means the table's platform."""
    if "platform" not in picked:
        return
    said = np.array(
        [_PLATFORM_NAMES.get(normalise(text), text) for text in picked.text("platform")], dtype=object
    )
    other = sieve.keep & (said != "") & (said != platform)
    if other.any():
        raise ReadError(
            f"這張表混了不同平台：有 {PLATFORMS[platform]}，也有 {listed(pd.unique(said[other]))}",
            where=f"{where}，例如第 {sieve.raw.rows[other][0]} 列",
            next_step="請一個平台存一個檔案，分開讀",
        )
    blank = sieve.keep & (said == "")
    if blank.any():
        sieve.notes.repair(f"{int(blank.sum())} 列沒寫平台，當成 {PLATFORMS[platform]}")
    picked.use("platform", "platform")


def _drop_examples(picked: Picked, sieve: Sieve) -> None:
    """The template's example row, and rows in which nothing but the platform is filled in."""
    frame = sieve.raw.frame
    example = np.zeros(len(frame), bool)
    filled = np.zeros(len(frame), bool)
    for name in frame.columns:
        if frame[name].dtype == "string":
            cells = typed.stripped(typed.objects(frame[name]))
            example |= np.array([text.startswith(EXAMPLE) for text in cells], bool)
        else:
            cells = np.where(frame[name].isna(), "", "1").astype(object)
        if "platform" not in picked or name != picked.cells["platform"].name:
            filled |= cells != ""
    sieve.drop(example, "範本的範例列")
    sieve.drop(~filled, "空白列")


LAYOUTS = tuple(OwnTable(platform) for platform in PLATFORMS)
