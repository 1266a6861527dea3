"""Every fault ends in one sentence in 正體中文 with a next step, the right number of attempts and a true ledger."""

import json
import re
import traceback

import openai
import pydantic
import pytest
from ai_fakes import KEY, Fake, Pieces, chat_body, chunk, error_body, reply, sse

import xiaobian as xb
from xiaobian.ai import failures
from xiaobian.ai.failures import AIError
from xiaobian.ai.transports.base import HX

HTML = b"<!doctype html><html><body>Wi-Fi login</body></html>"


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    monkeypatch.setattr("time.sleep", lambda _: None)


def paid(*script, **more):
    fake = Fake(*script)
    return xb.ai.connect("openai", key=KEY, transport=fake, **more), fake


def local(*script, url="http://127.0.0.1:9/v1"):
    fake = Fake(*script)
    return xb.ai.connect("custom", base_url=url, model="m", transport=fake), fake


def fails(assistant, ask=None):
    with pytest.raises(AIError) as caught:
        (ask or (lambda a: a.ask("介紹新茶")))(assistant)
    return caught.value


def answers(status, code, message="no", **headers):
    return lambda _: reply(error_body(code, message), status, headers)


def raises(kind, text="x"):
    return lambda _: kind(text)


FAULTS = {
    "key": (
        answers(401, "invalid_api_key", f"Incorrect API key provided: {KEY[:12]}****{KEY[-4:]}."),
        "key",
        1,
    ),
    "forbidden": (answers(403, "unsupported_country_region_territory"), "forbidden", 1),
    "no such path": (answers(404, None, "Not Found"), "not_found", 1),
    "no such model": (answers(404, "model_not_found", "The model `x` does not exist"), "model", 1),
    "no such model, in words": (answers(400, None, "model 'x' not found, try pulling it first"), "model", 1),
    "rate limit": (answers(429, "rate_limit_exceeded"), "rate_limit", 3),
    "quota": (answers(429, "insufficient_quota"), "quota", 1),
    "spend limit": (answers(429, "project_spend_limit_exceeded"), "spend_limit", 1),
    "conflict": (answers(409, None), "conflict", 3),
    "unprocessable": (answers(422, None), "bad_request", 1),
    "too long": (answers(400, "context_length_exceeded"), "too_long", 1),
    "too long, in words": (
        answers(400, None, "the request exceeds the available context size"),
        "too_long",
        1,
    ),
    "server": (answers(500, "server_error"), "server", 3),
    "overloaded": (answers(503, None), "server", 3),
    "not there": (answers(501, None), "unsupported", 3),
    "timeout": (raises(HX.ReadTimeout), "timeout", 3),
    "connect timeout": (raises(HX.ConnectTimeout), "timeout", 3),
    "refused port": (raises(HX.ConnectError, "[Errno 111] Connection refused"), "unreachable", 3),
    "bad certificate": (raises(HX.ConnectError, "CERTIFICATE_VERIFY_FAILED"), "unreachable", 3),
    "hung up": (raises(HX.RemoteProtocolError), "broken", 3),
    "web page": (lambda _: reply(HTML, headers={"content-type": "text/html"}), "not_json", 1),
    "web page with 502": (lambda _: reply(HTML, 502, {"content-type": "text/html"}), "server", 3),
    "plain words": (lambda _: reply(b"hello", headers={"content-type": "text/plain"}), "not_json", 1),
    "unasked stream": (lambda _: reply(Pieces(chunk("a"), sse("[DONE]"))), "not_asked_stream", 1),
    "broken JSON": (
        lambda _: reply(b'{"choices": [', headers={"content-type": "application/json"}),
        "broken",
        1,
    ),
    "a string": (lambda _: reply(b'"hello"'), "empty", 1),
    "a list": (lambda _: reply(b"[]"), "empty", 1),
    "no choices": (lambda _: reply({"choices": []}), "empty", 1),
    "no message": (lambda _: reply({"choices": [{}]}), "empty", 1),
    "no content": (lambda _: reply(chat_body(None)), "empty", 1),
    "only thinking": (lambda _: reply(chat_body("<think>嗯</think>")), "empty", 1),
    "nothing within the cap": (lambda _: reply(chat_body("", finish="length")), "truncated", 1),
    "filtered": (lambda _: reply(chat_body("x", finish="content_filter")), "refused", 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_one_clear_sentence(name):
    script, code, attempts = FAULTS[name]
    assistant, fake = paid(script)
    problem = fails(assistant)
    assert problem.code == code
    assert len(fake.requests) == attempts == len(assistant.ledger.rows())
    assert problem.next_step and re.search("[一-鿿]{4}", problem.what)
    told = str(problem)
    assert KEY not in told and KEY[:9] not in told and KEY[-4:] not in told and "api.openai.com" in told
    assert "Traceback" not in told and "object at 0x" not in told and "{" not in problem.what
    assert "ok" not in {row.status for row in assistant.ledger.rows()} or code in (
        "empty",
        "truncated",
        "refused",
        "not_asked_stream",
    )


def test_nothing_behind_the_error_is_printed():
    assistant, _ = paid(FAULTS["key"][0])
    problem = fails(assistant)
    printed = "".join(traceback.format_exception(problem))
    assert KEY not in printed and "AuthenticationError" not in printed
    assert problem._render_traceback_() == [str(problem)]


def test_a_refusal_of_the_model_is_told():
    body = chat_body(None)
    body["choices"][0]["message"]["refusal"] = "I cannot help with that"
    assistant, _ = paid(reply(body))
    assert fails(assistant).code == "refused"


def test_a_missing_v1_is_named_with_the_right_address():
    assistant, _ = local(answers(404, None, "404 page not found"), url="http://127.0.0.1:11434")
    problem = fails(assistant)
    assert problem.code == "no_v1" and 'base_url="http://127.0.0.1:11434/v1"' in problem.next_step


def test_a_local_server_that_is_off_is_to_be_started():
    assert "啟動" in fails(local(FAULTS["refused port"][0])[0]).next_step
    assert "啟動" not in fails(paid(FAULTS["refused port"][0])[0]).next_step
    assert "SSL_CERT_FILE" in fails(paid(FAULTS["bad certificate"][0])[0]).next_step


# ── streams ──


def streamed(assistant):
    return list(assistant.stream("介紹新茶"))


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([chunk("新"), sse(error_body("server_error", "boom"))], "broken"),
        ([chunk("新"), HX.ReadError("gone")], "broken"),
        ([chunk("新"), HX.RemoteProtocolError("peer closed")], "broken"),
        ([chunk("新"), HX.ReadTimeout("slow")], "timeout"),
        ([chunk("新"), b"data: {broken\n\n"], "broken"),
        ([sse("[DONE]")], "empty"),
        ([], "empty"),
        ([chunk("茶" * 4000)] * 9, "runaway"),
    ],
)
def test_a_stream_that_goes_wrong(pieces, code):
    assistant, fake = paid(lambda _: reply(Pieces(*pieces)))
    problem = fails(assistant, streamed)
    assert problem.code == code and len(fake.requests) == 1
    (row,) = assistant.ledger.rows()
    if code != "empty":
        assert row.status in ("aborted", "unsettled") and row.usd > 0


def test_what_had_arrived_before_the_break_is_kept():
    assistant, _ = paid(reply(Pieces(chunk("新"), chunk("茶"), HX.ReadError("gone"))))
    got = []
    with pytest.raises(AIError):
        for piece in assistant.stream("介紹新茶"):
            got.append(piece)
    assert got == ["新", "茶"]


def test_a_stream_that_the_learner_stops_is_no_error():
    body = Pieces(chunk("新"), chunk("茶"), chunk("香"), sse("[DONE]"))
    assistant, _ = paid(reply(body))
    stream = assistant.stream("介紹新茶")
    assert next(stream) == "新"
    stream.close()
    assert assistant.ledger.rows()[0].status == "aborted" and body.closed


def test_a_web_page_instead_of_a_stream():
    assistant, _ = paid(reply(HTML, headers={"content-type": "text/html"}))
    assert fails(assistant, streamed).code == "not_json"


# ── input ──


def test_half_a_character_is_replaced_before_sending():
    assistant, fake = paid(reply(chat_body("好")))
    assert assistant.ask("茶\ud83c好喝").text == "好"
    assert fake.bodies[0]["messages"][0]["content"] == "茶\ufffd好喝"


def test_half_a_character_through_the_raw_client_is_explained():
    assistant, _ = paid(reply(chat_body("好")))
    with pytest.raises(UnicodeEncodeError) as caught:
        assistant.client.chat.completions.create(model="m", messages=[{"role": "user", "content": "\ud83c"}])
    assert failures.explain(caught.value, assistant.profile).code == "surrogate"


@pytest.mark.parametrize(
    "key", ["", "   ", "sk-一二三四五六七八九十", "sk-abc def-0123456789012", "sk-short", 12345]
)
def test_a_key_of_the_wrong_shape_is_told_before_sending(key):
    with pytest.raises(AIError) as caught:
        xb.ai.connect("openai", key=key, transport=Fake(reply({})))
    assert caught.value.code == "key_shape" and caught.value.next_step


def test_a_key_with_a_line_break_at_its_end_is_mended():
    fake = Fake(reply(chat_body("好")))
    xb.ai.connect("openai", key=f" {KEY}\n", transport=fake).ask("你好")
    assert fake.requests[0].headers["authorization"] == f"Bearer {KEY}"


# ── what the raw client raises, explained ──


def test_the_helpers_own_errors_are_explained():
    assistant, _ = paid(reply(chat_body('{"a": "x', finish="length")))

    class Form(pydantic.BaseModel):
        a: int

    with pytest.raises(openai.LengthFinishReasonError) as cut:
        assistant.client.chat.completions.parse(model="gpt-6-luna", messages=[], response_format=Form)
    assert failures.explain(cut.value, assistant.profile).code == "truncated"
    with pytest.raises(pydantic.ValidationError) as wrong:
        Form.model_validate({"a": "x"})
    assert failures.explain(wrong.value, assistant.profile).code == "invalid"


def test_anything_else_is_still_a_sentence():
    assistant, _ = paid(reply({}))
    for problem in (
        RuntimeError("x"),
        AssertionError(),
        AttributeError("'str' object"),
        openai.OpenAIError("y"),
    ):
        assert isinstance(failures.explain(problem, assistant.profile), AIError)
    told = AIError("x", code="y")
    assert failures.explain(told, assistant.profile) is told


# ── options a server does not take ──


def test_the_other_name_of_the_cap_is_tried_and_remembered():
    def picky(request):
        body = json.loads(request.content)
        if "max_tokens" in body:
            message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
            return reply(error_body("unsupported_parameter", message), 400)
        return reply(chat_body("好"))

    assistant, fake = local(picky)
    assert assistant.ask("你好").text == "好" and assistant.ask("你好").text == "好"
    assert len(fake.requests) == 3 and assistant.known.token_cap == "max_completion_tokens"
    assert "max_completion_tokens" in fake.bodies[-1]


def test_a_cap_refused_under_both_names_is_an_error():
    assistant, fake = local(answers(400, None, "max_tokens and max_completion_tokens are not supported"))
    assert fails(assistant).code == "bad_request" and len(fake.requests) <= 3


def test_reasoning_effort_and_stream_options_are_dropped_when_refused():
    def picky(request):
        body = json.loads(request.content)
        for name in ("reasoning_effort", "stream_options"):
            if name in body:
                return reply(error_body(None, f"Unknown parameter: '{name}'"), 400)
        return reply(Pieces(chunk("好"), sse("[DONE]"))) if body["stream"] else reply(chat_body("好"))

    assistant, fake = paid(picky)
    assert streamed(assistant) == ["好"] and assistant.ask("你好").text == "好"
    assert len(fake.requests) == 4
