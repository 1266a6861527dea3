"""Does a reply under a hostile comment cool it down? Four marks anyone can check, each with the words it was judged from.

The four: it speaks of the issue, it does not mock, it says once what is not acceptable (where somebody was attacked), and
it offers a way out of the thread. The words are those of ``reply_cues.yml``; weights are design choices (設計參數). Words
can be faked: the score finds a bad habit, it does not prove a good reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets import yaml_of
from ...errors import KitError
from ...plotting import spaced

MARKS = {
    "addresses_issue": "回到那件事",
    "no_sarcasm": "不酸、不回嗆",
    "boundary": "說出界線",
    "exit": "給一條出路",
}
NEXT = {
    "addresses_issue": "挑對方說的一件事，寫出發生了什麼、你要做什麼、什麼時候做。",
    "no_sarcasm": "拿掉這幾個字，念一次給生氣的人聽。",
    "boundary": "對事可以罵；對人的那一句，說一次「這不行」，不必說兩次。",
    "exit": "給一個離開留言串的方法：私訊、電話、幾點前回。",
}
WEIGHTS = {"no_sarcasm": 0.25, "addresses_issue": 0.4, "rest": 0.35}
"""Of the score; ``rest`` is shared by the exit and, where somebody was attacked, the boundary (設計參數)."""
ENOUGH = 0.5
"""From so much evidence on, a reply speaks of the issue (設計參數)."""
SAME, KINDS, HOLLOW = 0.4, (0.0, 0.3, 0.6), 0.5
"""Evidence: for speaking of the same thing, for 0, 1, 2 or more kinds of substance, against for a hollow sentence (設計參數)."""
SERVING = ("service", "substance", "hollow", "boundary", "exit")
"""Groups of cues of which one at least shows that somebody serves."""
_QUOTED = re.compile("「[^」]*」")
_HAN = re.compile(r"[一-鿿]{2,}")
_COMMON = frozenset(
    ["我們", "你們", "一個", "真的", "這樣", "怎麼", "什麼", "可以", "不是", "就是", "還是", "沒有", "是不", "不要", "有沒", "都是", "的是", "了我", "自己", "知道", "現在", "已經", "我的", "你的", "們的", "根本", "到底", "一下"]
)  # fmt: skip


@dataclass(frozen=True)
class Cue:
    """A pattern with its reason."""

    id: str
    pattern: re.Pattern[str]
    why: str


@dataclass(frozen=True)
class Seen:
    """A place in a text that a cue points at. span: start and end in characters."""

    span: tuple[int, int]
    text: str
    cue: str
    why: str


@dataclass(frozen=True)
class Mark:
    """One of the four. holds: None where it does not apply. seen: the words it was judged from."""

    id: str
    holds: bool | None
    why: str
    seen: tuple[Seen, ...] = ()

    @property
    def name(self) -> str:
        """In 正體中文."""
        return MARKS[self.id]


@cache
def _cues() -> dict[str, Any]:
    held = yaml_of(Path(__file__).parent / "reply_cues.yml")
    found: dict[str, Any] = {
        group: tuple(Cue(row["id"], re.compile(row["pattern"]), row["why"]) for row in part["rules"])
        for group, part in held.items()
        if "rules" in part
    }
    found["topics"] = {name: re.compile(words) for name, words in held["topics"]["words"].items()}
    found["no_exit"] = re.compile("|".join(held["no_exit"]["patterns"]))
    return found


def seen(text: str, group: str) -> tuple[Seen, ...]:
    """Where the cues of a group point, in the order of the text; one place a cue.

    >>> [s.cue for s in seen("你才是智障", "hot")]
    ['mirror', 'insult_back']
    """
    hits = [(cue, found) for cue in _cues()[group] if (found := cue.pattern.search(text))]
    places = [Seen(found.span(), found[0], cue.id, cue.why) for cue, found in hits]
    return tuple(sorted(places, key=lambda place: place.span))


def attacks(text: str) -> tuple[Seen, ...]:
    """The words of a comment that attack a person rather than a thing.

    >>> [s.why for s in attacks("小編是不是沒帶腦出門")]
    ['罵人的智力或人格']
    >>> attacks("等了一小時，餅還是碎的")
    ()
    """
    return seen(_text(text, "comment"), "abuse")


@dataclass(frozen=True, repr=False)
class Deescalation:
    """What a reply does. score: 0–1. marks: the four by id. reply, to: what was judged."""

    score: float
    marks: dict[str, Mark]
    reply: str
    to: str = ""
    table: pd.DataFrame = field(compare=False, default_factory=pd.DataFrame)

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of the marks that apply and do not hold."""
        return tuple(mark.id for mark in self.marks.values() if mark.holds is False)

    def say(self) -> str:
        """Score, what holds, and the first thing to mend, in 正體中文."""
        held = [mark.name for mark in self.marks.values() if mark.holds]
        told = f"{self.score:.2f} 分（滿分 1）。" + (f"做到了：{'、'.join(held)}。" if held else "")
        if not self.missing:
            return spaced(told + "四項裡該有的都有了；再讀一次，說到的要做得到。")
        order = ("no_sarcasm", "addresses_issue", "boundary", "exit")
        first = self.marks[next(name for name in order if name in self.missing)]
        return spaced(f"{told}先補「{first.name}」：{first.why}。{NEXT[first.id]}")

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：看的是字句，不是誠意；權重是設計參數"


def deescalate(reply: str, to: str = "") -> Deescalation:
    """Judge a reply by four marks; ``to`` is the comment it answers.

    The boundary is asked for only where ``to`` attacks a person; without ``to`` a reply speaks of the issue when it holds
    two kinds of substance (what is done, why, when or how much …). Scorn takes everything else away: nobody reads on.

    Raises KitError for what is no text.

    >>> warm = deescalate("三盒碎掉，真的沒辦法送人，對不起。今天重寄一盒，單號請傳私訊。", to="禮盒到貨碎了三盒")
    >>> warm.score, warm.missing
    (1.0, ())
    >>> deescalate("碎掉也一樣好吃啊😂", to="禮盒到貨碎了三盒").marks["no_sarcasm"].why
    '「😂」：笑臉和笑聲，在生氣的人看來是嘲笑'
    """
    reply, to = _text(reply, "reply"), _text(to, "to")
    hot = _hot(reply)
    amount, issue = _issue(reply, to, hot)
    marks = {
        "addresses_issue": issue,
        "no_sarcasm": _calm(reply, hot),
        "boundary": _boundary(reply, to, hot),
        "exit": _exit(reply, hot),
    }
    score = _score(marks, amount) if reply.strip() else 0.0
    rows = [(MARKS[m.id], _word(m.holds), m.why, "、".join(s.text for s in m.seen)) for m in marks.values()]
    table = pd.DataFrame(rows, columns=["項目", "有沒有", "為什麼", "看到的字"]).set_index("項目")
    return Deescalation(score, marks, reply, to, table)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise KitError(
            f"要檢查的不是文字，而是 {type(value).__name__}", where=f"參數 {where}", next_step="請給一段文字"
        )
    return value


def _word(holds: bool | None) -> str:
    return "不適用" if holds is None else "有" if holds else "沒有"


def _quoted(places: Iterable[Seen]) -> str:
    return "；".join(f"「{place.text}」：{place.why}" for place in places)


def _hot(reply: str) -> tuple[Seen, ...]:
    """Words that make it hotter; what is quoted is somebody else's. Without a word of service, the whole is a retort."""
    found = seen(_QUOTED.sub(lambda quote: "□" * len(quote[0]), reply), "hot")
    if found or not reply.strip() or any(seen(reply, group) for group in SERVING):
        return found
    return (Seen((0, len(reply)), reply, "retort", "沒有一句在處理事情，聽起來像頂嘴"),)


def _calm(reply: str, hot: tuple[Seen, ...]) -> Mark:
    if not reply.strip():
        return Mark("no_sarcasm", False, "還沒有寫")
    return Mark("no_sarcasm", not hot, _quoted(hot) or "沒有看到嘲笑、反話或回嗆", hot)


def _shared(reply: str, to: str) -> tuple[str, ...]:
    """Topics that both speak of, or two characters in a row that both hold."""
    topics = [name for name, words in _cues()["topics"].items() if words.search(to) and words.search(reply)]
    pairs = {run[at : at + 2] for run in _HAN.findall(to) for at in range(len(run) - 1)} - _COMMON
    return tuple(topics) or tuple(pair for pair in sorted(pairs) if pair in reply)[:1]


def _issue(reply: str, to: str, hot: tuple[Seen, ...]) -> tuple[float, Mark]:
    """Evidence 0–1 that the reply speaks of the issue, and the mark."""
    given, hollow = seen(reply, "substance"), seen(reply, "hollow")
    same = _shared(reply, to) if to else ()
    amount = KINDS[min(len(given), 2)] + (SAME if same or not to else 0.0)
    amount = max(0.0, min(1.0, amount - HOLLOW * bool(hollow and len(given) < 3)))
    if hot:
        return 0.0, Mark("addresses_issue", False, "酸的話後面，對方不會再讀", hot[:1])
    holds = amount >= ENOUGH and bool(given)
    if holds:
        return amount, Mark("addresses_issue", True, "；".join(dict.fromkeys(s.why for s in given)), given)
    if hollow:
        return amount, Mark("addresses_issue", False, _quoted(hollow[:1]), hollow)
    why = "沒有說要做什麼、為什麼、什麼時候" if not given else "沒有接到對方說的那件事"
    return amount, Mark("addresses_issue", False, why, given)


def _boundary(reply: str, to: str, hot: tuple[Seen, ...]) -> Mark:
    attacked, drawn = attacks(to), () if hot else seen(reply, "boundary")
    if not attacked:
        return Mark("boundary", None, "對方沒有攻擊人，不必劃界線", drawn)
    return Mark(
        "boundary", bool(drawn), _quoted(drawn[:1]) or f"對方{attacked[0].why}，回覆沒有說這不行", drawn
    )


def _exit(reply: str, hot: tuple[Seen, ...]) -> Mark:
    ways = () if hot or _cues()["no_exit"].search(reply) else seen(reply, "exit")
    return Mark("exit", bool(ways), _quoted(ways[:1]) or "沒有離開留言串的方法，只能繼續在這裡吵", ways)


def _score(marks: dict[str, Mark], amount: float) -> float:
    if not marks["no_sarcasm"].holds:
        return 0.0
    rest = [marks[name].holds for name in ("boundary", "exit") if marks[name].holds is not None]
    enough = 1.0 if marks["addresses_issue"].holds else amount
    total = (
        WEIGHTS["no_sarcasm"]
        + WEIGHTS["addresses_issue"] * enough
        + WEIGHTS["rest"] * sum(map(bool, rest)) / len(rest)
    )
    return round(total, 3)
