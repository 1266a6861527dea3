"""Which HTTP library the installed openai client speaks, and what every layer under the client is made of."""

from __future__ import annotations

import importlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import openai


def _library() -> Any:
    """httpx for openai 2.x, httpx2 for 3.x: the library behind the client's own default HTTP client."""
    tops = (parent.__module__.split(".")[0] for parent in openai.DefaultHttpxClient.__mro__)
    return importlib.import_module(next(top for top in tops if top in ("httpx", "httpx2")))


HX: Any = _library()

JSON = "application/json; charset=utf-8"
EVENTS = "text/event-stream; charset=utf-8"
ENGINE = "x-kit-engine"
TASK = "x-kit-task"
ROW = "x-kit-row"
CACHED = "x-kit-cached-on"


def body_of(request: Any) -> dict[str, Any]:
    """The JSON object a request carries; an empty one for a GET or an upload."""
    try:
        body = json.loads(request.content or b"{}")
    except (ValueError, UnicodeDecodeError):
        return {}
    return body if isinstance(body, dict) else {}


def endpoint_of(request: Any) -> str:
    """The path behind the version: ``chat/completions``, ``models`` …"""
    path = str(request.url.path).strip("/")
    return path.partition("v1/")[2] or path


def with_body(request: Any, body: dict[str, Any]) -> Any:
    """The same request with another JSON body."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    headers = [(k, v) for k, v in request.headers.multi_items() if k.lower() != "content-length"]
    return HX.Request(
        request.method, request.url, headers=headers, content=content, extensions=request.extensions
    )


def error(status: int, code: str, message: str, *, retry: bool = False, kind: str = "kit_error") -> Any:
    """A refusal in the form every OpenAI-compatible server uses; without ``retry`` the client asks once."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    headers = {"content-type": JSON} | ({} if retry else {"x-should-retry": "false"})
    return HX.Response(status, headers=headers, content=json.dumps(body, ensure_ascii=False).encode())


def with_headers(response: Any, headers: dict[str, str]) -> Any:
    """Add headers to a response, in place."""
    response.headers.update(headers)
    return response


@dataclass
class Chunks(HX.SyncByteStream, HX.AsyncByteStream):  # type: ignore[misc]
    """A body sent piece by piece, for both kinds of client."""

    pieces: Iterator[bytes]

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def close(self) -> None:
        if hasattr(self.pieces, "close"):
            self.pieces.close()

    async def aclose(self) -> None:
        self.close()


class Layer(HX.BaseTransport, HX.AsyncBaseTransport):  # type: ignore[misc]
    """One layer: sees a request on its way down and the response on its way up; only the last one does I/O.

    ``before`` returns the request to pass on, or a response that ends the trip here.
    """

    def __init__(self, inner: Any = None) -> None:
        self.inner = inner

    def before(self, request: Any) -> Any:
        return request

    def after(self, request: Any, response: Any) -> Any:
        return response

    def failed(self, request: Any, problem: BaseException) -> None:
        """Called when the layers below raised."""

    def handle_request(self, request: Any) -> Any:
        request.read()
        passed = self.before(request)
        if isinstance(passed, HX.Response):
            return passed
        try:
            response = self.inner.handle_request(passed)
            if response.status_code >= 400:
                response.read()
        except BaseException as problem:
            self.failed(passed, problem)
            raise
        return self.after(passed, response)

    async def handle_async_request(self, request: Any) -> Any:
        await request.aread()
        passed = self.before(request)
        if isinstance(passed, HX.Response):
            return passed
        try:
            response = await self.inner.handle_async_request(passed)
            if response.status_code >= 400:
                await response.aread()
        except BaseException as problem:
            self.failed(passed, problem)
            raise
        return self.after(passed, response)

    def close(self) -> None:
        if self.inner is not None:
            self.inner.close()

    async def aclose(self) -> None:
        if self.inner is not None:
            await self.inner.aclose()
