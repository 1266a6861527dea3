"""Reading the lock files: which version and hashes of each package belong to the kit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from ..errors import ReadError

LEARNER = "requirements.lock"
ALL = "requirements-all.lock"

_ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\\n]+?))? ?\\\n", re.MULTILINE
)


@dataclass(frozen=True)
class Pin:
    """One entry of a lock: a package, its exact version, where it applies, and the lines that install it."""

    name: str
    version: str
    marker: str
    hashes: frozenset[str]
    text: str

    @property
    def here(self) -> bool:
        """Whether it applies to this interpreter and system."""
        return not self.marker or Marker(self.marker).evaluate()


def parse(text: str) -> list[Pin]:
    """The entries of a lock file's text.

    >>> [(p.name, p.version, p.here) for p in parse("a==1 ; python_version < '3' \\\\\\n    --hash=sha256:0\\n")]
    [('a', '1', False)]
    """
    entries = list(_ENTRY.finditer(text))
    ends = [entry.start() for entry in entries[1:]] + [len(text)]
    pins = []
    for entry, end in zip(entries, ends, strict=False):
        lines = text[entry.start() : end]
        hashes = frozenset(re.findall(r"--hash=(\S+)", lines))
        pins.append(
            Pin(canonicalize_name(entry["name"]), entry["version"], entry["marker"] or "", hashes, lines)
        )
    return pins


def read(file: Path) -> list[Pin]:
    """The entries of a lock file; raises ReadError when it has none."""
    pins = parse(file.read_text(encoding="utf-8")) if file.is_file() else []
    if not pins:
        raise ReadError("讀不到鎖定檔", where=str(file), next_step="請重新下載完整的課程資料夾")
    return pins


def lines_for(pins: list[Pin], names: list[str]) -> str:
    """The lock's lines for some packages, hashes included; raises ReadError for a package it does not hold."""
    wanted = [str(canonicalize_name(name)) for name in names]
    if absent := sorted(set(wanted) - {pin.name for pin in pins}):
        raise ReadError(f"鎖定檔裡沒有 {'、'.join(absent)}", where=ALL, next_step="請先執行 xiaobian lock")
    return "".join(pin.text for pin in pins if pin.name in wanted)
