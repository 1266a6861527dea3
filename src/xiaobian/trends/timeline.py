"""What platforms introduced, changed and ended, with dates; and which sentences the timeline has overturned since."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from .. import datasets
from ..analytics.result import Result
from ..errors import NotFound, TableError
from ..tables import PLATFORMS
from .claims import Match, match

if TYPE_CHECKING:
    from ..plotting import Chart

FRESH_DAYS = 183
"""How long after the month of its check a timeline row still says what is true today (design parameter)."""

VERDICTS = {"stale": "過期", "current": "還成立", "not yet": "還沒發生", "not known": "不知道"}
STATES = {"done": "已經改了", "coming": "還沒改", "between": "正在改", "standing": "查核時是這樣"}
_COLUMNS = (
    "platform", "asserted", "claim", "verdict", "event", "feature", "changed", "source", "confidence", "sentence",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class FeatureTimeline(Result):
    """What ``feature_timeline()`` found.

    table: a row an event: id, platform, feature, state (done, coming, between: within the span of its date, standing: no change,
    only a state), then (what holds at ``as_of``), changed (the date as known), source, confidence (H, M, L), checked, note.
    """

    table: pd.DataFrame
    as_of: date
    notes: tuple[str, ...]

    def say(self) -> str:
        """How many events, how many with a date, and how many only rest on hearsay."""
        done = self.table["state"].eq("done")
        dated = self.table["changed"].ne("")
        weak = self.table["confidence"].eq("L")
        return (
            f"到 {self.as_of:%Y-%m-%d}，時間線有 {len(self.table)} 條：{done.sum()} 條已經改了；"
            f"{(~dated).sum()} 條日期不明，{weak.sum()} 條可信度低、待查證。"
        )

    def plot(self) -> Chart:
        """Dated events on a time axis, a row each; a bar where only a span is known."""
        from .timeline_plot import draw

        return self.captioned(draw(self))


@dataclass(frozen=True, repr=False)
class StaleClaims(Result):
    """What ``stale()`` found.

    table: a row a claim, in the order given: platform, asserted, claim, verdict (a key of ``VERDICTS``), event, feature, changed (the
    date as known), source, confidence of the event (H, M, L), sentence. Empty text where nothing is known.
    """

    table: pd.DataFrame
    as_of: date
    notes: tuple[str, ...]

    @property
    def overturned(self) -> pd.DataFrame:
        """The stale ones only."""
        return self.table[self.table["verdict"] == "stale"]

    def say(self) -> str:
        """How many of each verdict."""
        found = self.table["verdict"].value_counts()
        parts = [f"{found[name]} 句{word}" for name, word in VERDICTS.items() if name in found]
        return f"到 {self.as_of:%Y-%m-%d}，{len(self.table)} 句說法裡：{'、'.join(parts)}。"


def feature_timeline(
    as_of: str | date | None = None, platform: str | None = None, timeline: pd.DataFrame | None = None
) -> FeatureTimeline:
    """What platforms introduced, changed and ended, as it stood on a day.

    as_of: a day; the end of the month of the latest check when None. platform: one platform only. timeline: a table like
    ``datasets.reference("feature_timeline")``; that one when None.

    Raises TableError for a day that cannot be read or a table without the columns, NotFound for a platform without events.

    >>> now = feature_timeline("2024-01-01").table.set_index("id")
    >>> now.loc["youtube_shorts_length", ["state", "then"]].tolist()
    ['coming', '60 秒']
    """
    events = _events(timeline)
    day = _day(as_of, events)
    if platform is not None and platform not in set(events["platform"]):
        have = "、".join(dict.fromkeys(events["platform"]))
        raise NotFound(f"時間線裡沒有 {platform} 的紀錄", next_step=f"有紀錄的平台：{have}")
    if platform is not None:
        events = events[events["platform"] == platform]
    rows = []
    for event in _rows(events):
        state = _state(event, day)
        held = event["now"] if state in ("done", "standing") else event["before"]
        rows.append({
            **{name: event[name] for name in ("id", "platform", "feature")},
            "state": state, "then": held if state != "between" else f"{event['before']}→{event['now']}",
            "changed": _when(event), "earliest": event["earliest"], "latest": event["latest"],
            **{name: event[name] for name in ("source", "confidence", "checked", "note")},
        })  # fmt: skip
    return FeatureTimeline(pd.DataFrame(rows), day, _aged(events, day))


def stale(
    claims: pd.DataFrame, as_of: str | date | None = None, timeline: pd.DataFrame | None = None
) -> StaleClaims:
    """Which claims the timeline has overturned, which still hold, and which it does not know.

    A claim is matched with an event by the words of ``datasets/trends/feature_words.yml``, which also tell whether it says what was
    or what is. "not known" is not "current": the timeline is silent, its dates do not reach that far, or its check is more than
    half a year older than ``as_of``.

    claims: claim, and where known platform and asserted (a day; missing is allowed). as_of, timeline: see ``feature_timeline``.

    Raises TableError for claims without text, an unknown platform, or a day that cannot be read.

    >>> said = pd.DataFrame({"claim": ["Shorts 最長 60 秒", "Shorts 發三支比較好"], "asserted": ["2023-05-01", None]})
    >>> stale(said).table["verdict"].tolist()
    ['stale', 'not known']
    >>> stale(said, as_of="2024-01-01").table["verdict"].tolist()
    ['current', 'not known']
    """
    events = _events(timeline)
    day = _day(as_of, events)
    said = _claims(claims)
    by_id = {event["id"]: event for event in _rows(events)}
    rows = [_judge(claim, by_id, day) for claim in _rows(said)]
    return StaleClaims(pd.DataFrame(rows, columns=list(_COLUMNS)), day, _aged(events, day))


def _rows(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): str(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def _judge(claim: dict[str, str], events: dict[str, dict[str, str]], day: date) -> dict[str, str]:
    found = match(claim["claim"], claim["platform"], events)
    blank = {"event": "", "feature": "", "changed": "", "source": "", "confidence": ""}
    if found is None:
        sentence = "時間線裡沒有這件事，不知道還成不成立；請找有日期的來源。"
        return {**claim, **blank, "verdict": "not known", "sentence": sentence}
    event = events[found.event]
    verdict, sentence = _verdict(claim, found, event, day)
    weak = "這一條可信度低，用之前請再查證。" if event["confidence"] == "L" else ""
    about = {name: event[name] for name in ("feature", "source", "confidence")}
    return {
        **claim, **about, "event": found.event, "changed": _when(event), "verdict": verdict, "sentence": sentence + weak,
    }  # fmt: skip


def _verdict(claim: dict[str, str], found: Match, event: dict[str, str], day: date) -> tuple[str, str]:
    state, feature = _state(event, day), f"「{event['feature']}」"
    if found.says == "unclear":
        return "not known", f"時間線有{feature}，但看不出這句話說的是改之前還是改之後。"
    if state == "between":
        return "not known", f"{feature}在 {_when(event)} 之間陸續改，這一天還說不準。"
    if state == "unknown":
        return "not known", f"時間線只知道{feature}在 {event['checked']} 查核時的樣子，更早的不知道。"
    old = _old(event, day)
    if found.says == "now":
        if state == "coming":
            return "not yet", f"{feature}要到 {_when(event)} 才改。"
        if old:
            return "not known", f"{feature}最後一次查核是 {event['checked']}，太久了，請再查一次。"
        return "current", f"{feature}：{event['now']}（查核於 {event['checked']}）。"
    if state == "coming":
        return "current", f"{feature}這一天還是：{event['before'] or '原來的樣子'}；{_when(event)} 才改。"
    return "stale", _overturned(claim, event)


def _overturned(claim: dict[str, str], event: dict[str, str]) -> str:
    when = _when(event)
    asserted = claim["asserted"]
    unchanged = event["status"] in ("current", "absent")
    start = f"{when} 起" if event["earliest"] == event["latest"] else f"{when} 之間"
    then = start if when else "時間線查到的是" if unchanged else "改的日期不明，現在"
    sentence = f"「{event['feature']}」{then}：{event['now']}（{event['source']}）。"
    if asserted and when:
        if pd.Timestamp(asserted).date() < _start(event["earliest"]):
            return f"{asserted} 說的時候還對。{sentence}"
        if pd.Timestamp(asserted).date() > _end(event["latest"]):
            return f"{asserted} 說的時候就已經不對了。{sentence}"
    return sentence


def _state(event: dict[str, str], day: date) -> str:
    """done, coming, between, standing, or unknown: before the check of a row without a date."""
    if event["status"] in ("current", "absent") or not event["earliest"]:
        if day < _start(event["checked"]):
            return "unknown"
        return "standing" if event["status"] in ("current", "absent") else "done"
    if day < _start(event["earliest"]):
        return "coming"
    return "between" if day < _last_start(event["latest"]) else "done"


def _last_start(text: str) -> date:
    """The day from which a change is surely made: the day itself, or the end of a month or year."""
    return _start(text) if len(text) == 10 else _end(text)


def _old(event: dict[str, str], day: date) -> bool:
    return (day - _end(event["checked"])).days > FRESH_DAYS


def _aged(events: pd.DataFrame, day: date) -> tuple[str, ...]:
    last = max(events["checked"])
    if (day - _end(last)).days <= FRESH_DAYS:
        return ()
    return (f"時間線最後一次查核是 {last}，離 {day:%Y-%m-%d} 太久；說「還成立」之前請再查一次",)


def _when(event: dict[str, str]) -> str:
    """The date of a change as far as it is known."""
    if event["status"] in ("current", "absent") or not event["earliest"]:
        return ""
    return (
        event["earliest"]
        if event["earliest"] == event["latest"]
        else f"{event['earliest']} 到 {event['latest']}"
    )


def _start(text: str) -> date:
    return pd.Period(text).start_time.date()


def _end(text: str) -> date:
    return pd.Period(text).end_time.date()


def _events(timeline: pd.DataFrame | None) -> pd.DataFrame:
    events = datasets.reference("feature_timeline") if timeline is None else timeline
    needed = ["id", "platform", "feature", "status", "before", "now", "earliest", "latest", "source", "checked", "confidence", "note"]  # fmt: skip
    if missing := [name for name in needed if name not in events]:
        raise TableError(f"時間線少了欄位 {'、'.join(missing)}", where="參數 timeline")
    return events.astype("string").fillna("")


def _day(as_of: str | date | None, events: pd.DataFrame) -> date:
    if as_of is None:
        return _end(max(events["checked"]))
    found = pd.to_datetime(str(as_of), errors="coerce")
    if pd.isna(found):
        raise TableError(
            f"讀不懂日期「{as_of}」", where="參數 as_of", next_step="請寫成 2026-11-30 這樣的日期"
        )
    return found.date()


def _claims(claims: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(claims, pd.DataFrame) or "claim" not in claims:
        raise TableError(
            "找不到說法",
            where="參數 claims",
            next_step="要有 claim 欄，最好還有 platform 和 asserted（說的日期）",
        )
    said = pd.DataFrame({name: claims[name].astype("string").fillna("").to_numpy() if name in claims else "" for name in ("platform", "asserted", "claim")})  # fmt: skip
    if (blank := said["claim"].str.strip().eq("")).any():
        raise TableError("有空白的說法", where=f"第 {int(blank.argmax()) + 1} 列")
    if unknown := sorted(set(said["platform"]) - {"", *PLATFORMS, "ga4"}):
        raise TableError(f"不認識的平台 {'、'.join(unknown)}", where="platform")
    wrong = said["asserted"].ne("") & pd.to_datetime(said["asserted"], errors="coerce").isna()
    if wrong.any():
        raise TableError(
            f"讀不懂日期「{said['asserted'][wrong].iloc[0]}」", where=f"第 {int(wrong.argmax()) + 1} 列"
        )
    said["asserted"] = said["asserted"].map(lambda text: re.sub(r"[ T]00:00.*$", "", text))
    return said
