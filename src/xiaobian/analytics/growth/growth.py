"""Follower change taken apart: gained, lost, from posts or not, bought or not, and how much of it stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import TableError
from ...tables import PLATFORMS, conform, require
from ..collected import collected
from ..groups import taipei_times
from ..measures import NOTES, numbers, simulated
from ..result import Result
from . import words
from .waves import BOUGHT, FEWEST_DAYS, PURGE, Wave, find_waves, purge_of
from .words import STAY_DAYS

if TYPE_CHECKING:
    from ...plotting import Chart

_MONTH_LEAST = 14

COLUMNS = [
    "platform", "account", "month", "days", "start", "end", "gained", "lost", "net",
    "from_posts", "from_paid", "background", "bought", "purged",
    "daily_loss", "stay", "stay_low", "stay_high", "stay_least", "engagement_rate",
]  # fmt: skip
WAVE_COLUMNS = [
    "platform", "account", "kind", "first", "last", "number", "low", "high", "z", "purge_date", "purged",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Growth(Result):
    """What ``growth()`` found.

    table: a row an account and month: platform, account, month (its first day), days (with data), start and end
    (followers), gained, lost, net (end − start), from_posts (followers won by posts that were not paid),
    from_paid, background (gained less posts and bought), bought, purged (people); daily_loss (lost, purges left
    out, ÷ followers ÷ day), stay (share 0–1 of the month's gained that is there 30 days later) with stay_low and
    stay_high (95 %) and stay_least (if all who left had just come); engagement_rate (engagements ÷ followers, a
    day, median). Missing where it cannot be known.
    waves: a row a sudden rise or fall: kind, first and last day, number (above the usual) with low and high
    (95 %), z, and for bought followers purge_date and purged.
    """

    table: pd.DataFrame
    waves: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def bought(self) -> pd.DataFrame:
        """The waves that look like bought followers."""
        return self.waves[self.waves["kind"] == BOUGHT].reset_index(drop=True)

    def row(self, platform: str | None = None, month: str | None = None) -> pd.Series:
        """One account's month: of the platform (else the largest account) and month ("2026-03", else the latest
        with 14 days or more). Raises TableError when there is none."""
        return words.row_of(self, platform, month)

    def say(self, platform: str | None = None, month: str | None = None) -> str:
        """Where a month's followers came from, what looks bought, and how many of them stay, in 正體中文; without
        ``month`` of the latest with 14 days or more, and it says so."""
        return words.say(self, self.row(platform, month), chosen=month is not None)

    def plot(self, platform: str | None = None) -> Chart:
        """Gained by source and lost, month by month, for one platform."""
        from .plot import draw

        return self.captioned(draw(self, self.row(platform)), self.say(platform))


def growth(account_days: Any, posts: Any = None) -> Growth:
    """Take the change of followers apart, by account and month.

    account_days: the declared table, of any engine (fetched whole: a row a day); gained and lost may be missing, then
    only what the followers' own change shows is told. posts: the declared table with ``follows``; without it sources
    stay missing and what reach explains is estimated.

    Sudden rises: ``growth_waves.find_waves``. What stays: with a daily loss h (lost ÷ followers, purges left out)
    e^(−30 h) of those who came are there 30 days later, if newcomers leave as readily as everyone; ``stay_least``
    is the other end, where all who left had come in the same month. The interval of h is that of an overdispersed
    Poisson rate (quasi-Poisson; McCullagh & Nelder, Generalized Linear Models, 1989, §6.2). Bought followers
    count as there until a purge takes them; before one, ``say()`` also tells what stays if all of them go.

    Raises TableError for a table without platform, date and followers, or an empty one.

    >>> date = pd.date_range("2026-03-01", periods=31)
    >>> days = pd.DataFrame({"platform": "line", "account": "a", "date": date, "followers": range(1000, 1031),
    ...                      "gained": 3, "lost": 2})
    >>> row = growth(days).row()
    >>> int(row["gained"]), int(row["lost"]), int(row["net"])
    (93, 62, 31)
    """
    account_days, posts = collected(account_days), collected(posts)
    days = _checked(account_days)
    won = _won(posts, days)
    months, waves, notes = [], [], list(account_days.attrs.get(NOTES, ()))
    for key, mine in days.groupby(["platform", "account"], sort=False):
        platform, account = map(str, key)
        calendar, more = _calendar(mine, won, platform, account)
        seen = find_waves(calendar)
        waves += [_told(platform, account, wave, seen) for wave in seen]
        months.append(_months(calendar, seen).assign(platform=platform, account=account))
        notes += more
    table = pd.concat(months, ignore_index=True)[COLUMNS]
    table["account"] = table["account"].replace("", pd.NA)
    notes += _notes(posts) + list(simulated(account_days))
    found = pd.DataFrame(waves, columns=WAVE_COLUMNS)
    for column in ("first", "last", "purge_date"):
        found[column] = pd.to_datetime(found[column])
    return Growth(table, found, tuple(dict.fromkeys(notes)))


def _checked(account_days: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(account_days, pd.DataFrame):
        raise TableError(
            f"這裡要的是帳號每日表，收到的是 {type(account_days).__name__}", where="參數 account_days"
        )
    require(account_days, ["platform", "date", "followers"], "account_days")
    days = conform(account_days, "account_days").dropna(subset=["platform", "date"])
    if days.empty or days["followers"].isna().all():
        raise TableError(
            "帳號每日表沒有一天知道粉絲數", where="欄位 followers", next_step="請確認匯出時選了粉絲數"
        )
    days["account"] = days["account"].fillna("")
    days["date"] = days["date"].dt.normalize()
    if days.duplicated(["platform", "account", "date"]).any():
        raise TableError(
            "同一個帳號同一天有兩列",
            where="欄位 platform、account、date",
            next_step="請先合併，或補上 account 欄把帳號分開",
        )
    return days.sort_values("date", kind="stable")


def _won(posts: pd.DataFrame | None, days: pd.DataFrame) -> pd.DataFrame | None:
    """Followers won by posts a day, unpaid and paid; none when no post reports any."""
    if posts is None or posts.empty:
        return None
    require(posts, ["platform", "published_at"])
    follows = numbers(posts, "follows")
    if np.isnan(follows).all():
        return None
    paid = (
        posts["is_paid"].astype("boolean").fillna(False).to_numpy(dtype=bool) if "is_paid" in posts else False
    )
    several = bool((days.groupby("platform")["account"].nunique() > 1).any())
    if several and ("account" not in posts or posts["account"].isna().any()):
        raise TableError(
            "粉絲紀錄裡同一個平台有好幾個帳號，貼文卻沒寫是哪一個",
            where="欄位 account",
            next_step="請在貼文表填上 account，或先把粉絲紀錄篩到一個帳號",
        )
    table = pd.DataFrame(
        {
            "platform": posts["platform"].astype("string"),
            "account": posts["account"].astype("string") if several else "",
            "date": taipei_times(posts).dt.tz_localize(None).dt.normalize(),
            "free": np.where(paid, 0.0, follows),
            "paid": np.where(paid, follows, 0.0),
        }
    ).dropna(subset=["free"])
    return table.groupby(["platform", "account", "date"], as_index=False).sum()


def _calendar(
    mine: pd.DataFrame, won: pd.DataFrame | None, platform: str, account: str
) -> tuple[pd.DataFrame, list[str]]:
    """Every day of one account as floats, with what its posts won; and what the reader must know."""
    names = ["followers", "gained", "lost", "reach", "engagements"]
    whole = pd.date_range(mine["date"].iloc[0], mine["date"].iloc[-1])
    days = mine.set_index("date")[names].astype("float64").reindex(whole).rename_axis("date").reset_index()
    label, notes = PLATFORMS.get(platform, platform), []
    notes += _flows(days, label)
    days["free"] = days["paid"] = np.nan
    if won is not None and (won["platform"] == platform).any():
        match = won[(won["platform"] == platform) & won["account"].isin([account, ""])].set_index("date")
        days[["free", "paid"]] = match[["free", "paid"]].reindex(whole).fillna(0.0).to_numpy()
    days["follows"] = days["free"] + days["paid"]
    if (gaps := int(days["followers"].isna().sum())) > 0:
        notes.append(f"{label} 有 {gaps} 天沒有資料，沒有補")
    if len(days) < FEWEST_DAYS:
        notes.append(f"{label} 不到 {FEWEST_DAYS} 天，還看不出哪一天異常，沒有找灌粉")
    return days, notes


def _flows(days: pd.DataFrame, label: str) -> list[str]:
    """Fill gained or lost, or both, from the change of followers where an account reports none; say so."""
    change = days["followers"].diff()
    no_gained, no_lost = days["gained"].isna().all(), days["lost"].isna().all()
    if no_gained and no_lost:
        days["gained"], days["lost"] = change.clip(lower=0), (-change).clip(lower=0)
        return [f"{label} 沒有新增和流失，只能用粉絲數每天的增減代替：同一天有來有走的看不到"]
    if no_gained:
        days["gained"] = (days["lost"] + change).clip(lower=0)
        return [f"{label} 沒有新增，用流失和粉絲數的增減推回來"]
    if no_lost:
        days["lost"] = (days["gained"] - change).clip(lower=0)
        return [f"{label} 沒有流失，用新增和粉絲數的增減推回來"]
    return []


def _told(platform: str, account: str, wave: Wave, waves: list[Wave]) -> dict[str, object]:
    purge = purge_of(wave, waves)
    return {
        "platform": platform, "account": account or pd.NA, **vars(wave),
        "purge_date": purge.first if purge else pd.NaT, "purged": purge.number if purge else np.nan,
    }  # fmt: skip


def _months(days: pd.DataFrame, waves: list[Wave]) -> pd.DataFrame:
    days = days.assign(
        month=days["date"].dt.to_period("M").dt.to_timestamp(), bought=0.0, purged=0.0, doubt=0.0
    )
    rate = _loss_rate(days, waves)
    for wave in waves:
        if (column := {BOUGHT: "bought", PURGE: "purged"}.get(wave.kind)) is not None:
            days.loc[days["date"] == wave.first, column] = wave.number
        if wave.kind == BOUGHT:
            days.loc[days["date"] == wave.first, "doubt"] = wave.high - wave.number
    before = days["followers"].shift(1).fillna(days["followers"] - days["gained"] + days["lost"])
    days["before"], days["kept"] = before, _kept(waves)
    rows = [_month(part["month"].iloc[0], part, rate) for _, part in days.groupby("month")]
    return pd.DataFrame(rows)


def _kept(waves: list[Wave]) -> float:
    """Share of all bought followers that no purge took."""
    pairs = [(w.number, purge_of(w, waves)) for w in waves if w.kind == BOUGHT]
    whole = sum(number for number, _ in pairs)
    gone = sum(purge.number for _, purge in pairs if purge)
    return max(1 - gone / whole, 0.0) if whole else 1.0


def _loss_rate(days: pd.DataFrame, waves: list[Wave]) -> tuple[float, float, float]:
    """The account's usual daily loss and its 95 % interval; days of a purge are left out."""
    calm = np.ones(len(days), dtype=bool)
    for wave in waves:
        if wave.kind == PURGE:
            calm &= ~days["date"].between(wave.first, wave.last).to_numpy()
    return _rate(days[calm])


def _rate(days: pd.DataFrame) -> tuple[float, float, float]:
    lost, base = days["lost"].to_numpy(), days["followers"].to_numpy()
    known = np.isfinite(lost) & (base > 0)
    if known.sum() < _MONTH_LEAST:
        return (np.nan,) * 3
    lost, base = lost[known], base[known]
    rate = lost.sum() / base.sum()
    if not rate:
        return 0.0, 0.0, 3.0 / base.sum()
    extra = max(float(((lost - rate * base) ** 2 / (rate * base)).sum() / (known.sum() - 1)), 1.0)
    width = 1.96 * np.sqrt(extra / lost.sum())
    return float(rate), float(rate * np.exp(-width)), float(rate * np.exp(width))


def _month(month: pd.Timestamp, part: pd.DataFrame, usual: tuple[float, float, float]) -> dict[str, object]:
    def total(name: str) -> float:
        return float(part[name].sum(min_count=1))

    gained, lost, bought = total("gained"), total("lost"), total("bought")
    own = _rate(part[part["purged"] == 0])
    rate, low, high = own if np.isfinite(own[0]) else usual
    known = part["followers"].dropna()
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = (part["engagements"] / part["followers"]).dropna()
    return {
        "month": month, "days": int(part["followers"].notna().sum()),
        "start": float(part["before"].dropna().iloc[0]) if part["before"].notna().any() else np.nan,
        "end": float(known.iloc[-1]) if len(known) else np.nan,
        "gained": gained, "lost": lost, "net": gained - lost,
        "from_posts": total("free"), "from_paid": total("paid"),
        "background": gained - total("follows") - bought, "bought": bought, "purged": total("purged"),
        "daily_loss": rate, "engagement_rate": rates.median() if len(rates) else np.nan,
        **_stay(gained, lost - total("purged"), bought, total("doubt"), float(part["kept"].iloc[0]), (rate, low, high)),
    }  # fmt: skip


def _stay(
    gained: float, lost: float, bought: float, doubt: float, kept: float, rates: tuple[float, float, float]
) -> dict[str, float]:
    """Share of the gained that stays: those who came by themselves at the loss rate, the bought as far as kept."""
    if not gained > 0:
        return dict.fromkeys(("stay", "stay_low", "stay_high", "stay_least"), np.nan)
    rate, low, high = rates

    def share(h: float, fake: float) -> float:
        fake = min(max(fake, 0.0), gained)
        return ((gained - fake) * float(np.exp(-STAY_DAYS * h)) + fake * kept) / gained

    left = gained - lost - min(bought, gained) * (1 - kept)
    return {
        "stay": share(rate, bought), "stay_low": share(high, bought + doubt), "stay_high": share(low, bought - doubt),
        "stay_least": max(left, 0.0) / gained,
    }  # fmt: skip


def _notes(posts: pd.DataFrame | None) -> list[str]:
    if posts is None or np.isnan(numbers(posts, "follows")).all():
        return ["沒有貼文帶來的追蹤數，來源分不開；灌粉是扣掉觸及能解釋的部分再找"]
    return ["貼文帶來的追蹤記在發文那天"]
