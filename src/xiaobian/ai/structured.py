"""A validated object from any server: json_schema → json_object → prompt and extract → one repair → clear failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pydantic

from .exchange import Message, Reply, send
from .exchange import clean as clean
from .failures import INVALID, TRUNCATED, AIError, _made
from .ledger import traced
from .profiles import RUNGS
from .transports.offline import BLOCK_CLOSES, BLOCK_OPENS

if TYPE_CHECKING:
    from .client import Assistant

M = TypeVar("M", bound=pydantic.BaseModel)

LONGEST_TEXT, LONGEST_LIST = 500, 30
"""Bounds of a string or list whose schema names none: without them a weak model may never close it (design choice)."""

GRAMMAR_LIMIT = 1900
"""llama.cpp's grammars, which Ollama uses too, take no repetition of 2,000 or more (MAX_REPETITION_THRESHOLD)."""

_STRING_BOUNDS = ("maxLength", "minLength", "pattern", "format")
_UNSUPPORTED = (400, 404, 422, 500, 501)


class Answer(NamedTuple):
    """The validated object, the reply it was read from (``.completion`` is the client's own), and warnings."""

    parsed: Any
    response: Reply
    warnings: list[str]


def ask(
    assistant: Assistant, task: str, system: str, payload: dict[str, Any], schema: type[M],
    max_tokens: int | None = None, *, temperature: float | None = None,
) -> Answer:  # fmt: skip
    """Ask for one object of ``schema``, starting on the rung the server is known to hold.

    payload: the task's inputs, sent as one marked line of JSON. max_tokens: cap on the answer.
    A rung that the server refuses (400, 404, 422, 500, 501) or ignores is left for the next and remembered.
    An object that does not validate is sent back once with what is wrong. ``response.rows`` names every request
    in the ledger. Raises AIError.
    """
    walk = _Walk(assistant, task, system, payload, schema, max_tokens, temperature)
    return walk.down()


def message(payload: dict[str, Any]) -> str:
    """The marked block that carries a task's inputs: one line of JSON between two marks.

    >>> print(message({"n": 3}))
    <<<KIT-INPUT
    {"n":3}
    KIT-INPUT>>>
    """
    line = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"{BLOCK_OPENS}\n{line}\n{BLOCK_CLOSES}"


class _Walk:
    """One way down the ladder."""

    def __init__(
        self, assistant: Assistant, task: str, system: str, payload: dict[str, Any], schema: type[M],
        max_tokens: int | None, temperature: float | None,
    ) -> None:  # fmt: skip
        self.assistant, self.task, self.system, self.schema = assistant, task, system, schema
        self.user, self.max_tokens, self.temperature = message(payload), max_tokens, temperature
        self.form = strict_schema(schema)
        self.warnings: list[str] = []

    def down(self) -> Answer:
        known, before = self.assistant.known, self.assistant.known.schema
        try:
            with traced() as rows:
                answer = self._from(before)
            answer.response.rows = rows
            return answer
        except AIError:
            known.schema = before
            raise

    def _from(self, start: str) -> Answer:
        rungs = RUNGS[RUNGS.index(start) :]
        for rung in rungs:
            last = rung == rungs[-1] or self.assistant.engine == "offline"
            try:
                reply = self._send(rung)
            except AIError as problem:
                if last or not _looks_unsupported(problem):
                    raise
                self._lower(rung)
                continue
            parsed, wrong = read(reply.text, self.schema)
            if parsed is not None:
                return self._answer(parsed, reply)
            if last or any(objects(reply.text)):
                return self._repaired(rung, reply, wrong)
            self._lower(rung)
        raise AssertionError("the last rung answers or raises")

    def _lower(self, rung: str) -> None:
        self.assistant.known.lower(rung)
        self.warnings.append(f"這個服務不照 {rung} 回答，改用下一種方式")

    def _send(self, rung: str, more: tuple[Message, ...] = ()) -> Reply:
        messages = [{"role": "system", "content": self._system(rung)}, {"role": "user", "content": self.user}]
        sure = self.assistant.known.checked_on or self.assistant.engine in ("openai", "offline")
        return send(
            self.assistant, [*messages, *more], task=self.task, max_tokens=self.max_tokens,
            response_format=self._form(rung), temperature=self.temperature,
            retries=None if sure or rung == RUNGS[-1] else 0,
        )  # fmt: skip

    def _system(self, rung: str) -> str:
        if self.assistant.engine in ("openai", "offline") and rung == "json_schema":
            return self.system
        form = json.dumps(self.form, ensure_ascii=False, separators=(",", ":"))
        return (
            f"{self.system}\n\n只輸出一個 JSON 物件，不要加說明或程式碼框，要符合這份 JSON Schema：\n{form}"
        )

    def _form(self, rung: str) -> Message | None:
        if rung == "json_object":
            return {"type": "json_object"}
        if rung == "prompt":
            return None
        form = self.form if self.assistant.known.string_bounds else without_string_bounds(self.form)
        return {
            "type": "json_schema",
            "json_schema": {"name": self.task or "answer", "strict": True, "schema": form},
        }

    def _repaired(self, rung: str, reply: Reply, wrong: str) -> Answer:
        """Send the answer back once with what is wrong with it."""
        ask_again = f"這個 JSON 不合格式：{wrong}。請只輸出改好的完整 JSON 物件。"
        said = {"role": "assistant", "content": reply.text[:GRAMMAR_LIMIT]}
        again = self._send(rung, (said, {"role": "user", "content": f"{ask_again}\n{self.user}"}))
        parsed, wrong = read(again.text, self.schema)
        if parsed is None:
            fault = TRUNCATED if again.finish == "length" else INVALID
            raise _made(fault, self.assistant.profile, self.assistant.model, wrong)
        self.warnings.append("第一次的回答不合格式，請模型改過一次")
        return self._answer(parsed, again)

    def _answer(self, parsed: Any, reply: Reply) -> Answer:
        warnings = [*self.warnings, *reply.warnings]
        if reply.finish == "length":
            warnings.append("回答碰到長度上限，可能不完整")
        return Answer(parsed, reply, warnings)


def _looks_unsupported(problem: AIError) -> bool:
    """Whether a refusal may be about the form that was asked for, not about the account or the input."""
    if problem.code in ("truncated", "empty", "not_json"):
        return True
    return problem.status in _UNSUPPORTED and problem.code in (
        "bad_request",
        "not_found",
        "server",
        "unsupported",
    )


# ── reading ──


def objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in a text, outermost ones only; code fences and chatter around them are passed over.

    >>> list(objects('好的：{"a": 1} 以上'))
    [{'a': 1}]
    """
    decoder, place = json.JSONDecoder(strict=False), text.find("{")
    while place >= 0:
        try:
            found, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            if isinstance(found, dict):
                yield found
        place = text.find("{", end)


def read(text: str, schema: type[M]) -> tuple[M | None, str]:
    """The first object in a text that validates; else None and what is wrong, as one sentence."""
    wrong = "裡面沒有 JSON 物件"
    for found in objects(text):
        try:
            return schema.model_validate(found), ""
        except pydantic.ValidationError as problem:
            wrong = "；".join(_told(e) for e in problem.errors(include_url=False, include_input=False)[:5])
    return None, wrong


def _told(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "整個物件"
    return f"{where}：{problem['msg']}"


# ── schemas ──


def strict_schema(schema: type[pydantic.BaseModel]) -> dict[str, Any]:
    """A JSON Schema every server can hold: no references, all fields required, nothing else allowed, all bounded."""
    made = schema.model_json_schema()
    shared = made.pop("$defs", {})
    return dict(_strict(made, shared))


def _strict(node: Any, shared: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(part, shared) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return _strict({**deepcopy(shared[node["$ref"].rpartition("/")[2]]), **rest}, shared)
    kept = {key: value for key, value in node.items() if key not in ("title", "default", "properties")}
    made = {key: _strict(value, shared) for key, value in kept.items()}
    if made.get("type") == "object":
        made["properties"] = {
            name: _strict(part, shared) for name, part in node.get("properties", {}).items()
        }
        made["required"] = list(made["properties"])
        made["additionalProperties"] = False
    if made.get("type") == "string" and not {"enum", "const", "format"} & set(made):
        made["maxLength"] = min(made.get("maxLength", LONGEST_TEXT), GRAMMAR_LIMIT)
    if made.get("type") == "array":
        made.setdefault("maxItems", LONGEST_LIST)
    return made


def without_string_bounds(node: Any) -> Any:
    """The schema without what some services refuse in a string: lengths, patterns and formats."""
    if isinstance(node, list):
        return [without_string_bounds(part) for part in node]
    if not isinstance(node, dict):
        return node
    bounds = _STRING_BOUNDS if node.get("type") == "string" else ()
    return {
        key: {name: without_string_bounds(part) for name, part in value.items()}
        if key == "properties"
        else without_string_bounds(value)
        for key, value in node.items()
        if key not in bounds
    }
