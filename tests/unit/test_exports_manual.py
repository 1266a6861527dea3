"""The manual-entry template: written, opened, filled in, read back; the example row never becomes data."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import manual, read_export, sample_manual
from xiaobian.exports.headers import aliases

TRUTH = sample_manual.build()["posts"]


def cells(data: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("platform", manual.COLUMNS)
def test_an_empty_template_says_that_nothing_is_filled_in(tmp_path, platform):
    path = manual.template(tmp_path / "t.xlsx", platform=platform)
    with pytest.raises(ReadError, match="範例列"):
        read_export(path)


@pytest.mark.parametrize("platform", manual.COLUMNS)
def test_one_row_filled_in_as_a_person_would(tmp_path, platform):
    path = manual.template(tmp_path / "t.xlsx", platform=platform)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    headers = [cell.value for cell in sheet[manual.TOP + 1]]
    values = {
        "平台": tables.PLATFORMS[platform],
        "文案": "第一則",
        "發佈時間（台北時間）": "2026/3/2 下午 08:30",
    }
    for place, header in enumerate(headers, 1):
        kind = next((entry.kind for entry in manual.COLUMNS[platform] if entry.header == header), "")
        sheet.cell(manual.TOP + 3, place, values.get(header, 7 if kind == "count" else None))
    book.save(path)
    export = read_export(path)
    assert export.platform == platform and len(export.posts) == 1 and export.report.unknown == []
    assert export.posts["published_at"].iloc[0] == pd.Timestamp("2026-03-02 20:30", tz="Asia/Taipei")
    roles = {aliases("generic").role(e.header) for e in manual.COLUMNS[platform] if e.kind == "count"}
    figures = roles & {column.name for column in tables.table("posts").columns}
    assert len(figures) >= 2 and all(export.posts[name].tolist() == [7] for name in figures)
    assert export.report.dropped["原因"].tolist() == ["範本的範例列"]


def test_a_real_date_cell_is_read_like_a_typed_one_and_a_blank_platform_like_the_examples(tmp_path):
    path = manual.template(tmp_path / "t.xlsx", platform="ptt")
    book = openpyxl.load_workbook(path)
    headers = [cell.value for cell in book.active[manual.TOP + 1]]
    place = headers.index("發佈時間（台北時間）") + 1
    book.active.cell(manual.TOP + 3, place, pd.Timestamp("2026-03-02 20:30").to_pydatetime())
    book.save(path)
    export = read_export(path)
    assert export.posts["published_at"].iloc[0] == pd.Timestamp("2026-03-02 20:30", tz="Asia/Taipei")
    assert export.platform == "ptt" and any("沒寫平台，當成 PTT" in text for text in export.report.repairs)


def test_the_template_explains_and_checks_every_column(tmp_path):
    path = manual.template(tmp_path / "t.xlsx", platform="threads")
    sheet = openpyxl.load_workbook(path).active
    heads = sheet[manual.TOP + 1]
    assert all(cell.comment and len(cell.comment.text) > 3 for cell in heads)
    rules = {rule.type for rule in sheet.data_validations.dataValidation}
    assert {"list", "whole"} <= rules


def test_nothing_that_somebody_typed_is_overwritten(tmp_path):
    path = manual.template(tmp_path / "t.xlsx", platform="dcard")
    before = path.read_bytes()
    with pytest.raises(ReadError, match="已經在了"):
        manual.template(path, platform="dcard")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "platform", "part"), [("a.csv", "ptt", "xlsx"), ("a.xlsx", "facebook", "threads")]
)
def test_what_cannot_be_made_says_what_can(tmp_path, name, platform, part):
    with pytest.raises(ReadError, match=part):
        manual.template(tmp_path / name, platform=platform)
    assert list(tmp_path.iterdir()) == []


def test_the_filled_sample_is_what_the_generator_writes_and_reads_back_to_the_truth():
    path = datasets.path(sample_manual.FILE)
    assert cells(path.read_bytes()) == cells(sample_manual.files()[sample_manual.FILE]), "請重跑樣本"
    export = read_export(path)
    assert export.platform == "threads" and export.report.unknown == []
    pd.testing.assert_frame_equal(export.posts.reset_index(drop=True), TRUTH)
    report = export.report
    assert report.rows_in == report.rows_out + len(report.dropped) and len(report.dropped) == 1
    assert export.posts["comments"].eq(0).sum() >= 1 and export.posts["views"].isna().sum() == 1
