"""How serious it is: S1–S4 from what can be seen, with the reason in words.

The limits of the levels are ``datasets/reference/severity_levels.csv``. Everything here is a design choice (設計參數), not a
finding: tune it on your own cases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import pandas as pd

from ... import datasets
from ...analytics.detect.detect import Detected
from ...errors import AnswerError
from ...plotting import spaced

ALWAYS_S4 = {"safety": "人身安全", "personal_data": "個資外洩", "illegal": "違法"}
"""What makes it S4 whatever the numbers say."""
LOUD = 0.3
"""Share of interactions from large accounts from which they carry the affair (設計參數)."""
RISING = 1.1
"""Times now ÷ times before from which it is still rising (設計參數)."""
WINDOW = 3
WEIGHTS = {"times": 22.0, "share_rise": 60.0, "velocity": 10.0, "kol_share": 20.0, "media": 8.0, "harm": 20.0, "legal": 8.0}  # fmt: skip
"""Points per unit: doubling of the volume, whole share, doubling of the speed, whole share, medium (up to 3), flags (設計參數)."""
LEVELS = ("S1", "S2", "S3", "S4")


@dataclass(frozen=True)
class Signs:
    """What can be seen at one moment.

    times: mentions ÷ usual. share_rise: negative share now − usual (−1 to 1; 0.15 is 15 points). velocity: ``times`` now ÷
    that of three hours before. kol_share: share of interactions from large accounts (0–1). media: reports so far. harm:
    someone says they came to harm, not yet confirmed. legal: a threat of law or a complaint to an authority. triggers: any
    of ALWAYS_S4, confirmed or likely enough to act on.

    Raises AnswerError for values that make no sense.
    """

    times: float = 1.0
    share_rise: float = 0.0
    velocity: float = 1.0
    kol_share: float = 0.0
    media: int = 0
    harm: bool = False
    legal: bool = False
    triggers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (("times", 0, math.inf), ("share_rise", -1, 1), ("velocity", 0, math.inf),
                                ("kol_share", 0, 1), ("media", 0, math.inf)):  # fmt: skip
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                hint = "占比請給 0 到 1，15 個百分點是 0.15" if high == 1 else "請給 0 以上的數字"
                raise AnswerError(f"{name} 是 {value}", where="嚴重度的訊號", next_step=hint)
        if unknown := [name for name in self.triggers if name not in ALWAYS_S4]:
            raise AnswerError(
                f"不認得觸發條件「{unknown[0]}」",
                where="triggers",
                next_step=f"可用的有：{'、'.join(ALWAYS_S4)}",
            )


@dataclass(frozen=True)
class Level:
    """One row of the table of levels. first_reply, substance: minutes, None where there is none."""

    id: str
    name: str
    low: float
    share_rise: float
    first_reply: int
    substance: int | None
    owners: tuple[str, ...]
    artefacts: tuple[str, ...]


@cache
def levels() -> dict[str, Level]:
    """The levels S1–S4 with their limits, deadlines, owners and what each must produce.

    >>> {name: level.first_reply for name, level in levels().items()}
    {'S1': 240, 'S2': 60, 'S3': 30, 'S4': 0}
    """
    found = {}
    for row in datasets.reference("severity_levels").to_dict("records"):
        rise, substance = _number(row["negative_share_rise"]), _number(row["substance_minutes"])
        found[str(row["id"])] = Level(
            id=str(row["id"]),
            name=str(row["name"]),
            low=_number(row["volume_low"]) or 0.0,
            share_rise=math.inf if rise is None else rise / 100,
            first_reply=int(row["first_reply_minutes"]),
            substance=None if substance is None else int(substance),
            owners=tuple(str(row["owner"]).replace("與", "、").split("、")),
            artefacts=tuple(str(row["artefact"]).split("、")),
        )
    return found


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


@dataclass(frozen=True, repr=False)
class Severity:
    """A level with its reasons. why: in words, the ones that decide first. signs: what it was judged from."""

    level: str
    why: tuple[str, ...]
    signs: Signs

    @property
    def score(self) -> float:
        """0 and up, only to order cases of one level."""
        return sum(WEIGHTS[name] * amount for name, amount in _amounts(self.signs).items())

    @property
    def table(self) -> pd.DataFrame:
        """A row a sign: value, points, level it asks for."""
        return _table(self.signs)

    @property
    def rules(self) -> Level:
        """Deadlines, owners and artefacts of the level."""
        return levels()[self.level]

    def say(self) -> str:
        """Level, reasons, and what to do first, in 正體中文."""
        rule = self.rules
        reply = "馬上先回一句" if rule.first_reply == 0 else f"{_time(rule.first_reply)}內先回一句"
        more = f"，{_time(rule.substance)}內給實質內容" if rule.substance else ""
        return spaced(
            f"{self.level}{rule.name}：{'；'.join(self.why)}。{reply}{more}。負責：{'、'.join(rule.owners)}。要交：{'、'.join(rule.artefacts)}。"
        )

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：門檻是設計參數，拿自己的案子調整"


def _time(minutes: int | None) -> str:
    return f"{minutes}分鐘" if minutes is None or minutes < 60 or minutes % 60 else f"{minutes // 60}小時"


def severity(signs: Signs | Detected | None = None, **given: Any) -> Severity:
    """The level of what can be seen; a trigger of ALWAYS_S4 overrides everything else.

    signs: the signs, or what ``detect()`` found (its last hour); given: single signs, which replace those.
    S2 from twice the usual volume, 15 points more negatives, or a threat of law; S3 from three times and still rising, or
    large accounts, media, or someone who says they came to harm; S4 by trigger alone. The limits are in the table of levels.

    Raises AnswerError for an unknown sign or a value that makes no sense.

    >>> severity(times=2.4, velocity=1.3).level, severity(times=3.5, velocity=1.3).level, severity(times=3.5, velocity=0.8).level
    ('S2', 'S3', 'S2')
    >>> severity(times=1.0, triggers=("personal_data",)).level
    'S4'
    """
    if unknown := [name for name in given if name not in {f.name for f in fields(Signs)}]:
        raise AnswerError(
            f"不認得訊號「{unknown[0]}」",
            where="severity()",
            next_step=f"可用的有：{'、'.join(f.name for f in fields(Signs))}",
        )
    if isinstance(given.get("triggers"), str):
        given["triggers"] = (given["triggers"],)
    start = signs_of(signs) if isinstance(signs, Detected) else signs or Signs()
    seen = replace(start, **given)
    asked = _asked(seen)
    level = max([name for _, name, _ in asked], default="S1")
    why = tuple(words for _, name, words in asked if name == level) or (
        spaced(f"聲量是平常的{seen.times:.1f}倍，沒有到 S2 的任何一條"),
    )
    return Severity(level, why, seen)


def _asked(s: Signs) -> list[tuple[str, str, str]]:
    """Which sign asks for which level, and why."""
    two, three = levels()["S2"], levels()["S3"]
    found = [("triggers", "S4", f"{ALWAYS_S4[name]}，直接是 S4，不看分數") for name in s.triggers]
    if s.times >= three.low and s.velocity >= RISING:
        found.append(("times", "S3", f"聲量是平常的{s.times:.1f}倍（{three.low:g}倍以上），而且還在升"))
    elif s.times >= two.low:
        faded, low = ("，但已經不再升", three.low) if s.times >= three.low else ("", two.low)
        found.append(("times", "S2", f"聲量是平常的{s.times:.1f}倍（{low:g}倍以上）{faded}"))
    if s.share_rise >= two.share_rise:
        found.append(
            (
                "share_rise",
                "S2",
                f"負面占比多了{s.share_rise * 100:.0f}個百分點（{two.share_rise * 100:.0f}點以上）",
            )
        )
    if s.kol_share >= LOUD:
        found.append(("kol_share", "S3", f"{s.kol_share:.0%}的互動來自大帳號"))
    if s.media:
        found.append(("media", "S3", f"有{s.media}家媒體跟進"))
    if s.harm:
        found.append(("harm", "S3", "有人說受到傷害，還沒查證"))
    if s.legal:
        found.append(("legal", "S2", "有人說要提告或檢舉"))
    return [(sign, level, spaced(words)) for sign, level, words in found]


def _amounts(s: Signs) -> dict[str, float]:
    """Units of each sign that its weight in WEIGHTS is given for."""
    return {
        "times": max(math.log2(max(s.times, 1e-9)), 0.0),
        "share_rise": max(s.share_rise, 0.0),
        "velocity": min(max(math.log2(max(s.velocity, 1e-9)), 0.0), 2.0),
        "kol_share": s.kol_share,
        "media": float(min(s.media, 3)),
        "harm": float(s.harm),
        "legal": float(s.legal),
    }


def _table(s: Signs) -> pd.DataFrame:
    by = {sign: level for sign, level, _ in _asked(s)}
    rows = [
        (name, float(getattr(s, name)), WEIGHTS[name] * amount, by.get(name, "S1"))
        for name, amount in _amounts(s).items()
    ]
    return pd.DataFrame(rows, columns=["sign", "value", "points", "level"])


def signs_of(found: Detected, at: pd.Timestamp | None = None) -> Signs:
    """Volume, mood and speed at one hour of what ``detect()`` found, over the last WINDOW hours; the last hour if None.

    The usual share is the one before the event, so that the event does not excuse itself.

    Raises AnswerError for an hour outside the table.
    """
    table = found.table
    place = len(table) - 1 if at is None else int(table["time"].searchsorted(pd.Timestamp(at), "right")) - 1
    if place < 0 or (at is not None and pd.Timestamp(at) > table["time"].iloc[-1] + pd.Timedelta(hours=1)):
        raise AnswerError(f"{at} 不在這張表裡", where="at", next_step="請給表裡的時間")
    now, before = _relative(table, place), _relative(table, place - WINDOW)
    rise = 0.0
    if found.labelled:
        rows = table.iloc[max(place - WINDOW + 1, 0) : place + 1]
        on = found.events[(found.events["alarm"] <= table["time"].iloc[place])]
        last = on.iloc[-1] if len(on) and on.iloc[-1]["end"] >= rows["time"].iloc[0] else None
        usual = float(table["usual_share"].iloc[place] if last is None else last["usual_share"])
        rise = float(rows["negative"].sum() / max(rows["mentions"].sum(), 1.0) - usual)
    return Signs(times=now, share_rise=rise, velocity=now / before if before > 0 else 1.0)


def _relative(table: pd.DataFrame, place: int) -> float:
    rows = table.iloc[max(place - WINDOW + 1, 0) : place + 1]
    usual = float(rows["usual"].sum())
    return float(rows["mentions"].sum() / usual) if usual > 0 else 1.0
