"""Scripts of short videos: reading, refusing, and each rule with its reason and repair."""

import pytest

from xiaobian.errors import KitError, ReadError, TableError
from xiaobian.exercises import bank
from xiaobian.planning.video import ROLES, check_script, read_script, samples, specific, timeline
from xiaobian.planning.video.linebreak import pieces, spoken, width, wrap
from xiaobian.planning.video.script_checks import limits

FINE = read_script("cold_brew")


def rules(script, severity=None):
    return {f.rule for f in check_script(script).faults if severity in (None, f.severity)}


def beats(*rows, **script):
    keys = ("t0", "t1", "role", "voice", "on_screen", "shot")
    specs = [dict(zip(keys, (*row, *[""] * (5 - len(row)), "畫面"), strict=False)) for row in rows]
    return read_script({"beats": specs, **script})


@pytest.mark.parametrize("name", samples())
def test_samples_pass_unless_they_are_drafts(name):
    review = check_script(name)
    assert review.passed is not name.endswith("_draft"), review
    assert all(
        f.reason and f.repair.endswith("。") and not f.reason.endswith(("。", "，")) for f in review.faults
    )


def test_the_same_script_from_dict_yaml_table_and_file(tmp_path):
    table = FINE.table.reset_index()
    csv, xlsx = tmp_path / "腳本.csv", tmp_path / "腳本.xlsx"
    table.to_csv(csv, index=False)
    table.to_excel(xlsx, index=False)
    text = "beats:\n" + "".join(
        f"- {{t0: {b.t0}, t1: {b.t1}, role: {b.role}, voice: {b.voice!r}}}\n" for b in FINE.beats
    )
    assert read_script(table).beats == read_script(csv).beats == read_script(str(xlsx)).beats == FINE.beats
    assert [(b.t0, b.role, b.voice) for b in read_script(text).beats] == [
        (b.t0, b.role, b.voice) for b in FINE.beats
    ]
    assert read_script(FINE, platform="TikTok").platform == "tiktok"


def test_clock_times_chinese_roles_and_lists():
    one = read_script(
        [{"t0": "0:00", "t1": "0:02.5", "role": "鉤子", "who": "柏宇、子晴", "props": ["杯"]}]
    ).beats[0]
    assert (one.t1, one.role, one.who, one.props) == (2.5, "hook", ("柏宇", "子晴"), ("杯",))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ([], "沒有任何一拍"),
        ({"title": "x"}, "沒有任何一拍"),
        ([{"t0": 0, "t1": 0, "role": "hook"}], "第 1 拍"),
        ([{"t0": 0, "t1": "兩秒", "role": "hook"}], "看得懂的秒數"),
        ([{"t0": -1, "t1": 2, "role": "hook"}], "看得懂的秒數"),
        ([{"t0": 0, "t1": float("nan"), "role": "hook"}], "空白"),
        ([{"t0": 0, "t1": 2, "role": "intro"}], "hook（鉤子）"),
        ([{"t0": 0, "t1": 2, "role": "hook", "music": "x"}], "不認得欄位 music"),
        ([{"t0": 0, "t1": 2, "role": "hook", "size": "大"}], "特寫"),
        (["開場"], "不是一組欄位"),
        ({"beats": [{"t0": 0, "t1": 2, "role": "hook"}], "platform": "小紅書"}, "platform"),
        ({"beats": [{"t0": 0, "t1": 2, "role": "hook"}], "sponsored": "也許"}, "true 或 false"),
        ("沒有這支", "樣本名稱"),
        ("a: [\n", "不是 YAML"),
        ("nowhere.yml", "找不到腳本檔"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_do(source, says):
    with pytest.raises((TableError, ReadError), match=says) as caught:
        read_script(source)
    assert caught.value.next_step


def test_every_fault_of_the_draft_is_found():
    assert rules("cold_brew_draft", "error") >= {
        "hook_late", "hook_vague", "rate", "beat_gap", "cta_many", "cta_early", "overlap", "no_words",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"voice": "哈囉大家好，歡迎收看", "on_screen": "哈囉"}, "hook_vague"),
        ({"voice": "為什麼" * 133 + "？"}, "rate"),
        ({"on_screen": "三" * 400}, "on_screen"),
        ({"on_screen": "🔥🔥"}, "no_words"),
        ({"t1": 3.2}, "hook_late"),
        ({"role": "context"}, "hook_first"),
        ({"shot": ""}, "no_shot"),
        ({"shot": "", "voice": "", "on_screen": ""}, "empty"),
    ],
)
def test_one_change_to_the_hook_breaks_one_rule(changes, rule):
    assert rule not in rules(FINE)
    assert rule in rules(FINE.with_beat(1, **changes))


def test_a_hook_of_400_characters_is_told_in_seconds():
    (fault,) = [f for f in check_script(FINE.with_beat(1, voice="茶" * 400)).faults if f.rule == "rate"]
    assert "400 個字要念 88.9 秒" in fault.reason and "刪到 12 個字" in fault.repair


def test_limits_hold_at_the_edge():
    edge = beats(
        (0, 3, "hook", "等 8 小時？"),
        (3, 9, "value", "茶"),
        (9, 12, "value", "茶"),
        (12, 15, "cta", "去門市"),
    )
    assert check_script(edge).faults == ()
    assert "hook_late" in rules(edge.with_beat(1, t1=3.1))
    assert "beat_gap" in rules(edge.with_beat(2, t1=9.1))


def test_order_hole_overlap_start():
    assert "start" in rules(beats((1, 3, "hook", "8 小時"), (3, 6, "cta", "去")))
    assert "hole" in rules(beats((0, 3, "hook", "8 小時"), (4, 6, "cta", "去")))
    assert "order" in rules(beats((3, 6, "hook", "8 小時"), (0, 3, "cta", "去")))
    assert {"overlap"} <= rules(beats((0, 3, "hook", "8 小時"), (2, 6, "cta", "去")))


def test_cta_length_and_disclosure():
    assert "cta_none" in rules(beats((0, 3, "hook", "8 小時")))
    long = [(4 * k, 4 * k + 4, "value", "茶") for k in range(50)]
    assert "too_long" in rules(beats(*long)) and "too_long" not in rules(beats(*long, platform="tiktok"))
    paid = read_script(FINE, sponsored=True)
    assert "disclosure" in rules(paid)
    assert "disclosure" not in rules(paid.with_beat(1, on_screen="付費合作｜少等了 5 個小時？"))
    for unclear in ("與茶園合作", "這不是廣告", "謝謝招待"):
        assert "disclosure" in rules(paid.with_beat(1, on_screen=f"{unclear}｜少等了 5 個小時？"))


def test_a_new_end_moves_what_follows_and_lengths_stay():
    moved = FINE.with_beat(2, t1=9.0)
    assert moved.duration == pytest.approx(FINE.duration + 1)
    assert [round(b.seconds, 3) for b in moved.beats[2:]] == [round(b.seconds, 3) for b in FINE.beats[2:]]
    assert rules(moved) == {"beat_gap"}
    with pytest.raises(KitError, match="沒有第 9 拍"):
        FINE.with_beat(9, t1=3)


def test_beats_can_be_dropped_split_and_joined():
    draft = read_script("cold_brew_draft")
    mended = draft.without(3).joined()
    assert {"overlap", "cta_many", "cta_early"}.isdisjoint(rules(mended))
    assert mended.duration == pytest.approx(sum(b.seconds for b in draft.beats) - 3)
    halves = draft.split(2)
    assert "".join(b.voice for b in halves.beats[1:3]) == draft.beats[1].voice
    assert len(halves.beats) == 8 and halves.duration == draft.duration
    with pytest.raises(KitError, match="至少要留一拍"):
        beats((0, 3, "hook", "8 小時")).without(1)
    with pytest.raises(KitError, match="拆不開"):
        beats((0, 0.1, "hook", "8 小時")).split(1)


def test_the_picture_tells_what_is_wrong():
    chart = check_script("cold_brew_draft").plot()
    assert "8" in repr(chart) or "處" in repr(chart)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一切就塌？", True),
        ("只要 99 元", True),
        ("其實是糖水", True),
        ("招牌甜點介紹", False),
        ("一個小知識", False),
        ("今天的茶", False),
    ],
)
def test_specific(text, found):
    assert bool(specific(text)) is found


def test_the_exercise_names_the_limits_of_the_table():
    questions = bank.load("2.6").QUESTIONS
    assert f"每秒 {limits()['spoken_rate']:g} 個字" in questions[2].prompt
    assert f"{limits()['hook_seconds']:g} 秒念得完" in questions[4].prompt


def test_every_role_has_a_name():
    assert len(set(ROLES.values())) == len(ROLES) == 6


def test_lines_break_at_marks_and_keep_words_and_units_whole():
    assert wrap("今天烤了 36 個可頌，剩下的真的不多") == ["今天烤了 36 個可頌", "剩下的真的不多"]
    assert all("小時" in line for line in wrap("要放進冰箱最裡面冷藏整整 8 小時") if "8" in line)
    for text in ("焙茶生乳捲一條 320 元，週五早上十點開賣", "第三步：冷藏 8 小時，隔天早上再切開來吃"):
        parts = pieces(text)
        assert "".join(parts) == text
        for line in wrap(text):
            assert width(line) <= 16 and line[0] not in "，。的" and line[-1] not in "，。、「"


def test_a_word_wider_than_a_line_stays_whole():
    assert wrap("https://yusui.example/a-very-long-address-of-a-page") == [
        "https://yusui.example/a-very-long-address-of-a-page"
    ]
    assert wrap("") == [] and wrap("　") == []
    assert spoken("🔥！") == 0 and width("") == 0


def test_signs_that_no_font_knows_are_taken_out():
    one = read_script([{"t0": 0, "t1": 0.04, "role": "hook", "voice": "茶\x00\ud800香", "who": "柏\x07宇"}], title="片\x1b名")
    assert (one.beats[0].voice, one.beats[0].who, one.title) == ("茶香", ("柏宇",), "片名")
    assert timeline(one).scenes()[0][:2] == (0, 1)
