"""Panels of a community: what is chosen is what is drawn and said, and comments stay text."""

import pytest
from explorers import looks

import xiaobian as xb
from xiaobian.panels import community
from xiaobian.plotting import review


@pytest.fixture(scope="module", autouse=True)
def _small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(community, "N", 200)
        community._pile.cache_clear()
        yield
    community._pile.cache_clear()


@pytest.fixture(scope="module")
def hiding():
    return xb.panels.hiding_explorer()


def test_a_policy_is_what_is_drawn_and_said(hiding):
    seen = looks(hiding, "policy", last=True)
    assert len({picture for picture, _ in seen}) == len({said for _, said in seen}) == 4
    assert len({said for _, said in looks(hiding, "pile", last=True)}) == 2


def test_hiding_negatives_reads_out_whom_it_hides(hiding):
    hiding.choices["policy"].value, hiding.choices["pile"].value = "negative", "bad"
    assert "被藏起來的像是" in hiding.sentence.value
    assert repr(hiding).startswith("互動面板：") and 'role="status"' in hiding.sentence.value


def test_a_comment_with_markup_stays_text(hiding, monkeypatch):
    comments, truth = community._pile("bad")
    hostile = comments.assign(text="<img src=x onerror=alert(1)>太爛了，等一小時還送錯，退錢")
    monkeypatch.setattr(community, "_pile", lambda pile: (hostile, truth))
    hiding.choices["policy"].value = "guideline"
    hiding.choices["policy"].value = "negative"
    assert "&lt;img" in hiding.sentence.value and "<img" not in hiding.sentence.value


def test_lots_and_picking_tell_different_stories(monkeypatch):
    panel = xb.panels.pin_explorer()
    assert "挑熱鬧的置頂" in panel.sentence.value
    picture = panel.picture.value
    monkeypatch.setattr("xiaobian.panels.explorer.to_png", lambda _: picture)
    for choice in ("by", "kind"):
        assert len({said for _, said in looks(panel, choice, last=True)}) == len(panel.choices[choice].options)


def test_answering_newcomers_moves_the_figures(monkeypatch):
    panel = xb.panels.health_explorer()
    picture = panel.picture.value
    monkeypatch.setattr("xiaobian.panels.explorer.to_png", lambda _: picture)
    assert len({said for _, said in looks(panel, "welcome", last=True)}) == 3


def test_the_pictures_pass_the_chart_review():
    figures = [
        community._hidden("negative", "bad")[0],
        community.pins_plot({"": community._trial("chance", 400)}, {"discussion": 2, "ama": 1}, truth=True),
        community._health(0.5).plot(),
    ]
    for figure in figures:
        for ax in (ax for ax in figure.axes if ax.axison):
            found = [f for f in review(ax) if f.rule not in ("missing_n", "no_uncertainty")]
            assert not found, found


def test_the_desks_show_comments_as_text_and_read_a_letter_each():
    control = community.desk_control(
        ["<b>退錢</b>啦，等了一個小時還送錯餐點", "好吃"], {"A": "看", "B": "藏"}
    )
    drops = control.widget.children
    assert control.read() is None and [drop.value for drop in drops] == [None, None]
    assert "<b>退錢</b>" in drops[0].description and not getattr(drops[0], "description_allow_html", False)
    control.show("AB")
    assert control.read() == "AB"
