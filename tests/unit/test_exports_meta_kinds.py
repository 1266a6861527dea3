"""Instagram stories, retention curves and video assets: files read back to the truth they were written from."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.exports import read_export, sample_meta, sample_meta_stories, sample_meta_videos
from xiaobian.exports.samples import DESIGN, build

SEED = DESIGN["seed"][0]
STORIES = sample_meta_stories.stories_posts(SEED)


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def cells_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def bytes_of(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def assert_same(found: pd.DataFrame, want: pd.DataFrame, key: list[str]) -> None:
    pd.testing.assert_frame_equal(
        found.sort_values(key, ignore_index=True), want.sort_values(key, ignore_index=True), rtol=1e-12
    )


def assert_account(export, rows_in: int) -> None:
    assert export.report.rows_in == rows_in
    assert rows_in == export.report.rows_out + len(export.report.dropped)
    for name, frame in export.tables.items():
        assert tables.problems(frame, name) == []


# -- stories ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_stories_read_back_to_their_truth(language):
    export = read_export(datasets.path(sample_meta_stories.PATHS[language]))
    assert (export.platform, export.report.unknown) == ("instagram", [])
    assert "限時動態" in export.report.layout
    assert export.report.language == {"en": "英文", "zh": "正體中文"}[language]
    assert_same(export.posts, STORIES, ["post_id"])
    assert_account(export, len(STORIES))
    assert export.report.zone.verdict == "agrees"


def test_what_only_stories_have_is_kept_as_numbers_and_blank_stays_missing():
    export = read_export(datasets.path(sample_meta_stories.PATHS["en"]))
    truth = {story.post_id: story.figures for story in sample_meta_stories.sample_stories(SEED)}
    for header, name in (
        ("Navigation", "navigation"),
        ("Sticker taps", "sticker_taps"),
        ("Replies", "replies"),
    ):
        want = [truth[key][name] for key in export.extra.index]
        assert export.extra[header].astype("Float64").fillna(-1).tolist() == [
            -1 if v is None else v for v in want
        ]
        assert None in want or header == "Navigation"
    assert any("不是 0" in text for text in export.report.warnings)


def test_the_order_of_the_columns_does_not_matter(tmp_path):
    rows = cells_of(sample_meta_stories.stories_csv("zh", SEED))
    order = np.random.default_rng(5).permutation(len(rows[0]))
    export = read_export(save(tmp_path / "a.csv", bytes_of([[row[i] for i in order] for row in rows])))
    assert_same(export.posts, STORIES, ["post_id"])


def test_a_story_link_vouches_for_the_time_zone_when_the_id_does_not(tmp_path):
    rows = cells_of(sample_meta_stories.stories_csv("en", SEED))
    for n, row in enumerate(rows[1:]):
        row[0] = str(17_900_000_000_000_000 + n)
    export = read_export(save(tmp_path / "a.csv", bytes_of(rows)))
    assert export.report.zone.verdict == "agrees" and export.report.zone.checked == len(STORIES)
    wrong = read_export(save(tmp_path / "a.csv", bytes_of(rows)), timezone="Asia/Taipei")
    assert wrong.report.zone.verdict == "contradicts"


# -- retention -------------------------------------------------------------------------------------------


def wide() -> list[list[str]]:
    return cells_of(sample_meta_videos.all_metrics_csv(SEED))


def test_the_wide_file_gives_posts_and_the_whole_retention_curve():
    export = read_export(datasets.path(sample_meta_videos.PATHS["all_metrics"]))
    posts = build()["posts"].set_index("post_id").loc[list(export.posts["post_id"])].reset_index()
    assert_same(export.posts, posts[export.posts.columns], ["post_id"])
    truth = sample_meta_videos.retention_truth(SEED)
    assert_same(export.tables["retention"], truth, ["post_id", "position"])
    assert_account(export, len(wide()) - 1)
    assert len(export.report.columns) > 140
    country = "3-second video views by country (Taiwan (TW))"
    assert export.report.unknown == []
    assert export.extra[country].dtype == "float64" and export.extra[country].sum() > 0
    assert export.extra[country].notna().sum() == truth["post_id"].nunique()


def test_the_curve_agrees_with_the_average_watch_time_of_the_post():
    export = read_export(datasets.path(sample_meta_videos.PATHS["all_metrics"]))
    posts = export.posts.set_index("post_id")
    for post_id, curve in export.tables["retention"].groupby("post_id"):
        share, second = curve["share_watching"].to_numpy(), curve["second"].to_numpy()
        area = ((share[1:] + share[:-1]) / 2 * np.diff(second)).sum()
        assert area == pytest.approx(posts.loc[post_id, "avg_watch_s"], rel=0.02)


def test_a_gap_in_the_curve_is_missing_and_not_zero(tmp_path):
    rows = wide()
    at = rows[0].index("Percentage of total views at interval 7")
    video = next(row for row in rows[1:] if row[at])
    video[at], other = "", next(row for row in reversed(rows) if row[at])
    other[at] = "abc"
    export = read_export(save(tmp_path / "a.csv", bytes_of(rows)))
    curves = export.tables["retention"]
    truth = sample_meta_videos.retention_truth(SEED)
    gone = truth["post_id"].isin([video[0], other[0]]) & (truth["position"] == 7 / 40)
    assert_same(curves, truth[~gone], ["post_id", "position"])
    assert any("第 7 格" in text for text in export.report.warnings)


@pytest.mark.parametrize("damage", ["percent", "missing step", "daily"])
def test_a_curve_that_cannot_be_trusted_stays_in_extra_and_is_said(tmp_path, damage):
    rows = wide()
    at = rows[0].index("Percentage of total views at interval 0")
    if damage == "percent":
        for row in rows[1:]:
            row[at] = row[at] and str(100 * float(row[at]))
    elif damage == "missing step":
        rows = [row[:at] + row[at + 1 :] for row in rows]
    else:
        period = rows[0].index("Date")
        for row in rows[1:]:
            row[period] = "08/01/2026"
    export = read_export(save(tmp_path / "a.csv", bytes_of(rows)))
    assert list(export.tables) == ["posts"]
    assert any(text.startswith("留存曲線留在 extra") for text in export.report.warnings)
    assert "Percentage of total views at interval 1" in export.extra


def test_a_post_left_out_brings_no_curve(tmp_path):
    rows = wide()
    at, time = (rows[0].index(name) for name in ("Percentage of total views at interval 0", "Publish time"))
    video = next(row for row in rows[1:] if row[at])
    video[time] = ""
    export = read_export(save(tmp_path / "a.csv", bytes_of(rows)))
    assert len(export.report.dropped) == 1
    assert video[0] not in set(export.tables["retention"]["post_id"])
    assert set(export.tables["retention"]["post_id"]) < set(export.posts["post_id"])


# -- video assets ----------------------------------------------------------------------------------------


def test_video_assets_are_read_under_their_own_ids_and_said_to_be_no_posts():
    export = read_export(datasets.path(sample_meta_videos.PATHS["assets"]))
    truth = sample_meta_videos.assets_truth(SEED)
    assert export.platform == "facebook" and "影片素材" in export.report.layout
    assert_same(export.posts, truth, ["post_id"])
    assert_account(export, len(truth))
    assert any("不能拿來和貼文匯出對" in text for text in export.report.warnings)
    assert export.extra["3-second video views"].notna().all()
    assert export.posts["views"].isna().all() and export.posts["metric_era"].isna().all()


# -- the files -------------------------------------------------------------------------------------------


def test_the_files_in_the_kit_are_what_the_generators_write():
    written = sample_meta.files(SEED)
    for name, data in written.items():
        assert datasets.path(name).read_bytes() == data, name
    assert sum(map(len, written.values())) < 300_000
