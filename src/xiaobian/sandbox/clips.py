"""Single videos with a known opening and rhythm, as a platform reports them after some views, and their truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import datasets
from ..plotting import BRICK, INK, SEA, SKY, Chart, chart, percent_axis, source_note, titled, truth_mark
from . import parameters
from .retention import average_watch_s, retention_table, survival
from .streams import generator
from .world import Tables


@dataclass(frozen=True)
class Clip:
    """A video: title; strength of the opening, 0–1; length, s; seconds between new beats; starting viewers."""

    title: str
    hook: float
    duration_s: float = 30.0
    beat_every: float = 6.0
    views: int = 20_000

    def alive(self, second: float) -> float:
        """Share of starting viewers still watching at this second, 0–1: the truth."""
        return float(survival(parameters.load(), second, self.hook, self.beat_every))

    @property
    def watch_s(self) -> float:
        """Expected seconds watched per starting viewer: the truth."""
        return float(average_watch_s(parameters.load(), self.duration_s, self.hook, self.beat_every))


STORIES: dict[str, tuple[Clip, ...]] = {
    "posted": (Clip("B 攪拌慢鏡頭", 0.45),),
    "openings": (Clip("A 招牌動畫", 0.25), Clip("B 攪拌慢鏡頭", 0.45), Clip("C 切開生乳捲", 0.72)),
    "lengths": (Clip("15 秒版", 0.42, 15.0, 5.0), Clip("45 秒版", 0.55, 45.0, 5.0)),
    "middle": (Clip("原剪接", 0.6, 40.0, np.inf), Clip("加了鏡頭", 0.6, 40.0, 5.0)),
}
"""The videos of lesson 3.4."""


def reported(clips: Iterable[Clip], seed: int) -> Tables:
    """What the platform's report holds for these videos: tables ``posts`` (with their title) and ``retention``.

    >>> report = reported([Clip("試片", 0.5)], seed=1)
    >>> len(report.retention), report.posts["title"].tolist()
    (21, ['試片'])
    """
    every = list(clips)
    videos = pd.DataFrame([vars(clip) for clip in every]).assign(
        post_id=[f"tiktok-clip{k}" for k in range(1, len(every) + 1)]
    )
    curve, watched = retention_table(parameters.load(), generator(seed, "clips"), videos)
    finished = curve.groupby("post_id", sort=False)["share_watching"].last().to_numpy()
    posts = videos[["post_id", "title", "duration_s", "views"]].assign(
        account=datasets.brand()["accounts"]["tiktok"]["handle"],
        avg_watch_s=watched["avg_watch_s"].round(1),
        finished=finished,
    )
    return Tables(f"{len(every)} 支影片的留存報表", {"posts": posts, "retention": curve})


def story(name: str, seed: int = 34) -> Tables:
    """The report of one story of lesson 3.4: posted, openings, lengths or middle."""
    return reported(STORIES[name], seed)


def leaving(curve: pd.DataFrame, mean_s: float) -> Chart:
    """Share of the starting viewers who leave in each second, with the average seconds watched.

    curve: second and survival of one video, from second 1 on.
    """
    figure, ax = chart(9, 3.8)
    alive = np.array([1.0, *curve["survival"]])
    gone = alive[:-1] - alive[1:]
    second = curve["second"].to_numpy(dtype=float)
    ax.bar(second - 0.5, gone, width=0.86, color=SEA)
    ax.axvline(mean_s, color=BRICK, linewidth=1.6)
    ax.annotate(
        f"平均觀看 {mean_s:.1f} 秒", (mean_s, float(gone.max()) * 0.92), xytext=(8, 0), textcoords="offset points",
        color=BRICK, fontsize=11, va="center",
    )  # fmt: skip
    ax.set_xlim(0, float(second[-1]))
    ax.set_xlabel("影片秒數（秒）")
    ax.set_ylabel("在這一秒離開（占開始觀看者，%）")
    percent_axis(ax)
    titled(
        ax,
        f"前 2 秒就走了 {gone[:2].sum():.0%}，平均那一秒只走 {gone[int(mean_s)]:.1%}",
        f"每一條是一秒；最後一秒還有 {alive[-1]:.0%} 的人在看",
    )
    source_note(ax)
    figure.summary = f"離開集中在最前面；平均值落在第 {mean_s:.1f} 秒，那裡離開的人很少"
    return figure


def batches(clip: Clip, tries: int, seed: int) -> pd.DataFrame:
    """The same video reported ``tries`` times, each time seen by other viewers: table ``retention``."""
    return reported([clip] * tries, seed).retention


def rough(curves: pd.DataFrame, clip: Clip) -> Chart:
    """Many reports of one video over its true curve; curves: of ``batches()``."""
    figure, ax = chart(9, 4.2)
    for _, rows in curves.groupby("post_id", sort=False):
        ax.plot(rows["second"], rows["share_watching"], color=SKY, linewidth=0.8, alpha=0.35)
    second = np.linspace(0, clip.duration_s, 200)
    known = parameters.load()
    ax.plot(second, survival(known, second, clip.hook, clip.beat_every), color=INK)
    truth_mark(ax, 3, clip.alive(3))
    early = curves.loc[(curves["second"] - 3).abs() < 0.01, "share_watching"]
    tries = curves["post_id"].nunique()
    ax.set_xlim(0, clip.duration_s)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("影片秒數（秒）")
    ax.set_ylabel("還在看（占開始觀看者，%）")
    percent_axis(ax)
    titled(
        ax,
        f"同一支片，第 3 秒可以讀到 {early.min():.0%}，也可以讀到 {early.max():.0%}",
        f"{tries} 批觀眾，每批 {clip.views} 次瀏覽；深色線是真值",
    )
    source_note(ax)
    figure.summary = (
        f"第 3 秒的真值是 {clip.alive(3):.0%}，{tries} 批裡最低 {early.min():.0%}、最高 {early.max():.0%}"
    )
    return figure
