"""What a policy of hiding takes away: the same comments under several policies, counted against their true labels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ... import datasets
from ...errors import TableError
from ...plotting import BRICK, HAIRLINE, SEA, Chart, chart, count_axis, source_note, spaced, titled
from ...sandbox.streams import generator
from ...sandbox.words.comments import Brief, write_comments
from ...text.classify import sentiment
from .guidelines import CRITICS
from .triaging import Triage, triage

POLICIES = {
    "nothing": "都不動", "negative": "負面就隱藏", "trolls": "分類器說是酸言就隱藏", "guideline": "照守則",
}  # fmt: skip
HARMFUL = ("hide", "report")
URGENT = ("care", "escalate")
PILES = {"week": (0.12, 0.0), "bad": (0.45, 0.8)}
"""Share that opposes and heat of a usual week and of a bad one (設計參數)."""


def inbox(seed: int, n: int = 1000, pile: str = "week") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments of a week, and what they truly are.

    seed: of the simulation. pile: ``week`` or ``bad``. Comments: comment_id, text. Truth: intent, action, urgent (a person
    within the hour), harmful (a careful moderator hides or reports it), critic (a complaint, wish or question that is
    neither). Written with templates that no classifier was trained on.

    Raises TableError for fewer than one comment or an unknown pile.

    >>> comments, truth = inbox(1, 300)
    >>> len(comments), bool(truth["harmful"].any())
    (300, True)
    """
    if n < 1 or pile not in PILES:
        raise TableError("至少要有 1 則留言，pile 是 week 或 bad", where="inbox()")
    negative, heat = PILES[pile]
    rng = generator(seed, "inbox", pile)
    brief = Brief(n, "facebook", negative=negative, heat=heat, intents={"troll": 3, "complaint": 2})
    frame = write_comments(rng, brief, held_out=True)
    ids = [f"c{i:04d}" for i in range(1, n + 1)]
    harmful = frame["action"].isin(HARMFUL)
    truth = pd.DataFrame(
        {
            "comment_id": ids,
            "intent": frame["intent"],
            "action": frame["action"],
            "urgent": frame["action"].isin(URGENT),
            "harmful": harmful,
            "critic": frame["intent"].isin(CRITICS) & ~harmful,
        }
    )
    return pd.DataFrame({"comment_id": ids, "text": frame["text"].astype(str)}), truth


def hidden_by(policy: str, texts: pd.Series, found: Triage | None = None) -> np.ndarray:
    """Which comments a policy hides [bool]. found: their triage, made here without it.

    Raises TableError for an unknown policy.
    """
    if policy not in POLICIES:
        raise TableError(f"沒有「{policy}」這個做法", next_step=f"可用的有：{'、'.join(POLICIES)}")
    if policy == "nothing":
        return np.zeros(len(texts), dtype=bool)
    if policy == "negative":
        return (sentiment(texts)["label"] == "negative").to_numpy()
    table = (found or triage(texts)).table
    gone = table["intent"] == "troll" if policy == "trolls" else table["action"].isin(HARMFUL)
    return gone.to_numpy()


@dataclass(frozen=True, repr=False)
class Policies:
    """Policies over the same comments. table: a row a policy: hidden, harmful (of these), critics, urgent, left (harmful
    ones still standing). comments, critics, urgent: how many of each there were. gone: policy → what it hides [bool]."""

    table: pd.DataFrame
    comments: int
    critics: int
    urgent: int
    gone: dict[str, np.ndarray] = field(default_factory=dict, compare=False)
    note: str = field(default=datasets.SIMULATED)

    def say(self) -> str:
        """What the strictest policy takes away, in 正體中文."""
        worst = self.table.sort_values(["critics", "hidden"], kind="stable").iloc[-1]
        best = self.table.loc["guideline"] if "guideline" in self.table.index else worst
        return spaced(
            f"{self.comments}則留言裡有{self.critics}則問題或抱怨。「{worst['policy']}」藏掉{worst['hidden']}則，其中{worst['critics']}則"
            f"是問題或抱怨，急的有{worst['urgent']}則；「{best['policy']}」藏掉{best['hidden']}則，其中{best['critics']}則。"
        )

    def plot(self) -> Chart:
        """A bar a policy: what it hides, split into what should go and what should not."""
        figure, ax = chart(10, 3.8)
        rows = self.table.iloc[::-1]
        at = np.arange(len(rows))
        other = rows["hidden"] - rows["harmful"] - rows["critics"]
        ax.barh(at, rows["harmful"], color=SEA, label="該藏的")
        ax.barh(at, rows["critics"], left=rows["harmful"], color=BRICK, label="問題和抱怨")
        ax.barh(at, other, left=rows["harmful"] + rows["critics"], color=HAIRLINE, label="其他不該藏的")
        for y, (_, row) in zip(at, rows.iterrows(), strict=True):
            words = f"{row['hidden']} 則，急的 {row['urgent']} 則" if row["hidden"] else "0 則"
            ax.annotate(words, (row["hidden"], y), xytext=(6, 0), textcoords="offset points", va="center")
        ax.set_yticks(at, rows["policy"])
        ax.set_xlim(0, 1.3 * max(int(rows["hidden"].max()), 1))
        ax.set_xlabel("被藏起來的留言（則）")
        count_axis(ax, "x")
        ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.25))
        titled(
            ax,
            self._finding(),
            f"n = {self.comments} 則留言，其中問題和抱怨 {self.critics} 則、急的 {self.urgent} 則",
        )
        source_note(ax)
        figure.summary = self.say()
        return figure

    def _finding(self) -> str:
        worst = self.table.sort_values(["critics", "hidden"], kind="stable").iloc[-1]
        if not worst["hidden"]:
            return "什麼都沒藏，該藏的也都還在"
        if not worst["critics"]:
            return spaced(f"「{worst['policy']}」藏掉{worst['hidden']}則，沒有一則是問題或抱怨")
        return spaced(f"「{worst['policy']}」藏掉的，{worst['critics'] / worst['hidden']:.0%}是問題和抱怨")

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：{self.note}"


def compare_hiding(
    comments: pd.DataFrame, truth: pd.DataFrame, policies: tuple[str, ...] = tuple(POLICIES)
) -> Policies:
    """What each policy hides of the same comments, against what they truly are.

    comments, truth: as ``inbox`` makes them, row by row. Raises TableError when their lengths differ.

    >>> found = compare_hiding(*inbox(1, 200)).table
    >>> bool(found.loc["negative", "critics"] > found.loc["guideline", "critics"])
    True
    """
    if len(comments) != len(truth):
        raise TableError(
            "留言和真相要一樣多列", where="compare_hiding()", next_step="兩張表請用同一次 inbox() 給的"
        )
    found = triage(comments["text"]) if {"trolls", "guideline"} & set(policies) else None
    rows, hidden = {}, {policy: hidden_by(policy, comments["text"], found) for policy in policies}
    for policy, gone in hidden.items():
        counts = {name: int(truth[name].to_numpy()[gone].sum()) for name in ("harmful", "critic", "urgent")}
        left = int(truth["harmful"].sum()) - counts["harmful"]
        rows[policy] = (
            POLICIES[policy],
            int(gone.sum()),
            counts["harmful"],
            counts["critic"],
            counts["urgent"],
            left,
        )
    columns = ["policy", "hidden", "harmful", "critics", "urgent", "left"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return Policies(table, len(comments), int(truth["critic"].sum()), int(truth["urgent"].sum()), hidden)
