"""Sentence patterns and their words, read from ``datasets/ai/grammar``; what fills their slots comes from a brief."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from ... import datasets
from ...text.retrieval import grams
from ..briefs import Brief
from ..grounding import claims

SLOT = re.compile(r"\{(\w+)\}")
FACT_LENGTH, AUDIENCE_LENGTH, PLAIN_LENGTH, PAIN_LENGTH = 22, 16, 7, 18
"""Longest text in signs that still reads well in the slot (設計參數)."""

_CLAUSE = re.compile(r"[，；。！？、\n]")
_HANGS = re.compile(
    r"^(?:如果|因為|雖然|當|只要|即使|但|而|所以|並|也|還|就|或|又|且|卻|讓|使|其中|另外|不過)|(?:的|和|與|或|及|但|而|以及|例如|包括|是|為|在|從|到)$"
)
_TALKS = re.compile("留言|告訴|說說|投票|選一|回答")
_SPREADS = re.compile("標記|分享|傳給")
_ENDS = re.compile(r"[。！？!?，,；;、\s]+$")
_BREAKS_QUOTES = re.compile(r"[「」『』\n{}<>]")

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Pattern:
    """One sentence with slots. technique: what it does; kinds: what it may speak of, empty for everything."""

    technique: str
    text: str
    kinds: tuple[str, ...] = ()

    @property
    def slots(self) -> list[str]:
        return SLOT.findall(self.text)


@cache
def read(name: str) -> dict[str, Any]:
    """One grammar file."""
    return dict(yaml.load(datasets.path(f"ai/grammar/{name}.yml").read_text(encoding="utf-8"), Loader=LOADER))


@cache
def patterns(name: str) -> tuple[Pattern, ...]:
    """All patterns of a grammar file, in its order."""
    return tuple(
        Pattern(technique, text, () if group == "any" else tuple(group.split("+")))
        for technique, groups in read(name)["techniques"].items()
        for group, texts in groups.items()
        if group != "label"
        for text in texts
    )


def labels(name: str) -> dict[str, str]:
    """正體中文 label of each technique."""
    return {technique: str(groups["label"]) for technique, groups in read(name)["techniques"].items()}


def draw(seed: int, *parts: str) -> random.Random:
    """A source of draws fixed by seed and texts, the same on every computer."""
    return random.Random("\u241f".join([str(seed), *parts]))


# ── slots ──


def bare(text: str) -> str:
    """A text without the stop behind it; empty when it would break a quotation.

    >>> bare("不加麵粉。")
    '不加麵粉'
    """
    text = " ".join(text.split())
    return "" if _BREAKS_QUOTES.search(text) else _ENDS.sub("", text)


def short(text: str, longest: int) -> str:
    """The text, or its first clause when that stands alone and fits; else empty.

    >>> short("用台灣在來米粉做，配方不加麵粉", 10), short("如果你怕甜，這款剛好", 8)
    ('用台灣在來米粉做', '')
    """
    whole = bare(text)
    if len(whole) <= longest:
        return whole
    clause = _CLAUSE.split(whole)[0]
    return "" if len(clause) > longest or len(clause) < 4 or _HANGS.search(clause) else clause


def facts_of(brief: Brief, longest: int = FACT_LENGTH) -> list[str]:
    """The brief's facts as they fit into a sentence, without the product's name before them."""
    found = []
    for fact in brief.facts:
        text = fact.text.removeprefix(brief.product).lstrip("：:，, ")
        if text and (fits := short(text, longest)) and not _HANGS.search(fits):
            found.append(fits)
    return list(dict.fromkeys(found))


def fillings(brief: Brief, words: dict[str, Any]) -> dict[str, list[str]]:
    """What may stand in each slot; a slot that nothing fills is not in it. words: of the product's kind."""
    facts = facts_of(brief)
    audience = short(brief.audience, AUDIENCE_LENGTH)
    dates = [d for d in map(bare, brief.dates) if d and len(d) <= 12 and _only(d, "date")]
    prices = [p for p in map(bare, brief.prices) if p and len(p) <= 14 and _only(p, "price")]
    pains = [p for p in (short(pain, PAIN_LENGTH) for pain in brief.pains or words.get("pains", ())) if p]
    cta = short(brief.cta, FACT_LENGTH)
    made: dict[str, list[str]] = {
        "product": [bare(brief.product)], "brand": [bare(brief.brand)], "fact": facts,
        "figure": [fact for fact in facts if claims(fact)], "audience": [audience],
        "audience_plain": [audience] if len(audience) <= PLAIN_LENGTH and "的" not in audience else [],
        "pain": pains, "benefit": [b for b in (short(text, FACT_LENGTH) for text in brief.benefits) if b],
        "date": dates, "price": prices, "cta": [cta], "cta_talk": [cta] if _TALKS.search(cta) else [],
        "cta_go": [] if _TALKS.search(cta) or _SPREADS.search(cta) else [cta],
        **{name: [str(words[name])] for name in ("use", "taste", "one") if name in words},
        "moment": list(words.get("moments", ())),
    }  # fmt: skip
    return {slot: [text for text in texts if text] for slot, texts in made.items() if any(texts)}


def _only(text: str, kind: str) -> bool:
    """Whether a text is a date or a price and hardly anything else."""
    found = [claim for claim in claims(text) if claim.kind == kind]
    return bool(found) and len(text) - len(found[0].text) <= 4


# ── sentences ──


def sentences(name: str, brief: Brief, seed: int) -> Iterator[tuple[Pattern, str]]:
    """Every pattern that the brief can fill, each filled once, in an order drawn by the seed."""
    words = read(name)["kinds"][brief.of_kind]
    filled = fillings(brief, words)
    chance = draw(seed, brief.product, brief.audience)
    fitting = [
        p for p in patterns(name)
        if (not p.kinds or brief.of_kind in p.kinds) and all(slot in filled for slot in p.slots)
    ]  # fmt: skip
    chance.shuffle(fitting)
    for pattern in fitting:
        chosen = {slot: chance.choice(filled[slot]) for slot in pattern.slots}
        yield pattern, tidy(pattern.text.format(**chosen))


_LATIN_HAN = re.compile(r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")


def tidy(text: str) -> str:
    """A filled sentence with half-width blanks between Chinese and Latin letters or digits, and no doubled stops.

    >>> tidy("用記帳App理財")
    '用記帳 App 理財'
    """
    text = re.sub(r"([，。！？：])(?=[，。：])", r"\1", text)
    text = re.sub(r"([。！？，：])[。，：]+", r"\1", text)
    return _LATIN_HAN.sub(" ", text).strip()


def distance(a: str, b: str, without: Iterable[str] = ()) -> float:
    """How different two sentences are, 0–1: one minus the Jaccard index of their 2-grams, names left out.

    >>> distance("挑茶你先看什麼", "挑茶你先看什麼", ["茶"])
    0.0
    """
    for name in without:
        a, b = a.replace(name, " "), b.replace(name, " ")
    x, y = set(grams(a, (2,))), set(grams(b, (2,)))
    return 1 - len(x & y) / len(x | y) if x | y else 0.0


def diverse(
    candidates: Iterable[tuple[Pattern, str]], n: int, without: Iterable[str], least: float = 0.75, each: int = 1
) -> list[tuple[Pattern, str]]:
    """The first n that are clearly different; no technique twice in a round of ``each`` before all had their turn."""
    waiting, names = list(candidates), list(without)
    chosen: list[tuple[Pattern, str]] = []
    while waiting and len(chosen) < n:
        used: dict[str, int] = {}
        before = len(chosen)
        for one in list(waiting):
            if used.get(one[0].technique, 0) >= each or len(chosen) == n:
                continue
            if all(distance(one[1], other, names) >= least for _, other in chosen):
                chosen.append(one)
                used[one[0].technique] = used.get(one[0].technique, 0) + 1
            waiting.remove(one)
        if len(chosen) == before:
            break
    return chosen
