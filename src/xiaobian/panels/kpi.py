"""Explorer: one set of posts, any denominator, aggregate and grouping."""

from __future__ import annotations

import pandas as pd

from ..analytics import kpi
from ..analytics.metrics import METRICS
from ..plotting import Chart
from .controls import labelled
from .explorer import explorer
from .panel import Panel

RATES = {metric.label: name for name, metric in METRICS.items() if metric.is_ratio}
AGGREGATES = {"加總後相除": "ratio_of_sums", "每則的中位數": "median_of_posts"}
GROUPS = {"格式": "format", "月份": "month", "星期": "weekday", "平台": "platform"}


def kpi_explorer(posts: pd.DataFrame, rate: str = "er_reach", by: str = "format") -> Panel:
    """Drop-downs for rate, aggregate and grouping; a chart and its sentence follow every change."""
    choices = {
        "rate": labelled("指標：", RATES, rate),
        "aggregate": labelled("算法：", AGGREGATES, "ratio_of_sums"),
        "by": labelled("分組：", GROUPS, by),
    }

    def draw(rate: str, aggregate: str, by: str) -> tuple[Chart, str]:
        result = kpi(posts, by=by)
        return result.plot(rate, aggregate), result.say(rate, aggregate)

    return explorer(choices, draw, "換分母、算法與分組，看互動率的名次會不會改變。")
