"""Every crisis scenario keeps the form of the pack, and a file that breaks it is told where and how."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import yaml

from xiaobian import lint
from xiaobian.errors import NotFound, ReadError
from xiaobian.sandbox.crisis import scenarios
from xiaobian.sandbox.crisis.responses import of_option, provable, standing
from xiaobian.sandbox.crisis.room import Crisis
from xiaobian.sandbox.crisis.scenarios import SCENARIOS, STRATEGIES, Scenario, load
from xiaobian.sandbox.parameters import load as load_parameters
from xiaobian.sandbox.words import templates

SIX = {
    "scheduled_on_disaster", "wrong_price", "spokesperson", "ingredient_rumor", "delivery_video", "wrong_meme"
}  # fmt: skip
HAN = re.compile("[一-鿿]")
SIMPLIFIED = re.compile("[们说这来为对时会没个东车门见买卖吗网应问发关样]")

every_scenario = pytest.mark.parametrize("id", SCENARIOS)


def prose(scenario: Scenario) -> Iterator[str]:
    """What a learner reads apart from comments."""
    yield from (scenario.title, scenario.brief, scenario.provable, scenario.lesson)
    yield from (fact.text for fact in scenario.facts)
    yield from (part for note in scenario.legal for part in (note.basis, note.note))
    yield from (account.text for account in scenario.kol)
    for decision in scenario.decisions:
        yield decision.prompt
        yield from (part for option in decision.options for part in (option.text, option.says))


def findings(text: str, *packs: str) -> list[str]:
    return [str(finding) for finding in lint.check(text, packs)]


def test_the_first_six_are_there():
    assert set(SCENARIOS) >= SIX


def test_an_unknown_scenario_names_those_there_are():
    with pytest.raises(NotFound, match="wrong_price"):
        load("no_such_crisis")


@every_scenario
def test_it_loads_and_stays_the_same_object(id):
    scenario = load(id)
    assert scenario.id == id and scenario is load(id)
    with pytest.raises(AttributeError):
        scenario.title = "別的"  # type: ignore[misc]


@every_scenario
def test_the_brief_is_two_to_four_sentences(id):
    assert 2 <= len(re.findall("[。？！]", load(id).brief)) <= 6
    assert 60 <= len(load(id).brief) <= 260


@every_scenario
def test_kinds_are_about_a_third_each(id):
    injects = load(id).injects
    counts = Counter(inject.kind for inject in injects)
    for kind in scenarios.KINDS:
        assert counts[kind] / len(injects) == pytest.approx(1 / 3, abs=0.08), counts


@every_scenario
def test_about_one_template_in_five_is_held_out(id):
    injects = load(id).injects
    held = [inject for inject in injects if inject.held_out]
    assert 0.15 <= len(held) / len(injects) <= 0.25
    assert len({inject.intent for inject in held}) >= 4
    assert {inject.kind for inject in held} == set(scenarios.KINDS)


@every_scenario
def test_something_turns_out_later(id):
    assert any(fact.hour > 0 or fact.known_to == "nobody_yet" for fact in load(id).facts)
    assert any(fact.hour <= 0 and fact.known_to != "nobody_yet" for fact in load(id).facts)


@every_scenario
def test_decisions_come_one_after_another_with_real_choices(id):
    decisions = load(id).decisions
    hours = [decision.hour for decision in decisions]
    assert len(decisions) == 3 and all(a < b for a, b in pairwise(hours))
    for decision in decisions:
        assert 4 <= len(decision.options) <= 5
        assert len({option.strategy for option in decision.options}) >= 3
        assert len({option.text for option in decision.options}) == len(decision.options)


@every_scenario
def test_strategies_are_those_of_the_named_option(id):
    scenario = load(id)
    for place, decision in enumerate(scenario.decisions):
        for option in decision.options:
            assert scenario.strategies(place, option.id) == option.strategy
            assert set(option.strategy) <= set(STRATEGIES)
    with pytest.raises(NotFound, match="決策點"):
        scenario.strategies(3, "a")
    with pytest.raises(NotFound, match="決策點"):
        scenario.strategies(-1, "a")
    with pytest.raises(NotFound, match="可選的是"):
        scenario.strategies(0, "zz")


@every_scenario
def test_the_fitting_strategy_can_be_chosen(id):
    fitting = {"victim": "inform", "accidental": "diminish", "preventable": "rebuild"}[load(id).cluster]
    assert all(any(fitting in o.strategy for o in decision.options) for decision in load(id).decisions)


@every_scenario
def test_an_accident_is_explained_with_facts_and_history_belongs_to_what_was_preventable(id):
    scenario = load(id)
    assert scenario.cluster == "preventable" or scenario.history == 0
    plain = [o for d in scenario.decisions for o in d.options if o.strategy == ("diminish",)]
    assert scenario.cluster != "accidental" or all(option.explanation for option in plain)


@every_scenario
def test_what_theory_rewards_most_neither_hides_nor_denies_without_proof(id):
    crisis, parameters = Crisis(id, seed=1), load_parameters()
    case = crisis._stage.case
    for decision in crisis.scenario.decisions:
        answers = [of_option(o, 1, decision.hour, parameters) for o in decision.options]
        best = max(answers, key=lambda a: standing(case, [a], decision.hour + 48, parameters).value)
        assert "silence" not in best.strategies
        assert "deny" not in best.strategies or provable(case, best), (decision.hour, best.option)


@every_scenario
def test_four_to_six_comments_are_sarcastic_and_mostly_against(id):
    bitter = [inject for inject in load(id).injects if inject.sarcasm]
    assert 4 <= len(bitter) <= 6
    assert not {inject.intent for inject in bitter} & {"praise", "order", "tag", "scam", "selfharm"}


def test_there_is_one_vocabulary_of_labels():
    kept = (templates.INTENTS, templates.STANCES, templates.AROUSALS, templates.TARGETS, templates.ACTIONS)
    assert all(own is shared for own, shared in zip(scenarios.LABELS.values(), kept, strict=True))
    assert scenarios.KINDS is templates.KINDS


@every_scenario
def test_harm_that_makes_it_an_s4_is_named_in_the_law_or_the_facts(id):
    scenario = load(id)
    if scenario.harm in ("privacy", "legal"):
        assert scenario.legal
    assert all(("待查證" in note.note) == (note.confidence != "H") for note in scenario.legal)


@every_scenario
def test_no_text_breaks_the_wording_of_taiwan(id):
    scenario = load(id)
    found = [f"{i.id} {f}" for i in scenario.injects for f in findings(i.text, "tw_words")]
    found += [f for text in prose(scenario) for f in findings(text, "tw_words", "typography_core")]
    found += [f for words in scenario.slots.values() for word in words for f in findings(word, "tw_words")]
    assert not found, "\n".join(found)


@every_scenario
def test_no_simplified_character(id):
    scenario = load(id)
    texts = [*prose(scenario), *(inject.text for inject in scenario.injects)]
    assert not [text for text in texts if SIMPLIFIED.search(text)]


@every_scenario
def test_comments_have_the_length_of_comments_and_no_two_are_alike(id):
    injects = load(id).injects
    texts = [inject.text for inject in injects]
    assert all(3 <= len(text) <= 120 and HAN.search(text) for text in texts)
    assert len(set(texts)) == len(texts)
    grams = [{text[k : k + 2] for k in range(len(text) - 1)} for text in texts]
    for n, one in enumerate(grams):
        for m, other in enumerate(grams[:n]):
            assert len(one & other) / min(len(one), len(other)) < 0.6, (texts[n], texts[m])


@every_scenario
def test_a_statement_fits_a_first_statement(id):
    for decision in load(id).decisions:
        for option in decision.options:
            assert len(option.says) <= 300
            assert option.says or option.strategy == ("silence",)


@every_scenario
def test_some_comments_wait_and_some_answer_what_was_said(id):
    injects = load(id).injects
    assert {inject.from_hour for inject in injects} - {0}
    assert len({inject.after for inject in injects} - {scenarios.ANY}) >= 2
    offered = {s for decision in load(id).decisions for o in decision.options for s in o.strategy}
    assert {inject.after for inject in injects} <= offered | {scenarios.ANY}


def test_ids_and_texts_are_unique_over_all_files():
    injects = [inject for id in SCENARIOS for inject in load(id).injects]
    for ids in ([i.id for i in injects], [i.text for i in injects]):
        assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_no_account_speaks_twice():
    names = [account.name for id in SCENARIOS for account in load(id).kol]
    assert len(set(names)) == len(names)


def document() -> dict[str, Any]:
    return yaml.safe_load((scenarios.FOLDER / "wrong_price.yml").read_text(encoding="utf-8"))


def written(folder: Any, content: object) -> Any:
    file = folder / "wrong_price.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_a_file_of_your_own_reads_the_same(tmp_path):
    assert scenarios.read(written(tmp_path, document())) == load("wrong_price")


def set_(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = to

    return change


def drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        del content[path[-1]]

    return change


FAULTS: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (drop("lesson"), "缺少 lesson"),
    (set_("cluster", to="victims"), "cluster 可用：victim、accidental、preventable"),
    (set_("severity", to=4), "severity 要是 0 到 1 的數字"),
    (set_("severity", to=True), "severity 是 True"),
    (set_("vivid", to="no"), "vivid 只能寫 true 或 false"),
    (set_("start_platform", to="plurk"), "start_platform 可用"),
    (set_("brief", to=""), "brief 不是文字"),
    (set_("mood", to="bad"), "不認得 mood"),
    (set_("id", to="right_price"), "請讓 id 和檔名相同"),
    (set_("facts", 0, "hour", to=99), "facts 沒有依 hour 排列"),
    (set_("facts", 1, "known_to", to="us"), r"facts\[1\].*known_to 可用"),
    (drop("facts", 1, "provable"), "缺少 provable"),
    (set_("legal", 1, "note", to="一定會被罰。"), "要寫待查證"),
    (set_("legal", 0, "confidence", to="X"), "confidence 可用：H、M、L"),
    (set_("slots", "shop", to=[]), "slots 的寫法不對"),
    (set_("slots", "unheard", to=["詞"]), "沒有留言用到 unheard"),
    (drop("slots", "resale"), r"\{resale\} 沒有詞可填"),
    (drop("decisions", 2), "decisions 要是 3 到 3 筆"),
    (set_("decisions", 2, "hour", to=1), "決策點的 hour"),
    (set_("decisions", 0, "options", 1, "id", to="a"), "id 相同"),
    (set_("decisions", 0, "options", 0, "strategy", to=["inform", "hide"]), "strategy 可用"),
    (set_("decisions", 0, "options", 0, "strategy", to=[["inform"]]), "strategy 可用"),
    (set_("decisions", 0, "options", 0, "strategy", to=[]), "strategy 可用"),
    (set_("decisions", 0, "options", 0, "says", to=""), "says 不是文字"),
    (set_("decisions", 0, "options", 0, "empathic", to=True), r"options\[0\].*可用的鍵"),
    (set_("injects", 5, "intent", to="angry"), r"injects\[5\].*intent 可用"),
    (set_("injects", 5, "after", to="later"), "after 可用：any、inform"),
    (set_("injects", 5, "from_hour", to=-1), "from_hour 要是 0"),
    (set_("injects", 5, "id", to="wrong_price_001"), "wrong_price_001 重複"),
    (set_("injects", 5, "id", to="price_5"), "price_5"),
    (set_("injects", 5, to="一句話"), r"鍵與值.*injects\[5\]"),
    (set_("injects", to=[]), "injects 要是 36 到 80 筆"),
    (set_("kol", 0, "followers", to="很多"), "followers"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_a_fault_is_named_with_its_place(tmp_path, change, message):
    content = document()
    change(content)
    with pytest.raises(ReadError, match=message) as caught:
        scenarios.read(written(tmp_path, content))
    assert "wrong_price.yml" in caught.value.where and caught.value.next_step


def test_what_is_no_yaml_is_told_with_its_line(tmp_path):
    file = tmp_path / "x.yml"
    file.write_text("id: x\ntitle: ]沒開", encoding="utf-8")
    with pytest.raises(ReadError, match="第 2 列"):
        scenarios.read(file)
    file.write_bytes("id: 錯".encode("big5"))
    with pytest.raises(ReadError, match="UTF-8"):
        scenarios.read(file)
    with pytest.raises(NotFound, match="missing"):
        scenarios.read(tmp_path / "missing.yml")
