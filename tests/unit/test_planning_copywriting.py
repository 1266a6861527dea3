"""Copy read before it goes out: asks, bait, hashtags, features, and the order by expected comment rate."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xiaobian import datasets, lint, planning
from xiaobian.datasets import SIMULATED
from xiaobian.errors import NotFound, TableError
from xiaobian.planning.copywriting.asks import KINDS, asks, main_ask, plan_word
from xiaobian.planning.copywriting.bait import EVIDENCE, bait
from xiaobian.planning.copywriting.bait import KINDS as BAITS
from xiaobian.planning.copywriting.comment_rate import comment_rate
from xiaobian.planning.copywriting.features import LABELS, Features, feature_table, features
from xiaobian.planning.copywriting.hashtags import hashtags
from xiaobian.plotting import review
from xiaobian.sandbox import World
from xiaobian.sandbox.comment_truth import comment_rates

# Written for this test, in other words than the patterns were made from.
ENDS = [
    ("颱風天你們家門口的傘架，收進來了沒？", "ask"),
    ("半糖還是無糖？", "choose"),
    ("站哪一邊，寫給小編聽。你是粽子派，還是湯圓派？", "choose"),
    ("第一次做失敗也沒關係，說說你的慘況。", "comment"),
    ("把那個總是遲到的人標出來，不，算了，放過他。", "none"),
    ("想到哪個同事，就把他標記出來。", "tag"),
    ("沖泡表放在最後一張，先存起來。", "save"),
    ("轉發給今天也在加班的人。", "share"),
    ("完整菜單，點個人檔案的連結。", "link"),
    ("數量不多，請直接下單。", "buy"),
    ("過敏的朋友，請私訊我們問成分。", "message"),
    ("還沒加好友的，先加入好友再領券。", "join"),
    ("下雨天，來店裡躲一下。", "visit"),
    ("拍下你的第一口，上傳給我們看。", "show"),
    ("今天店休一天，明天見。", "none"),
    ("有客人問我們為什麼不用鮮奶油。因為米。", "none"),
    ("一壺茶泡六小時，第七小時會苦。", "none"),
    ("新竹店的冷氣修好了，謝謝師傅。", "none"),
]


@pytest.mark.parametrize(("text", "kind"), ENDS, ids=[t[:8] for t, _ in ENDS])
def test_what_a_caption_ends_on(text, kind):
    assert main_ask(text) == kind


def test_asks_stand_where_they_say():
    text = "喜歡甜的嗎？存起來，週末照著做 #冷泡茶 https://yusui.example/tea"
    for ask in asks(text):
        assert text[slice(*ask.span)] == ask.text and ask.label == KINDS[ask.kind][0]
    assert {plan_word(kind) for kind in KINDS} <= {"none", "ask", "tag", "save", "link"}


def test_the_sandbox_plan_is_read_back_from_its_captions():
    world = World(310)
    past = world.history(weeks=8)
    table = past.posts.merge(past.plan[["post_id", "cta"]], on="post_id")
    read = [plan_word(main_ask(text)) for text in table["caption"]]
    assert np.mean(np.array(read) == table["cta"].to_numpy(str)) > 0.95


BAIT = [
    ("覺得今天太熱的就點個讚", "react"),
    ("選米的按讚，選麵的按愛心", "vote"),
    ("分享給兩位好友，現場再折十元", "share"),
    ("標註三位朋友，抽一盒生乳捲", "tag"),
    ("底下留言「我要」就寄給你", "comment"),
]
FAIR = [
    "請大家幫忙分享協尋：橘貓走失，右耳有缺角。",
    "下雨天你會喝熱的還是冰的？留言說理由。",
    "上週有三百個人替這張照片按讚，謝謝。",
    "照片標記 @yusui.tea，我們週五挑三張貼在牆上。",
    "客人留言「太甜」，所以這批減了糖。",
]


@pytest.mark.parametrize(("text", "kind"), BAIT)
def test_each_kind_of_bait_is_called_by_its_name(text, kind):
    found = bait(text)
    assert [b.kind for b in found] == [kind]
    assert text[slice(*found[0].span)] == found[0].text and found[0].label == BAITS[kind]


@pytest.mark.parametrize("text", FAIR)
def test_questions_thanks_and_calls_for_help_are_no_bait(text):
    assert bait(text) == []


PHRASES = [
    row.split("\t")
    for row in (Path(__file__).parent / "lint_bait.tsv").read_text(encoding="utf-8").splitlines()
    if not row.startswith("#")
]


def test_many_more_phrasings_are_told_apart():
    missed = [text for kind, text in PHRASES if kind == "bait" and not bait(text)]
    false = [text for kind, text in PHRASES if kind == "fair" and bait(text)]
    assert len(PHRASES) == 80 and false == []
    assert missed == ["叫你的男友出來看"]


def test_the_policy_behind_bait_is_an_evidence_card():
    card = datasets.evidence(EVIDENCE)
    assert "五種" in card.figure and len(BAITS) == 5
    assert {f"bait_{kind}" for kind in BAITS} == {
        r.id for r in lint.load("copy").rules if r.id.startswith("bait_")
    }


def test_hashtags_are_counted_against_the_platforms_own_number():
    limits = datasets.reference("platform_specs").set_index("id")["limit"]
    for platform, row in (("instagram", "instagram_hashtags"), ("threads", "threads_topic_tag")):
        most = int(limits[row])
        fine = " ".join(f"#焙茶{chr(97 + n)}" for n in range(most))
        assert hashtags(fine, platform).ok, platform
        assert "超過" in hashtags(f"{fine} #多一個", platform).problems[0]
    assert hashtags("#焙茶a #焙茶b #焙茶c #焙茶d #焙茶e #焙茶f #焙茶g", "facebook").limit is None


def test_a_limit_that_is_not_verified_says_so():
    assert "待查證" in hashtags(" ".join(f"#焙茶{n}a" for n in range(6)), "tiktok").problems[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [("#焙茶#生乳捲", "黏在一起"), ("#2026", "只有數字"), ("看這裡 # 焙茶", "沒有字"), ("#焙-茶", "斷了"),
     ("#美食", "太大"), ("#這是一個長到沒有人會搜尋的標籤", "沒有人會搜"), ("#Tea #tea", "寫了兩次")],
)  # fmt: skip
def test_what_is_wrong_with_a_tag(text, says):
    assert any(says in problem for problem in hashtags(text, "facebook").problems)


def test_a_platform_without_a_rule_is_told():
    with pytest.raises(NotFound, match="查得到的有"):
        hashtags("#茶", "ptt")


def test_features_of_a_caption():
    found = features(
        "米穀戚風放三天還能吃嗎？我們留了 3 片試給你看。\n你猜第幾天最好吃？留言告訴我們 🍰 #米穀戚風 #甜點"
    )
    assert (found.questions, found.hashtags, found.emoji, found.baits) == (2, 2, 1, 0)
    assert found.hook_question and not found.price and found.kind == "comment"
    assert found.second_person == 2 and found.first_person == 2 and found.numbers >= 2
    assert list(found.table().index) == list(LABELS.values())


def test_features_of_nothing_and_of_many():
    assert features("").sentences == 0 and features("🎉🎉").han == 0
    table = feature_table(pd.Series(["折 20 元", None, "請收藏"], index=[5, 6, 7]))
    assert list(table.index) == [5, 6, 7] and list(table.columns) == list(Features.__annotations__)
    assert table["price"].tolist() == [True, False, False]
    with pytest.raises(TableError):
        features(None)
    with pytest.raises(TableError):
        feature_table("一段文字")


# Ordering by expected comment rate

WORLD = World(41)


@pytest.fixture(scope="module")
def past():
    return WORLD.history(weeks=26)


@pytest.fixture(scope="module")
def new():
    later = WORLD.plan(weeks=4, first_week=26)
    posts = WORLD.run(later).posts
    truth = comment_rates(WORLD, later).loc[posts["post_id"].astype(str)].to_numpy()
    return posts.merge(later[["post_id", "hook", "pillar"]], on="post_id"), truth


@pytest.fixture(scope="module")
def by_text(past):
    return comment_rate(past.posts)


@pytest.fixture(scope="module")
def by_plan(past):
    return comment_rate(past.posts, past.plan)


def pairs(score, truth, group):
    right = total = 0.0
    for name in np.unique(group):
        of, true = score[group == name], truth[group == name]
        i, j = np.triu_indices(len(of), 1)
        agree = np.sign(of[i] - of[j]) * np.sign(true[i] - true[j])
        right, total = right + (agree > 0).sum() + 0.5 * (agree == 0).sum(), total + len(agree)
    return right / total


def test_the_order_is_better_than_naive_and_shuffled_labels_lose_it(past, new, by_text, by_plan):
    posts, truth = new
    group = posts["platform"].to_numpy(str)
    naive = feature_table(posts["caption"])["questions"].to_numpy(float)
    of_text = pairs(by_text.rate(posts).to_numpy(), truth, group)
    assert of_text > pairs(naive, truth, group) + 0.08
    assert pairs(by_plan.rate(posts).to_numpy(), truth, group) > of_text
    lost = np.mean(
        [
            pairs(comment_rate(dealt_anew(past.posts, n)).rate(posts).to_numpy(), truth, group)
            for n in range(4)
        ]
    )
    assert abs(lost - 0.5) < 0.12 and lost < of_text - 0.15


def dealt_anew(posts, seed):
    """Reach and comments shuffled inside each platform."""
    mixed, rng = posts.copy(), np.random.default_rng(seed)
    for platform in mixed["platform"].unique():
        rows = np.flatnonzero(mixed["platform"] == platform)
        mixed.loc[rows, ["reach", "comments"]] = mixed.loc[
            rng.permutation(rows), ["reach", "comments"]
        ].to_numpy()
    return mixed


def test_the_order_says_how_sure_it_is(new, by_text):
    posts, _ = new
    one = posts[posts["platform"] == "instagram"].head(8)
    order = by_text.order(one)
    assert order["place"].tolist() == list(range(1, 9)) and order["rate"].is_monotonic_decreasing
    assert ((order["low"] < order["rate"]) & (order["rate"] < order["high"])).all()
    assert order["over_next"].iloc[:-1].between(0.5, 1).all() and np.isnan(order["over_next"].iloc[-1])


def test_what_goes_with_comments_is_told_with_intervals(by_plan):
    found = by_plan
    effects = found.effects.set_index("name")
    assert (
        effects.loc["ask:ask", "low"] > 0
        and effects.loc["ask:tag", "low"] > 0
        and effects.loc["hook", "low"] > 0
    )
    assert "不一定是它造成的" in found.say()
    figure = found.plot()
    assert review(figure.axes[0]) == [] and figure.summary == found.say()


def test_without_reach_views_are_counted_and_own_data_is_not_called_simulated(past):
    own = past.posts.assign(account="my.shop", reach=pd.NA)
    found = comment_rate(own)
    assert any("瀏覽次數" in note for note in found.notes) and SIMULATED not in found.notes
    assert SIMULATED in comment_rate(past.posts).notes


def test_few_posts_are_not_ordered_in_words(past):
    found = comment_rate(past.posts.head(20))
    assert not found.enough and "先不排序" in found.say()


def test_bad_tables_are_told(past, new, by_plan):
    posts, _ = new
    with pytest.raises(TableError, match="觸及"):
        comment_rate(past.posts.drop(columns=["reach", "views"]))
    with pytest.raises(TableError, match="沒有一則"):
        comment_rate(past.posts.assign(reach=pd.NA, views=pd.NA))
    found = comment_rate(past.posts[past.posts["platform"] == "instagram"].head(80))
    with pytest.raises(TableError, match="學過的平台"):
        found.rate(posts)
    with pytest.raises(TableError, match="hook"):
        by_plan.rate(posts.drop(columns="hook"))


def test_the_room_offers_them():
    assert planning.features is features and planning.bait is bait and planning.comment_rate is comment_rate
