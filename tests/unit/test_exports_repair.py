"""Damage that programs do to whole files is undone and said, or left alone and said; never guessed in silence."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xiaobian import datasets
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, typed
from xiaobian.exports.legacy import legacy_encoding
from xiaobian.exports.sample_files import FILES

FILE = {(file.platform, file.language): datasets.path(file.path) for file in FILES}
KINDS = sorted(FILE)


def clean(kind: tuple[str, str]) -> str:
    return FILE[kind].read_text(encoding="utf-8-sig")


def rows_of(kind: tuple[str, str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(clean(kind), newline="")))


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def save(folder: Path, data: bytes) -> Path:
    path = folder / "damaged.csv"
    path.write_bytes(data)
    return path


def wrap(text: str) -> str:
    """Every record inside one more pair of quotes."""
    records = csv.reader(io.StringIO(text, newline=""))
    return "".join('"' + as_csv([row]).rstrip("\n").replace('"', '""') + '"\n' for row in records)


def misread(text: str) -> bytes:
    """UTF-8 opened as CP1252 the way browsers and spreadsheets do it, and saved as UTF-8."""
    shown = "".join(
        bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
        for byte in text.encode("utf-8")
    )
    return shown.encode("utf-8")


def assert_same(damaged, kind: tuple[str, str]) -> None:
    whole = read_export(FILE[kind])
    pd.testing.assert_frame_equal(damaged.posts, whole.posts)
    report = damaged.report
    assert report.rows_in == whole.report.rows_in == report.rows_out + len(report.dropped)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_rows_wrapped_in_quotes_are_taken_apart_and_said(tmp_path, kind):
    full = [row + [""] * (len(rows_of(kind)[0]) - len(row)) for row in rows_of(kind)]
    export = read_export(save(tmp_path, wrap(as_csv(full)).encode("utf-8-sig")))
    assert_same(export, kind)
    assert any("多包了一層引號" in text and f"{len(full)} 列" in text for text in export.report.repairs)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_wrapped_rows_below_a_good_header_are_taken_apart(tmp_path, kind):
    rng, rows = random.Random(4), rows_of(kind)
    width, parts, mended = len(rows[0]), [as_csv(rows[:1])], 0
    for row in rows[1:]:
        full = row + [""] * (width - len(row))
        bad = rng.random() < 0.3
        mended += bad
        parts.append(wrap(as_csv([full])) if bad else as_csv([full]))
    export = read_export(save(tmp_path, "".join(parts).encode("utf-8-sig")))
    assert_same(export, kind)
    assert any(text.startswith(f"{mended} 列被多包") for text in export.report.repairs)


def test_a_note_with_commas_is_not_taken_apart(tmp_path):
    kind = ("instagram", "en")
    data = clean(kind) + '"Exported on Monday, in a hurry, by the intern"\n'
    export = read_export(save(tmp_path, data.encode("utf-8-sig")))
    assert not any("引號" in text for text in export.report.repairs)
    assert export.report.dropped["原因"].tolist() == ["這一列只有一格，不是資料"]


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
def test_mojibake_comes_back_to_the_letter(tmp_path, kind, bom):
    export = read_export(save(tmp_path, misread(bom + clean(kind))))
    assert_same(export, kind)
    assert any("亂碼" in text for text in export.report.repairs)


def test_mojibake_that_lost_a_byte_is_said_not_half_mended(tmp_path):
    data = misread(clean(("instagram", "en"))).decode("utf-8").replace("\u20ac", "", 1)
    export = read_export(save(tmp_path, data.encode("utf-8")))
    assert any("無法完整還原" in text for text in export.report.warnings)
    assert not any("亂碼" in text for text in export.report.repairs)


def test_western_text_is_no_mojibake(tmp_path):
    rows = rows_of(("instagram", "en"))
    at = rows[0].index("Description")
    for row in rows[1:]:
        row[at] = "Café à Genève — “déjà vu” 5 €"
        row[rows[0].index("Account name")] = "yusui"
    path = save(tmp_path, as_csv(rows).encode("utf-8"))
    export = read_export(path)
    assert set(export.posts["caption"]) == {rows[1][at]} and not export.report.repairs
    path = save(tmp_path, as_csv(rows).encode("cp1252"))
    export = read_export(path)
    assert set(export.posts["caption"]) == {rows[1][at]} and "CP1252" in export.report.encoding
    assert any("推斷" in text for text in export.report.warnings)


def test_cyrillic_text(tmp_path):
    rows = rows_of(("facebook", "en"))
    for row in rows[1:]:
        row[rows[0].index("Title")] = "Свежий чай из Цзяи, приходите в субботу"
        row[rows[0].index("Description")] = row[rows[0].index("Page name")] = ""
    export = read_export(save(tmp_path, as_csv(rows, ";").encode("cp1251")))
    assert set(export.posts["caption"]) == {"Свежий чай из Цзяи, приходите в субботу"}
    assert "CP1251" in export.report.encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("嶼穗茶食的冷泡茶今天開賣，歡迎來喝。", "cp950"),
        ("Приходите в субботу на чай", "cp1251"),
        ("Où est le café ? Très près d’ici", "cp1252"),
    ],
)
def test_encodings_before_unicode_are_told_apart_by_their_bytes(text, encoding):
    assert legacy_encoding(("Post ID,Views\n1,2\n" + text).encode(encoding)) == encoding


def test_bytes_that_are_no_text_speak_for_no_encoding():
    rng = random.Random(8)
    found = [legacy_encoding(rng.randbytes(400)) for _ in range(50)]
    assert set(found) == {""}
    assert legacy_encoding(bytes(range(128, 256)) * 4) == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_unicode_in_every_coat_with_a_sep_line(tmp_path, kind, encoding):
    text = "sep=;\n" + as_csv(rows_of(kind), ";")
    assert_same(read_export(save(tmp_path, text.encode(encoding))), kind)


@pytest.mark.parametrize(
    "text", ["3-Dec", "Dec-03", "12-Mar-26", "2026-03-12 00:00:00", "12.03.2026", "3月12日", "03.дек"]
)
def test_a_percentage_that_became_a_date_is_missing_and_named(tmp_path, text):
    read = typed.numbers(pd.Series([text, "5"], dtype="string"))
    assert read.dated.tolist() == [True, False] and np.isnan(read.values[0])
    rows = rows_of(("instagram", "en"))
    rows[2][rows[0].index("Saves")] = text
    export = read_export(save(tmp_path, as_csv(rows).encode("utf-8-sig")))
    assert export.posts["saves"].isna().iloc[1]
    assert any("改成了日期" in note and "第 3 列" in note for note in export.report.warnings)


@pytest.mark.parametrize("text", ["3-5", "12", "1.5", "abc", "-3", "Marble", "1,234"])
def test_what_is_no_date_is_not_called_one(text):
    assert not typed.numbers(pd.Series([text], dtype="string")).dated.any()


def test_thousands_and_wan_are_read_and_said(tmp_path):
    rows = rows_of(("facebook", "zh"))
    at, n = rows[0].index("瀏覽次數"), 0
    for row in rows[1:]:
        if len(row) > at and row[at] and int(row[at]) >= 1000:
            row[at], n = f"{int(row[at]):,}", n + 1
    export = read_export(save(tmp_path, as_csv(rows).encode("utf-8-sig")))
    assert_same(export, ("facebook", "zh"))
    assert any(f"{n} 格的千分位" in text for text in export.report.repairs)
    rows[1][at] = "1.3萬"
    export = read_export(save(tmp_path, as_csv(rows).encode("utf-8-sig")))
    assert export.posts["views"].iloc[0] == 13_000 and any(
        "四捨五入" in text for text in export.report.warnings
    )


def test_what_cannot_be_mended_is_refused(tmp_path):
    with pytest.raises(ReadError):
        read_export(save(tmp_path, b"Post ID,Publish time,Views\n" + bytes(range(128, 256)) * 9))
