"""New platforms that people join, and sometimes leave again, with the truth behind the weekly counts.

Two families in one equation. Bass (1969, doi:10.1287/mnsc.15.5.215): people join by themselves (p) or because others are
there (q). Fading platforms add a share of active people who leave each week and do not come back. Sizes are design parameters
of ``adoption``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import TableError
from .parameters import Parameters

Floats = npt.NDArray[np.float64]

FAMILIES = {"bass": "留得住", "fading": "會退燒"}


@dataclass(frozen=True)
class AdoptionTruth:
    """What is true of one platform: people who could join, weekly rates, noise, and the expected active users [weeks].

    innovation, imitation, leave: shares a week. seeded: share of the market that was there in the first week. noise_sd: of the
    logarithm. noise_memory: correlation of neighbouring weeks.
    """

    family: str
    market: float
    innovation: float
    imitation: float
    leave: float
    seeded: float
    noise_sd: float
    noise_memory: float
    expected: Floats

    @property
    def turning_week(self) -> int:
        """Week (from 1) in which the most people join: the inflection of the adoption curve."""
        rates = _columns(self.innovation, self.imitation, self.leave, self.seeded)
        joined = _run(*rates, len(self.expected))[1][0]
        return int(np.argmax(np.diff(joined, prepend=0.0)[1:])) + 2

    @property
    def peak_week(self) -> int:
        """Week (from 1) with the most active users expected."""
        return int(np.argmax(self.expected)) + 1


def active_shares(
    innovation: npt.ArrayLike, imitation: npt.ArrayLike, leave: npt.ArrayLike, seeded: npt.ArrayLike, weeks: int
) -> Floats:
    """Active users ÷ market for many platforms at once [platform, week]; weekly steps, the first week is ``seeded`` plus one step.

    Joiners of a week: (p + q × active share) × those who have not joined; with ``leave`` 0 it is the Bass model.

    >>> active_shares(0.01, 0.2, 0.0, 0.0, 2).round(4).tolist()
    [[0.01, 0.0219]]
    """
    return _run(*_columns(innovation, imitation, leave, seeded), weeks)[0]


def _columns(*values: npt.ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    p, q, leave, seeded = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=float)) for v in values))
    return p, q, leave, seeded


def _run(p: Floats, q: Floats, leave: Floats, seeded: Floats, weeks: int) -> tuple[Floats, Floats]:
    active, joined = np.empty((weeks, len(p))), np.empty((weeks, len(p)))
    here, ever = seeded.copy(), seeded.copy()
    for week in range(weeks):
        new = np.minimum(p + q * here, 1.0) * (1 - ever)
        here, ever = here * (1 - leave) + new, ever + new
        active[week], joined[week] = here, ever
    return active.T, joined.T


def draw_adoption(
    parameters: Parameters, rng: np.random.Generator, *, weeks: int | None = None, family: str | None = None
) -> tuple[pd.DataFrame, AdoptionTruth]:
    """One new platform week by week, and its truth.

    weeks: from the launch on; None takes ``adoption.weeks``. family: ``bass`` or ``fading``; None draws by
    ``adoption.fading_share``. Returns a table week (from 1), active_users (people a week), and the truth.

    Raises TableError for fewer than one week or an unknown family.

    >>> from xiaobian.sandbox.parameters import load
    >>> table, truth = draw_adoption(load(), np.random.default_rng(1), weeks=30, family="bass")
    >>> list(table), len(table), truth.leave
    (['week', 'active_users'], 30, 0.0)
    """
    number = parameters["adoption.weeks"] if weeks is None else weeks
    if number < 1 or family not in (None, *FAMILIES):
        raise TableError("至少要有 1 週，種類要是 bass 或 fading", where="weeks、family")
    truth = _draw_truth(parameters, rng, number, family)
    shock = np.empty(number)
    step = rng.standard_normal(number) * truth.noise_sd
    shock[0] = step[0]
    for week in range(1, number):
        shock[week] = truth.noise_memory * shock[week - 1] + step[week] * np.sqrt(1 - truth.noise_memory**2)
    seen = np.maximum(np.rint(truth.expected * np.exp(shock)), 1).astype("int64")
    return pd.DataFrame({"week": np.arange(1, number + 1), "active_users": seen}), truth


def _draw_truth(
    parameters: Parameters, rng: np.random.Generator, weeks: int, family: str | None
) -> AdoptionTruth:
    def spread(key: str, log: bool = False) -> float:
        low, high = parameters[f"adoption.{key}"]
        at = rng.random()
        return float(low * (high / low) ** at if log else low + (high - low) * at)

    market, p, q = np.exp(spread("market")), spread("innovation", True), spread("imitation", True)
    leave, seeded = spread("leave", True), spread("seeded")
    noise, memory = spread("noise_sd", True), spread("noise_memory")
    fades = bool(rng.random() < parameters["adoption.fading_share"])
    name = family or ("fading" if fades else "bass")
    leave = leave if name == "fading" else 0.0
    expected = float(market) * active_shares(p, q, leave, seeded, weeks)[0]
    return AdoptionTruth(name, float(market), p, q, leave, seeded, noise, memory, expected)
