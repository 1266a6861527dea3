"""What a comment wants, from the trained classifier where there is one, else from the nearest labelled comments."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from importlib import import_module

import numpy as np

from ... import datasets
from ...text.retrieval import Retriever
from .escalation import alarm

NEIGHBOURS = 9


def intent(text: str) -> tuple[str, float]:
    """Intent and how sure, 0–1; an alarm of the escalation rules decides before any likeness.

    >>> intent("我要找律師告你們")[0]
    'legal'
    """
    struck = alarm(text)
    if struck is not None and struck.rule in _BY_RULE:
        return _BY_RULE[struck.rule], 1.0
    try:
        row = import_module("xiaobian.text.classify").intent([text]).iloc[0]
    except (ModuleNotFoundError, FileNotFoundError):
        return _nearest(text)
    label = row["label"]
    if label is None or label != label:
        return _nearest(text)
    return str(label), float(row["p"])


_BY_RULE = {
    "selfharm": "selfharm", "legal": "legal", "food_safety": "complaint", "injury": "complaint", "refund_dispute": "complaint",
    "damaged": "complaint", "staff": "complaint", "angry": "complaint",
}  # fmt: skip


@cache
def _known() -> tuple[Retriever, tuple[str, ...]]:
    with open(datasets.path("text/comments.tsv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return Retriever().fit([r["text"] for r in rows]), tuple(r["intent"] for r in rows)


def _nearest(text: str) -> tuple[str, float]:
    retriever, labels = _known()
    scores = retriever.scores([text])[0]
    votes: Counter[str] = Counter()
    for place in np.argsort(-scores, kind="stable")[:NEIGHBOURS]:
        votes[labels[place]] += float(scores[place]) ** 2
    label, weight = votes.most_common(1)[0]
    total = sum(votes.values())
    return label, (weight / total if total and scores.max() > 0.3 else 0.0)
