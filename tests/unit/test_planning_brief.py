"""Briefs: every planted fault found with its name, none in good ones; what cannot be read is refused in words."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from xiaobian.errors import TableError
from xiaobian.planning.brief import FIELDS, Brief, lint_brief, read_brief

SETS = yaml.safe_load((Path(__file__).parent / "briefs_planted.yml").read_text(encoding="utf-8"))
TODAY = SETS["today"]


@pytest.mark.parametrize("row", SETS["faulty"], ids=lambda row: row["id"])
def test_each_planted_fault_is_found_alone(row):
    found = lint_brief({**SETS["good"][0], **row["change"]}, TODAY).findings
    assert [f.check for f in found] == [row["check"]], found
    assert found[0].what and found[0].fix


def test_no_false_alarm_on_good_briefs():
    assert {b["goal"]: [str(f) for f in lint_brief(b, TODAY).findings] for b in SETS["good"] if not lint_brief(b, TODAY).ok} == {}


def test_an_empty_brief_names_every_field():
    found = Brief().check()
    assert {f.field for f in found.findings} == set(FIELDS) and "SMART" in found.say()


def test_a_date_may_be_a_date_and_the_past_needs_a_today():
    good = Brief(**SETS["good"][0])
    assert Brief(**{**SETS["good"][0], "due": datetime(2026, 8, 21, 9)}).check(TODAY).ok
    assert good.check().ok and not good.check(date(2026, 9, 1)).ok
    assert [f.check for f in Brief(**{**SETS["good"][0], "due": "2026年9月25日"}).check(TODAY).findings] == ["due_day_off"]


@pytest.mark.parametrize("fields", [{"must": "一句話"}, {"goal": 3}, {"due": 20260821}, {"budget": "1000"}])
def test_what_is_of_the_wrong_kind_is_refused(fields):
    with pytest.raises(TableError, match="。"):
        lint_brief(fields)


def test_the_words_are_patterns_that_can_be_read():
    assert "七個欄位" in Brief(**SETS["good"][1]).check(TODAY).say()
    assert len(lint_brief(SETS["good"][0], TODAY).table.columns) == 5


def test_a_brief_is_read_from_its_lines():
    text = "\n".join(f"{label}：{'、'.join(v) if isinstance(v, list) else v}" for name, label in FIELDS.items() for v in [SETS["good"][0][name]])
    assert read_brief(text).check(TODAY).ok
    with pytest.raises(TableError, match="看不出"):
        read_brief("早安")
