"""What a service can do, as far as is known: from the preset, corrected by the probe and by what servers refused."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from ..records import state_dir
from .profiles import RUNGS, Profile

FILE = "ai_capabilities.json"
GOOD_FOR_DAYS = 30
"""Design choice: servers and models change; an older probe is not believed."""


@dataclass
class Capabilities:
    """None = not known. ``embeddings`` is the length of a vector, 0 where what comes back cannot be used.

    checked_on: the day of the probe, empty for a preset.
    """

    profile: str
    host: str
    model: str
    token_cap: str
    schema: str
    string_bounds: bool
    temperature: bool
    reasoning_effort: str | None
    stream_usage: bool
    checked_on: str = ""
    models_listed: bool | None = None
    model_listed: bool | None = None
    shutdown_date: str = ""
    chat: bool | None = None
    usage: bool | None = None
    honours_cap: bool | None = None
    names_model: bool | None = None
    stream: bool | None = None
    responses: bool | None = None
    embeddings: int | None = None
    moderations: bool | None = None
    images: bool | None = None

    @classmethod
    def preset(cls, profile: Profile) -> Capabilities:
        """What the profile says; abilities that only a probe can tell stay unknown."""
        return cls(
            profile.name, profile.host, profile.model or "", profile.token_cap, profile.schema,
            profile.string_bounds, profile.temperature, profile.reasoning_effort, profile.stream_usage,
            moderations=bool(profile.moderation), images=bool(profile.image),
        )  # fmt: skip

    def lower(self, rung: str) -> None:
        """Remember that a rung of the ladder and those above it do not hold."""
        below = RUNGS[RUNGS.index(rung) + 1 :]
        if below and RUNGS.index(self.schema) <= RUNGS.index(rung):
            self.schema = below[0]

    # ── on disk ──

    def save(self) -> None:
        """Keep it under the answers folder, beside those of other hosts and models."""
        known = _read()
        known[_key(self.host, self.model)] = asdict(self)
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def stored(profile: Profile, today: date | None = None) -> Capabilities | None:
    """The last probe of this host and model; None when there is none, or it is older than 30 days."""
    found: Any = _read().get(_key(profile.host, profile.model or ""))
    try:
        known = {f.name: found[f.name] for f in fields(Capabilities)}
        age = (today or date.today()) - date.fromisoformat(known["checked_on"])
        made = Capabilities(**known)
    except (TypeError, KeyError, ValueError):
        return None
    return made if age.days <= GOOD_FOR_DAYS and made.schema in RUNGS else None


def _key(host: str, model: str) -> str:
    return f"{host}|{model}"


def _file() -> Path:
    return state_dir() / FILE


def _read() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
