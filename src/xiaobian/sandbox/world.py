"""A simulated brand on six platforms whose causal effects are known.

    world = xb.World(seed=3)
    past = world.history(weeks=26)          # tables: posts, plan, account_days, comments, retention, sessions …
    later = world.run(plan)                 # what a plan of yours would have brought
    world.commit("best_daypart", "evening")
    world.reveal("best_daypart")

Everything a world makes is simulated. The same seed makes the same world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import datasets
from ..errors import NotFound, TableError
from ..tables import table
from . import engine, habit, parameters, plans
from .accounts import Bots, draw_bots
from .creators import draw_creators
from .effects import NO_EFFECT, brand_traits, draw_effects, with_rule
from .engine import PLATFORMS
from .habit import near_moment
from .rivals import rivals_table
from .streams import generator, sequence
from .trials import trial

if TYPE_CHECKING:
    from .crisis.room import Crisis

START = "2025-02-24"
VARYING = (
    "reach.noise_sd", "reach.week_sd", "reach.viral_share", "reach.viral_size", "engagement.dispersion", "engagement.breadth", "habit.boost_share",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Tables:
    """What a world or an export gives: frames by declared table name, also as attributes."""

    title: str
    frames: Mapping[str, pd.DataFrame]

    def __getattr__(self, name: str) -> pd.DataFrame:
        frames = self.__dict__.get("frames", {})
        if name in frames:
            return frames[name]
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotFound(f"這份資料沒有 {name} 這張表", next_step=f"可用的表：{'、'.join(frames)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.frames]

    def __repr__(self) -> str:
        rows = [f"  {name:<15}{table(name).label}　{len(frame):,} 列" for name, frame in self.frames.items()]
        return "\n".join([f"{datasets.SIMULATED}｜{self.title}", *rows])


class World:
    """One simulated world.

    seed: fixes everything. brand: a name of section ``brands`` in the parameters. start: the first Monday
    (Asia/Taipei). settings: other values for parameters, by name. null: a world where no choice matters.
    Raises NotFound for an unknown brand or parameter, TableError when ``start`` is no Monday.
    """

    def __init__(
        self, seed: int, brand: str = "yusui", *, start: str = START,
        settings: Mapping[str, Any] | None = None, null: bool = False,
    ) -> None:  # fmt: skip
        self.seed, self.brand, self.null = int(seed), brand, null
        self.start = pd.Timestamp(start)
        if self.start.weekday() or self.start != self.start.normalize():
            raise TableError(
                f"世界要從星期一開始，{start} 不是", where="參數 start", next_step=f"例如 {START}（星期一）"
            )
        self.settings = dict(settings or {})
        changes = {**(NO_EFFECT if null else {}), **self.settings}
        self.parameters = parameters.load().changed(changes)
        self.traits = brand_traits(self.parameters, brand)
        self.effects = draw_effects(self.parameters, self.seed, brand)

    def __repr__(self) -> str:
        kind = "（沒有任何效果的世界）" if self.null else ""
        return f"{datasets.SIMULATED}｜{self.traits['name']}，種子 {self.seed}{kind}，從 {self.start:%Y-%m-%d} 開始"

    @property
    def name(self) -> str:
        """Short name under which commitments about this world are kept."""
        from .truth import fingerprint

        rule = "" if self.effects.rule_week is None else f"-rule{self.effects.rule_week}"
        return f"{self.brand}-{self.seed}{'-null' if self.null else ''}{fingerprint(self.settings)}{rule}"

    @cached_property
    def accounts(self) -> dict[str, str]:
        """Account handle by platform."""
        known = datasets.brand()["accounts"] if self.brand == "yusui" else {}
        return {p: str(known.get(p, {}).get("handle", f"{self.brand}.demo")) for p in PLATFORMS}

    def with_rule_change(self, week: int | None = None) -> World:
        """The same world in which the platforms show one format less from some week on, drawn when not given."""
        low, high = self.parameters["rule_change.weeks"]
        chosen = int(generator(self.seed, "rule").integers(low, high + 1)) if week is None else week
        changed = World.__new__(World)
        changed.__dict__.update(self.__dict__)
        changed.effects = with_rule(self.effects, chosen)
        return changed

    @classmethod
    def page(cls, seed: int, posts: int = 500) -> pd.DataFrame:
        """One Facebook page of the population in section ``page_population``: its latest posts, table ``posts``."""
        p, rng = parameters.load(), generator(seed, "page")

        def drawn(name: str) -> float:
            return float(rng.uniform(*p[f"page_population.{name}"]))

        mean, spread = p["page_population.followers"]
        settings: dict[str, Any] = {name: drawn(name.partition(".")[2]) for name in VARYING}
        mix = {name: p["engagement.mix"][name] * drawn(name) for name in ("comments", "shares")}
        settings["engagement.mix"] = {"likes": 1 - sum(mix.values()), **mix}
        settings["followers.start"] = {"facebook": float(np.exp(rng.normal(mean, spread)))}
        settings["engagement.rate"] = p["engagement.rate"] | {"facebook": float(np.exp(drawn("log_rate")))}
        settings["habit.per_week"] = dict.fromkeys(PLATFORMS, 0.0) | {"facebook": 10.0}
        world = cls(seed, "drinks", settings=settings)
        return world.history(weeks=posts // 10 + 2).posts.tail(posts).reset_index(drop=True)

    def bots(self, days: int) -> Bots | None:
        """The bought followers of a history of ``days`` days, if it is long enough to hold them."""
        if self.null:
            return None
        return draw_bots(self.effects, generator(self.seed, "bots"), days)

    def plan(self, weeks: int = 1, policy: str = "habit", first_week: int = 0) -> pd.DataFrame:
        """A plan as the brand's editor would draw it up: ``habit``, or ``random`` times; table ``plan``."""
        rng = generator(self.seed, "plan", policy, first_week)
        start = self.start + pd.Timedelta(weeks=first_week)
        plan = habit.draw_plan(self.parameters, rng, start, weeks, policy)
        return plan.assign(account=plan["platform"].map(self.accounts).astype("string"))

    def history(self, weeks: int = 26, policy: str = "habit") -> Tables:
        """The brand's past: ``weeks`` weeks from the start under a policy; all tables."""
        if weeks < 1 or weeks > engine.WEEKS:
            raise TableError(f"weeks 要在 1 到 {engine.WEEKS} 之間，你給的是 {weeks}", where="參數 weeks")
        return self._realised(self.plan(weeks, policy), weeks, ("history", policy), "過去")

    def run(self, plan: pd.DataFrame, weeks: int | None = None) -> Tables:
        """What a plan brings: a table with platform, published_at, format and, if you like, the other columns of
        ``plan``. ``weeks``: how long to watch, to the end of the last post's week by default.

        Raises TableError for columns, values or times that the world does not know.
        """
        table = plans.checked(plan, self.parameters)
        hours = plans.hours_from(table["published_at"], self.start)
        needed = int(max(hours.max(), 0) // engine.HOURS) + 1
        return self._realised(table, max(weeks or 0, needed), ("run",), "執行")

    def expected(self, plan: pd.DataFrame) -> pd.DataFrame:
        """The truth about a plan before chance: expected reach, engagements and link clicks of each post.

        This is what grading uses; a learner's notebook gets it through ``reveal``.
        """
        table = plans.checked(plan, self.parameters)
        numbers = engine.expected(self.effects, plans.design(table, self.start, self.parameters))
        return pd.DataFrame({"post_id": table["post_id"], **numbers})

    def _realised(self, plan: pd.DataFrame, weeks: int, purpose: tuple[str, ...], title: str) -> Tables:
        from .history import assemble

        design = plans.design(plan, self.start, self.parameters)
        outcome = engine.draw(self.effects, design, sequence(self.seed, *purpose))
        frames = assemble(self, plan, design, outcome, weeks, purpose)
        first, last = self.start, self.start + pd.Timedelta(days=weeks * 7 - 1)
        return Tables(f"{self.traits['name']}，{title} {first:%Y-%m-%d} 到 {last:%Y-%m-%d}", frames)

    def ideas(self, week: int = 0, number: int = 14) -> pd.DataFrame:
        """Pieces ready to post in one week: everything of a plan but the time, with their working hours."""
        from .weeks import ideas

        return ideas(self, week, number)

    def experiment(self, name: str = "t1", people: int = 20_000, days: int = 14) -> pd.DataFrame:
        """An A/B test of two versions sent to ``people`` people in all; table ``trials`` by day and arm.

        Its true lift is asked as ``experiment:<name>``. Raises TableError for no people or no days.
        """
        rng = generator(self.seed, "experiment", name)
        return trial(self.parameters, rng, name, people=people, days=days, start=self.start.date())[0]

    def creators(self) -> pd.DataFrame:
        """Creators the brand could work with, as an editor sees them; table ``creators``.

        Which of them are fake is asked as ``fake_creators``.
        """
        return draw_creators(self.parameters, generator(self.seed, "creators"))[0]

    def rivals(self, weeks: int = 52) -> pd.DataFrame:
        """Public figures of four invented rivals, day by day; table ``rivals``.

        Their turning points are asked as ``rival_turns`` (for 52 weeks).
        """
        return self.rivals_and_truth(weeks)[0]

    def rivals_and_truth(self, weeks: int = 52) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rivals' table and their turning points: rival, date, size."""
        days = pd.date_range(self.start, periods=7 * weeks)
        last = near_moment(self.parameters, days) & ~near_moment(self.parameters, days + pd.Timedelta(days=1))
        return rivals_table(self.parameters, generator(self.seed, "rivals"), days, list(days[last].date))

    def crisis(self, scenario: str, hours: int | None = None) -> Crisis:
        """A crisis of this brand, to be run hour by hour; see ``sandbox.scenarios.SCENARIOS`` for the names.

        Raises NotFound for an unknown scenario.
        """
        from .crisis.room import Crisis

        return Crisis(
            scenario,
            self.seed,
            self.parameters,
            reputation=self.traits["reputation"],
            start=self.start + pd.Timedelta(hours=9),
            hours=hours,
        )

    def commit(self, question: str, answer: Any) -> Any:
        """Write down an answer about this world; the first one counts. See ``questions``."""
        from . import truth

        return truth.commit(self, question, answer)

    def reveal(self, question: str) -> Any:
        """Open the truth about a question after an answer was committed."""
        from . import truth

        return truth.reveal(self, question)

    def questions(self) -> pd.DataFrame:
        """What can be asked of this world: question, its form and its unit."""
        from . import truth

        return truth.questions()
