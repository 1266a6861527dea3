"""The animatic: a film of sketches that carries the words at the seconds at which they will stand, and its contact sheet."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from ...analytics.result import Result
from ...errors import ReadError, TableError
from .cues import Timeline, timeline
from .frames import BADGE, BAR_HEIGHT, BAR_TOP, HEIGHT, WIDTH, Painter
from .script import ROLES, STEP, Source

if TYPE_CHECKING:
    from PIL.Image import Image

    from ...plotting import Chart

FPS = round(1 / STEP)
"""Steps a second: a picture is encoded where something changes, and held until the next (設計參數)."""
BAR_EVERY = 10
"""Steps between two movements of the bar of progress (設計參數)."""
LONGEST = 180.0
"""Seconds of the longest animatic (設計參數)."""
SAMPLE_RATE = 22050
_ENCODER = {"preset": "veryfast", "crf": "28", "x264-params": "bframes=0"}
"""No frame refers to a later one: what is written last is shown last, and the film ends where the script does."""
Planes = npt.NDArray[np.uint8]


@dataclass(frozen=True, repr=False)
class Film(Result):
    """A film as it stands on the disk, read back: what is claimed here was measured in the file.

    seconds: duration of the picture; frames: pictures in the file, each held until the next; streams: codec of each;
    size: bytes.
    """

    file: Path
    seconds: float
    frames: int
    width: int
    height: int
    streams: tuple[str, ...]
    pixel_format: str
    size: int

    def say(self) -> str:
        return (
            f"{self.file.name}：{self.seconds:g} 秒、{self.width}×{self.height}，{'、'.join(self.streams)}，"
            f"不到 {max(1, -(-self.size // 500_000)) * 0.5:g} MB。{BADGE}。"
        )

    def frame(self, second: float) -> Image:
        """The picture at a second, decoded from the file.

        Raises TableError for a second outside the film.
        """
        if not 0 <= second < self.seconds:
            raise TableError(f"影片沒有第 {second:g} 秒", next_step=f"請給 0 到 {self.seconds:g} 之間的秒數")
        return _decoded(self.file, second)

    def watch(self, width: int = 300) -> Player:
        """The film with its controls, played from its file; width in pixels."""
        return Player(self, width)


@dataclass(frozen=True)
class Player:
    """A film in the notebook, where the notebook's server can reach the file: inside the course folder."""

    film: Film
    width: int

    @property
    def address(self) -> str:
        """Path of the film seen from the notebook; empty when it lies outside the course folder."""
        here, file = Path.cwd(), self.film.file.resolve()
        shared = Path(os.path.commonpath([here, file])) if here.drive == file.drive else None
        if shared is None or not (shared == here or (shared / "start.py").is_file()):
            return ""
        return quote(os.path.relpath(file, here).replace(os.sep, "/"))

    def __repr__(self) -> str:
        return f"影片：{self.film.file.name}，{self.film.seconds:g} 秒。{BADGE}。"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        bundle = {"text/plain": repr(self)}
        if self.address:
            bundle["text/html"] = f'<video src="{self.address}" width="{self.width}" controls></video>'
        return bundle


def animatic(source: Source | Timeline, file: str | Path) -> Film:
    """Draw and encode the film (H.264, yuv420p, faststart, a silent sound track), and read it back.

    source: whatever ``read_script()`` takes, or the ``Timeline`` whose subtitles go with it. file: ends in .mp4; the
    folder exists.

    Raises TableError for another ending, a missing folder, or more than ``LONGEST`` seconds.
    """
    line = source if isinstance(source, Timeline) else timeline(source)
    file = Path(file)
    if file.suffix.lower() != ".mp4" or not file.parent.is_dir():
        raise TableError(f"影片寫不進「{file.name}」", next_step="檔名用 .mp4 結尾，並確認資料夾存在")
    if not 0 < line.steps <= LONGEST / STEP:
        raise TableError(f"腳本 {line.script.duration:g} 秒，動態分鏡最多 {LONGEST:g} 秒", next_step="先縮短腳本，或分成幾支")
    _encode(_planes(line), line.steps, file)
    return read_film(file)


def _planes(line: Timeline) -> Iterator[tuple[int, Planes]]:
    """Step and picture, [HEIGHT × 3 / 2, WIDTH], of every moment at which something changes, and of the last two steps."""
    painter = Painter(line)
    full = _yuv(_padded(painter.bar(full=True)))
    last = {line.steps - 2, line.steps - 1}
    for start, end, scene in line.scenes():
        ground = _yuv(painter.picture(scene))
        for step in range(start, end):
            if step == start or step % BAR_EVERY == 0 or step in last:
                _fill(ground, full, painter.bar_x(step))
                yield step, ground


def _padded(bar: Image) -> Image:
    from PIL import Image

    whole = Image.new("RGB", (WIDTH, HEIGHT))
    whole.paste(bar, (0, BAR_TOP))
    return whole


def _yuv(picture: Image) -> Planes:
    """A picture as the planes of yuv420p, BT.709."""
    import av

    frame = av.VideoFrame.from_image(picture)  # type: ignore[attr-defined]
    return np.asarray(frame.reformat(format="yuv420p", dst_colorspace="itu709").to_ndarray())


def _fill(ground: Planes, full: Planes, x: int) -> None:
    """Copy the bar up to pixel x into the three planes."""
    top, bottom = BAR_TOP, BAR_TOP + BAR_HEIGHT
    ground[top:bottom, :x] = full[top:bottom, :x]
    for plane in range(2):
        chroma, source = _chroma(ground, plane), _chroma(full, plane)
        chroma[top // 2 : bottom // 2, : x // 2] = source[top // 2 : bottom // 2, : x // 2]


def _chroma(planes: Planes, number: int) -> Planes:
    """Plane U (0) or V (1) as a view, [HEIGHT / 2, WIDTH / 2]."""
    quarter = HEIGHT // 4
    start = HEIGHT + number * quarter
    return planes[start : start + quarter].reshape(HEIGHT // 2, WIDTH // 2)


def _encode(planes: Iterator[tuple[int, Planes]], steps: int, file: Path) -> None:
    import av

    with av.open(str(file), "w", options={"movflags": "faststart"}) as box:
        picture = box.add_stream("libx264", rate=FPS, options=_ENCODER)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.codec_context.gop_size = 10 * FPS
        picture.codec_context.colorspace = picture.codec_context.color_primaries = picture.codec_context.color_trc = 1
        sound = box.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        for step, planed in planes:
            frame = av.VideoFrame.from_ndarray(planed, format="yuv420p")
            frame.pts, frame.time_base = step, Fraction(1, FPS)
            box.mux(picture.encode(frame))
        box.mux(picture.encode())
        for silence in _silence(round(steps * STEP * SAMPLE_RATE)):
            box.mux(sound.encode(silence))
        box.mux(sound.encode())


def _silence(samples: int) -> Iterator[Any]:
    import av

    for start in range(0, samples, 1024):
        count = min(1024, samples - start)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, count), dtype=np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


def read_film(file: str | Path) -> Film:
    """Duration, size, streams and frames of a film, counted in the file; raises ReadError when it is no film."""
    import av

    file = Path(file)
    try:
        with av.open(str(file)) as box:
            streams = tuple(f"{'影像' if s.type == 'video' else '聲音'} {s.codec_context.name}" for s in box.streams)
            picture = box.streams.video[0]
            held = [(p.pts, p.duration or 0) for p in box.demux(picture) if p.pts is not None]
            end = max(pts + duration for pts, duration in held) * float(picture.time_base or 0)
            return Film(
                file, round(end, 3), len(held), picture.width, picture.height, streams, str(picture.pix_fmt),
                file.stat().st_size,
            )  # fmt: skip
    except (OSError, IndexError, ValueError, av.error.FFmpegError):
        raise ReadError("讀不到影片", where=file.name, next_step="請確認這是 animatic() 寫出的 .mp4") from None


def _decoded(file: Path, second: float) -> Image:
    """The picture that stands at a second: the last one that began by then."""
    import av

    with av.open(str(file)) as box:
        shown = None
        for frame in box.decode(video=0):
            if shown is not None and (frame.time or 0.0) > second + 1e-6:
                break
            shown = frame
        if shown is None:
            raise ReadError("影片裡沒有畫面", where=file.name)
        return shown.to_image()


def storyboard(source: Source | Timeline, columns: int = 3) -> Chart:
    """A contact sheet: of each beat the sketch, the words on it and its first subtitle, in the order of the film.

    source: whatever ``read_script()`` takes, or a ``Timeline``. columns: pictures side by side, 2–6.
    """
    from ...plotting import TEXT, Chart, use_theme

    line = source if isinstance(source, Timeline) else timeline(source)
    use_theme()
    painter, beats = Painter(line), line.script.beats
    columns = max(2, min(columns, 6))
    rows = -(-len(beats) // columns)
    crop = (0, painter.safe[1] - 30, WIDTH, painter.safe[3] + 30)
    shape = (crop[3] - crop[1]) / WIDTH
    figure = Chart(figsize=(10, 0.5 + rows * (10 / columns * shape + 0.35)), layout="constrained")
    figure.suptitle(f"「{line.script.title}」{len(beats)} 拍、{line.script.duration:g} 秒（{BADGE}）", x=0.01, ha="left", fontsize=14)
    for number, ax in enumerate(np.ravel(figure.subplots(rows, columns, squeeze=False)), 1):
        ax.axis("off")
        if number <= len(beats):
            beat = beats[number - 1]
            cue = next((c for c in line.cues if c.beat == number), None)
            picture = painter.picture(line.at(cue.start if cue else round(beat.t0 * FPS))).crop(crop)
            ax.imshow(picture.resize((picture.width // 3, picture.height // 3)), interpolation="antialiased")
            ax.set_title(f"{number} {ROLES[beat.role]}，{beat.t0:g}–{beat.t1:g} 秒", loc="left", fontsize=11, color=TEXT)
    figure.summary = "、".join(f"第 {n} 拍{ROLES[b.role]}：{b.shot or '沒寫畫面'}" for n, b in enumerate(beats, 1))
    return figure
