"""Web addresses in a text, however they are disguised, and whether they are the ones that may stand there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from .folding import is_hidden
from .rules import document

_DOT = re.compile(r"\s*[\[({<]\s*(?:\.|dot|點|点|。)\s*[\])}>]\s*|(?<=[a-z0-9])\s+dot\s+(?=[a-z])|(?<=[a-z0-9])\s*[點点。｡]\s*(?=[a-z]{2,})")  # lint: off
_SPACED = re.compile(r"(?<=[a-z0-9:/.])[ \t]+(?=[:/.](?![ \t]*$))|(?<=[:/.])[ \t]+(?=[a-z0-9/])")
_SCHEME = re.compile(r"(?<![a-z0-9])(?P<scheme>[a-z][a-z0-9+-]{1,11}):/{1,3}(?P<rest>[!#-&*-;=?-~]+|[^\s/?#]+\.[^\s/?#]{2,}(?:/[!-~]*)?)")
_OPAQUE = re.compile(r"(?<![a-z0-9])(?:javascript|data|vbscript|file|tel|sms|mailto|line|intent|about):(?=[^\s]{2,})[^\s<>\"'「」]*")
_MASKED = re.compile(r"\bh(?:xx|tt)ps?(?=\s?:)|\bmeow(?=://)")
_PROTOCOL_LESS = re.compile(r"(?<![:/\w])//(?P<rest>[a-z0-9-]+\.[^\s<>\"'「」()]+)")
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:/[!-~]*)?(?![\d.])")


_PAUSES = re.compile("[，、；！「」『』（）【】《》〈〉]|。(?![a-zA-Z]{2})|(?<![A-Za-z0-9])。")
"""Marks that end an address in Chinese text; full-width dots, colons and slashes do not."""


class Url(NamedTuple):
    """An address. value: host in small letters, path and query, without scheme, www. and a closing slash."""

    text: str
    value: str

    @property
    def host(self) -> str:
        """The host alone."""
        return re.split(r"[/?#:]", self.value, maxsplit=1)[0]


def find(text: str) -> list[Url]:
    """Every address of a text: with a scheme, bare, with [.] or 點 for dots, spaced, full-width, as an IP number.

    >>> [url.value for url in find("看 ｈｘｘｐｓ：／／a[.]b點com/x 或 www.c.example")]
    ['a.b.com/x', 'c.example']
    """
    plain = _plain(text)
    return list(dict.fromkeys(Url(one.strip(), value(one)) for one in _found(plain)))


def value(written: str) -> str:
    """An address in one writing.

    >>> value("HTTPS://www.Shop.example/A/")
    'shop.example/A'
    """
    rest = re.sub(r"^[A-Za-z][A-Za-z0-9+-]*:/{1,3}|^//", "", written.strip()).rstrip(".,;:!?)'\"」』，。！？")
    rest = re.sub(r"^www\.", "", rest, flags=re.IGNORECASE)
    host, slash, path = re.match(r"([^/?#]*)(/?)(.*)", rest, re.S).groups()  # type: ignore[union-attr]
    return (host.casefold() + slash + path).rstrip("/")


def unknown(text: str, allowed: Iterable[str], sources: Iterable[str] = ()) -> list[Url]:
    """The addresses of a text that are neither allowed nor in a source; only the very same address is the same.

    >>> [url.value for url in unknown("shop.example/a?x=1 和 shop.example", ["https://shop.example"])]
    ['shop.example/a?x=1']
    """
    if not (found := find(text)):
        return []
    known = {value(one).casefold() for one in allowed if one}
    known |= {url.value.casefold() for source in sources for url in find(source)}
    return [url for url in found if url.value.casefold() not in known]


def why(url: Url) -> str:
    """What is odd about an address, as a phrase; empty when it is only unknown."""
    if url.host in document("exit_words.yml")["shorteners"]:
        return "短網址，看不出會到哪裡"
    if "xn--" in url.host or any(ord(sign) > 127 for sign in url.host):
        return "網域裡有容易看錯的字"
    return "數字位址" if re.fullmatch(r"[\d.]+", url.host) else ""


def _plain(text: str) -> str:
    shown = "".join(sign for sign in text if not is_hidden(sign))
    made = unicodedata.normalize("NFKC", _PAUSES.sub(" ", shown))
    made = _DOT.sub(".", _lower_ascii_host(made))
    made = _SPACED.sub("", made)
    return _MASKED.sub("http", made)


def _lower_ascii_host(text: str) -> str:
    """Schemes and dots in small letters would do; the path keeps its case by value, so only schemes are lowered."""
    return re.sub(r"[A-Za-z][A-Za-z0-9+-]{1,11}(?=\s?:\s?/)|\b(?:DOT|Dot|WWW|Www)\b", lambda m: m[0].lower(), text)


def _found(text: str) -> Iterator[str]:
    for pattern in (_SCHEME, _OPAQUE, _PROTOCOL_LESS, _bare(), _IP):
        while match := pattern.search(text):
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
            yield match[0]


@cache
def _bare() -> re.Pattern[str]:
    endings = "|".join(sorted(document("exit_words.yml")["endings"], key=len, reverse=True))
    return re.compile(
        rf"(?i)(?<![\w.@-])(?:www\.)?(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.){{1,5}}(?:{endings})(?![a-z0-9-])(?::\d+)?(?:[/?#][!-~]*)?"
        r"|(?<![\w.@-])www\.[\w.-]+(?:/[!-~]*)?|(?i:(?<![\w.@-])[a-z0-9-]+\.[a-z]{2,}/[!-~]+)"
    )
