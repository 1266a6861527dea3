"""Packages that load a name when it is first used, from the list in their ``__init__.pyi``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import lazy_loader


class Room(ModuleType):
    """A package in which a module that has been imported does not hide the function of its name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in self.__dict__.get("__all__", ())):
            super().__setattr__(name, value)


def lazy(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__, __dir__, __all__`` of a package; call it with ``__name__`` and ``__file__``."""
    sys.modules[package].__class__ = Room
    return lazy_loader.attach_stub(package, file)
