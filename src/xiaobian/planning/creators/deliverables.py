"""From the day a post goes out back to the day the brief must be sent: working days, and who waits for whom."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...errors import AnswerError
from ..moments.official import is_workday

STEPS: tuple[tuple[str, str, int], ...] = (
    ("brief", "把簡報和合約寄出", 2),
    ("signed", "談好條件、簽約（含授權和揭露）", 3),
    ("sample", "寄樣品，對方收到", 3),
    ("draft", "創作者交初稿", 5),
    ("review", "我們看稿：事實、宣稱、揭露", 2),
    ("final", "修改定稿", 2),
    ("publish", "上線，當天檢查標籤", 0),
    ("report", "創作者交後台數字", 7),
)
"""Steps in order: id, what is done, and the working days it takes (design parameters)."""
OWNERS = {
    "brief": "阿洛",
    "signed": "佩蓁",
    "sample": "子晴",
    "draft": "創作者",
    "review": "阿洛",
    "final": "創作者",
    "publish": "創作者",
    "report": "創作者",
}


@dataclass(frozen=True)
class Deliverable:
    """One post that a creator owes: who, what, and when it goes out (a date in Taiwan)."""

    creator: str
    what: str
    publish: pd.Timestamp


def timeline(one: Deliverable, today: pd.Timestamp) -> pd.DataFrame:
    """Steps with the day each must be done by: 步驟, 誰, 最晚, 還有幾個工作天 (negative when it is too late already).

    Counted back from the day of publishing over Taiwan's working days; the report is counted forward.

    Raises AnswerError when the day of publishing is over.

    >>> made = timeline(Deliverable("阿禾", "短影音", pd.Timestamp("2026-03-20")), pd.Timestamp("2026-02-23"))
    >>> made["步驟"].iloc[0], str(made["最晚"].iloc[0])
    ('把簡報和合約寄出', '2026-02-25')
    """
    if one.publish.normalize() < today.normalize():
        raise AnswerError(f"{one.publish:%Y-%m-%d} 已經過了", where=one.creator, next_step="先改上線日")
    day, dates = one.publish.normalize(), {}
    names = [step for step, _, _ in STEPS]
    for step, _, _days in reversed(STEPS[: names.index("publish") + 1]):
        dates[step] = day
        day = workdays_from(day, -_following(step))
    dates["report"] = workdays_from(one.publish.normalize(), STEPS[-1][2])
    return pd.DataFrame(
        [
            {
                "步驟": words,
                "誰": one.creator if OWNERS[step] == "創作者" else OWNERS[step],
                "最晚": dates[step].date(),
                "還有幾個工作天": workdays_between(today.normalize(), dates[step]),
            }
            for step, words, _ in STEPS
        ]
    )


def _following(step: str) -> int:
    """Working days between the step before and this one: what this step takes."""
    return next(days for name, _, days in STEPS if name == step) or 1


def workdays_from(day: pd.Timestamp, number: int) -> pd.Timestamp:
    """The working day that is ``number`` working days later (earlier when negative).

    >>> str(workdays_from(pd.Timestamp("2026-03-06"), 1).date())
    '2026-03-09'
    """
    step = pd.Timedelta(days=1 if number >= 0 else -1)
    left = abs(number)
    while left:
        day = day + step
        left -= int(is_workday(day.date()))
    return day


def workdays_between(start: pd.Timestamp, end: pd.Timestamp) -> int:
    """Working days after ``start`` up to ``end``; negative when ``end`` is earlier.

    >>> workdays_between(pd.Timestamp("2026-03-06"), pd.Timestamp("2026-03-09"))
    1
    """
    if end < start:
        return -workdays_between(end, start)
    days = pd.date_range(start + pd.Timedelta(days=1), end, freq="D")
    return sum(is_workday(day.date()) for day in days)
