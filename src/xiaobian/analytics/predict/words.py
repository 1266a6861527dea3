"""What can be said of a prediction, and what cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...plotting.wording import percent_text, spaced
from ..metrics import METRICS
from .features import feature_label
from .model import LEARNERS
from .scores import METHODS

if TYPE_CHECKING:
    from .predict import Forecast


Numbers = dict[str, float]
MEASURES = {"log": ("mae_log", "對數誤差"), "mape": ("mape", "平均百分比誤差")}
"""By ``loss``: the column that judges, and its name."""


def target_label(target: str) -> str:
    """What is predicted, as a learner reads it.

    >>> target_label("reach"), target_label("Total Interactions")
    ('觸及', 'Total Interactions')
    """
    return METRICS[target].title if target in METRICS else feature_label(target)


def say(result: Forecast) -> str:
    """How well it did on posts it had not seen, beside the constant; the interval; what a random split would claim."""
    if result.abstained:
        return spaced(
            f"能用的貼文只有{result.n:,}則，或結果都一樣，學不出規律也考不了試，先不預測。至少要 60 則；"
            "在那之前，用過去的中位數當估計最誠實。"
        )
    rows = _rows(result, "time")
    ours, constant = rows["predict"], rows["constant"]
    error, called = ("mape", "平均百分比誤差") if result.loss == "mape" else ("mdape", "典型誤差")
    head = (
        f"用發佈前就知道的{len(result.features)}項，預測最後{len(result.posts):,}則的{target_label(result.target)}："
        f"{called} {percent_text(ours[error])}，每次都猜過去的中位數是 {percent_text(constant[error])}。"
    )
    band = (
        f"80% 預測區間裝到 {percent_text(ours['coverage'])} 的貼文，但很寬，上緣通常是下緣的{ours['width']:.1f}倍；"
        "單篇的數字不要當承諾。"
    )
    low = (
        "預測值刻意壓低，這樣平均百分比誤差最小；它比典型的貼文低，不要拿來當目標。"
        if result.loss == "mape"
        else ""
    )
    return spaced(head + _verdict(result, ours, rows[result.naive]) + low + band + _random(result))


def no_better(note: str) -> str:
    """A planned post's note, when the model is no better than the median."""
    return "；".join(filter(None, ["回測沒有比猜中位數好，這裡給的是中位數", note]))


def _verdict(result: Forecast, ours: Numbers, naive: Numbers) -> str:
    """Against the best of the naive methods, not the weakest."""
    measure, called = MEASURES[result.loss]
    gain = 1 - ours[measure] / naive[measure]
    name = f"不用模型的方法裡最準的是「{METHODS[result.naive]}」，"
    if not result.beats_constant:
        return "沒有比猜中位數好，請直接用中位數。"
    if gain <= 0.02:
        return f"{name}模型和它差不多，用它就好。"
    return f"{name}模型的{called}再少{percent_text(gain)}。"


def _random(result: Forecast) -> str:
    rows = _rows(result, "random")
    if not rows or result.loss == "mape":
        return ""
    time = _rows(result, "time")
    name = max(
        (name for name in LEARNERS if name in rows), key=lambda n: rows[n]["r2_log"] - time[n]["r2_log"]
    )
    before, after = time[name]["r2_log"], rows[name]["r2_log"]
    if after <= before + 0.02:
        return ""
    return (
        f"同樣的貼文改用隨機切分，{METHODS[name]}的 R²（對數）會從 {before:.2f} 變成 {after:.2f}："
        "它看過同一週的未來，上線後不會有。"
    ).replace("-", "−")


def _rows(result: Forecast, split: str) -> dict[str, Numbers]:
    """Numbers of each method under one split."""
    rows = result.table[result.table["split"] == split].drop(columns=["label", "split"])
    numbers = rows.drop(columns="method").astype(float).to_dict("records")
    return {
        str(name): {str(k): v for k, v in row.items()}
        for name, row in zip(rows["method"], numbers, strict=True)
    }


def peek_sentence(result: Forecast) -> str:
    """What peeking at results would have claimed; empty without ``peek``."""
    rows = result.table[result.table["method"] == "peek"]
    if rows.empty:
        return ""
    return spaced(
        f"偷看答案的 R²（對數）是 {rows['r2_log'].max():.2f}，但發佈前拿不到那些數字，這個準度用不到。"
    )


def title(result: Forecast) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "貼文太少，還不能預測"
    errors = result.errors("time")
    called = MEASURES[result.loss][1]
    gain = 1 - errors["predict"] / errors["constant"]
    if gain <= 0:
        return spaced(f"預測{target_label(result.target)}，沒有比猜中位數好")
    inside = result.posts["inside"].mean()
    return spaced(f"預測比猜中位數準，{called}少{percent_text(gain)}；區間裝到 {percent_text(inside)} 的貼文")
