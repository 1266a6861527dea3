"""Captions of the simulated year say what their plan says, and read like one shop's own copy."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from xiaobian import lint
from xiaobian.errors import TableError
from xiaobian.sandbox.engine import PLATFORMS
from xiaobian.sandbox.habit import draw_plan, numbered
from xiaobian.sandbox.parameters import load
from xiaobian.sandbox.words.captions import (
    FOLDER,
    SHOPS,
    captions,
    hook_level,
    lexicon,
    season_lines,
    seasons,
    texts,
)
from xiaobian.sandbox.words.templates import yaml_of
from xiaobian.sandbox.world import World
from xiaobian.tables import CTAS, EMOTIONS, FORMATS, PILLARS

START = pd.Timestamp("2025-02-24")
PRICE = re.compile(r"NT\$|元|折|免運|[買送][一二三四五六]送")
PERSONAL = re.compile("我|小編|阿洛|佩蓁|允安|柏宇|子晴|素琴")
CALLS = {"tag": re.compile("標記"), "save": re.compile("收藏"), "link": re.compile("點.*連結|連結.*點")}
QUOTED = re.compile("「[^」]*」")
EMOJI = re.compile("[\U0001f300-\U0001faff☁💢✨]")
SIMPLIFIED = set("这们没说为么来时过个还会对开关点种样听觉见买卖东车马鸟鱼龙门间问题页风飞饭馆区双节发华单")


def year_of(seed: int) -> pd.DataFrame:
    return draw_plan(load(), np.random.default_rng(seed), START, 52)


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    """A year's plan with the captions written for it, hashtags at their end apart."""
    plan = year_of(11)
    table = plan.merge(captions(np.random.default_rng(11), plan), on="post_id")
    return table.assign(
        body=[body_of(*pair) for pair in zip(table["caption"], table["hashtags"], strict=True)]
    )


def body_of(caption: str, hashtags: str | None) -> str:
    tags = "" if pd.isna(hashtags) else " ".join(f"#{tag}" for tag in str(hashtags).split())
    assert caption.endswith(tags) and "#" not in caption.removesuffix(tags)
    return caption.removesuffix(tags).strip()


def test_every_post_of_the_plan_has_one_caption(year):
    assert len(year) == len(year_of(11))
    assert year["caption"].str.len().min() > 10


def test_a_price_is_named_if_and_only_if_planned(year):
    assert (year["body"].map(lambda text: bool(PRICE.search(text))) == year["price_line"]).all()


def test_the_brand_speaks_as_a_person_if_and_only_if_planned(year):
    assert (year["body"].map(lambda text: bool(PERSONAL.search(text))) == year["personality"]).all()


@pytest.mark.parametrize("cta", CALLS)
def test_a_call_is_made_if_and_only_if_planned(year, cta):
    assert (year["body"].map(lambda text: bool(CALLS[cta].search(text))) == (year["cta"] == cta)).all()


def test_readers_are_asked_if_and_only_if_planned(year):
    asked = year["body"].map(lambda text: "？" in QUOTED.sub("", text))
    assert (asked == (year["cta"] == "ask")).all()


@pytest.mark.parametrize("kind", ["positive", "negative"])
def test_the_counted_words_are_as_many_as_planned(year, kind):
    counted = year["body"].map(lambda text: sum(text.count(word) for word in lexicon()[kind]))
    assert (counted == year[f"{kind}_words"]).mean() >= 0.95
    assert (counted - year[f"{kind}_words"]).abs().max() <= 1


def test_many_words_are_written_as_far_as_sentences_go():
    plan = year_of(1).head(20).assign(positive_words=9, negative_words=7)
    written = captions(np.random.default_rng(1), plan)["caption"]
    counted = written.map(lambda text: sum(text.count(word) for word in lexicon()["positive"]))
    assert (counted == 9).all()


def test_a_stronger_hook_opens_with_something_to_check(year):
    """Digits, as a plain reader's mark of a specific claim, rise with the hook."""
    openings = {
        level: [line.text for pillar in texts()["openings"].values() for line in pillar[level]]
        for level in ("weak", "middle", "strong")
    }
    assert min(map(len, openings.values())) >= 20
    digits = {
        level: np.mean([bool(re.search(r"\{(?!item|cake|drink|shop)|\d", text)) for text in lines])
        for level, lines in openings.items()
    }
    assert digits["weak"] == digits["middle"] == 0 < 0.7 < digits["strong"]
    assert year["hook"].map(hook_level).value_counts(normalize=True).between(0.28, 0.39).all()


def test_the_opening_is_of_the_hooks_level(year):
    def pattern(text: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text.removesuffix("。"))))

    for post in year.sample(150, random_state=1).itertuples():
        lines = texts()["openings"][post.pillar][hook_level(post.hook)]
        first = "\n".join(post.body.split("\n")[:2])
        assert any(pattern(line.text).search(first) for line in lines), post.body


def test_the_middle_is_of_the_pillar_and_emotion(year):
    for post in year.sample(150, random_state=2).itertuples():
        lines = texts()["middles"][post.pillar][post.emotion]
        fixed = [max(re.split(r"\{\w+\}", line.text.removesuffix("。")), key=len) for line in lines]
        assert any(part in post.body for part in fixed), post.body


SAYS_WHEN = {
    "母親節|媽媽": ("04-10", "05-14"),
    "端午|粽": ("05-10", "06-19"),
    "中秋|月亮|烤肉": ("08-15", "10-06"),
    "七夕": ("08-05", "08-29"),
    "冬至|湯圓": ("12-10", "12-22"),
    "畢業季": ("06-01", "06-30"),
    "父親節|八月八日": ("07-20", "08-08"),
    "三十五度|太陽大|雷陣雨": ("06-01", "09-20"),
    "春茶|清明|兒童節": ("03-01", "04-25"),
    "耶誕": ("12-10", "12-25"),
    "雙十一": ("11-01", "11-11"),
    "萬聖節": ("10-15", "10-31"),
}


@pytest.mark.parametrize("words", SAYS_WHEN)
def test_festivals_and_weather_are_named_in_their_season_only(words):
    first, last = SAYS_WHEN[words]
    days = [
        f"{day:%m-%d}"
        for day in pd.date_range(START, periods=364)
        if any(re.search(words, line.text) for line in season_lines(day))
        if not ("春茶" in words and day.month > 9)
    ]
    assert days, "the year has such a line"
    assert first <= min(days) <= max(days) <= last


def test_undated_lines_name_no_season(year):
    dated = re.compile("|".join(SAYS_WHEN).replace("媽媽|", "") + "|過年|除夕|新年|寒流|梅雨|聖誕")
    season = [line.line.text for line in seasons()]
    for text in year["body"]:
        rest = text
        for line in season:
            rest = rest.replace(line, "")
        assert not dated.search(rest), text


def test_captions_use_the_season_of_their_own_day(year):
    used = 0
    for post in year.itertuples():
        today = {line.text for line in season_lines(post.published_at.tz_localize(None).normalize())}
        for season in seasons():
            if season.line.text in post.body:
                used += 1
                assert season.line.text in today, (post.published_at, post.body)
    assert used > 200


LUNAR_DAY = {"lunar_new_year": 1, "dragon_boat": 5, "qixi": 7, "mid_autumn": 15}


def test_lunar_festivals_fall_on_their_day_of_the_moon():
    """The month's first day is within a day of the mean new moon (epoch 2000-01-06 18:14 UTC, 29.530588 days)."""
    festivals = yaml_of(FOLDER / "season.yml")["festivals"]
    for name, day_of_month in LUNAR_DAY.items():
        for date in festivals[name]:
            first = pd.Timestamp(date) - pd.Timedelta(days=day_of_month - 1) + pd.Timedelta(hours=4)
            moons = (first - pd.Timestamp("2000-01-06 18:14")) / pd.Timedelta(days=29.530588)
            assert abs(moons - round(moons)) * 29.53 < 1.3, (name, date)
    for date in map(pd.Timestamp, festivals["mother_day"]):
        assert (date.month, date.weekday(), (date.day - 1) // 7) == (5, 6, 1)
    assert {pd.Timestamp(date).strftime("%m-%d") for date in festivals["winter_solstice"]} <= {
        "12-21",
        "12-22",
    }


def test_the_greeting_suits_the_hour(year):
    for post in year[year["platform"] == "line"].itertuples():
        hour = post.published_at.hour
        word = "早" if 5 <= hour < 11 else "午安" if 11 <= hour < 18 else "晚"
        assert word in post.body.split("\n")[0]
        assert "yusui.example" in post.body


def test_platforms_have_their_register(year):
    tags = year["hashtags"].fillna("").str.split().map(len)
    by = tags.groupby(year["platform"])
    assert by.min()["instagram"] >= 3 and by.max()["instagram"] <= 8
    assert by.max()["line"] == 0
    assert (tags[year["platform"] == "threads"] == 0).mean() > 0.7
    length = year["body"].str.len().groupby(year["platform"]).mean()
    assert length["facebook"] > 1.2 * length["threads"]
    assert length["facebook"] > length["tiktok"] > 0
    lines = year.loc[year["platform"] == "threads", "body"].str.split("\n").explode()
    assert lines.str.len().quantile(0.95) <= 40


def test_half_of_the_captions_have_no_emoji(year):
    assert year["body"].map(lambda text: bool(EMOJI.search(text))).mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("seed", [3, 11])
def test_hardly_any_caption_is_a_copy(seed):
    plan = year_of(seed)
    text = captions(np.random.default_rng(seed), plan)["caption"]
    assert text.duplicated().mean() < 0.01


def test_no_caption_says_a_sentence_twice(year):
    for text in year["body"]:
        sentences = [part for part in re.split(r"[。！？\n]", text) if part.strip()]
        assert max(Counter(sentences).values()) == 1, text


def test_no_sentence_is_worn_out(year):
    """One sentence in at most 3 % of the year's captions, addresses of the shop's pages apart."""
    said = Counter(
        part
        for text in year["body"]
        for part in set(re.split(r"[。！？\n]", text))
        if len(part) > 5 and "yusui.example" not in part
    )
    assert said.most_common(1)[0][1] <= 0.03 * len(year)


def test_captions_are_written_in_taiwan(year):
    text = "\n".join(year["caption"])
    assert not SIMPLIFIED & set(text)
    assert [str(finding) for finding in lint.check(text, ("tw_words",))] == []


def test_no_caption_claims_what_food_may_not(year):
    claim = re.compile("療效|抗氧化|降血|減肥|排毒|治療|養生|保健|美白|提升免疫|助眠|無負擔|最便宜|第一名店")
    assert not year["body"].str.contains(claim).any()


def test_only_the_six_shops_are_named(year):
    town = re.compile("(?:嘉義|台南|高雄|台中|新竹|台北|桃園|民雄|新港|高鐵|文化路)老?店")
    assert set(town.findall("\n".join(year["body"]))) == set(SHOPS)


def test_the_same_draws_give_the_same_captions():
    plan = year_of(5).head(60)
    first, again = (captions(np.random.default_rng(5), plan) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert (captions(np.random.default_rng(6), plan)["caption"] != first["caption"]).mean() > 0.9


@pytest.mark.parametrize("personality", [True, False])
def test_every_combination_yields_a_caption(personality):
    cells = list(itertools.product(PLATFORMS, FORMATS, PILLARS, EMOTIONS))
    plan = pd.DataFrame(cells, columns=["platform", "format", "pillar", "emotion"])
    when = START + pd.to_timedelta(np.arange(len(plan)) * 5, "h")
    plan = plan.assign(
        published_at=when.tz_localize("Asia/Taipei"),
        cta=np.resize(list(CTAS), len(plan)),
        hook=np.resize([0.1, 0.5, 0.9], len(plan)),
        price_line=np.resize([True, False], len(plan)),
        personality=personality,
        positive_words=np.resize([0, 1, 3], len(plan)),
        negative_words=np.resize([0, 0, 1, 2], len(plan)),
    )
    written = captions(np.random.default_rng(2), numbered(plan))
    assert written["caption"].str.len().min() > 10
    assert not written["caption"].str.contains(r"[{}]").any()


def test_a_table_that_is_no_plan_is_refused():
    with pytest.raises(TableError):
        captions(np.random.default_rng(0), pd.DataFrame({"post_id": ["a"]}))


def test_twelve_hundred_captions_in_a_second():
    plan = year_of(7)
    captions(np.random.default_rng(0), plan.head(1))
    start = time.process_time()
    captions(np.random.default_rng(0), plan)
    assert time.process_time() - start < 1.0 * len(plan) / 1200


def test_a_world_of_the_running_brand_writes_captions_and_others_do_not():
    world = World(3).history(2)
    posts, again = world.posts, World(3).history(2).posts
    assert posts["post_id"].tolist() == world.plan["post_id"].tolist()
    assert posts["caption"].tolist() == again["caption"].tolist()
    bodies = [body_of(*pair) for pair in zip(posts["caption"], posts["hashtags"], strict=True)]
    assert min(map(len, bodies)) > 10
    assert World(3, "bookshop").history(2).posts["caption"].isna().all()
