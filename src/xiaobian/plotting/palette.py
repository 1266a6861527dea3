"""Colours of the course and the fixed look of each platform."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NotFound
from ..tables import PLATFORMS

SEA, BRICK, SKY, VIOLET, GRAIN, INK = "#0A4A78", "#A63F16", "#4C9CCB", "#8A35C0", "#B08A10", "#2A1F2A"
PALETTE: dict[str, str] = {"海": SEA, "磚": BRICK, "空": SKY, "紫": VIOLET, "穀": GRAIN, "墨": INK}
TEXT, SECONDARY, HAIRLINE, PAPER = "#22303C", "#5B6875", "#E3E8EC", "#FFFFFF"


@dataclass(frozen=True)
class PlatformStyle:
    """One platform's 正體中文 label, colour (hex) and matplotlib marker."""

    label: str
    colour: str
    marker: str


_STYLES = {
    "facebook": (BRICK, "s"),
    "instagram": (SEA, "o"),
    "threads": (GRAIN, "^"),
    "tiktok": (SKY, "P"),
    "youtube": (VIOLET, "v"),
    "line": (INK, "p"),
    "linkedin": (BRICK, "X"),
    "x": (SEA, "<"),
    "dcard": (VIOLET, "*"),
    "ptt": (GRAIN, ">"),
    "discord": (SKY, "h"),
    "other": (SECONDARY, "8"),
}


def platform_style(platform: str) -> PlatformStyle:
    """The label, colour and marker that a platform keeps through the whole course.

    No brand colours; the markers differ wherever a colour is used twice.

    Raises NotFound for a platform that ``tables.PLATFORMS`` does not name.

    >>> platform_style("instagram")
    PlatformStyle(label='Instagram', colour='#0A4A78', marker='o')
    """
    if platform not in _STYLES:
        raise NotFound(f"沒有「{platform}」這個平台", next_step=f"可用的平台：{'、'.join(PLATFORMS)}")
    colour, marker = _STYLES[platform]
    return PlatformStyle(PLATFORMS[platform], colour, marker)
