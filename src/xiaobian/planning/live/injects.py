"""What can happen in a live sale: kinds of injects with their variants, the actions, the sheet; and one drill's draw of them.

All texts and numbers are in ``injects.yml``; seconds and harm points there are design parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import yaml

from ...errors import NotFound
from ...sandbox.streams import generator


@dataclass(frozen=True)
class Action:
    """Something the editor can do: its letter, label, and the seconds of attention it takes."""

    id: str
    letter: str
    label: str
    seconds: int


@dataclass(frozen=True)
class Kind:
    """A kind of inject and its truth.

    most: harm points when nobody deals with it. grace, until: seconds between which the harm of waiting grows evenly from
    0 to ``most``. best, fair: ids of actions that end it well or less well. fair_harm, wrong_harm: points an action of
    that kind adds, or costs. truth: what was really the case. source: viewer or crew. group: what one can tell at a glance, in words.
    """

    id: str
    label: str
    most: float
    grace: int
    until: int
    best: tuple[str, ...]
    fair: tuple[str, ...]
    fair_harm: float
    wrong_harm: float
    truth: str
    source: str
    window: tuple[int, int]
    core: bool
    group: str
    variants: tuple[Mapping[str, Any], ...]

    def waited(self, seconds: float) -> float:
        """Harm of waiting so long, in points."""
        if not self.most:
            return 0.0
        return self.most * min(1.0, max(0.0, (seconds - self.grace) / (self.until - self.grace)))

    def grade(self, action: str) -> str:
        """``best``, ``fair`` or ``wrong``."""
        return "best" if action in self.best else "fair" if action in self.fair else "wrong"


@dataclass(frozen=True)
class Inject:
    """One thing that happens in a drill: its number from 1 in order of coming, when (seconds), who, what, how many alike."""

    number: int
    at: int
    author: str
    text: str
    echo: int
    kind: Kind


@dataclass(frozen=True)
class Scenario:
    """Everything of ``injects.yml``."""

    seconds: int
    injects: int
    step: int
    pause_harm: float
    actions: Mapping[str, Action]
    sheet: Mapping[str, str]
    kinds: Mapping[str, Kind]
    plan: Mapping[str, Any]

    def action(self, name: str) -> Action:
        """An action by its id, letter or label; raises NotFound."""
        for action in self.actions.values():
            if name in (action.id, action.letter, action.letter.lower(), action.label):
                return action
        known = "、".join(f"{a.letter} {a.label}" for a in self.actions.values())
        raise NotFound(f"沒有「{name}」這個做法", next_step=f"可用的有：{known}")


@cache
def scenario() -> Scenario:
    """The scenario of the kit, read once.

    >>> len(scenario().actions), scenario().seconds
    (10, 600)
    """
    told = yaml.safe_load(files(__package__).joinpath("injects.yml").read_text(encoding="utf-8"))
    kinds = {name: _kind(name, entry, told) for name, entry in told["kinds"].items()}
    return Scenario(
        seconds=told["seconds"],
        injects=told["injects"],
        step=told["step"],
        pause_harm=float(told["pause_harm"]),
        actions={name: Action(name, **entry) for name, entry in told["actions"].items()},
        sheet=told["sheet"],
        kinds=kinds,
        plan={k: told[k] for k in ("first", "last", "bursts", "burst_length", "authors", "extras")},
    )


def _kind(name: str, entry: Mapping[str, Any], told: Mapping[str, Any]) -> Kind:
    most = float(entry["most"])
    return Kind(
        id=name,
        label=entry["label"],
        most=most,
        grace=entry["grace"],
        until=entry["until"],
        best=tuple(entry["best"]),
        fair=tuple(entry["fair"]),
        fair_harm=float(entry.get("fair_harm", told["fair_share"] * most)),
        wrong_harm=float(entry.get("wrong_harm", told["wrong_share"] * most)),
        truth=entry["truth"],
        source=entry.get("from", "viewer"),
        window=tuple(entry.get("window", (told["first"], told["last"]))),
        core=bool(entry.get("core", False)),
        group=told["groups"][entry["group"]],
        variants=tuple(entry["variants"]),
    )


@cache
def draw(seed: int) -> tuple[Inject, ...]:
    """The injects of one drill in order of coming; the same for the same seed.

    Every core kind comes once, with a few of the others; a variant of each is drawn. Some come in bursts, as chat does.

    >>> first = draw(1)[0]
    >>> len(draw(1)), first.number, first.at % scenario().step
    (30, 1, 0)
    """
    told, rng = scenario(), generator(seed, "live", "injects")
    core = [kind for kind in told.kinds.values() if kind.core]
    others = [kind for kind in told.kinds.values() if not kind.core]
    extra = rng.choice(len(others), told.plan["extras"], replace=False)
    kinds = [*core, *(others[i] for i in sorted(extra))]
    order = [kinds[i] for i in rng.permutation(len(kinds))]
    times = _times(rng, told)
    taken = _seated(order, times)
    authors = rng.permutation(told.plan["authors"])
    found = []
    for number, (at, kind) in enumerate(sorted(taken, key=lambda pair: pair[0]), start=1):
        variant = kind.variants[int(rng.integers(len(kind.variants)))]
        author = "現場導播" if kind.source == "crew" else str(authors[number])
        found.append(Inject(number, at, author, variant["text"], variant.get("echo", 0), kind))
    return tuple(found)


def _times(rng: np.random.Generator, told: Scenario) -> list[int]:
    first, last = told.plan["first"], told.plan["last"]
    length, step = told.plan["burst_length"], told.step
    bursts = [at + shift for at, count in told.plan["bursts"] for shift in rng.uniform(0, length, count)]
    calm = rng.uniform(first, last, told.injects - len(bursts))
    return sorted(int(step * round(float(t) / step)) for t in [*bursts, *calm])


def _seated(order: list[Kind], times: list[int]) -> list[tuple[int, Kind]]:
    """A time for each kind; one with a narrow window takes the first free time that fits."""
    free, found = list(times), []
    for kind in sorted(order, key=lambda k: k.window[1] - k.window[0]):
        fits = [t for t in free if kind.window[0] <= t <= kind.window[1]] or free
        at = fits[len(fits) // 2] if len(fits) < len(free) else free[0]
        free.remove(at)
        found.append((at, kind))
    return found


def chat(seed: int, until: int) -> pd.DataFrame:
    """The chat of a drill until a second, as one would read it: 秒, 誰, 留言, 還有幾人這樣說."""
    rows = [
        {"秒": i.at, "誰": i.author, "留言": i.text, "還有幾人": i.echo} for i in draw(seed) if i.at <= until
    ]
    return pd.DataFrame(rows, columns=["秒", "誰", "留言", "還有幾人"])
