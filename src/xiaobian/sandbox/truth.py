"""Commit first, then open: the questions a world can answer, and why the answer is what it is."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pandas as pd

from .. import datasets, records
from ..errors import AnswerError, NotFound
from ..plotting import Chart
from ..tables import FORMATS
from ..tables import PLATFORMS as PLATFORM_NAMES
from . import charts, weeks
from .creators import draw_creators
from .effects import daypart_of
from .engine import PLATFORMS
from .streams import generator
from .trials import draw_truth

if TYPE_CHECKING:
    from .world import World

DAYPARTS = {"morning": "早上", "afternoon": "下午", "evening": "晚上", "night": "半夜"}


@dataclass(frozen=True)
class Answer:
    """A truth: the value, what it means in words, and the table that shows why."""

    value: Any
    words: str
    table: pd.DataFrame


@dataclass(frozen=True)
class Asked:
    """A question: its words, the form of an answer, a check of that form, and the truth."""

    words: str
    form: str
    fits: Callable[[Any], bool]
    truth: Callable[[World], Answer]


@dataclass(frozen=True, repr=False)
class Truth:
    """A committed answer beside the truth; ``question`` in words."""

    question: str
    guess: Any
    answer: Answer

    @property
    def table(self) -> pd.DataFrame:
        return self.answer.table

    def plot(self) -> Chart:
        """The truth as a picture; raises NotFound for a truth that is only a number."""
        if "all" not in self.answer.table:
            raise NotFound("這題的真相只有數字，沒有圖", next_step="看 .table，或直接看這個物件的文字")
        data = "模擬世界的真實設定，其他條件都一樣，六個平台平均"
        return charts.dayparts(self.answer.table["all"], DAYPARTS, self.answer.words.split("。")[0], data)

    def _repr_html_(self) -> str:
        rows = [("問題", self.question), ("你的答案", _shown(self.guess)), ("真相", self.answer.words)]
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left;white-space:nowrap;padding:4px 16px 4px 0;color:#5B6875;'
            f'font-weight:400;vertical-align:top;background:#FFFFFF">{name}</th>'
            f'<td style="text-align:left;padding:4px 0;background:#FFFFFF">{html.escape(text)}</td></tr>'
            for name, text in rows
        )
        return (
            '<div style="border:1px solid #E3E8EC;border-left:4px solid #2A1F2A;padding:8px 16px;max-width:960px;'
            'font-size:16px;color:#22303C;background:#FFFFFF;margin:8px 0">'
            f'<div style="color:#2A1F2A;font-size:14px">真相卡・{datasets.SIMULATED}</div>'
            f'<table style="border-collapse:collapse;font-size:16px;margin:0">{cells}</table></div>'
        )

    def __repr__(self) -> str:
        return f"{self.question}\n你的答案：{_shown(self.guess)}\n真相：{self.answer.words}"


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "、".join(map(_shown, value)) or "沒有"
    names = {**DAYPARTS, **FORMATS}
    return names.get(value, f"{value}") if value is not None else "沒有"


def daypart_effects(world: World) -> pd.DataFrame:
    """True effect on log reach of each daypart, by platform and their mean, against the afternoon."""
    parts = daypart_of(world.parameters)
    hours = {name: [h for h in range(168) if parts[h % 24] == name] for name in DAYPARTS}
    means = np.array([world.effects.slot[:, rows].mean(axis=1) for rows in hours.values()])
    means = means - means[list(hours).index("afternoon")]
    table = pd.DataFrame(means, index=pd.Index(list(hours), name="daypart"), columns=list(PLATFORMS))
    return table.assign(all=table.mean(axis=1))


def _signed(share: float) -> str:
    return f"{share:+.1%}".replace("-", "−")


def _best_daypart(world: World) -> Answer:
    table = daypart_effects(world)
    best = str(table["all"].idxmax())
    change = np.expm1(table["all"])
    words = "、".join(
        f"{DAYPARTS[name]} {_signed(value)}"
        for name, value in change.to_dict().items()
        if name != "afternoon"
    )
    return Answer(best, f"{DAYPARTS[best]}的觸及最高。其他條件一樣時，和下午比：{words}。", table)


def _evening(world: World) -> Answer:
    table = daypart_effects(world)
    effect = table["all"].to_dict()
    percent = 100 * float(np.expm1(effect["evening"] - effect["morning"]))
    return Answer(
        percent,
        f"同一則內容，晚上發的觸及是早上的 {1 + percent / 100:.2f} 倍（{_signed(percent / 100)}）。",
        table,
    )


def _hook(world: World) -> Answer:
    reach, rate = world.parameters["reach.hook"], world.parameters["engagement.hook"]
    percent = float(np.expm1(reach) * 100)
    table = pd.DataFrame({"效果": ["對數觸及", "互動率 logit"], "每標準差": [reach, rate]})
    return Answer(percent, f"內容強度每高 1 個標準差，觸及多 {percent:.0f}%，互動率也跟著高。", table)


def _best_format(world: World) -> Answer:
    p = world.parameters
    table = pd.DataFrame(
        {
            "reach": [p["reach.format"].get(name, 0.0) for name in FORMATS],
            "engagement": [p["engagement.format"].get(name, 0.0) for name in FORMATS],
        },
        index=pd.Index(list(FORMATS), name="format"),
    )
    table["together"] = table.sum(axis=1)
    chosen = table.loc[["image", "carousel", "short_video"]]
    best = str(chosen["together"].idxmax())
    words = "、".join(
        f"{FORMATS[str(name)]} {_signed(np.expm1(value))}"
        for name, value in zip(chosen.index, chosen["together"], strict=True)
    )
    return Answer(best, f"{FORMATS[best]}帶來的互動最多。和圖片比：{words}。", table)


def _rule(world: World) -> Answer:
    week = world.effects.rule_week
    p = world.parameters
    formats = p["rule_change.formats"]
    table = pd.DataFrame({"platform": list(formats), "format": list(formats.values())})
    if week is None:
        return Answer(None, "這個世界的規則沒有改過。", table)
    when = world.start + pd.Timedelta(weeks=week)
    size = np.expm1(p["rule_change.size"])
    names = "、".join(f"{PLATFORM_NAMES[a]} 的{FORMATS[b]}" for a, b in formats.items())
    return Answer(week, f"第 {week} 週（{when:%Y-%m-%d} 起）規則改了，{names}觸及 {_signed(size)}。", table)


def _bots(world: World) -> Answer:
    bots = world.bots(364)
    if bots is None:
        return Answer(None, "這個世界沒有人灌粉。", pd.DataFrame())
    day, gone = (world.start + pd.Timedelta(days=d) for d in (bots.day, bots.purge_day))
    table = pd.DataFrame([vars(bots)])
    words = f"{PLATFORM_NAMES[bots.platform]} 在 {day:%Y-%m-%d} 起灌進 {bots.number:,} 個假粉，{gone:%Y-%m-%d} 清掉 {bots.purged:,} 個。"
    return Answer(f"{day:%Y-%m-%d}", words, table)


def _fakes(world: World) -> Answer:
    table = draw_creators(world.parameters, generator(world.seed, "creators"))[1]
    fake = sorted(table.loc[table["fraud"] != "none", "creator_id"])
    return Answer(fake, f"{len(table)} 位裡有 {len(fake)} 位買粉或互相灌留言：{'、'.join(fake[:6])}……", table)


def _turns(world: World) -> Answer:
    table = world.rivals_and_truth()[1]
    names = [f"{rival} {date:%Y-%m-%d}" for rival, date in zip(table["rival"], table["date"], strict=True)]
    sizes = [_signed(size) for size in np.expm1(table["size"].to_numpy(dtype=float))]
    words = "；".join(f"{name}（{size}）" for name, size in zip(names, sizes, strict=True))
    return Answer(names, f"轉折：{words}。", table)


def _experiment(world: World, name: str) -> Answer:
    truth = draw_truth(world.parameters, generator(world.seed, "experiment", name), name)
    table = pd.DataFrame([vars(truth)])
    lift = f"B 版的點擊率比 A 版高 {truth.lift:.0%}" if truth.lift else "兩版沒有差別"
    split = f"；分流壞了，B 組占 {truth.share_b:.0%}" if truth.broken else ""
    return Answer(100 * truth.lift, f"{lift}{split}。", table)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


QUESTIONS: dict[str, Asked] = {
    "best_daypart": Asked("其他條件一樣，哪個時段的觸及最高？", "morning、afternoon、evening 或 night", DAYPARTS.__contains__, _best_daypart),
    "evening_effect": Asked("同一則內容從早上改到晚上，觸及變化多少？", "百分比，例如 −5", _number, _evening),
    "hook_effect": Asked("內容強度高 1 個標準差，觸及多多少？", "百分比，例如 20", _number, _hook),
    "best_format": Asked("圖片、輪播、短影音，哪一種帶來的互動最多？", "image、carousel 或 short_video", ("image", "carousel", "short_video").__contains__, _best_format),
    "rule_change": Asked("平台在第幾週改了規則？", "週數（從 0 起算），沒有改過就填 None", lambda v: v is None or _number(v), _rule),
    "bought_followers": Asked("假粉是哪一天灌進來的？", "日期，例如 2025-10-01；沒有就填 None", lambda v: v is None or _is_date(v), _bots),
    "fake_creators": Asked("哪些創作者買粉或互相灌留言？", "創作者編號的清單，例如 [\"kol003\"]", lambda v: isinstance(v, (list, tuple)), _fakes),
    "rival_turns": Asked("競品的互動在哪一天轉折？", "清單，例如 [\"稜禾茶點 2025-06-01\"]", lambda v: isinstance(v, (list, tuple)), _turns),
}  # fmt: skip


def _is_date(value: Any) -> bool:
    return not pd.isna(pd.to_datetime(value, errors="coerce"))


def questions() -> pd.DataFrame:
    """Every question: name, words, form of the answer."""
    return pd.DataFrame(
        [(name, asked.words, asked.form) for name, asked in QUESTIONS.items()],
        columns=["question", "問題", "怎麼答"],
    )


def _asked(question: str) -> Asked:
    topic, _, name = question.partition(":")
    if topic == "experiment" and name:
        words = f"測試 {name} 裡，B 版的點擊率比 A 版高多少？"
        return Asked(words, "百分比，沒有差別就填 0", _number, partial(_experiment, name=name))
    if question not in QUESTIONS:
        raise NotFound(
            f"這個世界不回答「{question}」",
            next_step=f"可以問的有：{'、'.join(QUESTIONS)}、experiment:測試名稱、week",
        )
    return QUESTIONS[question]


def _key(world: World, question: str) -> str:
    return f"sandbox.worlds.{world.name}.{question}"


class Kept(str):
    """A sentence that shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


def commit(world: World, question: str, answer: Any) -> Kept:
    """Store the first answer about a world; returns a sentence that says so.

    ``week`` takes a schedule (post_id, published_at) of ``world.ideas()``. Raises NotFound for an unknown question,
    AnswerError for an answer of the wrong form.
    """
    if question == "week":
        weeks.judge(world, answer)
        answer = [[str(row.post_id), str(row.published_at)] for row in answer.itertuples()]
    elif not (asked := _asked(question)).fits(answer):
        raise AnswerError(f"「{answer}」不是這題的答案", where=asked.words, next_step=f"請填{asked.form}")
    kept = records.commit(_key(world, question), answer)
    again = "（以第一次的答案為準）" if kept["first"] != answer else ""
    return Kept(f'已記下{again}。用 world.reveal("{question}") 揭曉。')


def reveal(world: World, question: str) -> Truth | weeks.WeekResult:
    """The truth beside the first committed answer; raises AnswerError when there is none."""
    if question != "week":
        _asked(question)
    key = _key(world, question)
    if (kept := records.commitment(key)) is None:
        raise AnswerError(
            "還沒有你的答案，真相先不打開",
            where=world.name,
            next_step=f'先執行 world.commit("{question}", 你的答案)',
        )
    records.reveal(key)
    if question == "week":
        return weeks.judge(world, pd.DataFrame(kept["first"], columns=["post_id", "published_at"]))
    asked = _asked(question)
    return Truth(asked.words, kept["first"], asked.truth(world))


def fingerprint(settings: dict[str, Any]) -> str:
    """Six hexadecimal digits that tell worlds with other settings apart; empty without settings."""
    return f"-{crc32(repr(sorted(settings.items())).encode()):08x}"[:7] if settings else ""
