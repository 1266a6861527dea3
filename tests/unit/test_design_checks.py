"""What the checks find on cards: planted faults by their own rule, nothing on good cards, fixes that fix."""

from pathlib import Path

import numpy as np
import pytest

from xiaobian.errors import NotFound
from xiaobian.planning import design
from xiaobian.planning.design import seeing
from xiaobian.planning.design.alternative import longest, said
from xiaobian.planning.design.canvas import rule
from xiaobian.planning.design.faults import EXPECTED, FAULTS
from xiaobian.planning.design.findings import place_words

GOOD = design.load_many(Path(__file__).parents[1] / "data" / "good_cards.yml")
BASE = GOOD["秋收米穀戚風"]


@pytest.fixture(scope="module")
def reviews():
    return {name: design.lint(card) for name, card in GOOD.items()}


def test_at_least_twenty_good_cards_and_hardly_a_false_alarm(reviews):
    flagged = [name for name, review in reviews.items() if not review.passed]
    assert len(GOOD) >= 20 and len(flagged) <= 1, flagged
    assert not any(review.count("error") for review in reviews.values())


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found_by_its_rule(fault, reviews):
    planted = [(n, bad) for n, card in GOOD.items() if reviews[n].passed and (bad := design.plant(card, fault))]
    name = EXPECTED.get(fault, fault)
    assert len(planted) >= 3
    for card_name, bad in planted[:2]:
        assert name in design.lint(bad).rules, card_name


def test_an_unknown_fault_lists_those_there_are():
    with pytest.raises(NotFound, match="small_text"):
        design.plant(BASE, "ugly")


FIXABLE = ("contrast", "small_text", "misaligned", "leading", "two_headlines", "weak_headline", "off_palette")


@pytest.mark.parametrize("fault", FIXABLE)
def test_carrying_out_the_fix_clears_the_finding(fault):
    name = EXPECTED.get(fault, fault)
    bad = design.plant(BASE if fault != "leading" else GOOD["夜茶市集"], fault)
    finding = next(f for f in design.lint(bad) if f.rule == name)
    assert finding.change
    assert name not in design.lint(bad.changed(finding.block, **finding.change)).rules


@pytest.mark.parametrize("fault", ["safe_area", "margin"])
def test_the_move_that_is_named_brings_a_block_back(fault):
    import re

    card = next(c for c in GOOD.values() if design.plant(c, fault))
    bad = design.plant(card, fault)
    finding = next(f for f in design.lint(bad) if f.rule == fault)
    (way, pixels), = re.findall(r"往(.)移 (\d+) px", finding.fix)
    step = int(pixels) * (1 if way in "右下" else -1)
    block = bad.blocks[finding.block]
    moved = {"x": block.x + step} if way in "左右" else {"y": block.y + step}
    assert fault not in design.lint(bad.changed(finding.block, **moved)).rules


def test_contrast_is_measured_where_it_is_worst_and_not_by_the_spec():
    """A dark patch under one third of a dark headline: the spec's colours still agree, the pixels do not."""
    bad = design.plant(BASE, "local_contrast")
    finding = next(f for f in design.lint(bad) if f.rule == "contrast")
    head = bad.blocks[finding.block]
    assert seeing.contrast(head.colour, bad.background.colour) > 7
    assert "只有一部分" in finding.what
    assert (finding.box[0] + finding.box[2]) / 2 > head.x + 300


def test_contrast_follows_the_definition():
    assert seeing.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert seeing.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert seeing.contrast("#949494", "#FFFFFF") == pytest.approx(3.03, abs=0.01)
    assert seeing.contrast("#B3432B", "#FBF6EC") == seeing.contrast("#FBF6EC", "#B3432B")


@pytest.mark.parametrize(("size", "bold", "needed"), [(66, False, 4.5), (67, False, 3), (52, True, 3), (51, True, 4.5)])
def test_large_text_is_large_on_the_phone(size, bold, needed):
    from xiaobian.planning.design.measuring import Measured

    card = BASE.changed("body", size=size, bold=bold)
    assert Measured(card).needed(card.blocks[card.place("body")]) == needed


def test_the_same_size_is_too_small_where_the_card_is_shown_smaller():
    head = {"role": "headline", "text": "秋茶", "x": 100, "y": 350, "width": 800, "size": 150, "colour": "#1F3A34"}
    body = head | {"role": "body", "text": "今天到店", "y": 620, "size": 40}
    made = {"name": "秋茶", "alt": "大字秋茶，今天到店，米白底。", "background": {"colour": "#FBF6EC"}, "blocks": [head, body]}
    small = {
        p: "small_text" in design.lint(design.load(made | {"platform": p, "format": "image"})).rules
        for p in ("instagram", "line")
    }
    assert small == {"instagram": False, "line": True}


def test_a_grey_that_everyone_sees_alike_stays_grey_and_red_on_green_does_not_stay_apart():
    for vision in seeing.VISIONS:
        assert np.ptp(seeing.simulated("#808080", vision)) < 1.5
    apart = seeing.distance("#C0392B", "#3E7A2E")
    seen = [seeing.simulated(c, "deutan") for c in ("#C0392B", "#3E7A2E")]
    assert seeing.distance(*seen) < apart / 2


@pytest.mark.parametrize(
    ("alt", "rule_name"),
    [
        ("", "alt_missing"), ("   ", "alt_missing"), ("圖片", "alt_placeholder"), ("IMG_2043.jpg", "alt_placeholder"),
        ("商品圖 01", "alt_placeholder"), ("活動海報（1）.png", "alt_placeholder"), ("秋收米穀戚風", "alt_short"),
        ("三位店員站在門口微笑，陽光很好。", "alt_unrelated"),
        ("大字寫著秋收米穀戚風，新米磨粉，出爐當天賣完，六家門市限量。", "alt_facts"),
        ("秋收米穀戚風" * 200, "alt_too_long"),
    ],
)  # fmt: skip
def test_the_alt_text_gets_its_own_reason(alt, rule_name):
    assert design.lint(BASE.changed(alt=alt)).rules == {rule_name}


def test_limits_of_alt_texts_come_from_the_table():
    assert (longest("instagram"), longest("linkedin"), longest("facebook")) == (1000, 4086, int(rule("alt_longest")))
    assert said("茶園小抄", "") == 1.0


def test_a_review_reads_as_sentences_and_as_a_table():
    review = design.lint(design.plant(BASE, "small_text"))
    assert repr(review).splitlines()[0].endswith("找到 1 處") and "改法" in repr(review)
    assert review.table.columns.tolist() == ["嚴重度", "規則", "哪裡", "量到什麼", "改法"] and len(review.table) == 1
    assert review.count("error") == 1 and not review.passed and "必須修改 1 處" in review.say()


def test_hostile_words_stay_words():
    bad = BASE.changed("body", text="<img src=x onerror=alert(1)>", size=12)
    page = design.lint(bad)._repr_html_()
    assert "<img" not in page and "&lt;img" in page


def test_pictures_show_and_say():
    bad = design.plant(BASE, "contrast")
    two = design.before_after(bad, BASE, 200)
    assert two.png.startswith(b"\x89PNG") and "改之前必須改 1 處" in repr(two) and "沒有要改的" in repr(two)
    mark = design.lint(bad).plot(240)
    assert mark.size[0] == 240 and mark.png != design.lint(BASE).plot(240).png
    assert "8 張" not in repr(design.sheet([BASE, bad], 160)) and repr(design.sheet([BASE, bad], 160)).startswith("圖：2 張")
    assert "390 px" in repr(design.on_phone(BASE))


def test_the_palette_says_what_may_carry_text():
    pairs = design.accessible_pairs()
    assert len(pairs) == len(design.brand_palette()) * (len(design.brand_palette()) - 1)
    by = pairs.set_index(["字", "底"])
    assert by.loc[("墨", "米白"), "可以用在"] == "任何大小" and by.loc[("稻穗", "米白"), "可以用在"] == "只當裝飾"
    assert (pairs["對比"].diff().dropna() <= 1e-9).all()


def test_a_place_has_a_word():
    on = design.canvas("instagram", "image")
    assert [place_words(box, on) for box in ((0, 0, 9, 9), (500, 600, 560, 700), (1000, 600, 1080, 700))] == ["左上", "正中", "右側"]


@pytest.mark.parametrize(
    "block",
    [
        {"text": "🍵☁"}, {"text": "a" * 200, "width": 300}, {"text": "茶" * 400, "size": 600, "leading": 4, "fill": "#D9A441"},
        {"x": -3000, "y": 9000, "fill": "#D9A441"}, {"text": "，"}, {"text": "ก안녕\u200d"}, {"size": 8, "tracking": -0.1},
    ],
)  # fmt: skip
def test_odd_cards_are_judged_and_drawn(block):
    bad = BASE.changed("body", **block)
    review = design.lint(bad)
    only_ornament = not any(sign.isalnum() for sign in bad.blocks[bad.place("body")].text)
    assert review.passed == only_ornament and repr(review) and review._repr_html_()
    assert design.render(bad, 100).startswith(b"\x89PNG") and review.plot(100).png
