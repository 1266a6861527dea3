"""Downloads of X read back against the truth they were written from, whole, damaged and in other languages."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_x
from xiaobian.exports.sample_x import FOLDER

TRUTH = sample_x.build()
FILES = sample_x.files()
TABLE = {"content": "posts", "activity": "posts", "overview": "account_days", "daily": "account_days"}
JAPANESE = {
    "Tweet id": "ツイートID", "Tweet permalink": "ツイートの固定リンク", "Tweet text": "ツイート本文", "time": "時間",
    "impressions": "インプレッション", "engagements": "エンゲージメント", "retweets": "リツイート", "replies": "返信",
    "likes": "いいね", "url clicks": "URLクリック数", "follows": "フォローしている",
}  # fmt: skip


def rows_of(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(FILES[FOLDER[name]].decode("utf-8"), newline="")))


def save(path, rows, **how):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", **how).writerows(rows)
    return path


def assert_account(export, name: str) -> None:
    report, table = export.report, export.tables[TABLE[name]]
    assert report.rows_in == report.rows_out + len(report.dropped) and report.rows_out == len(table)
    assert tables.problems(table, TABLE[name]) == [] and len(export.extra) == len(table)


@pytest.mark.parametrize("name", FOLDER)
def test_the_samples_are_what_the_generator_writes_and_read_back_to_the_truth(name):
    path = datasets.path(FOLDER[name])
    assert path.read_bytes() == FILES[FOLDER[name]], "請重跑樣本"
    export = read_export(path)
    assert export.platform == "x" and export.report.unknown == []
    assert_account(export, name)
    pd.testing.assert_frame_equal(export.tables[TABLE[name]].reset_index(drop=True), TRUTH[name])


def test_shell_rows_are_dropped_with_their_reason_and_replies_are_counted():
    export = read_export(datasets.path(FOLDER["content"]))
    assert export.report.dropped["原因"].str.contains("空殼").sum() == 2 == len(export.report.dropped)
    replies = TRUTH["content"]["caption"].str.startswith("@").sum()
    assert replies > 5 and any(f"有 {replies} 則文案以 @ 開頭" in text for text in export.report.warnings)


def test_the_2026_content_download_takes_its_clock_time_from_the_ids():
    report = read_export(datasets.path(FOLDER["content"])).report
    assert report.zone.verdict == "agrees" and report.zone.checked == len(TRUTH["content"])
    assert TRUTH["content"]["published_at"].dt.hour.nunique() > 12


@pytest.mark.parametrize("seed", range(6))
def test_neither_order_nor_language_nor_a_strange_column_changes_a_value(tmp_path, seed):
    header, *body = rows_of("activity")
    draw = sample_x.Draw("x test", seed)
    order = draw.shuffled(range(len(header)))
    names = [JAPANESE.get(name, name) if seed % 2 else name for name in header]
    made = [["Mystery", *(names[i] for i in order)], *(["m", *(row[i] for i in order)] for row in body)]
    export = read_export(save(tmp_path / "a.csv", made, delimiter=";" if seed == 3 else ","))
    pd.testing.assert_frame_equal(export.posts.reset_index(drop=True), TRUTH["activity"])
    assert export.report.unknown == ["Mystery"] and "Mystery" in export.extra


def test_times_shifted_to_another_offset_are_the_same_moment(tmp_path):
    header, *body = rows_of("activity")
    at = header.index("time")
    for row in body:
        moment = pd.Timestamp(row[at]).tz_convert("Asia/Taipei")
        row[at] = moment.strftime("%Y-%m-%d %H:%M +0800")
    export = read_export(save(tmp_path / "a.csv", [header, *body]))
    assert export.posts["published_at"].tolist() == TRUTH["activity"]["published_at"].tolist()
    assert export.report.zone.verdict == "agrees"


def test_times_that_lost_their_offset_and_their_zone_are_contradicted_by_the_ids(tmp_path):
    header, *body = rows_of("activity")
    at = header.index("time")
    for row in body:
        row[at] = pd.Timestamp(row[at]).tz_convert("Asia/Taipei").strftime("%Y-%m-%d %H:%M")
    path = save(tmp_path / "a.csv", [header, *body])
    wrong = read_export(path)
    assert wrong.report.zone.verdict == "contradicts" and any(
        "Asia/Taipei" in w for w in wrong.report.warnings
    )
    right = read_export(path, timezone="Asia/Taipei")
    assert right.report.zone.verdict == "agrees"
    assert right.posts["published_at"].tolist() == TRUTH["activity"]["published_at"].tolist()


def test_ids_in_scientific_notation_come_back_from_the_links(tmp_path):
    header, *body = rows_of("content")
    for row in body[:3]:
        row[0] = "2.06E+18"
    export = read_export(save(tmp_path / "a.csv", [header, *body]))
    pd.testing.assert_frame_equal(export.posts.reset_index(drop=True), TRUTH["content"])
    assert any("科學記號" in text for text in export.report.repairs)


def test_a_damaged_id_without_a_link_is_reported_not_guessed(tmp_path):
    header, *body = rows_of("content")
    link = header.index("Post Link")
    body[0][0], body[0][link] = "2.06E+18", ""
    export = read_export(save(tmp_path / "a.csv", [header, *body]))
    assert len(export.posts) == len(TRUTH["content"]) - 1
    assert export.report.dropped["原因"].str.contains("科學記號").sum() == 1


def test_blanks_stay_missing_and_a_wrong_rate_is_named(tmp_path):
    header, *body = rows_of("activity")
    body[0][header.index("likes")] = ""
    body[1][header.index("engagement rate")] = "0.9"
    export = read_export(save(tmp_path / "a.csv", [header, *body]))
    assert export.posts["likes"].isna().tolist() == [True] + [False] * (len(body) - 1)
    assert any("互動率不等於" in text and "第 3 列" in text for text in export.report.warnings)


def test_a_download_without_times_is_refused_by_name(tmp_path):
    header, *body = rows_of("activity")
    at = header.index("time")
    path = save(tmp_path / "a.csv", [[c for i, c in enumerate(row) if i != at] for row in (header, *body)])
    with pytest.raises(ReadError, match="發佈時間"):
        read_export(path)


def test_another_platform_is_contradicted():
    with pytest.raises(ReadError, match="X"):
        read_export(datasets.path(FOLDER["content"]), platform="instagram")
