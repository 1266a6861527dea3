"""Website sessions as Google Analytics reports them, and which platform each one really came from.

Some links lose their campaign tags on the way (in-app browsers, copied links), so their sessions turn up as direct
or as a referral. Shares and rates are design parameters of ``sessions``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from ..tables import conform
from .parameters import Parameters

REFERRERS: dict[str, str] = {
    "facebook": "l.facebook.com",
    "instagram": "l.instagram.com",
    "threads": "l.threads.com",
    "tiktok": "tiktok.com",
    "youtube": "youtube.com",
    "line": "liff.line.me",
}
BASELINE: dict[str, tuple[str, str, str]] = {
    "direct": ("(direct)", "(none)", "(direct)"),
    "organic": ("google", "organic", "(organic)"),
    "referral": ("partner.example", "referral", "(referral)"),
}
NO_CAMPAIGN = "(not set)"
HOME = "/"

Labels = tuple[pd.Series | str, str, pd.Series | str]

_KEY = ["date", "source", "medium", "campaign", "page"]
_COUNTS = ["sessions", "engaged_sessions", "key_events"]


def sessions_table(
    parameters: Parameters, rng: np.random.Generator, clicks: pd.DataFrame, days: pd.DatetimeIndex
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sessions by day, source, medium, campaign and page, and where they came from.

    clicks: date (Taipei day), platform, campaign (may be missing), link_clicks, and page where links lead (the
    home page where it is absent). days: every day of the report; also days without clicks have the
    baseline of direct visits, search and referrals.

    Returns table ``sessions`` and the truth, a row a row of ``clicks``: date, platform, campaign, page,
    link_clicks, sessions, of which tagged, direct and referral; key_events, of which key_events_direct and
    key_events_referral.

    Raises TableError for a missing column, a negative or missing count, a platform without figures, or a click
    outside ``days``.

    >>> from xiaobian.sandbox.parameters import load
    >>> days = pd.date_range("2026-03-01", periods=2)
    >>> clicks = pd.DataFrame({"date": days, "platform": "line", "campaign": "spring", "link_clicks": [90, 0]})
    >>> table, truth = sessions_table(load(), np.random.default_rng(1), clicks, days)
    >>> bool((truth["sessions"] == truth["tagged"] + truth["direct"] + truth["referral"]).all())
    True
    """
    known = _clicks(parameters, clicks, days)
    parts, truth = _from_platforms(parameters, rng, known)
    rows = pd.concat([_baseline(parameters, rng, days), *parts], ignore_index=True)
    table = rows.groupby(_KEY, as_index=False)[_COUNTS].sum()
    return conform(table[table["sessions"] > 0].reset_index(drop=True), "sessions"), truth


def _clicks(parameters: Parameters, clicks: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    needed = ("date", "platform", "campaign", "link_clicks")
    if missing := [name for name in needed if name not in clicks]:
        raise TableError(f"點擊表缺少欄位 {'、'.join(missing)}", next_step=f"需要的欄位：{'、'.join(needed)}")
    platforms = list(parameters["sessions.untagged"])
    if strange := sorted(set(clicks["platform"]) - set(platforms)):
        raise TableError(
            f"點擊表裡有沒有參數的平台 {'、'.join(map(str, strange))}",
            where="欄位 platform",
            next_step=f"可用的平台：{'、'.join(platforms)}",
        )
    counts = pd.to_numeric(clicks["link_clicks"])
    if counts.isna().any() or (counts < 0).any():
        raise TableError("連結點擊數要大於或等於 0，不能空白", where="欄位 link_clicks")
    dates = pd.to_datetime(clicks["date"])
    if not dates.isin(days).all():
        raise TableError("點擊的日期不在要產生的日期裡", where="欄位 date", next_step="請讓 days 涵蓋每一天")
    return pd.DataFrame(
        {
            "date": dates,
            "platform": clicks["platform"],
            "campaign": clicks["campaign"].fillna(NO_CAMPAIGN),
            "page": clicks["page"].fillna(HOME) if "page" in clicks.columns else HOME,
            "link_clicks": counts.astype("int64"),
        }
    ).reset_index(drop=True)


def _from_platforms(
    parameters: Parameters, rng: np.random.Generator, clicks: pd.DataFrame
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Sessions with tags, as direct and as referral; and the truth of all three."""
    lost = clicks["platform"].map(parameters["sessions.untagged"]).to_numpy(dtype=float)
    named = clicks["platform"].map(parameters["sessions.untagged_referral"]).to_numpy(dtype=float)
    arrived = rng.binomial(clicks["link_clicks"], parameters["sessions.arrive"])
    untagged = rng.binomial(arrived, lost)
    referral = rng.binomial(untagged, named)
    kind = clicks["platform"].where(clicks["platform"] == "line", "social")
    labels: dict[str, Labels] = {
        "tagged": (clicks["platform"], "social", clicks["campaign"]),
        "direct": BASELINE["direct"],
        "referral": (clicks["platform"].map(REFERRERS), "referral", "(referral)"),
    }
    counts = {"tagged": arrived - untagged, "direct": untagged - referral, "referral": referral}
    parts = {
        name: _rows(parameters, rng, clicks[["date", "page"]], labels[name], kind, number)
        for name, number in counts.items()
    }
    events = {name: part["key_events"].to_numpy() for name, part in parts.items()}
    truth = clicks.assign(
        sessions=arrived,
        **counts,
        key_events=sum(events.values()),
        key_events_direct=events["direct"],
        key_events_referral=events["referral"],
    )
    return list(parts.values()), truth


def _rows(
    parameters: Parameters,
    rng: np.random.Generator,
    where: pd.DataFrame,
    labels: Labels,
    kind: pd.Series,
    sessions: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Rows of the report, with engaged sessions and key events by the kind of visitor."""
    engaged = kind.map(parameters["sessions.engaged"]).to_numpy(dtype=float)
    acting = kind.map(parameters["sessions.key_event"]).to_numpy(dtype=float)
    source, medium, campaign = labels
    return where.assign(
        source=source,
        medium=medium,
        campaign=campaign,
        sessions=sessions,
        engaged_sessions=rng.binomial(sessions, engaged),
        key_events=rng.binomial(sessions, acting),
    )


def _baseline(parameters: Parameters, rng: np.random.Generator, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Visits that no post caused, by day and page."""
    pages, shares = zip(*parameters["sessions.pages"].items(), strict=True)
    week = np.array(parameters["sessions.weekday"])[days.day_of_week]
    parts = []
    for kind, labels in BASELINE.items():
        spread = parameters["sessions.day_sd"]
        day = np.exp(week + rng.normal(-(spread**2) / 2, spread, len(days)))
        total = rng.poisson(parameters["sessions.baseline"][kind] * day)
        sessions = rng.multinomial(total, shares).ravel()
        where = pd.DataFrame({"date": np.repeat(days, len(pages)), "page": np.tile(pages, len(days))})
        parts.append(_rows(parameters, rng, where, labels, pd.Series(kind, index=where.index), sessions))
    return pd.concat(parts, ignore_index=True)
