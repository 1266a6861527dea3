"""``xiaobian lab``: JupyterLab for the course, on this computer only."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from ..errors import KitError
from .course import OPENING, root
from .parser import Parser, port

HOST = "127.0.0.1"
FIRST_PORT = 8888
PORTS_TRIED = 50
SETTINGS = Path(__file__).parent / "lab_settings"


def is_free(number: int) -> bool:
    """Whether a server could listen on this port of the loopback address."""
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
            return True
        except OSError:
            return False


def free_port(chosen: int | None = None) -> int:
    """The chosen port, else the first free one from 8888 on; raises KitError when there is none."""
    if chosen is not None:
        if is_free(chosen):
            return chosen
        raise KitError(
            f"連接埠 {chosen} 不能用",
            where="可能有另一個程式（或另一個 JupyterLab）正在使用",
            next_step="請換一個數字，或拿掉 --port 讓程式自己找",
        )
    for number in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if is_free(number):
            return number
    raise KitError(
        f"連接埠 {FIRST_PORT}–{FIRST_PORT + PORTS_TRIED - 1} 都有人用",
        next_step="請關掉不用的 JupyterLab，或用 --port 指定別的數字",
    )


def own_folder() -> Path:
    """Folder for JupyterLab's own settings and run files, apart from the user's other Jupyter.

    Inside the environment, so that a learner's choices (theme, font size) stay; in the user's data folder if
    that is read-only. ``KIT_LAB_DIR`` overrides.
    """
    places = [Path(sys.prefix) / "share" / "xiaobian"] if sys.prefix != sys.base_prefix else []
    chosen = os.environ.get("KIT_LAB_DIR")
    for folder in [Path(chosen)] if chosen else [*places, platformdirs.user_data_path("xiaobian")]:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    return Path(tempfile.mkdtemp(prefix="xiaobian-lab-"))


def environment(folder: Path) -> dict[str, str]:
    """Variables for JupyterLab and its kernels: this environment's kernel, UTF-8, one thread, no outside settings."""
    return {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }


def arguments(course: Path, number: int, token: str, browser: bool) -> list[str]:
    """What JupyterLab is told. The command line outranks every configuration file, so these cannot be undone there."""
    page = f"/lab/tree/{OPENING}" if (course / OPENING).is_file() else "/lab"
    identity = "jupyter_server.auth.identity.PasswordIdentityProvider"
    settings: dict[str, Any] = {
        "ServerApp.root_dir": course,
        "ServerApp.ip": HOST,
        "ServerApp.port": number,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": browser,
        "ServerApp.allow_remote_access": False,
        "ServerApp.allow_root": True,
        "ServerApp.allow_origin": "",
        "ServerApp.base_url": "/",
        "ServerApp.certfile": "",
        "ServerApp.keyfile": "",
        "ServerApp.log_level": "ERROR",
        "LabApp.log_level": "ERROR",
        "ServerApp.identity_provider_class": identity,
        "IdentityProvider.token": token,
        "PasswordIdentityProvider.hashed_password": "",
        "PasswordIdentityProvider.password_required": False,
        "LabApp.default_url": page,
        "LabApp.app_settings_dir": SETTINGS,
        "LabApp.extension_manager": "readonly",
    }
    return [f"--{name}={value}" for name, value in settings.items()]


def welcome(number: int, token: str) -> str:
    """What the learner reads once JupyterLab answers."""
    return "\n".join(
        [
            "小編實驗室開好了。瀏覽器沒有自動打開的話，把這個網址貼進去：",
            f"  http://{HOST}:{number}/?token={token}",
            "",
            "要停止：回到這個視窗按 Ctrl-C。還開著的筆記本請先儲存（Ctrl-S，Mac 是 ⌘S）。",
        ]
    )


def serve(course: Path, number: int, browser: bool) -> None:
    """Run JupyterLab in this process until Ctrl-C or a termination signal."""
    for name in [name for name in os.environ if name.startswith(("JUPYTER_", "JUPYTERLAB_"))]:
        del os.environ[name]
    os.environ.update(environment(own_folder()))
    from jupyterlab.labapp import LabApp

    token = secrets.token_hex(24)
    server = LabApp.initialize_server(argv=arguments(course, number, token, browser))
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: server.stop(from_signal=True))
    server.io_loop.add_callback(lambda: print(welcome(number, token), flush=True))  # after the port is bound
    with suppress(KeyboardInterrupt):
        server.start()
    print("小編實驗室關好了。", flush=True)


def main(argv: Sequence[str]) -> int:
    """Open JupyterLab on the opening page; return when it is stopped."""
    parser = Parser(
        "xiaobian lab", "開啟 JupyterLab，從第一課開始。只有這台電腦連得到，網址裡有一次性的密碼。"
    )
    parser.add_argument("--no-browser", action="store_true", help="不自動打開瀏覽器")
    parser.add_argument(
        "--port", type=port, metavar="數字", help=f"指定連接埠（預設從 {FIRST_PORT} 起找空的）"
    )
    options = parser.parse_args(argv)
    course = root()
    number = free_port(options.port)
    print("正在開啟 JupyterLab…", flush=True)
    serve(course, number, not options.no_browser)
    return 0
