"""Workbooks, zips, folders, lists and stacked tables: the same rows by every road, overlaps settled, nothing lost."""

from __future__ import annotations

import csv
import datetime
import html
import io
import shutil
import struct
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import Built, Fit, containers, read, read_export, spreadsheetml
from xiaobian.exports.blocks import blocks
from xiaobian.exports.combine import dates_in
from xiaobian.exports.decode import Stored
from xiaobian.exports.sample_files import FILES
from xiaobian.exports.workbook import open_sources

FILE = {(file.platform, file.language): datasets.path(file.path) for file in FILES}
KINDS = sorted(FILE)
IG, FB = FILE["instagram", "en"], FILE["facebook", "en"]


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def assert_account(export) -> None:
    report = export.report
    assert report.rows_in == report.rows_out + len(report.dropped)
    for name, frame in export.tables.items():
        assert tables.problems(frame, name) == []
        assert list(frame.columns) == [c.name for c in tables.table(name).columns]
        wanted = tables.conform(frame.head(0), name).dtypes
        assert frame.dtypes.astype(str).tolist() == wanted.astype(str).tolist()


# -- workbooks -------------------------------------------------------------------------------------------


def xlsx(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for y, row in enumerate(rows, 1):
            for x, value in enumerate(row, 1):
                cell = sheet.cell(y, x, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    path = folder / "book.xlsx"
    book.save(path)
    return path


def typed_rows(path: Path) -> list[list[object]]:
    """Cells as a spreadsheet keeps them: figures as numbers, times as times, ids as text."""
    rows = rows_of(path)
    width, made = len(rows[0]), [list[object](rows[0])]
    for row in rows[1:]:
        cells: list[object] = []
        for name, cell in zip(rows[0], row + [""] * (width - len(row)), strict=True):
            if name in ("Publish time", "發佈時間"):
                cells.append(datetime.datetime.strptime(cell, "%m/%d/%Y %H:%M"))
            elif "ID" in name or "編號" in name or not cell.replace(".", "", 1).isdigit():
                cells.append(cell or None)
            else:
                cells.append(float(cell) if "." in cell else int(cell))
        made.append(cells)
    return made


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_a_workbook_reads_like_the_csv(tmp_path, kind):
    rows = typed_rows(FILE[kind])
    export = read_export(xlsx(tmp_path, {"Posts": rows}))
    pd.testing.assert_frame_equal(export.posts, read_export(FILE[kind]).posts)
    assert_account(export)
    assert "book.xlsx" in export.report.file and "Excel" in export.report.encoding


def test_each_sheet_is_read_and_one_without_a_table_is_named(tmp_path):
    book = xlsx(tmp_path, {"A": typed_rows(IG), "Notes": [["這張是筆記"]], "B": typed_rows(FB), "Empty": []})
    export = read_export(book)
    assert export.platform == "多平台" and len(export.parts) == 2
    assert len(export.posts) == len(read_export(IG).posts) + len(read_export(FB).posts)
    assert [name for name, _ in export.report.unread] == ["book.xlsx 工作表「Notes」"]
    assert_account(export)


def test_ids_that_a_workbook_keeps_as_numbers_are_flagged(tmp_path):
    rows = typed_rows(IG)
    for row in rows[1:]:
        row[0] = float(str(row[0]))
    export = read_export(xlsx(tmp_path, {"Posts": rows}))
    assert any("科學記號" in text for text in export.report.warnings)
    assert export.posts["post_id"].str.startswith("https://").all()


def test_formulas_without_a_stored_result_are_said(tmp_path):
    path = xlsx(tmp_path, {"Posts": typed_rows(IG)})
    book = openpyxl.load_workbook(path)
    book.active.cell(2, rows_of(IG)[0].index("Likes") + 1, "=1+1")
    book.save(path)
    export = read_export(path)
    assert any("有 1 格是公式" in text for text in export.report.warnings)
    assert export.posts["likes"].isna().sum() == read_export(IG).posts["likes"].isna().sum() + 1


def sheet_xml(sheets: dict[str, list[list[object]]], escape: bool = True) -> bytes:
    """SpreadsheetML 2003 as Facebook wrote it; without ``escape`` it is not well-formed."""
    parts = [
        f'<?xml version="1.0" encoding="utf-8"?>\n<Workbook xmlns="{spreadsheetml.NAMESPACE}" xmlns:ss="{spreadsheetml.NAMESPACE}">'
    ]
    for name, rows in sheets.items():
        parts.append(f'<Worksheet ss:Name="{name}"><Table>')
        for row in rows:
            parts.append("<Row>")
            for n, value in enumerate(row, 1):
                if value is None:
                    continue
                kind, text = "String", str(value)
                if isinstance(value, datetime.datetime):
                    kind, text = "DateTime", value.isoformat(timespec="milliseconds")
                elif isinstance(value, int | float):
                    kind = "Number"
                text = html.escape(text) if escape else text.replace("<", "&lt;")
                parts.append(f'<Cell ss:Index="{n}"><Data ss:Type="{kind}">{text}</Data></Cell>')
            parts.append("</Row>")
        parts.append("</Table></Worksheet>")
    return "\n".join([*parts, "</Workbook>"]).encode()


@pytest.mark.parametrize("escape", [True, False], ids=["well-formed", "ill-formed"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_old_xml_xls_reads_like_the_csv(tmp_path, escape, encoding):
    rows = typed_rows(FB)
    rows[3][rows[0].index("Title")] = "R&D <3 茶 & 米"
    plain = tmp_path / "plain.csv"
    plain.write_bytes(
        as_csv(
            [
                [
                    (
                        ""
                        if c is None
                        else c.strftime("%m/%d/%Y %H:%M")
                        if isinstance(c, datetime.datetime)
                        else str(c)
                    )
                    for c in row
                ]
                for row in rows
            ]
        )
    )
    path = tmp_path / "old.xls"
    path.write_bytes(sheet_xml({"Key Metrics": rows}, escape).decode().encode(encoding))
    export = read_export(path)
    pd.testing.assert_frame_equal(export.posts, read_export(plain).posts)
    assert export.posts["caption"].iloc[2] == "R&D <3 茶 & 米"
    assert_account(export)


def test_a_cut_xml_workbook_loses_its_last_row_aloud(tmp_path):
    data = sheet_xml({"Posts": typed_rows(IG)})
    path = tmp_path / "cut.xls"
    path.write_bytes(data[: data.rindex(b"</Row>") - 200])
    export = read_export(path)
    assert export.report.dropped["原因"].tolist() == ["檔案在這一列中斷，內容不完整"]
    assert_account(export)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls(rows: list[list[object]]) -> bytes:
    """The smallest binary workbook (BIFF8 in an OLE container) with one sheet of texts and numbers."""
    cells = b""
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            at = struct.pack("<HHH", y, x, 0)
            if isinstance(value, int | float):
                cells += _record(0x203, at + struct.pack("<d", value))
            elif value:
                text = str(value)[:4000].encode("utf-16-le")
                cells += _record(0x204, at + struct.pack("<HB", len(text) // 2, 1) + text)
    bof = [_record(0x809, struct.pack("<HHHHII", 0x600, kind, 0xDBB, 1996, 0, 6)) for kind in (5, 0x10)]
    eof = _record(0xA, b"")
    name = struct.pack("<BB", 5, 0) + b"Posts"
    before = len(bof[0]) + 4 + 6 + len(name) + len(eof)
    stream = bof[0] + _record(0x85, struct.pack("<IH", before, 0) + name) + eof + bof[1] + cells + eof
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    fats = -(-(count + 2) // 127)
    chain = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * fats]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512 * fats, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fats, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack(f"<{fats}I", *range(count + 1, count + 1 + fats)).ljust(436, b"\xff")

    def entry(label: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = label.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<III", start, size, 0)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 0, len(stream))
    return header + stream + directory.ljust(512, b"\0") + fat


def test_a_binary_xls_reads_like_the_csv(tmp_path):
    rows = typed_rows(IG)[:40]
    for row in rows[1:]:
        row[6] = row[6].strftime("%m/%d/%Y %H:%M")
    (tmp_path / "a.csv").write_bytes(as_csv([["" if c is None else str(c) for c in row] for row in rows]))
    (tmp_path / "a.xls").write_bytes(xls(rows))
    export = read_export(tmp_path / "a.xls")
    pd.testing.assert_frame_equal(export.posts, read_export(tmp_path / "a.csv").posts)
    assert "舊版 Excel" in export.report.encoding
    assert_account(export)


# -- several files ---------------------------------------------------------------------------------------


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_folder_zip_and_list_give_the_same_tables(tmp_path):
    folder = tmp_path / "我的 匯出"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(IG, folder / "ig.csv")
    shutil.copy(FB, folder / "sub" / "fb.csv")
    (folder / ".DS_Store").write_bytes(b"x")
    packed = zipped(tmp_path / "all.zip", {"ig.csv": IG.read_bytes(), "sub/fb.csv": FB.read_bytes()})
    by_folder, by_zip, by_list = (
        read_export(source) for source in (folder, packed, [folder / "ig.csv", folder / "sub" / "fb.csv"])
    )
    key = ["platform", "post_id"]
    for export in (by_folder, by_zip, by_list):
        assert export.platform == "多平台" and {part.platform for part in export.parts} == {
            "facebook",
            "instagram",
        }
        pd.testing.assert_frame_equal(
            export.posts.sort_values(key, ignore_index=True),
            by_list.posts.sort_values(key, ignore_index=True),
        )
        assert set(export.extra.index) == set(export.posts["post_id"])
        assert not export.report.unread
        assert_account(export)
    for part in by_list.parts:
        own = by_list.posts[by_list.posts["platform"] == part.platform].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, part.posts)
    assert "多平台 2 份" in repr(by_zip) and "ig.csv" in by_zip._repr_html_()


def test_one_file_in_a_folder_or_zip_keeps_its_platform(tmp_path):
    shutil.copy(IG, tmp_path / "ig.csv")
    export = read_export(tmp_path)
    assert export.platform == "instagram" and len(export.parts) == 1
    pd.testing.assert_frame_equal(export.posts, read_export(IG).posts)


def test_files_that_cannot_be_read_are_named_not_lost(tmp_path):
    shutil.copy(IG, tmp_path / "ig.csv")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "cake.csv").write_text("今天天氣很好", encoding="utf-8")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04broken")
    (tmp_path / "broken.xlsx").write_bytes(
        zipped(tmp_path.parent / "x.zip", {"xl/workbook.xml": b"<"}).read_bytes()
    )
    export = read_export(tmp_path)
    assert len(export.posts) == len(read_export(IG).posts)
    found = dict(export.report.unread)
    assert set(found) == {"empty.csv", "report.pdf", "cake.csv", "broken.zip", "broken.xlsx"}
    assert "空的" in found["empty.csv"] and "zip 檔壞了" in found["broken.zip"]
    assert all(any(name in text for text in export.report.warnings) for name in found)
    (tmp_path / "ig.csv").unlink()
    with pytest.raises(ReadError) as caught:
        read_export(tmp_path)
    assert str(caught.value).startswith("5 個檔案都讀不了：") and "broken.zip" in str(caught.value)


def test_a_list_with_a_missing_path_says_so(tmp_path):
    export = read_export([IG, tmp_path / "gone.csv", IG])
    assert len(export.parts) == 1 and "gone.csv" in export.report.unread[0][0]
    assert not export.report.overlaps


def _two_exports(folder: Path) -> tuple[Path, Path, list[str]]:
    """The same page in April and in September: 30 posts are in both, with higher figures later."""
    rows = rows_of(IG)
    early, late = rows[:61], [rows[0], *(list(row) for row in rows[31:])]
    views = rows[0].index("Views")
    for row in late[1:]:
        row[views] = str(int(row[views] or 0) + 1000)
    a, b = folder / "Mar-01-2026_Apr-30-2026_1.csv", folder / "Mar-01-2026_Aug-31-2026_2.csv"
    a.write_bytes(as_csv(early))
    b.write_bytes(as_csv(late))
    return a, b, [row[0] for row in rows[31:61]]


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_post_in_two_exports_the_later_row_stays(tmp_path, turned):
    early, late, both = _two_exports(tmp_path)
    export = read_export([late, early] if turned else [early, late])
    assert_account(export)
    posts = export.posts.set_index("post_id")
    assert posts.index.is_unique and len(posts) == len(read_export(IG).posts)
    wanted = read_export(late).posts.set_index("post_id")
    pd.testing.assert_frame_equal(posts.loc[both], wanted.loc[both])
    assert export.report.overlaps == ((early.name, "較晚的檔案裡也有，採用較晚的那一列", 30),)
    assert any("沒有相加" in text and "30 列" in text for text in export.report.warnings)
    assert sorted(export.extra.index) == sorted(posts.index)


def test_definitions_stay_apart_and_are_warned_about(tmp_path):
    rows = rows_of(IG)
    old = [[("Impressions" if cell == "Views" else cell) for cell in rows[0]], *rows[1:40]]
    (tmp_path / "old.csv").write_bytes(as_csv(old))
    (tmp_path / "new.csv").write_bytes(as_csv([rows[0], *rows[40:]]))
    export = read_export(tmp_path)
    assert set(export.posts["metric_era"]) == {"views", "impressions"}
    assert export.posts["views"].isna().sum() >= 39
    assert any("不同的指標定義" in text for text in export.report.warnings)


def test_days_from_several_files_are_laid_side_by_side():
    folder = datasets.path("exports/meta/facebook_charts_en")
    export = read_export(folder, platform="facebook")
    days = export.tables["account_days"]
    assert not days.duplicated(["platform", "account", "date"]).any()
    assert len(days) == max(len(part.tables["account_days"]) for part in export.parts)
    for part in export.parts:
        one = part.tables["account_days"]
        for column in ("views", "engagements", "visits", "link_clicks", "gained"):
            if one[column].notna().any():
                assert days[column].sum() == one[column].sum()
    assert_account(export)


def test_options_reach_every_file_and_a_wrong_name_is_caught(tmp_path):
    rows = rows_of(IG)
    rows[0][rows[0].index("Likes")] = "愛心"
    (tmp_path / "a.csv").write_bytes(as_csv(rows))
    shutil.copy(FB, tmp_path / "b.csv")
    export = read_export(tmp_path, column_map={"愛心": "likes"})
    assert export.posts["likes"].sum() == read_export([IG, FB]).posts["likes"].sum()
    with pytest.raises(ReadError, match="不在任何一個檔案"):
        read_export(tmp_path, column_map={"愛心心": "likes"})
    with pytest.raises(ReadError, match="exported_on"):
        read_export(tmp_path, exported_on="九月一日")


# -- zips that mean harm ---------------------------------------------------------------------------------


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    bomb = zipped(tmp_path / "bomb.zip", {"zeros.csv": bytes(20_000_000), "ig.csv": IG.read_bytes()})
    export = read_export(bomb)
    assert [name for name, _ in export.report.unread] == ["bomb.zip/zeros.csv"]
    assert "壓縮炸彈" in export.report.unread[0][1]
    monkeypatch.setattr(containers, "MOST_BYTES", 10_000)
    with pytest.raises(ReadError, match="太大"):
        read_export(bomb)


def test_zip_members_never_touch_the_disk(tmp_path):
    folder = tmp_path / "inner"
    folder.mkdir()
    path = zipped(
        folder / "evil.zip",
        {"../../evil.csv": IG.read_bytes(), "/abs/fb.csv": FB.read_bytes(), "a/b.zip": b"PK"},
    )
    export = read_export(path)
    assert len(export.parts) == 2 and not (tmp_path / "evil.csv").exists()
    assert [part.report.file for part in export.parts] != [] and ".." not in repr(export)
    assert "zip 裡面還有 zip" in dict(export.report.unread)["evil.zip/b.zip"]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["evil.zip", "inner"]


def test_a_member_that_lies_about_its_size_is_refused(tmp_path):
    data = bytearray(zipped(tmp_path / "lie.zip", {"ig.csv": IG.read_bytes()}).read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 100)
    (tmp_path / "lie.zip").write_bytes(data)
    with pytest.raises(ReadError, match=r"lie\.zip"):
        read_export(tmp_path / "lie.zip")


def test_names_of_zips_made_on_a_chinese_windows_are_readable(tmp_path):
    info = zipfile.ZipInfo("表格資料.csv".encode("cp950").decode("cp437"))
    info.flag_bits = 0
    assert containers._member_name(info) == "表格資料.csv"


# -- stacked tables --------------------------------------------------------------------------------------

STACK = """# ----------
# Toy report
# Start date: 20260301
Day,Plays
0000,5
0001,7

# Start date: 20260302
City,Fans
台北,"1,200"
嘉義,30,
"""


class _Stack:
    """A stacked layout as a plug-in would bring it."""

    key, platform, label, family, stacked = "stack", "other", "玩具堆疊匯出", "meta_content", True

    def fit_blocks(self, found):
        return Fit(50 if any("Toy report" in " ".join(block.title) for block in found) else 0)

    def build_blocks(self, found, context):
        raws = [block.raw(context.notes) for block in found]
        days = pd.DataFrame(
            {
                "platform": "other",
                "date": pd.Timestamp("2026-03-01"),
                "views": raws[0].frame["Plays"].astype(int),
            }
        )
        audience = pd.DataFrame({"platform": "other", "dimension": "city", "group": raws[1].frame["City"]})
        made = {
            "account_days": tables.conform(days, "account_days"),
            "audience": tables.conform(audience, "audience"),
        }
        return Built(made, pd.DataFrame(), {}, set(), None, accounted=sum(len(raw.frame) for raw in raws))


def test_blocks_know_their_titles_and_places(tmp_path):
    path = tmp_path / "toy.csv"
    path.write_text(STACK, encoding="utf-8")
    first, second = blocks(open_sources(Stored("toy.csv", path)))
    assert first.title == ["Toy report", "Start date: 20260301"] and first.header == ["Day", "Plays"]
    assert first.rows == [["0000", "5"], ["0001", "7"]] and first.places == first.lines == [5, 6]
    assert second.title == ["Start date: 20260302"] and second.line == 9 and second.places == [10, 11]
    whole = path.read_text(encoding="utf-8").splitlines()
    for block in (first, second):
        for line, row in zip(block.lines, block.rows, strict=True):
            assert whole[line - 1].startswith(row[0])


def test_a_stacked_layout_plugs_in(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "LAYOUTS", (*read.LAYOUTS, _Stack()))
    path = tmp_path / "toy.csv"
    path.write_text(STACK, encoding="utf-8")
    export = read_export(path)
    assert export.platform == "other" and export.tables["account_days"]["views"].tolist() == [5, 7]
    assert export.tables["audience"]["group"].tolist() == ["台北", "嘉義"]
    assert export.report.rows_in == 4 and "發佈時間" not in repr(export)
    assert_account(export)
    assert read_export(IG).platform == "instagram"


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("Jan-14-2025_Apr-14-2025_1092657730418264.csv", "2025-04-14"),
        ("tweet_activity_metrics_a_20230301_20230501_en.csv", "2023-05-01"),
        ("Content 2024-06-01_2026-09-01.zip", "2026-09-01"),
        ("Views (1).csv", None),
        ("1092657730418264.csv", None),
    ],
)
def test_the_date_of_an_export_is_read_from_its_name(name, last):
    found = dates_in(name)
    assert (found[-1].isoformat() if found else None) == last


def test_a_torn_sheet_name_stays_on_one_line():
    torn = '<Worksheet ss:Name="<Row>e>\n<Row>"><Row><Cell><Data ss:Type="Number">5</Data></Cell></Row>'
    (name, _), *_ = spreadsheetml.sheets(torn)[0]
    assert name == "<Row>e> <Row>"
