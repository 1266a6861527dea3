"""The workbook of the old post-level export: Key Metrics, and the sheets that break actions and clicks down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import ReadError
from . import checks, typed
from .blocks import Block
from .headers import Matching, aliases
from .layout import Built, Context, Fit
from .meta_insights import POSTS
from .notes import Notes, shown
from .picking import Picked, Sieve, pick

ACTIONS = ("likes", "comments", "shares")
FRONT = ("post_id", "permalink", "caption", "post_type", "countries", "languages", "published_at", "targeting",
         "description")  # fmt: skip
STORIES, CLICKS = "lifetime post stories", "lifetime post consumptions"


@dataclass(frozen=True)
class InsightsBook:
    """All sheets of one post-level workbook, joined by post id."""

    key: str = "meta_insights_book"
    platform: str = "facebook"
    label: str = "舊版 Facebook Insights 匯出：貼文，整本活頁簿（2021／22 年以前）"
    family: str = "meta_insights_posts"
    stacked: Literal[True] = True

    def fit_blocks(self, blocks: Sequence[Block]) -> Fit:
        """Key Metrics with at least one sheet of parts beside it, each whole and on a sheet of its own."""
        if len({block.sheet for block in blocks} - {""}) < 2 or _torn(blocks):
            return Fit(0)
        scores = [POSTS.fit(block.matching(aliases(self.family)), ()) for block in blocks]
        best = max(scores, key=lambda fit: fit.score)
        parts = sum("post_id" in _parts(block).roles() for block in blocks) - 1
        return Fit(best.score + parts, best.lacks) if best.score and parts else Fit(0)

    def build_blocks(self, blocks: Sequence[Block], context: Context) -> Built:
        """The posts of Key Metrics with likes, comments, shares and link clicks from the other sheets."""
        if torn := _torn(blocks):
            raise ReadError(
                f"工作表「{shown(torn)}」中間有空白列，後面的列對不上欄名",
                where=context.where,
                next_step="請用平台原始下載的檔案，或刪掉空白列後再讀",
            )
        known = aliases(self.family)
        at = max(range(len(blocks)), key=lambda n: POSTS.fit(blocks[n].matching(known), ()).score)
        matching = blocks[at].matching(known)
        built = POSTS.build(blocks[at].raw(context.notes), matching, context)
        posts, extra, joined = built.tables["posts"], built.extra, 0
        for n, block in enumerate(blocks):
            if n != at:
                figures, left, rows = _sheet(block, posts["post_id"], context.notes)
                posts, joined = posts.assign(**figures), joined + rows
                extra = extra.join(left)
        context.notes.repair(
            f"{len(blocks)} 張工作表依貼文編號併成 {len(posts)} 則；其他工作表的欄位留在 extra"
        )
        accounted = len(posts) + joined
        return replace(built, tables={"posts": posts}, extra=extra, accounted=accounted, cells=matching.cells)


def _torn(blocks: Sequence[Block]) -> str:
    """The first sheet that a blank row cuts in two; empty when there is none."""
    sheets = [block.sheet for block in blocks]
    return next((sheet for sheet in sheets if sheets.count(sheet) > 1), "")


def _parts(block: Block) -> Matching:
    return block.matching(aliases("meta_insights_actions"))


def _sheet(block: Block, ids: pd.Series, notes: Notes) -> tuple[dict[str, Any], pd.DataFrame, int]:
    """Figures for the posts table, columns for ``extra``, and how many rows of a sheet were joined."""
    matching = _parts(block)
    raw = block.raw(notes)
    sieve = Sieve(raw, notes)
    if "post_id" not in matching.roles():
        sieve.drop(np.ones(len(raw.frame), bool), f"工作表「{shown(block.sheet)}」沒有貼文編號，沒有讀")
        return {}, pd.DataFrame(index=pd.Index(ids, name="post_id")), 0
    picked = pick(raw, matching, {}, notes)
    own = typed.stripped(picked.text("post_id"))
    known = set(ids)
    sieve.drop(
        np.array([text not in known for text in own], bool),
        f"工作表「{shown(block.sheet)}」的貼文不在 Key Metrics 裡",
    )
    sieve.drop(
        sieve.keep & pd.Series(own).where(sieve.keep).duplicated().to_numpy(),
        f"工作表「{shown(block.sheet)}」的貼文編號重複",
    )
    figures = _figures(block.sheet, picked, own, ids, sieve)
    others = [cell for cell in matching.cells if cell.role not in FRONT]
    left = {f"{block.sheet}：{cell.name}": typed.numbers(raw.frame[cell.name]).values for cell in others}
    frame = pd.DataFrame(left, index=pd.Index(own, name="post_id"))[sieve.keep]
    return figures, frame, int(sieve.keep.sum())


def _figures(sheet: str, picked: Picked, own: np.ndarray, ids: pd.Series, sieve: Sieve) -> dict[str, Any]:
    """Actions (blank is 0 in this sheet, for the posts that it lists) and link clicks (blank is missing)."""
    folded = sheet.casefold()
    roles = ACTIONS if folded.startswith(STORIES) else ("link_clicks",) if folded.startswith(CLICKS) else ()
    found = {}
    for role in roles:
        if role in picked:
            values, bad = checks.read_counts(
                picked.column(role), picked.header(role), sieve.raw.rows, sieve.notes
            )
            column = pd.Series(values)
            if role in ACTIONS:
                column = column.mask(column.isna().to_numpy() & ~bad, 0)
            by_id = pd.Series(column.array[sieve.keep], index=own[sieve.keep])
            found[role] = by_id.reindex(ids.astype(object)).astype("Int64").array
    if roles == ACTIONS and found:
        sieve.notes.repair(f"工作表「{shown(sheet)}」的空白是 0（這張表的寫法）；按讚、留言、分享取自這裡")
    return found


LAYOUTS = (InsightsBook(),)
