"""Whether an SRT or VTT text can be read on a phone: times, speed, line length, characters and marks.

Limits come from ``subtitles.csv``; those marked unverified there only ever warn. The rules on signs are the lint pack
``subtitles``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from ... import lint
from ...analytics.result import Result
from ...errors import ReadError
from .cues import Timeline
from .linebreak import width
from .script_checks import Fault, faults_table, told
from .subtitle_rules import doubtful, limits

CLOSE = 0.0015
"""Seconds within which two times are the same: files hold milliseconds."""
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}[,.]\d{1,3}"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_LIKE_TIMING = re.compile(r"-->|^\s*\d{1,2}:\d{2}[:,.]\d")
_BY_HAND = {
    "simplified": "照上下文選一個正體字。",
    "split_unit": "改在數字前面換行。",
    "start_mark": "把標點移到上一行。",
    "open_bracket": "把括號移到下一行。",
}
_UNREAD = re.compile(r"[\s\W_]+")
_TAGS = re.compile(r"</?[A-Za-z][^<>\n]*>|\{\\[^{}\n]*\}")


@dataclass(frozen=True)
class Spoken:
    """One subtitle as it stands in a file: number from 1, seconds, its lines."""

    number: int
    start: float
    end: float
    text: str

    @property
    def where(self) -> str:
        return f"第 {self.number} 段（{self.start:.1f} 秒）"

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.split("\n") if line.strip()]


@dataclass(frozen=True, repr=False)
class SubtitleReview(Result):
    """What ``check_subtitles()`` found, in the order of the file."""

    cues: tuple[Spoken, ...]
    faults: tuple[Fault, ...]
    fps: float

    @property
    def clean(self) -> bool:
        """Nothing found at all."""
        return not self.faults

    @property
    def passed(self) -> bool:
        """No finding that must be mended."""
        return not any(fault.severity == "error" for fault in self.faults)

    @property
    def table(self) -> pd.DataFrame:
        """A row a finding: rule, severity, cue, where, reason, repair."""
        return faults_table(self.faults, "cue")

    def say(self) -> str:
        return told(self.faults, f"{len(self.cues)} 段字幕通過檢查。", f"{len(self.cues)} 段字幕")

    def __repr__(self) -> str:
        return "\n".join([self.say(), *map(str, self.faults)])


def check_subtitles(source: str | Path | Timeline, *, fps: float = 30) -> SubtitleReview:
    """Every rule over subtitles; source: a .srt or .vtt file, its text, or a ``Timeline``. fps: frames a second of the film.

    Raises ReadError when there is no subtitle to read.

    >>> from xiaobian.planning.video import timeline
    >>> check_subtitles(timeline("cold_brew")).say()
    '10 段字幕通過檢查。'
    """
    text = source.srt() if isinstance(source, Timeline) else _text(source)
    broken = list(_broken_timings(text))
    cues = read_subtitles(text)
    found = [fault for rule in (_order, _stay, _lines, _signs) for fault in rule(cues, fps)]
    return SubtitleReview(tuple(cues), (*broken, *sorted(found, key=lambda f: f.number)), fps)


def read_subtitles(text: str) -> list[Spoken]:
    """The cues of an SRT or VTT text, in the order of the file; tags are dropped.

    Raises ReadError when there is none.
    """
    import pysubs2

    plain = _TAGS.sub("", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    form = "vtt" if plain.lstrip().startswith("WEBVTT") else "srt"
    if not any(map(_TIMING.match, plain.split("\n"))):
        raise ReadError("讀不到任何一段字幕", next_step="SRT、VTT 的每一段要有一列 00:00:01,000 --> 00:00:03,000")
    events = pysubs2.SSAFile.from_string(plain.replace("{", "｛").replace("}", "｝"), form)
    return [
        Spoken(n, e.start / 1000, e.end / 1000, e.plaintext.strip()) for n, e in enumerate(events, 1)
    ]


def _text(source: str | Path) -> str:
    if isinstance(source, Path) or ("\n" not in source and source.lower().endswith((".srt", ".vtt"))):
        try:
            return Path(source).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ReadError("找不到字幕檔", where=str(source), next_step="請確認路徑") from None
        except UnicodeDecodeError:
            raise ReadError("字幕檔不是 UTF-8", where=str(source), next_step="請用 UTF-8 另存") from None
    return source


def _broken_timings(text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        if _LIKE_TIMING.search(line) and not _TIMING.match(line):
            yield Fault("unreadable", "error", 0, f"檔案第 {number} 列", f"時間「{line.strip()[:40]}」讀不懂，這一段會整段不見", "寫成 00:00:01,000 --> 00:00:03,000。")


def _order(cues: list[Spoken], fps: float) -> Iterator[Fault]:
    least = limits()["gap_frames"] / fps
    for before, cue in pairwise(cues):
        room = cue.start - before.end
        if cue.start < before.start - CLOSE:
            yield Fault("order", "error", cue.number, cue.where, f"比第 {before.number} 段早，順序反了", "照開始時間排。")
        elif room < -CLOSE:
            yield Fault("overlap", "error", cue.number, cue.where, f"和第 {before.number} 段重疊 {-room:.1f} 秒", f"把第 {before.number} 段結束改成 {cue.start - least:.2f} 秒。")
        elif room < least - CLOSE:
            yield Fault("gap", "warning", cue.number, cue.where, f"和第 {before.number} 段只隔 {room * fps:.1f} 格，看不出換了一句", f"把第 {before.number} 段提早 {least - room:.2f} 秒收，至少隔 {limits()['gap_frames']:g} 格。")


def _stay(cues: list[Spoken], fps: float) -> Iterator[Fault]:
    known = limits()
    for cue in cues:
        stays, count = cue.end - cue.start, width(_UNREAD.sub("", cue.text))
        if stays < known["min_seconds"] - CLOSE:
            yield Fault("too_short", "error" if stays <= 0 else "warning", cue.number, cue.where, f"只停 {stays:.2f} 秒，少於 {known['min_seconds']:.2f} 秒，一閃就過", "延長，或和旁邊那一段合併。")
        elif stays > known["max_seconds"] + CLOSE:
            yield Fault("too_long", "warning", cue.number, cue.where, f"停了 {stays:.1f} 秒，超過 {known['max_seconds']:g} 秒", "提早收掉，或拆成兩段。")
        if stays > 0 and count / stays > known["zh_chars_per_second"] + 1e-6:
            need = count / known["zh_chars_per_second"]
            yield Fault("reading_speed", "warning", cue.number, cue.where, f"每秒 {count / stays:.1f} 字，超過 {known['zh_chars_per_second']:g} 字{_doubt('zh_chars_per_second')}", f"延長到 {need:.1f} 秒，或刪到 {int(stays * known['zh_chars_per_second'])} 字。")


def _doubt(rule: str) -> str:
    return "（待查證）" if rule in doubtful() else ""


def _lines(cues: list[Spoken], fps: float) -> Iterator[Fault]:
    known = limits()
    for cue in cues:
        if not _UNREAD.sub("", cue.text):
            yield Fault("empty", "error", cue.number, cue.where, "這一段沒有字", "補上字，或刪掉這一段。")
        if len(cue.lines) > known["max_lines"]:
            yield Fault("lines", "error", cue.number, cue.where, f"有 {len(cue.lines)} 行，最多 {known['max_lines']:g} 行", "拆成兩段。")
        for line in cue.lines:
            if width(line) > known["zh_chars_per_line"]:
                yield Fault("line_length", "warning", cue.number, cue.where, f"「{line[:6]}…」這一行 {width(line):g} 個字寬，超過 {known['zh_chars_per_line']:g}{_doubt('zh_chars_per_line')}", "在逗號或詞的邊界換行，或拆成兩段。")


def _signs(cues: list[Spoken], fps: float) -> Iterator[Fault]:
    for cue in cues:
        for hit in lint.check("\n".join(cue.lines), packs="subtitles"):
            rule = hit.rule.split(".")[-1]
            repair = _BY_HAND[rule] if hit.fix is None else f"改成「{hit.fix}」。" if hit.fix else "刪掉它。"
            yield Fault(rule, hit.severity, cue.number, cue.where, hit.message.rstrip("。"), repair)
