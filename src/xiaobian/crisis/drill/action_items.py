"""Action items of an after-action review: who does what until when, and how one will know. It reads words, not plans.

The signs are 設計參數 after the usual form of such lists (owner, deed, date, proof).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from ... import datasets
from ...errors import AnswerError
from ...plotting import spaced

ENOUGH = 3
_ROLES = "小編|社群主管|主管|客服|設計師|設計|影音|創辦人|店長|法務|工程|值班人?|公關|品保|會計|行銷|副手|代理人"
_DATE = re.compile(
    r"\d{1,2} ?[/月] ?\d{1,2}|(?:本|這|下|每)?(?:週|周|星期|禮拜)[一二三四五六日天]|[明後今]天|月底|本週|下週|每週|每月|每天|\d+ ?(?:天|日|週|小時)內"  # lint: off
)
_DEED = re.compile(
    r"寫(?:成|出|好|進)?|改(?:成|寫|為)?|做(?:一次|出|好)?|貼(?:在|出)?|加(?:上|進|一)?|設(?:定|好)?|排(?:好|定|進)?|練(?:一次|習)?|演練|指定|公布|刪|停|測試|核對|檢查|更新|建立|訂(?:出|好)?|交(?:給)?|開(?:會|放)?|列出|匯出|打電話|回(?:電|報|覆)|整理|裝|買"  # lint: off
)
_HOLLOW = re.compile(r"加強(?:宣導|溝通|訓練|管理|教育|注意)?|更(?:加)?(?:小心|注意|用心|努力|謹慎|細心)|檢討改進|提高警覺|落實|全面|盡快|盡速|適時|持續(?:關注|優化|改善)|引以為戒|以後(?:會)?(?:注意|小心)")  # lint: off
_BLAME = re.compile(r"(?:懲處|記過|開除|扣薪|寫悔過|究責|道歉給大家)")  # lint: off
_SPLIT = re.compile(r"\n+|(?:^|(?<=[。；\n]))\s*(?=[一二三1-9][、.．)）])")  # lint: off
_NUMBERED = re.compile(r"^[\s•・\-－*]*(?:[一二三四五六七八九十1-9]{1,2}[、.．)）])?\s*")  # lint: off


@dataclass(frozen=True, repr=False)
class ActionItems:
    """Items read from a text.

    table: a row an item: item, owner, date, deed (what was found, or empty), hollow and blame (words to replace), fine.
    """

    table: pd.DataFrame = field(compare=False)

    @property
    def fine(self) -> int:
        """Items that name owner, deed and date and hide behind no empty word."""
        return int(self.table["fine"].sum())

    def say(self) -> str:
        """How many are ready, and what the first other one lacks, in 正體中文."""
        if not len(self.table):
            return "還沒有行動。一行寫一件：誰、做什麼、幾號以前、怎麼知道做到了。"
        open_ = self.table[~self.table["fine"]]
        told = f"{len(self.table)}件裡有{self.fine}件寫清楚了。"
        return spaced(told + (_lacking(open_.iloc[0]) if len(open_) else "開檢討會那天，照日期一件一件問。"))

    def __repr__(self) -> str:
        return self.say()


def _lacking(row: pd.Series) -> str:
    short = str(row["item"])[:16]
    if row["blame"]:
        return f"「{short}…」寫的是處罰（{row['blame']}）。罰完，流程還是一樣；改成下次攔得住的一步。"
    if row["hollow"]:
        return f"「{short}…」的「{row['hollow']}」驗收不了。改成一個做完看得到的動作。"
    lacks = [name for key, name in (("owner", "誰負責"), ("deed", "做什麼"), ("date", "哪一天")) if not row[key]]
    return f"「{short}…」還缺：{'、'.join(lacks)}。"


@cache
def _owners() -> re.Pattern[str]:
    names = [person["name"] for person in datasets.brand()["people"].values()]
    return re.compile("|".join([*names, _ROLES]))


def check_actions(text: str) -> ActionItems:
    """Read action items, one a line (or numbered), and say what each lacks. Raises AnswerError for what is not a text.

    >>> check_actions("佩蓁 3/14 以前排好清晨值班表，貼在群組置頂").fine
    1
    >>> print(check_actions("以後會更小心"))
    1 件裡有 0 件寫清楚了。「以後會更小心…」的「更小心」驗收不了。改成一個做完看得到的動作。
    """
    if not isinstance(text, str):
        raise AnswerError(
            f"行動要寫成文字，你給的是 {type(text).__name__}", where="check_actions()", next_step="一行寫一件"
        )
    lines = [_NUMBERED.sub("", line).strip() for line in _SPLIT.split(text)]
    rows = [_row(line) for line in lines if line]
    columns = ["item", "owner", "deed", "date", "hollow", "blame", "fine"]
    return ActionItems(pd.DataFrame(rows, columns=columns).astype({"fine": bool}))


def _row(line: str) -> tuple[object, ...]:
    found = [_first(sign, line) for sign in (_owners(), _DEED, _DATE, _HOLLOW, _BLAME)]
    owner, deed, date, hollow, blame = found
    return (line, *found, bool(owner and deed and date and not hollow and not blame))


def _first(sign: re.Pattern[str], line: str) -> str:
    match = sign.search(line)
    return match[0] if match else ""
