"""Questions and predictions of lesson 4.3."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from ...ai.fidelity import Article, article, cover, factcheck
from ...ai.tasks.rewrite import rewrite
from ...panels.summary import picked
from ..predictions import Prediction
from ..questions import Check, Choice, Match, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong
from ..worlds import own_world

SCENE = """
這週有三份長文等著變成貼文：台中店搬遷、減糖版試吃、宅配換箱。阿洛負責摘要，你負責在送出去以前把關。
`own` 是你分到的那一篇（每個人拿到的不一定相同），`xb.ai.article()` 可以叫出其他篇。文章和數字都是課程自編的。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("4.3")
own = ex.data()
ex
"""

NAMES = ("store_move", "taste_test", "box_change")
COUNT = 4
IN_ORDER = 6
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def data() -> Article:
    """The learner's own long text, one of three."""
    return article(NAMES[own_world("4.3", 0).seed % len(NAMES)])


def _kept(way: str, k: int) -> float:
    text = data()
    return float(factcheck(text.text, picked(text, way, k), text.facts).facts["kept"].sum())


def _loose() -> pd.DataFrame:
    """Numbers of each ready line that stand nowhere in the source, as whole numbers."""
    text = data()
    there = set(NUMBER.findall(text.text))
    return pd.DataFrame(
        {"loose": [sum(n not in there for n in NUMBER.findall(line)) for line in text.lines["text"]]}
    )


def _loose_by_substring() -> pd.DataFrame:
    text = data()
    return pd.DataFrame(
        {"loose": [sum(n not in text.text for n in NUMBER.findall(line)) for line in text.lines["text"]]}
    )


def _all_numbers() -> pd.DataFrame:
    return pd.DataFrame({"loose": [len(NUMBER.findall(line)) for line in data().lines["text"]]})


BOX = "box_change"
LONGEST, FEWEST = 150, 4


def _box(answer: str) -> tuple[int, int]:
    text = article(BOX)
    found = factcheck(text.text, answer, text.facts)
    return int(found.facts["kept"].sum()), len(found.flagged)


def _model() -> str:
    text = article(BOX)
    return "\n".join(cover(text.text, {k: text.facts[k] for k in ("start", "refuse", "fee", "soft", "islands")}, 5))


QUESTIONS = (
    MultiChoice(
        prompt=(
            "下面是工具替「台中店搬遷說明」寫的七句摘要。先執行這一格，打開原文對一次。\n\n"
            "**哪幾句不能照這樣發出去？**（複選）"
        ),
        given='xb.ai.article("store_move")',
        options={
            "A": Option("原址九月三十日晚上八點結束營業，新址十月九日開門", "日期和時間都在原文第一句，沒有走樣。"),
            "B": Option("座位從 18 個增加到 43 個"),
            "C": Option("寄杯只能在台中店兌換，期限到年底"),
            "D": Option("新址附設停車場"),
            "E": Option("咖啡課程年底開辦"),
            "F": Option("開幕前三天每天限 120 份試吃", "少了「憑寄杯紀錄」，是省略；說出來的部分都對。要不要補是編輯的選擇，不是錯。"),
            "G": Option("開幕當天全品項八折"),
        },
        answers=frozenset("BCDEG"),
        explain="數字、否定、保留的字、主詞、出處，五種錯各一句。最危險的是 E：每個字都在原文裡，只少了「可能」。",
        points=4,
        hints=("一句一句對，不要憑印象。原文只有十一句。", "看有沒有「可能」「沒有」被拿掉，再看誰可以做什麼。"),
        wrong=(Wrong("BDG", "還漏了 2 個"), Wrong("ABCDEG", "沒有走樣"), Wrong("BCDEFG", "編輯的選擇"), Wrong("BD", "還漏了 3 個")),
    ),
    Match(
        prompt="四句都來自「減糖版試吃」的摘要，每一句錯的地方不一樣。替它們找到錯的種類。",
        given='xb.ai.article("taste_test")',
        pairs={
            "糖減少 52%": "A",
            "減糖版比較好吃": "B",
            "保存期限兩天": "C",
            "全台客人都試過了": "D",
        },
        choices={
            "A": "數字寫錯", "B": "把「不能說」拿掉了", "C": "少了「還沒測完、暫時」", "D": "換了對象", "E": "原文完全沒提過",
        },
        why={
            "糖減少 52%": "原文有這件事，數字的兩個位數對調了。",
            "減糖版比較好吃": "原文說的是看不出差距，「不能說」三個字不見了。",
            "保存期限兩天": "兩天是暫時的算法，測試還沒做完。",
            "全台客人都試過了": "原文有講誰試過、誰還沒試過，摘要把人換掉了。",
        },
        explain="說得出是哪一種錯，才知道要用眼睛看，還是交給規則看。",
        points=3,
        hints=("先找原文裡最像的一句，再看兩句差在哪個字。",),
        wrong=(Wrong("ABCE", "把人換掉了"), Wrong("ACBD", "不能說"), Wrong("BBCD", "兩個位數對調"), Wrong("ABAD", "測試還沒做完")),
    ),
    Number(
        prompt=(
            "打開你自己的那一篇。用下面的面板，**照順序取前面 6 句**，六件必須留下的事留了幾件？"
        ),
        given='xb.panels.summary_explorer(own, way="random", k=3)',
        truth=lambda: _kept("lead", IN_ORDER),
        tolerance=0,
        unit="件",
        decimals=0,
        slips=(
            Slip(lambda: 6 - _kept("lead", IN_ORDER), "這是不見的件數。題目問的是留下幾件。"),
            Slip(lambda: float(IN_ORDER), "這是句數。一句話可能留下兩件，也可能一件都沒有。"),
        ),
        explain="公告把重點放前面，照順序拿就不差；但最後面的但書一定拿不到。",
        points=2,
        hints=("面板上有兩個選單：怎麼取、幾句。", "圖的標題直接寫著留了幾件。"),
        wrong=(Wrong(0, "偏小"), Wrong(6, "這是句數"), Wrong("很多", "看不出是哪個數字")),
    ),
    Text(
        prompt=(
            "替「冷凍宅配改用新箱的通知」寫一則 LINE 推播，**150 字以內**，六件必須留下的事至少留 4 件，"
            "每一句都站得住。盡量用原文的字。"
        ),
        given='box = xb.ai.article("box_change")\nprint(box, *box.facts.values(), sep="\\n・")',
        checks=(
            Check(f"{LONGEST} 字以內", lambda t: 20 <= len(t) <= LONGEST, f"要 20 到 {LONGEST} 個字。太長就少講一件，不要每件各縮一半。"),
            Check(f"留下至少 {FEWEST} 件", lambda t: _box(t)[0] >= FEWEST, "清單裡的事，數字和字都要在。對照一下漏了哪一件。"),
            Check("每一句都對得起原文", lambda t: _box(t)[1] == 0, "有一句的數字、否定或保留的字和原文不一樣，或原文沒提過。"),
            Check("沒有照單全收", lambda t: "碳排" not in t or "驗證" in t, "供應商說的數字公司還沒驗證，要提就連這一句一起提。"),
        ),
        model=_model,
        explain="放得下四五件就好，每一件都講得清楚，比六件都講一半好。",
        points=4,
        hints=("先挑四件，把原文那幾個字搬過來，再接起來。", "`print(xb.ai.factcheck(box.text, 你的文字, box.facts).facts)` 可以先自己檢查。"),
        wrong=(
            Wrong("三月十五日起換新箱，碳排減少四成，收到新箱送一包茶喔，歡迎大家多多支持。", "還差"),
            Wrong("好", "20 到 150"),
            Wrong("三月十五日起改用再生紙保冷箱，運費維持 160 元。破損的箱子請當場拒收。新箱讓碳排減少四成。商品已經軟化，請在六小時內拍照。", "保留的字"),
            Wrong("三月十五日起改用再生紙保冷箱，外觀從白色變成牛皮色。運費維持 160 元。", "留下至少 4 件"),
        ),
    ),
    Choice(
        prompt="工具商說：「我們的摘要模型，在你們的公告上留下 58% 的重點。」該先問哪一句？",
        options={
            "A": Option("「可以到 70% 嗎？」", "先別討價還價。58% 是高是低，要和不用工具的做法比過才知道。"),
            "B": Option("「照順序拿同樣多句，留下多少？」"),
            "C": Option("「用的是哪一家的模型？」", "模型的名字不會告訴你它有沒有比前四句好。"),
            "D": Option("「一個月多少錢？」", "價錢之後一定要問，但如果它沒贏過免費的做法，多少錢都不划算。"),
        },
        answer="B",
        explain="公告把重點放前面，照順序拿就是很強的對手。沒有對照的百分比，聽不出好壞。",
        hints=("想想課文裡疊在一起的那兩條線。",),
        wrong=(Wrong("A", "和不用工具的做法比"), Wrong("C", "不會告訴你"), Wrong("D", "沒贏過免費的做法")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `factcheck()`，用 `re` 檢查 `own.lines` 的每一句：句子裡的阿拉伯數字（可以有小數），"
            "有幾個不在原文裡？要比**整個數字**，原文有 120 不代表有 12。\n\n"
            "答案是一張表：索引從 0 起，和 `own.lines` 相同；欄位是 `loose`（整數）。"
        ),
        truth=_loose,
        slips=(
            Slip(_loose_by_substring, "這是拿數字去找字串。原文有「120」，就會把「12」放行。請先把原文的數字整個抓出來，再比。"),
            Slip(_all_numbers, "這是每句有幾個數字。題目要的是原文沒有的那幾個。"),
        ),
        stub="import re\n\nimport pandas as pd",
        solution=(
            'numbers = re.compile(r"\\d+(?:\\.\\d+)?")\n'
            "there = set(numbers.findall(own.text))\n"
            'loose = [sum(n not in there for n in numbers.findall(line)) for line in own.lines["text"]]\n'
            'answer = pd.DataFrame({"loose": loose})'
        ),
        research=True,
        points=3,
        explain="先把原文的數字抓成一個集合，再看每一句的數字在不在裡面。",
        hints=("`re.findall` 會給你所有的數字，放進 `set()`。",),
        wrong=(Wrong(1, "DataFrame"),),
    ),
)  # fmt: skip


LESSON = "rice_report"
DRAFT = (0, 1, 3, 4, 6, 7, 8)
EVERY = (LESSON, *NAMES)


def _wrong_lines() -> float:
    return float((article(LESSON).lines["error"].iloc[list(DRAFT)] != "none").sum())


@cache
def _caught() -> float:
    planted = caught = 0
    for name in EVERY:
        text = article(name)
        verdicts = factcheck(text.text, list(text.lines["text"])).lines["verdict"]
        wrong = (text.lines["error"] != "none").to_numpy()
        planted, caught = planted + wrong.sum(), caught + (verdicts.to_numpy()[wrong] != "ok").sum()
    return 100 * float(caught) / float(planted)


def _better_way() -> str:
    kept = {
        way: sum(factcheck(t.text, picked(t, way, COUNT), t.facts).coverage for t in map(article, EVERY))
        for way in ("lead", "extract")
    }
    if abs(kept["lead"] - kept["extract"]) < 1e-9:
        return "一樣多"
    return "取前面幾句" if kept["lead"] > kept["extract"] else "工具挑重點句"


@cache
def _on_x() -> float:
    from ...ai import connect

    text = article(LESSON)
    lines = cover(text.text, text.facts, 6)
    made = rewrite(connect(), "\n".join(lines), ["x"], tags=["嶼穗茶食"])
    return float(factcheck(text.text, made.data.versions[0].text, text.facts).facts["kept"].sum())


PREDICTIONS = {
    "a": Prediction(
        prompt="漂亮的七句摘要裡，有幾句和報告說的不一樣？",
        truth=_wrong_lines,
        show=lambda value: f"{value:.0f} 句",
        why="句子順不順，和它對不對沒有關係。順的句子反而讓人忘了打開原文。",
        close=0,
    ),
    "b": Prediction(
        prompt="故意出錯的句子裡，規則會舉手的有百分之幾？",
        truth=_caught,
        show=lambda value: f"{value:.0f}%",
        why="數字、否定、保留的字都寫得成規則；誰做了什麼，規則讀不懂。",
        close=10,
    ),
    "c": Prediction(
        prompt="都取四句，哪一種平均留下比較多必須留下的事？",
        truth=_better_way,
        show=str,
        why="公告把重點放前面，照順序拿本來就是很強的對手。",
        options=("取前面幾句", "工具挑重點句", "一樣多"),
    ),
    "d": Prediction(
        prompt="六句摘要放進 X 的一則貼文，留得下幾件必須留下的事？",
        truth=_on_x,
        show=lambda value: f"{value:.0f} 件",
        why="X 用權重計數，一個中文字算 2，一則只放得下一百多個字。",
        close=0,
    ),
}
