"""What the tests of every explorer do: try each choice and look at what it shows."""

from __future__ import annotations

from typing import Any


def looks(panel: Any, choice: str, last: bool = False) -> set[tuple[bytes, str]]:
    """(picture, sentence) at every option of one choice, the others as they are; ``last`` leaves it at another option.

    Each option is drawn once: what stands there already is taken as it is.
    """
    box = panel.choices[choice]
    before, seen = box.value, {(bytes(panel.picture.value), panel.sentence.value)}
    for _, value in box.options:
        if value != before:
            box.value = value
            assert "執行錯誤" not in panel.sentence.value
            seen.add((bytes(panel.picture.value), panel.sentence.value))
    if not last:
        box.value = before
    return seen
