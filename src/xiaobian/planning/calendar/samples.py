"""Plans of the fictional brand to practise on; several posts have something wrong on purpose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from ... import datasets
from ...errors import NotFound
from .calendar import Calendar
from .planned import ZONE, PlannedPost

_FILE = Path(__file__).with_name("samples.yml")
_MEDIA = "https://cdn.yusui.example/"


def sample_calendar(name: str = "september") -> Calendar:
    """A plan by its name: ``september`` (2026, 23 posts), ``february`` (2027, 7) or ``moon_2027`` (7 without a day).

    Everything in it is invented. Raises NotFound for another name.

    >>> len(sample_calendar())
    23
    """
    plans = datasets.yaml_of(_FILE)
    if name not in plans:
        raise NotFound(
            f"沒有「{name}」這份範例企劃", where="參數 name", next_step=f"可用：{'、'.join(plans)}"
        )
    return Calendar(_post(row) for row in plans[name])


def _post(row: dict[str, Any]) -> PlannedPost:
    fields = dict(row)
    fields["publish_at"] = _time(fields.pop("at", None))
    for window in ("not_before", "not_after"):
        fields[window] = _time(fields.get(window))
    fields["media"] = [_MEDIA + name for name in fields.get("media", ())]
    return PlannedPost(**fields)


def _time(value: str | None) -> datetime | None:
    return datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE) if value else None
