"""CSV files that a person exported from Google Trends → tables that say what an index can and cannot tell.

The layouts were compared with public exports (interest over time, by region, related queries; English and 正體中文
interfaces). Nothing is fetched: the learner exports, this reads.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..analytics.result import Result
from ..errors import ReadError
from ..exports.containers import locate
from ..exports.decode import Stored, open_source
from ..plotting.wording import spaced

KINDS = {"time": "熱度隨時間變化", "region": "各地區熱度", "related": "相關搜尋"}
GRAINS = {
    "hour": ("時間", "小時", "time", "hour"),
    "day": ("天", "日", "日期", "day", "date"),
    "week": ("週", "星期", "week"),
    "month": ("月", "月份", "month"),
}
GRAIN_NAMES = {"hour": "每小時", "day": "每天", "week": "每週", "month": "每月", "minute": "每幾分鐘"}
PLACES = (
    "地區", "國家/地區", "國家／地區", "國家", "區域", "次區域", "子區域", "縣市", "城市", "都會區", "region", "country", "subregion",
    "city", "metro", "dma",
)  # fmt: skip
TRENDING = ("trends", "search volume", "發燒話題", "搜尋量")
BREAKOUT = ("breakout", "飆升", "爆升")
RELATIVE = (
    "指數 0–100 是和這份檔案裡最高的一點比：同一份裡的詞可以互比，另一份匯出的 100 是另一把尺，不能接起來比"
)
BELOW_ONE = 0.5
_TERM = re.compile(r"^(?P<term>.+?)\s*[:：]\s*[（(](?P<about>[^()（）]*)[)）]$")
_MOST_GAP = {"hour": 1, "day": 24, "week": 168, "month": 744}


@dataclass(frozen=True, repr=False)
class Trends(Result):
    """One export that was read.

    kind: time, region or related. table: for time: topic, time, index (0–100), below (printed as <1), partial; for
    region: place, topic, index (share 0–100 of the place where the file says %); for related: list (top or rising),
    query, index, growth (1 is +100 %), breakout. grain: hour, day, week, month. region: where, as the file says.
    category, file: as printed. notes: what was assumed, and what the figures cannot tell.
    """

    kind: str
    table: pd.DataFrame
    topics: tuple[str, ...]
    grain: str
    region: str
    category: str
    file: str
    notes: tuple[str, ...]

    def say(self) -> str:
        """What the file is, in 正體中文."""
        terms = "、".join(f"「{t}」" for t in self.topics) or "沒有寫搜尋字詞"
        where = f"，地區「{self.region}」" if self.region else ""
        head = f"Google Trends {KINDS[self.kind]}：{terms}{where}"
        if self.kind == "time":
            span = self.table["time"]
            return spaced(
                f"{head}，{GRAIN_NAMES[self.grain]}一列，{span.nunique()}期，{span.min():%Y-%m-%d}到{span.max():%Y-%m-%d}。"
            )
        return spaced(f"{head}，{len(self.table)}列。")

    @property
    def complete(self) -> pd.DataFrame:
        """The rows of whole periods, ready for ``bursts(…, value="index")``."""
        return self.table[~self.table["partial"]] if self.kind == "time" else self.table


def read_trends(path: str | os.PathLike[str], *, exported: str | date | None = None) -> Trends:
    """Read one CSV exported from Google Trends.

    path: the file. exported: the day of the export (Taipei); the day the file was last saved when None. The last period
    is marked partial when it had not ended by then.

    Raises ReadError, with what to do next: a list of files (two exports have two scales), no such file, another kind
    of file, a trending-now list, an export without rows, dates that cannot be told, values outside 0–100.
    """
    if isinstance(path, list | tuple | set):
        raise ReadError(
            "兩份 Google Trends 匯出不能接在一起比，各自的 100 是不同的尺",
            where=f"共 {len(path)} 個檔案",
            next_step="請回 Google Trends 把字詞放進同一次比較（一次最多五個）再匯出；要分開看就一次讀一個",
        )
    if not isinstance(path, str | os.PathLike):
        raise ReadError(
            "要的是檔案路徑", where=repr(path)[:60], next_step='請寫成 read_trends("multiTimeline.csv")'
        )
    found = locate(path)
    saved = date.fromtimestamp(found.stat().st_mtime)
    lines = _lines(Stored(found.name, found))
    day = saved if exported is None else pd.Timestamp(exported).date()
    category, body = _category(lines)
    for fits, build in _BUILDERS:
        if fits(body):
            return build(body, category, found.name, day, exported is None)
    raise _unknown(found.name, body)


def _lines(stored: Stored) -> list[list[str]]:
    """Cells of every line, stripped; the delimiter is the one that the header line uses."""
    text = open_source(stored).text().read()
    sample = text[:4000]
    delimiter = max(",;\t", key=sample.count)
    return [[cell.strip() for cell in line] for line in csv.reader(text.splitlines(), delimiter=delimiter)]


def _category(lines: list[list[str]]) -> tuple[str, list[list[str]]]:
    """The words after 類別 or Category on the first lines, and what follows without blank lines."""
    filled = [line for line in lines if any(line)]
    if filled and filled[0][0].lower().startswith("sep="):
        filled = filled[1:]
    if filled and re.match(r"(類別|category)\s*[:：]", filled[0][0], re.IGNORECASE):
        head = "：".join(part for part in re.split(r"[:：]", filled[0][0])[1:])
        return head.strip(), filled[1:]
    return "", filled


def _is_time(body: list[list[str]]) -> bool:
    return bool(body) and len(body[0]) > 1 and _grain_of(body[0][0]) != ""


def _is_region(body: list[list[str]]) -> bool:
    return bool(body) and len(body[0]) > 1 and body[0][0].lower() in PLACES


def _is_related(body: list[list[str]]) -> bool:
    return any(len(line) == 1 and line[0].upper() in ("TOP", "RISING") for line in body[:4])


def _grain_of(header: str) -> str:
    return next((grain for grain, words in GRAINS.items() if header.lower() in words), "")


def _terms(header: Sequence[str]) -> list[tuple[str, str]]:
    """Each column's search term, and what stands in brackets behind it (a place or a period)."""
    found = []
    for cell in header:
        match = _TERM.match(cell)
        found.append((match["term"], match["about"]) if match else (cell, ""))
    return found


def _value(cell: str, name: str, line: int) -> tuple[float, bool]:
    """An index and whether it was printed as below one; missing stays missing."""
    if cell in ("", "-", "—", "–"):
        return float("nan"), False
    if re.fullmatch(r"[<＜]\s*1", cell):
        return BELOW_ONE, True
    try:
        value = float(cell.rstrip("%％"))
    except ValueError:
        raise ReadError(
            f"讀不懂「{cell[:20]}」",
            where=f"檔案 {name}，第 {line} 列資料",
            next_step="指數應該是 0 到 100 或 <1；請用 Google Trends 原始下載的檔案",
        ) from None
    if not 0 <= value <= 100:
        raise ReadError(
            f"指數 {cell} 超出 0 到 100",
            where=f"檔案 {name}，第 {line} 列資料",
            next_step="這不像 Google Trends 的指數，請確認檔案沒有被改過",
        )
    return value, False


def _times(cells: Sequence[str], name: str) -> pd.DatetimeIndex:
    """Dates as Google prints them (2026-03-01, 2026-03, 2026-03-01T05) or with the year first and slashes."""
    plain = [re.sub(r"[/.]", "-", cell).replace("T", " ") for cell in cells]
    bad = [c for c in plain if not re.match(r"\d{4}-\d{1,2}(-\d{1,2})?( \d{1,2}(:\d{2}(:\d{2})?)?)?", c)]
    if bad:
        raise ReadError(
            f"日期「{bad[0][:20]}」分不出年月日",
            where=f"檔案 {name}",
            next_step="試算表另存會改掉日期；請回 Google Trends 重新下載，不要用試算表開過再存",
        )
    full = [c if c.count("-") == 2 else f"{c}-01" for c in plain]
    timed = [f"{c}:00" if re.search(r" \d{1,2}$", c) else c for c in full]
    found = pd.to_datetime(pd.Series(timed), errors="coerce", format="mixed")
    if found.isna().any():
        raise ReadError(
            f"沒有「{cells[int(found.isna().to_numpy().argmax())][:20]}」這一天",
            where=f"檔案 {name}",
            next_step="檔案可能被改過；請回 Google Trends 重新下載",
        )
    return pd.DatetimeIndex(found)


def _by_time(body: list[list[str]], category: str, name: str, day: date, guessed: bool) -> Trends:
    header, rows = body[0], body[1:]
    columns = [i for i, cell in enumerate(header) if i and cell and cell.lower() != "ispartial"]
    terms = _terms([header[i] for i in columns])
    if not rows:
        raise ReadError(
            "這份匯出沒有任何一期", where=f"檔案 {name}", next_step="搜尋量太小時會這樣；請放寬期間或換一個詞"
        )
    times = _times([row[0] for row in rows], name)
    grain = _grain(header[0], times)
    parts = []
    for place, (term, about) in zip(columns, terms, strict=True):
        read = [_value(row[place] if place < len(row) else "", name, n) for n, row in enumerate(rows, 1)]
        parts.append(
            pd.DataFrame(
                {
                    "topic": term,
                    "time": times,
                    "index": [v for v, _ in read],
                    "below": [b for _, b in read],
                    "where": about,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    table, places = _named(table)
    table["partial"] = _ends(table["time"], grain) > pd.Timestamp(day) + pd.Timedelta(days=1)
    table = table.drop(columns="where")
    notes = _time_notes(table, grain, day, guessed)
    return Trends(
        "time", table, tuple(table["topic"].unique()), grain, "、".join(places), category, name, tuple(notes)
    )


def _named(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """One term in several places: the place joins the name, so that each topic is one series."""
    places = [p for p in dict.fromkeys(table["where"]) if p]
    if len(places) > 1:
        table = table.assign(topic=table["topic"] + "（" + table["where"] + "）")
    return table, places


def _grain(header: str, times: pd.DatetimeIndex) -> str:
    """The grain that the header names, unless the dates say otherwise (the header 時間 also stands above minutes)."""
    said = _grain_of(header)
    if len(times) < 2:
        return said
    step = pd.Series(times).diff().dropna().median()
    for grain, most in (("minute", 0.99), ("hour", 1), ("day", 24), ("week", 168)):
        if step <= pd.Timedelta(hours=most):
            return grain
    return "month"


def _ends(start: pd.Series, grain: str) -> pd.Series:
    """The first moment after each period."""
    if grain == "month":
        return start + pd.offsets.MonthBegin(1)
    return start + pd.Timedelta(hours=_MOST_GAP.get(grain, 1))


def _time_notes(table: pd.DataFrame, grain: str, day: date, guessed: bool) -> list[str]:
    notes = [RELATIVE]
    if table["below"].any():
        notes.append(
            f"<1 的有 {int(table['below'].sum())} 格，有人搜尋但不到 1，當成 {BELOW_ONE} 並標在 below"
        )
    if (table["index"] == 0).any():
        notes.append(f"0 的有 {int((table['index'] == 0).sum())} 格，意思是資料太少，不是沒有人搜尋")
    if (blank := int(table["index"].isna().sum())) > 0:
        notes.append(f"空白的有 {blank} 格，當成不知道")
    if table["partial"].any():
        why = "照檔案存檔的日期" if guessed else "照你給的匯出日期"
        notes.append(f"最後一期還沒過完（{why} {day:%Y-%m-%d}），已標成 partial，別拿來說下降")
    if grain in ("week", "month"):
        notes.append("一期太長，幾天的爆發看不到；要抓爆發請把期間縮到 90 天以內再匯出")
    notes.append("指數來自抽樣，同一個詞隔天再匯出，數字會有小差別")
    return notes


def _by_region(body: list[list[str]], category: str, name: str, day: date, guessed: bool) -> Trends:
    header, rows = body[0], body[1:]
    terms = _terms(header[1:])
    if not rows:
        raise ReadError("這份匯出沒有任何地區", where=f"檔案 {name}", next_step="請放寬期間再匯出")
    records = [
        (row[0], term, _value(row[n] if n < len(row) else "", name, line)[0])
        for n, (term, _) in enumerate(terms, 1)
        for line, row in enumerate(rows, 1)
    ]
    table = pd.DataFrame(records, columns=["place", "topic", "index"])
    percent = any(cell.endswith(("%", "％")) for row in rows[:20] for cell in row[1:])
    notes = ["空白的地區是資料太少，不是 0"]
    notes.append(
        "數字是同一個地區裡幾個詞的占比（%），加起來約 100" if percent
        else "指數看的是占比：在那個地區所有搜尋裡占多少，不是人數；人少的地區也可能是 100"
    )  # fmt: skip
    topics = tuple(dict.fromkeys(term for term, _ in terms))
    return Trends("region", table, topics, "", header[0], category, name, tuple(notes))


def _related(body: list[list[str]], category: str, name: str, day: date, guessed: bool) -> Trends:
    rows, part, about = [], "", ""
    for line, cells in enumerate(body, 1):
        if len(cells) == 1 and cells[0].upper() in ("TOP", "RISING"):
            part = cells[0].lower()
        elif not part:
            about = about or cells[0]
        else:
            rows.append(
                (part, cells[0], *_related_value(part, cells[1] if len(cells) > 1 else "", name, line))
            )
    if not rows:
        raise ReadError(
            "這份匯出沒有相關搜尋", where=f"檔案 {name}", next_step="搜尋量太小時會這樣；請放寬期間或地區"
        )
    table = pd.DataFrame(rows, columns=["list", "query", "index", "growth", "breakout"])
    term = _TERM.match(about)
    where = term["about"].rpartition(", ")[2] if term else ""
    notes: tuple[str, ...] = (
        "top 是最常一起搜的，100 是最常的那個；rising 是最近長得快的，兩份名單不能互比",
    )
    if table["breakout"].any():
        notes += ("飆升（Breakout）是成長太大、檔案不寫多少，growth 留空",)
    return Trends("related", table, (term["term"],) if term else (), "", where, category, name, notes)


def _related_value(part: str, cell: str, name: str, line: int) -> tuple[float, float, bool]:
    nan = float("nan")
    if part == "top":
        return _value(cell, name, line)[0], nan, False
    if cell.lower() in BREAKOUT:
        return nan, nan, True
    growth = re.fullmatch(r"[+＋]?([\d,]+)\s*[%％]", cell)
    if not growth:
        raise ReadError(
            f"看不懂成長幅度「{cell[:20]}」",
            where=f"檔案 {name}，第 {line} 列",
            next_step="應該像 +250% 或飆升；請用原始下載的檔案",
        )
    return nan, float(growth[1].replace(",", "")) / 100, False


_Build = Callable[[list[list[str]], str, str, date, bool], Trends]
_BUILDERS: tuple[tuple[Callable[[list[list[str]]], bool], _Build], ...] = (
    (_is_related, _related),
    (_is_time, _by_time),
    (_is_region, _by_region),
)


def _unknown(name: str, body: list[list[str]]) -> ReadError:
    first = [cell.lower() for cell in body[0]] if body else []
    if sum(cell in TRENDING for cell in first) >= 2:
        return ReadError(
            "這是「發燒話題」的清單，沒有每天的指數",
            where=f"檔案 {name}",
            next_step="請把要看的詞放進「探索」，再從「熱度隨時間變化」右上角下載",
        )
    if not body:
        return ReadError("這份檔案沒有資料", where=f"檔案 {name}", next_step="請回 Google Trends 重新下載")
    shown = "、".join(cell[:12] for cell in body[0][:4] if cell)
    return ReadError(
        f"看不出這是哪一種 Google Trends 匯出，第一列是「{shown}」",
        where=f"檔案 {name}",
        next_step="能讀的有：熱度隨時間變化、各地區熱度、相關搜尋；請用右上角的下載按鈕",
    )
