"""Questions and predictions of lesson 5.1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from ... import datasets
from ...crisis.voice.guide import ENOUGH, Voice, VoiceScore, voice
from ..predictions import Prediction
from ..questions import Check, Choice, Match, MultiChoice, Option, Slip, TableAnswer, Text, Wrong
from ..worlds import own_world

SCENE = """
佩蓁把週末班交給你，也把 `voice.yml` 交給你。`mine.draft` 是代班同事寫好的一則（每個人拿到的不同），`mine.captions` 是要你抽查的貼文。
分數只看寫法；事實對不對、能不能公開，還是你看。
"""

SETUP = """
import xiaobian as xb

ex = xb.exercise("5.1")
mine = ex.data()
ex
"""

EACH = 12
LONGEST = 90


@dataclass(frozen=True)
class Draft:
    """A caption to rewrite. text: as it was written; facts: what must stay, word for word; better: one that does."""

    text: str
    facts: tuple[str, ...]
    better: str


@dataclass(frozen=True)
class Mine:
    """What the learner gets. draft: the caption to rewrite. facts: what must stay. captions: platform and caption."""

    draft: str
    facts: tuple[str, ...]
    captions: pd.DataFrame

    def __repr__(self) -> str:
        return f"要改的一則：{self.draft}\n要留住：{'、'.join(self.facts)}\n要抽查的貼文：{len(self.captions)} 則（島嶼沙盒模擬資料）"


DRAFTS = (
    Draft("天啊！！超夢幻的米穀戚風終於來了，每天只有 120 盒，上午 10 點開賣，手刀搶爆，錯過就沒有了～", ("120 盒", "10 點", "米穀戚風"), "米穀戚風明天上午 10 點出爐，一天 120 盒。想留一盒，跟我們說一聲。"),
    Draft("親愛的小可愛們～頂級焙茶生乳捲一條 480 元，週五回歸，一口升天的極致饗宴，不買會後悔！！", ("480 元", "週五", "焙茶生乳捲"), "焙茶生乳捲這週五回來，一條 480 元，切八片。想留一條，跟我們說一聲。"),
    Draft("史上最強冷泡金萱！！顛覆你的味蕾，冰滿 6 小時才裝瓶，一瓶 80 元，還在等什麼？！", ("6 小時", "80 元", "冷泡金萱"), "冷泡金萱冰滿 6 小時才裝瓶，一瓶 80 元。怕冰的話，你可以先放十分鐘再喝。"),
    Draft("尊貴的會員您好，本公司秉持初心，竭誠推出黑豆穀飲，6 瓶一組免運，12 月 3 日開賣，敬請踴躍訂購！！", ("6 瓶", "12 月 3 日", "黑豆穀飲"), "黑豆穀飲 12 月 3 日開賣，6 瓶一組免運。無糖，你可以先喝一瓶試試。"),
)  # fmt: skip


@cache
def _brand() -> Voice:
    return voice()


def _draft() -> Draft:
    return DRAFTS[own_world("5.1").seed % len(DRAFTS)]


@cache
def _captions(seed: int) -> pd.DataFrame:
    posts = datasets.year("posts")[["platform", "caption"]].dropna()
    part = posts.groupby("platform", observed=True).sample(EACH, random_state=seed % 2**32)
    return part.reset_index(drop=True)


def data() -> Mine:
    """The learner's own draft and captions."""
    return Mine(_draft().text, _draft().facts, _captions(own_world("5.1").seed).copy())


# The rewritten draft.


def _keeps(text: str) -> bool:
    bare = text.replace(" ", "")
    return all(fact.replace(" ", "") in bare for fact in _draft().facts)


def _seen(text: str) -> VoiceScore:
    return _brand().score(text[:1000], "instagram")


def _also(test: str) -> Check:
    """A check that counts only for a text that keeps the facts."""
    tests = {
        "沒有不用的說法": (lambda t: not _seen(t).findings, "看檢查指著哪幾個字；每一條後面都有為什麼，先拿掉，再換成你知道的細節。"),
        "分數 60 以上": (lambda t: _seen(t).on, "把它貼到課文的語調桌，看哪一條軸在範圍外面。"),
        f"不超過 {LONGEST} 個字": (lambda t: len(t) <= LONGEST, "留住三件事實，其他的放到留言或下一則。"),
    }  # fmt: skip
    holds, advice = tests[test]
    return Check(test, lambda text: _keeps(text) and holds(text), advice)


CHECKS = (
    Check("留住三件事實", _keeps, "名稱、數字和時間都要在；形容詞可以丟，事實不能丟。照 mine.facts 的寫法放進去。"),
    *map(_also, ("沒有不用的說法", "分數 60 以上", f"不超過 {LONGEST} 個字")),
)  # fmt: skip


def _model() -> str:
    return _draft().better


def _lost() -> str:
    return f"{_draft().facts[2]}準備好了。想留一份，跟我們說一聲。"


def _padded() -> str:
    return _model() + "每一批我們都會先試過，味道對了才出門，路上請慢慢走。" * 3


def _loud() -> str:
    return f"{'、'.join(_draft().facts)}！！！真的來了！你還在想！快跟我們說！"


# The code question: share on voice by platform.


def _shares(*, platform: str | None = None, crisis: bool = False, times: float = 1.0) -> pd.DataFrame:
    captions = data().captions
    on = [
        _brand().score(str(c), platform or str(p), crisis=crisis).on
        for p, c in captions.itertuples(index=False)
    ]
    table = captions.assign(on=on).groupby("platform", observed=True)["on"].agg(posts="size", on="mean")
    return table.assign(on=table["on"] * times)


AXES = {"A": "親切–專業", "B": "輕鬆–莊重", "C": "熱情–冷靜", "D": "直白–修飾"}
FARTHEST = {
    "一段甜蜜的旅程，獻給每一個不凡的時光": "D",
    "終於來了，超強，衝啊，快來搶": "C",
    "真的有點好笑耶，我家隔壁也是啦": "B",
    "客戶作業流程已由系統整合": "A",
}
REASONS = {
    "A": "看的人比問的人多，都在想「換成我也會被這樣回」",
    "B": "怕錯過才買的人，買完會怪你",
    "C": "換成別家的東西也通順，等於沒有說",
    "D": "被標的人沒有說要來",
    "E": "讀的人覺得你躲在後面",
}  # fmt: skip

QUESTIONS = (
    Match(
        prompt="四句話都不像嶼穗茶食。**各自離哪一條軸最遠？**",
        pairs=FARTHEST,
        choices=AXES,
        why={
            "一段甜蜜的旅程，獻給每一個不凡的時光": "整句都是修飾詞，沒有一個數字、時間或做法，是「直白–修飾」太靠右。",
            "終於來了，超強，衝啊，快來搶": "四個強調詞擠在一句，是「熱情–冷靜」太靠左；沒有驚嘆號也是在喊。",
            "真的有點好笑耶，我家隔壁也是啦": "口語和語氣詞一路到底，是「輕鬆–莊重」太靠左。",
            "客戶作業流程已由系統整合": "行話把人推遠了，是「親切–專業」太靠右。",
        },
        explain="先認詞，再認軸：修飾詞推「修飾」，強調詞推「熱情」，語氣詞和口語推「輕鬆」，行話和書面語推「專業」。",
        points=3,
        hints=("每一句只有一種詞特別多。", "用 `xb.crisis.voice_features()` 看哪種詞往哪邊推。"),
        wrong=(
            Wrong("CDBA", "修飾詞"), Wrong("DBCA", "在喊"), Wrong("DCAB", "一路到底"), Wrong("DCBD", "行話"), Wrong("AB", "要給 4 個代號"),
        ),
    ),
    MultiChoice(
        prompt="客人吃了那一批肚子痛。**下面五句，哪幾句現在發得出去？**（複選；用危機的標準）",
        options={
            "A": Option("盒底印 1103 的請先不要吃，今晚八點公布原因。"),
            "B": Option("大家別緊張 🙏 我們會盡快說明。", "有表情符號，而且「盡快」沒有時間。換成幾點。"),
            "C": Option("感謝大家一路以來的支持，我們也很委屈。", "這句在說自己。讀的人想知道自己有沒有事。"),
            "D": Option("下午的抽獎先暫停，買到的人三點前會接到電話。"),
            "E": Option("疑似是物流的問題，後續會再公布。", "「疑似」含糊，又把責任推給別人，也沒有時間。"),
        },
        answers=frozenset("AD"),
        explain="A 和 D 都說了誰、做什麼、幾點。出事的時候，表情符號、玩笑、促銷、含糊話和「支持我們」都歸零。",
        points=3,
        hints=("先刪有表情符號和「盡快」的。", "剩下的問一句：受影響的人讀完，知道該做什麼嗎？"),
        wrong=(Wrong("ABD", "表情符號"), Wrong("ACD", "在說自己"), Wrong("ADE", "含糊"), Wrong("A", "還漏了 1 個")),
    ),
    Match(
        prompt="五句嶼穗茶食不用的話。**各是為什麼？**",
        pairs={
            "麻煩看清楚再問": "A",
            "手刀下單，錯過就沒有了": "B",
            "極致奢華的味蕾饗宴": "C",
            "標記三個朋友": "D",
            "造成不便之處敬請見諒": "E",
        },
        choices=REASONS,
        why={
            "麻煩看清楚再問": "把錯推給問的人，旁邊看的人都替他難過。",
            "手刀下單，錯過就沒有了": "這是在催。說還有幾份、賣到幾點，讓他自己決定。",
            "極致奢華的味蕾饗宴": "誇口的詞，遮住品牌名就認不出是誰。",
            "標記三個朋友": "拿客人的朋友換觸及，朋友沒有答應。",
            "造成不便之處敬請見諒": "公文的口氣，看不出是誰做錯、誰來補。",
        },
        explain="說得出為什麼，才有人願意照做；說不出為什麼的禁用語，三個月後就沒有人記得。",
        points=3,
        hints=("先配最明顯的：哪一句牽連到不在場的人？", "用 `xb.crisis.voice().forbidden()` 查每一條的理由。"),
        wrong=(
            Wrong("EBCDA", "旁邊看的人"), Wrong("ACBDE", "這是在催"), Wrong("ABDCE", "認不出是誰"), Wrong("DBCAE", "旁邊看的人"),
            Wrong("ABC", "要給 5 個代號"),
        ),
    ),
    Text(
        prompt=(
            "**改一則。** `mine.draft` 是代班同事的稿，要發在 Instagram。改成像嶼穗茶食，三件事實（`mine.facts`）一件都不能少。\n\n"
            "先在課文的語調桌上改到順，再貼過來。"
        ),
        given="print(mine)",
        checks=CHECKS,
        model=_model,
        explain="事實都在，喊聲不在了。剩下的就是你跟客人說話的樣子。",
        points=4,
        hints=("先把三件事實寫成一句平常的話。", "再加一句替客人想的：怎麼留、怎麼拿、怎麼吃。"),
        wrong=(
            Wrong(lambda: _draft().text, "沒有不用的說法"), Wrong(_lost, "留住三件事實"), Wrong(_loud, "沒有不用的說法"),
            Wrong(_padded, "不超過"),
        ),
    ),
    Choice(
        prompt=(
            "代班同事寫：「昨天來客訴的是民雄的陳小姐，電話末三碼 512，我們今天會打給她。」語調 100 分。**下一步？**"
        ),
        options={
            "A": Option("發。100 分就是可以發", "分數只量寫法。它不知道這句話洩漏了誰。"),
            "B": Option("不發。分數量不到個資，先拿掉再給人看"),
            "C": Option("把門檻從 60 調到 90 再打一次", "它已經 100 分，調到多高都會過。缺的不是門檻，是另一種檢查。"),
            "D": Option("加一個表情符號，比較親切再發", "客訴的事不加笑臉；而且問題是她的名字和電話，不是語氣。"),
        },
        answer="B",
        explain="語調、法規、個資、事實，是四種檢查。一種過了，不代表另外三種也過。",
        points=2,
        hints=("讀一次：這句話裡，有什麼不該給路人看？",),
        wrong=(Wrong("A", "只量寫法"), Wrong("C", "調到多高"), Wrong("D", "不是語氣")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 抽查 `mine.captions`：每一則用它自己的平台打分數，再算各平台像的比例。索引是 platform，"
            "欄位 posts（則數）和 on（像的則數 ÷ 則數，0 到 1）。"
        ),
        truth=_shares,
        slips=(
            Slip(lambda: _shares(platform="instagram"), "每一則都用了 Instagram 的習慣。`score(caption, platform)` 的第二個參數要放那一則的平台。"),
            Slip(lambda: _shares(crisis=True), "這些是平常的貼文，你用了危機的標準。拿掉 `crisis=True`。"),
            Slip(lambda: _shares(times=100), "乘了 100。請留 0 到 1 的比例。"),
        ),
        stub="brand = xb.crisis.voice()",
        solution=(
            "brand = xb.crisis.voice()\n"
            "on = [brand.score(c, p).on for p, c in mine.captions.itertuples(index=False)]\n"
            'grouped = mine.captions.assign(on=on).groupby("platform")["on"]\n'
            'answer = grouped.agg(posts="size", on="mean")'
        ),
        research=True,
        points=3,
        explain="同一句話，在 YouTube 多一個表情符號就不像，在 Instagram 可以：平台的習慣也是語調的一部分。",
        hints=("一則一則跑 `brand.score(caption, platform).on`。", '`groupby("platform")["on"].agg(posts="size", on="mean")`。'),
        wrong=(Wrong(0.9, "DataFrame"),),
    ),
)  # fmt: skip


# What the lesson asks before it shows. The texts are the lesson's, word for word.

REPLIES = (
    "親～這款超超好吃的哦，小可愛快來嘛～",
    "感謝您的詢問，本公司產品均採用優質原料，敬請安心選購。",
    "這款有用到牛奶，不是全素。菜單寫得不夠清楚，今天補上，謝謝你問。",
)
SATURDAY = "頂級焙茶生乳捲夢幻回歸！一口升天的滋味，錯過就沒有了！"
COLD = "蛋糕兩點就賣完了。你三點來，所以沒有，明天十點再來。"
AFTERWARDS = "謝謝大家關心 🙏 我們會盡快說明。"
COUNTER = "謝謝你來問，還有四條。要的話留個名字，慢慢來。"


def _worst() -> str:
    parts = _brand().score(SATURDAY).parts
    return max(parts.values(), key=lambda part: part.adds).label


@cache
def _year() -> pd.Series:
    return _brand().audit(datasets.year("posts")).table["score"]


def _year_share(line: int = ENOUGH) -> float:
    return float(100 * (_year() >= line).mean())


def _points(value: float) -> str:
    return f"{value:.0f} 分"


PREDICTIONS = {
    "a": Prediction(
        prompt="三則回覆，有幾則像嶼穗茶食？",
        truth=lambda: sum(_brand().score(text).on for text in REPLIES),
        show=lambda value: f"{value:.0f} 則",
        why="第一則裝可愛，第二則像公文。兩則都自認親切。",
        close=0,
    ),
    "b": Prediction(
        prompt="這一則離品牌最遠的是哪一項？",
        truth=_worst,
        show=str,
        why="喊的其實只有兩個驚嘆號；誰都能說的詞和催人的話才是大宗。",
        options=("驚嘆號", "熱情–冷靜", "直白–修飾", "不用的說法"),
    ),
    "c": Prediction(
        prompt="品牌自己一年的貼文，百分之幾像品牌？",
        truth=_year_share,
        show=lambda value: f"{value:.0f}%",
        why="多數都像；不像的集中在兩個平台，和幾個常用的句子。",
        close=3,
    ),
    "d": Prediction(
        prompt="「你三點來，所以沒有」這一句幾分？",
        truth=lambda: float(_brand().score(COLD).score),
        show=_points,
        why="句子短、有時間、沒有一個不用的詞。冷的是意思，它看不懂意思。",
        close=10,
    ),
    "e": Prediction(
        prompt="同一句話，出事的時候幾分？",
        truth=lambda: float(_brand().score(AFTERWARDS, crisis=True).score),
        show=_points,
        why="一個笑臉、一個「盡快」，平常沒事，這時候兩樣都不行。",
        close=10,
    ),
    "f": Prediction(
        prompt="我們的 100 分，在五金行是幾分？",
        truth=lambda: float(voice(datasets.path("voice_tieshan.yml")).score(COUNTER).score),
        show=_points,
        why="他們要的是師傅的口氣。語調沒有好壞，只有像不像那一家。",
        close=10,
    ),
    "g": Prediction(
        prompt="線拉到 95 分，品牌一年的貼文還留下百分之幾？",
        truth=lambda: _year_share(95),
        show=lambda value: f"{value:.0f}%",
        why="多數貼文每一項都在範圍裡，就是 100 分；線拉高只再擋下少數。",
        close=5,
    ),
}
