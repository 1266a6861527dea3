"""Stand-ins for AI services: a transport that plays a script of faults, and small servers on this computer."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from xiaobian.ai.transports.base import HX

KEY = "sk-" + "proj-" + "A1b2" * 10


def chat_body(text, model="m", usage=True, finish="stop"):
    message = {"role": "assistant", "content": text}
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": model}
    body["choices"] = [{"index": 0, "message": message, "finish_reason": finish}]
    if usage:
        body["usage"] = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    return body


def chunk(text, finish=None, model="m"):
    delta = {"content": text} if text is not None else {}
    body = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": model}
    body["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return sse(body)


def usage_chunk(into=7, out=5, model="m"):
    usage = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}
    return sse(
        {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": model,
            "choices": [],
            "usage": usage,
        }
    )


def sse(body):
    return f"data: {body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)}\n\n".encode()


def error_body(code, message="沒有", kind="invalid_request_error"):
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


class Pieces(HX.SyncByteStream, HX.AsyncByteStream):
    """A body in pieces; an exception among them is raised. ``sent`` counts the pieces taken."""

    def __init__(self, *pieces):
        self.pieces, self.sent, self.closed = pieces, 0, False

    def _next(self):
        for piece in self.pieces:
            self.sent += 1
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    def __iter__(self):
        yield from self._next()

    async def __aiter__(self):
        for piece in self._next():
            yield piece

    def close(self):
        self.closed = True

    async def aclose(self):
        self.closed = True


def reply(body, status=200, headers=None, stream=False):
    """A response: a dict as JSON, bytes or text as they are, Pieces as a stream."""
    kind = {"content-type": "text/event-stream" if isinstance(body, Pieces) else "application/json"}
    headers = {**kind, **(headers or {})}
    if isinstance(body, Pieces):
        return HX.Response(status, headers=headers, stream=body)
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return HX.Response(status, headers=headers, content=content)


class Fake(HX.BaseTransport, HX.AsyncBaseTransport):
    """Plays a script, one entry a request; the last one stays. An entry: response maker, exception, or function."""

    def __init__(self, *script):
        self.script, self.requests = list(script), []

    def _answer(self, request):
        self.requests.append(request)
        entry = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(entry) and not isinstance(entry, type):
            entry = entry(request)
        if isinstance(entry, BaseException):
            raise entry
        return entry

    def handle_request(self, request):
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request):
        await request.aread()
        return self._answer(request)

    @property
    def bodies(self):
        return [json.loads(request.content or b"{}") for request in self.requests]


class Server(BaseHTTPRequestHandler):
    """A small OpenAI-compatible server; subclasses change what it is bad at."""

    protocol_version = "HTTP/1.1"
    model = "loaded-model"
    key = ""
    seen: list

    def log_message(self, *_):
        pass

    def send(self, status, body, kind="application/json"):
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.seen.append((self.path, dict(self.headers), {}))
        if self.path == "/v1/models":
            rows = [{"id": self.model, "object": "model", "created": 1, "owned_by": "x"}]
            return self.send(200, {"object": "list", "data": rows})
        return self.send(404, error_body("not_found"))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.seen.append((self.path, dict(self.headers), body))
        if self.key and self.headers.get("authorization") != f"Bearer {self.key}":
            return self.send(
                401, error_body("invalid_api_key", f"Invalid API Key {self.key[:8]}****{self.key[-4:]}")
            )
        route = {
            "/v1/chat/completions": self.chat,
            "/v1/embeddings": self.embeddings,
            "/v1/responses": self.respond,
        }
        return route.get(self.path, self.missing)(body)

    def missing(self, body):
        self.send(404, error_body("not_found"))

    respond = missing

    def words(self, body):
        """What the model says."""
        form = body.get("response_format") or {}
        if form.get("type") == "json_schema":
            return json.dumps(example(form["json_schema"]["schema"]), ensure_ascii=False)
        return "本地模型的回答"

    def chat(self, body):
        text = self.words(body)
        if body.get("stream"):
            parts = [chunk(piece, model=self.model) for piece in (text[:3], text[3:])]
            parts += [chunk(None, "stop", model=self.model)]
            if (body.get("stream_options") or {}).get("include_usage"):
                parts.append(usage_chunk(model=self.model))
            return self.send(200, b"".join([*parts, sse("[DONE]")]), "text/event-stream")
        return self.send(200, chat_body(text, self.model))

    def embeddings(self, body):
        rows = [
            {"object": "embedding", "index": i, "embedding": [0.1, 0.2]} for i, _ in enumerate(body["input"])
        ]
        self.send(
            200,
            {
                "object": "list",
                "data": rows,
                "model": self.model,
                "usage": {"prompt_tokens": 3, "total_tokens": 3},
            },
        )


def example(schema):
    """Any value that a schema allows, as a grammar would force it."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0])
    kind = schema.get("type")
    if kind == "object":
        return {name: example(part) for name, part in schema["properties"].items()}
    if kind == "array":
        return [example(schema["items"])] * max(schema.get("minItems", 1), 1)
    return {
        "string": "茶"[: schema.get("maxLength", 1)],
        "integer": schema.get("minimum", 1),
        "number": 1.0,
        "boolean": True,
    }.get(kind)


@contextmanager
def serving(handler):
    """Run a server on 127.0.0.1; gives its base URL and the list of what it was asked."""
    seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (handler,), {"seen": seen}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
