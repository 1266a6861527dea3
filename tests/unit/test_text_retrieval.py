"""The n-gram retriever: right label first, margin, strange text, and the same answer every time."""

from __future__ import annotations

import numpy as np
import pytest

from xiaobian.errors import TableError
from xiaobian.text.retrieval import Retriever, cosine, grams

QUESTIONS = {
    "hours": ["門市幾點開門", "營業到幾點", "禮拜二有開嗎"],
    "fee": ["運費怎麼算", "滿多少免運", "寄到離島要加錢嗎"],
    "pets": ["可以帶狗進店嗎", "店裡寵物友善嗎"],
}


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    pairs = [(text, label) for label, texts in QUESTIONS.items() for text in texts]
    return Retriever().fit([text for text, _ in pairs], [label for _, label in pairs])


@pytest.mark.parametrize(
    ("query", "label"), [("你們今天開到幾點？", "hours"), ("運費大概多少", "fee"), ("狗狗能進店裡嗎", "pets")]
)
def test_the_right_label_comes_first(retriever, query, label):
    hits = retriever.search(query, k=3)
    assert hits[0].label == label
    behind = hits[1].score if len(hits) > 1 else 0.0
    assert hits[0].margin == pytest.approx(hits[0].score - behind)


def test_a_label_is_listed_once_with_its_best_document(retriever):
    hits = retriever.search("門市營業到幾點開門", k=3)
    assert len({hit.label for hit in hits}) == len(hits)
    assert hits[0].score == pytest.approx(max(retriever.scores(["門市營業到幾點開門"])[0]))


def test_a_known_text_scores_one_and_a_strange_one_nothing(retriever):
    assert retriever.search("運費怎麼算")[0].score == pytest.approx(1)
    assert retriever.search("zzz") == []


def test_strange_words_lower_the_score(retriever):
    plain, mixed = (retriever.search(q)[0].score for q in ("幾點開門", "幾點開門黑洞量子糾纏"))
    assert mixed < plain


def test_scores_are_a_row_a_query(retriever):
    scores = retriever.scores(["運費", "幾點"])
    assert scores.shape == (2, 8)
    assert np.all((scores >= 0) & (scores <= 1 + 1e-9))
    assert retriever.scores([]).shape == (0, 8)


def test_a_way_of_writing_is_used_for_documents_and_queries():
    folded = Retriever(prepare=lambda text: text.replace("臺", "台")).fit(["臺中店", "高雄店"], ["t", "k"])
    assert folded.search("台中")[0].label == "t"


def test_nothing_to_fit_is_a_clear_error():
    with pytest.raises(TableError, match="檢索要有文件"):
        Retriever().fit([])


def test_grams_fold_width_and_case_and_stop_at_punctuation():
    assert list(grams("ＡＢ，c", (1, 2))) == ["a", "b", "ab", "c"]
    assert cosine("ＬＩＮＥ會員", "line會員") == 1
