"""The safety rules that are data: YAML files under ``datasets/ai/safety``, readable and changeable by a person."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from ... import datasets


@cache
def document(name: str) -> Any:
    """One of the files, parsed; do not change what it gives.

    >>> "voom" in document("line_words.yml")["not_ids"]
    True
    """
    return yaml.safe_load(datasets.path(f"ai/safety/{name}").read_text(encoding="utf-8"))
