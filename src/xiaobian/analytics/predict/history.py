"""From a table to posts in the order of publishing: result, features, whose post, and what was known when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import NotFound, TableError
from ..groups import day_text, taipei_times
from ..measures import Floats, engagement_sums
from ..metrics import METRICS
from .features import FROM_PLAN, Ints, Kind, accounts, feature_names, features, kinds
from .leaks import refuse, suspects
from .order import ordered

_BLOCKS_WITHOUT_DATES = 50


@dataclass(frozen=True)
class History:
    """Posts in the order of publishing.

    posts: the table, in order. y: results; unit: what 1 is added to in the logs z. table, kinds: features and how they
    are read. who, group: codes of account and of account × format, with their names. origin: for each post, how many
    posts were out when its block (its week) was planned.
    """

    posts: pd.DataFrame
    y: Floats
    unit: float
    table: pd.DataFrame
    kinds: tuple[Kind, ...]
    who: Ints
    group: Ints
    names: tuple[list[str], list[str]]
    origin: Ints
    suspects: tuple[str, ...]
    notes: tuple[str, ...]
    period: str

    @property
    def z(self) -> Floats:
        return self.logs(self.y)

    def counts(self, z: Floats) -> Floats:
        """Results that logs stand for; never below 0."""
        return np.maximum(np.expm1(z), 0.0) * self.unit

    def logs(self, y: Floats) -> Floats:
        return np.log1p(y / self.unit)

    def positive(self, z: Floats) -> Floats:
        """``counts``, but at least a third of the unit, where a factor needs something to work on."""
        return np.fmax(self.counts(z), self.unit / 3) + 0 * z

    @property
    def timed(self) -> bool:
        return "published_at" in self.posts

    def codes(self, posts: pd.DataFrame) -> tuple[Ints, Ints]:
        """Codes of other posts' account and group; −1 for an unknown one."""
        own, grouped = keys(posts)
        return _codes(self.names[0], own), _codes(self.names[1], grouped)


def _codes(known: list[str], values: pd.Series) -> Ints:
    places = {name: place for place, name in enumerate(known)}
    return np.array([places.get(value, -1) for value in values], dtype=np.intp)


def history(
    posts: pd.DataFrame,
    target: str,
    chosen: Sequence[str] | None,
    plan: pd.DataFrame | None,
    order: str | None,
    newest_first: bool | None,
    engagement: Sequence[str],
) -> History:
    """Read a table for prediction; raises TableError, NotFound for what cannot be used."""
    check(posts, target)
    refuse(list(chosen or ()), target)
    timed = "published_at" in posts
    posts = posts if plan is None else merged(posts, plan)
    y, told = result(posts, target, engagement)
    places, said = ordered(posts, target, order, newest_first)
    usable = np.isfinite(y[places])
    if timed:
        usable &= posts["published_at"].notna().to_numpy()[places]
    kept = places[usable]
    some, y = posts.iloc[kept].reset_index(drop=True), y[kept]
    names, aside = feature_names(some, target, timed) if chosen is None else (list(dict.fromkeys(chosen)), [])
    table = features(some, names)
    found = tuple(kinds(table, np.arange(len(some), dtype=float)))
    _need(names)
    (who, whose), (group, grouped) = (pd.factorize(values) for values in keys(some))
    alike = tuple(suspects(table, y)) if len(some) else ()
    notes = [*told, *said]
    if len(places) > len(kept):
        notes.append(f"{len(places) - len(kept):,} 則缺結果或發佈時間，沒有計入")
    if aside:
        notes.append(f"看不出發佈前知不知道，沒有用的欄位：{'、'.join(aside)}；確定知道的請寫進 features=")
    return History(
        some, y, _unit(y), table, found, who.astype(np.intp), group.astype(np.intp), (list(whose), list(grouped)),
        _origins(some, timed), alike, tuple(notes), _span(some) if timed else "",
    )  # fmt: skip


def check(posts: object, target: str) -> None:
    """Raise TableError for what is not a table with something in it."""
    if not isinstance(posts, pd.DataFrame):
        raise TableError(
            f"這裡要的是一張表，收到的是 {type(posts).__name__}",
            where="參數 posts",
            next_step="xb.read_export() 的結果請用它的 .posts",
        )
    if posts.empty:
        raise TableError("這張表是空的，沒有過去可以學", where=f"0 列、{len(posts.columns)} 欄")
    if not posts.columns.is_unique:
        twice = "、".join(map(str, posts.columns[posts.columns.duplicated()].unique()))
        raise TableError(f"欄位名稱重複：{twice}", where="參數 posts", next_step="請先改名或刪掉重複的欄位")
    if target in METRICS and METRICS[target].is_ratio:
        raise TableError(
            f"「{METRICS[target].title}」是比率，這裡預測的是次數",
            where="參數 target",
            next_step='請分別預測分子和分母，例如 target="engagements"、target="reach"',
        )


def result(posts: pd.DataFrame, target: str, engagement: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """The result of each post (NaN where unknown), and notes on what it is."""
    if target in posts:
        values = pd.to_numeric(posts[target], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        lost = int((np.isnan(values) & posts[target].notna().to_numpy()).sum())
        if lost == posts[target].notna().sum() and lost:
            raise TableError(f"「{target}」欄不是數字，不能預測", where="參數 target")
        values = np.where(np.isfinite(values), values, np.nan)
        if (values < 0).any():
            raise TableError(
                f"「{target}」有 {int((values < 0).sum())} 列小於 0，這裡預測的是次數",
                where=f"欄位 {target}",
                next_step="請先查清楚負數從哪裡來",
            )
        return values, (f"「{target}」有 {lost:,} 格不是數字，當作空白",) if lost else ()
    if target == "engagements" and "platform" in posts:
        sums = engagement_sums(posts, engagement)
        return sums.total, sums.notes
    numeric = [str(c) for c in posts.columns if pd.api.types.is_numeric_dtype(posts[c].dtype)]
    raise NotFound(
        f"表裡沒有「{target}」可以預測", next_step=f"可用的數字欄位：{'、'.join(numeric) or '沒有'}"
    )


def merged(posts: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Posts with what the plan says of them, by post_id (and platform)."""
    on = [name for name in ("platform", "post_id") if name in posts and name in plan]
    if "post_id" not in on:
        raise TableError(
            "企劃表要和貼文表對得起來，兩邊都要有 post_id",
            where="參數 plan",
            next_step="請用 xb.World 或 xb.datasets 的 plan",
        )
    extra = [name for name in (*FROM_PLAN, "format") if name in plan and name not in posts]
    return posts.merge(plan[[*on, *extra]].drop_duplicates(on), on=on, how="left")


def keys(posts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whose post it is, and of which format there."""
    own = accounts(posts)
    named = [n for n in ("format", "Type", "type", "類型", "格式") if n in posts][:1]
    grouped = own
    for name in named:
        grouped = grouped + "\n" + posts[name].astype("string").fillna("")
    return own, grouped


def _need(names: Sequence[str]) -> None:
    if not names:
        raise TableError(
            "看不出哪些欄位是發佈前就知道的",
            where="參數 features",
            next_step='請寫明，例如 features=["Type", "Post Hour"]',
        )


def _origins(posts: pd.DataFrame, timed: bool) -> Ints:
    """How many posts were out when each post's week was planned; without dates, its fiftieth of the table."""
    if timed:
        days = taipei_times(posts).dt.tz_localize(None).dt.normalize()
        weeks = (
            (days - pd.to_timedelta(days.dt.day_of_week, unit="D")) - pd.Timestamp("1970-01-05")
        ).dt.days // 7
        blocks = weeks.to_numpy()
    else:
        blocks = np.arange(len(posts)) // max(1, len(posts) // _BLOCKS_WITHOUT_DATES)
    return np.searchsorted(blocks, blocks).astype(np.intp)


def _unit(y: Floats) -> float:
    """1 for counts; a hundredth of the middle positive value for fractions."""
    positive = y[y > 0]
    if not len(positive) or np.median(positive) >= 5 or np.all(y == y.round()):
        return 1.0
    return float(np.median(positive)) / 100


def _span(posts: pd.DataFrame) -> str:
    times = taipei_times(posts)
    return f"{day_text(times.min())}–{day_text(times.max())}" if len(times) else ""
