"""The sample exports: the same bytes from the same seed, and the story that the KPI lesson tells with them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from xiaobian import datasets, tables
from xiaobian.exports import clock, samples
from xiaobian.exports.sample_captions import sources
from xiaobian.exports.sample_files import CELLS, FILES, render

POSTS, DAYS = (samples.build()[name] for name in ("posts", "account_days"))
DESIGN = {name: value for name, (value, _) in samples.DESIGN.items()}


def own_instagram(seed: int | None = None) -> pd.DataFrame:
    """Instagram posts of the brand with engagements, followers of the day and rates, as plain floats."""
    truth = samples.build(seed)
    posts, days = truth["posts"], truth["account_days"]
    handle = datasets.brand()["accounts"]["instagram"]["handle"]
    posts = posts[(posts["platform"] == "instagram") & (posts["account"] == handle)].copy()
    posts["engagements"] = sum(posts[name].astype(float) for name in ("likes", "comments", "shares", "saves"))
    posts["reach"], posts["views"] = posts["reach"].astype(float), posts["views"].astype(float)
    posts["date"] = posts["published_at"].dt.tz_localize(None).dt.normalize().astype(tables.DATE)
    followers = days.set_index(["platform", "date"])["followers"].astype(float).rename("followers")
    posts = posts.join(followers, on=["platform", "date"])
    posts["by_reach"] = posts["engagements"] / posts["reach"]
    posts["by_followers"] = posts["engagements"] / posts["followers"]
    posts["week"] = (posts["date"] - pd.Timestamp(DESIGN["first_week"])).dt.days // 7
    return posts


def test_another_seed_is_another_world_and_the_same_seed_the_same():
    again, other = samples.build(DESIGN["seed"]), samples.build(7)
    pd.testing.assert_frame_equal(again["posts"], POSTS)
    assert not other["posts"]["reach"].equals(POSTS["reach"])


def test_the_truth_keeps_the_rules_of_the_tables():
    assert tables.problems(POSTS, "posts") == [] and tables.problems(DAYS, "account_days") == []
    assert POSTS["published_at"].min() >= pd.Timestamp(DESIGN["first_day"], tz="Asia/Taipei")
    assert POSTS["published_at"].max() < pd.Timestamp(
        DESIGN["last_day"] + timedelta(days=1), tz="Asia/Taipei"
    )


def test_followers_add_up_and_cover_every_day():
    for platform, days in DAYS.groupby("platform"):
        assert len(days) == (DESIGN["last_day"] - DESIGN["first_day"]).days + 1
        followers = days["followers"].astype(int)
        change = (days["gained"] - days["lost"]).astype(int)
        assert followers.iloc[0] - change.iloc[0] == DESIGN["followers"][platform]
        assert followers.diff().iloc[1:].tolist() == change.iloc[1:].tolist()
        assert followers.iloc[-1] > followers.iloc[0]
    kept = pd.read_csv(datasets.path("account_days.csv"), parse_dates=["date"])
    assert kept["followers"].tolist() == DAYS["followers"].tolist()
    assert set(kept["account"]) <= set(POSTS["account"])


@pytest.mark.parametrize("seed", [DESIGN["seed"], 1, 2, 3])
@pytest.mark.parametrize("how", ["ratio of sums", "median of posts"])
def test_the_ranking_of_formats_flips_with_the_denominator(seed, how):
    posts = own_instagram(seed)
    groups = posts.groupby("format")
    if how == "ratio of sums":
        reach = groups["engagements"].sum() / groups["reach"].sum()
        followers = groups["engagements"].sum() / groups["followers"].sum()
    else:
        reach, followers = groups["by_reach"].median(), groups["by_followers"].median()
    assert reach["carousel"] > 1.3 * reach["short_video"]
    assert followers["short_video"] > 1.3 * followers["carousel"]
    assert groups["reach"].median()["short_video"] > 2 * groups["reach"].median()["carousel"]
    replays = (posts["views"] / posts["reach"]).groupby(posts["format"]).median()
    assert replays["short_video"] > 1.3 * replays["carousel"]


def test_a_few_viral_posts_pull_sums_away_from_medians():
    posts = own_instagram()
    assert posts["reach"].mean() > 1.5 * posts["reach"].median()
    reels = posts[posts["format"] == "short_video"]
    assert (reels["engagements"].sum() / reels["followers"].sum()) > 1.2 * reels["by_followers"].median()
    assert 2 <= (posts["reach"] > 5 * posts.groupby("format")["reach"].transform("median")).sum() <= 6


@pytest.mark.parametrize("weekly", ["ratio of sums", "median of posts"])
def test_a_control_chart_flags_the_bad_week_and_only_that_one(weekly):
    weeks = own_instagram().groupby("week")
    rate = (
        weeks["engagements"].sum() / weeks["reach"].sum()
        if weekly == "ratio of sums"
        else weeks["by_reach"].median()
    )
    assert len(rate) == DESIGN["weeks"]
    width = 2.66 * rate.diff().abs().mean()
    outside = rate[(rate < rate.mean() - width) | (rate > rate.mean() + width)]
    bad = (DESIGN["bad_week"] - DESIGN["first_week"]).days // 7
    assert outside.index.tolist() == [bad]
    assert rate[bad] / rate.drop(bad).mean() == pytest.approx(DESIGN["bad_week_rate"], abs=0.08)


def test_captions_are_many_and_written_like_people():
    texts = sources()
    bodies = {caption["text"] for caption in texts["captions"]}
    assert len(bodies) >= 60 and len({caption["theme"] for caption in texts["captions"]}) == 6
    assert set(texts["products"]) <= set(datasets.brand()["products"])
    captions = POSTS["caption"]
    assert captions.nunique() > 0.95 * len(captions)
    for sign in ("\n", '"', ",", "#", "👇"):
        assert captions.str.contains(sign, regex=False).any(), sign
    assert captions.str.startswith("=").any() and captions.str.startswith("-").any()
    assert not captions.str.contains(r"[{}]").any()
    found = captions.map(lambda text: " ".join(re.findall(r"#(\w+)", text)))
    assert found.tolist() == POSTS["hashtags"].fillna("").tolist()


def test_instagram_ids_carry_the_publish_time_and_links_the_same_id():
    posts = POSTS[POSTS["platform"] == "instagram"]
    links = {post.post_id: post.permalink for post in samples.sample_posts(DESIGN["seed"])}
    ids = posts["post_id"].to_numpy(dtype=object)
    blank = np.full(len(ids), "", dtype=object)
    by_id = clock.instagram_times(ids, blank)
    by_link = clock.instagram_times(blank, np.array([links[i] for i in ids], dtype=object))
    assert (by_id == by_link).all()
    late = (clock.utc(pd.DatetimeIndex(posts["published_at"])) - by_id) / np.timedelta64(1, "m")
    assert late.max() <= 12 and late.min() > -1 and (late > 1).any()


def test_the_files_carry_the_quirks_of_real_ones():
    by_name = {(f.platform, f.language): (f, render(f, samples.sample_posts(DESIGN["seed"]))) for f in FILES}
    for file, data in by_name.values():
        assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\n") and b"\r" not in data
        assert re.fullmatch(r"exports/meta/\w+/Mar-01-2026_Aug-31-2026_\d{15,16}\.csv", file.path)
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        times = [row[rows[0].index(CELLS["published"][file.language == "zh"])] for row in rows[1:]]
        assert all(re.fullmatch(r"\d\d/\d\d/2026 \d\d:\d\d", text) for text in times)
        short = [row for row in rows if len(row) < len(rows[0])]
        assert len(short) == (DESIGN["ragged"] if file.platform == "facebook" else 0)
    assert by_name["facebook", "en"][1].split(b"\n")[0].count(b",Views,") == 2
    assert "資料留言".encode() in by_name["instagram", "zh"][1]
    instagram = POSTS[POSTS["platform"] == "instagram"]
    assert instagram["views"].isna().sum() == DESIGN["blank_views"]
    assert (instagram["reach"] > 3 * instagram["views"]).sum() == 1
    facebook = POSTS[POSTS["platform"] == "facebook"]
    assert (facebook["reach"] > facebook["views"]).sum() == DESIGN["reach_above_views"]


def test_times_in_the_files_are_pacific_on_both_sides_of_the_change():
    hours = {
        post.published.astimezone(ZoneInfo(clock.PACIFIC)).utcoffset()
        for post in samples.sample_posts(DESIGN["seed"])
    }
    assert hours == {timedelta(hours=-8), timedelta(hours=-7)}


def test_every_design_parameter_is_explained():
    table = samples.parameters()
    assert table["說明"].str.len().min() > 0 and table.index.is_unique
    assert {"seed", "bad_week", "instagram.carousel.rate"} <= set(table.index)
