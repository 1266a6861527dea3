"""Live numbers of a drill: what a monitoring board would show, and nothing of the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..noticing.severity import Level, levels

if TYPE_CHECKING:
    from .state import DrillState


@dataclass(frozen=True)
class Kpis:
    """Numbers at a minute of the drill.

    mentions: of the last 60 minutes, everywhere. negative_share: of the last 3 h (0–1). times: mentions of the last 3 h ÷ a
    calm day's at these hours. velocity: that ÷ 3 h earlier. level: S1–S4, the highest so far; why: the reasons now. comments,
    waiting, urgent: under the own post, of these not dealt with, of these flagged; oldest_urgent: minutes the oldest of them
    has waited, or None. first_reply: minute or None; reply_due, substance_due: minute or None; reply_late: minutes above 0
    are late, below 0 are left; substance: minute of the first concrete answer, or None. posts_out: scheduled posts out.
    """

    minute: int
    mentions: int
    negative_share: float
    times: float
    velocity: float
    level: str
    why: tuple[str, ...]
    comments: int
    waiting: int
    urgent: int
    oldest_urgent: int | None
    first_reply: int | None
    reply_due: int | None
    reply_late: int | None
    substance: int | None
    substance_due: int | None
    posts_out: int
    paused: bool

    @classmethod
    def of(cls, state: DrillState) -> Kpis:
        """Read off a state."""
        seen, judged = state.world.seen(state.minute), state.world.level(state.minute)
        case = state.world.incident
        due = due_minutes(state)
        urgent = [number for number in state.flagged if number not in state.acts]
        reply = state.first_reply
        asked = due.get("acknowledge")
        return cls(
            minute=state.minute,
            mentions=seen.mentions,
            negative_share=seen.negative_share,
            times=seen.times,
            velocity=seen.velocity,
            level=max(case.level, judged.level),
            why=judged.why,
            comments=len(state.comments),
            waiting=len(state.comments) - len(state.acts),
            urgent=len(urgent),
            oldest_urgent=state.minute - state.comments[urgent[0] - 1].minute if urgent else None,
            first_reply=reply,
            reply_due=asked,
            reply_late=None if asked is None else (state.minute if reply is None else reply) - asked,
            substance=next((s.minute for s in state.said if s.response.spoken and s.response.specific), None),
            substance_due=due.get("answer"),
            posts_out=len(state.out),
            paused=state.paused,
        )

    @property
    def rules(self) -> Level:
        """Deadlines, owners and artefacts of the level."""
        return levels()[self.level]


def due_minutes(state: DrillState) -> dict[str, int]:
    """Minutes of the drill at which a first reply (acknowledge) and the substance (answer) are due, where they are."""
    zero = state.setup.start.timestamp()
    return {name: round((moment.timestamp() - zero) / 60) for name, moment in state.world.incident.due}
