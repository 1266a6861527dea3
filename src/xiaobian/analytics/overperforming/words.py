"""What can be said of posts that did better than expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...plotting.wording import count_text, percent_text, range_text, spaced
from ...tables import FORMATS, PLATFORMS

if TYPE_CHECKING:
    from .overperforming import Overperforming

_TOLD = 3
_LITTLE = 10


def say(result: Overperforming) -> str:
    """The posts that stand out, and what an ordinary doubling is worth."""
    table = result.table
    if result.abstained:
        return spaced(f"能用的貼文只有{len(table)}則，不到 10 則，還看不出什麼叫平常，先不評分。")
    found, doubled = result.hits, float((table["ratio"] >= 2).mean())
    ordinary = f"光是互動達到預期的 2 倍不算稀奇，這裡有{percent_text(doubled)}的貼文做得到。"
    if found.empty:
        best = table.iloc[int(table["score"].to_numpy().argmax())]
        return spaced(
            f"{len(table):,}則裡沒有一則高到不像平常的起伏。最接近的是{name(best)}，互動是預期的{times(best['ratio'])}，"
            f"同樣的帳號有{percent_text(best['p'])}的貼文做得到。{ordinary}"
        )
    told = "；".join(_hit(row) for _, row in found.head(_TOLD).iterrows())
    more = f"；另外還有{len(found) - _TOLD}則" if len(found) > _TOLD else ""
    return spaced(
        f"{len(table):,}則裡有{len(found)}則高到不像平常的起伏：{told}{more}。"
        f"這份名單裡預計最多一成是運氣。{ordinary}"
    )


def say_post(result: Overperforming, row: pd.Series) -> str:
    """One post: what account, platform and format bring, what the post adds, and how rare that is."""
    median = float(result.table["engagements"].median())
    head = (
        f"{name(row)}互動{count_text(row['engagements'])}次，是典型一則（{count_text(median)}次）的{times(row['times'])}＝"
        f"帳號、平台和格式本來的水準{times(row['usual_times'])} × 這則自己{times(row['ratio'])}。"
    )
    if row["history"] < _LITTLE:
        head += f"同帳號能比的貼文只有{row['history']}則，這個水準很不確定。"
    usual = (
        f"照本來的水準預期{count_text(row['expected'])}次，九成落在{range_text(row['low'], row['high'], percent=False)}次；"
        f"這則是預期的{times(row['ratio'])}（95% 信賴區間 {_span(row)}）。"
    )
    return spaced(head + usual + _verdict(row, len(result.table)))


def title(result: Overperforming) -> str:
    """The finding above the chart."""
    if result.abstained:
        return "貼文太少，還看不出哪一則算表現特別好"
    found = result.hits
    if found.empty:
        return "分數最高的貼文，也都還在平常的起伏裡"
    return spaced(f"{len(result.table):,}則裡有{len(found)}則是真的突出，其餘的高低都算平常")


def name(row: pd.Series) -> str:
    """A post as a learner finds it again."""
    kind = FORMATS.get(str(row["format"]), "") if pd.notna(row["format"]) else ""
    return f"{PLATFORMS.get(str(row['platform']), str(row['platform']))} {row['post_id']}{f'（{kind}）' if kind else ''}"


def times(ratio: float) -> str:
    """A ratio as multiples.

    >>> times(1.54), times(0.05)
    ('1.5 倍', '0.05 倍')
    """
    return f"{ratio:.1f} 倍" if ratio >= 0.1 else f"{ratio:.2g} 倍"


def _hit(row: pd.Series) -> str:
    return f"{name(row)}是預期的{times(row['ratio'])}（{_span(row)}）"


def _span(row: pd.Series) -> str:
    return f"{times(row['ratio_low']).removesuffix(' 倍')}–{times(row['ratio_high'])}"


def _verdict(row: pd.Series, posts: int) -> str:
    rare = f"平常有{percent_text(row['p'])}的貼文也到得了這裡（{posts:,}則裡約{_number(posts * row['p'])}則）"
    high = row["usual_times"] >= 1.5
    if row["hit"]:
        return f"這則是爆文，不是帳號本來就高：{rare}。"
    if row["ratio"] > 1 and high and row["usual_times"] > row["ratio"]:
        return f"比預期好一些，但數字大主要是本來就高：{rare}，不能當成爆文。"
    if row["ratio"] > 1:
        return f"比預期好，但{rare}，可能只是運氣。"
    return "沒有比預期好" + ("；數字看起來大，是帳號、平台或格式本來就高。" if high else "。")


def _number(posts: float) -> str:
    return f"{posts:.0f} " if posts >= 10 else f"{posts:.1f} "
