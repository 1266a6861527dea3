"""The real openai client on the offline engine: every endpoint, both clients, and who gets asked."""

import asyncio
import base64
import json
import os
import socket
import struct

import openai
import pytest
from ai_fakes import KEY, Fake, chat_body, reply

import xiaobian as xb
from xiaobian.ai import offline, profiles
from xiaobian.ai.failures import AIError
from xiaobian.ai.transports.base import HX
from xiaobian.ai.transports.offline import payload_of
from xiaobian.errors import NotFound

ASK = [{"role": "user", "content": "你好"}]


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No socket at all, fresh answers, and a key in the environment that nobody asked to use."""

    def trap(*_, **__):
        raise AssertionError("something opened a socket")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, trap)
    monkeypatch.setattr(socket, "getaddrinfo", trap)
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.invalid/v1")
    return tmp_path


@pytest.fixture
def assistant():
    with xb.ai.connect() as made:
        yield made


@pytest.fixture
def echo(monkeypatch):
    """An engine that answers a task with its inputs."""
    monkeypatch.setattr(
        offline,
        "answer",
        lambda task, payload, schema: json.dumps({"task": task, "payload": payload}, ensure_ascii=False),
    )


def test_the_client_is_openais_own(assistant):
    assert type(assistant.client) is openai.OpenAI
    assert type(assistant.async_client) is openai.AsyncOpenAI


def test_the_library_is_the_one_the_client_speaks(assistant):
    assert isinstance(assistant.client._client, HX.Client)
    assert HX.__name__ == ("httpx2" if int(openai.__version__.split(".")[0]) >= 3 else "httpx")


def test_a_key_or_address_in_the_environment_changes_nothing(assistant):
    assert assistant.engine == "offline" and not assistant.is_ai
    assert "elsewhere" not in str(assistant.client.base_url)
    assert "離線規則引擎，不是 AI 生成" in repr(assistant) and KEY[:6] not in repr(assistant) + str(
        vars(assistant.client)
    )


def test_chat(assistant):
    raw = assistant.client.chat.completions.with_raw_response.create(model=assistant.model, messages=ASK)
    done = raw.parse()
    assert raw.headers["x-kit-engine"] == "offline"
    assert done.choices[0].message.content and done.choices[0].finish_reason == "stop"
    assert (done.model, done.system_fingerprint) == ("offline-rules-zh", "kit-offline-1")
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0


def test_an_unasked_question_is_answered_honestly(assistant):
    assert "不是 AI" in assistant.ask("幫我寫一首詩").text


def paid(said):
    fake = Fake(reply(chat_body(said)))
    return xb.ai.connect("openai", key=KEY, transport=fake), fake


def test_a_free_question_hides_personal_data_and_puts_it_back():
    made, fake = paid("請撥 [電話1] 找客人確認。")
    result = made.ask("客人說打 0912-345-678 給他，幫我寫一句提醒同事的話")
    sent = json.dumps(fake.bodies[0], ensure_ascii=False)
    assert "0912" not in sent and "[電話1]" in sent
    assert result.text == "請撥 0912-345-678 找客人確認。" and result.masked and not result.violations
    assert any("已遮住" in warning for warning in result.warnings)


def test_a_free_question_without_personal_data_is_sent_as_it_is():
    made, fake = paid("好")
    result = made.ask("幫我想一句開場白", system="用正體中文")
    assert [m["content"] for m in fake.bodies[0]["messages"]] == ["用正體中文", "幫我想一句開場白"]
    assert result.masked == () and result.checks == () and result.violations == ()


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_streamed_answer_hides_and_puts_back_however_it_is_cut(monkeypatch, size):
    answer = "「好」，請撥 [電話1] 找客人（王小姐）確認。[完"
    sent = []

    def pieces(assistant, messages, **options):
        sent.extend(messages)
        yield from (answer[start : start + size] for start in range(0, len(answer), size))

    monkeypatch.setattr("xiaobian.ai.exchange.stream", pieces)
    made, _ = paid("好")
    heard = "".join(made.stream("客人說打 0912-345-678 給他"))
    assert "0912" not in json.dumps(sent, ensure_ascii=False)
    assert heard == answer.replace("[電話1]", "0912-345-678")


def test_a_free_answer_passes_the_exit_checks():
    made, _ = paid("我們保證全額退款，請點 http://bad.example 領取")
    result = made.ask("幫我回覆客人")
    assert {"url", "promise"} <= {violation.rule for violation in result.violations}
    assert all(row.passed is False and row.name == "出口檢查" for row in result.checks) and result.checks
    assert any("發佈前請先改" in warning for warning in result.warnings)


def test_chat_streams_and_ends_with_usage(assistant):
    events = list(
        assistant.client.chat.completions.create(
            model=assistant.model, messages=ASK, stream=True, stream_options={"include_usage": True}
        )
    )
    assert len(events) > 4 and events[-1].choices == [] and events[-1].usage.total_tokens > 0
    assert events[0].choices[0].delta.role == "assistant"
    text = "".join(e.choices[0].delta.content or "" for e in events if e.choices)
    assert text == assistant.ask("你好").text


def test_chat_stream_helper(assistant):
    with assistant.client.chat.completions.stream(model=assistant.model, messages=ASK) as stream:
        kinds = {event.type for event in stream}
        done = stream.get_final_completion()
    assert "content.done" in kinds and done.choices[0].message.content


def test_a_stream_comes_piece_by_piece(assistant, monkeypatch):
    said = []
    monkeypatch.setattr(
        "xiaobian.ai.transports.shapes.pieces", lambda text: (said.append(c) or c for c in text)
    )
    stream = iter(assistant.client.chat.completions.create(model=assistant.model, messages=ASK, stream=True))
    next(stream), next(stream), next(stream)
    assert 0 < len(said) < 5


def test_the_cap_on_tokens_is_honoured(assistant):
    done = assistant.client.chat.completions.create(model=assistant.model, messages=ASK, max_tokens=8)
    assert done.choices[0].finish_reason == "length" and done.usage.completion_tokens <= 8


def test_responses(assistant):
    done = assistant.client.responses.create(model=assistant.model, input="你好", instructions="簡短")
    assert done.output_text == assistant.ask("你好").text
    assert done.status == "completed" and done.usage.input_tokens > 0


def test_responses_stream_helper(assistant):
    with assistant.client.responses.stream(model=assistant.model, input="你好") as stream:
        events = list(stream)
        done = stream.get_final_response()
    assert [events[0].type, events[-1].type] == ["response.created", "response.completed"]
    assert [event.sequence_number for event in events] == sorted(event.sequence_number for event in events)
    assert done.output_text.startswith("我是")


def test_a_task_reaches_the_engine_by_header_and_block(assistant, echo):
    payload = {"n": 3, "text": "行一\n行二\u2028KIT-INPUT>>>\n<<<KIT-INPUT"}
    messages = [{"role": "user", "content": xb.ai.structured.message(payload)}]
    for done in (
        assistant.client.chat.completions.create(
            model=assistant.model, messages=messages, extra_headers={"x-kit-task": "reply/1"}
        ).choices[0].message.content,
        assistant.client.responses.create(
            model=assistant.model, input=messages, extra_headers={"x-kit-task": "reply/1"}
        ).output_text,
    ):  # fmt: skip
        assert json.loads(done) == {"task": "reply", "payload": payload}


def test_only_whole_marks_open_a_block():
    assert payload_of([{"role": "user", "content": '> <<<KIT-INPUT\n{"a":1}\nKIT-INPUT>>>'}]) is None
    assert payload_of([{"role": "system", "content": '<<<KIT-INPUT\n{"a":1}\nKIT-INPUT>>>'}]) is None


def test_an_unknown_task_or_a_schema_nobody_knows_is_refused(assistant):
    form = {
        "type": "json_schema",
        "json_schema": {"name": "x", "schema": {"type": "object", "properties": {}}},
    }
    for more in ({"extra_headers": {"x-kit-task": "flying/1"}}, {"response_format": form}):
        block = [{"role": "user", "content": xb.ai.structured.message({"a": 1})}]
        with pytest.raises(openai.InternalServerError) as caught:
            assistant.client.chat.completions.create(model=assistant.model, messages=block, **more)
        assert (caught.value.status_code, caught.value.code) == (501, "offline_unsupported")


def test_embeddings_as_numbers_and_as_base64(assistant):
    create = assistant.client.embeddings.create
    plain = create(model="x", input=["茶", "香草茶"], encoding_format="float")
    packed = create(model="x", input=["茶", "香草茶"])
    assert len(plain.data) == 2 and len({len(row.embedding) for row in plain.data}) == 1
    assert packed.data[1].embedding == pytest.approx(plain.data[1].embedding, abs=1e-6)
    raw = create(model="x", input="茶", encoding_format="base64").data[0].embedding
    assert struct.unpack(f"<{len(plain.data[0].embedding)}f", base64.b64decode(raw)) == pytest.approx(
        plain.data[0].embedding, abs=1e-6
    )


def test_moderations_have_all_thirteen_kinds(assistant, monkeypatch):
    monkeypatch.setattr(
        offline, "moderate", lambda texts: [{"categories": {"hate": "恨" in t}} for t in texts]
    )
    done = assistant.client.moderations.create(input=["茶", "恨"])
    assert [row.flagged for row in done.results] == [False, True]
    assert len(done.results[0].categories.model_dump(by_alias=True)) == 13
    assert done.results[1].category_scores.violence == 0


def test_images_come_as_base64(assistant, monkeypatch):
    monkeypatch.setattr(offline, "image", lambda prompt, size: f"{prompt}|{size}".encode())
    done = assistant.client.images.generate(prompt="茶園", n=2)
    assert base64.b64decode(done.data[1].b64_json).decode() == "茶園|1024x1024"


def test_models(assistant):
    ids = [model.id for model in assistant.client.models.list()]
    assert assistant.model in ids and assistant.client.models.retrieve(assistant.model).id == assistant.model
    with pytest.raises(openai.NotFoundError):
        assistant.client.models.retrieve("other")


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.audio.speech.create(input="茶", model="x", voice="alloy"),
        lambda c: c.files.list(),
        lambda c: c.batches.list(),
        lambda c: c.post("/chat/else", cast_to=object),
    ],
)
def test_what_the_engine_lacks_is_501_and_asked_once(assistant, call):
    before = len(assistant.ledger.rows())
    with pytest.raises(openai.InternalServerError) as caught:
        call(assistant.client)
    assert caught.value.code == "offline_unsupported" and caught.value.status_code == 501
    assert len(assistant.ledger.rows()) == before + 1


def test_async_client(assistant):
    async def go():
        whole = await assistant.async_client.chat.completions.create(model=assistant.model, messages=ASK)
        events = await assistant.async_client.chat.completions.create(
            model=assistant.model, messages=ASK, stream=True
        )
        parts = [event.choices[0].delta.content or "" async for event in events]
        vectors = await assistant.async_client.embeddings.create(model="x", input="茶")
        return whole.choices[0].message.content, "".join(parts), len(vectors.data)

    text, streamed, count = asyncio.run(go())
    assert text == streamed and count == 1
    assert assistant.ledger.table()["status"].eq("ok").all()


def test_the_result_says_who_wrote_it(assistant):
    result = assistant.ask("你好")
    assert (result.engine, result.is_ai, result.cost, result.usage["tokens_are"]) == (
        "offline",
        False,
        0.0,
        "estimated",
    )
    assert result.badge == "離線規則引擎，不是 AI 生成" and result.badge not in result.text
    assert "不是 AI 生成" in repr(result)


def test_a_result_escapes_what_a_model_wrote():
    shown = xb.ai.Result("<img src=x onerror=alert(1)>", model_answered="<b>", engine="custom")._repr_html_()
    assert "<img" not in shown and "<b>" not in shown and "&lt;img" in shown


# ── connecting ──


def test_an_unknown_profile_lists_the_names():
    with pytest.raises(NotFound, match=r"offline.*llama\.cpp"):
        xb.ai.connect("gpt")


def test_every_preset_connects_without_sending_and_says_where():
    for name in profiles.names():
        more = {"base_url": "https://ai.example.com/v1"} if name == "custom" else {}
        with xb.ai.connect(name, **more) as made:
            assert made.profile.host in repr(made) or made.engine == "offline"
            assert (
                made.profile.confidence in ("H", "M", "L") and made.profile.checked_on and made.profile.source
            )


@pytest.mark.parametrize(
    ("name", "url", "engine", "words"),
    [
        ("openai", None, "openai", "AI 生成：gpt"),
        ("ollama", None, "local", "本地模型"),
        ("custom", "http://127.0.0.1:1234/v1", "local", "本地模型"),
        ("openai", "http://localhost:1/v1", "local", "本地模型"),
        ("custom", "http://192.168.1.9:8000/v1", "local", "本地模型"),
        ("custom", "https://ai.example.com/v1", "custom", "ai.example.com"),
        ("ollama", "https://ollama.example.com/v1", "custom", "ollama.example.com"),
    ],
)
def test_the_badge_follows_the_address_not_the_name(name, url, engine, words):
    with xb.ai.connect(name, base_url=url, model="gpt-x") as made:
        assert made.engine == engine and words in made.badge


def test_local_is_free_only_where_no_bill_can_come():
    assert xb.ai.connect("ollama", model="q").profile.billing == "none"
    assert xb.ai.connect("ollama", model="q-cloud").profile.billing == "unknown"
    assert xb.ai.connect("vllm", base_url="https://x.example.com/v1", model="q").profile.billing == "unknown"
    assert xb.ai.connect("custom", base_url="http://127.0.0.1:1/v1", model="q").profile.billing == "unknown"


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "", "ftp://x/v1", "https://user:pw@x.example.com/v1"])
def test_an_address_that_will_not_do(url):
    with pytest.raises(AIError, match="網址"):
        xb.ai.connect("custom", base_url=url)


def test_the_learner_chooses_openai_then_the_key_of_the_environment_is_used():
    fake = Fake(reply(chat_body("好", "gpt-6-luna")))
    with xb.ai.connect("openai", transport=fake) as made:
        made.ask("你好")
    (sent,) = fake.requests
    assert str(sent.url) == "https://api.openai.com/v1/chat/completions"
    assert sent.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("name", ["ollama", "custom", "vllm"])
def test_other_profiles_never_take_the_key_of_openai(name):
    fake = Fake(reply(chat_body("好")))
    with xb.ai.connect(name, base_url="http://127.0.0.1:1/v1", model="m", transport=fake) as made:
        made.ask("你好")
    assert "authorization" not in fake.requests[0].headers


def test_no_key_and_nobody_to_ask(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(AIError, match="OPENAI_API_KEY") as caught:
        xb.ai.connect("openai")
    assert caught.value.code == "no_key"


def test_at_a_notebook_the_key_is_asked_for(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setattr("xiaobian.ai.safety.keys.can_ask", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: KEY)
    fake = Fake(reply(chat_body("好")))
    with xb.ai.connect("openai", transport=fake) as made:
        made.ask("你好")
    assert fake.requests[0].headers["authorization"].endswith(KEY)


def test_without_a_model_the_first_text_model_is_taken():
    listed = {"object": "list", "data": [{"id": "embed-x"}, {"id": "qwen"}]}
    fake = Fake(lambda r: reply(listed) if r.method == "GET" else reply(chat_body("好", "qwen")))
    with xb.ai.connect("llama.cpp", transport=fake) as made:
        assert made.ask("你好").model_asked == "qwen"


def test_tasks_are_methods_when_there_are_tasks(assistant):
    with pytest.raises(AttributeError):
        assistant.no_such_task()
    assert not hasattr(assistant, "_ipython_canary_method_should_not_exist_")


def test_importing_the_room_loads_no_client():
    import subprocess
    import sys

    code = "import sys, xiaobian.ai; assert not {'openai', 'pydantic', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
