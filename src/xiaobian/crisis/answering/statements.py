"""Whether a public statement keeps the rules of ``datasets/reference/statement_rules.csv`` (設計參數): what is there, what is missing.

A statement is read as a whole, so a rule may be broken by what it does not say. Wording that must not be there is found by the
lint pack ``statement``. It reads words, not facts; it is a 風險提示，不是法律意見.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from ... import datasets, lint
from ...errors import AnswerError, NotFound
from ...lint import Finding, Findings
from ...plotting import spaced
from ...sandbox.crisis.scenarios import CLUSTERS
from ...sandbox.crisis.values import contradicts, specificity
from ...sandbox.parameters import load
from . import reading
from .facts import Clash, clashes
from .forms import active_share, agreement

PACK = "statement"
AVOIDED = ("no_conditional", "no_blame", "no_passive", "no_promotion", "plain_words")
_FIRST = re.compile(r"\s*[^。！？!?\n]*[。！？!?\n]?")
_TIME = re.compile(
    r"\d{1,2} ?[月/] ?\d{1,2}|\d{1,2} ?[:：] ?\d\d|[\d一二三四五六七八九十兩]+ ?[點時]|[今昨明後]天|[今明昨][晚早]|[今明]日|[中上下]午|傍晚|當天|(?:週|周|星期|禮拜)[一二三四五六日末]"
    r"|[\d一二三四五六七八九十兩]+ ?(?:天|小時|分鐘|個工作天)(?:內|後)|月底|[一二三四五六七八九十]+月[一二三四五六七八九十]+日"
)  # lint: off
_UPDATE = re.compile(
    r"更新|公布|公佈|公開|公告|說明|回報|再說|告訴大家|讓大家知道|報告|補上|進度|回來|[答函回]覆|宣布|貼出來|放上來|揭曉"
)
_UNKNOWN = re.compile(
    r"還(?:在(?!賣|營業)|沒(?:有)?|不(?:知道|清楚|確定|能|曉得)|未|無法)|尚(?:未|待|在|無|不)|未明|不明(?!人士)|仍(?:在|未|待)|(?:調查|釐清|了解|確認|查證|統計|比對|核對|清查)中"
    r"|有待(?:確認|查證|釐清)|正在(?:查|調查|確認|了解|統計|清點|核對|比對|檢驗|釐清)|待(?:查證|確認|釐清)|不確定|不知道|還[^，。！？\n]{0,6}(?:在(?:對帳|對|查|確認|統計|看|清點|核對|談|算|討論|等)|沒(?:有)?(?:結論|查完|回))|查不到|沒查完|還要再?查|等(?:檢驗|報告|結果)"  # lint: off
)
_ACTION = re.compile(
    r"退(?:款|費|錢|貨|刷|回|還)|(?:可|能|想|要|都)退|下架|回收|停(?:賣|售|用|刊|播|止|發|到|掉)|換(?:貨|成|上|標|平台|人|掉)|賠償|補(?:償|發|寄|貼|齊|上|寫|送|抽)|重(?:寄|抽|做|印|設|新)|送(?:驗|檢)|檢驗|檢舉|報案|報警|通報"
    r"|撤(?:下|掉|除|了)?|關(?:閉|掉|了|店|上)|刪(?:除|掉|了)?|更正|改(?:成|為|由|寫|標|用|版|密碼|要)|加(?:上|裝|一道|派|開|到)|通知|寄(?:信|出|給|完|送)|打電話|聯絡|解約|公開|開放|直播|照出|照(?:原價|單)|出貨|審稿|審核|核對|覆核|雙人|兩(?:個)?人"
    r"|上線|封鎖|盤點|清查|抽查|訓練課|停職|啟動|安裝|移除|取消|清空|銷毀|交給|提供|派人"  # lint: off
)


@dataclass(frozen=True)
class Checked:
    """One rule on one statement. state: kept, broken, or 不適用; why: in words."""

    rule: str
    state: str
    why: str


@dataclass(frozen=True, repr=False)
class StatementCheck:
    """What a statement keeps and breaks.

    findings: places that must not be there, with spans. missing: rules broken by what is not said. broken: every broken rule.
    score: kept ÷ applicable rules, 0–1. consistent: agreement with facts and earlier versions, 0–1. active: initiative 0–1,
    as the sandbox counts it. specific: concrete enough for a disclosure to protect. clashes: contradictions found.
    """

    text: str
    findings: Findings
    missing: tuple[str, ...]
    broken: tuple[str, ...]
    score: float
    consistent: float
    active: float
    specific: bool
    clashes: tuple[Clash, ...]
    table: pd.DataFrame = field(compare=False)

    def say(self) -> str:
        """What to mend first, in 正體中文."""
        names = rules()["rule"]
        kept = int((self.table["state"] == KEPT).sum())
        judged = int((self.table["state"] != NOT_ASKED).sum())
        if not self.broken:
            return spaced(f"{judged}條規則都守住了。它只看寫法，不查事實；發之前，再核對一次數字。")
        first = self.broken[0]
        why = dict(zip(self.table["rule"], self.table["why"], strict=True))[first]
        others = "、".join(str(names[rule]) for rule in self.broken[1:])
        more = f"接著看：{others}。" if others else ""
        return spaced(f"{judged}條守住{kept}條。先改「{names[first]}」：{why}{more}")

    def __repr__(self) -> str:
        return f"{self.say()}\n附註：風險提示，不是法律意見；規則是設計參數（2026-11）"


KEPT, BROKEN, NOT_ASKED = "守住", "沒守住", "不適用"


@cache
def rules() -> pd.DataFrame:
    """The rules of a statement, by id, as the reference table holds them.

    >>> len(rules())
    11
    """
    return datasets.reference("statement_rules").set_index("id")


def check_statement(
    text: str,
    *,
    cluster: str | None = None,
    first: bool = True,
    facts: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> StatementCheck:
    """Read a statement by the eleven rules.

    cluster: victim, accidental or preventable, if it is known; it decides how much may be admitted. first: whether it is the
    first statement, which must be short. facts: what is known, in sentences. earlier: other versions (channels, updates).

    Raises NotFound for an unknown cluster, AnswerError for what is not a text.

    >>> check_statement("如有造成不便，敬請見諒。").broken[:3]
    ('affected_first', 'known_unknown', 'action_date')
    """
    if not isinstance(text, str):
        raise AnswerError(
            f"聲明不是文字，而是 {type(text).__name__}", where="check_statement", next_step="請給一段文字"
        )
    if cluster is not None and cluster not in CLUSTERS:
        raise NotFound(f"沒有「{cluster}」這個危機類型", next_step=f"可用的有：{'、'.join(CLUSTERS)}")
    found = lint.check(text.replace("lint", "LINT"), PACK) if text.strip() else Findings((), text)
    contradicted, compared = clashes(text, (*facts, *earlier))
    checked = [
        _affected(text),
        _known(text),
        _responsible(text, cluster),
        _acts(text),
        *(_avoided(rule, found, text) for rule in AVOIDED),
        _short(text, first),
        _consistent(text, contradicted, compared, earlier),
    ]
    places = [*_kept_findings(found, checked), *map(_clash_finding, contradicted)]
    table = pd.DataFrame([(c.rule, c.state, c.why) for c in checked], columns=["rule", "state", "why"])
    asked = table[table["state"] != NOT_ASKED]
    broken = tuple(table.loc[table["state"] == BROKEN, "rule"])
    seen = {finding.rule.split(".")[-1] for finding in places}
    return StatementCheck(
        text=text,
        findings=Findings(sorted(places, key=lambda f: f.span), text),
        missing=tuple(rule for rule in broken if rule not in seen),
        broken=broken,
        score=float((asked["state"] == KEPT).mean()) if text.strip() else 0.0,
        consistent=agreement(text, (*facts, *earlier)),
        active=active_share(text),
        specific=specificity(text) >= load()["crisis.specific_details"],
        clashes=tuple(contradicted),
        table=table,
    )


def _judged(rule: str, fine: bool, why: str) -> Checked:
    return Checked(rule, KEPT if fine else BROKEN, "" if fine else why)


def _affected(text: str) -> Checked:
    opening = _FIRST.match(text)
    fine = bool(opening and names_people(opening[0]))
    return _judged(
        "affected_first", fine, "第一句沒有說是誰。寫出買了什麼、收到什麼的人，再寫他現在該做什麼。"
    )


_PERSON = (
    "(?:客人|顧客|客戶|消費者|朋友|會員|買家|民眾|讀者|粉絲|家長|鄉親|旅客|訂戶|創作者|夥伴|同學|同事|同仁|住戶|居民|鄰居|觀眾|女性|族人|移工|身障者"
    "|玩家|用戶|使用者|得獎者|得主|參加者|網友|老師|先生|小姐|媽媽|爸爸|孩子|小朋友|阿嬤|阿公|家庭|家人|店家|各位|你們?|您|人(?!員))"  # lint: off
)
_NAMED = re.compile(
    rf"(?:的|過|到|了|、|[\d,]+ ?位|每一?位|這些|所有|很多|許多|不少) ?[^，。！？、\n]{{0,4}}?{_PERSON}|的大家|\A\s*(?:各位|給|對|致|向)|手[上邊]有"
    rf"|[買訂收吃喝購參填用看].{{1,16}}者(?=[，、：請])|[\d,]+ ?筆訂單|你|您"  # lint: off
)
_THANKS = re.compile(r"(?:感謝|謝謝|感恩)[^，。！？\n]*")  # lint: off
_SELF = re.compile(
    r"(?:本公司|本店|敝公司|本品牌|我們)[^，。！？\n]{0,14}(?:一向|一直|向來|始終|成立|創立|以來)[^，。！？\n]*"  # lint: off
)
_ACCUSER = re.compile(
    r"(?:爆料|指控|檢舉|造謠|散播|散布)[^，。！？\n]{0,4}(?:人|者|客人|員工|網友)"
)  # lint: off
_HOLLOW = re.compile(
    r"(?:如果|若|如|倘若|假如|造成|帶給|讓)[^，。！？\n]{0,6}(?:大家|各位|您|你|消費者)(?:的)?(?:不便|困擾|擔心|誤解|疑慮|不舒服)?"  # lint: off
)


def names_people(sentence: str) -> bool:
    """Whether a sentence says who is affected; thanks, praise of oneself and 「造成大家不便」 name nobody.

    >>> names_people("買到 4 月 3 日那一批的朋友，請先不要吃。"), names_people("感謝大家的支持。"), names_people("造成大家不便，很抱歉。")
    (True, False, False)
    """
    rest = _ACCUSER.sub("", _HOLLOW.sub("", _SELF.sub("", _THANKS.sub("", sentence))))
    return bool(_NAMED.search(rest))


def _known(text: str) -> Checked:
    unknown = bool(_UNKNOWN.search(text))
    told = any(_TIME.search(s) and _UPDATE.search(s) for s in re.split(r"[。！？!?\n]", text))
    if unknown and told:
        return _judged("known_unknown", True, "")
    lacks = [words for there, words in ((unknown, "還不知道什麼"), (told, "下次幾點更新")) if not there]
    return _judged("known_unknown", False, f"沒有說{'和'.join(lacks)}。")


def _responsible(text: str, cluster: str | None) -> Checked:
    why = reading.misfit(text, cluster)
    return _judged("responsibility", not why, why)


def _acts(text: str) -> Checked:
    """A step of one's own with a time in its clause, a deadline, or a step already taken; what readers should do is none."""
    clauses = [c for c in re.split(r"[，。！？!?；;\n]", text) if "請" not in c]
    fine = any(
        (_ACTION.search(c) and (_DONE.search(c) or (_TIME.search(c) and not _ONLY_UPDATE.search(c))))
        or (_TIME.search(c) and _DUE.search(c))
        for c in clauses
    )
    action, time = any(map(_ACTION.search, clauses)), bool(_TIME.search(text))
    lacks = [words for there, words in ((action, "具體的動作"), (time, "日期或時間")) if not there]
    why = f"沒有{'、'.join(lacks)}。" if lacks else "動作沒有配上日期。"
    return _judged("action_date", fine, f"{why}寫做什麼、哪一天做完。")


_DONE = re.compile(r"已|剛|昨[天晚]|今[天早]")
_DUE = re.compile(
    r"前(?![天面後往一])|之前|內(?=[^容部]|$)|起(?![因來初源])|最[晚遲]|完成|恢復|上線"  # lint: off
)  # lint: off
_ONLY_UPDATE = re.compile(r"更新|再說|回報")


def _avoided(rule: str, found: Findings, text: str) -> Checked:
    if not text.strip():
        return Checked(rule, NOT_ASKED, "還沒有文字。")
    places = [f.text for f in found if f.rule == f"{PACK}.{rule}"]
    return _judged(rule, not places, f"「{'」「'.join(places[:2])}」要拿掉或改寫。")


def _short(text: str, first: bool) -> Checked:
    limit = int(rules()["limit"].astype(float)["length"])
    if not first or not text.strip():
        return Checked("length", NOT_ASKED, "只限第一版聲明。")
    count = int(lint.measure(text)["chars"])
    return _judged(
        "length", count <= limit, f"這一版{count}字，超過{limit}字。只留誰受影響、現在該做什麼、幾點更新。"
    )


def _consistent(text: str, found: Sequence[Clash], compared: int, earlier: Sequence[str]) -> Checked:
    before = {name for other in earlier for name in reading.strategies_of(other)}
    if contradicts(reading.strategies_of(text), before):
        return _judged("consistency", False, "前後說法打架：一版否認，另一版承認。")
    if not compared:
        return Checked("consistency", NOT_ASKED, "沒有別的版本可以比。")
    return _judged("consistency", not found, f"{found[0] if found else ''}。")


def _kept_findings(found: Findings, checked: Sequence[Checked]) -> list[Finding]:
    """Findings of broken rules only: the whole text overrules a pack that saw a part of it."""
    broken = {c.rule for c in checked if c.state == BROKEN}
    return [f for f in found if f.rule.split(".")[-1] in broken]


def _clash_finding(clash: Clash) -> Finding:
    return Finding(
        span=clash.span,
        text=clash.here,
        rule=f"{PACK}.consistency",
        severity="warning",
        message=spaced(f"{clash}。先查清楚，再讓每個版本寫同一個。"),
        fix=None,
        reference="statement_rules（設計參數，2026-11）",
    )
