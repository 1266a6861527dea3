"""The ladder: a valid object from servers that obey, refuse, ignore or ramble, or a clear refusal."""

import json
from typing import Literal

import pydantic
import pytest
from ai_fakes import KEY, Fake, Server, chat_body, chunk, error_body, example, reply, serving, sse

import xiaobian as xb
from xiaobian.ai import offline, structured
from xiaobian.ai.failures import AIError


class Tone(pydantic.BaseModel):
    name: Literal["溫暖", "俏皮"]


class Titles(pydantic.BaseModel):
    titles: list[str] = pydantic.Field(min_length=1, max_length=3)
    score: int = pydantic.Field(ge=1, le=5)
    tone: Tone
    note: str | None = None


GOOD = {"titles": ["春茶上市"], "score": 3, "tone": {"name": "溫暖"}, "note": None}
TEXT = json.dumps(GOOD, ensure_ascii=False)


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    monkeypatch.setattr("time.sleep", lambda _: None)


def local(*script, **more):
    fake = Fake(*script)
    return xb.ai.connect("custom", base_url="http://127.0.0.1:9/v1", model="m", transport=fake, **more), fake


def ask(assistant, schema=Titles, **more):
    return structured.ask(assistant, "headlines", "寫標題", {"topic": "春茶"}, schema, **more)


def forms(fake):
    return [(body.get("response_format") or {}).get("type", "prompt") for body in fake.bodies]


def by_form(**answers):
    """Answers by the form that was asked for; a number is an HTTP status."""

    def answer(request):
        form = (json.loads(request.content).get("response_format") or {}).get("type", "prompt")
        found = answers[form]
        return (
            reply(error_body("nope", "unsupported"), found)
            if isinstance(found, int)
            else reply(chat_body(found))
        )

    return answer


# ── schemas and reading ──


def walk(node):
    yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(part)


def test_a_schema_is_strict_flat_and_bounded():
    made = structured.strict_schema(Titles)
    nodes = [node for node in walk(made) if isinstance(node, dict)]
    assert not any("$ref" in node or "$defs" in node for node in nodes)
    for node in nodes:
        if node.get("type") == "object":
            assert node["additionalProperties"] is False and node["required"] == list(node["properties"])
        if node.get("type") == "string":
            assert "maxLength" in node or "enum" in node or "const" in node
        if node.get("type") == "array":
            assert "maxItems" in node
    assert made["properties"]["titles"]["maxItems"] == 3
    assert Titles.model_validate(example(made))


def test_a_field_called_title_or_default_survives():
    class Odd(pydantic.BaseModel):
        title: str
        default: int = 3
        properties: str = pydantic.Field(max_length=4)

    made = structured.strict_schema(Odd)
    assert set(made["properties"]) == {"title", "default", "properties"} == set(made["required"])
    bare = structured.without_string_bounds(made)
    assert "maxLength" not in json.dumps(bare) and set(bare["properties"]) == set(made["properties"])


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"```json\n{TEXT}\n```",
        f"好的，這是結果：\n{TEXT}\n希望有幫助！",
        f'{{"thought": 1}} {TEXT}',
        f"{{{TEXT}",
        TEXT.replace("春茶", "春\n茶"),
    ],
)
def test_an_object_is_found_in_chatter(text):
    assert structured.read(text, Titles)[0] is not None


@pytest.mark.parametrize("text", ["", "沒有", "[1, 2]", "{", '{"titles": ["a"', "{" * 3000, '{"a": ' * 3000])
def test_where_there_is_no_object_there_is_none(text):
    found, wrong = structured.read(text, Titles)
    assert found is None and wrong


# ── the ladder ──


def test_the_first_rung_holds_and_nothing_else_is_asked():
    assistant, fake = local(by_form(json_schema=TEXT))
    answer = ask(assistant, max_tokens=300)
    assert answer.parsed == Titles(**GOOD) and answer.warnings == [] and forms(fake) == ["json_schema"]
    body = fake.bodies[0]
    assert (
        body["response_format"]["json_schema"]["strict"] is True
        and body["stream"] is False
        and body["max_tokens"] == 300
    )
    assert fake.requests[0].headers["x-kit-task"] == "headlines/1"
    assert body["messages"][1]["content"] == '<<<KIT-INPUT\n{"topic":"春茶"}\nKIT-INPUT>>>'


@pytest.mark.parametrize("refusal", [400, 422, 500, 501, 404])
def test_a_rung_that_is_refused_is_left_and_remembered(refusal):
    assistant, fake = local(by_form(json_schema=refusal, json_object=TEXT))
    answer = ask(assistant)
    assert answer.parsed == Titles(**GOOD) and forms(fake) == ["json_schema", "json_object"]
    assert any("json_schema" in warning for warning in answer.warnings)
    ask(assistant)
    assert forms(fake)[2:] == ["json_object"] and assistant.known.schema == "json_object"


def test_a_schema_that_is_ignored_is_left_too():
    assistant, fake = local(by_form(json_schema="我不知道", json_object="還是不知道", prompt=f"好：{TEXT}"))
    assert ask(assistant).parsed == Titles(**GOOD)
    assert forms(fake) == ["json_schema", "json_object", "prompt"]
    assert '"additionalProperties":false' in fake.bodies[-1]["messages"][0]["content"]


def test_an_invalid_object_is_sent_back_once():
    bad = json.dumps({**GOOD, "score": 9}, ensure_ascii=False)
    assistant, fake = local(reply(chat_body(bad)), reply(chat_body(TEXT)))
    answer = ask(assistant)
    assert answer.parsed.score == 3 and len(fake.requests) == 2
    assert "score" in fake.bodies[1]["messages"][-1]["content"] and "改過一次" in " ".join(answer.warnings)
    assert len(answer.response.rows) == 2 == assistant.result(answer.response, "x").usage["requests"]
    assert assistant.result(answer.response, "x").usage["input_tokens"] == 14


def test_invalid_after_the_repair_is_a_clear_refusal():
    bad = json.dumps({**GOOD, "score": 9}, ensure_ascii=False)
    assistant, fake = local(lambda _: reply(chat_body(bad)))
    with pytest.raises(AIError, match=r"不合格式.*score") as caught:
        ask(assistant)
    assert caught.value.code == "invalid" and len(fake.requests) == 2


def test_no_object_on_any_rung_ends_after_one_repair():
    assistant, fake = local(lambda _: reply(chat_body("我是一隻貓")))
    with pytest.raises(AIError) as caught:
        ask(assistant)
    assert caught.value.code == "invalid" and forms(fake) == [
        "json_schema",
        "json_object",
        "prompt",
        "prompt",
    ]
    assert assistant.known.schema == "json_schema"


def test_a_string_without_end_is_told_as_cut():
    assistant, _ = local(lambda _: reply(chat_body('{"titles": ["' + "茶" * 50, finish="length")))
    with pytest.raises(AIError) as caught:
        ask(assistant, max_tokens=60)
    assert caught.value.code == "truncated"


@pytest.mark.parametrize(("status", "code"), [(401, "key"), (429, "quota"), (403, "forbidden")])
def test_what_no_rung_can_mend_ends_at_once(status, code):
    names = {401: "invalid_api_key", 429: "insufficient_quota", 403: "denied"}
    assistant, fake = local(lambda _: reply(error_body(names[status]), status))
    with pytest.raises(AIError) as caught:
        ask(assistant)
    assert caught.value.code == code and len(fake.requests) == 1


def test_a_refusal_is_not_repaired():
    body = chat_body(None)
    body["choices"][0]["message"]["refusal"] = "no"
    assistant, fake = local(reply(body))
    with pytest.raises(AIError) as caught:
        ask(assistant)
    assert caught.value.code == "refused" and len(fake.requests) == 1


def test_thinking_before_the_object_is_passed_over():
    assistant, _ = local(reply(chat_body(f'<think>{{"titles": []}}</think>{TEXT}')))
    assert ask(assistant).parsed == Titles(**GOOD)


def test_broken_bytes_in_an_answer_are_told():
    body = (
        json.dumps(chat_body(TEXT.replace("春茶", "XX")), ensure_ascii=False)
        .encode()
        .replace(b"XX", b"\xe8\x8c")
    )
    assistant, _ = local(lambda _: reply(body))
    try:
        answer = ask(assistant)
    except AIError as problem:
        assert problem.next_step
    else:
        assert any("壞掉的字元" in warning for warning in answer.warnings)


def test_an_answer_far_above_its_cap_is_told():
    long = chat_body(TEXT)
    long["usage"]["completion_tokens"] = 4054
    assistant, _ = local(reply(long))
    answer = ask(assistant, max_tokens=50)
    assert any("4054" in warning and "50" in warning for warning in answer.warnings)
    assert assistant.known.honours_cap is False


def test_openai_gets_no_string_bounds_and_no_schema_in_words():
    fake = Fake(reply(chat_body(TEXT, "gpt-6-luna")))
    ask(xb.ai.connect("openai", key=KEY, transport=fake))
    (body,) = fake.bodies
    assert "maxLength" not in json.dumps(body) and body["messages"][0]["content"] == "寫標題"
    assert body["reasoning_effort"] == "low" and "temperature" not in body


def test_the_responses_api_by_choice():
    item = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": TEXT, "annotations": []}],
    }
    body = {"id": "r", "object": "response", "model": "m", "status": "completed", "output": [item]}
    body["usage"] = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    assistant, fake = local(reply(body), api="responses")
    assert ask(assistant).parsed == Titles(**GOOD)
    assert (
        str(fake.requests[0].url).endswith("/v1/responses")
        and fake.bodies[0]["text"]["format"]["type"] == "json_schema"
    )
    assert fake.bodies[0]["max_output_tokens"] and fake.bodies[0]["stream"] is False
    assert assistant.ledger.rows()[0].input_tokens == 9


def test_offline_goes_the_same_way(monkeypatch):
    seen = []
    monkeypatch.setattr(offline, "answer", lambda *given: (seen.append(given), TEXT)[1])
    with xb.ai.connect() as assistant:
        answer = ask(assistant)
        assert answer.parsed == Titles(**GOOD) and answer.response.engine == "offline"
        assert assistant.result(answer.response, "x").is_ai is False
    ((task, payload, schema),) = seen
    assert (task, payload) == ("headlines", {"topic": "春茶"}) and schema["required"]


# ── embeddings ──


def vectors(*rows):
    return reply(
        {
            "object": "list",
            "data": [{"index": i, "embedding": row} for i, row in enumerate(rows)],
            "model": "m",
        }
    )


def test_one_flat_vector_a_text():
    assistant, _ = local(vectors([0.1, 0.2], [0.3, 0.4]))
    assert assistant.embed(["茶", "香"]) == [[0.1, 0.2], [0.3, 0.4]] and assistant.known.embeddings == 2


@pytest.mark.parametrize(
    "rows",
    [
        [[[0.1], [0.2], [0.3]], [[0.1], [0.2]]],
        [[0.1, 0.2]],
        [[0.1], [0.1, 0.2]],
        [[], []],
        [],
        [["a"], ["b"]],
        [None, None],
    ],
)
def test_embeddings_that_are_nested_missing_or_uneven_are_refused(rows):
    assistant, _ = local(vectors(*rows))
    with pytest.raises(AIError):
        assistant.embed(["茶", "香"])


# ── servers on this computer ──


class Awkward(Server):
    """Answers 500 to a schema, ignores caps, gives no usage in a stream, a vector a token, and takes any model name."""

    def chat(self, body):
        if (body.get("response_format") or {}).get("type") == "json_schema":
            return self.send(500, error_body("internal", "Invalid response_format"))
        text = f"好的！\n{TEXT}\n" + "再多說一點。" * 300
        if body.get("stream"):
            parts = [chunk(text, model=body["model"]) for _ in range(40)]
            return self.send(200, b"".join([*parts, sse("[DONE]")]), "text/event-stream")
        answer = chat_body(text, body["model"])
        answer["usage"]["completion_tokens"] = 1800
        return self.send(200, answer)

    def embeddings(self, body):
        rows = [
            {"object": "embedding", "index": i, "embedding": [[0.1], [0.2], [0.3]]}
            for i, _ in enumerate(body["input"])
        ]
        self.send(200, {"object": "list", "data": rows, "model": "m"})


def test_an_obeying_server_ends_in_a_valid_result():
    with (
        serving(Server) as (url, seen),
        xb.ai.connect("custom", base_url=url, model="loaded-model") as assistant,
    ):
        answer = ask(assistant)
        result = assistant.result(answer.response, "x", data=answer.parsed, warnings=answer.warnings)
        assert isinstance(result.data, Titles) and result.engine == "local" and "本地模型" in result.badge
        assert result.cost is None and len(seen) == 1


def test_an_awkward_server_ends_in_a_valid_result_too():
    with serving(Awkward) as (url, seen), xb.ai.connect("custom", base_url=url, model="any") as assistant:
        answer = ask(assistant, max_tokens=200)
        result = assistant.result(answer.response, "x", data=answer.parsed, warnings=answer.warnings)
        assert result.data == Titles(**GOOD) and result.engine == "local"
        assert any("長度上限" in warning for warning in result.warnings)
        assert [path for path, _, _ in seen] == ["/v1/chat/completions"] * 2
        with pytest.raises(AIError) as caught:
            assistant.embed(["你好", "茶"])
        assert caught.value.code == "nested"
        with pytest.raises(AIError) as caught:
            list(assistant.stream("你好", max_tokens=40))
        assert caught.value.code == "runaway"
        statuses = [row.status for row in assistant.ledger.rows()]
        assert statuses[:2] == ["unsettled", "ok"] and "ok" not in statuses[3:]


def test_every_request_of_the_way_counts_and_an_uncertain_one_makes_the_cost_unknown():
    def answer(request):
        form = (json.loads(request.content).get("response_format") or {}).get("type", "prompt")
        return (
            reply(error_body("oops"), 500) if form == "json_schema" else reply(chat_body(TEXT, "gpt-6-luna"))
        )

    fake = Fake(answer)
    assistant = xb.ai.connect("openai", key=KEY, transport=fake)
    answered = ask(assistant)
    result = assistant.result(answered.response, "x")
    assert len(fake.requests) == len(answered.response.rows) == result.usage["requests"] == 4
    assert result.cost is None and any("不確定有沒有計費" in warning for warning in result.warnings)


def test_a_long_bound_stays_below_what_grammars_take():
    class Long(pydantic.BaseModel):
        text: str = pydantic.Field(max_length=5000)

    assert structured.strict_schema(Long)["properties"]["text"]["maxLength"] < 2000
