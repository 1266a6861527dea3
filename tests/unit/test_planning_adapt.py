"""One message into versions: nothing cut that must stay whole, nothing lost unsaid, limits kept where they can be."""

from __future__ import annotations

import random

import pytest
import regex

import xiaobian as xb
from xiaobian.errors import NotFound, TableError
from xiaobian.planning.adapt.line_cost import line_cost
from xiaobian.planning.adapt.message import Message, message
from xiaobian.planning.adapt.samples import fixes, handmade_versions, messages, posts_to_fix, sample_message
from xiaobian.planning.adapt.shorten import by_clauses, by_words
from xiaobian.planning.adapt.versions import BADGE, adapt
from xiaobian.planning.limits import BUBBLE, caption_room, problems
from xiaobian.text.counting import counts
from xiaobian.text.summary import sentences

EVERY = ["facebook", "instagram", "threads", "tiktok", "youtube", "line", "linkedin", "x", "discord"]
PIECES = (
    "中秋禮盒今天開賣🎉！", "一盒 880 元，早鳥 9 折。", "預購到 8 月 31 日 23:59 為止。", "兩盒免運，限量 1,200 盒。", "含堅果與奶類。",
    "師傅說米香要等它自己出來👨‍👩‍👧。", "我們想了很久，試了很多次，也吵了幾次架，最後選了最簡單的那一種做法。", "你家中秋都怎麼過？",
    "退貨率從 4.1% 降到 2.6%。", "打開的時候，請先聞一下。", "今年的盒子比去年輕，提起來手不會痠，帶上高鐵也剛好。",
)  # fmt: skip
FILM = ("a.mp4", "a.jpg")


def _random(seed: int) -> Message:
    pick = random.Random(seed)
    said = pick.sample(PIECES, pick.randint(2, len(PIECES)))
    must = [s.rstrip("。") for s in said if "堅果" in s]
    return Message(
        "".join(said), must_say=must, link=pick.choice(["", "https://yusui.example/box?size=m"]), cta=pick.choice(["", "訂購"]),
        hashtags=pick.sample(["中秋禮盒", "嶼穗茶食", "米&茶", "v2.0", "嘉義", "送禮", "下午茶"], 4), media=FILM, alt_text="禮盒",
        disclosure=pick.choice(["", "#廣告", "本文為合作內容。"]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_what_the_rules_make_is_valid_and_says_what_is_gone(seed):
    given = _random(seed)
    for made in adapt(given, EVERY):
        assert made.problems == (), made
        assert all(phrase in made.text for phrase in given.must_say)
        assert made.post.caption.startswith(given.disclosure)
        gone = {c.what for c in made.changes if c.kind in {"dropped", "shortened"}}
        toned = made.platform == "linkedin"
        for sentence in given.sentences:
            kept = sentence in made.text or sentence in gone
            assert kept or toned or any(sentence in g for g in gone), sentence


def test_the_package_opens_the_function_not_its_folder():
    assert callable(xb.planning.adapt) and xb.planning.adapt("買一送一。").notes == (BADGE,)


def test_x_drops_the_soft_sentences_before_the_facts():
    text = "我們想了很久，試了很多次。" * 4 + "一盒 880 元。預購到 8 月 31 日。" + "打開的時候，請先聞一下。" * 5
    made = adapt(text, ["x"])["x"]
    assert "880 元" in made.text and "8 月 31 日" in made.text and made.room.ok
    assert not any(c.fact for c in made.changes) and any(c.kind == "dropped" for c in made.changes)


def test_a_fact_that_has_no_room_is_named():
    text = "".join(f"第 {n} 款禮盒要 {n}00 元，送兩包茶。" for n in range(1, 20))
    made = adapt(text, ["x"])
    assert made["x"].room.ok and made.table.loc[0, "lost_facts"] > 0 and "刪掉的事實" in made.say()


def test_a_sentence_without_any_mark_is_cut_between_words():
    text = "今天的第一爐戚風已經出爐了歡迎大家來門市試吃" * 20 + " https://yusui.example/box"
    made = adapt(text, ["x"])["x"]
    assert made.room.ok and "…" in made.text and made.post.link == "https://yusui.example/box" and made.problems == ()


def test_numbers_addresses_emoji_and_kept_phrases_are_never_cut():
    text = "訂單 1,234,567 元👨‍👩‍👧請看 https://yusui.example/box 和含堅果與奶類的說明"
    for limit in range(1, len(text)):
        made = by_words(text, ("含堅果與奶類",), lambda t, n=limit: len(t) <= n).rstrip("…")
        for whole in ("1,234,567 元", "👨‍👩‍👧", "https://yusui.example/box", "含堅果與奶類"):
            at = text.index(whole)
            assert len(made) <= at or made.startswith(text[: at + len(whole)].rstrip("和 "))


def test_clauses_with_a_figure_or_a_kept_phrase_stay():
    short = by_clauses("今年更輕，一盒 880 元，提起來不痠，含堅果。", ("含堅果",), lambda t: len(t) < 17)
    assert short == "一盒 880 元，含堅果。"


def test_line_is_sent_in_bubbles_that_each_fit():
    text = "這一段說的是今年的米怎麼來的，讀起來有一點長，但沒有一句是多的。" * 26
    made = adapt(Message(text, must_say=("沒有一句是多的",), link="https://yusui.example/box"), ["line"])["line"]
    assert 1 < len(made.bubbles) <= 3 and BUBBLE in made.post.caption
    assert all(counts(bubble).utf16 <= 500 for bubble in made.bubbles)


def test_a_platform_without_a_film_says_so_instead_of_pretending():
    made = adapt("新品上架。", ["tiktok", "instagram"])
    assert [[p.field for p in v.problems] for v in made] == [["media"], ["media"]] and not made.ok
    assert "TikTok" in made.say()


def test_each_platform_has_its_link_and_call_to_action():
    made = adapt(Message("新品上架。", link="https://yusui.example/a", cta="訂購", media=FILM, alt_text="x"), EVERY, campaign="new_2026")
    assert "utm_source=line" in made["line"].text and "utm_campaign=new_2026" in made["line"].text
    assert "http" not in made["instagram"].text and "訂購連結在個人檔案" in made["instagram"].text
    assert "頻道首頁" in made["youtube"].text and "歡迎留言" in made["threads"].text


def test_polite_address_reaches_the_added_words():
    assert "您怎麼看" in adapt("您好，新品上架。", ["threads"])["threads"].text


def test_a_title_for_youtube_is_cut_between_words_not_signs():
    made = adapt(Message("好" * 40 + "吃的米穀戚風蛋糕是怎麼做出來的" * 8, media=FILM), ["youtube"])["youtube"]
    assert counts(made.post.title).utf16 <= 100 and made.post.title.endswith("…")


def test_a_typed_message_gives_its_link_tags_and_disclosure():
    made = message("本片為山嵐手作付費合作。杯墊 320 元！#廣告 #生活選物 https://yusui.example/cup?x=1")
    assert made.disclosure == "本片為山嵐手作付費合作。" and made.text == "杯墊 320 元！"
    assert made.hashtags == ("生活選物",) and made.link == "https://yusui.example/cup?x=1"


@pytest.mark.parametrize("text", ["", "  ", "🎉🎉", "#只有標籤", "https://yusui.example"])
def test_a_message_without_words_is_refused(text):
    with pytest.raises(TableError, match="沒有字"):
        adapt(text, ["x"])


def test_bad_requests_are_told():
    with pytest.raises(NotFound, match="改寫規則"):
        adapt("早安。", ["dcard"])
    with pytest.raises(TableError, match="各出現一次"):
        adapt("早安。", ["x", "x"])
    with pytest.raises(TableError, match="必說"):
        Message("早安。", must_say=("限量",))
    with pytest.raises(NotFound, match="這次做了"):
        adapt("早安。", ["x"])["line"]
    with pytest.raises(TableError, match="要是文字"):
        message(None)  # type: ignore[arg-type]


def test_nasty_text_stays_text_and_nothing_hangs():
    for text in ("<script>alert(1)</script>" * 30, "=" * 900 + "a", "字" * 1500, "1" * 900, "a，" * 600, "\u202e反轉"):
        for made in adapt(text, ["x", "line", "threads"]):
            assert caption_room(made.post) == made.room


def test_sentences_that_are_kept_stand_in_their_order():
    given = _random(3)
    for made in adapt(given, EVERY):
        at = [made.text.index(s) for s in given.sentences if s in made.text]
        assert at == sorted(at)
        assert regex.search(r"\S", made.text) and sentences(made.text)


def test_the_cost_of_line_follows_friends_broadcasts_and_bubbles():
    assert line_cost(100, 2).best["plan"] == "light"
    assert line_cost(1_000, 3).best["plan"] == "medium" and line_cost(1_000, 3).best["low"] == 800
    assert line_cost(1_000, 3, bubbles=4).messages == 6_000
    big = line_cost(10_000, 4)
    assert big.best["low"] == pytest.approx(1200 + 34_000 * 0.011) and big.best["high"] == pytest.approx(1200 + 34_000 * 0.2)
    assert any("來源衝突" in note for note in big.notes)
    with pytest.raises(TableError):
        line_cost(-1, 2)


def test_charts_carry_their_sentence():
    made = adapt(_random(1), ["x", "line"])
    for chart in (made.plot(), made.audit().plot(), line_cost(2_500, 4).plot()):
        assert chart.summary


def test_each_post_of_the_lessons_has_one_problem_and_one_fix_that_helps_without_loss():
    assert all(len(problems(post)) == 1 for which in ("lesson", "exercise") for post in posts_to_fix(which))
    for post in posts_to_fix("exercise"):
        good = [letter for letter, fix in fixes(post.post_id).items() if not problems(fix.post) and not fix.lost]
        assert len(fixes(post.post_id)) == 3 and len(good) == 1, post.post_id


def test_the_stock_messages_become_five_versions_that_pass_and_agree():
    for name in messages():
        made = adapt(sample_message(name))
        assert made.ok and made.audit().ok, made


def test_the_hand_made_versions_hold_six_contradictions():
    found = xb.planning.audit(handmade_versions(), sample_message("mid_autumn")).found
    assert [(c.platform, c.kind) for c in found] == [
        ("instagram", "discount"), ("instagram", "hashtag"), ("threads", "date"), ("tiktok", "must"),
        ("line", "link"), ("line", "voice"),
    ]  # fmt: skip
