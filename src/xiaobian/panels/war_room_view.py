"""What the crisis room shows, as text and HTML made from plain values; every text is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from ..plotting.palette import BRICK, GRAIN, HAIRLINE, INK, SEA, SECONDARY, SKY

STYLE = """<style>
.xb-panel .xb-room-list select{height:284px!important;flex:none!important;width:100%!important;padding:4px 8px;line-height:1.5!important}
.xb-panel .xb-room-list{height:auto!important}.xb-panel .xb-room-list .widget-label{width:auto!important}.xb-panel .xb-room-list option{padding:3px 0}
.xb-panel .xb-room-on button,.xb-panel button.xb-room-on{background:#0A4A78!important;color:#FFFFFF!important}
.xb-panel .xb-kpis{display:flex;flex-wrap:wrap;gap:8px}
.xb-panel .xb-kpi{flex:1 1 150px;border:1px solid #E3E8EC;border-radius:4px;padding:8px 12px;min-width:0}
.xb-panel .xb-kpi b{display:block;font-size:1.5em;line-height:1.3}
.xb-panel .xb-kpi span{color:#5B6875;font-size:.9em}
.xb-panel .xb-quote{border-left:4px solid #4C9CCB;padding:4px 16px;white-space:normal;overflow-wrap:anywhere}
.xb-panel details>summary{cursor:pointer}.xb-panel a[download]{color:#0A4A78!important;text-decoration:underline!important}
.xb-panel .xb-rows{margin:4px 0 0;padding-left:1.2em;line-height:1.6;white-space:normal}
.xb-panel.xb-big,.xb-panel.xb-big .widget-html-content,.xb-panel.xb-big .widget-label,.xb-panel.xb-big input,
.xb-panel.xb-big select,.xb-panel.xb-big textarea,.xb-panel.xb-big button,.xb-panel.xb-big label{font-size:21px!important}
.xb-panel.xb-big{max-width:1240px!important}
.xb-panel.xb-big button{height:52px!important;line-height:50px!important;width:auto!important}
.xb-panel.xb-big select{height:auto!important}.xb-panel.xb-big .xb-room-list select{height:372px!important}
</style>"""
_CHART_W, _CHART_H, _LEFT, _BOTTOM, _TOP = 900, 160, 46, 26, 22


def quiet(text: str) -> str:
    """A line in secondary ink."""
    return f'<div style="color:{SECONDARY};white-space:normal">{html.escape(text)}</div>'


def told(text: str) -> str:
    """A line that a screen reader says when it changes."""
    return f'<div role="status" aria-live="polite" style="white-space:normal">{html.escape(text)}</div>'


def hours_text(minutes: float) -> str:
    """Hours and minutes since hour 0.

    >>> hours_text(75), hours_text(0), hours_text(1500)
    ('第 1 小時 15 分', '第 0 小時', '第 1 天 1 小時')
    """
    days, rest = divmod(round(minutes), 1440)
    hours, left = divmod(rest, 60)
    day = f"{days} 天 " if days else ""
    return f"第 {day}{hours} 小時" + (f" {left} 分" if left else "")


def kpi_html(cards: Iterable[tuple[str, str, str]]) -> str:
    """Cards of (name, figure, what it is compared with)."""
    boxes = "".join(
        f'<div class="xb-kpi"><span>{html.escape(name)}</span><b>{html.escape(figure)}</b>'
        f"<span>{html.escape(beside)}</span></div>"
        for name, figure, beside in cards
    )
    return f'<div class="xb-kpis">{boxes}</div>'


def bar_html(share: float) -> str:
    """How much of the time is over, 0–1."""
    return (
        f'<div aria-hidden="true" style="height:8px;background:{HAIRLINE};margin-top:4px">'
        f'<div style="height:8px;width:{100 * min(max(share, 0.0), 1.0):.1f}%;background:{SKY}"></div></div>'
    )


def pulse_svg(
    mentions: Sequence[float],
    negative: Sequence[float],
    usual: Sequence[float],
    *,
    hours: int,
    marks: Mapping[float, str] | None = None,
) -> str:
    """Mentions an hour as bars, the negative ones darker, the usual level as a line, and marks at some hours.

    mentions, negative, usual: a number an hour from hour 0. hours: how long the axis is. marks: hour → a short word.

    >>> pulse_svg([30, 90], [3, 60], [30, 30], hours=48).count("<rect")
    4
    """
    wide, high = _CHART_W - _LEFT - 8, _CHART_H - _TOP - _BOTTOM
    top = max([*mentions, *usual, 10.0]) * 1.05
    step = wide / max(hours, 1)

    def place(hour: float) -> float:
        return _LEFT + hour * step

    def level(value: float) -> float:
        return _TOP + high * (1 - value / top)

    parts = [_axis(top, hours, place, level)]
    for hour, (all_, bad) in enumerate(zip(mentions, negative, strict=False)):
        for value, colour in ((all_, SKY), (bad, BRICK)):
            parts.append(
                f'<rect x="{place(hour):.1f}" y="{level(value):.1f}" width="{max(step - 1, 1):.1f}" '
                f'height="{max(_TOP + high - level(value), 0):.1f}" fill="{colour}"/>'
            )
    if usual:
        points = " ".join(f"{place(h + 0.5):.1f},{level(v):.1f}" for h, v in enumerate(usual))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="2" stroke-dasharray="5 4"/>')
    for moment, word in (marks or {}).items():
        x = place(moment)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{_TOP + high}" stroke="{GRAIN}" stroke-width="2"/>'
            f'<text x="{x + 4:.1f}" y="{_TOP + 8}" font-size="14" fill="{INK}">{html.escape(word)}</text>'
        )
    last = f"最後一小時 {mentions[-1]:.0f} 則，負面 {negative[-1]:.0f} 則" if len(mentions) else "還沒有資料"
    return (
        f'<div style="font-size:.9em;color:{SECONDARY};white-space:normal">每小時提及（則）：'
        f'<span style="color:{SKY}">■</span> 全部　<span style="color:{BRICK}">■</span> 其中負面　'
        f'<span style="color:{INK}">┅</span> 平常　<span style="color:{GRAIN}">┃</span> 回應</div>'
        f'<svg viewBox="0 0 {_CHART_W} {_CHART_H}" style="width:100%;height:auto" role="img" '
        f'aria-label="{html.escape(last)}">{"".join(parts)}</svg>'
    )


def _axis(top: float, hours: int, place, level) -> str:  # type: ignore[no-untyped-def]
    ticks = [round(top / 2.1), round(top / 1.05)]
    lines = "".join(
        f'<line x1="{_LEFT}" x2="{_CHART_W - 8}" y1="{level(t):.1f}" y2="{level(t):.1f}" stroke="{HAIRLINE}"/>'
        f'<text x="{_LEFT - 6}" y="{level(t) + 5:.1f}" font-size="14" text-anchor="end" fill="{SECONDARY}">{t}</text>'
        for t in ticks
    )
    every = 6 if hours <= 48 else 12 if hours <= 96 else 24
    stamps = "".join(
        f'<text x="{place(h):.1f}" y="{_CHART_H - 8}" font-size="14" text-anchor="middle" fill="{SECONDARY}">{h}</text>'
        for h in range(0, hours, every)
    )
    end = f'<text x="{_CHART_W - 8}" y="{_CHART_H - 8}" font-size="14" text-anchor="end" fill="{SECONDARY}">小時</text>'
    base = f'<line x1="{_LEFT}" x2="{_CHART_W - 8}" y1="{level(0):.1f}" y2="{level(0):.1f}" stroke="{SECONDARY}"/>'
    return lines + base + stamps + end


def rows_html(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return f'<ul class="xb-rows">{"".join(f"<li>{html.escape(line)}</li>" for line in lines)}</ul>'


def folded_html(title: str, inside: str, *, opened: bool = False) -> str:
    """A part that opens and closes by keyboard too; ``inside`` is HTML made here."""
    return f"<details{' open' if opened else ''}><summary><strong>{html.escape(title)}</strong></summary>{inside}</details>"


def quote_html(head: str, text: str, foot: str = "") -> str:
    """A text that others wrote, whole."""
    below = f'<div style="color:{SECONDARY}">{html.escape(foot)}</div>' if foot else ""
    return (
        f'<div class="xb-quote"><strong>{html.escape(head)}</strong>'
        f'<div style="font-size:1.1em;white-space:pre-wrap">{html.escape(text)}</div>{below}</div>'
    )


def options_html(options: Mapping[str, str], says: Mapping[str, str]) -> str:
    """The options of a decision with what each would post."""
    rows = "".join(
        f'<div style="border-top:1px solid {HAIRLINE};padding:8px 0;white-space:normal"><strong>{html.escape(letter)}　'
        f"{html.escape(text)}</strong><div style='color:{SECONDARY}'>"
        f"{html.escape('會貼出：' + says[letter]) if says.get(letter) else '不貼任何文字。'}</div></div>"
        for letter, text in options.items()
    )
    return rows


def table_html(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A small table of texts."""
    cell = f"padding:4px 8px;border-bottom:1px solid {HAIRLINE};text-align:left;font-weight:400;white-space:normal"
    top = "".join(f'<th scope="col" style="{cell};color:{SECONDARY}">{html.escape(str(h))}</th>' for h in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="{cell}">{html.escape(str(v))}</td>' for v in row) + "</tr>" for row in rows
    )
    return f'<table style="border-collapse:collapse;width:100%"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def box_html(icon: str, word: str, text: str, colour: str = SEA) -> str:
    """A finding in a box."""
    return (
        f'<div style="border-left:4px solid {colour};padding:4px 16px;white-space:normal">'
        f'<strong style="color:{colour}">{icon} {html.escape(word)}</strong>　{html.escape(text)}</div>'
    )
