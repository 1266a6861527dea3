"""Keywords: spellings of one question come together, different questions stay apart, gaps are those planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from xiaobian.analytics import keywords
from xiaobian.analytics.keywords import model
from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox.world import World

ASKED = {
    "開門": ["台北店幾點開", "台北店幾點開門", "台北店營業時間幾點", "台北店開門時間幾點"],
    "宅配": ["禮盒可以宅配嗎", "禮盒有宅配嗎", "禮盒宅配要多久", "禮盒可以宅配到府嗎"],
    "素食": ["米香餅是素食嗎", "米香餅素食可以吃嗎", "吃素可以吃米香餅嗎", "米香餅有素食的嗎"],
    "價格": ["鳳梨酥一盒多少錢", "鳳梨酥價格多少", "鳳梨酥一盒多少元", "鳳梨酥多少錢一盒"],
    "保存": ["蛋捲可以放幾天", "蛋捲能放幾天", "蛋捲保存期限幾天", "蛋捲可以放多久"],
    "停車": ["門市好停車嗎", "門市附近停車方便嗎", "門市哪裡可以停車", "門市有停車場嗎"],
    "過敏": ["堅果塔有花生嗎", "堅果塔含花生嗎", "花生過敏能吃堅果塔嗎", "堅果塔裡面有花生嗎"],
    "團購": ["團購有折扣嗎", "團購怎麼算折扣", "團購折扣多少", "團購幾盒有折扣"],
}
BEFORE, AFTER = ("", "請問", "想問", "小編", "不好意思請問"), ("", "？", "呢", "啊?", "～", "謝謝", "！！")


def crowd(seed: int, n: int = 240) -> tuple[list[str], list[str]]:
    """Questions as people type them, with politeness, odd marks and a dropped character, and their subject."""
    rng = np.random.default_rng(seed)
    subjects = list(rng.choice(list(ASKED), n))
    said = []
    for subject in subjects:
        text = str(rng.choice(ASKED[subject]))
        if rng.random() < 0.1:
            gone = int(rng.integers(len(text)))
            text = text[:gone] + text[gone + 1 :]
        said.append(f"{rng.choice(BEFORE)}{text}{rng.choice(AFTER)}")
    return said, subjects


def found_groups(said: list[str]) -> np.ndarray:
    unique, place = np.unique([model.core(t) for t in said], return_inverse=True)
    return model.groups(list(unique), np.bincount(place).astype(float))[place]


def test_planted_subjects_come_together_far_better_than_exact_counting():
    mine, exact = [], []
    for seed in range(8):
        said, subjects = crowd(seed)
        mine.append(adjusted_rand_score(subjects, found_groups(said)))
        exact.append(adjusted_rand_score(subjects, pd.factorize(np.array(said))[0]))
    print(f"\nadjusted Rand index: n-gram groups {np.mean(mine):.3f}, exact counting {np.mean(exact):.3f}")
    assert np.mean(mine) >= 0.8
    assert np.mean(exact) < 0.2


def test_questions_of_the_sandbox_gather_by_their_pattern():
    tables = World(7).history(6)
    labels = tables.comment_labels.set_index("comment_id")["template"]
    asked = [
        (i, model.questions(t))
        for i, t in zip(tables.comments["comment_id"], tables.comments["text"], strict=True)
    ]
    known = [(labels[i], text) for i, text in asked if text]
    pattern, text = zip(*known, strict=True)
    groups = found_groups(list(text))
    assert adjusted_rand_score(pattern, groups) >= 0.85
    assert abs(adjusted_rand_score(np.random.default_rng(0).permutation(pattern), groups)) < 0.02


def test_unrelated_texts_are_not_forced_together():
    texts = ["蛋捲幾天", "停車場在哪", "團購折扣", "花生過敏", "宅配多久", "素食"]
    assert len(set(model.groups(texts, np.ones(6)))) == 6


@pytest.mark.parametrize(
    ("texts", "keyword"),
    [
        (["ＡＢＣ禮盒", "abc禮盒", "ABC 禮盒！"], "abc禮盒"),
        (["請問台北店幾點開？", "台北店幾點開呢", "不好意思請問台北店幾點開"], "台北店幾點開"),
    ],
)
def test_spellings_become_one(texts, keyword):
    table = keywords(texts).table
    assert len(table) == 1 and table["asked"].iloc[0] == 3
    assert table["keyword"].iloc[0].startswith(keyword)


def test_the_gap_is_what_no_caption_mentions():
    said, _ = crowd(1)
    captions = [
        "台北店早上十點開門，幾點開到幾點請看門口", "禮盒可以宅配到府，宅配要三天", "米香餅是素食，吃素可以吃", "鳳梨酥一盒 350 元",
        "蛋捲可以放七天，保存期限印在盒底", "堅果塔有花生，裡面有花生醬",
    ]  # fmt: skip
    result = keywords(said, captions)
    gaps = "".join(result.gaps["examples"])
    assert "停車" in gaps and "團購" in gaps
    first = result.gaps["keyword"].iloc[:2].str.contains("停車|團購")
    assert first.all()
    assert (
        not result.table.iloc[0]["gap"]
        or "停車" in result.table.iloc[0]["examples"]
        or "團購" in result.table.iloc[0]["examples"]
    )
    assert keywords(said, [c for v in ASKED.values() for c in v]).gaps["asked"].sum() <= 0.05 * len(said)


def test_only_questions_of_comments_count_and_searches_bring_their_counts():
    comments = pd.DataFrame({"text": ["好好吃", "蛋捲可以放幾天？好期待", "蛋捲可以放幾天", None]})
    assert keywords(comments).table["asked"].tolist() == [2.0]
    searches = pd.DataFrame({"query": ["蛋捲", "蛋捲 ", "停車場"], "count": [30, 20, 5]})
    result = keywords(searches, seeds=["蛋捲", "團購"])
    assert result.table["asked"].tolist() == [50.0, 5.0]
    assert result.table["seed"].iloc[0] == "蛋捲" and result.unseen == ("團購",)
    assert result.table["low"].iloc[0] < 50 / 55 < result.table["high"].iloc[0]


def test_counts_are_kept_whatever_the_groups():
    for seed in range(3):
        said, _ = crowd(seed, 100)
        table = keywords(said).table
        assert table["asked"].sum() == 100 and table["share"].sum() == pytest.approx(1)


def test_a_long_list_is_grouped_in_parts(monkeypatch):
    monkeypatch.setattr(model, "MOST", 60)
    said, subjects = crowd(2)
    assert adjusted_rand_score(subjects, found_groups(said)) >= 0.4


@pytest.mark.parametrize(
    ("texts", "part"),
    [("一句話", "好幾句"), ([], "沒有一句"), (pd.DataFrame({"x": [1]}), "文字欄"), (pd.DataFrame({"text": ["好吃"]}), "問句"),
     (pd.DataFrame({"query": ["a"], "count": [-1]}), "負")],
)  # fmt: skip
def test_what_has_no_text_is_refused(texts, part):
    with pytest.raises(TableError, match=part):
        keywords(texts)


def test_captions_that_are_blank_are_not_taken_as_gaps():
    posts = pd.DataFrame({"caption": [None, None]})
    result = keywords(["蛋捲放幾天"] * 4, posts)
    assert result.captions is None and result.gaps.empty
    assert any("空白" in note for note in result.notes)
    with pytest.raises(TableError, match="caption"):
        keywords(["a"], pd.DataFrame({"x": [1]}))


def test_the_words_and_the_picture():
    said, _ = crowd(3)
    result = keywords(said, ["鳳梨酥一盒 350 元"])
    assert "不懂意思" in result.say() and "95%" in result.say()
    assert not [f for f in review(result.plot().axes[0]) if f.severity == "error"]
    assert "沒有給貼文文案" in keywords(said).say()
    keywords(said).plot()
