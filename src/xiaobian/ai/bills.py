"""What requests would cost at the price card, before any is sent; an unknown price stays unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..analytics.result import Result
from ..errors import TableError
from . import prices
from .prices import Price, Usage
from .result import UNKNOWN_PRICE

CONFIDENCE = {"H": "高", "M": "中", "L": "低"}


@dataclass(frozen=True, repr=False)
class Bill(Result):
    """What ``bill()`` found.

    input_tokens, output_tokens: of all requests; thinking is in the output. usd, twd: None = unknown. price: None =
    nobody knows. rate: NT$ a US$, as the learner gave it.
    """

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    price: Price | None
    rate: float | None = None
    estimated: bool = True
    notes: tuple[str, ...] = ()

    @property
    def twd(self) -> float | None:
        return None if self.usd is None or self.rate is None else self.usd * self.rate

    @property
    def money(self) -> str:
        """The sum in the learner's currency, else US$, else that it is unknown."""
        if self.usd is None:
            return UNKNOWN_PRICE
        return f"US${_digits(self.usd)}" if self.twd is None else f"NT${_digits(self.twd)}"

    def say(self) -> str:
        """Requests, tokens, money, and where the price comes from."""
        guess = "（估計）" if self.estimated else ""
        head = f"{self.requests:,} 次要求，讀 {self.input_tokens:,}、寫 {self.output_tokens:,} token{guess}"
        if self.price is None or self.usd is None:
            return f"{head}；{self.model} {UNKNOWN_PRICE}，不是 0。"
        sure = CONFIDENCE.get(self.price.confidence, "")
        card = f"{self.price.checked_on} 查的" + (f"，可信度{sure}" if sure else "")
        rate = "" if self.rate is None else f"（1 美元算 {self.rate:g} 元，你填的）"
        return f"{head}；照 {self.model} 的價目（{card}）約 {self.money}{rate}。"


def _digits(amount: float) -> str:
    """Two decimals, more for small sums, so that a small cost is not shown as none.

    >>> _digits(12.3456), _digits(0.00312), _digits(0)
    ('12.35', '0.0031', '0')
    """
    if amount == 0:
        return "0"
    return f"{amount:,.{2 if amount >= 1 else 1 - math.floor(math.log10(amount))}f}"


def bill(
    usage: Mapping[str, Any], model: str, requests: int = 1, *, engine: str = "openai", thinking: int = 0,
    rate: float | None = None, own: Mapping[str, Any] | None = None,
) -> Bill:  # fmt: skip
    """What this many requests would cost.

    usage: of one request, as in ``Result.usage``. engine: whose price card. thinking: tokens a model that reasons first
    spends on each answer; they are paid as output. rate: NT$ a US$. own: prices the learner looked up, as in ``connect()``.

    Raises TableError for a rate or a number of requests that makes no sense.

    >>> bill({"input_tokens": 400, "output_tokens": 200}, "my-model").money
    '價格未知'
    >>> bill({"input_tokens": 400, "output_tokens": 200}, "m", 10, own={"m": (1, 5)}, rate=30).money
    'NT$0.42'
    """
    if requests < 0 or thinking < 0 or (rate is not None and not 0 < rate < math.inf):
        raise TableError(
            "次數要 0 以上，匯率要大於 0",
            where="bill",
            next_step="例如 bill(result.usage, model, 25, rate=32)",
        )
    reads, writes = int(usage["input_tokens"]), int(usage["output_tokens"]) + thinking
    price = prices.find(engine, model, prices.own(own, "你填的日期"))
    one = None if price is None else price.cost(Usage(reads, writes))
    return Bill(
        model, requests, reads * requests, writes * requests, None if one is None else one * requests, price, rate,
        usage.get("tokens_are") != "real",
    )  # fmt: skip


def month(usage: Mapping[str, Any], model: str, pieces: int, each: int, **given: Any) -> Bill:
    """What so many pieces a month would cost when every request brings ``each`` of them; the rest as in ``bill()``.

    >>> month({"input_tokens": 400, "output_tokens": 200}, "my-model", 200, 8).requests
    25
    """
    if each < 1:
        raise TableError("一次至少要一件", where="month", next_step="例如 month(result.usage, model, 200, 8)")
    return bill(usage, model, -(-pieces // each), **given)
