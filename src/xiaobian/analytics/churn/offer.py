"""Whom a reminder pays for: costs, what it brings, and from which chance on it is worth sending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import TableError
from ..measures import Flags, Floats


@dataclass(frozen=True)
class Offer:
    """A reminder with a voucher, in NT$ a follower.

    coupon: taken off the price whenever it is used; whoever would come anyway uses it too. message: sending one.
    margin: gross profit of a visit. persuaded: share (0–1) of those who would stay away that the reminder brings back; only
    an experiment tells it. The defaults are design parameters. Raises TableError for a negative amount or a share outside 0–1.

    >>> round(Offer().cut, 2)
    0.65
    """

    coupon: float = 30.0
    message: float = 1.0
    margin: float = 150.0
    persuaded: float = 0.15

    def __post_init__(self) -> None:
        if min(self.coupon, self.message, self.margin) < 0 or not 0 <= self.persuaded <= 1:
            raise TableError("金額不能是負的，打動的比例要在 0 到 1 之間", where=repr(self))

    @property
    def cut(self) -> float:
        """Chance of staying away from which a reminder pays; infinite where it never does."""
        won = self.persuaded * (self.margin - self.coupon) + self.coupon
        lost = self.coupon + self.message
        return lost / won if won > 0 else float("inf")

    def worth(self, left: Flags) -> Floats:
        """What a reminder to each follower brings (expected), for those who left without one and those who did not [n]."""
        saved = self.persuaded * (self.margin - self.coupon)
        return np.where(np.asarray(left), saved, -self.coupon) - self.message

    def brings(self, risk: Floats, left: Flags, cut: float) -> float:
        """NT$ of reminding everyone whose risk (0–1) is at least ``cut``.

        >>> Offer().brings(np.array([0.9, 0.2]), np.array([True, False]), 0.5)
        17.0
        """
        return float(self.worth(left)[np.asarray(risk) >= cut].sum())
