"""Creator scores: what is false stands out without labels, few posts do not win, and every component is shown."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from xiaobian.analytics import creator_scores
from xiaobian.analytics.creators.creator_scores import CreatorScores
from xiaobian.errors import NotFound, TableError
from xiaobian.plotting import review
from xiaobian.sandbox.creators import draw_creators
from xiaobian.sandbox.parameters import load

P = load()
SEEDS = range(8)


@cache
def run(seed: int, factor: float = 1.0, number: int = 300) -> tuple[CreatorScores, pd.DataFrame]:
    parameters = P
    for name in ("creators.signals", "creators.pod_comments", "creators.bought_likes", "creators.post_sd"):
        parameters = parameters.scaled(name, factor)
    seen, truth = draw_creators(parameters, np.random.default_rng(seed), number)
    result = creator_scores(seen)
    return result, result.table.merge(truth, on="creator_id")


def regret(table: pd.DataFrame, chosen: pd.DataFrame) -> float:
    """How much more the chosen ten cost an authentic engagement than the best ten, as a share."""
    return chosen["cost_per_authentic"].mean() / table["cost_per_authentic"].nsmallest(10).mean() - 1


def test_false_creators_stand_out_in_every_population():
    found = [roc_auc_score(table["fraud"] != "none", table["p_odd"]) for _, table in map(run, SEEDS)]
    rate = [roc_auc_score(t["fraud"] != "none", t["pct_engagement_rate"]) for _, t in map(run, SEEDS)]
    assert min(found) >= 0.90
    assert np.mean(rate) < 0.75


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_signals_a_quarter_weaker_or_stronger_still_tell(factor):
    found = [roc_auc_score(t["fraud"] != "none", t["p_odd"]) for _, t in (run(s, factor) for s in range(4))]
    assert np.mean(found) >= 0.90


def test_shuffled_truth_is_not_found():
    _, table = run(0)
    shuffled = np.random.default_rng(0).permutation(table["fraud"] != "none")
    assert 0.35 < roc_auc_score(shuffled, table["p_odd"]) < 0.65


def test_the_first_ten_lose_at_most_half_of_what_raw_cost_loses():
    mine = np.mean([regret(t, t.head(10)) for _, t in map(run, range(24))])
    raw = np.mean([regret(t, t.nsmallest(10, "raw_cost")) for _, t in map(run, range(24))])
    followers = np.mean([regret(t, t.nlargest(10, "followers")) for _, t in map(run, SEEDS)])
    print(f"\nregret of the top ten: {mine:.3f}, raw cost {raw:.3f}, followers {followers:.3f}")
    assert mine <= 0.5 * raw
    assert raw < followers


def test_the_upper_bound_holds_about_eight_in_ten():
    inside = np.mean([(t["cost_per_authentic"] <= t["cost_high"]).mean() for _, t in map(run, SEEDS)])
    assert 0.75 <= inside <= 0.90


def test_where_nobody_cheats_few_are_called_odd():
    honest = P.changed({"creators.fake_share": 0.0})
    odd = []
    for seed in range(6):
        seen, _ = draw_creators(honest, np.random.default_rng(seed))
        odd.append((creator_scores(seen).table["p_odd"] > 0.5).mean())
    assert np.mean(odd) <= 0.08


def test_three_lucky_posts_are_pulled_towards_the_tier_and_forty_are_not():
    seen, _ = draw_creators(P, np.random.default_rng(2), 60)
    ten = {"followers": 20_000, "price_ntd": 5000.0, "tier": "micro", "platform": "instagram"}
    for posts, name in ((3, "few"), (40, "many")):
        row = seen.iloc[[0]].assign(
            creator_id=name, posts_seen=posts, engagements=4000 * posts, likes=3300 * posts, **ten
        )
        seen = pd.concat([seen, row], ignore_index=True)
    result = creator_scores(seen)
    few, many = result.one("few"), result.one("many")
    assert few["raw_cost"] == many["raw_cost"]
    assert few["engagements"] < many["engagements"] < 4000
    assert few["cost_high"] > many["cost_high"]
    assert few["rank"] > many["rank"]


def test_percentiles_are_within_the_tier():
    result, _ = run(1)
    for _, part in result.table.groupby("tier"):
        assert part["pct_growth_spike"].max() == pytest.approx(1.0)
    assert {f"pct_{n}" for n in ("duplicate_comments", "engagement_rate", "likes_per_comment")} <= set(
        result.table
    )
    assert not [c for c in result.table if c.startswith("score")]


def test_a_short_list_is_ranked_by_cost_but_not_judged():
    seen, _ = draw_creators(P, np.random.default_rng(3), 8)
    result = creator_scores(seen)
    assert not result.judged and result.table["p_odd"].isna().all()
    assert "沒有判斷真假" in result.say() and any("reference=" in note for note in result.notes)
    more, _ = draw_creators(P, np.random.default_rng(4), 100)
    more["creator_id"] = "r" + more["creator_id"]
    judged = creator_scores(seen, reference=more)
    assert judged.judged and len(judged.table) == 8


def test_missing_signals_are_told_and_the_rest_still_works():
    seen, truth = draw_creators(P, np.random.default_rng(5))
    result = creator_scores(seen.drop(columns=["growth_spike"]))
    table = result.table.merge(truth, on="creator_id")
    assert any("單日粉絲成長最大值" in note for note in result.notes)
    assert roc_auc_score(table["fraud"].isin(["pod", "both"]), table["p_pod"]) > 0.9


def test_the_order_of_rows_does_not_matter():
    seen, _ = draw_creators(P, np.random.default_rng(6), 120)
    one, other = creator_scores(seen), creator_scores(seen.sample(frac=1, random_state=0))
    both = one.table.merge(other.table, on="creator_id", suffixes=("", "_2"))
    assert np.allclose(both["p_odd"], both["p_odd_2"])
    assert np.allclose(both["engagements"], both["engagements_2"], rtol=0.05)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda t: t.drop(columns="price_ntd"), "price_ntd"),
        (lambda t: t.iloc[:0], "空的"),
        (lambda t: t.assign(followers=0), "followers"),
        (lambda t: t.assign(creator_id="a"), "重複"),
        (lambda t: t.assign(engagements=pd.NA), "互動數"),
        (lambda t: t.to_dict(), "創作者表"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, part):
    seen, _ = draw_creators(P, np.random.default_rng(7), 30)
    with pytest.raises(TableError, match=part):
        creator_scores(change(seen))


def test_the_words_and_the_picture():
    seen, _ = draw_creators(P, np.random.default_rng(8), 60)
    result = creator_scores(seen, simulated=True)
    first = result.table["creator_id"].iloc[0]
    assert first in result.say() and "線索，不是證據" in result.say()
    assert "百分位" in result.say(first)
    with pytest.raises(NotFound, match="nobody"):
        result.say("nobody")
    figure = result.plot()
    assert not [f for f in review(figure.axes[0]) if f.severity == "error"]
    assert "島嶼沙盒模擬資料" in {t.get_text() for t in figure.texts} | {figure._supxlabel.get_text()}
