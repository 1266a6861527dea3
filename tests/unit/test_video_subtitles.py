"""Cues and subtitles: one timeline, planted faults found, native sentences left alone."""

import re
from itertools import pairwise
from pathlib import Path

import opencc
import pysubs2
import pytest
import yaml

from xiaobian import lint
from xiaobian.errors import ReadError
from xiaobian.planning.video import check_subtitles, samples, timeline
from xiaobian.planning.video.linebreak import pieces, spoken, width
from xiaobian.planning.video.subtitle_rules import limits

HERE = Path(__file__).parent
PLANTED = yaml.safe_load((HERE / "subtitles_planted.yml").read_text(encoding="utf-8"))
COPY = [row for row in (HERE.parent / "data" / "copy.txt").read_text(encoding="utf-8").splitlines() if row]


def stamp(seconds, mark):
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02d}:{whole // 60000 % 60:02d}:{whole // 1000 % 60:02d}{mark}{whole % 1000:03d}"


def written(cues, form="srt"):
    mark = "." if form == "vtt" else ","
    head = "WEBVTT\n\n" if form == "vtt" else ""
    return head + "\n\n".join(f"{n}\n{stamp(a, mark)} --> {stamp(b, mark)}\n{text}" for n, (a, b, text) in enumerate(cues, 1)) + "\n"


def found(cues, form="srt"):
    return {f.rule for f in check_subtitles(written(cues, form)).faults}


@pytest.mark.parametrize("item", PLANTED, ids=lambda i: "+".join(i["rules"]))
def test_every_planted_fault_is_found_and_nothing_else(item):
    assert found(item["cues"], item.get("as", "srt")) == set(item["rules"])


def test_each_rule_is_planted_and_says_why_and_what_to_do():
    assert len(PLANTED) >= 50
    faults = [f for item in PLANTED for f in check_subtitles(written(item["cues"], item.get("as", "srt"))).faults]
    assert {f.rule for f in faults} >= {rule.id for rule in lint.load("subtitles").rules} | {"overlap", "gap", "order"}
    assert all(f.reason and not f.reason.endswith("。") and f.repair.endswith("。") for f in faults)


def _film(rows):
    """Each row as the voice of one beat, with the time it takes to say it slowly."""
    beats, at = [], 0.0
    for row in rows:
        end = round(at + max(2.0, spoken(row) / 3.5), 1)
        beats.append({"t0": at, "t1": end, "role": "value", "voice": row})
        at = end
    return timeline(beats)


FILMS = [COPY[start : start + 200] for start in range(0, len(COPY), 200)]


def test_native_sentences_raise_few_alarms():
    """Every sentence as subtitles of the kit, and, apart from that, each short clause as one hand-made subtitle."""
    made, wrong = 0, set()
    for number, rows in enumerate(FILMS):
        line = _film(rows)
        made += len({c.beat for c in line.cues})
        wrong |= {(number, line.cues[f.number - 1].beat) for f in check_subtitles(line).faults}
    clauses = list(dict.fromkeys(c for row in COPY for c in re.split(r"[，。、；：\s]+", row) if 3 <= width(c) <= 16 and spoken(c) >= 3))
    starts = [3.0 * k for k in range(len(clauses))]
    hands = check_subtitles(written([(a, a + max(1.0, spoken(c) / 6), c) for a, c in zip(starts, clauses, strict=True)]))
    alarms = {f.number for f in hands.faults}
    print(f"\n{made} 句做成字幕，{len(wrong)} 句有誤報；{len(clauses)} 個短句手寫成字幕，{len(alarms)} 句有誤報")
    assert made >= 1000 and len(wrong) / made <= 0.05
    assert len(clauses) >= 1000 and len(alarms) / len(clauses) <= 0.05


@pytest.mark.parametrize("form", ["srt", "vtt"])
@pytest.mark.parametrize("name", [n for n in samples() if not n.endswith("_draft")])
def test_a_good_script_gives_clean_subtitles_that_another_reader_reads_alike(name, form, tmp_path):
    line = timeline(name)
    text = line.write(tmp_path / f"字幕.{form}").read_text(encoding="utf-8")
    assert check_subtitles(text).clean and check_subtitles(tmp_path / f"字幕.{form}").clean
    read = pysubs2.SSAFile.from_string(text)
    assert [(e.start / 1000, e.end / 1000, e.plaintext) for e in read] == [(*c.seconds, "\n".join(c.lines)) for c in line.cues]


def test_what_is_spoken_is_written_once_and_in_its_beat():
    line = timeline("cold_brew")
    for number, beat in enumerate(line.script.beats, 1):
        mine = [c for c in line.cues if c.beat == number]
        assert re.sub(r"\W", "", beat.voice) == re.sub(r"\W", "", "".join("".join(c.lines) for c in mine))
        assert beat.t0 <= mine[0].seconds[0] and mine[-1].seconds[1] < beat.t1


def test_cues_never_split_a_word_or_a_number_and_its_unit():
    for row in COPY[::9]:
        inside = set()
        at = 0
        for piece in pieces(" ".join(row.split())):
            core = len(re.sub(r"\W", "", piece))
            inside |= set(range(at + 1, at + core))
            at += core
        cut = 0
        for cue in _film([row]).cues:
            for text in cue.lines:
                cut += len(re.sub(r"\W", "", text))
                assert cut not in inside, (row, text)


def test_every_simplified_sign_becomes_what_opencc_says_and_taiwan_signs_stay():
    swap = next(rule for rule in lint.load("subtitles").rules if rule.id == "simplified").words
    plain = opencc.OpenCC("t2s")
    assert len(swap) > 1500
    assert [c for c, uses in swap.items() if any(plain.convert(use) != c for use in uses)] == []
    assert [c for row in COPY for c in row if c in swap] == []


def test_bad_files_say_what_is_wrong(tmp_path):
    with pytest.raises(ReadError, match="讀不到任何一段"):
        check_subtitles("今天沒有字幕")
    with pytest.raises(ReadError, match="找不到字幕檔"):
        check_subtitles("nowhere.srt")
    (tmp_path / "big5.srt").write_bytes("1\n00:00:00,000 --> 00:00:02,000\n茶\n".encode("big5"))
    with pytest.raises(ReadError, match="UTF-8"):
        check_subtitles(tmp_path / "big5.srt")
    half = written([(0.0, 2.0, "倒茶")]) + "\n2\n00:00:99 --> 00:00:05,500\n這一段壞了\n"
    review = check_subtitles(half)
    assert not review.passed and review.faults[0].rule == "unreadable" and "第 6 列" in review.faults[0].where


def test_hostile_words_stay_words():
    line = timeline([{"t0": 0, "t1": 6, "role": "hook", "voice": "<b>茶</b>{\\an8}比較 --> 香\n\n2\n第二行"}])
    text = line.srt()
    assert text.count("-->") == len(line.cues) and "<" not in text and "{" not in text


def test_a_beat_without_words_has_no_cue_and_limits_come_from_the_table():
    assert timeline([{"t0": 0, "t1": 3, "role": "hook", "voice": "🔥🔥"}]).cues == ()
    assert limits()["gap_frames"] == 2


def test_scenes_change_where_cues_do():
    line = timeline("cold_brew")
    spans = line.scenes()
    assert spans[0][0] == 0 and spans[-1][1] == line.steps
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    for cue in line.cues:
        assert line.at(cue.start).lines == cue.lines == line.at(cue.end - 1).lines
        assert line.at(cue.end).lines != cue.lines
