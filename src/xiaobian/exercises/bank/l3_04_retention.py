"""Questions and predictions of lesson 3.4."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ...analytics.retention.retention_hazard import RetentionHazard, retention_hazard
from ...sandbox import clips, parameters
from ...sandbox.clips import Clip
from ...sandbox.retention import hazard, survival
from ...sandbox.streams import generator
from ...sandbox.world import Tables
from ..predictions import Prediction
from ..questions import Choice, Decision, Number, Option, Order, Slip, TableAnswer, Wrong
from ..worlds import own_world

SCENE = """
柏宇又剪了四支片，明天下午只排得出一個剪接師的時間。佩蓁要你先看留存報表，再說開頭用哪一版、鏡頭補在哪裡。
`report` 裡是這四支片的報表（模擬資料，每個人拿到的不同），和課文那幾支不一樣。
"""

SETUP = """
import xiaobian as xb

xb.use_theme()
ex = xb.exercise("3.4")
report = ex.data()
ex
"""

TITLES = ("試片", "謎片", "短版", "長版")


@cache
def _clips(seed: int) -> tuple[Clip, ...]:
    rng = generator(seed, "clips of an exercise")
    seen, hidden, short = rng.uniform(0.3, 0.6), rng.uniform(0.5, 0.8), rng.uniform(0.3, 0.4)
    return (
        Clip(TITLES[0], float(seen)),
        Clip(TITLES[1], float(hidden)),
        Clip(TITLES[2], float(short), 15.0, 5.0),
        Clip(TITLES[3], float(short) + 0.12, 45.0, 5.0),
    )


@cache
def _report(seed: int) -> Tables:
    return clips.reported(_clips(seed), seed)


def data() -> Tables:
    """The learner's own report of four videos: tables ``posts`` and ``retention``."""
    return _report(own_world("3.4").seed)


def _of(title: str) -> pd.Series:
    posts = data().posts
    return posts[posts["title"] == title].iloc[0]


@cache
def _measured(seed: int) -> RetentionHazard:
    report = _report(seed)
    return retention_hazard(report.retention, report.posts, by="title")


def _s3(title: str) -> float:
    table = _measured(own_world("3.4").seed).table.set_index("group")
    return 100 * float(table["s3"][title])


def _finished(title: str) -> float:
    return 100 * float(_of(title)["finished"])


def _watched_share(title: str) -> float:
    row = _of(title)
    return 100 * float(row["avg_watch_s"]) / float(row["duration_s"])


def _hook() -> float:
    return _clips(own_world("3.4").seed)[1].hook


# The decision: a rule for openings and one for three new shots, tried on hidden films.

RULES = {
    "開頭選": {
        "A": "平均觀看秒數最高的那一版",
        "B": "完播率最高的那一版",
        "C": "第 3 秒還在看的比例最高的那一版",
        "D": "瀏覽次數最多的那一版",
    },
    "三個新畫面放": {
        "E": "離開人數最多的前 3 秒，一秒一個",
        "F": "平均觀看秒數的前後，一秒一個",
        "G": "流失率回升那一秒起，每 6 秒一個",
        "H": "片尾最後 3 秒，一秒一個",
    },
}
FILMS, VERSIONS, TEST_VIEWS, STEP = 60, 3, 3_000, 0.25
TEST_LENGTHS = (12.0, 24.0, 45.0)


@cache
def _films(seed: int) -> dict[str, np.ndarray]:
    """Hidden films: hooks of three openings as tested at different lengths, and the film each one will open."""
    rng = generator(seed, "films to cut")
    hooks = rng.uniform(0.15, 0.85, (FILMS, VERSIONS))
    length = np.array([rng.permutation(TEST_LENGTHS) for _ in range(FILMS)])
    known = parameters.load()
    three, end = survival(known, 3, hooks, 6.0), survival(known, length, hooks, 6.0)
    watch = np.vectorize(lambda h, d: Clip("", h, d).watch_s)(hooks, length)
    return {
        "hooks": hooks,
        "C": rng.binomial(TEST_VIEWS, three),
        "B": rng.binomial(TEST_VIEWS, end),
        "A": watch + rng.normal(0, 0.15, watch.shape),
        "D": rng.random(hooks.shape),
        "duration": rng.uniform(32, 58, FILMS),
        "flat": rng.uniform(8, 14, FILMS),
    }


def _last_beat(films: dict[str, np.ndarray], added: np.ndarray, second: np.ndarray) -> np.ndarray:
    """When something new was last seen, [film, second]; the film's own beats come every 4 s until it goes flat."""
    own = np.minimum(np.floor(second / 4) * 4, films["flat"][:, None])
    for k in range(added.shape[1]):
        shot = added[:, [k]]
        own = np.where(second >= shot, np.maximum(own, shot), own)
    return np.asarray(own)


def _seconds(films: dict[str, np.ndarray], hooks: np.ndarray, added: np.ndarray) -> np.ndarray:
    """Expected seconds watched of each film with these hooks and new shots."""
    second = np.arange(STEP / 2, 60, STEP)[None, :]
    leave = hazard(parameters.load(), second, hooks[:, None], _last_beat(films, added, second))
    alive = np.exp(-np.cumsum(leave, axis=1) * STEP) * (second < films["duration"][:, None])
    return np.asarray(alive.sum(axis=1) * STEP)


def _shots(films: dict[str, np.ndarray], letter: str, mean_s: np.ndarray) -> np.ndarray:
    first, apart = {
        "E": (np.zeros(FILMS) + 0.5, 1),
        "F": (mean_s - 1, 1),
        "G": (films["flat"] + parameters.load()["retention.beat_patience"], 6),
        "H": (films["duration"] - 3, 1),
    }[letter]
    return np.asarray(first[:, None] + apart * np.arange(3)[None, :])


@cache
def _gain(letters: str, seed: int) -> float:
    """Mean seconds per starting viewer gained over the first version without new shots."""
    films, row = _films(seed), np.arange(FILMS)
    never = np.full((FILMS, 1), np.inf)
    before = _seconds(films, films["hooks"][:, 0], never)
    chosen = films["hooks"][row, films[letters[0]].argmax(axis=1)]
    return float((_seconds(films, chosen, _shots(films, letters[1], before)) - before).mean())


@cache
def _best(seed: int) -> float:
    films = _films(seed)
    never = np.full((FILMS, 1), np.inf)
    before = _seconds(films, films["hooks"][:, 0], never)
    added = _shots(films, "G", before)
    return float((_seconds(films, films["hooks"].max(axis=1), added) - before).mean())


def _own_films() -> int:
    return own_world("3.4", 1).seed


def _share(letters: str) -> float:
    return _gain(letters, _own_films()) / _best(_own_films())


def _told(letters: str) -> str:
    gain, best = _gain(letters, _own_films()), _best(_own_films())
    text = f"{gain:+.1f}".replace("-", "−")
    return f"{FILMS} 支沒看過的片，每位開始觀看者平均 {text} 秒；知道真相的人能拿到 +{best:.1f} 秒。"


def _advice(letters: str) -> str:
    opening = _share("C" + letters[1]) - _share(letters)
    shots = _share(letters[0] + "G") - _share(letters)
    if opening >= shots:
        return "下一步：換「開頭選」。試剪的長短不同，要比同一秒。"
    return "下一步：換「三個新畫面放」。想想留下來的人，是從哪一秒開始又變得容易走。"


# The research question.


def _trapezoid(second: np.ndarray, share: np.ndarray) -> float:
    return float((np.diff(second) * (share[1:] + share[:-1]) / 2).sum())


def _by_hand() -> pd.DataFrame:
    rows = {}
    for name, curve in data().retention.groupby("post_id"):
        t, s = curve["second"].to_numpy(float), curve["share_watching"].to_numpy(float)
        rows[name] = {"s3": float(np.interp(3, t, s)), "watch_s": _trapezoid(t, s)}
    return pd.DataFrame(rows).T.rename_axis("post_id")


def _by_position() -> pd.DataFrame:
    found = _by_hand()
    for name, curve in data().retention.groupby("post_id"):
        position = curve["position"].to_numpy(float)
        found.loc[str(name), "watch_s"] = _trapezoid(position, curve["share_watching"].to_numpy(float))
    return found


def _nearest() -> pd.DataFrame:
    found = _by_hand()
    for name, curve in data().retention.groupby("post_id"):
        second, shares = curve["second"].to_numpy(float), curve["share_watching"].to_numpy(float)
        found.loc[str(name), "s3"] = float(shares[np.abs(second - 3).argmin()])
    return found


QUESTIONS = (
    Number(
        prompt=(
            "下面是「試片」的留存曲線。**S(3)** 是多少？也就是開始觀看的人裡，有百分之幾撐過第 3 秒。答到整數就好。"
        ),
        given='trial = report.posts[report.posts["title"] == "試片"]\ncurve = report.retention[report.retention["post_id"].isin(trial["post_id"])]\nxb.analytics.retention_hazard(curve, trial).plot()',
        truth=lambda: _s3(TITLES[0]),
        tolerance=2,
        unit="%",
        decimals=0,
        slips=(
            Slip(lambda: 100 - _s3(TITLES[0]), "這是前 3 秒離開的比例。題目問的是還在看的，用 100% 去減。"),
            Slip(lambda: _finished(TITLES[0]), "這是看到片尾的比例（完播率）。請回到左圖的虛線，讀第 3 秒那一點。"),
            Slip(lambda: _watched_share(TITLES[0]), "這是平均觀看秒數 ÷ 片長。它是整支片的平均，不是第 3 秒那一點。"),
        ),
        explain="左圖虛線和曲線交會的高度，就是撐過 3 秒的比例；標題裡的是離開的比例，兩個加起來是 100%。",
        points=3,
        hints=("看左圖，不是右圖。", "標題寫的是 3 秒內走了多少。用 100% 減掉它。"),
        wrong=(Wrong("一半", "看不出是哪個數字"),),
    ),
    Choice(
        prompt=(
            "「短版」15 秒，「長版」45 秒，開頭不同。下表是平台給的數字。阿洛說：「短版完播率高，以後都用短版的開頭。」\n\n"
            "哪一種比法公平？"
        ),
        given='report.posts[["title", "duration_s", "views", "avg_watch_s", "finished"]]',
        options={
            "A": Option("比完播率，誰高用誰的", "45 秒版要多撐 30 秒才算看完。片長不同，完播率不是同一場考試。"),
            "B": Option("比平均觀看秒數，誰高用誰的", "長版能看的秒數本來就多，15 秒版最高只能到 15。這次換成長版占便宜。"),
            "C": Option("兩支都看第 3 秒還剩多少人", "對。"),
            "D": Option("比平均觀看秒數 ÷ 片長，這樣就把片長除掉了", "曲線一開始掉得最快，片越長，分母越大，這個比例還是偏向短片。"),
        },
        answer="C",
        explain="比開頭，就比同一秒：到第 3 秒為止，兩支片都還沒結束，條件才一樣。",
        hints=("想像兩支片的前 15 秒一模一樣，哪些數字還是會不同？",),
        wrong=(Wrong("A", "同一場考試"), Wrong("B", "占便宜"), Wrong("D", "偏向短片")),
    ),
    Order(
        prompt="拿到一支片的留存報表，要決定怎麼改。把步驟排成順序。",
        items=("看瀏覽次數夠不夠，不到 300 次先不下結論", "讀第 3 秒還剩多少人，連同區間", "和別支片的同一秒比，找出開頭差多少", "看離開的速度在哪一秒又升高", "改開頭，或在升高之前補一個新畫面", "重新上片，用新的曲線驗收"),
        why=("人太少，後面讀的數字都會晃。", "先有自己的數字，才能拿去比。", "先處理人最多的開頭，再看中段。", "知道在哪裡升高，才知道補在哪裡。", "改了才有新的曲線可以看。", ""),
        explain="先看能不能信，再看開頭，然後看中段，最後用新的資料驗收。",
        points=2,
        hints=("第一步和瀏覽次數有關。", "開頭留不住的人，看不到中段；所以先讀開頭。"),
    ),
    Decision(
        prompt=(
            "輪到你定剪接規則，套用到 60 支沒看過的片。每支片試了三個開頭，每版 3,000 次瀏覽，但**試剪的長短不同**"
            "（12、24、45 秒）。正片 32–58 秒，前段有節奏，後面一鏡到底；原片看得出流失率在哪裡回升。"
            "剪接師只來得及補三個新畫面。\n\n"
            "分數是「每位開始觀看者多看的秒數 ÷ 知道真相的人能多拿的秒數」，93% 以上就通過。"
        ),
        choices=RULES,
        share=_share,
        told=_told,
        advice=_advice,
        best="CG",
        floor=0.6,
        enough=0.93,
        explain="開頭比同一秒，鏡頭補在留下來的人又開始走的地方：一個擋住最大的一波，一個守住願意看的人。",
        points=4,
        hints=("課文裡，哪一種比法不受片長影響？", "要看「還在看的人裡有多少離開」，不是離開的人數。"),
        wrong=(Wrong("AG", "同一秒"), Wrong("BG", "同一秒"), Wrong("CF", "三個新畫面放"), Wrong("CE", "三個新畫面放"), Wrong("CH", "又變得容易走"), Wrong("C", "要給 2 個代號")),
    ),
    Number(
        prompt=(
            "「謎片」的**開頭強度**是多少（0–1）？圓圈是報表上的點。換面板的開頭強度，讓曲線疊上圓圈，尤其是前 5 秒；"
            "落在兩檔中間就取中間值。答案會和沙盒的真值比，差 0.06 以內就算對。"
        ),
        given='mystery = report.posts.loc[report.posts["title"] == "謎片", "post_id"]\npoints = report.retention[report.retention["post_id"].isin(mystery)]\nxb.panels.retention_explorer(hook=0.1, beat_every=5, measured=points)',
        truth=_hook,
        tolerance=0.06,
        decimals=2,
        slips=(
            Slip(lambda: _s3(TITLES[1]) / 100, "這是第 3 秒還在看的比例。強度是另一把尺：請讀面板上「開頭強度」那一格。"),
            Slip(lambda: _watched_share(TITLES[1]) / 100, "這是平均觀看秒數 ÷ 片長，混了整支片。只看前 5 秒，換到曲線疊上圓圈為止。"),
        ),
        explain="兩萬次瀏覽的曲線很平滑，開頭強度可以估得很準。",
        points=3,
        hints=("先把片長設成 30 秒，再換開頭強度。", "想用程式：`xb.analytics.retention_hazard(..., by=\"title\").table` 裡的 hook 欄。"),
        wrong=(Wrong(0.1, "偏小"), Wrong("很強", "看不出是哪個數字")),
    ),
    TableAnswer(
        prompt=(
            "**研究軌。** 不用 `retention_hazard()`，自己從 `report.retention` 算每支片的兩個數字：\n\n"
            "`s3`：第 3 秒還在看的比例，在前後兩點之間用直線內插（`np.interp`）；"
            "`watch_s`：平均觀看秒數，也就是曲線下的面積（相鄰兩點連直線，梯形法，單位是秒）。\n\n"
            "答案是一張表：索引是 post_id，欄位是 s3、watch_s。"
        ),
        truth=_by_hand,
        slips=(
            Slip(_by_position, "watch_s 用了 position（0–1）當橫軸，面積變成片長的比例。請改用 second。"),
            Slip(_nearest, "s3 取了最靠近 3 秒的那一點。片越長，點越疏，請在兩點之間內插。"),
        ),
        stub="import numpy as np\nimport pandas as pd",
        solution=(
            "def read(curve):\n"
            '    t, s = curve["second"].to_numpy(float), curve["share_watching"].to_numpy(float)\n'
            "    area = (np.diff(t) * (s[1:] + s[:-1]) / 2).sum()\n"
            '    return {"s3": np.interp(3, t, s), "watch_s": area}\n'
            "\n"
            'rows = {name: read(curve) for name, curve in report.retention.groupby("post_id")}\n'
            "answer = pd.DataFrame(rows).T"
        ),
        research=True,
        points=4,
        explain="平均觀看秒數就是存活曲線下的面積。直線內插會比真正的曲線高一點，因為曲線往下凹。",
        hints=('`report.retention.groupby("post_id")` 一支片一組。', "梯形面積：`np.diff(t)` 乘上相鄰兩點的平均，再加總。"),
        wrong=(Wrong(0.4, "DataFrame"),),
    ),
)  # fmt: skip


@cache
def _lesson(name: str) -> RetentionHazard:
    report = clips.story(name)
    return retention_hazard(report.retention, report.posts, by="title")


def _leave_at_mean() -> float:
    curve = _lesson("posted").curve.set_index("second")["survival"]
    return 100 * float(curve[7] - curve[8])


def _first_seconds(title: str) -> float:
    return 100 * float(_lesson("openings").table.set_index("group")["s3"][title])


def _miss() -> float:
    found = _lesson("openings").table.set_index("group")["hook"]
    return abs(float(found["C 切開生乳捲"]) - clips.STORIES["openings"][2].hook)


def _keeps_better() -> str:
    table = _lesson("lengths").table.sort_values("s3")
    return str(table["group"].iloc[-1]) if table["s3_low"].iloc[-1] > table["s3_high"].iloc[0] else "分不出來"


SMALL = Clip("C 切開生乳捲", 0.72, views=120)


def _spread() -> float:
    curves = clips.batches(SMALL, 100, 7)
    early = curves.loc[(curves["second"] - 3).abs() < 0.01, "share_watching"]
    return 100 * float(early.max() - early.min())


def _beats_worth() -> float:
    plain, mended = clips.STORIES["middle"]
    return mended.watch_s - plain.watch_s


PREDICTIONS = {
    "a": Prediction(
        prompt="平均觀看 7 秒多的片，在第 7 到第 8 秒之間離開的人，占開始觀看者的百分之幾？",
        truth=_leave_at_mean,
        show=lambda value: f"{value:.1f}%",
        why="多數人在前兩秒就走了，少數人看到最後；平均落在兩群人中間，那裡幾乎沒有人離開。",
        close=2,
    ),
    "b": Prediction(
        prompt="A 版撐過 3 秒的大約三成。C 版有百分之幾？",
        truth=lambda: _first_seconds("C 切開生乳捲"),
        show=lambda value: f"{value:.0f}%",
        why="三版只差前 3 秒，留下來的人就差了兩成多，後面全部跟著差。",
        close=4,
    ),
    "c": Prediction(
        prompt="工具只看兩萬次瀏覽的曲線，估 C 版的開頭強度（0–1）。它和真值差多少？",
        truth=_miss,
        show=lambda value: f"{value:.3f}",
        why="兩萬人夠多，開場那一波快速離開的大小看得很清楚。",
        close=0.02,
    ),
    "d": Prediction(
        prompt="15 秒版和 45 秒版，哪一支的開頭比較留得住人？",
        truth=_keeps_better,
        show=str,
        why="完播率要撐到片尾才算，45 秒版要多撐 30 秒。比第 3 秒，名次就換了。",
        options=("15 秒版", "45 秒版", "分不出來"),
    ),
    "e": Prediction(
        prompt="同一支片放給 100 批觀眾，每批 120 次瀏覽。撐過 3 秒的比例，最高和最低的一批差幾個百分點？",
        truth=_spread,
        show=lambda value: f"{value:.0f} 個百分點",
        why="片子沒有變，變的是剛好滑到它的那 120 個人。",
        close=5,
    ),
    "f": Prediction(
        prompt="中段每 5 秒補一個新畫面，每位開始觀看者平均多看幾秒？",
        truth=_beats_worth,
        show=lambda value: f"{value:.1f} 秒",
        why="補鏡頭救的是已經留下來的人，他們本來還可以再看很久。",
        close=0.7,
    ),
    "g": Prediction(
        prompt="新開頭的強度是 0.85，撐過 3 秒的會有百分之幾？",
        truth=lambda: 100 * Clip("D", 0.85).alive(3),
        show=lambda value: f"{value:.0f}%",
        why="強度是 0–1 的尺，不是比例。再好的開頭，滑過來的人還是會走掉一批。",
        close=4,
    ),
}
