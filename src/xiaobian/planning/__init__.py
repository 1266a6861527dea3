"""From 「今天要發什麼」 to a scheduled, checked plan for several platforms: days, calendar, copy, cards, films, people."""

from ..rooms import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)
