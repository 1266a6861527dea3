"""One truth in pyproject.toml, two locks, environment.yml, README and the wheel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from xiaobian import cli, datasets
from xiaobian.cli import locks, testing
from xiaobian.cli.course import root
from xiaobian.cli.lock import COMPILE

ROOT = root()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
MINORS = [f"3.{minor}" for minor in range(50) if f"3.{minor}.0" in SUPPORTED]
ASKED_FOR = ("jupyterlab", "ipywidgets", "pandas", "seaborn", "scikit-learn", "openai", "nbval")


@pytest.fixture(scope="module")
def learner() -> list[locks.Pin]:
    return locks.read(ROOT / locks.LEARNER)


@pytest.fixture(scope="module")
def everything() -> list[locks.Pin]:
    return locks.read(ROOT / locks.ALL)


# ── the locks ──


def test_the_learners_lock_is_a_part_of_the_whole_one(learner, everything):
    """Same versions and hashes; the markers may be narrower where another extra needs the package elsewhere too."""
    whole = {(pin.name, pin.version): pin.hashes for pin in everything}
    assert len(learner) < len(everything)
    assert {(pin.name, pin.version): pin.hashes for pin in learner}.items() <= whole.items()


def test_every_entry_is_pinned_with_hashes_and_no_address(learner, everything):
    for file in (locks.LEARNER, locks.ALL):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index-url|--find-links| @ ", text), file
        assert len(re.findall(r"^\S", text, re.MULTILINE)) == len(locks.read(ROOT / file)), (
            f"{file}: a line not read"
        )
    assert all(
        pin.hashes and all(h.startswith("sha256:") for h in pin.hashes) for pin in [*learner, *everything]
    )


@pytest.mark.parametrize("text", PROJECT["dependencies"])
def test_every_dependency_is_in_the_learners_lock(text, learner):
    required = Requirement(text)
    versions = [pin.version for pin in learner if pin.name == canonicalize_name(required.name)]
    assert versions and all(version in required.specifier for version in versions)


@pytest.mark.parametrize("name", ASKED_FOR)
def test_what_the_course_promises_is_installed_everywhere(name, learner):
    assert any(pin.name == name and not pin.marker for pin in learner)
    assert name in {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}


def test_every_extra_is_in_the_whole_lock(everything):
    locked = {pin.name: pin.version for pin in everything}
    for text in (text for extra in PROJECT["optional-dependencies"].values() for text in extra):
        required = Requirement(text)
        assert locked[canonicalize_name(required.name)] in required.specifier


def test_what_the_browser_tests_install_is_complete(everything):
    """Playwright's own requirements, from its metadata when it is installed here, are in the list."""
    locks.lines_for(everything, testing.PLAYWRIGHT)
    try:
        needs = testing.metadata.requires("playwright") or []
    except testing.metadata.PackageNotFoundError:
        needs = []
    assert {Requirement(need).name for need in needs} <= set(testing.PLAYWRIGHT)


def test_dependencies_have_lower_bounds_and_only_openai_an_upper_one():
    for text in PROJECT["dependencies"]:
        operators = {clause.operator for clause in Requirement(text).specifier}
        assert operators == ({">=", "<"} if text.startswith("openai") else {">="}), text


# ── the range of Python ──


def test_the_range_of_python_is_the_same_everywhere():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = next(line for line in environment["dependencies"] if str(line).startswith("python"))
    assert python.removeprefix("python=").lstrip("=") in MINORS
    assert COMPILE[COMPILE.index("--python-version") + 1] == MINORS[0]
    assert PYPROJECT["tool"]["mypy"]["python_version"] == MINORS[0]
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + MINORS[0].replace(".", "")
    told = re.findall(r"需要 Python (\S+?)（", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert told == [f"{MINORS[0]}–{MINORS[-1]}"]


# ── README ──


def commands_in_readme() -> set[tuple[str, str]]:
    """(launcher, subcommand) of every call of start.py in README; a bare call has an empty subcommand."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r"\b(python3|py) start\.py(?: ([a-z]+))?", text))


def test_readme_gives_the_two_commands_for_every_system():
    assert {("python3", ""), ("python3", "test"), ("py", ""), ("py", "test")} <= commands_in_readme()


def test_every_command_in_readme_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {command for _, command in commands_in_readme() if command} | set(
        re.findall(r"`xiaobian ([a-z]+)", text)
    )
    assert named <= set(cli.COMMANDS)


# ── installing ──


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command outside this environment's settings; fail with its words."""
    dropped = ("PYTHONPATH", "VIRTUAL_ENV", "KIT_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr)[-3000:]}"
    return done.stdout


def test_environment_yml_lists_the_learners_lock_and_nothing_else():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, *others = environment["dependencies"]
    assert python.startswith("python=")
    assert others == ["pip", {"pip": [f"-r {locks.LEARNER}"]}]


def test_the_installer_takes_the_lock_and_finds_every_package_of_it_here():
    """Nothing can be fetched: what is installed must be what the lock says, or the installer fails."""
    installer = testing.installer()
    if "uv" in installer:
        run(*installer, "--offline", "--dry-run", "--require-hashes", "-r", locks.LEARNER)
        return
    options = ("--no-index", "--dry-run", "--require-hashes", "--quiet", "--report", "-")
    assert json.loads(run(*installer, *options, "-r", locks.LEARNER))["install"] == []


def test_the_lock_names_the_needs_of_all_that_it_names(learner):
    """As ``pip check`` in an environment that holds the lock alone."""
    versions = {pin.name: pin.version for pin in learner if pin.here}
    for name, version in versions.items():
        assert testing.metadata.version(name) == version
        for text in testing.metadata.requires(name) or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                assert versions.get(canonicalize_name(need.name)) in need.specifier, f"{name}: {text}"


def test_an_editable_install_reads_the_checkout(tmp_path):
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel:editable", "-d", tmp_path)
    built = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    path = next(name for name in built.namelist() if name.endswith(".pth"))
    folder = Path(built.read(path).decode("utf-8").strip())
    assert folder == ROOT / "src"
    assert not any(name.endswith(".py") for name in built.namelist())
    assert "xiaobian = xiaobian.cli:main" in next(
        built.read(name).decode("utf-8") for name in built.namelist() if name.endswith("entry_points.txt")
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_package_and_all_its_data(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in ((ROOT / "datasets", "xiaobian/_data"), (ROOT / "src" / "xiaobian", "xiaobian")):
        here = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        wanted = {f"{inside}/{path.as_posix()}" for path in here if "__pycache__" not in path.parts}
        assert wanted and wanted <= packed, sorted(wanted - packed)


def test_an_unpacked_wheel_finds_its_data_without_the_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = """
import json, sys
sys.path[:0] = sys.argv[1:]
import xiaobian
from xiaobian import datasets
from xiaobian.cli import lab
print(json.dumps([xiaobian.__file__, str(datasets.path("brand.yml")), len(datasets.course()), str(lab.SETTINGS)]))
assert (lab.SETTINGS / "overrides.json").is_file()
"""
    import packaging

    libraries = Path(packaging.__file__).parents[1]
    printed = run(sys.executable, "-I", "-S", "-c", code, tmp_path, libraries, cwd=tmp_path)
    package, brand, lessons, settings = json.loads(printed)
    assert Path(package) == tmp_path / "xiaobian" / "__init__.py"
    assert Path(brand) == tmp_path / "xiaobian" / "_data" / "brand.yml"
    assert Path(settings).is_relative_to(tmp_path)
    assert lessons == len(datasets.course())


def test_a_checkout_reads_its_own_data_folder():
    assert datasets.path("brand.yml") == ROOT / "datasets" / "brand.yml"
