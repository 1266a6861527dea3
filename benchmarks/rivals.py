"""On which day did a rival change: python benchmarks/rivals.py [--seeds 60]

Years of the sandbox's rivals with two turning points each and with none; holidays given, not given, and of a single rival
without any help. Figures: turning points found within 2 days and at all, false changes a rival-year, rival-years without
a turning point that raise any, coverage of the 90 % interval of the date and of the 95 % interval of the size. Beside it
the naive rule (this week 30 % above or below the last), and plain segmentation of the daily sums with the BIC penalty.
The shuffled run deals the days out anew and must find nothing. Settings ± 25 %: noise, size of changes, size of holidays.

Last result (2026-11-22, seeds 100–149, 200 rival-years): within 2 days / false changes a rival-year / quiet rival-years
with an alarm / shuffled days with an alarm
    rivals(), no holidays given     1.000 / .000 / .000 / .005   (date interval .985, size interval .958)
    rivals(), holidays given        1.000 / .000 / .000 / .005   (.985, .960)
    rivals(), one rival at a time    .948 / .010 / .000 / .005   (.965, .967)
    BIC on daily sums                .927 / 12.2 / 1.00 / .135
    ± 30 % against last week         .583 / 8.1  / 1.00 / 1.00
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from xiaobian.analytics.rivals.changes import day_spread, segment
from xiaobian.analytics.rivals.rivals import rivals
from xiaobian.sandbox import parameters
from xiaobian.sandbox.rivals import rivals_table

P = parameters.load()
DAYS = pd.date_range("2026-01-01", periods=365)
HOLIDAYS = ["2026-01-01", "2026-02-14", "2026-02-17", "2026-04-04", "2026-05-10", "2026-06-19", "2026-09-25",
            "2026-10-10", "2026-11-11", "2026-12-25"]  # fmt: skip
Found = pd.DataFrame
Method = Callable[[pd.DataFrame], Found]


def ours(table: pd.DataFrame) -> Found:
    return rivals(table).changes


def told(table: pd.DataFrame) -> Found:
    return rivals(table, holidays=HOLIDAYS).changes


def alone(table: pd.DataFrame) -> Found:
    """Each rival by itself, no holidays given."""
    return pd.concat([rivals(mine).changes for _, mine in table.groupby("rival")])


def thirty_percent(table: pd.DataFrame) -> Found:
    """What people do: a week 30 % above or below the one before."""
    rows = []
    for name, mine in table.groupby("rival"):
        weekly = mine.groupby("date")["engagements"].sum().astype(float).resample("7D").sum()
        jump = weekly.pct_change().abs() >= 0.30
        rows += [{"rival": name, "date": day} for day in weekly.index[jump]]
    return pd.DataFrame(rows, columns=["rival", "date"])


def plain(table: pd.DataFrame) -> Found:
    """Optimal partitioning of the logs of daily sums with the BIC penalty, nothing taken out."""
    rows = []
    for name, mine in table.groupby("rival"):
        sums = mine.groupby("date")["engagements"].sum().astype(float)
        logs = np.log(sums.to_numpy() + 0.5)
        cuts = segment(logs, day_spread(logs) ** 2, 2 * np.log(len(logs)), shortest=2)
        rows += [{"rival": name, "date": sums.index[cut]} for cut in cuts]
    return pd.DataFrame(rows, columns=["rival", "date"])


METHODS: dict[str, Method] = {
    "rivals(), no holidays given": ours,
    "rivals(), holidays given": told,
    "rivals(), one rival at a time": alone,
    "BIC on daily sums": plain,
    "± 30 % against last week": thirty_percent,
}


def year(
    seed: int, changes: dict | None = None, holidays: list[str] | None = None
) -> tuple[pd.DataFrame, Found]:
    settings = P.changed(changes or {})
    return rivals_table(
        settings, np.random.default_rng(seed), DAYS, HOLIDAYS if holidays is None else holidays
    )


def judge(method: Method, seeds: range, changes: dict | None = None) -> dict[str, float]:
    """Figures of a method on years with turning points."""
    near = exact = total = false = within = sized = dated = 0
    for seed in seeds:
        table, truth = year(seed, changes)
        found = method(table)
        for turn in truth.itertuples():
            mine = found[found["rival"] == turn.rival]
            away = (mine["date"] - turn.date).abs()
            total += 1
            if len(away) and away.min() <= pd.Timedelta(days=10):
                row = mine.loc[away.idxmin()]
                near += 1
                exact += away.min() <= pd.Timedelta(days=2)
                if "earliest" in row:
                    dated += 1
                    within += row["earliest"] <= turn.date <= row["latest"]
                    sized += row["low"] <= np.expm1(turn.size) <= row["high"]
        for row in found.itertuples():
            turns = truth.loc[truth["rival"] == row.rival, "date"]
            false += bool(len(turns) == 0 or (turns - row.date).abs().min() > pd.Timedelta(days=10))
    years = len(seeds) * P["rivals.number"]
    return {
        "within 2 days": exact / total,
        "within 10": near / total,
        "false a rival-year": false / years,
        "date interval covers": within / dated if dated else np.nan,
        "size interval covers": sized / dated if dated else np.nan,
    }


def quiet(method: Method, seeds: range, changes: dict | None = None, shuffled: bool = False) -> float:
    """Share of rival-years without a turning point in which a method finds any."""
    raised = 0
    for seed in seeds:
        table, _ = year(seed, {**(changes or {}), **({} if shuffled else {"rivals.changes": 0})})
        if shuffled:
            order = np.random.default_rng(seed).permutation(len(DAYS))
            table = table.assign(date=table["date"].map(dict(zip(DAYS, DAYS[order], strict=True))))
            table = table.sort_values(["date", "rival", "platform"])
        raised += method(table)["rival"].nunique()
    return raised / (len(seeds) * P["rivals.number"])


def told_as(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.3f}" for name, value in figures.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=100)
    chosen = parser.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    start = time.perf_counter()
    for name, method in METHODS.items():
        print(f"{name}\n  {told_as(judge(method, seeds))}")
        print(f"  rival-years without a change that raise one {quiet(method, seeds):.3f}; "
              f"days shuffled {quiet(method, seeds, shuffled=True):.3f}")  # fmt: skip
    print("\nrivals(), no holidays given, one setting changed")
    low, high = P["rivals.change_size"]
    for name, value in (("rivals.day_sd", P["rivals.day_sd"]), ("rivals.moment", P["rivals.moment"]),
                        ("rivals.change_size", None), ("rivals.post_response", P["rivals.post_response"])):  # fmt: skip
        for factor in (0.75, 1.25):
            changed = {name: [low * factor, high * factor] if value is None else value * factor}
            print(
                f"  {name} × {factor}: {told_as(judge(ours, seeds, changed))}  quiet {quiet(ours, seeds, changed):.3f}"
            )
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
