"""Workflows: every planted fault found with its smallest reason, none in sound ones; posts counted through a small queue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from xiaobian.errors import NotFound, TableError
from xiaobian.planning.workflow.process import Step, Workflow, workflow

SETS = yaml.safe_load((Path(__file__).parent / "workflows_planted.yml").read_text(encoding="utf-8"))


def _flow(change: list[dict[str, Any]]) -> Workflow:
    rows = {row["id"]: row for row in SETS["base"]}
    for row in change:
        if len(row) == 1:
            rows.pop(row["id"])
        else:
            rows[row["id"]] = row
    return workflow("測試流程", [{**r, "needs": [n for n in r["needs"] if n in rows]} for r in rows.values()])


@pytest.mark.parametrize("row", SETS["faulty"], ids=lambda row: row["id"])
def test_each_planted_fault_is_found_alone_with_its_smallest_reason(row):
    faults = _flow(row["change"]).check().faults
    assert [f.kind for f in faults] == [row["kind"]], faults
    assert set(row["names"]) <= set(faults[0].names)
    assert len(faults[0].names) <= max(len(row["names"]), 3)
    assert str(faults[0]).startswith("✗") and faults[0].fix


@pytest.mark.parametrize("row", SETS["sound"], ids=lambda row: row["id"])
def test_nothing_is_found_in_a_sound_workflow(row):
    found = _flow(row["change"]).check()
    assert found.ok, found


BASE = _flow([])


def test_two_circles_are_both_named_the_shortest_first():
    flow = BASE.change("copy", needs=("brief", "design")).change("brief", needs=("facts",)).change("facts", needs=("brief",))
    found = [f.names for f in flow.check().faults if f.kind == "waiting_cycle"]
    assert len(found) == 2 and all(len(names) == 2 for names in found)


def test_a_person_who_looks_in_rarely_cannot_keep_a_short_limit():
    faults = BASE.with_person("佩蓁", every=40).check().faults
    assert {f.kind for f in faults} == {"sla"} and "每 40 小時才看一次" in str(faults[0])
    assert BASE.with_person("允安", share=0.1).check().faults[0].names == ("做圖",)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Step("a", "寫", "阿洛", ("佩蓁",), before="審核"),
        lambda: Step("a", "寫", "阿洛", "佩蓁"),
        lambda: Step("a", "寫", "阿洛", ("佩蓁",), hours=0),
        lambda: Step("a", "寫", "阿洛", ("佩蓁",), returns=0.3),
        lambda: Step("a", "寫", "阿洛", ("佩蓁",), returns=1, return_to="draft"),
        lambda: Workflow("甲", (Step("a", "寫", "阿洛", ("佩蓁",), ("b",)),)),
        lambda: Workflow("甲", ()),
        lambda: Workflow("甲", (Step("a", "寫", "阿洛", ()), Step("a", "圖", "允安", ()))),
        lambda: BASE.change("copy", owner="阿洛"),
        lambda: BASE.with_person("阿洛", share=0),
        lambda: workflow("甲", [{"id": "a", "name": "寫", "responsible": "阿洛", "accountable": [], "who": "x"}]),
        lambda: BASE.simulate(posts=0),
    ],
)
def test_what_cannot_be_is_refused_in_words(make):
    with pytest.raises(TableError) as told:
        make()
    assert "。" in str(told.value)


def test_an_unknown_step_lists_the_steps():
    with pytest.raises(NotFound, match="有的步驟"):
        BASE.step("nobody")


def test_the_tables_show_who_does_what():
    assert BASE.raci.loc["寫文案", "阿洛"] == "R" and BASE.raci.loc["寫文案", "佩蓁"] == "A"
    assert BASE.raci.loc["核可", "佩蓁"] == "R／A"
    assert BASE.table.loc["approve", "退回"] == "30% 到退回修改"
    assert len(BASE.remove("facts").steps) == len(BASE.steps) - 1 and "facts" not in BASE.remove("facts").step("submit").needs


def test_the_same_seed_gives_the_same_counts():
    assert BASE.simulate(seed=3).items.equals(BASE.simulate(seed=3).items)
    assert not BASE.simulate(seed=3).items.equals(BASE.simulate(seed=4).items)


def test_without_queue_and_return_the_lead_is_the_longest_way_of_work():
    flow = BASE.change("approve", returns=0.0, return_to="").change("publish", returns=0.0, return_to="").remove("revise").remove("retry")
    found = flow.simulate(posts=200, per_week=0.2, seed=1)
    way = sum(flow.step(i).hours for i in ("brief", "copy", "design", "submit", "approve", "schedule", "publish"))
    assert found.stuck == 0 and found.days.mean() * 8 == pytest.approx(way, rel=0.06)
    assert found.items["work"].mean() == pytest.approx(sum(s.hours for s in flow.steps), rel=0.06)


def test_posts_in_the_works_are_arrivals_times_lead():
    found = BASE.simulate(posts=400, per_week=5, seed=2)
    span = found.items["finished"].max() - found.items["arrived"].min()
    times = sorted([(a, 1) for a in found.items["arrived"]] + [(f, -1) for f in found.items["finished"]])
    held, area, last = 0, 0.0, times[0][0]
    for at, step in times:
        area, held, last = area + held * (at - last), held + step, at
    assert area / span == pytest.approx(400 / span * found.days.mean() * 8, rel=1e-9)


def test_more_posts_wait_longer_and_the_busiest_waits_most():
    easy, hard = BASE.simulate(per_week=2, seed=5), BASE.simulate(per_week=9, seed=5)
    assert hard.days.median() > 1.3 * easy.days.median()
    assert hard.steps.set_index("step_id")["wait"].idxmax() in {"copy", "design", "brief", "revise", "approve"}
    assert 0 < hard.work_share < easy.work_share <= 1.2


def test_a_circle_of_waiting_lets_nothing_through_and_a_missing_way_out_only_the_lucky():
    ring = BASE.change("copy", needs=("brief", "design")).simulate(posts=30)
    assert ring.stuck == 30 and "沒有一則走得完" in ring.say()
    lost = BASE.remove("revise").simulate(posts=60)
    assert 5 < lost.stuck < 40 and set(lost.items.loc[lost.items["finished"].isna(), "state"]) == {"changes_requested"}
    assert BASE.simulate(posts=60).stuck == 0


def test_someone_who_looks_in_once_a_week_sets_the_pace():
    weekly = BASE.with_person("佩蓁", every=40).simulate(posts=60)
    assert weekly.days.median() > BASE.simulate(posts=60).days.median() + 3
    assert weekly.steps.set_index("step_id").loc["approve", "late"] > 0.5


def test_charts_carry_their_sentence():
    from xiaobian.planning.workflow.simulate_plot import beside

    bad = BASE.change("copy", needs=("brief", "design"))
    first, second = bad.simulate(posts=20), BASE.simulate(posts=20)
    for chart in (bad.plot(), second.plot(), beside(first, second)):
        assert chart.summary
