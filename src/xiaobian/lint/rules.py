"""The six kinds of rule, and the contexts that keep a fine word from being flagged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .measures import MEASURES, scopes

_TOUCHING, _WINDOW = 20, 60
_BREAK = re.compile(r"[。！？!?；\n]")


@dataclass(frozen=True)
class Hit:
    """A place a rule points at, before it becomes a finding."""

    start: int
    end: int
    use: tuple[str, ...] = ()
    value: float = 0
    limit: str = ""


Finder = Callable[[str], Iterable[Hit]]


@dataclass(frozen=True)
class Context:
    """Where a hit counts.

    before, after: must touch the hit; near: must stand in the same sentence. One of the three is enough.
    excuses: a hit inside a match of one of these never counts.
    """

    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None
    excuses: tuple[re.Pattern[str], ...] = ()

    def allows(self, text: str, start: int, end: int) -> bool:
        return self._asked_for(text, start, end) and not any(
            covers(excuse, text, start, end) for excuse in self.excuses
        )

    def _asked_for(self, text: str, start: int, end: int) -> bool:
        if self.before and self.before.search(text, max(0, start - _TOUCHING), start):
            return True
        if self.after and self.after.match(text, end):
            return True
        if self.near:
            left = _BREAK.split(text[max(0, start - _WINDOW) : start])[-1]
            right = _BREAK.split(text[end : end + _WINDOW], maxsplit=1)[0]
            return bool(self.near.search(left) or self.near.search(right))
        return not (self.before or self.after)


def covers(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether a match of the pattern in the neighbourhood holds all of the span."""
    near = pattern.finditer(text, max(0, start - _WINDOW), end + _WINDOW)
    return any(m.start() <= start and end <= m.end() for m in near)


@dataclass(frozen=True)
class Rule:
    """One compiled rule of a pack; ``words`` are found by the pack's index, everything else by ``find``.

    fix: replacement template, None for the only suggestion of ``use``, False to leave the choice to a person.
    """

    id: str
    kind: str
    severity: str
    message: str
    reference: str
    fix: str | bool | None
    context: Context
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    find: Finder | None = None
    ok: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()

    def hits(self, text: str) -> Iterator[Hit]:
        if self.find:
            yield from (hit for hit in self.find(text) if self.context.allows(text, hit.start, hit.end))

    def fix_for(self, hit: Hit) -> str | None:
        if isinstance(self.fix, str):
            return self.fix
        return hit.use[0] if self.fix is None and len(hit.use) == 1 else None

    def say(self, hit: Hit, text: str) -> str:
        uses = "」或「".join(hit.use)
        return self.message.format(match=text, use=uses, value=f"{hit.value:g}", limit=hit.limit)


class Words:
    """All literal words of a pack, found in one reading of a text however many rules there are.

    One expression looks for the first two characters of any word; a table says which words start so.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[str, list[Rule]] = {}
        for rule in rules:
            for word in rule.words:
                self._rules.setdefault(word, []).append(rule)
        self._starting: dict[str, list[str]] = {}
        for word in sorted(self._rules, key=len, reverse=True):
            self._starting.setdefault(word[:2], []).append(word)
        single = {word for word in self._rules if len(word) == 1}
        pairs = self._starting.keys() - single
        for pair in pairs:
            self._starting[pair] += single & {pair[0]}
        first, second = _any_of({pair[0] for pair in pairs}), _any_of({pair[1] for pair in pairs})
        self._start = re.compile(f"{first}(?={second})|{_any_of(single)}")

    def hits(self, text: str) -> Iterator[tuple[Rule, Hit]]:
        """Each flagged word, the longest at its place; a word inside a flagged one is not flagged again."""
        done = 0
        for found in self._start.finditer(text):
            start = found.start()
            words = self._starting.get(text[start : start + 2]) or self._starting.get(text[start]) or []
            word = next((word for word in words if text.startswith(word, start)), "")
            end = start + len(word)
            if end <= done:
                continue
            for rule in self._rules.get(word, ()):
                if rule.context.allows(text, start, end):
                    yield rule, Hit(start, end, rule.words[word])
                    done = end
                    break


def _any_of(characters: set[str]) -> str:
    """A character class; one that matches nothing when there are no characters."""
    return f"[{''.join(map(re.escape, sorted(characters)))}]" if characters else "(?!)"


def pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.MULTILINE)


def _matches(spec: Mapping[str, Any]) -> Finder:
    """existence and substitution by a pattern; ``use`` may refer to groups, ``swap`` is looked up."""
    wanted, use, swap = pattern(spec["pattern"]), spec.get("use"), spec.get("swap", {})

    def find(text: str) -> Iterator[Hit]:
        for m in wanted.finditer(text):
            yield Hit(m.start(), m.end(), (m.expand(use),) if use else as_tuple(swap.get(m[0])))

    return find


def _occurrence(spec: Mapping[str, Any]) -> Finder:
    wanted, scope = pattern(spec["pattern"]), spec.get("scope", "text")
    low, high = spec.get("min", 0), spec.get("max", float("inf"))

    def find(text: str) -> Iterator[Hit]:
        for start, end in scopes(text, scope):
            places = list(wanted.finditer(text, start, end))
            if len(places) > high:
                first = places[int(high)]
                yield Hit(first.start(), first.end(), value=len(places), limit=f"最多 {high}")
            elif len(places) < low:
                yield Hit(start, end, value=len(places), limit=f"至少 {low}")

    return find


def _conditional(spec: Mapping[str, Any]) -> Finder:
    cause, need, scope = pattern(spec["if"]), pattern(spec["then"]), spec.get("scope", "text")

    def find(text: str) -> Iterator[Hit]:
        for start, end in scopes(text, scope):
            if (m := cause.search(text, start, end)) and not need.search(text, start, end):
                yield Hit(m.start(), m.end())

    return find


def _metric(spec: Mapping[str, Any]) -> Finder:
    function, scope = MEASURES[spec["metric"]][1], spec.get("scope", "text")
    low, high = spec.get("min", float("-inf")), spec.get("max", float("inf"))

    def find(text: str) -> Iterator[Hit]:
        for start, end in scopes(text, scope):
            value = round(function(text[start:end]), 2)
            if value > high:
                yield Hit(start, end, value=value, limit=f"最多 {high:g}")
            elif value < low:
                yield Hit(start, end, value=value, limit=f"至少 {low:g}")

    return find


def _sequence(spec: Mapping[str, Any]) -> Finder:
    """The first step that does not follow the ones before it is reported by its name."""
    steps, scope = [(name, pattern(p)) for name, p in spec["steps"].items()], spec.get("scope", "text")

    def find(text: str) -> Iterator[Hit]:
        for start, end in scopes(text, scope):
            position = start
            for name, step in steps:
                if not (m := step.search(text, position, end)):
                    yield Hit(start, end, (name,))
                    break
                position = m.end()

    return find


FINDERS: dict[str, Callable[[Mapping[str, Any]], Finder]] = {
    "existence": _matches,
    "substitution": _matches,
    "occurrence": _occurrence,
    "conditional": _conditional,
    "metric": _metric,
    "sequence": _sequence,
}


def as_tuple(value: Any) -> tuple[str, ...]:
    """A YAML value that may be absent, one text or a list of texts."""
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
