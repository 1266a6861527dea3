"""The column declarations and what is made from them."""

import pandas as pd
import pytest

from xiaobian import tables
from xiaobian.errors import NotFound, TableError


@pytest.mark.parametrize("name", tables.TABLES)
def test_an_empty_frame_gets_every_column_with_its_type(name):
    made = tables.conform(pd.DataFrame(), name)
    declared = tables.table(name).columns
    assert list(made.columns) == [c.name for c in declared]
    assert {c.name: str(made[c.name].dtype) for c in declared} == {
        c.name: str(pd.Series(dtype=c.dtype).dtype) for c in declared
    }
    assert set(tables.table(name).key) <= set(made.columns)


def test_missing_stays_missing_and_unknown_columns_stay():
    made = tables.conform(
        pd.DataFrame({"post_id": ["1", "2"], "reach": [None, 0], "mine": ["a", "b"]}), "posts"
    )
    assert made["reach"].isna().tolist() == [True, False]
    assert made["views"].isna().all()
    assert list(made["mine"]) == ["a", "b"]


def test_conform_changes_nothing_the_second_time():
    frame = pd.DataFrame(
        {"post_id": ["1"], "platform": ["x"], "published_at": [pd.Timestamp("2026-01-01", tz="UTC")]}
    )
    once = tables.conform(frame, "posts")
    pd.testing.assert_frame_equal(tables.conform(once, "posts"), once)
    assert str(once["published_at"].iloc[0]) == "2026-01-01 08:00:00+08:00"


@pytest.mark.parametrize(
    ("column", "value"), [("reach", "很多"), ("reach", 1.5), ("published_at", pd.Timestamp("2026-01-01"))]
)
def test_a_value_of_the_wrong_kind_is_named(column, value):
    with pytest.raises(TableError, match=tables.table("posts").column(column).label):
        tables.conform(pd.DataFrame({column: [value]}), "posts")


@pytest.mark.parametrize(("column", "values", "says"), [
    ("post_id", ["1", "1"], "1 列重複"),
    ("post_id", ["1", None], "1 列空白"),
    ("reach", [-1, 5], "1 列小於 0"),
    ("platform", ["instagram", "無名小站"], "1 列不在允許的值裡"),
])  # fmt: skip
def test_each_rule_is_checked(column, values, says):
    frame = tables.conform(pd.DataFrame({column: values}), "posts")
    assert any(says in p.message for p in tables.problems(frame, "posts") if p.column == column)


def test_shares_stay_between_0_and_1():
    frame = tables.conform(pd.DataFrame({"share": [0.5, 1.2]}), "audience")
    assert [p.message for p in tables.problems(frame, "audience") if p.column == "share"] == [
        "「占比」有 1 列大於 1"
    ]


def test_the_sample_tables_keep_the_rules():
    from xiaobian import datasets, read_export

    assert tables.problems(datasets.load("account_days"), "account_days") == []
    for platform in ("instagram", "facebook"):
        assert tables.problems(read_export(datasets.sample(platform)).posts, "posts") == []


def test_a_missing_column_is_named_in_the_learners_language():
    with pytest.raises(TableError, match="reach（觸及人數）"):
        tables.require(pd.DataFrame({"views": [1]}), ["reach"])
    with pytest.raises(NotFound, match="posts"):
        tables.table("post")


def test_every_column_has_a_label_and_the_dictionary_says_it():
    for name, table in tables.TABLES.items():
        said = tables.dictionary(name)
        assert list(said.index) == [c.name for c in table.columns]
        assert (said["名稱"].str.len() > 0).all()
