"""Page-level charts and the Audience page of Meta Business Suite, read back to the truth they were written from."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export
from xiaobian.exports import sample_meta_charts as sample
from xiaobian.exports.samples import DESIGN

SEED = DESIGN["seed"][0]
TRUTH = sample.days_truth(SEED)
SHARES = sample.audience_truth(SEED).drop(columns="as_of")
KEY = ["dimension", "group"]
OPEN_TITLES = ("views", "engagements")


def save(path: Path, *parts: str) -> Path:
    path.write_bytes(sample.utf16(*parts))
    return path


def assert_account(export) -> None:
    report = export.report
    assert report.rows_in == report.rows_out + len(report.dropped)
    for name, frame in export.tables.items():
        assert tables.problems(frame, name) == []


def assert_shares(export, want: pd.DataFrame = SHARES) -> None:
    found = export.tables["audience"].drop(columns="as_of")
    want = want.assign(platform=pd.array([export.platform] * len(want), dtype="string"))
    pd.testing.assert_frame_equal(
        found.sort_values(KEY, ignore_index=True), want.sort_values(KEY, ignore_index=True), rtol=1e-9
    )


# -- charts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sample.CHARTS)
def test_every_chart_becomes_its_column_of_account_days(name):
    platform = "facebook" if name in OPEN_TITLES else None
    export = read_export(datasets.path(sample.PATHS[name]), platform=platform)
    days = export.tables["account_days"]
    pd.testing.assert_frame_equal(days[["platform", "date", name]], TRUTH[["platform", "date", name]])
    others = [
        c.name for c in tables.table("account_days").columns if c.name not in ("platform", "date", name)
    ]
    assert days[others].isna().all(axis=None)
    assert_account(export)
    assert "UTF-16" in export.report.encoding
    assert any("01:00" in text for text in export.report.repairs)


@pytest.mark.parametrize("name", OPEN_TITLES)
def test_a_title_that_names_no_platform_asks_for_it(name):
    path = datasets.path(sample.PATHS[name])
    with pytest.raises(ReadError, match=r'platform="facebook".*platform="instagram"'):
        read_export(path)
    assert read_export(path, platform="instagram").platform == "instagram"


def test_a_title_that_names_the_platform_contradicts_another():
    with pytest.raises(ReadError, match="Facebook 的匯出"):
        read_export(datasets.path(sample.PATHS["visits"]), platform="instagram")


def test_all_charts_of_a_page_join_into_one_table_of_days():
    export = read_export(datasets.path(sample.FOLDER), platform="facebook")
    days = export.tables["account_days"].sort_values("date", ignore_index=True)
    pd.testing.assert_frame_equal(days[TRUTH.columns], TRUTH)


def test_the_day_does_not_move_with_the_hour_at_the_american_clock_change(tmp_path):
    dates = ["2025-03-08T00:00:00", "2025-03-09T00:00:00", "2025-03-10T01:00:00", "2025-11-02T01:00:00"]
    rows = "".join(f'"{date}","{n}"\n' for n, date in enumerate(dates))
    export = read_export(save(tmp_path / "a.csv", f'"Facebook visits"\n"Date","Primary"\n{rows}'))
    days = export.tables["account_days"]
    assert days["date"].dt.strftime("%Y-%m-%d").tolist() == [date[:10] for date in dates]
    assert days["visits"].tolist() == [0, 1, 2, 3]
    assert any("236 天沒有列" in text for text in export.report.warnings)


def test_a_blank_value_is_missing_and_a_row_without_a_day_is_reported(tmp_path):
    text = (
        '"Facebook visits"\n"Date","Primary"\n"2025-01-01T00:00:00",""\n"","5"\n"2025-01-02T00:00:00","7"\n'
    )
    export = read_export(save(tmp_path / "a.csv", text))
    assert export.tables["account_days"]["visits"].isna().tolist() == [True, False]
    assert len(export.report.dropped) == 1
    assert_account(export)


def test_charts_in_one_file_are_joined_and_those_of_the_other_platform_reported(tmp_path):
    parts = [
        sample.chart("visits", SEED),
        sample.chart("link_clicks", SEED),
        sample.chart("gained", SEED, "Instagram follows"),
    ]
    export = read_export(save(tmp_path / "a.csv", *parts))
    days = export.tables["account_days"]
    pd.testing.assert_frame_equal(days[["visits", "link_clicks"]], TRUTH[["visits", "link_clicks"]])
    assert days["gained"].isna().all()
    assert len(export.report.dropped) == len(TRUTH)
    assert_account(export)


def test_an_unknown_title_is_kept_apart_under_its_own_name(tmp_path):
    export = read_export(save(tmp_path / "a.csv", sample.chart("views", SEED, "Facebook something new")))
    assert export.extra["Facebook something new"].tolist() == TRUTH["views"].tolist()
    assert any("something new" in text for text in export.report.warnings)
    assert export.tables["account_days"]["views"].isna().all()


# -- audience --------------------------------------------------------------------------------------------


def test_the_audience_file_gives_shares_and_the_series_it_holds():
    export = read_export(datasets.path(sample.AUDIENCE))
    assert export.platform == "instagram"
    assert_shares(export)
    pd.testing.assert_series_equal(export.tables["account_days"]["gained"], TRUTH["gained"])
    assert_account(export)
    assert export.tables["audience"]["as_of"].isna().all()
    assert any("exported_on=" in text for text in export.report.warnings)


def test_the_order_of_the_blocks_does_not_matter_and_the_day_can_be_given(tmp_path):
    blocks = sample.audience_blocks(SEED)
    path = save(tmp_path / "Audience.csv", *blocks[:3][::-1])
    with pytest.raises(ReadError, match="platform="):
        read_export(path)
    export = read_export(path, platform="facebook", exported_on=datetime.date(2026, 4, 6))
    assert_shares(export)
    assert set(export.tables["audience"]["as_of"]) == {pd.Timestamp(2026, 4, 6)}


def test_without_percent_signs_the_totals_decide_and_nothing_is_guessed(tmp_path):
    plain = [block.replace("%", "") for block in sample.audience_blocks(SEED)[:3]]
    assert_shares(read_export(save(tmp_path / "a.csv", *plain), platform="facebook"))
    cities = '"Top cities"\n"Taipei, Taiwan","Tainan City, Taiwan"\n"0.4","0.2"\n'
    countries = '"Top countries"\n"Taiwan","Japan"\n"93.1%","2%"\n'
    mixed = read_export(save(tmp_path / "b.csv", cities, countries), platform="facebook")
    assert mixed.tables["audience"]["share"].tolist() == pytest.approx([0.004, 0.002, 0.931, 0.02])
    with pytest.raises(ReadError, match="分不出"):
        read_export(save(tmp_path / "c.csv", cities), platform="facebook")


def test_a_matrix_with_ages_across_reads_the_same(tmp_path):
    share = SHARES.set_index(KEY)["share"]
    rows = ['"Age & gender"', '"",' + ",".join(f'"{age}"' for age in sample.AGES)]
    for label, sex in (("Women", "female"), ("Men", "male")):
        rows.append(
            f'"{label}",'
            + ",".join(f'"{100 * share["age_gender", f"{sex} {age}"]:.1f}%"' for age in sample.AGES)
        )
    export = read_export(save(tmp_path / "a.csv", "\n".join(rows) + "\n"), platform="facebook")
    assert_shares(export, SHARES[SHARES["dimension"] == "age_gender"])


def test_an_unknown_block_and_an_impossible_share_are_said(tmp_path):
    cities = '"Top cities"\n"Taipei, Taiwan","Tainan City, Taiwan"\n"140%","abc"\n'
    other = '"Top something"\n"A","B"\n"1%","2%"\n'
    export = read_export(save(tmp_path / "a.csv", cities, other, sample.chart("visits", SEED)))
    assert export.tables["audience"]["share"].isna().all()
    assert any("Taipei" in text and "當成沒有資料" in text for text in export.report.warnings)
    assert [reason for reason in export.report.dropped["原因"] if "Top something" in reason]
    assert_account(export)


def test_a_summary_by_format_is_refused_with_what_to_download_instead(tmp_path):
    parts = [f'"{title}"\n"Reels","Photos"\n"100","50"\n' for title in ("Views", "Published content")]
    with pytest.raises(ReadError, match="「內容」匯出"):
        read_export(save(tmp_path / "Top content formats.csv", *parts))
