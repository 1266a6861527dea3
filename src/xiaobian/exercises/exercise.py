"""An exercise: the questions of one lesson bound to the learner's record."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from .. import datasets, records
from ..errors import AnswerError, NotFound
from . import bank
from .outcome import LOOK, Outcome, State, unanswered
from .questions import Choice, Decision, Match, MultiChoice, Number, Order, Question, Text

_EXPECTED = {"blank": State.UNANSWERED, "solved": State.PASSED}


class Note:
    """A sentence that shows the same in a notebook and in plain text."""

    def __init__(self, word: str, text: str) -> None:
        self.word, self.text = word, text

    def __repr__(self) -> str:
        return f"{self.word}｜{self.text}"

    def _repr_html_(self) -> str:
        return Outcome(State.UNANSWERED, self.text)._repr_html_().replace("– 未作答", self.word)


class BoundQuestion:
    """One question with its record: ``panel``, ``check`` (also ``answer``), ``hint``, ``solution``."""

    def __init__(self, lesson: str, name: str, question: Question) -> None:
        self.lesson, self.name, self.question = lesson, name, question

    @property
    def title(self) -> str:
        track = "・研究軌" if self.question.research else ""
        return f"第 {self.name[1:]} 題（{self.question.kind}，{self.question.points} 分{track}）"

    def __repr__(self) -> str:
        return f"{self.title}：{self.stored().state}"

    def record(self) -> dict[str, Any]:
        """What is stored for this question; empty before the first attempt."""
        return dict(records.read(self.lesson)["questions"].get(self.name, {}))

    def stored(self) -> Outcome:
        """The last outcome on record."""
        kept = self.record()
        if "state" not in kept:
            return unanswered(self.question.how())
        return Outcome(State(kept["state"]), kept["message"], kept["score"])

    def check(self, answer: Any = ...) -> Outcome:
        """Judge an answer, store it and return the outcome; without an answer, the outcome on record.

        Raises AnswerError when ``KIT_EXPECT`` (``blank`` or ``solved``) asks for another outcome.
        """
        outcome = self._judged(answer)
        if outcome.state is State.UNANSWERED:
            outcome = self.stored()
        else:
            records.update(self.lesson, partial(self._store, answer, outcome))
        self._expect(outcome)
        return outcome

    answer = check

    def _judged(self, answer: Any) -> Outcome:
        try:
            return self.question.judge(answer)
        except Exception as error:
            if os.environ.get("KIT_STRICT") == "1":
                raise
            return Outcome(
                State.ERROR, f"檢查時出了問題（{type(error).__name__}：{error}）。先看答案的型別，再試一次。"
            )

    def _store(self, answer: Any, outcome: Outcome, record: records.Record) -> None:
        entry = record["questions"].setdefault(self.name, {"attempts": 0, "best": 0.0, "hints": 0})
        entry["attempts"] += 1
        if not entry.get("solution_seen"):
            credit = self.question.credit(outcome.score, entry["attempts"])
            entry["best"] = max(entry["best"], credit)
        entry.update(
            answer=answer if isinstance(answer, (str, int, float)) else None,
            state=str(outcome.state), message=outcome.message, score=outcome.score, time=records.now(),
        )  # fmt: skip

    def _expect(self, outcome: Outcome) -> None:
        expected = _EXPECTED.get(os.environ.get("KIT_EXPECT", ""))
        if expected and outcome.state is not expected:
            raise AnswerError(
                f"預期這題{expected}，結果是{outcome.state}",
                where=f"{self.lesson} {self.name}（{outcome.message}）",
            )

    def hint(self) -> Note:
        """The next hint; after the last one it stays."""
        hints = self.question.hints
        if not hints:
            return Note("提示", "這題沒有提示，題目裡的線索就夠了。")
        step = min(self.record().get("hints", 0), len(hints) - 1)

        def change(record: records.Record) -> None:
            entry = record["questions"].setdefault(self.name, {"attempts": 0, "best": 0.0, "hints": 0})
            entry["hints"] = min(entry["hints"] + 1, len(hints))

        records.update(self.lesson, change)
        return Note(f"提示 {step + 1}/{len(hints)}", hints[step])

    def solution(self, confirm: bool = False) -> Note:
        """The answer and why; asks for one attempt first unless ``confirm`` is true.

        Later attempts at a question whose solution was seen before a pass earn nothing more.
        """
        if not (confirm or self.record().get("attempts")):
            return Note(
                "先試一次",
                "作答一次再看解答，學得比較牢。真的要先看：再按一次「看解答」，或用 solution(confirm=True)。",
            )

        def change(record: records.Record) -> None:
            entry = record["questions"].setdefault(self.name, {"attempts": 0, "best": 0.0, "hints": 0})
            entry["solution_seen"] = True

        records.update(self.lesson, change)
        return Note("解答", f"{self.question.solution_text()}\n{self.question.explain}")

    def panel(self, answer: Any = ...) -> Any:
        """The question as a widget, filled with the answer on record; an answer given here is checked first."""
        from ..panels.question import question_panel

        outcome = self.check(answer)
        return question_panel(
            f"第 {self.name[1:]} 題",
            self.question.how(),
            control(self.question),
            check=lambda given: self.check(given)._repr_html_(),
            hint=lambda: self.hint()._repr_html_(),
            solution=lambda confirmed: self.solution(confirm=confirmed)._repr_html_(),
            answer=self.record().get("answer"),
            feedback="" if outcome.state is State.UNANSWERED else outcome._repr_html_(),
        )

    def points(self) -> float:
        """Points earned so far."""
        return self.question.points * self.record().get("best", 0.0)


def control(question: Question) -> Any:
    """The control that fits a kind of question."""
    from ..panels import controls

    match question:
        case Choice(options=options):
            return controls.pick_one({k: o.text for k, o in options.items()})
        case MultiChoice(options=options):
            return controls.pick_many({k: o.text for k, o in options.items()})
        case Order():
            return controls.put_in_order(question.shown)
        case Match(pairs=pairs, choices=choices):
            return controls.match(list(pairs), choices)
        case Decision(choices=choices, face=face):
            return face() if face else controls.decide(choices)
        case Number(unit=unit):
            return controls.type_number(unit)
        case Text():
            return controls.type_text()
    return controls.in_code("answer")


class Exercise:
    """The questions of a lesson: ``ex.q1`` … ``ex.q6``; showing it lists what is done."""

    def __init__(self, lesson: str) -> None:
        self.lesson = datasets.lesson(lesson)
        questions = bank.load(lesson).QUESTIONS
        self.questions = {f"q{i}": BoundQuestion(lesson, f"q{i}", q) for i, q in enumerate(questions, 1)}

    def __getattr__(self, name: str) -> BoundQuestion:
        if name in self.__dict__.get("questions", {}):
            return self.questions[name]
        if name.startswith("q") and name[1:].isdigit():
            raise NotFound(f"這份練習沒有 {name}", next_step=f"可用的題目：{'、'.join(self.questions)}")
        raise AttributeError(name)

    def __iter__(self) -> Iterator[BoundQuestion]:
        return iter(self.questions.values())

    def data(self) -> Any:
        """The learner's own data for this exercise, made from the learner's seed."""
        return bank.load(self.lesson.id).data()

    def points(self) -> tuple[float, int]:
        """Points earned, and points there are."""
        return sum(q.points() for q in self), sum(q.question.points for q in self)

    def __repr__(self) -> str:
        return "\n".join([self._headline(), *(f"  {LOOK[q.stored().state][0]} {q!r}" for q in self)])

    def _headline(self) -> str:
        earned, total = self.points()
        return f"練習 {self.lesson.id} {self.lesson.title}：{round(earned, 1):g}/{total} 分"

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<li style="list-style:none;padding:2px 0"><span style="color:{LOOK[q.stored().state][1]}">'
            f"{LOOK[q.stored().state][0]} {q.stored().state}</span>　{q.title}</li>"
            for q in self
        )
        return (
            '<div style="font-size:16px;color:#22303C;background:#FFFFFF;max-width:960px;padding:8px 16px;'
            f'border:1px solid #E3E8EC"><strong>{self._headline()}</strong><ul style="margin:8px 0;padding:0">{rows}</ul></div>'
        )

    def grade(self) -> float:
        """Points earned as a plain float, for grading tools; the list of questions is printed first."""
        print(self)
        return round(float(self.points()[0]), 2)


def exercise(lesson: str) -> Exercise:
    """The exercise of a lesson, for example ``xb.exercise("3.1")``; raises NotFound for an unknown one."""
    return Exercise(lesson)
