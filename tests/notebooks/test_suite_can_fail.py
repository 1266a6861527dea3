"""Seeded faults: the notebook suite must fail when a lesson, a solution or a check is wrong."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from xiaobian import datasets
from xiaobian.exercises import sheet

ROOT = Path(__file__).resolve().parents[2]
SANITIZE = ROOT / "tests/notebooks/nbval_sanitize.cfg"


def notebook(*sources, output=None):
    cells = [sheet.code(source) for source in sources]
    if output:
        cells[-1] |= {"execution_count": 1, "outputs": [output]}
    return sheet.notebook(cells)


def run(pages, folder, *flags, **environment):
    """One pytest over several notebooks; what it says, and which of them hold a failed cell."""
    for name, page in pages.items():
        (folder / f"{name}.ipynb").write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rfE",
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
    done = subprocess.run(
        [*command, *flags, *(f"{name}.ipynb" for name in pages)],
        env=fresh, cwd=folder, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    failed = set(re.findall(r"^(?:FAILED|ERROR) (\w+)\.ipynb::", done.stdout, re.MULTILINE))
    assert done.returncode == (1 if failed else 0), done.stdout + done.stderr
    cells = sum(cell["cell_type"] == "code" for page in pages.values() for cell in page["cells"])
    assert sum(map(int, re.findall(r"(\d+) (?:passed|failed|error)", done.stdout))) == cells, done.stdout
    return done.stdout, failed


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_a_stale_output_fails_strict(tmp_path):
    pages = {
        name: notebook("print(6 * 7)", output=stream(shown))
        for name, shown in (("right", "42\n"), ("stale", "41\n"))
    }
    assert run(pages, tmp_path, "--nbval", "--nbval-sanitize-with", str(SANITIZE))[1] == {"stale"}


SETUP = 'import xiaobian as xb\nex = xb.exercise("0.1")'


class TestBlank:
    """A class is what xdist gives to one worker: the two states run beside each other."""

    def test_an_answered_blank_fails_lax(self, tmp_path):
        pages = {
            "blank": notebook(SETUP, "ex.q1.answer(...)"),
            "answered": notebook(SETUP, 'ex.q2.answer("A")'),
        }
        output, failed = run(pages, tmp_path, "--nbval-lax", KIT_EXPECT="blank")
        assert failed == {"answered"}, output

    def test_an_error_in_a_button_fails(self, tmp_path):
        press = "panel = ex.q1.panel()\npanel.control.show('A')\nex.q1.question = None\npanel.buttons['檢查'].click()"
        pages = {
            "good": notebook(SETUP, press.replace("ex.q1.question = None\n", "")),
            "broken": notebook(SETUP, press),
        }
        output, failed = run(pages, tmp_path, "--nbval-lax", KIT_STRICT="1")
        assert failed == {"broken"}, output


class TestSolved:
    def test_a_wrong_solution_fails_lax_and_in_a_master(self, tmp_path):
        page = json.loads((ROOT / datasets.lesson("0.1").master).read_text(encoding="utf-8"))
        cell = next(c for c in page["cells"] if "q1 = 'A'" in "".join(c["source"]))
        cell["source"] = "".join(cell["source"]).replace("q1 = 'A'", "q1 = 'B'")
        pages = {
            "right": notebook(SETUP, 'ex.q1.answer("A")'),
            "wrong": notebook(SETUP, 'ex.q1.answer("B")'),
            "master": page,
        }
        output, failed = run(pages, tmp_path, "--nbval-lax", KIT_EXPECT="solved")
        assert failed == {"wrong", "master"} and "2 failed" in output, output


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
