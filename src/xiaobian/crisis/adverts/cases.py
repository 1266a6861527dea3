"""The kit's invented adverts: cases to rewrite, and short ones that a person has labelled."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

import pandas as pd

from ... import datasets
from ...errors import NotFound


@dataclass(frozen=True)
class AdCase:
    """A risky advert with what may be said instead.

    product: a key of ``adverts.PRODUCTS``. relation: none, paid or gift. facts: what is true, in words. keep: selling
    points, of which ``need`` have to stay. leave: a pattern of what must not come back in other words. model: one rewrite.
    """

    case_id: str
    title: str
    product: str
    relation: str
    name: str
    ad: str
    facts: str
    keep: tuple[str, ...]
    need: int
    leave: str
    model: str

    def kept(self, text: str) -> list[str]:
        """Selling points that a text still has; spaces and full-width colons make no difference.

        >>> advert_cases("exercise")[0].kept("無糖，350毫升")
        ['無糖', '350 毫升']
        """
        plain = _plain(text)
        return [point for point in self.keep if any(_plain(way) in plain for way in point.split("|"))]


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).replace("：", ":").replace("％", "%")


@cache
def advert_cases(which: str = "lesson") -> tuple[AdCase, ...]:
    """Cases to rewrite: four for the ``lesson``, fifteen for the ``exercise``.

    >>> len(advert_cases("lesson")), len(advert_cases("exercise"))
    (4, 15)
    """
    groups = datasets.yaml_of(datasets.path("ads/adverts.yml"))
    if which not in groups:
        raise NotFound(f"沒有叫做 {which} 的廣告", next_step=f"可用：{'、'.join(groups)}")
    return tuple(
        AdCase(row["id"], row["title"], row["product"], row["relation"], row["name"], row["ad"], row["facts"],
               tuple(map(str, row["keep"])), row["need"], row["leave"], row["model"])
        for row in groups[which]
    )  # fmt: skip


def labelled_adverts(which: str = "lesson") -> pd.DataFrame:
    """Short adverts that a person has labelled: product, way, text, why, risky (bool); index id. Invented for the kit.

    way: ``direct`` says the effect, ``implied`` lets the reader think it, ``fine`` does neither.

    >>> len(labelled_adverts("lesson"))
    20
    """
    with datasets.path("ads/labelled.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    table = pd.DataFrame(rows).set_index("id")
    table["risky"] = table["way"] != "fine"
    if which not in set(table["use"]):
        raise NotFound(f"沒有叫做 {which} 的廣告", next_step="可用：lesson、exercise")
    return table[table["use"] == which].drop(columns="use")
