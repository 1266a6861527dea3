"""Seeded faults: the notebook suite must fail when a lesson, a solution or a check is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from xiaobian import datasets
from xiaobian.exercises import sheet

ROOT = Path(__file__).resolve().parents[2]
SANITIZE = ROOT / "tests/notebooks/nbval_sanitize.cfg"


def notebook(*sources, output=None):
    cells = [sheet.code(source) for source in sources]
    if output:
        cells[-1] |= {"execution_count": 1, "outputs": [output]}
    return sheet.notebook(cells)


def run(page, folder, *flags, **environment):
    file = folder / "page.ipynb"
    file.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        "--nbval-current-env",
    ]
    fresh = {
        **os.environ,
        "KIT_STATE_DIR": str(folder / "answers"),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        **environment,
    }
    fresh.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [*command, *flags, str(file)], env=fresh, cwd=folder, capture_output=True, text=True, encoding="utf-8"
    )


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


@pytest.mark.parametrize(("shown", "code"), [("42\n", 0), ("41\n", 1)])
def test_a_stale_output_fails_strict(tmp_path, shown, code):
    page = notebook("print(6 * 7)", output=stream(shown))
    assert run(page, tmp_path, "--nbval", "--nbval-sanitize-with", str(SANITIZE)).returncode == code


SETUP = 'import xiaobian as xb\nex = xb.exercise("0.1")'


@pytest.mark.parametrize(("expect", "cell", "code"), [
    ("blank", "ex.q1.answer(...)", 0),
    ("blank", 'ex.q1.answer("A")', 1),
    ("solved", 'ex.q1.answer("A")', 0),
    ("solved", 'ex.q1.answer("B")', 1),
])  # fmt: skip
def test_a_wrong_state_fails_lax(tmp_path, expect, cell, code):
    done = run(notebook(SETUP, cell), tmp_path, "--nbval-lax", KIT_EXPECT=expect)
    assert done.returncode == code, done.stdout


def test_an_error_in_a_button_fails(tmp_path):
    press = (
        "panel = ex.q1.panel()\npanel.control.show('A')\nex.q1.question = None\npanel.buttons['檢查'].click()"
    )
    good = press.replace("ex.q1.question = None\n", "")
    assert run(notebook(SETUP, good), tmp_path, "--nbval-lax", KIT_STRICT="1").returncode == 0
    assert run(notebook(SETUP, press), tmp_path, "--nbval-lax", KIT_STRICT="1").returncode == 1


def test_a_wrong_solution_in_a_master_fails(tmp_path):
    page = json.loads((ROOT / datasets.lesson("0.1").master).read_text(encoding="utf-8"))
    cell = next(c for c in page["cells"] if "q1 = 'A'" in "".join(c["source"]))
    cell["source"] = "".join(cell["source"]).replace("q1 = 'A'", "q1 = 'B'")
    done = run(page, tmp_path, "--nbval-lax", KIT_EXPECT="solved")
    assert done.returncode == 1 and "1 failed" in done.stdout


def test_lessons_hold_enough_compared_cells():
    compared = 0
    for entry in datasets.course().values():
        if (ROOT / entry.notebook).is_file():
            page = json.loads((ROOT / entry.notebook).read_text(encoding="utf-8"))
            cells = [c for c in page["cells"] if c["cell_type"] == "code"]
            skipped = [
                c for c in cells if {"nbval-skip", "nbval-ignore-output"} & set(c["metadata"].get("tags", []))
            ]
            assert len(skipped) <= 0.1 * len(cells), entry.id
            compared += sum(bool(c["outputs"]) for c in cells) - len(skipped)
    assert compared >= 20
