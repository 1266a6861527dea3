"""A plan, a learner's or our own, checked and turned into the arrays of the engine."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import TableError
from ..tables import CTAS, EMOTIONS, FORMATS, PILLARS, TAIPEI, conform, label, problems, require
from .engine import PLATFORMS, WEEKS, Design, Floats, Ints, recent_posts
from .habit import numbered, standard_hook
from .parameters import Parameters

DEFAULTS = {
    "pillar": "product", "emotion": "calm", "cta": "none", "negative_words": 0, "positive_words": 1,
    "price_line": False, "personality": True, "boost_ntd": 0.0,
}  # fmt: skip


def checked(plan: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """A plan as the declared table, empty cells filled with the neutral choice.

    It needs platform, published_at and format; hook defaults to the usual content's. Raises TableError with what
    is wrong and what is allowed.
    """
    require(plan, ["platform", "published_at", "format"], "plan")
    if plan.empty:
        raise TableError("這份企劃沒有任何貼文", next_step="至少排一則貼文再試一次")
    table = numbered(_in_taipei(plan))
    for name, value in {**DEFAULTS, "hook": parameters["habit.hook_mean"]}.items():
        table[name] = table[name].fillna(value)
    table["hours"] = table["hours"].fillna(table["format"].map(parameters["costs.hours"]))
    table = conform(table, "plan")
    if found := problems(table, "plan"):
        raise TableError(found[0].message, where="發文企劃", next_step=_allowed(found[0].column))
    outside = sorted(set(table["platform"]) - set(PLATFORMS))
    if outside:
        names = "、".join(PLATFORMS)
        raise TableError(
            f"沙盒沒有模擬 {'、'.join(outside)}", where="欄位 platform", next_step=f"可用的平台：{names}"
        )
    return table


def _in_taipei(plan: pd.DataFrame) -> pd.DataFrame:
    """Times without a zone are Taipei's."""
    when = pd.to_datetime(plan["published_at"])
    return plan.assign(published_at=when if when.dt.tz is not None else when.dt.tz_localize(TAIPEI))


def _allowed(column: str) -> str:
    from ..tables import table

    declared = table("plan").column(column)
    if declared.allowed:
        return f"「{declared.label}」可以填：{'、'.join(declared.allowed)}"
    return f"請檢查「{label(column, 'plan')}」這一欄"


def design(plan: pd.DataFrame, start: pd.Timestamp, parameters: Parameters) -> Design:
    """The arrays of a checked plan; hours are counted from Monday ``start`` in Taipei.

    Raises TableError for a time outside the world.
    """
    hour = hours_from(plan["published_at"], start)
    if hour.min() < 0 or hour.max() >= WEEKS * 168:
        raise TableError(
            "企劃裡有貼文排在這個世界開始之前，或結束之後",
            where="欄位 published_at",
            next_step=f"這個世界從 {start:%Y-%m-%d} 開始，共 {WEEKS} 週",
        )
    platform = codes(plan["platform"], PLATFORMS)
    return Design(
        platform=platform,
        format=codes(plan["format"], FORMATS),
        pillar=codes(plan["pillar"], PILLARS),
        emotion=codes(plan["emotion"], EMOTIONS),
        cta=codes(plan["cta"], CTAS),
        slot=(hour % 168).astype(np.int64),
        week=(hour // 168).astype(np.int64),
        day=np.floor(hour / 24),
        hook=standard_hook(parameters, plan["hook"].to_numpy(dtype=float)),
        negative=plan["negative_words"].to_numpy(dtype=float),
        positive=plan["positive_words"].to_numpy(dtype=float),
        price=plan["price_line"].to_numpy(dtype=float),
        personality=plan["personality"].to_numpy(dtype=float),
        boost=plan["boost_ntd"].to_numpy(dtype=float),
        trend_age=plan["trend_age_h"].to_numpy(dtype=float),
        recent=recent_posts(platform, hour),
    )


def hours_from(times: pd.Series, start: pd.Timestamp) -> Floats:
    """Hours from ``start`` (Taipei, no zone) to each time."""
    return np.asarray((times.dt.tz_localize(None) - start) / pd.Timedelta(hours=1), dtype=float)


def codes(values: pd.Series, names: Iterable[str]) -> Ints:
    """Position of each value in ``names``; every value must be there."""
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[value] for value in values], dtype=np.int64)
