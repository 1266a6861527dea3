"""Exports of Google Trends: what is read, what is said about it, and what is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import ReadError
from xiaobian.trends.bursts import bursts
from xiaobian.trends.google_trends import read_trends


@pytest.fixture
def file(tmp_path):
    def make(text, name="multiTimeline.csv", encoding="utf-8-sig"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding, newline="")
        return path

    return make


DAYS = "類別：所有類別\n\n天,焙茶: (台灣),奶茶: (台灣)\n2026-03-01,40,<1\n2026-03-02,100,0\n2026-03-03,,3\n"


def test_a_zh_daily_file_with_two_terms(file):
    found = read_trends(file(DAYS), exported="2026-03-10")
    assert (found.kind, found.grain, found.region, found.category) == ("time", "day", "台灣", "所有類別")
    assert found.topics == ("焙茶", "奶茶")
    tea = found.table.set_index(["topic", "time"])
    assert tea.loc[("奶茶", "2026-03-01"), "index"] == 0.5 and tea.loc[("奶茶", "2026-03-01"), "below"]
    assert np.isnan(tea.loc[("焙茶", "2026-03-03"), "index"])
    assert not found.table["partial"].any()
    assert "「焙茶」、「奶茶」" in found.say() and "每天一列" in found.say()


def test_it_says_what_an_index_is_not(file):
    notes = " ".join(read_trends(file(DAYS), exported="2026-03-10").notes)
    for phrase in ("不能接起來比", "<1 的有 1 格", "0 的有 1 格", "不是沒有人搜尋", "空白的有 1 格", "抽樣"):
        assert phrase in notes


def test_the_last_period_is_partial_until_it_has_ended(file):
    weeks = "Category: All categories\n\nWeek,tea: (Taiwan)\n2026-02-22,50\n2026-03-01,20\n"
    found = read_trends(file(weeks), exported=date(2026, 3, 4))
    assert found.table["partial"].tolist() == [False, True] and len(found.complete) == 1
    assert any("還沒過完" in note for note in found.notes)
    assert not read_trends(file(weeks), exported="2026-03-07").table["partial"].any()


@pytest.mark.parametrize(
    ("header", "rows", "grain"),
    [
        ("週", ["2026-02-22,1", "2026-03-01,2"], "week"),
        ("Month", ["2026-01,1", "2026-02,2"], "month"),
        ("月", ["2026-01,1", "2026-02,2"], "month"),
        ("時間", ["2026-03-01T05,1", "2026-03-01T06,2"], "hour"),
        ("Time", ["2026-03-01T05:00:00,1", "2026-03-01T05:01:00,2"], "minute"),
        ("Day", ["2026/3/1,1", "2026/3/2,2"], "day"),
    ],
)
def test_every_grain_and_date_form(file, header, rows, grain):
    text = f"類別：所有類別\n\n{header},茶: (台灣)\n" + "\n".join(rows)
    assert read_trends(file(text), exported="2027-01-01").grain == grain


def test_english_without_mark_semicolons_and_crlf(file):
    text = "Category: All categories\r\n\r\nDay;tea: (Worldwide)\r\n2026-03-01;5\r\n2026-03-02;7\r\n"
    found = read_trends(file(text, encoding="utf-8"), exported="2026-04-01")
    assert found.table["index"].tolist() == [5, 7] and found.region == "Worldwide"


def test_one_term_in_two_places_is_two_topics(file):
    text = "Category: All categories\n\nDay,tea: (Taiwan),tea: (Japan)\n2026-03-01,5,9\n2026-03-02,6,8\n"
    assert read_trends(file(text), exported="2026-04-01").topics == ("tea（Taiwan）", "tea（Japan）")


def test_regions_keep_blanks_blank(file):
    text = "類別：所有類別\n\n地區,茶: (2026/3/1 - 2026/5/1)\n嘉義縣,100\n台北市,61\n連江縣,\n"
    found = read_trends(file(text, "geoMap.csv"))
    assert found.kind == "region" and found.table["index"].isna().tolist() == [False, False, True]
    assert any("不是人數" in note for note in found.notes)


def test_regions_of_a_comparison_are_shares(file):
    text = "Category: All categories\n\nRegion,tea: (3/1/26 - 5/1/26),milk: (3/1/26 - 5/1/26)\nTaipei City,60%,40%\n"
    found = read_trends(file(text, "geoMap.csv"))
    assert found.table["index"].tolist() == [60, 40] and any("占比（%）" in note for note in found.notes)


def test_related_searches_top_and_rising(file):
    text = '類別：所有類別\n"焙茶: (2026/3/1 - 2026/6/1, 台灣)"\n\nTOP\n焙茶拿鐵,100\n焙茶蛋糕,44\n\nRISING\n焙茶泡芙,飆升\n焙茶粉,"+1,250%"\n'
    found = read_trends(file(text, "relatedQueries.csv"))
    assert (found.kind, found.topics, found.region) == ("related", ("焙茶",), "台灣")
    rows = found.table.set_index("query")
    assert rows.loc["焙茶蛋糕", "index"] == 44 and rows.loc["焙茶粉", "growth"] == 12.5
    assert rows.loc["焙茶泡芙", "breakout"] and np.isnan(rows.loc["焙茶泡芙", "growth"])


def test_a_daily_file_goes_on_to_bursts(file):
    rng = np.random.default_rng(1)
    index = rng.integers(18, 23, 70)
    index[50:54] = [45, 100, 70, 40]
    days = pd.date_range("2026-01-05", periods=70)
    rows = "\n".join(f"{day:%Y-%m-%d},{value}" for day, value in zip(days, index, strict=True))
    found = read_trends(file(f"類別：所有類別\n\n天,焙茶: (台灣)\n{rows}"), exported="2026-06-01")
    seen = bursts(found.complete, value="index")
    assert seen.table["start"].dt.strftime("%m-%d").tolist() == ["02-24"] and seen.notes


def test_two_exports_are_never_joined(file):
    with pytest.raises(ReadError, match=r"不同的尺.*同一次比較"):
        read_trends([file(DAYS), file(DAYS, "b.csv")])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("類別：所有類別\n\n天,茶: (台灣)\n2026-03-01,many\n", "讀不懂「many」"),
        ("類別：所有類別\n\n天,茶: (台灣)\n2026-03-01,250\n", "超出 0 到 100"),
        ("類別：所有類別\n\n天,茶: (台灣)\n03/01/2026,5\n", "分不出年月日"),
        ("類別：所有類別\n\n天,茶: (台灣)\n2026-13-41,5\n", "沒有「2026-13-41」這一天"),
        ("類別：所有類別\n\n天,茶: (台灣)\n", "沒有任何一期"),
        ("Trends,Search volume,Started\n颱風,50萬+,x\n", "發燒話題"),
        ("日期,讚數,留言\n", "沒有任何一期"),
        ("名稱,讚數\n甲,5\n", "看不出"),
        ("類別：所有類別\n\nTOP\n\nRISING\n", "沒有相關搜尋"),
        ("類別：所有類別\n\nTOP\n茶,100\nRISING\n茶粉,很多\n", "成長幅度"),
    ],
)
def test_bad_files_say_what_to_do(file, text, said):
    with pytest.raises(ReadError, match=said) as refused:
        read_trends(file(text))
    assert refused.value.next_step


def test_other_kinds_of_files_are_refused(tmp_path):
    picture = tmp_path / "a.csv"
    picture.write_bytes(b"\x89PNG\r\n")
    with pytest.raises(ReadError, match="PNG"):
        read_trends(picture)
    with pytest.raises(ReadError, match="multiTimeline"):
        read_trends(5)  # type: ignore[arg-type]
    with pytest.raises(ReadError):
        read_trends(tmp_path / "none.csv")
