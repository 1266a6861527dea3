"""A/B tests: plan one, read one, and when to stop."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(__name__, submodules=["stopping"])
