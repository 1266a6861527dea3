"""Questions and predictions of lesson 2.6."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from ... import datasets, lint, records
from ...planning.video.linebreak import spoken
from ...planning.video.predicted import ScriptRetention, script_retention
from ...planning.video.script import Script, read_script
from ...planning.video.script_checks import GREETING, ScriptReview, check_script, limits, specific
from ...planning.video.shots import sample_assets, shot_list
from ...planning.video.subtitle_checks import check_subtitles
from ...sandbox.streams import generator
from ..checks import TAIWAN_WORDS
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong

SCENE = """
下一支片是焙茶生乳捲。阿洛寫了初稿，柏宇明天早上要拍。你來把關：看腳本、改腳本、檢查字幕。
`case` 裡是你自己的那一份：`case.script` 是初稿，`case.srt` 是手打的字幕（每個人拿到的不同）。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("2.6")
case = ex.data()
ex
"""

VOICES = (
    "放進冰箱冷藏一個晚上，隔天早上再切，斷面才不會塌下來。",
    "蛋糕體完全放涼之後，再抹鮮奶油，不然一碰到熱氣就化了。",
    "捲的時候手要輕，先壓緊第一圈，後面慢慢往前推就好。",
    "切之前先把刀泡過熱水，擦乾再下刀，每一片都會很平整。",
    "鮮奶油打到七分發就停，太硬會裂開，太軟又捲不起來。",
)
LINES = (
    "為什麼一切就塌？", "蛋糕體要先放涼", "鮮奶油，打到七分發", "從這一邊開始捲", "第一圈壓緊，後面放鬆", "包好，送進冰箱",
    "隔天早上再切", "刀子先泡熱水", "每一片都很平整", "週五早上，門市開賣",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One learner's draft and hand-typed subtitles."""

    script: Script
    srt: str


@cache
def _case(seed: int) -> Case:
    rng = generator(seed, "lesson 2.6 exercise")
    voice = VOICES[int(rng.integers(len(VOICES)))]
    script = read_script("roll_cake_draft").with_beat(4, voice=voice)
    picked = sorted(rng.choice(len(LINES), 7, replace=False))
    at, rows = 0.0, []
    for number, k in enumerate(picked, 1):
        start = at + float(rng.choice([0.04, 0.1, 0.2, 0.3])) * (number > 1)
        end = start + float(rng.choice([0.6, 1.2, 1.8, 2.4]))
        rows.append(f"{number}\n{_stamp(start)} --> {_stamp(end)}\n{LINES[k]}")
        at = end
    return Case(script, "\n\n".join(rows) + "\n")


def _stamp(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"00:{whole // 60000:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"


def _seed() -> int:
    return records.seed("2.6", "exercise")


def data() -> Case:
    """The learner's own draft and subtitles."""
    return _case(_seed())


def _voice() -> str:
    return data().script.beats[3].voice


def _signs() -> int:
    return len(re.sub(r"\s", "", _voice()))


# ── the decision: a script put together from three choices, checked and run in the sandbox ──

CHOICES = {
    "開頭": {
        "A": "招牌動畫，「今天來介紹招牌甜點」",
        "B": "特寫切開、斷面塌掉，「為什麼你一切就塌？」",
        "C": "全景門市，「嶼穗茶食的焙茶生乳捲，真的很好吃」",
        "D": "阿洛對鏡頭，用 6 秒把三個失敗的原因先講一遍",
    },
    "中段 9 秒、64 個字的旁白": {
        "E": "念快一點，64 個字塞進 9 秒",
        "F": "延長到 14.4 秒，一個畫面講完",
        "G": "刪到 32 個字，拆成兩拍，中間換一個畫面",
        "H": "旁白不動，畫面字換成三個表情符號",
    },
    "行動呼籲": {
        "I": "片頭就說「先追蹤再看」",
        "J": "片尾一句：「週五早上十點門市開賣」",
        "K": "片尾一次講完：先按讚、再追蹤、再分享，分成兩拍",
        "L": "中段和片尾各說一次「週五開賣」",
    },
}
PARTS = {"開頭": ("hook", "greeting"), "中段": ("rate", "beat_gap", "no_words"), "行動": ("cta",)}
_HOOKS = {"A": 0.25, "B": 0.7, "C": 0.35, "D": 0.5}
_LONG = "鮮奶油抹平之後不要急，從靠近你的這一邊開始捲，第一圈壓緊，後面手要放輕，一路捲到底就馬上包起來，放進冰箱冷藏八小時再拿出來切，這樣才不會散開"
_SHORT = ("鮮奶油抹平，從靠近你的這一邊開始捲，", "第一圈壓緊，捲完包好，冷藏八小時再切。")
_OPENINGS = {
    "A": (3.0, "今天來介紹招牌甜點", "嶼穗茶食"),
    "B": (2.6, "為什麼你一切就塌？", "一切就塌？"),
    "C": (3.0, "嶼穗茶食的焙茶生乳捲", "真的很好吃"),
    "D": (6.0, "失敗的三個原因是沒有放涼、打過頭、切太早", "三個原因"),
}


@cache
def _built(letters: str) -> Script:
    """The script that the three letters stand for."""
    end, voice, words = _OPENINGS[letters[0]]
    beats = [("hook", end, voice, words), ("context", 4.8, "因為蛋糕體還熱著，鮮奶油就化了。", "第 1 步：放涼")]
    middle = {
        "E": [("value", 9.0, _LONG, "第 2 步：捲")],
        "F": [("value", 14.4, _LONG, "第 2 步：捲")],
        "G": [("value", 4.6, _SHORT[0], "第 2 步：捲"), ("proof", 4.6, _SHORT[1], "第 3 步：冷藏")],
        "H": [("value", 9.0, _LONG, "🔥🔥🔥")],
    }[letters[1]]
    cta = ("cta", 4.0, "週五早上十點門市開賣。", "週五 10:00 開賣")
    if letters[2] == "I":
        beats = [beats[0], ("cta", 2.5, "先追蹤再看。", "先追蹤"), *beats[1:], *middle]
    elif letters[2] == "L":
        beats = [*beats, cta, *middle, cta]
    else:
        beats = [*beats, *middle, cta] if letters[2] == "J" else [*beats, *middle, ("cta", 2.5, "先按讚再追蹤。", "按讚"), ("cta", 2.0, "再分享。", "分享")]
    at, specs = 0.0, []
    for role, seconds, voice, words in beats:
        specs.append({"t0": round(at, 1), "t1": round(at + seconds, 1), "role": role, "shot": "示意", "voice": voice, "on_screen": words})
        at += seconds
    return read_script({"title": "照你的選擇組的腳本", "platform": "tiktok", "beats": specs})


@cache
def _reviewed(letters: str) -> ScriptReview:
    return check_script(_built(letters))


@cache
def _watched(letters: str, seed: int) -> ScriptRetention:
    rng = generator(seed, "openings of lesson 2.6")
    jitter = dict(zip(_HOOKS, rng.uniform(-0.06, 0.06, len(_HOOKS)), strict=True))
    return script_retention(_built(letters), hook=float(_HOOKS[letters[0]] + jitter[letters[0]]))


def _standing(letters: str) -> dict[str, bool]:
    """Which of the three parts have nothing that must be mended."""
    errors = {f.rule for f in _reviewed(letters).faults if f.severity == "error"}
    return {name: not any(rule.startswith(marks) for rule in errors) for name, marks in PARTS.items()}


def _share(letters: str) -> float:
    stands = sum(_standing(letters).values()) / len(PARTS)
    best = _watched("BGJ", _seed()).watch_s[1]
    return stands * min(_watched(letters, _seed()).watch_s[1] / best, 1.0)


def _told(letters: str) -> str:
    found = _watched(letters, _seed())
    return f"{_reviewed(letters).say()}沙盒模擬：平均看 {found.watch_s[1]:.1f} 秒，撐過 3 秒 {found.s3[1]:.0%}。"


def _advice(letters: str) -> str:
    failing = [name for name, stands in _standing(letters).items() if not stands]
    if not failing:
        return "三段都能拍了；再比比看哪個開頭留得住人。"
    fault = next(f for f in _reviewed(letters).faults if f.severity == "error" and f.rule.startswith(PARTS[failing[0]]))
    return f"先改{failing[0]}：{fault.where}，{fault.reason}。"


# ── the research question ──


def _cues() -> pd.DataFrame:
    rows = re.findall(r"(\d+)\n(\S+) --> (\S+)\n(.+)", data().srt)
    table = pd.DataFrame(rows, columns=["cue", "start", "end", "text"]).set_index("cue")
    table.index = table.index.astype(int)
    for name in ("start", "end"):
        table[name] = pd.to_timedelta(table[name].str.replace(",", ".")).dt.total_seconds()
    return table


def _measured(punctuation: bool = False, scale: float = 1.0, sign: float = 1.0) -> pd.DataFrame:
    cues = _cues()
    seconds = cues["end"] - cues["start"]
    count = cues["text"].str.replace("" if punctuation else r"[，。、；：！？\s]", "", regex=True).str.len()
    gap = (cues["start"] - cues["end"].shift()).fillna(0) * sign
    return pd.DataFrame({"seconds": seconds * scale, "per_second": count / seconds, "gap": gap * scale})


QUESTIONS = (
    Match(
        prompt="檢查報告列了五個毛病。每一個，配上最省事又有效的修法。",
        pairs={
            "鉤子 5 秒才說完": "A",
            "中段一個畫面放了 9 秒": "C",
            "第 4 拍和第 5 拍重疊 0.5 秒": "E",
            "行動呼籲出現兩次": "B",
            "兩段字幕只隔 1 格": "F",
        },
        choices={
            "A": "只留一句，其他的移到下一拍",
            "B": "留下最想要的那一件，放在片尾",
            "C": "拆成兩拍，中間換一個畫面",
            "D": "整支片加快 1.2 倍",
            "E": "後一拍往後移，首尾接齊",
            "F": "前一段提早一點收",
        },
        why={
            "鉤子 5 秒才說完": "前 3 秒要說完的是一件事，不是全部。",
            "中段一個畫面放了 9 秒": "觀眾等的是新東西，不是更快的旁白。",
            "第 4 拍和第 5 拍重疊 0.5 秒": "同一秒只能有一個畫面，時間接起來就好。",
            "行動呼籲出現兩次": "要求兩件事，通常一件也沒做。",
            "兩段字幕只隔 1 格": "眼睛看不出換了一句，中間要留一點空白。",
        },
        explain="每個毛病改在它發生的地方。整支片加快，旁白會更趕，別的毛病一個也不會消失。",
        hints=("先看毛病是時間、內容還是字幕的。", "「加快」修不了其中任何一個。"),
        wrong=(Wrong("DCEBF", "一件事"), Wrong("ACDBF", "同一秒"), Wrong("AEEBF", "新東西"), Wrong("ACEAF", "兩件事")),
    ),
    MultiChoice(
        prompt="黑豆穀飲的鉤子，哪幾句**說得出具體的事**（數字、問題或衝突），而且 3 秒念得完？",
        options={
            "A": Option("豆子泡 3 小時，還是 6 小時？"),
            "B": Option("大家好，今天要跟大家分享一款飲料", "打招呼占掉了開頭，也聽不出要說什麼。"),
            "C": Option("我以為要煮很久，其實沒有"),
            "D": Option("充滿幸福感的一杯，獻給認真的你", "形容詞換成別的飲料也通。少了數字、問題或衝突。"),
            "E": Option("為什麼你煮的有豆腥味？"),
            "F": Option("第一步把豆子洗乾淨泡六小時，第二步倒掉水再煮四十分鐘", "很具體，可是超過 13 個字，3 秒念不完。"),
        },
        answers=frozenset("ACE"),
        explain="具體，加上短。A 有數字、C 有衝突、E 有問題，都在 13 個字以內。",
        hints=("把產品名換成別家的，句子還通嗎？通，就不具體。", "每秒 4.5 個字，3 秒大約 13 個字。"),
        wrong=(Wrong("ABCE", "打招呼"), Wrong("ACDE", "換成別的飲料"), Wrong("ACEF", "念不完"), Wrong("A", "漏了")),
    ),
    Number(
        prompt=(
            "下面是初稿第 4 拍的旁白。口播的上限是每秒 4.5 個字（待查證的經驗值；標點不念）。"
            "這一拍**至少要幾秒**才念得完？答到小數一位。"
        ),
        given='beat = case.script.beats[3]\nprint(f"第 4 拍（{beat.seconds:g} 秒）：{beat.voice}")',
        truth=lambda: spoken(_voice()) / limits()["spoken_rate"],
        tolerance=0.15,
        unit="秒",
        decimals=1,
        slips=(
            Slip(lambda: _signs() / limits()["spoken_rate"], "標點也算進去了。標點不念，只數字。"),
            Slip(lambda: spoken(_voice()) / 9, "9 是字幕的閱讀速度；念的速度慢得多，用 4.5。"),
            Slip(lambda: data().script.beats[3].seconds, "這是現在排的秒數，題目問的是念完要幾秒：字數 ÷ 4.5。"),
            Slip(lambda: float(spoken(_voice())), "這是字數。再除以每秒 4.5 個字。"),
        ),
        explain="字數 ÷ 每秒字數。放不下就兩條路：刪字，或把這一拍延長。",
        hints=("先數字，標點跳過。", "字數除以 4.5。"),
        wrong=(Wrong("很久", "看不出是哪個數字"),),
    ),
    Decision(
        prompt=(
            "上面是你的初稿，可以先在編輯器裡試著改（不計分）。\n\n輪到你定稿。三個地方各選一種改法，系統會照你的選擇組出一份腳本：先過檢查，再放進沙盒看平均觀看秒數。\n\n"
            "三段都能拍、又留得住人，才拿滿分。"
        ),
        given="xb.panels.script_editor(case.script)",
        choices=CHOICES,
        share=_share,
        told=_told,
        advice=_advice,
        best="BGJ",
        floor=0.5,
        enough=0.95,
        judged="會組成一份腳本，過檢查、進沙盒。",
        explain="能拍是門檻，留得住人是目的：開頭一個具體的問題，中段換畫面，片尾只要求一件事。",
        points=4,
        hints=("先刪掉一定過不了檢查的：太長的開頭、念不完的旁白、太早的行動呼籲。", "中段要同時解決兩件事：字太多，畫面太久沒換。"),
        wrong=(
            Wrong("AGJ", "先改開頭"), Wrong("DGJ", "先改開頭"), Wrong("BEJ", "先改中段"), Wrong("BFJ", "沒有新東西"),
            Wrong("BGI", "先改行動"), Wrong("BGL", "先改行動"), Wrong("B", "要給 3 個代號"),
        ),
    ),
    Text(
        prompt="替「冷泡金萱」寫一句**鉤子**：3 秒念得完（13 個字以內）、說得出具體的事、不打招呼，而且看得出在講茶。",
        checks=(
            Check("有寫字", lambda text: spoken(text) >= 4, "至少寫四個字的一句話。"),
            Check("3 秒念得完", lambda text: 4 <= spoken(text) <= 13, "念出聲數一數，13 個字以內。"),
            Check("具體", lambda text: bool(specific(text)), "放進一個數字、一個問題，或一個反差。"),
            Check("不打招呼", lambda text: spoken(text) >= 4 and not GREETING.search(text), "「大家好」刪掉，從事情開始。"),
            Check("在講茶", lambda text: bool(re.search("茶|金萱|冷泡|泡", text)), "把茶寫進去，靜音看的人才知道是什麼。"),
            Check("正體字與台灣用語", lambda text: spoken(text) >= 4 and TAIWAN_WORDS.holds(text) and not [f for f in lint.check(text, "subtitles") if f.severity == "error"], "有簡體字或不是台灣習慣的詞，請換掉。"),
        ),
        model=lambda: "這杯茶，你少等了 5 小時？",
        explain="檢查只看得出句子裡有沒有這些東西；好不好、真不真，要念給同事聽、拿數字對。",
        points=3,
        hints=("想想等了多久、差在哪裡、大家都做錯什麼。", "例如從「你以為…其實…」「為什麼…？」開始。"),
        wrong=(
            Wrong("大家好，今天介紹冷泡茶", "具體"), Wrong("為什麼這杯冷泡茶要放在冰箱最裡面等八個小時才會好喝呢？", "念得完"),
            Wrong("為什麼要等 8 小時？", "在講茶"), Wrong("这杯茶，少等了 5 小時？", "簡體字"),  # lint: off
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `check_subtitles()`，自己從 `case.srt` 算每一段字幕的三個數字：\n\n"
            "`seconds`：停留幾秒；`per_second`：每秒幾個字（標點和空白不算）；`gap`：和前一段隔幾秒（第一段填 0）。\n\n"
            "答案是一張表：索引是段號（1 開始的整數），欄位是 seconds、per_second、gap。"
        ),
        given="print(case.srt)",
        truth=_measured,
        tolerance=1e-3,
        slips=(
            Slip(lambda: _measured(punctuation=True), "per_second 把標點也算進去了。先去掉 ，。、；：！？ 再數。"),
            Slip(lambda: _measured(scale=1000), "seconds 和 gap 還是毫秒。除以 1000 換成秒。"),
            Slip(lambda: _measured(sign=-1), "gap 的正負反了：這一段的開始，減掉前一段的結束。"),
        ),
        stub="import pandas as pd\nimport pysubs2",
        solution=(
            'subs = pysubs2.SSAFile.from_string(case.srt, "srt")\n'
            'cues = pd.DataFrame({"start": [e.start / 1000 for e in subs], "end": [e.end / 1000 for e in subs], "text": [e.text for e in subs]})\n'
            "cues.index = range(1, len(cues) + 1)\n"
            'seconds = cues["end"] - cues["start"]\n'
            'count = cues["text"].str.replace(r"[，。、；：！？\\s]", "", regex=True).str.len()\n'
            'gap = (cues["start"] - cues["end"].shift()).fillna(0)\n'
            'answer = pd.DataFrame({"seconds": seconds, "per_second": count / seconds, "gap": gap})'
        ),
        research=True,
        points=4,
        explain="三個數字就是字幕檢查的核心：停多久、讀多快、隔多遠。接著拿規則表比，就知道哪幾段要改。",
        hints=("`pysubs2.SSAFile.from_string(case.srt, \"srt\")` 讀得到開始、結束（毫秒）和字。", "`shift()` 拿得到前一列的結束時間。"),
        wrong=(Wrong(0.4, "DataFrame"),),
    ),
)  # fmt: skip


# ── predictions of the lesson ──


@cache
def _in_lesson(name: str) -> ScriptRetention:
    return script_retention(name)


def _errors() -> float:
    return float(sum(f.severity == "error" for f in check_script("cold_brew_draft").faults))


def _gain() -> float:
    return _in_lesson("cold_brew").watch_s[1] - _in_lesson("cold_brew_draft").watch_s[1]


def _in_stock() -> float:
    covered = shot_list("cold_brew").cover(sample_assets(), "2026-12-01")
    return float(covered.table["asset_id"].notna().sum())


def _bad_cues() -> float:
    faults = check_subtitles(datasets.path("video/aluo.srt")).faults
    return float(np.unique([f.number for f in faults]).size)


def _left(script: str, opening: str) -> float:
    """Share still watching at second 20 of one script with the opening of another."""
    curve = script_retention(script, hook=_in_lesson(opening).hook[1]).curve
    return float(curve.set_index(curve["second"].round(2))["middle"][20.0])


def _by_opening() -> float:
    """Part of the difference at second 20 that the opening alone makes up for, percent."""
    old = _left("cold_brew_draft", "cold_brew_draft")
    return 100 * (_left("cold_brew_draft", "cold_brew") - old) / (_left("cold_brew", "cold_brew") - old)


PREDICTIONS = {
    "a": Prediction(
        prompt="阿洛的初稿，有幾處非改不可？",
        truth=_errors,
        show=lambda value: f"{value:.0f} 處",
        why="讀起來順，不等於拍得出來。時間、旁白和畫面要放在同一條線上才看得到。",
        close=1,
    ),
    "b": Prediction(
        prompt="沙盒裡，初稿撐過 3 秒的人占百分之幾（取中間值）？",
        truth=lambda: 100 * _in_lesson("cold_brew_draft").s3[1],
        show=lambda value: f"{value:.0f}%",
        why="打招呼對熟客親切，對滑過來的陌生人沒有停下來的理由。",
        close=4,
    ),
    "c": Prediction(
        prompt="柏宇改過的版本，平均比初稿多看幾秒（取中間值）？",
        truth=_gain,
        show=lambda value: f"{value:.1f} 秒".replace("-", "−"),
        why="片子短了十秒，看的秒數反而變多：開頭留下的人多，後面也沒有一拍太久。",
        close=1,
    ),
    "d": Prediction(
        prompt="6 個鏡頭照地點排，要換幾次場？",
        truth=lambda: float(shot_list("cold_brew").moves),
        show=lambda value: f"{value:.0f} 次",
        why="拍的順序不必是播的順序。三個地方，最少換兩次。",
        close=0,
    ),
    "e": Prediction(
        prompt="6 個鏡頭裡，素材庫有幾個能直接用？",
        truth=_in_stock,
        show=lambda value: f"{value:.0f} 個",
        why="有影片不等於能用：太短、授權過期、不能商用，都要重拍。",
        close=0,
    ),
    "f": Prediction(
        prompt="阿洛手打的 7 段字幕，有幾段至少要改一處？",
        truth=_bad_cues,
        show=lambda value: f"{value:.0f} 段",
        why="簡體字和標點看得出來，停太短、隔太近、重疊，要看時間才知道。",
        close=1,
    ),
    "g": Prediction(
        prompt="節奏照初稿，只換開頭，第 20 秒的差距能補回百分之幾？",
        truth=_by_opening,
        show=lambda value: f"{value:.0f}%",
        why="掉得最多的那一段在最前面；後面再緊湊，也只能留住已經留下的人。這是沙盒的答案。",
        close=6,
    ),
}
