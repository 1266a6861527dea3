"""The explorer of posting times: every choice shows something else, and it says what the estimators found."""

import pytest

import xiaobian as xb
from xiaobian.analytics import slot_effects
from xiaobian.panels import slots
from xiaobian.sandbox import World
from xiaobian.sandbox.posted import PARTS, posted


@pytest.fixture(scope="module")
def panel():
    return xb.panels.slot_explorer()


@pytest.mark.parametrize("choice", ["kept", "matters"])
def test_a_choice_draws_another_picture_and_sentence(panel, choice):
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    box, before = panel.choices[choice], (bytes(panel.picture.value), panel.sentence.value)
    usual = box.value
    assert box.description.strip()
    box.value = box.options[0][1]
    assert panel.sentence.value.startswith('<div role="status">') and "執行錯誤" not in panel.sentence.value
    assert bytes(panel.picture.value) != before[0] and panel.sentence.value != before[1]
    box.value = usual
    assert (bytes(panel.picture.value), panel.sentence.value) == before


@pytest.mark.parametrize(
    "choices",
    [[(kept, 1.0) for kept in slots.KEPT.values()], [(1.4, much) for much in slots.MATTERS.values()]],
)
def test_no_two_choices_say_the_same(choices):
    said = set()
    for kept, matters in choices:
        found, truth, gap, _ = slots._found(107, kept, matters)
        said.add(slots._sentence(found["直接平均"].contrast("evening", "morning")[0], truth, gap))
    assert len(said) == len(choices)


def test_the_naive_mean_lies_only_where_good_content_is_kept_for_the_evening_and_matters():
    def off(kept, matters):
        found, truth, _, _ = slots._found(107, kept, matters)
        return found["直接平均"].contrast("evening", "morning")[0] - truth

    assert off(1.4, 1.0) > 0.4
    assert abs(off(0.0, 1.0)) < 0.15 > abs(off(1.4, 0.0))
    assert off(0.4, 1.0) < off(0.8, 1.0) < off(1.4, 1.0)


def test_adjusting_covers_the_truth_at_every_habit_and_weights_take_most_of_the_bias_away():
    for kept in slots.KEPT.values():
        found, truth, _, _ = slots._found(107, kept, 1.0)
        _, low, high = found["迴歸調整"].contrast("evening", "morning")
        assert low <= truth <= high, kept
        naive, weighted = (
            found[name].contrast("evening", "morning")[0] for name in ("直接平均", "反傾向加權")
        )
        if kept > 0.5:
            assert abs(weighted - truth) < 0.35 * (naive - truth), kept


def test_posted_is_the_plan_with_numbers_that_hang_on_the_draw():
    world = World(3)
    plan = world.plan(weeks=6)
    first, again, other = posted(world, plan), posted(world, plan), posted(world, plan, draw=1)
    assert first["post_id"].tolist() == plan["post_id"].tolist()
    assert first.equals(again) and not first["reach"].equals(other["reach"])
    assert (first[list(PARTS)] >= 0).all(axis=None)


def test_the_naive_title_names_the_highest_daypart():
    world = World(107)
    found = slot_effects(posted(world, world.plan(weeks=30)), method="naive", by="daypart")
    rows = found.of()
    best = rows.loc[rows["effect"].idxmax()]
    assert f"{best['label']}的互動最高" in repr(found.plot())
    assert f"共 {best['n']:,} 則" in found.say()
