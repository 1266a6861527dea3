"""What holds a month back, in words."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from ...errors import KitError
from ...optimize.schedule_binding import binding

if TYPE_CHECKING:
    from .schedule import Schedule

ONE_MORE = {
    "resource": "多 1 小時", "cap": "上限多 1 則", "cover": "少要 1 則", "apart": "少隔 1 天", "closed": "不設這一條", "must": "不必非發",
}  # fmt: skip


def binding_table(found: Schedule, limit: float, sorts: Collection[str]) -> pd.DataFrame:
    """A row a rule that holds the month back, largest gain first: rule, one_more, gain, at_most (of the objective).

    gain is what a better schedule was found to bring, at_most what the bound still allows: the truth lies between.
    limit: deterministic time of each try. sorts: only rules of these sorts. Raises KitError when the month cannot be done at all.
    """
    if found.status == "infeasible":
        raise KitError("這個月排不出來，先看 .conflict 是哪幾條互相衝突", where="binding()")
    rows = [
        (found.posed.names.get(one.rule, one.rule.name), ONE_MORE[one.rule.sort], one.gain, one.at_most)
        for one in binding(found.posed.problem, found.placed, limit, sorts)
    ]
    return pd.DataFrame(rows, columns=["rule", "one_more", "gain", "at_most"])
