"""The questions and predictions of every lesson, one module a lesson.

A module declares ``SCENE`` (Markdown before the first question), ``SETUP`` (code all questions share),
``QUESTIONS`` and ``PREDICTIONS``. Notebooks, panels, grading and tests are made from it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from ... import datasets
from ...errors import NotFound


def module_name(lesson: str) -> str:
    """Name of the module of one lesson.

    >>> module_name("3.1")
    'l3_01_kpi'
    """
    entry = datasets.lesson(lesson)
    return f"l{entry.id.split('.')[0]}_{entry.stem}"


def exists(lesson: str) -> bool:
    """Whether the lesson has its questions yet."""
    return find_spec(f"{__name__}.{module_name(lesson)}") is not None


def load(lesson: str) -> ModuleType:
    """The module of one lesson; raises NotFound while it is still being written."""
    if not exists(lesson):
        ready = "、".join(i for i in datasets.course() if exists(i))
        raise NotFound(f"第 {lesson} 課的練習還在籌備", next_step=f"現在可以做的練習：{ready}")
    return import_module(f"{__name__}.{module_name(lesson)}")
