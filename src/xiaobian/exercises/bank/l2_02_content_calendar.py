"""Questions and predictions of lesson 2.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pandas as pd

from ... import records
from ...planning.calendar.calendar import Calendar
from ...planning.calendar.export import write
from ...planning.calendar.findings import Finding
from ...planning.calendar.month import WEEKDAYS
from ...planning.calendar.planned import ZONE, PlannedPost
from ...planning.calendar.samples import sample_calendar
from ...planning.calendar.worktime import WorkClock
from ...planning.moments.dates import from_lunar
from ...planning.moments.moments import Moments, moments
from ..predictions import Prediction
from ..questions import Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Wrong

SCENE = """
2027 年的日曆要排了。佩蓁這次學乖：「日期給我看來源，貼文給我看理由。」
`mine.february` 是阿洛排的春節檔，`mine.drafts` 是還沒有日子的中秋檔；`mine.year` 是你自己要算的那一年。品牌和內容都是虛構的。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

ex = xb.exercise("2.2")
mine = ex.data()
ex
"""

YEARS = (2028, 2029, 2031, 2032, 2034, 2035)
"""Years of the code question; the lesson shows 2026 and the other questions 2027."""


@dataclass(frozen=True)
class Mine:
    """What the learner gets: a plan to check, drafts to place, and a year of one's own beside the one before."""

    february: Calendar
    drafts: Calendar
    year: Moments
    before: Moments

    def __repr__(self) -> str:
        return f"春節檔 {len(self.february)} 則、中秋檔 {len(self.drafts)} 則，和 {self.year.year} 年的時刻"


def data() -> Mine:
    """The plans, fresh each time, and the learner's own year."""
    year = YEARS[records.seed("2.2", "exercise") % len(YEARS)]
    return Mine(sample_calendar("february"), sample_calendar("moon_2027"), moments(year), moments(year - 1))


# The latest day to submit before the days off of the lunar new year.

SEND = datetime(2027, 2, 11, 10, tzinfo=ZONE)
HOURS = 8


def _submit() -> float:
    return float(WorkClock().before(SEND, HOURS).day)


# Where each of seven posts goes: judged by the calendar itself.

DAYS = {"A": 1, "B": 7, "C": 14, "D": 15, "E": 20, "F": 21, "G": 28}
OPTIONS = {
    letter: f"9/{day}（{WEEKDAYS[datetime(2027, 9, day).isoweekday() % 7]}）" for letter, day in DAYS.items()
}
PLACED: Mapping[str, str] = {
    "最後預購": "A", "截止提醒": "B", "中秋快樂": "D", "新品上市": "E", "教師節": "G", "避難路線": "F", "產地日記": "C",
}  # fmt: skip


@cache
def _drafts() -> tuple[PlannedPost, ...]:
    return tuple(sample_calendar("moon_2027"))


@cache
def _broken(letters: str) -> tuple[tuple[str, Finding], ...]:
    """Posts that cannot stay where the letters put them, with the first reason of each."""
    posts = [
        post.with_fields(publish_at=datetime(2027, 9, DAYS[letter], 12, tzinfo=ZONE))
        for post, letter in zip(_drafts(), letters, strict=True)
    ]
    found = [f for f in Calendar(posts).problems().found if f.severity == "error"]
    worst = {post.post_id: next((f for f in found if post.post_id in f.posts), None) for post in posts}
    return tuple((name, finding) for name, finding in worst.items() if finding is not None)


def _share(letters: str) -> float:
    return 1 - len(_broken(letters)) / len(_drafts())


def _told(letters: str) -> str:
    return f"七則裡有 {len(_drafts()) - len(_broken(letters))} 則可以照這樣發。"


def _advice(letters: str) -> str:
    if not _broken(letters):
        return ""
    name, finding = _broken(letters)[0]
    return f"先看「{name}」：{finding.what}。{finding.fix}。"


def _letters(**changes: str) -> str:
    placed = dict(PLACED) | changes
    return "".join(placed[post.post_id] for post in _drafts())


# The code question: how far each single day moved from the year before.


def _shift(*, same_year: bool = True, industry: bool = True, sign: int = 1) -> pd.DataFrame:
    mine = data()
    frames = []
    for year in (mine.year, mine.before):
        table = year.table
        keep = (table["days"] == 1) & ~table["id"].duplicated(keep=False)
        if industry:
            keep &= table["industries"].str.contains("食品")
        frames.append(table[keep].set_index("id")["start"])
    now, last = frames
    both = now.to_frame("now").join(last.rename("last"), how="inner")
    if same_year:
        both["last"] = both["last"].map(lambda day: day.replace(year=mine.year.year))
    return (sign * (both["now"] - both["last"]).dt.days.astype("int64")).to_frame("shift")


RULES = {
    "A": "固定的月和日",
    "B": "第幾個星期幾",
    "C": "農曆的月和日",
    "D": "太陽走到哪裡（節氣）",
    "E": "政府每年公告",
}
FILES = {"A": "ics", "B": "xlsx", "C": "Metricool", "D": "Canva", "E": "都不行，到後台排"}

QUESTIONS = (
    Match(
        prompt="排 2027 年之前，先說清楚每個日子是怎麼定的。六個日子，各自跟著什麼走？",
        pairs={"七夕情人節": "C", "母親節": "B", "清明節": "D", "和平紀念日的補假": "E", "雙 11 購物節": "A", "尾牙": "C"},
        choices=RULES,
        why={
            "七夕情人節": "農曆七月七日，所以 2026 是 8/19，2027 是 8/8。",
            "母親節": "五月第二個星期日，差幾天看那年五月一日是星期幾。",
            "清明節": "跟著節氣走，是 4/4 或 4/5，不跟農曆。",
            "和平紀念日的補假": "二二八固定，補不補、補哪一天看它落在星期幾，要等公告。",
            "雙 11 購物節": "就是十一月十一日，哪一年都一樣。",
            "尾牙": "農曆十二月十六日；企業會提前辦，所以檔期比這天早。",
        },
        explain="規則決定明年怎麼找。跟農曆、節氣、星期幾走的要重算，補假要等公告。",
        points=3,
        hints=("想想去年的這一天：月和日一樣嗎？", "只有一個跟著太陽走，只有一個要等公告。"),
        wrong=(
            Wrong("ABDEAC", "農曆七月七日"), Wrong("CADEAC", "第二個星期日"), Wrong("CBCEAC", "跟著節氣走"),
            Wrong("CBDAAC", "要等公告"), Wrong("CBDEBC", "哪一年都一樣"), Wrong("CBDEAA", "農曆十二月十六日"),
            Wrong("CB", "要給 6 個代號"),
        ),
    ),
    Number(
        prompt=(
            "2027 年的春節連假從小年夜放到補假：2/4（四）到 2/10（三）。2 月 11 日（四）**早上十點**要發一則推播，"
            "佩蓁看稿要 8 個工作小時。上班時間 9:00–18:00。\n\n**最晚要在 2 月幾日送審？**（填日，例如 15）"
        ),
        given='xb.planning.official_days(2027).query("date < \'2027-02-15\'")[["date", "name", "kind"]]',
        truth=_submit,
        tolerance=0.4,
        unit="日",
        decimals=0,
        slips=(
            Slip(lambda: 10.0, "2/10 是補假，沒有人上班；「前一天」在連假前面不算數。"),
            Slip(lambda: 9.0, "2/9 也是補假。從 2/11 往回走，只數有上班的時間。"),
            Slip(lambda: 4.0, "2/4 是小年夜，2026 年起放假。再往前一天才有人上班。"),
            Slip(lambda: 2.0, "早了一天。2/11 早上 9 到 10 點已經算 1 小時，剩下的 7 小時 2/3 一天就夠。"),
            Slip(lambda: 11.0, "當天早上只有 9 到 10 點這 1 小時，不夠 8 小時。"),
        ),
        explain="2/11 的 9–10 點是 1 小時，其餘 7 小時落在放假前最後一個工作天：2/3 早上 11 點以前。",
        points=3,
        hints=("從 2/11 10:00 往回數，遇到放假日就跳過。", "2/11 只有 1 小時；放假前最後一個工作天是星期三。"),
        wrong=(Wrong("下週", "看不出是哪個數字"), Wrong(29, "偏大")),
    ),
    MultiChoice(
        prompt=(
            "這七則是阿洛排的 2027 年春節檔。**哪幾則照這樣發會出問題，一定要改？**（複選）\n\n"
            "`not_after` 是素材授權的期限。下面的格子把文案和標籤都列出來了；別急著按 `problems()`，先自己看。"
        ),
        given=(
            'shown = mine.february.table()[["post_id", "publish_at", "platform", "pillar", "caption", "hashtags", "not_after"]]\n'
            'pd.set_option("display.max_colwidth", 60)\n'
            'shown.sort_values("post_id").set_index("post_id")'
        ),
        options={
            "A": Option("除夕圍爐加點", "除夕放假，但不是敏感日。門市有人、回覆有人，就能發。"),
            "B": Option("連假買一送一"),
            "C": Option("情人節的兩種茶"),
            "D": Option("年節的廚房"),
            "E": Option("開春試喝", "3/1 是二二八的補假。補假放假，但不是紀念日；敏感的是 2/28 那一天。"),
            "F": Option("元宵吃什麼", "2/20 正是元宵，一個主題標籤在 Threads 上也剛好。"),
            "G": Option("今天的門市", "和平紀念日可以發文，不能的是促銷和玩笑。這則只說營業和安靜。"),
        },
        answers=frozenset("BCD"),
        explain="B 在和平紀念日促銷，C 的標籤超過 Instagram 的上限，D 的照片過了授權期限。其餘的看起來可疑，其實沒事。",
        points=3,
        hints=("三則。一則看日子，一則數標籤，一則看授權。", "放假日、補假、敏感日是三件事。"),
        wrong=(Wrong("ABCD", "不是敏感日"), Wrong("BCDE", "補假放假"), Wrong("BD", "還漏了 1 個"), Wrong("BCDG", "不能的是促銷和玩笑")),
    ),
    Match(
        prompt="佩蓁有五個需求。每一個該交哪一種檔案？",
        pairs={
            "同事要在手機的行事曆看到，改期再匯入還是同一個行程": "A",
            "四十則、七個平台，一個檔全部排進排程工具": "C",
            "允安要把三十句文案套進同一個圖卡版型": "D",
            "主管要打開改文案，改完讀得回日曆": "B",
            "LINE 官方帳號的推播": "E",
        },
        choices=FILES,
        why={
            "同事要在手機的行事曆看到，改期再匯入還是同一個行程": "靠不變的 UID 和加一的 SEQUENCE，只有 ics 有。",
            "四十則、七個平台，一個檔全部排進排程工具": "Metricool 一列一則，平台各有一欄，可以混在同一個檔。",
            "允安要把三十句文案套進同一個圖卡版型": "批次套版要的是一列一張卡的表，那是 Canva 的批次建立。",
            "主管要打開改文案，改完讀得回日曆": "要給人改，又要讀得回來：Excel 的活頁簿。",
            "LINE 官方帳號的推播": "這幾家的批次檔都沒有 LINE；照實說不支援，到後台排。",
        },
        explain="看誰要用、用完要不要回來。說得出哪一家不支援，也是專業。",
        points=3,
        hints=("會更新同一個行程的只有一種。", "有一個需求，五種檔案都做不到。"),
        wrong=(
            Wrong("BCDAE", "不變的 UID"), Wrong("AADBE", "可以混在同一個檔"), Wrong("ACCBE", "一列一張卡"), Wrong("ACDBC", "都沒有 LINE"),
            Wrong("ACDDE", "要讀得回來"),
        ),
    ),
    Decision(
        prompt=(
            "**排 2027 年 9 月。** 七則都在中午十二點發，每一則選一天。2027 年的中秋是 9/15，宅配收件到 9/10 為止，新品 9/18 才上架。\n\n"
            "先在月曆板上試：選一則、按一天，看它說什麼。排好之後，把日子選進最下面那幾欄，按「檢查」。"
        ),
        given='xb.panels.month_board(mine.drafts, "2027-09", by="我")',
        choices={post.post_id: OPTIONS for post in _drafts()},
        share=_share,
        told=_told,
        advice=_advice,
        best=_letters(),
        floor=0.5,
        enough=1.0,
        judged="日曆會逐則檢查：敏感日、可發期間、時段相撞。",
        explain="先放只有一天能去的，再放有期限的，最後才放哪天都行的。",
        points=5,
        hints=(
            "「中秋快樂」「教師節」「避難路線」各只有一天能去，先放。", "賣東西的避開 9/21；同一個平台別放在同一天中午。",
        ),
        wrong=(
            Wrong(_letters(最後預購="C"), "太晚"), Wrong(_letters(新品上市="F"), "國家防災日"), Wrong(_letters(新品上市="B"), "太早"),
            Wrong(_letters(產地日記="D"), "Facebook 09/15"), Wrong("A" * 7, "把其中一則移到別的時段"), Wrong("AB", "要給 7 個代號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 你的年份是 `mine.year.year`，前一年在 `mine.before`。算出適合「食品」的**單日**時刻，比前一年移了幾天。\n\n"
            "兩年都**恰好出現一次**的才算；把前一年的日期換成同一年再相減，正的是往後。答案是一張表：索引是時刻的 `id`，欄位 `shift`（整數）。"
        ),
        truth=_shift,
        slips=(
            Slip(lambda: _shift(same_year=False), "你直接相減，連一整年也算進去了。先把前一年的日期換成同一年：`day.replace(year=...)`。"),
            Slip(lambda: _shift(industry=False), "你把所有產業都算了。只留 `industries` 裡有「食品」的。"),
            Slip(lambda: _shift(sign=-1), "正負反了。今年減去年，往後移是正的。"),
        ),
        stub="now, last = mine.year.table, mine.before.table",
        solution=(
            "def single(table):\n"
            '    keep = (table["days"] == 1) & ~table["id"].duplicated(keep=False) & table["industries"].str.contains("食品")\n'
            '    return table[keep].set_index("id")["start"]\n\n\n'
            'both = single(now).to_frame("now").join(single(last).rename("last"), how="inner")\n'
            'last_here = both["last"].map(lambda day: day.replace(year=mine.year.year))\n'
            'answer = (both["now"] - last_here).dt.days.to_frame("shift")'
        ),
        research=True,
        points=3,
        explain="零的是固定日期；往前十一天左右，是農曆年比較短；往後十九天左右，是中間多了一個閏月。",
        hints=("`days` 欄等於 1 的是單日；`duplicated(keep=False)` 找出一年出現兩次的。", "相減之後用 `.dt.days` 變成整數。"),
        wrong=(Wrong(7, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's year and plan.


def _moved() -> int:
    return len(moments(2026).moved_from(moments(2025)))


def _late() -> int:
    last, now = (next(m.start for m in moments(y).moments if m.id == "mid_autumn") for y in (2025, 2026))
    return (last.replace(year=2026) - now).days


def _agreeing() -> list[tuple[int, str]]:
    """Years and festivals on which the lunar library and the list of holidays say the same day."""
    import holidays

    found = []
    for year in range(2000, 2041):
        off = holidays.TW(years=year, language="zh_TW")
        found += [
            (year, name)
            for name, key in (("端午節", (5, 5)), ("中秋節", (8, 15)))
            if name in off.get(from_lunar(year, *key), "")
        ]
    return found


def _to_buffer() -> int:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return write(sample_calendar(), "buffer", Path(folder, "b.csv"), platform="instagram").written.rows


PREDICTIONS = {
    "a": Prediction(
        prompt="2025 和 2026 都出現一次的單日時刻裡，有幾個的月和日變了？",
        truth=_moved,
        show=lambda value: f"{value:.0f} 個",
        why="跟農曆、節氣、星期幾走的都會動，不只三大節。",
        close=2,
    ),
    "b": Prediction(
        prompt="照去年的中秋回推，會比該動工的那天晚幾天？",
        truth=_late,
        show=lambda value: f"{value:.0f} 天",
        why="中秋自己早了這麼多天，動工的日子也一起早。",
        close=2,
    ),
    "c": Prediction(
        prompt="阿洛的二十三則裡，有幾則一定要改？",
        truth=lambda: len(sample_calendar().problems().blocking),
        show=lambda value: f"{value:.0f} 則",
        why="年份換對了，敏感日、期限、時段、上限都沒有跟著換。",
        close=2,
    ),
    "d": Prediction(
        prompt="9 月 29 日早上十點要發，主管要 8 個工作小時，最晚 9 月幾日送審？",
        truth=lambda: WorkClock().before(datetime(2026, 9, 29, 10, tzinfo=ZONE), HOURS).day,
        show=lambda value: f"{value:.0f} 日",
        why="25 日中秋、26 和 27 日週末、28 日教師節，都沒有人上班。",
        close=0,
    ),
    "f": Prediction(
        prompt="端午和中秋，2000 到 2040 年共 82 次，兩套程式一致幾次？",
        truth=lambda: len(_agreeing()),
        show=lambda value: f"{value:.0f} 次",
        why="農曆日期沒有模糊地帶，該一致就要全部一致；少一次都要查。",
        close=0,
    ),
    "e": Prediction(
        prompt="Instagram 已核可的貼文，幾則寫得進 Buffer 的批次檔？",
        truth=_to_buffer,
        show=lambda value: f"{value:.0f} 則",
        why="只收單張圖和文字，輪播、影片、還沒核可和還有問題的都不收。",
        close=0,
    ),
}
