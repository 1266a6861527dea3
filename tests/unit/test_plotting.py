"""The theme draws every character silently, and the chart vocabulary keeps its promises."""

from __future__ import annotations

import io
import itertools
import logging
import warnings
from base64 import b64decode

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from PIL import Image

from xiaobian import plotting
from xiaobian.errors import NotFound
from xiaobian.plotting import theme, tofu
from xiaobian.tables import PLATFORMS

STRINGS = {
    "chinese": "今天的米穀戚風，只要 NT$199！「焙茶生乳捲」…；週三（含）前下單",
    "full width": "－！，「」％～ＡＢＣ１２３／｜＋＝",
    "symbols": "▲▼✓◐✗◆○●★☆①→➜−–—·・÷×≥≤½",
    "emoji": "👩🏽‍🍳 ❤️ ☕️ 👨‍👩‍👧‍👦 1️⃣ 🇹🇼 🏳️‍🌈 ✨🔥🥹",
    "rare Han": "𠮷 𫝀 𮯠",
    "private use": "\ue000 \U000f0000",
    "invisible": "零寬\u200b連\u2060字\u00ad\t表\r\ufe0f",
    "other scripts": "한국어 ไทย かな Tiếng Việt Привет",
    "styled letters": "𝗕𝗼𝗹𝗱 𝓱𝓮𝔂",
    "decoration": "꒰ა ˚₊‧ ໒꒱ ꔛ",
}


@pytest.fixture
def no_system_fonts(monkeypatch):
    """Only the fonts that ship inside matplotlib, as on a bare machine."""
    inside = [f for f in font_manager.fontManager.ttflist if f.fname.startswith(mpl.get_data_path())]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", inside)
    font_manager.fontManager._findfont_cached.cache_clear()
    with mpl.rc_context():
        yield
    font_manager.fontManager._findfont_cached.cache_clear()


@pytest.fixture
def themed():
    with mpl.rc_context():
        plotting.use_theme()
        yield


def drawn(text: str, **look: object) -> np.ndarray:
    """Darkness of each pixel of one line of text."""
    figure = Figure(figsize=(8, 1), layout="none")
    figure.text(0.01, 0.4, text, fontsize=20, **look)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return 255 - np.asarray(canvas.buffer_rgba())[..., 0].astype(int)


@pytest.mark.parametrize("kind", STRINGS)
@pytest.mark.parametrize(
    "look", [{}, {"fontweight": "bold"}, {"fontweight": 600, "fontstyle": "italic"}], ids=str
)
def test_every_string_draws_without_a_word(no_system_fonts, caplog, kind, look):
    with caplog.at_level(logging.WARNING), warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.use_theme()
        assert drawn(STRINGS[kind], **look).any()
    assert not caplog.records, [record.message for record in caplog.records]


@pytest.mark.parametrize(
    ("kind", "font"),
    [
        ("chinese", "Noto Sans TC"),
        ("emoji", "Noto Emoji"),
        ("rare Han", tofu.FAMILY),
        ("symbols", "DejaVu Sans"),
    ],
)
def test_without_its_font_the_string_would_warn(no_system_fonts, kind, font):
    plotting.use_theme()
    fonts = [name for name in theme.FONTS if name not in (font, tofu.FAMILY)]
    with mpl.rc_context({"font.family": fonts}), pytest.warns(UserWarning, match="missing from font"):
        drawn(STRINGS[kind])


def test_what_nobody_can_draw_is_a_box_and_what_is_invisible_takes_no_room(themed):
    assert (drawn("𠮷") == drawn("\ue000")).all()
    right = [int(np.flatnonzero(drawn(text).any(axis=0))[-1]) for text in ("ab", "a\u2060b", "a𠮷b")]
    assert abs(right[1] - right[0]) <= 2 < right[2] - right[0]
    assert (drawn("𠮷") != drawn("")).any()


def test_the_box_font_is_what_its_builder_makes(tmp_path):
    from fontTools.ttLib import TTFont

    made, kept = TTFont(tofu.build(tmp_path / "tofu.ttf")), TTFont(tofu.PATH)
    for tag in ("cmap", "glyf", "hmtx", "name"):
        assert made.reader[tag] == kept.reader[tag], tag
    reader = FT2Font(str(tofu.PATH))
    assert all(reader.get_char_index(code) for code in range(0, 0x110000, 101))


def test_our_font_wins_over_a_system_font_of_the_same_name(no_system_fonts):
    elsewhere = font_manager.FontEntry(fname="/elsewhere/NotoSansTC.ttf", name="Noto Sans TC", weight=400)
    font_manager.fontManager.ttflist.insert(0, elsewhere)
    plotting.use_theme()
    assert "pylopdf_fonts_zh_tw" in font_manager.findfont("Noto Sans TC")


def test_using_the_theme_twice_registers_nothing_twice(no_system_fonts):
    plotting.use_theme()
    before = len(font_manager.fontManager.ttflist)
    plotting.use_theme()
    assert len(font_manager.fontManager.ttflist) == before


def test_a_list_of_fonts_is_searched_once_and_again_when_something_changed(no_system_fonts, monkeypatch):
    plotting.use_theme()
    manager, asked = font_manager.fontManager, []
    search = type(manager).findfont
    monkeypatch.setattr(
        type(manager), "findfont", lambda self, *a, **k: asked.append(1) or search(self, *a, **k)
    )
    plain, generic = font_manager.FontProperties(), font_manager.FontProperties(family=["sans-serif", "serif"])

    def found(properties):
        asked.clear()
        names = [str(one) for one in manager._find_fonts_by_props(properties)]
        return names, len(asked)

    names, _ = found(plain)
    assert names == [str(one) for one in type(manager)._find_fonts_by_props(manager, plain)]
    assert found(plain) == (names, 0)
    assert found(font_manager.FontProperties(weight="bold"))[1] == len(theme.FONTS)
    assert "NotoSansTC" in found(generic)[0][0].replace("-", "")
    mpl.rcParams["font.sans-serif"] = ["STIXGeneral"]
    assert "STIXGeneral" in found(generic)[0][0]
    manager.ttflist.insert(0, font_manager.FontEntry(fname="/elsewhere/other.ttf", name="Other", weight=400))
    assert found(plain) == (names, len(theme.FONTS))


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_on_white(colour: str) -> float:
    return 1.05 / (luminance(colour) + 0.05)


def lab(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(matrix @ linear / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_palette_can_be_seen_on_white_and_told_apart():
    assert contrast_on_white("#FFFFFF") == pytest.approx(1)
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert all(contrast_on_white(colour) >= 3 for colour in plotting.PALETTE.values())
    assert contrast_on_white(plotting.TEXT) >= 7
    assert contrast_on_white(plotting.SECONDARY) >= 4.5
    pairs = itertools.combinations(plotting.PALETTE.values(), 2)
    assert min(float(np.linalg.norm(lab(a) - lab(b))) for a, b in pairs) >= 30


def test_every_platform_has_its_own_look():
    styles = {platform: plotting.platform_style(platform) for platform in PLATFORMS}
    looks = {(style.colour, style.marker) for style in styles.values()}
    assert len(looks) == len(PLATFORMS)
    assert len({style.marker for style in styles.values()}) == len(PLATFORMS)
    assert all(style.marker != "D" for style in styles.values()), "the diamond belongs to the truth"
    assert {style.label for style in styles.values()} == set(PLATFORMS.values())
    with pytest.raises(NotFound, match="instagram"):
        plotting.platform_style("myspace")


@pytest.mark.parametrize("width", [4.5, 7])
def test_a_long_title_breaks_at_a_phrase_and_nothing_overlaps(width):
    figure, ax = plotting.chart(width, 4)
    finding = "晚上的素材開頭平均強了 0.9 個標準差，不是晚上捧紅了素材；「好素材留到晚上」才是原因"
    plotting.titled(
        ax, finding, "嶼穗茶食，Instagram，2026 年 1–3 月，n = 220 則（不含限時動態）；線段是 95% 信賴區間"
    )
    figure.draw_without_rendering()
    title, data = ax._left_title, next(t for t in ax.texts if t.get_gid() == "data-line")
    lines = title.get_text().split("\n")
    assert len(lines) > 1
    assert "".join(lines) == finding
    assert all(
        line[-1] in "，：；、" or following[0] in "「（" for line, following in itertools.pairwise(lines)
    )
    boxes = [ax.get_window_extent(), data.get_window_extent(), title.get_window_extent()]
    assert all(low.y1 <= high.y0 for low, high in itertools.pairwise(boxes))
    assert all(box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height for box in boxes)
    assert boxes[1].x0 == pytest.approx(boxes[2].x0, abs=2)


def test_a_second_title_replaces_the_first():
    figure, ax = plotting.chart()
    plotting.titled(ax, "舊標題", "舊資料")
    plotting.titled(ax, "新標題", "新資料")
    assert repr(figure) == "圖：新標題（新資料）"


def test_dollar_signs_stay_dollar_signs():
    _, ax = plotting.chart()
    plotting.titled(ax, "原價 NT$199，特價 NT$99", "定價單位 NT$，折後單位 NT$")
    assert not ax._left_title.get_parse_math()
    assert not any(text.get_parse_math() for text in ax.texts)


def test_panels_side_by_side_do_not_write_over_each_other(themed):
    figure = plotting.Chart(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for ax in (left, right):
        plotting.titled(ax, "觸及差很多，少數貼文撐起整體，平均數會騙人，先看中位數", "n = 300 則")
    figure.draw_without_rendering()
    assert left._left_title.get_window_extent().x1 <= right.get_window_extent().x0


@pytest.mark.parametrize(
    ("axis", "limits", "ticks", "expected"),
    [
        (plotting.percent_axis, (0, 0.04), [0, 0.01, 0.025], ["0%", "1.0%", "2.5%"]),
        (plotting.percent_axis, (-0.5, 0.5), [-0.4, 0, 0.4], ["−40%", "0%", "40%"]),
        (plotting.count_axis, (0, 3e4), [0, 8000, 12_000, 2e4], ["0", "8,000", "1.2 萬", "2 萬"]),
        (plotting.count_axis, (0, 3e8), [12_500, 2.5e8], ["1.25 萬", "2.5 億"]),
    ],
)
def test_axis_labels(axis, limits, ticks, expected):
    figure, ax = plotting.chart(9, 4)
    ax.set_ylim(limits)
    ax.set_yticks(ticks)
    axis(ax)
    figure.draw_without_rendering()
    assert [label.get_text() for label in ax.get_yticklabels()] == expected
    assert ax.yaxis.get_gridlines()[0].get_visible()
    assert not ax.xaxis.get_gridlines()[0].get_visible()


ROWS = pd.DataFrame(
    {
        "label": ["Instagram", "Facebook", "Threads", "LINE"],
        "value": [0.031, 0.015, 0.021, np.nan],
        "low": [0.026, 0.011, np.nan, np.nan],
        "high": [0.037, 0.020, np.nan, np.nan],
        "n": [120, 96, 4, 0],
    }
)


def test_interval_bars_show_interval_value_and_n_a_row():
    ax = plotting.interval_bars(ROWS)
    ax.figure.draw_without_rendering()
    written = [text.get_text() for text in ax.texts]
    assert [t for t in written if t.startswith("n")] == ["n = 120 則", "n = 96 則", "n = 4 則", "n = 0 則"]
    assert [t for t in written if not t.startswith("n")] == ["3.1%", "1.5%", "2.1%", "沒有資料"]
    spans = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    assert [list(span) for span in spans] == [[0.026, 0.037], [0.011, 0.020]]
    filled = [line.get_markerfacecolor() for line in ax.lines if len(line.get_xdata()) == 1]
    assert [colour == plotting.PAPER for colour in filled] == [False, False, True]
    assert ax.get_xlim()[0] == 0
    values = [t.get_window_extent() for t in ax.texts if not t.get_text().startswith("n")]
    counts = [t.get_window_extent() for t in ax.texts if t.get_text().startswith("n")]
    assert max(box.x1 for box in values) <= min(box.x0 for box in counts)
    assert max(box.x1 for box in counts) <= ax.figure.bbox.width


def test_totals_are_bars_from_zero():
    ax = plotting.interval_bars(ROWS.assign(value=[5e4, 2e4, 900, np.nan]), unit="count", exact=True)
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0, 5e4), (0, 2e4), (0, 900)]


def test_interval_line_names_a_readable_number_of_points():
    many = pd.DataFrame(
        {"label": [f"{i}" for i in range(53)], "value": 0.02, "low": 0.01, "high": 0.03, "n": 7}
    )
    ax = plotting.interval_line(many)
    ax.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))
    assert len(boxes) > 8


def test_truth_and_answer_look_as_promised():
    _, ax = plotting.chart()
    plotting.truth_mark(ax, 0.02, 1)
    plotting.answer_mark(ax, 0.03, 1)
    truth, answer = ax.lines
    assert (truth.get_marker(), truth.get_markerfacecolor()) == ("D", plotting.INK)
    assert (answer.get_marker(), answer.get_markerfacecolor()) == ("o", "none")
    assert answer.get_markeredgecolor() == plotting.BRICK
    assert [text.get_text() for text in ax.texts] == ["真值", "你的答案"]


def test_the_source_note_stands_below_the_axis_label():
    figure, ax = plotting.chart()
    ax.set_xlabel("互動率（互動 ÷ 觸及，%）")
    plotting.source_note(ax)
    figure.draw_without_rendering()
    note = figure._supxlabel
    assert note.get_text() == "島嶼沙盒模擬資料"
    assert note.get_window_extent().y1 <= ax.xaxis.label.get_window_extent().y0
    assert note.get_window_extent().y0 >= 0


def test_png_is_small_and_the_same_every_time():
    def picture() -> bytes:
        ax = plotting.interval_bars(ROWS)
        plotting.titled(ax, "Instagram 的互動率比 Facebook 高", "貼文 220 則，2026/1/5–2026/3/29")
        plotting.source_note(ax)
        return plotting.to_png(ax.figure)

    first = picture()
    assert first == picture()
    assert len(first) <= 60_000
    image = Image.open(io.BytesIO(first))
    assert image.size[0] == 9 * theme.DPI
    assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_png_holds_what_matplotlib_draws():
    figure, ax = plotting.chart()
    ax.plot([1, 2], [3, 4])
    plotting.titled(ax, "兩點一線", "n = 2")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=figure.dpi)
    expected = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE).convert("RGB")
    assert Image.open(io.BytesIO(plotting.to_png(figure))).convert("RGB").tobytes() == expected.tobytes()


def test_a_notebook_gets_the_picture_and_its_words():
    figure, ax = plotting.chart()
    plotting.titled(ax, "週三的互動率最高", "n = 42 則")
    shown = figure._repr_mimebundle_()
    assert b64decode(shown["image/png"]) == plotting.to_png(figure)
    assert shown["text/plain"] == "圖：週三的互動率最高（n = 42 則）"


def test_a_chart_wears_the_theme_and_keeps_what_the_learner_changed():
    with mpl.rc_context():
        mpl.rcdefaults()
        plotting.chart()
        assert mpl.rcParams["font.family"] == theme.FONTS
        mpl.rcParams["axes.labelsize"] = 20
        plotting.chart()
        assert mpl.rcParams["axes.labelsize"] == 20


def test_seaborn_keeps_font_and_palette(themed):
    import matplotlib.pyplot as plt
    import seaborn as sns

    posts = pd.DataFrame(
        {"平台": list("甲乙丙") * 20, "觸及": np.linspace(1e3, 5e4, 60), "週": np.arange(60) % 4}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
        sns.set_context("talk")
        figure, ax = plt.subplots()
        sns.scatterplot(posts, x="週", y="觸及", hue="平台", ax=ax)
        colours = [
            mpl.colors.to_hex(c).upper()
            for c in dict.fromkeys(map(tuple, ax.collections[0].get_facecolors()))
        ]
        assert colours == list(plotting.PALETTE.values())[:3]
        for draw in (sns.displot, sns.relplot, sns.catplot):
            x, y = ("平台", "觸及") if draw is sns.catplot else ("週", "觸及")
            grid = draw(posts, x=x, y=y)
            grid.savefig(io.BytesIO())
            assert grid.ax.xaxis.label.get_fontname() == "Noto Sans TC"
        sns.set_theme()
        plotting.use_theme()
        figure.savefig(io.BytesIO())
        assert mpl.rcParams["font.family"] == theme.FONTS
    plt.close("all")
