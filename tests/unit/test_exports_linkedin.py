"""LinkedIn workbooks read back against their truth: sheets, note rows, old and Chinese names, dates that Excel touched."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_linkedin
from xiaobian.exports.draws import Draw

TRUTH, FILES, SHEETS = sample_linkedin.build(), sample_linkedin.files(), sample_linkedin.sheets()
CONTENT, FOLLOWERS, VISITORS = FILES
IN_2020 = {
    "Post title": "Update title", "Post link": "Update link", "Post type": "Update type", "Views": "Video views",
    "Reposts": "Shares",
}  # fmt: skip
CHINESE = {
    "Post title": "貼文標題", "Post link": "貼文連結", "Created date": "建立日期", "Impressions": "曝光次數",
    "Clicks": "點擊次數", "Likes": "按讚數", "Comments": "留言", "Reposts": "轉發", "Follows": "追蹤",
    "Engagement rate": "互動率", "Posted by": "發佈者", "Content Type": "內容類型", "Post type": "貼文類型",
}  # fmt: skip


def save(path, tabs: dict[str, list[list]]):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tabs.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in (cell for cells in sheet.iter_rows() for cell in cells if isinstance(cell.value, str)):
            cell.data_type = "s"
    book.save(path)
    return path


def posts_sheet() -> list[list]:
    return [list(row) for row in SHEETS[CONTENT]["All posts"]]


def assert_same(export, name: str, want: pd.DataFrame) -> None:
    found = export.tables[name].reset_index(drop=True)
    assert export.platform == "linkedin" and tables.problems(found, name) == []
    pd.testing.assert_frame_equal(found, want)
    for part in export.parts or (export,):
        assert part.report.rows_in == part.report.rows_out + len(part.report.dropped)
        assert part.report.unknown == []


@pytest.mark.parametrize("path", FILES)
def test_the_samples_are_what_the_generator_writes(path):
    kept, made = datasets.path(path), FILES[path]
    assert kept.read_bytes() == made, "請重跑樣本"


def test_the_content_workbook_gives_posts_and_days():
    export = read_export(datasets.path(CONTENT))
    assert_same(export, "posts", TRUTH["posts"])
    assert_same(export, "account_days", TRUTH["content"])
    posts = next(part for part in export.parts if "posts" in part.tables)
    assert "UTC" in posts.report.zone.label() and "說明" in posts.report.zone.label()
    assert any("不能用來分析發文時段" in text for text in posts.report.warnings)
    assert posts.posts["views"].isna().all() and posts.extra["Views"].max() > 0


def test_followers_and_visitors():
    followers = read_export(datasets.path(FOLLOWERS), exported_on="2026-06-01")
    assert_same(followers, "account_days", TRUTH["followers"])
    audience = TRUTH["audience"].assign(as_of=pd.Timestamp("2026-06-01").as_unit("us"))
    assert_same(followers, "audience", audience)
    assert_same(read_export(datasets.path(VISITORS)), "account_days", TRUTH["visitors"])


def test_three_workbooks_become_one_table_of_days():
    export = read_export([datasets.path(path) for path in FILES])
    days = export.tables["account_days"]
    assert len(days) == len(TRUTH["content"])
    for name, column in (("content", "engagements"), ("followers", "gained"), ("visitors", "visits")):
        assert days[column].tolist() == TRUTH[name][column].tolist()


@pytest.mark.parametrize("names", [IN_2020, CHINESE], ids=["2020", "zh"])
@pytest.mark.parametrize("seed", range(2))
def test_neither_the_names_of_2020_nor_chinese_ones_nor_the_order_change_a_value(tmp_path, names, seed):
    note, header, *body = posts_sheet()
    order = Draw("linkedin test", seed).shuffled(range(len(header)))
    made = [[names.get(header[i], header[i]) for i in order], *([row[i] for i in order] for row in body)]
    made = [note, *made] if seed else made
    export = read_export(save(tmp_path / "a.xlsx", {"Update engagement": made}))
    assert_same(export, "posts", TRUTH["posts"])


def test_dates_that_excel_has_turned_into_real_dates_are_the_same_days(tmp_path):
    note, header, *body = posts_sheet()
    at = header.index("Created date")
    for row in body:
        row[at] = datetime.strptime(row[at], "%m/%d/%Y")
    assert_same(
        read_export(save(tmp_path / "a.xlsx", {"All posts": [note, header, *body]})), "posts", TRUTH["posts"]
    )


def test_days_before_months_are_refused(tmp_path):
    note, header, *body = posts_sheet()
    at = header.index("Created date")
    for row in body:
        month, day, year = row[at].split("/")
        row[at] = f"{day}/{month}/{year}"
    with pytest.raises(ReadError, match="分不出哪個是月"):
        read_export(save(tmp_path / "a.xlsx", {"All posts": [note, header, *body]}))


def test_blanks_stay_missing_and_a_wrong_rate_and_a_repeated_post_are_named(tmp_path):
    note, header, *body = posts_sheet()
    body[0][header.index("Likes")] = None
    body[1][header.index("Engagement rate")] = 0.9
    export = read_export(save(tmp_path / "a.xlsx", {"All posts": [note, header, *body, body[2]]}))
    assert export.posts["likes"].isna().to_numpy().nonzero()[0].tolist() == [0]
    assert any("互動率不等於" in text and "第 4 列" in text for text in export.report.warnings)
    assert export.report.dropped["原因"].str.contains("重複").sum() == 1 == len(export.report.dropped)


@pytest.mark.parametrize(
    ("totals", "column"), [((1000, 1003, 1009), "followers"), ((3, 4, 6), "gained"), ((9, 2, 7), "")]
)
def test_total_followers_is_read_by_what_it_counts(tmp_path, totals, column):
    header = ["Date", "Organic followers", "Sponsored followers", "Total followers"]
    kinds = zip((2, 3, 5), totals, strict=True)
    rows = [[f"03/0{n}/2026", kind, 1, total] for n, (kind, total) in enumerate(kinds, 1)]
    days = read_export(save(tmp_path / "a.xlsx", {"New followers": [header, *rows]})).tables["account_days"]
    for name in ("followers", "gained"):
        assert days[name].notna().all() == (name == column)
    if column:
        assert days[column].tolist() == list(totals)
