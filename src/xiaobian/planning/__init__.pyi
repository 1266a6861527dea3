"""What the lazy package offers; each name is imported from its module when it is first used."""

from .calendar.planned import STATUSES as STATUSES
from .calendar.planned import PlannedPost as PlannedPost
from .limits import Problem as Problem
from .limits import problems as problems
from .limits import published_text as published_text
