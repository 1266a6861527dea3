"""The live drill: plain policies, the triage rule and a rule book with shuffled actions against the exact best plan.

The scenario was committed before any policy was tried. Scores are 0 (nothing done) to 100 (the best plan that knows the
future); the shuffled book keeps the order and mixes up what is done about which kind, so it must fail.
Run: python benchmarks/live.py

Last run, 30 November 2026, 60 drills, every best plan proved: nothing 0, at random 0.8, everything answered 0, loudest first
79.1, first come 78.3, triage 96.5 (worst 90.8); actions shuffled 0.
"""

from __future__ import annotations

import time

import numpy as np

from xiaobian.planning.live import BASELINES, best_plan, rule_book, run, scenario

SEEDS = range(500, 560)


def main() -> None:
    """Print a row a policy, and how the best plans were proved."""
    began = time.perf_counter()
    plans = [best_plan(seed) for seed in SEEDS]
    taken = time.perf_counter() - began
    print(
        f"{len(plans)} drills, best plans proved exact: {sum(p.exact for p in plans)}, {taken / len(plans):.2f} s a plan"
    )
    kinds = list(scenario().kinds)
    best = [min(k.best, key=lambda a: scenario().actions[a].seconds) for k in scenario().kinds.values()]
    mixed = np.random.default_rng(0).permutation(best)
    policies = {
        **BASELINES,
        "守則，做法打亂": rule_book("urgent", dict(zip(kinds, map(str, mixed), strict=True))),
    }
    print(f"{'policy':<12}{'mean':>8}{'worst':>8}{'best':>8}")
    for name, policy in policies.items():
        scores = [run(policy, seed).score for seed in SEEDS]
        print(f"{name:<12}{np.mean(scores):8.1f}{min(scores):8.1f}{max(scores):8.1f}")


if __name__ == "__main__":
    main()
