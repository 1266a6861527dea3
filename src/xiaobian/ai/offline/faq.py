"""The FAQ bot: an approved answer when it is sure, a person when it is not, and never a person's case by machine.

Two readings of a question are compared with what is known: the nearest known wording, and a linear classifier over
character n-grams and named meanings (kernel ridge, closed form). How sure they are together is calibrated on the
training wordings, each left out once, and the threshold is set there for a precision of .97.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ... import datasets
from ...errors import NotFound, ReadError
from ...text.retrieval import Retriever
from . import wording
from .escalation import Alarm, alarm

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NONE = "none"
PRECISION = 0.97
"""What the threshold is set for on the training wordings, above the .95 that is promised."""
RIDGE, FOLDS = 0.3, 5
ALARMING, CASE_RIDGE = 0.0, 0.5
"""A question that looks this much like a person's case is left to a person (設計參數)."""


@dataclass(frozen=True)
class Entry:
    """One question the team has an answer to; ``valid_until`` is the last day on which it holds."""

    id: str
    question: str
    variants: tuple[str, ...]
    answer: str
    topic: str
    escalate: bool
    valid_until: date | None

    def holds(self, today: date) -> bool:
        return self.valid_until is None or today <= self.valid_until


@dataclass(frozen=True)
class Answer:
    """What the bot does with a question.

    action: ``answer`` (text may go out as it stands) or ``person``. text: the approved answer, or the waiting reply that
    a person may send. sure: probability that ``faq_id`` is right. reason: why, in 正體中文. near: the best candidates.
    """

    action: str
    text: str
    faq_id: str
    sure: float
    reason: str
    alarm: Alarm | None = None
    near: tuple[tuple[str, float], ...] = ()


def entries(file: Path | None = None) -> list[Entry]:
    """The entries of a FAQ file; raises ReadError with the entry that will not do."""
    place = file or datasets.path("ai/faq.yml")
    found = []
    for row in yaml.load(place.read_text(encoding="utf-8"), Loader=_LOADER)["entries"]:
        try:
            until = row.get("valid_until")
            until = date.fromisoformat(until) if isinstance(until, str) else until
            found.append(
                Entry(
                    str(row["id"]), str(row["question"]), tuple(map(str, row.get("variants", ()))), str(row["answer"]).strip(),
                    str(row.get("topic", "")), bool(row.get("escalate", False)), until,
                )
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as problem:
            raise ReadError(
                f"這一題讀不進來（{problem}）", where=f"檔案 {place.name} 的 {row.get('id', '沒有 id 的一題')}",
                next_step="每一題要有 id、question、answer，日期寫成 2026-09-10",
            ) from problem  # fmt: skip
    return found


def wordings(known: Sequence[Entry]) -> list[tuple[str, str, bool]]:
    """Training texts: text, entry id or ``none``, and whether a person must answer."""
    made = [(text, e.id, e.escalate) for e in known for text in (e.question, *e.variants)]
    ids = {e.id for e in known}
    made += [row for row in _extra() if row[1] in ids or row[1] == NONE]
    return list(dict.fromkeys(made))


@cache
def _extra() -> list[tuple[str, str, bool]]:
    """More wordings of our own, and comments that no entry answers."""
    try:
        place = datasets.path("ai/faq_training.tsv")
    except NotFound:
        return []
    with open(place, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(r["text"], r["gold"] or NONE, r["escalate"].strip().lower() == "true") for r in rows]


@cache
def _cases() -> list[tuple[str, bool]]:
    """Comments with whether they are a person's case, from the training comments."""
    with open(datasets.path("text/comments.tsv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(r["text"], r["intent"] in _PERSONS) for r in rows if r["intent"] not in _UNCLEAR]


_PERSONS = ("complaint", "legal", "selfharm", "personal_data", "rumor", "troll")
_UNCLEAR = ("scam", "answer")


@dataclass
class Bot:
    """A fitted bot. threshold: of ``sure``; figures: what it reached on the training wordings."""

    entries: list[Entry]
    threshold: float = 1.0
    figures: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {e.id: e for e in self.entries}
        made = wordings(self.entries)
        self.texts, self.gold = [t for t, _, _ in made], np.array([g for _, g, _ in made], dtype=object)
        self.ids = [e.id for e in self.entries] + [NONE]
        self.grams = Retriever((1, 2, 3), wording.core).fit(self.texts, list(self.gold))
        self.sense = Retriever((1, 2), _sense).fit(self.texts, list(self.gold))
        self.kernel = self._kernel(self.texts)
        self.target = np.array([[float(g == i) for i in self.ids] for g in self.gold])
        self.weights = _ridge(self.kernel, self.target)
        self._calibrate()
        self._fit_cases()

    def _kernel(self, texts: Sequence[str]) -> np.ndarray:
        """Likeness of texts [rows] with the training wordings [columns]."""
        return 0.65 * self.grams.scores(texts) + 0.35 * self.sense.scores(texts)

    def _calibrate(self) -> None:
        """Probability of being right, from folds in which the judged wordings were not known."""
        fold = np.arange(len(self.texts)) % FOLDS
        features, right = [], []
        for k in range(FOLDS):
            held, rest = fold == k, fold != k
            weights = _ridge(self.kernel[np.ix_(rest, rest)], self.target[rest])
            seen = self.kernel[np.ix_(held, rest)]
            found = self._features(seen, weights, self.gold[rest], [self.texts[i] for i in np.flatnonzero(held)])
            features.append(found[0])
            right.append(found[1] == self.gold[held])
        x, y = np.vstack(features), np.concatenate(right)
        self.sure = logistic(x, y)
        p = probability(x, self.sure)
        self.threshold, coverage, precision = threshold(p, y, PRECISION)
        self.figures = {"wordings": len(y), "right_first": float(y.mean()), "coverage": coverage, "precision": precision}

    def _features(
        self, seen: np.ndarray, weights: np.ndarray, gold: np.ndarray, texts: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Features of each text and the entry it most likely asks for; ``none`` is never the answer."""
        scores = seen @ weights
        near = np.zeros_like(scores)
        for place, name in enumerate(self.ids):
            near[:, place] = seen[:, gold == name].max(axis=1, initial=0.0)
        both = scores + 0.5 * near
        answers = both[:, :-1]
        order = np.argsort(-answers, axis=1)
        first, second = order[:, 0], order[:, 1]
        rows = np.arange(len(seen))
        length = np.array([min(len(wording.core(t)), 40) for t in texts]) / 40
        features = np.column_stack(
            [
                scores[rows, first], scores[rows, first] - scores[rows, second], near[rows, first],
                near[rows, first] - near[rows, second], both[rows, -1], answers[rows, first] - both[rows, -1],
                np.argmax(near[:, :-1], axis=1) == np.argmax(scores[:, :-1], axis=1), length,
            ]
        ).astype(float)  # fmt: skip
        return features, np.array([self.ids[i] for i in first], dtype=object)

    def _fit_cases(self) -> None:
        """The classifier of what looks like a person's case."""
        cases = _cases()
        own = [(t, e) for t, g, e in wordings(self.entries) if g != NONE or e]
        texts = [t for t, _ in cases] + [t for t, _ in own]
        y = np.array([e for _, e in cases] + [e for _, e in own])
        self.case_grams = Retriever((1, 2), wording.plain).fit(texts)
        kernel = np.asarray((self.case_grams.matrix @ self.case_grams.matrix.T).toarray())
        weight = np.where(y, len(y) / (2 * y.sum()), len(y) / (2 * (~y).sum()))
        self.case_weights = np.linalg.solve(kernel + np.diag(CASE_RIDGE / weight), np.where(y, 1.0, -1.0))
        self.case_vector = self.case_grams.matrix.T @ self.case_weights

    def case_scores(self, texts: Sequence[str]) -> np.ndarray:
        """How much each text looks like something a person must answer: −1 not at all, 1 very much."""
        return np.asarray(self.case_grams.vectors(texts) @ self.case_vector)

    # ── answering ──

    def ask(self, question: str, today: date | None = None) -> Answer:
        """What to do with one question. today: of the answer, by default the computer's day."""
        return self.ask_all([question], today)[0]

    def ask_all(self, questions: Sequence[str], today: date | None = None) -> list[Answer]:
        """The same for many."""
        if not questions:
            return []
        day = today or date.today()
        seen = self._kernel(questions)
        features, best = self._features(seen, self.weights, self.gold, questions)
        sure, case = probability(features, self.sure), self.case_scores(questions)
        near = self._near(seen)
        return [
            self._decide(q, str(b), float(p), float(c), n, day)
            for q, b, p, c, n in zip(questions, best, sure, case, near, strict=True)
        ]

    def _near(self, seen: np.ndarray) -> list[tuple[tuple[str, float], ...]]:
        scores = (seen @ self.weights)[:, :-1]
        order = np.argsort(-scores, axis=1)[:, :5]
        return [tuple((self.ids[i], round(float(row[i]), 3)) for i in places) for row, places in zip(scores, order, strict=True)]

    def _decide(
        self, question: str, best: str, sure: float, case: float, near: tuple[tuple[str, float], ...], day: date
    ) -> Answer:
        entry = self.by_id[best]
        struck = alarm(question)
        waiting = entry.answer if entry.escalate and sure >= 0.5 else WAITING
        if struck is not None:
            return Answer("person", waiting, best, sure, struck.say(), struck, near)
        if len(wording.core(question)) < 2:
            return Answer("person", WAITING, best, sure, "問題太短，看不出要問什麼", None, near)
        if entry.escalate and sure >= 0.3:
            return Answer("person", waiting, best, sure, f"像「{entry.question}」，這一題規定由真人回", None, near)
        if case >= ALARMING:
            return Answer("person", WAITING, best, sure, "讀起來像抱怨或個案，請真人看過再回", None, near)
        if sure < self.threshold:
            return Answer("person", WAITING, best, sure, f"把握 {sure:.0%}，不到門檻 {self.threshold:.0%}，轉給真人", None, near)
        if not entry.holds(day):
            return Answer("person", WAITING, best, sure, f"最像「{entry.question}」，但那份答案 {entry.valid_until} 就過期了", None, near)
        return Answer("answer", entry.answer, best, sure, f"最像「{entry.question}」，把握 {sure:.0%}", None, near)


WAITING = "收到你的訊息了，這一題請真人同事看過再回你，謝謝你先等我們一下。"
"""What may be said while a person looks; it promises no time and no outcome."""


def _sense(text: str) -> str:
    """The named meanings of a text, one sign each, so that a gram is one meaning or two side by side."""
    return "".join(chr(0x4E00 + _number(name)) for name in wording.meanings(text))


@cache
def _number(name: str) -> int:
    return [group for group, _ in wording._lists()[2]].index(name)


def _ridge(kernel: np.ndarray, target: np.ndarray) -> np.ndarray:
    return np.linalg.solve(kernel + RIDGE * np.eye(len(kernel)), target)


def logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression, the constant last, by Newton's method; ``ridge`` spares the constant."""
    full = np.column_stack([x, np.ones(len(x))])
    w, penalty = np.zeros(full.shape[1]), np.diag([ridge] * x.shape[1] + [1e-6])
    for _ in range(50):
        p = 1 / (1 + np.exp(-full @ w))
        step = np.linalg.solve((full * (p * (1 - p))[:, None]).T @ full + penalty, full.T @ (y - p) - penalty @ w)
        w = w + step
        if np.abs(step).max() < 1e-8:
            break
    return w


def probability(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Probability of each row of features."""
    return np.asarray(1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1]))))


def threshold(p: np.ndarray, right: np.ndarray, precision: float) -> tuple[float, float, float]:
    """The lowest threshold from which on answers are right often enough: threshold, coverage, precision there.

    >>> threshold(np.array([.9, .8, .3]), np.array([True, True, False]), 0.97)[1]
    0.6666666666666666
    """
    order = np.argsort(-p, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(p) + 1)
    good = np.flatnonzero(share >= precision)
    if not len(good):
        return 1.0, 0.0, float("nan")
    last = int(good[-1])
    return float(p[order[last]]), (last + 1) / len(p), float(share[last])


@cache
def bot(file: Path | None = None) -> Bot:
    """The bot of a FAQ file, fitted once a session."""
    return Bot(entries(file))


def as_payload(found: Answer) -> dict[str, Any]:
    """An answer in the form of the FAQ task."""
    return {
        "action": found.action, "faq_id": found.faq_id if found.action == "answer" else NONE,
        "reason": found.reason[:120],
    }  # fmt: skip
