"""What an editor asks of an assistant: each task has a schema, a prompt, deterministic checks, and ends in a Result."""

from .headlines import headlines as headlines

__all__ = ["headlines"]
