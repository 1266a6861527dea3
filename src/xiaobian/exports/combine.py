"""Several exports as one: the same tables joined, overlaps settled, definitions kept apart, nothing added up."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

import pandas as pd

from ..tables import PLATFORMS, table
from .notes import Notes, listed, shown

_DATE = re.compile(
    r"(?<!\d)(20[0-3]\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[-_ ](\d{1,2})[-_, ]+(20[0-3]\d)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PLACE = "_file"


def dates_in(name: str) -> list[datetime.date]:
    """The dates in a file's name, in its order.

    >>> [day.isoformat() for day in dates_in("Jan-14-2025_Apr-14-2025_1092657730418264.csv")]
    ['2025-01-14', '2025-04-14']
    """
    found = []
    for year, month, day, english, its_day, its_year in _DATE.findall(name):
        try:
            if english:
                found.append(datetime.date(int(its_year), _MONTHS.index(english) + 1, int(its_day)))
            else:
                found.append(datetime.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def join_tables(
    parts: Sequence[dict[str, pd.DataFrame]], names: Sequence[str], notes: Notes
) -> tuple[dict[str, pd.DataFrame], list[tuple[int, pd.Index, str]]]:
    """The tables of several parts, earliest export first, as one set.

    names: file of each part, in the same order. Of rows with one key the later file's stays. Returns the tables and
    the rows left out: (part, positions in its table, table name).
    """
    joined: dict[str, pd.DataFrame] = {}
    left_out: list[tuple[int, pd.Index, str]] = []
    for name in dict.fromkeys(name for part in parts for name in part):
        having = [n for n, part in enumerate(parts) if name in part]
        frames = [parts[n][name].reset_index(drop=True) for n in having]
        if len(frames) == 1:
            joined[name] = frames[0]
            continue
        joined[name], lost = _join(name, frames, [names[n] for n in having], notes)
        left_out += [(having[n], rows, name) for n, rows in lost]
    return joined, left_out


def _join(
    name: str, frames: Sequence[pd.DataFrame], files: Sequence[str], notes: Notes
) -> tuple[pd.DataFrame, list[tuple[int, pd.Index]]]:
    key = list(table(name).key)
    if name == "account_days":
        return _side_by_side(name, frames, files, key, notes), []
    whole = _stacked(frames)
    repeated = whole[PLACE] < whole.groupby(key, dropna=False)[PLACE].transform("max")
    lost: list[tuple[int, pd.Index]] = []
    for n in range(len(frames)):
        rows = repeated[whole[PLACE] == n].reset_index(drop=True)
        if rows.any():
            lost.append((n, rows.index[rows]))
            _say_overlap(name, whole, repeated, n, files, key, notes)
    return whole[~repeated].drop(columns=PLACE).reset_index(drop=True), lost


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames below each other with their dtypes; ``_file`` says from which one a row comes."""
    return pd.concat([frame.assign(**{PLACE: n}) for n, frame in enumerate(frames)], ignore_index=True)


def _say_overlap(
    name: str,
    whole: pd.DataFrame,
    repeated: pd.Series,
    n: int,
    files: Sequence[str],
    key: list[str],
    notes: Notes,
) -> None:
    mine = whole.loc[repeated & (whole[PLACE] == n), key]
    kept = whole[~repeated].merge(mine, on=key)[PLACE].unique()
    later = listed([files[int(place)] for place in kept], 3, 60)
    notes.warn(
        f"{len(mine)} 列{table(name).label}在「{shown(files[n], 60)}」和較晚的「{later}」裡都有：只留較晚的那一列，沒有相加"
    )


def _side_by_side(
    name: str, frames: Sequence[pd.DataFrame], files: Sequence[str], key: list[str], notes: Notes
) -> pd.DataFrame:
    """Days from several files: one row a key; a figure comes from the latest file that has it."""
    whole = _stacked(frames)
    if not whole.duplicated(key).any():
        return whole.drop(columns=PLACE).sort_values(key, ignore_index=True)
    figures = [column for column in frames[0].columns if column not in key]
    groups = whole.groupby(key, dropna=False, sort=True)
    differing = [
        f"{table(name).column(column).label} {count} 天"
        for column in figures
        if (count := int((groups[column].nunique() > 1).sum()))
    ]
    if differing:
        notes.warn(f"不同檔案對同一天寫了不同的數字（{'、'.join(differing)}）：採用較晚的檔案，請核對")
    merged = groups[figures].last().reset_index()
    return merged[list(frames[0].columns)].astype(frames[0].dtypes.to_dict())


def warn_eras(tables: dict[str, pd.DataFrame], notes: Notes) -> None:
    """Say when posts of one platform follow different definitions; their rows stay apart by ``metric_era``."""
    posts = tables.get("posts")
    if posts is None:
        return
    for platform, own in posts.groupby("platform", sort=False):
        eras = own["metric_era"].dropna().unique()
        if len(eras) > 1:
            notes.warn(
                f"{PLATFORMS[str(platform)]} 的貼文有不同的指標定義（{'、'.join(map(str, eras))}），不能接成同一條時間序列；"
                "請用 metric_era 欄分開看"
            )


def latest_day(tables: dict[str, pd.DataFrame]) -> datetime.date | None:
    """The last day that the data speak of, to order exports whose names carry no date."""
    days = [
        frame[column].max().date()
        for frame in tables.values()
        for column in ("published_at", "date", "as_of")
        if column in frame and frame[column].notna().any()
    ]
    return max(days, default=None)
