"""The house has floors: a file imports from floors below, or from a room to its right on the same floor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import xiaobian

PACKAGE = Path(xiaobian.__file__).parent

FLOORS = (
    ("datasets", "tables", "errors", "rooms"),
    ("text", "records"),
    ("lint", "plotting", "reports", "optimize"),
    ("sandbox", "exports"),
    ("analytics",),
    ("trends", "planning", "ai", "crisis", "career"),
    ("capstone",),
    ("panels",),
    ("exercises",),
    ("cli",),
)
STRANGERS = ("trends", "planning", "ai", "crisis", "career")
FACE = {"__init__", "__main__"}
NOT_CODE = {"_data", "__pycache__", "py.typed"}
WIDGETS = "ipywidgets"
MAY_KNOW_WIDGETS = ("panels", "cli/check.py")

HEIGHT = {room: height for height, floor in enumerate(FLOORS) for room in floor}


def room_of(file: str) -> str:
    """The room a file (path inside the package) belongs to."""
    return file.split("/", maxsplit=1)[0].removesuffix(".py")


def imported(source: str, file: str) -> Iterator[tuple[str, int]]:
    """Absolute dotted names that a file imports, with line numbers; relative ones are resolved."""
    package = ["xiaobian", *file.split("/")[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = [*base, *(node.module.split(".") if node.module else [])]
            if start == ["xiaobian"]:
                yield from ((f"xiaobian.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield ".".join(start), node.lineno


def may_import(room: str, other: str) -> bool:
    """Whether the floor plan allows an arrow between two rooms."""
    if room == other or HEIGHT[other] < HEIGHT[room]:
        return True
    if HEIGHT[other] > HEIGHT[room] or room in STRANGERS:
        return False
    floor = FLOORS[HEIGHT[room]]
    return floor.index(other) > floor.index(room)


def complaints(source: str, file: str) -> list[str]:
    """What a file's imports break, a sentence each."""
    room, found = room_of(file), []
    for name, line in imported(source, file):
        top, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if top == WIDGETS and not file.startswith(MAY_KNOW_WIDGETS):
            found.append(f"{file}:{line} knows {WIDGETS}")
        if top != "xiaobian" or target.startswith("__"):
            continue
        if target not in HEIGHT:
            found.append(f"{file}:{line} imports {name}, which is no room of the house")
        elif room in FACE:
            if file != "__main__.py" or target != "cli":
                found.append(f"{file}:{line} imports {name}; the public face is lazy")
        elif not may_import(room, target):
            found.append(f"{file}:{line} imports {name} from {room}")
    return found


def files() -> list[str]:
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def test_no_import_goes_up_or_left():
    found = [c for file in files() for c in complaints((PACKAGE / file).read_text(encoding="utf-8"), file)]
    assert not found, "\n".join(found)


def test_every_module_has_a_floor():
    names = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name not in NOT_CODE}
    assert names - FACE <= set(HEIGHT), f"no floor for {sorted(names - FACE - set(HEIGHT))}"


@pytest.mark.parametrize(
    ("file", "source", "part"),
    [
        ("analytics/kpi.py", "from ..panels import Panel", "xiaobian.panels"),
        ("analytics/kpi.py", "import xiaobian.exercises.bank", "xiaobian.exercises"),
        ("analytics/kpi.py", "from xiaobian import cli", "xiaobian.cli"),
        ("analytics/kpi.py", "def later():\n    from .. import capstone", "xiaobian.capstone"),
        ("tables.py", "from .datasets import path", "xiaobian.datasets"),
        ("exports/meta.py", "from ..sandbox import World", "xiaobian.sandbox"),
        ("exports/a/b.py", "from ...sandbox import World", "xiaobian.sandbox"),
        ("ai/prompts.py", "from ..crisis import cluster", "xiaobian.crisis"),
        ("crisis/room.py", "from ..ai import prompts", "xiaobian.ai"),
        ("analytics/kpi.py", "from ..utils import clean", "no room"),
        ("analytics/kpi.py", "import xiaobian", "no room"),
        ("exercises/sheet.py", "from ipywidgets import Button", "knows ipywidgets"),
        ("cli/lab.py", "import ipywidgets as w", "knows ipywidgets"),
        ("__init__.py", "from . import analytics", "lazy"),
    ],
)
def test_a_bad_arrow_is_caught(file, source, part):
    assert [part in complaint for complaint in complaints(source, file)] == [True]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("datasets.py", "from .errors import NotFound"),
        ("sandbox/world.py", "from ..exports import samples\nfrom .draws import seed"),
        ("lint/engine.py", "from .. import optimize, text"),
        ("panels/question.py", "import ipywidgets, pandas"),
        ("cli/check.py", "import ipywidgets\nfrom .. import __version__"),
        ("cli/__init__.py", "from ..errors import KitError"),
        ("__main__.py", "from .cli import main"),
    ],
)
def test_a_good_arrow_is_let_through(file, source):
    assert complaints(source, file) == []
