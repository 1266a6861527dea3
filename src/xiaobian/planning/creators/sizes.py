"""The sizes of ``parameters.yml``: design parameters of audiences and of what customers share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def sizes(part: str) -> dict[str, Any]:
    """One part: ``audience``, ``profile`` or ``ugc``.

    >>> sum(sizes("audience")["segments"].values()) > 100_000
    True
    """
    told = yaml.safe_load(files(__package__).joinpath("parameters.yml").read_text(encoding="utf-8"))
    found: dict[str, Any] = told[part]
    return found
