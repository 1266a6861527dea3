"""What the lazy package offers; each name is imported from its module when it is first used."""

from .calendar.planned import STATUSES as STATUSES
from .calendar.planned import PlannedPost as PlannedPost
