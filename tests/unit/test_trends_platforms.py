"""The choice of platforms: best within the limits, honest about what is guessed, and steady in its draws."""

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian import datasets
from xiaobian.errors import KitError, NotFound, TableError
from xiaobian.plotting import review
from xiaobian.trends import choose_platforms
from xiaobian.trends.platforms import overlaps
from xiaobian.trends.reach import PREFERRED, RANGED, SEGMENTS, plans, reach_table


def value_of(found, items, repeat=0.3, nested=0.5):
    """Worth of a set by plain loops."""
    rows = found.table.set_index("platform")["reach"]
    total = sum(rows[i] for i in items)
    for place, one in enumerate(items):
        for other in items[place + 1 :]:
            product, smaller = rows[one] * rows[other], min(rows[one], rows[other])
            total -= repeat * (product + nested * (smaller - product))
    return total


@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize(("k", "hours"), [(1, 5), (2, 12), (3, 14), (4, 40)])
def test_the_choice_is_the_first_of_its_sets_and_keeps_its_limits(segment, k, hours):
    found = choose_platforms(k, segment, hours)
    assert found.sets.iloc[0]["items"] == found.platforms
    assert (found.sets["hours"] <= hours).all() and found.sets["items"].map(len).max() <= k
    assert found.sets["wins"].sum() == pytest.approx(1)
    assert found.table.loc[found.table["chosen"], "hours"].sum() == found.choice.used["hours"]
    for row in found.sets.head(5).to_dict("records"):
        assert row["contacts"] == pytest.approx(value_of(found, row["items"]))
    assert found.sets["contacts"].is_monotonic_decreasing


@pytest.mark.parametrize("segment", SEGMENTS)
def test_reach_comes_from_figures_on_record_or_says_that_it_is_a_guess(segment):
    table = reach_table(segment)
    assert set(table["platform"]) == set(plans().index)
    assert ((table["low"] <= table["reach"]) & (table["reach"] <= table["high"]) & (table["high"] <= 1)).all()
    for row in table.to_dict("records"):
        cards = [xb.evidence(card) for card in row["cards"].split()]
        assert cards and all(card.source and card.checked and card.confidence != "L" for card in cards)
        if row["known"]:
            values = datasets.reference("tw_facts").set_index("id").loc[row["cards"].split()]
            assert f"{float(100 * row['reach']):g}" in [f"{float(v):g}" for v in values["value"]]
            assert set(values["measure"]) <= set(RANGED) and set(PREFERRED) & set(values["measure"])
        else:
            assert "沒有數字" in row["basis"] and "設計參數" in row["basis"]


def test_only_one_answer_shares_and_traffic_are_not_reach():
    threads = reach_table().set_index("platform").loc["threads"]
    assert "most" not in threads["cards"] and "similarweb" not in threads["cards"]
    assert threads["low"] > 0.05 and threads["high"] < 0.2184


def test_hours_are_design_parameters_and_skills_point_at_lessons():
    table = plans()
    assert (table["source"] == "設計參數").all() and (table["hours_week"] > 0).all()
    assert {lesson for row in table["lessons"] for lesson in row.split()} <= set(datasets.course())


def test_more_hours_and_more_platforms_never_bring_less():
    brings = [choose_platforms(3, "all", hours).choice.value for hours in (4, 8, 12, 16, 24, 40)]
    assert brings == sorted(brings) and brings[0] < brings[-1]
    brings = [choose_platforms(k, "all", 40).choice.value for k in (1, 2, 3, 4)]
    assert brings == sorted(set(brings))


def test_what_binds_is_named_with_what_it_would_take():
    found = choose_platforms(3, "all", 12)
    hours = next(b for b in found.choice.binding if b.limit == "hours")
    assert choose_platforms(3, "all", 12 + hours.more).choice.value > found.choice.value
    assert choose_platforms(3, "all", 11.9 + hours.more).platforms == found.platforms
    assert f"每週再 {hours.more:g} 小時" in found.say()
    assert "卡在平台數" in choose_platforms(3, "all", 40).say()


def test_an_age_group_without_a_figure_is_told_and_can_be_left_out():
    guessed = choose_platforms(3, "18-24", 14)
    assert not guessed.table.set_index("platform").loc["facebook", "known"]
    assert "是猜的" in guessed.say() and any("先用全體的數字猜" in note for note in guessed.notes)
    sure = choose_platforms(3, "18-24", 14, unknown="leave_out")
    assert set(sure.platforms) == {"instagram", "threads", "dcard"} and sure.table["known"].all()
    assert "是猜的" not in sure.say()


def test_line_joins_only_when_asked():
    assert "line" not in set(choose_platforms(4, "all", 40).table["platform"])
    assert "line" in choose_platforms(1, "all", 40, platforms=["line", "facebook"]).platforms


def test_the_draws_are_the_same_each_time_and_follow_the_ranges():
    one, two = choose_platforms(3, "all", 14), choose_platforms(3, "all", 14)
    pd.testing.assert_frame_equal(one.sets, two.sets)
    table = reach_table()
    narrow = table.assign(low=table["reach"], high=table["reach"])
    assert choose_platforms(3, "all", 14, reach=narrow).wins > 0.95 > one.wins


def test_your_own_reach_replaces_the_reference():
    own = pd.DataFrame(
        {
            "platform": ["dcard", "x"],
            "reach": [0.1, 0.5],
            "low": [0.1, 0.4],
            "high": [0.2, 0.6],
            "hours": [1, 2],
        }
    )
    found = choose_platforms(1, hours=5, reach=own)
    assert found.platforms == ("x",) and found.say().startswith("你的受眾")


def test_overlap_lies_between_independent_and_nested():
    reach = np.array([[0.5, 0.4], [0.9, 0.2]])
    assert overlaps(reach, np.array([0.0, 1.0]))[:, 0, 1].tolist() == pytest.approx([0.2, 0.2])
    assert overlaps(reach[0], 0.5)[0, 1] == pytest.approx(0.3)


@pytest.mark.parametrize("kind", ["sets", "reach"])
@pytest.mark.parametrize("segment", SEGMENTS)
def test_pictures_mislead_nobody(kind, segment):
    figure = choose_platforms(3, segment, 14).plot(kind)
    assert "Facebook" in repr(figure)
    assert not [f for f in review(figure.axes[0]) if f.severity == "error"]


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: choose_platforms(0), KitError, "1 到 4"),
        (lambda: choose_platforms(True), KitError, "1 到 4"),
        (lambda: choose_platforms(2, "all", -1), KitError, "大於 0"),
        (lambda: choose_platforms(2, "all", 2), KitError, "養不起"),
        (lambda: choose_platforms(2, "35-44"), NotFound, "18-24"),
        (lambda: choose_platforms(2, platforms=["plurk"]), NotFound, "plurk"),
        (lambda: choose_platforms(2, unknown="maybe"), NotFound, "leave_out"),
        (lambda: choose_platforms(2, repeat=2), KitError, "repeat"),
        (lambda: choose_platforms(2).plot("pie"), NotFound, "sets"),
        (lambda: choose_platforms(2, reach=3), TableError, "一張表"),
        (lambda: choose_platforms(2, reach=pd.DataFrame({"platform": ["x"]})), TableError, "缺少欄位"),
        (lambda: choose_platforms(2, reach=pd.DataFrame({"platform": ["x"], "reach": [50], "low": [40], "high": [60], "hours": [3]})), TableError, "除以 100"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(call, kind, says):
    with pytest.raises(kind, match=says):
        call()


def test_the_explorer_redraws_with_every_choice():
    panel = xb.panels.platforms_explorer()
    assert repr(panel).startswith("互動面板：")
    for name, box in panel.choices.items():
        assert box.description.strip(), name
        before = (bytes(panel.picture.value), panel.sentence.value)
        box.value = box.options[-1][1] if box.value != box.options[-1][1] else box.options[0][1]
        assert "執行錯誤" not in panel.sentence.value
        assert (bytes(panel.picture.value), panel.sentence.value) != before, name
    assert {box.value for box in panel.choices.values()} == {"18-24", "24", "4", "leave_out", "sets"}
