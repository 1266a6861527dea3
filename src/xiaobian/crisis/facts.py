"""What two versions of a statement both say, and where they contradict each other: dates, times, amounts, batches, products.

A fact is a value with the role it plays in its sentence, so that the hour of the next update is never compared with the hour
it happened. Two versions contradict where both fill a role and neither holds all the other says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from .. import datasets
from ..text.claims import number

Span = tuple[int, int]

ROLES = {
    "update": "下次更新時間",
    "deadline": "完成期限",
    "when": "發生時間",
    "clock": "發生時刻",
    "batch": "批號",
    "product": "品名",
    "price": "金額",
    "percent": "百分比",
    "amount": "數量",
}
_HAN = "零〇一二兩三四五六七八九十百千萬"
_N = rf"(?:\d[\d,]*(?:\.\d+)?|[{_HAN}]+)"
_DATE = re.compile(
    rf"(?:\d{{4}} ?[年/.-] ?)?(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]) ?(?:月 ?(?P<d>\d{{1,2}}|[{_HAN}]{{1,3}}) ?[日號]?"
    r"|/ ?(?P<e>\d{1,2})(?![\d%折]))|(?P<day>前天|昨[天日晚]|今[天日晚早]|明[天日晚早]|後天|(?:[上下本這] ?)?(?:週|周|星期|禮拜)[一二三四五六日天末])"
)
_CLOCK = re.compile(
    rf"(?P<p>凌晨|清晨|早上|今早|明早|上午|中午|下午|傍晚|晚上|[今昨明]晚|半夜|晚間)? ?(?:(?P<h>\d{{1,2}}) ?[:：] ?(?P<min>\d\d)|(?P<n>\d{{1,2}}|[{_HAN}]{{1,3}}) ?[點時](?!間|候|段|刻|程)"
    r"(?: ?(?P<half>半)|(?P<mm>\d{1,2}) ?分)?)"
)
_AMOUNT = re.compile(
    rf"(?P<n>{_N}) ?(?:多|餘)? ?(?P<u>個品項|個工作天|個小時|家店|家門市|小時|分鐘|公斤|公克|毫升|筆|盒|件|位|人|名|則|封|包|組|份|批|張|項|家|間|袋|瓶|罐|條|顆|杯|台|箱|片|通|個|天|支|款)"
)
_PRICE = re.compile(rf"(?:NT\$|\$|新台幣) ?(?P<a>\d[\d,]*)|(?P<b>{_N}) ?(?:元|塊錢?)")
_PERCENT = re.compile(r"(?P<n>\d+(?:\.\d+)?) ?[%％]|百分之(?P<h>[零一二三四五六七八九十百]+)")
_BATCH = re.compile(
    r"(?:批號|批次|批|編號|序號|尾碼|末碼|尾數|末[兩三四]碼)(?:是|為|尾數|尾碼|：|:)? ?(?P<code>[A-Za-z]{0,4}-?\d[\dA-Za-z-]*)"
)
_UPDATE = re.compile(r"更新|公布|公佈|公開|說明|回報|再說|報告進度|再跟|告訴|補充")
_DEADLINE = re.compile(r"前(?![天面後往])|之前|以前|內(?=[^容部])|完成|起(?![因來初源])")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_CLAUSE = re.compile(r"[，,、。！？!?；;\n：]")
_SAME_UNIT = {
    "名": "人",
    "位": "人",
    "間": "家",
    "家店": "家",
    "家門市": "家",
    "個品項": "項",
    "個小時": "小時",
    "個工作天": "天",
}
_PM = ("下午", "傍晚", "晚上", "晚間", "今晚", "昨晚", "明晚")
_DAY_OF = {
    "今晚": "今天",
    "今早": "今天",
    "昨晚": "昨天",
    "明晚": "明天",
    "明早": "明天",
    "今日": "今天",
    "昨日": "昨天",
    "明日": "明天",
}


@dataclass(frozen=True)
class Fact:
    """One value in its role. role: a key of ROLES; unit: of an amount, what is counted; value: normalised; text: as written."""

    role: str
    value: str
    text: str
    span: Span
    unit: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it may be compared with."""
        return self.role, self.unit


@dataclass(frozen=True)
class Clash:
    """A role that two versions fill differently. here, there: as written; version: number of the other, from 0."""

    role: str
    unit: str
    here: str
    there: str
    span: Span
    version: int = 0

    def __str__(self) -> str:
        what = f"{ROLES[self.role]}（{self.unit}）" if self.unit else ROLES[self.role]
        return f"{what}：這一版寫「{self.here}」，另一版寫「{self.there}」"


def facts_of(text: str) -> list[Fact]:
    """The facts a statement gives, in the order of the text.

    >>> [(f.role, f.value) for f in facts_of("4 月 3 日賣出 24 盒米穀戚風，今晚 8 點更新。")]
    [('when', '4-3'), ('amount', '24'), ('product', '米穀戚風'), ('update', '今天'), ('update', '20:00')]
    """
    found: list[Fact] = []
    for sentence in _SENTENCE.finditer(text):
        found += _timed(sentence[0], sentence.start()) + _counted(sentence[0], sentence.start())
    return sorted(found, key=lambda fact: fact.span)


def clashes(text: str, others: Iterable[str]) -> tuple[list[Clash], int]:
    """Where a text contradicts others, and how many roles were compared.

    Values only one side gives are no contradiction, nor is one side that says more of the same.

    >>> found, compared = clashes("共 24 盒", ["共 24 盒，3 批", "共 36 盒"])
    >>> [str(clash) for clash in found], compared
    (['數量（盒）：這一版寫「24 盒」，另一版寫「36 盒」'], 2)
    """
    mine, found, compared = _grouped(text), [], 0
    for version, other in enumerate(others):
        theirs = _grouped(other)
        for key in mine.keys() & theirs.keys():
            here, there = mine[key], theirs[key]
            compared += 1
            if not (here.keys() <= there.keys() or there.keys() <= here.keys()):
                odd = next(fact for value, fact in here.items() if value not in there)
                other_odd = next(fact for value, fact in there.items() if value not in here)
                found.append(Clash(*key, odd.text, other_odd.text, odd.span, version))
    return sorted(found, key=lambda clash: clash.span), compared


def _grouped(text: str) -> dict[tuple[str, str], dict[str, Fact]]:
    groups: dict[tuple[str, str], dict[str, Fact]] = {}
    for fact in facts_of(text):
        groups.setdefault(fact.key, {}).setdefault(fact.value, fact)
    return groups


def _timed(sentence: str, offset: int) -> list[Fact]:
    """Dates and clock times with the role of their clause."""
    found = []
    for pattern, value_of in ((_DATE, _date), (_CLOCK, _clock)):
        for m in pattern.finditer(sentence):
            value = value_of(m)
            if value:
                role = _role(sentence, m.start(), m.end())
                if pattern is _CLOCK and role == "when":
                    role = "clock"
                found.append(Fact(role, value, m[0].strip(), (offset + m.start(), offset + m.end())))
    return found


def _role(sentence: str, start: int, end: int) -> str:
    after = _CLAUSE.split(sentence[end:], maxsplit=1)[0]
    before = _CLAUSE.split(sentence[:start])[-1]
    if _UPDATE.search(after) or re.search(r"更新|下次|下一次", before):
        return "update"
    return "deadline" if _DEADLINE.search(after) else "when"


def _counted(sentence: str, offset: int) -> list[Fact]:
    found, taken = [], set()
    for m in _BATCH.finditer(sentence):
        found.append(_fact("batch", m["code"].upper(), m, offset))
        taken.update(range(*m.span("code")))
    for m in (*_DATE.finditer(sentence), *_CLOCK.finditer(sentence)):
        taken.update(range(*m.span()))
    makers = ((_PRICE, _price), (_PERCENT, _percent), (_AMOUNT, _amount))
    for pattern, make in makers:
        for m in pattern.finditer(sentence):
            if not taken & set(range(*m.span())) and (made := make(m, offset)):
                found.append(made)
                taken.update(range(*m.span()))
    return found + [_fact("product", m[0], m, offset) for m in _products().finditer(sentence)]


def _fact(role: str, value: str, m: re.Match[str], offset: int, unit: str = "") -> Fact:
    return Fact(role, value, m[0].strip(), (offset + m.start(), offset + m.end()), unit)


def _price(m: re.Match[str], offset: int) -> Fact | None:
    value = number(m["a"] or m["b"])
    return None if value is None else _fact("price", f"{value:g}", m, offset)


def _percent(m: re.Match[str], offset: int) -> Fact | None:
    value = number(m["n"] or m["h"])
    return None if value is None else _fact("percent", f"{value:g}", m, offset)


def _amount(m: re.Match[str], offset: int) -> Fact | None:
    value, unit = number(m["n"]), _SAME_UNIT.get(m["u"], m["u"])
    plain = m["n"] in ("一", "兩", "半") and unit in ("個", "次", "位", "人", "天", "項", "件", "份")
    return None if value is None or plain else _fact("amount", f"{value:g}", m, offset, unit)


def _date(m: re.Match[str]) -> str:
    if m["day"]:
        day = m["day"].replace(" ", "")
        return _DAY_OF.get(day, re.sub("周|星期|禮拜", "週", day).replace("週天", "週日"))
    month, day = number(m["m"]), number(m["d"] or m["e"] or "")
    return "" if month is None or day is None or not 1 <= day <= 31 else f"{month:g}-{day:g}"


def _clock(m: re.Match[str]) -> str:
    hour = number(m["h"] or m["n"])
    if hour is None or hour > 24:
        return ""
    if hour < 12 and m["p"] in _PM or (m["p"] == "中午" and hour < 3):
        hour += 12
    minute = int(m["min"] or m["mm"] or (30 if m["half"] else 0))
    return f"{hour:g}:{minute:02d}"


@cache
def _products() -> re.Pattern[str]:
    """Names of the brand's products, and whatever food is called with up to two words before it."""
    names = sorted(datasets.brand()["products"], key=len, reverse=True)
    foods = "戚風|生乳捲|蛋糕|禮盒|餐盒|餐包|餅乾|奶茶|穀飲|穀粉|果乾|米糕|黑糖糕|布丁|麻糬|蛋捲|鳳梨酥|豆漿|優格|果醬|便當|飯糰|吐司|冰淇淋"
    return re.compile("|".join(map(re.escape, names)) + rf"|[一-鿿]{{0,2}}(?:{foods})")
