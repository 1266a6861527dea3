"""Guard, cache, web: what they refuse, mend, keep and never send; and servers on this computer."""

import asyncio
import json
import threading
import zlib

import openai
import pytest
from ai_fakes import KEY, Fake, Pieces, Server, chat_body, chunk, error_body, reply, serving, sse, usage_chunk

import xiaobian as xb
from xiaobian.ai.failures import AIError
from xiaobian.ai.ledger import Budget
from xiaobian.errors import NotFound, ReadError

ASK = [{"role": "user", "content": "介紹新茶"}]


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path / "answers"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return tmp_path


def local(*script, name="custom", **more):
    fake = Fake(*script)
    given = {"base_url": "http://127.0.0.1:9/v1", "model": "m", "transport": fake} | more
    return xb.ai.connect(name, **given), fake


def paid(*script, **more):
    fake = Fake(*script)
    return xb.ai.connect("openai", key=KEY, transport=fake, **more), fake


def create(assistant, **more):
    return assistant.client.chat.completions.create(model=assistant.model, messages=ASK, **more)


# ── guard: what servers differ in ──


@pytest.mark.parametrize(
    "given",
    [{}, {"max_tokens": 9}, {"max_completion_tokens": 9}, {"max_tokens": 9, "max_completion_tokens": 50}],
)
@pytest.mark.parametrize(("make", "name"), [(local, "max_tokens"), (paid, "max_completion_tokens")])
def test_one_cap_is_sent_under_the_name_of_the_profile(make, name, given):
    assistant, fake = make(reply(chat_body("好")))
    create(assistant, **given)
    (body,) = fake.bodies
    caps = {key for key in body if key.startswith("max_")}
    assert caps == {name} and body[name] == (9 if given else assistant.profile.max_output_tokens)


def test_stream_is_always_said():
    assistant, fake = local(reply(chat_body("好")))
    create(assistant)
    assert fake.bodies[0]["stream"] is False


def test_a_cap_above_the_profiles_is_lowered():
    assistant, fake = local(reply(chat_body("好")))
    create(assistant, max_tokens=10**6)
    assert fake.bodies[0]["max_tokens"] == assistant.profile.max_output_tokens


def test_a_body_too_large_is_not_sent():
    assistant, fake = local(reply(chat_body("好")))
    with pytest.raises(AIError) as caught:
        assistant.ask("茶" * 200_000)
    assert caught.value.code == "too_large" and not fake.requests


# ── guard: caps ──


def refusal(assistant, **more):
    with pytest.raises(openai.APIStatusError) as caught:
        create(assistant, **more)
    assert caught.value.status_code == 402
    return caught.value.code


def test_over_budget_nothing_is_sent_and_it_is_asked_once():
    assistant, fake = paid(reply(chat_body("好")), budget=1e-7)
    assert refusal(assistant) == "kit_budget_exceeded"
    assert not fake.requests
    (row,) = assistant.ledger.rows()
    assert (row.status, row.cost_usd, row.reserved_usd) == ("refused", None, None)
    assert "擋下" in assistant.ledger.say()


def test_an_async_call_over_budget_is_refused_too():
    assistant, fake = paid(reply(chat_body("好")), budget=1e-7)

    async def go():
        await assistant.async_client.chat.completions.create(model=assistant.model, messages=ASK)

    with pytest.raises(openai.APIStatusError) as caught:
        asyncio.run(go())
    assert caught.value.code == "kit_budget_exceeded" and not fake.requests


def test_an_unknown_price_with_a_money_cap_is_refused():
    assistant, fake = paid(reply(chat_body("好", "gpt-new")), model="gpt-new")
    assert refusal(assistant) == "kit_unknown_price" and not fake.requests
    with pytest.raises(AIError, match=r"價格未知.*prices=") as caught:
        assistant.ask("你好")
    assert caught.value.code == "unknown_price"


def test_an_unknown_price_with_a_token_cap_is_shown_as_unknown():
    assistant, _ = paid(reply(chat_body("好", "gpt-new")), model="gpt-new", budget={"tokens": 5000})
    result = assistant.ask("你好")
    assert result.cost is None and result.say_cost() == "價格未知"
    assert assistant.ledger.table()["cost_usd"].isna().all()
    assert list(assistant.ledger.table()["cost"]) == ["價格未知"]
    assert "1 次價格未知" in assistant.ledger.say() and "費用 0" not in assistant.ledger.say()


def test_a_price_of_the_learners_own_is_used_first():
    assistant, _ = paid(
        reply(chat_body("好", "gpt-new")), model="gpt-new", prices={"gpt-new": (100, 1000)}, budget=5
    )
    assert assistant.ask("你好").cost == pytest.approx((7 * 100 + 5 * 1000) / 1e6)
    assert assistant.ledger.rows()[0].price_source == "學習者自訂"


def test_calls_and_tokens_are_capped():
    assistant, fake = local(reply(chat_body("好")), budget=Budget(calls=2))
    create(assistant), create(assistant)
    assert refusal(assistant) == "kit_call_limit" and len(fake.requests) == 2
    assistant, fake = local(
        reply(chat_body("好")), base_url="http://127.0.0.1:10/v1", budget=Budget(tokens=500)
    )
    assert refusal(assistant, max_tokens=490) == "kit_budget_exceeded" and not fake.requests
    create(assistant, max_tokens=100)


def test_the_budget_is_the_days_and_the_hosts():
    first, _ = local(reply(chat_body("好")), budget=Budget(calls=1))
    create(first)
    second, fake = local(reply(chat_body("好")), budget=Budget(calls=1))
    assert refusal(second) == "kit_call_limit" and not fake.requests
    other, _ = local(reply(chat_body("好")), base_url="http://127.0.0.1:10/v1", budget=Budget(calls=1))
    create(other)


def test_threads_cannot_pass_the_budget_together():
    gate = threading.Barrier(4)

    def slow(_):
        return reply(chat_body("好"))

    assistant, fake = local(slow, budget=Budget(calls=2))
    refused = []

    def go():
        gate.wait()
        try:
            create(assistant)
        except openai.APIStatusError as problem:
            refused.append(problem.code)

    threads = [threading.Thread(target=go) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(fake.requests) == 2 and refused == ["kit_call_limit"] * 2


@pytest.mark.parametrize("budget", [-1, float("nan"), "許多", True, {"dollars": 1}])
def test_a_budget_that_makes_no_sense(budget):
    with pytest.raises(xb.errors.TableError):
        local(reply({}), budget=budget)


# ── web: the key and the host ──


def test_a_key_of_openai_stays_off_other_hosts():
    with pytest.raises(AIError) as caught:
        local(reply({}), key=KEY)
    assert caught.value.code == "key_host" and KEY not in str(caught.value)
    assistant, fake = local(reply(chat_body("好")), key=KEY, hosts=["127.0.0.1"])
    create(assistant)
    assert fake.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_key_given_to_the_raw_client_stays_off_other_hosts():
    assistant, fake = local(reply(chat_body("好")))
    with pytest.raises(openai.PermissionDeniedError) as caught:
        assistant.client.with_options(api_key=KEY).chat.completions.create(model="m", messages=ASK)
    assert caught.value.code == "kit_key_host" and not fake.requests


def test_the_raw_client_cannot_be_turned_to_another_host():
    assistant, fake = paid(reply(chat_body("好")))
    with pytest.raises(openai.PermissionDeniedError) as caught:
        assistant.client.with_options(base_url="https://evil.example.com/v1").models.list()
    assert caught.value.code == "kit_other_host" and not fake.requests


def test_what_only_openai_should_know_is_not_sent_elsewhere(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Company-Token: t-1")
    assistant, fake = local(reply(chat_body("好")))
    create(assistant)
    assert not {"openai-organization", "x-company-token", "authorization"} & set(fake.requests[0].headers)
    assistant, fake = paid(reply(chat_body("好")))
    create(assistant)
    assert fake.requests[0].headers["openai-organization"] == "org-1"


def test_another_services_key_is_sent_to_it():
    assistant, fake = local(reply(chat_body("好")), key="my-server-key-1")
    create(assistant)
    assert fake.requests[0].headers["authorization"] == "Bearer my-server-key-1"


def test_a_coded_answer_is_decoded_before_it_is_metered():
    packed = zlib.compressobj(wbits=31)
    content = packed.compress(json.dumps(chat_body("好")).encode()) + packed.flush()
    assistant, fake = local(reply(content, headers={"content-encoding": "gzip"}))
    assert assistant.ask("你好").text == "好"
    assert fake.requests[0].headers["accept-encoding"] == "identity"
    assert assistant.ledger.rows()[0].input_tokens == 7


# ── cache and recordings ──


def test_the_cache_keeps_only_what_is_not_drawn_by_chance():
    assistant, fake = local(lambda _: reply(chat_body("好")), cache=True)
    for temperature in (0, 0, 0.7, 0.7):
        create(assistant, temperature=temperature)
    create(assistant), create(assistant)
    assert len(fake.requests) == 1 + 2 + 2
    assert [row.status for row in assistant.ledger.rows()][:2] == ["ok", "cached"]
    assert assistant.ledger.rows()[1].cost_usd == 0 and assistant.ledger.rows()[1].tokens == 0


def test_a_cached_answer_needs_no_budget_and_no_key_is_on_disk(alone):
    assistant, fake = paid(lambda _: reply(chat_body("好", "gpt-6-luna")), cache=True, budget=Budget(calls=1))
    for _ in range(3):
        create(assistant, temperature=0)
    assert len(fake.requests) == 1
    written = "".join(f.read_text(encoding="utf-8") for f in (alone / "answers").iterdir())
    assert KEY not in written and "介紹新茶" not in written


STREAM = (chunk("新"), chunk("茶"), chunk(None, "stop"), usage_chunk(), sse("[DONE]"))


def test_a_recorded_stream_is_replayed_as_a_stream(alone):
    file = alone / "錄音.jsonl"
    assistant, fake = local(lambda _: reply(Pieces(*STREAM)), cache=file)
    first = list(assistant.stream("介紹新茶"))
    again = xb.ai.connect("recorded", file=file)
    assert list(again.stream("介紹新茶")) == first == ["新", "茶"]
    assert len(fake.requests) == 1 and again.ledger.rows()[0].status == "cached"


def test_a_recording_is_replayed_and_labelled(alone):
    file = alone / "titles.jsonl"
    assistant, _ = local(lambda _: reply(chat_body("好茶", "m-7b")), cache=file, model="m-7b")
    live = assistant.ask("你好")
    with xb.ai.connect("recorded", file=file) as again:
        result = again.ask("你好")
        assert (result.text, result.engine, result.is_ai, result.cost) == ("好茶", "recorded", True, 0.0)
        assert "m-7b" in result.badge and "錄製於 20" in result.badge and "錄製" in again.badge
        assert any("存下的回答" in warning for warning in result.warnings)
        with pytest.raises(AIError, match=r"titles\.jsonl") as caught:
            again.ask("沒問過的")
        assert caught.value.code == "not_recorded"
    assert live.engine == "local" and live.recorded_on == ""


def test_a_recording_repeats_the_way_down_the_ladder(alone):
    import pydantic

    class One(pydantic.BaseModel):
        title: str

    def answer(request):
        form = json.loads(request.content).get("response_format")
        return reply(error_body("x"), 500) if form else reply(chat_body('{"title": "茶"}'))

    file = alone / "ladder.jsonl"
    assistant, fake = local(answer, cache=file)
    live = xb.ai.structured.ask(assistant, "headlines", "寫標題", {"n": 1}, One)
    again = xb.ai.structured.ask(xb.ai.connect("recorded", file=file), "headlines", "寫標題", {"n": 1}, One)
    assert again.parsed == live.parsed and len(fake.requests) == 3


def test_a_recording_that_is_none(alone):
    with pytest.raises(NotFound, match="找不到錄製檔"):
        xb.ai.connect("recorded", file=alone / "none.jsonl")
    with pytest.raises(AIError, match="錄製檔"):
        xb.ai.connect("recorded")
    for text in ("[]", "{", '{"key": "x"}'):
        (alone / "bad.jsonl").write_text(text, encoding="utf-8")
        with pytest.raises(ReadError):
            xb.ai.connect("recorded", file=alone / "bad.jsonl")


def test_the_rules_engine_is_not_recorded_as_ai(alone):
    with pytest.raises(AIError, match="離線引擎"):
        xb.ai.connect(cache=alone / "x.jsonl")


def test_faults_and_half_answers_are_not_cached():
    bad = [reply(error_body("x"), 503), reply(b"<html></html>", headers={"content-type": "text/html"})]
    assistant, fake = local(*bad, lambda _: reply(chat_body("好")), cache=True)
    for _ in range(2):
        try:
            assistant.client.with_options(max_retries=0).chat.completions.create(
                model="m", messages=ASK, temperature=0
            )
        except openai.APIError:
            continue
    create(assistant, temperature=0), create(assistant, temperature=0)
    assert len(fake.requests) == 3


# ── servers on this computer ──


def test_a_good_server_is_a_local_model_in_badge_and_ledger():
    class Good(Server):
        key = "school-key-1234"

    with (
        serving(Good) as (url, seen),
        xb.ai.connect("llama.cpp", base_url=url, key="school-key-1234") as assistant,
    ):
        result = assistant.ask("你好")
        assert (result.text, result.engine, result.is_ai, result.cost) == (
            "本地模型的回答",
            "local",
            True,
            0.0,
        )
        assert result.badge.startswith("本地模型") and "loaded-model" in result.badge
        assert "".join(assistant.stream("你好")) == "本地模型的回答"
        rows = [row for row in assistant.ledger.rows() if row.endpoint == "chat/completions"]
        assert [(row.input_tokens, row.output_tokens, row.tokens_are) for row in rows] == [(7, 5, "real")] * 2
        assert {row.engine for row in rows} == {"local"} and {row.model_answered for row in rows} == {
            "loaded-model"
        }
        assert all(body["stream"] in (True, False) for path, _, body in seen if "chat" in path)


def test_a_wrong_key_is_one_sentence_and_one_attempt():
    class Locked(Server):
        key = "school-key-1234"

    with (
        serving(Locked) as (url, seen),
        xb.ai.connect("custom", base_url=url, model="m", key="wrong-key-9876") as assistant,
    ):
        with pytest.raises(AIError, match="金鑰不被接受") as caught:
            assistant.ask("你好")
        assert caught.value.status == 401 and len(seen) == 1
        assert "school-k" not in str(caught.value) or "****" not in str(caught.value)


def test_the_async_client_reaches_a_server():
    async def go(assistant):
        events = await assistant.async_client.chat.completions.create(model="m", messages=ASK, stream=True)
        return "".join([event.choices[0].delta.content or "" async for event in events])

    with serving(Server) as (url, _):
        assistant = xb.ai.connect("custom", base_url=url, model="m")
        assert asyncio.run(go(assistant)) == "本地模型的回答"
        assert assistant.ledger.rows()[0].tokens_are == "estimated"


def test_a_wrong_model_name_that_is_accepted_is_told():
    with serving(Server) as (url, _), xb.ai.connect("custom", base_url=url, model="qwen-99") as assistant:
        result = assistant.ask("你好")
    assert (result.model_asked, result.model_answered) == ("qwen-99", "loaded-model")
    assert any("loaded-model" in warning and "qwen-99" in warning for warning in result.warnings)


def test_a_server_that_streams_when_stream_is_left_out_gets_it_said():
    class Streaming(Server):
        def chat(self, body):
            if body.get("stream", True):
                return super().chat({**body, "stream": True})
            return super().chat(body)

    with (
        serving(Streaming) as (url, _),
        xb.ai.connect("custom", base_url=url, model="loaded-model") as assistant,
    ):
        assert create(assistant).choices[0].message.content == "本地模型的回答"


def test_a_refused_port_names_the_host_and_costs_nothing():
    with serving(Server) as (url, _):
        pass
    assistant = xb.ai.connect("ollama", base_url=url, model="m")
    assistant.client = assistant.client.with_options(max_retries=0)
    with pytest.raises(AIError, match=r"127\.0\.0\.1:\d+.*啟動 Ollama") as caught:
        assistant.ask("你好")
    assert caught.value.code == "unreachable"
    (row,) = assistant.ledger.rows()
    assert (row.usd, row.status, row.cost_usd) == (0, "failed", 0)
