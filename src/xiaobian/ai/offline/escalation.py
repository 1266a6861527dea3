"""What a person must answer: rules that are asked before anything is looked up."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import yaml

from ... import datasets

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Alarm:
    """One rule that struck. to: who answers; found: the words it struck at."""

    rule: str
    label: str
    to: str
    found: str

    def say(self) -> str:
        """Why a person is needed.

        >>> alarm("蛋糕裡有頭髮").say()
        '提到「有頭髮」：食品安全或身體不適，要由客服主管回'
        """
        return f"提到「{self.found}」：{self.label}，要由{self.to}回"


@dataclass(frozen=True)
class _Rule:
    id: str
    label: str
    to: str
    pattern: re.Pattern[str]
    excused: re.Pattern[str] | None


@cache
def _rules() -> tuple[_Rule, ...]:
    declared = yaml.load(datasets.path("ai/escalation.yml").read_text(encoding="utf-8"), Loader=LOADER)["rules"]
    return tuple(
        _Rule(
            rule["id"], rule["label"], rule["to"], re.compile("|".join(f"(?:{p})" for p in rule["patterns"])),
            re.compile("|".join(f"(?:{p})" for p in rule["except"])) if rule["except"] else None,
        )
        for rule in declared
    )  # fmt: skip


def alarms(text: str) -> list[Alarm]:
    """Every rule that strikes, the gravest first, as they stand in the file."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = []
    for rule in _rules():
        excused = [m.span() for m in rule.excused.finditer(plain)] if rule.excused else []
        for hit in rule.pattern.finditer(plain):
            if not any(a <= hit.start() and hit.end() <= b for a, b in excused):
                found.append(Alarm(rule.id, rule.label, rule.to, hit[0]))
                break
    return found


def alarm(text: str) -> Alarm | None:
    """The gravest rule that strikes; None when a machine may answer."""
    return next(iter(alarms(text)), None)
