"""One week as a decision: pieces to choose, hours to spend, times to set; and what the choice was worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import TableError
from ..plotting import Chart
from ..tables import TAIPEI, conform
from . import charts, engine, habit, oracle, plans
from .engine import PLATFORMS, Floats, Ints
from .streams import generator, sequence

if TYPE_CHECKING:
    from .world import World

KEPT = 32
"""Worlds whose week is kept, as many ways to fill it are compared."""

HABIT_HOUR = 20
FIRST_HOUR, LAST_HOUR = 6, 23


def ideas(world: World, week: int, number: int) -> pd.DataFrame:
    """Pieces ready to post in one week: the columns of ``plan`` without a time, post ids like ``素材01``.

    Raises TableError for fewer than two.
    """
    return _ideas(world, week, number).copy()


@lru_cache(maxsize=KEPT)
def _ideas(world: World, week: int, number: int) -> pd.DataFrame:
    if number < 2:
        raise TableError(f"至少要 2 則素材才有得選，你給的是 {number}", where="參數 number")
    usual = world.parameters["habit.per_week"]
    scale = 2 * number / sum(usual.values())
    per_week = {name: max(1.0, count * scale) for name, count in usual.items()}
    rng = generator(world.seed, "ideas", week)
    plan = habit.draw_plan(world.parameters, rng, world.start, 1, "habit", per_week)
    chosen = plan.iloc[np.sort(rng.permutation(len(plan))[:number])].reset_index(drop=True)
    chosen["post_id"] = pd.array([f"素材{i:02d}" for i in range(1, number + 1)], dtype="string")
    chosen["account"] = chosen["platform"].map(world.accounts).astype("string")
    chosen["boost_ntd"], chosen["trend_age_h"] = 0.0, np.nan
    return chosen.drop(columns=["published_at", "propensity"])


@lru_cache(maxsize=KEPT)
def slots(world: World, week: int) -> pd.DatetimeIndex:
    """The times a piece can be posted in a week: every full hour from 06:00 to 23:00, Asia/Taipei."""
    days = pd.date_range(world.start + pd.Timedelta(weeks=week), periods=7, tz=TAIPEI)
    hours = pd.to_timedelta(np.arange(FIRST_HOUR, LAST_HOUR + 1), "h")
    return pd.DatetimeIndex([day + hour for day in days for hour in hours])


def problem(world: World, pieces: pd.DataFrame, week: int) -> oracle.Week:
    """The week as numbers: expected engagements of every piece at every slot, and what limits the choice."""
    times = slots(world, week)
    each = pieces.loc[pieces.index.repeat(len(times))].reset_index(drop=True)
    each["published_at"] = times[np.tile(np.arange(len(times)), len(pieces))]
    each["post_id"] = [str(i) for i in range(len(each))]
    table = plans.checked(conform(each, "plan"), world.parameters)
    design = plans.design(table, world.start, world.parameters)
    alone = replace(design, recent=np.zeros(len(design)))
    worth = engine.expected(world.effects, alone)["engagements"].reshape(len(pieces), len(times))
    hour = plans.hours_from(pd.Series(times), world.start)
    return oracle.Week(
        worth, hour, plans.codes(pieces["platform"], PLATFORMS), pieces["hours"].to_numpy(dtype=float),
        world.parameters["costs.week_hours"], world.parameters["reach.fatigue"],
    )  # fmt: skip


def by_habit(week: oracle.Week, hook: Floats) -> Ints:
    """The schedule of habit: strongest pieces first while hours last, one a day in turn, all at 20:00."""
    slot = np.full(len(week.cost), -1)
    evening = np.flatnonzero((week.hour % 24).astype(int) == HABIT_HOUR)
    spent, turn = 0.0, 0
    for piece in np.argsort(-hook, kind="stable"):
        if spent + week.cost[piece] <= week.budget:
            slot[piece] = evening[turn % len(evening)]
            spent, turn = spent + week.cost[piece], turn + 1
    return slot


CHOOSE = {
    "strong": "內容最強的先發",
    "worth": "每小時工時換到最多互動的先發",
    "quick": "最省工的先發",
    "listed": "照清單順序發",
}
WHEN = {"evening": "晚上 8 點", "afternoon": "下午 2 點", "morning": "早上 8 點", "mixed": "早、午、晚輪流"}
SPREAD = {"rush": "週一、週二發完", "turns": "一天一則輪流", "apart": "同平台隔開、分散到七天"}
HOURS = {"evening": (20,), "afternoon": (14,), "morning": (8,), "mixed": (8, 14, 20)}


@lru_cache(maxsize=KEPT)
def past_worth(world: World, weeks: int = 26) -> dict[tuple[str, str], float]:
    """Mean engagements a post of each platform and format in the brand's past: what an editor can look up."""
    plan = world.plan(weeks)
    design = plans.design(plan, world.start, world.parameters)
    drawn = engine.draw(world.effects, design, sequence(world.seed, "history", "habit"))
    engagements = pd.Series(drawn.likes + drawn.comments + drawn.shares + drawn.saves)
    means = engagements.groupby([plan["platform"].astype(str), plan["format"].astype(str)]).mean()
    platforms, forms = (means.index.get_level_values(level) for level in (0, 1))
    return {(str(p), str(f)): float(mean) for p, f, mean in zip(platforms, forms, means, strict=True)}


def follow(
    world: World, choose: str, when: str, spread: str, week: int = 0, number: int = 14
) -> pd.DataFrame:
    """The schedule that a simple rule makes of a week's ideas: ``post_id`` and ``published_at``.

    choose, when, spread: keys of ``CHOOSE``, ``WHEN``, ``SPREAD``. Pieces are taken in order while hours last.
    Raises TableError for an unknown rule.
    """
    for name, value, known in (("choose", choose, CHOOSE), ("when", when, WHEN), ("spread", spread, SPREAD)):
        if value not in known:
            words = "、".join(f"{key}（{text}）" for key, text in known.items())
            raise TableError(f"沒有「{value}」這個規則", where=f"參數 {name}", next_step=f"可用的有：{words}")
    pieces = ideas(world, week, number)
    kept, room = [], world.parameters["costs.week_hours"]
    for piece in pieces.iloc[_order(world, pieces, choose)].itertuples():
        if piece.hours <= room + 1e-9:
            kept.append(piece)
            room -= piece.hours
    monday = world.start + pd.Timedelta(weeks=week)
    days = _days([str(piece.platform) for piece in kept], spread)
    hours = [HOURS[when][i % len(HOURS[when])] for i in range(len(kept))]
    times = [monday + pd.Timedelta(days=d, hours=h) for d, h in zip(days, hours, strict=True)]
    schedule = pd.DataFrame({"post_id": [piece.post_id for piece in kept], "published_at": times})
    schedule["published_at"] = schedule["published_at"].dt.tz_localize(TAIPEI)
    return schedule


def _order(world: World, pieces: pd.DataFrame, choose: str) -> NDArray[np.intp]:
    hook, hours = pieces["hook"].to_numpy(dtype=float), pieces["hours"].to_numpy(dtype=float)
    if choose == "worth":
        past = past_worth(world)
        usual = [past.get((p, f), 0.0) for p, f in zip(pieces["platform"], pieces["format"], strict=True)]
        return np.argsort(-np.array(usual) * hook / hours, kind="stable")
    keys = {"strong": -hook, "quick": hours, "listed": np.arange(len(pieces))}
    return np.argsort(keys[choose], kind="stable")


def _days(platforms: list[str], spread: str) -> list[int]:
    """Day of the week of each piece, in the order they were taken."""
    if spread == "rush":
        return [i % 2 for i in range(len(platforms))]
    if spread == "turns":
        return [i % 7 for i in range(len(platforms))]
    days, count = [], dict.fromkeys(platforms, 0)
    for platform in platforms:
        total = platforms.count(platform)
        days.append((list(count).index(platform) + round(7 * count[platform] / total)) % 7)
        count[platform] += 1
    return days


def placed(world: World, pieces: pd.DataFrame, schedule: pd.DataFrame, week: int) -> Ints:
    """Slot of each piece in a schedule with columns ``post_id`` and ``published_at``; −1 where it is left out.

    Raises TableError for unknown or repeated pieces, times outside the week, and more hours than there are.
    """
    times = slots(world, week)
    known, wanted = list(pieces["post_id"]), list(schedule["post_id"])
    strange = [name for name in wanted if name not in known]
    if strange or len(set(wanted)) < len(wanted):
        what = f"沒有 {'、'.join(map(str, strange))} 這則素材" if strange else "有素材排了兩次"
        raise TableError(what, where="欄位 post_id", next_step=f"每則素材最多排一次：{'、'.join(known)}")
    when = pd.to_datetime(schedule["published_at"])
    when = when if when.dt.tz is not None else when.dt.tz_localize(TAIPEI)
    position = times.get_indexer(pd.DatetimeIndex(when.dt.floor("h")))
    if (position < 0).any():
        raise TableError(
            "有素材排在這一週以外，或半夜",
            where="欄位 published_at",
            next_step=f"請排在 {times[0]:%Y-%m-%d} 到 {times[-1]:%Y-%m-%d}，每天 6 點到 23 點",
        )
    slot = np.full(len(pieces), -1)
    slot[[known.index(name) for name in wanted]] = position
    hours, budget = float(pieces["hours"].to_numpy()[slot >= 0].sum()), world.parameters["costs.week_hours"]
    if hours > budget + 1e-9:
        raise TableError(
            f"這份排程要 {hours:.1f} 小時，一週只有 {budget:g} 小時",
            where="欄位 hours",
            next_step="拿掉幾則，或換成花時間少的格式",
        )
    return slot


def board(world: World, schedule: pd.DataFrame, week: int = 0, number: int = 14) -> Chart:
    """A schedule (``post_id``, ``published_at``) as a week's board; raises TableError as ``placed`` does."""
    pieces = ideas(world, week, number)
    slot = placed(world, pieces, schedule, week)
    kept = _schedule(world, pieces, slot, week)
    hours = float(kept["hours"].sum())
    budget = world.parameters["costs.week_hours"]
    days = kept["published_at"].dt.day_of_week.nunique()
    return charts.board(
        kept,
        f"這一週發 {len(kept)} 則，用掉 {hours:.1f} 小時，分在 {days} 天",
        f"{world.traits['name']}，素材 {len(pieces)} 則，工時上限 {budget:g} 小時",
    )


@dataclass(frozen=True)
class WeekResult:
    """What a week was worth in expected engagements, beside habit and the best schedule found.

    score: share of the way from habit to the best (1 is the best, below 0 worse than habit). regret: 1 − score.
    parts: where the distance to the best comes from, in engagements. schedule: the best one.
    """

    value: float
    baseline: float
    best: float
    bound: float
    parts: dict[str, float]
    schedule: pd.DataFrame
    data: str

    @property
    def score(self) -> float:
        return (self.value - self.baseline) / (self.best - self.baseline)

    @property
    def regret(self) -> float:
        return 1.0 - self.score

    @property
    def table(self) -> pd.DataFrame:
        """Habit, this week and the best, in expected engagements."""
        names = {"照習慣": self.baseline, "你的排法": self.value, "找得到的最好排法": self.best}
        return pd.DataFrame({"排法": list(names), "期望互動數": [round(v) for v in names.values()]})

    def say(self) -> str:
        """One sentence, with what cost most."""
        gap = self.best - self.value
        head = f"這一週的期望互動數是 {self.value:,.0f}，照習慣是 {self.baseline:,.0f}，找得到的最好排法是 {self.best:,.0f}。"
        if gap < 0.005 * self.best:
            return head + "你已經排到最好的水準。"
        reason = max(self.parts, key=lambda name: self.parts[name])
        place = f"你走了習慣到最好之間的 {self.score:.0%}" if self.score >= 0 else "這次比照習慣還少"
        return f"{head}{place}；差距裡最大的一塊是「{reason}」，{self.parts[reason]:,.0f} 次互動。"

    def plot(self) -> Chart:
        """Habit, this week and the best as bars."""
        return charts.standing(self, self.data)

    def __repr__(self) -> str:
        return self.say()


@lru_cache(maxsize=KEPT)
def _posed(world: World, week: int, number: int) -> tuple[oracle.Week, Ints]:
    """A week's ideas as numbers, and the best schedule found."""
    numbers = problem(world, _ideas(world, week, number), week)
    return numbers, oracle.best(numbers)


def judge(world: World, schedule: pd.DataFrame, week: int = 0, number: int = 14) -> WeekResult:
    """What a schedule of this week's ideas is worth; see ``placed`` for its form and errors."""
    pieces = ideas(world, week, number)
    slot = placed(world, pieces, schedule, week)
    hook = pieces["hook"].to_numpy(dtype=float)
    numbers, found = _posed(world, week, number)
    value, top = oracle.worth(numbers, slot), oracle.worth(numbers, found)
    if value > top:
        found, top = slot, value
    return WeekResult(
        value, oracle.worth(numbers, by_habit(numbers, hook)), top, oracle.bound(numbers),
        _parts(numbers, slot, top), _schedule(world, pieces, found, week),
        f"{world.traits['name']}，第 {week + 1} 週，素材 {len(pieces)} 則，工時上限 {numbers.budget:g} 小時",
    )  # fmt: skip


def _parts(week: oracle.Week, slot: Ints, top: float) -> dict[str, float]:
    """The distance to the best: pieces chosen, hours of the week, crowding; they add up to it."""
    free = replace(week, fatigue=0.0)
    kept = np.flatnonzero(slot >= 0)
    mine = replace(week, worth=week.worth[kept], platform=week.platform[kept], cost=week.cost[kept])
    ideal = oracle.worth(mine, oracle.best(mine)) if len(kept) else 0.0
    calm = float(mine.worth.max(axis=1).sum()) if len(kept) else 0.0
    value, uncrowded = oracle.worth(week, slot), oracle.worth(free, slot)
    return {
        "選了哪些素材": top - ideal,
        "排在什麼時間": calm - uncrowded,
        "同平台擠在一起": (uncrowded - value) - (calm - ideal),
    }


def _schedule(world: World, pieces: pd.DataFrame, slot: Ints, week: int) -> pd.DataFrame:
    used = np.flatnonzero(slot >= 0)
    table = pieces.iloc[used][["post_id", "platform", "format", "hook", "hours"]].copy()
    table.insert(1, "published_at", slots(world, week)[slot[used]])
    return table.sort_values("published_at").reset_index(drop=True)
