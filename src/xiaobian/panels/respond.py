"""The desk of the first word: strategies, an hour and a text, checked while one writes; the truth opens after 送出.

And an explorer of the interaction: how much strategy and form count as blame rises.
"""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets
import numpy as np

from ..crisis.answering.opening import HOURS, FirstWord, Opened
from ..crisis.answering.statements import StatementCheck, rules
from ..errors import KitError
from ..plotting import BRICK, HAIRLINE, INK, SEA, SECONDARY, Chart, chart, source_note, spaced, titled, to_png
from ..sandbox.crisis.scenarios import CLUSTERS, STRATEGIES
from ..sandbox.crisis.values import match, response_value, responsibility
from ..sandbox.parameters import load
from ..tables import PLATFORMS
from .controls import labelled, pick_many
from .explorer import explorer
from .panel import Panel, guarded, message_box

MOST = 2000
EVEN = 0.03
"""Difference of two weights below which neither is called the heavier."""
FORMS = {"很差（慢、不一致、被動）": "0.2", "普通": "0.5", "很好（快、一致、主動）": "0.9"}
CASES = {
    "受害者型": "victim,0",
    "意外型": "accidental,0",
    "意外型，有前科": "accidental,1",
    "可預防型": "preventable,0",
    "可預防型，有前科": "preventable,1",
}
_MARKS = {"守住": ("✓", SEA), "沒守住": ("▲", BRICK), "不適用": ("–", SECONDARY)}


class Desk:
    """One first word with its widgets. ``send`` commits and opens the truth; after that nothing moves."""

    def __init__(self, scenario: str, seed: int, text: str = "") -> None:
        self.word = FirstWord(scenario, seed)
        letters = dict(zip("ABCDE", STRATEGIES, strict=True))
        self.letters = letters
        self.pick = pick_many({letter: STRATEGIES[name] for letter, name in letters.items()})
        self.hour = labelled("第幾小時發：", {f"第 {h:g} 小時": f"{h:g}" for h in HOURS}, "1")
        self.area = widgets.Textarea(
            value=text, description="第一則聲明：", placeholder="先寫誰受影響、現在該做什麼", rows=7,
            layout=widgets.Layout(width="98%"), style={"description_width": "initial"},
        )  # fmt: skip
        self.send_button = widgets.Button(
            description="送出，打開真相", button_style="primary", layout=widgets.Layout(width="176px"),
            tooltip="送出以後不能再改",
        )  # fmt: skip
        self.status, self.told, self.after = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%", display="none"))
        self.area.observe(guarded(self.status, lambda _: self.show()), names="value")
        self.send_button.on_click(guarded(self.status, lambda _: self.send()))
        self.show()

    @property
    def widget(self) -> widgets.Widget:
        """Everything, one under the other."""
        parts = [
            widgets.HTML(_brief(self.word)),
            widgets.HTML("<strong>策略</strong>（可複選；沉默就不要寫字）"),
            self.pick.widget,
            self.hour,
            self.area,
            self.told,
            self.send_button,
            self.status,
            self.picture,
            self.after,
        ]
        return widgets.VBox(parts, layout=widgets.Layout(grid_gap="8px"))

    @property
    def text(self) -> str:
        return str(self.area.value)[:MOST]

    def show(self) -> None:
        """The rules, kept and broken, while one writes."""
        self.told.value = _rules(self.word.check(self.text)) if self.text.strip() else ""

    def send(self) -> None:
        """Commit and open the truth."""
        chosen = [self.letters[letter] for letter in self.pick.read() or ""]
        try:
            self.word.commit(chosen, self.text, float(self.hour.value))
            opened = self.word.reveal()
        except KitError as refused:
            self.status.value = message_box("–", "還不能送出", str(refused), SECONDARY)
            return
        for box in (self.area, self.hour, self.send_button, *self.pick.widget.children):
            box.disabled = True
        self.status.value = message_box("✓", "真相打開了", opened.say(), SEA)
        self.picture.value, self.picture.layout.display = to_png(opened.plot()), ""
        self.told.value = _rules(opened.check) if self.text.strip() else ""
        self.after.value = _after(opened)


def respond_desk(scenario: str = "data_leak", seed: int = 0, text: str = "") -> Panel:
    """Check boxes for strategies, a drop-down for the hour, a text area; 送出 commits and opens the truth.

    text: what stands there at first. Raises NotFound for an unknown scenario.
    """
    desk = Desk(scenario, seed, text)
    about = f"互動面板：替「{desk.word.title}」選策略、選時間、寫第一則聲明；送出以後，真相才打開。"
    panel = Panel([desk.widget], about, lambda: bytes(desk.picture.value) or None)
    panel.desk = desk  # type: ignore[attr-defined]
    return panel


def weight_explorer() -> Panel:
    """Drop-downs for the kind of crisis, the strategy and the form; what strategy and form are worth as blame rises."""
    choices = {
        "case": labelled("危機：", CASES, "accidental,0"),
        "strategy": labelled("策略：", {words: name for name, words in STRATEGIES.items()}, "rebuild"),
        "form": labelled("形式：", FORMS, "0.5"),
    }

    def draw(case: str, strategy: str, form: str) -> tuple[Chart, str]:
        cluster, history = case.split(",")
        return _picture(cluster, history == "1", strategy, float(form))

    return explorer(choices, draw, "換危機、策略和形式，看責任越大，什麼越重要。")


def _picture(cluster: str, history: bool, strategy: str, form: float) -> tuple[Chart, str]:
    p = load()
    blame = float(responsibility(cluster, p, history=history))
    fit = match(cluster, [strategy], p)
    grid = np.linspace(0, 1, 51)
    by_strategy, by_form = _parts(grid), _parts(np.array([blame]))
    worth = float(response_value(blame, fit, form, p))
    figure, ax = chart(10, 4.6)
    for values, colour, words in ((by_strategy[0], SEA, "策略的重量"), (by_strategy[1], BRICK, "形式的重量")):
        ax.plot(grid, values, color=colour, linewidth=2.4)
        ax.text(1.01, values[-1], words, color=colour, va="center")
    ax.plot([blame, blame], [by_form[0][0], by_form[1][0]], "o", color=INK, markersize=8)
    ax.axvline(blame, color=INK, linestyle="--", linewidth=1.4)
    ax.text(blame + 0.01, 0.8, f"這場的歸責 {blame:.2f}", va="center", color=INK)
    ax.axhline(0, color=HAIRLINE)
    ax.set_xlim(0, 1.16)
    ax.set_ylim(0, 0.84)
    ax.set_xlabel("歸責（0 到 1）")
    ax.set_ylabel("一單位值多少")
    gap = float(by_form[1][0] - by_form[0][0])
    heavier = "策略和形式差不多重" if abs(gap) < EVEN else f"{'形式' if gap > 0 else '策略'}比較重"
    titled(
        ax,
        spaced(f"這場危機裡，{heavier}"),
        "策略從配合 0 到 1、形式從 0.5 到 1，各能多換到多少回應價值（方向：黃懿慧 2008、2016；大小：設計參數）",
    )
    source_note(ax)
    said = spaced(
        f"{CLUSTERS[cluster]}，歸責{blame:.2f}：{STRATEGIES[strategy]}的配合是 {fit:+.1f}，乘上{by_form[0][0]:.2f}；"
        f"形式{form:.1f}，乘上{by_form[1][0]:.2f}。合起來是 {worth:+.2f}。"
    ).replace("-", "−")
    return figure, said


def _parts(blame: Any) -> tuple[Any, Any]:
    """What a full match and a full form are worth at some blame, each beside none."""
    p = load()
    none = response_value(blame, 0.0, 0.5, p)
    return response_value(blame, 1.0, 0.5, p) - none, response_value(blame, 0.0, 1.0, p) - none


def _brief(word: FirstWord) -> str:
    known = "".join(f"<li>{html.escape(fact.text)}</li>" for fact in word.facts())
    return (
        f"<div><strong>{html.escape(word.title)}</strong>（起火平台：{html.escape(PLATFORMS.get(word.platform, word.platform))}）</div>"
        f"<div>{html.escape(word.brief)}</div><div>第 1 小時，團隊知道：</div><ul style='margin:0 0 0 20px'>{known}</ul>"
        f'<div style="color:{SECONDARY};font-size:14px">島嶼沙盒模擬資料；全部虛構。檢查是風險提示，不是法律意見。</div>'
    )


def _rules(check: StatementCheck) -> str:
    """One line a rule, with a mark, a name and what to do; then the places in the text."""
    names = rules()["rule"]
    rows = []
    for row in check.table.itertuples():
        mark, colour = _MARKS[str(row.state)]
        why = f"：{html.escape(str(row.why))}" if row.state == "沒守住" else ""
        name = html.escape(str(names[str(row.rule)]))
        rows.append(f'<div><strong style="color:{colour}">{mark}</strong> {name}{why}</div>')
    told = f'<div role="status" aria-live="polite"><strong>{html.escape(check.say())}</strong></div>'
    places = check.findings._repr_html_() if check.findings else ""
    return f'{told}<div style="font-size:14px;columns:2;column-gap:24px">{"".join(rows)}</div>{places}'


def _after(opened: Opened) -> str:
    facts = "".join(
        f"<li>第 {fact.hour:g} 小時：{html.escape(fact.text)}</li>"
        for fact in opened.truth.facts
        if fact.known_to == "nobody_yet"
    )
    hidden = f"<div>當時還沒有人知道的事：</div><ul style='margin:0 0 0 20px'>{facts}</ul>" if facts else ""
    return f"{hidden}<div>{html.escape(opened.truth.lesson)}</div>"
