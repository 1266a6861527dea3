"""Reading the ground: platforms and their figures, features and adoption, topics, and the working week.

A function of the same name as its module is bound here by name, so that ``xb.trends.facts()`` is the function whatever
was imported before.
"""

from .facts import facts as facts
