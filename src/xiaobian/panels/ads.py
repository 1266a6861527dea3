"""The advert desk: pick or write an advert, see its risks; and the control of the rewriting question."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from ..crisis.adverts.adverts import KINDS, AdReview, review_ad
from ..crisis.adverts.cases import AdCase, advert_cases
from ..planning.creators.disclosure import RELATIONS, disclosure_problems
from .controls import Control, labelled
from .panel import Panel, guarded

MOST = 1500
OWN = "自己寫一則"
_PLAIN = {"description_width": "initial"}
_BONDS = ("none", "paid", "gift", "employee")


def ad_desk(text: str = "", product: str = "food") -> Panel:
    """Drop-downs for an advert, the kind of product and the relation, lines for name and picture, and a text area.

    The risks follow each change with article, words and the way to a safer text. text: what stands there at first;
    without it, the first advert of the lesson. Only the first 1,500 signs are read.
    """
    cases = advert_cases("lesson")
    start = cases[0] if not text else None
    pick = labelled("廣告：", {c.title: c.case_id for c in cases} | {OWN: ""}, start.case_id if start else "")
    kind = labelled("商品：", {word: key for key, word in KINDS.items()}, product)
    bond = labelled("你和品牌：", {RELATIONS[key]: key for key in _BONDS}, "none")
    name = _line("品名：", start.name if start else "")
    picture = _line("圖裡有：", "")
    area = widgets.Textarea(
        value=text or cases[0].ad, description="內文：", placeholder="把廣告寫在這裡", rows=4,
        layout=widgets.Layout(width="98%"), style=_PLAIN,
    )  # fmt: skip
    status, told = widgets.HTML(), widgets.HTML()

    def show(_: Any = None) -> None:
        words = str(area.value)[:MOST]
        found = review_ad(words, str(kind.value), name=str(name.value)[:60], picture=str(picture.value)[:120])
        undisclosed = disclosure_problems(words, str(bond.value), label_on=True) if words.strip() else []
        status.value = _headline(found, undisclosed)
        told.value = _listed(undisclosed) + (found._repr_html_() if words.strip() or found.risks else "")

    def fill(_: Any = None) -> None:
        case = next((c for c in cases if c.case_id == pick.value), None)
        if case:
            kind.value, bond.value, name.value, area.value = case.product, case.relation, case.name, case.ad
        else:
            name.value = picture.value = area.value = ""

    pick.observe(guarded(status, fill), names="value")
    for box in (kind, bond, name, picture, area):
        box.observe(guarded(status, show), names="value")
    show()
    row = widgets.HBox([pick, kind, bond], layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    first = review_ad(str(area.value), product, name=str(name.value))
    panel = Panel(
        [row, name, picture, area, status, told], f"互動面板：寫廣告，看風險。起點那一則，{first.say()}"
    )
    for key, box in {
        "pick": pick, "kind": kind, "bond": bond, "name": name, "picture": picture, "area": area, "status": status,
        "told": told,
    }.items():  # fmt: skip
        setattr(panel, key, box)
    return panel


def _line(label: str, value: str) -> widgets.Text:
    return widgets.Text(value=value, description=label, layout=widgets.Layout(width="98%"), style=_PLAIN)


def _headline(found: AdReview, undisclosed: list[str]) -> str:
    """Icon and words; nothing found is never called fine."""
    empty = not (found.text + found.name + found.picture).strip()
    count = len(found.risks) + len(undisclosed)
    word = "– 未作答" if empty else f"▲ {count} 處要改" if count else "◇ 規則沒指出，請人再讀"
    return f'<div role="status" aria-live="polite"><strong>{word}</strong></div>'


def _listed(problems: list[str]) -> str:
    return "".join(f"<div>▲ 揭露：{html.escape(p)}。</div>" for p in problems)


def rewrite_control(cases: Sequence[AdCase]) -> Control:
    """The control of the rewriting question: one advert at a time, its facts beside it, and what is written so far.

    The answer is a line ``A01｜text`` an advert that has a text; None while there is none. It shows no verdict.
    """
    texts = {case.case_id: "" for case in cases}
    at = {case.case_id: case for case in cases}
    first = cases[0].case_id
    pick = widgets.Dropdown(
        options=[(f"{c.case_id} {c.title}", c.case_id) for c in cases], value=first, description="廣告：",
        style=_PLAIN, layout=widgets.Layout(width="420px", max_width="98%"),
    )  # fmt: skip
    back = widgets.Button(description="上一則", tooltip="看上一則廣告")
    on = widgets.Button(description="下一則", tooltip="看下一則廣告")
    brief, area, done = (
        widgets.HTML(),
        widgets.Textarea(
            description="改寫：",
            placeholder="寫成一到兩句",
            rows=3,
            layout=widgets.Layout(width="98%"),
            style=_PLAIN,
        ),
        widgets.HTML(),
    )

    def show(_: Any = None) -> None:
        case = at[str(pick.value)]
        brief.value = _brief(case)
        area.value = texts[case.case_id]

    def keep(_: Any = None) -> None:
        texts[str(pick.value)] = str(area.value)[:MOST]
        written = [key for key, text in texts.items() if text.strip()]
        done.value = f'<div role="status">寫了 {len(written)}／{len(cases)} 則'
        done.value += (
            f"；還沒寫：{'、'.join(k for k in texts if k not in written)}</div>"
            if len(written) < len(cases)
            else "</div>"
        )

    def turn(step: int) -> None:
        ids = list(at)
        pick.value = ids[(ids.index(str(pick.value)) + step) % len(ids)]

    pick.observe(guarded(done, show), names="value")
    area.observe(guarded(done, keep), names="value")
    back.on_click(guarded(done, lambda _: turn(-1)))
    on.on_click(guarded(done, lambda _: turn(1)))

    def read() -> str | None:
        lines = [f"{key}｜{' '.join(text.split())}" for key, text in texts.items() if text.strip()]
        return "\n".join(lines) or None

    def restore(answer: Any) -> None:
        for line in str(answer).splitlines():
            key, mark, text = line.partition("｜")
            if mark and key.strip() in texts:
                texts[key.strip()] = text
        show()
        keep()

    show()
    keep()
    row = widgets.HBox([pick, back, on], layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    box = widgets.VBox([row, brief, area, done], layout=widgets.Layout(grid_gap="8px"))
    control = Control(box, read, restore)
    for key, part in {"pick": pick, "area": area, "brief": brief, "done": done, "on": on}.items():
        setattr(box, f"xb_{key}", part)
    return control


def _brief(case: AdCase) -> str:
    """The advert and its facts, as text."""
    bond = "" if case.relation == "none" else f"，寫的人和品牌：{RELATIONS[case.relation]}"
    return (
        f'<div style="line-height:1.7"><div>原來的廣告（{KINDS[case.product]}{bond}）：</div>'
        f'<div style="border-left:4px solid #A63F16;padding:0 12px;margin:4px 0">{html.escape(case.ad)}</div>'
        f"<div>可以說的事實：{html.escape(case.facts)}</div></div>"
    )
