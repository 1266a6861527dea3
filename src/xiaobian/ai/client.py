"""``connect()``: an assistant whose ``.client`` is the real openai client, offline unless the learner chooses."""

from __future__ import annotations

import dataclasses
from typing import Any

import openai

from .profiles import Profile, profile
from .result import badge
from .transports.base import HX
from .transports.offline import Offline
from .transports.web import PLACEHOLDER


class Assistant:
    """A way to one AI service, or to the rules engine: ``client`` and ``async_client`` are openai's own."""

    def __init__(self, profile: Profile, stack: Any, max_retries: int) -> None:
        self.profile = profile
        common: dict[str, Any] = {
            "api_key": PLACEHOLDER, "base_url": profile.base_url, "max_retries": max_retries,
            "timeout": profile.timeout_s,
        }  # fmt: skip
        self._http = HX.Client(transport=stack, trust_env=False)
        self._async_http = HX.AsyncClient(transport=stack, trust_env=False)
        self.client = openai.OpenAI(**common, http_client=self._http)
        self.async_client = openai.AsyncOpenAI(**common, http_client=self._async_http)

    @property
    def engine(self) -> str:
        """Who answers: offline, local, openai, custom or recorded."""
        return self.profile.engine

    @property
    def is_ai(self) -> bool:
        return self.engine != "offline"

    @property
    def model(self) -> str:
        """The model's id, for ``client.chat.completions.create(model=…)``."""
        return self.profile.model or ""

    @property
    def badge(self) -> str:
        return badge(self.engine, self.model, self.profile.host)

    def close(self) -> None:
        self.client.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return self.badge


def connect(
    name: str = "offline", *, model: str | None = None, base_url: str | None = None, key: Any = None,
    budget: Any = None, cache: Any = False,
) -> Assistant:  # fmt: skip
    """An assistant for a profile; without arguments the rules engine, which needs no key and no network."""
    chosen = profile(name)
    chosen = dataclasses.replace(chosen, model=model or chosen.model, base_url=base_url or chosen.base_url)
    return Assistant(chosen, Offline(), 0)
