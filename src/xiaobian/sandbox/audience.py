"""Who is out there: ages and interests, the platforms each person uses, and how topics fit them.

Platform use overall and at 18–24 follows MIC, December 2025; the other ages, the overlap and the interests are
design parameters of ``audience``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import NotFound, TableError
from ..tables import conform
from .parameters import Parameters

Floats = npt.NDArray[np.float64]

INTERESTS: dict[str, str] = {"sweet": "甜點控", "gift": "送禮族", "health": "健康派", "local": "在地旅遊"}


def ages(parameters: Parameters, platform: str) -> Floats:
    """Shares of the age groups among the users of a platform, summing to 1.

    Raises NotFound for a platform without figures.

    >>> from xiaobian.sandbox.parameters import load
    >>> young = [float(ages(load(), platform)[0]) for platform in ("threads", "facebook")]
    >>> young[0] > young[1]
    True
    """
    use = parameters["audience.membership"]
    if platform not in use:
        raise NotFound(f"受眾裡沒有「{platform}」這個平台", next_step=f"可用的平台：{'、'.join(use)}")
    users = np.multiply(parameters["audience.population"], use[platform])
    return np.asarray(users / users.sum())


def interests(parameters: Parameters, platform: str) -> Floats:
    """Shares of the interests among the users of a platform, summing to 1; raises NotFound as ``ages`` does."""
    return np.asarray(ages(parameters, platform) @ np.array(parameters["audience.interest_by_age"]))


def affinity(parameters: Parameters) -> dict[str, dict[str, float]]:
    """Fit of each pillar to the users of each platform, in standard deviations: ``[platform][pillar]``.

    The fit of a topic to an interest, averaged over the interests of a platform's users. On each platform the
    usual mix of pillars (``habit.pillar_mix``) averages 0, so that the platform's own engagement rate stays what
    it is; over all platforms the standard deviation is 1.

    >>> from xiaobian.sandbox.parameters import load
    >>> fit = affinity(load())
    >>> fit["facebook"]["promo"] > fit["threads"]["promo"]
    True
    """
    fits: Mapping[str, list[float]] = parameters["audience.affinity"]
    platforms = list(parameters["audience.membership"])
    usual = np.array([parameters["habit.pillar_mix"][pillar] for pillar in fits])
    raw = (
        np.array([interests(parameters, platform) for platform in platforms])
        @ np.array(list(fits.values())).T
    )
    centred = raw - (raw @ usual)[:, None]
    scaled = centred / np.sqrt((centred**2 @ usual).mean())
    return {
        platform: dict(zip(fits, map(float, row), strict=True))
        for platform, row in zip(platforms, scaled, strict=True)
    }


def draw_people(parameters: Parameters, rng: np.random.Generator, number: int) -> pd.DataFrame:
    """A population: age, interest, and for each platform whether the person often uses it.

    Someone who uses one platform tends to use the others: a Gaussian copula with the same correlation between
    any two platforms (``audience.overlap``), at the membership rate of the person's age.

    Raises TableError when ``number`` is below 1.

    >>> from xiaobian.sandbox.parameters import load
    >>> people = draw_people(load(), np.random.default_rng(1), 1000)
    >>> bool(people["line"].mean() > people["threads"].mean())
    True
    """
    if number < 1:
        raise TableError("人數至少要有 1 人", where="number")
    use: Mapping[str, list[float]] = parameters["audience.membership"]
    age = rng.choice(len(parameters["audience.ages"]), number, p=parameters["audience.population"])
    upto = np.cumsum(parameters["audience.interest_by_age"], axis=1)[age, :-1]
    interest = (rng.random((number, 1)) > upto).sum(axis=1)
    between = parameters["audience.overlap"]
    shared, own = rng.standard_normal((number, 1)), rng.standard_normal((number, len(use)))
    keen = np.sqrt(between) * shared + np.sqrt(1 - between) * own
    limit = np.array([[NormalDist().inv_cdf(share) for share in row] for row in use.values()]).T
    people = {
        "age": np.array(parameters["audience.ages"])[age],
        "interest": np.array(parameters["audience.interests"])[interest],
    }
    return pd.DataFrame({**people, **dict(zip(use, (keen < limit[age]).T, strict=True))})


def overlap(people: pd.DataFrame) -> pd.DataFrame:
    """Share of the users of one platform (row) who also use another (column), 0–1; the denominator is the row's.

    people: what ``draw_people`` returns; every yes/no column counts as a platform.

    Raises TableError when there is no such column.

    >>> people = pd.DataFrame({"line": [True, True, True, False], "threads": [True, False, False, False]})
    >>> overlap(people).round(2).loc["threads", "line"], overlap(people).round(2).loc["line", "threads"]
    (np.float64(1.0), np.float64(0.33))
    """
    uses = people.select_dtypes("bool").astype(float)
    if uses.shape[1] == 0:
        raise TableError("這張表沒有各平台使用與否的欄位", next_step="請用 draw_people() 的結果")
    both = uses.T @ uses
    return both.div(np.diag(both), axis=0)


def audience_table(
    parameters: Parameters,
    rng: np.random.Generator,
    followers: Mapping[str, int],
    as_of: date | str,
    account: str = "",
) -> pd.DataFrame:
    """Followers of each platform by age and by interest, as table ``audience``; counts add up to the followers.

    followers: people a platform. as_of: the day of the report, Taipei. Followers are a chance draw from the
    platform's users; the truth is ``ages`` and ``interests``.

    Raises NotFound for a platform without figures; TableError for a negative number of followers.

    >>> from xiaobian.sandbox.parameters import load
    >>> table = audience_table(load(), np.random.default_rng(1), {"line": 500}, "2026-01-01")
    >>> int(table.loc[table["dimension"] == "age", "count"].sum())
    500
    """
    groups = {
        "age": (parameters["audience.ages"], ages),
        "interest": ([INTERESTS[name] for name in parameters["audience.interests"]], interests),
    }
    rows = []
    for platform, number in followers.items():
        if number < 0:
            raise TableError("粉絲數要大於或等於 0", where=f"平台 {platform}")
        for dimension, (names, shares) in groups.items():
            counts = rng.multinomial(number, shares(parameters, platform))
            rows += [(platform, dimension, name, n, number) for name, n in zip(names, counts, strict=True)]
    table = pd.DataFrame(rows, columns=["platform", "dimension", "group", "count", "all"])
    table["share"] = (table["count"] / table["all"].where(table["all"] > 0)).round(4)
    table["account"], table["as_of"] = account, pd.Timestamp(as_of)
    return conform(table.drop(columns="all"), "audience")
