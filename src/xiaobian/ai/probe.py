"""``doctor()``: at most eight cheap requests that tell what a service really does; the report is kept on disk."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pydantic

from ..records import now
from . import exchange, structured
from .capabilities import Capabilities
from .failures import BY_CODE, AIError, clear
from .profiles import RUNGS, Profile

if TYPE_CHECKING:
    from .client import Assistant

SHORT_CAP = 24
SHUTDOWN_WARNING_DAYS = 90
MARKS = {True: "可以", False: "不行", None: "沒有試"}


class Tiny(pydantic.BaseModel):
    """The object the probe asks for."""

    color: str = pydantic.Field(max_length=8)
    number: int = pydantic.Field(ge=1, le=9)


@dataclass(frozen=True)
class Report:
    """What the probe found: rows of what, whether, and a remark; ``known`` is what the assistant uses from now on."""

    profile: Profile
    known: Capabilities
    rows: tuple[tuple[str, bool | None, str], ...]
    models: tuple[str, ...]
    requests: int

    def __repr__(self) -> str:
        head = f"健檢：{self.profile.label}｜{self.profile.host}｜型號 {self.known.model or '（沒有）'}｜{self.known.checked_on}"
        lines = [
            f"  {what}：{MARKS[good]}" + (f"（{remark}）" if remark else "")
            for what, good, remark in self.rows
        ]
        return "\n".join([head, *lines, f"  一共送了 {self.requests} 次要求。"])

    def _repr_html_(self) -> str:
        return f'<pre style="white-space:pre-wrap;font-size:14px;color:#22303C;background:#FFFFFF">{html.escape(repr(self))}</pre>'


def doctor(profile: str = "offline", **given: Any) -> Report:
    """Connect and probe; the arguments are those of ``connect``. Works for the rules engine too."""
    from .client import connect

    with connect(profile, **given) as assistant:
        return examine(assistant)


def examine(assistant: Assistant) -> Report:
    """Probe a connected assistant, keep what was found for 30 days, and use it from now on.

    A service that cannot be reached, or does not take the key, raises AIError: there is nothing to report.
    """
    return _Examination(assistant).report()


class _Examination:
    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.known = assistant, assistant.known
        self.client: Any = assistant.client.with_options(max_retries=0)
        self.rows: list[tuple[str, bool | None, str]] = []
        self.models: tuple[str, ...] = ()
        self.before = len(assistant.ledger.rows())
        preset = Capabilities.preset(assistant.profile)
        for field in dataclasses.fields(Capabilities):
            if field.name not in ("model", "token_cap"):
                setattr(self.known, field.name, getattr(preset, field.name))

    def report(self) -> Report:
        self._models()
        self._chat()
        self._stream()
        self._ladder()
        self._responses()
        self._embeddings()
        self._moderations()
        self._images()
        self.known.checked_on = now()[:10]
        if self.assistant.engine != "recorded":
            self.known.save()
        sent = len(self.assistant.ledger.rows()) - self.before
        return Report(self.assistant.profile, self.known, tuple(self.rows), self.models, sent)

    def _note(self, what: str, good: bool | None, remark: str = "") -> None:
        self.rows.append((what, good, remark))

    def _try(self, call: Callable[[], Any]) -> tuple[Any, str]:
        """An answer, or the reason there is none; what makes all further questions pointless is raised."""
        try:
            with clear(self.assistant.profile, self.known.model):
                return call(), ""
        except AIError as problem:
            if problem.code in (
                "unreachable",
                "key",
                "budget",
                "call_limit",
                "unknown_price",
                "no_v1",
                "ledger",
            ):
                raise
            return None, problem.what

    # ── the questions ──

    def _models(self) -> None:
        found, why = self._try(lambda: list(self.client.models.list().data or []))
        self.known.models_listed = found is not None
        if found is None:
            self._note("列出型號", False, why)
            return
        self.models = tuple(str(model.id) for model in found)
        if not self.known.model and self.models:
            texts = [name for name in self.models if "embed" not in name.lower()]
            self.known.model = (texts or list(self.models))[0]
        ours = next((model for model in found if model.id == self.known.model), None)
        self.known.model_listed = ours is not None
        shown = "、".join(self.models[:8]) + ("…" if len(self.models) > 8 else "")
        self._note("列出型號", True, f"{len(self.models)} 個：{shown}" if self.models else "一個也沒有")
        if ours is None:
            self._note(f"型號 {self.known.model or '（沒指定）'}", False, "不在清單裡：會答的可能是別的型號")
            return
        self._health(str(getattr(ours, "shutdown_date", None) or ""))

    def _health(self, shutdown: str) -> None:
        """The model's light: red after its last day, yellow within 90 days of it."""
        self.known.shutdown_date = shutdown[:10]
        try:
            left = (date.fromisoformat(shutdown[:10]) - date.fromisoformat(now()[:10])).days
        except ValueError:
            self._note(
                f"型號 {self.known.model}", True, "沒有公布停用日" if not shutdown else f"停用日 {shutdown}"
            )
            return
        said = f"停用日 {shutdown[:10]}，" + (f"還有 {left} 天" if left >= 0 else "已經過了")
        warning = "，請準備換型號" if left <= SHUTDOWN_WARNING_DAYS else ""
        self._note(f"型號 {self.known.model}", left >= 0, said + warning)

    def _chat(self) -> None:
        reply, why = self._try(
            lambda: exchange.send(
                self.assistant, [{"role": "user", "content": "請用繁體中文介紹台灣的茶，寫一百個字。"}],
                max_tokens=SHORT_CAP, retries=0,
            )
        )  # fmt: skip
        cut = why == "回答在長度上限前沒寫完"
        self.known.chat = reply is not None or cut
        self._note("對話", self.known.chat, why)
        if reply is None:
            return
        usage = getattr(reply.completion, "usage", None)
        self.known.usage = usage is not None
        self._note("回報用量", self.known.usage, "" if usage else "帳本改用估計")
        self.known.honours_cap = self.known.honours_cap is not False
        self._note(
            "守長度上限", self.known.honours_cap,
            f"參數 {self.known.token_cap}" if self.known.honours_cap else "超過上限很多，長任務會慢",
        )  # fmt: skip
        self.known.names_model = exchange.same_model(reply.model_asked, reply.model_answered)
        if not self.known.names_model:
            self._note("回答的型號", False, f"是 {reply.model_answered}，不是要求的 {reply.model_asked}")

    def _stream(self) -> None:
        usage = False

        def read() -> int:
            nonlocal usage
            count = 0
            options = {"stream_options": {"include_usage": True}} if self.known.stream_usage else {}
            with self.client.chat.completions.create(
                model=self.assistant.model, messages=[{"role": "user", "content": "說一個字：茶"}], stream=True,
                **{self.known.token_cap: SHORT_CAP}, **options,
            ) as events:  # fmt: skip
                for event in events:
                    usage |= getattr(event, "usage", None) is not None
                    count += any(getattr(c.delta, "content", None) for c in event.choices or [])
            return count

        pieces, why = self._try(read)
        cut = why == BY_CODE["kit_runaway"].what
        self.known.stream = bool(pieces) or cut
        self.known.stream_usage = usage
        remark = "結尾有用量" if usage else "結尾沒有用量，帳本改用估計"
        self._note("串流", self.known.stream, why or (remark if pieces else "沒有內容"))

    def _ladder(self) -> None:
        """The highest rung that holds; a rung is right when its first answer validates as it came."""
        if self.assistant.engine == "offline":
            self._note("照格式回答", True, "課程任務都照格式；任意的 schema 不行")
            return
        for rung in RUNGS[:2]:
            text, _ = self._try(lambda rung=rung: self._object(rung))  # type: ignore[misc]
            if text is not None and structured.read(text, Tiny)[0] is not None:
                self.known.schema = rung
                self._note("照格式回答", True, f"用 {rung}")
                return
        self.known.schema = RUNGS[-1]
        self._note("照格式回答", False, "改成在提示詞裡說明格式，再由套件檢查")

    def _object(self, rung: str) -> str:
        form: Any = {"type": "json_object"}
        if rung == "json_schema":
            schema = structured.strict_schema(Tiny)
            schema = schema if self.known.string_bounds else structured.without_string_bounds(schema)
            form = {"type": "json_schema", "json_schema": {"name": "tiny", "strict": True, "schema": schema}}
        words = (
            "給一個 JSON 物件"
            if rung == "json_schema"
            else '給一個 JSON 物件，例如 {"color": "綠", "number": 3}'
        )
        messages = [{"role": "user", "content": words}]
        cap = 400 if self.known.reasoning_effort else 60
        return exchange.send(self.assistant, messages, max_tokens=cap, response_format=form, retries=0).text

    def _responses(self) -> None:
        found, why = self._try(
            lambda: self.client.responses.create(
                model=self.assistant.model, input="說一個字：茶", stream=False, max_output_tokens=SHORT_CAP
            )
        )
        self.known.responses = found is not None and hasattr(found, "output")
        self._note("Responses", self.known.responses, why)

    def _embeddings(self) -> None:
        vectors, why = self._try(lambda: self.assistant.embed(["你好", "台灣茶"]))
        self.known.embeddings = len(vectors[0]) if vectors else 0
        self._note("embeddings", bool(vectors), f"每段 {len(vectors[0])} 個數字" if vectors else why)

    def _moderations(self) -> None:
        name = self.assistant.profile.moderation
        found, why = self._try(
            lambda: self.client.moderations.create(input="茶很香", **({"model": name} if name else {}))
        )
        self.known.moderations = bool(getattr(found, "results", None))
        self._note("內容審核", self.known.moderations, why if not self.known.moderations else "")

    def _images(self) -> None:
        self.known.images = bool(self.assistant.profile.image)
        self._note(
            "產生圖片",
            None,
            "沒有試，因為會收費"
            if self.assistant.engine == "openai"
            else f"設定檔說{'有' if self.known.images else '沒有'}",
        )
