"""Comments under the brand's post during a crisis: the scenario's own, a third valid, misleading, irrelevant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike

from . import registers
from .crisis_responses import Response
from .crisis_values import SILENCE
from .parameters import Parameters
from .scenarios import ANY, Inject, Scenario
from .templates import Template, slots

LABELS = [
    "topic",
    "intent",
    "stance",
    "arousal",
    "target",
    "sarcasm",
    "action",
    "template",
    "held_out",
    "kind",
]
_COLUMNS = ["comment_id", "post_id", "platform", "author", "created_at", "text", "likes", "reply_to", *LABELS]
_SHARED = "id", "text", "intent", "stance", "arousal", "target", "action", "sarcasm", "held_out", "kind"
_LIKES = {"low": 0.8, "mid": 1.6, "high": 4.0}
"""Mean likes of a comment by its arousal (design parameters)."""


def number(mentions: int, parameters: Parameters) -> int:
    """Comments that show under the brand's post in an hour with so many mentions.

    >>> from .parameters import load
    >>> [number(n, load()) for n in (10, 10_000)]
    [2, 60]
    """
    return min(round(mentions * parameters["crisis.comment_rate"]), int(parameters["crisis.comment_limit"]))


class Stream:
    """The comments of the hours so far, written hour by hour and never again.

    An hour's comments depend on the seed, the hour and what was answered before, never on what comes later.
    """

    def __init__(self, scenario: Scenario, parameters: Parameters) -> None:
        self._scenario, self._parameters = scenario, parameters
        self._used: Counter[str] = Counter()
        self._templates = {inject.id: _template(scenario, inject) for inject in scenario.injects}
        self._rows: list[dict[str, object]] = []

    def hour(
        self, rng: Generator, begins: pd.Timestamp, hour: int, mentions: int, negative: float, said: set[str]
    ) -> None:
        """Write the comments of one hour.

        begins: its Taipei time. mentions, negative: of the hour (count, share 0–1). said: what the brand's answer
        amounts to so far, as ``answered`` gives it.
        """
        pool = available(self._scenario.injects, hour, said)
        count = number(mentions, self._parameters) if pool else 0
        seconds = np.sort(rng.integers(0, 3600, count)).tolist()
        chosen = [self._pick(rng, pool, negative) for _ in seconds]
        platform = self._scenario.start_platform
        texts = registers.voice(rng, [self._templates[i.id] for i in chosen], [platform] * len(chosen))
        for place, (second, inject, text) in enumerate(zip(seconds, chosen, texts, strict=True)):
            self._rows.append(
                {
                    "comment_id": f"{self._scenario.id}-{hour:03d}-{place:02d}",
                    "post_id": f"crisis-{self._scenario.id}",
                    "platform": platform,
                    "author": f"網友{int(rng.integers(1000, 10_000))}",
                    "created_at": begins + pd.Timedelta(seconds=second),
                    "text": text,
                    "likes": int(rng.poisson(_LIKES[inject.arousal])),
                    "reply_to": None,
                    "topic": self._scenario.id,
                    "template": inject.id,
                    **{name: getattr(inject, name) for name in LABELS if name not in ("topic", "template")},
                }
            )

    def table(self) -> pd.DataFrame:
        """Comments with their labels, oldest first."""
        return pd.DataFrame(self._rows, columns=_COLUMNS)

    def _pick(self, rng: Generator, pool: Sequence[Inject], negative: float) -> Inject:
        mix = self._parameters["crisis.inject_mix"]
        kinds = [kind for kind in mix if any(inject.kind == kind for inject in pool)]
        kind = kinds[_draw(rng, [mix[name] for name in kinds])]
        some = [inject for inject in pool if inject.kind == kind]
        opposed = np.array([inject.stance == "oppose" for inject in some])
        weight = np.where(
            opposed, negative / max(1, opposed.sum()), (1 - negative) / max(1, (~opposed).sum())
        )
        inject = some[_draw(rng, weight / (1.0 + np.array([self._used[i.id] for i in some])) ** 2)]
        self._used[inject.id] += 1
        return inject


def answered(responses: Sequence[Response], hour: int, silence_noticed: float) -> set[str]:
    """Strategies the brand has used by an hour; silence among them once it is noticed.

    silence_noticed: hours after which a brand that has said nothing is seen as silent.
    """
    made = [response for response in responses if response.at <= hour]
    said = {strategy for response in made for strategy in response.strategies}
    return said | ({SILENCE} if hour >= silence_noticed and not any(r.spoken for r in made) else set())


def available(injects: Sequence[Inject], hour: int, said: set[str]) -> list[Inject]:
    """Injects that may appear at an hour: late enough, and after what they react to."""
    return [i for i in injects if i.from_hour <= hour and (i.after == ANY or i.after in said)]


def _draw(rng: Generator, weights: ArrayLike) -> int:
    share = np.asarray(weights, dtype=float)
    return int(np.searchsorted(np.cumsum(share / share.sum())[:-1], rng.random(), side="right"))


def _template(scenario: Scenario, inject: Inject) -> Template:
    values = {**slots(), **scenario.slots}
    same = {name: getattr(inject, name) for name in _SHARED}
    return Template(topic=scenario.id, slots=tuple((name, values[name]) for name in inject.slots), **same)
