"""Questions and predictions of lesson 2.4."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from ...planning import feature_table, features, review_copy
from ...planning.raffle import VERDICTS, form_check
from ...sandbox import World
from ...sandbox.comment_truth import comment_rates
from ...sandbox.interaction import FORMS, REACH, SEGMENTS, Fans, compared, share, truth_of
from ...sandbox.parameters import load
from ...tables import FORMATS, PILLARS
from ..parsing import Mismatch
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Option, Slip, TableAnswer, Text, Wrong
from ..worlds import own_world

SCENE = """
下個月輪到你。`mine.show_posts()` 是六則寫好、還沒發的 Instagram 貼文；`mine.events` 是這個品牌三年來辦過的互動活動。
兩份都是模擬的，每個人拿到的不同；第二、三題會用沙盒的真相算分。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.4")
mine = ex.data()
ex
"""

LESSON_SEED = 204
"""The world and the fans of the lesson; no learner's exercise uses them."""

WEEKS, SOME_WEEKS, LETTERS, EVENTS = 30, 10, "ABCDEF", 216


@dataclass(frozen=True, repr=False)
class Shelf:
    """Posts by letter that show as cards, or as text where only text can be shown."""

    posts: pd.DataFrame

    def _heads(self) -> list[tuple[str, str]]:
        return [
            (f"{letter}・{post['格式']}・{post['主題']}・內容強度 {post['內容強度']:.2f}", str(post["文案"]))
            for letter, post in self.posts.iterrows()
        ]

    def __repr__(self) -> str:
        return "\n\n".join(f"【{head}】\n{text}" for head, text in self._heads())

    def _repr_html_(self) -> str:
        cards = "".join(
            f'<div style="border:1px solid #E3E8EC;border-radius:4px;padding:8px 16px;background:#FFFFFF">'
            f'<div style="color:#0A4A78;font-weight:600">{html.escape(head)}</div>'
            f'<div style="white-space:pre-wrap;color:#22303C">{html.escape(text)}</div></div>'
            for head, text in self._heads()
        )
        grid = "display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:8px;max-width:960px"
        return f'<div style="{grid};font-size:15px;line-height:1.6">{cards}</div>'


@dataclass(frozen=True, repr=False)
class Mine:
    """What the learner gets. posts: six captions by letter, with what is known before they go out. events: past events."""

    posts: pd.DataFrame
    events: pd.DataFrame

    def __repr__(self) -> str:
        return f"六則還沒發的貼文，和 {len(self.events)} 檔辦過的活動（島嶼沙盒模擬資料）"

    def show_posts(self) -> Shelf:
        """The six posts side by side, to be read."""
        return Shelf(self.posts)

    def forms(self) -> pd.DataFrame:
        """The past by segment and form: events, who joined (%), still there of 5,000 reached after 30 days, cost (NT$)."""
        sums = self.events.groupby(["segment", "form"])[["reached", "joined", "stayed"]].sum()
        cost = {
            form: hours * load()["interaction.hour_ntd"]
            for form, hours in load()["interaction.hours"].items()
        }
        table = pd.DataFrame(
            {
                "檔數": self.events.groupby(["segment", "form"]).size(),
                "參加（%）": (100 * sums["joined"] / sums["reached"]).round(1),
                "30 天後還在（每 5,000 人）": (REACH * sums["stayed"] / sums["reached"]).round(1),
            }
        ).reindex(pd.MultiIndex.from_product([SEGMENTS, FORMS], names=["群", "形式"]))
        table["工時成本（元）"] = [int(cost[form]) for _, form in table.index]
        return table.rename(SEGMENTS, level=0).rename(FORMS, level=1)


def _seed() -> int:
    return own_world("2.4").seed


@cache
def _six(seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Six Instagram posts of eight weeks, spread over the range of true comment rates, and those rates; by letter."""
    world = World(seed)
    later = world.plan(8, first_week=8)
    later = later[later["platform"] == "instagram"].reset_index(drop=True)
    truth = comment_rates(world, later).reset_index(drop=True)
    by = truth.sort_values().index
    chosen = [by[round(place * (len(by) - 1))] for place in (0.03, 0.25, 0.47, 0.66, 0.83, 0.98)]
    mixed = np.random.default_rng(seed).permutation(chosen)
    plan = later.iloc[mixed].reset_index(drop=True)
    captions = world.run(plan).posts.set_index("post_id")["caption"].loc[plan["post_id"]].to_numpy()
    table = pd.DataFrame(
        {
            "格式": plan["format"].map(FORMATS), "主題": plan["pillar"].map(PILLARS), "內容強度": plan["hook"].astype(float),
            "文案": captions, "cta": plan["cta"].astype(str), "pillar": plan["pillar"].astype(str),
        }
    )  # fmt: skip
    index = pd.Index(list(LETTERS), name="貼文")
    return table.set_axis(index), truth.iloc[mixed].set_axis(index)


def data() -> Mine:
    """The learner's own six posts and past events."""
    return Mine(_six(_seed())[0], Fans(_seed()).events(EVENTS))


# Order six posts by expected comment rate.


def _right_pairs(letters: str) -> int:
    truth = _six(_seed())[1]
    return sum(truth[first] > truth[second] for first, second in combinations(letters, 2))


def _tau(letters: str) -> float:
    return 2 * _right_pairs(letters) / 15 - 1


def _told_order(letters: str) -> str:
    right = "、".join(_best_order())
    return f"15 對裡排對 {_right_pairs(letters)} 對" + (
        f"，真正的順序是 {right}。" if _tau(letters) >= 0.7 else "。"
    )


def _best_order() -> str:
    return "".join(_six(_seed())[1].sort_values(ascending=False).index)


def _why_above(upper: str, lower: str) -> str:
    """What puts one post above another in the truth, in words, the largest first."""
    posts = _six(_seed())[0]
    hook = dict(zip(posts.index, posts["內容強度"].to_numpy(float), strict=True))
    ends = dict(zip(posts.index, posts["cta"].astype(str), strict=True))
    p = load()
    ask = p["engagement.comment_cta"]
    gap = {
        "cta": float(np.log(ask[ends[upper]] / ask[ends[lower]])),
        "hook": p["engagement.hook"] * (hook[upper] - hook[lower]) / p["habit.hook_sd"],
    }
    if gap["cta"] >= gap["hook"] and gap["cta"] > 0.05:
        return f"{upper} 結尾{ENDS[ends[upper]]}，{lower} {ENDS[ends[lower]]}"
    if gap["hook"] > 0.05:
        return f"{upper} 的內容強度比 {lower} 高"
    return f"{upper} 的主題比 {lower} 更合這群人的胃口"


ENDS = {
    "ask": "問了一個問題",
    "tag": "請人標記朋友",
    "save": "請人收藏",
    "link": "請人點連結",
    "none": "什麼都沒請",
}


def _advice_order(letters: str) -> str:
    truth = _six(_seed())[1]
    wrong = [(a, b) for a, b in combinations(letters, 2) if truth[a] < truth[b]]
    if not wrong:
        return ""
    first, second = max(wrong, key=lambda pair: float(np.log(truth[pair[1]] / truth[pair[0]])))
    return f"差最多的一對：{second} 應該在 {first} 前面，{_why_above(second, first)}。先看結尾請人做什麼，再看內容強度。"


@dataclass(frozen=True, kw_only=True)
class OwnOrder(Decision):
    """An order of the learner's own six posts."""

    best: str = ""

    def how(self) -> str:
        return f"從預期留言率最高的開始，替每個位置選一則，六則都要用到。{self.judged}"

    def parse(self, answer: object) -> str:
        picked = super().parse(answer)
        if len(set(picked)) != len(LETTERS):
            raise Mismatch("六則都要用到，而且只用一次。檢查有沒有哪一則選了兩次。")
        return picked

    def right(self) -> str:
        return _best_order()

    def solution_text(self) -> str:
        return " → ".join(_best_order())


# One form for each segment.

CODES = dict(zip("ABCDE", FORMS, strict=True))
BACK = {form: letter for letter, form in CODES.items()}


def _choice(letters: str) -> dict[str, str]:
    return {segment: CODES[letter] for segment, letter in zip(SEGMENTS, letters, strict=True)}


def _share(letters: str) -> float:
    return share(Fans(_seed()), _choice(letters))


def _told_forms(letters: str) -> str:
    table = compared(Fans(_seed()), _choice(letters))
    right = int((table["chosen"] == table["best"]).sum())
    brought = f"拿到最多能拿的 {max(_share(letters), 0):.0%}" if _share(letters) > 0 else "合計比不辦還虧"
    return f"四群裡有 {right} 群選到真正最好的形式；{brought}。"


def _advice_forms(letters: str) -> str:
    choice = _choice(letters)
    table = compared(Fans(_seed()), choice).set_index("segment")
    worst = str(table["lost"].idxmax())
    name = SEGMENTS[worst]
    if choice[worst] == "raffle":
        return f"下一步：先換{name}的抽獎。參加的人最多，但 30 天後還在的很少，還要扣掉工時。"
    if choice[worst] == "poll":
        return f"下一步：換{name}。投票最省工，但便宜不等於值得；算一次「還在的人 × 120 − 成本」。"
    return f"下一步：換{name}。把五種形式的「還在的人 × 120 − 成本」都算一次，取最大的。"


def _best_forms() -> str:
    best = compared(Fans(_seed()), dict.fromkeys(SEGMENTS, "poll"))["best"]
    return "".join(BACK[form] for form in best)


def _most_joined() -> str:
    """The tempting choice: the form that most people join, from the truth of participation."""
    truth = truth_of(Fans(_seed()))
    joined = truth.pivot(index="segment", columns="form", values="joined").loc[list(SEGMENTS)]
    return "".join(BACK[str(form)] for form in joined.idxmax(axis=1))


@dataclass(frozen=True, kw_only=True)
class OwnForms(Decision):
    """A form for each of the learner's own segments."""

    best: str = ""

    def right(self) -> str:
        return _best_forms()

    def solution_text(self) -> str:
        return "；".join(f"{SEGMENTS[s]}：{FORMS[f]}" for s, f in _choice(_best_forms()).items())


# Own copy.

PRODUCT = "冷泡金萱"


def _about(text: str) -> bool:
    return PRODUCT in text and features(text).han >= 20


def _one_question(text: str) -> bool:
    read = features(text)
    return _about(text) and read.questions >= 1 and read.second_person >= 1


CHECKS = (
    Check("寫的是冷泡金萱，至少 20 個漢字", _about, "把「冷泡金萱」寫進去，寫成一則完整的文案。"),
    Check("四組檢查沒有非改不可的地方", lambda text: _about(text) and review_copy(text, "instagram").ok, "用 xb.panels.copy_desk() 貼上去，看它指到哪裡；多半是誘餌、標點或標籤。"),
    Check("問「你」一個問題", _one_question, "用問號問一個每個人答案不同的問題，句子裡要有「你」。"),
    Check("只請人做一件事", lambda text: _about(text) and features(text).asked == 1, "分享、收藏、追蹤先拿掉，留下回答問題這一件。"),
    Check("第一句不超過 30 個字", lambda text: _about(text) and 0 < features(text).hook_chars <= 30, "第一句太長，先放最具體的那個畫面或數字。"),
)  # fmt: skip
MODEL = "冷泡金萱放到第六個小時，茶湯會多一點花香。\n昨天我們真的熬夜試了。你都泡幾個小時才喝？留言告訴我們。"


# The code question: who joins, and who stays.


def _by_form(join: str = "sum", stay_of: str = "joined") -> pd.DataFrame:
    events = data().events
    sums = events.groupby("form")[["reached", "joined", "stayed"]].sum()
    first = sums["joined"] / sums["reached"]
    if join == "mean":
        first = (events["joined"] / events["reached"]).groupby(events["form"]).mean()
    return pd.DataFrame({"join": first, "stay": sums["stayed"] / sums[stay_of]})


BAITS: Mapping[str, Option] = {
    "A": Option("你家的冷泡茶泡幾小時？留言說說看。", "它問的是每個人答案不同的問題，留言是在回答，不是在衝數字。"),
    "B": Option("想要食譜的，底下留言「我要」，私訊給你。"),
    "C": Option("請幫忙分享：新竹店附近有一隻走失的柴犬，項圈是紅色。", "請人幫忙、協尋、給建議不算誘餌；分享是為了那隻狗。"),
    "D": Option("選金萱的按讚，選焙茶的按愛心。"),
    "E": Option("拍了照可以標記 @yusui.tea，我們挑三張貼在店裡。", "標記的是品牌自己，沒有要人去點名朋友。"),
    "F": Option("標記三位同事，揪滿就抽下午茶。"),
}  # fmt: skip

FIELDS = {"IG 帳號": "A", "收件地址": "B", "性別": "C", "有沒有食物過敏": "D", "聯絡 Email（只留一種）": "A", "身分證字號": "B", "三位好友的帳號": "C"}  # fmt: skip
ASKED = {"A": "參加時可以問", "B": "得獎後再問", "C": "不要問", "D": "不得蒐集"}

QUESTIONS = (
    MultiChoice(
        prompt="六句文案，三句是互動誘餌。**哪三句？**（複選）",
        options=BAITS,
        answers=frozenset("BDF"),
        explain="照樣留一個字、用表情投票、點名要人標朋友，衝的都是數字。問一個真的想知道的問題，不是誘餌。",
        points=3,
        hints=("問自己：照做的人，需不需要真的想說什麼？", "找「留一個固定的字」「按表情代表」「點名朋友換東西」。"),
        wrong=(Wrong("ABF", "每個人答案不同"), Wrong("BCD", "請人幫忙"), Wrong("BD", "還漏了 1 個"), Wrong("BDE", "品牌自己")),
    ),
    OwnOrder(
        prompt=(
            "六則還沒發的 Instagram 貼文。**依預期留言率（留言 ÷ 觸及）從高到低排好。**\n\n"
            "內容強度是編輯發文前打的分數（0–1）。用來評分的是沙盒的真值，不是實際發出去的運氣；15 對裡排對 13 對就拿滿分。"
        ),
        given="mine.show_posts()",
        choices={f"第 {place} 位": {letter: f"貼文 {letter}" for letter in LETTERS} for place in range(1, 7)},
        share=_tau,
        told=_told_order,
        advice=_advice_order,
        floor=0.15,
        enough=0.7,
        judged="排好之後，和沙盒的真值一對一對比。",
        explain="問問題和標記朋友，讓留言占互動的比例變高；內容強，互動就多。問號在中間、結尾卻沒有請人回答，幫助不大。",
        points=4,
        hints=("先看每則的最後一句：請人回答、標記、收藏、點連結，還是什麼都沒請？", "請人回答或標記朋友的排前面；一樣的，內容強度高的在前。"),
        wrong=(Wrong(lambda: _best_order()[::-1], "應該在"), Wrong(lambda: _best_order()[3:] + _best_order()[:3], "先看結尾"), Wrong("AABCDE", "只用一次"), Wrong("ABC", "要給 6 個代號")),
    ),
    OwnForms(
        prompt=(
            "下表是三年來的活動。**替四群各選一種互動形式。**\n\n"
            "一檔的淨值＝30 天後還在的人 × 120 元 − 工時成本（設計參數），一檔觸及 5,000 人。分數是你的選擇帶來的真實淨值 ÷ 每一群都選最好的淨值，八成五以上拿滿分。"
        ),
        given="mine.forms()",
        choices={name: {letter: FORMS[form] for letter, form in CODES.items()} for name in SEGMENTS.values()},
        share=_share,
        told=_told_forms,
        advice=_advice_forms,
        floor=0.5,
        enough=0.85,
        judged="會用沙盒的真相，算你選的形式一檔值多少。",
        explain="參加的人多，不等於留下的人多；每一群最好的形式不同，所以要分開看。",
        points=4,
        hints=("不要看「參加」那一欄。", "每一群五種形式，各算「還在的人 × 120 − 工時成本」，取最大的。"),
        wrong=(Wrong("EEEE", "抽獎"), Wrong(lambda: "EEEE" if _share(_most_joined()) >= 0.85 else _most_joined(), "下一步"), Wrong("AB", "要給 4 個代號"), Wrong("FAAA", "可用的代號")),
    ),
    Match(
        prompt="要辦抽獎，同事開了一張七個欄位的表單。**每個欄位該怎麼辦？**",
        pairs=FIELDS,
        choices=ASKED,
        why={
            "IG 帳號": "抽的就是它，沒有它抽不了。",
            "收件地址": "只有得獎的人才需要寄，先問就是多收。",
            "性別": "和抽獎無關，超出目的的必要範圍。",
            "有沒有食物過敏": "它屬於醫療、健康一類，原則上不得蒐集；把過敏原寫在獎品旁邊就好。",
            "聯絡 Email（只留一種）": "通知得獎要一種聯絡方式，一種就夠。",
            "身分證字號": "只有獎品要申報時才需要，而且只問得獎的人。",
            "三位好友的帳號": "那是別人的個資，他沒有同意。",
        },
        explain="先問目的，再問這個欄位少了會不會辦不成。這是風險提示，不是法律意見。",
        points=3,
        hints=("一半以上的欄位，參加的時候都不必問。", "得獎後才需要的有兩個；有一個牽涉健康。"),
        wrong=(Wrong("AACDABC", "先問就是多收"), Wrong("ABADABC", "和抽獎無關"), Wrong("ABCDABA", "別人的個資"), Wrong("ABCCABC", "不得蒐集"), Wrong("AB", "要給 7 個代號")),
    ),
    Text(
        prompt=(
            "**寫一則 Instagram 文案**：主角是冷泡金萱，目的是讓人留言。要過得了四組檢查，而且不用互動誘餌。\n\n"
            "先在課文的文案桌上改到順，再貼過來。"
        ),
        checks=CHECKS,
        model=lambda: MODEL,
        explain="讀的人知道你在問他，十秒答得出來，也沒有別的事要做。",
        points=3,
        hints=("第一句放一個具體的畫面或數字。", "結尾問一個答案因人而異的問題，例如泡幾小時、跟誰喝。"),
        wrong=(
            Wrong("冷泡金萱上市了，喜歡茶的你一定要試。想喝的底下留言「我要」，我們私訊你，送你一份泡茶小卡。你想喝嗎？", "四組檢查"),
            Wrong("冷泡金萱放到第六個小時，茶湯會多一點花香。昨天我們真的熬夜試了，第七個小時開始變苦。", "問「你」一個問題"),
            Wrong("冷泡金萱放到第六個小時，茶湯會多一點花香。你都泡幾個小時才喝？存起來，分享給那個愛喝茶的朋友。", "只請人做一件事"),
            Wrong("這個夏天我們試過了整整二十幾種茶葉和十幾種水溫最後才決定要把冷泡金萱放進每一家店的冰箱裡面。你最想在哪裡喝它？", "第一句不超過"),
            Wrong("你今天想喝什麼？", "冷泡金萱"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 用 `mine.events` 算五種形式的兩個比例：`join`＝參加 ÷ 觸及，`stay`＝30 天後還在 ÷ 參加，都是先加總再相除。\n\n"
            "答案是一張表：索引是 form，欄位是 join、stay。"
        ),
        truth=_by_form,
        tolerance=1e-6,
        slips=(
            Slip(lambda: _by_form(join="mean"), "join 是每一檔先相除再平均。大檔和小檔不該一樣重，請先加總再相除。"),
            Slip(lambda: _by_form(stay_of="reached"), "stay 的分母用成觸及了。題目要的是參加的人裡，30 天後還在的。"),
            Slip(lambda: 100 * _by_form(), "乘了 100。請留 0 到 1 的比例。"),
        ),
        stub="import pandas as pd",
        solution=(
            'sums = mine.events.groupby("form")[["reached", "joined", "stayed"]].sum()\n'
            'answer = pd.DataFrame({"join": sums["joined"] / sums["reached"], "stay": sums["stayed"] / sums["joined"]})'
        ),
        research=True,
        points=4,
        explain="抽獎的 join 最高、stay 最低。一個數字回答「多少人來」，另一個回答「多少人是為你來的」。",
        hints=('先 `groupby("form")[["reached", "joined", "stayed"]].sum()`。', "兩欄各自相除，放進一張 DataFrame。"),
        wrong=(Wrong(0.05, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions of the lesson.


@cache
def _lesson_world() -> World:
    return World(LESSON_SEED)


@cache
def _effect_of(cta: str) -> float:
    """How much the comment rate of the same posts grows when they end on a call, against none; percent."""
    plan = _lesson_world().plan(4, first_week=WEEKS)
    with_it, without = (comment_rates(_lesson_world(), plan.assign(cta=name)) for name in (cta, "none"))
    return 100 * float((with_it / without - 1).mean())


@cache
def _pairs_by_questions() -> float:
    """Share of pairs of a platform that more question marks first puts right, percent; ties count half."""
    later = _lesson_world().plan(4, first_week=WEEKS)
    posts = _lesson_world().run(later).posts
    truth = comment_rates(_lesson_world(), later).loc[posts["post_id"].astype(str)].to_numpy()
    return 100 * right_pairs(
        feature_table(posts["caption"])["questions"].to_numpy(float), truth, posts["platform"]
    )


def right_pairs(score: np.ndarray, truth: np.ndarray, group: pd.Series) -> float:
    """Share of pairs of one group that a score puts in the order of the truth (0–1); ties count half.

    >>> right_pairs(np.array([3.0, 1.0, 2.0]), np.array([0.3, 0.2, 0.1]), pd.Series(["a", "a", "a"]))
    0.6666666666666666
    """
    right, pairs, names = 0.0, 0, group.to_numpy(str)
    for name in np.unique(names):
        of, true = score[names == name], truth[names == name]
        first, second = np.triu_indices(len(of), 1)
        agree = np.sign(of[first] - of[second]) * np.sign(true[first] - true[second])
        right, pairs = right + float((agree > 0).sum() + 0.5 * (agree == 0).sum()), pairs + len(agree)
    return right / pairs


def _only_tags() -> float:
    """Comments that only tag somebody, under the lesson's posts that ask for tags, percent."""
    past = _lesson_world().history(weeks=SOME_WEEKS)
    said = past.comments.merge(past.comment_labels[["comment_id", "intent"]], on="comment_id")
    said = said.merge(past.plan[["post_id", "cta"]], on="post_id")
    return 100 * float((said.loc[said["cta"] == "tag", "intent"] == "tag").mean())


def _stay_of_raffles() -> float:
    events = Fans(LESSON_SEED).events()
    raffles = events[events["form"] == "raffle"]
    return 100 * float(raffles["stayed"].sum() / raffles["joined"].sum())


LESSON_FORM = (
    "IG 帳號",
    "真實姓名",
    "Email",
    "手機",
    "生日",
    "性別",
    "地址",
    "身分證字號",
    "有沒有食物過敏",
    "三位好友的帳號",
)
"""The form that the lesson checks."""


def _fields_needed() -> float:
    return float((form_check(LESSON_FORM).table["verdict"] == "entry").sum())


assert set(ASKED.values()) < set(VERDICTS.values()), "the match speaks as the form check does"

PREDICTIONS = {
    "a": Prediction(
        prompt="同一則貼文，結尾多問一個問題，留言率真正會多百分之幾？",
        truth=lambda: _effect_of("ask"),
        show=lambda value: f"{value:+.0f}%",
        why="觸及和按讚幾乎沒變，變的是互動裡有多少是留言：有人問，才有人答。",
        close=15,
    ),
    "b": Prediction(
        prompt="「問號多的排前面」，同平台的兩則裡，排對的占幾成（百分比）？",
        truth=_pairs_by_questions,
        show=lambda value: f"{value:.0f}%",
        why="隨便排也有一半。問號在中間和在結尾不一樣，內容強弱也沒算進去。",
        close=6,
    ),
    "c": Prediction(
        prompt="100 個參加抽獎的人，30 天後還會互動的有幾個？",
        truth=_stay_of_raffles,
        show=lambda value: f"{value:.0f} 個",
        why="為獎品來的人，獎品發完就走。",
        close=2,
    ),
    "d": Prediction(
        prompt="K 是 0.8，從 50 人開始，最後平均合計有幾個人參加？",
        truth=lambda: 50 / (1 - 0.8),
        show=lambda value: f"{value:,.0f} 人",
        why="50、40、32……每一代都少兩成，加起來是 50 ÷ (1 − 0.8)。",
        close=20,
    ),
    "e": Prediction(
        prompt="十個欄位的抽獎表單，參加的時候真正可以問的有幾個？",
        truth=_fields_needed,
        show=lambda value: f"{value:.0f} 個",
        why="抽的是帳號，通知要一種聯絡方式，其他的不是得獎後再問，就是不要問。",
        close=0,
    ),
    "f": Prediction(
        prompt="請人標記朋友的貼文，底下的留言有百分之幾只是標了人？",
        truth=_only_tags,
        show=lambda value: f"{value:.0f}%",
        why="名字會通知到朋友，卻沒有人說話。",
        close=3,
    ),
}
