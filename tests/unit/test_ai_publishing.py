"""The publish queue: with care nothing is lost or doubled; each careless choice has its own price."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from xiaobian.ai import publishing
from xiaobian.ai.publishing import Job, Policy, simulate, week
from xiaobian.ai.publishing.policy import CAREFUL, CHOICES, WORDS
from xiaobian.ai.publishing.service import NONE
from xiaobian.errors import NotFound, TableError

SEEDS = range(6)


def runs(policy: Policy) -> list[publishing.Run]:
    return [simulate(week(seed), policy, seed=seed) for seed in SEEDS]


def total(found: list[publishing.Run], state: str) -> int:
    return sum(int((run.table["state"] == state).sum()) for run in found)


@pytest.fixture(scope="module")
def careful() -> list[publishing.Run]:
    return runs(CAREFUL)


def test_with_care_nothing_is_lost_or_doubled(careful):
    assert total(careful, "lost") == total(careful, "doubled") == 0
    assert min(run.score for run in careful) > 0.8


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"clock": "utc"}, "wrong_time"),
        ({"wait": "none"}, "lost"),
        ({"token": "ignore"}, "lost"),
        ({"retry": "none"}, "lost"),
        ({"retry": "blind"}, "doubled"),
        ({"limit": "ignore"}, "lost"),
        ({"retry": "blind", "memory": "memory"}, "doubled"),
        ({"tries": 2}, "lost"),
    ],
)
def test_each_careless_choice_has_its_own_price(careful, change, state):
    found = runs(dataclasses.replace(CAREFUL, **change))
    assert total(found, state) > total(careful, state)
    assert sum(run.score for run in found) < sum(run.score for run in careful)


def test_a_queue_in_memory_doubles_more_after_a_restart():
    on_disk = runs(dataclasses.replace(CAREFUL, retry="blind"))
    in_memory = runs(dataclasses.replace(CAREFUL, retry="blind", memory="memory"))
    assert total(in_memory, "doubled") > total(on_disk, "doubled")


def test_without_faults_a_plain_queue_is_enough():
    run = simulate(week(1), Policy(clock="taipei"), faults=NONE)
    assert run.score == 1 and set(run.table["state"]) == {"on_time"}


def test_the_same_seed_breaks_the_same_things():
    first, second = (simulate(week(4), Policy(clock="taipei", wait="poll"), seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.log, second.log)
    other = simulate(week(4), Policy(clock="taipei", wait="poll"), seed=5)
    assert not first.log.equals(other.log)


def test_what_stands_on_the_page_decides_not_the_log():
    run = simulate(week(2), dataclasses.replace(CAREFUL, retry="blind"), seed=2)
    assert (run.table["times"] > 1).equals(run.table["state"] == "doubled")
    assert run.table.loc[run.table["times"] == 0, "published"].isna().all()
    job = run.table["job_id"].iloc[0]
    assert set(run.steps(job)["job_id"]) == {job}


def test_a_container_needs_its_time():
    slow = dataclasses.replace(NONE, ready_median_s=60.0, ready_sigma=0.01)
    assert simulate(week(1), Policy(clock="taipei", wait="short"), faults=slow).lost == len(week(1))
    assert simulate(week(1), Policy(clock="taipei", wait="poll"), faults=slow).score == 1


def test_words_and_picture_say_the_same(careful):
    run = careful[0]
    assert "則裡" in run.say() and "島嶼沙盒模擬資料" in run.say() and repr(run) == run.say()
    assert run.plot().summary == run.say()
    assert all(set(WORDS[name]) == set(options) for name, options in CHOICES.items())
    assert "台北時區" in repr(CAREFUL)


@pytest.mark.parametrize(
    ("jobs", "says"),
    [
        ([], "空的"),
        ([week(1)[0], week(1)[0]], "重複"),
        ([Job("a", "threads", "貼文", pd.Timestamp("2026-03-02 20:00"))], "沒有時區"),
    ],
)
def test_a_queue_that_cannot_run_says_why(jobs, says):
    with pytest.raises(TableError, match=says):
        simulate(jobs, CAREFUL)


def test_an_unknown_choice_lists_what_there_is():
    with pytest.raises(NotFound, match="on_error"):
        Policy(token="never")  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="1 到 10"):
        Policy(tries=0)
