"""``xiaobian realism FILE``: how real the sandbox looks beside a posts table of your own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import KitError, ReadError
from .parser import Parser

if TYPE_CHECKING:
    import pandas as pd


def main(argv: Sequence[str]) -> int:
    """Print the comparison; write a page only when asked. 0 when it could be made, however real it looks."""
    parser = Parser("xiaobian realism", "拿一份真實貼文，檢查沙盒的模擬貼文像不像；檔案只在這台電腦上讀。")
    parser.add_argument("file", metavar="FILE", type=Path, help="平台匯出檔，或欄名和本套件相同的貼文 CSV")
    parser.add_argument("--pages", type=_pages, default=200, metavar="N", help="模擬幾頁（預設 200）")
    parser.add_argument("--seed", type=_seed, default=1, metavar="N", help="隨機種子（預設 1）")
    parser.add_argument("--html", type=Path, metavar="FILE", help="另外寫成一份 .html 報告")
    chosen = parser.parse_args(argv)
    from ..reports import write_page
    from ..reports.page import checked
    from ..sandbox.realism.check import realism
    from ..sandbox.realism.words import page

    if chosen.html is not None:
        checked(chosen.html)
    posts, notes = read_posts(chosen.file)
    result = realism(posts, pages=chosen.pages, seed=chosen.seed)
    for note in notes:
        print(f"讀檔：{note}")
    print(result)
    if chosen.html is not None:
        print(f"寫好 {write_page(page(result), chosen.html)}")
    return 0


def _pages(text: str) -> int:
    if not text.isdecimal() or not 20 <= int(text) <= 5000:
        raise argparse.ArgumentTypeError(f"要是 20–5000 的整數，不能是「{text}」")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"要是 0 以上的整數，不能是「{text}」")
    return int(text)


def read_posts(file: Path) -> tuple[pd.DataFrame, list[str]]:
    """The posts of a file and what was assumed: an export of any platform, else a CSV with our column names.

    Raises ReadError or another KitError that names the file.
    """
    from ..exports import read_export

    try:
        export = read_export(file)
        return export.posts, [*export.report.repairs, *export.report.warnings]
    except KitError:
        plain = _plain(file)
        if plain is None:
            raise
        return plain


def _plain(file: Path) -> tuple[pd.DataFrame, list[str]] | None:
    """A CSV whose header has our names of engagement columns, or None when it is no such file."""
    import pandas as pd

    from ..sandbox.realism.statistics import PARTS
    from ..tables import TABLES, conform

    if not file.is_file() or file.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return None
    try:
        text = {c.name: "string" for c in TABLES["posts"].columns if c.dtype == "string"}
        frame = pd.read_csv(file, encoding="utf-8-sig", dtype=text, sep=None, engine="python")
    except (ValueError, OSError):
        return None
    if not set(PARTS) & set(frame.columns):
        return None
    notes = [f"{file.name} 不是平台匯出檔，照欄名讀成貼文表"]
    if "published_at" in frame:
        frame["published_at"], assumed = _times(frame["published_at"].astype("string"), file)
        notes += assumed
    return conform(frame, "posts"), notes


def _times(written: pd.Series, file: Path) -> tuple[pd.Series, list[str]]:
    """ISO times in Taipei, and a note where the zone had to be assumed; raises ReadError when none can be read."""
    import pandas as pd

    from ..tables import TAIPEI

    written = written.str.strip()
    naive = written.notna() & ~written.str.contains(r"\d[T ].*(?:Z|[+-]\d\d:?\d\d)$", na=False)
    times = pd.to_datetime(
        written.mask(naive, written + "+08:00"), errors="coerce", format="ISO8601", utc=True
    )
    if times.isna().all():
        raise ReadError(
            "讀不懂發佈時間",
            where=f"檔案 {file.name} 的 published_at 欄",
            next_step="請寫成 2026-03-01 20:15 這樣，或整欄拿掉",
        )
    unread = int((times.isna() & written.notna()).sum())
    notes = [f"有 {int(naive.sum())} 個時間沒有時區，當成台北時間"] if naive.any() else []
    notes += [f"有 {unread} 個時間讀不懂，留白"] if unread else []
    return times.dt.tz_convert(TAIPEI), notes
