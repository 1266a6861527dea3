"""先猜再看: a guess is written down before the answer is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import records
from ..errors import NotFound
from . import bank
from .exercise import Note
from .parsing import Mismatch, is_blank, number


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A question whose answer the lesson computes.

    truth: the answer. show: a value in words with its unit. why: one or two sentences that explain the truth.
    options: for a choice, the allowed words; otherwise the guess is a number.
    close: largest difference that counts as a good guess (numbers only).
    """

    prompt: str
    truth: Callable[[], Any]
    show: Callable[[Any], str]
    why: str
    options: tuple[str, ...] = ()
    close: float = 0.0

    def parse(self, guess: Any) -> Any:
        if not self.options:
            return number(guess)
        if guess not in self.options:
            raise Mismatch(f"請從 {'、'.join(self.options)} 裡選一個。")
        return guess

    def words(self, value: Any) -> str:
        """A value as it reads inside a sentence."""
        shown = self.show(value)
        if self.options:
            return f"「{shown}」"
        return f" {shown}" if shown[0].isascii() else shown

    def verdict(self, guess: Any) -> str:
        truth = self.truth()
        if self.options:
            return "猜中了。" if guess == truth else "和你猜的不一樣。"
        return (
            "很接近。" if abs(guess - truth) <= self.close else f"你猜得偏{'高' if guess > truth else '低'}。"
        )


def _find(key: str) -> Prediction:
    if not (isinstance(key, str) and key.count(".") == 2):
        raise NotFound(
            f"「{key}」不是預測的編號", next_step='編號由課號和代號組成，例如 xb.predict("3.1.a", 1.5)'
        )
    lesson, _, name = key.rpartition(".")
    predictions = bank.load(lesson).PREDICTIONS
    if name not in predictions:
        raise NotFound(
            f"沒有 {key} 這個預測",
            next_step=f"第 {lesson} 課有：{'、'.join(f'{lesson}.{n}' for n in predictions)}",
        )
    return predictions[name]


def predict(key: str, guess: Any = ...) -> Note:
    """Write down a guess under ``key``, like ``xb.predict("3.1.a", 1.5)``; with ``...`` only asks for one.

    The first guess is the one kept; raises NotFound for an unknown key.
    """
    prediction = _find(key)
    if is_blank(guess):
        return Note("先猜再看", f"{prediction.prompt}把 ... 換成你的猜測，再執行一次。")
    try:
        value = prediction.parse(guess)
    except Mismatch as mismatch:
        return Note("先猜再看", str(mismatch))
    kept = records.commit(key, value)
    if kept["first"] != value:
        said = f"你第一次猜{prediction.words(kept['first'])}，以那次為準；這次的{prediction.words(value)}當練習。"
        return Note("已有預測", said)
    return Note("已記下", f"你猜{prediction.words(value)}。")


def reveal(key: str) -> Note:
    """Show the answer beside the guess; without a guess it only asks for one first."""
    prediction = _find(key)
    kept = records.commitment(key)
    if kept is None or kept["first"] is None:
        return Note("先猜再看", f'還沒看到你的猜測。先執行 xb.predict("{key}", …)，再回來看。')
    guess = records.reveal(key)["first"]
    answer = prediction.words(prediction.truth())
    return Note(
        "揭曉", f"答案是{answer}；你猜{prediction.words(guess)}，{prediction.verdict(guess)}{prediction.why}"
    )
