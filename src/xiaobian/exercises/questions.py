"""The kinds of question. Each is a declaration; ``judge`` is the one pure function behind panel and code."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

from .outcome import Outcome, graded, unanswered
from .parsing import Mismatch, is_blank, letters, number


@dataclass(frozen=True)
class Wrong:
    """An example of a wrong answer and a phrase its feedback must contain: a test for the question."""

    answer: Any
    says: str


@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """What every question has.

    prompt: Markdown. points: credit in the exercise. hints: from a nudge to nearly the answer.
    explain: why the answer is right, shown with a pass and with the solution.
    wrong: example wrong answers. given: code that shows what the question is about, in a cell before it.
    research: belongs to 研究軌 (code). stub, solution: code of the exercise cell (code questions only; ``answer``
    is the name that is checked).
    """

    prompt: str
    explain: str
    points: int = 2
    hints: tuple[str, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    given: str = ""
    research: bool = False
    stub: str = ""
    solution: str = ""

    kind: ClassVar[str] = ""

    def judge(self, answer: Any) -> Outcome:
        """Outcome of an answer: blank, then type and shape, then value, then the typical mistake."""
        if is_blank(answer):
            return unanswered(self.how())
        try:
            return self.grade(self.parse(answer))
        except Mismatch as mismatch:
            return graded(0, "", str(mismatch))

    @abstractmethod
    def how(self) -> str:
        """How to answer, in one sentence."""

    @abstractmethod
    def parse(self, answer: Any) -> Any:
        """The answer in its plain form; raises Mismatch with what to do when the form is wrong."""

    @abstractmethod
    def grade(self, answer: Any) -> Outcome:
        """Outcome of a well-formed answer."""

    @abstractmethod
    def right(self) -> Any:
        """An answer that passes."""

    def solution_text(self) -> str:
        """The answer in words."""
        return str(self.right())

    def credit(self, score: float, attempts: int) -> float:
        """Share of the points for the best score after this many attempts."""
        return score


@dataclass(frozen=True)
class Option:
    """A choice: its text, and what to say to a learner who picked it."""

    text: str
    feedback: str = ""


def _label(options: Mapping[str, Option], letter: str) -> str:
    return f"{letter}. {options[letter].text}"


def _letters_or_mismatch(answer: Any, allowed: Mapping[str, Any], example: str) -> list[str]:
    picked = letters(answer)
    unknown = [letter for letter in picked if letter not in allowed]
    if unknown or not picked:
        raise Mismatch(f"這題用代號作答，可用的代號是 {'、'.join(allowed)}。請改成像 {example} 的寫法。")
    return picked


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """Pick one; every wrong option carries its own feedback. Credit falls with each extra attempt."""

    options: Mapping[str, Option]
    answer: str
    kind: ClassVar[str] = "單選"

    def how(self) -> str:
        return "選一個答案，再按「檢查」。"

    def parse(self, answer: Any) -> str:
        picked = _letters_or_mismatch(answer, self.options, f'"{next(iter(self.options))}"')
        if len(picked) != 1:
            raise Mismatch("這題只能選一個。請留下你最有把握的那個代號。")
        return picked[0]

    def grade(self, answer: str) -> Outcome:
        return graded(answer == self.answer, self.explain, self.options[answer].feedback)

    def right(self) -> str:
        return self.answer

    def solution_text(self) -> str:
        return _label(self.options, self.answer)

    def credit(self, score: float, attempts: int) -> float:
        return score * max(0.0, 1 - (attempts - 1) / (len(self.options) - 1))


@dataclass(frozen=True, kw_only=True)
class MultiChoice(Question):
    """Pick all that hold. Score: share of right ones picked minus share of wrong ones picked, floor 0."""

    options: Mapping[str, Option]
    answers: frozenset[str]
    kind: ClassVar[str] = "複選"

    def how(self) -> str:
        return "把符合的都選起來，再按「檢查」。"

    def parse(self, answer: Any) -> frozenset[str]:
        example = "".join(list(self.options)[:2])
        return frozenset(_letters_or_mismatch(answer, self.options, f'"{example}"'))

    def grade(self, answer: frozenset[str]) -> Outcome:
        false = set(self.options) - self.answers
        score = len(answer & self.answers) / len(self.answers) - len(answer & false) / len(false)
        return graded(max(0.0, score), self.explain, self._advice(answer))

    def _advice(self, answer: frozenset[str]) -> str:
        for letter in sorted(answer - self.answers):
            return f"{self._found(answer)}{letter} 要再想想：{self.options[letter].feedback}"
        missing = len(self.answers - answer)
        return f"{self._found(answer)}還漏了 {missing} 個符合的選項。"

    def _found(self, answer: frozenset[str]) -> str:
        hits = sorted(answer & self.answers)
        return f"{'、'.join(hits)} 選對了；" if hits else ""

    def right(self) -> str:
        return "".join(sorted(self.answers))

    def solution_text(self) -> str:
        return "；".join(_label(self.options, letter) for letter in sorted(self.answers))


@dataclass(frozen=True, kw_only=True)
class Order(Question):
    """Put items in order; ``items`` are declared in the right order and shown shuffled.

    Score: Kendall's tau with floor 0. why: what to say about a pair that stands the wrong way round, by the
    index of the earlier item.
    """

    items: tuple[str, ...]
    why: tuple[str, ...]
    kind: ClassVar[str] = "排序"

    @property
    def shown(self) -> dict[str, str]:
        """Letter → item, in a fixed shuffled order that is not the answer."""
        order = list(self.items)
        shuffler = random.Random(self.prompt)
        while order == list(self.items):
            shuffler.shuffle(order)
        return {chr(65 + i): item for i, item in enumerate(order)}

    def how(self) -> str:
        return "替每一個位置選一項，再按「檢查」。"

    def parse(self, answer: Any) -> list[str]:
        picked = _letters_or_mismatch(answer, self.shown, f'"{"".join(self.shown)}"')
        if sorted(picked) != sorted(self.shown):
            raise Mismatch(f"每一項都要用到，而且只用一次：共 {len(self.items)} 項。")
        return picked

    def grade(self, answer: list[str]) -> Outcome:
        ranks = [self.items.index(self.shown[letter]) for letter in answer]
        pairs = [(i, j) for i in range(len(ranks)) for j in range(i + 1, len(ranks))]
        tau = sum(1 if ranks[i] < ranks[j] else -1 for i, j in pairs) / len(pairs)
        return graded(max(0.0, tau), self.explain, self._advice(ranks))

    def _advice(self, ranks: list[int]) -> str:
        for first, second in pairwise(ranks):
            if first > second:
                pair = f"「{self.items[second]}」應該排在「{self.items[first]}」前面"
                return f"{pair}：{self.why[second]}"
        return ""

    def right(self) -> str:
        letter = {item: key for key, item in self.shown.items()}
        return "".join(letter[item] for item in self.items)

    def solution_text(self) -> str:
        return " → ".join(self.items)


def _quoted(text: str) -> str:
    """A text in quotation marks, unless it brings its own."""
    return text if text.startswith("「") and text.endswith("」") else f"「{text}」"


@dataclass(frozen=True, kw_only=True)
class Match(Question):
    """Give each item on the left one on the right. Score is corrected for a blind guess, floor 0."""

    pairs: Mapping[str, str]
    choices: Mapping[str, str]
    why: Mapping[str, str]
    kind: ClassVar[str] = "配對"

    def how(self) -> str:
        return "替左邊每一項選一個右邊的答案，再按「檢查」。"

    def parse(self, answer: Any) -> list[str]:
        picked = _letters_or_mismatch(answer, self.choices, f'"{next(iter(self.choices)) * len(self.pairs)}"')
        if len(picked) != len(self.pairs):
            raise Mismatch(f"要給 {len(self.pairs)} 個代號，依序對應左邊各項；你給了 {len(picked)} 個。")
        return picked

    def grade(self, answer: list[str]) -> Outcome:
        hits = sum(a == b for a, b in zip(answer, self.pairs.values(), strict=True))
        chance = len(self.pairs) / len(self.choices)
        score = (hits - chance) / (len(self.pairs) - chance)
        return graded(max(0.0, score), self.explain, self._advice(answer, hits))

    def _advice(self, answer: list[str], hits: int) -> str:
        for (left, letter), picked in zip(self.pairs.items(), answer, strict=True):
            if letter != picked:
                return f"對了 {hits} 項。{_quoted(left)}再看一次：{self.why[left]}"
        return ""

    def right(self) -> str:
        return "".join(self.pairs.values())

    def solution_text(self) -> str:
        return "；".join(f"{left} → {self.choices[letter]}" for left, letter in self.pairs.items())


@dataclass(frozen=True)
class Slip:
    """A typical mistake: the value it leads to, and what to say."""

    value: Callable[[], Any]
    says: str


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number with an absolute tolerance; ``unit`` is ``%`` or a noun; slips are typical mistakes."""

    truth: Callable[[], float]
    tolerance: float
    unit: str = ""
    decimals: int = 2
    slips: tuple[Slip, ...] = ()
    kind: ClassVar[str] = "數字"

    def how(self) -> str:
        unit = f"，單位是{'百分比（%）' if self.unit == '%' else self.unit}" if self.unit else ""
        return f"填一個數字{unit}，再按「檢查」。"

    def parse(self, answer: Any) -> float:
        return number(answer)

    def grade(self, answer: float) -> Outcome:
        return graded(
            self._near(answer, self.truth()),
            f"{self.shown(answer)}，對。{self.explain}",
            self._advice(answer),
        )

    def shown(self, value: float) -> str:
        text = f"{value:,.{self.decimals}f}"
        return f"{text}%" if self.unit == "%" else f"{text} {self.unit}".strip()

    def _near(self, value: float, target: float) -> bool:
        return abs(value - target) <= self.tolerance + 1e-12

    def _advice(self, answer: float) -> str:
        for slip in self.slips:
            if self._near(answer, slip.value()):
                return slip.says
        if self.unit == "%" and self._near(answer * 100, self.truth()):
            return f"計算對了，單位差一步：{answer:g} 是比例，請換成百分比（乘 100）。"
        side = "大" if answer > self.truth() else "小"
        return f"你的答案 {self.shown(answer)} 偏{side}。檢查分子、分母各是哪一欄，再算一次。"

    def right(self) -> float:
        return round(self.truth(), self.decimals + 2)

    def solution_text(self) -> str:
        return self.shown(self.truth())


@dataclass(frozen=True, kw_only=True)
class Decision(Question):
    """Choices that are judged by what they bring in simulated worlds; one letter a choice, in order.

    choices: name of each choice → its options by letter. share: part of the best possible outcome (1 is the best)
    that the picked letters bring. floor, enough: the shares that earn nothing and everything; between them credit
    grows evenly. told: what the picked letters brought, in words. advice: the next thing to try. face: makes a control
    of its own for the panel; a drop-down a choice without one. judged: what they are compared with, in a sentence.
    """

    choices: Mapping[str, Mapping[str, str]]
    share: Callable[[str], float]
    told: Callable[[str], str]
    advice: Callable[[str], str]
    best: str
    floor: float
    enough: float
    face: Callable[[], Any] | None = None
    judged: str = "會放進沒看過的模擬世界裡，比較你和最好的排法。"
    kind: ClassVar[str] = "決策"

    def how(self) -> str:
        return f"每一項選一個做法，再按「檢查」。{self.judged}"

    def parse(self, answer: Any) -> str:
        every = {letter: text for options in self.choices.values() for letter, text in options.items()}
        example = "".join(next(iter(options)) for options in self.choices.values())
        picked = _letters_or_mismatch(answer, every, f'"{example}"')
        if len(picked) != len(self.choices):
            raise Mismatch(
                f"要給 {len(self.choices)} 個代號，依序是{'、'.join(self.choices)}；你給了 {len(picked)} 個。"
            )
        for letter, (name, options) in zip(picked, self.choices.items(), strict=True):
            if letter not in options:
                raise Mismatch(f"「{name}」可以選 {'、'.join(options)}，沒有 {letter}。")
        return "".join(picked)

    def grade(self, answer: str) -> Outcome:
        score = (self.share(answer) - self.floor) / (self.enough - self.floor)
        told = self.told(answer)
        return graded(min(max(0.0, score), 1.0), told + self.explain, told + self.advice(answer))

    def right(self) -> str:
        return self.best

    def solution_text(self) -> str:
        return "；".join(
            f"{name}：{options[letter]}"
            for letter, (name, options) in zip(self.best, self.choices.items(), strict=True)
        )


@dataclass(frozen=True)
class Check:
    """One requirement of a text: a test, and what to do when it does not hold."""

    name: str
    holds: Callable[[str], bool]
    advice: str


@dataclass(frozen=True, kw_only=True)
class Text(Question):
    """Free text judged by checks anyone can read; score is the share that holds. Never decides alone.

    model: makes an example that passes.
    """

    checks: tuple[Check, ...]
    model: Callable[[], str]
    kind: ClassVar[str] = "短文"

    def how(self) -> str:
        return f"寫一段文字，再按「檢查」。會檢查：{'、'.join(c.name for c in self.checks)}。"

    def parse(self, answer: Any) -> str:
        if not isinstance(answer, str):
            raise Mismatch('這題要寫文字，請用引號包起來，例如 "……"。')
        return answer.strip()

    def grade(self, answer: str) -> Outcome:
        held = [check for check in self.checks if check.holds(answer)]
        return graded(len(held) / len(self.checks), self.explain, self._advice(answer, held))

    def _advice(self, answer: str, held: list[Check]) -> str:
        missed = next((c for c in self.checks if c not in held), None)
        if missed is None:
            return ""
        done = f"做到了：{'、'.join(c.name for c in held)}。" if held else ""
        return f"{done}還差「{missed.name}」：{missed.advice}"

    def right(self) -> str:
        return self.model()


@dataclass(frozen=True, kw_only=True)
class TableAnswer(Question):
    """A table (code question): type, then columns, then rows, then values within a relative tolerance.

    ``truth`` gives the expected frame; index and columns are compared by label, not by order.
    """

    truth: Callable[[], Any]
    tolerance: float = 1e-6
    slips: tuple[Slip, ...] = field(default=())
    kind: ClassVar[str] = "表格"

    def how(self) -> str:
        return "把算好的表放進 answer，再執行這一格。"

    def parse(self, answer: Any) -> Any:
        import pandas as pd

        if isinstance(answer, pd.Series):
            answer = answer.to_frame()
        if not isinstance(answer, pd.DataFrame):
            raise Mismatch(f"這題要一張表（DataFrame），你給的是 {type(answer).__name__}。")
        return answer

    def grade(self, answer: Any) -> Outcome:
        from .frames import difference

        found = difference(answer, self.truth(), self.tolerance)
        return graded(found is None, self.explain, self._advice(answer, found or ""))

    def _advice(self, answer: Any, found: str) -> str:
        from .frames import difference

        for slip in self.slips:
            if difference(answer, slip.value(), self.tolerance) is None:
                return slip.says
        return found

    def right(self) -> Any:
        return self.truth()

    def solution_text(self) -> str:
        return self.solution
