"""The command line: its words, its exit codes, and a JupyterLab that nobody else can reach."""

from __future__ import annotations

import importlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import psutil
import pytest

from xiaobian import cli, errors
from xiaobian.cli import browser, check, lab, lock, locks, offline, parser, pytest_plugin, testing
from xiaobian.cli.course import OPENING, root


def run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "xiaobian", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, **options)


# ── the table of commands ──


def test_help_lists_every_command_and_loads_nothing_heavy():
    code = (
        "import sys; from xiaobian import cli; assert cli.main(['--help']) == 0;"
        "heavy = {'pandas', 'matplotlib', 'jupyterlab', 'pytest', 'ipywidgets', 'yaml'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert all(re.search(rf"^  {name} +\S", done.stdout, re.MULTILINE) for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_its_module(name):
    module = importlib.import_module(f"xiaobian.cli.{cli.COMMANDS[name].module}")
    assert callable(module.main)


@pytest.mark.parametrize("name", [name for name in cli.COMMANDS if name != "lessons"])
def test_every_command_explains_itself_in_chinese(name, capsys):
    try:
        code = cli.main([name, "--help"])
    except SystemExit as leaving:
        code = leaving.code
    printed = capsys.readouterr().out
    assert code == 0
    assert printed.startswith(f"用法：xiaobian {name}")
    assert not re.search(r"usage|options|positional|show this", printed)


def test_a_mistyped_command_is_named(capsys):
    assert cli.main(["chekc"]) == 2
    assert "沒有「chekc」這個指令" in capsys.readouterr().err


def test_a_kit_error_is_one_sentence_and_not_a_traceback(monkeypatch, capsys):
    def fail(argv):
        raise errors.KitError("讀不到檔案", where="a.csv", next_step="請再試一次")

    monkeypatch.setitem(sys.modules, "xiaobian.cli.check", types.SimpleNamespace(main=fail))
    assert cli.main(["check"]) == 1
    assert capsys.readouterr().err == "讀不到檔案：a.csv。請再試一次。\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["lab", "--port", "abc"], "參數 --port：連接埠要是 1–65535 的整數，不能是「abc」"),
        (["lab", "--port", "70000"], "不能是「70000」"),
        (["lab", "--port"], "參數 --port：後面要接一個值"),
        (["lab", "--no-brow"], "不認得的參數：--no-brow"),
        (["lab", "extra"], "不認得的參數：extra"),
        (["datasets"], "少了參數：build | exports"),
        (["datasets", "photos"], "沒有 'photos'"),
    ],
)
def test_a_wrong_argument_is_explained_in_chinese(typed, said, capsys):
    with pytest.raises(SystemExit) as leaving:
        cli.main(typed)
    printed = capsys.readouterr().err
    assert leaving.value.code == 2
    assert said in printed and f"xiaobian {typed[0]} --help" in printed


def test_every_message_of_the_parser_has_its_translation():
    demanding = parser.Parser("xiaobian lab", "說明")
    demanding.add_argument("--size", type=int)
    demanding.add_argument("--flag", action="store_true")
    group = demanding.add_mutually_exclusive_group()
    group.add_argument("--this", action="store_true")
    group.add_argument("--that", action="store_true")
    for typed in (["--size", "x"], ["--flag=1"], ["--this", "--that"]):
        with pytest.raises(SystemExit), pytest.MonkeyPatch.context() as patch:
            said: list[str] = []
            patch.setattr(
                demanding, "exit", lambda status, message, said=said: said.append(message) or sys.exit(status)
            )
            demanding.parse_args(typed)
        assert not re.search(r"(?<!-)\b(argument|invalid|ignored|allowed|expected)\b", said[0]), said


def contents(file):
    """Bytes of a file; of a zip or workbook its members, but for the day on which it was written."""
    if not zipfile.is_zipfile(file):
        return file.read_bytes()
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name != "docProps/core.xml"}


def test_the_samples_of_the_project_are_what_the_command_writes(tmp_path, capsys):
    assert cli.main(["datasets", "exports", "--folder", str(tmp_path)]) == 0
    written = [line.removeprefix("寫好 ") for line in capsys.readouterr().out.splitlines()]
    names = {Path(file).relative_to(tmp_path) for file in written}
    assert {name for name in names if name.parts[0] == "exports"} == {
        path.relative_to(root() / "datasets")
        for path in (root() / "datasets" / "exports").rglob("*")
        if path.is_file()
    }
    for name in names:
        assert contents(root() / "datasets" / name) == contents(tmp_path / name), name


def test_progress_is_printed_from_this_course(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(root())
    assert cli.main(["progress"]) == 0
    assert "課" in capsys.readouterr().out


def test_outside_a_course_the_checkout_is_used(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert (root() / "pyproject.toml").is_file()
    for name in ("start.py", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert root() == tmp_path


# ── lab ──


def test_a_taken_port_is_an_error_when_asked_for_and_skipped_when_not(monkeypatch):
    with socket.socket() as taken:
        taken.bind((lab.HOST, 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(errors.KitError, match=f"連接埠 {number} 不能用"):
            lab.free_port(number)
        monkeypatch.setattr(lab, "FIRST_PORT", number)
        assert number < lab.free_port() < number + lab.PORTS_TRIED
        monkeypatch.setattr(lab, "PORTS_TRIED", 1)
        with pytest.raises(errors.KitError, match="都有人用"):
            lab.free_port()


def test_without_the_opening_page_lab_still_opens(tmp_path):
    assert "--LabApp.default_url=/lab" in lab.arguments(tmp_path, 8888, "t", True)
    (tmp_path / OPENING).parent.mkdir(parents=True)
    (tmp_path / OPENING).touch()
    assert f"--LabApp.default_url=/lab/tree/{OPENING}" in lab.arguments(tmp_path, 8888, "t", True)


HOSTILE = """
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.allow_remote_access = True
c.ServerApp.allow_origin = "*"
c.ServerApp.password = "argon2:nonsense"
c.IdentityProvider.token = ""
c.PasswordIdentityProvider.hashed_password = "argon2:nonsense"
c.ServerApp.base_url = "/elsewhere"
c.ServerApp.root_dir = "/"
c.ServerApp.port = 1
"""


@pytest.fixture
def hostile_home(tmp_path) -> dict[str, str]:
    """Environment of a user whose own Jupyter is open to the network and wants the news."""
    configuration = tmp_path / ".jupyter"
    settings = configuration / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    for name in ("jupyter_server_config.py", "jupyter_lab_config.py", "jupyter_config.py"):
        (configuration / name).write_text(HOSTILE, encoding="utf-8")
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "true"}', encoding="utf-8")
    chosen = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "JUPYTER_CONFIG_DIR": str(configuration)}
    return (
        os.environ
        | chosen
        | {"JUPYTER_TOKEN": "guess", "KIT_LAB_DIR": str(tmp_path / "lab"), "PYTHONUTF8": "1"}
    )


def answer(url: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, json.loads(response.read() or b"{}")
    except urllib.error.HTTPError as problem:
        return problem.code, {}


def test_the_users_own_settings_cannot_open_lab_to_the_network(hostile_home, tmp_path):
    number = lab.free_port()
    command = [sys.executable, "-m", "xiaobian", "lab", "--no-browser", "--port", str(number)]
    log = (tmp_path / "lab.log").open("w+", encoding="utf-8")
    server = subprocess.Popen(command, cwd=root(), env=hostile_home, stdout=log, stderr=log)
    try:
        printed, patience = "", time.monotonic() + 60
        while "token=" not in printed and time.monotonic() < patience and server.poll() is None:
            time.sleep(0.2)
            printed = (tmp_path / "lab.log").read_text(encoding="utf-8")
        address, token = re.search(r"(http://127\.0\.0\.1:\d+/)\?token=(\w+)", printed).groups()
        assert address == f"http://127.0.0.1:{number}/" and len(token) >= 32
        assert answer(f"{address}api/contents")[0] == 403
        assert answer(f"{address}api/contents?token=guess")[0] == 403
        status, listing = answer(f"{address}api/contents?token={token}")
        assert status == 200 and "start.py" in {entry["name"] for entry in listing["content"]}
        connections = psutil.Process(server.pid).net_connections("inet")
        assert {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
        news = answer(f"{address}lab/api/settings/@jupyterlab/apputils-extension:notification?token={token}")[
            1
        ]
        assert (
            json.loads(news["raw"] or "{}") == {}
            and news["schema"]["properties"]["fetchNews"]["default"] == "false"
        )
    finally:
        server.terminate()
        code = server.wait(timeout=30)
        log.close()
    if os.name == "posix":
        assert code == 0
        said = (tmp_path / "lab.log").read_text(encoding="utf-8")
        assert said.endswith("小編實驗室關好了。\n") and "Traceback" not in said


def test_lab_says_which_port_is_taken():
    with socket.socket() as taken:
        taken.bind((lab.HOST, 0))
        taken.listen()
        done = run("lab", "--no-browser", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "不能用" in done.stderr and "Traceback" not in done.stderr


# ── check ──


def test_check_passes_here_and_every_line_says_so():
    done = run("check", cwd=root())
    *lines, verdict = done.stdout.splitlines()
    assert (done.returncode, verdict) == (0, "全部就緒。"), done.stdout
    assert len(lines) == len(check.CHECKS) and all(line.startswith("OK   ") for line in lines)


def test_check_reports_a_broken_part_and_goes_on(monkeypatch, capsys):
    def broken():
        raise ImportError("No module named 'x'")

    fine = check.Finding("好")
    monkeypatch.setattr(check, "CHECKS", {"面板": broken, "別的": lambda: fine})
    assert check.main([]) == 1
    first, second, verdict = capsys.readouterr().out.splitlines()
    assert first.startswith("FAIL 面板") and "No module named 'x'" in first and first.endswith("。")
    assert second == "OK   好"
    assert verdict.startswith("有 1 個問題")


def pins(*entries: tuple[str, str, str]) -> list[locks.Pin]:
    return [locks.Pin(name, version, marker, frozenset(), "") for name, version, marker in entries]


def test_packages_must_equal_the_lock_but_more_are_welcome(monkeypatch):
    here = importlib.import_module("importlib.metadata").version("packaging")
    elsewhere = ("no-such-package", "1", "sys_platform == 'plan9'")
    monkeypatch.setattr(locks, "read", lambda file: pins(("packaging", here, ""), elsewhere))
    assert check.packages().ok
    monkeypatch.setattr(
        locks, "read", lambda file: pins(("packaging", "0.1", ""), ("no-such-package", "1", ""))
    )
    finding = check.packages()
    assert not finding.ok
    assert (
        f"packaging {here}（要 0.1）" in finding.text and "no-such-package 沒有安裝（要 1）" in finding.text
    )


def test_a_python_out_of_range_is_reported(monkeypatch):
    monkeypatch.setattr(check.metadata, "metadata", lambda name: {"Requires-Python": ">=3.97,<3.99"})
    finding = check.python()
    assert not finding.ok and "3.97–3.98" in finding.text


def test_a_missing_glyph_is_reported(monkeypatch):
    assert check.fonts().ok
    monkeypatch.setattr(check, "SAMPLE", "中文\ue123")
    assert not check.fonts().ok


def test_answers_that_cannot_be_written_are_reported(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path / "file" / "answers"))
    assert not check.answers().ok
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path / "new" / "answers"))
    assert check.answers().ok
    assert not (tmp_path / "new").exists()


def test_a_missing_widget_extension_or_language_is_reported(monkeypatch, tmp_path):
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda name: [str(tmp_path)])
    assert not check.widgets().ok
    monkeypatch.setattr(check.metadata, "entry_points", lambda group: [])
    assert not check.language().ok


def test_too_big_an_installation_is_reported(monkeypatch):
    size = check.size_gb({"numpy"})
    assert 0.01 < size < check.size_gb({"numpy", "pandas"})
    monkeypatch.setattr(check, "DISK_LIMIT_GB", 0.001)
    assert not check.disk().ok


# ── lock ──


def test_both_locks_come_from_one_resolution():
    everything, learner = lock.commands(upgrade=False)
    assert "--all-extras" in everything and learner[learner.index("-c") + 1] == everything[-1]
    for command in (everything, learner):
        assert {"--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate"} <= set(command)
    assert all("--upgrade" in command for command in lock.commands(upgrade=True))


def test_the_locked_lines_of_a_package_can_be_shown(capsys):
    assert cli.main(["lock", "--show", "ruff", "Jupyterlab"]) == 0
    shown = locks.parse(capsys.readouterr().out)
    assert {pin.name for pin in shown} == {"ruff", "jupyterlab"} and all(pin.hashes for pin in shown)
    assert cli.main(["lock", "--show", "no-such-package"]) == 1
    assert "no-such-package" in capsys.readouterr().err


def test_a_lock_that_is_missing_or_empty_is_an_error(tmp_path):
    (tmp_path / "empty.lock").touch()
    for name in ("empty.lock", "absent.lock"):
        with pytest.raises(errors.ReadError, match=name):
            locks.read(tmp_path / name)


# ── test ──

REPORT = '<testsuites><testsuite tests="{0}" failures="{1}" errors="{2}" skipped="{3}"/></testsuites>'


@pytest.mark.parametrize(
    ("numbers", "code", "totals"),
    [
        ((7, 0, 0, 2), 0, (5, 0, 2)),
        ((7, 2, 1, 1), 1, (3, 3, 1)),
        ((0, 0, 0, 0), 5, (0, 1, 0)),
        ((4, 0, 0, 0), 2, (4, 1, 0)),
        ((4, 0, 0, 0), 1, (4, 1, 0)),
    ],
)
def test_a_stage_is_counted(tmp_path, numbers, code, totals):
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(*numbers), encoding="utf-8")
    assert testing.counts(report, code)[:3] == totals


def test_a_stage_that_died_without_a_report_failed(tmp_path):
    assert testing.counts(tmp_path / "absent.xml", 139)[:3] == (0, 1, 0)


def test_stages_go_on_after_a_failure_and_end_with_the_totals(tmp_path, monkeypatch, capfd):
    good, bad = tmp_path / "test_good.py", tmp_path / "test_bad.py"
    good.write_text(
        "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('later')\n", encoding="utf-8"
    )
    bad.write_text("def test_c(): assert 0\n", encoding="utf-8")
    stages = tuple(
        testing.Stage(file.stem, (str(file), "-p", "no:cacheprovider", *testing.PLAIN))
        for file in (bad, good)
    )
    monkeypatch.setattr(testing, "STAGES", stages)
    monkeypatch.setattr(testing, "prepare_browser", lambda: True)
    monkeypatch.setattr(testing, "prepare_engines", lambda: True)
    assert testing.main([]) == 1
    printed = capfd.readouterr().out
    assert "── 1/2 test_bad ──" in printed and "── 2/2 test_good ──" in printed
    assert printed.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"


def test_only_a_run_without_failures_ends_with_zero(monkeypatch, capsys):
    monkeypatch.setattr(testing, "run", lambda stage, report: testing.Counts(2, 0, 1))
    monkeypatch.setattr(testing, "prepare_browser", lambda: True)
    monkeypatch.setattr(testing, "prepare_engines", lambda: True)
    assert testing.main([]) == 0
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == f"{2 * len(testing.STAGES)} passed, 0 failed, {len(testing.STAGES)} skipped"
    )
    for prepare in ("prepare_browser", "prepare_engines"):
        monkeypatch.setattr(testing, prepare, lambda: False)
        assert testing.main([]) == 1
        assert capsys.readouterr().out.splitlines()[-1].split(", ")[1] == "1 failed"
        monkeypatch.setattr(testing, prepare, lambda: True)


def test_packages_for_tests_are_installed_once_as_locked_and_a_failure_is_loud(monkeypatch, capsys):
    class Found:
        def __init__(self, pin):
            self.name, self.version = pin.name, pin.version

    class Ran:
        returncode = 1

    pins = [pin for pin in locks.read(root() / locks.ALL) if pin.name in testing.ENGINES]
    asked: list[list[str]] = []
    monkeypatch.setattr(testing, "installer", lambda: ["install"])
    monkeypatch.setattr(testing.subprocess, "run", lambda command: asked.append(command) or Ran)
    monkeypatch.setattr(testing.metadata, "distributions", lambda: [Found(pin) for pin in pins])
    assert testing.prepare_engines() and not asked
    monkeypatch.setattr(testing.metadata, "distributions", list)
    assert not testing.prepare_engines()
    assert asked[0][:4] == ["install", "--quiet", "--no-deps", "--require-hashes"]
    printed = capsys.readouterr().out
    assert {pin.name for pin in pins} == set(testing.ENGINES)
    assert all(f"{pin.name} {pin.version}" in printed for pin in pins) and "沒有裝成" in printed


def test_every_stage_tests_a_folder_that_exists_and_nothing_is_forgotten():
    tested = {stage.arguments[0] for stage in testing.STAGES}
    assert {name for name in tested if (root() / name).is_dir()} == tested
    folders = {
        f"tests/{folder.name}" for folder in (root() / "tests").iterdir() if any(folder.glob("test_*.py"))
    }
    assert folders <= tested


def test_a_missing_browser_is_loud_and_under_demand_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(testing, "install_playwright", lambda: None)
    monkeypatch.setenv("KIT_REQUIRE_BROWSER", "0")
    assert testing.prepare_browser()
    assert "瀏覽器測試全部略過" in capsys.readouterr().out
    monkeypatch.setenv("KIT_REQUIRE_BROWSER", "1")

    def offline_now() -> None:
        raise errors.KitError("playwright 沒有裝成")

    monkeypatch.setattr(testing, "install_playwright", offline_now)
    assert not testing.prepare_browser()


def test_a_browser_named_by_the_user_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_BROWSER", str(tmp_path / "chrome"))
    assert browser.find() is None
    (tmp_path / "chrome").touch()
    assert browser.find() == str(tmp_path / "chrome")


# ── what the pytest plugin promises ──


def test_the_network_is_blocked_and_loopback_is_not():
    with pytest.raises(offline.Offline):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(offline.Offline):
        socket.getaddrinfo("example.com", 80)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, pytest.raises(offline.Offline):
        datagram.sendto(b"x", ("192.0.2.1", 9))
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()


def notebook(*cells: str) -> str:
    code = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for i, cell in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "no-such-kernel", "display_name": "x", "language": "python"}}
    return json.dumps({"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


PROMISES = """
import os, socket
from pathlib import Path
assert os.environ.get("KIT_EXPECT", "") == {expected!r}
assert os.environ["KIT_STRICT"] == "1"
folder = Path(os.environ["KIT_STATE_DIR"])
assert folder != Path("/real/answers") and not folder.exists()
folder.mkdir(parents=True)
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as problem:
    assert "不連網" in str(problem)
else:
    raise AssertionError("the kernel reached the network")
"""


def test_plain_nbval_gets_fresh_answers_the_folders_state_and_no_network(tmp_path):
    """``pytest --nbval exercises`` and nothing more, with an answers folder of the learner's own set."""
    places = {"exercises/3_analysis": "blank", "instructor/source/3_01": "solved", "notebooks/0_start": ""}
    for place, expected in places.items():
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.ipynb").write_text(
            notebook(PROMISES.format(expected=expected)), encoding="utf-8"
        )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(root() / "pyproject.toml"),
        "--rootdir",
        str(tmp_path),
        "--nbval",
    ]
    env = {k: v for k, v in os.environ.items() if not k.startswith("KIT_")} | {
        "KIT_STATE_DIR": "/real/answers"
    }
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *(place.split("/")[0] for place in places)],
        cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_a_state_asked_for_outranks_the_folders(monkeypatch):
    assert pytest_plugin.expected(root() / "exercises" / "a.ipynb", root()) == "blank"
    assert pytest_plugin.expected(Path("/elsewhere/exercises/a.ipynb"), root()) == ""
