"""Make the weights of the comment classifiers from our own texts; they are read back by ``classify``."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .. import datasets
from . import lexicon, segmentation_rules
from .features import Stream, Vocabulary, stream, vocabulary

SENTIMENTS = ("negative", "neutral", "positive")
SOURCES = ("reviews.tsv", "comments.tsv", "lexicon.tsv", "modifiers.tsv")
LONGEST, LEAST = 3, 2
DENSE = 0.3
STRENGTH = {"sentiment": 10.0, "intent": 10.0}
BORROWED = 0.3
WANTED = {"sentiment": 0.90, "intent": 0.80}
GRAVE = ("legal", "selfharm", "personal_data", "scam")
RECALL, FLOOR = 0.95, 0.08
REVIEW_INTENT = {"positive": "praise", "negative": "complaint", "neutral": "answer"}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One training text. group: what is held out together; sentiment or intent may be empty: not trained on."""

    text: str
    sentiment: str
    intent: str
    group: str
    weight: float = 1.0


def rows() -> list[Row]:
    """The texts of ``datasets/text``; reviews teach the intents too, with little weight."""
    found = [
        Row(r["text"], r["sentiment"], r["intent"], f"comments/{r['domain']}") for r in table_rows("comments.tsv")
    ]
    for r in table_rows("reviews.tsv"):
        found.append(Row(r["text"], r["sentiment"], REVIEW_INTENT[r["sentiment"]], f"reviews/{r['domain']}"))
    return found


def table_rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of ``datasets/text``: tabs, no quoting."""
    text = datasets.path(f"text/{name}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def digest(extra: Sequence[Row] = ()) -> str:
    """SHA-256 of everything the weights are made of."""
    settings = (LONGEST, LEAST, DENSE, sorted(STRENGTH.items()), BORROWED, sorted(WANTED.items()), RECALL, FLOOR, lexicon.NAMES, sorted(segmentation_rules.rules()["alike"].items()))
    sha = hashlib.sha256(repr(settings).encode())
    for name in SOURCES:
        sha.update(datasets.path(f"text/{name}").read_bytes().replace(b"\r\n", b"\n"))
    for row in extra:
        sha.update(f"{row}\n".encode())
    return sha.hexdigest()


def design(texts: Stream, known: Vocabulary) -> sparse.csr_matrix:
    """What a linear model sees [texts, n-grams + lexicon]: TF-IDF of length 1, and the lexicon's features."""
    total = sum(known.matrices(texts))
    squares = np.asarray(total @ known.idf**2).ravel()
    scaled = sparse.diags(1 / np.sqrt(np.maximum(squares, 1e-9))) @ total @ sparse.diags(known.idf)
    return sparse.hstack([scaled[:, 1:], sparse.csr_matrix(DENSE * lexicon.features(texts))]).tocsr()


@dataclass(frozen=True)
class Fitted:
    """A linear model. weights [features, labels]; bias [labels]."""

    weights: Floats
    bias: Floats

    def margins(self, matrix: sparse.csr_matrix) -> Floats:
        return np.asarray(matrix @ self.weights + self.bias)


def fit(matrix: sparse.csr_matrix, labels: NDArray[np.int64], strength: float, weight: Floats) -> Fitted:
    """Softmax regression with an L2 penalty; convex, so the answer does not hang on where it starts."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=2000, tol=1e-4)
    model.fit(matrix, labels, sample_weight=weight)
    return Fitted(model.coef_.T, model.intercept_)


def softmax(margins: Floats) -> Floats:
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def temperature(margins: Floats, labels: NDArray[np.int64]) -> float:
    """What margins are divided by so that the probabilities hold out of sample (Guo et al. 2017)."""
    from scipy import optimize

    def loss(log_t: float) -> float:
        p = softmax(margins / np.exp(log_t))
        return -float(np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12)).mean())

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def folds(groups: Sequence[str], number: int = 5) -> NDArray[np.int64]:
    """A fold for each row; a group (source and domain) is never parted, big ones first to the smallest fold."""
    names, sizes = np.unique(np.asarray(groups), return_counts=True)
    fold_of, load = {}, np.zeros(number)
    for name, size in sorted(zip(names, sizes, strict=True), key=lambda pair: (-pair[1], pair[0])):
        fold_of[name] = int(load.argmin())
        load[fold_of[name]] += size
    return np.array([fold_of[group] for group in groups])


def held_out(task: Task, strength: float, fold: NDArray[np.int64], only: int | None = None) -> Floats:
    """Margins of each row from a model that saw no row of its fold [rows, labels]; the vocabulary too is the fold's.

    only: the one fold to answer for; the other rows stay 0.
    """
    margins = np.zeros((len(task.texts), len(task.names)))
    for number in np.unique(fold) if only is None else [only]:
        learn, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        seen = stream([task.texts[i] for i in learn])
        known = vocabulary(seen, LONGEST, LEAST)
        model = fit(design(seen, known), task.labels[learn], strength, task.weight[learn])
        margins[test] = model.margins(design(stream([task.texts[i] for i in test]), known))
    return margins


@dataclass(frozen=True)
class Task:
    """Texts with labels [rows] as places in ``names``; own: the rows that were labelled for this task."""

    names: tuple[str, ...]
    texts: list[str]
    labels: NDArray[np.int64]
    groups: list[str]
    weight: Floats

    @property
    def own(self) -> NDArray[np.bool_]:
        return self.weight >= 1


def sentiment_task(found: Sequence[Row]) -> Task:
    used = [row for row in found if row.sentiment]
    labels = np.array([SENTIMENTS.index(row.sentiment) for row in used])
    return Task(SENTIMENTS, [r.text for r in used], labels, [r.group for r in used], np.ones(len(used)))


def intent_task(found: Sequence[Row]) -> Task:
    used = [row for row in found if row.intent]
    names = tuple(sorted({row.intent for row in used}))
    labels = np.array([names.index(row.intent) for row in used])
    weight = np.array([BORROWED if row.group.startswith("reviews/") else 1.0 for row in used])
    return Task(names, [r.text for r in used], labels, [r.group for r in used], weight)


def sure_from(margins: Floats, labels: NDArray[np.int64], heat: float, wanted: float) -> float:
    """The least probability from which on at least ``wanted`` of the held-out answers are right."""
    p = softmax(margins / heat)
    best, right = p.max(axis=1), p.argmax(axis=1) == labels
    order = np.argsort(-best, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= wanted)
    return float(best[order[enough[-1]]]) if len(enough) else 1.0


def recall_thresholds(margins: Floats, labels: NDArray[np.int64], heat: float, names: Sequence[str]) -> Floats:
    """For each label the probability from which it is called before all others; above 1 for all but the grave ones."""
    p = softmax(margins / heat)
    found = np.full(len(names), 2.0)
    for label in GRAVE:
        at = names.index(label)
        found[at] = max(float(np.quantile(p[labels == at, at], 1 - RECALL)), FLOOR)
    return found


def build(extra: Sequence[Row] = ()) -> dict[str, NDArray[np.generic]]:
    """Everything that ``models/comments.npz`` holds. extra: training texts from elsewhere."""
    found = [*rows(), *extra]
    every = stream([row.text for row in found])
    known = vocabulary(every, LONGEST, LEAST)
    held: dict[str, NDArray[np.generic]] = {
        "prints": known.prints,
        "documents": known.documents.astype(np.uint16),
        "texts": np.array(known.texts),
        "longest": np.array(known.longest),
        "digest": np.array(digest(extra)),
    }
    for name, task in (("sentiment", sentiment_task(found)), ("intent", intent_task(found))):
        margins = held_out(task, STRENGTH[name], folds(task.groups))[task.own]
        labels = task.labels[task.own]
        heat = temperature(margins, labels)
        model = fit(design(stream(task.texts), known), task.labels, STRENGTH[name], task.weight)
        step = float(np.abs(model.weights[: len(known.prints)]).max()) / 127
        held |= {
            f"{name}_names": np.array(task.names),
            f"{name}_weights": np.round(model.weights[: len(known.prints)] / step).astype(np.int8),
            f"{name}_step": np.array(step, dtype=np.float32),
            f"{name}_dense": model.weights[len(known.prints) :].astype(np.float32),
            f"{name}_bias": model.bias.astype(np.float32),
            f"{name}_heat": np.array(heat, dtype=np.float32),
            f"{name}_sure": np.array(sure_from(margins, labels, heat, WANTED[name]), dtype=np.float32),
        }
        if name == "intent":
            held["intent_from"] = recall_thresholds(margins, labels, heat, task.names).astype(np.float32)
    return held
