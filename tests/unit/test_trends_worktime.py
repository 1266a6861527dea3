"""The time audit and the plan, held against the offices' truth; a learner's diary, read or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.errors import ReadError, TableError
from xiaobian.sandbox.worktime import GATES, Office, best, judged, permitted, truth_of
from xiaobian.trends import audit, automate, diary_template, read_diary
from xiaobian.trends.diary import EXAMPLE

OFFICES = [Office(seed) for seed in range(500, 516)]
ONE = Office(104)


@pytest.fixture(scope="module")
def found():
    return audit(ONE.diary(2), ONE.tasks(), ONE.recalled())


@pytest.fixture(scope="module")
def plan(found):
    return automate(ONE.trial(), found)


# ── audit ──


def test_hours_are_sums_of_the_diary(found):
    diary = ONE.diary(2)
    spent = diary.groupby("task")["minutes"].sum() / 60 / 2
    pd.testing.assert_series_equal(found.table["hours"][spent.index], spent, check_names=False)
    assert found.total[0] == pytest.approx(spent.sum()) == found.table["hours"].sum()
    assert found.table["share"].sum() == pytest.approx(1)
    assert found.table["hours"].is_monotonic_decreasing
    assert (found.table["times"] * found.table["minutes"] / 60).dropna().to_numpy() == pytest.approx(
        found.table.loc[found.table["n"] > 0, "hours"].to_numpy()
    )


@pytest.mark.parametrize("weeks", [1, 4])
def test_the_intervals_cover_the_truth(weeks):
    """Work that comes by chance near 90 %; planned work more often, as said; memory far less often."""
    hits, memory, whole, n = 0, 0, 0, 0
    for office in OFFICES:
        got = audit(office.diary(weeks), office.tasks(), office.recalled())
        truth = truth_of(office)
        usual = truth["times"] * truth["minutes"] / 60
        table = got.table[got.table["n"] > 0]
        inside = usual.reindex(table.index).between(table["low"], table["high"])
        hits, n = hits + inside.sum(), n + len(inside)
        memory += ((table["recalled"] / usual.reindex(table.index)).between(0.85, 1.18)).sum()
        whole += got.total[1] <= usual.sum() <= got.total[2]
    assert 0.88 <= hits / n <= 0.995
    assert whole >= 0.8 * len(OFFICES)
    assert memory / n < 0.5


def test_more_weeks_make_it_surer():
    width = [np.diff(audit(ONE.diary(weeks)).total[1:])[0] for weeks in (1, 4, 12)]
    assert width[0] > 1.5 * width[1] > 1.5 * width[2]


def test_never_seen_is_not_zero():
    diary = ONE.diary(1)
    got = audit(diary[diary["task"] != "crisis"], ONE.tasks())
    row = got.table.loc["crisis"]
    assert row["n"] == 0 and np.isnan(row["low"]) and np.isnan(row["high"])
    assert any("不等於 0 小時" in note and "危機監看與回應" in note for note in got.notes)


def test_it_speaks_of_memory_and_doubt(found):
    said = found.say()
    assert "90% 區間" in said and "憑印象" in said and "數據週報" in said
    assert "憑印象" not in audit(ONE.diary(1)).say()
    assert xb.datasets.SIMULATED in found.notes and "區間" in repr(found.plot())


def test_weeks_are_counted_from_monday_to_sunday():
    diary = pd.DataFrame({"date": ["2026-03-06", "2026-03-09"], "task": ["甲", "甲"], "minutes": [30, 30]})
    assert audit(diary).weeks == 2
    assert audit(diary.drop(columns="date"), weeks=1).table.loc["甲", "hours"] == 1


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([1, 2], "要的是一張表"),
        (pd.DataFrame({"task": ["甲"]}), "少了欄位 minutes"),
        (pd.DataFrame({"task": [], "minutes": []}), "一列也沒有"),
        (pd.DataFrame({"task": ["甲"], "minutes": [5]}), "沒有日期"),
        (pd.DataFrame({"date": ["很久以前"], "task": ["甲"], "minutes": [5]}), "看不懂"),
        (pd.DataFrame({"date": ["2026-03-02"] * 2, "task": ["甲", "乙"], "minutes": [5, 0]}), "第 2 列"),
        (pd.DataFrame({"date": ["2026-03-02"], "task": ["甲"], "minutes": ["半小時"]}), "半小時"),
    ],
)
def test_a_diary_that_cannot_be_used_is_refused(table, says):
    with pytest.raises(TableError, match=says):
        audit(table)


# ── automate ──


def test_the_plan_keeps_the_house_rules():
    tasks = ONE.tasks()
    for office in OFFICES[:4]:
        modes = automate(office.trial(), audit(office.diary(4)), draws=300).plan
        assert all(mode in permitted(tasks.loc[task]) for task, mode in modes.items())


def test_a_gate_holds_even_where_the_machine_would_win(plan):
    gated = plan.table[plan.table["gate"].notna()]
    assert len(gated) == len(GATES) and (gated["mode"] == "human").all()
    trial = ONE.trial()
    trial.loc["resize", "gate"] = "crisis"
    kept = automate(trial, audit(ONE.diary(2)))
    assert plan.plan["resize"] == "auto" and kept.plan["resize"] == "human"
    assert kept.options.loc["resize", "auto"] > 1


def test_planning_by_net_time_beats_planning_by_speed():
    """Against the truth: near the best within the rules; the quick way loses hours, lets more errors out."""
    ours, quick, top = [], [], []
    for office in OFFICES:
        trial, week = office.trial(), audit(office.diary(2), office.tasks())
        made = automate(trial, week, draws=300)
        ours.append(judged(office, made.plan, made.review).saved)
        quick.append(judged(office, dict.fromkeys(trial.index, "auto"), 0.0).saved)
        top.append(best(office).saved)
    assert sum(ours) > 0.85 * sum(top)
    assert sum(quick) < 0
    assert all(o > q for o, q in zip(ours, quick, strict=True))


def test_what_it_expects_is_near_what_happens():
    gaps, inside = [], 0
    for office in OFFICES:
        made = automate(office.trial(), audit(office.diary(4)), draws=500)
        true = judged(office, made.plan, made.review).saved
        gaps.append(made.total[0] - true)
        inside += made.total[1] <= true <= made.total[2]
    assert abs(np.mean(gaps)) < 1.5
    assert inside >= 0.75 * len(OFFICES)


def test_net_is_time_saved_less_review_rework_and_errors():
    """With thousands of trial pieces there is no luck left, and the sum can be done by hand."""
    many = 200_000
    trial = pd.DataFrame(
        {"draft_minutes": [8.0], "auto_minutes": [2.0], "fix_minutes": [10.0], "error_cost": [60.0], "drafts": many, "wrong": many // 4,
         "checked": many, "hand_wrong": many // 50, "planted": many, "found": many // 2, "review": 0.2, "accountability": 2},
        index=["copy"],
    )  # fmt: skip
    hours = pd.DataFrame({"times": [10.0], "minutes": [30.0]}, index=["copy"])
    made = automate(trial, hours, review=0.2, draws=4000)
    draft = 30 + 0.02 * 60 - 8 - 0.2 * 30 - 0.25 * 0.5 * 10 - 0.25 * 0.5 * 60
    auto = 30 + 0.02 * 60 - 2 - 0.25 * 60
    assert made.options.loc["copy", "draft"] == pytest.approx(10 * draft / 60, abs=0.03)
    assert made.options.loc["copy", "auto"] == pytest.approx(10 * auto / 60, abs=0.06)
    assert made.plan["copy"] == "auto"
    assert automate(trial.assign(accountability=4), hours, review=0.2).plan["copy"] == "draft"
    assert automate(trial.assign(error_cost=600.0), hours, review=0.2).plan["copy"] == "human"


def test_twelve_drafts_without_an_error_are_not_no_errors():
    trial = ONE.trial().assign(
        wrong=0, hand_wrong=0, checked=100_000, error_cost=2000.0, gate=None, accountability=1
    )
    few = automate(trial, audit(ONE.diary(2)))
    many = automate(trial.assign(drafts=100_000), audit(ONE.diary(2)))
    quick = ["resize", "schedule", "questions"]
    assert {few.plan[task] for task in quick} == {"human"} and {many.plan[task] for task in quick} == {"auto"}


def test_a_task_that_never_came_up_stays(plan):
    diary = ONE.diary(2)
    made = automate(ONE.trial(), audit(diary[diary["task"] != "resize"]))
    assert made.plan["resize"] == "human" and any("圖片改尺寸" in note for note in made.notes)


def test_it_says_who_does_what_and_what_the_speed_promised(plan):
    said = plan.say()
    for words in ("淨省", "90% 區間", "只看起草的速度", "全自動：", "不管省多少都留給人", "道歉"):
        assert words in said
    assert plan.table["seems"].sum() > plan.total[0]
    assert "起草的速度" in repr(plan.plot()) and set(plan.review.values()) <= {0.0, 0.1, 0.2, 0.35, 0.5}
    again = automate(ONE.trial(), audit(ONE.diary(2)))
    pd.testing.assert_frame_equal(plan.options, again.options)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"wrong": 99}, "不能比 drafts 多"),
        ({"fix_minutes": -1}, "fix_minutes"),
        ({"draft_minutes": np.nan}, "draft_minutes"),
        ({"gate": "boss"}, "boss"),
        ({"review": 0}, "審稿時間"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(found, change, says):
    with pytest.raises(TableError, match=says):
        automate(ONE.trial().assign(**change), found)


def test_a_review_in_minutes_or_another_list_of_tasks_is_refused(found):
    with pytest.raises(TableError, match="比例"):
        automate(ONE.trial(), found, review=5)
    with pytest.raises(TableError, match="沒有一項"):
        automate(ONE.trial().rename(index=str.upper), found)


# ── a diary of one's own ──


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_the_template_is_read_back_once_it_is_filled(tmp_path, ending):
    file = tmp_path / f"我的一週{ending}"
    assert "寫好" in repr(diary_template(file))
    with pytest.raises(TableError, match="還沒有任何一筆"):
        read_diary(file)
    with pytest.raises(TableError, match="不覆蓋"):
        diary_template(file)


def test_a_filled_diary_says_what_it_left_out(tmp_path):
    file = tmp_path / "日記.csv"
    text = (
        f'分鐘,工作,日期\n35,文案{EXAMPLE},2026-03-02\n,,\n２５分,回留言,2026/3/2\n"1,200",拍片,2026-03-03\n'
    )
    file.write_bytes(text.encode("utf-8-sig"))
    diary = read_diary(file)
    assert diary["minutes"].tolist() == [25, 1200] and diary["task"].tolist() == ["回留言", "拍片"]
    assert diary.attrs["notes"] == ("日記.csv：讀到 2 筆、2 種工作", "略過 1 列空白", "略過 1 列範例")
    got = audit(diary)
    assert (
        got.weeks == 1
        and "日記.csv：讀到 2 筆、2 種工作" in got.notes
        and xb.datasets.SIMULATED not in got.notes
    )


def test_big5_is_read(tmp_path):
    file = tmp_path / "舊.csv"
    file.write_bytes(("日期,工作,分鐘\n" + "2026-03-02,回覆留言與私訊,25\n" * 20).encode("cp950"))
    assert set(read_diary(file)["task"]) == {"回覆留言與私訊"}


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ("項目,幾分\n文案,30", ReadError, "三個欄位"),
        ("日期,工作,分鐘\n2026-03-02,,30", TableError, "第 2 列"),
        ("日期,工作,分鐘\n三月二日,文案,30", TableError, "三月二日"),
        ("日期,工作,分鐘\n,文案,30", TableError, "哪一天"),
        ("日期,工作,分鐘\n2026-03-02,文案,半天", TableError, "半天"),
        ("日期,工作,分鐘\n2026-03-02,文案,", TableError, "看不出是幾分鐘"),
        ("日期,工作,分鐘\n2026-03-02,文案,-5", TableError, "-5"),
        ("日期,工作,分鐘\n2026-03-02,文案,0", TableError, "不合理"),
        ("日期,工作,分鐘\n2026-03-02,文案,5400", TableError, "秒"),
        ("日期,工作,分鐘\n2026-03-02,回 wang@example.com,5", TableError, "個資"),
        ("日期,工作,分鐘\n2026-03-02,回電 0912-345-678,5", TableError, "個資"),
    ],
)
def test_bad_input_is_refused_with_a_reason(tmp_path, rows, error, says):
    file = tmp_path / "日記.csv"
    file.write_text(rows, encoding="utf-8")
    with pytest.raises(error, match=says):
        read_diary(file)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "圖.csv").write_bytes(b"\x89PNG\r\n" + b"0" * 50)
    with pytest.raises(ReadError, match="PNG"):
        read_diary(tmp_path / "圖.csv")
    with pytest.raises(ReadError):
        read_diary(tmp_path / "沒有.csv")
    with pytest.raises(TableError, match=r"\.xlsx"):
        diary_template(tmp_path / "日記.docx")
