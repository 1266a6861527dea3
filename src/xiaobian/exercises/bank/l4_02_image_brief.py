"""Questions and predictions of lesson 4.2."""

from __future__ import annotations

import pandas as pd
import yaml

from ... import datasets
from ...ai.framing import LINES, PLACEMENTS, SPOTS, kept, layout, ratio
from ...ai.offline.image_words import FORBIDDEN, open_choices
from ..predictions import Prediction
from ..questions import Check, Decision, Match, MultiChoice, Number, Option, Slip, TableAnswer, Text, Wrong
from ..worlds import own_world

SCENE = """
允安這週休假，主視覺由你把關：看提示詞、看裁切、看能不能發，最後替一個四版位的檔期決定排法。
`master` 和 `target` 是你分到的主圖比例和版位（每個人不一定相同）。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("4.2")
master, target = ex.data()
print(f"你的主圖是 {master}，要放進 {target} 的版位")
ex
"""

PAIRS = (("4:5", "9:16"), ("1:1", "4:5"), ("9:16", "1:1"), ("16:9", "4:5"), ("4:5", "1:1"), ("16:9", "1:1"))
RATIOS = ("1:1", "4:5", "9:16", "16:9")


def data() -> tuple[str, str]:
    """The learner's own master ratio and placement."""
    return PAIRS[own_world("4.2", 0).seed % len(PAIRS)]


def _kept() -> float:
    return 100 * kept(*data())


def _of_the_ratios() -> float:
    master, target = data()
    return 100 * ratio(target) / ratio(master)


def _table() -> pd.DataFrame:
    return pd.DataFrame({to: [kept(master, to) for master in RATIOS] for to in RATIOS}, index=list(RATIOS))


def _upside_down() -> pd.DataFrame:
    return _table().T.pow(0) * pd.DataFrame(
        {to: [ratio(to) / ratio(master) for master in RATIOS] for to in RATIOS}, index=list(RATIOS)
    )


PLANS = {
    "主圖比例": dict(zip("ABCD", RATIOS, strict=True)),
    "主體放哪裡": dict(zip("EFGH", SPOTS, strict=True)),
    "圖上的字": dict(zip("IJKL", LINES, strict=True)),
}


def _share(letters: str) -> float:
    """Mean over the placements of the worst of subject, words and half the area that is left."""
    master, spot, line = (PLANS[name][letter] for name, letter in zip(PLANS, letters, strict=True))
    plan = layout(master, spot, line)
    got = [min(*plan.survives(t), 0.5 + kept(master, t) / 2) for t in PLACEMENTS.values()]
    return float(sum(got) / len(got))


def _told(letters: str) -> str:
    master, spot, line = (PLANS[name][letter] for name, letter in zip(PLANS, letters, strict=True))
    plan = layout(master, spot, line)
    whole = sum(min(plan.survives(t)) > 0.995 for t in PLACEMENTS.values())
    return f"四個版位裡，主體和字都完整的有 {whole} 個，平均得分 {_share(letters):.0%}。"


def _advice(letters: str) -> str:
    """The choice whose change helps most."""
    best, name = max(
        (_share(letters[:i] + other + letters[i + 1 :]), name)
        for i, (name, options) in enumerate(PLANS.items())
        for other in options
    )
    if best <= _share(letters) + 1e-9:
        return "單獨改一項已經沒有更好的，試試兩項一起換。"
    return f"下一步：換「{name}」，它現在拖累最多。"


QUESTIONS = (
    Number(
        prompt="你的主圖裁進你的版位（從中央裁、盡量大），**面積還剩百分之幾**？用下面的面板看形狀，再自己算。",
        given='print(f"{master} → {target}")\nxb.panels.crop_explorer(master, "正中央", "圖上不放字")',
        truth=_kept,
        tolerance=0.6,
        unit="%",
        decimals=1,
        slips=(
            Slip(lambda: 100 - _kept(), "這是被裁掉的面積。題目問的是剩下的。"),
            Slip(lambda: _of_the_ratios() if _of_the_ratios() > 100 else 100 * 0.5 * ratio(data()[1]), "裁切只會變小，剩下的面積不會超過 100%。比例要用小的除以大的。"),
        ),
        explain="兩個比例（寬 ÷ 高）小的除以大的，就是剩下的面積。",
        points=3,
        hints=("先把兩個比例都換成寬 ÷ 高的小數。", "小的除以大的，再乘 100。"),
        wrong=(Wrong(100, "偏大"), Wrong(0.5, "偏小"), Wrong("一半", "看不出是哪個數字")),
    ),
    MultiChoice(
        prompt="阿洛擬了六句給生成工具的描述。**哪幾句要退回？**（複選）",
        options={
            "A": Option("俯拍的米穀戚風切片，木桌，傍晚暖光，右側留空放標題", "主體、取景、光線、留白都有，沒有借別人的名字。"),
            "B": Option("吉卜力的風格，女孩在窗邊吃戚風"),
            "C": Option("禮盒實品照，圖上寫「中秋早鳥 8 折」"),
            "D": Option("水彩插畫的茶園，沒有人物，也沒有文字", "風格是一種技法，不是某一位作者，可以用。"),
            "E": Option("照著這位熟客的自拍，讓他拿著禮盒微笑"),
            "F": Option("米穀紋理的底圖，淡色，給簡報用", "沒有人、沒有商品、沒有承諾，可以用。"),
        },
        answers=frozenset("BCE"),
        explain="B 借了別人的作品；C 把生成圖當實品，還把字交給它畫；E 動到真人的臉，要先問。",
        points=3,
        hints=("看有沒有點名別人、有沒有真人、有沒有把圖當成實品。",),
        wrong=(Wrong("B", "還漏了 2 個"), Wrong("BCDE", "不是某一位作者"), Wrong("ABCE", "沒有借別人的名字"), Wrong("BCEF", "沒有承諾")),
    ),
    Match(
        prompt="五張圖各少了哪一步？",
        pairs={
            "招牌寫成「嶼穗荼食」": "C",
            "杯子很像別家的圓標": "B",
            "還沒做出來的新品「實品照」": "D",
            "店員的照片換成生成的笑臉": "A",
            "水彩蛋糕封面，標示了 AI 生成": "E",
        },
        choices={"A": "取得當事人同意", "B": "換掉別人的標誌", "C": "修掉錯字", "D": "改用實拍", "E": "可以發了", "F": "刪掉帳號"},
        why={
            "招牌寫成「嶼穗荼食」": "錯的是一個字，修掉就能用。",
            "杯子很像別家的圓標": "圖裡有別人的識別，不是修字能解決的。",
            "還沒做出來的新品「實品照」": "看的人會當成真的商品，生成圖做不到這件事。",
            "店員的照片換成生成的笑臉": "那是他的臉，就算改得更好看也要先問。",
            "水彩蛋糕封面，標示了 AI 生成": "沒有人、沒有商品承諾，也標示了。",
        },
        explain="多數的圖不是不能用，是少做一步。",
        points=3,
        hints=("先問：圖裡有沒有人？有沒有別人的標誌？有沒有被當成實品？",),
        wrong=(Wrong("CBDAA", "也標示了"), Wrong("BBDAE", "修掉就能用"), Wrong("CBBAE", "當成真的商品"), Wrong("CBDCE", "要先問")),
    ),
    Decision(
        prompt=(
            "中秋檔期同一張主圖要用在四個版位：貼文 4:5、方形縮圖 1:1、限動封面 9:16、影片縮圖 16:9。決定主圖比例、主體位置、圖上的字。"
            "會實際裁四次，每個版位看主體、字、面積裡最差的那一項，再平均。86% 以上就通過。"
        ),
        choices=PLANS,
        share=_share,
        told=_told,
        advice=_advice,
        best="BEL",
        floor=0.75,
        enough=0.86,
        explain="主體放中間，字留到每個版位各排一次；主圖選 4:5 或方的，四邊都裁得起。",
        points=4,
        hints=("先看「圖上的字」換成不放，分數差多少。", "再比較四種主圖比例，看最慘的版位。"),
        wrong=(Wrong("BFI", "主體和字都完整"), Wrong("CHJ", "下一步"), Wrong("DEI", "兩項一起換"), Wrong("AE", "要給 3 個代號")),
    ),
    Text(
        prompt=(
            "替「冷泡金萱夏季主視覺」寫一句圖像描述（30–120 字）：要有主體、場景、光線、取景，留一塊空間放標題，"
            "不要文字入圖，也不要借別人的名字。"
        ),
        checks=(
            Check("30–120 字", lambda t: 30 <= len(t) <= 120, "太短決定不了什麼，太長工具會挑著聽。"),
            Check("有主體", lambda t: "金萱" in t or "冷泡茶" in t, "先寫清楚畫面裡是什麼。"),
            Check("有光線", lambda t: any(w in t for w in ("光", "逆光", "側光", "陽光", "夜")), "加一個光線：窗光、傍晚暖光、棚光……"),
            Check("有取景", lambda t: any(w in t for w in ("俯拍", "近景", "特寫", "遠景", "平視", "側拍", "中央", "中間")), "加一個取景：俯拍、近景、平視……主體放哪裡也算。"),
            Check("有留白", lambda t: any(w in t for w in ("留白", "留空", "空白", "留一塊")), "說清楚哪一側留給標題。"),
            Check("不要文字入圖", lambda t: any(w in t for w in ("不要文字", "沒有文字", "不含文字", "無文字", "不要字", "沒有字")), "加一句不要文字，字留到排版再放。"),
            Check("不借名字", lambda t: not any(w in t.casefold() for w in FORBIDDEN), "拿掉別人的作品、品牌或作者。"),
        ),
        model=lambda: "一杯冰涼的冷泡金萱放在畫面中央，木桌與竹簾，清晨側光，平視近景，右側留白放標題，不要文字，也不要人物。",
        explain="每一項都是替工具少決定一件事。",
        points=3,
        hints=("照順序寫：主體、放哪裡、場景、光線、取景、留白、不要什麼。",),
        wrong=(
            Wrong("一張好看的茶", "30–120 字"),
            Wrong("吉卜力的風格，一杯冷泡金萱放在木桌中央，清晨側光，平視近景，右側留白放標題，不要文字。", "不借名字"),
            Wrong("一杯冷泡金萱放在木桌上，旁邊有竹簾和毛巾，清晨側光，平視近景，感覺清涼又舒服，不要文字。", "有留白"),
            Wrong("一杯好喝的飲料放在木桌中央，清晨側光，平視近景，右側留白放標題，不要文字，也不要人物。", "有主體"),
        ),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `kept()`，算出四種主圖（列）放進四種版位（欄）各剩多少面積（0–1）。比例：1:1、4:5、9:16、16:9，順序不拘。\n\n"
            "答案是一張表：索引和欄位都是比例的文字，例如 `\"4:5\"`。"
        ),
        truth=_table,
        slips=(Slip(_upside_down, "有些格子大於 1。裁切只會變小：版位比主圖寬時，要反過來除。"),),
        stub="import pandas as pd",
        solution=(
            'shapes = {"1:1": 1, "4:5": 4 / 5, "9:16": 9 / 16, "16:9": 16 / 9}\n'
            "answer = pd.DataFrame({to: {master: min(b / a, a / b) for master, a in shapes.items()} for to, b in shapes.items()})"
        ),
        research=True,
        points=3,
        explain="兩個比例小的除以大的。",
        hints=("先把比例換成寬 ÷ 高。", "`min(b / a, a / b)` 就是剩下的面積。"),
        wrong=(Wrong(0.5, "DataFrame"),),
    ),
)  # fmt: skip


def _usable() -> float:
    cases = yaml.safe_load(datasets.path("ai/image_cases.yml").read_text(encoding="utf-8"))["cases"]
    return float(sum(case["action"] == "use" for case in cases))


def _whole() -> float:
    plan = layout("4:5", "偏左", "壓在最下面")
    return float(sum(min(plan.survives(t)) > 0.995 for t in PLACEMENTS.values()))


PREDICTIONS = {
    "a": Prediction(
        prompt="只說了風格，光線、取景、比例還剩幾種組合？",
        truth=lambda: float(open_choices({"style": "photo"})[0]),
        show=lambda value: f"{value:.0f} 種",
        why="每一份沒說的清單都會相乘；沒說的事，工具替你決定。",
        close=20,
    ),
    "b": Prediction(
        prompt="4:5 的圖裁成 16:9，面積還剩百分之幾？",
        truth=lambda: 100 * kept("4:5", "16:9"),
        show=lambda value: f"{value:.0f}%",
        why="直的換橫的，兩個比例差多少倍，面積就剩幾分之一。",
        close=5,
    ),
    "c": Prediction(
        prompt="主體偏左、標題壓在最下面，四個版位裡有幾個完整？",
        truth=_whole,
        show=lambda value: f"{value:.0f} 個",
        why="偏左怕直的，壓底怕橫的；只有原本的比例留得住。",
        close=0,
    ),
    "d": Prediction(
        prompt="十個情境裡，有幾個照規定標示就可以直接用？",
        truth=_usable,
        show=lambda value: f"{value:.0f} 個",
        why="有人、有商品承諾、有別人的標誌，就要多做一步。",
        close=0,
    ),
}

