"""What was said: an option or one's own words as a response of the engine, with what the checks found in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...sandbox.crisis.responses import Response, of_option
from ...sandbox.crisis.scenarios import Option
from .own_words import OwnWords, read
from .setup import HOUR

if TYPE_CHECKING:
    from .state import DrillState

LONGEST_TEXT = 2_000
"""Characters of one answer at most."""
_KEPT = ("pauses_schedule",)
"""Flags of an option that are deeds, not words: they stay when the words are replaced."""


@dataclass(frozen=True)
class Said:
    """One answer. response: what the engine takes of it. words: what the checks found in own words, or None."""

    minute: int
    response: Response
    words: OwnWords | None = None

    @property
    def own(self) -> bool:
        """Whether the words are the team's own."""
        return self.words is not None

    @property
    def text(self) -> str:
        """What the public reads; empty for silence or a bare strategy."""
        return self.response.text or ""


def composed(state: DrillState, option: Option | None, strategies: tuple[str, ...], text: str) -> Said:
    """An answer given now: the option's own words, or the team's."""
    hour, delay = state.world.crisis.hour, state.minute / HOUR
    start = (
        of_option(option, hour, delay, state.setup.parameters)
        if option
        else Response(hour, delay, strategies)
    )
    if not text.strip():
        return Said(state.minute, start)
    words = own_words(state, start.strategies, text)
    signs: dict[str, Any] = {name: getattr(start, name) if name in _KEPT else on for name, on in words.signs}
    response = replace(
        start,
        text=text.strip(),
        consistent=words.consistent,
        specific=words.specific,
        **signs,
    )
    return Said(state.minute, response, words)


def own_words(state: DrillState, strategies: tuple[str, ...], text: str) -> OwnWords:
    """A text as it would be read now."""
    earlier = [said.text for said in state.said if said.text]
    team = [fact for fact in state.facts if fact.known_to == "team"]
    return read(text.strip(), strategies, platform=state.platform, earlier=earlier, team=team)
