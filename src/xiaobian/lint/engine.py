"""Run rule packs over a text without moving a single character of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from ..errors import KitError
from .findings import Finding, Findings
from .measures import FILLER
from .pack import Pack, load
from .rules import Hit, Rule

Markup = Literal["plain", "markdown"]
Source = str | Path | Pack

_NOT_PROSE = re.compile(
    r"""
      ^[ ]{0,3}(?P<fence>```+|~~~+)[^\n]*\n(?s:.*?)(?:^[ ]{0,3}(?P=fence)[`~]*[ ]*$|\Z)
    | (?<!`)(?P<tick>`+)(?!`)(?s:.+?)(?<!`)(?P=tick)(?!`)
    | <!--(?s:.*?)-->
    | </?[A-Za-z][^<>]*>
    | \{\{(?s:.*?)\}\}
    | (?<=\])\([^()\s]*\)
    | https?://[!-~]+
    """,
    re.MULTILINE | re.VERBOSE,
)
_VISIBLE = re.compile(r"[^\n]")
LAW = "風險提示"
"""In the title of every pack of law."""
_SWITCH = re.compile(r"(?:<!--|\#)[ \t]*lint:[ \t]*(off|on)\b([\w., \t]*)")


def check(
    text: str, packs: Source | Sequence[Source] = ("tw_words",), *, markup: Markup = "plain"
) -> Findings:
    """Find what the rules of some packs point at, in the order of the text.

    packs: names of shipped packs, YAML files, or loaded packs; later ones add to earlier ones.
    markup: ``markdown`` skips code, addresses, HTML tags and ``{{…}}``; ``plain`` reads every character.
    ``<!-- lint: off tw_words -->`` (in code ``# lint: off tw_words``) exempts what follows, up to
    ``lint: on`` or the end; it takes names of packs or rules, and without a name all of them.

    Raises KitError for what is not a text, an unknown markup or a malformed pack.

    >>> [f.fix for f in check("默認的視頻格式")]
    ['預設', '影片']
    """
    if not isinstance(text, str):
        raise KitError(
            f"要檢查的不是文字，而是 {type(text).__name__}",
            where="lint.check",
            next_step="請給一段文字；表格的一欄可以用 .dropna().map(lint.check)",
        )
    if markup not in ("plain", "markdown"):
        raise KitError(f"不認得 markup={markup!r}", where="lint.check", next_step="可用的值：plain、markdown")
    chosen = [load(pack) for pack in ([packs] if isinstance(packs, (str, Path, Pack)) else packs)]
    prose = _hide_markup(text) if markup == "markdown" else text
    off = _switched_off(text)
    found = [
        _finding(pack, rule, hit, text)
        for pack in chosen
        for rule, hit in pack.hits(prose)
        if not any(hit.start in place and (not names or names & {pack.name, rule.id}) for names, place in off)
    ]
    law = any(LAW in pack.title for pack in chosen)
    return Findings(sorted(found, key=lambda f: (f.span[0], -f.span[1])), text, law=law)


def _finding(pack: Pack, rule: Rule, hit: Hit, text: str) -> Finding:
    words = text[hit.start : hit.end]
    return Finding(
        span=(hit.start, hit.end),
        text=words,
        rule=f"{pack.name}.{rule.id}",
        severity=rule.severity,
        message=rule.say(hit, words),
        fix=rule.fix_for(hit),
        reference=rule.reference,
    )


def _hide_markup(text: str) -> str:
    """Replace what is not prose by as many filler characters; line breaks stay."""
    return _NOT_PROSE.sub(lambda m: _VISIBLE.sub(FILLER, m[0]), text)


def _switched_off(text: str) -> list[tuple[frozenset[str], range]]:
    """What each ``lint: off`` switches off, and from where to where."""
    return list(_off_ranges(text)) if "lint:" in text else []


def _off_ranges(text: str) -> Iterator[tuple[frozenset[str], range]]:
    switches = [
        (m.end(), m[1], frozenset(name.split(".")[-1] for name in re.findall(r"[\w.]+", m[2])))
        for m in _SWITCH.finditer(text)
    ]
    for number, (start, state, names) in enumerate(switches):
        if state == "off":
            later = switches[number + 1 :]
            ends = (at for at, word, back in later if word == "on" and (not back or back >= names))
            yield names, range(start, next(ends, len(text) + 1))
