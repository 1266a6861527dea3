"""Personal data: found in the ways people write it, left alone where it only looks so, hidden and put back."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from xiaobian.ai.safety import addresses, handles, ids, phones, pii
from xiaobian.ai.safety.pii import Masker, mask

DATA = Path(__file__).parents[1] / "data"
STRUCTURED = {"phone", "email", "national_id", "resident_id", "address", "line_id", "credit_card"}

FOUND = {
    "phone": """
        我的手機是{0912345678}，晚上再打
        打給我 {０９１２－３４５－６７８} 謝謝
        {(02)2345-6789 分機 123}
        電話：{02-1234-5678#12}
        {+886 912 345 678} / {+886-2-2345-6789}
        {886912345678}可以嗎
        市話{（０４）2234-5678}
        請撥{零九一二三四五六七八}找我
        {零九12-345-678}或{零玖壹貳參肆伍陸柒捌}
        {0912.345.678} / {0987 654 321}、{0 9 1 2 3 4 5 6 7 8}
        家裡{037-123456}，公司{(049)234-5678}
        我在日本 {+81 90-1234-5678}
        {09123\u200b45678}
        電話1：{0912345678}，市話 {2345678}
        {02-23456789}/{0912345678}
        tel{0912345678}
    """,
    "email": """
        mail: {foo.bar＋1＠gmail.example}
        寄到{foo@mail.example.tw}謝謝
        {foo (at) mail (dot) example}
        {foo小老鼠gmail點com}
        {foo @ gmail . com} {foo@mail。example}
    """,
    "national_id": "身分證字號{A123456789}\n{Ａ１２３４５６７８９}\n{a123456789}\n{A12345-6789}\n{A 123 456 789}\n{A一二三四五六七八九}\nID{A123456789}",
    "resident_id": "居留證{A800000014}，舊的{AC01234567}",
    "credit_card": "卡號{4242 4242-4242 4242} 12/28 123\n{４２４２４２４２４２４２４２４２}\n{378282246310005}\n{3056930009020004}",
    "line_id": """
        我的LINE ID：{tea_0301}
        加賴：{tea.rice}
        LINE / IG 都是 {kiki.520}
        ＬＩＮＥ ＩＤ　{ｔｅａ０３０１}
        {tea_rice88} 是我的賴，{@kiki520}（LINE）
        https://line.me/ti/p/{~tea0301}
        賴我 {kiki0520}，LINE@：{@123abcde}
        我的賴 {kikitea}
        LINE ID 是小寫的{kikitea}
        可以加我的 Line 嗎？ID {kiki520}
    """,
    "address": """
        我住在{中正路12號}
        請寄到{嘉義市東區米香路一百二十巷3弄5號7樓之2}
        {600嘉義市東區米香路12號}
        {台北市信義區松智路１２號１２樓}
        老家在{竹崎鄉中和村8鄰12號}，不是{阿里山鄉達邦村12號}
        收件地址改成{和平東路三段１２－１號}，麻煩了
        在{竹北市光明六路東一段12號}對面等
        {新北市三重區集美街55巷12弄3號4樓A室}
        你過來{福來路12號}
        寄：{No. 12, Sec. 3, Zhongzheng Rd., Zhongzheng Dist.}
    """,
}  # fmt: skip
LEFT_ALONE = """
    訂單20261122001已出貨，物流單號 9012345678901
    NT$1,280，共 12 盒，2026/11/05 12:30 出貨
    統編 04595257，料號 09-1234-5678，序號 4242-1111-2222-3333
    客服專線 0800-123-456，緊急請撥 119
    A123456788 的查核碼不對，4242424242424241 也不對
    條碼 4711234567897，ISBN 978-986-1234-56-7
    食品業者登錄字號 A-123456789-00000-1
    轉換率 1.0912345678，IP 192.168.10.24
    依賴 Excel 的人，我是賴床的人 abc123，賴小姐 A123 櫃位
    LINE Pay 付款 8 折，LINE VOOM 貼文，加 LINE 群組拿優惠碼 TEA2026
    LINE 官方帳號 @yusui 送點數，utm_source=line
    deadline: 2026-11-05，online 2026，line up 2026 春夏
    發文在 IG @yusui.tea 和 Threads，信箱格式像 name@ 加網域
    捷運中山路3號出口見，搭 12 號公車到中山路口下車
    網路12號上線，一路 12 號衝到 20 號，這條街12號開幕
    在文化路二段開店，新社區 5 號開箱，里長說 3 號晚上辦活動
"""


def _marked(text: str) -> tuple[str, list[str]]:
    """The text without braces, and what stood in them."""
    return text.replace("{", "").replace("}", ""), [part.split("}")[0] for part in text.split("{")[1:]]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, text in FOUND.items() for line in _lines(text)])
def test_it_is_found_as_people_write_it(kind, line):
    text, wanted = _marked(line)
    assert [(hit.kind, hit.text) for hit in pii.find(text)] == [(kind, part) for part in wanted]


@pytest.mark.parametrize("line", _lines(LEFT_ALONE))
def test_what_only_looks_so_is_left_alone(line):
    assert pii.find(line) == []


def test_spans_stand_on_the_original():
    text = "①\u200b電話０９１２\u200b３４５６７８！"
    (hit,) = pii.find(text)
    assert text[hit.start : hit.end] == hit.text == "０９１２\u200b３４５６７８"


def test_one_value_one_placeholder():
    masked = mask("0912345678、+886 912-345-678、0987654321")
    assert masked.text == "[電話1]、[電話1]、[電話2]"
    assert masked.unmask() == "0912345678、+886 912-345-678、0987654321"
    assert masked.unmask(masked.text) == "0912345678、0912345678、0987654321"


@pytest.mark.parametrize(
    "written",
    ["[電話1]", "［電話１］", "【電話 1】", "[ 電話1 ]", "「電話1」", "（電話一）", "[电话1]", "\\[電話1\\]", "{電話:1}"],
)
def test_a_model_may_change_a_placeholder_a_little(written):
    assert mask("打 0912345678").unmask(f"已記下{written}。") == "已記下0912345678。"


@pytest.mark.parametrize("kind", list(pii.KINDS))
def test_every_kind_goes_there_and_back(kind):
    for line in _lines(FOUND[kind]):
        text, wanted = _marked(line)
        masked = mask(text)
        assert not any(part in masked.text for part in wanted)
        assert len(masked.table) <= len(wanted)
        assert masked.unmask() == text
        for name in masked.table:
            loose = name.replace("[", "【 ").replace("]", "】").replace("LINE", "Line ").replace("帳", "账")
            assert masked.unmask(loose) == masked.table[name]


def test_a_placeholder_that_was_there_before_stays():
    masked = mask("範本寫 [電話1] 和【電話 2】，我的是 0912345678")
    assert masked.text == "範本寫 [電話1] 和【電話 2】，我的是 [電話3]"
    assert masked.unmask(masked.text) == "範本寫 [電話1] 和【電話 2】，我的是 0912345678"


def test_texts_of_one_request_share_a_table():
    masker = Masker(["a 0912345678", "b [電話1]"])
    assert [masker.mask(text).text for text in masker.texts] == ["a [電話2]", "b [電話1]"]
    assert masker.unmask("[電話1][電話2]") == "[電話1]0912345678"


def test_placeholders_that_nobody_made():
    assert pii.strangers("打[電話1]或[電話9]", {"[電話1]": "x"}) == ["[電話9]"]


def test_what_the_brand_publishes_may_stay():
    text = "門市：米香路12號，電話 (05)234-5678；客人住海風街3號"
    assert mask(text, keep=["米香路 12 號", "05-234-5678"]).text == text.replace("海風街3號", "[地址1]")


def test_the_report_says_that_it_is_not_all():
    report = mask("0912345678、0987654321，寄米香路12號").report()
    assert report == "已遮住：電話 2 處、地址 1 處。這不可能找到每一種個資，尤其是名字。"
    assert "這不可能找到每一種個資，尤其是名字" in mask("沒有").report()


@pytest.mark.parametrize(
    ("number", "holds"), [("A123456789", True), ("A123456788", False), ("A800000014", True), ("F131104093", True)]
)
def test_the_checksum(number, holds):
    assert ids.checksum_holds(number) is holds


def test_one_value_for_every_writing():
    assert phones.value("(02)2345-6789 分機 12") == phones.value("02-23456789#12") != phones.value("02-23456789")
    assert handles.email_value("A@B.example") == handles.email_value("a ＠ b . example".replace("＠", "@"))
    assert addresses.value("臺北市 松江路12號3F") == addresses.value("台北市松江路12號3樓")


@pytest.mark.parametrize("piece", ["中路", "1-", "a@", "line:", "(0", " ", "一巷", "+886 ", "[電話", "嘉義市東區米香路12巷"])
def test_a_long_hostile_text_is_only_a_long_text(piece):
    text = piece * (8_000 // len(piece))
    assert mask(text).unmask() == text


# --- the sealed test set


@cache
def scored() -> tuple[Counter, Counter, int, int]:
    """Marked spans and found ones by kind; negatives and those with a finding."""
    rows = [json.loads(line) for line in (DATA / "pii.jsonl").read_text(encoding="utf-8").splitlines()]
    marked, found, negatives, alarms = Counter(), Counter(), 0, 0
    for row in rows:
        hits = pii.find(row["text"])
        negatives += row["negative"]
        alarms += bool(row["negative"] and hits)
        for start, end, kind in row["spans"]:
            marked[kind] += 1
            found[kind] += any(h.kind == kind and h.start <= start and h.end >= end for h in hits)
    return marked, found, negatives, alarms


def test_recall_on_structured_kinds():
    marked, found, _, _ = scored()
    assert sum(found[kind] for kind in STRUCTURED) >= 0.98 * sum(marked[kind] for kind in STRUCTURED)
    assert all(found[kind] >= 0.95 * marked[kind] for kind in STRUCTURED)


def test_false_alarms():
    _, _, negatives, alarms = scored()
    copy = (DATA / "copy.txt").read_text(encoding="utf-8").splitlines()
    assert alarms <= 0.02 * negatives
    assert sum(bool(pii.find(line)) for line in copy) <= 0.02 * len(copy)
