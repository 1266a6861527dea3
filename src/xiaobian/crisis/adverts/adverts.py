"""One advert through the packs of advertising law: risks with their article and span, and the way to a safer wording."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd

from ... import datasets, lint
from ...errors import NotFound

PRODUCTS: dict[str, tuple[str, ...]] = {
    "food": ("food_ads", "fair_trade", "endorsement", "privacy", "disclosure"),
    "cosmetics": ("cosmetics_ads", "fair_trade", "endorsement", "privacy", "disclosure"),
    "goods": ("drug_claims", "fair_trade", "endorsement", "privacy", "disclosure"),
}
"""Kind of product → packs that read its text. A drug or a medical device needs permission for its adverts: not here."""
KINDS = {"food": "食品", "cosmetics": "化粧品", "goods": "一般商品"}
NOT_ADVICE = "風險提示，不是法律意見"
PARTS = {"text": "內文", "name": "品名", "picture": "圖片"}
SAFER = {
    "food_ads": "把效果整句拿掉，換成食物本身：原料、產地、做法、口感、甜度、份量。",
    "cosmetics_ads": "只說清潔、保濕、香味、觸感、用法；改變身體和治病的句子拿掉。",
    "drug_claims": "只說材質、尺寸、重量、觸感、用法；和病、痛、數值有關的句子拿掉。",
    "fair_trade": "換成查得到的事實：期間、數量、樣本、做法；沒有紀錄的比較和保證拿掉。",
    "endorsement": "第一行寫明關係（付費合作、免費提供、員工），只寫真的用過的感受。",
    "privacy": "能不收就不收；要收，先寫誰、為什麼、哪些、多久、怎麼刪，走私訊或表單。",
    "disclosure": "第一行用中文寫「合作」或「廣告」，打開平台的標籤，不藏、不關、不刪。",
    "ad_overall": "品名換成原料或口味，圖換成食材和做的過程。",
}
"""Pack → the direction of a safer wording."""


@dataclass(frozen=True)
class Risk:
    """A finding in one part of an advert. part: a key of ``PARTS``."""

    part: str
    finding: lint.Finding

    @property
    def pack(self) -> str:
        return self.finding.rule.split(".")[0]

    @property
    def kind(self) -> str:
        return self.finding.rule.split(".")[1].split("_")[0]

    def __str__(self) -> str:
        return f"{PARTS[self.part]}的「{self.finding.text}」"


@dataclass(frozen=True, repr=False)
class AdReview:
    """What the packs say of an advert; an empty list of risks never means that it is lawful."""

    text: str
    product: str
    name: str
    picture: str
    risks: tuple[Risk, ...]
    checked: str

    @property
    def findings(self) -> lint.Findings:
        """Risks of the text itself."""
        return lint.Findings([r.finding for r in self.risks if r.part == "text"], self.text, law=True)

    @property
    def table(self) -> pd.DataFrame:
        """One row a risk: 在哪裡, 詞句, 第幾字, 依據, 改的方向."""
        rows = [
            (PARTS[r.part], r.finding.text, r.finding.span[0] + 1, r.finding.reference, SAFER[r.pack])
            for r in self.risks
        ]
        return pd.DataFrame(rows, columns=["在哪裡", "詞句", "第幾字", "依據", "改的方向"])

    def say(self) -> str:
        """The state in a sentence; without a risk it says what that does not mean."""
        if not (self.text + self.name + self.picture).strip():
            return f"還沒有廣告可以看。{NOT_ADVICE}。"
        end = f"{NOT_ADVICE}；規則查核 {self.checked}。"
        if self.risks:
            where = "、".join(map(str, self.risks[:3])) + ("等" if len(self.risks) > 3 else "")
            return f"找到 {len(self.risks)} 處風險：{where}。{end}"
        return (
            f"這幾包規則沒有指出風險。這不表示可以發：規則只認得寫過的說法，主管機關看的是品名、文字、圖合起來的意思。"
            f"請人再讀一次。{end}"
        )

    def __repr__(self) -> str:
        return "\n".join(
            [self.say(), *(f"▲ {r}：{r.finding.reference}。{SAFER[r.pack]}" for r in self.risks)]
        )

    def _repr_html_(self) -> str:
        return (
            '<div style="max-width:960px;font-size:16px;line-height:1.7;color:#22303C;background:#FFFFFF;'
            f'border:1px solid #E3E8EC;padding:8px 16px"><div><b>{html.escape(self.say())}</b></div>'
            f"{self._marked()}{''.join(_row(n, r) for n, r in enumerate(self.risks, 1))}</div>"
        )

    def _marked(self) -> str:
        """The text with the risky words underlined."""
        spans = [(r.finding.span, n) for n, r in enumerate(self.risks, 1) if r.part == "text"]
        parts, done = [], 0
        for (start, end), number in sorted(spans):
            if start >= done:
                parts += [
                    html.escape(self.text[done:start]),
                    f'<mark style="background:#FFFFFF;color:inherit;border-bottom:3px solid #A63F16">'
                    f"{html.escape(self.text[start:end])}</mark><sup>{number}</sup>",
                ]
                done = end
        parts.append(html.escape(self.text[done:]))
        return f'<div style="white-space:pre-wrap;margin:4px 0 8px">{"".join(parts)}</div>'


def _row(number: int, risk: Risk) -> str:
    return (
        f'<div style="border-left:4px solid #A63F16;padding:0 8px;margin:8px 0;font-size:14px">▲ {number}　'
        f"{html.escape(str(risk))}<br>依據：{html.escape(risk.finding.reference)}"
        f"<br>改的方向：{html.escape(SAFER[risk.pack])}</div>"
    )


def review_ad(text: str, product: str = "food", *, name: str = "", picture: str = "") -> AdReview:
    """Read an advert as the authorities say they do: its words, its name and its picture together.

    product: ``food``, ``cosmetics`` or ``goods`` (neither food, cosmetic nor drug). picture: what it shows, in words.

    Raises NotFound for an unknown product, KitError when the text is none.

    >>> review_ad("喝了血壓就降下來", name="順壓茶").say()[:9]
    '找到 2 處風險：'
    >>> "不表示可以發" in review_ad("焙茶香，回甘很長").say()
    True
    """
    if product not in PRODUCTS:
        raise NotFound(f"沒有 {product} 這種商品", next_step=f"可用的有：{'、'.join(PRODUCTS)}")
    packs = PRODUCTS[product]
    seen = [("text", f) for f in _apart(lint.check(text, packs))]
    for part, words in (("name", name), ("picture", picture)):
        rules = [f for f in lint.check(words, ("ad_overall", packs[0])) if f.rule != _other(part)]
        seen += [(part, f) for f in _apart(rules)]
    return AdReview(text, product, name, picture, tuple(Risk(p, f) for p, f in seen), checked_on(*packs))


def _other(part: str) -> str:
    return "ad_overall.picture" if part == "name" else "ad_overall.name"


def _apart(found: list[lint.Finding]) -> list[lint.Finding]:
    """Findings without those inside or over an earlier one of the same place: one risk, one line."""
    kept: list[lint.Finding] = []
    for one in sorted(found, key=lambda f: (f.span[0], -f.span[1])):
        if not kept or one.span[0] >= kept[-1].span[1]:
            kept.append(one)
    return kept


def checked_on(*packs: str) -> str:
    """When the rules of some packs were last checked, ``2026-11``: the oldest date of the reference table."""
    rules = datasets.reference("ad_rules")
    return str(rules[rules["pack"].isin(packs)]["checked"].min())


def rule_table() -> pd.DataFrame:
    """The rules as a person reads them: 管什麼, 法規, 罰鍰, 信心, 查核."""
    rules = datasets.reference("ad_rules")
    law = rules["law"] + rules["article"].fillna("").map(lambda a: f" {a}" if a else "")
    table = pd.DataFrame(
        {
            "管什麼": rules["content"],
            "法規": law,
            "罰鍰": rules["penalty"],
            "信心": rules["confidence"],
            "查核": rules["checked"],
        }
    )
    return table.set_index("管什麼")
