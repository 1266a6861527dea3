"""Answers, commitments and progress on disk: one JSON file a lesson, nothing leaves the computer."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from .errors import AnswerError

SCHEMA = 1
COURSE_LEARNER = "course"
_TAIPEI = timezone(timedelta(hours=8))

Record = dict[str, Any]


def state_dir() -> Path:
    """Folder that holds the answers.

    ``KIT_STATE_DIR`` if set; else the ``answers`` folder of the course, found by walking up from the
    working directory; else ``answers`` beside a lone notebook. While nbgrader runs, always the latter.
    """
    if chosen := os.environ.get("KIT_STATE_DIR"):
        return Path(chosen)
    here = Path.cwd()
    if "NBGRADER_EXECUTION" in os.environ:
        return here / "answers"
    for folder in (here, *here.parents):
        if (folder / "answers").is_dir() or (folder / "start.py").is_file():
            return folder / "answers"
    return here / "answers"


def _file(name: str) -> Path:
    return state_dir() / f"{name}.json"


def read(lesson: str) -> Record:
    """The record of one lesson; an empty one if there is none yet.

    A file that cannot be understood is kept as ``.bak`` and said so on screen.
    """
    return _load(_file(lesson)) or _blank(lesson)


def _blank(lesson: str) -> Record:
    return {"schema": SCHEMA, "lesson": lesson, "questions": {}, "commitments": {}}


def _load(file: Path) -> Record | None:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, UnicodeDecodeError):
        record = None
    if isinstance(record, dict) and record.get("schema") == SCHEMA:
        return record
    _set_aside(file)
    return None


def _set_aside(file: Path) -> None:
    backup = file.with_name(f"{file.name}.bak")
    shutil.copy2(file, backup)
    file.unlink()
    print(f"作答檔 {file.name} 讀不懂，原檔已留成 {backup.name}，這一課從空白重新記錄。")


def update(lesson: str, change: Callable[[Record], None]) -> Record:
    """Read a lesson's record, let ``change`` edit it, write it back atomically and return it.

    Raises AnswerError when the folder cannot be written.
    """
    record = read(lesson)
    change(record)
    _write(_file(lesson), record)
    return record


def _write(file: Path, record: Record) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1, default=_plain) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, text)
    except OSError as error:
        raise AnswerError(
            "作答存不進去",
            where=f"資料夾 {file.parent.name}（{error.strerror}）",
            next_step="請確認磁碟還有空間、資料夾可以寫入，或用環境變數 KIT_STATE_DIR 指定別的資料夾",
        ) from None


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)
    finally:
        Path(name).unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """NumPy scalars and tables as plain JSON."""
    for method in ("item", "to_dict"):
        if hasattr(value, method):
            return getattr(value, method)()
    return str(value)


def now() -> str:
    """The time in Taipei, to the second."""
    return datetime.now(_TAIPEI).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Learner:
    """Whose answers these are; the id fixes the seeds of this learner's worlds."""

    id: str

    def __repr__(self) -> str:
        if self.id == COURSE_LEARNER:
            return "學習者：未設定（用全班共同的種子）。資料只存在這台電腦的 answers 資料夾。"
        return f"學習者：{self.id}。資料只存在這台電腦的 answers 資料夾。"


def learner(learner_id: str | None = None) -> Learner:
    """Set the learner once, or ask who it is.

    learner_id: letters, digits, ``-`` and ``_``, at most 32. Raises AnswerError for another form, and when a
    different learner is already set here.
    """
    stored = (_load(_file("learner")) or {}).get("learner")
    if learner_id is None:
        return Learner(stored or COURSE_LEARNER)
    plain = learner_id.replace("-", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and len(learner_id) <= 32):
        raise AnswerError(
            f"學習者代號「{learner_id}」不合格式", next_step="請用 32 個字以內的英文、數字、- 或 _，例如 s001"
        )
    if stored not in (None, learner_id):
        raise AnswerError(
            f"這個資料夾已經記著學習者 {stored}，不能改成 {learner_id}",
            next_step="換人請換一個資料夾，或用環境變數 KIT_STATE_DIR 指定別的作答資料夾",
        )
    _write(_file("learner"), {"schema": SCHEMA, "learner": learner_id})
    return Learner(learner_id)


def seed(lesson: str, purpose: str, attempt: int = 0) -> int:
    """A 32-bit seed fixed by learner, lesson, purpose (``lesson`` or ``exercise``) and attempt."""
    words = f"{learner().id}|{lesson}|{purpose}|{attempt}"
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "big")


def _lesson_of(key: str) -> str:
    return ".".join(key.split(".")[:2])


def commitment(key: str) -> dict[str, Any] | None:
    """The open or revealed commitment under ``key`` (like ``3.1.a``); None if there is none."""
    return read(_lesson_of(key))["commitments"].get(key)


def commit(key: str, answer: Any) -> dict[str, Any]:
    """Store an answer before its truth is shown.

    The first answer of a world is kept for grading; a later one, before or after the reveal, is only noted
    as ``latest``. Returns the commitment: first, latest, attempt, revealed, time.
    """

    def change(record: Record) -> None:
        fresh = {"first": answer, "attempt": 0, "revealed": False, "time": now()}
        record["commitments"].setdefault(key, fresh)
        entry = record["commitments"][key]
        if entry["first"] is None:
            entry.update(first=answer, time=now())
        entry["latest"] = answer

    return update(_lesson_of(key), change)["commitments"][key]


def reveal(key: str) -> dict[str, Any]:
    """Close the world of a commitment and return it; raises AnswerError when nothing was committed."""
    entry = commitment(key)
    if entry is None or entry["first"] is None:
        raise AnswerError(
            f"還沒有 {key} 的預測", next_step=f'先猜再看：請先執行 xb.predict("{key}", 你的猜測)'
        )

    def change(record: Record) -> None:
        record["commitments"][key]["revealed"] = True

    return update(_lesson_of(key), change)["commitments"][key]


def again(key: str) -> int:
    """Open the next world under ``key`` and return its attempt number; the earlier ones stay on record."""

    def change(record: Record) -> None:
        entry = record["commitments"].get(key)
        if entry is None:
            raise AnswerError(f"還沒有 {key} 的預測", next_step="第一個世界還沒用過，直接作答就好")
        closed = {k: v for k, v in entry.items() if k != "past"}
        record["commitments"][key] = {
            "first": None, "latest": None, "attempt": entry["attempt"] + 1, "revealed": False,
            "time": now(), "past": [*entry.get("past", []), closed],
        }  # fmt: skip

    return update(_lesson_of(key), change)["commitments"][key]["attempt"]
