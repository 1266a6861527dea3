"""The words of picture prompts: styles, light and framing in English, and the forms that the tools take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

STYLES = {
    "photo": ("product photography, natural textures", "實拍感"), "flat": ("flat vector illustration, clean shapes", "扁平插畫"),
    "watercolour": ("soft watercolour illustration", "水彩插畫"), "minimal": ("minimal still life, plain backdrop", "極簡靜物"),
    "paper": ("layered paper-cut illustration", "紙雕"), "retro": ("retro print poster, slight grain", "復古印刷"),
}  # fmt: skip
LIGHT = {
    "soft": ("soft window light", "柔和的窗光"), "morning": ("early morning side light", "清晨側光"),
    "evening": ("warm late-afternoon light", "傍晚暖光"), "studio": ("even studio light", "均勻棚光"),
    "night": ("low-key warm indoor light", "夜間室內暖光"),
}  # fmt: skip
FRAMING = {
    "close": ("close-up, shallow depth of field", "近景"), "top": ("top-down flat lay", "俯拍"),
    "wide": ("wide shot with surroundings", "遠景"), "eye": ("eye-level, centred", "平視"), "hand": ("in use, hands only", "只拍手部"),
}  # fmt: skip
SIZES = {"1:1": "1024x1024", "4:5": "1024x1280", "9:16": "1024x1820", "16:9": "1820x1024", "2:3": "1024x1536", "3:2": "1536x1024"}
FORBIDDEN = (
    "in the style of", "miyazaki", "ghibli", "disney", "pixar", "marvel", "pokemon", "starbucks", "nike", "apple inc", "celebrity",
    "宮崎駿", "吉卜力", "迪士尼", "皮克斯", "漫威", "寶可夢", "村上隆", "草間彌生", "星巴克", "的風格",
)  # fmt: skip
"""Words that ask for somebody else's work or mark (設計參數, not complete)."""


def _word(table: dict[str, tuple[str, str]], key: str) -> tuple[str, str]:
    return table.get(key, (key, key))


def never(people: bool) -> list[str]:
    """What no picture of ours should hold."""
    rest = [] if people else ["people", "faces"]
    return ["text", "letters", "watermark", "logo", "extra fingers", *rest]


def size(ratio: str) -> str:
    """Pixels of a ratio, as the images endpoint takes them.

    >>> size("4:5")
    '1024x1280'
    """
    if ratio in SIZES:
        return SIZES[ratio]
    wide, high = (max(1, int(part)) for part in ratio.split(":"))
    unit = 1024 / min(wide, high)
    return f"{min(2048, round(wide * unit))}x{min(2048, round(high * unit))}"


def build(spec: dict[str, Any]) -> dict[str, Any]:
    """A prompt from the specification's own words and the lists; the subject stays in the learner's language."""
    style, light, framing = _word(STYLES, spec["style"]), _word(LIGHT, spec["light"]), _word(FRAMING, spec["framing"])
    space = "empty space on one side for a headline" if spec.get("space_for_text") else ""
    parts = [spec["subject"], spec.get("setting"), framing[0], light[0], spec.get("colours"), style[0], space]
    zh = [f"{spec['subject']}", spec.get("setting"), framing[1], light[1], style[1]]
    return {
        "prompt": ", ".join(part for part in parts if part),
        "negative": [*spec.get("avoid", []), *never(bool(spec.get("people")))],
        "caption_zh": "，".join(part for part in zh if part) + "。",
    }  # fmt: skip


def midjourney(prompt: str, negative: list[str], ratio: str) -> str:
    """One line for Midjourney, with its parameters."""
    return f"{prompt} --ar {ratio} --no {', '.join(negative)}"


def canva(prompt: str, caption: str) -> str:
    """One description for Canva's picture generator."""
    return f"{caption.rstrip('。')}。{prompt}"


def gpt_image(prompt: str, negative: list[str]) -> str:
    """Sentences for a GPT image model, which takes no parameters."""
    return f"Create one image: {prompt}. Do not include {', '.join(negative)}."


def open_choices(spec: Mapping[str, object]) -> tuple[int, list[str]]:
    """How many different pictures a specification still allows, counted over the word lists, and what it leaves open.

    >>> open_choices({"style": "photo", "light": "soft", "framing": "close", "ratio": "4:5"})
    (1, [])
    """
    lists: dict[str, tuple[str, Mapping[str, object]]] = {
        "style": ("風格", STYLES), "light": ("光線", LIGHT), "framing": ("取景", FRAMING), "ratio": ("比例", SIZES),
    }  # fmt: skip
    left = {label: len(words) for key, (label, words) in lists.items() if not spec.get(key)}
    return math.prod(left.values()), list(left)
