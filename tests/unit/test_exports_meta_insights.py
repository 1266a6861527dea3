"""Old Facebook Page Insights: post and page level, CSV and workbook, read back to the truth they were written from."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import NotFound
from xiaobian.exports import read_export
from xiaobian.exports import sample_meta_insights as old
from xiaobian.exports.samples import DESIGN

SEED = DESIGN["seed"][0]
TRUTH = old.posts_truth(SEED)
NAME = Path(old.PATHS["posts"]).name


def cells_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def save(path: Path, rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def assert_same(found: pd.DataFrame, want: pd.DataFrame, key: str) -> None:
    pd.testing.assert_frame_equal(
        found.sort_values(key, ignore_index=True), want.sort_values(key, ignore_index=True), rtol=1e-12
    )


def assert_account(export) -> None:
    report = export.report
    assert report.rows_in == report.rows_out + len(report.dropped)
    for name, frame in export.tables.items():
        assert tables.problems(frame, name) == []


# -- posts as CSV ----------------------------------------------------------------------------------------


def test_posts_read_back_to_their_truth_and_the_definitions_are_no_post():
    export = read_export(datasets.path(old.PATHS["posts"]))
    assert_same(export.posts, TRUTH, "post_id")
    assert_account(export)
    assert export.report.dropped["原因"].tolist() == ["指標說明列，不是貼文"]
    assert export.report.unknown == []
    assert not any("不是數字" in text for text in export.report.warnings)


def test_old_figures_are_of_another_era_and_never_called_views():
    export = read_export(datasets.path(old.PATHS["posts"]))
    assert set(export.posts["metric_era"]) == {"insights_lifetime"}
    assert export.posts["views"].isna().all()
    assert "Views" in export.report.metric_era


def test_the_zone_is_said_to_be_a_guess_unless_the_caller_names_it(tmp_path):
    path = save(tmp_path / NAME, cells_of(old.posts_csv(SEED)))
    guessed, named = read_export(path), read_export(path, timezone="Asia/Taipei")
    assert any("推測" in text for text in guessed.report.warnings)
    assert "推測" in guessed.report.zone.label() and "timezone=" in named.report.zone.label()
    assert not any("推測" in text for text in named.report.warnings)
    hours = (guessed.posts["published_at"] - named.posts["published_at"]) / pd.Timedelta(hours=1)
    assert set(hours) == {15.0, 16.0}


@pytest.mark.parametrize("swap", [False, True])
def test_columns_of_one_name_are_told_apart_by_their_definitions_not_their_order(tmp_path, swap):
    rows = cells_of(old.posts_csv(SEED))
    first = rows[0].index("Lifetime Organic Video Views")
    if swap:
        for row in rows:
            row[first], row[first + 1] = row[first + 1], row[first]
    export = read_export(save(tmp_path / NAME, rows))
    for label, name in (("人數", "viewers"), ("次數", "views")):
        found = export.extra[f"Lifetime Organic Video Views（{label}）"]
        want = {post.post_id: post.figures[name] for post in old.old_posts(SEED)}
        assert [None if pd.isna(v) else int(v) for v in found] == [want[key] for key in found.index]


def test_without_definitions_nobody_guesses_which_column_is_which_or_the_unit(tmp_path):
    rows = cells_of(old.posts_csv(SEED))
    del rows[1]
    export = read_export(save(tmp_path / NAME, rows))
    assert_same(export.posts, TRUTH.assign(duration_s=float("nan"), avg_watch_s=float("nan")), "post_id")
    assert export.report.dropped.empty
    assert any("分不出是人數還是次數" in text for text in export.report.warnings)
    assert any("秒還是毫秒" in text for text in export.report.warnings)
    assert {"Lifetime Organic Video Views", "Lifetime Organic Video Views.1"} <= set(export.extra)


def test_the_names_of_2020_and_another_order_change_nothing(tmp_path):
    rows = cells_of(old.posts_csv(SEED))
    rows[0] = [old.NEWER.get(name, name) for name in rows[0]]
    rows = [row[::-1] for row in rows]
    assert_same(read_export(save(tmp_path / NAME, rows)).posts, TRUTH, "post_id")


def test_a_repeated_and_a_nameless_row_are_reported(tmp_path):
    rows = cells_of(old.posts_csv(SEED))
    rows += [rows[5], ["", *rows[6][1:]]]
    export = read_export(save(tmp_path / "a.csv", rows))
    assert_account(export)
    assert len(export.report.dropped) == 3 and len(export.posts) == len(TRUTH)
    assert export.posts["account"].isna().all()


# -- posts as a workbook ---------------------------------------------------------------------------------


def test_the_workbook_brings_likes_comments_shares_and_link_clicks():
    export = read_export(datasets.path(old.PATHS["workbook"]))
    assert_same(export.posts, old.posts_truth(SEED, actions=True), "post_id")
    assert_account(export)
    assert export.report.rows_in == sum(len(rows) - 1 for rows in old.posts_sheets(SEED).values())
    people = export.extra["Lifetime Talking About This(...：like"]
    assert people.sum() < export.posts["likes"].sum()


def test_a_workbook_that_is_not_well_formed_is_read_all_the_same(tmp_path):
    data = old.posts_xls(SEED).replace("阿嬤說".encode(), b"A&B <3 ")
    path = tmp_path / NAME.replace(".csv", ".xls")
    path.write_bytes(data)
    export = read_export(path)
    assert export.posts["reach"].sum() == TRUTH["reach"].sum() and len(export.posts) == len(TRUTH)


def test_a_workbook_saved_again_as_xlsx_reads_the_same(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in old.posts_sheets(SEED).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / NAME.replace(".csv", ".xlsx"))
    export = read_export(tmp_path / NAME.replace(".csv", ".xlsx"))
    assert_same(export.posts, old.posts_truth(SEED, actions=True), "post_id")
    assert_account(export)


@pytest.mark.parametrize("after", [20, 70], ids=["Key Metrics", "another sheet"])
def test_a_blank_row_inside_a_sheet_loses_no_post(tmp_path, after):
    parts = old.posts_xls(SEED).split(b"<Row>")
    path = tmp_path / NAME.replace(".csv", ".xls")
    path.write_bytes(b"<Row>".join([*parts[:after], b"</Row>\n", *parts[after:]]))
    export = read_export(path)
    assert_same(export.posts, TRUTH, "post_id")
    assert_account(export)


def test_rows_of_unknown_posts_in_another_sheet_are_reported(tmp_path):
    data = old.posts_xls(SEED)
    first = old.old_posts(SEED)[0].post_id.encode()
    at = data.index(b"Lifetime Post Stories")
    path = tmp_path / "a.xls"
    path.write_bytes(data[:at] + data[at:].replace(first, b"1_2", 1))
    export = read_export(path)
    assert_account(export)
    assert any("不在 Key Metrics 裡" in reason for reason in export.report.dropped["原因"])
    assert export.posts.set_index("post_id").loc[first.decode(), ["likes", "comments", "shares"]].isna().all()


# -- page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", [False, True], ids=["english", "api names"])
def test_the_days_of_the_page_read_back_to_their_truth(tmp_path, api):
    path = tmp_path / Path(old.PATHS["page"]).name
    path.write_bytes(old.page_csv(SEED, api))
    export = read_export(path)
    pd.testing.assert_frame_equal(export.tables["account_days"], old.page_truth(SEED))
    assert_account(export)
    assert export.report.unknown == [] and list(export.tables) == ["account_days"]
    weekly = "page_impressions_unique:week" if api else "Weekly Total Reach"
    assert export.extra[weekly].notna().all() and export.extra.index.name == "date"
    assert "專頁按讚" in export.report.metric_era


def test_missing_days_and_repeated_days_are_said_and_never_filled(tmp_path):
    rows = cells_of(old.page_csv(SEED))
    gone = rows[10][0]
    rows = [*rows[:10], *rows[11:], rows[20]]
    export = read_export(save(tmp_path / "a.csv", rows))
    days = export.tables["account_days"]
    assert gone not in set(days["date"].dt.strftime("%Y-%m-%d")) and days["date"].is_unique
    assert any("1 天沒有列" in text for text in export.report.warnings)
    assert_account(export)


def test_a_page_file_has_no_posts_and_says_what_it_has():
    export = read_export(datasets.path(old.PATHS["page"]))
    with pytest.raises(NotFound, match="account_days"):
        _ = export.posts
