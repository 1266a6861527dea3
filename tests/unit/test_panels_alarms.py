"""The threshold of an alarm: what is chosen is what is drawn and said, and the trade goes the way it must."""

import pytest
from explorers import looks

import xiaobian as xb
from xiaobian.crisis.noticing import trade
from xiaobian.errors import NotFound
from xiaobian.panels.alarms import TOUCHES
from xiaobian.plotting import review
from xiaobian.sandbox.mentions import mention_stream


@pytest.fixture(scope="module", autouse=True)
def _few_streams():
    """One stream for the whole module: the panel is tested, not the figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trade, "PRACTICE", (560,))
        patch.setattr(trade.trade_off, "__defaults__", (12.0, 1.0, (560,), tuple(trade.RULES)))
        yield


@pytest.fixture(scope="module")
def panel():
    return xb.panels.alarm_explorer()


def test_a_choice_is_what_is_drawn_and_said(panel):
    seen = looks(panel, "rule", last=True)
    assert len({picture for picture, _ in seen}) == len({said for _, said in seen}) == 3


def test_every_choice_changes_the_sentence(panel, monkeypatch):
    before = panel.picture.value
    monkeypatch.setattr("xiaobian.panels.explorer.to_png", lambda _: before)
    panel.choices["rule"].value = "share"
    for choice in ("touch", "accuracy"):
        assert len({said for _, said in looks(panel, choice)}) == len(panel.choices[choice].options)


def test_text_and_keyboard(panel):
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for name, box in panel.choices.items():
        assert box.description.strip() and box.value is not None, name
    assert 'role="status"' in panel.sentence.value and "每週白響" in panel.sentence.value


def test_a_slower_threshold_is_a_quieter_one():
    table = trade.trade_off()
    for rule, rows in table.groupby("rule"):
        assert len(rows) == len(TOUCHES)
        assert rows["false_a_week"].is_monotonic_decreasing, rule
    best = table.groupby("rule")["f1"].max()
    assert best["share"] > best["negatives"] and best["share"] > best["volume"]


def test_the_picture_passes_the_chart_review():
    from xiaobian.panels.alarms import _picture

    table = trade.trade_off()
    for ax in _picture(table, table.iloc[2], 12.0, 1.0).axes:
        assert not [f for f in review(ax) if f.rule not in ("missing_n", "no_uncertainty")]


def test_an_unknown_rule_or_column_is_refused():
    hours, _ = mention_stream(1, 12, days=14, crises=0)
    with pytest.raises(NotFound):
        trade.rolling_z(hours, "likes")
    with pytest.raises(NotFound):
        trade.alarms_of("mood", 1.0, hours, None)
