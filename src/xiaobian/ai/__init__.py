"""AI tools behind the real openai client: offline by default, any compatible service by choice."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=[
        "client",
        "evaluation",
        "failures",
        "ledger",
        "offline",
        "prices",
        "probe",
        "profiles",
        "publishing",
        "recorded",
        "result",
        "safety",
        "structured",
        "tasks",
        "tokens",
        "transports",
    ],
    submod_attrs={
        "client": ["Assistant", "connect"],
        "failures": ["AIError"],
        "ledger": ["Budget"],
        "probe": ["doctor"],
        "result": ["Result"],
    },
)
