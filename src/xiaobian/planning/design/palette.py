"""The brand's colours and which of them may carry text on which."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ... import datasets
from .canvas import rule
from .seeing import VISIONS, contrast, simulated

if TYPE_CHECKING:
    import pandas as pd


@cache
def brand_palette() -> dict[str, str]:
    """Name and ``#RRGGBB`` of every colour in ``brand.yml``.

    >>> brand_palette()["墨"]
    '#2A241F'
    """
    return {entry["name"]: entry["hex"] for entry in datasets.brand()["colours"].values()}


def accessible_pairs(colours: dict[str, str] | None = None) -> pd.DataFrame:
    """Every pair of text and ground: contrast, what it may be used for, and the least contrast of other visions.

    colours: name → ``#RRGGBB``; the brand's without it. Rows from the best contrast down.

    >>> accessible_pairs({"白": "#FFFFFF", "灰": "#8A8A8A"})["可以用在"].tolist()
    ['只能大字', '只能大字']
    """
    import pandas as pd

    colours = brand_palette() if colours is None else colours
    rows = [
        (text, ground, contrast(colours[text], colours[ground]), _use(contrast(colours[text], colours[ground])), _least(colours[text], colours[ground]))
        for text in colours
        for ground in colours
        if text != ground
    ]
    table = pd.DataFrame(rows, columns=["字", "底", "對比", "可以用在", "色覺模擬最低"])
    return table.sort_values(["對比", "字"], ascending=[False, True], kind="stable", ignore_index=True)


def _use(ratio: float) -> str:
    if ratio >= rule("contrast_normal"):
        return "任何大小"
    return "只能大字" if ratio >= rule("contrast_large") else "只當裝飾"


def _least(text: str, ground: str) -> float:
    return min(contrast(simulated(text, v), simulated(ground, v)) for v in VISIONS)
