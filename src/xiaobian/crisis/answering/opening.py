"""The first word in a crisis: what the team knows, a commitment to strategies, an hour and a text, and then the truth.

Blame, match, form and what became of the brand are those of ``sandbox.crisis``; every other answer is replayed under the same
luck. Everything is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from ...errors import AnswerError, NotFound
from ...plotting import (
    BRICK,
    GRAIN,
    SEA,
    SECONDARY,
    Chart,
    chart,
    source_note,
    spaced,
    titled,
)
from ...sandbox.crisis.outcomes import DELAYS
from ...sandbox.crisis.room import Crisis
from ...sandbox.crisis.scenarios import CLUSTERS, STRATEGIES, Fact
from ...sandbox.crisis.state import Regret, Truth
from ...sandbox.crisis.values import contradicts
from ...sandbox.parameters import load
from ...tables import PLATFORMS
from .forms import agreement
from .reading import signs_of_text, strategies_of
from .statements import StatementCheck, check_statement

HOURS = tuple(hour for hour in DELAYS if hour <= 24)
"""Hours at which a first word may be given, so that every other answer can be replayed at the same hour."""


@dataclass(frozen=True, repr=False)
class Opened:
    """A first word and its truth. truth: everything hidden. check: the text by the rules, with the true cluster.
    read_as: strategies its words show. others: a row a strategy at the same hour in usual form: name, value in SD, peak."""

    truth: Truth
    check: StatementCheck
    strategies: tuple[str, ...]
    read_as: tuple[str, ...]
    hour: float
    others: pd.DataFrame = field(compare=False)

    @property
    def regret(self) -> Regret:
        """Own value, what firms usually do, the best found, in SD."""
        return self.truth.regret

    def say(self) -> str:
        """What it was worth and why, in 正體中文."""
        t, f, r = self.truth, self.truth.form, self.regret
        chosen = "＋".join(STRATEGIES[name] for name in self.strategies)
        mixed = "你選的策略和寫出來的話互相矛盾。" if contradicts(self.strategies, self.read_as) else ""
        return spaced(
            f"真相：{CLUSTERS[t.cluster]}，歸責{t.responsibility:.2f}。你在第{self.hour:g}小時{chosen}，配合{t.match:+.2f}；"
            f"及時{f.timely:.2f}、一致{f.consistent:.2f}、主動{f.active:.2f}。{mixed}"
            f"聲譽{r.value:+.2f}個標準差（一般公司{r.baseline:+.2f}，找得到的最好{r.oracle:+.2f}）；"
            f"其中{t.parts['luck']:+.2f}是運氣，誰來答都一樣。"
        )

    def plot(self) -> Chart:
        """Own value beside every strategy at the same hour, what firms usually do, and the best, one row each."""
        own = {"你": self.regret.value, "一般公司": self.regret.baseline, "找得到的最好": self.regret.oracle}
        colours = {"你": BRICK, "一般公司": SECONDARY, "找得到的最好": GRAIN}
        rows = {
            STRATEGIES[str(name)]: float(value)
            for name, value in zip(self.others["strategy"], self.others["value"], strict=True)
        }
        values = dict(sorted({**rows, **own}.items(), key=lambda item: item[1]))
        figure, ax = chart(10, 4.6)
        for place, (name, value) in enumerate(values.items()):
            colour = colours.get(name, SEA)
            ax.plot([value], [place], "D" if name in own else "o", color=colour, markersize=10)
            ax.annotate(
                f"{value:+.2f}",
                (value, place),
                (10, 0),
                textcoords="offset points",
                va="center",
                color=colour,
            )
        ax.set_yticks(range(len(values)), list(values))
        ax.margins(x=0.12)
        ax.set_xlabel("聲譽變化（標準差）")
        best = max(rows, key=lambda name: rows[name])
        titled(
            ax,
            spaced(f"同一個小時，{best}最好；你的是{self.regret.value:+.2f}"),
            spaced(
                f"圓點：只用一種策略、在第{self.hour:g}小時、形式普通；菱形：你、一般公司、找得到的最好（n = 1 場，同一份運氣）"
            ),
        )
        source_note(ax)
        return figure

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：島嶼沙盒模擬資料；大小是設計參數"


class FirstWord:
    """One crisis to answer once. ``commit`` fixes the answer; only then ``reveal`` opens the truth."""

    def __init__(self, scenario: str, seed: int) -> None:
        self.crisis = Crisis(scenario, seed)
        self.scenario, self.seed = scenario, seed
        self.committed: tuple[tuple[str, ...], str, float] | None = None
        self._opened: Opened | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.crisis.scenario.title

    @property
    def brief(self) -> str:
        """What the team sees at hour 0."""
        return self.crisis.scenario.brief.strip()

    @property
    def platform(self) -> str:
        """Where it started."""
        return self.crisis.scenario.start_platform

    def facts(self, hour: float = 1.0) -> tuple[Fact, ...]:
        """What the team knows by an hour."""
        return tuple(f for f in self.crisis.scenario.facts if f.known_to != "nobody_yet" and f.hour <= hour)

    def check(self, text: str, cluster: str | None = None) -> StatementCheck:
        """The text by the rules of a statement, beside what the team knows."""
        return check_statement(text, cluster=cluster, facts=[f.text for f in self.facts()])

    def commit(self, strategies: str | Sequence[str], text: str = "", hour: float = 1.0) -> str:
        """Fix the answer. strategies: one or several; hour: one of HOURS; text: what is posted.

        Raises NotFound for an unknown strategy, AnswerError for another hour, for words beside silence or none beside
        anything else, and once the truth is open.
        """
        named = (strategies,) if isinstance(strategies, str) else tuple(strategies)
        if self._opened:
            raise AnswerError("真相已經打開，不能再改", next_step="想再試，換一個種子或另一個情境")
        if not named or not set(named) <= set(STRATEGIES):
            raise NotFound(
                f"不認得策略「{'、'.join(named)}」", next_step=f"可用的有：{'、'.join(STRATEGIES)}"
            )
        if hour not in HOURS:
            raise AnswerError(
                f"第 {hour:g} 小時不在選項裡",
                where="hour",
                next_step=f"可用的有：{'、'.join(f'{h:g}' for h in HOURS)}",
            )
        if ("silence" in named) != (not text.strip()):
            raise AnswerError(
                "策略和文字對不起來",
                where="text",
                next_step="沉默就不要寫字；其他策略都要有一段話",
            )
        self.committed = (named, text, float(hour))
        chosen = "＋".join(STRATEGIES[n] for n in named)
        return f"已記下：第 {hour:g} 小時，{chosen}。用 .reveal() 打開真相。"

    def reveal(self) -> Opened:
        """The truth of the committed answer; raises AnswerError before a commitment."""
        if self.committed is None:
            raise AnswerError("還沒決定，真相先鎖著", next_step="先用 .commit(策略, 文字, hour=…)")
        if self._opened is None:
            self._opened = self._answered(*self.committed)
        return self._opened

    def _answered(self, named: tuple[str, ...], text: str, hour: float) -> Opened:
        crisis = self.crisis
        if hour > 0:
            crisis.advance(int(hour))
        read_as = strategies_of(text)
        crisis.respond(
            named, text=text or None, consistent=self._consistent(named, text, read_as), **signs_of_text(text)
        )
        crisis.give_up()
        others = crisis.replays()
        check = check_statement(
            text, cluster=crisis.scenario.cluster, facts=[f.text for f in self.facts(hour)]
        )
        same = others[others["delay"] == hour].reset_index(drop=True)
        return Opened(crisis.truth(), check, named, read_as, hour, same)

    def _consistent(self, named: Sequence[str], text: str, read_as: Sequence[str]) -> float:
        """Agreement with what is known, less where the words contradict the strategy."""
        level = agreement(text, [f.text for f in self.facts()]) if text else 1.0
        return level * (load()["crisis.contradiction"] if contradicts(named, read_as) else 1.0)

    def __repr__(self) -> str:
        known = "\n".join(f"- {f.text}" for f in self.facts())
        return spaced(
            f"{self.title}（起火平台：{PLATFORMS.get(self.platform, self.platform)}）\n{self.brief}\n第 1 小時團隊知道：\n{known}\n島嶼沙盒模擬資料；全部虛構"
        )


def first_word(scenario: str, seed: int) -> FirstWord:
    """One crisis to answer once, its truth closed.

    Raises NotFound for an unknown scenario.

    >>> word = first_word("wrong_price", seed=1)
    >>> word.commit("silence")
    '已記下：第 1 小時，沉默。用 .reveal() 打開真相。'
    >>> word.reveal().truth.cluster
    'accidental'
    """
    return FirstWord(scenario, seed)
