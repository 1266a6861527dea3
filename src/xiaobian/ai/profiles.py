"""Presets of the services the kit can speak with, and who it is that answers at an address."""

from __future__ import annotations

import dataclasses
import ipaddress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import yaml

from .. import datasets
from ..errors import NotFound

RUNGS = ("json_schema", "json_object", "prompt")


@dataclasses.dataclass(frozen=True)
class Profile:
    """What is known of a service before anything is sent; the fields are those of ``ai_profiles.yml``."""

    name: str
    label: str
    base_url: str
    model: str | None
    embeddings: str | None
    moderation: str | None
    image: str | None
    auth: str
    key_env: str | None
    hosts: tuple[str, ...]
    api: str
    token_cap: str
    schema: str
    string_bounds: bool
    temperature: bool
    reasoning_effort: str | None
    stream_usage: bool
    billing: str
    max_output_tokens: int
    max_body_kb: int
    timeout_s: float
    budget: dict[str, Any]
    confidence: str
    source: str
    note: str
    checked_on: str

    @property
    def host(self) -> str:
        """Host and port, as a learner would recognise it.

        >>> profile("ollama").host
        '127.0.0.1:11434'
        """
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def engine(self) -> str:
        """Who answers: offline, recorded, openai, local or custom; decided by the address, not by the name."""
        if self.name in ("offline", "recorded"):
            return self.name
        name = (urlsplit(self.base_url).hostname or "").lower()
        if is_nearby(name):
            return "local"
        return "openai" if name in profile("openai").hosts else "custom"


@cache
def _declared() -> dict[str, Any]:
    return dict(yaml.safe_load(datasets.path("reference/ai_profiles.yml").read_text(encoding="utf-8")))


def names() -> list[str]:
    """The presets, in the order of the file.

    >>> names()[:2]
    ['offline', 'openai']
    """
    return list(_declared()["profiles"])


@cache
def profile(name: str) -> Profile:
    """One preset; raises NotFound with the names there are."""
    declared = _declared()
    if name not in declared["profiles"]:
        known = "、".join([*names(), "recorded"])
        raise NotFound(f"沒有叫做 {name} 的 AI 服務設定", next_step=f"可用的設定：{known}")
    fields = {**declared["defaults"], **declared["profiles"][name]}
    fields["hosts"] = tuple(fields["hosts"])
    fields["base_url"] = fields["base_url"] or ""
    return Profile(name=name, checked_on=str(declared["checked_on"]), **fields)


def is_nearby(host: str) -> bool:
    """Whether a host is this computer or one of the own network.

    >>> is_nearby("localhost"), is_nearby("192.168.1.20"), is_nearby("api.example.com")
    (True, True, False)
    """
    if (
        host == "localhost"
        or host.endswith((".local", ".localhost"))
        or (host and "." not in host and ":" not in host)
    ):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local


def is_this_computer(host: str) -> bool:
    """Whether a host is this computer itself.

    >>> is_this_computer("127.0.0.1"), is_this_computer("192.168.1.20")
    (True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
