"""Time and verdict of the realism check, one core: python benchmarks/realism.py [--pages 200] [--posts 500]

Prints how long the simulated pages and the comparison take, how a page of the sandbox itself does, and how many of
the published facts lie inside the bands.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from xiaobian.sandbox import World
from xiaobian.sandbox.realism.check import realism, score_against_targets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument(
        "--strangers", type=int, default=5, help="pages of the sandbox that play the real one"
    )
    chosen = parser.parse_args()
    start = time.process_time()
    pages = {seed: World.page(seed, posts=chosen.posts) for seed in range(1, chosen.pages + 1)}
    print(f"{chosen.pages} pages of {chosen.posts} posts: {time.process_time() - start:.1f} s CPU")
    inside, auc, ratio = [], [], []
    start = time.process_time()
    for seed in range(10_001, 10_001 + chosen.strangers):
        result = realism(World.page(seed, posts=chosen.posts), pages.__getitem__, pages=chosen.pages)
        inside.append(result.share_inside)
        auc.append(result.auc)
        ratio.append(result.transfer.ratio if result.transfer else np.nan)
    print(f"comparison: {(time.process_time() - start) / chosen.strangers:.1f} s CPU a page")
    print(
        f"the sandbox's own pages: share inside {np.round(inside, 2)}, AUC {np.round(auc, 2)}, error ratio {np.round(ratio, 2)}"
    )
    score = score_against_targets(pages.__getitem__, pages=chosen.pages, posts=chosen.posts)
    judged = score[score["inside"].notna()]
    print(f"published facts inside: {judged['inside'].sum()} of {len(judged)}")
    print(judged.loc[~judged["inside"].astype(bool), ["id", "value", "low", "high"]].to_string(index=False))


if __name__ == "__main__":
    main()
