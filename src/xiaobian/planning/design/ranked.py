"""Rules about order: one headline, clear steps of size, few sizes, faces and colours, the brand's palette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .canvas import rule
from .findings import CardFinding
from .measuring import Measured
from .palette import brand_palette
from .seeing import distance, lab
from .spec import ROLES

_DARK, _LIGHT = 40, 85
_SAME_SIZE = 1.05


def headlines(found: Measured) -> Iterator[CardFinding]:
    """Exactly one headline; at most one call to action."""
    heads = [n for n in found.texts if found.card.blocks[n].role == "headline"]
    if not heads:
        yield found.finding(
            "headlines", "error", None, "沒有標題。", "第一眼不知道要看哪裡。", "把最重要的一句改成 headline，放到最大"
        )
    for place in heads[1:]:
        yield found.finding(
            "headlines", "error", place, f"有 {len(heads)} 個標題。", "兩句都在喊，等於沒有人在喊。", "留一個標題，這一塊改成副標", role="sub",
        )  # fmt: skip
    calls = [n for n in found.texts if found.card.blocks[n].role == "cta"]
    for place in calls[1:]:
        yield found.finding(
            "calls", "warning", place, f"有 {len(calls)} 個行動呼籲。", "要人做兩件事，多半一件也不做。", "只留最想要的那一個",
        )  # fmt: skip


def steps(found: Measured) -> Iterator[CardFinding]:
    """The headline has to be clearly the largest."""
    heads = [n for n in found.texts if found.card.blocks[n].role == "headline"]
    rest = [n for n in found.texts if found.card.blocks[n].role not in ("headline", "logo")]
    if len(heads) != 1 or not rest:
        return
    head, second = heads[0], max(rest, key=lambda n: found.card.blocks[n].size)
    big, next_size = found.card.blocks[head].size, found.card.blocks[second].size
    if big < next_size * rule("headline_step") - 0.5:
        size = round(next_size * rule("headline_step")) + 1
        yield found.finding(
            "hierarchy", "warning", head,
            f"標題 {big:g}，第二大的{ROLES[found.card.blocks[second].role]} {next_size:g}，只有 {big / next_size:.2f} 倍；至少 {rule('headline_step'):g} 倍。",
            "看起來一樣大，分不出誰先誰後。", f"標題放大到 {size} 以上，或把第二大的縮小", size=size,
        )  # fmt: skip


def variety(found: Measured) -> Iterator[CardFinding]:
    """How many sizes, faces and text colours."""
    blocks = [found.card.blocks[n] for n in found.texts]
    sizes = _groups(sorted({b.size for b in blocks}))
    if len(sizes) > rule("most_sizes"):
        yield found.finding(
            "sizes", "warning", None, f"用了 {len(sizes)} 種字級，至多 {rule('most_sizes'):.0f} 種。", "每一級都差一點點，看不出層次。",
            "標題、副標、內文、品牌名各一種，其他併進來",
        )  # fmt: skip
    faces = {(b.font, b.bold) for b in blocks}
    if len(faces) > rule("most_fonts"):
        yield found.finding(
            "fonts", "warning", None, f"字型加粗細用了 {len(faces)} 種，至多 {rule('most_fonts'):.0f} 種。", "每換一次字型，就像換一個人說話。",
            "標題一種、內文一種就夠",
        )  # fmt: skip
    colours = {_kind(b.colour) for b in blocks if not b.fill}
    if len(colours) > rule("most_colours"):
        yield found.finding(
            "colours", "warning", None, f"字用了 {len(colours)} 種顏色（深色算一種、淺色算一種），至多 {rule('most_colours'):.0f} 種。",
            "什麼都是重點，就沒有重點。", "內文用同一個深色，只留一個重點色",
        )  # fmt: skip


def _groups(sizes: list[float]) -> list[list[float]]:
    """Sizes from small to large; those within a few percent of the first of a group belong to it."""
    found: list[list[float]] = []
    for size in sizes:
        if found and size / found[-1][0] <= _SAME_SIZE:
            found[-1].append(size)
        else:
            found.append([size])
    return found


def _kind(colour: str) -> str:
    """Dark colours count as one, light ones too; the eye takes them for black and white."""
    light = float(lab(colour)[0])
    return "dark" if light < _DARK else "light" if light > _LIGHT else colour.upper()


def palette(found: Measured) -> Iterator[CardFinding]:
    """Colours that are not the brand's."""
    own = brand_palette()
    limit = rule("colour_distance")

    def nearest(colour: str) -> tuple[str, str, float]:
        name = min(own, key=lambda n: distance(own[n], colour))
        return name, own[name], distance(own[name], colour)

    for place, block in enumerate(found.card.blocks):
        for field in ("colour", "fill"):
            used = getattr(block, field)
            if used and (near := nearest(used))[2] > limit:
                change: dict[str, Any] = {field: near[1]}
                yield found.finding(
                    "palette", "warning", place, f"{used} 不在品牌色裡，最近的是 {near[0]} {near[1]}（差 {near[2]:.0f}，{limit:.0f} 以內算同色）。",
                    "每張換一個顏色，粉絲認不出是同一家。", f"換成品牌色；{near[0]} 不合適就從色票選一個對比夠的", **change,
                )  # fmt: skip
    back = found.card.background
    rest: Iterable[str] = [back.colour, *([back.to] if back.to else []), *(s.colour for s in found.card.shapes)]
    foreign = sorted({c for c in rest if nearest(c)[2] > limit})
    if foreign:
        yield found.finding(
            "palette", "warning", None, f"底色或色塊的 {'、'.join(foreign)} 不在品牌色裡。", "每張換一個顏色，粉絲認不出是同一家。",
            f"換成最近的品牌色：{'、'.join(' '.join(nearest(c)[:2]) for c in foreign)}",
        )  # fmt: skip
