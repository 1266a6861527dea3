"""How long people would watch a script in the sandbox: its opening rated, its beats timed, the island's model run over both.

The hazard is that of ``sandbox.retention``. How strong an opening on paper will be, nobody can measure: the rating is a
table of design parameters, and its width is part of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...analytics.result import Result
from ...datasets import SIMULATED
from ...errors import TableError
from ...sandbox import parameters
from ...sandbox.retention import hazard
from .script import Script, Source, read_script
from .script_checks import GREETING, limits, specific

if TYPE_CHECKING:
    from ...plotting import Chart

Floats = npt.NDArray[np.float64]
STEP = 0.05
BASE, WIDTH = 0.25, 0.15
"""Strength of an opening with nothing for it, and how far the real one may lie on either side (設計參數)."""
POINTS = {"說到具體的事": 0.20, "第一句就問或就衝突": 0.10, "三秒內說完": 0.15, "畫面上有字": 0.05, "特寫或俯拍": 0.05, "用來打招呼": -0.15}
"""What adds to the strength of an opening, 0–1 (設計參數)."""


@dataclass(frozen=True, repr=False)
class ScriptRetention(Result):
    """What the sandbox says of a script before it is shot; every share is of those who start to watch.

    hook: strength of the opening (low, middle, high; 0–1). reasons: what the rating rests on. s3, completed: shares (0–1)
    and watch_s: seconds watched on average, each as low, middle, high. curve: second, low, middle, high. views: viewers
    counted for the play of chance.
    """

    script: Script
    hook: tuple[float, float, float]
    reasons: tuple[str, ...]
    s3: tuple[float, float, float]
    completed: tuple[float, float, float]
    watch_s: tuple[float, float, float]
    curve: pd.DataFrame
    views: int
    notes: tuple[str, ...]

    def say(self) -> str:
        shown = [f"{v[1]:.0%}（{v[0]:.0%}–{v[2]:.0%}）" for v in (self.s3, self.completed)]
        low, middle, high = self.watch_s
        return f"沙盒模擬：撐過 3 秒 {shown[0]}，看完 {shown[1]}，平均看 {middle:.1f} 秒（{low:.1f}–{high:.1f}）。"

    def plot(self) -> Chart:
        """The share still watching, with its band, over the beats."""
        from .timeline_plot import retention_chart

        return retention_chart(self)


def opening_strength(source: Source) -> tuple[float, tuple[str, ...]]:
    """Rated strength of an opening (0–1) and what it got points for, from ``POINTS``.

    >>> opening_strength([{"t0": 0, "t1": 6, "role": "hook", "voice": "大家好，今天要介紹新品"}])
    (0.1, ('用來打招呼 −0.15',))
    """
    first = read_script(source).beats[0]
    text = f"{first.voice} {first.on_screen}"
    greets = bool(GREETING.search(text))
    found = specific(text)
    holds = {
        "說到具體的事": bool(found),
        "第一句就問或就衝突": bool({"有問題", "有衝突"} & set(found)) and not greets,
        "三秒內說完": first.t1 <= limits()["hook_seconds"] + STEP,
        "畫面上有字": bool(first.on_screen.strip()),
        "特寫或俯拍": (first.size or first.shot[:2]) in ("特寫", "俯拍"),
        "用來打招呼": greets,
    }
    reasons = tuple(f"{name} {POINTS[name]:+.2f}".replace("-", "−") for name, held in holds.items() if held)
    strength = BASE + sum(POINTS[name] for name, held in holds.items() if held)
    return round(min(max(strength, 0.0), 1.0), 2), reasons


def script_retention(source: Source, *, hook: float | None = None, views: int = 2_000) -> ScriptRetention:
    """Share watching at 3 seconds, share that sees the end and average seconds, in the sandbox, with an interval.

    source: whatever ``read_script()`` takes; every beat counts as something new. hook: strength of the opening (0–1) when
    you know it; else it is rated by ``opening_strength()``, give or take ``WIDTH``. views: starting viewers; fewer make
    the interval wider. The interval holds the doubt about the opening and the luck of a 95 % draw of viewers.

    Raises TableError for a hook outside 0–1 or fewer than one view.

    >>> weak, strong = script_retention("cold_brew_draft"), script_retention("cold_brew")
    >>> weak.s3[1] < strong.s3[1]
    True
    """
    script = read_script(source)
    if views < 1 or (hook is not None and not 0 <= hook <= 1):
        raise TableError(f"hook={hook}、views={views} 不能用", next_step="hook 介於 0 和 1，views 至少 1")
    middle, reasons = opening_strength(script) if hook is None else (hook, ("你給的強度",))
    spread = WIDTH if hook is None else 0.0
    hooks = (max(middle - spread, 0.0), middle, min(middle + spread, 1.0))
    second, alive = survivors(script, hooks)
    luck = 1.96 * np.sqrt(alive * (1 - alive) / views)
    three = round(min(3.0, script.duration) / STEP)
    watched = np.asarray(np.trapezoid(alive, second, axis=1))
    spent = 1.96 * _deviation(alive, second, watched) / np.sqrt(views)
    curve = pd.DataFrame({"second": second, "low": np.maximum(alive[0] - luck[0], 0), "middle": alive[1], "high": np.minimum(alive[2] + luck[2], 1)})
    ends = [tuple(float(curve[c].iloc[at]) for c in ("low", "middle", "high")) for at in (three, -1)]
    notes = (SIMULATED, "開頭強度照設計參數的評分表，不是量到的；每一拍都算有新東西")
    return ScriptRetention(
        script, hooks, reasons, (ends[0][0], ends[0][1], ends[0][2]), (ends[1][0], ends[1][1], ends[1][2]),
        (float(watched[0] - spent[0]), float(watched[1]), float(watched[2] + spent[2])), curve, views, notes,
    )  # fmt: skip


def survivors(script: Script, hooks: Sequence[float]) -> tuple[Floats, Floats]:
    """Seconds [n] and share still watching [hooks, n] under the sandbox's hazard, with the script's own beats."""
    known = parameters.load()
    second = np.linspace(0, script.duration, round(script.duration / STEP) + 1)
    between = (second[1:] + second[:-1]) / 2
    starts = np.sort([beat.t0 for beat in script.beats])
    last = starts[np.maximum(np.searchsorted(starts, between, side="right") - 1, 0)]
    since = np.minimum(np.maximum(last, np.minimum(between, known["retention.opening"])), between)
    leave = hazard(known, between[None, :], np.asarray(hooks, dtype=float)[:, None], since[None, :])
    gone = np.cumsum(leave * np.diff(second)[None, :], axis=1)
    return second, np.exp(-np.concatenate([np.zeros((len(hooks), 1)), gone], axis=1))


def _deviation(alive: Floats, second: Floats, mean: Floats) -> Floats:
    """Standard deviation of the seconds one viewer watches, from the survival curve."""
    square = 2 * np.trapezoid(alive * second[None, :], second, axis=1)
    return np.asarray(np.sqrt(np.maximum(square - mean**2, 0)))
