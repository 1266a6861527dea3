"""Taiwan's year: lunar days against two other libraries, days off against the announced ones, terms in the right December."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date, timedelta
from pathlib import Path

import pytest

import xiaobian as xb
from xiaobian import datasets
from xiaobian.errors import NotFound
from xiaobian.planning.moments.dates import from_lunar, nth_weekday, solar_term, spans
from xiaobian.planning.moments.moments import YEARS, Moment, industries, moments
from xiaobian.planning.moments.official import is_workday, official_days

FIXTURE = Path(__file__).parents[1] / "data" / "lunar_festivals.csv"
"""Seven festivals of 41 years, computed once by lunardate 0.3.0 and LunarCalendar 0.0.9, each from its lunar month and day."""
FESTIVALS = {
    "lunar_new_year": (1, 1), "lantern": (1, 15), "dragon_boat": (5, 5), "qixi": (7, 7), "zhongyuan": (7, 15),
    "mid_autumn": (8, 15), "chongyang": (9, 9),
}  # fmt: skip
MADE_UP = {
    2017: ["02-18", "06-03", "09-30"], 2018: ["03-31", "12-22"], 2019: ["01-19", "02-23", "10-05"],
    2020: ["02-15", "06-20", "09-26"], 2021: ["02-20", "09-11"], 2022: ["01-22"],
    2023: ["01-07", "02-04", "02-18", "03-25", "06-17", "09-23"], 2024: ["02-17"], 2025: ["02-08"], 2026: [], 2027: [],
}  # fmt: skip
"""Saturdays at work, from the calendars that the government published."""


def days_of(year: int) -> dict[str, date]:
    return {moment.id: moment.start for moment in moments(year).moments}


def test_287_lunar_days_agree_with_two_other_libraries():
    rows = list(csv.DictReader(FIXTURE.open(encoding="utf-8")))
    assert len({(row["moment"], row["year"]) for row in rows}) == len(rows) == 7 * 41 == 287
    ours = {year: days_of(year) for year in YEARS}
    wrong = [
        row for row in rows
        if not row["lunardate"] == row["lunarcalendar"] == ours[int(row["year"])][row["moment"]].isoformat()
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.skipif(
    importlib.util.find_spec("lunardate") is None, reason="lunardate is in the development set only"
)
def test_the_fixture_is_what_the_libraries_say_today():
    """Runs where they are installed; everywhere else the fixture above stands for them."""
    from lunarcalendar import Converter, Lunar
    from lunardate import LunarDate

    for row in csv.DictReader(FIXTURE.open(encoding="utf-8")):
        year, (month, day) = int(row["year"]), FESTIVALS[row["moment"]]
        assert LunarDate(year, month, day).to_solar_date().isoformat() == row["lunardate"]
        assert (
            Converter.Lunar2Solar(Lunar(year, month, day, isleap=False)).to_date().isoformat()
            == row["lunarcalendar"]
        )


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_official_days_are_those_announced(year):
    announced = datasets.reference("tw_holidays")
    listed = announced[announced["date"].str.startswith(str(year))]
    ours = official_days(year)
    assert ours["announced"].all()
    assert ours["date"].dt.strftime("%Y-%m-%d").tolist() == listed["date"].tolist()
    assert ours["kind"].tolist() == listed["kind"].tolist()
    told = ours["name"].str.replace(r"（.*）", "", regex=True)
    assert told.tolist() == listed["name"].tolist()


@pytest.mark.parametrize("year", sorted(MADE_UP))
def test_saturdays_at_work_are_those_announced(year):
    days = official_days(year)
    work = days.loc[days["kind"] == "workday", "date"]
    assert work.dt.strftime("%m-%d").tolist() == MADE_UP[year]
    assert all(is_workday(day) and day.isoweekday() >= 6 for day in work.dt.date)


def test_a_day_in_lieu_is_never_a_weekend_and_no_day_off_is_a_workday():
    for year in YEARS:
        days = official_days(year)
        lieu = days.loc[days["kind"] == "substitute", "date"]
        assert (lieu.dt.day_of_week < 5).all() or year < 2002, "佛陀誕辰 was then kept on a Sunday"
        assert not any(is_workday(day) for day in days.loc[days["kind"] != "workday", "date"].dt.date)


def test_the_day_before_the_eve_is_called_so_and_only_once():
    for year in YEARS:
        eve = from_lunar(year, 1, 1) - timedelta(1)
        named = official_days(year).set_index("date")["name"]
        assert named[str(eve)] == "農曆除夕"
        assert (named == "農曆除夕").sum() == 1
        little = named.get(str(eve - timedelta(1)), "")
        assert little == "小年夜" if year >= 2026 else little != "農曆除夕"


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-02-20", "小年夜補假"), ("2029-02-16", "小年夜補假"), ("2033-02-03", "小年夜補假"), ("2033-02-04", "農曆除夕補假"),
     ("2030-02-06", "農曆除夕補假"), ("2012-01-26", "農曆除夕補假")],
)  # fmt: skip
def test_a_day_in_lieu_says_which_eve_it_makes_up_for(day, name):
    assert official_days(int(day[:4])).set_index("date")["name"][day] == name


@pytest.mark.parametrize(
    ("moment", "before", "since"),
    [("little_new_year_eve", 2025, 2026), ("teachers_day", 2024, 2025), ("retrocession", 2024, 2025),
     ("christmas", 2024, 2025), ("labor_day", 2025, 2026)],
)  # fmt: skip
def test_the_law_of_2025_makes_days_off_only_since_it_holds(moment, before, since):
    off = {year: moments(year).table.set_index("id")["public_holiday"] for year in (before, since)}
    assert not off[before][moment] and off[since][moment]


def test_the_winter_solstice_is_that_of_the_year_itself():
    from lunar_python import Lunar

    trap = Lunar.fromYmd(2026, 1, 1).getJieQiTable()["冬至"].toYmd()
    assert trap == "2025-12-21"
    assert solar_term(2026, "冬至") == date(2026, 12, 22)
    for year in YEARS:
        assert solar_term(year, "冬至").year == year and solar_term(year, "冬至").month == 12
        assert solar_term(year, "清明") in set(official_days(year)["date"].dt.date)


def test_all_24_terms_stand_in_a_year_under_their_names_in_taiwan():
    from xiaobian.planning.moments.dates import _terms

    terms = _terms(2027)
    assert len(terms) == 24
    assert {"驚蟄", "穀雨", "小滿", "芒種", "處暑", "冬至", "小寒"} <= set(terms)


def test_days_that_were_checked_by_hand_for_2026():
    found = {key: f"{day:%m-%d}" for key, day in days_of(2026).items()}
    known = {"lantern": "03-03", "dragon_boat": "06-19", "qixi": "08-19", "zhongyuan": "08-27", "mid_autumn": "09-25",
             "chongyang": "10-18", "mother_day": "05-10", "grandparents": "08-23", "black_friday": "11-27"}  # fmt: skip
    assert known.items() <= found.items()


def test_seasons_cross_the_year_and_lunar_seasons_end_with_their_month():
    party = [m for m in moments(2026).moments if m.id == "year_end_party"]
    assert [(m.start.year, m.end.year) for m in party] == [(2025, 2026), (2026, 2027)]
    assert [m.id for m in moments(2026).on(date(2026, 1, 10))].count("year_end_party") == 1
    ghost = next(m for m in moments(2026).moments if m.id == "ghost_month")
    assert ghost.end + timedelta(1) == from_lunar(2026, 8, 1)


def test_a_leap_month_never_stands_in_for_the_ordinary_one():
    leap = days_of(2025)
    assert leap["qixi"] == date(2025, 8, 29), "2025 repeats the sixth month"
    assert [d.isoformat() for d in (days_of(2023)["tudi_birthday"], days_of(2023)["mazu"])] == [
        "2023-02-21",
        "2023-05-12",
    ]


def test_a_moment_knows_when_to_begin_whom_it_suits_and_where_to_keep_quiet():
    year = moments(2026)
    moon = next(m for m in year.moments if m.id == "mid_autumn")
    assert moon.prepare_from == date(2026, 8, 11)
    assert moon in year.due(date(2026, 8, 11)) and moon not in year.due(date(2026, 8, 10)) + year.due(
        moon.start
    )
    assert moon.fits("食品") and not moon.fits("金融")
    assert {"和平紀念日", "清明節", "國家防災日"} <= set(year.quiet_days().values())
    assert not any(day.month in (7, 8) for day in year.quiet_days()), "a season of three months bans nothing"
    assert isinstance(moon, Moment)


def test_an_industry_keeps_its_own_days_and_every_sensitive_one():
    whole, food = moments(2026), moments(2026, "食品")
    assert {m.id for m in food.moments} < {m.id for m in whole.moments}
    assert all(m.fits("食品") or m.sensitive for m in food.moments)
    assert [m.id for m in food.moments if m.sensitive] == [m.id for m in whole.moments if m.sensitive]
    assert "食品" in food.say() and "食品" in industries()


@pytest.mark.parametrize("year", [1999, 2041, "2026", 2026.0, True])
def test_a_year_without_checked_dates_is_refused(year):
    with pytest.raises(NotFound, match="2000–2040"):
        moments(year)


def test_an_unknown_industry_lists_the_known():
    with pytest.raises(NotFound, match="食品"):
        moments(2026, "航太")


def test_a_year_not_yet_announced_says_so():
    assert not moments(2026).notes[1:]
    assert "還沒有公布" in repr(moments(2030))


def test_the_table_is_a_copy_and_the_chart_says_what_it_shows():
    changed = official_days(2026)
    changed.loc[0, "name"] = "改掉"
    assert official_days(2026)["name"][0] == "開國紀念日"
    table = moments(2026).table
    assert (table["prepare_from"] <= table["start"]).all() and (table["start"] <= table["end"]).all()
    assert "2026 年" in repr(moments(2026, "食品").plot(8))


def test_the_nth_weekday_counts_from_both_ends():
    assert nth_weekday(2026, 10, 6, -1) == date(2026, 10, 31)
    rule = {"rule": "nth_weekday", "month": 11, "weekday": 4, "nth": 4, "offset_days": 1}
    assert spans(rule, 2024) == [(date(2024, 11, 29),) * 2]


def test_the_public_face():
    assert xb.planning.moments is moments and xb.planning.official_days is official_days
