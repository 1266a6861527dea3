"""What the rules engine says to a free prompt: honest about what it is, and the right rule where one fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from ...errors import KitError
from ..briefs import Brief, brief
from ..grounding import number

Messages = list[dict[str, Any]]

WHAT_I_AM = "我是離線規則引擎，不是 AI，看不懂隨意的提問，也不會自己寫文章。"
CAN_DO = """我照規則做得到這些，直接這樣打就可以：
・「幫我想 5 個標題：米穀戚風，給下午嘴饞的上班族，不加麵粉、當天現烤」
・「給我 3 個貼文點子：冷泡金萱」
・「摘要成 3 點：（貼上文章）」
・「改成 Threads 和 LINE 的版本：（貼上貼文）」
・「幫我回這則留言：（貼上留言）」
・「這則留言要不要隱藏：（貼上留言）」
・「顧客問：可以帶狗進去嗎」
・「目標是帶人到網站，要看什麼指標」
想要真的 AI，請自己選擇服務，例如 xb.ai.connect("ollama")。"""

_TITLES = re.compile(r"標題|下標|slogan|標語|主旨")
_IDEAS = re.compile(r"點子|發想|主題|企劃|靈感|貼文方向|文案方向|可以發什麼|要發什麼")
_COPY = re.compile(r"(寫|生|來|產|想).{0,8}(文案|貼文|小編文|廣告詞)")
_SUMMARY = re.compile(r"摘要|重點|整理成|濃縮|縮短|TL;?DR|懶人包", re.IGNORECASE)
_REWRITE = re.compile(r"改成|改寫|改為|版本|轉成|調整成")
_REPLY = re.compile(r"(回覆|回應|回這|怎麼回|幫我回|要怎麼回).{0,8}(留言|訊息|評論|客人|他|她|這)|(留言|訊息|客人).{0,6}(怎麼回|回覆|回應)")
_MODERATE = re.compile(r"(要不要|該不該|需不需要|是不是).{0,6}(隱藏|刪|檢舉|封鎖|惡意|詐騙|違規)|審核|有沒有問題.{0,4}留言|判斷.{0,6}留言")
_KPI = re.compile(r"(什麼|哪個|哪些|怎麼選|選).{0,4}(指標|KPI|kpi)|(指標|KPI).{0,6}(怎麼選|看什麼|用哪)", re.IGNORECASE)
_FAQ = re.compile(r"(顧客|客人|有人|粉絲)(在)?問|常見問題|FAQ", re.IGNORECASE)
_PICTURE = re.compile(r"(圖片|圖像|生圖|繪圖|Midjourney|midjourney|配圖).{0,6}(提示|prompt|怎麼寫|描述)|(畫|生成).{0,4}(一張|圖)")
_GREETING = re.compile(r"^(嗨|哈囉|你好|您好|hi|hello|早安|午安|晚安)[，,！!。.~～\s]*$", re.IGNORECASE)
_WHO = re.compile(r"你是(誰|什麼|AI|ai|真人|哪個模型|ChatGPT|GPT)|你會(什麼|做什麼)|能做什麼|你是不是(AI|真人|人)", re.IGNORECASE)  # lint: off
_INSIDE = re.compile(r"系統提示|system prompt|你的(指令|規則|設定)|忽略(以上|前面|之前)", re.IGNORECASE)  # lint: off

_COUNT = re.compile(r"([0-9０-９]{1,2}|[一二兩三四五六七八九十]{1,2})\s*(?:個|則|點|條|組|篇|句|種)")
_AFTER = re.compile(r"[：:\n]")
_FACT = re.compile(r"[、，,；;。\n]+")
_AUDIENCE = re.compile(r"^(?:給|寫給|對象是|目標客群是|客群是|受眾是|針對)\s*[：:]?\s*(.+?)(?:看的|的人看)?$")
_CTA = re.compile(r"^(?:行動呼籲|CTA|請他們|希望他們|導到|引導)\s*[：:是]?\s*(.+)$", re.IGNORECASE)
_PLATFORMS = (
    ("threads", r"threads|脆"), ("instagram", r"instagram|\big\b"), ("facebook", r"facebook|\bfb\b|臉書|粉專"), ("line", r"\bline\b"),
    ("x", r"\bx\b|twitter|推特"), ("tiktok", r"tiktok|抖音"), ("youtube", r"youtube|\byt\b"), ("linkedin", r"linkedin|領英"),
)  # fmt: skip
_GOALS = (
    ("traffic", "網站|流量|點擊|導流|官網"), ("conversion", "下單|訂單|營收|業績|報名|轉換|賣"), ("awareness", "知名度|曝光|認識|觸及|知道"),
    ("loyalty", "老客|回購|留住|忠誠|會員"), ("trust", "信任|口碑|危機|安心"), ("engagement", "互動|留言|參與|社群感"),
)  # fmt: skip


def reply(messages: Messages) -> str:
    """An answer to the last thing the user said.

    >>> print(reply([{"role": "user", "content": "幫我想 2 個標題：冷泡金萱"}]).splitlines()[0])
    我是離線規則引擎，不是 AI。下面 2 個標題是用句型和你給的字拼出來的：
    """
    said = _last(messages)
    if not said:
        return f"{WHAT_I_AM}\n\n{CAN_DO}"
    for asks, answer in _ROUTES:
        if asks.search(said):
            try:
                return answer(said)
            except KitError as problem:
                return f"{WHAT_I_AM}{problem}\n\n{CAN_DO}"
    return f"{WHAT_I_AM}這一題我沒有對應的規則。\n\n{CAN_DO}"


def _last(messages: Messages) -> str:
    from ..tokens import texts

    said = [texts(m.get("content")) for m in messages if m.get("role") in ("user", None)]
    return said[-1].strip()[:8000] if said else ""


def _count(said: str, usual: int, most: int) -> int:
    head = _AFTER.split(said, maxsplit=1)[0]
    found = _COUNT.search(head)
    value = number(found[1].translate(str.maketrans("０１２３４５６７８９", "0123456789"))) if found else None
    return max(1, min(most, int(value))) if value else usual


def _material(said: str) -> str:
    """What comes after the colon or the first line; the whole when there is neither."""
    parts = _AFTER.split(said, maxsplit=1)
    return (parts[1] if len(parts) > 1 and parts[1].strip() else "").strip().strip("「」\"'")


def _brief(said: str) -> Brief:
    """A brief from what stands behind the colon: product first, then audience, facts and a call to action."""
    parts = [part.strip() for part in _FACT.split(_material(said) or _topic(said)) if part.strip()]
    if not parts or len(parts[0]) > 40:
        raise KitError("看不出要寫什麼商品", next_step="請用冒號接商品名，例如「幫我想 5 個標題：米穀戚風，不加麵粉」")
    made: dict[str, Any] = {"product": parts[0], "facts": []}
    for part in parts[1:]:
        if found := _AUDIENCE.match(part):
            made["audience"] = found[1][:60]
        elif found := _CTA.match(part):
            made["cta"] = found[1][:60]
        else:
            made["facts"].append(part[:300])
    return brief(made)


def _topic(said: str) -> str:
    """The thing that 「關於…」 or 「替…想」 names, where there is no colon."""
    found = re.search(r"(?:關於|有關|替|為|幫)(?!我|他|她|你|大家)\s*[「『]?([^「」『』，。,\s]{2,20}?)[」』]?\s*(?:想|寫|下|發|做|$)", said)
    return found[1] if found else ""


def _titles(said: str) -> str:
    from .headlines import headlines

    order, n = _brief(said), _count(said, 5, 20)
    found = headlines(order, n)
    lines = "\n".join(f"{i}. {one['text']}（{one['label']}）" for i, one in enumerate(found, 1))
    return f"我是離線規則引擎，不是 AI。下面 {len(found)} 個標題是用句型和你給的字拼出來的：\n{lines}\n{_more(order)}"


def _ideas(said: str) -> str:
    from .ideas import ideas

    order, n = _brief(said), _count(said, 3, 10)
    lines = "\n".join(
        f"{i}. {one['title']}（{one['angle']}）\n   痛點：{one['pain']}｜好處：{one['benefit']}\n   證據：{one['evidence']}｜行動：{one['action']}"
        for i, one in enumerate(ideas(order, n), 1)
    )
    return f"我是離線規則引擎，不是 AI。我把「痛點 × 好處 × 證據 × 行動」排成點子，內容要你自己寫：\n{lines}\n{_more(order)}"


def _more(order: Brief) -> str:
    if order.facts:
        return "數字和價格只會用你給的；發之前請人再看一次。"
    return "多給幾個事實會更具體，例如「：" + order.product + "，給上班族，不加麵粉、當天現烤」。"


def _copy(said: str) -> str:
    order = _brief(said)
    from .headlines import headlines

    opener = headlines(order, 1)[0]["text"]
    facts = "\n".join(f"・{fact.text}" for fact in order.facts) or "・（請填：一個查得到的事實）"
    call = order.cta or "（請填：希望讀者做的一件事）"
    return f"我是離線規則引擎，不是 AI，不會寫整篇文案。我先替你搭好骨架，血肉請你來：\n開頭：{opener}\n事實：\n{facts}\n結尾：{call}"


def _summary(said: str) -> str:
    from ...text.summary import bullet, extract

    text = _material(said)
    if len(text) < 20:
        raise KitError("要整理的文章沒有貼上來", next_step="請把文章貼在冒號後面")
    lines = "\n".join(f"・{bullet(s.text)}" for s in extract(text, _count(said, 3, 10)))
    return f"我是離線規則引擎，不是 AI。我只會摘句，下面都是原文裡的句子：\n{lines}"


def _rewrite(said: str) -> str:
    from .rewriting import rewrite

    head, text = _AFTER.split(said, maxsplit=1)[0], _material(said)
    names = [name for name, sign in _PLATFORMS if re.search(sign, head, re.IGNORECASE)] or ["facebook", "instagram", "threads"]
    if len(text) < 10:
        raise KitError("要改寫的貼文沒有貼上來", next_step="請把貼文貼在冒號後面")
    versions = "\n\n".join(f"【{name}】\n{rewrite(text, name)['text']}" for name in names)
    return f"我是離線規則引擎，不是 AI。我只會取捨句子、換行、移標籤，不會換句話說：\n\n{versions}"


def _reply(said: str) -> str:
    from .from_payload import reply as draft
    from .replies import known

    comment = _material(said)
    if not comment:
        raise KitError("沒有看到要回的留言", next_step="請把留言貼在冒號後面")
    made = draft({"comment": comment, "known": known(comment)})
    person = f"\n這一則要真人處理：{made['reason']}" if made["escalate"] else ""
    return f"我是離線規則引擎，不是 AI。從核准的回覆模板挑了這一則當草稿，請人看過再送：\n{made['reply']}{person}"


def _moderate(said: str) -> str:
    from .moderation import verdict

    made = verdict(0, _material(said) or said)
    from ...sandbox.words.templates import ACTIONS

    return f"我是離線規則引擎，不是 AI。規則的建議是「{ACTIONS[made['action']]}」。{made['reason']}"


def _kpi(said: str) -> str:
    from ..briefs import GOALS
    from .kpis import catalogue

    goal = next((name for name, sign in _GOALS if re.search(sign, said)), "engagement")
    row = next(row for row in catalogue().values() if goal in row["primary"])
    return (
        f"我是離線規則引擎，不是 AI。照目錄，目標是「{GOALS[goal]}」就先看{row['title']}（{row['formula']}）。要小心：{row['beware']}。"
        "\n數字請用 xb.kpi(貼文) 算，不要用猜的。"
    )


def _faq(said: str) -> str:
    from .faq import bot

    question = _material(said) or said
    found = bot().ask(question, date.today())
    if found.action == "answer":
        return f"我是離線規則引擎，不是 AI。常見問答裡有核准的答案：\n{found.text}"
    return f"我是離線規則引擎，不是 AI。這一題我不自動回，請轉給真人：{found.reason}"


def _picture(said: str) -> str:
    from .image_words import build, midjourney

    subject = _material(said) or _topic(said)
    if not subject:
        raise KitError("沒有看到要畫什麼", next_step="請在冒號後面寫主體，例如「圖片提示詞：木桌上的戚風」")
    spec = {"subject": subject[:120], "style": "photo", "light": "soft", "framing": "close", "space_for_text": True}
    made = build(spec)
    return f"我是離線規則引擎，不是 AI，不會畫圖也不會翻譯。提示詞先這樣組：\n{midjourney(made['prompt'], made['negative'], '4:5')}"


def _honest(said: str) -> str:
    return f"{WHAT_I_AM}\n\n{CAN_DO}"


def _nothing_inside(said: str) -> str:
    return f"{WHAT_I_AM}我沒有系統提示可以給，也不照貼進來的文字改變規則。\n\n{CAN_DO}"


_ROUTES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_INSIDE, _nothing_inside), (_GREETING, _honest), (_WHO, _honest), (_MODERATE, _moderate), (_REPLY, _reply), (_FAQ, _faq),
    (_KPI, _kpi), (_PICTURE, _picture), (_REWRITE, _rewrite), (_SUMMARY, _summary), (_TITLES, _titles), (_IDEAS, _ideas), (_COPY, _copy),
)  # fmt: skip
