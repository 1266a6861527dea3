"""Which KPI a goal calls for: picked from the catalogue, explained with facts that code computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from ...analytics.kpi.result import KPIResult
from ...analytics.metrics import metric
from ...errors import NotFound
from ..briefs import GOALS
from ..checks import Check, Given, Row
from ..offline.kpis import catalogue
from ..result import Result
from .flow import run
from .prompts import PROMPTS

if TYPE_CHECKING:
    from ..client import Assistant


class Choice(BaseModel):
    """What the task answers."""

    model_config = ConfigDict(extra="ignore")

    kpi_id: str = Field(max_length=40)
    support: list[str] = Field(default_factory=list, max_length=2)
    explanation: str = Field(min_length=4, max_length=500)


def facts_of(result: KPIResult) -> dict[str, str]:
    """The numbers of an ``xb.kpi()`` result over all posts, as texts; empty where it is split by groups."""
    if result.by:
        return {}
    rows = result.table[result.table["aggregate"] != "median_of_posts"].dropna(subset=["value"])
    return {str(row["kpi"]): _said(row) for _, row in rows.iterrows()}


def _said(row: Any) -> str:
    known = metric(str(row["kpi"]))
    value = f"{row['value']:.2%}" if known.is_ratio else f"{row['value']:,.0f} {known.unit}"
    return f"{known.title} {value}（{int(row['n'])} 則）"


def choose_kpi(assistant: Assistant, goal: str, facts: KPIResult | Mapping[str, str] | None = None) -> Result:
    """The main KPI for a goal and at most two beside it. facts: a result of ``xb.kpi()``, or texts by KPI id.

    goal: a key of GOALS or its 正體中文. Raises NotFound for another.

    >>> import xiaobian as xb
    >>> choose_kpi(xb.ai.connect(), "帶人到網站").data.kpi_id
    'link_ctr'
    """
    names = {label: key for key, label in GOALS.items()}
    key = names.get(goal, goal)
    if key not in GOALS:
        raise NotFound(f"沒有「{goal}」這個目標", next_step=f"可用的目標：{'、'.join(GOALS.values())}")
    known = facts_of(facts) if isinstance(facts, KPIResult) else dict(facts or {})
    shown = {k: {name: row[name] for name in ("title", "formula", "primary", "support", "beware")} for k, row in catalogue().items()}
    payload = {"goal": key, "goal_zh": GOALS[key], "catalogue": shown, "facts": known}
    ids: Any = Literal[tuple(catalogue())]
    schema: Any = create_model(
        "KPIChoice", __base__=Choice, kpi_id=(ids, ...), support=(list[ids], Field(default_factory=list, max_length=2))
    )

    def checks(data: Choice) -> list[Row]:
        row = catalogue()[data.kpi_id]
        source = "\n".join([*known.values(), *(str(r[f]) for r in catalogue().values() for f in ("formula", "beware", "title"))])
        fits = key in row["primary"] or key in row["support"]
        return [
            Row("指標合目標", fits, f"「{row['title']}」" + ("適合" if fits else "不是") + f"「{GOALS[key]}」", "python:choice", "選擇"),
            Check("python:grounded", name="數字由程式給").run(data.explanation, Given(source=(source,)), "說明"),
            Check("python:tw-words").run(data.explanation, None, "說明"),
        ]

    return run(
        assistant, "choose_kpi", PROMPTS["choose_kpi"], payload, schema, _text, checks, max_tokens=600,
        notes=() if known else ("沒有給數字，所以只說明選擇；把 xb.kpi(貼文) 的結果放進 facts= 就會附上現況",),
    )  # fmt: skip


def _text(data: Choice) -> str:
    titles = "、".join(catalogue()[name]["title"] for name in data.support)
    return f"主要指標：{catalogue()[data.kpi_id]['title']}" + (f"；輔助：{titles}" if titles else "") + f"\n{data.explanation}"
