"""A short video as beats: what is seen, said and written from one second to another."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import yaml

from ... import datasets
from ...errors import ReadError, TableError
from ...tables import PLATFORMS

ROLES = {"hook": "鉤子", "context": "脈絡", "value": "重點", "proof": "證明", "twist": "轉折", "cta": "行動"}
SIZES = ("特寫", "近景", "中景", "全景", "俯拍", "字卡")
MOVES = ("固定", "推近", "拉遠", "左搖", "右搖", "跟拍", "手持")
STEP = 0.1
"""Seconds of the grid that cues and the animatic share (設計參數): no shorter than two frames at 20 frames a second or more."""
LONGEST = 3600.0
"""Seconds from which a number is more likely a slip than a short video (設計參數)."""
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LISTS = ("who", "props", "tags")


@dataclass(frozen=True)
class Beat:
    """One beat. t0, t1: seconds from the start; role: of ``ROLES``; shot: what is seen, in words.

    voice: what is spoken. on_screen: what is written on the picture. sfx: sound. size, move: of ``SIZES`` and
    ``MOVES``, empty when only ``shot`` tells. place, who, props: for the shooting day. tags: what footage must show.
    """

    t0: float
    t1: float
    role: str
    shot: str = ""
    voice: str = ""
    on_screen: str = ""
    sfx: str = ""
    size: str = ""
    move: str = ""
    place: str = ""
    who: tuple[str, ...] = ()
    props: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return self.t1 - self.t0


@dataclass(frozen=True)
class Script:
    """A short video before it is shot: title, platform (of ``tables.PLATFORMS``), whether it is sponsored, its beats."""

    beats: tuple[Beat, ...]
    title: str = "未命名腳本"
    platform: str = "instagram"
    sponsored: bool = False

    @property
    def duration(self) -> float:
        """Seconds from 0 to the end of the last beat."""
        return max(beat.t1 for beat in self.beats)

    @property
    def table(self) -> pd.DataFrame:
        """A row a beat, numbered from 1, with the fields of ``Beat``; lists joined by 、."""
        rows = [
            {
                f.name: "、".join(v) if isinstance(v := getattr(beat, f.name), tuple) else v
                for f in fields(Beat)
            }
            for beat in self.beats
        ]
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="beat"))

    def with_beat(self, number: int, **changes: Any) -> Script:
        """The script with some fields of beat ``number`` (from 1) changed; a new end moves all that follows.

        >>> two = read_script([{"t0": 0, "t1": 2, "role": "hook"}, {"t0": 2, "t1": 6, "role": "cta"}])
        >>> [(b.t0, b.t1) for b in two.with_beat(1, t1=3).beats]
        [(0.0, 3.0), (3.0, 7.0)]
        """
        if not 1 <= number <= len(self.beats):
            raise TableError(f"沒有第 {number} 拍", next_step=f"這份腳本有 {len(self.beats)} 拍")
        old = self.beats[number - 1]
        spec = {f.name: getattr(old, f.name) for f in fields(Beat)} | changes
        new = _beat(spec, number)
        shift = new.t1 - old.t1
        rest = [replace(b, t0=round(b.t0 + shift, 3), t1=round(b.t1 + shift, 3)) for b in self.beats[number:]]
        return replace(self, beats=(*self.beats[: number - 1], new, *rest))

    def without(self, number: int) -> Script:
        """The script without beat ``number``; what follows moves up by its length. The last beat cannot go."""
        if not 1 <= number <= len(self.beats) or len(self.beats) == 1:
            raise TableError(f"刪不掉第 {number} 拍", next_step="至少要留一拍")
        gone = self.beats[number - 1].seconds
        rest = [_moved(beat, -gone) for beat in self.beats[number:]]
        return replace(self, beats=(*self.beats[: number - 1], *rest))

    def split(self, number: int) -> Script:
        """Beat ``number`` as two of half its length; what is spoken is cut at the mark nearest to its middle.

        >>> long = read_script([{"t0": 0, "t1": 8, "role": "value", "voice": "先泡茶，再放冰，最後倒進杯子"}])
        >>> [(b.t0, b.t1, b.voice) for b in long.split(1).beats]
        [(0.0, 4.0, '先泡茶，再放冰，'), (4.0, 8.0, '最後倒進杯子')]
        """
        if not 1 <= number <= len(self.beats):
            raise TableError(f"沒有第 {number} 拍", next_step=f"這份腳本有 {len(self.beats)} 拍")
        beat = self.beats[number - 1]
        middle = round((beat.t0 + beat.t1) / 2, 1)
        if not beat.t0 < middle < beat.t1:
            raise TableError(f"第 {number} 拍只有 {beat.seconds:g} 秒，拆不開", next_step="先延長它")
        cuts = [m.end() for m in re.finditer(r"[，。、；！？,]", beat.voice[:-1])] or [len(beat.voice)]
        at = min(cuts, key=lambda cut: abs(cut - len(beat.voice) / 2))
        two = (replace(beat, t1=middle, voice=beat.voice[:at]), replace(beat, t0=middle, voice=beat.voice[at:], on_screen=""))
        return replace(self, beats=(*self.beats[: number - 1], *two, *self.beats[number:]))

    def joined(self) -> Script:
        """The beats end to end from 0, each as long as it was: no overlap, no hole.

        >>> apart = read_script([{"t0": 1, "t1": 3, "role": "hook"}, {"t0": 2, "t1": 6, "role": "cta"}])
        >>> [(b.t0, b.t1) for b in apart.joined().beats]
        [(0.0, 2.0), (2.0, 6.0)]
        """
        at, beats = 0.0, []
        for beat in sorted(self.beats, key=lambda b: b.t0):
            beats.append(_moved(beat, at - beat.t0))
            at = beats[-1].t1
        return replace(self, beats=tuple(beats))

    def __repr__(self) -> str:
        kinds = "、".join(ROLES[b.role] for b in self.beats)
        return f"腳本「{self.title}」｜{PLATFORMS[self.platform]}｜{len(self.beats)} 拍、{self.duration:g} 秒：{kinds}"


Source = Script | str | Path | Mapping[str, Any] | Sequence[Mapping[str, Any]] | pd.DataFrame


def read_script(
    source: Source, *, title: str | None = None, platform: str | None = None, sponsored: bool | None = None
) -> Script:
    """A script from a YAML file or text, a dict, a list of beats, a table (.csv, .xlsx or DataFrame), or the name of a
    sample (``roll_cake``, ``roll_cake_draft`` …).

    A beat needs t0 and t1 (seconds, or 0:03.5) and a role, in English or Chinese; the other fields of ``Beat`` may be
    left out. title, platform, sponsored: replace what the source says.

    Raises ReadError for a file that is no script, TableError (beat, field, what to do) for a value that cannot be used.
    Beats that overlap or leave a hole are read; ``check_script()`` tells.

    >>> read_script({"title": "試", "beats": [{"t0": 0, "t1": "0:02.5", "role": "鉤子", "voice": "切開"}]})
    腳本「試」｜Instagram｜1 拍、2.5 秒：鉤子
    """
    if isinstance(source, Script):
        spec: dict[str, Any] = {f.name: getattr(source, f.name) for f in fields(Script)}
    else:
        content = _content(source)
        spec = dict(content) if isinstance(content, Mapping) else {"beats": content}
        spec["beats"] = _beats(spec.get("beats"))
    given = {"title": title, "platform": platform, "sponsored": sponsored}
    spec |= {key: value for key, value in given.items() if value is not None}
    return Script(
        spec["beats"],
        _plain(spec.get("title") or "未命名腳本"),
        _platform(spec.get("platform", "instagram")),
        _flag(spec.get("sponsored", False)),
    )


def samples() -> list[str]:
    """Names of the sample scripts.

    >>> "roll_cake" in samples()
    True
    """
    return list(_samples())


def _samples() -> dict[str, Any]:
    return dict(datasets.yaml_of(datasets.path("video/scripts.yml")))


def _content(source: Any) -> Any:
    if isinstance(source, pd.DataFrame):
        return source.astype(object).where(source.notna(), None).to_dict("records")
    if isinstance(source, Path) or (isinstance(source, str) and "\n" not in source and _is_file_name(source)):
        return _file(Path(source))
    if isinstance(source, str):
        if (known := _samples()).get(source.strip()):
            return known[source.strip()]
        return _yaml(source, "腳本文字")
    return source


def _is_file_name(text: str) -> bool:
    return text.lower().endswith((".yml", ".yaml", ".csv", ".xlsx"))


def _file(file: Path) -> Any:
    if not file.is_file():
        raise ReadError(
            "找不到腳本檔", where=str(file), next_step="請確認路徑，或先用樣本名稱，例如 roll_cake"
        )
    if file.suffix.lower() == ".csv":
        return _content(pd.read_csv(file, dtype="string", encoding="utf-8-sig"))
    if file.suffix.lower() == ".xlsx":
        return _content(pd.read_excel(file, dtype="string"))
    try:
        return _yaml(file.read_text(encoding="utf-8-sig"), f"檔案 {file.name}")
    except UnicodeDecodeError:
        raise ReadError("腳本檔不是 UTF-8", where=file.name, next_step="請用 UTF-8 另存") from None


def _yaml(text: str, where: str) -> Any:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where} 第 {mark.line + 1} 列附近" if mark else where
        raise ReadError("腳本不是 YAML", where=place, next_step="請檢查縮排、冒號後的空格和引號") from None
    if not isinstance(content, (dict, list)):
        raise ReadError(
            "讀不出腳本", where=where, next_step=f"請給 beats 清單，或樣本名稱：{'、'.join(samples())}"
        )
    return content


def _beats(specs: Any) -> tuple[Beat, ...]:
    if not isinstance(specs, Sequence) or isinstance(specs, str) or not len(specs):
        raise TableError("腳本裡沒有任何一拍", where="beats", next_step="請至少寫一拍：t0、t1、role")
    return tuple(_beat(spec, number) for number, spec in enumerate(specs, 1))


def _beat(spec: Any, number: int) -> Beat:
    if not isinstance(spec, Mapping):
        _refuse(number, "不是一組欄位", "每一拍寫成 {t0: 0, t1: 2.5, role: hook, …}")
    spec = {k: v for k, v in spec.items() if k != "beat" and not _missing(v)}
    known = {f.name for f in fields(Beat)}
    if extra := [str(key) for key in spec if key not in known]:
        _refuse(number, f"不認得欄位 {'、'.join(extra)}", f"可用的欄位：{'、'.join(sorted(known))}")
    t0, t1 = (_seconds(spec.get(key), number, key) for key in ("t0", "t1"))
    if t1 <= t0:
        _refuse(number, f"結束（{t1:g} 秒）沒有在開始（{t0:g} 秒）之後", "t1 要大於 t0")
    values: dict[str, Any] = {
        k: _plain(v) for k, v in spec.items() if k not in ("t0", "t1", "role", *_LISTS)
    }
    for key, allowed in (("size", SIZES), ("move", MOVES)):
        if values.get(key) and values[key] not in allowed:
            _refuse(number, f"{key} 是「{values[key]}」", f"可用：{'、'.join(allowed)}")
    values |= {key: _names(spec.get(key)) for key in _LISTS}
    return Beat(t0, t1, _role(spec.get("role"), number), **values)


def _refuse(number: int, what: str, next_step: str) -> NoReturn:
    raise TableError(what, where=f"第 {number} 拍", next_step=next_step)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _seconds(value: Any, number: int, key: str) -> float:
    text = str(value).strip()
    try:
        seconds = _clock(text) if ":" in text else float(text)
    except ValueError:
        seconds = math.nan
    if isinstance(value, bool) or not 0 <= seconds <= LONGEST:
        _refuse(
            number, f"{key} 不是看得懂的秒數（{'空白' if _missing(value) else value}）", "請寫 2.5 或 0:02.5"
        )
    return round(seconds, 3)


def _clock(text: str) -> float:
    if not (m := _CLOCK.fullmatch(text)):
        raise ValueError(text)
    return 3600 * int(m[1] or 0) + 60 * int(m[2]) + float(m[3])


def _plain(value: Any) -> str:
    """The text without blanks around it and without signs that no file and no font knows (control signs, half pairs)."""
    return _INVISIBLE.sub("", str(value)).strip()


def _moved(beat: Beat, by: float) -> Beat:
    return replace(beat, t0=round(beat.t0 + by, 3), t1=round(beat.t1 + by, 3))


def _role(value: Any, number: int) -> str:
    role = {label: name for name, label in ROLES.items()}.get(str(value).strip(), str(value).strip().lower())
    if role not in ROLES:
        _refuse(
            number,
            f"角色「{value}」不在清單裡",
            f"可用：{'、'.join(f'{k}（{v}）' for k, v in ROLES.items())}",
        )
    return role


def _names(value: Any) -> tuple[str, ...]:
    parts = re.split(r"[、,，;；]", value) if isinstance(value, str) else (value or ())
    return tuple(name for part in parts if (name := _plain(part)))


def _platform(value: Any) -> str:
    by_label = {label.lower(): name for name, label in PLATFORMS.items()}
    platform = by_label.get(str(value).lower(), str(value).lower())
    if platform not in PLATFORMS:
        raise TableError(
            f"沒有「{value}」這個平台", where="platform", next_step=f"可用：{'、'.join(PLATFORMS)}"
        )
    return platform


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in ("true", "yes", "1", "是"):
        return True
    if text in ("false", "no", "0", "否", "", "none"):
        return False
    raise TableError(f"sponsored 是「{value}」", where="sponsored", next_step="請寫 true 或 false")
