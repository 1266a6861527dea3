"""Which followers will be back in the next weeks, as chances that were checked before they are believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import TableError
from ..collected import collected
from ..groups import TAIPEI
from ..measures import NOTES, Floats, simulated
from ..result import Result
from . import words
from .model import METHODS, Learner, calibrations
from .scores import reliability, scores
from .snapshots import Log, Snapshot, moment_of, read, snapshot

if TYPE_CHECKING:
    from ...plotting import Chart

HORIZON = 28
FEWEST, FEWEST_OF_EACH = 150, 25
_DAY = 86_400.0
_TRAINED = 6
LIKELY, UNLIKELY = 0.7, 0.3


@dataclass(frozen=True, repr=False)
class Churn(Result):
    """What ``churn()`` found.

    table: a row a follower seen within three horizons before ``as_of``: follower_id, days_away (since the last
    reaction), active_days (with a reaction, within three horizons), chance (0–1, to react at least once in the next
    ``horizon_days``), group (多半會來, 說不準, 多半不會來: from 0.7, between, up to 0.3); least likely first. scores: a row a
    method on the last horizon, which none had seen: see ``churn.scores``; ``base`` is everyone at the average,
    ``recency`` knows only the time away. reliability: told, came, low, high, n, by groups of equal size. All empty
    when ``abstained``, then ``reason`` says why. calibrated: platt or isotonic.
    """

    table: pd.DataFrame
    scores: pd.DataFrame
    reliability: pd.DataFrame
    horizon_days: int
    as_of: pd.Timestamp
    calibrated: str
    reason: str
    notes: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Whether there was too little to learn from and to check on."""
        return self.table.empty

    @property
    def beats_base(self) -> bool:
        """Whether its Brier score is surely (95 %) lower than that of the average; False when ``abstained``."""
        return not self.abstained and _surely_better(self.scores)

    def say(self) -> str:
        """Who is likely to be back, how good that was when checked, and what it does not mean."""
        return words.say(self)

    def plot(self) -> Chart:
        """Chances told against shares that came, with how many followers stand behind each."""
        from .plot import draw

        return self.captioned(draw(self))


def churn(
    log: pd.DataFrame,
    horizon_days: int = HORIZON,
    as_of: str | pd.Timestamp | None = None,
    *,
    who: str | None = None,
    when: str | None = None,
) -> Churn:
    """The chance that each follower reacts again within the next days.

    A logistic regression on recency, active days in the last week, horizon and three horizons, time away against the
    follower's usual gap, tenure, and what BG/NBD (Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098) expects. It learns
    from up to six earlier moments half a horizon apart, is calibrated on the horizon after those and checked on the last one, so every
    score is of a future it had not seen; then it is learnt again up to ``as_of``. When it is not surely better
    than the average, every chance is the average.

    log: of any engine (fetched whole: a history is read follower by follower), a row a reaction, with a pseudonym and a
    time that has a zone; other columns are not used. who, when: the names of these columns, told from usual names when None. horizon_days: 1–180. as_of: the moment to predict from; midnight
    after the last reaction when None; later reactions are not used. It abstains when the log is shorter than four
    horizons, or holds fewer than 150 followers, or fewer than 25 who came or stayed away.

    Raises TableError for a log without these columns, ids that look like e-mail addresses or phone numbers, a horizon
    outside 1–180, or an ``as_of`` before the log.

    >>> from xiaobian.sandbox.followers import follower_log
    >>> from xiaobian.sandbox.parameters import load
    >>> log, _ = follower_log(load(), np.random.default_rng(1), followers=800, days=200)
    >>> told = churn(log)
    >>> told.beats_base, told.scores["method"].tolist()
    (True, ['churn', 'base', 'recency', 'bg_nbd'])
    """
    if isinstance(horizon_days, bool) or not 1 <= horizon_days <= 180:
        raise TableError(f"horizon_days 要在 1 到 180 之間，收到 {horizon_days}", where="參數 horizon_days")
    log = collected(log)
    events, lost = read(log, who, when)
    notes = [*log.attrs.get(NOTES, ()), *simulated(log)]
    if lost:
        notes.append(f"{lost:,} 列沒有代號或時間，沒有計入")
    end = moment_of(events, as_of)
    moment = pd.Timestamp(end, unit="s", tz="UTC").tz_convert(TAIPEI)
    inside = events.at < end
    events = Log(events.who[inside], events.at[inside], events.ids)
    horizon = float(horizon_days)
    checked, held_out, past = _split(events, end - horizon * _DAY, horizon)
    reason = _too_short(events, end, horizon) or _too_few(checked, held_out, *past[-1:])
    if reason:
        empty = pd.DataFrame()
        return Churn(empty, empty, empty, horizon_days, moment, "", reason, tuple(notes))
    told, _ = _told(past, held_out, checked, horizon)
    found, bins = scores(told, checked.back), reliability(told["churn"], checked.back)
    better = _surely_better(found)
    now, held_out, past = _split(events, end, horizon)
    final, method = _told(past, held_out, now, horizon)
    table = _table(events, now, final["churn" if better else "base"])
    if not better:
        notes.append("沒有比每個人都猜平均好，所以每個人的機率都是平均")
    return Churn(table, found, bins, horizon_days, moment, method, "", tuple(notes))


def _split(log: Log, moment: float, horizon: float) -> tuple[Snapshot, Snapshot, list[Snapshot]]:
    """The snapshot to tell, the one before to calibrate on, and those before that to learn from."""
    step = horizon * _DAY
    past = []
    for back in range(_TRAINED):
        at = moment - 2 * step - back * step / 2
        if len(log.at) and at - log.at.min() >= 0.9 * step:
            past.append(snapshot(log, at, horizon))
    return snapshot(log, moment, horizon), snapshot(log, moment - step, horizon), past[::-1]


def _told(
    past: list[Snapshot], held_out: Snapshot, asked: Snapshot, horizon: float
) -> tuple[dict[str, Floats], str]:
    """Calibrated chances by method, and how they were calibrated."""
    learner = Learner.fit(past, horizon)
    found = calibrations(learner, held_out)
    return {name: found[name](learner.raw(asked)[name]) for name in METHODS}, found["churn"].method


def _too_short(log: Log, end: float, horizon: float) -> str:
    if not len(log.at):
        return "紀錄是空的"
    days = (end - log.at.min()) / _DAY
    if days >= 4 * horizon:
        return ""
    return f"紀錄只有 {days:.0f} 天，學、校準、考試各要 {horizon:.0f} 天，再加一段歷史，至少要 {4 * horizon:.0f} 天"


def _too_few(*needed: Snapshot) -> str:
    for one in needed:
        n, came = len(one.back), int(one.back.sum())
        if n < FEWEST:
            return f"最近互動過的追蹤者只有 {n} 位，至少要 {FEWEST} 位"
        if min(came, n - came) < FEWEST_OF_EACH:
            return (
                f"{n} 位裡只有 {min(came, n - came)} 位{'回來' if came < n - came else '沒回來'}，學不出差別"
            )
    return ""


def _surely_better(found: pd.DataFrame) -> bool:
    return bool(found.loc[found["method"] == "churn", "low"].iloc[0] > 0)


def _table(log: Log, now: Snapshot, chance: Floats) -> pd.DataFrame:
    table = pd.DataFrame({
        "follower_id": log.ids[now.who], "days_away": np.expm1(now.x[:, 0]).round(1),
        "active_days": np.expm1(now.x[:, 3]).round().astype(int), "chance": chance,
    })  # fmt: skip
    edges = [-np.inf, UNLIKELY, LIKELY, np.inf]
    names = pd.cut(table["chance"], edges, labels=list(words.GROUPS), right=False).astype("string")
    return table.assign(group=names).sort_values("chance", kind="stable", ignore_index=True)
