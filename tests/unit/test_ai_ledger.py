"""The ledger is never wrong: reserved before, settled after, standing where nobody knows, never zero for unknown."""

import asyncio
import json

import openai
import pytest
from ai_fakes import KEY, Fake, Pieces, chat_body, chunk, error_body, reply, sse, usage_chunk

import xiaobian as xb
from xiaobian.ai import prices, tokens
from xiaobian.ai.ledger import FILE, Ledger
from xiaobian.ai.prices import Price, Usage
from xiaobian.ai.transports.base import HX
from xiaobian.errors import TableError

ASK = [{"role": "user", "content": "介紹新茶"}]
KNOWN = {"profile": "p", "engine": "local", "host": "h", "endpoint": "e", "task": "", "model_asked": "m"}
LUNA = prices.find("openai", "gpt-6-luna")


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    return tmp_path


def paid(*script, **more):
    fake = Fake(*script)
    return xb.ai.connect("openai", key=KEY, transport=fake, **more), fake


def create(assistant, retries=0, **more):
    client = assistant.client.with_options(max_retries=retries)
    return client.chat.completions.create(model=assistant.model, messages=ASK, **more)


def only(assistant):
    (row,) = assistant.ledger.rows()
    return row


# ── tokens and prices ──


def test_the_estimate_knows_that_chinese_is_not_english():
    text = "新的一季高山烏龍開賣了，數量不多，想喝的朋友請留言告訴我們。"
    assert 0.75 * len(text) < tokens.estimate(text) < 1.1 * len(text)
    assert tokens.estimate(text) > 3 * len(text) / 4


@pytest.mark.parametrize("text", ["", "abc", "茶🍵", "１２３", "한국어 텍스트", "a" * 5000, "\ud83c"])
def test_a_reservation_is_above_the_estimate(text):
    assert tokens.reserve(text) >= tokens.estimate(text) + 20 - 1e-9
    assert tokens.count(text) >= bool(text)


def test_every_text_in_a_body_is_counted():
    body = {"messages": [{"content": [{"type": "text", "text": "春茶"}]}, {"content": "夏茶"}], "n": 3}
    assert "春茶" in tokens.texts(body) and "夏茶" in tokens.texts(body)


def test_a_price_by_classes_of_tokens_and_length():
    price = Price(
        "m", 1.0, 10.0, cached_input=0.1, long_from=1000, long_input_factor=2, long_output_factor=1.5
    )
    assert price.cost(Usage(100, 10)) == pytest.approx((100 + 100) / 1e6)
    assert price.cost(Usage(100, 10, cached=40)) == pytest.approx((60 + 4 + 100) / 1e6)
    assert price.cost(Usage(1001, 10)) == pytest.approx((2 * 1001 + 1.5 * 100) / 1e6)
    assert price.cost(Usage(100, None)) is None
    assert price.cost(Usage(100, 1, image=50)) is None


def test_a_price_is_of_one_service_and_unknown_elsewhere():
    assert prices.find("openai", "gpt-6-luna-2026-09-01") == LUNA
    assert prices.find("local", "gpt-6-luna") is None and prices.find("openai", "gpt-9") is None
    assert LUNA.checked_on and LUNA.source and LUNA.confidence == "L"


@pytest.mark.parametrize(
    "bad", [{"m": 3}, {"m": (1,)}, {"m": (-1, 1)}, {"m": ("a", 1)}, {"m": (float("nan"), 1)}]
)
def test_a_price_that_makes_no_sense(bad):
    with pytest.raises(TableError, match="m 的價格"):
        prices.own(bad, "2026-11-29")


@pytest.mark.parametrize(
    ("found", "into", "out"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 4}, 3, 4),
        ({"input_tokens": 3, "output_tokens": 4, "output_tokens_details": {"reasoning_tokens": 2}}, 3, 4),
        ({"prompt_tokens": 3, "total_tokens": 3}, 3, 0),
        ({"prompt_tokens": 3, "completion_tokens": None}, 3, None),
    ],
)
def test_usage_in_every_dialect(found, into, out):
    usage = Usage.read(found)
    assert (usage.input, usage.output) == (into, out)


@pytest.mark.parametrize(
    "found",
    [None, [], "x", {}, {"prompt_tokens": "many"}, {"prompt_tokens": -1}, {"prompt_tokens": float("nan")}],
)
def test_usage_that_is_none(found):
    assert Usage.read(found) is None


# ── settling ──


def test_reserved_before_and_settled_with_the_servers_count():
    seen = []
    assistant, _ = paid(lambda _: (seen.append(only(assistant)), reply(chat_body("好", "gpt-6-luna")))[1])
    create(assistant, max_tokens=100)
    (before,) = seen
    assert before.status == "open" and before.reserved_usd == pytest.approx(
        LUNA.cost(Usage(tokens.reserve("user\n介紹新茶\nlow"), 100)), rel=0.3
    )
    row = only(assistant)
    assert (row.status, row.input_tokens, row.output_tokens, row.tokens_are) == ("ok", 7, 5, "real")
    assert row.cost_usd == pytest.approx((7 * LUNA.input + 5 * LUNA.output) / 1e6)
    assert (row.model_asked, row.model_answered, row.attempt) == ("gpt-6-luna", "gpt-6-luna", 1)
    assert row.price_checked_on == LUNA.checked_on


def test_the_ledger_is_the_sum_of_the_usage():
    assistant, _ = paid(lambda _: reply(chat_body("好", "gpt-6-luna")))
    total = sum(create(assistant).usage.total_tokens for _ in range(5))
    frame = assistant.ledger.table()
    assert (
        frame[["input_tokens", "output_tokens"]].sum().sum()
        == total
        == assistant.ledger.today(assistant.host).tokens
    )
    assert frame["cost_usd"].sum() == pytest.approx(5 * LUNA.cost(Usage(7, 5)))


PARTS = [chunk("新"), chunk("茶"), chunk(None, "stop")]


def test_a_streams_usage_is_read_though_the_client_stops_at_done():
    body = Pieces(*PARTS, usage_chunk(11, 3), sse("[DONE]"), b": after\n\n")
    assistant, _ = paid(reply(body))
    list(create(assistant, stream=True, stream_options={"include_usage": True}))
    row = only(assistant)
    assert (row.status, row.input_tokens, row.output_tokens, row.tokens_are) == ("ok", 11, 3, "real")


def test_a_stream_cut_anywhere_between_bytes_is_read_the_same():
    whole = b"".join([*PARTS, usage_chunk(11, 3), sse("[DONE]")]).replace(b"\n", b"\r\n")
    body = Pieces(*(whole[i : i + 7] for i in range(0, len(whole), 7)))
    assistant, _ = paid(reply(body))
    list(create(assistant, stream=True))
    assert only(assistant).input_tokens == 11


def test_a_stream_without_usage_is_estimated_and_says_so():
    assistant, _ = paid(reply(Pieces(*PARTS, sse("[DONE]"))))
    list(create(assistant, stream=True))
    row = only(assistant)
    assert (row.status, row.tokens_are, row.output_tokens) == ("ok", "estimated", 2)
    assert row.cost_usd > 0 and "含估計" in assistant.ledger.say()


def test_an_aborted_stream_leaves_the_reservation_standing():
    body = Pieces(*PARTS, usage_chunk(), sse("[DONE]"))
    assistant, _ = paid(reply(body))
    stream = create(assistant, stream=True, max_tokens=100)
    next(iter(stream))
    stream.close()
    row = only(assistant)
    assert body.closed and body.sent < 4
    assert (row.status, row.cost_usd) == ("aborted", None) and row.usd == row.reserved_usd > 0
    assert "還沒結清" in assistant.ledger.say() and list(assistant.ledger.table()["cost"]) == ["還沒結清"]


def test_a_stream_that_breaks_leaves_the_reservation_standing():
    assistant, _ = paid(reply(Pieces(chunk("新"), HX.ReadError("gone"))))
    with pytest.raises((HX.ReadError, openai.APIConnectionError)):
        list(create(assistant, stream=True))
    assert only(assistant).status == "aborted" and only(assistant).usd > 0


def test_an_error_inside_a_stream_leaves_the_reservation_standing():
    assistant, _ = paid(reply(Pieces(chunk("新"), sse(error_body("server_error")))))
    with pytest.raises(openai.APIError):
        list(create(assistant, stream=True))
    assert only(assistant).status == "unsettled" and only(assistant).usd > 0


def test_the_responses_stream_is_metered():
    usage = {"input_tokens": 9, "output_tokens": 2, "total_tokens": 11}
    done = {
        "id": "r",
        "object": "response",
        "model": "gpt-6-luna",
        "output": [],
        "usage": usage,
        "status": "completed",
    }
    delta = {
        "type": "response.output_text.delta",
        "delta": "茶",
        "item_id": "i",
        "output_index": 0,
        "content_index": 0,
    }
    assistant, _ = paid(reply(Pieces(sse(delta), sse({"type": "response.completed", "response": done}))))
    list(assistant.client.responses.create(model=assistant.model, input="茶", stream=True))
    row = only(assistant)
    assert (row.endpoint, row.input_tokens, row.output_tokens, row.model_answered) == (
        "responses",
        9,
        2,
        "gpt-6-luna",
    )


def test_an_async_stream_is_metered():
    assistant, _ = paid(reply(Pieces(*PARTS, usage_chunk(11, 3), sse("[DONE]"))))

    async def go():
        events = await assistant.async_client.chat.completions.create(
            model=assistant.model, messages=ASK, stream=True
        )
        return [event async for event in events]

    asyncio.run(go())
    assert (only(assistant).status, only(assistant).input_tokens) == ("ok", 11)


@pytest.mark.parametrize(
    ("fault", "status", "stands"),
    [
        (lambda: reply(error_body("bad"), 400), "failed", False),
        (lambda: reply(error_body("rate_limit_exceeded"), 429), "failed", False),
        (lambda: reply(error_body("down"), 503), "failed", False),
        (lambda: reply(error_body("oops"), 500), "unsettled", True),
        (lambda: HX.ConnectError("refused"), "failed", False),
        (lambda: HX.ReadTimeout("slow"), "unsettled", True),
        (lambda: HX.ReadError("gone"), "unsettled", True),
    ],
)
def test_what_was_surely_not_billed_is_freed_and_the_rest_stands(fault, status, stands):
    assistant, _ = paid(lambda _: fault())
    with pytest.raises(openai.APIError):
        create(assistant)
    row = only(assistant)
    assert row.status == status and (row.usd > 0) == stands and row.cost_usd == (None if stands else 0.0)


def test_each_try_has_its_row(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    assistant, fake = paid(lambda _: reply(error_body("oops"), 500))
    with pytest.raises(openai.InternalServerError):
        create(assistant, retries=2)
    rows = assistant.ledger.rows()
    assert len(fake.requests) == len(rows) == 3 and [row.attempt for row in rows] == [1, 2, 3]
    assert assistant.ledger.today(assistant.host).usd == pytest.approx(3 * rows[0].reserved_usd)


def test_a_web_page_with_200_is_no_answer():
    page = reply(b"<html>login</html>", headers={"content-type": "text/html"})
    assistant, _ = paid(page)
    create(assistant)
    assert only(assistant).status == "failed" and only(assistant).usd == 0


def test_broken_bytes_do_not_break_the_ledger():
    body = json.dumps(chat_body("XX", "gpt-6-luna")).encode().replace(b"XX", b"\xff\xfe\xe8\x8c")
    assistant, _ = paid(reply(body))
    assistant.client.chat.completions.with_raw_response.create(model=assistant.model, messages=ASK)
    assert only(assistant).input_tokens == 7


def test_a_runaway_stream_is_cut():
    body = Pieces(*([chunk("茶" * 100)] * 500))
    assistant, _ = paid(reply(body))
    with pytest.raises(openai.APIError) as caught:
        list(create(assistant, stream=True, max_tokens=50))
    assert caught.value.code == "kit_runaway" and body.sent < 10
    assert only(assistant).status in ("aborted", "unsettled")


# ── the store ──


def test_neither_prompt_nor_answer_nor_key_is_written(alone):
    assistant, _ = paid(reply(chat_body("秘密回答", "gpt-6-luna")))
    create(assistant)
    text = (alone / FILE).read_text(encoding="utf-8")
    assert "秘密回答" not in text and "介紹新茶" not in text and KEY not in text and "Bearer" not in text


def test_rows_survive_a_new_connection_and_broken_lines(alone):
    assistant, _ = paid(reply(chat_body("好", "gpt-6-luna")))
    create(assistant)
    with open(alone / FILE, "ab") as file:
        file.write(b'{"id": 1\n\xff\xfe\n[]\n"x"\n{}\n')
    fresh = Ledger()
    assert fresh.table().empty and len(fresh.table(everything=True)) == 1
    assert fresh.say() == "還沒有呼叫過。" and "共 1 次" in fresh.say(everything=True)


def test_a_killed_run_leaves_an_open_row_that_counts():
    ledger = Ledger()
    known = {**KNOWN, "engine": "openai"}
    ledger.open(**known, reserved_tokens=100, reserved_usd=0.5)
    assert Ledger().today("h").usd == 0.5 and Ledger().today("h").tokens == 100


def test_two_connections_see_each_others_rows():
    one, two = Ledger(), Ledger()
    known = KNOWN
    for ledger in (one, two, one):
        ledger.open(**known)
    assert one.today("h").calls == two.today("h").calls == 3 and len(two.rows()) == 1


def test_an_unwritable_ledger_sends_nothing(alone):
    (alone / FILE).mkdir()
    assistant, fake = paid(reply(chat_body("好")))
    with pytest.raises(xb.ai.AIError, match="帳本") as caught:
        assistant.ask("你好")
    assert caught.value.code == "ledger" and not fake.requests


def test_nt_dollars_at_the_learners_rate():
    assistant, _ = paid(reply(chat_body("好", "gpt-6-luna")))
    create(assistant)
    assert assistant.ledger.table()["cost_twd"].isna().all() and "NT$" not in assistant.ledger.say()
    assistant.ledger.use_rate(32.0, as_of="2026-11-20")
    row = assistant.ledger.table().iloc[0]
    assert row["cost_twd"] == pytest.approx(32 * row["cost_usd"])
    assert "2026-11-20 的匯率" in assistant.ledger.say() and "2026-11-20" in Ledger().say(everything=True)


@pytest.mark.parametrize(
    "rate", [(0, "2026-11-20"), (32, "昨天"), (float("nan"), "2026-11-20"), ("32", "2026-11-20"), (32, "")]
)
def test_a_rate_without_sense_or_date(rate):
    with pytest.raises(TableError, match="匯率"):
        Ledger().use_rate(*rate)


def test_offline_costs_nothing_because_nothing_was_called():
    with xb.ai.connect() as assistant:
        assistant.ask("你好")
        frame = assistant.ledger.table()
        assert frame["cost_usd"].eq(0).all() and frame["tokens_are"].eq("estimated").all()
        assert "費用 0：沒有呼叫任何服務" in assistant.ledger.say()


def test_a_local_model_has_no_bill_and_says_why():
    fake = Fake(reply(chat_body("好")))
    with xb.ai.connect("ollama", model="m", transport=fake) as assistant:
        assistant.ask("你好")
        assert "沒有 API 帳單" in assistant.ledger.say() and assistant.ledger.rows()[0].cost_usd == 0


def test_a_service_of_unknown_price_is_never_free():
    fake = Fake(reply(chat_body("好")))
    with xb.ai.connect("custom", base_url="https://x.example.com/v1", model="m", transport=fake) as assistant:
        assert assistant.ask("你好").cost is None
        assert "費用 0" not in assistant.ledger.say() and "1 次價格未知" in assistant.ledger.say()
        assert "價格未知" in repr(assistant)
