"""YouTube Studio's downloads read back against the generator's truth: the three parts, Shorts, totals, damage."""

from __future__ import annotations

import random
from functools import partial

import exports_files
import pandas as pd
import pytest
from exports_files import account, cells, said

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_youtube
from xiaobian.exports.samples import DESIGN

SEED = DESIGN["seed"][0]
FILES = sample_youtube.files(SEED)
VIDEOS = {video.post_id: video for video in sample_youtube.videos(SEED)}
SEEN = {key: video for key, video in VIDEOS.items() if not video.hidden}
COUNTS = {
    "views": "views",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "impressions": "impressions",
    "follows": "gained",
}
ENGLISH = {key: names[0] for key, names in sample_youtube.HEADERS.items()}


save = partial(exports_files.save, encoding="utf-8")
TABLE = cells(sample_youtube.table_data(SEED, "en"))


def columns(rows: list[list[str]], *without: str) -> list[list[str]]:
    """The table without some columns, by their keys."""
    left = [n for n, name in enumerate(rows[0]) if name not in {ENGLISH[key] for key in without}]
    return [[row[n] for n in left] for row in rows]


def assert_videos(posts: pd.DataFrame) -> None:
    assert tables.problems(posts, "posts") == []
    assert sorted(posts["post_id"]) == sorted(SEEN)
    for row in posts.to_dict("records"):
        video = SEEN[row["post_id"]]
        assert {name: row[name] for name in COUNTS} == {
            name: video.figures[key] for name, key in COUNTS.items()
        }
        assert row["published_at"] == video.published and row["format"] == video.format
        assert (row["duration_s"], row["avg_watch_s"]) == (
            video.figures["duration_s"],
            video.figures["average"],
        )
        assert row["watch_time_s"] == pytest.approx(3600 * video.figures["hours"])
        before = video.published.date() < sample_youtube.SHORTS_CHANGE
        short = {True: "shorts_mixed", False: "shorts_plays"}[before]
        assert row["metric_era"] == (short if video.format == "short_video" else "views")


def test_the_files_in_the_kit_are_what_the_generator_writes():
    for name, data in FILES.items():
        assert datasets.path(name).read_bytes() == data, f"{name}：請重跑產生器"
    kept = {
        p.relative_to(datasets.path("")).as_posix() for p in datasets.path("exports/youtube").rglob("*.*")
    }
    assert kept == set(FILES)
    assert sample_youtube.files(7).keys() == FILES.keys() and sample_youtube.files(7) != FILES


def test_the_sample_has_every_quirk():
    made = list(VIDEOS.values())
    assert sum(video.post_id.startswith("-") for video in made) == sample_youtube.GUARDED
    assert sum(video.hidden for video in made) == sample_youtube.HIDDEN
    assert any(video.figures["subscribers"] < 0 for video in made)
    assert any(video.figures["percentage"] > 100 for video in made)
    for short in ("short_video", "video"):
        ages = {
            video.published.date() < sample_youtube.SHORTS_CHANGE for video in made if video.format == short
        }
        assert ages == {True, False}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_zip_gives_videos_and_days_and_says_why_not_the_chart(language):
    export = read_export(datasets.path(sample_youtube.PATHS[language]))
    assert export.platform == "youtube"
    assert_videos(export.posts)
    days = export.tables["account_days"]
    assert tables.problems(days, "account_days") == []
    assert list(zip(days["date"].dt.date, days["views"], strict=True)) == sample_youtube.daily_views(SEED)
    assert days["views"].sum() == sum(video.figures["views"] for video in VIDEOS.values())
    ((name, reason),) = export.report.unread
    assert sample_youtube.PARTS[language][1] in name and "Chart data" in reason
    part = next(part for part in export.parts if "posts" in part.tables)
    account(part)
    counted = part.report.dropped["原因"].value_counts().to_dict()
    assert counted == {"總計列": 1, "沒有發布時間（多半是私人或不公開影片）": sample_youtube.HIDDEN}
    assert said(part, f"{sample_youtube.GUARDED} 個影片編號前面的空白") and not said(part, "加起來")


def test_engaged_views_and_net_subscribers_stay_apart(tmp_path):
    export = read_export(save(tmp_path / "a.csv", TABLE))
    engaged, net = export.extra["Engaged views"], export.extra["Subscribers"]
    percentage = export.extra["Average percentage viewed (%)"]
    for post_id, video in SEEN.items():
        read = (engaged[post_id], net[post_id], percentage[post_id])
        assert read == tuple(video.figures[key] for key in ("engaged", "subscribers", "percentage"))
    early = [
        v
        for v in SEEN.values()
        if v.format == "short_video" and v.published.date() < sample_youtube.SHORTS_CHANGE
    ]
    assert len(early) == (export.posts["metric_era"] == "shorts_mixed").sum()
    assert said(export, "請用「Engaged views」") and said(export, "超過 100") and said(export, "是負的")
    assert said(export, "縮圖出現的次數")
    without = read_export(save(tmp_path / "b.csv", columns(TABLE, "engaged", "gained", "impressions")))
    assert not said(without, "縮圖出現的次數")
    assert said(without, "勾選 Engaged views") and without.posts["follows"].isna().all()


def test_a_short_of_the_very_day_follows_the_new_definition(tmp_path):
    head, total, *rows = [list(row) for row in TABLE]
    short = next(row for row in rows if row[head.index(ENGLISH["stayed"])])
    at, wanted = (
        head.index(ENGLISH["published_at"]),
        {"Mar 30, 2025": "shorts_mixed", "Mar 31, 2025": "shorts_plays"},
    )
    for day, era in wanted.items():
        short[at] = day
        export = read_export(save(tmp_path / "a.csv", [head, total, short]))
        assert export.posts["metric_era"].tolist() == [era]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_order_separator_and_strange_columns_change_nothing(tmp_path, seed, delimiter):
    order = random.Random(seed).sample(range(len(TABLE[0])), len(TABLE[0]))
    rows = [[row[n] for n in order] + ["x"] for row in TABLE]
    rows[0][-1] = "Card clicks"
    export = read_export(save(tmp_path / "a.csv", rows, delimiter=delimiter))
    account(export)
    assert_videos(export.posts)
    assert export.report.unknown == ["Card clicks"]


def test_without_stayed_to_watch_a_short_is_not_guessed(tmp_path):
    export = read_export(save(tmp_path / "a.csv", columns(TABLE, "stayed")))
    short = export.posts["post_id"].map({key: video.format == "short_video" for key, video in SEEN.items()})
    assert export.posts["format"].isna().tolist() == short.tolist()
    assert set(export.posts["metric_era"][short]) == {"unknown"} and said(export, "分不出是不是短影音")
    named = [[*row, "Shorts" if row[4] else "Videos"] for row in TABLE]
    named[0][-1] = "Content type"
    assert_videos(read_export(save(tmp_path / "b.csv", columns(named, "stayed"))).posts)


def test_a_table_cut_short_is_held_against_its_total(tmp_path):
    export = read_export(save(tmp_path / "a.csv", TABLE[:40]))
    whole = sum(video.figures["views"] for video in VIDEOS.values())
    views = TABLE[0].index("Views")
    share = sum(int(row[views]) for row in TABLE[2:40]) / whole
    assert said(export, f"總計列的 {share:.1%}")
    doubled = [list(row) for row in TABLE]
    doubled[2][views] = str(whole)
    assert said(read_export(save(tmp_path / "b.csv", doubled)), "超過總計")


def by_day(figures: tuple[str, ...], newest_first: bool = True) -> list[list[str]]:
    days = sample_youtube.daily_views(SEED)[-30:]
    rows = [[str(day), *(str(views + n) for n in range(len(figures)))] for day, views in days]
    total = ["Total", *(str(sum(views + n for _, views in days)) for n in range(len(figures)))]
    return [["Date", *figures], total, *(rows[::-1] if newest_first else rows)]


def test_a_table_by_day(tmp_path):
    names = ("Views", "Watch time (hours)", "Subscribers gained", "Subscribers lost", "Impressions")
    export = read_export(save(tmp_path / "a.csv", by_day(names)))
    account(export)
    days = export.tables["account_days"].sort_values("date", ignore_index=True)
    truth = sample_youtube.daily_views(SEED)[-30:]
    assert days["views"].tolist() == [views for _, views in truth]
    assert days["gained"].tolist() == [views + 2 for _, views in truth]
    assert days["impressions"].tolist() == [views + 4 for _, views in truth]
    assert days["followers"].isna().all() and said(export, "太平洋時間")
    assert export.report.dropped["原因"].tolist() == ["總計列"]


def test_totals_of_a_figure_the_table_lacks_are_refused(tmp_path):
    with pytest.raises(ReadError, match="只有「Watch time"):
        read_export(save(tmp_path / "Totals.csv", by_day(("Watch time (hours)",))))
    chart = tmp_path / "Chart data.csv"
    chart.write_bytes(sample_youtube.chart_data(SEED, "en"))
    with pytest.raises(ReadError, match=r"Table data\.csv"):
        read_export(chart)


@pytest.mark.parametrize("group", ["Geography", "Traffic source", "Content type"])
def test_other_groupings_are_refused_by_name(tmp_path, group):
    rows = [[group, "Views", "Watch time (hours)", "Average view duration"], ["Total", "9", "0.5", "0:01:40"],
            ["TW", "9", "0.5", "0:01:40"]]  # fmt: skip
    with pytest.raises(ReadError, match=f"依「{group}」分組"):
        read_export(save(tmp_path / "Table data.csv", rows))


def test_two_columns_are_read_as_totals_and_that_is_said(tmp_path):
    rows = [
        ["Date", "Views"],
        *([str(day), str(views)] for day, views in sample_youtube.daily_views(SEED)[:9]),
    ]
    assert said(read_export(save(tmp_path / "mine.csv", rows)), "照 YouTube Studio 的 Totals 讀")
    assert not said(read_export(save(tmp_path / "Totals.csv", rows)), "照 YouTube Studio 的 Totals 讀")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp950"])
@pytest.mark.parametrize("top", ["", "sep=,\n"])
def test_encodings_of_a_saved_file_change_no_figure(tmp_path, encoding, top):
    text = top + sample_youtube.table_data(SEED, "zh").decode("utf-8")
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding, "replace"))
    export = read_export(path)
    account(export)
    assert_videos(export.posts)


def test_damage_by_a_spreadsheet_is_mended_or_said(tmp_path):
    head, total, *rows = [list(row) for row in TABLE]
    at = {key: head.index(name) for key, name in ENGLISH.items()}
    guarded = [row for row in rows if row[0].startswith(" ")]
    for row in guarded[:2]:
        row[0] = "#NAME?"
    plain = [row for row in rows if row[at["published_at"]] and row not in guarded]
    plain[0][at["published_at"]] = "27-Sep"
    plain[1][at["duration_s"]] = "0:45"
    plain[2][at["views"]] = f"{int(plain[2][at['views']]):,}"
    plain[3][at["average"]] = "soon"
    plain[4][at["published_at"]] = "2026/3/1"
    export = read_export(save(tmp_path / "a.csv", [head, total, *rows]))
    account(export)
    posts = export.posts.set_index("post_id")
    assert plain[0][0] not in posts.index and any(
        "發布時間讀不懂" in why for why in export.report.dropped["原因"]
    )
    assert posts.loc[plain[1][0], "duration_s"] == 45
    assert posts.loc[plain[2][0], "views"] == SEEN[plain[2][0]].figures["views"]
    assert pd.isna(posts.loc[plain[3][0], "avg_watch_s"]) and said(export, "讀不懂的時間")
    assert posts.loc[plain[4][0], "published_at"] == pd.Timestamp("2026-03-01", tz="Asia/Taipei")
    broken = [name for name in posts.index if name.startswith("#NAME?#")]
    assert len(broken) == sum(bool(row[at["published_at"]]) for row in guarded[:2]) and said(
        export, "公式算壞了"
    )


def test_names_of_2026_and_renamed_columns(tmp_path):
    rows = [list(row) for row in TABLE]
    new = {"Impressions": "Thumbnail impressions", "Impressions click-through rate (%)": "Thumbnail click-through rate (%)",
           "Views": "Plays of mine"}  # fmt: skip
    rows[0] = [new.get(name, name) for name in rows[0]]
    export = read_export(save(tmp_path / "a.csv", rows), column_map={"Plays of mine": "views"})
    assert_videos(export.posts)


def test_mutated_files_are_read_with_a_full_account_or_refused(tmp_path):
    rng, path = random.Random(8), tmp_path / "fuzz.csv"
    starts = [sample_youtube.table_data(SEED, "en")[:2500], sample_youtube.table_data(SEED, "zh")[:2500],
              sample_youtube.totals(SEED, "en")[:400]]  # fmt: skip
    bits = [
        b'"',
        b",",
        b"\n",
        b"Total",
        b"-1",
        b"\xff",
        b"1e9",
        b"0:04:23",
        b" -",
        b"2\xe6\x9c\x88",
        b"Date",
        b"Feb 29, 2025",
    ]
    found = {"read": 0, "refused": 0}
    for n in range(200):
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
    assert found["read"] > 80 and found["refused"] > 3, found
