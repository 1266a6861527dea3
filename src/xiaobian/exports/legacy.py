"""Which encoding before Unicode a file speaks for, from its bytes alone."""

from __future__ import annotations

import re

_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")
_CYRILLIC = re.compile(rb"[\xa8\xb8\xc0-\xff]")
_LATIN = re.compile(rb"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f\xa0-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def legacy_encoding(sample: bytes) -> str:
    """The encoding before Unicode that bytes which are no UTF-8 speak for, or an empty text when none does.

    Big5 writes frequent characters in pairs that begin with A1–C6; Cyrillic comes in runs of letters; Western
    letters with accents stand alone among ASCII.

    >>> legacy_encoding("貼文編號".encode("cp950")), legacy_encoding("déjà vu à Genève".encode("cp1252"))
    ('cp950', 'cp1252')
    """
    high = len(_HIGH.findall(sample))
    if not high or _CONTROL.search(sample):
        return ""
    pairs = _PAIRS.findall(sample)
    frequent = sum(0xA1 <= pair[0] <= 0xC6 for pair in pairs)
    alone = len(_ALONE.findall(sample))
    if frequent >= 0.8 * len(pairs) and 2 * len(pairs) >= 0.9 * high and alone <= 0.5 * high and pairs:
        return "cp950"
    if alone <= 0.3 * high and len(_CYRILLIC.findall(sample)) >= 0.85 * high:
        return "cp1251"
    if alone >= 0.7 * high and len(_LATIN.findall(sample)) == high:
        return "cp1252"
    return ""
