"""E-mail addresses and LINE ids in the many ways people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .rules import document

_AT = r"(?:@\s{0,2}|\s{1,2}@\s{1,2}|\s*[\[(<]\s*(?:at|AT|小老鼠)\s*[\])>]\s*|\s*小老鼠\s*|\s+(?:at|AT)\s+)"
_DOT = r"(?:\.|。|\s*[\[(<]\s*(?:dot|DOT|點)\s*[\])>]\s*|\s?\.\s|\s\.\s?|\s+(?:dot|DOT)\s+|點)"
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+'-]{{0,63}}@{_PART}(?:\.{_PART})*\.[A-Za-z]{{2,}}(?![A-Za-z0-9])")
_SPOKEN = re.compile(rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]{{0,63}}{_AT}{_PART}(?:{_DOT}{_PART}){{0,3}}{_DOT}(?:com|net|org|edu|gov|tw|io|me|cc|co|jp|hk|app|example|test|invalid)(?![A-Za-z0-9])")

_ID = r"(?P<id>[@~]?[A-Za-z0-9][A-Za-z0-9._-]{2,30})"
_LINE = r"(?:(?<![A-Za-z])l\s?i\s?n\s?e(?![A-Za-z]*\.)(?:\s?@(?=[\s:]))?|(?<![依信仰無抵誣百耍倚聊撒狡])賴|ㄌㄞˋ?|(?<![A-Za-z])lai(?![A-Za-z]))"
_ALSO = r"(?:\s*(?:[/、&+]|跟|和|與|或|及|還有)\s*(?:ig|fb|臉書|telegram|tg|微信|wechat|threads|脆|手機|電話))*"
_OWN = r"(?:\s*(?:的|上|這邊|那邊|我的?|我們))*"
_ASKED = r"(?:\s*(?:嗎|喔|唷|吧)?\s*[?,。.、!~]?\s*(?:我的?)?)"
_STRONG = (
    r"(?:\s*(?:id|i\.d\.?|帳號|帳戶|代號|號碼|號|名稱|暱稱))"
    r"(?:\s*(?:都|就|一樣|也|同樣|應該|改成|換成|改|換|英文)*\s*(?:是|為|叫做?|用|打|是?全?部?[小大]寫的?|[:;=,、→>|]|-+>?|➡|👉))*"  # lint: off
)
_VERB = (
    r"(?:\s*(?:都|就|也|請|可以?|麻煩|幫我|直接|改成|換成|改)*\s*"
    r"(?:是|為|叫做?|用|打|搜尋?|找|查|加入?(?:我|他|她|我們|好友)?|私訊?|敲|聯絡|聯繫|連絡|洽|[:;=→>|]|-+>|➡|👉)(?:\s*(?:id|帳號|這個|這組|我))*)+"
)
_QUOTE = r"\s*[「『\"'“‘(\[【<《]*\s*"
_NAMED = re.compile(rf"(?i){_LINE}{_ALSO}{_OWN}{_ASKED}{_STRONG}{_QUOTE}{_ID}")
_SAID = re.compile(rf"(?i){_LINE}{_ALSO}{_OWN}{_VERB}{_QUOTE}{_ID}")
_BESIDE = re.compile(rf"(?i){_LINE}{_ALSO}{_OWN}[\s,、_·•/-]{{0,3}}{_QUOTE}{_ID}")
_BEFORE = re.compile(
    rf"(?i)(?<![A-Za-z0-9@._~-]){_ID}\s*[」』\"'”’)\]】>》]*\s*[,，、]?\s*"
    r"(?:(?:這個|這)?(?:就?是|為|→)\s*(?:我|他|她|我們|本人|個人|私人|媽媽|我媽|老公|老婆|公司)?的?\s*(?:新|舊|小)?的?\s*|[(（]\s*|加我的?\s*|加\s*)"
    r"(?:line|賴)(?!\s?(?:pay|today|voom|points))"  # lint: off
)
_SHY = r"(?:(?!推播|購物|官方|導購|群組|社群|優惠|券|碼|報表|點數|貼圖|付款|回饋|廣告|版本|型號|小姐|先生|床|皮|版|檔)[^A-Za-z0-9@\n。!?；;])"
_TOKEN = r"(?P<id>@?[a-z][A-Za-z0-9._-]{3,30}|@[A-Za-z0-9._-]{3,30})(?![A-Za-z0-9=])"
_NEAR = re.compile(
    rf"(?:(?:我|加|找|聯絡|連絡|私|搜|敲|洽)的?\s*(?i:{_LINE}){_SHY}{{1,14}}?|(?i:{_LINE}){_SHY}{{0,5}}(?:我|加|找|聯絡|連絡|私|搜|敲|洽){_SHY}{{0,8}}?){_TOKEN}"
)
_NEAR_BEFORE = re.compile(
    rf"(?<![A-Za-z0-9@._~=-]){_TOKEN}{_SHY}{{0,8}}?(?:我|加|找|聯絡|連絡|私|搜|敲|洽){_SHY}{{0,4}}?(?i:{_LINE})(?!\s?(?i:pay|today|voom|points)|[床皮帳以掉給著點])"
)
_MINE = re.compile(
    rf"(?i)(?:(?:我的?|加|私|本人|個人)\s*{_LINE}|(?<![依信仰無抵誣百耍倚聊撒狡])賴|ㄌㄞˋ?)(?:\s*我)?[\s:,]{{1,3}}(?P<id>[a-z][a-z0-9._-]{{4,30}})(?![A-Za-z0-9])"
)
_ADDED = re.compile(
    rf"(?i)(?:加(?:我|一下|個)?\s*(?:好友|朋友|id)|加我|好友\s*id|搜尋\s*id|id\s*搜尋|我的\s*id)(?:\s*(?:id|帳號))?\s*(?:是|為|搜尋?|打|[:;=→])*{_QUOTE}{_ID}"  # lint: off
)
_LINK = re.compile(r"(?i)line\.me/(?:r/)?ti/(?:p/)?(?P<id>[~@]?[A-Za-z0-9._-]{3,})")
_PLAIN_FIGURE = re.compile(r"[\d.,:%-]+(?:am|pm|k|w|個|元)?|\d+(?:\.\d+)?[a-z]{1,3}", re.IGNORECASE)


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each e-mail address in a legible text.

    >>> text = "寄到a.b@mail.example謝謝"
    >>> [text[a:b] for a, b in find_emails(text)]
    ['a.b@mail.example']
    """
    taken = [match.span() for match in _EMAIL.finditer(text)]
    yield from taken
    for match in _SPOKEN.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield match.span()


def email_value(text: str) -> str:
    """An address in one writing.

    >>> email_value("A.b (at) mail。example")
    'a.b@mail.example'
    """
    plain = re.sub(_AT, "@", text, count=1)
    return re.sub(r"\s", "", re.sub(_DOT, ".", plain)).casefold()


def find_line_ids(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each LINE id in a legible text; the words around it are left out.

    >>> text = "加賴：tea_0301，不要依賴 Excel"
    >>> [text[a:b] for a, b in find_line_ids(text)]
    ['tea_0301']
    """
    for pattern, surely in (
        (_NAMED, True), (_SAID, True), (_LINK, True), (_ADDED, False), (_BESIDE, False), (_BEFORE, False),
        (_MINE, True), (_NEAR, False), (_NEAR_BEFORE, False),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            found = match["id"].rstrip("._-")
            if _is_id(found, surely) and text[match.end("id") : match.end("id") + 1] != "@":
                yield match.start("id"), match.start("id") + len(found)


def line_value(text: str) -> str:
    """A LINE id in one writing."""
    return text.lstrip("~").casefold()


def _is_id(found: str, surely: bool) -> bool:
    """Whether it may be an id; not surely: only when it looks made up, with a digit, a mark or @."""
    name = found.lstrip("@~").casefold()
    if len(found) < 4 or name in services() or re.fullmatch(r"https?|www.*|.*\.(?:com|tw|me|net|org)", name):
        return False
    if found[0] in "@~":
        return True
    if _PLAIN_FIGURE.fullmatch(name) and not (surely and len(name) >= 6 and name.isalnum()):
        return False
    return surely or bool(re.search(r"[0-9_.-]", name))


@cache
def services() -> frozenset[str]:
    """Latin words that are no id."""
    return frozenset(document("line_words.yml")["not_ids"])
