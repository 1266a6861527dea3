"""A card as data and as pixels: bad specs get reasons, lines break where Chinese may break, nothing becomes tofu."""

import io

import numpy as np
import pytest
from PIL import Image

from xiaobian.errors import KitError, NotFound
from xiaobian.planning import design
from xiaobian.planning.design.drawing import layers, picture
from xiaobian.planning.design.spec import Block
from xiaobian.planning.design.typesetting import GETA, NO_END, NO_START, laid, lines_of, missing, runs, tokens

HEAD = {"role": "headline", "text": "秋茶到了", "x": 90, "y": 300, "width": 900, "size": 120, "colour": "#1F3A34"}


def spec(**changes):
    return {"name": "秋茶", "platform": "instagram", "format": "image", "blocks": [HEAD]} | changes


def block(text, width=400, size=40, **more):
    return Block(more.pop("role", "body"), text, 0, 0, width, size, "#000000", **more)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (spec(platform="instagrm"), "可用的版位"),
        (spec(format="live"), "可用的版位"),
        (spec(blocks=[]), "沒有任何文字"),
        (spec(blocks={"role": "headline"}), "寫成一份清單"),
        (spec(blocks=["秋茶"]), "欄位: 值"),
        (spec(blocks=[HEAD | {"role": "title"}]), "headline"),
        (spec(blocks=[HEAD | {"colour": "green"}]), "#RRGGBB"),
        (spec(blocks=[HEAD | {"colour": None}]), "加引號"),
        (spec(blocks=[HEAD | {"size": "120px"}]), "不是數字"),
        (spec(blocks=[HEAD | {"size": 4000}]), "超出範圍"),
        (spec(blocks=[HEAD | {"size": float("nan")}]), "不是數字"),
        (spec(blocks=[HEAD | {"width": 40}]), "放得下一個字"),
        (spec(blocks=[HEAD | {"text": "  "}]), "沒有字"),
        (spec(blocks=[HEAD | {"text": "茶" * 501}]), "501 個字元"),
        (spec(blocks=[HEAD | {"color": "#000000"}]), "colour"),
        (spec(blocks=[{"role": "headline", "text": "秋茶"}]), "少了「x、y、width、size、colour」"),
        (spec(blocks=[HEAD | {"bold": "yes"}]), "true 或 false"),
        (spec(shapes=[{"kind": "star", "x": 0, "y": 0, "width": 9, "height": 9, "colour": "#000000"}]), "rect"),
        (spec(background={"colour": "#FFFFFF", "direction": "up"}), "diagonal"),
        (spec(photo="cake.jpg"), "沒有「photo」這個欄位"),
        ("name: 秋茶\n  platform: [", "YAML"),
        ("- 一\n- 二", "欄位: 值"),
        ("missing.yml", "打不開"),
    ],
)
def test_a_bad_card_says_what_to_mend(bad, says):
    with pytest.raises(KitError, match=r".") as raised:
        design.load(bad)
    assert says in str(raised.value)


def test_a_missing_list_or_a_double_name_is_told(tmp_path):
    file = tmp_path / "cards.yml"
    file.write_text("card: 1", encoding="utf-8")
    with pytest.raises(design.CardError, match="cards 這份清單"):
        design.load_many(file)


def test_yaml_text_file_and_dict_give_the_same_card(tmp_path):
    import yaml

    text = yaml.safe_dump(spec(), allow_unicode=True)
    file = tmp_path / "card.yml"
    file.write_text(text, encoding="utf-8-sig")
    assert design.load(spec()) == design.load(text) == design.load(file)


def test_a_change_leaves_the_first_card_alone():
    card = design.load(spec())
    assert card.changed("headline", size=90).blocks[0].size == 90 and card.blocks[0].size == 120
    assert card.changed(alt="秋茶").alt == "秋茶" and card.alt == ""
    with pytest.raises(design.CardError, match="沒有「sub」這一塊"):
        card.changed("sub", size=1)
    with pytest.raises(design.CardError, match="不能改"):
        card.changed("headline", wide=1)


@pytest.mark.parametrize("place", design.canvases())
def test_every_placement_draws_at_its_size(place):
    card = design.load(spec(platform=place[0], format=place[1], blocks=[HEAD | {"x": 60, "y": 200, "width": 600}]))
    image = Image.open(io.BytesIO(design.render(card)))
    assert image.size == (card.canvas.width, card.canvas.height)
    left, top, right, bottom = card.canvas.safe
    assert 0 <= left < right <= card.canvas.width and 0 <= top < bottom <= card.canvas.height


def test_an_unknown_placement_lists_those_there_are():
    with pytest.raises(NotFound, match="instagram／story"):
        design.canvas("myspace", "image")


LONG = "「米穀」戚風，今天（週六）只要 120 元！搭配一杯冷泡金萱…還有 Hojicha Roll，20% 的朋友說：好吃。"


@pytest.mark.parametrize("width", range(90, 700, 50))
@pytest.mark.parametrize("role", ["body", "headline"])
def test_no_line_begins_or_ends_where_it_may_not(width, role):
    lines = lines_of(block(LONG, width, role=role))
    assert all(line[0] not in NO_START for line in lines) and all(line[-1] not in NO_END for line in lines)
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")


def test_words_and_measures_stay_whole():
    pieces = tokens("Hojicha 只要 120 元，9月12日 10:00–21:00")
    assert "Hojicha " in pieces or "Hojicha" in [p.strip() for p in pieces]
    assert "120 元，" in pieces and "9月" in pieces and "10:00–21:00" in pieces


def test_a_title_does_not_leave_one_sign_alone():
    assert min(map(len, lines_of(block("今晚想喝哪一杯呢", 300, 60, role="headline")))) >= 3
    assert len(lines_of(block("出示這則訊息就可以，六家門市都適用。", 680, 40))[-1]) > 2


def test_a_word_wider_than_its_column_is_cut_rather_than_lost():
    lines = lines_of(block("Pneumonoultramicroscopic", 100, 40))
    assert "".join(lines) == "Pneumonoultramicroscopic" and len(lines) > 3


def test_line_breaks_of_the_author_are_kept():
    assert lines_of(block("一\n二", 400)) == ("一", "二")


@pytest.mark.parametrize("text", ["焙茶🍵", "👨‍👩‍👧 一家", "☁ ✓ → ①", "ㄅㄆㄇ", "Café ñ", "“引號”—…", "￥㎡", "🇹🇼"])
def test_common_signs_are_drawn_by_some_font(text):
    assert missing(text) == missing(text, "serif") == ()


def test_a_missing_sign_is_named_and_drawn_as_a_geta_mark():
    assert missing("𠮷野家𓀀𠮷") == ("𠮷", "𓀀")
    assert "".join(part for part, _ in runs("𠮷野", "serif")).startswith(GETA)
    assert laid(block("𠮷野")).missing == ("𠮷",)


def test_the_ink_lies_inside_the_measured_box():
    """Drawn pixels agree with the lines that the checks measure."""
    for changes in ({}, {"align": "center"}, {"align": "right"}, {"bold": True}, {"tracking": 0.2}, {"font": "serif"}):
        card = design.load(spec(blocks=[HEAD | {"text": "秋茶到了\n一起喝", "x": 200, "width": 700} | changes]))
        before, after = (np.asarray(image.convert("L"), dtype=int) for image in layers(card))
        rows, columns = np.nonzero(np.abs(after - before) > 40)
        left, top, right, bottom = laid(card.blocks[0]).box
        assert left - 4 <= columns.min() and columns.max() <= right + 4, changes
        assert top - 4 <= rows.min() and rows.max() <= bottom + 4, changes
        assert columns.max() - columns.min() > 0.85 * (right - left)


def test_the_same_card_gives_the_same_bytes_and_another_gives_others():
    card = design.load(spec())
    assert design.render(card, 270) == design.render(card, 270)
    assert design.render(card, 270) != design.render(card.changed("headline", y=301), 270)


def test_a_gradient_runs_from_one_colour_to_the_other():
    card = design.load(spec(background={"colour": "#000000", "to": "#FFFFFF", "direction": "down"}))
    pixels = np.asarray(picture(card))
    assert pixels[0, 0].tolist() == [0, 0, 0] and pixels[-1, -1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["rect", "ellipse", "ring", "leaf", "hill"])
def test_a_shape_stays_in_its_box(kind):
    shape = {"kind": kind, "x": 300, "y": 700, "width": 300, "height": 200, "colour": "#B3432B"}
    changed = np.asarray(picture(design.load(spec(shapes=[shape])))) != np.asarray(picture(design.load(spec())))
    rows, columns = np.nonzero(changed.any(axis=2))
    assert columns.min() >= 300 and columns.max() <= 600 and rows.min() >= 700 and rows.max() <= 900
    assert len(rows) > 300
