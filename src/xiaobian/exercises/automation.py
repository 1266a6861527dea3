"""What each learner of lesson 4.5 gets: logs of posts that went wrong, and followers with three scores and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ..ai.publishing import CAREFUL, Policy
from ..ai.publishing.trials import tried
from ..analytics import churn
from ..analytics.churn.offer import Offer
from ..analytics.groups import day_text
from ..sandbox.followers import follower_log
from ..sandbox.parameters import load

MONTH, DAYS = 28, 252
VENDOR_DAYS = 7.0
OFFER = Offer(coupon=40, message=2, margin=220, persuaded=0.12)
TIMID, OPTED_OUT = 0.4, 0.1
"""Design parameters: what the second score keeps of every difference; followers who asked for no messages."""


def vendor(days_away: Sequence[float] | pd.Series) -> np.ndarray:
    """The vendor's risk score, as a share (0–1): nothing but days since the last reaction."""
    return np.asarray(1 - np.exp(-np.asarray(days_away, dtype=float) / VENDOR_DAYS))


def month_of(log: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Followers seen lately with their chance to stay away, the vendor's score, and whether they did stay away."""
    table = churn(log, MONTH, as_of).table
    later = log.loc[(log["at"] >= as_of) & (log["at"] < as_of + pd.Timedelta(days=MONTH)), "follower_id"]
    return pd.DataFrame(
        {
            "follower_id": table["follower_id"], "days_away": table["days_away"],
            "甲": vendor(table["days_away"]), "丙": 1 - table["chance"], "left": ~table["follower_id"].isin(later),
        }
    )  # fmt: skip


@cache
def months(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A month whose end is known, and the next one."""
    log, truth = follower_log(load(), np.random.default_rng(seed), days=DAYS + 2 * MONTH)
    rng = np.random.default_rng([seed, 1])
    refuse = {name for name in truth.ids if rng.random() < OPTED_OUT}
    first, second = (
        month_of(log, truth.start + pd.Timedelta(days=DAYS + later * MONTH)).assign(
            乙=lambda t: t["丙"].mean() + TIMID * (t["丙"] - t["丙"].mean()),
            opted_out=lambda t: t["follower_id"].isin(refuse),
        )[["follower_id", "days_away", "甲", "乙", "丙", "left", "opted_out"]]
        for later in (0, 1)
    )
    return first, second


# Logs: one post a fault, of the learner's own weeks.

Fits = Callable[[Any, list[str]], bool]


def _evening(row: Any, replies: list[str]) -> bool:
    return row.state == "wrong_time" and 17 <= row.due.hour <= 21 and replies == ["ok", "ok"]


def _twice(row: Any, replies: list[str]) -> bool:
    return row.state == "doubled" and replies == ["ok", "timeout", "ok", "ok"]


def _lost(*wanted: str) -> Fits:
    return lambda row, replies: row.state == "lost" and replies == list(wanted)


FAULTS: dict[str, tuple[Policy, Fits]] = {
    "紀錄一": (replace(CAREFUL, token="ignore", tries=3), _lost("401", "401", "401")),
    "紀錄二": (replace(CAREFUL, clock="utc"), _evening),
    "紀錄三": (replace(CAREFUL, wait="none", tries=2), _lost("ok", "not_ready", "ok", "not_ready")),
    "紀錄四": (replace(CAREFUL, retry="blind"), _twice),
    "紀錄五": (replace(CAREFUL, limit="ignore"), _lost("ok", "429")),
}
STEPS = {"create": "建立容器", "publish": "發佈"}


@cache
def logs(seed: int) -> pd.DataFrame:
    return pd.concat([_record(name, seed) for name in FAULTS]).set_index("紀錄")


def _record(name: str, seed: int) -> pd.DataFrame:
    policy, fits = FAULTS[name]
    for attempt in range(200):
        run = tried(policy, seed + attempt)
        rows: Any = run.table.itertuples()
        for row in rows:
            steps = run.steps(str(row.job_id))
            if fits(row, steps["reply"].tolist()):
                return pd.DataFrame(
                    {
                        "紀錄": name, "預定（台北）": row.due.strftime("%m/%d %H:%M"),
                        "時間（台北）": steps["time"].dt.strftime("%m/%d %H:%M:%S"), "步驟": steps["step"].map(STEPS),
                        "平台的回覆": steps["reply"], "頁面上": f"{row.times} 則",
                    }
                )  # fmt: skip
    raise AssertionError(name)


@dataclass(frozen=True)
class Case:
    """The learner's own data. week: seed of the practice week. post: to be imported. logs: five posts, a row a step.

    followers: 甲, 乙, 丙 are chances to stay away (0–1) as three suppliers tell them; left: whether the follower did, in the
    28 days after; opted_out: asked for no messages. calibration: told against left, by supplier and group. offer: costs.
    """

    week: int
    post: pd.DataFrame
    logs: pd.DataFrame
    followers: pd.DataFrame
    calibration: pd.DataFrame
    offer: Offer

    def __repr__(self) -> str:
        return f"5 份日誌、{len(self.followers):,} 位追蹤者（模擬）"


def hour(seed: int) -> float:
    """When the morning post is due in Taipei, in hours: between 6 and 7:45, on a quarter."""
    return 6 + (seed % 8) / 4


def post(seed: int) -> pd.DataFrame:
    due = pd.Timestamp("2026-03-11", tz="Asia/Taipei") + pd.Timedelta(hours=hour(seed))
    return pd.DataFrame(
        {
            "平台": ["Threads"],
            "貼文": ["米穀戚風出爐時間"],
            "要發的時間（台北）": [f"{day_text(due)} {due:%H:%M}"],
        }
    )


BINS = [0, 0.2, 0.4, 0.6, 0.8, 1.0]


def calibration(followers: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name in "甲乙丙":
        groups = pd.cut(followers[name], BINS, include_lowest=True)
        for _, part in followers.groupby(groups, observed=True):
            rows.append(
                {"供應商": name, "說會走": f"{part[name].mean():.0%}", "真的走了": f"{part['left'].mean():.0%}", "人數": len(part)}
            )  # fmt: skip
    return pd.DataFrame(rows).set_index("供應商")


def case(seed: int) -> Case:
    """The case of one seed."""
    followers = months(seed)[0]
    return Case(seed, post(seed), logs(seed), followers, calibration(followers), OFFER)
