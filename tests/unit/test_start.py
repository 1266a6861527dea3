"""start.py: which Python, which .venv, what is said when something is wrong."""

from __future__ import annotations

import ast
import doctest
import errno
import importlib.util
import io
import itertools
import json
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from xiaobian import cli
from xiaobian.cli.course import root

START = root() / "start.py"
LOW, HIGH = (3, 11), (3, 15)


@pytest.fixture
def start(tmp_path, monkeypatch) -> ModuleType:
    """A fresh start.py whose course folder is an empty copy with the real lock files."""
    spec = importlib.util.spec_from_file_location("start", START)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "requirements.lock", "requirements-all.lock"):
        (tmp_path / name).write_bytes((root() / name).read_bytes())
    (tmp_path / "src").mkdir()
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "STAMP", str(tmp_path / ".venv" / "xiaobian-ready.json"))
    return module


def facts(version: tuple[int, int, int] = (3, 12, 1), **changes: Any) -> dict[str, Any]:
    """What a healthy interpreter says of itself."""
    return {"path": "/py", "version": list(version), "wide": True, "venv": True, "kit": True} | changes


class Machine:
    """Stands in for the installers: notes the commands, makes the folders, breaks where it is told to."""

    def __init__(self, start: ModuleType, monkeypatch: pytest.MonkeyPatch, uv: bool = True) -> None:
        self.start, self.commands, self.breaks = start, [], {}
        monkeypatch.setattr(start, "run", self.run)
        monkeypatch.setattr(start, "probe", self.probe)
        monkeypatch.setattr(start.shutil, "which", lambda name, path=None: f"/bin/{name}" if uv else None)
        monkeypatch.setattr(start, "hand_over", lambda arguments: 0)

    def run(self, command: list[str], show: bool = False) -> str:
        self.commands.append(command)
        for part, problem in self.breaks.items():
            if part in command:
                raise problem
        if "venv" in command:
            Path(self.start.venv_python()).parent.mkdir(parents=True, exist_ok=True)
            Path(self.start.venv_python()).touch()
        return ""

    def probe(self, command: list[str]) -> dict[str, Any] | None:
        inside = command[0] == self.start.venv_python()
        return facts() if not inside or Path(command[0]).exists() else None

    def installs(self) -> list[list[str]]:
        return [command for command in self.commands if "-r" in command]


def test_an_old_python_can_read_it():
    source = START.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "__future__" not in imported
    assert imported <= set(sys.stdlib_module_names)
    named = [
        node for node in ast.walk(tree) if isinstance(node, ast.NamedExpr) or getattr(node, "posonlyargs", [])
    ]
    assert not named, "newer than Python 3.6"


def test_its_examples_run(start):
    assert doctest.testmod(start).failed == 0


def test_its_commands_are_those_of_the_package(start):
    assert list(start.COMMANDS) == list(cli.COMMANDS)
    for name, text in start.COMMANDS.items():
        assert text.startswith(cli.COMMANDS[name].help), name


def test_the_range_is_read_from_pyproject(start):
    text = (root() / "pyproject.toml").read_text(encoding="utf-8")
    declared = SpecifierSet(tomllib.loads(text)["project"]["requires-python"])
    low, high = start.supported(text)
    minors = [(3, minor) for minor in range(30) if f"3.{minor}.0" in declared]
    assert (low, high) == (minors[0], (3, minors[-1][1] + 1))
    with pytest.raises(start.Stop, match="requires-python"):
        start.supported("[project]")


@pytest.mark.parametrize(
    ("machines", "chosen"),
    [
        ([facts((3, 12, 1))], (3, 12, 1)),
        ([facts((3, 8, 2)), facts((3, 13, 0))], (3, 13, 0)),
        ([facts((3, 15, 0)), None, facts((3, 11, 9))], (3, 11, 9)),
        ([facts((3, 12, 1), wide=False), facts((3, 14, 0))], (3, 14, 0)),
        ([facts((3, 12, 1), venv=False), facts((3, 11, 2))], (3, 11, 2)),
    ],
)
def test_the_first_suitable_interpreter_is_chosen(start, monkeypatch, machines, chosen):
    monkeypatch.setattr(start, "candidates", lambda low, high: ([str(i)] for i in range(len(machines))))
    monkeypatch.setattr(start, "probe", lambda command: machines[int(command[0])])
    assert tuple(start.choose(LOW, HIGH, False)["version"]) == chosen


def test_without_a_suitable_python_it_says_what_to_install(start, monkeypatch):
    monkeypatch.setattr(start, "candidates", lambda low, high: iter([["a"]]))
    monkeypatch.setattr(start, "probe", lambda command: facts((3, 8, 2)))
    with pytest.raises(start.Stop) as problem:
        start.choose(LOW, HIGH, False)
    for part in ("3.11–3.14", "python.org", "apt install", f"{sys.version_info[0]}.{sys.version_info[1]}"):
        assert part in str(problem.value)


def test_without_venv_it_says_what_to_install_unless_uv_can_help(start, monkeypatch):
    monkeypatch.setattr(start, "candidates", lambda low, high: iter([["a"]]))
    monkeypatch.setattr(start, "probe", lambda command: facts((3, 11, 2), venv=False))
    with pytest.raises(start.Stop, match=r"apt install python3-venv（或 python3\.11-venv）"):
        start.choose(LOW, HIGH, False)
    assert start.choose(LOW, HIGH, True)["version"] == [3, 11, 2]


def test_an_interpreter_is_asked_not_guessed(start, tmp_path):
    mine = start.probe([sys.executable])
    assert mine["version"] == list(sys.version_info[:3]) and mine["kit"]
    assert start.probe([str(tmp_path / "python3.12")]) is None
    assert start.probe([sys.executable, "-c", "raise SystemExit(3)"]) is None


def test_the_running_interpreter_comes_first_then_the_newest(start, monkeypatch):
    monkeypatch.setattr(start.shutil, "which", lambda name, path=None: name)
    monkeypatch.setattr(start.glob, "glob", lambda pattern: [])
    first, *others = itertools.chain.from_iterable(c[:1] for c in start.candidates(LOW, HIGH))
    assert first == sys._base_executable
    assert [o for o in others if o.startswith("python3.")] == [
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
    ]


DONE = {"project": "HERE", "python": [3, 12], "inputs": "abc"}


@pytest.mark.parametrize(
    ("stamp", "python", "wanted"),
    [
        (DONE, facts(), "ready"),
        (DONE, facts((3, 12, 9)), "ready"),
        (DONE | {"inputs": "older"}, facts(), "update"),
        ({}, facts(), "update"),
        (DONE | {"inputs": ""}, facts(), "rebuild"),
        (DONE | {"project": "/elsewhere"}, facts(), "rebuild"),
        (DONE, facts((3, 13, 0)), "rebuild"),
        (DONE, facts(kit=False), "rebuild"),
        (DONE, facts((3, 10, 0)), "rebuild"),
        (DONE, None, "rebuild"),
        ({}, None, "rebuild"),
    ],
)
def test_the_state_of_the_environment_is_known(start, stamp, python, wanted):
    here = {key: start.ROOT if value == "HERE" else value for key, value in stamp.items()}
    assert start.decide(here, python, "abc", LOW, HIGH) == wanted


def test_a_first_start_installs_a_second_does_nothing(start, monkeypatch):
    machine = Machine(start, monkeypatch)
    assert start.main(["check"]) == 0
    assert machine.commands[0][1:] == ["-m", "venv", start.VENV]
    assert machine.installs() and all("--require-hashes" in command for command in machine.installs())
    assert machine.commands[-1][-4:] == ["--no-deps", "--no-build-isolation", "-e", "."]
    machine.commands.clear()
    assert start.main(["check"]) == 0
    assert machine.commands == []


def test_a_changed_lock_is_installed_over_the_old_one(start, monkeypatch):
    machine = Machine(start, monkeypatch)
    start.main(["check"])
    with open(Path(start.ROOT) / "requirements.lock", "a", encoding="utf-8") as lock:
        lock.write("\n")
    machine.commands.clear()
    assert start.main(["check"]) == 0
    assert len(machine.installs()) == 1 and not any("venv" in command for command in machine.commands)


@pytest.mark.parametrize("moment", ["venv", "requirements.lock", "-e"])
def test_an_interrupted_installation_is_done_again_from_a_clean_folder(start, monkeypatch, capsys, moment):
    machine = Machine(start, monkeypatch)
    machine.breaks = {moment: KeyboardInterrupt()}
    assert start.main(["check"]) == 130
    assert "已中斷" in capsys.readouterr().err
    leftover = Path(start.VENV) / "half"
    leftover.touch()
    machine.breaks = {}
    assert start.main(["check"]) == 0
    assert not leftover.exists()
    assert json.loads(Path(start.STAMP).read_text(encoding="utf-8"))["inputs"] == start.fingerprint()


def test_when_uv_fails_pip_takes_over(start, monkeypatch, capsys):
    machine = Machine(start, monkeypatch)
    machine.breaks = {"/bin/uv": start.Stop("安裝沒有完成：連不到套件庫。")}
    assert start.main(["check"]) == 0
    assert [command[:3] for command in machine.installs()][-1] == [start.venv_python(), "-m", "pip"]
    assert "改用 pip" in capsys.readouterr().out


def test_without_uv_the_locked_one_is_fetched_with_its_hashes_and_removed(start, monkeypatch):
    machine = Machine(start, monkeypatch, uv=False)
    wanted = []
    honest = machine.run

    def watching(command: list[str], show: bool = False) -> str:
        if "--target" in command:
            wanted.append(Path(command[-1]).read_text(encoding="utf-8"))
        return honest(command, show)

    monkeypatch.setattr(start, "run", watching)
    assert start.main(["check"]) == 0
    assert wanted[0].startswith("uv==") and "--hash=sha256:" in wanted[0]
    assert "==" not in wanted[0].partition("\n")[2]
    assert not list(Path(start.VENV).glob("uv-*"))
    assert machine.installs()[-1][1:4] == ["-m", "pip", "install"]


def test_a_failed_installation_ends_with_the_reason_and_an_exit_code(start, monkeypatch, capsys):
    machine = Machine(start, monkeypatch, uv=False)
    machine.breaks = {"requirements.lock": start.Stop("安裝沒有完成：磁碟滿了。")}
    assert start.main(["check"]) == 1
    assert "磁碟滿了" in capsys.readouterr().err
    assert start.read_stamp()["inputs"] == ""


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("error: Failed to fetch: dns error: failed to lookup address", "連不到套件庫"),
        ("ERROR: Could not find a version. NewConnectionError", "連不到套件庫"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            "下載到的檔案和鎖定檔的雜湊值不符",
        ),
        ("OSError: [Errno 28] No space left on device", "磁碟滿了"),
        ("ERROR: Could not install packages: [WinError 5] Access is denied", "沒有權限"),
        ("Segmentation fault", "安裝程式回報錯誤"),
        ("", "安裝程式回報錯誤"),
    ],
)
def test_a_failure_is_explained(start, printed, said):
    text = start.diagnosis(printed, 5_000_000)
    assert text.startswith(f"安裝沒有完成：{said}")
    assert printed in text


def test_a_failing_installer_is_diagnosed(start):
    with pytest.raises(start.Stop, match="連不到套件庫"):
        start.run([sys.executable, "-c", "raise SystemExit('connection refused')"])


def test_a_partial_folder_is_refused(start, monkeypatch, capsys):
    machine = Machine(start, monkeypatch)
    (Path(start.ROOT) / "requirements.lock").unlink()
    assert start.main([]) == 1
    said = capsys.readouterr().err
    assert "requirements.lock" in said and "全部解壓縮" in said
    assert machine.commands == []


def test_the_preview_of_an_archive_is_refused(start, monkeypatch, tmp_path):
    inside = tmp_path / "Temp1_kit.zip" / "kit"
    inside.mkdir(parents=True)
    for name in start.NEEDED:
        (inside / name).touch()
    monkeypatch.setattr(start, "ROOT", str(inside))
    monkeypatch.setattr(start.tempfile, "gettempdir", lambda: str(tmp_path))
    with pytest.raises(start.Stop, match="全部解壓縮"):
        start.check_folder()


def test_a_folder_that_cannot_be_written_is_refused(start, monkeypatch, capsys):
    machine = Machine(start, monkeypatch)

    def refuse(dir: str) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(start.tempfile, "TemporaryFile", refuse)
    assert start.main([]) == 1
    assert "不能寫入" in capsys.readouterr().err
    assert machine.commands == []


def test_a_full_disk_is_refused_before_the_download(start, monkeypatch):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 5 * 10**6}))
    with pytest.raises(start.Stop, match="現在剩 5 MB"):
        start.check_room()


def test_one_installation_at_a_time(start, tmp_path):
    with open(tmp_path / "lock", "a") as first, open(tmp_path / "lock", "a") as second:
        assert start.try_lock(first)
        assert not start.try_lock(second)
    with open(tmp_path / "lock", "a") as third:
        assert start.try_lock(third)


@pytest.mark.parametrize(
    ("typed", "handed"),
    [
        ([], ["lab"]),
        (["--no-browser"], ["lab", "--no-browser"]),
        (["test", "-k", "kpi"], ["test", "-k", "kpi"]),
    ],
)
def test_no_command_means_lab_and_arguments_go_through(start, monkeypatch, typed, handed):
    got = []
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "hand_over", lambda arguments: got.append(arguments) or 7)
    assert start.main(typed) == 7
    assert got == [handed]


@pytest.mark.parametrize(("typed", "code"), [(["--help"], 0), (["-h"], 0), (["hlep"], 2)])
def test_help_and_mistyped_commands_install_nothing(start, monkeypatch, capsys, typed, code):
    machine = Machine(start, monkeypatch)
    assert start.main(typed) == code
    out, err = capsys.readouterr()
    assert all(name in out + err for name in start.COMMANDS)
    assert ("沒有「hlep」這個指令" in err) == (code == 2)
    assert machine.commands == []


def test_the_kit_runs_in_utf8_without_the_callers_python_settings(start, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "/elsewhere")
    env = start.environment()
    assert env["PYTHONUTF8"] == "1" and env["PIP_USER"] == "0"
    assert "/elsewhere" not in env.values()


def test_the_command_is_handed_to_the_environments_python(start, monkeypatch):
    """By becoming it where the system can, else as a child whose exit code is returned."""
    became, ran = [], []
    monkeypatch.setattr(start.os, "chdir", lambda folder: None)
    monkeypatch.setattr(
        start.os, "execve", lambda *call: became.append(call) or (_ for _ in ()).throw(SystemExit)
    )
    monkeypatch.setattr(start, "venv_python", lambda: "python-of-the-kit")
    monkeypatch.setattr(start.os, "name", "posix")
    with pytest.raises(SystemExit):
        start.hand_over(["lab", "--port", "8890"])
    assert became[0][1] == ["python-of-the-kit", "-m", "xiaobian", "lab", "--port", "8890"]
    assert became[0][2]["PYTHONUTF8"] == "1"

    class Child:
        def __init__(self, command: list[str], cwd: str, env: dict[str, str]) -> None:
            ran.append((command, cwd, env["PYTHONUTF8"]))
            self.answers = iter([KeyboardInterrupt(), 3])

        def wait(self) -> int:
            answer = next(self.answers)
            if isinstance(answer, BaseException):
                raise answer
            return answer

    monkeypatch.setattr(start.subprocess, "Popen", Child)
    monkeypatch.setattr(start.os, "name", "nt")
    assert start.hand_over(["check"]) == 3
    assert ran == [(["python-of-the-kit", "-m", "xiaobian", "check"], start.ROOT, "1")]


def test_chinese_is_printed_even_to_an_ascii_console(start, monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    start.say("課程")
    assert console.buffer.getvalue().decode("utf-8") == "課程\n"
