"""One text, one version a platform, within what each platform allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from ...errors import NotFound, TableError
from ...text import fit
from ..checks import Check, Given, Row, standard
from ..offline import rewriting
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

USUAL = ("facebook", "instagram", "threads", "line")


class Version(BaseModel):
    """One platform's version; the hashtags stand in the text as well."""

    model_config = ConfigDict(extra="ignore")

    platform: str = Field(max_length=20)
    text: str = Field(min_length=1, max_length=2000)
    hashtags: list[str] = Field(default_factory=list, max_length=10)


class Versions(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    versions: list[Version] = Field(min_length=1, max_length=8)


def rewrite(
    assistant: Assistant, text: str, platforms: Sequence[str] = USUAL, *, cta: str = "", tags: Sequence[str] = (),
    must_include: Sequence[str] = (),
) -> Result:  # fmt: skip
    """The text for each platform. cta: the call to action to end with; tags: hashtags that may be added.

    Raises NotFound for a platform without a layout, TableError for an empty text.

    >>> import xiaobian as xb
    >>> result = rewrite(xb.ai.connect(), "新品上架，留言說你想吃哪一款。", ["threads", "x"])
    >>> [version.platform for version in result.data.versions]
    ['threads', 'x']
    """
    if not text.strip():
        raise TableError("沒有可以改寫的文字", where="rewrite")
    layouts = rewriting.platforms()
    for name in platforms:
        if name not in layouts:
            raise NotFound(f"沒有 {name} 的版型", next_step=f"可用的平台：{'、'.join(layouts)}")
    wanted = {name: {"style": layouts[name]["style"], "limit": _limit(name), "hashtags": rewriting.tag_limit(name)} for name in platforms}
    payload = {"text": text, "platforms": wanted, "cta": cta, "tags": list(tags)}

    def checks(data: Versions) -> list[Row]:
        rows = [row for version in data.versions for row in _version(version)]
        got = [version.platform for version in data.versions]
        gone = [name for name in platforms if name not in got]
        return [*rows, Row("平台", not gone, "每個平台都有一版" if not gone else f"少了 {'、'.join(gone)}", "python:platforms", "整組")]

    def _version(version: Version) -> list[Row]:
        name = version.platform
        extra = "\n".join([cta, " ".join(f"#{tag.lstrip('#')}" for tag in tags)])
        given = Given(source=(text, extra), platform=name)
        if name not in layouts:
            return [Row("平台", False, f"沒有要 {name} 這個平台", "python:platforms", name)]
        each = [*standard(must_include), Check("python:length", f"{name}/{layouts[name]['field']}"), Check("python:hashtags", rewriting.tag_limit(name))]
        if cta:
            each.append(Check("python:cta"))
        return [check.run(version.text, given, name) for check in each]

    return run(
        assistant, "rewrite", PROMPTS["rewrite"], payload, Versions,
        lambda data: "\n\n".join(f"【{v.platform}】\n{v.text}" for v in data.versions), checks,
        foreign=("text",), max_tokens=400 + 700 * len(platforms),
        notes=("離線引擎只會整句取捨、換行、移標籤，不會換句話說",) if not assistant.is_ai else (),
    )  # fmt: skip


def _limit(platform: str) -> str:
    try:
        found = fit("", platform, str(rewriting.platforms()[platform]["field"]))
    except NotFound:
        return "不明"
    return f"{found.limit} {found.unit}"
