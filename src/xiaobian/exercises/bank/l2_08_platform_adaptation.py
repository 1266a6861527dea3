"""Questions and predictions of lesson 2.8."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ... import datasets, records
from ...planning.adapt.audit import Audit, audit
from ...planning.adapt.line_cost import line_cost
from ...planning.adapt.samples import fixes, handmade_versions, posts_to_fix, sample_message
from ...planning.adapt.versions import adapt
from ...planning.calendar.planned import PlannedPost
from ...planning.limits import FIELDS, problems
from ...tables import PLATFORMS
from ...text import counts, fit
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong

SCENE = """
新菜單試吃會要開放報名，佩蓁把稿子交給你，五個平台都要上。桌上還有同事留下的十二則貼文，每一則都卡在一個地方發不出去。
`message` 是這次的訊息，`posts` 是品牌一年的貼文裡，你分到的那一半（模擬資料）；兩個都已經讀好了。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.8")
message = xb.planning.sample_message("tasting")
posts = ex.data()
ex
"""

TEASER = "試吃會開放報名🎉9 月 20 日 14:00，嘉義本店。https://yusui.example/tasting?utm_source=x&utm_medium=social"
X_LIMIT = 140
LINK = "https://yusui.example/menu?utm_source=x&utm_medium=social&utm_campaign=tasting_2026"


def data() -> pd.DataFrame:
    """The learner's own half of the brand's year: table ``posts`` of the sample data, drawn by the learner's seed."""
    posts = datasets.year("posts")
    return posts.sample(len(posts) // 2, random_state=records.seed("2.8", "exercise") % 2**32).sort_values("published_at")


# ── twelve posts to fix ──

TWELVE = [post.post_id for post in posts_to_fix("exercise")]


def _named(post: PlannedPost) -> str:
    """A post in a label: its number, where it goes, which field stops it."""
    return f"{post.post_id} {PLATFORMS[post.platform]} {FIELDS[problems(post)[0].field]}"


@cache
def _works(post_id: str, letter: str) -> tuple[bool, str]:
    """Whether a fix helps, and what is wrong with it when it does not."""
    fix = fixes(post_id)[letter]
    found = problems(fix.post)
    if found:
        return False, f"改成這樣，檢查還是說：{found[0].what}"
    return (False, f"過得了檢查，但{fix.lost}") if fix.lost else (True, "")


def _mended(answer: str) -> list[bool]:
    return [_works(post_id, letter)[0] for post_id, letter in zip(TWELVE, answer, strict=True)]


def _advice(answer: str) -> str:
    for post_id, letter in zip(TWELVE, answer, strict=True):
        good, why = _works(post_id, letter)
        if not good:
            return f"先看 {post_id} 的 {letter}：{why}。"
    return ""


def _best() -> str:
    return "".join(next(k for k in fixes(p) if _works(p, k)[0]) for p in TWELVE)


def _turned(post_id: str, letter: str) -> str:
    """The best answer with one post's fix exchanged."""
    return "".join(letter if p == post_id else best for p, best in zip(TWELVE, _best(), strict=True))


# ── a version for X ──


def _on_x(text: str) -> PlannedPost:
    return PlannedPost("answer", "x", "text", caption=text)


def _audited(text: str) -> Audit:
    return audit({"x": text}, sample_message("tasting"))


def _kinds(text: str) -> set[str]:
    return {one.kind for one in _audited(text).found}


def _model() -> str:
    return (
        "新菜單試吃會：9 月 20 日 14:00 嘉義本店，費用 150 元，當天折抵。報名到 9 月 14 日 23:59，抽籤。"
        "對蛋、奶、堅果過敏請先告訴我們。https://yusui.example/tasting"
    )


GOOD_X = _model()

# ── research ──


def _too_long(rule: str = "x") -> pd.DataFrame:
    posts = data().dropna(subset=["caption"])
    texts = posts["caption"] + "\n" + LINK
    long = {
        "x": lambda c: not fit(c, "x").ok,
        "signs": lambda c: len(c) > X_LIMIT,
        "280": lambda c: len(c) > 2 * X_LIMIT,
    }[rule]
    return texts.map(long).groupby(posts["platform"]).mean().rename("too_long").to_frame()


def _rest() -> pd.DataFrame:
    return 1 - _too_long()


QUESTIONS = (
    Match(
        prompt="同一個東西，每個平台算的方法不一樣。替左邊每一項選它的算法。",
        pairs={
            "Threads 文案裡的一個表情符號": "A",
            "X 文案裡的一個中文字": "B",
            "X 文案裡的一個網址": "C",
            "LINE 一次推播裡的三個泡泡": "D",
        },
        choices={
            "A": "以位元組計，多半算 4", "B": "一個算 2", "C": "不管多長都算 23", "D": "合算一則，再乘上收到的人數", "E": "完全不算",
        },
        why={
            "Threads 文案裡的一個表情符號": "Meta 的文件寫著表情符號以 UTF-8 位元組計。",
            "X 文案裡的一個中文字": "X 用權重計數，中日韓字加倍，所以一則只放得下約 140 個中文字。",
            "X 文案裡的一個網址": "X 會把網址換成自己的短網址，每個算一樣長。",
            "LINE 一次推播裡的三個泡泡": "LINE 的上限看泡泡，費用看的是收到的人數。",
        },
        explain="上限寫的是數字，數法寫在別的地方。兩個都查到，才算知道上限。",
        points=3,
        hints=("先找網址：只有一個平台會把它換短。", "LINE 的那一項問的是費用，不是長度。"),
        wrong=(Wrong("BACD", "UTF-8 位元組"), Wrong("ACBD", "用權重計數"), Wrong("ABED", "短網址"), Wrong("ABCE", "收到的人數")),
    ),
    Number(
        prompt="佩蓁要在 X 先發一則預告。**在 X 上，這一則用掉多少權重？**（上限 280）",
        given=f'teaser = "{TEASER}"\nteaser',
        truth=lambda: float(counts(TEASER).x_weights),
        tolerance=0,
        unit="權重",
        decimals=0,
        slips=(
            Slip(lambda: float(len(TEASER)), "這是 `len()`：中文字要加倍，網址卻只算 23，兩個都和它不一樣。"),
            Slip(lambda: 2.0 * len(TEASER), "不是每個字都加倍。半形的英文、數字和空白一個算 1，網址整段算 23。"),
            Slip(lambda: float(counts(TEASER).emoji_as_bytes), "這是 Threads 的算法：表情符號算位元組，中文字不加倍。"),
            Slip(lambda: float(counts(TEASER).bytes), "這是 UTF-8 位元組，一個中文字算 3。X 用的是權重。"),
        ),
        explain="中文字和表情符號算 2，半形字算 1，網址不管多長都算 23。",
        points=2,
        hints=("`xb.text.fit(teaser, \"x\")` 會照 X 的算法數。", "不寫程式也可以：先數網址以外的中文字和標點，每個算 2；數字、空白和半形冒號每個算 1；🎉 算 2；網址算 23。"),
        wrong=(Wrong(280, "偏大"), Wrong(10, "偏小"), Wrong("很多", "看不出是哪個數字")),
    ),
    MultiChoice(
        prompt=(
            "下面是同事替試吃會寫的六個版本，各取一句。先執行這一格看原本的訊息，再選：**哪幾句和訊息矛盾？**（複選）\n\n"
            "少講一件事不算矛盾，講得不一樣才算。"
        ),
        given="message.text",
        options={
            "A": Option("Facebook：9/20 下午兩點，嘉義本店，一場 24 人", "9/20 就是 9 月 20 日，下午兩點就是 14:00，寫法不同，講的一樣。"),
            "B": Option("Instagram：費用 105 元，當天折抵消費"),
            "C": Option("Threads：抽籤，報名到 9 月 14 日", "少寫了幾點，但寫出來的都對。省略不是矛盾。"),
            "D": Option("TikTok：六款新甜點，一場 42 人"),
            "E": Option("LINE：報名到 9/14 晚上 11 點 59 分", "晚上 11 點 59 分就是 23:59。"),
            "F": Option("X：先到先贏，報名到 9 月 14 日 23:59"),
        },
        answers=frozenset("BDF"),
        explain="B、D 是數字的位置對調，規則抓得到。F 的數字全對，意思卻反了：這一種只有人看得出來。",
        points=4,
        hints=("把時間都換成同一種寫法再比。", "有一句的數字都對，錯的不是數字。"),
        wrong=(Wrong("BD", "還漏了 1 個"), Wrong("ABDF", "寫法不同"), Wrong("BCDF", "省略不是矛盾"), Wrong("BDEF", "就是 23:59")),
    ),
    Decision(
        prompt=(
            "十二則貼文，每一則都發不出去。先執行這一格看每一則卡在哪裡，再替每一則選一個修法。"
            "**修好的意思：過得了平台檢查，而且讀的人沒有少知道重要的事。**"
        ),
        given=(
            'for post in xb.planning.posts_to_fix("exercise"):\n'
            "    print(post.post_id, post.platform, post.format, post.caption[:30])\n"
            "    print(\"  \", xb.planning.problems(post)[0])"
        ),
        choices={_named(post): {letter: fix.say for letter, fix in fixes(post.post_id).items()} for post in posts_to_fix("exercise")},
        share=lambda answer: sum(_mended(answer)) / len(TWELVE),
        told=lambda answer: f"12 則裡修好了 {sum(_mended(answer))} 則。",
        advice=_advice,
        best=_best(),
        floor=0.5,
        enough=1.0,
        judged="每一個修法都會真的套上去，再跑一次平台檢查。",
        explain="檢查給的是「發得出去」，「該不該這樣發」要自己再讀一遍。",
        points=5,
        hints=("先看檢查說的是哪個欄位，修法要動到那個欄位才有用。", "有三則的選項過得了檢查，卻把要緊的事弄丟了。"),
        wrong=(
            Wrong(lambda: _turned("E02", "A"), "報名截止日不見了"),
            Wrong(lambda: _turned("E05", "C"), "30 個"),
            Wrong(lambda: _turned("E07", "A"), "200 秒"),
            Wrong(lambda: _turned("E10", "A"), "還是不知道圖裡有什麼"),
            Wrong("ABC", "要給 12 個代號"),
        ),
    ),
    Text(
        prompt=(
            "替試吃會寫 **X 的版本**：一則放得下、日期和費用對得起訊息、講得出報名期限、留下必說的那一句，並且附上連結。"
        ),
        given='xb.panels.versions_explorer({"試吃會": message}, ["x", "threads", "line"])',
        checks=(
            Check("X 一則放得下", lambda t: len(t) >= 20 and not problems(_on_x(t)), "超過 280 權重，或太短。中文字算 2，先刪形容，不刪事實。"),
            Check("事實和訊息一樣", lambda t: not _kinds(t) & {"price", "date", "time", "number", "link"}, "有一個數字、日期或網址和訊息不一樣，回頭對一次。"),
            Check("有日期、費用和報名期限", lambda t: all((_audited(t).facts.T[f] == "有").all() for f in ("9 月 20 日", "150 元", "9 月 14 日")), "9 月 20 日、150 元、9 月 14 日三件都要在。"),
            Check("必說的一字不差", lambda t: "must" not in _kinds(t), "「對蛋、奶、堅果過敏請先告訴我們」要照原句寫進去。"),
            Check("有報名連結", lambda t: "yusui.example/tasting" in t, "附上 https://yusui.example/tasting 。它只算 23，不必縮。"),
        ),
        model=_model,
        explain="事實先放，形容詞最後放；放不下的，是形容詞。",
        points=4,
        hints=("面板的 X 版是規則做的，可以拿來當底稿再改順。", "把日期、費用、期限、過敏提醒先放好，剩下的字再寫別的。"),
        wrong=(
            Wrong(lambda: sample_message("tasting").text + "我們很期待聽你說實話。" * 6 + "https://yusui.example/tasting", "X 一則放得下"),
            Wrong(lambda: GOOD_X.replace("150", "105"), "事實和訊息一樣"),
            Wrong(lambda: GOOD_X.replace("報名到 9 月 14 日 23:59，", ""), "報名期限"),
            Wrong(lambda: GOOD_X.replace("對蛋、奶、堅果過敏請先告訴我們。", "過敏的人請先說。"), "必說的一字不差"),
            Wrong(lambda: GOOD_X.replace("https://yusui.example/tasting", "詳情看官網。"), "有報名連結"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 你分到的貼文如果搬到 X，文案後面換行、接上 `link`，有多少放不下？照**原本的平台**分組，"
            "算超過 280 權重的則數占比。沒有文案（缺值）的貼文不算。\n\n答案是一張表：索引是 platform，欄位是 `too_long`（0–1）。"
        ),
        given=f'link = "{LINK}"',
        truth=_too_long,
        slips=(
            Slip(lambda: _too_long("signs"), "這是用 `len()` 和 140 比。網址不管多長只算 23，這樣會多算。請用 `xb.text.fit`。"),
            Slip(lambda: _too_long("280"), "這是用 `len()` 和 280 比。中文字在 X 算 2，會少算很多。請用 `xb.text.fit`。"),
            Slip(_rest, "這是放得下的占比。題目問的是放不下的。"),
        ),
        stub="import pandas as pd",
        solution=(
            'known = posts.dropna(subset=["caption"])\n'
            'texts = known["caption"] + "\\n" + link\n'
            'long = texts.map(lambda text: not xb.text.fit(text, "x").ok)\n'
            'answer = long.groupby(known["platform"]).mean().rename("too_long").to_frame()'
        ),
        research=True,
        points=3,
        explain="一個平台寫得剛好的文案，換個平台就可能放不下；要用那個平台的數法去數。",
        hints=('`xb.text.fit(text, "x").ok` 告訴你放不放得下。', '最後用 `.groupby(known["platform"]).mean()`。'),
        wrong=(Wrong(0.2, "DataFrame"),),
    ),
)  # fmt: skip

# ── predictions of the lesson ──

PASTED = sample_message("mid_autumn")
SENTENCE = "早鳥價只限門市自取。"


def pasted() -> list[PlannedPost]:
    """One text pasted into five platforms as it is, as the lesson does it."""
    tags = " ".join(f"#{tag}" for tag in PASTED.hashtags)
    text = f"{PASTED.text}\n{PASTED.link}\n{tags}"
    return [
        PlannedPost(name, name, "image", caption=text, media=("box.jpg",), alt_text=PASTED.alt_text)
        for name in ("facebook", "instagram", "threads", "line", "x")
    ]


@cache
def _year_too_long() -> float:
    captions = datasets.year("posts")["caption"].dropna()
    return 100 * float(captions.map(lambda text: not fit(text, "x").ok).mean())


PREDICTIONS = {
    "a": Prediction(
        prompt="同一份稿原封不動貼到五個平台，有幾個平台會有問題？",
        truth=lambda: float(sum(bool(problems(post)) for post in pasted())),
        show=lambda value: f"{value:.0f} 個",
        why="每個平台擋的東西不一樣：有的擋標籤，有的擋長度，有的不讓網址點下去。",
        close=0,
    ),
    "b": Prediction(
        prompt="這份稿（連網址和標籤）在 X 上用掉多少權重？",
        truth=lambda: float(counts(pasted()[0].caption).x_weights),
        show=lambda value: f"{value:,.0f}",
        why="中文字一個算 2，網址不管多長只算 23。",
        close=20,
    ),
    "c": Prediction(
        prompt=f"規則做 X 版的時候，「{SENTENCE}」會留下來嗎？",
        truth=lambda: "會留下" if SENTENCE in adapt(PASTED, ["x"])["x"].text else "會被刪",
        show=str,
        why="規則先留必說的，再留有數字、日期、名稱的。這一句一個數字也沒有，看起來和形容詞一樣。",
        options=("會留下", "會被刪"),
    ),
    "d": Prediction(
        prompt="趕工手改的五個版本裡，有幾處和訊息矛盾？",
        truth=lambda: float(len(audit(handmade_versions(), PASTED).found)),
        show=lambda value: f"{value:.0f} 處",
        why="數字、日期、標籤、網址、必說、稱呼，每一種都出現一次；一個人在五個視窗之間跳，很難看見。",
        close=1,
    ),
    "e": Prediction(
        prompt="3,100 位好友、一個月推播 2 次，LINE 最便宜的方案一個月要多少錢？（取最貴的估計）",
        truth=lambda: float(line_cost(3_100, 2).best["high"]),
        show=lambda value: f"{value:,.0f} 元",
        why="則數是人數乘次數，不是推播的次數。超過免費則數，中用量方案不能加購，只能升級。",
        close=50,
    ),
    "f": Prediction(
        prompt="品牌一年的貼文原封不動搬到 X，有百分之幾放不下？",
        truth=_year_too_long,
        show=lambda value: f"{value:.0f}%",
        why="一百多個中文字在 X 就是兩百多，再加上標籤和換行，上限比感覺近很多。",
        close=5,
    ),
}  # fmt: skip

