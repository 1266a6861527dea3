"""Downloads of LINE Official Account read back against their truth; small counts stay missing."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.exports import read_export, sample_line
from xiaobian.exports.draws import Draw

TRUTH, FILES = sample_line.build(), sample_line.files()
TABLE = {sample_line.BROADCASTS: "posts", sample_line.FRIENDS: "account_days"}


def rows_of(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(FILES[name].decode("utf-8"), newline="")))


def save(path, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def assert_same(export, name: str, want: pd.DataFrame | None = None) -> None:
    found = export.tables[TABLE[name]]
    assert export.platform == "line" and tables.problems(found, TABLE[name]) == []
    assert export.report.rows_in == export.report.rows_out + len(export.report.dropped)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), TRUTH[TABLE[name]] if want is None else want)


@pytest.mark.parametrize("name", TABLE)
def test_the_samples_are_what_the_generator_writes_and_read_back_to_the_truth(name):
    path = datasets.path(name)
    assert path.read_bytes() == FILES[name], "請重跑樣本"
    export = read_export(path)
    assert_same(export, name)
    assert set(export.report.unknown) <= {"1_imp", "1_click", "2_imp", "2_click"}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("seed", range(3))
def test_neither_order_nor_encoding_nor_a_total_row_changes_a_value(tmp_path, name, seed):
    header, *body = rows_of(name)
    total = [
        "合計" if i == (1 if name == sample_line.BROADCASTS else 0) else "99" for i in range(len(header))
    ]
    order = Draw("line test", seed).shuffled(range(len(header)))
    made = [[row[i] for i in order] for row in (header, *body, total)]
    export = read_export(save(tmp_path / "a.csv", made, ("utf-8", "utf-16", "utf-8-sig")[seed]))
    assert_same(export, name)
    assert export.report.dropped["原因"].tolist() == ["總計列"]


def test_delivered_and_clicks_are_kept_as_numbers_beside_the_table():
    export = read_export(datasets.path(sample_line.BROADCASTS))
    for name in ("deliveredCount", "clickUU", "1_imp", "2_click"):
        wanted = pd.array([row[name] for row in sample_line.broadcasts()], dtype="Float64")
        assert export.extra[name].astype("Float64").array.equals(wanted), name
    assert export.posts["clicks"].isna().all() and export.posts["views"].isna().all()
    assert "deliveredCount" in export.report.metric_era and "clickUU" in export.report.metric_era


def test_small_counts_are_missing_not_zero_and_said():
    export = read_export(datasets.path(sample_line.BROADCASTS))
    blank = [row["open"] is None or row["clickUU"] is None for row in sample_line.broadcasts()]
    assert 2 <= sum(blank) < 6 and not export.posts["reach"].eq(0).any()
    assert any("LINE 不給數字" in text and "不是 0" in text for text in export.report.warnings)


def test_the_time_zone_is_stated_as_unproven_and_can_be_changed():
    path = datasets.path(sample_line.BROADCASTS)
    taipei, tokyo = read_export(path), read_export(path, timezone="Asia/Tokyo")
    assert taipei.report.zone.verdict == "unknown" and taipei.report.time_zone == "Asia/Taipei"
    assert "Asia/Tokyo" in taipei.report.zone.sentence
    earlier = taipei.posts["published_at"] - tokyo.posts["published_at"]
    assert earlier.unique().tolist() == [pd.Timedelta(hours=1)]


def test_days_in_other_spellings_and_days_without_a_clock_time(tmp_path):
    header, *body = rows_of(sample_line.BROADCASTS)
    for row in body:
        row[1] = row[1][:10].replace("-", "/") if row is body[0] else row[1]
    export = read_export(save(tmp_path / "a.csv", [header, *body]))
    assert export.posts["published_at"].iloc[0].hour == 0
    assert any("只有日期" in text and "第 2 列" in text for text in export.report.warnings)


def test_impossible_figures_are_named(tmp_path):
    header, *body = rows_of(sample_line.BROADCASTS)
    body[2][header.index("open")] = "999999"
    warned = read_export(save(tmp_path / "a.csv", [header, *body])).report.warnings
    assert any("大於送達數" in text and "第 4 列" in text for text in warned)
    header, *body = rows_of(sample_line.FRIENDS)
    body[1][header.index("blocks")], body[3][header.index("contacts")] = "999999", ""
    export = read_export(save(tmp_path / "b.csv", [header, *body]))
    assert export.tables["account_days"]["followers"].isna().to_numpy().nonzero()[0].tolist() == [1, 3]
    assert any("封鎖人數大於" in text for text in export.report.warnings)


def test_friends_say_what_a_follower_is_and_what_is_not_in_the_file():
    export = read_export(datasets.path(sample_line.FRIENDS))
    days = export.tables["account_days"]
    assert days["gained"].isna().all() and days["lost"].isna().all()
    assert any("contacts" in text and "blocks" in text for text in export.report.warnings)
    assert {"contacts", "targetReaches", "blocks"} <= set(export.extra.columns)
