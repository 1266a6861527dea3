"""The data dictionary: ``datapackage.json`` in the Frictionless form, made from the columns' declarations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from .. import datasets
from ..tables import Column, Table, table
from . import parameters, year

TYPES = {
    "string": "string",
    "Int64": "integer",
    "Float64": "number",
    "float64": "number",
    "boolean": "boolean",
}
RULES: Mapping[str, Mapping[str, Any]] = {
    "required": {"required": True},
    "unique": {"unique": True},
    "nonnegative": {"minimum": 0},
    "share": {"minimum": 0, "maximum": 1},
}


def field(column: Column) -> dict[str, Any]:
    """One declared column as a Frictionless field.

    >>> field(table("posts").column("reach"))["type"]
    'integer'
    """
    kind = "datetime" if ", " in column.dtype else "date"
    made: dict[str, Any] = {"name": column.name, "type": TYPES.get(column.dtype, kind), "title": column.label}
    notes = [f"單位：{column.unit}" if column.unit else "", column.note]
    if text := "；".join(note for note in notes if note):
        made["description"] = text
    if made["type"] == "boolean":
        made |= {"trueValues": ["True"], "falseValues": ["False"]}
    constraints: dict[str, Any] = {}
    for rule in column.rules:
        constraints |= RULES[rule]
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    return made | ({"constraints": constraints} if constraints else {})


def resource(name: str, path: str, title: str, shape: Table) -> dict[str, Any]:
    """One file of a declared table."""
    schema = {"fields": [field(column) for column in shape.columns], "primaryKey": list(shape.key)}
    return _resource(name, path, title, schema) | {"table": shape.name}


def _resource(name: str, path: str, title: str, schema: dict[str, Any]) -> dict[str, Any]:
    head = {"name": name.replace("_", "-"), "path": path, "title": title, "profile": "tabular-data-resource"}
    return {**head, "encoding": "utf-8", "format": "csv", "mediatype": "text/csv", "schema": schema}


def references() -> list[dict[str, Any]]:
    """The reference tables, from the one declaration of their columns."""
    return [
        _resource(
            f"reference_{name}", f"reference/{name}.csv", title,
            {"fields": [_reference_field(c, datasets.reference_columns()[c]) for c in datasets.reference(name).columns]},
        )
        for name, title in datasets.reference_tables().items()
    ]  # fmt: skip


def _reference_field(name: str, rule: Mapping[str, str]) -> dict[str, Any]:
    kind = TYPES[rule.get("dtype", "string")]
    return field(Column(name, "string", rule["label"])) | {"type": kind}


def realism(score: pd.DataFrame) -> dict[str, Any]:
    """The sandbox's own score on the published figures of real pages, as it is printed in the dictionary."""
    judged = score[score["inside"].notna()]
    rows = [
        {name: None if pd.isna(value) else round(float(value), 3) if isinstance(value, float) else str(value) for name, value in row.items() if name != "inside"}
        | {"inside": None if pd.isna(row["inside"]) else bool(row["inside"])}
        for row in score.to_dict("records")
    ]  # fmt: skip
    return {
        "description": "真實粉專的統計量，有幾個落在模擬粉專的 2.5–97.5 百分位之間",
        "inside": int(judged["inside"].sum()),
        "judged": len(judged),
        "figures": rows,
    }


def package(score: pd.DataFrame) -> dict[str, Any]:
    """The whole data dictionary; ``score`` is ``realism.score_against_targets()``."""
    parts = [
        resource(name, f"year/{name}.csv", part.title, table(part.table)) for name, part in year.PARTS.items()
    ]
    followers = resource(
        "account_days_half_year", "account_days.csv", "範例匯出檔期間的每日粉絲數", table("account_days")
    )
    return {
        "profile": "tabular-data-package",
        "name": "xiaobian-datasets",
        "title": "小編實驗室的範例資料",
        "description": f"{datasets.SIMULATED}：品牌、人物、留言全是虛構。參考表是有出處的外部數字。",
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}],
        "simulated": True,
        "seed": year.SEED,
        "parameters": parameters.load().version,
        "realism": realism(score),
        "resources": [*parts, followers, *references()],
    }


def text(score: pd.DataFrame) -> bytes:
    """``datapackage.json`` as it is written to disk."""
    return (json.dumps(package(score), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
