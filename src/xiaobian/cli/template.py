"""A new lesson and its exercise, already of the right shape; the author replaces the words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..datasets import Lesson
from ..errors import KitError
from ..exercises import bank, sheet
from .dump import dump

BANK = '''"""Questions and predictions of lesson {id}."""

from __future__ import annotations

import pandas as pd

from ...analytics import kpi
from ...exports import samples
from ..predictions import Prediction
from ..questions import Choice, Number, Option, Order, Slip, TableAnswer, Wrong
from ..worlds import own_tables

SCENE = """
阿洛拿到一份新的半年貼文。佩蓁問：「哪一種格式值得多做？」
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("{id}")
posts = ex.data()
ex
"""


def data() -> pd.DataFrame:
    """The learner's own half year of the brand: table ``posts``."""
    return own_tables("{id}")["posts"]


def _rate(kpi_name: str) -> float:
    row = kpi(data()[data()["platform"] == "facebook"]).value(kpi_name)
    return 100 * row


QUESTIONS = (
    Choice(
        prompt="一則貼文觸及 2000 人、互動 80 次。互動率（互動 ÷ 觸及）是多少？",
        options={{
            "A": Option("4%", "對。"),
            "B": Option("25%", "這是觸及 ÷ 互動，分子分母反了。"),
            "C": Option("0.04%", "80 ÷ 2000 是 0.04；換成百分比要乘 100。"),
        }},
        answer="A",
        explain="80 ÷ 2000 = 0.04，也就是 4%。",
        hints=("分子是互動，分母是觸及。",),
        wrong=(Wrong("B", "反了"), Wrong("C", "乘 100")),
    ),
    Order(
        prompt="把讀一個數字的順序排好。",
        items=("確認分母", "看用了幾則貼文", "看區間", "說結論"),
        why=("分母不同就不能比。", "則數太少，區間會很寬。", "沒看區間就下結論太早。", ""),
        explain="分母、則數、區間、結論。",
        hints=("結論放最後。",),
    ),
    Number(
        prompt="你的資料裡，Facebook 的互動率（互動 ÷ 觸及，加總後相除）是多少？",
        truth=lambda: _rate("er_reach"),
        tolerance=0.05,
        unit="%",
        slips=(Slip(lambda: _rate("er_views"), "這是用瀏覽當分母。題目問的是觸及。"),),
        explain="先加總互動，再除以加總的觸及。",
        hints=("用 xb.kpi(posts, by=\\"platform\\")。",),
    ),
    TableAnswer(
        prompt="**研究軌**：算出每個平台的貼文數，索引是 platform，欄位叫 n。",
        truth=lambda: data().groupby("platform").size().to_frame("n"),
        stub="",
        solution='answer = posts.groupby("platform").size().to_frame("n")',
        research=True,
        explain="groupby 之後用 size 數列數。",
        hints=("groupby(\\"platform\\").size()",),
        wrong=(Wrong(3, "DataFrame"),),
    ),
)  # fmt: skip

PREDICTIONS = {{
    "a": Prediction(
        prompt="Instagram 的互動率（互動 ÷ 觸及，加總後相除）是百分之幾？",
        truth=lambda: _lesson_rate(),
        show=lambda value: f"{{value:.1f}}%",
        why="先寫下猜測，才知道自己的印象偏了多少。",
        close=0.5,
    ),
    "b": Prediction(
        prompt="哪個平台的互動率（互動 ÷ 觸及）比較高？",
        truth=lambda: _higher(),
        show=str,
        why="兩個平台算進互動的項目不同，比之前先看定義。",
        options=("Facebook", "Instagram"),
    ),
}}


def _lesson_posts(platform: str) -> pd.DataFrame:
    table = samples.build()["posts"]
    return table[table["platform"] == platform]


def _lesson_rate() -> float:
    return 100 * kpi(_lesson_posts("instagram")).value("er_reach")


def _higher() -> str:
    rates = {{name: kpi(_lesson_posts(name.lower())).value("er_reach") for name in ("Facebook", "Instagram")}}
    return max(rates, key=lambda name: rates[name])
'''


def _cells(lesson: Lesson) -> Iterator[sheet.Cell]:
    md, code = sheet.markdown, sheet.code
    up = "../.."
    yield md(
        f"# {lesson.title}\n\n**本章學會**\n\n- 用 `xb.read_export()` 讀進一份匯出檔\n- 用 `xb.kpi()` 算出互動率並說出分母\n"
        f"- 用 `xb.predict()` 先寫下猜測再看結果\n\n**先備**：3.1　**時間**：50 分鐘（含練習）"
    )
    yield md(
        "## 場景\n\n佩蓁把一個數字貼進群組，問阿洛：「這樣算好還是不好？」阿洛想先弄清楚這個數字是怎麼來的。"
    )
    yield md("## 先把資料讀進來　示範軌\n\n載入套件和圖表樣式，只要做一次。")
    yield code("import xiaobian as xb\n\nxb.use_theme()")
    yield md("讀一份 Instagram 的匯出檔。讀檔報告會說認出了哪些欄位、時間怎麼換算、有沒有丟掉任何一列。")
    yield code('export = xb.read_export(xb.datasets.sample("instagram"))\nexport.report')
    yield md("報告先看兩行：時區怎麼假設、列數有沒有對上。對不上就不要往下算。")
    yield code("posts = export.posts")
    yield md("**先猜再看。** Instagram 的互動率是百分之幾？阿洛憑印象猜 3.0%。")
    yield code(f'xb.predict("{lesson.id}.a", 3.0)')
    yield code(f'xb.reveal("{lesson.id}.a")')
    yield md("猜錯沒有關係，重要的是知道自己偏了多少。接著把算法攤開來看。")
    yield code("result = xb.kpi(posts)\nresult")
    yield md("每一列都寫著定義、則數和區間。區間寬，代表這個數字還會變，話就不能說滿。")
    yield code('by_format = xb.kpi(posts, by="format")\nby_format.plot("er_reach")')
    yield md("每一點旁邊的橫線是 95% 區間。區間彼此重疊的格式，這份資料還分不出高下。")
    yield md("**先猜再看。** 換一個平台比比看：哪個平台的互動率高？阿洛猜 Facebook。")
    yield code(f'xb.predict("{lesson.id}.b", "Facebook")')
    yield code(f'xb.reveal("{lesson.id}.b")')
    yield md("平台之間比較之前，要先問兩邊的「互動」是不是同一件事。少算一項，數字就會偏低。")
    yield code("xb.panels.kpi_explorer(posts)")
    yield md("試著切換分母，看排名會不會改變。排名會變的結論，要連分母一起說。")
    yield md("## 研究軌\n\n自己用 pandas 算一次加總的互動率，和 `xb.kpi()` 的結果對照，確認兩邊相同。")
    yield code('whole = posts[["likes", "comments", "shares", "saves"]].dropna()\nfloat(whole.sum().sum())')
    yield md("研究軌的問題沒有標準答案：如果留言比按讚重要三倍，排名會怎麼變？")
    yield md('## 換成自己的資料\n\n把 `None` 換成你的匯出檔路徑，例如 `"下載/貼文.csv"`，再執行一次。')
    yield code(
        'my_file = None\nmine = xb.read_export(my_file).posts if my_file else posts\nxb.kpi(mine, by="format").plot("er_views")'
    )
    yield md("這張圖的分母是瀏覽。瀏覽包含同一個人重複看，所以和前面那張不能直接相比。")
    yield md(
        "## 常見誤用\n\n- 只報互動率，不說分母。\n- 把缺值當成 0，分母就被灌水了。\n- 則數只有三、五則，還排名次。\n\n"
        "## 小結\n\n- 用 `xb.read_export()` 讀檔，先看報告再看數字\n- 用 `xb.kpi()` 算互動率，分母跟著數字走\n"
        f"- 用 `xb.predict()` 先猜，才量得出印象的偏差\n\n練習：[{lesson.id} {lesson.title}]({up}/{lesson.exercise})"
    )


def write(lesson: Lesson, root: Path) -> list[Path]:
    """Write the notebook and the question bank of a new lesson; returns the files.

    Raises KitError when one of them exists.
    """
    page = root / lesson.notebook
    questions = root / "src/xiaobian/exercises/bank" / f"{bank.module_name(lesson.id)}.py"
    for file in (page, questions):
        if file.exists():
            raise KitError("這一課已經有檔案了", where=file.name, next_step="要重做請先把舊檔移走")
    dump(sheet.notebook(list(_cells(lesson))), page)
    questions.write_text(BANK.format(id=lesson.id), encoding="utf-8", newline="\n")
    return [page, questions]
