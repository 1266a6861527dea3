"""Which topics are worth borrowing: the gate of risk first, then fit × momentum × life × room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..analytics.result import Result
from ..datasets import SIMULATED
from ..errors import TableError
from ..plotting.wording import spaced
from .bursts import Bursts
from .risks import ASK, CLEAR, STOP, gate

if TYPE_CHECKING:
    from ..plotting import Chart

LEAST = 0.12
"""Score from which a borrowed post is worth the ordinary one it replaces (設計參數)."""
DELAY = 1.0
"""Days from the decision to the post (設計參數)."""
FACTORS = ("fit", "momentum", "life", "room")
LABELS = {"fit": "契合", "momentum": "熱度", "life": "剩餘壽命", "room": "還有位子"}
DO, WAIT, DONT = "可以做", "不做", "停"


@dataclass(frozen=True, repr=False)
class Opportunity(Result):
    """What ``opportunity()`` found.

    table: a row a topic, best first, stopped ones last: topic, decision (可以做、不做、先查、停), score (0–1, missing where
    the gate stopped it), fit, momentum, life, room (0–1), half_life (days), low and high (the score at the ends of the
    half-life's 80 % interval), gate, risk, words (what hit), why.
    """

    table: pd.DataFrame
    least: float
    delay: float
    notes: tuple[str, ...]

    @property
    def accepted(self) -> list[str]:
        """Topics to post about."""
        return list(self.table.loc[self.table["decision"] == DO, "topic"])

    def say(self) -> str:
        """What to post, what to leave, and what must not be touched, in 正體中文."""
        counts = self.table["decision"].value_counts()
        told = [
            f"{len(self.table)}個話題：可以做{counts.get(DO, 0)}個、不做{counts.get(WAIT, 0)}個、"
            f"先查來源{counts.get(ASK, 0)}個、停{counts.get(DONT, 0)}個。"
        ]
        if self.accepted:
            best = self.table.iloc[0]
            told.append(f"第一名是「{best['topic']}」，分數{best['score']:.2f}（{_factors(best)}）。")
        stopped = self.table[self.table["decision"] == DONT]
        if len(stopped):
            kinds = "、".join(dict.fromkeys(stopped["risk"]))
            told.append(f"停的不看分數：{kinds}。字面清單只是第一道，最後要有人讀過來源。")
        return spaced("".join(told))

    def plot(self) -> Chart:
        """Scores with their factors; stopped topics named without a score."""
        from .opportunity_plot import draw

        return self.captioned(draw(self))


def _factors(row: Any) -> str:
    return "、".join(f"{LABELS[name]}{row[name]:.0%}" for name in FACTORS)


def opportunity(
    topics: pd.DataFrame,
    brand: Mapping[str, float],
    seen: Bursts | None = None,
    *,
    of: int | None = None,
    delay: float = DELAY,
    least: float = LEAST,
) -> Opportunity:
    """Score topics for a brand; a risk stops a topic before there is a score.

    score = fit × momentum × life × room. fit: mean weight of the topic's tags for the brand. momentum: share of today's
    talk that is above the usual, excess ÷ (1 + excess). life: share of that momentum which is left after ``delay``
    days by the topic's half-life. room: 1 − the share of rival brands that already posted. A product, not a sum: a topic
    that lacks one of them is worth nothing however much it has of the others.

    topics: topic, and tags (separated by 、) or fit (0–1); rivals (brands that posted) or saturation (0–1), nobody
    when both lack; note and risk for the gate; excess and half_life (days) unless ``seen`` is given.
    brand: weight of each tag (0–1); a tag it does not name counts 0. seen: what ``bursts()`` found, by topic name.
    of: how many rival brands are watched (needed with rivals). delay: days until the post is up.
    least: the score from which to post.

    Raises TableError for missing columns, shares outside 0–1, a topic that ``seen`` does not know, or a delay below 0.

    >>> table = pd.DataFrame({"topic": ["冷泡茶", "颱風夜"], "tags": ["茶、甜點", "茶"], "note": ["自嘲照", "撤離"],
    ...                       "excess": [3.0, 9.0], "half_life": [2.0, 2.0]})
    >>> opportunity(table, {"茶": 1, "甜點": 0.8}).table[["topic", "decision", "score"]].round(2).to_numpy().tolist()
    [['冷泡茶', '可以做', 0.61], ['颱風夜', '停', nan]]
    """
    _check(topics, delay)
    table = pd.DataFrame({"topic": topics["topic"].astype(str).to_numpy()})
    table["fit"] = _fit(topics, brand)
    table["room"] = 1 - _crowd(topics, of)
    table = table.assign(**_motion(topics, seen, delay))
    table["score"] = table[list(FACTORS)].prod(axis=1, skipna=False)
    for name in ("low", "high"):
        table[name] = table["fit"] * table["room"] * table.pop(f"left_{name}")
    verdicts = [
        gate(*texts)
        for texts in zip(table["topic"], _text(topics, "note"), _text(topics, "risk"), strict=True)
    ]
    table["gate"] = [v.state for v in verdicts]
    for name in ("risk", "words", "why"):
        table[name] = [getattr(v, name) for v in verdicts]
    table["decision"] = [
        _decided(state, score, least) for state, score in zip(table["gate"], table["score"], strict=True)
    ]
    table.loc[table["gate"] == STOP, ["score", "low", "high"]] = np.nan
    rank = table["decision"].map({DO: 0, ASK: 1, WAIT: 2, DONT: 3})
    table = table.assign(rank=rank).sort_values(["rank", "score"], ascending=[True, False], kind="stable")
    return Opportunity(_ordered(table), least, delay, _notes(table, topics, brand, seen))


_COLUMNS = [
    "topic",
    "decision",
    "score",
    "low",
    "high",
    *FACTORS,
    "half_life",
    "gate",
    "risk",
    "words",
    "why",
]


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    return table[_COLUMNS].reset_index(drop=True)


def _decided(state: str, score: float, least: float) -> str:
    """The gate first; an unknown origin is only worth looking up when the score would do."""
    if state == STOP:
        return DONT
    if not score >= least:
        return WAIT
    return DO if state == CLEAR else ASK


def _check(topics: pd.DataFrame, delay: float) -> None:
    if "topic" not in topics or not ("tags" in topics or "fit" in topics):
        raise TableError(
            "話題的表少了 topic，或沒有 tags 也沒有 fit",
            next_step="需要 topic，加上 tags（用、分開）或 fit（0–1）",
        )
    if topics["topic"].duplicated().any():
        raise TableError("同一個話題出現兩列", where="欄位 topic", next_step="請先合併成一列")
    if not delay >= 0:
        raise TableError(f"delay 是決定之後幾天上線，不能是 {delay}", where="參數 delay")


def _text(topics: pd.DataFrame, name: str) -> list[str]:
    if name not in topics:
        return [""] * len(topics)
    return [str(cell) for cell in topics[name].astype("string").fillna("")]


def _share(topics: pd.DataFrame, name: str) -> np.ndarray:
    values = pd.to_numeric(topics[name], errors="coerce").to_numpy(dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise TableError(
            f"{name} 要在 0 到 1 之間，而且不能空白", where=f"欄位 {name}", next_step="百分比請先除以 100"
        )
    return values


def _fit(topics: pd.DataFrame, brand: Mapping[str, float]) -> np.ndarray:
    if "fit" in topics:
        return _share(topics, "fit")
    bad = [tag for tag, weight in brand.items() if not 0 <= float(weight) <= 1]
    if bad:
        raise TableError(f"標籤的權重要在 0 到 1 之間：{'、'.join(bad)}", where="參數 brand")
    tags = [
        [t for t in text.replace(",", "、").replace("，", "、").split("、") if t]
        for text in _text(topics, "tags")
    ]
    return np.array(
        [np.mean([float(brand.get(t.strip(), 0)) for t in mine]) if mine else 0.0 for mine in tags]
    )


def _crowd(topics: pd.DataFrame, of: int | None) -> np.ndarray:
    if "saturation" in topics:
        return _share(topics, "saturation")
    if "rivals" not in topics:
        return np.zeros(len(topics))
    if not of:
        raise TableError(
            "知道幾家跟了，還要知道總共看幾家",
            where="參數 of",
            next_step="請加上 of=，例如 of=12；分母是你固定在看的同業",
        )
    return _share(topics.assign(saturation=pd.to_numeric(topics["rivals"]) / of), "saturation")


def _motion(topics: pd.DataFrame, seen: Bursts | None, delay: float) -> dict[str, np.ndarray]:
    """Momentum, what is left of it after the delay, and the half-life with its interval."""
    if seen is None:
        missing = [name for name in ("excess", "half_life") if name not in topics]
        if missing:
            raise TableError(
                f"不知道話題的熱度：少了 {'、'.join(missing)}",
                next_step="先跑 bursts(volumes)，再用 seen= 傳進來",
            )
        now = topics[["excess", "half_life"]].astype(float)
        now = now.assign(low=now["half_life"], high=now["half_life"], phase="退燒")
    else:
        known = seen.now.set_index("topic")
        unknown = [t for t in topics["topic"].astype(str) if t not in known.index]
        if unknown:
            raise TableError(
                f"bursts 的結果裡沒有這些話題：{'、'.join(unknown[:3])}",
                where="參數 seen",
                next_step="兩張表的 topic 要寫得一樣",
            )
        now = known.loc[list(topics["topic"].astype(str))]
    excess = now["excess"].to_numpy(dtype=float)
    momentum = excess / (1 + excess)
    left = {name: _left(now, name, delay) for name in ("half_life", "low", "high")}
    with np.errstate(invalid="ignore", divide="ignore"):
        life = np.where(momentum > 0, left["half_life"] / momentum, 0.0)
    return {
        "momentum": momentum,
        "life": life,
        "half_life": now["half_life"].to_numpy(dtype=float),
        "left_low": left["low"],
        "left_high": left["high"],
    }


def _left(now: pd.DataFrame, column: str, delay: float) -> np.ndarray:
    """Momentum after the delay; a rising topic is held level, which is a guess."""
    life = now[column].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.where((now["phase"] == "退燒").to_numpy(), 2.0 ** (-delay / life), 1.0)
    excess = now["excess"].to_numpy(dtype=float) * np.nan_to_num(kept)
    return np.asarray(excess / (1 + excess))


def _notes(
    table: pd.DataFrame, topics: pd.DataFrame, brand: Mapping[str, float], seen: Bursts | None
) -> tuple[str, ...]:
    notes = [SIMULATED] if seen is not None and SIMULATED in seen.notes else []
    if "note" not in topics:
        notes.append("沒有來源備註，字面上沒風險的也只能算「先查」")
    if "rivals" not in topics and "saturation" not in topics:
        notes.append("不知道有幾家同業跟了，當成還沒有人跟")
    tags = {t.strip() for text in _text(topics, "tags") for t in text.split("、") if t.strip()}
    if "fit" not in topics and (unknown := sorted(tags - set(brand))):
        notes.append(f"這些標籤沒有權重，契合當成 0：{'、'.join(unknown[:5])}")
    return tuple(notes)
