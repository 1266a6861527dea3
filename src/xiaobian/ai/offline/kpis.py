"""The KPIs one may choose from, and for which goals."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from ... import datasets
from .grammar import LOADER


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Rows of ``datasets/ai/kpi_catalogue.yml`` by id.

    >>> catalogue()["reach"]["title"]
    '觸及'
    """
    declared = yaml.load(datasets.path("ai/kpi_catalogue.yml").read_text(encoding="utf-8"), Loader=LOADER)
    return {row["id"]: row for row in declared["kpis"]}
