"""Which channel a visit or a key event is credited to, and how many direct visits really follow posts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import TableError
from ...tables import PLATFORMS, conform, require
from ..collected import collected
from ..groups import taipei_times
from ..measures import NOTES
from ..result import Result
from ..utm.channels import DIRECT, channel_group
from . import models, words

if TYPE_CHECKING:
    from ...plotting import Chart

FEWEST_DAYS = 56
_SURE = 0.05
REFERRERS = {
    "facebook.com": "facebook", "instagram.com": "instagram", "threads.com": "threads", "threads.net": "threads",
    "tiktok.com": "tiktok", "youtube.com": "youtube", "line.me": "line", "linkedin.com": "linkedin", "t.co": "x",
    "dcard.tw": "dcard", "ptt.cc": "ptt", "discord.com": "discord",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Attribution(Result):
    """What ``attribution()`` found.

    table: a row a channel: channel, sessions and key_events as the report credits them (last non-direct), key_rate
    (key_events ÷ sessions), and with ``paths`` a column a model of ``attribution_models.MODELS`` with key events.
    platforms: a row a platform: clicks, tagged and referral (sessions seen), direct (estimated, no less than 0) with
    low and high (95 %), and untagged_share ((referral + direct) ÷ all three). Missing where it cannot be told.
    hidden: direct visits that follow posts, with hidden_low, hidden_high (95 %); direct: all direct visits.
    abstained: why nothing was estimated, empty when it was.
    """

    table: pd.DataFrame
    platforms: pd.DataFrame
    direct: float
    hidden: float
    hidden_low: float
    hidden_high: float
    placebo: float
    days: int
    abstained: str
    notes: tuple[str, ...]
    simulated: bool

    @property
    def sure(self) -> bool:
        """Whether direct visits follow the clicks of their own days more than those of other weeks."""
        return not self.abstained and self.hidden_low > 0 and self.placebo <= _SURE

    def say(self) -> str:
        """What the report credits to social, what it hides, and what no export can tell."""
        return words.say(self)

    def plot(self) -> Chart:
        """Sessions of each platform: tagged, as referral, and hidden in direct."""
        return self.captioned(words.draw(self))


def attribution(
    sessions: pd.DataFrame,
    clicks: pd.DataFrame | None = None,
    paths: pd.DataFrame | None = None,
    *,
    simulated: bool = False,
) -> Attribution:
    """Credit by channel, and the share of direct visits that posts brought.

    sessions: the declared table (Google Analytics, by day), of any engine like the others (fetched whole: rows are few
    once a day and source). clicks: date, platform, link_clicks a day; or a posts table
    (published_at, platform, link_clicks). Without it nothing is said about direct. paths: a row a session, visitor,
    time, source, medium, key_events (0 or more), for the models that need the order of visits; a report by day
    cannot give them, whatever it is called.

    Direct visits are regressed on link clicks of the same day, see ``attribution_models.fit_direct``. It holds when
    nothing else brings direct visits on just the days of posts (a newsletter, a shop event); shifting the clicks
    in time is the check against chance. It abstains below 56 days, or when clicks barely vary.

    Raises TableError for missing columns or an empty table.

    >>> date = pd.date_range("2026-03-01", periods=3)
    >>> table = pd.DataFrame({"date": date, "source": "line", "medium": "social", "sessions": [5, 6, 7]})
    >>> attribution(table).table[["channel", "sessions"]].values.tolist()
    [['Organic Social', 18]]
    """
    sessions, clicks, paths = collected(sessions), collected(clicks), collected(paths)
    table = _checked(sessions)
    channels = _channels(table)
    if paths is not None:
        channels = channels.merge(_models(paths), on="channel", how="outer")
    direct = float(table.loc[table["channel"] == DIRECT, "sessions"].sum())
    days = pd.date_range(table["date"].min(), table["date"].max())
    daily, why = (
        (None, "沒有每天的連結點擊，直接流量裡有多少是貼文帶來的看不出來")
        if clicks is None
        else _daily(clicks, days)
    )
    notes = list(sessions.attrs.get(NOTES, ()))
    if not why and daily is not None:
        why = _too_little(daily, days)
    fit = None
    if not why and daily is not None:
        seen = table[table["channel"] == DIRECT].groupby("date")["sessions"].sum().reindex(days, fill_value=0)
        fit = models.fit_direct(seen.to_numpy(float), daily, days.day_of_week.to_numpy())
    platforms = _platforms(table, daily, fit)
    spans = (fit.total, fit.total_low, fit.total_high, fit.placebo) if fit else (np.nan,) * 4
    if paths is None:
        notes.append("匯出檔是依日加總的，只有最終非直接這一種算法；要比最初、平均、頭尾，得有每位訪客的路徑")
    return Attribution(
        channels,
        platforms,
        direct,
        *spans,
        days=len(days),
        abstained=why,
        notes=tuple(notes),
        simulated=simulated,
    )


def _checked(sessions: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(sessions, pd.DataFrame):
        raise TableError(
            f"這裡要的是一張工作階段表，收到的是 {type(sessions).__name__}", where="參數 sessions"
        )
    require(sessions, ["date", "source", "medium", "sessions"], "sessions")
    table = conform(sessions, "sessions").dropna(subset=["date", "sessions"])
    if table.empty or not table["sessions"].sum():
        raise TableError("工作階段表沒有一列同時有日期和工作階段", where="參數 sessions")
    pairs = zip(table["source"].fillna(""), table["medium"].fillna(""), strict=True)
    return table.assign(channel=[channel_group(s, m) for s, m in pairs], date=table["date"].dt.normalize())


def _channels(table: pd.DataFrame) -> pd.DataFrame:
    found = table.groupby("channel", as_index=False)[["sessions", "key_events"]].sum(min_count=1)
    found["key_rate"] = found["key_events"].astype("Float64") / found["sessions"].astype("Float64")
    return found.sort_values("sessions", ascending=False, ignore_index=True)


def _models(paths: pd.DataFrame) -> pd.DataFrame:
    """Key events a channel under each model; a path is every visit up to and with the one that has the event."""
    needed = ["visitor", "time", "source", "medium", "key_events"]
    if missing := [c for c in needed if c not in paths]:
        raise TableError(
            f"路徑表缺少欄位 {'、'.join(missing)}", where="參數 paths", next_step=f"需要 {'、'.join(needed)}"
        )
    rows = paths.sort_values(["visitor", "time"], kind="stable")
    found = {name: dict[str, float]() for name in models.MODELS}
    for _, visits in rows.groupby("visitor", sort=False):
        channels: list[str] = []
        for visit in visits.to_dict("records"):
            channels.append(channel_group(str(visit["source"]), str(visit["medium"])))
            events = float(visit["key_events"]) if pd.notna(visit["key_events"]) else 0.0
            if events:
                for name, sums in found.items():
                    for channel, share in models.credit(channels, name, DIRECT).items():
                        sums[channel] = sums.get(channel, 0.0) + events * share
    table = pd.DataFrame(found, columns=list(models.MODELS)).fillna(0.0)
    return table.rename_axis("channel").reset_index()


def _daily(clicks: pd.DataFrame, days: pd.DatetimeIndex) -> tuple[pd.DataFrame, str]:
    """Clicks by day and platform; platforms without any are left out."""
    if missing := [c for c in ("platform", "link_clicks") if c not in clicks]:
        raise TableError(f"點擊表缺少欄位 {'、'.join(missing)}", where="參數 clicks")
    if "date" in clicks:
        dates = pd.to_datetime(clicks["date"]).dt.normalize()
    else:
        dates = taipei_times(clicks).dt.tz_localize(None).dt.normalize()
    known = pd.DataFrame(
        {"date": dates, "platform": clicks["platform"], "n": clicks["link_clicks"].astype("Float64")}
    )
    table = known.dropna().pivot_table(
        index="date", columns="platform", values="n", aggfunc="sum", fill_value=0.0
    )
    table = table.reindex(days, fill_value=0.0).astype(float)
    order = [p for p in PLATFORMS if p in table and table[p].sum() > 0]
    return table[order], "" if order else "這段期間沒有任何連結點擊"


def _too_little(daily: pd.DataFrame, days: pd.DatetimeIndex) -> str:
    if len(days) < FEWEST_DAYS:
        return f"只有 {len(days)} 天，不到 {FEWEST_DAYS} 天，分不出直接流量是不是跟著貼文動"
    whole = daily.sum(axis=1)
    if whole.std() < 0.1 * whole.mean():
        return "每天的連結點擊幾乎一樣多，直接流量跟不跟著動看不出來"
    if len(days) < 3 * (daily.shape[1] + 8):
        return "平台太多、天數太少，分不開"
    return ""


@lru_cache(maxsize=4096)
def _platform_of(source: str) -> str:
    name = source.strip().lower()
    if name in PLATFORMS:
        return name
    return next((p for host, p in REFERRERS.items() if name == host or name.endswith(f".{host}")), "")


def _platforms(table: pd.DataFrame, daily: pd.DataFrame | None, fit: models.DirectFit | None) -> pd.DataFrame:
    social = table.assign(platform=[_platform_of(str(s)) for s in table["source"].fillna("")])
    social = social[social["platform"] != ""]
    referral = social["medium"].fillna("").str.lower() == "referral"
    names = [p for p in PLATFORMS if p in set(social["platform"]) or (daily is not None and p in daily)]
    rows = []
    for name in names:
        mine = social["platform"] == name
        tagged = float(social.loc[mine & ~referral, "sessions"].sum())
        linked = float(social.loc[mine & referral, "sessions"].sum())
        place = fit.names.index(name) if fit and name in fit.names else None
        direct, low, high = (
            (float(part[place]) for part in (fit.parts, fit.parts_low, fit.parts_high))
            if fit is not None and place is not None
            else (np.nan,) * 3
        )
        whole = tagged + linked + direct
        rows.append(
            {
                "platform": name, "clicks": float(daily[name].sum()) if daily is not None and name in daily else np.nan,
                "tagged": tagged, "referral": linked, "direct": direct, "low": low, "high": high,
                "untagged_share": (linked + direct) / whole if whole else np.nan,
            }
        )  # fmt: skip
    columns = ["platform", "clicks", "tagged", "referral", "direct", "low", "high", "untagged_share"]
    return pd.DataFrame(rows, columns=columns)
