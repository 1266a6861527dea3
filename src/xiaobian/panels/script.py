"""Editor of a short video's script: one beat at a time, with its line of time, what is wrong, and who would stay."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from ..lint.findings import SEVERITIES
from ..planning.video.predicted import script_retention
from ..planning.video.script import ROLES, Script, Source, read_script
from ..planning.video.script_checks import Fault, ScriptReview, check_script
from ..planning.video.timeline_plot import timeline_chart
from ..plotting import to_png
from .panel import Panel, guarded

_STYLE = {"description_width": "initial"}
_WIDE = widgets.Layout(width="98%")
MOST = 6
"""Findings shown at once; the rest is counted."""


def script_editor(source: Source = "cold_brew_draft") -> Panel:
    """Choose a beat, change its end, its role and its words; the line of time, the findings and the sandbox follow.

    source: whatever ``read_script()`` takes. The panel's ``script`` is the script as it stands; 復原 takes back the last
    change.
    """
    start = read_script(source)
    history = [start]
    chosen = widgets.Dropdown(description="哪一拍：", style=_STYLE, layout=widgets.Layout(width="360px"))
    role = widgets.Dropdown(
        description="角色：", options=[(label, name) for name, label in ROLES.items()], style=_STYLE, layout=widgets.Layout(width="180px")
    )
    end = widgets.BoundedFloatText(
        description="結束秒：", min=0.1, max=600, step=0.1, style=_STYLE, layout=widgets.Layout(width="200px"), continuous_update=False
    )
    voice = widgets.Textarea(description="旁白：", rows=2, style=_STYLE, layout=_WIDE, continuous_update=False)
    on_screen = widgets.Text(description="畫面字：", style=_STYLE, layout=_WIDE, continuous_update=False)
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%"))
    findings, status = widgets.HTML(), widgets.HTML()
    busy = [False]
    panel_holder: list[Panel] = []

    def show(number: int) -> None:
        script = history[-1]
        number = min(max(number, 1), len(script.beats))
        beat = script.beats[number - 1]
        busy[0] = True
        try:
            chosen.options = [
                (f"{n}. {ROLES[b.role]}　{b.t0:g}–{b.t1:g} 秒", n) for n, b in enumerate(script.beats, 1)
            ]
            chosen.value, role.value, end.value = number, beat.role, beat.t1
            voice.value, on_screen.value = beat.voice, beat.on_screen
        finally:
            busy[0] = False
        review = check_script(script)
        picture.value = to_png(timeline_chart(script, review, number))
        findings.value = finding_list(review, number)
        status.value = f'<div role="status">{html.escape(told(review))}</div>'
        if panel_holder:
            panel_holder[0].script = script  # type: ignore[attr-defined]

    def changed(script: Script, number: int) -> None:
        if script != history[-1]:
            history.append(script)
        show(number)

    def edited(change: Any) -> None:
        if busy[0]:
            return
        if change["owner"] is chosen:
            show(int(chosen.value))
            return
        number = int(chosen.value)
        fields = {"role": role.value, "t1": round(float(end.value), 1), "voice": voice.value, "on_screen": on_screen.value}
        try:
            changed(history[-1].with_beat(number, **fields), number)
        except Exception:
            show(number)
            raise

    def pressed(action: Callable[[Script, int], Script]) -> Callable[[Any], None]:
        return lambda _: changed(action(history[-1], int(chosen.value)), int(chosen.value))

    def undo(_: Any) -> None:
        if len(history) > 1:
            history.pop()
        show(int(chosen.value))

    for box in (chosen, role, end, voice, on_screen):
        box.observe(guarded(status, edited), names="value")
    actions: dict[str, tuple[str, Callable[[Any], None]]] = {
        "拆成兩拍": ("把這一拍從中間拆開，旁白在標點處分", pressed(lambda script, n: script.split(n))),
        "刪掉這一拍": ("刪掉，後面的往前補", pressed(lambda script, n: script.without(n))),
        "首尾接齊": ("每一拍長度不變，消掉重疊和空檔", pressed(lambda script, n: script.joined())),
        "復原": ("回到上一步", undo),
    }
    buttons = {name: widgets.Button(description=name, tooltip=tip) for name, (tip, _) in actions.items()}
    for name, (_, act) in actions.items():
        buttons[name].on_click(guarded(status, act))
    show(1)
    flow = widgets.Layout(grid_gap="8px", flex_flow="row wrap")
    panel = Panel(
        [
            widgets.HBox([chosen, role, end], layout=flow), voice, on_screen,
            widgets.HBox(list(buttons.values()), layout=flow), status, picture, findings,
        ],
        "互動面板：一次改一拍的結束秒、角色和字，看時間軸、要改的地方和沙盒的留存預測。",
        lambda: bytes(picture.value),
    )  # fmt: skip
    panel_holder.append(panel)
    panel.script, panel.buttons, panel.findings, panel.sentence = start, buttons, findings, status  # type: ignore[attr-defined]
    panel.controls = {"beat": chosen, "role": role, "end": end, "voice": voice, "on_screen": on_screen}  # type: ignore[attr-defined]
    panel.picture = picture  # type: ignore[attr-defined]
    return panel


def told(review: ScriptReview) -> str:
    """What is wrong and what the sandbox expects, in two sentences."""
    return f"{review.say()}{script_retention(review.script).say()}"


def finding_list(review: ScriptReview, number: int) -> str:
    """The findings as HTML, those of beat ``number`` first; texts are escaped."""
    mine = [f for f in review.faults if f.number == number]
    rest = [f for f in review.faults if f.number != number]
    shown = [*mine, *rest][:MOST]
    more = len(review.faults) - len(shown)
    rows = "".join(_row(fault, fault.number == number) for fault in shown)
    tail = f'<div style="color:#5B6875;font-size:14px">還有 {more} 處，改好上面的再看。</div>' if more > 0 else ""
    return f'<div style="font-size:15px;line-height:1.6">{rows}{tail}</div>'


def _row(fault: Fault, mine: bool) -> str:
    icon, words, colour = SEVERITIES[fault.severity]
    ground = "#F4F7F9" if mine else "#FFFFFF"
    return (
        f'<div style="border-left:4px solid {colour};padding:2px 8px;margin:4px 0;background:{ground}">'
        f'<b style="color:{colour}">{icon} {words}</b>　{html.escape(fault.where)}：{html.escape(fault.reason)}。'
        f'<span style="color:#0A4A78">{html.escape(fault.repair)}</span></div>'
    )
