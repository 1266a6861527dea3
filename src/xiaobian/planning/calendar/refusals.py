"""Why one post does not go into a file, and why one row of a file did not become a post."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


class Unfit(Exception):
    """A post that a target cannot take; the words say why and what to do."""


@dataclass(frozen=True)
class Refused:
    """One refusal: ``where`` is a post id or a place in a file, ``why`` a sentence with the way out."""

    where: str
    why: str


def refusals_table(refused: tuple[Refused, ...]) -> pd.DataFrame:
    """One row a refusal.

    >>> refusals_table((Refused("p1", "沒有時間"),)).shape
    (1, 2)
    """
    return pd.DataFrame([(r.where, r.why) for r in refused], columns=["where", "why"], dtype="string")


def listed(refused: tuple[Refused, ...], most: int = 5) -> str:
    """The first refusals in words, and how many more there are."""
    told = "".join(f"\n・{r.where}：{r.why}" for r in refused[:most])
    return told + (f"\n・還有 {len(refused) - most:,} 個" if len(refused) > most else "")
