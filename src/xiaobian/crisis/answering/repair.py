"""Labels of image repair: which of fourteen tactics, in five families, a text uses, with the words that show it.

Names and meanings are ``datasets/reference/image_repair.csv`` (Benoit). The words are clues; learners label, the tool is judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from ... import datasets
from ...plotting import spaced
from .reading import STRATEGY_OF, strategies_of, tactics_in


@cache
def tactics() -> pd.DataFrame:
    """The fourteen tactics by id: family, family_name, name, meaning, example.

    >>> len(tactics()), tactics()["family"].nunique()
    (14, 5)
    """
    columns = ["family", "family_name", "name", "meaning", "example"]
    return datasets.reference("image_repair").set_index("id")[columns]


@dataclass(frozen=True, repr=False)
class Repair:
    """Tactics found in a text. tactics, families: ids in the order of the text. strategies: of crisis communication.
    table: a row a clue: tactic, name, family_name, words, start, end."""

    text: str
    tactics: tuple[str, ...]
    families: tuple[str, ...]
    strategies: tuple[str, ...]
    table: pd.DataFrame = field(compare=False)

    @property
    def mixed(self) -> bool:
        """Whether a denial stands beside an excuse or an apology."""
        return "deny" in self.strategies and bool({"diminish", "rebuild"} & set(self.strategies))

    def say(self) -> str:
        """What was found and by which words, in 正體中文."""
        if not self.tactics:
            return "沒有找到修復形象的說法：只是告知，或說法不在清單裡。"
        first = self.table.drop_duplicates("tactic")
        parts = [f"{name}（「{words}」）" for name, words in zip(first["name"], first["words"], strict=True)]
        warned = "否認和承認寫在同一篇，讀者會只記得矛盾。" if self.mixed else ""
        return spaced(f"找到{len(parts)}種說法：{'、'.join(parts)}。{warned}")

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：靠字詞找線索，會看錯；要人讀過才算數"


def image_repair(text: str) -> Repair:
    """Label a text by the tactics of image repair.

    >>> image_repair("這是我們的疏失，對不起。").tactics
    ('mortification',)
    """
    known = tactics()
    found = tactics_in(text)
    rows = [
        (tactic, known.loc[tactic, "name"], known.loc[tactic, "family_name"], text[start:end], start, end)
        for tactic, (start, end) in found
    ]
    ids = tuple(dict.fromkeys(tactic for tactic, _ in found))
    families = tuple(dict.fromkeys(str(known.loc[tactic, "family"]) for tactic in ids))
    columns = ["tactic", "name", "family_name", "words", "start", "end"]
    return Repair(text, ids, families, strategies_of(text), pd.DataFrame(rows, columns=columns))


__all__ = ["STRATEGY_OF", "Repair", "image_repair", "tactics"]
