"""Words: the sealed sentences, the convention, and that nothing of a text is ever lost."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import opencc
import pytest

from xiaobian import datasets
from xiaobian.errors import TableError
from xiaobian.text import cut, cut_many
from xiaobian.text import segmentation_rules as rules

SEALED = Path(__file__).parents[1] / "data" / "segmentation.txt"
LEAST_F1 = 0.925
ODD = "小編今天不是一個月123,.:/@#a-Zé😀👍🏽\u200d\ufe0f\n \t\r\ufdd0\ufdd1\ud800\x00ㄅ"


def gold(text: str) -> list[list[str]]:
    return [line.split("｜") for line in text.splitlines()]


def spans(words: Sequence[str]) -> set[tuple[int, int]]:
    found, at = set(), 0
    for word in words:
        if word.strip():
            found.add((at, at + len(word)))
        at += len(word)
    return found


def f1(true: Sequence[Sequence[str]], seen: Sequence[Sequence[str]]) -> float:
    pairs = [(spans(a), spans(b)) for a, b in zip(true, seen, strict=True)]
    return 2 * sum(len(a & b) for a, b in pairs) / sum(len(a) + len(b) for a, b in pairs)


def odd_texts(number: int) -> list[str]:
    draw = random.Random(1)
    signs = [lambda: chr(draw.randrange(0x110000)), lambda: draw.choice(ODD), lambda: chr(draw.randrange(0x4E00, 0x9FFF))]
    return ["".join(draw.choice(signs)() for _ in range(draw.randrange(25))) for _ in range(number)]


def test_the_sealed_sentences_are_cut_as_by_hand() -> None:
    true = gold(SEALED.read_text(encoding="utf-8"))
    assert f1(true, cut_many(["".join(words) for words in true])) >= LEAST_F1
    assert f1(true, [list("".join(words)) for words in true]) < 0.5


def test_the_development_sentences_are_cut_as_by_hand() -> None:
    true = gold(datasets.path("text/segmentation_dev.txt").read_text(encoding="utf-8"))
    assert len(true) >= 200
    assert f1(true, cut_many(["".join(words) for words in true])) >= 0.95


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("這個不是", "這 個 不 是"),
        ("一個月三十天", "一 個 月 三十 天"),
        ("第三個人", "第三 個 人"),
        ("賣1,250份，漲2.1%", "賣 1,250 份 ， 漲 2.1 %"),
        ("看到照片了嗎", "看到 照片 了 嗎"),
        ("你有沒有吃過", "你 有 沒有 吃 過"),
        ("寄到tea@yusui.test", "寄到 tea@yusui.test"),
        ("看 https://a.test/b?c=1 喔", "看 https://a.test/b?c=1 喔"),
        ("追蹤@yusui.tea和#母親節快樂", "追蹤 @yusui.tea 和 #母親節快樂"),
        ("好讚👍🏽👨\u200d👩\u200d👧！！", "好 讚 👍🏽 👨\u200d👩\u200d👧 ！ ！"),
        ("轉換率跟E-mail", "轉換率 跟 E-mail"),
        ("ㄏㄏ好笑", "ㄏㄏ 好笑"),
    ],
)
def test_the_convention(text: str, words: str) -> None:
    assert [word for word in cut(text) if word.strip()] == words.split()


def test_simplified_text_is_cut_at_the_same_places() -> None:
    texts = ["".join(words) for words in gold(datasets.path("text/segmentation_dev.txt").read_text(encoding="utf-8"))]
    convert = opencc.OpenCC("t2s").convert
    plain = [convert(text) for text in texts]
    assert list(map(len, plain)) == list(map(len, texts))
    same = [list(map(len, a)) == list(map(len, b)) for a, b in zip(cut_many(texts), cut_many(plain), strict=True)]
    assert all(same)


def test_a_text_alone_and_among_others_is_cut_alike() -> None:
    texts = [text for text in odd_texts(300) if not set(text) & {"\ufdd0", "\ufdd1"}]
    assert [cut(text) for text in texts] == cut_many(texts)


def test_words_of_anything_give_the_text_back() -> None:
    texts = odd_texts(10_000)
    for text, words in zip(texts, cut_many(texts), strict=True):
        assert "".join(words) == text
        assert "" not in words


def test_nothing_and_blanks() -> None:
    assert cut("") == []
    assert cut_many([]) == []
    assert cut_many(["", "好", ""]) == [[], ["好"], []]
    assert cut("好 ")[0] == "好"


def test_a_bare_string_is_told_apart_from_a_list() -> None:
    with pytest.raises(TableError, match="一串文字"):
        cut_many("好吃")


def test_every_rule_of_the_convention_is_read() -> None:
    table = rules.rules()
    assert all("｜" in word for word in table["apart"].split())
    apart = {rules.simplify(word.replace("｜", "")) for word in table["apart"].split()}
    assert not (rules.listed("keep") | rules.listed("words")) & apart
    assert all(len(rules.simplify(sign)) == 1 for sign in table["heads"] + table["takes"] + table["tools"])
