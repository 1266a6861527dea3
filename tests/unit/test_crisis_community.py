"""The guideline, what hiding takes away, the experiment of pinned rules, and a community's figures."""

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian import datasets
from xiaobian.crisis.community import health_metrics, rule_post
from xiaobian.crisis.community.guidelines import guideline
from xiaobian.crisis.community.health_metrics import METRICS, cores, gini, health
from xiaobian.crisis.community.hiding import POLICIES, compare_hiding, hidden_by, inbox
from xiaobian.crisis.community.rule_post import effects_of, pin_trial, truth_of
from xiaobian.crisis.community.triaging import rules, triage
from xiaobian.errors import AnswerError, NotFound, ReadError, TableError
from xiaobian.sandbox.server import server
from xiaobian.sandbox.words.templates import INTENTS

TEXTS = [
    "等了一小時還送錯，爛透", "吃完整晚拉肚子，人在急診", "你這個智障小編", "恭喜中獎，點我頭像加賴領取",
    "聽說他們被衛生局驗出農藥", "我的身分證字號A123456789", "我真的不想活了", "我已經請律師寫存證信函了", "請問幾點開？",
]  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return triage(TEXTS)


@pytest.fixture(scope="module")
def bad():
    comments, truth = inbox(7, 400, "bad")
    return comments, truth, compare_hiding(comments, truth)


# The guideline.


def test_every_name_in_the_guideline_exists():
    known = {rule.id for rule in rules()}
    for rule in guideline(["positive", "anything", "ontopic"]).rules + guideline().rules:
        assert set(rule.covers.get("rules", ())) <= known and set(rule.covers.get("intents", ())) <= set(
            INTENTS
        )
        assert rule.covers.keys() <= {"rules", "intents", "mood", "all"} and rule.post.endswith("。")


def test_the_guideline_is_short_and_leaves_criticism_alone(found):
    ours = guideline()
    assert len(ours.text) <= ours.length and ours.problems() == []
    assert not any(rule.tempting for rule in ours.rules)
    table = ours.cover(found)
    assert table.loc[table["does"] == "隱藏", "criticism"].sum() == 0
    assert (
        table.loc["care", "comments"] == table.loc["fraud", "comments"] == table.loc["proof", "comments"] == 1
    )


def test_a_tempting_rule_is_shown_with_whom_it_gags(found):
    said = guideline(["criticism", "positive"]).problems(found)
    assert any("保持正面" in line and "急的" in line for line in said)
    assert any("等於封口" in line for line in guideline(["criticism", "anything"]).problems(found))
    assert len(guideline(["criticism", "anything"]).problems()) == 1


def test_gaps_are_what_one_would_do_without_a_rule(found):
    all_gaps = guideline().gaps(found)
    assert all_gaps["text"].tolist() == ["我已經請律師寫存證信函了"]
    fewer = guideline(["criticism", "people"])
    assert set(fewer.gaps(found)["text"]) > set(all_gaps["text"])
    assert "守則卻沒提到" in fewer.say(found)


def test_a_guideline_of_ones_own(tmp_path):
    file = tmp_path / "mine.yml"
    file.write_text(
        "rules:\n- {id: a, title: 甲, does: hide, post: 不罵人。, why: 保護人。, covers: {rules: [attack]}}\n",
        "utf-8",
    )
    mine = guideline(path=file)
    assert "不罵人" in mine.text and any("批評會留著" in line for line in mine.problems())
    with pytest.raises(NotFound):
        guideline(["nothing"])
    for text in (
        "rules: 3",
        "rules:\n- {id: a, title: 甲, does: shout, post: x, why: y, covers: {}}",
        "rules:\n- {id: a}",
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(ReadError):
            guideline(path=file)


# Hiding.


def test_hiding_negatives_hides_critics_and_what_is_urgent(bad):
    _, truth, found = bad
    table = found.table
    assert table.loc["nothing", "hidden"] == 0
    negative, ours = table.loc["negative"], table.loc["guideline"]
    assert negative["critics"] > 0.4 * found.critics and negative["urgent"] > found.urgent / 2
    assert negative["critics"] > 3 * negative["harmful"]
    assert ours["critics"] <= 0.02 * found.critics and ours["urgent"] <= 1
    assert (table["left"] + table["harmful"] == int(truth["harmful"].sum())).all()


def test_labels_dealt_again_lose_the_difference(bad):
    """The guideline's precision is not chance: with the truth dealt out again most of what it hides is wrong."""
    comments, truth, found = bad
    ours = found.table.loc["guideline"]
    dealt = truth.sample(frac=1, random_state=3).reset_index(drop=True)
    chance = compare_hiding(comments, dealt, ("guideline",)).table.loc["guideline"]
    assert ours["harmful"] / ours["hidden"] > 0.7 > 2 * chance["harmful"] / chance["hidden"]


def test_the_same_seed_gives_the_same_inbox_and_bad_input_is_refused():
    assert inbox(3, 50)[0].equals(inbox(3, 50)[0]) and not inbox(3, 50)[0].equals(inbox(4, 50)[0])
    comments, truth = inbox(3, 20)
    for wrong in (lambda: inbox(1, 0), lambda: inbox(1, 5, "quiet"), lambda: hidden_by("all", comments["text"]), lambda: compare_hiding(comments, truth.head(3))):  # fmt: skip
        with pytest.raises(TableError):
            wrong()
    assert set(POLICIES) == set(compare_hiding(comments, truth).table.index)


# Pinned rules.


def test_lots_find_the_truth_and_its_sign_in_both_kinds():
    covered = []
    for seed in range(12):
        trial = pin_trial(seed, threads=800)
        for kind, truth in truth_of().items():
            rows = trial.effects(kind)
            covered += [rows.loc[m, "low"] <= truth[m] <= rows.loc[m, "high"] for m in rule_post.MEASURES]
        assert (
            trial.effects("discussion").loc["newcomers", "low"]
            > 1
            > trial.effects("ama").loc["newcomers", "high"]
        )
    assert np.mean(covered) > 0.85


def test_picking_busy_threads_turns_the_sign_of_the_questions():
    lots, picked = pin_trial(530), pin_trial(530, "busy")
    assert lots.table["thread_id"].equals(picked.table["thread_id"])
    assert lots.table["regular_comments"].sum() == pytest.approx(
        picked.table["regular_comments"].sum(), rel=0.05
    )
    assert picked.effects("discussion").loc["newcomers", "effect"] > 2 * truth_of()["discussion"]["newcomers"]
    assert picked.effects("ama").loc["newcomers", "effect"] > 1


def test_more_keep_the_rules_and_still_more_break_them():
    truth = truth_of()["discussion"]
    assert truth["kept"] > 0 and truth["broken"] > 1


def test_pins_dealt_again_have_no_effect():
    table = pin_trial(5).table
    again = table.assign(rule_post=np.random.default_rng(5).permutation(table["rule_post"]))
    row = effects_of(again[again["kind"] == "discussion"]).loc["newcomers"]
    assert row["low"] < 1 < row["high"]


def test_the_truth_opens_after_an_answer():
    trial = pin_trial(91, threads=400)
    with pytest.raises(AnswerError):
        trial.reveal()
    with pytest.raises(AnswerError):
        trial.commit(0, 1)
    assert "討論串 2 倍" in trial.commit(2, 1)
    assert "以第一次的為準" in trial.commit(3, 1)
    opened = trial.reveal()
    assert opened.table["truth"].tolist() == [1.7, 0.35] and opened.table["answer"].tolist() == [2, 1]
    assert "真的是 1.7 倍" in opened.say()
    with pytest.raises(NotFound):
        trial.effects("poll")
    with pytest.raises(AnswerError):
        effects_of(trial.table[trial.table["rule_post"]])
    with pytest.raises(TableError):
        pin_trial(1, "mood")


# Health.


def _messages(rows):
    start = pd.Timestamp("2026-06-01", tz="Asia/Taipei")
    frame = pd.DataFrame(rows, columns=["message_id", "member", "hours", "reply_to"])
    return frame.assign(time=start + pd.to_timedelta(frame.pop("hours"), unit="h"))


def test_every_figure_is_its_numerator_over_its_denominator():
    """A server of three people, counted by hand."""
    rows = [("m1", "a", 0, ""), ("m2", "b", 5, "m1"), ("m3", "a", 30, ""), ("m4", "b", 60, "m3")]
    rows += [("n1", "c", 24 * 8, ""), ("n2", "a", 24 * 8 + 1, "n1"), ("n3", "c", 24 * 20, "")]
    rows += [("z", "a", 24 * 50, "")]
    members = pd.DataFrame({"member": ["c"], "joined": [pd.Timestamp("2026-06-09", tz="Asia/Taipei")]})
    found = health(_messages(rows), members)
    counted = found.table[["counted", "of"]]
    assert counted.loc["answered"].tolist() == [2, 4]  # m1 within 5 h, m3 only after 30 h, n1, n3
    assert counted.loc["first_answered"].tolist() == [1, 1] and counted.loc["retention"].tolist() == [1, 1]
    # the last 28 days hold one message of a alone
    assert counted.loc["stickiness"].tolist() == [pytest.approx(1 / 28), 1]
    assert found["gini"] == 0 and found.k == 0 and list(found.table.index) == list(METRICS)


def test_a_message_answered_by_its_writer_is_not_answered():
    rows = [("m1", "a", 0, ""), ("m2", "a", 1, "m1"), ("z", "b", 24 * 40, "")]
    assert health(_messages(rows)).table.loc["answered", "counted"] == 0


def test_cores_by_hand_and_against_their_definition():
    ring = {(str(i), str((i + 1) % 6)) for i in range(6)}
    assert set(cores(ring).values()) == {2}
    clique = {(a, b) for a in "abcd" for b in "abcd" if a < b} | {("d", "e"), ("e", "f")}
    assert cores(clique, list("abcdefg")) == dict.fromkeys("abcd", 3) | {"e": 1, "f": 1, "g": 0}
    found = health(server(2, weeks=10))
    deepest = {name for name, k in found.core_of.items() if k == found.k}
    ties = [sum(name in edge and (set(edge) - {name}) <= deepest for edge in found.edges) for name in deepest]
    assert min(ties) >= found.k


def test_gini_knows_equal_and_unequal():
    assert gini([3, 3, 3]) == pytest.approx(0) and gini([1, 1, 98]) > gini([20, 30, 50]) > 0
    assert gini([1, 2, 3]) == pytest.approx(gini([10, 20, 30]))
    for wrong in ([], [0, 0], [-1, 3]):
        with pytest.raises(TableError):
            gini(wrong)


def test_answering_newcomers_keeps_them_and_stickiness_does_not_tell():
    low, high = ([health(server(s, w)) for s in range(4)] for w in (0.15, 0.85))
    gain = [b["retention"] - a["retention"] for a, b in zip(low, high, strict=True)]
    sticky = [b["stickiness"] - a["stickiness"] for a, b in zip(low, high, strict=True)]
    assert min(gain) > 0 and np.mean(gain) > 0.1
    assert np.mean(np.abs(sticky)) < 0.03


def test_a_server_is_its_seed_and_its_rows_are_whole():
    one = server(4, weeks=8)
    assert one.messages.equals(server(4, weeks=8).messages)
    assert one.messages["time"].is_monotonic_increasing and one.messages["message_id"].is_unique
    answered = one.messages[one.messages["reply_to"].ne("")]
    at = one.messages.set_index("message_id")["time"]
    assert (answered["time"].to_numpy() >= at.loc[answered["reply_to"]].to_numpy()).all()
    for wrong in (lambda: server(1, 1.5), lambda: server(1, weeks=2)):
        with pytest.raises(TableError):
            wrong()


def test_messages_without_columns_or_days_are_refused():
    frame = _messages([("m1", "a", 0, ""), ("m2", "b", 5, "m1")])
    with pytest.raises(TableError):
        health(frame)
    with pytest.raises(TableError):
        health(frame.drop(columns="reply_to"))
    assert health_metrics.WINDOW == 28


def test_public_names_and_the_sources_of_the_lesson():
    assert (
        xb.crisis.guideline is guideline and xb.crisis.health is health and xb.crisis.pin_trial is pin_trial
    )
    for card in ("matias_compliance", "matias_newcomers", "matias_ama", "cheng_troll"):
        assert datasets.evidence(card).source
