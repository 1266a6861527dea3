"""Check tables, blind comparison and agreement: the numbers, and what may be concluded from them."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from sklearn.metrics import cohen_kappa_score

from xiaobian.ai.checks import Check
from xiaobian.ai.evaluation import CheckTable, agreement, compare, judge, pairs
from xiaobian.errors import AnswerError, TableError


def labels(n, seed, noise=0.3):
    rng = np.random.default_rng(seed)
    first = rng.choice(["稱讚", "抱怨", "詢問"], n)
    second = np.where(rng.random(n) < noise, rng.choice(["稱讚", "抱怨", "詢問"], n), first)
    return list(first), list(second)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_scikit_learns(seed):
    first, second = labels(60, seed)
    found = agreement(first, second)
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert found.low < found.kappa < found.high and found.confusion.to_numpy().sum() == 60


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    truth = 0.7  # of 30 % redrawn labels half stay equal: .85 agree, .5 by chance
    inside = 0
    for _ in range(60):
        first = rng.choice(["a", "b"], 80)
        second = np.where(rng.random(80) < 0.3, rng.choice(["a", "b"], 80), first)
        found = agreement(list(first), list(second))
        inside += found.low <= truth <= found.high
    assert 50 <= inside <= 60


def test_labels_shuffled_agree_only_by_chance():
    first, second = labels(300, 1, noise=0.0)
    shuffled = list(np.random.default_rng(0).permutation(second))
    found = agreement(first, shuffled)
    assert found.low < 0 < found.high and "不能說不是運氣" in found.say()
    assert agreement(first, second).kappa == 1


def test_high_raw_agreement_can_be_luck():
    first = ["沒事"] * 48 + ["危機", "沒事"]
    second = ["沒事"] * 49 + ["危機"]
    found = agreement(first, second)
    assert found.raw > 0.9 and found.kappa < 0.1 and "運氣也有" in found.say()


def test_blanks_and_small_sets_are_said():
    found = agreement(["a", None, "", "b"], ["a", "a", "b", "b"])
    assert found.n == 2 and any("2 題有一邊沒標" in note for note in found.notes)
    assert any("區間很寬" in note for note in found.notes)
    assert "算不出 κ" in agreement(["a"] * 5, ["a"] * 5).say()
    with pytest.raises(TableError, match="題數不一樣"):
        agreement(["a"], ["a", "b"])
    with pytest.raises(TableError, match="沒有兩邊都標過"):
        agreement([None], ["a"])


def test_a_judge_is_wrong_in_two_ways_and_must_be_steady():
    people = [True] * 20 + [False] * 20
    verdicts = [True] * 18 + [False] * 2 + [True] * 8 + [False] * 12
    found = judge(people, verdicts, swapped=[not v for v in verdicts[:4]] + verdicts[4:])
    assert (found.let_through, found.held_up, found.steady) == (0.4, 0.1, 0.9)
    assert not found.trusted and "還不能" in found.say() and len(found.disagreements) == 10
    good = judge(people, people)
    assert good.trusted and "可以讓它" in good.say()
    assert not judge(people[:10] + people[20:30], people[:10] + people[20:30]).trusted
    with pytest.raises(TableError, match="逐題對齊"):
        judge(people, people, swapped=[True])


TEXTS = {"阿洛": [f"阿洛寫的{i}" for i in range(40)], "規則": [f"規則寫的{i}" for i in range(40)]}


def test_pairs_are_blind_and_balanced():
    asked = pairs(TEXTS, seed=3, most=40)
    left = sum(pair.left_by == "阿洛" for pair in asked)
    assert 10 <= left <= 30 and asked == pairs(TEXTS, seed=3, most=40) != pairs(TEXTS, seed=4, most=40)
    assert {(p.left_by, p.right_by) for p in asked} == {("阿洛", "規則"), ("規則", "阿洛")}
    assert "left_by" not in repr(asked[0])


def test_the_better_writer_wins_whatever_the_side():
    asked = pairs(TEXTS, seed=3, most=40)
    votes = {p.pair_id: "left" if p.left_by == "規則" else "right" for p in asked}
    found = compare(asked, votes)
    assert found.table["author"].iloc[0] == "規則" and found.table["share"].iloc[0] == 1
    assert "不像是運氣" in found.say() and "沒有明顯的偏好" in found.say()


def test_a_voter_who_always_picks_the_left_is_noticed():
    asked = pairs(TEXTS, seed=3, most=40)
    found = compare(asked, {p.pair_id: "left" for p in asked})
    assert "分不出高下" in found.say() and "位置可能影響" in found.say()


def test_ties_missing_votes_and_odd_votes():
    asked = pairs(TEXTS, seed=3, most=10)
    assert "差不多" in compare(asked, {p.pair_id: "tie" for p in asked}).say()
    assert "9 組還沒投票" in compare(asked, {asked[0].pair_id: "left"}).notes[0]
    with pytest.raises(AnswerError, match="看不懂"):
        compare(asked, {asked[0].pair_id: "both"})
    with pytest.raises(TableError, match="還沒有任何一組"):
        compare(asked, {})
    with pytest.raises(TableError, match="一樣多則"):
        pairs({"甲": ["a"], "乙": []})


CASES = [{"id": "c1", "input": "寫一句預購", "source": "預購到 3/8"}, {"id": "c2", "input": "寫一句到貨"}]


def test_a_check_table_says_which_check_fails():
    table = CheckTable(CASES, [Check("contains", "預購"), Check("not-contains", "最便宜", name="不吹牛")])
    found = table.run({"c1": "預購開跑", "c2": "最便宜的茶到了"})
    assert found.table["passed"].tolist() == [True, True, False, False]
    assert found.by_check["share"].tolist() == [0.5, 0.5] and len(found.failed) == 2
    assert found.say().startswith("2 個案例，1 個每一項都過")
    assert table.run(lambda case: case["input"]).table["passed"].tolist() == [True, True, False, True]


def test_the_export_is_a_promptfoo_configuration(tmp_path):
    table = CheckTable(CASES, [Check("contains", "預購"), Check("python:grounded")], description="標題檢查")
    made = yaml.safe_load(table.write_promptfoo(tmp_path / "promptfooconfig.yaml").read_text(encoding="utf-8"))
    assert set(made) == {"description", "prompts", "providers", "defaultTest", "tests"}
    assert [a["type"] for a in made["defaultTest"]["assert"]] == ["contains", "python"]
    assert made["tests"][0] == {"description": "c1", "vars": {"input": "寫一句預購", "source": "預購到 3/8"}}


def test_cases_need_ids_of_their_own():
    with pytest.raises(TableError, match="id"):
        CheckTable([{"input": "a"}], [])
    with pytest.raises(TableError, match="id"):
        CheckTable([{"id": "a"}, {"id": "a"}], [])
