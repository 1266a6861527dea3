"""Who bought followers or trades comments: what a threshold catches and what it accuses wrongly, against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.churn.scores import auc
from ...analytics.creators.creator_scores import CreatorScores
from ...analytics.result import Result
from ...errors import TableError

if TYPE_CHECKING:
    from ...plotting import Chart

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Caught:
    """One way to call creators fake: how many were called so, how many of them are, and how many there are."""

    called: int
    right: int
    fakes: int

    @property
    def precision(self) -> float:
        """Of those called fake, the share that is (0–1); missing when none was called."""
        return self.right / self.called if self.called else float("nan")

    @property
    def recall(self) -> float:
        """Of the fakes, the share that was called so (0–1); missing when there is none."""
        return self.right / self.fakes if self.fakes else float("nan")


def caught(called: Sequence[str], fake: Mapping[str, bool]) -> Caught:
    """Count a list of creators called fake against the truth; raises TableError for one that is not known.

    >>> found = caught(["a", "b"], {"a": True, "b": False, "c": True})
    >>> found.precision, found.recall
    (0.5, 0.5)
    """
    if unknown := sorted(set(called) - set(fake)):
        raise TableError(f"名單裡沒有 {'、'.join(unknown[:3])}", next_step="請用 creator_id")
    chosen = set(called)
    return Caught(len(chosen), sum(fake[name] for name in chosen), sum(fake.values()))


@dataclass(frozen=True, repr=False)
class FakeReport(Result):
    """Detection against the truth.

    table: a row a threshold of ``p_odd``: threshold, called, right, precision, recall. area: AUC of ``p_odd``, and
    naive_area that of a low engagement rate. creators: creator_id, p_odd, rate and fake. notes.
    """

    table: pd.DataFrame
    area: float
    naive_area: float
    creators: pd.DataFrame
    notes: tuple[str, ...] = ("島嶼沙盒模擬資料",)

    def at(self, threshold: float) -> Caught:
        """What calling everyone at or above a threshold fake catches."""
        called = self.creators.loc[self.creators["p_odd"] >= threshold, "creator_id"]
        return caught(
            list(called), dict(zip(self.creators["creator_id"], self.creators["fake"], strict=True))
        )

    def say(self) -> str:
        found = self.at(0.5)
        called = (
            f"門檻 0.5 點名 {found.called} 位，其中 {found.right} 位真的造假"
            if found.called
            else "門檻 0.5 沒有點到人"
        )
        return (
            f"{len(self.creators)} 位裡有 {found.fakes} 位造假。{called}（精確率 {found.precision:.0%}、召回率 {found.recall:.0%}）。"
            f"任取一位造假、一位老實，分數排對的機率 {self.area:.0%}；只看互動率低不低是 {self.naive_area:.0%}。"
        )

    def plot(self) -> Chart:
        """Precision and recall by threshold."""
        from .plot import draw_thresholds

        return self.captioned(draw_thresholds(self))


def fake_report(
    scores: CreatorScores, fake: Mapping[str, bool], thresholds: Sequence[float] = THRESHOLDS
) -> FakeReport:
    """How well ``p_odd`` of ``analytics.creator_scores`` finds the fakes, beside a low engagement rate.

    fake: creator_id → whether it is, as the opened truth tells. Raises TableError where a creator has no truth, or where
    there were too few creators to judge.
    """
    table = scores.table
    if not scores.judged:
        raise TableError("創作者太少，沒有算出可疑的機率", next_step="請用 reference= 加進更多創作者")
    if missing := [name for name in table["creator_id"] if name not in fake]:
        raise TableError(f"沒有 {'、'.join(missing[:3])} 的真相", where="參數 fake")
    rate = table["engagements"] / table["followers"]
    creators = pd.DataFrame(
        {
            "creator_id": table["creator_id"], "p_odd": table["p_odd"].astype(float), "rate": rate.astype(float),
            "fake": [bool(fake[name]) for name in table["creator_id"]],
        }
    )  # fmt: skip
    rows = []
    for threshold in thresholds:
        found = caught(list(creators.loc[creators["p_odd"] >= threshold, "creator_id"]), fake_of(creators))
        rows.append((threshold, found.called, found.right, found.precision, found.recall))
    columns = ["threshold", "called", "right", "precision", "recall"]
    area = _area(creators["p_odd"], creators["fake"])
    return FakeReport(
        pd.DataFrame(rows, columns=columns), area, _area(-creators["rate"], creators["fake"]), creators
    )


def fake_of(creators: pd.DataFrame) -> dict[str, bool]:
    """creator_id → fake."""
    return dict(zip(creators["creator_id"], creators["fake"], strict=True))


def _area(score: pd.Series, fake: pd.Series) -> float:
    return auc(score.to_numpy(dtype=float), fake.to_numpy(dtype=bool))
