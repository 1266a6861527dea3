"""The edit list: which footage, from where to where, at which second of the film; as JSON and as CMX3600 text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from .script import Script, Source, read_script
from .script_checks import check_script
from .shots import Coverage

FPS = 30
"""Frames a second of an edit list unless told otherwise (設計參數)."""
_BLOCKING = ("start", "order", "overlap", "hole")
_REEL = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, repr=False)
class EditList(Result):
    """What the editor lays on the line of time.

    events: a row a cut: event, source (shot or asset), source_in, source_out, record_in, record_out (frames from 0),
    role, on_screen, voice, sfx.
    """

    script: Script
    events: pd.DataFrame
    fps: int
    notes: tuple[str, ...] = ()

    def say(self) -> str:
        total = int(self.events["record_out"].max()) / self.fps
        shot = int((self.events["source"] == self.events["event"].map("S{:02d}".format)).sum())
        return f"剪輯表 {len(self.events)} 段、{total:g} 秒、每秒 {self.fps} 格；{shot} 段等拍攝，{len(self.events) - shot} 段用素材。"

    def json(self) -> str:
        """The list as JSON, times in frames and in seconds."""
        events = [
            {**{str(k): _plain(v) for k, v in row.items()}, "seconds": [row["record_in"] / self.fps, row["record_out"] / self.fps]}
            for row in self.events.to_dict("records")
        ]
        whole = {"title": self.script.title, "platform": self.script.platform, "fps": self.fps, "size": [1080, 1920], "events": events}
        return json.dumps(whole, ensure_ascii=False, indent=1)

    def cmx3600(self) -> str:
        """The list as CMX3600 text (non-drop frame), which most editing programs import; on-screen text as comments."""
        lines = [f"TITLE: {_one_line(self.script.title)}", "FCM: NON-DROP FRAME", ""]
        for row in self.events.to_dict("records"):
            codes = " ".join(timecode(int(row[k]), self.fps) for k in ("source_in", "source_out", "record_in", "record_out"))
            lines += [f"{int(row['event']):03d}  {_REEL.sub('', str(row['source']))[:8]:<8} V     C        {codes}"]
            lines += [f"* FROM CLIP NAME: {_one_line(row['clip'])}"]
            lines += [f"* COMMENT: {_one_line(row['on_screen'])}"] if row["on_screen"] else []
        return "\n".join(lines) + "\n"

    def write(self, file: Path) -> Path:
        """Write .json or .edl, UTF-8, and give the file back."""
        file.write_text(self.json() if file.suffix.lower() == ".json" else self.cmx3600(), encoding="utf-8")
        return file


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def timecode(frame: int, fps: int) -> str:
    """Frames as HH:MM:SS:FF.

    >>> timecode(100, 30)
    '00:00:03:10'
    """
    seconds, rest = divmod(frame, fps)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:02d}"


def edit_list(source: Source, coverage: Coverage | None = None, *, fps: int = FPS) -> EditList:
    """Hard cuts from beat to beat; a shot that the asset base covers takes its footage, from its first frame.

    source: whatever ``read_script()`` takes. coverage: of ``ShotList.cover()``. fps: frames a second, 12–60.

    Raises TableError when beats overlap, leave a hole or stand out of order: two pictures cannot share a frame.

    >>> edit_list("cold_brew").say()
    '剪輯表 6 段、28 秒、每秒 30 格；6 段等拍攝，0 段用素材。'
    """
    script = read_script(source)
    if not 12 <= fps <= 60:
        raise TableError(f"每秒 {fps} 格不在 12–60 之間", where="fps")
    for fault in check_script(script).faults:
        if fault.rule in _BLOCKING:
            raise TableError(f"剪輯表排不出來，{fault.reason}", where=fault.where, next_step=fault.repair.rstrip("。"))
    covered = {} if coverage is None else coverage.table.set_index("beat")["asset_id"].dropna().to_dict()
    files = {} if coverage is None else coverage.table.set_index("beat")["file"].to_dict()
    rows = []
    for number, beat in enumerate(script.beats, 1):
        start, end = round(beat.t0 * fps), round(beat.t1 * fps)
        own = str(covered.get(number, f"S{number:02d}"))
        rows.append(
            {
                "event": number, "source": own, "clip": str(files[number]) if number in covered else f"{own} {beat.shot}",
                "source_in": 0, "source_out": end - start, "record_in": start, "record_out": end,
                "role": beat.role, "on_screen": beat.on_screen, "voice": beat.voice, "sfx": beat.sfx,
            }
        )  # fmt: skip
    return EditList(script, pd.DataFrame(rows), fps)
