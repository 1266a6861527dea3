"""Exact choices under limits. Knows nothing of platforms or posts: values, costs, limits, overlaps, slots.

What to take at all: ``choose``. What to place where and when: the modules ``schedule`` (the problem), ``schedule_model``
(``solve``), ``schedule_greedy``, ``schedule_conflict`` and ``schedule_binding``.
"""

from .choose import MOST as MOST
from .choose import Binding as Binding
from .choose import Chosen as Chosen
from .choose import Limit as Limit
from .choose import Problem as Problem
from .choose import choose as choose
from .choose import every_set as every_set
from .choose import fits as fits
from .choose import named as named
from .choose import problem as problem
from .choose import worth as worth
