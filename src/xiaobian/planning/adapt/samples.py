"""The kit's invented messages, posts to fix and hand-made versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ... import datasets
from ...errors import NotFound
from ..calendar.planned import PlannedPost
from .message import Message


@dataclass(frozen=True)
class Fix:
    """One thing that could be done about a post. say: in words; post: after it; lost: what a reader misses then, if anything."""

    say: str
    post: PlannedPost
    lost: str = ""


def messages() -> dict[str, Message]:
    """Every message of the kit by its id.

    >>> list(messages())
    ['mid_autumn', 'cold_brew', 'partner', 'closing', 'tasting']
    """
    rows = datasets.yaml_of(datasets.path("planning/messages.yml"))["messages"]
    return {row["id"]: Message(**{k: v for k, v in row.items() if k != "id"}, message_id=row["id"]) for row in rows}


def sample_message(name: str) -> Message:
    """One of the kit's messages; raises NotFound with the names there are.

    >>> sample_message("tasting").cta
    '報名'
    """
    found = messages()
    if name not in found:
        raise NotFound(f"沒有叫做 {name} 的訊息", next_step=f"現有：{'、'.join(found)}")
    return found[name]


def posts_to_fix(which: str = "lesson") -> list[PlannedPost]:
    """Twelve planned posts that cannot go out as they are: ``lesson`` or ``exercise``.

    >>> len(posts_to_fix()), len(posts_to_fix("exercise"))
    (12, 12)
    """
    if which not in ("lesson", "exercise"):
        raise NotFound(f"沒有叫做 {which} 的貼文", next_step="可用：lesson、exercise")
    return [_post(row) for row in _file()[which]]


def fixes(post_id: str) -> dict[str, Fix]:
    """What could be done about a post of the exercise, by letter.

    >>> fixes("E06")["A"].post.title
    '六款還沒上架的甜點，想聽實話'
    """
    row = next((r for r in _file()["exercise"] if r["post_id"] == post_id), None)
    if row is None:
        raise NotFound(f"練習裡沒有貼文 {post_id}", next_step="可用：E01 到 E12")
    post = _post(row)
    return {
        letter: Fix(option["say"], replace(post, **_plain(option["change"])), option.get("lost", ""))
        for letter, option in row["options"].items()
    }


def handmade_versions() -> dict[str, str]:
    """Five versions of ``mid_autumn`` that were edited by hand in a hurry.

    >>> list(handmade_versions())
    ['facebook', 'instagram', 'threads', 'tiktok', 'line']
    """
    return dict(_file()["handmade"])


@cache
def _file() -> Any:
    return datasets.yaml_of(datasets.path("planning/posts_to_fix.yml"))


def _post(row: dict[str, Any]) -> PlannedPost:
    return PlannedPost(**_plain({k: v for k, v in row.items() if k != "options"}))


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as a post takes them: repeated texts written out, no field names of their own."""
    made = {k: v["repeat"][0] * v["repeat"][1] if isinstance(v, dict) else v for k, v in fields.items()}
    return made | {k: tuple(v) for k, v in made.items() if isinstance(v, list)}
