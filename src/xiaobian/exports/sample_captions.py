"""Captions for the sample posts, from the brand's own sentences in ``captions.yml``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Protocol

import yaml

from .draws import Draw


class Captioned(Protocol):
    """What a post must have to be given a caption."""

    platform: str
    format: str
    published: datetime
    caption: str
    hashtags: str


@cache
def sources() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("captions.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def write_captions(posts: Sequence[Captioned], seed: int) -> None:
    """Give every post a caption that suits its day and format; the least used one first."""
    texts = sources()
    used: dict[tuple[str, int], int] = {}
    for post in posts:
        draw = Draw(seed, "caption", post.platform, post.published.isoformat())
        day = post.published.strftime("%m-%d")
        fitting = [n for n, caption in enumerate(texts["captions"]) if _suits(caption, day, post.format)]
        fewest = min(used.get((post.platform, n), 0) for n in fitting)
        chosen = draw.pick([n for n in fitting if used.get((post.platform, n), 0) == fewest])
        used[post.platform, chosen] = fewest + 1
        caption = texts["captions"][chosen]
        parts = [caption["text"]]
        if draw.uniform() < 0.45:
            parts.append(draw.pick(texts["closers"]))
        slots = {name: draw.pick(texts[f"{name}s"]) for name in ("product", "cake", "shop")}
        post.caption = "\n".join(parts).format(**slots)
        if draw.uniform() < (0.9 if post.platform == "instagram" else 0.5):
            tags = [draw.pick(texts["tags"][caption["theme"]]), *draw.shuffled(texts["common_tags"])]
            tags = list(dict.fromkeys(tags))[: draw.whole(2, 4)]
            post.caption += "\n" + " ".join(f"#{tag}" for tag in tags)
            post.hashtags = " ".join(tags)


def _suits(caption: dict[str, Any], day: str, kind: str) -> bool:
    first, last = caption.get("days", ("01-01", "12-31"))
    return first <= day <= last and kind in caption.get("formats", (kind,))
