"""From the inputs of a task to the rules that answer it, and back to the task's schema."""

from __future__ import annotations

from typing import Any

from ..briefs import Brief
from ..briefs import brief as as_brief

Payload = dict[str, Any]


def _brief(payload: Payload) -> Brief:
    return as_brief(payload["brief"])


def headlines(payload: Payload) -> Payload:
    from .headlines import LONGEST, headlines

    longest = int(payload.get("longest", LONGEST))
    return {"variants": headlines(_brief(payload), int(payload["n"]), int(payload.get("seed", 0)), longest)}
