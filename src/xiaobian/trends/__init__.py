"""Reading the ground: platforms and their figures, features and adoption, topics, and the working week.

A function of the same name as its module is bound here by name, so that ``xb.trends.facts()`` is the function whatever
was imported before.
"""

from .adoption import adoption as adoption
from .adoption import drift_fan as drift_fan
from .adoption import extrapolations as extrapolations
from .bursts import bursts as bursts
from .diary import diary_template as diary_template
from .diary import read_diary as read_diary
from .facts import facts as facts
from .google_trends import read_trends as read_trends
from .opportunity import opportunity as opportunity
from .platforms import choose_platforms as choose_platforms
from .risks import gate as gate
from .timeline import feature_timeline as feature_timeline
from .timeline import stale as stale
from .worktime import audit as audit
from .worktime import automate as automate
