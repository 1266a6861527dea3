"""Check tables and blind votes as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting import BRICK, HAIRLINE, PAPER, SEA, SECONDARY, TEXT, Chart, chart, interval_bars, titled

if TYPE_CHECKING:
    from .pairwise import Comparison
    from .tables import Scores
    from .variants import Parts

MARKS: dict[bool | None, tuple[str, str]] = {True: ("✓", SEA), False: ("✗", BRICK), None: ("—", SECONDARY)}
_LONGEST_LABEL = 34
_EDGE = 0.012
"""Room left of 0 %, so that a dot there is whole."""


def sheet(scores: Scores) -> Chart:
    """Outputs down, checks across, ✓ or ✗ where they meet; the table as a picture."""
    names = list(dict.fromkeys(scores.table["check"]))
    cases = list(scores.table.groupby("case", sort=False))
    figure, ax = chart(11, 1.6 + 0.36 * len(cases))
    for row, (_, found) in enumerate(cases):
        whole = bool((found["passed"] != False).all())  # noqa: E712
        ax.text(0, row, _short(str(found["output"].iloc[0])), va="center", fontsize=11,
                color=TEXT if whole else SECONDARY).set_parse_math(False)  # fmt: skip
        for name, passed in zip(found["check"], found["passed"], strict=True):
            mark, colour = MARKS[passed]
            ax.text(_column(names, name), row, mark, va="center", ha="center", fontsize=13, color=colour)
    for name in names:
        ax.text(_column(names, name), -1, name, va="center", ha="center", fontsize=10.5, color=SECONDARY)
    ax.hlines([row + 0.5 for row in range(-1, len(cases))], 0, 1, color=HAIRLINE, linewidth=0.8)
    ax.set_xlim(0, 1)
    ax.set_ylim(len(cases) - 0.4, -1.5)
    ax.set_axis_off()
    titled(ax, scores.told(), "一列一句；✓ 過、✗ 沒過、— 沒有判")
    figure.summary = scores.told() + "。"
    return figure


def _column(names: list[str], name: str) -> float:
    return 0.52 + 0.48 * (names.index(name) + 0.5) / len(names)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LABEL else f"{line[: _LONGEST_LABEL - 1]}…"


def votes(found: Comparison) -> Chart:
    """Each author's share of decided votes with its interval, and the left side's; half is marked."""
    decided = (found.table["wins"] + found.table["losses"]).tolist()
    share, low, high = found.left
    rows = pd.DataFrame(
        {
            "label": [*(str(name) for name in found.table["author"]), "選左邊"],
            "value": [*found.table["share"], share],
            "low": [*found.table["low"], low],
            "high": [*found.table["high"], high],
            "n": [*decided, max(decided)],
        }
    )
    ax = interval_bars(rows, colours=[*[SEA] * len(decided), BRICK], counted="票")
    ax.axvline(0.5, color=SECONDARY, linewidth=0.9, linestyle="--", zorder=1)
    for word in ax.texts:
        word.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
    ax.set_xlim(-_EDGE, 1)
    ax.set_xlabel("分出勝負的票裡，被選的比例（%）")
    titled(ax, found.headline(), "線段是 95% 區間；虛線是一半一半；磚紅色那一列看的是位置，不是作者")
    figure = ax.figure
    assert isinstance(figure, Chart)
    return found.captioned(figure)


def shares(found: Parts) -> Chart:
    """Share of variants that pass every check, a row a brief."""
    ax = interval_bars(found.table, counted="句")
    ax.set_xlim(-_EDGE, 1)
    ax.set_xlabel("每一項檢查都過的標題（占寫出來的，%）")
    best, worst = found.best, found.worst
    titled(
        ax,
        f"{worst['label']}，{worst['n']} 句過 {worst['passing']} 句；{best['label']}，過 {best['passing']} 句",
        "每種簡報用同樣的種子；線段是 95% 區間",
    )
    figure = ax.figure
    assert isinstance(figure, Chart)
    return found.captioned(figure)
