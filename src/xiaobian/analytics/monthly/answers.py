"""The three answers of the monthly report, and when each keeps silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...plotting import SEA, SECONDARY, Chart, chart, interval_bars, percent_text, source_note, spaced, titled
from ...tables import FORMATS, PLATFORMS
from ..control.control_chart import ControlChart, control_chart
from ..control.words import MIN_PERIODS
from ..groups import key_text, taipei_times
from ..intervals import MIN_POSTS
from ..kpi.kpi import kpi as compute
from ..kpi.words import apart, axis_text, interval_text, value_text
from ..metrics import Metric, metric

BEFORE = 3
"""How many months before this one it is compared with."""
QUESTIONS = ("這個月好不好", "為什麼", "下個月做什麼")
WIDE, HIGH = 10, 3.4
"""Inches; three such charts and their sentences fill an A4 page."""
_MOST_FORMATS = 3
_PATIENCE = 2.0
"""More than so many times the posts of a month to tell two formats apart is not worth a plan."""


@dataclass(frozen=True)
class Answer:
    """One question with its sentence, its chart (drawn when first asked for) and notes on the data."""

    question: str
    sentence: str
    draw: Callable[[], Chart]
    notes: tuple[str, ...] = ()

    @cached_property
    def chart(self) -> Chart:
        """The chart; its summary is the sentence."""
        figure = self.draw()
        figure.set_size_inches(WIDE, HIGH)
        figure.summary = self.sentence
        return figure


@dataclass(frozen=True)
class Months:
    """One platform's posts up to the end of a month: all, this month's, and those of the three months before."""

    start: pd.Timestamp
    platform: str
    all: pd.DataFrame
    now: pd.DataFrame
    before: pd.DataFrame

    @classmethod
    def of(cls, posts: pd.DataFrame, start: pd.Timestamp, platform: str) -> Months:
        """posts: all platforms up to the end of the month that begins at ``start`` (Taipei, no zone)."""
        mine = posts[posts["platform"] == platform]
        times = taipei_times(mine).dt.tz_localize(None)
        early = start - pd.offsets.MonthBegin(BEFORE)
        return cls(start, platform, mine, mine[times >= start], mine[(times >= early) & (times < start)])

    @property
    def name(self) -> str:
        return f"{self.start.month} 月"

    @property
    def earlier(self) -> str:
        """How the months before are called; only months that have posts count."""
        months = taipei_times(self.before).dt.tz_localize(None).dt.to_period("M").nunique()
        return f"前 {months} 個月"

    @property
    def lately(self) -> str:
        """How this month and those before are called."""
        months = taipei_times(self.recent).dt.tz_localize(None).dt.to_period("M").nunique()
        return f"近 {months} 個月（含 {self.name}）" if months > 1 else self.name

    @property
    def recent(self) -> pd.DataFrame:
        """This month and the three before."""
        return pd.concat([self.before, self.now]) if len(self.before) else self.now


def answers(months: Months, rate: str) -> tuple[Answer, ...]:
    """Was it good, what moved, what next."""
    what = metric(rate)
    return good(months, what), moved(months, what), following(months, what)


def _whole(posts: pd.DataFrame, what: Metric) -> pd.Series | None:
    """The rate of some posts with its interval and n; None without posts."""
    return None if posts.empty else compute(posts).rows(what.name).iloc[0]


def _told(what: Metric, row: pd.Series) -> str:
    span = "" if pd.isna(row["low"]) else f"95% 信賴區間{interval_text(what, row)}，"
    return f"{value_text(what, row['value'])}（{span}n = {row['n']:,}則）"


# ── was it good? ──


def good(months: Months, what: Metric) -> Answer:
    """The month's weeks against the limits of all weeks before."""
    first = months.start + pd.Timedelta(days=-months.start.weekday() % 7)
    found = control_chart(months.all, what.name, "week", baseline=first.date())
    now = _whole(months.now, what)
    weeks = found.table[~found.table["baseline"]]
    sentence = spaced(_verdict(months, what, now, found, weeks))
    known = compute(months.now).notes
    return Answer(
        QUESTIONS[0],
        sentence,
        partial(_watched, months, what, found, weeks),
        tuple(note for note in found.notes if note not in known),
    )


def _watched(months: Months, what: Metric, found: ControlChart, weeks: pd.DataFrame) -> Chart:
    """The control chart under a title about this month only; earlier signals stay marked."""
    figure = found.plot()
    if found.abstained or weeks.empty:
        return figure
    ax = figure.axes[0]
    data = next((text.get_text() for text in ax.texts if text.get_gid() == "data-line"), "")
    odd = int((weeks["signal"] != "").sum())
    told = f"{odd}週不像平常的起伏" if odd else "都在平常的起伏範圍裡"
    titled(ax, spaced(f"{months.name}的{len(weeks)}週，{what.title}{told}"), data.replace("\n", ""))
    return figure


def _verdict(
    months: Months, what: Metric, now: pd.Series | None, found: ControlChart, weeks: pd.DataFrame
) -> str:
    if now is None or now["n"] < MIN_POSTS:
        n = 0 if now is None else now["n"]
        return (
            f"先不判斷：{months.name}能算{what.title}的貼文只有{n}則，不到{MIN_POSTS}則，一則就能左右結果。"
        )
    told = f"{months.name}的{what.label}是{_told(what, now)}"
    if found.abstained or weeks.empty:
        base = int((found.table["baseline"] & (found.table["value"] > 0)).sum())
        return f"先不判斷：{told}；但前面能當基準的只有{base}週，不到{MIN_PERIODS}週，不知道平常的起伏多大。"
    signals = weeks[weeks["signal"] != ""]
    low = int(signals["signal"].str.contains("低").sum())
    high = len(signals) - low
    if not len(signals):
        fall = (1 - weeks["lower"] / weeks["centre"]).median()
        return f"和平常差不多：{told}，{len(weeks)}週都在平常的起伏範圍裡；不過一週要跌超過{fall:.0%}才看得出來，更小的變化不知道。"
    if low and high:
        return (
            f"忽高忽低：{told}，{len(weeks)}週裡有{high}週高於平常、{low}週低於平常，整月的平均看不出這件事。"
        )
    word, side = ("比平常好", "高") if high else ("比平常差", "低")
    if 2 * len(signals) < len(weeks):
        day = key_text(signals["period"].iloc[0], "week")
        return (
            f"大致平常，{len(signals)}週例外：{told}，{day}{side}於平常的起伏範圍，值得去查，其他週都正常。"
        )
    return f"{word}：{told}，{len(weeks)}週裡有{len(signals)}週{side}於平常的起伏範圍，不像只是運氣。"


# ── what moved with it? ──


def moved(months: Months, what: Metric) -> Answer:
    """This month against the three before, split into the mix of formats and the formats themselves."""
    now, before = _whole(months.now, what), _whole(months.before, what)
    sentence = spaced(_account(months, what, now, before))
    return Answer(QUESTIONS[1], sentence, partial(_pairs, months, what))


def _account(months: Months, what: Metric, now: pd.Series | None, before: pd.Series | None) -> str:
    if before is None:
        return f"先不解釋：{months.name}以前的{BEFORE}個月沒有貼文可以比，說不出有沒有變，更說不出為什麼。"
    for row, name in ((now, months.name), (before, months.earlier)):
        if row is None or pd.isna(row["low"]):
            return f"先不解釋：{name}能用的貼文太少，給不出信賴區間，說不出有沒有變，更說不出為什麼。"
    assert now is not None
    change = f"{months.earlier}的{what.title}是{_told(what, before)}，{months.name}是{_told(what, now)}"
    if not (apart(now, before) or apart(before, now)):
        return f"還談不上原因：{change}，兩段的區間重疊，看不出真的變了；{_split(months, what)}"
    return f"數字真的動了，但原因要另外查證：{change}；{_split(months, what)}"


def _split(months: Months, what: Metric) -> str:
    parts = decompose(months.now, months.before, what)
    if parts is None:
        return "貼文沒有標格式，沒辦法拆帳。"
    mix, own = (f"{'+' if share >= 0 else '−'}{abs(share) * 100:.2f}個百分點" for share in parts)
    return f"拆帳來看，各格式占比的改變對應 {mix}，格式自己的改變對應 {own}，這是算帳，不是因果。"


def decompose(now: pd.DataFrame, before: pd.DataFrame, what: Metric) -> tuple[float, float] | None:
    """How much of a rate's change goes with the mix of formats and how much with the formats' own rates.

    Both add up to the change. Each format's share of the denominator and its rate are changed one at a time and
    the two orders averaged (Kitagawa, JASA 50(272), 1955, doi:10.1080/01621459.1955.10501299); a format that
    stands on one side only counts as mix. None when no format is known.
    """
    sides = []
    for posts in (now, before):
        if "format" not in posts or posts["format"].isna().all():
            return None
        rows = compute(posts, "format").rows(what.name).dropna(subset=["value"])
        sides.append(rows.set_index(rows["format"].fillna(""))[["value", "denominator"]])
    names = sides[0].index.union(sides[1].index)
    rate = [side["value"].reindex(names) for side in sides]
    share = [(side["denominator"] / side["denominator"].sum()).reindex(names).fillna(0) for side in sides]
    rate = [one.fillna(other) for one, other in (rate, rate[::-1])]
    mix = ((share[0] - share[1]) * (rate[0] + rate[1]) / 2).sum()
    own = ((rate[0] - rate[1]) * (share[0] + share[1]) / 2).sum()
    return float(mix), float(own)


def _pairs(months: Months, what: Metric) -> Chart:
    """Each of the commonest formats, the months before in grey above this month in blue."""
    rows = [pd.DataFrame(columns=["label", "value", "low", "high", "n"])]
    colours = []
    known = "format" in months.now
    names = list(months.now["format"].value_counts().index[:_MOST_FORMATS]) if known else []
    sides = [(months.before, months.earlier, SECONDARY), (months.now, months.name, SEA)]
    sides = [side for side in sides if len(side[0])]
    for name in names:
        for posts, when, colour in sides:
            one = posts[posts["format"] == name]
            row = _whole(one, what)
            label = f"{FORMATS.get(str(name), str(name))}・{when}"
            empty = pd.Series({"value": np.nan, "low": np.nan, "high": np.nan, "n": 0})
            filled = (empty if row is None else row)[["value", "low", "high", "n"]]
            rows.append(pd.DataFrame([{"label": label, **filled}]))
            colours.append(colour)
    table = pd.concat([part for part in rows if len(part)] or rows, ignore_index=True)
    table[["value", "low", "high"]] = table[["value", "low", "high"]].astype("float64")
    title = f"各格式的{what.title}：{'和'.join(when for _, when, _ in reversed(sides))}"
    return _drawn(months, what, table, colours, title)


def _drawn(months: Months, what: Metric, table: pd.DataFrame, colours: list[str], title: str) -> Chart:
    figure, ax = chart(WIDE, HIGH)
    interval_bars(table, colours=colours, ax=ax)
    ax.set_xlabel(axis_text(what, "ratio_of_sums"))
    titled(
        ax, title, f"{PLATFORMS.get(months.platform, months.platform)}；線段是 95% 信賴區間，空心點沒有區間"
    )
    if SIMULATED in compute(months.now).notes:
        source_note(ax)
    return figure


# ── what next? ──


def following(months: Months, what: Metric) -> Answer:
    """Which format to do more of, to compare on purpose, or to leave alone."""
    recent = months.recent
    if "format" not in recent or recent["format"].isna().all():
        rows = compute(recent).rows(what.name).assign(label="全部")
        sentence = "先把每則貼文標上格式（format），下個月才比得出哪一種值得多做。"
    else:
        found = compute(recent[recent["format"].notna()], "format").rows(what.name)
        rows = found.assign(label=found["group"]).sort_values("value", ascending=False, kind="stable")
        sentence = spaced(_advice(what, rows, months))
    title = f"{months.lately}各格式的{what.title}"
    draw = partial(_drawn, months, what, rows, [SEA] * len(rows), title)
    return Answer(QUESTIONS[2], sentence, draw)


def _advice(what: Metric, rows: pd.DataFrame, months: Months) -> str:
    judged = rows.dropna(subset=["low"])
    if len(judged) < 2:
        return f"先累積資料：{months.lately}能比較的格式不到兩種，下個月讓至少兩種格式各發滿{MIN_POSTS}則，再談要多做哪一種。"
    top, bottom = judged.iloc[0], judged.iloc[-1]
    if apart(top, bottom):
        luck = f"（這是從{len(judged)}種裡挑出的兩端，差距會被運氣放大）" if len(judged) > 2 else ""
        return (
            f"可以多排一點{top['label']}：{months.lately}它的{what.title}{value_text(what, top['value'])}，"
            f"高於{bottom['label']}的{value_text(what, bottom['value'])}，區間沒有重疊{luck}；"
            f"先寫下你預測的數字，照樣留幾則{bottom['label']}當對照，月底再對答案。"
        )
    more = posts_to_tell_apart(top, bottom)
    pair = f"{top['label']}（{percent_text(top['value'])}）和{bottom['label']}（{percent_text(bottom['value'])}）"
    if more is None or more > _PATIENCE * len(months.now):
        need = "" if more is None else f"，照現在的差距大約還要{more:,}則才分得出來"
        return f"格式先維持不動：{pair}的區間重疊{need}，不值得為它改排程；把力氣用在試差別更大的做法。"
    each = max(1, -(-more // 2))
    return f"安排一次比較：{pair}的區間重疊，下個月兩種各發大約{each:,}則，題材和時段盡量輪著排，再看分不分得出高下。"


def posts_to_tell_apart(top: pd.Series, bottom: pd.Series) -> int | None:
    """How many more posts the two need, by this gap, until their intervals no longer touch; None without a gap.

    The intervals are symmetric on the log scale and shrink with the root of n.

    >>> a = pd.Series({"value": 0.04, "low": 0.03, "high": 0.04 * 4 / 3, "n": 20})
    >>> b = pd.Series({"value": 0.03, "low": 0.0225, "high": 0.04, "n": 20})
    >>> posts_to_tell_apart(a, b)
    120
    """
    gap = np.log(top["value"] / bottom["value"])
    widths = sum(np.log(row["high"] / row["value"]) for row in (top, bottom))
    if not gap > 0:
        return None
    posts = float(top["n"] + bottom["n"])
    return max(0, int(np.ceil(round(posts * ((widths / gap) ** 2 - 1), 6))))
