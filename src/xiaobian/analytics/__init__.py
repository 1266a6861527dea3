"""KPIs, control charts and what they need; estimators, tests and detectors join here.

Every table function takes tables of pandas, Polars (eager and lazy), PyArrow, DuckDB, Dask and Spark through narwhals.
Where sums suffice, the engine adds up and only the small result is fetched; else the table is fetched whole and the
function says so. ``WHERE_IT_RUNS`` is the one list; tests/unit/test_engines.py holds every entry to it.
"""

from types import MappingProxyType

from ..rooms import lazy

__getattr__, __dir__, __all__ = lazy(__name__, __file__)

WHERE_IT_RUNS = MappingProxyType(
    {
        "kpi": "engine",  # up to 100,000 posts, their rates are fetched as well, to rank them for the median
        "pivot": "engine",  # to_excel() holds every post and fetches them
        "control_chart": "engine",
        "rivals": "engine",
        "ab_read": "engine",
        "overperforming": "fetched",
        "drivers": "fetched",
        "slot_effects": "fetched",
        "predict": "fetched",
        "retention_hazard": "fetched",
        "churn": "fetched",
        "detect": "fetched",
        "growth": "fetched",
        "with_followers": "fetched",
        "creator_scores": "fetched",
        "attribution": "fetched",
        "ads_budget": "fetched",
        "keywords": "fetched",
        "utm_check": "fetched",
        "monthly_report": "fetched",
    }
)
"""Where each table function adds up: by the engine that holds the table, or in pandas after fetching it."""
