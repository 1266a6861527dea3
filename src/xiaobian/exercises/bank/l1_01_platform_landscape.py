"""Questions and predictions of lesson 1.1."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ...datasets import evidence
from ...tables import PLATFORMS
from ...trends import choose_platforms, facts
from ...trends.facts import every_fact
from ...trends.platforms import PlatformChoice
from ...trends.platforms_words import joined
from ...trends.reach import PREFERRED, named, plans
from ..predictions import Prediction
from ..questions import (
    Check,
    Decision,
    Match,
    MultiChoice,
    Number,
    Option,
    Slip,
    TableAnswer,
    Text,
    Wrong,
)

SCENE = """
週五下班前，佩蓁轉來五句同事寫在簡報裡的話，還有一個新品牌的平台規劃要你把關。
數字全部來自課程附的參考表，每一個都查得到題目、分母、母體和年份；`rows` 是其中所有平台的百分比。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("1.1")
rows = ex.data()
ex
"""


def data() -> pd.DataFrame:
    """Every percentage of the reference tables that is about a platform; columns as ``trends.facts().table``."""
    rows = every_fact()
    return rows[(rows["unit"] == "%") & rows["topic"].isin(list(PLATFORMS))].reset_index(drop=True)


def _figure(card: str) -> str:
    return evidence(card).figure


def _value(card: str) -> float:
    return float(every_fact().set_index("id")["value"].to_dict()[card])


MOST, ACCOUNT, OFTEN, YOUNG, TRAFFIC = (
    "twnic_2024_most_threads", "ncc_2025_account_threads", "mic_2025_often_threads", "mic_2025_often_threads_1824",
    "similarweb_2025_threads",
)  # fmt: skip
"""The five figures of Threads that seem to contradict each other."""

SAID = {
    TRAFFIC: f"「台灣有 {_figure(TRAFFIC)} 的人在用 Threads」",
    MOST: f"「只有 {_figure(MOST)} 的人會用 Threads，不用理它」",
    ACCOUNT: f"「每天有 {_figure(ACCOUNT)} 的人打開 Threads」",
    YOUNG: f"「台灣網友有 {_figure(YOUNG)} 常用 Threads」",
    OFTEN: f"「MIC 問過的網友，{_figure(OFTEN)} 說常用 Threads，可複選」",
}

TIKTOK = {
    "use": "twnic_2025_tiktok", "daily": "twnic_2025_tiktok_daily", "most": "twnic_2024_most_tiktok",
    "watch": "ncc_2025_watch_tiktok", "before": "ncc_2019_watch_tiktok", "young": "ncc_2025_watch_tiktok_1625",
}  # fmt: skip
T = {name: _figure(card) for name, card in TIKTOK.items()}

FACEBOOK, INSTAGRAM = "mic_2025_often_facebook", "mic_2025_often_instagram"


def _least_both() -> float:
    return max(_value(FACEBOOK) + _value(INSTAGRAM) - 100, 0.0)


# The decision: three platforms for a brand with 13 hours.

HOURS, MOST_PLATFORMS = 13, 3
NONE = ""
ROWS = {
    "第一個平台": {"A": "facebook", "B": "instagram", "C": "youtube", "D": "tiktok"},
    "第二個平台": {"E": "instagram", "F": "youtube", "G": "tiktok", "H": "threads"},
    "第三個平台": {"I": "dcard", "J": "ptt", "K": "threads", "L": NONE},
}


def _each() -> dict[str, float]:
    return {str(name): float(hours) for name, hours in plans()["hours_week"].items()}


def _option(platform: str) -> str:
    if platform == NONE:
        return "只做兩個就好"
    return f"{named(platform)}（每週 {_each()[platform]:g} 小時）"


CHOICES = {name: {letter: _option(p) for letter, p in options.items()} for name, options in ROWS.items()}


@cache
def _best() -> PlatformChoice:
    return choose_platforms(MOST_PLATFORMS, "all", HOURS)


def _picked(letters: str) -> list[str]:
    picked = [options[letter] for letter, options in zip(letters, ROWS.values(), strict=True)]
    return list(dict.fromkeys(p for p in picked if p != NONE))


def _hours(letters: str) -> float:
    return sum(_each()[name] for name in _picked(letters))


def _share(letters: str) -> float:
    sets = _best().sets
    same = sets["items"].map(set) == set(_picked(letters))
    return float(sets.loc[same, "contacts"].sum()) / float(sets.iloc[0]["contacts"])


def _told(letters: str) -> str:
    names, hours = joined(_picked(letters)), _hours(letters)
    if hours > HOURS:
        return f"{names} 每週要 {hours:g} 小時，只有 {HOURS} 小時，排不下去。"
    return f"{names} 用掉 {hours:g} 小時，接觸到的人是最好那一組的 {_share(letters):.0%}。"


def _advice(letters: str) -> str:
    picked, hours = _picked(letters), _hours(letters)
    if hours > HOURS:
        most = max(picked, key=_each().__getitem__)
        return f"下一步：先換掉最花時間的 {named(most)}，再看還排得下誰。"
    if len(picked) < len(letters) and "L" not in letters:
        return "下一步：同一個平台選了兩次，換掉其中一個。"
    if "facebook" not in picked:
        return "下一步：換「第一個平台」。四個小時就遇得到最多人的，還沒有選。"
    if "instagram" not in picked:
        return "下一步：換「第二個平台」。看每一小時換到多少人，不是看哪個最熱門。"
    return "下一步：看「第三個平台」。還有工時沒用完，挑一個放得進去的。"


REPORT = (
    Check("有數字", lambda text: _figure(OFTEN).rstrip("%") in text, "把數字原樣寫出來。"),
    Check("說出是誰的比例", lambda text: any(word in text for word in ("網友", "受訪")), "寫出分母：問了誰？"),
    Check("說出問的是哪一題", lambda text: "常用" in text and "最常用" not in text, "題目是「常用」，不是「使用」，也不是「最常用」。"),
    Check("說出誰在哪一年調查的", lambda text: "MIC" in text and evidence(OFTEN).period in text, "寫出調查單位和年份。"),
)


def _ranges(measures: tuple[str, ...] = PREFERRED, everybody: bool = True, sure: bool = True) -> pd.DataFrame:
    rows = data()
    rows = rows[rows["measure"].isin(measures)]
    rows = rows[rows["segment"].isna()] if everybody else rows
    rows = rows[rows["confidence"] != "L"] if sure else rows
    values = rows.groupby("topic")["value"]
    return pd.DataFrame({"low": values.min(), "high": values.max()}).astype("float64")


QUESTIONS = (
    Match(
        prompt="五句話都引用了真的數字。每一句哪裡說過頭了？每個答案用一次。",
        given=(
            'threads = xb.trends.facts("threads")\n'
            'threads.shown.loc[threads.percentages["id"], ["數字", "量的是什麼", "分母", "年齡層", "期間"]]'
        ),
        pairs=dict(zip(SAID.values(), "CEADB", strict=True)),
        choices={
            "A": "有帳號，不等於會打開",
            "B": "這樣說可以",
            "C": "分母是全球的網頁流量，不是台灣人",
            "D": "只問了一個年齡層，不能說成全體",
            "E": "題目只能選一個，第二名以後都被壓低",
        },
        why={
            SAID[TRAFFIC]: "查它的分母，是人還是流量？",
            SAID[MOST]: "查它的題目，受訪者可以選幾個？",
            SAID[ACCOUNT]: "查它量的是什麼，是擁有還是使用？",
            SAID[YOUNG]: "查它的年齡層，問了所有人嗎？",
            SAID[OFTEN]: "題目、對象、複選都說了，還缺什麼嗎？",
        },
        explain="數字都沒有算錯，錯在把分母換成「台灣人」。先問題目，再問分母，再問問了誰、哪一年。",
        points=3,
        hints=("先找分母不是人的那一句。", "「最常用」只能選一個；「常用」可以複選；「有帳號」不必打開。"),
        wrong=(Wrong("BEADC", "是人還是流量"), Wrong("CBADE", "可以選幾個"), Wrong("CEDAB", "擁有還是使用"), Wrong("CE", "要給 5 個代號")),
    ),
    MultiChoice(
        prompt="換成 TikTok。下面哪些說法站得住腳？全部選出來。",
        given='xb.trends.facts("tiktok").shown[["數字", "量的是什麼", "分母", "年齡層", "期間"]]',
        options={
            "A": Option(f"{T['use']} 和 {T['watch']} 可以都對：一個算全體民眾，一個只算看影音的人"),
            "B": Option(f"從 {T['most']} 到 {T['use']}，一年之間成長了好幾倍", "前一個是「最常用」，後一個是「有在用」，題目不同不能相減。"),
            "C": Option(f"同一份調查、同一種分母，{T['before']} 到 {T['watch']} 可以說變多了"),
            "D": Option(f"TikTok 在台灣的使用率是 {T['young']}", "那是 16–25 歲、而且只算看影音的人，分母縮小了兩次。"),
            "E": Option(f"{T['daily']} 的分母沒寫清楚，拿它除以 {T['use']} 之前要先查原始報告"),
            "F": Option("幾個數字互相打架，取平均最公平", "不同分母的數字平均之後，沒有任何人是它的分母。"),
        },
        answers=frozenset("ACE"),
        explain="分母不同可以同時成立；題目和分母相同才能比前後；分母沒寫清楚的，先查再算。",
        hints=("對每一句問：兩個數字的題目和分母一樣嗎？", "站得住腳的有三句。"),
        wrong=(Wrong("AB", "題目不同"), Wrong("ACD", "分母縮小"), Wrong("ACF", "沒有任何人"), Wrong("AC", "還漏了 1 個")),
    ),
    Number(
        prompt=(
            f"同一份 MIC 調查，{_figure(FACEBOOK)} 的網友常用 Facebook，{_figure(INSTAGRAM)} 常用 Instagram，可複選。報告沒說兩個都常用的有多少。"
            "\n\n只靠這兩個數字，**兩個都常用的人，最少**有百分之幾？"
        ),
        truth=_least_both,
        tolerance=0.15,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: _value(FACEBOOK) * _value(INSTAGRAM) / 100, "相乘是假設兩件事互不相關。題目問最少，請想最不重疊的情形。"),
            Slip(lambda: min(_value(FACEBOOK), _value(INSTAGRAM)), "這是最多的情形：常用 Instagram 的人全都常用 Facebook。題目問最少。"),
            Slip(lambda: _value(FACEBOOK) - _value(INSTAGRAM), "兩個相減，算出的是全部重疊時只用 Facebook 的人。題目問兩個都用的最少有多少。"),
        ),
        explain="兩群人加起來超過全體，多出來的一定是重複的。真正的重疊在這個數字和較小的那一群之間，沒有資料就只能說這麼多。",
        hints=("先讓兩群人盡量錯開，直到把全體填滿。", "兩個百分比相加，減掉 100。"),
        wrong=(Wrong("不知道", "看不出是哪個數字"), Wrong(90, "偏大"), Wrong(2, "偏小")),
    ),
    Decision(
        prompt=(
            f"山嵐手作要開社群，對象是全體民眾，每週只排得出 **{HOURS} 小時**，最多三個平台。下表的 reach 是遇得到的人的比例（0–1），"
            "low、high 是它的範圍，hours 是每週工時（設計參數）。替他們選。"
            "\n\n分數是「這一組接觸到的人 ÷ 工時內最好那一組接觸到的人」。"
        ),
        given=(
            "from xiaobian.trends.reach import reach_table\n\n"
            'reach_table("all").set_index("platform")[["reach", "low", "high", "hours"]].astype(float).round(2)'
        ),
        choices=CHOICES,
        share=_share,
        told=_told,
        advice=_advice,
        best="AEJ",
        floor=0.8,
        enough=0.97,
        judged="會和工時內所有排得下的組合比。",
        explain="先填每一小時換到最多人的，再用剩下的工時補一個小的。最大的平台如果把工時吃光，反而接觸得少。",
        points=4,
        hints=("先把三個平台的工時加起來，超過的整組都不能用。", "拿觸及除以工時排名，再看剩下幾小時。"),
        wrong=(Wrong("AFL", "排不下去"), Wrong("CEJ", "排不下去"), Wrong("BHI", "排不下去"), Wrong("AHI", "換「第二個平台」"), Wrong("AEL", "還有工時"), Wrong("AE", "要給 3 個代號"), Wrong("EAJ", "沒有 E")),
    ),
    Text(
        prompt=f"佩蓁要在簡報上放 {_figure(OFTEN)} 這個數字（證據卡 `{OFTEN}`）。寫一句話，讓沒看過報告的人也不會誤會。",
        given=f'xb.evidence("{OFTEN}")',
        checks=REPORT,
        model=lambda: f"MIC {evidence(OFTEN).period} 年調查的台灣網友，有 {_figure(OFTEN)} 說常用 Threads（可複選）。",
        explain="誰調查的、哪一年、問了誰、哪一題、多少：五件事一句話就裝得下。",
        hints=("證據卡上的每一行都是這句話的材料。", "「MIC ○ 年調查的○○，有○% 說常用 Threads」。"),
        wrong=(
            Wrong(lambda: f"台灣有 {_figure(OFTEN)} 的人用 Threads", "說出是誰的比例"),
            Wrong(lambda: f"{_figure(OFTEN)} 的網友最常用 Threads", "不是「使用」，也不是「最常用」"),
            Wrong(lambda: f"{_figure(OFTEN)} 的網友常用 Threads", "調查單位和年份"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 算出每個平台的數字範圍。從 `rows` 留下：`measure` 是 often、use、account 三種之一，`segment` 是空的（全體），"
            "`confidence` 不是 L。\n\n答案是一張表：索引是 topic，欄位 low、high 是 value 的最小和最大。"
        ),
        truth=_ranges,
        slips=(
            Slip(lambda: _ranges(sure=False), "可信度低的沒有濾掉，LINE 和 Facebook 的上限被整理文的數字拉高了。"),
            Slip(lambda: _ranges(everybody=False), "分齡的數字混進來了，Threads 的上限變成年輕人的比例。請只留 segment 是空的。"),
            Slip(lambda: _ranges((*PREFERRED, "most_used")), "「最常用」混進來了。它只能選一個，會把下限壓得很低。"),
        ),
        stub="",
        solution=(
            'wanted = rows["measure"].isin(["often", "use", "account"]) & rows["segment"].isna() & (rows["confidence"] != "L")\n'
            'answer = rows[wanted].groupby("topic")["value"].agg(low="min", high="max")'
        ),
        research=True,
        points=3,
        explain="這就是 `choose_platforms()` 重抽時的範圍，它還多加了抽樣誤差；只有一個數字的平台，低和高會一樣。",
        hints=("三個條件用 & 連起來，空值用 `.isna()`。", '`groupby("topic")["value"].agg(low="min", high="max")`。'),
        wrong=(Wrong(-10, "DataFrame"),),
    ),
)  # fmt: skip

LESSON_HOURS = 12
"""Hours a week of the lesson's brand."""
Z95 = 1.96


def _rise() -> str:
    """Whether Facebook's share as the most used rose between the last two surveys by more than their sampling error."""
    years = facts("facebook", "most_used").table.sort_values("period")["value"].astype(float).to_numpy()
    n = float(facts("上網").table["n"].iloc[0])
    error = 100 * Z95 * (2 * 0.25 / n) ** 0.5
    change = years[-1] - years[-2]
    return "還分不出來" if abs(change) < error else "回升了" if change > 0 else "下降了"


PREDICTIONS = {
    "a": Prediction(
        prompt="受訪的民眾，有百分之幾把 Threads 列為最常用的社群平台？",
        truth=lambda: _value(MOST),
        show=lambda value: f"{value:g}%",
        why="「最常用」只能選一個，第二順位再常用也不算。",
        close=1,
    ),
    "b": Prediction(
        prompt="18–24 歲的網友，有百分之幾常用 Threads？",
        truth=lambda: _value(YOUNG),
        show=lambda value: f"{value:g}%",
        why="同一份調查、同一題，換一個年齡層就差很多。",
        close=5,
    ),
    "c": Prediction(
        prompt="最近兩年，把 Facebook 列為最常用的比例怎麼了？",
        truth=_rise,
        show=str,
        why="兩次調查各有抽樣誤差，相減之後誤差更大，這點差距看不出方向。",
        options=("回升了", "還分不出來", "下降了"),
    ),
    "d": Prediction(
        prompt="每週 12 小時、最多三個平台，最好的那一組有幾個平台？",
        truth=lambda: float(len(choose_platforms(3, "all", LESSON_HOURS).platforms)),
        show=lambda value: f"{value:.0f} 個",
        why="「最多三個」是上限，不是目標；工時先用完了。",
        close=0,
    ),
    "e": Prediction(
        prompt="對象換成 18–24 歲、每週 14 小時，數字在可能的範圍內重抽，算出來的最佳那一組有百分之幾的次數真的最好？",
        truth=lambda: 100 * choose_platforms(3, "18-24", 14).wins,
        show=lambda value: f"{value:.0f}%",
        why="這個年齡層好幾個平台沒有數字，猜的範圍很寬，答案就跟著晃。",
        close=8,
    ),
}
