"""What each KPI means: numerator, denominator, label and caveat, declared once."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NotFound

ENGAGEMENTS = "engagements"
ENGAGEMENT_PARTS = ("likes", "comments", "shares", "saves")


@dataclass(frozen=True)
class Metric:
    """One KPI. Without a denominator it is a count, else a share (0–1) of numerator ÷ denominator.

    numerator, denominator: columns of the posts table, or ``engagements``, the sum of the engagement parts.
    title, formula: 正體中文; ``unit`` is of the count, or "%" for a ratio.
    """

    name: str
    title: str
    formula: str
    numerator: str
    denominator: str
    unit: str
    note: str = ""

    @property
    def label(self) -> str:
        """Title with its definition, as charts and tables print it."""
        return f"{self.title}（{self.formula}）"

    @property
    def is_ratio(self) -> bool:
        return bool(self.denominator)

    @property
    def sums_engagements(self) -> bool:
        return self.numerator == ENGAGEMENTS


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("reach", "觸及", "人", "reach", "", "人", "同一個人看了兩則會算兩次，合計不是不重複人數"),
        Metric("views", "瀏覽", "次", "views", "", "次", "含重複觀看"),
        Metric("engagements", "互動", "次", ENGAGEMENTS, "", "次", "加總了哪些動作，看附註"),
        Metric("er_reach", "互動率", "互動 ÷ 觸及", ENGAGEMENTS, "reach", "%"),
        Metric("er_followers", "互動率", "互動 ÷ 發文時粉絲數", ENGAGEMENTS, "followers_at_post", "%"),
        Metric("er_views", "互動率", "互動 ÷ 瀏覽", ENGAGEMENTS, "views", "%"),
        Metric("ctr", "點擊率", "總點擊 ÷ 瀏覽", "clicks", "views", "%", "總點擊含點開照片、看更多"),
        Metric("link_ctr", "連結點擊率", "連結點擊 ÷ 瀏覽", "link_clicks", "views", "%"),
        Metric("save_rate", "儲存率", "儲存 ÷ 觸及", "saves", "reach", "%"),
        Metric("share_rate", "分享率", "分享 ÷ 觸及", "shares", "reach", "%"),
    )
}


def metric(name: str) -> Metric:
    """The definition of one KPI; raises NotFound for an unknown name.

    >>> metric("er_reach").label
    '互動率（互動 ÷ 觸及）'
    """
    if name not in METRICS:
        raise NotFound(f"沒有「{name}」這個指標", next_step=f"可用的指標：{'、'.join(METRICS)}")
    return METRICS[name]
