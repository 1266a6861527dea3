"""What the lazy package offers; each name is imported from its module when it is first used."""

from . import live as live
from .adapt.audit import audit as audit
from .adapt.line_cost import line_cost as line_cost
from .adapt.message import Message as Message
from .adapt.message import message as message
from .adapt.versions import adapt as adapt
from .calendar.approval import Raci as Raci
from .calendar.calendar import Calendar as Calendar
from .calendar.planned import STATUSES as STATUSES
from .calendar.planned import PlannedPost as PlannedPost
from .calendar.worktime import WorkClock as WorkClock
from .limits import Problem as Problem
from .limits import caption_room as caption_room
from .limits import problems as problems
from .limits import published_text as published_text
from .moments.moments import industries as industries
from .moments.moments import moments as moments
from .moments.official import is_workday as is_workday
from .moments.official import official_days as official_days
