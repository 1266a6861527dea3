"""The first layer: what would break a cap is answered with 402 before anything is sent; the rest is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import AnswerError
from .. import prices, tokens
from ..capabilities import Capabilities
from ..ledger import Budget, Ledger
from ..prices import Price, Usage
from ..profiles import Profile
from .base import TASK, Layer, body_of, endpoint_of, error, with_body

CAPS = ("max_completion_tokens", "max_tokens")
GENERATES = ("chat/completions", "responses", "completions")
READS_ONLY = ("embeddings", "moderations", "responses/input_tokens")
FREE = Price("", 0.0, 0.0, 0.0, 0.0)
NO_RETRY_CODES = ("insufficient_quota", "kit_")
NO_RETRY_ENDING = "_spend_limit_exceeded"


@dataclass
class Call:
    """What the layers below need to know of a request: its row in the ledger, its price and its cap."""

    row: str
    price: Price | None
    cap: int | None
    estimated_input: int
    free: bool


class Guard(Layer):
    """Caps body, output, calls, tokens and US$; knows no key."""

    def __init__(
        self, inner: Any, profile: Profile, known: Capabilities, ledger: Ledger, budget: Budget,
        own: dict[str, Price], is_cached: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(inner)
        self.profile, self.known, self.ledger, self.budget, self.own = profile, known, ledger, budget, own
        self._is_cached = is_cached or (lambda request: False)

    def before(self, request: Any) -> Any:
        if len(request.content) > self.profile.max_body_kb * 1024:
            return error(
                413, "kit_body_too_large",
                f"要送出的內容有 {len(request.content) // 1024} KB，超過上限 {self.profile.max_body_kb} KB",
            )  # fmt: skip
        body = body_of(request)
        if request.method == "POST" and body:
            mended = self._mended(endpoint_of(request), body)
            if mended != body:
                request, body = with_body(request, mended), mended
        try:
            return self._reserve(request, body)
        except AnswerError as problem:
            return error(507, "kit_ledger", str(problem))

    def _mended(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body as this server understands it: one cap on output under its name, ``stream`` said."""
        if path not in GENERATES:
            return body
        asked = [body[name] for name in (*CAPS, "max_output_tokens") if isinstance(body.get(name), int)]
        cap = min([*asked, self.profile.max_output_tokens])
        names = {"responses": "max_output_tokens", "completions": "max_tokens"}
        name = names.get(path, self.known.token_cap)
        rest = {key: value for key, value in body.items() if key not in (*CAPS, "max_output_tokens")}
        return {**rest, name: cap, "stream": bool(body.get("stream"))}

    def _reserve(self, request: Any, body: dict[str, Any]) -> Any:
        """Set the worst case aside in the ledger and pass the request on, or refuse it."""
        path, cached = endpoint_of(request), self._is_cached(request)
        model = str(body.get("model", ""))
        text = tokens.texts({k: v for k, v in body.items() if k not in ("model", "encoding_format")})
        cap = self._cap(body)
        price, worst = self._price(request.method, path, model), Usage(tokens.reserve(text), cap or 0)
        usd = (
            None
            if price is None or (cap is None and path not in READS_ONLY and price is not FREE)
            else price.cost(worst)
        )
        total = (worst.input or 0) + (worst.output or 0) if request.method == "POST" else 0
        known = {
            "profile": self.profile.name, "engine": self.profile.engine, "host": self.profile.host,
            "endpoint": path, "task": request.headers.get(TASK, "").partition("/")[0], "model_asked": model,
            "reserved_tokens": total, "reserved_usd": usd, "price_checked_on": price.checked_on if price else "",
            "price_source": price.source if price and price is not FREE else "",
            "attempt": _attempt(request),
        }  # fmt: skip
        with self.ledger.lock:
            refusal = None if cached or request.method != "POST" else self._refusal(total, usd, model)
            if refusal is not None:
                self.ledger.open(
                    **{
                        **known,
                        "reserved_tokens": 0,
                        "reserved_usd": None,
                        "status": "refused",
                        "http_status": 402,
                    }
                )
                return refusal
            row = self.ledger.open(**known)
        request.extensions = {
            **request.extensions,
            "kit": Call(row.id, price, cap, tokens.count(text), price is FREE),
        }
        return request

    def _cap(self, body: dict[str, Any]) -> int | None:
        """Output tokens this request may cost at most, all its answers together; None when nothing limits them."""
        caps = [body[name] for name in (*CAPS, "max_output_tokens") if isinstance(body.get(name), int)]
        many = body.get("n") if isinstance(body.get("n"), int) else 1
        return min(caps) * max(many or 1, 1) if caps else None

    def _price(self, method: str, path: str, model: str) -> Price | None:
        if self.profile.billing == "none" or method != "POST":
            return FREE
        found = prices.find(self.profile.engine, model, self.own)
        return found if path in (*GENERATES, *READS_ONLY, "images/generations") else None

    def _refusal(self, total: int, usd: float | None, model: str) -> Any:
        budget, spent = self.budget, self.ledger.today(self.profile.host)
        if budget.calls is not None and spent.calls + 1 > budget.calls:
            return error(
                402,
                "kit_call_limit",
                f"今天對 {self.profile.host} 的要求已有 {spent.calls} 次，上限是 {budget.calls} 次",
            )
        if budget.tokens is not None and spent.tokens + total > budget.tokens:
            return error(
                402, "kit_budget_exceeded",
                f"這次最多要 {total:,} token，今天已用 {spent.tokens:,}，上限是 {budget.tokens:,}",
            )  # fmt: skip
        if budget.usd is None:
            return None
        if usd is None:
            return error(
                402,
                "kit_unknown_price",
                f"型號「{model}」價格未知，算不出這次最多要多少錢，守不住 US${budget.usd:g} 的上限",
            )
        if spent.usd + usd > budget.usd:
            return error(
                402, "kit_budget_exceeded",
                f"這次最多要 US${usd:.6f}，今天已用 US${spent.usd:.6f}，上限是 US${budget.usd:g}",
            )  # fmt: skip
        return None

    def after(self, request: Any, response: Any) -> Any:
        """Asking again does not help against an empty account; rate limits are worth a second try."""
        code = _code(response) if response.status_code in (402, 403, 429) else ""
        if code.startswith(NO_RETRY_CODES) or code.endswith(NO_RETRY_ENDING):
            response.headers["x-should-retry"] = "false"
        return response


def _attempt(request: Any) -> int:
    count = request.headers.get("x-stainless-retry-count", "0")
    return int(count) + 1 if count.isdigit() else 1


def _code(response: Any) -> str:
    try:
        found = response.json()["error"]
        return str(found.get("code") or found.get("type") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
