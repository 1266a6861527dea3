"""Where the course lies on this computer."""

from __future__ import annotations

from pathlib import Path

from ..errors import NotFound

MARK = "start.py"
OPENING = "notebooks/0_start/01_first_voyage.ipynb"


def root() -> Path:
    """The course folder: the nearest one upwards from the working directory, else the checkout this package is in.

    Raises NotFound when neither holds ``start.py``.

    >>> (root() / "notebooks").name
    'notebooks'
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[3]):
        if (folder / MARK).is_file() and (folder / "pyproject.toml").is_file():
            return folder
    raise NotFound(
        "找不到課程資料夾", where=f"從 {here} 往上找 {MARK}", next_step="請先切換到課程資料夾，再執行一次"
    )
