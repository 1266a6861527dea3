"""How a community is: six figures, each with its numerator and denominator, from who wrote what and answered whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ...errors import TableError
from ...plotting import (
    BRICK,
    GRAIN,
    HAIRLINE,
    INK,
    SEA,
    SKY,
    Chart,
    chart,
    percent_axis,
    source_note,
    spaced,
    titled,
)
from ...sandbox.server import Server

WINDOW = 28
"""Days of the window that ends with the last message."""
ANSWER_HOURS = 24
BACK_FROM, BACK_TO = 7, 35
"""Days after the first message within which a newcomer must write again to count as staying."""
TOP = 0.1
METRICS = {
    "stickiness": ("DAU ÷ MAU", "平均一天有幾人發言", "28 天內發過言的人"),
    "answered": ("回覆率", "24 小時內有人回的開頭發言", "開頭發言（最後 24 小時的不算）"),
    "first_answered": (
        "新人第一則有人回",
        "第一則 24 小時內有人回的新人",
        "期間內第一次發言的新人（最後 24 小時的不算）",
    ),
    "retention": ("新人留下來", "第 7–35 天又發言的新人", "第一則在 35 天以前的新人"),
    "gini": ("Gini 係數（發言集中）", "", "28 天內發過言的人"),
    "core": ("核心圈", "最深一層核心裡的人", "28 天內發過言的人"),
}
"""Name, numerator and denominator of each figure."""


@dataclass(frozen=True, repr=False)
class Health:
    """The figures of one community. table: a row a metric: name, value, numerator, denominator, counted, of (in words).
    core_of: member → core number. edges: pairs of members who answered one another. counts: messages a member in the window."""

    table: pd.DataFrame
    core_of: dict[str, int] = field(compare=False)
    edges: frozenset[tuple[str, str]] = field(compare=False)
    counts: pd.Series = field(compare=False)
    simulated: bool = False

    def __getitem__(self, metric: str) -> float:
        return self._at(metric, "value")

    def _at(self, metric: str, column: str) -> float:
        found: Any = self.table.loc[metric, column]
        return float(found)

    @property
    def k(self) -> int:
        """How deep the innermost core is: everyone in it is tied to at least this many others in it."""
        return max(self.core_of.values(), default=0)

    def say(self) -> str:
        """The figures with their denominators, in 正體中文."""
        t = self.table
        top = int(np.ceil(TOP * len(self.counts)))
        share = self.counts.nlargest(top).sum() / max(self.counts.sum(), 1)
        parts = [f"DAU÷MAU {self['stickiness']:.0%}（MAU {self._at('stickiness', 'of'):.0f}人）"]
        for metric in ("answered", "first_answered", "retention"):
            row = t.loc[metric]
            parts.append(
                f"{row['name']}{row['value']:.0%}（{row['counted']:.0f}／{row['of']:.0f}）"
                if row["of"]
                else f"{row['name']}沒有分母"
            )
        parts.append(f"最多話的一成包辦{share:.0%}的發言（Gini {self['gini']:.2f}）")
        parts.append(f"核心圈{self._at('core', 'counted'):.0f}人，每人至少和圈裡{self.k}人互相回過")
        return spaced("；".join(parts) + "。")

    def plot(self) -> Chart:
        """Left: members on rings by core number, the innermost core in the middle. Right: who writes how much (Lorenz)."""
        figure, ax = chart(10, 4.6)
        ax.set_position((0.02, 0.12, 0.44, 0.68))
        right = figure.add_axes((0.58, 0.16, 0.38, 0.64))
        figure.set_layout_engine("none")
        _rings(ax, self)
        _lorenz(right, self)
        titled(ax, spaced(f"核心圈{self._at('core', 'counted'):.0f}人，最外圈是只說話、沒人接的人"),
               "每點一位 28 天內發過言的人；越裡面，彼此回得越密")  # fmt: skip
        titled(right, f"Gini {self['gini']:.2f}", f"n = {len(self.counts)} 人")
        if self.simulated:
            source_note(right)
        figure.summary = self.say()
        return figure

    def __repr__(self) -> str:
        note = "\n附註：島嶼沙盒模擬資料" if self.simulated else ""
        return f"{self.say()}{note}\n附註：只看得到發言，潛水的人不在分母裡"


def health(messages: pd.DataFrame | Server, members: pd.DataFrame | None = None) -> Health:
    """Six figures of a community, with their denominators.

    messages: message_id, member, time, reply_to (message_id, or empty for an opening message), or a simulated server.
    members: member, joined; only those who joined within the messages count as newcomers. Without it everyone whose first
    message is more than WINDOW days after the start does.

    Raises TableError for missing columns or fewer than WINDOW days.

    >>> from xiaobian.sandbox.server import server
    >>> found = health(server(1, weeks=10))
    >>> sorted(found.table.index) == sorted(METRICS), 0 < found["gini"] < 1
    (True, True)
    """
    simulated = isinstance(messages, Server)
    if isinstance(messages, Server):
        messages, members = messages.messages, messages.members[messages.members["kind"] == "newcomer"]
    lacking = [name for name in ("message_id", "member", "time", "reply_to") if name not in messages]
    if lacking:
        raise TableError(
            f"發言表少了 {'、'.join(lacking)}",
            where="health()",
            next_step="要有 message_id、member、time、reply_to",
        )
    rows = messages.assign(
        time=pd.to_datetime(messages["time"]), reply_to=messages["reply_to"].fillna("").astype(str)
    )
    rows = rows.sort_values("time", kind="stable")
    if not len(rows) or rows["time"].max() - rows["time"].min() < pd.Timedelta(days=WINDOW):
        raise TableError(f"至少要有 {WINDOW} 天的發言", where="health()", next_step="請匯出更長的期間")
    end = rows["time"].max()
    window = rows[rows["time"] > end - pd.Timedelta(days=WINDOW)]
    counts = window["member"].value_counts()
    edges = _edges(rows, window)
    core_of = cores(edges, counts.index)
    values = {
        "stickiness": _stickiness(window, end, len(counts)),
        **_answers(rows, end, _newcomers(rows, members)),
        "gini": (gini(counts.to_numpy()), np.nan, len(counts)),
        "core": _core(core_of),
    }
    table = pd.DataFrame(
        [(METRICS[m][0], *values[m], METRICS[m][1], METRICS[m][2]) for m in METRICS],
        index=pd.Index(METRICS, name="metric"), columns=["name", "value", "counted", "of", "numerator", "denominator"],
    )  # fmt: skip
    return Health(table, core_of, edges, counts, simulated)


def gini(counts: npt.ArrayLike) -> float:
    """How unequal counts are: 0 all alike, near 1 one has all. Raises TableError when there is none above zero.

    >>> gini([5, 5, 5, 5]), round(gini([0, 0, 0, 20]), 2)
    (0.0, 0.75)
    """
    x = np.sort(np.asarray(counts, dtype=float))
    if not len(x) or x.sum() <= 0 or x.min() < 0:
        raise TableError("要有 0 以上、總和大於 0 的則數", where="gini()")
    place = np.arange(1, len(x) + 1)
    return float(2 * (place * x).sum() / (len(x) * x.sum()) - (len(x) + 1) / len(x))


def cores(
    edges: frozenset[tuple[str, str]] | set[tuple[str, str]], members: Iterable[str] = ()
) -> dict[str, int]:
    """Core number of each member: the largest k so that they belong to a group tied to k others of the group each.

    Peels off whoever has the fewest ties (Batagelj & Zaversnik). Members without ties have 0.

    >>> cores({("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")}, ["a", "b", "c", "d", "e"])
    {'a': 2, 'b': 2, 'c': 2, 'd': 1, 'e': 0}
    """
    ties: dict[str, set[str]] = defaultdict(set, {name: set() for name in members})
    for a, b in edges:
        ties[a].add(b)
        ties[b].add(a)
    found, left, k = dict.fromkeys(ties, 0), {name: set(others) for name, others in ties.items()}, 0
    while left:
        k = max(k, min(len(others) for others in left.values()))
        while low := [name for name, others in left.items() if len(others) <= k]:
            for name in low:
                found[name] = k
                for other in left.pop(name):
                    left.get(other, set()).discard(name)
    return found


def _edges(rows: pd.DataFrame, window: pd.DataFrame) -> frozenset[tuple[str, str]]:
    writer = rows.set_index("message_id")["member"]
    answers = window[window["reply_to"].isin(writer.index)]
    pairs = zip(answers["member"], writer.loc[answers["reply_to"]], strict=True)
    present = set(window["member"])
    return frozenset((min(a, b), max(a, b)) for a, b in pairs if a != b and {a, b} <= present)


def _stickiness(window: pd.DataFrame, end: pd.Timestamp, monthly: int) -> tuple[float, float, float]:
    day = (end - window["time"]).dt.days.rename("day")
    daily = window.groupby(day)["member"].nunique().sum() / WINDOW
    return float(daily / monthly), float(daily), monthly


def _newcomers(rows: pd.DataFrame, members: pd.DataFrame | None) -> pd.DataFrame:
    """First message of each newcomer, by member."""
    firsts = rows.groupby("member", sort=False).first()
    if members is not None:
        return firsts[firsts.index.isin(members["member"])]
    return firsts[firsts["time"] > rows["time"].min() + pd.Timedelta(days=WINDOW)]


def _answers(
    rows: pd.DataFrame, end: pd.Timestamp, new: pd.DataFrame
) -> dict[str, tuple[float, float, float]]:
    """answered, first_answered and retention."""
    asked = rows.set_index("message_id")[["member", "time"]]
    replies = rows[rows["reply_to"].isin(asked.index)]
    source = asked.loc[replies["reply_to"]]
    prompt = (replies["time"].to_numpy() - source["time"].to_numpy()) <= np.timedelta64(ANSWER_HOURS, "h")
    others = replies["member"].to_numpy() != source["member"].to_numpy()
    heard = set(replies["reply_to"][prompt & others])
    old = rows["time"] <= end - pd.Timedelta(hours=ANSWER_HOURS)
    opening = rows[old & rows["reply_to"].eq("")]
    first = new[new["time"] <= end - pd.Timedelta(hours=ANSWER_HOURS)]
    ripe = new[new["time"] <= end - pd.Timedelta(days=BACK_TO)]
    later = rows[rows["member"].isin(ripe.index)]
    since = (later["time"].array - ripe.loc[later["member"], "time"].array) / pd.Timedelta(days=1)
    back = later.loc[(since >= BACK_FROM) & (since <= BACK_TO), "member"].nunique()
    return {
        "answered": _of(opening["message_id"].isin(heard).sum(), len(opening)),
        "first_answered": _of(first["message_id"].isin(heard).sum(), len(first)),
        "retention": _of(back, len(ripe)),
    }


def _of(counted: float, of: float) -> tuple[float, float, float]:
    return (float(counted / of) if of else float("nan")), float(counted), float(of)


def _core(core_of: dict[str, int]) -> tuple[float, float, float]:
    deepest = max(core_of.values(), default=0)
    return _of(sum(k == deepest for k in core_of.values()) if deepest else 0, len(core_of))


def _rings(ax: Axes, held: Health) -> None:
    deepest = max(held.k, 1)
    place: dict[str, tuple[float, float]] = {}
    for k in range(deepest + 1):
        ring = sorted(name for name, core in held.core_of.items() if core == k)
        radius = 1 - 0.82 * k / deepest
        turn = 2 * np.pi * (np.arange(len(ring)) / max(len(ring), 1) + 0.13 * k)
        place |= {name: (radius * np.cos(a), radius * np.sin(a)) for name, a in zip(ring, turn, strict=True)}
    lines = [(place[a], place[b]) for a, b in sorted(held.edges)]
    ax.add_collection(LineCollection(lines, colors=HAIRLINE, linewidths=0.5, zorder=1))
    size = held.counts.reindex(list(place), fill_value=1)
    colour = [SEA if held.core_of[n] == held.k else SKY if held.core_of[n] else BRICK for n in place]
    ax.scatter(*zip(*place.values(), strict=True), s=8 + 9 * np.sqrt(size), c=colour, zorder=3, linewidths=0)
    ax.set_aspect("equal")
    ax.set_axis_off()


def _lorenz(ax: Axes, held: Health) -> None:
    x = np.sort(held.counts.to_numpy())
    share = np.concatenate([[0], np.cumsum(x) / x.sum()])
    people = np.linspace(0, 1, len(share))
    ax.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.fill_between(people, share, people, color=GRAIN, alpha=0.35, linewidth=0)
    ax.plot(people, share, color=SEA, linewidth=2)
    ax.set_xlabel("由話少到話多的人（累積）")
    ax.set_ylabel("發言（累積）")
    percent_axis(ax)
    percent_axis(ax, "x")
    ax.grid(False)
