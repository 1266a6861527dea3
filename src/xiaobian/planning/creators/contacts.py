"""The list of creators a brand writes to: what may be kept, on what ground, and a log of what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...errors import TableError

GROUNDS = {
    "public": "本人公開的合作信箱或私訊",
    "asked": "本人同意我們聯絡",
    "agency": "經紀公司提供，本人同意",
}
"""Why the brand may write to someone."""

COLUMNS = {
    "creator_id": "編號",
    "name": "帳號名稱",
    "platform": "平台",
    "contact": "聯絡方式（信箱或私訊）",
    "ground": "憑什麼聯絡（GROUNDS 的代號）",
    "source": "在哪裡看到的（網址或誰給的）",
    "added": "建檔日",
    "review_by": "最晚要再確認或刪除的日子",
    "topics": "主題",
    "fit": "契合度（0–1）",
    "status": "進度（STATUSES 的代號）",
}
"""Columns of a contact list with what each is for. Nothing else about a person belongs in it."""

STATUSES = {
    "new": "還沒聯絡",
    "asked": "已邀請",
    "talking": "談條件",
    "signed": "已簽",
    "declined": "婉拒",
    "stop": "不要再聯絡",
}

PRIVATE = ("身分證", "生日", "住址", "地址", "私人電話", "感情", "婚姻", "健康", "宗教", "政治", "收入")
"""Words in a column's name that show something a contact list has no need of."""

KEEP_DAYS = 365
"""Days after which an entry without an answer is asked again or deleted: a design parameter, not a rule of law."""


def contact_problems(table: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """What is wrong with a contact list: 列 (from 1, 0 for the whole list), 欄, 問題, 怎麼辦; empty when nothing is.

    Raises TableError when it is not a table.

    >>> list(contact_problems(pd.DataFrame({"name": ["a"]}), pd.Timestamp("2026-03-01"))["欄"])[:2]
    ['creator_id', 'platform']
    """
    if not isinstance(table, pd.DataFrame):
        raise TableError("聯絡名單要是一張表", where=f"收到的是 {type(table).__name__}")
    found = [
        (0, name, "少了這一欄", f"補上：{told}")
        for name, told in COLUMNS.items()
        if name not in table.columns
    ]
    for name in table.columns.astype(str):
        if word := next((w for w in PRIVATE if w in name), None):
            found.append((0, name, f"「{word}」和合作無關", "刪掉這一欄；名單只留聯絡需要的"))
    for place, row in enumerate(table.to_dict("records"), start=1):
        found += [(place, *problem) for problem in _row_problems(row, today)]
    return pd.DataFrame(found, columns=["列", "欄", "問題", "怎麼辦"])


def _row_problems(row: Mapping[Any, Any], today: pd.Timestamp) -> list[tuple[str, str, str]]:
    found = []
    if "ground" in row and row["ground"] not in GROUNDS:
        found.append(("ground", "沒寫憑什麼聯絡", f"可用的有：{'、'.join(GROUNDS)}；都不是就不要聯絡"))
    if "source" in row and not str(row["source"] or "").strip():
        found.append(("source", "沒寫從哪裡來", "補上網址或提供的人，日後有人問得出來"))
    if "status" in row and row["status"] not in STATUSES:
        found.append(("status", "不認得的進度", f"可用的有：{'、'.join(STATUSES)}"))
    if row.get("status") == "stop" and str(row.get("contact") or "").strip():
        found.append(("contact", "說過不要再聯絡，聯絡方式還在", "刪掉聯絡方式，只留帳號名稱，以免又加回來"))
    due = pd.to_datetime(str(row.get("review_by") or ""), errors="coerce")
    if "review_by" in row and pd.isna(due):
        found.append(("review_by", "沒有期限", f"例如建檔後 {KEEP_DAYS} 天，到期再問一次或刪除"))
    elif not pd.isna(due) and due < today:
        found.append(("review_by", f"{due:%Y-%m-%d} 就該再確認了", "再問一次，或刪除這一列"))
    return found


@dataclass(frozen=True)
class Contact:
    """One entry of the log: when (tz-aware), with whom, how, what was said, and whether they said yes, no or nothing yet."""

    at: pd.Timestamp
    creator_id: str
    channel: str
    said: str
    answer: str = "waiting"


ANSWERS = {"waiting": "還沒回", "yes": "答應", "no": "婉拒", "stop": "不要再聯絡"}


def may_contact(
    log: Sequence[Contact], creator_id: str, now: pd.Timestamp, *, wait_days: int = 7, most: int = 2
) -> str:
    """Why not to write to someone now; empty when one may.

    After a no or a stop: never again by this log. Without an answer: not within ``wait_days``, and not more than ``most``
    times. (House rules, design parameters.)

    >>> may_contact([], "kol001", pd.Timestamp("2026-03-01", tz="Asia/Taipei"))
    ''
    """
    mine = sorted((c for c in log if c.creator_id == creator_id), key=lambda c: c.at.value)
    if any(c.answer in ("no", "stop") for c in mine):
        return "已經婉拒過，不再聯絡"
    open_ones = [c for c in mine if c.answer == "waiting"]
    if len(open_ones) >= most:
        return f"已經問了 {len(open_ones)} 次沒有回，先停"
    if open_ones and now - open_ones[-1].at < pd.Timedelta(days=wait_days):
        return f"上次聯絡還不到 {wait_days} 天，再等一下"
    return ""
