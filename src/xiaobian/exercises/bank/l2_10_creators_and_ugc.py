"""Questions and predictions of lesson 2.10."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd

from ... import records
from ...planning.creators import (
    Ask,
    FakeReport,
    RightsRequest,
    best_set,
    expected,
    fake_report,
    greedy,
    pool_and_truth,
    request_text,
    rights_problems,
    scored,
    true_value,
)
from ...planning.creators.rights import CHECKS, TOO_MUCH
from ..creators import (
    MOST,
    TO_HIRE,
    TO_JUDGE,
    Case,
    Ticks,
    best_hire,
    case,
    counts,
    f1,
    hired,
    judged,
    letters_of,
    months,
    numbered,
    shortlist,
    shown_shortlist,
    shown_signals,
    signals,
    suspects,
)
from ..predictions import Prediction
from ..questions import Check, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong

SCENE = """
端午的合作換你來談。先看懂誰的數字是買的，再把錢花在對的人身上，最後學會好好問一位客人要照片。
`case` 是你自己的資料（模擬的，每個人拿到的不同）。第三、四題會打開真相算分。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.10")
case = ex.data()
ex
"""

LESSON_SEED = 2150
"""The market of the lesson; no learner's exercise uses it."""
BUDGET = 40_000


def _own(attempt: int = 0) -> int:
    return records.seed("2.10", "exercise", attempt)


def data() -> Case:
    """The learner's own case."""
    return case(_own())


# Ten to judge.


def _judge_face() -> Any:
    from ...panels.creators import judge_creators

    names = pool_and_truth(_own())[0].names
    return judge_creators(pd.DataFrame({"name": [names[i] for i in suspects(_own())]}), shown_signals(_own()))


def _judge_told(letters: str) -> str:
    found = judged(_own(), letters)
    if not found.called:
        return f"一位都沒點名，{found.fakes} 位造假的全漏了。"
    return (
        f"點名 {found.called} 位，對了 {found.right} 位：精確率 {found.precision:.0%}，召回率 {found.recall:.0%}"
        f"（冤枉 {found.called - found.right} 位、漏掉 {found.fakes - found.right} 位）。"
    )


def _judge_advice(letters: str) -> str:
    found = judged(_own(), letters)
    if found.called - found.right > found.fakes - found.right:
        return "下一步：只點超過「市場最高一成的門檻」的，差一點的先放掉；看過的則數少的，訊號要打折。"
    return "下一步：再看「重複的留言」「前十位留言者」「十分鐘內的留言」，還有「單日最大成長」。互動率低不是線索。"


def _truly_fake() -> str:
    fake = pool_and_truth(_own())[1].fake
    return letters_of(suspects(_own()), [i for i in suspects(_own()) if fake[i]])


def _low_rate() -> str:
    rates = signals(_own())["互動率"].head(TO_JUDGE)
    low = set(rates.nsmallest(4).index)
    return "".join("A" if name in low else "B" for name in rates.index)


# Twelve to hire from.


def _hire_face() -> Any:
    from ...panels.creators import pick_creators

    found = shortlist(_own())
    return pick_creators(found.rows[["name", "price_ntd"]], shown_shortlist(_own()), found.budget, MOST)


def _fits(letters: str) -> str:
    """Why a choice is not weighed; empty when it is."""
    _, price, out = hired(_own(), letters)
    if letters.count("A") > MOST:
        return f"選了 {letters.count('A')} 位，最多 {MOST} 位。"
    if price > shortlist(_own()).budget:
        return f"一共 {price:,.0f} 元，超過預算 {shortlist(_own()).budget:,} 元。"
    if out:
        return f"{'、'.join(out)}違反嶼穗的規矩：剛接過競品，或揭露率不到六成的不合作。"
    return ""


def _hire_share(letters: str) -> float:
    return 0.0 if _fits(letters) else hired(_own(), letters)[0] / best_hire(_own()).value


def _hire_told(letters: str) -> str:
    if problem := _fits(letters):
        return problem
    worth, price, _ = hired(_own(), letters)
    return f"{letters.count('A')} 位、{price:,.0f} 元，真正帶來 {worth:,.0f} 次真互動；最好的組合是 {best_hire(_own()).value:,.0f} 次。"


def _hire_advice(letters: str) -> str:
    if _fits(letters):
        return "下一步：先守住預算、人數和規矩，再談划不划算。"
    fake = pool_and_truth(_own())[1].fake
    ids = [i for i, letter in zip(shortlist(_own()).ids, letters, strict=True) if letter == "A"]
    if any(fake[i] for i in ids):
        return "下一步：看「可疑」那一欄。每則互動很多，可是有一部分是買來的。"
    if letters.count("A") < MOST and hired(_own(), letters)[1] < 0.8 * shortlist(_own()).budget:
        return "下一步：預算還剩很多。看「估計真互動 ÷ 報價」，再加人。"
    return "下一步：把「估計真互動 ÷ 報價」最低的那位換掉，也看看「最重疊」是不是選了兩位同一群粉絲的。"


def _best_hire() -> str:
    return letters_of(shortlist(_own()).ids, best_hire(_own()).items)


def _too_many() -> str:
    return "A" * TO_HIRE


def _barred() -> str:
    rows = shortlist(_own()).rows
    out = rows[rows["out"].isin(["剛接過競品", "揭露率太低"])].sort_values("price_ntd")["creator_id"].head(1)
    return letters_of(shortlist(_own()).ids, list(out))


def _loud_fakes() -> str:
    rows = shortlist(_own()).rows
    fakes = rows[rows["out"] == "疑似造假"].sort_values("price_ntd")["creator_id"].head(1)
    return letters_of(shortlist(_own()).ids, list(fakes))


def _cheapest_one() -> str:
    rows = shortlist(_own()).rows
    return letters_of(shortlist(_own()).ids, list(rows[rows["out"] == ""].nsmallest(1, "price_ntd")["creator_id"]))


# The number and the table.


def _recall() -> float:
    _, right, fakes = counts(_own())
    return 100 * right / fakes


def _by_way(*, takedowns: bool = True, mean: bool = True, ratio_of_sums: bool = True) -> pd.DataFrame:
    table = months(_own())
    down = table["takedowns"] if takedowns else 0
    net = table["worth"] * (table["granted"] - down) - (900 * down) - table["cost"]
    rows = table.assign(net=net, share=table["granted"] / table["posts"]).groupby("label")
    share = rows["granted"].sum() / rows["posts"].sum() if ratio_of_sums else rows["share"].mean()
    return pd.DataFrame({"net": rows["net"].mean() if mean else rows["net"].sum(), "granted_share": share})


def _ask_well() -> str:
    return request_text(RightsRequest("小米媽", "6/2 那張冰戚風", "官網商品頁", ("官網", "IG"), 6, "hi@yusui.example", 300))


REQUEST_ADVICE = {name: f"{advice}。" for name, (_, advice) in CHECKS.items()}

QUESTIONS = (
    MultiChoice(
        prompt=(
            "創作者交來六則文案，**全部都收了錢**，平台的業配標籤也都開了。\n\n**哪幾則的文字揭露還不夠，要退回去改？**"
        ),
        options={
            "A": Option("付費合作｜端午還沒到，我先吃了一個星期的冰戚風", "第一句就是「付費合作」，讀者一眼看到，不用退。"),
            "B": Option("謝謝嶼穗這麼有心，收到的時候還冰冰的，感動", "對。感謝看不出有收錢。"),
            "C": Option("這篇是廣告。但是冷泡放一晚真的不澀，我試了三次", "「這篇是廣告」放在最前面，直白也沒關係，不用退。"),
            "D": Option("真心推薦，不是業配！端午送禮選這個就對了", "對。收了錢還說不是業配。"),
            "E": Option("#端午 #甜點 #下午茶 #米食 #嘉義 #ad 冰戚風開箱", "對。揭露夾在一串標籤的最後。"),
            "F": Option("本篇由嶼穗茶食付費邀請，以下是我和我媽的真實反應", "關係、品牌都寫在第一句，不用退。"),
        },
        answers=frozenset("BDE"),
        points=3,
        explain="揭露要直白、要在看得到的地方。感謝、否認、夾在標籤裡，都等於沒說。這裡查的是風險，不是替律師說合法。",
        hints=("用手機看：摺疊之前，看得出他收了錢嗎？", "有三則要退。"),
        wrong=(Wrong("BDEF", "關係、品牌都寫在第一句"), Wrong("BD", "還漏了 1 個"), Wrong("ACF", "一眼看到"), Wrong("BCDE", "直白也沒關係")),
    ),
    Number(
        prompt="廠商的工具掃過六十個帳號，後來一個一個查證，結果是下表。\n\n**這個工具的召回率是百分之幾？**",
        given="case.called",
        truth=_recall,
        tolerance=0.6,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: 100 * counts(_own())[1] / counts(_own())[0], "這是精確率：被點名的人裡，真的造假的占比。召回率的分母是**真的造假的人**。"),
            Slip(lambda: 100 * counts(_own())[0] / 60, "這是被點名的比例，還沒有問對不對。"),
            Slip(lambda: 100 * counts(_own())[1] / 60, "分母是全部的人了。召回率只看真的造假的那一列。"),
        ),
        explain="真的造假的人裡，被點到的占比。精確率看冤枉，召回率看漏掉；只報一個，另一個可以很難看。",
        hints=("先看「真的造假」那一列。", "被點名的 ÷ 那一列的總數。"),
        wrong=(Wrong("很高", "看不出是哪個數字"), Wrong(2, "偏小")),
    ),
    Ticks(
        prompt=(
            f"下面 {TO_JUDGE} 個帳號，最後兩列是市場的中位數，和最高一成的門檻（`case.signals` 是同一張表）。**把你認為買粉或互助團的勾起來。**\n\n"
            "會打開真相，用精確率和召回率一起算分（兩者的調和平均）；到 0.75 通過。"
        ),
        choices=numbered(TO_JUDGE, "造假", "放行"),
        share=lambda letters: f1(judged(_own(), letters)),
        told=_judge_told,
        advice=_judge_advice,
        best_of=_truly_fake,
        floor=0.45,
        enough=0.75,
        face=_judge_face,
        judged="真相會打開，冤枉和漏掉都扣分。",
        explain="超過最高一成門檻的訊號，有一個就該查，有兩個就很難解釋。看過的則數少的，訊號要打折看；老實的人也會有一個剛好偏高。",
        points=4,
        hints=("一欄一欄看：哪幾個超過「市場最高一成的門檻」？", "互助團看三個留言的訊號；買粉看單日成長，和讚比留言多很多。"),
        wrong=(
            Wrong("A" * TO_JUDGE, "差一點的先放掉"), Wrong("B" * TO_JUDGE, "一位都沒點名"), Wrong(_low_rate, "下一步"), Wrong("AB", f"要給 {TO_JUDGE} 個代號"),
        ),
    ),
    Ticks(
        prompt=(
            f"{TO_HIRE} 位候選人，最多選 {MOST} 位，預算看面板（`case.shortlist` 是同一張表）。嶼穗的規矩：剛接過競品、揭露率不到六成的，不合作；事後查到造假的，合作取消，錢收不回來。\n\n"
            "**怎麼選，真互動最多？** 真相打開之後，拿到最好組合的 75% 就通過；估計會有誤差，做對了也不會剛好是 100%。"
        ),
        choices=numbered(TO_HIRE, "選", "不選"),
        share=_hire_share,
        told=_hire_told,
        advice=_hire_advice,
        best_of=_best_hire,
        floor=0.45,
        enough=0.75,
        face=_hire_face,
        judged="會用真相算這個組合帶來多少真互動，和最好的組合比。",
        explain="先守規矩，再避開假的，剩下的看每一元換到多少真互動，最後看受眾重不重疊。",
        points=4,
        hints=("先劃掉：剛接競品的、揭露率不到六成的、可疑超過一半的。", "剩下的把「估計真互動 ÷ 報價」由大到小排，再湊滿預算；湊不滿的時候，換一位貴一點的試試。"),
        wrong=(
            Wrong(_too_many, "最多 5 位"), Wrong(_barred, "違反嶼穗的規矩"), Wrong(_loud_fakes, "買來的"), Wrong(_cheapest_one, "預算還剩很多"),
            Wrong("AB", f"要給 {TO_HIRE} 個代號"),
        ),
    ),
    Text(
        prompt=(
            "客人「小米媽」六月二日發了一張冰戚風的照片，你想放到官網和 IG。**寫一則私訊，跟她要授權。**\n\n"
            "要讓她看完就能決定：你是誰、要哪一張、用在哪裡、用多久、有沒有酬勞、之後怎麼收回。"
        ),
        checks=(
            *(
                Check(name, lambda text, p=pattern: bool(re.search(p, text)), REQUEST_ADVICE[name])  # type: ignore[misc]
                for name, (pattern, _) in CHECKS.items()
            ),
            Check("不要太多", lambda text: not TOO_MUCH.search(text), "寫了永久、不限用途，或不回就當同意。寫明地方和期限，等她說好。"),
        ),
        model=_ask_well,
        points=3,
        explain="六件事都在，她可以說好，也可以說不好，之後還可以反悔。這樣拿到的照片才用得安心。",
        hints=("`xb.planning.creators.request_text()` 有一份樣板。", "最常忘的兩件：用多久、怎麼收回。"),
        wrong=(
            Wrong("照片好美，我們拿去用囉！", "還差「誰」"),
            Wrong("我是嶼穗小編，想把你 6/2 那張照片放在官網，可以嗎？", "還差「多久」"),
            Wrong("我是嶼穗小編，6/2 那張照片想放在官網，永久使用，沒有酬勞，想撤下跟我們說，期限 99 年，好嗎？", "不要太多"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `case.months` 是四種找客人投稿的做法，各十二個月。`worth` 是一則有授權的貼文省下的素材錢，"
            "`takedowns` 是用了之後被要求下架的，一則要賠 `case.takedown` 元，也省不到素材錢。\n\n"
            "每個月的淨值＝worth ×（granted − takedowns）− takedown × takedowns − cost。答案是一張表：索引是 label，"
            "欄位 net（每月淨值的平均）、granted_share（十二個月有授權的 ÷ 投稿的，加總後相除）。"
        ),
        truth=_by_way,
        tolerance=1e-6,
        slips=(
            Slip(lambda: _by_way(takedowns=False), "下架的沒有算進去：它省不到素材錢，還要賠。"),
            Slip(lambda: _by_way(mean=False), "net 是十二個月的總和。題目要每月的平均。"),
            Slip(lambda: _by_way(ratio_of_sums=False), "granted_share 是每個月比例的平均。投稿少的月份會被放大，請加總後再相除。"),
        ),
        stub="months, takedown = case.months, case.takedown",
        solution=(
            'kept = months["granted"] - months["takedowns"]\n'
            'net = months["worth"] * kept - takedown * months["takedowns"] - months["cost"]\n'
            'by_way = months.assign(net=net).groupby("label")\n'
            'share = by_way["granted"].sum() / by_way["posts"].sum()\n'
            'answer = pd.DataFrame({"net": by_way["net"].mean(), "granted_share": share})'
        ),
        research=True,
        points=4,
        explain="投稿最多的做法，授權的比例最低，淨值也可能是負的。要的不是投稿，是用得安心的素材。",
        hints=("先算 net 這一欄，再 groupby。", '`by_way["granted"].sum() / by_way["posts"].sum()` 是加總後相除。'),
        wrong=(Wrong(0.2, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's market.


@cache
def _report() -> FakeReport:
    pool, truth = pool_and_truth(LESSON_SEED)
    return fake_report(scored(pool), truth.fake)


def _fakes_among_loudest() -> float:
    pool, truth = pool_and_truth(LESSON_SEED)
    return float(sum(truth.fake[i] for i in greedy(pool, BUDGET, "engagements")))


def _wronged() -> float:
    at = _report().at(0.5)
    return float(at.called - at.right)


def _share(ids: tuple[str, ...]) -> float:
    pool, truth = pool_and_truth(LESSON_SEED)
    return 100 * true_value(pool, truth, ids) / best_set(pool, truth, BUDGET).value


def _loudest_share() -> float:
    return _share(greedy(pool_and_truth(LESSON_SEED)[0], BUDGET, "engagements"))


FIRST_REQUEST = "照片拍得超美！我們想放到官網上，標記我們就視為同意授權喔～"
"""The first message of the lesson."""


REWARDS = {"沒有獎勵": "none", "登上官網": "feature", "每人一張券": "coupon", "抽一個大獎": "raffle"}


def _best_reward() -> str:
    return max(REWARDS, key=lambda name: expected(Ask(reward=REWARDS[name])).net)


PREDICTIONS = {
    "a": Prediction(
        prompt="互動最多、預算塞得下的五位，有幾位是買粉或互助團？",
        truth=_fakes_among_loudest,
        show=lambda value: f"{value:.0f} 位",
        why="買來的讚和互相洗的留言都算互動。照互動排，等於照誰買得多排。",
        close=0,
    ),
    "b": Prediction(
        prompt="任取一位造假的、一位老實的，造假的互動率比較低的機會是百分之幾？",
        truth=lambda: 100 * _report().naive_area,
        show=lambda value: f"{value:.0f}%",
        why="低於五成：造假的互動率反而比較高。互助團和買來的讚，會把互動率撐起來。",
        close=6,
    ),
    "c": Prediction(
        prompt="可疑的機率到 0.5 就點名，會冤枉幾位老實的？",
        truth=_wronged,
        show=lambda value: f"{value:.0f} 位",
        why="訊號是線索，不是證據。看過的貼文少，老實的人也可能剛好長得像。",
        close=0,
    ),
    "d": Prediction(
        prompt="照互動挑的那五位，真互動是最好組合的百分之幾？",
        truth=_loudest_share,
        show=lambda value: f"{value:.0f}%",
        why="錢花掉了，換到的真人只有該有的一半左右；剩下的是買來的讚和互相洗的留言。",
        close=5,
    ),
    "e": Prediction(
        prompt="阿洛的第一版授權訊息，六件該說的事說了幾件？",
        truth=lambda: float(len(CHECKS) - sum(problem.split("：")[0] in CHECKS for problem in rights_problems(FIRST_REQUEST))),
        show=lambda value: f"{value:.0f} 件",
        why="只說了要放在官網。親切不等於說清楚。",
        close=0,
    ),
    "f": Prediction(
        prompt="請客人投稿一張照片、寫清楚再問授權，哪一種獎勵的淨值最高？",
        truth=_best_reward,
        show=str,
        why="大獎引來的投稿最多，可是很多人只是來抽獎，拍的不能用；便宜的榮譽感，剛好夠用。",
        options=tuple(REWARDS),
    ),
}
