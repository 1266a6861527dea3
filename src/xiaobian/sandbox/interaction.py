"""A brand's fans and five forms of interaction: who joins, who is still there after 30 days, who brings a friend.

What the editor can see: ``events()`` and ``challenge()``. What is true: ``truth_of(fans)``, opened in lessons by
``reveal()`` after a choice was committed. All sizes are design parameters of section ``interaction``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .. import records
from ..datasets import SIMULATED
from ..errors import AnswerError, NotFound, TableError
from .parameters import load
from .streams import generator

FORMS = {"poll": "投票", "qa": "問答", "challenge": "挑戰", "quiz": "心理測驗", "raffle": "抽獎"}
SEGMENTS = {"sweet": "甜點控", "gift": "送禮族", "health": "健康派", "local": "在地旅遊"}
REACH = 5000
"""People reached by the event that the truth is told for."""

START = "2025-03-03"


class Note(str):
    """A sentence that shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Fans:
    """The followers of one brand; the same seed is the same people everywhere."""

    seed: int

    @property
    def name(self) -> str:
        return f"fans-{self.seed}"

    def events(self, number: int = 72) -> pd.DataFrame:
        """Past events, each sent to one segment: event_id, date, segment, form, reached, joined (people), stayed (of those
        who joined, still interacting after 30 days), hours. Raises TableError for no events."""
        if number < 1:
            raise TableError("至少要一檔活動", where="events(number=…)")
        p, truth = load(), truth_of(self).set_index(["segment", "form"])
        rng = generator(self.seed, "interaction", "events", number)
        habit = p["interaction.habit"]
        form = rng.choice(list(habit), number, p=list(habit.values()))
        segment = np.array(list(SEGMENTS))[rng.permutation(number) % len(SEGMENTS)]
        cells = truth.loc[list(zip(segment, form, strict=True))]
        mean, spread = p["interaction.reach"]
        reached = np.exp(rng.normal(mean, spread, number)).round().astype(int)
        first, second = p["interaction.dispersion"]
        joined = rng.binomial(reached, _beta(rng, cells["join"].to_numpy(), first))
        # a challenge also counts those whom others brought
        joined = np.where(form == "challenge", rng.poisson(joined / (1 - cells["k"])), joined)
        stayed = rng.binomial(joined, _beta(rng, cells["stay"].to_numpy(), second))
        days = np.sort(rng.integers(0, 350, number))
        table = pd.DataFrame(
            {
                "event_id": [f"e{n:03d}" for n in range(1, number + 1)],
                "date": pd.Timestamp(START) + pd.to_timedelta(days, "D"),
                "segment": segment, "form": form, "reached": reached, "joined": joined, "stayed": stayed,
                "hours": [p["interaction.hours"][name] for name in form],
            }
        )  # fmt: skip
        table.attrs["notes"] = (SIMULATED,)
        return table

    def challenge(self, segment: str, starters: int = 60, draw: int = 0) -> pd.DataFrame:
        """The log of one challenge: person, generation (0: joined by themselves), brought_by, invited (people they named).

        Ends when nobody brings anybody, or after 5,000 people. Raises NotFound for an unknown segment.
        """
        _known(segment, SEGMENTS, "群")
        p, k = load(), k_of(self, segment)
        rng = generator(self.seed, "interaction", "challenge", segment, starters, draw)
        mean, shape = p["interaction.invites"], p["interaction.spread"]
        rows: list[tuple[int, int, int, int]] = []
        queue = [(0, -1)] * starters
        while queue and len(rows) < REACH:
            generation, by = queue.pop(0)
            invited = int(rng.negative_binomial(shape, shape / (shape + mean)))
            rows.append((len(rows), generation, by, invited))
            queue += [(generation + 1, len(rows) - 1)] * int(rng.binomial(invited, k / mean))
        table = pd.DataFrame(rows, columns=["person", "generation", "brought_by", "invited"])
        table["brought_by"] = table["brought_by"].where(table["brought_by"] >= 0).astype("Int64")
        table.attrs["notes"] = (SIMULATED,)
        return table

    def commit(self, choice: Mapping[str, str]) -> Note:
        """Write down one form a segment; the first choice counts."""
        kept = checked(choice)
        first = records.commit(self._key, kept)["first"]
        again = "" if first == kept else "（以第一次的選擇為準）"
        return Note(f"已記下{again}。用 fans.reveal() 揭曉。")

    def reveal(self) -> pd.DataFrame:
        """The truth after a choice was committed, a row a segment: yours, best, and what each is worth (NT$ an event).

        Raises AnswerError when nothing was committed.
        """
        if records.commitment(self._key) is None:
            raise AnswerError(
                "還沒有你的選擇，真相先不打開", where=self.name, next_step="先執行 fans.commit({群: 形式})"
            )
        return compared(self, records.reveal(self._key)["first"])

    @property
    def _key(self) -> str:
        return f"sandbox.interaction.{self.name}"


def _beta(rng: np.random.Generator, share: np.ndarray, dispersion: float) -> np.ndarray:
    return rng.beta(share * dispersion, (1 - share) * dispersion)


def _known(name: str, allowed: Mapping[str, str], what: str) -> None:
    if name not in allowed:
        names = "、".join(f"{key}（{word}）" for key, word in allowed.items())
        raise NotFound(f"沒有「{name}」這個{what}", next_step=f"可用的有：{names}")


def checked(choice: Mapping[str, str]) -> dict[str, str]:
    """A choice with one known form for every segment; raises AnswerError or NotFound."""
    for segment, form in choice.items():
        _known(str(segment), SEGMENTS, "群")
        _known(str(form), FORMS, "形式")
    if missing := [word for name, word in SEGMENTS.items() if name not in choice]:
        raise AnswerError(f"還沒有替{'、'.join(missing)}選形式", next_step="每一群各選一種")
    return {name: str(choice[name]) for name in SEGMENTS}


def truth_of(fans: Fans) -> pd.DataFrame:
    """What is true of a brand's fans, a row a segment and form.

    join (people who join by themselves ÷ reached), stay (÷ joined), k (people a participant brings; 0 but for challenges),
    joined, stayed (people, of ``REACH``), hours, value (NT$ an event: stayed × worth − hours × cost).

    >>> truth = truth_of(Fans(1))
    >>> len(truth), bool(truth["join"].between(0, 1).all())
    (20, True)
    """
    p, rng = load(), generator(fans.seed, "interaction", "truth")
    low, high = p["interaction.k"]
    rows = []
    for place, segment in enumerate(SEGMENTS):
        k = float(rng.uniform(low, high))
        for form in FORMS:
            own, own_stay = (rng.normal(0, p[f"interaction.{name}"]) for name in ("own_sd", "stay_sd"))
            join = _shifted(p["interaction.join"][form], p["interaction.fit"][form][place] + own)
            stay = _shifted(p["interaction.stay"][form], own_stay)
            brought = k if form == "challenge" else 0.0
            joined = REACH * join / (1 - brought)
            hours = p["interaction.hours"][form]
            value = joined * stay * p["interaction.worth"] - hours * p["interaction.hour_ntd"]
            rows.append((segment, form, join, stay, brought, joined, joined * stay, hours, value))
    names = ["segment", "form", "join", "stay", "k", "joined", "stayed", "hours", "value"]
    return pd.DataFrame(rows, columns=names)


def _shifted(share: float, by: float) -> float:
    odds = share / (1 - share) * float(np.exp(by))
    return odds / (1 + odds)


def k_of(fans: Fans, segment: str) -> float:
    """People a participant of a challenge brings on average in one segment."""
    table = truth_of(fans)
    chosen = (table["segment"] == segment) & (table["form"] == "challenge")
    return float(table.loc[chosen, "k"].to_numpy(float)[0])


def compared(fans: Fans, choice: Mapping[str, str]) -> pd.DataFrame:
    """A choice beside the best form of each segment: segment, chosen, value, best, best_value, lost (NT$ an event)."""
    truth = truth_of(fans)
    cells = zip(truth["segment"], truth["form"], truth["value"].to_numpy(float), strict=True)
    value: dict[str, dict[str, float]] = {segment: {} for segment in SEGMENTS}
    for segment, form, worth in cells:
        value[segment][form] = float(worth)
    kept = checked(choice)
    rows: list[dict[str, Any]] = []
    for segment in SEGMENTS:
        best = max(value[segment], key=value[segment].__getitem__)
        mine, most = value[segment][kept[segment]], value[segment][best]
        rows.append(
            {"segment": segment, "chosen": kept[segment], "value": mine, "best": best, "best_value": most, "lost": most - mine}
        )  # fmt: skip
    return pd.DataFrame(rows)


def share(fans: Fans, choice: Mapping[str, str]) -> float:
    """Value of a choice over all segments ÷ value of the best forms; 1 is the best, below 0 costs money."""
    table = compared(fans, choice)
    return float(table["value"].sum() / table["best_value"].sum())
