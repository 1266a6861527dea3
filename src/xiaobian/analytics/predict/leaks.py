"""Which columns nobody knows before a post is out: results in disguise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ...errors import TableError
from ..measures import Floats

AFTER = (
    "views", "impressions", "reach", "likes", "comments", "shares", "saves", "clicks", "link_clicks", "follows",
    "watch_time_s", "avg_watch_s", "engagements",
)  # fmt: skip
"""Columns of the posts table that exist only after publishing."""
TOO_ALIKE = 0.9
"""Rank correlation with the result from which a column is asked about."""
_RESULT = re.compile(
    r"lifetime|reach|impression|engag|interact|consum|click|view|watch|comment|share|like|save|reaction|retweet|"
    r"repost|replies|follows|^er_|_rate$|^ctr$|觸及|曝光|互動|點擊|瀏覽|留言|分享|按讚|心情|儲存|收藏|觀看|轉發|點閱",
    re.IGNORECASE,
)
_STANDING = re.compile(
    r"^page\b.*likes|page_?(total_?)?likes|followers|subscribers|at_post|^(past|prev|previous|last|recent)[ _]|"
    r"粉絲|追蹤者|訂閱|發文前|上一則|前一則|過去",
    re.IGNORECASE,
)


def known_after(names: Iterable[str]) -> list[str]:
    """The names that read as results of the post itself.

    Followers of the page at that moment, or results of earlier posts, are known and pass.

    >>> known_after(["Type", "likes", "Page total likes", "Lifetime Post Total Reach", "觸及人數", "hashtag_count"])
    ['likes', 'Lifetime Post Total Reach', '觸及人數']
    """
    return [
        name
        for name in map(str, names)
        if name in AFTER or (_RESULT.search(name) and not _STANDING.search(name))
    ]


def refuse(names: Sequence[str], target: str) -> None:
    """Raise TableError when a feature is the target or is known only after publishing."""
    late = list(dict.fromkeys([n for n in names if n == target] + known_after(names)))
    if late:
        quoted = ", ".join(f'"{name}"' for name in late)
        raise TableError(
            f"{'、'.join(late)} 要等貼文發出去才知道，拿來預測就是偷看答案",
            where="參數 features",
            next_step=f"請拿掉；想看偷看會讓數字變得多漂亮，把它們放到 peek=[{quoted}]",
        )


def suspects(features: pd.DataFrame, y: Floats) -> list[str]:
    """Numeric features that rank the posts nearly as the result does: ask when they are known.

    >>> y = np.arange(50.0)
    >>> suspects(pd.DataFrame({"x": y**2, "hour": np.tile([8, 12, 20, 9, 10], 10)}), y)
    ['x']
    """
    found = []
    for name in features:
        if not pd.api.types.is_numeric_dtype(features[name].dtype):
            continue
        values = features[name].to_numpy(dtype=float, na_value=np.nan)
        known = ~np.isnan(values)
        if known.sum() >= 20 and abs(rank_correlation(values[known], y[known])) >= TOO_ALIKE:
            found.append(str(name))
    return found


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation; 0 where one of them does not vary."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])
