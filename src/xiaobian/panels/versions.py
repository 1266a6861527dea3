"""Explorer: one message beside its versions, with counters and problems, and what a change by hand breaks."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from ..errors import KitError
from ..planning.adapt.audit import Audit, audit
from ..planning.adapt.message import Message, message
from ..planning.adapt.rules import Version
from ..planning.adapt.samples import messages as sample_messages
from ..planning.adapt.versions import BADGE, USUAL, Versions, adapt
from ..planning.limits import SEVERITIES, caption_room, problems
from ..plotting import BRICK, HAIRLINE, SEA, SECONDARY, SKY, to_png
from ..tables import FORMATS, PLATFORMS
from .controls import labelled
from .panel import Panel, guarded, message_box

OWN, NOBODY = "own", "none"
_PLAIN = {"description_width": "initial"}


def edited(version: Version, text: str) -> Version:
    """A version with its whole text rewritten by hand: counted and checked again, its changes kept.

    >>> from xiaobian.planning.adapt.rules import version
    >>> edited(version(Message("早安。"), "x"), "字" * 141).problems[0].field
    'caption'
    """
    hidden = version.post.link if version.post.link and version.post.link not in version.text else ""
    tags = version.post.hashtags if version.platform == "threads" else ()
    post = replace(version.post, caption=text, hashtags=tags, link=hidden)
    return Version(post, version.changes, tuple(problems(post)), caption_room(post))


def versions_explorer(
    messages: Mapping[str, Message] | None = None, platforms: Sequence[str] = USUAL, *, chosen: str = ""
) -> Panel:
    """A message to choose or to type, its versions side by side, and one of them to rewrite by hand.

    messages: by a name for the drop-down; the kit's own without. platforms: in the order shown. chosen: which message stands there first.
    """
    stock = {given.title or name: given for name, given in (messages or sample_messages()).items()}
    by_id = {given.message_id: name for name, given in stock.items()}
    first = by_id.get(chosen, next(iter(stock)))
    names = {name: name for name in stock}
    choices = {
        "message": labelled("訊息：", {**names, "自己寫一則": OWN}, first),
        "edit": labelled("手改一版：", {"沒有改": NOBODY, **{PLATFORMS[p]: p for p in platforms}}, NOBODY),
    }
    typed = widgets.Textarea(
        value="", description="自己寫：", placeholder="一則訊息，標籤和網址一起貼上也可以", rows=4, layout=_wide(), style=_PLAIN
    )
    by_hand = widgets.Textarea(value="", description="這一版：", rows=5, layout=_wide(), style=_PLAIN)
    cards, status = widgets.HTML(), widgets.HTML()
    edits: dict[str, str] = {}
    made: list[Versions] = []

    def show(_: Any = None) -> None:
        if not made:
            return
        shown = [edited(v, edits[v.platform]) if v.platform in edits else v for v in made[-1]]
        found = audit({v.platform: v for v in shown}, made[-1].message)
        cards.value = version_cards(shown, set(edits))
        status.value = _told(shown, found)

    def rewrite(_: Any = None) -> None:
        edits.clear()
        choices["edit"].value = NOBODY
        own = choices["message"].value == OWN
        typed.layout.display = "" if own else "none"
        made.clear()
        if own and not typed.value.strip():
            cards.value, status.value = "", message_box("–", "還沒有訊息", "在上面的框裡寫一則訊息。", SECONDARY)
            return
        try:
            made.append(adapt(message(typed.value) if own else stock[choices["message"].value], platforms))
        except KitError as error:
            cards.value, status.value = "", message_box("!", "還不能改寫", str(error), BRICK)
            return
        show()

    def pick(_: Any = None) -> None:
        platform = choices["edit"].value
        by_hand.layout.display = "none" if platform == NOBODY or not made else ""
        if platform != NOBODY and made:
            by_hand.value = edits.get(platform, made[-1][platform].text)

    def edit(_: Any = None) -> None:
        platform = choices["edit"].value
        if platform == NOBODY or not made:
            return
        if by_hand.value == made[-1][platform].text:
            edits.pop(platform, None)
        else:
            edits[platform] = by_hand.value
        show()

    choices["message"].observe(guarded(status, rewrite), names="value")
    choices["edit"].observe(guarded(status, pick), names="value")
    typed.observe(guarded(status, rewrite), names="value")
    by_hand.observe(guarded(status, edit), names="value")
    by_hand.layout.display = "none"
    rewrite()
    row = widgets.HBox(list(choices.values()), layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    panel = Panel(
        [row, typed, by_hand, status, cards],
        "互動面板：一則訊息，五個平台的版本並排；換訊息、自己寫，或手改一版，看字數、問題和矛盾。",
        lambda: to_png(made[-1].plot()) if made else None,
    )
    panel.choices, panel.typed, panel.by_hand = choices, typed, by_hand  # type: ignore[attr-defined]
    panel.cards, panel.status = cards, status  # type: ignore[attr-defined]
    return panel


def _wide() -> widgets.Layout:
    """A layout of its own: a shared one would hide two boxes at once."""
    return widgets.Layout(width="98%")


def _told(shown: Sequence[Version], found: Audit) -> str:
    bad = sum(bool(v.problems) for v in shown)
    ready = f"{len(shown)} 版都通過平台檢查" if not bad else f"{bad} 版還不能發"
    same = "內容一致" if found.ok else f"有 {len(found.found)} 處和訊息矛盾"
    box = message_box("✓" if not bad and found.ok else "✗", f"{ready}，{same}", BADGE + "。", SEA if not bad and found.ok else BRICK)
    items = "".join(f"<li>{html.escape(str(one))}</li>" for one in found.found)
    return box + (f'<ul style="margin:4px 0 0;padding-left:24px;color:{BRICK}">{items}</ul>' if items else "")


def version_cards(shown: Sequence[Version], by_hand: set[str]) -> str:
    """Versions as cards in a grid; every text escaped, so that it stays text."""
    cards = "".join(_card(v, v.platform in by_hand) for v in shown)
    return f'<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(288px,1fr));gap:16px;align-items:start">{cards}</div>'


def _card(v: Version, by_hand: bool) -> str:
    name = PLATFORMS[v.platform] + ("（手改）" if by_hand else "")
    topic = f"主題：{v.post.hashtags[0]}" if v.platform == "threads" and v.post.hashtags else ""
    title = f"標題：{v.post.title}" if v.post.title else ""
    bubbles = "".join(
        f'<div style="white-space:pre-wrap;overflow-wrap:anywhere;padding:8px 0;border-top:1px solid {HAIRLINE}">{html.escape(bubble)}</div>'
        for bubble in v.bubbles
    )
    notes = "".join(
        f'<div style="font-size:14px;color:{SECONDARY}">{html.escape(note)}</div>' for note in (title, topic) if note
    )
    return (
        f'<section aria-label="{html.escape(name)} 版" style="border:1px solid {HAIRLINE};border-radius:4px;padding:8px 16px 16px;'
        f'font-size:15px;line-height:1.6"><div><strong>{html.escape(name)}</strong>'
        f'<span style="color:{SECONDARY}">　{FORMATS[v.post.format]}</span></div>{_meter(v)}{bubbles}{notes}{_found(v)}{_changes(v)}</section>'
    )


def _meter(v: Version) -> str:
    share = min(v.room.used / v.room.limit, 1.0) if v.room.limit else 0.0
    colour = SKY if v.room.ok else BRICK
    return (
        f'<div style="font-size:14px;color:{SECONDARY if v.room.ok else BRICK}">{html.escape(str(v.room))}'
        f"{'' if v.room.ok else '，太長'}</div>"
        f'<div aria-hidden="true" style="height:6px;background:{HAIRLINE};margin:2px 0 8px"><div style="height:6px;width:{share:.1%};'
        f'background:{colour}"></div></div>'
    )


def _found(v: Version) -> str:
    if not v.problems:
        return f'<div style="font-size:14px;color:{SEA};margin-top:4px">✓ 平台檢查沒有問題</div>'
    return "".join(
        f'<div style="font-size:14px;color:{BRICK};margin-top:4px">{SEVERITIES[p.severity][0]} {html.escape(p.what)}。{html.escape(p.fix)}。</div>'
        for p in v.problems
    )


def _changes(v: Version) -> str:
    if not v.changes:
        return ""
    items = "".join(f"<li>{html.escape(str(change))}</li>" for change in v.changes)
    return (
        f'<details style="font-size:14px;color:{SECONDARY};margin-top:4px"><summary style="cursor:pointer">改了 {len(v.changes)} 處</summary>'
        f'<ul style="margin:4px 0 0;padding-left:20px;overflow-wrap:anywhere">{items}</ul></details>'
    )
