"""Creators: the truth adds up, signals inform without giving the answer away, few posts mislead."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import TableError
from xiaobian.sandbox import creators
from xiaobian.sandbox.parameters import load
from xiaobian.tables import problems

P = load()
SIGNALS = ("duplicate_comments", "top_commenters", "early_comments", "growth_spike")
WORLDS = [creators.draw_creators(P, np.random.default_rng(seed)) for seed in range(30)]


def auc(score, fake):
    """Chance that a fake one scores above an honest one."""
    ranks = pd.Series(np.asarray(score, dtype=float)).rank().to_numpy()
    fakes = int(fake.sum())
    return (ranks[fake].sum() - fakes * (fakes + 1) / 2) / (fakes * (len(fake) - fakes))


def outlying(seen):
    """A simple combination: how far above usual each signal is, squared and added."""
    logs = np.log(seen[list(SIGNALS)].astype(float) + 0.01)
    above = ((logs - logs.mean()) / logs.std()).clip(lower=0)
    return (above**2).sum(axis=1)


def all_seen():
    return pd.concat([seen for seen, _ in WORLDS], ignore_index=True)


def all_truth():
    return pd.concat([truth for _, truth in WORLDS], ignore_index=True)


def test_the_table_is_as_declared():
    for seen, truth in WORLDS[:5]:
        assert problems(seen, "creators") == []
        assert len(seen) == P["creators.number"]
        assert seen["creator_id"].tolist() == truth["creator_id"].tolist()
        assert not seen.isna().any().any()


def test_nothing_seen_names_the_fraud():
    seen, truth = WORLDS[0]
    assert set(seen).isdisjoint(set(truth) - {"creator_id"})


def test_a_fifth_are_not_what_they_seem():
    for _, truth in WORLDS:
        assert (truth["fraud"] != "none").mean() == pytest.approx(P["creators.fake_share"], abs=1e-9)
    assert set(all_truth()["fraud"]) == set(creators.FRAUDS)


def test_fraud_has_the_declared_size():
    truth = all_truth()
    bought = truth["fraud"].isin(["bought", "both"])
    low, high = P["creators.bought_followers"]
    assert (1 - truth.loc[bought, "real_share"]).between(low, high).all()
    low, high = P["creators.natural_fake"]
    assert (1 - truth.loc[~bought, "real_share"]).between(low, high).all()
    honest = truth.loc[truth["fraud"] == "none", "authentic_share"]
    assert honest.to_numpy() == pytest.approx(1)
    assert (truth.loc[truth["fraud"] != "none", "authentic_share"] < 1).all()


def test_a_simple_combination_finds_them_and_no_single_signal_does():
    single = {name: [] for name in SIGNALS}
    combined = []
    for seen, truth in WORLDS:
        fake = (truth["fraud"] != "none").to_numpy()
        combined.append(auc(outlying(seen), fake))
        for name in SIGNALS:
            single[name].append(auc(seen[name], fake))
    assert 0.90 <= np.mean(combined) <= 0.97
    assert min(combined) > 0.87
    for name, values in single.items():
        assert 0.6 < np.mean(values) < 0.9, name


def test_shuffled_truth_is_not_found():
    rng = np.random.default_rng(0)
    values = [auc(outlying(seen), rng.permutation((t["fraud"] != "none").to_numpy())) for seen, t in WORLDS]
    assert np.mean(values) == pytest.approx(0.5, abs=0.03)


def test_raw_cost_per_engagement_picks_fakes():
    picked, expected = [], []
    for seen, truth in WORLDS:
        raw = seen["price_ntd"] * seen["posts_seen"].astype(float) / seen["engagements"].astype(float)
        fake = (truth["fraud"] != "none").to_numpy()
        picked.append(fake[raw.nsmallest(10).index].mean())
        expected.append(fake.mean())
    assert np.mean(picked) > 1.5 * np.mean(expected)


@pytest.mark.parametrize("factor", [0.75, 1.25])
@pytest.mark.parametrize(
    "name", ["bought_likes", "pod_likes", "pod_comments", "signal_sd", "post_sd", "spike"]
)
def test_combining_beats_every_single_signal_also_with_other_sizes(name, factor):
    p = P.scaled(f"creators.{name}", factor)
    combined, single = [], []
    for seed in range(6):
        seen, truth = creators.draw_creators(p, np.random.default_rng(seed))
        fake = (truth["fraud"] != "none").to_numpy()
        combined.append(auc(outlying(seen), fake))
        single.append([auc(seen[signal], fake) for signal in SIGNALS])
    assert np.mean(combined) > np.mean(single, axis=0).max() + 0.03


def test_few_posts_are_rough():
    seen, truth = all_seen(), all_truth()
    honest = (truth["fraud"] == "none").to_numpy()
    expected = np.log(truth["authentic_engagements"] * seen["posts_seen"].astype(float))
    error = np.log(seen["engagements"].astype(float)) - expected
    few, many = (seen["posts_seen"] <= 6).to_numpy(), (seen["posts_seen"] >= 25).to_numpy()
    assert error[honest & few].std() > 2 * error[honest & many].std()
    repeated = seen["duplicate_comments"]
    assert repeated[honest & few].std() > 1.2 * repeated[honest & many].std()


def test_engagement_by_tier_is_the_published_level():
    truth, seen = all_truth(), all_seen()
    honest = (truth["fraud"] == "none").to_numpy()
    rate = truth["authentic_rate"] / truth["real_share"]
    for tier in ("nano", "micro", "mid", "macro"):
        middle = float(np.median(rate[honest & (seen["tier"] == tier).to_numpy()]))
        assert middle == pytest.approx(P["creators.tier_rate"][tier], rel=0.12), tier


def test_money_and_fit():
    fit = np.linspace(0, 1, 101)
    effect = creators.brand_effect(P, 100, fit, 1000, 1000)
    best = P["creators.fit_best"]
    assert fit[effect.argmax()] == pytest.approx(best, abs=0.01)
    assert (np.diff(effect[fit <= best]) > 0).all()
    assert (np.diff(effect[fit >= best]) < 0).all()
    spend = np.array([1000, 1010])
    one, more = creators.brand_effect(P, 100, 0.5, spend, 1000)
    assert np.log(more / one) / np.log(1.01) == pytest.approx(P["creators.elasticity"])


def test_cost_per_authentic_engagement_is_price_over_authentic():
    seen, truth = WORLDS[0]
    assert (truth["cost_per_authentic"] * truth["authentic_engagements"]).to_numpy() == pytest.approx(
        seen["price_ntd"].to_numpy()
    )


def test_same_seed_same_creators():
    again = creators.draw_creators(P, np.random.default_rng(0))
    for one, two in zip(again, WORLDS[0], strict=True):
        pd.testing.assert_frame_equal(one, two)


def test_no_fraud_when_none_is_asked_for():
    _, truth = creators.draw_creators(P.changed({"creators.fake_share": 0.0}), np.random.default_rng(1), 40)
    assert (truth["fraud"] == "none").all()


def test_wrong_input_is_refused():
    with pytest.raises(TableError, match="至少"):
        creators.draw_creators(P, np.random.default_rng(1), 0)
    with pytest.raises(TableError, match="契合度"):
        creators.brand_effect(P, 100, 1.5, 1000, 1000)
    with pytest.raises(TableError, match="報價"):
        creators.brand_effect(P, 100, 0.5, 1000, 0)
