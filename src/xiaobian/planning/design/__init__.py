"""Cards: a small spec, drawn with the kit's fonts, checked on its pixels, and repaired."""

from ...rooms import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)
