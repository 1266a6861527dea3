"""Explorer: which platforms an audience and the hours of a week let a brand run, and how sure that is."""

from __future__ import annotations

from ..plotting import Chart
from ..trends import choose_platforms
from ..trends.reach import SEGMENTS
from .controls import labelled
from .explorer import explorer
from .panel import Panel

HOURS = (6, 10, 12, 14, 18, 24)
KINDS = {"每個平台遇得到多少人": "reach", "哪一組最常是最佳": "sets"}
UNKNOWN = {"先猜": "guess", "不考慮": "leave_out"}


def platforms_explorer(
    segment: str = "all", hours: int = 12, k: int = 3, *, kind: str = "reach"
) -> Panel:
    """Drop-downs for the audience, hours a week, how many platforms, and what to do where no figure exists.

    segment, hours, k: what is chosen at first, of ``trends.reach.SEGMENTS``, ``HOURS`` and 1–4. kind: ``reach`` or ``sets``.
    """
    choices = {
        "segment": labelled("受眾：", {words: code for code, words in SEGMENTS.items()}, segment),
        "hours": labelled("每週工時：", {f"{h} 小時": str(h) for h in HOURS}, str(hours)),
        "k": labelled("最多幾個平台：", {f"{n} 個": str(n) for n in range(1, 5)}, str(k)),
        "unknown": labelled("沒有數字的平台：", UNKNOWN, "guess"),
        "kind": labelled("看什麼：", KINDS, kind),
    }

    def draw(segment: str, hours: str, k: str, unknown: str, kind: str) -> tuple[Chart, str]:
        found = choose_platforms(int(k), segment, float(hours), unknown=unknown)  # type: ignore[arg-type]
        return found.plot(kind), found.say()  # type: ignore[arg-type]

    return explorer(choices, draw, "換受眾、工時和平台數，看該經營哪幾個平台、答案有多穩。")
