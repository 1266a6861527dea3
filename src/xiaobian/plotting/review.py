"""What misleads in a chart, and how to mend it: each rule looks at one pair of axes as it is drawn."""

from __future__ import annotations

import colorsys
import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.patches import Rectangle, StepPatch, Wedge

from ..errors import TableError
from .wording import percent_text

LEVELS = {
    "error": ("✗", "會誤導", "#A63F16"),
    "warning": ("▲", "容易看錯", "#B08A10"),
    "suggestion": ("◇", "可以更好", "#4C9CCB"),
}
MOST_COLOURS, MOST_PARTS = 6, 3
_UNIT = re.compile(r"[%％‰]|[（(][^（）()]*[）)]|÷|人|次|則|秒|分鐘|小時|元|NT\$|指數|倍")
_COUNTED = re.compile(r"(?<![A-Za-z])[nN]\s*[=＝]\s*[\d,，]+|\d\s*(?:則|筆|人|位|支|篇|份|個|週|天)")
_RATE = re.compile(r"率|[%％]|平均|中位|比例|占比|typical|mean|rate", re.IGNORECASE)
_RAINBOWS = ("jet", "rainbow", "gist_rainbow", "hsv", "nipy_spectral", "gist_ncar", "turbo", "prism", "flag")


@dataclass(frozen=True)
class ChartFinding:
    """One thing that misleads: rule name, severity (error, warning, suggestion), where, why, and the fix."""

    rule: str
    severity: str
    place: str
    message: str
    fix: str

    def __str__(self) -> str:
        icon, words, _ = LEVELS[self.severity]
        return f"{icon} {words}｜{self.place}：{self.message}改法：{self.fix}（{self.rule}）"


class ChartFindings(list[ChartFinding]):
    """Findings that print as sentences; an empty list says what was looked at."""

    @property
    def headline(self) -> str:
        if self:
            return f"這張圖有 {len(self)} 處要改"
        return f"✓ 檢查了 {len(_RULES)} 條規則，沒有找到會誤導的地方；資料對不對、比得公不公平，圖上看不出來"

    def __repr__(self) -> str:
        return "\n".join([self.headline, *map(str, self)])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        rows = "".join(_row(number, finding) for number, finding in enumerate(self, 1))
        return (
            '<div style="border:1px solid #E3E8EC;padding:8px 16px;max-width:960px;font-size:16px;line-height:1.7;'
            'color:#22303C;background:#FFFFFF;margin:8px 0">'
            f'<div style="color:#5B6875;font-size:14px">{html.escape(self.headline)}</div>'
            f'<div style="font-size:14px">{rows}</div></div>'
        )


def _row(number: int, finding: ChartFinding) -> str:
    icon, words, colour = LEVELS[finding.severity]
    return (
        f'<div style="border-left:4px solid {colour};padding:0 8px;margin:8px 0">'
        f"<b>{icon} {number}　{words}</b>　{html.escape(finding.place)}：{html.escape(finding.message)}"
        f"<br>改法：{html.escape(finding.fix)}"
        f'<span style="color:#5B6875">（{html.escape(finding.rule)}）</span></div>'
    )


def review(ax: Axes) -> ChartFindings:
    """What misleads in a drawn chart, worst first, each with its fix; an empty list when nothing was found.

    Rules: bars cut off from zero, two value axes, 3-D, a pie of more than three parts, bins of unequal width
    drawn by count, rainbow colours, more than six colours, a value axis without unit, no n, rates without
    uncertainty. It sees the picture only: whether the data are right it cannot know.

    ax: a matplotlib or seaborn axes. Raises TableError for anything else.

    >>> from xiaobian.plotting import chart
    >>> _, ax = chart()
    >>> _ = ax.bar(["圖片", "短影音"], [0.041, 0.043])
    >>> _ = ax.set_ylim(0.04, 0.044)
    >>> review(ax)[0].rule
    'cut_axis'
    """
    if not isinstance(ax, Axes):
        raise TableError(
            f"要檢查的不是一張圖的座標軸，而是 {type(ax).__name__}",
            where="參數 ax",
            next_step="請給 ax；手上是 Figure 的話用 figure.axes[0]",
        )
    found = [finding for rule in _RULES for finding in rule(ax)]
    order = list(LEVELS)
    return ChartFindings(sorted(found, key=lambda finding: order.index(finding.severity)))


# ── what is drawn ──


def _bars(ax: Axes) -> list[BarContainer]:
    return [c for c in ax.containers if isinstance(c, BarContainer) and len(c)]


def _horizontal(bars: BarContainer) -> bool:
    return bars.orientation == "horizontal"


def _is_heatmap(ax: Axes) -> bool:
    return bool(ax.images) or any(type(c).__name__ == "QuadMesh" for c in ax.collections)


def _has_data(ax: Axes) -> bool:
    points = [c for c in ax.collections if isinstance(c, (PathCollection, PolyCollection, LineCollection))]
    return bool(_bars(ax) or ax.lines or points or _is_heatmap(ax) or _histogram(ax) is not None)


def _value_axes(ax: Axes) -> list[str]:
    """Which axes show a quantity: across the bars, else every axis whose ticks are numbers."""
    bars = _bars(ax)
    if bars:
        return ["x" if _horizontal(bars[0]) else "y"]
    return [] if _is_heatmap(ax) else ["x"] if _categories(ax, "y") else ["y"]


def _categories(ax: Axes, axis: str) -> bool:
    """Whether the ticks of an axis are names rather than numbers."""
    ticks = (ax.xaxis if axis == "x" else ax.yaxis).get_ticklabels()
    texts = [tick.get_text() for tick in ticks if tick.get_text()]
    return bool(texts) and not any(re.fullmatch(r"[−-]?[\d.,]+\s*[%萬億]*", text) for text in texts)


def _axis_label(ax: Axes, axis: str) -> str:
    return ax.get_xlabel() if axis == "x" else ax.get_ylabel()


def _words(ax: Axes) -> str:
    """Everything written in and around the axes."""
    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    titles = [ax.get_title(loc=place) for place in ("left", "center", "right")]
    figure = ax.figure.canvas.figure
    around = [text.get_text() for text in figure.texts]
    legend = [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else []
    inside = [text.get_text() for text in (*ax.texts, *ticks)]
    return " ".join([*titles, ax.get_xlabel(), ax.get_ylabel(), *inside, *legend, *around])


# ── the rules ──


def _cut_axis(ax: Axes) -> Iterator[ChartFinding]:
    for bars in _bars(ax):
        axis = "x" if _horizontal(bars) else "y"
        low, high = sorted(ax.get_xlim() if axis == "x" else ax.get_ylim())
        log = (ax.get_xscale() if axis == "x" else ax.get_yscale()) == "log"
        if not log and low <= 0 <= high:
            continue
        lengths = [bar.get_width() if axis == "x" else bar.get_height() for bar in bars]
        yield ChartFinding(
            "cut_axis",
            "error",
            "數值軸",
            "長條的長度就是數值，"
            + ("對數軸沒有 0，長度沒有意義。" if log else f"軸卻不從 0 開始，{_stretched(lengths, low)}"),
            f"用 ax.set_{axis}lim(0, ...)；真的要看小差距，改用點加信賴區間（xb.plotting.interval_bars）",
        )
        return


def _stretched(lengths: list[float], low: float) -> str:
    shown = [length - low for length in lengths if length > low > 0]
    if len(shown) < 2 or min(shown) <= 0:
        return "差距會被放大。"
    true, seen = max(lengths) / min(length for length in lengths if length > low), max(shown) / min(shown)
    return f"真正差 {percent_text(true - 1)}，看起來差 {percent_text(seen - 1)}。"


def _dual_axis(ax: Axes) -> Iterator[ChartFinding]:
    here = ax.get_position().bounds
    for other in ax.figure.canvas.figure.axes:
        same = other is not ax and np.allclose(other.get_position().bounds, here)
        shared = ax.get_shared_x_axes().joined(ax, other) or ax.get_shared_y_axes().joined(ax, other)
        if same and shared and _has_data(other):
            yield ChartFinding(
                "dual_axis", "error", "兩個數值軸",
                "兩條線在哪裡交叉、誰比較陡，全由你怎麼訂兩邊的刻度決定，看不出關係。",
                "拆成上下兩張圖共用時間軸，或都換算成「第一期＝100」的指數畫在同一軸",
            )  # fmt: skip
            return


def _three_d(ax: Axes) -> Iterator[ChartFinding]:
    if ax.name == "3d":
        yield ChartFinding(
            "three_d", "error", "整張圖", "立體的透視會讓前面的看起來比較大，後面的被擋住，沒有人讀得準。",
            "改成平面的長條或點圖；第三個變數用分面（一格一張小圖）或顏色",
        )  # fmt: skip


def _pie(ax: Axes) -> Iterator[ChartFinding]:
    wedges = [patch for patch in ax.patches if isinstance(patch, Wedge)]
    if len(wedges) > MOST_PARTS:
        yield ChartFinding(
            "pie", "warning", "圓餅",
            f"圓餅切成 {len(wedges)} 塊，角度差一點的兩塊分不出大小。",
            "改成由大到小排的橫長條，長條尾巴寫上百分比",
        )  # fmt: skip


def _histogram(ax: Axes) -> tuple[np.ndarray, np.ndarray] | None:
    """Edges and heights of touching bars, which are a histogram."""
    for patch in ax.patches:
        if isinstance(patch, StepPatch):
            data = patch.get_data()
            return np.asarray(data.edges, dtype=float), np.asarray(data.values, dtype=float)
    for bars in _bars(ax):
        boxes = [bar for bar in bars if isinstance(bar, Rectangle)]
        sideways = _horizontal(bars)
        starts = np.array([b.get_y() if sideways else b.get_x() for b in boxes])
        widths = np.array([b.get_height() if sideways else b.get_width() for b in boxes])
        heights = np.array([b.get_width() if sideways else b.get_height() for b in boxes])
        if len(boxes) > 1 and np.allclose(starts[1:], (starts + widths)[:-1]):
            return np.append(starts, starts[-1] + widths[-1]), heights
    return None


def _unequal_bins(ax: Axes) -> Iterator[ChartFinding]:
    found = _histogram(ax)
    if found is None:
        return
    edges, heights = found
    widths = np.diff(edges)
    log = ax.get_xscale() == "log" and np.all(edges > 0)
    steps = np.diff(np.log(edges)) if log else widths
    is_density = bool(np.isclose((heights * widths).sum(), 1, atol=0.02))
    if np.ptp(steps) > 0.01 * steps.mean() and not is_density:
        yield ChartFinding(
            "unequal_bins", "error", "直方圖的組距",
            f"最寬的一組是最窄的 {steps.max() / steps.min():.1f} 倍，高度卻畫則數，寬的組會白白變高。",
            "用等寬的組（bins=20），或畫密度（density=True）讓面積代表則數",
        )  # fmt: skip


def _rainbow(ax: Axes) -> Iterator[ChartFinding]:
    mapped = [*ax.images, *(c for c in ax.collections if c.get_array() is not None)]
    names = {item.get_cmap().name.removesuffix("_r") for item in mapped}
    if used := sorted(names & set(_RAINBOWS)):
        yield ChartFinding(
            "rainbow", "error", f"色階 {used[0]}",
            "彩虹色沒有大小順序，亮的地方不是高的地方，色覺不同的人更讀不出來。",
            "用單一色相由淺到深的色階（例如 cmap=\"Blues\"）；有正負就用中間白的雙向色階",
        )  # fmt: skip


def _colours(ax: Axes) -> set[str]:
    """Colours that tell series or categories apart; greys do not count."""
    shown: set[str] = {to_hex(line.get_color()) for line in ax.lines if line.get_linestyle() != "None"}
    shown |= {to_hex(bar.get_facecolor()) for bars in _bars(ax) for bar in bars}
    shown |= {to_hex(patch.get_facecolor()) for patch in ax.patches if isinstance(patch, Wedge)}
    for points in ax.collections:
        if isinstance(points, PathCollection) and points.get_array() is None:
            shown |= {to_hex(colour) for colour in points.get_facecolors()}
    return {colour for colour in shown if colorsys.rgb_to_hls(*to_rgb(colour))[2] > 0.15}


def _many_colours(ax: Axes) -> Iterator[ChartFinding]:
    colours = _colours(ax)
    if len(colours) > MOST_COLOURS:
        yield ChartFinding(
            "many_colours", "warning", "顏色", f"用了 {len(colours)} 種顏色，要一直對照圖例，記不住。",
            "只把要講的那一組上色，其他用灰色；或分成幾張小圖",
        )  # fmt: skip


def _missing_unit(ax: Axes) -> Iterator[ChartFinding]:
    if not _has_data(ax) or ax.name == "3d":
        return
    for axis in _value_axes(ax):
        label = _axis_label(ax, axis)
        ticks = (ax.xaxis if axis == "x" else ax.yaxis).get_ticklabels()
        has_unit = _UNIT.search(label) or (label and any("%" in tick.get_text() for tick in ticks))
        if not has_unit:
            yield ChartFinding(
                "missing_unit", "warning", "數值軸",
                f"軸的名稱「{label}」沒有單位和分母。" if label else "數值軸沒有名稱，不知道在量什麼。",
                f"寫成 ax.set_{axis}label(\"互動率（互動 ÷ 觸及，%）\") 這樣：量什麼、除以什麼、單位",
            )  # fmt: skip


def _missing_n(ax: Axes) -> Iterator[ChartFinding]:
    if (_has_data(ax) or _wedges(ax)) and not _COUNTED.search(_words(ax)):
        yield ChartFinding(
            "missing_n", "warning", "整張圖", "沒寫用了幾則資料，三則和三百則看起來一樣可信。",
            "在標題下面或各組旁邊寫 n，例如 xb.plotting.titled(ax, 標題, \"2026 年 3 月，n = 42 則\")",
        )  # fmt: skip


def _wedges(ax: Axes) -> bool:
    return any(isinstance(patch, Wedge) for patch in ax.patches)


def _uncertain(ax: Axes) -> bool:
    """Whether error bars, a band, or many single points show how much the numbers vary."""
    if any(isinstance(c, ErrorbarContainer) for c in ax.containers):
        return True
    if any(bars.errorbar is not None for bars in _bars(ax)):
        return True
    if any(isinstance(c, (PolyCollection, LineCollection)) for c in ax.collections):
        return True
    if any(isinstance(c, PathCollection) and len(c.get_offsets()) > 12 for c in ax.collections):
        return True
    return _interval_lines(ax) or _boxes(ax)


def _interval_lines(ax: Axes) -> bool:
    """Straight two-point lines along the value axis, which is how intervals are drawn by hand."""
    for line in ax.lines:
        x, y = (np.asarray(values) for values in line.get_data())
        along = len(x) == 2 and (x[0] == x[1]) != (y[0] == y[1])
        whole = line.get_transform() != ax.transData
        if along and not whole:
            return True
    return False


def _boxes(ax: Axes) -> bool:
    return any(type(patch).__name__ == "PathPatch" for patch in ax.patches)


def _no_uncertainty(ax: Axes) -> Iterator[ChartFinding]:
    if not (_bars(ax) or ax.lines or ax.collections) or _histogram(ax) is not None or _is_heatmap(ax):
        return
    labels = " ".join(_axis_label(ax, axis) for axis in _value_axes(ax))
    ticks = [t.get_text() for axis in _value_axes(ax) for t in getattr(ax, f"{axis}axis").get_ticklabels()]
    if (_RATE.search(labels) or any("%" in text for text in ticks)) and not _uncertain(ax):
        yield ChartFinding(
            "no_uncertainty", "warning", "各組的數值",
            "比率和平均是估計，換一批貼文就會變，圖上卻像鐵一樣準。",
            "畫上 95% 信賴區間（xb.kpi(posts, by=...).plot()），或把每一則貼文的點也畫出來",
        )  # fmt: skip


Rule = Callable[[Axes], Iterable[ChartFinding]]
_RULES: tuple[Rule, ...] = (
    _cut_axis, _dual_axis, _three_d, _pie, _unequal_bins, _rainbow, _many_colours, _missing_unit, _missing_n,
    _no_uncertainty,
)  # fmt: skip
