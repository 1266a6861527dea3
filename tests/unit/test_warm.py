"""Kernels that start with the libraries imported: otherwise like any other."""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from xiaobian.cli import warm

pytestmark = pytest.mark.skipif(not warm.possible(), reason="needs fork, as on Linux")


@pytest.fixture(scope="module")
def nursery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("warm")
    nursery = warm.Nursery(folder)
    yield nursery
    nursery.close()
    assert nursery.process.returncode == 0


@pytest.fixture
def kernel(nursery, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", nursery.path)
    monkeypatch.setenv("KIT_EXPECT", "of-this-test")
    started = []

    def start():
        manager, client = start_new_kernel(kernel_name=warm.KERNEL, cwd=str(tmp_path))
        started.append((manager, client))
        return manager, client

    yield start
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def printed(client, code: str) -> str:
    """What a cell prints; an error fails the test."""
    texts = []
    reply = client.execute_interactive(
        code, timeout=60, output_hook=lambda message: texts.append(message["content"].get("text", ""))
    )
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(texts).strip()


def test_a_kernel_has_its_own_environment_folder_chance_and_no_kit(kernel, tmp_path):
    (_, first), (_, second) = kernel(), kernel()
    ask = "import os, sys; print(os.environ['KIT_EXPECT'], os.getcwd(), any(m.startswith('xiaobian.sandbox') for m in sys.modules))"
    assert printed(first, ask).split() == ["of-this-test", str(tmp_path), "False"]
    draw = "import random, numpy; print(random.random(), numpy.random.random())"
    assert set(printed(first, draw).split()).isdisjoint(printed(second, draw).split())
    assert printed(first, "print(os.getpid())") != printed(second, "import os; print(os.getpid())")


def test_it_prints_tables_and_draws_as_a_kernel_does(kernel):
    _, client = kernel()
    assert printed(client, "import pandas; print(pandas.get_option('display.max_columns'))") == "20"
    assert "inline" in printed(client, "import matplotlib; print(matplotlib.get_backend())")


def test_it_can_be_interrupted_and_ends_when_told(kernel):
    manager, client = kernel()
    number = int(printed(client, "import os; print(os.getpid())"))
    asked = client.execute("import time; print('on', flush=True)\nwhile True: time.sleep(0.05)")
    while "on" not in client.get_iopub_msg(timeout=30)["content"].get("text", ""):
        pass
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != asked:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    manager.shutdown_kernel(now=True)
    assert not _alive(number)


def _alive(process: int) -> bool:
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        if Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.02)
    return True


def test_only_libraries_are_imported_beforehand():
    assert not [name for name in warm.LIBRARIES if name.startswith("xiaobian")]
    assert all(importlib.util.find_spec(name.partition(".")[0]) for name in warm.LIBRARIES)
