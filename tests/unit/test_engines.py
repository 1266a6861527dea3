"""Every table function gives the same on every engine; where sums suffice, only sums leave the engine.

Polars and DuckDB are installed by ``xiaobian test`` before the tests run, as locked; PyArrow, Dask and PySpark are tried
where they are installed.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian import analytics, datasets
from xiaobian.analytics import engine_tally, engines, kpi
from xiaobian.analytics.collected import collected
from xiaobian.errors import NotFound, TableError
from xiaobian.sandbox import parameters
from xiaobian.sandbox.creators import draw_creators
from xiaobian.sandbox.followers import follower_log

COUNTS = (
    "reach",
    "views",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
    "link_clicks",
    "followers_at_post",
)


@cache
def posts(n: int = 260, seed: int = 1) -> pd.DataFrame:
    """Posts of three platforms with gaps everywhere; Facebook reports no saves, the brand is among the accounts."""
    rng = np.random.default_rng(seed)
    reach = np.round(rng.lognormal(8, 1.1, n))
    table = pd.DataFrame(
        {"post_id": [f"p{i}" for i in range(n)], "reach": reach, "views": np.round(reach * 1.4)}
    )
    for name, rate in zip(COUNTS[2:8], (0.02, 0.002, 0.001, 0.003, 0.01, 0.004), strict=True):
        table[name] = rng.poisson(reach * rate)
    table["followers_at_post"] = rng.integers(5000, 9000, n)
    table[list(COUNTS)] = table[list(COUNTS)].astype(float).mask(rng.random((n, len(COUNTS))) < 0.04)
    table["platform"] = rng.choice(["facebook", "instagram", "threads"], n)
    table.loc[table["platform"] == "facebook", "saves"] = np.nan
    table = table.astype(dict.fromkeys(COUNTS, "Int64"))
    hours = pd.to_timedelta(np.sort(rng.integers(0, 200 * 24 * 60, n)), unit="min")
    table["published_at"] = (pd.Timestamp("2026-01-01", tz="UTC") + hours).astype("datetime64[us, UTC]")
    table["account"] = np.where(table["platform"] == "facebook", "yusui.tea", "someone")
    table["format"] = rng.choice(["image", "carousel", "short_video"], n)
    table["cta"] = rng.choice(["none", "ask"], n)
    table["caption"] = [f"第 {i} 則，今天喝什麼茶？" for i in range(n)]
    table["metric_era"] = np.where(np.arange(n) < 130, "a", "b")
    return table


def gappy() -> pd.DataFrame:
    """The same with posts that have no platform, format or time."""
    table = posts().copy()
    table.loc[5:9, "platform"] = None
    table.loc[20:25, "format"] = None
    table.loc[30:33, "published_at"] = pd.NaT
    return table


# ---- engines -------------------------------------------------------------------------------------------------


def objects(table: pd.DataFrame) -> pd.DataFrame:
    """Missing values as None, times aside, so that every engine sees the same nulls."""
    made = {}
    for name in table:
        column = table[name]
        whole = isinstance(column.dtype, (pd.DatetimeTZDtype, np.dtype)) and column.dtype.kind in "Mifb"
        made[name] = column if whole else column.astype(object).where(column.notna(), None)
    return pd.DataFrame(made)


def as_polars(table: pd.DataFrame) -> Any:
    import polars as pl

    columns = {}
    for name, column in objects(table).items():
        if column.dtype.kind != "M":
            values = column.tolist()
            columns[name] = pl.Series(name, [None if pd.isna(v) else v for v in values], strict=False)
        elif isinstance(column.dtype, pd.DatetimeTZDtype):
            utc = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
            columns[name] = (
                pl.Series(name, utc).dt.replace_time_zone("UTC").dt.convert_time_zone(str(column.dtype.tz))
            )
        else:
            columns[name] = pl.Series(name, column.to_numpy())
    return pl.DataFrame(columns)


def as_duckdb(table: pd.DataFrame, zone: str = "UTC") -> Any:
    import duckdb

    held = duckdb.connect()
    held.execute(f"SET TimeZone = '{zone}'")
    made = table.convert_dtypes() if len(table) else table
    held.register("held", made)
    return held.sql("SELECT * FROM held")


def as_pyarrow(table: pd.DataFrame) -> Any:
    import pyarrow

    return pyarrow.Table.from_pandas(table, preserve_index=False)


def as_dask(table: pd.DataFrame) -> Any:
    import dask.dataframe

    return dask.dataframe.from_pandas(table, npartitions=3)


ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "polars": as_polars,
    "polars lazy": lambda table: as_polars(table).lazy(),
    "duckdb": as_duckdb,
    "pyarrow": as_pyarrow,
    "dask": as_dask,
}
ALWAYS = ("polars", "polars lazy", "duckdb")
MORE = tuple(name for name in ENGINES if name not in ALWAYS and importlib.util.find_spec(name) is not None)
"""Tried where they are installed; no test run needs them."""


def need(engine: str) -> None:
    """The engines of every test run must be there: without them nothing here would be tested."""
    package = engine.split()[0]
    if importlib.util.find_spec(package) is None:
        pytest.fail(f"{package} 沒有安裝；python3 start.py test 會先把它裝好")


def held(engine: str, table: Any) -> Any:
    return ENGINES[engine](table) if isinstance(table, pd.DataFrame) else table


# ---- what is called ------------------------------------------------------------------------------------------


def rival_days() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        (
            day,
            name,
            "facebook",
            int(rng.poisson(3)),
            int(rng.poisson(500 + 300 * (name == "甲" and place > 40))),
            900,
        )
        for name in ("甲", "乙", "丙")
        for place, day in enumerate(pd.date_range("2026-01-05", periods=80))
    ]
    return pd.DataFrame(rows, columns=["date", "rival", "platform", "posts", "engagements", "followers"])


def trial_days() -> pd.DataFrame:
    days = pd.date_range("2026-01-04 23:30", periods=14, tz="UTC").repeat(2)
    rng = np.random.default_rng(4)
    clicks = rng.binomial(900, np.tile([0.05, 0.08], 14))
    return pd.DataFrame({"date": days, "arm": ["A", "B"] * 14, "exposed": 900, "clicks": clicks})


def spends() -> pd.DataFrame:
    spend = np.tile([500.0, 1000, 2000, 4000, 8000], 6)
    return pd.DataFrame(
        {"channel": ["facebook", "google"] * 15, "spend_ntd": spend, "result": np.round(3 * spend**0.6)}
    )


def sessions() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    days = pd.date_range("2026-01-01", periods=70).repeat(2)
    source = np.tile(["line", "(direct)"], 70)
    medium = np.tile(["social", "(none)"], 70)
    return pd.DataFrame({"date": days, "source": source, "medium": medium, "sessions": rng.poisson(60, 140)})


def clicks() -> pd.DataFrame:
    days = pd.date_range("2026-01-01", periods=70)
    return pd.DataFrame(
        {"date": days, "platform": "line", "link_clicks": np.random.default_rng(6).poisson(30, 70)}
    )


def account_days() -> pd.DataFrame:
    return datasets.year("account_days").query("platform == 'instagram'")


def curves() -> pd.DataFrame:
    table = datasets.year("retention")
    return table[table["post_id"].isin(table["post_id"].unique()[:12])]


def filmed() -> pd.DataFrame:
    table = datasets.year("posts")
    return table[table["post_id"].isin(curves()["post_id"])]


def creators() -> pd.DataFrame:
    return draw_creators(parameters.load(), np.random.default_rng(7))[0]


def follower_events() -> pd.DataFrame:
    return follower_log(parameters.load(), np.random.default_rng(1), followers=200, days=150)[0]


def questions() -> pd.DataFrame:
    asked = ["台北店幾點開？", "請問台北店幾點開", "禮盒可以宅配嗎", "台北店幾點開呢"]
    return pd.DataFrame({"query": asked, "count": [3, 1, 2, 5]})


def links() -> pd.DataFrame:
    found = ["https://a.example/?utm_source=FB&utm_medium=social&utm_campaign=x", "https://a.example/"]
    return pd.DataFrame({"link": found})


def report(table: Any, folder: Any) -> Any:
    """The month's figures; drawing and writing the page is tested elsewhere."""
    where = "xiaobian.analytics.monthly.monthly_report"
    with mock.patch(f"{where}._page"), mock.patch(f"{where}.write_page"):
        return analytics.monthly_report(table, "2026-03", folder / "月報.html")


def hours() -> pd.DataFrame:
    times = pd.date_range("2026-08-03", periods=96, freq="h")
    return pd.DataFrame({"time": times, "mentions": [9, 12, 10, 11] * 24, "negative": [1, 0, 2, 1] * 24})


Hold = Callable[[pd.DataFrame], Any]
CASES: dict[str, Callable[[Hold, Any], Any]] = {
    "kpi": lambda on, _: kpi(on(gappy()), ["format", "weekday"]),
    "pivot": lambda on, _: analytics.pivot(on(gappy()), ["platform", "daypart"], "month", ["er_reach", "likes", "reach"]),
    "control_chart": lambda on, _: analytics.control_chart(on(gappy()), period="week"),
    "rivals": lambda on, _: analytics.rivals(on(rival_days())),
    "ab_read": lambda on, _: analytics.ab_read(on(trial_days())),
    "overperforming": lambda on, _: analytics.overperforming(on(posts())),
    "drivers": lambda on, _: analytics.drivers(on(posts()), ["cta", "format"], resamples=5),
    "slot_effects": lambda on, _: analytics.slot_effects(on(posts()), method="adjusted", by="daypart", outcome="reach"),
    "predict": lambda on, _: analytics.predict(on(posts(90)), "likes", validation="holdout", random_split=False),
    "retention_hazard": lambda on, _: analytics.retention_hazard(on(curves()), on(filmed())),
    "churn": lambda on, _: analytics.churn(on(follower_events())),
    "detect": lambda on, _: analytics.detect(on(hours())),
    "growth": lambda on, _: analytics.growth(on(account_days())),
    "with_followers": lambda on, _: analytics.with_followers(on(posts()), on(account_days())),
    "creator_scores": lambda on, _: analytics.creator_scores(on(creators())),
    "attribution": lambda on, _: analytics.attribution(on(sessions()), on(clicks())),
    "ads_budget": lambda on, _: analytics.ads_budget(on(spends())),
    "keywords": lambda on, _: analytics.keywords(on(questions()), on(posts(30))),
    "utm_check": lambda on, _: analytics.utm_check(on(links())),
    "monthly_report": lambda on, folder: report(on(posts()), folder),
}  # fmt: skip


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Values without the marks of where they come from: one kind of time, of number, and of nothing."""
    made = {}
    for name, column in table.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            made[name] = (
                column.astype("datetime64[us]")
                if column.dt.tz is None
                else column.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
            )
        elif pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            made[name] = column.astype("Float64").astype("float64")
        else:
            made[name] = column.astype(object).where(column.notna(), None)
    return pd.DataFrame(made).reset_index(drop=True)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(plain(one), plain(other), check_dtype=False, rtol=1e-9, atol=1e-12)


TABLES = ("table", "long", "changes", "index", "waves", "plan", "channels", "platforms", "curve")


@pytest.fixture(scope="module")
def on_pandas(tmp_path_factory) -> Callable[[str], Any]:
    @cache
    def call(name: str) -> Any:
        return CASES[name](lambda table: table.copy(), tmp_path_factory.mktemp("pandas"))

    return call


def test_the_list_of_where_it_runs_is_whole():
    assert set(CASES) == set(analytics.WHERE_IT_RUNS)
    assert set(analytics.WHERE_IT_RUNS.values()) == {"engine", "fetched"}
    others = {"ab_plan", "stopping", "utm", "utm_values"}
    public = {name for name in analytics.__all__ if callable(getattr(analytics, name))}
    assert public - others == set(CASES)


@pytest.mark.parametrize(
    "name", [name for name, where in analytics.WHERE_IT_RUNS.items() if where == "fetched"]
)
def test_what_fetches_the_whole_table_says_so(name):
    said = getattr(analytics, name).__doc__
    assert re.search(r"fetched\s+whole", said) or (name == "with_followers" and "as pandas" in said)


@pytest.mark.parametrize("engine", (*ALWAYS, *MORE))
@pytest.mark.parametrize("name", CASES)
def test_every_engine_gives_what_pandas_gives(name, engine, on_pandas, tmp_path):
    need(engine)
    expected, found = on_pandas(name), CASES[name](lambda table: held(engine, table), tmp_path)
    if isinstance(expected, pd.DataFrame):
        same(expected, found)
        return
    compared = [part for part in TABLES if isinstance(getattr(expected, part, None), pd.DataFrame)]
    assert compared
    for part in compared:
        same(getattr(expected, part), getattr(found, part))
    if hasattr(expected, "say"):
        assert expected.say() == found.say()
    assert sorted(getattr(expected, "notes", ())) == sorted(getattr(found, "notes", ()))


# ---- only sums leave the engine ------------------------------------------------------------------------------


@pytest.fixture
def fetches(monkeypatch) -> list[int]:
    """Rows of every table that leaves its engine."""
    seen: list[int] = []

    def counting(frame: Any) -> pd.DataFrame:
        rows = original(frame)
        seen.append(len(rows))
        return rows

    original = engines.fetched
    for module in ("engine_tally", "collected", "ab.moments", "ab.input", "rivals.rivals"):
        monkeypatch.setattr(importlib.import_module(f"xiaobian.analytics.{module}"), "fetched", counting)
    return seen


@pytest.mark.parametrize("engine", ["polars lazy", "duckdb"])
@pytest.mark.parametrize("name", ["kpi", "pivot", "control_chart", "rivals", "ab_read"])
def test_only_groups_are_fetched(name, engine, fetches, monkeypatch, tmp_path):
    need(engine)
    monkeypatch.setattr(engine_tally, "RANKED", 10)
    table = CASES[name](lambda table: held(engine, table), tmp_path)
    groups = {"kpi": 4 * 8 * 4, "pivot": 4 * 5 * 8 * 2, "control_chart": 32 * 4, "rivals": 240, "ab_read": 28}
    assert fetches and max(fetches) <= groups[name]
    assert len(getattr(table, "table", table))


@pytest.mark.parametrize("engine", ["polars lazy", "duckdb", *(["dask"] if "dask" in MORE else [])])
@pytest.mark.parametrize("by", [None, "platform", ["platform", "weekday"], "month"])
def test_many_posts_have_the_engine_s_median_and_a_note_instead_of_its_interval(engine, by, monkeypatch):
    need(engine)
    expected = kpi(gappy(), by)
    monkeypatch.setattr(engine_tally, "RANKED", 100)
    found = kpi(held(engine, gappy()), by)
    blank = expected.table.copy()
    middle = blank["aggregate"] == "median_of_posts"
    blank.loc[middle, ["low", "high"]] = np.nan
    same(blank, found.table)
    extra = set(found.notes) - set(expected.notes)
    assert set(expected.notes) <= set(found.notes)
    assert [note for note in extra if "沒有區間" in note and "260 則" in note] == list(extra)
    told = found.say("er_reach", "median_of_posts")
    assert "沒有逐則排名" in told and "不到" not in told


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_wrong_guess_about_what_a_platform_reports_is_mended(engine, monkeypatch):
    """The first posts know nothing of Threads, and nothing of the saves that Instagram reports later."""
    need(engine)
    table = posts().copy()
    table.loc[table.index[:200], "saves"] = pd.NA
    first = table[table["platform"] == "facebook"]
    table = pd.concat([first, table[table["platform"] == "instagram"], table[table["platform"] == "threads"]])
    monkeypatch.setattr(engine_tally, "RANKED", 20)
    expected, found = kpi(table, "platform"), kpi(held(engine, table), "platform")
    whole = expected.table["aggregate"] != "median_of_posts"
    same(expected.table[whole], found.table[whole])
    assert set(expected.notes) <= set(found.notes)


# ---- time ----------------------------------------------------------------------------------------------------

TWO_WEEKS = [date(2026, 3, 1) + timedelta(days) for days in range(14)]


class Answers:
    """An expression whose ``dt.weekday()`` is what an engine answers for two weeks."""

    def __init__(self, answers: list[int]):
        self.dt = self
        self.answers = np.array(answers)

    def weekday(self) -> np.ndarray:
        return self.answers


@pytest.mark.parametrize("sunday", [0, 7])
def test_sunday_is_seven_whether_an_engine_calls_it_seven_or_as_spark_does_zero(sunday):
    answers = [sunday if day.isoweekday() == 7 else day.isoweekday() for day in TWO_WEEKS]
    assert engines.weekday(Answers(answers)).tolist() == [day.isoweekday() for day in TWO_WEEKS]


def test_the_formula_narwhals_has_for_spark_is_the_one_the_mapping_undoes():
    pytest.importorskip("pyspark")
    from narwhals._spark_like.expr_dt import SparkLikeExprDateTimeNamespace

    class Spark:
        class compliant:
            class _F:
                @staticmethod
                def dayofweek(days):
                    return np.array([day.isoweekday() % 7 + 1 for day in days])

    answered = SparkLikeExprDateTimeNamespace._weekday(Spark, TWO_WEEKS)
    assert engines.monday_first(answered).tolist() == [day.isoweekday() for day in TWO_WEEKS]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_day_of_four_years_falls_into_its_group_in_taipei(engine):
    need(engine)
    times = pd.date_range("2023-12-30 15:59", "2028-01-03", freq="1D", tz="UTC").append(
        pd.date_range("2023-12-30 16:00", "2028-01-03", freq="1D", tz="UTC")
    )
    table = pd.DataFrame({"platform": "line", "published_at": times, "likes": 1, "reach": 10})
    for by in ("weekday", "week", "month", "daypart"):
        same(kpi(table, by, "likes").table, kpi(held(engine, table), by, "likes").table)


@pytest.mark.parametrize("zone", ["Asia/Taipei", "UTC", "America/New_York"])
def test_the_zone_of_a_duckdb_session_changes_nothing(zone):
    need("duckdb")
    same(kpi(posts(), "weekday").table, kpi(as_duckdb(posts(), zone), "weekday").table)
    assert kpi(posts()).period == kpi(as_duckdb(posts(), zone)).period
    same(analytics.ab_read(trial_days()).table, analytics.ab_read(as_duckdb(trial_days(), zone)).table)


# ---- what cannot be used -------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["polars", "polars lazy", "duckdb"])
@pytest.mark.parametrize(
    ("change", "by", "error", "said"),
    [
        (lambda p: p.iloc[:0], None, TableError, "空的"),
        (lambda p: p.drop(columns="platform"), None, TableError, "platform（平台）"),
        (lambda p: p, "formt", TableError, "formt"),
        (lambda p: p.assign(reach="很多"), None, TableError, "觸及人數（人）"),
        (
            lambda p: p.drop(columns=["likes", "comments", "shares", "saves"]),
            None,
            TableError,
            "likes（按讚數）",
        ),
        (lambda p: p.assign(published_at=p["published_at"].dt.tz_localize(None)), "week", TableError, "時區"),
        (lambda p: p.assign(published_at=p["published_at"].dt.tz_localize(None)), None, TableError, "時區"),
        (lambda p: p.drop(columns="published_at"), "week", TableError, "published_at（發佈時間）"),
    ],
)
def test_a_mistake_is_told_as_it_is_on_pandas(engine, change, by, error, said):
    need(engine)
    wrong = change(posts())
    for table in (wrong, held(engine, wrong)):
        with pytest.raises(error) as caught:
            kpi(table, by)
        assert said in str(caught.value) and caught.value.next_step


def test_an_unknown_part_of_engagement_is_told_on_an_engine_too():
    need("polars")
    with pytest.raises(NotFound, match="likes"):
        kpi(as_polars(posts()), engagement=["like"])


# ---- tables that cross over ----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", (*ALWAYS, *MORE))
def test_a_table_that_is_fetched_keeps_its_times_and_gaps(engine):
    need(engine)
    table = gappy()[["post_id", "published_at", "reach", "format"]]
    same(table, collected(held(engine, table)))


def test_the_workbook_of_an_engine_s_pivot_is_that_of_pandas(tmp_path):
    need("duckdb")
    files = [tmp_path / f"{name}.xlsx" for name in ("pandas", "duckdb")]
    for file, table in zip(files, (posts(), as_duckdb(posts())), strict=True):
        analytics.pivot(table, "platform", values="er_reach").to_excel(file)
    sheets = [pd.read_excel(file, sheet_name=None, header=None) for file in files]
    assert list(sheets[0]) == list(sheets[1])
    for name in sheets[0]:
        same(*(sheet[name] for sheet in sheets))


def test_narwhals_own_frames_are_tables_too():
    need("polars")
    import narwhals.stable.v2 as nw

    same(kpi(posts(), "platform").table, kpi(nw.from_native(as_polars(posts())), "platform").table)
    assert xb.kpi is kpi
