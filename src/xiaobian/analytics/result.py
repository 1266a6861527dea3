"""What every small result shares: a sentence, a chart that carries it, and notes under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..plotting import Chart


class Result:
    """What an analysis found: ``say()`` in words, ``plot()`` as a chart, and ``notes`` where there are any.

    Shown as its sentence with the notes below. A subclass is a dataclass with ``repr=False``, or a ``__repr__`` of its own.

    >>> class Count(Result):
    ...     notes = ("示範",)
    ...     def say(self):
    ...         return "有 3 則"
    >>> Count()
    有 3 則
    附註：示範
    """

    def say(self) -> str:
        """The finding in 正體中文, with its uncertainty."""
        raise NotImplementedError

    def captioned(self, figure: Chart, sentence: str | None = None) -> Chart:
        """The chart with what it shows in words, for those who cannot see it; ``say()`` unless given."""
        figure.summary = self.say() if sentence is None else sentence
        return figure

    def __repr__(self) -> str:
        notes: tuple[str, ...] = getattr(self, "notes", ())
        return "\n".join([self.say(), *(f"附註：{note}" for note in notes)])
