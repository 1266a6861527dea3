"""The after-action report as one page: charts with a sentence each, the truth, the tables. Every text is inert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import SIMULATED
from ...plotting import percent_text, spaced, to_png
from ...reports import Page, PageTable, Section
from ...reports.cells import GUARD, risky
from ...sandbox.crisis.scenarios import CLUSTERS, CONFIDENCE, KNOWN_TO, STRATEGIES
from .setup import HOUR

if TYPE_CHECKING:
    from .after_action import AfterAction

ROWS = 20
"""Comments shown in the queue's table, dearest first."""
ACTED = 12
"""Comments that were hidden or escalated and stand in the timeline, first ones first."""
PIECE = 60
"""Characters of a record on one line of paper."""
_PARTS = {
    "cluster": "危機類型", "history": "有前例", "vivid": "有畫面", "disclosure": "自己先說", "other": "這一場的運氣",
}  # fmt: skip


def inert(value: object) -> str:
    """A text that a spreadsheet takes for a text, should someone paste the table into one.

    >>> inert("=1+1"), inert("好吃"), inert("−0.2")
    ("'=1+1", '好吃', '−0.2')
    """
    text = str(value)
    return f"{GUARD}{text}" if risky(text.lstrip()) else text


def clock(minute: float | None) -> str:
    """Minutes of the drill as hours and minutes; a dash for none.

    >>> clock(95), clock(None)
    ('1 小時 35 分', '沒有')
    """
    if minute is None or minute != minute:
        return "沒有"
    hours, rest = divmod(round(minute), HOUR)
    return f"{hours} 小時 {rest:02d} 分" if hours else f"{rest} 分"


def measures(found: AfterAction) -> list[tuple[str, str, str, str]]:
    """Rows of the table of measures: measure, own, reference, meaning."""
    form, queue = found.truth.form, found.queue
    return [
        ("聲譽的變化", _plain(found.value), f"一般公司 {_plain(found.usual)}，最好 {_plain(found.best)}", "標準差，越高越好"),
        ("拿到的差距", percent_text(found.share), "0% 是一般公司，100% 是找得到的最好", "同樣的運氣下比"),
        ("第一次回應", clock(found.first_reply), f"{found.level} 的期限 {clock(found.reply_due)}", "從發現起算"),
        ("策略配合度", _plain(found.truth.match), "−1 到 1", f"{CLUSTERS[found.truth.cluster]}，依 SCCT"),
        ("及時", f"{form.timely:.2f}", "0 到 1", "照起火平台的速度"),
        ("一致", f"{form.consistent:.2f}", "0 到 1", "前後說法，還有排程有沒有停"),
        ("主動", f"{form.active:.2f}", "0 到 1", "同理、說明、自己先說"),
        ("排程照發", f"{len(found.state.out)} 篇", f"擋下 {len(found.state.held)} 篇", "危機裡自動發出的貼文"),
        ("留言：該抓的抓到", percent_text(queue.recall), "該上報或隱藏的裡面", "處理對的占比"),
        ("留言：按下去按對", percent_text(queue.precision), "上報或隱藏的裡面", "按對的占比"),
        ("留言的代價", f"{queue.points:.0f} 點", f"都不管 {queue.nothing:.0f} 點", "設計參數，越低越好"),
    ]  # fmt: skip


def _plain(value: float) -> str:
    """Two decimals with a true minus; no plus, which a spreadsheet would run."""
    return f"{value:.2f}".replace("-", "−")


def page(found: AfterAction) -> Page:
    """The whole report."""
    minutes = found.state.setup.minutes
    return Page(
        title=spaced(f"危機演練檢討報告｜{found.state.title}"),
        subtitle=f"第 {found.state.setup.seed} 場，模擬 {minutes // HOUR} 小時，{len(found.state.comments):,} 則留言",
        badge=SIMULATED,
        sections=_sections(found),
        tables=tuple(_tables(found)),
        definitions=DEFINITIONS,
        notes=(*found.notes, f"這場演練的紀錄（貼進教材可以重播）：{_record(found)}"),
    )


def _record(found: AfterAction) -> str:
    """The record in pieces that fit on the paper; the spaces do not matter when it is read again."""
    from .record import packed

    line = packed(found.state.setup, found.state.moves)
    return " ".join(line[at : at + PIECE] for at in range(0, len(line), PIECE))


def _sections(found: AfterAction) -> tuple[Section, ...]:
    asked = (
        ("這一場怎麼走的", found.went_well, "timeline"),
        ("換一種回應會怎樣", found.change, "replays"),
        ("留言處理得怎樣", found.queue.say(), "queue"),
    )
    sections = []
    for heading, sentence, what in asked:
        drawn = found.plot(what)
        sections.append(Section(heading, spaced(sentence), to_png(drawn), repr(drawn).removeprefix("圖：")))
    return tuple(sections)


def _tables(found: AfterAction) -> list[PageTable]:
    return [
        PageTable("成績", ("項目", "你", "對照", "怎麼看"), tuple(measures(found))),
        _blame(found),
        _facts(found),
        _responses(found),
        _gains(found),
        _replays(found),
        _timeline(found),
        _queue(found),
        _legal(found),
    ]


def _blame(found: AfterAction) -> PageTable:
    rows = [(_PARTS.get(name, name), _plain(part)) for name, part in found.truth.blame_parts.items()]
    rows.append(("大眾認定的責任（0 到 1）", f"{found.truth.responsibility:.2f}"))
    return PageTable(f"真相：{CLUSTERS[found.truth.cluster]}，責任怎麼來的", ("來源", "責任"), tuple(rows))


def _facts(found: AfterAction) -> PageTable:
    rows = tuple(
        (
            _hour(fact.hour),
            "現在才公開" if fact.known_to == "nobody_yet" else KNOWN_TO[fact.known_to],
            "可以" if fact.provable else "不行",
            inert(fact.text),
        )
        for fact in found.truth.facts
    )
    return PageTable(
        f"真相：事實卡。{found.truth.provable}", ("第幾小時", "當時誰知道", "能證明", "內容"), rows
    )


def _hour(hour: float) -> str:
    return f"{hour:g}".replace("-", "−")


def _responses(found: AfterAction) -> PageTable:
    said = {id(s.response): s for s in found.state.said}
    rows = []
    for one in found.truth.responses:
        if not one.response.strategies:
            continue
        names = "、".join(STRATEGIES[name] for name in one.response.strategies)
        known = said.get(id(one.response))
        text = known.text if known else one.response.text or ""
        rows.append(
            (
                clock(one.response.delay * HOUR),
                names,
                _plain(one.match),
                _plain(one.worth),
                inert(text or "（沒有文字）"),
            )
        )
    return PageTable("你的回應", ("時間", "策略", "配合度", "值多少（標準差）", "內容"), tuple(rows))


def _gains(found: AfterAction) -> PageTable:
    rows = tuple((spaced(gain.what), _plain(gain.value)) for gain in found.gains)
    return PageTable("只改一件事，同樣的運氣會差多少", ("改法", "差多少（標準差）"), rows)


def _replays(found: AfterAction) -> PageTable:
    wide = found.replays.pivot(index="strategy", columns="delay", values="value")
    wide = wide.loc[list(dict.fromkeys(found.replays["strategy"]))]
    head = ("策略", *(f"{delay:g} 小時" for delay in wide.columns))
    rows = tuple(
        (STRATEGIES[str(name)], *(_plain(float(value)) for value in row))
        for name, row in zip(wide.index, wide.to_numpy(), strict=True)
    )
    return PageTable("每種策略在不同時間回一次，聲譽的變化（標準差）", head, rows)


def _timeline(found: AfterAction) -> PageTable:
    acted = found.timeline["kind"] == "留言"
    shown = found.timeline[~acted | (acted.cumsum() <= ACTED)]
    rows = tuple(
        (f"{row.time:%m/%d %H:%M}", str(row.kind), inert(row.what)) for row in shown.itertuples(index=False)
    )
    left = int(acted.sum()) - ACTED
    more = f"（另外還有 {left} 則留言被隱藏或上報）" if left > 0 else ""
    return PageTable(f"時間軸{more}", ("時間", "類別", "內容"), rows)


def _queue(found: AfterAction) -> PageTable:
    shown = found.queue.table[found.queue.table["points"] > 0].head(ROWS)
    minutes = shown["waited"].to_numpy(dtype=float, na_value=float("nan"))
    rows = tuple(
        (
            f"{row['number']} 號", inert(row["author"]), inert(row["text"]), str(row["intent"]), str(row["needed"]),
            str(row["done"]) or "沒處理", clock(waited), f"{row['points']:.1f}",
        )
        for row, waited in zip(shown.to_dict("records"), minutes.tolist(), strict=True)
    )  # fmt: skip
    head = ("編號", "帳號", "留言", "意圖", "該做", "做了", "等了", "代價（點）")
    return PageTable(f"最貴的 {len(rows)} 則留言", head, rows)


def _legal(found: AfterAction) -> PageTable:
    rows = tuple(
        (note.basis, inert(note.note), CONFIDENCE[note.confidence]) for note in found.state.setup.told.legal
    )
    return PageTable("可能有關的法規：風險提示，不是法律意見", ("依據", "提醒", "信心"), rows)


DEFINITIONS = (
    (
        "聲譽的變化",
        "危機結束時品牌聲譽的變化，單位是聲譽的標準差；由責任、聲量、回應和運氣合成，大小是設計參數。",
    ),
    ("一般公司", "依公開調查的策略比例和回應時間，把各種做法在同一場危機重跑後的平均。"),
    ("找得到的最好做法", "策略、時間、寫法的組合，加上每一條選項路徑，在同樣的運氣下逐一重跑，取最高的。"),
    ("策略配合度", "情境式危機溝通理論（SCCT，Coombs 2007）裡，策略和危機類型合不合，−1 到 1。"),
    ("及時、一致、主動", "回應的形式（Huang 2008），各 0 到 1。"),
    ("留言的代價", "等太久和按錯鍵的點數；隱藏批評、漏看威脅和個資最貴。"),
)
