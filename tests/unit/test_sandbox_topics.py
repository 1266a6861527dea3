"""Topic volumes: what is planted is what is there, and nothing else rises for days."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import AnswerError, TableError
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.topics import RISKS, TOPICS, Burst, _pool, radar, radar_and_truth, share, topic_volumes

P = load()


def volumes(seed, p=P, **given):
    return topic_volumes(p, np.random.default_rng(seed), "2026-03-02", **given)


def test_the_same_seed_makes_the_same_series():
    pd.testing.assert_frame_equal(volumes(3)[0], volumes(3)[0])
    assert not volumes(3)[0].equals(volumes(4)[0])


def test_a_burst_ramps_peaks_and_halves():
    burst = Burst(30, 3, 6.0, 2.0)
    assert burst.peak == 32 and burst.end(0.25) == 36
    assert burst.excess([29, 30, 31, 32, 34, 36]).tolist() == pytest.approx([0, 2, 4, 6, 3, 1.5])


def test_planted_bursts_stand_above_the_days_around_them():
    table, truth = volumes(1, topics=40)
    assert 40 < len(truth) < 90
    wide = table.pivot(index="time", columns="topic", values="mentions")
    ratios = [wide.loc[row.peak, row.topic] / wide[row.topic].median() for row in truth.itertuples()]
    assert np.median(ratios) == pytest.approx(1 + truth["size"].median(), rel=0.25)
    assert truth["size"].between(*P["topics.burst_size"]).all()


def test_bursts_keep_their_distance_and_leave_a_quiet_start():
    _, truth = volumes(2, topics=60)
    assert (truth["start"] >= pd.Timestamp("2026-03-02") + pd.Timedelta(days=P["topics.warm_up"])).all()
    for _, one in truth.groupby("topic"):
        gap = one["start"].iloc[1:].to_numpy() - one["end"].iloc[:-1].to_numpy()
        assert (gap >= np.timedelta64(P["topics.burst_gap"], "D")).all()


def test_without_bursts_the_counts_are_overdispersed_and_weekly():
    calm = P.changed({"topics.bursts": 0.0, "topics.weekday_sd": 0.0})
    table, truth = volumes(5, calm, days=364, topics=20)
    assert truth.empty
    log = np.log(table["mentions"].clip(lower=1)) - np.log(
        table.groupby("topic")["mentions"].transform("mean")
    )
    by_day = log.groupby(table["time"].dt.day_of_week).mean()
    expected = np.array(P["topics.weekday"])
    assert by_day.to_numpy() - by_day.mean() == pytest.approx(expected - expected.mean(), abs=0.03)
    ratio = table.groupby("topic")["mentions"].agg(lambda x: x.var() / x.mean())
    assert ratio.min() > 3


def test_holidays_lift_every_topic_and_are_no_burst():
    day = "2026-04-15"
    calm = P.changed({"topics.bursts": 0.0})
    table, truth = volumes(6, calm, topics=30, moments=[day])
    wide = table.pivot(index="time", columns="topic", values="mentions")
    lifted = np.log(wide.loc[day] / wide.drop(index=pd.Timestamp(day)).mean())
    assert truth.empty and lifted.mean() == pytest.approx(P["topics.moment"][0], abs=0.12)


def test_hours_add_up_to_days():
    hourly, _ = volumes(7, P.changed({"topics.bursts": 0.0}), topics=5, per="hour")
    assert len(hourly) == 5 * 90 * 24
    night = hourly.loc[hourly["time"].dt.hour == 3, "mentions"].mean()
    assert hourly.loc[hourly["time"].dt.hour == 21, "mentions"].mean() > 5 * night


@pytest.mark.parametrize(("given", "said"), [({"days": 10}, "28 天"), ({"per": "week"}, "day 或 hour")])
def test_what_cannot_be_made_says_so(given, said):
    with pytest.raises(TableError, match=said):
        volumes(1, **given)


def test_a_radar_hides_what_is_true():
    seen, truth = radar_and_truth(11)
    assert len(seen.topics) == len(truth) == TOPICS and seen.topics["topic"].is_unique
    assert list(seen.topics) == ["topic", "tags", "rivals", "note"]
    assert seen.volumes["time"].max() < seen.today
    assert (truth["risk"] != "").sum() == P["topics.risky"]
    assert (truth.loc[truth["risk"] != "", "value"] < 0).all()


def test_the_biggest_curves_are_the_worst_choice():
    worth = []
    for seed in range(40):
        _, truth = radar_and_truth(seed)
        worth.append(share(truth, truth.nlargest(5, "size")["topic"]))
    assert np.median(worth) < -1


def test_every_card_has_known_tags_and_every_risk_a_reason():
    pool = _pool()
    cards = pool["safe"] + pool["risky"]
    assert len({card["text"] for card in cards}) == len(cards)
    assert {tag for card in cards for tag in card["tags"]} <= set(P["topics.interests"])
    assert {card["risk"] for card in pool["risky"]} == set(RISKS)
    assert all(card["why"] for card in pool["risky"]) and all(card["note"] for card in cards)


def test_the_truth_opens_after_a_commitment(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    seen, truth = radar(12), radar_and_truth(12)[1]
    with pytest.raises(AnswerError, match="先不打開"):
        seen.reveal()
    with pytest.raises(AnswerError, match="雷達上沒有"):
        seen.commit(["不存在"])
    good = list(truth.loc[truth["value"] > 0, "topic"])
    risky = truth.loc[truth["risk"] != "", "topic"].iloc[0]
    assert "已記下 1 個" in seen.commit([risky])
    assert "以第一次的選擇為準" in seen.commit(good)
    found = seen.reveal()
    assert found.share < 0 and risky in found.say()
    assert found.table.set_index("topic").loc[risky, "lost"] > 0.5
    assert repr(found.plot()).startswith("圖：")


def test_regret_counts_what_was_missed_and_what_was_wrongly_taken():
    from xiaobian.sandbox.topic_truth import Revealed

    _, truth = radar_and_truth(12)
    best = truth.loc[truth["value"] > 0, "topic"]
    perfect, none = Revealed(truth, tuple(best)), Revealed(truth, ())
    assert perfect.share == 1 and perfect.table["lost"].sum() == 0
    assert none.share == 0 and none.table["lost"].sum() == pytest.approx(truth["value"].clip(lower=0).sum())
    assert "一個都沒做" in none.say()
