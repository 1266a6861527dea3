"""Can a classifier tell simulated posts from real ones, and does a model trained on them predict real ones?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .statistics import Floats, Numbers, known, median, spread

INTERVAL = (0.025, 0.975)
NULL_RUNS, REAL_RUNS, FOLDS = 8, 4, 5
TRAIN_SHARE, SYNTHETIC_ROWS, RESAMPLES = 0.7, 3000, 400
FEWEST_TESTED = 30
NEAR_SHARE, FEWEST_NEAR = 0.1, 5


@dataclass(frozen=True)
class Transfer:
    """Median absolute percentage errors (0–1) on the last 30 % of the real posts, by what the model learnt from.

    real, synthetic: trained on the first 70 %, or on simulated posts; constant: always the earlier median. ratio:
    synthetic ÷ real, with a 95 % bootstrap interval over the tested posts. tested: posts. inputs: what it knew.
    """

    real: float
    synthetic: float
    constant: float
    ratio: float
    low: float
    high: float
    tested: int
    inputs: tuple[str, ...]


# ── simulated pages of the same temper ──


def _traits(page: Numbers) -> Floats:
    """What tells pages apart apart from their size: spreads, typical rate, share of paid posts."""
    rate = median(page.rate)
    typical = float(np.log(rate)) if rate > 0 else float("nan")
    paid = known(page.paid)
    return np.array([
        spread(page.reach), spread(page.engagement), spread(page.rate), typical,
        paid.mean() if paid.size else np.nan,
    ])  # fmt: skip


def nearest(real: Numbers, simulated: Sequence[Numbers]) -> list[int]:
    """Places of the tenth of the simulated pages (at least 5) whose temper is most like the real page's.

    Whether such pages exist at all is the check list's question; the models ask about the posts within a page.
    """
    traits = np.array([_traits(page) for page in simulated])
    gaps = (traits - _traits(real)) / np.maximum(np.nanstd(traits, axis=0), 1e-9)
    distance = (np.where(np.isfinite(gaps), gaps, 0.0) ** 2).sum(axis=1)
    count = max(FEWEST_NEAR, round(NEAR_SHARE * len(simulated)))
    return [int(place) for place in np.argsort(distance, kind="stable")[:count]]


# ── can a classifier tell the posts apart? ──

COLUMNS = ("reach", "engagement", "rate", "comments", "shares", "is_paid")


def _columns(page: Numbers, names: Sequence[str], rng: np.random.Generator) -> Floats:
    """Posts as inputs of the classifier: logs of each count against the page's own level [n, columns].

    A random part below 1 is added to every count, so that scaled whole numbers do not betray their page.
    """
    rows = []
    for name in names:
        if name == "is_paid":
            rows.append(page.paid)
        elif name == "rate":
            rows.append(_relative(page.engagement, rng) - _relative(page.reach, rng))
        else:
            rows.append(_relative(getattr(page, name), rng))
    return np.array(rows).T


def _relative(counts: Floats, rng: np.random.Generator) -> Floats:
    values = known(counts)
    level = values.mean() if values.size else np.nan
    return np.log((counts + rng.random(len(counts))) / (level + 0.5))


def _shared_columns(real: Numbers, simulated: Sequence[Numbers]) -> tuple[str, ...]:
    """The classifier's columns that the real page and every simulated one have."""

    def has(page: Numbers, name: str) -> bool:
        return bool(known(page.paid if name == "is_paid" else getattr(page, name)).size)

    return tuple(name for name in COLUMNS if all(has(page, name) for page in (real, *simulated)))


def two_samples(
    real: Numbers, simulated: Sequence[Numbers], rng: np.random.Generator
) -> tuple[float, tuple[float, ...], tuple[str, ...]]:
    """AUC of telling real from simulated posts, the same for simulated pages in its place, and the columns used."""
    names = _shared_columns(real, simulated)
    posts = np.stack([_columns(page, names, rng) for page in simulated])
    one = _columns(real, names, rng)
    alike = posts[nearest(real, simulated)]
    auc = float(np.mean([_auc(one, _pool(alike, rng), rng) for _ in range(REAL_RUNS)]))
    null = []
    strangers = rng.choice(len(simulated), min(NULL_RUNS, len(simulated)), replace=False)
    for place in (int(stranger) for stranger in strangers):
        others = np.delete(np.arange(len(simulated)), place)
        near = nearest(simulated[place], [simulated[int(i)] for i in others])
        null.append(_auc(posts[place], _pool(posts[others[near]], rng), rng))
    return auc, tuple(sorted(null)), names


def _pool(posts: Floats, rng: np.random.Generator) -> Floats:
    """As many posts as a page has, drawn from all pages [pages, n, columns]."""
    pages, n, _ = posts.shape
    return np.asarray(posts[rng.integers(0, pages, n), rng.integers(0, n, n)])


def _auc(one: Floats, other: Floats, rng: np.random.Generator) -> float:
    """Five-fold area under the ROC curve of gradient boosting."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    inputs = np.concatenate([one, other])
    labels = np.repeat([1, 0], [len(one), len(other)])
    seed = int(rng.integers(2**31))
    model = HistGradientBoostingClassifier(
        max_iter=50, max_leaf_nodes=8, early_stopping=False, random_state=seed
    )
    found = []
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(inputs, labels):
        model.fit(inputs[train], labels[train])
        found.append(roc_auc_score(labels[test], model.predict_proba(inputs[test])[:, 1]))
    return float(np.mean(found))


# ── does a model trained on simulated posts predict real ones? ──

INPUTS = {"reach": "觸及", "paid": "付費", "hour": "時刻", "weekday": "星期", "format": "格式"}


def _shared_inputs(real: Numbers, simulated: Sequence[Numbers]) -> tuple[str, ...]:
    pages = (real, *simulated)
    return tuple(name for name in INPUTS if all(known(getattr(page, name)).size for page in pages))


def _inputs(page: Numbers, names: Sequence[str], level: float) -> Floats:
    rows = [
        np.log1p(page.reach) - np.log1p(level) if name == "reach" else getattr(page, name) for name in names
    ]
    return np.array(rows).T


def train_on_synthetic(
    real: Numbers, simulated: Sequence[Numbers], rng: np.random.Generator
) -> Transfer | None:
    """Predict engagement of the last 30 % of the real posts from the first 70 %, or from simulated posts.

    Sizes are given: each page's reach and engagement are taken against its median, the real page's against that
    of its earlier posts. None where no input is known, fewer than 30 posts can be tested, or all are alike.
    """
    names = _shared_inputs(real, simulated)
    cut = int(TRAIN_SHARE * len(real))
    early = Numbers(*(values[:cut] for values in vars(real).values()))
    late = Numbers(*(values[cut:] for values in vars(real).values()))
    tested = late.engagement > 0
    level = median(early.engagement)
    if not names or int(tested.sum()) < FEWEST_TESTED or not level > 0:
        return None
    if np.ptp(late.engagement[tested]) == 0:
        return None
    reach = median(early.reach)
    inputs, truth = _inputs(late, names, reach)[tested], late.engagement[tested]
    errors = {}
    for source, (x, y) in {
        "real": _lesson(early, names, reach, level),
        "synthetic": _synthetic_lesson([simulated[i] for i in nearest(early, simulated)], names, rng),
    }.items():
        predicted = np.expm1(_learn(x, y).predict(inputs) + np.log1p(level))
        errors[source] = np.abs(predicted - truth) / truth
    constant = float(np.median(np.abs(level - truth) / truth))
    on_real, on_synthetic = (float(np.median(errors[name])) for name in ("real", "synthetic"))
    low, high = _ratio_interval(errors["synthetic"], errors["real"], rng)
    words = tuple(INPUTS[name] for name in names)
    return Transfer(on_real, on_synthetic, constant, on_synthetic / on_real, low, high, len(truth), words)


def _lesson(page: Numbers, names: Sequence[str], reach: float, level: float) -> tuple[Floats, Floats]:
    there = np.isfinite(page.engagement)
    return _inputs(page, names, reach)[there], (np.log1p(page.engagement) - np.log1p(level))[there]


def _synthetic_lesson(
    simulated: Sequence[Numbers], names: Sequence[str], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    lessons = [_lesson(page, names, median(page.reach), median(page.engagement)) for page in simulated]
    inputs, outcomes = (np.concatenate(parts) for parts in zip(*lessons, strict=True))
    rows = rng.choice(len(outcomes), min(SYNTHETIC_ROWS, len(outcomes)), replace=False)
    return inputs[rows], outcomes[rows]


def _learn(inputs: Floats, outcomes: Floats):
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=60, max_leaf_nodes=8, early_stopping=False, random_state=0
    )
    return model.fit(inputs, outcomes)


def _ratio_interval(synthetic: Floats, real: Floats, rng: np.random.Generator) -> tuple[float, float]:
    rows = rng.integers(0, len(real), (RESAMPLES, len(real)))
    ratios = np.median(synthetic[rows], axis=1) / np.median(real[rows], axis=1)
    low, high = np.quantile(ratios, INTERVAL)
    return float(low), float(high)
