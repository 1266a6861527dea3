"""Rules and results of a schedule in 正體中文."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ...optimize.schedule import Rule, Timetable
from ...plotting import count_text, spaced
from ...tables import PILLARS, PLATFORMS
from .names import ANY, people_names

if TYPE_CHECKING:
    from .schedule import Schedule

STATUS = {
    "optimal": "證明是最好的",
    "feasible": "時間到，還沒證明是最好的",
    "greedy": "依序挑選，沒有用求解器",
    "infeasible": "排不出來",
}


def day_text(day: pd.Timestamp) -> str:
    """A day as people write it.

    >>> day_text(pd.Timestamp("2026-06-09"))
    '6/9'
    """
    return f"{day.month}/{day.day}"


def rule_names(problem: Timetable, days: pd.DatetimeIndex) -> dict[Rule, str]:
    """Words of every rule of a month."""
    people, names = people_names(), {}
    for item in problem.items:
        names[Rule("must", item.name)] = f"{item.name} 非發不可"
        if item.release > 0:
            day = days[0] + pd.Timedelta(days=item.release)
            names[Rule("release", item.name)] = f"{item.name} 要到 {day_text(day)} 才核可"
        if item.deadline < problem.days - 1:
            day = days[0] + pd.Timedelta(days=item.deadline)
            names[Rule("deadline", item.name)] = f"{item.name} 過了 {day_text(day)} 就過期"
        names[Rule("slots", item.name)] = f"{item.name} 的帳號有哪些時段"
    for resource in problem.resources:
        who = people.get(resource.name, resource.name)
        names[Rule("resource", resource.name)] = f"{who}的工時（整個月 {sum(resource.per_day):g} 小時）"
    for cap in problem.caps:
        kind = kind_name(cap.kind)
        span = f"連續 {cap.days} 天" if cap.days > 1 else "一天"
        names[Rule("cap", cap.name)] = spaced(f"{kind}{span}最多 {cap.most} 則")
    for apart in problem.aparts:
        names[Rule("apart", apart.name)] = f"{apart.one} 和 {apart.other} 至少隔 {apart.days} 天"
    for cover in problem.covers:
        first, last = (day_text(days[day]) for day in (cover.first, cover.last))
        span = first if first == last else f"{first}–{last}"
        what = f"至少 {cover.least} 則{kind_name(cover.kind)}"
        words = f"日更：每天{what}" if cover.kind == ANY else f"{cover.name}：{span} {what}"
        names[Rule("cover", cover.name)] = spaced(words)
    for shut in problem.closed:
        when = "、".join(day_text(days[day]) for day in sorted(shut.days))
        names[Rule("closed", shut.name)] = spaced(f"{shut.name}：{when} 不發{kind_name(shut.kind)}")
    names[Rule("room", "")] = "一個時段只放得下一則"
    return names


def kind_name(kind: str) -> str:
    """Words of a kind of posts.

    >>> kind_name("pillar:promo"), kind_name("account:line"), kind_name("any:")
    ('優惠', 'LINE', '貼文')
    """
    if kind == ANY:
        return "貼文"
    sort, _, name = kind.partition(":")
    words: Mapping[str, str] = {"pillar": PILLARS, "account": PLATFORMS}.get(sort, {})
    return words.get(name, name)


def _grouped(rules: tuple[str, ...]) -> list[str]:
    """Rules of one post in one phrase.

    >>> _grouped(("p1 非發不可", "p1 過了 6/9 就過期", "優惠一天最多 1 則"))
    ['p1 非發不可、過了 6/9 就過期', '優惠一天最多 1 則']
    """
    parts: dict[str, list[str]] = {}
    for rule in rules:
        post, _, rest = rule.partition(" ")
        own = rest.startswith(("非發", "要到", "過了"))
        parts.setdefault(post if own else rule, []).append(rest if own else "")
    return [f"{head} {'、'.join(rest)}".strip() if any(rest) else head for head, rest in parts.items()]


def told(found: Schedule) -> str:
    """How many go out, what it is worth, how far from the best at most; or what cannot hold together."""
    if found.status == "infeasible":
        if not found.conflict:
            return "這組條件依序挑選排不出來；要知道是哪幾條互相衝突，請裝好求解器（ortools）再試一次。"
        rules = "；".join(_grouped(found.conflict))
        if len(found.conflict) == 1:
            return spaced(f"這組條件排不出來：光是「{found.conflict[0]}」這一條，手上的貼文就做不到。")
        tail = "少掉任何一條就排得出來。" if found.proved else "也許還能再少幾條，時間到了。"
        return spaced(f"這組條件排不出來。互相衝突的是這 {len(found.conflict)} 條：{rules}。{tail}")
    n, all_of = len(found.table), len(found.table) + len(found.left)
    head = f"{all_of} 則裡排進 {n} 則，預估互動合計 {count_text(found.value)}"
    if found.status == "optimal":
        return spaced(f"{head}；已證明沒有更好的排法（差距 0%）。")
    bound = f"任何排法都不會超過 {count_text(found.bound)}（差距最多 {found.gap:.1%}）"
    return spaced(f"{head}；{bound}，{STATUS[found.status]}。")
