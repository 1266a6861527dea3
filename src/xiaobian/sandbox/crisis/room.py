"""A crisis that runs hour by hour, takes answers, and opens its truth when it is over.

>>> crisis = Crisis("wrong_price", seed=1)
>>> crisis.advance(2).hour
2
>>> crisis.respond("inform", empathy=True).at
2
>>> crisis.give_up()
>>> crisis.truth().cluster
'accidental'
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...errors import AnswerError, NotFound
from ...tables import TAIPEI, conform
from ..parameters import Parameters, load
from . import outcomes, scenarios
from .comments import LABELS, Stream, answered
from .engine import (
    HourCount,
    Rules,
    creator_mentions,
    draw_hours,
    event_mentions,
    platform_mix,
    poisson_quantile,
    stirred_mix,
    voices,
    volume,
)
from .outcomes import Plan, Stage
from .responses import (
    Case,
    Response,
    Standing,
    is_specific,
    moved,
    negative_level,
    of_option,
    spread,
    standing,
    without,
)
from .scenarios import Decision, Option, Scenario
from .state import CrisisState, Judged, OpenDecision, Regret, Truth, look
from .values import Change, responsibility

START = "2026-03-10 09:00"
LEAD = 24
"""Calm hours before hour 0 that ``mentions`` shows, to compare with."""


class Crisis:
    """One crisis of one scenario, in hours since the team noticed.

    scenario: an id or a ``Scenario``. seed: same seed, same luck in every hour, whatever is answered.
    reputation: of the brand before, in SD. start: Taipei time of hour 0. hours: how long it runs; default
    ``crisis.hours``. worded: whether comments get their words; without, all else is the same and much faster.

    Raises NotFound for an unknown scenario, AnswerError for a length below one day.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        seed: int,
        parameters: Parameters | None = None,
        *,
        reputation: float = 0.0,
        start: str | pd.Timestamp = START,
        hours: int | None = None,
        worded: bool = True,
    ) -> None:
        self.scenario = scenarios.load(scenario) if isinstance(scenario, str) else scenario
        self.seed, self.reputation = seed, reputation
        self.parameters = parameters or load()
        moment = pd.Timestamp(start)
        self.start = moment.tz_localize(TAIPEI) if moment.tz is None else moment.tz_convert(TAIPEI)
        length = int(self.parameters["crisis.hours"] if hours is None else hours)
        if length < LEAD:
            raise AnswerError(f"危機只有 {length} 小時", where="hours", next_step="請給 24 以上的小時數")
        self._rules = Rules.of(self.parameters)
        self._stage = self._set(length)
        self._mix = platform_mix(self.parameters)[1]
        self._stirred = [
            stirred_mix(hour, self.scenario.start_platform, self.parameters) for hour in range(length)
        ]
        self._lead = self._calm()
        self._responses: list[Response] = []
        self._taken: dict[int, str] = {}
        self._given_up = False
        self._echo = np.zeros((1, 1))
        self._share = self._rules.negative_start
        self._stood: tuple[tuple[int, bool], Standing] | None = None
        self._counts: list[HourCount] = []
        self._shares: list[float] = []
        self._comments, self._commented = Stream(self.scenario, self.parameters, said=worded), 0

    def _rng(self, purpose: int) -> np.random.Generator:
        """A generator for one purpose, the same for the same seed and scenario."""
        return np.random.default_rng([self.seed, zlib.crc32(self.scenario.id.encode()), purpose])

    def _set(self, hours: int) -> Stage:
        told, parameters = self.scenario, self.parameters
        blame, luck, background = self._rng(0).standard_normal(3)
        case = Case(
            cluster=told.cluster,
            blame=float(
                responsibility(
                    told.cluster,
                    parameters,
                    history=told.history > 0,
                    vivid=told.vivid,
                    reputation=self.reputation,
                    noise=blame,
                )
            ),
            vivid=told.vivid,
            severity=told.severity,
            platform=told.start_platform,
            arousal=told.tone_of_crowd,
            team_hours=tuple(fact.hour for fact in told.facts if fact.known_to == "team"),
            deniable_from=told.deniable_from,
        )
        event = event_mentions(hours, told.start_platform, told.severity, parameters)[0]
        loud = creator_mentions(hours, [(kol.hour, kol.followers) for kol in told.kol], parameters)
        draws = tuple(draw_hours(self._rng(1), hours, 1, len(platform_mix(parameters)[0])))
        noise = parameters["crisis.reputation_sd"] * luck + parameters["crisis.brand_sd"] * background
        return Stage(case, parameters, draws, event + loud, self.start.hour, float(noise))

    def _calm(self) -> list[HourCount]:
        mix = platform_mix(self.parameters)[1]
        draws = draw_hours(self._rng(2), LEAD, 1, len(mix))
        found = []
        for hour, draw in enumerate(draws, start=-LEAD):
            rhythm = self._rules.rhythm[(self._stage.clock + hour) % 24]
            mentions = poisson_quantile(draw.calm, rhythm * self._rules.base * mix)
            found.append(voices(mentions, self.parameters["crisis.calm_negative"], draw, self._rules))
        return found

    @property
    def silence_noticed(self) -> float:
        """Hours after which the public takes no answer for silence."""
        return float(self.parameters["crisis.timely_hours"][self.scenario.start_platform])

    @property
    def calm_hours(self) -> list[float]:
        """Mentions that each hour of a calm day brings, midnight first."""
        return (self._rules.base * self._rules.rhythm).tolist()

    @property
    def hour(self) -> int:
        """Hours since the team noticed."""
        return len(self._counts)

    @property
    def done(self) -> bool:
        """Whether it is over, by time or because it was given up."""
        return self._given_up or self.hour >= self._stage.hours

    @property
    def responses(self) -> Plan:
        """What was answered so far."""
        return tuple(self._responses)

    def advance(self, hours: int = 1) -> CrisisState:
        """Let so many hours pass (fewer at the end); returns the new state. Raises AnswerError below 1 hour."""
        if isinstance(hours, bool) or not isinstance(hours, (int, np.integer)) or hours < 1:
            raise AnswerError(f"不能前進 {hours} 小時", where="hours", next_step="請給 1 以上的整數小時")
        for _ in range(min(int(hours), self._stage.hours - self.hour)):
            self.tick()
        return self.state

    def tick(self) -> tuple[int, int]:
        """Let one hour pass without looking; its mentions and negative ones, all platforms. Not after the end."""
        hour, stage = self.hour, self._stage
        now = self._stands(hour)
        self._echo, mentions = volume(
            self._echo,
            hour,
            (stage.clock + hour) % 24,
            stage.draws[hour],
            self._rules,
            branching=spread(stage.case, now, self.parameters),
            outside=stage.outside[hour],
            mix=self._mix,
            stirred_mix=self._stirred[hour],
        )
        level = negative_level(now, self.parameters)
        self._share += self._rules.negative_step * (level - self._share)
        count = voices(mentions, self._share, stage.draws[hour], self._rules)
        self._counts.append(count)
        self._shares.append(self._share)
        return int(count.mentions.sum()), int(count.negative.sum())

    def _stands(self, hour: int) -> Standing:
        """How the brand stands at an hour; it changes with a response and when silence is noticed."""
        key = sum(response.at <= hour for response in self._responses), hour >= self.silence_noticed
        if self._stood is None or self._stood[0] != key:
            self._stood = key, standing(self._stage.case, self._responses, hour, self.parameters)
        return self._stood[1]

    def _open(self) -> tuple[int, Decision] | None:
        reached = [n for n, d in enumerate(self.scenario.decisions) if int(d.hour) <= self.hour]
        if self.done or not reached or reached[-1] in self._taken:
            return None
        return reached[-1], self.scenario.decisions[reached[-1]]

    @property
    def state(self) -> CrisisState:
        """What the team can see at this hour."""
        found = self._open()
        return look(self, [*self._lead, *self._counts], OpenDecision.of(*found) if found else None)

    def respond(
        self,
        choice: str | Option | Sequence[str],
        *,
        text: str | None = None,
        consistent: float | None = None,
        active: float | None = None,
        specific: bool | None = None,
        **signs: bool,
    ) -> Response:
        """Answer at this hour: an option of the open decision (its id), or one or several strategies.


        text: what is posted; it decides whether a disclosure is specific, unless ``specific`` says so.
        consistent, active: shares 0–1 where something has judged them. signs: empathy, private_channel,
        compensation, explanation, self_disclosure, pauses_schedule; an option brings its own.

        Raises NotFound for an unknown option, strategy or sign; AnswerError for a share outside 0–1 and once
        the crisis is over.
        """
        if self.done:
            raise AnswerError("這場危機已經結束，不能再回應", next_step="想試別的做法，請用 replay()")
        response = self._response(choice, text, consistent, active, specific, signs)
        found = self._open()
        if found and response.option:
            self._taken[found[0]] = response.option
        self._responses.append(response)
        return response

    def add(self, response: Response) -> None:
        """Record a response as it is, one of the last hour too."""
        self._responses.append(response)

    def fork(self) -> Crisis:
        """A copy that goes its own way from here under the same luck; neither changes the other.

        >>> crisis = Crisis("wrong_price", seed=1)
        >>> crisis.fork().advance(3).hour, crisis.hour
        (3, 0)
        """
        twin = copy(self)
        twin.__dict__.pop("_compared", None)
        twin._responses, twin._taken = list(self._responses), dict(self._taken)
        twin._counts, twin._shares = list(self._counts), list(self._shares)
        twin._comments = self._comments.fork()
        return twin

    def _response(
        self,
        choice: str | Option | Sequence[str],
        text: str | None,
        consistent: float | None,
        active: float | None,
        specific: bool | None,
        signs: dict[str, bool],
    ) -> Response:
        if unknown := sorted(set(signs) - set(scenarios.FLAGS)):
            raise NotFound(
                f"不認得 {'、'.join(unknown)}", next_step=f"可用的有：{'、'.join(scenarios.FLAGS)}"
            )
        for name, share in (("consistent", consistent), ("active", active)):
            if share is not None and not 0 <= share <= 1:
                raise AnswerError(f"{name} 是 {share}", next_step="請給 0 到 1 的數字")
        option, words = self._option(choice), text
        if option:
            found = self._open()
            start = of_option(option, self.hour, found[1].hour if found else 0.0, self.parameters)
            words = text or start.text
        else:
            names = (choice,) if isinstance(choice, str) else tuple(map(str, choice))  # type: ignore[arg-type]
            start = Response(self.hour, 0.0, names)
        detailed = is_specific(words, self.parameters) if specific is None else specific
        known: dict[str, Any] = {"consistent": consistent, "active": active, "text": words, **signs}
        return replace(start, delay=max(float(self.hour), start.delay), specific=detailed, **known)

    def _option(self, choice: str | Option | Sequence[str]) -> Option | None:
        if isinstance(choice, Option):
            return choice
        names = (choice,) if isinstance(choice, str) else tuple(choice)
        if names and set(names) <= set(scenarios.STRATEGIES):
            return None
        found, strategies = self._open(), "、".join(scenarios.STRATEGIES)
        if found and isinstance(choice, str) and choice in [option.id for option in found[1].options]:
            return found[1].option(choice)
        ids = f"選項 {'、'.join(option.id for option in found[1].options)}，或" if found else ""
        raise NotFound(
            f"現在沒有「{'、'.join(names)}」這個回應", next_step=f"可用的有：{ids}策略 {strategies}"
        )

    @property
    def mentions(self) -> pd.DataFrame:
        """Table ``mentions``: a row an hour and platform, the calm day before hour 0 included."""
        names = platform_mix(self.parameters)[0]
        counts = [*self._lead, *self._counts]
        times = self.start.floor("h") + pd.to_timedelta(np.arange(len(counts)) - LEAD, unit="h")
        columns = {
            name: np.concatenate([getattr(count, name)[0] for count in counts]).astype("int64")
            for name in ("mentions", "negative", "creators")
        }
        frame = pd.DataFrame(
            {"time": times.repeat(len(names)), "platform": list(names) * len(counts), **columns}
        )
        return conform(frame, "mentions")

    def comments(self, n: int | None = None) -> pd.DataFrame:
        """Table ``comments`` under the brand's own post so far, oldest first; only the last n if n is given."""
        found = conform(self._written.drop(columns=LABELS), "comments")
        return found if n is None else found.tail(n).reset_index(drop=True)

    def comment_labels(self, n: int | None = None) -> pd.DataFrame:
        """Table ``comment_labels`` of the same comments, with ``kind``: valid, misleading or irrelevant."""
        labels = self._written[["comment_id", *LABELS]]
        found = conform(labels, "comment_labels")
        return found if n is None else found.tail(n).reset_index(drop=True)

    @property
    def case(self) -> Case:
        """What is true of this crisis whatever is answered; raises AnswerError before its end."""
        return self._over().case

    @property
    def hourly(self) -> list[tuple[int, int]]:
        """Mentions and negative ones of every hour, all platforms; the calm day before hour 0 first."""
        return [(int(c.mentions.sum()), int(c.negative.sum())) for c in (*self._lead, *self._counts)]

    @property
    def written(self) -> Sequence[Mapping[str, Any]]:
        """Comments so far with their labels as plain rows, oldest first."""
        self._write()
        return self._comments.rows

    @property
    def _written(self) -> pd.DataFrame:
        self._write()
        return self._comments.table()

    def _write(self) -> None:
        begins = self.start.to_pydatetime()
        for hour in range(self._commented, self.hour):
            self._comments.hour(
                self._rng(1000 + hour),
                begins + timedelta(hours=hour),
                hour,
                int(self._counts[hour].mentions.sum()),
                self._shares[hour],
                answered(self._responses, hour, self.silence_noticed),
            )
        self._commented = self.hour

    def give_up(self) -> None:
        """Let the rest run without further answers; after this the truth may be opened."""
        if not self.done:
            self.advance(self._stage.hours)
        self._given_up = True

    def _over(self) -> Stage:
        if self.hour < self._stage.hours:
            raise AnswerError(
                "危機還沒結束，真相還不能打開", next_step="請用 advance() 走完，或用 give_up() 放棄"
            )
        return self._stage

    def value(self) -> float:
        """Change of the brand's reputation right after the crisis, in SD; raises AnswerError before its end."""
        return float(outcomes.outcomes(self._over(), [self.responses])[0].short[0])

    @cached_property
    def _compared(self) -> tuple[float, float, Plan]:
        stage = self._over()
        plans = outcomes.option_plans(self.scenario, self.parameters)
        return outcomes.baseline(stage), *outcomes.oracle(stage, [*plans, self.responses])

    def regret(self) -> Regret:
        """Own value beside the baseline (what firms usually do) and the oracle; AnswerError before the end."""
        usual, best, _ = self._compared
        return Regret(self.value(), usual, best)

    def replay(self, strategy: str | Sequence[str] = "silence", delay: float = 0.0, **how: Any) -> Crisis:
        """The same crisis under the same luck, answered once after ``delay`` hours; it has run to its end.

        how: as in ``respond``. Raises AnswerError before the end and for a delay outside the crisis.
        """
        hours = self._over().hours
        if not 0 <= delay < hours:
            raise AnswerError(
                f"回應時間是 {delay} 小時", where="delay", next_step=f"請給 0 到 {hours} 之間的小時"
            )
        again = Crisis(
            self.scenario,
            self.seed,
            self.parameters,
            reputation=self.reputation,
            start=self.start,
            hours=hours,
        )
        if delay > 0:
            again.advance(int(np.ceil(delay)))
        again.respond(strategy, **how)
        again._responses[-1] = moved(again._responses[-1], delay)
        again.give_up()
        return again

    def replays(self) -> pd.DataFrame:
        """Every strategy at several delays under the same luck; raises AnswerError before the end."""
        return outcomes.replays(self._over())

    def what_if(self, plans: Sequence[Plan]) -> Change:
        """Change of reputation under other plans and the same luck, an element a plan; AnswerError before the end."""
        return outcomes.outcomes(self._over(), plans)[0]

    def truth(self) -> Truth:
        """Everything that was hidden; raises AnswerError before the end."""
        stage = self._over()
        own = self.responses
        plans = [own, *(without(own, n) for n in range(len(own)))]
        change, highest, _ = outcomes.outcomes(stage, plans)
        end = standing(stage.case, own, stage.hours, self.parameters)
        judged = tuple(
            Judged.of(stage.case, response, worth, self.parameters)
            for response, worth in zip(own, change.short[0] - change.short[1:], strict=True)
        )
        return Truth.of(
            self.scenario, stage, end, judged, change, float(highest[0]), self.regret(), self._compared[2]
        )
