"""Sentiment and intent: floors on the sealed comments, invariances, abstention, the lexicon, and weights that are fresh."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import numpy as np
import opencc
import pandas as pd
import pytest

from xiaobian.cli.text import template_rows
from xiaobian.errors import TableError
from xiaobian.sandbox.words.templates import INTENTS
from xiaobian.text import classify, lexicon, training
from xiaobian.text.features import PLACE, TAG, stream, vocabulary

SEALED = Path(__file__).parents[1] / "data" / "comments.tsv"
SHARES = ["p_negative", "p_neutral", "p_positive"]


@pytest.fixture(scope="module")
def sealed() -> pd.DataFrame:
    return pd.read_csv(SEALED, sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False)


@pytest.fixture(scope="module")
def felt(sealed: pd.DataFrame) -> pd.DataFrame:
    return classify.sentiment(sealed["text"])


@pytest.fixture(scope="module")
def wanted(sealed: pd.DataFrame) -> pd.DataFrame:
    return classify.intent(sealed["text"])


def macro(truth: pd.Series, negative: pd.Series) -> float:
    def f1(a: pd.Series, b: pd.Series) -> float:
        return float(2 * (a & b).sum() / max(a.sum() + b.sum(), 1))

    return (f1(truth, negative) + f1(~truth, ~negative)) / 2


def test_food_reviews_are_read_well_enough(sealed: pd.DataFrame, felt: pd.DataFrame) -> None:
    food = sealed["domain"] == "food_review"
    truth, negative = sealed["sentiment"][food] == "negative", felt["score"][food] < 0
    assert (truth == negative).mean() >= 0.84
    assert macro(truth, negative) >= 0.80
    shuffled = negative.sample(frac=1, random_state=0).set_axis(negative.index)
    assert macro(truth, shuffled) < 0.60


def test_all_comments_beat_the_lexicon_alone(sealed: pd.DataFrame, felt: pd.DataFrame) -> None:
    truth = sealed["sentiment"] == "negative"
    alone = pd.Series(lexicon.score(list(sealed["text"])) < 0)
    assert macro(truth, felt["score"] < 0) > macro(truth, alone) + 0.10


def test_probabilities_hold(sealed: pd.DataFrame, felt: pd.DataFrame) -> None:
    best, right = felt[SHARES].max(axis=1), felt["label"] == sealed["sentiment"]
    for low, high in ((0.3, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
        part = (best >= low) & (best < high)
        assert abs(best[part].mean() - right[part].mean()) < 0.10
    assert right[felt["sure"]].mean() > 0.85 > right[~felt["sure"]].mean()
    assert 0.4 < felt["sure"].mean() < 0.95


def test_score_turns_where_it_says(felt: pd.DataFrame) -> None:
    assert felt["score"].between(-1, 1).all()
    assert ((felt["score"] < 0) == (felt["p_negative"] > classify.TURN)).all()
    assert np.allclose(felt[SHARES].sum(axis=1), 1)


def test_intents_and_grave_recall(sealed: pd.DataFrame, wanted: pd.DataFrame) -> None:
    part = sealed["domain"].isin(["social", "delivery"])
    assert (wanted["label"] == sealed["intent"])[part].mean() >= 0.60
    for label in training.GRAVE:
        rows = sealed["intent"] == label
        assert (wanted["label"][rows] == label).mean() >= 0.75, label
    assert (wanted["label"] == sealed["intent"])[wanted["sure"]].mean() > 0.75


def test_the_labels_are_the_sandboxs() -> None:
    assert set(classify.model().intent.names) == set(INTENTS)
    assert classify.model().sentiment.names == list(training.SENTIMENTS)


def test_script_width_blanks_case_and_selectors_change_nothing() -> None:
    texts = [row.text for row in training.rows()[::40]]
    first = classify.sentiment(texts)[SHARES]
    convert = opencc.OpenCC("t2s").convert
    for changed in ([convert(t) for t in texts], [t + "  \n" for t in texts], [t.upper() for t in texts], [t + "\ufe0f" for t in texts]):
        assert np.abs(classify.sentiment(changed)[SHARES] - first).to_numpy().max() < 0.02
    assert classify.sentiment(["ＣＰ值超高！"])["score"][0] == classify.sentiment(["cp值超高!"])["score"][0]
    assert classify.sentiment(["好吃吃吃吃吃吃"])["score"][0] == classify.sentiment(["好吃吃"])["score"][0]


def test_a_text_alone_and_among_others_is_read_alike() -> None:
    texts = [row.text for row in training.rows()[:50]]
    alone = pd.concat([classify.sentiment([text]) for text in texts], ignore_index=True)
    pd.testing.assert_frame_equal(alone, classify.sentiment(texts), atol=1e-9)


def test_nothing_blanks_and_missing() -> None:
    empty = classify.sentiment([])
    assert len(empty) == 0 and list(empty.columns) == ["label", "score", *SHARES, "sure"]
    assert len(classify.intent([])) == 0
    found = classify.sentiment(pd.Series(["", "  \n", None, "好吃"], index=[7, 8, 9, 10]))
    assert list(found.index) == [7, 8, 9, 10]
    assert list(found["label"][:3]) == ["neutral"] * 3
    assert not found["sure"][:3].any() and (found["score"][:3] == 0).all()
    assert not classify.intent(["", " "])["sure"].any()


def test_a_bare_string_is_told_apart_from_a_list() -> None:
    for read in (classify.sentiment, classify.intent):
        with pytest.raises(TableError, match="一串文字"):
            read("好吃")


def test_anything_can_be_read() -> None:
    draw = random.Random(2)
    texts = ["".join(chr(draw.randrange(0x110000)) for _ in range(draw.randrange(20))) for _ in range(10_000)]
    felt = classify.sentiment(texts)
    assert len(felt) == len(texts) and np.isfinite(felt[["score", *SHARES]]).all().all()
    assert len(classify.intent(texts[:2000])) == 2000


@pytest.mark.parametrize(
    ("text", "sign"),
    [("好吃", 1), ("不好吃", -1), ("湯頭沒有腥味", 1), ("一點腥味都沒有", 1), ("雖然貴，但是真的好吃", 1), ("雖然好吃，但是服務很差", -1)],
)
def test_the_lexicon_knows_negation_and_contrast(text: str, sign: int) -> None:
    assert np.sign(lexicon.score([text])[0]) == sign


def test_grave_rules_fire_as_written() -> None:
    assert classify.grave("請加賴 abc123 領獎") == {"scam": ["contact"]}
    assert classify.grave("我的電話是 0900-000-000") == {"personal_data": ["phone"]}
    assert "selfharm" in classify.grave("我真的不想活了") and classify.grave("好吃到想死") == {}
    assert classify.grave("明天幾點開門") == {}
    found = classify.intent(["我真的不想活了"])
    assert found["label"][0] == "selfharm"


def test_grave_rules_are_labels_and_patterns() -> None:
    written = training.table_rows("grave.tsv")
    assert {row["intent"] for row in written} == set(training.GRAVE)
    assert len({(row["intent"], row["name"]) for row in written}) == len(written)
    assert [row["name"] for row in written if re.search(row["pattern"], "")] == []


def test_the_weights_were_made_from_these_texts() -> None:
    """Stale weights fail: run ``xiaobian text build``."""
    assert str(classify.model().held["digest"]) == training.digest(template_rows())
    assert classify.MODEL.stat().st_size < 2_500_000


def test_training_again_gives_the_same_weights() -> None:
    found = training.sentiment_task(training.rows()[::40])
    models = []
    for _ in range(2):
        texts = stream(found.texts)
        known = vocabulary(texts, training.LONGEST, training.LEAST)
        models.append(training.fit(training.design(texts, known), found.labels, 1.0, found.weight))
    assert np.abs(models[0].weights - models[1].weights).max() < 1e-6
    right = models[0].margins(training.design(stream(found.texts), known)).argmax(axis=1) == found.labels
    assert right.mean() > 0.8


def test_the_vocabulary_tells_strangers_apart() -> None:
    known = vocabulary(stream(["湯頭很香", "湯頭很淡"]), 2, 2)
    assert len(known.prints) == 5
    assert (np.diff(known.prints.astype(np.int64)) > 0).all()
    strangers = np.arange(1 << 20, dtype=np.uint32) << np.uint32(PLACE + TAG - 20)
    assert (known.known(strangers) > 0).sum() <= 2
    assert sorted(known.known(known.prints)) == [1, 2, 3, 4, 5]
