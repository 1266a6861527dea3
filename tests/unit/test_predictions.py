"""先猜再看: nothing is shown before a guess, and the first guess is the one that counts."""

import pytest

from xiaobian import records
from xiaobian.exercises import predict, reveal


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


def test_nothing_is_revealed_before_a_guess():
    for note in (predict("3.1.a"), predict("3.1.a", ...), reveal("3.1.a")):
        assert note.word == "先猜再看" and "0.5" not in note.text
    assert records.commitment("3.1.a") is None


def test_a_guess_in_words_or_numbers_is_kept_and_compared():
    assert predict("3.1.a", "1.5 倍").word == "已記下"
    assert "偏高" in reveal("3.1.a").text
    assert predict("3.1.b", "短影音").word == "已記下"
    assert "猜中了" in reveal("3.1.b").text


def test_a_second_guess_does_not_replace_the_first():
    predict("3.1.a", 1.5)
    assert predict("3.1.a", 0.54).word == "已有預測"
    assert "1.50" in reveal("3.1.a").text


@pytest.mark.parametrize(("key", "guess", "says"), [
    ("3.1.a", "很多", "看不出是哪個數字"), ("3.1.b", "reels", "裡選一個"), ("3.1.a", float("nan"), "有限"),
])  # fmt: skip
def test_a_guess_that_cannot_be_read_is_not_kept(key, guess, says):
    note = predict(key, guess)
    assert note.word == "先猜再看" and says in note.text
    assert records.commitment(key) is None


def test_notes_show_the_same_in_text_and_html():
    note = predict("3.1.a", 1.5)
    assert note.text in repr(note) and note.text in note._repr_html_() and "未作答" not in note._repr_html_()
