"""Reading the ground: platforms and their figures, features and adoption, topics, and the working week.

A function of the same name as its module is bound here by name, so that ``xb.trends.facts()`` is the function whatever
was imported before.
"""

from .bursts import bursts as bursts
from .diary import diary_template as diary_template
from .diary import read_diary as read_diary
from .facts import facts as facts
from .opportunity import opportunity as opportunity
from .platforms import choose_platforms as choose_platforms
from .risks import gate as gate
from .worktime import audit as audit
from .worktime import automate as automate
