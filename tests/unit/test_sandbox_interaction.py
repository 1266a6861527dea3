"""The truth of comments and of forms of interaction: what the world says, and that what is seen agrees with it."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.errors import AnswerError, NotFound, TableError
from xiaobian.sandbox import World
from xiaobian.sandbox.comment_truth import comment_rates
from xiaobian.sandbox.interaction import FORMS, SEGMENTS, Fans, compared, k_of, share, truth_of
from xiaobian.sandbox.posted import posted


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))


def test_the_expected_comment_rate_is_what_many_draws_come_to():
    world = World(4)
    plan = pd.concat([world.plan(weeks=1).head(3)] * 200, ignore_index=True).drop(columns="post_id")
    plan["published_at"] += pd.to_timedelta(np.repeat(np.arange(200) * 2, 3), "D")
    drawn = posted(world, plan)
    truth = comment_rates(world, plan)
    same = np.arange(len(plan)) % 3
    for post in range(3):
        comments, reach = (drawn.loc[same == post, name].to_numpy(float) for name in ("comments", "reach"))
        assert truth[same == post].mean() == pytest.approx(comments.sum() / reach.sum(), rel=0.12)


def test_a_question_and_a_strong_opening_bring_comments():
    world = World(4)
    plan = world.plan(weeks=1).head(1)
    rates = [
        float(comment_rates(world, plan.assign(cta=cta, hook=hook)).iloc[0])
        for cta, hook in (("none", 0.5), ("ask", 0.5), ("ask", 0.8))
    ]
    assert rates == sorted(rates) and len(set(rates)) == 3


def test_the_same_seed_is_the_same_people_and_another_is_not():
    assert Fans(5).events().equals(Fans(5).events())
    assert not Fans(5).events().equals(Fans(6).events())


def test_what_is_seen_agrees_with_the_truth():
    fans, truth = Fans(7), truth_of(Fans(7)).set_index(["segment", "form"])
    seen = fans.events(4000).groupby(["segment", "form"])[["reached", "joined", "stayed"]].sum()
    joined = truth["join"] / (1 - truth["k"])
    assert (seen["joined"] / seen["reached"]).to_numpy() == pytest.approx(
        joined[seen.index].to_numpy(), rel=0.2
    )
    assert (seen["stayed"] / seen["joined"]).to_numpy() == pytest.approx(
        truth["stay"][seen.index].to_numpy(), rel=0.25
    )


def test_a_challenge_brings_on_average_what_its_k_says():
    fans = Fans(8)
    sizes = [len(fans.challenge("local", 30, draw)) for draw in range(60)]
    assert np.mean(sizes) == pytest.approx(30 / (1 - k_of(fans, "local")), rel=0.2)
    log = fans.challenge("local", 30)
    assert (log["generation"] == 0).sum() == 30
    assert log.loc[log["generation"] > 0, "brought_by"].notna().all()


def test_the_best_form_differs_between_brands_and_the_raffle_rarely_pays():
    best = {s: {compared(Fans(seed), dict.fromkeys(SEGMENTS, "raffle")).set_index("segment")["best"][s]
                for seed in range(20)} for s in SEGMENTS}  # fmt: skip
    assert all(len(found) >= 2 for found in best.values())
    raffle = np.mean([share(Fans(seed), dict.fromkeys(SEGMENTS, "raffle")) for seed in range(20)])
    assert raffle < 0.3


def test_the_truth_opens_after_a_choice_and_the_first_counts():
    fans = Fans(9)
    with pytest.raises(AnswerError, match="還沒有你的選擇"):
        fans.reveal()
    fans.commit(dict.fromkeys(SEGMENTS, "poll"))
    assert "第一次" in fans.commit(dict.fromkeys(SEGMENTS, "qa"))
    opened = fans.reveal()
    assert set(opened["chosen"]) == {"poll"} and (opened["lost"] >= 0).all()


def test_mistakes_are_told():
    with pytest.raises(NotFound, match="沒有「dance」"):
        Fans(1).commit({"sweet": "dance"})
    with pytest.raises(AnswerError, match="送禮族"):
        Fans(1).commit({"sweet": "poll", "health": "qa", "local": "qa"})
    with pytest.raises(TableError):
        Fans(1).events(0)
    with pytest.raises(NotFound, match="可用的有"):
        Fans(1).challenge("everybody")
    assert set(FORMS) == set(truth_of(Fans(1))["form"])
