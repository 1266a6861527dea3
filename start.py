"""Set the kit up and open it: ``python3 start.py`` (Windows: ``py start.py``).

Standard library only, and nothing newer than Python 3.6 in it: an old Python must be able to say what to install.
"""

import contextlib
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict, Iterator, List, Optional, Tuple

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "xiaobian-ready.json")
NEEDED = ("pyproject.toml", "requirements.lock", "requirements-all.lock", "src")
SPACE_MB = 1000
STEPS = 4

COMMANDS = {
    "lab": "開啟 JupyterLab，從第一課開始（沒寫指令就是這個）",
    "check": "檢查這台電腦的環境，一行一項，說明怎麼修",
    "test": "執行整套測試；後面可以接 pytest 的參數",
    "progress": "看自己的學習進度",
    "lessons": "製作課程：build、check、new",
    "text": "重新訓練留言分類器（開發者用）",
    "datasets": "重新產生範例資料",
    "realism": "拿一份真實貼文，檢查沙盒的模擬貼文像不像",
    "lock": "重新產生兩份鎖定檔（開發者用）",
}

HELP = """小編實驗室：社群小編的 Jupyter 教學與研究套件

用法：python3 start.py [指令] [選項]        Windows：py start.py [指令] [選項]

指令：
{commands}

常用選項：
  lab --no-browser      不自動打開瀏覽器
  lab --port 8890       指定連接埠
  指令 --help           這個指令的說明

第一次執行會建立 .venv 並安裝套件（需要網路、約 1 分鐘，請留 {space} MB 的空間）；之後不必連網。
"""

PROBE = """
import importlib.util as u, json, sys
print(json.dumps({
    "path": sys.executable,
    "version": list(sys.version_info[:3]),
    "wide": sys.maxsize > 2 ** 32,
    "venv": bool(u.find_spec("venv") and u.find_spec("ensurepip")),
    "kit": bool(u.find_spec("xiaobian") and u.find_spec("jupyterlab")),
}))
"""

Version = Tuple[int, int]
Command = List[str]


class Stop(Exception):
    """Setting up cannot go on; the message is what the learner reads."""


def say(text: str, error: bool = False) -> None:
    """Print at once, also where the console's encoding has no Chinese."""
    stream = sys.stderr if error else sys.stdout
    try:
        stream.write(text + "\n")
    except UnicodeEncodeError:
        stream.buffer.write((text + "\n").encode("utf-8"))
    stream.flush()


def help_text() -> str:
    """What ``--help`` prints."""
    commands = "\n".join(f"  {name:<10}{text}" for name, text in COMMANDS.items())
    return HELP.format(commands=commands, space=SPACE_MB)


def supported(pyproject: str) -> Tuple[Version, Version]:
    """Lowest supported Python and the first one that is not, from the text of pyproject.toml.

    >>> supported('requires-python = ">=3.11,<3.15"')
    ((3, 11), (3, 15))
    """
    found = re.search(r'requires-python\s*=\s*">=(\d+)\.(\d+),\s*<(\d+)\.(\d+)"', pyproject)
    if not found:
        raise Stop("pyproject.toml 裡找不到 requires-python。請重新下載完整的課程資料夾。")
    a, b, c, d = (int(number) for number in found.groups())
    return (a, b), (c, d)


def spoken(low: Version, high: Version) -> str:
    """The supported range as a learner reads it.

    >>> spoken((3, 11), (3, 15))
    '3.11–3.14'
    """
    return f"{low[0]}.{low[1]}–{high[0]}.{high[1] - 1}"


def probe(command: Command) -> Optional[Dict[str, Any]]:
    """What an interpreter says of itself; None when it does not run."""
    try:
        answer = subprocess.run(
            command + ["-c", PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            env=environment(),
        )
        return dict(json.loads(answer.stdout.decode("utf-8"))) if answer.returncode == 0 else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def candidates(low: Version, high: Version) -> Iterator[Command]:
    """Interpreters to try, the running one first (or, inside a virtual environment, the one it was made from)."""
    yield [getattr(sys, "_base_executable", None) or sys.executable]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
    for minor in range(high[1] - 1, low[1] - 1, -1):
        name = f"3.{minor}"
        if shutil.which("python" + name):
            yield ["python" + name]
        if os.name == "nt" and shutil.which("py"):
            yield ["py", "-" + name]
        for tail in (("bin", "python"), ("python.exe",)):
            yield from ([path] for path in glob.glob(os.path.join(pyenv, "versions", name + ".*", *tail)))
    yield from ([name] for name in ("python3", "python") if shutil.which(name))


def choose(low: Version, high: Version, without_ensurepip: bool) -> Dict[str, Any]:
    """What the first interpreter that can carry the kit says of itself; Stop with what to install if none can."""
    no_venv = None
    for command in candidates(low, high):
        facts = probe(command)
        if not facts or not facts["wide"] or not low <= tuple(facts["version"][:2]) < high:
            continue
        if facts["venv"] or without_ensurepip:
            return facts
        no_venv = no_venv or facts
    raise Stop(missing_venv(no_venv["version"]) if no_venv else missing_python(low, high))


def missing_venv(version: List[int]) -> str:
    """What to do when Python lacks venv or ensurepip, as on Debian and Ubuntu."""
    name = f"{version[0]}.{version[1]}"
    return (
        f"這台電腦的 Python {name} 少了 venv（或 ensurepip），不能建立課程專用的環境。\n"
        f"Debian／Ubuntu 請執行：sudo apt install python3-venv（或 python{name}-venv）\n"
        "其他系統請重新安裝完整的 Python。裝好再執行一次同樣的指令。"
    )


def missing_python(low: Version, high: Version) -> str:
    """What to install when no interpreter is in range."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (
        f"小編實驗室需要 64 位元的 Python {spoken(low, high)}；執行這個指令的是 Python {running}，這台電腦上也找不到其他合適的版本。\n"
        "Windows／macOS：到 https://www.python.org/downloads/ 下載安裝（Windows 請勾選「Add python.exe to PATH」）\n"
        "Debian／Ubuntu：sudo apt install python3 python3-venv（版本太舊時，改用系統的新版或 pyenv）\n"
        "裝好之後，開一個新的終端機視窗，再執行一次同樣的指令。"
    )


def environment() -> Dict[str, str]:
    """Environment of every child: UTF-8 everywhere, compiled modules kept (importing the libraries takes a
    third of the time), and no setting that leads Python or pip elsewhere."""
    unwanted = (
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONDONTWRITEBYTECODE",
        "PIP_TARGET",
        "PIP_PREFIX",
        "VIRTUAL_ENV",
    )
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    env.update(PYTHONUTF8="1", PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_REQUIRE_VIRTUALENV="0")
    return env


def venv_python() -> str:
    """The interpreter inside ``.venv``."""
    return (
        os.path.join(VENV, "Scripts", "python.exe")
        if os.name == "nt"
        else os.path.join(VENV, "bin", "python")
    )


def read(name: str) -> str:
    """Text of a file of the project."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def fingerprint() -> str:
    """Changes whenever what must be installed changes."""
    return hashlib.sha256((read("requirements.lock") + read("pyproject.toml")).encode("utf-8")).hexdigest()


def read_stamp() -> Dict[str, Any]:
    """The stamp in ``.venv``; empty when there is none."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            return dict(json.load(file))
    except (OSError, ValueError, TypeError):
        return {}


def write_stamp(inputs: str, python: List[int]) -> None:
    """Say what ``.venv`` holds; ``inputs`` is "" while it is being filled."""
    with open(STAMP, "w", encoding="utf-8") as file:
        json.dump({"project": ROOT, "python": python[:2], "inputs": inputs}, file)


def decide(
    stamp: Dict[str, Any], facts: Optional[Dict[str, Any]], inputs: str, low: Version, high: Version
) -> str:
    """Whether ``.venv`` is "ready", needs an "update" (install over it) or a "rebuild" (make a new one).

    stamp: what the last installation left. facts: what the interpreter in ``.venv`` says now, or None.
    An interrupted installation is rebuilt: half a package looks whole to an installer, and downloads are cached.
    """
    if not facts or not low <= tuple(facts["version"][:2]) < high:
        return "rebuild"
    if not stamp:
        return "update"
    if stamp.get("project") != ROOT or stamp.get("python") != facts["version"][:2] or not stamp.get("inputs"):
        return "rebuild"
    if stamp["inputs"] != inputs:
        return "update"
    return "ready" if facts["kit"] else "rebuild"


def state(low: Version, high: Version) -> str:
    """What has to be done to the ``.venv`` that is there."""
    facts = probe([venv_python()]) if os.path.exists(venv_python()) else None
    return decide(read_stamp(), facts, fingerprint(), low, high)


def pinned(lock: str, name: str) -> str:
    """The lines of one package in a lock file.

    >>> pinned("a==1 \\\\\\n    --hash=x\\nuv==2 \\\\\\n    --hash=y\\n", "uv")
    'uv==2 \\\\\\n    --hash=y\\n'
    """
    found = re.search(rf"^{re.escape(name)}==.*\n(?:[ \t]+.*\n)*", lock, re.MULTILINE)
    return found.group(0) if found else ""


def run(command: Command, show: bool = False) -> str:
    """Run an installer in the course folder; return what it printed, Stop with a diagnosis when it fails.

    show: let its own progress reach the terminal, if there is one.
    """
    to_terminal = show and sys.stdout.isatty()
    pipe = None if to_terminal else subprocess.PIPE
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=pipe, stderr=None if to_terminal else subprocess.STDOUT
    )
    printed = (done.stdout or b"").decode("utf-8", "replace")
    if done.returncode != 0:
        raise Stop(diagnosis(printed, shutil.disk_usage(ROOT).free))
    return printed


def diagnosis(printed: str, free: int) -> str:
    """Why an installation failed and what to do, from the installer's words and the free bytes of the disk.

    >>> diagnosis("OSError: [Errno 28] No space left on device", 10).splitlines()[0]
    '安裝沒有完成：磁碟滿了（剩 0 MB）。'
    """
    causes = (
        (r"no space left|disk full|not enough space|errno 28\b",
         f"磁碟滿了（剩 {free // 10**6} MB）。", f"請清出至少 {SPACE_MB} MB 再試。"),
        (r"permission denied|access is denied|winerror (5|32)\b|errno 13\b|operation not permitted",
         "沒有權限寫入檔案，或檔案正被使用。", "請關掉還開著的 JupyterLab 和終端機，確認這個資料夾可以寫入，再試一次。"),
        (r"hash(es)? (mismatch|do not match)|do not match the hashes|hash mismatch",
         "下載到的檔案和鎖定檔的雜湊值不符。", "可能是下載中斷或經過會改檔案的代理伺服器。請換一個網路再試。"),
        (r"resolve host|name resolution|dns|timed? ?out|connection|network|proxy|certificate|ssl|no matching distribution"
         r"|error sending request|unreachable",
         "連不到套件庫。", "請確認網路（公司或學校可能要設定代理伺服器 HTTPS_PROXY），再試一次。"),
        ("", "安裝程式回報錯誤。", "請看安裝程式的訊息；多半是網路中斷，再執行一次會接著做。"),
    )  # fmt: skip
    what, next_step = next(rest for pattern, *rest in causes if re.search(pattern, printed, re.IGNORECASE))
    tail = "".join("\n    " + line[:200] for line in printed.strip().splitlines()[-3:])
    return f"安裝沒有完成：{what}\n{next_step}" + (f"\n安裝程式最後幾行：{tail}" if tail else "")


@contextlib.contextmanager
def step(number: int, title: str) -> Iterator[None]:
    """Announce a step, and say how long it took."""
    began = time.time()
    say(f"[{number}/{STEPS}] {title}…")
    yield
    say(f"      完成，{time.time() - began:.1f} 秒")


def check_folder() -> None:
    """Stop when this is no whole, writable course folder."""
    missing = [name for name in NEEDED if not os.path.exists(os.path.join(ROOT, name))]
    zipped = re.search(r"\.zip([\\/.]|$)", ROOT, re.IGNORECASE) and ROOT.startswith(
        os.path.realpath(tempfile.gettempdir())
    )
    if missing or zipped:
        raise Stop(
            "這裡不是完整的課程資料夾：{}\n如果你是在壓縮檔的預覽視窗裡打開的，請先「全部解壓縮」，再到解開的資料夾裡執行。"
            .format("少了 " + "、".join(missing) if missing else ROOT)
        )  # fmt: skip


def check_room() -> None:
    """Stop when ``.venv`` cannot be written here."""
    try:
        with tempfile.TemporaryFile(dir=ROOT):
            pass
    except OSError as error:
        raise Stop(
            f"這個資料夾不能寫入：{ROOT}（{error.strerror}）。\n請把整個課程資料夾複製到自己的「文件」資料夾或桌面，再到那裡執行。"
        ) from None
    free = shutil.disk_usage(ROOT).free // 10**6
    if not os.path.exists(VENV) and free < SPACE_MB:
        raise Stop(f"磁碟空間不夠：安裝需要約 {SPACE_MB} MB，現在剩 {free} MB。請清出空間再執行一次。")


def try_lock(file: Any) -> bool:
    """Take the lock on an open file, without waiting; the system frees it even when the process is killed."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One installation in this folder at a time."""
    owner = str(os.getuid()) if hasattr(os, "getuid") else ""
    name = "xiaobian-{}-{}.lock".format(owner, hashlib.sha256(ROOT.encode("utf-8")).hexdigest()[:16])
    with open(os.path.join(tempfile.gettempdir(), name), "a") as file:
        waiting = False
        while not try_lock(file):
            if not waiting:
                say("另一個視窗正在安裝，等它完成…")
            waiting = True
            time.sleep(0.5)
        yield


def remove_venv() -> None:
    """Delete ``.venv``, whatever it is; Stop when something still uses it."""
    try:
        if os.path.islink(VENV) or os.path.isfile(VENV):
            os.unlink(VENV)
        elif os.path.isdir(VENV):
            shutil.rmtree(VENV)
    except OSError as error:
        raise Stop(
            f"不能刪掉舊的 .venv（{error.strerror}）。請關掉還開著的 JupyterLab 和終端機，再執行一次。"
        ) from None


def create_venv(python: Dict[str, Any]) -> None:
    """Make a fresh ``.venv`` from an interpreter, marked as unfinished."""
    with step(1, f"建立專用環境 .venv（Python {'.'.join(map(str, python['version']))}）"):
        remove_venv()
        os.makedirs(VENV)
        write_stamp("", python["version"])
        with_uv = ["uv", "venv", "--allow-existing", "--python", python["path"], VENV]
        run([python["path"], "-m", "venv", VENV] if python["venv"] else with_uv)


@contextlib.contextmanager
def find_uv() -> Iterator[Optional[str]]:
    """Path of uv: the one on PATH, else the locked one in a folder that is removed afterwards; None without either."""
    uv = shutil.which("uv")
    if uv:
        yield uv
        return
    folder = tempfile.mkdtemp(prefix="uv-", dir=VENV)
    try:
        wanted = os.path.join(folder, "uv.txt")
        with open(wanted, "w", encoding="utf-8") as file:
            file.write(pinned(read("requirements-all.lock"), "uv"))
        pip = [
            venv_python(),
            "-m",
            "pip",
            "install",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ]
        with contextlib.suppress(Stop):
            run(pip + ["--target", folder, "-r", wanted])
        found = [shutil.which("uv", path=os.path.join(folder, part)) for part in ("bin", "Scripts")]
        yield found[0] or found[1]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install(installer: Command, lock: Command) -> None:
    """Install the locked packages and then the kit itself.

    installer: the command up to ``install``. lock: its options for the lock file.
    """
    with step(3, "安裝鎖定的套件"):
        run(installer + ["--no-deps", "--require-hashes", "-r", "requirements.lock"] + lock, show=True)
    with step(4, "安裝小編實驗室"):
        run(installer + ["--no-deps", "--no-build-isolation", "-e", "."])


def fill_venv() -> None:
    """Install everything into ``.venv``, with uv if it can be had, else with pip."""
    with contextlib.ExitStack() as stack:
        with step(2, "準備安裝工具"):
            uv = stack.enter_context(find_uv())
        if uv:
            try:
                return install([uv, "pip", "install", "--python", venv_python()], [])
            except Stop as problem:
                say(f"      uv 沒有裝成，改用 pip 再試。\n      {str(problem).splitlines()[0]}")
    with contextlib.suppress(Stop):
        run([venv_python(), "-m", "ensurepip"])
    install([venv_python(), "-m", "pip", "install"], ["--no-compile"])


def set_up() -> None:
    """Make ``.venv`` hold exactly what the lock says; at once when it does already."""
    low, high = supported(read("pyproject.toml"))
    if state(low, high) == "ready":
        return
    check_room()
    with alone():
        todo = state(low, high)
        if todo == "ready":
            return
        python = choose(low, high, bool(shutil.which("uv"))) if todo == "rebuild" else None
        began = time.time()
        say("小編實驗室：準備環境。第一次約 1 分鐘，需要網路；中斷了再執行一次就會接著做。")
        if python:
            create_venv(python)
        facts = probe([venv_python()])
        if not facts:
            raise Stop(f"建立好的 .venv 不能執行：{venv_python()}。請刪掉 .venv 資料夾，再執行一次。")
        write_stamp("", facts["version"])
        fill_venv()
        write_stamp(fingerprint(), facts["version"])
        say(f"環境準備好了，共 {time.time() - began:.0f} 秒。")


def hand_over(arguments: Command) -> int:
    """Become ``xiaobian`` inside ``.venv``; on Windows, which cannot, run it and return its exit code."""
    command = [venv_python(), "-m", "xiaobian"] + arguments
    if os.name != "nt":
        os.chdir(ROOT)
        os.execve(command[0], command, environment())
    child = subprocess.Popen(command, cwd=ROOT, env=environment())
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return child.wait()


def pause() -> None:
    """Keep a window opened by double click from closing before the message is read."""
    if os.name == "nt" and "PROMPT" not in os.environ and sys.stdin and sys.stdin.isatty():
        with contextlib.suppress(EOFError):
            input("按 Enter 關閉視窗…")


def main(arguments: Command) -> int:
    """Set up if needed, then run the command; without one, ``lab``."""
    if arguments and arguments[0] in ("-h", "--help", "help"):
        say(help_text())
        return 0
    if not arguments or arguments[0].startswith("-"):
        arguments = ["lab"] + arguments
    if arguments[0] not in COMMANDS:
        say(f"沒有「{arguments[0]}」這個指令。\n\n{help_text()}", error=True)
        return 2
    try:
        check_folder()
        set_up()
        return hand_over(arguments)
    except Stop as problem:
        say(str(problem), error=True)
        pause()
        return 1
    except KeyboardInterrupt:
        say("\n已中斷。再執行一次同樣的指令就會接著做。", error=True)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
