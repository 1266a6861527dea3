"""``xiaobian check``: is this computer ready for the course? One line a thing, and what to do."""

from __future__ import annotations

import importlib.metadata as metadata
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from .. import datasets, records
from ..errors import KitError, NotFound
from . import locks
from .course import root
from .lab import FIRST_PORT, free_port
from .parser import Parser

DISK_LIMIT_GB = 1.0
REPAIR = "刪掉 .venv 資料夾，再執行一次 python3 start.py check"
SAMPLE = "正體中文貼文與留言 😀🍵"


@dataclass(frozen=True)
class Finding:
    """What one check found; ``fix`` says what to do and is empty when all is well."""

    text: str
    fix: str = ""

    @property
    def ok(self) -> bool:
        return not self.fix

    def __str__(self) -> str:
        return f"OK   {self.text}" if self.ok else f"FAIL {self.text}。{self.fix}。"


def python() -> Finding:
    """The running Python against the range in the package's metadata."""
    version = ".".join(map(str, sys.version_info[:3]))
    allowed = SpecifierSet(metadata.metadata("xiaobian")["Requires-Python"])
    minors = [f"3.{minor}" for minor in range(100) if f"3.{minor}.0" in allowed]
    supported = f"{minors[0]}–{minors[-1]}"
    if version in allowed:
        return Finding(f"Python {version}（支援 {supported}）")
    return Finding(
        f"Python {version} 不在支援的 {supported} 裡", "請用 python3 start.py 開啟，它會找合適的版本"
    )


def packages() -> Finding:
    """Installed versions against the lock; packages that the lock does not name are the learner's own affair."""
    installed = {canonicalize_name(d.name): d.version for d in metadata.distributions() if d.name}
    wanted = [pin for pin in locks.read(root() / locks.LEARNER) if pin.here]
    wrong = [pin for pin in wanted if installed.get(canonicalize_name(pin.name)) != pin.version]
    if not wrong:
        return Finding(f"套件 {len(wanted)} 個，都和鎖定的版本相同")
    first = [
        f"{p.name} {installed.get(canonicalize_name(p.name), '沒有安裝')}（要 {p.version}）"
        for p in wrong[:3]
    ]
    return Finding(
        f"有 {len(wrong)} 個套件和鎖定的版本不同：{'、'.join(first)}{'…' * (len(wrong) > 3)}", REPAIR
    )


def kit() -> Finding:
    """The package and its sample data."""
    from .. import __version__

    return Finding(
        f"小編實驗室 {__version__}，範例資料在 {datasets.path()}，課程 {len(datasets.course())} 課"
    )


def fonts() -> Finding:
    """Chinese and emoji drawn with the course's theme, counting glyphs that no font but the empty box has."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    from ..plotting import tofu, use_theme

    with warnings.catch_warnings(record=True) as caught, pyplot.rc_context():
        warnings.simplefilter("always")
        use_theme()
        families = matplotlib.rcParams["font.family"]
        matplotlib.rcParams["font.family"] = [family for family in families if family != tofu.FAMILY]
        figure = pyplot.figure()
        figure.text(0.1, 0.5, SAMPLE)
        figure.canvas.draw()
        pyplot.close(figure)
    missing = [str(w.message) for w in caught if "missing from" in str(w.message)]
    if missing:
        return Finding(f"圖表字型缺 {len(missing)} 個字：{missing[0]}", REPAIR)
    return Finding("圖表字型：中文、表情符號都畫得出來")


def answers() -> Finding:
    """Whether answers can be written where they are kept; nothing is left behind."""
    folder = records.state_dir()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
        return Finding(f"作答紀錄可以寫入：{folder}")
    except OSError as error:
        return Finding(
            f"作答紀錄寫不進去：{folder}（{error.strerror}）",
            "請把課程資料夾移到自己可以寫入的地方，或用環境變數 KIT_STATE_DIR 指定資料夾",
        )


def loopback() -> Finding:
    """A port for JupyterLab."""
    number = free_port()
    return Finding(
        f"連接埠 {number} 可以用"
        + ("" if number == FIRST_PORT else f"（{FIRST_PORT} 有人用，會自動改用這個）")
    )


def widgets() -> Finding:
    """ipywidgets and its JupyterLab extension."""
    import ipywidgets
    from jupyter_core.paths import jupyter_path

    manager = Path("@jupyter-widgets") / "jupyterlab-manager"
    if any((Path(folder) / manager / "package.json").is_file() for folder in jupyter_path("labextensions")):
        return Finding(f"互動面板：ipywidgets {ipywidgets.__version__}，JupyterLab 擴充在")
    return Finding(f"互動面板：有 ipywidgets {ipywidgets.__version__}，但找不到它的 JupyterLab 擴充", REPAIR)


def language() -> Finding:
    """JupyterLab's 正體中文 language pack."""
    packs = {entry.name for entry in metadata.entry_points(group="jupyterlab.languagepack")}
    if "zh_TW" in packs:
        return Finding("JupyterLab 的正體中文語言包")
    return Finding("沒有 JupyterLab 的正體中文語言包", REPAIR)


def size_gb(names: set[str]) -> float:
    """Space on disk of some installed packages, in GB (10^9 bytes), without bytecode."""
    total = 0
    for distribution in metadata.distributions():
        if distribution.name and canonicalize_name(distribution.name) in names:
            for file in distribution.files or []:
                if file.suffix != ".pyc":
                    total += file.size or 0
    return total / 1e9


def disk() -> Finding:
    """Space that the learner's packages take."""
    used = size_gb({pin.name for pin in locks.read(root() / locks.LEARNER)})
    text = f"課程套件占 {used:.2f} GB（上限 {DISK_LIMIT_GB:.1f} GB）"
    return Finding(text) if used <= DISK_LIMIT_GB else Finding(text, "超過上限，請告訴課程維護者")


CHECKS: dict[str, Callable[[], Finding]] = {
    "Python": python,
    "套件": packages,
    "小編實驗室": kit,
    "圖表字型": fonts,
    "作答紀錄": answers,
    "連接埠": loopback,
    "互動面板": widgets,
    "語言包": language,
    "磁碟": disk,
}


def examine(name: str) -> Finding:
    """One check; whatever it raises becomes a finding, so that the next ones still run."""
    try:
        return CHECKS[name]()
    except KitError as problem:
        return Finding(f"{name}：{problem.what}（{problem.where}）", problem.next_step or REPAIR)
    except Exception as error:
        return Finding(f"{name}：檢查時出錯（{type(error).__name__}：{error}）", REPAIR)


def main(argv: Sequence[str]) -> int:
    """Print a line a check and a last line with the verdict; 1 when anything failed."""
    Parser("xiaobian check", "檢查這台電腦的環境：每行一項，FAIL 的那行說明怎麼修。").parse_args(argv)
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    with suppress(NotFound):
        os.chdir(root())
    failed = 0
    for name in CHECKS:
        finding = examine(name)
        failed += not finding.ok
        print(finding, flush=True)
    print("全部就緒。" if not failed else f"有 {failed} 個問題，請照上面 FAIL 那幾行的說明處理。")
    return int(failed > 0)
