"""Explorers of hits: what the flops have too, and how many findings are luck when much is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from ..plotting import (
    BRICK,
    PAPER,
    SEA,
    SECONDARY,
    Chart,
    chart,
    percent_axis,
    source_note,
    spaced,
    titled,
)
from .controls import labelled
from .explorer import explorer
from .panel import Panel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

COUNTS = (10, 30)
BESIDE = {"只看爆文": "top", "加上最冷的": "flops", "再加上全部": "all"}
TRIED = (1, 5, 20, 60)
RULES = {"p ≤ 0.05 就算": "each", "p ≤ 0.05 ÷ 試的次數": "all", "錯誤發現率 10%": "rate"}
TRULY = {"沒有一個有用": "0", "四分之一有用": "0.25"}
_SEARCHES, _STRENGTH = 2_000, 3.0


def shares(elements: pd.DataFrame, engagements: pd.Series, count: int) -> pd.DataFrame:
    """Share of posts with each element among the best ``count``, the worst ``count``, and all (0–1).

    elements: a column of True and False an element, rows alike with ``engagements``.

    >>> made = shares(pd.DataFrame({"甲": [True, True, False, True]}), pd.Series([9, 8, 2, 1]), 2)
    >>> made.loc["甲"].tolist()
    [1.0, 0.5, 0.75]
    """
    order = engagements.astype(float).sort_values(ascending=False, kind="stable").index
    groups = {"top": order[:count], "flops": order[-count:], "all": order}
    return pd.DataFrame({name: elements.loc[rows].mean() for name, rows in groups.items()})


def survivors_explorer(elements: pd.DataFrame, engagements: pd.Series, beside: str = "top") -> Panel:
    """Drop-downs for how many posts are called hits and what they are shown beside; shares follow.

    elements: a column of True and False an element, rows alike with ``engagements``.
    """
    choices = {
        "beside": labelled("比什麼：", BESIDE, beside),
        "count": labelled("爆文取：", {f"前 {n} 則": str(n) for n in COUNTS}, str(COUNTS[0])),
    }

    def draw(beside: str, count: str) -> tuple[Chart, str]:
        found = shares(elements, engagements, int(count))
        return _dots(found, beside, int(count), len(engagements)), _compared(found, beside, int(count))

    return explorer(choices, draw, "換比較的對象和爆文的則數，看公式裡的元素冷門貼文有沒有。")


def _compared(found: pd.DataFrame, beside: str, count: int) -> str:
    often = found[found["top"] >= 0.8]
    if beside == "top":
        return spaced(
            f"前{count}則裡，有{len(often)}個元素出現在八成以上。只看這一邊，還不知道它們是不是到處都有。"
        )
    alike = often[often["flops"] >= often["top"] - 0.15]
    away = often.drop(alike.index)
    words = f"爆文八成以上都有的{len(often)}個元素裡，最冷的{count}則也差不多常有的：{'、'.join(alike.index) or '沒有'}；"
    return spaced(
        f"{words}少了一截的：{'、'.join(away.index) or '沒有'}。少了一截，也還不知道是不是它造成的。"
    )


def _dots(found: pd.DataFrame, beside: str, count: int, number: int) -> Chart:
    figure, ax = chart(9.5, 2.0 + 0.45 * len(found))
    rows = found.sort_values("top", ascending=False, kind="stable")
    places = np.arange(len(rows))
    if beside != "top":
        ax.hlines(places, rows["flops"], rows["top"], color=SECONDARY, linewidth=2, alpha=0.5, zorder=1)
        ax.plot(rows["flops"], places, "s", color=SEA, markersize=15, label=f"最冷的 {count} 則", zorder=2)
    if beside == "all":
        ax.plot(
            rows["all"], places, "|", color=SECONDARY, markersize=24, markeredgewidth=2.5, label="全部貼文"
        )
    ax.plot(
        rows["top"],
        places,
        "o",
        color=BRICK,
        markersize=10,
        markeredgecolor=PAPER,
        label=f"最熱的 {count} 則",
        zorder=3,
    )
    ax.set_yticks(places, list(rows.index))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-0.03, 1.05)
    percent_axis(ax, "x")
    ax.set_xlabel("有這個元素的貼文（則數 ÷ 那一組的則數，%）")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3)
    same = int(((rows["top"] >= 0.8) & (rows["flops"] >= rows["top"] - 0.15)).sum())
    title = {
        "top": f"爆文公式看起來很有道理：{int((rows['top'] >= 0.8).sum())}個元素超過八成都有",
        "flops": f"公式裡有{same}個元素，冷門貼文也差不多常有",
        "all": f"公式裡有{same}個元素，本來就到處都有",
    }[beside]
    titled(ax, spaced(title), f"互動最多和最少的各 {count} 則，全部 {number:,} 則")
    source_note(ax)
    return figure


@dataclass(frozen=True)
class Searches:
    """Many searches alike: how many findings of each were luck, and how many were true [searches]."""

    false: NDArray[np.int64]
    true: NDArray[np.int64]
    real: int

    @property
    def rate(self) -> float:
        """Mean over searches of false findings ÷ findings (0 where nothing was found)."""
        return float((self.false / np.maximum(self.false + self.true, 1)).mean())


def search(tried: int, rule: str, real: float, seed: int = 0) -> Searches:
    """Try ``tried`` elements in many data sets under one of ``RULES``.

    real: share of elements that truly matter (0–1), each three standard errors strong.

    >>> bool(0.8 < search(20, "each", 0).false.mean() < 1.2)
    True
    """
    rng = np.random.default_rng([seed, tried])
    number = round(real * tried)
    z = rng.standard_normal((_SEARCHES, tried))
    z[:, :number] += _STRENGTH
    found = stands(2 * norm.sf(np.abs(z)), rule)
    return Searches(found[:, number:].sum(axis=1), found[:, :number].sum(axis=1), number)


def stands(p: Floats, rule: str) -> Flags:
    """Which of the p values [searches, tried] stand under ``each``, ``all`` (Bonferroni) or ``rate`` (Benjamini–Hochberg, 10 %).

    >>> stands(np.array([[0.001, 0.03, 0.04, 0.9]]), "rate").tolist()
    [[True, True, True, False]]
    """
    tried = p.shape[1]
    if rule != "rate":
        return np.asarray(p <= (0.05 if rule == "each" else 0.05 / tried))
    ordered = np.sort(p, axis=1)
    passing = ordered <= 0.10 * np.arange(1, tried + 1) / tried
    last = np.where(passing, ordered, 0.0).max(axis=1, keepdims=True)
    return np.asarray(p <= last)


def tries_explorer(tried: int = 20, rule: str = "each", real: float = 0) -> Panel:
    """Drop-downs for how many elements are tried, the rule, and how many truly matter; false findings follow."""
    choices = {
        "tried": labelled("試了：", {f"{n} 個元素": str(n) for n in TRIED}, str(tried)),
        "rule": labelled("規則：", RULES, rule),
        "real": labelled("真相：", TRULY, f"{real:g}"),
    }

    def draw(tried: str, rule: str, real: str) -> tuple[Chart, str]:
        found = search(int(tried), rule, float(real))
        name = _named(RULES, rule)
        return _bars(found, int(tried), name), _told(found, int(tried), name)

    return explorer(choices, draw, "換嘗試的次數、規則和真相，看名單裡有幾個是運氣。")


def _named(words: Mapping[str, str], value: str) -> str:
    return next(name for name, code in words.items() if code == value)


def _told(found: Searches, tried: int, rule: str) -> str:
    lucky = f"{(found.false > 0).mean():.0%}的名單至少混進一個運氣，平均每份{found.false.mean():.2f}個"
    if not found.real:
        return spaced(f"{tried}個元素全都沒有用，照「{rule}」挑：{lucky}。")
    return spaced(
        f"{tried}個元素裡有{found.real}個真的有用，照「{rule}」挑：平均找到{found.true.mean():.1f}個真的；{lucky}。"
        f"名單裡平均有{found.rate:.0%}是運氣，這就是錯誤發現率。"
    )


def _bars(found: Searches, tried: int, rule: str) -> Chart:
    figure, ax = chart(9, 4.2)
    most = 7
    counts = np.bincount(np.minimum(found.false, most), minlength=most + 1) / len(found.false)
    bars = ax.bar(range(most + 1), counts, 0.7, color=[SEA, *[BRICK] * most])
    labels = [f"{c:.0%}" if c >= 0.005 else "" for c in counts]
    ax.bar_label(bars, labels, padding=3, fontsize=10.5)
    ax.set_xticks(range(most + 1), [*(str(k) for k in range(most)), f"{most} 以上"])
    ax.set_ylim(0, max(counts) * 1.15)
    percent_axis(ax)
    ax.set_xlabel("一份名單裡，靠運氣混進來的元素（個）")
    ax.set_ylabel("名單（份 ÷ 全部份數，%）")
    truth = "全都沒有用" if not found.real else f"其中 {found.real} 個真的有用"
    titled(
        ax,
        spaced(f"{rule}：{(found.false > 0).mean():.0%}的名單混進了運氣"),
        f"試 {tried} 個元素，{truth}；{len(found.false):,} 份模擬名單",
    )
    source_note(ax)
    return figure
