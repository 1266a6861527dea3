"""``xiaobian datasets exports``: make the sample exports again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .course import root
from .parser import Parser


def main(argv: Sequence[str]) -> int:
    """Write the generated sample data and say where."""
    parser = Parser("xiaobian datasets", "重新產生範例資料；相同的種子，產生相同的檔案。")
    parser.add_argument("what", choices=["exports"], metavar="exports", help="各平台格式的範例匯出檔")
    parser.add_argument("--folder", type=Path, help="寫到哪個資料夾（預設是課程的 datasets）")
    arguments = parser.parse_args(argv)
    folder = arguments.folder or root() / "datasets"
    from ..exports import sample_set

    for file in sample_set.write(folder):
        print(f"寫好 {file}")
    return 0
