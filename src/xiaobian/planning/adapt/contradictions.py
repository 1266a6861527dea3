"""The single checks of the consistency audit; each yields contradictions with their place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from urllib.parse import parse_qsl, urlencode, urlsplit

import regex

from ...tables import PLATFORMS
from ...text.claims import NAMES as CLAIM_NAMES
from ...text.claims import Claim, backs, claims
from ...text.retrieval import cosine
from ...text.summary import sentences
from ..limits import URL, typed_tags

FACTS = ("price", "date", "time", "weekday", "discount", "percent", "times", "number")
KINDS: dict[str, str] = {
    **{kind: CLAIM_NAMES[kind] for kind in FACTS},
    "name": "名稱", "must": "必說", "disclosure": "揭露", "link": "連結", "hashtag": "標籤", "voice": "稱呼",
}  # fmt: skip
ALIKE = 0.5
"""From this cosine of 2-grams on, two clauses are about the same thing (設計參數)."""

_CLAUSES = regex.compile(r"[，。！？；、\n,;!?｜|]+")
_POLITE = {"你": regex.compile("[你妳]"), "您": regex.compile("您")}
_FORMAL = {"我們": regex.compile("我們|咱們|小編"), "本公司": regex.compile(r"本公司|敝公司|(?<!\p{Han})本店|本品牌|敝店")}


@dataclass(frozen=True)
class Contradiction:
    """One place where a version says otherwise. kind: a key of KINDS; place: the sentence; said: there; expected: elsewhere."""

    platform: str
    kind: str
    place: str
    said: str
    expected: str
    what: str
    fix: str
    against: str = ""

    def __str__(self) -> str:
        name = PLATFORMS.get(self.platform, self.platform)
        where = f"，在「{self.place}」" if self.place else ""
        return f"{name} 的{KINDS[self.kind]}{where}：{self.what}。{self.fix}。"


@dataclass(frozen=True)
class Text:
    """One version as the audit reads it; link and title of the post beside its text."""

    name: str
    text: str
    link: str = ""
    title: str = ""

    @cached_property
    def whole(self) -> str:
        return "\n".join(part for part in (self.title, self.text) if part)

    @cached_property
    def facts(self) -> list[Claim]:
        """What can be looked up, once each; addresses, accounts and hashtags are looked at elsewhere."""
        bare = regex.sub(r"[#＃]\S+", " ", URL.sub(" ", self.whole))
        return [claim for claim in dict.fromkeys(claims(bare)) if claim.kind in FACTS]

    @cached_property
    def links(self) -> dict[str, str]:
        """Address without campaign tags → as written."""
        written = [str(m).rstrip(".,;:!?)") for m in URL.findall(self.whole)]
        return {plain_link(link): link for link in dict.fromkeys([*written, *([self.link] if self.link else [])])}

    @cached_property
    def tags(self) -> list[str]:
        return list(dict.fromkeys(typed_tags(self.whole)))

    def holds(self, claim: Claim) -> bool:
        """Whether the text says this fact, in its words or others; 一人 counts as 1 人."""
        one_of = claim.value == "1" and claim.text.strip().replace("1", "一", 1).replace(" ", "") in self.whole
        return one_of or any(backs(one, claim) for one in self.facts)

    def says(self, phrase: str) -> bool:
        return _bare(phrase) in _bare(self.whole)

    def sentence_of(self, words: str) -> str:
        """The sentence in which some words stand; the first, when none does."""
        told = [s.text for s in sentences(self.whole)]
        return next((s for s in told if words.strip() in s or _wide(words) in _wide(s)), told[0] if told else "")

    def clause_of(self, claim: Claim) -> str:
        """What stands around a claim in its clause, figures left out."""
        words = claim.text.strip()
        clause = next((c for c in _CLAUSES.split(_wide(self.whole)) if words in c), "")
        return str(regex.sub(r"[\d\s:.,/%$-]+", "", clause.replace(words, "")))


@dataclass(frozen=True)
class Asked:
    """What the versions are held to."""

    source: Text | None
    names: tuple[str, ...]
    must_say: tuple[str, ...]
    disclosure: str
    link: str


def plain_link(link: str) -> str:
    """An address without scheme, campaign tags and closing slash.

    >>> plain_link("https://Yusui.example/box/?utm_source=line&size=m")
    'yusui.example/box?size=m'
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.lower().startswith("utm_")]
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _bare(text: str) -> str:
    return str(regex.sub(r"[\s\p{P}\p{S}]+", "", _wide(text))).casefold()


# ── facts ──


def _against_message(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    """A fact that the message does not hold."""
    if asked.source is None:
        return
    days = {claim.value.split("-")[2] for claim in asked.source.facts if claim.kind == "date"}
    for text in texts:
        for claim in text.facts:
            day_only = claim.kind == "number" and claim.unit in ("天", "") and claim.value in days
            if asked.source.holds(claim) or day_only:
                continue
            meant = _meant(claim, text, asked.source)
            written = claim.text.strip()
            expected = meant.text.strip() if meant else ""
            what = f"寫「{written}」，訊息裡是「{expected}」" if meant else f"寫「{written}」，訊息裡沒有這件事"
            fix = f"改成「{expected}」，或回頭確認哪一邊才對" if meant else "查出處；查不到就拿掉"
            yield Contradiction(text.name, claim.kind, text.sentence_of(claim.text), written, expected, what, fix, "訊息")


def _meant(claim: Claim, text: Text, source: Text) -> Claim | None:
    """The fact of the message that this one should have been: of its kind, said of the most alike thing."""
    same = [one for one in source.facts if one.kind == claim.kind and one.unit == claim.unit and not text.holds(one)]
    around = text.clause_of(claim)
    return max(same, key=lambda one: cosine(around, source.clause_of(one)), default=None)


def _against_each_other(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    """Without a message: two versions that say different things of what reads as the same."""
    if asked.source is not None:
        return
    seen: set[tuple[str, str]] = set()
    for a, b in combinations(texts, 2):
        for one in a.facts:
            for other in b.facts:
                if _clash(one, other, a, b):
                    wrong, right, bad, good = _minority(one, other, a, b, texts)
                    if (wrong.name, bad.text) in seen:
                        continue
                    seen.add((wrong.name, bad.text))
                    said, expected = bad.text.strip(), good.text.strip()
                    other_name = PLATFORMS.get(right.name, right.name)
                    yield Contradiction(
                        wrong.name, bad.kind, wrong.sentence_of(bad.text), said, expected,
                        f"寫「{said}」，{other_name} 寫「{expected}」", "兩邊對同一份資料，改成一樣", right.name,
                    )  # fmt: skip


def _clash(one: Claim, other: Claim, a: Text, b: Text) -> bool:
    if one.kind != other.kind or one.unit != other.unit or a.holds(other) or b.holds(one):
        return False
    around, beside = a.clause_of(one), b.clause_of(other)
    return around == beside or cosine(around, beside) >= ALIKE


def _minority(one: Claim, other: Claim, a: Text, b: Text, texts: Sequence[Text]) -> tuple[Text, Text, Claim, Claim]:
    """(who is wrong, who is right, wrong, right): fewer versions hold it; of a tie, the later version."""
    for_one, for_other = sum(t.holds(one) for t in texts), sum(t.holds(other) for t in texts)
    return (a, b, one, other) if for_one < for_other else (b, a, other, one)


# ── names and phrases ──


def _names(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    """A name written with one sign changed."""
    for text in texts:
        plain = _wide(text.whole)
        for name in asked.names:
            if len(name) < 3 or name in plain:
                continue
            size = len(name)
            windows = {plain[i : i + size] for i in range(len(plain) - size + 1)}
            for found in sorted(windows - set(asked.names)):
                if _one_off(found, name) and not regex.search(r"[\s\p{P}]", found):
                    what = f"寫成「{found}」，名稱是「{name}」"
                    yield Contradiction(text.name, "name", text.sentence_of(found), found, name, what, f"改回「{name}」")


def _one_off(a: str, b: str) -> bool:
    """Whether two words differ in one sign, or in two neighbours that changed places."""
    if len(a) != len(b) or a == b:
        return False
    at = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    return len(at) == 1 or (len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]])


def _must_say(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    for text in texts:
        for phrase in asked.must_say:
            if not text.says(phrase):
                what, fix = f"少了必說的「{phrase}」", "一字不差補回去"
                yield Contradiction(text.name, "must", "", "", f"「{phrase}」", what, fix)


def _disclosure(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    for text in texts if asked.disclosure else ():
        if not text.says(asked.disclosure):
            what, fix = f"少了揭露「{asked.disclosure}」", "放在第一行，不要藏在標籤後面"
            yield Contradiction(text.name, "disclosure", "", "", asked.disclosure, what, fix)


# ── links, hashtags, voice ──


def _links(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    """An address that the message does not have or, without one, that the most versions do not share."""
    source = list(asked.source.links) if asked.source else []
    known = set(source)
    if not known:
        times: dict[str, int] = {}
        for text in texts:
            for link in text.links:
                times[link] = times.get(link, 0) + 1
        known = {link for link, n in times.items() if n == max(times.values())} if times else set()
        known = known if max(times.values(), default=0) > 1 else {next(iter(times), "")}
    for text in texts:
        for link, written in text.links.items():
            if link not in known:
                expected = sorted(known)[0] if known else ""
                what = f"連到 {link}，其他版本連到 {expected}"
                yield Contradiction(text.name, "link", text.sentence_of(written), written, expected, what, "改成同一個網址")


def _hashtags(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    """A hashtag spelt otherwise than elsewhere."""
    ours = set(asked.source.tags) if asked.source else set()
    every = list(dict.fromkeys([*ours, *(tag for text in texts for tag in text.tags)]))
    wholes = [ours, *(set(text.tags) for text in texts)]
    times = {tag: sum(tag in whole for whole in wholes) + 10 * (tag in ours) for tag in every}
    for a, b in combinations(every, 2):
        if any({a, b} <= whole for whole in wholes) or not _variants(a, b):
            continue
        good, bad = (a, b) if times[a] >= times[b] else (b, a)
        for text in texts:
            if bad in text.tags:
                what = f"寫成「#{bad}」，其他版本是「#{good}」"
                yield Contradiction(text.name, "hashtag", text.sentence_of(f"#{bad}"), f"#{bad}", f"#{good}", what, "改成同一個寫法")


def _variants(a: str, b: str) -> bool:
    if a.casefold() == b.casefold():
        return a != b
    return len(a) >= 4 and _one_off(a, b) and not any(x.isdecimal() and y.isdecimal() and x != y for x, y in zip(a, b, strict=True))


def _voice(texts: Sequence[Text], asked: Asked) -> Iterator[Contradiction]:
    """How the reader is addressed and how the brand names itself, quotes left out."""
    for forms in (_POLITE, _FORMAL):
        used = {text.name: _forms(text.whole, forms) for text in texts}
        ours = _forms(asked.source.whole, forms) if asked.source else []
        counted = {form: sum(form in u for u in used.values()) for form in forms}
        usual = ours[0] if len(ours) == 1 else max(counted, key=lambda form: counted[form])
        for text in texts:
            for form in used[text.name]:
                if form != usual and (counted[usual] or ours):
                    match = forms[form].search(_unquoted(text.whole))
                    said = match[0] if match else form
                    what = f"用「{said}」，其他版本用「{usual}」"
                    yield Contradiction(text.name, "voice", text.sentence_of(said), said, usual, what, f"統一用「{usual}」")


def _forms(text: str, forms: dict[str, regex.Pattern[str]]) -> list[str]:
    return [form for form, pattern in forms.items() if pattern.search(_unquoted(text))]


def _unquoted(text: str) -> str:
    return str(regex.sub(r"「[^」]*」|『[^』]*』", " ", text))


Check = Callable[[Sequence[Text], Asked], Iterator[Contradiction]]
CHECKS: tuple[Check, ...] = (
    _against_message, _against_each_other, _names, _must_say, _disclosure, _links, _hashtags, _voice,
)  # fmt: skip
