"""What a task is about: the product, whom it is for, and the facts that copy may use and no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pydantic

from .. import datasets
from ..errors import TableError

GOALS = {
    "awareness": "讓人知道", "engagement": "讓人互動", "traffic": "帶人到網站", "conversion": "下單或報名",
    "loyalty": "留住老客人", "trust": "建立信任",
}  # fmt: skip
TONES = {"warm": "親切", "plain": "平實", "playful": "俏皮", "expert": "專業", "calm": "沉穩"}
KINDS = {
    "food": "吃的", "drink": "喝的", "goods": "用品", "service": "服務", "home": "到府服務", "course": "課程",
    "event": "活動", "app": "線上工具", "place": "場所",
}  # fmt: skip

_KIND_SIGNS = (
    ("course", r"課程?$|工作坊|讀書會|講座|研習|訓練班|線上課|家教|教室"),
    ("event", r"市集|展$|展覽|音樂祭|音樂會|路跑|活動|派對|嘉年華|開幕|演唱會|影展|園遊會|發表會|導覽"),
    ("app", r"App|APP|app|軟體|平台|系統|電子報|訂閱|外掛|網站|小程式|Podcast|podcast|節目"),
    ("drink", r"茶$|金萱|烏龍|咖啡|拿鐵|果汁|豆漿|啤酒|飲$|飲料|汽水|奶茶|氣泡水|米漿|豆奶"),
    ("food", r"蛋糕|戚風|麵包|餅|捲$|便當|湯|飯|麵$|禮盒|果乾|巧克力|冰|糕|糖|堅果|醬|滷味|水餃|肉乾|吐司|粥|優格"),
    ("home", r"到府|清潔|搬家|維修|收納|裝潢|油漆|水電|除蟲"),
    ("service", r"服務|保險|諮詢|健檢|美髮|按摩|剪髮|接送|宅配|代辦|租借|寄養|安親|外送"),
    ("place", r"民宿|旅館|餐廳|書店|咖啡館|健身房|園區|營地|溫泉|圖書館|共享空間|門市|診所"),
)  # fmt: skip
_HASHTAG = re.compile(r"[#＃]([^\s#＃]+)")


class Fact(pydantic.BaseModel):
    """One thing that is known to be true, as it may be said."""

    model_config = pydantic.ConfigDict(frozen=True)

    id: str = pydantic.Field(max_length=40)
    text: str = pydantic.Field(min_length=1, max_length=300)


class Brief(pydantic.BaseModel):
    """The order for a piece of copy. Numbers, prices, dates and addresses in the copy must stand in here.

    facts: texts, or mappings with id and text. pains, benefits: what bothers the audience and what they get, in the
    brief's own words. kind: one of KINDS; guessed from the product when empty.

    >>> brief = Brief(product="米穀戚風", audience="下午想吃甜的上班族", facts=["不加麵粉"], cta="到門市試吃")
    >>> brief.facts[0].id, brief.of_kind
    ('f1', 'food')
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    product: str = pydantic.Field(min_length=1, max_length=40)
    audience: str = pydantic.Field(default="", max_length=60)
    goal: str = "engagement"
    facts: tuple[Fact, ...] = ()
    pains: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    must_include: tuple[str, ...] = ()
    must_avoid: tuple[str, ...] = ()
    tone: str = "warm"
    platform: str = "instagram"
    cta: str = pydantic.Field(default="", max_length=60)
    dates: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    brand: str = pydantic.Field(default="", max_length=40)
    kind: str = ""

    @pydantic.field_validator("facts", mode="before")
    @classmethod
    def _facts(cls, given: Any) -> Any:
        """Texts get ids f1, f2 …; a mapping of id to text is taken too."""
        if isinstance(given, Mapping):
            given = [{"id": key, "text": text} for key, text in given.items()]
        if isinstance(given, str):
            given = [given]
        return tuple(
            {"id": f"f{place}", "text": fact.strip()} if isinstance(fact, str) else fact
            for place, fact in enumerate(given or (), 1)
        )

    @pydantic.field_validator(
        "pains",
        "benefits",
        "must_include",
        "must_avoid",
        "dates",
        "prices",
        "urls",
        "hashtags",
        mode="before",
    )
    @classmethod
    def _texts(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) and given else tuple(given or ())

    @pydantic.field_validator("goal", "tone", "kind")
    @classmethod
    def _known(cls, given: str, info: pydantic.ValidationInfo) -> str:
        names = {"goal": GOALS, "tone": TONES, "kind": {"": "", **KINDS}}[str(info.field_name)]
        back = {label: name for name, label in names.items()}
        if given not in names and given not in back:
            raise ValueError(f"可用的是 {'、'.join(name for name in names if name)}")
        return given if given in names else back[given]

    @property
    def of_kind(self) -> str:
        """What the product is: as given, else guessed from its name, else ``goods``."""
        if self.kind:
            return self.kind
        return next((kind for kind, sign in _KIND_SIGNS if re.search(sign, self.product)), "goods")

    @property
    def source(self) -> str:
        """Every text of the brief: what copy may take its numbers, names and addresses from; names are tags too."""
        named = [re.sub(r"\s+", "", name) for name in (self.product, self.brand) if name]
        tags = [f"#{tag.lstrip('#＃')}" for tag in (*self.hashtags, *named)]
        parts = [
            self.product, self.brand, self.audience, self.cta, *(fact.text for fact in self.facts), *self.pains,
            *self.benefits, *self.must_include, *self.dates, *self.prices, *self.urls, *tags,
        ]  # fmt: skip
        return "\n".join(part for part in parts if part)

    def fact(self, fact_id: str) -> str:
        """Text of one fact; empty when there is none of that id."""
        return next((fact.text for fact in self.facts if fact.id == fact_id), "")

    def payload(self) -> dict[str, Any]:
        """The brief as a task sends it, without what is empty."""
        made = self.model_dump(mode="json", exclude_defaults=True)
        return {**made, "platform": self.platform, "goal": self.goal, "tone": self.tone, "kind": self.of_kind}


def brief(given: Any = None, **fields: Any) -> Brief:
    """A Brief from a Brief, a mapping, a product's name or keywords; raises TableError in words.

    >>> brief("冷泡金萱", audience="怕胖的上班族").product
    '冷泡金萱'
    """
    if isinstance(given, Brief):
        return given.model_copy(update=fields) if fields else given
    known = {"product": given} if isinstance(given, str) else dict(given or {})
    try:
        return Brief(**{**known, **fields})
    except pydantic.ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "brief"
        raise TableError(
            f"簡報的「{place}」不能這樣寫：{_said(first)}", where="brief",
            next_step='最少要給 product，例如 brief("米穀戚風", audience="上班族", facts=["不加麵粉"])',
        ) from None  # fmt: skip


def _said(problem: Any) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    told = {
        "missing": "沒有填", "string_too_short": "是空的", "extra_forbidden": "沒有這個欄位",
        "string_too_long": f"太長，最多 {context.get('max_length')} 字",
        "value_error": str(context.get("error", "")),
    }  # fmt: skip
    return told.get(kind, "型別不對")


def hashtags(text: str) -> list[str]:
    """The hashtags of a text, without the sign.

    >>> hashtags("新品 #米穀戚風 #嘉義")
    ['米穀戚風', '嘉義']
    """
    return _HASHTAG.findall(text)


def example(product: str = "米穀戚風") -> Brief:
    """A ready brief of the running brand, to try a task with."""
    name = str(datasets.brand()["name"])
    return Brief(
        product=product, brand=name, audience="下午想吃點甜的上班族", goal="engagement",
        facts=["用台灣在來米粉做，配方不加麵粉", "當天現烤，冷藏可放三天", "嘉義和雲林的契作米"],
        pains=["下午嘴饞，又怕太甜"], benefits=["輕輕的甜，吃完不膩"],
        cta="留言告訴我們你想配哪一款茶", hashtags=["米穀戚風", "嶼穗茶食"],
    )  # fmt: skip
