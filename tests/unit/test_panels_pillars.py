"""The explorer of pillars shows the mix that the library recommends."""

from __future__ import annotations

import html

import pytest

import xiaobian as xb
from xiaobian.plotting import spaced
from xiaobian.sandbox.segments import Readers


@pytest.fixture(scope="module")
def panel():
    return xb.panels.pillar_explorer(206)


def test_it_starts_where_it_is_told_and_every_choice_has_a_name(panel):
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    assert [box.value for box in panel.choices.values()] == ["naive", "", "0.0"]
    assert all(box.description.endswith("：") for box in panel.choices.values())


def test_a_change_is_the_mix_of_the_library(panel):
    panel.choices["method"].value, panel.choices["counts"].value = "shrunk", "brand"
    readers = Readers(206)
    effects = xb.planning.pillar_effects(readers.history(16))
    mix = xb.planning.pillar_mix(effects, readers.worth, wear=readers.wear, now=readers.now)
    assert spaced(mix.say()) in html.unescape(panel.sentence.value)


def test_a_least_part_is_kept(panel):
    panel.choices["least"].value = "0.5"
    assert "優惠 5" in html.unescape(panel.sentence.value)
