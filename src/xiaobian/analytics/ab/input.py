"""From what a learner has (a trials table, people, counts) to the sums of an A/B test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from ...errors import TableError
from ..engines import fetched
from .moments import Moments, Quantity, from_counts, from_people, from_trials

CLICK_RATE = "點擊率"
Columns = str | Mapping[str, str] | None


def comparable(
    data: Any,
    value: str | Sequence[str] | None,
    parts: tuple[Columns, Columns, Columns],
    *,
    arm: str,
    date: str | None,
    trial: str | None,
    unit: str,
) -> tuple[list[Moments], list[str]]:
    """The sums, one ``Moments`` a quantity, and notes on what was left out.

    parts: denominator, covariate and the covariate's denominator, as ``ab_read`` takes them.

    Raises TableError for what is none of the three kinds of data.
    """
    if isinstance(data, Mapping):
        return [from_counts(_counts(data), CLICK_RATE)], []
    columns = _columns_of(data)
    if value is None and {"exposed", "clicks"} <= set(columns):
        return [from_trials(_one_trial(data, columns, trial), CLICK_RATE)], []
    if value is None:
        raise TableError(
            "不知道要比哪一欄",
            where=f"現有的欄位：{'、'.join(columns)}",
            next_step='請用 value= 指定，例如 value="after_ntd"',
        )
    values = (value,) if isinstance(value, str) else tuple(value)
    named = [_by_value(part, values) for part in parts]
    quantities = [Quantity(_name(v, named[0]), (v, *(part.get(v, "") for part in named))) for v in values]  # type: ignore[arg-type]
    moments, lost = from_people(data, quantities, arm, date if date in columns else None)
    notes = [f"有 {lost:,} {unit}沒有組別，沒有計入"] if lost else []
    for one in moments:
        if missing := int((one.assigned - one.n).sum()):
            notes.append(f"「{one.quantity.name}」有 {missing:,} {unit}缺數字，沒有計入（缺的不是 0）")
    return moments, notes


def _columns_of(data: Any) -> list[str]:
    try:
        return [str(c) for c in nw.from_native(data).collect_schema().names()]
    except TypeError:
        raise TableError(
            f"這裡要的是一張表或各組人數，收到的是 {type(data).__name__}",
            where="參數 data",
            next_step='例如 {"A": (送達人數, 點擊人數), "B": (送達人數, 點擊人數)}',
        ) from None


def _counts(data: Mapping[Any, Any]) -> dict[str, tuple[int, int]]:
    try:
        counts = {str(arm): (int(people), int(hits)) for arm, (people, hits) in data.items()}
    except (TypeError, ValueError):
        raise TableError(
            "各組要給兩個數字：人數和點擊人數",
            where="參數 data",
            next_step='例如 {"A": (1000, 12), "B": (1000, 15)}',
        ) from None
    if len(counts) < 2 or any(people < 1 for people, _ in counts.values()):
        raise TableError("至少要有兩組，每組至少 1 個人", where="參數 data")
    return counts


def _one_trial(data: Any, columns: Sequence[str], trial: str | None) -> Any:
    if "trial" not in columns:
        return data
    frame = nw.from_native(data)
    names = fetched(frame.select("trial").unique().lazy())["trial"]
    known = sorted(str(name) for name in names.dropna())
    if trial is None and len(known) > 1:
        raise TableError(
            f"表裡有 {len(known)} 個測試，一次只能讀一個",
            where="欄位 trial",
            next_step=f"請用 trial= 指定：{'、'.join(known[:8])}",
        )
    if trial is not None and trial not in known:
        raise TableError(f"沒有「{trial}」這個測試", next_step=f"可用的測試：{'、'.join(known[:8])}")
    return data if trial is None else frame.filter(nw.col("trial") == trial).to_native()


def _by_value(part: Columns, values: tuple[str, ...]) -> dict[str, str]:
    if part is None:
        return {}
    named = {values[0]: part} if isinstance(part, str) else dict(part)
    if unknown := [v for v in named if v not in values]:
        raise TableError(f"「{'、'.join(unknown)}」不在要比的欄位裡", where="denominator、covariate")
    return named


def _name(value: str, denominators: Mapping[str, str]) -> str:
    return f"{value}÷{denominators[value]}" if value in denominators else value
