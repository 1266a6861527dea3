"""The comment grammar: authored templates in natural Taiwan Mandarin, said in many ways with labels intact."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from xiaobian import exports, lint
from xiaobian.errors import KitError, NotFound, ReadError
from xiaobian.sandbox.words import registers
from xiaobian.sandbox.words.comments import LABELS, Brief, probabilities, write_comments
from xiaobian.sandbox.words.templates import (
    ACTIONS,
    AROUSALS,
    FOLDER,
    INTENTS,
    SLOT,
    STANCES,
    TARGETS,
    read,
    slots,
    templates,
    topics,
)

SCENARIOS = sorted((FOLDER.parents[1] / "crisis" / "scenario_texts").glob("*.yml"))
EVERYDAY = templates()
CRISES = [template for file in SCENARIOS for template in read(file)]
ALL = [*EVERYDAY, *CRISES]
COMMON = [intent for intent, n in Counter(t.intent for t in EVERYDAY).items() if n >= 20]
RARE = ("troll", "scam", "legal", "personal_data", "selfharm", "rumor")
# Two comments on one subject share some words; a paraphrase shares most of its three-character pieces. The most
# alike pairs that a reader still calls different (two people leaving name, phone and address) stay below a half.
PARAPHRASE = 0.5
ALPHABET = [*topics()]


def pieces(text: str) -> frozenset[str]:
    """Three-character pieces of a text without marks; a slot counts as one character."""
    bare = registers.bare(SLOT.sub("〇", text)) or text
    return frozenset(bare[i : i + 3] for i in range(max(1, len(bare) - 2)))


def foreign(text: str) -> list[str]:
    """Chinese characters that Taiwan's Big5 does not hold, as simplified ones."""
    return [c for c in sorted(set(re.findall("[一-鿿]", text))) if not c.encode("cp950", "ignore")]


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b)


def many(n: int = 20_000, seed: int = 0, **how: object) -> pd.DataFrame:
    """Comments under n/20 posts of changing topics, platforms and moods."""
    rng = np.random.default_rng(seed)
    platforms = ["facebook", "instagram", "threads", "tiktok", "youtube", "line"]
    briefs = [
        Brief(
            20,
            str(rng.choice(platforms)),
            dict(zip(ALPHABET, rng.dirichlet(np.full(len(ALPHABET), 0.5)), strict=True)),
            negative=float(rng.uniform(0.05, 0.3)),
            medium=str(rng.choice(["any", "video", "image"])),
        )
        for _ in range(n // 20)
    ]
    return write_comments(np.random.default_rng(seed + 1), briefs, **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def crowd() -> pd.DataFrame:
    return many()


# ── The templates ──────────────────────────────────────────────


def test_there_are_enough_of_them():
    count = Counter(t.topic for t in EVERYDAY)
    assert len(EVERYDAY) >= 300 and len(count) >= 9 and min(count.values()) >= 30


def test_ids_and_texts_are_unique():
    for values in ([t.id for t in ALL], [registers.bare(t.text) or t.text for t in EVERYDAY]):
        assert [value for value, n in Counter(values).items() if n > 1] == []
    assert [t.id for t in ALL if not re.fullmatch(rf"{t.topic}_\d{{3}}", t.id)] == []


def test_no_two_templates_are_paraphrases():
    sets = [(t, pieces(t.text)) for t in ALL]
    index: dict[str, set[int]] = {}
    for number, (_, grams) in enumerate(sets):
        for gram in grams:
            index.setdefault(gram, set()).add(number)
    pairs = {pair for numbers in index.values() for pair in combinations(sorted(numbers), 2)}
    alike = [
        (sets[a][0].text, sets[b][0].text) for a, b in pairs if overlap(sets[a][1], sets[b][1]) > PARAPHRASE
    ]
    assert alike == []


def test_the_paraphrase_bound_catches_a_paraphrase():
    assert (
        overlap(pieces("{cake}吃起來不會死甜，配熱茶剛剛好"), pieces("{drink}喝起來不會死甜，配熱茶剛剛好"))
        > PARAPHRASE
    )


def test_every_topic_holds_many_voices():
    for topic in topics():
        own = templates(topic=topic)
        assert len({t.intent for t in own}) >= 8, topic
        assert {t.stance for t in own} == set(STANCES), topic
        assert {t.sarcasm for t in own} == {True, False}, topic
    assert set(RARE) <= {t.intent for t in EVERYDAY} <= set(INTENTS)


def test_labels_agree_with_each_other():
    needs = {
        "scam": "report",
        "selfharm": "care",
        "legal": "escalate",
        "personal_data": "hide",
        "troll": "hide",
    }
    assert [t.id for t in EVERYDAY if t.action != needs.get(t.intent, t.action)] == []
    assert [t.id for t in EVERYDAY if t.intent == "praise" and t.stance != "support"] == []
    assert [t.id for t in EVERYDAY if t.intent in ("complaint", "troll") and t.stance != "oppose"] == []
    assert [t.id for t in EVERYDAY if t.sarcasm and t.intent != "complaint"] == []


@pytest.mark.parametrize("topic", [*topics()])
def test_held_out_share_in_each_topic(topic):
    assert 0.15 <= np.mean([t.held_out for t in templates(topic=topic)]) <= 0.25


@pytest.mark.parametrize("intent", COMMON)
def test_held_out_share_in_each_common_intent(intent):
    assert 0.15 <= np.mean([t.held_out for t in EVERYDAY if t.intent == intent]) <= 0.25


@pytest.mark.parametrize("word_file", ["slots", "registers", *topics()])
def test_wording_is_of_taiwan(word_file):
    text = (FOLDER / f"{word_file}.yml").read_text(encoding="utf-8")
    assert [f"{word_file} {finding}" for finding in lint.check(text, "tw_words")] == []
    assert foreign(text) == []


SHOPS = set(
    yaml.safe_load((Path(exports.__file__).parent / "captions.yml").read_text(encoding="utf-8"))["shops"]
)
TOWNS = "民雄|高鐵|文化路|新港|新北|桃園|彰化|嘉義|台南|高雄|台中|新竹|台北|屏東|基隆"


def test_the_six_shops_are_the_same_everywhere():
    assert len(SHOPS) == 6 and set(slots()["branch"]) == SHOPS
    files = [*FOLDER.glob("*.yml"), *SCENARIOS]
    named = {name for f in files for name in re.findall(f"(?:{TOWNS})老?店", f.read_text(encoding="utf-8"))}
    assert named <= SHOPS, named - SHOPS
    assert not set(slots()["city"]) & {shop.removesuffix("店") for shop in SHOPS}


def test_crises_keep_to_the_wording_too():
    assert [(t.id, str(f)) for t in CRISES for f in lint.check(t.text, "tw_words")] == []
    assert foreign("".join(t.text for t in CRISES)) == []


def test_a_simplified_character_is_seen():
    assert foreign("这款好吃 谢謝") == ["谢", "这"]


def test_personal_data_is_plainly_made_up():
    fake = {name: values for name, values in slots().items() if name.startswith("fake_")}
    assert all(re.sub(r"\D", "", phone).startswith("0900000") for phone in fake["fake_phone"])
    assert all(".test" in url for url in fake["fake_url"])
    assert [t.id for t in EVERYDAY if re.search(r"09\d{2}|https?:|www\.", t.text)] == []


def test_every_slot_is_used_and_holds_several_words():
    spoken = [t.text for t in EVERYDAY] + [
        phrase for tails in registers.words()["tails"].values() for phrase in tails
    ]
    assert set(slots()) == {slot for text in spoken for slot in SLOT.findall(text)}
    assert [
        name for name, values in slots().items() if len(values) < 4 or len(set(values)) < len(values)
    ] == []


BAD = "- {{id: x_001, text: {text}, intent: {intent}, stance: neutral, arousal: low, target: none, action: none{more}}}\n"


@pytest.mark.parametrize(
    ("row", "part"),
    [
        (BAD.format(text="好喝", intent="rant", more=""), "intent 不能是「rant」"),
        (BAD.format(text='"{nowhere}好喝"', intent="praise", more=""), "沒有「nowhere」可以填的詞"),
        (BAD.format(text="好喝", intent="praise", more=", sarcasm: maybe"), "sarcasm 不能是「maybe」"),
        (BAD.format(text="好喝", intent="praise", more=", kind: odd"), "kind 不能是「odd」"),
        ("- {id: x_001, text: 好喝}\n", "少了 intent、stance"),
    ],
)
def test_a_bad_template_is_named(tmp_path: Path, row: str, part: str):
    file = tmp_path / "x.yml"
    file.write_text(f"topic: x\ntemplates:\n{row}", encoding="utf-8")
    with pytest.raises(ReadError, match=r"x\.yml 的留言模板 x_001") as caught:
        read(file)
    assert part in str(caught.value)


def test_injects_bring_their_own_slots(tmp_path: Path):
    row = BAD.format(
        text='"{shop}還有嗎"', intent="question", more=", kind: irrelevant, from_hour: 3, after: deny"
    )
    file = tmp_path / "x.yml"
    file.write_text(f"slots: {{shop: [甲店, 乙店]}}\ninjects:\n{row}", encoding="utf-8")
    template = read(file)[0]
    assert (template.kind, template.slots) == ("irrelevant", (("shop", ("甲店", "乙店")),))
    texts = registers.voice(np.random.default_rng(0), [template] * 40, ["facebook"] * 40, more=0)
    assert set(texts) == {"甲店還有嗎", "乙店還有嗎"}


def test_an_empty_file_is_refused(tmp_path: Path):
    (tmp_path / "x.yml").write_text("topic: x\ntemplates: []\n", encoding="utf-8")
    with pytest.raises(ReadError, match="沒有留言模板"):
        read(tmp_path / "x.yml")


# ── What is drawn ──────────────────────────────────────────────


def test_same_seed_same_comments():
    pd.testing.assert_frame_equal(many(600, seed=4), many(600, seed=4))
    assert (many(600, seed=4)["text"] != many(600, seed=5)["text"]).mean() > 0.9


def test_each_row_carries_its_template_labels(crowd):
    known = {t.id: t for t in EVERYDAY}
    for name in (*LABELS, "held_out"):
        assert crowd[name].tolist() == [getattr(known[i], name) for i in crowd["template"]], name
    for name, allowed in (
        ("intent", INTENTS), ("stance", STANCES), ("arousal", AROUSALS), ("target", TARGETS), ("action", ACTIONS)
    ):  # fmt: skip
        assert set(crowd[name]) <= set(allowed)


@pytest.mark.parametrize("held_out", [True, False])
def test_held_out_templates_stay_apart(held_out):
    assert set(many(2000, held_out=held_out)["held_out"]) == {held_out}


def test_none_draws_from_both():
    assert set(many(2000, held_out=None)["held_out"]) == {True, False}


@pytest.mark.parametrize("negative", [0.0, 0.1, 0.6, 1.0])
def test_share_of_opposition_is_as_asked(negative):
    frame = write_comments(np.random.default_rng(1), Brief(4000, "facebook", negative=negative))
    assert (frame["stance"] == "oppose").mean() == pytest.approx(negative, abs=0.03)


def test_topics_come_by_weight():
    frame = write_comments(np.random.default_rng(2), Brief(4000, "threads", {"price": 3, "store": 1}))
    assert frame["topic"].value_counts(normalize=True).to_dict() == pytest.approx(
        {"price": 0.75, "store": 0.25}, abs=0.03
    )


def test_heat_raises_arousal():
    shares = [
        (
            write_comments(np.random.default_rng(3), Brief(3000, "threads", negative=0.5, heat=heat))[
                "arousal"
            ]
            == "high"
        ).mean()
        for heat in (-1.0, 0.0, 1.0)
    ]
    assert shares[0] < shares[1] / 2 and shares[2] > shares[1] * 1.5


def test_intents_can_be_turned_down_and_up():
    none = write_comments(np.random.default_rng(5), Brief(3000, "line", intents={"scam": 0, "troll": 0}))
    more = write_comments(np.random.default_rng(5), Brief(3000, "line", intents={"question": 5}))
    plain = write_comments(np.random.default_rng(5), Brief(3000, "line"))
    assert not {"scam", "troll"} & set(none["intent"])
    assert (more["intent"] == "question").mean() > 1.4 * (plain["intent"] == "question").mean()


def test_a_photo_gets_no_remark_on_the_film():
    pool = [t for t in EVERYDAY if t.topic == "content"]
    chance = probabilities([Brief(1, "threads", medium=m) for m in ("image", "video", "any")], pool)
    film = np.array([t.medium == "video" for t in pool])
    photo = np.array([t.medium == "image" for t in pool])
    assert chance[0, film].sum() == chance[1, photo].sum() == chance[2, film | photo].sum() == 0
    assert chance[0, photo].min() > 0 and chance[1, film].min() > 0


def test_chances_sum_to_one():
    chance = probabilities([Brief(5, "line"), Brief(0, "x", {"taste": 2}, negative=1.0)], EVERYDAY)
    np.testing.assert_allclose(chance.sum(axis=1), 1)


def test_no_posts_or_no_comments_give_an_empty_table():
    for briefs in ([], [Brief(0, "line")]):
        frame = write_comments(np.random.default_rng(0), briefs)
        assert len(frame) == 0 and {"brief", "platform", "text", *LABELS, "template", "held_out"} <= set(
            frame
        )


@pytest.mark.parametrize(
    ("brief", "kind", "part"),
    [
        (Brief(1, "myspace"), NotFound, "平台"),
        (Brief(1, "line", {"weather": 1}), NotFound, "留言主題"),
        (Brief(1, "line", {"taste": -1}), KitError, "權重不能小於 0"),
        (Brief(1, "line", intents={"rant": 1}), NotFound, "留言意圖"),
        (Brief(1, "line", medium="film"), NotFound, "素材形式"),
        (Brief(1, "line", negative=12), KitError, "negative 是 12"),
        (Brief(-1, "line"), KitError, "留言數是 -1"),
        (Brief(1, "line", {"taste": 0}), KitError, "沒有留言可寫"),
    ],
)
def test_a_brief_that_asks_for_nothing_real(brief, kind, part):
    with pytest.raises(kind, match=part):
        write_comments(np.random.default_rng(0), brief)


# ── How it sounds ──────────────────────────────────────────────


def test_twenty_thousand_comments_do_not_read_as_copies(crowd):
    bare = crowd["text"].astype(str).map(registers.bare)
    long = bare[bare.str.len() > registers.SHORT]
    assert crowd["text"][long.index].duplicated().mean() < 0.01
    assert long.duplicated().mean() < 0.03
    assert 0.04 < 1 - len(long) / len(bare) < 0.12


def test_a_story_from_life_is_hardly_told_twice(crowd):
    stories = {t.id for t in EVERYDAY if registers.is_story(t) and not t.slots}
    told = crowd.loc[crowd["template"].isin(stories), "template"].value_counts()
    assert len(stories) >= 5 and told.max() < 15 < crowd["template"].value_counts().median()


def test_near_copies_are_few(crowd):
    sample = crowd[crowd["text"].astype(str).map(registers.bare).str.len() > registers.SHORT]
    near = 0
    for _, texts in sample.groupby("template")["text"]:
        sets = [pieces(text) for text in texts]
        near += sum(any(overlap(a, b) >= 0.9 for b in sets[:i]) for i, a in enumerate(sets))
    assert near / len(sample) < 0.2


def test_nothing_is_left_unfilled(crowd):
    assert crowd["text"].str.contains(r"[{}]|nan|None", regex=True).sum() == 0
    assert crowd["text"].str.strip().str.len().min() > 0


def test_what_is_said_keeps_to_the_wording_of_taiwan(crowd):
    text = "\n".join(crowd["text"].sample(3000, random_state=1))
    assert [str(f) for f in lint.check(text, "tw_words") if f.severity != "suggestion"] == []


def questions(text: str) -> int:
    return text.count("？") + text.count("?")


@pytest.mark.parametrize("platform", ["facebook", "threads", "ptt", "dcard", "tiktok", "x"])
def test_a_question_keeps_its_question_marks(platform):
    said = registers.voice(np.random.default_rng(7), EVERYDAY, [platform] * len(EVERYDAY), more=4)
    assert [
        t.text for t, text in zip(EVERYDAY, said, strict=True) if questions(text) != questions(t.text)
    ] == []


def test_grave_comments_get_no_laughter():
    grave = [t for t in EVERYDAY if t.intent in registers.GRAVE] * 50
    for platform in ("instagram", "dcard", "facebook"):
        for text in registers.voice(np.random.default_rng(8), grave, [platform] * len(grave), more=4):
            assert not re.search(r"哈哈|XD|QQ|～|[\U0001F300-\U0001FAFF]|推|生意興隆", text), text


def test_what_is_said_in_a_crisis_gets_no_fact_of_its_own():
    calm = next(t for t in EVERYDAY if t.intent == "complaint" and t.target == "service" and not t.slots)
    facts = {value for name in ("branch", "ago", "clock", "order") for value in slots()[name]}

    def told(kind: str) -> int:
        said = registers.voice(
            np.random.default_rng(2), [replace(calm, kind=kind)] * 300, ["line"] * 300, more=2
        )
        return sum(any(fact in text for fact in facts) for text in said)

    assert told("valid") == 0 < told("")


def test_a_stream_does_not_repeat_itself_from_hour_to_hour():
    voices = [t for t in EVERYDAY if t.intent == "complaint" and not t.sarcasm][:20]
    told = [replace(t, kind="valid") for t in voices]
    rng, heard, texts = np.random.default_rng(4), set[str](), []
    for _ in range(10):
        texts += registers.tell(rng, told, ["threads"] * len(told), heard)
    assert len(set(map(registers.bare, texts))) > 0.95 * len(texts)


def test_a_slot_named_twice_says_the_same():
    twice = [t for t in EVERYDAY if max(Counter(SLOT.findall(t.text)).values(), default=0) > 1]
    assert len(twice) >= 2
    for template in twice:
        for text in registers.voice(np.random.default_rng(3), [template] * 60, ["line"] * 60):
            assert sum(value in text for value in slots()["flavor"]) == 1, text


def test_opposition_is_never_blessed_or_pushed():
    against = [t for t in EVERYDAY if t.stance == "oppose"]
    pushed = registers.voice(np.random.default_rng(9), against * 5, ["ptt"] * len(against) * 5)
    blessed = registers.voice(np.random.default_rng(9), against * 5, ["facebook"] * len(against) * 5, more=9)
    assert not [text for text in pushed if text.startswith("推")]
    assert not [text for text in blessed if re.search("生意興隆|平安喜樂|^[早午]安", text)]


def test_a_line_breaks_beside_chinese_only():
    lines = ["留言 3412 則，20 筆在名單裡嗎，我想對一下", "偵測結果12%,98%都有，不能當證據，拜託不要再貼"]
    told = [replace(EVERYDAY[0], text=line, slots=()) for line in lines] * 100
    said = registers.voice(np.random.default_rng(5), told, ["threads"] * len(told), more=3)
    assert any("\n" in text for text in said)
    assert not [text for text in said if re.search(r"[0-9A-Za-z%]\n|\n[0-9A-Za-z]", text)]


def test_what_is_typed_another_way_stays_a_sentence():
    lines = ["怎麼叫我去找平台呢", "拜託不要再點進去了", "真的不會再買", "沒有的才是假的"]
    told = [replace(EVERYDAY[0], text=line, slots=()) for line in lines] * 200
    said = registers.voice(np.random.default_rng(6), told, ["line"] * len(told), more=0)
    assert set(said) == set(lines)


def test_platforms_sound_different():
    def share(platform: str, pattern: str) -> float:
        said = registers.voice(np.random.default_rng(11), EVERYDAY * 4, [platform] * len(EVERYDAY) * 4)
        return float(np.mean([bool(re.search(pattern, text)) for text in said]))

    assert share("threads", "\n") > 4 * share("facebook", "\n")
    assert share("ptt", "^(推|噓|→) ") > 0.8 > 0.01 > share("facebook", "^(噓|→) ")
    assert share("facebook", "生意興隆|平安喜樂") > share("tiktok", "生意興隆|平安喜樂")
    assert share("instagram", "[\U0001f300-\U0001faff]") > 2 * share("dcard", "[\U0001f300-\U0001faff]")


def test_without_rules_only_slots_and_typing_vary():
    plain = [t for t in EVERYDAY if not t.slots and not registers._swaps()[0].search(t.text)]
    said = registers.voice(np.random.default_rng(0), plain, ["threads"] * len(plain), more=0)
    assert said == [t.text for t in plain] and len(plain) > 50
