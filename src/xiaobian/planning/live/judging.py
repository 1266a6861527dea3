"""What a live drill cost: harm of waiting and of what was done, beside the best plan there is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from ...analytics.result import Result
from ...errors import TableError
from ...optimize.one_at_a_time import Job, TurnPlan, Way, one_at_a_time
from .drill import LiveState, Turn
from .injects import Inject, draw, scenario

if TYPE_CHECKING:
    from ...plotting import Chart


def harm(inject: Inject, turn: Turn | None) -> tuple[float, float]:
    """Harm points of waiting, and of what was done, for one inject. No turn: it was left to itself.

    Ended best: only the waiting counts. Ended fairly: with ``fair_harm`` on top, together not more than leaving it. A wrong
    action costs ``wrong_harm``, however quick it was. Pausing where it is not called for costs every viewer's patience.
    """
    kind, action = inject.kind, "ignore" if turn is None else turn.action
    grade = kind.grade(action)
    if action == "ignore":
        return (0.0, kind.fair_harm if grade == "fair" else 0.0) if grade != "wrong" else (kind.most, 0.0)
    waited = kind.waited(turn.end - inject.at if turn else 0)
    if grade == "best":
        return waited, 0.0
    pause = scenario().pause_harm if action == "pause" and grade == "wrong" else 0.0
    if grade == "fair":
        return waited, max(0.0, min(kind.fair_harm, max(kind.most, kind.fair_harm) - waited))
    return 0.0, kind.wrong_harm + pause


def total_harm(state: LiveState) -> float:
    """Harm points of a whole drill, as if nothing more were done."""
    turns = {turn.number: turn for turn in state.turns}
    return sum(sum(harm(inject, turns.get(inject.number))) for inject in draw(state.seed))


def _score(harm: float, best: float, nothing: float) -> float:
    return 100 * min(1.0, max(0.0, (nothing - harm) / (nothing - best)))


def score(state: LiveState) -> float:
    """0–100: the part of the harm that could be prevented that was prevented, as if nothing more were done."""
    return _score(total_harm(state), best_plan(state.seed).cost, total_harm(LiveState(state.seed)))


def jobs(seed: int) -> tuple[Job, ...]:
    """The drill as jobs for one pair of hands. A way that takes longer and ends worse than another is left out."""
    return tuple(_job(inject) for inject in draw(seed))


def _job(inject: Inject) -> Job:
    actions, kind = scenario().actions, inject.kind

    def way(name: str) -> Way:
        seconds = actions[name].seconds
        return Way(name, seconds, lambda end: sum(harm(inject, Turn(inject.number, name, 0, 0, end))))

    best = sorted((a for a in kind.best if a != "ignore"), key=lambda a: actions[a].seconds)[:1]
    least = actions[best[0]].seconds if best else 0
    fair = [a for a in kind.fair if a != "ignore" and actions[a].seconds < least]
    return Job(str(inject.number), inject.at, tuple(way(a) for a in [*best, *fair]), sum(harm(inject, None)))


@cache
def best_plan(seed: int) -> TurnPlan:
    """The plan with the least harm for a drill whose future is known, by integer programming (exact; see ``exact``)."""
    return one_at_a_time(jobs(seed), scenario().seconds, scenario().step)


@dataclass(frozen=True, repr=False)
class LiveReview(Result):
    """A drill judged.

    table: a row an inject, dearest first: number, at (seconds), author, text, label, action (label; empty when nothing was
    done), grade (best, fair, wrong, none), waited (seconds until it was over; missing when nothing was done), wait_harm,
    action_harm, harm (points), best_action and best_waited of the best plan, truth. harm, best, nothing: points of this
    drill, of the best plan, and of doing nothing. bound: no plan can cost less (equal to ``best`` when proved).
    """

    table: pd.DataFrame
    harm: float
    best: float
    bound: float
    nothing: float

    @property
    def score(self) -> float:
        """0–100: the part of the harm that could be prevented that was prevented."""
        return _score(self.harm, self.best, self.nothing)

    @property
    def regret(self) -> float:
        """Harm points above the best plan."""
        return self.harm - self.best

    def say(self) -> str:
        worst = self.table.iloc[0]
        missed = int((self.table["grade"] == "none").sum())
        wrong = int((self.table["grade"] == "wrong").sum())
        tail = f"最貴的一個是「{worst['label']}」，{worst['harm']:.1f} 點。" if worst["harm"] >= 0.05 else ""
        return (
            f"得分 {self.score:.0f}（0 是什麼都不做，100 是最好的排法）。這場的傷害 {self.harm:.1f} 點，"
            f"最好的排法 {self.best:.1f} 點，都不理 {self.nothing:.1f} 點；沒處理 {missed} 個、做錯 {wrong} 個。{tail}"
        )

    def late(self, number: int = 8) -> pd.DataFrame:
        """What waited too long or was done wrong and what it cost, dearest first, with headers to read."""
        rows = self.table.head(number)
        return pd.DataFrame(
            {
                "狀況": rows["label"].to_numpy(),
                "第幾秒": rows["at"].to_numpy(),
                "你做了": [a or "沒處理" for a in rows["action"]],
                "等了（秒）": ["—" if pd.isna(w) else f"{w:.0f}" for w in rows["waited"]],
                "等的傷害": rows["wait_harm"].round(1).to_numpy(),
                "做法的傷害": rows["action_harm"].round(1).to_numpy(),
                "最好的做法": [a or "不理" for a in rows["best_action"]],
                "最好時等（秒）": ["—" if pd.isna(w) else f"{w:.0f}" for w in rows["best_waited"]],
            },
            index=pd.Index(rows["number"], name="編號"),
        )

    def plot(self, number: int = 10) -> Chart:
        """The dearest injects: how long each waited, beside the best plan."""
        from .plot import draw_review

        return self.captioned(draw_review(self, number))


def review(state: LiveState) -> LiveReview:
    """Judge a drill as it stands; what was not taken up counts as left to itself."""
    plan, told = best_plan(state.seed), scenario()
    turns = {turn.number: turn for turn in state.turns}
    best = {int(turn.job): turn for turn in plan.turns}
    rows = []
    for inject in draw(state.seed):
        turn, ideal = turns.get(inject.number), best.get(inject.number)
        waited, done = harm(inject, turn)
        rows.append(
            {
                "number": inject.number, "at": inject.at, "author": inject.author, "text": inject.text,
                "label": inject.kind.label, "group": inject.kind.group,
                "action": told.actions[turn.action].label if turn else "",
                "grade": _grade(inject, turn),
                "waited": turn.end - inject.at if turn and turn.action != "ignore" else None,
                "wait_harm": waited, "action_harm": done, "harm": waited + done,
                "best_action": told.actions[ideal.way].label if ideal else "",
                "best_waited": ideal.end - inject.at if ideal else None,
                "truth": inject.kind.truth,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows).astype({"waited": "Float64", "best_waited": "Float64"})
    table = table.sort_values(["harm", "number"], ascending=[False, True], kind="stable", ignore_index=True)
    nothing = total_harm(LiveState(state.seed))
    return LiveReview(table, total_harm(state), plan.cost, plan.bound, nothing)


def _grade(inject: Inject, turn: Turn | None) -> str:
    """How it ended; what was left to itself is ``none`` where that does harm."""
    if turn is None or turn.action == "ignore":
        return "none" if sum(harm(inject, None)) else "best"
    return inject.kind.grade(turn.action)


def own_waits(log: pd.DataFrame) -> pd.DataFrame:
    """A log of one's own broadcasts, weighed with the course's harm of waiting, dearest first.

    log: 狀況 (a label of the drill's kinds), 出現 and 處理完 (seconds of the broadcast; 處理完 missing where nothing was done).
    Adds 等了 (seconds) and 傷害 (points, design parameters).

    Raises TableError for missing columns, unknown kinds, or an end before the start.

    >>> own_waits(pd.DataFrame({"狀況": ["假客服"], "出現": [10], "處理完": [55]}))["傷害"].tolist()
    [8.5]
    """
    kinds = {kind.label: kind for kind in scenario().kinds.values()}
    if missing := [name for name in ("狀況", "出現", "處理完") if name not in log.columns]:
        raise TableError(
            f"少了欄位 {'、'.join(missing)}", where="處理紀錄", next_step="三欄是：狀況、出現、處理完"
        )
    if unknown := sorted(set(map(str, log["狀況"])) - set(kinds)):
        raise TableError(
            f"不認得的狀況：{'、'.join(unknown[:3])}",
            where="欄位「狀況」",
            next_step=f"可用的有：{'、'.join(kinds)}",
        )
    waited = pd.to_numeric(log["處理完"], errors="coerce") - pd.to_numeric(log["出現"], errors="coerce")
    if (waited < 0).any():
        raise TableError("處理完比出現還早", where=f"第 {int((waited < 0).argmax()) + 1} 列")
    points = [
        kinds[str(name)].most if pd.isna(wait) else kinds[str(name)].waited(float(wait))
        for name, wait in zip(log["狀況"], waited, strict=True)
    ]
    found = log.assign(等了=waited, 傷害=points)
    return found.sort_values("傷害", ascending=False, kind="stable", ignore_index=True)
