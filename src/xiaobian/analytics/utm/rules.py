"""What can be wrong with campaign tags: each rule with why it hurts and how to mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from ...plotting import SEA, Chart, chart, count_axis, count_text, spaced, titled
from ...plotting.marks import value_word
from .channels import DIRECT, PARAMETERS, REQUIRED, UNASSIGNED, channel_group

if TYPE_CHECKING:
    from .utm import UTMCheck

RULES: dict[str, tuple[str, str]] = {
    "unreadable": ("error", "看不懂的網址"),
    "untagged": ("warning", "完全沒有標記"),
    "missing": ("error", "缺少必要標記"),
    "capitals": ("warning", "有大寫字母"),
    "blank": ("warning", "有空白"),
    "not_ascii": ("suggestion", "中文或特殊字元"),
    "twice_encoded": ("error", "編碼了兩次"),
    "drift": ("warning", "同一個值有好幾種寫法"),
    "no_channel": ("error", "對不到預設管道"),
    "wrong_channel": ("warning", "社群來源落在別的管道"),
    "internal": ("error", "站內連結加了標記"),
    "double": ("error", "同一個標記出現兩次"),
    "after_hash": ("error", "標記寫在 # 後面"),
    "personal": ("error", "標記裡有個人資料"),
    "unknown": ("suggestion", "不認得的 utm 參數"),
}
_KNOWN = (*PARAMETERS, "utm_source_platform", "utm_creative_format", "utm_marketing_tactic")
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|(?<!\d)09\d{2}-?\d{3}-?\d{3}(?!\d)")
_EMPTY = ("", "(not set)", "(none)")
_OURS = ("(direct)", "(organic)", "(referral)", "(not set)", "(none)", "(data not available)", "(other)")


@dataclass(frozen=True)
class Finding:
    """One thing to mend: rule, severity, row, value, message (why it hurts) and fix, in 正體中文."""

    rule: str
    severity: str
    row: int
    value: str
    message: str
    fix: str


def slug(value: str) -> str:
    """What a value could be called instead; empty when nothing of it is left.

    >>> slug("Spring Sale　２０２６")
    'spring_sale_2026'
    """
    plain = unicodedata.normalize("NFKC", value).lower()
    return re.sub(r"[^a-z0-9._-]+", "_", plain).strip("._-")


def readable(link: str) -> bool:
    """Whether a text is a web address with a host."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", parts.netloc)


def _finding(rule: str, row: int, value: str, message: str, fix: str) -> Finding:
    return Finding(rule, RULES[rule][0], row, value, spaced(message), spaced(fix))


def of_link(row: int, link: str, placed_on: str | None, site: str | None) -> Iterator[Finding]:
    """What is wrong with one link."""
    if not readable(link):
        yield _finding("unreadable", row, link, "這不是完整的網址。", "請從 https:// 開始貼上完整網址。")
        return
    parts = urlsplit(link.strip())
    pairs = [
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k.lower().startswith("utm_")
    ]
    names = [k.lower() for k, _ in pairs]
    if "utm_" in parts.fragment.lower():
        yield _finding("after_hash", row, link, "標記寫在 # 後面，GA4 讀不到。", "把 ?utm_… 移到 # 前面。")
    if not pairs:
        if "utm_" not in parts.fragment.lower():
            yield _finding(
                "untagged", row, link, "沒有標記，從 App 點進來多半會變成直接流量。", "用 utm() 加上標記。"
            )
        return
    if _inside(parts.netloc, placed_on, site):
        yield _finding(
            "internal",
            row,
            link,
            "站內連結加標記，會蓋掉訪客原來的來源。",
            "站內連結不要加標記，改用事件記錄。",
        )
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield _finding(
            "double", row, name, f"{name}出現{names.count(name)}次，後台只會認其中一個。", "每個標記留一個。"
        )
    if link.count("?") > 1 and "double" not in names and "?utm_" in parts.query:
        yield _finding(
            "double", row, link, "網址裡有兩個問號，後面的標記會黏進前一個值。", "第二個問號改成 &。"
        )
    values = {k.lower(): v for k, v in reversed(pairs)}
    for name in REQUIRED:
        if not values.get(name):
            yield _finding("missing", row, name, f"缺少{name}，這些工作階段歸不到來源。", f"補上{name}。")
    for name in names:
        if name not in _KNOWN:
            yield _finding(
                "unknown",
                row,
                name,
                f"{name}不是 GA4 讀的參數，可能拼錯了。",
                f"可用的是{'、'.join(PARAMETERS)}。",
            )
    for raw, value in pairs:
        yield from _of_value(row, raw, value, link)
    if values.get("utm_source") and values.get("utm_medium"):
        yield from _of_channel(row, values["utm_source"], values["utm_medium"])


def of_session(row: int, values: dict[str, str], site: str | None) -> Iterator[Finding]:
    """What is wrong with one combination of source, medium and campaign in a report."""
    source, medium = values["utm_source"], values["utm_medium"]
    if channel_group(source, medium) == DIRECT:
        return
    if medium in _EMPTY:
        yield _finding(
            "missing", row, source, f"來源{source}沒有媒介，歸不到管道。", "補上 utm_medium，例如 social。"
        )
    else:
        yield from _of_channel(row, source, medium)
    if site and _within(_host(source), _host(site)):
        yield _finding(
            "internal",
            row,
            source,
            "來源是自己的網站，多半是站內連結加了標記或跨網域沒設定。",
            "拿掉站內標記，或設定跨網域評估。",
        )
    for name, value in values.items():
        if value not in _OURS:
            yield from _of_value(row, name, value, value)


def drift(values: list[dict[str, str]]) -> list[Finding]:
    """Values that differ only in capitals, width, blanks or separators: one campaign in several rows."""
    found = []
    for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content"):
        spellings: dict[str, dict[str, list[int]]] = {}
        for row, one in enumerate(values):
            if value := one.get(name, ""):
                key = re.sub(r"[\s._-]+", "", unicodedata.normalize("NFKC", value).lower())
                spellings.setdefault(key or value, {}).setdefault(value, []).append(row)
        for forms in spellings.values():
            if len(forms) > 1:
                told = "、".join(f"「{form}」" for form in forms)
                keep = max(forms, key=lambda form: (form == form.lower(), len(forms[form])))
                rows = [r for form, places in forms.items() if form != keep for r in places]
                found += [
                    _finding(
                        "drift",
                        r,
                        values[r][name],
                        f"{name}有{told}{len(forms)}種寫法，報表會拆成好幾列。",
                        f"統一寫成「{slug(keep) or keep}」。",
                    )
                    for r in rows
                ]
    return found


def _of_value(row: int, name: str, value: str, whole: str) -> Iterator[Finding]:
    if value != value.lower() and unquote(value) == value:
        yield _finding(
            "capitals",
            row,
            value,
            f"{name}有大寫，GA4 分大小寫，會和小寫的分成兩列。",
            f"改成「{value.lower()}」。",
        )
    if re.search(r"\s", value):
        yield _finding(
            "blank",
            row,
            value,
            f"{name}裡有空白，貼到別處容易斷掉。",
            f"改成「{slug(value) or '底線連接'}」。",
        )
    if "%" in value and unquote(value) != value:
        yield _finding(
            "twice_encoded",
            row,
            value,
            f"{name}編碼了兩次，報表會出現一串 %。",
            f"只編碼一次，原意是「{unquote(value)}」。",
        )
    elif not value.isascii():
        yield _finding(
            "not_ascii",
            row,
            value,
            f"{name}是中文，複製時容易變成亂碼或很長的 %。",
            "改用英文代號，中文名稱記在對照表。",
        )
    if _PERSONAL.search(value):
        yield _finding(
            "personal",
            row,
            value,
            f"{name}像是電子郵件或手機號碼，個資不能放進網址。",
            "拿掉個資，改用不能回推的代號。",
        )


def _of_channel(row: int, source: str, medium: str) -> Iterator[Finding]:
    group, pair = channel_group(source, medium), f"{source}／{medium}"
    if group == UNASSIGNED:
        yield _finding(
            "no_channel",
            row,
            pair,
            f"{pair}對不到 GA4 的預設管道，會落在 Unassigned。",
            "一般貼文用 social，廣告用 paid_social，電子報用 email。",
        )
    elif channel_group(source, "referral") == "Organic Social" and "Social" not in group:
        yield _finding(
            "wrong_channel",
            row,
            pair,
            f"來源是社群，卻會算進{group}。",
            "一般貼文用 social，廣告用 paid_social。",
        )


def _host(address: str) -> str:
    text = address.strip().lower()
    return (urlsplit(text).netloc if "//" in text else text.split("/")[0]).removeprefix("www.")


def _inside(host: str, placed_on: str | None, site: str | None) -> bool:
    if placed_on is None:
        return False
    page, target = _host(placed_on), host.lower().removeprefix("www.")
    return page == target or bool(site and _within(page, _host(site)) and _within(target, _host(site)))


def _within(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def say(result: UTMCheck) -> str:
    """The findings in a sentence, with what the check cannot know."""
    table = result.table[result.table["severity"] != "suggestion"]
    blind = "沒有標記而變成直接流量的，這裡看不到，要另外估。"
    if table.empty:
        return spaced(f"檢查了{result.checked:,}{result.unit}，沒有找到要改的標記。{blind}")
    rows, most = table["row"].nunique(), table["rule"].value_counts()
    kinds = "、".join(f"{RULES[str(rule)][1]}（{n}）" for rule, n in most.head(3).items())
    lost = table.drop_duplicates("row")["sessions"]
    told = f"牽涉{count_text(float(lost.sum()))}個工作階段，" if lost.notna().any() else ""
    return spaced(
        f"檢查了{result.checked:,}{result.unit}，{rows}{result.unit}要改：{told}最多的是{kinds}。{blind}"
    )


def draw(result: UTMCheck) -> Chart:
    """A bar a rule with its count."""
    counts = result.table["rule"].value_counts()
    figure, ax = chart(9, 1.9 + 0.42 * max(len(counts), 2))
    for place, n in enumerate(counts):
        ax.barh(place, n, height=0.55, color=SEA)
        value_word(ax, f"{n:,}", float(n), float(place))
    ax.set_yticks(range(len(counts)), [RULES[str(rule)][1] for rule in counts.index])
    ax.set_ylim(max(len(counts), 1) - 0.4, -0.6)
    ax.set_xlim(0, float(counts.max()) * 1.15 if len(counts) else 1)
    count_axis(ax, "x")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("找到幾項（項）")
    top = (
        f"最多的是「{RULES[str(counts.index[0])][1]}」，{counts.iloc[0]} 項"
        if len(counts)
        else "沒有找到要改的標記"
    )
    titled(ax, top, f"檢查 {result.checked:,} {result.unit}，找到 {len(result.table):,} 項")
    return figure
