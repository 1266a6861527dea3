"""Questions and predictions of lesson 3.7."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from ... import datasets
from ...analytics import drivers
from ...sandbox import World, engine, plans, year
from ...sandbox.streams import generator, sequence
from ..predictions import Prediction
from ..questions import Choice, Decision, MultiChoice, Number, Option, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
佩蓁把年度檢討的三頁交給阿洛重做：哪幾則真的算爆文、哪些發現明年要照做、稜禾茶點是哪一天變的。資料是你自己的世界，
和課文那個不同；`mine` 裡有 `cases`（三個帳號的貼文）、`twenty`（二十次檢定）、`posts`（一年多的 Instagram）和
`rivals`（四家虛構競品每天的公開數字）。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.7")
mine = ex.data()
ex
"""

PARTS = ["likes", "comments", "shares", "saves"]
RIVAL = "稜禾茶點"


@dataclass(frozen=True)
class Mine:
    """What the learner gets; posts have a column of each element."""

    cases: pd.DataFrame
    twenty: pd.DataFrame
    posts: pd.DataFrame
    rivals: pd.DataFrame


# Which posts are hits: three accounts far apart, five posts set by hand.

LEVELS = {"facebook": 6_000, "threads": 400, "line": 60}
EACH, SPREAD = 80, 0.4
SET = {
    "A": ("facebook", 1.9),
    "B": ("line", 10.0),
    "C": ("threads", 2.0),
    "D": ("threads", 8.0),
    "E": ("facebook", 1.1),
}
"""Post: its account, and engagements ÷ the account's middle."""


def cases(seed: int) -> pd.DataFrame:
    """Posts of three accounts, table ``posts``; the five of ``SET`` carry their letter as post_id."""
    rng = generator(seed, "hits")
    rows = []
    for platform, level in LEVELS.items():
        wobble = np.clip(rng.standard_normal(EACH), -2, 2)
        likes = level * np.exp(SPREAD * wobble)
        ids = [f"{platform}-{i:02d}" for i in range(EACH)]
        for place, (letter, (where, times)) in enumerate(SET.items()):
            if where == platform:
                ids[10 * place + 15], likes[10 * place + 15] = letter, level * times
        days = pd.date_range("2025-09-01 12:00", periods=EACH, freq="36h", tz="Asia/Taipei")
        rows.append(
            pd.DataFrame(
                {
                    "post_id": ids,
                    "platform": platform,
                    "format": "image",
                    "published_at": days,
                    "likes": likes,
                }
            )
        )
    return pd.concat(rows, ignore_index=True).assign(likes=lambda t: t["likes"].round())


# Twenty tests, of which five stand at a false discovery rate of 10 %.

P = (0.0004, 0.003, 0.011, 0.024, 0.0245, 0.034, 0.041, 0.049, 0.12, 0.17, 0.22, 0.29, 0.35, 0.41, 0.5, 0.58, 0.66, 0.77,
     0.85, 0.94)  # fmt: skip
LINES = [round(0.1 * (k + 1) / len(P), 3) for k in range(len(P))]
TWENTY = pd.DataFrame({"名次": range(1, len(P) + 1), "p": P, "名次 × 0.1 ÷ 20": LINES})
STAND = max(k + 1 for k, (p, line) in enumerate(zip(P, LINES, strict=True)) if p <= line)


# Posts whose elements are dealt out by chance; only hook and carousel matter.

POSTS, EVERY_HOURS, STRONG = 520, 18, 0.6
CHANCE = (
    "表情符號", "單號日", "提到天氣", "有店員名字", "句尾留白", "寫出地點", "第一句短", "有括號", "雙數字數",
)  # fmt: skip
DIGIT, HOOK, CAROUSEL = "文案有數字", "開頭強度", "輪播"
NAMES = [HOOK, CAROUSEL, DIGIT, *CHANCE]
FDR = 0.10


def _plan(world: World) -> pd.DataFrame:
    rng = generator(world.seed, "elements")
    hours = EVERY_HOURS * np.arange(POSTS) + rng.uniform(0, 6, POSTS)
    return pd.DataFrame(
        {
            "platform": "instagram",
            "published_at": world.start + pd.to_timedelta(hours, unit="h"),
            "format": rng.choice(["image", "carousel"], POSTS),
            "hook": np.clip(rng.normal(0.5, 0.18, POSTS), 0.02, 0.98),
        }
    )


@cache
def elements(seed: int) -> pd.DataFrame:
    """Posts with their numbers and elements; drawn until luck alone shows one element at p ≤ 0.05 and correction
    drops it, while hook and carousel stand."""
    world = World(seed)
    plan = plans.checked(_plan(world), world.parameters)
    outcome = engine.draw(
        world.effects, plans.design(plan, world.start, world.parameters), sequence(seed, "elements")
    )
    posts = plan[["post_id", "platform", "published_at"]].assign(
        **{name: getattr(outcome, name) for name in PARTS}
    )
    posts = posts.assign(
        engagements=posts[PARTS].sum(axis=1), **{HOOK: plan["hook"], CAROUSEL: plan["format"] == "carousel"}
    )
    rng = generator(seed, "luck")
    strong = posts[HOOK] > STRONG
    for _ in range(2_000):
        tried = posts.assign(**{DIGIT: rng.random(POSTS) < np.where(strong, 0.8, 0.35)})
        tried = tried.assign(**{name: rng.random(POSTS) < 0.45 for name in CHANCE})
        table = drivers(tried, NAMES, fdr=FDR, resamples=0).table.set_index("feature")
        stand, p, effect = set(table.index[table["found"]]), dict(table["p"]), dict(table["effect"])
        lucky = [name for name in NAMES if p[name] <= 0.05 and name not in stand]
        if stand == {HOOK, CAROUSEL} and len(lucky) == 1 and lucky[0] in CHANCE and effect[lucky[0]] > 0:
            other = {lucky[0]: CHANCE[0], CHANCE[0]: lucky[0]} if lucky[0] != CHANCE[0] else {}
            return tried.rename(columns=other)
    raise AssertionError(seed)


def _seed() -> int:
    return own_world("3.7").seed


@cache
def _mine(seed: int) -> Mine:
    return Mine(cases(seed), TWENTY, elements(seed), World(seed).rivals())


def data() -> Mine:
    """The learner's own tables."""
    return _mine(_seed())


@cache
def _turn_days(seed: int) -> tuple[float, ...]:
    """Days of the rival's turning points, the first day of the table being 1; the truth."""
    world = World(seed)
    turns = world.rivals_and_truth()[1]
    mine = turns.loc[turns["rival"] == RIVAL, "date"].sort_values()
    return tuple(float(day) for day in (mine - world.start).dt.days + 1)


# Acting on findings: what each truly brings in the learner's world.

COST = 0.10
ACTS = {
    "開頭做強（從中等到前六分之一）": ("A", "B"),
    "圖片改成輪播": ("C", "D"),
    "文案放數字": ("E", "F"),
    "加表情符號": ("G", "H"),
    "只在單號日發": ("I", "J"),
}


@cache
def _effects(seed: int) -> tuple[float, ...]:
    """True change of engagements a post by each act (0.2 is 20 % more)."""
    world = World(seed)
    plain = {
        "platform": "instagram",
        "published_at": world.start + pd.Timedelta(hours=36),
        "format": "image",
        "hook": 0.5,
    }
    ways = [
        plain,
        plain | {"hook": 0.5 + float(world.parameters["habit.hook_sd"])},
        plain | {"format": "carousel"},
    ]
    brought = [float(world.expected(pd.DataFrame([way]))["engagements"].iloc[0]) for way in ways]
    return (brought[1] / brought[0] - 1, brought[2] / brought[0] - 1, 0.0, 0.0, 0.0)


def _acted(letters: str) -> list[bool]:
    return [letter == yes for letter, (yes, _) in zip(letters, ACTS.values(), strict=True)]


def _worth(letters: str) -> float:
    effects = _effects(_seed())
    return sum(effect - COST for effect, act in zip(effects, _acted(letters), strict=True) if act)


def _share(letters: str) -> float:
    return _worth(letters) / sum(max(effect - COST, 0) for effect in _effects(_seed()))


def _told(letters: str) -> str:
    effects, acts = _effects(_seed()), _acted(letters)
    gained = sum(effect for effect, act in zip(effects, acts, strict=True) if act)
    wasted = sum(act and effect == 0 for effect, act in zip(effects, acts, strict=True))
    return f"沙盒的真相：你選的做法合計讓互動多 {gained:.0%}，其中 {wasted} 項是白工。"


def _advice(letters: str) -> str:
    acts = _acted(letters)
    if acts[2]:
        return "下一步：放掉「數字」。它常和強的開頭一起出現，拉平開頭以後就沒有差別。"
    if acts[3]:
        return "下一步：放掉「表情符號」。它單看 p 過了 .05，可是你試了十二個，校正後站不住。"
    if acts[4]:
        return "下一步：放掉「單號日」。連單獨看都沒有訊號。"
    return "下一步：實心的點是校正後站得住的，兩個都值得做，不要漏掉。"


def _shares() -> pd.DataFrame:
    posts = data().posts.sort_values("engagements", ascending=False, kind="stable")
    flags, tenth = [CAROUSEL, DIGIT, *CHANCE], POSTS // 10
    return pd.DataFrame({"top": posts[flags].head(tenth).mean(), "flops": posts[flags].tail(tenth).mean()})


QUESTIONS = (
    MultiChoice(
        prompt=(
            "下表的五則貼文來自三個大小差很多的帳號。`expected` 是那個帳號的預期，`ratio` 是實際 ÷ 預期，"
            "`p` 是平常的貼文也能到這裡的占比，`q` 是看過全部 240 則之後校正的結果。\n\n**哪幾則可以叫爆文？**（複選）"
        ),
        given=(
            'scored = xb.analytics.overperforming(mine.cases, engagement="likes").table.set_index("post_id")\n'
            'scored.loc[list("ABCDE"), ["platform", "engagements", "expected", "ratio", "p", "q"]].round(4)'
        ),
        options={
            "A": Option("貼文 A", "它的互動最多，可是 Facebook 帳號本來就大；兩百多則裡，平常就會有幾則到這裡。"),
            "B": Option("貼文 B"),
            "C": Option("貼文 C", "兩倍聽起來很多，這個帳號平常就有一些貼文做得到，校正後站不住。"),
            "D": Option("貼文 D"),
            "E": Option("貼文 E", "數字大是帳號大，它幾乎剛好落在預期上。"),
        },
        answers=frozenset("BD"),
        explain="先和帳號自己的水準比，再問平常有多少貼文也做得到，最後把看過幾則也算進去。",
        points=3,
        hints=("先不要看 engagements。看 ratio，再看 q。", "q 小於 0.1 的才算；名單裡的運氣不超過一成。"),
        wrong=(Wrong("AE", "平常就會有"), Wrong("B", "還漏了 1 個"), Wrong("BCD", "兩倍聽起來很多"), Wrong("BDE", "帳號大")),
    ),
    Choice(
        prompt="允安看完今年最紅的十則，說：「十則裡有九則放了人臉，封面一定要放人。」你先問她哪一個數字？",
        options={
            "A": Option("這十則的平均互動有多高", "再高也是同一邊的事。要知道人臉有沒有用，得看沒紅的那一邊。"),
            "B": Option("最冷的十則和全部貼文裡，各有幾成放人臉", "對。"),
            "C": Option("再往下看第十一到二十名有沒有人臉", "多看十則爆文，還是只看活下來的。請往另一頭找。"),
            "D": Option("別的品牌的爆文有沒有人臉", "別家的爆文一樣是挑過的。先看自己沒紅的貼文。"),
        },
        answer="B",
        explain="如果冷門貼文也有九成放人臉，這一條就沒有分辨力。差很多時也只是線索，還要把一起出現的東西拉平。",
        hints=("她手上只有爆文。少了哪一邊？",),
        wrong=(Wrong("A", "沒紅的那一邊"), Wrong("C", "只看活下來的"), Wrong("D", "一樣是挑過的")),
    ),
    Number(
        prompt=(
            "阿洛試了二十個元素，下表的 p 由小排到大。想讓名單裡的運氣不超過一成（錯誤發現率 10%），**有幾個站得住？**\n\n"
            "規則：找出**最後一個** p 沒有超過右邊那一欄的名次，它和它前面的全都算。"
        ),
        given="mine.twenty.head(12)",
        truth=lambda: float(STAND),
        tolerance=0,
        unit="個",
        decimals=0,
        slips=(
            Slip(lambda: float(sum(p <= 0.05 for p in P)), "這是 p ≤ .05 的個數，沒有算進試了二十次。請和右邊那一欄比。"),
            Slip(lambda: float(sum(p <= 0.05 / 20 for p in P)), "這是 .05 ÷ 20 的規則，求的是一個都不錯。題目容許一成的運氣，請和右邊那一欄比。"),
            Slip(lambda: float(sum(p <= line for p, line in zip(P, LINES, strict=True))), "你只數了自己過線的。規則是找到最後一個過線的名次，前面的全部算進來。"),
        ),
        explain="第五名過線，所以前五名都算，包括自己沒過線的第四名。",
        points=3,
        hints=("從下面往上找，第一個 p 不大於右邊那一欄的是第幾名？", "第六名的 p 是 0.034，比 0.030 大，沒過；再往上一名。"),
        wrong=(Wrong("一些", "看不出是哪個數字"),),
    ),
    Number(
        prompt=(
            f"你的世界裡，**{RIVAL}第一次換水準是第幾天？**（資料的第一天是第 1 天）\n\n"
            "下面有圖和轉折表。日期差 2 天以內都算對，會和沙盒的真相比。"
        ),
        given=(
            "found = xb.analytics.rivals(mine.rivals)\n"
            'day = (found.changes["date"] - mine.rivals["date"].min()).dt.days + 1\n'
            'print(found.changes[["rival", "date", "earliest", "latest", "change"]].assign(day=day).to_string(index=False))\n'
            "found.plot()"
        ),
        truth=lambda: _turn_days(_seed())[0],
        tolerance=2,
        unit="天",
        decimals=0,
        slips=(Slip(lambda: _turn_days(_seed())[1], f"這是{RIVAL}的第二次。題目問的是第一次，請看日期比較早的那一列。"),),
        explain="台階上去就留在上面；節慶的包過了就回來，而且別家也一起動。",
        points=3,
        hints=(f"表裡 rival 是{RIVAL}的列，挑日期最早的。", "答案是 day 那一欄。"),
        wrong=(Wrong("秋天", "看不出是哪個數字"),),
    ),
    Decision(
        prompt=(
            "下面是你的世界裡十二個元素一起試的結果。明年要照哪些做？每做一項，團隊要多花一成的力氣；"
            "白做一項就虧一成。會用沙盒的真相算分，拿到最好選法的九成五就通過。"
        ),
        given=(
            f"names = {NAMES}\n"
            'seen = xb.analytics.drivers(mine.posts, names, fdr=0.1)\n'
            'asked = ["開頭強度", "輪播", "文案有數字", "表情符號", "單號日"]\n'
            'print(seen.table.set_index("feature").loc[asked, ["raw_effect", "effect", "p", "q"]].round(4))\n'
            "seen.plot()"
        ),
        choices={name: {yes: "照做", no: "先不動"} for name, (yes, no) in ACTS.items()},
        share=_share,
        told=_told,
        advice=_advice,
        best="ACFHJ",
        floor=0.6,
        enough=0.95,
        explain="校正後站得住的兩個真的有作用；單看 p 過線的是運氣，原始差距很大的數字是跟著開頭走。",
        points=4,
        hints=(
            "實心點才是校正後站得住的。",
            "`raw_effect` 是沒拉平的差距，`effect` 是拉平之後的。差很多的，是跟著別的元素一起出現。",
        ),
        wrong=(
            Wrong("ACEHJ", "放掉「數字」"), Wrong("ACFGJ", "放掉「表情符號」"), Wrong("ACFHI", "放掉「單號日」"), Wrong("BDFHJ", "不要漏掉"),
            Wrong("AC", "要給 5 個代號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 自己做一張防倖存者偏誤的表：`flags` 裡的每個元素，在互動最多的一成、和最少的一成裡，各占多少？\n\n"
            "一成是 `len(posts) // 10` 則。答案是一張表：索引是元素的名字，欄位叫 top 和 flops，值是比例（0–1）。"
        ),
        truth=_shares,
        slips=(
            Slip(lambda: 100 * _shares(), "值多乘了 100。題目要的是 0–1 的比例。"),
            Slip(lambda: _shares().rename(columns={"top": "flops", "flops": "top"}), "top 和 flops 放反了。互動由大排到小，前面的才是 top。"),
        ),
        stub=f'posts = mine.posts\nflags = {[CAROUSEL, DIGIT, *CHANCE]}\ntenth = len(posts) // 10',
        solution=(
            "import pandas as pd\n\n"
            'ordered = posts.sort_values("engagements", ascending=False, kind="stable")\n'
            'answer = pd.DataFrame({"top": ordered[flags].head(tenth).mean(), "flops": ordered[flags].tail(tenth).mean()})'
        ),
        research=True,
        points=3,
        explain="兩邊一起看，才知道哪個元素分得出冷熱；「文案有數字」差很多，可是那是開頭帶來的。",
        hints=("先 `sort_values(\"engagements\", ascending=False, kind=\"stable\")`。", "True 和 False 的平均就是比例：`.head(tenth)[flags].mean()`。"),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the brand's year.

WORDS = (
    "祕密", "分鐘", "最後", "一起", "今天", "朋友", "新品", "喜歡", "期待", "小編", "故事", "週末", "下午", "收藏", "一份", "留言", "好吃",
    "開心", "驚喜", "溫暖",
)  # fmt: skip
SHUFFLES = 400


@cache
def _year() -> pd.DataFrame:
    posts = datasets.year("posts")
    return posts.assign(engagements=posts[PARTS].astype(float).sum(axis=1))


def _again() -> float:
    """Percent of what the ten most popular posts brought that they would bring if posted anew."""
    world = World(year.SEED)
    expected = world.expected(datasets.year("plan")).set_index("post_id")["engagements"]
    top = _year().nlargest(10, "engagements")
    return float(100 * expected.loc[top["post_id"]].sum() / top["engagements"].sum())


def _flops_with_tags() -> int:
    posts = _year()
    flops = posts[posts["platform"] == "instagram"].nsmallest(10, "engagements")
    return int((flops["hashtags"].fillna("").str.count(r"\S+") >= 3).sum())


@cache
def _lucky_words() -> float:
    """Mean number of the twenty words with p ≤ 0.05 when engagements are shuffled within platforms."""
    from scipy.stats import norm

    posts = _year()
    log = np.log1p(posts["engagements"])
    above = (log - log.groupby(posts["platform"]).transform("mean")).to_numpy()
    rows = list(posts.reset_index(drop=True).groupby("platform").groups.values())
    has = np.column_stack(
        [posts["caption"].str.contains(word, regex=False).to_numpy(dtype=float) for word in WORDS]
    )
    n, rng, found = has.sum(axis=0), np.random.default_rng(7), []
    for _ in range(SHUFFLES):
        mixed = above.copy()
        for mine in rows:
            mixed[mine] = rng.permutation(mixed[mine])
        ones, others = mixed @ has / n, mixed @ (1 - has) / (len(mixed) - n)
        error = np.sqrt(
            (mixed**2 @ has / n - ones**2) / (n - 1)
            + (mixed**2 @ (1 - has) / (len(mixed) - n) - others**2) / (len(mixed) - n - 1)
        )
        found.append((2 * norm.sf(np.abs(ones - others) / error) <= 0.05).sum())
    return float(np.mean(found))


def _rival_changed() -> str:
    turns = World(year.SEED).rivals_and_truth()[1]
    autumn = turns[(turns["rival"] == RIVAL) & turns["date"].between("2025-09-15", "2025-10-15")]
    return "換了水準" if len(autumn) else "只是中秋"


def _rival_rank() -> str:
    sums = datasets.year("rivals").groupby("rival")["engagements"].sum()
    return f"第 {list(sums.sort_values(ascending=False).index).index(RIVAL) + 1} 名"


PREDICTIONS = {
    "a": Prediction(
        prompt="最紅的十則原封不動再發一次，合計的互動會是這次的百分之幾？",
        truth=_again,
        show=lambda value: f"{value:.0f}%",
        why="挑最高的，會把當時的運氣一起挑進來；再發一次，運氣重抽。",
        close=8,
    ),
    "b": Prediction(
        prompt="Instagram 互動最少的十則裡，有幾則有三個以上的標籤？",
        truth=_flops_with_tags,
        show=lambda value: f"{value:.0f} 則",
        why="小編每一則都放這麼多標籤，冷的熱的都一樣。",
        close=1,
    ),
    "c": Prediction(
        prompt="互動數打亂之後再測二十個詞，平均有幾個 p ≤ .05？",
        truth=_lucky_words,
        show=lambda value: f"{value:.1f} 個",
        why="門檻 .05 的意思，就是沒用的東西每二十個放一個過。",
        close=0.3,
    ),
    "d": Prediction(
        prompt="格式、內容支柱、行動呼籲、表情符號，哪一個在這個世界裡真的沒有作用？",
        truth=lambda: "表情符號",
        show=str,
        why="行動呼籲有作用，只是小；看起來沒差和真的沒差，要靠資料量分辨。",
        options=("格式", "內容支柱", "行動呼籲", "表情符號"),
    ),
    "e": Prediction(
        prompt="稜禾茶點九月底到十月的上升，是換了水準，還是只是中秋？",
        truth=_rival_changed,
        show=str,
        why="中秋的包大家都有，過了就退；稜禾在中秋之前就上了台階，過節之後還留在上面。",
        options=("換了水準", "只是中秋"),
    ),
    "f": Prediction(
        prompt="一整年的互動占比，稜禾茶點在四家裡排第幾名？",
        truth=_rival_rank,
        show=str,
        why="「到處都是」是和它自己的過去比；占比是和別家比，還要看整年。",
        options=("第 1 名", "第 2 名", "第 3 名", "第 4 名"),
    ),
}
