"""The monthly report: right on planted months, silent on thin ones, self-contained, and never about causes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import xiaobian as xb
from xiaobian.analytics import kpi, monthly_report
from xiaobian.analytics.metrics import metric
from xiaobian.analytics.monthly.answers import Months, answers, decompose, posts_to_tell_apart
from xiaobian.errors import KitError, NotFound, TableError
from xiaobian.plotting.palette import HAIRLINE, PALETTE, PAPER, SECONDARY, TEXT
from xiaobian.reports import page as pages

START = pd.Timestamp("2026-01-05", tz="Asia/Taipei")
CAUSAL = ("因為", "導致", "造成", "歸功", "使得", "多虧")


def stream(
    seed: int = 1, weeks: int = 30, factor: float = 1.0, since: int = 26, each: int = 8, lift: float = 1.0
) -> pd.DataFrame:
    """Steady weeks of one account; rates are scaled by ``factor`` from week ``since`` on, carousels by ``lift``."""
    rng = np.random.default_rng(seed)
    week = np.repeat(np.arange(weeks), each)
    kind = rng.choice(["image", "carousel"], len(week))
    scale = np.where(week >= since, factor, 1.0) * np.where(kind == "carousel", lift, 1.0)
    reach = np.round(rng.lognormal(8.5, 0.5, len(week)))
    times = START + pd.to_timedelta(week * 7 * 24 + rng.uniform(0, 7 * 24, len(week)), unit="h")
    return pd.DataFrame(
        {
            "platform": "instagram", "account": "someone", "published_at": times, "format": kind, "reach": reach,
            "likes": rng.poisson(reach * 0.03 * scale * rng.lognormal(0, 0.2, len(week))),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    both = [xb.read_export(xb.datasets.sample(name)).posts for name in ("instagram", "facebook")]
    return pd.concat(both, ignore_index=True)


@pytest.fixture(scope="module")
def written(sample, tmp_path_factory):
    return monthly_report(sample, "2026-08", tmp_path_factory.mktemp("report") / "月報.html")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A month in the middle of nobody's simulated brand."""
    return monthly_report(stream(), "2026-06", tmp_path_factory.mktemp("plain") / "r.html")


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def sentences(posts: pd.DataFrame, month: str = "2026-07") -> list[str]:
    """The three sentences, without drawing a chart."""
    start = pd.Timestamp(month)
    times = posts["published_at"].dt.tz_localize(None)
    months = Months.of(posts[times < start + pd.offsets.MonthBegin(1)], start, "instagram")
    told = [one.sentence for one in answers(months, "er_reach")]
    assert not [word for word in CAUSAL for sentence in told if word in sentence]
    return told


# ── the first page ──


@pytest.mark.parametrize(("factor", "said"), [(0.4, "比平常差"), (2.2, "比平常好"), (1.0, "和平常差不多")])
def test_a_planted_month_is_judged_right(factor, said):
    good, why, _ = sentences(stream(factor=factor))
    assert good.startswith(said)
    assert ("數字真的動了" in why) == (factor != 1.0)


def test_steady_months_are_seldom_called_good_or_bad():
    told = [sentences(stream(seed))[0] for seed in range(15)]
    loud = sum(one.startswith(("比平常", "忽高忽低")) for one in told)
    assert loud <= 1, told


def test_thin_months_and_short_histories_are_not_judged():
    posts = stream()
    times = posts["published_at"].dt.tz_localize(None)
    few = pd.concat([posts[times < "2026-07-01"], posts[times >= "2026-07-01"].head(4)])
    good, why, _ = sentences(few)
    assert good.startswith("先不判斷") and "不到 6 則" in good and why.startswith("先不解釋")
    young = posts[times >= "2026-06-08"]
    good, _, _ = sentences(young)
    assert good.startswith("先不判斷") and "不到 8 週" in good and "前 1 個月" in sentences(young)[1]
    assert re.search(r"要跌超過 \d+% 才看得出來", sentences(posts)[0])
    alone = posts[times >= "2026-07-01"]
    assert "沒有貼文可以比" in sentences(alone)[1]


def test_posts_of_later_months_change_nothing(plain, tmp_path):
    posts = stream()
    early = posts[posts["published_at"].dt.tz_localize(None) < "2026-07-01"]
    assert monthly_report(early, "2026-06", tmp_path / "r.html").say() == plain.say()


def test_the_advice_follows_the_formats():
    assert sentences(stream(lift=2.0))[2].startswith("可以多排一點輪播")
    assert sentences(stream(lift=1.0, seed=4))[2].startswith(("格式先維持不動", "安排一次比較"))
    bare = stream().drop(columns="format")
    assert "標上格式" in sentences(bare)[2] and "沒辦法拆帳" in sentences(bare)[1]
    one = stream()[lambda posts: posts["format"] == "image"]
    assert sentences(one)[2].startswith("先累積資料")


def test_the_month_is_a_taipei_month_and_its_figure_is_kpis(written, sample):
    times = sample["published_at"].dt.tz_convert("Asia/Taipei")
    mine = sample[(times.dt.strftime("%Y-%m") == "2026-08") & (sample["platform"] == "instagram")]
    rows = written.table[(written.table["platform"] == "instagram") & (written.table["kpi"] == "er_reach")]
    row = rows[rows["month"] == pd.Timestamp("2026-08-01")].iloc[0]
    assert row["value"] == pytest.approx(kpi(mine).value("er_reach")) and row["posts"] == len(mine)
    assert xb.plotting.percent_text(row["value"]) in written.answers[0].sentence
    assert sorted(written.table["month"].dt.strftime("%m").unique()) == ["05", "06", "07", "08"]


def test_the_first_chart_is_titled_for_its_month_not_for_an_earlier_signal(written):
    title = written.answers[0].chart.axes[0].get_title(loc="left")
    assert title.startswith("8 月的") and "7/6" not in title


def test_its_own_charts_pass_the_chart_review(written):
    assert [xb.plotting.review(answer.chart.axes[0]) for answer in written.answers] == [[], [], []]


def test_a_platform_without_reach_is_read_by_another_rate(tmp_path):
    posts = stream().rename(columns={"reach": "views"})
    assert monthly_report(posts, "2026-07", tmp_path / "r.html").kpi == "er_views"


# ── the arithmetic ──


def test_the_split_adds_up_and_finds_what_was_planted():
    def posts(images: int, carousels: int, image: float, carousel: float) -> pd.DataFrame:
        kinds = ["image"] * images + ["carousel"] * carousels
        likes = [1000 * image] * images + [1000 * carousel] * carousels
        return pd.DataFrame({"platform": "instagram", "format": kinds, "reach": 1000, "likes": likes})

    what = metric("er_reach")
    before = posts(30, 10, 0.02, 0.06)
    for now, mix_only, own_only in (
        (posts(10, 30, 0.02, 0.06), True, False),
        (posts(30, 10, 0.01, 0.03), False, True),
        (posts(5, 20, 0.03, 0.05), False, False),
        (posts(40, 0, 0.02, 0.0), True, False),
    ):
        mix, own = decompose(now, before, what)
        change = kpi(now).value("er_reach") - kpi(before).value("er_reach")
        assert mix + own == pytest.approx(change)
        assert (own == pytest.approx(0)) == mix_only and (mix == pytest.approx(0)) == own_only


@pytest.mark.parametrize("gap", [1.05, 1.2, 1.5])
def test_so_many_posts_would_just_tell_them_apart(gap):
    def row(value: float, n: float, width: float) -> pd.Series:
        return pd.Series(
            {"value": value, "low": value * np.exp(-width), "high": value * np.exp(width), "n": n}
        )

    more = posts_to_tell_apart(row(0.03 * gap, 20, 0.4), row(0.03, 20, 0.4))
    for extra, apart in ((more + 2, True), (more - 2, False)):
        width = 0.4 * np.sqrt(40 / (40 + extra))
        assert (row(0.03 * gap, 1, width)["low"] > row(0.03, 1, width)["high"]) == apart
    assert posts_to_tell_apart(row(0.03, 20, 0.4), row(0.03, 20, 0.4)) is None


# ── the file ──


def test_the_page_is_whole_in_itself(written):
    text = written.path.read_text(encoding="utf-8")
    tags = Tags(text).found
    loaded = [v for _, a in tags for k, v in a.items() if k in ("src", "href", "srcset", "data", "action")]
    assert len(loaded) == 3 and all(v.startswith("data:image/png;base64,") for v in loaded)
    assert not re.search(r"https?://|@import|url\(", text) and "script" not in {tag for tag, _ in tags}
    assert ("html", {"lang": "zh-Hant-TW"}) in tags and "@page { size: A4 portrait" in text


def test_every_chart_has_its_sentence_as_alt_text(written):
    tags = Tags(written.path.read_text(encoding="utf-8")).found
    alts = [attributes["alt"] for tag, attributes in tags if tag == "img"]
    for alt, answer in zip(alts, written.answers, strict=True):
        assert answer.sentence in alt and answer.chart.summary == answer.sentence


def test_questions_come_first_and_definitions_last(written):
    text = written.path.read_text(encoding="utf-8")
    places = [
        text.index(part)
        for part in ("這個月好不好", "為什麼", "下個月做什麼", "<table", "<h2>定義", "<h2>資料附註")
    ]
    assert places == sorted(places)


def test_simulated_data_are_marked_and_other_data_are_not(written, plain):
    assert xb.datasets.SIMULATED in written.path.read_text(encoding="utf-8")
    assert xb.datasets.SIMULATED in written._repr_html_()
    assert xb.datasets.SIMULATED not in plain.path.read_text(encoding="utf-8") + plain._repr_html_()


def test_no_text_of_the_data_becomes_markup(tmp_path):
    posts = stream().assign(platform="<script>alert(1)</script>", format="<img src=x onerror=alert(1)>")
    report = monthly_report(posts, "2026-07", tmp_path / "r.html")
    for text in (report.path.read_text(encoding="utf-8"), report._repr_html_()):
        tags = Tags(text).found
        assert "script" not in {tag for tag, _ in tags} and not any("onerror" in a for _, a in tags)


def test_the_page_wears_the_colours_of_the_course():
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", pages._TEMPLATE.read_text(encoding="utf-8")))
    assert used <= {*PALETTE.values(), TEXT, SECONDARY, HAIRLINE, PAPER}


def test_a_pdf_is_made_by_a_browser_or_refused_with_the_way_out(tmp_path, monkeypatch):
    if pages.browser.find():
        made = monthly_report(stream(), "2026-07", tmp_path / "r.pdf").path.read_bytes()
        assert made.startswith(b"%PDF") and len(re.findall(rb"/Type /Page\b", made)) == 3
    monkeypatch.setattr(pages.browser, "find", lambda: None)
    with pytest.raises(KitError, match="用瀏覽器打開後列印"):
        monthly_report(stream(), "2026-07", tmp_path / "none.pdf")
    assert not (tmp_path / "none.pdf").exists()


@pytest.mark.parametrize(
    ("month", "options", "error", "said"),
    [
        ("七月", {}, TableError, "看不懂月份"),
        ("2025-01", {}, TableError, "2026-01、2026-02"),
        ("2026-07", {"platform": "line"}, TableError, "這個月有貼文的平台：instagram"),
        ("2026-07", {"kpi": "reach"}, TableError, "月報比的是比率"),
        ("2026-07", {"kpi": "magic"}, NotFound, "magic"),
    ],
)
def test_what_cannot_be_reported_is_said(tmp_path, month, options, error, said):
    with pytest.raises(error, match=said):
        monthly_report(stream(), month, tmp_path / "r.html", **options)
    with pytest.raises(TableError, match=r"\.html 或 \.pdf"):
        monthly_report(stream(), "2026-07", tmp_path / "r.docx")
