"""MB of text a second through the pack tw_words, beside two plain loops, same run: python benchmarks/lint.py

Two texts, both with a planted word in every tenth sentence: the brand's sample captions, and the test suite's traps
(sentences full of words that are fine only where they stand). The captions are also read one by one.
The plain loops look for the words and nothing else (no contexts, no excuses, no patterns, no messages):
``re.finditer`` with each word, and ``str.find`` of each word. MB are of UTF-8; time is the processor time of the
one process, best of the repeats.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

import xiaobian
from xiaobian import lint

TESTS = Path(__file__).resolve().parents[1] / "tests" / "unit"
CAPTIONS = Path(xiaobian.__file__).parent / "exports" / "captions.yml"
WORDS = [word for rule in lint.load("tw_words").rules for word in rule.words]


def posts(ordinary: list[str], megabytes: float, seed: int = 0) -> list[str]:
    """Texts of five sentences, one sentence in ten with a planted word."""
    planted = [row.split("\t")[1] for row in _rows("lint_planted.tsv")]
    rng, made, size = random.Random(seed), [], 0.0
    while size < megabytes * 1e6:
        pools = rng.choices([ordinary, planted], weights=[9, 1], k=5)
        made.append("".join(rng.choice(pool) for pool in pools))
        size += len(made[-1].encode())
    return made


def _rows(name: str) -> list[str]:
    rows = (TESTS / name).read_text(encoding="utf-8").splitlines()
    return [row for row in rows if row and not row.startswith("#")]


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.findall(r"[^。！？\n]{6,}[。！？]", value)
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _sentences(inner)


def by_finditer(text: str) -> int:
    return sum(1 for word in WORDS for _ in re.finditer(word, text))


def by_find(text: str) -> int:
    count = 0
    for word in WORDS:
        at = text.find(word)
        while at >= 0:
            count += 1
            at = text.find(word, at + 1)
    return count


def by_lint(text: str) -> int:
    return len(lint.check(text))


def speed(look: Callable[[str], int], texts: Iterable[str], repeats: int) -> tuple[float, int]:
    """MB a second (best of the repeats) and how many places were found."""
    texts = list(texts)
    size, best, count = sum(len(text.encode()) for text in texts) / 1e6, float("inf"), 0
    for _ in range(repeats):
        start = time.process_time()
        count = sum(map(look, texts))
        best = min(best, time.process_time() - start)
    return size / best, count


def compare(title: str, texts: list[str], repeats: int) -> None:
    print(f"{title}:")
    ours, found = speed(by_lint, texts, repeats)
    print(f"  lint.check           {ours:8.2f} MB/s   {found} findings")
    for name, look in (("loop of re.finditer", by_finditer), ("loop of str.find", by_find)):
        theirs, places = speed(look, texts, repeats)
        print(f"  {name:20} {theirs:8.2f} MB/s   {places} places, lint.check is {ours / theirs:.1f}×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1.0, help="size of each text (default 1)")
    parser.add_argument("--repeats", type=int, default=3, help="best of this many (default 3)")
    options = parser.parse_args()
    captions = posts(
        list(_sentences(yaml.safe_load(CAPTIONS.read_text(encoding="utf-8")))), options.megabytes
    )
    traps = posts(_rows("lint_taiwan.txt"), options.megabytes)
    print(f"{len(WORDS)} words in {len(lint.load('tw_words').rules)} rules, {options.megabytes:g} MB a text")
    compare("captions, one long text", ["\n".join(captions)], options.repeats)
    compare(f"captions, {len(captions)} one by one", captions, options.repeats)
    compare("traps, one long text", ["\n".join(traps)], options.repeats)


if __name__ == "__main__":
    main()
