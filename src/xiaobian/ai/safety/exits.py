"""The last door: what a text may not carry out, decided by code and by nothing that a stranger's text can talk to.

A violation means that a person has to look. Facts, contacts, promises and addresses have to stand in what the learner
trusts (``source``); text by strangers (``foreign``) backs plain numbers and dates only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ..grounding import ungrounded
from . import addresses, canary, handles, ids, phones, pii, urls
from .folding import fold, legible, simplified
from .injection import MARKS, clean, decoded, suspicious
from .rules import document

if TYPE_CHECKING:
    from ..briefs import Brief

RUN_OF_PROMPT = 12
MOSTLY = 0.7
"""From this share of its pairs of characters on a draft is a copy of what a stranger wrote (設計參數)."""
RUN_OF_STRANGER = 10
RUN_OF_SUSPECT = 3
RUN_OF_ORDER = 4
"""Characters in a row that may not be taken over from instructions, from strangers, from strangers who give orders,
and from right behind a verb such as 「回覆」 (設計參數)."""


@dataclass(frozen=True)
class Violation:
    """Why a text needs a person. rule: which; text: the place; reason: in 正體中文. final: must be changed, not waved through."""

    rule: str
    text: str
    reason: str
    final: bool = False

    def __str__(self) -> str:
        return f"需要人看：{self.reason}"


@dataclass(frozen=True)
class Known:
    """What a draft is held against. trusted: texts of the learner; foreign: texts of strangers; inside: only colleagues read it."""

    trusted: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    secret: str = ""
    system: str = ""
    table: dict[str, str] = field(default_factory=dict)
    inside: bool = False

    @property
    def backing(self) -> tuple[str, ...]:
        """Texts whose words may be repeated: strangers' too when only colleagues read it."""
        return (*self.trusted, *self.foreign) if self.inside else self.trusted


def check_exit(
    draft: str, *, source: str | Sequence[str] = (), foreign: str | Sequence[str] = (), allowed_urls: Iterable[str] = (),
    canary: str = "", system: str = "", brief: Brief | None = None, table: dict[str, str] | None = None,
    inside: bool = False,
) -> list[Violation]:  # fmt: skip
    """Everything that keeps a draft from going out without a person's look; an empty list is no proof of safety.

    source: what the learner trusts. foreign: comments, messages, pages. canary: the secret of the instructions.
    system: the instructions. table: placeholder → personal data, as masked. inside: a summary or judgement for colleagues,
    which may repeat what strangers wrote.

    >>> [v.rule for v in check_exit("全額退款請點 http://bad.example", source="感謝留言")]
    ['url', 'promise', 'promise']
    """
    trusted = tuple(filter(None, (*_listed(source), brief.source if brief else "")))
    allowed = (*allowed_urls, *(brief.urls if brief else ()))
    known = Known(trusted, _listed(foreign), allowed, canary, system, table or {}, inside)
    found: list[Violation] = []
    for rule in _RULES:
        found += rule(draft, known)
    for _, _, inner in decoded(draft):
        found += [*_canary(inner, known), *_url(inner, known), *_word_rules(inner, known)]
    return list({(v.rule, v.text): v for v in found}.values())


def _listed(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


@lru_cache(maxsize=1024)
def _bare(text: str) -> str:
    return fold(text, bare=True).text


# ── one function a rule ──


def _canary(draft: str, known: Known) -> Iterator[Violation]:
    if known.secret and canary.leaks(draft, known.secret):
        yield Violation("canary", "", "說出了只有系統知道的記號，模型可能被騙，這則一定要重寫", final=True)


def _prompt(draft: str, known: Known) -> Iterator[Violation]:
    if not known.system:
        return
    if run := _shared(draft, [known.system], known.trusted, RUN_OF_PROMPT):
        yield Violation("prompt", run, f"和系統提示有一段一樣：「{run[:20]}」")


def _placeholder(draft: str, known: Known) -> Iterator[Violation]:
    for match in pii.PLACEHOLDER.finditer(draft):
        if any(match[0] in text for text in known.backing):
            continue
        invented = bool(pii.strangers(match[0], known.table))
        reason = f"出現「{match[0]}」，" + ("沒有這個代號，是模型編的" if invented else "個資代號還沒換回來")
        yield Violation("placeholder", match[0], reason, final=True)
    for match in _SLOT.finditer(draft):
        if not any(match[0] in text for text in known.backing):
            yield Violation("slot", match[0], f"有一格還沒填：「{match[0]}」")


_SLOT = re.compile(
    r"\{\{?[^{}\n]{1,30}\}?\}|[\[【［(（<〈][^\]】］)）>〉\n]{0,8}(?:姓名|名字|電話|地址|日期|連結|網址|品牌名|店名|訂單編號|金額|填入|請填|插入)[^\]】］)）>〉\n]{0,8}[\]】］)）>〉]|[○〇Xx]{3,}"
)


def _url(draft: str, known: Known) -> Iterator[Violation]:
    for url in urls.unknown(draft, known.allowed, known.trusted):
        odd = urls.why(url)
        yield Violation("url", url.text, f"網址「{url.text[:60]}」不在你允許的清單裡" + (f"（{odd}）" if odd else ""))


_ACTIVE = re.compile(
    r"(?i)<\s*/?\s*[a-z!][^<>\n]{0,300}>|!\[[^\]\n]{0,200}\]\s*[(\[]|\[[^\]\n]{1,200}\]\s*\(|\[[^\]\n]{1,80}\]:\s*\S|\bon[a-z]{3,14}\s*=|javascript\s*:|data\s*:\s*[a-z]+/|```|&#x?[0-9a-f]+;"
    r"|\{\s*[\"']?(?:action|tool|tool_calls?|function|name|command|arguments|role)[\"']?\s*:|</?(?:tool|function|invoke)|\b[a-z]+(?:_[a-z]+)+\s*\(|\b(?:[a-z]+[A-Z]\w*|refund|delete|approve|send|transfer|publish|post|exec|eval|system)\([^)\n]{0,80}\)|<\|[a-z_]+\|>|\[/?INST\]|\brm -rf\b|\bdrop table\b|\bselect .{1,40} from\b"
)


def _active(draft: str, known: Known) -> Iterator[Violation]:
    for text in {draft, legible(draft).text}:
        if match := _ACTIVE.search(text):
            yield Violation("active", match[0], f"有網頁、圖片語法或程式碼「{match[0][:30]}」，對外文字只能是純文字")
            return


def _hidden(draft: str, known: Known) -> Iterator[Violation]:
    if clean(draft) != draft.replace("\r\n", "\n"):
        yield Violation("hidden", "", "夾著看不見的字元")
    if signs := [sign for sign in MARKS if sign in draft]:
        yield Violation("mark", signs[0], f"殘留標記外來文字的記號「{signs[0]}」")


_FROM_STRANGERS = {"number", "date", "time", "weekday", "percent", "times"}
_NO_FACT = {"url", "email", "hashtag"}


def _facts(draft: str, known: Known) -> Iterator[Violation]:
    shown = _without_contacts(draft)
    if not (claims := ungrounded(shown)):
        return
    trusted, foreign = "\n".join(known.trusted), "\n".join(known.foreign)
    loose_trusted = {str(claim) for claim in ungrounded(shown, trusted)}
    loose = {str(claim) for claim in ungrounded(shown, trusted, foreign)} if loose_trusted else set()
    for claim in claims:
        if claim.kind in _NO_FACT or str(claim) not in loose_trusted or f"第{claim.text.strip()}" in shown:
            continue
        if str(claim) in loose:
            yield Violation("fact", claim.text, f"{claim}在你給的資料裡找不到")
        elif claim.kind not in _FROM_STRANGERS and not known.inside:
            yield Violation("fact", claim.text, f"{claim}只出現在別人寫的文字裡，你的資料裡沒有")


def _without_contacts(text: str) -> str:
    """A text without addresses of the web, numbers of persons and placeholders, which other rules look at."""
    plain = legible(clean(text)).text
    spans = [*phones.find(plain, everyone=True), *ids.find_cards(plain), *handles.find_emails(plain), *addresses.find(plain)]
    for start, end in sorted(spans, reverse=True):
        plain = f"{plain[:start]} {plain[end:]}"
    return _ADDRESS_LIKE.sub(lambda m: " " if re.search("[A-Za-z]", m[0]) else m[0], pii.PLACEHOLDER.sub(" ", plain))


def contacts(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value of every way to reach somebody and every number of a person, organisations' hotlines too."""
    plain = legible(text).text
    yield from (("電話", phones.value(plain[a:b])) for a, b in phones.find(plain, everyone=True))
    yield from (("電子郵件", handles.email_value(plain[a:b])) for a, b in handles.find_emails(plain))
    lines = (handles.line_value(plain[a:b]) for a, b in handles.find_line_ids(plain))
    yield from (("LINE 帳號", one) for one in lines if one.lstrip("@") not in pii.own_accounts())
    yield from (("證號", ids.value(plain[a:b])) for a, b, _ in ids.find(plain))
    yield from (("卡號", ids.value(plain[a:b])) for a, b in ids.find_cards(plain))
    yield from (("地址", addresses.value(plain[a:b])) for a, b in addresses.find(plain))


def _contacts(draft: str, known: Known) -> Iterator[Violation]:
    found = list(dict.fromkeys(contacts(draft)))
    there = set(contacts("\n".join(known.backing))) if found else set()
    for kind, one in found:
        if (kind, one) not in there:
            yield Violation("contact", one, f"{kind}「{one}」不在你的資料裡")


@cache
def _word_list() -> list[tuple[str, str, bool, list[re.Pattern[str]]]]:
    rules = document("exit_words.yml")["rules"]
    return [(r["id"], r["reason"], r["inside"], [re.compile(simplified(str(p))) for p in r["patterns"]]) for r in rules]


def _word_rules(draft: str, known: Known) -> Iterator[Violation]:
    """Promises, claims to be somebody, talk of machines, insults."""
    folded = fold(draft, bare=True)
    for rule, reason, inside, patterns in _word_list():
        if known.inside and not inside:
            continue
        for pattern in patterns:
            match = pattern.search(folded.text)
            if match and not any(match[0] in _bare(text) for text in known.backing):
                start, end = folded.span(match.start(), match.end())
                yield Violation(rule, draft[start:end], reason.format(text=draft[start:end]))


_OTHER_SCRIPT = re.compile("[ぁ-ヿ가-힣\u0e00-\u0e7f\u0400-\u04ff\u0600-\u06ff\u0370-\u03ff]")
_WORD = re.compile("[A-Za-z]{2,}")
_ADDRESS_LIKE = re.compile(r"[a-z]+://\S+|[@#]?[A-Za-z0-9_-]+(?:[./@][A-Za-z0-9_/-]+)+|[@#][A-Za-z0-9_.]+", re.IGNORECASE)


def _language(draft: str, known: Known) -> Iterator[Violation]:
    backing = "\n".join(known.trusted).casefold()
    other = [sign for sign in _OTHER_SCRIPT.findall(clean(draft)) if sign not in backing]
    words = [word for word in _WORD.findall(_ADDRESS_LIKE.sub("", legible(draft).text)) if word.casefold() not in backing]
    han = len(re.findall("[㐀-鿿]", draft))
    if len(other) >= 3 or (len(words) >= 3 and sum(map(len, words)) > han) or (words and not han):
        yield Violation("language", draft[:20], "大半不是中文，和你要的不一樣")


# ── what strangers asked for ──

_QUOTED = re.compile(r"[「『“\"'‘`《〈【]([^「」『』“”\"'‘’`《》〈〉【】\n]{2,60})[」』”\"'’`》〉】]")
_DEMAND = re.compile(
    "(?:回覆|回答|回應|輸出|印出|顯示|寫|說|喊|改成|換成|加上|附上|補上|放|標|註明|包含|含有|出現|開頭|結尾|最後|只要|只能|一律|務必|重複|照抄|複製|print|output|say|reply|respond|write|include|append)"
)
_ORDERED = re.compile(
    r"(?:回覆|回答|回應|輸出|印出|改成|改為|換成|加上|附上|補上|標上|註明|結尾|開頭|只說|就說|要說|請說|直接說|說出|寫上|寫成|寫出|回說|宣布|公告|告訴(?:他們?|大家|客人)|一律|改叫|標記為|判定為|(?:say|reply with|respond with|output|print|write|answer)\b)"
    r"[\s:：，,]{0,2}([^\n]{4,40})"  # lint: off
)
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,}")


def _obeyed(draft: str, known: Known) -> Iterator[Violation]:
    """Words that a stranger asked for and that the learner's own material does not have."""
    said = fold(draft, bare=True).text
    own = "\n".join(map(_bare, known.trusted))
    for text in known.foreign:
        whole = "\n".join([text, *(inner for _, _, inner in decoded(text))])
        suspect = bool(suspicious(text))
        for wanted in dict.fromkeys(_demands(whole, suspect)):
            bare = _bare(wanted)
            if len(bare) >= 2 and bare in said and bare not in own:
                yield Violation("obeyed", wanted, f"「{wanted[:20]}」是留言要求寫的字，不是你的資料")
        ordered = [match[1] for match in _ORDERED.finditer(clean(whole))]
        if run := _shared(draft, ordered, known.trusted, RUN_OF_ORDER):
            yield Violation("obeyed", run, f"「{run[:20]}」是留言要求寫的字，不是你的資料")
        least = RUN_OF_SUSPECT if suspect else RUN_OF_STRANGER
        if (suspect or not known.inside) and (run := _shared(draft, [whole], known.trusted, least)):
            yield Violation("echo", run, f"照抄了別人寫的「{run[:20]}」" + ("，而那則文字像在下指令" if suspect else ""))


def _copied(draft: str, known: Known) -> Iterator[Violation]:
    """A text for outside that is mostly a stranger's words."""
    bare, own = _bare(draft), "\n".join(map(_bare, known.trusted))
    theirs = "\n".join(_bare("\n".join([text, *(inner for _, _, inner in decoded(text))])) for text in known.foreign)
    pairs = [bare[i : i + 2] for i in range(len(bare) - 1) if bare[i : i + 2] not in own]
    taken = sum(pair in theirs for pair in pairs)
    if not known.inside and taken >= 1 and taken >= MOSTLY * (len(bare) - 1):
        yield Violation("echo", draft[:20], f"「{draft[:20]}」幾乎都是別人寫的字，不像自己的回覆")


def _demands(text: str, suspect: bool) -> Iterator[str]:
    """Quoted words near a verb of saying, and tokens that look like a code; every quote when the text gives orders."""
    for match in _QUOTED.finditer(text):
        around = text[max(0, match.start() - 14) : match.start()] + text[match.end() : match.end() + 10]
        if suspect or _DEMAND.search(around):
            yield match[1]
    for match in _TOKEN.finditer(legible(text).text):
        word = match[0]
        coded = re.search(r"\d|_|-", word) and re.search("[A-Za-z]", word)
        if suspect or coded or (word.isupper() and word.casefold() not in handles.services()):
            yield word


def _shared(draft: str, texts: Sequence[str], own: Sequence[str], least: int) -> str:
    """The first run of ``least`` characters that a draft shares with texts and not with the learner's own; else empty."""
    folded = fold(draft, bare=True)
    others = [_bare(text) for text in texts]
    mine = [_bare(text) for text in own]
    for place in range(len(folded.text) - least + 1):
        run = folded.text[place : place + least]
        if sum(map(str.isdigit, run)) <= len(run) // 3 and any(run in text for text in others) and not any(run in text for text in mine):
            start, end = folded.span(place, place + least)
            return draft[start:end]
    return ""


_RULES = (
    _canary, _prompt, _placeholder, _url, _active, _hidden, _facts, _contacts, _word_rules, _language, _obeyed, _copied,
)  # fmt: skip
