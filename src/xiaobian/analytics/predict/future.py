"""Predictions for posts that are planned, and what the predictions lean on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...errors import TableError
from ..groups import taipei_times
from ..measures import Floats
from .aim import Aim
from .features import FROM_TEXT, FROM_TIME, Ints, feature_label, features
from .history import History, check
from .intervals import around, bands
from .model import BASELINES, Walk, baselines, fit, levels, training_levels

REPEATS = 8
_IDS = ("post_id", "platform", "account", "published_at", "format")


def upcoming(
    past: History,
    plan: pd.DataFrame,
    shares: Floats,
    walked: Walk,
    point: Floats,
    share: float,
    aim: Aim | None,
) -> pd.DataFrame:
    """See ``Forecast.next``. point: the mixture's predictions of the walk, in logs; aim: where to move them, if anywhere."""
    check(plan, "")
    table, absent = _planned(past, plan)
    z, n = past.z, len(past.y)
    before = training_levels(z, past.who, past.group, past.origin)
    who, group = past.codes(plan)
    now = levels(z, np.append(past.who, who), np.append(past.group, group), np.full(n + len(plan), n))[n:]
    learners = fit(past.table, before, z, past.kinds).predict(table, now)
    told = np.hstack([baselines(z, past.group, past.who, group, who), learners]) @ shares
    errors = (z - point)[walked.start :]
    band = bands(point, z, past.who, walked.blocks, share)
    below, above = around(errors, past.who[walked.start :], who, band.alpha)

    found = plan[[name for name in _IDS if name in plan]].reset_index(drop=True)
    predicted = past.counts(told) if aim is None else aim.points(past.positive(told), who)
    found["predicted"] = predicted
    found["low"] = np.minimum(past.counts(told + below), predicted)
    found["high"] = past.counts(told + above)
    found["note"] = _notes(past, table, who, absent)
    return found


def _planned(past: History, plan: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The features of the plan, unknown where it says nothing, and the names of those."""
    if past.timed:
        _check_times(past, plan)
    if "is_paid" not in plan and "boost_ntd" in plan:
        plan = plan.assign(is_paid=plan["boost_ntd"] > 0)
    earlier = past.posts if past.timed else None
    columns, absent = {}, []
    for kind in past.kinds:
        source = FROM_TEXT[kind.name][0] if kind.name in FROM_TEXT else kind.name
        if kind.name in plan or source in plan or (past.timed and kind.name in FROM_TIME):
            columns[kind.name] = features(plan, [kind.name], earlier)[kind.name].reset_index(drop=True)
        else:
            absent.append(kind.name)
            unknown = past.table[kind.name].iloc[:1].reindex([-1])
            columns[kind.name] = pd.concat([unknown] * len(plan), ignore_index=True)
    if len(absent) == len(past.kinds):
        raise TableError(
            "這份企劃沒有任何學過的特徵",
            where=f"現有欄位：{'、'.join(map(str, plan.columns))}",
            next_step=f"至少要有其中幾欄：{'、'.join(absent)}",
        )
    return pd.DataFrame(columns), absent


def _check_times(past: History, plan: pd.DataFrame) -> None:
    times, last = taipei_times(plan), taipei_times(past.posts).max()
    wrong = int((times.isna() | (times <= last)).sum())
    if wrong:
        raise TableError(
            f"企劃有 {wrong} 則沒有時間，或不晚於最後一則已知的貼文（{last:%Y/%m/%d %H:%M}）",
            where="欄位 published_at",
            next_step="只能預測還沒發的貼文；已經發的請看 .posts",
        )


def _notes(past: History, table: pd.DataFrame, who: Ints, absent: list[str]) -> list[str]:
    """What each prediction had to do without."""
    told = [[] for _ in range(len(table))] if not absent else [
        [f"企劃沒有 {'、'.join(map(feature_label, absent))}"] for _ in range(len(table))
    ]  # fmt: skip
    for kind in past.kinds:
        if kind.kind != "category" or pd.api.types.is_numeric_dtype(table[kind.name].dtype):
            continue
        seen = set(past.table[kind.name].dropna())
        for row, value in enumerate(table[kind.name]):
            if pd.notna(value) and value not in seen:
                told[row].append(f"沒見過的{feature_label(kind.name)}「{value}」")
    for place in np.flatnonzero(who < 0):
        told[int(place)].append("沒見過的帳號")
    return ["；".join(parts) for parts in told]


def importance(past: History, walked: Walk, shares: Floats, tested: int) -> pd.DataFrame:
    """See ``Forecast.importance``: permutation importance (Breiman 2001, doi:10.1023/A:1010933404324) on tested posts."""
    first = len(past.y) - tested
    fitted = [f for seen, f in walked.fits if seen <= first][-1:] or [walked.fits[0][1]]
    table, z = past.table.iloc[first:].reset_index(drop=True), past.z[first:]
    before = levels(past.z, past.who, past.group, past.origin)[first:]
    naive = walked.candidates[first:, : len(BASELINES)]
    rng = np.random.default_rng(0)

    def error(one: pd.DataFrame, level: Floats, plain: Floats) -> float:
        return float(np.abs(z - np.hstack([plain, fitted[0].predict(one, level)]) @ shares).mean())

    whole = error(table, before, naive)
    rows = []
    for name in [*(kind.name for kind in past.kinds), ""]:
        worse = []
        for _ in range(REPEATS):
            mixed = rng.permutation(tested)
            shuffled = table if not name else table.assign(**{name: table[name].iloc[mixed].to_numpy()})
            parts = (before, naive) if name else (before[mixed], naive[mixed])
            worse.append(error(shuffled, *parts) - whole)
        label = feature_label(name) if name else "帳號到那時為止的水準"
        rows.append({"feature": name or "past_level", "label": label, "increase": float(np.mean(worse)),
                     "sd": float(np.std(worse, ddof=1)), "relative": float(np.mean(worse)) / whole})  # fmt: skip
    return pd.DataFrame(rows).sort_values("increase", ascending=False, kind="stable", ignore_index=True)
