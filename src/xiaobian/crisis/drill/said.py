"""What was said: an option or one's own words as a response of the engine, with what the checks found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...sandbox.crisis.responses import Response, is_specific, of_option
from ...sandbox.crisis.scenarios import Option
from .setup import HOUR

if TYPE_CHECKING:
    from .state import DrillState

LONGEST_TEXT = 2_000
"""Characters of one answer at most."""


@dataclass(frozen=True)
class Said:
    """One answer. response: what the engine takes of it. own: whether the words are the team's own. check: what the checks
    found in own words, or None."""

    minute: int
    response: Response
    own: bool
    check: Any = None

    @property
    def text(self) -> str:
        """What the public reads; empty for silence or a bare strategy."""
        return self.response.text or ""


def composed(state: DrillState, option: Option | None, strategies: tuple[str, ...], text: str) -> Said:
    """An answer given now: the option's own words, or the team's."""
    hour, delay = state.world.crisis.hour, state.minute / HOUR
    own = text.strip()
    parameters = state.setup.parameters
    start = of_option(option, hour, delay, parameters) if option else Response(hour, delay, strategies)
    if not own:
        return Said(state.minute, start, False)
    from dataclasses import replace

    spoken = replace(start, text=own, specific=is_specific(own, parameters))
    return Said(state.minute, spoken, True)
