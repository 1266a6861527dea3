"""Cards: change one block at a time and see the card and its findings; repair broken cards by choosing."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from ..lint.findings import SEVERITIES
from ..planning.design.broken import Broken
from ..planning.design.drawing import render
from ..planning.design.findings import Review
from ..planning.design.palette import brand_palette
from ..planning.design.review import lint
from ..planning.design.spec import ROLES, Card
from .controls import Control
from .panel import Panel, guarded

_PLAIN = {"description_width": "80px"}
_SHOWN = 5
_PICTURE = {"portrait": 330, "square": 380, "wide": 460}
Colours = Mapping[str, str]


def _width(card: Card) -> int:
    ratio = card.canvas.width / card.canvas.height
    return _PICTURE["portrait" if ratio < 0.95 else "square" if ratio < 1.2 else "wide"]


def card_explorer(cards: Card | Sequence[Card], colours: Colours | None = None) -> Panel:
    """Choose a block; change its size, colour and place, or the alt text; card and findings follow.

    cards: one card or several to choose from. colours: name → ``#RRGGBB`` for the colour list; the brand's without it.
    """
    every = [cards] if isinstance(cards, Card) else list(cards)
    bench = _Bench(every, brand_palette() if colours is None else dict(colours))
    about = "選一塊字，改字級、顏色、位置或替代文字，看圖卡和檢核結果怎麼變。"
    panel = Panel([bench.widget], f"互動面板：{about}", lambda: bytes(bench.picture.value))
    panel.bench = bench  # type: ignore[attr-defined]
    return panel


class _Bench:
    """The controls of one card and what they show; ``card`` is the card as it stands now."""

    def __init__(self, cards: list[Card], colours: dict[str, str]) -> None:
        self.cards, self.colours, self.card, self.quiet = cards, colours, cards[0], False
        self.picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%", flex="0 0 auto"))
        self.told = widgets.HTML()
        self.controls = _controls(cards, colours)
        self.reset = widgets.Button(description="回到原樣", tooltip="放棄這張卡上的修改")
        for name, control in self.controls.items():
            control.observe(guarded(self.told, self._answer_to(name)), names="value")
        self.reset.on_click(guarded(self.told, lambda _: self.take(self.controls["card"].value)))
        side = [*self.controls.values(), self.reset]
        if len(cards) == 1:
            side = side[1:]
        left = widgets.VBox(side, layout=widgets.Layout(width="400px", max_width="100%", grid_gap="4px"))
        top = widgets.HBox([self.picture, left], layout=widgets.Layout(flex_flow="row wrap", grid_gap="24px", align_items="flex-start"))
        self.widget = widgets.VBox([top, self.told], layout=widgets.Layout(grid_gap="8px"))
        self.take(0)

    def _answer_to(self, name: str) -> Callable[[Any], None]:
        def changed(event: Any) -> None:
            if self.quiet:
                return
            if name == "card":
                self.take(event["new"])
            elif name == "block":
                self.read_block()
            else:
                self.apply(name, event["new"])

        return changed

    def take(self, place: int) -> None:
        """Put a card on the bench as it was first."""
        self.card = self.cards[place]
        self.quiet = True
        block = self.controls["block"]
        block.options = [(_block_name(self.card, n), n) for n in range(len(self.card.blocks))]
        block.value = self.card.place("headline") if any(b.role == "headline" for b in self.card.blocks) else 0
        self.controls["alt"].value = self.card.alt
        canvas = self.card.canvas
        for name, limit in (("x", canvas.width), ("y", canvas.height)):
            self.controls[name].min, self.controls[name].max = -200, limit
        self.quiet = False
        self.read_block()
        self.show()

    def read_block(self) -> None:
        """Let the sliders stand where the chosen block stands."""
        block = self.card.blocks[self.controls["block"].value]
        self.quiet = True
        self.controls["size"].value = round(block.size)
        self.controls["x"].value, self.controls["y"].value = round(block.x), round(block.y)
        known = {hexes: hexes for hexes in self.colours.values()}
        colour = self.controls["colour"]
        own = [] if block.colour in known else [(f"原來的 {block.colour}", block.colour)]
        colour.options = [*own, *((f"{name} {value}", value) for name, value in self.colours.items())]
        colour.value = block.colour
        self.quiet = False

    def apply(self, name: str, value: Any) -> None:
        """Carry one control's value over to the card and show it."""
        place = None if name == "alt" else self.controls["block"].value
        self.card = self.card.changed(place, **{name: value})
        self.show()

    def show(self) -> None:
        """Draw the card and say what is found."""
        self.picture.value = render(self.card, _width(self.card))
        self.told.value = findings_html(lint(self.card))


def _controls(cards: list[Card], colours: dict[str, str]) -> dict[str, Any]:
    wide = widgets.Layout(width="98%")

    def slider(name: str, low: int, high: int, step: int) -> widgets.IntSlider:
        return widgets.IntSlider(
            value=low, min=low, max=high, step=step, description=name, continuous_update=False, style=_PLAIN, layout=wide,
        )  # fmt: skip

    return {
        "card": widgets.Dropdown(options=[(c.name, n) for n, c in enumerate(cards)], value=0, description="圖卡：", style=_PLAIN, layout=wide),
        "block": widgets.Dropdown(options=[("", 0)], value=0, description="哪一塊：", style=_PLAIN, layout=wide),
        "size": slider("字級：", 8, 320, 2),
        "colour": widgets.Dropdown(options=list(colours.values()), description="顏色：", style=_PLAIN, layout=wide),
        "x": slider("左右 x：", -200, 2000, 2),
        "y": slider("上下 y：", -200, 2000, 2),
        "alt": widgets.Textarea(
            value="", description="替代文字：", placeholder="圖裡有什麼、寫了什麼", continuous_update=False, rows=4, style=_PLAIN, layout=wide,
        ),
    }  # fmt: skip


def _block_name(card: Card, place: int) -> str:
    text = " ".join(card.blocks[place].text.split())
    return f"{ROLES[card.blocks[place].role]}｜{text if len(text) <= 12 else text[:11] + '…'}"


def findings_html(review: Review) -> str:
    """The findings as one status box: how many, then each with where, what and how to mend it."""
    errors, warnings = review.count("error"), review.count("warning")
    if not review.findings:
        head, colour = "✓ 沒有找到要改的地方", "#0A4A78"
    else:
        parts = [f"必須修改 {errors} 處"] * (errors > 0) + [f"建議修改 {warnings} 處"] * (warnings > 0)
        head, colour = "、".join(parts) or "可以更好", "#A63F16" if errors else "#7A5F00"
    rows = []
    for finding in review.findings[:_SHOWN]:
        icon, words, edge = SEVERITIES[finding.severity]
        rows.append(
            f'<div style="border-left:4px solid {edge};padding:0 12px;margin:6px 0;line-height:1.55"><b>{icon} {words}　{html.escape(finding.where)}</b>'
            f"<br>{html.escape(finding.what)}改法：{html.escape(finding.fix)}</div>"
        )
    more = len(review.findings) - _SHOWN
    rows += [f'<div style="color:#5B6875">還有 {more} 處，改好上面的再看。</div>'] if more > 0 else []
    return f'<div role="status" aria-live="polite"><strong style="color:{colour}">{head}</strong>{"".join(rows)}</div>'


def repair_control(cards: Sequence[Broken]) -> Control:
    """The control of a repair question: per card its picture and two lists; the picture follows, no finding is shown.

    The answer is a letter a list, in the order in which they stand; None until every list has one.
    """
    radios: list[widgets.RadioButtons] = []
    boxes = [_one(card, radios) for card in cards]

    def read() -> str | None:
        return "".join(r.value for r in radios) if all(r.value for r in radios) else None

    def restore(answer: Any) -> None:
        for radio, letter in zip(radios, str(answer), strict=False):
            if letter in {value for _, value in radio.options}:
                radio.value = letter

    return Control(widgets.VBox(boxes, layout=widgets.Layout(grid_gap="16px")), read, restore)


def _one(card: Broken, radios: list[widgets.RadioButtons]) -> widgets.Widget:
    width = _width(card.card)
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%", flex="0 0 auto"))
    told = widgets.HTML()
    mine = [
        widgets.RadioButtons(
            options=[(f"{chr(65 + n)}. {words}", chr(65 + n)) for n, words in enumerate(choice.options)],
            value=None, description=f"{choice.name}：", layout=widgets.Layout(width="98%"), style={"description_width": "initial"},
        )
        for choice in card.choices
    ]  # fmt: skip
    radios += mine
    heard = any("alt" in edit for choice in card.choices for option in choice.edits for edit in option)

    def show(_: Any = None) -> None:
        letters = "".join(radio.value or "A" for radio in mine)
        now = card.repaired(letters) if any(radio.value for radio in mine) else card.card
        picture.value = render(now, width)
        if heard:
            told.value = f'<div role="status"><span style="color:#5B6875">報讀軟體會唸：</span>{html.escape(now.alt) or "（什麼也沒有）"}</div>'

    for radio in mine:
        radio.observe(guarded(told, show), names="value")
    show()
    head = widgets.HTML(
        f'<div style="line-height:1.55"><strong>{html.escape(card.card.name)}</strong>　<span style="color:#5B6875">{html.escape(card.card.canvas.name)}</span>'
        f"<br>當初的想法：{html.escape(card.story)}</div>"
    )
    side = widgets.VBox([head, *mine, told], layout=widgets.Layout(width="420px", max_width="100%", grid_gap="8px"))
    return widgets.HBox([picture, side], layout=widgets.Layout(flex_flow="row wrap", grid_gap="24px", align_items="flex-start"))
