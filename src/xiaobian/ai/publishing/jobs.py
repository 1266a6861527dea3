"""Posts waiting to go out: what, where and when."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...sandbox.streams import generator

START = pd.Timestamp("2026-03-02", tz="Asia/Taipei")
PLATFORMS = ("facebook", "instagram", "threads")
HOURS = (8, 9, 12, 12, 15, 18, 19, 20, 21)
A_DAY = 3
"""Design parameters: posts a platform and day at most, at the hours editors use."""

_TOPICS = (
    "米穀戚風出爐時間", "冷泡金萱的三種喝法", "門市本週公休日", "焙茶生乳捲預購", "黑豆穀飲試喝", "師傅的一天",
    "顧客照片牆", "節慶禮盒開箱", "穀物小知識", "新店員報到", "雨天外帶提醒", "週末市集見",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One post to publish: ``due`` is tz-aware, in Asia/Taipei."""

    job_id: str
    platform: str
    text: str
    due: pd.Timestamp


def week(seed: int = 0, days: int = 7) -> list[Job]:
    """The queue of some days on three platforms, in order of time.

    >>> jobs = week(1)
    >>> len(jobs) > 30 and jobs == sorted(jobs, key=lambda job: job.due)
    True
    """
    rng = generator(seed, "publish queue")
    jobs = []
    for day in range(days):
        for platform in PLATFORMS:
            hours = rng.choice(HOURS, int(rng.integers(1, A_DAY + 1)), replace=False)
            for hour in sorted({int(h) for h in hours}):
                minute = int(rng.integers(0, 4)) * 15
                due = START + pd.Timedelta(days=day, hours=hour, minutes=minute)
                topic = _TOPICS[int(rng.integers(len(_TOPICS)))]
                jobs.append((due, platform, topic))
    jobs.sort(key=lambda row: (row[0], row[1]))
    return [
        Job(f"job-{i:03d}", platform, f"{topic}（{i}）", due)
        for i, (due, platform, topic) in enumerate(jobs, 1)
    ]
