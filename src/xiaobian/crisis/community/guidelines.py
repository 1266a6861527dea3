"""The community guideline as data: a short text to post, which comments each rule covers, and where it has gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ... import datasets
from ...errors import NotFound, ReadError
from ...plotting import spaced
from ...sandbox.words.templates import ACTIONS
from ...text.classify import sentiment
from .triaging import Triage

DOES = {"keep": "留著", "help": "處理", "hide": "隱藏"}
CRITICS = ("complaint", "wish", "question")
"""Intents of people who want something changed or answered; hiding them is hiding criticism."""
FULL = 0.5
"""Share of criticism from which a hiding rule is called a gag (設計參數)."""


@dataclass(frozen=True)
class Posted:
    """One rule of the guideline. does: a key of DOES. covers: rules, intents, a mood, or all. tempting: argued against."""

    id: str
    title: str
    does: str
    post: str
    why: str
    covers: Mapping[str, Any] = field(hash=False)
    tempting: bool = False

    def covered(self, found: Triage, mood: pd.Series) -> pd.Series:
        """Whether it covers each comment [bool, one a row of ``found.table``]; mood: label of ``text.sentiment``."""
        if self.covers.get("all"):
            return pd.Series(True, index=found.table.index)
        by_rule = found.rule.isin(self.covers.get("rules", ()))
        # where a rule of triage decided, it says more than the classifier's intent
        by_intent = found.table["intent"].isin(self.covers.get("intents", ())) & found.rule.eq("")
        return by_rule | by_intent | mood.eq(self.covers.get("mood", "-"))


@dataclass(frozen=True, repr=False)
class Guideline:
    """What is posted. rules: in the order of posting. length: most characters of the text."""

    title: str
    opening: str
    closing: str
    length: int
    rules: tuple[Posted, ...]

    @cached_property
    def text(self) -> str:
        """The text to post, one rule a line."""
        lines = [f"{n}. {rule.post}" for n, rule in enumerate(self.rules, start=1)]
        return "\n".join([f"【{self.title}】{self.opening}", *lines, self.closing])

    def only(self, ids: Iterable[str]) -> Guideline:
        """The guideline with these rules alone, in the order of posting.

        Raises NotFound for a rule it does not have.
        """
        wanted = [ids] if isinstance(ids, str) else list(ids)
        known = {rule.id for rule in self.rules}
        if unknown := [name for name in wanted if name not in known]:
            raise NotFound(
                f"守則裡沒有「{unknown[0]}」這一條", next_step=f"有的是：{'、'.join(known_order(self))}"
            )
        kept = tuple(rule for rule in self.rules if rule.id in wanted)
        return Guideline(self.title, self.opening, self.closing, self.length, kept)

    def cover(self, found: Triage) -> pd.DataFrame:
        """A row a rule: does, comments covered, of these criticism, urgent.

        found: what ``triage()`` made of the comments.
        """
        mood = _mood(found)
        critics, urgent = found.table["intent"].isin(CRITICS), found.table["urgent"]
        rows = {}
        for rule in self.rules:
            hit = rule.covered(found, mood)
            counts = (int(hit.sum()), int((hit & critics).sum()), int((hit & urgent).sum()))
            rows[rule.id] = (rule.title, DOES[rule.does], *counts)
        columns = ["title", "does", "comments", "criticism", "urgent"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def gaps(self, found: Triage) -> pd.DataFrame:
        """Comments that triage wants hidden, reported, escalated or cared for, and that no posted rule speaks of."""
        mood = _mood(found)
        spoken = pd.Series(False, index=found.table.index)
        for rule in self.rules:
            spoken |= rule.covered(found, mood)
        acting = found.table["action"].isin(["hide", "report", "escalate", "care"])
        return found.table.loc[acting & ~spoken, ["text", "action", "why"]]

    def problems(self, found: Triage | None = None) -> list[str]:
        """What to mend, in 正體中文; empty when there is nothing. found: comments to try it on."""
        said = []
        if len(self.text) > self.length:
            said.append(spaced(f"全文{len(self.text)}字，超過{self.length}字：手機上要能一眼看完"))
        if not any(rule.does == "keep" for rule in self.rules):
            said.append("沒有一條說批評會留著：客人不知道抱怨安不安全")
        if not any(rule.does == "hide" for rule in self.rules):
            said.append("沒有一條說什麼會被隱藏：要隱藏的時候沒有依據")
        if found is None:
            said += [f"「{rule.title}」：{rule.why.rstrip('。')}" for rule in self.rules if rule.tempting]
            return said
        critics = max(int(found.table["intent"].isin(CRITICS).sum()), 1)
        table = self.cover(found)
        for rule in self.rules:
            row = table.loc[rule.id]
            if rule.does == "hide" and row["criticism"]:
                gag = "等於封口" if row["criticism"] / critics >= FULL else "會誤傷"
                hit = f"會蓋掉{row['criticism']}則問題或抱怨，其中急的{row['urgent']}則"
                said.append(spaced(f"「{rule.title}」{gag}：{hit}；{rule.why.rstrip('。')}"))
        if missing := len(self.gaps(found)):
            acts = self.gaps(found)["action"].map(ACTIONS).value_counts()
            listed = "、".join(f"{name}{n}則" for name, n in acts.items())
            said.append(spaced(f"有{missing}則要動手，守則卻沒提到（{listed}）：不是補一條，就是別動它"))
        return said

    def say(self, found: Triage | None = None) -> str:
        """How long it is and what to mend, in 正體中文."""
        said = self.problems(found)
        head = f"{len(self.rules)}條、{len(self.text)}字。"
        return spaced(head + ("；".join(said) + "。" if said else "沒有要補的。"))

    def __repr__(self) -> str:
        return f"{self.text}\n\n{self.say()}"


def known_order(held: Guideline) -> list[str]:
    """Ids of the rules in the order of posting."""
    return [rule.id for rule in held.rules]


def _mood(found: Triage) -> pd.Series:
    return pd.Series(sentiment(found.table["text"].tolist())["label"].to_numpy(), index=found.table.index)


def guideline(rules: Iterable[str] | None = None, path: str | Path | None = None) -> Guideline:
    """The guideline of the brand, or of a file of one's own in the same form.

    rules: ids to post; without it all that are not argued against. path: a YAML file like ``datasets/guideline.yml``.

    Raises ReadError for a file of another form and NotFound for a rule that is not in it.

    >>> guideline(["criticism", "people"]).problems()
    []
    >>> len(guideline().rules), len(guideline().text) <= guideline().length
    (8, True)
    """
    file = datasets.path("guideline.yml") if path is None else Path(path)
    held = _read(file)
    if rules is not None:
        return held.only(rules)
    return held.only([rule.id for rule in held.rules if not rule.tempting])


def _read(file: Path) -> Guideline:
    document = datasets.yaml_of(file)
    if not isinstance(document, dict) or not isinstance(document.get("rules"), list):
        raise ReadError(
            "不是守則檔：少了 rules",
            where=f"檔案 {file.name}",
            next_step="請照 datasets/guideline.yml 的寫法",
        )
    rules = []
    for row in document["rules"]:
        lacking = [name for name in ("id", "title", "does", "post", "why", "covers") if name not in row]
        if lacking or row["does"] not in DOES:
            what = f"少了 {'、'.join(lacking)}" if lacking else f"does 不能是「{row['does']}」"
            next_step = f"does 可以是 {'、'.join(DOES)}"
            raise ReadError(
                what, where=f"檔案 {file.name} 的守則 {row.get('id', '（沒有 id）')}", next_step=next_step
            )
        rules.append(
            Posted(
                **{name: row[name] for name in ("id", "title", "does", "post", "why", "covers")},
                tempting=bool(row.get("tempting")),
            )
        )
    return Guideline(
        str(document.get("title", "留言守則")), str(document.get("opening", "")), str(document.get("closing", "")),
        int(document.get("length", 220)), tuple(rules),
    )  # fmt: skip
