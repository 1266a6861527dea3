"""Explorers of a community: what a policy of hiding takes away, what pinning the rules does, and how a server is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from ..crisis.community.health_metrics import Health, health
from ..crisis.community.hiding import POLICIES, compare_hiding, inbox
from ..crisis.community.rule_post import PinTrial, pin_trial, pins_plot
from ..plotting import Chart, spaced
from ..sandbox.community import ASSIGNED, KINDS
from ..sandbox.server import server
from .controls import Control, decide, labelled
from .explorer import explorer
from .panel import Panel

SEED, N = 537, 600
PILE_NAMES = {"平常的一週": "week", "吵起來的一週": "bad"}
KIND_NAMES = {"討論串": "discussion", "問答串": "ama", "合在一起看": "all"}
SIZES = {"100 串": "100", "400 串": "400", "1,200 串": "1200"}
WELCOMES = {"幾乎沒人回新人": "0.15", "一半的新人有人回": "0.5", "大多數新人有人回": "0.85"}
VICTIMS = 2
"""How many of the comments that should have stayed are read out."""


@cache
def _pile(pile: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return inbox(SEED, N, pile)


def hiding_explorer() -> Panel:
    """Drop-downs for the policy and the week; what it hides follows, by what the comments truly are."""
    choices = {
        "policy": labelled("做法：", {name: key for key, name in POLICIES.items()}, "negative"),
        "pile": labelled("哪一週：", PILE_NAMES, "week"),
    }
    return explorer(choices, _hidden, "換做法和忙碌的程度，看藏掉的是誰。")


def _hidden(policy: str, pile: str) -> tuple[Chart, str]:
    comments, truth = _pile(pile)
    kept = tuple(dict.fromkeys(["nothing", policy]))
    found = compare_hiding(comments, truth, kept)
    row = found.table.loc[policy]
    lost = comments["text"][found.gone[policy] & truth["critic"].to_numpy()].drop_duplicates().head(VICTIMS)
    said = f"「{row['policy']}」藏掉{row['hidden']}則：該藏的{row['harmful']}則，問題和抱怨{row['critics']}則，急的{row['urgent']}則；"
    said += f"該藏卻還在的{row['left']}則。"
    if len(lost):
        said += "被藏起來的像是：" + "；".join(f"「{' '.join(text.split())}」" for text in lost) + "。"
    return found.plot(), spaced(said)


def desk_control(texts: Sequence[str], desks: Mapping[str, str]) -> Control:
    """Comments with a drop-down each, as the control of a question: its answer is a letter a comment.

    texts: what people wrote, shown as text whatever stands in it. desks: letter → name of a desk.
    """
    return decide({f"{n}. {text}": desks for n, text in enumerate(texts, start=1)})


@cache
def _trial(by: str, threads: int) -> PinTrial:
    return pin_trial(SEED, by, threads)


def pin_explorer() -> Panel:
    """Drop-downs for how threads are picked, their kind and how many; the estimate follows."""
    choices = {
        "by": labelled("哪些串置頂：", {name: key for key, name in ASSIGNED.items()}, "busy"),
        "kind": labelled("看哪一種：", KIND_NAMES, "all"),
        "threads": labelled("串數：", SIZES, "400"),
    }

    def draw(by: str, kind: str, threads: str) -> tuple[Chart, str]:
        trial = _trial(by, int(threads))
        return pins_plot({"": trial}), _pinned(trial, kind)

    return explorer(choices, draw, "換置頂的決定方式和串數，看估計怎麼變。")


def _pinned(trial: PinTrial, kind: str) -> str:
    rows = trial.effects(None if kind == "all" else kind)
    n, kept, broken = rows.loc["newcomers"], rows.loc["kept"], rows.loc["broken"]
    name = KINDS.get(kind, "合在一起")
    return spaced(
        f"{ASSIGNED[trial.by]}，{name}：新人留言{n['effect']:.2f}倍（{n['low']:.2f}–{n['high']:.2f}），"
        f"守規矩的占比{kept['effect'] * 100:+.0f}點（{kept['low'] * 100:+.0f}到{kept['high'] * 100:+.0f}），"
        f"犯規的則數{broken['effect']:.2f}倍。"
    )


@cache
def _health(welcome: float) -> Health:
    return health(server(SEED, welcome))


def health_explorer() -> Panel:
    """A drop-down for how many newcomers are answered; the figures of the server follow."""
    choices = {"welcome": labelled("新人第一則：", WELCOMES, "0.15")}

    def draw(welcome: str) -> tuple[Chart, str]:
        found = _health(float(welcome))
        return found.plot(), found.say()

    return explorer(choices, draw, "換新人有沒有人回，看哪些數字會動。")
