"""Triage of comments: what each one wants, what to do, whose it is, and how soon, with the reason in words.

Rules of safety (``triage_rules.yml``) come first and win over the classifier, which knows the rest; where neither is sure, a
person looks. Nobody's criticism is hidden: a comment is only hidden for an attack on people, personal data or a threat.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import yaml_of
from ...errors import TableError
from ...plotting import spaced
from ...sandbox.words.templates import ACTIONS, INTENTS
from ...text.classify import grave, model, sentiment
from ...text.features import stream

RULES = Path(__file__).with_name("triage_rules.yml")
QUEUES = {
    "now": "馬上有人看", "clean": "清理", "private": "私訊處理", "answer": "公開回覆", "glance": "人看一眼", "rest": "不用回",
}  # fmt: skip
"""Whose desk a comment lands on, most pressing first."""
URGENT_ACTIONS = ("care", "escalate")
URGENT_RULES = ("threat", "exposing", "personal_data", "scam")
"""Rules of safety whose action alone does not say that a person must look within the hour."""
DEFAULT = {
    "praise": "like", "question": "reply", "complaint": "reply", "wish": "reply", "tag": "none", "banter": "like",
    "order": "reply", "answer": "like", "troll": "none", "scam": "report", "legal": "escalate", "selfharm": "care",
    "personal_data": "hide", "rumor": "reply",
}  # fmt: skip
"""What to do about an intent when no rule says more. A jibe is left standing: it is read, not fed."""
GRAVE = ("selfharm", "legal", "scam", "personal_data")
SURE = 0.5
"""Probability from which the classifier's answer goes to a desk; below it a person looks (設計參數)."""
ASKS = re.compile(
    r"[?？]|嗎|怎[麼摸樣]|多少|幾[點天號]|有沒有|可不可以|可以.{0,10}(?:嗎|呢)|能不能|會不會|是不是|哪裡|哪間"
)
"""How a question looks; asked only where the classifier is not sure."""
LIKELY = 0.4
"""Probability of a call for help from which it is urgent without a rule; below it a person still looks (設計參數)."""
BITTER = 0.45
"""Probability of a bad mood from which praise, chat or an answer may mean the opposite (設計參數)."""
SWEET = ("praise", "banter", "answer")
TRACE = re.compile(r"\d{4,}|[路街巷弄]\S{0,6}\d|@\S+\.|真名|本名|身分證|住址")
"""What personal data leave in a text; without it the classifier's word for them is not taken."""
PLAIN = ("praise", "wish", "tag", "banter", "order", "answer")
COLUMNS = ["comment_id", "text", "intent", "action", "queue", "urgent", "why"]
_QUEUE_OF = {
    "care": "now",
    "escalate": "now",
    "hide": "clean",
    "report": "clean",
    "private": "private",
    "reply": "answer",
}


@dataclass(frozen=True)
class Rule:
    """One rule. safety: it wins over the classifier. intent: what it says the comment is, empty to keep the classifier's.
    intents: a rule of routine looks only at these. label: of ``text.grave``, another way to fire."""

    id: str
    action: str
    says: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    safety: bool
    intent: str = ""
    intents: tuple[str, ...] = ()
    label: str = ""

    def fires(self, text: str, labels: Container[str] = ()) -> bool:
        """Whether it fires on a text in lower case; labels: what ``text.grave`` says of it."""
        found = self.pattern.search(text) or self.label in labels
        return bool(found) and not (self.unless and self.unless.search(text))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in the order in which they are asked: safety first.

    >>> [rule.id for rule in rules()][:3]
    ['selfharm', 'threat', 'exposing']
    """
    found = [_rule(row) for row in yaml_of(RULES)["rules"]]
    return tuple(sorted(found, key=lambda rule: not rule.safety))


def _rule(row: Mapping[str, Any]) -> Rule:
    unless = "|".join(row.get("unless", ()))
    return Rule(
        id=row["id"],
        action=row["action"],
        says=row["says"],
        pattern=re.compile(row["pattern"]),
        unless=re.compile(unless) if unless else None,
        safety=bool(row.get("safety")),
        intent=row.get("intent", ""),
        intents=tuple(row.get("intents", ())),
        label=row.get("grave", ""),
    )


@dataclass(frozen=True, repr=False)
class Triage:
    """Comments with what to do. table: comment_id, text, intent, action, queue, urgent, why. rule: id of the rule that
    decided, empty where the classifier did. p: probability of the classifier's likeliest intent (0–1)."""

    table: pd.DataFrame
    rule: pd.Series = field(compare=False)
    p: pd.Series = field(compare=False)

    @property
    def urgent(self) -> pd.DataFrame:
        """The rows a person should look at within the hour."""
        return self.table[self.table["urgent"]]

    @property
    def queues(self) -> pd.DataFrame:
        """A row a queue, most pressing first: comments, share (0–1 of all)."""
        counts = self.table["queue"].value_counts().reindex(list(QUEUES), fill_value=0)
        return pd.DataFrame({"comments": counts, "share": counts / max(len(self.table), 1)}).rename(
            index=QUEUES
        )

    def say(self) -> str:
        """How many there are, how many are urgent, where the rest goes, in 正體中文."""
        if not len(self.table):
            return "沒有留言要分。"
        parts = [f"{name}{n}則" for name, n in self.queues["comments"].items() if n]
        hidden = int(self.table["action"].isin(["hide", "report"]).sum())
        return spaced(
            f"{len(self.table)}則留言，{int(self.table['urgent'].sum())}則一小時內要有人看；{'、'.join(parts)}。"
            f"建議隱藏或檢舉{hidden}則，其餘都留著。"
        )

    def words(self) -> pd.DataFrame:
        """The table with its labels in 正體中文, for reading."""
        shown = self.table.assign(
            text=[" ".join(text.split()) for text in self.table["text"]],
            intent=self.table["intent"].map(INTENTS), action=self.table["action"].map(ACTIONS), queue=self.table["queue"].map(QUEUES),
            urgent=self.table["urgent"].map({True: "急", False: ""}),
        )  # fmt: skip
        names = dict(zip(COLUMNS, ("編號", "留言", "意圖", "動作", "佇列", "急", "為什麼"), strict=True))
        return shown.rename(columns=names)

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：機器只建議，隱藏和封鎖由人按"


def triage(comments: Sequence[str] | pd.Series | pd.DataFrame) -> Triage:
    """Sort comments by what they want, what to do, whose desk, and how soon.

    comments: texts, or a table with ``text`` and, if it has one, ``comment_id``. Missing and blank texts are left alone.
    A rule of safety decides by itself. Else the likeliest intent of ``text.classify`` does, with the rules of routine for
    what to do; below SURE, or where a grave intent is possible, the comment goes to a person.

    Raises TableError when there is no text.

    >>> found = triage(["吃完整晚拉肚子，現在在急診", "請問週日有開嗎？", "又漲價，太貴了吧"]).table
    >>> found["action"].tolist(), found["urgent"].tolist()
    (['escalate', 'reply', 'reply'], [True, False, False])
    """
    ids, texts = _given(comments)
    p = _chances(texts)
    names = model().intent.names
    bitter = sentiment(texts)["p_negative"].to_numpy() > BITTER
    rows = [
        _decided(text, dict(zip(names, chance.tolist(), strict=True)), bool(mood))
        for text, chance, mood in zip(texts, p, bitter, strict=True)
    ]
    found = pd.DataFrame(rows, columns=["intent", "action", "queue", "urgent", "why", "rule", "p"])
    table = found.assign(comment_id=ids, text=texts)[COLUMNS].astype({"urgent": bool})
    return Triage(table, found["rule"], found["p"].astype(float))


def _given(comments: Sequence[str] | pd.Series | pd.DataFrame) -> tuple[list[str], list[str]]:
    if isinstance(comments, str):
        raise TableError("要給一串留言，不是一段文字", where="triage()", next_step="只有一則時寫成 [text]")
    ids: Iterable[Any] | None = None
    if isinstance(comments, pd.DataFrame):
        if "text" not in comments:
            raise TableError(
                "留言表沒有 text 欄", where="triage()", next_step="請把留言文字那一欄改名為 text"
            )
        ids = comments.get("comment_id")
        comments = comments["text"]
    texts = [text if isinstance(text, str) else "" for text in comments]
    return [str(i) for i in (range(1, len(texts) + 1) if ids is None else ids)], texts


def _chances(texts: list[str]) -> npt.NDArray[np.float64]:
    head = model().intent
    if not texts:
        return np.zeros((0, len(head.names)))
    return np.asarray(head.probabilities(model().known, stream(texts)))


@cache
def _limit(label: str) -> float:
    """Probability from which a grave intent is possible enough for a person to look."""
    return float(model().held["intent_from"][model().intent.names.index(label)])


Row = tuple[str, str, str, bool, str, str, float]


def _decided(text: str, chance: Mapping[str, float], bitter: bool) -> Row:
    """intent, action, queue, urgent, why, rule, p of one comment."""
    if not text.strip():
        return "banter", "none", "rest", False, "沒有文字", "", 0.0
    plain = text.lower()
    if not TRACE.search(plain):
        chance = {**chance, "personal_data": 0.0}
    intent = max(chance, key=lambda name: chance[name])
    labels = grave(text)
    for rule in rules():
        if (rule.safety or intent in rule.intents) and rule.fires(plain, labels):
            urgent = rule.safety and (rule.action in URGENT_ACTIONS or rule.id in URGENT_RULES)
            queue = "now" if urgent else _QUEUE_OF.get(rule.action, "rest")
            return rule.intent or intent, rule.action, queue, urgent, rule.says, rule.id, chance[intent]
    return _by_chance(plain, intent, chance, bitter)


def _by_chance(text: str, intent: str, chance: Mapping[str, float], bitter: bool) -> Row:
    p, action = chance[intent], DEFAULT[intent]
    told = spaced(f"分類器看是「{INTENTS[intent]}」（{p:.0%}）")
    possible = next((label for label in GRAVE if label == intent or chance[label] >= _limit(label)), "")
    if possible:
        urgent = intent in GRAVE or chance["selfharm"] >= LIKELY
        also = "" if possible == intent else f"，也可能是「{INTENTS[possible]}」"
        why = f"{told}{also}：這一種寧可看錯，請人先看"
        return intent, action, "glance", urgent, why, "", p
    if p < SURE:
        intent = "question" if intent in PLAIN and ASKS.search(text) else intent
        return intent, DEFAULT[intent], "glance", False, f"{told}，沒把握，請人看一眼", "", p
    if bitter and intent in SWEET:
        return intent, "reply", "glance", False, f"{told}，可是語氣不太好，可能是反話：請人看一眼", "", p
    if intent == "troll":
        return intent, action, "glance", False, f"{told}，沒有攻擊人：留著，不餵", "", p
    return intent, action, _QUEUE_OF.get(action, "rest"), False, told, "", p
