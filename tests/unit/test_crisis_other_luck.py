"""The same answers under other luck, the simulated class, and action items that can be checked."""

import pytest

from xiaobian.crisis import drill, of_record
from xiaobian.crisis.drill import record
from xiaobian.crisis.drill.action_items import check_actions
from xiaobian.crisis.drill.classroom import compare, replayed
from xiaobian.crisis.drill.other_luck import answers_of, ended, plan_of, under_other_luck
from xiaobian.crisis.drill.other_luck_plot import draw_luck, wins
from xiaobian.crisis.drill.pretend_class import practice_class
from xiaobian.crisis.drill.setup import Setup
from xiaobian.crisis.drill.state import Move
from xiaobian.errors import AnswerError
from xiaobian.plotting import review

SETUP = Setup("raffle_doubt", 3)
MOVES = (Move("pause", 0), Move("decide", 60, choice="b"), Move("resume", 90), Move("decide", 500, choice="d"), Move("decide", 1440, choice="a"))


@pytest.fixture(scope="module")
def line():
    return record.packed(SETUP, MOVES)


def test_answers_read_off_the_moves_are_those_of_the_drill(line):
    assert plan_of(SETUP, MOVES) == answers_of(line)[1] == replayed(SETUP, MOVES).world.crisis.responses


def test_under_its_own_luck_it_is_the_drill_itself(line):
    row = under_other_luck(line, [3]).iloc[0]
    truth = of_record(line).review()
    assert row["value"] == pytest.approx(truth.value) and row["usual"] == pytest.approx(truth.usual)
    assert row["share"] == pytest.approx(truth.share, abs=0.01)


def test_what_is_done_about_comments_does_not_travel(line):
    room = drill("raffle_doubt", 3)
    room.advance(30)
    for number in range(1, len(room.state.comments) + 1):
        room.act(number, "hide")
    room.give_up()
    bare = drill("raffle_doubt", 3)
    bare.give_up()
    other = under_other_luck({"a": room.record, "b": bare.record}, [8], judged=False)
    assert other["value"].nunique() == 1 and other["name"].tolist() == ["a", "b"]


def test_other_luck_is_other_luck_and_the_same_seed_the_same(line):
    found = under_other_luck(line, [4, 5, 4], judged=False)
    assert found["value"][0] == found["value"][2] != found["value"][1] and list(found) == ["seed", "value"]


def test_records_of_two_scenarios_are_refused(line):
    other = record.packed(Setup("wrong_price", 3), [])
    with pytest.raises(AnswerError, match="2 種演練"):
        under_other_luck({"a": line, "b": other}, [1])
    with pytest.raises(AnswerError, match="不是演練紀錄"):
        under_other_luck("hello", [1])


def test_the_chart_counts_pairs_of_different_seeds(line):
    silent = record.packed(SETUP, [])
    table = under_other_luck({"不回應": silent, "自己先說": line}, range(4), judged=False)
    worse, better = (table.loc[table["name"] == name, "value"] for name in ("不回應", "自己先說"))
    assert (better.to_numpy() > worse.to_numpy()).all() and wins(worse, worse) == 0.5
    figure = draw_luck(table)
    assert not [f for f in review(figure.axes[0]) if f.severity == "error"] and "不回應" in figure.summary


def test_a_pretended_class_plays_one_drill_and_says_what_it_is():
    records = practice_class("raffle_doubt", 3, 3)
    assert all(name.startswith("模擬") for name in records) and len(set(records.values())) == 3
    assert records == practice_class("raffle_doubt", 3, 3) != practice_class("raffle_doubt", 3, 3, draw=1)
    found = compare(records)
    assert found.bad == () and len(found.table) == 3
    values = ended("raffle_doubt", 3, 2880).what_if([plan_of(*record.unpacked(one)) for one in records.values()]).short
    assert sorted(found.table["value"]) == pytest.approx(sorted(values))


@pytest.mark.parametrize(
    ("text", "fine", "says"),
    [
        ("", 0, "還沒有行動"),
        ("佩蓁 3/14 以前排好清晨值班表，貼在置頂", 1, "1 件裡有 1 件"),
        ("大家要 3/14 前寫好流程", 0, "誰負責"),
        ("阿洛寫好三步驟", 0, "哪一天"),
        ("阿洛 3/14 努力", 0, "做什麼"),
        ("阿洛 3/14 加強宣導，貼在群組", 0, "「加強宣導」驗收不了"),
        ("阿洛 3/14 寫悔過書", 0, "寫的是處罰"),
        ("1. 佩蓁 3/14 排好值班表\n2. 子晴下週三打電話給熟客\n3. 允安月底前刪掉舊圖", 3, "3 件裡有 3 件"),
        ("=HYPERLINK(\"x\")", 0, "誰負責"),
    ],
)  # fmt: skip
def test_action_items_are_read(text, fine, says):
    found = check_actions(text)
    assert found.fine == fine and says in found.say()


def test_action_items_must_be_text():
    with pytest.raises(AnswerError, match="文字"):
        check_actions(3)
