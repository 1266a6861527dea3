"""The rule engine: kinds, contexts, spans, markup, switches, fixes, packs and what a person reads."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest

from xiaobian import lint
from xiaobian.errors import KitError, NotFound, ReadError


@pytest.fixture
def pack(tmp_path: Path):
    """Write a pack of one or more rules and give back its path."""

    def write(rules: str, head: str = "") -> Path:
        file = tmp_path / "mine.yml"
        file.write_text(f"{head}\nrules:\n{rules}", encoding="utf-8")
        return file

    return write


def found(text: str, packs, **options) -> list[str]:
    return [finding.text for finding in lint.check(text, packs, **options)]


# ── kinds ──────────────────────────────────────────────────────────────────────


def test_existence_flags_words_and_patterns(pack):
    file = pack(
        "- {id: hype, kind: existence, words: [最強, 神級]}\n- {id: digits, kind: existence, pattern: '[0-9]{4,}'}"
    )
    assert found("史上最強，只要 12345 元，不是 123", file) == ["最強", "12345"]


def test_existence_can_carry_a_fix(pack):
    file = pack("- {id: hype, kind: existence, words: [超級無敵], fix: ''}")
    text = "超級無敵好喝"
    assert lint.fixed(text, lint.check(text, file)) == "好喝"


def test_substitution_by_pattern_refers_to_groups(pack):
    file = pack(r"- {id: act, kind: substitution, pattern: '進行(\S{2})', use: '\1', message: '寫「{use}」'}")
    (finding,) = lint.check("明天進行盤點。", file)
    assert (finding.fix, finding.message) == ("盤點", "寫「盤點」")


def test_a_choice_of_two_words_is_left_to_a_person(pack):
    file = pack("- {id: info, kind: substitution, swap: {信息: [資訊, 訊息]}, message: '用「{use}」'}")
    (finding,) = lint.check("信息", file)
    assert finding.fix is None
    assert finding.message == "用「資訊」或「訊息」"


def test_fix_false_is_never_applied(pack):
    file = pack("- {id: info, kind: substitution, swap: {信息: 資訊}, fix: false}")
    assert lint.check("信息", file)[0].fix is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("茶", ["茶"]), ("茶茶", []), ("茶茶茶", []), ("茶茶茶茶", ["茶"])],
)
def test_occurrence_counts_between_min_and_max(pack, text, expected):
    file = pack("- {id: tea, kind: occurrence, pattern: 茶, min: 2, max: 3}")
    assert found(text, file) == expected


def test_occurrence_points_at_the_first_one_too_many(pack):
    file = pack(
        "- {id: tea, kind: occurrence, pattern: 茶, max: 1, scope: sentence, message: '{value} 次，{limit}'}"
    )
    (finding,) = lint.check("茶。茶和茶。", file)
    assert finding.span == (4, 5)
    assert finding.message == "2 次，最多 1"


def test_conditional_asks_for_the_second_where_the_first_stands(pack):
    file = pack("- {id: ad, kind: conditional, if: 業配, then: 合作揭露}")
    assert found("今天的業配很好吃", file) == ["業配"]
    assert found("今天的業配很好吃（合作揭露）", file) == []
    assert found("今天很好吃", file) == []


def test_conditional_keeps_to_its_scope(pack):
    file = pack("- {id: ad, kind: conditional, if: 抽獎, then: 截止, scope: paragraph}")
    assert found("抽獎囉。\n截止日是週五。\n\n再抽獎一次", file) == ["抽獎"]


def test_metric_says_the_value_and_the_limit(pack):
    file = pack(
        "- {id: long, kind: metric, metric: chars, max: 4, scope: sentence, message: '{value} 字，{limit}'}"
    )
    findings = lint.check("短句。這一句太長了。", file)
    assert [(f.span, f.message) for f in findings] == [((3, 10), "7 字，最多 4")]


def test_metric_has_a_lower_limit_too(pack):
    file = pack("- {id: tags, kind: metric, metric: hashtags, min: 1, message: '{limit}'}")
    assert [f.message for f in lint.check("沒有標籤", file)] == ["至少 1"]
    assert lint.check("有標籤 #冷泡茶", file) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("先致歉，再說明原因，最後是改善", None),
        ("先說明原因，再致歉，最後是改善", "說明原因"),
        ("致歉，說明原因", "改善作法"),
        ("今天天氣很好", "道歉"),
    ],
)
def test_sequence_names_the_first_step_out_of_order(pack, text, missing):
    file = pack(
        "- {id: order, kind: sequence, steps: {道歉: 致歉, 說明原因: 原因, 改善作法: 改善}, message: '缺「{use}」'}"
    )
    assert [f.message for f in lint.check(text, file)] == ([f"缺「{missing}」"] if missing else [])


# ── contexts ───────────────────────────────────────────────────────────────────


def test_before_and_after_must_touch_and_one_is_enough(pack):
    file = pack("- {id: q, kind: existence, words: [質量], before: '內容|服務', after: 檢測}")
    assert found("內容質量", file) == ["質量"]
    assert found("質量檢測", file) == ["質量"]
    assert found("內容的質量", file) == []
    assert found("物體的質量", file) == []


def test_near_stays_inside_the_sentence(pack):
    file = pack("- {id: q, kind: existence, words: [到達], near: 貼文}")
    assert found("這篇貼文到達三千人", file) == ["到達"]
    assert found("到達三千人的貼文", file) == ["到達"]
    assert found("看看貼文。列車到達了", file) == []


def test_an_excuse_must_hold_the_whole_word(pack):
    file = pack("- {id: q, kind: existence, words: [信息], except: [信息息, 誠信]}")
    assert found("誠信息息相關", file) == []
    assert found("誠信信息", file) == ["信息"]


def test_an_excuse_of_the_pack_holds_for_every_rule(pack):
    file = pack(
        "- {id: a, kind: existence, words: [甲]}\n- {id: b, kind: existence, pattern: 乙}",
        "except: ['「.」']",
    )
    assert found("「甲」「乙」甲乙", file) == ["甲", "乙"]


def test_the_longest_word_at_a_place_is_reported_once(pack):
    file = pack("- {id: v, kind: substitution, swap: {視頻: 影片, 短視頻: 短影音, 視頻會議: 視訊會議}}")
    assert [f.fix for f in lint.check("短視頻和視頻會議", file)] == ["短影音", "視訊會議"]


def test_a_longer_word_that_does_not_count_hides_nothing_elsewhere(pack):
    file = pack(
        "- {id: far, kind: existence, words: [保存期], before: 絕不}\n- {id: near, kind: existence, words: [存期限]}"
    )
    assert found("保存期限", file) == ["存期限"]


# ── the text stays where it is ─────────────────────────────────────────────────

MIXED = "𠮷野家的視頻👩‍👩‍👧 e\u0301 很紅，默認的格式。\r\n第二行的軟件"


def test_spans_are_code_points_of_the_original_text():
    findings = lint.check(MIXED)
    assert [f.text for f in findings] == ["視頻", "默認", "軟件"]
    assert all(MIXED[slice(*f.span)] == f.text for f in findings)
    assert [f.span for f in findings] == sorted(f.span for f in findings)


def test_markdown_hides_what_is_not_prose_and_moves_nothing():
    prose = "看視頻"
    hidden = [
        "`視頻`", "``視頻 ` 視頻``", "```python\n視頻\n```", "~~~\n視頻\n~~~", "<b title='視頻'>", "<!-- 視頻 -->",
        "{{視頻}}", "https://example.com/?q=軟件", "[文](視頻)",
    ]  # fmt: skip
    for piece in hidden:
        text = f"{prose}\n{piece}\n{prose}"
        findings = lint.check(text, markup="markdown")
        expected = 2 if "https" not in piece else 3  # an address ends at the first Han character
        assert len(findings) == expected, piece
        assert findings[0].span == (1, 3) and findings[-1].span == (len(text) - 2, len(text)), piece
        assert len(lint.check(text)) > 2, piece


def test_text_between_tags_and_in_link_labels_is_prose():
    assert found("<b>視頻</b>與[軟件](a.html)", "tw_words", markup="markdown") == ["視頻", "軟件"]


def test_an_unclosed_fence_hides_the_rest_only():
    assert found("視頻\n```\n視頻", "tw_words", markup="markdown") == ["視頻"]


def test_unknown_markup_is_refused():
    with pytest.raises(KitError, match="plain、markdown"):
        lint.check("茶", markup="rst")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [None, float("nan"), ["視頻"]])
def test_what_is_not_a_text_is_refused(text):
    with pytest.raises(KitError, match=type(text).__name__):
        lint.check(text)


def test_an_empty_text_has_no_findings():
    assert lint.check("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("視頻<!-- lint: off -->視頻軟件<!-- lint: on -->軟件", ["視頻", "軟件"]),
        ("<!-- lint: off tw_words -->視頻", []),
        ("<!-- lint: off video -->視頻軟件", ["軟件"]),
        ("<!-- lint: off tw_words.video -->視頻軟件<!-- lint: on video -->視頻", ["軟件", "視頻"]),
        ("<!-- lint: off other_pack -->視頻", ["視頻"]),
        ("<!-- lint: off video -->視頻<!-- lint: on software -->視頻", []),
        ("x = '視頻'  # lint: off", ["視頻"]),
        ("# lint: off\nx = '視頻'", []),
        ("lint: off 視頻", ["視頻"]),
    ],
)
def test_switches_exempt_from_off_to_on(text, expected):
    assert found(text, "tw_words") == expected


# ── fixes ──────────────────────────────────────────────────────────────────────


def test_fixed_changes_only_the_flagged_words():
    text = "默認的視頻在文件夾裡，信息不改。"
    assert lint.fixed(text, lint.check(text)) == "預設的影片在資料夾裡，信息不改。"


def test_of_overlapping_fixes_the_earlier_one_wins(pack):
    file = pack(
        "- {id: a, kind: substitution, pattern: 甲乙, use: 子}\n- {id: b, kind: substitution, pattern: 乙丙, use: 丑}"
    )
    assert lint.fixed("甲乙丙", lint.check("甲乙丙", file)) == "子丙"


def test_fixed_accepts_a_choice_of_findings():
    text = "視頻和軟件"
    assert lint.fixed(text, lint.check(text)[1:]) == "視頻和軟體"
    assert lint.fixed(text, []) == text


# ── measures ───────────────────────────────────────────────────────────────────


def test_measures_of_a_caption():
    measures = lint.measure("下雨了！要喝茶嗎？\n看這裡 https://example.com 🍵👩‍👩‍👧🇹🇼 #冷泡茶 ＃嘉義")
    assert measures["sentences"] == 3
    assert measures["exclamations"] == pytest.approx(1 / 3)
    assert measures["questions"] == pytest.approx(1 / 3)
    assert (measures["emoji"], measures["hashtags"], measures["links"]) == (3, 2, 1)
    assert measures["han"] == len(re.findall("[一-鿿]", "下雨了要喝茶嗎看這裡冷泡茶嘉義"))


@pytest.mark.parametrize("text", ["", " \n　", "。。。"])
def test_measures_of_nothing_are_zero(text):
    measures = lint.measure(text)
    assert measures["sentences"] == measures["sentence_chars"] == measures["longest_sentence"] == 0


# ── packs ──────────────────────────────────────────────────────────────────────


def test_several_packs_give_one_sorted_list(pack):
    file = pack("- {id: tea, kind: existence, words: [茶]}")
    findings = lint.check("茶的視頻和茶", ["tw_words", file])
    assert [f.rule for f in findings] == ["mine.tea", "tw_words.video", "mine.tea"]


def test_one_pack_may_be_given_without_a_list(pack):
    file = pack("- {id: tea, kind: existence, words: [茶]}")
    assert found("茶", file) == found("茶", str(file)) == found("茶", [lint.load(file)]) == ["茶"]


def test_a_pack_is_compiled_once_until_its_file_changes(pack):
    file = pack("- {id: tea, kind: existence, words: [茶]}")
    assert lint.load(file) is lint.load(str(file))
    assert lint.load("tw_words") is lint.load("tw_words")
    pack("- {id: tea, kind: existence, words: [咖啡]}")
    os.utime(file, ns=(1, 1))
    assert found("茶和咖啡", file) == ["咖啡"]


def test_defaults_of_the_pack_reach_every_rule(pack):
    file = pack(
        "- {id: tea, words: [茶]}",
        "defaults: {kind: existence, severity: error, reference: 甲書, message: 少用}",
    )
    (finding,) = lint.check("茶", file)
    assert (finding.severity, finding.reference, finding.message) == ("error", "甲書", "少用")


def test_examples_of_a_pack_are_its_tests(pack):
    file = pack("- {id: tea, kind: existence, words: [茶], bad: [咖啡], ok: [喝茶]}")
    assert lint.load(file).broken_examples() == [
        "規則 tea 沒有抓到例句「咖啡」",
        "規則 tea 誤抓了例句「喝茶」",
    ]


@pytest.mark.parametrize(
    ("rules", "what", "next_step"),
    [
        ("- {kind: existence, words: [茶]}", "沒有 id", "取一個不重複的 id"),
        ("- {id: a, kind: magic}", "規則 a.*|kind 是 magic", "existence、substitution"),
        ("- {id: a, kind: existence, words: [茶], colour: red}", "不認得 colour", "可用的鍵"),
        ("- {id: a, kind: existence}", "不足的鍵", "pattern"),
        ("- {id: a, kind: existence, words: 茶}", "words 的寫法不對", "words 寫清單"),
        ("- {id: a, kind: substitution, swap: [視頻]}", "swap 的寫法不對", "鍵與值"),
        ("- {id: a, kind: substitution, pattern: 茶}", "substitution 給了 pattern", "pattern＋use"),
        ("- {id: a, kind: existence, pattern: '('}", "pattern 不是正規表示式", "反斜線"),
        ("- {id: a, kind: existence, words: [茶], except: ['[']}", "except 不是正規表示式", "反斜線"),
        ("- {id: a, kind: existence, words: [茶], near: '*'}", "near 不是正規表示式", "反斜線"),
        (
            "- {id: a, kind: existence, words: [茶], severity: bad}",
            "severity 是 bad",
            "error、warning、suggestion",
        ),
        ("- {id: a, kind: metric, metric: mood, max: 1}", "metric 是 mood", "chars、han"),
        ("- {id: a, kind: metric, metric: chars, max: 多}", "max 的寫法不對", "數字"),
        ("- {id: a, kind: occurrence, pattern: 茶, max: 1, scope: page}", "scope 是 page", "paragraph"),
        ("- {id: a, kind: existence, words: [茶], message: '{茶}'}", "message 的大括號", "{match}"),
        (
            "- {id: a, kind: existence, words: [茶]}\n- {id: a, kind: existence, words: [茶]}",
            "出現兩次",
            "不同",
        ),
        ("- {id: a, kind: existence, words: [1]}", "「1」不是文字", "引號"),
        ("- 茶", "沒有 rules 清單", "- id:"),
        ("- {id: a, kind: [", "內容不是 YAML", "縮排"),
    ],
)
def test_a_malformed_pack_says_where_and_what_to_do(pack, rules, what, next_step):
    with pytest.raises(ReadError) as caught:
        lint.load(pack(rules))
    message = str(caught.value)
    assert "mine.yml" in message
    assert re.search(what, message), message
    assert next_step in caught.value.next_step, message
    assert caught.value.__suppress_context__


def test_a_rule_with_an_error_is_named(pack):
    with pytest.raises(ReadError, match=r"mine\.yml 的規則 tea"):
        lint.load(pack("- {id: tea, kind: existence, pattern: '('}"))


def test_a_pack_in_another_encoding_is_refused(tmp_path):
    file = tmp_path / "old.yml"
    file.write_bytes("rules: [{id: a, kind: existence, words: [茶]}]".encode("big5"))
    with pytest.raises(ReadError, match="UTF-8"):
        lint.load(file)


def test_an_unknown_pack_lists_the_shipped_ones():
    with pytest.raises(NotFound) as caught:
        lint.check("茶", "taiwan_words")
    assert all(name in caught.value.next_step for name in lint.packs())


# ── what a person reads ────────────────────────────────────────────────────────


def test_findings_read_as_sentences_with_icon_and_words():
    text = repr(lint.check("錯誤！\n視頻\n對於我來說"))
    lines = text.splitlines()
    assert lines[0] == "找到 3 處可以改的地方"
    assert [line[:6] for line in lines[1:]] == ["✗ 必須修改", "▲ 建議修改", "◇ 可以更好"]


def test_nothing_found_says_so():
    assert repr(lint.check("今天的影片很紅")) == "✓ 沒有找到要改的地方"


def test_html_shows_the_escaped_text_once_with_numbered_marks():
    text = "<script>視頻</script> & 軟件"
    page = lint.check(text)._repr_html_()
    assert "<script>" not in page
    body = re.search(r"pre-wrap[^>]*>(.*?)</div>", page, re.DOTALL)
    assert body is not None
    shown = re.sub(r"<sup[^>]*>.*?</sup>|</?mark[^>]*>", "", body[1])
    assert html.unescape(shown) == text
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", page) == ["視頻", "軟件"]
    assert re.findall(r"<sup[^>]*>(.*?)</sup>", page) == ["▲1", "▲2"]
    assert page.count("建議修改") == 2


def test_html_of_overlapping_findings_keeps_every_character(pack):
    file = pack(
        "- {id: all, kind: metric, metric: chars, max: 1}\n- {id: a, kind: existence, words: [甲乙, 乙丙]}"
    )
    page = lint.check("甲乙丙", file)._repr_html_()
    body = re.search(r"pre-wrap[^>]*>(.*?)</div>", page, re.DOTALL)
    assert body is not None
    assert re.sub(r"<sup[^>]*>.*?</sup>|<[^>]*>", "", body[1]) == "甲乙丙"
    assert page.count("建議修改") == 3
