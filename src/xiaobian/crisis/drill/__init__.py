"""The crisis room: simulated time, comments, decisions, a queue, scheduled posts; the same from a panel, a script or a replay."""

from .classroom import ClassResult as ClassResult
from .classroom import compare as compare
from .flags import Flag as Flag
from .journal import Journal as Journal
from .kpis import Kpis as Kpis
from .own_words import OwnWords as OwnWords
from .room import CrisisDrill as CrisisDrill
from .room import drill as drill
from .room import of_record as of_record
from .room import scenario_titles as scenario_titles
from .said import Said as Said
from .setup import ScheduledPost as ScheduledPost
from .setup import Setup as Setup
from .state import ACTIONS as ACTIONS
from .state import DrillState as DrillState
from .state import Move as Move
from .state import opening as opening
from .state import step as step
from .world import Comment as Comment
