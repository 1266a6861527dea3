"""Questions and predictions of lesson 3.5."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ...analytics.slots.slot_effects import SlotEffects, slot_effects
from ...sandbox import World
from ...sandbox.posted import PARTS, posted
from ...sandbox.truth import DAYPARTS, daypart_effects
from ..predictions import Prediction
from ..questions import Choice, Decision, Match, Number, Option, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
佩蓁要把六個帳號的發文時段一次定下來。阿洛拿到兩份紀錄：過去一年照習慣排的貼文，和後來一年抽籤排時段的貼文。
`posts` 把兩份接在一起（模擬資料，每個人的世界不同），用 `calendar` 這一欄分辨。真正的時段效果只有沙盒知道。
"""

SETUP = """
import numpy as np
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.5")
posts = ex.data()
past = posts[posts["calendar"] == "照習慣"]
ex
"""

LESSON_SEED = 107
"""The world of the lesson; no learner's exercise uses it."""

WEEKS = 52
HABIT, LOTTERY = "照習慣", "抽籤"


@cache
def _calendar(seed: int, name: str, weeks: int = WEEKS, wide: bool = False) -> pd.DataFrame:
    """Posts of one calendar: the first year by habit, or weeks drawn by lot after it."""
    world = _world(seed, wide)
    later = name == LOTTERY
    plan = world.plan(weeks, "random" if later else "habit", WEEKS if later else 0)
    return posted(world, plan, draw=int(later))


def _world(seed: int, wide: bool) -> World:
    return World(seed, settings={"slots.brand_sd": BRANDS_DIFFER}) if wide else World(seed)


@cache
def _both(seed: int) -> pd.DataFrame:
    table = pd.concat([_calendar(seed, name).assign(calendar=name) for name in (HABIT, LOTTERY)])
    hour = table["published_at"].dt.hour
    names = list(DAYPARTS.values())
    return table.assign(
        daypart=pd.Categorical([names[(3, 0, 1, 2)[h // 6]] for h in hour], categories=names),
        engagements=table[list(PARTS[1:])].sum(axis=1).astype("int64"),
        strength=((table["hook"] - table["hook"].mean()) / table["hook"].std()).astype("float64"),
    ).reset_index(drop=True)


def data() -> pd.DataFrame:
    """The learner's own two years of posts: table ``plan`` with what each post brought, its daypart and calendar."""
    return _both(own_world("3.5").seed)


def _past() -> pd.DataFrame:
    table = data()
    return table[table["calendar"] == HABIT]


def _medians() -> pd.Series:
    return _past().groupby("daypart", observed=False)["engagements"].median()


def _naive_gap() -> float:
    return 100 * float(_medians()["晚上"] / _medians()["早上"] - 1)


def _truth(seed: int) -> float:
    """True effect of the evening against the morning, percent."""
    effect = daypart_effects(World(seed))["all"]
    return 100 * float(np.expm1(effect["evening"] - effect["morning"]))


def _estimate(table: pd.DataFrame, method: str) -> float:
    found = slot_effects(table, None, method, by="daypart")  # type: ignore[arg-type]
    return 100 * float(np.expm1(found.contrast("evening", "morning")[0]))


def _by_hand(formula: str, reference: str) -> pd.DataFrame:
    import statsmodels.formula.api as smf

    table = _past()
    fit = smf.ols(
        formula.format(f'C(daypart, Treatment("{reference}"))'),
        data=table.assign(y=np.log1p(table["engagements"]), part=table["daypart"].astype(str)),
    ).fit()
    rows = {
        name: 100 * float(np.expm1(value))
        for key, value in fit.params.items()
        for name in DAYPARTS.values()
        if str(key).endswith(f"[T.{name}]")
    }
    return pd.DataFrame({"effect": rows})


FULL = "y ~ {} + strength + C(platform) + C(format)"


SELECTED = "這是照習慣那一年直接相比的答案，好素材的功勞也算進去了。請改看扣掉內容、或抽籤的那幾列。"


# The decision: which data, which estimate, which rule; tried on worlds whose best daypart differs.

HIDDEN, BRANDS_DIFFER, COST = 10, 0.12, 0.03
"""Worlds; log-sd of the brands' own hours in them; cost of moving everybody's shift, log units (design parameters)."""

RULES = {
    "看哪份資料": {"A": "過去一年，照習慣排的", "B": "抽籤排 2 週", "C": "抽籤排 26 週"},
    "怎麼算": {"D": "每個時段直接平均", "E": "扣掉內容的差別（迴歸調整）", "F": "不算，照別人的研究都排早上"},
    "怎麼決定": {"G": "誰最高就搬過去", "H": "最高的和平常比，區間離開 0 才搬"},
}
SOURCES = {"A": (HABIT, WEEKS), "B": (LOTTERY, 2), "C": (LOTTERY, 26)}


@cache
def _hidden(letter: str, method: str, seed: int) -> SlotEffects:
    name, weeks = SOURCES[letter]
    return slot_effects(_calendar(seed, name, weeks, True), None, method, by="daypart")  # type: ignore[arg-type]


@cache
def _true_gains(seed: int) -> np.ndarray:
    """What moving every post to each daypart brings beyond the usual hours, after its cost (log units)."""
    truth = daypart_effects(_world(seed, True))["all"].to_numpy()
    hours = _world(seed, True).plan(WEEKS // 4)["published_at"].dt.hour
    usual = np.bincount([(3, 0, 1, 2)[h // 6] for h in hours], minlength=4) / len(hours)
    return np.asarray(truth - usual @ truth - COST)


def _moved(letters: str, seed: int) -> int | None:
    """The daypart that the rules choose, or None when everything stays."""
    source, way, rule = tuple(letters)
    if way == "F":
        return 0
    found = _hidden(source, {"D": "naive", "E": "adjusted"}[way], seed)
    chosen = int(found.of()["recommended"].to_numpy(dtype=bool).argmax())
    return None if rule == "H" and not found.gain()[1] > 0 else chosen


@cache
def _tried(letters: str, seeds: tuple[int, ...]) -> tuple[float, int, int]:
    """Share of the attainable gain, and in how many worlds the rules moved, and moved for the worse."""
    moves = [_moved(letters, seed) for seed in seeds]
    gains = [
        0.0 if move is None else float(_true_gains(seed)[move])
        for move, seed in zip(moves, seeds, strict=True)
    ]
    best = sum(max(float(_true_gains(seed).max()), 0.0) for seed in seeds)
    return sum(gains) / best, sum(move is not None for move in moves), sum(gain < 0 for gain in gains)


def _result(letters: str) -> tuple[float, int, int]:
    return _tried(letters, tuple(own_world("3.5", attempt).seed for attempt in range(1, HIDDEN + 1)))


def _told(letters: str) -> str:
    share, moved, worse = _result(letters)
    brought = (
        f"拿到最多能拿的 {share:.0%}" if share >= 0 else f"比都不搬還差，虧掉的有最多能拿的 {-share:.0%}"
    )
    return f"{HIDDEN} 個沒看過的世界，搬了 {moved} 個，其中 {worse} 個搬完反而更差；{brought}。"


def _advice(letters: str) -> str:
    source, way, rule = tuple(letters)
    if way == "F":
        return "下一步：換「怎麼算」。別人的早上，不一定是你的早上。"
    if source == "A" and way == "D":
        return "下一步：換「怎麼算」或「看哪份資料」。照習慣排的那一年，好素材都在晚上。"
    if source == "B":
        return "下一步：換「看哪份資料」。抽籤很公平，但兩週只有幾十則，運氣還很大。"
    if rule == "G":
        return "下一步：換「怎麼決定」。差一點點也搬，換班表的成本就白付了。"
    if source == "A":
        return "下一步：換「看哪份資料」。照習慣排的那一年，只扣得掉記下來的差別；抽籤連沒記下來的也擋得住。"
    return "下一步：換「怎麼算」。素材的強弱會讓每則貼文差很多，扣掉之後看得更清楚。"


QUESTIONS = (
    Number(
        prompt=(
            "先做佩蓁做過的事。下表是你的世界裡，**照習慣排的那一年**，各時段貼文互動數的中位數。\n\n"
            "晚上比早上高百分之幾？"
        ),
        given='past.groupby("daypart", observed=False)["engagements"].agg(則數="size", 中位數="median")',
        truth=_naive_gap,
        tolerance=0.5,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: 100 * (1 - 1 / (1 + _naive_gap() / 100)), "分母用到晚上了。題目問「比早上高」，請除以早上。"),
            Slip(lambda: 100 + _naive_gap(), "這是晚上 ÷ 早上的倍數。題目問高多少，請再減掉 100。"),
        ),
        explain="晚上 ÷ 早上 − 1。這個數字沒有算錯，它回答的是「晚上發的貼文表現如何」。",
        hints=("只看早上和晚上兩列。", "晚上的中位數 ÷ 早上的中位數，減 1，再乘 100。"),
        wrong=(Wrong("很高", "看不出是哪個數字"), Wrong(-80, "偏小")),
    ),
    Choice(
        prompt=(
            "差這麼多，先找替身。下表列出各時段貼文的四件事：內容強度（平均是 0，單位是標準差）、有付推廣費的占比、"
            "短影音的占比、觸及的中位數。\n\n**哪一個既影響貼文被排到幾點，又會讓互動變多，是最該扣掉的混淆？**"
        ),
        given=(
            'kinds = past.assign(推廣=past["boost_ntd"] > 0, 短影音=past["format"] == "short_video")\n'
            'kinds.groupby("daypart", observed=False).agg(\n'
            '    內容強度=("strength", "mean"), 推廣=("推廣", "mean"), 短影音=("短影音", "mean"), 觸及=("reach", "median")\n'
            ").round(2)"
        ),
        options={
            "A": Option("推廣費", "推廣費會讓互動變多，但各時段付費的占比差不多，它解釋不了這麼大的差距。"),
            "B": Option("內容強度", "對。"),
            "C": Option("短影音的占比", "短影音觸及高，但各時段的短影音占比差不多，撐不起這個差距。"),
            "D": Option("觸及", "晚上的觸及確實高，但觸及是發出去之後的結果，不是排時段的理由。把結果扣掉，會連時段的效果一起扣掉。"),
        },
        answer="B",
        explain="混淆要同時做到兩件事：在發文之前就影響時段，又影響互動。晚上的素材本來就比較強。",
        hints=("先找各時段差最多的那幾欄。", "再問：它是發文之前就決定的，還是發文之後才有的？"),
        wrong=(Wrong("A", "占比差不多"), Wrong("C", "占比差不多"), Wrong("D", "發出去之後的結果")),
    ),
    Match(
        prompt="五位同事帶著不同的資料來問。替每個人選一個做法，每個做法用一次。",
        pairs={
            "一年的貼文，企劃記下了內容強度、格式、推廣費": "C",
            "內容強度沒記，但記了每則當時選到這個時段的機率": "A",
            "六個帳號想看一週 168 格，每格只有幾則": "E",
            "什麼都沒記，不過接下來可以自己決定排程": "B",
            "只有 20 則貼文，明天就要答案": "D",
        },
        choices={
            "A": "反傾向加權",
            "B": "抽籤排時段，再直接比",
            "C": "迴歸調整",
            "D": "先不判斷，說還差多少則",
            "E": "部分合併：向鄰近時段和其他帳號借資訊",
        },
        why={
            "一年的貼文，企劃記下了內容強度、格式、推廣費": "發文之前知道的事都記了，可以直接扣掉。",
            "內容強度沒記，但記了每則當時選到這個時段的機率": "扣不掉沒記的強度，但機率說出了誰容易被排到晚上，可以拿來加權。",
            "六個帳號想看一週 168 格，每格只有幾則": "格子多、每格則數少，最高的那格多半是運氣，要往平均拉。",
            "什麼都沒記，不過接下來可以自己決定排程": "過去救不回來，就讓往後的時段和內容無關。",
            "只有 20 則貼文，明天就要答案": "資料太少，最有用的答案是還差多少。",
        },
        explain="先問資料裡記了什麼，再選方法；什麼都沒記，就設計下一批資料。",
        points=3,
        hints=("先找「可以自己決定排程」和「只有 20 則」的那兩位。", "有記強度就扣掉強度；有記機率就用機率加權。"),
        wrong=(Wrong("ACEBD", "可以直接扣掉"), Wrong("CAEDB", "往後的時段"), Wrong("CBEAD", "拿來加權"), Wrong("CA", "要給 5 個代號")),
    ),
    Number(
        prompt=(
            "下面用四種方式估同一件事，括號裡是 90% 區間。同一則內容，從早上改到晚上，互動真正會變百分之幾？\n\n"
            "選你最信的那一個填進來，會和**你的世界的真值**比，差 8 個百分點以內通過。少就填負數。"
        ),
        given=(
            'lottery = posts[posts["calendar"] == "抽籤"]\n'
            'ways = {"照習慣，直接平均": (past, "naive"), "照習慣，迴歸調整": (past, "adjusted"),\n'
            '        "抽籤，直接平均": (lottery, "naive"), "兩年合起來，迴歸調整": (posts, "adjusted")}\n'
            "for name, (table, method) in ways.items():\n"
            '    found = xb.analytics.slot_effects(table, method=method, by="daypart")\n'
            '    effect, low, high = 100 * np.expm1(found.contrast("evening", "morning"))\n'
            '    print(f"{name}：{effect:+.1f}%（{low:+.1f}% 到 {high:+.1f}%）")'
        ),
        truth=lambda: _truth(own_world("3.5").seed),
        tolerance=8.0,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: _estimate(_past(), "naive"), SELECTED),
            Slip(_naive_gap, SELECTED),
        ),
        explain="扣掉內容，或抽籤排時段，都接近真值。兩年合起來、再扣掉內容，區間最窄。",
        points=4,
        hints=("第一列和其他三列差很多，先想想為什麼。", "都沒有偏差的時候，選區間最窄的那一列。"),
        wrong=(Wrong("看不出來", "看不出是哪個數字"), Wrong(300, "偏大")),
    ),
    Decision(
        prompt=(
            "替公司定一套決定時段的規則，套用到十個沒看過的世界。每個世界的觀眾作息不同，最好的時段也不同（設計參數）。"
            "搬一次班表，成本抵掉 3% 的互動；不搬就是 0。\n\n"
            "分數是「你的規則多拿到的互動 ÷ 早就知道真相的人能多拿的互動」，七成五以上就通過。"
        ),
        choices=RULES,
        share=lambda letters: _result(letters)[0],
        told=_told,
        advice=_advice,
        best="CEH",
        floor=0.5,
        enough=0.75,
        explain="先拿掉偏差，再要求看得清楚才搬。抽籤最穩；只有過去的資料時，扣掉內容也行，但沒記下來的差別扣不掉。",
        points=4,
        hints=("先照阿洛的直覺選一次，看看搬完更差的有幾個。", "照習慣的資料要扣掉內容；抽籤的資料要夠多則。"),
        wrong=(Wrong("ADG", "好素材都在晚上"), Wrong("ADH", "好素材都在晚上"), Wrong("BDH", "兩週"), Wrong("BEH", "兩週"), Wrong("AE", "要給 3 個代號"), Wrong("EAH", "沒有 E")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `slot_effects()`，自己用 `past` 跑迴歸：被解釋變數是 `log(1 + engagements)`，"
            "放進 daypart、strength、platform、format（後兩個是類別），以**早上**為基準。\n\n"
            "答案是一張表：索引是下午、晚上、半夜，欄位 effect 是和早上比多幾%（係數取 exp 再減 1，乘 100）。"
        ),
        truth=lambda: _by_hand(FULL, "早上"),
        tolerance=1e-4,
        slips=(
            Slip(lambda: _by_hand("y ~ {} + C(platform) + C(format)", "早上"), "沒有放 strength。內容強度正是混淆的來源，少了它，晚上就會灌水。"),
            Slip(lambda: _by_hand(FULL, "下午"), "基準是下午。題目要和早上比，請用 Treatment 指定基準。"),
            Slip(lambda: 100 * np.log1p(_by_hand(FULL, "早上") / 100), "這是係數乘 100。請先取 exp 再減 1，`np.expm1()` 一步就好。"),
        ),
        stub="import pandas as pd\nimport statsmodels.formula.api as smf",
        solution=(
            'table = past.assign(y=np.log1p(past["engagements"]))\n'
            "formula = 'y ~ C(daypart, Treatment(\"早上\")) + strength + C(platform) + C(format)'\n"
            "params = smf.ols(formula, data=table).fit().params\n"
            'parts = params[params.index.str.startswith("C(daypart")]\n'
            "names = parts.index.str.extract(r\"T\\.(.+)\\]\")[0].to_numpy()\n"
            'answer = pd.DataFrame({"effect": 100 * np.expm1(parts.to_numpy())}, index=names)'
        ),
        research=True,
        points=4,
        explain="扣掉內容強度之後，晚上的係數掉了一大截；這一步就是 method=\"adjusted\" 的核心。",
        hints=("`smf.ols(\"y ~ C(daypart, Treatment('早上')) + …\", data=…)`。", "係數的名字裡有 [T.晚上]，取出來再 `np.expm1()`。"),
        wrong=(Wrong(-10, "DataFrame"),),
    ),
)  # fmt: skip


@cache
def _lesson_past() -> tuple[pd.DataFrame, pd.DataFrame]:
    past = World(LESSON_SEED).history(weeks=WEEKS)
    return past.posts, past.plan


def _hook_gap() -> float:
    plan = _lesson_past()[1]
    hour, strength = plan["published_at"].dt.hour, plan["hook"].astype("float64")
    gap = strength[hour >= 18].mean() - strength[(hour >= 6) & (hour < 12)].mean()
    return float(gap / strength.std())


def _highest_in_truth() -> float:
    """True effect, against the usual hours, of the hour of the week whose naive mean is the highest; percent."""
    found = slot_effects(*_lesson_past(), "naive").of()
    effects = World(LESSON_SEED).effects.slot.mean(axis=0)
    posts = found["n"].to_numpy(dtype=float)
    top = int(found["effect"].fillna(-9).to_numpy(dtype=float).argmax())
    return 100 * float(np.expm1(effects[top] - posts @ effects / posts.sum()))


def _wider() -> str:
    width = {}
    for method in ("adjusted", "ipw"):
        _, low, high = slot_effects(*_lesson_past(), method, by="daypart").contrast("evening", "morning")  # type: ignore[arg-type]
        width[method] = high - low
    ratio = width["ipw"] / width["adjusted"]
    return "反傾向加權" if ratio > 1.2 else "迴歸調整" if ratio < 1 / 1.2 else "差不多"


def _with_noisy_hook() -> float:
    posts, plan = _lesson_past()
    strength = plan["hook"].astype("float64")
    luck = np.random.default_rng(5).standard_normal(len(plan))
    found = slot_effects(posts, plan.assign(hook=strength + strength.std() * luck), "adjusted", by="daypart")
    return 100 * float(np.expm1(found.contrast("evening", "morning")[0]))


BRANDS = ("yusui", "drinks", "skincare", "bookshop", "fitness", "county", "charity")


CLEARLY = 0.1


def _clear_mornings() -> int:
    effects = [daypart_effects(World(LESSON_SEED + k, brand))["all"] for k, brand in enumerate(BRANDS)]
    return sum(float(np.expm1(effect["morning"])) >= CLEARLY for effect in effects)


def _signed(value: float) -> str:
    return f"{value:+.1f}%".replace("-", "−")


PREDICTIONS = {
    "a": Prediction(
        prompt="同一則內容，從早上改到晚上，互動真正會變百分之幾？",
        truth=lambda: _truth(LESSON_SEED),
        show=_signed,
        why="內容不變、只換時段，這才是時段的效果。打折打不出這個數字，因為錯的不是大小，是比較的對象。",
        close=4,
    ),
    "b": Prediction(
        prompt="晚上發的素材，內容強度平均比早上的高幾個標準差？",
        truth=_hook_gap,
        show=lambda value: f"{value:.1f} 個標準差",
        why="晚上和早上比的，根本是兩批不同的素材。",
        close=0.2,
    ),
    "c": Prediction(
        prompt="直接平均最高的那一個小時，真正比平常發文的時段多百分之幾？",
        truth=_highest_in_truth,
        show=_signed,
        why="一百多格裡挑最高，挑中的是好素材加上好運氣。",
        close=5,
    ),
    "d": Prediction(
        prompt="七個品牌裡，早上真正比下午好一成以上的有幾個？",
        truth=_clear_mornings,
        show=lambda value: f"{value:.0f} 個",
        why="每個品牌的觀眾作息不同，時段的差別有大有小。",
        close=0,
    ),
    "e": Prediction(
        prompt="迴歸調整和反傾向加權，哪一種的區間比較寬？",
        truth=_wider,
        show=str,
        why="加權靠的是少數難得的貼文，它們分量很重，運氣就大。",
        options=("迴歸調整", "差不多", "反傾向加權"),
    ),
    "f": Prediction(
        prompt="內容強度多了一個標準差的雜訊，調整之後，晚上比早上多百分之幾？",
        truth=_with_noisy_hook,
        show=_signed,
        why="雜訊不會抵消：分數不準，就只扣得掉一部分，剩下的混淆漏回來。",
        close=8,
    ),
}
