"""Numbers that could be wrong in silence: other decimal signs, clocks, unnamed totals, swapped days."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest

from xiaobian.errors import ReadError
from xiaobian.exports import read_export, typed
from xiaobian.exports.video_tables import clock_seconds


def values(*cells: str) -> list[float | None]:
    read = typed.numbers(pd.Series(list(cells), dtype="string"))
    assert read.unreadable.tolist() == np.isnan(read.values).tolist()
    return [None if np.isnan(value) else float(value) for value in read.values]


def said(export, part: str) -> bool:
    return any(part in text for text in export.report.warnings)


def test_a_decimal_comma_is_never_taken_for_thousands():
    assert values("0,234") == [None]
    assert values("12,345", "0,5", "7") == [None, None, 7]
    assert values("1,234", "3456,75") == [None, None]
    assert values("12,345", "7") == [12345, 7]


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\u2009"])
def test_thousands_set_off_by_blanks_are_read_and_torn_ones_are_not(blank):
    assert values(f"1{blank}234", f"12{blank}345{blank}678", "87") == [1234, 12345678, 87]
    assert values(f"1{blank}23", f"0{blank}123", f"1234{blank}567") == [None, None, None]


@pytest.mark.parametrize("text", ["(123)", "1.234.567", "1.234,5", "12%", "1'234", "5K", "1,2345"])
def test_what_is_written_otherwise_is_missing_not_guessed(text):
    assert values(text) == [None]


def test_a_clock_has_no_ninetieth_second():
    assert np.isnan(clock_seconds(np.array(["4:90", "1:60:00", "0:75:10"], dtype=object))).all()
    assert clock_seconds(np.array(["90:15", "0:59:59"], dtype=object)).tolist() == [5415, 3599]


GA4 = """# ----
# Report
# Property: 嶼穗茶食
# ----
# Start date: 20260301
# End date: 20260301
Session source / medium,Sessions,Engaged sessions
{rows}"""


def test_a_total_without_a_name_does_not_double_the_sessions(tmp_path):
    path = tmp_path / "ga4.csv"
    path.write_text(
        GA4.format(rows=",300,120\ngoogle / organic,200,80\n(not set),100,40\n"), encoding="utf-8"
    )
    export = read_export(path)
    assert export.tables["sessions"]["sessions"].tolist() == [200, 100]
    assert export.report.dropped["原因"].tolist() == ["總計列"] and export.report.rows_in == 3


def test_four_thousand_written_with_a_dot_is_not_four(tmp_path):
    path = tmp_path / "a.csv"
    head = "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Impressions\n"
    rows = "abcdefghijk,A,2026-01-01,240,87,3.000,4.000\nabcdefghijl,B,2026-01-02,300,95,1.5,900\n"
    path.write_text(head + rows, encoding="utf-8")
    export = read_export(path)
    assert export.posts["impressions"].fillna(-1).tolist() == [-1, 900]
    assert export.posts["views"].tolist() == [87, 95] and export.posts["watch_time_s"].tolist() == [
        10800,
        5400,
    ]
    assert said(export, "「Impressions」有像「4.000」的值")


def test_friends_that_are_no_whole_numbers_are_missing_and_said(tmp_path):
    path = tmp_path / "friend_overview.csv"
    path.write_text(
        "date,contacts,targetReaches,blocks\n2026-03-01,1200,900,100\n2026-03-02,1.234,900,0.1\n2026-03-03,abc,900,100\n",
        encoding="utf-8",
    )
    export = read_export(path)
    assert export.tables["account_days"]["followers"].fillna(-1).tolist() == [1100, -1, -1]
    assert said(export, "「contacts」是次數卻有小數") and said(export, "「contacts」有不是數字的值")


def linkedin(path, rows: list[list]):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "New followers"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("totals", "read"), [((3, 5), ""), ((0, 0, 0, 0, 0, 0, 0, 0), ""), (range(900, 910), "followers")]
)
def test_two_rising_days_are_not_proof_of_a_stock(tmp_path, totals, read):
    rows = [[f"03/{day:02d}/2026", total] for day, total in enumerate(totals, 1)]
    header = ["Date", "Sponsored followers", "Total followers"]
    with_kinds = [[day, None, total] for day, total in rows]
    export = read_export(linkedin(tmp_path / "a.xlsx", [header, *with_kinds]))
    days = export.tables["account_days"]
    assert days["followers"].notna().all() == (read == "followers")


@pytest.mark.parametrize("swapped", [False, True])
def test_days_that_follow_each_other_only_when_swapped_are_refused(tmp_path, swapped):
    header = ["Date", "Organic followers", "Sponsored followers", "Total followers"]
    days = [f"{day:02d}/03/2026" if swapped else f"03/{day:02d}/2026" for day in range(1, 10)]
    path = linkedin(tmp_path / "a.xlsx", [header, *([day, 2, 1, 3] for day in days)])
    if swapped:
        with pytest.raises(ReadError, match="對調"):
            read_export(path)
    else:
        found = read_export(path).tables["account_days"]
        assert found["date"].dt.strftime("%m-%d").tolist() == [f"03-{day:02d}" for day in range(1, 10)]


def test_a_share_that_cannot_be_is_missing_and_said(tmp_path):
    path = tmp_path / "FollowerGender.csv"
    path.write_text('"Gender","Distribution"\n"Female","1.2"\n"Male","-0.2"\n', encoding="utf-8")
    export = read_export(path)
    assert export.tables["audience"]["share"].isna().all() and said(export, "占比小於 0")
