"""The rules engine behind the real client: answers each endpoint in OpenAI's shapes, calls nobody."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from ...errors import KitError, NotFound
from .. import offline, tokens
from . import shapes
from .base import ENGINE, EVENTS, HX, JSON, TASK, Chunks, Layer, body_of, endpoint_of, error

FINGERPRINT = "kit-offline-1"
CREATED = 1767225600
"""2026-01-01 00:00 UTC: answers carry no clock, so that a notebook reads the same in every run."""

BLOCK_OPENS, BLOCK_CLOSES = "<<<KIT-INPUT", "KIT-INPUT>>>"

Body = dict[str, Any]


class Offline(Layer):
    """The last layer of the offline profile."""

    def handle_request(self, request: Any) -> Any:
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: Any) -> Any:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: Any) -> Any:
        path = endpoint_of(request)
        route = _ROUTES.get((request.method, path))
        if route is None and path.startswith("models/") and request.method == "GET":
            route = _model
        if route is None:
            return _labelled(_unsupported(f"離線規則引擎沒有 /{path} 這個功能"))
        try:
            return _labelled(route(request))
        except NotFound as problem:
            return _labelled(_unsupported(str(problem)))
        except KitError as problem:
            return _labelled(error(400, "offline_bad_input", str(problem), kind="invalid_request_error"))


def _labelled(response: Any) -> Any:
    response.headers[ENGINE] = "offline"
    response.headers.setdefault("x-request-id", "req-kit-offline")
    return response


def _unsupported(message: str) -> Any:
    return error(501, "offline_unsupported", message, kind="invalid_request_error")


def _json(body: Body) -> Any:
    return HX.Response(
        200, headers={"content-type": JSON}, content=json.dumps(body, ensure_ascii=False).encode()
    )


def _events(pieces: Iterator[bytes]) -> Any:
    return HX.Response(200, headers={"content-type": EVENTS}, stream=Chunks(pieces))


# ── text ──


def payload_of(messages: list[Body]) -> Body | None:
    """The inputs of a task: the one JSON line between the marks in the last user message; None if there is none.

    >>> payload_of([{"role": "user", "content": '<<<KIT-INPUT\\n{"n":3}\\nKIT-INPUT>>>'}])
    {'n': 3}
    """
    said = [tokens.texts(m.get("content")) for m in messages if m.get("role") == "user"]
    lines = said[-1].split("\n") if said else []
    for opens, line, closes in zip(lines, lines[1:], lines[2:], strict=False):
        if (opens, closes) == (BLOCK_OPENS, BLOCK_CLOSES):
            found = json.loads(line)
            return found if isinstance(found, dict) else None
    return None


def _text(request: Any, messages: list[Body], schema: Body | None, any_object: bool) -> str:
    """What the rules answer to a task (header and marked inputs) or to a free prompt."""
    task = request.headers.get(TASK, "").partition("/")[0]
    payload = payload_of(messages) if task else None
    if payload is None:
        task, payload = "", {"messages": messages}
    text = offline.answer(task, payload, schema)
    if not (schema or any_object) or _is_object(text):
        return text
    if schema:
        raise NotFound("離線規則引擎只會填課程任務的格式，不會照任意的 schema 生成")
    return json.dumps({"answer": text}, ensure_ascii=False)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _capped(text: str, cap: int | None) -> tuple[str, str]:
    """The text within the cap on output tokens, and why it ended."""
    if cap is None or tokens.count(text) <= cap:
        return text, "stop"
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens.count(text[:middle]) <= cap else (low, middle - 1)
    return text[:low], "length"


def _chat(request: Any) -> Any:
    body = body_of(request)
    form = body.get("response_format") or {}
    schema = (form.get("json_schema") or {}).get("schema") if form.get("type") == "json_schema" else None
    messages = body.get("messages") or []
    said = _text(request, messages, schema, form.get("type") == "json_object")
    text, finish = _capped(said, body.get("max_completion_tokens") or body.get("max_tokens"))
    usage = shapes.chat_usage(tokens.count(tokens.texts(messages)), tokens.count(text))
    whole = shapes.chat(
        text, model=offline.MODEL, created=CREATED, usage=usage, fingerprint=FINGERPRINT, finish=finish
    )
    if not body.get("stream"):
        return _json(whole)
    return _events(shapes.chat_stream(whole, bool((body.get("stream_options") or {}).get("include_usage"))))


def _responses(request: Any) -> Any:
    body = body_of(request)
    given = body.get("input") or ""
    messages = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
    if body.get("instructions"):
        messages = [{"role": "system", "content": body["instructions"]}, *messages]
    form = (body.get("text") or {}).get("format") or {}
    schema = form.get("schema") if form.get("type") == "json_schema" else None
    said = _text(request, messages, schema, form.get("type") == "json_object")
    text, finish = _capped(said, body.get("max_output_tokens"))
    whole = shapes.response(
        text, model=offline.MODEL, created=CREATED, tokens_in=tokens.count(tokens.texts(messages)),
        tokens_out=tokens.count(text), finish=finish,
    )  # fmt: skip
    return _events(shapes.response_stream(whole)) if body.get("stream") else _json(whole)


# ── the rest ──


def _inputs(body: Body) -> list[str]:
    """The texts of an embeddings or moderations request; raises KitError when there is none."""
    given = body.get("input")
    found = [given] if isinstance(given, str) else [tokens.texts(_said(part)) for part in given or []]
    if not found:
        raise KitError("input 是空的", next_step="請給一段文字，或一串文字")
    return found


def _said(part: Any) -> Any:
    return part.get("text", "") if isinstance(part, dict) else part


def _embeddings(request: Any) -> Any:
    body = body_of(request)
    given = _inputs(body)
    vectors = offline.embed(given)
    total = sum(map(tokens.count, given))
    as_base64 = body.get("encoding_format") == "base64"
    return _json(shapes.embeddings(vectors, model=offline.EMBED_MODEL, tokens=total, as_base64=as_base64))


def _moderations(request: Any) -> Any:
    return _json(shapes.moderation(offline.moderate(_inputs(body_of(request))), model=offline.MODEL))


def _images(request: Any) -> Any:
    body = body_of(request)
    size = body.get("size") or "1024x1024"
    size = "1024x1024" if size == "auto" else size
    number = max(1, min(4, math.floor(body.get("n") or 1)))
    pictures = [offline.image(str(body.get("prompt", "")), size)] * number
    return _json(shapes.images(pictures, created=CREATED, size=size))


def _models(request: Any) -> Any:
    return _json(shapes.models(offline.models(), created=CREATED))


def _model(request: Any) -> Any:
    name = endpoint_of(request).partition("/")[2]
    if name not in offline.models():
        return error(
            404, "model_not_found", f"離線規則引擎沒有 {name} 這個模型", kind="invalid_request_error"
        )
    return _json(shapes.models([name], created=CREATED)["data"][0])


_ROUTES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("POST", "chat/completions"): _chat,
    ("POST", "responses"): _responses,
    ("POST", "embeddings"): _embeddings,
    ("POST", "moderations"): _moderations,
    ("POST", "images/generations"): _images,
    ("GET", "models"): _models,
}
