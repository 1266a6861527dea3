"""Header names → roles: the alias tables, and the match of one file's headers against them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from ..errors import ReadError
from ..tables import table
from .notes import listed, shown

LANGUAGES = {"zh-TW": "正體中文", "en": "英文", "pt-BR": "葡萄牙文（巴西）", "ja": "日文"}
READ = ("posts", "account_days", "audience", "retention", "sessions")
DERIVED = ("platform", "hashtags", "metric_era")


@dataclass(frozen=True)
class Aliases:
    """The header names of one layout family.

    names: a normalised header → (role, language). words: words inside cells that a layout looks for. patterns:
    (regular expression, role, language) for headers that carry a value, such as a country or an interval.
    """

    names: Mapping[str, tuple[str, str]]
    words: Mapping[str, Any]
    patterns: Sequence[tuple[re.Pattern[str], str, str]] = ()

    def role(self, header: str) -> str | None:
        return self.reading(normalise(header))[0]

    def reading(self, key: str) -> tuple[str | None, str]:
        """Role and language of a normalised header; of a pattern with a group the role is ``role:what it caught``."""
        if key in self.names:
            return self.names[key]
        for pattern, role, language in self.patterns:
            if found := pattern.fullmatch(key):
                return (f"{role}:{found[1]}" if pattern.groups else role), language
        return None, ""


@dataclass(frozen=True)
class Cell:
    """One header cell: position in the file, header as printed, a unique name, and the role it was given."""

    index: int
    header: str
    name: str
    role: str | None
    language: str = ""


@dataclass(frozen=True)
class Matching:
    """What every header cell of a file was taken for."""

    cells: tuple[Cell, ...]

    def of(self, role: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.role == role]

    def starting(self, role: str) -> list[Cell]:
        """The cells of a pattern's role, such as ``retention`` for ``retention:0`` … ``retention:40``."""
        return [cell for cell in self.cells if cell.role and cell.role.startswith(f"{role}:")]

    def roles(self) -> set[str]:
        return {cell.role for cell in self.cells if cell.role}

    def language(self) -> str:
        """UI language of most matched headers, in 正體中文."""
        found = [cell.language for cell in self.cells if cell.language]
        return LANGUAGES[max(LANGUAGES, key=found.count)] if found else "認不出"


@lru_cache(maxsize=10_000)
def normalise(header: str) -> str:
    """The form in which headers are compared.

    >>> normalise("  Post  ID ") == normalise("post id")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", header.strip("\ufeff")).casefold().split())


@cache
def aliases(family: str) -> Aliases:
    """The alias table of a layout family, from whichever file in ``aliases/`` declares it at its top level.

    roles: role → UI language → header names. words: whatever the layout needs. patterns: role → UI language →
    regular expressions on the normalised header (lower case, single blanks, half width).

    >>> aliases("meta_content").role("觸及人數")
    'reach'
    """
    declared = _families()[family]
    names = {
        normalise(header): (role, language.removesuffix("*"))
        for role, languages in declared["roles"].items()
        for language, headers in sorted(languages.items(), reverse=True)
        for header in headers
    }
    patterns = [
        (re.compile(pattern), role, language.removesuffix("*"))
        for role, languages in declared.get("patterns", {}).items()
        for language, expressions in languages.items()
        for pattern in expressions
    ]
    return Aliases(names, declared.get("words", {}), patterns)


@cache
def _families() -> dict[str, Any]:
    """All families of all alias files; a name may be declared once only."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    families: dict[str, Any] = {}
    folder = resources.files(__package__).joinpath("aliases")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        declared = (
            yaml.load(file.read_text(encoding="utf-8"), Loader=loader) if file.name.endswith(".yml") else {}
        )
        twice = families.keys() & declared.keys()
        if twice:
            raise ValueError(f"{file.name}: declared elsewhere too: {sorted(twice)}")
        families |= declared
    return families


def targets() -> list[str]:
    """The column names that ``column_map`` may point to: those of posts first, then of the other tables read."""
    names = [c.name for name in READ for c in table(name).columns]
    return [name for name in dict.fromkeys(names) if name not in DERIVED]


def check_column_map(column_map: Mapping[str, str] | None, where: str) -> dict[str, str]:
    """``column_map`` with normalised headers; raises ReadError for a target that does not exist."""
    if column_map is None:
        return {}
    if not isinstance(column_map, Mapping) or not all(
        isinstance(k, str) and isinstance(v, str) for k, v in column_map.items()
    ):
        raise ReadError(
            "column_map 要是「檔案欄名 → 我們的欄名」的字典",
            where=where,
            next_step='例如 column_map={"發文時間": "published_at"}',
        )
    for header, target in column_map.items():
        if target not in targets():
            near = difflib.get_close_matches(target, targets(), n=1, cutoff=0.6)
            raise ReadError(
                f"column_map 把「{shown(header)}」指到「{shown(target)}」，但沒有這個欄位"
                + (f"（是不是 {near[0]}？）" if near else ""),
                where=where,
                next_step=f"可用的欄位：{'、'.join(targets())}",
            )
    return {normalise(header): target for header, target in column_map.items()}


def unique_names(headers: Iterable[str]) -> list[str]:
    """Printed headers made unique; an empty one is named after its position.

    >>> unique_names(["Views", "Views", ""])
    ['Views', 'Views.1', '第 3 欄']
    """
    names: list[str] = []
    taken: set[str] = set()
    for position, header in enumerate(headers, 1):
        base = header.strip("\ufeff \t\r\n") or f"第 {position} 欄"
        name, n = base, 0
        while name in taken:
            n += 1
            name = f"{base}.{n}"
        taken.add(name)
        names.append(name)
    return names


def match(headers: Sequence[str], known: Aliases, column_map: Mapping[str, str], where: str) -> Matching:
    """Give every header a role; ``column_map`` (normalised) goes before the aliases.

    Raises ReadError when ``column_map`` names a header that the file does not have.
    """
    present = {normalise(h) for h in headers}
    for mapped in column_map:
        if mapped not in present:
            raise ReadError(
                f"column_map 寫的「{shown(mapped)}」不在檔案的欄名裡",
                where=where,
                next_step=f"檔案裡的欄名：{listed(headers, 40)}",
            )
    claimed = set(column_map.values())
    cells = []
    for index, (header, name) in enumerate(zip(headers, unique_names(headers), strict=True)):
        key = normalise(header)
        role, language = known.reading(key)
        if key in column_map:
            role, language = column_map[key], ""
        elif role in claimed:
            role = None
        cells.append(Cell(index, header.strip("\ufeff \t\r\n"), name, role, language))
    return Matching(tuple(cells))
