"""Posts added up by the engine that holds them: one group-by for the sums, and only its result is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..datasets import SIMULATED, brand_accounts
from ..tables import PLATFORMS, require
from .engines import (
    adds_expressions,
    engine_name,
    exact_median,
    fetched,
    opened,
    ordinal,
    weekday,
    with_taipei,
)
from .groups import DAYPARTS, DERIVED, WEEKDAYS, day_text, group, no_column
from .measures import Floats, check_columns, described, no_posts, not_numbers
from .metrics import ENGAGEMENTS, Metric
from .tally import Sums, Tally, Triple, era_notes, exclusion_notes, from_posts, medians_of

RANKED = 100_000
"""Up to so many posts, their rates are fetched and ranked for the interval of the median; above, the engine's median
stands alone."""
_PLATFORM, _TIME, _ONE, _OURS, _ENGAGED = "_platform", "_taipei", "_one", "_ours", "_engaged"
_PARTS = ("n", "x", "y", "xx", "yy", "xy")
Frame: TypeAlias = Any
"""A lazy narwhals frame."""


def added_up(
    table: Any, by: Sequence[str], parts: Sequence[str], metrics: Sequence[Metric], medians: bool = True
) -> Tally:
    """The posts of any table added up by group where they lie; see ``Tally``."""
    frame = opened(table)
    if frame is None:
        return from_posts(table, by, parts, metrics, medians)
    return from_engine(frame, by, parts, metrics, medians)


def from_engine(
    frame: Frame, by: Sequence[str], parts: Sequence[str], metrics: Sequence[Metric], medians: bool = True
) -> Tally:
    """Add up a posts table on its own engine; same numbers and same errors as ``tally.from_posts``."""
    plan = _plan(frame, by, parts, metrics)
    parts = [part for part in parts if part in plan.columns]
    head = fetched(plan.frame.head(RANKED + 1).group_by(_PLATFORM).agg(*_counts(parts)))
    if head.empty:
        raise no_posts(plan.width)
    ranked = int(head["_posts"].sum()) <= RANKED or not exact_median(plan.frame)
    at_once = medians and not ranked and "platform" in plan.own
    reported = _reported(head, parts)
    frame, rows = _added(plan, parts, metrics, reported, at_once)
    found = _reported(rows, parts)
    if any(reported.get(name) != columns for name, columns in found.items()):
        frame, rows = _added(plan, parts, metrics, found, at_once)
    groups = group(rows, list(plan.keys))
    cells = {what.name: _sums(what, rows) for what in metrics}
    sums = {name: one.again(groups.codes, len(groups)) for name, one in cells.items()}
    middles: dict[str, Triple] = {}
    if medians and ranked:
        middles = _ranked(frame, plan, metrics, sums)
    elif medians:
        middles = _alone(rows if at_once else _medians(frame, plan, metrics), plan, metrics)
    posts = int(rows["_posts"].sum())
    return Tally(
        groups.keys, sums, middles, posts, _period(rows), *described(found), rows[_PLATFORM].nunique(),
        _exclusions(rows, cells, metrics), _eras(plan), (SIMULATED,) if plan.owned and rows[_OURS].sum() else (),
        gaps=(_no_interval(frame, posts),) if medians and not ranked else (),
    )  # fmt: skip


@dataclass(frozen=True)
class _Plan:
    """A frame with what every query needs; ``keys``: the column that holds each group; ``own``: keys of the table."""

    frame: Frame
    columns: tuple[str, ...]
    keys: dict[str, str]
    own: frozenset[str]
    dated: bool
    owned: bool
    eras: bool
    width: int


def _plan(frame: Frame, by: Sequence[str], parts: Sequence[str], metrics: Sequence[Metric]) -> _Plan:
    schema = frame.collect_schema()
    there = list(schema.names())
    check_columns(pd.DataFrame(columns=there), parts)
    own = frozenset(name for name in by if name in there)
    derived = [name for name in by if name not in own]
    if strange := [name for name in derived if name not in DERIVED]:
        raise no_column(strange[0], there)
    if derived:
        require(pd.DataFrame(columns=there), ["published_at"])
    needed = {c for what in metrics for c in (what.numerator, what.denominator)} | set(parts)
    columns = tuple(c for c in there if c in needed)
    frame = frame.with_columns(
        nw.lit(1).alias(_ONE),
        nw.col("platform").cast(nw.String).alias(_PLATFORM),
        *([_ours().alias(_OURS)] if "account" in there else []),
        *(_number(c, schema[c]).alias(f"_v_{c}") for c in columns),
    )
    dated = "published_at" in there and (bool(derived) or _dated(frame, schema["published_at"]))
    frame = with_taipei(frame, {"published_at": _TIME}) if derived else frame
    keys = {name: f"_k{place}" for place, name in enumerate(by)}
    made = [
        (_own(name, schema[name]) if name in own else _derived(name)).alias(at) for name, at in keys.items()
    ]
    held = frame.with_columns(*made) if made else frame
    return _Plan(held, columns, keys, own, dated, "account" in there, "metric_era" in there, len(there))


def _ours() -> nw.Expr:
    """1 for a post of the fictional brand."""
    ours = nw.col("account").cast(nw.String).is_in(sorted(brand_accounts()))
    return nw.when(ours).then(nw.lit(1)).otherwise(nw.lit(0))


def _number(column: str, kind: Any) -> nw.Expr:
    """A column as floats, missing where it is missing or not a number; raises TableError for text."""
    value = nw.col(column)
    if kind == nw.Boolean:
        value = value.cast(nw.Int8)
    elif not kind.is_numeric() and kind != nw.Unknown:
        raise not_numbers(column, f"型別是 {kind}")
    value = value.cast(nw.Float64)
    return nw.when(~value.is_nan()).then(value) if kind.is_float() else value


def _dated(frame: Frame, kind: Any) -> bool:
    """Whether there are times at all; an empty column needs no time zone."""
    if isinstance(kind, nw.Datetime) and kind.time_zone:
        return True
    return bool(fetched(frame.select(nw.col("published_at").count().alias("n")))["n"].iloc[0])


def _own(name: str, kind: Any) -> nw.Expr:
    value = nw.col(name)
    return value.cast(nw.String) if kind in (nw.Categorical, nw.Enum) else value


def _derived(name: str) -> nw.Expr:
    """The week, month, weekday or part of the day as a whole number; ``_label`` reads it back."""
    time = nw.col(_TIME)
    if name == "weekday":
        return weekday(time)
    if name == "week":
        return (ordinal(time) - 1) // 7
    return time.dt.year() * 12 + time.dt.month() - 1 if name == "month" else time.dt.hour() // 6


def _label(name: str, code: float) -> object:
    """What ``_derived`` stands for.

    >>> _label("week", 105_668), _label("month", 24_314), _label("weekday", 7), _label("daypart", 1)
    (Timestamp('2026-03-02 00:00:00'), Timestamp('2026-03-01 00:00:00'), '週日', '早上')
    """
    if pd.isna(code):
        return None
    number = int(code)
    if name == "weekday":
        return WEEKDAYS[number - 1]
    if name == "week":
        return pd.Timestamp.fromordinal(7 * number + 1)
    return pd.Timestamp(number // 12, number % 12 + 1, 1) if name == "month" else _PARTS_OF_DAY[number]


_PARTS_OF_DAY = {low // 6: name for name, (low, _) in DAYPARTS.items()}


def _fetched(asked: Frame, plan: _Plan) -> pd.DataFrame:
    """A small result with its groups under their own names."""
    rows = fetched(asked)
    for name, at in plan.keys.items():
        codes = rows.pop(at)
        rows[name] = codes if name in plan.own else pd.Series([_label(name, code) for code in codes])
    return rows


def _counts(parts: Sequence[str]) -> list[nw.Expr]:
    """Posts, and those that know each part of 互動."""
    known = [nw.col(f"_v_{part}").count().alias(f"_c_{part}") for part in parts]
    return [nw.col(_ONE).count().alias("_posts"), *known]


def _reported(rows: pd.DataFrame, parts: Sequence[str]) -> dict[str, list[str]]:
    """The parts each platform reports, platforms in reading order."""
    known = rows.dropna(subset=[_PLATFORM]).groupby(_PLATFORM)[[f"_c_{part}" for part in parts]].sum()
    order = [*PLATFORMS, *map(str, known.index)]
    return {
        name: [part for part in parts if int(known[f"_c_{part}"][name]) > 0]
        for name in sorted(map(str, known.index), key=order.index)
    }


def _engaged(parts: Sequence[str], reported: dict[str, list[str]]) -> nw.Expr:
    """The sum of the parts that a post's platform reports; missing where one of them is."""
    total = nw.lit(0.0)
    for part in parts:
        who = [name for name, columns in reported.items() if part in columns]
        value = nw.col(f"_v_{part}")
        if who and len(who) < len(reported):
            value = nw.when(nw.col(_PLATFORM).is_in(who)).then(value).otherwise(nw.lit(0.0))
        total = total + value if who else total
    speaking = [name for name, columns in reported.items() if columns]
    known = (
        nw.col(_PLATFORM).is_in(speaking) if len(speaking) < len(reported) else ~nw.col(_PLATFORM).is_null()
    )
    return nw.when(known).then(total)


def _measured(
    plan: _Plan, parts: Sequence[str], metrics: Sequence[Metric], reported: dict[str, list[str]]
) -> Frame:
    """Numerator and denominator of every KPI, missing where a post cannot be used."""
    nothing = nw.lit(None).cast(nw.Float64)
    frame = plan.frame.with_columns(_engaged(parts, reported).alias(_ENGAGED))
    pairs = []
    for what in metrics:
        top, under = (
            nw.col(_ENGAGED) if c == ENGAGEMENTS else nw.col(f"_v_{c}") if c in plan.columns else nothing
            for c in (what.numerator, what.denominator)
        )
        if what.is_ratio:
            usable = (under > 0) & ~top.is_null()
            top, under = (nw.when(usable).then(part) for part in (top, under))
            pairs.append(under.alias(f"_x_{what.name}"))
        pairs.append(top.alias(f"_y_{what.name}"))
    frame = frame.with_columns(*pairs)
    if adds_expressions(frame):
        return frame
    made = [value.alias(f"_{at}_{what.name}") for what in metrics for at, value in _values(what).items()]
    return frame.with_columns(*made)


def _values(what: Metric) -> dict[str, nw.Expr]:
    """What is summed of a KPI beside how many posts, and its rate (r), post by post."""
    y, x = nw.col(f"_y_{what.name}"), nw.col(f"_x_{what.name}")
    return (
        {"y": y, "x": x, "xx": x * x, "yy": y * y, "xy": x * y, "r": y / x}
        if what.is_ratio
        else {"y": y, "r": y}
    )


def _asked(frame: Frame, metrics: Sequence[Metric], medians: bool) -> list[nw.Expr]:
    """Sums and medians; of columns made before on an engine whose group-by takes only columns."""
    asked, whole = [], adds_expressions(frame)
    for what in metrics:
        asked.append(nw.col(f"_y_{what.name}").count().alias(f"_n_{what.name}"))
        for at, value in _values(what).items():
            name = f"_{at}_{what.name}"
            one = value if whole else nw.col(name)
            if at != "r":
                asked.append(one.sum().alias(name))
            elif medians:
                asked.append(one.median().alias(name))
    return asked


def _added(
    plan: _Plan,
    parts: Sequence[str],
    metrics: Sequence[Metric],
    reported: dict[str, list[str]],
    medians: bool,
) -> tuple[Frame, pd.DataFrame]:
    """The posts with their numbers; and a row a group and platform: sums, counts, first and last day, and the
    medians where these groups are the ones asked for."""
    frame = _measured(plan, parts, metrics, reported)
    asked = [*_counts(parts), *_asked(frame, metrics, medians)]
    asked += [nw.col(_OURS).sum()] if plan.owned else []
    if plan.dated:
        asked += [nw.col("published_at").min().alias("_first"), nw.col("published_at").max().alias("_last")]
    own = "platform" in plan.own
    by = [*plan.keys.values(), *([] if own else [_PLATFORM])]
    small = frame.group_by(*by).agg(*asked)
    if plan.dated:
        ends = {end: f"{end}_day" for end in ("_first", "_last")}
        small = with_taipei(small, ends)
        small = small.with_columns(*(ordinal(nw.col(day)).alias(day) for day in ends.values())).drop(*ends)
    rows = _fetched(small, plan)
    return frame, rows.assign(**{_PLATFORM: rows["platform"]}) if own else rows


def _medians(frame: Frame, plan: _Plan, metrics: Sequence[Metric]) -> pd.DataFrame:
    """The engine's median of every KPI, a row a group."""
    rates = frame.with_columns(*(_values(what)["r"].alias(f"_r_{what.name}") for what in metrics))
    asked = [nw.col(f"_r_{what.name}").median() for what in metrics]
    return _fetched(rates.group_by(*(plan.keys.values() or [_ONE])).agg(*asked), plan)


def _sums(what: Metric, rows: pd.DataFrame) -> Sums:
    def found(part: str) -> Floats:
        return rows[f"_{part}_{what.name}"].fillna(0).to_numpy(dtype="float64")

    if what.is_ratio:
        return Sums(*(found(part) for part in _PARTS))
    n, blank = found("n"), np.full(len(rows), np.nan)
    return Sums(n, n, found("y"), n, blank, blank)


def _ranked(frame: Frame, plan: _Plan, metrics: Sequence[Metric], sums: dict[str, Sums]) -> dict[str, Triple]:
    """Medians and their intervals from the posts' own rates."""
    rates = frame.select(*plan.keys.values(), *(_values(w)["r"].alias(f"_r_{w.name}") for w in metrics))
    rows = _fetched(rates, plan)
    groups = group(rows, list(plan.keys))
    middles = {}
    for what in metrics:
        values = rows[f"_r_{what.name}"].to_numpy(dtype="float64", na_value=np.nan)
        known = ~np.isnan(values)
        n = sums[what.name].n.astype(np.intp)
        middles[what.name] = medians_of(values[known], groups.codes[known], n)
    return middles


def _alone(rows: pd.DataFrame, plan: _Plan, metrics: Sequence[Metric]) -> dict[str, Triple]:
    """The engine's medians in the order of the groups, without intervals."""
    codes = group(rows, list(plan.keys)).codes
    middles = {}
    for what in metrics:
        middle, blank = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        middle[codes] = rows[f"_r_{what.name}"].to_numpy(dtype="float64", na_value=np.nan)
        middles[what.name] = (middle, blank, blank)
    return middles


def _no_interval(frame: Frame, posts: int) -> str:
    return (
        f"典型一則（中位數）由 {engine_name(frame)} 算，沒有區間：區間要把每一則排名，"
        f"超過 {RANKED:,} 則（這裡有 {posts:,} 則）就不搬出來排了"
    )


def _exclusions(rows: pd.DataFrame, cells: dict[str, Sums], metrics: Sequence[Metric]) -> tuple[str, ...]:
    codes, found = pd.factorize(rows[_PLATFORM].astype("object").fillna("other"))
    total = np.bincount(codes, rows["_posts"].to_numpy(dtype="float64"), minlength=len(found))
    used = {name: np.bincount(codes, one.n, minlength=len(found)) for name, one in cells.items()}
    order = [*PLATFORMS, *map(str, found)]
    places = sorted(range(len(found)), key=lambda place: order.index(str(found[place])))
    return exclusion_notes(
        metrics, [str(found[p]) for p in places], total[places], {name: n[places] for name, n in used.items()}
    )


def _eras(plan: _Plan) -> tuple[str, ...]:
    if not plan.eras:
        return ()
    era = nw.col("metric_era").cast(nw.String).alias("_era")
    found = fetched(plan.frame.with_columns(era).group_by(_PLATFORM, "_era").agg(nw.col(_ONE).count()))
    eras = found.dropna(subset=[_PLATFORM, "_era"]).groupby(_PLATFORM)["_era"].nunique()
    return era_notes([str(name) for name in eras.index[eras > 1]])


def _period(rows: pd.DataFrame) -> str:
    if "_first_day" not in rows or rows["_first_day"].isna().all():
        return ""
    first, last = (
        pd.Timestamp(date.fromordinal(int(day)))
        for day in (rows["_first_day"].min(), rows["_last_day"].max())
    )
    return f"{day_text(first)}–{day_text(last)}"
