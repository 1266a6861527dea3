"""One timeline that subtitles and animatic both read: which beat, which words on the picture, which line is spoken when."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path

import pandas as pd

from .linebreak import cost, pieces, spoken, trimmed, width, wrap
from .script import STEP, Script, Source, read_script
from .subtitle_rules import limits

LEAST_CUE = 1.0
"""Seconds a cue should stay where the beat has room (設計參數); the rule itself is in ``subtitles.csv``."""
_TWO_LINES, _EACH, _SHORT, _SENTENCES = 3.0, 1.5, 30.0, 6.0
_UNSAFE = str.maketrans({"{": "｛", "}": "｝", "<": "＜", ">": "＞", "\\": "＼"})
_PER_SECOND = round(1 / STEP)


@dataclass(frozen=True)
class Cue:
    """One subtitle. start, end: steps of ``STEP`` seconds; lines: at most two as a rule; beat: number from 1."""

    start: int
    end: int
    lines: tuple[str, ...]
    beat: int

    @property
    def seconds(self) -> tuple[float, float]:
        """Start and end, seconds."""
        return self.start / _PER_SECOND, self.end / _PER_SECOND


@dataclass(frozen=True)
class Scene:
    """What stands on the screen at a moment: number of the beat (0: none), text on the picture, lines of the subtitle."""

    beat: int
    on_screen: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Timeline:
    """The cues of a script and everything that changes, on a grid of ``STEP`` seconds."""

    script: Script
    cues: tuple[Cue, ...]

    @property
    def steps(self) -> int:
        """Length in steps, at least one."""
        return max(1, steps(self.script.duration))

    @property
    def table(self) -> pd.DataFrame:
        """A row a cue: cue, beat, start and end (seconds), text (lines joined by a line break)."""
        rows = [(n, c.beat, *c.seconds, "\n".join(c.lines)) for n, c in enumerate(self.cues, 1)]
        return pd.DataFrame(rows, columns=["cue", "beat", "start", "end", "text"])

    @cached_property
    def changes(self) -> tuple[int, ...]:
        """Steps at which the scene may change, 0 first."""
        at = {0}
        for beat in self.script.beats:
            at |= {steps(beat.t0), steps(beat.t1)}
        for cue in self.cues:
            at |= {cue.start, cue.end}
        return tuple(sorted(step for step in at if 0 <= step < self.steps))

    def at(self, step: int) -> Scene:
        """What is on the screen in the step (from 0); where beats overlap, the later one.

        >>> line = timeline("cold_brew")
        >>> line.at(0).on_screen, line.at(0).lines, line.at(27).lines
        ('少等了 5 個小時？', ('這杯茶，你少等了 5 個小時',), ())
        """
        beat = 0
        for number, b in enumerate(self.script.beats, 1):
            if steps(b.t0) <= step < steps(b.t1):
                beat = number
        lines = next((c.lines for c in reversed(self.cues) if c.start <= step < c.end), ())
        return Scene(beat, self.script.beats[beat - 1].on_screen if beat else "", lines)

    def scenes(self) -> list[tuple[int, int, Scene]]:
        """Start, end (steps) and scene of every stretch in which nothing changes."""
        ends = [*self.changes[1:], self.steps]
        return [(a, b, self.at(a)) for a, b in zip(self.changes, ends, strict=True)]

    def scene_number(self, step: int) -> int:
        """Which of ``scenes()`` a step falls into, from 0."""
        return bisect.bisect_right(self.changes, step) - 1

    def srt(self) -> str:
        """The cues as SubRip."""
        return self._written("srt")

    def vtt(self) -> str:
        """The cues as WebVTT."""
        return self._written("vtt")

    def write(self, file: Path) -> Path:
        """Write .srt or .vtt, UTF-8, and give the file back."""
        file.write_text(self.vtt() if file.suffix.lower() == ".vtt" else self.srt(), encoding="utf-8")
        return file

    def _written(self, form: str) -> str:
        import pysubs2

        subs = pysubs2.SSAFile()
        for cue in self.cues:
            start, end = (round(1000 * second) for second in cue.seconds)
            subs.append(pysubs2.SSAEvent(start=start, end=end, text="\\N".join(cue.lines)))
        return str(subs.to_string(form))

    def __repr__(self) -> str:
        longest = max((width(line) for cue in self.cues for line in cue.lines), default=0)
        return f"時間軸「{self.script.title}」：{len(self.cues)} 段字幕、{self.script.duration:g} 秒，最長一行 {longest:g} 個字寬"


def steps(seconds: float) -> int:
    """Seconds as a number of steps.

    >>> steps(2.8)
    28
    """
    return round(seconds * _PER_SECOND)


def timeline(source: Source) -> Timeline:
    """Cut what is spoken into cues: at marks where it can, between words where it must, never in a number with its unit.

    source: whatever ``read_script()`` takes. A cue's share of its beat is its share of the syllables; a gap of one step
    parts it from the next. A beat with too many words keeps them: ``check_script()`` and ``check_subtitles()`` tell.

    >>> print(timeline("cold_brew").srt().split(chr(10) * 2)[0])
    1
    00:00:00,000 --> 00:00:02,700
    這杯茶，你少等了 5 個小時
    """
    script = read_script(source)
    found: list[Cue] = []
    for number, beat in enumerate(script.beats, 1):
        text = beat.voice.translate(_UNSAFE).replace("--＞", "→")
        found += _cues(text, steps(beat.t0), steps(beat.t1), number)
    return Timeline(script, tuple(found))


def _cues(text: str, start: int, end: int, beat: int) -> list[Cue]:
    parts = pieces(" ".join(text.split()))
    weights = [max(spoken(part), 0.001) for part in parts]
    if sum(map(spoken, parts)) == 0:
        return []
    bounds = _cut(parts, weights, (end - start) / _PER_SECOND)
    share = [0.0, *accumulate(weights)]
    at = [start + round((end - start) * share[b] / share[-1]) for b in bounds]
    made = []
    for (a, b), (one, two) in zip(pairwise(bounds), pairwise(at), strict=True):
        if lines := wrap("".join(parts[a:b]), limits()["zh_chars_per_line"]):
            made.append(Cue(one, max(two - 1, one + 1), tuple(lines), beat))
    return made


def _cut(parts: tuple[str, ...], weights: list[float], seconds: float) -> list[int]:
    """Where cues begin and end among the parts: the cheapest way that fits the lines and the time."""
    known, total = limits(), sum(weights)
    line, most = known["zh_chars_per_line"], known["zh_chars_per_line"] * known["max_lines"]
    stops = [0, *accumulate(cost(part) == 0 for part in parts)]
    best: list[tuple[float, int]] = [(0.0, -1)]
    for end in range(1, len(parts) + 1):
        found = (float("inf"), end - 1)
        for start in range(end - 1, -1, -1):
            wide = width(trimmed("".join(parts[start:end])))
            stays = seconds * sum(weights[start:end]) / total - STEP
            if (wide > most - 2 or stays > known["max_seconds"]) and start < end - 1:
                break
            price = best[start][0] + _EACH + cost(parts[end - 1]) + _TWO_LINES * (wide > line)
            price += _SENTENCES * (stops[end - 1] - stops[start])
            price += _SHORT * max(0.0, max(LEAST_CUE, known["min_seconds"]) - stays)
            found = min(found, (price, start))
        best.append(found)
    bounds = [len(parts)]
    while bounds[-1] > 0:
        bounds.append(best[bounds[-1]][1])
    return bounds[::-1]
