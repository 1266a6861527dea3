"""From a picture's specification to prompts for the usual tools, with what has to be cleared before it may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from ...errors import TableError
from ..checks import Check, Given, Row
from ..offline import image_words as words
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant

RIGHTS = (
    "素材與參考圖都是自己的，或有授權紀錄", "沒有可辨認的真人；有的話取得肖像同意", "沒有模仿在世藝術家或別家品牌的識別",
    "圖裡的文字、商標、商品外觀逐一核對過", "不會讓人誤以為是實拍的商品或活動", "發佈時照平台規定標示 AI 生成",
    "替代文字寫好了", "工具的商用授權看過條款與日期",
)  # fmt: skip
"""What a person ticks before a generated picture is used (設計參數); the law and each tool's terms go first."""


class Spec(BaseModel):
    """What the picture should be. style, light, framing, colours: keys of the word lists, or own words."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=120)
    setting: str = Field(default="", max_length=120)
    style: str = Field(default="photo", max_length=60)
    light: str = Field(default="soft", max_length=60)
    framing: str = Field(default="close", max_length=60)
    colours: str = Field(default="", max_length=60)
    ratio: str = Field(default="4:5", pattern=r"^\d{1,2}:\d{1,2}$")
    people: bool = False
    space_for_text: bool = True
    avoid: list[str] = Field(default_factory=list, max_length=10)


class ImagePrompt(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    prompt: str = Field(min_length=4, max_length=900)
    negative: list[str] = Field(max_length=20)
    caption_zh: str = Field(max_length=200)
    midjourney: str = Field(default="", max_length=1200)
    canva: str = Field(default="", max_length=900)
    gpt_image: str = Field(default="", max_length=1200)
    rights: list[str] = Field(default_factory=list, max_length=12)
    size: str = Field(default="", max_length=12)


def image_prompt(assistant: Assistant, spec: Any, **fields: Any) -> Result:
    """Prompts for Midjourney, Canva and GPT-image from one specification; ``draw`` makes the stand-in picture.

    Raises TableError for a specification that will not do.

    >>> import xiaobian as xb
    >>> image_prompt(xb.ai.connect(), "米穀戚風切片").data.midjourney.split(" --")[1]
    'ar 4:5'
    """
    order = _spec(spec, fields)
    payload = {"spec": order.model_dump()}

    def amend(data: ImagePrompt) -> ImagePrompt:
        negative = list(dict.fromkeys([*data.negative, *words.never(order.people)]))[:20]
        return data.model_copy(
            update={
                "negative": negative, "midjourney": words.midjourney(data.prompt, negative, order.ratio),
                "canva": words.canva(data.prompt, data.caption_zh), "gpt_image": words.gpt_image(data.prompt, negative),
                "rights": list(RIGHTS), "size": words.size(order.ratio),
            }
        )  # fmt: skip

    def checks(data: ImagePrompt) -> list[Row]:
        given = Given(source=(order.subject, order.setting, *order.avoid, order.colours, order.style))
        return [
            Check("not-contains-any", list(words.FORBIDDEN), name="不點名藝術家或品牌").run(data.prompt.casefold(), given, "提示詞"),
            Check("python:no-pii").run(data.prompt, given, "提示詞"),
            Check("python:tw-words").run(data.caption_zh, given, "替代文字"),
            Row("替代文字", bool(data.caption_zh.strip()), f"{len(data.caption_zh)} 字", "python:alt", "替代文字"),
            Row("權利清單", None, f"{len(data.rights)} 項要由人打勾", "python:rights", "發佈前"),
        ]

    return run(
        assistant, "image_prompt", PROMPTS["image_prompt"], payload, ImagePrompt, _text, checks, max_tokens=900, amend=amend,
        notes=("離線引擎不會翻譯：主體與場景照你寫的中文放進提示詞，攝影用語才是英文",) if not assistant.is_ai else (),
    )  # fmt: skip


def _spec(spec: Any, fields: dict[str, Any]) -> Spec:
    try:
        if isinstance(spec, Spec):
            return spec.model_copy(update=fields)
        return Spec(**{**({"subject": spec} if isinstance(spec, str) else dict(spec)), **fields})
    except pydantic.ValidationError as problem:
        place = ".".join(map(str, problem.errors()[0]["loc"]))
        raise TableError(
            f"圖片規格的「{place}」不能這樣寫", where="image_prompt",
            next_step='最少要給 subject，例如 image_prompt(assistant, "桌上的米穀戚風", ratio="4:5")',
        ) from None  # fmt: skip


def _text(data: ImagePrompt) -> str:
    rights = "\n".join(f"□ {line}" for line in data.rights)
    return (
        f"Midjourney：{data.midjourney}\nCanva：{data.canva}\nGPT-image：{data.gpt_image}\n不要出現：{'、'.join(data.negative)}\n"
        f"替代文字：{data.caption_zh}\n使用前：\n{rights}"
    )
