"""Sessions: nothing is lost between clicks and report, and what hides in direct is known."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox import sessions
from xiaobian.sandbox.parameters import load
from xiaobian.tables import problems

P = load()
DAYS = pd.date_range("2026-01-01", periods=365)
PLATFORMS = list(P["sessions.untagged"])


def clicks(number=60, days=DAYS):
    return pd.DataFrame(
        {
            "date": np.repeat(days, len(PLATFORMS)),
            "platform": np.tile(PLATFORMS, len(days)),
            "campaign": "spring",
            "page": "/shop/roll",
            "link_clicks": number,
        }
    )


def drawn(frame=None, days=DAYS, parameters=P, seed=1):
    frame = clicks() if frame is None else frame
    return sessions.sessions_table(parameters, np.random.default_rng(seed), frame, days)


TABLE, TRUTH = drawn()


def of(medium, table=TABLE):
    return table[table["medium"] == medium]


def test_the_table_is_as_declared():
    assert problems(TABLE, "sessions") == []
    assert not TABLE.duplicated(["date", "source", "medium", "campaign", "page"]).any()
    assert (TABLE["sessions"] > 0).all()
    assert (TABLE["engaged_sessions"] <= TABLE["sessions"]).all()
    assert TABLE["date"].nunique() == len(DAYS)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_sessions_are_lost_and_hidden_at_the_declared_rates(platform):
    sums = TRUTH[TRUTH["platform"] == platform].sum(numeric_only=True)
    assert sums["sessions"] / sums["link_clicks"] == pytest.approx(P["sessions.arrive"], abs=0.01)
    hidden = sums["direct"] + sums["referral"]
    assert hidden / sums["sessions"] == pytest.approx(P["sessions.untagged"][platform], abs=0.02)
    named = P["sessions.untagged_referral"][platform]
    assert sums["referral"] / hidden == pytest.approx(named, abs=0.04)


def test_the_report_and_the_truth_add_up():
    social = of("social").groupby("source")["sessions"].sum()
    assert social.to_dict() == TRUTH.groupby("platform")["tagged"].sum().to_dict()
    referral = of("referral").groupby("source")["sessions"].sum()
    for platform, source in sessions.REFERRERS.items():
        assert referral[source] == TRUTH.loc[TRUTH["platform"] == platform, "referral"].sum()
    in_social = of("social")["key_events"].sum()
    elsewhere = TRUTH["key_events_direct"].sum() + TRUTH["key_events_referral"].sum()
    assert in_social + elsewhere == TRUTH["key_events"].sum()


def test_direct_is_the_baseline_and_what_hides_in_it():
    """The landing page of the links has no baseline, so all direct sessions there are hidden ones."""
    there = of("(none)")[of("(none)")["page"] == "/shop/roll"]
    assert there["sessions"].sum() == TRUTH["direct"].sum()
    assert there["key_events"].sum() == TRUTH["key_events_direct"].sum()
    home = of("(none)")[of("(none)")["page"] != "/shop/roll"]
    assert home["sessions"].sum() / len(DAYS) == pytest.approx(P["sessions.baseline"]["direct"], rel=0.03)


def test_last_click_by_tags_understates_line_most():
    """What a report by tags credits to a platform against what it brought: LINE loses most."""
    sums = TRUTH.groupby("platform")[["tagged", "sessions"]].sum()
    assert (sums["tagged"] / sums["sessions"]).idxmin() == "line"


def test_rates_differ_by_kind_of_visitor():
    for name, rows in (("social", of("social")), ("organic", of("organic"))):
        rows = rows[rows["source"] != "line"]
        rate = rows["key_events"].sum() / rows["sessions"].sum()
        assert rate == pytest.approx(P["sessions.key_event"][name], rel=0.1), name
        engaged = rows["engaged_sessions"].sum() / rows["sessions"].sum()
        assert engaged == pytest.approx(P["sessions.engaged"][name], rel=0.02), name


def test_weekdays_differ_as_declared():
    organic = of("organic").groupby("date")["sessions"].sum()
    found = np.log(organic.astype(float)).groupby(organic.index.day_of_week).mean()
    expected = np.array(P["sessions.weekday"])
    assert (found - found.mean()).tolist() == pytest.approx((expected - expected.mean()).tolist(), abs=0.06)


def test_without_clicks_only_the_baseline_is_left():
    table, truth = drawn(clicks(0))
    assert set(table["medium"]) == {medium for _, medium, _ in sessions.BASELINE.values()}
    assert truth[["sessions", "key_events"]].to_numpy().sum() == 0
    table, truth = drawn(clicks().iloc[:0])
    assert len(truth) == 0
    assert len(table) > 0


@pytest.mark.parametrize("change", [lambda f: f.drop(columns="page"), lambda f: f.assign(page=pd.NA)])
def test_a_link_without_campaign_or_page(change):
    frame = change(clicks(500, DAYS[:1])).assign(campaign=pd.NA)
    table, _ = drawn(frame, DAYS[:1])
    rows = of("social", table)
    assert set(rows["campaign"]) == {sessions.NO_CAMPAIGN}
    assert set(rows["page"]) == {"/"}


def test_same_seed_same_report():
    for one, two in zip(drawn(seed=4), drawn(seed=4), strict=True):
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (clicks().drop(columns="campaign"), "campaign"),
        (clicks().assign(platform="radio"), "radio"),
        (clicks().assign(link_clicks=-1), "連結點擊數"),
        (clicks().assign(link_clicks=pd.NA), "連結點擊數"),
        (clicks().assign(date=pd.Timestamp("2030-01-01")), "日期"),
    ],
)
def test_wrong_clicks_are_refused(frame, words):
    with pytest.raises(TableError, match=words):
        drawn(frame)
