"""Tables of somebody's own: our names, our labels, the caller's names; times need a zone or are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xiaobian import datasets, reports, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, samples, written
from xiaobian.exports.draws import Draw
from xiaobian.exports.headers import aliases

POSTS = samples.build()["posts"]
OWN = POSTS[POSTS["platform"] == "instagram"].reset_index(drop=True)
MAP = {"何時": "published_at", "寫了什麼": "caption", "讚": "likes", "回": "comments", "看過": "views"}
DIARY = '何時,寫了什麼,讚,回,看過,心得\n2026/3/2 下午 08:30,出爐 #米香,12,,"1,200",好\n2026-03-03,明天休息,3,0,90,\n'


def save(tmp_path, text: str, name: str = "table.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def assert_account(export) -> None:
    report = export.report
    assert report.rows_in == report.rows_out + len(report.dropped) and report.rows_out == len(export.posts)
    assert tables.problems(export.posts, "posts") == []


def test_every_declared_name_and_label_with_and_without_unit_is_a_header_we_read():
    known = aliases("generic")
    for column in tables.table("posts").columns:
        for header in {column.name, column.label}:
            assert known.role(header) == column.name
        expected = "published_taipei" if column.name == "published_at" else column.name
        assert known.role(tables.label(column.name)) == expected


@pytest.mark.parametrize("write", [reports.write_csv, reports.write_xlsx], ids=["csv", "xlsx"])
def test_what_the_kit_writes_for_people_reads_back_whole(tmp_path, write):
    path = tmp_path / f"own.{write.__name__.rpartition('_')[2]}"
    write(OWN, path)
    export = read_export(path)
    assert export.platform == "instagram" and export.report.unknown == []
    pd.testing.assert_frame_equal(export.posts.reset_index(drop=True), OWN)
    assert_account(export)


def test_a_diary_with_the_callers_names(tmp_path):
    export = read_export(save(tmp_path, DIARY), column_map=MAP, platform="threads", timezone="Asia/Taipei")
    assert_account(export)
    posts = export.posts
    assert posts["published_at"].astype(str).tolist() == [
        "2026-03-02 20:30:00+08:00",
        "2026-03-03 00:00:00+08:00",
    ]
    assert posts["views"].tolist() == [1200, 90] and posts["comments"].isna().tolist() == [True, False]
    assert posts["hashtags"].iloc[0] == "米香" and export.report.unknown == ["心得"]
    assert export.extra["心得"].iloc[0] == "好"
    assert any("時刻當成 00:00" in text for text in export.report.warnings)
    assert any("列號當編號" in text for text in export.report.repairs)


def test_a_time_without_a_zone_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(ReadError, match=r'沒有寫時區.*timezone="Asia/Taipei"'):
        read_export(save(tmp_path, DIARY), column_map=MAP, platform="threads")


def test_a_table_without_a_platform_asks_for_one(tmp_path):
    with pytest.raises(ReadError, match='platform="threads"'):
        read_export(save(tmp_path, DIARY), column_map=MAP, timezone="Asia/Taipei")


def test_the_callers_zone_moves_the_clock(tmp_path):
    read = {
        zone: read_export(save(tmp_path, DIARY), column_map=MAP, platform="ptt", timezone=zone).posts[
            "published_at"
        ]
        for zone in ("Asia/Taipei", "Asia/Tokyo")
    }
    assert (read["Asia/Taipei"] - read["Asia/Tokyo"]).unique().tolist() == [pd.Timedelta(hours=1)]


def test_offsets_in_the_cells_need_no_zone_and_win_over_the_callers(tmp_path):
    text = (
        "post_id,platform,published_at,likes\n1,dcard,2026-03-02T12:30+08:00,3\n2,Dcard,2026-03-02T04:30Z,\n"
    )
    export = read_export(save(tmp_path, text), timezone="America/Los_Angeles")
    assert export.platform == "dcard" and export.posts["published_at"].nunique() == 1
    assert export.posts["published_at"].iloc[0] == pd.Timestamp("2026-03-02 12:30", tz="Asia/Taipei")


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (("03/14/2026 12:30", "05/06/2026 12:30"), ["03-14", "05-06"]),
        (("14/03/2026 12:30", "05/06/2026 12:30"), ["03-14", "06-05"]),
        (("05/06/2026 12:30", "03/04/2026 12:30"), None),
        (("14/03/2026 12:30", "03/14/2026 12:30"), None),
    ],
)
def test_day_and_month_are_told_apart_by_the_cells_or_not_at_all(tmp_path, cells, wanted):
    text = "published_at,platform,likes\n" + "".join(f"{cell},ptt,3\n" for cell in cells)
    if wanted is None:
        with pytest.raises(ReadError, match="分不出哪個是月"):
            read_export(save(tmp_path, text), timezone="Asia/Taipei")
    else:
        export = read_export(save(tmp_path, text), timezone="Asia/Taipei")
        assert export.posts["published_at"].dt.strftime("%m-%d").tolist() == wanted
        assert any("/年」讀" in text or "月/日/年" in text for text in export.report.repairs)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026/3/2 上午 12:05", "2026-03-02 00:05"),
        ("2026/3/2 下午 12:05", "2026-03-02 12:05"),
        ("2026年3月2日 20:05", "2026-03-02 20:05"),
        ("2026-03-02T20:05:30", "2026-03-02 20:05"),
        ("Mon, Mar 2, 2026 8:05 PM", "2026-03-02 20:05"),
        ("20260302", "2026-03-02 00:00"),
        ("２０２６／０３／０２　２０：０５", "2026-03-02 20:05"),
        ("2026-02-30 10:00", None),
        ("2026/3/2 下午 13:05", None),
        ("115/03/02 10:00", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_how_people_write_times(text, wanted):
    local = written.read(np.array([text], dtype=object), "時間", "檔案").local
    assert (None if np.isnat(local[0]) else str(local[0])[:16].replace("T", " ")) == wanted


@pytest.mark.parametrize("seed", range(8))
def test_rows_in_are_rows_out_or_reported_and_values_stay(tmp_path, seed):
    """Shuffled columns, totals, repeats, unreadable times and blank figures, against the rows they were made from."""
    draw = Draw("generic", seed)
    rows = OWN.sample(12, random_state=seed)
    lines, wanted, lost = [], {}, 0
    for row in rows.itertuples():
        likes = draw.pick([row.likes, None])
        when = row.published_at.isoformat() if draw.uniform() < 0.8 else "不記得"
        lines.append([row.post_id, "threads", when, "" if likes is None else f"{likes:,}", "x"])
        if when == "不記得":
            lost += 1
        else:
            wanted[row.post_id] = (row.published_at, likes)
    lines += [["總計", "", "", "9,999", ""], [*lines[0][:3], "7", "again"]]
    lost += 2
    order = draw.shuffled(range(5))
    header = [("post_id", "平台", "發佈時間", "按讚數", "我的欄")[i] for i in order]
    frame = pd.DataFrame([[line[i] for i in order] for line in lines], columns=header)
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False, encoding=draw.pick(["utf-8", "utf-8-sig", "utf-16", "cp950"]))
    export = read_export(path, platform="threads")
    assert_account(export)
    assert len(export.report.dropped) == lost and export.report.rows_in == len(lines)
    found = {
        p.post_id: (p.published_at, None if pd.isna(p.likes) else p.likes) for p in export.posts.itertuples()
    }
    assert found == wanted and export.report.unknown == ["我的欄"]


def test_two_platforms_in_one_table_are_refused(tmp_path):
    text = "post_id,platform,published_at,likes\n1,dcard,2026-03-02T12:30Z,3\n2,ptt,2026-03-02T04:30Z,4\n"
    with pytest.raises(ReadError, match="混了不同平台"):
        read_export(save(tmp_path, text), platform="dcard")


def test_strange_formats_and_flags_are_said(tmp_path):
    text = "post_id,平台,發佈時間,格式,付費推廣\n1,PTT,2026-03-02T12:30Z,圖片,是\n2,PTT,2026-03-02T04:30Z,海報,也許\n"
    export = read_export(save(tmp_path, text))
    assert export.posts["format"].tolist()[0] == "image" and export.posts["format"].isna().tolist() == [
        False,
        True,
    ]
    assert export.posts["is_paid"].tolist()[0] and export.posts["is_paid"].isna().tolist() == [False, True]
    assert any("海報" in text for text in export.report.warnings)
    assert any("付費推廣" in text for text in export.report.warnings)


def test_a_platforms_own_download_is_never_taken_for_a_table_of_ones_own():
    for path in sorted(datasets.path("exports/meta").glob("*_zh/*.csv")):
        with pytest.raises(ReadError, match="你指定"):
            read_export(path, platform="threads")
