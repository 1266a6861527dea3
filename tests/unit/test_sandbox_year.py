"""The sample data is what the sandbox makes from its seed, and the dictionary is what the columns declare."""

import json
from pathlib import Path

import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.errors import NotFound
from xiaobian.sandbox import datapackage, year
from xiaobian.sandbox.realism import check as realism

ROOT = Path(__file__).parents[2] / "datasets"


@pytest.fixture(scope="module")
def built():
    return year.build()


@pytest.fixture(scope="module")
def written():
    return json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", year.PARTS)
def test_the_file_on_disk_is_built_from_the_seed(built, name):
    assert year.csv(name, built[name]) == (ROOT / "year" / f"{name}.csv").read_bytes(), (
        "xiaobian datasets build"
    )


def test_another_seed_builds_another_year(built):
    assert not year.build(year.SEED + 1)["posts"]["reach"].equals(built["posts"]["reach"])


@pytest.mark.parametrize("name", year.PARTS)
def test_every_part_keeps_the_rules_of_its_table(name):
    shape = year.PARTS[name].table
    assert tables.problems(datasets.year(name), shape) == []


def test_the_parts_fit_together(built):
    posts, comments, labels = built["posts"], built["comments"], built["comment_labels"]
    assert set(comments["post_id"]) <= set(posts["post_id"])
    assert (
        comments.groupby("post_id").size().to_dict()
        == posts.loc[posts["comments"] > 0].set_index("post_id")["comments"].to_dict()
    )
    assert list(labels["comment_id"]) == list(comments["comment_id"])
    assert list(built["plan"]["post_id"]) == list(posts["post_id"])
    assert set(built["retention"]["post_id"]) == set(posts.loc[posts["duration_s"].notna(), "post_id"])


def test_held_out_templates_are_in_no_training_comment(built):
    kept = set(built["held_out_labels"]["template"])
    assert built["held_out_labels"]["held_out"].all() and not kept & set(built["comment_labels"]["template"])
    assert len(kept) > 60


def test_the_year_ends_where_the_exports_begin(built):
    half = datasets.load("account_days")
    last = built["account_days"].groupby("platform")["followers"].last()
    for platform, first in half.groupby("platform")["followers"].first().items():
        assert abs(last[platform] / first - 1) < 0.03, platform
    assert built["account_days"]["date"].max() < half["date"].min()


def test_the_sample_data_stay_small():
    assert sum(file.stat().st_size for file in ROOT.rglob("*") if file.is_file()) < 15e6


def test_the_dictionary_is_made_from_the_declarations(written):
    score = realism.score_against_targets()
    assert datapackage.text(score) == (ROOT / "datapackage.json").read_bytes(), "xiaobian datasets build"
    assert written["realism"]["inside"] >= 0.9 * written["realism"]["judged"]


def test_every_file_in_the_dictionary_exists_with_its_columns(written):
    for resource in written["resources"]:
        head = pd.read_csv(ROOT / resource["path"], nrows=0)
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert set(head.columns) <= set(names), resource["name"]
    listed = {resource["path"] for resource in written["resources"]}
    on_disk = {
        file.relative_to(ROOT).as_posix()
        for folder in ("year", "reference")
        for file in (ROOT / folder).glob("*.csv")
    }
    assert on_disk <= listed


def test_constraints_of_the_dictionary_hold_in_the_files(written):
    for resource in written["resources"]:
        frame = pd.read_csv(ROOT / resource["path"], dtype="string", keep_default_na=False, na_values=[""])
        for field in resource["schema"]["fields"]:
            if field["name"] not in frame:
                continue
            values, rules = frame[field["name"]], field.get("constraints", {})
            assert not (rules.get("required") and values.isna().any()), (resource["name"], field["name"])
            if "enum" in rules:
                assert set(values.dropna()) <= set(rules["enum"]), (resource["name"], field["name"])
            if "minimum" in rules:
                assert (pd.to_numeric(values.dropna()) >= rules["minimum"]).all(), (
                    resource["name"],
                    field["name"],
                )


def test_an_unknown_table_of_the_year_lists_the_known_ones():
    with pytest.raises(NotFound, match="held_out_comments"):
        datasets.year("weather")
