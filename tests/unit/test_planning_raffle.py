"""Notices, terms and forms of a raffle: whole ones pass, each sentence taken out is missed, forms ask for no more than needed."""

from datetime import datetime

import pytest

from xiaobian import datasets, planning
from xiaobian.errors import TableError
from xiaobian.planning.raffle import (
    RISK,
    VERDICTS,
    Raffle,
    form_check,
    notice,
    notice_check,
    rules,
    terms,
    terms_check,
)

# Written for these tests, in other words than the drafts: (sentence, the rules it alone meets).
SPOKEN = [
    ("主辦：山嵐手作", {"notice_collector"}),
    ("你留下的資料，只會用來核對資格和寄出茶包。", {"notice_purpose"}),
    ("我們會收 Email 和門市代號，共兩種資料項目。", {"notice_categories"}),
    ("活動結束後 14 天全部刪掉。", {"notice_period"}),
    ("不會傳到別的國家，只在台灣處理。", {"notice_area"}),
    ("看得到的只有活動小組，獎品會交給宅配處理。", {"notice_recipients"}),
    ("得獎時以電子郵件通知你。", {"notice_method"}),
    ("你隨時可以請我們讓你查閱、拿副本、更正、不再使用或刪除。", {"notice_rights"}),
    ("有這些要求，請寫信到 hi@tea.example。", {"notice_how"}),
    ("不想給也沒關係，只是會抽不到你。", {"notice_consequence"}),
]
FORMAL = [
    ("蒐集單位為拾光協會。", {"notice_collector"}),
    ("蒐集目的為辦理抽獎及通知得獎。", {"notice_purpose"}),
    ("個人資料之類別：姓名、行動電話。", {"notice_categories"}),
    ("利用期間自蒐集日起至 2026 年 7 月 31 日止。", {"notice_period"}),
    ("利用地區為中華民國境內。", {"notice_area"}),
    ("利用對象為本會承辦人員。", {"notice_recipients"}),
    ("利用方式包含簡訊通知。", {"notice_method"}),
    ("得請求查詢或閱覽、製給複製本、補充或更正、停止蒐集處理利用、刪除。", {"notice_rights"}),
    ("請洽承辦窗口 02-2345-0000。", {"notice_how"}),
    ("未提供者將無法參加本活動。", {"notice_consequence"}),
]
TERMS = [
    ("由晴窗書室主辦。", {"terms_host"}),
    ("滿 18 歲就能參加。", {"terms_eligibility"}),
    ("6 月 1 日 10:00 到 6 月 7 日 23:59。", {"terms_period"}),
    ("只要在這篇留言說你最近讀哪一本。", {"terms_how"}),
    ("送出書券，共 3 名。", {"terms_prize"}),
    ("由電腦隨機抽出。", {"terms_draw"}),
    ("名單公布在置頂留言。", {"terms_announce"}),
    ("七天內沒回覆就遞補下一位。", {"terms_claim"}),
    ("稅金依當時規定。", {"terms_tax"}),
    ("這個活動和 Meta 無關。", {"terms_platform"}),
    ("每人限一次，分身帳號不算。", {"terms_cheat"}),
]


PLAIN = """晴窗書室（以下稱本店）為了抽書籤並把獎品寄給得獎的人，會請你填寫姓名與電子信箱。
這些資料在台灣境內，由本店店員和郵局使用，用電子郵件聯絡得獎人，活動結束後三個月內刪除。
你可以寫信到 shop@books.example，要求查詢、複製、修改、停止使用或刪除你的資料。
如果你不提供，我們就沒辦法寄獎品給你，但不影響你來店裡買書。"""
PLAIN_TERMS = """2026 年 3 月 1 日至 3 月 15 日止，在粉專活動貼文下回答「你最近讀哪本書」即可參加。
獎品：書籤組 10 份。3/16 直播抽出，名單於粉專公告。三日內私訊領獎，逾期視為放棄。每個帳號限一次。
機會中獎依法申報。主辦單位晴窗書室，限 18 歲以上。本活動與 Facebook 無關。參加方式：留言。"""


def test_a_notice_and_terms_in_running_prose_are_read_too():
    assert notice_check(PLAIN).missing == [] and terms_check(PLAIN_TERMS).missing == []


@pytest.mark.parametrize("sentences", [SPOKEN, FORMAL], ids=["spoken", "formal"])
def test_a_whole_notice_misses_nothing_and_each_sentence_taken_out_is_missed(sentences):
    whole = "\n".join(s for s, _ in sentences)
    assert notice_check(whole).missing == []
    for place, (_, meets) in enumerate(sentences):
        rest = "\n".join(s for n, (s, _) in enumerate(sentences) if n != place)
        assert set(notice_check(rest).missing) == meets


def test_whole_terms_miss_nothing_and_each_sentence_taken_out_is_missed():
    assert terms_check("\n".join(s for s, _ in TERMS)).missing == []
    for place, (_, meets) in enumerate(TERMS):
        rest = "\n".join(s for n, (s, _) in enumerate(TERMS) if n != place)
        assert set(terms_check(rest).missing) == meets


@pytest.mark.parametrize(
    "text", ["本活動超好玩，快來參加！", "我們重視您的隱私。", "留言就抽米穀戚風，週日截止。", ""]
)
def test_what_is_no_notice_misses_nearly_everything(text):
    assert len(notice_check(text).missing) >= 9


def test_our_company_is_no_name_and_three_rights_are_not_five():
    assert "notice_collector" in notice_check("蒐集者為本公司。").missing
    assert "notice_rights" in notice_check("可以查詢、更正、刪除。").missing


def test_phrases_that_say_nothing_are_told():
    report = notice_check("\n".join(s for s, _ in SPOKEN) + "\n並得用於其他相關用途，提供給關係企業。")
    assert report.missing == [] and not report.ok and len(report.vague) == 2
    assert "太空泛" in report.say()


@pytest.fixture
def raffle():
    return Raffle(
        host="嶼穗茶食", contact="privacy@yusui.example", prizes={"米穀戚風兌換券": 5},
        starts=datetime(2026, 6, 1, 10), ends=datetime(2026, 6, 7, 23, 59), draws=datetime(2026, 6, 9, 14),
        entry="在本篇留言說出你最想送的人和理由",
    )  # fmt: skip


def test_the_drafts_pass_their_own_checks(raffle):
    assert notice_check(notice(raffle)).ok and terms_check(terms(raffle)).ok
    assert planning.bait(terms(raffle)) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [({"ends": datetime(2026, 5, 1)}, "時間順序"), ({"draws": datetime(2026, 6, 2)}, "時間順序"), ({"prizes": {}}, "獎項"),
     ({"prizes": {"茶": 0}}, "獎項"), ({"contact": " "}, "聯絡管道")],
)  # fmt: skip
def test_impossible_raffles_are_told(raffle, change, says):
    from dataclasses import replace

    for draft in (notice, terms):
        with pytest.raises(TableError, match=says):
            draft(replace(raffle, **change))


def test_every_report_says_that_it_is_no_legal_advice_and_when_the_rules_were_checked(raffle):
    for report in (notice_check("x"), terms_check("x"), form_check(["Email"])):
        assert RISK in repr(report) and "2026-" in repr(report)


def test_each_point_of_the_notice_names_its_article_and_needs_a_lawyer():
    table = rules("notice")
    assert table["article"].str.contains("第 8 條").all() and table["needs_lawyer"].all()
    assert set(table["source"]) == {"個人資料保護法"} and table["note"].str.contains("2023-05-31").all()
    assert set(datasets.reference("raffle_rules")["kind"]) == {"notice", "terms", "field"}


FORM = {
    "IG 帳號": "entry", "聯絡 Email": "entry", "我已滿 18 歲": "entry", "我已閱讀告知事項": "entry", "最想送給誰的理由": "entry",
    "收件人姓名": "winner", "寄送地址": "winner", "身份證字號": "winner", "出生年月日": "needless", "性別": "needless",
    "月薪": "needless", "三位好友的帳號": "needless", "信用卡末四碼": "needless", "是否同意收到電子報": "needless",
    "飲食禁忌": "needless", "Instagram": "entry", "LINE ID": "entry", "有沒有食物過敏": "special", "前科紀錄": "special", "幸運數字": "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("name", "verdict"), FORM.items())
def test_a_field_is_judged_by_its_name(name, verdict):
    row = form_check([name]).table.iloc[0]
    assert row["verdict"] == verdict
    assert row["why"] and (verdict == "entry" or row["next"]) and verdict in VERDICTS


def test_one_way_of_contact_is_enough():
    table = form_check(["帳號", "Email", "手機"]).table
    assert table["verdict"].tolist() == ["entry", "entry", "needless"]
    assert (
        form_check(["帳號", "Email"]).ok
        and "參加時可以問的有 2 個" in form_check(["帳號", "Email", "手機"]).say()
    )


@pytest.mark.parametrize("fields", [[], "Email"])
def test_a_form_is_a_list_of_names(fields):
    with pytest.raises(TableError, match="清單"):
        form_check(fields)
    with pytest.raises(TableError):
        notice_check(None)
