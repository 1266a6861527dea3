"""Where a card is shown: its size, what the platform covers, and how large it appears on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ... import datasets
from ...errors import NotFound

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the card."""


@dataclass(frozen=True)
class Canvas:
    """One placement. width, height: pixels of the card. safe: what nothing covers. shown: width on a phone, CSS pixels."""

    platform: str
    format: str
    name: str
    width: int
    height: int
    safe: Box
    shown: float

    @property
    def scale(self) -> float:
        """CSS pixels on the phone for one pixel of the card."""
        return self.shown / self.width

    @property
    def margin(self) -> float:
        """Least distance of a text from the edge, in pixels of the card."""
        return rule("margin_share") * min(self.width, self.height)


@cache
def rule(name: str) -> float:
    """A threshold of ``datasets/reference/card_rules.csv``.

    >>> rule("contrast_normal")
    4.5
    """
    table = datasets.reference("card_rules").set_index("id")["value"]
    return float(table[name])


@cache
def canvases() -> dict[tuple[str, str], Canvas]:
    """Every placement that the kit knows, by platform and format, from ``card_formats.csv``.

    >>> canvases()["instagram", "story"].safe
    (0.0, 269.0, 1080.0, 1536.0)
    """
    found = {}
    for row in datasets.reference("card_formats").to_dict("records"):
        width, height = int(row["width"]), int(row["height"])
        safe = (
            float(round(width * row["safe_left"])),
            float(round(height * row["safe_top"])),
            float(round(width * (1 - row["safe_right"]))),
            float(round(height * (1 - row["safe_bottom"]))),
        )
        key = (row["platform"], row["post_format"])
        found[key] = Canvas(*key, row["name"], width, height, safe, rule("phone_px") * row["shown"])
    return found


def canvas(platform: str, format: str) -> Canvas:
    """One placement; raises NotFound with the ones there are.

    >>> canvas("instagram", "image").width
    1080
    """
    known = canvases()
    if (platform, format) not in known:
        names = "、".join(f"{p}／{f}" for p, f in known)
        raise NotFound(f"沒有 {platform}／{format} 的圖卡尺寸", next_step=f"可用的版位：{names}")
    return known[platform, format]
