"""Old Facebook Page Insights, page level (until 2021/22): a row a day under English or the API's names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import checks, meta_days, meta_posts, typed
from .headers import Matching
from .layout import Built, Context, Fit
from .meta_insights import definition_row
from .notes import shown
from .picking import Sieve, pick
from .rows import Raw

ERA_LABEL = (
    "舊版 Facebook Insights 的每日指標：觸及和曝光用當時的定義，不能和現在的瀏覽次數（Views）接成同一條時間序列；"
    "粉絲數是「專頁按讚」人數，不是追蹤人數"
)
FIGURES = ("followers", "gained", "lost", "reach", "impressions", "engagements", "visits")
OTHERS = ("engaged_users", "daily", "weekly", "days_28", "lifetime")
_FILE = re.compile(r"Data Export - (.+?) - \d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class InsightsPage:
    """The Key Metrics table of the old page-level export."""

    key: str = "meta_insights_page"
    platform: str = "facebook"
    label: str = "舊版 Facebook Insights 匯出：專頁每日（2021／22 年以前）"
    family: str = "meta_insights_page"
    numeric: Collection[str] = (*FIGURES, *OTHERS)

    def fit(self, matching: Matching, sample: Sequence[Sequence[str]]) -> Fit:
        """Figures of the page's days by their old names: ten points for two of them."""
        roles = matching.roles()
        own = len(roles & {*FIGURES, "engaged_users"})
        if own < 2:
            return Fit(0)
        return Fit(len(roles) + 10, () if "date" in roles else ("Date（日期）",))

    def build(self, raw: Raw, matching: Matching, context: Context) -> Built:
        """The account_days table; weekly and 28-day figures and breakdowns stay in ``extra``, by date."""
        known = Matching(tuple(cell for cell in matching.cells if ":" not in (cell.role or "")))
        picked = pick(raw, known, {}, context.notes)
        sieve = Sieve(raw, context.notes)
        figures = [picked.column(name) for name in FIGURES if name in picked]
        texts = [typed.objects(column) for column in figures if column.dtype == "string"]
        if texts:
            explained = definition_row(picked.text("date"), texts)
            sieve.drop(explained, "指標說明列，不是一天")
            raw.frame = (
                raw.frame.mask(pd.Series(explained, index=raw.frame.index), axis=0)
                if explained.any()
                else raw.frame
            )
        dates = meta_days.days(picked.text("date"), sieve)
        context.notes.warn(meta_days.SAID)
        picked.use("date", "date", whole=False)
        meta_days.drop_repeats(dates, sieve)
        columns: dict[str, Any] = {
            "platform": np.full(len(dates), self.platform, dtype=object),
            "date": dates,
        }
        for name in FIGURES:
            if name in picked:
                columns[name], bad = checks.read_counts(
                    picked.column(name), picked.header(name), raw.rows, context.notes
                )
                picked.use(name, name, whole=not bad.any())
        if page := _FILE.search(context.where):
            context.notes.repair(f"專頁名稱「{shown(page[1])}」取自檔名")
            columns["account"] = np.full(len(dates), page[1], dtype=object)
        meta_days.say_gaps(dates, sieve)
        picked.release()
        table = meta_posts.assemble("account_days", columns, sieve.keep)
        extra = meta_posts.extra(picked, matching, self.numeric, dates, sieve.keep, "date")
        return Built({"account_days": table}, extra, picked.used, picked.whole, None, ERA_LABEL)


LAYOUTS = (InsightsPage(),)
