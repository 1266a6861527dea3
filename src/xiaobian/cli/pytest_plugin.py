"""What every pytest run in the course folder gets: no network, fresh answers, strict notebooks.

Loaded by pyproject.toml, so that a plain ``pytest --nbval exercises/`` behaves like ``xiaobian test``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from . import offline, warm

EXPECTED = {"exercises": "blank", "instructor": "solved"}
SANITIZE = Path("tests") / "notebooks" / "nbval_sanitize.cfg"
CELL_TIMEOUT_S = 120

_OWN = (
    "KIT_STATE_DIR",
    "KIT_EXPECT",
    "KIT_STRICT",
    "IPYTHONDIR",
    "PYTHONUTF8",
    "OMP_NUM_THREADS",
    "JUPYTER_PATH",
)
_folder = pytest.StashKey[Path]()
_before = pytest.StashKey[dict[str, str]]()
_nursery = pytest.StashKey[warm.Nursery]()


def expected(notebook: Path, root: Path) -> str:
    """The state a notebook's folder stands for: ``blank`` for exercises, ``solved`` for masters, else "".

    >>> expected(Path("/kit/exercises/3_analysis/01_kpi.ipynb"), Path("/kit"))
    'blank'
    """
    top = notebook.relative_to(root).parts[0] if notebook.is_relative_to(root) else ""
    return EXPECTED.get(top, "")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Block the network here and in notebook kernels, and complete nbval's options."""
    offline.block()
    folder = config.stash[_folder] = Path(tempfile.mkdtemp(prefix="xiaobian-test-"))
    config.stash[_before] = {name: os.environ[name] for name in _OWN if name in os.environ}
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_offline.py").write_text(
        "from xiaobian.cli import offline\n\noffline.block()\ndel offline\n", encoding="utf-8"
    )
    os.environ.update(IPYTHONDIR=str(folder / "ipython"), PYTHONUTF8="1", OMP_NUM_THREADS="1")
    _answers(folder, "run")
    _nbval(config)


def _answers(folder: Path, name: str) -> None:
    os.environ["KIT_STATE_DIR"] = str(folder / name / "answers")


def _nbval(config: pytest.Config) -> None:
    options = config.option
    if not (getattr(options, "nbval", False) or getattr(options, "nbval_lax", False)):
        return
    many = bool(getattr(options, "numprocesses", None))
    if many and not options.nbval_kernel_name and warm.possible():
        nursery = config.stash[_nursery] = warm.Nursery(config.stash[_folder])
        os.environ["JUPYTER_PATH"] = os.pathsep.join(
            filter(None, (nursery.path, os.environ.get("JUPYTER_PATH")))
        )
        options.nbval_kernel_name = warm.KERNEL
    elif not options.nbval_kernel_name:
        options.nbval_current_env = True
    if options.nbval_sanitize_with is None and (config.rootpath / SANITIZE).is_file():
        options.nbval_sanitize_with = str(config.rootpath / SANITIZE)
    options.nbval_cell_timeout = min(options.nbval_cell_timeout, CELL_TIMEOUT_S)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before a notebook's kernel starts: an empty answers folder of its own, strict mode, its folder's state."""
    folder, before = item.config.stash[_folder], item.config.stash[_before]
    for name in ("KIT_EXPECT", "KIT_STRICT"):
        os.environ.pop(name, None)
        if name in before:
            os.environ[name] = before[name]
    if item.path.suffix != ".ipynb":
        _answers(folder, "run")
        return
    _answers(folder, "-".join(item.path.parts[-3:]))
    os.environ.setdefault("KIT_STRICT", "1")
    if state := expected(item.path, item.config.rootpath):
        os.environ.setdefault("KIT_EXPECT", state)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Put the environment back and remove what the run wrote."""
    if nursery := config.stash.get(_nursery, None):
        nursery.close()
    if folder := config.stash.get(_folder, None):
        before = config.stash[_before]
        for name in _OWN:
            os.environ.pop(name, None)
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)
