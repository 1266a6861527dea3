"""Does the crisis engine keep what is published, and how fast: python benchmarks/crisis.py

Prints the calibration beside its targets (Ma & Zhan 2016 for the two correlations, Hansen et al. 2018 for the two
shares of declines), the order of strategies, the effect of delay, which conclusions a change of ± 25 % of a single
number turns over, the seconds per 1,000 crises, and two runs that must fail: a naive one (a response is worth its
match alone, blame and form play no part) and one whose labels are shuffled (answers belong to other crises).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from xiaobian.sandbox import parameters
from xiaobian.sandbox.crisis.population import Population, population
from xiaobian.sandbox.parameters import Parameters

P = parameters.load()
CLUSTERS, STRATEGIES = tuple(P["crisis.responsibility"]), tuple(P["crisis.strategy_mix"])
BEST = {"victim": "inform", "accidental": "diminish", "preventable": "rebuild"}
TARGETS = {
    "r(A, Δρ)": (-0.54, 0.05),
    "r(resp, Δρ)": (0.23, 0.05),
    "short": (0.58, 0.04),
    "long": (0.40, 0.04),
}


def even(n: int) -> list[str]:
    """Every strategy equally often."""
    return [STRATEGIES[k % len(STRATEGIES)] for k in range(n)]


def calibration(n: int, seed: int, p: Parameters = P, *, shuffled: bool = False) -> dict[str, float]:
    """The four figures; shuffled: answers and blame of other crises."""
    fixed = population(n, seed, p, strategies=even(n), delays=12, background=False)
    usual = population(n, seed + 1, p)
    order = np.random.default_rng(seed).permutation(n) if shuffled else np.arange(n)
    return {
        "r(A, Δρ)": float(np.corrcoef(fixed.blame[order], fixed.short)[0, 1]),
        "r(resp, Δρ)": float(np.corrcoef(fixed.response[order], fixed.short)[0, 1]),
        "short": float((usual.short < 0).mean()),
        "long": float((usual.long < 0).mean()),
    }


def grid(
    runs: int, seed: int, p: Parameters = P, what: str = "short", *, paired: bool = True
) -> dict[str, dict[str, float]]:
    """Mean of every strategy in every cluster, answered after 12 h; paired: the same crises under each."""
    pairs = [(c, s) for c in CLUSTERS for s in STRATEGIES]
    n, times = (runs, len(pairs)) if paired else (runs * len(pairs), 1)
    clusters, strategies = (np.repeat(names, runs).tolist() for names in zip(*pairs, strict=True))
    some = population(n, seed, p, clusters=clusters, strategies=strategies, delays=12, times=times)
    figures = getattr(some, what).reshape(len(pairs), runs).mean(axis=1)
    return {c: {s: float(figures[pairs.index((c, s))]) for s in STRATEGIES} for c in CLUSTERS}


def broken(means: Mapping[str, Mapping[str, float]], least: float = 1e-6) -> list[str]:
    """Which conclusions about the order of strategies do not hold; a tie holds nothing."""
    found = []
    for c, best in BEST.items():
        ranked = sorted(means[c], key=means[c].__getitem__, reverse=True)
        if ranked[0] != best or means[c][best] - means[c][ranked[1]] <= least:
            found.append(f"best in {c} is not {best} alone")
        if c != "preventable" and ranked[-1] != "silence":
            found.append(f"silence is not worst in {c}")
        if c == "preventable" and set(ranked[-2:]) != {"silence", "deny"}:
            found.append("silence and deny are not the worst two in preventable")
    return found


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to every number of a parameter."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for key, part in enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path


def scaled(value: Any, path: tuple[Any, ...], factor: float) -> Any:
    """The parameter with one number multiplied."""
    if not path:
        return value * factor
    parts = dict(value) if isinstance(value, Mapping) else list(value)
    parts[path[0]] = scaled(parts[path[0]], path[1:], factor)
    return parts


def sensitivity(runs: int, seed: int) -> tuple[int, list[str]]:
    """How many single numbers were changed, and a line for each change that turns a conclusion over."""
    tried, lines = 0, []
    for name in (n for n in P if n.startswith("crisis.")):
        for path in leaves(P[name]):
            for factor in (0.75, 1.25):
                tried += 1
                changed = P.changed({name: scaled(P[name], path, factor)})
                for what in broken(grid(runs, seed, changed)):
                    lines.append(f"{name}{''.join(f'[{k}]' for k in path)} × {factor}: {what}")
    return tried, lines


def show(title: str, figures: Mapping[str, float]) -> bool:
    """Print figures beside their targets; whether all are within."""
    print(f"\n{title}")
    good = True
    for name, (target, width) in TARGETS.items():
        inside = abs(figures[name] - target) <= width
        good &= inside
        print(
            f"  {name:12} {figures[name]:+.3f}  target {target:+.2f} ± {width:.2f}  {'ok' if inside else 'OUTSIDE'}"
        )
    return good


def kept(sets: int, what: str, *, paired: bool) -> str:
    """In how many sets of 400 runs the whole order holds, and the best of each cluster."""
    found = [broken(grid(400, 100 + k, P, what, paired=paired)) for k in range(sets)]
    best = {c: sum(f"best in {c} is not {BEST[c]} alone" not in lines for lines in found) for c in CLUSTERS}
    return f"{sum(not lines for lines in found)} of {sets}; best by cluster {best}"


def naive(p: Parameters) -> Parameters:
    """A response is worth its match alone, and blame does not move reputation."""
    return p.changed({"crisis.strategy_weight": [1.0, 0.0], "crisis.form_weight": [0.0, 0.0],
                      "crisis.reputation_blame": 0.0})  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crises", type=int, default=20_000)
    parser.add_argument("--sets", type=int, default=20, help="sets of 400 runs for the order (default 20)")
    parser.add_argument(
        "--sensitivity", type=int, default=60, help="runs a cell; 0 leaves it out (default 60)"
    )
    chosen = parser.parse_args()

    start = time.perf_counter()
    usual: Population = population(chosen.crises, 1)
    print(f"{(time.perf_counter() - start) / chosen.crises * 1000:.3f} s per 1,000 crises of 168 h")
    low, middle, high = np.quantile(usual.peak, [0.1, 0.5, 0.9])
    print(
        f"peak day: median {middle:.1f} × a normal day, 10–90 %: {low:.1f}–{high:.1f} (aim 5–8 in the typical case)"
    )

    ours = show("engine", calibration(chosen.crises, 3))
    plain = show("naive: match alone, no blame, no form (must fail)", calibration(chosen.crises, 3, naive(P)))
    mixed = show("shuffled labels (must fail)", calibration(chosen.crises, 3, shuffled=True))
    print(f"\nengine within all targets: {ours}; naive: {plain}; shuffled: {mixed}")

    print("\norder of strategies holds in so many sets of 400 runs a cell")
    print(f"  Δρ, the same crises under each strategy:  {kept(chosen.sets, 'short', paired=True)}")
    print(f"  Δρ, other crises under each strategy:     {kept(chosen.sets, 'short', paired=False)}")
    print(f"  resp, other crises under each strategy:   {kept(chosen.sets, 'response', paired=False)}")
    for c, means in grid(400, 7).items():
        print(f"  {c:12}", "  ".join(f"{s} {v:+.3f}" for s, v in sorted(means.items(), key=lambda x: -x[1])))

    print("\ndelay of every reply (h): mean Δρ, median peak")
    for delay in (1, 6, 12, 24, 48, 72):
        found = population(3000, 5, P, delays=delay)
        print(f"  {delay:3}  {found.short.mean():+.4f}  {np.median(found.peak):.2f}")

    if chosen.sensitivity:
        tried, lines = sensitivity(chosen.sensitivity, 11)
        print(f"\n{tried} changes of one number by ± 25 %; {len(lines)} conclusions turned over")
        print("\n".join(f"  {line}" for line in lines))


if __name__ == "__main__":
    main()
