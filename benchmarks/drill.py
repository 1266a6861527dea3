"""The crisis room: how fast a step is with 2,000 comments, how fast a class is compared, and whether good answers pay.

Scenarios, engine and points were committed before any policy ran. Seeds from 9,000 on were looked at by nobody; nothing is fitted.
``by theory`` knows the true cluster of each scenario; ``shuffled`` believes another cluster of each, and must fall back. Queues are
worked by a perfect reader and by one whose labels are shuffled, which must fail too. Run: python benchmarks/drill.py

Last run, 30 November 2026, two shared cores under load, --busy 12 --seeds 2. Twelve busy days of 2,094-2,482 comments, p95 with
live numbers: advance 1 min 0.6 ms, 5 min 5.8 ms (an hour that begins costs most: 26 ms, the first of a process 140 ms), decide
with own words 3.1 ms, act 0.4 ms; every record replayed to the same state. A class of 300: 24 s of the processor, 44 s on the wall.
Reputation in SD over 24 drills: nothing -0.199, as firms do -0.158, random options -0.061, shuffled -0.031, by theory +0.010; share of
the gap between firms and the best found -0.20, -0.02, 0.41, 0.54, 0.72. By theory is above shuffled in 24 of 24, but shuffled
clusters lose only a third of its gain: in this engine a quick, consistent answer counts for more than its strategy, and so even
random options beat firms, who answer once and after a day. Queue, points ÷ doing nothing: perfect 0.00, shuffled 0.89 (recall 0.06).
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from xiaobian.crisis.drill import ACTIONS, CrisisDrill, Move, Setup, compare, drill, of_record
from xiaobian.crisis.drill import record as records
from xiaobian.crisis.drill.policies import (
    Policy,
    at_random,
    by_theory,
    nothing,
    run,
    shuffled_clusters,
    true_clusters,
    usual,
)
from xiaobian.crisis.drill.queue import need, tally
from xiaobian.sandbox.crisis.scenarios import SCENARIOS

SEED = 9_000
TEXT = "買到的朋友，請先不要食用或下單。昨天 23 點起出錯，是我們填錯，{} 筆先暫停，今天中午 12 點在這裡更新。"


class Stopwatch:
    """A drill whose moves are timed, live numbers included; milliseconds by kind of move."""

    def __init__(self, room: CrisisDrill, times: dict[str, list[float]]) -> None:
        self.room, self.times = room, times

    def do(self, name: str, move: Move) -> None:
        began = time.perf_counter()
        self.room.run([move])
        _ = self.room.kpis
        self.times.setdefault(name, []).append(1000 * (time.perf_counter() - began))


def speed(days: int) -> None:
    """Milliseconds of advance, decide and act with two busy days, live numbers included."""
    times: dict[str, list[float]] = {}
    counts = []
    for number in range(days):
        room = drill(SCENARIOS[number % len(SCENARIOS)], SEED + number, busy=True)
        watch, pace = Stopwatch(room, times), 1 if number % 2 else 5
        while not room.done:
            now = room.state.minute
            if room.state.decision:
                watch.do("decide", Move("decide", now, choice="inform", text=TEXT.format(now)))
            if now % 30 == 0 and room.state.waiting:
                watch.do("act", Move("act", now, room.state.waiting[0].number, "reply"))
            watch.do(f"advance {pace} min", Move("advance", now + pace))
        counts.append(len(room.state.comments))
        if of_record(room.record).state != room.state:
            raise SystemExit("a record did not replay to the same state")
    print(
        f"busy days: {min(counts)}-{max(counts)} comments; records replayed to the same state: {days} of {days}"
    )
    print(f"{'ms':<15}{'n':>7}{'median':>9}{'p95':>9}{'most':>9}")
    for name, some in sorted(times.items()):
        middle, high = np.quantile(some, [0.5, 0.95])
        print(f"{name:<15}{len(some):>7}{middle:>9.1f}{high:>9.1f}{max(some):>9.1f}")


def classroom(number: int) -> None:
    """Seconds to compare so many records of one crisis, each with three answers and a queue."""
    setup, lines = Setup("wrong_price", SEED), {}
    for learner in range(number):
        rng = np.random.default_rng(learner)
        moves = []
        for turn, minute in enumerate(sorted(rng.integers(120, 2_800, 3).tolist())):
            choice = str(rng.choice(["inform", "diminish", "rebuild", "deny"]))
            text = TEXT.format(int(rng.integers(5_000)))
            moves.append(Move("decide", minute, choice=choice, text=text))
            moves += [Move("act", minute, 1 + 8 * turn + k, str(rng.choice(list(ACTIONS)))) for k in range(8)]
        lines[f"s{learner:03d}"] = records.packed(setup, moves)
    began, spent = time.perf_counter(), time.process_time()
    found = compare(lines)
    print(
        f"class of {number}: {time.perf_counter() - began:.1f} s on the wall, {time.process_time() - spent:.1f} s of the processor; "
        f"{len(found.table)} read, {len(found.bad)} refused"
    )


def values(seeds: int) -> None:
    """Change of reputation and the share of the gap, by policy, over every scenario and seeds nobody tuned on."""
    policies: dict[str, Policy] = {
        "nothing": nothing,
        "as firms do": usual(1),
        "random": at_random(1),
        "shuffled": by_theory(shuffled_clusters()),
        "by theory": by_theory(true_clusters()),
    }
    print(
        f"{'policy':<13}{'value':>8}{'share':>8}{'better than firms':>19}{'recall':>8}{'precision':>11}{'points':>8}"
    )
    found: dict[str, list[float]] = {}
    for name, policy in policies.items():
        rows = []
        for scenario in SCENARIOS:
            for seed in range(SEED, SEED + seeds):
                state = run(policy, Setup(scenario, seed)).state
                regret, queue = state.world.crisis.regret(), tally(state)
                rows.append(
                    (
                        regret.value,
                        regret.baseline,
                        regret.oracle,
                        queue.recall,
                        queue.precision,
                        queue.points,
                    )
                )
        table = np.array(rows)
        found[name] = table[:, 0].tolist()
        own, firms, best = table[:, 0].mean(), table[:, 1].mean(), table[:, 2].mean()
        precision = np.nanmean(table[:, 4]) if np.isfinite(table[:, 4]).any() else np.nan
        print(
            f"{name:<13}{own:>8.3f}{(own - firms) / (best - firms):>8.2f}{(table[:, 0] > table[:, 1]).mean():>19.2f}"
            f"{np.nanmean(table[:, 3]):>8.2f}{precision:>11.2f}{table[:, 5].mean():>8.0f}"
        )
    print(f"expected of firms {firms:.3f}, best found {best:.3f}, {len(rows)} drills each")
    gap = np.array(found["by theory"]) - np.array(found["shuffled"])
    print(f"by theory above shuffled in {np.mean(gap > 0):.0%} of the drills, mean {gap.mean():+.3f} SD")


def queues(seeds: int) -> None:
    """Points of a queue: nobody, a perfect reader, and the same reader with shuffled labels."""
    rows = []
    for seed in range(SEED, SEED + seeds):
        scenario = SCENARIOS[seed % len(SCENARIOS)]
        ahead = run(nothing, Setup(scenario, seed))
        labels = list(ahead.state.world.crisis.written)
        for order in (np.arange(len(labels)), np.random.default_rng(seed).permutation(len(labels))):
            room = drill(scenario, seed)
            while not room.done:
                for comment in room.state.waiting:
                    room.act(comment.number, need(labels[order[comment.number - 1]]).action)
                room.advance(10)
            rows.append(tally(room.state))
    for name, some in (("perfect", rows[::2]), ("shuffled", rows[1::2])):
        points = sum(r.points for r in some) / sum(r.nothing for r in some)
        print(
            f"queue, {name:<9} points ÷ doing nothing {points:.2f}, recall {np.mean([r.recall for r in some]):.2f}, "
            f"precision {np.mean([r.precision for r in some]):.2f}"
        )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=6, help="busy drills for the times (default 6)")
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=5, help="seeds a scenario for the values (default 5)")
    chosen = parser.parse_args()
    speed(chosen.busy)
    classroom(chosen.learners)
    values(chosen.seeds)
    queues(chosen.seeds)


if __name__ == "__main__":
    main()
