"""A brief that can be worked from: goal, audience, must, must-not, owner, date, measure; each checked, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import regex
import yaml

from ..analytics.result import Result
from ..errors import TableError
from ..text.claims import Claim, claims, number
from .moments.official import is_workday

FIELDS: dict[str, str] = {
    "goal": "目標", "audience": "對象", "must": "一定要有", "must_not": "一定不要", "owner": "負責人", "due": "日期", "measure": "怎麼算成功",
}  # fmt: skip
SMART: dict[str, str] = {"S": "具體", "M": "可衡量", "A": "做得到", "R": "相關", "T": "有期限"}
FAR = 4.0
"""A target more than so many times its base, or less than that part of it, asks for a reason (設計參數)."""


@dataclass(frozen=True, repr=False)
class Brief:
    """One brief. goal: what the reader will do or know after it. must, must_not: lists. owner: one name. due: ``YYYY-MM-DD`` or a date.

    measure: metric, from what to what, and where it is read. Raises TableError for a field of the wrong kind.
    """

    goal: str = ""
    audience: str = ""
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    owner: str = ""
    due: str | date = ""
    measure: str = ""

    def __post_init__(self) -> None:
        for name in ("must", "must_not"):
            value = getattr(self, name)
            if isinstance(value, str) or not all(isinstance(v, str) for v in value or ()):
                raise TableError("這裡要放一串文字", where=f"簡報的「{FIELDS[name]}」", next_step='例如 ["含堅果與奶類"]')
            object.__setattr__(self, name, tuple(v.strip() for v in value or () if v.strip()))
        for name in ("goal", "audience", "owner", "measure"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise TableError("這裡要放文字", where=f"簡報的「{FIELDS[name]}」", next_step="請改成一句話")
            object.__setattr__(self, name, value.strip())
        if isinstance(self.due, datetime):
            object.__setattr__(self, "due", self.due.date())
        if not isinstance(self.due, (str, date)):
            raise TableError("日期要是文字或日期", where="簡報的「日期」", next_step="例如 2026-08-21")

    def __repr__(self) -> str:
        """One line a field, as ``read_brief`` reads it."""
        values = {name: getattr(self, name) for name in FIELDS}
        return "\n".join(
            f"{label}：{'、'.join(values[name]) if isinstance(values[name], tuple) else values[name]}" for name, label in FIELDS.items()
        )

    def check(self, today: date | None = None) -> BriefCheck:
        """What is missing or too vague; today: the day it is written, for dates in the past."""
        return lint_brief(self, today)


@dataclass(frozen=True)
class BriefFinding:
    """One thing to mend. check: its name; field: a key of FIELDS; smart: the letter of SMART it belongs to, or empty."""

    check: str
    field: str
    what: str
    fix: str
    smart: str = ""

    def __str__(self) -> str:
        letter = f"（{self.smart} {SMART[self.smart]}）" if self.smart else ""
        return f"✗ {FIELDS[self.field]}{letter}：{self.what}。{self.fix}。"


@dataclass(frozen=True, repr=False)
class BriefCheck(Result):
    """What ``lint_brief()`` found. table: a row a finding: check, field, smart, what, fix."""

    brief: Brief
    findings: tuple[BriefFinding, ...]
    notes: tuple[str, ...] = ("規則看的是有沒有寫、寫得夠不夠具體，目標值不值得做要人決定",)

    @property
    def ok(self) -> bool:
        """Whether nothing is missing or too vague."""
        return not self.findings

    @property
    def table(self) -> pd.DataFrame:
        """A row a finding."""
        columns = ["check", "field", "smart", "what", "fix"]
        return pd.DataFrame([{c: getattr(f, c) for c in columns} for f in self.findings], columns=columns)

    def say(self) -> str:
        """Whether the brief can be worked from, and what to mend first."""
        if self.ok:
            return "七個欄位都寫清楚了，拿到的人可以開工。"
        letters = [k for k in SMART if any(f.smart == k for f in self.findings)]
        weak = f"SMART 裡還差 {'、'.join(f'{k} {SMART[k]}' for k in letters)}；" if letters else ""
        return f"有 {len(self.findings)} 處要補，{weak}先補這一處：{self.findings[0]}"

    def __str__(self) -> str:
        return "\n".join([self.say(), *map(str, self.findings[1:])])


def read_brief(text: str) -> Brief:
    """A brief from lines like 「目標：……」, one field a line; lists are parted by 、 or ；.

    Lines without a known name are passed over. Raises TableError when no field is found.

    >>> read_brief("目標：讓老客人先下單\\n一定要有：含堅果、售完不補").must
    ('含堅果', '售完不補')
    """
    names = {label: name for name, label in FIELDS.items()}
    found: dict[str, Any] = {}
    for line in text.splitlines():
        match = regex.match(r"\s*([^：:]{2,6})\s*[：:]\s*(.*)", line)
        if match and match[1].strip() in names:
            name = names[match[1].strip()]
            is_list = name in ("must", "must_not")
            found[name] = tuple(regex.split("[、；;]", match[2])) if is_list else match[2].strip()
    if not found:
        raise TableError("看不出簡報的欄位", where="read_brief", next_step=f"一行一個欄位，例如「{'：……」「'.join(FIELDS.values())}：……」")
    return Brief(**found)


def lint_brief(brief: Brief | Mapping[str, Any], today: date | None = None) -> BriefCheck:
    """Check a brief field by field.

    brief: a Brief or a mapping of its fields. today: without it no date is called past.
    Raises TableError for unknown fields or fields of the wrong kind.

    >>> found = lint_brief({"goal": "提升品牌知名度", "owner": "行銷部"})
    >>> [f.check for f in found.findings][:2]
    ['goal_vague', 'audience_missing']
    """
    if not isinstance(brief, Brief):
        if unknown := set(brief) - set(FIELDS):
            raise TableError(f"簡報沒有 {'、'.join(map(str, unknown))} 這個欄位", where="簡報", next_step=f"可用：{'、'.join(FIELDS)}")
        brief = Brief(**brief)
    found = [one for check in _CHECKS for one in check(brief, today)]
    return BriefCheck(brief, tuple(found))


@cache
def _words() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "brief_words.yml").read_text(encoding="utf-8")))


@cache
def _any_of(name: str) -> regex.Pattern[str]:
    return regex.compile("|".join(_words()[name]))


def _goal(brief: Brief, today: date | None) -> Iterator[BriefFinding]:
    goal = brief.goal
    if not goal:
        yield BriefFinding("goal_missing", "goal", "沒有寫目標", "用一句話寫：做完之後，誰會做什麼", "S")
    elif match := _any_of("activity").search(goal):
        yield BriefFinding("goal_activity", "goal", f"「{match[0]}」是要做的事，不是要達到的事", "改寫成讀的人會有什麼不同", "S")
    elif len(parts := _any_of("joining").findall(goal)) >= 2 or len(_any_of("aims").findall(goal)) >= 2:
        told = f"「{'」「'.join(parts)}」接了好幾個目標" if parts else "一句話裡有好幾個目標"
        yield BriefFinding("goal_several", "goal", told, "只留一個，其他的另開一張簡報", "S")
    elif not _any_of("actor").search(goal) and (match := _any_of("vague").search(goal)):
        yield BriefFinding("goal_vague", "goal", f"「{match[0]}」沒有說誰會做什麼", "寫出是誰、會做什麼，例如「讓老客人先下單」", "S")


def _audience(brief: Brief, today: date | None) -> Iterator[BriefFinding]:
    if not brief.audience:
        yield BriefFinding("audience_missing", "audience", "沒有寫對象", "寫出他是誰、在什麼情況下會需要這個", "S")
    elif match := _any_of("everyone").search(brief.audience):
        yield BriefFinding("audience_everyone", "audience", f"「{match[0]}」等於沒有選", "縮小到一種情況：買過什麼、在哪裡、正要做什麼", "S")


def _must(brief: Brief, today: date | None) -> Iterator[BriefFinding]:
    if not brief.must:
        yield BriefFinding("must_missing", "must", "沒有寫一定要有的話", "至少寫一句不能少的：限制、成分、期限")
    if not brief.must_not:
        yield BriefFinding("must_not_missing", "must_not", "沒有寫一定不要的事", "至少寫一件：不比價、不寫療效、不用抽獎換留言")
    for wanted in brief.must:
        for unwanted in brief.must_not:
            plain = regex.sub(r"^(?:不要|不能|不可以|不可|不得|不准|別|不)(?:寫|提|講|放|用|說|出現)?", "", unwanted)
            if len(plain) >= 2 and (plain in wanted or wanted in plain):
                what = f"「{wanted}」一邊說要有，一邊說「{unwanted}」"
                yield BriefFinding("must_conflict", "must_not", what, "問清楚哪一邊才對，刪掉另一邊")


def _owner(brief: Brief, today: date | None) -> Iterator[BriefFinding]:
    owner = brief.owner
    if not owner:
        yield BriefFinding("owner_missing", "owner", "沒有負責人", "寫一個人的名字")
    elif len([p for p in regex.split(r"[、,，／/&＆和與及\s]+", owner) if p]) > 1:
        yield BriefFinding("owner_several", "owner", f"「{owner}」不只一個人", "留一個人拍板，其他人寫在協作名單")
    elif match := _any_of("group").search(owner):
        yield BriefFinding("owner_group", "owner", f"「{match[0]}」是一群人，出事的時候找不到人", "寫一個人的名字")


def _due(brief: Brief, today: date | None) -> Iterator[BriefFinding]:
    due = brief.due
    if due == "":
        yield BriefFinding("due_missing", "due", "沒有日期", "寫一個年月日，例如 2026-08-21", "T")
        return
    day = due if isinstance(due, date) else _day(due)
    if day is None:
        parts = regex.fullmatch(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*", str(due))
        if parts:
            yield BriefFinding("due_impossible", "due", f"沒有 {parts[1]} 年 {parts[2]} 月 {parts[3]} 日這一天", "看一下月曆再寫", "T")
        else:
            yield BriefFinding("due_vague", "due", f"「{due}」不是日期", "寫成年月日，大家才會排進行事曆", "T")
    elif today is not None and day < today:
        yield BriefFinding("due_past", "due", f"{day:%Y-%m-%d} 已經過了", "改成還沒到的日子", "T")
    elif not is_workday(day):
        weekday = "一二三四五六日"[day.weekday()]
        yield BriefFinding("due_day_off", "due", f"{day:%Y-%m-%d} 是星期{weekday}，放假日", "改到前一個上班日，或先說好誰值班", "T")


def _day(text: str) -> date | None:
    parts = regex.fullmatch(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*", text)
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None


def _measure(brief: Brief, today: date | None) -> Iterator[BriefFinding]:
    text = brief.measure
    if not text:
        yield BriefFinding("measure_missing", "measure", "沒有寫怎麼算成功", "寫：哪個數字，從多少到多少，在哪裡看", "M")
        return
    figures = _figures(text)
    if not figures:
        yield BriefFinding("measure_number", "measure", "沒有數字，做完不知道算不算成功", "寫出目標的數字和單位", "M")
    elif not _any_of("base").search(text):
        yield BriefFinding("measure_base", "measure", "只有目標，不知道現在是多少", "寫「從多少到多少」；沒有過去的數字，就寫拿什麼來比", "A")
    else:
        yield from _far(figures)
    if figures and "%" in text.replace("％", "%") and not _any_of("denominator").search(text):
        yield BriefFinding("measure_denominator", "measure", "百分比沒有寫分母", "寫清楚是什麼除以什麼", "M")
    if not _any_of("source").search(text):
        yield BriefFinding("measure_source", "measure", "沒有寫數字在哪裡看", "補上後台、報表或表單的名字", "M")
    yield from _unrelated(brief)


def _figures(text: str) -> list[Claim]:
    return [c for c in claims(text) if c.kind in ("number", "percent", "price", "times") and not regex.search(r"^(?:\d+\s*(?:天內|小時內))", c.text)]


def _far(figures: Sequence[Claim]) -> Iterator[BriefFinding]:
    pairs = [(a, b) for a, b in pairwise(figures) if a.kind == b.kind and a.unit == b.unit]
    for first, last in pairs[:1]:
        low, high = number(first.value), number(last.value)
        if low and high and not 1 / FAR <= high / low <= FAR:
            what = f"從 {first.text.strip()} 到 {last.text.strip()}，差了 {max(high / low, low / high):.0f} 倍"
            yield BriefFinding("measure_far", "measure", what, "寫出憑什麼做得到，或分成幾段", "A")


def _unrelated(brief: Brief) -> Iterator[BriefFinding]:
    for row in _words()["relates"]:
        asked, other, right = (regex.compile("|".join(row[key])) for key in ("goal", "not", "measure"))
        if asked.search(brief.goal) and other.search(brief.measure) and not right.search(brief.measure):
            what = f"目標是{row['name']}，量的卻是別的東西"
            yield BriefFinding("measure_unrelated", "measure", what, f"改量{row['measure_name']}", "R")
            return


_Check = Callable[[Brief, "date | None"], Iterator[BriefFinding]]
_CHECKS: tuple[_Check, ...] = (_goal, _audience, _must, _owner, _due, _measure)
