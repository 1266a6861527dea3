"""A brand story as a four-week arc, and a score of how consistently a set of texts tells it. Rules anyone can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from .. import datasets
from ..analytics.result import Result
from ..errors import TableError
from ..plotting import spaced
from ..tables import PILLARS

_FILE = Path(__file__).with_name("story.yml")
MOST_POSTS = 60
CHECKS = {
    "motif": "帶著共同的意象",
    "beat": "講的是這一拍",
    "follow": "留一個鉤子到下一則",
    "hero": "看得到主角",
}
WHOLE = {"order": "四拍照順序、都出現", "return": "結尾回到開頭的願望", "promo": "優惠不超過四分之一"}
_PROMO_MOST = 0.25


@cache
def beats() -> Mapping[str, Mapping[str, Any]]:
    """The four beats in order: name, job, pillars, asks, cues."""
    return dict(datasets.yaml_of(_FILE)["beats"])


@dataclass(frozen=True)
class Story:
    """A brand story in five parts. hero: who; wish: what he wants; obstacle: what stands in the way; change: what helped;
    invitation: what the reader can do. motifs: words for things that come back in every piece (two or three).

    Raises TableError when a part is empty or there is no motif.
    """

    hero: str
    wish: str
    obstacle: str
    change: str
    invitation: str
    motifs: tuple[str, ...]

    def __post_init__(self) -> None:
        names = {"hero": "主角", "wish": "願望", "obstacle": "阻礙", "change": "改變", "invitation": "邀請"}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in names and not (isinstance(value, str) and value.strip()):
                raise TableError(
                    f"故事少了{names[field.name]}", where=f"參數 {field.name}", next_step="用一句話寫下來"
                )
        if isinstance(self.motifs, str) or not [m for m in self.motifs if str(m).strip()]:
            raise TableError("至少要有一個共同的意象", where="參數 motifs", next_step='例如 ("米香", "蒸籠")')


def story_arc(story: Story, per_week: int = 3) -> pd.DataFrame:
    """Four weeks, a beat a week: a row a post with week, beat, name, pillar, asks, motif and start (what it begins from).

    per_week: posts that carry the story each week, 1–15.

    >>> tea = Story("阿嬤", "把米香傳下去", "機器做不出那個味道", "改回蒸籠", "來店裡聞聞看", ("米香", "蒸籠"))
    >>> story_arc(tea, 1)["beat"].tolist()
    ['start', 'struggle', 'turn', 'together']
    """
    if isinstance(per_week, bool) or not isinstance(per_week, int) or not 1 <= 4 * per_week <= MOST_POSTS:
        raise TableError(f"一週 {per_week!r} 則，要是 1 到 {MOST_POSTS // 4} 的整數", where="參數 per_week")
    starts = {
        "start": story.wish,
        "struggle": story.obstacle,
        "turn": story.change,
        "together": story.invitation,
    }
    rows: list[tuple[Any, ...]] = []
    for week, (beat, given) in enumerate(beats().items(), 1):
        for k in range(per_week):
            pillar = given["pillars"][k % len(given["pillars"])]
            motif = story.motifs[(len(rows)) % len(story.motifs)]
            rows.append(
                (week, beat, given["name"], pillar, given["asks"], motif, f"{story.hero}：{starts[beat]}")
            )
    return pd.DataFrame(rows, columns=["week", "beat", "name", "pillar", "asks", "motif", "start"])


@dataclass(frozen=True, repr=False)
class Consistency(Result):
    """How consistently texts tell a story. score: share of the checks that hold, 0–1. table: a row a post with a column a check
    (whether it holds). whole: the checks of the arc as a whole. mend: the first things to mend, in words.
    """

    score: float
    table: pd.DataFrame
    whole: Mapping[str, bool]
    mend: tuple[str, ...]

    def say(self) -> str:
        """The score and the first things to mend."""
        head = f"一致性 {self.score:.0%}"
        if not self.mend:
            return spaced(f"{head}：每一則都接得上。")
        return spaced(f"{head}。先改：{'；'.join(self.mend[:3])}。")


def consistency(posts: pd.DataFrame, story: Story) -> Consistency:
    """Score a four-week arc.

    posts: in order of publishing, a row a post: beat (start, struggle, turn, together), text, and pillar where there is one.
    Each text is checked for the hero, a motif, a word of its beat and, but for the last, a hook to the next; the arc for the
    order of its beats, the return of the wish in the last week, and promotions of at most a quarter. Words are looked for as
    written, so a low score means "look again", not "bad".

    Raises TableError for missing columns, no posts or more than 60, or an unknown beat.

    >>> tea = Story("阿嬤", "把米香傳下去", "機器做不出那個味道", "改回蒸籠", "來店裡聞聞看", ("米香", "蒸籠"))
    >>> consistency(pd.DataFrame({"beat": ["start"], "text": ["阿嬤一直想留住米香"]}), tea).whole["order"]
    False
    """
    table = _checked(posts)
    rows = [
        _checks(str(r["text"]), str(r["beat"]), i == len(table) - 1, story)
        for i, r in enumerate(table.to_dict("records"))
    ]
    each = pd.DataFrame(rows, columns=list(CHECKS), index=table.index)
    whole = _whole(table, story)
    held = [*each.to_numpy().ravel().tolist(), *whole.values()]
    marks = pd.concat([table[["beat"]], each], axis=1)
    return Consistency(sum(held) / len(held), marks, whole, _mend(table, each, whole, story))


def _checked(posts: pd.DataFrame) -> pd.DataFrame:
    if missing := [column for column in ("beat", "text") if column not in posts]:
        raise TableError(f"表裡少了欄位 {'、'.join(missing)}", where="參數 posts")
    if not 1 <= len(posts) <= MOST_POSTS:
        raise TableError(f"要有 1 到 {MOST_POSTS} 則，收到 {len(posts)} 則", where="參數 posts")
    unknown = ~posts["beat"].isin(list(beats()))
    if unknown.any():
        row = int(unknown.to_numpy().argmax())
        raise TableError(
            f"不認得「{posts['beat'].iloc[row]}」這一拍", where=f"第 {row + 1} 列的 beat",
            next_step="可用的有：" + "、".join(f"{k}（{b['name']}）" for k, b in beats().items()),
        )  # fmt: skip
    return posts.reset_index(drop=True)


def _checks(text: str, beat: str, last: bool, story: Story) -> tuple[bool, ...]:
    follow = datasets.yaml_of(_FILE)["follow"]
    return (
        any(motif in text for motif in story.motifs),
        any(cue in text for cue in beats()[beat]["cues"]),
        last or any(word in text for word in follow),
        story.hero in text,
    )


def _whole(table: pd.DataFrame, story: Story) -> dict[str, bool]:
    order = [list(beats()).index(beat) for beat in table["beat"]]
    ending = "".join(table.loc[table["beat"] == "together", "text"].astype(str))
    promo = (table["pillar"] == "promo").mean() if "pillar" in table else 0.0
    return {
        "order": order == sorted(order) and set(order) == set(range(len(beats()))),
        "return": _shares(story.wish, ending),
        "promo": bool(promo <= _PROMO_MOST),
    }


def _shares(wish: str, text: str) -> bool:
    """Whether a text takes up two neighbouring characters of the wish at least twice, or all of a short one."""
    pairs = {wish[i : i + 2] for i in range(len(wish) - 1)} or {wish}
    return sum(pair in text for pair in pairs) >= min(2, len(pairs))


def _mend(
    table: pd.DataFrame, each: pd.DataFrame, whole: Mapping[str, bool], story: Story
) -> tuple[str, ...]:
    found = []
    if not whole["order"]:
        found.append("四拍要照起、承、轉、合的順序，而且每一拍都要有")
    if not whole["return"]:
        found.append(f"最後一週沒有回到開頭的願望（{story.wish}）")
    if not whole["promo"]:
        found.append("優惠超過四分之一，故事變成型錄")
    advice = {
        "motif": f"加進共同的意象（{'、'.join(story.motifs)}）", "beat": "先回答這一拍的問題", "follow": "結尾留一個鉤子到下一則",
        "hero": f"讓人看得到{story.hero}",
    }  # fmt: skip
    for place, (_, row) in enumerate(each.iterrows()):
        missing = [advice[name] for name in CHECKS if not row[name]]
        if missing:
            name = beats()[str(table["beat"].iloc[place])]["name"]
            found.append(f"第 {place + 1} 則（{name}）{missing[0]}")
    return tuple(found)


def arc_table(arc: pd.DataFrame) -> pd.DataFrame:
    """An arc with labels a reader understands, for showing."""
    return pd.DataFrame(
        {
            "週": arc["week"], "這一拍": arc["name"], "支柱": arc["pillar"].map(PILLARS), "要回答": arc["asks"],
            "意象": arc["motif"], "從這裡寫起": arc["start"],
        }
    )  # fmt: skip
