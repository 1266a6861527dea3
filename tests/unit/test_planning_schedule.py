"""A month of posts: the rules a team has are kept, what cannot be is named, and bad tables are refused quickly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import KitError, TableError
from xiaobian.planning.moments.moments import moments
from xiaobian.planning.scheduling.constraints import Constraints
from xiaobian.planning.scheduling.judging import judge_schedule
from xiaobian.planning.scheduling.schedule import Schedule, schedule
from xiaobian.sandbox.backlog import Month, draw_month


@pytest.fixture(scope="module")
def month() -> Month:
    return draw_month(2, posts=24, days=14)


@pytest.fixture(scope="module")
def best(month: Month) -> Schedule:
    return schedule(month.posts, Constraints.of(month))


def test_every_rule_of_the_team_is_kept(month: Month, best: Schedule) -> None:
    table = best.table.merge(month.posts[["post_id", "approved_on", "expires_on"]], on="post_id")
    day = table["publish_at"].dt.tz_localize(None).dt.normalize()
    assert (day >= table["approved_on"]).all()
    assert (day <= table["expires_on"].fillna(month.days[-1])).all()
    assert not table.assign(day=day).duplicated(["platform", "day"]).any()
    promotions = sorted(day[table["pillar"] == "promo"])
    for one, after in zip(promotions, promotions[month.promo_cap :], strict=False):
        assert (after - one).days >= 7
    assert not day[table["pillar"] == "promo"].isin(month.quiet["date"]).any()
    assert set(month.posts.loc[month.posts["must"], "post_id"]) <= set(table["post_id"])
    for who in month.hours:
        used = pd.Series([w.get(who, 0.0) for w in table["work"]]).groupby(day.to_numpy()).sum()
        used = used.reindex(month.days, fill_value=0.0).cumsum()
        assert (used <= month.hours[who].cumsum() + 1e-6).all()
    for moment in month.moments.itertuples():
        inside = day.between(moment.from_day, moment.date) & (table["pillar"] == moment.pillar)
        assert inside.sum() >= moment.least


def test_best_beats_greedy_and_says_how_sure(month: Month, best: Schedule) -> None:
    naive = schedule(month.posts, Constraints.of(month), method="greedy")
    assert best.status == "optimal" and best.gap == 0
    assert naive.value < best.value <= naive.bound
    assert "沒有更好的排法" in best.say() and "差距最多" in naive.say()
    assert len(best.table) + len(best.left) == len(month.posts)


def test_judging_by_hand_agrees_with_the_solver(month: Month, best: Schedule) -> None:
    mine = judge_schedule(month.posts, Constraints.of(month), best.table[["post_id", "publish_at"]])
    assert mine.breaks.empty and mine.value == pytest.approx(best.value)
    crowded = best.table[["post_id", "publish_at"]].assign(
        publish_at=best.table["publish_at"].iloc[0].normalize() + pd.Timedelta(hours=8)
    )
    assert "沒守住" in judge_schedule(month.posts, Constraints.of(month), crowded).say()
    with pytest.raises(TableError, match="沒有時段"):
        judge_schedule(
            month.posts,
            Constraints.of(month),
            pd.DataFrame({"post_id": ["p001"], "publish_at": ["2026-06-01 03:17"]}),
        )


def test_all_in_one_slot_breaks_the_room_rule(month: Month) -> None:
    chosen = month.posts.groupby("platform").head(2)[["post_id"]].assign(publish_at="2026-06-02 08:00")
    found = judge_schedule(month.posts, Constraints.of(month), chosen)
    assert found.breaks["rule"].str.contains("一個時段").any() and (found.breaks["day"] == "6/2").any()


def test_posting_every_day_costs_or_is_named_as_impossible(month: Month, best: Schedule) -> None:
    every_day = schedule(month.posts, Constraints.of(month).changed(daily=(1, None)))
    assert every_day.status == "infeasible" or every_day.value <= best.value
    three = schedule(month.posts, Constraints.of(month).changed(daily=(3, 2)))
    assert three.status == "infeasible" and len(three.conflict) == 1
    assert "至少 3 則貼文" in three.say()


def test_a_year_of_moments_makes_days_quiet_and_asks_for_promotions_before_the_wanted_ones(month: Month) -> None:
    year = moments(month.days[0].year)
    name, day = next((n, d) for d, n in year.quiet_days().items())
    days = pd.date_range(pd.Timestamp(day) - pd.Timedelta(days=6), periods=14)
    posts = month.posts.assign(approved_on=days[0], expires_on=pd.NaT, must=False)
    given = Constraints(days, pd.DataFrame(8.0, index=days, columns=month.hours.columns))
    kept = given.with_year(year, [name], before=3)
    out = schedule(posts, kept).table.query("pillar == 'promo'")["publish_at"].dt.tz_localize(None).dt.normalize()
    assert len(out) and day not in set(out.dt.date)
    assert out.between(pd.Timestamp(day) - pd.Timedelta(days=2), pd.Timestamp(day)).any()
    with pytest.raises(TableError, match="沒有「年終慶」"):
        given.with_year(year, ["年終慶"])


def test_an_empty_month_of_a_person_is_named_with_the_post_that_needs_it(month: Month) -> None:
    posts = month.posts.copy()
    film = posts.index[posts["work"].map(lambda work: "boyu" in work)][0]
    posts.loc[film, "must"] = True
    posts.loc[film, ["approved_on", "expires_on"]] = [month.days[0], pd.NaT]
    found = schedule(posts, Constraints.of(month).changed(hours=month.hours.assign(boyu=0.0)))
    assert any("柏宇的工時" in rule for rule in found.conflict)
    assert any(str(posts.loc[film, "post_id"]) in rule for rule in found.conflict)
    with pytest.raises(KitError, match="排不出來"):
        found.binding()


def test_binding_names_who_is_short(month: Month, best: Schedule) -> None:
    table = best.binding(("resource",))
    assert set(table.columns) == {"rule", "one_more", "gain", "at_most"}
    assert (table["gain"] <= table["at_most"] + 1e-6).all()
    assert table["rule"].str.contains("工時").all()


def few(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"post_id": ["a", "b"], "platform": "instagram", **columns})


DAYS = pd.date_range("2026-02-01", periods=7)
FREE = Constraints(DAYS, pd.DataFrame({"aluo": 1.0}, index=DAYS))


@pytest.mark.parametrize(
    ("posts", "given", "says"),
    [
        (few(hours=[-1, 1], owner="aluo"), FREE, "第 1 列的 hours"),
        (few(work=[{"aluo": 1}, {"aluo": -2}]), FREE, "第 2 列的 work"),
        (few(approved_on=["2026-02-03", "2026-02-31"]), FREE, "沒有「2026-02-31」這一天：第 2 列"),
        (few(approved_on="2026-02-05", expires_on="2026-02-04"), FREE, "比核可日"),
        (few(post_id=["a", "a"]), FREE, "重複"),
        (few(platform="myspace"), FREE, "不認得這個平台"),
        (few(value=[1, "很多"]), FREE, "第 2 列的 value"),
        (few(hours=1, owner="nobody"), FREE, "工時表裡沒有"),
        (few(hours=1, owner=""), FREE, "沒有負責人"),
        (few(), FREE.changed(days=DAYS[::2]), "要連續"),
        (few(hours=1, owner="aluo"), FREE.changed(hours=FREE.hours.iloc[:3]), "少了 2026-02-04"),
        (few(), FREE.changed(moments=pd.DataFrame({"name": ["節"], "date": ["2026-02-30"]})), "沒有「2026-02-30」"),
        (few(), FREE.changed(bans=[("a", "z", 2)]), "沒有這一項"),
        (few(), FREE.changed(slots=pd.DataFrame({"platform": ["instagram"], "weekday": [0], "hour": [25], "factor": [1.0]})), "0 到 23 時"),
        (few().drop(columns="platform"), FREE, "少了欄位 platform"),
        (pd.DataFrame({"post_id": np.arange(10_000), "platform": "line"}), FREE, "10,000 則"),
        ([1, 2], FREE, "要的是一張表"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_with_their_reason(posts: pd.DataFrame, given: Constraints, says: str) -> None:
    with pytest.raises(KitError, match=says):
        schedule(posts, given)


def test_the_least_a_team_can_give_is_enough() -> None:
    found = schedule(few(), FREE)
    assert (len(found.table), found.status) == (2, "optimal")
    late = schedule(few(expires_on="2026-01-15", approved_on="2026-01-01"), FREE)
    assert len(late.table) == 0 and late.left["why"].str.contains("沒有它能發的日子").all()


def test_the_picture_says_what_it_shows(best: Schedule) -> None:
    picture = best.plot()
    assert "排進" in repr(picture) and best.say() in repr(picture)
