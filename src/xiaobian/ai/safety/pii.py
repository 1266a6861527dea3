"""Personal data: found, hidden behind placeholders on this computer, put back afterwards.

Kinds: phone, e-mail, national and resident ID, address, LINE id, card. Names are not found: no rule can tell them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from ... import datasets
from . import addresses, handles, ids, phones
from .folding import legible

KINDS = {
    "credit_card": "信用卡號", "national_id": "身分證字號", "resident_id": "居留證號", "email": "電子郵件", "phone": "電話",
    "line_id": "LINE帳號", "address": "地址",
}  # fmt: skip
"""Kind → its name in a placeholder, the surer kind first: where two overlap, the first keeps the place."""
NOT_ALL = "這不可能找到每一種個資，尤其是名字"
MAX_LENGTH = 20_000
"""A longer text is looked through in parts of this many characters, cut at line ends where there are any."""

_SIMPLE = {"電": "电", "話": "话", "號": "号", "證": "证", "帳": "[帐账]", "郵": "邮", "字": "字"}  # lint: off
_HAN_DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))


def _loose(label: str) -> str:
    """A label as a model may rewrite it: simplified, spaced, in small letters."""
    return r"\s*".join(f"(?:{sign}|{_SIMPLE[sign]})" if sign in _SIMPLE else re.escape(sign) for sign in label)


_LABELS = "|".join(f"(?P<{kind}>{_loose(label)})" for kind, label in KINDS.items())
PLACEHOLDER = re.compile(
    rf"(?i)\\?[\[［【〔〖「(（{{｛<〈]\s*(?:{_LABELS})\s*[:：#-]?\s*(?P<number>[0-9０-９]{{1,4}}|[一二三四五六七八九])\s*\\?[\]］】〕〗」)）}}｝>〉]"
)
"""A placeholder as written here or as a model may change it."""


@dataclass(frozen=True)
class Hit:
    """One piece of personal data. start, end: in the original text; value: the same for every writing of it."""

    start: int
    end: int
    kind: str
    text: str
    value: str

    @property
    def label(self) -> str:
        """The kind in 正體中文."""
        return KINDS[self.kind]


@dataclass
class Masker:
    """Hides personal data of several texts with one table: the same value gets the same placeholder.

    texts: all that will be masked; placeholders that stand in them are not used again. keep: values that the brand
    publishes itself (a shop's address, its own phone) and that stay as they are.
    """

    texts: Sequence[str] = ()
    keep: Iterable[str] = ()
    table: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _used: set[tuple[str, int]] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self._kept = {hit.value for text in self.keep for hit in find(text)} | {text.casefold() for text in self.keep}
        self._reserve(self.texts)

    def _reserve(self, texts: Iterable[str]) -> None:
        self._used |= {_read(match) for text in texts for match in PLACEHOLDER.finditer(text)}

    def mask(self, text: str) -> Masked:
        """A text with placeholders where personal data stood."""
        self._reserve([text])
        parts, found, last = [], [], 0
        for hit in find(text):
            if hit.value in self._kept or hit.text.casefold() in self._kept:
                continue
            parts += [text[last : hit.start], self._placeholder(hit)]
            found.append(hit)
            last = hit.end
        return Masked("".join([*parts, text[last:]]), tuple(found), self.table, text)

    def unmask(self, text: str) -> str:
        """A text with the placeholders of the table replaced; also those a model wrote a little differently."""
        return unmask(text, self.table)

    def _placeholder(self, hit: Hit) -> str:
        if (key := (hit.kind, hit.value)) not in self._known:
            number = next(n for n in range(1, 10_000) if (hit.kind, n) not in self._used)
            self._used.add((hit.kind, number))
            self._known[key] = f"[{hit.label}{number}]"
            self.table[self._known[key]] = hit.text
        return self._known[key]


@dataclass(frozen=True)
class Masked:
    """A text whose personal data is hidden. table: placeholder → what stood there (in its first writing)."""

    text: str
    found: tuple[Hit, ...]
    table: dict[str, str] = field(repr=False)
    original: str = field(repr=False, default="")

    def unmask(self, text: str | None = None) -> str:
        """An answer to the masked text with the data put back; without a text, the original itself."""
        return self.original if text is None else unmask(text, self.table)

    def report(self) -> str:
        """What was hidden, by kind, and that it may not be all.

        >>> mask("我的手機0912345678").report()
        '已遮住：電話 1 處。這不可能找到每一種個資，尤其是名字。'
        """
        return report(self.found)


def find(text: str) -> list[Hit]:
    """Personal data in a text, in order, without overlaps; the brand's own accounts are left out.

    >>> [(hit.kind, hit.text) for hit in find("我是Ａ１２３４５６７８９，寄 a@b.example")]
    [('national_id', 'Ａ１２３４５６７８９'), ('email', 'a@b.example')]
    """
    found = [hit for offset, part in _parts(text) for hit in _in_part(part, offset)]
    taken: list[Hit] = []
    order = list(KINDS)
    for hit in sorted(found, key=lambda h: (order.index(h.kind), h.start - h.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in taken):
            taken.append(hit)
    return sorted(taken, key=lambda hit: hit.start)


def mask(text: str, *, keep: Iterable[str] = ()) -> Masked:
    """Hide the personal data of one text; nothing leaves this computer.

    keep: values that are public anyway and stay.

    >>> masked = mask("打0912-345-678或0912345678給我")
    >>> masked.text, masked.unmask("已撥【電話１】")
    ('打[電話1]或[電話1]給我', '已撥0912-345-678')
    """
    return Masker(keep=keep).mask(text)


def unmask(text: str, table: dict[str, str]) -> str:
    """Put back what a table hides; placeholders it does not know stay."""
    by_name = {_read(match): value for name, value in table.items() if (match := PLACEHOLDER.fullmatch(name))}
    return PLACEHOLDER.sub(lambda match: by_name.get(_read(match), match[0]), text)


def strangers(text: str, table: dict[str, str]) -> list[str]:
    """Placeholders in a text that no table made.

    >>> strangers("請打[電話7]", {"[電話1]": "0912345678"})
    ['[電話7]']
    """
    known = {_read(match) for name in table if (match := PLACEHOLDER.fullmatch(name))}
    return [match[0] for match in PLACEHOLDER.finditer(text) if _read(match) not in known]


def report(found: Iterable[Hit]) -> str:
    """What was found, by kind, in one sentence, and that it may not be all."""
    counts = Counter(hit.label for hit in found)
    told = "、".join(f"{label} {number} 處" for label, number in counts.items())
    return f"已遮住：{told}。{NOT_ALL}。" if told else f"沒有找到電話、電子郵件、證號、地址、LINE 帳號或卡號。{NOT_ALL}。"


def _read(match: re.Match[str]) -> tuple[str, int]:
    number = match["number"]
    return str(match.lastgroup and next(k for k in KINDS if match[k])), int(_HAN_DIGITS.get(number, number))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while len(text) - start > MAX_LENGTH:
        cut = text.rfind("\n", start, start + MAX_LENGTH) + 1
        end = cut if cut > start else start + MAX_LENGTH
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _in_part(text: str, offset: int) -> Iterator[Hit]:
    folded = legible(text)
    for kind, start, end in _spans(folded.text):
        first, last = folded.span(start, end)
        written = folded.text[start:end]
        made = _value(kind, written)
        if kind == "line_id" and made.lstrip("@") in own_accounts():
            continue
        yield Hit(first + offset, last + offset, kind, text[first:last], made)


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    yield from (("credit_card", *span) for span in ids.find_cards(text))
    yield from ((kind, start, end) for start, end, kind in ids.find(text))
    yield from (("email", *span) for span in handles.find_emails(text))
    yield from (("phone", *span) for span in phones.find(text))
    yield from (("line_id", *span) for span in handles.find_line_ids(text))
    yield from (("address", *span) for span in addresses.find(text))


def _value(kind: str, text: str) -> str:
    values = {
        "phone": phones.value, "email": handles.email_value, "line_id": handles.line_value, "address": addresses.value,
    }  # fmt: skip
    return values.get(kind, ids.value)(text)


@cache
def own_accounts() -> frozenset[str]:
    """Handles of the running brand, in small letters and without @."""
    brand = datasets.brand()
    handles_ = [str(account["handle"]) for account in brand.get("accounts", {}).values()]
    return frozenset(name.lstrip("@").casefold() for name in [*handles_, *brand.get("other_handles", [])])
