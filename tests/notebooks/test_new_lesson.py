"""``xiaobian lessons new``: the pair it makes is well formed, and its exercise works blank and solved."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xiaobian import datasets

ROOT = Path(__file__).resolve().parents[2]
NEW = datasets.lesson("8.3")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course in a folder with a space and Chinese in its name."""
    folder = tmp_path_factory.mktemp("new") / "我的 課程"
    for name in ("src", "datasets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("start.py", "pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def run(course, *command, **environment):
    env = {**os.environ, "PYTHONPATH": str(course / "src"), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", **environment}
    for name in ("KIT_EXPECT", "KIT_STATE_DIR", "PYTEST_ADDOPTS"):
        if name not in environment:
            env.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=course, env=env, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def made(course):
    return run(course, "xiaobian", "lessons", "new", NEW.id)


def test_the_new_lesson_is_well_formed(course, made):
    assert made.returncode == 0, made.stdout + made.stderr
    assert "課文結構都符合" in made.stdout
    for file in (NEW.notebook, NEW.exercise, NEW.master):
        assert (course / file).is_file()
    assert f"({NEW.notebook})" in (course / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("expect", "file"), [("blank", NEW.exercise), ("solved", NEW.master)])
def test_its_exercise_runs_in_both_states(course, made, tmp_path, expect, file):
    lax = ("pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-current-env", file)
    done = run(course, *lax, KIT_EXPECT=expect, KIT_STATE_DIR=str(tmp_path))
    assert done.returncode == 0, done.stdout


def test_an_existing_lesson_is_never_overwritten(course, made):
    again = run(course, "xiaobian", "lessons", "new", NEW.id)
    assert again.returncode == 1
    assert "已經有檔案" in again.stdout + again.stderr and "Traceback" not in again.stderr
