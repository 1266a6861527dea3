"""Days and months that a spreadsheet has swapped: the exact truth or a refusal, never a wrong date in silence."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from xiaobian import datasets
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_tiktok, sample_x
from xiaobian.exports.sample_files import FILES
from xiaobian.exports.samples import DESIGN

ROOT = datasets.path("exports")
NAMES = {f"{file.platform}-{file.language}": file.path for file in FILES}
CASES = {
    "instagram": (NAMES["instagram-en"], "Publish time", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"),
    "instagram_zh": (NAMES["instagram-zh"], "發佈時間", "%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M"),
    "facebook": (NAMES["facebook-en"], "Publish time", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"),
    "tiktok": (
        next(name for name in sample_tiktok.files(DESIGN["seed"][0]) if "business_en/Videos" in name),
        "Post time", "%Y/%m/%d %H:%M:%S", "%d/%m/%Y %H:%M:%S",
    ),
    "x": (sample_x.FOLDER["activity"], "time", "%Y-%m-%d %H:%M +0000", "%d/%m/%Y %H:%M +0000"),
    "x_days": (sample_x.FOLDER["content"], "Date", "%a, %b %d, %Y", "%d/%m/%Y"),
}  # fmt: skip


def rows_of(case: str) -> list[list[str]]:
    text = datasets.path(CASES[case][0]).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def save(folder: Path, case: str, rows: list[list[str]]) -> Path:
    path = folder / Path(CASES[case][0]).name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def damaged(rng: random.Random, case: str) -> tuple[list[list[str]], list[list[str]], bool]:
    """Some rows of a sample, the same rows with swapped dates, and whether every date was swapped."""
    _, header, form, flipped = CASES[case]
    head, *body = rows_of(case)
    at = head.index(header)
    body = [row for row in body if len(row) > at and moment(row[at], form)]
    if rng.random() < 0.5:
        body = [row for row in body if (day := moment(row[at], form)) and day.day <= 12]
    if rng.random() < 0.5 and (case != "facebook"):
        body = rng.sample(body, min(len(body), rng.randrange(1, 9)))
    kind = rng.choice(["all", "all", "excel", "iso", "some"])
    swapped = []
    for row in body:
        when, cells = moment(row[at], form), list(row)
        assert when is not None
        if kind in ("excel", "iso") and when.day > 12:
            cells[at] = when.strftime("%m/%d/%Y" + flipped[8:])
        elif kind == "iso":
            cells[at] = when.strftime("%Y-%d-%m" + flipped[8:])
        elif kind != "some" or rng.random() < 0.5:
            cells[at] = when.strftime(flipped)
        swapped.append(cells)
    return [head, *body], [head, *swapped], kind == "all"


@pytest.mark.parametrize("case", CASES)
def test_swapped_dates_give_the_truth_or_a_refusal(case, tmp_path):
    rng = random.Random(f"{case} 2026")
    outcomes = {"read": 0, "refused": 0}
    for _ in range(14):
        rows, swapped, _ = damaged(rng, case)
        (tmp_path / "whole").mkdir(exist_ok=True)
        try:
            want = read_export(save(tmp_path / "whole", case, rows)).posts
        except ReadError:
            continue
        try:
            found = read_export(save(tmp_path, case, swapped))
        except ReadError as error:
            assert re.search("對調|日/月/年|分不出|沒有一列", str(error)), str(error)
            outcomes["refused"] += 1
            continue
        read = want[want["post_id"].isin(found.posts["post_id"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(found.posts.reset_index(drop=True), read)
        assert len(found.report.dropped) >= len(want) - len(read)
        outcomes["read"] += 1
    assert sum(outcomes.values()) >= 10, outcomes


@pytest.mark.parametrize("twelve", [False, True], ids=["any day", "days up to 12"])
@pytest.mark.parametrize("case", ["instagram", "instagram_zh", "tiktok", "x", "x_days"])
def test_where_every_id_proves_it_the_dates_are_put_back_and_said(case, twelve, tmp_path):
    _, header, form, flipped = CASES[case]
    head, *body = rows_of(case)
    at = head.index(header)
    body = [
        row
        for row in body
        if len(row) > at and (when := moment(row[at], form)) and (when.day <= 12 or not twelve)
    ]
    if case == "tiktok":
        scheduled = {v.post_id for v in sample_tiktok.videos(DESIGN["seed"][0]) if v.created != v.published}
        body = [row for row in body if not any(post in cell for cell in row for post in scheduled)]
    (tmp_path / "whole").mkdir()
    want = read_export(save(tmp_path / "whole", case, [head, *body]))
    swapped = [
        [*row[:at], datetime.strptime(row[at], form).strftime(flipped), *row[at + 1 :]] for row in body
    ]
    assert swapped != body and len(swapped) >= 5
    found = read_export(save(tmp_path, case, [head, *swapped]))
    pd.testing.assert_frame_equal(found.posts, want.posts)
    assert any("證實" in text for text in found.report.repairs)
    assert found.report.zone.verdict == want.report.zone.verdict == "agrees"


def test_facebook_has_no_ids_but_the_days_in_the_name_of_its_file_refuse(tmp_path):
    head, *body = rows_of("facebook")
    at = head.index("Publish time")
    march = [row for row in body if row[at].startswith("03/") and 1 < int(row[at][3:5]) <= 12]
    swapped = [[*row[:at], f"{row[at][3:5]}/03{row[at][5:]}", *row[at + 1 :]] for row in march]
    assert any(row[at][:2] != "03" for row in swapped)
    path = save(tmp_path, "facebook", [head, *swapped])
    named = path.rename(path.with_name("Mar-01-2026_Mar-31-2026_1092657730418264.csv"))
    with pytest.raises(ReadError, match="檔名寫的 2026-03-01 到 2026-03-31 以外"):
        read_export(named)


def test_one_day_first_cell_among_open_ones_refuses_and_among_proven_ones_is_left_out(tmp_path):
    head, *body = rows_of("facebook")
    at = head.index("Publish time")
    low = next(row for row in body if int(row[at][3:5]) <= 12)
    high = [row for row in body if int(row[at][3:5]) > 12]
    odd = [*high[0][:at], f"{high[0][at][3:5]}/{high[0][at][:2]}{high[0][at][5:]}", *high[0][at + 1 :]]
    with pytest.raises(ReadError, match="日/月/年"):
        read_export(save(tmp_path, "facebook", [head, low, odd]))
    export = read_export(save(tmp_path, "facebook", [head, low, odd, *high[1:30]]))
    assert export.report.dropped["列"].tolist() == [3]


def test_a_post_whose_time_is_far_from_its_id_is_named(tmp_path):
    rows = rows_of("instagram")
    at = rows[0].index("Publish time")
    month = int(rows[3][at][:2])
    rows[3][at] = f"{month % 12 + 1:02d}/15/{rows[3][at][6:]}"
    export = read_export(save(tmp_path, "instagram", rows))
    assert any("相差 36 小時以上" in text and "第 4 列" in text for text in export.report.warnings)
