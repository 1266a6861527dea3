"""KPIs: definitions, missing values, groups, intervals that cover, words that stay honest."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.analytics import kpi, with_followers
from xiaobian.analytics.groups import WEEKDAYS
from xiaobian.analytics.intervals import MIN_POSTS, ratio_interval, sorted_medians
from xiaobian.analytics.metrics import METRICS
from xiaobian.errors import KitError, NotFound, TableError
from xiaobian.exports import Export

COUNTS = [
    "reach",
    "views",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
    "link_clicks",
    "followers_at_post",
]


def posts_table(n: int = 300, seed: int = 1, missing: float = 0.0) -> pd.DataFrame:
    """Heavy-tailed posts of three platforms over half a year; Facebook reports no saves."""
    rng = np.random.default_rng(seed)
    reach = np.round(rng.lognormal(8, 1.1, n))
    posts = pd.DataFrame(
        {
            "post_id": [str(i) for i in range(n)],
            "platform": rng.choice(["facebook", "instagram", "threads"], n),
            "published_at": pd.Timestamp("2026-01-01", tz="UTC")
            + pd.to_timedelta(rng.uniform(0, 180 * 24, n), "h"),
            "format": rng.choice(["image", "carousel", "short_video"], n),
            "reach": reach,
            "views": np.round(reach * rng.uniform(1.1, 2.0, n)),
            **{
                c: rng.poisson(reach * r)
                for c, r in zip(COUNTS[2:6], (0.02, 0.002, 0.001, 0.003), strict=True)
            },
            "clicks": rng.poisson(reach * 0.01),
            "link_clicks": rng.poisson(reach * 0.004),
            "followers_at_post": rng.integers(5000, 9000, n),
        }
    )
    posts[COUNTS] = posts[COUNTS].astype("float64").mask(rng.random((n, len(COUNTS))) < missing)
    posts.loc[posts["platform"] == "facebook", "saves"] = np.nan
    return posts.astype(dict.fromkeys(COUNTS, "Int64"))


def by_hand(posts: pd.DataFrame, kpi_name: str) -> tuple[float, float, int]:
    """Ratio of sums, median of posts and n, the slow way: one post after another."""
    reports_saves = {
        p: bool(posts.loc[posts["platform"] == p, "saves"].notna().any()) for p in set(posts["platform"])
    }
    tops, unders = [], []
    for post in posts.to_dict("records"):
        parts = ["likes", "comments", "shares"] + (["saves"] if reports_saves[post["platform"]] else [])
        what = METRICS[kpi_name]
        top = [post[c] for c in (parts if what.numerator == "engagements" else [what.numerator])]
        under = post[what.denominator]
        if any(pd.isna(v) for v in top) or pd.isna(under) or under == 0:
            continue
        tops.append(sum(top))
        unders.append(under)
    rates = [t / u for t, u in zip(tops, unders, strict=True)]
    return sum(tops) / sum(unders), float(np.median(rates)), len(rates)


@pytest.mark.parametrize("name", [name for name, what in METRICS.items() if what.is_ratio])
def test_every_rate_agrees_with_the_slow_way(name):
    posts = posts_table(missing=0.1)
    posts.loc[:4, "reach"] = 0
    ratio, median, n = by_hand(posts, name)
    result = kpi(posts)
    assert result.value(name) == pytest.approx(ratio)
    assert result.value(name, "median_of_posts") == pytest.approx(median)
    assert set(result.rows(name)["n"]) == {n}
    assert 0 < n < len(posts)


@pytest.mark.parametrize("by", ["platform", ["platform", "format"], "month"])
def test_a_group_is_the_kpi_of_its_posts(by):
    posts = posts_table(missing=0.05)
    names = [by] if isinstance(by, str) else by
    month = posts["published_at"].dt.tz_convert("Asia/Taipei").dt.strftime("%Y-%m-01")
    keys = [pd.to_datetime(month) if name == "month" else posts[name] for name in names]
    whole = kpi(posts, by)
    groups = posts.groupby(keys)
    assert len(whole.rows()) == len(groups)
    for key, some in groups:
        alone = kpi(some)
        chosen = dict(zip(names, key, strict=True))
        for name in ("er_reach", "ctr", "reach"):
            for aggregate in whole.table.loc[whole.table["kpi"] == name, "aggregate"].unique():
                assert whole.value(name, aggregate, **chosen) == pytest.approx(alone.value(name, aggregate))


def test_the_order_of_the_posts_does_not_matter():
    posts = posts_table(missing=0.05)
    pd.testing.assert_frame_equal(
        kpi(posts, "platform").table, kpi(posts.sample(frac=1, random_state=2), "platform").table
    )


def test_the_table_is_tidy():
    table = kpi(posts_table(), ["platform", "format"]).table
    assert list(table.columns) == [
        "platform", "format", "kpi", "label", "aggregate", "value", "low", "high", "n", "numerator", "denominator",
    ]  # fmt: skip
    assert not table.duplicated(["platform", "format", "kpi", "aggregate"]).any()
    assert set(table["aggregate"]) == {"ratio_of_sums", "sum", "median_of_posts"}
    known = table.dropna(subset=["low"])
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    whole = table[table["aggregate"] == "ratio_of_sums"].dropna(subset=["value"])
    np.testing.assert_allclose(whole["value"], whole["numerator"] / whole["denominator"])


def test_missing_is_not_zero():
    posts = pd.DataFrame({"platform": "line", "reach": [100, 100, None, 0], "likes": [10, None, 10, 3]})
    result = kpi(posts, engagement="likes")
    assert result.value("er_reach") == 0.1
    assert result.rows("er_reach")["n"].item() == 1
    assert result.value("engagements") == 23
    assert any("3 則" in note and "互動率（互動 ÷ 觸及）" in note for note in result.notes)


def test_a_part_a_platform_never_reports_is_left_out_and_said():
    posts = pd.DataFrame(
        {
            "platform": ["facebook", "facebook", "instagram", "instagram"],
            "reach": 100,
            "likes": [10, 20, 10, 20],
            "saves": [None, None, 5, None],
        }
    )
    result = kpi(posts, "platform", engagement=["likes", "saves"])
    assert result.value("engagements", platform="facebook") == 30
    assert result.value("engagements", platform="instagram") == 15
    assert result.rows("engagements")["n"].tolist() == [2, 1]
    assert not result.comparable
    assert "Facebook 的互動＝按讚" in result.notes
    assert "Instagram 的互動＝按讚＋儲存" in result.notes
    assert any('engagement=["likes"]' in note for note in result.notes)
    assert "不能直接解讀" in kpi(posts_table(), "platform").say()
    assert "不能直接排名" in repr(kpi(posts_table(), "platform").plot())
    same = kpi(posts_table(), "platform", engagement=("likes", "comments", "shares"))
    assert same.comparable
    assert "不能直接" not in same.say() + repr(same.plot()) + "".join(same.notes)
    assert "不能直接" not in kpi(posts_table(), "platform").say("link_ctr")


def test_a_platform_without_any_engagement_stays_missing():
    posts = pd.DataFrame({"platform": ["line", "instagram"], "reach": [100, 100], "likes": [None, 4]})
    result = kpi(posts, "platform", engagement="likes")
    assert np.isnan(result.value("engagements", platform="line"))
    assert any("LINE 沒有任何互動數字" in note for note in result.notes)


def test_weeks_months_and_weekdays_are_those_of_taipei():
    utc = pd.to_datetime(["2026-03-01 15:59", "2026-03-01 16:00", "2026-02-28 15:59"]).tz_localize("UTC")
    posts = pd.DataFrame({"platform": "line", "published_at": utc, "reach": [1, 10, 100], "likes": 1})
    assert kpi(posts, "weekday", "likes").rows("reach").set_index("weekday")["value"].to_dict() == {
        "週一": 10, "週六": 100, "週日": 1,
    }  # fmt: skip
    weeks = kpi(posts, "week", "likes").rows("reach")
    assert [str(day.date()) for day in weeks["week"]] == ["2026-02-23", "2026-03-02"]
    assert weeks["value"].tolist() == [101, 10]
    assert kpi(posts, "month", "likes").rows("reach")["value"].tolist() == [100, 11]


def test_groups_come_in_reading_order_and_missing_ones_last():
    posts = posts_table()
    assert kpi(posts, "weekday").rows()["weekday"].tolist() == list(WEEKDAYS)
    assert kpi(posts, "platform").rows()["group"].tolist() == ["Facebook", "Instagram", "Threads"]
    posts.loc[posts.index[:20], "format"] = None
    assert kpi(posts, "format").rows()["group"].tolist() == ["圖片", "輪播", "短影音", "未標示"]
    assert kpi(posts, "format").rows()["n"].sum() == kpi(posts).rows()["n"].sum()


def test_a_column_of_ones_own_goes_before_a_derived_one():
    posts = posts_table(20).assign(week=["甲", "乙"] * 10)
    assert kpi(posts, "week").rows()["group"].tolist() == ["乙", "甲"]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda p: kpi(p.iloc[:0]), TableError, "空的"),
        (lambda p: kpi(p.drop(columns="platform")), TableError, "platform（平台）"),
        (lambda p: kpi(p, "formt"), TableError, "formt"),
        (lambda p: kpi(p, engagement=["like"]), NotFound, "likes"),
        (lambda p: kpi(p, engagement=[]), TableError, "likes"),
        (lambda p: kpi([1]), TableError, "list"),
        (lambda p: kpi(p.drop(columns=["likes"]), engagement="likes"), TableError, "likes（按讚數）"),
        (lambda p: kpi(p.assign(reach="很多")), TableError, "觸及人數（人）"),
        (
            lambda p: kpi(p.assign(published_at=p["published_at"].dt.tz_localize(None)), "week"),
            TableError,
            "時區",
        ),
        (lambda p: kpi(p.drop(columns="published_at"), "week"), TableError, "published_at（發佈時間）"),
        (lambda p: kpi(p).value("er"), NotFound, "er_reach"),
        (lambda p: kpi(p).value("er_reach", "mean"), NotFound, "median_of_posts"),
        (lambda p: kpi(p, "platform").value("er_reach"), NotFound, "Instagram"),
        (lambda p: kpi(p, "platform").value("er_reach", format="image"), NotFound, "0 組"),
        (lambda p: kpi(p, "post_id").plot(), TableError, "300 組"),
    ],
)
def test_a_mistake_is_told_in_one_paragraph_with_a_next_step(call, error, said):
    with pytest.raises(error) as caught:
        call(posts_table())
    assert isinstance(caught.value, KitError)
    assert said in str(caught.value)
    assert caught.value.next_step


def test_an_export_is_told_to_use_its_posts():
    with pytest.raises(TableError, match=r"\.posts"):
        kpi(Export.__new__(Export))


def test_the_learner_s_table_is_not_changed():
    posts = posts_table()
    before = posts.copy()
    kpi(posts, ["platform", "week"])
    with_followers(posts, 5000)
    pd.testing.assert_frame_equal(posts, before)


# ---- intervals -----------------------------------------------------------------------------------------------


def replicates(n: int, samples: int, spread: float, seed: int) -> tuple[pd.DataFrame, float]:
    """Samples of n posts with log-normal reach (log-sd 1.14, a real page's) and rate; the true ratio of sums."""
    rng = np.random.default_rng(seed)
    size = n * samples
    rate = 0.02 * np.exp(spread * rng.normal(size=size) - spread**2 / 2)
    reach = np.maximum(1, np.round(rng.lognormal(np.log(5000), 1.14, size)))
    likes = rng.poisson(reach * rate)
    frame = {"platform": "line", "sample": np.repeat(np.arange(samples), n), "reach": reach, "likes": likes}
    return pd.DataFrame(frame), 0.02


def coverage(result: pd.DataFrame, truth: float) -> float:
    return float(((result["low"] <= truth) & (truth <= result["high"])).mean())


def plain_delta(posts: pd.DataFrame) -> pd.DataFrame:
    """The usual interval, ratio ± 1.96 delta-method standard errors, to compare with."""
    groups = posts.groupby("sample")
    n, x, y = groups.size(), groups["reach"].sum(), groups["likes"].sum()
    error = posts["likes"] - posts["reach"] * posts["sample"].map(y / x)
    se = np.sqrt((error**2).groupby(posts["sample"]).sum() * n / (n - 1)) / x
    return pd.DataFrame({"low": y / x - 1.96 * se, "high": y / x + 1.96 * se})


@pytest.mark.parametrize(
    ("n", "spread", "least"), [(30, 0.6, 0.915), (100, 0.6, 0.925), (30, 0.94, 0.885), (100, 0.94, 0.885)]
)
def test_the_ratio_interval_covers_the_truth(n, spread, least):
    posts, truth = replicates(n, 3000, spread, seed=n)
    ours = coverage(kpi(posts, "sample", "likes").rows("er_reach"), truth)
    plain = coverage(plain_delta(posts), truth)
    print(
        f"\nratio of sums, n = {n}, log-sd of the rate {spread}: covers {ours:.3f}; plain delta method {plain:.3f}"
    )
    assert least <= ours <= 0.975
    assert ours > plain + (0.06 if n == 30 else 0.02)


@pytest.mark.parametrize("n", [MIN_POSTS, 30, 100])
def test_the_median_interval_covers_the_truth(n):
    rng = np.random.default_rng(n)
    reach = rng.lognormal(np.log(5000), 1.14, 4000 * n)
    posts = pd.DataFrame(
        {"platform": "line", "sample": np.repeat(np.arange(4000), n), "reach": reach, "likes": 1}
    )
    found = coverage(kpi(posts, "sample", "likes").rows("reach", "median_of_posts"), 5000.0)
    print(f"\nmedian, n = {n}: covers {found:.3f}")
    assert 0.942 <= found <= 0.98


def test_the_interval_forgets_nothing_when_a_group_is_alone():
    """Sufficient statistics give what the posts give: the same residual variance, computed the long way."""
    posts, _ = replicates(40, 1, 0.6, seed=9)
    x, y = posts["reach"].to_numpy(), posts["likes"].to_numpy(dtype=float)
    value, low, high = (v[0] for v in ratio_interval(*(np.array([v]) for v in _sums(x, y))))
    effective = x.sum() ** 2 / (x**2).sum()
    se = np.sqrt(np.sum((y - value * x) ** 2) * 40 / 39) / y.sum() * effective / (effective - 1)
    half = np.log(high / value)
    assert np.log(value / low) == pytest.approx(half)
    assert half / se == pytest.approx(_student(effective - 1), rel=1e-4)


def _sums(x: np.ndarray, y: np.ndarray) -> tuple[float, ...]:
    return float(len(x)), x.sum(), y.sum(), x @ x, y @ y, x @ y


def _student(degrees: float) -> float:
    """97.5 % point of Student's t by integrating its density, without scipy's own inverse."""
    grid = np.linspace(0, 60, 600_001)
    density = (1 + grid**2 / degrees) ** (-(degrees + 1) / 2)
    area = np.cumsum(density) - density / 2
    return float(np.interp(0.95 * area[-1], area, grid))


def test_no_interval_where_none_can_be_had():
    def one(reach: list[int], likes: list[int]) -> pd.Series:
        posts = pd.DataFrame({"platform": "line", "reach": reach, "likes": likes})
        return kpi(posts, engagement="likes").rows("er_reach").iloc[0]

    few, silent, giant = (
        one([100] * 5, [1, 2, 3, 4, 5]),
        one([100] * 30, [0] * 30),
        one([10**6] + [10] * 29, [9] * 30),
    )
    assert few[["low", "high"]].isna().all()
    assert few["value"] == 0.03
    assert silent[["low", "high"]].isna().all()
    assert silent["value"] == 0
    assert giant[["low", "high"]].isna().all()
    assert not one([100] * 6, [1, 2, 3, 4, 5, 6])[["low", "high"]].isna().any()


def test_the_median_interval_is_the_tightest_that_reaches_95_percent():
    from math import comb

    for n in (6, 7, 20, 51, 300):
        values = np.arange(1.0, n + 1)
        _, low, high = sorted_medians(values, np.array([0]), np.array([n]))
        rank = int(low[0])
        assert high[0] == n + 1 - rank
        outside = [2 * sum(comb(n, k) for k in range(r)) / 2**n for r in (rank, rank + 1)]
        assert outside[0] <= 0.05 < outside[1]


# ---- words, table, chart ---------------------------------------------------------------------------------------


def two_platforms(difference: float, n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    reach = np.round(rng.lognormal(8, 0.6, 2 * n))
    rate = np.repeat([0.02, 0.02 + difference], n) * rng.lognormal(0, 0.2, 2 * n)
    platform = np.repeat(["facebook", "instagram"], n)
    return pd.DataFrame({"platform": platform, "reach": reach, "likes": rng.poisson(reach * rate)})


def test_say_does_not_rank_what_overlaps():
    clear, unclear = (kpi(two_platforms(d), "platform", "likes") for d in (0.02, 0.0005))
    assert "沒有重疊" in clear.say()
    assert "Instagram 最高" in clear.say()
    assert "分不出高下" in unclear.say()
    assert "還分不出高下" in repr(unclear.plot())
    assert "最高的是 Instagram" in repr(clear.plot())


def test_say_warns_when_the_ends_were_picked_out_of_many():
    posts = two_platforms(0.03, n=200).assign(format=np.tile(["image", "video", "link", "text"], 100))
    told = kpi(posts, ["platform", "format"], "likes").say()
    assert "從 8 組裡挑出來的兩端" in told


def test_say_one_group_states_definition_number_interval_and_n():
    result = kpi(two_platforms(0.01), engagement="likes")
    told = result.say()
    row = result.rows().iloc[0]
    for part in (
        "互動率（互動 ÷ 觸及）",
        f"{row['value'] * 100:.1f}%",
        f"{row['low'] * 100:.1f}",
        "120 則",
        "95% 信賴區間",
    ):
        assert part in told
    few = kpi(two_platforms(0.01).head(4), engagement="likes").say()
    assert "不到 6 則" in few
    assert "算不出來" in result.say("ctr")


def test_text_and_html_carry_labels_notes_and_n():
    result = kpi(posts_table(), "platform")
    for shown in (repr(result), result._repr_html_()):
        for part in (
            "互動率",
            "互動 ÷ 觸及",
            "互動 ÷ 發文時粉絲數",
            "Instagram",
            "n = ",
            "不能直接比高低",
            "沒有資料",
        ):
            assert part in shown or (part == "沒有資料" and "—" in shown), part
    assert "整體／合計" in kpi(posts_table())._repr_html_()
    assert "週日" in kpi(posts_table(), "weekday")._repr_html_()


def test_html_escapes_what_the_learner_s_file_says():
    posts = posts_table(30).assign(campaign="<script>alert(1)</script>")
    assert "<script>" not in kpi(posts, "campaign")._repr_html_()


def test_long_tables_are_cut_and_say_so():
    posts = posts_table(300)
    assert "見 .table" in kpi(posts, "post_id")._repr_html_()
    assert len(repr(kpi(posts, "post_id")).splitlines()) < 60


@pytest.mark.parametrize("by", [None, "platform", "week", "month", "weekday", ["platform", "format"]])
@pytest.mark.parametrize(
    ("name", "aggregate"),
    [("er_reach", None), ("er_reach", "median_of_posts"), ("reach", "sum"), ("save_rate", None)],
)
def test_every_chart_draws_its_title_inside_the_picture(by, name, aggregate):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chart = kpi(posts_table(), by).plot(name, aggregate)
        chart.draw_without_rendering()
    (ax,) = chart.axes
    boxes = [ax._left_title.get_window_extent(), *(t.get_window_extent() for t in ax.texts)]
    assert all(box.x0 >= 0 and box.x1 <= chart.bbox.width and box.y1 <= chart.bbox.height for box in boxes)
    assert ax.get_title(loc="left")
    values = ax.get_ylim() if by in ("week", "month") else ax.get_xlim()
    assert values[0] == 0


def test_the_public_face_is_the_function():
    import xiaobian.analytics.kpi  # noqa: F401  (importing the module must not hide the function)

    assert xb.kpi is kpi
    assert callable(xb.analytics.control_chart)


# ---- followers -------------------------------------------------------------------------------------------------


def followed(times: list[str], platform: str = "line") -> pd.DataFrame:
    when = pd.to_datetime(times).tz_localize("Asia/Taipei")
    return pd.DataFrame({"platform": platform, "published_at": when, "reach": 100, "likes": 10})


DAYS = pd.DataFrame(
    {
        "platform": "line",
        "date": pd.to_datetime(["2026-03-03", "2026-03-01", "2026-03-02"]),
        "followers": [300, 100, None],
    }
)


def test_followers_come_from_the_latest_day_up_to_the_post_s_day_in_taipei():
    posts = followed(["2026-03-03 00:30", "2026-02-28 23:59", "2026-03-02 12:00", "2026-03-20 12:00"])
    posts["published_at"] = posts["published_at"].dt.tz_convert("UTC")
    filled = with_followers(posts, DAYS)
    assert filled["followers_at_post"].tolist() == [300, pd.NA, 100, 300]
    assert any("1 則貼文沒有發文時粉絲數（LINE）" in note for note in kpi(filled, engagement="likes").notes)


def test_a_number_or_a_number_a_platform():
    posts = pd.concat([followed(["2026-03-01"]), followed(["2026-03-01"], "ptt")], ignore_index=True)
    assert with_followers(posts, 5000)["followers_at_post"].tolist() == [5000, 5000]
    assert with_followers(posts, {"line": 70})["followers_at_post"].tolist() == [70, pd.NA]
    assert with_followers(posts.assign(followers_at_post=[1, None]), 9)["followers_at_post"].tolist() == [
        1,
        9,
    ]
    assert kpi(with_followers(posts, 200), engagement="likes").value("er_followers") == 0.05


def test_accounts_of_one_platform_are_kept_apart():
    days = pd.DataFrame(
        {"platform": "line", "account": ["a", "b"], "date": pd.Timestamp("2026-03-01"), "followers": [1, 2]}
    )
    posts = followed(["2026-03-02", "2026-03-02"])
    assert with_followers(posts.assign(account=["b", "a"]), days)["followers_at_post"].tolist() == [2, 1]
    with pytest.raises(TableError, match="好幾個帳號"):
        with_followers(posts, days)


def test_old_counts_are_said():
    filled = with_followers(followed(["2026-06-01"]), DAYS)
    assert "31 天以前" in "".join(filled.attrs["xiaobian_notes"])


@pytest.mark.parametrize("wrong", [0, -5, 1.5, True, {"line": "很多"}])
def test_a_count_that_is_none_is_refused(wrong):
    with pytest.raises(TableError, match="大於 0 的整數"):
        with_followers(followed(["2026-03-01"]), wrong)
