"""The animatic as a player sees it: length, size, streams, and words at the very moments of the subtitles."""

import av
import numpy as np
import pysubs2
import pytest

from xiaobian.errors import ReadError, TableError
from xiaobian.planning.video import animatic, read_film, read_script, storyboard, timeline
from xiaobian.planning.video.film import FPS, LONGEST
from xiaobian.planning.video.frames import BADGE, HEIGHT, WIDTH, Painter, safe_area

SCRIPT = read_script(
    {
        "title": "測試片",
        "beats": [
            {"t0": 0, "t1": 2.4, "role": "hook", "shot": "特寫：兩杯茶並排", "voice": "少等 5 個小時", "on_screen": "少等？"},
            {"t0": 2.4, "t1": 6, "role": "value", "shot": "俯拍", "voice": "冷水出味慢。時間要夠！", "on_screen": "8 小時"},
            {"t0": 6, "t1": 8.3, "role": "cta", "shot": "全景", "who": "柏宇", "voice": "今晚泡一壺 🍵", "on_screen": "今晚泡"},
        ],
    }
)
LINE = timeline(SCRIPT)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return animatic(LINE, tmp_path_factory.mktemp("film") / "animatic.mp4")


@pytest.fixture(scope="module")
def decoded(film):
    """Every picture of the file with the second at which it begins, grey."""
    with av.open(str(film.file)) as box:
        return [(float(f.time), f.to_ndarray(format="gray").astype(int)) for f in box.decode(video=0)]


def shown(decoded, second):
    return [picture for begins, picture in decoded if begins <= second + 1e-6][-1]


def test_length_size_and_streams_are_those_of_the_file(film):
    assert film == read_film(film.file)
    assert (film.width, film.height, film.pixel_format) == (1080, 1920, "yuv420p")
    assert film.seconds == pytest.approx(SCRIPT.duration, abs=0.051)
    assert film.streams == ("影像 h264", "聲音 aac")
    assert film.size < 1_000_000
    with av.open(str(film.file)) as box:
        assert float(box.duration / av.time_base) == pytest.approx(SCRIPT.duration, abs=0.11)
    data = film.file.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert BADGE in film.say() and "8.3 秒" in film.say()


def test_words_change_at_the_moments_of_the_subtitle_file(film, decoded, tmp_path):
    events = pysubs2.load(str(LINE.write(tmp_path / "a.srt")))
    painter = Painter(LINE)
    rows = slice(painter.safe[3] - 280, painter.safe[3] - 40)
    assert len(events) == len(LINE.cues) >= 4
    for event in events:
        start, end = event.start / 1000, event.end / 1000
        before, during, after = (shown(decoded, t)[rows] for t in (max(start - 0.05, 0), start + 0.001, end + 0.001))
        until = shown(decoded, end - 0.05)[rows]
        assert np.abs(during - until).mean() < 1.0
        assert np.abs(during - after).mean() > 3.0
        if start > 0:
            assert np.abs(during - before).mean() > 3.0


def test_the_pictures_are_those_that_were_drawn(decoded):
    painter = Painter(LINE)
    for start, _, scene in LINE.scenes()[::2]:
        drawn = np.asarray(painter.picture(scene).convert("L")).astype(int)
        rows = slice(260, HEIGHT)
        assert np.abs(shown(decoded, start / FPS)[rows] - drawn[rows]).mean() < 4.0


def test_words_on_the_picture_stand_in_the_safe_area_and_the_bar_moves(decoded):
    left, top, right, bottom = safe_area("instagram")[0]
    assert 0 <= left < right <= WIDTH and 0 <= top < bottom <= HEIGHT
    first, last = shown(decoded, 0.0)[150:174], shown(decoded, 8.2)[150:174]
    assert (first < 200).sum() < (last < 200).sum() / 3
    painter = Painter(LINE)
    beat = LINE.at(0)
    plain = np.asarray(painter.picture(beat).convert("L")).astype(int)
    empty = np.asarray(painter.picture(type(beat)(beat.beat, beat.on_screen, ())).convert("L")).astype(int)
    ys, xs = np.nonzero(plain != empty)
    assert left <= xs.min() and xs.max() <= right and top <= ys.min() and ys.max() <= bottom


def test_a_frame_by_its_second(film):
    assert film.frame(0.0).size == (1080, 1920)
    with pytest.raises(TableError, match="沒有第"):
        film.frame(99)


def test_the_player_shows_a_path_only_inside_the_course_folder(film, tmp_path, monkeypatch):
    course = film.file.parent
    (course / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(course / "notebooks")
    assert set(film.watch()._repr_mimebundle_()) == {"text/plain"} and str(course) not in repr(film.watch())
    (course / "start.py").touch()
    assert 'src="../animatic.mp4"' in film.watch()._repr_mimebundle_()["text/html"]


def test_what_cannot_be_filmed_says_why(tmp_path):
    with pytest.raises(TableError, match="mp4"):
        animatic(LINE, tmp_path / "film.avi")
    with pytest.raises(TableError, match="資料夾"):
        animatic(LINE, tmp_path / "nowhere" / "film.mp4")
    with pytest.raises(TableError, match="最多"):
        animatic([{"t0": 0, "t1": LONGEST + 1, "role": "hook"}], tmp_path / "film.mp4")
    (tmp_path / "no.mp4").write_text("茶")
    with pytest.raises(ReadError, match="讀不到影片"):
        read_film(tmp_path / "no.mp4")


def test_the_contact_sheet_shows_every_beat():
    sheet = storyboard(LINE)
    titles = [ax.get_title(loc="left") for ax in sheet.axes]
    assert titles == ["1 鉤子，0–2.4 秒", "2 重點，2.4–6 秒", "3 行動，6–8.3 秒"]
    assert BADGE in sheet.get_suptitle() and "兩杯茶並排" in repr(sheet)


@pytest.mark.parametrize("text", ["一" * 400, "🔥" * 30, "<b>x</b>", "第一行\n第二行", "𠮷" * 5])
def test_any_words_can_be_drawn(text):
    line = timeline([{"t0": 0, "t1": 2, "role": "hook", "shot": text, "voice": text, "on_screen": text, "sfx": text}])
    assert Painter(line).picture(line.at(0)).size == (WIDTH, HEIGHT)
