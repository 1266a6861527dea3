"""What a plan of an A/B test says, and what to do when the people do not suffice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...plotting.wording import percent_text, spaced
from .power import least_lift, posts_power
from .read_words import percent_precise, signed

if TYPE_CHECKING:
    from .ab_plan import ABPlan

LONGEST_WEEKS = 6
CUPED_EXAMPLE = 0.6


def say(plan: ABPlan) -> str:
    """How many, how long; for posts the power at numbers people really have."""
    told = _needs(plan) + _time(plan) + _have(plan)
    return spaced(told + (_posts(plan) if plan.unit == "則" else ""))


def _needs(plan: ABPlan) -> str:
    design = plan.design
    sure = f"有 {design.power:.0%} 的把握看出 {signed(design.lift)} 的差別"
    if len(set(plan.needed)) == 1:
        return (
            f"{_base(plan)}，要{sure}，每組要 {plan.per_arm:,} {plan.unit}，合計 {plan.total:,} {plan.unit}。"
        )
    arms = "、".join(f"{n:,}" for n in plan.needed)
    return f"{_base(plan)}，要{sure}，各組要 {arms} {plan.unit}，合計 {plan.total:,} {plan.unit}。"


def _base(plan: ABPlan) -> str:
    design = plan.design
    if design.rate is not None:
        return f"現在的比率是 {percent_precise(design.rate)}"
    if design.log_sd is not None:
        return f"每{plan.unit}的數字差很多（對數標準差 {design.log_sd:g}）"
    return f"現在平均 {design.mean:,g}、標準差 {design.sd:,g}"


def _time(plan: ABPlan) -> str:
    if plan.daily is None or plan.weeks is None:
        return ""
    weekly = plan.daily * 7
    told = f"你一週的流量（{weekly:,.0f} {plan.unit}）要跑 {plan.weeks:,} 週"
    if plan.weeks <= LONGEST_WEEKS:
        return (
            f"{told}；請跑滿整週，中途不要看 p 值就停。"
            if plan.design.extra == 1
            else f"{told}，每天都可以看。"
        )
    month = least_lift(plan.design, weekly * 4 * plan.design.shares[0])
    return f"{told}，太久了；跑 4 週的話，只看得出 {signed(month)} 以上的差別。"


def _have(plan: ABPlan) -> str:
    if plan.have is None or plan.have_power is None or plan.have_lift is None:
        return ""
    told = f"用手上的 {plan.have:,} {plan.unit}，看得出來的機會只有{percent_text(plan.have_power)}"
    if plan.have_power >= plan.design.power:
        return f"手上的 {plan.have:,} {plan.unit}夠了（看得出來的機會{percent_text(plan.have_power)}）。"
    if not np.isfinite(plan.have_lift):
        return f"{told}。"
    return f"{told}；要有 {signed(plan.have_lift)} 的差別才看得清楚。"


def _posts(plan: ABPlan) -> str:
    some = posts_power(plan.design, [10, 20])
    ten, twenty = (some["power_log"] if plan.design.log_sd else some["power_raw"]).tolist()
    return (
        f"拿貼文當單位很難：每組 10 則，看得出來的機會是{percent_text(ten)}；20 則是{percent_text(twenty)}。"
        "同一則貼文裡的讚不是各自獨立的，不能拿觸及人數當樣本數。"
    )


def suggestions(plan: ABPlan) -> tuple[str, ...]:
    """What to do instead; nothing when the test is short enough."""
    if plan.unit == "則":
        return (
            "改成分人不分貼文：廣告的 A/B、試播的短影音、LINE 分眾推播，同一則內容隨機給不同的人看",
            "貼文只能分則的話，配成一對一對：同時段、同格式、同主題各一則，再比每一對的差",
            "先扣掉這個帳號平常的表現（例如同格式的期望值），再比剩下的部分，會穩很多",
            "每次的結果都留著，當成下一次的先驗；一次看不出來，十次合起來看得出方向",
        )
    short = plan.weeks is not None and plan.weeks <= LONGEST_WEEKS
    enough = plan.have_power is not None and plan.have_power >= plan.design.power
    if short or enough or (plan.weeks is None and plan.have is None):
        return ()
    saved = CUPED_EXAMPLE**2
    ways = [
        "測差別大一點的版本：整個角度、主圖或優惠換掉，不要只換一個字",
        "換一個比較常發生的指標（例如點擊換成開啟或互動），比率越高，要的人越少",
    ]
    if plan.design.left == 1:
        ways.append(f"用同一個人測試前的數字校正（CUPED）：相關 {CUPED_EXAMPLE:g} 時少用{saved:.0%}的人")
    return (*ways, "不測了：兩版都可以，挑成本低的上，把人留給更值得問的問題")
