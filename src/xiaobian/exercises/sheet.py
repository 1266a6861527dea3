"""Exercise notebooks from a lesson's questions: the nbgrader master and the student copy."""

from __future__ import annotations

import re
from typing import Any

from .. import datasets
from . import bank
from .exercise import BoundQuestion, Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

Cell = dict[str, Any]


def notebook(cells: list[Cell]) -> dict[str, Any]:
    """An nbformat 4.5 notebook; cells get the ids ``c01``, ``c02`` …"""
    numbered = [{"id": f"c{i:02d}", **cell} for i, cell in enumerate(cells, 1)]
    return {"cells": numbered, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text.strip()}


def code(source: str, **metadata: Any) -> Cell:
    return {
        "cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source.strip(),
    }  # fmt: skip


def _nbgrader(grade_id: str, **flags: Any) -> dict[str, Any]:
    base = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**base, "grade_id": grade_id, **flags}}


def _flowing(text: str) -> str:
    """Paragraphs on one line each: a line break between Han characters would show as a space."""
    return "\n\n".join("".join(part.splitlines()) for part in text.strip().split("\n\n"))


def _intro(lesson: datasets.Lesson, exercise: Exercise) -> list[Cell]:
    total = exercise.points()[1]
    needed = sum(q.question.points for q in exercise if not q.question.research)
    up = "/".join([".."] * 2)
    return [
        markdown(
            f"# 練習 {lesson.id}　{lesson.title}\n\n{_flowing(bank.load(lesson.id).SCENE)}\n\n"
            f"共 {len(exercise.questions)} 題、{total} 分；不寫程式也能拿到 {needed} 分。先按「Run（執行）→ Run All Cells"
            f"（執行所有儲存格）」，再回到每一題作答。作答存在這台電腦的 `answers/`，關掉再開也還在。\n\n"
            f"對應課文：[{lesson.id} {lesson.title}]({up}/{lesson.notebook})"
        ),
        code(bank.load(lesson.id).SETUP),
    ]


def _question_cells(question: BoundQuestion) -> list[Cell]:
    name, declared = question.name, question.question
    cells = [markdown(f"## {question.title}\n\n{declared.prompt.strip()}")]
    if declared.given:
        cells.append(code(declared.given))
    if declared.solution:
        body = [declared.stub, "answer = ...", BEGIN, declared.solution, END, f"ex.{name}.check(answer)"]
        return [*cells, _answer_cell(name, body), _aside(name)]
    blank = f"{name} = ...  # 不用面板的話，把答案寫在這裡再執行"
    return [
        *cells,
        _answer_cell(name, [blank, BEGIN, f"{name} = {declared.right()!r}", END, f"ex.{name}.panel({name})"]),
    ]


def _answer_cell(name: str, lines: list[str]) -> Cell:
    return code("\n".join(line for line in lines if line), **_nbgrader(name, solution=True))


def _aside(name: str) -> Cell:
    return code(f"# ex.{name}.hint()\n# ex.{name}.solution()")


def master(lesson_id: str) -> dict[str, Any]:
    """The master with solutions, in nbgrader's source format."""
    lesson, exercise = datasets.lesson(lesson_id), Exercise(lesson_id)
    cells = _intro(lesson, exercise)
    for question in exercise:
        cells += _question_cells(question)
    total = exercise.points()[1]
    grade = _nbgrader("grade", grade=True, locked=True, points=total)
    cells += [markdown("## 這份練習的成績\n\n執行下一格，看每一題的狀態。"), code("ex.grade()", **grade)]
    cells.append(markdown("做完了，看看整張課程地圖，決定下一步。"))
    cells.append(code("xb.progress()"))
    return notebook(cells)


def student(lesson_id: str) -> dict[str, Any]:
    """The student copy: the master without solutions and without grading metadata that a learner could trip on."""
    copy = master(lesson_id)
    for cell in copy["cells"]:
        cell["source"] = re.sub(rf"{BEGIN}\n.*?{END}\n", "", cell["source"], flags=re.DOTALL)
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"] |= {"editable": False, "deletable": False}
    return copy
