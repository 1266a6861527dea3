"""The journal of a drill on disk: one move a line, added and never rewritten, so that a restart loses no decision."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ... import records
from ...errors import AnswerError
from .record import VERSION, move_of, plain
from .setup import Setup
from .state import Move

FOLDER = "drills"


@dataclass
class Journal:
    """An open journal. moves: those it held when it was opened. dropped: whether a torn last line was left out.

    A line counts when it ends in a line break; what a crash left behind it is cut off before the next move is written.
    """

    path: Path
    size: int
    moves: tuple[Move, ...] = ()
    dropped: bool = field(default=False)

    @classmethod
    def opened(cls, where: str | os.PathLike[str] | bool | None, setup: Setup) -> Journal | None:
        """The journal at a path, new or taken up; None for None or False.

        Raises AnswerError when it belongs to another drill, another version wrote it, a line makes no sense, or it
        cannot be read or written.
        """
        if where is None or where is False:
            return None
        path = _default(setup) if where is True else Path(where)
        try:
            if path.exists() and path.stat().st_size:
                return _taken_up(path, setup)
            path.parent.mkdir(parents=True, exist_ok=True)
            return _begun(path, setup)
        except OSError as error:
            _refuse(path, f"演練日誌打不開（{error.strerror}）", "請確認資料夾可以寫入，或換一個檔名")

    def append(self, move: Move) -> None:
        """Write a move and wait until it is on the disk; raises AnswerError when that fails, and nothing is written then."""
        line = (json.dumps(plain(move), ensure_ascii=False) + "\n").encode()
        try:
            self._write(line, sure=move.kind != "advance")
        except OSError as error:
            _refuse(
                self.path, f"這一步沒有寫進日誌，也沒有生效（{error.strerror}）", "請確認磁碟還有空間再做一次"
            )

    def _write(self, line: bytes, *, sure: bool) -> None:
        with open(self.path, "r+b") as stream:
            end = stream.seek(0, os.SEEK_END)
            if end != self.size:
                if self.dropped and end > self.size:
                    stream.truncate(self.size)
                else:
                    _refuse(
                        self.path,
                        "日誌被另一個視窗改過，這一步沒有生效",
                        "請關掉另一個視窗，再用同一個 journal= 重開",
                    )
            stream.seek(self.size)
            try:
                stream.write(line)
                stream.flush()
                if sure:
                    os.fsync(stream.fileno())
            except OSError:
                stream.truncate(self.size)
                raise
        self.size += len(line)
        self.dropped = False


def _default(setup: Setup) -> Path:
    name = f"{setup.scenario}-{setup.seed}{'-busy' if setup.busy else ''}-{setup.minutes}.jsonl"
    return records.state_dir() / FOLDER / name


def _head(setup: Setup) -> dict[str, Any]:
    return {
        "drill": VERSION,
        "scenario": setup.scenario,
        "seed": setup.seed,
        "minutes": setup.minutes,
        "busy": setup.busy,
    }


def _begun(path: Path, setup: Setup) -> Journal:
    line = (json.dumps(_head(setup), ensure_ascii=False) + "\n").encode()
    with open(path, "wb") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
    return Journal(path, len(line))


def _taken_up(path: Path, setup: Setup) -> Journal:
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if not whole:
        return _begun(path, setup)
    lines = whole.decode("utf-8", "replace").splitlines()
    _check_head(path, lines[0], setup)
    moves = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            moves.append(move_of(json.loads(line)))
        except ValueError:
            _refuse(path, f"日誌第 {number} 列讀不懂", "請刪掉那一列之後的內容，或用新的檔名重新開始")
    return Journal(path, len(whole), tuple(moves), len(whole) < len(content))


def _check_head(path: Path, line: str, setup: Setup) -> None:
    try:
        head = json.loads(line)
        version = head["drill"]
    except (ValueError, TypeError, KeyError):
        _refuse(path, "這個檔案不是演練日誌", "請換一個檔名，原檔不會被改")
    if version != VERSION:
        _refuse(
            path,
            f"這份日誌是第 {version} 版寫的，這裡只讀第 {VERSION} 版",
            "請用新的檔名重新開始，原檔不會被改",
        )
    if head != _head(setup):
        other = f"「{head.get('scenario')}」第 {head.get('seed')} 場"
        _refuse(path, f"這份日誌是另一場演練的（{other}）", "請用同樣的情境、種子、長度重開，或換一個檔名")


def _refuse(path: Path, what: str, next_step: str) -> NoReturn:
    raise AnswerError(what, where=f"檔案 {path.name}", next_step=next_step) from None
