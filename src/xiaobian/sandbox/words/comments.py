"""Comments as a public would write them under given posts, with the labels a careful moderator would give.

A world says for each post how many comments it gets, about what, how many oppose and how heated it is (`Brief`);
`write_comments` draws the templates and `registers.tell` says them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...errors import KitError, NotFound
from ...tables import PLATFORMS
from . import registers
from .templates import AROUSALS, INTENTS, MEDIA, STANCES, Template
from .templates import templates as everyday

LABELS = ("topic", "intent", "stance", "arousal", "target", "sarcasm", "action")
FLAGS = ("sarcasm", "held_out")
SUPPORT = 0.55
_HEAT = {"low": -1.0, "mid": 0.0, "high": 1.0}


@dataclass(frozen=True)
class Brief:
    """What the comments under one post are like.

    n: how many. platform: as in the posts table.
    topics: weight of each topic; empty: all alike.
    negative: share of comments that oppose, 0–1. support: share of supporting ones among the rest, 0–1.
    heat: 0 is an ordinary day; each +1 makes a heated comment e times as likely against a middling one.
    intents: factor on the weight of an intent, for example ``{"question": 3, "scam": 0}``.
    medium: video or image lets through remarks on films or on pictures; any (text posts) neither.
    """

    n: int
    platform: str
    topics: Mapping[str, float] = field(default_factory=dict)
    negative: float = 0.12
    support: float = SUPPORT
    heat: float = 0.0
    intents: Mapping[str, float] = field(default_factory=dict)
    medium: str = "any"


def _known(values: Mapping[str, float], allowed: Sequence[str], what: str) -> None:
    for name in values:
        if name not in allowed:
            raise NotFound(f"沒有「{name}」這個{what}", next_step=f"可用的有：{'、'.join(allowed)}")
    if any(weight < 0 for weight in values.values()):
        raise KitError(f"{what}的權重不能小於 0", where="Brief", next_step="請給 0 以上的數字")


def _checked(brief: Brief, topics: Sequence[str]) -> None:
    _known(brief.topics, topics, "留言主題")
    _known(brief.intents, tuple(INTENTS), "留言意圖")
    _known({brief.platform: 0}, tuple(PLATFORMS), "平台")
    _known({brief.medium: 0}, MEDIA, "素材形式")
    for name, share in (("negative", brief.negative), ("support", brief.support)):
        if not 0 <= share <= 1:
            raise KitError(
                f"{name} 是 {share}，不在 0 到 1 之間", where="Brief", next_step="占比請寫成 0 到 1"
            )
    if brief.n < 0:
        raise KitError(f"留言數是 {brief.n}", where="Brief", next_step="請給 0 以上的整數")


def _codes(values: Sequence[str], names: Sequence[str]) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[value] for value in values], dtype=np.intp)


def _vector(weights: Mapping[str, float], names: Sequence[str], missing: float) -> list[float]:
    return [weights.get(name, missing) for name in names]


def _appeal(pool: Sequence[Template]) -> np.ndarray:
    """Weight of each template before any brief: rare intents and stories rarer, short cheers oftener."""
    weight = registers.words()["weights"]
    often = [weight["short"] if registers.is_short(t.text) else 1.0 for t in pool]
    told = [weight["story"] if registers.is_story(t) and not t.kind else 1.0 for t in pool]
    return np.array([weight.get(t.intent, 1.0) for t in pool]) * often * told


def probabilities(briefs: Sequence[Brief], pool: Sequence[Template]) -> np.ndarray:
    """Chance of each template (columns) under each brief (rows): topic × stance × how likely within both.

    A topic without templates of a stance passes its share on to the others. Raises NotFound or KitError for a
    brief that names what does not exist, and KitError where nothing is left to say.
    """
    topics = list(dict.fromkeys(t.topic for t in pool))
    for brief in briefs:
        _checked(brief, topics)
    topic = _codes([t.topic for t in pool], topics)
    stance = _codes([t.stance for t in pool], tuple(STANCES))
    intent = _codes([t.intent for t in pool], tuple(INTENTS))
    heat = np.array([_HEAT[level] for level in AROUSALS])[_codes([t.arousal for t in pool], tuple(AROUSALS))]
    medium = np.array([[t.medium in ("any", m) for t in pool] for m in MEDIA])

    of_topic = np.array([_vector(b.topics, topics, 0.0 if b.topics else 1.0) for b in briefs])
    rest = [1 - b.negative for b in briefs]
    of_stance = np.array(
        [[r * b.support, r * (1 - b.support), b.negative] for b, r in zip(briefs, rest, strict=True)]
    )
    of_intent = np.array([_vector(b.intents, tuple(INTENTS), 1.0) for b in briefs])

    within = _appeal(pool) * of_intent[:, intent] * np.exp(np.outer([b.heat for b in briefs], heat))
    within *= medium[[MEDIA.index(b.medium) for b in briefs]]
    cell = topic * len(STANCES) + stance
    total = within @ np.eye(len(topics) * len(STANCES))[cell]
    chance = of_topic[:, topic] * of_stance[:, stance] * within / np.where(total == 0, 1, total)[:, cell]
    mass = chance.sum(axis=1, keepdims=True)
    if (mass == 0).any():
        number = int(np.flatnonzero(mass[:, 0] == 0)[0])
        raise KitError(
            "照這些條件沒有留言可寫", where=f"第 {number + 1} 個 Brief", next_step="請放寬主題、立場或意圖"
        )
    return np.asarray(chance / mass)


def _drawn(rng: np.random.Generator, chance: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Column drawn for each comment, brief after brief."""
    edges = chance.cumsum(axis=1)
    edges[:, -1] = 1.0
    row = np.repeat(np.arange(len(counts)), counts)
    place = np.searchsorted(
        (edges + np.arange(len(counts))[:, None]).ravel(), rng.random(len(row)) + row, "right"
    )
    return np.minimum(place - row * chance.shape[1], chance.shape[1] - 1)


def write_comments(
    rng: np.random.Generator,
    briefs: Brief | Sequence[Brief],
    *,
    held_out: bool | None = False,
    templates: Sequence[Template] | None = None,
) -> pd.DataFrame:
    """Write the comments under some posts, one row a comment, brief after brief.

    briefs: one for each post. held_out: False draws from training templates, True from the ones kept for tests,
    None from all. templates: draw from these (for example a crisis's) instead of the everyday ones.
    Columns: brief (position of the post's brief), platform, text, topic, intent, stance, arousal, target,
    sarcasm, action, kind, template (its id), held_out. Same generator state and same briefs, same rows.

    Raises NotFound or KitError for a brief that asks for what does not exist.

    >>> frame = write_comments(np.random.default_rng(3), Brief(2, "threads", {"taste": 1}))
    >>> frame["topic"].tolist()
    ['taste', 'taste']
    """
    asked = [briefs] if isinstance(briefs, Brief) else list(briefs)
    source = everyday() if templates is None else templates
    pool = [t for t in source if held_out in (None, t.held_out)]
    counts = np.array([brief.n for brief in asked], dtype=np.intp)
    chance = probabilities(asked, pool) if asked else np.empty((0, len(pool)))
    row = np.repeat(np.arange(len(asked)), counts)
    drawn = [pool[i] for i in (_drawn(rng, chance, counts) if asked else ())]
    platforms = [asked[i].platform for i in row]
    columns: dict[str, object] = {
        "brief": row,
        "platform": platforms,
        "text": registers.tell(rng, drawn, platforms),
    }
    columns |= {name: [getattr(t, name) for t in drawn] for name in (*LABELS, "kind")}
    columns |= {"template": [t.id for t in drawn], "held_out": [t.held_out for t in drawn]}
    dtypes = {name: "bool" if name in FLAGS else "string" for name in columns if name != "brief"}
    return pd.DataFrame(columns).astype(dtypes)
