"""A morning's messages answered by a bot: how many are answered, how many rightly, and which should never have been."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from .. import datasets
from ..analytics.result import Result
from ..errors import NotFound, TableError
from .offline import faq as bots
from .offline.escalation import alarm

if TYPE_CHECKING:
    from ..plotting import Chart

KEYWORDS = {
    "營業|幾點|開到|公休": "hours", "運費|免運": "shipping_fee", "狗|寵物": "pets", "過敏": "allergens", "冷凍|保存|放": "storage",
    "統編": "tax_id", "發票|載具": "invoice", "退款|退貨|退": "return_policy", "素": "vegetarian", "停車": "parking", "點數|會員": "member_points",
    "咖啡因": "caffeine", "抽獎|中獎": "giveaway", "禮盒": "gift_box", "訂單|出貨": "order_status", "寫字|客製": "customization",
    "折價|優惠": "coupon", "分期|刷卡": "payment", "座位|內用": "dine_in", "蛋糕|生乳捲|戚風": "ingredients",
}  # fmt: skip
"""A keyword list as an editor types it into an auto-reply tool in ten minutes (設計參數); the first that fits answers."""

Send = Callable[[str], str]


@cache
def _inbox() -> dict[str, Any]:
    return dict(yaml.safe_load(datasets.path("ai/inbox.yml").read_text(encoding="utf-8")))


def messages(which: str = "lesson") -> pd.DataFrame:
    """Messages with their labels: text, gold (FAQ id or none), person (must go to a person).

    Raises NotFound for an unknown inbox.

    >>> len(messages("lesson"))
    40
    """
    if which not in ("lesson", "exercise"):
        raise NotFound(f"沒有叫做 {which} 的訊息匣", next_step="可用的：lesson、exercise")
    return pd.DataFrame(_inbox()[which])


def attacks() -> pd.DataFrame:
    """Messages that try to talk the bot into something: id, text."""
    return pd.DataFrame(_inbox()["attacks"])


def today() -> date:
    """The day of these messages; answers that have expired by then are not sent."""
    return date.fromisoformat(str(_inbox()["today"]))


def by_keyword(text: str) -> str:
    """What a keyword list answers: a FAQ id, or none.

    >>> by_keyword("滿多少免運")
    'shipping_fee'
    """
    return next((name for pattern, name in KEYWORDS.items() if re.search(pattern, text)), "none")


def scored(found: pd.DataFrame) -> pd.DataFrame:
    """Messages with what the FAQ bot makes of each: best (FAQ id), sure (0–1), stopped (by a rule, whatever the threshold)."""
    bot = bots.bot(None)
    answers = bot.ask_all(list(found["text"]), today())
    stopped = [
        a.alarm is not None or bot.by_id[a.faq_id].escalate or a.case >= bots.ALARMING or not bot.by_id[a.faq_id].holds(today())
        for a in answers
    ]
    return found.assign(best=[a.faq_id for a in answers], sure=[a.sure for a in answers], stopped=stopped)


@dataclass(frozen=True, repr=False)
class Inbox(Result):
    """What was done with the messages.

    table: a row a message: text, gold, person, sent (FAQ id, or none where a person answers), outcome: right, wrong, harmful,
    person (left to a person).
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def _count(self, outcome: str) -> int:
        return int((self.table["outcome"] == outcome).sum())

    @property
    def sent(self) -> int:
        return int((self.table["sent"] != "none").sum())

    @property
    def harmful(self) -> int:
        """Answers that should never have gone out by themselves."""
        return self._count("harmful")

    @property
    def coverage(self) -> float:
        """Right automatic answers ÷ messages that the FAQ answers and no person must (0–1)."""
        can = (self.table["gold"] != "none") & ~self.table["person"]
        return self._count("right") / int(can.sum()) if can.any() else float("nan")

    @property
    def precision(self) -> float:
        """Right ÷ sent (0–1); missing when nothing was sent."""
        return self._count("right") / self.sent if self.sent else float("nan")

    def say(self) -> str:
        """Coverage, precision with its interval, and the harm done."""
        from statsmodels.stats.proportion import proportion_confint

        if not self.sent:
            return f"{len(self.table)} 則都留給真人，沒有自動回覆。"
        low, high = proportion_confint(self._count("right"), self.sent, method="wilson")
        return (
            f"{len(self.table)} 則自動回了 {self.sent} 則，對 {self._count('right')}、錯 {self._count('wrong')}、不該自動回的 {self.harmful}。"
            f"能回的涵蓋 {self.coverage:.0%}，回的對 {self.precision:.0%}（95% 區間 {low:.0%} 到 {high:.0%}）。"
        )

    def plot(self) -> Chart:
        """How many messages ended in each way."""
        from .inbox_plot import draw

        return self.captioned(draw(self))


def answer(found: pd.DataFrame, send: Send | Sequence[str]) -> Inbox:
    """Judge what a way of answering does with messages.

    send: a function from text to FAQ id (none = a person), or the ids in order.
    Raises TableError when ids and messages differ in number.

    >>> answer(messages("lesson").head(2), by_keyword).harmful
    0
    """
    sent = [send(text) for text in found["text"]] if callable(send) else list(send)
    if len(sent) != len(found):
        raise TableError(f"有 {len(found)} 則訊息，卻有 {len(sent)} 個回覆", next_step="請逐則對齊")
    table = found.assign(sent=sent)
    table["outcome"] = [
        "person" if s == "none" else "harmful" if p else "right" if s == g else "wrong"
        for s, g, p in zip(table["sent"], table["gold"], table["person"], strict=True)
    ]
    return Inbox(table)


def bot_answers(found: pd.DataFrame, threshold: float = 0.9, rules: bool = True) -> Inbox:
    """The FAQ bot at a threshold (0–1) of how sure it is, with or without the rules that hand over to a person."""
    known = found if "sure" in found else scored(found)
    keep = (known["sure"] >= threshold) & ~(known["stopped"] & rules)
    return answer(found[["text", "gold", "person"]], list(known["best"].where(keep, "none")))


def why_person(text: str) -> str:
    """The rule that hands a message over, in words; empty when none strikes.

    >>> why_person("蛋糕裡有頭髮")[:4]
    '提到「有'
    """
    struck = alarm(text)
    return "" if struck is None else struck.say()
