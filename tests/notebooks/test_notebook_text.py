"""Every sentence of the notebooks keeps to the wording of Taiwan: Markdown cells and strings of code cells."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from xiaobian import lint

ROOT = Path(__file__).parents[2]
PACKS = ("tw_words", "typography_core")
LEFTOVER = re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b|待補|to be removed", re.IGNORECASE)
COMMENT = re.compile(r"^\s*#.*$|\s#\s.*$", re.MULTILINE)
MAGIC = re.compile(r"^\s*[%!?].*$", re.MULTILINE)

NOTEBOOKS = sorted(
    file
    for folder in ("notebooks", "exercises", "instructor")
    for file in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in file.parts
)


def texts(cell: dict) -> Iterator[str]:
    """What a person reads in the source of a cell: prose, or the strings and comments of code."""
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        yield source
        return
    code = MAGIC.sub("", source)
    switched_off = "# lint: off" in source
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not switched_off:
            yield node.value
    yield from () if switched_off else (m[0] for m in COMMENT.finditer(code))


def complaints(notebook: dict) -> list[str]:
    """``cell: complaint`` for errors and warnings of the packs and for leftovers of writing."""
    found = []
    for number, cell in enumerate(notebook["cells"], 1):
        markup: lint.engine.Markup = "markdown" if cell["cell_type"] == "markdown" else "plain"
        for text in texts(cell):
            serious = [f for f in lint.check(text, PACKS, markup=markup) if f.severity != "suggestion"]
            found += [f"第 {number} 格 {finding}" for finding in serious]
            found += [f"第 {number} 格 未完成的字樣「{m[0]}」" for m in LEFTOVER.finditer(text)]
    return found


def test_there_are_notebooks_to_read():
    folders = {file.relative_to(ROOT).parts[0] for file in NOTEBOOKS}
    assert folders == {"notebooks", "exercises", "instructor"}


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_text_of_a_notebook(file):
    found = complaints(json.loads(file.read_text(encoding="utf-8")))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("kind", "source", "word"),
    [
        ("markdown", "這支視頻很紅", "視頻"),
        ("markdown", "- 分母,分子", ","),
        ("markdown", "說明待補", "待補"),
        ("code", "title = '默認值'", "默認"),
        ("code", "%matplotlib inline\ntitle = f'{n} 支視頻'", "視頻"),
        ("code", "x = 1  # 這支視頻", "視頻"),
        ("code", "# TODO", "TODO"),
    ],
)
def test_a_planted_fault_is_found(kind, source, word):
    found = complaints({"cells": [{"cell_type": kind, "source": [source]}]})
    assert len(found) == 1
    assert f"「{word}」" in found[0]


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("markdown", "欄位 `視頻` 與 <b>影片</b>"),
        ("markdown", "<!-- lint: off tw_words -->「視頻」是原文"),
        ("code", "bad = '視頻'  # lint: off"),
        ("code", "views, reach = 3, 5"),
    ],
)
def test_what_is_not_prose_is_left_alone(kind, source):
    assert complaints({"cells": [{"cell_type": kind, "source": [source]}]}) == []


def unseen_bold(text: str) -> list[str]:
    """Marks of bold that stay visible: CommonMark opens none after a word before a mark, and closes none between a mark and a word."""
    found = []
    plain = re.sub(r"```.*?```|`[^`\n]*`", lambda m: "字" * len(m[0]), text, flags=re.DOTALL)
    for place, mark in enumerate(re.finditer(r"\*\*", plain)):
        before, after = plain[mark.start() - 1 : mark.start()] or " ", plain[mark.end() : mark.end() + 1] or " "
        inside, outside = (after, before) if place % 2 == 0 else (before, after)
        if inside.isspace() or (_is_mark(inside) and not (outside.isspace() or _is_mark(outside))):
            found.append(plain[max(0, mark.start() - 10) : mark.end() + 10])
    return found


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS"


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_bold_words_are_bold(file):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    assert [b for c in cells if c["cell_type"] == "markdown" for b in unseen_bold("".join(c["source"]))] == []


def test_bold_that_stays_visible_is_found():
    assert unseen_bold("五則，**先出在哪裡？**主管看的是") and unseen_bold("只看**（含）六小時**就開口")
    assert not unseen_bold("**先猜再看。** 幾則？**六小時**就開口，`a ** b`")
