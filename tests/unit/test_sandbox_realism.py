"""How real the sandbox looks: formulas against others' formulas, and pages that must pass or fail."""

from __future__ import annotations

import re
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xiaobian import cli, datasets
from xiaobian.errors import KitError, TableError
from xiaobian.plotting import review
from xiaobian.sandbox import World
from xiaobian.sandbox.realism import models as realism_models
from xiaobian.sandbox.realism import statistics as realism_statistics
from xiaobian.sandbox.realism.check import (
    Realism,
    check_list,
    realism,
    score_against_targets,
    statistics,
    targets,
)
from xiaobian.sandbox.realism.words import width

PAGES = 40
FEW = 90  # too few posts for the classifier, which is what takes the time


@pytest.fixture(autouse=True)
def few_runs(monkeypatch):
    monkeypatch.setattr(realism_models, "NULL_RUNS", 2)
    monkeypatch.setattr(realism_models, "REAL_RUNS", 2)


@cache
def stand_in(seed: int, posts: int = 300) -> pd.DataFrame:
    """A small page population of its own: log-normal reach, beta-binomial engagement, multinomial mix."""
    rng = np.random.default_rng(seed)
    size, sd, rate = rng.lognormal(8.8, 0.7), rng.uniform(0.7, 1.1), rng.uniform(0.015, 0.03)
    mix, paid = rng.dirichlet([35, 128, 837]), rng.uniform(0.15, 0.4)
    reach = 1 + np.rint(size * np.exp(sd * rng.standard_normal(posts))).astype(int)
    engaged = rng.binomial(reach, rng.beta(60 * rate, 60 * (1 - rate), posts))
    comments, shares, likes = rng.multinomial(engaged, mix).T
    hours = np.sort(rng.uniform(0, 360 * 24, posts))
    return pd.DataFrame(
        {
            "platform": "facebook",
            "account": "page",
            "published_at": pd.Timestamp("2025-01-01", tz="Asia/Taipei") + pd.to_timedelta(hours, unit="h"),
            "format": rng.choice(["image", "link", "text"], posts),
            "is_paid": rng.random(posts) < paid,
            "reach": reach,
            "likes": likes,
            "comments": comments,
            "shares": shares,
        }
    )


@cache
def compared(seed: int) -> Realism:
    return realism(stand_in(seed), stand_in, pages=PAGES)


def changed(seed: int = 901, **columns: object) -> pd.DataFrame:
    return stand_in(seed).assign(**columns)


def row(result: Realism, name: str) -> pd.Series:
    return result.table.set_index("statistic").loc[name]


# ── the statistics ──


def test_statistics_agree_with_independent_formulas():
    posts = stand_in(900)
    engaged = (posts["likes"] + posts["comments"] + posts["shares"]).to_numpy(float)
    logs, reach = np.log(engaged[engaged > 0]), posts["reach"].to_numpy(float)
    pairs = np.abs(engaged[:, None] - engaged[None, :]).mean() / (2 * engaged.mean())
    ordered = np.sort(engaged)
    tail = stats.expon.fit(np.log(ordered[-30:] / ordered[-31]), floc=0)[1]
    rates = pd.Series(engaged / reach)
    chain = pd.Series(np.log1p(engaged))
    expected = {
        "engagement_median": np.median(engaged),
        "engagement_mean_median": engaged.mean() / np.median(engaged),
        "engagement_log_sd": stats.tstd(logs),
        "engagement_log_skew": stats.skew(logs),
        "engagement_gini": pairs,
        "engagement_top10": pd.Series(engaged).nlargest(30).sum() / engaged.sum(),
        "engagement_top20": pd.Series(engaged).nlargest(60).sum() / engaged.sum(),
        "engagement_hill": 1 / tail,
        "engagement_zero": (engaged == 0).mean(),
        "comments_zero": (posts["comments"] == 0).mean(),
        "mix_comments": posts["comments"].sum() / engaged.sum(),
        "mix_likes": posts["likes"].sum() / engaged.sum(),
        "rate_median": rates.median(),
        "rate_q1": rates.quantile(0.25),
        "rate_q3": rates.quantile(0.75),
        "rate_log_sd": np.log(rates[rates > 0]).std(),
        "paid_to_organic": rates[posts["is_paid"]].median() / rates[~posts["is_paid"]].median(),
        "rank_correlation": stats.spearmanr(reach, engaged).statistic,
        "lag1": np.corrcoef(chain.iloc[1:], chain.iloc[:-1])[0, 1],
    }
    found = statistics(posts)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name
    assert list(found.index) == list(check_list().index)


def test_known_tails_and_inequalities_are_found():
    rng = np.random.default_rng(5)
    pareto = 1000 * (1 + rng.pareto(1.7, 200_000))
    top = np.sort(pareto)[-5000:]
    assert 1 / np.log(top / top[0]).mean() == pytest.approx(1.7, rel=0.05)
    draws = [realism_statistics.hill(1000 * (1 + rng.pareto(1.7, 500))) for _ in range(300)]
    assert np.median(draws) == pytest.approx(1.7, rel=0.05)
    normal = rng.lognormal(5, 0.9, 200_000)
    assert realism_statistics.gini(normal) == pytest.approx(
        2 * stats.norm.cdf(0.9 / np.sqrt(2)) - 1, abs=0.01
    )
    assert realism_statistics.gini(np.full(40, 7.0)) == pytest.approx(0)


def test_the_order_of_time_counts_and_the_order_of_rows_does_not():
    posts = stand_in(900)
    shuffled = posts.sample(frac=1, random_state=3)
    pd.testing.assert_series_equal(statistics(posts), statistics(shuffled))
    assert statistics(shuffled.drop(columns="published_at"))["lag1"] != pytest.approx(
        statistics(posts)["lag1"]
    )


@pytest.mark.parametrize(
    ("column", "lost"),
    [
        ("reach", {"reach_gini", "rate_median", "rank_correlation", "paid_to_organic", "reach_median"}),
        ("is_paid", {"paid_to_organic"}),
        ("shares", {"mix_likes", "mix_shares", "mix_comments"}),
        ("comments", {"comments_zero", "comments_median", "comments_gini", "mix_comments"}),
    ],
)
def test_a_missing_column_is_named_and_nothing_is_dropped(column, lost):
    posts = stand_in(900)
    for without in (posts.drop(columns=column), posts.assign(**{column: None})):
        found = statistics(without)
        reasons = found.attrs["not_computable"]
        assert len(found) == len(check_list())
        assert lost <= set(reasons) and all(column in reasons[name] for name in lost)
        assert found.drop(list(reasons)).notna().all() and found[list(reasons)].isna().all()


def test_a_missing_value_is_not_a_zero():
    posts = stand_in(900).astype({"likes": "Int64"})
    posts.loc[posts.index[:50], "likes"] = pd.NA
    assert statistics(posts)["engagement_zero"] == pytest.approx(
        statistics(posts.iloc[50:])["engagement_zero"]
    )
    assert any("有 10 則" in note for note in realism(posts.iloc[40 : 40 + FEW], stand_in, pages=20).notes)


# ── pages that must pass or fail ──


def test_pages_of_the_generator_itself_pass():
    results = [compared(seed) for seed in (901, 902, 903)]
    auc = [result.auc for result in results]
    print("\nAUC", np.round(auc, 3), "inside", [round(result.share_inside, 2) for result in results])
    assert np.mean([result.share_inside for result in results]) >= 0.9
    assert np.median(auc) < 0.58
    assert sum(result.passes for result in results) >= 2
    assert all(0.4 < value < 0.65 for value in results[0].null_auc)
    assert results[0].null_inside > 0.7


def fakes() -> dict[str, pd.DataFrame]:
    posts, rng = stand_in(901), np.random.default_rng(1)
    pareto = np.rint(400 * (1 + rng.pareto(1.2, len(posts)))).astype(int)
    counts = ["reach", "likes", "comments", "shares"]
    return {
        "constant": changed(reach=5000, likes=100, comments=4, shares=15),
        "pareto": changed(reach=pareto * 20, likes=pareto, comments=pareto // 20, shares=pareto // 8),
        "shuffled": posts.assign(**{name: rng.permutation(posts[name].to_numpy()) for name in counts}),
        "swapped": posts.rename(columns={"likes": "comments", "comments": "likes"}),
    }


@cache
def fake(name: str) -> Realism:
    return realism(fakes()[name], stand_in, pages=PAGES)


@pytest.mark.parametrize("name", ["constant", "pareto", "shuffled", "swapped"])
def test_a_fake_page_fails(name):
    result = fake(name)
    assert not result.passes
    assert result.auc > max(result.null_auc), (result.auc, result.null_auc)
    assert "還不夠像" in result.say()


def test_what_is_wrong_is_named():
    shuffled, swapped = (fake(name) for name in ("shuffled", "swapped"))
    assert (
        row(shuffled, "rank_correlation")["inside"] is np.False_
        or not row(shuffled, "rank_correlation")["inside"]
    )
    assert row(shuffled, "reach_gini")["inside"]
    assert not row(swapped, "mix_comments")["inside"] and not row(swapped, "mix_likes")["inside"]
    assert "留言占" in swapped.say()


def test_the_size_of_a_page_is_given_and_not_predicted():
    """A page ten times as large with the same shape keeps its places; its medians are compared at its own size."""

    def scaled(factor: int) -> Realism:
        posts = stand_in(901).tail(FEW)
        counts = ["reach", "likes", "comments", "shares"]
        return realism(posts.assign(**{name: posts[name] * factor for name in counts}), stand_in, pages=20)

    one, ten, huge = scaled(1), scaled(10), scaled(1000)
    for name in ("engagement_median", "comments_median", "reach_gini", "rate_median"):
        assert row(ten, name)["percentile"] == row(one, name)["percentile"], name
    assert row(ten, "engagement_median")["high"] == pytest.approx(10 * row(one, "engagement_median")["high"])
    assert pd.isna(row(ten, "reach_median")["inside"]) and row(ten, "reach_median")["scale"] == "given"
    assert row(one, "comments_zero")["why"] == ""
    assert row(huge, "comments_zero")["why"] == "規模在模擬的範圍之外"


def test_without_reach_the_engagement_is_the_size():
    result = realism(stand_in(901).tail(FEW).drop(columns="reach"), stand_in, pages=20)
    assert row(result, "engagement_median")["scale"] == "given"
    assert "缺 觸及人數（reach）" in row(result, "reach_gini")["why"]
    assert result.judged >= 10


def test_a_model_of_the_wrong_world_predicts_worse():
    good = compared(901).transfer
    wrong = realism(
        stand_in(901),
        lambda seed: stand_in(seed).assign(reach=lambda p: p["reach"].to_numpy()[::-1]),
        pages=20,
    )
    assert good and wrong.transfer
    assert good.ratio < 1.1 < wrong.transfer.ratio
    assert good.low <= good.ratio <= good.high


def test_a_small_page_says_what_cannot_be_judged():
    result = realism(stand_in(901).tail(60), stand_in, pages=20)
    assert result.posts == 60 and np.isnan(result.auc) and result.transfer is None
    assert result.verdicts["classifier"] is None and result.verdicts["transfer"] is None
    assert row(result, "engagement_hill")["why"] == "貼文不到 100 則"
    assert any("只有 60 則" in note for note in result.notes)
    assert "不足以說它像" in result.say() or "還不夠像" in result.say()


def test_the_account_with_most_posts_is_compared_and_the_others_are_mentioned():
    other = stand_in(950).head(40).assign(account="another")
    mixed = pd.concat([other, stand_in(901).tail(FEW)], ignore_index=True)
    result = realism(mixed, stand_in, pages=20)
    assert result.posts == FEW and result.page == "Facebook・page"
    assert any("有 2 頁" in note for note in result.notes)


def test_the_same_seed_gives_the_same_answer():
    first, again = (realism(stand_in(902).tail(120), stand_in, pages=20, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, again.table)
    assert (first.auc, first.null_auc, first.transfer) == (again.auc, again.null_auc, again.transfer)
    assert realism(stand_in(902).tail(120), stand_in, pages=20, seed=6).auc != first.auc


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (None, "NoneType"),
        (pd.DataFrame({"reach": range(100)}), "沒有任何互動數字"),
        (pd.DataFrame({"likes": range(29)}), "只有 29 則"),
        (pd.DataFrame({"likes": ["很多"] * 50}), "不是數字"),
    ],
)
def test_what_cannot_be_compared_is_refused(posts, said):
    with pytest.raises(TableError, match=said):
        realism(posts, stand_in)


def test_too_few_pages_are_refused():
    with pytest.raises(TableError, match="19 頁太少"):
        realism(stand_in(901), stand_in, pages=19)


# ── the published facts ──


def test_every_published_fact_is_scored_or_says_why_not():
    facts, score = targets(), score_against_targets(stand_in, pages=40, posts=300)
    assert list(score["id"]) == list(facts["id"])
    assert (score["inside"].isna() == (score["why"] != "")).all()
    assert set(facts["statistic"].dropna()) <= set(check_list().index)
    assert score["inside"].notna().sum() >= 20
    judged = score[score["inside"].notna()]
    within = (judged["low"] <= judged["value"]) & (judged["value"] <= judged["high"])
    assert (within == judged["inside"]).all()


def test_a_generator_without_spread_misses_the_published_facts():
    def flat(seed: int) -> pd.DataFrame:
        return stand_in(seed).assign(reach=5281, likes=104, comments=3, shares=16)

    score, good = (score_against_targets(make, pages=20, posts=300) for make in (flat, stand_in))
    assert score["inside"].sum() < good["inside"].sum()


# ── words, chart, command ──


def test_the_chart_says_what_it_shows():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = compared(901).plot()
        figure.draw_without_rendering()
    assert not review(figure.axes[0])
    assert "n = 300 則" in repr(figure)


def test_the_table_is_aligned_for_wide_characters():
    lines = str(compared(901)).splitlines()[1 : len(check_list()) + 2]
    ends = {width(re.split(r"  [✓✗–判]", line)[0]) for line in lines}
    assert len(ends) == 1


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "貼文.csv"
    stand_in(901).tail(FEW).to_csv(path, index=False)
    return path


def test_the_command_prints_and_writes_nothing(file, capsys):
    before = sorted(file.parent.iterdir())
    assert cli.main(["realism", str(file), "--pages", "20"]) == 0
    printed = capsys.readouterr().out
    assert "真實度｜" in printed and "結論：" in printed and "觸及的吉尼係數" in printed
    assert sorted(file.parent.iterdir()) == before


def test_the_command_writes_a_page_when_asked(file, capsys):
    assert cli.main(["realism", str(file), "--pages", "20", "--html", str(file.parent / "真實度.html")]) == 0
    text = (file.parent / "真實度.html").read_text("utf-8")
    assert "逐項統計" in text and "data:image/png" in text
    assert "真實度.html" in capsys.readouterr().out


def test_the_command_reads_exports_and_plain_tables_alike(tmp_path, capsys):
    export = datasets.sample("instagram")
    assert cli.main(["realism", str(export), "--pages", "20"]) == 0
    assert "Instagram" in capsys.readouterr().out
    bare = tmp_path / "bare.csv"
    stand_in(901).tail(FEW)[["reach", "likes", "comments"]].to_csv(bare, index=False)
    assert cli.main(["realism", str(bare), "--pages", "20"]) == 0
    printed = capsys.readouterr().out
    assert "照欄名讀成貼文表" in printed and "沒有發佈時間" in printed and "缺 分享數（shares）" in printed


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "missing.csv"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "photo.csv"),
        ("few.csv", "likes,reach\n" + "3,100\n" * 12, "只有 12 則"),
        ("no.csv", "name,price\na,3\n" * 40, "no.csv"),
        ("words.csv", "likes,reach\n" + "很多,100\n" * 50, "不能存成"),
        ("times.csv", "likes,published_at\n" + "3,昨天\n" * 50, "讀不懂發佈時間"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_explained(tmp_path, capsys, name, content, said):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert cli.main(["realism", str(file), "--pages", "20"]) == 1
    captured = capsys.readouterr()
    assert said in captured.err and "Traceback" not in captured.err and captured.out == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--pages", "5"], "20–5000 的整數"),
        (["--seed", "x"], "0 以上的整數"),
        ([], "少了參數：FILE"),
    ],
)
def test_wrong_arguments_are_explained(typed, said, capsys):
    with pytest.raises(SystemExit):
        cli.main(["realism", *(["a.csv"] if typed else []), *typed])
    assert said in capsys.readouterr().err


def test_a_report_of_another_kind_is_refused_before_anything_is_read(tmp_path, capsys):
    assert cli.main(["realism", str(tmp_path / "missing.csv"), "--html", "report.docx"]) == 1
    assert "report.docx" in capsys.readouterr().err


# ── the sandbox's own pages ──


def test_pages_of_the_sandbox_can_be_compared_and_look_like_each_other():
    result = realism(World.page(4001, posts=200), pages=20)
    print("\nsandbox page: AUC", round(result.auc, 3), "inside", round(result.share_inside, 2))
    assert result.posts == 200 and result.judged >= 20
    assert result.auc < 0.65


def test_errors_are_the_kits_own():
    with pytest.raises(KitError):
        realism(pd.DataFrame(), stand_in)
