"""The arc follows its beats; a good draft scores high, each fault costs what it should and is named."""

from __future__ import annotations

import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.planning.story import Story, beats, consistency, story_arc

TEA = Story("阿嬤", "把米香傳下去", "機器做不出那個味道", "改回蒸籠慢慢蒸", "來店裡聞一聞", ("米香", "蒸籠"))
GOOD = pd.DataFrame(
    {
        "beat": list(beats()),
        "pillar": ["story", "story", "product", "interact"],
        "text": [
            "阿嬤一直想把米香留給孫子。她的第一步是什麼？",
            "阿嬤試了三台機器，蒸籠的味道卻怎麼都出不來。下一則說她怎麼辦。",
            "後來阿嬤把蒸籠搬回來，火候改成自己顧。下週開蓋。",
            "阿嬤的米香傳下去了，歡迎來店裡一起聞。",
        ],
    }
)


def test_arc_has_a_beat_a_week_and_carries_the_story() -> None:
    arc = story_arc(TEA, 3)
    assert arc.groupby("week").size().tolist() == [3, 3, 3, 3]
    assert arc.drop_duplicates("week")["beat"].tolist() == list(beats())
    assert set(arc["motif"]) == set(TEA.motifs) and arc["start"].str.contains("阿嬤").all()
    assert (arc["pillar"] == "promo").mean() <= 0.25


def test_a_good_arc_holds_every_check() -> None:
    found = consistency(GOOD, TEA)
    assert found.score == 1 and "接得上" in found.say()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.iloc[::-1], "順序"),
        (
            lambda t: t.assign(text=t["text"].where(t["beat"] != "together", "阿嬤歡迎你來蒸籠旁一起坐。")),
            "願望",
        ),
        (lambda t: t.assign(pillar="promo"), "四分之一"),
        (lambda t: t.assign(text=t["text"].str.replace("米香|蒸籠", "它", regex=True)), "意象"),
        (lambda t: t.assign(text=t["text"].str.replace("阿嬤", "我們")), "看得到阿嬤"),
        (lambda t: t.assign(text="阿嬤的米香，限時買一送一？"), "回答這一拍"),
    ],
)
def test_each_fault_costs_and_is_named(change, says: str) -> None:  # type: ignore[no-untyped-def]
    found = consistency(change(GOOD), TEA)
    assert found.score < 1 and any(says in one for one in found.mend)


@pytest.mark.parametrize("part", ["hero", "wish", "obstacle", "change", "invitation"])
def test_a_story_without_a_part_is_refused(part: str) -> None:
    parts = {"hero": "a", "wish": "b", "obstacle": "c", "change": "d", "invitation": "e", "motifs": ("f",)}
    with pytest.raises(TableError, match="故事少了"):
        Story(**{**parts, part: " "})  # type: ignore[arg-type]


def test_texts_that_cannot_be_are_refused() -> None:
    for posts, says in (
        (GOOD.drop(columns="text"), "少了欄位 text"),
        (GOOD.head(0), "收到 0 則"),
        (GOOD.assign(beat="climax"), "第 1 列的 beat"),
    ):
        with pytest.raises(TableError, match=says):
            consistency(posts, TEA)
    with pytest.raises(TableError, match="per_week"):
        story_arc(TEA, 0)
    with pytest.raises(TableError, match="意象"):
        Story("a", "b", "c", "d", "e", ())
