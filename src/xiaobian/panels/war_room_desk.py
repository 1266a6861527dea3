"""The answer desk of the crisis room: what must be decided, the words that will be posted, and what the checks find in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from ..crisis.drill import DrillState
from ..crisis.drill.own_words import OwnWords
from ..crisis.drill.said import LONGEST_TEXT, own_words
from ..plotting.palette import BRICK, GRAIN, SEA
from ..sandbox.crisis.scenarios import STRATEGIES
from ..sandbox.crisis.values import SILENCE
from . import war_room_view as view
from .war_room_parts import button, mark, row

MOST_OPTIONS = 5


class Desk:
    """Options of the open decision, strategies of one's own, the text, its checks, and the button that posts it.

    ``decide(choice, text)`` is given: choice is an option id or a list of strategies; text is empty when an option's own
    words are kept. Nothing is chosen at first.
    """

    def __init__(self, decide: Callable[[Any, str], None]) -> None:
        self._decide = decide
        self._state: DrillState | None = None
        self._number: int | None = None
        self.option: str | None = None
        self.own: list[str] = []
        self._warned = ""
        self.prompt, self.check = widgets.HTML(), widgets.HTML()
        self.options = [
            button("", "", lambda place=place: self.choose(place))  # type: ignore[misc]
            for place in range(MOST_OPTIONS)
        ]
        self.strategies = {
            name: button(word, f"自己寫，策略算「{word}」", lambda name=name: self.toggle(name))  # type: ignore[misc]
            for name, word in STRATEGIES.items()
        }
        self.text = widgets.Textarea(
            value="", description="要貼出去的話：", placeholder="選一個做法，或自己寫", rows=5, continuous_update=True,
            layout=widgets.Layout(width="98%", height="auto", flex_flow="column"), style={"description_width": "initial"},
        )  # fmt: skip
        self.text.observe(lambda _: self._checked(), names="value")
        self.send = button("送出", "把這段話貼出去", self.post, button_style="primary")
        self.send.add_class("xb-room-send")
        self.widget = widgets.VBox(
            [
                self.prompt,
                row(*self.options),
                row(widgets.HTML("不用上面的，自己決定策略（可以複選）："), *self.strategies.values()),
                self.text,
                self.check,
                row(self.send),
            ],
            layout=widgets.Layout(grid_gap="8px"),
        )

    def show(self, state: DrillState) -> None:
        """Bring it to a state; what is being written stays."""
        self._state = state
        open_ = state.decision
        number = open_.number if open_ else None
        self.prompt.value = prompt_html(state)
        ids = list(open_.options) if open_ else []
        for place, made in enumerate(self.options):
            made.layout.display = "" if place < len(ids) else "none"
            if place < len(ids):
                made.tooltip = f"選 {ids[place].upper()}：{open_.options[ids[place]]}" if open_ else ""
                if made.description.removeprefix("✓ ") != f"做法 {ids[place].upper()}":
                    made.description = f"做法 {ids[place].upper()}"
        if number != self._number:
            self._number = number
            self._clear(keep=self.option is None)
        self.send.disabled = self.text.disabled = state.done
        for made in (*self.options, *self.strategies.values()):
            made.disabled = state.done

    def _clear(self, *, keep: bool) -> None:
        """Nothing chosen any more; words of one's own stay when ``keep``."""
        self.option, self._warned = None, ""
        self._marked()
        if not keep:
            self.own = []
            self._marked()
            self.text.value = ""
        self._checked()

    def _marked(self) -> None:
        ids = list(self._state.decision.options) if self._state and self._state.decision else []
        named = dict(zip(ids, self.options, strict=False))
        mark(named, [self.option] if self.option else [])
        mark(self.strategies, self.own)

    def choose(self, place: int) -> None:
        """Pick an option; its words stand in the text and may be changed."""
        open_ = self._state.decision if self._state else None
        if open_ and place < len(open_.options):
            self.option, self.own, self._warned = list(open_.options)[place], [], ""
            self._marked()
            self.text.value = open_.says[self.option]
            self._checked()

    def toggle(self, name: str) -> None:
        """Switch a strategy of one's own on or off; no option is picked then."""
        self.option, self._warned = None, ""
        self.own = [n for n in self.own if n != name] if name in self.own else [*self.own, name]
        self._marked()
        self._checked()

    def post(self) -> None:
        """Post it; what the checks find is shown once more first."""
        state, words = self._state, str(self.text.value).strip()
        if state is None:
            return
        if self.option is None and not self.own:
            self.check.value = view.box_html("▲", "還沒送出", "先選一個做法，或在下面選自己的策略。", BRICK)
            return
        found = self._read(words)
        if found and (found.statement.broken or found.legal) and self._warned != words:
            self._warned = words
            self.check.value = check_html(found) + view.told("還沒送出。要照這樣貼出去，再按一次「送出」。")
            return
        says = state.decision.says[self.option] if self.option and state.decision else None
        self._decide(self.option or list(self.own), "" if words == says else words)

    def posted(self) -> None:
        """Start afresh after an answer was given."""
        self._clear(keep=False)

    def _checked(self) -> None:
        state, words = self._state, str(self.text.value).strip()
        if state is None or not words:
            quiet = self.option is not None or SILENCE in self.own
            self.check.value = view.quiet("這個做法不貼任何文字。" if quiet else "")
            return
        found = self._read(words)
        self.check.value = check_html(found) if found else ""

    def _read(self, words: str) -> OwnWords | None:
        """What the checks find if it went out now; None without words."""
        if self._state is None or not words:
            return None
        option = self._state.option(self.option) if self.option else None
        return own_words(self._state, option.strategy if option else tuple(self.own), words[:LONGEST_TEXT])


def prompt_html(state: DrillState) -> str:
    """The question of the open decision with its options, or that nothing waits."""
    open_ = state.decision
    if state.done:
        return view.quiet("演練結束，不能再回應。")
    if open_ is None:
        return view.quiet("現在沒有一定要決定的事；想說話，可以選策略自己寫。")
    named = {id.upper(): text for id, text in open_.options.items()}
    says = {id.upper(): text for id, text in open_.says.items()}
    since = state.minute - (state.decision_since or 0)
    box = view.box_html("◆", f"決策 {open_.number + 1}／3", f"{open_.prompt}（等了 {since} 分鐘）", SEA)
    return box + view.folded_html("有哪些做法", view.options_html(named, says), opened=True)


def check_html(found: OwnWords) -> str:
    """What to mend first, where, and the marks in figures; of the strategies only those that the words themselves show."""
    told = found.statement
    fine = not told.broken and not found.legal
    lines = [f"「{f.text}」：{f.message}" for f in found.findings[:3]]
    box = view.box_html("✓" if fine else "▲", "可以發" if fine else "先改", found.say(), SEA if fine else GRAIN)
    marks = (
        f"規則守住 {told.score:.0%}　前後一致 {found.consistent:.0%}　主動 {told.active:.0%}　"
        f"{'具體' if told.specific else '還不具體'}（風險提示，不是法律意見；規則是設計參數，2026-11）"
    )
    return f'<div role="status" aria-live="polite">{box}{view.rows_html(lines) if lines else ""}{view.quiet(marks)}</div>'
