"""TikTok's downloads read back against the generator's truth: days without a year, ids that carry time, damage."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from exports_files import account, cells, said, save

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_tiktok
from xiaobian.exports.samples import DESIGN
from xiaobian.exports.tiktok import id_times
from xiaobian.exports.tiktok_dates import place_in_years
from xiaobian.exports.written_days import MONTHS, Day, read_day

SEED = DESIGN["seed"][0]
FILES = sample_tiktok.files(SEED)
DAYS = sample_tiktok.account_days(SEED)
VIDEOS = {video.post_id: video for video in sample_tiktok.videos(SEED)}
FIGURES = ("views", "likes", "comments", "shares")


def sample(part: str) -> Path:
    return datasets.path(next(name for name in FILES if part in name))


def assert_videos(posts: pd.DataFrame, midnight_if_scheduled: bool) -> None:
    assert tables.problems(posts, "posts") == []
    for row in posts.to_dict("records"):
        video = VIDEOS[row["post_id"]]
        scheduled = video.created != video.published and midnight_if_scheduled
        at = video.published.replace(hour=0, minute=0, second=0) if scheduled else video.published
        assert row["published_at"] == at, row["post_id"]
        assert [row[name] for name in FIGURES] == [video.figures[name] for name in FIGURES]
        assert row["format"] == video.format and row["account"] == sample_tiktok.handle()
        assert row["caption"] == video.caption.replace("\n", " ")
        assert ("" if pd.isna(row["hashtags"]) else row["hashtags"]) == video.hashtags


def test_the_files_in_the_kit_are_what_the_generator_writes():
    for name, data in FILES.items():
        assert datasets.path(name).read_bytes() == data, f"{name}：請重跑產生器"
    kept = {p.relative_to(datasets.path("")).as_posix() for p in datasets.path("exports/tiktok").rglob("*.*")}
    assert kept == set(FILES)
    assert sample_tiktok.files(7).keys() == FILES.keys() and sample_tiktok.files(7) != FILES


@pytest.mark.parametrize("part", ["studio_en/Content", "studio_zh/Content"])
def test_studio_content_takes_year_and_time_from_the_ids(part):
    export = read_export(sample(part))
    posts = export.posts
    assert sorted(posts["post_id"]) == sorted(video.post_id for video in sample_tiktok.top(SEED))
    assert_videos(posts, midnight_if_scheduled=True)
    report = export.parts[0].report if export.parts else export.report
    assert report.zone.verdict == "agrees" and report.rows_in == len(posts)
    assert any("前幾名影片，不是全部" in text for text in report.warnings)
    late = [v for v in sample_tiktok.top(SEED) if v.created != v.published]
    assert late and any("多半是排程" in text for text in report.warnings)


def test_a_business_list_is_utc_and_missing_is_not_zero():
    export = read_export(sample("business_en/Videos"))
    account(export)
    assert "先這樣假設" not in repr(export.report) and "先這樣假設" in repr(
        read_export(sample("studio_zh/Content")).report
    )
    assert len(export.posts) == len(VIDEOS) and export.report.zone.verdict == "agrees"
    assert export.report.time_zone == "UTC"
    assert_videos(export.posts, midnight_if_scheduled=False)
    order = list(reversed(sample_tiktok.videos(SEED)))
    want = [None if sample_tiktok.missing_saves(n) else v.figures["saves"] for n, v in enumerate(order)]
    assert [None if pd.isna(value) else value for value in export.posts["saves"]] == want
    wrong = read_export(sample("business_en/Videos"), timezone="Asia/Taipei")
    assert wrong.report.zone.verdict == "contradicts" and said(wrong, "時區可能不對")


def assert_days(table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    assert tables.problems(table, "account_days") == []
    assert table["date"].dt.date.tolist() == DAYS["date"].tolist()
    truth = DAYS.assign(engagements=DAYS[["likes", "comments", "shares"]].sum(axis=1))
    for name in columns:
        pd.testing.assert_series_equal(table[name], truth[name].astype("Int64"), check_names=False)


@pytest.mark.parametrize("part", ["studio_en/Overview", "studio_zh/Overview", "business_en/Overview"])
def test_a_year_of_days_is_placed_over_new_year(part):
    table = read_export(sample(part)).tables["account_days"]
    business = part.startswith("business")
    assert_days(table, ("views", "visits", "engagements", *(("gained", "lost", "reach") if business else ())))


def test_the_whole_studio_folder_is_one_set_of_tables():
    export = read_export(datasets.path("exports/tiktok/studio_en"))
    assert export.platform == "tiktok" and len(export.posts) == sample_tiktok.TOP
    assert_days(export.tables["account_days"], ("views", "visits", "engagements", "reach", "followers"))
    audience = export.tables["audience"]
    assert tables.problems(audience, "audience") == []
    for dimension, truth in (("gender", sample_tiktok.GENDER), ("territory", sample_tiktok.TERRITORIES)):
        own = audience[audience["dimension"] == dimension]
        assert list(zip(own["group"], own["share"], strict=True)) == list(truth)
    hours = audience[audience["dimension"] == "hour"]
    written = cells(sample_tiktok.activity(SEED, "en"))[1:]
    assert hours["count"].tolist() == [int(row[2]) for row in written]
    assert hours["group"].astype(int).tolist() == [int(row[1]) for row in written]
    days = pd.Series(hours["as_of"].dt.date.unique())
    assert days.tolist() == [sample_tiktok.LAST_DAY - timedelta(days=n) for n in range(6, -1, -1)]
    texts = [text for part in export.parts for text in part.report.warnings]
    assert any("和後一天的差" in text for text in texts)


def test_two_accounts_in_one_folder_stay_apart(tmp_path):
    overview = {"Overview.csv": sample_tiktok.overview(SEED, "en")}
    other = {"Overview.csv": sample_tiktok.overview(SEED + 1, "en")}
    for handle, members in (("yusui.tea", overview), ("yusui.shop", other)):
        name = f"Overview_{sample_tiktok.STAMP}_{handle} (1).zip"
        (tmp_path / name).write_bytes(sample_tiktok.packed(members, sample_tiktok.EXPORTED))
    days = read_export(tmp_path).tables["account_days"]
    assert len(days) == 2 * len(DAYS) and set(days["account"]) == {"yusui.tea", "yusui.shop"}
    own = days[days["account"] == "yusui.tea"].reset_index(drop=True)
    assert_days(own, ("views", "visits"))


def test_a_day_without_a_total_has_no_new_viewers_either():
    part = read_export(sample("studio_en/Viewers")).parts[0]
    assert part.tables["account_days"]["reach"].isna().tolist()[-1]
    last = part.extra.iloc[-1][["New Viewers", "Returning Viewers"]]
    assert last.isna().all() and part.extra["New Viewers"].iloc[:-1].tolist() == DAYS["new"].tolist()[:-1]


# -- days without a year -----------------------------------------------------------------------------------


def window(first: date, days: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(days)]


def yearless(days: list[date]) -> list[Day]:
    return [Day(day.month, day.day) for day in days]


@pytest.mark.parametrize("seed", range(60))
def test_any_window_is_placed_by_its_name_or_by_the_day_it_was_downloaded(seed):
    rng = random.Random(seed)
    days = window(
        date(2019, 1, 1) + timedelta(days=rng.randrange(2500)), rng.choice([1, 2, 7, 28, 60, 364, 365])
    )
    days = [day for day in days if rng.random() > 0.02] or days
    shown = days[::-1] if rng.random() < 0.3 else days
    exported = days[-1] + timedelta(days=rng.choice([1, 2, 30]))
    moment = int(datetime(exported.year, exported.month, exported.day, 9, tzinfo=UTC).timestamp())
    ways = {
        "told": place_in_years(yearless(shown), "Overview.csv", exported, told=True),
        "moment": place_in_years(yearless(shown), f"Overview_{days[0]}_{moment}_someone.zip/Overview.csv"),
        "first day": place_in_years(yearless(shown), f"Overview_{days[0]:%Y%m%d}.csv"),
        "last day": place_in_years(yearless(shown), f"Overview {days[-1]}.csv"),
    }
    for way, found in ways.items():
        assert found.days == shown and found.sure, (way, days[0], len(days))
    saved = place_in_years(yearless(shown), "Overview.csv", exported)
    assert saved.days == shown and not saved.sure and "exported_on=" in saved.sentence


def test_digits_in_a_name_are_not_taken_for_the_export_moment():
    days = window(date(2025, 12, 20), 30)
    found = place_in_years(yearless(days), "Overview_user1600000000.csv", date(2026, 1, 20))
    assert found.days == days and not found.sure


@pytest.mark.parametrize(("ahead", "year"), [(-1, 2026), (0, 2026), (1, 2026), (2, 2025)])
def test_the_last_day_may_be_a_day_ahead_of_the_download_but_not_two(ahead, year):
    """East of the place where the file was saved it may already be tomorrow."""
    days = window(date(2026, 5, 3), 8)
    found = place_in_years(yearless(days), "Overview.csv", days[-1] - timedelta(days=ahead))
    assert found.days[-1] == days[-1].replace(year=year)


def test_29_february_rules_years_out():
    leap = window(date(2024, 2, 20), 20)
    assert place_in_years(yearless(leap), "a.csv", date(2026, 11, 1)).days == leap
    plain = window(date(2023, 2, 20), 20)
    assert place_in_years(yearless(plain), "a.csv", date(2024, 11, 1)).days == plain
    with pytest.raises(ReadError, match="2 月 29 日對不上"):
        place_in_years(yearless(leap), "Overview_2025-03-10.csv", date(2026, 11, 1))


def test_two_columns_are_enough_where_days_have_no_year(tmp_path):
    rows = [row[:2] for row in cells(sample_tiktok.followers(SEED, "zh"))]
    export = read_export(save(tmp_path / "FollowerHistory.csv", rows), exported_on=date(2026, 9, 2))
    assert_days(export.tables["account_days"], ("followers",))


def test_days_that_were_sorted_by_their_names_are_refused(tmp_path):
    head, *rows = cells(sample_tiktok.overview(SEED, "en"))
    path = save(tmp_path / "Overview.csv", [head, *sorted(rows)])
    with pytest.raises(ReadError, match=r"不是照時間排的.*Overview\.csv"):
        read_export(path)


def test_a_file_without_any_year_says_what_it_assumed(tmp_path):
    rows = cells(sample_tiktok.overview(SEED, "zh"))
    path = save(tmp_path / "Overview.csv", rows)
    export = read_export(path)
    assert any("檔名裡也沒有" in text and "exported_on=" in text for text in export.report.warnings)
    told = read_export(path, exported_on="2026-09-02")
    assert_days(told.tables["account_days"], ("views",))
    assert not any("檔名裡也沒有" in text for text in told.report.warnings)
    older = read_export(path, exported_on="2025-09-02").tables["account_days"]["date"]
    assert older.max() == pd.Timestamp("2025-08-31")


def test_every_day_of_a_year_is_read_in_each_way_of_writing():
    english = list(MONTHS)[:12]
    for day in window(date(2024, 1, 1), 366):
        name = english[day.month - 1]
        ways = [
            f"{name.title()} {day.day}",
            f"{day.month}月{day.day}日",
            f"{day.day}-{name[:3]}",
            f"{day.month}月 {day.day} 日",
        ]
        assert {read_day(text) for text in ways} == {Day(day.month, day.day)}
        dated = [
            f"{name[:3]} {day.day}, 2024",
            f"2024年{day.month}月{day.day}日",
            f"2024/{day.month}/{day.day}",
            str(day),
        ]
        assert {read_day(text) for text in dated} == {Day(day.month, day.day, 2024)}


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [("28 de febrero", 2, 28), ("18 tháng Sáu", 6, 18), ("5 tháng Mười Một", 11, 5), ("1 de março", 3, 1)],
)
def test_days_in_other_languages(text, month, day):
    assert read_day(text) == Day(month, day)


@pytest.mark.parametrize(
    "text", ["", "undefined", "03/04", "April", "31 April", "2月30日", "Feb 29, 2025", "0月1日", "Total"]
)
def test_what_is_no_day_is_none(text):
    assert read_day(text) is None


def test_ids_carry_their_second():
    at = [datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC) + timedelta(hours=7 * n) for n in range(50)]
    ids = np.array([sample_tiktok.video_id(moment, n) for n, moment in enumerate(at)], dtype=object)
    assert id_times(ids).astype("M8[s]").tolist() == [moment.replace(tzinfo=None) for moment in at]
    odd = np.array(["", "abc", "12", "9" * 25, "１２３"], dtype=object)
    assert np.isnat(id_times(odd)).all()


# -- damage and variants -----------------------------------------------------------------------------------

CONTENT = cells(sample_tiktok.content(SEED, "en"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("seed", [1, 2])
def test_order_separator_and_strange_columns_change_nothing(tmp_path, delimiter, seed):
    order = random.Random(seed).sample(range(len(CONTENT[0])), len(CONTENT[0]))
    rows = [
        [row[n] for n in order] + [extra]
        for row, extra in zip(CONTENT, ["New metric", *"x" * 15], strict=True)
    ]
    export = read_export(save(tmp_path / "a.csv", rows, delimiter=delimiter))
    account(export)
    assert export.report.unknown == ["New metric"] and set(export.extra["New metric"]) == {"x"}
    assert_videos(export.posts, midnight_if_scheduled=True)


def test_a_workbook_reads_like_the_csv(tmp_path):
    book = openpyxl.Workbook()
    for n, row in enumerate(cells(sample_tiktok.business_videos(SEED)), 1):
        for m, text in enumerate(row, 1):
            cell = book.active.cell(n, m, int(text) if text.isdigit() else text)
            cell.data_type = "n" if text.isdigit() else "s"
    book.save(tmp_path / "Videos.xlsx")
    pd.testing.assert_frame_equal(
        read_export(tmp_path / "Videos.xlsx").posts, read_export(sample("business_en/Videos")).posts
    )


def test_undefined_blank_links_and_repeats_are_accounted_for(tmp_path):
    head, *rows = [list(row) for row in CONTENT]
    rows[0][4] = "undefined"
    rows[1][2] = ""
    rows[2][3] = "sometime"
    rows.append(list(rows[3]))
    export = read_export(save(tmp_path / "a.csv", [head, *rows]))
    account(export)
    assert len(export.posts) == len(CONTENT) - 1 - 2
    assert export.posts["likes"].isna().sum() == 1 and said(export, "不是 0")
    reasons = set(export.report.dropped["原因"])
    assert {"沒有影片連結，認不出是哪一支影片", "發佈時間空白或讀不懂", "貼文編號重複，只留第一列"} == reasons


def test_days_of_another_zone_are_seen_in_the_ids(tmp_path):
    head, *rows = [list(row) for row in CONTENT]
    for n, row in enumerate(rows):
        at = datetime(2026, 1, 5 + n, 1, 30, tzinfo=UTC)
        row[2], row[3] = (
            f"https://www.tiktok.com/@a/video/{sample_tiktok.video_id(at, n)}",
            f"January {4 + n}",
        )
    path = save(tmp_path / "a.csv", [head, *rows])
    export = read_export(path)
    assert (
        export.report.zone.verdict == "contradicts" and "America/Los_Angeles" in export.report.zone.sentence
    )
    right = read_export(path, timezone="America/Los_Angeles")
    assert right.report.zone.verdict == "agrees"
    pd.testing.assert_frame_equal(right.posts, export.posts)
    assert export.posts["published_at"].iloc[0] == pd.Timestamp("2026-01-05 09:30", tz="Asia/Taipei")


@pytest.mark.parametrize(
    ("totals", "read"),
    [(("1h:0m:0s", "0h:30m:5s"), [3600, 1805]), (("1000", "3000"), [1000, 3000]), (("7", "9"), [None, None])],
)
def test_total_play_time_counts_only_with_a_unit_or_a_proof(tmp_path, totals, read):
    head = [
        "Video title",
        "Video link",
        "Post time",
        "Video views",
        "Total play time",
        "Average watch time",
        "Video duration",
    ]
    links = [
        f"https://www.tiktok.com/@a/video/{sample_tiktok.video_id(datetime(2026, 1, 5, tzinfo=UTC), n)}"
        for n in (1, 2)
    ]
    rows = [["a", links[0], "2026/01/05 00:00:00", "100", totals[0], "10s", "0:45"],
            ["b", links[1], "2026/01/05 00:00:00", "200", totals[1], "15.0s", "200"]]  # fmt: skip
    export = read_export(save(tmp_path / "a.csv", [head, *rows]))
    got = [None if pd.isna(value) else value for value in export.posts["watch_time_s"]]
    assert got == read and export.posts["avg_watch_s"].tolist() == [10.0, 15.0]
    assert export.posts["duration_s"].tolist() == [45, 200]
    assert export.posts["format"].tolist() == ["short_video", "video"]
    assert ("Total play time" in export.extra) and bool(said(export, "沒寫單位")) == (read[0] is None)


def test_shares_in_percent_become_shares_and_a_gap_is_said(tmp_path):
    export = read_export(
        save(tmp_path / "a.csv", [["Top Territories", "Distribution"], ["TW", "80%"], ["HK", "11%"]])
    )
    assert export.tables["audience"]["share"].tolist() == pytest.approx([0.80, 0.11])
    assert said(export, "91%") and said(export, "已換成 0–1")


def test_a_correction_below_zero_is_missing_and_said(tmp_path):
    head, *rows = [list(row) for row in cells(sample_tiktok.overview(SEED, "en"))[:9]]
    rows[2][1] = "-4"
    export = read_export(save(tmp_path / "Overview_2025-09-08.csv", [head, *rows]))
    assert export.tables["account_days"]["views"].isna().tolist() == [n == 2 for n in range(8)]
    assert said(export, "小於 0")


def test_mutated_files_are_read_with_a_full_account_or_refused(tmp_path):
    rng, path = random.Random(4), tmp_path / "fuzz.csv"
    starts = [data[:1500] for name, data in FILES.items() if name.endswith(".csv")]
    starts += [data[:900] for data in sample_tiktok.studio(SEED, "en")["Followers"].values()]
    bits = [
        b'"',
        b",",
        b"\n",
        b"undefined",
        b"February 29",
        b"-1",
        b"\xff",
        b"1e9",
        b"99",
        b"2\xe6\x9c\x88",
        b"Total",
        b"1E+18",
    ]
    found = {"read": 0, "refused": 0}
    for n in range(250):
        data = rng.choice(starts)
        for _ in range(rng.choice([1, 2, 5])):
            at = rng.randrange(len(data))
            data = data[:at] + rng.choice(bits) + data[at + rng.randrange(30) :]
        path.write_bytes(data)
        try:
            export = read_export(path)
        except ReadError as error:
            assert "\n" not in str(error), n
            found["refused"] += 1
            continue
        account(export)
        found["read"] += 1
    assert found["read"] > 100 and found["refused"] > 5, found
