"""Whether a judge (a model, or a check) may stand in for people: κ, both kinds of mistake, and the order test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from .agreement import Agreement, agreement

TRUST_AT = 0.6
MIN_LABELS = 30
"""Design choices: κ at which a judge is let alone with easy items, and the fewest labels by people before that."""


@dataclass(frozen=True, repr=False)
class Judged(Result):
    """What ``judge()`` found; a label is pass (True) or fail (False).

    let_through: share of what people failed that the judge passed. held_up: share of what people passed that it failed.
    steady: share of items with the same verdict when the order of the two answers is swapped; missing when not tried.
    disagreements: items on which people and judge differ.
    """

    agreement: Agreement
    let_through: float
    held_up: float
    steady: float
    disagreements: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether the lower end of κ reaches the mark and enough items were labelled by people."""
        return self.agreement.low >= TRUST_AT and self.agreement.n >= MIN_LABELS

    def say(self) -> str:
        """How often the judge is wrong, each way, and whether it may work alone."""
        end = (
            "可以讓它先看簡單的，人抽查" if self.trusted
            else f"還不能讓它單獨評分（κ 的下限要到 {TRUST_AT}，而且至少 {MIN_LABELS} 題）"
        )  # fmt: skip
        order = "" if pd.isna(self.steady) else f"換個順序問，{self.steady:.0%} 的判斷不變。"
        wrong = "、".join(
            f"{words} {share:.0%}"
            for words, share in (("人說不行它放行", self.let_through), ("人說可以它擋下", self.held_up))
            if not pd.isna(share)
        )
        return f"{self.agreement.say()}{wrong}。{order}{end}。"


def judge(
    people: Sequence[bool],
    verdicts: Sequence[bool],
    swapped: Sequence[bool] | None = None,
    items: Sequence[str] | None = None,
) -> Judged:
    """Compare a judge's verdicts with people's, item by item (True = pass).

    swapped: the judge's verdicts on the same items asked in the other order. items: texts, for the list of disagreements.
    Raises TableError when lengths differ.

    >>> judge([True, True, False, False], [True, False, False, True]).let_through
    0.5
    """
    found = agreement([str(bool(v)) for v in people], [str(bool(v)) for v in verdicts])
    for name, other in (("swapped", swapped), ("items", items)):
        if other is not None and len(other) != len(people):
            raise TableError(f"{name} 有 {len(other)} 題，人標了 {len(people)} 題", next_step="請逐題對齊")
    table = pd.DataFrame({"people": list(map(bool, people)), "judge": list(map(bool, verdicts))})
    table.insert(
        0, "item", list(items) if items is not None else [f"第 {i} 題" for i in range(1, len(table) + 1)]
    )
    steady = (
        float("nan")
        if swapped is None
        else float((table["judge"] == pd.Series(list(map(bool, swapped)))).mean())
    )
    return Judged(
        agreement=found,
        let_through=float(table.loc[~table["people"], "judge"].mean()),
        held_up=float((~table.loc[table["people"], "judge"]).mean()),
        steady=steady,
        disagreements=table[table["people"] != table["judge"]].reset_index(drop=True),
        notes=found.notes,
    )
