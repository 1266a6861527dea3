"""Comments under the brand's post during a crisis: a third valid, a third misleading, a third irrelevant.

They come from the scenario's injects; most of the irrelevant ones are what people write on any day. Only a share of
the mentions is written under the brand's own post (``crisis.comment_rate``, at most ``crisis.comment_limit`` an hour,
both 設計參數); the others talk elsewhere and are only counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import ArrayLike

from ..parameters import Parameters
from ..words import registers
from ..words.comments import Brief, probabilities
from ..words.templates import INTENTS, Template, slots, templates
from .responses import Response
from .scenarios import ANY, Inject, Scenario
from .values import SILENCE

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
_PEOPLE = 20_000
_SMALL_TALK = {"praise": 1.0, "wish": 1.0, "order": 1.0, "question": 1.0}
_ABOUT = {"taste": 1.0, "store": 1.0, "wish": 0.6}
"""What people write about who have not noticed the crisis, and how often; nothing that may be about it."""
_ELSEWHERE = re.compile(
    "過年|清明|端午|中秋|聖誕|尾牙|颱風|[冬夏]天|^推|投|票|這篇|照片|圖上|成真|有救|聽到|網友在喊"
)
_DATED = {"fest", "lunar"}
_LIKES = {"low": 0.8, "mid": 1.6, "high": 4.0}
"""Mean likes of a comment by its arousal (design parameters)."""


@dataclass(frozen=True)
class _Pool:
    """Templates to draw from: ids, which of them oppose, how fast each wears out, and the chance of each on any day."""

    templates: Sequence[Template]
    ids: tuple[str, ...]
    opposes: np.ndarray
    tiring: np.ndarray
    usual: np.ndarray

    @classmethod
    def of(cls, templates: Sequence[Template], usual: np.ndarray | None = None) -> _Pool:
        return cls(
            templates,
            tuple(t.id for t in templates),
            np.array([t.stance == "oppose" for t in templates]),
            np.where([t.intent in registers.GRAVE for t in templates], *_TIRING),
            np.ones(len(templates)) if usual is None else usual,
        )


@dataclass(frozen=True)
class _Shelf:
    """A pool in one hour: the weight of each template by the mood, and how often each was used; that grows."""

    pool: _Pool
    mood: np.ndarray
    used: np.ndarray


@dataclass(frozen=True)
class _Kinds:
    """Kinds of comment with their templates, and the edges between them."""

    pools: tuple[tuple[str, _Pool], ...]
    edges: tuple[float, ...]


def number(mentions: int, parameters: Parameters) -> int:
    """Comments that show under the brand's post in an hour with so many mentions.

    >>> from ..parameters import load
    >>> [number(n, load()) for n in (10, 10_000)]
    [1, 15]
    """
    return min(round(mentions * parameters["crisis.comment_rate"]), int(parameters["crisis.comment_limit"]))


class Stream:
    """The comments of the hours so far, written hour by hour and never again.

    An hour's comments depend on the seed, the hour and what was answered before, never on what comes later.
    """

    def __init__(self, scenario: Scenario, parameters: Parameters, *, said: bool = True) -> None:
        """said: whether the comments get their words; without, the labels are the same and it is much faster."""
        self._scenario, self._parameters, self._said = scenario, parameters, said
        self._everyday_share = float(parameters["crisis.everyday_share"])
        self._used: Counter[str] = Counter()
        self._templates = {inject.id: _template(scenario, inject) for inject in scenario.injects}
        self._everyday = _small_talk(scenario.start_platform)
        self._heard: set[str] = set()
        self._known: dict[tuple[str, ...], _Kinds] = {}
        self._labelled: dict[str, dict[str, Any]] = {}
        self._rows: list[dict[str, Any]] = []

    def hour(
        self, rng: Generator, begins: datetime, hour: int, mentions: int, negative: float, said: set[str]
    ) -> None:
        """Write the comments of one hour.

        begins: its Taipei time. mentions, negative: of the hour (count, share 0–1). said: what the brand's answer
        amounts to so far, as ``answered`` gives it.
        """
        kinds = self._kinds(available(self._scenario.injects, hour, said))
        count = number(mentions, self._parameters) if kinds else 0
        seconds = np.sort(rng.integers(0, 3600, count)).tolist()
        shelves = self._shelves(kinds, negative) if kinds else []
        chosen = [self._pick(rng, kinds, shelves) for _ in seconds] if kinds else []
        platform = self._scenario.start_platform
        texts = registers.tell(rng, chosen, [platform] * count, self._heard) if self._said else [""] * count
        for place, (second, template, text) in enumerate(zip(seconds, chosen, texts, strict=True)):
            author = f"u{int(rng.integers(1, _PEOPLE)):05d}" if self._said else ""
            self._rows.append(
                {
                    "comment_id": f"{self._scenario.id}-{hour:03d}-{place:02d}",
                    "post_id": f"crisis-{self._scenario.id}",
                    "platform": platform,
                    "author": author,
                    "created_at": begins + timedelta(seconds=second),
                    "text": text,
                    "likes": int(rng.poisson(_LIKES[template.arousal])) if self._said else 0,
                    "reply_to": None,
                    **self._labels(template),
                }
            )

    def _labels(self, template: Template) -> dict[str, Any]:
        if template.id not in self._labelled:
            values = {name: getattr(template, name) for name in LABELS if name != "template"}
            self._labelled[template.id] = {"template": template.id, **values}
        return self._labelled[template.id]

    def _kinds(self, injects: Sequence[Inject]) -> _Kinds | None:
        """The kinds of comment that these injects can give; None without any."""
        if not injects:
            return None
        key = tuple(inject.id for inject in injects)
        if key not in self._known:
            mix = self._parameters["crisis.inject_mix"]
            of_kind = {kind: [i.id for i in injects if i.kind == kind] for kind in mix}
            pools = {
                kind: _Pool.of([self._templates[id] for id in ids]) for kind, ids in of_kind.items() if ids
            }
            self._known[key] = _Kinds(tuple(pools.items()), tuple(_edges([mix[kind] for kind in pools])))
        return self._known[key]

    def fork(self) -> Stream:
        """A stream that goes its own way from here."""
        twin = copy(self)
        twin._used, twin._heard, twin._rows = self._used.copy(), set(self._heard), list(self._rows)
        return twin

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Comments with their labels as plain rows, oldest first."""
        return self._rows

    def table(self) -> pd.DataFrame:
        """Comments with their labels, oldest first."""
        return pd.DataFrame(self._rows, columns=_COLUMNS)

    def _shelves(self, kinds: _Kinds, negative: float) -> list[_Shelf]:
        """The templates of an hour by kind, those of any day last, with how far each is worn out."""
        moods = [np.where(pool.opposes, negative, 1 - negative) for _, pool in kinds.pools]
        pools = [*(pool for _, pool in kinds.pools), self._everyday]
        return [
            _Shelf(pool, mood, np.array([self._used[id] for id in pool.ids]))
            for pool, mood in zip(pools, [*moods, self._everyday.usual], strict=True)
        ]

    def _pick(self, rng: Generator, kinds: _Kinds, shelves: Sequence[_Shelf]) -> Template:
        """One template: first its kind, then one of that kind that is not worn out yet and suits the mood."""
        place = bisect_right(kinds.edges, rng.random())
        if rng.random() < self._everyday_share and kinds.pools[place][0] == IRRELEVANT:
            place = -1
        shelf = shelves[place]
        chosen = bisect_right(_edges(shelf.mood / (1.0 + shelf.used) ** shelf.pool.tiring), rng.random())
        shelf.used[chosen] += 1
        template = shelf.pool.templates[chosen]
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


@cache
def _small_talk(platform: str) -> _Pool:
    """Everyday comments that fit any season and any post, with the chance of each."""
    pool = [
        template
        for template in templates(held_out=False)
        if template.topic in _ABOUT and not _elsewhere(template) and template.intent in _SMALL_TALK
    ]
    intents = dict.fromkeys(INTENTS, 0.0) | _SMALL_TALK
    chance = probabilities([Brief(0, platform, _ABOUT, negative=0.0, intents=intents)], pool)[0]
    return _Pool.of([replace(template, kind=IRRELEVANT) for template in pool], chance)


def _elsewhere(template: Template) -> bool:
    """Whether it belongs to a season or to a post of another kind."""
    return bool(_ELSEWHERE.search(template.text) or _DATED & {slot for slot, _ in template.slots})


def _edges(weights: ArrayLike) -> list[float]:
    """Where one choice ends and the next begins on the way from 0 to 1; the last needs no edge."""
    share = np.asarray(weights, dtype=float)
    return np.cumsum(share / share.sum())[:-1].tolist()


def _template(scenario: Scenario, inject: Inject) -> Template:
    values = {**slots(), **scenario.slots}
    same = {name: getattr(inject, name) for name in _SHARED}
    return Template(topic=scenario.id, slots=tuple((name, values[name]) for name in inject.slots), **same)
