"""What two versions of a statement both say, and where they contradict each other: dates, times, amounts, batches, products.

A fact is a value with the role it plays in its sentence, so that the hour of the next update is never compared with the hour
it happened. Two versions contradict where both fill a role and neither holds all the other says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ... import datasets
from ...text.claims import number

Span = tuple[int, int]

ROLES = {
    "update": "下次更新時間",
    "deadline": "完成期限",
    "test": "送驗時間",
    "result": "結果出來的時間",
    "when": "發生時間",
    "hour": "同一天的時刻",
    "last": "最後一天",
    "stance": "是或不是",
    "shop": "門市",
    "badge": "官方標章",
    "account": "帳號",
    "phone": "電話",
    "batch": "批號",
    "product": "品名",
    "price": "金額",
    "percent": "百分比",
    "amount": "數量",
}
_HAN = "零〇一二兩三四五六七八九十百千萬"
_N = rf"(?:\d[\d,]*(?:\.\d+)?|[{_HAN}]+)"  # lint: off
_DATE = re.compile(
    rf"(?:\d{{4}} ?[年/.-] ?)?(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]) ?(?:月(?![餅光亮初中]) ?(?P<d>\d{{1,2}}|[{_HAN}]{{1,3}}|底)? ?[日號]?"
    r"|/ ?(?P<e>\d{1,2})(?![\d%折]))|(?P<day>前天|昨[天日晚]|今[天日晚早]|明[天日晚早]|後天|(?:[上下本這] ?)?(?:週|周|星期|禮拜)[一二三四五六日天末])"  # lint: off
)
_CLOCK = re.compile(
    rf"(?P<p>凌晨|清晨|早上|今早|明早|上午|中午|下午|傍晚|晚上|[今昨明]晚|半夜|晚間)? ?(?:(?P<h>\d{{1,2}}) ?[:：] ?(?P<min>\d\d)|(?P<n>\d{{1,2}}|[{_HAN}]{{1,3}}) ?[點時](?!間|候|段|刻|程)"
    r"(?: ?(?P<half>半)|(?P<mm>\d{1,2}) ?分)?)|(?P<alone>中午|正午|傍晚|凌晨)"  # lint: off
)
_AMOUNT = re.compile(
    rf"(?P<n>{_N}) ?(?:多|餘)? ?(?P<u>個品項|個工作天|個小時|個帳號|個月|家店|家門市|小時|分鐘|公斤|公克|毫升|筆|盒|件|位|人|名|則|封|包|組|份|批|張|項|家|間|袋|瓶|罐|條|顆|杯|台|箱|片|通|個|天|支|款|折|成|次|年|度|場|檔|秒|坪)"  # lint: off
)
_PRICE = re.compile(rf"(?:NT\$|\$|新台幣) ?(?P<a>\d[\d,]*)|(?P<b>{_N}) ?(?:元|塊錢?)")  # lint: off
_PERCENT = re.compile(r"(?P<n>\d+(?:\.\d+)?) ?[%％]|百分之(?P<h>[零一二三四五六七八九十百]+)")  # lint: off
_BATCH = re.compile(
    r"(?:批號|批次|批|編號|序號|尾碼|末碼|尾數|末[兩三四]碼)(?:是|為|尾數|尾碼|：|:)? ?(?P<code>[A-Za-z]{0,4}-?\d[\dA-Za-z-]*)"  # lint: off
)
_UPDATE = re.compile(r"更新|公[布佈告開]|說明|回報|再說|進度|再跟|告訴|補充|[答函回]覆|宣布|回來")
_RESULT = re.compile(r"報告|結果")
_TEST = re.compile(r"送(?:驗|檢)|採樣|留樣")  # lint: off
_DEADLINE = re.compile(
    r"前(?![天面後往一])|之前|以前|內(?=[^容部])|完成|起(?![因來初源])|寄完|退完|補齊|出完|發完|寄出|入帳|上線|截止|為止|重[抽印新]|出貨|重開|恢復|開放"  # lint: off
)
_LATEST = re.compile(r"最[晚遲慢]|預計|期限|截止")
_SHOP = re.compile(
    r"(?P<s>(?:台|臺|新|桃|苗|彰|南|雲|嘉|高|屏|宜|花|基|民|東|中|西|北|成|信|板|中)[一-鿿])(?:門市|分?店|一店|二店)"  # lint: off
)
_ACCOUNT = re.compile(r"@[A-Za-z0-9_.]{3,}")
_PHONE = re.compile(
    r"(?:撥打?|電話|專線|打給?|客服)[^0-9，。！？\n]{0,6}(?P<n>[0-9][0-9-]{2,13})"
)  # lint: off
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
        timed = self.role in (*TIMED, "hour") or not self.unit
        what = ROLES[self.role] if timed else f"{ROLES[self.role]}（{self.unit}）"
        return f"{what}：這一版寫「{self.here}」，另一版寫「{self.there}」"


def facts_of(text: str) -> list[Fact]:
    """The facts a statement gives, in the order of the text.

    >>> [(f.role, f.value) for f in facts_of("4 月 3 日賣出 24 盒米穀戚風，今晚 8 點更新。")]
    [('when', '4-3'), ('amount', '24'), ('product', '米穀戚風'), ('update', '今天'), ('update', '20:00')]
    """
    found: list[Fact] = _stances(text)
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
    mine: _Groups = _grouped(text)
    found: list[Clash] = []
    compared = 0
    for version, other in enumerate(others):
        theirs = _grouped(other)
        shared = mine.keys() & theirs.keys()
        compared += len(shared)
        before = len(found)
        for key in shared:
            here, there = mine[key], theirs[key]
            if key[0] in TIMED:
                here, there = _elsewhere(here, theirs, key[1]), _elsewhere(there, mine, key[1])
                if not (here and there):
                    continue
            if not _agree(key[0], here.keys(), there.keys()):
                found.append(_clash(key, here, there, version))
        if len(found) == before:
            found += _moved_days(mine, theirs, version)
    return sorted(found, key=lambda clash: clash.span), compared


_Groups = dict[tuple[str, str], dict[str, Fact]]
TIMED = ("update", "deadline", "test", "result", "when")


def _clash(key: tuple[str, str], here: dict[str, Fact], there: dict[str, Fact], version: int) -> Clash:
    odd = next(fact for value, fact in here.items() if value not in there)
    other_odd = next(fact for value, fact in there.items() if value not in here)
    return Clash(*key, odd.text, other_odd.text, odd.span, version)


def _elsewhere(facts: dict[str, Fact], other: _Groups, unit: str) -> dict[str, Fact]:
    """The times that the other version says in no role at all: a role may be read wrongly, a value hardly."""
    said = {value for role in TIMED for value in other.get((role, unit), {})}
    return {value: fact for value, fact in facts.items() if value not in said}


def _moved_days(mine: _Groups, theirs: _Groups, version: int) -> list[Clash]:
    """One day of the calendar that differs while as many are said and another one is shared, whatever their roles."""
    here, there = (
        {value: fact for role in TIMED for value, fact in groups.get((role, "日"), {}).items()}
        for groups in (mine, theirs)
    )
    shared = here.keys() & there.keys()
    if len(here) == len(there) == len(shared) + 1 and shared:
        return [_clash(("when", "日"), here, there, version)]
    return []


def _agree(role: str, here: Set[str], there: Set[str]) -> bool:
    """Whether one side holds all the other says; a product may be called by a shorter name."""
    if role in ("product", "shop"):
        return any(a in b or b in a for a in here for b in there)
    return here <= there or there <= here


def _grouped(text: str) -> _Groups:
    groups: _Groups = {}
    for fact in facts_of(text):
        groups.setdefault(fact.key, {}).setdefault(fact.value, fact)
    return groups


def _timed(sentence: str, offset: int) -> list[Fact]:
    """Dates and clock times with the role of their clause."""
    found = []
    for pattern, value_of, unit in ((_DATE, _date, ""), (_CLOCK, _clock, "點")):
        for m in pattern.finditer(sentence):
            if value := value_of(m):
                role = _role(sentence, m.start(), m.end())
                found.append(_fact(role, value, m, offset, unit or _kind_of_day(value)))
    return found + _hours_of_days(found, sentence, offset) + _last_days(sentence, offset)


def _hours_of_days(found: Iterable[Fact], sentence: str, offset: int) -> list[Fact]:
    """Clock times that stand right behind a day of the calendar: two versions may not put one day at two hours."""
    days = [f for f in found if f.unit == "日" and f.role != "update"]
    hours = [f for f in found if f.unit == "點" and f.role != "update"]
    return [
        Fact("hour", hour.value, hour.text, hour.span, day.value)
        for day in days
        for hour in hours
        if 0 <= hour.span[0] - day.span[1] <= 1
        and not _CLAUSE.search(sentence[day.span[1] - offset : hour.span[0] - offset])
    ]


def _last_days(sentence: str, offset: int) -> list[Fact]:
    """The end of 「3 日到 5 日」 without its month."""
    found = re.finditer(r"[日號] ?(?:到|至|～|~|–|-) ?(?P<d>\d{1,2}) ?[日號]", sentence)  # lint: off
    return [_fact("last", m["d"], m, offset) for m in found]


def _kind_of_day(value: str) -> str:
    """Days are compared with days of the calendar, 「今天」 with 「昨天」, weekdays with weekdays."""
    return "月" if value.endswith("-") else "日" if "-" in value else "週" if "週" in value else "天"


def _role(sentence: str, start: int, end: int) -> str:
    """What a time is for, by the words of its clause; what stands behind it counts first."""
    after = _CLAUSE.split(sentence[end:], maxsplit=1)[0]
    before = _CLAUSE.split(sentence[:start])[-1]
    if _TEST.search(after) or _TEST.search(before):
        return "test"
    if _UPDATE.search(after) or re.search(r"更新|下次|下一次", before):
        return "update"
    if _RESULT.search(after) or _RESULT.search(before):
        return "result"
    return "deadline" if _DEADLINE.search(after) or _LATEST.search(before) else "when"


def _stances(text: str) -> list[Fact]:
    """What a text answers with yes or no alone."""
    found = []
    for name, yes, no in stances():
        refused = no.search(text)
        agreed = yes.search(no.sub(lambda m: "\u241f" * len(m[0]), text))
        if bool(refused) != bool(agreed):
            said = refused or agreed
            assert said is not None
            found.append(Fact("stance", "no" if refused else "yes", said[0], said.span(), name))
    return found


@cache
def stances() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """Questions with the words of yes and no, from ``stances.yml``.

    >>> len(stances()) > 10
    True
    """
    rows = datasets.yaml_of(Path(__file__).parent / "stances.yml")["rules"]
    return tuple((row["name"], re.compile(row["pattern"]), re.compile(row["if"])) for row in rows)


def _counted(sentence: str, offset: int) -> list[Fact]:
    found: list[Fact] = []
    taken: set[int] = set()
    for m in _BATCH.finditer(sentence):
        found.append(_fact("batch", (m["code"] or m["free"]).upper(), m, offset))
        taken.update(range(*m.span()))
    for m in (*_DATE.finditer(sentence), *_CLOCK.finditer(sentence)):
        taken.update(range(*m.span()))
    makers = ((_PRICE, _price), (_PERCENT, _percent), (_AMOUNT, _amount))
    for pattern, make in makers:
        for m in pattern.finditer(sentence):
            if not taken & set(range(*m.span())) and (made := make(m, offset)):
                found.append(made)
                taken.update(range(*m.span()))
    found += [_fact("badge", m[0], m, offset) for m in re.finditer("[藍灰綠金]色?(?:勾勾?|盾)", sentence)]
    found += [_fact("shop", m["s"], m, offset) for m in _SHOP.finditer(sentence)]
    found += [_fact("account", m[0].casefold(), m, offset) for m in _ACCOUNT.finditer(sentence)]
    found += [_fact("phone", m["n"].replace("-", ""), m, offset) for m in _PHONE.finditer(sentence)]
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
    only = re.search(r"(?:只有|僅有?|共) ?\Z", m.string[: m.start()])
    plain = not only and m["n"] in ("一", "半") and unit in ("個", "次", "位", "人", "天", "項", "件", "份")
    return None if value is None or plain else _fact("amount", f"{value:g}", m, offset, unit)


def _date(m: re.Match[str]) -> str:
    if m["day"]:
        day = m["day"].replace(" ", "")
        return _DAY_OF.get(day, re.sub("周|星期|禮拜", "週", day).replace("週天", "週日"))
    month, written = number(m["m"]), m["d"] or m["e"] or ""
    if month is not None and written == "底":
        return f"{month:g}-底"
    day = number(written) if written else None
    if month is None or (day is None and "月" not in m[0]) or (day is not None and not 1 <= day <= 31):
        return ""
    return f"{month:g}-" + ("" if day is None else f"{day:g}")


def _clock(m: re.Match[str]) -> str:
    if m["alone"]:
        return {"正午": "12:00", "中午": "12:00"}.get(m["alone"], m["alone"])
    hour = number(m["h"] or m["n"])
    if hour is None or hour > 24:
        return ""
    if (hour < 12 and m["p"] in _PM) or (m["p"] == "中午" and hour < 3):
        hour += 12
    minute = int(m["min"] or m["mm"] or (30 if m["half"] else 0))
    return f"{hour:g}:{minute:02d}"


@cache
def _products() -> re.Pattern[str]:
    """Names of the brand's products, then whatever food is called."""
    names = sorted(datasets.brand()["products"], key=len, reverse=True)
    foods = "戚風|生乳捲|蛋糕|禮盒|餐盒|餐包|餅乾|奶茶|穀飲|穀粉|果乾|米糕|黑糖糕|布丁|麻糬|蛋捲|鳳梨酥|豆漿|優格|果醬|便當|飯糰|吐司|冰淇淋"
    return re.compile("|".join([*map(re.escape, names), foods]))
