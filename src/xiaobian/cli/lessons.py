"""``xiaobian lessons build | check | new``: execute lessons, generate exercises, start a new pair."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from .. import datasets
from ..datasets import Lesson
from ..exercises import bank, sheet
from . import structure, template
from .course import root
from .dump import dump
from .parser import Parser

MAP_BEGIN, MAP_END = "<!-- course map: begin -->", "<!-- course map: end -->"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def written(ids: list[str]) -> list[Lesson]:
    """The lessons asked for, or all that have a notebook."""
    if ids:
        return [datasets.lesson(i) for i in ids]
    return [entry for entry in datasets.course().values() if (root() / entry.notebook).is_file()]


def build_lesson(file: Path) -> float:
    """Execute a lesson in place and clean it; returns the seconds it took."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        cell.pop("id", None)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as answers:
        fresh = {"KIT_STATE_DIR": answers, "KIT_STRICT": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(file.parent)}},
            store_widget_state=False, record_timing=False, coalesce_streams=True, extra_arguments=["--log-level=ERROR"],
        ).execute(env={**os.environ, **fresh})  # fmt: skip
    seconds = time.perf_counter() - started
    dump(_clean(notebook), file)
    return seconds


def _clean(notebook: Any) -> dict[str, Any]:
    cells = []
    for cell in notebook.cells:
        tags = {k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")}
        plain = {"cell_type": cell.cell_type, "metadata": tags, "source": cell.source}
        if cell.cell_type == "code":
            outputs = [_clean_output(o) for o in cell.outputs]
            plain |= {"execution_count": cell.execution_count, "outputs": outputs}
        cells.append(plain)
    return sheet.notebook(cells)


def _clean_output(output: Any) -> dict[str, Any]:
    plain = json.loads(json.dumps(output))
    plain.get("data", {}).pop(WIDGET_VIEW, None)
    if "metadata" in plain:
        plain["metadata"] = {}
    return plain


def build_exercise(lesson: Lesson, folder: Path) -> None:
    """Write master and student copy of one lesson below ``folder``."""
    dump(sheet.master(lesson.id), folder / lesson.master)
    dump(sheet.student(lesson.id), folder / lesson.exercise)


def course_map() -> str:
    """The course map as Markdown: a row a lesson, linked where it exists."""
    rows = ["| 課 | 內容 | 學會之後能做什麼 | 練習 |", "|---|---|---|---|"]
    for chapter, lessons in groupby(datasets.course().values(), key=lambda entry: entry.chapter):
        rows.append(f"| | **{chapter}** | | |")
        rows += [_map_row(entry) for entry in lessons]
    return "\n".join(rows)


def _map_row(entry: Lesson) -> str:
    if not (root() / entry.notebook).is_file():
        return f"| {entry.id} | {entry.title} | {entry.outcome} | 籌備中 |"
    return f"| {entry.id} | [{entry.title}]({entry.notebook}) | {entry.outcome} | [練習]({entry.exercise}) |"


def write_course_map() -> None:
    """Put the course map between its two marks in README.md."""
    file = root() / "README.md"
    head, _, rest = file.read_text(encoding="utf-8").partition(MAP_BEGIN)
    tail = rest.partition(MAP_END)[2]
    file.write_text(f"{head}{MAP_BEGIN}\n{course_map()}\n{MAP_END}{tail}", encoding="utf-8", newline="\n")


def build(args: argparse.Namespace) -> int:
    for lesson in written(args.lesson):
        seconds = build_lesson(root() / lesson.notebook)
        print(f"{lesson.id} {lesson.title}：執行 {seconds:.1f} 秒")
        if bank.exists(lesson.id):
            build_exercise(lesson, root())
    write_course_map()
    return check(args)


def check(args: argparse.Namespace) -> int:
    found = [(entry, p) for entry in written(args.lesson) for p in structure.problems(root(), entry)]
    for lesson, problem in found:
        print(f"{lesson.id}：{problem}")
    print("課文結構都符合。" if not found else f"共 {len(found)} 處要修。")
    return 1 if found else 0


def new(args: argparse.Namespace) -> int:
    for lesson in written(args.lesson):
        for file in template.write(lesson, root()):
            print(f"已建立 {file.relative_to(root()).as_posix()}")
    return build(args)


def main(argv: list[str]) -> int:
    """Entry point; returns the exit code."""
    parser = Parser("xiaobian lessons", "建立與檢查課文、練習")
    commands = parser.add_subparsers(required=True, metavar="build | check | new")
    for name, run, about in (
        ("build", build, "執行課文、清掉雜訊、產生練習"),
        ("check", check, "檢查課文結構"),
        ("new", new, "從樣板建立一課與它的練習"),
    ):
        command = commands.add_parser(name, prog=f"xiaobian lessons {name}", help=about, description=about)
        command.add_argument(
            "lesson", nargs="+" if name == "new" else "*", help="課號，例如 3.1；不給就是全部"
        )
        command.set_defaults(run=run)
    args = parser.parse_args(argv)
    return int(args.run(args))
