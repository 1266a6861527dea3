"""The small steps of the export pipeline, each against an independent way to get the same answer."""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import ReadError
from xiaobian.exports import clock, decode, headers, records, samples, typed
from xiaobian.exports.registry import layouts
from xiaobian.tables import table

LAYOUTS = layouts()


def _source(folder: Path, data: bytes) -> decode.Source:
    path = folder / "a.csv"
    path.write_bytes(data)
    return decode.open_source(decode.Stored(path.name, path))


def _random_csv(rng: random.Random) -> bytes:
    """Quoted and plain cells, raw line ends inside quotes, blank lines, any line end, maybe none at the end."""
    end = rng.choice(["\n", "\r\n", "\r"])
    pieces = ["a", "貼文", 'say ""hi""', "x,y", "line\nbreak", "cr\rinside", "", "\r\n", "1,234"]
    lines = []
    for _ in range(rng.randrange(1, 12)):
        cells = [rng.choice(pieces) for _ in range(rng.randrange(1, 5))]
        text = ",".join(f'"{c}"' if rng.random() < 0.5 or set(c) & set(',"\n\r') else c for c in cells)
        lines.append("" if rng.random() < 0.15 else text)
    return ("a,b,c" + end + end.join(lines) + rng.choice([end, ""])).encode("utf-8")


@pytest.mark.parametrize("block", [1, 2, 7, 1 << 20])
def test_scan_counts_what_the_csv_module_reads(tmp_path, monkeypatch, block):
    monkeypatch.setattr(decode, "BLOCK", block)
    rng = random.Random(20260301)
    for _ in range(60):
        data = _random_csv(rng)
        found = records.scan(_source(tmp_path, data), ",")
        reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
        lines, cells = [], []
        line = 1
        for row in reader:
            lines.append(line)
            cells.append(max(len(row), 1))
            line = reader.line_num + 1
        assert found.plain, data
        assert found.cells.tolist() == cells, data
        assert found.lines.tolist() == lines, data
        assert not found.open_quote


def test_scan_sees_an_open_quote_and_an_odd_one(tmp_path):
    assert records.scan(_source(tmp_path, b'a,b\n1,"x\n2,y\n'), ",").open_quote
    assert not records.scan(_source(tmp_path, b'a,b\n1,5" cake\n2,6" cake\n'), ",").plain
    assert not records.scan(_source(tmp_path, b"a,b\n1,2"), ",").ended


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234), ("12,345,678", 12_345_678), ("1.2萬", 12_000), ("3億", 3e8), (" 7 ", 7), ("１２", 12), ("+5", 5),
        ("", None), ("-", None), ("--", None), ("N/A", None), ("NAN", None), ("undefined", None), ("—", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, value):
    read = typed.numbers(pd.Series([text, "0"], dtype="string"))
    assert not read.unreadable.any()
    assert read.values[1] == 0
    assert np.isnan(read.values[0]) if value is None else read.values[0] == value


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "1.234.567", "12%", "2026/03/01", "0x10", "inf", "1e999", "１萬元"]
)
def test_what_is_no_number_is_missing_and_marked(text):
    read = typed.numbers(pd.Series([text], dtype="string"))
    assert read.unreadable.tolist() == [True] and np.isnan(read.values[0])


def test_counts_are_whole_and_not_negative():
    whole, odd = typed.counts(typed.Numbers(np.array([3.0, 2.5, -1.0, np.nan, 2.0**60]), np.zeros(5, bool)))
    assert whole.tolist() == [3, pd.NA, pd.NA, pd.NA, pd.NA]
    assert odd.tolist() == [False, True, True, False, True]


def test_times_agree_with_strptime_and_are_never_day_first():
    start, rng = datetime(2023, 12, 30, 0, 0), random.Random(5)
    moments = [start + timedelta(minutes=rng.randrange(3 * 525_600)) for _ in range(500)]
    texts = np.array([m.strftime("%m/%d/%Y %H:%M") for m in moments], dtype=object)
    assert typed.moments(texts).values.astype("M8[s]").tolist() == moments
    assert typed.moments(np.array(["04/03/2026 10:00"], dtype=object)).values[0] == np.datetime64(
        "2026-04-03T10:00"
    )


@pytest.mark.parametrize(
    "text", ["13/04/2026 10:00", "02/30/2026 10:00", "02/29/2026 10:00", "03/01/2026 24:00", "03/01/2026", "abc", "",
             "03/01/1800 10:00", "０３/01/2026", "03-01-2026 10:00"],
)  # fmt: skip
def test_times_that_cannot_be_read_are_missing(text):
    assert np.isnat(typed.moments(np.array([text, "03/01/2026 10:00"], dtype=object)).values).tolist() == [
        True,
        False,
    ]


def test_times_a_spreadsheet_rewrote_year_first():
    read = typed.moments(np.array(["2026/3/1 8:05", "2026-03-01 08:05:30", "3/1/2026 8:05"], dtype=object))
    assert read.values.astype("M8[m]").astype(str).tolist() == ["2026-03-01T08:05"] * 3
    assert read.year_first == 2 and not read.day_first.any()


@pytest.mark.parametrize(
    ("local", "taipei"),
    [
        ("2026-03-08T01:30", "2026-03-08 17:30"),  # PST, UTC−8
        ("2026-03-08T03:30", "2026-03-08 18:30"),  # PDT, UTC−7, an hour later on the clock of Taipei
        ("2026-10-31T23:30", "2026-11-01 14:30"),
        ("2026-11-01T02:30", "2026-11-01 18:30"),
    ],
)  # fmt: skip
def test_pacific_to_taipei_over_both_changes(local, taipei):
    placed = clock.place(np.array([local], "M8[us]"), clock.PACIFIC)
    assert placed.taipei[0] == pd.Timestamp(taipei, tz="Asia/Taipei")
    assert not placed.twice.any() and not placed.impossible.any()


def test_the_hour_that_occurs_twice_is_settled_by_the_id_or_said():
    twice = np.array(["2026-11-01T01:30"] * 3, "M8[us]")
    created = np.array(["2026-11-01T08:30", "2026-11-01T09:30", "NaT"], "M8[us]")
    settled, doubtful = clock.place(twice, clock.PACIFIC).settle(created)
    assert [t.hour for t in settled] == [16, 17, 16]
    assert doubtful.tolist() == [False, False, True]
    never = clock.place(np.array(["2026-03-08T02:30"], "M8[us]"), clock.PACIFIC)
    assert never.impossible.all()


def test_instagram_ids_and_shortcodes_carry_their_moment():
    rng = random.Random(11)
    moments = [
        datetime(2019, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(milliseconds=rng.randrange(10**11))
        for _ in range(200)
    ]
    ids = [samples.media_id(moment, rng.randrange(1 << 23)) for moment in moments]
    want = [moment.replace(tzinfo=None) for moment in moments]
    blank = np.array([""] * 200, dtype=object)
    from_ids = clock.instagram_times(np.array([str(i) for i in ids], dtype=object), blank)
    links = [f"https://www.instagram.com/{rng.choice(['p', 'reel'])}/{samples.shortcode(i)}/" for i in ids]
    from_links = clock.instagram_times(blank, np.array(links, dtype=object))
    for found in (from_ids, from_links):
        assert found.astype("M8[ms]").tolist() == want


def test_ids_that_carry_no_time_are_not_given_one():
    ids = np.array(["18012345678901234", "abc", "", "9" * 19, "0" * 19], dtype=object)
    links = np.array(
        ["", "https://www.facebook.com/x/posts/1", "https://www.instagram.com/p/短/", "", ""], dtype=object
    )
    assert np.isnat(clock.instagram_times(ids, links)).tolist() == [True, True, True, True, True]


def test_every_alias_reads_back_to_one_role_in_every_language():
    import yaml

    files = sorted((Path(headers.__file__).parent / "aliases").glob("*.yml"))
    families = [item for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8")).items()]
    assert {layout.family for layout in LAYOUTS} <= {family for family, _ in families}
    for family, declared in families:
        known, seen = headers.aliases(family), {}
        for role, languages in declared["roles"].items():
            for language, names in languages.items():
                assert language.removesuffix("*") in headers.LANGUAGES
                for name in names:
                    assert known.role(name) == role
                    assert known.role(f"  {name.upper()} ") == role
                    assert seen.setdefault(headers.normalise(name), role) == role
    assert {c.name for c in table("posts").columns} >= {"views", "reach"}


def test_binary_is_told_by_its_first_bytes(tmp_path):
    for magic, kind, _ in decode.BINARY:
        path = tmp_path / "posts.csv"
        path.write_bytes(magic + bytes(range(256)))
        with pytest.raises(ReadError, match="這不是資料表") as caught:
            decode.open_source(decode.Stored(path.name, path))
        assert kind in str(caught.value) and "posts.csv" in str(caught.value)
