"""The first difference between two tables, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def difference(answer: pd.DataFrame, truth: pd.DataFrame, tolerance: float) -> str | None:
    """None when both hold the same values under the same labels, else one sentence on the first difference.

    tolerance: relative. Order of rows and columns does not matter.
    """
    missing = [str(c) for c in truth.columns if c not in answer.columns]
    if missing:
        return f"少了欄位 {'、'.join(missing)}；你的表有 {'、'.join(map(str, answer.columns))}。"
    if len(answer) != len(truth):
        return f"列數不同：應該有 {len(truth)} 列，你的表有 {len(answer)} 列。看看分組或篩選。"
    if answer.index.has_duplicates:
        return "索引（index）有重複的名稱。請先用 groupby 讓每一組只剩一列。"
    absent = [str(i) for i in truth.index if i not in answer.index]
    if absent:
        return f"列的名稱對不上：找不到 {'、'.join(absent[:3])}。分組欄位要放在索引（index）。"
    return next(filter(None, (_column(answer[c], truth[c], tolerance) for c in truth.columns)), None)


def _column(answer: pd.Series, truth: pd.Series, tolerance: float) -> str | None:
    for label, given, expected in zip(truth.index, answer.reindex(truth.index), truth, strict=True):
        if not _same(given, expected, tolerance):
            return (
                f"「{truth.name}」這欄在「{label}」列是 {_shown(given)}，和答案不同。檢查這一欄的分子與分母。"
            )
    return None


def _same(given: Any, expected: Any, tolerance: float) -> bool:
    if pd.isna(expected) or pd.isna(given):
        return bool(pd.isna(expected) and pd.isna(given))
    if isinstance(expected, str):
        return str(given) == expected
    try:
        return bool(np.isclose(float(given), float(expected), rtol=tolerance, atol=1e-12))
    except (TypeError, ValueError):
        return False


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)
