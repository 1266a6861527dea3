"""``xiaobian progress``: the course as a map, in the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .. import exercises
from .course import root
from .parser import Parser


def main(argv: Sequence[str]) -> int:
    """Print the learner's progress, from the answers of this course."""
    Parser("xiaobian progress", "看自己的學習進度：完成的、進行中的、下一課。").parse_args(argv)
    os.chdir(root())
    print(exercises.progress())
    return 0
