"""``connect()``: an assistant whose ``.client`` is the real openai client, offline unless the learner chooses."""

from __future__ import annotations

import dataclasses
import functools
import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai

from ..records import now, state_dir
from . import capabilities, credentials, exchange, profiles, recorded
from . import prices as price_list
from .capabilities import Capabilities
from .checks import Row
from .exchange import Message, Reply
from .failures import EMPTY, NESTED, AIError, _made, clear
from .guarding import Guarded
from .ledger import STANDING, Budget, Ledger
from .profiles import Profile
from .result import Result, badge
from .transports.base import HX
from .transports.cache import Cache
from .transports.guard import Guard
from .transports.ledger import LedgerLayer
from .transports.offline import Offline
from .transports.web import PLACEHOLDER, Web

if TYPE_CHECKING:
    from .probe import Report

CACHE_FILE = "ai_cache.jsonl"


class Assistant:
    """A way to one AI service, or to the rules engine.

    client, async_client: openai's own, usable in any cell; caps, ledger and cache lie beneath them.
    profile, known: what the service is and can do. ledger: what was asked, for how much. budget: the caps.
    """

    def __init__(
        self, profile: Profile, known: Capabilities, ledger: Ledger, budget: Budget, stack: Any,
        recordings: recorded.Recordings | None = None,
    ) -> None:  # fmt: skip
        self.profile, self.known, self.ledger, self.budget = profile, known, ledger, budget
        self.recordings = recordings
        self.refused: set[str] = set()
        common: dict[str, Any] = {
            "api_key": PLACEHOLDER, "admin_api_key": "", "webhook_secret": "", "base_url": profile.base_url,
            "max_retries": 0 if self.engine in ("offline", "recorded") else 2, "timeout": profile.timeout_s,
        }  # fmt: skip
        self.client = openai.OpenAI(**common, http_client=HX.Client(transport=stack, trust_env=False))
        self.async_client = openai.AsyncOpenAI(
            **common, http_client=HX.AsyncClient(transport=stack, trust_env=False)
        )

    @property
    def engine(self) -> str:
        """Who answers: offline, local, openai, custom or recorded."""
        return self.profile.engine

    @property
    def is_ai(self) -> bool:
        return self.engine != "offline"

    @property
    def host(self) -> str:
        return self.profile.host

    @property
    def model(self) -> str:
        """The model's id, for ``client.chat.completions.create(model=…)``; without one, the first the server lists."""
        if not self.known.model:
            name = self._first_model()
            probed = capabilities.stored(dataclasses.replace(self.profile, model=name))
            if probed is not None:
                vars(self.known).update(vars(probed))
            self.known.model = name
        return self.known.model

    def _first_model(self) -> str:
        with clear(self.profile):
            listed = [str(model.id) for model in self.client.models.list().data or []]
        texts = [name for name in listed if "embed" not in name.lower()] or listed
        if not texts:
            raise AIError(
                f"{self.profile.label} 沒有載入任何型號", where=f"主機 {self.host}", code="model",
                next_step='請先在那個程式裡載入一個型號，或用 connect(…, model="型號") 指定',
            )  # fmt: skip
        return texts[0]

    @property
    def badge(self) -> str:
        """The line that says where answers come from."""
        return badge(self.engine, self.known.model, self.host, self._recorded_on())

    def _recorded_on(self) -> str:
        return self.recordings.days()[1] if self.recordings and self.engine == "recorded" else ""

    # ── asking ──

    def ask(self, prompt: str, *, system: str = "", max_tokens: int | None = None) -> Result:
        """One free question, one answer, guarded like a task's: personal data hidden on the way out, the answer checked.

        max_tokens: cap on the answer. Raises AIError.
        """
        guarded, messages = self._guarded(prompt, system)
        reply = exchange.send(self, messages, max_tokens=max_tokens)
        text = guarded.restored(reply.text)
        violations = guarded.leaving("ask", {"text": text}, system=system) if self.is_ai else ()
        rows = [Row("出口檢查", False, found.reason, "python:exit", found.rule) for found in violations]
        warnings = [*reply.warnings, *guarded.warnings]
        if reply.finish == "length":
            warnings.append("回答碰到長度上限，可能沒寫完")
        if rows:
            warnings.append(f"{len(rows)} 項檢查沒有通過，發佈前請先改")
        return dataclasses.replace(
            self.result(reply, text, checks=rows, masked=guarded.masked, warnings=warnings), violations=violations
        )

    def stream(self, prompt: str, *, system: str = "", max_tokens: int | None = None) -> Iterator[str]:
        """One free question, the answer piece by piece, personal data hidden on the way out; what comes is not checked,
        for it is shown before it is whole. Raises AIError when it breaks."""
        guarded, messages = self._guarded(prompt, system)
        return guarded.restored_pieces(exchange.stream(self, messages, max_tokens=max_tokens))

    def _guarded(self, prompt: str, system: str) -> tuple[Guarded, list[Message]]:
        guarded = Guarded.of({"prompt": prompt, "system": system}, marked=self.is_ai)
        asked = guarded.payload
        told = "\n\n".join(part for part in (asked["system"], guarded.told if guarded.masked else "") if part)
        return guarded, _messages(asked["prompt"], told)

    def result(
        self, reply: Reply, text: str, *, data: Any = None, checks: Sequence[Any] = (), masked: Sequence[str] = (),
        warnings: Sequence[str] = (),
    ) -> Result:  # fmt: skip
        """A Result from a reply: engine, models, tokens and cost are read from the ledger's rows behind it."""
        rows = [row for row in map(self.ledger.row, reply.rows) if row.status not in ("failed", "refused")]
        costs = [row.cost_usd for row in rows]
        if waiting := sum(row.status in STANDING for row in rows):
            warnings = [*warnings, f"另有 {waiting} 次要求沒有等到結果，不確定有沒有計費"]
        usage = {
            "input_tokens": sum(row.input_tokens or 0 for row in rows),
            "output_tokens": sum(row.output_tokens or 0 for row in rows),
            "requests": len(reply.rows),
            "tokens_are": "estimated" if any(row.tokens_are != "real" for row in rows) else "real",
        }
        return Result(
            text=text, data=data, engine=reply.engine, model_asked=reply.model_asked,
            model_answered=reply.model_answered, is_ai=reply.engine != "offline", usage=usage,
            cost=None if None in costs or not costs else float(sum(cost or 0.0 for cost in costs)),
            checks=tuple(checks), masked=tuple(masked), warnings=tuple(dict.fromkeys(warnings)),
            request_id=reply.request_id, host=self.host, recorded_on=reply.recorded_on,
        )  # fmt: skip

    def embed(self, texts: Sequence[str], model: str | None = None) -> list[list[float]]:
        """One vector a text. Raises AIError, also when the server gives a vector a token instead of one a text."""
        name = model or self.profile.embeddings or self.model
        with clear(self.profile, name):
            found = self.client.embeddings.create(
                model=name, input=[exchange.clean(text) for text in texts], encoding_format="float"
            )
            vectors = [row.embedding for row in getattr(found, "data", None) or []]
        flat = all(isinstance(v, list) and v and all(isinstance(x, int | float) for x in v) for v in vectors)
        if len(vectors) != len(texts) or not flat or len({len(v) for v in vectors}) > 1:
            self.known.embeddings = 0
            raise _made(NESTED if vectors else EMPTY, self.profile, name)
        self.known.embeddings = len(vectors[0]) if vectors else None
        return vectors

    def doctor(self) -> Report:
        """Probe the service with at most eight cheap requests; what it can do is kept and used from then on."""
        from .probe import examine

        return examine(self)

    def __getattr__(self, name: str) -> Any:
        """``assistant.headlines(brief)`` is ``tasks.headlines(assistant, brief)``."""
        if not name.startswith("_"):
            from . import tasks

            if name in getattr(tasks, "__all__", ()):
                return functools.partial(getattr(tasks, name), self)
        raise AttributeError(name)

    # ── showing and ending ──

    def budget_left(self) -> str:
        """What is left of today's caps on this host, in words."""
        spent, caps = self.ledger.today(self.host), self.budget
        parts = []
        if caps.usd is not None:
            parts.append(f"US${max(caps.usd - spent.usd, 0):.4f}／{caps.usd:g}")
        if caps.tokens is not None:
            parts.append(f"{max(caps.tokens - spent.tokens, 0):,}／{caps.tokens:,} token")
        if caps.calls is not None:
            parts.append(f"{max(caps.calls - spent.calls, 0):,}／{caps.calls:,} 次")
        if parts:
            return (
                "今天還剩 "
                + "、".join(parts)
                + (f"（另有 {spent.unknown} 次價格未知）" if spent.unknown else "")
            )
        return "不限（沒有呼叫收費的服務）" if self.profile.billing == "none" else "沒有設上限"

    def _lines(self) -> list[tuple[str, str]]:
        day = f"（{self.known.checked_on} 檢查過）" if self.known.checked_on else ""
        host = "不連線" if self.engine in ("offline", "recorded") else self.host
        return [
            ("標示", self.badge), ("引擎", f"{self.engine}（{self.profile.label}）"), ("主機", host),
            ("型號", (self.known.model or "用服務列出的第一個") + day), ("預算", self.budget_left()),
        ]  # fmt: skip

    def __repr__(self) -> str:
        return "\n".join(f"{name}：{value}" for name, value in self._lines())

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left;padding:4px 16px 4px 0;color:#5B6875;font-weight:400;'
            f'background:#FFFFFF">{name}</th><td style="text-align:left;padding:4px 0;background:#FFFFFF">'
            f"{html.escape(value)}</td></tr>"
            for name, value in self._lines()
        )
        return (
            '<div style="border:1px solid #E3E8EC;border-left:4px solid #0A4A78;padding:8px 16px;max-width:960px;'
            'font-size:16px;color:#22303C;background:#FFFFFF;margin:8px 0">'
            f'<table style="border-collapse:collapse;font-size:14px;margin:0">{cells}</table></div>'
        )

    def close(self) -> None:
        """Close the connections; the ledger stays readable."""
        self.client.close()

    async def aclose(self) -> None:
        """Close the connections of the asynchronous client too."""
        await self.async_client.close()
        self.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _messages(prompt: str, system: str) -> list[Message]:
    first = [{"role": "system", "content": system}] if system else []
    return [*first, {"role": "user", "content": prompt}]


# ── connecting ──


def connect(
    profile: str = "offline", *, model: str | None = None, base_url: str | None = None, key: Any = None,
    budget: Any = None, cache: bool | str | Path = False, file: str | Path | None = None,
    prices: Mapping[str, Any] | None = None, hosts: Sequence[str] = (), timeout_s: float | None = None,
    api: str | None = None, transport: Any = None,
) -> Assistant:  # fmt: skip
    """An assistant; without arguments the rules engine, which needs no key and no network.

    profile: offline, openai, ollama, lmstudio, llama.cpp, vllm, custom (with ``base_url``), or recorded (with ``file``).
    key: see ``credentials.secret``; a key or address in the environment never changes the profile.
    budget: US$ a day, or ``Budget(usd, tokens, calls)``; the preset has caps for paid services.
    cache: True keeps answers that are not drawn by chance; a file name records everything for ``connect("recorded")``.
    prices: ``{"model": (input, output)}`` in US$ a million tokens, for models whose price the kit does not know.
    hosts: further hosts that an ``sk-`` key may go to. api: chat or responses.
    transport: an HTTP transport instead of the network's, for tests.

    Raises NotFound for an unknown profile, AIError for a key or address that will not do.

    >>> connect().badge
    '離線規則引擎，不是 AI 生成'
    """
    if profile == "recorded":
        return _replaying(file)
    chosen = _chosen(profile, model, base_url, timeout_s, api)
    ledger, own = Ledger(), _own(prices)
    caps = Budget.of(budget, chosen.budget)
    if chosen.engine == "offline":
        if cache:
            raise AIError(
                "離線引擎的回答不用錄製，也不能當成 AI 的回答", next_step="請拿掉 cache=", code="no_recording"
            )
        known = Capabilities.preset(chosen)
        return _assembled(chosen, known, ledger, caps, own, Offline(), None)
    listed = (*chosen.hosts, *(host.lower() for host in hosts))
    held = credentials.secret(chosen, key, listed)
    known = capabilities.stored(chosen) or Capabilities.preset(chosen)
    store = _store(cache, chosen, known)
    bottom: Any = Web(held, chosen.base_url, listed, transport)
    if store is not None:
        bottom = Cache(bottom, store, everything=store.meta is not None)
    return _assembled(chosen, known, ledger, caps, own, bottom, store)


def _assembled(
    chosen: Profile, known: Capabilities, ledger: Ledger, caps: Budget, own: dict[str, price_list.Price], bottom: Any,
    store: recorded.Recordings | None,
) -> Assistant:  # fmt: skip
    """Guard → Ledger → the rest, under one client."""
    stack = Guard(
        LedgerLayer(bottom, ledger), chosen, known, ledger, caps, own,
        bottom.has if isinstance(bottom, Cache) else None,
    )  # fmt: skip
    return Assistant(chosen, known, ledger, caps, stack, store)


def _chosen(
    name: str, model: str | None, base_url: str | None, timeout_s: float | None, api: str | None
) -> Profile:
    preset = profiles.profile(name)
    if name == "offline" and (base_url or model):
        raise AIError(
            "離線引擎沒有網址與型號可選",
            next_step='要連到服務請寫 connect("custom", base_url="http://…/v1")',
            code="profile",
        )
    changed: dict[str, Any] = {"model": model or preset.model}
    if api is not None and api not in ("chat", "responses"):
        raise AIError(f"api= 不能是 {api}", next_step="請用 chat 或 responses", code="profile")
    if timeout_s is not None:
        changed["timeout_s"] = timeout_s
    url = (base_url or preset.base_url).strip()
    if not url.startswith(("http://", "https://")) or "@" in url:
        raise AIError(
            "這個設定要有網址", where=f"connect(\"{name}\")", code="base_url",
            next_step='請寫 base_url=，例如 base_url="http://127.0.0.1:8080/v1"',
        )  # fmt: skip
    moved = dataclasses.replace(preset, **changed, base_url=url, api=api or preset.api)
    far = moved.engine != "local" and preset.billing == "none" and name != "offline"
    cloud = moved.model is not None and moved.model.endswith("cloud")
    other = preset.billing == "metered" and moved.engine != "openai"
    return dataclasses.replace(moved, billing="unknown") if far or cloud or other else moved


def _own(given: Mapping[str, Any] | None) -> dict[str, price_list.Price]:
    return price_list.own(given, now()[:10])


def _store(cache: bool | str | Path, chosen: Profile, known: Capabilities) -> recorded.Recordings | None:
    if cache is False or cache is None:
        return None
    if cache is True:
        return recorded.Recordings(state_dir() / CACHE_FILE)
    meta = recorded.Meta(
        chosen.name, chosen.base_url, known.model, known.schema, known.token_cap, chosen.engine, chosen.api
    )
    return recorded.Recordings(Path(cache), meta)


def _replaying(file: str | Path | None) -> Assistant:
    """An assistant that only replays a recording; nothing is sent."""
    if file is None:
        raise AIError(
            'connect("recorded") 要指定錄製檔',
            next_step='例如 connect("recorded", file="answers/標題.jsonl")',
            code="recorded",
        )
    store, meta = recorded.load(file)
    chosen = dataclasses.replace(
        profiles.profile(meta.profile), name="recorded", label="錄製的 AI 回答", base_url=meta.base_url,
        model=meta.model or (store.models() or [""])[0], auth="none", billing="none", budget={}, api=meta.api,
    )  # fmt: skip
    known = Capabilities.preset(chosen)
    known.schema, known.token_cap = meta.schema, meta.token_cap
    return _assembled(chosen, known, Ledger(), Budget(), {}, Cache(None, store, only=True), store)
