"""Explorer of a new platform: more weeks seen, another way to go on drawing, and what really came."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..plotting import (
    BRICK,
    INK,
    SEA,
    Chart,
    chart,
    count_axis,
    count_text,
    source_note,
    spaced,
    titled,
)
from ..trends.adoption import SKETCHED, Adoption, adoption, extrapolations
from .controls import labelled
from .explorer import explorer
from .panel import Panel

WEEKS = (8, 12, 20, 30, 45, 60)
WAYS = {"扇形（說得出範圍）": "fan", "照最近的速度成長": "exponential", "畫一條直線": "line", "一條 Bass 曲線": "bass"}
OPEN = {"先不看": "no", "打開後來的數字": "yes"}


def adoption_explorer(
    platforms: Mapping[str, pd.DataFrame],
    weeks: int = 12,
    way: str = "fan",
    *,
    horizon: int = 26,
    future: bool = True,
) -> Panel:
    """Drop-downs for the platform, the weeks seen, the way to go on and whether to open the future; simulated platforms only.

    platforms: tables week, active_users by name. weeks: seen at the start. way: a value of ``WAYS``. horizon: weeks drawn ahead.
    future: whether what came can be opened; without it the panel uses no week beyond those seen.
    """
    shortest = min(len(table) for table in platforms.values())
    allowed = sorted({w for w in (*WEEKS, weeks) if w <= (shortest - horizon if future else shortest)})
    choices = {
        "platform": labelled("平台：", {name: name for name in platforms}, next(iter(platforms))),
        "weeks": labelled("看了：", {f"{w} 週": str(w) for w in allowed}, str(weeks)),
        "way": labelled("怎麼往下畫：", WAYS, way),
    }
    if future:
        choices["opened"] = labelled("後來：", OPEN, "no")
    fans: dict[tuple[str, int], Adoption] = {}

    def fan(platform: str, seen: int) -> Adoption:
        if (platform, seen) not in fans:
            table = platforms[platform].head(seen)
            fans[platform, seen] = adoption(table, horizon, draws=SKETCHED, simulated=True)
        return fans[platform, seen]

    def draw(platform: str, weeks: str, way: str, opened: str = "no") -> tuple[Chart, str]:
        seen = int(weeks)
        came = platforms[platform].iloc[seen : seen + horizon] if opened == "yes" else None
        if way == "fan":
            found = fan(platform, seen)
            return found.plot(came), found.say() + held(found.fan, came)
        line = extrapolations(platforms[platform].head(seen), horizon)[["week", way]]
        name = next(words for words, code in WAYS.items() if code == way)
        return _one_line(platforms[platform].head(seen), line, name, came), missed(line, way, came)

    return explorer(choices, draw, "換看了幾週和往下畫的方法，看範圍怎麼變窄、一條線差多少。")


def held(fan: pd.DataFrame, came: pd.DataFrame | None) -> str:
    """How many of the weeks that came lie inside the 80 % range; nothing while they are closed.

    >>> held(pd.DataFrame({"low": [1, 1], "high": [3, 3]}), pd.DataFrame({"active_users": [2, 9]}))
    '後來的 2 週裡，有 1 週落在 80% 範圍內。'
    """
    if came is None:
        return ""
    counts = came["active_users"].to_numpy()
    inside = int(((counts >= fan["low"]) & (counts <= fan["high"])).sum())
    return f"後來的 {len(counts)} 週裡，有 {inside} 週落在 80% 範圍內。"


def missed(line: pd.DataFrame, way: str, came: pd.DataFrame | None) -> str:
    """What a single line says of its last week, and how far off it was once the future is open."""
    week, says = int(line["week"].iloc[-1]), float(line[way].iloc[-1])
    told = f"這條線說第{week}週有{count_text(says)}人，沒有說自己可能錯多少。"
    if came is None:
        return spaced(told)
    real = float(came["active_users"].iloc[-1])
    times = max(says, 1.0) / real
    far = f"估成真值的 {times:.1f} 倍" if times >= 1 else f"只估到 {times:.0%}"
    return spaced(f"{told}後來真的是{count_text(real)}人，{_near(times) or far}。")


def _near(times: float) -> str:
    return "差不到一成" if 0.9 < times < 1.1 else ""


def _one_line(seen: pd.DataFrame, line: pd.DataFrame, name: str, came: pd.DataFrame | None) -> Chart:
    figure, ax = chart(9.5, 4.8)
    way = line.columns[1]
    ax.plot(
        seen["week"], seen["active_users"], "o-", color=SEA, markersize=4, linewidth=1.2, label="已經看到的"
    )
    ax.plot(line["week"], line[way], color=BRICK, linewidth=2, label=name)
    if came is not None:
        ax.plot(came["week"], came["active_users"], "D", color=INK, markersize=3.5, label="後來真的發生的")
    top = max(float(seen["active_users"].max()), float(line[way].max()))
    ax.set_ylim(0, 1.15 * max(top, 0.0 if came is None else float(came["active_users"].max())))
    ax.set_xlabel("上線後第幾週（週）")
    ax.set_ylabel("每週活躍人數（人）")
    count_axis(ax)
    ax.legend(frameon=False, loc="upper left")
    end = line.iloc[-1]
    titled(
        ax,
        spaced(f"{name}：第{end['week']:.0f}週會有{count_text(end[way])}人"),
        f"n = {len(seen)} 週；一條線，沒有範圍",
    )
    source_note(ax)
    return figure
