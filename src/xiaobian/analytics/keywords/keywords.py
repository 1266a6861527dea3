"""What people search for and ask, gathered under one spelling each, and what the posts do not answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...datasets import SIMULATED
from ...errors import TableError
from ..collected import collected
from ..measures import NOTES, simulated
from ..result import Result
from . import model, words

if TYPE_CHECKING:
    from ...plotting import Chart

FEWEST = 3
_TEXT = ("query", "keyword", "text", "caption")
_COUNT = ("count", "searches", "impressions")


@dataclass(frozen=True, repr=False)
class Keywords(Result):
    """What ``keywords()`` found.

    table: a row a group, most asked first: keyword (the text most like the others), asked (times), share of all asked
    (0–1) with low and high (95 %, Wilson), spellings (different texts), examples, seed (the seed word it contains, or
    missing), posts (captions that answer it, missing without captions), gap (asked at least 3 times and no caption).
    total: everything asked. looked: texts given.
    """

    table: pd.DataFrame
    total: float
    looked: int
    captions: int | None
    unseen: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def gaps(self) -> pd.DataFrame:
        """What is asked and not answered, most asked first."""
        return self.table[self.table["gap"].fillna(False)].reset_index(drop=True)

    def say(self) -> str:
        """What is asked most, the biggest gap, and what this cannot tell."""
        return words.say(self)

    def plot(self, number: int = 12) -> Chart:
        """How often each keyword is asked, and which have no answer."""
        return self.captioned(words.draw(self, number))


def keywords(
    texts: pd.DataFrame | pd.Series | Sequence[str],
    posts: pd.DataFrame | Sequence[str] | None = None,
    seeds: Iterable[str] = (),
    *,
    questions_only: bool | None = None,
) -> Keywords:
    """Gather searches or comments by what they ask, and compare with captions.

    texts: searches (a frame with query and if known count), comments (a frame with text), or strings; frames of any
    engine (fetched whole: texts are read one by one). posts: a posts
    table with caption, or captions. seeds: words of your own list; groups are marked with them and seeds that nobody
    asked are named. questions_only: keep only texts that ask something; None does so for a comments table.

    Spellings are made alike (full width, capitals, polite words), then grouped by character n-grams
    (``keywords_model.groups``): no list of words is needed, so new product names come along. A caption answers a
    group when it has 40 % of the weight of its n-grams; that is a hint to look, not understanding.

    Raises TableError when there is no text.

    >>> asked = ["台北店幾點開？", "請問台北店幾點開", "禮盒可以宅配嗎", "台北店幾點開呢"]
    >>> table = keywords(asked, posts=["台北店每天早上十點開門，幾點開都有人"]).table
    >>> table[["keyword", "asked"]].values.tolist()
    [['台北店幾點開', 3.0], ['禮盒可以宅配嗎', 1.0]]
    """
    texts, posts = collected(texts), collected(posts)
    raw, count, is_comments = _texts(texts)
    looked = len(raw)
    if questions_only or (questions_only is None and is_comments):
        asked = [model.questions(t) for t in raw]
        keep = np.array([t != "" for t in asked], dtype=bool)
        raw, count = [t for t in asked if t], count[keep]
    cores = [model.core(t) for t in raw]
    spelled = pd.DataFrame({"core": cores, "raw": raw, "n": count})
    spelled = spelled[spelled["core"] != ""]
    notes = list(getattr(texts, "attrs", {}).get(NOTES, ()))
    if spelled.empty:
        raise TableError(
            "沒有一句可以整理的文字",
            where=f"收到 {looked} 句",
            next_step="留言表只看問句；要看全部，加 questions_only=False",
        )
    table = _grouped(spelled)
    captions = _captions(posts)
    if posts is not None and captions is None:
        notes.append("貼文表的文案是空白的，沒有比對哪些已經回答過")
    marks, unseen = _seeded(table, spelled, [s for s in seeds if str(s).strip()])
    table["seed"] = pd.array(marks, dtype="string")
    table["posts"] = pd.array(_answered(table, captions), dtype="Int64")
    unanswered = (table["asked"] >= FEWEST) & (table["posts"] == 0)
    table["gap"] = (
        unanswered.astype("boolean")
        if captions is not None
        else pd.array([pd.NA] * len(table), dtype="boolean")
    )
    total = float(spelled["n"].sum())
    table = table.join(_wilson(table["asked"].to_numpy(dtype=float), total))
    if (isinstance(texts, pd.DataFrame) and simulated(texts)) or (
        isinstance(posts, pd.DataFrame) and simulated(posts)
    ):
        notes.append(SIMULATED)
    shown = ["keyword", "asked", "share", "low", "high", "spellings", "examples", "seed", "posts", "gap"]
    return Keywords(
        table[shown], total, looked, None if captions is None else len(captions), tuple(unseen), tuple(notes)
    )


def _texts(texts: pd.DataFrame | pd.Series | Sequence[str]) -> tuple[list[str], np.ndarray, bool]:
    if isinstance(texts, str) or texts is None:
        raise TableError(
            "這裡要的是好幾句文字，或一張表", where="參數 texts", next_step="一句話請放進 [ ] 裡"
        )
    if not isinstance(texts, pd.DataFrame):
        found = [str(t) for t in texts if not pd.isna(t)]
        return found, np.ones(len(found)), False
    column = next((c for c in _TEXT if c in texts), None)
    if column is None:
        raise TableError(
            "表裡找不到文字欄",
            where=f"現有欄位 {'、'.join(map(str, texts.columns))}",
            next_step="搜尋詞用 query 欄，留言用 text 欄",
        )
    known = texts[texts[column].notna()]
    counted = next((c for c in _COUNT if c in known), None) if column in ("query", "keyword") else None
    count = (
        pd.to_numeric(known[counted]).to_numpy(dtype=float, na_value=0.0)
        if counted
        else np.ones(len(known), dtype=float)
    )
    if (count < 0).any():
        raise TableError("次數不能是負的", where=f"欄位 {counted}")
    return known[column].astype(str).tolist(), count, column == "text"


def _captions(posts: pd.DataFrame | Sequence[str] | None) -> list[str] | None:
    if posts is None:
        return None
    if isinstance(posts, pd.DataFrame):
        if "caption" not in posts:
            raise TableError(
                "貼文表沒有文案", where="欄位 caption", next_step="請用有文案的貼文表，或直接給一串文案"
            )
        posts = posts["caption"].dropna().astype(str).tolist()
    return [model.normal(str(caption)) for caption in posts] or None


def _grouped(spelled: pd.DataFrame) -> pd.DataFrame:
    """A row a group with its name, times asked, spellings and examples; ``members`` are cores."""
    unique = spelled.groupby("core", sort=False, as_index=False)[["n"]].sum()
    unique["group"] = model.groups(unique["core"].tolist(), unique["n"].to_numpy(dtype=float))
    original = spelled.drop_duplicates("core").set_index("core")["raw"]
    rows = []
    unique = unique.sort_values("n", ascending=False, kind="stable")
    for _, part in unique.groupby("group", sort=False):
        members = part["core"].tolist()
        named = members[model.middle_text(members[:200], part["n"].to_numpy(dtype=float)[:200])]
        rows.append(
            (
                model.shown(original[named]),
                float(part["n"].sum()),
                len(part),
                "、".join(original[m] for m in members[:3]),
                members,
            )
        )
    table = pd.DataFrame(rows, columns=["keyword", "asked", "spellings", "examples", "members"])
    return table.sort_values(["asked", "keyword"], ascending=[False, True], kind="stable", ignore_index=True)


def _seeded(table: pd.DataFrame, spelled: pd.DataFrame, seeds: list[str]) -> tuple[list[Any], list[str]]:
    """The first seed word each group contains, and the seeds that nobody asked."""
    plain = {seed: model.normal(seed).replace(" ", "") for seed in seeds}
    found: list[Any] = []
    for members in table["members"]:
        joined = [m.replace(" ", "") for m in members]
        votes = {seed: sum(word in m for m in joined) for seed, word in plain.items() if word}
        best = max(votes, key=votes.__getitem__, default=None)
        found.append(best if best is not None and votes[best] * 2 >= len(joined) else pd.NA)
    everything = " ".join(spelled["core"].str.replace(" ", ""))
    return found, [seed for seed, word in plain.items() if word and word not in everything]


def _answered(table: pd.DataFrame, captions: list[str] | None) -> list[Any]:
    """Captions that cover each group: one of its five most frequent spellings; missing without captions."""
    if captions is None:
        return [pd.NA] * len(table)
    if not captions:
        return [0] * len(table)
    places = [(i, m) for i, members in enumerate(table["members"]) for m in members[:5]]
    found = model.coverage([m for _, m in places], captions) >= model.COVERED
    owner = np.array([i for i, _ in places])
    return [int(found[owner == i].any(axis=0).sum()) for i in range(len(table))]


def _wilson(asked: np.ndarray, total: float) -> pd.DataFrame:
    """Share of everything asked with Wilson's 95 % interval (JASA 22, 1927, doi:10.1080/01621459.1927.10502953)."""
    share, z = asked / total, 1.96
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    width = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    return pd.DataFrame(
        {"share": share, "low": np.clip(centre - width, 0, 1), "high": np.clip(centre + width, 0, 1)}
    )
