"""Campaign tags of links: build them to one table of names, and find what splits or loses sessions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pandas as pd

from ...errors import TableError
from ..collected import collected
from ..result import Result
from . import rules as utm_rules
from .channels import PARAMETERS, UNASSIGNED, channel_group
from .rules import Finding

if TYPE_CHECKING:
    from ...plotting import Chart

_SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_HAN = re.compile(r"[^\x00-\x7f]")


def utm(
    url: str,
    source: str,
    medium: str,
    campaign: str,
    content: str | None = None,
    *,
    term: str | None = None,
    id: str | None = None,
    encode: bool = False,
) -> str:
    """A link with campaign tags, checked before it is built.

    url: http or https, with no utm_ parameter yet; other parameters and what follows # stay where they are.
    source, medium, campaign, content, term, id: lower case letters, digits and . _ - between them. encode: allow
    other characters and percent-encode them (Chinese campaign names); capital letters and blanks stay forbidden.

    Raises TableError for a link that cannot take tags, a value against the rules, or a pair of source and medium
    that Google Analytics 4 would leave unassigned.

    >>> utm("https://yusui.example/sale?size=m#top", "line", "social", "2026-03_promo", "rich_menu")
    'https://yusui.example/sale?size=m&utm_source=line&utm_medium=social&utm_campaign=2026-03_promo&utm_content=rich_menu#top'
    """
    values = dict(zip(PARAMETERS, (source, medium, campaign, content, term, id), strict=True))
    parts = urlsplit(_address(url))
    kept = parse_qsl(parts.query, keep_blank_values=True)
    if tagged := [name for name, _ in kept if name.lower().startswith("utm_")]:
        raise TableError(
            f"這個連結已經有 {'、'.join(tagged)}，再加一次會重複標記",
            where="參數 url",
            next_step="請從沒有標記的網址開始",
        )
    for name, value in values.items():
        if value is not None:
            _value(name, value, encode)
    if channel_group(source, medium) == UNASSIGNED:
        raise TableError(
            f"{source}／{medium} 對不到 GA4 的預設管道，會落在 {UNASSIGNED}",
            where="參數 source、medium",
            next_step="一般社群貼文請用 medium=social，廣告用 paid_social，電子報用 email",
        )
    tags = urlencode([(k, v) for k, v in values.items() if v is not None], quote_via=quote)
    query = f"{parts.query}&{tags}" if parts.query else tags
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def utm_values(link: str) -> dict[str, str]:
    """The campaign tags of a link, decoded; the first value when a tag stands twice.

    >>> link = utm("https://yusui.example/", "facebook", "social", "中秋禮盒", encode=True)
    >>> link, utm_values(link)["utm_campaign"]
    ('https://yusui.example/?utm_source=facebook&utm_medium=social&utm_campaign=%E4%B8%AD%E7%A7%8B%E7%A6%AE%E7%9B%92', '中秋禮盒')
    """
    found: dict[str, str] = {}
    for name, value in parse_qsl(urlsplit(link).query, keep_blank_values=True):
        if name.lower().startswith("utm_"):
            found.setdefault(name.lower(), value)
    return found


@dataclass(frozen=True)
class UTMCheck(Result):
    """What ``utm_check()`` found.

    table: a row a finding: rule, severity (error, warning, suggestion), row (place in what was checked, from 0),
    value, message, fix, and sessions (those of the row; missing for links). channels: sessions or links by default
    channel group. checked: rows looked at. unit: 個連結 or 列.
    """

    table: pd.DataFrame
    channels: pd.DataFrame
    checked: int
    unit: str

    @property
    def ok(self) -> bool:
        """Whether nothing serious was found; suggestions do not count."""
        return bool((self.table["severity"] == "suggestion").all())

    def say(self) -> str:
        """How many rows have something to mend, what most of them is, and what cannot be seen here."""
        return utm_rules.say(self)

    def plot(self) -> Chart:
        """How many rows break each rule."""
        return self.captioned(utm_rules.draw(self))

    def __repr__(self) -> str:
        rows = [f"{f.row}｜{f.value}：{f.message}{f.fix}" for f in self.table.head(12).itertuples()]
        more = len(self.table) - len(rows)
        return "\n".join([self.say(), *rows, *([f"……還有 {more} 項，見 .table"] if more else [])])


def utm_check(links: list[str] | pd.Series | pd.DataFrame, site: str | None = None) -> UTMCheck:
    """Find what splits, loses or mislabels sessions, in links before they go out or in a sessions table after.

    links: addresses, or a frame of any engine (fetched whole) with a column ``link`` and if you like ``placed_on`` (the page a link stands on), or a
    sessions table (source, medium, and campaign, sessions if known). site: your own domain, e.g. "yusui.example", to
    find tags on links inside your own site.

    Rules: ``utm_rules.RULES``. Raises TableError when there is nothing to check or the frame is neither.

    >>> utm_check(["https://a.example/?utm_source=FB&utm_medium=social&utm_campaign=x"]).table["rule"].tolist()
    ['capitals']
    """
    links = collected(links)
    if isinstance(links, pd.DataFrame) and "link" not in links:
        return _sessions(links, site)
    frame = (
        links.reset_index(drop=True)
        if isinstance(links, pd.DataFrame)
        else pd.DataFrame({"link": list(links)})
    )
    if frame.empty:
        raise TableError("沒有連結可以檢查", where="參數 links")
    placed = frame["placed_on"] if "placed_on" in frame else pd.Series([None] * len(frame))
    found: list[Finding] = []
    values = []
    for row, (link, page) in enumerate(zip(frame["link"], placed, strict=True)):
        text = "" if pd.isna(link) else str(link)
        found += utm_rules.of_link(row, text, None if pd.isna(page) else str(page), site)
        values.append(utm_values(text) if utm_rules.readable(text) else {})
    found += utm_rules.drift(values)
    tagged = [v for v in values if v]
    groups = [channel_group(v.get("utm_source", ""), v.get("utm_medium", "")) for v in tagged]
    return _result(found, groups, [1] * len(groups), len(frame), "個連結", None)


def _sessions(table: pd.DataFrame, site: str | None) -> UTMCheck:
    if not {"source", "medium"} <= set(table.columns):
        raise TableError(
            "看不出這是連結清單還是工作階段表",
            where=f"現有欄位 {'、'.join(map(str, table.columns))}",
            next_step="連結清單要有 link 欄，工作階段表要有 source 和 medium 欄",
        )
    if table.empty:
        raise TableError("工作階段表是空的，沒有東西可以檢查", where="參數 links")
    names = [c for c in ("source", "medium", "campaign") if c in table]
    text = table[names].astype("object").where(table[names].notna(), "").astype(str)
    count = pd.to_numeric(table["sessions"]) if "sessions" in table else pd.Series(1, index=table.index)
    text["sessions"] = count.fillna(0).to_numpy(dtype=float)
    unique = text.groupby(names, sort=False, as_index=False)["sessions"].sum()
    values = [{f"utm_{c}": str(row[c]) for c in names} for _, row in unique.iterrows()]
    found: list[Finding] = []
    for row, value in enumerate(values):
        found += utm_rules.of_session(row, value, site)
    found += utm_rules.drift(values)
    groups = [channel_group(v["utm_source"], v["utm_medium"]) for v in values]
    return _result(found, groups, list(unique["sessions"]), len(unique), "種來源", unique["sessions"])


def _result(
    found: list[Finding],
    groups: list[str],
    weight: list[float],
    checked: int,
    unit: str,
    sessions: pd.Series | None,
) -> UTMCheck:
    columns = ["rule", "severity", "row", "value", "message", "fix"]
    table = pd.DataFrame([vars(f) for f in found], columns=columns).sort_values(
        "row", kind="stable", ignore_index=True
    )
    table["sessions"] = table["row"].map(sessions) if sessions is not None else pd.NA
    channels = pd.DataFrame({"channel": groups, "sessions": weight}).groupby("channel", as_index=False).sum()
    channels = channels.sort_values("sessions", ascending=False, ignore_index=True)
    return UTMCheck(table, channels, checked, unit)


def _address(url: str) -> str:
    if not isinstance(url, str) or not utm_rules.readable(url):
        raise TableError(
            f"看不懂這個網址 {url!r}",
            where="參數 url",
            next_step="請給完整網址，例如 https://yusui.example/sale",
        )
    return url.strip()


def _value(name: str, value: str, encode: bool) -> None:
    if not isinstance(value, str) or not value:
        raise TableError(
            f"{name} 不能空白", where=f"參數 {name.removeprefix('utm_')}", next_step="請填一個短代號"
        )
    plain = _SLUG.fullmatch(value) is not None
    smooth = value == value.lower() and not re.search(r"\s", value)
    if plain or (encode and smooth and _HAN.search(value)):
        return
    raise TableError(
        f"{name} 的「{value}」會讓同一個活動分成好幾列",
        where=f"參數 {name.removeprefix('utm_')}",
        next_step=f"請只用小寫英文、數字和 . _ -，例如「{utm_rules.slug(value) or 'spring_sale'}」；中文名稱要留著就加 encode=True",
    )
