"""Questions and predictions of lesson 4.1."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from ... import records
from ...ai import bills, examples, tokens
from ...ai.briefs import Brief
from ...ai.checks import Given
from ...ai.client import connect
from ...ai.evaluation import Pair, Tried, compare, headline_checks, telling, try_brief, with_parts
from ...ai.grounding import ungrounded
from ...ai.offline.headlines import headlines
from ...datasets import year
from ...sandbox.streams import generator
from ..checks import TAIWAN_WORDS, pattern, without
from ..predictions import Prediction
from ..prompt_ways import BRIEFS, LINE, WAYS, outcome
from ..questions import (
    Check,
    Decision,
    Match,
    Number,
    Order,
    Slip,
    TableAnswer,
    Text,
    Wrong,
)

SCENE = """
換你在五點前交標題。`task` 裡有三樣東西：一張簡報（`task.brief`，全部查得到的事）、六句同事交來的草稿（`task.drafts`）、
一份蒙眼投票的紀錄（`task.votes`，模擬資料）。每個人拿到的商品、價格和票都不同。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("4.1")
task = ex.data()
ex
"""

RATE = 32.0
"""NT$ a US$ in the exercise, a design parameter; the learner's own rate is for the learner to look up."""

MODEL, CHEAPER = "gpt-6.1-terra", "gpt-6-luna"
MONTHLY, EACH = 400, 8

GOODS: dict[str, tuple[tuple[str, ...], str]] = {
    "冷泡金萱": (("茶葉是嘉義梅山的金萱", "冷泡八小時，不加糖"), "一瓶"),
    "黑豆穀飲": (("黑豆是雲林契作的", "用穀物熬的，不加奶"), "一瓶"),
    "米穀戚風": (("用台灣在來米粉做", "當天現烤，冷藏可放三天"), "一盒"),
    "焙茶布丁": (("焙茶是店裡自己烘的", "用玻璃瓶裝，可以退瓶"), "一個"),
    "堅果米餅": (("米餅用契作白米壓的", "三種堅果，沒有花生"), "一包"),
}
"""Invented products: two facts each and what one is called."""


@dataclass(frozen=True)
class Task:
    """A learner's own material. brief: everything known. drafts: six lines. votes: pair, left_by, right_by, vote."""

    brief: Brief
    drafts: tuple[str, ...]
    votes: pd.DataFrame

    def __repr__(self) -> str:
        known = [f"商品：{self.brief.product}", *(f"事實：{fact.text}" for fact in self.brief.facts)]
        known.append(f"價格：{self.brief.prices[0]}　開賣：{self.brief.dates[0]}")
        return "\n".join([*known, "", *(f"第 {i} 句　{text}" for i, text in enumerate(self.drafts, 1))])


def _seed() -> int:
    return records.seed("4.1", "exercise")


def data() -> Task:
    """The learner's own brief, drafts and votes."""
    return _task(_seed())


@cache
def _task(seed: int) -> Task:
    chance = random.Random(seed)
    product = chance.choice(list(GOODS))
    facts, one = GOODS[product]
    amount, day = chance.randrange(60, 390, 5), f"{chance.randrange(3, 12)}/{chance.randrange(2, 28)}"
    brief = Brief(
        product=product, brand="嶼穗茶食", facts=[*facts, f"{day} 起在六家門市賣"],
        dates=[day], prices=[f"{one} {amount} 元"],
    )  # fmt: skip
    return Task(brief, _drafts(brief, amount, chance), _votes(seed))


def _drafts(brief: Brief, amount: int, chance: random.Random) -> tuple[str, ...]:
    """Six lines: each breaks the check that ``BREAKS`` says and no other."""
    name, price, day, fact = brief.product, brief.prices[0], brief.dates[0], brief.facts[0].text
    return (
        f"{price}的{name}，這週末 {chance.choice((7, 8))} 折",
        f"第一口就懂：{fact}",
        f"打開{name}，整間辦公室都安靜了",
        f"人氣第一的{name}，{day} 見",
        f"{name}的小視頻來了，{day} 起看",  # lint: off
        f"{name}只要 {amount + chance.choice((-20, 20, 30))} 元，{fact}",
    )


BREAKS = "AEDBCA"
"""Which check each draft breaks, as the letters of the question; E is none."""

LABELS = {"A": "事實有來源", "B": "沒有說滿", "C": "台灣用語", "D": "講得出一件事"}


WRITERS, PAIRS, LEFTWARD = ("阿洛", "離線規則"), 160, 0.2
"""The blind vote: design parameters; everybody's vote leans to the left by so much, and to nobody's words."""


def _votes(seed: int) -> pd.DataFrame:
    rng = generator(seed, "votes of the prompt lab")
    flip = rng.random(PAIRS) < 0.7
    left = np.where(flip, WRITERS[0], WRITERS[1])
    right = np.where(flip, WRITERS[1], WRITERS[0])
    vote = rng.choice(["left", "right", "tie"], PAIRS, p=[0.4 + LEFTWARD, 0.4 - LEFTWARD, 0.2])
    ids = [f"第 {i} 組" for i in range(1, PAIRS + 1)]
    return pd.DataFrame({"pair": ids, "left_by": left, "right_by": right, "vote": vote})


def _shares(drop_ties: bool = True) -> pd.DataFrame:
    votes = data().votes
    votes = votes[votes["vote"] != "tie"] if drop_ties else votes
    both = pd.concat(
        pd.DataFrame({"author": votes[f"{side}_by"], "side": f"on_{side}", "won": votes["vote"] == side})
        for side in ("left", "right")
    )
    found = both.pivot_table(index="author", columns="side", values="won", aggfunc="mean")
    return found.assign(share=both.groupby("author")["won"].mean()).astype(float)


def _sides_swapped() -> pd.DataFrame:
    return _shares().rename(columns={"on_left": "on_right", "on_right": "on_left"})


# The month's bill.


@cache
def _tried(seed: int, facts: str = "facts", dates: str = "yes") -> Tried:
    brief = _task(seed).brief
    return try_brief(connect(), with_parts(brief, facts, dates), n=EACH, truth=brief)


def _month(model: str = MODEL, facts: str = "facts", dates: str = "yes", headlines: int = MONTHLY) -> float:
    found = bills.month(_tried(_seed(), facts, dates).usage, model, headlines, EACH, rate=RATE)
    assert found.twd is not None
    return found.twd


def _headline() -> str:
    brief = data().brief
    return f"{brief.prices[0]}的{brief.product}，{brief.dates[0]} 見"


# The decision: a way of working, tried on briefs nobody has seen.

WORDS = {
    "簡報寫什麼": {
        "A": "只寫商品名",
        "B": "商品名和三句口號",
        "C": "查得到的事",
        "D": "查得到的事、期限、價格",
    },
    "一次要幾句": {"E": "1 句", "F": "8 句", "G": "20 句"},
    "字數上限": {"H": "12 字", "I": f"{LINE} 字", "J": "60 字"},
    "怎麼挑": {"K": "挑最熱鬧的（！、？、引號最多）", "L": "用第一句", "M": "先過檢查，再用第一句過的"},
}


def _told(letters: str) -> str:
    good, bad, none = (round(BRIEFS * share) for share in outcome(letters))
    return (
        f"{BRIEFS} 張沒看過的簡報：{good} 張交得出標題，{bad} 張交出去的過不了檢查，{none} 張五點還交不出來。"
    )


NEXT = {
    "簡報寫什麼": "下一步：換「簡報寫什麼」。標題裡的事，只能來自簡報。",
    "一次要幾句": "下一步：換「一次要幾句」。只要一句，就沒得挑。",
    "字數上限": "下一步：換「字數上限」。太短，事實放不進去；太長，手機上看不完。",
    "怎麼挑": "下一步：換「怎麼挑」。熱鬧和第一個，都沒有看它說了什麼。",
}


def _reason(letters: str) -> str:
    """The single choice whose change would help most."""

    def gain(name: str) -> float:
        place = list(WAYS).index(name)
        return max(outcome(letters[:place] + other + letters[place + 1 :])[0] for other in WAYS[name])

    return max(WAYS, key=gain)


CHECKS = (
    Check("有品名", lambda text: data().brief.product in text, "寫出商品的名字，滑過去的人才知道在說什麼。"),
    Check("講得出一件事", lambda text: any(part in text for part in telling(data().brief)), "放進簡報裡一件查得到的事：價格、日期，或一條事實的原文。"),
    Check("數字都有來源", lambda text: not ungrounded(text, data().brief.source), "有數字、日期或折扣不在簡報裡，請改成簡報寫的那個。"),
    without("沒有說滿", "第一名|全台第一|人氣第一|最好|最棒|最強|保證|絕對|唯一", "換成查得到的說法，不要第一、最好、保證。"),
    pattern("8–28 字", r"(?s)^.{8,28}$", "手機上一行大約 28 字；太短又說不清楚。"),
    TAIWAN_WORDS,
)  # fmt: skip

QUESTIONS = (
    Number(
        prompt=(
            "佩蓁要一個月 **400 句**標題的預算。簡報寫**查得到的事**，也寫**期限、價格**；一次要 8 句；照 "
            "**gpt-6.1-terra** 的價目，1 美元算 32 元（設計參數）。\n\n一個月大約多少元台幣？用下面的面板設定，讀出最後一行的金額。"
        ),
        given="xb.panels.prompt_explorer(task.brief, rate=32)",
        truth=_month,
        tolerance=0.02,
        unit="元",
        slips=(
            Slip(lambda: _month(CHEAPER), "這是 gpt-6-luna 的價目。題目問的是 gpt-6.1-terra，型號換一下。"),
            Slip(lambda: _month() / RATE, "這是美元。乘上 32，換成台幣。"),
            Slip(lambda: _month(headlines=200), "這是 200 句的錢。佩蓁要 400 句。"),
            Slip(lambda: _month(facts="none", dates="no"), "簡報還空著。把事實和期限、價格都寫進去，要讀的字變多，錢也跟著變。"),
        ),
        explain="400 句除以 8，是 50 次要求；每次的輸入和輸出各乘自己的單價。token 是估計，價目有查核日，兩個都會變。",
        points=3,
        hints=("四個下拉選單要改：「事實」「期限、價格」「型號」「每月」。", "最後一行會寫讀幾個、寫幾個 token，以及約 NT$ 多少。"),
        wrong=(Wrong("很便宜", "看不出是哪個數字"), Wrong(300, "偏大")),
    ),
    Match(
        prompt=(
            "先印出你的簡報和六句草稿，用眼睛當檢查表：替每一句選出它**沒過的那一項**；五項都過就選 E。\n\n"
            "對照的來源只有你的簡報：商品、三件事實、價格、開賣日。"
        ),
        given="print(task)",
        pairs={f"第 {i} 句": letter for i, letter in enumerate(BREAKS, 1)},
        choices={
            "A": "事實有來源：有數字或折扣不在簡報裡",
            "B": "沒有說滿：第一、最、保證",
            "C": "台灣用語",
            "D": "講得出一件事：沒有查得到的事",
            "E": "五項都過",
        },
        why={
            "第 1 句": "價格是對的，折扣不在簡報裡。門市要照標題收錢，多出來的折扣誰付？",
            "第 2 句": "「第一口」在說順序，不是說自己第一；後半句是簡報裡的事實。",
            "第 3 句": "它沒有捏造，因為它什麼也沒說：沒有價格、日期或事實。",
            "第 4 句": "日期對得上，可是「人氣第一」沒有人查得到。",
            "第 5 句": "日期對得上，也沒有說滿；看看有沒有台灣不這樣說的詞。",
            "第 6 句": "事實照抄了，價格沒有。拿簡報的價格對一次。",
        },
        explain="一句一句拿簡報對：數字、日期、折扣先看，再看說滿的字，最後問它到底講了什麼。",
        points=4,
        hints=("先把每一句的數字圈起來，去簡報找。", "有一句沒有任何錯字、任何數字，也沒有任何內容。"),
        wrong=(
            Wrong("EEDBCA", "折扣不在簡報裡"), Wrong("ABDBCA", "在說順序"), Wrong("AEEBCA", "什麼也沒說"),
            Wrong("AEDECA", "沒有人查得到"), Wrong("AEDBCE", "價格沒有"), Wrong("AEDB", "要給 6 個代號"),
        ),
    ),
    Order(
        prompt="從一張空白簡報到明天的標題，把步驟排成順序。",
        items=(
            "把查得到的事、期限和價格寫進簡報", "照簡報一次要八句", "每一句過檢查，沒過的先放旁邊",
            "過的再由人問一次：這是誰說的？", "蒙住名字、抽籤換邊，請同事投票", "負責的人核准，才能發出去",
        ),
        why=(
            "簡報沒寫的，寫的人就會自己補。", "要有一批，才有得檢查、有得挑。", "機器擋得掉的先擋，人只看剩下的。",
            "沒有數字的謊，檢查抓不到；別讓大家投票投在假的上面。", "選好哪一句，才知道要核准哪一句。", "",
        ),
        explain="簡報、產生、檢查、人問、蒙眼、核准：便宜的關卡放前面，人的時間放後面。",
        points=2,
        hints=("第一步還沒有打開任何工具。", "投票之前，候選的每一句都要是真的。"),
    ),
    Decision(
        prompt=(
            "替團隊定一套做法。它會放進十二張沒看過的簡報：吃的、喝的、用品、課程、市集、書店都有，由離線規則引擎寫。"
            "五點一到，挑出來的那一句要過得了檢查；一句都沒過，就是交不出來。\n\n"
            "分數是「交得出標題的簡報 ÷ 全部」，九成以上就通過。"
        ),
        choices=WORDS,
        share=lambda letters: outcome(letters)[0],
        told=_told,
        advice=lambda letters: NEXT[_reason(letters)],
        best="DFIM",
        floor=0.4,
        enough=0.9,
        explain="簡報給查得到的事，一次多要幾句，留得下放事實的長度，再讓檢查去挑：缺一樣，五點就會開天窗。",
        points=4,
        hints=("照阿洛四點二十分的做法試一次：只寫商品名，挑最熱鬧的。", "一次只換一欄，看三個數字怎麼動。"),
        wrong=(
            Wrong("AFIK", "過不了檢查"),
            Wrong("BGIM", "簡報寫什麼"),
            Wrong("DEIM", "沒得挑"),
            Wrong("DFHM", "放不進去"),
            Wrong("DFIK", "熱鬧"),
            Wrong("DFI", "要給 4 個代號"),
        ),
    ),
    Text(
        prompt=(
            "照第 2 題印出的簡報，替你的商品寫一個明天能用的標題，28 字以內。要有品名，要放進簡報裡至少一件查得到的事。\n\n"
            "檢查只看得到寫得出規則的事；過了之後，再念一次給旁邊的人聽。"
        ),
        checks=CHECKS,
        model=_headline,
        explain="每一項都過。這代表它沒有明顯的錯，不代表它最好：好不好，蒙著名字問人。",
        points=2,
        hints=("從價格或日期開始寫最穩。", "寫完把每個數字都拿回簡報對一次。"),
        wrong=(
            Wrong("全台第一好吃！", "有品名"),
            Wrong(lambda: f"{data().brief.product}真的很好吃喔喔", "講得出一件事"),
            Wrong(lambda: f"{_headline()}，買就 5 折", "數字都有來源"),
            Wrong(lambda: f"最好吃的{_headline()}", "沒有說滿"),
            Wrong(7, "引號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `task.votes` 一列是一組：`left_by`、`right_by` 是左右兩句的作者，`vote` 是 left、right 或 tie。"
            "這份紀錄沒有抽籤換邊，阿洛的句子多半放在左邊。\n\n"
            "算一張表：索引是作者，欄位是 `share`（贏的組數 ÷ 分出勝負的組數）、`on_left`（放左邊時的勝率）、"
            "`on_right`（放右邊時的勝率）。tie 不算。值是 0–1 的比例。"
        ),
        truth=_shares,
        slips=(
            Slip(lambda: _shares(drop_ties=False), "分母把「差不多」也算進去了。題目只看分出勝負的組。"),
            Slip(_sides_swapped, "左右對調了：`vote == \"left\"` 是 left_by 的人贏。"),
        ),
        stub="import pandas as pd",
        solution=(
            'decided = task.votes[task.votes["vote"] != "tie"]\n'
            "both = pd.concat(\n"
            "    pd.DataFrame({\n"
            '        "author": decided[f"{side}_by"],\n'
            '        "side": f"on_{side}",\n'
            '        "won": decided["vote"] == side,\n'
            '    }) for side in ("left", "right")\n'
            ")\n"
            'answer = both.pivot_table(index="author", columns="side", values="won", aggfunc="mean")\n'
            'answer["share"] = both.groupby("author")["won"].mean()'
        ),
        research=True,
        points=4,
        explain="看總勝率，阿洛遙遙領先；同一邊比，兩個人差不多。贏的是左邊。",
        hints=('先拿掉 tie，再把左右兩邊各做成一張「作者、邊、有沒有贏」的表，上下接起來。', '`pivot_table(index="author", columns="side", values="won", aggfunc="mean")`。'),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


def _passing_loose() -> int:
    roll = examples.roll()
    given = Given(source=(roll.source,))
    checks = [check for check in headline_checks(roll, 24) if check.kind != "contains-any"]
    lines = examples.headlines("one_sentence")
    return sum(all(check.run(line, given).passed for check in checks) for line in lines)


def _telling_without_facts() -> int:
    roll = examples.roll()
    lines = [one["text"] for one in headlines(Brief(product=roll.product), 8)]
    return sum(any(part in line for part in telling(roll)) for line in lines)


VOTER_SEED, VOTES, LEFT_SHARE = 1, 40, 0.7
"""The colleague of the lesson who does not read: design parameters."""


def _always_left() -> float:
    """Win rate, in percent, of the author whose line always stands left, both lines being the same."""
    clicks = np.random.default_rng(VOTER_SEED).choice(
        ["left", "right"], VOTES, p=[LEFT_SHARE, 1 - LEFT_SHARE]
    )
    asked = [Pair(str(i), "同一句", "同一句", *WRITERS) for i in range(VOTES)]
    table = compare(asked, dict(zip(map(str, range(VOTES)), clicks.tolist(), strict=True))).table
    return 100 * float(table.set_index("author")["share"].to_dict()[WRITERS[0]])


def _caption_tokens() -> int:
    captions = year("posts")["caption"]
    return tokens.count(str(captions[captions.str.len() == 200].iloc[0]))


def _month_of_the_lesson() -> float:
    found = connect().headlines(examples.roll(), n=8)
    twd = bills.bill(found.usage, "gpt-6-luna", 25, rate=RATE).twd
    assert twd is not None
    return twd


def _seen_with_twelve() -> float:
    from scipy.stats import binom
    from statsmodels.stats.proportion import proportion_confint

    wins = np.arange(13)
    low = proportion_confint(wins, 12, method="wilson")[0]
    return 100 * float(binom.pmf(wins, 12, 0.6)[low > 0.5].sum())


PREDICTIONS = {
    "a": Prediction(
        prompt="只給一句話換來的十二句標題，有幾句四項檢查都過？",
        truth=_passing_loose,
        show=lambda value: f"{value:.0f} 句",
        why="簡報是空的，寫的人就自己補：折扣、限量、價格、名次。",
        close=1,
    ),
    "b": Prediction(
        prompt="簡報只寫商品名，離線規則寫的八句裡，有幾句講得出一件查得到的事？",
        truth=_telling_without_facts,
        show=lambda value: f"{value:.0f} 句",
        why="沒有材料，不捏造的寫法只剩下漂亮的空話。",
        close=0,
    ),
    "c": Prediction(
        prompt="兩邊放一模一樣的句子，阿洛永遠在左邊，同事七成點左邊：四十組投完，阿洛的勝率是百分之幾？",
        truth=_always_left,
        show=lambda value: f"{value:.0f}%",
        why="句子一樣，贏的是位置。",
        close=5,
    ),
    "d": Prediction(
        prompt="一則 200 字的中文貼文，大約幾個 token？",
        truth=_caption_tokens,
        show=lambda value: f"{value:.0f} 個",
        why="四個字元一個 token 是英文的算法；中文差不多一個字就是一個。",
        close=30,
    ),
    "e": Prediction(
        prompt="一個月 200 句標題，照價目表上最便宜的型號，要多少元台幣？",
        truth=_month_of_the_lesson,
        show=lambda value: f"{value:,.0f} 元" if value >= 10 else f"{value:.2f} 元",
        why="單價是一百萬個 token 的錢，一個月的標題連兩萬個都用不到。",
        close=1,
    ),
    "f": Prediction(
        prompt="真的有六成的人比較喜歡 B。只投 12 組，看得出來的機會是百分之幾？",
        truth=_seen_with_twelve,
        show=lambda value: f"{value:.0f}%",
        why="十二組要贏到十組，區間才會離開一半。",
        close=5,
    ),
}
