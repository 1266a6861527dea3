"""A key is in no output, log, ledger, cache, exception or repr, and is found before sharing."""

import io
import json
import logging
import pickle
import sys
import traceback

import pytest
from ai_fakes import KEY, Fake, Server, chat_body, error_body, reply, serving

import xiaobian as xb
from xiaobian.ai.safety import keys
from xiaobian.ai.safety.keys import Secret
from xiaobian.ai.transports.base import HX

ASK = [{"role": "user", "content": "你好"}]


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_STATE_DIR", str(tmp_path / "answers"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    return tmp_path


def test_a_secret_shows_itself_to_nobody():
    secret = Secret(KEY)
    for shown in (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>10}",
        str((secret,)),
        repr([secret]),
        repr({"k": secret}),
    ):
        assert KEY not in shown and KEY[:8] not in shown
    with pytest.raises(TypeError):
        vars(secret)
    for store in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            store(secret)
    assert secret.reveal() == KEY


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {KEY}. You can find",
        "Incorrect API key provided: sk-proj-********************abcd.",
        "key sk-abcd…wxyz1234 rejected", f"Authorization: Bearer {KEY}", f'{{"api_key": "{KEY}"}}',
        "headers={'authorization': 'Bearer my-server-key-1'}", "api_key='something-else-1234'", "Invalid API Key school-k****1234",
    ],
)  # fmt: skip
def test_scrub(text):
    clean = keys.scrub(text)
    for part in (KEY[:12], KEY[-6:], "abcd", "wxyz", "my-server", "something-else", "1234"):
        assert part not in clean
    assert keys.MASK in clean


def test_a_key_of_any_form_that_is_in_use_is_scrubbed():
    held = Secret("odd:form/of=key")
    assert "odd:form" not in keys.scrub("sent odd:form/of=key there")
    del held


@pytest.mark.parametrize(
    "text", ["春茶上市，8 折優惠到 12/31", "HTTP 404：沒有這個型號 gpt-6-luna", "a*b*c", "token 用了 1,234"]
)
def test_ordinary_words_are_left_alone(text):
    assert keys.scrub(text) == text


def leaks(assistant, call):
    """Everything that a learner or a log could see of a failing call."""
    log, handler = io.StringIO(), None
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        call(assistant)
    except Exception as problem:
        parts = ["".join(traceback.format_exception(problem)), repr(problem), str(vars(problem))]
        link = problem
        while link is not None:
            request = getattr(link, "request", None)
            parts.append(
                str(dict(request.headers)) if request is not None and hasattr(request, "headers") else ""
            )
            parts += [
                str(value)
                for frame, _ in traceback.walk_tb(link.__traceback__)
                for value in frame.f_locals.values()
                if "test_ai_keys" not in frame.f_code.co_filename
                and "ai_fakes" not in frame.f_code.co_filename
            ]
            link = link.__cause__ or link.__context__
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    return "\n".join(
        [*parts, log.getvalue(), str(vars(assistant.client)), repr(assistant), str(vars(assistant))]
    )


@pytest.mark.parametrize(
    "fault",
    [
        lambda _: reply(
            error_body("invalid_api_key", f"Incorrect API key provided: {KEY[:11]}****{KEY[-4:]}"), 401
        ),
        lambda _: HX.ConnectError(f"cannot send Bearer {KEY}"),
        lambda _: HX.ReadTimeout("slow"),
        lambda _: reply(error_body("oops"), 500),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        lambda a: a.ask("你好"),
        lambda a: a.client.chat.completions.create(model="m", messages=ASK, max_tokens=5),
    ],
)
def test_a_failing_call_shows_no_key(fault, call):
    assistant = xb.ai.connect("openai", key=KEY, transport=Fake(fault), prices={"m": (1, 1)})
    assert KEY not in leaks(assistant, call)


def test_a_real_connection_that_breaks_shows_no_key_in_any_frame():
    class Dead(Server):
        def chat(self, body):
            self.close_connection = True
            self.connection.close()

    with serving(Dead) as (url, _):
        assistant = xb.ai.connect("custom", base_url=url, model="m", key=KEY, hosts=["127.0.0.1"])
        shown = leaks(assistant, lambda a: a.client.chat.completions.create(model="m", messages=ASK))
    assert "Connection error" in shown and KEY not in shown


def test_a_key_written_in_a_cell_is_warned_about(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", object())
    with pytest.warns(UserWarning, match="存檔") as caught:
        xb.ai.connect("openai", key=KEY, transport=Fake(reply({})))
    assert KEY not in str(caught[0].message) and caught[0].filename == __file__


def test_nothing_on_disk_holds_the_key(alone):
    fake = Fake(lambda _: reply(chat_body(f"你的金鑰是 {KEY}", "gpt-6-luna")))
    with xb.ai.connect("openai", key=KEY, transport=fake, cache=alone / "r.jsonl") as assistant:
        assistant.ask("你好")
        assert list(keys.scan(alone)["kind"]) == []
    assert KEY not in (alone / "r.jsonl").read_text(encoding="utf-8")


# ── before sharing ──


def notebook(folder, source="", output=""):
    cell = {
        "cell_type": "code",
        "source": [source],
        "outputs": [{"text": [output]}],
        "metadata": {},
        "execution_count": 1,
    }
    file = folder / "課堂.ipynb"
    file.write_text(json.dumps({"cells": [cell, cell], "nbformat": 4}, ensure_ascii=False), encoding="utf-8")


def test_keys_in_notebooks_are_found_in_source_and_outputs(alone):
    notebook(alone, f'client = OpenAI(api_key="{KEY}")', f"Authorization: Bearer {KEY}")
    found = keys.scan(alone)
    assert list(found["where"]) == ["第 1 格的程式", "第 1 格的輸出", "第 2 格的程式", "第 2 格的輸出"]
    assert set(found["file"]) == {"課堂.ipynb"} and KEY not in found.to_string()


@pytest.mark.parametrize(
    "name", ["ai_ledger.jsonl", "cache.json", "x.py", ".env", ".env.local", "notes.md", "bad.ipynb"]
)
def test_keys_in_other_files_are_found(alone, name):
    (alone / name).write_text(f"first\nOPENAI_API_KEY={KEY}\n", encoding="utf-8")
    found = keys.scan(alone)
    assert list(found["where"]) == ["第 2 行"]


def test_a_key_in_use_is_found_whatever_its_form(alone):
    held = Secret("my-server-key-1")
    (alone / "x.txt").write_text("key my-server-key-1", encoding="utf-8")
    assert list(keys.scan(alone)["kind"]) == ["正在使用的金鑰"]
    del held


@pytest.mark.parametrize(
    "text",
    ["sk-container-id-1 sk-toggleable__content-fitted sk-estimator-doc-link-x", "task-0123456789012345678901", "sk-", "Bearer token",
     "risk-based-approach-0123456789-abcdefgh", "<div class='sk-toggleable__label-arrow-fitted'>"],
)  # fmt: skip
def test_what_is_no_key_is_not_found(alone, text):
    (alone / "x.html").write_text(text, encoding="utf-8")
    assert keys.scan(alone).empty


def test_the_folders_looked_at_without_an_argument(alone, monkeypatch):
    (alone / "work").mkdir()
    (alone / "answers").mkdir()
    (alone / "answers" / "ai_cache.jsonl").write_text(KEY, encoding="utf-8")
    monkeypatch.chdir(alone / "work")
    notebook(alone / "work", KEY)
    assert set(keys.scan()["file"]) == {"課堂.ipynb", "ai_cache.jsonl"}


def test_openais_own_debug_log_holds_no_key(monkeypatch):
    monkeypatch.setattr(logging.getLogger("openai"), "level", logging.DEBUG)
    assistant = xb.ai.connect("openai", key=KEY, transport=Fake(lambda _: HX.ReadError("gone")))
    shown = leaks(assistant, lambda a: a.client.chat.completions.create(model=a.model, messages=ASK))
    assert "chat/completions" in shown and KEY not in shown
