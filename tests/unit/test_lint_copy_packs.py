"""The packs for copy: false alarms on native lines, examples outside the rules' own lists, exact spans, sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xiaobian import datasets, lint
from xiaobian.errors import ReadError

HERE = Path(__file__).parent
PACKS = ("typography", "inclusive", "copy")
NATIVE = [
    t for t in (HERE.parent / "data" / "copy.txt").read_text(encoding="utf-8").splitlines() if t.strip()
]
ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\n")


def told(text: str) -> str:
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else "\n", text)


ROWS = [
    [rule, kind, told(text), told(span)]
    for rule, kind, text, span in (
        line.split("\t")
        for line in (HERE / "lint_copy_examples.tsv").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
]
WALL = "先把米洗三次，水要倒乾淨，再泡一個晚上。" * 10


def own(name: str) -> list[lint.Rule]:
    base = {rule.id for rule in lint.load("typography_core").rules}
    return [rule for rule in lint.load(name).rules if rule.id not in base]


@pytest.mark.parametrize("name", PACKS)
def test_at_most_one_native_line_in_twenty_has_a_finding(name):
    assert len(NATIVE) == 1072
    flagged = sum(bool(lint.check(text, name)) for text in NATIVE)
    assert flagged / len(NATIVE) <= 0.05


@pytest.mark.parametrize(("rule", "kind", "text", "span"), ROWS, ids=[f"{r}-{k}" for r, k, *_ in ROWS])
def test_examples_that_are_not_the_rules_own(rule, kind, text, span):
    found = [f for f in lint.check(text, rule.split(".")[0]) if f.rule == rule]
    if kind == "ok":
        assert found == []
        return
    assert found
    for finding in found:
        assert text[finding.span[0] : finding.span[1]] == finding.text
    assert span == "*" or found[0].text == span


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_is_met_from_both_sides_and_in_other_words(name):
    rules, met = own(name), {(rule, kind) for rule, kind, *_ in ROWS} | {("copy.wall_of_text", "bad")}
    assert {(f"{name}.{rule.id}", kind) for rule in rules for kind in ("bad", "ok")} <= met
    examples = {text for rule in rules for text in (*rule.bad, *rule.ok)}
    assert [text for *_, text, _ in ROWS if text in examples] == []


def test_a_wall_is_pointed_at_whole():
    found = [f for f in lint.check(f"米。\n{WALL}\n茶。", "copy") if f.rule == "copy.wall_of_text"]
    assert [f.span for f in found] == [(3, 3 + len(WALL))]


def test_a_hook_of_400_characters_and_a_caption_of_emoji_are_told():
    assert "copy.hook_length" in {f.rule for f in lint.check("茶" * 400, "copy")}
    assert {f.rule for f in lint.check("🎉🎉🎉🎉🎉", "copy")} == {"copy.emoji_only"}


def test_every_rule_of_copy_says_why_and_what_to_do():
    short = [rule.id for rule in own("copy") if len(rule.message) < 24]
    assert short == []


def test_the_inclusive_pack_is_the_table_and_names_its_rows():
    table = datasets.reference("inclusive_terms")
    table = table[table["term"].notna()]
    told_terms = {
        str(term): str(row["prefer"])
        for row in table.to_dict("records")
        for term in str(row["term"]).split("、")
    }
    rules = lint.load("inclusive").rules
    words = {word: uses for rule in rules for word, uses in rule.words.items()}
    for term, prefer in told_terms.items():
        assert any(use.startswith(prefer) for use in words[term]), term
    for word in words:
        assert any(word.startswith(term) for term in told_terms), word
    for rule in rules:
        named = re.findall(r"inc_\d+", rule.reference)
        assert named and set(named) <= set(table["id"]), rule.id


def test_the_official_names_of_languages_are_never_flagged():
    names = datasets.reference("inclusive_terms").query("kind == '國家語言書面用語'")["prefer"]
    assert len(names) == 5
    assert [str(name) for name in names if lint.check(f"我們用{name}介紹產品。", "inclusive")] == []


@pytest.mark.parametrize(
    "text",
    [
        "舊條例第 5 條寫的是「殘障者」。",
        "阿嬤說：「我以前是聾啞學校的廚工。」",
        "請寫身心障礙，不用「殘障」。",
        "《瞎子阿炳》是一首曲子。",
        "中華民國殘障聯盟的舊名",
    ],
)
def test_law_names_and_quoted_people_are_left_alone(text):
    assert lint.check(text, "inclusive") == []


def test_the_number_of_hashtags_is_the_platforms():
    limits = datasets.reference("platform_specs").set_index("id")["limit"]
    most = int(limits["instagram_hashtags"])
    tags = " ".join(f"#茶{n}" for n in range(most))
    assert lint.check(tags, "copy") == []
    assert {f.rule for f in lint.check(f"{tags} #多一個", "copy")} == {"copy.hashtag_stuffing"}


def test_typography_builds_on_its_core():
    core = [rule.id for rule in lint.load("typography_core").rules]
    assert [rule.id for rule in lint.load("typography").rules][: len(core)] == core
    assert lint.fixed("早安,今天開門!", lint.check("早安,今天開門!", "typography")) == "早安，今天開門！"


def test_a_pack_may_only_extend_a_shipped_one(tmp_path):
    file = tmp_path / "mine.yml"
    file.write_text("extends: nothing\nrules:\n- {id: a, kind: existence, words: [茶]}\n", encoding="utf-8")
    with pytest.raises(ReadError, match="extends"):
        lint.load(file)
