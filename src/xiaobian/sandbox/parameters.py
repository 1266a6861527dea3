"""Every number of the sandbox, declared once in ``parameters.yml`` with unit, source and confidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from .. import datasets
from ..errors import NotFound

DESIGN = "設計參數"
CONFIDENCE = ("H", "M", "L", DESIGN)
_FILE = Path(__file__).with_name("parameters.yml")


@dataclass(frozen=True)
class Parameter:
    """One parameter; ``name`` is ``section.key``, ``confidence`` one of H, M, L, 設計參數."""

    name: str
    value: Any
    unit: str
    source: str
    confidence: str


class Parameters(Mapping[str, Any]):
    """All parameters by name; ``parameters["reach.hook"]`` is the value.

    >>> load()["reach.hook"]
    0.25
    """

    def __init__(self, version: int, rows: Mapping[str, Parameter]) -> None:
        self.version, self._rows = version, dict(rows)

    def __getitem__(self, name: str) -> Any:
        return self.row(name).value

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def row(self, name: str) -> Parameter:
        """One parameter with unit, source and confidence; raises NotFound for an unknown name."""
        if name not in self._rows:
            section = str(name).split(".")[0]
            near = [n for n in self._rows if n.startswith(f"{section}.")] or sorted(
                {n.split(".")[0] for n in self._rows}
            )
            raise NotFound(f"沙盒沒有「{name}」這個參數", next_step=f"可用的有：{'、'.join(near)}")
        return self._rows[name]

    def changed(self, values: Mapping[str, Any]) -> Parameters:
        """A copy with other values, itself without any; raises NotFound for an unknown name.

        >>> load().changed({"reach.hook": 0.3})["reach.hook"]
        0.3
        """
        if not values:
            return self
        fresh = {name: replace(self.row(name), value=value) for name, value in values.items()}
        return Parameters(self.version, {**self._rows, **fresh})

    def scaled(self, name: str, factor: float) -> Parameters:
        """A copy in which every number of one parameter is multiplied, for sensitivity runs.

        >>> load().scaled("reach.hook", 2)["reach.hook"]
        0.5
        """
        return self.changed({name: _times(self[name], factor)})

    def table(self) -> pd.DataFrame:
        """One row a parameter: name, value, unit, source, confidence."""
        return pd.DataFrame([vars(row) for row in self._rows.values()])


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, Mapping):
        return {key: _times(part, factor) for key, part in value.items()}
    if isinstance(value, list):
        return [_times(part, factor) for part in value]
    return value * factor if isinstance(value, (int, float)) and not isinstance(value, bool) else value


@cache
def load() -> Parameters:
    """The parameters of the current version."""
    content = datasets.yaml_of(_FILE)
    version = content.pop("version")
    rows = {
        f"{section}.{key}": Parameter(f"{section}.{key}", **row)
        for section, keys in content.items()
        for key, row in keys.items()
    }
    return Parameters(version, rows)
