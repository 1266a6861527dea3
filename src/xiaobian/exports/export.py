"""What a reading gives back: the tables, what fits in none, and the account of it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..errors import NotFound
from ..tables import PLATFORMS, table
from .combined import CombinedReport
from .report import Report


@dataclass(frozen=True, eq=False)
class Export:
    """What a platform's file, or several, hold in the kit's tables.

    tables: frames by table name (``xb.tables.TABLES``). extra: the columns that fit in no table, by post_id.
    platform: a name of ``xb.tables.PLATFORMS``, or 「多平台」. report: what was recognised, assumed, repaired and
    dropped. parts: the single exports when several files or sheets were read; empty for one.
    """

    tables: dict[str, pd.DataFrame]
    extra: pd.DataFrame
    platform: str
    report: Report | CombinedReport
    parts: tuple[Export, ...] = ()

    @property
    def posts(self) -> pd.DataFrame:
        """One row a post, with exactly the columns of the posts table; raises NotFound when there is none."""
        if "posts" not in self.tables:
            have = "、".join(f'export.tables["{name}"]' for name in self.tables)
            raise NotFound("這個檔案裡沒有貼文", where=self.report.file, next_step=f"可用的表：{have}")
        return self.tables["posts"]

    def __repr__(self) -> str:
        return f"Export：{self._summary()}\n{self.report!r}"

    def _repr_html_(self) -> str:
        return f'<div style="font-size:16px">{self._summary()}</div>{self.report._repr_html_()}'

    def _summary(self) -> str:
        platform = PLATFORMS.get(self.platform, self.platform)
        name, main = next(iter(self.tables.items()))
        if self.parts:
            counted = "、".join(f"{table(n).label} {len(frame)} 列" for n, frame in self.tables.items())
            return f"{platform} {len(self.parts)} 份：{counted}"
        if "published_at" not in main:
            return f"{platform} {table(name).label} {len(main)} 列"
        first, last = (main["published_at"].agg(edge).strftime("%Y-%m-%d") for edge in ("min", "max"))
        return f"{platform} {len(main)} 則貼文，{first}–{last}（台北時間）"
