"""A raffle that keeps the rules: the notice of 個資法第 8 條, the terms of the draw, and a form that asks for no more than needed.

What has to be said stands in ``datasets/reference/raffle_rules.csv`` with source and date. The checks see words, not meaning:
they find what is missing, they do not say that a text is lawful. 風險提示，不是法律意見。
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

import pandas as pd

from .. import datasets
from ..analytics.result import Result
from ..errors import TableError
from .raffle_words import FIELDS, NAMED, NOTICE, RIGHTS, TERMS, VAGUE

RISK = "風險提示，不是法律意見"
Kind = Literal["notice", "terms"]
TITLES: dict[str, str] = {"notice": "個資告知", "terms": "抽獎辦法"}


@cache
def rules(kind: str) -> pd.DataFrame:
    """The rows of ``raffle_rules.csv`` of one kind (notice, terms, field), by id.

    >>> len(rules("notice")), rules("notice").loc["notice_area", "name"]
    (10, '在哪裡用')
    """
    table = datasets.reference("raffle_rules")
    return table[table["kind"] == kind].set_index("id")


@dataclass(frozen=True, repr=False)
class RuleReport(Result):
    """What a text says and what is missing.

    table: a row a rule, by id: name, said (whether), where (the words found), article, good (an example that says it).
    vague: phrases that say nothing; notes: the date of the rules, and that this is no legal advice.
    """

    kind: Kind
    table: pd.DataFrame
    vague: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """Ids of the rules that the text does not meet."""
        return [str(name) for name in self.table.index[~self.table["said"]]]

    @property
    def ok(self) -> bool:
        return not self.missing and not self.vague

    def say(self) -> str:
        """What is there, what to add and how."""
        done, n = int(self.table["said"].sum()), len(self.table)
        lines = [f"{TITLES[self.kind]}：{n} 項說了 {done} 項。"]
        for row in self.table[~self.table["said"]].to_dict("records"):
            article = f"（{row['article']}）" if row["article"] else ""
            lines.append(f"▲ 少了「{row['name']}」{article}：{row['rule']}。例如：{row['good']}")
        lines += [f"▲ 「{phrase}」太空泛，請寫出是什麼用途、給誰。" for phrase in self.vague]
        return "\n".join(lines)


def notice_check(text: str) -> RuleReport:
    """Which of the points of 個資法第 8 條 a notice says.

    Raises TableError when it is not a text.

    >>> notice_check("蒐集者：嶼穗茶食。目的：通知得獎。").missing[:2]
    ['notice_categories', 'notice_period']
    """
    return _check(text, "notice", NOTICE)


def terms_check(text: str) -> RuleReport:
    """Which points the terms of a draw say: host, who, when, how, prizes, draw, announcement, claim, tax, platform, cheating.

    >>> len(terms_check("").missing) == len(rules("terms"))
    True
    """
    return _check(text, "terms", TERMS)


def _check(text: str, kind: Kind, patterns: Mapping[str, str]) -> RuleReport:
    if not isinstance(text, str):
        raise TableError("要給一段文字", where=f"{kind}_check")
    table = rules(kind)[["name", "rule", "article", "good"]].copy()
    found = {name: _found(name, patterns[name], text) for name in table.index}
    table.insert(1, "said", [found[name] is not None for name in table.index])
    table.insert(2, "where", pd.Series(found, index=table.index, dtype="string"))
    table["article"] = table["article"].fillna("")
    vague = tuple(dict.fromkeys(m[0] for m in VAGUE.finditer(text))) if kind == "notice" else ()
    checked = str(rules(kind)["checked"].max())
    return RuleReport(
        kind, table, vague, (f"{RISK}；規則查核於 {checked}", "只看得出有沒有寫到，看不出寫得對不對")
    )


def _found(name: str, pattern: str, text: str) -> str | None:
    if name == "notice_rights":
        words = [m[0] for right in RIGHTS if (m := re.search(right, text))]
        return "、".join(words) if len(words) == len(RIGHTS) else None
    found = re.search(pattern, text)
    return found[0].strip() if found else None


@dataclass(frozen=True)
class Raffle:
    """What a raffle is, as far as its notice and its terms need it. Times in Asia/Taipei.

    host: full name; contact: where rights are exercised; prizes: name → how many; entry: what one does to join;
    keep_days: how long data are kept after the end; data: what is collected from everybody; winner_data: from winners.
    """

    host: str
    contact: str
    prizes: Mapping[str, int]
    starts: datetime
    ends: datetime
    draws: datetime
    entry: str
    platform: str = "Meta"
    eligibility: str = "年滿 18 歲，收件地址在台灣"
    keep_days: int = 30
    claim_days: int = 7
    data: tuple[str, ...] = ("社群帳號",)
    winner_data: tuple[str, ...] = ("收件姓名", "電話", "地址")
    shipper: str = "寄送獎品的宅配公司"


def _possible(raffle: Raffle) -> None:
    if not raffle.host.strip() or not raffle.contact.strip() or not raffle.entry.strip():
        raise TableError("主辦、聯絡管道、參加方式都要寫", where="Raffle")
    if not raffle.starts < raffle.ends <= raffle.draws:
        raise TableError(
            "時間順序不對：開始要早於截止，抽獎不能在截止之前", where="Raffle(starts, ends, draws)"
        )
    if not raffle.prizes or min(raffle.prizes.values()) < 1:
        raise TableError("至少要有一種獎項，每種至少一份", where="Raffle(prizes=…)")


def notice(raffle: Raffle) -> str:
    """A draft of the notice, every point of 第 8 條 in its own line; to be read by a person before use.

    Raises TableError for a raffle that cannot be.
    """
    _possible(raffle)
    lines = [
        "個人資料告知事項（草稿）",
        f"蒐集者：{raffle.host}",
        "目的：核對抽獎資格、通知得獎、寄送獎品",
        f"資料類別：{'、'.join(raffle.data)}；得獎後再請得獎人提供{'、'.join(raffle.winner_data)}",
        f"利用期間：活動結束後 {raffle.keep_days} 天，期滿刪除",
        "利用地區：台灣",
        f"利用對象：{raffle.host}的活動小組與{raffle.shipper}",
        "利用方式：以私訊或 Email 通知、以宅配寄送",
        "你的權利：查詢或閱覽、給複製本、補充或更正、停止蒐集處理利用、刪除",
        f"怎麼要求：請聯絡 {raffle.contact}",
        "不提供的影響：無法參加抽獎或寄送獎品，不影響你的其他權益",
    ]
    return "\n".join(lines)


def terms(raffle: Raffle) -> str:
    """A draft of the terms of the draw; to be read by a person before use.

    Raises TableError for a raffle that cannot be.
    """
    _possible(raffle)
    prizes = "、".join(f"{name} {number} 份" for name, number in raffle.prizes.items())
    lines = [
        "抽獎辦法（草稿）",
        f"主辦單位：{raffle.host}",
        f"參加資格：{raffle.eligibility}",
        f"活動期間：{_when(raffle.starts)} 到 {_when(raffle.ends)}（台北時間）",
        f"參加方式：{raffle.entry}",
        f"獎項與名額：{prizes}",
        f"抽獎：{_when(raffle.draws)} 由電腦隨機抽出，全程錄影",
        "公布：抽獎當天在本篇置頂留言公布得獎名單，只露出帳號的一部分",
        f"領獎：公布後 {raffle.claim_days} 天內回覆，逾期視同放棄，由候補遞補",
        "稅負：依領獎當時的所得稅規定辦理，需要申報時才請得獎人提供證件資料",
        f"本活動和 {raffle.platform} 無關，{raffle.platform} 不負責活動的任何事項",
        "一人一次；假帳號或程式留言取消資格",
    ]
    return "\n".join(lines)


def _when(moment: datetime) -> str:
    return f"{moment.year}/{moment.month}/{moment.day} {moment:%H:%M}"


VERDICTS = {
    "entry": "參加時可以問",
    "winner": "得獎後再問",
    "needless": "不要問",
    "special": "不得蒐集",
    "unknown": "請自己判斷",
}


@dataclass(frozen=True, repr=False)
class FormReport(Result):
    """The fields of a form. table: a row a field: field, verdict (of ``VERDICTS``), why, next."""

    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything may be asked at entry, and one way of contact is enough."""
        return bool((self.table["verdict"] == "entry").all())

    def say(self) -> str:
        """What to keep and what to take out."""
        kept = int((self.table["verdict"] == "entry").sum())
        lines = [f"{len(self.table)} 個欄位，參加時可以問的有 {kept} 個。"]
        for row in self.table[self.table["verdict"] != "entry"].to_dict("records"):
            lines.append(
                f"▲ 「{row['field']}」{VERDICTS[str(row['verdict'])]}：{row['why']}。{row['next']}。"
            )
        return "\n".join(lines)


def form_check(fields: Sequence[str]) -> FormReport:
    """Which fields of an entry form a raffle needs; no more than the purpose needs is to be collected (個資法第 5 條).

    fields: the names as they stand on the form. Raises TableError without fields.

    >>> form_check(["社群帳號", "身分證字號"]).table["verdict"].tolist()
    ['entry', 'winner']
    """
    if isinstance(fields, str) or not len(fields):
        raise TableError("要給欄位名稱的清單", where="form_check", next_step='例如 ["社群帳號", "Email"]')
    rows, contacts = [], 0
    for name in map(str, fields):
        verdict, why, step = _field(name)
        if verdict == "entry" and NAMED["contact"].search(name):
            contacts += 1
            if contacts > 1:
                verdict, why, step = "needless", "通知得獎，一種聯絡方式就夠", "留下最常用的那一種"
        rows.append({"field": name, "verdict": verdict, "why": why, "next": step})
    checked = str(rules("field")["checked"].max())
    return FormReport(
        pd.DataFrame(rows), (f"{RISK}；規則查核於 {checked}", "欄位照名稱判斷，認不得的請自己判斷")
    )


def _field(name: str) -> tuple[str, str, str]:
    return next(
        ((verdict, why, step) for pattern, verdict, why, step in FIELDS if pattern.search(name)),
        ("unknown", "不在清單上", "問自己：少了它，抽獎辦不成嗎？辦得成就拿掉"),
    )
