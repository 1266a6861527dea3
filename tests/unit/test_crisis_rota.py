"""The rota in names and dates: rules kept, the smallest reason said, the list that goes round beside it."""

import pandas as pd
import pytest

from xiaobian.crisis import RotaLimits, rota, round_robin
from xiaobian.crisis.care.hostile_case import CRISES, LEAVE, TEAM
from xiaobian.crisis.care.rostering import CRISIS, DUTIES, Duty, judged
from xiaobian.errors import AnswerError


@pytest.fixture(scope="module")
def plan():
    return rota(TEAM, 14, leave=LEAVE, crises=CRISES)


@pytest.fixture(scope="module")
def turns():
    return round_robin(TEAM, 14, leave=LEAVE, crises=CRISES)


def nights_of(plan, name):
    return [day for day, who in plan.table["夜班"].items() if who == name]


def test_the_rota_keeps_every_rule_and_the_list_does_not(plan, turns):
    assert plan.breaks.empty and plan.possible
    assert len(turns.breaks) > 5 and turns.unfair > 5 * plan.unfair


def test_rules_are_kept_as_one_reads_them_in_the_table(plan):
    table = plan.table
    for name, dates in LEAVE.items():
        for date in dates:
            assert name not in set(
                table.loc[[d for d in table.index if d.startswith(f"{pd.Timestamp(date):%m/%d}")]].iloc[0]
            )
    for _, row in table.iterrows():
        assert len(set(row)) == 3, "one shift a day, nobody missing"
    crisis = table.loc[next(d for d in table.index if d.startswith("10/07")), "晚班"]
    assert table.loc[next(d for d in table.index if d.startswith("10/08")), "夜班"] != crisis
    for name in TEAM:
        heavy = [(table[["晚班", "夜班"]] == name).any(axis=1).tolist()]
        assert not any(all(heavy[0][d : d + 3]) for d in range(12)), name


def test_shares_add_up_to_what_is_read(plan):
    load = {duty.name: duty.load for duty in DUTIES}
    total = 14 * sum(load.values()) + (CRISIS - 1) * load["晚班"]
    assert plan.share["惡意留言"].sum() == pytest.approx(total) == pytest.approx(plan.share["該分到"].sum())
    assert plan.share["班數"].sum() == 42 and plan.share["請假天數"].to_dict() == {
        "阿洛": 0,
        "子晴": 0,
        "柏宇": 3,
        "佩蓁": 2,
    }
    assert plan.unfair == pytest.approx((plan.share["惡意留言"] - plan.share["該分到"]).abs().max())


def test_the_smallest_reason_names_shifts_and_people():
    found = rota(TEAM, 7, leave={"柏宇": ["2026-10-10"], "子晴": ["2026-10-10"]})
    assert not found.possible and found.table.isin([""]).all().all()
    assert len(found.why) == 6 and {"10/10 六 早班要有人", "一人一天最多一班"} <= set(found.why)
    assert len(found.ways) == 5 and "10/10 六 早班不開" in found.ways and "一條都少不得" in found.say()
    assert sum("商量換假" in way for way in found.ways) == 2, (
        "closing a shift comes before asking for somebody's leave"
    )


def test_a_reason_that_is_a_rule_and_not_a_person():
    found = rota(TEAM[:3], 14, limits=RotaLimits(row=1))
    assert (
        not found.possible
        and found.ways == ("不守「重班最多連續1天」",)
        and "重班最多連續 1 天" in found.say()
    )


def test_two_on_the_bad_day():
    both = rota(TEAM, 3, duties=(Duty("晚班", 15, 21, 12, need=2),))
    assert all(len(cell.split("、")) == 2 for cell in both.table["晚班"])


def test_the_comparison_counts_each_rule(plan):
    table = plan.compare()
    assert table["排過的"].iloc[:-1].sum() == 0 and table["照名單輪"].iloc[:-1].sum() > 5
    assert table.loc["請假的人不排班", "照名單輪"] == 0


def test_another_roster_is_judged_by_the_same_rules(plan):
    worst = judged(plan, dict.fromkeys(plan.taken, (TEAM[0],)))
    assert set(worst.breaks["違反"]) >= {"同一天兩班", "連續 3 天重班"}


def test_the_picture_frames_what_is_broken(plan, turns):
    assert "處違反規則" in repr(turns.plot()) and "規則全都守住" in repr(plan.plot())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rota("阿洛"),
        lambda: rota(TEAM, 0),
        lambda: rota(TEAM, 7, leave={"小芸": ["2026-10-07"]}),
        lambda: rota(TEAM, 7, leave={"阿洛": ["2026-11-07"]}),
        lambda: rota(TEAM, 7, crises=[("2026-10-07", "大夜")]),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(AnswerError):
        wrong()
