"""A report as one self-contained HTML page that prints on A4, or as the PDF a browser makes of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import KitError, TableError
from . import browser

_TEMPLATE = Path(__file__).with_name("page.html")
_PRINT_SECONDS = 120
_SHORT = 11
"""Cells of at most so many characters never break."""


@dataclass(frozen=True)
class Section:
    """One question with its answer in a sentence and one chart; ``alt`` is what the chart says in words."""

    heading: str
    sentence: str
    png: bytes
    alt: str

    @property
    def address(self) -> str:
        """The picture as an address inside the page."""
        return "data:image/png;base64," + b64encode(self.png).decode()


@dataclass(frozen=True)
class PageTable:
    """A small table of texts: caption, header cells, rows whose first cell names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Page:
    """A report: ``sections`` make the first page, then tables, and definitions and notes last."""

    title: str
    subtitle: str
    badge: str
    sections: tuple[Section, ...]
    tables: tuple[PageTable, ...]
    definitions: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def render(page: Page) -> str:
    """The page as HTML; every text is escaped, and nothing is loaded from elsewhere."""
    return _template().render(page=page)


@cache
def _template():
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    house = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    house.globals["short"] = lambda cell: Markup(' class="short"') if len(cell) <= _SHORT else ""
    return house.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def write_page(page: Page, path: str | os.PathLike[str]) -> Path:
    """Write the page as .html or .pdf, by the ending of ``path``.

    Raises TableError for any other ending, and KitError when there is no browser to make the PDF.
    """
    file = checked(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix.lower() == ".pdf":
        _print(render(page), file)
    else:
        file.write_text(render(page), encoding="utf-8")
    return file


def checked(path: str | os.PathLike[str]) -> Path:
    """The path of a report; raises TableError unless it ends in .html or .pdf."""
    file = Path(path)
    if file.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise TableError(
            f"報告可以存成 .html 或 .pdf，收到的是「{file.name}」",
            where="參數 path",
            next_step='例如 "月報.html"',
        )
    return file


def _print(text: str, target: Path) -> None:
    command = browser.find()
    if command is None:
        raise KitError(
            "找不到瀏覽器，沒辦法轉成 PDF",
            where="需要 Chrome、Edge 或 Chromium",
            next_step="請改存成 .html，用瀏覽器打開後列印成 PDF",
        )
    with tempfile.TemporaryDirectory(prefix="xiaobian-report-") as name:
        folder = Path(name)
        source, made = folder / "report.html", folder / "report.pdf"
        source.write_text(text, encoding="utf-8")
        as_root = ["--no-sandbox"] if sys.platform == "linux" and os.geteuid() == 0 else []
        done = subprocess.run(
            [command, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking", *as_root, f"--user-data-dir={folder / 'profile'}",
             "--no-pdf-header-footer", f"--print-to-pdf={made}", source.as_uri()],
            capture_output=True, timeout=_PRINT_SECONDS,
        )  # fmt: skip
        if not made.is_file():
            told = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise KitError(
                "瀏覽器沒有產生 PDF",
                where=re.sub(r"\s+", " ", told[-1])[:200] if told else command,
                next_step="請改存成 .html，用瀏覽器打開後列印成 PDF",
            )
        shutil.move(made, target)
