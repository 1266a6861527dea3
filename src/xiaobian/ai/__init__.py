"""AI tools behind the real openai client: offline by default, any compatible service by choice."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=[
        "bills",
        "client",
        "evaluation",
        "examples",
        "failures",
        "fidelity",
        "framing",
        "inbox",
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
        "bills": ["bill"],
        "client": ["Assistant", "connect"],
        "failures": ["AIError"],
        "fidelity": ["article", "cover", "factcheck"],
        "ledger": ["Budget"],
        "probe": ["doctor"],
        "result": ["Result"],
    },
)
