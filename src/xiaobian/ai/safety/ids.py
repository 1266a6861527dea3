"""Numbers with a check digit: national and resident IDs of Taiwan, and cards.

A checksum lowers false alarms and proves nothing: about one random string in ten passes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .folding import spoken_digits

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""The letter at place i stands for 10 + i."""
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
_GAP = r"[-\s._/·・,()~*]{0,2}"
_ID = re.compile(rf"(?:(?<![A-Za-z0-9])|(?<=[^A-Za-z]id)|(?<=[^A-Za-z]ID)|(?<=^ID)|(?<=^id))[A-Za-z]{_GAP}[1289A-Da-d](?:{_GAP}\d){{8}}(?![A-Z0-9])(?!-\d{{5}}-\d)")
_DIGIT_RUN = re.compile(r"(?<![A-Za-z0-9])(?<!\d[.,])\d{1,19}(?:[-\s.]{1,2}\d{2,19}){0,7}(?![A-Za-z0-9])")
_CARD_SHAPES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|6|8)\d{11,13}(?:\d{3})?|30[0-5]\d{13}|35\d{14,17}|6\d{15,18}|5[06-8]\d{14,17}"
)
"""First digits and lengths that card networks use."""
_BARCODE = re.compile(r"471\d{10}")
"""Article numbers of Taiwan; cards of 13 digits are hardly left."""


def checksum_holds(number: str) -> bool:
    """Whether the check digit of an ID (letter, then 1/2, 8/9 or A–D, then eight digits) is right.

    >>> checksum_holds("A123456789"), checksum_holds("A123456788"), checksum_holds("A800000014")
    (True, False, True)
    """
    first = _LETTERS.index(number[0]) + 10
    second = (_LETTERS.index(number[1]) + 10) % 10 if number[1].isalpha() else int(number[1])
    digits = (first // 10, first % 10, second, *map(int, number[2:]))
    return sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 10 == 0


def luhn_holds(number: str) -> bool:
    """Whether a card's check digit is right.

    >>> luhn_holds("4242424242424242"), luhn_holds("4242424242424241")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(made - 9 * (made > 9) for made in doubled) % 10 == 0


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of each ID with a right check digit in a legible text.

    >>> list(find("身分證字號A123456789"))
    [(5, 15, 'national_id')]
    """
    for match in _ID.finditer(spoken_digits(text)):
        number = value(match[0])
        if checksum_holds(number):
            yield match.start(), match.end(), "national_id" if number[1] in "12" else "resident_id"


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each card number in a legible text: 13–19 digits, maybe in groups, that a network could have given.

    >>> list(find_cards("卡號4242 4242-4242 4242有效"))
    [(2, 21)]
    """
    for run in _DIGIT_RUN.finditer(text):
        groups = [(m.start() + run.start(), m.end() + run.start()) for m in re.finditer(r"\d+", run[0])]
        first = 0
        while first < len(groups):
            last = next((i for i in range(len(groups) - 1, first - 1, -1) if _is_card(text, groups[first : i + 1])), None)
            if last is not None:
                yield groups[first][0], groups[last][1]
                first = last
            first += 1


def value(text: str) -> str:
    """An ID or card without separators, in capital letters."""
    return re.sub(r"[-\s._/·・,()~*]", "", spoken_digits(text)).upper()


def _is_card(text: str, groups: list[tuple[int, int]]) -> bool:
    number = "".join(text[a:b] for a, b in groups)
    if not 13 <= len(number) <= 19 or _BARCODE.fullmatch(number):
        return False
    return bool(_CARD_SHAPES.fullmatch(number)) and luhn_holds(number)
