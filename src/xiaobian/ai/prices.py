"""What a model costs: the learner's own figure, then the kit's table, then unknown. Unknown is None, never 0."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import datasets
from ..errors import TableError

MILLION = 1_000_000
_DATED = re.compile(r"-20\d\d-?\d\d-?\d\d$")


@dataclass(frozen=True)
class Price:
    """US$ a million tokens of one model; None where a class of tokens has no known price.

    long_from: prompts with more tokens cost ``long_input_factor`` and ``long_output_factor`` times as much.
    """

    model: str
    input: float
    output: float
    cached_input: float | None = None
    image_input: float | None = None
    long_from: int | None = None
    long_input_factor: float = 1.0
    long_output_factor: float = 1.0
    checked_on: str = ""
    source: str = "學習者自訂"
    confidence: str = ""

    def cost(self, usage: Usage) -> float | None:
        """US$ of one call; None when it used a kind of token that has no known price."""
        if usage.input is None or usage.output is None:
            return None
        if usage.image and self.image_input is None:
            return None
        long = self.long_from is not None and usage.input > self.long_from
        into, out = (self.long_input_factor, self.long_output_factor) if long else (1.0, 1.0)
        cached = min(usage.cached, usage.input) if self.cached_input is not None else 0
        image = min(usage.image, usage.input - cached)
        text = usage.input - cached - image
        paid = into * (
            text * self.input + cached * (self.cached_input or 0.0) + image * (self.image_input or 0.0)
        )
        return (paid + out * usage.output * self.output) / MILLION


@dataclass(frozen=True)
class Usage:
    """Tokens of one call as the server counted them; None = it did not say. Reasoning is a part of ``output``."""

    input: int | None = None
    output: int | None = None
    cached: int = 0
    reasoning: int = 0
    image: int = 0

    @classmethod
    def read(cls, found: Any) -> Usage | None:
        """From the ``usage`` of a chat, responses, embeddings or images answer; None when there is none."""
        if not isinstance(found, dict):
            return None
        into = _number(found.get("prompt_tokens", found.get("input_tokens")))
        if into is None:
            return None
        out = _number(found.get("completion_tokens", found.get("output_tokens")))
        if out is None:
            total = _number(found.get("total_tokens"))
            out = max(total - into, 0) if total is not None else None
        inside = found.get("prompt_tokens_details") or found.get("input_tokens_details") or {}
        outside = found.get("completion_tokens_details") or found.get("output_tokens_details") or {}
        return cls(
            into, out, _number(_get(inside, "cached_tokens")) or 0,
            _number(_get(outside, "reasoning_tokens")) or 0, _number(_get(inside, "image_tokens")) or 0,
        )  # fmt: skip


def _get(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, dict) else None


def _number(value: Any) -> int | None:
    fits = (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    )
    return int(value) if fits else None


@cache
def _table() -> dict[tuple[str, str], Price]:
    """The kit's table by provider and model."""
    found = {}
    with open(datasets.path("reference/ai_prices.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = {k: float(v) for k, v in row.items() if k in _FIELDS and v}
            fields: dict[str, Any] = {_FIELDS[k]: v for k, v in known.items()}
            fields |= {k: row[k] for k in ("model", "checked_on", "source", "confidence")}
            found[row["provider"], row["model"]] = Price(**fields)
    return found


_FIELDS = {
    "input_usd": "input", "cached_input_usd": "cached_input", "output_usd": "output",
    "image_input_usd": "image_input", "long_from": "long_from", "long_input_factor": "long_input_factor",
    "long_output_factor": "long_output_factor",
}  # fmt: skip


def find(engine: str, model: str, own: Mapping[str, Price] | None = None) -> Price | None:
    """The price of a model at a service; None when nobody knows. A dated snapshot costs what its family costs.

    >>> find("openai", "gpt-6-luna").output
    0.5
    >>> find("custom", "gpt-6-luna") is None
    True
    """
    for name in (model, _DATED.sub("", model)):
        if own and name in own:
            return own[name]
        if (engine, name) in _table():
            return _table()[engine, name]
    return None


def own(prices: Mapping[str, Any] | None, checked_on: str) -> dict[str, Price]:
    """The learner's own prices: ``{"model": (input, output)}`` in US$ a million tokens, or ``Price`` objects.

    checked_on: the day they were looked up. Raises TableError for something else, or a price below 0.
    """
    found: dict[str, Price] = {}
    for model, price in (prices or {}).items():
        try:
            into, out = (price.input, price.output) if isinstance(price, Price) else map(float, price)
            made = price if isinstance(price, Price) else Price(model, into, out, checked_on=checked_on)
        except (TypeError, ValueError):
            made = None
        if made is None or not (0 <= made.input < math.inf and 0 <= made.output < math.inf):
            raise TableError(
                f"讀不懂 {model} 的價格",
                next_step='請寫成 {"型號": (輸入價, 輸出價)}，單位是每百萬 token 的美元，例如 {"my-model": (0.1, 0.5)}',
            )
        found[model] = made
    return found
