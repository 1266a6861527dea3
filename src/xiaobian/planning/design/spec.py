"""The card as data: background, plain shapes, text blocks with a role, and its alt text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import KitError
from .canvas import Canvas, canvas
from .reading import CardError, read

ROLES = {"headline": "標題", "sub": "副標", "body": "內文", "cta": "行動呼籲", "logo": "品牌名"}
KINDS = ("rect", "ellipse", "ring", "leaf", "hill")
DIRECTIONS = ("down", "right", "diagonal")
ALIGNS = ("left", "center", "right")
FONTS = {"sans": "黑體", "serif": "明體"}
SMALLEST, LARGEST, LONGEST = 8, 600, 500


def _colour(value: str, where: str) -> None:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise CardError(f"看不懂顏色「{value}」", where=where, next_step="請寫成 #RRGGBB，例如 #2A241F")


def _one_of(value: str, allowed: Any, where: str) -> None:
    if value not in allowed:
        raise CardError(f"沒有「{value}」這個選項", where=where, next_step=f"可用的有 {'、'.join(allowed)}")


def _between(value: float, low: float, high: float, where: str) -> None:
    if not low <= value <= high:
        raise CardError(f"{value:g} 超出範圍", where=where, next_step=f"請用 {low:g} 到 {high:g} 之間的數字")


@dataclass(frozen=True)
class Background:
    """One colour, or a gradient from ``colour`` to ``to`` (``down``, ``right`` or ``diagonal``)."""

    colour: str = "#FFFFFF"
    to: str = ""
    direction: str = "down"

    def __post_init__(self) -> None:
        _colour(self.colour, "background 的 colour")
        if self.to:
            _colour(self.to, "background 的 to")
        _one_of(self.direction, DIRECTIONS, "background 的 direction")


@dataclass(frozen=True)
class Shape:
    """A plain shape in a box. kind: rect, ellipse, ring, leaf or hill. x, y, width, height, radius, stroke: pixels.

    opacity: 0–1. turn: degrees clockwise about the middle.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    colour: str
    opacity: float = 1.0
    radius: float = 0.0
    stroke: float = 0.0
    turn: float = 0.0

    def __post_init__(self) -> None:
        _one_of(self.kind, KINDS, "shapes 的 kind")
        _colour(self.colour, f"shapes 的 {self.kind}")
        _between(self.opacity, 0, 1, f"shapes 的 {self.kind}，opacity")
        _between(self.width, 1, 6000, f"shapes 的 {self.kind}，width")
        _between(self.height, 1, 6000, f"shapes 的 {self.kind}，height")


@dataclass(frozen=True)
class Block:
    """One piece of text.

    role: headline, sub, body, cta or logo. x, y: left and top of its column in pixels; width: of the column.
    size: of the type, pixels. leading: from line to line, in sizes. tracking: extra space between signs, in sizes.
    fill: colour of a button behind the text, or empty.
    """

    role: str
    text: str
    x: float
    y: float
    width: float
    size: float
    colour: str
    align: str = "left"
    font: str = "sans"
    bold: bool = False
    leading: float = 1.4
    tracking: float = 0.0
    fill: str = ""

    def __post_init__(self) -> None:
        where = f"blocks 的 {self.role}"
        _one_of(self.role, ROLES, "blocks 的 role")
        if not self.text.strip():
            raise CardError("這一塊沒有字", where=where, next_step="寫上文字，或拿掉這一塊")
        if len(self.text) > LONGEST:
            raise CardError(
                f"這一塊有 {len(self.text):,} 個字元", where=where, next_step=f"一塊至多 {LONGEST} 個；長文放到貼文裡"
            )
        _between(self.size, SMALLEST, LARGEST, f"{where}，size")
        _between(self.width, self.size, 6000, f"{where}，width（至少放得下一個字）")
        _between(self.leading, 0.5, 4, f"{where}，leading")
        _between(self.tracking, -0.1, 1, f"{where}，tracking")
        _one_of(self.align, ALIGNS, f"{where}，align")
        _one_of(self.font, FONTS, f"{where}，font")
        _colour(self.colour, f"{where}，colour")
        if self.fill:
            _colour(self.fill, f"{where}，fill")


@dataclass(frozen=True)
class Card:
    """A card for one platform and format; everything is measured in pixels of its canvas.

    >>> card = Card("秋茶", "instagram", "image", blocks=(Block("headline", "秋茶到了", 80, 90, 900, 120, "#1F3A34"),))
    >>> card.canvas.width, card.changed(0, size=90).blocks[0].size
    (1080, 90)
    """

    name: str
    platform: str
    format: str
    background: Background = Background()
    shapes: tuple[Shape, ...] = ()
    blocks: tuple[Block, ...] = ()
    alt: str = ""

    def __post_init__(self) -> None:
        canvas(self.platform, self.format)
        if not self.blocks:
            raise CardError(
                "這張圖卡沒有任何文字", where=self.name, next_step="在 blocks 裡至少放一塊 headline"
            )

    @property
    def canvas(self) -> Canvas:
        """Size, safe area and size on a phone."""
        return canvas(self.platform, self.format)

    def changed(self, block: int | str | None = None, **changes: Any) -> Card:
        """The card with a block (its place, or its role: the first one) or, without one, the card itself changed.

        Raises CardError when there is no such block or field.
        """
        try:
            if block is None:
                return replace(self, **changes)
            place = self.place(block)
            blocks = list(self.blocks)
            blocks[place] = replace(blocks[place], **changes)
            return replace(self, blocks=tuple(blocks))
        except TypeError as error:
            names = "、".join(changes)
            raise CardError(f"不能改 {names}", where=self.name, next_step="請看 Card 與 Block 有哪些欄位") from error

    def without(self, block: int | str) -> Card:
        """The card without one of its blocks."""
        place = self.place(block)
        return replace(self, blocks=self.blocks[:place] + self.blocks[place + 1 :])

    def place(self, block: int | str) -> int:
        """Where a block stands in ``blocks``; a role means the first block of that role."""
        roles = [b.role for b in self.blocks]
        if isinstance(block, int) and -len(roles) <= block < len(roles):
            return block % len(roles)
        if block in roles:
            return roles.index(str(block))
        raise CardError(f"沒有「{block}」這一塊", where=self.name, next_step=f"這張圖卡有 {'、'.join(roles)}")

    def _repr_png_(self) -> bytes:
        from .pictures import small

        return small(self).png

    def __repr__(self) -> str:
        words = "／".join(block.text.replace("\n", "") for block in self.blocks)
        return f"圖卡「{self.name}」（{self.canvas.name}，{self.canvas.width}×{self.canvas.height}）：{words}"


def load(source: str | Path | dict[str, Any]) -> Card:
    """A card from a dict, from YAML text, or from a YAML file; raises CardError that says what to mend, and where.

    >>> load({"name": "秋茶", "platform": "instagram", "format": "image", "blocks": [
    ...     {"role": "headline", "text": "秋茶到了", "x": 80, "y": 90, "width": 900, "size": 120, "colour": "#1F3A34"}]})
    圖卡「秋茶」（IG 貼文 4:5，1080×1350）：秋茶到了
    """
    found = _mapping(source)
    try:
        return read(Card, found, "圖卡", {"background": Background, "shapes": Shape, "blocks": Block})
    except KitError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise CardError("讀不懂這張圖卡", where=str(error), next_step="照範例卡的欄位重寫一次") from error


def load_many(path: str | Path) -> dict[str, Card]:
    """Every card of a YAML file that holds a list called ``cards``, by name; raises CardError.

    >>> load_many(__import__("xiaobian").datasets.path("planning/cards.yml"))["秋茶上市"].platform
    'instagram'
    """
    found = _mapping(Path(path)).get("cards")
    if not isinstance(found, list) or not found:
        raise CardError("檔案裡沒有 cards 這份清單", where=str(path), next_step="最外層寫 cards:，底下一張一張列")
    cards = [load(one) for one in found]
    names = [card.name for card in cards]
    if double := next((name for name in names if names.count(name) > 1), ""):
        raise CardError("有兩張圖卡同名", where=double, next_step="每張圖卡取不同的名字")
    return dict(zip(names, cards, strict=True))


def _mapping(source: str | Path | dict[str, Any]) -> dict[str, Any]:
    import yaml

    if isinstance(source, dict):
        return source
    try:
        is_file = isinstance(source, Path) or ("\n" not in source and Path(source).suffix in (".yml", ".yaml"))
        text = Path(source).read_text(encoding="utf-8-sig") if is_file else str(source)
        found = yaml.safe_load(text)
    except OSError as error:
        raise CardError("打不開圖卡檔案", where=str(source), next_step="檢查路徑和檔名") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CardError(
            "這份圖卡不是看得懂的 YAML", where=str(error).splitlines()[0], next_step="檢查縮排、冒號後面的空格，存成 UTF-8"
        ) from error
    if not isinstance(found, dict):
        raise CardError("圖卡最外層要是「欄位: 值」", where=type(found).__name__, next_step="照範例卡的樣子寫")
    return found
