"""The patterns of ``injection_patterns.yml``, compiled; a person reads and changes the file, not this."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .folding import Folded, simplified
from .rules import document

_GROUP = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Rule:
    """One rule. bare: matched on letters and digits only; unless: texts that it leaves alone."""

    id: str
    label: str
    bare: bool
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()

    def spans(self, folded: Folded) -> Iterator[tuple[int, int]]:
        """Start and end in the original of the first match of each pattern."""
        if any(pattern.search(folded.text) for pattern in self.unless):
            return
        for pattern in self.patterns:
            if (match := pattern.search(folded.text)) and match.end() > match.start():
                yield folded.span(match.start(), match.end())


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in the order of the file."""
    data = document("injection_patterns.yml")
    words = data["words"]

    def made(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
        filled = (_GROUP.sub(lambda m: str(words.get(m[1], m[0])), str(one)) for one in patterns)
        return tuple(re.compile(simplified(one)) for one in filled)

    return tuple(
        Rule(r["id"], r["label"], r.get("view", "bare") == "bare", made(r["patterns"]), made(r.get("unless", [])))
        for r in data["rules"]
    )
