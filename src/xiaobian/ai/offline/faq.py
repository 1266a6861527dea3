"""The FAQ bot: an approved answer when it is sure, a person when it is not, and never a person's case by machine.

A question is compared with what is known in two ways: the nearest known wording, and a linear classifier (ridge) over
character n-grams, pairs of signs, named meanings, concepts and sure signs. How sure they are together is calibrated on the
training wordings, each judged by a bot that does not know it, and the threshold is set there.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy import sparse

from ... import datasets
from ...errors import NotFound, ReadError
from ...text import classify
from ...text.retrieval import Retriever
from ..safety import pii
from . import faq_store, moderation, wording
from .escalation import Alarm, alarm
from .faq_store import Fitted
from .fitting import covered, logistic, nearest, probability, ridge, threshold, vocabulary

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NONE = "none"
PRECISION = 0.96
"""What the threshold is set for on the training wordings, judged unseen: above the .95 that is promised (設計參數)."""
PRIOR = 0.5
"""What a training wording counts that no entry answers, or a person must: near-misses and grave cases are written there
on purpose, some two for five questions; a shop's inbox holds about one for five (設計參數)."""
ALARMING = 0.03
"""A question that looks this much like a person's case is left to a person (設計參數)."""
UNHAPPY = (0.9, 0.4)
"""How negative a text that asks, and one that asks nothing, may sound before it is left to a person (設計參數)."""
HARMFUL = ("selfharm", "threat", "hate", "insult", "sexual", "illicit")
"""Labels of the moderation rules that no machine answers."""
ELSEWHERE = "other_company"
"""The rule for what belongs to another company."""
FOLDS, FEATURES, CASE = 5, 20, 0


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
    case: how much it looks like something a person must answer.
    """

    action: str
    text: str
    faq_id: str
    sure: float
    reason: str
    alarm: Alarm | None = None
    near: tuple[tuple[str, float], ...] = ()
    case: float = 0.0


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


class Bot:
    """A fitted bot. threshold: of ``sure``; figures: what it reached on the training wordings, each judged unseen.

    fitted: what ``fit`` found earlier for these entries; without it the bot is fitted now.
    """

    def __init__(self, known: list[Entry], fitted: Fitted | None = None) -> None:
        self.entries = known
        self.by_id = {e.id: e for e in known}
        self.ids = [e.id for e in known] + [NONE]
        self.persons = np.array([e.escalate for e in known] + [True])
        made = wordings(known)
        self.texts = [t for t, _, _ in made]
        self.gold = np.array([self.ids.index(g) for _, g, _ in made])
        self.person = np.array([e for _, _, e in made])
        self.space = Space(known).fit(self.texts)
        self.fitted: Fitted = fitted or self._fit()
        self.weights = self.space.rows.T @ self.fitted.dual
        self.words = vocabulary(self.space.core, self.gold, len(self.ids))
        self.threshold: float = self.fitted.threshold
        self.figures: dict[str, float] = self.fitted.figures

    def _fit(self) -> Fitted:
        """Weights from all wordings, and how far they can be trusted."""
        target = self.target()
        features, best = self.unseen(target)
        right = (best == self.gold) & ~self.person
        weight = np.where(self.person | (self.gold == len(self.entries)), PRIOR, 1.0)
        sure = logistic(features, right, weight)
        p = probability(features, sure)
        calm = np.array([alarm(t) is None and not bad for t, bad in zip(self.texts, unhappy(self.texts), strict=True)])
        may = ~self.persons[best] & (features[:, CASE] < ALARMING) & calm
        limit, precision = threshold(p[may], right[may], PRECISION, weight[may])
        sent, answerable = may & (p >= limit), ~self.person & ~self.persons[self.gold]
        figures = {
            "wordings": float(len(p)), "right_first": float((best == self.gold)[answerable].mean()),
            "coverage": float((right & sent).sum() / max(answerable.sum(), 1)), "precision": precision,
            "harmful": float((sent & self.person).sum()),
        }  # fmt: skip
        return Fitted(ridge(self.space.rows, target), sure, limit, figures)

    def target(self) -> np.ndarray:
        """What the weights should say of each wording [wordings, labels + 1]: its label and, last, a person's case.

        A question to another company is worded like one to us; its name alone gives it away, and a rule knows the names.
        """
        named = [(struck := alarm(text)) is not None and struck.rule == ELSEWHERE for text in self.texts]
        grave = self.person & ~np.array(named)
        share = max(float(grave.mean()), 1 / len(grave))
        case = np.where(grave, 1.0, -share / (1 - share + 1e-9))
        return np.column_stack([np.eye(len(self.ids))[self.gold], case])

    def unseen(self, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Features and best entry of each wording, from folds in which it was not known."""
        rows, core = self.space.rows, self.space.core
        fold = np.random.default_rng(20261129).permutation(len(self.texts)) % FOLDS
        features, best = np.zeros((len(fold), FEATURES)), np.zeros(len(fold), dtype=int)
        for k in range(FOLDS):
            held, rest = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
            weights = rows[rest].T @ ridge(rows[rest], target[rest])
            words = vocabulary(core[rest], self.gold[rest], len(self.ids))
            near = nearest(rows[held], rows[rest], self.gold[rest], len(self.ids))
            texts = [self.texts[i] for i in held]
            features[held], best[held] = self._features(texts, rows[held] @ weights, near, covered(core[held], words))
        return features, best

    def _features(
        self, texts: Sequence[str], scores: np.ndarray, near: np.ndarray, share: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Features of each text [rows, FEATURES] and the place of the entry it most likely asks for, never ``none``.

        scores: of each label and, last, of a person's case. near: of each label. share: of the text's words that each
        label knows and, last, that any does.
        """
        labels, case = scores[:, :-1], scores[:, -1]
        signs = np.array([self.space.signs(text) for text in texts])
        own, outside = signs[:, : len(self.entries)], signs[:, len(self.entries) :].any(axis=1)
        both = labels + 0.4 * near
        both[:, :-1] += 0.15 * own
        order = np.argsort(-both[:, :-1], axis=1)
        at, first, second = np.arange(len(texts)), order[:, 0], order[:, 1]
        others, sign = own.sum(axis=1) - own[at, first], own[at, first]
        rival = np.where(np.arange(both.shape[1]) == first[:, None], 0.0, share[:, : both.shape[1]]).max(axis=1)
        features = [
            case, labels[at, first], labels[at, first] - labels[at, second], near[at, first],
            near[at, first] - near[at, second], labels[:, -1], both[at, first], both[at, first] - both[at, second],
            both[at, first] - both[:, -1], near[:, :-1].argmax(axis=1) == labels[:, :-1].argmax(axis=1),
            [min(len(wording.core(text)), 40) / 40 for text in texts], sign, np.minimum(others, 2), sign * (others == 0),
            outside, sign * outside, share[at, first], share[at, first] - rival, share[:, -2], share[:, -1],
        ]  # fmt: skip
        return np.column_stack(features).astype(float), first

    # ── answering ──

    def ask(self, question: str, today: date | None = None) -> Answer:
        """What to do with one question. today: of the answer, by default the computer's day."""
        return self.ask_all([question], today)[0]

    def ask_all(self, questions: Sequence[str], today: date | None = None) -> list[Answer]:
        """The same for many."""
        if not questions:
            return []
        day = today or date.today()
        rows, core = self.space.vectors(questions)
        scores = rows @ self.weights
        alike = nearest(rows, self.space.rows, self.gold, len(self.ids))
        features, best = self._features(questions, scores, alike, covered(core, self.words))
        sure = probability(features, self.fitted.sure)
        case = np.where(unhappy(questions), np.maximum(features[:, CASE], ALARMING), features[:, CASE])
        near = self._near(scores[:, :-1])
        return [
            self._decide(q, self.ids[b], float(p), float(c), n, day)
            for q, b, p, c, n in zip(questions, best, sure, case, near, strict=True)
        ]

    def _near(self, labels: np.ndarray) -> list[tuple[tuple[str, float], ...]]:
        scores = labels[:, :-1]
        order = np.argsort(-scores, axis=1)[:, :5]
        return [tuple((self.ids[i], round(float(row[i]), 3)) for i in places) for row, places in zip(scores, order, strict=True)]

    def _decide(
        self, question: str, best: str, sure: float, case: float, near: tuple[tuple[str, float], ...], day: date
    ) -> Answer:
        return replace(self._chosen(question, best, sure, case, near, day), case=case)

    def _chosen(
        self, question: str, best: str, sure: float, case: float, near: tuple[tuple[str, float], ...], day: date
    ) -> Answer:
        entry = self.by_id[best]
        struck = alarm(question)
        waiting = entry.answer if entry.escalate and sure >= 0.5 else WAITING
        if struck is not None:
            return Answer("person", waiting, best, sure, struck.say(), struck, near)
        if rude := next((one for one in moderation.judge(question) if one.label in HARMFUL), None):
            return Answer("person", WAITING, best, sure, f"{rude.title}：出現「{rude.words}」，請真人處理", None, near)
        if found := pii.find(question):
            return Answer("person", WAITING, best, sure, f"裡面有{found[0].label}，是個人的資料或個案，請真人看過再回", None, near)
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


class Space:
    """What a question is made of: n-grams of its core and its plain text, pairs of signs, named meanings, sure signs,
    concepts."""

    def __init__(self, known: Sequence[Entry]) -> None:
        declared = _patterns()
        entries = [declared["entries"].get(e.id) for e in known]
        self._signs = [*entries, *declared["outside"].values()]
        self._parts = (
            (0.33, Retriever((1, 2), wording.core)), (0.11, Retriever((1, 2), wording.plain)), (0.12, Retriever(cut=_pairs)),
            (0.05, Retriever(cut=_senses)), (0.16, Retriever(cut=self._tokens)), (0.30, Retriever(cut=_spoken)),
        )  # fmt: skip

    def signs(self, text: str) -> list[bool]:
        """Which sure signs stand in a text: one an entry, then one a kind of question from outside."""
        kept = wording.plain(text)
        return [sign is not None and bool(sign.search(kept)) for sign in self._signs]

    def _tokens(self, text: str) -> list[str]:
        return [str(place) for place, there in enumerate(self.signs(text)) if there]

    def fit(self, texts: Sequence[str]) -> Space:
        """Take the wordings in: ``rows``, and ``core``, the n-grams of the first part alone."""
        made = [part.fit(texts).matrix for _, part in self._parts]
        self.rows, self.core = self._joined(made), made[0]
        return self

    def _joined(self, made: Sequence[Any]) -> Any:
        return sparse.hstack([w**0.5 * m for (w, _), m in zip(self._parts, made, strict=True)]).tocsr()

    def vectors(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """One row a text, and the same of the first part alone."""
        made = [part.vectors(texts) for _, part in self._parts]
        return self._joined(made), made[0]


def _pairs(text: str) -> list[str]:
    """Two signs with one to four between them."""
    kept = wording.core(text).replace(" ", "")
    return [kept[i] + kept[j] for i in range(len(kept)) for j in range(i + 2, min(len(kept), i + 6))]


def _senses(text: str) -> list[str]:
    """The named meanings of a text, and each two of them."""
    return _with_pairs(wording.meanings(text))


def _spoken(text: str) -> list[str]:
    """The concepts of a text, and each two of them."""
    return _with_pairs(wording.concepts(text))


def _with_pairs(found: Sequence[str]) -> list[str]:
    return [*found, *(f"{a} {b}" for place, a in enumerate(found) for b in found[place + 1 :])]


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    declared = yaml.load(datasets.path("ai/faq_patterns.yml").read_text(encoding="utf-8"), Loader=_LOADER)
    return {
        part: {name: re.compile("|".join(f"(?:{p})" for p in rules)) for name, rules in declared[part].items()}
        for part in ("entries", "outside")
    }


_ASKS = re.compile(
    "[?？嗎呢ㄇ]|怎|什麼|甚麼|啥|多少|多久|多大|幾|哪|誰|可以|能不能|能否|可否|是否|有沒有|有無|要不要|會不會|是不是|可不可|行不行"
    "|如何|何時|請問|想問|想知道|請教"
)


def unhappy(texts: Sequence[str]) -> list[bool]:
    """Which texts sound like a complaint: very negative, or negative without a question.

    >>> unhappy(["等了一小時還送錯，服務超差", "請問怎麼綁定會員"])
    [True, False]
    """
    felt = classify.sentiment(list(texts))["p_negative"]
    return [p >= UNHAPPY[0 if _ASKS.search(text) else 1] for text, p in zip(texts, felt, strict=True)]


def bot(file: Path | None = None) -> Bot:
    """The bot of a FAQ file, fitted once a session; the shipped one comes with its weights."""
    return _bot(file)


@cache
def _bot(file: Path | None) -> Bot:
    return Bot(entries(file), faq_store.load() if file is None else None)


def as_payload(found: Answer) -> dict[str, Any]:
    """An answer in the form of the FAQ task."""
    return {
        "action": found.action, "faq_id": found.faq_id if found.action == "answer" else NONE,
        "reason": found.reason[:120],
    }  # fmt: skip
