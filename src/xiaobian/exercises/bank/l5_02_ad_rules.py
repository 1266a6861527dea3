"""Questions and predictions of lesson 5.2."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import pandas as pd

from ... import datasets, records
from ...crisis.adverts.cases import advert_cases, labelled_adverts
from ...crisis.adverts.figures import penalties, rule_recall
from ...crisis.adverts.adverts import KINDS, review_ad
from ...planning.creators.disclosure import disclosure_problems
from ..ad_rewrites import Rewrite, check_rewrite, parse_rewrites
from ..outcome import Outcome, graded
from ..parsing import Mismatch
from ..predictions import Prediction
from ..questions import Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Wrong

SCENE = """
新品上架前，桌上有十五則不能發的廣告。先練眼力：哪些詞要停下來、歸哪一部法、問題在哪一個部分；再動手改。
`mine.short` 是你分到的二十五則短廣告（編者寫的，人標過，每個人拿到的不同）。這裡的檢查是風險提示，不是法律意見；規則日期 2026-11。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("5.2")
mine = ex.data()
ex
"""

SHARE = 25


@dataclass(frozen=True)
class Mine:
    """What the learner gets. cases: fifteen adverts to rewrite. short: labelled adverts (product, way, text, why, risky)."""

    cases: pd.DataFrame
    short: pd.DataFrame

    def __repr__(self) -> str:
        return f"{len(self.cases)} 則要改的廣告，和 {len(self.short)} 則人標過的短廣告（虛構的品牌和商品）"


def data() -> Mine:
    """The adverts to rewrite, and the learner's own part of the labelled ones."""
    short = labelled_adverts("exercise").sample(SHARE, random_state=records.seed("5.2", "exercise") % 2**32)
    rows = [(c.case_id, c.title, KINDS[c.product], c.ad, c.facts) for c in advert_cases("exercise")]
    cases = pd.DataFrame(rows, columns=["編號", "標題", "商品", "廣告", "可以說的事實"]).set_index("編號")
    return Mine(cases, short.sort_index())


# Fifteen adverts to rewrite.


@cache
def _checked(case_id: str, text: str) -> Rewrite:
    case = next(c for c in advert_cases("exercise") if c.case_id == case_id)
    return check_rewrite(case, text)


def _ids() -> list[str]:
    return [case.case_id for case in advert_cases("exercise")]


def _written(texts: dict[str, str]) -> str:
    return "\n".join(f"{case_id}｜{text}" for case_id, text in texts.items())


def _models() -> dict[str, str]:
    return {case.case_id: case.model for case in advert_cases("exercise")}


def _with(case_id: str, text: str) -> str:
    """The model answer with one advert written otherwise."""
    return _written(_models() | {case_id: text})


def _face() -> Any:
    from ...panels.ads import rewrite_control

    return rewrite_control(advert_cases("exercise"))


@dataclass(frozen=True, kw_only=True)
class Rewrites(Decision):
    """Fifteen texts, each judged as a whole: no risk left, the product, its facts and the disclosure still there."""

    choices: Any = None
    share: Any = None
    told: Any = None
    advice: Any = None
    best: str = ""
    floor: float = 0.0
    enough: float = 1.0
    kind: ClassVar[str] = "改寫"

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", {})

    def how(self) -> str:
        return "一則一則改寫，再按「檢查」。會檢查：風險拿掉了、沒有帶進新的、商品和賣點還在、該揭露的有揭露。"

    def parse(self, answer: Any) -> dict[str, str]:  # type: ignore[override]
        texts = parse_rewrites(str(answer), _ids())
        if not texts:
            raise Mismatch("每一行寫一則，前面是編號和直線，例如「A01｜早上帶一瓶冷泡金萱……」。")
        return texts

    def grade(self, answer: dict[str, str]) -> Outcome:  # type: ignore[override]
        found = [_checked(case_id, answer.get(case_id, "")) for case_id in _ids()]
        good = [one for one in found if one.ok]
        blank = [one.case.case_id for one in found if not one.text.strip()]
        told = f"{len(found)} 則改好了 {len(good)} 則。"
        tried = [one for one in found if not one.ok and one.text.strip()]
        first = tried[0].say() if tried else ""
        more = f"\n還要改：{'、'.join(one.case.case_id for one in tried[1:])}。" if tried[1:] else ""
        left = f"\n還沒寫：{'、'.join(blank)}。" if blank else ""
        return graded(len(good) / len(found), told + self.explain, told + first + more + left)

    def right(self) -> str:
        return _written(_models())

    def solution_text(self) -> str:
        return f"一種改法：\n{self.right()}"


# The rules against a person's labels.


def _scores(*, of: str = "both") -> pd.DataFrame:
    short = data().short
    found = pd.Series(
        [bool(review_ad(t, p).risks) for t, p in zip(short["text"], short["product"], strict=True)], index=short.index
    )
    risky = short["risky"]
    rows = {
        "found": found.groupby(short["way"]).sum(),
        "count": found.groupby(short["way"]).size(),
    }
    table = pd.DataFrame(rows)
    share = {"both": table["found"] / table["count"], "flipped": 1 - table["found"] / table["count"]}
    if of == "of the found":
        return (found[found].groupby(short["way"]).size() / max(int(found.sum()), 1)).reindex(
            table.index, fill_value=0.0
        ).rename("share").to_frame()
    if of == "risky":
        return found.groupby(risky).mean().rename("share").to_frame()
    return share[of].rename("share").to_frame()


LAWS = {"A": "食品安全衛生管理法", "B": "化粧品衛生安全管理法", "C": "藥事法", "D": "公平交易法", "E": "個人資料保護法", "F": "薦證廣告規範"}
PLACES = {"A": "品名", "B": "圖", "C": "內文", "D": "沒有揭露", "E": "這幾項看不出問題"}
CASES_BEFORE = 8006 + 2520

QUESTIONS = (
    MultiChoice(
        prompt="下面八句都要寫在**食品**上。**哪幾句要停下來？**（複選；依課文那張例示表和規則）",
        options={
            "A": Option("飯後一杯，幫助消化", "「幫助消化」在轉載的例示裡，是通常可用的詞句。"),
            "B": Option("喝一週，排便順暢、宿便清光光"),
            "C": Option("每天一瓶，調整體質", "「調整體質」在例示裡通常可用；「改善體質」才在不能用的那一邊。"),
            "D": Option("顧眼睛，追劇也不怕"),
            "E": Option("無糖，一瓶 300 毫升", "這是查得到的事實，最安全的賣點。"),
            "F": Option("不用再跑醫院，靠這匙就好"),
            "G": Option("生津止渴，走完老街來一杯", "「生津止渴」在例示裡通常可用。"),
            "H": Option("三公斤掉得無聲無息"),
        },
        answers=frozenset("BDFH"),
        explain="要停的都在說身體變了：清宿便、顧眼睛、不用看醫生、掉體重。例示詞句來自 2012、2014 年的舊基準（轉載），現行附件以食藥署為準。",
        points=3,
        hints=("一句一句問：它在說食物，還是在說身體會變？", "「調整體質」和「改善體質」差一個字，在表的兩邊。"),
        wrong=(Wrong("ABDFH", "幫助消化"), Wrong("BCDFH", "調整體質"), Wrong("BDEFH", "查得到的事實"), Wrong("BFH", "還漏了 1 個"), Wrong("BDFGH", "生津止渴")),
    ),
    Match(
        prompt="六則廣告，最先要看的是哪一部？（每一部都可能不只一部管，選最貼近的）",
        pairs={
            "米糠護手霜：三天治好富貴手": "B",
            "竹編坐墊：坐著坐著，骨盆歸位": "C",
            "焙茶：喝了不再失眠": "A",
            "米蛋糕：全台第一，別家都用香精": "D",
            "抽獎：請在底下留姓名電話": "E",
            "「店家寄來的，我真心推薦」，沒有寫合作": "F",
        },
        choices=LAWS,
        why={
            "米糠護手霜：三天治好富貴手": "護手霜是化粧品，宣稱醫療效能看化粧品衛生安全管理法。",
            "竹編坐墊：坐著坐著，骨盆歸位": "坐墊既不是食品也不是化粧品，一般商品說療效，看藥事法第 69 條。",
            "焙茶：喝了不再失眠": "茶是食品，說不再失眠是醫療效能。",
            "米蛋糕：全台第一，別家都用香精": "沒有依據的第一和比較，是不實廣告的問題。",
            "抽獎：請在底下留姓名電話": "要先告知才能收，更不能請人公開留；看個人資料保護法。",
            "「店家寄來的，我真心推薦」，沒有寫合作": "收了贈品要揭露，看薦證廣告的規範說明。",
        },
        explain="先問商品是什麼，再問這一句在說什麼：身體、比較、別人的資料，還是你和品牌的關係。",
        points=3,
        hints=("同一句療效，寫在三種商品上是三部法。", "最後一則沒有宣稱任何效果，少的是關係。"),
        wrong=(Wrong("ACADEF", "護手霜是化粧品"), Wrong("BAADEF", "坐墊既不是食品"), Wrong("BCCDEF", "茶是食品"), Wrong("BCAFEF", "不實廣告的問題"), Wrong("BC", "要給 6 個代號")),
    ),
    Match(
        prompt=(
            "五則食品廣告，**問題先出在哪個部分**？主管機關看的是合起來的意思。\n\n"
            "每一則依序是：品名／圖／內文／關係。"
        ),
        pairs={
            "順壓黑豆茶／一杯茶／無糖，台南黑豆／自家商品": "A",
            "黑豆穀飲／血壓計旁邊放一杯／無糖，台南黑豆／自家商品": "B",
            "黑豆穀飲／一杯茶／喝完回診，醫生把藥減了／自家商品": "C",
            "黑豆穀飲／一杯茶／我喝了兩週，豆香很重／店家免費寄來": "D",
            "黑豆穀飲／炒豆子的鍋／無糖，一瓶 300 毫升／自家商品": "E",
        },
        choices=PLACES,
        why={
            "順壓黑豆茶／一杯茶／無糖，台南黑豆／自家商品": "品名「順壓」已經在說效果，內文再乾淨也一樣。",
            "黑豆穀飲／血壓計旁邊放一杯／無糖，台南黑豆／自家商品": "血壓計和茶放在一起，圖替你說了那句話。",
            "黑豆穀飲／一杯茶／喝完回診，醫生把藥減了／自家商品": "借別人的故事說療效，還是療效；規則也常認不出這一種。",
            "黑豆穀飲／一杯茶／我喝了兩週，豆香很重／店家免費寄來": "內容沒問題，少了一句「免費提供」。",
            "黑豆穀飲／炒豆子的鍋／無糖，一瓶 300 毫升／自家商品": "都是食物的事實，圖也是做的過程。看不出問題，還是請人再讀一次。",
        },
        explain="品名、圖、內文、關係，四個都問過一遍。",
        points=2,
        hints=("把內文遮住，只看品名和圖。", "有一則的四個部分都在說食物。"),
        wrong=(Wrong("EBCDE", "已經在說效果"), Wrong("AECDE", "替你說了那句話"), Wrong("ABEDE", "借別人的故事"), Wrong("ABCEE", "免費提供")),
    ),
    Rewrites(
        prompt=(
            "**十五則，一則一則改到能給人讀**。每一則改完要：沒有風險、沒有帶進新的、商品和至少兩個賣點還在、有利益關係的第一行就說。\n\n"
            "先執行這一格看廣告和「可以說的事實」。事實以外的數字不要加；把風險的詞加上「不」也算沒改。改好幾則，就拿幾則的分。"
        ),
        given="mine.cases",
        face=_face,
        explain="把說身體的整句拿掉，換成食物、材質、做法；有關係的第一行就說。沒指出風險，不等於可以發，請人再讀一次。",
        points=6,
        hints=("先把原句整句刪掉，從「可以說的事實」挑兩樣，寫吃起來、用起來怎麼樣。", "A11、A12 第一行先寫【付費合作】或【免費提供】；A13 換成不用評論的活動；A14 不要在留言收個資。"),
        wrong=(
            Wrong(lambda: _with("A01", "冷泡金萱不能降膽固醇，梅山茶，冷泡 8 小時，喝起來很清。"), "換個樣子"),
            Wrong(lambda: _with("A01", "冷泡 8 小時的梅山茶，無糖，入口很清，尾巴有花香。"), "商品不見了"),
            Wrong(lambda: _with("A01", "冷泡金萱今天開賣，歡迎來店裡喝一杯，我們都在等你。"), "賣點只留下"),
            Wrong(lambda: _with("A09", "米穀戚風 6 吋 420 元，沒有加香精，這個月賣了 5000 個。"), "不在可以說的事實裡"),
            Wrong(lambda: _with("A11", "冷泡金萱我喝了兩週，冷泡 8 小時最順；代碼 YU10 折 10 元。"), "看不出你們有合作"),
            Wrong(lambda: _with("A02", next(c.ad for c in advert_cases("exercise") if c.case_id == "A02")), "還有風險"),
            Wrong(lambda: _with("A04", "穀物能量棒、五種穀物、一支 40 公克、不用冰"), "事實的清單"),
            Wrong("好吃", "每一行寫一則"),
        ),
    ),
    Number(
        prompt=(
            "先執行這一格看證據卡。媒體引用食藥署：2024 年裁罰 **8,006 件**，比前一年**少 2,520 件**；廠商文案寫「近 1 萬件」，沒有年份。\n\n"
            "**照媒體引用的數字，前一年（2023）是幾件？**（再想想：廠商那個「近 1 萬」，比較像哪一年）"
        ),
        given='xb.evidence("tw_2024_ads_fined")',
        truth=lambda: float(CASES_BEFORE),
        tolerance=0.5,
        unit="件",
        decimals=0,
        slips=(
            Slip(lambda: 8006.0 - 2520, "2024 年比前一年少，所以前一年比較多：要加，不是減。"),
            Slip(lambda: 8006.0, "這是 2024 年的件數。題目問前一年。"),
            Slip(lambda: 10000.0, "這是廠商的說法，沒有年份也沒有定義；題目要你從媒體引用的兩個數字算。"),
            Slip(lambda: 2520.0, "這是兩年的差，不是前一年的件數。"),
        ),
        explain="8,006 ＋ 2,520 ＝ 10,526。「近 1 萬」離 2023 年比離 2024 年近，可能是把去年的數字寫成今年；沒有年份的數字，先當成線索，不當成證據。",
        points=2,
        hints=("「少」是今年比去年少。", "前一年＝ 8,006 ＋ 少掉的那些。"),
        wrong=(Wrong("很多", "看不出是哪個數字"),),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 規則找得到多少？對 `mine.short` 的每一則，用**它自己的商品種類**跑 `xb.crisis.review_ad(text, product)`，"
            "看有沒有風險，再照 `way`（direct 直接說、implied 繞著說、fine 沒有問題）分組，算找到的占比。\n\n"
            "答案是一張表：索引是 way，欄位是 `share`（0–1）。"
        ),
        truth=_scores,
        slips=(
            Slip(lambda: _scores(of="flipped"), "這是漏掉的占比。要「規則指得出來」的那一邊。"),
            Slip(lambda: _scores(of="of the found"), "分母錯了：這是「找到的裡面各種占多少」。要每一種說法裡找到幾成，分母是那一種的則數。"),
            Slip(lambda: _scores(of="risky"), "分組欄位是 way，不是 risky：直接說和繞著說差很多，合在一起就看不到。"),
        ),
        stub="short = mine.short",
        solution=(
            "found = [bool(xb.crisis.review_ad(t, p).risks) for t, p in zip(short['text'], short['product'])]\n"
            'answer = short.assign(share=found).groupby("way")["share"].mean().to_frame()'
        ),
        research=True,
        points=3,
        explain="直接說的找得到，繞著說的大半找不到。所以「沒指出風險」只能讀成「請人再讀一次」。",
        hints=("`review_ad(text, product).risks` 是空的，就是沒指出風險。", "布林值的平均就是占比：`groupby(\"way\")[\"share\"].mean()`。"),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions of the lesson.

WAYS_TO_SAY = (
    "每天一杯，降血壓。",
    "每天一杯，血壓乖乖往下掉。",
    "每天一杯，血壓計上的數字越來越漂亮。",
    "每天一杯，爸爸回診的時候，醫生點頭了。",
    "每天一杯，數字會說話。",
)
"""One claim said five ways, in the lesson's order."""


CAPTIONS = (
    "老闆娘寄來一整箱，這不是業配，全台最好喝就是它！",
    "冷泡金萱我喝了兩週，奶香很明顯。#下午茶 #好物 #開箱 #生活 #合作",
    "【免費提供】嶼穗寄來的冷泡金萱，我喝了兩週：奶香明顯，尾韻偏淡。",
)
"""Three versions of a gifted post, in the lesson's order."""


def _still_found() -> int:
    return sum(bool(review_ad(text).risks) for text in WAYS_TO_SAY)


def _whole() -> int:
    return len(review_ad("每天一杯，數字會說話。", name="順壓茶", picture="一杯茶，旁邊是血壓計").risks)


def _mean_fine() -> float:
    """Mean fine in ten thousand NT$, as the press quotes the two totals."""
    facts = datasets.reference("tw_facts").set_index("id")["value"]
    return float(facts["tw_2024_ads_fined_amount"]) * 10_000 / float(facts["tw_2024_ads_fined"])


def _dearest() -> str:
    return penalties().top.product


PREDICTIONS = {
    "a": Prediction(
        prompt="同一件事換五種說法，規則認得出幾句？",
        truth=_still_found,
        show=lambda value: f"{value:.0f} 句",
        why="規則看的是意思：動詞加上數值就算。可是後兩句它認不得，讀的人認得。",
        close=1,
    ),
    "b": Prediction(
        prompt="內文不提血壓，品名叫「順壓茶」、圖裡有血壓計，會找到幾處風險？",
        truth=_whole,
        show=lambda value: f"{value:.0f} 處",
        why="一處在品名，一處在圖。內文一個字都不用寫。",
        close=0,
    ),
    "c": Prediction(
        prompt="人標出有風險的短廣告，規則找到百分之幾？",
        truth=lambda: 100 * rule_recall("lesson").recall,
        show=lambda value: f"{value:.0f}%",
        why="直接說的都找到，繞著說的大半漏掉。",
        close=8,
    ),
    "d": Prediction(
        prompt="「治好濕疹」寫在哪一種商品上，罰鍰的上限最高？",
        truth=_dearest,
        show=str,
        why="不是食品也不是化粧品的東西說療效，歸藥事法。",
        options=tuple(KINDS.values()),
    ),
    "e": Prediction(
        prompt="2024 年的裁罰，平均一件罰幾萬元？",
        truth=_mean_fine,
        show=lambda value: f"{value:.1f} 萬元",
        why="總金額除以件數。療效的那一種從六十萬起跳，平均看不出來。",
        close=2,
    ),
    "f": Prediction(
        prompt="創作者的三個版本，幾則的揭露過得去？",
        truth=lambda: sum(not disclosure_problems(text, "gift") for text in CAPTIONS),
        show=lambda value: f"{value:.0f} 則",
        why="甲否認了真的關係；乙寫了，可是夾在一串標籤裡。",
        close=0,
    ),
}
