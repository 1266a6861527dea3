"""The effect of pinning the rules above a thread: an experiment one can run, and the truth of the sandbox behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ... import datasets, records
from ...errors import AnswerError, NotFound
from ...plotting import BRICK, INK, SEA, Chart, chart, source_note, spaced, titled
from ...sandbox.community import ASSIGNED, KINDS, threads_table
from ...sandbox.parameters import load
from ...sandbox.streams import generator
from ...sandbox.truth import Kept

THREADS, AMA_SHARE = 1200, 0.25
"""Threads of an experiment, and the share of question-and-answer threads among them (設計參數)."""
Z = 1.959963984540054
MEASURES = {
    "kept": "守規矩的占比（有 − 沒有，0–1）",
    "newcomers": "新人留言（有 ÷ 沒有，倍）",
    "broken": "犯規的新人留言（有 ÷ 沒有，倍）",
}


@dataclass(frozen=True, repr=False)
class PinTrial:
    """Threads with and without pinned rules. table: as ``threads_table``. by: ``chance`` or ``busy``."""

    seed: int
    by: str
    table: pd.DataFrame

    def effects(self, kind: str | None = None) -> pd.DataFrame:
        """A row a measure: without, with, effect, low, high (95 % interval; the thread is the unit).

        kind: a key of ``KINDS``, without it all threads together. ``kept`` is a difference of shares, the others are ratios of
        means a thread. Raises NotFound for an unknown kind.
        """
        if kind is not None and kind not in KINDS:
            raise NotFound(f"沒有「{kind}」這種串文", next_step=f"可用的有：{'、'.join(KINDS)}")
        rows = self.table if kind is None else self.table[self.table["kind"] == kind]
        return effects_of(rows)

    @property
    def by_kind(self) -> pd.DataFrame:
        """``effects`` of both kinds and of all, a row a kind and measure."""
        parts = {name: self.effects(kind) for kind, name in KINDS.items()}
        return pd.concat({**parts, "合在一起": self.effects()}, names=["kind", "measure"])

    def commit(self, discussion: float, ama: float) -> Kept:
        """Write down how many times as many comments newcomers write with the rules pinned, by kind; the first counts.

        Raises AnswerError for a ratio of zero or less.
        """
        answer = {"discussion": float(discussion), "ama": float(ama)}
        if min(answer.values()) <= 0:
            raise AnswerError("倍數要大於 0", where="commit()", next_step="沒有變化就寫 1，少一半就寫 0.5")
        kept = records.commit(self._key, answer)
        again = "（以第一次的為準）" if kept["first"] != answer else ""
        first = kept["first"]
        return Kept(
            f"已記下：討論串 {first['discussion']:g} 倍、問答串 {first['ama']:g} 倍{again}。用 reveal() 揭曉。"
        )

    def reveal(self) -> Pinned:
        """The truth beside the first committed answer; raises AnswerError before there is one."""
        if (kept := records.commitment(self._key)) is None:
            raise AnswerError(
                "還沒有你的答案，真相先不打開",
                where="置頂守則的實驗",
                next_step="先執行 trial.commit(討論串的倍數, 問答串的倍數)",
            )
        records.reveal(self._key)
        return Pinned(self, dict(kept["first"]))

    @property
    def _key(self) -> str:
        return f"sandbox.pins-{self.seed}-{self.by}-{len(self.table)}"

    def __repr__(self) -> str:
        n = int(self.table["rule_post"].sum())
        return f"{datasets.SIMULATED}｜{len(self.table)} 串，{n} 串置頂守則（{ASSIGNED[self.by]}），種子 {self.seed}"


def pin_trial(
    seed: int, by: str = "chance", threads: int = THREADS, ama_share: float = AMA_SHARE
) -> PinTrial:
    """Threads of which half have the rules pinned on top.

    by: ``chance`` draws lots; ``busy`` pins where most people were going to talk, as a team would. The threads are the same.

    >>> pin_trial(1, threads=200)
    島嶼沙盒模擬資料｜200 串，100 串置頂守則（抽籤決定），種子 1
    """
    table = threads_table(load(), generator(seed, "pins"), threads, ama_share, by)
    return PinTrial(seed, by, table)


def truth_of() -> dict[str, dict[str, float]]:
    """What is true by construction, by kind: kept (difference), newcomers and broken (ratios)."""
    p = load()
    without, pinned = p["community.compliance"]
    times = {"discussion": p["community.newcomers"], "ama": p["community.newcomers_ama"]}
    return {
        kind: {"kept": pinned - without, "newcomers": n, "broken": n * (1 - pinned) / (1 - without)}
        for kind, n in times.items()
    }


def effects_of(threads: pd.DataFrame) -> pd.DataFrame:
    """A row a measure of MEASURES: without, with, effect, low, high. threads: rule_post, newcomer_comments, newcomer_kept.

    Raises AnswerError when an arm has fewer than two threads or no comment.
    """
    arms = [threads[threads["rule_post"] == pinned] for pinned in (False, True)]
    if min(len(arm) for arm in arms) < 2 or any(arm["newcomer_comments"].sum() == 0 for arm in arms):
        raise AnswerError(
            "有置頂、沒置頂都至少要有兩串，而且有人留言", where="effects_of()", next_step="請多放幾串再比"
        )
    wrote = [arm["newcomer_comments"].to_numpy(float) for arm in arms]
    kept = [arm["newcomer_kept"].to_numpy(float) for arm in arms]
    rows = {"kept": _difference([_share(k, n) for k, n in zip(kept, wrote, strict=True)])}
    rows["newcomers"] = _ratio(wrote)
    rows["broken"] = _ratio([n - k for k, n in zip(kept, wrote, strict=True)])
    return pd.DataFrame.from_dict(rows, orient="index", columns=["without", "with", "effect", "low", "high"])


def _share(kept: np.ndarray, wrote: np.ndarray) -> tuple[float, float]:
    """A ratio of sums and its variance, threads as units (linearised)."""
    share = kept.sum() / wrote.sum()
    rest = (kept - share * wrote) / wrote.mean()
    return float(share), float(rest.var(ddof=1) / len(wrote))


def _difference(arms: list[tuple[float, float]]) -> tuple[float, float, float, float, float]:
    (a, va), (b, vb) = arms
    half = Z * np.sqrt(va + vb)
    return a, b, b - a, b - a - half, b - a + half


def _ratio(arms: list[np.ndarray]) -> tuple[float, float, float, float, float]:
    a, b = (float(arm.mean()) for arm in arms)
    spread = np.sqrt(sum(arm.var(ddof=1) / len(arm) / max(arm.mean(), 1e-9) ** 2 for arm in arms))
    times = b / a
    return a, b, times, float(times * np.exp(-Z * spread)), float(times * np.exp(Z * spread))


def pins_plot(
    trials: Mapping[str, PinTrial], answer: Mapping[str, float] | None = None, truth: bool = False
) -> Chart:
    """How many times as many comments newcomers write with rules pinned, with 95 % intervals; a row a trial and kind."""
    figure, ax = chart(10, 1.7 + 0.5 * 3 * len(trials))
    names, at = [], 0
    for label, trial in trials.items():
        rows = trial.by_kind.xs("newcomers", level="measure")
        for kind, row in rows.iterrows():
            colour = BRICK if row["high"] < 1 else SEA
            ax.plot([row["low"], row["high"]], [-at, -at], color=colour, linewidth=2.4)
            ax.plot([row["effect"]], [-at], "o", color=colour, markersize=8)
            key = next((k for k, name in KINDS.items() if name == kind), "")
            if truth and key:
                ax.plot([truth_of()[key]["newcomers"]], [-at + 0.22], "D", color=INK, markersize=8)
            if answer and key:
                ax.plot(
                    [answer[key]],
                    [-at],
                    "o",
                    color=BRICK,
                    markerfacecolor="none",
                    markersize=14,
                    markeredgewidth=2,
                )
            names.append(f"{label}{kind}" if label else str(kind))
            at += 1
    ax.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_yticks([-n for n in range(at)], names)
    ax.set_ylim(-at + 0.4, 0.6)
    ax.set_xscale("log")
    ticks = [0.25, 0.5, 1, 2, 4, 8]
    ax.set_xlim(0.22, 9)
    ax.set_xticks(ticks, [f"{t:g} 倍" for t in ticks])
    ax.minorticks_off()
    ax.set_xlabel("新人留言：有置頂 ÷ 沒置頂")
    ax.grid(False)
    ax.grid(True, axis="x")
    source_note(ax)
    first = next(iter(trials.values()))
    marks = "；菱形是真值，圓圈是你的答案" if truth else ""
    titled(
        ax,
        _finding(first),
        f"點和線是估計和 95% 區間，串是單位；虛線是沒有差別{marks}；n = {len(first.table):,} 串",
    )
    figure.summary = _finding(first)
    return figure


def _finding(trial: PinTrial) -> str:
    rows = trial.by_kind.xs("newcomers", level="measure")["effect"]
    start = "抽籤置頂" if trial.by == "chance" else "挑熱鬧的置頂"
    return spaced(f"{start}：討論串的新人留言是{rows['討論']:.2f}倍，問答串是{rows['問答']:.2f}倍")


@dataclass(frozen=True, repr=False)
class Pinned:
    """A trial with the truth open. answer: the committed ratios by kind."""

    trial: PinTrial
    answer: Mapping[str, float]

    @property
    def table(self) -> pd.DataFrame:
        """A row a kind: answer, estimate, low, high, truth."""
        rows = {}
        for kind, name in KINDS.items():
            e = self.trial.effects(kind).loc["newcomers"]
            rows[name] = (self.answer[kind], e["effect"], e["low"], e["high"], truth_of()[kind]["newcomers"])
        return pd.DataFrame.from_dict(
            rows, orient="index", columns=["answer", "estimate", "low", "high", "truth"]
        )

    def say(self) -> str:
        """The truth, the answer and the estimate, in 正體中文."""
        parts = [
            f"{kind}串真的是{row['truth']:g}倍，你答{row['answer']:.2g}倍，實驗估計{row['estimate']:.2f}倍（{row['low']:.2f}–{row['high']:.2f}）"
            for kind, row in self.table.iterrows()
        ]
        return spaced("；".join(parts) + "。")

    def plot(self) -> Chart:
        """The estimates with the truth and the answer."""
        return pins_plot({"": self.trial}, self.answer, truth=True)

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：{datasets.SIMULATED}"
