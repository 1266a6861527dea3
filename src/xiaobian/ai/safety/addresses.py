"""Postal addresses of Taiwan that lead to a door: a road with a house number, a village with one, or an English one.

A place without a door number is no address here, and an address of a shop looks like one of a person: it is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = "[㐀-鿿]"
_N = r"(?:\d{1,5}|[零〇○一二三四五六七八九十百千兩廿卅]{1,7})"
_S = r"[ \u3000]{0,2}"
_G = r"[,、( \u3000]{0,2}"
_CITIES = (
    "[台臺]北|新北|桃園|[台臺]中|[台臺]南|高雄|基隆|新竹|嘉義|苗栗|彰化|南投|雲林|屏東|宜蘭|花蓮|[台臺]東|澎湖|金門|連江|馬祖"
)
_CITY = rf"(?:(?:{_CITIES}){_S}[市縣]|(?:{_CITIES})(?={_S}{_HAN}{{1,3}}[區鄉鎮市]))"
_POST = rf"(?:(?<!\d)\(?\d{{3}}(?:-?\d{{2,3}})?\)?{_G}(?={_CITY}|{_HAN}{{2,3}}[區鄉鎮市]))"
_COUNTRY = rf"(?:(?:中華民國|[台臺]灣(?:省)?){_G})"  # lint: off
_DISTRICT = rf"(?:{_HAN}{{1,4}}?[區鄉鎮市](?![場集]))"
_VILLAGE = rf"(?:{_HAN}{{1,4}}?[里村](?!長|民))"
_NEIGHBOURS = rf"(?:{_N}{_S}鄰)"
_ROAD = rf"(?:{_HAN}{{1,8}}?(?:大道|大街|路|街|新村))"
_SECTION = rf"(?:{_S}[東西南北中]?{_N}?{_S}(?<!路)段)"
_LANE = rf"(?:{_S}(?:{_N}|{_HAN}{{1,4}}?){_S}巷)"
_PLAIN_LANE = rf"(?:{_S}{_N}{_S}巷)"
_ALLEY = rf"(?:{_S}{_N}{_S}弄(?:{_S}{_N}{_S}衖)?)"  # lint: off
_SUB = rf"(?:{_S}(?:之|-|~|、|至){_S}{_N})"
_NO_PLACE = "出口|號|線|館|碼|店(?![面裡內])|機|車|月[台臺]|櫃|窗|倉|公車|航廈|入口|攤|包廂|展|會議|球|電池|選手|隊|公路|省道|道(?!路)"  # lint: off
_DOOR = rf"(?:{_S}(?:附|臨)?{_N}{_SUB}?{_S}號(?!{_S}(?:{_NO_PLACE}))(?:{_S}(?:之|-){_S}{_N}(?!\d))?)"
_FLOOR = rf"(?:{_G}(?:(?:地下{_S})?(?:[Bb]?{_N}){_S}(?:樓|F(?![A-Za-z])|f(?![A-Za-z])|層)(?:{_S}(?:之|-){_S}{_N})?|[Bb]\d(?![\dA-Za-z])))"
_ROOM = rf"(?:{_G}(?:[A-Za-z]\d{{0,3}}|{_N}){_S}(?:室|棟|座|房)(?![\u4e00-\u9fff]{{0,1}}(?:廳|價|型)))"
_END = rf"{_FLOOR}?{_ROOM}?{_FLOOR}?{_ROOM}?"
_HEAD = rf"(?:{_POST})?{_COUNTRY}?(?P<city>{_CITY})?{_G}(?P<district>{_DISTRICT})?{_G}"

_STREET = re.compile(
    rf"{_HEAD}{_VILLAGE}?{_S}{_NEIGHBOURS}?{_S}(?P<road>{_ROAD}){_SECTION}?{_S}{_LANE}?{_ALLEY}?(?P<door>{_DOOR}){_END}"
)
_NAMED_LANE = re.compile(rf"{_HEAD}{_VILLAGE}?{_S}{_NEIGHBOURS}?{_S}(?P<road>{_HAN}{{1,4}}?巷)(?:{_PLAIN_LANE})?{_ALLEY}?(?P<door>{_DOOR}){_END}")
_HAMLET = r"(?:(?![里村鄉鎮區市路街])[㐀-鿿]){0,5}?"
_COUNTRYSIDE = re.compile(
    rf"{_HEAD}(?P<road>{_HAN}{{1,4}}?[里村]){_S}(?:{_NEIGHBOURS}{_S}{_HAMLET}|{_HAMLET}){_S}(?P<door>{_DOOR}){_END}"
)
_NO_DOOR_SIGN = re.compile(
    rf"{_HEAD}(?P<road>{_ROAD}){_SECTION}?{_PLAIN_LANE}?{_ALLEY}?"
    rf"(?P<door>{_S}\d{{1,4}}(?:-\d{{1,3}})?(?!\d)(?!{_S}(?:[年月日元塊分秒時點人個家間條站號%折起公度歲次場檔巷弄段路線期]|[-/.:~]{_S}\d))){_FLOOR}?"
)
_SHORT = re.compile(rf"{_HEAD}(?P<road>{_ROAD}){_SECTION}?(?P<door>{_PLAIN_LANE}{_ALLEY}|{_PLAIN_LANE}(?={_G}(?:\d+|{_N}){_S}(?:樓|[Ff]))){_FLOOR}?")
_ENGLISH = re.compile(
    r"(?i)(?:\d{1,3}F\.?(?:-\d+)?,?\s*)?No\.?\s*\d{1,4}(?:-\d{1,3})?,\s*(?:(?:Aly\.?|Alley|Ln\.?|Lane|Sec\.?|Section)\s*\d+,\s*){0,3}"
    r"[A-Z][A-Za-z' -]{1,30}?\s(?:Rd|Road|St|Street|Blvd|Ave|Avenue)\b\.?(?:,\s*[A-Z][A-Za-z' -]{1,20}(?:Dist|District|Township|City|County|Taiwan)\b\.?|,\s*(?:Taipei|Taiwan)\b|\s*\d{3,6}\b)*"
)
_NOT_A_ROAD = re.compile(
    "(?:網|馬|鐵|思|通|電|道|迷|讓|條|叉|這|那|哪|整|線)路$|(?:公|高架道|產業道)路$|^(?:一|套|走|上|半|後|出|活|問|順|帶|鋪|絕|門|理|短|斷|"
    "領|開|賽|跑|車|陸|水|多|沿|小|山)路$|(?:逛|上|條|這|那|整|商店|美食|地下|掃|過|夜市|形象商|名店|徒步)街$"
)
_LEAD = re.compile(
    r".*(?:[在到往於寄住是址去給我你您他她的了送:]|改成|換成|改為|更新為|搬來|搬家|老家|住家|我家|收件|地方|公司|宿舍|轉角|店面|對面|旁邊|附近|巷口|從|就約|約|請|麻煩|幫忙|跟|[我你過請人下上]來|新家|家裡|娘家|婆家)(?=.{2})"
)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address in a legible text, from its first part to the last number or floor.

    >>> text = "請寄到嘉義市東區米香路12巷3號5樓之2，謝謝"
    >>> [text[a:b] for a, b in find(text)]
    ['嘉義市東區米香路12巷3號5樓之2']
    >>> list(find("捷運中山路3號出口集合"))
    []
    """
    taken: list[tuple[int, int]] = []
    for pattern in (_STREET, _NAMED_LANE, _COUNTRYSIDE, _SHORT, _NO_DOOR_SIGN, _ENGLISH):
        for match in pattern.finditer(text):
            start, end = _start(text, match), match.end()
            end += text[start:end].count("(") > text[start:end].count(")") and text[end : end + 1] == ")"
            if pattern is not _ENGLISH and not _is_address(match, pattern, text[start:end]):
                continue
            if not any(a < end and start < b for a, b in taken):
                taken.append((start, end))
    yield from sorted(taken)


def value(text: str) -> str:
    """An address without spaces, in one writing of 臺."""
    return re.sub(r"[\s,、]", "", text).replace("臺", "台").replace("F", "樓")


def _is_address(match: re.Match[str], pattern: re.Pattern[str], found: str) -> bool:
    placed = bool(match["city"] or match["district"])
    if pattern not in (_COUNTRYSIDE, _NAMED_LANE) and _NOT_A_ROAD.search(_trimmed(match["road"])) and not placed:
        return False
    if pattern is _NO_DOOR_SIGN:
        return bool(match["city"] and match["district"]) or (placed and "段" in found)
    if pattern is _COUNTRYSIDE:
        return bool(placed or "鄰" in found)
    return True


def _start(text: str, match: re.Match[str]) -> int:
    """Where the address begins: at a city or postcode as it stands, else behind the words that lead to it."""
    start = match.start()
    if "city" not in match.re.groupindex or match["city"]:
        return start
    part = "district" if match["district"] else "road"
    first, last = match.span(part)
    skipped = last - first - len(_trimmed(text[first:last]))
    return first + skipped if skipped else start + len(match[0]) - len(match[0].lstrip(" ,、"))


def _trimmed(part: str) -> str:
    """A district or road without the words that lead to it."""
    lead = _LEAD.match(part[:-1])
    return part[lead.end() :] if lead else part
