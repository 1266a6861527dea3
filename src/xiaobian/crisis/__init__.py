"""When it burns: noticing, judging, answering, keeping a community, and looking after the people who read it all."""

from ..rooms import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)
