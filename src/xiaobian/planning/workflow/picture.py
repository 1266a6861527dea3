"""A workflow as a picture: a box a step, an arrow for what it waits for, faults marked with sign, colour and words."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ...plotting import BRICK, PAPER, SEA, SECONDARY, TEXT, Chart, chart, spaced, titled
from .checks import KINDS, WorkflowCheck
from .process import Step, Workflow

_WIDTH, _HEIGHT, _ACROSS, _DOWN = 1.66, 1.02, 2.2, 1.62
_IN_A_ROW = 5
_LONGEST, _PEOPLE, _STUB = 8, 12, 0.42


def layers(flow: Workflow) -> dict[str, int]:
    """How far right each step stands: one more than what it waits for; a wait that closes a circle is passed over.

    >>> from xiaobian.planning.workflow.process import Step
    >>> layers(Workflow("甲", (Step("a", "寫", "阿洛", ("佩蓁",)), Step("b", "圖", "允安", ("佩蓁",), ("a",)))))
    {'a': 0, 'b': 1}
    """
    found: dict[str, int] = {}

    def depth(step: Step, above: tuple[str, ...]) -> int:
        if step.step_id not in found:
            needs = [n for n in step.needs if n not in above and n != step.step_id]
            before = [depth(flow.step(n), (*above, step.step_id)) for n in needs]
            followed = [] if needs or not step.before else _makers_depth(step, above)
            found[step.step_id] = max([*before, *followed], default=-1) + 1
        return found[step.step_id]

    def _makers_depth(step: Step, above: tuple[str, ...]) -> list[int]:
        makers = [m for m in flow.steps if step.before == m.return_to and m.step_id not in above and m is not step]
        return [depth(m, (*above, step.step_id)) for m in makers[:1]]

    for step in flow.steps:
        depth(step, ())
    return {step.step_id: found[step.step_id] for step in flow.steps}


def places(flow: Workflow) -> dict[str, tuple[float, float]]:
    """Middle of each box; after five columns the picture goes on below."""
    columns: dict[int, list[str]] = {}
    for step_id, layer in layers(flow).items():
        columns.setdefault(layer, []).append(step_id)
    found: dict[str, tuple[float, float]] = {}
    top = 0.0
    for first in range(0, max(columns) + 1, _IN_A_ROW):
        band = {layer: ids for layer, ids in columns.items() if first <= layer < first + _IN_A_ROW}
        tallest = max(map(len, band.values()), default=1)
        for layer, ids in band.items():
            for row, step_id in enumerate(ids):
                found[step_id] = (_ACROSS * (layer - first), top + _DOWN * (row + (tallest - len(ids)) / 2))
        top += _DOWN * tallest + 0.25
    return found


def draw(flow: Workflow, found: WorkflowCheck) -> Chart:
    """The picture of a workflow with the faults that were found."""
    at, rows = places(flow), {step_id: layer // _IN_A_ROW for step_id, layer in layers(flow).items()}
    right, bottom = max(x for x, _ in at.values()), max(y for _, y in at.values())
    wide, tall = right + _WIDTH + 0.5, bottom + _HEIGHT + 0.95
    figure, ax = chart(9.5, 9.5 * tall / max(wide, 9.0) * 0.86 + 1.1)
    ax.set_axis_off()
    ax.set_xlim(-_WIDTH / 2 - 0.5, max(wide, 9.0) - _WIDTH / 2 + 0.35)
    ax.set_ylim(bottom + _HEIGHT / 2 + 0.55, -_HEIGHT / 2 - 0.4)
    ring = next((f.steps for f in found.faults if f.kind == "waiting_cycle"), ())
    for step in flow.steps:
        for need in step.needs:
            below = rows[need] < rows[step.step_id]
            _arrow(ax, at[need], at[step.step_id], below=below, bad=need in ring and step.step_id in ring)
        for maker in flow.steps:
            if maker.return_to and maker.return_to == step.before and maker is not step:
                below = rows[maker.step_id] < rows[step.step_id]
                _arrow(ax, at[maker.step_id], at[step.step_id], below=below, dashed=True)
    for step in flow.steps:
        _box(ax, at[step.step_id], step, [f.kind for f in found.faults if step.step_id in f.steps])
    bad = len(found.faults)
    title = f"{flow.name}：{bad}個地方走不下去或沒有人說了算" if bad else f"{flow.name}：每一步走得通，也都有一個人拍板"
    titled(ax, spaced(title), "箭頭：後面那一步要等前面做完；虛線：被退回之後；右邊出去的接到下一列左邊；R 做、A 拍板")
    figure.summary = str(found)
    return figure


def _box(ax: Axes, at: tuple[float, float], step: Step, kinds: list[str]) -> None:
    x, y = at
    ax.add_patch(
        FancyBboxPatch(
            (x - _WIDTH / 2, y - _HEIGHT / 2), _WIDTH, _HEIGHT, boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=PAPER, edgecolor=BRICK if kinds else SEA, linewidth=2.2 if kinds else 1.4, zorder=3,
        )
    )  # fmt: skip
    ax.text(x, y - 0.24, _short(step.name), ha="center", va="center", fontsize=12.5, color=TEXT, zorder=4)
    for line, who in ((0.08, f"R {step.responsible or '沒有人'}"), (0.32, f"A {'、'.join(step.accountable) or '沒有人'}")):
        ax.text(x, y + line, _short(who, _PEOPLE), ha="center", va="center", fontsize=10, color=SECONDARY, zorder=4)
    if kinds:
        words = "、".join(dict.fromkeys(KINDS[kind] for kind in kinds))
        ax.text(x - _WIDTH / 2, y - _HEIGHT / 2 - 0.05, f"✗ {words}", ha="left", va="bottom", fontsize=10, color=BRICK, zorder=4)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], *, below: bool, bad: bool = False, dashed: bool = False) -> None:
    """From one box to another: straight to the right, in a bow backwards; to the next row as a line that goes on below."""
    if below:
        edge = (start[0] + _WIDTH / 2, start[1])
        _line(ax, edge, (edge[0] + _STUB, edge[1]), bad=bad, dashed=dashed)
        left = end[0] - _WIDTH / 2
        _line(ax, (left - _STUB, end[1]), (left, end[1]), bad=bad, dashed=dashed)
    elif end[0] > start[0]:
        _line(ax, (start[0] + _WIDTH / 2, start[1]), (end[0] - _WIDTH / 2, end[1]), bad=bad, dashed=dashed)
    else:
        low = _HEIGHT / 2
        _line(ax, (start[0], start[1] + low), (end[0], end[1] + low), bow=-0.4, bad=bad, dashed=dashed)


def _line(
    ax: Axes, a: tuple[float, float], b: tuple[float, float], *, bow: float = 0.0, bad: bool = False, dashed: bool = False
) -> None:
    ax.add_patch(
        FancyArrowPatch(
            a, b, arrowstyle="-|>", mutation_scale=14, connectionstyle=f"arc3,rad={bow}", color=BRICK if bad else SECONDARY,
            linestyle="--" if dashed else "-", linewidth=2.2 if bad else 1.2, zorder=2, shrinkA=1, shrinkB=1,
        )
    )  # fmt: skip


def _short(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
