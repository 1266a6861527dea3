"""How well results were told, under the split that time makes and under one that mixes past and future."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ...errors import TableError
from ..measures import Floats
from . import aim
from .features import Ints, Kind
from .history import History
from .intervals import Band
from .leaks import rank_correlation
from .model import Matrix, baselines, fit, training_levels

METHODS = {
    "predict": "本工具（混合）",
    "constant": "過去的中位數",
    "group": "同平台同格式的中位數",
    "recent": "同帳號最近 30 則的中位數",
    "ridge": "脊迴歸",
    "ridge_recent": "脊迴歸（近期加重）",
    "boosting": "梯度提升樹",
    "peek": "偷看答案",
}
FOLDS = 5
_DATE = "_date"


@dataclass(frozen=True)
class Score:
    """See ``Forecast`` for what each means."""

    n: int
    mdape: float
    mape: float
    mape_aimed: float
    mae_log: float
    r2_log: float
    rank: float
    coverage: float
    width: float


def score(past: History, point: Floats, aimed: Floats, test: np.ndarray, band: Band | None = None) -> Score:
    """Compare predictions with results on the tested posts; ``point``, and ``aimed`` at percentage errors, in logs."""
    z, told = past.z[test], point[test]
    share_off = _percentage_errors(past, point, test)
    spread = float(np.sum((z - z.mean()) ** 2))
    coverage = width = np.nan
    if band is not None:
        low, high = band.low[test], band.high[test]
        coverage = float(np.mean((z >= low) & (z <= high)))
        width = float(np.exp(np.nanmedian(high - low)))
    return Score(
        int(test.sum()), float(np.median(share_off)), float(share_off.mean()),
        float(_percentage_errors(past, aimed, test).mean()), float(np.abs(z - told).mean()),
        1 - float(np.sum((z - told) ** 2)) / spread if spread > 0 else np.nan, rank_correlation(told, z), coverage, width,
    )  # fmt: skip


def _percentage_errors(past: History, point: Floats, test: np.ndarray) -> Floats:
    """|y − p| ÷ y of the tested posts with a result above 0."""
    some = test & (past.y > 0)
    if not some.any():
        return np.full(1, np.nan)
    return np.asarray(np.abs(past.counts(point[some]) - past.y[some]) / past.y[some])


def random_rows(past: History, shares: Floats, test: np.ndarray, by_mape: bool) -> list[dict]:
    """The same methods under random cross-validation, scored on the same posts: learners have seen their future."""
    dated = past.table.assign(**{_DATE: np.arange(len(past.y), dtype=float)})
    told = _crossed(past, dated, [*past.kinds, Kind(_DATE, "clock")])
    wanted = {
        "predict": told @ shares,
        "constant": told[:, 0],
        "group": told[:, 1],
        "ridge": told[:, 3],
        "boosting": told[:, 5],
    }
    rows = []
    for name, point in wanted.items():
        aimed = _lowered(past, point)
        found = score(past, aimed if by_mape else point, aimed, test)
        rows.append({"method": name, "label": METHODS[name], "split": "random", **vars(found)})
    return rows


def _folds(n: int) -> Ints:
    return np.random.default_rng(0).permutation(np.arange(n) % FOLDS)


def _lowered(past: History, point: Floats) -> Floats:
    """Predictions (logs) multiplied by what makes the percentage error of the other folds least."""
    fold, told = _folds(len(point)), past.positive(point)
    learnt = [aim.factor(told[fold != k], past.y[fold != k]) for k in range(FOLDS)]
    return past.logs(told * np.array(learnt)[fold])


def _crossed(past: History, table: pd.DataFrame, kinds: list[Kind]) -> Floats:
    before = training_levels(past.z, past.who, past.group, past.origin)
    fold, told = _folds(len(past.y)), np.zeros((len(past.y), 6))
    for k in range(FOLDS):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        told[test, :3] = baselines(
            past.z[train], past.group[train], past.who[train], past.group[test], past.who[test]
        )
        fitted = fit(table.iloc[train], before[train], past.z[train], kinds)
        told[test, 3:] = fitted.predict(table.iloc[test], before[test])
    return told


def check_peek(past: History, columns: list[str]) -> None:
    """Raise TableError for columns to peek at that the table does not have."""
    absent = [name for name in columns if name not in past.posts]
    if absent:
        raise TableError(
            f"表裡沒有 {'、'.join(absent)}，沒得偷看",
            where="參數 peek",
            next_step=f"現有欄位：{'、'.join(map(str, past.posts.columns))}",
        )


def peeked(past: History, columns: list[str], test: np.ndarray, random_split: bool) -> list[dict]:
    """What a plain ridge regression reaches when it is given results of the posts themselves."""
    if not columns:
        return []
    before = training_levels(past.z, past.who, past.group, past.origin)
    known = Matrix.learn(past.table[~test], past.kinds).columns(past.table, False)
    x = np.hstack([known, before, *(_logged(past.posts[name]) for name in columns)])
    told = np.full(len(past.y), np.nan)
    told[test] = _plain(x[~test], past.z[~test], x[test])
    rows = [_peek_row(past, told, test, "time")]
    if random_split:
        fold, crossed = _folds(len(past.y)), np.zeros(len(past.y))
        for k in range(FOLDS):
            crossed[fold == k] = _plain(x[fold != k], past.z[fold != k], x[fold == k])
        rows.append(_peek_row(past, crossed, test, "random"))
    return rows


def _logged(values: pd.Series) -> Floats:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    logs = np.log1p(np.maximum(numbers, 0))
    missing = ~np.isfinite(logs)
    middle = float(np.median(logs[~missing])) if (~missing).any() else 0.0
    return np.column_stack([np.where(missing, middle, logs), missing])


def _plain(x: Floats, z: Floats, asked: Floats) -> Floats:
    return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 3, 7))).fit(x, z).predict(asked)


def _peek_row(past: History, told: Floats, test: np.ndarray, split: str) -> dict:
    return {"method": "peek", "label": METHODS["peek"], "split": split, **vars(score(past, told, told, test))}
