"""The layer that really sends: adds the key to requests for the hosts it may go to, and keeps it out of errors."""

from __future__ import annotations

import asyncio
import os
import urllib.request
from collections.abc import AsyncIterator, Iterator
from typing import Any

from ..safety.keys import Secret, scrub
from .base import HX, Layer, error

_NOISY = (HX.TransportError, KeyboardInterrupt, asyncio.CancelledError)
"""What passes through frames that hold the request with its key; raised anew from here."""

_OWN = ("openai-organization", "openai-project")


class Web(Layer):
    """Sends over HTTP with the client's time limits. ``listed``: hosts an OpenAI key may go to."""

    def __init__(
        self, secret: Secret | None, base_url: str, listed: tuple[str, ...], inner: Any = None
    ) -> None:
        super().__init__(inner)
        self._secret, self._host, self._listed = secret, HX.URL(base_url).netloc.decode(), listed
        self._doors: dict[str, Any] = {}
        lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
        self._private = {*_OWN, *(line.partition(":")[0].strip().lower() for line in lines)}

    def handle_request(self, request: Any) -> Any:
        request.read()
        if refusal := self._refusal(request):
            return refusal
        problem: BaseException
        try:
            return self._plain(self._door("sync").handle_request(self._signed(request)))
        except _NOISY as caught:
            problem = _clean(caught)
        raise problem

    async def handle_async_request(self, request: Any) -> Any:
        await request.aread()
        if refusal := self._refusal(request):
            return refusal
        problem: BaseException
        try:
            return self._plain(await self._door("async").handle_async_request(self._signed(request)))
        except _NOISY as caught:
            problem = _clean(caught)
        raise problem

    def _refusal(self, request: Any) -> Any:
        name = request.url.host.lower()
        if request.url.netloc.decode() != self._host:
            return error(403, "kit_other_host", f"這次連線只准連到 {self._host}，擋下了要送到 {name} 的要求")
        given = request.headers.get("authorization", "").removeprefix("Bearer ").startswith("sk-")
        if (given or (self._secret and self._secret.is_openai)) and name not in self._listed:
            return error(403, "kit_key_host", f"sk- 開頭的金鑰不會送到 {name}")
        return None

    def _signed(self, request: Any) -> Any:
        """The request as it is sent: with the key, without what only OpenAI should know."""
        headers = [
            (k, v) for k, v in request.headers.multi_items()
            if k.lower() not in ("authorization", "accept-encoding")
            and not (k.lower() in self._private and request.url.host.lower() not in self._listed)
        ]  # fmt: skip
        headers.append(("accept-encoding", "identity"))
        own = request.headers.get("authorization", "")
        if self._secret:
            headers.append(("authorization", f"Bearer {self._secret.reveal()}"))
        elif own and own != f"Bearer {PLACEHOLDER}":
            headers.append(("authorization", own))
        known = {name: value for name, value in request.extensions.items() if name != "kit"}
        return HX.Request(
            request.method, request.url, headers=headers, content=request.content, extensions=known
        )

    def _door(self, kind: str) -> Any:
        if self.inner is not None:
            return self.inner
        if kind not in self._doors:
            make = HX.HTTPTransport if kind == "sync" else HX.AsyncHTTPTransport
            proxy = _proxy(self._host)
            self._doors[kind] = make(proxy=proxy) if proxy else make()
        return self._doors[kind]

    def _plain(self, response: Any) -> Any:
        """The response with its body decoded and its stream's errors cleaned."""
        coded = response.headers.get("content-encoding", "identity") != "identity"
        headers = [
            (k, v) for k, v in response.headers.multi_items()
            if not (coded and k.lower() in ("content-encoding", "content-length"))
        ]  # fmt: skip
        stream = _Plain(response, coded)
        return HX.Response(
            response.status_code, headers=headers, stream=stream, extensions=response.extensions
        )

    def close(self) -> None:
        if door := self._doors.pop("sync", None):
            door.close()

    async def aclose(self) -> None:
        if door := self._doors.pop("async", None):
            await door.aclose()


PLACEHOLDER = "kept-by-the-kit"
"""What the client holds instead of the key."""


class _Plain(HX.SyncByteStream, HX.AsyncByteStream):  # type: ignore[misc]
    """A response's body, decoded when it is coded; errors carry no request with a key in it."""

    def __init__(self, response: Any, coded: bool) -> None:
        self._response, self._coded = response, coded

    def __iter__(self) -> Iterator[bytes]:
        problem: BaseException
        try:
            yield from self._response.iter_bytes() if self._coded else self._response.stream
            return
        except _NOISY as caught:
            problem = _clean(caught)
        raise problem

    async def __aiter__(self) -> AsyncIterator[bytes]:
        problem: BaseException
        try:
            async for piece in self._response.aiter_bytes() if self._coded else self._response.stream:
                yield piece
            return
        except _NOISY as caught:
            problem = _clean(caught)
        raise problem

    def close(self) -> None:
        self._response.stream.close()

    async def aclose(self) -> None:
        await self._response.stream.aclose()


def _clean(problem: BaseException) -> BaseException:
    """The same kind of error, new: no frame of it ever held the key."""
    kind = type(problem)
    return kind(scrub(str(problem)) or kind.__name__) if isinstance(problem, Exception) else kind()


def _proxy(host: str) -> str | None:
    """The proxy that this computer is set to use for a host; none for an address of the own network."""
    from ..profiles import is_nearby

    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if is_nearby(name.strip("[]")) or urllib.request.proxy_bypass(name):
        return None
    found = urllib.request.getproxies().get("https")
    return found if found and found.startswith(("http://", "https://")) else None
