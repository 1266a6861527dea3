"""How real the sandbox looks beside a real page."""

from .check import Realism as Realism
from .check import realism as realism
from .check import score_against_targets as score_against_targets
from .check import targets as targets
