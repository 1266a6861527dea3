"""doctor(): few cheap requests, a report a person can read, and abilities that are kept and used."""

import json
from datetime import date, timedelta

import pytest
from ai_fakes import KEY, Fake, Pieces, Server, chat_body, chunk, error_body, example, reply, serving, sse
from test_ai_structured import Awkward

import xiaobian as xb
from xiaobian.ai import capabilities, probe
from xiaobian.ai.failures import AIError
from xiaobian.records import now


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path))
    monkeypatch.setattr("time.sleep", lambda _: None)
    return tmp_path


def test_the_rules_engine_is_probed_without_a_network():
    report = xb.ai.doctor()
    assert report.known.chat and report.known.stream and report.known.responses and report.known.embeddings
    assert "離線規則引擎" in repr(report) and report.requests <= 8
    assert all(words in repr(report) for words in ("對話：可以", "串流：可以", "一共送了"))


class Obeying(Server):
    def respond(self, body):
        part = {"type": "output_text", "text": "茶", "annotations": []}
        item = {"type": "message", "role": "assistant", "content": [part]}
        self.send(
            200,
            {"id": "r", "object": "response", "model": self.model, "output": [item], "status": "completed"},
        )


def test_a_good_server(alone):
    with serving(Obeying) as (url, seen), xb.ai.connect("custom", base_url=url) as assistant:
        report = assistant.doctor()
        known = assistant.known
        assert len(seen) == report.requests <= 8
        assert (known.model, known.schema, known.embeddings, known.responses) == (
            "loaded-model",
            "json_schema",
            2,
            True,
        )
        assert known.honours_cap and known.stream_usage and known.usage and known.names_model
        assert known.moderations is False and known.checked_on == now()[:10]
        assert "loaded-model" in repr(report) and "內容審核：不行" in repr(report)
    stored = json.loads((alone / capabilities.FILE).read_text(encoding="utf-8"))
    assert len(stored) == 1


def test_an_awkward_server_and_what_follows_from_it():
    with serving(Awkward) as (url, seen):
        with xb.ai.connect("custom", base_url=url, model="any") as assistant:
            report = assistant.doctor()
            assert len(seen) == report.requests <= 8
            assert assistant.known.honours_cap is False and assistant.known.embeddings == 0
            assert assistant.known.stream_usage is False and assistant.known.responses is False
            assert "不在清單裡" in repr(report) and "超過上限" in repr(report)
            assert assistant.known.schema == "prompt"
        seen.clear()
        with xb.ai.connect("custom", base_url=url, model="any") as again:
            assert again.known.checked_on and "檢查過" in repr(again)
            from test_ai_structured import ask

            ask(again)
        assert len(seen) == 1 and "response_format" not in seen[0][2]


def test_an_old_probe_is_not_believed():
    with (
        serving(Obeying) as (url, _),
        xb.ai.connect("custom", base_url=url, model="loaded-model") as assistant,
    ):
        assistant.doctor()
        profile = assistant.profile
    assert capabilities.stored(profile) is not None
    later = date.today() + timedelta(days=capabilities.GOOD_FOR_DAYS + 2)
    assert capabilities.stored(profile, today=later) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"127.0.0.1:9|m": {"schema": "x"}}', '{"127.0.0.1:9|m": null}']
)
def test_a_broken_file_of_abilities_is_passed_over(alone, text):
    (alone / capabilities.FILE).write_text(text, encoding="utf-8")
    assistant = xb.ai.connect(
        "custom", base_url="http://127.0.0.1:9/v1", model="m", transport=Fake(reply({}))
    )
    assert assistant.known.checked_on == ""


def answering(shutdown):
    """A service that lists the model with a last day."""

    def answer(request):
        if request.method == "GET":
            return reply({"data": [{"id": "gpt-6-luna", "shutdown_date": shutdown}]})
        body = json.loads(request.content)
        if "messages" not in body:
            return reply(error_body(None), 404)
        if body["stream"]:
            return reply(Pieces(chunk("茶", model="gpt-6-luna"), sse("[DONE]")))
        form = body.get("response_format")
        text = json.dumps(example(form["json_schema"]["schema"])) if form else "茶"
        return reply(chat_body(text, "gpt-6-luna"))

    return answer


@pytest.mark.parametrize(("days", "words"), [(400, "還有 400 天"), (30, "請準備換型號"), (-3, "已經過了")])
def test_the_light_of_the_models_health(days, words):
    day = (date.fromisoformat(now()[:10]) + timedelta(days=days)).isoformat()
    report = xb.ai.doctor("openai", key=KEY, transport=Fake(answering(day)))
    assert words in repr(report) and report.known.shutdown_date == day
    assert ("請準備換型號" in repr(report)) == (days < 90)


def test_pictures_are_never_tried_because_they_cost():
    fake = Fake(answering(None))
    report = xb.ai.doctor("openai", key=KEY, transport=fake)
    assert not any("images" in str(request.url) for request in fake.requests)
    assert "沒有試" in repr(report) and len(fake.requests) == report.requests <= 8


def test_a_wrong_key_or_a_server_that_is_off_is_told_at_once():
    fake = Fake(lambda _: reply(error_body("invalid_api_key"), 401))
    with pytest.raises(AIError) as caught:
        xb.ai.doctor("openai", key=KEY, transport=fake)
    assert caught.value.code == "key" and len(fake.requests) == 1
    with serving(Server) as (url, _):
        pass
    with pytest.raises(AIError) as caught:
        xb.ai.doctor("ollama", base_url=url)
    assert caught.value.code == "unreachable"


def test_the_report_is_text_in_html():
    rows = (("<b>", True, "<script>"),)
    report = probe.Report(xb.ai.connect().profile, xb.ai.connect().known, rows, (), 0)
    assert "<script>" not in report._repr_html_() and "&lt;script&gt;" in report._repr_html_()


def test_a_probe_is_found_again_when_the_model_is_not_named():
    with serving(Obeying) as (url, _):
        with xb.ai.connect("custom", base_url=url) as first:
            first.doctor()
        with xb.ai.connect("custom", base_url=url) as second:
            assert second.known.checked_on == ""
            assert second.model == "loaded-model" and second.known.checked_on and second.known.embeddings == 2
