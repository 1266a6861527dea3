"""The chart review: each rule has a chart it must catch and a mended one it must let through."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

import xiaobian as xb
from xiaobian.errors import TableError
from xiaobian.plotting import chart, percent_axis, review, titled
from xiaobian.plotting.review import _RULES, LEVELS

RATE = "互動率（互動 ÷ 觸及，%）"
NAMES = ["圖片", "輪播", "短影音"]
RNG = np.random.default_rng(1)


def axes(**options):
    return plt.figure().add_subplot(**options)


def honest(ax):
    """What every good chart of this file has: a unit and an n."""
    ax.set_ylabel(RATE)
    ax.set_title("短影音最高，n = 42 則")
    return ax


def bars(low: float = 0.0, errors: bool = True, horizontal: bool = False):
    ax = axes()
    values, spread = [0.040, 0.042, 0.044], [0.004] * 3 if errors else None
    if horizontal:
        ax.barh(NAMES, values, xerr=spread)
        ax.set_xlim(low, 0.05)
        ax.set_xlabel(RATE)
        ax.set_title("n = 42 則")
        return ax
    ax.bar(NAMES, values, yerr=spread)
    ax.set_ylim(low, 0.05)
    return honest(ax)


def log_bars():
    ax = bars()
    ax.set_yscale("log")
    return ax


def negative_bars():
    ax = axes()
    ax.bar(NAMES, [-3, 2, 5])
    ax.set_ylabel("淨增粉絲（人）")
    ax.set_title("n = 12 週")
    return ax


def twin(other: bool = True):
    ax = lines()
    if other:
        ax.twinx().plot([1, 2, 3], [100, 300, 200])
    return ax


def lines(colours: int = 1, band: bool = True, x: list | None = None):
    ax = axes()
    for number in range(colours):
        ax.plot([1, 2, 3], [0.02, 0.03, 0.025 + number / 100], color=plt.get_cmap("tab10")(number))
    if band:
        ax.fill_between([1, 2, 3], 0.01, 0.04, alpha=0.2)
    return honest(ax)


def many_colours(number: int):
    names = iter(["#0A4A78", "#A63F16", "#4C9CCB", "#8A35C0", "#B08A10", "#2A1F5A", "#119955", "#CC3366"])
    ax = axes()
    for _ in range(number):
        ax.plot([1, 2, 3], RNG.random(3), color=next(names))
    for _ in range(5):
        ax.plot([1, 2, 3], RNG.random(3), color="#BBBBBB")
    ax.fill_between([1, 2, 3], 0, 1, alpha=0.1)
    return honest(ax)


def histogram(bins, density: bool = False, log: bool = False, step: bool = False):
    ax = axes()
    values = RNG.lognormal(6, 1, 400)
    counts, edges = np.histogram(values, bins, density=density)
    if step:
        ax.stairs(counts, edges, fill=True)
    else:
        ax.hist(values, bins=bins, density=density)
    if log:
        ax.set_xscale("log")
    ax.set_ylabel("貼文（則）")
    ax.set_title("觸及的分布，n = 400 則")
    return ax


def heatmap(cmap: str):
    ax = axes()
    ax.imshow(RNG.random((3, 7)), cmap=cmap)
    ax.set_title("n = 42 則")
    return ax


def scatter(cmap: str):
    ax = axes()
    ax.scatter(RNG.random(30), RNG.random(30), c=RNG.random(30), cmap=cmap)
    return honest(ax)


def pie(parts: int):
    ax = axes()
    ax.pie(np.ones(parts))
    ax.set_title("受眾，n = 800 人")
    return ax


def solid(three: bool):
    ax = axes(projection="3d") if three else axes()
    if three:
        ax.bar3d([0, 1], [0, 0], [0, 0], 1, 1, [2, 3])
        ax.set_title("n = 42 則")
        return ax
    return bars()


def labelled(label: str, percent: bool = False):
    ax = bars()
    ax.set_ylabel(label)
    if percent:
        percent_axis(ax)
    return ax


def counted(title: str, ticks: list[str] | None = None):
    ax = bars()
    ax.set_title(title)
    if ticks:
        ax.set_xticks(range(3), ticks)
    return ax


def dots(points: int):
    ax = axes()
    ax.scatter(RNG.random(points), RNG.random(points))
    return honest(ax)


def plain_counts():
    ax = axes()
    ax.bar(NAMES, [4, 9, 5])
    ax.set_ylabel("貼文（則）")
    ax.set_title("n = 18 則")
    return ax


CASES = {
    "cut_axis": (
        [lambda: bars(0.039), lambda: bars(0.039, horizontal=True), log_bars],
        [bars, lambda: bars(horizontal=True), negative_bars, lines],
    ),
    "dual_axis": ([twin], [lambda: twin(False), lambda: plt.figure().subplots(2, 1, sharex=True)[0]]),
    "three_d": ([lambda: solid(True)], [lambda: solid(False)]),
    "pie": ([lambda: pie(4), lambda: pie(9)], [lambda: pie(3), lambda: pie(2)]),
    "unequal_bins": (
        [lambda: histogram([0, 100, 500, 5000]), lambda: histogram([0, 100, 500, 5000], step=True)],
        [
            lambda: histogram(20),
            lambda: histogram([0, 100, 500, 50000], density=True),
            lambda: histogram(np.geomspace(10, 9000, 12), log=True),
            bars,
        ],
    ),
    "rainbow": (
        [lambda: heatmap("jet"), lambda: heatmap("turbo_r"), lambda: scatter("hsv")],
        [lambda: heatmap("Blues"), lambda: scatter("viridis")],
    ),
    "many_colours": ([lambda: many_colours(7)], [lambda: many_colours(6), lambda: many_colours(1)]),
    "missing_unit": (
        [lambda: labelled(""), lambda: labelled("互動率"), lambda: labelled("value")],
        [lambda: labelled(RATE), lambda: labelled("觸及（人）"), lambda: labelled("互動率", percent=True), lambda: pie(3)],
    ),
    "missing_n": (
        [lambda: counted("短影音最高"), lambda: counted("2026 年 3 月")],
        [
            lambda: counted("n = 42"),
            lambda: counted("", ["圖片\nn = 12", "輪播\nn = 9", "短影音\nn = 20"]),
            lambda: counted("貼文 1,024 則"),
        ],
    ),
    "no_uncertainty": (
        [lambda: bars(errors=False), lambda: lines(band=False), lambda: dots(5)],
        [bars, lines, lambda: dots(40), plain_counts, lambda: histogram(20), negative_bars],
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_every_rule_has_a_bad_and_a_good_chart():
    assert {rule.__name__.removeprefix("_") for rule in _RULES} == set(CASES)
    assert all(bad and good for bad, good in CASES.values())


@pytest.mark.parametrize(("rule", "make"), [(rule, make) for rule, (bad, _) in CASES.items() for make in bad])
def test_a_bad_chart_is_caught_with_a_fix(rule, make):
    (found,) = [finding for finding in review(make()) if finding.rule == rule]
    assert found.severity in LEVELS and found.message.endswith("。") and found.fix
    assert found.fix in str(found) and rule in str(found)


@pytest.mark.parametrize(
    ("rule", "make"), [(rule, make) for rule, (_, good) in CASES.items() for make in good]
)
def test_a_good_chart_is_let_through(rule, make):
    assert rule not in [finding.rule for finding in review(make())]


@pytest.mark.parametrize(
    "make", [bars, lines, plain_counts, negative_bars, lambda: histogram(20), lambda: dots(40)]
)
def test_an_honest_chart_has_no_finding_at_all(make):
    assert review(make()) == []


def test_the_courses_own_charts_pass():
    posts = xb.read_export(xb.datasets.sample("instagram")).posts
    drawn = [
        xb.kpi(posts, by="format").plot("er_reach"),
        xb.kpi(posts, by="month").plot("er_reach"),
        xb.kpi(posts, by="format").plot("reach"),
        xb.analytics.control_chart(posts).plot(),
    ]
    assert [review(figure.axes[0]) for figure in drawn] == [[]] * len(drawn)


@pytest.mark.filterwarnings("ignore:vert")
def test_seaborn_charts_are_judged_too():
    frame = pd.DataFrame({"format": np.repeat(NAMES, 20), "rate": RNG.random(60) / 20})
    sure = sns.barplot(frame, x="format", y="rate", errorbar=None, ax=axes())
    sure.set_ylabel("平均")
    assert {finding.rule for finding in review(sure)} == {"no_uncertainty", "missing_unit", "missing_n"}
    spread = honest(sns.barplot(frame, x="format", y="rate", errorbar=("ci", 95), seed=1, ax=axes()))
    boxes = honest(sns.boxplot(frame, x="format", y="rate", ax=axes()))
    assert review(spread) == [] and review(boxes) == []


def test_the_size_of_the_lie_is_told():
    ax = bars(0.039)
    values = [0.040, 0.044]
    true, seen = values[1] / values[0] - 1, (values[1] - 0.039) / (values[0] - 0.039) - 1
    (found,) = [finding for finding in review(ax) if finding.rule == "cut_axis"]
    told = [float(t) / 100 for t in re.findall(r"([\d.]+)%", found.message)]
    assert told == pytest.approx([true, seen], abs=0.001)


def test_findings_read_like_lint_findings():
    ax = bars(0.039, errors=False)
    ax.set_title("<b>")
    found = review(ax)
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=list(LEVELS).index)
    assert repr(found).startswith(f"這張圖有 {len(found)} 處要改\n✗ 會誤導｜數值軸")
    assert "會誤導" in found._repr_html_() and "<b>" in found._repr_html_()
    assert "沒有找到" in repr(review(bars()))


def test_what_is_no_axes_is_refused():
    figure, ax = chart()
    titled(ax, "空的圖")
    assert review(ax) == []
    with pytest.raises(TableError, match=r"figure\.axes"):
        review(figure)
