"""The after-action report of a drill: what happened, what was true, what every other answer would have led to.

Counterfactuals run under the same luck, hour by hour, so a difference is due to the answer alone (everything is simulated).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...errors import AnswerError
from ...plotting import spaced
from ...sandbox.crisis.outcomes import FORMS, Plan, answer
from ...sandbox.crisis.responses import Response, moved
from ...sandbox.crisis.scenarios import CLUSTERS, STRATEGIES
from ...sandbox.crisis.state import Truth
from ...sandbox.crisis.values import SILENCE
from .kpis import due_minutes
from .queue import QueueReview, judged
from .setup import HOUR
from .state import ACTIONS, DrillState

if TYPE_CHECKING:
    from ...plotting import Chart

DELAYS = (0.5, 1.0, 3.0, 6.0, 12.0, 24.0)
"""Hours to the first reply that are replayed."""
QUICK = 0.5
TELLING = 0.03
"""SD of reputation below which a change of the answers is not the first thing to name."""
ASIDE = "規則和大小都是設計參數，情境全部虛構；法規只作風險提示，不是法律意見（2026-11 的規則）"


@dataclass(frozen=True)
class Gain:
    """What one change of one's own answers would have brought, in SD of reputation, under the same luck."""

    id: str
    what: str
    value: float


@dataclass(frozen=True, repr=False)
class AfterAction(Result):
    """A drill, judged.

    value, usual, best: change of reputation of one's own answers, of what firms usually do, of the best found (SD).
    first_reply, reply_due: minutes or None. level: the highest S1–S4. truth: cluster, responsibility, facts, what was
    provable. replays: strategy, delay (hours), value, long, peak. queue: the comments judged. timeline: minute, time, kind,
    what. gains: what single changes would have brought, dearest first. went_well, change: a sentence each.
    """

    state: DrillState
    truth: Truth
    first_reply: int | None
    reply_due: int | None
    level: str
    replays: pd.DataFrame = field(compare=False)
    queue: QueueReview = field(compare=False)
    timeline: pd.DataFrame = field(compare=False)
    gains: tuple[Gain, ...] = field(compare=False)

    notes = (ASIDE,)

    @property
    def value(self) -> float:
        """Change of reputation right after it, in SD."""
        return self.truth.short

    @property
    def usual(self) -> float:
        """Expected change under what firms usually do."""
        return self.truth.regret.baseline

    @property
    def best(self) -> float:
        """Change under the best plan found."""
        return self.truth.regret.oracle

    @property
    def share(self) -> float:
        """(value − usual) ÷ (best − usual): 0 as firms usually do, 1 as the best found; may be below 0."""
        return self.truth.regret.share

    @property
    def title(self) -> str:
        """Scenario and seed."""
        return f"{self.state.title}（第 {self.state.setup.seed} 場）"

    @property
    def table(self) -> pd.DataFrame:
        """A row a measure: measure, own, reference, meaning."""
        from .after_action_page import measures

        return pd.DataFrame(measures(self), columns=["measure", "own", "reference", "meaning"])

    @property
    def went_well(self) -> str:
        """What was right, named first."""
        return spaced(_went_well(self))

    @property
    def change(self) -> str:
        """The one thing to change next time."""
        return spaced(_change(self))

    def say(self) -> str:
        """Value beside the usual and the best, then what went well and the one thing to change, in 正體中文."""
        return spaced(
            f"{self.state.title}。聲譽{self.value:+.2f}個標準差，一般公司的做法{self.usual:+.2f}，找得到的最好做法{self.best:+.2f}；"
            f"你拿到中間差距的{_percent(self.share)}。{self.went_well}{self.change}"
        ).replace("-", "−")

    def plot(self, what: str = "replays") -> Chart:
        """A chart: replays (every strategy by delay), timeline (hour by hour), or queue (what comments cost)."""
        from . import after_action_plot

        kinds = {
            "replays": after_action_plot.draw_replays,
            "timeline": after_action_plot.draw_timeline,
            "queue": after_action_plot.draw_queue,
        }
        if what not in kinds:
            raise AnswerError(
                f"沒有「{what}」這張圖", where="plot()", next_step=f"可用的有：{'、'.join(kinds)}"
            )
        return kinds[what](self)

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write it as one self-contained page (.html, or .pdf where there is a browser); returns the path."""
        from ...reports import write_page
        from .after_action_page import page

        return write_page(page(self), path)


def review(state: DrillState) -> AfterAction:
    """Judge a drill that is over; raises AnswerError before its end."""
    if not state.done:
        raise AnswerError(
            "演練還沒結束，真相還不能打開", next_step="請用 advance() 走完，或用 give_up() 放棄"
        )
    crisis = state.world.crisis
    return AfterAction(
        state=state,
        truth=crisis.truth(),
        first_reply=state.first_reply,
        reply_due=due_minutes(state).get("acknowledge"),
        level=state.world.incident.level,
        replays=replays(state),
        queue=judged(state),
        timeline=timeline(state),
        gains=gains(state),
    )


def replays(state: DrillState) -> pd.DataFrame:
    """Every strategy, given once in usual form at every delay: strategy, delay (hours), value, long (SD), sorted as tried."""
    delays = [delay for delay in DELAYS if delay < state.setup.hours]
    pairs = list(product(state.setup.parameters["crisis.strategy_mix"], delays))
    change = state.world.crisis.what_if([answer(name, delay) for name, delay in pairs])
    return pd.DataFrame(pairs, columns=["strategy", "delay"]).assign(value=change.short, long=change.long)


def gains(state: DrillState) -> tuple[Gain, ...]:
    """Single changes of one's own answers, dearest first."""
    own = state.world.crisis.responses
    tried = [("own", "", own), *_changed(state, own)]
    values = state.world.crisis.what_if([plan for *_, plan in tried]).short
    found = [
        Gain(id, what, float(value - values[0]))
        for (id, what, _), value in zip(tried[1:], values[1:], strict=True)
    ]
    return tuple(sorted(found, key=lambda gain: -gain.value))


def _changed(state: DrillState, own: Plan) -> list[tuple[str, str, Plan]]:
    """Own answers with one thing changed: (id, in words, plan)."""
    spoken = [n for n, response in enumerate(own) if response.spoken]
    found: list[tuple[str, str, Plan]] = []
    if not any(post.minute for post in state.held) and state.out:
        pause = Response(0, 0.0, (), pauses_schedule=True)
        rest = tuple(replace(r, resumes_schedule=False) for r in own)
        found.append(("pause", f"一開始就停掉排程，{len(state.out)}篇貼文不會照發", (pause, *rest)))
    if not spoken:
        texts = ("speak", "半小時內先說一句（告知），不必等全部查清楚", answer("inform", QUICK))
        return [*found, texts]
    first = own[spoken[0]]
    if first.delay > QUICK:
        sooner = tuple(moved(r, QUICK) if n == spoken[0] else r for n, r in enumerate(own))
        found.append(("sooner", "第一句話提早到半小時內", sooner))
    good = tuple(replace(r, consistent=1.0, active=1.0) if r.spoken else r for r in own)
    found.append(("form", "同樣的策略，寫得前後一致、主動說明和同理", good))
    for name in (name for name in STRATEGIES if name != SILENCE):
        if any(set(own[n].strategies) != {name} for n in spoken):
            same = tuple(replace(r, strategies=(name,)) if r.spoken else r for r in own)
            found.append((f"strategy_{name}", f"每次都改用「{STRATEGIES[name]}」", same))
    specific = FORMS[-1]
    if state.world.crisis.scenario.facts and not any(
        own[n].self_disclosure and own[n].specific for n in spoken
    ):
        told = tuple(
            replace(r, self_disclosure=True, specific=bool(specific["specific"])) if r.spoken else r
            for r in own
        )
        found.append(("disclose", "團隊知道的事，自己先說，附時間和數量", told))
    return found


def timeline(state: DrillState) -> pd.DataFrame:
    """Everything that happened, in order: minute, time, kind (事實、大帳號、決策、回應、排程、留言), what."""
    told, start = state.setup.told, state.setup.start
    rows: list[tuple[float, str, str]] = []
    for fact in told.facts:
        hidden = "（當時沒有人知道）" if fact.known_to == "nobody_yet" else ""
        rows.append((fact.hour * HOUR, "事實", f"{fact.text}{hidden}"))
    rows += [(kol.hour * HOUR, "大帳號", f"{kol.name}：{kol.text}") for kol in told.kol]
    rows += [(decision.hour * HOUR, "決策點", decision.prompt) for decision in told.decisions]
    for said in state.said:
        names = "、".join(STRATEGIES[name] for name in said.response.strategies)
        rows.append((said.minute, "回應", f"［{names}］{said.text or '（沒有文字）'}"))
    rows += [(move.minute, "排程", _SCHEDULE[move.kind]) for move in state.moves if move.kind in _SCHEDULE]
    rows += [(post.minute, "排程", f"發出：{post.text}") for post in state.out]
    rows += [(post.minute, "排程", f"擋下：{post.text}") for post in state.held]
    for act in state.acts.values():
        if act.action in ("hide", "escalate"):
            text = state.comments[act.number - 1].text
            rows.append((act.minute, "留言", f"{ACTIONS[act.action]}第 {act.number} 號：{text}"))
    rows = sorted((row for row in rows if row[0] <= state.setup.minutes), key=lambda row: row[0])
    frame = pd.DataFrame(rows, columns=["minute", "kind", "what"]).astype({"minute": float})
    frame.insert(1, "time", start + pd.to_timedelta(frame["minute"].round(), unit="min"))
    return frame


_SCHEDULE = {"pause": "暫停排程", "resume": "恢復排程"}


def _percent(share: float) -> str:
    return "—（怎麼做都一樣）" if share != share else f"{share:.0%}"


def _went_well(found: AfterAction) -> str:
    form, good = found.truth.form, []
    due = found.reply_due
    if found.first_reply is not None and due is not None and found.first_reply <= max(due, 1):
        good.append(f"第一句話在期限內（第{found.first_reply}分鐘）")
    if found.truth.match >= 0.5:
        good.append(f"策略合「{CLUSTERS[found.truth.cluster]}」")
    if form.consistent >= 0.8 and found.first_reply is not None:
        good.append("前後說法一致")
    if found.state.held and not found.state.out:
        good.append("排程停得夠早")
    if found.queue.recall >= 0.6:
        good.append(f"該上報或隱藏的留言處理對了{found.queue.recall:.0%}")
    if not good and found.value >= found.usual and found.first_reply is not None:
        good.append("結果比一般公司好")
    return f"做得好：{'；'.join(good)}。" if good else "這一場還沒有做到位的地方，先從下面一件改起。"


def _change(found: AfterAction) -> str:
    gain = found.gains[0] if found.gains else None
    queue = found.queue
    if gain and gain.value >= TELLING:
        return f"最該改一件事：{gain.what}，同樣的運氣下多{gain.value:.2f}個標準差。"
    if queue.hidden_criticism:
        return f"最該改一件事：不要隱藏批評，這次藏了{queue.hidden_criticism}則。"
    if queue.points > 0.5 * queue.nothing:
        return "最該改一件事：留言先看有危險、有個資、要提告的，其他可以等。"
    if gain and gain.value > 0:
        return f"回應已經差不多了；還能試的是{gain.what}，多{gain.value:.2f}個標準差。"
    return "回應上找不到明顯更好的改法；下一場換一個情境。"
