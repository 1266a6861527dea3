"""Every sample file in a layout of Meta's other than the plain content exports of ``sample_files``."""

from __future__ import annotations

from . import sample_meta_charts, sample_meta_insights, sample_meta_stories, sample_meta_videos


def files(seed: int) -> dict[str, bytes]:
    """Path below the data folder → content."""
    stories, videos = sample_meta_stories.PATHS, sample_meta_videos.PATHS
    old = sample_meta_insights.PATHS
    return {
        **{path: sample_meta_stories.stories_csv(language, seed) for language, path in stories.items()},
        videos["all_metrics"]: sample_meta_videos.all_metrics_csv(seed),
        videos["assets"]: sample_meta_videos.assets_csv(seed),
        **{path: sample_meta_charts.chart_csv(name, seed) for name, path in sample_meta_charts.PATHS.items()},
        sample_meta_charts.AUDIENCE: sample_meta_charts.audience_csv(seed),
        old["posts"]: sample_meta_insights.posts_csv(seed),
        old["workbook"]: sample_meta_insights.posts_xls(seed),
        old["page"]: sample_meta_insights.page_csv(seed),
    }
