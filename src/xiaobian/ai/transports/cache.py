"""The third layer: an answer that is on disk is not asked for again; streams are replayed as streams."""

from __future__ import annotations

from typing import Any

from ..recorded import Entry, Recordings, key
from .base import CACHED, ENGINE, HX, Chunks, Layer, body_of, endpoint_of, error
from .meter import Meter, is_events, tapped

SAMPLES = ("chat/completions", "responses")
FIXED = ("embeddings", "moderations")
RECORDED_STATUS = (200, 400, 404, 422, 500, 501)


class Cache(Layer):
    """``everything``: also what is drawn by chance (recording). ``only``: what is not on disk is refused."""

    def __init__(
        self, inner: Any, store: Recordings, *, everything: bool = False, only: bool = False
    ) -> None:
        super().__init__(inner)
        self.store, self.everything, self.only = store, everything or only, only

    def has(self, request: Any) -> bool:
        """Whether this request would be answered from disk."""
        return self._fits(request) and self.store.get(_name(request)) is not None

    def _fits(self, request: Any) -> bool:
        path = endpoint_of(request)
        if self.everything:
            return request.method == "GET" or bool(body_of(request))
        if request.method != "POST":
            return False
        return path in FIXED or (path in SAMPLES and body_of(request).get("temperature") == 0)

    def before(self, request: Any) -> Any:
        entry = self.store.get(_name(request)) if self._fits(request) else None
        if entry is not None:
            return _replayed(entry, "recorded" if self.only else "")
        if not self.only:
            return request
        first, last = self.store.days()
        return error(
            404, "kit_not_recorded",
            f"錄製檔 {self.store.file.name} 裡沒有這個問題的回答（錄於 {first}–{last}，共 {len(self.store)} 則）",
        )  # fmt: skip

    def after(self, request: Any, response: Any) -> Any:
        wanted = RECORDED_STATUS if self.everything else (200,)
        if not self._fits(request) or response.status_code not in wanted:
            return response
        meter, body = Meter(is_events(response)), bytearray()

        def feed(piece: bytes) -> None:
            body.extend(piece)
            meter.feed(piece)

        def ended(complete: bool) -> None:
            if complete:
                meter.finish()
            answered = response.status_code >= 400 or (meter.is_answer and not meter.failed)
            if answered and (complete or _is_over(bytes(body))):
                kind = response.headers.get("content-type", "")
                self.store.add(
                    _name(request), endpoint_of(request), meter.model, response.status_code, kind, bytes(body)
                )

        return tapped(response, feed, ended)


def _is_over(body: bytes) -> bool:
    """Whether a stream had said its last word, though the client read no further."""
    return b"data: [DONE]" in body[-64:] or b'"type":"response.completed"' in body


def _name(request: Any) -> str:
    return key(request.method, str(request.url), body_of(request))


def _replayed(entry: Entry, engine: str) -> Any:
    content = entry.content()
    headers = {"content-type": entry.content_type, CACHED: entry.recorded_on, "x-should-retry": "false"}
    if engine:
        headers[ENGINE] = engine
    if "text/event-stream" not in entry.content_type:
        return HX.Response(entry.status, headers=headers, content=content)
    events = (part + b"\n\n" for part in content.replace(b"\r\n", b"\n").split(b"\n\n") if part.strip())
    return HX.Response(entry.status, headers=headers, stream=Chunks(events))
