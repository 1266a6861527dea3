"""Four marks of a reply: what they point at, what they leave alone, and how well they agree with a person's judgement."""

import csv
import sys
from pathlib import Path

import pytest

from xiaobian.crisis.care.deescalation import MARKS, attacks, deescalate, seen
from xiaobian.errors import KitError

ROOT = Path(__file__).parents[2]
BROKEN = "禮盒到貨碎了三盒，這樣怎麼送人"
RUDE = "禮盒到貨碎了三盒，包貨的人腦袋裝水嗎"
GOOD = "三盒碎掉真的沒辦法送人，對不起。今天下午重寄三盒，單號請傳私訊。"


def rows() -> list[dict[str, str]]:
    with (ROOT / "tests" / "data" / "replies.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_reply_that_does_what_is_due_has_everything():
    found = deescalate(GOOD, BROKEN)
    assert found.score == 1.0 and found.missing == ()
    assert found.marks["boundary"].holds is None, "nobody was attacked"


def test_a_boundary_is_due_where_somebody_was_attacked():
    assert deescalate(GOOD, RUDE).missing == ("boundary",)
    told = deescalate(GOOD + "罵同事的話請不要說。", RUDE)
    assert told.missing == () and told.score > deescalate(GOOD, RUDE).score


@pytest.mark.parametrize(
    "retort",
    [
        "碎掉也一樣好吃啊😂", "你才腦袋裝水", "有種自己來包啊", "不爽不要買", "您真厲害呢，受教了", "那就去別家吧，慢走不送",
        "好啊來告啊", "我就是笨，求你高抬貴手", "水放久了也會變甜",
    ],
)  # fmt: skip
def test_scorn_takes_everything_away(retort):
    found = deescalate(retort, RUDE)
    assert found.score == 0.0
    assert not any(found.marks[name].holds for name in ("addresses_issue", "no_sarcasm", "boundary", "exit"))
    assert "先補「不酸、不回嗆」" in found.say()


def test_what_is_quoted_is_somebody_elses():
    told = GOOD + "「腦殘」這種話請收回。"
    assert deescalate(told, RUDE).marks["no_sarcasm"].holds
    assert not deescalate("腦殘", RUDE).marks["no_sarcasm"].holds


@pytest.mark.parametrize(
    ("reply", "missing"),
    [
        ("感謝您的寶貴意見，我們會持續努力。", ("addresses_issue", "exit")),
        ("很抱歉，請私訊我們。", ("addresses_issue",)),
        ("碎掉對不起，今天重寄三盒。", ("exit",)),
    ],
)
def test_what_is_missing_is_named(reply, missing):
    assert deescalate(reply, BROKEN).missing == missing


def test_without_a_comment_the_reply_is_judged_alone():
    assert deescalate(GOOD).missing == () and deescalate("謝謝指教。").missing == ("addresses_issue", "exit")


def test_every_span_holds_its_words():
    for mark in deescalate(GOOD + "罵人的留言會隱藏。", RUDE).marks.values():
        for place in mark.seen:
            assert (GOOD + "罵人的留言會隱藏。")[slice(*place.span)] == place.text


@pytest.mark.parametrize(
    "comment", ["等了一小時，餅還是碎的", "難吃，不會再來", "退款呢，三個禮拜了", "笑死，真的好貴"]
)
def test_anger_at_a_thing_is_no_attack(comment):
    assert attacks(comment) == ()


@pytest.mark.parametrize(
    ("comment", "cue"),
    [("小編是智障嗎", "insult"), ("我知道你幾點下班，小心一點", "threat"), ("你們全家都該倒楣", "curse"), ("那個店員長得真醜", "looks")],
)  # fmt: skip
def test_attacks_on_a_person(comment, cue):
    assert cue in {place.cue for place in attacks(comment)}


def test_an_empty_reply_has_nothing():
    found = deescalate("", RUDE)
    assert found.score == 0.0 and "還沒有寫" in found.say()


def test_what_is_no_text_is_refused():
    with pytest.raises(KitError, match="reply"):
        deescalate(None)  # type: ignore[arg-type]


def test_the_brands_own_answers_are_no_retorts():
    from xiaobian import datasets

    answers = [str(row["answer"]) for row in datasets.yaml_of(datasets.path("ai/faq.yml"))["entries"]]
    assert len(answers) > 20
    assert [a for a in answers if seen(a, "hot")] == []


@pytest.fixture(scope="module")
def judged():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import deescalate as bench
    finally:
        sys.path.pop(0)
    every = rows()
    part = every[len(every) // 3 :]
    return bench, part, [deescalate(r["reply"], r["comment"]) for r in part]


def test_the_scored_part_agrees_as_often_as_is_said(judged):
    _, part, found = judged
    floor = {"addresses_issue": 0.75, "no_sarcasm": 0.85, "boundary": 0.6, "exit": 0.85}
    for mark in MARKS:
        pairs = [
            (bool(d.marks[mark].holds), r[mark] == "1") for d, r in zip(found, part, strict=True) if r[mark]
        ]
        assert sum(a == b for a, b in pairs) / len(pairs) >= floor[mark], mark


def test_the_score_orders_replies_and_a_shuffled_judgement_does_not(judged):
    import numpy as np
    from scipy.stats import spearmanr

    _, part, found = judged
    scores, quality = [d.score for d in found], np.array([int(r["quality"]) for r in part])
    assert spearmanr(scores, quality).statistic > 0.7
    mixed = [
        abs(spearmanr(scores, np.random.default_rng(n).permutation(quality)).statistic) for n in range(20)
    ]
    assert np.mean(mixed) < 0.25
