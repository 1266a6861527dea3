"""The brand's voice as something one can run: how far a text stands from it, and which expressions it does not use."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...errors import AnswerError, NotFound
from ...lint import Finding, Findings, check
from ...plotting import spaced
from ...tables import PLATFORMS
from .features import AXES, FEATURES, SIGNS, Counted, counted
from .habits import habits
from .reading import Guide, Target, read_guide

if TYPE_CHECKING:
    from ...plotting import Chart
    from .audit import VoiceAudit

AXIS_SCALE = 16.0
"""Points outside the band of an axis that weigh 1 (設計參數)."""
FORBIDDEN = {"error": 1.4, "warning": 0.9, "suggestion": 0.35}
"""What an expression the guide does not use adds to the distance, by its severity (設計參數)."""
ENOUGH = 60
"""Score from which a text counts as on voice (設計參數)."""
MOST_FORBIDDEN = 3.0


@dataclass(frozen=True)
class Part:
    """One dimension of a text. scale: how far outside [low, high] adds 1 to the distance."""

    label: str
    value: float
    low: float
    high: float
    scale: float

    @property
    def out(self) -> float:
        return max(self.low - self.value, self.value - self.high, 0.0)

    @property
    def adds(self) -> float:
        return self.out / self.scale


@dataclass(frozen=True, repr=False)
class VoiceScore:
    """How near a text stands to a voice.

    score: 0–100, 100 inside every band; distance: from the bands, 0 and up; parts: by dimension; findings: expressions
    not used; counts: what was counted.
    """

    text: str
    platform: str
    crisis: bool
    brand: str
    parts: Mapping[str, Part] = field(compare=False)
    findings: Findings = field(compare=False)
    counts: Counted = field(compare=False)

    @property
    def empty(self) -> bool:
        return self.counts.empty

    @property
    def distance(self) -> float:
        """Root of the squares of what the dimensions add."""
        return math.sqrt(sum(part.adds**2 for part in self.parts.values()))

    @property
    def table(self) -> pd.DataFrame:
        """A row a dimension: value, low, high, how far out, what it adds to the distance."""
        rows = {n: (p.label, p.value, p.low, p.high, p.out, p.adds) for n, p in self.parts.items()}
        columns = ["名稱", "值", "低", "高", "超出", "扣的距離"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("代號")

    @property
    def score(self) -> int:
        return 0 if self.empty else round(100 * math.exp(-self.distance))

    @property
    def on(self) -> bool:
        """Whether it sounds like the brand."""
        return self.score >= ENOUGH

    @property
    def axes(self) -> dict[str, float]:
        """Position on the four axes, 0–100."""
        return self.counts.axes

    def say(self) -> str:
        """The score, and the one thing that costs most."""
        if self.empty:
            return "還沒有文字。"
        when = "（危機）" if self.crisis else ""
        head = f"{PLATFORMS[self.platform]}{when}：{self.score} 分，{'像' if self.on else '還不像'}{self.brand}。"
        return spaced(head + self.advice())

    def advice(self) -> str:
        """What to change first; nothing when nothing costs."""
        worst = max(self.parts, key=lambda name: self.parts[name].adds)
        part = self.parts[worst]
        if self.empty or part.adds <= 0:
            return ""
        if worst == "forbidden":
            first = min(self.findings, key=lambda f: (-FORBIDDEN[f.severity], f.span))
            return f"先改「{first.text}」。"
        more = part.value > part.high
        if worst in AXES:
            left, right = AXES[worst].ends
            return f"先看{left}–{right}：太{right if more else left}，{_lever(worst, more, self.counts)}。"
        return f"先看{part.label}：{part.value:.1f} {FEATURES[worst].unit}，太{'多' if more else '少'}。"

    def plot(self) -> Chart:
        """The four axes with the brand's bands and where the text stands, and what costs."""
        from .plot import voice_chart

        return voice_chart(self)

    def __repr__(self) -> str:
        return "\n".join([self.say(), *map(str, self.findings)])

    def _repr_html_(self) -> str:
        body = self.findings._repr_html_() if self.findings else ""
        return f'<div style="max-width:960px;font-size:16px;line-height:1.7">{html.escape(self.say())}{body}</div>'


def _lever(axis: str, more: bool, counts: Counted) -> str:
    """What moves the text back on an axis: fewer of the sign that pushed it out, or more of one that is missing."""
    weights = AXES[axis].weights
    pushed = {n: abs(w) * counts.rate(n) for n, w in weights.items() if (w > 0) == more and counts.counts[n]}
    if pushed:
        return f"少一點{SIGNS[max(pushed, key=lambda n: pushed[n])]}"
    missing = {n: abs(w) for n, w in weights.items() if (w > 0) != more}
    return f"多一點{SIGNS[max(missing, key=lambda n: missing[n])]}" if missing else "放鬆一點"


@dataclass(frozen=True, repr=False)
class Voice:
    """A brand's voice guide that can be run over a text. ``guide``: what was read; made by ``voice()``."""

    guide: Guide

    @property
    def brand(self) -> str:
        return self.guide.brand

    def axes(self, crisis: bool = False) -> Mapping[str, Target]:
        """Target and band of each axis."""
        return self.guide.crisis_axes if crisis else self.guide.axes

    def check(self, text: str, platform: str = "instagram", *, crisis: bool = False) -> Findings:
        """Expressions the guide does not use, with the reason; marks, particles and names that are not the brand's.

        Raises NotFound for an unknown platform, AnswerError for what is not a text.
        """
        _accept(text, platform)
        packs = [self.guide.rules, habits(self.guide, platform, crisis)]
        return check(text, [*packs, self.guide.crisis_rules] if crisis else packs)

    def score(self, text: str, platform: str = "instagram", *, crisis: bool = False) -> VoiceScore:
        """Distance of a text from the bands of the guide, as 0–100.

        Six features and four axes count as far as they lie outside their band; a forbidden expression counts by its
        severity. distance = √Σ (out ÷ scale)²; score = 100 × e^(−distance). Errors as for ``check``.

        >>> voice().score("焙茶生乳捲下午兩點出爐，一條切八片。").on
        True
        """
        found = self.check(text, platform, crisis=crisis)
        counts = counted(text)
        parts = self._parts(counts, found, crisis)
        return VoiceScore(text, platform, crisis, self.brand, parts, found, counts)

    def _parts(self, counts: Counted, found: Findings, crisis: bool) -> dict[str, Part]:
        parts = {}
        features = self.guide.crisis_features if crisis else self.guide.features
        for name, value in counts.features.items():
            low, high = features[name]
            high = max(high, 1 / counts.sentences) if high and name != "sentence_chars" else high
            parts[name] = Part(FEATURES[name].label, value, low, high, FEATURES[name].scale)
        for name, value in counts.axes.items():
            parts[name] = Part("–".join(AXES[name].ends), value, *self.axes(crisis)[name].range, AXIS_SCALE)
        parts["forbidden"] = Part("不用的說法", _weighed(found), 0.0, 0.0, 1.0)
        return parts

    def audit(self, posts: pd.DataFrame) -> VoiceAudit:
        """Every post of a table (``platform``, ``caption``) against the guide. Raises TableError for a table without them."""
        from .audit import audit

        return audit(self, posts)

    def pairs(self) -> pd.DataFrame:
        """The guide's own examples put to the test: a row a pair, score of both, and whether the on-voice one wins."""
        rows = []
        for pair in self.guide.pairs:
            on, off = (self.score(t, pair.platform, crisis=pair.crisis) for t in (pair.like, pair.unlike))
            rows.append(
                (pair.situation, pair.like, on.score, pair.unlike, off.score, on.score > off.score, pair.why)
            )
        return pd.DataFrame(
            rows, columns=["情況", "像", "像的分數", "不像", "不像的分數", "分得開", "差在哪裡"]
        )

    def forbidden(self, crisis: bool = False) -> pd.DataFrame:
        """Every rule with an example and the reason; with ``crisis`` those that are added when something happened."""
        pack = self.guide.crisis_rules if crisis else self.guide.rules
        rows = [
            (rule.id, rule.bad[0] if rule.bad else "", _reason(rule.message), rule.ok[0] if rule.ok else "")
            for rule in pack.rules
        ]
        return pd.DataFrame(rows, columns=["規則", "不用", "為什麼", "可以這樣說"]).set_index("規則")

    def say(self) -> str:
        """What the voice is, in a sentence an editor can keep."""
        sides = [f"{'–'.join(AXES[n].ends)} {t.target:g} ± {t.band:g}" for n, t in self.guide.axes.items()]
        return spaced(f"{self.brand}：{self.guide.says}{'；'.join(sides)}（設計參數）。")

    def __repr__(self) -> str:
        return self.say()


def _accept(text: str, platform: str) -> None:
    if not isinstance(text, str):
        raise AnswerError(
            f"要打分數的不是文字，而是 {type(text).__name__}",
            where="text",
            next_step='請給一段文字，用引號包起來，例如 "……"',
        )
    if platform not in PLATFORMS:
        raise NotFound(f"不認得平台 {platform}", next_step=f"可用的是 {'、'.join(PLATFORMS)}")


def _weighed(found: Iterable[Finding]) -> float:
    """Weight of the findings; a rule counts once, however often it points."""
    return min(sum({f.rule: FORBIDDEN[f.severity] for f in found}.values()), MOST_FORBIDDEN)


def _reason(message: str) -> str:
    """The sentence of a message that says why; what to write instead comes after it."""
    return message.split("為什麼：", 1)[-1].split("。", 1)[0] + "。"


def voice(path: str | Path | None = None) -> Voice:
    """The voice of the brand, or of the guide in a YAML file of your own.

    Raises NotFound when there is no such file, ReadError (file, key, what to do) for what cannot be used.

    >>> voice().brand
    '嶼穗茶食'
    """
    return Voice(read_guide(path))


def voice_profile(texts: Iterable[str]) -> pd.DataFrame:
    """Where texts of a brand stand: a row an axis or feature with the median and the middle 80 %, to suggest a target and a band.

    Raises AnswerError for fewer than ten texts with words in them.
    """
    counts = [c for c in map(counted, texts) if not c.empty]
    if len(counts) < 10:
        raise AnswerError(
            f"只有 {len(counts)} 則有字的貼文",
            where="texts",
            next_step="至少給 10 則，從你覺得最像自己的挑起",
        )
    table = pd.DataFrame([{**c.features, **c.axes} for c in counts])
    seen = table.quantile([0.1, 0.5, 0.9]).T.set_axis(["低", "中間", "高"], axis=1)
    names = {**{n: f.label for n, f in FEATURES.items()}, **{n: "–".join(a.ends) for n, a in AXES.items()}}
    seen.insert(0, "名稱", [names[str(name)] for name in seen.index])
    return seen.rename_axis("代號")
