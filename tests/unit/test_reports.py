"""Files for people: typed, labelled, and unable to run what somebody wrote into a caption."""

from __future__ import annotations

import csv

import openpyxl
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.errors import NotFound, TableError
from xiaobian.reports import write_csv, write_xlsx
from xiaobian.reports.cells import STARTERS

ATTACKS = [
    "=1+1",
    "+886 2",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("http://x.example","按我")',
    "＝1+1",
]
HARMLESS = [
    "下雨天的茶",
    "1+1=2",
    "a@b",
    "'=1",
    "_x0041_",
    "",
    " =1",
    "{=1}",
    "http://x.example",
    "007",
    "1.22E+17",
]


def frame(texts: list[str]) -> pd.DataFrame:
    posts = pd.DataFrame(
        {
            "post_id": pd.array([f"{17000000000000000 + i}" for i in range(len(texts))], dtype="string"),
            "published_at": pd.Timestamp("2026-03-02 23:30", tz="Asia/Taipei"),
            "caption": pd.array(texts, dtype="string"),
            "is_paid": pd.array([True, pd.NA] + [False] * (len(texts) - 2), dtype="boolean"),
            "reach": pd.array([-5, pd.NA] + [7] * (len(texts) - 2), dtype="Int64"),
            "avg_watch_s": [-1.5, None] + [2.25] * (len(texts) - 2),
        }
    )
    return posts.astype({"published_at": xb.tables.TIME})


def read_csv(path, encoding="utf-8-sig"):
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream))


def test_csv_never_begins_a_cell_with_a_formula(tmp_path):
    posts = frame(ATTACKS + HARMLESS)
    result = write_csv(posts, tmp_path / "posts.csv")
    rows = read_csv(result.path)
    captions = [row[2] for row in rows[1:]]
    assert captions == ["'" + text for text in ATTACKS] + HARMLESS
    assert [text for _, _, text in result.guarded] == ATTACKS
    assert [rows[row - 1][2] for row, _, _ in result.guarded] == ["'" + text for text in ATTACKS]
    assert result.path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_csv_keeps_numbers_numbers_and_missing_empty(tmp_path):
    rows = read_csv(write_csv(frame(["a", "b", "c"]), tmp_path / "posts.csv").path)
    assert rows[0] == [xb.tables.label(c) for c in frame(["a", "b"]).columns]
    assert [row[4] for row in rows[1:]] == ["-5", "", "7"]
    assert rows[1][1] == "2026-03-02 23:30:00+08:00"


def test_csv_for_another_tool_is_unchanged_but_says_what_it_carries(tmp_path):
    result = write_csv(frame(ATTACKS), tmp_path / "posts.csv", spreadsheet=False)
    rows = read_csv(result.path, "utf-8")
    assert [row[2] for row in rows[1:]] == ATTACKS
    assert len(result.left) == len(ATTACKS) and not result.guarded
    assert "不要用試算表打開" in result.say()


def test_a_header_is_a_cell_too(tmp_path):
    result = write_csv(pd.DataFrame({"=cmd": ["a"], 5: [1]}), tmp_path / "odd.csv")
    assert read_csv(result.path)[0] == ["'=cmd", "5"]
    assert result.guarded == ((1, "=cmd", "=cmd"),)


def test_a_mixed_column_is_guarded_cell_by_cell(tmp_path):
    result = write_csv(
        pd.DataFrame({"mixed": pd.Series([-1, "-1", None, 2.5], dtype="object")}), tmp_path / "m.csv"
    )
    assert [row[0] for row in read_csv(result.path)[1:]] == ["-1", "'-1", "", "2.5"]


def test_the_read_back_of_a_guarded_csv_by_excel_rules_has_no_formula(tmp_path):
    rows = read_csv(write_csv(frame(ATTACKS), tmp_path / "posts.csv").path)
    assert not [cell for row in rows for cell in row[:4] if cell.startswith(STARTERS)]


def decoded(text: str) -> str:
    """The characters that XML cannot hold, which Excel decodes and openpyxl leaves as they are stored."""
    return text.replace("_x000B_", "\u000b").replace("_x000D_", "\r")


def test_xlsx_text_is_text_and_unchanged(tmp_path):
    texts = ATTACKS + HARMLESS + ["茶" * 32_767, "兩行\n文字", "\u000b垂直定位"]
    path = write_xlsx(frame(texts), tmp_path / "posts.xlsx").path
    sheet = openpyxl.load_workbook(path)["資料"]
    cells = [sheet.cell(row, 3) for row in range(2, len(texts) + 2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [decoded(cell.value or "") for cell in cells] == texts
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]


def test_xlsx_cells_are_typed(tmp_path):
    sheet = openpyxl.load_workbook(write_xlsx(frame(["a", "b", "c"]), tmp_path / "p.xlsx").path)["資料"]
    first, second = (list(row) for row in sheet.iter_rows(min_row=2, max_row=3))
    assert [c.value for c in sheet[1]] == [xb.tables.label(c) for c in frame(["a", "b"]).columns]
    assert [c.data_type for c in first] == ["s", "d", "s", "b", "n", "n"]
    assert first[0].value == "17000000000000000" and first[1].value == pd.Timestamp("2026-03-02 23:30")
    assert [c.value for c in second[3:]] == [None, None, None]
    assert sheet.tables["資料表"].ref == "A1:F4"


def test_the_same_table_is_the_same_file(tmp_path):
    one, two = (write_xlsx(frame(["a", "b"]), tmp_path / f"{i}.xlsx").path.read_bytes() for i in "12")
    assert one == two


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_cannot_be_written_is_refused_by_name(tmp_path, write):
    with pytest.raises(TableError, match="不是表格"):
        write([1, 2], tmp_path / "a")
    with pytest.raises(NotFound, match="沒有「nothing」"):
        write(pd.DataFrame({"a": [1]}), tmp_path / "a", table="nothing")
    with pytest.raises(TableError, match="名稱相同"):
        write(pd.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path / "a")


def test_two_columns_that_would_read_the_same_keep_their_names(tmp_path):
    both = pd.DataFrame({"reach": [1], xb.tables.label("reach"): [2]})
    rows = read_csv(write_csv(both, tmp_path / "a.csv").path)
    assert rows[0] == ["觸及人數（人）［reach］", "觸及人數（人）［觸及人數（人）］"]


def test_excel_limits_are_said_before_anything_is_written(tmp_path):
    with pytest.raises(TableError, match="「文案」第 1 筆"):
        write_xlsx(pd.DataFrame({"caption": ["茶" * 32_768]}), tmp_path / "long.xlsx")
    assert not list(tmp_path.iterdir())


def test_an_index_with_a_name_becomes_a_column_and_an_empty_table_is_fine(tmp_path):
    named = pd.DataFrame({"reach": [5]}, index=pd.Index(["instagram"], name="platform"))
    assert read_csv(write_csv(named, tmp_path / "a.csv").path)[1] == ["instagram", "5"]
    assert write_xlsx(frame(["a", "b"]).iloc[:0], tmp_path / "empty.xlsx").rows == 0
    assert openpyxl.load_workbook(tmp_path / "empty.xlsx")["資料"].max_row <= 2
