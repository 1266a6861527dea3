"""One picture for several placements: what a crop keeps of the picture, of its subject, and of the words on it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import TableError

PLACEMENTS = {"貼文 4:5": "4:5", "方形縮圖 1:1": "1:1", "限動與短影音封面 9:16": "9:16", "橫幅與影片縮圖 16:9": "16:9"}
"""Usual placements (設計參數); what a platform takes today stands in ``platform_specs``."""

Box = tuple[float, float, float, float]

SUBJECT, WORDS = 0.34, (0.7, 0.16)
"""Sides of the subject, and of the line of words, as a share of the picture's shorter side (設計參數)."""

SPOTS = {"正中央": (0.5, 0.5), "偏左": (0.24, 0.5), "偏上": (0.5, 0.24), "左上": (0.24, 0.24)}
LINES = {"壓在最下面": (0.5, 0.92), "壓在最上面": (0.5, 0.08), "貼著主體下方": (0.5, 0.0), "圖上不放字": None}


def ratio(text: str) -> float:
    """Width ÷ height of a ratio such as ``4:5``; raises TableError for anything else.

    >>> ratio("4:5")
    0.8
    """
    parts = text.split(":")
    if len(parts) != 2 or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise TableError(f"看不懂比例「{text}」", next_step="請寫成 4:5 這樣，寬在前、高在後")
    return int(parts[0]) / int(parts[1])


def crop(master: str, target: str) -> Box:
    """The largest centred part of a picture with another ratio: left, top, right, bottom, as shares (0–1) of its sides.

    >>> crop("1:1", "1:2")
    (0.25, 0.0, 0.75, 1.0)
    """
    wide = ratio(target) / ratio(master)
    x, y = min(wide, 1.0) / 2, min(1 / wide, 1.0) / 2
    return 0.5 - x, 0.5 - y, 0.5 + x, 0.5 + y


def kept(master: str, target: str) -> float:
    """Share of a picture's area that a centred crop keeps (0–1).

    >>> round(kept("4:5", "16:9"), 2)
    0.45
    """
    left, top, right, bottom = crop(master, target)
    return (right - left) * (bottom - top)


@dataclass(frozen=True)
class Layout:
    """Where the subject and the words stand in a picture of a ratio; boxes in shares of the sides (0–1)."""

    master: str
    subject: Box
    words: Box | None

    def survives(self, target: str) -> tuple[float, float]:
        """Shares of the subject and of the words that are left after the crop; words are 1 when there are none."""
        frame = crop(self.master, target)
        return _inside(self.subject, frame), 1.0 if self.words is None else _inside(self.words, frame)


def layout(master: str, spot: str = "正中央", line: str = "圖上不放字") -> Layout:
    """A layout from the named places; raises TableError for a place that has no name.

    >>> layout("4:5").survives("16:9")
    (1.0, 1.0)
    """
    for name, known in ((spot, SPOTS), (line, LINES)):
        if name not in known:
            raise TableError(f"沒有叫做「{name}」的位置", next_step=f"可用的：{'、'.join(known)}")
    wide = ratio(master)
    side_x, side_y = SUBJECT * min(1.0, 1 / wide), SUBJECT * min(1.0, wide)
    x, y = SPOTS[spot]
    subject = (x - side_x / 2, y - side_y / 2, x + side_x / 2, y + side_y / 2)
    return Layout(master, subject, _words(line, subject, wide))


def _words(line: str, subject: Box, wide: float) -> Box | None:
    place = LINES[line]
    if place is None:
        return None
    width, height = WORDS[0] * min(1.0, 1 / wide), WORDS[1] * min(1.0, wide)
    x, y = place
    if line == "貼著主體下方":
        x, y = (subject[0] + subject[2]) / 2, subject[3] + height / 2 + 0.01
        x = min(max(x, width / 2), 1 - width / 2)
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _inside(box: Box, frame: Box) -> float:
    across = max(0.0, min(box[2], frame[2]) - max(box[0], frame[0]))
    down = max(0.0, min(box[3], frame[3]) - max(box[1], frame[1]))
    return min(1.0, across * down / ((box[2] - box[0]) * (box[3] - box[1])))
