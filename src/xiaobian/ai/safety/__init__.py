"""What keeps learners and their brand safe: keys, personal data, injected text, exits, approval."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=["approval", "canary", "exits", "injection", "keys", "pii", "urls"],
    submod_attrs={
        "approval": ["Draft", "Outbox"],
        "exits": ["Violation", "check_exit"],
        "injection": ["clean", "spotlight", "suspicious", "unspot"],
        "pii": ["mask", "unmask"],
    },
)
