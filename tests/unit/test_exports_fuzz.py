"""Properties over every sample layout: damage that keeps the rows keeps the figures; damage that does not is said.

The samples are read back to their generator's truth in the tests of each layout; here the undamaged reading is the
truth that every damaged one must equal.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import random
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from xiaobian import datasets
from xiaobian.errors import ReadError
from xiaobian.exports import Export, read_export, rows
from xiaobian.exports.registry import MODULES, layouts

ROOT = datasets.path("exports")
TEXTS = sorted(path for path in ROOT.rglob("*.csv"))
ANY = sorted(p for p in ROOT.rglob("*") if p.is_file() and not p.name.startswith("."))
ON = "2026-09-01"


def _fuzzer():
    path = Path(__file__).parents[2] / "benchmarks" / "fuzz_exports.py"
    spec = importlib.util.spec_from_file_location("fuzz_exports", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_exports"] = module
    spec.loader.exec_module(module)
    return module


def asked(path: Path) -> dict[str, str]:
    """What a learner must add: charts do not say whose they are."""
    return {"exported_on": ON} | ({"platform": "facebook"} if "facebook_charts" in path.parts[-2] else {})


FUZZER = _fuzzer()


@cache
def whole(path: Path) -> Export:
    return read_export(path, **asked(path))


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def respelled(text: str, delimiter: str) -> str:
    if text.startswith("sep="):
        text = text.split("\n", 1)[1]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        csv.reader(io.StringIO(text, newline=""))
    )
    return out.getvalue()


def misread(text: str) -> str:
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return "".join(chr(b) if b in undefined else bytes([b]).decode("cp1252") for b in text.encode("utf-8"))


DAMAGES = {
    "utf-16": lambda text: text.encode("utf-16"),
    "no bom": lambda text: text.encode("utf-8"),
    "crlf": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig"),
    "semicolons": lambda text: respelled(text, ";").encode("utf-8-sig"),
    "tabs": lambda text: respelled(text, "\t").encode("utf-16"),
    "mojibake": lambda text: misread(text).encode("utf-8"),
}


def assert_same(found: Export, path: Path) -> None:
    want = whole(path)
    assert found.platform == want.platform and list(found.tables) == list(want.tables)
    for name, frame in want.tables.items():
        other = found.tables[name]
        for column in frame.columns.intersection(["caption", "hashtags"]):
            frame, other = (t.assign(**{column: t[column].str.replace("\r\n", "\n")}) for t in (frame, other))
        pd.testing.assert_frame_equal(other, frame)
    report = found.report
    assert report.rows_in == want.report.rows_in == report.rows_out + len(report.dropped)
    assert report.unknown == want.report.unknown


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: "/".join(path.parts[-3:-1]) + "/" + path.name[:12])
def test_every_layout_reads_the_same_after_every_damage(tmp_path, path, damage):
    data = DAMAGES[damage](text_of(path))
    copy = tmp_path / path.name
    copy.write_bytes(data)
    assert_same(read_export(copy, **asked(path)), path)


@pytest.mark.parametrize("path", ANY, ids=lambda path: "/".join(path.parts[-2:])[:40])
def test_every_sample_keeps_its_account(path):
    report = whole(path).report
    assert report.rows_in == report.rows_out + len(report.dropped) and report.rows_out


def test_every_module_of_layouts_is_exercised_by_a_sample():
    seen = {
        report.layout
        for path in ANY
        for report in getattr(whole(path).report, "reports", (whole(path).report,))
    }
    by_module = {type(layout).__module__.rsplit(".", 1)[-1] for layout in layouts() if layout.label in seen}
    assert set(MODULES) - {"generic"} <= by_module


def test_all_samples_in_one_folder_become_one_set_of_tables():
    export = read_export(ROOT, exported_on=ON)
    assert export.platform == "多平台"
    posts = export.posts
    assert not posts.duplicated(["platform", "post_id"]).any()
    alone = {
        (p, i)
        for part in export.parts
        if "posts" in part.tables
        for p, i in part.posts[["platform", "post_id"]].itertuples(index=False)
    }
    assert set(posts[["platform", "post_id"]].itertuples(index=False, name=None)) == alone
    assert export.report.rows_in == export.report.rows_out + len(export.report.dropped)
    named = {report.file for report in export.report.reports} | {name for name, _ in export.report.unread}
    for path in ANY:
        assert any(name.startswith(path.relative_to(ROOT).as_posix()) for name in named), path


def test_of_many_files_the_platform_asked_for_is_read_and_the_others_are_named():
    export = read_export(ROOT, exported_on=ON, platform="facebook")
    assert export.platform == "facebook" and set(export.posts["platform"]) == {"facebook"}
    left = dict(export.report.unread)
    for path in ANY:
        name, own = path.relative_to(ROOT).as_posix(), whole(path).platform
        mine = [reason for file, reason in left.items() if file.startswith(name)]
        if own == "facebook":
            assert not mine, name
        else:
            assert mine and all('你指定 platform="facebook"，但這個檔案是' in reason for reason in mine), name
            assert any(name in text for text in export.report.warnings)
    assert "Views.csv" in {Path(report.file).name for report in export.report.reports}


@pytest.mark.parametrize("part", range(2))
def test_1000_damaged_files_are_read_with_a_full_account_or_refused(part):
    """A defect that strikes one file in 300 is met with a chance of 96 %; ``benchmarks/fuzz_exports.py`` reads far more."""
    outcomes = FUZZER.fuzz(range(500 * part, 500 * part + 500), thorough=5)
    assert sum(outcomes.values()) == 500
    kinds = Counter()
    for (sample, outcome), count in outcomes.items():
        kinds[outcome] += count
        kinds[sample] += count
    assert kinds["read"] > 120 and kinds["refused"] > 60
    assert {path.relative_to(ROOT).as_posix() for path in ANY} <= set(kinds)


def test_both_roads_read_the_same(tmp_path, monkeypatch):
    """The C parser and the csv module are told apart only by the clock."""
    starts = [start for start in FUZZER.starts() if start.suffix == ".csv"]
    rng, path, read_csv = random.Random(9), tmp_path / "a.csv", rows._read_csv
    took = {"fast": 0}

    def fast(*arguments):
        frame = read_csv(*arguments)
        took["fast"] += frame is not None
        return frame

    def account(reader):
        monkeypatch.setattr(rows, "_read_csv", reader)
        try:
            return read_export(path, exported_on=ON)
        except ReadError as error:
            return str(error)

    for n in range(120):
        data = FUZZER.mutate(rng, rng.choice(starts).data)
        path.write_bytes(data)
        before, one = took["fast"], account(fast)
        if took["fast"] == before:
            continue
        other = account(lambda *_: None)
        if isinstance(one, str) or isinstance(other, str):
            assert one == other, (n, data)
            continue
        for name, frame in one.tables.items():
            pd.testing.assert_frame_equal(frame, other.tables[name])
        pd.testing.assert_frame_equal(one.extra, other.extra)
        pd.testing.assert_frame_equal(one.report.table, other.report.table)
    assert took["fast"] > 30
