"""Questions and predictions of lesson 2.1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
import pandas as pd

from ... import records
from ...planning.pillars.effects import PillarEffects, pillar_effects
from ...planning.pillars.mix import best_mix, pillar_mix, worth_of
from ...sandbox.segments import Readers
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, Number, Option, Order, Slip, TableAnswer, Wrong

SCENE = """
換你接手一個品牌。`case` 是你自己的資料（模擬的，每個人拿到的不同）：十六週的貼文，每一則都拆成四群受眾的觸及和互動。
你的組合會放進這個品牌和另外九個品牌的真相裡算分。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.1")
case = ex.data()
ex
"""

LESSON_SEED, WEEKS = 206, 16
"""Readers of the lesson; no learner's exercise uses them."""

LEAST = 0.1
"""Part that every pillar keeps in the lesson."""

ASKED, TOLERANCE = "lifestyle", 0.15
HIDDEN, HALF_YEAR, QUARTER = 10, 26, 12


@dataclass(frozen=True)
class Case:
    """The learner's own brand. posts: a row a post and group. shares, worth: by group. now: the present mix. wear: see 2.1."""

    posts: pd.DataFrame
    shares: pd.Series
    worth: pd.Series
    now: pd.Series
    wear: float

    def __repr__(self) -> str:
        return f"{WEEKS} 週、{self.posts['post_id'].nunique()} 則貼文，拆成 {len(self.shares)} 群受眾（模擬）"


def _own(attempt: int = 0) -> int:
    """The learner's brands; the first is one in which it shows when somebody forgets how large the groups are."""
    seeds = (10_000 + records.seed("2.1", "exercise", place) for place in count())
    first = next(place for place, seed in enumerate(seeds) if _tells(seed))
    return 10_000 + records.seed("2.1", "exercise", first + attempt)


@cache
def _tells(seed: int) -> bool:
    readers = Readers(seed)
    each = _effects(seed, "shrunk").rates().round(4)[ASKED] * readers.worth
    return abs(1000 * float((each * readers.shares.round(3)).sum() - each.mean())) > 4 * TOLERANCE


@cache
def _history(seed: int, weeks: int = WEEKS) -> pd.DataFrame:
    return Readers(seed).history(weeks)


@cache
def _effects(seed: int, method: str, weeks: int = WEEKS) -> PillarEffects:
    return pillar_effects(_history(seed, weeks), method)  # type: ignore[arg-type]


def data() -> Case:
    """The learner's own case."""
    readers = Readers(_own())
    return Case(_history(_own()), readers.shares.round(3), readers.worth, readers.now, readers.wear)


def _worth(weighted: bool = True, shared: bool = True) -> float:
    """Weighted reactions per 1,000 people of the pillar asked about; each part can be forgotten."""
    case = data()
    rates = _effects(_own(), "shrunk").rates().round(4)[ASKED]
    shares = case.shares if shared else pd.Series(1 / len(rates), index=rates.index)
    worth = case.worth if weighted else pd.Series(1.0, index=rates.index)
    return float(1000 * (rates * shares.reindex(rates.index) * worth.reindex(rates.index)).sum())


# The decision: how to estimate, whom to count, how to mix; in ten brands.

ESTIMATE = {"A": "naive", "B": "adjusted", "C": "shrunk"}
CHOICES = {
    "怎麼估": {"A": "每個支柱直接平均", "B": "扣掉素材強弱", "C": "扣掉素材強弱，再往平均拉"},
    "看重誰": {"D": "每一群一樣重", "E": "照品牌的目標", "F": "只看回應最多的那一群"},
    "怎麼配": {"G": "全部做最好的那一個支柱", "H": "照估計排出組合", "I": "五個支柱一樣多"},
}


@cache
def _mixed(seed: int, letters: str) -> float:
    """Part of what can be gained over the present mix that the rules gain, in one brand; below 0 when they lose."""
    readers = Readers(seed)
    found = _effects(seed, ESTIMATE[letters[0]], HALF_YEAR)
    rates, groups = found.rates(), found.rates().index
    weight = {
        "D": pd.Series(1.0, index=groups),
        "E": readers.worth.reindex(groups),
        "F": (rates.mean(axis=1) == rates.mean(axis=1).max()).astype(float),
    }[letters[1]]
    each = 1000 * (found.shares * weight).to_numpy() @ rates.to_numpy()
    flat = np.full(len(each), 1 / len(each))
    mix = {
        "G": (each == each.max()).astype(float), "H": best_mix(each, readers.wear, 0 * flat), "I": flat,
    }[letters[2]]  # fmt: skip
    now, top = readers.value(readers.now), _top(seed)
    return (readers.value(dict(zip(rates.columns, mix, strict=True))) - now) / (top - now)


@cache
def _top(seed: int) -> float:
    readers = Readers(seed)
    each = 1000 * (readers.truth().T @ (readers.shares * readers.worth)).to_numpy()
    return float(worth_of(each, best_mix(each, readers.wear, np.zeros(len(each))), readers.wear))


def _share(letters: str) -> float:
    return float(np.mean([_mixed(_own(k), letters) for k in range(HIDDEN)]))


def _told(letters: str) -> str:
    share, worse = _share(letters), sum(_mixed(_own(k), letters) < 0 for k in range(HIDDEN))
    gained = (
        f"平均拿到最多能多的 {share:.0%}"
        if share >= 0
        else f"平均比照舊還少，少掉的有最多能多的 {-share:.0%}"
    )
    return f"{HIDDEN} 個品牌：{gained}，有 {worse} 個比照舊還差。"


def _advice(letters: str) -> str:
    if letters[2] == "G":
        return "下一步：換「怎麼配」。同一種發多了會膩，全押的代價比挑對的好處大。"
    if letters[2] == "I":
        return "下一步：換「怎麼配」。一樣多很安全，但沒有用到你估出來的東西。"
    if letters[0] == "A":
        return "下一步：換「怎麼估」。好素材都留給優惠，直接平均會把素材的功勞算給它。"
    if letters[1] == "F":
        return "下一步：換「看重誰」。回應最多的那一群，不一定是品牌最需要的，也不是全部的人。"
    if letters[1] == "D":
        return "下一步：換「看重誰」。品牌已經說了哪一群的互動比較重要。"
    return "下一步：換「怎麼估」。有的支柱只有十來則，運氣要往回拉。"


# The code question.

LOW, HIGH = 0.4, 0.6


def _alike(filtered: bool = True, of_sums: bool = True) -> pd.DataFrame:
    """Rate by pillar of posts of like strength."""
    posts = _history(_own())
    if filtered:
        posts = posts[posts["hook"].between(LOW, HIGH)]
    groups = posts.assign(rate=posts["engagements"] / posts["reach"]).groupby("pillar")
    sums = groups[["engagements", "reach"]].sum()
    rate = sums["engagements"] / sums["reach"] if of_sums else groups["rate"].mean()
    return pd.DataFrame({"rate": rate})


QUESTIONS = (
    Number(
        prompt=(
            "先替一個支柱標價。下表是**生活提案**在四群受眾的互動率（已經扣掉素材強弱）、每一群占觸及的比例、和每次互動對品牌的份量。\n\n"
            "**觸及 1,000 人，生活提案帶來多少「加權互動」？**（每一群：1,000 × 占比 × 互動率 × 份量，再加起來）"
        ),
        given=(
            "effects = xb.planning.pillar_effects(case.posts)\n"
            'table = pd.DataFrame({"互動率": effects.rates()["lifestyle"].round(4), "占比": case.shares, "份量": case.worth})\n'
            "table"
        ),
        truth=_worth,
        tolerance=TOLERANCE,
        unit="次",
        decimals=1,
        slips=(
            Slip(lambda: _worth(weighted=False), "還沒有乘上每一群的份量。送禮族的一次互動比較重。"),
            Slip(lambda: _worth(shared=False), "四群不是一樣多人。請用「占比」那一欄，不要除以 4。"),
            Slip(lambda: _worth() / 1000, "這是每 1 個人。題目問觸及 1,000 人，請再乘 1,000。"),
        ),
        explain="同一個支柱，換一群受眾、換一個目標，價格就不一樣。",
        hints=("四列各自算：1,000 × 占比 × 互動率 × 份量。", "四個數字加起來。"),
        wrong=(Wrong("不少", "看不出是哪個數字"), Wrong(300, "偏大")),
    ),
    Choice(
        prompt=(
            "再看各支柱的貼文。下表是發文前打的內容強度平均、則數、觸及的中位數。優惠的直接平均最高。"
            "**哪一件事最可能讓優惠看起來比實際好？**"
        ),
        given=(
            'posts = case.posts.groupby(["post_id", "pillar", "hook"], as_index=False)[["reach", "engagements"]].sum()\n'
            'posts.groupby("pillar").agg(內容強度=("hook", "mean"), 則數=("hook", "size"), 觸及=("reach", "median")).round(2)'
        ),
        options={
            "A": Option("優惠的觸及比較大", "觸及是發出去之後的事，而且各支柱差不多，撐不起這個差距。"),
            "B": Option("優惠的則數最多", "則數多，估計比較準，不會讓它變高。而且則數最多的是產品。"),
            "C": Option("優惠分到的素材最強", "對。"),
            "D": Option("優惠的受眾和別的支柱不同", "每一則都發給同一批粉絲，四群的占比差不多。"),
        },
        answer="C",
        explain="好素材都留給優惠，在發文之前就決定了；素材強，互動自然多。要比支柱，得先讓素材一樣強。",
        hints=("找一件發文之前就決定、又會讓互動變多的事。", "看哪一欄各支柱差最多。"),
        wrong=(Wrong("A", "發出去之後"), Wrong("B", "則數多"), Wrong("D", "同一批粉絲")),
    ),
    Match(
        prompt="五個人帶著問題來找你，各配一個回答，每個回答用一次。",
        pairs={
            "「優惠互動最高，以後一半都發優惠。」": "B",
            "「互動支柱只有九則，平均卻是第一。」": "D",
            "「健康派和送禮族喜歡的不一樣，聽誰的？」": "A",
            "「最好的支柱找到了，全部都發它？」": "E",
            "「每一則都很好看，可是看不出是同一家。」": "C",
        },
        choices={
            "A": "先問品牌的目標，替每一群標上份量",
            "B": "先讓素材一樣強，再比支柱",
            "C": "用同一個主角和意象，四週講一個故事",
            "D": "則數少，往平均拉一點再看",
            "E": "發多了會膩，算組合，不要全押",
        },
        why={
            "「優惠互動最高，以後一半都發優惠。」": "它分到的素材最強，要先扣掉。",
            "「互動支柱只有九則，平均卻是第一。」": "九則的第一名，多半有運氣。",
            "「健康派和送禮族喜歡的不一樣，聽誰的？」": "資料說得出誰喜歡什麼，說不出該看重誰。",
            "「最好的支柱找到了，全部都發它？」": "同一種內容的下一則，比第一則少一點。",
            "「每一則都很好看，可是看不出是同一家。」": "缺的是貫穿的主角和意象。",
        },
        explain="先排除混淆和運氣，再談看重誰、怎麼配，最後讓它們像同一家說的話。",
        points=3,
        hints=("「九則」和「往平均拉」是一組。", "「一半都發優惠」的毛病在素材，不在則數。"),
        wrong=(Wrong("DBAEC", "素材最強"), Wrong("BDAEA", "貫穿的主角"), Wrong("BDEAC", "該看重誰"), Wrong("BD", "要給 5 個代號")),
    ),
    Order(
        prompt="把一個四週的品牌故事排好，從第一週到第四週。",
        items=(
            "阿嬤一直想把米香留給孫子",
            "機器試了三台，味道卻怎麼都不對",
            "後來把老蒸籠搬回廚房，火候改成自己顧",
            "米香傳下去了，歡迎你來店裡一起聞",
        ),
        why=(
            "先讓讀者認出主角想要什麼，才會在意他卡住。",
            "先有做不到，後來的改變才有重量。",
            "改變之後才邀請，讀者知道自己被邀請來看什麼。",
            "",
        ),
        explain="起：想要什麼；承：卡在哪裡；轉：什麼變了；合：邀請讀者，並回到一開始的願望。",
        hints=("找願望和回到願望的那兩句，它們在頭和尾。", "「卻」通常是承，「後來」通常是轉。"),
    ),
    Decision(
        prompt=(
            "替品牌定一套決定支柱的規則，套用到十個品牌（你的和另外九個），每個有半年的貼文。"
            "真正的喜好只有沙盒知道；全押一種會少四成互動（設計參數）。\n\n"
            "分數是「比照舊多拿到的 ÷ 知道真相的人最多能多拿的」，七成以上就通過。"
        ),
        choices=CHOICES,
        share=_share,
        told=_told,
        advice=_advice,
        best="CEH",
        floor=0.50,
        enough=0.70,
        judged="會放進十個品牌的真相裡，和最好的組合比。",
        explain="先讓素材一樣強，再照目標加權，最後算組合；則數少的時候往平均拉，比較不會被運氣騙。",
        points=4,
        hints=("先照主管的直覺選一次，看有幾個品牌比照舊還差。", "好素材集中在一個支柱，直接平均就不能信。"),
        wrong=(Wrong("ADG", "會膩"), Wrong("AEH", "素材的功勞"), Wrong("CEI", "沒有用到"), Wrong("CFH", "不是全部的人"), Wrong("CE", "要給 3 個代號"), Wrong("EAH", "沒有 E")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `pillar_effects()`，用最直白的辦法讓素材一樣強：只留內容強度（hook）在 **0.4 到 0.6 之間**（含）的貼文，"
            "算每個支柱的互動率：互動加總 ÷ 觸及加總。\n\n"
            "答案是一張表：索引是 pillar，欄位叫 rate（0–1）。"
        ),
        truth=_alike,
        tolerance=1e-6,
        slips=(
            Slip(lambda: _alike(filtered=False), "還沒有篩選。只留 hook 在 0.4 到 0.6 之間的列。"),
            Slip(lambda: _alike(of_sums=False), "這是每一列互動率的平均，觸及小的列和大的列一樣重。請先加總再相除。"),
            Slip(lambda: 100 * _alike(), "這是百分比。題目要 0–1 的比例。"),
        ),
        stub="",
        solution=(
            'alike = case.posts[case.posts["hook"].between(0.4, 0.6)]\n'
            'sums = alike.groupby("pillar")[["engagements", "reach"]].sum()\n'
            'answer = (sums["engagements"] / sums["reach"]).to_frame("rate")'
        ),
        research=True,
        points=4,
        explain="比一樣強的貼文，是最好懂的調整；代價是丟掉一大半的資料，所以則數少的支柱更看運氣。",
        hints=('`case.posts["hook"].between(0.4, 0.6)` 兩端都包含。', "先 groupby 加總 engagements 和 reach，再相除。"),
        wrong=(Wrong(0.03, "DataFrame"),),
    ),
)  # fmt: skip


# The lesson's own numbers.


def _lesson() -> Readers:
    return Readers(LESSON_SEED)


def _overall() -> pd.Series:
    """True reactions per 1,000 people by pillar, all groups, pieces alike."""
    return 1000 * (_lesson().truth().T @ _lesson().shares)


def _change(mix: pd.Series | dict[str, float]) -> float:
    return 100 * (_lesson().value(mix) / _lesson().value(_lesson().now) - 1)


@cache
def _naive_change() -> float:
    readers = _lesson()
    least = dict.fromkeys(readers.now.index, LEAST)
    found = pillar_mix(_effects(LESSON_SEED, "naive"), readers.worth, wear=readers.wear, least=least)
    return _change(found.mix)


@cache
def _losing() -> int:
    """Brands of twenty in which the mix of plain averages is worth less than the present one."""
    lost = 0
    for seed in range(901, 921):
        readers = Readers(seed)
        found = pillar_mix(_effects(seed, "naive", QUARTER), readers.worth, wear=readers.wear)
        lost += readers.value(found.mix) < readers.value(readers.now)
    return lost


def _signed(value: float) -> str:
    return f"{value:+.1f}%".replace("-", "−")


PREDICTIONS = {
    "a": Prediction(
        prompt="素材一樣強的時候，優惠的互動率是生活提案的幾倍？",
        truth=lambda: float(_overall()["promo"] / _overall()["lifestyle"]),
        show=lambda value: f"{value:.2f} 倍",
        why="看起來多出來的，是素材，不是優惠。",
        close=0.15,
    ),
    "b": Prediction(
        prompt="優惠貼文，送禮族的互動率是健康派的幾倍？",
        truth=lambda: float(
            _lesson().truth()["promo"]["gift"] / _lesson().truth()["promo"]["health"]
        ),
        show=lambda value: f"{value:.1f} 倍",
        why="平均把兩群混在一起，誰都不像。",
        close=0.5,
    ),
    "c": Prediction(
        prompt="照直接平均排的組合，真正會比現在多百分之幾？",
        truth=_naive_change,
        show=_signed,
        why="它押在被素材墊高的支柱上，押得越重，錯得越多。",
        close=3,
    ),
    "d": Prediction(
        prompt="全部都發最值錢的那一個支柱，會比現在的組合多百分之幾？",
        truth=lambda: max(_change({name: 1.0}) for name in _lesson().now.index),
        show=_signed,
        why="同一種發多了會膩；組合的好處，比挑對那一個還大。",
        close=4,
    ),
    "e": Prediction(
        prompt="二十個品牌裡，照直接平均排的組合有幾個比照舊還差？",
        truth=_losing,
        show=lambda value: f"{value:.0f} 個",
        why="不是每次都錯，但你事先不知道是哪幾次。",
        close=2,
    ),
}
