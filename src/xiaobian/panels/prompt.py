"""Panels of the prompt lab: take parts out of a brief and see what comes back; vote between two texts blind."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from matplotlib.patches import Rectangle

from ..ai.bills import Bill, month
from ..ai.briefs import TONES
from ..ai.briefs import brief as as_brief
from ..ai.evaluation import TELLS, Comparison, Pair, Tried, compare, try_brief, with_parts
from ..ai.evaluation.pairwise import LEFT, RIGHT, TIE, VOTES
from ..ai.evaluation.plot import MARKS
from ..datasets import reference
from ..plotting import Chart, broken, chart, titled, to_png
from ..plotting.palette import BRICK, HAIRLINE, PAPER, SEA, SECONDARY
from .controls import labelled
from .panel import Panel, guarded, message_box

if TYPE_CHECKING:
    from ..ai.client import Assistant

FACTS = {"不寫": "none", "寫三句口號": "slogans", "寫查得到的事": "facts"}
DATES = {"不寫": "no", "寫進簡報": "yes"}
LENGTHS = (16, 24, 32)
MONTHLY = (100, 200, 400, 1_000)


def models() -> list[str]:
    """Models that write text and have a price on the kit's card."""
    card = reference("ai_prices")
    written = card[(card["output_usd"] > 0) & card["image_input_usd"].isna()]
    return [str(name) for name in written["model"]]


def prompt_explorer(
    brief: Any, *, assistant: Assistant | None = None, n: int = 8, rate: float | None = None,
    facts: str = "none", dates: str = "no", headlines: int = 200,
) -> Panel:  # fmt: skip
    """Drop-downs for the parts of a brief, the model's price card and the headlines a month; n headlines follow, each
    with its checks, and what a month would cost.

    brief: everything that is known; the variants are weighed against all of it. assistant: who writes; the rules engine
    unless given. A real model is only asked when the button is pressed. rate: NT$ a US$.
    """
    full, writer = as_brief(brief), assistant or _offline()
    choices = {
        "facts": labelled("事實：", FACTS, facts),
        "dates": labelled("期限、價格：", DATES, dates),
        "tone": labelled("語氣：", {words: name for name, words in TONES.items()}, full.tone),
        "longest": labelled("字數：", {f"{k} 字以內": str(k) for k in LENGTHS}, str(LENGTHS[-1])),
        "model": labelled("型號：", {name: name for name in models()}, models()[0]),
        "headlines": labelled("每月：", {f"{k:,} 句": str(k) for k in MONTHLY}, str(headlines)),
    }
    table, cost, status = widgets.HTML(), widgets.HTML(), widgets.HTML()
    last: list[Tried] = []

    def price(_: Any = None) -> None:
        if last:
            found = month(
                last[-1].usage, choices["model"].value, int(choices["headlines"].value), n, rate=rate
            )
            cost.value = (
                f'<div role="status">{html.escape(_month_text(found, int(choices["headlines"].value)))}</div>'
            )

    def write(_: Any = None) -> None:
        parts = with_parts(full, choices["facts"].value, choices["dates"].value, choices["tone"].value)
        found = try_brief(writer, parts, n=n, longest=int(choices["longest"].value), truth=full)
        last[:] = [found]
        table.value = variant_table(found)
        status.value = f'<div role="status">{html.escape(found.scores.told())}。</div>'
        price()

    asked = widgets.Button(description="寫一批", button_style="primary", tooltip="請模型照這張簡報寫一批")
    asked.on_click(guarded(status, write))
    for name, box in choices.items():
        if name in ("model", "headlines"):
            box.observe(guarded(status, price), names="value")
        elif not writer.is_ai:
            box.observe(guarded(status, write), names="value")
    if not writer.is_ai:
        write()
    row = widgets.HBox(list(choices.values()), layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    button = [asked] if writer.is_ai else []
    panel = Panel(
        [row, *button, status, table, cost],
        "互動面板：一次換簡報的一塊，看標題過了哪些檢查、一個月要多少錢。",
        lambda: to_png(last[-1].plot()) if last else None,
    )
    panel.choices, panel.table, panel.cost, panel.status = choices, table, cost, status  # type: ignore[attr-defined]
    panel.button = asked  # type: ignore[attr-defined]
    return panel


def _offline() -> Assistant:
    from ..ai.client import connect

    return connect()


def _month_text(found: Bill, headlines: int) -> str:
    return f"一個月 {headlines:,} 句：{found.say()}"


def variant_table(found: Tried) -> str:
    """The variants as an HTML table: text, technique, a mark a check, and why where one failed. Texts are escaped."""
    names = list(dict.fromkeys(found.scores.table["check"]))
    head = "".join(f'<th scope="col" style="{_CELL}text-align:center">{html.escape(n)}</th>' for n in names)
    rows = "".join(
        _row(rows, technique)
        for (_, rows), technique in zip(
            found.scores.table.groupby("case", sort=False), found.techniques, strict=True
        )
    )
    return (
        f'<table style="border-collapse:collapse;width:100%;font-size:14px;color:#22303C"><thead><tr>'
        f'<th scope="col" style="{_CELL}text-align:left">標題</th><th scope="col" style="{_CELL}">技巧</th>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table>"
        f'<div style="font-size:14px;color:{SECONDARY};padding-top:4px">{html.escape(found.badge)}</div>'
    )


_CELL = f"padding:4px 8px;border-bottom:1px solid {HAIRLINE};font-weight:400;white-space:nowrap;"


def _row(rows: Any, technique: str) -> str:
    failed = rows[(rows["passed"] == False) & (rows["check"] != TELLS)]  # noqa: E712
    why = "；".join(f"{name}：{told}" for name, told in zip(failed["check"], failed["detail"], strict=True))
    note = f'<div style="color:{BRICK};font-size:13px">{html.escape(why)}</div>' if why else ""
    marks = "".join(f'<td style="{_CELL}text-align:center">{_mark(passed)}</td>' for passed in rows["passed"])
    text = html.escape(str(rows["output"].iloc[0]))
    return (
        f'<tr><td style="{_CELL}white-space:normal;text-align:left;font-size:16px">{text}{note}</td>'
        f'<td style="{_CELL}color:{SECONDARY}">{html.escape(technique)}</td>{marks}</tr>'
    )


def _mark(passed: bool | None) -> str:
    sign, colour = MARKS[passed]
    word = {True: "過", False: "沒過", None: "沒有判"}[passed]
    return f'<span style="color:{colour}" title="{word}" aria-label="{word}">{sign}</span>'


# ── blind votes ──


def blind_compare(asked: Sequence[Pair], *, question: str = "哪一句比較想點進去？") -> Panel:
    """Two texts side by side, no names; a vote for left, right or neither each, and the names after the last vote.

    asked: of ``pairs()``. The panel's ``votes`` fill up as one votes; ``result()`` is the comparison, once all are in.
    """
    votes: dict[str, str] = {}
    place, texts, feedback = widgets.HTML(), widgets.HTML(), widgets.HTML()
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="100%", display="none"))
    buttons = {
        side: widgets.Button(description=words, tooltip=f"這一組選「{words}」")
        for side, words in ((LEFT, VOTES[LEFT]), (TIE, VOTES[TIE]), (RIGHT, VOTES[RIGHT]))
    }
    back = widgets.Button(description="回上一組", tooltip="改上一組的選擇")

    def result() -> Comparison:
        return compare(asked, votes)

    def show() -> None:
        done = len(votes) == len(asked)
        place.value = _place(len(votes), len(asked), question)
        texts.value = _opened(asked, votes) if done else _two(asked[len(votes)])
        for button in buttons.values():
            button.disabled = done
        back.disabled = done or not votes
        if done:
            found = result()
            feedback.value = message_box("✓", "全部投完，名字打開了", found.say(), SEA)
            picture.value, picture.layout.display = to_png(found.plot()), ""

    def voted(side: str) -> Callable[[Any], None]:
        def on_click(_: Any) -> None:
            if len(votes) < len(asked):
                votes[asked[len(votes)].pair_id] = side
                show()

        return on_click

    def undo(_: Any) -> None:
        if 0 < len(votes) < len(asked):
            votes.popitem()
            show()

    for side, button in buttons.items():
        button.on_click(guarded(feedback, voted(side)))
    back.on_click(guarded(feedback, undo))
    show()
    row = widgets.HBox([*buttons.values(), back], layout=widgets.Layout(grid_gap="8px", flex_flow="row wrap"))
    panel = Panel(
        [place, texts, row, feedback, picture],
        f"投票面板：{len(asked)} 組標題蒙著名字比，全部投完才打開名字。",
        lambda: to_png(result().plot() if len(votes) == len(asked) else _pair_picture(asked[0], question)),
    )
    panel.votes, panel.result, panel.buttons, panel.back = votes, result, buttons, back  # type: ignore[attr-defined]
    panel.texts, panel.place, panel.feedback = texts, place, feedback  # type: ignore[attr-defined]
    return panel


def _place(done: int, whole: int, question: str) -> str:
    now = f"第 {done + 1} 組，共 {whole} 組" if done < whole else f"{whole} 組都投完了"
    return f'<div role="status"><strong>{now}</strong>　{html.escape(question if done < whole else "")}</div>'


def _two(pair: Pair) -> str:
    return (
        '<div style="display:flex;gap:16px;flex-wrap:wrap">'
        + _side("左", pair.left)
        + _side("右", pair.right)
        + "</div>"
    )


def _side(word: str, text: str) -> str:
    return (
        f'<div role="group" aria-label="{word}邊" style="flex:1 1 280px;border:1px solid {HAIRLINE};border-radius:4px;'
        f'padding:16px;min-height:72px;background:#FFFFFF"><div style="font-size:14px;color:{SECONDARY}">{word}</div>'
        f'<div style="font-size:20px;white-space:pre-wrap">{html.escape(text)}</div></div>'
    )


def _opened(asked: Sequence[Pair], votes: dict[str, str]) -> str:
    """Every pair with its names and the vote."""
    rows = "".join(
        f'<tr><td style="{_CELL}">{html.escape(pair.pair_id)}</td>'
        f"{_named(pair.left, pair.left_by, votes[pair.pair_id] == LEFT)}"
        f"{_named(pair.right, pair.right_by, votes[pair.pair_id] == RIGHT)}"
        f'<td style="{_CELL}">{VOTES[votes[pair.pair_id]]}</td></tr>'
        for pair in asked
    )
    head = "".join(
        f'<th scope="col" style="{_CELL}text-align:left">{w}</th>' for w in ("", "左", "右", "你選")
    )
    return (
        f'<table style="border-collapse:collapse;width:100%;font-size:14px;color:#22303C"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _named(text: str, author: str, chosen: bool) -> str:
    mark = "✓ " if chosen else ""
    return (
        f'<td style="{_CELL}white-space:normal;text-align:left">{mark}{html.escape(text)}'
        f'<div style="color:{SECONDARY};font-size:13px">{html.escape(author)}</div></td>'
    )


def _pair_picture(pair: Pair, question: str) -> Chart:
    """The first pair as a picture, for places where no widget runs; without names."""
    figure, ax = chart(9, 2.4)
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    for left, word, text in ((0.0, "左", pair.left), (0.51, "右", pair.right)):
        ax.add_patch(
            Rectangle((left + 0.002, 0.02), 0.484, 0.96, facecolor=PAPER, edgecolor=SECONDARY, linewidth=0.8)
        )
        ax.text(left + 0.02, 0.84, word, va="center", fontsize=10.5, color=SECONDARY)
        shown = broken(text, lambda line: len(line) <= 19)
        ax.text(left + 0.02, 0.66, shown, va="top", fontsize=13, linespacing=1.6).set_parse_math(False)
    titled(ax, question, f"{pair.pair_id}；兩句是誰寫的，投完才知道")
    figure.summary = f"左邊：{pair.left}；右邊：{pair.right}。"
    return figure
