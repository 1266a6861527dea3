"""From beats to shots, an edit list, subtitles and a film of moving sketches; what a script breaks, and who stays."""

from ...rooms import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)
