"""Explorer: one set of posts, any denominator, aggregate and grouping."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets
import pandas as pd

from ..analytics import kpi
from ..analytics.metrics import METRICS
from ..plotting import to_png
from .controls import labelled
from .panel import Panel, guarded

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
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%"))
    sentence = widgets.HTML()

    def draw(_: Any = None) -> None:
        chosen = {name: box.value for name, box in choices.items()}
        result = kpi(posts, by=chosen["by"])
        picture.value = to_png(result.plot(chosen["rate"], chosen["aggregate"]))
        said = result.say(chosen["rate"], chosen["aggregate"])
        sentence.value = f'<div role="status">{html.escape(said)}</div>'

    for box in choices.values():
        box.observe(guarded(sentence, draw), names="value")
    draw()
    row = widgets.HBox(list(choices.values()), layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    text = "互動面板：換分母、算法與分組，看互動率的名次會不會改變。"
    panel = Panel([row, picture, sentence], text, lambda: picture.value)
    panel.choices, panel.picture, panel.sentence = choices, picture, sentence  # type: ignore[attr-defined]
    return panel
