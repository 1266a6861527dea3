"""What a script breaks before anyone picks up a camera: each finding with its reason and its repair.

Limits come from ``platform_specs.csv`` (rows ``video_script_*`` and the platforms' lengths) and ``subtitles.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import datasets
from ...analytics.result import Result
from ...lint.findings import SEVERITIES
from ...tables import PLATFORMS
from ..disclosing import disclosed
from .linebreak import spoken, width
from .script import ROLES, Script, Source, read_script

if TYPE_CHECKING:
    from ...plotting import Chart

SLACK = 0.051
"""Seconds within which two times are the same (half a step of the grid)."""
_LENGTHS = {
    "instagram": "instagram_reel_seconds",
    "tiktok": "tiktok_video_seconds",
    "youtube": "youtube_shorts_seconds",
    "threads": "threads_video_seconds",
}
_SIGNS = {
    "有數字": r"\d|[兩二三四五六七八九十百千半][個杯條種次天年月小分秒元塊折步成倍人款層口]|一[杯條年月小分秒元塊折成倍口]",
    "有問題": r"[？?]|為什麼|怎麼|多少|哪[一個種裡]|是不是|有沒有|嗎|知道.*幾",
    "有衝突": r"但是?|卻|反而|居然|竟然|沒想到|其實|別再|不要再|千萬別|以為|不是.+是|失敗|翻車|塌|踩雷|後悔|搞砸|少[了等]|差在|vs|VS|只剩",
}
GREETING = re.compile(
    r"大家好|哈囉|嗨|歡迎(?:來到|收看)|今天(?:要)?(?:來)?(?:跟|和|為)?(?:大家)?(?:介紹|分享)|看到最後"  # lint: off
)
_READABLE = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Fault:
    """One finding: rule, severity (error, warning, suggestion), beat or cue number (0: the whole), where, reason, repair."""

    rule: str
    severity: str
    number: int
    where: str
    reason: str
    repair: str

    def __str__(self) -> str:
        icon, words, _ = SEVERITIES[self.severity]
        return f"{icon} {words}｜{self.where}：{self.reason}。{self.repair}"


@dataclass(frozen=True, repr=False)
class ScriptReview(Result):
    """What ``check_script()`` found; ``faults`` in the order of the film."""

    script: Script
    faults: tuple[Fault, ...]

    @property
    def passed(self) -> bool:
        """No finding that must be mended."""
        return not any(fault.severity == "error" for fault in self.faults)

    @property
    def table(self) -> pd.DataFrame:
        """A row a finding: rule, severity, beat (0: the whole script), where, reason, repair."""
        return faults_table(self.faults, "beat")

    def say(self) -> str:
        return told(self.faults, "腳本通過檢查，可以排鏡頭。", "腳本")

    def __repr__(self) -> str:
        return "\n".join([self.say(), *map(str, self.faults)])

    def plot(self) -> Chart:
        """The beats on a line of time, what is wrong marked where it is."""
        from .timeline_plot import timeline_chart

        return timeline_chart(self.script, self)


def faults_table(faults: tuple[Fault, ...], unit: str) -> pd.DataFrame:
    """Findings as a table; ``unit`` names the column of the number."""
    rows = [(f.rule, f.severity, f.number, f.where, f.reason, f.repair) for f in faults]
    return pd.DataFrame(rows, columns=["rule", "severity", unit, "where", "reason", "repair"])


def told(faults: tuple[Fault, ...], fine: str, what: str) -> str:
    """How many findings of each kind, in a sentence."""
    counts = [
        f"{sum(f.severity == severity for f in faults)} 處{words}"
        for severity, (_, words, _) in SEVERITIES.items()
        if any(f.severity == severity for f in faults)
    ]
    if not any(f.severity == "error" for f in faults):
        return fine + (f"另有 {'、'.join(counts)}。" if counts else "")
    return f"{what}還不能用：{'、'.join(counts)}。"


@cache
def limits() -> dict[str, float]:
    """The design limits of a script: hook_seconds, beat_gap, seconds (longest), seconds_min, cta, spoken_rate.

    >>> limits()["hook_seconds"]
    3.0
    """
    specs = datasets.reference("platform_specs")
    rows = specs[specs["platform"] == "video_script"].set_index("field")
    found = {str(name): float(value) for name, value in rows["limit"].items()}
    return found | {"seconds_min": float(rows["minimum"].astype(float)["seconds"])}


def specific(text: str) -> list[str]:
    """What makes an opening specific: 有數字、有問題、有衝突; an empty list when nothing does. Words, not meaning.

    >>> specific("為什麼你一切就塌？"), specific("哈囉大家好")
    (['有問題', '有衝突'], [])
    """
    return [name for name, sign in _SIGNS.items() if re.search(sign, text)]


def check_script(source: Source) -> ScriptReview:
    """Every rule of a short video's script; source: whatever ``read_script()`` takes.

    The limits of hook, gap, length and CTA are design parameters, the spoken rate is unverified: see
    ``datasets/reference/platform_specs.csv``. That the hook is true or good is for a person to judge.

    >>> check_script("cold_brew").passed, check_script("cold_brew_draft").passed
    (True, False)
    """
    script = read_script(source)
    found = [fault for rule in _RULES for fault in rule(script)]
    return ScriptReview(script, tuple(sorted(found, key=lambda f: f.number or len(script.beats) + 1)))


def _at(script: Script, number: int) -> str:
    beat = script.beats[number - 1]
    return f"第 {number} 拍（{ROLES[beat.role]}，{beat.t0:g}–{beat.t1:g} 秒）"


def _order(script: Script) -> Iterator[Fault]:
    if script.beats[0].t0 > SLACK:
        yield Fault(
            "start",
            "error",
            1,
            _at(script, 1),
            f"影片從 {script.beats[0].t0:g} 秒才開始",
            "把第一拍的 t0 改成 0。",
        )
    for number, (one, two) in enumerate(pairwise(script.beats), 2):
        where = f"第 {number - 1} 拍和第 {number} 拍"
        if two.t0 < one.t0:
            yield Fault("order", "error", number, where, "順序反了", "照 t0 由小到大排。")
        elif two.t0 < one.t1 - SLACK:
            over = one.t1 - two.t0
            yield Fault(
                "overlap",
                "error",
                number,
                where,
                f"重疊 {over:.1f} 秒，同一秒有兩個畫面",
                f"把第 {number} 拍的 t0 改成 {one.t1:g}，後面的跟著往後移。",
            )
        elif two.t0 > one.t1 + SLACK:
            yield Fault(
                "hole",
                "error",
                number,
                where,
                f"中間空了 {two.t0 - one.t1:.1f} 秒，沒有畫面",
                f"把第 {number - 1} 拍延到 {two.t0:g} 秒，或補一拍。",
            )


def _hook(script: Script) -> Iterator[Fault]:
    first, known = script.beats[0], limits()
    hooks = [n for n, beat in enumerate(script.beats, 1) if beat.role == "hook"]
    if hooks != [1]:
        yield Fault(
            "hook_first",
            "error",
            1,
            "開頭",
            f"鉤子要剛好一個、放在第一拍，現在在{'第 ' + '、'.join(map(str, hooks)) + ' 拍' if hooks else '哪裡都沒有'}",
            "把最想讓人停下來的一拍移到最前面。",
        )
    if first.role != "hook":
        return
    if first.t1 > known["hook_seconds"] + SLACK:
        yield Fault(
            "hook_late",
            "error",
            1,
            _at(script, 1),
            f"鉤子 {first.t1:g} 秒才說完，超過 {known['hook_seconds']:g} 秒",
            "只留一句，其他的移到下一拍。",
        )
    text = f"{first.voice} {first.on_screen}"
    if greeting := GREETING.search(text):
        yield Fault(
            "greeting",
            "warning",
            1,
            _at(script, 1),
            f"開頭用來打招呼（「{greeting[0]}」）",
            "直接從畫面裡的事開始，招呼可以刪。",
        )
    if not specific(text):
        yield Fault(
            "hook_vague",
            "error",
            1,
            _at(script, 1),
            "鉤子裡沒有數字、問題或衝突，聽不出這支片要說什麼",
            "放進一個具體的東西，例如幾小時、為什麼、反而。",
        )


def _words(script: Script) -> Iterator[Fault]:
    rate, longest = limits()["spoken_rate"], _screen_limit()
    for number, beat in enumerate(script.beats, 1):
        count = spoken(beat.voice)
        if count > rate * beat.seconds + 0.5:
            need = count / rate
            yield Fault(
                "rate",
                "error",
                number,
                _at(script, number),
                f"旁白 {count} 個字要念 {need:.1f} 秒，這一拍只有 {beat.seconds:.1f} 秒（上限每秒 {rate:g} 字，待查證）",
                f"刪到 {int(rate * beat.seconds)} 個字，或延長到 {need:.1f} 秒。",
            )
        if width(beat.on_screen) > longest:
            yield Fault(
                "on_screen",
                "error",
                number,
                _at(script, number),
                f"畫面上的字有 {width(beat.on_screen):g} 個字寬，放不進兩行",
                f"縮到 {longest:g} 個字以內。",
            )
        for name, text in (("旁白", beat.voice), ("畫面字", beat.on_screen)):
            if text and not _READABLE.search(text):
                yield Fault(
                    "no_words",
                    "error",
                    number,
                    _at(script, number),
                    f"{name}只有表情符號或標點，念不出來也查不到",
                    "寫一句話，表情符號留在句子旁邊。",
                )
        if not (beat.voice or beat.on_screen or beat.shot):
            yield Fault(
                "empty", "error", number, _at(script, number), "這一拍什麼都沒有", "寫上畫面，或刪掉這一拍。"
            )
        elif not beat.shot:
            yield Fault(
                "no_shot",
                "warning",
                number,
                _at(script, number),
                "沒寫要拍什麼",
                "在 shot 寫一句看得見的畫面。",
            )


def _rhythm(script: Script) -> Iterator[Fault]:
    longest = limits()["beat_gap"]
    for number, beat in enumerate(script.beats, 1):
        if beat.seconds > longest + SLACK:
            yield Fault(
                "beat_gap",
                "error",
                number,
                _at(script, number),
                f"{beat.seconds:.1f} 秒沒有新東西，超過 {longest:g} 秒",
                "拆成兩拍，換一個畫面或一行字。",
            )


def _cta(script: Script) -> Iterator[Fault]:
    most, last = int(limits()["cta"]), 0.8 * script.duration
    ctas = [(n, beat) for n, beat in enumerate(script.beats, 1) if beat.role == "cta"]
    if not ctas:
        yield Fault(
            "cta_none", "warning", 0, "整支片", "沒有告訴觀眾下一步", "在最後加一拍行動，只要求一件事。"
        )
    if len(ctas) > most:
        yield Fault(
            "cta_many",
            "error",
            ctas[0][0],
            _at(script, ctas[0][0]),
            f"有 {len(ctas)} 個行動呼籲，最多 {most} 個",
            "留最想要的那一件，其他刪掉。",
        )
    for number, beat in ctas:
        if beat.t0 < last - SLACK:
            yield Fault(
                "cta_early",
                "error",
                number,
                _at(script, number),
                f"行動呼籲在 {beat.t0:g} 秒就出現，要在最後五分之一（{last:.1f} 秒之後）",
                "移到片尾，或縮短它後面的內容。",
            )


def _platform_length(platform: str) -> dict[str, Any]:
    """The row of ``platform_specs`` that limits a short video of a platform; empty where none is known."""
    specs = datasets.reference("platform_specs")
    found = specs[specs["id"] == _LENGTHS.get(platform, "")].to_dict("records")
    return {str(key): value for key, value in found[0].items()} if found else {}


def _length(script: Script) -> Iterator[Fault]:
    known, total = limits(), script.duration
    spec = _platform_length(script.platform)
    if spec and total > float(spec["limit"]):
        yield Fault(
            "too_long",
            "error",
            0,
            "整支片",
            f"{total:g} 秒，超過 {PLATFORMS[script.platform]} 的 {float(spec['limit']):g} 秒（{spec['source']}，查核 {spec['checked']}）",
            "刪掉一段，或分成兩支。",
        )
    elif total > known["seconds"]:
        yield Fault(
            "long",
            "suggestion",
            0,
            "整支片",
            f"{total:g} 秒，比常用的 {known['seconds']:g} 秒長（設計參數）",
            "想想哪一拍拿掉也不影響。",
        )
    elif total < known["seconds_min"]:
        yield Fault(
            "short",
            "suggestion",
            0,
            "整支片",
            f"{total:g} 秒，比常用的 {known['seconds_min']:g} 秒短（設計參數）",
            "確認重點說完了。",
        )


def _disclosure(script: Script) -> Iterator[Fault]:
    text = " ".join(f"{beat.voice} {beat.on_screen}" for beat in script.beats)
    if script.sponsored and not disclosed(text):
        yield Fault(
            "disclosure",
            "error",
            0,
            "整支片",
            "這是業配，旁白和畫面都沒有揭露",
            "在畫面字加一行「付費合作」，並打開平台的業配標籤。",
        )


def _screen_limit() -> float:
    rules = datasets.reference("subtitles").set_index("id")["value"].astype(float)
    return float(rules["zh_chars_per_line"] * rules["max_lines"])


_RULES: tuple[Callable[[Script], Iterator[Fault]], ...] = (
    _order, _hook, _words, _rhythm, _cta, _length, _disclosure,
)  # fmt: skip
