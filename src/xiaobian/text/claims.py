"""What a text claims that can be looked up: numbers, prices, dates, times, addresses, @ and #, and where they stand.

Full-width signs count as half-width, Chinese numerals with a unit count as numbers. 「一」 before a plain counter
(一杯、一次) says no number and is passed over, so is 「一起」.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

NAMES = {
    "url": "網址", "email": "電子郵件", "handle": "帳號", "hashtag": "標籤", "date": "日期", "time": "時間",
    "weekday": "星期", "price": "價格", "percent": "百分比", "discount": "折扣", "times": "倍數", "number": "數字",
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """One thing that can be looked up. kind: a key of NAMES; value: normalised; unit: of a number; text: as written."""

    kind: str
    value: str
    text: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{NAMES[self.kind]}「{self.text.strip()}」"


_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_HAN_NUMBER = "[零〇一二兩三四五六七八九十百千萬]+"
_SAME_UNIT = {
    "塊": "元", "塊錢": "元", "圓": "元", "日": "天", "號": "天", "位": "人", "名": "人", "間": "家", "款": "種", "個小時": "小時",
    "鐘頭": "小時", "個鐘頭": "小時", "公克": "克", "g": "克", "ml": "毫升", "cc": "毫升", "kg": "公斤", "星期": "週",
    "個星期": "週", "禮拜": "週", "個禮拜": "週", "工作天": "工作天", "個工作天": "工作天", "大卡": "卡",
}  # fmt: skip
_UNITS = (
    "個工作天|工作天|個小時|個鐘頭|小時|鐘頭|個星期|個禮拜|個月|分鐘|公斤|公克|公里|公分|毫升|大卡|塊錢|人份|"
    "元|塊|圓|折|成|倍|天|日|號|年|歲|週|人|位|名|份|盒|瓶|杯|片|顆|條|包|罐|組|件|支|張|克|卡|坪|家|間|種|款|場|堂|次|則|樓|集|頁|"
    "個|點|kg|ml|cc|g"
)
_UNCOUNTED = (
    "個|人|位|名|份|盒|瓶|杯|片|顆|條|包|罐|組|件|支|張|家|間|種|款|場|堂|次|則|天|年|週|塊|點|集|頁|號|日|成|樓|"
    "個月|個小時|小時|分鐘|個星期|個禮拜|人份"
)
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u303f\uff00-\uffef\u4e00-\u9fff<>\"']+", re.IGNORECASE)
_BARE_URL = re.compile(
    r"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|net|org|tw|co|io|app|me|shop|store|link|cc|ly|example)(?:/[!-~]*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"@[A-Za-z0-9_][\w.]*", re.ASCII)
_HASHTAG = re.compile(r"#[^\s#,，。!！?？:：;；、()（）「」]+")
_DATE = re.compile(
    r"(?:(?P<y>20\d{2})\s*[-/.年]\s*)?(?P<m>1[0-2]|0?[1-9])\s*(?:月\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*[日號]?"
    r"|(?P<sep>[-/])(?P<e>3[01]|[12]\d|0?[1-9]))(?![\d/%元折])"
)
_HAN_DATE = re.compile(r"(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})[日號]")  # lint: off
_MONTH = re.compile(rf"(?:(?P<y>20\d{{2}})\s*年\s*)?(?P<m>1[0-2]|0?[1-9]|{_HAN_NUMBER})\s*月(?![餅光亮球台色])")  # lint: off
_TIME = re.compile(
    r"(?:(?P<period>凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|半夜)\s*)?"
    rf"(?:(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)|(?P<p>\d{{1,2}}|{_HAN_NUMBER})\s*點\s*(?P<half>半|整)?"
    r"(?:\s*(?P<pm>\d{1,2})\s*分)?)"
)
_WEEKDAY = re.compile(r"(?:週|周|星期|禮拜)([一二三四五六日天])(?!期|刊|邊|圍)")
_PERCENT = re.compile(rf"(?<!\d)(?P<n>\d+(?:\.\d+)?)\s*%|百分之\s*(?P<h>{_HAN_NUMBER}|\d+(?:\.\d+)?)")
_PRICE = re.compile(
    r"(?:NT\$|NTD|US\$|TWD|\$)\s*(?P<n>\d[\d,]*(?:\.\d+)?)(?P<big>\s*萬)?\s*(?:元|塊)?", re.IGNORECASE
)
_NUMBER = re.compile(rf"(?P<n>\d[\d,]*(?:\.\d+)?)(?P<big>\s*萬)?\s*(?P<u>{_UNITS})?", re.IGNORECASE)
_HAN = re.compile(rf"(?P<n>{_HAN_NUMBER})\s*(?P<u>{_UNITS})")
_WORDS_WITH_NUMBERS = re.compile(
    "第[一二兩三四五六七八九十]+(?:塊|圓|元素)|百分之百|一點|四季|三餐|一條龍|二手|三不五時|五花八門|七嘴八舌|三三兩兩|一五一十|十分|千萬|萬一|第一次|第一手|"
    "三明治|七上八下|四處|四周|五官|一成不變|三七步|千層|百香|百搭|百合|八卦|九層塔|一次次|萬用|三角|五穀|十全|百年好合|"
    "一週|一周|一年四季|一塊|九份|三峽|三重|千張|兩三|三兩|一兩|三五|一號|再三|一家人|兩個人|兩人|一人|另一|雙十|七夕|三五好友|八方|三分鐘熱度|一百分|兩岸|兩側|兩邊|兩旁|一二"
)


def number(written: str) -> float | None:
    """A Chinese or Arabic numeral as a number; None when it is none.

    >>> number("三百二十"), number("十二"), number("1,200"), number("二〇二六")
    (320.0, 12.0, 1200.0, 2026.0)
    """
    text = written.replace(",", "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text and all(sign in _DIGITS for sign in text):
        return float("".join(str(_DIGITS[sign]) for sign in text))
    total, group, digit = 0, 0, 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _PLACES:
            group, digit = group + (digit or 1) * _PLACES[sign], 0
        elif sign == "萬":
            total, group, digit = total + (group + digit or 1) * 10_000, 0, 0
        else:
            return None
    return float(total + group + digit) if text else None


def claims(text: str) -> list[Claim]:
    """Everything in a text that can be looked up, in the order of the kinds of NAMES.

    >>> [str(claim) for claim in claims("9/10 前早鳥 620 元，送一杯茶")]
    ['日期「9/10」', '價格「620 元」']
    """
    rest = unicodedata.normalize("NFKC", text)
    found: list[Claim] = []
    for pattern, make in _FINDERS:
        def taken(match: re.Match[str], make: _Maker = make) -> str:
            made = make(match)
            found.extend(made)
            return "\u241f" * len(match[0]) if made else match[0]

        rest = pattern.sub(taken, rest)
        if pattern is _HASHTAG:
            rest = _WORDS_WITH_NUMBERS.sub(lambda m: "\u241f" * len(m[0]), rest)
    return found


def ungrounded(output: str, *sources: str) -> list[Claim]:
    """The claims of an output that stand in none of the sources.

    >>> [str(c) for c in ungrounded("只要 99 元", "一杯 120 元")]
    ['價格「99 元」']
    """
    known = [claim for source in sources for claim in claims(source)]
    return [claim for claim in dict.fromkeys(claims(output)) if not any(backs(one, claim) for one in known)]


def backs(known: Claim, claim: Claim) -> bool:
    """Whether one claim says another, in other words maybe: a date without its year, a number without its unit.

    >>> backs(claims("2026/9/10")[0], claims("9 月 10 日")[0])
    True
    """
    if known.kind == claim.kind:
        if claim.kind == "date":
            return _same_day(known.value, claim.value)
        if claim.kind == "time":
            return _same_time(known.value, claim.value)
        same_unit = not claim.unit or not known.unit or claim.unit == known.unit
        return known.value == claim.value and same_unit
    plain = {"number", "price", "percent", "discount", "times"}
    loose = {known.kind, claim.kind} <= plain and (
        (claim.kind == "number" and not claim.unit) or (known.kind == "number" and not known.unit)
    )
    return loose and known.value == claim.value


def _same_day(known: str, claim: str) -> bool:
    (ky, km, kd), (cy, cm, cd) = known.split("-"), claim.split("-")
    return km == cm and (cd in ("", kd)) and (not ky or not cy or ky == cy)


def _same_time(known: str, claim: str) -> bool:
    (kh, km), (ch, cm) = (tuple(map(int, one.removesuffix("?").split(":"))) for one in (known, claim))
    loose = known.endswith("?") or claim.endswith("?")
    return km == cm and (kh == ch or (loose and kh % 12 == ch % 12))


# ── one maker a kind ──

_Maker = Callable[[re.Match[str]], list["Claim"]]


def _plain(kind: str, strip: str = "") -> _Maker:
    def make(match: re.Match[str]) -> list[Claim]:
        value = match[0].casefold().rstrip(strip)
        return [Claim(kind, re.sub(r"^https?://(?:www\.)?", "", value).rstrip("/"), match[0])]

    return make


def _date(match: re.Match[str]) -> list[Claim]:
    parts = match.groupdict()
    month, day = number(parts["m"]), number(parts.get("d") or parts.get("e") or "")
    if parts.get("sep") == "-" and not parts.get("y"):
        return []
    if month is None or not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return []
    return [Claim("date", f"{parts.get('y') or ''}-{int(month)}-{'' if day is None else int(day)}", match[0])]


def _time(match: re.Match[str]) -> list[Claim]:
    period = match["period"]
    hour = number(match["h"] or match["p"] or "")
    if hour is None or hour > 24 or (match["p"] in ("一", "1") and not period):
        return []
    minute = int(match["min"] or match["pm"] or (30 if match["half"] == "半" else 0))
    if period in ("下午", "傍晚", "晚上") and hour < 12:
        hour += 12
    sure = bool(match["h"] or period)
    return [Claim("time", f"{int(hour)}:{minute}" + ("" if sure else "?"), match[0])]


def _weekday(match: re.Match[str]) -> list[Claim]:
    return [Claim("weekday", match[1].replace("天", "日"), match[0])]


def _percent(match: re.Match[str]) -> list[Claim]:
    return _valued("percent", match["n"] or match["h"], match[0])


def _price(match: re.Match[str]) -> list[Claim]:
    return _valued("price", match["n"], match[0], big=bool(match["big"]))


def _number(match: re.Match[str]) -> list[Claim]:
    unit = match["u"] or ""
    return _valued(_kind_of(unit), match["n"], match[0], _SAME_UNIT.get(unit, unit), bool(match["big"]))


def _han(match: re.Match[str]) -> list[Claim]:
    unit = match["u"]
    if match["n"] == "一" and unit in _UNCOUNTED.split("|"):
        return []
    return _valued(_kind_of(unit), match["n"], match[0], _SAME_UNIT.get(unit, unit))


def _kind_of(unit: str) -> str:
    return {"元": "price", "塊": "price", "塊錢": "price", "圓": "price", "折": "discount", "倍": "times"}.get(unit, "number")


def _valued(kind: str, written: str, text: str, unit: str = "", big: bool = False) -> list[Claim]:
    value = number(written)
    if value is None:
        return []
    if kind == "discount" and value > 10:
        value /= 10
    value *= 10_000 if big else 1
    return [Claim(kind, f"{value:g}" if value < 1e6 else f"{value:.0f}", text, unit if kind == "number" else "")]


_FINDERS: tuple[tuple[re.Pattern[str], _Maker], ...] = (
    (_URL, _plain("url", ".,;:!?)")), (_EMAIL, _plain("email")), (_BARE_URL, _plain("url", ".,;:!?)")),
    (_HANDLE, _plain("handle", ".")), (_HASHTAG, _plain("hashtag")), (_HAN_DATE, _date), (_DATE, _date), (_TIME, _time),
    (_WEEKDAY, _weekday), (_PERCENT, _percent), (_PRICE, _price), (_MONTH, _date), (_NUMBER, _number), (_HAN, _han),
)  # fmt: skip

