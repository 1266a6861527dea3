"""From drawn numbers to the tables a platform would export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..tables import CTAS, EMOTIONS, conform, declared
from . import accounts
from .audience import audience_table
from .engine import PLATFORMS, Design, Outcome, by_name, has_link
from .parameters import Parameters
from .retention import retention_table
from .sessions import sessions_table
from .streams import generator
from .words.captions import captions
from .words.comments import Brief, write_comments

if TYPE_CHECKING:
    from .world import World

ERA = "views-2024"
NO_SAVES = ("facebook", "youtube", "line")
WITH_WORDS = "yusui"
MEDIUM = {"video": "video", "short_video": "video", "live": "video", "image": "image", "carousel": "image"}


class Frames(Mapping[str, pd.DataFrame]):
    """Tables by name; one given as a function is made when it is first asked for."""

    def __init__(self, tables: Mapping[str, pd.DataFrame | Callable[[], pd.DataFrame]]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        made = self._tables[name]
        if not isinstance(made, pd.DataFrame):
            made = self._tables[name] = made()
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def assemble(
    world: World, plan: pd.DataFrame, design: Design, outcome: Outcome, weeks: int, purpose: tuple[str, ...]
) -> Frames:
    """All tables of a span of ``weeks`` weeks from the world's start.

    Captions and comments are written for the running brand only: the templates speak of its products.
    What not everyone reads is made when it is asked for; each table has its own stream of chance, so no order matters.
    """
    p, days = world.parameters, weeks * 7

    def stream(name: str) -> np.random.Generator:
        return generator(world.seed, *purpose, name)

    posts = _posts(plan, design, outcome)
    day = design.day.astype(np.int64)
    follows = np.zeros((len(PLATFORMS), days), dtype=np.int64)
    np.add.at(follows, (design.platform, day), outcome.follows)
    promo = accounts.promo_share(design.platform, day, (plan["pillar"] == "promo").to_numpy(), days)
    bots = world.bots(days) if purpose[0] == "history" else None
    daily = accounts.follower_days(world.effects, stream("followers"), follows, promo, bots)
    posts["followers_at_post"] = daily["followers"][design.platform, np.maximum(day - 1, 0)]
    retention, watched = _videos(p, stream("videos"), plan, posts)
    posts = posts.merge(watched, on="post_id", how="left")
    kept, numbers, last = plan.copy(), posts, daily["followers"][:, -1]
    later: dict[str, pd.DataFrame | Callable[[], pd.DataFrame]] = {
        "plan": plan,
        "account_days": lambda: accounts.account_days(numbers, world.accounts, world.start, p, daily),
        "audience": lambda: _audience(world, stream("audience"), last, days),
        "retention": retention,
        "sessions": lambda: _sessions(world, stream("sessions"), kept, numbers, days),
    }
    if world.brand == WITH_WORDS:
        number = posts["comments"].to_numpy(dtype=np.int64)
        both = cache(partial(_comments, p, stream("comments"), kept, design, number))
        later |= {"comments": lambda: both()["comments"], "comment_labels": lambda: both()["comment_labels"]}
        posts = posts.merge(captions(stream("captions"), plan), on="post_id", how="left")
    return Frames({"posts": conform(posts, "posts"), **later})


def _posts(plan: pd.DataFrame, design: Design, outcome: Outcome) -> pd.DataFrame:
    known = plan[["post_id", "platform", "account", "published_at", "format"]].copy()
    known["is_paid"] = (plan["boost_ntd"] > 0).to_numpy()
    for name in ("views", "reach", "likes", "comments", "shares", "saves", "link_clicks", "follows"):
        known[name] = pd.array(vars(outcome)[name], dtype="Int64")
    known.loc[~has_link(design), "link_clicks"] = pd.NA
    known.loc[plan["platform"].isin(NO_SAVES).to_numpy(), "saves"] = pd.NA
    known["metric_era"] = ERA
    return known


def _videos(
    parameters: Parameters, rng: np.random.Generator, plan: pd.DataFrame, posts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table ``retention``, and length and watch time of every video post."""
    ranges = parameters["retention.seconds"]
    chosen = plan["format"].isin(list(ranges)).to_numpy()
    length = np.array([ranges[name] for name in plan["format"][chosen]], dtype=float).reshape(-1, 2)
    videos = pd.DataFrame(
        {
            "post_id": plan["post_id"][chosen],
            "hook": plan["hook"][chosen],
            "duration_s": rng.uniform(length[:, 0], length[:, 1]).round(),
            "views": posts["views"][chosen],
            "beat_every": rng.uniform(*_range(parameters, "retention.beat_every"), chosen.sum()),
        }
    ).reset_index(drop=True)
    curve, watched = retention_table(parameters, rng, videos)
    return curve, watched.merge(videos[["post_id", "duration_s"]], on="post_id")


def _range(parameters: Parameters, name: str) -> tuple[float, float]:
    low, high = parameters[name]
    return float(low), float(high)


def _audience(world: World, rng: np.random.Generator, followers: np.ndarray, days: int) -> pd.DataFrame:
    last = (world.start + pd.Timedelta(days=days - 1)).date()
    table = audience_table(
        world.parameters, rng, dict(zip(PLATFORMS, map(int, followers), strict=True)), last
    )
    return table.assign(account=table["platform"].map(world.accounts).astype("string"))


def briefs(parameters: Parameters, plan: pd.DataFrame, design: Design, number: np.ndarray) -> list[Brief]:
    """What the comments under each post are like: topics of its pillar, negative share of its feeling and place."""
    p = parameters
    negative = by_name(p["engagement.share_negative"], EMOTIONS)[design.emotion]
    negative = np.minimum(
        negative * by_name(p["engagement.platform_negative"], PLATFORMS)[design.platform], 0.9
    )
    heat = np.where(design.emotion == list(EMOTIONS).index("anger"), 1.0, 0.0)
    tags = np.where(design.cta == list(CTAS).index("tag"), 4.0, 1.0)
    return [
        Brief(int(n), platform, topics=p["comments.topics"][pillar], negative=float(bad), heat=float(hot), intents={"tag": float(tag)}, medium=MEDIUM.get(form, "any"))
        for n, platform, pillar, bad, hot, tag, form in zip(
            number, plan["platform"], plan["pillar"], negative, heat, tags, plan["format"], strict=True
        )
    ]  # fmt: skip


def _comments(
    parameters: Parameters, rng: np.random.Generator, plan: pd.DataFrame, design: Design, number: np.ndarray
) -> dict[str, pd.DataFrame]:
    """Tables ``comments`` and ``comment_labels`` of all posts, ``number`` of them under each, in order of time."""
    p = parameters
    written = write_comments(rng, briefs(p, plan, design, number))
    post, n = written["brief"].to_numpy(), len(written)
    hours = by_name(p["comments.hours"], PLATFORMS)[design.platform[post]] * np.exp(
        p["comments.hours_sd"] * rng.standard_normal(n)
    )
    written["post_id"] = plan["post_id"].to_numpy()[post]
    published = plan["published_at"].iloc[post].reset_index(drop=True)
    written["created_at"] = published + pd.to_timedelta((hours * 3600).round(), "s")
    written["author"] = _authors(p, rng, n)
    written["likes"] = rng.poisson(rng.gamma(0.5, 2.0, n))
    written = written.sort_values(["created_at", "post_id"], kind="stable").reset_index(drop=True)
    written["comment_id"] = [f"c{i:06d}" for i in range(1, n + 1)]
    written["reply_to"] = _replies(p, rng, written)
    return {name: declared(written, name) for name in ("comments", "comment_labels")}


def _authors(parameters: Parameters, rng: np.random.Generator, n: int) -> np.ndarray:
    """Pseudonyms: a few regulars write much, most people once."""
    regulars = parameters["comments.regulars"]
    often = np.minimum(rng.zipf(1.6, n), regulars)
    number = np.where(
        rng.random(n) < parameters["comments.regular_share"], often, regulars + 1 + rng.permutation(n)
    )
    return np.array([f"u{i:05d}" for i in number])


def _replies(parameters: Parameters, rng: np.random.Generator, written: pd.DataFrame) -> pd.Series:
    """The comment before, under the same post, for a share of the comments."""
    before = written.groupby("post_id")["comment_id"].shift(1)
    return before.where(rng.random(len(written)) < parameters["comments.replies"])


PAGES = {"product": "/products", "lifestyle": "/blog", "story": "/about", "interact": "/", "promo": "/sale"}


def _sessions(
    world: World, rng: np.random.Generator, plan: pd.DataFrame, posts: pd.DataFrame, days: int
) -> pd.DataFrame:
    """Table ``sessions``: the clicks of each day's posts, tagged with month and pillar, beside other visits."""
    day = posts["published_at"].dt.tz_localize(None).dt.normalize()
    clicks = pd.DataFrame(
        {
            "date": day,
            "platform": posts["platform"],
            "campaign": day.dt.strftime("%Y-%m") + "_" + plan["pillar"].to_numpy(),
            "page": plan["pillar"].map(PAGES).to_numpy(),
            "link_clicks": posts["link_clicks"].fillna(0),
        }
    )
    daily = clicks.groupby(["date", "platform", "campaign", "page"], as_index=False)[["link_clicks"]].sum()
    return sessions_table(world.parameters, rng, daily, pd.date_range(world.start, periods=days))[0]
