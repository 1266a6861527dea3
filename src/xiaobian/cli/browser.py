"""Whether the browser tests can run, and whether they must."""

from __future__ import annotations

import os

from ..reports.browser import find

__all__ = ["find", "required"]


def required() -> bool:
    """Whether a missing browser is a failure (``KIT_REQUIRE_BROWSER=1``) or only said loudly."""
    return os.environ.get("KIT_REQUIRE_BROWSER", "") not in ("", "0")
