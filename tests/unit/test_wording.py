"""Everything a learner reads in this repository, notebooks apart, keeps to the wording of Taiwan."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from xiaobian import lint

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "xiaobian"
PACKS = ("tw_words", "typography_core")
# People type comments with half-width marks; their words are still Taiwan's.
SPOKEN = ("tw_words",)
HAN = re.compile("[一-鿿]")
LEFTOVER = re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b|待補|to be removed", re.IGNORECASE)

# Header names are the platforms' own words, in the languages and spellings the platforms use.
PLATFORM_WORDS = "src/xiaobian/exports/aliases/"
# What strangers write is matched by patterns, which nobody reads as text.
PATTERN = re.compile(
    r"\.(?:patterns|unless|except|endings)\[\d+\]$|\.words\.\w+$|\.rules\[\d+\]\.(?:pattern|if|then)$"
)
ONLY_PATTERNS = ("datasets/ai/faq_patterns.yml",)
# Docstrings of the linter quote the very words it finds.
QUOTES_BAD_WORDS = "src/xiaobian/lint/"


@cache
def strings(source: str) -> list[tuple[int, str, bool]]:
    """Line, text and whether it is a docstring, of each string of a module; a ``{…}`` becomes one filler."""
    found, tree = [], ast.parse(source)
    nodes = list(ast.walk(tree))
    documented = [n for n in nodes if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    docstrings = {id(n.body[0].value) for n in documented if n.body and isinstance(n.body[0], ast.Expr)}
    inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    rows = source.splitlines()
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(p.value) if isinstance(p, ast.Constant) else "\ufffc" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            text = node.value
        else:
            continue
        if not any("# lint: off" in row for row in rows[node.lineno - 1 : node.end_lineno]):
            found.append((node.lineno, text, id(node) in docstrings))
    return found


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Path and text of each string in a YAML document, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{place}.{key}", str(key)
            yield from leaves(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{place}[{number}]")
    elif isinstance(value, str):
        yield place, value


def complaints(text: str, markup: lint.engine.Markup = "plain", packs: tuple[str, ...] = PACKS) -> list[str]:
    """What must change in a text: errors and warnings of the packs, and leftovers of writing."""
    serious = [f for f in lint.check(text, packs, markup=markup) if f.severity != "suggestion"]
    return [str(finding) for finding in serious] + [
        f"未完成的字樣「{m[0]}」" for m in LEFTOVER.finditer(text)
    ]


def in_module(file: Path) -> list[str]:
    name = file.relative_to(ROOT).as_posix()
    return [
        f"{name}:{line} {complaint}"
        for line, text, is_docstring in strings(file.read_text(encoding="utf-8"))
        if HAN.search(text) or LEFTOVER.search(text)
        if not (is_docstring and name.startswith(QUOTES_BAD_WORDS))
        for complaint in complaints(text)
    ]


def in_yaml(file: Path) -> list[str]:
    name = file.relative_to(ROOT).as_posix()
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    read = [] if name in ONLY_PATTERNS else [(p, t) for p, t in leaves(document) if not PATTERN.search(p)]
    return [f"{name} {place} {c}" for place, text in read for c in complaints(text)]


def in_table(file: Path) -> list[str]:
    """Cells of a CSV; the header of an export is the platform's own."""
    name = file.relative_to(ROOT).as_posix()
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = list(enumerate(csv.reader(stream), 1))[int("exports" in file.parts) :]
    cells = {cell: line for line, row in reversed(rows) for cell in row if HAN.search(cell)}
    packs = PACKS if "comments" not in file.stem else SPOKEN
    return [f"{name}:{line} {said}" for cell, line in cells.items() for said in complaints(cell, packs=packs)]


def in_page(file: Path) -> list[str]:
    name = file.relative_to(ROOT).as_posix()
    return [f"{name} {complaint}" for complaint in complaints(file.read_text(encoding="utf-8"), "markdown")]


def none_of(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


def documents(*patterns: str) -> list[Path]:
    found = {file for pattern in patterns for file in ROOT.glob(pattern)}
    return sorted(f for f in found if not f.relative_to(ROOT).as_posix().startswith(PLATFORM_WORDS))


MODULES = [*sorted(PACKAGE.rglob("*.py")), ROOT / "start.py"]
YAML_FILES = documents("datasets/**/*.yml", "src/xiaobian/*/*.yml")
TABLES = documents("datasets/**/*.csv")
PAGES = documents("*.md", "datasets/**/*.md", "instructor/**/*.md")


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_strings_of_the_package(file):
    none_of(in_module(file))


@pytest.mark.parametrize("file", YAML_FILES, ids=name_of)
def test_yaml_texts(file):
    none_of(in_yaml(file))


@pytest.mark.parametrize("file", TABLES, ids=name_of)
def test_tables(file):
    none_of(in_table(file))


@pytest.mark.parametrize("file", PAGES, ids=name_of)
def test_pages(file):
    none_of(in_page(file))


def test_the_package_and_the_data_are_really_read():
    assert {"README.md", "datasets/brand.yml", "datasets/course.yml"} <= set(map(name_of, PAGES + YAML_FILES))
    read = sum(bool(HAN.search(text)) for file in MODULES for _, text, _ in strings(file.read_text("utf-8")))
    assert read > 200


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('x = "這支視頻很紅"', "視頻"),
        ('x = f"共 {n} 支視頻"', "視頻"),
        ('x = f"第一句,{n}。分母:觸及"', ":"),
        ('def f():\n    """默認的視頻。"""', "默認"),
        ("x = '分母,分子'", ","),
        ("x = '說明待補'", "待補"),
        ("x = 'TODO'", "TODO"),
        ("x = ('這支視'\n     '頻很紅')", "視頻"),
    ],
)
def test_a_planted_fault_in_code_is_found(tmp_path, monkeypatch, source, word):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "planted.py"
    file.write_text(source, encoding="utf-8")
    assert any(f"「{word}」" in complaint for complaint in in_module(file)), in_module(file)


def test_a_line_may_be_exempted(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "planted.py"
    file.write_text('a = "視頻"  # lint: off\nb = "軟件"', encoding="utf-8")
    assert [c.split()[0] for c in in_module(file)] == ["planted.py:2"]


def test_a_planted_fault_in_a_table_or_page_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    table, page = tmp_path / "planted.csv", tmp_path / "planted.md"
    table.write_text('claim,note\n互動率,"第一行\n這支視頻"\n分母,分子\n', encoding="utf-8")
    page.write_text("`視頻` 是原文，軟件不是。", encoding="utf-8")
    assert [c.split("：")[0] for c in in_table(table)] == ["planted.csv:2 ▲ 建議修改｜第 7 字「視頻」"]
    assert [c.split("：")[0] for c in in_page(page)] == ["planted.md ▲ 建議修改｜第 10 字「軟件」"]


def test_a_planted_fault_in_yaml_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "planted.yml"
    file.write_text("lessons:\n- {title: 好, outcome: TODO}\n- {title: 視頻入門}", encoding="utf-8")
    assert [c.split()[1] for c in in_yaml(file)] == [".lessons[0].outcome", ".lessons[1].title"]
