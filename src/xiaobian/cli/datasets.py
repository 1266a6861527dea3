"""``xiaobian datasets build | exports``: make the sample data again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .course import root
from .parser import Parser


def main(argv: Sequence[str]) -> int:
    """Write the generated sample data and say where."""
    parser = Parser("xiaobian datasets", "重新產生範例資料；相同的種子，產生相同的檔案。")
    parser.add_argument(
        "what", choices=["build", "exports"], metavar="build | exports",
        help="build：品牌的一年和資料字典；exports：各平台格式的範例匯出檔",
    )  # fmt: skip
    parser.add_argument("--folder", type=Path, help="寫到哪個資料夾（預設是課程的 datasets）")
    arguments = parser.parse_args(argv)
    folder = arguments.folder or root() / "datasets"
    for file in _build(folder) if arguments.what == "build" else _exports(folder):
        print(f"寫好 {file}")
    return 0


def _exports(folder: Path) -> Iterator[Path]:
    from ..exports import sample_set

    yield from sample_set.write(folder)


def _build(folder: Path) -> Iterator[Path]:
    from ..sandbox import datapackage, year
    from ..sandbox.realism import score_against_targets

    (folder / "year").mkdir(parents=True, exist_ok=True)
    for name, frame in year.build().items():
        file = folder / "year" / f"{name}.csv"
        file.write_bytes(year.csv(name, frame))
        yield file
    file = folder / "datapackage.json"
    file.write_bytes(datapackage.text(score_against_targets()))
    yield file
