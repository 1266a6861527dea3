"""What the reading of an A/B test says, and what it cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...plotting.wording import percent_text, spaced
from .sequential import more_people

if TYPE_CHECKING:
    from .ab_read import ABReading

TOO_LONG = 60
_LOOKS = 20
_AGAIN = '已經看過一次了，要接著收就用 rule="always" 讀，不然等於偷看。'
_UNSPLIT = "先查名單是怎麼分的、是不是有一組漏送，修好再重跑。"


def headline(reading: ABReading) -> str:
    """The verdict in a few words."""
    verdict = reading.verdict
    told = {
        "broken": "分流壞了，先別看結果",
        "better": f"可以停了：{verdict.arm} 比較好",
        "worse": f"可以停了：{reading.control} 比較好",
        "same": "可以停了：差別小到不值得換",
        "done": "可以停了：看不出差別",
        "few": f"資料太少，還不能下結論，{_more(reading)}",
        "wait": f"還不能下結論，{_more(reading)}",
    }
    return spaced(told[verdict.code])


def _more(reading: ABReading) -> str:
    verdict = reading.verdict
    if verdict.days is None:
        return f"再收 {verdict.people or 0:,} {reading.unit}"
    return f"再跑 {verdict.days:,} 天"


def say(reading: ABReading) -> str:
    """Split first; then the difference, how sure it is, and what peeking would have done."""
    if reading.verdict.code == "broken":
        return spaced(f"{headline(reading)}。{_split(reading)}")
    told = [headline(reading) + "。", _size(reading), _doubt(reading), _peeking(reading)]
    return spaced("".join(told))


def _split(reading: ABReading) -> str:
    table, found = reading.split.table, reading.split
    planned, actual = (
        "、".join(
            f"{arm} {percent_text(share)}" for arm, share in zip(table["arm"], table[column], strict=True)
        )
        for column in ("planned", "share")
    )
    if found.p < found.p_days:
        gap = f"原定{planned}，實際是{actual}"
    else:
        gap = f"各組的占比每天不一樣（合計{actual}）"
    return f"{gap}；分流正常的話，這種落差 1,000 次遇不到 1 次（卡方檢定，p < .001）。{_UNSPLIT}"


def shown(reading: ABReading, arm: str) -> pd.Series:
    """The look that is told for an arm: the last one at which the rule could stop."""
    rows = reading.path[reading.path["arm"] == arm]
    could = rows[np.isfinite(rows["bound"])]
    return (could if len(could) else rows).iloc[-1]


def _size(reading: ABReading) -> str:
    row, metric = shown(reading, reading.verdict.arm), _metric(reading)
    values = f"{metric}{row['arm']} 是{amount(reading, row['value'])}，{reading.control} 是{amount(reading, row['control'])}"
    if not np.isfinite(row["bound"]):
        return f"{values}，{reading.unit}數還不到能判斷的門檻。"
    if not np.isfinite(row["relative_low"]):
        low, high = (amount(reading, row[c]) for c in ("low", "high"))
        return f"{values}，差距的 95% 信賴區間是 {low} 到 {high}{_kind(reading)}。"
    low, high = (signed(row[c]) for c in ("relative_low", "relative_high"))
    return f"{values}，相對差 {signed(row['relative'])}，合理的範圍是 {low} 到 {high}{_kind(reading)}。"


def _metric(reading: ABReading) -> str:
    name = str(reading.table["metric"].iloc[0])
    return f"{name}：" if reading.percent else f"{name}的平均："


def _kind(reading: ABReading) -> str:
    return "" if reading.terms.rule == "fixed" else "（每天看都算數的區間）"


def _doubt(reading: ABReading) -> str:
    verdict, first = reading.verdict, reading.table
    if verdict.code == "few":
        return ""
    row = first[first["arm"] == verdict.arm].iloc[0]
    better = f"{verdict.arm} 真的比較好的機率{_chance(row['prob_better'])}"
    if verdict.code == "better":
        early = "提早停的測試，估計的差距通常偏大，換上去以後要打折看。"
        return better + ("。" if reading.terms.rule == "fixed" else f"；{early}")
    if verdict.code == "worse":
        return f"{better}，沒有理由換。"
    if verdict.code in ("same", "done"):
        return _nothing(reading)
    long = (verdict.days or 0) > TOO_LONG
    plan = "時間太長，建議改測差別更大的版本，或換一個比較常發生的指標。" if long else ""
    again = "" if reading.terms.rule != "fixed" else _AGAIN
    return f"{better}，還不夠拿來決定。{plan}{again}"


def _nothing(reading: ABReading) -> str:
    high, lift = shown(reading, reading.verdict.arm)["relative_high"], reading.terms.lift
    if reading.verdict.code == "same":
        return f"整個範圍都在 ±{percent_text(reading.terms.rope)} 裡。"
    if not np.isfinite(high):
        return "這不代表一定沒有差別，請看上面的範圍。"
    if high < lift:
        return f"不能說完全沒有差別，但大概沒有 {signed(lift)} 那麼好。"
    return f"這不代表沒有差別：{signed(lift)} 還在範圍裡，這次的{reading.unit}數本來就不夠看清楚。"


def _chance(share: float) -> str:
    if not np.isfinite(share):
        return "算不出來"
    return "超過 99%" if share > 0.99 else "不到 1%" if share < 0.01 else f"約 {share:.0%}"


def _peeking(reading: ABReading) -> str:
    if reading.looks < 2:
        return ""
    early = reading.path[(reading.path["p"] < reading.alpha) & (reading.path["people"] > 0)]
    first = f"，這次在{_day(early['date'].iloc[0])}就會喊停" if len(early) else ""
    told = (
        f"如果每天看 p 值、一低於 {reading.alpha:g} 就停{first}；"
        f"這樣看 {reading.looks} 次，沒有差別也有 {reading.peeking:.0%} 的機會誤報。"
    )
    return told + cost(reading.terms.rule)


def cost(rule: str) -> str:
    """What looking every day costs under a rule, in people."""
    if rule == "group":
        return f"這裡用的界線每天看也只誤報 5%，代價是大約多{more_people('group', _LOOKS) - 1:.0%}的人。"
    if rule == "always":
        return f"這裡用的界線隨時看也最多誤報 5%，代價是最多要{more_people('always', _LOOKS):.1f} 倍的人。"
    return "所以這裡只算跑完的那一次。"


def _day(day: pd.Timestamp) -> str:
    return f"{day.month}/{day.day}"


def amount(reading: ABReading, value: float) -> str:
    """A value of the first quantity: a share in percent, else a number."""
    if reading.percent:
        return percent_precise(value)
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f}".replace("-", "−")


def percent_precise(share: float) -> str:
    """A share with one digit more than usual: two arms often differ in the second decimal only.

    >>> percent_precise(0.0124), percent_precise(0.31)
    ('1.24%', '31.0%')
    """
    return f"{share * 100:.{2 if abs(share) < 0.1 else 1}f}%".replace("-", "−")


def signed(relative: float) -> str:
    """A relative difference with its sign.

    >>> signed(0.208), signed(-0.034), signed(7.5)
    ('+20.8%', '−3.4%', '+750%')
    """
    digits = 0 if abs(relative) >= 1 else 1
    return f"{relative * 100:+.{digits}f}%".replace("-", "−")
