"""Names that the parts of a schedule share."""

from __future__ import annotations

from ... import datasets

PROMO, ANY, DAILY = "promo", "any:", "daily"
"""The pillar of promotions; the kind that every post belongs to; the rule of posts on every day."""


def people_names() -> dict[str, str]:
    """Names of the brand's people by their key.

    >>> people_names()["aluo"]
    '阿洛'
    """
    return {key: str(person["name"]) for key, person in datasets.brand()["people"].items()}
