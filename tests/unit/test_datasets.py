"""Sample data, the course map and the evidence cards."""

import os
import re

import pandas as pd
import pytest

import xiaobian as xb
from xiaobian import datasets
from xiaobian.errors import KitError, NotFound

CARDS = list(datasets._evidence().values())


def test_a_missing_file_says_what_there_is():
    with pytest.raises(NotFound, match=r"brand\.yml"):
        datasets.path("barnd.yml")
    with pytest.raises(NotFound, match="instagram_zh"):
        datasets.sample("myspace")


@pytest.mark.parametrize("card", CARDS, ids=[c.id for c in CARDS])
def test_every_card_says_its_denominator_population_source_and_date(card):
    for field in ("claim", "figure", "denominator", "population", "period", "source", "note"):
        assert getattr(card, field).strip(), field
    assert card.confidence in datasets.CONFIDENCE
    assert re.fullmatch(r"20\d\d-\d\d", card.checked)
    for shown in (repr(card), card._repr_html_()):
        assert card.figure in shown and card.denominator in shown and card.checked in shown


def test_reference_files_have_as_many_cells_as_headers():
    import csv

    for file in datasets.path("reference").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            assert len({len(row) for row in csv.reader(stream)}) == 1, file.name
    assert len({c.id for c in CARDS}) == len(CARDS) >= 6


def test_unknown_evidence_lists_the_ids():
    with pytest.raises(NotFound, match="buffer_2025_er"):
        xb.evidence("buffer")


def test_the_course_has_one_order_and_no_double_names():
    course = datasets.course()
    ids = [tuple(map(int, i.split("."))) for i in course]
    assert ids == sorted(ids)
    assert len({entry.notebook for entry in course.values()}) == len(course) == 46
    assert all(entry.outcome and entry.title for entry in course.values())


def test_the_brand_is_said_to_be_fictional_and_its_data_simulated():
    assert datasets.brand()["fictional"] is True
    assert not datasets.is_simulated(pd.Series(["my.cafe", None], dtype="string"))
    assert xb.kpi(xb.read_export(xb.datasets.sample("instagram")).posts).notes[-1] == datasets.SIMULATED


def test_errors_are_one_paragraph_without_a_traceback():
    error = KitError("讀不到欄位", where="檔案 a.csv", next_step="請改用別的檔案")
    assert str(error) == "讀不到欄位：檔案 a.csv。請改用別的檔案。"
    assert error._render_traceback_() == [str(error)]


@pytest.mark.parametrize("read", [lambda: datasets.reference("scct"), lambda: datasets.year("audience")])
def test_what_a_caller_does_to_a_table_reaches_nobody_else(read):
    first = read()
    kept = first.copy()
    first.iloc[0, 0] = first.iloc[1, 0]
    first["mine"] = 1
    pd.testing.assert_frame_equal(read(), kept)


def test_a_reference_table_that_changed_on_disk_is_read_again(tmp_path, monkeypatch):
    file = tmp_path / "reference" / "scct.csv"
    file.parent.mkdir()
    lines = datasets.path("reference/scct.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    monkeypatch.setattr(datasets, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(datasets, "reference_tables", lambda: {"scct": ""})
    columns = datasets._yaml("reference/columns.yml")["columns"]
    monkeypatch.setattr(datasets, "reference_columns", lambda: columns)
    for number, rows in enumerate((2, 3)):
        file.write_text("".join(lines[: rows + 1]), encoding="utf-8")
        os.utime(file, ns=(number, number))
        assert len(datasets.reference("scct")) == rows
