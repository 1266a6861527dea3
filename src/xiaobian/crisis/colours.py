"""The colour of each strategy, the same in every chart of the room."""

from ..plotting import BRICK, GRAIN, SEA, SECONDARY, VIOLET

STRATEGY_COLOURS = {"inform": SEA, "deny": BRICK, "diminish": GRAIN, "rebuild": VIOLET, "silence": SECONDARY}
