"""The pictures of an animatic, 1080 × 1920: sketch, words on the picture, subtitle, notes for the crew, safe area."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ... import datasets
from ...plotting import HAIRLINE, INK, PAPER, SECONDARY, TEXT
from ...tables import PLATFORMS
from .cues import Scene, Timeline, steps
from .linebreak import width as wide_as
from .linebreak import wrap
from .script import ROLES, Script
from .shots import NOWHERE, shot_row
from .sketch import Box, chip, dashed, fitted, sketch, text_width, write
from .timeline_plot import COLOURS

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 1080, 1920
BADGE = "示意分鏡，不是成片"
SAFE_FALLBACK = "tiktok_short_video"
"""Whose safe area is used for a platform that has none of its own in ``card_formats.csv``."""
BAR_TOP, BAR_HEIGHT, MARGIN = 150, 24, 60
_SUBTITLE, _TITLE = 50, 92


def safe_area(platform: str) -> tuple[Box, str]:
    """The part of the picture that the app's buttons leave free (left, top, right, bottom, pixels), and whose it is.

    >>> safe_area("instagram")[0]
    (65, 269, 1015, 1248)
    """
    rows = datasets.reference("card_formats").set_index("id")
    name = f"{platform}_short_video"
    row = rows.loc[[name if name in rows.index else SAFE_FALLBACK]].to_dict("records")[0]
    box = (
        round(WIDTH * float(row["safe_left"])), round(HEIGHT * float(row["safe_top"])),
        round(WIDTH * (1 - float(row["safe_right"]))), round(HEIGHT * (1 - float(row["safe_bottom"]))),
    )  # fmt: skip
    return box, PLATFORMS[str(row["platform"])]


@dataclass
class Painter:
    """Draws the scenes of one script; what a beat's scenes share is drawn once."""

    line: Timeline
    _grounds: dict[int, Image] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.safe, self.whose = safe_area(self.script.platform)

    @property
    def script(self) -> Script:
        return self.line.script

    def picture(self, scene: Scene) -> Image:
        """One scene, RGB, with an empty bar of progress."""
        from PIL import ImageDraw

        if scene.beat not in self._grounds:
            self._grounds[scene.beat] = self._ground(scene.beat)
        picture = self._grounds[scene.beat].copy()
        if scene.lines:
            self._subtitle(ImageDraw.Draw(picture), scene.lines)
        return picture

    def bar(self, full: bool) -> Image:
        """The bar of progress alone, a segment a beat: in the colours of the roles when full, grey when empty."""
        from PIL import Image, ImageDraw

        bar = Image.new("RGB", (WIDTH, BAR_HEIGHT), PAPER)
        draw = ImageDraw.Draw(bar)
        for beat in self.script.beats:
            left, right = (self.bar_x(steps(second)) for second in (beat.t0, beat.t1))
            draw.rectangle((left, 0, max(left, right - 5), BAR_HEIGHT), fill=COLOURS[beat.role] if full else HAIRLINE)
        return bar

    def bar_x(self, step: int) -> int:
        """Where the bar of progress has got to at a step: pixels, even."""
        return MARGIN + round((WIDTH - 2 * MARGIN) * step / max(self.line.steps, 1)) // 2 * 2

    def _ground(self, number: int) -> Image:
        from PIL import Image, ImageDraw

        ground = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        draw = ImageDraw.Draw(ground)
        _, top, right, bottom = self.safe
        if number:
            beat = self.script.beats[number - 1]
            ground.paste(sketch(beat, WIDTH, bottom - top + 60), (0, top - 30))
        dashed(draw, self.safe)
        label = f"虛線：{self.whose} 的安全區"
        write(draw, label, right - text_width(label, 26) - 8, bottom - 12, 26, SECONDARY)
        self._head(draw)
        if number:
            self._title(draw, self.script.beats[number - 1].on_screen)
            self._notes(draw, number)
        ground.paste(self.bar(full=False), (0, BAR_TOP))
        return ground

    def _head(self, draw: object) -> None:
        end = chip(draw, BADGE, MARGIN, 56, 36, INK)
        room = WIDTH - MARGIN - end - 24
        title = self.script.title
        size = fitted([title], 34, 22, room)
        while text_width(title, size) > room and len(title) > 2:
            title = title[:-2] + "…"
        write(draw, title, end + 24, 98, size, SECONDARY)

    def _title(self, draw: object, text: str) -> None:
        if not text.strip():
            return
        left, top, right, _ = self.safe
        lines = wrap(text, 10)
        lines = lines if len(lines) <= 3 else wrap(text, 16)[:4]
        size = fitted(lines, _TITLE, 40, right - left - 48)
        y = top + 40 + size
        for line in lines:
            write(draw, line, (left + right) / 2, y, size, INK, stroke=2, halo=PAPER, middle=True)
            y += round(size * 1.3)

    def _subtitle(self, draw: object, lines: tuple[str, ...]) -> None:
        left, _, right, bottom = self.safe
        middle, size = (left + right) / 2, fitted(lines, _SUBTITLE, 28, right - left - 60)
        high = round(size * 1.45)
        top = bottom - 70 - high * len(lines)
        half = max(text_width(line, size) for line in lines) / 2 + size * 0.5
        draw.rounded_rectangle((middle - half, top - 14, middle + half, bottom - 58), radius=16, fill=INK)  # type: ignore[attr-defined]
        for k, line in enumerate(lines):
            write(draw, line, middle, top + size + k * high, size, PAPER, middle=True)

    def _notes(self, draw: object, number: int) -> None:
        """What the crew needs, under the safe area, where the app would put its own words."""
        beat, shot = self.script.beats[number - 1], shot_row(self.script.beats[number - 1], number)
        top = self.safe[3] + 70
        end = chip(draw, f"{number}／{len(self.script.beats)}　{ROLES[beat.role]}", MARGIN, top, 48, COLOURS[beat.role])
        write(draw, f"{beat.t0:g}–{beat.t1:g} 秒", end + 28, top + 58, 44, TEXT)
        place = "" if shot["place"] == NOWHERE else f"｜{shot['place']}"
        rows = [f"{shot['shot']}　{shot['size']}・{shot['move']}{place}"]
        for label, text in (("畫面", beat.shot), ("旁白", beat.voice), ("聲音", beat.sfx)):
            rows += wrap(f"{label}：{text}", 21)[:2] if text else []
        y = top + 158
        for row in rows:
            if y < HEIGHT - 30:
                write(draw, row if wide_as(row) <= 22 else row[:22] + "…", MARGIN, y, 44, SECONDARY)
            y += 68
