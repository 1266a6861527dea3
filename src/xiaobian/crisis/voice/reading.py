"""Reading a voice guide, and saying exactly what is wrong with a malformed one.

``datasets/voice.yml`` is the brand's own and shows every key. A guide of another brand needs ``brand``, ``axes`` and
``rules``; what it leaves out of ``features``, ``platforms`` and ``crisis`` is taken from the brand's own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import yaml

from ... import datasets
from ...errors import NotFound, ReadError
from ...lint import Pack, load
from ...lint.measures import LIMITS
from ...tables import PLATFORMS
from .features import AXES, FEATURES

KEYS = {"brand", "title", "says", "self", "reader", "axes", "features", "platforms", "crisis", "defaults", "except", "rules",
        "pairs", "limits", "why", "extends"}  # fmt: skip
PAIRS_EACH = 3
ZERO = ("emoji", "jokes")
"""What a crisis never allows, whatever a guide says."""


@dataclass(frozen=True)
class Target:
    """Where the brand wants to stand on an axis: target ± band, both 0–100."""

    target: float
    band: float
    why: str = ""

    @property
    def range(self) -> tuple[float, float]:
        return max(self.target - self.band, 0.0), min(self.target + self.band, 100.0)


@dataclass(frozen=True)
class Habit:
    """What a platform allows. limits: most of a mark in one text; particles: those in use there."""

    limits: Mapping[str, int]
    particles: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Pair:
    """The same thing said on and off voice, and what the difference is."""

    situation: str
    platform: str
    crisis: bool
    like: str
    unlike: str
    why: str


@dataclass(frozen=True, eq=False)
class Guide:
    """A read guide. self_name, reader: what the brand calls itself and you, empty when it does not care; axes, features: in ordinary times; crisis_axes, crisis_features: when something happened."""

    brand: str
    says: str
    self_name: str
    reader: str
    axes: Mapping[str, Target]
    features: Mapping[str, tuple[float, float]]
    platforms: Mapping[str, Habit]
    crisis_axes: Mapping[str, Target]
    crisis_features: Mapping[str, tuple[float, float]]
    rules: Pack
    crisis_rules: Pack
    pairs: tuple[Pair, ...]
    file: Path


def read_guide(file: str | Path | None = None) -> Guide:
    """Read a guide; without a file the brand's own. It is read again when the file has changed.

    Raises NotFound when there is no such file, ReadError (file, key, what to do) for what cannot be used.
    """
    path = Path(file).absolute() if file is not None else datasets.path("voice.yml")
    if not path.is_file():
        raise NotFound(
            f"找不到語調檔 {file}", next_step="請給一個 .yml 檔的路徑；可以先複製 datasets/voice.yml 來改"
        )
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(file: Path, _changed: int) -> Guide:
    content = _content(file)
    own = file == datasets.path("voice.yml")
    base = None if own else read_guide()
    axes = _axes(content.get("axes"), file, "axes", {})
    features = _features(content.get("features", {}), file, "features", base.features if base else {})
    crisis = content.get("crisis", {})
    if not isinstance(crisis, dict):
        _refuse(file, "crisis", "要是一組鍵", "請照 datasets/voice.yml 的 crisis 寫，或整段刪掉沿用它")
    _zero(crisis, file)
    theirs = (
        axes if not base or "axes" in crisis else {name: _towards(axes[name], base, name) for name in axes}
    )
    return Guide(
        brand=_words(content, "brand", file),
        says=str(content.get("says", "")),
        self_name=str(content.get("self", "")),
        reader=str(content.get("reader", "")),
        axes=axes,
        features=features,
        platforms=_platforms(content["platforms"], file) if "platforms" in content or base is None else base.platforms,
        crisis_axes=_axes(crisis.get("axes", {}), file, "crisis.axes", theirs),
        crisis_features=_features(crisis.get("features", {}), file, "crisis.features", features),
        rules=load(file),
        crisis_rules=load(file, "crisis") if "rules" in crisis or base is None else base.crisis_rules,
        pairs=tuple(_pairs(content.get("pairs", []), file)),
        file=file,
    )  # fmt: skip


def _towards(own: Target, base: Guide, name: str) -> Target:
    """Another brand's target in a crisis: moved as the brand's own guide moves."""
    moved = base.crisis_axes[name].target - base.axes[name].target
    return replace(own, target=min(max(own.target + moved, 0.0), 100.0))


def _refuse(file: Path, place: str, what: str, next_step: str) -> NoReturn:
    raise ReadError(
        f"語調檔讀不進來，{what}", where=f"檔案 {file.name} 的 {place}", next_step=next_step
    ) from None


def _content(file: Path) -> dict[str, Any]:
    try:
        content = datasets.yaml_of(file)
    except UnicodeDecodeError:
        _refuse(file, "編碼", "不是 UTF-8", "請用 UTF-8 另存這個檔案")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 列附近" if mark else "內容"
        _refuse(file, place, "不是 YAML", "請檢查縮排、引號和冒號後的空格")
    if not isinstance(content, dict):
        _refuse(file, "內容", "最外層不是鍵和值", "第一層請寫 brand:、axes:、rules:")
    for key in content:
        if key not in KEYS:
            _unknown(file, "第一層", key, KEYS)
    for key in ("brand", "axes", "rules"):
        if key not in content:
            _refuse(file, "第一層", f"沒有 {key}", f"請加上 {key}:，寫法看 datasets/voice.yml")
    return content


def _unknown(file: Path, place: str, key: Any, known: Any) -> NoReturn:
    near = difflib.get_close_matches(str(key), list(known), n=1)
    guess = f"是不是 {near[0]}？" if near else ""
    _refuse(file, place, f"不認得 {key}", f"{guess}可用的是 {'、'.join(known)}")


def _words(content: Mapping[str, Any], key: str, file: Path) -> str:
    if not isinstance(content[key], str) or not content[key].strip():
        _refuse(file, key, "要寫文字", f"請寫成 {key}: 你的字")
    return str(content[key])


def _number(value: Any, low: float, high: float, file: Path, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        _refuse(file, place, f"是 {value}", f"請寫 {low:g} 到 {high:g} 的數字")
    return float(value)


def _axes(given: Any, file: Path, place: str, base: Mapping[str, Target]) -> dict[str, Target]:
    if not isinstance(given, dict):
        _refuse(file, place, "要是四條軸", f"請寫 {'、'.join(AXES)}，各有 target 和 band")
    for name in given:
        if name not in AXES:
            _unknown(file, place, name, AXES)
    found = dict(base)
    for name, axis in AXES.items():
        where, ends = f"{place}.{name}", "–".join(axis.ends)
        if name not in given:
            if name not in base:
                _refuse(file, place, f"少了 {name}（{ends}）", f"請加上 {name}: {{target: 50, band: 20}}")
            continue
        row = given[name]
        if not isinstance(row, dict) or "target" not in row or "band" not in row:
            _refuse(
                file,
                where,
                "少了 target 或 band",
                f"請寫 {name}: {{target: 50, band: 20}}，0 是{axis.ends[0]}、100 是{axis.ends[1]}",
            )
        if "ends" in row and tuple(row["ends"]) != axis.ends:
            _refuse(
                file, f"{where}.ends", f"兩端是 {row['ends']}", f"這條軸量的是 {ends}；兩端不能改，改 target"
            )
        found[name] = Target(
            _number(row["target"], 0, 100, file, f"{where}.target"),
            _number(row["band"], 1, 100, file, f"{where}.band"),
            str(row.get("why", base[name].why if name in base else "")),
        )
    return found


def _features(
    given: Any, file: Path, place: str, base: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    if not isinstance(given, dict):
        _refuse(file, place, "要是一組鍵", "請寫成 emoji: [0, 0.5]")
    found = dict(base)
    for name, band in given.items():
        where = f"{place}.{name}"
        if name not in FEATURES:
            _unknown(file, place, name, FEATURES)
        if not isinstance(band, list) or len(band) != 2:
            _refuse(file, where, "要是兩個數字", f"請寫成 {name}: [低, 高]")
        low, high = (_number(value, 0, 1000, file, where) for value in band)
        if low > high:
            _refuse(file, where, f"低 {low:g} 比高 {high:g} 大", "請把小的寫前面")
        found[name] = (low, high)
    if missing := [name for name in FEATURES if name not in found]:
        _refuse(file, place, f"少了 {missing[0]}", f"請加上 {missing[0]}: [低, 高]")
    return found


def _platforms(given: Any, file: Path) -> dict[str, Habit]:
    if not isinstance(given, dict):
        _refuse(
            file,
            "platforms",
            "要是一組平台",
            "請寫成 instagram: {emoji: 1, exclamations: 1, particles: [吧]}",
        )
    found = {}
    for name, row in given.items():
        where = f"platforms.{name}"
        if name not in PLATFORMS:
            _unknown(file, "platforms", name, PLATFORMS)
        if not isinstance(row, dict):
            _refuse(file, where, "要是一組鍵", "請寫 {emoji: 1, exclamations: 1, particles: [吧]}")
        for key in row:
            if key not in (*LIMITS, "particles", "note"):
                _unknown(file, where, key, (*LIMITS, "particles", "note"))
        particles = row.get("particles", [])
        if not isinstance(particles, list) or not all(isinstance(p, str) and len(p) == 1 for p in particles):
            _refuse(file, f"{where}.particles", "要是一串單字", "請寫 [吧, 呢, 啊]")
        limits = {key: _limit(row[key], file, f"{where}.{key}") for key in LIMITS if key in row}
        found[str(name)] = Habit(limits, tuple(particles), str(row.get("note", "")))
    return found


def _limit(value: Any, file: Path, place: str) -> int:
    if type(value) is not int or value < 0:
        _refuse(file, place, f"上限是 {value}", "請寫 0 以上的整數")
    return int(value)


def _zero(crisis: Mapping[str, Any], file: Path) -> None:
    """A crisis allows no emoji and no jokes; a guide that has rules of its own must say so."""
    limits = crisis.get("limits", {})
    if not isinstance(limits, dict):
        _refuse(file, "crisis.limits", "要是一組上限", "請寫 {emoji: 0, jokes: 0}")
    for name in ZERO:
        if limits.get(name, 0 if "rules" not in crisis else None) != 0:
            _refuse(
                file,
                f"crisis.limits.{name}",
                "危機時只能是 0",
                f"請寫 {name}: 0；出事的時候，{LIMITS[name][0]}會被截圖留下來",
            )


def _pairs(given: Any, file: Path) -> list[Pair]:
    if not isinstance(given, list):
        _refuse(file, "pairs", "要是一串情況", "每個情況寫 - situation: 和三組 pairs:")
    found = []
    for number, group in enumerate(given, 1):
        place = f"pairs 第 {number} 個情況"
        if (
            not isinstance(group, dict)
            or not isinstance(group.get("pairs"), list)
            or "situation" not in group
        ):
            _refuse(
                file,
                place,
                "少了 situation 或 pairs",
                "請寫 situation: 名稱，底下 pairs: 三組 {like, unlike, why}",
            )
        platform = str(group.get("platform", "instagram"))
        if platform not in PLATFORMS:
            _unknown(file, place, platform, PLATFORMS)
        if len(group["pairs"]) < PAIRS_EACH:
            _refuse(
                file,
                place,
                f"只有 {len(group['pairs'])} 組",
                f"每個情況至少 {PAIRS_EACH} 組，一組的差別看不出是哪裡像",
            )
        for pair in group["pairs"]:
            if not isinstance(pair, dict) or not all(
                isinstance(pair.get(k), str) and pair[k] for k in ("like", "unlike", "why")
            ):
                _refuse(
                    file,
                    f"{place}（{group['situation']}）",
                    "有一組少了 like、unlike 或 why",
                    "三個都要寫，why 說差在哪裡",
                )
            found.append(
                Pair(
                    str(group["situation"]),
                    platform,
                    bool(group.get("crisis")),
                    pair["like"],
                    pair["unlike"],
                    pair["why"],
                )
            )
    return found
