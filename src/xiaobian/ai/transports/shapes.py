"""The JSON that OpenAI's API answers with, and the same as a stream of events.

Shapes: OpenAI API reference; the least that the client's helpers accept was measured on openai 2.54 and 3.54.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Iterator
from typing import Any

MODERATION_KINDS = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent",
    "self-harm", "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence",
    "violence/graphic",
)  # fmt: skip

PIECE = 8
"""Characters in one streamed piece."""

Body = dict[str, Any]


def stamp(prefix: str, text: str) -> str:
    """An id fixed by what it stands for, so that the same request reads the same in every run.

    >>> stamp("chatcmpl", "茶") == stamp("chatcmpl", "茶")
    True
    """
    return f"{prefix}-kit{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:20]}"


def pieces(text: str) -> Iterator[str]:
    """A text in streamed pieces."""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def event(data: Body | str, name: str = "") -> bytes:
    """One server-sent event."""
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (f"event: {name}\n" if name else "").encode() + f"data: {body}\n\n".encode("utf-8", "replace")


# ── Chat Completions ──


def chat_usage(tokens_in: int, tokens_out: int) -> Body:
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


def chat(text: str, *, model: str, created: int, usage: Body, fingerprint: str, finish: str = "stop") -> Body:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    return {
        "id": stamp("chatcmpl", text), "object": "chat.completion", "created": created, "model": model,
        "choices": [choice], "usage": usage, "system_fingerprint": fingerprint,
    }  # fmt: skip


def chat_stream(whole: Body, include_usage: bool) -> Iterator[bytes]:
    """A finished chat answer as the chunks that a server would send."""
    choice = whole["choices"][0]
    common = {key: whole[key] for key in ("id", "created", "model", "system_fingerprint")}
    common["object"] = "chat.completion.chunk"

    def chunk(delta: Body, finish: str | None = None) -> bytes:
        return event({**common, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    yield chunk({"role": "assistant", "content": ""})
    for part in pieces(choice["message"]["content"]):
        yield chunk({"content": part})
    yield chunk({}, choice["finish_reason"])
    if include_usage:
        yield event({**common, "choices": [], "usage": whole["usage"]})
    yield event("[DONE]")


# ── Responses ──


def response(
    text: str, *, model: str, created: int, tokens_in: int, tokens_out: int, finish: str = "stop"
) -> Body:
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {
        "id": stamp("msg", text), "type": "message", "role": "assistant", "status": "completed",
        "content": [part],
    }  # fmt: skip
    usage = {
        "input_tokens": tokens_in, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": tokens_out, "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens_in + tokens_out,
    }  # fmt: skip
    cut = finish == "length"
    return {
        "id": stamp("resp", text), "object": "response", "created_at": created, "model": model,
        "status": "incomplete" if cut else "completed", "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": [item], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": usage,
    }  # fmt: skip


def response_stream(whole: Body) -> Iterator[bytes]:
    """A finished Responses answer as its events, each with a sequence number."""
    item, number = whole["output"][0], 0
    part = item["content"][0]
    place: Body = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    start = {**whole, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}

    def send(kind: str, **fields: Any) -> bytes:
        nonlocal number
        number += 1
        name = f"response.{kind}"
        return event({"type": name, "sequence_number": number - 1, **fields}, name)

    yield send("created", response=start)
    yield send("output_item.added", output_index=0, item={**item, "status": "in_progress", "content": []})
    yield send("content_part.added", **place, part={**part, "text": ""})
    for piece in pieces(part["text"]):
        yield send("output_text.delta", **place, delta=piece, logprobs=[])
    yield send("output_text.done", **place, text=part["text"], logprobs=[])
    yield send("content_part.done", **place, part=part)
    yield send("output_item.done", output_index=0, item=item)
    yield send("incomplete" if whole["status"] == "incomplete" else "completed", response=whole)


# ── the other endpoints ──


def embeddings(vectors: list[list[float]], *, model: str, tokens: int, as_base64: bool) -> Body:
    """vectors: one a text. With ``as_base64`` little-endian float32, as the client asks for by default."""

    def written(vector: list[float]) -> list[float] | str:
        packed = struct.pack(f"<{len(vector)}f", *vector)
        return base64.b64encode(packed).decode() if as_base64 else vector

    data = [{"object": "embedding", "index": i, "embedding": written(v)} for i, v in enumerate(vectors)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": model, "usage": usage}


def moderation(results: list[Body], *, model: str) -> Body:
    """results: what was found in each text; a kind that nobody looked for is False with score 0."""

    def whole(found: Body) -> Body:
        categories = {kind: bool(found.get("categories", {}).get(kind)) for kind in MODERATION_KINDS}
        scores = {kind: float(found.get("category_scores", {}).get(kind, 0.0)) for kind in MODERATION_KINDS}
        inputs = {kind: ["text"] if on else [] for kind, on in categories.items()}
        rest = {"categories": categories, "category_scores": scores, "category_applied_input_types": inputs}
        return {**found, "flagged": bool(found.get("flagged", any(categories.values()))), **rest}

    answers = [whole(found) for found in results]
    return {"id": stamp("modr", json.dumps(answers)), "model": model, "results": answers}


def images(pictures: list[bytes], *, created: int, size: str) -> Body:
    data = [{"b64_json": base64.b64encode(picture).decode()} for picture in pictures]
    details = {"text_tokens": 0, "image_tokens": 0}
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0, "input_tokens_details": details}
    return {"created": created, "data": data, "output_format": "png", "size": size, "usage": usage}


def models(ids: list[str], *, created: int) -> Body:
    rows = [{"id": name, "object": "model", "created": created, "owned_by": "xiaobian"} for name in ids]
    return {"object": "list", "data": rows}
