"""The sandbox's answer to a script: the model's own curve, beats that help, honest width."""

import numpy as np
import pytest

from xiaobian.errors import TableError
from xiaobian.planning.video import opening_strength, read_script, script_retention
from xiaobian.planning.video.predicted import survivors
from xiaobian.sandbox import parameters
from xiaobian.sandbox.retention import average_watch_s, survival

FINE = read_script("cold_brew")


def regular(gap, total=30.0):
    starts = [0.0, *np.arange(3.0, total, gap)]
    ends = [*starts[1:], total]
    return read_script([{"t0": a, "t1": b, "role": "hook" if a == 0 else "value"} for a, b in zip(starts, ends, strict=True)])


@pytest.mark.parametrize("gap", [4.5, 9.0, 13.5])
@pytest.mark.parametrize("hook", [0.1, 0.5, 0.9])
def test_it_is_the_model_of_the_sandbox(gap, hook):
    script, known = regular(gap), parameters.load()
    second, alive = survivors(script, [hook])
    assert np.abs(alive[0] - survival(known, second, hook, gap)).max() < 2e-3
    found = script_retention(script, hook=hook)
    assert found.watch_s[1] == pytest.approx(float(average_watch_s(known, 30, hook, gap)), rel=2e-3)


def test_the_draft_loses_more_than_the_script():
    weak, strong = script_retention("cold_brew_draft"), script_retention("cold_brew")
    assert weak.s3[1] + 0.1 < strong.s3[1] and weak.watch_s[1] < strong.watch_s[1]
    assert 0.2 <= strong.s3[1] <= 0.7


def test_low_middle_high_stand_in_order_and_more_views_are_narrower():
    few, many = (script_retention(FINE, hook=0.5, views=n) for n in (100, 10_000))
    for found in (few, many, script_retention(FINE)):
        for low, middle, high in (found.s3, found.completed, found.watch_s, found.hook):
            assert low <= middle <= high
    assert few.s3[2] - few.s3[0] > 5 * (many.s3[2] - many.s3[0])


def test_a_longer_wait_costs_viewers():
    slow = FINE.with_beat(2, t1=16)
    assert script_retention(slow, hook=0.6).completed[1] < script_retention(FINE, hook=0.6).completed[1]


def test_it_says_that_it_is_simulated_and_what_was_rated():
    found = script_retention(FINE)
    assert "沙盒模擬" in found.say() and any("模擬" in note for note in found.notes)
    assert any("設計參數" in note for note in found.notes) and found.reasons == opening_strength(FINE)[1]
    assert "沙盒模擬" in repr(found.plot())
    with pytest.raises(TableError):
        script_retention(FINE, hook=1.2)
    with pytest.raises(TableError):
        script_retention(FINE, views=0)
