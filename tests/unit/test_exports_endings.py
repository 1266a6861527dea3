"""How files end: complete without a line end, cut anywhere, and tables of a single group."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from xiaobian import datasets
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, rows, sample_tiktok
from xiaobian.exports.samples import DESIGN

SEED = DESIGN["seed"][0]
QUOTED = [
    path for path, data in sample_tiktok.files(SEED).items() if path.endswith(".csv") and data.endswith(b'"')
]
ENDING = "檔案最後沒有換行"


@pytest.fixture(params=["the C parser", "the csv module"])
def road(request, monkeypatch):
    if request.param == "the csv module":
        monkeypatch.setattr(rows, "_read_csv", lambda *_: None)


def said(export, part: str) -> bool:
    return any(part in text for text in (*export.report.warnings, *export.report.repairs))


def save(folder: Path, data: bytes) -> Path:
    path = folder / "a.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", QUOTED)
def test_a_last_row_closed_by_its_quote_is_complete(name, road):
    export = read_export(datasets.path(name), exported_on="2026-04-06")
    assert not said(export, ENDING) and not said(export, "中斷")


def test_the_kit_has_downloads_that_end_so():
    assert any("Content" in name for name in QUOTED) and any("Overview" in name for name in QUOTED)


@pytest.mark.parametrize("name", QUOTED)
def test_the_same_file_cut_anywhere_in_its_last_row_is_said_to_be_cut(name, tmp_path, road):
    data = datasets.path(name).read_bytes()
    start = data.rindex(b"\n") + 1
    whole = read_export(datasets.path(name), exported_on="2026-04-06").report.rows_out
    for end in (start + 1, start + 2, data.rindex(b","), data.rindex(b",") + 2, len(data) - 1):
        export = read_export(save(tmp_path, data[:end]), exported_on="2026-04-06")
        assert said(export, "檔案在最後一列中斷"), data[start:end]
        assert export.report.rows_out == whole - 1
    export = read_export(save(tmp_path, data[: data.rindex(b",") + 1]), exported_on="2026-04-06")
    assert said(export, ENDING)


def test_a_number_without_quotes_at_the_very_end_may_be_cut(tmp_path, road):
    plain = io.StringIO(newline="")
    text = datasets.path(QUOTED[0]).read_bytes().decode("utf-8-sig")
    csv.writer(plain, lineterminator="\n").writerows(csv.reader(io.StringIO(text, newline="")))
    data = plain.getvalue().rstrip("\n").encode()
    assert said(read_export(save(tmp_path, data), exported_on="2026-04-06"), ENDING)
    assert not said(read_export(save(tmp_path, data + b"\n"), exported_on="2026-04-06"), ENDING)


@pytest.mark.parametrize(
    ("record", "tail"),
    [
        ('a,"5"', "closed"), ('a,""', "closed"), ('a,"5', "open"), ('a,"', "open"), ("a,5", "loose"), ('a,5"', "loose"),
        ('"a\nb","5"', "closed"), ('"a\n', "open"), ('a,"5"\r\n', "ended"), ('a,"say ""hi"""', "closed"), ("", "loose"),
    ],
)  # fmt: skip
def test_the_end_of_a_record_is_told_by_its_quotes(record, tail):
    assert rows.tail_of(record, ",") == tail


# -- stacked tables --------------------------------------------------------------------------------------


def audience(*blocks: str, end: str = "\n") -> bytes:
    return utf16("\n\n".join(blocks) + end)


def utf16(text: str) -> bytes:
    return ("\ufeffsep=,\n" + text).encode("utf-16-le")


CITIES = '"Top cities"\n"Taipei, Taiwan","Tainan City, Taiwan"\n"62.5%","20%"'
ONE = '"Top countries"\n"Taiwan"\n"98.5%"'


@pytest.mark.parametrize("blocks", [(CITIES, ONE), (ONE, CITIES)])
def test_a_block_of_a_single_group_is_read_wherever_it_stands(tmp_path, blocks):
    export = read_export(save(tmp_path, audience(*blocks)), platform="facebook")
    shares = export.tables["audience"].set_index(["dimension", "group"])["share"]
    assert shares["country", "Taiwan"] == pytest.approx(0.985)
    assert shares["city", "Taipei, Taiwan"] == pytest.approx(0.625)
    assert len(shares) == 3 and export.report.rows_in == export.report.rows_out == 2


def test_a_block_of_which_only_the_beginning_is_there_is_said(tmp_path):
    export = read_export(save(tmp_path, audience(CITIES, '"Top countries"\n"Taiwan"')), platform="facebook")
    assert said(export, "「Top countries」") and said(export, "「Taiwan」")
    export = read_export(
        save(tmp_path, audience(CITIES, '"Top countries"\n"Taiwan","Japan"')), platform="facebook"
    )
    assert said(export, "「Top countries」只有欄名")


def test_a_stacked_file_cut_inside_its_last_number_is_said(tmp_path):
    whole = '"Facebook visits"\n"Date","Primary"\n"2026-03-01T00:00:00","1200"\n"2026-03-02T00:00:00","1300"'
    export = read_export(save(tmp_path, utf16(whole + "\n")))
    assert export.report.rows_out == 2 and not said(export, ENDING)
    export = read_export(save(tmp_path, utf16(whole[:-3])))
    assert export.report.rows_out == 1 and said(export, "檔案在最後一列中斷")
    plain = whole.replace('"', "")
    export = read_export(save(tmp_path, utf16(plain[:-2])))
    assert said(export, ENDING)


def test_an_audience_cut_inside_its_last_share_is_said(tmp_path):
    plain = CITIES.replace('"62.5%","20%"', "62.5%,20.25")
    export = read_export(save(tmp_path, audience(plain, end="")), platform="facebook")
    assert said(export, ENDING)


def test_a_file_of_one_line_is_still_refused(tmp_path):
    with pytest.raises(ReadError):
        read_export(save(tmp_path, b'"Top countries"'))
