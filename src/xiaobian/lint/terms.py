"""Named parts of patterns: a rule says ``<<disease>>`` where it means any of the words of that name.

A pack declares its own under ``terms:`` and takes shared ones by ``terms_of: [health]`` from ``packs/terms/``; a term may
use those before it. What a term holds is a piece of a regular expression or a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .rules import as_tuple

FOLDER = Path(__file__).parent / "packs" / "terms"
_NAME = re.compile(r"<<(\w+)>>")
_PLACES = ("pattern", "if", "then", "before", "after", "near", "except")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def spelled_out(content: dict[str, Any]) -> dict[str, Any]:
    """A pack's content with every ``<<term>>`` of its patterns replaced; raises KeyError with the name of an unknown one.

    >>> spelled_out({"terms": {"who": ["客人", "網友"]}, "rules": [{"pattern": "<<who>>說"}]})["rules"][0]["pattern"]
    '(?:客人|網友)說'
    """
    terms: dict[str, str] = {}
    for name in as_tuple(content.get("terms_of")):
        terms |= _shared(name)
    terms = _joined(content.get("terms") or {}, terms)

    def spelled(value: Any) -> Any:
        if isinstance(value, list):
            return [spelled(one) for one in value]
        return _put_in(value, terms) if isinstance(value, str) else value

    rules = [
        {key: spelled(value) if key in _PLACES else value for key, value in rule.items()}
        for rule in content["rules"]
    ]
    return {**content, "except": spelled(content.get("except")), "rules": rules}


@cache
def _shared(name: str) -> dict[str, str]:
    file = FOLDER / f"{name}.yml"
    if not file.is_file():
        raise KeyError(name)
    return _joined(yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER), {})


def _joined(more: Mapping[str, Any], terms: Mapping[str, str]) -> dict[str, str]:
    known = dict(terms)
    for name, parts in more.items():
        known[str(name)] = f"(?:{_put_in('|'.join(as_tuple(parts)), known)})"
    return known


def _put_in(source: str, terms: Mapping[str, str]) -> str:
    return _NAME.sub(lambda m: terms[m[1]], source)
