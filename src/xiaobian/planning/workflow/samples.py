"""The kit's invented workflows and briefs, broken on purpose, and what could be done about each fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ... import datasets
from ...errors import NotFound
from ..brief import Brief
from .process import Step, Workflow, workflow

Repair = Callable[[Workflow], Workflow]


def _as_it_is(flow: Workflow) -> Workflow:
    return flow


def _change(step_id: str, **changes: object) -> Repair:
    return lambda flow: flow.change(step_id, **changes)


def _both(*repairs: Repair) -> Repair:
    def one_after_another(flow: Workflow) -> Workflow:
        for repair in repairs:
            flow = repair(flow)
        return flow

    return one_after_another


def _add(step: Step) -> Repair:
    return lambda flow: flow.add(step)


def _approved_by(who: str, *more: str) -> Repair:
    return _change("approve", responsible=who, accountable=(who, *more))


def _redo(who: str, after: str, hours: float) -> Repair:
    name = "修改後再送" if after == "submitted" else "改回草稿重走"
    return _add(Step("revise", name, who, (who,), hours=hours, sla=16, before="changes_requested", after=after))


def _again(after: str) -> Repair:
    name = "重新排程" if after == "scheduled" else "改回草稿重走"
    return _add(Step("retry", name, "阿洛", ("阿洛",), hours=0.3, sla=8, before="failed", after=after))


REPAIRS: Mapping[str, Mapping[str, Mapping[str, Repair]]] = {
    "lesson": {
        "文案和做圖": {
            "不改": _as_it_is,
            "先圖後文：圖不等文案": _change("design", needs=("brief",)),
            "先文後圖：文案不等圖": _change("copy", needs=("brief",)),
            "同時做：都只等簡報": _both(_change("design", needs=("brief",)), _change("copy", needs=("brief",))),
        },
        "核對事實": {
            "不改": _as_it_is,
            "子晴拍板": _change("facts", accountable=("子晴",)),
            "子晴和佩蓁一起拍板": _change("facts", accountable=("子晴", "佩蓁")),
        },
        "退回之後": {"不改": _as_it_is, "阿洛改完再送": _redo("阿洛", "submitted", 1), "改回草稿重走一次": _redo("阿洛", "draft", 1)},
        "誰核可": {
            "不改": _as_it_is, "佩蓁": _approved_by("佩蓁"), "素琴（每週看一次）": _approved_by("素琴"), "阿洛": _approved_by("阿洛"),
        },
    },
    "exercise": {
        "腳本、核對與剪輯": {
            "不改": _as_it_is,
            "核對改成看腳本": _both(_change("script", needs=("brief",)), _change("facts", needs=("script",)), _change("cut", needs=("script", "facts"))),
            "先剪，再補腳本": _change("cut", needs=("brief",)),
            "不核對了": lambda flow: flow.remove("facts"),
        },
        "做封面": {"不改": _as_it_is, "佩蓁拍板": _change("cover", accountable=("佩蓁",)), "允安和佩蓁一起拍板": _change("cover", accountable=("允安", "佩蓁"))},
        "誰核可": {"不改": _as_it_is, "佩蓁": _approved_by("佩蓁"), "素琴（三天看一次）": _approved_by("素琴"), "佩蓁和素琴": _approved_by("佩蓁", "素琴")},
        "發佈失敗之後": {"不改": _as_it_is, "阿洛重新排程": _again("scheduled"), "改回草稿重走一次": _again("draft")},
    },
}  # fmt: skip
"""For each sample workflow: a fault → what could be done about it."""


def sample_workflow(name: str = "lesson") -> Workflow:
    """A workflow with faults: ``lesson`` or ``exercise``; raises NotFound with the names there are.

    >>> len(sample_workflow().check().faults), len(sample_workflow("exercise").check().faults)
    (4, 4)
    """
    found = datasets.yaml_of(datasets.path("planning/workflows.yml"))["workflows"]
    row = found[_known(name, found, "流程")]
    return workflow(row["name"], row["steps"], row["people"])


def sample_brief(name: str = "lesson") -> Brief:
    """A brief as it came in: ``lesson`` or ``exercise``; raises NotFound with the names there are.

    >>> sample_brief().owner
    '行銷部'
    """
    found = datasets.yaml_of(datasets.path("planning/briefs.yml"))
    return Brief(**found[_known(name, found, "簡報")])


def repaired(name: str, **chosen: str) -> Workflow:
    """A sample workflow with repairs, by the words of ``REPAIRS``; what is not named stays as it is. Raises NotFound for other words.

    >>> repaired("lesson", 核對事實="子晴拍板").step("facts").accountable
    ('子晴',)
    """
    flow, repairs = sample_workflow(name), REPAIRS[name]
    for fault, word in chosen.items():
        options = repairs[_known(fault, repairs, "問題")]
        flow = options[_known(word, options, "修法")](flow)
    return flow


def _known(name: str, names: Mapping[str, object], what: str) -> str:
    if name not in names:
        raise NotFound(f"沒有叫做 {name} 的{what}", next_step=f"現有：{'、'.join(names)}")
    return name
