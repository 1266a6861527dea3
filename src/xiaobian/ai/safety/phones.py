"""Phone numbers as people in Taiwan write them; validity comes from the ``phonenumbers`` package."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType

from .folding import spoken_digits

_HOME = "TW"
_BEFORE = r"(?:(?<![\dA-Za-z])|(?<=tel)|(?<=Tel)|(?<=TEL)|(?<=one)|(?<=call)|(?<=cell)|(?<=ine)|(?<=INE))(?<!\d[-.])"
"""Not within a longer number or code; a word such as tel, phone or line may stand right before."""
_AFTER = r"(?![\dA-Z%])(?![-.]\d)"
_SEP = r"[-\s./・·~_、,]{0,3}"
_INTERNATIONAL = rf"(?:\+|00[29]?-?\s*)?886{_SEP}(?:\(0\))?"
_MOBILE = re.compile(rf"{_BEFORE}(?:{_INTERNATIONAL}0?|\(?0)9\)?{_SEP}\d(?:\)?{_SEP}\d){{7}}{_AFTER}")
_FIXED = re.compile(
    rf"{_BEFORE}(?:\(\s*0\d{{1,3}}\s*\){_SEP}|0\d{{1,3}}[-\s./]{{1,3}}|{_INTERNATIONAL}{_SEP}\(?[2-8]\d{{0,2}}\)?{_SEP})"
    rf"\d{{2,4}}(?:{_SEP}\d{{3,4}}){{1,2}}{_AFTER}"
)
_SOLID = re.compile(rf"{_BEFORE}0[2-8]\d{{7,8}}{_AFTER}")
_LOCAL = re.compile(
    rf"(?i)(?:電話|市話|家電|手機|聯絡|連絡|來電|撥打?|專線|電洽|tel|phone)[^\d\n]{{0,8}}?"
    rf"(?P<number>(?<![\d-])[2-8]\d{{2,3}}[-\s]\d{{4}}){_AFTER}"
    rf"|(?:電話|市話|家電|tel)(?:號碼)?\s*(?:是|[:：])?\s*(?P<solid>(?!20[0-4]\d[01])[2-8]\d{{6,7}}){_AFTER}"
)
_SPOKEN = re.compile(rf"(?<![\dA-Za-z])0(?:[-\s]?\d){{8,9}}(?!{_SEP}\d)")
_ABROAD = re.compile(rf"(?<![\d+])\+(?!886)[1-9]\d{{0,2}}(?:{_SEP}\(?\d\)?){{8,13}}{_AFTER}")
_EXTENSION = re.compile(r"(?i)[\s,、-]{0,2}(?:[(（]\s*)?(?:分機(?:號碼)?|轉(?:分機)?|內線|ext\.?|extension|#)\s*[:：]?\s*\d{1,6}(?!\d)(?:\s*[)）])?")  # lint: off
_NOT_A_PHONE = re.compile(
    r"(?i)(?:訂單|單號|編號|貨號|料號|型號|序號|批號|統編|統一編號|發票|條碼|款號|帳號末|追蹤碼|ISBN|SKU|No\.?|P/N|S/N)"
    r"(?:號碼|號|碼)?\s*(?:是|為|[:：#])?\s*[A-Za-z]{0,4}-?$"
)
_NOBODY = {
    PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN,
}  # fmt: skip
"""Types that only organisations have."""
_AREA_LENGTH = {"02": 8, "03": 7, "037": 6, "04": 8, "049": 7, "05": 7, "06": 7, "07": 7, "08": 7, "089": 6, "082": 6, "0826": 5, "0836": 5}
"""Area code → digits of the local number, by the numbering plan; 04 also has 7."""


def find(text: str, *, everyone: bool = False) -> Iterator[tuple[int, int]]:
    """Start and end of each phone number in a legible text.

    everyone: also numbers that only organisations have (0800 …).

    >>> text = "改撥0912-345-678，訂單 20261122001"
    >>> [text[a:b] for a, b in find(text)]
    ['0912-345-678']
    """
    taken: list[tuple[int, int]] = []
    for start, end in sorted({*_shaped(text, everyone), *_matched(text, everyone)}, key=lambda s: (s[0], -s[1])):
        if taken and start < taken[-1][1]:
            continue
        extension = _EXTENSION.match(text, end)
        taken.append((start, extension.end() if extension else end))
    yield from taken


def value(text: str) -> str:
    """One number in one writing, so that two writings of it are the same.

    >>> value("+886 912 345 678") == value("0912-345-678")
    True
    """
    plain = _EXTENSION.sub("", spoken_digits(text))
    try:
        parsed = phonenumbers.parse(plain, _HOME)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", plain)
    extension = _EXTENSION.search(text)
    inner = "x" + re.sub(r"\D", "", extension[0]) if extension else ""
    return f"+{parsed.country_code}{parsed.national_number}{inner}"


def _shaped(text: str, everyone: bool) -> Iterator[tuple[int, int]]:
    for pattern in (_MOBILE, _FIXED, _SOLID, _ABROAD):
        for match in pattern.finditer(text):
            if _is_one(match[0], pattern is _SOLID, everyone) and not _is_code(text, match.start()):
                yield match.span()
    for match in _LOCAL.finditer(text):
        yield match.span("number" if match["number"] else "solid")
    if (said := spoken_digits(text)) != text:
        for match in _SPOKEN.finditer(said):
            if match[0] != text[match.start() : match.end()] and _is_one(match[0], True, everyone):
                yield match.span()


def _is_code(text: str, start: int) -> bool:
    """Whether the words before say that it is a number of something else."""
    return bool(_NOT_A_PHONE.search(text[max(0, start - 16) : start]))


def _is_one(written: str, bare: bool, everyone: bool) -> bool:
    """bare: without any separator, so only a valid number will do; else the right length is enough."""
    digits = re.sub(r"\D", "", written)
    digits = re.sub(r"^(?:00[29]?)?8860?", "0", digits) if not digits.startswith("09") else digits
    if re.fullmatch(r"09\d{8}", digits):
        return True
    try:
        parsed = phonenumbers.parse(written if written.startswith("+") else digits, _HOME)
    except phonenumbers.NumberParseException:
        return False
    if written.startswith("+") and parsed.country_code != 886:
        return bool(phonenumbers.is_possible_number(parsed))
    if phonenumbers.is_valid_number(parsed):
        return everyone or phonenumbers.number_type(parsed) not in _NOBODY
    return not bare and any(
        digits.startswith(area) and len(digits) - len(area) == length for area, length in _AREA_LENGTH.items()
    )


def _matched(text: str, everyone: bool) -> Iterator[tuple[int, int]]:
    """Numbers of other countries, and whatever the package finds that is written as a whole number."""
    for match in PhoneNumberMatcher(text, _HOME, leniency=Leniency.VALID):
        before, after = text[match.start - 1 : match.start], text[match.end : match.end + 1]
        if not re.match(r"[+(]*\s*(?:0|886)|\+", match.raw_string) or re.match(r"[\w.-]", before, re.ASCII):
            continue
        if re.match(r"[A-Za-z0-9_%]", after) or _is_code(text, match.start):
            continue
        if everyone or phonenumbers.number_type(match.number) not in _NOBODY:
            yield match.start, match.end
