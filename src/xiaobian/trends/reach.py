"""How much of an age group a platform can meet: from the reference tables, with the range their figures leave open."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from .. import datasets
from ..errors import NotFound
from ..tables import PLATFORMS
from .facts import MEASURES, every_fact

SEGMENTS = {"all": "全體", "18-24": "18–24 歲"}
"""Age groups that the reference tables have figures for: code → words."""

NEAR = {"18-24": "16-25"}
"""An age group whose figures may lift the upper end where a group has none of its own."""

PREFERRED = ("often", "use", "account")
"""What stands for reach, best first: who often uses it, uses it, has an account."""
RANGED = (*PREFERRED, "daily", "watch", "monthly")
"""What may widen the range. Only-one-answer shares, traffic and advertisers' reach say nothing of how many can be met."""

MARGIN = 0.03
"""Sampling error added on both sides, share; about what TWNIC prints for its survey (design parameter)."""
ALONE = 0.2
"""Relative half-width of a range that rests on one figure (design parameter)."""
STAND_IN = (0.4, 1.2)
"""Range for an age group without a figure, as a multiple of everybody's share (design parameter)."""

DESIGN = "設計參數"
COLUMNS = ("platform", "reach", "low", "high", "hours", "basis", "cards", "known")


def plans() -> pd.DataFrame:
    """What running a platform costs (hours a week) and asks for; all of it design parameters.

    >>> plans().loc["youtube", "kind"]
    'feed'
    """
    return datasets.reference("platform_plans").set_index("platform")


def reach_table(segment: str = "all") -> pd.DataFrame:
    """A row a platform: platform, reach, low, high (shares 0–1 of the age group), hours (a week), basis (in words), cards
    (ids of the figures), known (whether a figure of this age group stands behind it).

    segment: a code of ``SEGMENTS``. Figures of low confidence are left out. Raises NotFound for an age group without figures.

    >>> row = reach_table("18-24").set_index("platform").loc["instagram"]
    >>> float(row["reach"]), bool(row["known"])
    (0.78, True)
    """
    if segment not in SEGMENTS:
        raise NotFound(
            f"沒有「{segment}」這個受眾的數字",
            next_step=f"可用的有 {'、'.join(SEGMENTS)}；別的受眾請自己調查，用 reach= 帶進來",
        )
    return _table(segment).copy()


@cache
def _table(segment: str) -> pd.DataFrame:
    rows = every_fact()
    rows = rows[(rows["unit"] == "%") & (rows["confidence"] != "L")]
    return pd.DataFrame([_one(name, plan, rows, segment) for name, plan in plans().iterrows()], columns=list(COLUMNS))


def _one(platform: Any, plan: pd.Series, rows: pd.DataFrame, segment: str) -> dict[str, Any]:
    of = rows[(rows["topic"] == platform) & rows["measure"].isin(RANGED)]
    whole = _latest(of[of["segment"].isna()])
    own = whole if segment == "all" else _latest(of[of["segment"] == segment])
    head = {"platform": platform, "hours": float(plan["hours_week"])}
    if len(own):
        return head | _from(own) | {"known": True}
    reach = _from(whole)["reach"]
    low, high = STAND_IN[0] * reach, min(STAND_IN[1] * reach, 1.0)
    basis = f"{SEGMENTS[segment]}沒有數字，用全體的 {reach:.1%} 乘 {STAND_IN[0]}–{STAND_IN[1]}（{DESIGN}）"
    for near in _latest(of[of["segment"] == NEAR.get(segment, "")]).to_dict("records"):
        high = max(high, float(near["value"]) / 100)
        basis += f"；上限改用{near['segment'].replace('-', '–')} 歲{MEASURES[near['measure']]} {near['figure']}"
    return head | {"reach": (low + high) / 2, "low": low, "high": high, "basis": basis, "cards": " ".join(whole["id"]), "known": False}


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The newest figure of each measure."""
    year = rows["period"].str.extract(r"(20\d\d)")[0].astype("Int64")
    return rows.assign(year=year).sort_values("year", kind="stable").groupby("measure", sort=False).tail(1)


def _from(rows: pd.DataFrame) -> dict[str, Any]:
    shares = {str(k): float(v) / 100 for k, v in zip(rows["measure"], rows["value"], strict=True)}
    kind = next(name for name in PREFERRED if name in shares)
    reach, figure = shares[kind], dict(zip(rows["measure"], rows["figure"], strict=True))[kind]
    if len(shares) == 1:
        low, high, width = reach * (1 - ALONE), reach * (1 + ALONE), f"只有一個數字，上下 {ALONE:.0%}（{DESIGN}）"
    else:
        low, high = min(shares.values()) - MARGIN, max(shares.values()) + MARGIN
        width = "範圍取自 " + "、".join(MEASURES[name] for name in shares)
    basis = f"{MEASURES[kind]} {figure}；{width}"
    return {"reach": reach, "low": max(low, 0.0), "high": min(high, 1.0), "basis": basis, "cards": " ".join(rows["id"])}


def named(platform: str) -> str:
    """A platform in words.

    >>> named("tiktok")
    'TikTok'
    """
    return PLATFORMS.get(platform, platform)
