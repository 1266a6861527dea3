"""What the lazy package offers; each name is imported from its module when it is first used."""

from . import live as live
from .calendar.planned import STATUSES as STATUSES
from .calendar.planned import PlannedPost as PlannedPost
from .limits import Problem as Problem
from .limits import problems as problems
from .limits import published_text as published_text
from .moments.moments import industries as industries
from .moments.moments import moments as moments
from .moments.official import is_workday as is_workday
from .moments.official import official_days as official_days
