"""Hiring creators and asking customers: the same for a seed, exact sets, fakes against the truth, words that are missing."""

import numpy as np
import pandas as pd
import pytest

from xiaobian.analytics import creator_scores
from xiaobian.analytics.churn.scores import auc
from xiaobian.errors import AnswerError, NotFound, TableError
from xiaobian.planning import creators as c
from xiaobian.planning.creators.choosing import discounts
from xiaobian.planning.creators.contacts import ANSWERS, COLUMNS, GROUNDS
from xiaobian.planning.creators.deliverables import workdays_between, workdays_from
from xiaobian.planning.creators.incentive import month

SEEDS = (1, 2, 3)
BUDGET = 40_000


@pytest.fixture(scope="module")
def pools():
    return {seed: c.pool_and_truth(seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def scores(pools):
    return {seed: c.scored(pool) for seed, (pool, _) in pools.items()}


@pytest.fixture(scope="module")
def sets(pools, scores):
    return {seed: c.creator_set(pool, BUDGET, scores=scores[seed]) for seed, (pool, _) in pools.items()}


# The market.


def test_a_pool_is_the_same_for_a_seed(pools):
    pool, truth = pools[1]
    c.pool_and_truth.cache_clear()
    again, other = c.pool_and_truth(1)
    assert again.creators.equals(pool.creators) and again.overlap.equals(pool.overlap)
    assert other.creators.equals(truth.creators)
    assert not pools[2][0].creators["price_ntd"].equals(pool.creators["price_ntd"])


def test_what_is_seen_holds_no_truth(pools):
    pool, truth = pools[1]
    assert not {"fraud", "real_share", "brand_effect", "authentic_rate"} & set(pool.creators.columns)
    assert len(pool.creators) == 40 == pool.creators["name"].nunique()
    assert not set(pool.creators["creator_id"]) & set(pool.reference["creator_id"])
    assert list(truth.creators["creator_id"]) == list(pool.creators["creator_id"])


def test_overlaps_are_shares_and_alike_both_ways(pools):
    pool, truth = pools[2]
    for frame in (pool.overlap, truth.overlap):
        values = frame.to_numpy()
        assert np.allclose(values, values.T) and (values >= 0).all() and (values <= 1).all()
    off = np.triu_indices(40, 1)
    assert 0.03 < np.median(truth.overlap.to_numpy()[off]) < 0.2
    assert np.corrcoef(pool.overlap.to_numpy()[off], truth.overlap.to_numpy()[off])[0, 1] > 0.8


def test_a_list_has_a_size():
    with pytest.raises(TableError):
        c.pool(1, 900)


# Fakes.


def test_fakes_are_found_and_a_low_rate_does_not_find_them(pools, scores):
    for seed, (_, truth) in pools.items():
        report = c.fake_report(scores[seed], truth.fake)
        at = report.at(0.5)
        assert at.precision >= 0.7 and at.recall >= 0.7 and report.area > 0.9
        assert report.naive_area < 0.6
        assert "精確率" in report.say() and report.table["called"].is_monotonic_decreasing


def test_shuffled_truth_is_not_found(pools, scores):
    rng = np.random.default_rng(0)
    areas = []
    for seed, (_, truth) in pools.items():
        for _ in range(20):
            mixed = dict(zip(truth.fake, rng.permutation(list(truth.fake.values())), strict=True))
            areas.append(c.fake_report(scores[seed], mixed).area)
    assert 0.4 < np.mean(areas) < 0.6


def test_counting_what_was_caught():
    fake = {"a": True, "b": False, "c": True, "d": False}
    found = c.caught(["a", "b"], fake)
    assert (found.called, found.right, found.fakes, found.precision, found.recall) == (2, 1, 2, 0.5, 0.5)
    assert np.isnan(c.caught([], fake).precision) and c.caught([], fake).recall == 0
    with pytest.raises(TableError, match="名單裡沒有"):
        c.caught(["z"], fake)
    assert auc(np.array([1.0, 1.0]), np.array([True, False])) == 0.5
    assert np.isnan(auc(np.array([1.0]), np.array([True])))


def test_a_report_needs_truth_and_enough_creators(pools, scores):
    with pytest.raises(TableError, match="真相"):
        c.fake_report(scores[1], {})
    few = creator_scores(pools[1][0].creators.head(5))
    with pytest.raises(TableError, match="太少"):
        c.fake_report(few, pools[1][1].fake)


# The set.


def test_the_set_keeps_every_limit_and_is_exact(pools, sets):
    for seed, found in sets.items():
        chosen = found.table[found.table["chosen"]]
        assert chosen["price_ntd"].sum() <= BUDGET and chosen["hours"].sum() <= 30 and len(chosen) <= 5
        assert (chosen["out"] == "").all() and found.found.gap < 1e-3
        assert found.found.runner_up_value <= found.found.value and set(found.found.runner_up) != set(
            found.ids
        )
        assert all(name in found.say() for name in chosen["name"])
        assert seed in pools


def test_no_swap_is_better(sets):
    found = sets[1]
    value = dict(zip(found.given.items, found.given.values, strict=True))
    place = {name: i for i, name in enumerate(found.given.items)}

    def worth(ids):
        rows = [place[i] for i in ids]
        return sum(value[i] for i in ids) - np.triu(found.given.overlaps[np.ix_(rows, rows)], 1).sum()

    limits = found.given.limits
    for gone in found.ids:
        for new in set(found.given.items) - set(found.ids):
            ids = [i for i in found.ids if i != gone] + [new]
            if all(sum(x.costs[place[i]] for i in ids) <= x.available for x in limits.values()):
                assert worth(ids) <= found.found.value + 1e-6 * found.found.value + 1


def test_it_beats_single_numbers_in_truth(pools, sets):
    shares: dict[str, list[float]] = {"ours": [], "followers": [], "engagements": [], "raw_cost": []}
    for seed, (pool, truth) in pools.items():
        best = c.best_set(pool, truth, BUDGET).value
        shares["ours"].append(c.true_value(pool, truth, sets[seed].ids) / best)
        for by in ("followers", "engagements", "raw_cost"):
            shares[by].append(c.true_value(pool, truth, c.greedy(pool, BUDGET, by)) / best)
    mean = {name: float(np.mean(values)) for name, values in shares.items()}
    assert mean["ours"] > 0.8 and all(mean["ours"] > value for name, value in mean.items() if name != "ours")


def test_who_is_left_out_and_why(sets):
    table = sets[1].table
    assert (
        set(table["out"]) <= {"", "疑似造假", "揭露率太低", "剛接過競品"} and (table["out"] != "").sum() >= 3
    )
    assert (table.loc[table["out"] == "", "p_odd"] < 0.5).all()


def test_limits_that_cannot_be(pools, scores):
    pool = pools[1][0]
    with pytest.raises(AnswerError):
        c.creator_set(pool, 0, scores=scores[1])
    assert "沒有一位" in c.creator_set(pool, 100, scores=scores[1]).say()
    with pytest.raises(NotFound):
        c.greedy(pool, 100, "luck")
    with pytest.raises(NotFound):
        c.true_value(pool, pools[1][1], ["nobody"])


def test_people_who_follow_two_count_once_and_a_bit():
    overlap = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], index=["a", "b"], columns=["a", "b"])
    assert discounts({"a": 100.0, "b": 40.0}, overlap) == {("a", "b"): pytest.approx(0.7 * 0.5 * 40)}


def test_charts_say_what_they_show(pools, scores, sets):
    assert "真互動" in repr(sets[1].plot())
    assert "點名" in repr(c.fake_report(scores[1], pools[1][1].fake).plot())


# Contacts.


def contact(**changes):
    row = dict.fromkeys(COLUMNS, "x") | {"ground": "public", "status": "new", "review_by": "2027-01-01"}
    return pd.DataFrame([row | changes])


TODAY = pd.Timestamp("2026-03-01")


def test_a_list_in_order_has_no_problem():
    assert c.contact_problems(contact(), TODAY).empty


@pytest.mark.parametrize(
    ("table", "column", "says"),
    [
        (contact().drop(columns="ground"), "ground", "少了這一欄"),
        (contact().assign(生日="1999"), "生日", "和合作無關"),
        (contact(ground="我覺得可以"), "ground", "憑什麼"),
        (contact(source=" "), "source", "從哪裡來"),
        (contact(status="熱情"), "status", "不認得"),
        (contact(status="stop"), "contact", "不要再聯絡"),
        (contact(review_by=""), "review_by", "沒有期限"),
        (contact(review_by="2026-01-01"), "review_by", "再確認"),
    ],
)
def test_a_list_with_a_problem_is_told(table, column, says):
    found = c.contact_problems(table, TODAY)
    assert (found["欄"] == column).any() and found["問題"].str.contains(says).any()


def test_one_does_not_write_again_and_again():
    def at(day):
        return pd.Timestamp(f"2026-03-{day:02d}", tz="Asia/Taipei")

    log = [c.Contact(at(1), "kol001", "信箱", "邀請")]
    assert "不到 7 天" in c.may_contact(log, "kol001", at(4)) and c.may_contact(log, "kol002", at(4)) == ""
    assert c.may_contact(log, "kol001", at(9)) == ""
    log.append(c.Contact(at(9), "kol001", "信箱", "再問一次"))
    assert "2 次沒有回" in c.may_contact(log, "kol001", at(28))
    assert "婉拒" in c.may_contact([c.Contact(at(1), "kol003", "私訊", "邀請", "no")], "kol003", at(28))
    assert set(GROUNDS) == {"public", "asked", "agency"} and "stop" in ANSWERS


# Disclosure.


@pytest.mark.parametrize(
    "caption",
    [
        "付費合作｜嶼穗的米穀戚風，切開會回彈",
        "這篇是廣告。冷泡金萱我放了一晚",
        "本篇由嶼穗茶食提供產品，感想是我自己的",
        "#業配 週六下午的生乳捲",
        "感謝邀約，與嶼穗商業合作：下午茶一個人也可以",
    ],
)
def test_plain_words_at_the_start_are_enough(caption):
    assert c.disclosure_problems(caption, label_on=True) == []


@pytest.mark.parametrize(
    ("caption", "says"),
    [
        ("謝謝嶼穗讓我當第一個吃到的人！", "不算揭露"),
        ("開箱分享～這個戚風太可以", "看不出你們有合作"),
        ("不是業配，是真的好吃", "不是業配"),
        ("戚風好吃。" * 20 + "付費合作", "摺疊之後看不到"),
        ("#戚風 #甜點 #下午茶 #嘉義美食 #ad", "一串標籤"),
    ],
)
def test_what_hides_the_tie_is_told(caption, says):
    assert any(says in problem for problem in c.disclosure_problems(caption, label_on=True))


def test_the_platforms_label_and_who_needs_none():
    assert "標籤沒有開" in c.disclosure_problems("付費合作｜戚風")[0]
    assert c.disclosure_problems("付費合作｜戚風", platform="threads") == []
    assert c.disclosure_problems("免費提供｜戚風", "gift") == [] == c.disclosure_problems("好吃", "none")
    with pytest.raises(NotFound):
        c.disclosure_problems("好吃", "cousin")
    table = c.disclosure_report([{"caption": "<b>好吃</b>", "relation": "paid"}])
    assert table["要補的"].iloc[0] and table["文案"].iloc[0] == "<b>好吃</b>"


# The timeline.


def test_the_timeline_counts_working_days_back():
    made = c.timeline(c.Deliverable("阿禾", "短影音", pd.Timestamp("2026-03-20")), pd.Timestamp("2026-03-04"))
    days = made["最晚"].tolist()
    assert days == sorted(days) and str(days[-2]) == "2026-03-20"
    assert made["還有幾個工作天"].iloc[0] < 0 < made["還有幾個工作天"].iloc[-2]
    assert str(workdays_from(pd.Timestamp("2026-02-26"), 1).date()) == "2026-03-02", (
        "27 February is a day off"
    )
    assert workdays_between(pd.Timestamp("2026-03-09"), pd.Timestamp("2026-03-06")) == -1
    with pytest.raises(AnswerError, match="已經過了"):
        c.timeline(c.Deliverable("阿禾", "x", pd.Timestamp("2026-03-01")), pd.Timestamp("2026-03-04"))


# Rights.


def test_the_template_asks_for_all_six():
    text = c.request_text(
        c.RightsRequest("小米", "3/8 那張戚風", "官網商品頁", ("官網", "IG"), 6, "hi@yusui.example", 500)
    )
    assert c.rights_problems(text) == [] and "500 元" in text and "6 個月" in text
    gift = c.request_text(
        c.RightsRequest("小米", "那張", "官網", ("官網",), 3, "hi@yusui.example", gift="一個戚風")
    )
    assert "一個戚風" in gift and c.rights_problems(gift) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("照片很美，我們拿去用喔", {"誰", "哪一則", "用在哪裡", "多久", "酬勞", "可以反悔"}),
        ("我是嶼穗小編，想把你 3/8 那張照片放在官網，可以嗎？", {"多久", "酬勞", "可以反悔"}),
        ("我是小編，這張照片放在官網 6 個月，沒有酬勞，想撤下隨時告訴我們，同意嗎？", set()),
    ],
)
def test_what_a_request_lacks(text, missing):
    found = {p.split("：")[0] for p in c.rights_problems(text)}
    assert {name for name in found if not name.startswith(("要太多", "沒有問"))} == missing


@pytest.mark.parametrize(
    "text", ["標記我們就視為同意授權", "授權我們永久使用這張照片，可以嗎", "用在任何用途，好嗎"]
)
def test_asking_too_much_is_told(text):
    assert any(p.startswith("要太多") for p in c.rights_problems(text))


def test_a_request_that_cannot_be_written():
    with pytest.raises(AnswerError, match="用多久"):
        c.request_text(c.RightsRequest("小米", "那張", "官網", ("官網",), 999, "x"))
    with pytest.raises(AnswerError, match="少了"):
        c.request_text(c.RightsRequest("", "那張", "官網", ("官網",), 9, "x"))


# Incentives.


def test_months_scatter_around_the_truth():
    asks = c.every_ask()
    assert len(asks) == 36 and len({a.label for a in asks}) == 36
    for ask in (c.Ask(), c.Ask(effort="video", reward="coupon"), c.Ask(reward="raffle", grant="vague")):
        nets = [month(ask, seed).net for seed in range(300)]
        assert np.mean(nets) == pytest.approx(c.expected(ask).net, abs=4 * np.std(nets) / 300**0.5 + 60)
    assert month(c.Ask(), 1) == month(c.Ask(), 1)


def test_most_posts_is_not_most_value():
    found = c.incentives([c.Ask(reward=r) for r in ("none", "feature", "coupon", "raffle")], months=12)
    assert "抽" in found.table.loc[found.table["posts"].idxmax(), "label"]
    assert found.table["net"].is_monotonic_decreasing and "抽" not in found.table["label"].iloc[0]
    assert "最划算" in found.say() and "最划算" in repr(found.plot())
    with pytest.raises(NotFound):
        c.Ask(reward="gold")
