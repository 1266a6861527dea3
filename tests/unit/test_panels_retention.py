"""Explorer of retention: every choice shows something else, and it draws the sandbox's truth."""

import numpy as np
import pandas as pd
import pytest
from explorers import looks

import xiaobian as xb
from xiaobian.analytics.retention.retention_hazard import retention_hazard
from xiaobian.panels.retention import _last_beat
from xiaobian.sandbox import clips, parameters
from xiaobian.sandbox.clips import Clip
from xiaobian.sandbox.retention import hazard


def test_every_choice_draws_another_picture_and_sentence():
    panel = xb.panels.retention_explorer()
    assert repr(panel).startswith("互動面板：") and bytes(panel.picture.value).startswith(b"\x89PNG")
    for choice, box in panel.choices.items():
        assert box.description.strip(), choice
        seen = looks(panel, choice, last=choice == list(panel.choices)[-1])
        assert len({picture for picture, _ in seen}) == len(box.options), choice


def test_a_number_of_ones_own_is_on_the_list_and_measured_points_are_drawn():
    plain = xb.panels.retention_explorer(hook=0.72, duration_s=25)
    assert ("0.72", "0.72") in plain.choices["hook"].options
    curve = clips.reported([Clip("試片", 0.72, 25.0, 5.0)], seed=1).retention
    laid = xb.panels.retention_explorer(hook=0.72, duration_s=25, measured=curve)
    assert bytes(laid.picture.value) != bytes(plain.picture.value)


@pytest.mark.parametrize("beat", [3.0, 5.0, 8.0, 12.0, np.inf])
def test_the_drawn_speed_of_leaving_is_that_of_the_drawn_survival(beat):
    clip = Clip("", 0.5, 40.0, beat)
    second = np.linspace(0, 40, 40_001)
    drawn = hazard(parameters.load(), second, clip.hook, _last_beat(clip, second))
    kept = np.exp(-(np.diff(second) * (drawn[1:] + drawn[:-1]) / 2).sum())
    assert kept == pytest.approx(clip.alive(40), rel=1e-3)


def test_the_sentence_tells_when_leaving_grows_again():
    assert "第 8 秒" in xb.panels.retention_explorer(beat_every=np.inf).sentence.value
    assert "沒有再升高" in xb.panels.retention_explorer(beat_every=5).sentence.value


def test_a_report_is_what_the_clip_is():
    for name, story in clips.STORIES.items():
        report = clips.story(name)
        found = retention_hazard(report.retention, report.posts, by="title").table.set_index("group")
        for clip in story:
            row = found.loc[clip.title]
            assert row["s3"] == pytest.approx(clip.alive(3), abs=0.02)
            assert row["watch_s"] == pytest.approx(clip.watch_s, abs=0.4)
            assert row["hook"] == pytest.approx(clip.hook, abs=0.05)


def test_the_bars_of_those_who_leave_add_up():
    curve = pd.DataFrame({"second": [1, 2, 3], "survival": [0.6, 0.5, 0.45]})
    figure = clips.leaving(curve, 1.4)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == pytest.approx([0.4, 0.1, 0.05])
    assert "50%" in repr(figure) and "10.0%" in repr(figure)


def test_fewer_views_scatter_more():
    few, many = Clip("少", 0.5, views=120), Clip("多", 0.5, views=20_000)
    spread = [
        clips.batches(clip, 40, 3).query("abs(second - 3) < 0.01")["share_watching"].std()
        for clip in (few, many)
    ]
    assert spread[0] > 5 * spread[1]
    curves = clips.batches(few, 5, 3)
    assert len(clips.rough(curves, few).axes[0].lines) > 5


def test_the_picture_of_a_flat_middle_does_not_say_that_leaving_slows_down():
    report = clips.story("middle")
    found = retention_hazard(report.retention, report.posts, by="title")
    late = found.curve[found.curve["group"] == "原剪接"].set_index("second")["hazard"]
    assert late.loc[28:30].mean() > late.loc[8:10].mean()
    assert "慢下來" not in repr(found.plot())
