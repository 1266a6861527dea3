"""Questions and predictions of lesson 2.7."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from ... import records
from ...planning.live import BASELINES, LiveReview, harm, rule_book, run, scenario
from ...planning.live.drill import Policy, Turn
from ...planning.live.injects import draw
from ...planning.live.policies import first_come_at
from ..live import Case, Drill, case, log, reviewed, waiting
from ..predictions import Prediction
from ..questions import Decision, Match, Number, Order, Slip, TableAnswer, Wrong

SCENE = """
週五晚上，換你坐在直播的鏡頭後面。先練眼力和算盤，再替接班的人寫一份守則，最後自己上場十分鐘。
`case` 是你自己的資料（模擬的，每個人拿到的不同）。第四題的守則會放進沒看過的直播，第五題照你的每一個動作算分。
"""

SETUP = """
import pandas as pd
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.7")
case = ex.data()
ex
"""

LESSON_SEED = 207
"""The broadcast of the lesson; no learner's exercise uses it."""

HIDDEN = 6
"""Broadcasts that a rule book is tried in."""


def _own(attempt: int = 0) -> int:
    return records.seed("2.7", "exercise", attempt)


def data() -> Case:
    """The learner's own case."""
    return case(_own(), _own(1))


# The rule book: six rules in hidden broadcasts.

Rule = tuple[str, str, dict[str, str]]
"""What it says, an order (or none), and actions by kind."""


def _data(action: str) -> dict[str, str]:
    return dict.fromkeys(("own_data", "others_data"), action)


def _body(action: str) -> dict[str, str]:
    return dict.fromkeys(("felt_ill", "angry_customer", "order_problem"), action)


def _noise(bait: str, others: str) -> dict[str, str]:
    return {"troll_bait": bait, "troll_flood": others, "sexist_joke": others}


RULES: dict[str, dict[str, Rule]] = {
    "手上空出來，先處理": {
        "A": ("最早來的", "oldest", {}),
        "B": ("最多人喊的", "loudest", {}),
        "C": ("罵得最兇的", "angriest", {}),
        "D": ("多等一會傷害加最多、做起來又快的", "urgent", {}),
    },
    "過敏，小抄沒寫": {
        "E": ("先回「應該沒有」安撫", "", {"allergy_unknown": "answer"}),
        "F": ("轉給客服去問廚房", "", {"allergy_unknown": "hand_over"}),
        "G": ("不確定的就跳過", "", {"allergy_unknown": "ignore"}),
    },
    "有人貼出電話、地址": {
        "H": ("回他一句「請不要貼個資」", "", _data("answer")),
        "I": ("先隱藏那則留言", "", _data("hide")),
        "J": ("直接封鎖帳號", "", _data("block")),
    },
    "畫面的價錢打錯": {
        "K": ("悄悄改掉，不要提", "", {"wrong_price": "ignore"}),
        "L": ("公開更正", "", {"wrong_price": "correct"}),
        "M": ("有人問的時候再回", "", {"wrong_price": "answer"}),
    },
    "來鬧的": {
        "N": ("每一則都回到他服氣", "", _noise("answer", "answer")),
        "O": ("釣你的不理，洗版和開黃腔的禁言", "", _noise("ignore", "mute")),
        "P": ("一律封鎖", "", _noise("block", "block")),
    },
    "說吃了不舒服、退款沒下文": {
        "Q": ("先隱藏，下播再說", "", _body("hide")),
        "R": ("私訊問清楚", "", _body("ask_privately")),
        "S": ("照小抄公開回一次", "", _body("answer")),
    },
}
BEST = "DFILOR"


def _book(letters: str) -> Policy:
    picked = [rules[letter] for letter, rules in zip(letters, RULES.values(), strict=True)]
    actions: dict[str, str] = {}
    for _, _, chosen in picked:
        actions |= chosen
    return rule_book(picked[0][1], actions)


@cache
def _hidden(letters: str, first: int) -> tuple[float, str]:
    """Share of the harm of doing nothing that the book prevents in the hidden broadcasts, and what stays dearest."""
    nothing, left = 0.0, dict.fromkeys((kind.label for kind in scenario().kinds.values()), 0.0)
    for attempt in range(2, 2 + HIDDEN):
        seed = _own(attempt)
        turns = {turn.number: turn for turn in run(_book(letters), seed).state.turns}
        for inject in draw(seed):
            nothing += sum(harm(inject, None))
            left[inject.kind.label] += sum(harm(inject, turns.get(inject.number)))
    return 1 - sum(left.values()) / nothing, max(left, key=lambda label: left[label])


def _prevented(letters: str) -> float:
    return _hidden(letters, _own(2))[0]


def _book_share(letters: str) -> float:
    return _prevented(letters) / _prevented(BEST)


def _book_told(letters: str) -> str:
    kept = f"{_prevented(letters):.1%}，這些規則裡最好的是 {_prevented(BEST):.1%}"
    return f"{HIDDEN} 場一共擋下 {kept}。還漏最多的是「{_hidden(letters, _own(2))[1]}」。".replace("-", "−")


NEXT = {
    "手上空出來，先處理": "下一步：換「手上空出來，先處理」。安靜的那一則，往往最等不起。",
    "過敏，小抄沒寫": "下一步：換「過敏，小抄沒寫」。猜錯了他會送醫，不回他會自己猜。",
    "有人貼出電話、地址": "下一步：換「有人貼出電話、地址」。每一秒都有人看到；貼自己電話的人，也不該被封鎖。",
    "畫面的價錢打錯": "下一步：換「畫面的價錢打錯」。已經有人照錯的價錢下單了，要讓每個人都知道。",
    "來鬧的": "下一步：換「來鬧的」。回一則要二十秒，他只要兩秒；一律封鎖，也會封到只是嘴壞的人。",
    "說吃了不舒服、退款沒下文": "下一步：換「說吃了不舒服、退款沒下文」。這些要查訂單、問身體，公開講不清楚。",
}


def _book_advice(letters: str) -> str:
    """The one change that brings most, tried in the same hidden broadcasts."""
    tries = {
        name: letters[:place] + BEST[place] + letters[place + 1 :] for place, name in enumerate(RULES)
    }
    return NEXT[max((n for n in tries if tries[n] != letters), key=lambda n: _prevented(tries[n]), default=next(iter(tries)))]


# The drill.


def _face() -> Any:
    from ...panels.live import live_control

    return live_control(_own())


def _drill_share(record: str) -> float:
    return reviewed(_own(), record).score / 100


def _drill_told(record: str) -> str:
    return reviewed(_own(), record).say()


def _drill_advice(record: str) -> str:
    table = reviewed(_own(), record).table
    worst = table.iloc[0]
    if worst["grade"] == "none":
        return f"下一步：「{worst['label']}」一直沒有處理。{worst['truth']}"
    if worst["grade"] == "wrong":
        return f"下一步：「{worst['label']}」做了「{worst['action']}」，做法不對。{worst['truth']}"
    return f"下一步：「{worst['label']}」等了 {worst['waited']:.0f} 秒，做法對、順序太後面。{worst['truth']}"


def _letters(action: str) -> str:
    return action * scenario().injects


def _oldest_first() -> str:
    return run(BASELINES["先來先處理"], _own()).record


def _stopped_early() -> str:
    return " ".join(_oldest_first().split()[:8])


def _one_wrong() -> str:
    """The triage run with what costs most to do wrong answered from the sheet."""
    return run(rule_book("urgent", dict.fromkeys(("felt_ill", "others_data", "own_data", "screen_leak"), "answer")), _own()).record


# The code question.


def _by_group(*, floor: bool = True, top: bool = True, grace: bool = True) -> pd.DataFrame:
    table = log(_own(1)).dropna(subset="waited")
    waited = table["waited"].astype(float) - (table["grace"] if grace else 0)
    share = waited / (table["until"] - table["grace"]).astype(float)
    share = share.clip(lower=0 if floor else None, upper=1 if top else None)
    found = table.assign(harm=table["most"] * share).groupby("group")
    return pd.DataFrame({"count": found.size(), "harm": found["harm"].sum()})


def _late() -> float:
    kind = scenario().kinds["allergy_unknown"]
    return kind.waited(waiting(_own()))


QUESTIONS = (
    Match(
        prompt=(
            "直播的小抄上寫了：生乳捲 380 元；過敏原只有蛋、奶、堅果、大豆。下面五則同時在聊天室裡。\n\n**替每一則選一個做法。**"
        ),
        pairs={
            "「請問有用蕎麥嗎，之前吃到喉嚨腫起來」": "E",
            "「我要訂，電話 0900-＊＊＊-321，麻煩打給我」": "C",
            "「難吃死了誰在買啊 笑死」": "F",
            "「欸 後面那台電腦是訂單吧？看得到名字欸」": "D",
            "「生乳捲畫面怎麼打 308？」（畫面真的是 308）": "B",
        },
        choices={"A": "照小抄回答", "B": "公開更正", "C": "隱藏留言", "D": "暫停直播", "E": "轉給客服", "F": "不理"},
        why={
            "「請問有用蕎麥嗎，之前吃到喉嚨腫起來」": "小抄沒有寫蕎麥。不能猜，也不能裝作沒看到；轉給客服去問廚房。",
            "「我要訂，電話 0900-＊＊＊-321，麻煩打給我」": "他把自己的電話給所有人看。先藏起來，再請他走私訊。",
            "「難吃死了誰在買啊 笑死」": "沒有事實、沒有人受害，他等的就是你回嘴。",
            "「欸 後面那台電腦是訂單吧？看得到名字欸」": "客人的資料正在播出去，藏留言沒有用，要切掉畫面。",
            "「生乳捲畫面怎麼打 308？」（畫面真的是 308）": "和小抄對過，是我們打錯。一個一個回，別人還是照 308 下單。",
        },
        points=3,
        explain="先問三件事：是不是真的、誰會受傷、這個做法停不停得住它。",
        hints=("小抄有寫的才能照小抄回。", "一則留言的事藏留言，整個畫面的事切畫面，所有人都看到的錯要讓所有人看到更正。"),
        wrong=(Wrong("ACFDB", "不能猜"), Wrong("EAFDB", "先藏起來"), Wrong("ECADB", "等的就是你回嘴"), Wrong("ECFCB", "藏留言沒有用"), Wrong("EC", "要給 5 個代號")),
    ),
    Order(
        prompt=(
            "手上剛空出來，六件事同時在等。括號裡是**每多等一秒加多少傷害**，和**做完要幾秒**。\n\n"
            "**怎麼排，總傷害最少？**"
        ),
        items=(
            "有人貼出店長的手機（0.30 點，5 秒）",
            "畫面照到訂單後台（0.42 點，15 秒）",
            "假客服在騙帳號（0.19 點，10 秒）",
            "有人問過敏，小抄有寫（0.15 點，20 秒）",
            "畫面價錢打錯（0.13 點，25 秒）",
            "有人問運費（0.01 點，20 秒）",
        ),
        why=(
            "五秒就做完的事先做，後面的只多等五秒；反過來，它要多等十五秒。",
            "每秒加得多，十五秒就停得住。",
            "加得沒有前面快，但是十秒就能停。",
            "每秒的傷害差不多，這一件二十秒就好，先做。",
            "每一分鐘都有人照錯的價錢下單；運費晚幾分鐘沒有人受傷。",
        ),
        points=3,
        explain="比的是「每秒加的傷害 ÷ 要做幾秒」，大的先做。只看傷害大小，會把五秒就能停的事排到後面。",
        hints=("兩件兩件比：先做甲，乙要多等幾秒？反過來呢？", "把每一件的傷害除以秒數：0.30 ÷ 5 ＝ 0.06，0.42 ÷ 15 ＝ 0.028……"),
    ),
    Number(
        prompt=(
            "下表是上一場直播裡的一則。前幾秒沒關係，之後傷害等速增加，到頂為止；處理的方式只算「可以接受」，另外加一筆。\n\n"
            "**這一則一共是幾點傷害？**"
        ),
        given="case.waited",
        truth=lambda: _late() + scenario().kinds["allergy_unknown"].fair_harm,
        tolerance=0.06,
        unit="點",
        decimals=2,
        slips=(
            Slip(_late, "這是等待的傷害。做法只算可以接受，還要加上「做法的傷害」。"),
            Slip(
                lambda: 16 * waiting(_own()) / 150 + 4.8,
                "前面那幾秒不算。先把等了幾秒減掉「前幾秒沒關係」，再除以會增加的那一段。",
            ),
            Slip(
                lambda: 16 * (waiting(_own()) - 15) / 150 + 4.8,
                "分母再看一次：傷害是從「前幾秒沒關係」之後才開始加，到頂的那一刻加滿，所以要除以兩者的差。",
            ),
        ),
        explain="最多 ×（等了 − 沒關係）÷（到頂 − 沒關係），再加做法的那一筆。",
        hints=("會增加的那一段，從「前幾秒沒關係」到「幾秒後到頂」。", "走了那一段的幾分之幾，就是最多傷害的幾分之幾；最後加上做法的傷害。"),
        wrong=(Wrong("很多", "看不出是哪個數字"), Wrong(30, "偏大")),
    ),
    Decision(
        prompt=(
            f"替接班的人訂六條守則。它會放進**{HIDDEN} 場沒看過的直播**：看到一則就認得出是哪一種，其他狀況都做對。\n\n"
            "比的是擋下多少傷害（都不理是 0%）；有最好那份守則的 98.5% 就通過。"
        ),
        choices={name: {k: words for k, (words, _, _) in rules.items()} for name, rules in RULES.items()},
        share=_book_share,
        told=_book_told,
        advice=_book_advice,
        best=BEST,
        floor=0.75,
        enough=0.985,
        judged=f"會放進 {HIDDEN} 場沒看過的直播，看擋下多少傷害。",
        explain="順序決定大半，做法決定剩下的：先停住正在擴散的，身體的事接住，鬧的不餵。",
        points=4,
        hints=("一次換一條，看「還漏最多的」換成誰。", "順序那一條影響最大；安靜的一則，可能每秒都在加。"),
        wrong=(
            Wrong("AFILOR", "往往最等不起"), Wrong("BFILOR", "往往最等不起"), Wrong("DEILOR", "猜錯了"), Wrong("DFHLOR", "每一秒都有人看到"),
            Wrong("DFIKOR", "讓每個人都知道"), Wrong("DFILNR", "回一則要二十秒"), Wrong("DFILOQ", "公開講不清楚"), Wrong("DF", "要給 6 個代號"),
        ),
    ),
    Drill(
        prompt=(
            "換你上場：**十分鐘、三十個狀況**，一次只能做一件事。按播放，兩分鐘走完一場；也可以一步一步走。\n\n"
            "分數 0 是什麼都不做，100 是事先知道一切的最好排法。**80 分通過。** 第一次的分數算滿，之後再試算八成，因為聊天室已經看過了。"
        ),
        choices={f"{n} 號": {a.letter: a.label for a in scenario().actions.values()} for n in range(1, 31)},
        share=_drill_share,
        told=_drill_told,
        advice=_drill_advice,
        seed=_own,
        floor=0.2,
        enough=0.8,
        face=_face,
        explain="做對的事，也要在對的時候做。",
        points=5,
        hints=("每次手上空出來，從頭掃一遍：哪一則多等三十秒會出事？", "五秒能停的（隱藏、禁言）插隊做；稱讚和打招呼可以一直等。"),
        wrong=(
            Wrong(_letters("J"), "一直沒有處理"), Wrong(_letters("A"), "做法不對"), Wrong(_stopped_early, "一直沒有處理"), Wrong(_one_wrong, "做法不對"),
            Wrong("今天天氣很好", "看不懂"), Wrong("60:31A", "在等的編號"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** `case.log` 是另一場直播：每一則都做對了，只是先來先處理。`most` 最多幾點、`grace` 前幾秒沒關係、"
            "`until` 幾秒到頂、`waited` 等了幾秒（沒有處理的是缺值，先拿掉）。\n\n"
            "算每一類（`group`）等出了多少傷害。答案是一張表：索引是 group，欄位 count（則數）、harm（點）。"
        ),
        truth=_by_group,
        tolerance=1e-6,
        slips=(
            Slip(lambda: _by_group(floor=False), "有幾則是負的：還沒過「前幾秒沒關係」就處理完的，傷害是 0，不是負數。"),
            Slip(lambda: _by_group(top=False), "有幾則超過最多：等到頂之後就不再增加，比例最多是 1。"),
            Slip(lambda: _by_group(grace=False), "分子忘了減 `grace`：前幾秒沒關係的那一段不算。"),
        ),
        stub="log = case.log",
        solution=(
            'log = log.dropna(subset="waited")\n'
            'share = (log["waited"].astype(float) - log["grace"]) / (log["until"] - log["grace"])\n'
            'harm = log["most"] * share.clip(0, 1)\n'
            'by_group = log.assign(harm=harm).groupby("group")\n'
            'answer = pd.DataFrame({"count": by_group.size(), "harm": by_group["harm"].sum()})'
        ),
        research=True,
        points=4,
        explain="先來先處理，等出來的傷害幾乎都在「傷害正在擴散」和「身體的事」；想買的人等久一點，損失很小。",
        hints=("`share.clip(0, 1)` 一次管住兩頭。", '最後 `groupby("group")`，`size()` 是則數，`sum()` 是傷害。'),
        wrong=(Wrong(12.5, "DataFrame"),),
    ),
)  # fmt: skip


# Predictions about the lesson's broadcast.


@cache
def _lesson(policy: str) -> LiveReview:
    return run(BASELINES[policy], LESSON_SEED).review()


def _five_dearest() -> float:
    found = _lesson("先來先處理")
    return 100 * float(found.table["harm"].head(5).sum()) / found.harm


def _first_of_two() -> str:
    """Which of the two to do first when both have just come: the order with less harm."""
    leak, data, actions = scenario().kinds["screen_leak"], scenario().kinds["others_data"], scenario().actions
    cut, hide = actions["pause"].seconds, actions["hide"].seconds
    cut_first = leak.waited(cut) + data.waited(cut + hide)
    hide_first = data.waited(hide) + leak.waited(hide + cut)
    return "先切畫面" if cut_first < hide_first else "先藏留言"


def _fast_hands() -> float:
    return first_come_at(LESSON_SEED, 0.7)


PREDICTIONS = {
    "a": Prediction(
        prompt="每一則都做對，只是先來先處理：這場直播得幾分？",
        truth=lambda: _lesson("先來先處理").score,
        show=lambda value: f"{value:.0f} 分",
        why="做法全對，三分之一以上的傷害還是發生了，因為等不起的那幾則排在後面。",
        close=4,
    ),
    "b": Prediction(
        prompt="先來先處理的傷害裡，最貴的五則（三十則裡）占百分之幾？",
        truth=_five_dearest,
        show=lambda value: f"{value:.0f}%",
        why="傷害集中在少數幾則；認出它們，比每一則都快一點有用。",
        close=6,
    ),
    "c": Prediction(
        prompt="畫面照到訂單後台，同時有人貼出別人的電話：先做哪一個？",
        truth=_first_of_two,
        show=str,
        why="藏留言五秒就好，切畫面只多等五秒；反過來，那支電話要多掛十五秒。",
        options=("先切畫面", "先藏留言"),
    ),
    "d": Prediction(
        prompt="每一則都客氣地照小抄回答：這場直播得幾分？",
        truth=lambda: _lesson("每則都照小抄回").score,
        show=lambda value: f"{value:.0f} 分",
        why="個資還掛著、假客服還在騙人、小抄沒寫的用猜的：忙了十分鐘，比不動手還糟，算到底是 0。",
        close=5,
    ),
    "e": Prediction(
        prompt="手快三成（每個動作只花七成時間），還是先來先處理：得幾分？",
        truth=_fast_hands,
        show=lambda value: f"{value:.0f} 分",
        why="手快很有用，但是快三成還追不上只換順序、手速不變的那一場。",
        close=3,
    ),
    "f": Prediction(
        prompt="先看最大聲的（最多人喊的）先處理，做法都對：得幾分？",
        truth=lambda: _lesson("先看最大聲的").score,
        show=lambda value: f"{value:.0f} 分",
        why="斷線和沒聲音喊的人多，確實急；可是過敏、個資、假客服，往往只有一個人說。",
        close=4,
    ),
}
