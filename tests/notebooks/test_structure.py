"""The anatomy of lessons, proven on the lessons and on broken copies of one."""

import copy
import json
from pathlib import Path

import pytest

from xiaobian import datasets
from xiaobian.cli import lessons, structure
from xiaobian.cli.dump import text
from xiaobian.exercises import bank, sheet

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [entry for entry in datasets.course().values() if (ROOT / entry.notebook).is_file()]
IDS = [entry.id for entry in WRITTEN]


def test_lessons_exercises_and_question_banks_belong_together():
    for folder, name in (
        ("notebooks", "notebook"),
        ("exercises", "exercise"),
        ("instructor/source", "master"),
    ):
        found = {
            p.relative_to(ROOT).as_posix()
            for p in (ROOT / folder).rglob("*.ipynb")
            if ".ipynb_" not in str(p)
        }
        assert found == {getattr(entry, name) for entry in WRITTEN}
    assert {entry.id for entry in datasets.course().values() if bank.exists(entry.id)} == set(IDS)
    assert {"0.1", "3.1"} <= set(IDS)


def test_every_seed_point_has_a_lesson():
    placed = {point for entry in datasets.course().values() for point in entry.seed}
    assert placed == {f"S{n:02d}" for n in range(1, 78)}


@pytest.mark.parametrize("lesson", WRITTEN, ids=IDS)
def test_lesson_is_well_formed(lesson):
    assert structure.problems(ROOT, lesson) == []


@pytest.mark.parametrize("lesson", WRITTEN, ids=IDS)
def test_exercise_and_master_are_what_the_bank_makes(lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    assert (ROOT / lesson.master).read_text(encoding="utf-8") == text(sheet.master(lesson.id))
    assert (ROOT / lesson.exercise).read_text(encoding="utf-8") == text(sheet.student(lesson.id))


@pytest.mark.parametrize("lesson", WRITTEN, ids=IDS)
def test_student_copy_holds_no_answer(lesson):
    copy_text = (ROOT / lesson.exercise).read_text(encoding="utf-8")
    assert "SOLUTION" not in copy_text
    page = json.loads(copy_text)
    assert "widgets" not in page["metadata"]
    for cell in page["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_readme_map_is_current():
    assert lessons.course_map() in (ROOT / "README.md").read_text(encoding="utf-8")


GOOD = datasets.lesson("3.1")


def broken(change):
    page = structure.read(ROOT, GOOD)
    notebook = copy.deepcopy(page.notebook)
    change(notebook["cells"], notebook)
    return structure.Page(page.file, GOOD, notebook)


def found(rule, change):
    return "\n".join(rule(broken(change)))


def first(cells, kind):
    return next(c for c in cells if c["cell_type"] == kind)


def last_markdown(cells):
    return [c for c in cells if c["cell_type"] == "markdown"][-1]


def rename(old, new):
    def change(cells, _):
        for cell in cells:
            cell["source"] = "".join(cell["source"]).replace(old, new)

    return change


@pytest.mark.parametrize(("rule", "change", "says"), [
    (structure._frame, rename("# ", "## "), "恰好一個"),
    (structure._frame, rename("小結", "結語"), "逐點對映"),
    (structure._frame, rename("常見誤用", "注意"), "常見誤用"),
    (structure._frame, rename("my_file = None", "my_file = 1"), "my_file"),
    (structure._frame, rename("`xb.kpi()`", "KPI"), "函式"),
    (structure._rhythm, lambda cells, _: cells.extend([first(cells, "markdown")] * 60), "格數"),
    (structure._rhythm, rename("xb.predict(", "print("), "連續"),
    (structure._rhythm, lambda cells, _: first(cells, "code").update(source="x = 1\n" * 900), "每行程式"),
    (structure._cells, lambda cells, _: first(cells, "code").update(source="x = 1\n" * 16), "超過 15 行"),
    (structure._cells, lambda cells, _: first(cells, "code").update(id="other"), "id 不固定"),
    (structure._cells, lambda cells, _: first(cells, "code").update(metadata={"tags": ["mine"]}), "標籤 mine"),
    (structure._cells, lambda cells, _: first(cells, "code").update(source="interact(f)"), "Output 或 interact"),
    (structure._executed, lambda cells, _: first(cells, "code").update(execution_count=None), "沒有從頭"),
    (structure._executed, lambda cells, _: first(cells, "code").update(
        outputs=[{"output_type": "stream", "name": "stderr", "text": "w"}]), "錯誤或警告"),
    (structure._figures, lambda cells, _: [c.update(outputs=[]) for c in cells if "outputs" in c], "至少 2 張"),
    (structure._figures, rename(".panels.", "."), "互動面板"),
    (structure._numbers, lambda cells, _: last_markdown(cells).update(source="高了 87.65%"), "87.65%"),
    (structure._numbers, lambda cells, _: last_markdown(cells).update(source="有 3.21 億人在用"), "3.21 億"),
    (structure._numbers, lambda cells, _: last_markdown(cells).update(source="一共 1,234 萬個帳號"), "1,234 萬"),
    (structure._numbers, lambda cells, _: last_markdown(cells).update(source="多了 87 million"), "87 million"),
    (structure._numbers, lambda cells, _: last_markdown(cells).update(source="1987 年的調查"), "1987"),
    (structure._links, lambda cells, _: last_markdown(cells).update(source="[x](no/such.ipynb)"), "no/such"),
    (structure._file, lambda _, notebook: notebook["metadata"].update(widgets={}), "元件狀態"),
])  # fmt: skip
def test_each_rule_catches_its_fault(rule, change, says):
    assert not list(rule(structure.read(ROOT, GOOD)))
    assert says in found(rule, change)


@pytest.mark.parametrize("prose", ["超過三百萬人", "一億二千萬個帳號", "兩萬則"])
def test_chapter_1_types_no_count_in_words_either(prose):
    page = structure.read(ROOT, GOOD)
    last_markdown(page.notebook["cells"]).update(source=prose)
    outside = structure.Page(page.file, datasets.lesson("1.1"), page.notebook)
    assert "輸出裡沒有這個數字" in "".join(structure._numbers(outside))
    assert not list(structure._numbers(page))


@pytest.mark.parametrize(
    "prose", ["早上 9:30 開會，見 1.1 節、第 2 步", "千萬別急，萬一錯了再改", "花 12 小時，練習 3.5", "版本 2.0–3.0"]
)
def test_times_sections_and_idioms_are_no_figures(prose):
    page = structure.read(ROOT, GOOD)
    last_markdown(page.notebook["cells"]).update(source=prose)
    assert not list(structure._numbers(structure.Page(page.file, datasets.lesson("1.1"), page.notebook)))
