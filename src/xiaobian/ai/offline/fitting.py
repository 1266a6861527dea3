"""The arithmetic of the FAQ bot: likeness, vocabulary, ridge and logistic regression, and where to set a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

RIDGE = 0.5


def vocabulary(core: Any, gold: np.ndarray, number: int) -> Any:
    """Which n-grams each label's wordings hold [labels + 1, n-grams]; the last row: any label's."""
    there = sparse.csr_matrix((np.ones(core.nnz), core.indices, core.indptr), shape=core.shape)
    belongs = sparse.csr_matrix((np.ones(len(gold)), (gold, np.arange(len(gold)))), shape=(number, len(gold)))
    held = (belongs @ there).tocsr()
    held = sparse.vstack([held, sparse.csr_matrix(held.sum(axis=0))]).tocsr()
    held.data[:] = 1.0
    return held


def covered(core: Any, words: Any) -> np.ndarray:
    """Share of each text's weight that each label's wordings know [texts, labels + 1]; what is new counts as unknown."""
    return np.asarray((core.multiply(core).tocsr() @ words.T).toarray())


def nearest(rows: Any, known: Any, gold: np.ndarray, number: int) -> np.ndarray:
    """Likeness of each text [rows] with the nearest known wording of each label [columns]."""
    order = np.argsort(gold, kind="stable")
    labels, starts = np.unique(gold[order], return_index=True)
    found = np.zeros((rows.shape[0], number))
    for begin in range(0, rows.shape[0], 512):
        alike = np.asarray((rows[begin : begin + 512] @ known[order].T).toarray())
        found[begin : begin + 512, labels] = np.maximum.reduceat(alike, starts, axis=1)
    return found


def ridge(rows: Any, target: np.ndarray, penalty: float = RIDGE, steps: int = 60) -> np.ndarray:
    """Solve (rows · rowsᵀ + penalty) a = target by conjugate gradients, all columns at once."""
    a, left = np.zeros_like(target), target.copy()
    way, size = left.copy(), (left**2).sum(axis=0)
    for _ in range(steps):
        ahead = rows @ (rows.T @ way) + penalty * way
        step = size / np.maximum((way * ahead).sum(axis=0), 1e-30)
        a, left = a + step * way, left - step * ahead
        after = (left**2).sum(axis=0)
        if after.max() < 1e-10:
            break
        way, size = left + after / np.maximum(size, 1e-30) * way, after
    return a


def logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Weights of a logistic regression, the constant last, by Newton's method; ``ridge`` spares the constant.

    weight: what each row counts.
    """
    full = np.column_stack([x, np.ones(len(x))])
    w, penalty = np.zeros(full.shape[1]), np.diag([ridge] * x.shape[1] + [1e-6])
    for _ in range(50):
        p = 1 / (1 + np.exp(-full @ w))
        curve = (full * (weight * p * (1 - p))[:, None]).T @ full + penalty
        step = np.linalg.solve(curve, full.T @ (weight * (y - p)) - penalty @ w)
        w = w + step
        if np.abs(step).max() < 1e-8:
            break
    return w


def probability(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Probability of each row of features."""
    return np.asarray(1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1]))))


def threshold(p: np.ndarray, right: np.ndarray, precision: float, weight: np.ndarray) -> tuple[float, float]:
    """The lowest threshold from which on answers are right often enough, and the precision there.

    weight: what each row counts.

    >>> threshold(np.array([.9, .8, .3]), np.array([True, True, False]), 0.97, np.ones(3))
    (0.8, 1.0)
    """
    order = np.argsort(-p, kind="stable")
    share = np.cumsum((right * weight)[order]) / np.cumsum(weight[order])
    good = np.flatnonzero(share >= precision)
    if not len(good):
        return 1.0, float("nan")
    return float(p[order[good[-1]]]), float(share[good[-1]])
