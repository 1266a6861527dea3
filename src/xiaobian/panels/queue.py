"""Explorer of the publish queue: seven choices, and what becomes of a week of posts."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from ..ai.publishing import Policy, Run
from ..ai.publishing.policy import WORDS
from ..ai.publishing.trials import NAMES, OPTIONS, tried
from ..plotting import Chart
from .controls import labelled
from .explorer import explorer
from .panel import Panel

_WIDE = "440px"
REPLIES = {
    "401": "權杖過期（401）",
    "not_ready": "容器還沒好（not_ready）",
    "429": "被限流（429）",
    "500": "平台故障（500）",
    "timeout": "沒有回應（timeout）",
    "ok": "送了另一次（ok）",
}


def last_replies(run: Run) -> pd.Series:
    """How often each reply was the last one to a lost post, most often first.

    >>> from ..ai.publishing import week, simulate
    >>> list(last_replies(simulate(week(1), Policy(clock="taipei"), seed=1)).index[:1])
    ['not_ready']
    """
    lost = run.table.loc[run.table["state"] == "lost", "job_id"]
    return run.log[run.log["job_id"].isin(lost)].groupby("job_id")["reply"].last().value_counts()


def queue_explorer(seed: int = 0, policy: Policy | None = None) -> Panel:
    """Drop-downs for the choices of a policy; the week's picture and what became of the posts follow.

    seed: of the week and of what goes wrong in it. policy: where to start; the careless defaults when None.
    """
    start = Policy() if policy is None else policy
    choices = {}
    for name in (field.name for field in fields(Policy)):
        now = getattr(start, name)
        options = OPTIONS[name] if now in OPTIONS[name] else sorted({*OPTIONS[name], now})
        choices[name] = labelled(f"{NAMES[name]}：", {_words(name, o): str(o) for o in options}, str(now))
        choices[name].layout.width = _WIDE

    def draw(tries: str, **chosen: str) -> tuple[Chart, str]:
        run = tried(Policy(**chosen, tries=int(tries)), seed)  # type: ignore[arg-type]
        return run.plot(), run.say() + _why(run)

    return explorer(choices, draw, "換佇列的七個設定，看一週的貼文準時、重複或沒發出去。")


def _words(name: str, option: object) -> str:
    return f"{option} 次" if name == "tries" else WORDS[name][str(option)]


def _why(run: Run) -> str:
    counts = last_replies(run)
    if counts.empty:
        return ""
    return (
        f"沒發出去的，平台最後一句話：{'、'.join(f'{REPLIES[str(r)]} {n} 則' for r, n in counts.items())}。"
    )
