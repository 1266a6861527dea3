"""Downloads of GA4 read back against their truth: stacked tables, Nth days, grand totals, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_ga4

TRUTH, FILES = sample_ga4.build(), sample_ga4.files()
FILE = {"exploration": sample_ga4.EXPLORATION, "report": sample_ga4.REPORT}
CHINESE = {
    "Session source,Session medium": "工作階段來源,工作階段媒介", "Session campaign": "工作階段廣告活動",
    "Engaged sessions": "互動工作階段", "Engagement rate": "參與度", "Key events": "重要事件", ",Sessions,": ",工作階段,",
    "Grand total": "總計",
}  # fmt: skip


def save(tmp_path, text: str):
    path = tmp_path / "ga4.csv"
    path.write_text(text, encoding="utf-8")
    return path


def text_of(name: str) -> str:
    return FILES[FILE[name]].decode("utf-8")


def assert_same(export, want: pd.DataFrame) -> None:
    found = export.tables["sessions"].reset_index(drop=True)
    assert tables.problems(found, "sessions") == []
    assert export.report.rows_in == export.report.rows_out + len(export.report.dropped)
    pd.testing.assert_frame_equal(found, want)


@pytest.mark.parametrize("name", FILE)
def test_the_samples_are_what_the_generator_writes_and_read_back_to_the_truth(name):
    path = datasets.path(FILE[name])
    assert path.read_bytes() == FILES[FILE[name]], "請重跑樣本"
    export = read_export(path)
    assert_same(export, TRUTH[name])
    assert export.report.unknown == []


def test_the_grand_total_is_left_out_and_would_have_doubled_the_sum():
    export = read_export(datasets.path(FILE["exploration"]))
    assert export.report.dropped["原因"].tolist() == ["總計列"]
    printed = next(line for line in text_of("exploration").splitlines() if line.endswith("Grand total"))
    assert int(printed.split(",")[5]) == export.tables["sessions"]["sessions"].sum()


def test_every_table_that_is_no_session_a_day_is_reported_and_kept_in_extra():
    export = read_export(datasets.path(FILE["report"]))
    reasons = "".join(export.report.dropped["原因"].unique())
    assert all(part in reasons for part in ("整段期間的總數", "每週或每月", "沒有工作階段"))
    kept = export.extra.groupby("區段").size()
    assert kept.sum() == export.report.rows_in and len(kept) == 4


def test_chinese_headers_and_combined_source_and_medium(tmp_path):
    text = text_of("exploration")
    for english, chinese in CHINESE.items():
        text = text.replace(english, chinese)
    assert_same(read_export(save(tmp_path, text)), TRUTH["exploration"])
    rows = [line.split(",") for line in text_of("exploration").splitlines() if line[:2] == "20"]
    body = "".join(",".join([r[0], f"{r[1]} / {r[2]}", *r[3:]]) + "\n" for r in rows)
    head = "# 20260301-20260429\n\nDate,Session source / medium,Session campaign,Landing page,Sessions,Engaged sessions,Engagement rate,Key events\n"
    assert_same(read_export(save(tmp_path, head + body)), TRUTH["exploration"])


def test_of_two_tables_that_tell_the_same_days_only_the_finer_is_counted(tmp_path):
    text = text_of("report")
    days = TRUTH["report"]
    finer = "# Start date: 20260301\n# End date: 20260429\nNth day,Session source,Sessions\n" + "".join(
        f"{n:04d},{source},{part}\n"
        for n, total in enumerate(days["sessions"])
        for source, part in (("line", total // 2), ("google", total - total // 2))
    )
    export = read_export(save(tmp_path, f"{text}\n{finer}"))
    sessions = export.tables["sessions"]
    assert sessions["sessions"].sum() == days["sessions"].sum() and set(sessions["source"]) == {
        "line",
        "google",
    }
    assert export.report.dropped["原因"].str.contains("一起算會重複").sum() == len(days)


def test_each_table_counts_its_days_from_its_own_start(tmp_path):
    first = "# Start date: 20250101\n# End date: 20250131\nNth day,Active users\n0000,5\n0001,6\n\n"
    text = (
        first
        + "# Start date: 20260301\n# End date: 20260302\nNth day,Sessions,Key events\n0000,5,\n0001,6,1\n"
    )
    export = read_export(save(tmp_path, "# Property: demo\n" + text))
    sessions = export.tables["sessions"]
    assert sessions["date"].astype(str).tolist() == ["2026-03-01", "2026-03-02"]
    assert sessions["key_events"].isna().tolist() == [True, False]


@pytest.mark.parametrize("beyond", ["0002", "9" * 25])
def test_a_day_beyond_the_end_of_the_report_is_not_placed(tmp_path, beyond):
    head = "# Property: demo\n# Start date: 20260301\n# End date: 20260302\nNth day,Sessions\n"
    text = f"{head}0000,5\n0001,6\n{beyond},7\n"
    export = read_export(save(tmp_path, text))
    assert (
        len(export.tables["sessions"]) == 2 and "超過報表的結束日期" in export.report.dropped["原因"].iloc[0]
    )


def test_a_report_of_one_day_has_its_day_and_a_longer_one_is_refused(tmp_path):
    table = "Session primary channel group (Default Channel Group),Sessions,Engaged sessions\nDirect,5,2\nOrganic Social,7,6\n"
    day = "# Property: demo\n# Start date: 20260301\n# End date: 20260301\n" + table
    export = read_export(save(tmp_path, day))
    assert export.tables["sessions"]["date"].astype(str).tolist() == ["2026-03-01"] * 2
    assert any("工作階段" in text or "channel" in text for text in export.report.warnings)
    with pytest.raises(ReadError, match=r"2026-03-01 到 2026-03-31 的總數.*「日期」維度"):
        read_export(save(tmp_path, day.replace("End date: 20260301", "End date: 20260331")))


def test_more_engaged_than_all_sessions_is_named(tmp_path):
    text = "# Property: demo\n# 20260301-20260302\n\nDate,Sessions,Engaged sessions\n20260301,5,2\n20260302,5,6\n"
    export = read_export(save(tmp_path, text))
    assert any("互動工作階段大於" in text and "6" in text for text in export.report.warnings)
