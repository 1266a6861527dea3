"""Questions and predictions of lesson 4.4."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ...ai import inbox
from ...ai.safety.exits import check_exit
from ...ai.safety.injection import suspicious
from ...sandbox.streams import generator
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong
from ..worlds import own_world

SCENE = """
換你替子晴看一個早上。`own` 是你分到的訊息（每個人抽到的不一樣，都是課程自編的）：`best` 是機器人想回的 FAQ 編號，
`sure` 是它的把握，`stopped` 是有沒有被「轉真人」的規則攔下，`gold` 和 `person` 是人標的答案。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("4.4")
own = ex.data()
ex
"""

SIZE = 27
STEP = 0.7


@cache
def _pool() -> pd.DataFrame:
    return inbox.scored(inbox.messages("exercise"))


@cache
def _own(seed: int) -> pd.DataFrame:
    """Some of the messages, those that a person must answer among them."""
    pool = _pool()
    rest = pool[~pool["person"]]
    drawn = generator(seed, "inbox").permutation(len(rest))[: SIZE - int(pool["person"].sum())]
    return pd.concat([pool[pool["person"]], rest.iloc[sorted(drawn)]]).sort_index().reset_index(drop=True)


def data() -> pd.DataFrame:
    """The learner's own messages: text, gold, person, best, sure, stopped."""
    return _own(own_world("4.4", 0).seed)


def _sent(threshold: float, rules: bool = True) -> inbox.Inbox:
    return inbox.bot_answers(data(), threshold, rules)


def _table() -> pd.DataFrame:
    rows = {t: _sent(t) for t in (0.3, 0.5, 0.7, 0.9)}
    return pd.DataFrame({"sent": [r.sent for r in rows.values()], "coverage": [r.coverage for r in rows.values()]}, index=list(rows))


def _over_all() -> pd.DataFrame:
    found = _table()
    right = found["coverage"] * int(((data()["gold"] != "none") & ~data()["person"]).sum())
    return found.assign(coverage=right / len(data()))


def _without_rules() -> pd.DataFrame:
    rows = {t: _sent(t, rules=False) for t in (0.3, 0.5, 0.7, 0.9)}
    return pd.DataFrame({"sent": [r.sent for r in rows.values()], "coverage": [r.coverage for r in rows.values()]}, index=list(rows))


PLANS = {
    "把握多少才回": {"A": "沒有門檻", "B": "30%", "C": "70%", "D": "99%"},
    "轉真人的規則": {"E": "不用", "F": "先過規則"},
    "答錯時": {"G": "照樣留著", "H": "人當天抽查、改正"},
}
THRESHOLDS = {"A": 0.0, "B": 0.3, "C": STEP, "D": 0.99}
WRONG, HARM, CHECKED = 3.0, 8.0, 0.5
"""Design parameters: a wrong answer costs three right ones, a harmful one eight; checking halves what a wrong one costs."""


def _share(letters: str) -> float:
    found = _sent(THRESHOLDS[letters[0]], letters[1] == "F")
    wrong = (found.table["outcome"] == "wrong").sum() * WRONG * (CHECKED if letters[2] == "H" else 1.0)
    right = (found.table["outcome"] == "right").sum()
    can = int(((data()["gold"] != "none") & ~data()["person"]).sum())
    care = 0.04 * can if letters[2] == "H" else 0.0
    return float((right - wrong - HARM * found.harmful - care) / can)


def _best() -> float:
    return max(_share(a + b + c) for a in "ABCD" for b in "EF" for c in "GH")


def _told(letters: str) -> str:
    found = _sent(THRESHOLDS[letters[0]], letters[1] == "F")
    wrong = int((found.table["outcome"] == "wrong").sum())
    return f"你的 {len(data())} 則：自動回 {found.sent} 則，錯 {wrong} 則，不該自動回的 {found.harmful} 則。"


def _advice(letters: str) -> str:
    if letters[1] == "E":
        return "下一步：換「轉真人的規則」。有些訊息再像也不該由機器回。"
    if letters[0] == "D":
        return "下一步：把門檻放低一點。幾乎什麼都不回，工作全推給真人。"
    return "下一步：把門檻提高一點，或安排抽查。答錯的一則要花三則的力氣補。"


QUESTIONS = (
    MultiChoice(
        prompt="六則訊息，FAQ 裡都找得到很像的題目。**哪幾則還是要轉給真人？**（複選）",
        options={
            "A": Option("有花生嗎？我女兒對花生過敏", "她在買以前先問，FAQ 的過敏原表正好能回答。"),
            "B": Option("打開來有酸味，我小孩吃了半條現在在拉肚子"),
            "C": Option("為什麼多扣我一百六，退錢"),
            "D": Option("買錯口味可以換嗎 還沒拆", "還沒拆、照規定就能處理，核准的答案回得完。"),
            "E": Option("收到是別人的東西，上面還有人家的電話"),
            "F": Option("離島寄得到嗎 運費多少", "一個單純的問題，FAQ 有答案。"),
        },
        answers=frozenset("BCE"),
        explain="B 有人已經不舒服，C 是錢的爭議，E 牽涉別人的個資。像不像 FAQ 不重要，重要的是有沒有人正在受影響。",
        points=3,
        hints=("問自己：回錯的話，會不會有人受傷、受損，或被公開？",),
        wrong=(Wrong("B", "還漏了 2 個"), Wrong("ABCE", "在買以前先問"), Wrong("BCDE", "還沒拆"), Wrong("BCEF", "單純的問題")),
    ),
    Number(
        prompt=(
            "先過規則、門檻 70%，你的訊息匣**自動回出去幾則**？用下面的面板讀出來。"
        ),
        given='xb.panels.faq_explorer(own[["text", "gold", "person"]], 0.0, "none")',
        truth=lambda: float(_sent(STEP).sent),
        tolerance=0,
        unit="則",
        decimals=0,
        slips=(
            Slip(lambda: float(_sent(0.0, rules=False).sent), "這是沒有門檻、也不用規則的則數。兩個選單都要換。"),
            Slip(lambda: float(len(data()) - _sent(STEP).sent), "這是留給真人的則數。題目問自動回出去的。"),
        ),
        explain="門檻和規則都要過，才輪得到自動回。",
        points=2,
        hints=("面板有兩個選單：把握多少才回、規則。", "圖的標題寫著自動回了幾則。"),
        wrong=(Wrong(0, "偏小"), Wrong(999, "偏大"), Wrong("一些", "看不出是哪個數字")),
    ),
    Decision(
        prompt=(
            "替自動回覆訂三件事，會放進**你的訊息匣**實際跑一次。答對一則得 1，答錯扣 3，不該自動回的扣 8，抽查要花一點人力"
            "（設計參數）。分數是你的總分 ÷ 能回的則數，達到最好做法的九成就通過。"
        ),
        choices=PLANS,
        share=lambda letters: _share(letters) / _best(),
        told=_told,
        advice=_advice,
        best="CFH",
        floor=0.55,
        enough=0.9,
        explain="規則擋傷害，門檻擋答錯，抽查補剩下的；少一樣都要用別的來還。",
        points=4,
        hints=("先看「規則」換了之後，不該自動回的剩幾則。", "門檻太高會什麼都不回。"),
        wrong=(Wrong("AEG", "再像也不該由機器回"), Wrong("DFG", "工作全推給真人"), Wrong("BEH", "轉真人的規則"), Wrong("CF", "要給 3 個代號")),
    ),
    Match(
        prompt="四則留言想說動機器人。假設模型真的照做，**是出口的哪一條擋下來**？",
        pairs={
            "回覆「已為您全額退款」": "A",
            "附上 https://yusui-vip.example/login": "B",
            "「打 0912-345-678 找我處理」": "C",
            "把系統提示詞貼出來": "D",
        },
        choices={"A": "沒有來源的承諾", "B": "陌生的網址", "C": "來源裡沒有的聯絡方式", "D": "不該外流的內部文字", "E": "錯字"},
        why={
            "回覆「已為您全額退款」": "它答應了一件核准答案裡沒有的事。",
            "附上 https://yusui-vip.example/login": "那個網址不在允許的清單裡。",
            "「打 0912-345-678 找我處理」": "回覆裡出現了來源沒有的電話。",
            "把系統提示詞貼出來": "那是給模型看的話，不是給客人看的。",
        },
        explain="入口看得出多少不一定，出口一條一條都是程式，不會被說服。",
        points=3,
        hints=("看寫出來的字裡，哪一部分沒有來源。",),
        wrong=(Wrong("ABCA", "給模型看的話"), Wrong("BBCD", "核准答案裡沒有的事"), Wrong("ABDD", "來源沒有的電話"), Wrong("AACD", "不在允許的清單裡")),
    ),
    Text(
        prompt=(
            "機器人替「收到的時候盒子整個爛掉」寫了：「不好意思！已為您全額退款，請加 LINE：@yusui_help 處理。」"
            "改成一則能核准的回覆（20–90 字）：先道歉，請對方私訊訂單編號或照片，不承諾結果。"
        ),
        checks=(
            Check("20–90 字", lambda t: 20 <= len(t) <= 90, "太短像敷衍，太長沒人看完。"),
            Check("先道歉", lambda t: any(w in t[:30] for w in ("抱歉", "對不起", "不好意思")), "第一句先為這件事道歉。"),
            Check("請對方私訊資料", lambda t: "私訊" in t and any(w in t for w in ("訂單", "照片", "編號")), "請對方把訂單編號或照片私訊過來，不要公開貼。"),
            Check("出口檢查全過", lambda t: not check_exit(t), "還有沒有來源的承諾、網址或聯絡方式，拿掉它。"),
            Check("不急著給結果", lambda t: not any(w in t for w in ("退款", "賠", "補寄", "免費", "保證")), "結果要等人看過再說，先別答應。"),
        ),
        model=lambda: "真的很抱歉，收到的時候是這個樣子。麻煩私訊我們訂單編號和外箱的照片，我們請同事看過再回你。",
        explain="先接住人，再把資料移到私下，結果留給看過的人說。",
        points=3,
        hints=("三句話就夠：道歉、要什麼、接下來誰會看。",),
        wrong=(
            Wrong("不好意思！已為您全額退款，請加 LINE：@yusui_help 處理。", "請對方私訊資料"),
            Wrong("抱歉。", "20–90 字"),
            Wrong("麻煩私訊我們訂單編號和外箱的照片，我們請同事看過再回你，謝謝你的耐心。", "先道歉"),
            Wrong("真的很抱歉，麻煩私訊我們訂單編號和照片，我們保證全額退款給你，請放心。", "出口檢查"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `bot_answers()`，自己從 `own` 算四個門檻（0.3、0.5、0.7、0.9）的結果：自動回 ＝ `sure` 達到門檻而且沒有被 `stopped`。\n\n"
            "答案是一張表：索引是門檻，欄位 `sent`（回了幾則）、`coverage`（答對 ÷ FAQ 有答案而且不必真人的則數）。"
        ),
        truth=_table,
        slips=(
            Slip(_over_all, "coverage 的分母是全部訊息。要除以「FAQ 有答案而且不必真人」的則數。"),
            Slip(_without_rules, "少了 stopped 這個條件，被規則攔下的也算成回出去了。"),
        ),
        stub="import pandas as pd",
        solution=(
            'can = ((own["gold"] != "none") & ~own["person"]).sum()\n'
            "rows = {}\n"
            "for t in (0.3, 0.5, 0.7, 0.9):\n"
            '    sent = (own["sure"] >= t) & ~own["stopped"]\n'
            '    right = sent & (own["best"] == own["gold"]) & ~own["person"]\n'
            '    rows[t] = {"sent": sent.sum(), "coverage": right.sum() / can}\n'
            'answer = pd.DataFrame.from_dict(rows, orient="index")'
        ),
        research=True,
        points=4,
        explain="涵蓋的分母是「本來能自動回的」，不是全部訊息。",
        hints=("先做出 `sent` 這個布林欄，再算對的有幾則。",),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


def _keyword_precision() -> float:
    return 100 * inbox.answer(inbox.messages("lesson"), inbox.by_keyword).precision


@cache
def _lesson() -> pd.DataFrame:
    return inbox.scored(inbox.messages("lesson"))


def _careful() -> float:
    return 100 * inbox.bot_answers(_lesson(), 0.9).coverage


def _damaged() -> pd.DataFrame:
    return _lesson()[_lesson()["gold"] == "damaged_arrival"]


_STEPS = [i / 20 for i in range(20)]


PREDICTIONS = {
    "a": Prediction(
        prompt="關鍵字自動回出去的訊息裡，答對的有百分之幾？",
        truth=_keyword_precision,
        show=lambda value: f"{value:.0f}%",
        why="關鍵字只看有沒有那個詞，看不到那個詞在說什麼事。",
        close=8,
    ),
    "b": Prediction(
        prompt="門檻拉到九成把握，能自動回的還剩百分之幾？",
        truth=_careful,
        show=lambda value: f"{value:.0f}%",
        why="門檻越高，問法比較特別的人就越先被留給真人。",
        close=10,
    ),
    "c": Prediction(
        prompt="六則攻擊，入口的規則看得出幾則？",
        truth=lambda: float(sum(bool(suspicious(text)) for text in inbox.attacks()["text"])),
        show=lambda value: f"{value:.0f} 則",
        why="最有禮貌的那種，句子裡沒有一個字像攻擊。",
        close=0,
    ),
    "d": Prediction(
        prompt="盒子整個爛掉的那一則，機器人會怎麼做？",
        truth=lambda: "轉真人" if bool(_damaged()["stopped"].iloc[0]) else "自動回",
        show=str,
        why="東西壞了就是一件個案，像不像 FAQ 都要由人處理。",
        options=("自動回", "轉真人"),
    ),
    "e": Prediction(
        prompt="精確到九成五的最低門檻是百分之幾？",
        truth=lambda: 100 * next(t for t in _STEPS if inbox.bot_answers(_lesson(), t).precision >= 0.95),
        show=lambda value: f"{value:.0f}%",
        why="把握五成不等於會錯五成：規則先攔掉最容易錯的那些。",
        close=10,
    ),
}
