"""The script editor: every control changes the script, mistakes become words, and the draft can be mended with it."""

import pytest

import xiaobian as xb
from xiaobian.planning.video import check_script, read_script, script_retention


@pytest.fixture(scope="module")
def panel():
    return xb.panels.script_editor("cold_brew_draft")


@pytest.fixture(autouse=True)
def fresh(panel, monkeypatch):
    """The draft again; what is drawn after the first picture is of no matter here, and drawing is slow."""
    monkeypatch.setattr("xiaobian.panels.script.to_png", lambda chart: b"\x89PNG")
    monkeypatch.setattr("xiaobian.panels.script.timeline_chart", lambda *_: None)
    while panel.script != read_script("cold_brew_draft"):
        panel.buttons["復原"].click()
    panel.controls["beat"].value = 1


def test_it_starts_with_the_first_beat_and_what_is_wrong(panel):
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    assert all(box.description for box in panel.controls.values())
    assert "鉤子 7.5 秒才說完" in panel.findings.value and "必須修改" in panel.sentence.value
    assert script_retention(panel.script).say() in panel.sentence.value


def test_choosing_a_beat_shows_it_and_changes_nothing(panel):
    panel.controls["beat"].value = 5
    assert panel.controls["voice"].value == panel.script.beats[4].voice
    assert panel.script == read_script("cold_brew_draft")
    assert panel.findings.value.index("第 4 拍和第 5 拍") < panel.findings.value.index("第 1 拍")


def test_an_earlier_end_moves_what_follows(panel):
    before = panel.script
    panel.controls["end"].value = 2.8
    assert panel.script.beats[0].t1 == 2.8
    assert panel.script.duration == pytest.approx(before.duration - 4.7)
    assert "鉤子 7.5 秒" not in panel.findings.value


def test_the_draft_can_be_mended_with_the_keyboard_alone(panel):
    c = panel.controls
    c["voice"].value = "這杯茶，你少等了 5 個小時。"
    c["on_screen"].value = "少等了 5 個小時？"
    c["end"].value = 2.8
    panel.buttons["首尾接齊"].click()
    c["beat"].value = 3
    panel.buttons["刪掉這一拍"].click()
    c["beat"].value = 2
    panel.buttons["拆成兩拍"].click()
    c["beat"].value = 6
    c["voice"].value = "但是放超過十二小時，香氣淡了。"
    c["end"].value = panel.script.beats[5].t1 + 1
    assert check_script(panel.script).passed, check_script(panel.script)
    assert "通過檢查" in panel.sentence.value


def test_an_end_before_the_start_becomes_words_and_nothing_is_lost(panel, monkeypatch):
    monkeypatch.delenv("KIT_STRICT", raising=False)
    panel.controls["beat"].value = 3
    panel.controls["end"].value = 2.0
    assert "t1 要大於 t0" in panel.sentence.value
    assert panel.script == read_script("cold_brew_draft") and panel.controls["end"].value == 19


def test_hostile_words_stay_words(panel):
    panel.controls["voice"].value = "<script>alert(1)</script>哈囉"
    assert "<script>" not in panel.findings.value + panel.sentence.value
