"""One question and one answer over Chat Completions or Responses, whatever the server's dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openai

from . import tokens
from .failures import EMPTY, NOT_JSON, REFUSED, STREAMED, TRUNCATED, _made, clear, said
from .ledger import traced
from .transports.base import CACHED, ENGINE, TASK

if TYPE_CHECKING:
    from .client import Assistant

Message = dict[str, Any]

IGNORED_CAP, IGNORED_SLACK = 1.5, 20
"""An answer this much longer than its cap means that the server ignores caps (design choice)."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_OPTIONAL = ("temperature", "reasoning_effort", "stream_options")
_CAPS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_SAYS_NO = (
    "unsupported", "not support", "unknown", "unrecognized", "unexpected", "not permitted", "not allowed",
    "extra_forbidden", "extra fields", "extra inputs", "invalid", "use 'max_",
)  # fmt: skip


@dataclass
class Reply:
    """What came back: the text without thinking, who answered, and the rows of the ledger it stands in.

    ``completion`` is the client's own object. ``recorded_on`` is the date of a replayed answer.
    """

    text: str
    completion: Any
    model_asked: str
    model_answered: str
    finish: str
    rows: list[str]
    engine: str
    request_id: str = ""
    recorded_on: str = ""
    warnings: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """A text that can be sent: broken halves of characters become U+FFFD.

    >>> ascii(clean("茶" + chr(0xD83C)))
    "'\\\\u8336\\\\ufffd'"
    """
    return _SURROGATES.sub("\ufffd", text)


def _cleaned(messages: list[Message]) -> list[Message]:
    return [
        {**message, "content": clean(content)}
        if isinstance(content := message.get("content"), str)
        else message
        for message in messages
    ]


def send(
    assistant: Assistant, messages: list[Message], *, task: str = "", max_tokens: int | None = None,
    response_format: Message | None = None, temperature: float | None = None, retries: int | None = None,
) -> Reply:  # fmt: skip
    """Ask once. An option that the server refuses by name is dropped, remembered, and the question asked again.

    Raises AIError for everything that is no answer.
    """
    messages, model = _cleaned(messages), assistant.model
    client = assistant.client if retries is None else assistant.client.with_options(max_retries=retries)
    cap = max_tokens or assistant.profile.max_output_tokens
    create = _responses if assistant.profile.api == "responses" else _chat
    with clear(assistant.profile, model), traced() as rows:
        for _ in range(len(_OPTIONAL) + 2):
            options = _options(assistant, task, temperature)
            try:
                raw = create(client, assistant, messages, cap, response_format, options)
                return _reply(assistant, raw, model, cap, rows)
            except openai.BadRequestError as problem:
                if not _learned(assistant, said(problem)):
                    raise
    raise AssertionError("a server can refuse each option once")


def _options(assistant: Assistant, task: str, temperature: float | None) -> Message:
    known, options = assistant.known, Message()
    if task:
        options["extra_headers"] = {TASK: f"{task}/1"}
    if temperature is not None and known.temperature:
        options["temperature"] = temperature
    if known.reasoning_effort:
        options["reasoning_effort"] = known.reasoning_effort
    return options


def _chat(
    client: Any,
    assistant: Assistant,
    messages: list[Message],
    cap: int,
    form: Message | None,
    options: Message,
) -> Any:
    shape = {"response_format": form} if form else {}
    return client.chat.completions.with_raw_response.create(
        model=assistant.model,
        messages=messages,
        stream=False,
        **{assistant.known.token_cap: cap},
        **shape,
        **options,
    )


def _responses(
    client: Any,
    assistant: Assistant,
    messages: list[Message],
    cap: int,
    form: Message | None,
    options: Message,
) -> Any:
    rest, shape = dict(options), Message()
    if effort := rest.pop("reasoning_effort", None):
        rest["reasoning"] = {"effort": effort}
    if form:
        shape = {"text": {"format": {"type": form["type"], **form.get("json_schema", {})}}}
    return client.responses.with_raw_response.create(
        model=assistant.model,
        input=messages,
        stream=False,
        max_output_tokens=cap,
        store=False,
        **shape,
        **rest,
    )


def _learned(assistant: Assistant, message: str) -> bool:
    """Whether a refusal names an option that can be left out or renamed; if so, never send it again."""
    known, low = assistant.known, message.lower()
    if not any(words in low for words in _SAYS_NO):
        return False
    if known.token_cap in low and _CAPS[known.token_cap] not in assistant.refused:
        assistant.refused.add(known.token_cap)
        known.token_cap = _CAPS[known.token_cap]
        return True
    if "temperature" in low and known.temperature:
        known.temperature = False
        return True
    if "reasoning" in low and known.reasoning_effort:
        known.reasoning_effort = None
        return True
    if "stream_options" in low and known.stream_usage:
        known.stream_usage = False
        return True
    return False


# ── reading ──


def _reply(assistant: Assistant, raw: Any, model: str, cap: int, rows: list[str]) -> Reply:
    """Read an answer; raises AIError when it is no answer."""
    profile, headers = assistant.profile, raw.headers
    kind = headers.get("content-type", "json")
    if "json" not in kind:
        raise _made(STREAMED if "event-stream" in kind else NOT_JSON, profile, model, status=200)
    completion = raw.parse()
    text, finish, refusal = _said_by(completion)
    if refusal is not None or finish == "content_filter":
        raise _made(REFUSED, profile, model, refusal or "")
    text = _THINKING.sub("", clean(text)).strip()
    if not text:
        raise _made(TRUNCATED if finish == "length" else EMPTY, profile, model)
    reply = Reply(
        text, completion, model, str(getattr(completion, "model", "") or ""), finish,
        rows, headers.get(ENGINE) or assistant.engine,
        headers.get("x-request-id", ""), headers.get(CACHED, ""),
    )  # fmt: skip
    reply.warnings += _doubts(assistant, reply, cap)
    return reply


def _said_by(completion: Any) -> tuple[str, str, str | None]:
    """Text, why it ended and the refusal in a chat or responses object; empty where there is none."""
    if isinstance(completion, str):
        return "", "", None
    if hasattr(completion, "output"):
        return _said_by_response(completion)
    for choice in getattr(completion, "choices", None) or []:
        message = getattr(choice, "message", None)
        refusal = getattr(message, "refusal", None)
        return (
            tokens.texts(getattr(message, "content", "")),
            getattr(choice, "finish_reason", "") or "",
            refusal or None,
        )
    return "", "", None


def _said_by_response(completion: Any) -> tuple[str, str, str | None]:
    parts = [part for item in completion.output or [] for part in getattr(item, "content", None) or []]
    refusals = [str(part.refusal) for part in parts if getattr(part, "refusal", None)]
    details = getattr(completion, "incomplete_details", None)
    reason = getattr(details, "reason", "") or ""
    finish = {"max_output_tokens": "length", "content_filter": "content_filter"}.get(reason, "stop")
    text = "".join(getattr(part, "text", "") or "" for part in parts)
    return text, finish, refusals[0] if refusals else None


def _doubts(assistant: Assistant, reply: Reply, cap: int) -> list[str]:
    """What a careful reader should know of an answer."""
    found = []
    if not same_model(reply.model_asked, reply.model_answered):
        found.append(f"回答的型號是「{reply.model_answered}」，不是要求的「{reply.model_asked}」")
    usage = getattr(reply.completion, "usage", None)
    counted = getattr(usage, "completion_tokens", None) or getattr(usage, "output_tokens", None)
    out = counted if isinstance(counted, int) else tokens.count(reply.text)
    if out > IGNORED_CAP * cap + IGNORED_SLACK:
        assistant.known.honours_cap = False
        found.append(f"伺服器沒有理會長度上限：要求最多 {cap} token，寫了約 {out}")
    if "\ufffd" in reply.text:
        found.append("回答裡有壞掉的字元")
    if reply.recorded_on:
        found.append(f"這是 {reply.recorded_on[:10]} 存下的回答，不是現在生成")
    return found


def same_model(asked: str, answered: str) -> bool:
    """Whether an answer's model is the one asked for; servers add paths, dates and file endings.

    >>> same_model("gpt-6-luna", "gpt-6-luna-2026-07-01"), same_model("qwen3", "/models/qwen3.gguf")
    (True, True)
    >>> same_model("llama", "qwen3")
    False
    """
    a, b = (
        name.rsplit("/", 1)[-1].lower().removesuffix(".gguf").removesuffix(":latest")
        for name in (asked, answered)
    )
    return a.startswith(b) or b.startswith(a)


def stream(assistant: Assistant, messages: list[Message], *, max_tokens: int | None = None) -> Iterator[str]:
    """The answer piece by piece; raises AIError when it breaks, after what had arrived."""
    profile, seen = assistant.profile, False
    with clear(profile, assistant.model):
        with _events(assistant, _cleaned(messages), max_tokens or profile.max_output_tokens) as events:
            for event in events:
                for choice in getattr(event, "choices", None) or []:
                    if piece := getattr(choice.delta, "content", None):
                        seen = True
                        yield clean(piece)
        if not seen:
            raise _made(EMPTY, profile, assistant.model)


def _events(assistant: Assistant, messages: list[Message], cap: int) -> Any:
    create: Any = assistant.client.chat.completions.with_raw_response.create
    for _ in range(len(_OPTIONAL) + 2):
        options = _options(assistant, "", None)
        if assistant.known.stream_usage:
            options["stream_options"] = {"include_usage": True}
        options[assistant.known.token_cap] = cap
        try:
            raw = create(model=assistant.model, messages=messages, stream=True, **options)
        except openai.BadRequestError as problem:
            if not _learned(assistant, said(problem)):
                raise
            continue
        if "event-stream" not in raw.headers.get("content-type", ""):
            raise _made(NOT_JSON, assistant.profile, assistant.model, status=200)
        return raw.parse()
    raise AssertionError("a server can refuse each option once")
