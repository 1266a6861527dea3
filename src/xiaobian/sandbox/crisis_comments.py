"""Comments under the brand's post during a crisis: a third valid, a third misleading, a third irrelevant.

They come from the scenario's injects; part of the irrelevant ones are what people write on any day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike

from . import registers
from .crisis_responses import Response
from .crisis_values import SILENCE
from .parameters import Parameters
from .scenarios import ANY, Inject, Scenario
from .templates import Template, slots, templates

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
_TIRING = 6.0, 2.0
"""How fast a template wears out; threats and private data, which are said in one wording only, wear out first."""
_COLUMNS = ["comment_id", "post_id", "platform", "author", "created_at", "text", "likes", "reply_to", *LABELS]
_SHARED = "id", "text", "intent", "stance", "arousal", "target", "action", "sarcasm", "held_out", "kind"
IRRELEVANT = "irrelevant"
_SMALL_TALK = "banter", "tag", "praise", "wish", "order"
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
        self._everyday = [
            replace(t, kind=IRRELEVANT)
            for t in templates(held_out=False)
            if t.intent in _SMALL_TALK and t.stance != "oppose" and t.medium == "any"
        ]
        self._seen: set[str] = set()
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
        texts = self._said(rng, chosen, platform)
        for place, (second, template, text) in enumerate(zip(seconds, chosen, texts, strict=True)):
            self._rows.append(
                {
                    "comment_id": f"{self._scenario.id}-{hour:03d}-{place:02d}",
                    "post_id": f"crisis-{self._scenario.id}",
                    "platform": platform,
                    "author": f"網友{int(rng.integers(1000, 10_000))}",
                    "created_at": begins + pd.Timedelta(seconds=second),
                    "text": text,
                    "likes": int(rng.poisson(_LIKES[template.arousal])),
                    "reply_to": None,
                    "template": template.id,
                    **{name: getattr(template, name) for name in LABELS if name != "template"},
                }
            )

    def _said(self, rng: Generator, chosen: Sequence[Template], platform: str) -> list[str]:
        """Say each comment; who repeats what was said before tries once more in other words."""
        texts = registers.voice(rng, chosen, [platform] * len(chosen))
        fresh = registers.voice(rng, chosen, [platform] * len(chosen), more=1.6)
        for place, text in enumerate(texts):
            if text in self._seen:
                texts[place] = fresh[place]
            self._seen.add(texts[place])
        return texts

    def table(self) -> pd.DataFrame:
        """Comments with their labels, oldest first."""
        return pd.DataFrame(self._rows, columns=_COLUMNS)

    def _pick(self, rng: Generator, pool: Sequence[Inject], negative: float) -> Template:
        mix = self._parameters["crisis.inject_mix"]
        kinds = [kind for kind in mix if any(inject.kind == kind for inject in pool)]
        kind, everyday = kinds[_draw(rng, [mix[name] for name in kinds])], rng.random()
        some = [self._templates[inject.id] for inject in pool if inject.kind == kind]
        if kind == IRRELEVANT and everyday < self._parameters["crisis.everyday_share"]:
            some = self._everyday
        opposed = np.array([template.stance == "oppose" for template in some])
        weight = np.where(opposed, negative, 1 - negative)
        tired = np.where([t.intent in registers.GRAVE for t in some], *_TIRING)
        used = np.array([self._used[t.id] for t in some])
        template = some[_draw(rng, weight / (1.0 + used) ** tired)]
        self._used[template.id] += 1
        return template


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
