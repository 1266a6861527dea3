"""Statements: rules over the whole text, contradictions between versions, clusters, tactics, form; the judging sets."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from xiaobian import crisis, datasets, lint
from xiaobian.crisis.answering.attribution import FORBIDDEN, RECOMMENDED, clusters
from xiaobian.crisis.answering.facts import clashes, facts_of, stances
from xiaobian.crisis.answering.forms import active_share, response_form
from xiaobian.crisis.answering.reading import SIGNS, STRATEGY_OF, TACTICS, signs_of_text, strategies_of
from xiaobian.crisis.answering.repair import image_repair, tactics
from xiaobian.crisis.answering.statements import KEPT, check_statement, names_people, rules
from xiaobian.errors import AnswerError, NotFound
from xiaobian.sandbox.crisis.responses import Case, Response, standing
from xiaobian.sandbox.crisis.scenarios import CLUSTERS, FLAGS, STRATEGIES, load
from xiaobian.sandbox.crisis.values import match, timely
from xiaobian.sandbox.parameters import load as parameters

DATA = Path(__file__).parents[1] / "data"
READ = 29
"""Statements that were read while the rules were written; the rest only scored."""
GOOD = (
    "昨天在民雄店買到花生米餅的客人，請先不要吃。是我們標示漏了花生，對不起。那一批 36 盒今天中午已經下架，都可以退款。"
    "還有幾盒賣出去了，我們還在查，今晚 8 點更新。"
)


def sets(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# Clusters.


def test_the_three_clusters_are_those_of_the_table_and_of_the_sandbox():
    assert set(clusters().index) == set(CLUSTERS) == set(RECOMMENDED) == set(FORBIDDEN)
    for cluster, named in RECOMMENDED.items():
        best = max(STRATEGIES, key=lambda s: match(cluster, [s], parameters()))
        assert best in named and not set(named) & set(FORBIDDEN[cluster])


@pytest.mark.parametrize(
    ("facts", "cluster"),
    [
        ({"origin": "outside"}, "victim"),
        ({"origin": "outside", "history": 1}, "accidental"),
        ({"origin": "chain"}, "accidental"),
        ({"origin": "inside", "relationship": "good"}, "accidental"),
        ({"origin": "inside", "relationship": "bad"}, "preventable"),
        ({"origin": "inside", "avoidable": True}, "preventable"),
        ({"origin": "outside", "avoidable": True, "history": 3}, "preventable"),
    ],
)
def test_facts_and_modifiers_give_the_cluster(facts, cluster):
    found = crisis.scct(**facts)
    assert found.cluster == cluster
    assert found.recommended == tuple(s for s in RECOMMENDED[cluster] if s != "deny")
    assert CLUSTERS[cluster] in found.say() and "設計參數" in repr(found)


def test_denial_is_advised_only_where_it_can_be_proven_and_never_mixed():
    assert "deny" in crisis.scct("outside", provable=True).recommended
    assert "deny" not in crisis.scct("outside").recommended
    told = crisis.scct("outside", provable=True).judge(["deny", "diminish"])
    assert told[0].startswith("否認不能和淡化")
    assert crisis.scct("inside").judge("diminish") == ()


def test_what_is_not_known_is_refused():
    for wrong in ({"origin": "sky"}, {"origin": "inside", "relationship": "cold"}):
        with pytest.raises(NotFound):
            crisis.scct(**wrong)
    with pytest.raises(AnswerError):
        crisis.scct("inside", history=-1)
    with pytest.raises(NotFound):
        crisis.scct("inside").judge([])


# Image repair.


def test_tactics_are_those_of_the_table_and_keep_their_examples():
    assert set(STRATEGY_OF) | {"bolstering"} == set(tactics().index)
    assert {rule.id for rule in lint.load(TACTICS).rules} == set(tactics().index)
    assert lint.load(TACTICS).broken_examples() == []
    missed = [i for i, row in tactics().iterrows() if i not in image_repair(row["example"]).tactics]
    assert len(missed) <= 2, missed


def test_places_are_exact_and_a_mixture_is_said():
    text = "這是我們的疏失，但影片不是我們拍的。"
    found = image_repair(text)
    assert found.mixed and "矛盾" in found.say()
    for row in found.table.itertuples():
        assert text[row.start : row.end] == row.words
    assert image_repair("").tactics == () and image_repair("").strategies == ("silence",)


def test_sentences_of_repair_are_labelled():
    rows = sets("repair_sentences.tsv")
    hits = [row["tactic"] in image_repair(row["text"]).tactics for row in rows if row["tactic"] != "none"]
    false = [bool(image_repair(row["text"]).tactics) for row in rows if row["tactic"] == "none"]
    assert sum(hits) >= 0.9 * len(hits) and sum(false) <= 1


def test_strategies_of_the_scenarios_own_words_are_read_better_than_always_saying_one():
    said = [
        (set(option.strategy) - {"silence"}, set(strategies_of(option.says)))
        for name in ("data_leak", "wrong_price", "undisclosed_ad")
        for decision in load(name).decisions
        for option in decision.options
        if option.says
    ]
    right = sum(want == got for want, got in said)
    assert right > max(sum(want == {s} for want, _ in said) for s in STRATEGIES)


# Form: the sandbox's own numbers.


def test_the_form_is_the_sandboxs():
    told = response_form([(6.0, "今晚 8 點更新。")], platform="threads", paused=True)
    assert told.form.timely == pytest.approx(float(timely(6.0, "threads", parameters())))
    signs = signs_of_text("對不起，請私訊我們。")
    case = Case("accidental", 0.45, False, 0.5, "facebook", 0.5)
    same = standing(case, [Response(0, 0.0, ("rebuild",), **signs)], 0, parameters())
    assert active_share("對不起，請私訊我們。") == pytest.approx(same.form.active)


def test_a_table_or_pairs_and_silence():
    posts = pd.DataFrame({"hours": [1.0, 5.0], "text": ["共 24 盒，還在查。", "共 36 盒，今天下架。"]})
    found = response_form(posts, platform="facebook", paused=True)
    assert found.table["consistent"].tolist() == [1.0, 0.0]
    assert found.form.consistent < 1 and "一致" in found.say()
    silent = response_form([], platform="facebook")
    assert silent.form.timely == 0 and silent.form.active == 0


def test_form_refuses_what_makes_no_sense():
    with pytest.raises(AnswerError):
        response_form([(-1.0, "早安")], platform="facebook")
    with pytest.raises(AnswerError):
        response_form(pd.DataFrame({"text": ["早安"]}), platform="facebook")
    for wrong in ({"platform": "fax"}, {"platform": "facebook", "cluster": "luck"}):
        with pytest.raises(NotFound):
            response_form([(0.0, "早安")], **wrong)


def test_the_flags_are_those_of_a_response():
    assert {rule.id for rule in lint.load(SIGNS).rules} == {*FLAGS, "ownership"}


# Statements.


def test_a_good_statement_keeps_every_rule_and_an_empty_one_none():
    good = check_statement(GOOD, cluster="preventable")
    assert good.broken == () and good.score == 1.0 and good.specific and good.active > 0.5
    empty = check_statement("")
    assert empty.score == 0.0 and empty.active == 0.0 and len(empty.findings) == 0
    assert "affected_first" in empty.missing and empty.say()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            "affected_first",
            GOOD.replace("昨天在民雄店買到花生米餅的客人，請先不要吃。", "本店一向重視品質。"),
        ),
        (
            "affected_first",
            GOOD.replace("昨天在民雄店買到花生米餅的客人，請先不要吃。", "關於花生米餅的問題。"),
        ),
        ("known_unknown", GOOD.replace("，今晚 8 點更新", "")),
        ("known_unknown", GOOD.replace("還有幾盒賣出去了，我們還在查，", "")),
        ("responsibility", GOOD.replace("是我們標示漏了花生，對不起", "這是工廠員工的個人行為")),
        ("action_date", "買到米餅的客人，是我們的錯。我們會加強管理。原因還在查，今晚 8 點更新。"),
        ("no_conditional", GOOD + "如果讓你不舒服，我們很抱歉。"),
        ("no_blame", GOOD + "這是同行惡意抹黑。"),
        ("no_passive", GOOD + "錯誤已被妥善處理。"),
        ("no_promotion", GOOD + "全館八折到週日。"),
        ("plain_words", GOOD + "本案依法處理，不予置評。"),
        ("length", GOOD * 5),
    ],
)
def test_each_rule_alone_is_broken_and_said(rule, text):
    found = check_statement(text, cluster="preventable")
    assert rule in found.broken, found.table
    assert found.score < 1 and str(rules().loc[rule, "rule"]) in found.say()
    for finding in found.findings:
        assert text[slice(*finding.span)] == finding.text


def test_how_much_may_be_admitted_depends_on_the_cluster():
    owned = "收到假中獎訊息的朋友，請打 165。這都是我們的錯，我們沒有把關好。"
    assert "responsibility" in check_statement(owned, cluster="victim").broken
    assert "responsibility" not in check_statement(owned, cluster="preventable").broken
    plain = "收到訊息的朋友，請打 165。"
    assert "responsibility" in check_statement(plain, cluster="preventable").broken
    assert "responsibility" not in check_statement(plain, cluster="victim").broken


def test_only_the_first_statement_must_be_short():
    assert "length" not in check_statement(GOOD * 5, first=False).broken


def test_wrong_input_is_refused():
    with pytest.raises(AnswerError):
        check_statement(None)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        check_statement(GOOD, cluster="luck")


def test_a_statement_cannot_switch_the_rules_off():
    text = "<!-- lint: off -->如有造成不便，敬請見諒。"
    assert "no_conditional" in check_statement(text).broken


def test_naming_people():
    assert names_people("收到簡訊的會員，請現在改密碼。")
    assert not names_people("爆料的人上個月才離職，請自行判斷。")
    assert not names_people("謝謝每一個陪我們的人。")


# Facts across versions.


@pytest.mark.parametrize(
    ("here", "there", "agree"),
    [
        ("批號 A1103 的米餅", "批號 A1108 的米餅", False),
        ("共 24 盒", "一共二十四盒", True),
        ("12 月 9 日前寄完", "最晚 12/9 寄出", True),
        ("12 月 9 日前寄完", "最晚 12/15 寄出", False),
        ("今晚 8 點更新", "晚上八點再說明", True),
        ("今晚 8 點更新", "今晚 9 點更新", False),
        ("沒有卡號", "含姓名和卡號", False),
        ("每人退 300 元", "每位退還三百五十元", False),
        ("受影響的是花蓮店", "受影響的是台東店", False),
        ("米穀戚風可以退", "焙茶生乳捲可以退", False),
        ("共 24 盒，昨晚 9 點下架", "都可以退款", True),
        ("還在查，今天送驗", "11 月 28 日送驗", True),
    ],
)
def test_facts_agree_or_contradict(here, there, agree):
    found, _ = clashes(here, [there])
    assert (not found) == agree, [str(clash) for clash in found]
    back, _ = clashes(there, [here])
    assert (not back) == agree


def test_contradictions_lower_consistency_and_are_places():
    text = "共 24 盒，今晚 8 點更新。"
    found = check_statement(text, earlier=["共 36 盒，今晚 8 點更新。"])
    assert "consistency" in found.broken and 0 < found.consistent < 1
    assert [f.text for f in found.findings if f.rule == "statement.consistency"] == ["24 盒"]
    changed = check_statement("是我們的錯，對不起。", earlier=["網傳為不實訊息。"])
    assert "consistency" in changed.broken and changed.consistent < 1
    assert check_statement(text, facts=["共 36 盒"]).consistent == 0.0


def test_facts_keep_their_places_and_hostile_text_is_only_text():
    for text in (
        "=HYPERLINK(1)",
        "<script>alert(1)</script> 3 月 9 日",
        "９月９日",
        "月",
        "批號",
        "\u202e12/9",
    ):
        for fact in facts_of(text):
            assert fact.text and text[slice(*fact.span)].strip() == fact.text
    assert len({name for name, *_ in stances()}) == len(stances())


# The judging set.


def test_statements_of_another_hand_are_judged_better_than_by_saying_the_usual():
    judged = [row for row in sets("statements.tsv") if not row["pair"]][READ:]
    hit = false = missed = 0
    for row in judged:
        want = set(filter(None, row["rules"].split(",")))
        got = set(check_statement(row["text"], cluster=load(row["scenario"]).cluster).broken)
        hit, false, missed = hit + len(want & got), false + len(got - want), missed + len(want - got)
    print(f"\n精確 {hit / (hit + false):.3f}，召回 {hit / (hit + missed):.3f}（{len(judged)} 則）")
    assert hit / (hit + false) >= 0.7 and hit / (hit + missed) >= 0.7


def test_the_table_of_rules_is_the_one_that_is_checked():
    table = check_statement(GOOD, earlier=[GOOD]).table
    assert table["rule"].tolist() == datasets.reference("statement_rules")["id"].tolist()
    assert (table["state"] == KEPT).sum() >= 9
