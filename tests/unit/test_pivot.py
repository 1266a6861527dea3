"""The pivot: ratios of sums by the KPI definitions, and the same numbers from the native table in LibreOffice."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.analytics import kpi, pivot
from xiaobian.analytics.pivot.pivot import FEW
from xiaobian.errors import NotFound, TableError
from xiaobian.reports.pivot_book import SHEETS

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NASTY = ["=1+1", "*", "茶?~", 'a"b', "<x>&", "兩\n行", "[#]'@"]


def posts_table(n: int = 240, seed: int = 3) -> pd.DataFrame:
    """Posts of three platforms with holes; Facebook reports no saves."""
    rng = np.random.default_rng(seed)
    reach = np.round(rng.lognormal(8, 1, n))
    posts = pd.DataFrame(
        {
            "post_id": [f"1784{i:013d}" for i in range(n)],
            "platform": rng.choice(["facebook", "instagram", "line"], n),
            "account": rng.choice(NASTY, n),
            "format": rng.choice(["image", "carousel", "short_video", None], n),
            "is_paid": rng.random(n) < 0.2,
            "published_at": pd.Timestamp("2026-01-01", tz="Asia/Taipei")
            + pd.to_timedelta(rng.uniform(0, 90, n), "D"),
            "reach": reach,
            "likes": rng.poisson(reach * 0.03),
            "comments": rng.poisson(reach * 0.004),
            "saves": rng.poisson(reach * 0.002),
        }
    ).convert_dtypes()
    for column in ("reach", "likes", "saves"):
        posts.loc[rng.random(n) < 0.08, column] = pd.NA
    posts.loc[posts["platform"] == "facebook", "saves"] = pd.NA
    return posts.astype({"published_at": xb.tables.TIME})


# ── numbers ──


def test_every_cell_and_total_agrees_with_kpi():
    posts = posts_table()
    found = pivot(posts, "platform", "format", ["er_reach", "reach"]).long
    cells = found.set_index(["kpi", "row", "column"]).to_dict("index")
    for by, place in (
        (["platform", "format"], lambda row: ((row["platform"],), (row["format"],))),
        (["platform"], lambda row: ((row["platform"],), ())),
        (["format"], lambda row: ((), (row["format"],))),
        ([], lambda row: ((), ())),
    ):
        result = kpi(posts, by or None)
        for name in ("er_reach", "reach"):
            for _, row in result.rows(name).iterrows():
                texts = {c: xb.analytics.groups.key_text(row[c], c) for c in by}
                cell = cells[(name, *place(texts))]
                assert cell["value"] == pytest.approx(row["value"], nan_ok=True)
                assert cell["n"] == row["n"]
                assert [cell["low"], cell["high"]] == pytest.approx([row["low"], row["high"]], nan_ok=True)


def test_the_total_of_a_rate_is_no_mean_of_cells():
    posts = pd.DataFrame({"platform": ["line", "x"], "reach": [1000, 10], "likes": [10, 5]})
    table = pivot(posts, "platform", engagement="likes").table.iloc[:, 0]
    assert table["全部"] == pytest.approx(15 / 1010) and table[["LINE", "X"]].mean() > 0.2


def test_thin_cells_are_marked_and_counted_in_the_sentence():
    posts = posts_table()
    found = pivot(posts, "platform", "format")
    inside = found.long[found.long["row"].map(len).eq(1) & found.long["column"].map(len).eq(1)]
    thin = pivot(posts.head(30), "platform", "format")
    assert (found.long["few"] == (found.long["n"] < FEW)).all()
    assert not inside["few"].any() and "先別解讀" not in found.say()
    assert "格不到 5 則貼文，先別解讀" in thin.say() and "少</span>" in thin._repr_html_()
    assert "（則數太少）" in repr(thin)


def test_counts_are_sums_and_missing_is_not_zero():
    posts = pd.DataFrame(
        {"platform": ["line", "line", "x"], "likes": pd.array([4, None, None], dtype="Int64")}
    )
    found = pivot(posts, "platform", values="likes", engagement="likes")
    assert found.table["按讚數（次）"].to_dict() == pytest.approx(
        {"LINE": 4, "X": np.nan, "全部": 4}, nan_ok=True
    )
    assert found.n["按讚數（次）"].to_dict() == {"LINE": 1, "X": 0, "全部": 1}


def test_weeks_months_and_flags_have_names_in_order():
    posts = posts_table()
    assert list(pivot(posts, "month").table.index) == ["2026-01", "2026-02", "2026-03", "全部"]
    assert list(pivot(posts, "weekday").table.index) == [*xb.analytics.groups.WEEKDAYS, "全部"]
    assert list(pivot(posts, "is_paid").table.index) == ["否", "是", "全部"]
    assert list(pivot(posts, "format").table.index) == ["圖片", "輪播", "短影音", "未標示", "全部"]


def test_keys_that_a_spreadsheet_would_mix_up_stay_apart():
    posts = pd.DataFrame(
        {"platform": "x", "account": ["Tea", "tea", None, "未標示"], "reach": 10, "likes": 1}
    )
    index = list(pivot(posts, "account", engagement="likes").table.index)
    assert len(set(map(str.casefold, index))) == 5


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"rows": []}, TableError, "要用什麼分列"),
        ({"rows": "nothing"}, TableError, "沒有「nothing」"),
        ({"rows": "platform", "columns": "platform"}, TableError, "用了兩次"),
        ({"rows": "platform", "values": "magic"}, NotFound, "沒有「magic」"),
        ({"rows": "platform", "values": "avg_watch_s"}, TableError, "沒有意義"),
        ({"rows": "platform", "values": "followers_at_post"}, TableError, "沒有意義"),
        ({"rows": "platform", "values": "caption"}, TableError, "沒有意義"),
        ({"rows": "platform", "values": []}, TableError, "要算什麼"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, error, said):
    with pytest.raises(error, match=said):
        pivot(posts_table(20), **arguments)


def test_simulated_data_say_so(tmp_path):
    posts = xb.read_export(xb.datasets.sample("instagram")).posts
    found = pivot(posts, "format")
    sheet = openpyxl.load_workbook(found.to_excel(tmp_path / "p.xlsx").path)[SHEETS[0]]
    assert xb.datasets.SIMULATED in found._repr_html_() and xb.datasets.SIMULATED in sheet["A2"].value


# ── the workbook ──


def test_openpyxl_reads_the_native_pivot_back(tmp_path):
    posts = posts_table()
    book = openpyxl.load_workbook(pivot(posts, "platform", "format").to_excel(tmp_path / "p.xlsx").path)
    assert book.sheetnames == list(SHEETS)
    (table,) = book[SHEETS[0]]._pivots
    fields = [field.name for field in table.cache.cacheFields]
    headers = [cell.value for cell in book[SHEETS[2]][1]]
    assert table.cache.refreshOnLoad and table.cache.cacheSource.worksheetSource.name == "貼文資料"
    assert fields[: len(headers)] == headers and "貼文資料" in book[SHEETS[2]].tables
    assert len(table.cache.records.r) == len(posts)
    assert [fields[field.x] for field in table.rowFields if field.x >= 0] == ["平台"]
    assert [fields[field.x] for field in table.colFields] == ["格式"]
    assert [d.subtotal for d in table.dataFields] == ["sum", "sum", "sum", "countNums"]


def test_the_data_sheet_is_typed_and_no_text_is_a_formula(tmp_path):
    posts = posts_table()
    book = openpyxl.load_workbook(pivot(posts, "account").to_excel(tmp_path / "p.xlsx").path)
    sheet = book[SHEETS[2]]
    kinds = {cell.value: sheet.cell(2, cell.column).data_type for cell in sheet[1]}
    assert (
        kinds["貼文編號"] == "s" and kinds["發佈時間（Asia/Taipei）"] == "d" and kinds["留言數（則）"] == "n"
    )
    assert {cell.value for (cell,) in sheet.iter_rows(min_row=2, max_col=1)} == set(NASTY)
    for name in (SHEETS[0], SHEETS[2], SHEETS[3]):
        assert not [c.coordinate for row in book[name].iter_rows() for c in row if c.data_type == "f"]


def test_the_same_pivot_is_the_same_file(tmp_path):
    one, two = (
        pivot(posts_table(40), "platform").to_excel(tmp_path / f"{i}.xlsx").path.read_bytes() for i in "12"
    )
    assert one == two


def test_other_endings_and_endless_items_are_refused(tmp_path):
    with pytest.raises(TableError, match=r"存成 \.xlsx"):
        pivot(posts_table(20), "platform").to_excel(tmp_path / "p.xls")
    with pytest.raises(TableError, match="沒有人讀得完"):
        pivot(posts_table(600), "post_id").to_excel(tmp_path / "p.xlsx")
    assert not list(tmp_path.iterdir())


# ── LibreOffice ──


def blinded(path: Path) -> None:
    """Spoil what the pivot shows and remove what the formulas show, so that no number read back can be ours."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for sheet, pattern, instead in (
        ("sheet1", r'(<c r="\w+" s="\d+">)<v>[^<]*</v>', "<v>-999</v>"),
        ("sheet2", r"(</f>)<v>[^<]*</v>", ""),
    ):
        name = f"xl/worksheets/{sheet}.xml"
        text, count = re.subn(pattern, r"\1" + instead, parts[name].decode())
        assert count
        parts[name] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)


def opened(files: list[Path], folder: Path) -> None:
    """Every sheet of some workbooks as LibreOffice computes it, as CSV of the cells' full values."""
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", options,
         "--outdir", str(folder), *map(str, files)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def sheet(folder: Path, name: str, which: str) -> list[list[str]]:
    with (folder / f"{name}-{which}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def number(cell: str) -> float:
    """A number as LibreOffice writes it; percentages keep their sign, an empty cell is missing."""
    if not cell:
        return float("nan")
    return float(cell.removesuffix("%")) / (100 if cell.endswith("%") else 1)


CASES = {
    "grid": ("platform", "format", ["er_reach", "likes"]),
    "nested": (["account", "platform"], None, ["er_reach"]),
    "months": ("month", None, ["reach"]),
}


@pytest.fixture(scope="module")
def recomputed(tmp_path_factory):
    if not OFFICE:
        if os.environ.get("KIT_REQUIRE_OFFICE", "") not in ("", "0"):
            pytest.fail("LibreOffice is required (KIT_REQUIRE_OFFICE=1) and there is no soffice on PATH")
        warnings.warn("no soffice on PATH: nobody recomputed the pivot workbook", stacklevel=1)
        pytest.skip("no soffice on PATH: install libreoffice-calc to recompute the pivot workbook")
    folder = tmp_path_factory.mktemp("office")
    results = {name: pivot(posts_table(), *case) for name, case in CASES.items()}
    files = [result.to_excel(folder / f"{name}.xlsx").path for name, result in results.items()]
    for file in files:
        blinded(file)
    opened(files, folder)
    return folder, results


def expected(result, column: str, name: str) -> dict:
    rows = result.long[result.long["kpi"] == name]
    return {
        (*row, *col): value for row, col, value in zip(rows["row"], rows["column"], rows[column], strict=True)
    }


def test_the_refreshed_grid_equals_ours(recomputed):
    folder, results = recomputed
    rows = sheet(folder, "grid", SHEETS[0])
    top = next(i for i, row in enumerate(rows) if row[0] == "平台")
    items, found, platform = rows[top][2:], {}, ""
    for row in rows[top + 1 :]:
        platform = row[0] or platform
        for item, cell in zip(items, row[2:], strict=True):
            if row[1] or platform.startswith("Total"):
                found[(platform if row[1] else "", row[1] or platform.removeprefix("Total "), item)] = cell
    result = results["grid"]
    for kpi_name, column, title in (
        ("er_reach", "numerator", "互動合計［互動率，除以觸及］"),
        ("er_reach", "denominator", "觸及合計［互動率的分母］"),
        ("er_reach", "n", "則數［互動率，除以觸及］"),
        ("likes", "value", "按讚數合計（次）"),
        ("likes", "n", "則數［按讚數］"),
    ):
        cells = result.long[result.long["kpi"] == kpi_name]
        for row, item, ours in zip(cells["row"], cells["column"], cells[column], strict=True):
            theirs = found[("".join(row), title, "".join(item) or "Total Result")]
            assert float(theirs or 0) == pytest.approx(0 if pd.isna(ours) else ours), (row, item, title)


def test_the_refreshed_nested_and_single_pivots_equal_ours(recomputed):
    folder, results = recomputed
    rows = sheet(folder, "nested", SHEETS[0])
    top = next(i for i, row in enumerate(rows) if row[:2] == ["帳號", "平台"])
    account, found = "", {}
    for row in rows[top + 1 :]:
        account = row[0] or account
        found[(account, row[1])] = row[2:5]
    ours = results["nested"].long
    assert len(found) == len(ours)
    for key, top_sum, under, n in zip(
        ours["row"], ours["numerator"], ours["denominator"], ours["n"], strict=True
    ):
        theirs = found[key or ("Total Result", "")]
        assert [float(v or 0) for v in theirs] == pytest.approx(
            [np.nan_to_num(top_sum), np.nan_to_num(under), n]
        )
    months = {
        row[0]: row[1] for row in sheet(folder, "months", SHEETS[0]) if re.match(r"\d{4}-|Total", row[0])
    }
    values = {"".join(k) or "Total Result": v for (k, v) in zip(results["months"].long["row"], results["months"].long["value"], strict=True)}  # fmt: skip
    assert {k: float(v) for k, v in months.items()} == pytest.approx(values)


@pytest.mark.parametrize("name", CASES)
def test_the_live_results_equal_ours(recomputed, name):
    folder, results = recomputed
    result = results[name]
    rows = sheet(folder, name, SHEETS[1])
    left, width = len(result.rows), len(result.keys("column"))
    for what in result.metrics:
        label = what.label if what.is_ratio else f"{what.title}合計（{what.unit}）"
        top = next(i for i, row in enumerate(rows) if row[0] == label) + 2
        mine = result.long[result.long["kpi"] == what.name]
        cells = mine.set_index(["row", "column"]).to_dict("index")
        for row, key in zip(rows[top:], result.keys("row"), strict=False):
            assert row[:left] == list(key or ["全部", *[""] * (left - 1)])
            for place, column in enumerate(result.keys("column")):
                ours, n = cells[(key, column)]["value"], cells[(key, column)]["n"]
                theirs = row[left + place]
                assert number(theirs) == pytest.approx(ours, nan_ok=True)
                assert int(float(row[left + width + 1 + place])) == n


def test_a_broken_workbook_would_be_noticed(recomputed, tmp_path):
    """The comparison can fail: one changed number in the data sheet changes what LibreOffice computes."""
    posts = posts_table()
    path = pivot(posts, "month", None, "reach").to_excel(tmp_path / "changed.xlsx").path
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name, big = "xl/worksheets/sheet3.xml", r"\g<1><v>123456789</v>"
    headers = [cell.value for cell in openpyxl.load_workbook(path)[SHEETS[2]][1]]
    cell = f"{openpyxl.utils.get_column_letter(headers.index('觸及_可加總') + 1)}2"
    parts[name] = re.sub(rf'(<c r="{cell}"[^>]*>)<v>[^<]*</v>', big, parts[name].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, content in parts.items():
            new.writestr(part, content)
    opened([path], tmp_path)
    total = next(row for row in sheet(tmp_path, "changed", SHEETS[0]) if row[0] == "Total Result")
    assert float(total[1]) > 123456789


# ── charts and headers ──


def chart_parts(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return [book.read(name).decode() for name in sorted(book.namelist()) if name.startswith("xl/charts/")]


def test_charts_start_at_zero_and_their_error_bars_end_at_the_interval(tmp_path):
    result = pivot(posts_table(), "platform", "format")
    path = result.to_excel(tmp_path / "p.xlsx").path
    (chart,) = chart_parts(path)
    cells = openpyxl.load_workbook(path)[SHEETS[1]]
    places = result.long.set_index(["row", "column"]).to_dict("index")
    bars = re.findall(r"<c:errBars>.*?</c:errBars>", chart)
    assert (
        '<c:min val="0"/>' in chart and len(bars) == chart.count("<c:ser>") == len(result.keys("column")) - 1
    )
    for bar, column in zip(bars, result.keys("column"), strict=False):
        (plus,) = re.findall(r"<c:plus>.*?<c:f>'[^!]*!([^<]*)</c:f>", bar)
        for (cell,), row in zip(cells[plus.replace("$", "")], result.keys("row"), strict=False):
            ours = places[(row, column)]
            width = ours["high"] - ours["value"]
            assert (np.nan if cell.value is None else cell.value) == pytest.approx(width, nan_ok=True)


def test_too_many_series_are_drawn_as_their_total(tmp_path):
    (chart,) = chart_parts(pivot(posts_table(), "platform", "weekday").to_excel(tmp_path / "p.xlsx").path)
    assert chart.count("<c:ser>") == 1 and "全部星期合起來" in chart


def test_two_columns_with_one_header_stay_apart(tmp_path):
    posts = posts_table().assign(格式="自訂", 平台="我的")
    found = pivot(posts, ["format", "格式"], "platform")
    sheet = openpyxl.load_workbook(found.to_excel(tmp_path / "p.xlsx").path)[SHEETS[2]]
    headers = [cell.value for cell in sheet[1]]
    assert headers[:3] == ["格式［format］", "格式［格式］", "平台"] and len(set(headers)) == len(headers)
    taken = posts.rename(columns={"格式": "互動率_er_reach_分子"})
    with pytest.raises(TableError, match="要留給樞紐計算用"):
        pivot(taken, "互動率_er_reach_分子").to_excel(tmp_path / "q.xlsx")
