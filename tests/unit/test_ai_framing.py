"""What a crop keeps, and what stays of the subject and the words."""

from __future__ import annotations

import pytest

from xiaobian.ai.framing import LINES, PLACEMENTS, SPOTS, crop, kept, layout, ratio
from xiaobian.errors import TableError
from xiaobian.panels.image import crop_explorer, told

RATIOS = tuple(PLACEMENTS.values())


@pytest.mark.parametrize("master", RATIOS)
@pytest.mark.parametrize("target", RATIOS)
def test_a_crop_has_the_asked_ratio_and_is_as_large_as_can_be(master, target):
    left, top, right, bottom = crop(master, target)
    assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1
    assert (right - left) / (bottom - top) * ratio(master) == pytest.approx(ratio(target))
    assert min(left, top) == 0 and kept(master, target) == pytest.approx(kept(target, master))


def test_known_shares():
    assert kept("1:1", "9:16") == pytest.approx(9 / 16) and kept("4:5", "4:5") == 1
    assert kept("16:9", "9:16") == pytest.approx((9 / 16) ** 2)


def test_a_centred_subject_without_words_survives_everywhere_and_a_low_line_does_not():
    safe, low = layout("4:5"), layout("4:5", "正中央", "壓在最下面")
    assert all(safe.survives(target) == (1, 1) for target in RATIOS)
    assert low.survives("16:9")[1] == 0 and low.survives("4:5") == (1, 1)
    assert told(safe) == "四個版位都完整。" and "字剩 0%" in told(low)


def test_every_named_place_lies_inside_its_own_picture():
    for master in RATIOS:
        for spot in SPOTS:
            for line in LINES:
                assert layout(master, spot, line).survives(master)[0] == pytest.approx(1)


def test_what_is_no_ratio_or_place_is_said():
    for odd in ("4/5", "0:5", "高", "1:2:3"):
        with pytest.raises(TableError, match="4:5"):
            ratio(odd)
    with pytest.raises(TableError, match="偏左"):
        layout("4:5", "右下")


def test_the_panel_follows_its_choices():
    panel = crop_explorer("4:5", "偏左", "壓在最下面")
    before = panel.picture.value
    panel.choices["spot"].value = "正中央"
    panel.choices["line"].value = "圖上不放字"
    assert panel.picture.value != before and "都完整" in panel.sentence.value
