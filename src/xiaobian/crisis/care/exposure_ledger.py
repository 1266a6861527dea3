"""How much poison each person reads: an hour of duty, in the worst hour, in a row; who is over, and when to stop.

The limits are design choices (設計參數): no study tells how many hostile comments an hour a person can bear. Agree on them in
the team, before the bad day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from ... import datasets
from ...errors import AnswerError, TableError
from ...plotting import BRICK, INK, SEA, SECONDARY, SKY, Chart, chart, count_axis, source_note, spaced, titled
from ...tables import TAIPEI
from .deescalation import attacks

HOUR = pd.Timedelta(hours=1)
REST = pd.Timedelta(minutes=30)
"""A gap from which a new sitting begins (設計參數)."""
TOXIC_INTENTS = ("troll", "legal", "selfharm")
"""Intents that count as toxic to read when a table has texts but no marks."""


def _at_least_one(rule: Limits | StopRule, where: str) -> None:
    """Raises AnswerError for any number of a rule below 1."""
    for name, value in asdict(rule).items():
        if value < 1:
            raise AnswerError(f"{name} 是 {value}", where=where, next_step="請給 1 以上的整數")


@dataclass(frozen=True)
class Limits:
    """hour: toxic items in a clock hour from which it is a full hour. run: full hours in a row. day: toxic items a day.

    All are 設計參數. Raises AnswerError for limits below 1.
    """

    hour: int = 12
    run: int = 2
    day: int = 60

    def __post_init__(self) -> None:
        _at_least_one(self, "接觸量的上限")


@dataclass(frozen=True)
class StopRule:
    """When I hand over: after so many toxic items within 60 minutes, or in one sitting; then so many minutes of something else.

    All are 設計參數. Raises AnswerError for numbers below 1.
    """

    hour: int = 12
    sitting: int = 30
    pause: int = 20

    def __post_init__(self) -> None:
        _at_least_one(self, "停手規則")

    def say(self) -> str:
        """The rule as a promise, in 正體中文."""
        return spaced(
            f"一小時看到{self.hour}則、或一口氣看到{self.sitting}則惡意留言，我就交給下一個人，離開留言{self.pause}分鐘。"
        )


@dataclass(frozen=True, repr=False)
class Stops:
    """When a rule would have rung. table: person, at, why, seen (toxic items of the sitting so far), spared (toxic items that
    came in the pause, which somebody else would have read), alone (nobody else was on duty in the pause)."""

    rule: StopRule
    table: pd.DataFrame

    def say(self) -> str:
        """How often, whom, and what stays open, in 正體中文."""
        if self.table.empty:
            return spaced(f"{self.rule.say()}這張表裡，它一次也沒有響。")
        by = self.table.groupby("person", sort=False).size().sort_values(ascending=False)
        alone = int(self.table["alone"].sum())
        told = f"{self.rule.say()}這張表裡會響{len(self.table)}次（{'、'.join(f'{name} {n} 次' for name, n in by.items())}），交出去{self.table['spared'].sum()}則。"
        return spaced(told + (f"其中{alone}次沒有別人在班上：規則要有人接，才是規則。" if alone else ""))

    def __repr__(self) -> str:
        return self.say()


@dataclass(frozen=True, repr=False)
class Exposure:
    """What each person read. table: a row a person: comments, toxic, hours (clock hours with anything handled), per_hour
    (toxic ÷ hours), worst_hour, longest_run (full hours in a row), worst_day, over (which limits, in words). hours: a row a
    person and hour: comments, toxic. items: the rows it was made from. guessed: whether toxic was read from the texts."""

    table: pd.DataFrame
    hours: pd.DataFrame
    items: pd.DataFrame
    limits: Limits
    guessed: bool
    source: str = ""

    @property
    def over(self) -> Mapping[str, str]:
        """Who is over a limit, and over which."""
        late = self.table[self.table["over"] != ""]
        return dict(zip(late.index, late["over"], strict=True))

    @property
    def average(self) -> float:
        """Toxic items an hour over everybody's hours: the figure that hides people."""
        return float(self.table["toxic"].sum() / max(self.table["hours"].sum(), 1))

    def stops(self, rule: StopRule | None = None) -> Stops:
        """When a personal stop rule would have rung, had it been kept."""
        chosen = rule or StopRule()
        rows = [
            row
            for name, mine in self.items.groupby("person", sort=False)
            for row in _rings(str(name), mine, self.items, chosen)
        ]
        columns = ["person", "at", "why", "seen", "spared", "alone"]
        return Stops(chosen, pd.DataFrame(rows, columns=columns).sort_values("at", ignore_index=True))

    def say(self) -> str:
        """Who reads most, who is over, in 正體中文."""
        most = self.table.index[0]
        told = f"全隊平均每小時{self.average:.1f}則惡意留言；{most}是{self.table['per_hour'].iloc[0]:.1f}則，最糟的一小時{self.table['worst_hour'].iloc[0]}則。"
        for name, why in self.over.items():
            told += f"{name}超過了：{why}。"
        return spaced(told if self.over else f"{told}沒有人超過上限。")

    def plot(self) -> Chart:
        """A strip of bars a person: toxic items an hour, full hours in brick, the limit as a line."""
        return _picture(self)

    def __repr__(self) -> str:
        notes = ["附註：上限是設計參數，不是研究結果"]
        notes += ["附註：哪一則算惡意是模型猜的，它會看錯"] if self.guessed else []
        notes += [f"附註：{self.source}"] if self.source else []
        return "\n".join([self.say(), *notes])


def exposure(handled: pd.DataFrame, limits: Limits | None = None) -> Exposure:
    """The ledger of a table of handled comments: person, at, and toxic (true or false) or text.

    Without ``toxic`` a comment counts as toxic when it attacks a person or the model reads provocation, a threat or a call
    for help in it; it will be wrong now and then. Times without a zone are read as Taipei.

    Raises TableError for a missing column, no rows, or times that cannot be read.

    >>> from xiaobian.sandbox.handling import handled_comments
    >>> found = exposure(handled_comments(1))
    >>> found.table.index[0], bool(found.table["per_hour"].iloc[0] > found.average)
    ('子晴', True)
    """
    chosen, items = limits or Limits(), _items(handled)
    hours = items.groupby(["person", items["at"].dt.floor("h").rename("hour")], sort=False)["toxic"]
    by_hour = hours.agg(comments="size", toxic="sum").reset_index()
    rows = {str(name): _person(mine, chosen) for name, mine in by_hour.groupby("person", sort=False)}
    table = pd.DataFrame.from_dict(rows, orient="index").sort_values(
        "per_hour", ascending=False, kind="stable"
    )
    return Exposure(
        table.rename_axis("person"),
        by_hour,
        items,
        chosen,
        "toxic" not in handled,
        str(handled.attrs.get("source", "")),
    )


def _items(handled: pd.DataFrame) -> pd.DataFrame:
    for column in ("person", "at"):
        if column not in handled:
            raise TableError(
                f"表裡沒有 {column} 這一欄", where="handled", next_step="需要 person、at，和 toxic 或 text"
            )
    if "toxic" not in handled and "text" not in handled:
        raise TableError("表裡沒有 toxic，也沒有 text", where="handled", next_step="請給其中一欄")
    if handled.empty:
        raise TableError("表是空的", where="handled", next_step="至少要有一則處理過的留言")
    at = pd.to_datetime(handled["at"], errors="coerce")
    if at.isna().any():
        raise TableError(
            f"有 {int(at.isna().sum())} 個時間讀不懂",
            where="欄位 at",
            next_step="請用 2026-09-07 20:15 這種寫法",
        )
    at = at.dt.tz_localize(TAIPEI) if at.dt.tz is None else at.dt.tz_convert(TAIPEI)
    toxic = handled["toxic"].astype(bool) if "toxic" in handled else _guess(handled["text"])
    table = pd.DataFrame({"person": handled["person"].astype(str), "at": at, "toxic": toxic})
    return table.sort_values("at", kind="stable").reset_index(drop=True)


def _guess(texts: pd.Series) -> pd.Series:
    from ...text import intent  # the model loads slowly, and most ledgers come with their marks

    plain = texts.fillna("").astype(str)
    return intent(plain)["label"].isin(TOXIC_INTENTS) | plain.map(lambda text: bool(attacks(text)))


def _person(mine: pd.DataFrame, limits: Limits) -> dict[str, Any]:
    toxic, worst_day = int(mine["toxic"].sum()), int(mine.groupby(mine["hour"].dt.date)["toxic"].sum().max())
    run, peak = _run(mine, limits.hour), int(mine["toxic"].max())
    why = []
    if run > limits.run:
        why.append(f"連續{run}小時每小時{limits.hour}則以上（上限{limits.run}小時）")
    if worst_day > limits.day:
        why.append(f"一天{worst_day}則（上限{limits.day}則）")
    return {
        "comments": int(mine["comments"].sum()),
        "toxic": toxic,
        "hours": len(mine),
        "per_hour": toxic / len(mine),
        "worst_hour": peak,
        "longest_run": run,
        "worst_day": worst_day,
        "over": spaced("；".join(why)),
    }


def _run(mine: pd.DataFrame, full: int) -> int:
    """Longest run of full clock hours that follow each other.

    >>> hours = pd.date_range("2026-01-01 09:00", periods=4, freq="h")
    >>> _run(pd.DataFrame({"hour": hours, "toxic": [12, 12, 0, 15]}), 12)
    2
    """
    at = mine.loc[mine["toxic"] >= full, "hour"].sort_values()
    group = (at.diff() != HOUR).cumsum()
    return int(group.value_counts().max()) if len(at) else 0


def _rings(name: str, mine: pd.DataFrame, everyone: pd.DataFrame, rule: StopRule) -> list[tuple[Any, ...]]:
    """Each time the rule rings for one person: sittings end by a gap of REST or by the pause itself."""
    at, toxic = _seconds(mine["at"]), mine["toxic"].to_numpy()
    bad, others = at[toxic], _seconds(everyone.loc[everyone["person"] != name, "at"])
    rows: list[tuple[Any, ...]] = []
    recent: list[float] = []
    sitting, last, until = 0, -np.inf, -np.inf
    for place, now in enumerate(at):
        if now < until:
            continue
        sitting = 0 if now - last >= REST.total_seconds() else sitting
        last = now
        if not toxic[place]:
            continue
        sitting += 1
        recent = [t for t in recent if now - t < HOUR.total_seconds()] + [now]
        if len(recent) < rule.hour and sitting < rule.sitting:
            continue
        until = now + 60 * rule.pause
        why = f"一小時 {len(recent)} 則" if len(recent) >= rule.hour else f"一口氣 {sitting} 則"
        alone = _between(others, now, until) == 0
        rows.append((name, mine["at"].iloc[place], why, sitting, _between(bad, now, until), alone))
        recent, sitting = [], 0
    return rows


def _seconds(times: pd.Series) -> npt.NDArray[np.float64]:
    """Seconds of times in order."""
    return np.asarray((times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1), dtype=float)


def _between(times: npt.NDArray[np.float64], after: float, before: float) -> int:
    """How many lie between two moments, both left out.

    >>> _between(np.array([1.0, 2.0, 3.0]), 1.0, 3.0)
    1
    """
    return int(np.searchsorted(times, before, "left") - np.searchsorted(times, after, "right"))


def _picture(found: Exposure) -> Chart:
    names = list(found.table.index)
    figure, first = chart(10, 1.0 + 1.35 * len(names))
    figure.delaxes(first)
    axes = figure.subplots(len(names), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    top = max(float(found.hours["toxic"].max()), found.limits.hour) * 1.15
    for ax, name in zip(axes, names, strict=True):
        _strip(ax, found.hours[found.hours["person"] == name], str(name), found.limits.hour)
        ax.set_ylim(0, top)
    titled(
        axes[0],
        spaced(f"{names[0]}每小時{found.table['per_hour'].iloc[0]:.1f}則，全隊平均{found.average:.1f}則"),
        f"每小時處理到的惡意留言；深色是 {found.limits.hour} 則以上的小時，虛線是上限（設計參數）；n = {int(found.table['toxic'].sum()):,} 則",
    )
    if found.source == datasets.SIMULATED:
        source_note(axes[-1])
    figure.summary = found.say()
    return figure


def _strip(ax: Axes, mine: pd.DataFrame, name: str, full: int) -> None:
    colours = [BRICK if n >= full else SKY for n in mine["toxic"]]
    middle = mine["hour"].dt.tz_localize(None) + HOUR / 2
    ax.vlines(middle, 0, mine["toxic"], colors=colours, linewidth=2)
    ax.axhline(full, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    ax.set_ylabel(name, color=SEA, rotation=0, ha="right", va="center", fontsize=12)
    ax.tick_params(colors=SECONDARY)
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%m/%d"))
    count_axis(ax)
