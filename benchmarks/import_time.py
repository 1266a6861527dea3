"""How long `import xiaobian` takes beside `import pandas`, each in fresh processes: python benchmarks/import_time.py

Prints both medians and their ratio; exits with 1 when the ratio is above 0.25.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

MOST = 0.25
_PROGRAM = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds(module: str) -> float:
    """Seconds one import takes in a process of its own, interpreter start not counted."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(module)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="processes a module (default 7)")
    repeats = parser.parse_args().repeats
    seconds("pandas"), seconds("xiaobian")  # writes bytecode, warms the disk cache
    pairs = [(seconds("xiaobian"), seconds("pandas")) for _ in range(repeats)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = ours / theirs
    print(f"import xiaobian {ours * 1000:7.1f} ms   (median of {repeats} fresh processes)")
    print(f"import pandas   {theirs * 1000:7.1f} ms")
    print(f"ratio           {ratio:7.3f}      (at most {MOST})")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
