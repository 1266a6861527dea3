"""What a learner reads when something cannot go on: what is wrong, where, and what to do next."""

from __future__ import annotations


class KitError(Exception):
    """Base of every error the kit raises on purpose.

    Parameters are 正體中文 phrases without a closing full stop.

    what: what is wrong.
    where: file, row, column or argument; may be empty.
    next_step: what the learner can do now.

    >>> print(KitError("讀不到「發佈時間」欄位", where="檔案 a.csv 第 1 列", next_step="請用 column_map= 指定欄名"))
    讀不到「發佈時間」欄位：檔案 a.csv 第 1 列。請用 column_map= 指定欄名。
    """

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what, where, next_step)
        self.what, self.where, self.next_step = what, where, next_step

    def __str__(self) -> str:
        problem = f"{self.what}：{self.where}。" if self.where else f"{self.what}。"
        return problem + (f"{self.next_step}。" if self.next_step else "")

    def _render_traceback_(self) -> list[str]:
        """IPython calls this instead of printing a traceback."""
        return [str(self)]


class ReadError(KitError):
    """A file cannot be read as what it was said to be."""


class TableError(KitError):
    """A table lacks a column, or a value breaks the column's rule."""


class NotFound(KitError):
    """A name (dataset, evidence id, lesson, question) that does not exist."""


class AnswerError(KitError):
    """An answer or a record cannot be stored or read."""
