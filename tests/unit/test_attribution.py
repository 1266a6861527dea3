"""Attribution: credit adds up, direct visits that follow posts are measured against the truth, silence without cause."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import attribution
from xiaobian.analytics.attribution.models import MODELS, credit
from xiaobian.errors import TableError
from xiaobian.plotting import review
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.sessions import sessions_table
from xiaobian.sandbox.world import World

P = load()
DAYS = pd.date_range("2025-02-24", periods=182)
TAGGED = P.changed({"sessions.untagged": dict.fromkeys(P["sessions.untagged"], 0.0)})


@cache
def clicks(seed: int) -> pd.DataFrame:
    posts = World(seed, "drinks").history(26).posts
    table = pd.DataFrame(
        {
            "date": posts["published_at"].dt.tz_localize(None).dt.normalize(),
            "platform": posts["platform"],
            "campaign": "x",
            "link_clicks": posts["link_clicks"].fillna(0),
        }
    )
    return table.groupby(["date", "platform", "campaign"], as_index=False).sum()


def draw(seed: int, parameters=P, days=DAYS):
    known = clicks(seed % 3)
    return (
        *sessions_table(parameters, np.random.default_rng(seed), known[known["date"].isin(days)], days),
        known,
    )


def test_the_hidden_share_is_the_truth_and_its_interval_holds_it():
    inside, bias, naive = [], [], []
    for seed in range(40):
        table, truth, known = draw(seed)
        result = attribution(table, known)
        direct = truth["direct"].sum()
        inside.append(result.hidden_low <= direct <= result.hidden_high)
        bias.append(result.hidden / direct - 1)
        seen = table.groupby("date")["sessions"].sum().reindex(DAYS, fill_value=0)
        day = known.groupby("date")["link_clicks"].sum().reindex(DAYS, fill_value=0)
        naive.append(seen[day > day.median()].sum() / direct - 1)
    print(f"\ncoverage {np.mean(inside):.2f}, bias {np.mean(bias):+.3f}, naive {np.mean(naive):+.2f}")
    assert np.mean(inside) >= 0.88
    assert abs(np.mean(bias)) <= 0.05
    assert abs(np.mean(naive)) > 0.5


def test_where_every_link_keeps_its_tag_nothing_is_found():
    sure = []
    for seed in range(20):
        table, truth, known = draw(100 + seed, TAGGED)
        assert truth["direct"].sum() == 0
        sure.append(attribution(table, known).sure)
    assert np.mean(sure) <= 0.1


def test_clicks_of_other_days_explain_nothing():
    rng, sure = np.random.default_rng(0), []
    for seed in range(20):
        table, _, known = draw(200 + seed)
        other = known.assign(date=known["date"].map(dict(zip(DAYS, rng.permutation(DAYS), strict=True))))
        sure.append(attribution(table, other).sure)
    assert np.mean(sure) <= 0.15


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_a_quarter_fewer_or_more_lost_tags_are_followed(factor):
    parameters = P.scaled("sessions.untagged", factor)
    for seed in range(300, 304):
        table, truth, known = draw(seed, parameters)
        assert attribution(table, known).hidden == pytest.approx(truth["direct"].sum(), rel=0.2)


def test_line_is_the_platform_that_hides_most():
    table, truth, known = draw(1)
    rows = attribution(table, known).platforms.set_index("platform")
    assert rows["direct"].idxmax() == "line" == truth.groupby("platform")["direct"].sum().idxmax()
    seen = truth.groupby("platform")[["tagged", "referral"]].sum()
    assert rows["tagged"].astype(int).to_dict() == seen["tagged"].to_dict()
    assert rows["referral"].astype(int).to_dict() == seen["referral"].to_dict()


@pytest.mark.parametrize("length", range(1, 7))
@pytest.mark.parametrize("model", MODELS)
def test_credit_adds_up_to_one(model, length):
    channels = [f"c{i}" for i in range(length)]
    assert sum(credit(channels, model).values()) == pytest.approx(1)


def test_credit_of_a_path_worked_by_hand():
    path = ["Organic Social", "Email", "Organic Search", "Direct"]
    assert credit(path, "last_non_direct") == {"Organic Search": 1}
    assert credit(path, "first") == {"Organic Social": 1}
    assert credit(path, "linear") == dict.fromkeys(path, 0.25)
    assert credit(path, "position") == {
        "Organic Social": 0.4,
        "Email": 0.1,
        "Organic Search": 0.1,
        "Direct": 0.4,
    }
    assert credit(["Direct", "Direct"], "last_non_direct") == {"Direct": 1}


def test_paths_are_credited_by_visitor_and_in_order_of_time():
    time = pd.to_datetime(["2026-03-03", "2026-03-01", "2026-03-02", "2026-03-01"]).tz_localize("Asia/Taipei")
    paths = pd.DataFrame(
        {
            "visitor": ["a", "a", "a", "b"],
            "time": time,
            "source": ["(direct)", "line", "google", "facebook"],
            "medium": ["(none)", "social", "organic", "social"],
            "key_events": [1, 0, 0, 0],
        }
    )
    table, _, known = draw(2)
    found = attribution(table, known, paths).table.set_index("channel")
    assert found.loc["Organic Search", "last_non_direct"] == 1 == found.loc["Organic Social", "first"]
    assert found.loc["Direct", "linear"] == pytest.approx(1 / 3)
    assert found[list(MODELS)].sum().tolist() == pytest.approx([1] * 4)


def test_it_abstains_with_a_reason():
    table, _, known = draw(3)
    assert "點擊" in attribution(table).abstained
    short = table[table["date"] < DAYS[30]]
    assert "不到 56 天" in attribution(short, known).abstained
    flat = pd.DataFrame({"date": DAYS, "platform": "line", "link_clicks": 40})
    result = attribution(table, flat)
    assert "一樣多" in result.abstained and np.isnan(result.hidden) and "先不估" in result.say()
    result.plot()


def test_a_posts_table_serves_as_clicks():
    world = World(2, "drinks").history(26)
    result = attribution(world.sessions, world.posts)
    assert result.sure and result.hidden_low > 0
    assert any("依日加總" in note for note in result.notes)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"date": [1]}),
        [1],
        pd.DataFrame({"date": [], "source": [], "medium": [], "sessions": []}),
    ],
)
def test_what_is_no_report_is_refused(table):
    with pytest.raises(TableError):
        attribution(table)


def test_clicks_and_paths_without_their_columns_are_refused():
    table, _, _ = draw(3)
    with pytest.raises(TableError, match="link_clicks"):
        attribution(table, pd.DataFrame({"platform": ["line"]}))
    with pytest.raises(TableError, match="visitor"):
        attribution(table, paths=pd.DataFrame({"time": [1]}))


def test_the_words_and_the_picture():
    table, _, known = draw(4)
    result = attribution(table, known, simulated=True)
    assert "前提" in result.say() and "%" in result.say()
    assert not [f for f in review(result.plot().axes[0]) if f.severity == "error"]
    before = table.copy()
    attribution(table, known)
    pd.testing.assert_frame_equal(table, before)
