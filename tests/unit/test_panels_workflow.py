"""The workflow explorer: broken at first, each repair changes what is told, all repairs let every post through."""

from __future__ import annotations

import pytest

import xiaobian as xb
from xiaobian.errors import NotFound
from xiaobian.planning.workflow.process import Step, Workflow
from xiaobian.planning.workflow.samples import REPAIRS, repaired, sample_workflow


@pytest.fixture(scope="module")
def panel():
    return xb.panels.workflow_explorer(posts=30)


def test_it_starts_broken_and_can_be_mended(panel):
    assert repr(panel).startswith("互動面板：") and panel._picture().startswith(b"\x89PNG")
    assert "還有 4 個問題" in panel.sentence.value and "沒有一則走得完" in panel.sentence.value
    for box, word in zip(panel.choices.values(), ("同時做：都只等簡報", "子晴拍板", "阿洛改完再送", "佩蓁"), strict=True):
        picture = panel.picture.value
        box.value = word
        assert box.description and panel.picture.value != picture
    assert "沒有找到問題" in panel.sentence.value and "30 則走完 30 則" in panel.sentence.value


def test_names_stay_text():
    nasty = '<img src=x onerror="alert(1)">'
    flow = Workflow(nasty, (Step("a", nasty, nasty, (nasty,), ("a",)),))
    panel = xb.panels.workflow_explorer(flow, {"甲": {"不改": lambda f: f}}, posts=2)
    assert "<img" not in panel.sentence.value and "&lt;img" in panel.sentence.value


def test_every_repair_of_the_samples_makes_a_workflow():
    for name, faults in REPAIRS.items():
        before = len(sample_workflow(name).check().faults)
        for fault, options in faults.items():
            assert next(iter(options)) == "不改" and len(options) >= 3
            better = [word for word in options if len(repaired(name, **{fault: word}).check().faults) < before]
            assert 1 <= len(better) < len(options), (name, fault)
    with pytest.raises(NotFound, match="修法"):
        repaired("lesson", 誰核可="大家")
