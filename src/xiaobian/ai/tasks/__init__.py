"""What an editor asks of an assistant: each task has a schema, a prompt, deterministic checks, and ends in a Result."""

import lazy_loader as _lazy

__all__ = [
    "choose_kpi", "faq", "headlines", "ideas", "image_prompt", "moderate", "reply", "rewrite", "schedule", "summarize",
]  # fmt: skip

__getattr__, __dir__, _ = _lazy.attach(__name__, submod_attrs={name: [name] for name in __all__})
