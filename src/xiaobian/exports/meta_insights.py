"""Old Facebook Page Insights, post level (until 2021/22): the Key Metrics table with its row of definitions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import checks, clock, daily, meta_posts, meta_times, typed
from .headers import Matching, aliases
from .layout import Built, Context, Fit
from .notes import Notes, listed, shown
from .picking import Picked, Sieve, pick
from .rows import Raw
from .typed import Mask, Objects

ERA = "insights_lifetime"
ERA_LABEL = (
    "舊版 Facebook Insights 的終身指標（Lifetime）：曝光和觸及用當時的定義，不能和現在的瀏覽次數（Views）相加，"
    "也不能接成同一條時間序列"
)
ZONE = "舊版檔案沒有寫時區，先當作美國太平洋時間（推測，無法驗證）；知道當時的時區就用 timezone= 指定"
FIGURES = (
    "reach", "reach_organic", "reach_paid", "impressions", "impressions_organic", "impressions_paid",
    "engaged_users", "consumers", "clicks", "negative", "negative_users", "fan_impressions", "fan_reach",
    "fan_impressions_paid", "fan_reach_paid", "fan_engaged", "video_average", "video_length", "twin",
)  # fmt: skip
NEEDED = {"post_id": "Post ID（貼文編號）", "published_at": "Posted（發佈時間）"}
UNITS = {"millisecond": 1 / 1000, "second": 1.0}
_FRACTION = re.compile(r"\.\d+$")
_FILE = re.compile(r"\(Post Level\) - (.+?) - \d{4}-\d{2}-\d{2}")
_PEOPLE, _COUNT = re.compile(r"unique users?", re.I), re.compile(r"total count", re.I)


class Guess(clock.Zone):
    """A zone that no file and no page of the platform states."""

    def label(self) -> str:
        return f"{self.assumed}（{clock.ZONES[self.assumed]}），檔案沒有寫，這是推測"


@dataclass(frozen=True)
class InsightsPosts:
    """The Key Metrics table of the old post-level export."""

    key: str = "meta_insights_posts"
    platform: str = "facebook"
    label: str = "舊版 Facebook Insights 匯出：貼文（2021／22 年以前）"
    family: str = "meta_insights_posts"
    numeric: Collection[str] = FIGURES

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """A point for every known header, and ten for figures that only this export has."""
        roles = matching.roles()
        own = len(roles & set(FIGURES))
        lacks = tuple(label for role, label in NEEDED.items() if role not in roles)
        return Fit(len(roles) + 10 * (own >= 2) if own else 0, lacks)

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The posts table; the row of definitions is used to read the columns, and reported."""
        sieve = Sieve(raw, context.notes)
        plain = Matching(tuple(c for c in matching.cells if not (c.role or "").startswith("twin:")))
        picked = pick(raw, plain, {}, context.notes)
        definitions = _definitions(picked, matching, sieve)
        columns: dict[str, Any] = {"post_id": meta_posts.ids(picked, sieve)}
        columns["published_at"], zone = _times(picked, sieve, context)
        figures, _ = meta_posts.figures(picked, sieve)
        columns |= figures | _texts(self, picked, sieve, context.where)
        columns |= _seconds(picked, definitions, sieve)
        columns["metric_era"] = np.full(len(sieve.keep), ERA, dtype=object)
        picked.release()
        daily.drop_repeats(columns["post_id"], None, sieve)
        posts = meta_posts.assemble("posts", columns, sieve.keep)
        extra = meta_posts.extra(picked, matching, self.numeric, columns["post_id"], sieve.keep)
        extra = extra.rename(columns=_twins(matching, definitions, context.notes))
        rows = raw.rows[sieve.keep]
        blank = {name: posts[name].isna().to_numpy(dtype=bool) for name in figures}
        checks.blanks(blank, {name: picked.header(name) for name in blank}, rows, context.notes)
        return Built({"posts": posts}, extra, picked.used, picked.whole, zone, ERA_LABEL)


POSTS = InsightsPosts()
LAYOUTS = (POSTS,)


def definition_row(id_cells: Objects, figures: Sequence[Objects]) -> Mask:
    """Rows that explain the columns: nothing in the id, and words in most figure cells that hold anything.

    >>> cells = [np.array(["Lifetime: The total number", "12"], dtype=object)] * 2
    >>> definition_row(np.array(["", "7_8"], dtype=object), cells).tolist()
    [True, False]
    """
    words = np.zeros(len(id_cells), np.int64)
    filled = np.zeros(len(id_cells), np.int64)
    for cells in figures:
        filled += cells != ""
        words += np.array([len(text) > 20 and " " in text.strip() for text in cells], bool)
    return (typed.stripped(id_cells) == "") & (words >= 2) & (2 * words > filled)


def _definitions(picked: Picked, matching: Matching, sieve: Sieve) -> dict[str, str]:
    """What the row of definitions says of each column, by unique name; that row leaves the table."""
    names = [cell.name for cell in matching.cells if (cell.role or "").partition(":")[0] in FIGURES]
    frame = sieve.raw.frame
    texts = [typed.objects(frame[name]) for name in names if frame[name].dtype == "string"]
    found = definition_row(picked.text("post_id"), texts) if texts else np.zeros(len(frame), bool)
    sieve.drop(found, "指標說明列，不是貼文")
    at = np.flatnonzero(found)[:1]
    if not len(at):
        return {}
    first = frame.iloc[at[0]]
    explained = {str(name): str(first[name]) for name in frame.columns if pd.notna(first[name])}
    sieve.raw.frame = frame.assign(**{name: frame[name].mask(found) for name in explained})
    return explained


def _times(picked: Picked, sieve: Sieve, context: Context) -> tuple[pd.DatetimeIndex, clock.Zone]:
    cells = np.array([_FRACTION.sub("", text.strip()) for text in picked.text("published_at")], dtype=object)
    picked.use("published_at", "published_at")
    nothing = np.full(len(cells), np.datetime64("NaT", "us"))
    times, zone = meta_times.taipei(cells, lambda rows: nothing, sieve, context)
    if zone.chosen:
        return times, zone
    context.notes.warn(ZONE)
    return times, Guess(zone.assumed, zone.chosen, sentence="檔案沒有寫時區，編號也不含時間")


def _texts(layout: InsightsPosts, picked: Picked, sieve: Sieve, where: str) -> dict[str, Any]:
    caption = typed.without_mentions(typed.stripped(picked.text("caption")))
    picked.use("caption", "caption")
    texts = {
        "platform": np.full(len(caption), layout.platform, dtype=object),
        "caption": caption,
        "hashtags": typed.hashtags(caption),
        "format": meta_posts.formats(picked, aliases(layout.family).words["formats"], sieve),
    }
    if page := _FILE.search(where):
        sieve.notes.repair(f"專頁名稱「{shown(page[1])}」取自檔名")
        texts["account"] = np.full(len(caption), page[1], dtype=object)
    return texts


def _seconds(picked: Picked, definitions: dict[str, str], sieve: Sieve) -> dict[str, Any]:
    """Average watch time and length, where the definitions name their unit; otherwise they stay in ``extra``."""
    read: dict[str, Any] = {}
    silent = []
    for role, column in (("video_average", "avg_watch_s"), ("video_length", "duration_s")):
        if role not in picked:
            continue
        said = definitions.get(picked.cells[role].name, "").lower()
        unit = next((unit for unit in UNITS if unit in said), None)
        if unit is None:
            silent.append(picked.header(role))
            continue
        header = picked.header(role)
        seconds, _ = checks.read_seconds(picked.column(role), header, sieve.raw.rows, sieve.notes)
        read[column] = seconds * UNITS[unit]
        picked.use(role, column, whole=False)
        if unit == "millisecond":
            sieve.notes.repair(f"「{shown(header)}」的單位是毫秒，已換算成秒")
    if silent:
        sieve.notes.warn(
            f"檔案沒說 {listed(silent, width=40)} 的單位是秒還是毫秒，數字留在 extra，沒有讀進表裡"
        )
    return read


def _twins(matching: Matching, definitions: dict[str, str], notes: Notes) -> dict[str, str]:
    """New names for columns of one name each: 人數 or 次數, as the definitions say."""
    names: dict[str, str] = {}
    lost: list[str] = []
    for cell in matching.starting("twin"):
        said = definitions.get(cell.name, "")
        people, count = bool(_PEOPLE.search(said)), bool(_COUNT.search(said))
        if people != count:
            names[cell.name] = f"{cell.header}（{'人數' if people else '次數'}）"
        else:
            lost.append(cell.name)
    clash = {name for name in names.values() if list(names.values()).count(name) > 1}
    lost += [name for name, new in names.items() if new in clash]
    names = {name: new for name, new in names.items() if new not in clash}
    if names:
        notes.repair(f"{len(names)} 欄兩兩同名，依指標說明列分成「人數」和「次數」，留在 extra")
    if lost:
        notes.warn(
            f"{listed(lost, 3, 60)}：同名欄位分不出是人數還是次數（沒有指標說明列），留在 extra，請勿直接使用"
        )
    return names
