"""Facts: every figure has its denominator, source, date and confidence, and every disagreement is said with its reason."""

import ast
from pathlib import Path

import pandas as pd
import pytest

import xiaobian as xb
from xiaobian import datasets
from xiaobian.cli import structure
from xiaobian.errors import KitError, NotFound
from xiaobian.plotting import review
from xiaobian.trends.facts import MEASURES, conflicts, every_fact

PACKAGE = Path(xb.__file__).parent
FACTS = every_fact()
TOPICS = list(FACTS["topic"].unique())


def test_every_row_of_both_tables_is_a_fact_once():
    assert len(FACTS) == sum(len(datasets.reference(name)) for name in ("tw_facts", "trend_facts"))
    assert FACTS["id"].is_unique and FACTS["topic"].notna().all()
    assert set(FACTS["measure"].dropna()) == set(MEASURES)


@pytest.mark.parametrize(
    "column", ["figure", "denominator", "population", "period", "source", "checked", "confidence"]
)
def test_no_figure_stands_without_what_it_takes_to_read_it(column):
    assert FACTS[column].notna().all() and (FACTS[column].str.len() > 0).all()


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_is_found_whole_and_told(topic):
    found = xb.trends.facts(topic)
    assert set(found.table["id"]) == set(FACTS.loc[FACTS["topic"] == topic, "id"])
    assert found.topic in repr(found)
    for row in found.shown.reset_index().to_dict("records"):
        assert xb.evidence(row["id"]).figure == row["數字"]


@pytest.mark.parametrize("topic", ["threads", "facebook", "短影音", "小紅書", "品牌爭議", "BeReal"])
def test_each_picture_shows_every_percentage_and_misleads_nobody(topic):
    found = xb.trends.facts(topic)
    if not len(found.percentages):
        with pytest.raises(KitError, match="沒有百分比"):
            found.plot()
        return
    figure = found.plot()
    words = {text.get_text() for text in figure.axes[0].texts}
    assert {f"{value:g}%" for value in found.percentages["value"]} <= words
    assert not [f for f in review(figure.axes[0]) if f.severity == "error"]


def test_a_platform_is_found_by_its_name_too_and_words_by_what_they_stand_in():
    assert (
        xb.trends.facts(" Threads ").table["id"].tolist() == xb.trends.facts("threads").table["id"].tolist()
    )
    words = xb.trends.facts("MIC")
    assert words.topic == "「MIC」" and words.table["source"].str.contains("MIC").all()


def test_one_question_alone():
    years = xb.trends.facts("facebook", "most_used")
    assert len(years.table) == 4 and set(years.table["measure"]) == {"most_used"}
    assert set(years.conflicts["why"]) == {"期間不同"}
    assert "從 2022 的 61.22% 到 2025 的 51.38%" in years.say() and "抽樣誤差" in years.say()


def test_figures_that_disagree_come_with_the_reason():
    pairs = xb.trends.facts("threads").conflicts.set_index(["one", "other"])
    account_often = pairs.loc[("ncc_2025_account_threads", "mic_2025_often_threads")]
    assert account_often["why"].startswith("題目") and not account_often["same_question"]
    young = pairs.loc[("mic_2025_often_threads", "mic_2025_often_threads_1824")]
    assert "年齡層" in young["why"] and "題目" not in young["why"]
    traffic = pairs.loc[("similarweb_2024_threads", "similarweb_2025_threads")]
    assert traffic["why"] == "期間不同" and traffic["times"] == pytest.approx(21.83 / 7.01)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_declared_conflict_is_listed_as_the_same_question(topic):
    found = xb.trends.facts(topic)
    inside = set(found.table["id"])
    declared = {
        frozenset((row["id"], other))
        for row in found.table.dropna(subset="conflict_with").to_dict("records")
        for other in row["conflict_with"].split()
        if other in inside
    }
    listed = found.conflicts[found.conflicts["same_question"]]
    assert declared <= {frozenset(pair) for pair in listed[["one", "other"]].to_numpy()}
    for row in listed.to_dict("records"):
        assert row["figure_one"] in found.say() and row["figure_other"] in found.say()


def test_two_prints_of_one_question_are_caught_without_a_declaration():
    row = FACTS[FACTS["id"] == "twnic_2025_tiktok"]
    copied = pd.concat([row, row.assign(id="copy", value=26.0, figure="26%")])
    pairs = conflicts(copied)
    assert pairs["same_question"].tolist() == [True]
    assert conflicts(row).empty


def test_n_is_read_only_where_it_is_the_base():
    n = FACTS.set_index("id")["n"]
    assert n["twnic_2025_tiktok"] == 2142 and n["yahoo_2023_accept_ai"] == 8000
    assert pd.isna(n["twnic_2025_short_video_1829"]) and pd.isna(n["mic_2025_often_threads"])


@pytest.mark.parametrize(
    ("topic", "kind", "says"),
    [
        ("thraeds", NotFound, "Threads"),
        ("instagrm", NotFound, "Instagram"),
        ("短影片", NotFound, "短影音"),
        ("貓咪", NotFound, "有數字的主題"),
        (3, KitError, "寫成文字"),
        ("", KitError, "寫成文字"),
    ],
)
def test_an_unknown_topic_gives_the_near_ones(topic, kind, says):
    with pytest.raises(kind, match=says):
        xb.trends.facts(topic)


def test_an_unknown_measure_gives_those_there_are():
    with pytest.raises(NotFound, match="traffic"):
        xb.trends.facts("threads", "daily")


def words_in(file):
    """Every text a module holds, but for its docstrings and the formats of numbers."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    about = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    formats = [node.format_spec for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec]
    about |= {id(part) for spec in formats for part in ast.walk(spec)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about:
            yield node.value


def typed(text):
    """Figures in a text; the level of an interval is none."""
    shares = [share for share in structure.PERCENT.findall(text) if share != "95"]
    return [*shares, *structure.COUNT.findall(text), *structure.YEAR.findall(text)]


@pytest.mark.parametrize(
    "file",
    ["trends/facts.py", "trends/facts_plot.py", "trends/reach.py", "trends/platforms.py", "trends/platforms_words.py",
     "trends/platforms_plot.py", "panels/platforms.py", "exercises/bank/l1_01_platform_landscape.py"],
)  # fmt: skip
def test_no_figure_from_outside_is_typed_into_code(file):
    assert not [(text, typed(text)) for text in words_in(PACKAGE / file) if typed(text)]


def test_a_typed_figure_would_be_seen():
    assert typed("常用 17.5%") and typed("4 億人") and typed("2025 年調查")
