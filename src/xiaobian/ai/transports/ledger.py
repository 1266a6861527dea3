"""The second layer: settles what the guard set aside, with the usage the server counted, also inside a stream."""

from __future__ import annotations

from typing import Any

from .. import ledger as books
from ..prices import Usage
from . import shapes
from .base import CACHED, HX, ROW, Layer
from .guard import Call
from .meter import Meter, is_events, tapped

RUNAWAY_FACTOR, RUNAWAY_SLACK = 3, 200
"""A stream that passes the cap this far is cut: the server ignores caps (design choice)."""

_MAYBE_BILLED = (408, 500, 502, 504, 524)


class LedgerLayer(Layer):
    """Every request that passed the guard ends here as a settled row, or as one that stands."""

    def __init__(self, inner: Any, ledger: books.Ledger) -> None:
        super().__init__(inner)
        self.ledger = ledger

    def failed(self, request: Any, problem: BaseException) -> None:
        """Not sent: free. Sent without an answer: nobody knows, the sum set aside stands."""
        call: Call = request.extensions["kit"]
        unsent = isinstance(
            problem, HX.ConnectError | HX.ConnectTimeout | HX.PoolTimeout | HX.UnsupportedProtocol
        )
        status = "failed" if unsent or call.free else "unsettled"
        self.ledger.settle(call.row, status=status, cost_usd=_nothing(call) if status == "failed" else None)

    def after(self, request: Any, response: Any) -> Any:
        call: Call = request.extensions["kit"]
        response.headers[ROW] = call.row
        status = response.status_code
        if CACHED in response.headers:
            model = _model(response)
            self.ledger.settle(
                call.row, status="cached", cost_usd=0.0, http_status=status, model_answered=model
            )
            return response
        if status >= 400:
            maybe = status in _MAYBE_BILLED and not call.free
            self.ledger.settle(
                call.row, status="unsettled" if maybe else "failed", http_status=status,
                cost_usd=None if maybe else _nothing(call),
            )  # fmt: skip
            return response
        return self._metered(call, response)

    def _metered(self, call: Call, response: Any) -> Any:
        meter = Meter(is_events(response))
        limit = None if call.cap is None else RUNAWAY_FACTOR * call.cap + RUNAWAY_SLACK

        def feed(piece: bytes) -> bytes | None:
            meter.feed(piece)
            if limit is None or not meter.events or meter.output <= limit:
                return None
            return shapes.event({"error": {
                "message": f"伺服器沒有理會 {call.cap} token 的上限，已在約 {meter.output:.0f} token 處停止",
                "type": "kit_error", "param": None, "code": "kit_runaway",
            }})  # fmt: skip

        def ended(complete: bool) -> None:
            if complete:
                meter.finish()
            self._settle(call, meter, response.status_code, complete)

        return tapped(response, feed, ended)

    def _settle(self, call: Call, meter: Meter, status: int, complete: bool) -> None:
        known: dict[str, Any] = {"http_status": status, "model_answered": meter.model}
        if meter.failed or not (complete or meter.ended):
            broken = "aborted" if not meter.failed else "unsettled"
            html = meter.failed and complete and not meter.events
            self.ledger.settle(call.row, status="failed" if html else broken, **known)
            return
        real = meter.usage is not None and meter.usage.output is not None
        usage = meter.usage if real and meter.usage else Usage(call.estimated_input, round(meter.output))
        engine = self.ledger.row(call.row).engine
        self.ledger.settle(
            call.row, status="ok", input_tokens=usage.input, output_tokens=usage.output,
            cached_tokens=usage.cached, reasoning_tokens=usage.reasoning,
            tokens_are="real" if real and engine != "offline" else "estimated",
            cost_usd=call.price.cost(usage) if call.price else None, **known,
        )  # fmt: skip


def _nothing(call: Call) -> float | None:
    """The cost of a request that was not answered: 0 where the price is known, else unknown."""
    return 0.0 if call.price else None


def _model(response: Any) -> str:
    meter = Meter(is_events(response))
    try:
        meter.feed(response.content)
        meter.finish()
    except HX.StreamError:
        return ""
    return meter.model
