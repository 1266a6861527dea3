"""Rivals' days made comparable: without the rhythm of the week, holidays, and how much was posted lately."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..measures import Floats
from .changes import day_spread, large, levels, running_median, segment, steady

_SMOOTH = np.array([1, 2, 3, 2, 1]) / 9
_SHARED = 3.0
_MEDIAN = 1.25
"""How much wider than a mean a median swings."""
_ROUNDS = 4
_SURE, _LASTING = 40.0, 18
_WIDE = 29
_SEASON = 61
"""Days of a running median that a fortnight of holidays cannot pull up."""
_HALFLIFE_DAYS = 2.0
_HOLIDAY_DAYS = 2.0


def cleaned(
    days: pd.DatetimeIndex, tables: dict[str, pd.DataFrame], holidays: Sequence[pd.Timestamp]
) -> dict[str, Floats]:
    """Each rival's log engagements a day, all platforms weighed by how quiet they are, what all rivals share taken out.

    tables: a rival each, columns (platform, engagements | posts) over ``days`` without gaps. Four rounds of: fit
    weekday, recent posts and given holidays beside the levels found so far; take out days on which the other rivals
    together leave their levels (at least three rivals, three standard errors).
    """
    raw = {name: _platforms(days, table) for name, table in tables.items()}
    shared = {name: np.zeros(len(days)) for name in tables}
    cuts: dict[str, list[int]] = {name: [] for name in tables}
    calendar = _calendar(days, holidays)
    found: dict[str, Floats] = {}
    for turn in range(_ROUNDS):
        rests = {}
        for name, (logs, stir) in raw.items():
            level = levels(found[name], cuts[name]) if turn else None
            found[name] = _adjusted(logs - shared[name][:, None], stir, calendar, level)
            spread = day_spread(found[name])
            calm = steady(found[name], spread)
            cuts[name] = large(calm, segment(calm, spread**2, _SURE, _LASTING))
            whole = found[name] + shared[name]
            rests[name] = whole - (levels(calm, cuts[name]) if turn else running_median(whole, _SEASON))
        shared = {name: _shared([rests[other] for other in rests if other != name]) for name in rests}
    return found


def _platforms(days: pd.DatetimeIndex, table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Log engagements [days, platforms] about their medians, and log of recent posts alike."""
    logs = np.log(table["engagements"].to_numpy(dtype=float) + 0.5)
    recent = table["posts"].astype(float).fillna(0.0).ewm(halflife=_HALFLIFE_DAYS).mean().to_numpy()
    stir = np.log(recent + 0.5)
    return logs - np.nanmedian(logs, axis=0), stir - stir.mean(axis=0)


def _calendar(days: pd.DatetimeIndex, holidays: Sequence[pd.Timestamp]) -> Floats:
    weekday = np.column_stack([(days.day_of_week == k).astype(float) - 1 / 7 for k in range(6)])
    bump = np.zeros(len(days))
    for holiday in holidays:
        away = (days - holiday).days.to_numpy() / _HOLIDAY_DAYS
        bump = np.maximum(bump, np.exp(-(away**2) / 2))
    return np.column_stack([weekday, bump]) if bump.any() else weekday


def _adjusted(logs: Floats, stir: Floats, calendar: Floats, level: Floats | None) -> Floats:
    """One series from all platforms, without calendar and recent posts."""
    columns, weights = [], []
    for place in range(logs.shape[1]):
        y, known = logs[:, place], ~np.isnan(logs[:, place])
        if known.sum() < _WIDE:
            continue
        filled = np.interp(np.arange(len(y)), np.flatnonzero(known), y[known])
        base = running_median(filled, _WIDE) if level is None else level
        x = np.column_stack([calendar, stir[:, place], np.ones(len(y))])
        rest = (y - base)[known]
        limit = 3 * max(float(1.4826 * np.median(np.abs(rest - np.median(rest)))), 1e-6)
        rest = np.clip(rest, np.median(rest) - limit, np.median(rest) + limit)
        weight = np.linalg.lstsq(x[known], rest, rcond=None)[0]
        columns.append(np.where(known, y - x @ weight, np.nan))
        weights.append(1 / day_spread(columns[-1][known]) ** 2)
    stacked, each = np.column_stack(columns), np.array(weights)
    there = ~np.isnan(stacked)
    total = (there * each).sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(stacked * each, axis=1) / total
    known = total > 0
    return np.asarray(np.interp(np.arange(len(mean)), np.flatnonzero(known), mean[known]))


def _shared(others: list[Floats]) -> Floats:
    """What the other rivals do together, on the days when that is clear; nothing with fewer than two others."""
    if len(others) < 2:
        return np.zeros(len(others[0]) if others else 1)
    together = np.median(others, axis=0)
    noise = _MEDIAN * float(np.sqrt(np.mean([day_spread(other) ** 2 for other in others]) / len(others)))
    smooth = np.convolve(np.pad(together, 2, mode="edge"), _SMOOTH, mode="valid")
    clear = np.abs(smooth) > _SHARED * noise * np.sqrt((_SMOOTH**2).sum())
    near = np.convolve(np.pad(clear.astype(float), 2), np.ones(5), mode="valid") > 0
    return np.where(near, together, 0.0)
