"""Kernels for tests that start with the libraries already imported.

Importing pandas, matplotlib, scikit-learn and the rest takes longer than most lessons. A nursery process imports them
once and forks for every kernel, which then runs as any other: own process, own environment, working folder, random
state and namespace; nothing of the kit itself is imported beforehand. Where there is no ``fork``, and in everything a
learner opens, kernels start the ordinary way.
"""

from __future__ import annotations

import array
import builtins
import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

KERNEL = "xiaobian-warm"
LIBRARIES = (
    "ipykernel.kernelapp", "ipywidgets", "numpy", "pandas", "narwhals", "scipy.stats", "scipy.optimize", "scipy.sparse",
    "matplotlib.pyplot", "matplotlib_inline", "seaborn", "sklearn.linear_model", "sklearn.ensemble", "statsmodels.api",
    "matplotlib.backends.backend_agg", "openai", "pydantic", "yaml", "PIL.Image", "rjieba", "regex", "phonenumbers",
    "ortools.sat.python.cp_model",
)  # fmt: skip
_INLINE = "module://matplotlib_inline.backend_inline"


def possible() -> bool:
    """Whether this system can fork; macOS can, but not safely once its frameworks are loaded."""
    return sys.platform.startswith("linux")


class Nursery:
    """The process that forks, and a kernel specification that asks it; ``close()`` ends it."""

    def __init__(self, folder: Path) -> None:
        place = folder / "nursery.sock"
        specification = {
            "argv": [sys.executable, "-E", "-S", str(Path(__file__)), str(place), "-f", "{connection_file}"],
            "display_name": "Python 3", "language": "python",
        }  # fmt: skip
        kernel = folder / "jupyter" / "kernels" / KERNEL / "kernel.json"
        kernel.parent.mkdir(parents=True)
        kernel.write_text(json.dumps(specification), encoding="utf-8")
        self.path = str(kernel.parents[2])
        command = "import sys; from xiaobian.cli import warm; warm.serve(sys.argv[1])"
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, str(place)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "MPLBACKEND": _INLINE},
        )  # fmt: skip
        assert self.process.stdout
        if self.process.stdout.readline() != b"ready\n":
            self.close()
            raise RuntimeError("the libraries of the lessons could not be imported")

    def close(self) -> None:
        """End the nursery; its kernels end with those who asked for them."""
        self.process.communicate()


def serve(place: str) -> None:
    """Import the libraries, then fork a kernel for every connection, until standard input ends."""
    import_libraries()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen(16)
        print("ready", flush=True)
        while True:
            readable, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in readable:
                return
            asking, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _become_kernel(asking)
            asking.close()


def import_libraries() -> None:
    """Import them as a kernel would: pandas asks at its import whether it is in one, and prints tables accordingly."""
    setattr(builtins, "get_ipython", lambda: SimpleNamespace(kernel=None))  # noqa: B010
    for name in LIBRARIES:
        importlib.import_module(name)
    delattr(builtins, "get_ipython")


def _become_kernel(asking: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    told, streams = _receive(asking)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(told["environment"])
    os.environ.pop("JPY_PARENT_PID", None)
    os.chdir(told["folder"])
    sys.argv = ["ipykernel_launcher", *told["arguments"]]
    random.seed()
    sys.modules["numpy"].random.seed()
    asking.sendall(f"{os.getpid()}\n".encode())
    threading.Thread(target=_end_with, args=(asking,), daemon=True).start()
    code = 1
    with contextlib.suppress(SystemExit):
        sys.modules["ipykernel.kernelapp"].launch_new_instance()
        code = 0
    os._exit(code)


def _end_with(asking: socket.socket) -> None:
    asking.recv(1)
    os._exit(1)


def _receive(asking: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """What the asking process sent: its length, its three standard streams, then JSON."""
    streams = array.array("i")
    head, extra, _, _ = asking.recvmsg(8, socket.CMSG_SPACE(3 * streams.itemsize))
    for _, _, data in extra:
        streams.frombytes(data)
    length, body = int.from_bytes(head, "big"), b""
    while len(body) < length:
        body += asking.recv(length - len(body))
    return json.loads(body), list(streams)


def ask(place: str, arguments: list[str]) -> None:
    """Ask the nursery for a kernel and stand in for it: signals are passed on, both end together."""
    told = {"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}
    body = json.dumps(told).encode()
    with socket.socket(socket.AF_UNIX) as nursery:
        nursery.connect(place)
        streams = array.array("i", [0, 1, 2]).tobytes()
        nursery.sendmsg([len(body).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        nursery.sendall(body)
        kernel = int(nursery.makefile().readline())
        signal.signal(signal.SIGINT, lambda number, frame: os.kill(kernel, number))
        nursery.recv(1)


if __name__ == "__main__":
    ask(sys.argv[1], sys.argv[2:])
