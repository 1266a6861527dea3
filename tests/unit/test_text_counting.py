"""Lengths as people and as platforms count them."""

import pytest

from xiaobian import text
from xiaobian.errors import NotFound


@pytest.mark.parametrize(
    ("written", "graphemes", "characters", "utf16", "size", "weight", "threads"),
    [
        ("", 0, 0, 0, 0, 0, 0),
        ("abc", 3, 3, 3, 3, 3, 3),
        ("茶", 1, 1, 1, 3, 2, 1),
        ("𠮷野家", 3, 3, 4, 10, 6, 3),
        ("🎉", 1, 1, 2, 4, 2, 4),
        ("👍🏽", 1, 2, 4, 8, 2, 8),
        ("👨‍👩‍👧", 1, 5, 8, 18, 2, 18),
        ("🇹🇼", 1, 2, 4, 8, 2, 8),
        ("❤️", 1, 2, 2, 6, 2, 6),
        ("1", 1, 1, 1, 1, 1, 1),
        ("1️⃣", 1, 3, 3, 7, 2, 7),
        ("e\u0301", 1, 2, 2, 3, 1, 1),
        ("「茶」", 3, 3, 3, 9, 6, 3),
    ],
)
def test_one_sign_in_every_unit(written, graphemes, characters, utf16, size, weight, threads):
    found = text.counts(written)
    assert (found.graphemes, found.characters, found.utf16, found.bytes) == (graphemes, characters, utf16, size)
    assert (found.x_weights, found.emoji_as_bytes) == (weight, threads)


def test_a_link_weighs_the_same_whatever_its_length():
    short, long = text.counts("https://a.example"), text.counts("https://a.example/" + "x" * 300)
    assert short.x_weights == long.x_weights == 23
    assert text.counts("看https://a.example/1，走").x_weights == 2 + 23 + 4


def test_a_limit_is_judged_in_the_platforms_own_unit():
    assert text.fit("茶" * 140, "x").ok and not text.fit("茶" * 141, "x").ok
    assert text.fit("茶" * 500, "threads").left == 0
    assert text.fit("🎉" * 125, "threads").left == 0
    assert text.fit("字" * 101, "youtube", "title").left == -1


def test_every_platform_is_compared_and_names_its_source():
    found = {fit.platform: fit for fit in text.fits("母親節預購開跑")}
    assert {"facebook", "instagram", "threads", "x", "tiktok", "linkedin"} <= set(found)
    assert all(fit.source and fit.checked and fit.confidence in "HML" for fit in found.values())
    assert "還可以寫" in repr(found["x"]) and "超過" in repr(text.fit("茶" * 200, "x"))


def test_an_unknown_limit_lists_what_is_known():
    with pytest.raises(NotFound, match="threads/caption"):
        text.fit("茶", "myspace")


def test_a_broken_character_is_counted_not_raised():
    assert text.counts("壞\ud83d").graphemes == 2
