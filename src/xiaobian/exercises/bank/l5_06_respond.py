"""Questions and predictions of lesson 5.6."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from ... import records
from ...crisis.answering.attribution import scct
from ...crisis.answering.facts import clashes
from ...crisis.answering.old_cases import replayed
from ...crisis.answering.opening import FirstWord
from ...crisis.answering.statements import check_statement
from ...sandbox.crisis.population import population
from ...sandbox.crisis.responses import is_specific
from ...sandbox.crisis.room import Crisis
from ...sandbox.crisis.scenarios import CLUSTERS, STRATEGIES
from ...sandbox.parameters import load
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Option, Slip, TableAnswer, Text, Wrong

SCENE = """
輪到你坐那張桌子。`mine.crisis` 是你的危機（模擬的，全部虛構，每個人拿到的可能不同）。第四題先決定，按「檢查」才打開真相。

這裡的檢查是風險提示，不是法律意見；規則是課程的設計參數（2026-11）。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("5.6")
mine = ex.data()
ex
"""

LESSON_SEED = 5600
"""The crises of the lesson; no learner's exercise uses it."""
LESSON_CASE, OLD_CASE = "data_leak", "wrong_meme"
OWN_CASES = ("wrong_meme", "raffle_doubt", "fake_page_scam")
"""One scenario of each cluster; which one a learner gets depends on the seed."""
BEST = {"preventable": "D", "accidental": "C", "victim": "A"}
HOURS = {"A": ("第 1 小時", 1.0), "B": ("第 6 小時", 6.0), "C": ("第 24 小時", 24.0)}
TONES = {
    "A": ("同理、說明原因、開私訊管道", ("empathy", "explanation", "private_channel")),
    "B": ("一開口就送折價券", ("compensation",)),
    "C": ("貼一句就好", ()),
}
LETTERS = dict(zip("ABCDE", STRATEGIES, strict=True))


@dataclass(frozen=True)
class Mine:
    """What the learner gets. crisis: one to answer. versions: one statement on five channels. cases: a row a simulated crisis
    (cluster, strategy, delay in hours, value of the response)."""

    crisis: FirstWord
    versions: pd.DataFrame
    cases: pd.DataFrame

    def __repr__(self) -> str:
        return f"{self.crisis!r}\n另有 {len(self.versions)} 個版本的公告，和 {len(self.cases)} 場模擬的危機"


FIRST = "11 月 3 日賣出的米穀戚風，批號 T1103，共 48 盒，請先不要吃。今晚 8 點更新。"
VERSIONS = {
    "A": "11/3 賣出的米穀戚風（批號 T1103）請先不要吃，共四十八盒。晚上八點再更新。",
    "B": "批號 T1130 的米穀戚風請先不要吃，11 月 3 日賣出的，共 48 盒。",
    "C": "請不要吃 11 月 3 日賣出的米穀戚風。帶來任何一家店都能退。",
    "D": "11 月 3 日賣出的米穀戚風請不要吃，共 84 盒。今晚 8 點更新。",
    "E": "11 月 3 日賣出的米穀戚風請不要吃。下次更新是今晚 9 點。",
}


def _seed() -> int:
    found = records.seed("5.6", "exercise", 0)
    return found + 1 if found == LESSON_SEED else found


def _scenario() -> str:
    return OWN_CASES[_seed() % len(OWN_CASES)]


@cache
def _cases(seed: int) -> pd.DataFrame:
    table = population(600, seed, background=False).table()[["cluster", "strategy", "delay", "response"]]
    return table.rename(columns={"response": "value"}).round({"delay": 2, "value": 4})


def data() -> Mine:
    """The learner's own crisis, versions and cases."""
    versions = pd.Series(VERSIONS, name="文字").rename_axis("版本").to_frame()
    return Mine(FirstWord(_scenario(), _seed()), versions, _cases(_seed()).copy())


# The decision: a strategy, an hour, a tone and the schedule, judged in the learner's own crisis.


@cache
def _crisis(scenario: str, seed: int) -> Crisis:
    crisis = Crisis(scenario, seed)
    crisis.give_up()
    return crisis


@cache
def _value(scenario: str, seed: int, letters: str) -> float:
    strategy, hour, tone, schedule = list(letters)
    signs = dict.fromkeys(TONES[tone][1], True)
    again = _crisis(scenario, seed).replay(
        LETTERS[strategy], HOURS[hour][1], pauses_schedule=schedule == "A", **signs
    )
    return again.value()


@cache
def _usual(scenario: str, seed: int) -> float:
    return _crisis(scenario, seed).regret().baseline


def _best() -> str:
    return f"{BEST[_crisis(_scenario(), _seed()).scenario.cluster]}AAA"


def _share(letters: str) -> float:
    one, usual = (_scenario(), _seed()), _usual(_scenario(), _seed())
    return (_value(*one, letters) - usual) / (_value(*one, _best()) - usual)


def _told(letters: str) -> str:
    one = _scenario(), _seed()
    cluster = CLUSTERS[_crisis(*one).scenario.cluster]
    return (
        f"真相：{cluster}。你的聲譽變化 {_value(*one, letters):+.2f}，一般公司 {_usual(*one):+.2f}，"
        f"這些選項裡最好 {_value(*one, _best()):+.2f}（標準差）。"
    )


def _advice(letters: str) -> str:
    strategy, hour, _, schedule = list(letters)
    right = _best()
    if LETTERS[strategy] == "silence":
        return "沉默也是一種回答，而且是最差的那一種。至少告知：誰受影響、該怎麼做、幾點再說。"
    if LETTERS[strategy] == "deny" and right[0] != "B":
        return "否認要能馬上證明；證明不了，或事情真的發生了，會被截圖推翻。"
    if strategy != right[0]:
        return "策略還不是最合的：先問起因是誰、能不能避免、有沒有前科，再選。"
    if hour != "A":
        return "策略對了，太晚。先說知道的，不必等查完。"
    if schedule != "A":
        return "策略和時間都對了，可是道歉底下跳出一則促銷。先停排程。"
    return "補償不能當第一句話，一句話也不夠。先同理、說原因、給私訊管道。"


@dataclass(frozen=True, kw_only=True)
class FirstAnswer(Decision):
    """A decision about the learner's own crisis."""

    best: str = ""

    def right(self) -> str:
        return _best()

    def solution_text(self) -> str:
        return "；".join(
            f"{name}：{options[letter]}"
            for letter, (name, options) in zip(_best(), self.choices.items(), strict=True)
        )


def _wrong_strategy() -> str:
    """The right hour with what feels safest in each cluster."""
    return {"D": "CAAA", "C": "BAAA", "A": "DAAA"}[_best()[0]]


def _too_late() -> str:
    return f"{_best()[0]}CAA"


# The statement.

BRIEF = (
    "前天下午到昨天早上，官網把節慶禮盒 680 元標成 68 元，成立 2,143 筆訂單。原因是匯入價格表時少了一個零，沒有第二個人核對。"
    "訂單怎麼處理，公司還沒決定。你答應今天中午 12 點更新。商品昨天 9:20 下架，今天起改價要兩個人看過。"
)
MODEL = (
    "昨天下單節慶禮盒的 2,143 位客人：你的訂單先保留，請不用付款，也不用打電話。是我們匯入價格表時少了一個零，沒有第二個人核對，對不起。"
    "商品昨天 9:20 已經下架，今天起改價要兩個人看過才能存。訂單怎麼處理還沒有決定，今天中午 12 點在這裡更新。"
)


def _rule(name: str, rule: str, advice: str) -> Check:
    def holds(text: str) -> bool:
        return len(text) >= 20 and rule not in check_statement(text, cluster="accidental").broken

    return Check(name, holds, advice)


def _owns(text: str) -> bool:
    return "responsibility" not in check_statement(text, cluster="preventable").broken


def _clean(text: str) -> bool:
    broken = set(check_statement(text, cluster="accidental").broken)
    return len(text) >= 60 and not broken & {
        "no_conditional",
        "no_blame",
        "no_passive",
        "no_promotion",
        "plain_words",
        "length",
    }


def _same_facts(text: str) -> bool:
    told = "2143" in text.replace(",", "").replace("，", "")
    return told and not clashes(text, [BRIEF])[0]


# The code question.


def _means(*, hours: float | None = 6.0, how: str = "mean", after: bool = False) -> pd.DataFrame:
    cases = _cases(_seed())
    if hours is not None:
        cases = cases[cases["delay"] > hours] if after else cases[cases["delay"] <= hours]
    return cases.pivot_table(index="cluster", columns="strategy", values="value", aggfunc=how)  # type: ignore[arg-type]


def _turned() -> pd.DataFrame:
    return _means().T


FAMILIES = {
    "A": "否認（單純否認、推給別人）",
    "B": "規避責任（不知情、意外、好意）",
    "C": "降低攻擊性（淡化、補強、補償、攻擊指控者）",
    "D": "改正行動",
    "E": "致歉",
}

QUESTIONS = (
    Match(
        prompt="六件事，各是哪一型？（用 `xb.crisis.scct()` 的三個問題：起因是誰、能不能避免、有沒有前科）",
        pairs={
            "有人開假帳號賣你的禮券": "A",
            "第一次發生：排程工具當機，同一則發了三次": "B",
            "同樣的排程事故，去年發生過，客人還記得": "C",
            "同事知道權限開太大，覺得麻煩沒有改，名單外流": "C",
            "颱風淹進倉庫，禮盒晚三天出": "A",
            "供應商換了包材沒有說，封膜漏氣": "B",
        },
        choices={"A": "受害者型", "B": "意外型", "C": "可預防型"},
        why={
            "有人開假帳號賣你的禮券": "起因是外面的人，事前防不了，是受害者型。",
            "第一次發生：排程工具當機，同一則發了三次": "在我們手上發生，沒有人有意，是意外型。",
            "同樣的排程事故，去年發生過，客人還記得": "有前科會往上拉一級：意外型被當成可預防型。",
            "同事知道權限開太大，覺得麻煩沒有改，名單外流": "知道而沒改，本來可以避免，是可預防型。",
            "颱風淹進倉庫，禮盒晚三天出": "天災，是受害者型；但怎麼通知客人還是你的事。",
            "供應商換了包材沒有說，封膜漏氣": "出在合作的人身上，沒有人有意，是意外型；不是「不關我的事」。",
        },
        explain="先問起因，再問能不能避免，最後看前科和過去關係；後兩樣只會往上拉，不會往下降。",
        points=3,
        hints=("兩件是外面的人或天災。", "「知道」和「去年也」各把一件推進可預防型。"),
        wrong=(
            Wrong("ABBCAB", "往上拉一級"), Wrong("ABCBAB", "知道而沒改"), Wrong("ABCCAA", "不是「不關我的事」"), Wrong("BBCCAB", "外面的人"),
            Wrong("AB", "要給 6 個代號"),
        ),
    ),
    Match(
        prompt="六句話，各是形象修復的哪一家族？**你先標**，再拿 `xb.crisis.image_repair()` 的答案對一次：它會看錯，看錯的地方最值得討論。",
        pairs={
            "那批米是合作社驗的，請去問他們。": "A",
            "當天網路斷了，我們看不到庫存。": "B",
            "十年來我們只用在地的米。": "C",
            "爆料的人上個月才被我們退件。": "C",
            "下週三前，六家店的標籤全部重印。": "D",
            "這句話傷了人，是我們不該寫。": "E",
        },
        choices=FAMILIES,
        why={
            "那批米是合作社驗的，請去問他們。": "推給別人，屬於否認家族：不是說沒發生，是說不是我。",
            "當天網路斷了，我們看不到庫存。": "說當時沒有辦法知道，是規避責任。",
            "十年來我們只用在地的米。": "說自己平常做得好，是補強，屬於降低攻擊性。",
            "爆料的人上個月才被我們退件。": "攻擊指控的人，屬於降低攻擊性；在危機裡幾乎都會反彈。",
            "下週三前，六家店的標籤全部重印。": "說怎麼修好、哪天做完，是改正行動。",
            "這句話傷了人，是我們不該寫。": "承認並指出錯在哪，是致歉；沒有「對不起」三個字也算。",
        },
        explain="標的是「這句話在做什麼」，不是有沒有某個詞。工具靠字詞，人靠意思。",
        points=3,
        hints=("推給別人算否認，不算規避責任。", "有兩句屬於同一個家族。"),
        wrong=(
            Wrong("BBCCDE", "推給別人"), Wrong("ACCCDE", "沒有辦法知道"), Wrong("ABCADE", "攻擊指控的人"), Wrong("ABDCDE", "補強"),
            Wrong("AB", "要給 6 個代號"),
        ),
    ),
    MultiChoice(
        prompt=f"第一版寫：「{FIRST}」\n\n五個平台各發了一版。**哪幾版和第一版互相矛盾？**（複選；少說不算矛盾，說得不一樣才算）",
        given="mine.versions",
        options={
            "A": Option("11/3、批號 T1103、四十八盒、晚上八點", "寫法不同，日期、批號、數量、時間都一樣：11/3 就是 11 月 3 日，四十八就是 48。"),
            "B": Option("批號 T1130"),
            "C": Option("沒寫批號和盒數，加了退貨", "少說一點、多說一個退貨管道，不是矛盾。一致是「說到的都一樣」。"),
            "D": Option("共 84 盒"),
            "E": Option("下次更新是今晚 9 點"),
        },
        answers=frozenset("BDE"),
        explain="批號倒了兩碼、盒數倒過來、更新時間晚一小時。三個都是轉貼時手打的；一份稿、各平台剪短，不要重打。",
        points=3,
        hints=("一個事實一個事實對：日期、批號、數量、時間。", "有三版。"),
        wrong=(Wrong("BD", "還漏了 1 個"), Wrong("ABDE", "四十八就是 48"), Wrong("BCDE", "不是矛盾"), Wrong("B", "還漏了 2 個")),
    ),
    FirstAnswer(
        prompt=(
            "**你的危機。** 先讀 `mine.crisis`，再決定四件事。\n\n"
            "按「檢查」才會打開真相：同一份運氣下，和一般公司的做法、這些選項裡最好的做法比。"
        ),
        given="mine.crisis",
        choices={
            "策略": {letter: STRATEGIES[name] for letter, name in LETTERS.items()},
            "第一句話": {letter: words for letter, (words, _) in HOURS.items()},
            "怎麼說": {letter: words for letter, (words, _) in TONES.items()},
            "排程貼文": {"A": "停", "B": "照發"},
        },
        judged="會和沙盒裡的真相比。",
        share=_share,
        told=_told,
        advice=_advice,
        floor=0.6,
        enough=0.9,
        explain="策略合類型，話說得早、說得清楚，排程先停：三件事加起來才是這個數字。",
        points=5,
        hints=("先問三個問題：起因是誰、能不能避免、有沒有前科。", "形式那三項沒有取捨：早說、說清楚、停排程。"),
        wrong=(
            Wrong(_wrong_strategy, "真相"), Wrong(_too_late, "太晚"), Wrong("EAAA", "沉默也是一種回答"), Wrong("BCCB", "真相"),
            Wrong("AB", "要給 4 個代號"),
        ),
    ),
    Text(
        prompt=f"**寫第一版聲明**（300 字以內）。你知道的只有：\n\n> {BRIEF}",
        checks=(
            _rule("第一句說誰受影響", "affected_first", "第一句就寫：哪一天、買了什麼的人，現在該做什麼。"),
            _rule("已知未知和更新時間", "known_unknown", "還沒決定的就寫「還沒有決定」，並寫幾點更新。"),
            _rule("具體行動和日期", "action_date", "做了什麼、哪一天起改成怎樣；「會加強」不是行動。"),
            Check("承認是自己的錯", _owns, "寫「是我們……」，說出錯在哪一步。光寫抱歉不算。"),
            Check("數字和已知的一致", _same_facts, "2,143 筆、680 和 68 元、中午 12 點，一個都不能抄錯。"),
            Check("沒有不該有的話", _clean, "拿掉有條件的道歉、怪別人、被動句、促銷、公文腔，至少寫 60 字。"),
        ),
        model=lambda: MODEL,
        explain="聲明不是文采，是檢核表：誰、知道什麼、不知道什麼、做了什麼、幾點再說。",
        points=4,
        hints=("先寫一句：昨天下單節慶禮盒的客人，你的訂單……", "還不知道的事，和幾點再說，寫在同一句。"),
        wrong=(
            Wrong("本公司一向重視品質，造成大家不便，深感抱歉，將加強教育訓練，避免類似情形再度發生，也感謝各界支持與指教，我們會持續努力進步。", "第一句說誰受影響"),
            Wrong("昨天下單禮盒的客人，你的訂單先保留。是我們少打一個零，沒有核對，對不起。商品昨天 9:20 已經下架，今天起改價要兩個人看過才能存檔，不再一個人改。", "已知未知和更新時間"),
            Wrong("昨天下單節慶禮盒的 2,413 位客人：訂單先保留。是我們匯入價格表時少了一個零，沒有第二個人核對。商品昨天 9:20 已經下架。共 2,413 筆訂單怎麼處理還沒有決定，今天中午 12 點更新。", "數字和已知的一致"),
            Wrong(lambda: MODEL + "為表歉意，全館八折到週日。", "沒有不該有的話"),
            Wrong(lambda: MODEL.replace("是我們匯入價格表時少了一個零，沒有第二個人核對，對不起。", "系統出了狀況。"), "承認是自己的錯"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `mine.cases` 是 600 場模擬的危機。只看 **6 小時以內**（含）就開口的，算每個類型、每種策略的平均 `value`："
            "列是 cluster、欄是 strategy。"
        ),
        truth=_means,
        slips=(
            Slip(lambda: _means(hours=None), "沒有篩時間。晚回的混進來，會把每個策略都往下拉，看不出策略本身。"),
            Slip(lambda: _means(after=True), "方向反了：這是超過 6 小時才開口的。"),
            Slip(lambda: _means(how="median"), "這是中位數，題目要平均。"),
            Slip(_turned, "列和欄對調了：列要是 cluster，欄是 strategy。"),
        ),
        stub="cases = mine.cases",
        solution=(
            'early = cases[cases["delay"] <= 6]\n'
            'answer = early.pivot_table(index="cluster", columns="strategy", values="value", aggfunc="mean")'
        ),
        research=True,
        points=3,
        explain="每一列的最大值都不同：最好的策略要看類型。可是整列往上移的，是早。",
        hints=("先篩 delay，再 pivot_table。", "`pivot_table(index=\"cluster\", columns=\"strategy\", values=\"value\", aggfunc=\"mean\")`。"),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's cases.

DRAFT = (
    "近日本店系統疑似遭外部入侵，部分資料遭到公開，我們同樣是受害者。本案已依法處理，如有造成不便，敬請見諒。"
    "節慶禮盒預購仍持續進行，輸入 YUSUI10 享九折優惠。"
)
"""What the form vendor sent; the lesson prints it and checks it."""
CHANNELS = {
    "Facebook": "用過取貨查詢連結的 1,846 位客人，你的姓名、電話和地址曾經能被別人看到。連結今天早上 9:52 關閉。中午 12 點更新。",
    "Instagram": "取貨名單外露，共 1,846 位，含姓名、電話、地址，沒有卡號。連結早上 9:52 已關。中午 12 點更新。",
    "LINE": "取貨名單外露，共 1,486 位，只有姓名和電話，沒有地址。連結早上 9:52 關閉。下午 2 點更新。",
}
"""One message on three channels; the last was typed again."""


def _crossing() -> float:
    """Blame at which form begins to weigh more than strategy."""
    (s, s_blame), (f, f_blame) = load()["crisis.strategy_weight"], load()["crisis.form_weight"]
    return float((s - f) / (f_blame - s_blame))


def _late_or_excuse() -> str:
    table = replayed(OLD_CASE, LESSON_SEED).table
    return "贏" if float(table[24.0]["rebuild"]) > float(table[1.0]["diminish"]) else "輸"


VAGUE = "我們自己先說：內部清查發現權限有一些狀況，會再檢討改進，對不起。"
EXACT = "我們自己先說：三週前改權限時，漏了第二個人核對，1,846 位客人的姓名、電話和地址看得到。今天早上 9:52 已經關閉，對不起。"


def _told_less() -> float:
    """Blame that a vague confession takes away: nothing below so many details."""
    return abs(float(load()["crisis.stealing_thunder"])) * is_specific(VAGUE, load())


PREDICTIONS = {
    "a": Prediction(
        prompt="取貨名單外露，去年有客人提醒過。大家會當成哪一型？",
        truth=lambda: CLUSTERS[scct("inside", history=1).cluster],
        show=str,
        why="就算沒有人有意，提醒過就是前科；意外型往上拉一級。",
        options=tuple(CLUSTERS.values()),
    ),
    "b": Prediction(
        prompt="可預防型：第 24 小時才重建（道歉、改正），贏得過第 1 小時就淡化（找理由）嗎？",
        truth=_late_or_excuse,
        show=str,
        why="差一點點，幾乎一樣差：晚一天的道歉，和馬上找理由，值的差不多。",
        options=("贏", "輸"),
    ),
    "c": Prediction(
        prompt="歸責（0 到 1）到多少，形式開始比策略重？",
        truth=_crossing,
        show=lambda value: f"{value:.2f}",
        why="比意外型的起點還低一點；可預防型從一開始就是形式比較重。",
        close=0.05,
    ),
    "d": Prediction(
        prompt="外包商傳來的那份稿，十條規則守住幾條？",
        truth=lambda: float((check_statement(DRAFT, cluster="preventable").table["state"] == "守住").sum()),
        show=lambda value: f"{value:.0f} 條",
        why="字數夠短、沒有罵人；其餘八條都破了。寫得像公告，不等於是聲明。",
        close=0,
    ),
    "e": Prediction(
        prompt="三個平台的三個版本，LINE 那版和 Facebook 那版矛盾幾處？",
        truth=lambda: float(len(clashes(CHANNELS["LINE"], [CHANNELS["Facebook"]])[0])),
        show=lambda value: f"{value:.0f} 處",
        why="人數倒了兩碼、地址有沒有外露、更新時間，三樣都被重打過。",
        close=0,
    ),
    "f": Prediction(
        prompt="含糊的自白（「內部發現一些狀況，會檢討」）讓歸責降多少？",
        truth=_told_less,
        show=lambda value: f"{value:.2f}",
        why="搶先說只有具體才有保護：什麼時候、多少、哪裡錯、怎麼做。",
        close=0.005,
    ),
    "g": Prediction(
        prompt="外包商那份稿只發一次、沒有改口。它的「一致」是多少（0 到 1）？",
        truth=lambda: float(load()["crisis.denial_consistency"]),
        show=lambda value: f"{value:.2f}",
        why="證明不了的否認會被推翻；被推翻的那一刻，就和事實不一致了。",
        close=0.05,
    ),
}
