"""What cannot be read says so in one paragraph that names the file and the next step; nothing else escapes."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
import zipfile

import pytest

from xiaobian import datasets
from xiaobian.errors import ReadError
from xiaobian.exports import read_export
from xiaobian.exports.sample_files import FILES

SAMPLES = {(file.platform, file.language): datasets.path(file.path) for file in FILES}
IG = SAMPLES["instagram", "en"].read_bytes()
HEADER = IG[: IG.index(b"\n") + 1]


def refusal(path, **options) -> str:
    """The one paragraph with which a file is refused."""
    with pytest.raises(ReadError) as caught:
        read_export(path, **options)
    message = str(caught.value)
    assert "\n" not in message and message.endswith("。") and len(message) < 600
    assert caught.value.next_step, message
    return message


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


BAD = {
    "empty": (b"", "空的"),
    "blank": (b"\xef\xbb\xbf\n \n", "空的"),
    "nul": (bytes(50_000), "全是 0"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
    "xlsx": (_zip("[Content_Types].xml", "xl/workbook.xml"), "不是 Excel 檔"),
    "word": (_zip("[Content_Types].xml", "word/document.xml"), "Word 文件"),
    "zip": (_zip("Table data.csv"), "不像資料表"),
    "empty zip": (_zip(), "沒有讀得了的檔案"),
    "cut zip": (_zip("Table data.csv")[:60], "zip 檔壞了"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "PNG"),
    "old xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "活頁簿壞了"),
    "spreadsheet xml": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "沒有資料",
    ),
    "web page": (b"<!DOCTYPE html><html><body>login</body></html>", "網頁"),
    "json": (b'[{"id": 1}]', "JSON"),
    "prose": ("今天天氣很好，我們去買蛋糕。\n明天也是。\n".encode(), "不像資料表"),
    "other table": (b"name,price,stock\ncake,120,3\ntea,60,8\n", "一個都不認得"),
    "page chart": ('sep=,\n"Views"\n"Date","Primary"\n"2025-01-01T00:00:00","12"\n'.encode("utf-16"), "欄名"),
    "header only": (HEADER, "沒有任何資料"),
    "no rows left": (HEADER + b"Total" + b"," * 17 + b"\n", "沒有一列讀得成資料"),
    "half zeros": (IG[:3000] + bytes(3000), "NUL"),
    "random": (random.Random(3).randbytes(4000), "不是資料表"),
    "wrapped": (b'"Post ID,Publish time,Views,Reach"\n"1,03/01/2026 08:00,5,4"\n', "哪個平台"),
    "latin-1": ("Post ID,Publish time,Views\n1,été,3\n".encode("latin-1") * 30, "哪個平台"),
    "no encoding": (b"Post ID,Publish time,Views\n" + bytes(range(128, 256)) * 9, "文字編碼"),
}


@pytest.mark.parametrize("name", BAD)
def test_each_bad_file_gets_one_paragraph_with_its_name(tmp_path, name):
    data, part = BAD[name]
    path = tmp_path / f"posts {name}.csv"
    path.write_bytes(data)
    message = refusal(path)
    assert part in message and path.name in message


def test_a_notebook_shows_the_paragraph_and_no_traceback(tmp_path):
    with pytest.raises(ReadError) as caught:
        read_export(tmp_path / "no.csv")
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_paths_that_are_no_file(tmp_path):
    (tmp_path / "Mar-01-2026_Aug-31-2026.csv").write_bytes(IG)
    assert "你是不是要找：Mar-01-2026_Aug-31-2026.csv" in refusal(tmp_path / "Mar-01-2026_Aug-31-206.csv")
    assert "你是不是要找：Mar-01-2026_Aug-31-2026.csv" in refusal(tmp_path / "xyz.csv")
    assert "也不存在" in refusal(tmp_path / "nowhere" / "a.csv")
    (tmp_path / "none").mkdir()
    assert "是空的" in refusal(tmp_path / "none")
    for odd in (None, 3, b"a.csv", ["a.csv"], [], [None], "a\0b.csv", "x" * 5000):
        refusal(odd)


@pytest.mark.parametrize("zone", ["Taipei", "UTC+8", "", "../etc", "Asia", 8, "/etc/localtime"])
def test_a_zone_that_is_none(zone):
    assert SAMPLES["instagram", "en"].name in refusal(SAMPLES["instagram", "en"], timezone=zone)


@pytest.mark.parametrize(
    "column_map", [{"Likes": "love"}, {"Nope": "likes"}, ["Likes"], {"Likes": 3}, "Likes"]
)
def test_a_column_map_that_cannot_be(column_map):
    assert SAMPLES["instagram", "en"].name in refusal(SAMPLES["instagram", "en"], column_map=column_map)


PEAK = """
import sys, time
from xiaobian.exports import read_export
from xiaobian.errors import ReadError

def peak_mb():
    if sys.platform == "linux":  # ru_maxrss would count the process that started this one
        status = open("/proc/self/status", encoding="ascii").read()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)

start = time.perf_counter()
try:
    read_export(sys.argv[1])
except ReadError as error:
    assert "zeros.csv" in str(error)
else:
    raise SystemExit("read")
print(time.perf_counter() - start, peak_mb())
"""


@pytest.mark.parametrize("fill", [b"\0", b"0", b"0,0,0\n"], ids=["NUL", "digits", "rows"])
def test_200_mb_of_zeros_is_answered_fast_and_small(tmp_path, fill):
    path = tmp_path / "zeros.csv"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(fill * (1_000_000 // len(fill)))
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 10 and megabytes < 400


def test_a_good_header_above_zeros_is_refused_without_reading_them_all(tmp_path):
    path = tmp_path / "zeros.csv"
    path.write_bytes(IG[:5000] + bytes(30_000_000))
    start = time.perf_counter()
    assert "NUL" in refusal(path)
    assert time.perf_counter() - start < 5


def test_a_quote_that_never_closes_costs_the_rows_behind_it_aloud(tmp_path):
    row = b'%d,1,yusui.tea,n,"a, b",0,"03/27/2026 06:08",https://www.instagram.com/p/x/,"IG image",,Lifetime,9,1,2,3,4,5,6\n'
    path = tmp_path / "quote.csv"
    path.write_bytes(HEADER + row % 1 + b'2,1,"never closed ' + b"x" * 1000 + b"\n")
    export = read_export(path)
    assert (export.report.rows_in, export.report.rows_out) == (2, 1)
    assert export.report.dropped["原因"].tolist() == ["檔案在這一列中斷，內容不完整"]
    path.write_bytes(HEADER + row % 1 + b'2,1,"never closed ' + b"".join(row % n for n in range(3, 30)))
    export = read_export(path)
    assert export.report.rows_in == len(export.posts) + len(export.report.dropped)
    assert export.posts["post_id"].iloc[0] == "1" and len(export.report.dropped) >= 1
