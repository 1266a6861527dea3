"""Reads an answer as it passes, whole or in events: usage, model, text, and whether it came to its end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from .. import tokens
from ..prices import Usage
from .base import HX, Chunks

_LAST_EVENTS = ("response.completed", "response.incomplete", "response.failed")
_MAX_BYTES = 64_000_000


class Meter:
    """Fed with the bytes of one answer; broken UTF-8 and lines that are no JSON are passed over."""

    def __init__(self, events: bool) -> None:
        self.events = events
        self.usage: Usage | None = None
        self.model = ""
        self.output = 0.0
        self.ended = False
        self.failed = False
        self.is_answer = False
        self._rest = b""
        self._text = ""

    def feed(self, piece: bytes) -> None:
        self._rest += piece if len(self._rest) < _MAX_BYTES else b""
        if self.events:
            *lines, self._rest = self._rest.replace(b"\r\n", b"\n").split(b"\n")
            for line in lines:
                self._line(line.decode("utf-8", "replace"))

    def finish(self) -> None:
        """The body is complete."""
        if self.events:
            self._line(self._rest.decode("utf-8", "replace"))
            return
        try:
            self._object(json.loads(self._rest.decode("utf-8", "replace")))
            self.ended = True
        except ValueError:
            self.failed = True

    def _line(self, line: str) -> None:
        if not line.startswith("data:"):
            return
        said = line[5:].strip()
        if said == "[DONE]":
            self.ended = True
            return
        try:
            self._object(json.loads(said))
        except ValueError:
            return

    def _object(self, found: Any) -> None:
        if not isinstance(found, dict):
            return
        if found.get("error"):
            self.failed = True
            return
        self.is_answer = True
        inner = found.get("response")
        whole = inner if isinstance(inner, dict) else found
        self.model = str(whole.get("model") or self.model)
        self.usage = Usage.read(whole.get("usage")) or self.usage
        self.ended |= found.get("type") in _LAST_EVENTS
        for choice in found.get("choices") or []:
            if isinstance(choice, dict):
                self.ended |= bool(choice.get("finish_reason"))
                self._say(choice.get("delta") or choice.get("message"))
        if found.get("type") == "response.output_text.delta":
            self._add(str(found.get("delta", "")))
        elif not self.events:
            self._add(tokens.texts(found.get("output")))

    def _say(self, message: Any) -> None:
        if isinstance(message, dict):
            for name in ("content", "reasoning_content", "reasoning", "refusal"):
                self._add(tokens.texts(message.get(name)))

    def _add(self, text: str) -> None:
        self.output += tokens.estimate(text)


class Tapped(HX.SyncByteStream, HX.AsyncByteStream):  # type: ignore[misc]
    """A body on its way up. ``feed`` may end it by returning the last bytes; ``ended`` is called once.

    ``ended(True)``: read to its end; ``ended(False)``: the reader stopped or the line broke.
    """

    def __init__(
        self, inner: Any, feed: Callable[[bytes], bytes | None], ended: Callable[[bool], None]
    ) -> None:
        self._inner, self._feed, self._ended = inner, feed, ended
        self._over = False

    def _end(self, complete: bool) -> None:
        if not self._over:
            self._over = True
            self._ended(complete)

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._inner:
                last = self._feed(piece)
                yield piece if last is None else last
                if last is not None:
                    return
            self._end(True)
        finally:
            self._end(False)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._inner:
                last = self._feed(piece)
                yield piece if last is None else last
                if last is not None:
                    return
            self._end(True)
        finally:
            self._end(False)

    def close(self) -> None:
        self._end(False)
        self._inner.close()

    async def aclose(self) -> None:
        self._end(False)
        await self._inner.aclose()


def tapped(response: Any, feed: Callable[[bytes], bytes | None], ended: Callable[[bool], None]) -> Any:
    """The response with its body tapped."""
    inner = Chunks(iter([response.content])) if response.is_stream_consumed else response.stream
    stream = Tapped(inner, feed, ended)
    return HX.Response(
        response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
    )


def is_events(response: Any) -> bool:
    """Whether a response is a stream of events."""
    return "text/event-stream" in response.headers.get("content-type", "")
