"""Asking a customer for the right to show their post: a request with six facts, and what a request lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import AnswerError


@dataclass(frozen=True)
class RightsRequest:
    """What is asked. post: which one (a link or its words). use: what for. where: places. months: how long.
    payment: NT$, 0 for none. gift: what is given instead of money. by: who asks, with the account. contact: where to say no later.
    edits: what would be changed."""

    author: str
    post: str
    use: str
    where: tuple[str, ...]
    months: int
    contact: str
    payment: int = 0
    gift: str = ""
    by: str = "嶼穗茶食小編阿洛"
    edits: str = "只裁切、加上你的帳號名稱，不改你的話"


def request_text(asked: RightsRequest) -> str:
    """The request as a private message. Raises AnswerError when a fact is missing or the time is not limited.

    >>> text = request_text(RightsRequest("小米", "3/8 那張戚風", "官網商品頁", ("官網", "IG"), 6, "hi@yusui.example"))
    >>> rights_problems(text)
    []
    """
    if missing := [
        name for name in ("author", "post", "use", "contact") if not str(getattr(asked, name)).strip()
    ]:
        raise AnswerError(f"少了 {'、'.join(missing)}", where="RightsRequest", next_step="六件事都要寫得出來")
    if not asked.where or not 1 <= asked.months <= 60:
        raise AnswerError(
            "用在哪裡、用多久要寫清楚", where="where、months", next_step="月數 1 到 60，不要寫永久"
        )
    pay = (
        f"我們會付 {asked.payment:,} 元"
        if asked.payment
        else (f"我們會送你 {asked.gift}" if asked.gift else "這次沒有酬勞")
    )
    return (
        f"{asked.author}你好，我是{asked.by}。我們很喜歡你的這則貼文：{asked.post}。\n"
        f"想請你同意我們把它用在{asked.use}，會出現在{'、'.join(asked.where)}，期限 {asked.months} 個月，到期就撤下。\n"
        f"{pay}；{asked.edits}，並標示你是作者。照片裡如果有其他人，也請先問過他們。\n"
        f"同意的話請回「同意」；不同意完全沒關係，不會影響任何事。之後想收回，寫信到 {asked.contact}，我們會在三個工作天內撤下。"
    )


CHECKS: Mapping[str, tuple[str, str]] = {
    "誰": (r"我是|我們是|這裡是|小編|品牌方", "說明你是誰：品牌和名字"),
    "哪一則": (r"這則|這張|那則|那張|這支|那支|這篇|那篇|https?://|貼文", "指出是哪一則：連結或日期"),
    "用在哪裡": (r"用在|用於|放在|放到|刊登|刊在|出現在|轉貼到|分享到|分享在", "寫出會放在哪些地方"),
    "多久": (
        r"\d+\s?(?:個月|天|週|年)|[一二三四五六七八九十兩半]+(?:個月|年|週)|到\s?\d+[/月]",
        "寫出期限，到期撤下",
    ),
    "酬勞": (r"元|酬勞|付費|付你|送你|贈送|折價券|沒有費用|無償|免費授權|回饋", "有沒有酬勞都要講明"),
    "可以反悔": (r"收回|撤下|撤回|下架|反悔|取消授權|隨時(?:可以)?(?:告訴|通知|跟我們)", "寫出之後怎麼收回"),  # lint: off
}
"""What a request must tell: name → pattern that shows it, and what to add."""
TOO_MUCH = re.compile(
    r"永久|無限期|不限(?:期限|用途|地區)|任何用途|全世界|視為同意|預設同意|標記我們(?:就|即)|全部權利"  # lint: off
)
NO_QUESTION = re.compile(r"同意|可以嗎|願意|好嗎|方便嗎|授權")


def rights_problems(text: str) -> list[str]:
    """What a request lacks or asks too much; empty when nothing.

    >>> rights_problems("照片很美，我們要拿去用喔")[0]
    '誰：說明你是誰：品牌和名字'
    """
    found = [
        f"{name}：{advice}" for name, (pattern, advice) in CHECKS.items() if not re.search(pattern, text)
    ]
    if too_much := TOO_MUCH.search(text):
        found.append(f"要太多：「{too_much[0]}」。寫明地方和期限，沒有回覆不等於同意")
    if not NO_QUESTION.search(text):
        found.append("沒有問：要請對方明白說同意")
    return found
