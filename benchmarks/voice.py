"""How well the voice score tells texts that sound like the brand from texts that do not: python benchmarks/voice.py

``tests/data/voice_texts.tsv`` was written by an author who had not seen the guide. Its first third may be read to tune; the
rest is only scored. AUC and accuracy at the score's own threshold, with 90 % intervals from 2,000 bootstrap draws; beside
it what a person might count first (exclamation marks and emoji; length), a classifier of characters trained on the first
third, and the same figures with the labels shuffled, which must be no better than chance. ``copy.txt`` gives false alarms:
clean copy of many senders, most of it not in this brand's voice, so its figure is an upper bound.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from xiaobian import lint
from xiaobian.crisis import voice
from xiaobian.crisis.voice.guide import ENOUGH
from xiaobian.lint.measures import LIMITS

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
Row = dict[str, str]


def rows() -> list[Row]:
    text = (DATA / "voice_texts.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def scored(found: Sequence[Row]) -> NDArray[np.float64]:
    """Minus the distance, which orders texts as the score does without rounding."""
    brand = voice()
    return np.array(
        [-brand.score(r["text"], r["platform"], crisis=r["crisis"] == "1").distance for r in found]
    )


def on_score(found: Sequence[Row]) -> NDArray[np.bool_]:
    brand = voice()
    return np.array([brand.score(r["text"], r["platform"], crisis=r["crisis"] == "1").on for r in found])


def labels(found: Sequence[Row]) -> NDArray[np.int64]:
    return np.array([int(r["on_voice"]) for r in found])


def loudness(found: Sequence[Row]) -> NDArray[np.float64]:
    marks = [LIMITS["exclamations"][1], LIMITS["emoji"][1]]
    return np.array([-float(sum(len(m.findall(r["text"])) for m in marks)) for r in found])


def length(found: Sequence[Row]) -> NDArray[np.float64]:
    return np.array([float(len(r["text"])) for r in found])


def by_characters(train: Sequence[Row], judge: Sequence[Row]) -> NDArray[np.float64]:
    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10).fit(grams.fit_transform([r["text"] for r in train]), labels(train))
    return np.asarray(model.decision_function(grams.transform([r["text"] for r in judge])))


def interval(statistic: Callable[[NDArray[np.int64]], float], size: int, seed: int = 1) -> str:
    rng = np.random.default_rng(seed)
    draws = [statistic(rng.integers(0, size, size)) for _ in range(2000)]
    low, high = np.nanquantile(draws, [0.05, 0.95])
    return f"[{low:.2f}, {high:.2f}]"


def auc(truth: NDArray[np.int64], seen: NDArray[np.float64]) -> float:
    """Share of pairs in which the text on voice is seen as nearer; a tie is half."""
    gap = seen[truth == 1][:, None] - seen[truth == 0][None, :]
    return float(((gap > 0) + 0.5 * (gap == 0)).mean()) if gap.size else float("nan")


def report(name: str, truth: NDArray[np.int64], seen: NDArray[np.float64]) -> None:
    whole = auc(truth, seen)
    print(f"{name:<34}AUC {whole:.3f} {interval(lambda at: auc(truth[at], seen[at]), len(truth))}")


def main() -> None:
    found = rows()
    third = len(found) // 3
    tune, judge = found[:third], found[third:]
    truth, said = labels(judge), on_score(judge)
    print(f"judged: {len(judge)} texts, {truth.sum()} on voice; tuned on {len(tune)}; threshold {ENOUGH}")
    report("score", truth, scored(judge))
    right = (said == truth).astype(float)
    print(f"  accuracy {right.mean():.3f} {interval(lambda at: float(right[at].mean()), len(right))}; "
          f"on voice kept {said[truth == 1].mean():.2f}, off voice caught {(~said[truth == 0]).mean():.2f}")  # fmt: skip
    for part, wanted in (("ordinary", "0"), ("crisis", "1")):
        here = np.array([r["crisis"] == wanted for r in judge])
        print(
            f"  {part}: n = {here.sum()}, AUC {auc(truth[here], scored(judge)[here]):.3f}, accuracy {right[here].mean():.3f}"
        )
    report("naive: fewer ! and emoji", truth, loudness(judge))
    report("naive: longer", truth, length(judge))
    report("characters, from the tune part", truth, by_characters(tune, judge))
    rng = np.random.default_rng(7)
    seen = scored(judge)
    shuffled = [auc(rng.permutation(truth), seen) for _ in range(200)]
    print(
        f"{'shuffled labels (200 times)':<34}AUC {np.mean(shuffled):.3f}, 95 % below {np.quantile(shuffled, 0.95):.3f}"
    )
    copy = (DATA / "copy.txt").read_text(encoding="utf-8").splitlines()
    alarms = [any(f.severity != "suggestion" for f in lint.check(line, "voice")) for line in copy]
    print(
        f"clean copy of other senders with an error or warning of pack voice: {np.mean(alarms):.3%} of {len(copy)} lines"
    )


if __name__ == "__main__":
    main()
