"""What a caption asks its readers to do: kinds of call to action, found where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SOFT = r"(?:請|先|再|快|記得|歡迎|一起|也可以|可以|就|來|幫|麻煩|順手|按|按下|點|把|想|要|別忘了)?"

KINDS: dict[str, tuple[str, str, str]] = {
    "choose": ("二選一", "ask", r"(?:還是|或是|vs\.?|VS\.?|派|選哪|哪一[派邊款個種]|[A-DＡ-Ｄ][、／/或][B-EＢ-Ｅ])[^。！!\n]{0,24}[？?]|你(?:是|站|選)[^。！!\n]{1,14}(?:派|邊|隊)[？?]"),  # lint: off
    "ask": ("提問", "ask", r"(?<![？?])(?:[^。！？!?\n「」]{0,40}(?:你們?|您|妳|大家|各位|誰|哪|什麼|幾|怎麼|多少|有沒有|會不會|要不要|想不想|喜不喜歡|嗎|呢|[一-鿿]不[一-鿿])[^。！？!?\n「」]{0,40})[？?]"),
    "comment": ("請留言", "ask", r"留言\s?(?:[+＋]\s?1|[「『])|(?<!有人)(?<!一則)(?<!的)留言(?:區|裡)?(?:告訴|說|跟我們|分享|寫|回答|給|見|聊)|(?:告訴|說給|講給)(?:我們|小編|我)(?:聽|知道|吧|！|。|$|，)|(?:回覆|寫下|說說|聊聊)你(?:們)?(?:的|最|會|想)"),  # lint: off
    "tag": ("標記朋友", "tag", r"(?:標記|標註|tag|TAG|Tag)(?:起來)?(?!我們|@|＠|店家|品牌)[^。！？!?，,\n]{0,16}|把[^。！？!?\n]{1,14}(?:標記|標註|tag|TAG)(?:出來|起來|進來)?|@\s?(?:你|那個|那位)"),
    "share": ("請分享", "share", r"(?:分享|轉發|轉傳|轉貼|(?<!上)傳)(?:給|這|出去|貼文|到)[^。！？!?\n]{0,14}"),
    "save": ("請收藏", "save", rf"{_SOFT}(?:收藏|存起來|存下來|存圖|截圖|珍藏)(?:起來|到|進|這|貼文|本文|下來|，|,|。|！|吧|備用|$|\n)"),
    "buy": ("請購買", "link", r"(?:請|歡迎|立即|馬上|現在就|趕快|快|線上|直接|先)(?:[^。！？!?\n，]{0,6})(?:下單|選購|加入購物車|放進購物車|結帳|訂購|搶購|預購(?:從|請|連結))"),  # lint: off
    "link": ("點連結", "link", r"(?:點(?:擊|選|開|進|這個|一下|下方|首頁|個人|資訊欄|第)?[^。！？!?\n]{0,10}(?:連結|網址)|連結(?:在|放)[^。！？!?\n]{0,10}|(?:個人檔案|首頁|自介|資訊欄|說明欄|限動)[^。！？!?\n]{0,8}連結|詳見[^。\n]{0,10}|https?://\S+|(?<![A-Za-z0-9@.-])[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{1,40}){0,4}\.(?:com|tw|example)(?:/\S*)?)"),  # lint: off
    "message": ("請私訊", "none", r"(?:私訊|傳訊息|小盒子|訊息)(?:我們|小編|給|問|報|詢問|預留|聊)|(?:傳|發)(?:訊息|私訊)給"),
    "join": ("追蹤、加入", "none", r"(?:追蹤|訂閱|加入|打開|開啟)(?:我們|本|官方|這個|頻道|社團|會員|好友|LINE|小鈴鐺|通知)"),
    "visit": ("來店", "none", r"(?:來|到|走進|歡迎(?:光臨|來))(?:店裡|門市|現場|我們店|(?:嘉義|台南|高雄|台中|新竹|台北)[^。！？!?\n]{0,4}店)(?!的人)"),  # lint: off
    "show": ("曬照、投稿", "none", r"(?:曬|拍照|拍下|投稿|上傳)[^。！？!?\n]{0,12}(?:標記我們|給我們|@|上傳|投稿)|標記\s?(?:我們|[@＠])"),
    "react": ("按讚", "none", r"(?:按|點|給)(?:個|一個|一下)?(?:讚|愛心)"),
}  # fmt: skip
"""Kind → its name, the word the table ``plan`` uses for it (share and none have no word there), and its pattern."""

_PATTERNS = {kind: re.compile(pattern, re.MULTILINE) for kind, (_, _, pattern) in KINDS.items()}
_HASHTAGS = re.compile(r"(?<![\w/&])[#＃]\w+")
_ADDRESS = re.compile(r"https?://|[\w-]+(?:\.[\w-]+)+")
_STRENGTH = (
    "tag",
    "save",
    "share",
    "buy",
    "link",
    "show",
    "comment",
    "choose",
    "ask",
    "message",
    "join",
    "visit",
    "react",
)


@dataclass(frozen=True)
class Ask:
    """One thing a text asks for. kind: of ``KINDS``; span: code points of the text."""

    kind: str
    span: tuple[int, int]
    text: str

    @property
    def label(self) -> str:
        return KINDS[self.kind][0]

    def __str__(self) -> str:
        return f"{self.label}「{self.text.strip()}」"


def asks(text: str) -> list[Ask]:
    """Everything a text asks its readers to do, in reading order; of two that overlap, the more particular one.

    >>> [ask.kind for ask in asks("冷泡茶你泡幾小時？收藏起來，下次照著做。")]
    ['ask', 'save']
    """
    prose = _HASHTAGS.sub(lambda m: " " * len(m[0]), text)
    found: list[Ask] = []
    for kind in _STRENGTH:
        for m in _PATTERNS[kind].finditer(prose):
            if m.end() > m.start() and not any(a.span[0] < m.end() and m.start() < a.span[1] for a in found):
                found.append(Ask(kind, (m.start(), m.end()), text[m.start() : m.end()]))
    return sorted(found, key=lambda ask: ask.span)


def main_ask(text: str) -> str:
    """The kind the text ends on (the last ask is what a reader does), or ``none``.

    An address without words asks for nothing.

    >>> main_ask("你會先吃哪一口？"), main_ask("今天公休。")
    ('ask', 'none')
    """
    return last_kind(asks(text))


def last_kind(found: list[Ask]) -> str:
    """The kind that a list of asks ends on, addresses alone left out."""
    said = [ask for ask in found if not (ask.kind == "link" and _ADDRESS.match(ask.text))]
    return said[-1].kind if said else "none"


def plan_word(kind: str) -> str:
    """The word of the table ``plan`` (none, ask, tag, save, link) for a kind.

    >>> plan_word("choose"), plan_word("react")
    ('ask', 'none')
    """
    word = KINDS[kind][1] if kind in KINDS else "none"
    return word if word in ("ask", "tag", "save", "link") else "none"
