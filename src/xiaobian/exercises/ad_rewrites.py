"""Rewriting risky adverts: whether the risk is gone, and the product, the facts and the disclosure are still there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..crisis.adverts.cases import AdCase
from ..crisis.adverts.adverts import review_ad
from ..planning.creators.disclosure import disclosure_problems

SHORTEST, OWN_WORDS = 15, 6
"""Han characters and digits under which a text is no advert, and how many must not come from the list of facts: design parameters."""


@dataclass(frozen=True)
class Rewrite:
    """What is still missing from a rewritten advert, the first thing first; ``ok`` when nothing is."""

    case: AdCase
    text: str
    missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.missing

    def say(self) -> str:
        """The advert's state in a sentence."""
        name = f"{self.case.case_id}「{self.case.title}」"
        return f"{name}可以了。" if self.ok else f"{name}：{self.missing[0]}"


def check_rewrite(case: AdCase, text: str) -> Rewrite:
    """Read a rewrite against its case.

    >>> from xiaobian.crisis.adverts.cases import advert_cases
    >>> case = advert_cases("exercise")[0]
    >>> check_rewrite(case, case.model).ok, check_rewrite(case, "好喝").missing[0][:4]
    (True, '太短，看')
    """
    return Rewrite(case, text, tuple(_missing(case, text.strip())))


def _missing(case: AdCase, text: str) -> list[str]:
    found = []
    if len(re.findall(r"[一-鿿0-9]", text)) < SHORTEST:
        found.append("太短，看不出在賣什麼；用下面的事實寫成一到兩句。")
    elif case.name not in text:
        found.append(f"商品不見了。把「{case.name}」寫回來。")
    elif _own(case, text) < OWN_WORDS:
        found.append("這是事實的清單，還不是廣告。寫成對客人說的一句話，例如吃起來、用起來怎麼樣。")
    found += [
        f"「{r.finding.text}」還有風險（{r.finding.reference.split('；')[0]}）。"
        for r in review_ad(text, case.product).risks
    ]
    if left := re.search(case.leave, text):
        found.append(f"「{left[0]}」是原本的風險換個樣子；加上「不」也一樣，整句拿掉。")
    kept = case.kept(text)
    if len(kept) < case.need:
        found.append(f"賣點只留下 {len(kept)} 個，至少要 {case.need} 個。可以說的事實：{case.facts}。")
    if invented := _invented(case, text):
        found.append(f"「{invented}」不在可以說的事實裡。沒有的數字不要加。")
    found += [f"{p}。" for p in disclosure_problems(text, case.relation, label_on=True)]
    return found


def _own(case: AdCase, text: str) -> int:
    """Han characters that come neither from the list of facts nor from the name."""
    rest = text
    for known in sorted((case.name, *re.split("[、（）]", case.facts)), key=len, reverse=True):
        rest = rest.replace(known, "") if known else rest
    return len(re.findall(r"[一-鿿]", rest))


def _invented(case: AdCase, text: str) -> str:
    """The first number that the brief does not have."""
    known = set(re.findall(r"\d+", case.facts))
    return next((n for n in re.findall(r"\d+", text) if n not in known), "")


def parse_rewrites(answer: str, ids: list[str]) -> dict[str, str]:
    """Texts by id from an answer of lines ``A01｜text``; a line without an id belongs to the text before it.

    >>> parse_rewrites("A01｜冷泡金萱\\nA02｜生乳捲", ["A01", "A02"])["A02"]
    '生乳捲'
    """
    texts: dict[str, str] = {}
    current = ""
    for line in answer.splitlines():
        head, mark, rest = line.partition("｜")
        if mark and head.strip().upper() in ids:
            current, line = head.strip().upper(), rest
        if current:
            texts[current] = f"{texts[current]}\n{line}" if current in texts else line
    return texts
