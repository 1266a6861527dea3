"""What an estimate of posting times says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...plotting.wording import spaced
from ..groups import WEEKDAYS
from .estimates import DAYPARTS, EVERYONE
from .posts import HOOK, OUTCOMES, column_name

if TYPE_CHECKING:
    from .slot_effects import SlotEffects

_METHODS = {"shrunk": "部分合併", "naive": "直接平均", "adjusted": "迴歸調整", "ipw": "反傾向加權"}
_CLEAR = 0.005
_MANY = 100


def slot_label(slot: str | int) -> str:
    """A slot as a learner reads it.

    >>> slot_label(44), slot_label("evening")
    ('週二 20 時', '晚上')
    """
    if isinstance(slot, str):
        return DAYPARTS[slot][0]
    return f"{WEEKDAYS[slot // 24]} {slot % 24} 時"


def covariates(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what was held equal, each once."""
    return tuple(dict.fromkeys(column_name(column) for column in columns))


def change(effect: float) -> str:
    """A log effect in words.

    >>> change(0.0953), change(-0.0513), change(0.0)
    ('多 10%', '少 5%', '幾乎一樣')
    """
    share = float(np.expm1(effect))
    if abs(share) < _CLEAR:
        return "幾乎一樣"
    return f"{'多' if share > 0 else '少'} {abs(share):.0%}"


def span(low: float, high: float) -> str:
    """An interval of log effects in words.

    >>> span(-0.02, 0.1)
    '−2% 到 +11%'
    """
    return f"{np.expm1(low):+.0%} 到 {np.expm1(high):+.0%}".replace("-", "−")


def say(result: SlotEffects, account: str | None) -> str:
    """Finding, size and uncertainty, or why none is given."""
    who, what = _who(result, account), OUTCOMES[result.outcome]
    if result.table["effect"].isna().all():
        from .slot_effects import MIN_POSTS

        return spaced(
            f"{who}可用的貼文只有{result.posts}則，至少要{MIN_POSTS}則才開始估，先不判斷哪個時段好。"
            f"要看出一成的差別，兩個時段各約要{result.needed:,}則。"
        )
    if result.method == "naive":
        return spaced(_naive(result, account, who, what))
    return spaced(
        _unclear(result, account, who, what)
        if result.abstained(account)
        else _clear(result, account, who, what)
    )


def title(result: SlotEffects, account: str | None) -> str:
    """The finding above the chart."""
    what = OUTCOMES[result.outcome]
    if result.table["effect"].isna().all():
        return "貼文太少，還看不出哪個時段好"
    if result.method == "naive" and result.by == "daypart":
        return spaced(f"直接平均，{_highest(result, account)['label']}的{what}最高，內容的差別還沒有扣掉")
    if result.method == "naive":
        return "直接平均看起來差很多，但每個時段只有幾則，又沒有扣掉內容的差別"
    if result.abstained(account):
        return f"這些貼文還分不出哪個時段的{what}比較好"
    best = result.best(account)
    effect = change(result.gain(account)[0])
    if result.by == "daypart":
        top = best.iloc[0]
        than = "" if top["effect"] == 0 else f"，比下午{change(top['effect'])}"
        return spaced(f"{top['label']}發的{what}最高{than}")
    return spaced(f"{_several(list(best['label'][:2]))}前後發，{what}約比平常的時段{effect}")


def _who(result: SlotEffects, account: str | None) -> str:
    name = result.accounts[0] if account is None else account
    return f"{len(result.accounts) - 1}個帳號合起來，" if name == EVERYONE and len(result.accounts) > 1 else (
        "" if name == EVERYONE else f"{name}："
    )  # fmt: skip


def _several(names: list[str]) -> str:
    return "、".join(names)


def _highest(result: SlotEffects, account: str | None) -> pd.Series:
    rows = result.of(account).dropna(subset=["effect"])
    return rows.iloc[int(rows["effect"].argmax())]


def _naive(result: SlotEffects, account: str | None, who: str, what: str) -> str:
    rows, top = result.of(account).dropna(subset=["effect"]), _highest(result, account)
    usual, few = "下午" if result.by == "daypart" else "平常", "共" if top["n"] >= _MANY else "只有"
    return (
        f"{who}直接平均，{what}最高的是{top['label']}（比{usual}{change(top['effect'])}，{few}{top['n']:,}則）。"
        f"這是從{len(rows)}個時段裡挑出來的最高，內容好壞也沒有扣掉，不能當成時段的效果；"
        '請改看 method="shrunk" 或 "adjusted"。'
    )


def _clear(result: SlotEffects, account: str | None, who: str, what: str) -> str:
    best = result.best(account)
    effect, low, high = result.gain(account)
    chance = best["top"].mean()
    many = f"這{len(best)}個時段各有約{chance:.0%}的機率真的排進前{result.picked}名" if result.picked > 1 else (
        f"它真的最好的機率約{chance:.0%}"
    )  # fmt: skip
    return (
        f"{who}{result.posts:,}則貼文裡最看好的是{_several(list(best['label']))}：同樣的內容，{what}大約{change(effect)}"
        f"（和平常發文的時段比，{result.level:.0%} 區間 {span(low, high)}）。{many}。{_doubt(result)}"
    )


def _unclear(result: SlotEffects, account: str | None, who: str, what: str) -> str:
    effect, low, high = result.gain(account)
    shown = f"看起來最高的時段和平常發文的時段比{change(effect)}，{result.level:.0%} 區間 {span(low, high)}，可能只是運氣；"
    return (
        f"{who}{result.posts:,}則貼文還分不出哪個時段的{what}比較好：{shown if np.isfinite(effect) else ''}"
        f"要看出一成的差別，兩個時段各約要{result.needed:,}則，比較快的辦法是抽籤排時段來測。"
    )


def _doubt(result: SlotEffects) -> str:
    if result.method == "ipw":
        return "前提是企劃記下的機率沒有錯。"
    hook = column_name(HOOK)
    if hook in result.adjusted_for:
        return f"已扣掉{_several(list(result.adjusted_for[:4]))}等差別；沒記下來的差別扣不掉，要確定請抽籤排時段。"
    return "資料裡沒有內容強度，好內容如果集中在這些時段，功勞會算錯，要確定請抽籤排時段。"
