"""``xiaobian text build``: train the comment classifiers again and write their weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .parser import Parser

if TYPE_CHECKING:
    from ..text.training import Row


def main(argv: Sequence[str]) -> int:
    """Write the weights and say where; 0."""
    parser = Parser("xiaobian text", "重新訓練留言分類器；相同的訓練文字，得到相同的權重。")
    parser.add_argument("what", choices=["build"], metavar="build", help="build：訓練並寫出權重檔")
    parser.add_argument("--file", type=Path, metavar="FILE", help="寫到哪個 .npz（預設是套件裡的權重檔）")
    chosen = parser.parse_args(argv)
    import numpy as np

    from ..text import classify, training

    file = chosen.file or classify.MODEL
    file.parent.mkdir(parents=True, exist_ok=True)
    held = training.build(template_rows())
    np.savez_compressed(file, **held)  # type: ignore[arg-type]
    print(f"寫好 {file}（{len(held['prints']):,} 個字組，{file.stat().st_size / 1e6:.2f} MB）")
    return 0


def template_rows() -> list[Row]:
    """The sandbox's comment templates that are not held out, as training texts for the intents.

    A slot is filled with the first of its words.
    """
    from ..sandbox.words import templates
    from ..text.training import Row

    found = []
    for one in templates.templates(held_out=False):
        text = one.text
        for name, values in one.slots:
            text = text.replace(f"{{{name}}}", values[0])
        found.append(Row(text, "", one.intent, "templates"))
    return found
