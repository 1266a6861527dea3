"""Rules about where things stand: canvas, safe area, margins, overlaps, edges, lines, how much text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from ...text.counting import counts
from .canvas import Box, rule
from .findings import CardFinding
from .measuring import Measured

_TOUCH = 0.08
_SAME = 3.0


def outside(found: Measured) -> Iterator[CardFinding]:
    """Text beyond the canvas, under the platform's own signs, or too near to the edge: the worst of the three."""
    for place, item in enumerate(found.laid):
        box, canvas = item.outer, found.canvas
        whole: Box = (0.0, 0.0, float(canvas.width), float(canvas.height))
        margin = canvas.margin if place in found.texts else 0.0
        inner: Box = (
            max(margin, canvas.safe[0]),
            max(margin, canvas.safe[1]),
            min(canvas.width - margin, canvas.safe[2]),
            min(canvas.height - margin, canvas.safe[3]),
        )
        if deepest := _beyond(box, whole):
            yield found.finding(
                "off_canvas", "error", place, f"{deepest[0]}超出畫面 {deepest[1]:.0f} px。", "超出去的字不會出現在圖上。",
                *_back(found, place, inner),
            )  # fmt: skip
        elif place in found.texts and (deepest := _beyond(box, canvas.safe)):
            yield found.finding(
                "safe_area", "error", place, f"{deepest[0]}有 {deepest[1]:.0f} px 在「{canvas.name}」的安全區外。",
                "平台會把帳號、按鈕或說明蓋在那裡，或把那裡裁掉。", *_back(found, place, inner),
            )  # fmt: skip
        elif place in found.texts and (deepest := _beyond(box, inner)):
            near = margin - deepest[1]
            yield found.finding(
                "margin", "warning", place, f"離{deepest[0][:-1]}邊只有 {max(near, 0):.0f} px，至少留 {margin:.0f} px。",
                "貼邊的字看起來像被切掉，也少了呼吸的空間。", *_back(found, place, inner),
            )  # fmt: skip


def _beyond(box: Box, frame: Box) -> tuple[str, float] | None:
    """The side on which a box leaves a frame most, and by how many pixels."""
    over = {"左邊": frame[0] - box[0], "上面": frame[1] - box[1], "右邊": box[2] - frame[2], "下面": box[3] - frame[3]}
    side = max(over, key=lambda name: over[name])
    return (side, over[side]) if over[side] > 0.5 else None


def _back(found: Measured, place: int, inner: Box) -> tuple[str]:
    """How far to move the block so that it is inside, or that it is too large."""
    box = found.laid[place].outer
    if box[2] - box[0] > inner[2] - inner[0] + 1 or box[3] - box[1] > inner[3] - inner[1] + 1:
        return (f"這一塊太大，放不進去：把欄寬收到 {inner[2] - inner[0]:.0f} px 以內、字級縮小或刪字",)
    x, y = moved(box, inner)
    steps = [f"往{'右' if x > 0 else '左'}移 {abs(x):.0f} px"] * bool(x) + [f"往{'下' if y > 0 else '上'}移 {abs(y):.0f} px"] * bool(y)
    return ("、".join(steps),)


def moved(box: Box, frame: Box) -> tuple[int, int]:
    """The smallest move, in whole pixels right and down, that brings a box into a frame."""
    def step(low: float, high: float, first: float, last: float) -> int:
        return math.ceil(first - low) if low < first else -math.ceil(high - last) if high > last else 0

    return step(box[0], box[2], frame[0], frame[2]), step(box[1], box[3], frame[1], frame[3])


def crowded(found: Measured) -> Iterator[CardFinding]:
    """Blocks on top of each other, or so near that they look like one."""
    for one, other in combinations(range(len(found.laid)), 2):
        a, b = found.laid[one].outer, found.laid[other].outer
        across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        size = min(found.card.blocks[one].size, found.card.blocks[other].size)
        if min(across, down) > _TOUCH * size:
            lower = other if b[1] >= a[1] else one
            yield found.finding(
                "overlap", "error", lower, f"和另一塊字疊在一起（{across:.0f}×{down:.0f} px）。", "兩塊都讀不到。",
                f"往下移 {math.ceil(down + rule('gap_share') * size)} px，或刪掉一塊",
            )  # fmt: skip
        elif across > 0 and -down < rule("gap_share") * size - 0.5 and {one, other} <= set(found.texts):
            lower = other if b[1] >= a[1] else one
            yield found.finding(
                "gap", "warning", lower, f"和上面那塊只隔 {max(-down, 0):.0f} px，至少留 {rule('gap_share') * size:.0f} px。",
                "靠太近，看不出是兩件事。", f"往下移 {math.ceil(rule('gap_share') * size + down)} px",
            )  # fmt: skip


def edges(found: Measured) -> Iterator[CardFinding]:
    """Edges or axes that almost agree; left and centred text on one card."""
    slack = rule("alignment_slack") * found.canvas.width
    for kind, name in (("left", "左緣"), ("center", "中線")):
        places = [n for n in found.texts if found.card.blocks[n].align == kind]
        at = {n: _axis(found, n) for n in places}
        for place in places:
            others = [at[n] for n in places if n != place]
            off = [x for x in others if _tolerance(found, places) < abs(x - at[place]) <= slack]
            agrees = sum(abs(x - at[place]) <= _tolerance(found, places) for x in others)
            if off and (agrees < len(off) or (agrees == 0 and place == places[-1])):
                shift = off[0] - at[place]
                yield found.finding(
                    "alignment", "warning", place, f"{name}和其他字差了 {abs(shift):.0f} px。", "差很多是刻意，差一點點看起來像手滑。",
                    f"x 改成 {found.card.blocks[place].x + shift:.0f}，對齊同一條線", x=round(found.card.blocks[place].x + shift),
                )  # fmt: skip
    used = {found.card.blocks[n].align for n in found.texts}
    if {"left", "center"} <= used:
        yield found.finding(
            "alignment", "warning", None, "同時有靠左和置中的字。", "眼睛找不到下一行從哪裡開始。", "選一種對齊，整張用到底",
        )  # fmt: skip


def _axis(found: Measured, place: int) -> float:
    block, box = found.card.blocks[place], found.laid[place].outer
    return box[0] if block.align == "left" else block.x + block.width / 2


def _tolerance(found: Measured, places: list[int]) -> float:
    """Large signs carry more white at their side, so that aligned edges may be off by a few pixels."""
    return max(_SAME, 0.05 * max(found.card.blocks[n].size for n in places))


def lines(found: Measured) -> Iterator[CardFinding]:
    """Lines too tight or too long."""
    for place in found.texts:
        block, item = found.card.blocks[place], found.laid[place]
        if len(item.lines) > 1 and block.leading < rule("leading") - 1e-9:
            yield found.finding(
                "leading", "warning", place, f"行距是字高的 {block.leading:g} 倍，至少 {rule('leading'):g} 倍。", "上下兩行黏在一起，讀的人會跳行。",
                "行距調到 1.3 到 1.6 倍", leading=1.4,
            )  # fmt: skip
        longest = max(line.width for line in item.lines) / block.size
        if longest > rule("line_signs") + 0.5:
            yield found.finding(
                "line_length", "warning", place, f"一行有 {longest:.0f} 個字寬，至多 {rule('line_signs'):.0f}。", "行太長，眼睛回到下一行會找錯。",
                f"欄寬收到 {rule('line_signs') * block.size:.0f} px", width=rule("line_signs") * block.size,
            )  # fmt: skip


def amount(found: Measured) -> Iterator[CardFinding]:
    """How much of the card is text, by area and by signs."""
    area = sum(line.width * found.card.blocks[n].size for n in found.texts for line in found.laid[n].lines)
    share = area / (found.canvas.width * found.canvas.height)
    signs = sum(counts("".join(found.card.blocks[n].text.split())).graphemes for n in found.texts)
    measured = [f"字占畫面 {share:.0%}，至多 {rule('text_share'):.0%}"] * (share > rule("text_share"))
    measured += [f"有 {signs} 個字，至多 {rule('most_signs'):.0f} 個"] * (signs > rule("most_signs"))
    if measured:
        longest = max(found.texts, key=lambda n: len(found.card.blocks[n].text))
        yield found.finding(
            "text_amount", "warning", longest, f"{'；'.join(measured)}。", "滑過去的人只看一眼，讀不完就什麼都沒留下。",
            "一張只講一件事：其餘放到輪播下一頁或貼文裡",
        )  # fmt: skip
