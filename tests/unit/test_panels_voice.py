"""The voice desk: what is written is what is judged, text stays text, and another brand's guide may sit at it."""

import pytest

import xiaobian as xb
from xiaobian import datasets
from xiaobian.panels.voice import TIMES

HOSTILE = "<img src=x onerror=alert(1)>極致</textarea><script>1</script>"


@pytest.fixture(scope="module")
def panel():
    return xb.panels.voice_desk()


def test_it_starts_with_an_answer_a_picture_and_named_controls(panel):
    assert repr(panel).startswith("互動面板：寫一段文字") and bytes(panel.picture.value).startswith(
        b"\x89PNG"
    )
    assert 'role="status"' in panel.status.value and "還不像" in panel.status.value
    assert all(box.description.strip() for box in (panel.area, panel.platform, panel.time, panel.button))


def test_a_change_is_what_is_said(panel):
    panel.area.value = "焙茶生乳捲今天下午兩點出爐 🍵"
    assert "✓ 像" in panel.status.value and panel.told.value == ""
    panel.time.value = TIMES["出事的時候"]
    assert "▲ 還不像" in panel.status.value and "voice_crisis.emoji" in panel.told.value
    panel.time.value = TIMES["平常"]
    panel.area.value = ""
    assert "未作答" in panel.status.value and "還沒有文字" in panel.status.value


def test_text_stays_text(panel):
    panel.area.value = HOSTILE
    shown = panel.status.value + panel.told.value
    assert "<img" not in shown and "<script" not in shown and "極致" in shown


def test_another_brand():
    panel = xb.panels.voice_desk("小可愛們，超好用～", "facebook", guide=datasets.path("voice_tieshan.yml"))
    assert "鐵山五金" in panel.status.value and "鐵山五金" in repr(panel)
