"""How a publish queue is set up: the decisions that lose, double or save a post."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from ...errors import NotFound

Clock = Literal["taipei", "utc"]
Wait = Literal["none", "short", "poll"]
Token = Literal["ignore", "on_error", "ahead"]
Retry = Literal["none", "blind", "check"]
Limit = Literal["ignore", "hold"]
Memory = Literal["memory", "disk"]

CHOICES: dict[str, tuple[str, ...]] = {
    "clock": get_args(Clock),
    "wait": get_args(Wait),
    "token": get_args(Token),
    "retry": get_args(Retry),
    "limit": get_args(Limit),
    "memory": get_args(Memory),
}
WORDS = {
    "clock": {"taipei": "時間帶著台北時區", "utc": "時間沒寫時區，工具當成 UTC"},
    "wait": {"none": "建好容器馬上發", "short": "固定等 7 秒再發", "poll": "問到容器好了才發"},
    "token": {"ignore": "不管權杖到期", "on_error": "被拒絕才換權杖", "ahead": "到期前一天先換"},
    "retry": {"none": "失敗就算了", "blind": "失敗就再送一次", "check": "先查有沒有發出去，再決定重送"},
    "limit": {"ignore": "被限流就當失敗", "hold": "被限流就等到可以發"},
    "memory": {"memory": "佇列只在記憶體裡", "disk": "每一步都寫進磁碟"},
}
WAIT_S = {"none": 0.0, "short": 7.0}


@dataclass(frozen=True)
class Policy:
    """One way to run the queue; the defaults are what most first scripts do.

    clock: how the due time in the file is read. wait: between making a container and publishing it.
    token: what is done about expiry. retry, tries: after a failure, with waits of 1, 2, 4 … minutes.
    limit: what a 429 means. memory: what is left of the queue after a restart.
    Raises NotFound for a choice that does not exist.

    >>> Policy(retry="check").retry
    'check'
    """

    clock: Clock = "utc"
    wait: Wait = "none"
    token: Token = "ignore"
    retry: Retry = "blind"
    limit: Limit = "ignore"
    memory: Memory = "memory"
    tries: int = 3

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise NotFound(
                    f"{name} 沒有「{getattr(self, name)}」這個做法", next_step=f"可以選：{'、'.join(allowed)}"
                )
        if not 1 <= self.tries <= 10:
            raise NotFound(f"tries 要在 1 到 10 之間，收到 {self.tries}", next_step="例如 tries=6")

    def __repr__(self) -> str:
        told = [WORDS[f.name][getattr(self, f.name)] for f in fields(self) if f.name in WORDS]
        return "；".join([*told, f"最多送 {self.tries} 次"])


CAREFUL = Policy("taipei", "poll", "ahead", "check", "hold", "disk", tries=7)
