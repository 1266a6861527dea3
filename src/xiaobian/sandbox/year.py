"""The running brand's year: every sample table of the course, drawn once from a fixed seed.

The year ends where the sample exports begin, so that the brand's followers go on without a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ..tables import declared, table
from .crisis.room import Crisis
from .history import briefs
from .plans import design
from .streams import generator
from .words.comments import write_comments
from .world import World

SEED = 20250224
WEEKS = 52
HELD_OUT = 2_000
TRIALS = {"line_subject": 24_000, "cover_photo": 60_000, "opening_line": 16_000, "price_first": 140_000,
          "cta_verb": 32_000, "emoji": 80_000, "send_hour": 24_000, "gift_photo": 300_000}  # fmt: skip
CRISIS, CRISIS_START, CRISIS_DELAY = "wrong_price", "2025-10-14 09:00", 21


class Part(NamedTuple):
    """One file of the year: the declared table it follows, its title, and how many decimals it keeps."""

    table: str
    title: str
    decimals: int = 4


PARTS: Mapping[str, Part] = {
    "posts": Part("posts", "一年的貼文", 1),
    "plan": Part("plan", "一年的發文企劃（發佈前就知道的事）"),
    "account_days": Part("account_days", "六個帳號每天的數字"),
    "audience": Part("audience", "年底的受眾組成"),
    "retention": Part("retention", "每支影片的留存曲線"),
    "sessions": Part("sessions", "網站工作階段"),
    "comments": Part("comments", "一年的留言"),
    "comment_labels": Part("comment_labels", "留言的標註"),
    "held_out_comments": Part("comments", "保留作測試的留言（句型不在一年的留言裡）"),
    "held_out_labels": Part("comment_labels", "保留留言的標註"),
    "rivals": Part("rivals", "四家虛構競品每天的公開數字"),
    "creators": Part("creators", "三百位虛構創作者"),
    "trials": Part("trials", "八個 A/B 測試"),
    "mentions": Part("mentions", "一次危機的每小時聲量"),
    "crisis_comments": Part("comments", "同一次危機的留言"),
    "crisis_labels": Part("comment_labels", "危機留言的標註"),
}


def build(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Every part of the year by name, in the order of ``PARTS``."""
    world = World(seed)
    past = world.history(WEEKS)
    frames = {name: past.frames[name] for name in past}
    frames |= _held_out(world, frames["plan"])
    frames["rivals"], frames["creators"] = world.rivals(WEEKS), world.creators()
    frames["trials"] = pd.concat(
        [world.experiment(name, people) for name, people in TRIALS.items()], ignore_index=True
    )
    frames |= _crisis(world)
    return {name: declared(frames[name], part.table) for name, part in PARTS.items()}


def _held_out(world: World, plan: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Comments from the templates kept for testing, spread over the posts of the year."""
    few = plan.iloc[:: len(plan) // (HELD_OUT // 4)].head(HELD_OUT // 4).reset_index(drop=True)
    arrays = design(few, world.start, world.parameters)
    number = pd.Series(4, index=few.index).to_numpy()
    written = write_comments(
        generator(world.seed, "held out"), briefs(world.parameters, few, arrays, number), held_out=True
    )
    post = written["brief"].to_numpy()
    written["post_id"] = few["post_id"].to_numpy()[post]
    written["created_at"] = few["published_at"].iloc[post].reset_index(drop=True)
    written["comment_id"] = [f"h{i:05d}" for i in range(1, len(written) + 1)]
    return {"held_out_comments": written, "held_out_labels": written}


def _crisis(world: World) -> dict[str, pd.DataFrame]:
    """The brand's crisis of the year: seen late, answered with what was known, as firms usually do."""
    crisis = Crisis(
        CRISIS, world.seed, world.parameters, reputation=world.traits["reputation"], start=CRISIS_START
    )
    crisis.advance(CRISIS_DELAY)
    crisis.respond("inform")
    while not crisis.done:
        crisis.advance(24)
    return {
        "mentions": crisis.mentions,
        "crisis_comments": crisis.comments(),
        "crisis_labels": crisis.comment_labels(),
    }


def csv(name: str, frame: pd.DataFrame) -> bytes:
    """One part as UTF-8 CSV, the same bytes on every computer."""
    text = frame.copy()
    for column in table(PARTS[name].table).columns:
        if column.dtype.startswith("datetime64[us, "):
            text[column.name] = text[column.name].map(lambda moment: moment.isoformat(), na_action="ignore")
        elif column.dtype == "float64":
            text[column.name] = text[column.name].round(PARTS[name].decimals)
    return text.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n").encode("utf-8")
